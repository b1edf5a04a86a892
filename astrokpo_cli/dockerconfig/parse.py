"""One docker config, podman auth.json or DOCKER_AUTH_CONFIG: bytes -> DockerConfig.

PURE. docker refuses a whole file for one broken part, so each function raises DockerConfigError for it, naming
the place and never the content.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from astrokpo_cli.credentials import NO_PASSWORD, Password, docker_auth
from astrokpo_cli.errors import DockerConfigError, quote, without_user
from astrokpo_cli.gojson import TEXT, TEXTS, GoJSONError, MapOf, Shape, Struct, Way, decode

Dialect = Literal["docker", "podman", "environment"]


class Login(NamedTuple):
    """What is stored for one registry; it may be less than a credential."""

    username: str = ""
    password: Password = NO_PASSWORD
    identity_token: bool = False
    """Whether an identity token is stored: a token for the docker CLI alone."""
    registry_token: bool = False
    """Whether a registry token is stored: a bearer token, likewise."""

    @property
    def is_token(self) -> bool:
        """Whether docker would use a token instead of user and password."""
        return self.identity_token or self.registry_token

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stored at all: docker's mark for "logged in, the secret is in the store"."""
        return not (self.username or self.password or self.is_token)


class DockerConfig(NamedTuple):
    """One source of credentials."""

    origin: str
    """Where it was read, for people: a path or a variable."""
    dialect: Dialect
    """Whose rules of search hold for it."""
    logins: Mapping[str, Login] = MappingProxyType({})
    """The `auths`, by key as written."""
    helpers: Mapping[str, str] = MappingProxyType({})
    """credHelpers: key -> helper's name; an empty name switches the store off for that key."""
    store: str = ""
    """credsStore: the helper for every key that has none of its own; empty for none."""

    @property
    def is_bare(self) -> bool:
        """Whether it has no section about credentials, so that docker probes the platform's store."""
        return not (self.logins or self.helpers or self.store)


def parse_docker(document: bytes, origin: str) -> DockerConfig:
    """Read a config.json; text after the first JSON value is ignored and an empty file is empty, as for docker."""
    config = _decode(document, _DOCKER_CONFIG, origin, "Decode")
    logins = {key: _login(key, entry, origin) for key, entry in config["auths"].items()}
    return DockerConfig(origin, "docker", logins, config["credHelpers"], config["credsStore"])


def parse_podman(document: bytes, origin: str) -> DockerConfig:
    """Read an auth.json of podman, skopeo or buildah; there is no credsStore, and keys may have a path."""
    config = _decode(document, _PODMAN_CONFIG, origin, "Unmarshal")
    logins = {key: _login(key, entry, origin) for key, entry in config["auths"].items()}
    return DockerConfig(origin, "podman", logins, config["credHelpers"])


def parse_environment(text: str) -> DockerConfig:
    """Read DOCKER_AUTH_CONFIG, which must hold nothing but an `auth` for each host."""
    origin = "DOCKER_AUTH_CONFIG"
    document = text.encode("utf-8", "surrogateescape")
    config = _decode(document, _ENVIRONMENT_CONFIG, origin, "Decode one")
    for key, entry in config["auths"].items():
        if not entry["auth"]:
            raise DockerConfigError(f"{origin} has no auth for {quote(without_user(key))}", _ENVIRONMENT_HINT)
    logins = {key: _login(key, entry, origin) for key, entry in config["auths"].items()}
    return DockerConfig(origin, "environment", logins)


def hostname(key: str) -> str:
    """Give the host of a key as docker's ConvertToHostname does: scheme, user and path are dropped."""
    _, scheme, rest = key.partition("://")
    if not scheme:
        return key.partition("/")[0]
    from astrokpo_cli.gourl import hostname_port

    parsed = hostname_port(key)
    if parsed is None:
        return _host_of_refused(rest.partition("/")[0]) or key.partition("/")[0]
    host, port = parsed
    if not port:
        return host
    return f"[{host}]:{port}" if ":" in host or "%" in host else f"{host}:{port}"


def _host_of_refused(authority: str) -> str:
    """Give the host of an AUTHORITY that Go's net/url refuses: an IPv6 address without brackets gets them."""
    address, _, port = authority.rpartition(":")
    if ":" in address and not authority.startswith("[") and re.fullmatch("[0-9]+", port):
        return f"[{address}]:{port}"
    return authority


_ENVIRONMENT_HINT = 'it must be {"auths": {HOST: {"auth": ...}}} and nothing more; unset it to use the docker config'

_AUTH = Struct(dict.fromkeys(("username", "password", "auth", "serveraddress", "identitytoken", "registrytoken"), TEXT))
_TEXT_FIELDS = [
    "psFormat",
    "imagesFormat",
    "networksFormat",
    "pluginsFormat",
    "volumesFormat",
    "statsFormat",
    "detachKeys",
    "credsStore",
    "serviceInspectFormat",
    "servicesFormat",
    "tasksFormat",
    "secretFormat",
    "configFormat",
    "nodesFormat",
    "currentContext",
]
_PROXY = Struct(dict.fromkeys(("httpProxy", "httpsProxy", "noProxy", "ftpProxy", "allProxy"), TEXT))
# Every field that docker knows: a wrong type in any of them makes it refuse the file.
_DOCKER_CONFIG = Struct(
    {
        **dict.fromkeys(_TEXT_FIELDS, TEXT),
        **{name: MapOf(TEXT) for name in ("HttpHeaders", "credHelpers", "aliases", "features")},
        **dict.fromkeys(("pruneFilters", "cliPluginsExtraDirs"), TEXTS),
        "auths": MapOf(_AUTH),
        "proxies": MapOf(_PROXY),
        "plugins": MapOf(MapOf(TEXT)),
    }
)
_PODMAN_CONFIG = Struct({"auths": MapOf(Struct({"auth": TEXT, "identitytoken": TEXT})), "credHelpers": MapOf(TEXT)})
_ENVIRONMENT_CONFIG = Struct({"auths": MapOf(Struct({"auth": TEXT}, closed=True))}, closed=True)


def _decode(document: bytes, shape: Shape, origin: str, way: Way) -> dict[str, Any]:
    try:
        config: dict[str, Any] = decode(document, shape, way)
    except GoJSONError as err:
        hint = (
            _ENVIRONMENT_HINT
            if shape is _ENVIRONMENT_CONFIG
            else "docker refuses this file too; mend it or log in again"
        )
        raise DockerConfigError(f"{origin} cannot be read: {err}", hint) from None
    return config


def _login(key: str, entry: dict[str, str], origin: str) -> Login:
    tokens = bool(entry.get("identitytoken")), bool(entry.get("registrytoken"))
    if not entry["auth"]:
        return Login(entry.get("username", ""), Password(entry.get("password", "")), *tokens)
    username, password = _decode_auth(key, entry["auth"], origin)
    return Login(username, password, *tokens)


def _decode_auth(key: str, field: str, origin: str) -> tuple[str, Password]:
    try:
        return docker_auth(field)
    except ValueError as err:
        raise DockerConfigError(
            f"{origin}: the auth of {quote(without_user(key))} will not decode: {err}",
            "it must be the base64 of user:password; log in again to have it rewritten",
        ) from None
