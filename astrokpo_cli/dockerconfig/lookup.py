"""The credential for one registry, as docker would find it, and a list of all that is there.

IN. docker/cli v29: cli/config/configfile (GetAuthConfig) and cli/config/credentials; for podman's files
containers/image, pkg/docker/config.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from astrokpo_cli.credentials import DOCKER_HUB_KEY, RegistryCredential, ShortLife, has_grant, registry_key
from astrokpo_cli.dockerconfig.parse import DockerConfig, Login, hostname
from astrokpo_cli.dockerconfig.places import Places
from astrokpo_cli.errors import CredentialRefused, quote, without_user
from astrokpo_cli.images import ImageReference
from astrokpo_cli.timespan import for_people

OAUTH_KEYS = (f"{DOCKER_HUB_KEY}access-token", f"{DOCKER_HUB_KEY}refresh-token")
"""Under these Docker's web login keeps the account's OAuth tokens: no registry's credentials."""

_EMPTY_HINT = (
    "docker leaves an empty entry when the secret is in a credential store, and this config names none for it;"
    " run docker login again, or give --username USER --password-stdin"
)
ROBOT_HINT = (
    "make a robot account, access token or repository token for pulling, and hand it over with"
    " --username USER --password-stdin"
)


class Found(NamedTuple):
    """A login, and where it was."""

    key: str
    """The key under which it was stored."""
    source: str
    """The file, the variable or the helper's program."""
    login: Login
    path: str = ""
    """The path below the host that the key is for; podman's auth.json alone has such keys."""
    rivals: tuple[str, ...] = ()
    """Other keys of the same host with another login: docker would take any of them."""


def find_login(places: Places, host: str, image: ImageReference | None = None) -> Found | None:
    """Find what is stored for HOST, in the first config that has anything; None if none has.

    With IMAGE, podman's keys with a path are tried first, the longest first. Raises DockerConfigError for a config
    that cannot be read and HelperError for a helper that fails: a failure never counts as "nothing there". An empty
    entry is given only when no config has more.
    """
    empty = None
    for config in places.configs():
        if config.dialect == "podman":
            found = _find_podman(config, host, image, places.environ)
        else:
            found = _find_docker(config, host, places.environ)
        if found is not None and not found.login.is_empty:
            return found
        empty = empty or found
    return empty


class Collected(NamedTuple):
    """The credentials for one pull secret, and what the person should know about how they were found."""

    credentials: tuple[RegistryCredential, ...]
    warnings: tuple[str, ...]


def collect(places: Places, hosts: Iterable[str], images: Iterable[ImageReference]) -> Collected:
    """Find the credential of each of HOSTS and of each image's registry, once for each key of the pull secret.

    Raises CredentialRefused for the first that is not there or cannot be handed over.
    """
    wanted: list[tuple[str, ImageReference | None]] = [(image.registry, image) for image in images]
    covered = {host for host, _ in wanted}
    wanted = [(host, None) for host in dict.fromkeys(hosts) if host not in covered] + wanted
    found_by_key: dict[str, RegistryCredential] = {}
    warnings: list[str] = []
    for host, image in wanted:
        found = find_login(places, host, image)
        if found is not None and found.rivals:
            warnings.append(_rivals_warning(host, found))
        result = credential(found, host, places, image)
        found_by_key.setdefault(result.key, result)
    return Collected(tuple(found_by_key.values()), tuple(dict.fromkeys(warnings)))


def _rivals_warning(host: str, found: Found) -> str:
    others = ", ".join(quote(key) for key in found.rivals)
    taken = quote(without_user(found.key))
    return f"{found.source} has several logins for {quote(host)}, of which docker takes any: took {taken}, not {others}"


def credential(
    found: Found | None, host: str, places: Places, image: ImageReference | None = None
) -> RegistryCredential:
    """Make FOUND into what a pull secret can hold; raises CredentialRefused with the reason and the way out."""
    if found is None:
        looked = ", ".join(places.describe())
        raise CredentialRefused(
            f"no credential for {quote(host)}",
            f"looked in {looked}; run docker login {_login_argument(host)}, or give --username USER --password-stdin",
        )
    reason = objection(found.key, found.login)
    if reason:
        hint = _EMPTY_HINT if found.login.is_empty else ROBOT_HINT
        raise CredentialRefused(
            f"the credential for {quote(host)} in {found.source} cannot be handed over: {reason}", hint
        )
    return RegistryCredential(_secret_key(found, host, image), found.login.username, found.login.password, found.source)


def check_typed(typed: RegistryCredential) -> None:
    """Raise CredentialRefused for a user or password that a person gave and that cannot stand in a pull secret."""
    reason = objection(typed.key, Login(typed.username, typed.password))
    if reason:
        raise CredentialRefused(f"the credential for {quote(typed.host)} cannot be handed over: {reason}")


def short_life_refusal(short: RegistryCredential, life: ShortLife, now: datetime) -> CredentialRefused:
    """Say when a credential that dies by itself will be dead, and what lives longer."""
    if life.expires_at is None:
        when = f"dies {life.lifetime} after it was made"
    else:
        when = f"{'died' if life.expires_at <= now else 'dies'} at {for_people(life.expires_at)}"
    way_out = (
        "let the cluster pull without a secret: astrokpo registry grant IMAGE; or " if has_grant(short.host) else ""
    )
    return CredentialRefused(
        f"the credential for {quote(short.host)} is short-lived ({life.kind}): it {when}; a pull secret is not renewed",
        f"{way_out}{ROBOT_HINT}; or give --allow-short-lived",
    )


def objection(key: str, login: Login) -> str:
    """Say why LOGIN cannot stand in a pull secret; empty when it can."""
    if key in OAUTH_KEYS:
        return "it is an OAuth token of a Docker account"
    if login.is_token:
        return "it is a token for the docker CLI alone, which a kubelet ignores"
    if login.is_empty:
        return "nothing is stored for it here"
    if not login.username:
        return "its user is empty"
    if not login.password:
        return "its password is empty"
    if ":" in login.username:
        return "its user holds a colon, which no registry can tell from the password's"
    return ""


def _find_docker(config: DockerConfig, host: str, environ: Mapping[str, str]) -> Found | None:
    key = registry_key(host)
    helper = config.helpers.get(key, store_of(config, environ))
    written = _find_written(config, key)
    if not helper:
        return written
    found = _ask_get(helper, key, environ)
    if written is not None and written.login.registry_token:
        # docker keeps the file's registry token beside whatever the helper says.
        login = (found.login if found else Login())._replace(registry_token=True)
        return Found(key, written.source, login)
    return found


def _find_written(config: DockerConfig, key: str) -> Found | None:
    """Find KEY in the config itself: the exact key, else in a file one of the same host."""
    if key in config.logins:
        return Found(key, config.origin, config.logins[key])
    if config.dialect == "environment":
        return None
    return _first_of(config, sorted(other for other in config.logins if hostname(other) == key))


def _find_podman(
    config: DockerConfig, host: str, image: ImageReference | None, environ: Mapping[str, str]
) -> Found | None:
    if host in config.helpers:
        return _ask_get(config.helpers[host], host, environ)
    for key in _podman_keys(host, image):
        if key in config.logins:
            return Found(key, config.origin, config.logins[key], key.partition("/")[2])
    wanted = _podman_host(host)
    same_host = sorted(key for key in config.logins if key not in OAUTH_KEYS and _podman_key_host(key) == wanted)
    return _first_of(config, same_host)


def _first_of(config: DockerConfig, keys: list[str]) -> Found | None:
    if not keys:
        return None
    first = config.logins[keys[0]]
    rivals = tuple(without_user(key) for key in keys[1:] if config.logins[key] != first)
    return Found(keys[0], config.origin, first, rivals=rivals)


def _ask_get(helper: str, key: str, environ: Mapping[str, str]) -> Found | None:
    from astrokpo_cli.dockerconfig.helper import Helper

    asked = Helper(helper, environ)
    login = asked.get(key)
    return Found(key, asked.program, login) if login is not None else None


def store_of(config: DockerConfig, environ: Mapping[str, str]) -> str:
    """Give the helper for keys without one of their own; a bare docker config has the platform's, if installed."""
    if config.dialect != "docker" or not config.is_bare:
        return config.store
    import shutil

    path = environ.get("PATH")
    name = {"darwin": "osxkeychain", "win32": "wincred"}.get(sys.platform, "")
    if not name and sys.platform.startswith("linux"):
        name = "pass" if shutil.which("pass", path=path) else "secretservice"
    return name if name and shutil.which(f"docker-credential-{name}", path=path) else ""


def _podman_keys(host: str, image: ImageReference | None) -> Iterator[str]:
    key = image.name if image else host
    while key:
        yield key
        key = key.rpartition("/")[0]


def _podman_key_host(key: str) -> str:
    bare = key.removeprefix("http://").removeprefix("https://")
    return _podman_host(bare.partition("/")[0] if bare != key else bare)


def _podman_host(host: str) -> str:
    return "index.docker.io" if host in ("docker.io", "registry-1.docker.io") else host


def _secret_key(found: Found, host: str, image: ImageReference | None) -> str:
    """Give the key in the pull secret: the host's, or for a key with a path that path alone.

    A kubelet compares paths as plain prefixes, so a path that is not the whole name ends in a slash.
    """
    if not found.path:
        return registry_key(host)
    whole = image is not None and image.name == found.key
    return found.key if whole else f"{found.key}/"


def _login_argument(host: str) -> str:
    return "" if host == "docker.io" else host
