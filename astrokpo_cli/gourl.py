"""URLs and globs as Go's net/url, net and path/filepath read them: what decides whether a kubelet uses a key.

PURE. Texts here are byte strings in disguise (`as_bytes`): one character a byte, as Go's strings are.
The rules are those of Go 1.26, which Kubernetes 1.36 is built with.
"""

import re
from functools import lru_cache

_SCHEME = r"[A-Za-z][A-Za-z0-9+\-.]*://"
_CONTROL = r"[\x00-\x1f\x7f]"
_USERINFO = r"[A-Za-z0-9\-._:~!$&'()*+,;=%@]*"
_PORT = r"(:[0-9]*)?"
_BAD_ESCAPE = r"%(?![0-9A-Fa-f]{2})"
_ESCAPE = r"%([0-9A-Fa-f]{2})"
# In a host only bytes above ASCII, and the percent sign itself, may be escaped.
_HOST = r"""(?:[A-Za-z0-9\-._~!$&'()*+,;=:\[\]<>"\x80-\xff]|%25|%[89A-Fa-f][0-9A-Fa-f])*"""
_ZONE = r"""(?:[A-Za-z0-9\-._~!$&'()*+,;=:\[\]<>"\x80-\xff]|%[0-9A-Fa-f]{2})*"""


def as_bytes(text: str) -> str:
    """Give TEXT with one character for each byte of its UTF-8 form, so that order and cuts are Go's."""
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("latin-1")


def hostname_port(url: str) -> tuple[str, str] | None:
    """Give URL.Hostname() and URL.Port() of a text with "://"; None if Go has an error or there is no host."""
    parsed = parse_url(as_bytes(url)) if re.match(_SCHEME, url) else None
    if parsed is None:
        return None
    host, colon, port = parsed[0].rpartition(":")
    if not (colon and re.fullmatch(_PORT, f":{port}")):
        host, port = parsed[0], ""
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    return (host.encode("latin-1").decode("utf-8", "replace"), port) if host else None


@lru_cache(maxsize=4096)
def parse_url(url: str) -> tuple[str, str] | None:
    """Give host (with its port) and path of URL, a text with "://"; None if Go has an error."""
    url, _, fragment = url.partition("#")
    if re.search(_CONTROL, url) or re.search(_BAD_ESCAPE, fragment):
        return None
    authority, slash, path = url.partition("://")[2].partition("?")[0].partition("/")
    userinfo, at, host = authority.rpartition("@")
    if at and (not re.fullmatch(_USERINFO, userinfo) or re.search(_BAD_ESCAPE, userinfo)):
        return None
    parsed_host = _parse_host(host)
    if parsed_host is None or re.search(_BAD_ESCAPE, path):
        return None
    return parsed_host, _unescape(slash + path)


def without_userinfo(url: str) -> str:
    """Give URL, with a scheme or without, less the user and password before its host; as it is where it has none."""
    match = re.match(rf"(?P<scheme>{_SCHEME})?(?P<authority>[^/?#]*)", url)
    assert match is not None
    scheme, authority = match["scheme"] or "", match["authority"]
    return f"{scheme}{authority.rpartition('@')[2]}{url[match.end() :]}"


def split_host_port(hostport: str) -> tuple[str, str]:
    """Split as net.SplitHostPort does; where that has an error, all of it is the host and there is no port."""
    host, colon, port = hostport.rpartition(":")
    if not colon:
        return hostport, ""
    if hostport.startswith("["):
        inside = host[1:-1]
        well_formed = host.endswith("]") and not set(inside) & set("[]")
        return (inside, port) if well_formed and not set(port) & set("[]") else (hostport, "")
    return (host, port) if ":" not in host and not set(hostport) & set("[]") else (hostport, "")


def glob_match(pattern: str, text: str) -> bool:
    """Match as filepath.Match does; a malformed pattern matches nothing."""
    compiled = _compile_glob(pattern)
    return compiled is not None and compiled.fullmatch(text) is not None


def _parse_host(host: str) -> str | None:
    if host.startswith("["):
        return _parse_ip_literal(host)
    port = host[host.index(":") :] if ":" in host else ""
    if "[" in host or not re.fullmatch(_PORT, port) or not re.fullmatch(_HOST, host):
        return None
    return _unescape(host)


def _parse_ip_literal(host: str) -> str | None:
    inside, bracket, port = host[1:].rpartition("]")
    if not bracket or "[" in inside or "[" in port or not re.fullmatch(_PORT, port):
        return None
    address, percent, zone = inside.partition("%25")
    if not re.fullmatch(_HOST, address) or not re.fullmatch(_ZONE, percent + zone) or not _zone_escapes_ok(zone):
        return None
    unescaped = _unescape(inside)
    return f"[{unescaped}]{port}" if _is_ipv6(unescaped) else None


def _zone_escapes_ok(zone: str) -> bool:
    """Whether each escape in ZONE is of a byte that might stand there unescaped, a blank or the percent sign."""
    escaped = (chr(int(digits, 16)) for digits in re.findall(_ESCAPE, zone))
    return all(char in " %" or (char < "\x80" and re.fullmatch(_HOST, char)) for char in escaped)


def _is_ipv6(address: str) -> bool:
    import ipaddress

    try:
        ipaddress.IPv6Address(address)
    except ValueError:
        return False
    return True


def _unescape(text: str) -> str:
    return re.sub(_ESCAPE, lambda match: chr(int(match[1], 16)), text) if "%" in text else text


@lru_cache(maxsize=4096)
def _compile_glob(pattern: str) -> re.Pattern[str] | None:
    segments, at = [""], 0
    while at < len(pattern):
        char, at = pattern[at], at + 1
        if char == "*":
            # Several in a row are one.
            segments += [""] if segments[-1] or len(segments) == 1 else []
        elif char == "?":
            segments[-1] += "[^/]"
        elif char == "[":
            parsed = _char_class(pattern[at:])
            if parsed is None:
                return None
            segments[-1] += parsed[0]
            at = len(pattern) - len(parsed[1])
        else:
            if char == "\\":
                char, at = pattern[at : at + 1], at + 1
            if not char:
                return None
            segments[-1] += re.escape(char)
    first, *rest = segments
    # A group that is not entered again: many stars would otherwise be tried in every combination.
    middle = "".join(f"(?>[^/]*?{segment})" for segment in rest[:-1])
    return re.compile(first + middle + "".join(f"[^/]*{last}" for last in rest[-1:]), re.DOTALL)


def _char_class(rest: str) -> tuple[str, str] | None:
    """Translate what follows a "["; gives the regular expression and the text after the class."""
    negated = rest.startswith("^")
    rest = rest[negated:]
    ranges: list[str] = []
    while not (ranges and rest.startswith("]")):
        low = _class_char(rest)
        if low is None:
            return None
        high, rest = low
        if rest.startswith("-"):
            upper = _class_char(rest[1:])
            if upper is None:
                return None
            high, rest = upper
        if low[0] <= high:
            ranges.append(f"{re.escape(low[0])}-{re.escape(high)}")
        else:
            ranges.append("")
    body = "".join(ranges)
    if not body:
        return ("[\\s\\S]" if negated else "(?!)"), rest[1:]
    return f"[{'^' if negated else ''}{body}]", rest[1:]


def _class_char(rest: str) -> tuple[str, str] | None:
    if rest.startswith("\\"):
        rest = rest[1:]
    elif rest.startswith(("-", "]")):
        return None
    return (rest[0], rest[1:]) if len(rest) > 1 else None
