"""`astrokpo key import`."""

from collections.abc import Iterable, Mapping
from typing import Annotated

import typer

from astrokpo_cli import files
from astrokpo_cli.commands.options import Json, complete_file, output_of
from astrokpo_cli.errors import InvalidValue, quote
from astrokpo_cli.keys import store
from astrokpo_cli.keys.identities import Identity, read_identities
from astrokpo_cli.output import Output


def run(
    ctx: typer.Context,
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="A file of age identities; - is stdin.", autocompletion=complete_file),
    ],
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What to call it; the next of several is NAME-2.")
    ] = store.DEFAULT_NAME,
    json: Json = False,
) -> None:
    """Take the age identities of a file into the OS keyring.

    Reads what age-keygen writes; the passphrase of a file that has one is asked for. Prints the recipients, the public
    halves. The file stays as it is.

    \b
    Example:
      astrokpo key import support.key --name support
    """
    output = output_of(ctx, json=json)
    store.check_name(name)
    found = read_identities(file, files.read, lambda source: output.ask_secret(*_question(source)))
    named = _named({identity.recipient: identity for identity in found}.values(), name)
    for each, identity in named.items():
        store.check_free(each, identity.reveal())
    for each, identity in named.items():
        store.store(each, identity.reveal(), identity.recipient)
    _report(output, named)
    if file != "-":
        output.note(f"{quote(file)} holds it still; nothing was changed there")


def _named(found: Iterable[Identity], name: str) -> dict[str, Identity]:
    """Name what was found: NAME, NAME-2 and so on; raises InvalidValue for an ssh key."""
    named: dict[str, Identity] = {}
    for number, identity in enumerate(found, 1):
        if identity.is_ssh:
            raise InvalidValue(
                f"{quote(identity.source)} is an ssh key, which stays where it is",
                "open handoffs with --identity FILE, or ASTROKPO_IDENTITY_FILE=FILE",
            )
        named[store.check_name(name if number == 1 else f"{name}-{number}")] = identity
    return named


def _report(output: Output, named: Mapping[str, Identity]) -> None:
    if output.json:
        rows = [{"name": name, "recipient": identity.recipient} for name, identity in named.items()]
        output.document({"identities": rows})
        return
    for identity in named.values():
        output.product(f"{identity.recipient}\n")
    output.note(f"the OS keyring holds the private key, as {', '.join(named)}")


def _question(source: str) -> tuple[str, str]:
    """Give what is asked for the passphrase of SOURCE, and what is missing where nobody can be asked."""
    return f"passphrase of {source}", f"the passphrase of {quote(source)}"
