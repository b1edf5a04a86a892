"""All that the docker configs hold, for `registry list`, for the question which registry, and for completion.

IN. A listing never fails for one helper: its row says what went wrong.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from astrokpo_cli.credentials import DOCKER_HUB_KEY, key_host
from astrokpo_cli.dockerconfig.helper import Helper
from astrokpo_cli.dockerconfig.lookup import objection
from astrokpo_cli.dockerconfig.parse import DockerConfig, Login, hostname
from astrokpo_cli.dockerconfig.places import Places
from astrokpo_cli.dockerconfig.search import OAUTH_KEYS, store_of
from astrokpo_cli.errors import HelperError, InvalidValue, without_user
from astrokpo_cli.images import parse_registry

Kind = Literal["password", "token", "empty", "unknown"]


class Listed(NamedTuple):
    """One key of a docker config, without any secret."""

    host: str
    """The registry that the key is for, as an image names it."""
    shown_key: str
    """The key as written, without the user and password that a URL may hold."""
    source: str
    """The file or variable that holds the key, or that names the helper that does."""
    helper: str
    """The helper that keeps its secret; empty when the config itself does."""
    username: str
    kind: Kind
    """What is stored; unknown where a helper was not asked, or failed."""
    reason: str
    """Why it cannot be handed over, or why that is not known; empty when it can be."""

    needs_image: bool = False
    """Whether it is for a path below the host, so that an image must say which; podman's auth.json has such keys."""

    @property
    def usable(self) -> bool | None:
        """Whether it can be handed over; None when no helper was asked."""
        if self.kind == "unknown" and not self.reason:
            return None
        return not self.reason


def list_hosts(places: Places) -> tuple[str, ...]:
    """Give the registries of all keys, sorted, without asking any helper: what completion may know."""
    hosts = (key_registry(key) for config in places.configs() for key in (*config.logins, *config.helpers))
    return tuple(sorted({host for host in hosts if host}))


def list_logins(places: Places, *, ask_helpers: bool) -> tuple[Listed, ...]:
    """List every key of every config; helpers are asked for theirs, unless told not to.

    Raises DockerConfigError for a config that cannot be read.
    """
    rows: list[Listed] = []
    for config in places.configs():
        rows.extend(_list_config(config, places.environ, ask_helpers))
    return tuple(rows)


def key_registry(key: str) -> str:
    """Give the registry that KEY is for, as an image names it; empty for an OAuth entry, which is no registry's."""
    if key in OAUTH_KEYS:
        return ""
    return key_host(key) if key == DOCKER_HUB_KEY else hostname(key)


def _list_config(config: DockerConfig, environ: Mapping[str, str], ask_helpers: bool) -> Iterator[Listed]:
    store = store_of(config, environ)
    stored, error = _ask_list(store, environ) if store and ask_helpers else ({}, "")
    if error:
        yield Listed("", "", config.origin, store, "", "unknown", error)
    for key in dict.fromkeys((*config.logins, *config.helpers, *stored)):
        helper = config.helpers.get(key, store)
        if not helper:
            yield _row(config, key, "", config.logins.get(key, Login()))
        elif key in OAUTH_KEYS:
            yield _row(config, key, helper, Login(identity_token=True))
        elif not ask_helpers or (error and helper == store):
            yield _unknown(config, key, helper, error)
        else:
            yield _ask_one(config, key, helper, environ)


def _ask_one(config: DockerConfig, key: str, helper: str, environ: Mapping[str, str]) -> Listed:
    try:
        return _row(config, key, helper, Helper(helper, environ).get(key) or Login())
    except HelperError as err:
        return _unknown(config, key, helper, err.message)


def _ask_list(store: str, environ: Mapping[str, str]) -> tuple[dict[str, str], str]:
    try:
        return Helper(store, environ).list(), ""
    except HelperError as err:
        return {}, err.message


def _row(config: DockerConfig, key: str, helper: str, login: Login) -> Listed:
    kind: Kind = "token" if login.is_token else "empty" if login.is_empty else "password"
    host = key_registry(key)
    reason = objection(key, login)
    if host and not _is_registry(host):
        host, reason = "", reason or "no image can name such a registry"
    needs_image = config.dialect == "podman" and "/" in key and "://" not in key
    return Listed(host, without_user(key), config.origin, helper, login.username, kind, reason, needs_image)


def _unknown(config: DockerConfig, key: str, helper: str, error: str) -> Listed:
    host = key_registry(key)
    shown_host = host if _is_registry(host) else ""
    return Listed(shown_host, without_user(key), config.origin, helper, "", "unknown", error)


def _is_registry(host: str) -> bool:
    try:
        parse_registry(host)
    except InvalidValue:
        return False
    return True
