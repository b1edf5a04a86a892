"""From files to pull secrets that have passed the gate; what `secret inspect` and `secret apply` share."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from astrokpo_cli import files, handoff
from astrokpo_cli.envelope import Envelope, read_envelope
from astrokpo_cli.errors import AstrokpoError, InvalidValue, quote
from astrokpo_cli.gate import GateClosed, examine
from astrokpo_cli.pullsecret import PullSecret

if TYPE_CHECKING:
    from astrokpo_cli.keys.identities import Identity

FINGERPRINT_DIGITS = 64
MIN_PREFIX = 12
"""Hex digits that a ticket must state at least: 48 bits cannot be met by chance."""


class Received(NamedTuple):
    """A file as it came."""

    file: str
    envelope: Envelope
    fingerprint: str
    """Of the file as the sender wrote it: what transport did to its text is undone."""
    as_received: str
    """Of the bytes that came; the same, unless transport changed them."""
    size: int
    """Of what came, in bytes."""

    def has_fingerprint(self, stated: str) -> bool:
        """Whether STATED, all or the beginning of a fingerprint in lower case, is this file's."""
        return self.fingerprint.startswith(stated) or self.as_received.startswith(stated)


def receive(file: str) -> Received:
    """Read a handoff file, "-" for standard input; raises FileProblem and what `read_envelope` raises."""
    content = files.read(file)
    envelope = read_envelope(content)
    fingerprint = handoff.fingerprint(envelope.content)
    as_received = fingerprint if content == envelope.content else handoff.fingerprint(content)
    return Received(file, envelope, fingerprint, as_received, len(content))


def unseal(received: Received, identities: "Sequence[Identity]") -> bytes:
    """Decrypt a handoff; raises NotForThese and DamagedHandoff."""
    ages = [identity.age for identity in identities]
    return handoff.open_handoff(received.envelope, ages, [identity.recipient for identity in identities])


def pass_gate(received: Received, identities: "Sequence[Identity]", now: datetime) -> PullSecret:
    """Open a handoff and give its pull secret; raises GateClosed with every objection."""
    verdict = examine(unseal(received, identities), now)
    if verdict.objections or verdict.secret is None:
        raise GateClosed("; ".join(verdict.objections), "ask the sender for a new handoff: astrokpo secret create")
    return verdict.secret


def in_file(err: AstrokpoError, file: str) -> AstrokpoError:
    """Give ERR with the name of the file that it is about."""
    return AstrokpoError(f"{quote(file)}: {err.message}", err.hint)


def parse_fingerprint(text: str) -> str:
    """Give a fingerprint, or its first 12 digits at least, in lower case; raises InvalidValue."""
    stated = text.strip().lower()
    if not MIN_PREFIX <= len(stated) <= FINGERPRINT_DIGITS or set(stated) - set("0123456789abcdef"):
        raise InvalidValue(
            f"{quote(text)} is not a fingerprint", f"copy it from the ticket: {MIN_PREFIX} to 64 hexadecimal digits"
        )
    return stated


def parse_fingerprints(content: bytes, name: str) -> Mapping[str, str]:
    """Read the lines of sha256sum, HEX and a file: gives file -> fingerprint, by path and, where it is one's, by name.

    Raises InvalidValue, naming the line.
    """
    by_path: dict[str, str] = {}
    by_name: dict[str, set[str]] = {}
    for number, line in enumerate(content.decode("utf-8-sig", "replace").splitlines(), 1):
        digits, _, file = line.strip().partition(" ")
        if not digits or digits.startswith("#"):
            continue
        path = file.strip().removeprefix("*")
        if not path or len(digits) != FINGERPRINT_DIGITS:
            raise InvalidValue(f"{quote(name)} line {number} is not a line of sha256sum", "expected HEX  FILE")
        by_path[path] = parse_fingerprint(digits)
        by_name.setdefault(path.replace("\\", "/").rpartition("/")[2], set()).add(by_path[path])
    unique = {file: next(iter(stated)) for file, stated in by_name.items() if len(stated) == 1}
    return {**unique, **by_path}
