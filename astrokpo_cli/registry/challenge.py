"""The challenge of a registry: how it wants to be asked (RFC 9110, WWW-Authenticate; distribution's token scheme)."""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

_MAX_HEADER = 8192
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = r'"(?:[^"\\]|\\.)*"'
_ITEM = (
    rf"[\s,]*(?:(?P<name>{_WORD})[ \t]*=[ \t]*(?P<value>{_QUOTED}|{_WORD})(?=[ \t]*(?:,|$))"
    rf"|(?P<scheme>{_WORD})(?:[ \t]+(?P<token68>[A-Za-z0-9._~+/-]+=*)(?=[ \t]*(?:,|$)))?(?=[ \t]|,|$))"
)


class Challenge(NamedTuple):
    """What a registry asks for before it answers."""

    scheme: Literal["basic", "bearer"]
    parameters: Mapping[str, str]
    """By name in lower case; for Bearer realm, service, and error where a token was not enough."""


def parse_challenge(header: str) -> Challenge | None:
    """Give the challenge that a pull answers, Bearer before Basic; None where HEADER holds neither or is broken.

    HEADER is the value of WWW-Authenticate, several joined by commas.
    """
    if len(header) > _MAX_HEADER:
        return None
    found: dict[str, dict[str, str]] = {}
    parameters: dict[str, str] | None = None
    item, position, end = re.compile(_ITEM), 0, len(header.rstrip(" \t,"))
    while position < end:
        match = item.match(header, position)
        if match is None:
            return None
        position = match.end()
        if match["scheme"]:
            parameters = found.setdefault(match["scheme"].lower(), {})
        elif parameters is None:
            return None
        else:
            parameters.setdefault(match["name"].lower(), _unquoted(match["value"]))
    if "bearer" in found:
        return Challenge("bearer", found["bearer"])
    return Challenge("basic", found["basic"]) if "basic" in found else None


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
