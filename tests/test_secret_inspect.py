"""`secret inspect`: the outside to everybody, the inside to who has an identity, a password to nobody."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.parts import Run, Tool

PASSWORD = "c4nary/bird"
FILE = "acme-prod.ghcr-io-pull.age"


@pytest.fixture
def handoff(astrokpo: Callable[..., Run], identity: tuple[str, str]) -> str:
    """A handoff that `secret create` has made."""
    made = astrokpo(
        *("secret", "create", "-n", "acme-prod", "--registry", "ghcr.io", "--image", "ghcr.io/acme/etl:1.4"),
        *("--username", "robot", "--password-stdin", "-r", identity[1], "--deployment", "acme production"),
        stdin=PASSWORD.encode(),
    )
    assert made.code == 0, made.err
    return FILE


def field(text: str, name: str) -> str:
    return next(line.removeprefix(name).strip() for line in text.splitlines() if line.startswith(name))


def test_without_an_identity_the_outside_is_told(handoff: str, astrokpo: Callable[..., Run]) -> None:
    done = astrokpo("secret", "inspect", handoff)
    assert done.code == 0
    assert field(done.out, "sealed for") == "X25519"
    assert field(done.out, "fingerprint") == subprocess.check_output(["sha256sum", handoff]).decode().split()[0]
    assert "robot" not in done.out
    assert "--identity" in done.err


def test_with_an_identity_the_inside_is_told_and_no_password(
    handoff: str, astrokpo: Callable[..., Run], identity: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASTROKPO_IDENTITY", identity[0])
    done = astrokpo("secret", "inspect", handoff)
    assert done.code == 0
    assert field(done.out, "namespace") == "acme-prod"
    assert field(done.out, "secret") == "ghcr-io-pull"
    assert field(done.out, "registry") == "ghcr.io, user robot"
    assert field(done.out, "image") == "ghcr.io/acme/etl:1.4"
    assert field(done.out, "deployment") == "acme production"
    assert "6 days left" in field(done.out, "not after")
    assert PASSWORD not in done.out + done.err


def test_the_json_document_says_the_same(
    handoff: str, astrokpo: Callable[..., Run], identity: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASTROKPO_IDENTITY", identity[0])
    document = json.loads(astrokpo("secret", "inspect", handoff, "--json").out)
    assert document["version"] == 1
    (told,) = document["handoffs"]
    assert (told["file"], told["opened"], told["objections"]) == (handoff, True, [])
    assert told["secret"]["registries"] == [{"registry": "ghcr.io", "username": "robot"}]
    assert PASSWORD not in json.dumps(document)


def test_plaintext_is_the_manifest_as_yaml(
    handoff: str, astrokpo: Callable[..., Run], identity: tuple[str, str], monkeypatch: pytest.MonkeyPatch, age: Tool
) -> None:
    monkeypatch.setenv("ASTROKPO_IDENTITY", identity[0])
    done = astrokpo("secret", "inspect", handoff, "--plaintext")
    Path("key").write_text(identity[0])
    assert yaml.safe_load(done.out) == json.loads(age("-d", "-i", "key", handoff))
    assert "passwords" in done.err


def test_what_age_seals_opens(
    handoff: str, astrokpo: Callable[..., Run], identity: tuple[str, str], monkeypatch: pytest.MonkeyPatch, age: Tool
) -> None:
    Path("key").write_text(identity[0])
    manifest = age("-d", "-i", "key", handoff)
    Path("again.age").write_bytes(age("-a", "-r", identity[1], stdin=manifest))
    Path("binary.age").write_bytes(age("-r", identity[1], stdin=manifest))
    monkeypatch.setenv("ASTROKPO_IDENTITY_FILE", "key")
    for file in ("again.age", "binary.age"):
        done = astrokpo("secret", "inspect", file)
        assert (done.code, field(done.out, "secret")) == (0, "ghcr-io-pull")


def test_standard_input_is_read_and_cleaned(
    handoff: str, astrokpo: Callable[..., Run], identity: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASTROKPO_IDENTITY", identity[0])
    mailed = b"".join(b"> " + line + b"\r\n" for line in Path(handoff).read_bytes().splitlines())
    done = astrokpo("secret", "inspect", "-", stdin=mailed)
    assert done.code == 0
    assert field(done.out, "fingerprint") == subprocess.check_output(["sha256sum", handoff]).decode().split()[0]


def test_one_bad_file_of_several_does_not_hide_the_others(handoff: str, astrokpo: Callable[..., Run]) -> None:
    Path("junk.age").write_text("junk")
    done = astrokpo("secret", "inspect", "junk.age", handoff, "missing.age")
    assert done.code == 1
    assert field(done.out, "file") == handoff
    assert '"junk.age": it is not an age file' in done.err
    assert '"missing.age"' in done.err


def test_an_identity_that_does_not_fit_is_named(
    handoff: str, astrokpo: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyrage import x25519

    other = x25519.Identity.generate()
    monkeypatch.setenv("ASTROKPO_IDENTITY", str(other))
    done = astrokpo("secret", "inspect", handoff, "--json")
    assert done.code == 1
    assert str(other.to_public()) in json.loads(done.out)["error"]["message"]
    assert json.loads(done.out)["handoffs"][0]["recipients"] == ["X25519"]
    assert str(other) not in done.out + done.err
