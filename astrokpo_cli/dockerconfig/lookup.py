"""The credentials for a pull secret, from what docker would find, and why one cannot stand in it. IN."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from astrokpo_cli.credentials import RegistryCredential, ShortLife, registry_key
from astrokpo_cli.dockerconfig.parse import Login
from astrokpo_cli.dockerconfig.places import Places
from astrokpo_cli.dockerconfig.search import OAUTH_KEYS, Found, Search
from astrokpo_cli.errors import CredentialRefused, quote, without_user
from astrokpo_cli.images import ImageReference
from astrokpo_cli.timespan import for_people

_EMPTY_HINT = (
    "docker leaves an empty entry when the secret is in a credential store, and this config names none for it;"
    " run docker login again, or give --username USER --password-stdin"
)
ROBOT_HINT = (
    "make a robot account, access token or repository token for pulling, and hand it over with"
    " --username USER --password-stdin"
)


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
    search = Search(places)
    found_by_key: dict[str, RegistryCredential] = {}
    warnings: list[str] = []
    for host, image in wanted:
        found = search.find(host, image)
        if found is not None and found.rivals:
            warnings.append(rivals_warning(host, found))
        result = credential(found, host, places, image)
        found_by_key.setdefault(result.key, result)
    return Collected(tuple(found_by_key.values()), tuple(dict.fromkeys(warnings)))


def rivals_warning(host: str, found: Found) -> str:
    """Say that docker would take any of several logins."""
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
    from astrokpo_cli.grants import can_grant

    if life.expires_at is None:
        when = f"dies {life.lifetime} after it was made"
    else:
        when = f"{'died' if life.expires_at <= now else 'dies'} at {for_people(life.expires_at)}"
    way_out = (
        "let the cluster pull without a secret: astrokpo registry grant IMAGE; or " if can_grant(short.host) else ""
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
