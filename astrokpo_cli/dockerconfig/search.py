"""The login for one registry, as docker would find it, in the first config that has one.

IN. docker/cli v29: cli/config/configfile (GetAuthConfig) and cli/config/credentials; for podman's files
containers/image, pkg/docker/config.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from astrokpo_cli.credentials import DOCKER_HUB_KEY, registry_key
from astrokpo_cli.dockerconfig.parse import DockerConfig, Login, hostname
from astrokpo_cli.dockerconfig.places import Places
from astrokpo_cli.errors import AstrokpoError, HelperError, without_user
from astrokpo_cli.images import ImageReference

OAUTH_KEYS = (f"{DOCKER_HUB_KEY}access-token", f"{DOCKER_HUB_KEY}refresh-token")
"""Under these Docker's web login keeps the account's OAuth tokens: no registry's credentials."""


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


class Search:
    """The search of one run: each config is read once, each helper asked once for a key."""

    def __init__(self, places: Places) -> None:
        self._environ = places.environ
        self._unread = places.configs()
        self._read: list[DockerConfig] = []
        self._trouble: AstrokpoError | None = None
        self._asked: dict[tuple[str, str], Found | HelperError | None] = {}

    def find(self, host: str, image: ImageReference | None = None) -> Found | None:
        """Find what is stored for HOST, in the first config that has anything; None if none has.

        With IMAGE, podman's keys with a path are tried first, the longest first. Raises DockerConfigError for a
        config that cannot be read and HelperError for a helper that fails: a failure never counts as "nothing there".
        An empty entry is given only when no config has more.
        """
        empty = None
        for config in self._configs():
            if config.dialect == "podman":
                found = self._find_podman(config, host, image)
            else:
                found = self._find_docker(config, host)
            if found is not None and not found.login.is_empty:
                return found
            empty = empty or found
        return empty

    def _configs(self) -> Iterator[DockerConfig]:
        yield from self._read
        if self._trouble is not None:
            raise self._trouble
        try:
            for config in self._unread:
                self._read.append(config)
                yield config
        except AstrokpoError as err:
            self._trouble = err
            raise

    def _find_docker(self, config: DockerConfig, host: str) -> Found | None:
        key = registry_key(host)
        helper = config.helpers.get(key, store_of(config, self._environ))
        written = _find_written(config, key)
        if not helper:
            return written
        found = self._ask(helper, key)
        if written is not None and written.login.registry_token:
            # docker keeps the file's registry token beside whatever the helper says.
            login = (found.login if found else Login())._replace(registry_token=True)
            return Found(key, written.source, login)
        return found

    def _find_podman(self, config: DockerConfig, host: str, image: ImageReference | None) -> Found | None:
        if host in config.helpers:
            return self._ask(config.helpers[host], host)
        for key in _podman_keys(host, image):
            if key in config.logins:
                return Found(key, config.origin, config.logins[key], key.partition("/")[2])
        wanted = _podman_host(host)
        same_host = sorted(key for key in config.logins if key not in OAUTH_KEYS and _podman_key_host(key) == wanted)
        return _first_of(config, same_host)

    def _ask(self, helper: str, key: str) -> Found | None:
        if (helper, key) not in self._asked:
            self._asked[helper, key] = _ask_helper(helper, key, self._environ)
        asked = self._asked[helper, key]
        if isinstance(asked, HelperError):
            raise asked
        return asked


def _ask_helper(helper: str, key: str, environ: Mapping[str, str]) -> Found | HelperError | None:
    from astrokpo_cli.dockerconfig.helper import Helper

    asked = Helper(helper, environ)
    try:
        login = asked.get(key)
    except HelperError as err:
        return err
    return Found(key, asked.program, login) if login is not None else None


def _find_written(config: DockerConfig, key: str) -> Found | None:
    """Find KEY in the config itself: the exact key, else in a file one of the same host."""
    if key in config.logins:
        return Found(key, config.origin, config.logins[key])
    if config.dialect == "environment":
        return None
    return _first_of(config, sorted(other for other in config.logins if hostname(other) == key))


def _first_of(config: DockerConfig, keys: list[str]) -> Found | None:
    if not keys:
        return None
    first = config.logins[keys[0]]
    rivals = tuple(without_user(key) for key in keys[1:] if config.logins[key] != first)
    return Found(keys[0], config.origin, first, rivals=rivals)


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
