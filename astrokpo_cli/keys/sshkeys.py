"""ssh keys as identities: unencrypted ed25519 and rsa, and the public half that pyrage does not tell.

IN, pure: OpenSSH's own format and PKCS #1, which `ssh-keygen -m PEM` writes for rsa. No content is in an error.
"""

from binascii import a2b_base64, b2a_base64
from typing import TYPE_CHECKING

from astrokpo_cli.errors import InvalidValue, quote

if TYPE_CHECKING:
    from pyrage import ssh

_BEGIN = "-----BEGIN "
_MAGIC = b"openssh-key-v1\0"


def parse_ssh_key(text: str, source: str) -> "tuple[ssh.Identity, str]":
    """Parse the one private key in TEXT, which SOURCE names; gives it and its public half. Raises InvalidValue."""
    import pyrage

    if text.count(_BEGIN) > 1:
        raise InvalidValue(f"{quote(source)} holds several ssh keys", "give each in a file of its own")
    key = text[text.index(_BEGIN) :]
    try:
        return pyrage.ssh.Identity.from_buffer(key.encode("utf-8")), _recipient(key)
    except pyrage.IdentityError as err:
        raise _refusal(str(err), source) from None
    except (ValueError, IndexError):
        raise _refusal("", source) from None


def _refusal(reason: str, source: str) -> InvalidValue:
    """Tell by pyrage's words why a key is not taken."""
    if "must be decrypted" in reason or "EncryptedPem" in reason:
        return InvalidValue(
            f"{quote(source)} is an ssh key with a passphrase, which is not supported",
            "take the passphrase off a copy of it with ssh-keygen -p, or use an age identity, which one may protect",
        )
    if reason.startswith("unsupported key"):
        return InvalidValue(f"{quote(source)} is an ssh key of a kind that age does not use", "use ed25519 or rsa")
    return InvalidValue(
        f"{quote(source)} is no ssh key that can be used, or it was cut or altered",
        "ed25519 and rsa keys can, as ssh-keygen writes them",
    )


def _recipient(key: str) -> str:
    header, _, rest = key.partition("\n")
    content = a2b_base64("".join(rest.partition("-----END")[0].split()))
    blob = _openssh_blob(content) if "OPENSSH" in header else _rsa_blob(content)
    kind, _ = _field(blob)
    return f"{kind.decode('ascii')} {b2a_base64(blob, newline=False).decode('ascii')}"


def _openssh_blob(content: bytes) -> bytes:
    """Give the public key in an OpenSSH private key (its PROTOCOL.key): after cipher, kdf, its options and a count."""
    if not content.startswith(_MAGIC):
        raise ValueError("no OpenSSH key")
    rest = content[len(_MAGIC) :]
    for _ in range(3):
        _, rest = _field(rest)
    blob, _ = _field(rest[4:])
    return blob


def _rsa_blob(content: bytes) -> bytes:
    """Make the public key of a PKCS #1 private key: DER's version, modulus, exponent; ssh has the exponent first."""
    sequence, _ = _der(content)
    _, rest = _der(sequence)
    modulus, rest = _der(rest)
    exponent, _ = _der(rest)
    return b"".join(len(each).to_bytes(4, "big") + each for each in (b"ssh-rsa", exponent, modulus))


def _field(blob: bytes) -> tuple[bytes, bytes]:
    """Part ssh's first string, which its length precedes, from the rest."""
    end = 4 + int.from_bytes(blob[:4], "big")
    return blob[4:end], blob[end:]


def _der(encoded: bytes) -> tuple[bytes, bytes]:
    """Part the first DER value's content from the rest."""
    size, start = encoded[1], 2
    if size & 0x80:
        start += size & 0x7F
        size = int.from_bytes(encoded[2:start], "big")
    return encoded[start : start + size], encoded[start + size :]
