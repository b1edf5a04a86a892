"""Our own variables in the environment: which hold secrets, and which set a time limit.

IN. No child of ours inherits a secret: not a credential helper, not a kubeconfig's exec plugin, not what a keyring
starts.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from astrokpo_cli.errors import InvalidValue, quote

SECRET_VARIABLES = ("ASTROKPO_IDENTITY", "DOCKER_AUTH_CONFIG")
"""Variables that hold secrets."""

MAX_SECONDS = 3600.0


@contextmanager
def without_secrets() -> Iterator[None]:
    """Take the secrets out of this process's environment for a while, where a library starts children from it."""
    taken = {name: os.environ.pop(name) for name in SECRET_VARIABLES if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(taken)


def seconds(environ: Mapping[str, str], variable: str, default: float) -> float:
    """Give the time limit that VARIABLE sets, DEFAULT without it; raises InvalidValue for no positive number."""
    text = environ.get(variable)
    if not text:
        return default
    try:
        limit = float(text)
    except ValueError:
        limit = 0.0
    if not 0.0 < limit <= MAX_SECONDS:
        raise InvalidValue(f"{variable} is {quote(text)}", "give it seconds, such as 30")
    return limit
