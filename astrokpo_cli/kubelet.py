"""Which credentials a kubelet would use for an image, and in which order.

PURE. The rules are those of Kubernetes 1.36, pkg/credentialprovider and its `secrets` package. A kubelet is the
referee of what a pull secret is worth: the API server checks none of this.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from astrokpo_cli.credentials import Password, RegistryCredential, kubelet_auth
from astrokpo_cli.errors import AstrokpoError, KubeletWouldNotPull, quote
from astrokpo_cli.gojson import TEXT, GoJSONError, MapOf, Shape, Struct, decode
from astrokpo_cli.gourl import as_bytes, glob_match, parse_url, split_host_port
from astrokpo_cli.images import ImageReference

HUB_FALLBACK = "index.docker.io"
"""The index key that is used for Docker Hub's images where no key matches."""

READ = {"kubernetes.io/dockerconfigjson": ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg"}
"""The types of Secret that a kubelet reads credentials from, and the data key of each."""

_WILD = r"[*?\[\]\\]"


class UnusableSecret(AstrokpoError):
    """A .dockerconfigjson, or .dockercfg, that a kubelet cannot read: every pull with it fails."""


class Address(NamedTuple):
    """What a kubelet compares of a key and of an image; one character a byte (`gourl.as_bytes`)."""

    host: str
    """Of a key: a pattern for each part between dots."""
    port: str
    """Empty where there is none."""
    path: str


class _Filed(NamedTuple):
    """The entries of one index key."""

    order: int
    """Its place among all; no two have the same."""
    address: Address
    auths: tuple[RegistryCredential, ...]
    head: str
    tail: str
    """What stands before the first wildcard of the host, and after the last: a quick no for most hosts."""


def read_secret(secret_type: str, data: Mapping[str, bytes], source: str = "") -> tuple[RegistryCredential, ...]:
    """Read the credentials of a Secret as a kubelet does; none from one that it passes over (`passed_over`).

    Raises UnusableSecret as `read_auths` does.
    """
    if passed_over(secret_type, data):
        return ()
    name = READ[secret_type]
    if name == ".dockerconfigjson":
        return read_auths(data[name], source)
    return _credentials(_decode(data[name], _AUTHS, name), source)


def passed_over(secret_type: str, data: Mapping[str, bytes]) -> str:
    """Say why a kubelet reads nothing from a Secret, as if the pod did not name it; empty when it reads it."""
    if secret_type not in READ:
        wanted = " or ".join(map(quote, READ))
        return f"a kubelet passes over a secret of type {quote(secret_type)}: it must be {wanted}"
    if not data.get(READ[secret_type]):
        return f"a kubelet passes over a secret whose {quote(READ[secret_type])} is missing or empty"
    return ""


def read_auths(docker_config_json: bytes, source: str = "") -> tuple[RegistryCredential, ...]:
    """Read the value of .dockerconfigjson as a kubelet does; the keys stay as they are written.

    One entry whose auth will not decode makes all of it unusable, so it raises UnusableSecret (place, no content).
    Entries without a user or password are kept: a kubelet tries them, which is an anonymous pull. An empty value is
    passed over.
    """
    if not docker_config_json:
        return ()
    return _credentials(_decode(docker_config_json, _DOCKER_CONFIG_JSON, "docker config")["auths"], source)


class Keyring:
    """Credentials as a kubelet files them: made once, asked for any number of images."""

    def __init__(self, auths: Iterable[RegistryCredential]) -> None:
        filed: dict[str, list[RegistryCredential]] = {}
        for auth in auths:
            if (key := index_key(auth.key)) is not None:
                filed.setdefault(key, []).append(auth)
        self._hub = tuple(filed.get(HUB_FALLBACK, ()))
        self._plain: dict[tuple[str, str], list[_Filed]] = {}
        self._patterns: list[_Filed] = []
        for order, key in enumerate(sorted(filed, reverse=True)):
            if (address := address_of(key)) is not None:
                head, *wild = re.split(_WILD, address.host)
                entry = _Filed(order, address, tuple(filed[key]), head, wild[-1] if wild else head)
                (self._patterns if wild else self._plain.setdefault(address[:2], [])).append(entry)
        self._of_host: dict[tuple[str, str], list[_Filed]] = {}

    def lookup(self, image: ImageReference) -> tuple[RegistryCredential, ...]:
        """Give the entries that a kubelet tries for IMAGE, in its order; empty if it would pull anonymously."""
        name = as_bytes(image.name)
        target = address_of(name)
        if target is None:
            return ()
        here = self._at(target.host, target.port)
        found = tuple(auth for key in here if target.path.startswith(key.address.path) for auth in key.auths)
        return found or (self._hub if _falls_back_to_hub(name) else ())

    def _at(self, host: str, port: str) -> list[_Filed]:
        """Give the keys whose host and port match, in the kubelet's order; images share few registries."""
        if (host, port) not in self._of_host:
            likely = (key for key in self._patterns if host.endswith(key.tail) and host.startswith(key.head))
            matching = (key for key in likely if key.address.port == port and host_matches(key.address.host, host))
            self._of_host[host, port] = sorted([*self._plain.get((host, port), ()), *matching])
        return self._of_host[host, port]


def lookup(auths: Iterable[RegistryCredential], image: ImageReference) -> tuple[RegistryCredential, ...]:
    """Give the entries of AUTHS that a kubelet tries for IMAGE, in its order; empty if it would pull anonymously."""
    return Keyring(auths).lookup(image)


def require_match(auths: Iterable[RegistryCredential], image: ImageReference) -> None:
    """Raise KubeletWouldNotPull unless a kubelet finds a credential for IMAGE among AUTHS."""
    auths = tuple(auths)
    if not lookup(auths, image):
        keys = ", ".join(quote(auth.key) for auth in auths)
        raise KubeletWouldNotPull(
            f"no kubelet would use this pull secret for {quote(str(image))}: its keys are {keys}",
            f"hand over the credential for {quote(image.registry)}",
        )


def _decode(document: bytes, shape: Shape, name: str) -> Any:
    try:
        return decode(document, shape)
    except GoJSONError as err:
        raise UnusableSecret(f"a kubelet cannot read the {name}: {err}") from None


def _credentials(entries: Mapping[str, dict[str, str]], source: str) -> tuple[RegistryCredential, ...]:
    return tuple(_credential(key, entry, source) for key, entry in entries.items())


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
_AUTHS = MapOf(_ENTRY)
_DOCKER_CONFIG_JSON = Struct({"auths": _AUTHS, "HttpHeaders": MapOf(TEXT)})


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


def address_of(name: str) -> Address | None:
    """Take an index key, or an image's name, apart; None where it is no URL, and matches nothing."""
    parsed = parse_url(f"https://{name}")
    return Address(*split_host_port(parsed[0]), parsed[1]) if parsed else None


def host_matches(pattern: str, host: str) -> bool:
    """Whether each part of PATTERN between dots matches the part of HOST in its place."""
    if not re.search(_WILD, pattern):
        return pattern == host
    # Each character but "*" is one of the host's, outside of a class: a long pattern need not be compiled.
    if len(pattern) - pattern.count("*") > len(host) and "[" not in pattern and "\\" not in pattern:
        return False
    patterns, parts = pattern.split("."), host.split(".")
    return len(patterns) == len(parts) and all(map(glob_match, patterns, parts))


def _falls_back_to_hub(target: str) -> bool:
    """Whether the kubelet takes TARGET for Docker Hub's: docker.io, or a first part that looks like no host."""
    first = target.partition("/")[0]
    return first in ("docker.io", "index.docker.io") or not set(first) & set(".:")
