"""Keys that look to be for an image and do not match it: why, and the key that would.

PURE. A key is mended step by step until a kubelet takes it for the image: each step that was needed is a reason, and
what comes out is asked of `kubelet` before it is shown. So no reason can be given that is not one.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from astrokpo_cli.credentials import DOCKER_HUB_KEY, NO_PASSWORD, RegistryCredential
from astrokpo_cli.diagnosis.spelling import UNREAD, Reading, read_key
from astrokpo_cli.errors import quote
from astrokpo_cli.gourl import as_bytes
from astrokpo_cli.images import DOCKER_HUB, ImageReference
from astrokpo_cli.kubelet import HUB_FALLBACK, Address, address_of, host_matches, lookup

HUB_NAMES = (
    HUB_FALLBACK,
    "registry-1.docker.io",
    "registry.docker.io",
    "auth.docker.io",
    "hub.docker.com",
    "registry.hub.docker.com",
    "app.docker.com",
    "docker.com",
)
"""Names of Docker Hub by which no image is looked up; docker.io is the one."""


MAX_KEY = 1000
"""The most characters of a key that could be somebody's slip; a host and a repository have 255 each."""


class NearMiss(NamedTuple):
    """Why a key does not match an image that it looks to be for."""

    reason: str
    would_do: str
    """The key, mended: alone in a pull secret, a kubelet finds it for the image."""


class Suspect(NamedTuple):
    """A key that looks to be for the registry of an image, as far as the image's path has no say in it."""

    key: str
    faults: tuple[str, ...]
    site: str
    """Its host and port, mended."""
    path: str | None
    """As a kubelet reads it; None where it cannot be read."""
    is_path: bool = False
    """Whether all of the key was meant for a path on Docker Hub, so that only the path tells whether it is alike."""
    stem: str = ""
    """What the path begins with, whatever is wrong with it: if the image's does too, the key is a likely one."""


class Suspects:
    """Keys, read once, to be asked which of them look to be for a registry."""

    def __init__(self, keys: Iterable[str]) -> None:
        readings = (reading for key in dict.fromkeys(keys) if len(key) <= MAX_KEY for reading in read_key(key))
        self._by_host: dict[str, list[tuple[int, Reading]]] = {}
        # With a "*" in the host, by what follows the last one: most hosts do not end so.
        self._wild: list[tuple[str, tuple[int, Reading]]] = []
        self._words: list[tuple[int, Reading]] = []
        for order, reading in enumerate(readings):
            host = reading.address.host.lower().rstrip(".")
            ordered = (order, reading)
            if "*" in host:
                self._wild.append((host.rpartition("*")[2], ordered))
            else:
                self._by_host.setdefault(host, []).append(ordered)
            if re.fullmatch(_WORD, host) and not reading.address.port:
                self._words.append(ordered)

    def of_registry(self, host: str, port: str) -> tuple[Suspect, ...]:
        """Give the keys that look to be for the registry at HOST and PORT, in the order in which they were given."""
        # A "*." in front is meant to stand for nothing, too.
        lower = f".{host.lower()}"
        alike = [*self._by_host.get(lower[1:], ()), *(each for tail, each in self._wild if lower.endswith(tail))]
        if host == DOCKER_HUB:
            alike += [each for name in HUB_NAMES for each in self._by_host.get(name, ())] + self._words
        found: dict[str, Suspect] = {}
        for _, reading in sorted(alike):
            if reading.key not in found and (suspect := _compare(reading, host, port)):
                found[reading.key] = suspect
        return tuple(found.values())


def near_miss(key: str, image: ImageReference) -> NearMiss | None:
    """Say why KEY does not match IMAGE; None when it does, or looks to be for another registry."""
    address = image_address(image)
    if address is None or lookup((bare_entry(key),), image):
        return None
    return next((explain(each, image) for each in Suspects((key,)).of_registry(address.host, address.port)), None)


def explain(suspected: Suspect, image: ImageReference, *, alone: bool = True) -> NearMiss | None:
    """Say why the key of SUSPECTED does not match IMAGE, and what would; ALONE if nothing else matches either."""
    address = image_address(image)
    assert address is not None
    path, faults = (address.path, ()) if suspected.path is None else _mend_path(suspected.path, address.path)
    if suspected.is_path and faults:
        return None
    if re.match(_API, path):
        # It would be taken off; where it was, that is what is wrong with the path.
        faults = (_TAKEN_OFF,) if faults and re.search(_API, suspected.key) else faults
        path = f"/v2{path}"
    would_do = suspected.site + ("" if path == "/" else path)
    if would_do == DOCKER_HUB and alone:
        would_do = DOCKER_HUB_KEY
    reasons = (*suspected.faults, *faults)
    return NearMiss("; ".join(reasons), would_do) if reasons and lookup((bare_entry(would_do),), image) else None


def image_address(image: ImageReference) -> Address | None:
    """Give what a kubelet compares keys with; None for an image that no key can match."""
    return address_of(as_bytes(image.name))


def bare_entry(key: str) -> RegistryCredential:
    """Give an entry with nothing but KEY."""
    return RegistryCredential(key, "", NO_PASSWORD, "")


_WORD = "(?!localhost)[a-z0-9_-]+"
"""A host that could be the first part of a path on Docker Hub."""
_API = "/v[12]/"
_TAKEN_OFF = '"/v1/" or "/v2/" is taken off the front of its path'


def _compare(reading: Reading, host: str, port: str) -> Suspect | None:
    key, faults, address = reading.key, reading.faults, reading.address
    path = None if address.path == UNREAD else address.path
    mended = _mend_host(address, host)
    if mended is None:
        if host != DOCKER_HUB or not re.fullmatch(_WORD, address.host) or address.port:
            return None
        whole = f"/{address.host}{path or ''}"
        faults += (f"its first part, {quote(address.host)}, is taken for a host",)
        return Suspect(key, faults, host, whole, is_path=True, stem=_stem(whole))
    site, host_faults = mended
    faults += host_faults
    if address.port not in (port, UNREAD):
        faults += (f"ports are compared as text: the key names {address.port or 'none'}, the image {port or 'none'}",)
    site = f"[{site}]" if ":" in site and not site.startswith("[") else site
    return Suspect(key, faults, f"{site}:{port}" if port else site, path, stem=_stem(path or ""))


def _stem(path: str) -> str:
    return re.sub(r"\A/v[12](?=/|\Z)", "", _cut_last(path, "[:@*]").lower()).rstrip("/")


def _cut_last(path: str, at: str) -> str:
    """Cut the last part of PATH before the first of the characters AT."""
    above, slash, last = path.rpartition("/")
    return above + slash + re.split(at, last, maxsplit=1)[0]


def _mend_host(address: Address, host: str) -> tuple[str, tuple[str, ...]] | None:
    """Give the host of ADDRESS mended to match HOST, and what was wrong; None where it is another."""
    pattern = address.host.rstrip(".")
    faults: tuple[str, ...] = ("its host ends in a dot",) if pattern != address.host else ()
    if not _is_alike(pattern, host):
        if not _is_alike(pattern.lower(), host.lower()):
            return None
        pattern = pattern.lower()
        faults += (f"hosts are compared letter by letter, and the image has {quote(host)}",)
    if host_matches(pattern, host):
        return pattern, faults
    if host == DOCKER_HUB and pattern in HUB_NAMES:
        return host, faults + _hub_faults(address._replace(host=pattern))
    if _spans(pattern, host):
        faults += (f'"*" stands for one part of a host between dots, and the image has {quote(host)}',)
    return host, faults


def _is_alike(pattern: str, host: str) -> bool:
    return host_matches(pattern, host) or (host == DOCKER_HUB and pattern in HUB_NAMES) or _spans(pattern, host)


def _spans(pattern: str, host: str) -> bool:
    """Whether PATTERN would match HOST if "*" could stand for dots, too, and a "*." in front for nothing."""
    if "*" not in pattern:
        return False
    return any(_matches_any(text, host) for text in (pattern, pattern.removeprefix("*.")))


def _matches_any(pattern: str, text: str) -> bool:
    return _compile(pattern).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _compile(pattern: str) -> re.Pattern[str]:
    """Make a regular expression of PATTERN, in which "*" stands for anything at all."""
    first, *rest = map(re.escape, pattern.split("*"))
    # A group that is not entered again keeps many stars from taking for ever.
    return re.compile(
        first + "".join(f"(?>.*?{part})" for part in rest[:-1]) + "".join(f".*{part}" for part in rest[-1:])
    )


def _hub_faults(address: Address) -> tuple[str, ...]:
    if address.host != HUB_FALLBACK:
        return (f"images of Docker Hub are looked up by {quote(DOCKER_HUB)}",)
    if address.path in ("", "/v1", "/v2"):
        return ()
    return (f"{quote(HUB_FALLBACK)} stands for Docker Hub only without a path",)


def _mend_path(path: str, target: str) -> tuple[str, tuple[str, ...]]:
    """Give PATH mended to be the beginning of the image's, TARGET, and what was wrong."""
    faults: tuple[str, ...] = ()
    mended = path
    for fault, mend in _PATHS:
        if target.startswith(mended):
            return mended, faults
        before, mended = mended, mend(mended, target)
        faults += (fault,) if mended != before else ()
    if target.startswith(mended):
        return mended, faults
    return target, ("its path is not the beginning of the image's",)


def _without_stars(path: str, target: str) -> str:
    if "*" not in path.rstrip("*"):
        return path.rstrip("*")
    return target if _matches_any(f"{path}*", target) else path


def _in_lower_case(path: str) -> str:
    # A kubelet takes /v1/ and /v2/ off only where they are in lower case, which they are now.
    return path if path == path.lower() else re.sub(r"\A/v[12](?=/)", "", path.lower())


_PATHS: tuple[tuple[str, Callable[[str, str], str]], ...] = (
    ("a key has no tag and no digest", lambda path, _: _cut_last(path, "[:@]")),
    ('"*" is no wildcard in a path', _without_stars),
    ("its path is not in lower case", lambda path, _: _in_lower_case(path)),
    ("there is an empty part in its path", lambda path, _: re.sub("/+", "/", path)),
    ('"/v1" and "/v2" are taken off only with a slash after them', lambda path, _: re.sub(r"\A/v[12]\Z", "", path)),
    (
        "its path ends in a slash that the image does not have",
        lambda path, target: target if path.rstrip("/") == target else path,
    ),
)
