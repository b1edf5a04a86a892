"""Connections whose address is looked at before anything goes there, and that are cut when an exchange takes too long.

OUT. The name is looked up once and what was looked at is what is connected to, so a name that means something else a
moment later (DNS rebinding) changes nothing. Look-up and connecting happen in a thread of their own, since nothing else
ends a look-up that hangs.
"""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import contextmanager, suppress
from functools import partial
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection
    from urllib3.connectionpool import HTTPConnectionPool


class Deadline:
    """Ends an exchange from outside: no count of timely pieces makes it longer than its limit."""

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self.is_reused = False
        """Whether the connection in use has carried an exchange before."""
        self._end: Callable[[], object] = _nothing
        self._twin: socket.socket | None = None
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self.cut)
        self._timer.daemon = True
        self._timer.start()

    def wait(self, future: Future[socket.socket]) -> socket.socket:
        """Give what FUTURE gives; raises CancelledError where that takes too long."""
        self._hold(None, future.cancel)
        return future.result()

    def watch(self, connection: Any, *, is_reused: bool) -> None:
        """Take CONNECTION, a socket or what stands for one, for that of this exchange."""
        self.is_reused = is_reused
        # A second descriptor of the same connection: TLS and http.client may close theirs before the last byte.
        twin = socket.socket(fileno=os.dup(connection.fileno()))
        self._hold(twin, partial(_shut, twin))

    def cut(self) -> None:
        """End what is under way, and what this exchange begins from now on."""
        with self._lock:
            self.is_over = True
            self._end()

    def cancel(self) -> None:
        """Stop watching."""
        self._timer.cancel()
        self._hold(None, _nothing)

    def _hold(self, twin: socket.socket | None, end: Callable[[], object]) -> None:
        with self._lock:
            if self._twin is not None:
                self._twin.close()
            self._twin, self._end = twin, end
            if self.is_over:
                end()


def _nothing() -> None:
    return None


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class Guard(Protocol):
    """Who looks at addresses and knows how long an exchange may take."""

    @property
    def connect_seconds(self) -> float:
        """How long one address may take to be connected to."""

    @property
    def deadline(self) -> Deadline:
        """That of the exchange of this thread."""

    def check(self, host: str, address: str) -> None:
        """Raise where nothing may be sent to ADDRESS, which HOST is at; asked before it is connected to."""

    def met(self, host: str, address: str) -> None:
        """Be told that HOST took a connection at ADDRESS."""


def make_adapter(guard: Guard) -> "HTTPAdapter":
    """Give an adapter of requests whose connections GUARD watches.

    Behind a proxy GUARD is told of no address: nobody here knows it.
    """
    from requests.adapters import HTTPAdapter

    lock = threading.Lock()

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *arguments: Any, **named: Any) -> None:
            super().init_poolmanager(*arguments, **named)
            _watch_pools(self.poolmanager, guard, dials=True)

        def proxy_manager_for(self, proxy: str, **named: Any) -> Any:
            with lock:
                is_new = proxy not in self.proxy_manager
                manager = super().proxy_manager_for(proxy, **named)
                if is_new:
                    _watch_pools(manager, guard, dials=not proxy.lower().startswith("socks"))
            return manager

        def build_response(self, req: Any, resp: Any) -> Any:
            # Cookies are not kept; so nothing parses them either.
            message = resp._original_response.msg  # noqa: SLF001 - where requests itself looks for cookies
            del message["Set-Cookie"], message["Set-Cookie2"]
            return super().build_response(req, resp)

    return Adapter()


def _watch_pools(manager: Any, guard: Guard, *, dials: bool) -> None:
    classes = manager.pool_classes_by_scheme.items()
    manager.pool_classes_by_scheme = {scheme: _pool(pool, guard, dials=dials) for scheme, pool in classes}


def _pool(base: "type[HTTPConnectionPool]", guard: Guard, *, dials: bool) -> Any:
    class Pool(base):  # type: ignore[valid-type,misc]
        ConnectionCls = _connection(base.ConnectionCls, guard, dials=dials)

        def _validate_conn(self, conn: Any) -> None:
            # The base connects too, and then warns where no certificate was to be looked at: as was asked for here.
            if conn.sock is None:
                conn.connect()

    return Pool


def _connection(base: Any, guard: Guard, *, dials: bool) -> Any:
    class Watched(base):  # type: ignore[misc]
        has_served = False

        def _new_conn(self) -> socket.socket:
            self.has_served = guard.deadline.is_reused = False
            made: socket.socket = _dial(self, guard) if dials else super()._new_conn()
            try:
                guard.deadline.watch(made, is_reused=False)
            except BaseException:
                made.close()
                raise
            return made

        def _connect_tls_proxy(self, *arguments: Any) -> Any:
            with _blamed_on_the_proxy():
                return super()._connect_tls_proxy(*arguments)

        def _tunnel(self) -> None:
            with _blamed_on_the_proxy():
                super()._tunnel()
                if guard.deadline.is_over:
                    # An answer to CONNECT looks whole where it was cut.
                    raise TimeoutError

        def request(self, *arguments: Any, **named: Any) -> None:
            if self.sock is not None:
                guard.deadline.watch(self.sock, is_reused=self.has_served)
            super().request(*arguments, **named)
            self.has_served = True

    return Watched


@contextmanager
def _blamed_on_the_proxy() -> Iterator[None]:
    from urllib3.exceptions import ProxyError

    try:
        yield
    except (OSError, HTTPException) as err:
        raise ProxyError("no way through it", err) from err


def _dial(connection: "HTTPConnection", guard: Guard) -> socket.socket:
    """Look up where CONNECTION leads and connect to it; raises what urllib3 raises there, or what GUARD does."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    future: Future[socket.socket] = Future()
    try:
        threading.Thread(target=_connect_for, args=(future, connection, guard), daemon=True).start()
        made = guard.deadline.wait(future)
    except (TimeoutError, CancelledError) as err:
        raise ConnectTimeoutError(connection, "no connection in time") from err
    except OSError as err:
        raise NewConnectionError(connection, "no connection") from err
    finally:
        future.cancel()
    made.settimeout(connection.timeout)
    return made


def _connect_for(future: Future[socket.socket], connection: "HTTPConnection", guard: Guard) -> None:
    """Connect for FUTURE, unless that is given up meanwhile."""
    try:
        made = _connect(connection, guard, future.cancelled)
    except BaseException as err:  # noqa: BLE001 - it is raised for who waits
        with suppress(InvalidStateError):
            future.set_exception(err)
        return
    try:
        future.set_result(made)
    except InvalidStateError:
        made.close()


def _connect(connection: "HTTPConnection", guard: Guard, is_given_up: Callable[[], bool]) -> socket.socket:
    """Connect to the first address that takes it; raises what the last one did."""
    is_direct = connection.proxy is None  # a proxy is the user's own choice
    failure: OSError = socket.gaierror(socket.EAI_NONAME, "it has no address")
    for family, kind, protocol, _, address in _look_up(connection):
        if is_direct:
            guard.check(connection.host, address[0])
        try:
            made = _connected(socket.socket(family, kind, protocol), address, guard.connect_seconds, connection)
        except OSError as err:
            failure = err
        else:
            if is_direct:
                guard.met(connection.host, address[0])
            return made
        if is_given_up():
            break
    raise failure


def _connected(made: socket.socket, address: Any, seconds: float, connection: "HTTPConnection") -> socket.socket:
    try:
        for option in connection.socket_options or ():
            made.setsockopt(*option)
        made.settimeout(seconds)
        made.connect(address)
    except BaseException:
        made.close()
        raise
    return made


def _look_up(connection: "HTTPConnection") -> list[Any]:
    # urllib3's `host` is without the dot at the end, which a look-up needs.
    host = connection._dns_host.strip("[]")  # noqa: SLF001
    try:
        return socket.getaddrinfo(host, connection.port, type=socket.SOCK_STREAM)
    except UnicodeError:  # a part of the name is longer than names have it
        raise socket.gaierror(socket.EAI_NONAME, "no such name") from None
