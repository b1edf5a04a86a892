"""What .pre-commit-hooks.yaml offers to pre-commit: hooks that run what this program has."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import astrokpo_cli
from astrokpo_cli.cli import COMMANDS

HOOKS: list[dict[str, Any]] = yaml.safe_load(
    (Path(astrokpo_cli.__file__).parent.parent / ".pre-commit-hooks.yaml").read_text()
)


@pytest.fixture(params=HOOKS, ids=lambda hook: hook["id"])
def hook(request: pytest.FixtureRequest) -> dict[str, Any]:
    offered: dict[str, Any] = request.param
    return offered


def test_the_check_is_offered() -> None:
    assert "astrokpo-dag-check" in [hook["id"] for hook in HOOKS]


def test_a_hook_runs_a_command_that_there_is_with_options_that_it_has(hook: dict[str, Any]) -> None:
    program, group, verb, *options = shlex.split(hook["entry"])
    assert program == "astrokpo"
    assert f"{group} {verb}" in COMMANDS
    done = subprocess.run(
        [sys.executable, "-m", "astrokpo_cli", group, verb, "--help"], capture_output=True, text=True, check=True
    )
    assert all(option in done.stdout.split() for option in options)


@pytest.mark.parametrize(
    ("path", "kind", "checked"),
    [
        ("dags/etl.py", "python", True),
        ("dags/team/etl.py", "python", True),
        ("dags/pod.yaml", "yaml", True),
        ("dags/query.sql", "sql", False),
        ("plugins/etl.py", "python", False),
    ],
)
def test_the_check_is_for_dags(path: str, kind: str, checked: bool) -> None:
    (check,) = (hook for hook in HOOKS if hook["id"] == "astrokpo-dag-check")
    assert bool(re.search(check["files"], path) and kind in check["types_or"]) is checked


def test_a_hook_is_installed_by_pre_commit_alone(hook: dict[str, Any]) -> None:
    assert (hook["language"], "additional_dependencies" in hook) == ("python", False)


def test_files_are_not_parted_among_several_runs(hook: dict[str, Any]) -> None:
    """A class in one file may be the operator of a task in another, and a patch is of all files or none."""
    assert hook["require_serial"] is True
