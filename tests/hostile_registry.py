"""Servers on the loopback that answer as a test says, byte by byte: registries, token servers and proxies to fear.

A `HostileServer` is told what to answer to each path; `http` makes an honest answer, and anything else can be given as
bytes, or as a generator of them that takes its time. It keeps every request that it was sent and counts connections.
A `Proxy` leads names to such servers, so that a test has as many hosts as it likes. Nothing leaves the loopback.
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

DIGEST = f"sha256:{'0' * 64}"
CONFIG_DIGEST = f"sha256:{'1' * 64}"
MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": CONFIG_DIGEST, "size": 2},
    "layers": [],
}
CONFIG = {"os": "linux", "architecture": "amd64"}


class Request(NamedTuple):
    """What a client has sent."""

    method: str
    target: str
    """As it stands in the request line."""
    headers: Mapping[str, str]
    """By name in lower case."""
    connection: int
    """Which of the server's connections brought it, from 1 on."""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        return parse_qs(urlsplit(self.target).query)

    @property
    def authorization(self) -> str | None:
        return self.headers.get("authorization")

    @property
    def line(self) -> str:
        return f"{self.method} {self.path}"


Pieces = bytes | Iterable[bytes]
Answer = Pieces | Callable[[Request], Pieces]


class Hangup(Exception):
    """Raised by an answer: the server ends the connection."""


def http(status: int = 200, body: bytes | str | Any = b"", *lines: str, length: bool = True) -> bytes:
    """Give an answer: LINES are further header lines, a BODY that is neither bytes nor text is sent as JSON."""
    if not isinstance(body, bytes | str):
        body = json.dumps(body)
    content = body.encode() if isinstance(body, str) else body
    framing = (f"Content-Length: {len(content)}",) if length else ()
    return head(status, *framing, *lines) + content


def head(status: int, *lines: str) -> bytes:
    """Give the beginning of an answer, up to its body."""
    return "\r\n".join((f"HTTP/1.1 {status} Canary", *lines, "", "")).encode("latin-1", "surrogateescape")


def challenge(text: str, status: int = 401) -> bytes:
    return http(status, {"errors": []}, f"WWW-Authenticate: {text}")


def redirect(location: str, status: int = 302) -> bytes:
    return http(status, b"", f"Location: {location}")


def without_body(answer: bytes) -> bytes:
    """Give what an honest server answers to HEAD where ANSWER is what it answers to GET."""
    return answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


def drip(text: bytes, seconds: float = 0.05) -> Iterator[bytes]:
    """Give TEXT byte by byte and then its last byte for ever, SECONDS apart."""
    for number in range(len(text)):
        yield text[number : number + 1]
        time.sleep(seconds)
    while True:
        yield text[-1:]
        time.sleep(seconds)


def hang(seconds: float = 60) -> Iterator[bytes]:
    """Answer nothing; the server's end ends it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(0.02)
        yield b""
    raise Hangup


def hang_up() -> Iterator[bytes]:
    """End the connection."""
    raise Hangup
    yield b""


class Listener:
    """Takes connections between `with` and its end, each in a thread of its own."""

    def __init__(self, address: str = "127.0.0.1", port: int = 0) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.create_server((address, port), family=family, backlog=64)
        self.address = address
        self.port: int = self._socket.getsockname()[1]
        self.accepted = 0
        self.is_over = False
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def host(self) -> str:
        """As an image names it."""
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._threads[0].join()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def serve(self, connection: socket.socket) -> None:
        """Talk on CONNECTION until its end."""
        raise NotImplementedError

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.accepted += 1
            # A twin, since TLS takes the connection itself away.
            self._open.append(connection.dup())
            thread = threading.Thread(target=self._serve, args=(connection, self._open[-1]), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, twin: socket.socket) -> None:
        with twin, connection, contextlib.suppress(OSError, Hangup, ValueError):
            self.serve(connection)


class RawServer(Listener):
    """Does with each connection what a test says."""

    def __init__(self, talk: Callable[[socket.socket], None]) -> None:
        super().__init__()
        self._talk = talk

    def serve(self, connection: socket.socket) -> None:
        self._talk(connection)


class HostileServer(Listener):
    """Answers by path: `server.on["/v2/"] = http(200)`, or by method and path: `server.on["HEAD /v2/x"] = …`.

    What it was not told is answered with 404. With a CERTIFICATE (its file and its key's) it speaks TLS.
    """

    def __init__(
        self, address: str = "127.0.0.1", port: int = 0, *, certificate: tuple[Path, Path] | None = None
    ) -> None:
        super().__init__(address, port)
        self.on: dict[str, Answer] = {}
        self.requests: list[Request] = []
        self._connections = 0
        self._context: ssl.SSLContext | None = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*certificate)

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://{self.host}"

    @property
    def connections(self) -> int:
        """How many connections have brought a request."""
        return len({request.connection for request in self.requests})

    @property
    def lines(self) -> list[str]:
        """Method and path of each request, in order."""
        return [request.line for request in self.requests]

    def serve(self, connection: socket.socket) -> None:
        if self._context is None:
            self._converse(connection)
            return
        with self._context.wrap_socket(connection, server_side=True) as secure:
            self._converse(secure)

    def _converse(self, connection: socket.socket) -> None:
        if self._context is None and connection.recv(1, socket.MSG_PEEK) == b"\x16":
            connection.recv(65536)
            connection.sendall(http(400))  # as Go's servers answer to TLS where they have none
            return
        with self._lock:
            self._connections += 1
            number = self._connections
        with connection.makefile("rb") as stream:
            while (request := _request(stream, number)) is not None:
                self.requests.append(request)
                answer = self.on.get(request.line, self.on.get(request.path, http(404, {"errors": []})))
                if callable(answer):
                    answer = answer(request)
                if isinstance(answer, bytes):
                    answer = (without_body(answer) if request.method == "HEAD" else answer,)
                for piece in answer:
                    if self.is_over:
                        raise Hangup
                    connection.sendall(piece)


def _request(stream: Any, number: int) -> Request | None:
    """Read one request; None at the end."""
    first = stream.readline()
    if not first:
        return None
    headers = {}
    while line := stream.readline().strip():
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    method, target, _ = first.decode("latin-1").split()
    return Request(method, target, headers, number)


class Proxy(Listener):
    """Leads HOST:PORT to a server, by CONNECT or by a whole URL in the request line; what it does not know gets 502.

    With a CERTIFICATE it is spoken to with TLS itself.
    """

    def __init__(self, places: Mapping[str, Listener], *, certificate: tuple[Path, Path] | None = None) -> None:
        super().__init__()
        self.places = places
        self.asked: list[Request] = []
        self.refusal = b""
        """Answered to every CONNECT, where it is set."""
        self._context: ssl.SSLContext | None = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(*certificate)

    def serve(self, connection: socket.socket) -> None:
        if self._context is None:
            self._lead(connection)
            return
        with self._context.wrap_socket(connection, server_side=True) as secure:
            self._lead(secure)

    def _lead(self, connection: socket.socket) -> None:
        text = b""
        while not text.endswith(b"\r\n\r\n"):
            piece = connection.recv(1)
            if not piece:
                return
            text += piece
        lines = text.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split()
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)
        }
        self.asked.append(Request(method, target, headers, self.accepted))
        place = target if method == "CONNECT" else urlsplit(target).netloc
        server = self.places.get(place)
        if self.refusal or server is None:
            connection.sendall(self.refusal or http(502, b"canary-of-the-proxy"))
            return
        with socket.create_connection((server.address, server.port)) as onward:
            if method == "CONNECT":
                connection.sendall(b"HTTP/1.1 200 Go\r\n\r\n")
            else:
                parts = urlsplit(target)
                path = f"{parts.path}?{parts.query}" if parts.query else parts.path
                onward.sendall(f"{method} {path} HTTP/1.1\r\n".encode() + text.partition(b"\r\n")[2])
            self._join(connection, onward)

    def _join(self, one: socket.socket, other: socket.socket) -> None:
        while not self.is_over:
            pending = isinstance(one, ssl.SSLSocket) and one.pending()
            ready = [one] if pending else select.select([one, other], [], [], 0.05)[0]
            for side in ready:
                piece = side.recv(65536)
                if not piece:
                    return
                (other if side is one else one).sendall(piece)
