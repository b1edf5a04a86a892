"""Age files that a passphrase protects, as `age -p` makes them.

IN. Armored or binary; the one who asks for the passphrase is a parameter. No content is in an error.
"""

from collections.abc import Callable

from astrokpo_cli.envelope import BEGIN, MAGIC, Envelope, read_envelope
from astrokpo_cli.errors import AstrokpoError, InvalidValue, quote

Asker = Callable[[str], str]
"""Gives the passphrase of what it is told the name of."""


def is_age_file(content: bytes) -> bool:
    """Whether CONTENT is an age file, of any encoding that its text may have."""
    return content.startswith(MAGIC) or any(
        BEGIN.encode(each) in content for each in ("ascii", "utf-16-le", "utf-16-be")
    )


def open_protected(content: bytes, source: str, ask_passphrase: Asker) -> bytes:
    """Open the age file CONTENT, which SOURCE names, with the passphrase that is asked for; raises InvalidValue."""
    import pyrage

    envelope = _envelope(content, source)
    if envelope.recipients != ("scrypt",):
        raise InvalidValue(
            f"{quote(source)} is sealed for a recipient, not protected by a passphrase",
            "a handoff is no identity; if this is one, open it with age -d first",
        )
    passphrase = ask_passphrase(source)
    if not passphrase:
        raise InvalidValue(f"the passphrase of {quote(source)} is empty", "give the one that it was protected with")
    try:
        return pyrage.passphrase.decrypt(envelope.content, passphrase)
    except pyrage.DecryptError as err:
        raise _refusal(str(err), source) from None
    except UnicodeEncodeError:
        raise _refusal(_WRONG, source) from None


_WRONG = "Decryption failed"


def _refusal(reason: str, source: str) -> InvalidValue:
    """Tell by pyrage's words why a file did not open."""
    if reason == _WRONG:
        return InvalidValue(f"the passphrase of {quote(source)} is wrong", "run it again, and type the right one")
    if reason.startswith("Excessive work"):
        return InvalidValue(f"{quote(source)} cannot be opened: it asks for too much work", "protect it with age -p")
    return InvalidValue(f"{quote(source)} cannot be opened: it was cut or altered", "take it from where it is whole")


def _envelope(content: bytes, source: str) -> Envelope:
    try:
        return read_envelope(content)
    except AstrokpoError as err:
        # Its hint speaks of the sender of a handoff.
        raise InvalidValue(f"{quote(source)} cannot be opened: {err.message}") from None
