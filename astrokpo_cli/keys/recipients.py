"""Recipients (public keys): from flags, files and the environment.

IN. Native age recipients (age1…) and ssh keys (ssh-ed25519, ssh-rsa). The reader of files is a parameter.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from astrokpo_cli.errors import InvalidValue, is_private_key, quote, visible

if TYPE_CHECKING:
    from astrokpo_cli.handoff import AgeRecipient

RECIPIENT_VARIABLE = "ASTROKPO_RECIPIENT"
FLAG = "--recipient"

_HINT = "support prints its recipient; it begins with age1, ssh-ed25519 or ssh-rsa"


class Recipient(NamedTuple):
    """A public key that a handoff is sealed for."""

    text: str
    """The key as one line, without a comment."""
    age: "AgeRecipient"


def load_recipients(
    flags: Sequence[str], files: Sequence[str], environ: Mapping[str, str], read: Callable[[str], bytes]
) -> tuple[Recipient, ...]:
    """Collect the recipients of FLAGS and FILES; without either those of ASTROKPO_RECIPIENT, one a line.

    Duplicates are dropped. Raises InvalidValue for a line that is no recipient; a private key is never shown.
    """
    lines = [(text, FLAG) for text in flags]
    for file in files:
        lines.extend(_file_lines(file, read(file)))
    if not flags and not files:
        lines.extend(_lines(environ.get(RECIPIENT_VARIABLE, ""), RECIPIENT_VARIABLE))
    recipients = (parse_recipient(text, place) for text, place in lines)
    return tuple({recipient.text: recipient for recipient in recipients}.values())


def parse_recipient(text: str, place: str) -> Recipient:
    """Parse one recipient, which PLACE names in an error; raises InvalidValue."""
    import pyrage

    line = text.strip()
    if is_private_key(line):
        raise InvalidValue(
            f"{place} holds a private key where a recipient belongs",
            "a recipient is public; give the line that begins with age1, and keep the private key to yourself",
        )
    kind = line.split(None, 1)[0] if line else ""
    try:
        if kind in ("ssh-ed25519", "ssh-rsa"):
            return Recipient(" ".join(line.split()[:2]), pyrage.ssh.Recipient.from_str(line))
        return Recipient(line.lower(), pyrage.x25519.Recipient.from_str(line))
    except pyrage.RecipientError:
        # A file may be anything, a docker config or a private key given by mistake: of it the place alone is told.
        shown = f"{quote(line)} " if place == FLAG and line.lower().startswith(("age1", "ssh-")) else ""
        raise InvalidValue(f"{place}: {shown}is not a recipient{_unsupported(line)}", _HINT) from None


def _file_lines(file: str, content: bytes) -> list[tuple[str, str]]:
    try:
        lines = _lines(content.decode("utf-8-sig"), visible(file))
    except UnicodeDecodeError:
        raise InvalidValue(f"{quote(file)} is not a recipients file: it is no text", _HINT) from None
    if not lines:
        raise InvalidValue(f"{quote(file)} holds no recipient", _HINT)
    return lines


def _lines(text: str, place: str) -> list[tuple[str, str]]:
    """Give the lines that are neither blank nor comments, each with its place."""
    lines = enumerate(text.splitlines(), 1)
    return [(line, f"{place} line {number}") for number, line in lines if line.strip() and line.strip()[0] != "#"]


def _unsupported(line: str) -> str:
    if line.lower().startswith(("age1pq1", "age1tag")):
        return " that is supported: post-quantum and tagged keys are not"
    if line.lower().startswith("age1") and line.count("1") > 1:
        return ", or it is one of an age plugin, which is not supported"
    return ""
