"""Standard streams that are full, closed or in another encoding: an error line at most, never a traceback."""

import os
import subprocess
import sys

import pytest

ASTROKPO = f"{sys.executable} -m astrokpo_cli"


def shell(command: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["sh", "-c", command], capture_output=True, timeout=60, check=False, env={**os.environ, **environ}
    )


@pytest.mark.parametrize("command", ["snippet", "snippet --json", "secret create --json", "--help", "--version"])
def test_a_full_disk_is_no_traceback(command: str) -> None:
    done = shell(f"{ASTROKPO} {command} >/dev/full")
    assert done.returncode != 0
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        "secret create --registry ghcr.io -n ns <&-",
        "secret create --registry ghcr.io -n ns --username u --password-stdin <&-",
        "secret inspect - <&-",
        "secret inspect - 0>/dev/null",
        "snippet >&-",
        "snippet --json >&-",
        "secret create 2>&-",
    ],
)
def test_a_closed_stream_is_no_traceback(command: str) -> None:
    done = shell(f"{ASTROKPO} {command}")
    assert b"Traceback" not in done.stderr
    assert b"unexpected" not in done.stderr


def test_a_reader_that_leaves_is_no_traceback() -> None:
    done = shell(f"{ASTROKPO} snippet | true")
    assert done.stderr == b""


def test_what_the_encoding_cannot_hold_is_escaped_and_stays_python() -> None:
    done = shell(f"{ASTROKPO} snippet --cmd \u00e4", PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert b'"\\xe4"' in done.stdout
