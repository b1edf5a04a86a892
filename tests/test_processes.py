"""Work shared among processes: the results in order, and nobody left behind, however it ends."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from astrokpo_cli.commands import processes
from astrokpo_cli.commands.processes import in_processes
from astrokpo_cli.errors import AstrokpoError
from tests.given import gone

ROOT = Path(__file__).parent.parent


@pytest.fixture(params=["fork", "spawn"])
def _either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start them in either way, two at a time; none is left in the end."""
    monkeypatch.setattr(processes, "_context", lambda: multiprocessing.get_context(request.param))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    yield
    assert multiprocessing.active_children() == []


def slow_at_first(number: int) -> tuple[int, int]:
    time.sleep(0.05 if number == 0 else 0)
    return number, os.getpid()


@pytest.mark.usefixtures("_either_way")
def test_results_are_in_order_and_from_several_processes() -> None:
    done = list(in_processes(slow_at_first, range(7)))
    assert [number for number, _ in done] == list(range(7))
    assert len({process for _, process in done}) == 2


def much(number: int) -> bytes:
    return bytes(300_000) + bytes([number])


@pytest.mark.usefixtures("_either_way")
def test_results_may_be_larger_than_a_pipe() -> None:
    assert [result[-1] for result in in_processes(much, range(6))] == list(range(6))


def fail_at_three(number: int) -> int:
    if number == 3:
        raise LookupError(f"at {number}")
    return number


@pytest.mark.usefixtures("_either_way")
def test_what_is_raised_in_another_process_is_raised_here(capfd: pytest.CaptureFixture[str]) -> None:
    # the traceback of another process would show what may be a secret
    results = in_processes(fail_at_three, range(6))
    assert [next(results), next(results), next(results)] == [0, 1, 2]
    with pytest.raises(LookupError, match="at 3"):
        next(results)
    assert capfd.readouterr() == ("", "")


def be_killed_at_three(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.usefixtures("_either_way")
def test_a_process_that_is_killed_is_told_of() -> None:
    # it was an unexpected error of a library
    with pytest.raises(AstrokpoError, match="was killed"):
        list(in_processes(be_killed_at_three, range(6)))


def hang(number: int) -> int:
    time.sleep(60 if number else 0)
    return number


@pytest.mark.usefixtures("_either_way")
def test_who_stops_listening_does_not_wait_for_the_rest() -> None:
    started = time.monotonic()
    results = in_processes(hang, range(4))
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    assert time.monotonic() - started < 10


SCRIPT = """
import os, time
from astrokpo_cli.commands.processes import in_processes

def work(number):
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(0.2)

os.cpu_count = lambda: 2
list(in_processes(work, range(1000)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no process is forked")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT], ids=lambda end: end.name)
def test_no_process_is_left_behind(end: signal.Signals) -> None:
    # they waited for work for ever, and whoever read their output with them; and an interrupt showed their tracebacks
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        process_group=0,
        text=True,
    ) as running:
        assert running.stdout
        busy = {int(running.stdout.readline()) for _ in range(2)}
        os.killpg(running.pid, end) if end is signal.SIGINT else running.send_signal(end)
        _, err = running.communicate(timeout=30)
    assert all(map(gone, busy))
    assert "Process-" not in err
