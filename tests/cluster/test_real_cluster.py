"""`Cluster` and `secret apply` against a real API server."""

from __future__ import annotations

import hashlib
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from astrokpo_cli.cluster import Cluster, ClusterProblem, Preview, connect
from tests.cluster.conftest import KUBECONFIG, Admin
from tests.parts import Run
from tests.test_cluster import manifest

YES = ("--yes", "--accept-unverified")
Namespaces = Callable[[int], list[str]]
Apply = Callable[..., Run]
Handoffs = Callable[..., list[str]]


def put(cluster: Cluster, wanted: dict[str, Any], *, take_over: bool = False) -> tuple[str, str]:
    """Preview and apply; gives both outcomes."""
    preview = cluster.preview(wanted, take_over=take_over)
    return preview.outcome, cluster.apply(wanted, take_over=take_over, preview=preview).outcome


def foreign(namespace: str, **changes: Any) -> dict[str, Any]:
    made = manifest("regcred", namespace, "theirs")
    del made["metadata"]["labels"]
    return {**made, **changes}


def user(folder: Path, **credentials: str) -> str:
    """Write a kubeconfig for the same cluster with other CREDENTIALS; gives its path."""
    config = yaml.safe_load(Path(KUBECONFIG).read_text())
    current = next(each for each in config["contexts"] if each["name"] == config["current-context"])
    current["context"]["user"] = "other"
    config["users"] = [{"name": "other", "user": credentials}]
    path = folder / "other-user"
    path.write_text(json.dumps(absolute(config)))
    return str(path)


def absolute(config: dict[str, Any]) -> dict[str, Any]:
    """Give CONFIG with the paths in it absolute, so that it may lie elsewhere."""
    kinds = (("clusters", "cluster"), ("users", "user"))
    for each in (entry[kind] for kinds_, kind in kinds for entry in config[kinds_]):
        for key in ("certificate-authority", "client-certificate", "client-key", "tokenFile"):
            if key in each:
                each[key] = str(Path(KUBECONFIG).parent / each[key])
    return config


# The room


def test_created_unchanged_changed(cluster: Cluster, admin: Admin, namespace: str) -> None:
    def version() -> str:
        found: str = admin.get(namespace, "regcred")["metadata"]["resourceVersion"]
        return found

    assert put(cluster, manifest("regcred", namespace)) == ("created", "created")
    before = version()
    assert put(cluster, manifest("regcred", namespace)) == ("unchanged", "unchanged")
    assert version() == before
    assert put(cluster, manifest("regcred", namespace, "rotated")) == ("changed", "changed")
    assert version() != before


def test_a_preview_writes_nothing(cluster: Cluster, admin: Admin, namespace: str) -> None:
    assert cluster.preview(manifest("regcred", namespace), take_over=False) == Preview("created")
    assert admin.get(namespace, "regcred")["code"] == 404
    put(cluster, manifest("regcred", namespace))
    before = admin.get(namespace, "regcred")
    assert cluster.preview(manifest("regcred", namespace, "rotated"), take_over=False).outcome == "changed"
    assert admin.get(namespace, "regcred") == before


def test_the_secret_is_what_was_sent_and_its_manager_is_ours(cluster: Cluster, admin: Admin, namespace: str) -> None:
    wanted = manifest("regcred", namespace)
    put(cluster, wanted)
    found = admin.get(namespace, "regcred")
    assert (found["type"], found["data"]) == (wanted["type"], wanted["data"])
    assert found["metadata"]["labels"] == wanted["metadata"]["labels"]
    assert [(each["manager"], each["operation"]) for each in found["metadata"]["managedFields"]] == [
        ("astrokpo", "Apply")
    ]


def test_somebody_elses_secret(cluster: Cluster, admin: Admin, namespace: str) -> None:
    before = admin.create(foreign(namespace))["data"]
    wanted = manifest("regcred", namespace)
    preview = cluster.preview(wanted, take_over=False)
    assert preview.takes_over == ("not labelled as astrokpo's", 'fields of "kubectl-create": data')
    with pytest.raises(ClusterProblem, match="is somebody else's"):
        cluster.apply(wanted, take_over=False, preview=preview)
    assert admin.get(namespace, "regcred")["data"] == before
    assert put(cluster, wanted, take_over=True) == ("changed", "changed")
    assert admin.get(namespace, "regcred")["data"] == wanted["data"]
    assert put(cluster, wanted) == ("unchanged", "unchanged")


def test_a_secret_of_the_same_content_that_is_not_labelled(cluster: Cluster, admin: Admin, namespace: str) -> None:
    wanted = manifest("regcred", namespace)
    admin.create(foreign(namespace, data=wanted["data"]))
    preview = cluster.preview(wanted, take_over=False)
    assert (preview.outcome, preview.takes_over) == ("changed", ("not labelled as astrokpo's",))


@pytest.mark.parametrize("take_over", [False, True])
def test_another_type_cannot_be_changed(cluster: Cluster, admin: Admin, namespace: str, *, take_over: bool) -> None:
    admin.create(foreign(namespace, type="Opaque", data={"k": "dg=="}))
    with pytest.raises(ClusterProblem, match="has another type, so it cannot be changed"):
        cluster.preview(manifest("regcred", namespace), take_over=take_over)


@pytest.mark.parametrize("take_over", [False, True])
def test_an_immutable_one_cannot_be_changed(cluster: Cluster, admin: Admin, namespace: str, *, take_over: bool) -> None:
    admin.create(foreign(namespace, immutable=True))
    with pytest.raises(ClusterProblem, match="is immutable, so it cannot be changed"):
        cluster.preview(manifest("regcred", namespace), take_over=take_over)


def test_a_missing_namespace(cluster: Cluster) -> None:
    name = f"astrokpo-test-{secrets.token_hex(5)}"
    with pytest.raises(ClusterProblem, match=f'there is no namespace "{name}"'):
        cluster.preview(manifest("regcred", name), take_over=False)


def test_a_terminating_namespace(cluster: Cluster, admin: Admin, namespace: str) -> None:
    held = foreign(namespace)
    held["metadata"] = {"name": "held", "namespace": namespace, "finalizers": ["astrokpo.test/hold"]}
    admin.create(held)
    admin("DELETE", f"/api/v1/namespaces/{namespace}")
    for _ in range(50):  # the server learns of it by its own watch
        with suppress(ClusterProblem):
            cluster.preview(manifest("regcred", namespace), take_over=False)
            time.sleep(0.1)
            continue
        break
    with pytest.raises(ClusterProblem) as raised:
        cluster.preview(manifest("regcred", namespace), take_over=False)
    assert raised.value.message == f'the namespace "{namespace}" is being deleted'


def test_a_token_that_is_none(namespace: str, tmp_path: Path) -> None:
    with (
        connect(user(tmp_path, token="not-a-token"), None, 1) as stranger,
        pytest.raises(ClusterProblem, match="does not accept the credentials"),
    ):
        stranger.preview(manifest("regcred", namespace), take_over=False)


def test_a_service_account_without_rights(admin: Admin, namespace: str, tmp_path: Path) -> None:
    accounts = f"/api/v1/namespaces/{namespace}/serviceaccounts"
    admin("POST", accounts, {"metadata": {"name": "nobody"}})
    request = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    issued = admin("POST", f"{accounts}/nobody/token", request)
    if issued["code"] != 201:
        pytest.skip("this server issues no tokens")
    with connect(user(tmp_path, token=issued["status"]["token"]), None, 1) as nobody:
        try:
            nobody.preview(manifest("regcred", namespace), take_over=False)
        except ClusterProblem as err:
            if "does not accept the credentials" in err.message:
                pytest.skip("this server issues tokens that it does not accept")
            assert 'cannot patch resource "secrets"' in err.message  # noqa: PT017 - the next line is the other outcome
            return
    pytest.skip("this server allows everybody everything")


def test_many_at_the_same_time(cluster: Cluster, admin: Admin, namespace: str) -> None:
    def put_all() -> list[tuple[str, str]]:
        with ThreadPoolExecutor(16) as pool:
            return list(pool.map(lambda number: put(cluster, manifest(f"many-{number}", namespace)), range(200)))

    assert put_all() == [("created", "created")] * 200
    before = admin("GET", f"/api/v1/namespaces/{namespace}/secrets")["items"]
    assert put_all() == [("unchanged", "unchanged")] * 200
    assert admin("GET", f"/api/v1/namespaces/{namespace}/secrets")["items"] == before


# A line to the server that breaks


class Forwarder:
    """Passes connections on to the API server until it is cut."""

    def __init__(self, host: str, port: int, own: int = 0) -> None:
        self._target = (host, port)
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", own), backlog=64)
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        for each in (self._listening, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                far = socket.create_connection(self._target)
                self._open += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while received := source.recv(65536):
                target.sendall(received)
            target.shutdown(socket.SHUT_WR)


@contextmanager
def through(port: int, folder: Path) -> Iterator[str]:
    """Write a kubeconfig that leads through PORT of this machine; gives its path."""
    config = absolute(yaml.safe_load(Path(KUBECONFIG).read_text()))
    current = next(each for each in config["contexts"] if each["name"] == config["current-context"])
    for each in config["clusters"]:
        if each["name"] == current["context"]["cluster"]:
            server = urlsplit(each["cluster"]["server"])
            each["cluster"].setdefault("tls-server-name", server.hostname)
            each["cluster"]["server"] = server._replace(netloc=f"127.0.0.1:{port}").geturl()
    path = folder / "through"
    path.write_text(json.dumps(config))
    yield str(path)


def test_a_server_that_goes_and_comes_back_in_mid_batch(
    cluster: Cluster, admin: Admin, namespace: str, tmp_path: Path
) -> None:
    server = urlsplit(cluster.server)
    assert server.hostname
    target = (server.hostname, server.port or 443)
    forwarder = Forwarder(*target)
    cut = threading.Event()

    def revive() -> None:
        cut.wait()
        time.sleep(0.5)
        Forwarder(*target, own=forwarder.port)

    def apply(number: int) -> str:
        if number == 40:
            forwarder.cut()
            cut.set()
        return put(shaky, manifest(f"shaky-{number}", namespace))[1]

    with (
        through(forwarder.port, tmp_path) as path,
        connect(path, None, 8) as shaky,
        ThreadPoolExecutor(9) as pool,
    ):
        pool.submit(revive)
        assert list(pool.map(apply, range(120))) == ["created"] * 120
    assert len(admin("GET", f"/api/v1/namespaces/{namespace}/secrets")["items"]) == 120


# The command


def test_a_handoff_is_applied(apply: Apply, handoffs: Handoffs, admin: Admin, namespace: str) -> None:
    (file,) = handoffs(namespace)
    fingerprint = hashlib.sha256(Path(file).read_bytes()).hexdigest()
    done = apply(file, "--namespace", namespace, "--fingerprint", fingerprint[:12], "--yes")
    assert done.code == 0, done.err
    found = admin.get(namespace, "ghcr-io-pull")
    assert found["type"] == "kubernetes.io/dockerconfigjson"
    assert found["metadata"]["annotations"]["astrokpo/registries"] == "ghcr.io"
    assert "ghcr-io-pull" in done.out
    assert "not-a-real-password" not in done.out + done.err


def test_a_second_run_says_unchanged_and_writes_nothing(
    apply: Apply, handoffs: Handoffs, admin: Admin, namespace: str
) -> None:
    (file,) = handoffs(namespace)
    apply(file, *YES)
    before = admin.get(namespace, "ghcr-io-pull")
    done = apply(file, *YES)
    assert done.code == 0
    assert "unchanged" in done.out
    assert admin.get(namespace, "ghcr-io-pull") == before


def test_a_rotated_password_says_changed(apply: Apply, handoffs: Handoffs, admin: Admin, namespace: str) -> None:
    apply(*handoffs(namespace), *YES)
    before = admin.get(namespace, "ghcr-io-pull")["data"]
    assert "changed" in apply(*handoffs(namespace, password="rotated"), *YES).out
    assert admin.get(namespace, "ghcr-io-pull")["data"] != before


def test_a_dry_run_writes_nothing(apply: Apply, handoffs: Handoffs, admin: Admin, namespace: str) -> None:
    assert apply(*handoffs(namespace), "--dry-run", "--accept-unverified").code == 0
    assert admin.get(namespace, "ghcr-io-pull")["code"] == 404


def test_the_namespace_and_the_fingerprint_of_the_ticket_must_agree(
    apply: Apply, handoffs: Handoffs, admin: Admin, namespaces: Namespaces
) -> None:
    here, there = namespaces(2)
    (file,) = handoffs(here)
    assert apply(file, "--namespace", there, *YES).code == 1
    assert apply(file, "--fingerprint", "0" * 64, "--yes").code == 1
    assert {admin.get(name, "ghcr-io-pull")["code"] for name in (here, there)} == {404}


def test_a_secret_may_be_renamed(apply: Apply, handoffs: Handoffs, admin: Admin, namespace: str) -> None:
    done = apply(*handoffs(namespace), "--name", "acme-registry", *YES)
    assert done.code == 0, done.err
    assert admin.get(namespace, "acme-registry")["code"] == 200
    assert admin.get(namespace, "ghcr-io-pull")["code"] == 404
    assert "acme-registry" in done.out


def test_another_ones_secret_needs_take_over(apply: Apply, handoffs: Handoffs, admin: Admin, namespace: str) -> None:
    theirs = foreign(namespace)
    theirs["metadata"]["name"] = "ghcr-io-pull"
    before = admin.create(theirs)["data"]
    (file,) = handoffs(namespace)
    refused = apply(file, *YES)
    assert refused.code == 1
    assert "kubectl-create" in refused.err
    assert admin.get(namespace, "ghcr-io-pull")["data"] == before
    assert apply(file, "--take-over", *YES).code == 0
    assert admin.get(namespace, "ghcr-io-pull")["data"] != before


def test_a_batch_goes_on_past_a_failure(apply: Apply, handoffs: Handoffs, admin: Admin, namespaces: Namespaces) -> None:
    there = namespaces(12)
    missing = f"astrokpo-test-{secrets.token_hex(5)}"
    files = handoffs(*there[:6], missing, *there[6:])
    sums = "".join(f"{hashlib.sha256(Path(file).read_bytes()).hexdigest()}  {file}\n" for file in files)
    Path("sums").write_text(sums)
    done = apply(*files, "--fingerprints", "sums", "--yes", "--jobs", "16", "--json", "--reply", "none")
    assert done.code == 1
    assert json.loads(done.out)["version"] == 1
    assert f'there is no namespace "{missing}"' in done.err
    assert {admin.get(name, "ghcr-io-pull")["code"] for name in there} == {200}
    assert apply(*files[:6], *YES).code == 0


def test_a_context_that_is_not_there(apply: Apply, handoffs: Handoffs, namespace: str) -> None:
    done = apply(*handoffs(namespace), "--context", "no-such-context", *YES)
    assert done.code == 1
    assert 'there is no context "no-such-context"' in done.err
