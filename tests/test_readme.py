"""The README is true: its help is the program's, its session is what the program prints."""

import re
import shlex
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.parts import Run
from tests.readme import HELP, README, RULES_TABLE, rules_table

SESSION = re.compile(r"<!-- session -->\n```console\n(.*?)```", re.DOTALL)
CHANGING = re.compile(r"[0-9a-f]{64}|age1[a-z0-9]{58}|\d{4}-\d\d-\d\d \d\d:\d\d UTC")


@pytest.mark.skipif(version("typer") < "0.28", reason="help is laid out by typer, and the README shows the newest's")
@pytest.mark.parametrize("match", [pytest.param(m, id=m[1]) for m in HELP.finditer(README.read_text())])
def test_a_help_block_is_what_help_prints(match: re.Match[str], astrokpo: Callable[..., Run]) -> None:
    assert match[2] == astrokpo(*match[1].split()).out


def test_every_command_has_its_help_block() -> None:
    from astrokpo_cli.cli import COMMANDS

    assert {match[1] for match in HELP.finditer(README.read_text())} == {f"{words} --help" for words in COMMANDS}


def test_the_rules_are_those_that_there_are() -> None:
    match = RULES_TABLE.search(README.read_text())
    assert match is not None
    assert match[0] == rules_table()


def test_the_session_prints_what_the_readme_shows(
    isolated: Path, astrokpo: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_home(isolated, monkeypatch)
    for command, shown in steps():
        if command[0] == "export":
            monkeypatch.setenv(*command[1].split("=", 1))
            continue
        assert command[0] == "astrokpo"
        printed = astrokpo(*command[1:])
        assert printed.code == 0, printed.err
        expected = ".*".join(re.escape(CHANGING.sub("_", part)) for part in shown.split("...\n"))
        actual = CHANGING.sub("_", printed.out)
        assert re.fullmatch(expected, actual, re.DOTALL), actual


def sample_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home folder with the logins of the session."""
    (home / ".docker").mkdir()
    (home / ".docker" / "config.json").write_text(
        '{"auths": {"ghcr.io": {}, "https://index.docker.io/v1/": {"auth": "YWNtZTpub3QtYS1yZWFsLXBhc3N3b3Jk"},'
        ' "quay.io": {}}, "credHelpers": {"ghcr.io": "demo"}}'
    )
    monkeypatch.setenv("PATH", f"{README.parent / 'tests' / 'demo'}:/usr/bin:/bin")


def steps() -> Iterator[tuple[list[str], str]]:
    """Give each command of the session with what is shown below it."""
    session = SESSION.search(README.read_text())
    assert session is not None
    for step in re.split(r"^\$ ", session[1], flags=re.MULTILINE)[1:]:
        command, _, shown = step.partition("\n")
        yield shlex.split(command), shown
