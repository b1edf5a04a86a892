"""Every failure that is expected, as a tree; `cli.main` turns each into one line, a hint and an exit code.

AstrokpoError               exit 1
├── UsageProblem            exit 2: the command line does not say what to do
├── InvalidValue            a name, image, registry, date or key that its own rules refuse
│   └── dags.source.UnreadableSource: a file of DAG code that this Python, or nobody, can read
├── FileProblem             a file that cannot be read or must not be written
├── DockerConfigError       a docker config that docker would refuse too
│   └── HelperError         a credential helper that failed; says nothing about other registries
├── CredentialRefused       a credential that was found and cannot be handed over
├── KubeletWouldNotPull     a pull secret that no kubelet would use for its image
├── kubelet.UnusableSecret  a docker config that no kubelet can read
├── envelope.NotAHandoff, .DamagedHandoff, .NewerFormat; handoff.NotForThese: each way in which a file will not open
├── gate.GateClosed         a handoff that must not be applied, with every objection
├── grants.NoGrant          a registry that can let no cluster pull without a secret, or that lets all
├── registry.askers.NoEngine, commands.proving.CannotPull: an image that no registry lets be pulled
├── keys.identities.NoIdentity, keys.backend.KeyringProblem
└── cluster.ClusterProblem  what a cluster refused, or why it could not be asked

A message says what is wrong, in lower case, with the thing quoted and without a full stop. A hint says what
to do next. Neither ever holds content of a file that may hold secrets: the place, never the content.
"""

SHOWN_LENGTH = 200
"""The most characters of somebody else's text that a message shows."""


class AstrokpoError(Exception):
    """An expected failure: what is wrong, and what to do next."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageProblem(AstrokpoError):
    """The command line does not say what to do."""

    exit_code = 2


class InvalidValue(AstrokpoError):
    """A value that breaks the rules of its kind."""


class FileProblem(AstrokpoError):
    """A file that cannot be read, or that must not be written."""


class DockerConfigError(AstrokpoError):
    """A docker config that cannot be used; docker refuses it too."""


class HelperError(DockerConfigError):
    """A credential helper that is missing, failed, hung or talked nonsense."""


class CredentialRefused(AstrokpoError):
    """A credential that was found and cannot be handed over, or none where one was asked for."""


class KubeletWouldNotPull(AstrokpoError):
    """A pull secret that no kubelet would use for the image it is made for."""


PRIVATE_KEY_MARKS = ("AGE-SECRET-KEY-", "AGE-PLUGIN-", "PRIVATE KEY-----")
"""What is in a private key and in nothing else, in upper case."""


def is_private_key(text: str) -> bool:
    """Whether a private key stands in TEXT, which somebody may have given in the place of a name."""
    return any(mark in text.upper() for mark in PRIVATE_KEY_MARKS)


def without_user(url: str) -> str:
    """Give URL, with a scheme or without, less the user and password that it may hold."""
    scheme, mark, rest = url.partition("://")
    # A password may hold anything, a slash too: all up to the last @ goes.
    return f"{scheme if mark else ''}{mark}{(rest if mark else scheme).rpartition('@')[2]}"


def visible(text: str, length: int = SHOWN_LENGTH) -> str:
    r"""Give TEXT as one line that a terminal shows and never obeys.

    Control, format and surrogate characters are shown as escapes (\x1b, \u202e, \udcff) and a text of more than
    LENGTH characters is cut. A private key is not shown.
    """
    if is_private_key(text):
        return "(a private key)"
    shown = "".join(char if char.isprintable() else _escape(char) for char in text[:length])
    return shown if len(text) <= length else f"{shown}…"


def quote(text: str) -> str:
    """Give TEXT in double quotes, as `visible` shows it."""
    return f'"{visible(text)}"'


def _escape(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
