"""Many questions at a time, with the answers in order. What `secret apply` and `registry check` share."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")

WINDOW = 4
"""How many requests wait for each that is under way: enough to keep all busy, and memory bounded."""


def in_parallel(
    function: Callable[[Given], Made], items: Sequence[Given], jobs: int, stop: Callable[[], None]
) -> Iterator[Made]:
    """Give FUNCTION of each of ITEMS, in order, JOBS at a time.

    An interrupt ends what has not begun, and calls STOP, which ends what waits.
    """
    with ThreadPoolExecutor(min(jobs, len(items)) or 1) as pool:
        waiting: deque[Future[Made]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) >= jobs * WINDOW:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BaseException:
            stop()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
