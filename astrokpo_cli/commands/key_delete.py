"""`astrokpo key delete`."""

from typing import Annotated

import typer

from astrokpo_cli.errors import UsageProblem, visible
from astrokpo_cli.keys import store
from astrokpo_cli.output import Output


def run(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which one.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether to go on.")] = False,
) -> None:
    """Remove an identity from the OS keyring.

    Handoffs that were sealed for it can then not be opened, unless it was exported before.

    \b
    Example:
      astrokpo key delete support --yes
    """
    output: Output = ctx.obj
    store.check_name(name)
    recipient = store.names().get(name)
    if recipient is None and store.load(name) is None:
        raise store.unknown(name)
    shown = f"{name} ({visible(recipient)})" if recipient else name
    if not (yes or output.confirm(f"remove {shown} from the OS keyring; nobody can bring it back", "--yes")):
        raise UsageProblem("not confirmed", f"a backup: astrokpo key export {name} --output FILE")
    store.delete(name)
    output.note(f"removed {shown} from the OS keyring")
