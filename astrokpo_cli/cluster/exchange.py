"""One request and its answer, over the kubernetes client's own connections.

OUT. TLS, proxies and credentials are the client's; the time limits, the repetition of what failed in passing and the
bound on what is read are here. Nothing that was sent or received is ever part of a message.
"""

import random
import threading
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any, NamedTuple

from astrokpo_cli.cluster.answers import Answer, asked_delay
from astrokpo_cli.cluster.refusals import ClusterProblem
from astrokpo_cli.cluster.troubles import Trouble, endless, trouble_of

TRIES = 5
LONGEST_DELAY = 30.0
"""Seconds; a server that asks for more (Retry-After) is not waited for."""
MAX_ANSWER = 4 * 1024 * 1024
"""Bytes; a Secret has at most 1 MiB of data, 4/3 of it in base64, and 256 KiB of annotations."""
CHUNK = 64 * 1024


class Patience(NamedTuple):
    """How long is waited, in seconds; and time and chance, for tests to replace."""

    connect: float = 5.0
    read: float = 30.0
    """Between two parts of an answer, and for its whole body."""
    total: float = 60.0
    """No try begins later than this after the first."""
    first_delay: float = 1.0
    """Before the second try; each further delay is twice the last."""
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], object] | None = None
    """Gives something true when there is to be no next try. None: a wait that closing ends so."""
    chance: Callable[[], float] = random.random
    """A number from 0 up to 1."""


PATIENT = Patience()


class Line(NamedTuple):
    """What leads to a server."""

    pool: Any
    """The client's urllib3 pool, or its manager."""
    prefix: str
    """What comes before a path: the URL for a manager, and what the URL has of a path."""
    server: str
    """The URL as messages show it."""
    close: Callable[[], None]
    """Closes idle connections."""
    authorize: Callable[[], Mapping[str, str]]
    """Gives the headers that say who we are, renewed when they must be; raises ClusterProblem."""


class Exchange:
    """Sends requests from any number of threads, and again what failed in passing."""

    def __init__(self, line: Line, patience: Patience) -> None:
        from urllib3 import Timeout

        self._line = line
        self._patience = patience
        self._closed = threading.Event()
        self._sleep = patience.sleep or self._closed.wait
        self._timeout = Timeout(connect=patience.connect, read=patience.read)
        self._is_there = False
        """Whether the last that was heard of the server is an answer. One that never was there, or that stayed away
        for all tries of a request, is not waited for again: a thousand requests would wait a thousand times."""
        self._is_busy = False
        """Whether a request has heard "later" (429, 503) in all its tries; then, likewise, no other waits."""

    def close(self) -> None:
        """Close idle connections, and end the waiting for a next try."""
        self._closed.set()
        self._line.close()

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
        """Give the server's answer, whatever it is; raises ClusterProblem when there is none."""
        began = self._patience.now()
        for tries in range(1, TRIES + 1):
            outcome = self._try(method, path, headers, body)
            delay = self._delay(outcome, tries, began)
            if delay is None or self._sleep(delay):
                break
        self._is_there = isinstance(outcome, Answer)
        self._is_busy = isinstance(outcome, Answer) and asked_delay(outcome) is not None
        if isinstance(outcome, Trouble):
            raise ClusterProblem(outcome.message, outcome.hint)
        return outcome._replace(tries=tries) if tries > 1 else outcome

    def _delay(self, outcome: Answer | Trouble, tries: int, began: float) -> float | None:
        """Give the seconds before the next try, None when OUTCOME is what remains."""
        if isinstance(outcome, Answer):
            asked = None if self._is_busy else asked_delay(outcome)
        else:
            asked = 0.0 if outcome.transient and self._is_there else None
        if asked is None or asked > LONGEST_DELAY or tries == TRIES or self._closed.is_set():
            return None
        # Spread by chance, so that many threads do not come back in step.
        delay = max(asked, self._patience.first_delay * 2 ** (tries - 1)) * (1 + self._patience.chance() / 4)
        return delay if self._patience.now() + delay - began <= self._patience.total else None

    def _try(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer | Trouble:
        from urllib3.exceptions import HTTPError

        url, authorized = self._line.prefix + path, {**headers, **self._line.authorize()}
        once = {"retries": False, "redirect": False, "timeout": self._timeout, "preload_content": False}
        try:
            response = self._line.pool.urlopen(method, url, body=body, headers=authorized, decode_content=False, **once)
            outcome = self._read(response)
        except (HTTPError, HTTPException, OSError, ValueError) as err:
            return trouble_of(err, self._line.server)
        self._is_there = True
        return outcome

    def _read(self, response: Any) -> Answer | Trouble:
        """Read RESPONSE, bounded in size and time: a server may send a byte now and then for ever."""
        read = getattr(response, "read1", response.read)  # urllib3 1.26 has only read, which waits for all of a chunk
        until = self._patience.now() + self._patience.read
        body = bytearray()
        while chunk := read(CHUNK):
            body += chunk
            if len(body) > MAX_ANSWER or self._patience.now() > until:
                response.close()
                return endless(self._line.server)
        response.release_conn()
        return Answer(response.status, response.headers, bytes(body))
