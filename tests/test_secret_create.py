"""`secret create` from the command line: what it makes, what it says and what it refuses."""

import base64
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import pyrage
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from astrokpo_cli.images import parse_image
from astrokpo_cli.kubelet import lookup, read_auths
from tests.given import (
    NAMESPACE,
    PASSWORD,
    URL_KEYS,
    answer,
    check_quiet,
    check_refused,
    config_of,
    docker_config,
    encoded,
    entry,
    gone,
    helper,
    holds,
    logins,
    logins_of,
    names,
    opened,
    spelt_out,
)
from tests.parts import Run

IMAGE = "ghcr.io/acme/etl:1.4"
HANDOFF = f"{NAMESPACE}.ghcr-io-pull.age"
HUB = "https://index.docker.io/v1/"
RFC3339 = "%Y-%m-%dT%H:%M:%SZ"


pytestmark = pytest.mark.usefixtures("programs")


@pytest.fixture
def create(identity: tuple[str, str], astrokpo: Callable[..., Run]) -> Callable[..., Run]:
    """Run `secret create` for a namespace and a recipient."""

    def run(*arguments: str, stdin: bytes = b"") -> Run:
        return astrokpo("secret", "create", "-n", NAMESPACE, "-r", identity[1], *arguments, stdin=stdin)

    return run


@pytest.fixture
def sealed(create: Callable[..., Run], identity: tuple[str, str]) -> Callable[..., dict[str, Any]]:
    """Run `secret create`; gives the manifest in the handoff."""

    def run(*arguments: str, stdin: bytes = b"") -> dict[str, Any]:
        done = create("-o", "-", *arguments, stdin=stdin)
        assert done.code == 0, done.err
        assert not holds(done.err)
        return opened(done.out.encode(), identity[0])

    return run


def annotations(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Give the annotations without their prefix."""
    found = manifest["metadata"]["annotations"]
    assert all(name.startswith("astrokpo/") for name in found)
    return {name.removeprefix("astrokpo/"): value for name, value in found.items()}


# the manifest


def test_the_manifest_has_exactly_the_fields_of_format_1(isolated: Path, sealed: Callable[..., dict[str, Any]]) -> None:
    logins(isolated, "ghcr.io", "quay.io")
    manifest = sealed("--registry", "quay.io", "--image", IMAGE, "--deployment", "analytics", "--name", "my.pull")
    found = annotations(manifest)
    created, not_after = found.pop("created-at"), found.pop("not-after")
    assert found == {
        "format": "1",
        "registries": "ghcr.io,quay.io",
        "images": IMAGE,
        "deployment": "analytics",
    }
    assert datetime.strptime(not_after, RFC3339) - datetime.strptime(created, RFC3339) == timedelta(days=7)
    content = manifest.pop("data")
    metadata = manifest.pop("metadata")
    assert manifest == {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/dockerconfigjson"}
    assert set(metadata) == {"name", "namespace", "labels", "annotations"}
    assert metadata["name"] == "my.pull"
    assert metadata["namespace"] == NAMESPACE
    assert metadata["labels"] == {"app.kubernetes.io/managed-by": "astrokpo"}
    assert set(content) == {".dockerconfigjson"}
    assert json.loads(config_of({"data": content})) == {"auths": {"quay.io": entry(), "ghcr.io": entry()}}


def test_the_docker_config_in_it_is_ascii(isolated: Path, sealed: Callable[..., dict[str, Any]]) -> None:
    docker_config(isolated, {"auths": {"ghcr.io": entry("ädä", "pässwörd")}})
    assert config_of(sealed("--image", IMAGE)).isascii()


def test_nothing_of_the_docker_config_but_the_credential_is_in_it(
    isolated: Path, sealed: Callable[..., dict[str, Any]]
) -> None:
    leave = {"HttpHeaders": {"X": "y"}, "proxies": {"default": {"httpProxy": "http://u:p@x"}}, "currentContext": "c"}
    docker_config(isolated, {"auths": {"ghcr.io": {**entry(), "email": "a@b"}, "quay.io": entry()}, **leave})
    assert json.loads(config_of(sealed("--image", IMAGE))) == {"auths": {"ghcr.io": entry()}}


def test_images_are_written_in_full_once_and_sorted(isolated: Path, sealed: Callable[..., dict[str, Any]]) -> None:
    logins(isolated, HUB)
    images = ("nginx", "docker.io/library/nginx", "acme/etl:2", "acme/etl:1", "index.docker.io/acme/etl:1")
    found = annotations(sealed(*(word for image in images for word in ("--image", image))))
    assert found["images"] == "docker.io/acme/etl:1,docker.io/acme/etl:2,docker.io/library/nginx"
    assert found["registries"] == "docker.io"


NAMES = {
    "ghcr.io": "ghcr-io-pull",
    "docker.io": "docker-io-pull",
    "localhost:5000": "localhost-5000-pull",
    "123456789012.dkr.ecr.eu-west-1.amazonaws.com": "123456789012-dkr-ecr-eu-west-1-amazonaws-com-pull",
    "GHCR.io": "ghcr-io-pull",
    "[::1]:5000": "1-5000-pull",
    f"{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 62}": f"{'a' * 63}-{'b' * 63}-{'c' * 63}-{'d' * 56}-pull",
}


@pytest.mark.parametrize(("host", "name"), NAMES.items(), ids=[name[:50] for name in NAMES])
def test_the_secret_is_named_after_its_registry(
    host: str, name: str, isolated: Path, sealed: Callable[..., dict[str, Any]]
) -> None:
    logins(isolated, HUB if host == "docker.io" else host)
    assert sealed("--registry", host)["metadata"]["name"] == name


# --not-after

LIVES = {
    "30m": timedelta(minutes=30),
    "12h": timedelta(hours=12),
    "7d": timedelta(days=7),
    "2w": timedelta(weeks=2),
    "999999w": None,
}


@pytest.mark.parametrize("life", LIVES)
def test_a_duration_is_counted_from_now(
    life: str, isolated: Path, create: Callable[..., Run], sealed: Callable[..., dict[str, Any]]
) -> None:
    logins(isolated, "ghcr.io")
    wanted = LIVES[life]
    if wanted is None:
        check_refused(create("--image", IMAGE, "--not-after", life), f'"{life}" is no duration and no date')
        return
    before = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    found = annotations(sealed("--image", IMAGE, "--not-after", life))
    created = datetime.strptime(found["created-at"], RFC3339)
    assert before <= created <= datetime.now(UTC).replace(tzinfo=None)
    assert datetime.strptime(found["not-after"], RFC3339) == created + wanted


INSTANTS = {
    "2126-12-31": "2127-01-01T00:00:00Z",
    "2126-02-28": "2126-03-01T00:00:00Z",
    "2126-12-31T18:00:00Z": "2126-12-31T18:00:00Z",
    "2126-12-31T18:00:00+02:00": "2126-12-31T16:00:00Z",
    "2126-12-31T18:00:00.9Z": "2126-12-31T18:00:00Z",
}


@pytest.mark.parametrize(("text", "wanted"), INSTANTS.items(), ids=INSTANTS)
def test_a_date_ends_with_its_day_and_an_instant_is_told_in_utc(
    text: str, wanted: str, isolated: Path, sealed: Callable[..., dict[str, Any]]
) -> None:
    logins(isolated, "ghcr.io")
    assert annotations(sealed("--image", IMAGE, "--not-after", text))["not-after"] == wanted


def test_never_is_the_annotation_left_out(isolated: Path, sealed: Callable[..., dict[str, Any]]) -> None:
    logins(isolated, "ghcr.io")
    assert "not-after" not in annotations(sealed("--image", IMAGE, "--not-after", "never"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7",
        "d",
        "0d",
        "-1d",
        "+1d",
        "1.5d",
        "1y",
        "7 d",
        "7D",
        "1e3h",
        "Never",
        "2126-13-01",
        "2126-02-30",
        "2126-12-31T18:00:00",
        "2126-12-31 ",
        "tomorrow",
        "\uff19d",
        "2126-W01-1",
        "21261231",
        "21261231T180000Z",
        "9999-12-31T23:59:59-14:00",
    ],
)
def test_what_is_no_date_is_refused(text: str, create: Callable[..., Run]) -> None:
    check_refused(create("--image", IMAGE, "--not-after", text), f'"{text}" is no duration and no date', "2026-12-31")


@pytest.mark.parametrize("text", ["2020-01-01", "2020-01-01T00:00:00Z"])
def test_a_date_that_is_past_is_refused(text: str, create: Callable[..., Run]) -> None:
    check_refused(create("--image", IMAGE, "--not-after", text), f'"{text}" is in the past')


# the report


def test_the_report_says_all_but_the_password(
    isolated: Path, create: Callable[..., Run], identity: tuple[str, str]
) -> None:
    config = logins(isolated, "ghcr.io")
    done = create("--image", IMAGE)
    check_quiet(done)
    assert (done.code, done.err) == (0, "")
    told = dict(re.findall(r"^(\S+(?: \S+)*)  +(.*)$", spelt_out(done.out).partition("\n\n")[0], re.MULTILINE))
    fingerprint = told.pop("fingerprint")
    assert re.fullmatch("[0-9a-f]{64}", fingerprint)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", told.pop("not after"))
    assert told == {
        "file": HANDOFF,
        "namespace": NAMESPACE,
        "secret": "ghcr-io-pull",
        "registry": f"ghcr.io, user ada, from {config}",
        "image": IMAGE,
        "recipient": identity[1],
    }
    assert 'image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")]' in done.out
    assert done.out.endswith(f"namespace: {NAMESPACE}\nfingerprint: {fingerprint}\n")


def test_a_handoff_on_standard_output_is_alone_there(
    isolated: Path, create: Callable[..., Run], identity: tuple[str, str]
) -> None:
    logins(isolated, "ghcr.io")
    done = create("--image", IMAGE, "-o", "-")
    assert done.out.startswith("-----BEGIN AGE ENCRYPTED FILE-----\n")
    assert done.out.endswith("\n-----END AGE ENCRYPTED FILE-----\n")
    assert f"namespace: {NAMESPACE}\n" in done.err
    assert names() == []


def test_text_of_others_is_shown_and_never_obeyed(isolated: Path, create: Callable[..., Run]) -> None:
    user = "ada\x1b[31m\u202e\nfile  elsewhere"
    docker_config(isolated, {"auths": {"ghcr.io": entry(user)}})
    done = create("--image", IMAGE)
    assert r"user ada\x1b[31m\u202e\nfile  elsewhere," in done.out
    assert not set(done.out) & set("\x1b\u202e")


def test_several_namespaces_get_a_handoff_each(
    isolated: Path, create: Callable[..., Run], identity: tuple[str, str]
) -> None:
    logins(isolated, "ghcr.io")
    done = create("--image", IMAGE, "-n", "second", "-n", NAMESPACE, "-n", "third")
    assert done.code == 0, done.err
    namespaces = [NAMESPACE, "second", "third"]
    written = [f"{namespace}.ghcr-io-pull.age" for namespace in namespaces]
    assert names() == sorted(written)
    manifests = [opened(Path(name).read_bytes(), identity[0]) for name in written]
    assert [manifest["metadata"].pop("namespace") for manifest in manifests] == namespaces
    assert manifests[0] == manifests[1] == manifests[2]


# --json


def test_the_document_says_what_the_manifest_says(
    isolated: Path, create: Callable[..., Run], identity: tuple[str, str]
) -> None:
    config = logins(isolated, "ghcr.io")
    done = create("--image", IMAGE, "-n", "second", "--deployment", "analytics", "--json")
    check_quiet(done)
    assert (done.code, done.err) == (0, "")
    document = json.loads(spelt_out(done.out))
    manifest = opened(Path(HANDOFF).read_bytes(), identity[0])
    found = annotations(manifest)
    handoffs = document.pop("handoffs")
    assert [set(handoff) for handoff in handoffs] == [{"file", "fingerprint", "namespace", "name"}] * 2
    assert [(handoff["namespace"], handoff["name"]) for handoff in handoffs] == [
        (NAMESPACE, "ghcr-io-pull"),
        ("second", "ghcr-io-pull"),
    ]
    assert [handoff["file"] for handoff in handoffs] == [HANDOFF, "second.ghcr-io-pull.age"]
    assert "image_pull_secrets" in document.pop("snippet")
    assert document == {
        "version": 1,
        "sealed": True,
        "registries": [{"registry": "ghcr.io", "username": "ada", "source": str(config)}],
        "images": [IMAGE],
        "deployment": "analytics",
        "created_at": found["created-at"],
        "not_after": found["not-after"],
        "credentials_expire_at": None,
        "recipients": [identity[1]],
    }


FAILURES: dict[str, tuple[tuple[str, ...], int, str]] = {
    "no credential": (("--image", IMAGE), 1, 'no credential for "ghcr.io"'),
    "bad image": (("--image", "GHCR"), 1, '"GHCR" is not an image reference'),
    "nothing said": ((), 2, "--registry or --image is missing"),
    "unknown flag": (("--password", "x"), 2, "--password"),
    "flags that do not go together": (("--all-registries", "--registry", "ghcr.io"), 2, "--all-registries"),
    "standard output twice": (("--image", IMAGE, "-o", "-"), 2, "--json and the result both"),
}


@pytest.mark.parametrize("case", FAILURES)
def test_a_failure_is_one_document_too(case: str, isolated: Path, create: Callable[..., Run]) -> None:
    arguments, code, message = FAILURES[case]
    done = create(*arguments, "--json")
    document = json.loads(done.out)
    assert document.keys() == {"version", "error"}
    assert document["version"] == 1
    assert document["error"].keys() == {"message", "hint", "code"}
    assert message in document["error"]["message"]
    assert document["error"]["code"] == done.code == code
    assert done.err.splitlines()[0] == f"error: {document['error']['message']}"
    assert names() == []


# --plaintext


def test_plaintext_is_the_manifest_as_yaml(
    isolated: Path, create: Callable[..., Run], astrokpo: Callable[..., Run], identity: tuple[str, str]
) -> None:
    logins(isolated, "ghcr.io")
    arguments = ("--image", IMAGE, "--deployment", "yes", "--name", "1e3", "--not-after", "2126-12-31")
    assert create(*arguments, "-o", "x.age").code == 0
    done = astrokpo("secret", "create", "-n", NAMESPACE, *arguments, "--plaintext")
    assert done.code == 0, done.err
    wanted, got = opened(Path("x.age").read_bytes(), identity[0]), yaml.safe_load(done.out)
    for manifest in (wanted, got):
        del manifest["metadata"]["annotations"]["astrokpo/created-at"]
    assert got == wanted
    assert "not sealed" in done.err
    assert not holds(done.err)


def test_plaintext_of_several_namespaces_is_several_documents(isolated: Path, astrokpo: Callable[..., Run]) -> None:
    logins(isolated, "ghcr.io")
    done = astrokpo("secret", "create", "-n", "first", "-n", "second", "--image", IMAGE, "--plaintext")
    manifests = list(yaml.safe_load_all(done.out))
    assert [manifest["metadata"]["namespace"] for manifest in manifests] == ["first", "second"]


def test_plaintext_in_a_file_is_not_to_be_sent_to_anybody(isolated: Path, astrokpo: Callable[..., Run]) -> None:
    """The report of a plain manifest had the words of a handoff: to put the file into a ticket."""
    logins(isolated, "ghcr.io")
    done = astrokpo("secret", "create", "-n", NAMESPACE, "--image", IMAGE, "--plaintext", "-o", "there/")
    assert done.code == 0, done.err
    assert names("there") == [f"{NAMESPACE}.ghcr-io-pull.yaml"]
    check_quiet(done)
    assert "send the file" not in done.out + done.err
    assert "ticket" not in done.out + done.err


def test_plaintext_goes_without_the_recipient_of_the_environment(
    isolated: Path, astrokpo: Callable[..., Run], identity: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    logins(isolated, "ghcr.io")
    monkeypatch.setenv("ASTROKPO_RECIPIENT", identity[1])
    done = astrokpo("secret", "create", "-n", NAMESPACE, "--image", IMAGE, "--plaintext")
    assert yaml.safe_load(done.out)["kind"] == "Secret"


# recipients


@dataclass(frozen=True)
class Pair:
    """An identity and its recipient."""

    private: str
    public: str

    @classmethod
    def new(cls) -> Self:
        made = pyrage.x25519.Identity.generate()
        return cls(str(made), str(made.to_public()))

    def opens(self, handoff: bytes) -> bool:
        try:
            return bool(opened(handoff, self.private))
        except pyrage.DecryptError:
            return False


def test_flags_and_files_add_up_and_the_environment_stands_in_for_both(
    isolated: Path, astrokpo: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logins(isolated, "ghcr.io")
    flag, file, variable = Pair.new(), Pair.new(), Pair.new()
    (tmp_path / "keys").write_text(file.public)
    monkeypatch.setenv("ASTROKPO_RECIPIENT", f"# support\n\n{variable.public}\n")

    def openers(*arguments: str, stdin: bytes = b"") -> list[bool]:
        done = astrokpo("secret", "create", "-n", NAMESPACE, "--image", IMAGE, "-o", "-", *arguments, stdin=stdin)
        assert done.code == 0, done.err
        return [pair.opens(done.out.encode()) for pair in (flag, file, variable)]

    assert openers("-r", flag.public) == [True, False, False]
    assert openers("-R", str(tmp_path / "keys")) == [False, True, False]
    assert openers("-r", flag.public, "-R", str(tmp_path / "keys")) == [True, True, False]
    assert openers() == [False, False, True]
    assert openers("-R", "-", stdin=f"{flag.public}\n{file.public}".encode()) == [True, True, False]


IDENTITY = "AGE-SECRET-KEY-1ZN78F02A34U6ARTR8DGMV005JL9KWR4Q2Q3544G8WTLPNZDHD6ZS2NQ0L6"
PUBLIC_OF_IT = "age16pkzwq95kslz32ag0p86d24fze2szvgsp77vclfsv98m9cnqr47srwj6nw"
PRIVATE_LINES = {
    "an identity": IDENTITY,
    "in lower case": IDENTITY.lower(),
    "with blanks before it": f"  \t{IDENTITY}",
    "after a name": f"key: {IDENTITY}",
    "in quotes": f'"{IDENTITY}"',
    "after the recipient": f"{PUBLIC_OF_IT} {IDENTITY}",
    "a plugin's identity": "AGE-PLUGIN-YUBIKEY-1QYQSZQGPQYQSZQGP",
}
KEYGEN_FILE = f"# created: 2026-11-22T20:32:15Z\n# public key: {PUBLIC_OF_IT}\n{IDENTITY}\n"


@pytest.mark.parametrize("place", ["flag", "file", "environment"])
@pytest.mark.parametrize("case", PRIVATE_LINES)
def test_a_private_key_given_as_a_recipient_is_never_shown(
    case: str, place: str, isolated: Path, astrokpo: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = PRIVATE_LINES[case]
    logins(isolated, "ghcr.io")
    (tmp_path / "keys").write_text(f"# mine\n{line}\n")
    if place == "environment":
        monkeypatch.setenv("ASTROKPO_RECIPIENT", line)
    given_as = {"flag": ["-r", line], "file": ["-R", str(tmp_path / "keys")], "environment": []}[place]
    done = astrokpo("secret", "create", "-n", NAMESPACE, "--image", IMAGE, *given_as)
    check_refused(done, "private key" if line.strip().upper().startswith("AGE-") else "")
    assert {"flag": "--recipient", "file": "keys line 2", "environment": "ASTROKPO_RECIPIENT"}[place] in done.err
    assert secret_part(line) not in done.err.upper()


def secret_part(text: str) -> str:
    """Give the beginning of the secret in the last private key of TEXT."""
    return re.split("AGE-SECRET-KEY-1|AGE-PLUGIN-", text.upper())[-1][:20]


def test_the_file_of_age_keygen_given_as_a_recipient_is_never_shown(
    isolated: Path, astrokpo: Callable[..., Run]
) -> None:
    """`-r "$(cat key.txt)"` showed the private key on its last line."""
    logins(isolated, "ghcr.io")
    done = astrokpo("secret", "create", "-n", NAMESPACE, "--image", IMAGE, "-r", KEYGEN_FILE)
    check_refused(done, "--recipient")
    assert secret_part(KEYGEN_FILE) not in done.err.upper()


SECRET_FILES = {
    "a docker config": json.dumps({"auths": {"ghcr.io": entry()}}),
    "a password": PASSWORD,
    "a password after a recipient": f"{PUBLIC_OF_IT}\n{PASSWORD}\n",
    "an environment file": f"PASSWORD={PASSWORD}\n",
    "an ssh key without its first line": "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB",
}


@pytest.mark.parametrize("case", SECRET_FILES)
def test_a_file_that_holds_no_recipients_is_told_by_its_line_and_never_shown(
    case: str, isolated: Path, astrokpo: Callable[..., Run], tmp_path: Path
) -> None:
    """age hides the line for the same reason (cmd/age/parse.go): the wrong file may be a secret one."""
    logins(isolated, "ghcr.io")
    path = tmp_path / "recipients"
    path.write_text(SECRET_FILES[case])
    done = astrokpo("secret", "create", "-n", NAMESPACE, "--image", IMAGE, "-R", str(path))
    check_refused(done, f"{path} line {2 if 'after' in case else 1}", "age1")
    assert "b3BlbnNzaC1rZXk" not in done.err


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"# support's key\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf# x\r\n"],
    ids=["empty", "blank lines", "a comment", "a BOM", "a BOM and a comment"],
)
def test_a_file_without_any_recipient_is_refused_by_its_name(
    content: bytes, isolated: Path, astrokpo: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was taken for no file at all: a terminal asked for a recipient, and there the environment's was not used."""
    logins(isolated, "ghcr.io")
    monkeypatch.setenv("ASTROKPO_RECIPIENT", PUBLIC_OF_IT)
    (tmp_path / "empty-keys").write_bytes(content)
    done = astrokpo("secret", "create", "-n", NAMESPACE, "--image", IMAGE, "-R", str(tmp_path / "empty-keys"))
    check_refused(done, "empty-keys")


@pytest.mark.parametrize("content", ["UTF-16", "bytes"])
def test_a_recipients_file_that_is_no_text_is_refused(
    content: str, isolated: Path, astrokpo: Callable[..., Run], tmp_path: Path
) -> None:
    logins(isolated, "ghcr.io")
    raw = PUBLIC_OF_IT.encode("utf-16") if content == "UTF-16" else b"\xc3\x28"
    (tmp_path / "keys").write_bytes(raw)
    done = astrokpo("secret", "create", "-n", NAMESPACE, "--image", IMAGE, "-R", str(tmp_path / "keys"))
    check_refused(done, "keys", "age1")


BAD_RECIPIENTS = {
    "": "not a recipient",
    "age1": "not a recipient",
    "nonsense": "not a recipient",
    PUBLIC_OF_IT[:-1]: "not a recipient",
    PUBLIC_OF_IT[:-1] + "q": "not a recipient",
    f"{PUBLIC_OF_IT},{PUBLIC_OF_IT}": "not a recipient",
    PUBLIC_OF_IT.replace("age1", "AGE1"): "not a recipient",
    "age1pq1qqqqqqqq": "post-quantum",
    "age1tag1qqqqqqq": "tagged",
    "age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t": "plugin",
    "ssh-ed25519": "not a recipient",
    "ssh-ed25519 AAAA": "not a recipient",
    "ssh-ed25519 !!!! ada@example.com": "not a recipient",
    "ssh-dss AAAAB3NzaC1kc3MAAACBAO": "not a recipient",
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTY": "not a recipient",
    "github:ada": "not a recipient",
}


@pytest.mark.parametrize(("text", "message"), BAD_RECIPIENTS.items(), ids=[text[:20] for text in BAD_RECIPIENTS])
def test_what_is_no_recipient_is_refused(text: str, message: str, isolated: Path, astrokpo: Callable[..., Run]) -> None:
    logins(isolated, "ghcr.io")
    check_refused(astrokpo("secret", "create", "-n", NAMESPACE, "--image", IMAGE, "-r", text), message, "age1")


@given(st.binary(max_size=80), st.sampled_from(["ssh-rsa", "ssh-ed25519"]), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_an_ssh_key_of_any_bytes_is_refused_and_never_a_crash(
    astrokpo: Callable[..., Run], content: bytes, kind: str, begun: bool
) -> None:
    begin = len(kind).to_bytes(4, "big") + kind.encode() if begun else b""
    line = f"{kind} {base64.b64encode(begin + content).decode()}"
    done = astrokpo("secret", "create", "-n", NAMESPACE, "--image", IMAGE, "-r", line)
    assert done.code == 1
    assert "unexpected" not in done.err


# --username, --password-stdin


LINE_ENDS = {
    b"pw-of-ada": "pw-of-ada",
    b"pw-of-ada\n": "pw-of-ada",
    b"pw-of-ada\r\n": "pw-of-ada",
    b"pw-of-ada\r": "pw-of-ada",
    b"pw-of-ada\n\n": "pw-of-ada\n",
    b"pw-of-ada\r\n\r\n": "pw-of-ada\r\n",
    b"pw-of-ada\n\r": "pw-of-ada\n",
    b" pw of ada \t": " pw of ada \t",
    b"line one\nline two\n": "line one\nline two",
    b"p:w:": "p:w:",
    "pässwörd".encode(): "pässwörd",
    b"\xff\xfe": "\udcff\udcfe",
    b"\xef\xbb\xbfpw": "\ufeffpw",
}


@pytest.mark.parametrize(("stdin", "password"), LINE_ENDS.items(), ids=[repr(text)[1:] for text in LINE_ENDS])
def test_a_password_is_read_as_docker_login_reads_it(
    stdin: bytes, password: str, sealed: Callable[..., dict[str, Any]]
) -> None:
    """docker trims one line feed, then one carriage return (cli/command/registry/login.go)."""
    manifest = sealed("--registry", "ghcr.io", "--username", "ada", "--password-stdin", stdin=stdin)
    assert logins_of(manifest) == {"ghcr.io": ("ada", password)}


def test_a_typed_login_is_for_docker_hub_under_its_own_key(sealed: Callable[..., dict[str, Any]]) -> None:
    for name in ("docker.io", "index.docker.io", "https://index.docker.io/v1/"):
        manifest = sealed("--registry", name, "--username", "ada", "--password-stdin", stdin=b"x")
        assert logins_of(manifest) == {HUB: ("ada", "x")}
        assert annotations(manifest)["registries"] == "docker.io"


def test_a_typed_login_reads_no_docker_config(isolated: Path, sealed: Callable[..., dict[str, Any]]) -> None:
    docker_config(isolated, b"broken")
    assert sealed("--registry", "ghcr.io", "--username", "ada", "--password-stdin", stdin=b"x")


TYPED_REFUSED = {
    "empty password": (("--username", "ada"), b"", "its password is empty"),
    "a line end alone": (("--username", "ada"), b"\n", "its password is empty"),
    "empty user": (("--username", ""), b"x", "its user is empty"),
    "both empty": (("--username", ""), b"", "cannot be handed over"),
    "a colon in the user": (("--username", "a:b"), b"x", "its user holds a colon"),
    "for another registry than the image's": (
        ("--username", "ada", "--image", "quay.io/acme/etl"),
        b"x",
        'no kubelet would use this pull secret for "quay.io/acme/etl"',
    ),
}


@pytest.mark.parametrize("case", TYPED_REFUSED)
def test_a_typed_login_is_refused_for(case: str, create: Callable[..., Run]) -> None:
    arguments, stdin, message = TYPED_REFUSED[case]
    check_refused(create("--registry", "ghcr.io", "--password-stdin", *arguments, stdin=stdin), message)


# where the credential comes from


def test_docker_auth_config_is_asked_first(
    isolated: Path, sealed: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    logins(isolated, "ghcr.io", "quay.io")
    monkeypatch.setenv("DOCKER_AUTH_CONFIG", json.dumps({"auths": {"ghcr.io": entry("grace")}}))
    manifest = sealed("--registry", "ghcr.io", "--registry", "quay.io")
    assert logins_of(manifest) == {"ghcr.io": ("grace", PASSWORD), "quay.io": ("ada", PASSWORD)}


def test_a_named_config_is_the_only_file_that_is_asked(
    isolated: Path, create: Callable[..., Run], sealed: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    logins(isolated, "quay.io")
    (tmp_path / "named").mkdir()
    (tmp_path / "named" / "config.json").write_text(json.dumps({"auths": {"ghcr.io": entry("grace")}}))
    for named in (tmp_path / "named", tmp_path / "named" / "config.json"):
        assert logins_of(sealed("--image", IMAGE, "--docker-config", str(named))) == {"ghcr.io": ("grace", PASSWORD)}
    check_refused(
        create("--registry", "quay.io", "--docker-config", str(tmp_path / "named")),
        'no credential for "quay.io"',
        f"looked in {tmp_path}/named/config.json;",
    )


def test_docker_config_names_the_folder(
    sealed: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"auths": {"ghcr.io": entry()}}))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    assert logins_of(sealed("--image", IMAGE))


PODMAN_PLACES = {
    "REGISTRY_AUTH_FILE": "auth-file",
    "XDG_RUNTIME_DIR": "run/containers/auth.json",
    "XDG_CONFIG_HOME": "config/containers/auth.json",
    "HOME": "home/.config/containers/auth.json",
}


@pytest.mark.parametrize("variable", PODMAN_PLACES)
def test_podmans_auth_file_is_found_by(
    variable: str, sealed: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / PODMAN_PLACES[variable]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"auths": {"ghcr.io": entry()}}))
    monkeypatch.setenv(variable, str(tmp_path / PODMAN_PLACES[variable].split("/")[0]))
    assert logins_of(sealed("--image", IMAGE)) == {"ghcr.io": ("ada", PASSWORD)}


PODMAN_KEYS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "the host": (("ghcr.io",), "ghcr.io/acme/etl", "ghcr.io"),
    "a path": (("ghcr.io/acme",), "ghcr.io/acme/etl", "ghcr.io/acme/"),
    "the longest path": (
        ("ghcr.io", "ghcr.io/acme", "ghcr.io/acme/team"),
        "ghcr.io/acme/team/etl",
        "ghcr.io/acme/team/",
    ),
    "a path beside the host": (("ghcr.io", "ghcr.io/other"), "ghcr.io/acme/etl", "ghcr.io"),
    "the whole image": (("ghcr.io/acme/etl", "ghcr.io/acme"), "ghcr.io/acme/etl", "ghcr.io/acme/etl"),
    "Docker Hub": (("docker.io",), "acme/etl", HUB),
    "a path at Docker Hub": (("docker.io/acme",), "acme/etl", "docker.io/acme/"),
    "with a port": (("localhost:5000/acme",), "localhost:5000/acme/etl", "localhost:5000/acme/"),
}


@pytest.mark.parametrize("case", PODMAN_KEYS)
def test_a_key_of_podman_is_one_that_a_kubelet_takes_for_that_image(
    case: str, sealed: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, image, wanted = PODMAN_KEYS[case]
    path = tmp_path / "auth.json"
    path.write_text(json.dumps({"auths": {key: entry(f"user of {key}") for key in keys}}))
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(path))
    manifest = sealed("--image", f"{image}:1")
    assert list(logins_of(manifest)) == [wanted]
    [found] = pulled_with(manifest, image)
    assert found.startswith("user of")
    assert annotations(manifest)["registries"] == parse_image(image).registry


def test_a_path_of_podman_is_not_the_beginning_of_another(
    sealed: Callable[..., dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "auth.json"
    path.write_text(json.dumps({"auths": {"ghcr.io/acme": entry()}}))
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(path))
    assert pulled_with(sealed("--image", IMAGE), "ghcr.io/acme-evil/etl") == []


def pulled_with(manifest: Mapping[str, Any], image: str) -> list[str]:
    """Give the users that a kubelet tries for IMAGE with the secret of MANIFEST, in its order."""
    return [found.username for found in lookup(read_auths(config_of(manifest)), parse_image(image))]


DOCKER_KEYS = {
    "ghcr.io": IMAGE,
    "https://ghcr.io": IMAGE,
    "https://ghcr.io/v2/": IMAGE,
    "http://ghcr.io/v1/": IMAGE,
    "ghcr.io/acme/whatever": IMAGE,
    HUB: "nginx",
    "localhost:5000": "localhost:5000/etl",
    "https://localhost:5000/v2/": "localhost:5000/etl",
    "127.0.0.1:5000": "127.0.0.1:5000/etl@sha256:" + "0" * 64,
    "[::1]:5000": "[::1]:5000/etl",
    "Registry.Example.COM": "Registry.Example.COM/etl",
}


@pytest.mark.parametrize(("key", "image"), DOCKER_KEYS.items(), ids=DOCKER_KEYS)
def test_a_kubelet_finds_the_credential_that_docker_has_under(
    key: str, image: str, isolated: Path, sealed: Callable[..., dict[str, Any]]
) -> None:
    logins(isolated, key)
    assert pulled_with(sealed("--image", image), image) == ["ada"]


def test_rivals_are_told_and_one_is_taken(
    isolated: Path, create: Callable[..., Run], identity: tuple[str, str]
) -> None:
    docker_config(isolated, {"auths": {"https://ghcr.io/v2/": entry("grace"), "https://ghcr.io/v1/": entry("ada")}})
    done = create("--image", IMAGE)
    assert done.code == 0
    assert done.err.startswith("warning: ")
    assert "several logins" in done.err
    assert '"https://ghcr.io/v1/", not "https://ghcr.io/v2/"' in done.err
    assert logins_of(opened(Path(HANDOFF).read_bytes(), identity[0])) == {"ghcr.io": ("ada", PASSWORD)}


def test_keys_with_the_same_login_are_no_rivals(isolated: Path, create: Callable[..., Run]) -> None:
    logins(isolated, "https://ghcr.io/v2/", "https://ghcr.io/v1/")
    assert create("--image", IMAGE).err == ""


# --all-registries


def test_all_registries_are_those_that_can_be_handed_over(
    isolated: Path, sealed: Callable[..., dict[str, Any]]
) -> None:
    keys = {"ghcr.io": entry(), HUB: entry("grace"), f"{HUB}access-token": entry(), f"{HUB}refresh-token": entry()}
    docker_config(isolated, {"auths": {**keys, "quay.io": {}, "x.azurecr.io": {"identitytoken": "t"}}})
    manifest = sealed("--all-registries", "--yes")
    assert logins_of(manifest) == {"ghcr.io": ("ada", PASSWORD), HUB: ("grace", PASSWORD)}


def test_all_registries_say_which_failed_and_go_on(
    isolated: Path, create: Callable[..., Run], programs: Path, identity: tuple[str, str]
) -> None:
    """A registry whose helper failed was left out without a word, and its task would have been without a secret."""
    helper(programs, "broken", "cat >/dev/null; exit 3")
    docker_config(isolated, {"auths": {"ghcr.io": entry()}, "credHelpers": {"quay.io": "broken"}})
    done = create("--all-registries", "--yes")
    assert done.code == 0
    assert list(logins_of(opened(Path(HANDOFF).read_bytes(), identity[0]))) == ["ghcr.io"]
    assert "quay.io" in done.err


def test_all_registries_hold_those_that_podman_has_under_a_path(
    isolated: Path,
    create: Callable[..., Run],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    identity: tuple[str, str],
) -> None:
    """The list called such a registry usable, and all were refused for it."""
    path = tmp_path / "auth.json"
    path.write_text(json.dumps({"auths": {"ghcr.io/acme": entry(), "quay.io": entry()}}))
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(path))
    done = create("--all-registries", "--yes", "-o", "x.age")
    assert done.code == 0, done.err
    assert "quay.io" in logins_of(opened(Path("x.age").read_bytes(), identity[0]))


@pytest.mark.parametrize("key", ["two words", "a,b", "ghcr.io:port", "x\ny", "*.example.com", "under_score.io", "a@b"])
def test_all_registries_hold_none_that_no_image_can_name(
    key: str, isolated: Path, sealed: Callable[..., dict[str, Any]]
) -> None:
    logins(isolated, "ghcr.io", key)
    manifest = sealed("--all-registries", "--yes")
    assert list(logins_of(manifest)) == ["ghcr.io"]
    assert annotations(manifest)["registries"] == "ghcr.io"


@pytest.mark.parametrize("key", URL_KEYS)
@pytest.mark.parametrize("flags", [["--all-registries", "--yes"], ["--all-registries"], ["--image", IMAGE]])
def test_the_password_in_a_url_that_is_a_key_is_nowhere(
    flags: list[str], key: str, isolated: Path, create: Callable[..., Run]
) -> None:
    docker_config(isolated, {"auths": {key: entry("ada", "x"), "https://ghcr.io/v2/": entry("grace", "y")}})
    done = create(*flags, "-o", "x.age")
    check_quiet(done)
    assert "Tr0ub4dor" not in done.out + done.err


@pytest.mark.parametrize("config", [{}, {"auths": {"ghcr.io": {}}}], ids=["an empty config", "an empty entry"])
def test_all_registries_of_nothing_are_refused(
    config: dict[str, Any], isolated: Path, create: Callable[..., Run]
) -> None:
    path = docker_config(isolated, config)
    check_refused(create("--all-registries", "--yes"), "no registry that can be handed over", str(path))


# short-lived credentials


def part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def token(claims: dict[str, Any]) -> str:
    """Make a JSON web token."""
    return f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part(claims)}.c2lnbmF0dXJl"


def ecr_token(**fields: Any) -> str:
    content = {"payload": "cGF5bG9hZA==", "datakey": "a2V5", "version": "2", "type": "DATA_KEY", **fields}
    return base64.b64encode(json.dumps(content).encode()).decode()


FUTURE, PAST = 4102444800, 1577836800
FUTURE_TEXT, PAST_TEXT = "2100-01-01T00:00:00Z", "2020-01-01T00:00:00Z"
ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
ECR_IN_CHINA = "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"
AZURE_USER = "00000000-0000-0000-0000-000000000000"
SHORT_LIVED: dict[str, tuple[str, str, str, str, str | None]] = {
    "ECR": (ECR, "AWS", ecr_token(expiration=FUTURE), "Amazon ECR token", FUTURE_TEXT),
    "ECR without an instant": (ECR, "AWS", ecr_token(), "Amazon ECR token", None),
    "ECR with something else": (ECR, "AWS", "opaque", "Amazon ECR token", None),
    "ECR in China": (ECR_IN_CHINA, "AWS", ecr_token(expiration=FUTURE), "Amazon ECR token", FUTURE_TEXT),
    "ECR with FIPS": (ECR.replace("ecr", "ecr-fips"), "AWS", ecr_token(), "Amazon ECR token", None),
    "ECR, dual stack": ("123456789012.dkr-ecr.eu-west-1.on.aws", "AWS", ecr_token(), "Amazon ECR token", None),
    "ECR public": ("public.ecr.aws", "AWS", ecr_token(expiration=FUTURE), "Amazon ECR token", FUTURE_TEXT),
    "ECR, dead": (ECR, "AWS", ecr_token(expiration=PAST), "Amazon ECR token", PAST_TEXT),
    "Artifact Registry": ("europe-docker.pkg.dev", "oauth2accesstoken", "ya29.x", "Google access token", None),
    "Artifact Registry, gcloud": ("us-docker.pkg.dev", "_dcgcloud_token", "ya29.x", "Google access token", None),
    "Container Registry": ("gcr.io", "oauth2accesstoken", "ya29.x", "Google access token", None),
    "Container Registry, regional": ("eu.gcr.io", "_dcgcloud_token", "ya29.x", "Google access token", None),
    "ACR": ("acme.azurecr.io", AZURE_USER, token({"exp": FUTURE}), "Azure token login", FUTURE_TEXT),
    "ACR without an instant": ("acme.azurecr.io", AZURE_USER, "opaque", "Azure token login", None),
    "a web token": ("registry.example.com", "ada", token({"exp": FUTURE}), "JSON web token", FUTURE_TEXT),
    "a web token, dead": ("registry.example.com", "ada", token({"exp": PAST}), "JSON web token", PAST_TEXT),
    "a web token, fractions": ("registry.example.com", "ada", token({"exp": FUTURE + 0.9}), "JSON web", FUTURE_TEXT),
}
GRANTED = [
    case for case in SHORT_LIVED if case.startswith(("ECR", "Artifact", "Container")) and case != "ECR public"
]  # what is public is pulled without a grant


@pytest.mark.parametrize("case", SHORT_LIVED)
def test_a_credential_that_dies_by_itself_is_refused(case: str, isolated: Path, create: Callable[..., Run]) -> None:
    host, user, password, kind, expires = SHORT_LIVED[case]
    docker_config(isolated, {"auths": {host: entry(user, password)}})
    done = create("--registry", host)
    check_refused(done, f'the credential for "{host}" is short-lived', "--allow-short-lived")
    assert kind in done.err
    assert password not in done.err
    assert ("astrokpo registry grant" in done.err) is (case in GRANTED)
    if expires:
        verb = "died" if expires == PAST_TEXT else "dies"
        assert f"{verb} at {expires[:10]} 00:00 UTC" in done.err


@pytest.mark.parametrize("case", SHORT_LIVED)
def test_a_credential_that_dies_by_itself_is_sealed_when_that_is_allowed(
    case: str, isolated: Path, create: Callable[..., Run], identity: tuple[str, str]
) -> None:
    host, user, password, kind, expires = SHORT_LIVED[case]
    docker_config(isolated, {"auths": {host: entry(user, password)}})
    done = create("--registry", host, "--allow-short-lived", "--json", "-o", "x.age")
    assert done.code == 0
    assert done.err.startswith("warning: ")
    assert kind in done.err
    assert host in done.err
    assert password not in done.err + done.out
    manifest = opened(Path("x.age").read_bytes(), identity[0])
    assert annotations(manifest).get("credentials-expire-at") == expires
    assert json.loads(done.out)["credentials_expire_at"] == expires
    assert logins_of(manifest) == {host: (user, password)}


def test_the_first_to_die_is_the_one_that_is_told(isolated: Path, sealed: Callable[..., dict[str, Any]]) -> None:
    later = entry("ada", token({"exp": FUTURE + 5}))
    docker_config(isolated, {"auths": {ECR: entry("AWS", ecr_token(expiration=FUTURE)), "ghcr.io": later}})
    manifest = sealed("--registry", "ghcr.io", "--registry", ECR, "--allow-short-lived")
    assert annotations(manifest)["credentials-expire-at"] == FUTURE_TEXT


LASTING = {
    "a Google key file": ("europe-docker.pkg.dev", "_json_key", '{"type": "service_account"}'),
    "a Google key file in base64": ("gcr.io", "_json_key_base64", "eyJ0eXBlIjogInNlcnZpY2VfYWNjb3VudCJ9"),
    "an Azure service principal": ("acme.azurecr.io", "11111111-2222-3333-4444-555555555555", "secret"),
    "AWS elsewhere": ("registry.example.com", "AWS", ecr_token(expiration=FUTURE)),
    "another user at ECR": (ECR, "ada", "secret"),
    "a Google user elsewhere": ("ghcr.io", "oauth2accesstoken", "ya29.x"),
    "a host that ends like Google's": ("gcr.io.example.com", "oauth2accesstoken", "ya29.x"),
    "a host that ends like Amazon's": (f"{ECR}.example.com", "AWS", ecr_token(expiration=FUTURE)),
    "a web token without an end": ("ghcr.io", "ada", token({"iat": PAST})),
    "a web token with an end that is no number": ("ghcr.io", "ada", token({"exp": "soon"})),
    "a web token with an end beyond time": ("ghcr.io", "ada", token({"exp": 1e300})),
    "two dots": ("ghcr.io", "ada", "a.b.c"),
    "two dots and JSON that is no object": ("ghcr.io", "ada", f"{part([])}.{part(1)}.x"),
    "two dots and no algorithm": ("ghcr.io", "ada", f"{part({'a': 1})}.{part({'exp': PAST})}.x"),
}


@pytest.mark.parametrize("case", LASTING)
def test_a_credential_that_lasts_is_sealed_without_a_word(
    case: str, isolated: Path, create: Callable[..., Run], identity: tuple[str, str]
) -> None:
    host, user, password = LASTING[case]
    docker_config(isolated, {"auths": {host: entry(user, password)}})
    done = create("--registry", host, "-o", "x.age")
    assert (done.code, done.err) == (0, "")
    assert "credentials-expire-at" not in annotations(opened(Path("x.age").read_bytes(), identity[0]))


# refusals


def test_a_registry_without_a_credential_is_refused_with_the_places_that_were_asked(
    isolated: Path, create: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = logins(isolated, "quay.io")
    monkeypatch.setenv("DOCKER_AUTH_CONFIG", json.dumps({"auths": {"x.io": entry()}}))
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
    done = create("--image", IMAGE)
    looked = f"DOCKER_AUTH_CONFIG, {config}, /run/user/7/containers/auth.json, {isolated}/.config/containers/auth.json"
    check_refused(done, 'no credential for "ghcr.io"', f"looked in {looked};")
    assert "docker login ghcr.io" in done.err
    assert "--password-stdin" in done.err


NOT_TO_HAND_OVER: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "identity token": (
        "x.azurecr.io",
        {"x.azurecr.io": {**entry(), "identitytoken": PASSWORD}},
        "a token for the docker CLI alone, which a kubelet ignores",
        "robot account",
    ),
    "identity token alone": (
        "ghcr.io",
        {"ghcr.io": {"identitytoken": PASSWORD}},
        "a token for the docker CLI alone",
        "access token",
    ),
    "registry token": ("ghcr.io", {"ghcr.io": {"registrytoken": PASSWORD}}, "a token for the docker CLI", "robot"),
    "an empty entry": ("ghcr.io", {"ghcr.io": {}}, "nothing is stored for it here", "docker login"),
    "an entry with an email alone": ("ghcr.io", {"ghcr.io": {"email": "a@b"}}, "nothing is stored", "docker login"),
    "an empty password": ("ghcr.io", {"ghcr.io": entry("ada", "")}, "its password is empty", ""),
    "a password of NULs": ("ghcr.io", {"ghcr.io": entry("ada", "\0\0")}, "its password is empty", ""),
    "a user alone": ("ghcr.io", {"ghcr.io": {"username": "ada"}}, "its password is empty", ""),
    "a password alone": ("ghcr.io", {"ghcr.io": {"password": PASSWORD}}, "its user is empty", ""),
    "a colon in the user": (
        "ghcr.io",
        {"ghcr.io": {"username": "a:b", "password": PASSWORD}},
        "its user holds a colon",
        "",
    ),
    "OAuth entries alone": (
        "docker.io",
        {f"{HUB}access-token": entry(), f"{HUB}refresh-token": entry()},
        'no credential for "docker.io"',
        "docker login",
    ),
}


@pytest.mark.parametrize("case", NOT_TO_HAND_OVER)
def test_this_is_not_handed_over(case: str, isolated: Path, create: Callable[..., Run]) -> None:
    registry, auths, message, hint = NOT_TO_HAND_OVER[case]
    docker_config(isolated, {"auths": auths})
    done = create("--registry", registry)
    check_refused(done, message, hint)
    assert f'"{registry}"' in done.err


@pytest.mark.parametrize("entry_name", ["access-token", "refresh-token"])
@pytest.mark.parametrize("name", ["index.docker.io", "docker.io", "https://index.docker.io/v1/"])
def test_an_oauth_entry_of_podman_or_a_named_file_never_stands_in_for_docker_hub(
    entry_name: str, name: str, create: Callable[..., Run], tmp_path: Path
) -> None:
    for file in ("auth.json", "config.json"):
        (tmp_path / file).write_text(json.dumps({"auths": {f"{HUB}{entry_name}": entry()}}))
        done = create("--registry", name, "--docker-config", str(tmp_path / file))
        check_refused(done, 'no credential for "docker.io"')


@pytest.mark.parametrize("name", [f"{HUB}access-token", f"{HUB}refresh-token"])
def test_an_oauth_entry_cannot_be_asked_for(name: str, isolated: Path, create: Callable[..., Run]) -> None:
    logins(isolated, name, HUB)
    check_refused(create("--registry", name), f'"{name}" is not a registry')


INVALID: dict[str, tuple[tuple[str, ...], str]] = {
    **{
        f"namespace {text!r}"[:40]: (("--image", IMAGE, "-n", text), "is not a namespace")
        for text in ("", "A", "a_b", "a.b", "-a", "a-", "a b", "a\n", "ä", "a" * 64, "../x", "\u0661")
    },
    **{
        f"name {text!r}"[:40]: (("--image", IMAGE, "--name", text), "is not a name for a secret")
        for text in ("", "A", "a_b", ".a", "a.", "a..b", "a.-b", "a/b", "a\n", "../x", "a" * 254)
    },
    **{
        f"image {text!r}"[:40]: (("--image", text), "is not an image reference")
        for text in (
            "",
            "A",
            "ghcr.io/",
            "ghcr.io/Acme/etl",
            "a:b:c",
            "a@sha256:0",
            "-a",
            "a b",
            "https://ghcr.io/a",
            "f" * 64,
        )
    },
    **{
        f"registry {text!r}"[:40]: (("--registry", text), "is not a registry")
        for text in (
            "",
            "ghcr.io/acme",
            "ftp://ghcr.io",
            "a b",
            "ghcr.io:",
            "ghcr.io:port",
            "https://ghcr.io/acme",
            "*.io",
            "https://",
            "ada:pw@ghcr.io",
            "ghcr.io\n",
            "-",
        )
    },
    **{
        f"deployment {text!r}"[:40]: (("--image", IMAGE, "--deployment", text), "is not a deployment's label")
        for text in ("", "a\nb", "a\x1b", "\u202e", "a" * 254)
    },
}


@pytest.mark.parametrize("case", INVALID)
def test_an_invalid_value_is_refused_before_any_helper_is_asked(
    case: str, isolated: Path, programs: Path, create: Callable[..., Run], tmp_path: Path
) -> None:
    helper(programs, "mark", f"touch '{tmp_path}/asked'\n{answer()}")
    docker_config(isolated, {"credsStore": "mark"})
    arguments, message = INVALID[case]
    check_refused(create(*arguments), message)
    assert not (tmp_path / "asked").exists()


# bad files

S = json.dumps(PASSWORD)
BAD_CONFIGS: dict[str, bytes] = {
    "cut short": f'{{"auths":{{"ghcr.io":{{"password":{S}'.encode(),
    "no JSON": f"password={PASSWORD}".encode(),
    "single quotes": f"{{'auths':{{'ghcr.io':{{'password':'{PASSWORD}'}}}}}}".encode(),
    "a trailing comma": f'{{"auths":{{"ghcr.io":{{"username":"a","password":{S}}},}}}}'.encode(),
    "a BOM": b"\xef\xbb\xbf" + json.dumps({"auths": {"ghcr.io": entry()}}).encode(),
    "UTF-16": json.dumps({"auths": {"ghcr.io": entry()}}).encode("utf-16"),
    "NaN": f'{{"auths":{{"ghcr.io":{{"password":{S},"x":NaN}}}}}}'.encode(),
    "a list": f"[{S}]".encode(),
    "a text": S.encode(),
    "a number": b"12345",
    "auths is a list": f'{{"auths":[{S}]}}'.encode(),
    "an entry is a text": f'{{"auths":{{"ghcr.io":{S}}}}}'.encode(),
    "another entry is a text": f'{{"auths":{{"ghcr.io":{json.dumps(entry())},"quay.io":{S}}}}}'.encode(),
    "auth is an object": f'{{"auths":{{"ghcr.io":{{"auth":{{"x":{S}}}}}}}}}'.encode(),
    "auth is no base64": f'{{"auths":{{"ghcr.io":{{"auth":"{PASSWORD}!"}}}}}}'.encode(),
    "auth without padding": f'{{"auths":{{"ghcr.io":{{"auth":"{encoded("ad").rstrip("=")}"}}}}}}'.encode(),
    "auth without a colon": json.dumps(
        {"auths": {"ghcr.io": {"auth": base64.b64encode(PASSWORD.encode()).decode()}}}
    ).encode(),
    "auth without a user": json.dumps({"auths": {"ghcr.io": entry("")}}).encode(),
    "another auth that will not decode": json.dumps(
        {"auths": {"ghcr.io": entry(), "quay.io": {"auth": PASSWORD}}}
    ).encode(),
    "credsStore is an object": f'{{"credsStore":{{"x":{S}}}}}'.encode(),
    "credHelpers is a text": f'{{"credHelpers":{S}}}'.encode(),
    "HttpHeaders is a text": f'{{"HttpHeaders":{S}}}'.encode(),
    "nested too deeply": b'{"auths":' + b"[" * 100_000,
    "nested and closed": b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "an escape that is none": f'{{"auths":{{"ghcr.io":{{"password":"{PASSWORD}\\q"}}}}}}'.encode(),
    "a line end in a text": f'{{"auths":{{"ghcr.io":{{"password":"{PASSWORD}\n"}}}}}}'.encode(),
    "a NUL": f'{{"auths":{{"ghcr.io":{{"password":"{PASSWORD}\0"}}}}}}'.encode(),
}
PODMAN_REFUSES_NOT = ("HttpHeaders is a text", "credsStore is an object", "nested and closed")
"""Podman's files have no such fields."""


@pytest.mark.parametrize("case", BAD_CONFIGS)
@pytest.mark.parametrize("flags", [["--image", IMAGE], ["--all-registries", "--yes"]], ids=["one", "all"])
def test_a_bad_docker_config_is_one_error_that_names_the_file_and_shows_nothing_of_it(
    case: str, flags: list[str], isolated: Path, create: Callable[..., Run]
) -> None:
    path = docker_config(isolated, BAD_CONFIGS[case])
    done = create(*flags)
    if case == "nested and closed":  # what docker does not know may be anything; it is too deep for us all the same
        assert "Traceback" not in done.err
        assert "unexpected" not in done.err
        return
    check_refused(done, str(path))
    as_document = create(*flags, "--json")
    assert json.loads(as_document.out)["error"]["code"] == 1
    check_quiet(as_document)


@pytest.mark.parametrize("case", [case for case in BAD_CONFIGS if case not in PODMAN_REFUSES_NOT])
def test_a_bad_auth_file_of_podman_is_one_error_that_names_the_file_and_shows_nothing_of_it(
    case: str, create: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "auth.json"
    path.write_bytes(BAD_CONFIGS[case].replace(b"password", b"identitytoken"))
    monkeypatch.setenv("REGISTRY_AUTH_FILE", str(path))
    check_refused(create("--image", IMAGE), str(path))


@pytest.mark.parametrize("case", [case for case, content in BAD_CONFIGS.items() if b"\0" not in content])
def test_a_bad_docker_auth_config_is_one_error_that_names_the_variable_and_shows_nothing_of_it(
    case: str, isolated: Path, create: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    logins(isolated, "ghcr.io")
    monkeypatch.setenv("DOCKER_AUTH_CONFIG", os.fsdecode(BAD_CONFIGS[case]))
    check_refused(create("--image", IMAGE), "DOCKER_AUTH_CONFIG")


BAD_ENVIRONMENTS = {
    "an unknown field": {"auths": {"ghcr.io": entry()}, "credsStore": PASSWORD},
    "an unknown field of an entry": {"auths": {"ghcr.io": {**entry(), "password": PASSWORD}}},
    "no auth": {"auths": {"ghcr.io": entry(), "quay.io": {}}},
    "no auth, under a key with a password": {"auths": {f"https://ada:{PASSWORD}@quay.io": {}}},
    "a bad auth, under a key with a password": {"auths": {f"https://ada:{PASSWORD}@quay.io": {"auth": "x"}}},
}


@pytest.mark.parametrize("case", BAD_ENVIRONMENTS)
def test_docker_auth_config_must_hold_auths_alone(
    case: str, isolated: Path, create: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    logins(isolated, "ghcr.io")
    monkeypatch.setenv("DOCKER_AUTH_CONFIG", json.dumps(BAD_ENVIRONMENTS[case]))
    check_refused(create("--image", IMAGE), "DOCKER_AUTH_CONFIG", "unset it" if "bad" not in case else "")


def make_folder(path: Path) -> None:
    path.mkdir(parents=True)


def make_loop(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(path.name)


def make_huge(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.truncate(17 * 1024 * 1024)


@pytest.mark.parametrize("make", [make_folder, make_loop, make_huge])
def test_a_docker_config_that_cannot_be_read_is_refused(
    make: Callable[[Path], None], isolated: Path, create: Callable[..., Run]
) -> None:
    make(isolated / ".docker" / "config.json")
    check_refused(create("--image", IMAGE), "config.json")


@pytest.mark.skipif(os.geteuid() == 0, reason="no mode stops root")
def test_a_docker_config_that_must_not_be_read_is_refused(isolated: Path, create: Callable[..., Run]) -> None:
    logins(isolated, "ghcr.io").chmod(0)
    check_refused(create("--image", IMAGE), "config.json")


@pytest.mark.parametrize("name", ["missing", "missing/config.json", ".", "x" * 300, ""])
def test_a_named_docker_config_that_is_missing_is_an_error_and_no_fall_back(
    name: str, isolated: Path, create: Callable[..., Run]
) -> None:
    logins(isolated, "ghcr.io")
    check_refused(create("--image", IMAGE, "--docker-config", name), "")


def test_no_docker_config_at_all_is_no_credentials(create: Callable[..., Run]) -> None:
    check_refused(create("--image", IMAGE), 'no credential for "ghcr.io"')


def test_a_name_with_a_line_end_is_told_on_one_line(create: Callable[..., Run], tmp_path: Path) -> None:
    path = tmp_path / "two\nlines\x1b[31m"
    path.write_text("broken")
    done = create("--image", IMAGE, "--docker-config", str(path))
    check_refused(done, "cannot be read")
    assert "\x1b" not in done.err


# usage

USAGE: dict[str, tuple[tuple[str, ...], str]] = {
    "neither registry nor image": (("-n", "ns", "-r", PUBLIC_OF_IT), "--registry or --image is missing"),
    "no namespace": (("--image", IMAGE, "-r", PUBLIC_OF_IT), "--namespace is missing"),
    "no recipient": (("--image", IMAGE, "-n", "ns"), "--recipient is missing"),
    "no way to ask for the password": (
        ("--registry", "ghcr.io", "--username", "ada", "-n", "ns", "-r", PUBLIC_OF_IT),
        "--password-stdin is missing",
    ),
    "a password without a user": (("--image", IMAGE, "--password-stdin"), "--password-stdin goes with --username"),
    "a user without a registry": (
        ("--image", IMAGE, "--username", "ada"),
        "--username goes with exactly one --registry",
    ),
    "a user of two registries": (
        ("--registry", "ghcr.io", "--registry", "quay.io", "--username", "ada"),
        "--username goes with exactly one --registry",
    ),
    "a user and a docker config": (
        ("--registry", "ghcr.io", "--username", "ada", "--docker-config", "."),
        "--username goes without --docker-config",
    ),
    "all and one": (("--all-registries", "--registry", "ghcr.io"), "--all-registries goes with neither --registry"),
    "all and a user": (("--all-registries", "--username", "ada"), "--all-registries goes with neither"),
    "plaintext and a recipient": (("--image", IMAGE, "--plaintext", "-r", PUBLIC_OF_IT), "--plaintext goes with no"),
    "plaintext and a file of them": (("--image", IMAGE, "--plaintext", "-R", "x"), "--plaintext goes with no"),
    "JSON and a handoff on one stream": (("--image", IMAGE, "--json", "-o", "-"), "--json and the result both"),
    "JSON and a manifest on one stream": (("--image", IMAGE, "--json", "--plaintext"), "--json and the result both"),
    "two handoffs on one stream": (("--image", IMAGE, "-n", "a", "-n", "b", "-o", "-"), "several handoffs"),
    "an unknown flag": (("--pasword-stdin",), "--pasword-stdin"),
    "a flag without its value": (("--image",), "--image"),
    "a word that is no flag": (("whatever",), "unexpected extra argument"),
}


@pytest.mark.parametrize("case", USAGE)
def test_a_command_line_that_does_not_say_enough_is_a_usage_error_that_names_the_flag(
    case: str, isolated: Path, programs: Path, astrokpo: Callable[..., Run], tmp_path: Path
) -> None:
    helper(programs, "mark", f"touch '{tmp_path}/asked'\n{answer()}")
    docker_config(isolated, {"credsStore": "mark"})
    arguments, message = USAGE[case]
    done = astrokpo("secret", "create", *arguments)
    assert done.code == 2
    assert done.err.startswith("error: ")
    assert message in done.err.splitlines()[0]
    assert len(done.err.splitlines()) == 2, "an error and a hint"
    assert names() == []
    assert not (tmp_path / "asked").exists()


def test_all_registries_want_a_yes(isolated: Path, create: Callable[..., Run]) -> None:
    logins(isolated, "ghcr.io", "quay.io")
    done = create("--all-registries")
    assert done.code == 2
    assert "error: --yes is missing\n" in done.err
    assert names() == []


@pytest.mark.parametrize("flags", [["--password-stdin"], ["--plaintext"], ["--password"], ["-p"]])
@pytest.mark.parametrize("json_flag", [[], ["--json"]], ids=["text", "json"])
def test_a_password_on_the_command_line_is_not_said_again(
    flags: list[str], json_flag: list[str], create: Callable[..., Run]
) -> None:
    """`--password-stdin hunter2` is an easy mistake; the error would bring it into the log of a CI job."""
    done = create("--registry", "ghcr.io", "--username", "ada", *flags, PASSWORD, *json_flag)
    assert done.code == 2
    check_quiet(done)


def test_the_same_namespace_twice_is_one_handoff_on_standard_output(
    isolated: Path, sealed: Callable[..., dict[str, Any]]
) -> None:
    logins(isolated, "ghcr.io")
    assert sealed("--image", IMAGE, "-n", NAMESPACE)["metadata"]["namespace"] == NAMESPACE


def test_verbose_says_where_it_looks_and_no_more(isolated: Path, astrokpo: Callable[..., Run]) -> None:
    config = logins(isolated, "ghcr.io")
    done = astrokpo("--verbose", "secret", "create", "-n", NAMESPACE, "--image", IMAGE, "-r", PUBLIC_OF_IT)
    assert done.code == 0
    assert f"verbose: looking in {config}\n" in spelt_out(done.err)
    check_quiet(done)


# round trips

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)
USER = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=":"), min_size=1, max_size=60)
MANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)


@given(USER, TEXT.filter(lambda text: text.strip("\0")))
@MANY
def test_any_login_of_the_docker_config_comes_out_as_it_went_in(
    isolated: Path, sealed: Callable[..., dict[str, Any]], user: str, password: str
) -> None:
    docker_config(isolated, {"auths": {"ghcr.io": entry(user, password)}})
    # docker takes NULs off both ends of a password.
    assert logins_of(sealed("--image", IMAGE, "--allow-short-lived")) == {"ghcr.io": (user, password.strip("\0"))}


@given(USER, st.binary(min_size=1, max_size=60).filter(lambda text: not text.endswith((b"\n", b"\r"))))
@MANY
def test_any_bytes_on_standard_input_come_out_as_they_went_in(
    sealed: Callable[..., dict[str, Any]], user: str, password: bytes
) -> None:
    arguments = ("--registry", "ghcr.io", "--username", user, "--password-stdin", "--allow-short-lived")
    [(found_user, found)] = logins_of(sealed(*arguments, stdin=password)).values()
    assert (found_user, found.encode("utf-8", "surrogateescape")) == (user, password)


# at a terminal


class Terminal:
    """The program with a terminal of its own; a person's keys go in, and the screen is read."""

    def __init__(self, *arguments: str, env: Mapping[str, str] | None = None, stdout: int | None = None) -> None:
        program = (
            "import fcntl, sys, termios\n"
            "fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
            "from astrokpo_cli.cli import main\n"
            "sys.exit(main())"
        )
        self.screen = ""
        self._read = 0
        self._keys, end = os.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            stdin=end,
            stdout=end if stdout is None else stdout,
            stderr=end,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), **(env or {})},
        )
        os.close(end)

    def wait_for(self, text: str) -> None:
        """Read on until the screen shows TEXT, after what was waited for before."""
        while text not in self.screen[self._read :]:
            assert self._is_talking(20), f"{text!r} does not come: {self.screen}"
            assert self._read_more(), f"{text!r} did not come: {self.screen}"
        self._read = self.screen.index(text, self._read) + len(text)

    def type(self, text: str) -> None:
        os.write(self._keys, text.encode())

    def answer(self, question: str, reply: str) -> None:
        self.wait_for(question)
        self.type(f"{reply}\n")

    def leave(self, key: str) -> None:
        """Type KEY until it is heard: Python misses a signal that comes just before it begins to read."""
        for _ in range(20):
            self.type(key)
            while self._is_talking(1):
                if not self._read_more():
                    return

    def end(self) -> int:
        """Read the rest and give the exit code."""
        while self._is_talking(20) and self._read_more():
            pass
        return self.process.wait(20)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._keys)

    def _is_talking(self, seconds: float) -> bool:
        """Whether there is something to read, or the end of it, within SECONDS."""
        return bool(select.select([self._keys], [], [], seconds)[0])

    def _read_more(self) -> bool:
        try:
            got = os.read(self._keys, 65536)
        except OSError:  # Linux' way to say that nobody has the terminal open any more
            return False
        self.screen += got.decode("utf-8", "replace")
        return bool(got)


@contextmanager
def terminal(*arguments: str, env: Mapping[str, str] | None = None, stdout: int | None = None) -> Iterator[Terminal]:
    opened_terminal = Terminal(*arguments, env=env, stdout=stdout)
    try:
        yield opened_terminal
    finally:
        opened_terminal.close()


COLORFUL = {"TERM": "xterm-256color"}


@pytest.mark.parametrize("env", [{}, COLORFUL], ids=["dumb", "xterm"])
def test_at_a_terminal_what_is_missing_is_asked_for(
    env: dict[str, str], isolated: Path, identity: tuple[str, str]
) -> None:
    logins(isolated, "quay.io", "ghcr.io", HUB)
    with terminal("secret", "create", env=env) as person:
        person.wait_for("  1  docker.io")
        person.wait_for("  2  ghcr.io")
        person.wait_for("  3  quay.io")
        person.answer("which registries (numbers, or all): ", "4")
        person.wait_for("give numbers from 1 to 3")
        person.answer("which registries (numbers, or all): ", "")
        person.answer("which registries (numbers, or all): ", "2 3")
        person.answer("the Deployment's namespace: ", f"  {NAMESPACE} ")
        person.answer("support's recipient (age1...): ", identity[1])
        assert person.end() == 0, person.screen
        assert "fingerprint" in person.screen
        assert not holds(person.screen)
    manifest = opened(Path(f"{NAMESPACE}.registries-pull.age").read_bytes(), identity[0])
    assert set(logins_of(manifest)) == {"quay.io", "ghcr.io"}


def test_at_a_terminal_a_password_is_not_shown(identity: tuple[str, str]) -> None:
    with terminal(
        "secret", "create", "--registry", "ghcr.io", "--username", "ada", "-n", NAMESPACE, "-r", identity[1]
    ) as person:
        person.answer("password of ada at ghcr.io: ", PASSWORD)
        assert person.end() == 0, person.screen
        assert not holds(person.screen)
    assert logins_of(opened(Path(HANDOFF).read_bytes(), identity[0])) == {"ghcr.io": ("ada", PASSWORD)}


@pytest.mark.parametrize(("reply", "code"), [("y", 0), ("YES", 0), ("n", 2), ("what", 2)])
def test_at_a_terminal_all_registries_are_named_and_asked_about(
    reply: str, code: int, isolated: Path, identity: tuple[str, str]
) -> None:
    logins(isolated, "quay.io", "ghcr.io")
    with terminal("secret", "create", "--all-registries", "-n", NAMESPACE, "-r", identity[1]) as person:
        person.wait_for("ghcr.io")
        person.wait_for("quay.io")
        person.answer("hand over the credentials of all 2 registries [y/N]: ", reply)
        assert person.end() == code, person.screen
    assert bool(names()) is (code == 0)


QUESTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "registries": ((), "which registries (numbers, or all): "),
    "namespace": (("--image", IMAGE), "the Deployment's namespace: "),
    "recipient": (("--image", IMAGE, "-n", NAMESPACE), "support's recipient (age1...): "),
    "password": (
        ("--registry", "ghcr.io", "--username", "ada", "-n", NAMESPACE, "-r", PUBLIC_OF_IT),
        "password of ada at ghcr.io: ",
    ),
}


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_at_a_terminal_a_question_can_be_left(question: str, key: str, isolated: Path) -> None:
    logins(isolated, "ghcr.io")
    arguments, text = QUESTIONS[question]
    with terminal("secret", "create", *arguments) as person:
        person.wait_for(text)
        person.leave(key)
        assert person.end() == 130, person.screen
        assert "interrupted" in person.screen
        assert "Traceback" not in person.screen
    assert names() == []


def test_the_conversation_is_on_standard_error_and_the_product_alone_on_standard_output(isolated: Path) -> None:
    logins(isolated, "ghcr.io")
    reader, writer = os.pipe()
    with terminal("secret", "create", "--image", IMAGE, "--plaintext", stdout=writer) as person:
        os.close(writer)
        person.answer("the Deployment's namespace: ", NAMESPACE)
        with os.fdopen(reader) as product:
            assert yaml.safe_load(product.read())["metadata"]["namespace"] == NAMESPACE
        assert person.end() == 0
        assert "not sealed" in person.screen


def test_a_run_that_is_interrupted_while_a_helper_thinks_ends_with_130_and_without_a_file(
    isolated: Path, programs: Path, tmp_path: Path
) -> None:
    helper(
        programs, "slow", f"echo $$ >'{tmp_path}/pid.part'; mv '{tmp_path}/pid.part' '{tmp_path}/pid'; exec sleep 300"
    )
    docker_config(isolated, {"credsStore": "slow"})
    with terminal("secret", "create", "--image", IMAGE, "-n", NAMESPACE, "-r", PUBLIC_OF_IT) as person:
        deadline = time.monotonic() + 20
        while not (tmp_path / "pid").exists():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        person.process.send_signal(signal.SIGINT)
        assert person.end() == 130, person.screen
    assert names() == []
    assert gone(int((tmp_path / "pid").read_text()))


# where a secret or a slip meets a message

WITH_A_PASSWORD = "https://ada:Tr0ub4dor@ghcr.io"


@pytest.mark.parametrize("flags", [("--registry", WITH_A_PASSWORD), ("--image", f"{WITH_A_PASSWORD}/acme/etl")])
@pytest.mark.parametrize("json_flag", [[], ["--json"]], ids=["text", "json"])
def test_a_password_in_a_url_on_the_command_line_is_not_said_again(
    flags: tuple[str, str], json_flag: list[str], create: Callable[..., Run]
) -> None:
    done = create(*flags, *json_flag)
    assert done.code == 1
    assert "Tr0ub4dor" not in done.out + done.err


@pytest.mark.parametrize("flag", ["-R", "-o", "--not-after", "--name", "--deployment", "-n", "--docker-config"])
def test_a_private_key_in_the_place_of_a_name_is_not_said_again(
    flag: str, isolated: Path, create: Callable[..., Run], identity: tuple[str, str]
) -> None:
    logins(isolated, "ghcr.io")
    done = create("--image", IMAGE, flag, identity[0] if flag != "-o" else f"no/{identity[0]}")
    assert done.code != 0
    assert identity[0][20:] not in done.out + done.err


def test_a_file_that_is_in_the_way_is_told_before_any_helper_is_asked(
    isolated: Path, create: Callable[..., Run], programs: Path, tmp_path: Path
) -> None:
    helper(programs, "asked", f"touch {tmp_path}/asked; exit 1")
    docker_config(isolated, {"credHelpers": {"ghcr.io": "asked"}})
    Path(HANDOFF).write_text("mine")
    done = create("--image", IMAGE)
    assert done.code == 1
    assert "exists already" in done.err
    assert not (tmp_path / "asked").exists()


def test_a_batch_goes_on_past_a_file_that_cannot_be_written(
    isolated: Path, create: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    from astrokpo_cli import files
    from astrokpo_cli.errors import FileProblem

    logins(isolated, "ghcr.io")
    write = files.write

    def full_in_between(path: Path, content: bytes, *, replace: bool) -> None:
        if path.name.startswith("full."):
            raise FileProblem(f'"{path}" cannot be written: No space left on device')
        write(path, content, replace=replace)

    monkeypatch.setattr(files, "write", full_in_between)
    done = create("--image", IMAGE, "-n", "full", "-n", "acme-c", "--json")
    document = json.loads(done.out)
    assert done.code == 1
    assert [each["namespace"] for each in document["handoffs"]] == [NAMESPACE, "acme-c"]
    assert "No space left" in document["error"]["message"]


def test_a_plain_manifest_has_no_digest_to_guess_the_password_by(isolated: Path, astrokpo: Callable[..., Run]) -> None:
    logins(isolated, "ghcr.io")
    done = astrokpo("secret", "create", "-n", "ns", "--image", IMAGE, "--plaintext", "-o", "x.yaml", "--json")
    assert json.loads(done.out)["handoffs"][0]["fingerprint"] is None


def test_standard_input_is_not_read_twice(create: Callable[..., Run]) -> None:
    done = create("--registry", "ghcr.io", "--username", "ada", "--password-stdin", "-R", "-")
    assert done.code == 2
    assert "more than once" in done.err
