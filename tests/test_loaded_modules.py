"""What a run imports: start-up is most of what a user waits for, so a quick command loads nothing heavy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import astrokpo_cli
from astrokpo_cli.cli import COMMANDS
from tests.given import NAMESPACE, logins
from tests.test_dag_check import LACKS

HEAVY = {
    "asyncio",
    "docker",
    "http.client",
    "keyring",
    "kubernetes",
    "multiprocessing",
    "pathspec",
    "pygments",
    "requests",
    "rich",
    "urllib.request",
    "yaml",
}

PROBE = """
import sys
before = set(sys.modules)
from astrokpo_cli.cli import main
try:
    sys.exit(main())
finally:
    import json
    with open("loaded.json", "w") as file:
        json.dump([name for name, module in sys.modules.items() if module and name not in before], file)
"""


@dataclass(frozen=True)
class Loaded:
    """One run, and the modules that were there when it ended."""

    out: str
    modules: frozenset[str]

    @property
    def heavy(self) -> set[str]:
        return {name for name in HEAVY if name in self.modules}

    @property
    def commands(self) -> set[str]:
        return {name for name in COMMANDS.values() if f"astrokpo_cli.commands.{name}" in self.modules}


def run(*arguments: str, **environ: str) -> Loaded:
    """Run one command line in a new Python, piped."""
    path = str(Path(astrokpo_cli.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        env={**os.environ, "PYTHONPATH": path, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return Loaded(done.stdout, frozenset(json.loads(Path("loaded.json").read_text())))


def complete(shell: str, line: str) -> Loaded:
    """Ask for the completions of LINE as SHELL's script does."""
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1)}
    fish = {"_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    environ = words if shell == "bash" else {"_TYPER_COMPLETE_ARGS": line, **(fish if shell == "fish" else {})}
    return run(_ASTROKPO_COMPLETE=f"complete_{shell}", **environ)


SHELLS = pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])


def test_the_version_loads_no_command_and_nothing_heavy() -> None:
    loaded = run("--version")

    assert loaded.out == f"astrokpo {astrokpo_cli.__version__}\n"
    assert loaded.heavy == set()
    assert loaded.commands == set()


@SHELLS
def test_completing_a_group_loads_no_command_and_nothing_heavy(shell: str) -> None:
    loaded = complete(shell, "astrokpo sec")

    assert "secret" in loaded.out
    assert loaded.heavy == set()
    assert loaded.commands == set()


@SHELLS
def test_completing_options_with_their_help_loads_that_command_and_nothing_heavy(shell: str) -> None:
    loaded = complete(shell, "astrokpo secret create --")

    assert "--registry" in loaded.out
    assert ("A registry to hand" in loaded.out) == (shell != "bash")
    assert loaded.heavy == set()
    assert loaded.commands == {"secret_create"}


@SHELLS
def test_completing_a_registry_loads_that_command_and_nothing_heavy(shell: str, isolated: Path) -> None:
    logins(isolated, "ghcr.io")

    loaded = complete(shell, "astrokpo secret create --registry g")

    assert "ghcr.io" in loaded.out
    assert loaded.heavy == set()
    assert loaded.commands == {"secret_create"}


@SHELLS
def test_completing_a_code_loads_that_command_and_nothing_heavy(shell: str) -> None:
    loaded = complete(shell, "astrokpo dag check --select AKP10")

    assert "AKP101" in loaded.out
    assert "AKP201" not in loaded.out
    assert loaded.heavy == set()
    assert loaded.commands == {"dag_check"}


def test_sealing_into_a_file_loads_that_command_and_nothing_heavy(isolated: Path, identity: tuple[str, str]) -> None:
    logins(isolated, "ghcr.io")

    loaded = run("secret", "create", "--registry", "ghcr.io", "-n", NAMESPACE, "-r", identity[1], "-o", "handoff.age")

    assert Path("handoff.age").is_file()
    assert loaded.heavy == set()
    assert loaded.commands == {"secret_create"}


def test_a_snippet_in_a_pipe_loads_that_command_and_nothing_heavy() -> None:
    loaded = run("snippet", "--image", "ghcr.io/acme/etl:1.4", "--secret", "ghcr-io-pull")

    assert "ghcr-io-pull" in loaded.out
    assert loaded.heavy == set()
    assert loaded.commands == {"snippet"}


def test_checking_one_dag_loads_that_command_and_nothing_heavy() -> None:
    Path("load_dag.py").write_text(LACKS)

    loaded = run("dag", "check", "load_dag.py")

    assert "1 has none" in loaded.out
    assert loaded.heavy == set()
    assert loaded.commands == {"dag_check"}


def test_what_counts_as_heavy_is_seen_when_it_is_loaded(isolated: Path) -> None:
    logins(isolated, "ghcr.io")

    loaded = run("secret", "create", "--registry", "ghcr.io", "-n", NAMESPACE, "--plaintext", "-o", "manifest.yaml")

    assert loaded.heavy == {"yaml"}
