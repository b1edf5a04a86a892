"""A program of another project that serves while tests run, and is ended with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from tests.parts import Tool

Ready = TypeVar("Ready")


class DidNotStart(Exception):
    """The program ended, or said nothing in time; the message holds the end of its log."""


@contextmanager
def service(
    command: Sequence[str], log: Path, ready: Callable[[], Ready | None], *, seconds: float = 30, **env: str
) -> Iterator[Ready]:
    """Run COMMAND with its output in LOG; gives what READY gives first, and ends the program's process group.

    Raises DidNotStart. The program sees PATH, a HOME beside its log and ENV, and nothing else of the environment; it is
    killed when these tests are.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            [Tool("setpriv").path, "--pdeathsig", "KILL", "--", *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            env={"PATH": os.environ["PATH"], "HOME": str(log.parent), **env},
            start_new_session=True,
        )
    try:
        yield _wait(process, log, ready, seconds)
    finally:
        _end(process)


def _wait(process: subprocess.Popen[bytes], log: Path, ready: Callable[[], Ready | None], seconds: float) -> Ready:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        if answer := ready():
            return answer
        time.sleep(0.02)
    how = "was not ready in time" if process.poll() is None else f"ended with code {process.returncode}"
    raise DidNotStart(f"it {how}:\n{log.read_text('utf-8', 'replace')[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        # The group outlives its leader when the leader has left children behind.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
