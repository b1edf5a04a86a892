"""One question to the OS keyring, with a time limit.

IN/OUT; the only module that knows keyring. No text of a keyring's own errors is shown: it may hold what was stored.
"""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from astrokpo_cli.environment import seconds, without_secrets
from astrokpo_cli.errors import AstrokpoError, visible

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

TIMEOUT_VARIABLE = "ASTROKPO_KEYRING_TIMEOUT"
DEFAULT_TIMEOUT = 5.0
"""Seconds that a keyring may take for one question."""

_SERVES = "--identity FILE, ASTROKPO_IDENTITY_FILE=FILE, ASTROKPO_IDENTITY=KEY (for CI)"

Answer = TypeVar("Answer")


class KeyringProblem(AstrokpoError):
    """An OS keyring that is missing, locked, hangs, fails, or does not keep what it is given."""

    def __init__(self, what: str, way_out: str = "") -> None:
        super().__init__(f"the OS keyring {what}", f"{way_out}without it these serve: {_SERVES}")


class KeyringHung(KeyringProblem):
    """A keyring that did not answer in time."""


def ask(question: Callable[["KeyringBackend"], Answer]) -> Answer:
    """Put QUESTION to the keyring in a thread that is left alone when it hangs, as D-Bus does for minutes."""
    from threading import Thread

    limit = seconds(os.environ, TIMEOUT_VARIABLE, DEFAULT_TIMEOUT)
    answers: list[Answer] = []
    problems: list[KeyringProblem] = []

    def work() -> None:
        try:
            answers.append(_quietly(question))
        except KeyringProblem as err:
            problems.append(err)
        except BaseException as err:  # noqa: BLE001 - keyrings raise anything, and its text is not shown
            problems.append(_failed(err))

    # A daemon: the program ends without waiting for it.
    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(limit)
    if answers:
        return answers[0]
    if problems:
        raise problems[0]
    raise KeyringHung(
        f"did not answer within {limit:g} s",
        f"is it waiting to be unlocked? unlock it, or give it longer with {TIMEOUT_VARIABLE}=SECONDS; ",
    )


def _quietly(question: Callable[["KeyringBackend"], Answer]) -> Answer:
    """Ask, and keep the libraries' warnings and log off the terminal; a hung thread keeps them off for good."""
    import logging
    import warnings

    with warnings.catch_warnings(), without_secrets():  # it starts gcc and ldconfig when it looks for its backends
        warnings.simplefilter("ignore")
        if not logging.root.handlers:
            logging.root.addHandler(logging.NullHandler())
        return question(_backend())


def _backend() -> "KeyringBackend":
    import keyring

    try:
        return keyring.get_keyring()
    except Exception as err:  # noqa: BLE001 - a backend's module may raise anything when it is loaded
        named = os.environ.get("PYTHON_KEYRING_BACKEND")
        which = f"PYTHON_KEYRING_BACKEND={visible(named)}" if named else "its backend"
        raise KeyringProblem(f"cannot be used: {which} does not load ({type(err).__name__})") from None


def class_name(keyring: "KeyringBackend") -> str:
    """Name the class of a keyring, for people."""
    return f"{type(keyring).__module__}.{type(keyring).__qualname__}"


def _failed(err: BaseException) -> KeyringProblem:
    """Tell by its type why a keyring failed, without its text."""
    kinds = {kind.__name__ for kind in type(err).__mro__}
    if "NoKeyringError" in kinds:
        return KeyringProblem("is not there: no backend was found")
    if kinds & {"KeyringLocked", "LockedException", "PromptDismissedException"}:
        return KeyringProblem("is locked", "unlock it; ")
    return KeyringProblem(f"failed ({type(err).__name__})")
