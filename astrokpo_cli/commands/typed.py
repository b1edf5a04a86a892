"""A credential that a person gives, which is in no docker config. What `secret create` and `registry check` share."""

from astrokpo_cli import files
from astrokpo_cli.credentials import Password, RegistryCredential, registry_key
from astrokpo_cli.dockerconfig.lookup import check_typed
from astrokpo_cli.output import Output


def read_typed(out: Output, host: str, username: str, *, from_stdin: bool) -> RegistryCredential:
    """Get the password of USERNAME at HOST, from standard input or at a prompt; raises CredentialRefused."""
    if from_stdin:
        password, source = _one_line(files.read_stdin()), "standard input"
    else:
        password, source = out.ask_secret(f"password of {username} at {host}", "--password-stdin"), "a prompt"
    credential = RegistryCredential(registry_key(host), username, Password(password), source)
    check_typed(credential)
    return credential


def _one_line(document: bytes) -> str:
    """Read a password as docker login --password-stdin does: one line end at the end is not part of it."""
    text = document.decode("utf-8", "surrogateescape")
    for end in ("\r\n", "\n", "\r"):
        if text.endswith(end):
            return text[: -len(end)]
    return text
