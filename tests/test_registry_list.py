"""`registry list`: what there is and where, and never a password."""

import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.given import (
    PASSWORD,
    URL_KEYS,
    answer,
    check_quiet,
    check_refused,
    docker_config,
    entry,
    helper,
    logins,
    names,
    spelt_out,
)
from tests.parts import Run

HUB = "https://index.docker.io/v1/"


pytestmark = pytest.mark.usefixtures("programs")


@pytest.fixture
def listed(astrokpo: Callable[..., Run]) -> Callable[..., list[dict[str, Any]]]:
    """Run `registry list --json`; gives its rows."""

    def run(*arguments: str) -> list[dict[str, Any]]:
        done = astrokpo("registry", "list", "--json", *arguments)
        check_quiet(done)
        assert (done.code, done.err) == (0, "")
        document = json.loads(done.out)
        assert document.keys() == {"version", "registries"}
        assert document["version"] == 1
        rows: list[dict[str, Any]] = [{**row, "file": spelt_out(row["file"])} for row in document["registries"]]
        fields = {"registry", "key", "file", "helper", "username", "kind", "usable", "reason"}
        assert all(row.keys() == fields for row in rows)
        return rows

    return run


def store(programs: Path, name: str, keys: dict[str, str], get: str = answer()) -> None:
    """Make a helper that lists KEYS and answers `get` with the script GET."""
    helper(programs, name, f"if [ $1 = list ]; then cat >/dev/null; echo '{json.dumps(keys)}'; exit; fi\n{get}")


# the table


def test_the_table_is_plain_columns_in_a_pipe(isolated: Path, programs: Path, astrokpo: Callable[..., Run]) -> None:
    store(programs, "x", {})
    shown = "~/.docker/config.json"
    docker_config(
        isolated, {"auths": {"ghcr.io": entry(), HUB: entry("grace"), "y.io": {}}, "credHelpers": {"quay.io": "x"}}
    )
    done = astrokpo("registry", "list")
    assert (done.code, done.err) == (0, "")
    check_quiet(done)
    assert columns(done.out) == [
        ["REGISTRY", "KEY", "WHERE", "USER", "KIND", "CAN BE HANDED OVER"],
        ["ghcr.io", "ghcr.io", shown, "ada", "password", "yes"],
        ["docker.io", HUB, shown, "grace", "password", "yes"],
        ["y.io", "y.io", shown, "", "empty", "no: nothing is stored for it here"],
        ["quay.io", "quay.io", "docker-credential-x", "ada", "password", "yes"],
    ]


def columns(table: str) -> list[list[str]]:
    """Cut the lines of TABLE where its headers begin."""
    header, *_ = lines = table.splitlines()
    starts = [match.start() for match in re.finditer(r"(?:^|(?<=  ))\S", header)]
    return [[line[a:b].rstrip() for a, b in pairwise([*starts, None])] for line in lines]


def test_the_document_has_the_same_rows(isolated: Path, listed: Callable[..., list[dict[str, Any]]]) -> None:
    config = docker_config(isolated, {"auths": {"https://ghcr.io/v2/": entry(), "y.io": {}}})
    assert listed() == [
        {
            "registry": "ghcr.io",
            "key": "https://ghcr.io/v2/",
            "file": str(config),
            "helper": None,
            "username": "ada",
            "kind": "password",
            "usable": True,
            "reason": None,
        },
        {
            "registry": "y.io",
            "key": "y.io",
            "file": str(config),
            "helper": None,
            "username": None,
            "kind": "empty",
            "usable": False,
            "reason": "nothing is stored for it here",
        },
    ]


def test_every_place_is_listed_in_the_order_in_which_it_is_asked(
    isolated: Path, listed: Callable[..., list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = logins(isolated, "ghcr.io")
    podman = isolated / ".config" / "containers" / "auth.json"
    podman.parent.mkdir(parents=True)
    podman.write_text(json.dumps({"auths": {"ghcr.io/acme": entry("grace")}}))
    monkeypatch.setenv("DOCKER_AUTH_CONFIG", json.dumps({"auths": {"ghcr.io": entry("env")}}))
    assert [(row["file"], row["key"], row["registry"], row["username"]) for row in listed()] == [
        ("DOCKER_AUTH_CONFIG", "ghcr.io", "ghcr.io", "env"),
        (str(config), "ghcr.io", "ghcr.io", "ada"),
        (str(podman), "ghcr.io/acme", "ghcr.io", "grace"),
    ]


@pytest.mark.parametrize("flags", [[], ["--no-helpers"]], ids=["helpers", "no helpers"])
def test_nothing_to_list_is_said_with_the_places_that_were_asked(
    flags: list[str], isolated: Path, astrokpo: Callable[..., Run], listed: Callable[..., list[dict[str, Any]]]
) -> None:
    done = astrokpo("registry", "list", *flags)
    assert (done.code, done.out) == (0, "")
    assert f"looked in {isolated}/.docker/config.json, {isolated}/.config/containers/auth.json\n" in spelt_out(done.err)
    assert listed(*flags) == []


UNUSABLE: dict[str, tuple[dict[str, str], str, str]] = {
    "an identity token": ({"identitytoken": PASSWORD}, "token", "a token for the docker CLI alone"),
    "a registry token": ({"registrytoken": PASSWORD}, "token", "a token for the docker CLI alone"),
    "an empty entry": ({}, "empty", "nothing is stored"),
    "no password": (entry("ada", ""), "password", "its password is empty"),
    "no user": ({"password": PASSWORD}, "password", "its user is empty"),
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_cannot_be_handed_over_is_listed_with_the_reason(
    case: str, isolated: Path, listed: Callable[..., list[dict[str, Any]]]
) -> None:
    login, kind, reason = UNUSABLE[case]
    docker_config(isolated, {"auths": {"ghcr.io": login}})
    [row] = listed()
    assert (row["kind"], row["usable"]) == (kind, False)
    assert reason in row["reason"]


# helpers


def test_what_a_store_keeps_is_listed(
    isolated: Path, programs: Path, listed: Callable[..., list[dict[str, Any]]]
) -> None:
    store(programs, "x", {"ghcr.io": "ada", HUB: "ada"})
    docker_config(isolated, {"credsStore": "x", "auths": {"ghcr.io": {}}})
    rows = listed()
    assert [(row["key"], row["helper"], row["kind"], row["usable"]) for row in rows] == [
        ("ghcr.io", "x", "password", True),
        (HUB, "x", "password", True),
    ]


@pytest.mark.parametrize("keys", ["null", "{}", '{"ghcr.io":null}'])
def test_a_store_may_be_empty(
    keys: str, isolated: Path, programs: Path, listed: Callable[..., list[dict[str, Any]]]
) -> None:
    """docker-credential-pass lists a store that was never made as `null`."""
    helper(programs, "x", f"cat >/dev/null; [ $1 = list ] && echo '{keys}'")
    docker_config(isolated, {"credsStore": "x"})
    assert [row["registry"] for row in listed()] == (["ghcr.io"] if "ghcr" in keys else [])


def test_no_helper_is_asked_when_none_shall_be(
    isolated: Path, programs: Path, tmp_path: Path, astrokpo: Callable[..., Run], listed: Callable[..., Any]
) -> None:
    for name in ("x", "y"):
        helper(programs, name, f"echo >'{tmp_path}/asked'\n{answer()}")
    docker_config(isolated, {"credsStore": "x", "credHelpers": {"quay.io": "y"}, "auths": {"ghcr.io": {}}})
    rows = listed("--no-helpers")
    assert [(row["registry"], row["helper"], row["kind"], row["usable"]) for row in rows] == [
        ("ghcr.io", "x", "unknown", None),
        ("quay.io", "y", "unknown", None),
    ]
    assert "not asked" in astrokpo("registry", "list", "--no-helpers").out
    assert not (tmp_path / "asked").exists()


def test_no_helper_is_probed_when_none_shall_be(
    programs: Path, tmp_path: Path, listed: Callable[..., list[dict[str, Any]]]
) -> None:
    (programs / "pass").write_text("#!/bin/sh\n")
    (programs / "pass").chmod(0o755)
    helper(programs, "pass", f"echo >'{tmp_path}/asked'\n{answer()}")
    assert listed("--no-helpers") == []
    assert not (tmp_path / "asked").exists()


FAILING = {
    "an error": f"echo {PASSWORD}; echo {PASSWORD} >&2; exit 1",
    "text": f"echo {PASSWORD}",
    "another type": f"echo '[\"{PASSWORD}\"]'",
    "silence": "sleep 300",
    "too much": "cat /dev/zero",
}


@pytest.mark.parametrize("way", [*FAILING, "no program"])
def test_a_helper_that_fails_is_a_row_and_the_rest_is_listed(
    way: str,
    isolated: Path,
    programs: Path,
    listed: Callable[..., list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ASTROKPO_HELPER_TIMEOUT", "0.3")
    if way in FAILING:
        helper(programs, "bad", FAILING[way])
    store(programs, "good", {})
    docker_config(
        isolated, {"auths": {"x.io": entry()}, "credHelpers": {"ghcr.io": "bad", "quay.io": "good", "x.io": ""}}
    )
    rows = {row["registry"]: row for row in listed()}
    assert {name: row["usable"] for name, row in rows.items()} == {"ghcr.io": False, "quay.io": True, "x.io": True}
    assert rows["ghcr.io"]["kind"] == "unknown"
    assert "docker-credential-bad" in rows["ghcr.io"]["reason"]


@pytest.mark.parametrize("way", [*FAILING, "no program"])
def test_a_store_that_fails_is_one_row_and_the_rest_is_listed(
    way: str,
    isolated: Path,
    programs: Path,
    tmp_path: Path,
    listed: Callable[..., list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ASTROKPO_HELPER_TIMEOUT", "0.3")
    if way in FAILING:
        helper(programs, "bad", f"echo >>'{tmp_path}/asked'\n{FAILING[way]}")
    store(programs, "good", {})
    docker_config(isolated, {"credsStore": "bad", "credHelpers": {"quay.io": "good"}})
    rows = listed()
    assert [(row["registry"], row["helper"], row["usable"]) for row in rows] == [
        ("", "bad", False),
        ("quay.io", "good", True),
    ]
    assert "docker-credential-bad" in rows[0]["reason"]
    assert way == "no program" or (tmp_path / "asked").read_text() == "\n", "it is asked once"


def test_a_failing_helper_is_a_line_of_the_table(isolated: Path, programs: Path, astrokpo: Callable[..., Run]) -> None:
    helper(programs, "bad", f"echo {PASSWORD}; exit 9")
    docker_config(isolated, {"credHelpers": {"ghcr.io": "bad"}})
    done = astrokpo("registry", "list")
    check_quiet(done)
    assert done.code == 0
    [_, row] = columns(done.out)
    assert row[:5] == ["ghcr.io", "ghcr.io", "docker-credential-bad", "", "unknown"]
    assert row[5].startswith("no: ")


# OAuth entries

WAYS: dict[str, dict[str, Any]] = {
    "in the file": {"auths": {f"{HUB}access-token": entry(), f"{HUB}refresh-token": entry(), HUB: entry()}},
    "in a store": {"credsStore": "x"},
    "behind a helper of their own": {
        "credHelpers": {f"{HUB}access-token": "x", f"{HUB}refresh-token": "x", HUB: "x"},
    },
}


@pytest.mark.parametrize("flags", [[], ["--no-helpers"]], ids=["helpers", "no helpers"])
@pytest.mark.parametrize("way", WAYS)
def test_oauth_entries_are_marked_and_never_fetched(
    way: str,
    flags: list[str],
    isolated: Path,
    programs: Path,
    tmp_path: Path,
    listed: Callable[..., list[dict[str, Any]]],
) -> None:
    keys = {f"{HUB}access-token": "ada", f"{HUB}refresh-token": "ada", HUB: "ada"}
    asked = f"cat >>'{tmp_path}/asked'; echo >>'{tmp_path}/asked'\n{answer()}"
    store(programs, "x", keys, asked)
    docker_config(isolated, WAYS[way])
    rows = {row["key"]: row for row in listed(*flags)}
    if flags and way == "in a store":
        assert rows == {}
        return
    for key in (f"{HUB}access-token", f"{HUB}refresh-token"):
        assert (rows[key]["registry"], rows[key]["usable"]) == ("", False)
        assert "OAuth" in rows[key]["reason"]
    assert rows[HUB]["registry"] == "docker.io"
    assert not (tmp_path / "asked").exists() or (tmp_path / "asked").read_text() == f"{HUB}\n"


# passwords


@pytest.mark.parametrize("flags", [[], ["--no-helpers"], ["--json"]], ids=["table", "no helpers", "document"])
@pytest.mark.parametrize("key", URL_KEYS)
def test_the_password_in_a_url_that_is_a_key_is_not_shown(
    key: str, flags: list[str], isolated: Path, programs: Path, astrokpo: Callable[..., Run]
) -> None:
    store(programs, "good", {key: "ada"})
    helper(programs, "bad", "exit 1")
    configs: tuple[dict[str, Any], ...] = (
        {"auths": {key: entry("ada", "x")}},
        {"auths": {key: {"identitytoken": "x"}}},
        {"credsStore": "good"},
        {"credHelpers": {key: "good"}},
        {"credHelpers": {key: "bad"}},
        {"credHelpers": {key: "missing"}},
    )
    for config in configs:
        docker_config(isolated, config)
        done = astrokpo("registry", "list", *flags)
        assert done.code == 0
        assert "Tr0ub4dor" not in done.out + done.err, config


@pytest.mark.parametrize("key", URL_KEYS)
def test_the_password_in_a_url_that_is_a_key_is_not_shown_when_its_entry_is_bad(
    key: str, isolated: Path, astrokpo: Callable[..., Run]
) -> None:
    docker_config(isolated, {"auths": {key: {"auth": "!"}}})
    done = astrokpo("registry", "list")
    check_refused(done, "will not decode")
    assert "Tr0ub4dor" not in done.err


def test_text_of_others_is_shown_and_never_obeyed(isolated: Path, programs: Path, astrokpo: Callable[..., Run]) -> None:
    key = "ghcr.io\x1b[31m\t\n\u202e"
    store(programs, "x", {key: "ada"}, answer("user\x1b[2J\n"))
    docker_config(isolated, {"auths": {key: entry("ada\x1b[31m\r")}, "credHelpers": {f"x{key}": "x", key: ""}})
    done = astrokpo("registry", "list")
    assert done.code == 0
    assert not set(done.out) & set("\x1b\u202e\r")
    assert len(done.out.splitlines()) == 3


@pytest.mark.parametrize("content", [b"broken", b"[]", b"\xef\xbb\xbf{}"], ids=["broken", "a list", "a BOM"])
def test_a_docker_config_that_cannot_be_read_is_an_error(
    content: bytes, isolated: Path, astrokpo: Callable[..., Run]
) -> None:
    path = docker_config(isolated, content)
    check_refused(astrokpo("registry", "list"), str(path))


def test_a_named_docker_config_is_the_only_one_listed(
    isolated: Path, tmp_path: Path, listed: Callable[..., list[dict[str, Any]]]
) -> None:
    logins(isolated, "ghcr.io")
    (tmp_path / "named.json").write_text(json.dumps({"auths": {"quay.io": entry()}}))
    assert [row["registry"] for row in listed("--docker-config", str(tmp_path / "named.json"))] == ["quay.io"]


def test_nothing_is_written(isolated: Path, listed: Callable[..., list[dict[str, Any]]]) -> None:
    config = logins(isolated, "ghcr.io")
    before = (config.read_bytes(), config.stat().st_mtime_ns)
    listed()
    assert (config.read_bytes(), config.stat().st_mtime_ns) == before
    assert names() == []
