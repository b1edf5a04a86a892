"""Which places a registry may send us to: a registry's answer is a stranger's word."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

_MAX_URL = 8192
_HOST = r"[a-z0-9][a-z0-9._-]*|[0-9a-f:]*:[0-9a-f:.]*"
_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_NOT_PUBLIC = (
    IPv4Network("168.63.129.16/32"),  # the metadata of Azure, in every network of it
    IPv4Network("192.0.0.0/24"),  # this and the next: not all of it is private to every Python
    IPv6Network("3fff::/20"),
)
_LOCAL_ENDS = {"localhost", "local", "internal", "intranet", "private", "corp", "home", "lan"}
"""Ends of names that the public DNS does not have (RFC 6761, RFC 6762 with its appendix G)."""


class Target(NamedTuple):
    """A URL that can be asked for; what it is taken apart into is what it was put together from."""

    url: str
    scheme: str
    host: str
    """In lower case; an IPv6 address in its shortest form, without brackets."""
    port: int

    @property
    def origin(self) -> tuple[str, str, int]:
        """What must be the same where a credential may go."""
        return (self.scheme, self.host, self.port)


def read_url(text: str) -> Target | None:
    """Take TEXT apart; None where it is not http or https, names a user, or could be read in more than one way."""
    if not re.fullmatch(rf"[!-~]{{1,{_MAX_URL}}}", text) or "\\" in text:
        return None
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
        if ":" in host:
            host = str(IPv6Address(host))
    except ValueError:
        return None
    if parts.scheme not in ("https", "http") or not re.fullmatch(_HOST, host) or "@" in parts.netloc:
        return None
    netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if port is not None else "")
    url = urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, ""))
    return Target(url, parts.scheme, host, port if port is not None else {"https": 443, "http": 80}[parts.scheme])


def is_public(address: str) -> bool:
    """Whether ADDRESS, an IP address in text, is one of the public internet.

    Loopback, private, link-local (with the clouds' metadata services), shared, multicast and reserved addresses are
    not, nor is an IPv6 form of an IPv4 address that is not.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address):
        inner = IPv4Address(int(parsed) & 0xFFFFFFFF) if parsed in _NAT64 else parsed.ipv4_mapped or parsed.sixtofour
        if inner is None and parsed not in _UNICAST:
            return False
        parsed = inner or parsed
    is_excepted = any(parsed in network for network in _NOT_PUBLIC)
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved and not is_excepted


def is_private_address(host: str) -> bool:
    """Whether HOST, as it stands in a URL, is an address, in any notation that a resolver takes, and not public."""
    name = host.rstrip(".").lower()
    # 2130706433, 127.1, 0177.0.0.1 and 127.0.0.0x1 are addresses to a resolver; nobody honest writes one so.
    is_address = ":" in name or re.fullmatch(r"[0-9]+|0x[0-9a-f]*", name.rpartition(".")[2])
    return bool(is_address) and not is_public(name)


def is_local_name(host: str) -> bool:
    """Whether HOST is a name that public DNS does not have: without a dot, or with an end such as .internal."""
    name = host.rstrip(".").lower()
    return "." not in name or name.rpartition(".")[2] in _LOCAL_ENDS or name.endswith(".home.arpa")


def is_loopback_name(host: str) -> bool:
    """Whether HOST names this machine: localhost or a loopback address; docker asks such a registry plainly."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
