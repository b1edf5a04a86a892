"""The room `cluster`: what a real server answered, replayed; what can go wrong on the way; and how it is told."""

from __future__ import annotations

import base64
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from astrokpo_cli.cluster import Cluster, ClusterProblem, Preview, connect
from astrokpo_cli.cluster.exchange import MAX_ANSWER, Patience
from astrokpo_cli.cluster.kubeconfig import read
from tests.api_server import Answering, Recorded, Reply, Request, Server, Simulated, recorded, status
from tests.parts import Tool

PASSWORD = "Tr0ub4dor-and-3-more"
TOKEN = "canary-t0ken-of-the-kubeconfig"
CASES = recorded()


@pytest.fixture(autouse=True)
def outside_of_any_pod(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("KUBERNETES_"):
            monkeypatch.delenv(name)


class Waits(list[float]):
    """The seconds that were slept, which pass in no time."""

    def patience(self, **settings: float) -> Patience:
        began = time.monotonic()
        return Patience(
            now=lambda: time.monotonic() - began + sum(self), sleep=self.append, chance=lambda: 0.0, **settings
        )


@pytest.fixture
def waits() -> Waits:
    return Waits()


def kubeconfig(url: str, user: Mapping[str, Any] | None = None, folder: Path | None = None, **cluster: Any) -> str:
    """Write a kubeconfig with the one context acme; gives its path."""
    user = {"token": TOKEN} if user is None else user
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "acme",
        "contexts": [{"name": "acme", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": url, **cluster}}],
        "users": [{"name": "u", "user": user}],
    }
    path = (folder or Path()) / "kubeconfig"
    path.write_text(json.dumps(config))
    return str(path)


def manifest(name: str = "regcred", namespace: str = "acme-prod", password: str = PASSWORD) -> dict[str, Any]:
    auth = base64.b64encode(f"bot:{password}".encode()).decode()
    config = json.dumps({"auths": {"ghcr.io": {"auth": auth}}}).encode()
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app.kubernetes.io/managed-by": "astrokpo"}},
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": base64.b64encode(config).decode()},
    }


def foreign(**changes: Any) -> dict[str, Any]:
    """Give a secret that another has made."""
    made = manifest(password="theirs")
    del made["metadata"]["labels"]
    return {**made, **changes}


Starting = Callable[..., Server]
Connecting = Callable[..., Cluster]


@pytest.fixture
def serve() -> Iterator[Starting]:
    """Start a server that is stopped when the test ends."""
    running: list[Server] = []

    def start(answering: Answering, **settings: Any) -> Server:
        running.append(Server(answering, **settings))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def to(serve: Starting, waits: Waits) -> Iterator[Connecting]:
    """Connect to a server, or to one that gives the same answer to everything."""
    connected: list[Cluster] = []

    def connect_to(server: Server | Answering | Reply, *, connections: int = 4, **cluster: Any) -> Cluster:
        if isinstance(server, Reply):
            server = constant(server)
        if not isinstance(server, Server):
            server = serve(server)
        connected.append(connect(kubeconfig(server.url, **cluster), None, connections, waits.patience()))
        return connected[-1]

    yield connect_to
    for cluster in connected:
        cluster.close()


def constant(reply: Reply) -> Answering:
    return lambda _: reply


def in_turn(*replies: Reply) -> Answering:
    """Give REPLIES one after the other, the last again and again."""
    waiting = list(replies)
    return lambda _: waiting.pop(0) if len(waiting) > 1 else waiting[0]


def problem(cluster: Cluster, wanted: Mapping[str, Any] | None = None, **flags: bool) -> ClusterProblem:
    """Give what a preview of WANTED fails with, which shows nothing secret."""
    with pytest.raises(ClusterProblem) as raised:
        cluster.preview(wanted or manifest(), take_over=flags.get("take_over", False))
    return safe(raised.value, wanted or manifest())


def safe(err: ClusterProblem, sent: Mapping[str, Any]) -> ClusterProblem:
    data = sent["data"].get(".dockerconfigjson", "")
    for text in (err.message, err.hint):
        assert text
        assert text.isprintable()
        assert PASSWORD not in text
        assert TOKEN not in text
        assert not any(data[start : start + 12] in text for start in range(len(data) - 11))
    assert err.__cause__ is None
    assert err.__context__ is None or err.__suppress_context__
    return err


# What a real server answered

TOLD = {
    "get missing": None,
    "apply creates": "created",
    "apply again unchanged": "unchanged",
    "apply changed by the same manager": "changed",
    "apply dry run": "changed",
    "apply by another manager conflicts": 'somebody else\'s: fields of "astrokpo": data',
    "apply by another manager, forced": "changed",
    "apply unknown field, strict validation": "failed at the secret",
    "apply missing namespace": 'there is no namespace "nope" in the context "acme"',
    "apply namespace mismatch": 'fields of "someone-else": data',
    "apply name mismatch": 'fields of "someone-else": data',
    "apply invalid name": 'status 422, Secret "Bad_Name" is invalid: metadata.name',
    "apply not base64": "status 500, failed to convert new object",
    "apply data that is not JSON": "<secret contents redacted>",
    "apply without the .dockerconfigjson key": "data[.dockerconfigjson]: Required value",
    "apply over 1 MiB": "may not be more than 1048576 bytes",
    "opaque create": "created",
    "apply cannot change the type": 'the secret "opaque" in "acme-prod" has another type, so it cannot be changed',
    "immutable create": "created",
    "apply cannot change an immutable secret": "is immutable, so it cannot be changed",
    "create that already exists": "was changed by somebody else at the same moment",
    "unauthorized": 'does not accept the credentials of the context "acme"',
    "forbidden apply": 'User "support" cannot patch resource "secrets"',
    "forbidden get": 'User "support" cannot get resource "secrets"',
    "access review allowed": "does not answer as a Kubernetes API does",
    "access review denied": "does not answer as a Kubernetes API does",
    "namespace finalized": "does not answer as a Kubernetes API does",
    "apply in a terminating namespace": 'the namespace "doomed" is being deleted',
    "malformed body": "error decoding YAML",
    "merge patch with a stale resourceVersion": "was changed by somebody else at the same moment",
    "delete": "does not answer as a Kubernetes API does",
}
"""What is said of each recorded answer when an apply is answered so."""
VERSION_BEFORE = {"apply again unchanged": "289", "apply changed by the same manager": "289", "apply dry run": None}


def test_every_recorded_case_is_told() -> None:
    assert set(TOLD) == set(CASES)


def asked_for(case: Recorded) -> dict[str, Any]:
    """Give the manifest that CASE was about; for requests that are not an apply, one for the same secret."""
    body = case.request["body"]
    if isinstance(body, dict) and body.get("kind") == "Secret":
        return {"data": {".dockerconfigjson": ""}, **body}
    parts = case.request["path"].partition("?")[0].split("/")
    return manifest(name=parts[-1], namespace=parts[4] if len(parts) > 4 else "acme-prod")


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_recorded_answer_is_told(case: Recorded, serve: Starting, to: Connecting) -> None:
    server = serve(constant(case.reply))
    cluster = to(server)
    wanted, told = asked_for(case), TOLD[case.case]
    if told is None:
        assert cluster._present(cluster._asked(wanted)) is None
        return
    takes = ("what was agreed",) if "force=true" in case.request["path"] else ()
    preview = Preview("changed", takes, VERSION_BEFORE.get(case.case, "1"))
    if told in ("created", "changed", "unchanged"):
        assert cluster.apply(wanted, take_over=True, preview=preview).outcome == told
        return
    with pytest.raises(ClusterProblem) as raised:
        cluster.apply(wanted, take_over=True, preview=preview)
    assert told in safe(raised.value, wanted).message


OURS = [case for case in CASES.values() if "fieldManager=astrokpo" in case.request["path"]]


@pytest.mark.parametrize(
    "case",
    [
        case
        for case in OURS
        if "fieldValidation" not in case.request["path"]
        and "mismatch" not in case.case
        and isinstance(case.request["body"], dict)
    ],
    ids=lambda case: case.case,
)
def test_our_request_is_the_one_that_was_recorded(case: Recorded, serve: Starting, to: Connecting) -> None:
    server = serve(constant(case.reply))
    cluster = to(server)
    takes = ("what was agreed",) if "force=true" in case.request["path"] else ()
    with suppress(ClusterProblem):
        if "dryRun" in case.request["path"]:
            cluster.preview(case.request["body"], take_over=False)
        else:
            cluster.apply(case.request["body"], take_over=True, preview=Preview("changed", takes, "1"))
    sent = server.requests[0]
    assert (sent.method, sent.target) == (case.request["method"], case.request["path"])
    assert sent.headers["content-type"] == case.request["content_type"]
    assert sent.json == case.request["body"]
    assert sent.headers["authorization"] == f"Bearer {TOKEN}"


# The preview


def test_what_is_new_needs_one_request(serve: Starting, to: Connecting) -> None:
    server = serve(Simulated())
    cluster = to(server)
    assert cluster.preview(manifest(), take_over=False) == Preview("created")
    assert [request.target.partition("?")[2] for request in server.requests] == ["fieldManager=astrokpo&dryRun=All"]


def test_a_preview_writes_nothing_and_an_apply_is_idempotent(to: Connecting) -> None:
    cluster_side = Simulated()
    cluster = to(cluster_side)

    def round_trip(wanted: Mapping[str, Any]) -> tuple[str, str, int]:
        before = cluster_side.writes
        preview = cluster.preview(wanted, take_over=False)
        assert cluster_side.writes == before
        result = cluster.apply(wanted, take_over=False, preview=preview)
        return preview.outcome, result.outcome, cluster_side.writes - before

    assert round_trip(manifest()) == ("created", "created", 1)
    assert round_trip(manifest()) == ("unchanged", "unchanged", 0)
    assert round_trip(manifest(password="rotated")) == ("changed", "changed", 1)


def test_what_only_another_field_manager_would_note_is_a_change(to: Connecting) -> None:
    cluster_side = Simulated()
    cluster_side.put(manifest(), "kubectl-create")
    assert to(cluster_side).preview(manifest(), take_over=False) == Preview("changed", (), "101")


def test_a_secret_that_is_not_ours_is_named_and_left_alone(to: Connecting) -> None:
    cluster_side = Simulated()
    cluster_side.put(foreign())
    cluster = to(cluster_side)
    preview = cluster.preview(manifest(), take_over=False)
    assert preview.outcome == "changed"
    assert preview.takes_over == ("not labelled as astrokpo's", 'fields of "kubectl-create": data')
    with pytest.raises(ClusterProblem, match="is somebody else's: not labelled as astrokpo's; fields of"):
        cluster.apply(manifest(), take_over=False, preview=preview)
    assert cluster_side.writes == 0


def test_it_is_taken_over_when_told_to_and_says_from_whom(to: Connecting) -> None:
    cluster_side = Simulated()
    cluster_side.put(foreign())
    cluster = to(cluster_side)
    preview = cluster.preview(manifest(), take_over=True)
    assert preview.takes_over == ("not labelled as astrokpo's", 'fields of "kubectl-create": data')
    assert cluster.apply(manifest(), take_over=True, preview=preview).outcome == "changed"
    assert cluster.preview(manifest(), take_over=True).outcome == "unchanged"


def test_nothing_is_forced_that_the_preview_did_not_name(to: Connecting) -> None:
    cluster_side = Simulated()
    cluster = to(cluster_side)
    preview = cluster.preview(manifest(), take_over=True)
    cluster_side.put(foreign())
    with pytest.raises(ClusterProblem, match='fields of "kubectl-create": data'):
        cluster.apply(manifest(), take_over=True, preview=preview)


@pytest.mark.parametrize("take_over", [True, False])
@pytest.mark.parametrize(
    ("changes", "told"),
    [({"type": "Opaque"}, "has another type"), ({"immutable": True}, "is immutable")],
    ids=["type", "immutable"],
)
def test_what_cannot_be_changed_says_the_way_out(
    changes: dict[str, Any], told: str, to: Connecting, *, take_over: bool
) -> None:
    cluster_side = Simulated()
    cluster_side.put(foreign(**changes))

    def answering(request: Request) -> Reply:
        # As recorded: the server finds a conflict first, and what is immutable when that is forced.
        if "immutable" in changes and "force=true" in request.target:
            return CASES["apply cannot change an immutable secret"].reply
        return cluster_side(request)

    err = problem(to(answering), take_over=take_over)
    assert err.message == f'the secret "regcred" in "acme-prod" {told}, so it cannot be changed'
    assert "kubectl --context acme delete secret regcred --namespace acme-prod" in err.hint


def test_a_secret_that_vanishes_between_the_questions_is_to_be_created(to: Connecting) -> None:
    replies = in_turn(CASES["apply dry run"].reply, CASES["get missing"].reply)
    assert to(replies).preview(manifest(), take_over=False) == Preview("created")


def test_who_may_patch_and_not_get_is_told_so(to: Connecting) -> None:
    err = problem(to(in_turn(CASES["apply dry run"].reply, CASES["forbidden get"].reply)))
    assert 'User "support" cannot get resource "secrets"' in err.message
    assert err.hint == 'the user of the context needs get, create and patch of secrets in "acme-prod"'


# Refusals that were not recorded

REFUSALS = {
    "401 of a proxy": (Reply(401, b"<html>", {"Content-Type": "text/html"}), "does not accept the credentials"),
    "403 of a proxy": (Reply(403, b"<html>", {"Content-Type": "text/html"}), "forbids it: status 403"),
    "404 of the API": (status(404, "the server could not find the requested resource", "NotFound"), "does not know it"),
    "404 in HTML": (Reply(404, b"<html>", {"Content-Type": "text/html"}), "Kubernetes API does: status 404, text/html"),
    "413": (status(413, "etcdserver says: request is too large", "RequestEntityTooLarge"), "refuses the secret"),
    "415": (status(415, "unsupported", "UnsupportedMediaType"), "status 415, unsupported"),
    "a webhook": (status(400, 'admission webhook "policy" denied the request: no'), 'webhook "policy" denied'),
    "500": (status(500, "boom", "InternalError"), "failed at the secret"),
    "500 in text": (Reply(500, b"oops", {"Content-Type": "text/plain"}), "status 500, text/plain"),
    "200 in HTML": (Reply(200, b"<html>", {"Content-Type": "text/html"}), "status 200, text/html"),
    "200 with an array": (Reply(200, b"[]"), "status 200, application/json"),
    "200 with another secret": (Reply(200, manifest("other")), "does not answer as a Kubernetes API does"),
    "201 with nothing": (Reply(201), "does not answer as a Kubernetes API does"),
    "200, nested deeply": (Reply(200, b'{"a":' * 100_000), "does not answer as a Kubernetes API does"),
    "200, not text": (Reply(200, b"\xff\xfe\x00"), "does not answer as a Kubernetes API does"),
    "no content type": (Reply(400, b"", {"Content-Type": ""}), "status 400, no content type"),
    "TLS wanted": (
        Reply(400, b"Client sent an HTTP request to an HTTPS server.\n", {"Content-Type": "text/plain"}),
        "does not answer as a Kubernetes API does: status 400, text/plain",
    ),
    "odd causes": (status(422, "odd", "Invalid", causes=["x", {"field": 1}]), "status 422, odd"),
    "odd details": (Reply(409, {"kind": "Status", "details": "x", "message": 7}), "status 409, 7"),
    "conflict without a name": (
        status(409, "x", "Conflict", causes=[{"reason": "FieldManagerConflict"}]),
        "somebody else's",
    ),
}


@pytest.mark.parametrize(("reply", "told"), REFUSALS.values(), ids=list(REFUSALS))
def test_a_refusal_is_told(reply: Reply, told: str, to: Connecting, waits: Waits) -> None:
    cluster = to(reply)
    with pytest.raises(ClusterProblem) as raised:
        cluster.apply(manifest(), take_over=False, preview=Preview("created"))
    assert told in safe(raised.value, manifest()).message
    assert waits == []


def test_each_kind_of_refusal_has_its_own_words(to: Connecting) -> None:
    kinds = ["unauthorized", "forbidden apply", "apply missing namespace", "apply in a terminating namespace"]
    replies = [CASES[kind].reply for kind in kinds]
    replies += [status(code, "m") for code in (400, 404, 409, 429, 500, 503, 418)]
    told = [problem(to(reply)) for reply in replies]
    assert len({err.message for err in told}) == len(replies)


@pytest.mark.parametrize(
    "echo",
    [
        manifest()["data"][".dockerconfigjson"],
        f"password {PASSWORD} is not allowed",
        f"value.valueUnstructured{{Value:{manifest()['data']['.dockerconfigjson'][20:60]}}}",
        base64.b64encode(f"bot:{PASSWORD}".encode()).decode(),
    ],
    ids=["all of it", "the password", "a part of it", "the auth"],
)
def test_a_message_that_repeats_what_was_sent_is_not_shown(echo: str, to: Connecting) -> None:
    err = problem(to(status(500, f"cannot convert: {echo}")))
    assert "status 500 (its message repeats what was sent, and is not shown)" in err.message


def test_a_short_password_is_not_shown_either(to: Connecting) -> None:
    assert "is not shown" in problem(to(status(500, "the password xy7! is weak")), manifest(password="xy7!")).message


def test_a_servers_words_cannot_write_to_the_terminal(to: Connecting) -> None:
    err = problem(to(status(403, "no \x1b]0;owned\x07\x1b[2J\r\n\u202e" + "x" * 5000)))
    assert r"no \x1b]0;owned\x07\x1b[2J\r\n\u202ex" in err.message
    assert len(err.message) < 400
    manager = {"reason": "FieldManagerConflict", "message": 'conflict with "\x1b[31mroot"', "field": ".\x1b[2J"}
    err = problem(to(status(409, "x", causes=[manager])), take_over=True)
    assert r'fields of "\x1b[31mroot": all' in err.message
    assert r"text/\x1b" in problem(to(Reply(200, b"", {"Content-Type": "text/\x1b"}))).message


# What passes


@pytest.mark.parametrize(
    "reply",
    [
        status(429, "busy"),
        status(502),
        status(503, "starting"),
        Reply(504, b"<html>gateway</html>"),
        Reply(500, {"kind": "Status", "message": "etcd"}, {"Retry-After": "1"}),
        status(500, "later", "ServerTimeout"),
        status(500, "etcdserver: request timed out"),
        status(403, 'secrets "regcred" is forbidden: not yet ready to handle request', "Forbidden"),
    ],
    ids=["429", "502", "503", "504", "500 later", "500 in time", "etcd", "admission starts"],
)
def test_what_passes_is_asked_again(reply: Reply, to: Connecting, waits: Waits) -> None:
    cluster = to(in_turn(reply, reply, CASES["apply creates"].reply))
    assert cluster.apply(manifest(), take_over=False, preview=Preview("created")).outcome == "created"
    assert waits == [1.0, 2.0]


def test_it_is_asked_five_times_and_then_told(serve: Starting, to: Connecting, waits: Waits) -> None:
    server = serve(constant(status(503, "the server is not ready")))
    err = problem(to(server))
    assert err.message.endswith("is not ready: status 503, the server is not ready")
    assert len(server.requests) == 5
    assert waits == [1.0, 2.0, 4.0, 8.0]


def test_a_server_that_stays_busy_is_not_waited_for_by_each_of_a_thousand(to: Connecting, waits: Waits) -> None:
    """Each request of a batch waited a quarter of a minute of its own while the server was going down."""
    busy = status(503, "the server is going down")
    cluster = to(in_turn(*[busy] * 6, CASES["apply creates"].reply, busy, CASES["apply creates"].reply))
    problem(cluster)
    assert waits == [1.0, 2.0, 4.0, 8.0]
    problem(cluster)
    assert waits == [1.0, 2.0, 4.0, 8.0]
    cluster.preview(manifest(), take_over=False)
    cluster.preview(manifest(), take_over=False)
    assert waits == [1.0, 2.0, 4.0, 8.0, 1.0]


def test_retry_after_is_honoured(to: Connecting, waits: Waits) -> None:
    busy = Reply(429, {"kind": "Status"}, {"Retry-After": "7"})
    cluster = to(in_turn(busy, status(429, retryAfterSeconds=9), CASES["apply creates"].reply))
    cluster.preview(manifest(), take_over=False)
    assert waits == [7.0, 9.0]


@pytest.mark.parametrize(
    ("asked", "told"), [("31", "31 seconds"), ("9" * 5000, "a while"), ("86400", "86400 seconds")], ids=len
)
def test_a_server_that_asks_for_too_much_is_not_waited_for(asked: str, told: str, to: Connecting, waits: Waits) -> None:
    err = problem(to(Reply(429, b"", {"Retry-After": asked})))
    assert err.message.endswith(f"has too much to do and asks to wait {told}")
    assert waits == []


@pytest.mark.parametrize("asked", ["-1", "soon", "1e9", "Wed, 21 Oct 2065 07:28:00 GMT", "٣"])
def test_an_odd_retry_after_counts_for_nothing(asked: str, to: Connecting, waits: Waits) -> None:
    reply = Reply(429, b"", {"Retry-After": asked.encode().decode("latin-1")})
    to(in_turn(reply, CASES["apply creates"].reply)).preview(manifest(), take_over=False)
    assert waits == [1.0]


def test_no_try_begins_a_minute_after_the_first(serve: Starting, to: Connecting, waits: Waits) -> None:
    server = serve(constant(Reply(503, b"", {"Retry-After": "25"})))
    problem(to(server))
    assert waits == [25.0, 25.0]
    assert len(server.requests) == 3


def test_an_answer_that_was_lost_is_not_mistaken(to: Connecting) -> None:
    cluster_side = Simulated()
    answered: list[Reply] = []

    def answering(request: Request) -> Any:
        reply = cluster_side(request)
        answered.append(reply)
        return hang_up if len(answered) == 2 else reply

    cluster = to(answering)
    preview = cluster.preview(manifest(), take_over=False)
    assert cluster.apply(manifest(), take_over=False, preview=preview).outcome == "created"
    assert [reply.status for reply in answered] == [201, 201, 200]
    assert cluster_side.writes == 1


def hang_up(connection: socket.socket) -> None:
    """Close without an answer."""


def test_a_server_that_dies_in_mid_batch_and_comes_back_gets_everything(serve: Starting) -> None:
    cluster_side = Simulated()
    server = serve(cluster_side)
    killed = threading.Event()

    def apply(number: int) -> str:
        if number == 60:
            server.stop()
            killed.set()
        wanted = manifest(namespace=f"ns-{number}")
        return cluster.apply(wanted, take_over=False, preview=cluster.preview(wanted, take_over=False)).outcome

    def revive() -> None:
        killed.wait()
        time.sleep(0.2)
        serve(cluster_side, port=server.port)

    patience = Patience(sleep=lambda seconds: time.sleep(seconds / 10))
    with connect(kubeconfig(server.url), None, 8, patience) as cluster, ThreadPoolExecutor(9) as pool:
        pool.submit(revive)
        outcomes = list(pool.map(apply, range(200)))
    assert outcomes == ["created"] * 200
    assert len(cluster_side.secrets) == cluster_side.writes == 200


def test_a_server_that_stays_away_is_not_waited_for_by_each(serve: Starting, to: Connecting, waits: Waits) -> None:
    server = serve(Simulated())
    cluster = to(server)
    cluster.preview(manifest(), take_over=False)
    server.stop()
    for _ in range(50):
        assert "nothing listens at" in problem(cluster).message
    assert waits == [1.0, 2.0, 4.0, 8.0]
    serve(Simulated(), port=server.port)
    assert cluster.preview(manifest(), take_over=False).outcome == "created"


def test_closing_ends_the_waiting(serve: Starting) -> None:
    server = serve(constant(Reply(503, b"", {"Retry-After": "30"})))
    cluster = connect(kubeconfig(server.url), None, 1)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cluster.preview, manifest(), take_over=False)
        while not server.requests:
            time.sleep(0.01)
        cluster.close()
        assert isinstance(waiting.exception(timeout=5), ClusterProblem)


def test_no_more_connections_are_open_than_were_asked_for(serve: Starting, to: Connecting) -> None:
    server = serve(Simulated())
    cluster = to(server, connections=3)
    with ThreadPoolExecutor(12) as pool:
        names = [f"ns-{number}" for number in range(120)]
        list(pool.map(lambda name: cluster.preview(manifest(namespace=name), take_over=False), names))
    assert len(server.requests) == 120
    assert server.connections <= 3


# No answer


def test_a_port_where_nothing_listens(serve: Starting, to: Connecting, waits: Waits) -> None:
    server = serve(Simulated())
    server.stop()
    err = problem(to(server))
    assert err.message == f"nothing listens at {server.url}"
    assert waits == []


def test_a_host_that_is_not_known(monkeypatch: pytest.MonkeyPatch, waits: Waits) -> None:
    def getaddrinfo(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    cluster = connect(kubeconfig("https://no-such-cluster.invalid:6443"), None, 1, waits.patience())
    monkeypatch.setattr("socket.getaddrinfo", getaddrinfo)
    assert problem(cluster).message == "the host of https://no-such-cluster.invalid:6443 is not known"


def test_no_route(monkeypatch: pytest.MonkeyPatch, waits: Waits) -> None:
    def connect_socket(*_: object) -> None:
        raise OSError(113, "No route to host")

    cluster = connect(kubeconfig("https://127.0.0.1:1"), None, 1, waits.patience())
    monkeypatch.setattr("socket.socket.connect", connect_socket)
    assert problem(cluster).message == "there is no way to https://127.0.0.1:1: no route to host"


def silent(connection: socket.socket) -> None:
    time.sleep(2)


def dripping(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    for _ in range(100):
        connection.sendall(b" ")
        time.sleep(0.05)


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        connection.sendall(b" " * 65536)


def announcing(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999999999\r\n\r\n" + b" " * 100)


def garbage(connection: socket.socket) -> None:
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


def endless_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000)


HOSTILE = {
    "says nothing": (silent, "does not answer in time"),
    "a byte now and then": (dripping, "sends more than a Kubernetes API does, or sends it too slowly"),
    "no end": (endless, "sends more than a Kubernetes API does, or sends it too slowly"),
    "less than announced": (announcing, "the connection to"),
    "another protocol": (garbage, "does not speak HTTP"),
    "hangs up": (hang_up, "the connection to"),
    "headers without end": (endless_headers, "the connection to"),
}


@pytest.mark.parametrize(("raw", "told"), HOSTILE.values(), ids=list(HOSTILE))
def test_a_server_that_breaks_the_rules(
    raw: Callable[[socket.socket], None], told: str, serve: Starting, waits: Waits
) -> None:
    server = serve(lambda _: raw)
    began = time.monotonic()
    with connect(kubeconfig(server.url), None, 1, waits.patience(read=0.5)) as cluster:
        assert told in problem(cluster).message
    assert time.monotonic() - began < 5


def test_a_body_as_large_as_a_secret_may_be_is_read(to: Connecting) -> None:
    large = manifest()
    large["data"][".dockerconfigjson"] = "A" * (MAX_ANSWER // 3)
    large["metadata"]["resourceVersion"] = "1"
    preview = Preview("changed", (), "1")
    assert to(Reply(200, large)).apply(large, take_over=False, preview=preview).outcome == "unchanged"


def test_a_redirect_is_not_followed(serve: Starting, to: Connecting) -> None:
    elsewhere = serve(Simulated())
    err = problem(to(Reply(307, b"", {"Location": f"{elsewhere.url}/"})))
    assert err.message.endswith("status 307, a redirect, which is not followed")
    assert elsewhere.requests == []


# TLS


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a CA, a server's and a client's certificate, and another CA."""
    folder, openssl = tmp_path_factory.mktemp("certificates"), Tool("openssl")
    for ca in ("ca", "other-ca"):
        make = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        openssl(*make, "-subj", f"/CN={ca}", "-keyout", f"{folder}/{ca}.key", "-out", f"{folder}/{ca}.crt")
    for name, san in (("server", "IP:127.0.0.1"), ("elsewhere", "DNS:elsewhere.example"), ("client", "DNS:client")):
        make = ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}"]
        openssl(*make, "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.csr")
        (folder / f"{name}.ext").write_text(f"subjectAltName={san}\n")
        sign = ["x509", "-req", "-in", f"{folder}/{name}.csr", "-CA", f"{folder}/ca.crt", "-CAkey", f"{folder}/ca.key"]
        openssl(*sign, "-days", "2", "-extfile", f"{folder}/{name}.ext", "-out", f"{folder}/{name}.crt")
    return folder


def tls(certificates: Path, name: str = "server", *, clients: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / f"{name}.crt", certificates / f"{name}.key")
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificates / "ca.crt")
    return context


def inline(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


def test_a_client_certificate_and_the_clusters_ca(certificates: Path, serve: Starting, to: Connecting) -> None:
    server = serve(Simulated(), tls=tls(certificates, clients=True))
    client = {
        "client-certificate-data": inline(certificates / "client.crt"),
        "client-key-data": inline(certificates / "client.key"),
    }
    cluster = to(server, user=client, **{"certificate-authority-data": inline(certificates / "ca.crt")})
    assert cluster.preview(manifest(), take_over=False).outcome == "created"
    assert "authorization" not in server.requests[0].headers


def test_files_are_looked_up_beside_the_kubeconfig(certificates: Path, serve: Starting, tmp_path: Path) -> None:
    server = serve(Simulated(), tls=tls(certificates, clients=True))
    client = {"client-certificate": "client.crt", "client-key": "client.key"}
    path = kubeconfig(server.url, client, certificates, **{"certificate-authority": "ca.crt"})
    with connect(path, None, 1) as cluster:
        assert cluster.preview(manifest(), take_over=False).outcome == "created"


def test_a_server_without_a_known_certificate(certificates: Path, serve: Starting, to: Connecting) -> None:
    server = serve(Simulated(), tls=tls(certificates))
    err = problem(to(server, **{"certificate-authority": str(certificates / "other-ca.crt")}))
    assert err.message.startswith(f"the certificate of {server.url} is not trusted: ")
    assert server.requests == []


def test_a_certificate_for_another_host(certificates: Path, serve: Starting, to: Connecting) -> None:
    server = serve(Simulated(), tls=tls(certificates, "elsewhere"))
    err = problem(to(server, **{"certificate-authority": str(certificates / "ca.crt")}))
    assert "is not trusted: IP address mismatch" in err.message


def test_a_cluster_that_is_not_to_be_verified_brings_no_warning(
    certificates: Path, serve: Starting, to: Connecting, capfd: pytest.CaptureFixture[str]
) -> None:
    server = serve(Simulated(), tls=tls(certificates))
    to(server, **{"insecure-skip-tls-verify": True}).preview(manifest(), take_over=False)
    assert capfd.readouterr() == ("", "")


def test_https_where_http_is_spoken(waits: Waits) -> None:
    def speak_http() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as pool:
        pool.submit(speak_http)
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        with connect(kubeconfig(url), None, 1, waits.patience()) as cluster:
            assert problem(cluster).message == f"{url} does not speak TLS"


def test_http_where_tls_is_spoken(certificates: Path, serve: Starting, waits: Waits) -> None:
    url = serve(Simulated(), tls=tls(certificates)).url.replace("https:", "http:")
    with connect(kubeconfig(url), None, 1, waits.patience()) as cluster:
        assert f"the connection to {url} broke" in problem(cluster).message


def test_a_client_key_that_is_not_one(certificates: Path, serve: Starting, to: Connecting) -> None:
    server = serve(Simulated(), tls=tls(certificates))
    client = {
        "client-certificate-data": inline(certificates / "client.crt"),
        "client-key-data": inline(certificates / "ca.crt"),
    }
    err = problem(to(server, user=client, **{"certificate-authority": str(certificates / "ca.crt")}))
    assert err.message == "the context's certificates or key cannot be read"


# Who we are


def plugin(folder: Path, script: str, name: str = "plugin") -> dict[str, Any]:
    """Make an exec plugin; gives the user of a kubeconfig."""
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    version = "client.authentication.k8s.io/v1"
    return {"exec": {"apiVersion": version, "command": str(program), "interactiveMode": "Never"}}


def credential(token: str, **more: str) -> str:
    version = "client.authentication.k8s.io/v1"
    return json.dumps({"apiVersion": version, "kind": "ExecCredential", "status": {"token": token, **more}})


def test_an_exec_plugin_says_who_we_are(tmp_path: Path, serve: Starting, to: Connecting) -> None:
    server = serve(Simulated())
    to(server, user=plugin(tmp_path, f"echo '{credential(TOKEN)}'")).preview(manifest(), take_over=False)
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


def test_a_plugins_token_is_renewed_when_it_has_expired(tmp_path: Path, serve: Starting, waits: Waits) -> None:
    count, past = tmp_path / "count", "2020-01-01T00:00:00Z"
    script = (
        f"echo x >> {count}\necho '{credential('token-N', expirationTimestamp=past)}' | sed s/N/$(wc -l < {count})/"
    )
    server = serve(Simulated())
    with connect(kubeconfig(server.url, plugin(tmp_path, script)), None, 1, waits.patience()) as cluster:
        cluster.preview(manifest(), take_over=False)
        cluster.preview(manifest(), take_over=False)
        waits.append(11)
        cluster.preview(manifest(), take_over=False)
    first, second, third = (request.headers["authorization"] for request in server.requests)
    assert first == second != third


PLUGINS = {
    "fails": (f"echo {TOKEN}; echo {TOKEN} >&2; exit 3", "failed with status 3"),
    "is killed": ("kill -9 $$", "failed with status -9"),
    "talks nonsense": (f"echo {TOKEN}", "gave no credentials"),
    "says nothing": ("true", "gave no credentials"),
    "speaks another version": (f"echo '{credential(TOKEN)}' | sed s,/v1,/v9,", "gave no credentials"),
    "has no token": (f"echo '{credential(TOKEN)}' | sed s/token/tokem/", "gave no credentials"),
}


@pytest.mark.parametrize(("script", "told"), PLUGINS.values(), ids=list(PLUGINS))
def test_an_exec_plugin_that_fails(script: str, told: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ClusterProblem) as raised:
        connect(kubeconfig("http://127.0.0.1:1", plugin(tmp_path, script)), None, 1)
    assert safe(raised.value, manifest()).message == f'the exec plugin of the context "acme" {told}'
    assert capfd.readouterr() == ("", "")


def test_an_exec_plugin_that_is_not_there_or_may_not_run(tmp_path: Path) -> None:
    user = plugin(tmp_path, "true")
    Path(user["exec"]["command"]).chmod(0o644)
    with pytest.raises(ClusterProblem, match='the exec plugin of the context "acme" may not be run'):
        connect(kubeconfig("http://127.0.0.1:1", user), None, 1)
    Path(user["exec"]["command"]).unlink()
    with pytest.raises(ClusterProblem, match='the exec plugin of the context "acme" is not installed'):
        connect(kubeconfig("http://127.0.0.1:1", user), None, 1)


def test_the_clients_own_logging_reaches_nobody(tmp_path: Path) -> None:
    """It logged a plugin's standard error to ours, with the credential that was in it."""
    path = kubeconfig("http://127.0.0.1:1", plugin(tmp_path, f"echo {TOKEN} >&2; exit 3"))
    program = "import sys; from astrokpo_cli.cluster import *\ntry: connect(sys.argv[1], None, 1)\n"
    program += "except ClusterProblem as err: print(err.message)"
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=False)
    assert done.stdout == 'the exec plugin of the context "acme" failed with status 3\n'
    assert done.stderr == ""


def test_a_token_that_no_header_can_hold(serve: Starting, to: Connecting) -> None:
    err = problem(to(serve(Simulated()), user={"token": f"{TOKEN}\nX-Injected: yes"}))
    assert "no request can be sent to" in err.message


def test_a_token_file_with_a_line_end(tmp_path: Path, serve: Starting, to: Connecting) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    server = serve(Simulated())
    to(server, user={"tokenFile": str(tmp_path / "token")}).preview(manifest(), take_over=False)
    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"


@pytest.fixture
def pod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, certificates: Path) -> Path:
    """Give the folder of a pod's service account."""
    account = tmp_path / "serviceaccount"
    account.mkdir()
    (account / "token").write_text(TOKEN)
    (account / "ca.crt").write_bytes((certificates / "ca.crt").read_bytes())
    from kubernetes.config import incluster_config

    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(account / "token"))
    monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", str(account / "ca.crt"))
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
    return account


def test_in_a_pod_it_is_the_service_account(
    pod: Path, certificates: Path, serve: Starting, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(Simulated(), tls=tls(certificates))
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(server.port))
    with connect(None, None, 1) as cluster:
        assert cluster.preview(manifest(), take_over=False).outcome == "created"
        assert cluster.context.startswith("in-cluster")
        assert cluster.server == server.url
    assert server.requests[0].headers["authorization"].lower() == f"bearer {TOKEN}"


def test_a_pod_without_a_service_account(pod: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    (pod / "token").unlink()
    with pytest.raises(ClusterProblem, match="the pod's service account cannot be used"):
        connect(None, None, 1)


def test_a_context_in_a_pod_without_a_kubeconfig(pod: Path) -> None:
    with pytest.raises(ClusterProblem, match='no kubeconfig to look up the context "acme"'):
        connect(None, "acme", 1)


# The kubeconfig


def test_without_any_kubeconfig() -> None:
    with pytest.raises(ClusterProblem, match="there is no kubeconfig") as raised:
        connect(None, None, 1)
    assert "--kubeconfig FILE" in raised.value.hint


def test_a_kubeconfig_that_was_named_must_be_there(serve: Starting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", kubeconfig("http://127.0.0.1:1"))
    with pytest.raises(ClusterProblem, match='the kubeconfig "nowhere" does not exist'):
        connect("nowhere", None, 1)


BROKEN = {
    "YAML": (f"users:\n- token: {TOKEN}\n  {TOKEN}: [", "is not YAML, in line"),
    "tabs": (f"\t{TOKEN}", "is not YAML, in line 1"),
    "bytes": (f"{TOKEN}\x00", "is not YAML"),
    "a scalar": (TOKEN, "is not a kubeconfig"),
    "nothing": ("", "is not a kubeconfig"),
    "no contexts": (f"users: {TOKEN}", "no context is the current one"),
    "an unknown current": (f"current-context: gone\nusers: {TOKEN}", 'there is no context "gone"'),
    "odd contexts": (f"current-context: gone\ncontexts: [{TOKEN}, 1, {{}}]", 'there is no context "gone"'),
    "no cluster": (
        f"current-context: a\ncontexts: [{{name: a, context: {{cluster: {TOKEN}}}}}]\nclusters: []",
        'the context "a" cannot be used',
    ),
    "no server": (
        "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, cluster: {x: y}}]",
        'the context "a" names no server',
    ),
    "no scheme": (
        "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\n"
        "clusters: [{name: c, cluster: {server: 'example:6443'}}]",
        'the context "a" names no server',
    ),
    "a lost certificate": (
        "current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\n"
        "clusters: [{name: c, cluster: {server: 'https://x', certificate-authority: gone.crt}}]",
        'the context "a" names a file that is not there',
    ),
}


@pytest.mark.parametrize(("text", "told"), BROKEN.values(), ids=list(BROKEN))
def test_a_kubeconfig_that_cannot_be_used(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "broken"
    path.write_text(text)
    with pytest.raises(ClusterProblem) as raised:
        connect(str(path), None, 1)
    assert told in raised.value.message
    assert TOKEN not in raised.value.message + raised.value.hint


def test_a_kubeconfig_that_may_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(ClusterProblem, match="cannot be read: Is a directory"):
        connect(str(tmp_path), None, 1)


def test_an_unknown_context_is_told_with_those_there_are() -> None:
    with pytest.raises(ClusterProblem, match='there is no context "prod" in "kubeconfig"') as raised:
        connect(kubeconfig("http://127.0.0.1:1"), "prod", 1)
    assert raised.value.hint == 'there are: "acme"'


def test_of_several_kubeconfigs_the_first_current_context_counts(
    tmp_path: Path, serve: Starting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client takes the last one, kubectl the first: support would apply to a cluster that kubectl does not name."""
    first, second = serve(Simulated()), serve(Simulated())
    paths = []
    for name, server in (("one", first), ("two", second)):
        (tmp_path / name).mkdir()
        path = Path(kubeconfig(server.url, folder=tmp_path / name))
        path.write_text(path.read_text().replace('"acme"', f'"{name}"').replace('"c"', f'"c-{name}"'))
        paths.append(str(path))
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(["", str(tmp_path / "none"), *paths]))
    with connect(None, None, 1) as cluster:
        assert (cluster.context, cluster.server) == ("one", first.url)
    with connect(None, "two", 1) as cluster:
        assert (cluster.context, cluster.server) == ("two", second.url)
    assert read(paths).contexts == ("one", "two")
    done = Tool("kubectl")("config", "current-context", env={"KUBECONFIG": os.environ["KUBECONFIG"]})
    assert done.decode().strip() == "one"


def test_a_server_below_a_path(serve: Starting) -> None:
    server = serve(constant(CASES["apply creates"].reply))
    with connect(kubeconfig(f"{server.url}/k8s/clusters/c-1/"), None, 1) as cluster:
        cluster.preview(manifest(), take_over=False)
    assert server.requests[0].target.startswith("/k8s/clusters/c-1/api/v1/namespaces/acme-prod/secrets/regcred?")


def test_a_password_in_the_servers_url_is_not_shown() -> None:
    with connect(kubeconfig(f"https://bot:{TOKEN}@127.0.0.1:1"), None, 1) as cluster:
        assert cluster.server == "https://127.0.0.1:1"


def test_a_proxy_is_asked(serve: Starting, to: Connecting, monkeypatch: pytest.MonkeyPatch) -> None:
    import kubernetes

    if int(kubernetes.__version__.partition(".")[0]) < 37:
        pytest.skip("older clients do not know proxy-url")
    proxy = serve(constant(CASES["apply creates"].reply))
    path = kubeconfig("http://cluster.invalid:8080", None, None, **{"proxy-url": proxy.url})
    with connect(path, None, 1) as cluster:
        cluster.preview(manifest(), take_over=False)
    assert proxy.requests[0].target.startswith("http://cluster.invalid:8080/api/v1/namespaces/acme-prod/")


# What is loaded


def test_the_clients_models_are_never_loaded() -> None:
    """They take a second."""
    import kubernetes

    if int(kubernetes.__version__.partition(".")[0]) < 37:
        pytest.skip("older clients load them with anything")
    program = "import sys; from astrokpo_cli.cluster import connect; assert 'kubernetes' not in sys.modules\n"
    program += "connect(sys.argv[1], None, 1); print([m for m in sys.modules if m.startswith('kubernetes.client.')])"
    path = kubeconfig("http://127.0.0.1:1")
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert "kubernetes.client.api_client" in done.stdout
    assert "v1_secret" not in done.stdout
    assert "core_v1_api" not in done.stdout
