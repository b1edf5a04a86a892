"""A real Docker Engine: Debian's `dockerd`, in namespaces of its own, that asks registries on the loopback.

An Engine trusts every registry whose name is an address of the loopback: neither a certificate nor TLS at all is asked
for. A name that ROUTES leads to a registry stands for one far away, which must have both. No name is ever looked up
beyond /etc/hosts.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from tests.parts import Tool, missing
from tests.service import DidNotStart, service

Routes = dict[str, str]


class Engine(NamedTuple):
    """A Docker Engine that answers."""

    docker_host: str
    """What DOCKER_HOST must be."""
    routes: Routes
    """The names that the Engine reaches through its proxy: registry.acme.test -> 127.0.0.1:PORT. Tests set their own.

    nowhere.acme.test never has a route: it is the name that does not resolve.
    """


@contextmanager
def engine() -> Iterator[Engine]:
    """Run an Engine until the end of the `with`; the test is skipped, or fails, where none can run."""
    folder = Path(tempfile.mkdtemp(prefix="engine-", dir="/tmp"))  # a socket's path has 108 characters at most
    try:
        with _proxy() as (proxy, routes), _dockerd(folder, proxy) as docker_host:
            yield Engine(docker_host, routes)
    finally:
        shutil.rmtree(folder)


@contextmanager
def _dockerd(folder: Path, proxy: str) -> Iterator[str]:
    path = folder / "docker.sock"
    log = folder / "log"
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(
                service(
                    _command(folder),
                    log,
                    lambda: _answers(path),
                    HTTPS_PROXY=proxy,
                    NO_PROXY="nowhere.acme.test",
                    GODEBUG="netdns=cgo",
                )
            )
        except DidNotStart as problem:
            missing(f"dockerd that can run ({problem})")
        yield f"unix://{path}"


def _command(folder: Path) -> list[str]:
    """Give the command that runs dockerd where it neither sees nor leaves anything of this machine's own Docker.

    Its processes end with the first of them, and its mounts with them: that is what the namespaces are for.
    """
    config, names = folder / "daemon.json", folder / "nsswitch.conf"
    names.write_text("hosts: files\n")
    config.write_text(json.dumps(_config(folder)))
    hide = "mount -t tmpfs tmpfs /run && mkdir -p /etc/docker && mount -t tmpfs tmpfs /etc/docker"
    script = f'{hide} && mount --bind "$1" /etc/nsswitch.conf && exec "$2" --config-file "$3"'
    namespaces = [Tool("unshare").path, "--mount", "--pid", "--mount-proc", "--fork", "--kill-child", "--"]
    return [*namespaces, "sh", "-c", script, "dockerd", str(names), Tool("dockerd").path, str(config)]


def _config(folder: Path) -> dict[str, Any]:
    return {
        "hosts": [f"unix://{folder}/docker.sock"],
        "data-root": f"{folder}/data",
        "exec-root": f"{folder}/exec",
        "pidfile": f"{folder}/pid",
        "storage-driver": "vfs",
        "bridge": "none",
        "iptables": False,
        "ip-forward": False,
    }


def _answers(path: Path) -> bool:
    connection = http.client.HTTPConnection("localhost", timeout=5)
    with socket.socket(socket.AF_UNIX) as connection.sock, suppress(OSError, http.client.HTTPException):
        connection.sock.settimeout(5)
        connection.sock.connect(str(path))
        connection.request("GET", "/_ping")
        return connection.getresponse().status == 200
    return False


@contextmanager
def _proxy() -> Iterator[tuple[str, Routes]]:
    """Serve as an HTTP proxy; gives its URL, and the routes that it reads anew for every connection."""
    routes: Routes = {}
    with ThreadingHTTPServer(("127.0.0.1", 0), _connecting(routes)) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", routes
        finally:
            server.shutdown()
            thread.join()


def _connecting(routes: Routes) -> type[BaseHTTPRequestHandler]:
    class Connecting(BaseHTTPRequestHandler):
        """Knows the method CONNECT alone."""

        def do_CONNECT(self) -> None:
            route = routes.get(self.path.partition(":")[0])
            if route is None:
                self.send_error(502)
                return
            host, _, port = route.partition(":")
            with socket.create_connection((host, int(port)), timeout=10) as there:
                self.send_response(200)
                self.end_headers()
                back = threading.Thread(target=_copy, args=(there, self.connection), daemon=True)
                back.start()
                _copy(self.connection, there)
                back.join(10)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
            """Say nothing."""

    return Connecting


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Copy until SOURCE ends, or TARGET."""
    with suppress(OSError):
        while content := source.recv(65536):
            target.sendall(content)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
