"""Registry credentials: what travels from a docker config into a pull secret, and how long it will live.

PURE. Three ideas: the credential itself, with a password that cannot be printed; the `auth` field, as docker
writes it and as docker and the kubelet read it; and the signs by which a password that will die is known.
"""

import json
import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

DOCKER_HUB_KEY = "https://index.docker.io/v1/"
"""The key of Docker Hub, in docker's files and stores as in a pull secret."""

HUB_HOSTS = ("docker.io", "index.docker.io")
"""The names of Docker Hub that docker turns into DOCKER_HUB_KEY."""


class Password:
    """A secret text that no str(), repr() or format() shows; `reveal` is the only way out."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Give the secret itself; bytes that are no UTF-8 are surrogates (PEP 383)."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Password) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Password(***)"

    def __str__(self) -> str:
        return "***"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a password is not pickled")


NO_PASSWORD = Password("")


class RegistryCredential(NamedTuple):
    """One registry's user and password, as they will stand in a pull secret."""

    key: str
    """The key in the pull secret: HOST[:PORT], HOST/PATH where it is for that path alone, or DOCKER_HUB_KEY."""
    username: str
    password: Password
    source: str
    """Where it was found, for people: a file's path, docker-credential-NAME, a variable, standard input."""

    @property
    def host(self) -> str:
        """The registry that the key is for, as an image names it."""
        return key_host(self.key)


class ShortLife(NamedTuple):
    """Why a credential will die, and when."""

    kind: str
    """What it is, such as "Amazon ECR token"."""
    lifetime: str
    """How long such a thing lives, for people."""
    expires_at: datetime | None
    """The instant, where the credential itself says it."""


def registry_key(host: str) -> str:
    """Give the key under which docker keeps the credential for HOST, and under which a kubelet finds it."""
    return DOCKER_HUB_KEY if host in HUB_HOSTS else host


def key_host(key: str) -> str:
    """Give the registry host of a pull secret's KEY; docker.io for Docker Hub."""
    return "docker.io" if key == DOCKER_HUB_KEY else key.partition("/")[0]


def encode_auth(username: str, password: Password) -> str:
    """Give the `auth` field for a user and a password: base64 of user:password, as docker writes it."""
    return b2a_base64(_bytes(f"{username}:{password.reveal()}"), newline=False).decode("ascii")


def docker_auth(field: str) -> tuple[str, Password]:
    """Read an `auth` field as docker does (cli/config/configfile decodeAuth); raises ValueError, without content."""
    user, password = _split(_go_base64(field))
    if not user:
        raise ValueError("the user is empty")
    return user, Password(password.strip("\0"))


def kubelet_auth(field: str) -> tuple[str, Password]:
    """Read an `auth` field as a kubelet does (pkg/credentialprovider); raises ValueError, without content.

    Padding may be missing, the user may be empty and NULs stay: there it differs from docker.
    """
    if not field.strip().endswith("="):
        rest = len(field.translate(_NO_NEWLINES)) % 4
        field += "=" * (4 - rest) if rest in (2, 3) else ""
    user, password = _split(_go_base64(field))
    return user, Password(password)


def short_life(credential: RegistryCredential) -> ShortLife | None:
    """Say whether CREDENTIAL is of a kind that dies by itself, by its host, its user and its form; else None."""
    host, user, secret = credential.host, credential.username, credential.password.reveal()
    if user == "AWS" and re.fullmatch(_ECR_HOST, host):
        return ShortLife("Amazon ECR token", "12 hours", _ecr_expiry(secret))
    if user in _GOOGLE_TOKEN_USERS and re.fullmatch(_GOOGLE_HOST, host):
        return ShortLife("Google access token", "about 1 hour", None)
    claims = _jwt_claims(secret)
    if user == _ACR_LOGIN_USER and host.endswith(".azurecr.io"):
        return ShortLife("Azure token login", "about 3 hours", _instant((claims or {}).get("exp")))
    expires_at = _instant(claims.get("exp")) if claims else None
    return ShortLife("JSON web token", "until its own expiry", expires_at) if expires_at else None


def first_expiry(credentials: Iterable[RegistryCredential]) -> datetime | None:
    """Give the instant at which the first of CREDENTIALS dies, of those that say when."""
    lives = (short_life(credential) for credential in credentials)
    return min((life.expires_at for life in lives if life and life.expires_at), default=None)


_ECR_HOST = (
    r"\d{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.(amazonaws\.(com(\.cn)?|eu)|on\.aws|on\.amazonwebservices\.com\.cn"
    r"|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)|(public\.ecr\.aws|ecr-public\.aws\.com)"
)
_GOOGLE_HOST = r"[a-z0-9-]+-docker\.pkg\.dev|([a-z]+\.)?gcr\.io"
_GOOGLE_TOKEN_USERS = ("oauth2accesstoken", "_dcgcloud_token")
_ACR_LOGIN_USER = "00000000-0000-0000-0000-000000000000"
_BASE64 = r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_FROM_URL_SAFE = str.maketrans("-_", "+/")
_NO_NEWLINES = str.maketrans("", "", "\r\n")


def _go_base64(field: str) -> bytes:
    """Decode as Go's base64.StdEncoding does: line ends ignored, padding required, spare bits ignored."""
    compact = field.translate(_NO_NEWLINES)
    if not re.fullmatch(_BASE64, compact):
        raise ValueError("not base64")
    return a2b_base64(compact)


def _split(decoded: bytes) -> tuple[str, str]:
    user, colon, password = decoded.decode("utf-8", "surrogateescape").partition(":")
    if not colon:
        raise ValueError("no colon between user and password")
    return user, password


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _ecr_expiry(secret: str) -> datetime | None:
    try:
        token = json.loads(a2b_base64(_bytes(secret)))
    except (ValueError, RecursionError):
        return None
    return _instant(token.get("expiration")) if isinstance(token, dict) else None


def _jwt_claims(secret: str) -> dict[str, Any] | None:
    parts = secret.split(".")
    if len(parts) != 3:
        return None
    header, claims = _jwt_part(parts[0]), _jwt_part(parts[1])
    return claims if header and "alg" in header else None


def _jwt_part(part: str) -> dict[str, Any] | None:
    try:
        text = (part + "=" * (-len(part) % 4)).translate(_FROM_URL_SAFE)
        value = json.loads(a2b_base64(_bytes(text), strict_mode=True))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _instant(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
