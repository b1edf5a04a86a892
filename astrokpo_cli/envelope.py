"""The outside of an age file: what can be said of a handoff without any key, and text that travelled made whole again.

PURE. The age format is C2SP's (age v1); armor is PEM with the label AGE ENCRYPTED FILE. Mail and PowerShell quote,
prefix and recode a text file; that is undone here. Bytes that a redirection lost cannot be mended, and are named.
"""

import re
from binascii import Error as BinasciiError
from binascii import a2b_base64
from typing import NamedTuple

from astrokpo_cli.errors import AstrokpoError

BEGIN = "-----BEGIN AGE ENCRYPTED FILE-----"
END = "-----END AGE ENCRYPTED FILE-----"
MAGIC = b"age-encryption.org/"
MAX_HEADER = 64 * 1024
"""Bytes of a header that are looked at; a stanza is about 100."""


class NotAHandoff(AstrokpoError):
    """No age file at all."""


class DamagedHandoff(AstrokpoError):
    """An age file that was cut, altered or recoded on its way."""


class NewerFormat(AstrokpoError):
    """An age file, or a handoff, of a version that this astrokpo does not know."""


class Envelope(NamedTuple):
    """An age file as it was written, and what its header says to everybody."""

    content: bytes
    """The file itself: armored text with LF line ends, or binary."""
    armored: bool
    recipients: tuple[str, ...]
    """The kinds of recipients, such as X25519, ssh-ed25519 or scrypt, one for each; not who they are."""


def read_envelope(received: bytes) -> Envelope:
    """Read what was received as an age file, after undoing what transport did to its text.

    Raises NotAHandoff, DamagedHandoff and NewerFormat.
    """
    if received.startswith(MAGIC) and not _is_text(received):
        return Envelope(received, False, _recipients(received))
    text = _text(received)
    if text is None or BEGIN not in text:
        raise _no_armor(received, text)
    content = _armor(text)
    return Envelope(content, True, _recipients(_dearmor(content)))


def _text(received: bytes) -> str | None:
    """Decode text of any encoding that mail or PowerShell gives it; None when it is no text."""
    if received.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif received[1:2] == b"\0":
        encoding = "utf-16-le"
    elif received[:1] == b"\0":
        encoding = "utf-16-be"
    else:
        encoding = "utf-8-sig"
    try:
        return received.decode(encoding)
    except UnicodeDecodeError:
        # A word of somebody's letter may be in any encoding; the armor itself is ASCII.
        return received.decode("latin-1") if BEGIN.encode() in received else None


def _is_text(binary: bytes) -> bool:
    """Whether BINARY is UTF-8 throughout, which no sealed bytes are: a recoding has replaced what was not."""
    try:
        binary.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return "\ufffd".encode() in binary


def _armor(text: str) -> bytes:
    """Give the armor in TEXT as age wrote it: what stands around it and what quotes its lines is dropped."""
    start = text.index(BEGIN)
    prefix = text[text.rfind("\n", 0, start) + 1 : start]
    end = text.find(END, start)
    if end < 0:
        raise DamagedHandoff("the file was cut: its last line is missing", "ask the sender for the whole file")
    if text.find(BEGIN, end) >= 0:
        raise DamagedHandoff("there are several age files in it", "give each handoff in a file of its own")
    lines = [line.strip().removeprefix(prefix.strip()).strip() for line in text[start:end].splitlines()]
    body = [line for line in lines[1:] if line]
    return "\n".join([BEGIN, *body, END, ""]).encode("utf-8")


def _dearmor(content: bytes) -> bytes:
    lines = content.split(b"\n")[1:-2]
    if any(len(line) != 64 for line in lines[:-1]) or not lines or not 0 < len(lines[-1]) <= 64:
        raise DamagedHandoff("its text was altered: the lines are not those that age writes", AGAIN)
    try:
        return a2b_base64(b"".join(lines), strict_mode=True)
    except (BinasciiError, ValueError):
        raise DamagedHandoff("its text was altered: it is not base64", AGAIN) from None


def _recipients(binary: bytes) -> tuple[str, ...]:
    version, _, rest = binary[:MAX_HEADER].partition(b"\n")
    if version != MAGIC + b"v1":
        if re.fullmatch(rb"age-encryption\.org/v[0-9]{1,9}", version):
            raise NewerFormat("it is an age file of a newer version", "update astrokpo")
        raise DamagedHandoff("its header was altered", AGAIN)
    header, mac, _ = rest.partition(b"\n---")
    if not mac:
        raise DamagedHandoff("its header was cut or altered", AGAIN)
    kinds = re.findall(rb"^-> ([!-~]{1,64})", header, re.MULTILINE)
    # age adds stanzas of random names that end so, to keep readers honest; they are nobody's.
    return tuple(kind.decode("ascii") for kind in kinds if not kind.endswith(b"-grease"))


def _no_armor(received: bytes, text: str | None) -> AstrokpoError:
    if text is not None and MAGIC.decode() in text[:64]:
        return DamagedHandoff(
            "bytes were lost: a binary age file was sent through a text redirection",
            "send the file itself, or seal it as text (age -a, astrokpo secret create)",
        )
    if not received.strip():
        return NotAHandoff("it is empty")
    return NotAHandoff("it is not an age file", f"a handoff begins with {BEGIN}")


AGAIN = "ask the sender for the file itself, as an attachment"
