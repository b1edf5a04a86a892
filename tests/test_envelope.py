"""Handoffs that travelled: what mail and PowerShell do to text is undone, what was lost is named, and each reason why
a file will not open is told apart. age's own words are the model."""

from collections.abc import Callable

import pyrage
import pytest

from astrokpo_cli.envelope import DamagedHandoff, NewerFormat, NotAHandoff, read_envelope
from astrokpo_cli.handoff import NotForThese, fingerprint, open_handoff

IDENTITY = pyrage.x25519.Identity.generate()
SECOND = pyrage.x25519.Identity.generate()
MANIFEST = b'{"kind": "Secret"}' * 40
ARMORED = pyrage.encrypt(MANIFEST, [IDENTITY.to_public(), SECOND.to_public()], armored=True)
BINARY = pyrage.encrypt(MANIFEST, [IDENTITY.to_public()])
LINES = ARMORED.splitlines()


def lines_with(prefix: bytes, suffix: bytes = b"") -> bytes:
    return b"".join(prefix + line + suffix + b"\n" for line in LINES)


TRAVELLED: dict[str, bytes] = {
    "as it was": ARMORED,
    "CRLF": ARMORED.replace(b"\n", b"\r\n"),
    "CR": ARMORED.replace(b"\n", b"\r"),
    "blanks at the ends": lines_with(b"", b"  \t"),
    "no last line end": ARMORED.rstrip(b"\n"),
    "blank lines between": ARMORED.replace(b"\n", b"\n\n"),
    "a BOM": b"\xef\xbb\xbf" + ARMORED,
    "UTF-16 little-endian with a BOM": ARMORED.decode().encode("utf-16"),
    "UTF-16 big-endian with a BOM": b"\xfe\xff" + ARMORED.decode().encode("utf-16-be"),
    "UTF-16 without a BOM": ARMORED.decode().encode("utf-16-le"),
    "UTF-16 and CRLF": ARMORED.replace(b"\n", b"\r\n").decode().encode("utf-16"),
    "quoted": lines_with(b"> "),
    "quoted without a blank": lines_with(b">"),
    "quoted twice": lines_with(b"> > "),
    "indented": lines_with(b"    "),
    "a letter around it": b"Hello,\n\nhere it is:\n\n" + ARMORED + b"\nBye\n",
    "a letter in Latin-1 around it": "Grüße\n".encode("latin-1") + ARMORED + "Tschüß\n".encode("latin-1"),
    "a letter, quoted": b"On Sunday acme wrote:\n> Hello,\n>\n" + lines_with(b"> ") + b"> Bye\n",
}


@pytest.mark.parametrize("received", TRAVELLED.values(), ids=TRAVELLED)
def test_text_that_travelled_opens_and_has_the_senders_fingerprint(received: bytes) -> None:
    envelope = read_envelope(received)
    assert open_handoff(envelope, [IDENTITY], []) == MANIFEST
    assert fingerprint(envelope.content) == fingerprint(ARMORED)


def test_the_outside_tells_the_kinds_of_recipients_only() -> None:
    envelope = read_envelope(ARMORED)
    assert (envelope.armored, envelope.recipients) == (True, ("X25519", "X25519"))
    assert read_envelope(BINARY) == (BINARY, False, ("X25519",))


def test_a_grease_stanza_is_nobodys() -> None:
    greased = BINARY.replace(b"\n---", b"\n-> 8-grease x\nZm9v\n---", 1)
    assert read_envelope(greased).recipients == ("X25519",)


def altered(content: bytes, at: int) -> bytes:
    old = content[at : at + 1]
    return content[:at] + (b"A" if old != b"A" else b"B") + content[at + 1 :]


UNOPENED: dict[str, tuple[Callable[[], bytes], type[Exception], str]] = {
    "empty": (lambda: b"", NotAHandoff, "empty"),
    "blank": (lambda: b" \r\n", NotAHandoff, "empty"),
    "a letter": (lambda: b"Hello, where is the file?", NotAHandoff, "not an age file"),
    "an image": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", NotAHandoff, "not an age file"),
    "a public key": (lambda: str(IDENTITY.to_public()).encode(), NotAHandoff, "not an age file"),
    "cut in the armor": (lambda: ARMORED[: len(ARMORED) // 2], DamagedHandoff, "cut"),
    "cut to its first line": (lambda: LINES[0], DamagedHandoff, "cut"),
    "a line lost": (lambda: b"\n".join([*LINES[:3], *LINES[4:]]), DamagedHandoff, "altered"),
    "a line shortened": (lambda: ARMORED.replace(LINES[3], LINES[3][:-1]), DamagedHandoff, "altered"),
    "HTML in it": (lambda: lines_with(b"", b"<br>"), DamagedHandoff, "altered"),
    "two files in one": (lambda: ARMORED + ARMORED, DamagedHandoff, "several"),
    "altered in the header": (lambda: altered(BINARY, BINARY.index(b"\n---") + 9), DamagedHandoff, "header"),
    "altered in the payload": (lambda: altered(BINARY, len(BINARY) - 20), DamagedHandoff, "sealed in it"),
    "cut in the header": (lambda: BINARY[:60], DamagedHandoff, "header"),
    "cut in the payload": (lambda: BINARY[:-9], DamagedHandoff, "sealed in it"),
    "cut to its header": (lambda: BINARY[: BINARY.index(b"\n---") + 48], DamagedHandoff, "sealed in it"),
    "recoded to UTF-8": (lambda: BINARY.decode("utf-8", "replace").encode(), DamagedHandoff, "bytes were lost"),
    "recoded to UTF-16": (
        lambda: BINARY.decode("utf-8", "replace").encode("utf-16"),
        DamagedHandoff,
        "bytes were lost",
    ),
    "a version to come": (lambda: b"age-encryption.org/v2\n-> x\n", NewerFormat, "newer"),
    "a version that is none": (lambda: b"age-encryption.org/vX\n-> x\n", DamagedHandoff, "header"),
    "for somebody else": (lambda: pyrage.encrypt(b"x", [SECOND.to_public()]), NotForThese, "no identity matched"),
    "a passphrase": (lambda: pyrage.passphrase.encrypt(b"x", "y", armored=True), NotForThese, "passphrase"),
}


@pytest.mark.parametrize(("make", "kind", "words"), UNOPENED.values(), ids=UNOPENED)
def test_each_reason_why_a_file_will_not_open_is_told_apart(
    make: Callable[[], bytes], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words) as caught:
        open_handoff(read_envelope(make()), [IDENTITY], ["age1ours"])
    if words == "no identity matched":
        assert "age1ours" in str(caught.value)
