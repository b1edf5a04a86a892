"""Keyrings for tests: one that keeps what it is given, and those that fail in every way.

They keep it in the JSON file that TEST_KEYRING names, so that other processes find it.
"""

import json
import logging
import os
import pty
import select
import subprocess
import sys
import threading
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from tests.parts import Run

INDEX = "index of identities"
_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(1, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)


def kept() -> dict[str, str]:
    """Give what the test's keyring holds: user -> text."""
    path = Path(os.environ["TEST_KEYRING"])
    content: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return content


def keep(content: dict[str, str]) -> None:
    Path(os.environ["TEST_KEYRING"]).write_text(json.dumps(content))


class Keeping(KeyringBackend):
    """A keyring that works."""

    priority = 1

    def get_password(self, service: str, username: str) -> Any:
        assert service == "astrokpo"
        return kept().get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        assert service == "astrokpo"
        keep({**kept(), username: password})

    def delete_password(self, service: str, username: str) -> None:
        content = kept()
        if content.pop(username, None) is None:
            raise PasswordDeleteError("no such password")
        keep(content)


class Altering(Keeping):
    """Keeps something else than it was given."""

    def set_password(self, service: str, username: str, password: str) -> None:
        super().set_password(service, username, password[:-1])


class LosingTheIndex(Keeping):
    """Keeps everything but the list."""

    def set_password(self, service: str, username: str, password: str) -> None:
        if username != INDEX:
            super().set_password(service, username, password)


class NotDeleting(Keeping):
    """Says that it has removed something, and has not."""

    def delete_password(self, service: str, username: str) -> None:
        pass


class Bytes(Keeping):
    """Gives bytes instead of text."""

    def get_password(self, service: str, username: str) -> Any:
        return str(kept().get(username)).encode()


class Telling(Keeping):
    """Tells what it holds in warnings and in its log."""

    def get_password(self, service: str, username: str) -> Any:
        warnings.warn(f"{kept()}", DeprecationWarning, stacklevel=1)
        logging.getLogger("keyring").warning("%s", kept())
        return super().get_password(service, username)


class Starting(Keeping):
    """Starts another program, as keyring does when it looks for its backends."""

    def get_password(self, service: str, username: str) -> Any:
        Path("seen").write_bytes(subprocess.run(["/usr/bin/env"], capture_output=True, check=True).stdout)
        return super().get_password(service, username)


class Locked(Keeping):
    """Is locked, and says so."""

    def get_password(self, service: str, username: str) -> Any:
        raise KeyringLocked(f"locked: {kept()}")


class FailingToGet(Keeping):
    """Fails, and tells everything that it holds."""

    def get_password(self, service: str, username: str) -> Any:
        raise RuntimeError(f"{kept()}")


class FailingToSet(Keeping):
    """Fails when something is stored, and tells what."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise ValueError(f"{username} {password} {kept()}")


class FailingToDelete(Keeping):
    """Fails when something is removed, and tells what."""

    def delete_password(self, service: str, username: str) -> None:
        raise OSError(f"{kept()}")


class Exiting(Keeping):
    """Ends the program, or tries to."""

    def get_password(self, service: str, username: str) -> Any:
        raise SystemExit(f"{kept()}")


class FailingToLoad(Keeping):
    """Cannot even be made."""

    def __init__(self) -> None:
        raise OSError(f"{kept()}")


class Hanging(Keeping):
    """Never answers, as a D-Bus service that waits for a person."""

    def get_password(self, service: str, username: str) -> Any:
        threading.Event().wait()


class HangingToSet(Keeping):
    """Never answers when something is stored."""

    def set_password(self, service: str, username: str, password: str) -> None:
        threading.Event().wait()


def at_terminal(
    command: Sequence[str], *answers: tuple[str, str], environ: Mapping[str, str] | None = None, stdin: bool = True
) -> Run:
    """Run COMMAND at a terminal; each answer is typed when its question is seen. Gives the screen as its output."""
    terminal, end = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", _TAKE_TERMINAL, *command],
        stdin=end if stdin else subprocess.DEVNULL,
        stdout=end,
        stderr=end,
        env={**os.environ, **(environ or {})},
        start_new_session=True,
    ) as process:
        os.close(end)
        seen = ""
        for question, answer in answers:
            seen += _read_until(terminal, question)
            os.write(terminal, f"{answer}\n".encode())
        seen += _read_until(terminal, None)
        os.close(terminal)
    return Run(process.returncode, seen, "")


def _read_until(terminal: int, word: str | None) -> str:
    """Read the screen until WORD is on it, without one to the end; at most a minute."""
    screen = b""
    while word is None or word.encode() not in screen:
        ready, _, _ = select.select([terminal], [], [], 60)
        assert ready, screen
        try:
            chunk = os.read(terminal, 4096)
        except OSError:  # all that had it open are gone
            chunk = b""
        if not chunk:
            assert word is None, screen
            break
        screen += chunk
    return screen.decode("utf-8", "replace")
