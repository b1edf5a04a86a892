"""`astrokpo key export`: the one command that gives a private key out."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from astrokpo_cli import files
from astrokpo_cli.commands.options import complete_file
from astrokpo_cli.errors import InvalidValue, UsageProblem, quote
from astrokpo_cli.keys import store
from astrokpo_cli.keys.identities import Identity, from_keyring
from astrokpo_cli.output import Output


def run(
    ctx: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Which one; not needed where there is one.")
    ] = None,
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="FILE", help="A file, or - for stdout.", autocompletion=complete_file),
    ] = "-",
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
) -> None:
    """Give an identity out of the OS keyring, private key and all.

    In the form of age-keygen: age, and `astrokpo key import`, read it. A file is readable by you alone; a terminal is
    asked before the key is shown on it.

    \b
    Example:
      astrokpo key export support --output support.key
    """
    out: Output = ctx.obj
    path = None if output == "-" else Path(output)
    if path is not None:
        files.check_free(path, replace=force)
    identity = _find(name)
    text = f"# public key: {identity.recipient}\n{identity.reveal()}\n"
    if path is not None:
        files.write(path, text.encode("ascii"), replace=force)
        out.note(f"{quote(output)} holds the private key of {identity.recipient}: whoever reads it opens its handoffs")
        return
    if sys.stdout.isatty() and not out.confirm("the private key will be shown; go on", "--output FILE"):
        raise UsageProblem("not confirmed", "give --output FILE to write it to a file")
    out.product(text)


def _find(name: str | None) -> Identity:
    """Find the identity NAME of the OS keyring, without one the only one."""
    wanted = _only_name() if name is None else name
    identity = from_keyring(wanted)
    if identity is None:
        raise store.unknown(wanted)
    return identity


def _only_name() -> str:
    listed = list(store.names())
    if not listed:
        raise InvalidValue("the OS keyring has no identity", "astrokpo key generate makes one")
    if len(listed) > 1:
        raise UsageProblem("NAME is missing, and there are several", f"give one of {', '.join(listed)}")
    return listed[0]
