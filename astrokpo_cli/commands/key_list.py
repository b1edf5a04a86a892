"""`astrokpo key list`."""

from typing import NamedTuple

import typer

from astrokpo_cli.commands.options import Json, output_of
from astrokpo_cli.errors import InvalidValue
from astrokpo_cli.keys import identities, store


class Entry(NamedTuple):
    """One identity that the OS keyring lists."""

    name: str
    recipient: str
    problem: str
    """Why it opens nothing, empty for one that does."""


def run(ctx: typer.Context, json: Json = False) -> None:
    """List the identities in the OS keyring.

    Shows their names and recipients; no private key. Each is read, to see that it is still there.

    \b
    Example:
      astrokpo key list
    """
    output = output_of(ctx, json=json)
    entries = [Entry(name, recipient, _problem(name, recipient)) for name, recipient in store.names().items()]
    if json:
        output.document({"identities": [_document(entry) for entry in entries]})
    elif entries:
        output.table(("name", "recipient", "opens"), [_cells(entry) for entry in entries])
    else:
        output.note("no identities in the OS keyring; astrokpo key generate makes one, key import FILE takes one in")


def _problem(name: str, recipient: str) -> str:
    try:
        identity = identities.from_keyring(name)
    except InvalidValue:
        return "it was altered"
    if identity is None:
        return "the keyring has lost it"
    return "" if identity.recipient == recipient else f"it is now the key of {identity.recipient}"


def _document(entry: Entry) -> dict[str, object]:
    return {
        "name": entry.name,
        "recipient": entry.recipient,
        "usable": not entry.problem,
        "reason": entry.problem or None,
    }


def _cells(entry: Entry) -> tuple[str, ...]:
    return (entry.name, entry.recipient, f"no: {entry.problem}" if entry.problem else "yes")
