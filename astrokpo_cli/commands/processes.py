"""Work that is shared among processes. Part of `dag check`.

Each process is given its share at the start, so that none is left waiting when the one that started it is killed, and
none is asked to stop: what it is busy with may take long.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from astrokpo_cli.errors import AstrokpoError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext

Work = TypeVar("Work")
Result = TypeVar("Result")
Share = Sequence[tuple[int, Work]]
"""Pieces of work with their numbers."""

_DONE = -1
"""Stands for a number when a process is through."""


def in_processes(do: Callable[[Work], Result], works: Sequence[Work]) -> Iterator[Result]:
    """Give what DO makes of each of WORKS, in order; raises AstrokpoError when a process is killed.

    DO, WORKS and the results can be pickled. What DO raises in another process it is let raise again here.
    """
    context = _context()
    jobs = min(os.cpu_count() or 1, len(works))
    numbered = tuple(enumerate(works))
    processes, receiving = [], []
    try:
        for first in range(jobs):
            receiver, sender = context.Pipe(duplex=False)
            # typeshed has no Process in what all contexts share
            process = context.Process(  # type: ignore[attr-defined]
                target=_work, args=(do, numbered[first::jobs], receiver, sender), daemon=True
            )
            process.start()
            sender.close()
            processes.append(process)
            receiving.append(receiver)
        for number, result in _in_order(receiving, len(works)):
            yield do(works[number]) if result is None else result[0]
    finally:
        for process in processes:
            process.terminate()
            process.join()


def _context() -> "BaseContext":
    import multiprocessing
    import sys
    import threading

    # A fork has all modules at once; where there are other threads, or on macOS, it is not safe.
    forks = sys.platform == "linux" and threading.active_count() == 1
    return multiprocessing.get_context("fork" if forks else "spawn")


def _in_order(receiving: list[Any], count: int) -> Iterator[tuple[int, Any]]:
    """Give the numbers up to COUNT, each with what was received for it."""
    from multiprocessing.connection import wait

    received: dict[int, Any] = {}
    for number in range(count):
        while number not in received:
            for connection in wait(receiving):
                found, result = _receive(connection)
                if found == _DONE:
                    receiving.remove(connection)
                else:
                    received[found] = result
        yield number, received.pop(number)


def _receive(connection: Any) -> tuple[int, Any]:
    try:
        found: tuple[int, Any] = connection.recv()
    except (EOFError, OSError):
        raise AstrokpoError(
            "a process of astrokpo was killed", "it may have had too little memory: give fewer files at a time"
        ) from None
    return found


def _work(
    do: Callable[[Work], Result],
    share: Share[Work],
    receiver: "Connection[Any, Any]",
    sender: "Connection[Any, Any]",
) -> None:
    """Do a SHARE; sends each result in a tuple, None where there is none but an error."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # an interrupt is told of by one process
    receiver.close()  # with a receiver of its own, nobody would hear that the other side is gone
    try:
        for number, work in share:
            sender.send((number, _result(do, work)))
        sender.send((_DONE, None))
    except BrokenPipeError:
        return


def _result(do: Callable[[Work], Result], work: Work) -> tuple[Result] | None:
    try:
        return (do(work),)
    except Exception:  # noqa: BLE001 - it is raised again where it can be told; its text may hold a secret
        return None
