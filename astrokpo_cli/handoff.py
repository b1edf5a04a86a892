"""The handoff: a pull secret's manifest, sealed with age for support, and opened by support.

PURE, in memory. Format 1: an age v1 file, armored, holding the manifest as JSON, so that
`age -d -i KEY FILE | kubectl apply -f -` works without astrokpo.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from astrokpo_cli.envelope import AGAIN, DamagedHandoff, Envelope
from astrokpo_cli.errors import AstrokpoError
from astrokpo_cli.pullsecret import PullSecret, to_manifest

if TYPE_CHECKING:
    from pyrage import ssh, x25519

    AgeRecipient = x25519.Recipient | ssh.Recipient
    AgeIdentity = x25519.Identity | ssh.Identity


def seal(secret: PullSecret, recipients: Sequence[AgeRecipient]) -> bytes:
    """Encrypt the manifest of SECRET to each of RECIPIENTS; raises InvalidValue for what no cluster would take."""
    import pyrage

    manifest = json.dumps(to_manifest(secret)).encode("ascii")
    return pyrage.encrypt(manifest, recipients, armored=True)


def open_handoff(envelope: Envelope, identities: Sequence[AgeIdentity], recipients: Sequence[str]) -> bytes:
    """Decrypt ENVELOPE to its manifest's bytes; RECIPIENTS are those of IDENTITIES, for the message that none fits.

    Raises NotForThese and DamagedHandoff; no content is in their text.
    """
    import pyrage

    if envelope.recipients == ("scrypt",):
        raise NotForThese(
            "it is sealed with a passphrase, not for a recipient", "ask the sender to seal it with --recipient"
        )
    try:
        return pyrage.decrypt(envelope.content, identities)
    except pyrage.DecryptError as err:
        raise _not_opened(str(err), recipients) from None


class NotForThese(AstrokpoError):
    """An age file that none of the identities opens."""


def _not_opened(reason: str, recipients: Sequence[str]) -> AstrokpoError:
    """Tell by pyrage's words why a file did not open; tests make each of them happen."""
    if reason == "No matching keys found":
        held = ", ".join(recipients) or "none"
        return NotForThese(
            f"no identity matched any of the recipients; the identities here are of {held}",
            "it was sealed for somebody else: give the sender one of these, or the right identity with --identity",
        )
    if reason.startswith("Header"):
        return DamagedHandoff("its header was altered", AGAIN)
    return DamagedHandoff("what is sealed in it was cut or altered", AGAIN)


def fingerprint(handoff: bytes) -> str:
    """Give the SHA-256 of the handoff file in hex, as `sha256sum` prints it."""
    digest: str = _sha256()(handoff).hexdigest()
    return digest


@cache
def _sha256() -> Any:
    """Give SHA-256 without hashlib where that can be: it loads OpenSSL, 3 ms of start-up for one digest."""
    for module in ("_sha2", "_sha256"):
        with suppress(ImportError):
            return import_module(module).sha256
    return import_module("hashlib").sha256


def default_file(namespace: str, name: str) -> str:
    """Name the handoff file of a pull secret: NAMESPACE.NAME.age."""
    return f"{namespace}.{name}.age"
