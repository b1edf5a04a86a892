"""Isolation for every test, and the fixtures that several files share."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from astrokpo_cli.cli import main
from tests.parts import Run, Tool

if TYPE_CHECKING:
    from tests.engine import Engine
    from tests.registries import Kind, Registry

OURS = ("ASTROKPO_TEST_REQUIRE", "ASTROKPO_TEST_KUBECONFIG", "ASTROKPO_AIRFLOW_ENVIRONMENTS")


@pytest.fixture(autouse=True)
def isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test sees the real home folder, keyring, docker config, cluster or terminal."""
    home = tmp_path / "home"
    home.mkdir()
    for name in list(os.environ):
        if name.startswith(("ASTROKPO_", "DOCKER_", "KUBE", "XDG_")) and name not in OURS:
            monkeypatch.delenv(name)
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.endswith("CA_BUNDLE"):
            monkeypatch.delenv(name)
    for name in ("REGISTRY_AUTH_FILE", "NO_COLOR", "FORCE_COLOR", "_ASTROKPO_COMPLETE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("KUBECONFIG", str(home / "no-kubeconfig"))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{home}/no-docker.sock")
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


def seeded(kind: Kind, folders: pytest.TempPathFactory, *, tls: bool = False) -> Iterator[Registry]:
    """Serve a registry of KIND that holds all that `tests.scratch.images` gives."""
    from tests.registries import registry, seed

    with registry(kind, folders.mktemp("registry"), tls=tls) as served:
        seed(served)
        yield served


@pytest.fixture(scope="session")
def open_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry that asks nobody for a credential."""
    yield from seeded("open", tmp_path_factory)


@pytest.fixture(scope="session")
def htpasswd_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry with Basic authentication."""
    yield from seeded("htpasswd", tmp_path_factory)


@pytest.fixture(scope="session")
def token_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry with a token server; what that was asked stands at `tokens.asked`."""
    yield from seeded("token", tmp_path_factory)


@pytest.fixture(scope="session")
def tls_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry with Basic authentication over TLS, with a certificate that nobody trusts."""
    yield from seeded("htpasswd", tmp_path_factory, tls=True)


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[Engine]:
    """A Docker Engine; it reaches the names of `routes` as registries far away."""
    from tests.engine import engine

    with engine() as running:
        yield running
