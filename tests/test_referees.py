"""The rules of docker, of distribution/reference and of the kubelet, row by row.

tests/tables/*.json holds cases with the answers of the real programs: docker/cli v29 (config, credentials), the
reference parser and Kubernetes' pkg/credentialprovider, built with Go 1.26; their own test tables are among them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from astrokpo_cli.dockerconfig.parse import Login
from astrokpo_cli.dockerconfig.places import Places
from astrokpo_cli.dockerconfig.search import Search
from astrokpo_cli.errors import DockerConfigError, HelperError, InvalidValue
from astrokpo_cli.gourl import as_bytes
from astrokpo_cli.images import parse_image
from astrokpo_cli.kubelet import UnusableSecret, index_key, lookup, read_auths

TABLES = Path(__file__).parent / "tables"


def rows(table: str) -> list[Any]:
    return [pytest.param(row, id=row["name"]) for row in json.loads((TABLES / f"{table}.json").read_text())]


def base64_text(text: str) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()


def config_of(row: Mapping[str, Any]) -> bytes:
    return base64.b64decode(row["config_base64"]) if "config_base64" in row else row["config"].encode()


@pytest.mark.parametrize("row", rows("images"))
def test_an_image_is_parsed_as_distribution_reference_does(row: dict[str, Any]) -> None:
    try:
        image = parse_image(row["image"])
    except InvalidValue:
        assert row["answer"] == {"error": True}
        return
    parts = {name: getattr(image, name) for name in ("registry", "repository", "tag", "digest")}
    assert parts == row["answer"]


@pytest.mark.parametrize("row", rows("kubelet"))
def test_a_kubelet_finds_these_credentials_in_this_order(row: dict[str, Any]) -> None:
    answer = kubelet_answer(config_of(row), row["image"])
    wanted = row["answer"]
    # Entries of one index key have no order of their own (a Go map).
    assert sorted(map(str, answer.get("matches", ()))) == sorted(map(str, wanted_matches(wanted)))
    assert [key for key, *_ in answer.get("matches", ())] == [key for key, *_ in wanted_matches(wanted)]
    assert answer.get("error") == wanted.get("error")


def kubelet_answer(config: bytes, image: str) -> dict[str, Any]:
    try:
        reference = parse_image(image)
        auths = read_auths(config)
    except InvalidValue:
        return {"error": "image"}
    except UnusableSecret:
        return {"error": "secret"}
    found = lookup(auths, reference)
    return {"matches": [(index_key(a.key), base64_text(a.username), base64_text(a.password.reveal())) for a in found]}


def wanted_matches(answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(match_key(match), match["username"], match["password"]) for match in answer.get("matches", ())]


def match_key(match: dict[str, str]) -> str:
    if "key_base64" in match:
        return base64.b64decode(match["key_base64"]).decode("latin-1")
    return as_bytes(match["key"])


@pytest.mark.parametrize("row", rows("docker"))
def test_a_login_is_found_as_the_docker_cli_finds_it(row: dict[str, Any], tmp_path: Path) -> None:
    programs = make_helpers(tmp_path, row)
    config = tmp_path / "config.json"
    config.write_bytes(config_of(row))
    environ = {"PATH": str(programs)}
    if row.get("env") is not None:
        environ["DOCKER_AUTH_CONFIG"] = row["env"]
    assert docker_answer(Places(environ, tmp_path, Path.read_bytes, config), row["registry"]) == wanted_login(
        row["answer"]
    )


def make_helpers(folder: Path, row: Mapping[str, Any]) -> Path:
    programs = folder / "programs"
    programs.mkdir()
    for name, answer in row.get("helpers", {}).items():
        (folder / f"{name}.out").write_bytes(answer["stdout"].encode())
        script = f"#!/bin/sh\n/bin/cat >/dev/null\n/bin/cat '{folder}/{name}.out'\nexit {answer['exit']}\n"
        (programs / f"docker-credential-{name}").write_text(script)
    for name in row.get("path", ()):
        (programs / name).write_text("#!/bin/sh\n")
    for program in programs.iterdir():
        program.chmod(0o755)
    return programs


def docker_answer(places: Places, registry: str) -> dict[str, Any]:
    try:
        found = Search(places).find(registry)
    except HelperError:
        return {"error": "helper"}
    except DockerConfigError as err:
        return {"error": "env" if "DOCKER_AUTH_CONFIG" in err.message else "config"}
    login = found.login if found else Login()
    return {
        "username": base64_text(login.username),
        "password": base64_text(login.password.reveal()),
        "token": login.is_token,
    }


def wanted_login(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Give docker's answer. docker warns of a broken config or DOCKER_AUTH_CONFIG and goes on; we stop."""
    if "error" in answer:
        return {"error": answer["stage"]}
    token = bool(answer["identitytoken"] or answer["registrytoken"])
    return {"username": answer["username"], "password": answer["password"], "token": token}
