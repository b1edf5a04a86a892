"""One question to one credential helper (docker-credential-NAME), with a time limit.

IN. The protocol is that of docker-credential-helpers: the server on standard input, JSON or a message on standard
output. Secrets and errors come the same way, so nothing that a helper prints is ever shown.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from astrokpo_cli.credentials import Password
from astrokpo_cli.dockerconfig.parse import Login
from astrokpo_cli.environment import SECRET_VARIABLES, seconds
from astrokpo_cli.errors import HelperError, quote, visible, without_user
from astrokpo_cli.gojson import TEXT, GoJSONError, MapOf, Shape, Struct, decode

if TYPE_CHECKING:
    from subprocess import Popen

TIMEOUT_VARIABLE = "ASTROKPO_HELPER_TIMEOUT"
DEFAULT_TIMEOUT = 10.0
"""Seconds that a helper may take."""
MAX_ANSWER = 1024 * 1024
"""Bytes that a helper may print."""

_ANSWER = Struct({"ServerURL": TEXT, "Username": TEXT, "Secret": TEXT})
_TOKEN_USER = "<token>"  # noqa: S105 - the user's name that marks a token
# What Go's strings.TrimSpace trims; Python's strip() would take U+001C to U+001F too.
_GO_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_NOT_FOUND = "credentials not found in native keychain"
_NOT_FOUND_DESKTOP = "No stored credential for "


class Helper:
    """The helper docker-credential-NAME, run with ENVIRON and a limit in seconds."""

    def __init__(self, name: str, environ: Mapping[str, str]) -> None:
        self.program = f"docker-credential-{name}"
        self.shown = visible(self.program)
        self._environ = {key: value for key, value in environ.items() if key not in SECRET_VARIABLES}
        self._timeout = seconds(environ, TIMEOUT_VARIABLE, DEFAULT_TIMEOUT)
        if not name or "\0" in name or "/" in name or os.sep in name:
            raise HelperError(f"{quote(name)} is not the name of a credential helper")

    def get(self, key: str) -> Login | None:
        """Ask for the login of KEY; None when the helper has none. Raises HelperError, without its output."""
        code, output = self._run("get", key)
        if code != 0:
            message = output.decode("utf-8", "replace").strip(_GO_SPACES)
            if message == _NOT_FOUND or message.startswith(_NOT_FOUND_DESKTOP):
                return None
            raise self._failed(f"failed for {quote(without_user(key))} with exit code {code}", without_user(key))
        answer = self._decode(output, _ANSWER)
        if answer["Username"] == _TOKEN_USER:
            return Login(identity_token=bool(answer["Secret"]))
        login = Login(answer["Username"], Password(answer["Secret"]))
        return None if login.is_empty else login  # what docker-credential-pass 0.6 says for "not found"

    def list(self) -> dict[str, str]:
        """Ask for all keys and their users; can be slow. Raises HelperError."""
        code, output = self._run("list", "unused")
        if code != 0:
            raise self._failed(f"failed to list its logins with exit code {code}")
        users: dict[str, str] = self._decode(output, MapOf(TEXT))
        return users

    def _decode(self, output: bytes, shape: Shape) -> Any:
        try:
            if not output.strip(b" \t\r\n"):
                raise GoJSONError("empty")
            return decode(output, shape, "Decode")
        except GoJSONError:
            raise self._failed("gave an answer that is not the JSON of a login") from None

    def _run(self, action: str, question: str) -> tuple[int, bytes]:
        from subprocess import DEVNULL, PIPE, Popen

        try:
            process = Popen(
                [self.program, action],
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env=self._environ,
                start_new_session=True,
            )
        except OSError as err:
            raise HelperError(
                f"{self.shown} cannot be run: {err.strerror}",
                "the docker config names it: install it, put it on PATH, or log in without it (docker login writes"
                " to the file when neither credsStore nor credHelpers name a helper)",
            ) from None
        with process:
            try:
                return self._converse(process, question.encode("utf-8", "surrogateescape"))
            except BaseException:
                _end_group(process)
                raise

    def _converse(self, process: Popen[bytes], question: bytes) -> tuple[int, bytes]:
        """Send QUESTION and read the answer at the same time, so that neither side can wait for the other for ever."""
        from subprocess import TimeoutExpired

        deadline = time.monotonic() + self._timeout
        output = b""
        for chunk in _exchange(process, question, deadline):
            if chunk is None:
                raise self._hung()
            output += chunk
            if len(output) > MAX_ANSWER:
                raise self._failed(f"printed more than {MAX_ANSWER} bytes")
        try:
            return process.wait(max(0.01, deadline - time.monotonic())), output
        except TimeoutExpired:
            raise self._hung() from None

    def _hung(self) -> HelperError:
        return HelperError(
            f"{self.shown} did not answer within {self._timeout:g} s",
            f"is its store locked? unlock it, or give it longer with {TIMEOUT_VARIABLE}=SECONDS",
        )

    def _failed(self, what: str, key: str = "HOST") -> HelperError:
        import shlex

        return HelperError(
            f"{self.shown} {what}",
            "its output may hold secrets and is not shown; to see it yourself:"
            f" printf %s {visible(shlex.quote(key))} | {visible(shlex.quote(self.program))} get",
        )


def _exchange(process: Popen[bytes], question: bytes, deadline: float) -> Iterator[bytes | None]:
    """Write QUESTION as it is taken and give what is printed, until its end; None when DEADLINE comes first.

    A helper that does not read its question is judged by its answer.
    """
    import selectors

    assert process.stdin is not None
    assert process.stdout is not None
    os.set_blocking(process.stdin.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        selector.register(process.stdin, selectors.EVENT_WRITE)
        while ready := selector.select(max(0.0, deadline - time.monotonic())):
            for key, _ in ready:
                if key.fileobj is process.stdin:
                    question = _write_some(process.stdin.fileno(), question)
                    if not question:
                        selector.unregister(process.stdin)
                        process.stdin.close()
                else:
                    chunk = os.read(process.stdout.fileno(), 65536)
                    if not chunk:
                        return
                    yield chunk
    yield None


def _write_some(descriptor: int, content: bytes) -> bytes:
    """Write what fits and give the rest; nothing is left for a reader that has gone."""
    try:
        return content[os.write(descriptor, content) :]
    except BrokenPipeError:
        return b""


def _end_group(process: Popen[bytes]) -> None:
    """End the helper and all that it started in its session."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
