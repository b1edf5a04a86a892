"""The gate: what strangers put into handoffs, each refused by name, through `main`, before any cluster is asked.

`age -d | kubectl apply -f -` would apply most of these as they are.
"""

import base64
import copy
import json
import resource
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest

from astrokpo_cli.credentials import Password, RegistryCredential
from astrokpo_cli.gate import MAX_PLAINTEXT, examine
from astrokpo_cli.pullsecret import PullSecret, to_manifest
from tests.parts import Run

NOW = datetime.now(UTC).replace(microsecond=0)
SECRET = PullSecret(
    "ghcr-io-pull",
    "acme-prod",
    (RegistryCredential("ghcr.io", "robot", Password("hunter2"), "test"),),
    NOW,
    NOW + timedelta(days=7),
    ("ghcr.io/acme/etl:1.4",),
    "acme production",
)
GOOD = to_manifest(SECRET)
Manifest = dict[str, Any]


def changed(**paths: Any) -> bytes:
    """Give the good manifest with fields set; `metadata__name` is the name in metadata, None removes a field."""
    manifest = copy.deepcopy(GOOD)
    for path, value in paths.items():
        *parents, last = path.split("__")
        place = manifest
        for parent in parents:
            place = place[parent]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return json.dumps(manifest).encode()


def annotated(name: str, value: Any) -> bytes:
    manifest = copy.deepcopy(GOOD)
    manifest["metadata"]["annotations"][f"astrokpo/{name}"] = value
    return json.dumps(manifest).encode()


def without_annotation(name: str) -> bytes:
    manifest = copy.deepcopy(GOOD)
    del manifest["metadata"]["annotations"][f"astrokpo/{name}"]
    return json.dumps(manifest).encode()


def holding(config: Any, registries: str = "ghcr.io") -> bytes:
    """Give the good manifest with another docker config in it."""
    document = config if isinstance(config, bytes) else json.dumps(config).encode()
    manifest = copy.deepcopy(GOOD)
    manifest["data"] = {".dockerconfigjson": base64.b64encode(document).decode()}
    manifest["metadata"]["annotations"]["astrokpo/registries"] = registries
    return json.dumps(manifest).encode()


def auth(text: str) -> dict[str, str]:
    return {"auth": base64.b64encode(text.encode()).decode()}


def instant(delta: timedelta) -> str:
    return (NOW + delta).strftime("%Y-%m-%dT%H:%M:%SZ")


TEXT = json.dumps(GOOD)
POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", "namespace": "acme-prod"}, "spec": {}}
ROLE = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "x"}}
OTHER = {"auths": {"ghcr.io": auth("robot:hunter2")}}

HOSTILE: dict[str, tuple[bytes, str]] = {
    "a Pod": (json.dumps(POD).encode(), '"Pod"'),
    "a ClusterRoleBinding": (json.dumps(ROLE).encode(), '"ClusterRoleBinding"'),
    "a List of Secrets": (json.dumps({"apiVersion": "v1", "kind": "List", "items": [GOOD]}).encode(), '"List"'),
    "a SecretList": (changed(kind="SecretList"), '"SecretList"'),
    "another version": (changed(apiVersion="v2"), '"v2"'),
    "no kind": (changed(kind=None), "missing"),
    "a kind that is no text": (changed(kind=["Secret"]), "not text"),
    "an Opaque Secret": (changed(type="Opaque"), '"Opaque"'),
    "a service account's token": (changed(type="kubernetes.io/service-account-token"), "service-account-token"),
    "the old dockercfg type": (changed(type="kubernetes.io/dockercfg"), "dockercfg"),
    "no type": (changed(type=None), "type"),
    "two JSON documents": (f"{TEXT}\n{TEXT}".encode(), "one JSON document"),
    "two YAML documents": (f"{TEXT}\n---\n{json.dumps(POD)}".encode(), "one JSON document"),
    "YAML": (b"apiVersion: v1\nkind: Secret\n", "one JSON document"),
    "YAML aliases": (b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "one JSON document"),
    "a JSON list": (f"[{TEXT}]".encode(), "not a JSON object"),
    "JSON null": (b"null", "not a JSON object"),
    "nothing": (b"", "one JSON document"),
    "a BOM": (b"\xef\xbb\xbf" + TEXT.encode(), "one JSON document"),
    "no UTF-8": (TEXT.replace("acme production", "\udcff").encode("utf-8", "surrogateescape"), "one JSON document"),
    "UTF-16": (TEXT.encode("utf-16"), "one JSON document"),
    "NaN": (TEXT.replace('"acme-prod"', "NaN").encode(), "one JSON document"),
    "a repeated kind": (TEXT.replace('"kind": "Secret"', '"kind": "Pod", "kind": "Secret"').encode(), '"kind" stands'),
    "a repeated data": (TEXT[:-1].encode() + b', "data": {}}', '"data" stands twice'),
    "a repeated namespace": (
        TEXT.replace('"namespace"', '"namespace": "kube-system", "namespace"').encode(),
        '"namespace" stands twice',
    ),
    "deep nesting": (b"[" * 100_000 + b"]" * 100_000, "one JSON document"),
    "deep nesting in a field": (TEXT[:-1].encode() + b', "x": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", "one JSON"),
    "a huge body": (b'{"x": "' + b"a" * MAX_PLAINTEXT + b'"}', "larger than"),
    "a million fields": (json.dumps({f"k{n}": n for n in range(150_000)}).encode(), "missing"),
    "finalizers": (changed(metadata__finalizers=["acme.com/never"]), '"finalizers"'),
    "ownerReferences": (changed(metadata__ownerReferences=[{"kind": "Pod"}]), '"ownerReferences"'),
    "generateName": (changed(metadata__generateName="x-"), '"generateName"'),
    "generateName alone": (changed(metadata__generateName="x-", metadata__name=None), '"generateName"'),
    "a uid": (changed(metadata__uid="1"), '"uid"'),
    "a resourceVersion": (changed(metadata__resourceVersion="1"), '"resourceVersion"'),
    "managedFields": (changed(metadata__managedFields=[]), '"managedFields"'),
    "another label": (changed(metadata__labels={"app": "x"}), "labels"),
    "one more label": (changed(metadata__labels={**GOOD["metadata"]["labels"], "x": "y"}), "labels"),
    "no label": (changed(metadata__labels=None), "labels"),
    "another annotation": (
        changed(metadata__annotations={**GOOD["metadata"]["annotations"], "kubectl.kubernetes.io/last-applied": "x"}),
        "last-applied",
    ),
    "an annotation that is a number": (annotated("deployment", 1), "not text"),
    "metadata that is text": (changed(metadata="x"), "metadata is not an object"),
    "no metadata": (changed(metadata=None), "metadata is missing"),
    "stringData": (changed(stringData={".dockerconfigjson": "{}"}), '"stringData"'),
    "immutable": (changed(immutable=True), '"immutable"'),
    "a status": (changed(status={}), '"status"'),
    "an extra data key": (changed(data={**GOOD["data"], "ssh-privatekey": "eA=="}), '"ssh-privatekey"'),
    "another data key": (changed(data={".dockercfg": "e30="}), '".dockercfg"'),
    "no data": (changed(data=None), "data is missing"),
    "data that is a list": (changed(data=[]), "data is not an object"),
    "data that is no base64": (changed(data={".dockerconfigjson": "%%%"}), "not the base64"),
    "data in base64 without padding": (changed(data={".dockerconfigjson": "e30"}), "not the base64"),
    "data in base64 with a newline": (changed(data={".dockerconfigjson": "e3\n0="}), "not the base64"),
    "data that is a number": (changed(data={".dockerconfigjson": 1}), "not base64"),
    "data that is no JSON": (holding(b"not json"), "one JSON document"),
    "data that is not ASCII": (holding('{"auths": {"ghcr.io": {"auth": "ü"}}}'.encode()), "ASCII"),
    "no auths": (holding({}), "auths is missing"),
    "empty auths": (holding({"auths": {}}), "no credential"),
    "credHelpers": (holding({**OTHER, "credHelpers": {"ghcr.io": "x"}}), '"credHelpers"'),
    "HttpHeaders": (holding({**OTHER, "HttpHeaders": {"X": "y"}}), '"HttpHeaders"'),
    "a registry twice": (
        holding(b'{"auths": {"ghcr.io": {"auth": "YTpi"}, "ghcr.io": {"auth": "YTpj"}}}'),
        '"ghcr.io" stands twice',
    ),
    "an identity token": (holding({"auths": {"ghcr.io": {**auth("a:b"), "identitytoken": "x"}}}), '"identitytoken"'),
    "user and password in fields": (holding({"auths": {"ghcr.io": {"username": "a", "password": "b"}}}), '"username"'),
    "an auth that will not decode": (holding({"auths": {"ghcr.io": {"auth": "%%%"}}}), "will not decode"),
    "an auth without a colon": (holding({"auths": {"ghcr.io": auth("robot")}}), "no colon"),
    "an auth without a user": (holding({"auths": {"ghcr.io": auth(":x")}}), "user is empty"),
    "an auth without a password": (holding({"auths": {"ghcr.io": auth("robot:")}}), "password"),
    "an auth that is a number": (holding({"auths": {"ghcr.io": {"auth": 1}}}), "will not decode"),
    "an entry that is null": (holding({"auths": {"ghcr.io": None}}), "missing"),
    "an escape sequence in a user": (holding({"auths": {"ghcr.io": auth("\x1b[2Jrobot:x")}}), "control characters"),
    "a wildcard for all of the net": (holding({"auths": {"*": auth("a:b")}}, "*"), '"*" is not a registry'),
    "a wildcard host": (holding({"auths": {"*.io": auth("a:b")}}, "*.io"), "not a registry"),
    "a URL as a key": (holding({"auths": {"https://ghcr.io/v2/": auth("a:b")}}, "https:"), "not a registry"),
    "a key with a user": (holding({"auths": {"u@ghcr.io": auth("a:b")}}, "u@ghcr.io"), "not a registry"),
    "a newline in a key": (holding({"auths": {"ghcr.io\n": auth("a:b")}}, "ghcr.io\n"), "not a registry"),
    "another registry than it says": (holding(OTHER, "quay.io"), '"quay.io"'),
    "more registries than it says": (
        holding({"auths": {**OTHER["auths"], "quay.io": auth("a:b")}}),
        "astrokpo/registries",
    ),
    "fewer registries than it says": (holding(OTHER, "ghcr.io,quay.io"), "astrokpo/registries"),
    "credentials over 1 MiB": (holding({"auths": {"ghcr.io": auth("a:" + "b" * 1024 * 1024)}}), "1048576"),
    "a name that is a path": (changed(metadata__name="../../nodes/x"), "not a name"),
    "a name with a newline": (changed(metadata__name="x\ny"), "not a name"),
    "a name that clears the screen": (changed(metadata__name="\x1b[2J\x1b]0;x\x07"), "not a name"),
    "a name that runs from right to left": (changed(metadata__name="\u202ellup-oi-rchg"), "not a name"),
    "a name that is too long": (changed(metadata__name="x" * 254), "not a name"),
    "no name": (changed(metadata__name=None), "name"),
    "a name that is null": (TEXT.replace('"name": "ghcr-io-pull"', '"name": null').encode(), "name is missing"),
    "a namespace with a query": (changed(metadata__namespace="a?dryRun=All"), "not a namespace"),
    "no namespace": (changed(metadata__namespace=None), "namespace"),
    "a newline in a label for people": (annotated("deployment", "x\ny"), "deployment"),
    "an escape sequence in a label for people": (annotated("deployment", "\x1b[31m"), "deployment"),
    "an image that is none": (annotated("images", "ghcr.io/ACME"), "astrokpo/images"),
    "an image that is not in full": (annotated("images", "nginx"), "astrokpo/images"),
    "images out of order": (annotated("images", "quay.io/b/b,quay.io/a/a"), "astrokpo/images"),
    "another format": (annotated("format", "one"), '"one"'),
    "format 0": (annotated("format", "0"), '"0"'),
    "no format": (without_annotation("format"), "format"),
    "no time of making": (without_annotation("created-at"), "created-at"),
    "no registries stated": (without_annotation("registries"), "registries"),
    "a time that is none": (annotated("created-at", "yesterday"), "no instant"),
    "a time without a zone": (annotated("created-at", "2026-11-22T12:00:00"), "no instant"),
    "a time with a newline": (annotated("created-at", instant(timedelta()) + "\n"), "no instant"),
    "a day that is none": (annotated("not-after", "2026-02-30T12:00:00Z"), "no instant"),
    "over since a second": (annotated("not-after", instant(timedelta(seconds=-1))), "that is over"),
    "over since a year": (annotated("not-after", instant(timedelta(days=-365))), "that is over"),
    "made tomorrow": (annotated("created-at", instant(timedelta(days=1))), "to come"),
    "over before it was made": (annotated("created-at", instant(timedelta(days=8))), "before it was made"),
}


@pytest.fixture
def sealed(identity: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], str]:
    """Seal bytes as a stranger may, for the identity of this run; gives the file's name."""
    monkeypatch.setenv("ASTROKPO_IDENTITY", identity[0])

    def seal(plaintext: bytes) -> str:
        recipient = pyrage.x25519.Recipient.from_str(identity[1])
        Path("handoff.age").write_bytes(pyrage.encrypt(plaintext, [recipient], armored=True))
        return "handoff.age"

    return seal


def test_what_secret_create_makes_passes() -> None:
    verdict = examine(json.dumps(GOOD).encode(), NOW)
    assert verdict.objections == ()
    assert verdict.secret is not None
    assert to_manifest(verdict.secret) == GOOD


@pytest.mark.parametrize(("plaintext", "objection"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_handoff_is_refused_by_name(
    plaintext: bytes, objection: str, sealed: Callable[[bytes], str], astrokpo: Callable[..., Run]
) -> None:
    file = sealed(plaintext)
    inspected = astrokpo("secret", "inspect", file)
    assert inspected.code == 3
    assert objection in inspected.out
    applied = astrokpo("secret", "apply", file, "--yes", "--accept-unverified")
    assert applied.code == 1
    assert objection in applied.err
    for text in (inspected.out, inspected.err, applied.out, applied.err):
        assert "hunter2" not in text
        assert all(char == "\n" or char.isprintable() for char in text)


@pytest.mark.parametrize(("plaintext", "objection"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_handoff_costs_little(plaintext: bytes, objection: str) -> None:
    started, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    examine(plaintext, NOW)
    assert time.process_time() - started < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 200 * 1024


def test_a_format_to_come_is_told_apart(sealed: Callable[[bytes], str], astrokpo: Callable[..., Run]) -> None:
    done = astrokpo("secret", "inspect", sealed(annotated("format", "2")))
    assert done.code == 1
    assert "of format 2" in done.err
    assert "update astrokpo" in done.err


def test_a_handoff_for_another_namespace_is_refused_naming_both(
    sealed: Callable[[bytes], str], astrokpo: Callable[..., Run]
) -> None:
    done = astrokpo("secret", "apply", sealed(TEXT.encode()), "-n", "acme-test", "--yes", "--accept-unverified")
    assert done.code == 1
    assert '"acme-prod"' in done.err
    assert '"acme-test"' in done.err


def test_one_bad_file_of_several_stops_all_before_any_cluster_is_asked(
    sealed: Callable[[bytes], str], astrokpo: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("bad.age").write_bytes(Path(sealed(changed(kind="Pod"))).read_bytes())
    good = sealed(TEXT.encode())

    def no_network(*_: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    done = astrokpo("secret", "apply", good, "bad.age", "--yes", "--accept-unverified")
    assert done.code == 1
    assert '"bad.age"' in done.err
    assert "nothing was applied" in done.err


def test_two_files_for_one_secret_are_refused(sealed: Callable[[bytes], str], astrokpo: Callable[..., Run]) -> None:
    file = sealed(TEXT.encode())
    Path("again.age").write_bytes(Path(file).read_bytes())
    done = astrokpo("secret", "apply", file, "again.age", "--yes", "--accept-unverified")
    assert done.code == 1
    assert "are both for acme-prod/ghcr-io-pull" in done.err


@pytest.mark.parametrize("stated", ["0" * 12, "f" * 64])
def test_another_fingerprint_than_the_ticket_states_is_refused(
    stated: str, sealed: Callable[[bytes], str], astrokpo: Callable[..., Run]
) -> None:
    done = astrokpo("secret", "apply", sealed(TEXT.encode()), "--fingerprint", stated, "--yes")
    assert done.code == 1
    assert stated in done.err


def test_eleven_digits_are_no_fingerprint(sealed: Callable[[bytes], str], astrokpo: Callable[..., Run]) -> None:
    done = astrokpo("secret", "apply", sealed(TEXT.encode()), "--fingerprint", "0" * 11, "--yes")
    assert done.code == 1
    assert "12 to 64" in done.err


def test_a_file_that_earns_a_million_objections_is_told_in_short() -> None:
    """95,000 bad entries made 20 MB of one error."""
    bad = {"auths": {f"h{number}.io": {"auth": "%"} for number in range(20_000)}}
    objections = examine(holding(bad), NOW).objections
    assert len(objections) < 50
    assert objections[-1] == "and more"


def test_many_repeated_keys_cost_little() -> None:
    repeated = "{" + ",".join(f'"k{number % 999}": 1' for number in range(200_000)) + "}"
    started = time.process_time()
    assert examine(repeated.encode(), NOW).objections
    assert time.process_time() - started < 5
