"""A server that knows the resource `secrets` and nothing else: what kubectl wants even for a dry run of its own.

kubectl looks a manifest's kind up in the cluster's API discovery before it does anything (Kubernetes 1.20 to 1.33).
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

ANSWERS: dict[str, dict[str, Any]] = {
    # Google's kubectl chooses the client of the server's minor version by this.
    "/version": {"major": "1", "minor": "32", "gitVersion": "v1.32.0"},
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
    "/api/v1": {
        "kind": "APIResourceList",
        "groupVersion": "v1",
        "resources": [
            {"name": "secrets", "singularName": "secret", "namespaced": True, "kind": "Secret", "verbs": ["create"]}
        ],
    },
}


class Discovery(BaseHTTPRequestHandler):
    """Answers what is in ANSWERS, 404 to all else."""

    def do_GET(self) -> None:
        answer = ANSWERS.get(self.path.partition("?")[0])
        content = json.dumps(answer or {"kind": "Status", "apiVersion": "v1", "status": "Failure"}).encode()
        self.send_response(200 if answer else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


@contextmanager
def kubeconfig(folder: Path) -> Iterator[Path]:
    """Serve, and give a kubeconfig in FOLDER that names the server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Discovery) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        path = folder / "kubeconfig"
        path.write_text(json.dumps(_config(f"http://127.0.0.1:{server.server_port}")))
        try:
            yield path
        finally:
            server.shutdown()
            thread.join()


def _config(server: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": {}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
