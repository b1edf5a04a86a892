"""Which credentials a kubelet would use for an image, and in which order.

PURE. The rules are those of Kubernetes 1.36, pkg/credentialprovider and its `secrets` package. A kubelet is the
referee of what a pull secret is worth: the API server checks none of this.
"""

from collections.abc import Iterable
from functools import lru_cache

from astrokpo_cli.credentials import Password, RegistryCredential, kubelet_auth
from astrokpo_cli.errors import AstrokpoError, KubeletWouldNotPull, quote
from astrokpo_cli.gojson import TEXT, GoJSONError, MapOf, Struct, decode
from astrokpo_cli.gourl import as_bytes, glob_match, parse_url, split_host_port
from astrokpo_cli.images import ImageReference

_HUB_INDEX_KEY = "index.docker.io"


class UnusableSecret(AstrokpoError):
    """A .dockerconfigjson that a kubelet cannot read: every pull with it fails."""


def read_auths(docker_config_json: bytes, source: str = "") -> tuple[RegistryCredential, ...]:
    """Read the value of .dockerconfigjson as a kubelet does; the keys stay as they are written.

    One entry whose auth will not decode makes all of it unusable, so it raises UnusableSecret (place, no content).
    Entries without a user or password are kept: a kubelet tries them, which is an anonymous pull. An empty value is
    passed over.
    """
    if not docker_config_json:
        return ()
    try:
        config = decode(docker_config_json, _DOCKER_CONFIG_JSON)
    except GoJSONError as err:
        raise UnusableSecret(f"a kubelet cannot read the docker config: {err}") from None
    return tuple(_credential(key, entry, source) for key, entry in config["auths"].items())


def lookup(auths: Iterable[RegistryCredential], image: ImageReference) -> tuple[RegistryCredential, ...]:
    """Give the entries of AUTHS that a kubelet tries for IMAGE, in its order; empty if it would pull anonymously."""
    keyed = [(key, auth) for auth in auths if (key := index_key(auth.key)) is not None]
    keyed.sort(key=lambda pair: pair[0], reverse=True)
    target = as_bytes(image.name)
    found = tuple(auth for key, auth in keyed if _matches(key, target))
    if found or not _falls_back_to_hub(target):
        return found
    return tuple(auth for key, auth in keyed if key == _HUB_INDEX_KEY)


def require_match(auths: Iterable[RegistryCredential], image: ImageReference) -> None:
    """Raise KubeletWouldNotPull unless a kubelet finds a credential for IMAGE among AUTHS."""
    auths = tuple(auths)
    if not lookup(auths, image):
        keys = ", ".join(quote(auth.key) for auth in auths)
        raise KubeletWouldNotPull(
            f"no kubelet would use this pull secret for {quote(str(image))}: its keys are {keys}",
            f"hand over the credential for {quote(image.registry)}",
        )


def _credential(key: str, entry: dict[str, str], source: str) -> RegistryCredential:
    if not entry["auth"]:
        return RegistryCredential(key, entry["username"], Password(entry["password"]), source)
    username, password = kubelet_auth(entry["auth"])
    return RegistryCredential(key, username, password, source)


def _check_entry(entry: dict[str, str]) -> None:
    """Refuse an entry whose auth will not decode, as soon as it is read."""
    if entry["auth"]:
        try:
            kubelet_auth(entry["auth"])
        except ValueError as err:
            raise GoJSONError(f"an auth will not decode: {err}") from None


_ENTRY = Struct({"username": TEXT, "password": TEXT, "email": TEXT, "auth": TEXT}, check=_check_entry)
_DOCKER_CONFIG_JSON = Struct({"auths": MapOf(_ENTRY), "HttpHeaders": MapOf(TEXT)})


@lru_cache(maxsize=4096)
def index_key(key: str) -> str | None:
    """Give what a kubelet files KEY under, host and path; None when it skips the key."""
    url = as_bytes(key)
    if not url.startswith(("https://", "http://")):
        url = f"https://{url}"
    parsed = parse_url(url)
    if parsed is None:
        return None
    host, path = parsed
    if path.startswith(("/v1/", "/v2/")):
        path = path[3:]
    return host if path == "/" else host + path


def _matches(key: str, target: str) -> bool:
    key_url, target_url = parse_url(f"https://{key}"), parse_url(f"https://{target}")
    if key_url is None or target_url is None:
        return False
    key_host, key_port = split_host_port(key_url[0])
    target_host, target_port = split_host_port(target_url[0])
    patterns, labels = key_host.split("."), target_host.split(".")
    return (
        key_port == target_port
        and len(patterns) == len(labels)
        and target_url[1].startswith(key_url[1])
        and all(glob_match(pattern, label) for pattern, label in zip(patterns, labels, strict=True))
    )


def _falls_back_to_hub(target: str) -> bool:
    """Whether the kubelet takes TARGET for Docker Hub's: docker.io, or a first part that looks like no host."""
    first = target.partition("/")[0]
    return first in ("docker.io", "index.docker.io") or not set(first) & set(".:")
