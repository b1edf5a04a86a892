"""A small HTTP server on the loopback that answers as a Kubernetes API does.

`Server` runs any answering function, in threads of this process. `recorded` replays what a real kube-apiserver 1.36
answered (tests/tables/api_server.json), `Simulated` keeps secrets as that server does: managers of fields, resource
versions, dry runs. `python -m tests.api_server PORT` runs a simulated one in a process of its own, for benchmarks.
"""

import json
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

RECORDED = Path(__file__).with_name("tables") / "api_server.json"

Content = dict[str, Any]


class Request(NamedTuple):
    """What was asked; TARGET is the path with its query."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Reply(NamedTuple):
    """What is answered; CONTENT that is no bytes is sent as JSON."""

    status: int
    content: Content | bytes = b""
    headers: dict[str, str] = {}  # noqa: RUF012 - never changed


Raw = Callable[[socket.socket], None]
"""An answer that breaks the rules: it writes to the connection what it likes, which is closed then."""
Answering = Callable[[Request], Reply | Raw]


class Server:
    """Answers on a port of the loopback until it is stopped; then its connections are dead too, as with a kill."""

    def __init__(self, answering: Answering, *, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.answering = answering
        self.requests: list[Request] = []
        self.connections = 0
        """How many were ever made."""
        self._tls = tls
        self._open: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", port), backlog=128)
        self.port: int = self._listening.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        for connection in (self._listening, *list(self._open)):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open.add(connection)
        with suppress(OSError, ValueError), connection:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.add(connection)
            with connection, connection.makefile("rb") as incoming:
                while self._answer(incoming, connection):
                    pass

    def _answer(self, incoming: Any, connection: socket.socket) -> bool:
        request = read_request(incoming)
        if request is None:
            return False
        self.requests.append(request)
        reply = self.answering(request)
        if not isinstance(reply, Reply):
            reply(connection)
            return False
        connection.sendall(rendered(reply))
        return True


def read_request(incoming: Any) -> Request | None:
    if incoming.peek(1)[:1] == b"\x16":  # the beginning of TLS, to a server without it
        return None
    line = incoming.readline().split()
    if len(line) != 3:
        return None
    headers = {}
    while header := incoming.readline().strip():
        name, _, value = header.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    body = incoming.read(int(headers.get("content-length", 0)))
    return Request(line[0].decode(), line[1].decode(), headers, body)


def rendered(reply: Reply) -> bytes:
    content = reply.content if isinstance(reply.content, bytes) else json.dumps(reply.content).encode()
    headers = {"Content-Type": "application/json", "Content-Length": str(len(content)), **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} Status", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + content


def status(code: int, message: str = "", reason: str = "", **details: Any) -> Reply:
    """Give a refusal in Kubernetes' form."""
    content = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message}
    return Reply(code, {**content, "reason": reason, "details": details, "code": code})


class Recorded(NamedTuple):
    """One request to the real server, and its answer."""

    case: str
    request: Content
    reply: Reply


def recorded() -> dict[str, Recorded]:
    """Give every recorded case by its name."""
    cases = json.loads(RECORDED.read_text())
    return {
        case["case"]: Recorded(
            case["case"],
            case["request"],
            Reply(case["response"]["status"], case["response"]["body"], case["response"]["headers"]),
        )
        for case in cases
    }


class Simulated:
    """An answering function that keeps secrets in memory; every namespace exists but those in MISSING."""

    def __init__(self, missing: tuple[str, ...] = ()) -> None:
        self.missing = missing
        self.secrets: dict[str, Content] = {}
        self.writes = 0
        self._version = 100
        self._lock = threading.Lock()

    def __call__(self, request: Request) -> Reply:
        path, _, query = request.target.partition("?")
        if not path.startswith("/api/v1/namespaces/"):
            return status(404, "the server could not find the requested resource", "NotFound")
        namespace, name = path.split("/")[4], path.split("/")[-1]
        with self._lock:
            if request.method == "GET":
                present = self.secrets.get(path)
                return Reply(200, present) if present else status(404, f'secrets "{name}" not found', "NotFound")
            if namespace in self.missing:
                return status(404, f'namespaces "{namespace}" not found', "NotFound", name=namespace, kind="namespaces")
            return self._apply(path, request.json, query.split("&"))

    def put(self, secret: Content, manager: str = "kubectl-create") -> None:
        """Store SECRET as another client would."""
        path = f"/api/v1/namespaces/{secret['metadata']['namespace']}/secrets/{secret['metadata']['name']}"
        self.secrets[path] = self._stored(secret, {}, manager)

    def _apply(self, path: str, wanted: Content, flags: list[str]) -> Reply:
        present = self.secrets.get(path)
        if present and "force=true" not in flags and (refused := self._conflict(present, wanted)):
            return refused
        if present and present["type"] != wanted["type"]:
            cause = {"field": "type", "message": "Invalid value: field is immutable"}
            return status(422, "type: Invalid value: field is immutable", "Invalid", causes=[cause])
        stored = self._stored(wanted, present or {}, "astrokpo")
        same = present is not None and _without_version(stored) == _without_version(present)
        if present and (same or "dryRun=All" in flags):
            stored["metadata"]["resourceVersion"] = present["metadata"]["resourceVersion"]
        if not same and "dryRun=All" not in flags:
            self.writes += 1
            self.secrets[path] = stored
        return Reply(200 if present else 201, stored)

    def _conflict(self, present: Content, wanted: Content) -> Reply | None:
        manager = present["metadata"]["managedFields"][0]["manager"]
        if manager == "astrokpo" or present["data"] == wanted["data"]:
            return None
        cause = {
            "reason": "FieldManagerConflict",
            "message": f'conflict with "{manager}" using v1',
            "field": ".data..dockerconfigjson",
        }
        return status(409, f'Apply failed with 1 conflict: conflict with "{manager}"', "Conflict", causes=[cause])

    def _stored(self, wanted: Content, present: Content, manager: str) -> Content:
        self._version += 1
        metadata = {**present.get("metadata", {}), **wanted["metadata"], "resourceVersion": str(self._version)}
        operation = "Apply" if manager == "astrokpo" else "Update"
        metadata["managedFields"] = [{"manager": manager, "operation": operation, "time": "2026-11-22T12:08:24Z"}]
        return {**present, **wanted, "metadata": metadata}


def _without_version(secret: Content) -> Content:
    return {**secret, "metadata": {**secret["metadata"], "resourceVersion": ""}}


if __name__ == "__main__":
    running = Server(Simulated(), port=int(sys.argv[1]))
    threading.Event().wait()
