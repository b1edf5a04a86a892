"""`registry check --offline`: the kubelet's answers through the command line, and what is said of them."""

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from astrokpo_cli.kubelet import index_key
from tests.given import NAMESPACE, PASSWORD, entry
from tests.parts import Run
from tests.test_referees import base64_text, config_of, rows, wanted_matches

Astrokpo = Callable[..., Run]
CHECK = ("registry", "check", "--offline")


def manifest(config: bytes | Mapping[str, Any], **fields: Any) -> bytes:
    """Give a pull secret's manifest around a docker config."""
    document = config if isinstance(config, bytes) else json.dumps(config).encode()
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s", "namespace": NAMESPACE},
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": base64.b64encode(document).decode()},
    }
    return json.dumps({**secret, **fields}).encode()


@pytest.mark.parametrize("row", rows("kubelet"))
def test_the_kubelets_answer_through_the_command_line(astrokpo: Astrokpo, row: dict[str, Any]) -> None:
    Path("secret.json").write_bytes(manifest(config_of(row)))
    done = astrokpo(*CHECK, "--json", "--manifest", "secret.json", "--", row["image"])
    wanted = row["answer"]
    (image,) = json.loads(done.out)["images"]
    found = [(index_key(match["key"]), base64_text(match["username"])) for match in image["matches"]]
    expected = [(key, user) for key, user, _ in wanted_matches(wanted)]
    # Entries of one index key have no order of their own (a Go map).
    assert sorted(map(str, found)) == sorted(map(str, expected))
    assert [key for key, _ in found] == [key for key, _ in expected]
    if wanted.get("error") == "image":
        assert (done.code, image["normalized"]) == (1, None)
    elif wanted.get("error") == "secret":
        assert done.code == 3
        assert image["notes"]
    else:
        usable = any(user and password for _, user, password in wanted_matches(wanted))
        assert done.code == (0 if usable else 3)


def test_the_document_of_json_offline(astrokpo: Astrokpo) -> None:
    Path("secret.json").write_bytes(manifest({"auths": {"ghcr.io": entry("ada")}}))
    done = astrokpo(*CHECK, "--json", "--manifest", "secret.json", "--", "ghcr.io/acme/etl", "ghcr.io/acme/etl:1.4")
    match = {"key": "ghcr.io", "username": "ada", "source": "secret.json"}
    assert json.loads(done.out) == {
        "version": 1,
        "images": [
            {"image": text, "normalized": text, "matches": [match], "notes": []}
            for text in ("ghcr.io/acme/etl", "ghcr.io/acme/etl:1.4")
        ],
    }
    assert done.code == 0


@pytest.mark.parametrize(
    "secret",
    [
        manifest({"auths": {"ghcr.io": entry()}}, type="Opaque"),
        manifest({"auths": {}}),
        manifest({"auths": {"ghcr.io": entry(), "quay.io": {"auth": "no base64"}}}),
        manifest(b"no JSON"),
        manifest(b"", data={"other": ""}),
    ],
    ids=["of another type", "without entries", "with one bad auth", "without JSON", "without the key"],
)
def test_a_secret_that_is_of_no_use_as_a_whole(astrokpo: Astrokpo, secret: bytes) -> None:
    Path("secret.json").write_bytes(secret)
    done = astrokpo(*CHECK, "--json", "--manifest", "secret.json", "--", "ghcr.io/acme/etl")
    (image,) = json.loads(done.out)["images"]
    assert (done.code, image["matches"]) == (3, [])
    assert image["notes"]
    assert PASSWORD not in done.out + done.err


def test_an_image_that_is_none_does_not_hide_the_others(astrokpo: Astrokpo) -> None:
    Path("secret.json").write_bytes(manifest({"auths": {"ghcr.io": entry()}}))
    done = astrokpo(*CHECK, "--json", "--manifest", "secret.json", "--", "Nope", "ghcr.io/acme/etl")
    document = json.loads(done.out)
    assert done.code == 1
    assert [len(image["matches"]) for image in document["images"]] == [0, 1]
    assert document["error"]["code"] == 1
    assert '"Nope" is not an image reference' in document["error"]["message"]


def test_a_password_in_what_is_no_image_is_not_shown(astrokpo: Astrokpo) -> None:
    text = f"https://ada:{PASSWORD}@ghcr.io/acme/etl"
    for json_or_not in ((), ("--json",)):
        done = astrokpo(*CHECK, *json_or_not, "--", text)
        assert done.code == 1
        assert PASSWORD not in done.out + done.err


def test_a_manifest_in_yaml_from_standard_input(astrokpo: Astrokpo) -> None:
    config = json.dumps({"auths": {"ghcr.io": entry("ada")}})
    head = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ntype: kubernetes.io/dockerconfigjson\n"
    text = f"{head}stringData:\n  .dockerconfigjson: '{config}'\n"
    done = astrokpo(*CHECK, "--manifest", "-", "ghcr.io/acme/etl", stdin=text.encode())
    assert done.code == 0
    assert "match    ghcr.io, user ada, from standard input" in done.out


def test_what_secret_create_would_hand_over(astrokpo: Astrokpo, isolated: Path) -> None:
    (isolated / ".docker").mkdir()
    config = isolated / ".docker" / "config.json"
    config.write_text(json.dumps({"auths": {"https://ghcr.io/v1/": entry("ada"), "quay.io": {}}}))
    done = astrokpo(*CHECK, "--json", "ghcr.io/acme/etl", "quay.io/acme/etl", "gcr.io/acme/etl")
    found, empty, absent = json.loads(done.out)["images"]
    assert found["matches"] == [{"key": "ghcr.io", "username": "ada", "source": str(config)}]
    assert [match["key"] for match in empty["matches"]] == ["quay.io"]
    assert "nothing is stored for it here" in empty["notes"][0]
    assert absent["matches"] == []
    assert done.code == 3


def test_a_handoff(astrokpo: Astrokpo, isolated: Path, identity: tuple[str, str]) -> None:
    (isolated / ".docker").mkdir()
    (isolated / ".docker" / "config.json").write_text(json.dumps({"auths": {"ghcr.io": entry("ada")}}))
    made = astrokpo("secret", "create", "-n", NAMESPACE, "--registry", "ghcr.io", "-r", identity[1], "-o", "x.age")
    assert made.code == 0
    Path("support.key").write_text(identity[0])
    handed = (*CHECK, "--handoff", "x.age", "-i", "support.key")
    assert astrokpo(*handed, "ghcr.io/acme/etl").code == 0
    assert astrokpo(*handed, "quay.io/acme/etl").code == 3


def test_one_failing_helper_spoils_its_own_registry_alone(
    astrokpo: Astrokpo, isolated: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper = programs / "docker-credential-broken"
    helper.write_text("#!/bin/sh\necho x >> asked\nexit 1\n")
    helper.chmod(0o755)
    (isolated / ".docker").mkdir()
    config = {"auths": {"quay.io": entry("ada")}, "credHelpers": {"ghcr.io": "broken"}}
    (isolated / ".docker" / "config.json").write_text(json.dumps(config))
    done = astrokpo(*CHECK, "--json", "ghcr.io/acme/a", "quay.io/acme/b", "ghcr.io/acme/c")
    images = json.loads(done.out)["images"]
    assert done.code == 1
    assert [len(image["matches"]) for image in images] == [0, 1, 0]
    assert "docker-credential-broken" in images[0]["notes"][0]
    assert Path("asked").read_text().count("x") == 1, "a helper is asked once, however many images there are"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--manifest", "a", "--handoff", "b"), "--manifest"),
        (("--manifest", "a", "--docker-config", "b"), "--docker-config"),
        (("--manifest", "-", "--username", "u", "--registry", "ghcr.io", "--password-stdin"), "--manifest"),
        (("--username", "u", "--password-stdin"), "--registry"),
        (("--registry", "ghcr.io"), "--username"),
        (("--password-stdin",), "--username"),
        (("--identity", "k"), "--handoff"),
        (("--via", "engine"), "--offline"),
        (("--insecure-registry", "ghcr.io"), "--offline"),
        (("--platform", "amd64"), "--platform"),
        (("--via", "carrier-pigeon"), "--via"),
    ],
)
def test_flags_that_do_not_go_together_are_named(astrokpo: Astrokpo, arguments: tuple[str, ...], named: str) -> None:
    done = astrokpo(*CHECK, *arguments, "--", "ghcr.io/acme/etl")
    assert done.code == 2
    assert named in done.err


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"kind: ConfigMap", b"---\n---\n", b"\xff\xfe", b"a: b: c"])
def test_a_file_that_is_no_secrets_manifest(astrokpo: Astrokpo, content: bytes) -> None:
    Path("secret.yaml").write_bytes(content)
    done = astrokpo(*CHECK, "--manifest", "secret.yaml", "ghcr.io/acme/etl")
    assert done.code == 1
    assert "secret.yaml" in done.err
