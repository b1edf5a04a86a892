"""A value for each key, made once, by the first of several threads that asks for it."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class Once(Generic[Value]):
    """Remembers what was made for each key; who asks meanwhile waits. A failure is remembered too."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: dict[Hashable, Future[Value]] = {}

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Give the value for KEY, from MAKE if nobody has made it yet; raises what MAKE raised."""
        with self._lock:
            future: Future[Any] | None = self._made.get(key)
            is_first = future is None
            if future is None:
                future = self._made[key] = Future()
        if is_first:
            try:
                future.set_result(make())
            except BaseException as err:  # noqa: BLE001 - it is raised for each who asks
                future.set_exception(err)
        value: Value = future.result()
        return value
