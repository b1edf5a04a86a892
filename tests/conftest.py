"""Isolation for every test, and the fixtures that several files share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from astrokpo_cli.cli import main
from tests.parts import Run, Tool

OURS = ("ASTROKPO_TEST_REQUIRE", "ASTROKPO_TEST_KUBECONFIG", "ASTROKPO_AIRFLOW_ENVIRONMENTS")


@pytest.fixture(autouse=True)
def isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees the real home folder, keyring, docker config, cluster or terminal."""
    home = tmp_path / "home"
    home.mkdir()
    for name in list(os.environ):
        if name.startswith(("ASTROKPO_", "DOCKER_", "KUBE", "XDG_")) and name not in OURS:
            monkeypatch.delenv(name)
    for name in ("REGISTRY_AUTH_FILE", "NO_COLOR", "FORCE_COLOR", "_ASTROKPO_COMPLETE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("KUBECONFIG", str(home / "no-kubeconfig"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return home


@pytest.fixture
def astrokpo(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Run one command line through `main`, in this process, with STDIN as standard input."""

    def run(*arguments: str, stdin: bytes = b"") -> Run:
        import io

        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        code = main(arguments)
        out, err = capsys.readouterr()
        return Run(code, out, err)

    return run


@pytest.fixture(scope="session")
def age() -> Tool:
    return Tool("age")


@pytest.fixture(scope="session")
def identity() -> tuple[str, str]:
    """An age identity of this test run: (private, public)."""
    from pyrage import x25519

    made = x25519.Identity.generate()
    return str(made), str(made.to_public())


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of all programs that there are: no helper of this machine is asked."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder
