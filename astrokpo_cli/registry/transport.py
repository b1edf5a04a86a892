"""HTTP to one registry and where it sends us, with every guard that a stranger's word needs.

OUT. A question has a time limit as a whole and a cap on what is read. Only the registry's own host may be at an address
that is not public. Redirects are followed one by one and looked at; the Authorization header stays with its origin.
No cookies are kept, .netrc is not read, and nothing of a body gets into a message.
"""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin

from astrokpo_cli import __version__
from astrokpo_cli.credentials import Password
from astrokpo_cli.errors import quote
from astrokpo_cli.registry.addresses import (
    Target,
    is_local_name,
    is_loopback_name,
    is_private_address,
    is_public,
    read_url,
)
from astrokpo_cli.registry.proof import Answer
from astrokpo_cli.registry.troubles import Limits, NoAnswer, explain, is_ended, refuse, refuse_address
from astrokpo_cli.registry.watched import Deadline, make_adapter

if TYPE_CHECKING:
    import requests

MAX_REDIRECTS = 5
MAX_TOKEN = 64 * 1024
"""Bytes of a token server's answer that are read."""
MAX_MANIFEST = 4 * 1024 * 1024
"""Bytes of a manifest, or of an image's config, that are read."""
_MAX_WASTE = 4 * 1024
"""Bytes of a body that nobody needs which are read all the same, so that the connection can be used again."""
_REDIRECTS = (301, 302, 303, 307, 308)


class Reply(NamedTuple):
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    """Names are looked up without regard to case."""
    body: bytes
    is_led_away: bool = False
    """Whether it is the answer of another server, which was not given the Authorization."""


class Transport:
    """Connections for one registry, used again where a server allows it; for several threads at once."""

    def __init__(self, host: str, *, insecure: bool = False, limits: Limits | None = None) -> None:
        target = read_url(f"https://{host}/")
        self.host = target.host if target else ""
        """The registry's, as in a Target; empty where no such host or port can be."""
        self._insecure = insecure
        self._limits = limits or Limits()
        self._own_addresses: set[str] = set()
        self._is_public: bool | None = None
        self._here = threading.local()
        self._lock = threading.Lock()
        self._under_way: set[Deadline] = set()
        self._is_closed = False
        self._session = self._make_session()
        self.plain = False
        """Whether the registry was found to speak HTTP without TLS; only then may a server that it names do so."""

    def close(self) -> None:
        """End the connections, at once also those that wait for an answer; nothing can be asked any more."""
        with self._lock:
            self._is_closed = True
            under_way = list(self._under_way)
        for deadline in under_way:
            deadline.cut()
        self._session.close()

    def ask(
        self, method: str, url: str, *, cap: int = 0, accept: str = "*/*", authorization: Password | None = None
    ) -> Reply:
        """Ask for URL and read at most CAP bytes of what comes, following redirects; raises NoAnswer."""
        first = target = self._target(url)
        headers = {"User-Agent": f"astrokpo/{__version__}", "Accept": accept, "Accept-Encoding": "identity"}
        if authorization is not None:
            headers["Authorization"] = authorization.reveal()
        is_led_away = False
        with self._deadline():
            for _ in range(MAX_REDIRECTS + 1):
                reply = self._exchange(method, target, headers, cap)
                location = reply.headers.get("Location")
                if reply.status not in _REDIRECTS or not location:
                    return reply._replace(is_led_away=is_led_away)
                target = self._target(_joined(target.url, location))
                if target.origin != first.origin and "Authorization" in headers:
                    # It stays away when the way leads back here: who leads us has chosen the path.
                    del headers["Authorization"]
                    is_led_away = True
        raise NoAnswer(Answer("untrusted", f"it redirects more than {MAX_REDIRECTS} times"))

    def _target(self, url: str) -> Target:
        """Give URL taken apart, where it may be asked for; raises NoAnswer, without the URL's path and query."""
        target = read_url(url)
        if target is None:
            refuse("it sends us to something that is no plain https URL")
        if target.scheme == "http" and not self.plain:
            refuse(f"it sends us to {quote(target.host)} without TLS")
        return target

    def _exchange(self, method: str, target: Target, headers: dict[str, str], cap: int) -> Reply:
        import requests
        import urllib3

        try:
            prepared = requests.Request(method, target.url, headers).prepare()
            with self._send(prepared, self._settings(target)) as response:
                body = _body(method, response, cap)
                if body is not None and self.deadline.is_over:
                    # An answer without a length looks whole where it was cut.
                    raise TimeoutError
                return Reply(response.status_code, response.headers, body or b"")
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as err:
            answer = self._explain(err, target)
        # Not inside the except, so that the request, with its Authorization, and the connection do not live on in it.
        raise NoAnswer(answer)

    def _send(self, prepared: "requests.PreparedRequest", settings: dict[str, Any]) -> "requests.Response":
        import requests

        # Session.send would read a redirect's whole body, whatever its size, and .netrc for where it leads.
        adapter = self._session.get_adapter(prepared.url or "")
        deadline = self.deadline
        while True:
            deadline.is_reused = False
            try:
                return adapter.send(prepared, timeout=self._limits.read, **settings)
            except requests.ConnectionError as err:
                # A server may end a connection that is kept at any time, so also just now. A new one is told apart.
                if not deadline.is_reused or deadline.is_over or not is_ended(err):
                    raise

    def _settings(self, target: Target) -> dict[str, Any]:
        """Give what requests finds in the environment, proxies and authorities; raises NoAnswer."""
        from requests.utils import select_proxy

        is_own = target.host == self.host
        if not is_own and is_private_address(target.host) and target.host not in self._own_addresses:
            refuse_address(target.host)
        # What is on this machine is not on the proxy's; so sees it docker too.
        proxies = {"no_proxy": target.host} if is_loopback_name(target.host) else {}
        verify = False if self._insecure and is_own else None
        settings: dict[str, Any] = dict(
            self._session.merge_environment_settings(target.url, proxies, True, verify, None)
        )
        # What a name leads to is looked at when it is connected to, but for names that only the proxy looks up.
        if not is_own and is_local_name(target.host) and select_proxy(target.url, settings["proxies"]):
            refuse_address(target.host)
        return settings

    def _explain(self, err: Exception, target: Target) -> Answer:
        """Say why the exchange with TARGET came to nothing."""
        answer = explain(err, self._limits)
        if self.deadline.is_over:
            answer = Answer("unreachable", f"it did not finish its answer within {self._limits.total:g} s")
        if self._is_closed:
            answer = Answer("failed", "it was given up")
        if target.host != self.host:
            answer = answer._replace(detail=f"{quote(target.host)}, where it sends us: {answer.detail}")
        return answer

    def _make_session(self) -> "requests.Session":
        import requests

        session = requests.Session()
        adapter = make_adapter(self)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        return session

    @property
    def connect_seconds(self) -> float:
        """How long one address may take to be connected to."""
        return self._limits.connect

    @property
    def deadline(self) -> Deadline:
        """That of the exchange of this thread."""
        deadline: Deadline = self._here.deadline
        return deadline

    def check(self, host: str, address: str) -> None:
        """Refuse ADDRESS, which HOST is at, where it is of this machine or network; raises NoAnswer.

        The registry itself may be there, and so may who is at the same address. But one that was found on the public
        internet stays there, whatever its name means later.
        """
        if is_public(address):
            return
        if host.strip("[]").lower() != self.host:
            if not self._is_own(host, address):
                refuse_address(host)
        elif self._is_public:
            refuse("its name now leads to an address that is not public")

    def met(self, host: str, address: str) -> None:
        """Remember where the registry is."""
        if host.strip("[]").lower() == self.host:
            if self._is_public is None:
                self._is_public = is_public(address)
            self._own_addresses.add(address)

    def _is_own(self, host: str, address: str) -> bool:
        loopback = {"127.0.0.1", "::1"}
        is_localhost = host.lower() == "localhost" and address in loopback
        return address in self._own_addresses or (is_localhost and not loopback.isdisjoint(self._own_addresses))

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        deadline = self._here.deadline = Deadline(self._limits.total)
        with self._lock:
            self._under_way.add(deadline)
            is_closed = self._is_closed
        if is_closed:
            deadline.cut()
        try:
            yield
        finally:
            deadline.cancel()
            with self._lock:
                self._under_way.discard(deadline)


def _body(method: str, response: "requests.Response", cap: int) -> bytes | None:
    """Give the body of an answer where it is of use, else None; raises NoAnswer where it is larger than CAP."""
    import urllib3

    raw = response.raw
    if response.status_code == 200 and cap and method != "HEAD":
        body = _read(raw, cap)
        if len(body) > cap:
            refuse(f"its answer is larger than {cap // 1024} KiB")
        return body
    is_small = raw.chunked or (raw.length_remaining is not None and raw.length_remaining <= _MAX_WASTE)
    # After a status below 200 the answer itself is still to come; what is not read here ends with its connection.
    if response.status_code >= 200 and is_small:
        with suppress(urllib3.exceptions.HTTPError, OSError, ValueError):
            _read(raw, _MAX_WASTE)
    return None


def _read(raw: Any, most: int) -> bytes:
    """Give what RAW holds, as it was sent; where that is more than MOST bytes, a little more than them."""
    body = bytearray()
    while len(body) <= most and (piece := raw.read(16 * 1024, decode_content=False)):
        body += piece
    return bytes(body)


def _joined(url: str, location: str) -> str:
    """Give the URL that LOCATION means at URL; empty where it means none."""
    # urljoin would leave out silently what a URL must not hold.
    if not re.fullmatch("[!-~]+", location):
        return ""
    try:
        return urljoin(url, location)
    except ValueError:
        return ""
