"""A real cluster, and namespaces of our own in it, which go when the test ends.

They need no controllers: a kube-apiserver with etcd is enough. So nothing is awaited that a controller does, and a
namespace is finalized here where nobody else would.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from astrokpo_cli.cluster import Cluster, connect
from tests.parts import Run

HERE = Path(__file__).parent
NAMED = os.environ.get("ASTROKPO_TEST_KUBECONFIG")
KUBECONFIG = str(Path(NAMED).resolve()) if NAMED else ""

Content = dict[str, Any]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip them all without a cluster: no package registry has one, so none is required."""
    for item in items:
        if HERE in item.path.parents and not KUBECONFIG:
            item.add_marker(pytest.mark.skip(reason="ASTROKPO_TEST_KUBECONFIG names no cluster"))


class Admin:
    """Asks the API server for what the tests need beside."""

    def __init__(self, cluster: Cluster) -> None:
        self._exchange = cluster._exchange

    def __call__(self, method: str, path: str, content: Any = None, kind: str = "application/json") -> Content:
        """Give the JSON answer, whatever it is; `code` in it is the HTTP status."""
        body = None if content is None else json.dumps(content).encode()
        answer = self._exchange.send(method, path, {"Accept": "application/json", "Content-Type": kind}, body)
        return {**json.loads(answer.body), "code": answer.status}

    def get(self, namespace: str, name: str) -> Content:
        return self("GET", f"/api/v1/namespaces/{namespace}/secrets/{name}")

    def create(self, secret: Content) -> Content:
        """Create SECRET as another client would."""
        namespace = secret["metadata"]["namespace"]
        made = self("POST", f"/api/v1/namespaces/{namespace}/secrets?fieldManager=kubectl-create", secret)
        assert made["code"] == 201, made
        return made

    def create_namespace(self) -> str:
        name = f"astrokpo-test-{secrets.token_hex(5)}"
        made = self("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
        assert made["code"] == 201, made
        return name

    def remove_namespace(self, name: str) -> None:
        path = f"/api/v1/namespaces/{name}"
        for secret in self("GET", f"{path}/secrets")["items"]:
            if secret["metadata"].get("finalizers"):
                held = f"{path}/secrets/{secret['metadata']['name']}"
                self("PATCH", held, {"metadata": {"finalizers": None}}, "application/merge-patch+json")
        self("DELETE", f"{path}/secrets")
        has_controllers = self("GET", f"{path}/serviceaccounts/default")["code"] == 200
        self("DELETE", path)
        if not has_controllers:
            finalized = {
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {"name": name},
                "spec": {"finalizers": []},
            }
            self("PUT", f"{path}/finalize", finalized)


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    with connect(KUBECONFIG, None, 16) as connected:
        yield connected


@pytest.fixture
def admin() -> Iterator[Admin]:
    with connect(KUBECONFIG, None, 4) as connected:
        yield Admin(connected)


@pytest.fixture
def namespaces(admin: Admin) -> Iterator[Callable[[int], list[str]]]:
    """Make namespaces that go when the test ends."""
    made: list[str] = []

    def make(count: int) -> list[str]:
        fresh = [admin.create_namespace() for _ in range(count)]
        made.extend(fresh)
        return fresh

    yield make
    for name in made:
        admin.remove_namespace(name)


@pytest.fixture
def namespace(namespaces: Callable[[int], list[str]]) -> str:
    (name,) = namespaces(1)
    return name


@pytest.fixture
def apply(
    astrokpo: Callable[..., Run], identity: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Run]:
    """Run `secret apply` against the cluster with an identity that opens what `handoffs` makes."""
    monkeypatch.setenv("ASTROKPO_IDENTITY", identity[0])

    def run(*arguments: str) -> Run:
        return astrokpo("secret", "apply", *arguments, "--kubeconfig", KUBECONFIG)

    return run


@pytest.fixture
def handoffs(astrokpo: Callable[..., Run], identity: tuple[str, str]) -> Callable[..., list[str]]:
    """Run `secret create` for namespaces; gives the handoff files, the secret in each is ghcr-io-pull."""

    def make(*namespaces: str, password: str = "not-a-real-password") -> list[str]:
        flags = [word for name in namespaces for word in ("--namespace", name)]
        login = ("--registry", "ghcr.io", "--username", "robot", "--password-stdin")
        done = astrokpo(*("secret", "create", *login, *flags, "-r", identity[1], "--force"), stdin=password.encode())
        assert done.code == 0, done.err
        return [f"{name}.ghcr-io-pull.age" for name in namespaces]

    return make
