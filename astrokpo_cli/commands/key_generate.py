"""`astrokpo key generate`."""

from typing import Annotated

import typer

from astrokpo_cli.commands.options import Json, output_of
from astrokpo_cli.keys import identities, store


def run(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What to call it, such as support-2027.")
    ] = store.DEFAULT_NAME,
    json: Json = False,
) -> None:
    """Make an identity and keep it in the OS keyring.

    Prints its recipient, the public half, for which customers seal. The private key is not shown; `astrokpo key
    export` gives it out, for a backup.

    \b
    Example:
      astrokpo key generate --name support
    """
    output = output_of(ctx, json=json)
    store.check_name(name)
    identity = identities.generate(f"keyring {name}")
    store.store(name, identity.reveal(), identity.recipient)
    if json:
        output.document({"name": name, "recipient": identity.recipient})
        return
    output.product(f"{identity.recipient}\n")
    output.note(f"the OS keyring holds the private key, as {name}; a backup: astrokpo key export {name} --output FILE")
    output.note("next: give customers the line above; they seal with --recipient, or with ASTROKPO_RECIPIENT")
