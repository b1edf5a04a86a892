"""`secret apply` from the ticket to the reply, against a server that keeps secrets as kube-apiserver does."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.api_server import Reply, Request, Server, Simulated
from tests.parts import Run

PASSWORD = "c4nary/bird"


@pytest.fixture
def simulated() -> Simulated:
    return Simulated(missing=("no-such",))


@pytest.fixture
def cluster(simulated: Simulated, monkeypatch: pytest.MonkeyPatch, identity: tuple[str, str]) -> Iterator[Server]:
    """A cluster that KUBECONFIG names, and the identity that opens what is sealed here."""
    with Server(simulated) as server:
        write_kubeconfig(server.url, monkeypatch)
        monkeypatch.setenv("ASTROKPO_IDENTITY", identity[0])
        monkeypatch.setenv("ASTROKPO_RECIPIENT", identity[1])
        yield server


def write_kubeconfig(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"contexts": "acme-dev", "clusters": "acme", "users": "support"}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": named["contexts"],
        "contexts": [{"name": named["contexts"], "context": {"cluster": "acme", "user": "support"}}],
        "clusters": [{"name": "acme", "cluster": {"server": url}}],
        "users": [{"name": "support", "user": {"token": "t0ken"}}],
    }
    Path("kubeconfig").write_text(json.dumps(config))
    monkeypatch.setenv("KUBECONFIG", str(Path("kubeconfig").absolute()))


@pytest.fixture
def handoff(cluster: Server, astrokpo: Callable[..., Run]) -> Callable[..., dict[str, str]]:
    """Make handoffs for namespaces; gives file -> fingerprint."""

    def make(*namespaces: str, password: str = PASSWORD) -> dict[str, str]:
        flags = [word for namespace in namespaces for word in ("-n", namespace)]
        made = astrokpo(
            *("secret", "create", *flags, "--registry", "ghcr.io", "--image", "ghcr.io/acme/etl:1.4", "--json"),
            *("--username", "robot", "--password-stdin", "--force"),
            stdin=password.encode(),
        )
        assert made.code == 0, made.err
        return {each["file"]: each["fingerprint"] for each in json.loads(made.out)["handoffs"]}

    return make


def results(done: Run) -> list[dict[str, Any]]:
    document = json.loads(done.out)
    assert document["version"] == 1
    made: list[dict[str, Any]] = document["results"]
    return made


def test_a_handoff_is_applied_and_the_reply_is_ready_to_paste(
    handoff: Callable[..., dict[str, str]], astrokpo: Callable[..., Run], simulated: Simulated
) -> None:
    ((file, fingerprint),) = handoff("acme-prod").items()
    done = astrokpo("secret", "apply", file, "-n", "acme-prod", "--fingerprint", fingerprint[:12], "--yes")
    assert done.code == 0, done.err
    (stored,) = simulated.secrets.values()
    assert stored["type"] == "kubernetes.io/dockerconfigjson"
    assert stored["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "astrokpo"}
    assert "created  acme-prod/ghcr-io-pull" in done.out
    assert 'image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")]' in done.out
    assert "acme-dev" in done.err
    assert "unverified" not in done.err
    assert PASSWORD not in done.out + done.err


def test_a_second_run_says_unchanged_and_writes_nothing(
    handoff: Callable[..., dict[str, str]], astrokpo: Callable[..., Run], simulated: Simulated, cluster: Server
) -> None:
    (file,) = handoff("acme-prod")
    command = ("secret", "apply", file, "--yes", "--accept-unverified", "--json")
    assert [each["outcome"] for each in results(astrokpo(*command))] == ["created"]
    cluster.requests.clear()
    assert [each["outcome"] for each in results(astrokpo(*command))] == ["unchanged"]
    assert simulated.writes == 1
    assert all("dryRun=All" in request.target for request in cluster.requests if request.method == "PATCH")


def test_a_new_password_says_changed(
    handoff: Callable[..., dict[str, str]], astrokpo: Callable[..., Run], simulated: Simulated
) -> None:
    (file,) = handoff("acme-prod")
    astrokpo("secret", "apply", file, "--yes", "--accept-unverified")
    handoff("acme-prod", password="another")
    done = astrokpo("secret", "apply", file, "--yes", "--accept-unverified", "--json")
    assert [each["outcome"] for each in results(done)] == ["changed"]


def test_a_dry_run_writes_nothing(
    handoff: Callable[..., dict[str, str]], astrokpo: Callable[..., Run], simulated: Simulated
) -> None:
    (file,) = handoff("acme-prod")
    done = astrokpo("secret", "apply", file, "--dry-run")
    assert done.code == 0
    assert "would be created  acme-prod/ghcr-io-pull" in done.out
    assert simulated.writes == 0


@pytest.mark.parametrize(
    ("flags", "named"),
    [((), "--accept-unverified"), (("--accept-unverified",), "--yes"), (("--yes",), "--fingerprint")],
)
def test_without_a_terminal_the_missing_yes_is_named_and_nothing_written(
    flags: tuple[str, ...],
    named: str,
    handoff: Callable[..., dict[str, str]],
    astrokpo: Callable[..., Run],
    simulated: Simulated,
) -> None:
    (file,) = handoff("acme-prod")
    done = astrokpo("secret", "apply", file, *flags)
    assert done.code == 2
    assert named in done.err
    assert simulated.writes == 0


def test_somebody_elses_secret_is_left_alone_unless_told(
    handoff: Callable[..., dict[str, str]], astrokpo: Callable[..., Run], simulated: Simulated
) -> None:
    (file,) = handoff("acme-prod")
    theirs = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "ghcr-io-pull", "namespace": "acme-prod"},
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": "e30="},
    }
    simulated.put(theirs)
    command = ("secret", "apply", file, "--yes", "--accept-unverified")
    done = astrokpo(*command)
    assert done.code == 1
    assert "somebody else's" in done.err
    assert simulated.writes == 0
    assert astrokpo(*command, "--take-over").code == 0
    assert simulated.writes == 1


def test_support_may_rename_it(
    handoff: Callable[..., dict[str, str]], astrokpo: Callable[..., Run], simulated: Simulated
) -> None:
    (file,) = handoff("acme-prod")
    done = astrokpo("secret", "apply", file, "--name", "acme-registry", "--yes", "--accept-unverified")
    assert done.code == 0
    assert [path.rpartition("/")[2] for path in simulated.secrets] == ["acme-registry"]
    assert 'name="acme-registry"' in done.out


def test_a_batch_goes_on_past_a_failure_and_exits_with_1(
    handoff: Callable[..., dict[str, str]], astrokpo: Callable[..., Run], simulated: Simulated
) -> None:
    made = handoff("acme-a", "no-such", "acme-b")
    Path("sums").write_text("".join(f"{fingerprint}  {file}\n" for file, fingerprint in made.items()))
    done = astrokpo("secret", "apply", *made, "--fingerprints", "sums", "--yes", "--json")
    assert done.code == 1
    assert {each["namespace"]: each["outcome"] for each in results(done)} == {
        "acme-a": "created",
        "no-such": "failed",
        "acme-b": "created",
    }
    assert all(each["verified"] for each in results(done))
    assert json.loads(done.out)["summary"] == {"created": 2, "changed": 0, "unchanged": 0, "failed": 1}
    assert len(simulated.secrets) == 2


def test_fingerprints_of_other_files_verify_nothing(
    handoff: Callable[..., dict[str, str]], astrokpo: Callable[..., Run]
) -> None:
    (file,) = handoff("acme-prod")
    Path("sums").write_text(f"{'0' * 64}  other.age\n")
    done = astrokpo("secret", "apply", file, "--fingerprints", "sums", "--yes")
    assert done.code == 2
    assert "--accept-unverified" in done.err


def test_a_server_that_dies_in_mid_batch_loses_nothing_and_a_second_run_finishes(
    handoff: Callable[..., dict[str, str]], astrokpo: Callable[..., Run], simulated: Simulated, cluster: Server
) -> None:
    files = list(handoff(*(f"acme-{number}" for number in range(40))))
    command = ("secret", "apply", *files, "--yes", "--accept-unverified", "--jobs", "4", "--json")

    def answer(request: Request) -> Reply:
        if simulated.writes == 15:
            cluster.stop()
        return simulated(request)

    cluster.answering = answer
    first = results(astrokpo(*command))
    done = {each["namespace"] for each in first if each["applied"]}
    stored = {path.split("/")[4] for path in simulated.secrets}
    assert done <= stored
    assert 15 <= len(stored) < 40
    with Server(simulated, port=cluster.port):
        second = results(astrokpo(*command))
    assert {each["namespace"] for each in second if each["outcome"] == "unchanged"} == stored
    assert {each["namespace"] for each in second if each["outcome"] == "created"} == {
        each["namespace"] for each in second
    } - stored
    assert len(simulated.secrets) == 40


def test_many_are_applied_at_the_same_time_and_reported_in_order(
    handoff: Callable[..., dict[str, str]], astrokpo: Callable[..., Run], simulated: Simulated, cluster: Server
) -> None:
    files = list(handoff(*(f"acme-{number}" for number in range(30))))
    together, most, lock = 0, 0, threading.Lock()

    def answer(request: Request) -> Reply:
        nonlocal together, most
        with lock:
            together += 1
            most = max(most, together)
        time.sleep(0.02)
        with lock:
            together -= 1
        return simulated(request)

    cluster.answering = answer
    done = results(astrokpo("secret", "apply", *files, "--yes", "--accept-unverified", "--jobs", "8", "--json"))
    assert [each["file"] for each in done] == files
    assert 2 <= most <= 8


def test_the_json_document_of_a_failure_has_an_error(
    handoff: Callable[..., dict[str, str]], astrokpo: Callable[..., Run]
) -> None:
    files = handoff("acme-a", "no-such")
    done = astrokpo("secret", "apply", *files, "--yes", "--accept-unverified", "--json")
    assert done.code == 1
    assert json.loads(done.out)["error"]["message"] == "1 of 2 failed"


def test_fingerprints_are_found_by_path_where_names_are_the_same(
    handoff: Callable[..., dict[str, str]], astrokpo: Callable[..., Run]
) -> None:
    lines = []
    for namespace in ("acme-a", "acme-b"):
        ((file, fingerprint),) = handoff(namespace).items()
        Path(namespace).mkdir()
        Path(file).rename(f"{namespace}/h.age")
        lines.append(f"{fingerprint}  {namespace}/h.age\n")
    Path("sums").write_text("".join(lines))
    done = astrokpo("secret", "apply", "acme-a/h.age", "acme-b/h.age", "--fingerprints", "sums", "--yes", "--json")
    assert done.code == 0, done.err
    assert all(each["verified"] for each in results(done))


def test_a_file_given_twice_is_told_once(handoff: Callable[..., dict[str, str]], astrokpo: Callable[..., Run]) -> None:
    (file,) = handoff("acme-prod")
    done = astrokpo("secret", "apply", file, file, "--yes", "--accept-unverified")
    assert done.code == 1
    assert "1 of 2 files are refused" in done.err


def test_a_files_name_is_shown_and_never_obeyed_by_verbose(
    handoff: Callable[..., dict[str, str]], astrokpo: Callable[..., Run]
) -> None:
    (file,) = handoff("acme-prod")
    Path(file).rename("\x1b[2J.age")
    done = astrokpo("--verbose", "secret", "apply", "\x1b[2J.age", "--dry-run")
    assert done.code == 0
    assert "\\x1b[2J.age" in done.err
    assert "\x1b" not in done.out + done.err
