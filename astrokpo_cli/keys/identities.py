"""Identities (private keys): from flags, files, the environment and the OS keyring.

IN. Native age identities (AGE-SECRET-KEY-1…), plain or in a file that a passphrase protects, and unencrypted ssh keys
(ed25519, rsa). The reader of files and the one who asks for passphrases are parameters. An error gives the place,
never the content.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from astrokpo_cli.errors import AstrokpoError, FileProblem, InvalidValue, is_private_key, quote, visible
from astrokpo_cli.keys.protected import Asker, is_age_file, open_protected
from astrokpo_cli.keys.sshkeys import parse_ssh_key

if TYPE_CHECKING:
    from astrokpo_cli.handoff import AgeIdentity

IDENTITY_FILE_VARIABLE = "ASTROKPO_IDENTITY_FILE"
IDENTITY_VARIABLE = "ASTROKPO_IDENTITY"

Reader = Callable[[str], bytes]

_HINT = "an identity is a line that begins with AGE-SECRET-KEY-1, or an ssh key without a passphrase"
_SERVES = (
    f"any of these serves: --identity FILE, {IDENTITY_FILE_VARIABLE}=FILE, {IDENTITY_VARIABLE}=KEY (for CI),"
    " or the keyring: astrokpo key import FILE, astrokpo key generate"
)


class NoIdentity(AstrokpoError):
    """No place has an identity."""


class Identity:
    """A private key that opens handoffs; no str(), repr() or format() shows it."""

    __slots__ = ("age", "recipient", "source")

    def __init__(self, age: "AgeIdentity", recipient: str, source: str) -> None:
        self.age = age
        self.recipient = recipient
        """Its public half as text, without a comment."""
        self.source = source
        """Where it was found, for people: a file's path, a variable, keyring NAME."""

    @property
    def is_ssh(self) -> bool:
        """Whether it is an ssh key, which has no text of its own here."""
        return self.recipient.startswith("ssh-")

    def reveal(self) -> str:
        """Give the private key itself, AGE-SECRET-KEY-1…, of one that is no ssh key."""
        assert not self.is_ssh
        return str(self.age)

    def __repr__(self) -> str:
        return f"Identity({self.recipient}, {self.source})"


def load_identities(
    files: Sequence[str], environ: Mapping[str, str], read: Reader, ask_passphrase: Asker
) -> tuple[Identity, ...]:
    """Collect the identities of FILES; else of ASTROKPO_IDENTITY_FILE, of ASTROKPO_IDENTITY, of the OS keyring.

    The first place that is given is the only one. Duplicates are dropped. Raises InvalidValue for what is no
    identity, FileProblem, and NoIdentity, which says where was looked.
    """
    if files:
        found = [each for name in files for each in read_identities(name, read, ask_passphrase)]
    elif environ.get(IDENTITY_FILE_VARIABLE):
        found = _of_variable(environ[IDENTITY_FILE_VARIABLE], read, ask_passphrase)
    elif environ.get(IDENTITY_VARIABLE, "").strip():
        content = environ[IDENTITY_VARIABLE].encode("utf-8", "surrogateescape")
        found = list(parse_identities(content, IDENTITY_VARIABLE, ask_passphrase))
    else:
        found = _of_keyring()
    return tuple({identity.recipient: identity for identity in found}.values())


def read_identities(name: str, read: Reader, ask_passphrase: Asker) -> tuple[Identity, ...]:
    """Give the identities in the file NAME, "-" for standard input; raises InvalidValue and FileProblem."""
    if is_private_key(name):
        raise InvalidValue(
            "a private key was given where a file belongs",
            "what is on a command line is seen by others and kept by shells: make a new key, and give its file",
        )
    source = "standard input" if name == "-" else visible(name)
    return parse_identities(read(name), source, ask_passphrase)


def parse_identities(content: bytes, source: str, ask_passphrase: Asker) -> tuple[Identity, ...]:
    """Parse what the file or variable SOURCE holds; a passphrase is asked for where one protects it.

    Raises InvalidValue.
    """
    if is_age_file(content):
        content = open_protected(content, source, ask_passphrase)
        if is_age_file(content):
            raise InvalidValue(f"{quote(source)} holds another age file, not an identity", _HINT)
    return _parse_text(_text(content, source), source)


def generate(source: str) -> Identity:
    """Make a new native identity."""
    from pyrage import x25519

    made = x25519.Identity.generate()
    return Identity(made, str(made.to_public()), source)


def from_keyring(name: str) -> Identity | None:
    """Give the identity NAME of the OS keyring, None if there is none; raises KeyringProblem and InvalidValue."""
    from astrokpo_cli.keys import store

    text = store.load(name)
    if text is None:
        return None
    source = f"keyring {name}"
    try:
        return _parse_native(text, source, source)
    except InvalidValue:
        raise InvalidValue(
            f"what the OS keyring holds as {quote(name)} is no identity: it was altered",
            f"remove it with astrokpo key delete {name}, and import it again",
        ) from None


def _of_variable(name: str, read: Reader, ask_passphrase: Asker) -> list[Identity]:
    if is_private_key(name):
        raise InvalidValue(
            f"{IDENTITY_FILE_VARIABLE} holds a private key where a path belongs", f"put it into {IDENTITY_VARIABLE}"
        )
    try:
        content = read(name)
    except FileProblem as err:
        raise FileProblem(err.message, f"{IDENTITY_FILE_VARIABLE} names it") from None
    return list(parse_identities(content, f"{IDENTITY_FILE_VARIABLE} ({visible(name)})", ask_passphrase))


def _of_keyring() -> list[Identity]:
    from astrokpo_cli.keys import store

    tried = f"no --identity, {IDENTITY_FILE_VARIABLE} and {IDENTITY_VARIABLE} are not set"
    try:
        names = store.names()
        found = [identity for name in names if (identity := from_keyring(name)) is not None]
    except store.KeyringProblem as err:
        raise NoIdentity(f"no identity: {tried}, {err.message}", err.hint) from None
    if not found:
        lost = f"has lost those it lists ({', '.join(names)})" if names else "holds none"
        raise NoIdentity(f"no identity: {tried}, the OS keyring {lost}", _SERVES)
    return found


def _text(content: bytes, source: str) -> str:
    """Decode CONTENT; PowerShell 5 writes UTF-16."""
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise InvalidValue(f"{quote(source)} is not a file of identities: it is no text", _HINT) from None


def _parse_text(text: str, source: str) -> tuple[Identity, ...]:
    if not text.strip():
        raise InvalidValue(f"{quote(source)} is empty", _HINT)
    if "-----BEGIN " in text:
        return (Identity(*parse_ssh_key(text, source), source),)
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    keys = [(number, line) for number, line in lines if not line.strip().startswith("#")]
    if not keys:
        raise InvalidValue(f"{quote(source)} holds no identity, only comments", _HINT)
    return tuple(_parse_native(line, f"{source} line {number}", source) for number, line in keys)


def _parse_native(line: str, place: str, source: str) -> Identity:
    import pyrage

    text = line.strip()
    try:
        age = pyrage.x25519.Identity.from_str(text)
    except pyrage.IdentityError:
        raise _no_native(text.lower(), place) from None
    return Identity(age, str(age.to_public()), source)


def _no_native(text: str, place: str) -> InvalidValue:
    """Say what TEXT is, which is no native identity; it may be anything and is not shown."""
    if text.startswith("age-plugin-"):
        return InvalidValue(f"{place} holds an identity of an age plugin, which is not supported", _HINT)
    if text.startswith("age-secret-key-pq-"):
        return InvalidValue(f"{place} holds a post-quantum identity, which is not supported", _HINT)
    if text.startswith("age-secret-key-"):
        return InvalidValue(f"{place} holds an identity that was cut or altered", "copy the whole line")
    if text.startswith(("age1", "ssh-")):
        return InvalidValue(
            f"{place} holds a recipient where an identity belongs",
            "a recipient is the public half; what opens is the private key that belongs to it",
        )
    return InvalidValue(f"{place} is not an identity", _HINT)
