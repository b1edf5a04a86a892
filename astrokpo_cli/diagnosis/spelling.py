"""How a key was meant that a kubelet reads otherwise, or not at all: blanks, schemes, users, wildcards. PURE."""

import re
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from astrokpo_cli.errors import without_user
from astrokpo_cli.kubelet import Address, address_of, index_key

UNREAD = "\n"
"""A port or a path that could not be read; no key has such."""


class Reading(NamedTuple):
    """A key as it was meant."""

    key: str
    faults: tuple[str, ...]
    """What keeps a kubelet from reading it so, and had to be mended."""
    address: Address


def read_key(key: str) -> Iterator[Reading]:
    """Read KEY as a URL, and then as a pattern where a "?" may have been meant as a wildcard."""
    text = _mend(key)
    address = _locate(text)
    faults = _faults(key, address)
    yield Reading(key, faults if _read(text) else (*faults, "it does not parse as a URL"), address)
    if "?" in text.partition("/")[0] and (pattern := _read(text.replace("?", "*"))) is not None:
        yield Reading(key, (*faults, '"?" begins the query of a URL, and "*" is the only wildcard'), pattern)


def _mend(key: str, leave: Collection[str] = ()) -> str:
    """Take out of KEY what hides its host, but LEAVE some of the faults."""
    for fault, mend in _MENDS:
        key = key if fault in leave else mend(key)
    return key


def _faults(key: str, mended: Address) -> tuple[str, ...]:
    """Give the faults of KEY that must be mended to read it as MENDED, and no more."""
    if _read(key) == mended:
        return ()
    faults = tuple(dict(_MENDS))
    harmless: list[str] = []
    for fault in faults:
        if _locate(_mend(key, leave=(*harmless, fault))) == mended:
            harmless.append(fault)
    return tuple(fault for fault in faults if fault not in harmless)


def _read(text: str) -> Address | None:
    key = index_key(text)
    return None if key is None else address_of(key)


def _locate(text: str) -> Address:
    """Read TEXT; where it is no URL, at least the host."""
    if (address := _read(text)) is not None:
        return address
    text = _without_scheme(without_user(text))
    host = re.search(r"[A-Za-z0-9*][A-Za-z0-9.*-]*|\Z", text)
    assert host is not None
    return Address(host[0], UNREAD, UNREAD if "/" in text[host.end() :] else "")


def _without_blanks(text: str) -> str:
    return re.sub(r"[\s\x00-\x1f\x7f]+", "", text)


def _without_scheme(text: str) -> str:
    return re.sub(r"\A(?:[a-z][a-z0-9+.-]*://+|https?:/+|/+)+", "", text, flags=re.IGNORECASE)


def _without_bad_user(text: str) -> str:
    return without_user(text) if "@" in text and _read(text) is None else text


def _without_classes(text: str) -> str:
    # Brackets around all of the host were not meant as a wildcard.
    return re.sub(r"(?<=.)\[[^][/]*\]|\[[^][/]*\](?=[^/:])", "*", text) if _read(text) is None else text


_BAD_USER = 'what stands before its "@" makes it no URL'
_MENDS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("there is a blank in it", _without_blanks),
    (_BAD_USER, _without_bad_user),
    ('nothing but "https://" and "http://", in lower case, is taken off a key', _without_scheme),
    (_BAD_USER, _without_bad_user),
    ('"[" makes it no URL, and "*" is the only wildcard', _without_classes),
)
