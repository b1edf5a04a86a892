"""Every example in a command's help runs as it is printed, one after the other, as its reader would try them."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from astrokpo_cli.cli import COMMANDS
from tests.api_server import Server, Simulated
from tests.test_canary import kubeconfig_for
from tests.test_dag_check import LACKS

ROOT = Path(__file__).parent.parent
ORDER = (
    "registry list",
    "registry check",
    "registry grant",
    "snippet",
    "dag patch",
    "dag check",
    "secret create",
    "secret inspect",
    "secret apply",
    "key import",
    "key list",
    "key export",
    "key delete",
    "key generate",
)


def shell(command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)


def examples(words: str) -> list[str]:
    shown = shell(f"{sys.executable} -m astrokpo_cli {words} --help").stdout
    match = re.search(r"  Example:\n((?:    .*\n)+)", shown)
    assert match is not None, f"{words} has no example"
    return [line.strip() for line in match[1].splitlines()]


def test_every_command_has_an_example_that_works(
    isolated: Path, monkeypatch: pytest.MonkeyPatch, identity: tuple[str, str]
) -> None:
    assert set(ORDER) == set(COMMANDS)
    (isolated / ".docker").mkdir()
    (isolated / ".docker" / "config.json").write_text('{"auths": {"ghcr.io": {"auth": "cm9ib3Q6aHVudGVyMg=="}}}')
    Path("support.key").write_text(f"{identity[0]}\n")
    monkeypatch.setenv("ASTROKPO_RECIPIENT", identity[1])
    monkeypatch.setenv("ASTROKPO_IDENTITY_FILE", "support.key")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyring_backends.Keeping")
    monkeypatch.setenv("TEST_KEYRING", str(Path("keyring.json").absolute()))
    with Server(Simulated()) as server:
        Path("kubeconfig").write_text(kubeconfig_for(server.url))
        monkeypatch.setenv("KUBECONFIG", str(Path("kubeconfig").absolute()))
        for words in ORDER:
            prepare(words)
            for example in examples(words):
                assert shlex.split(example)[:1] == ["astrokpo"]
                done = shell(example.replace("astrokpo", f"{shlex.quote(sys.executable)} -m astrokpo_cli", 1))
                assert done.returncode == 0, f"{example}: {done.stderr}"


def prepare(words: str) -> None:
    """Make what an example takes for granted."""
    if words == "dag patch":
        Path("dags").mkdir()
        Path("dags/load.py").write_text(LACKS)
    if words == "secret apply":
        Path("geocentric-supernova-1234.ghcr-io-pull.age").rename("acme.age")
    if words == "key export":
        Path("support.key").unlink()
