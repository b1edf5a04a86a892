"""`astrokpo registry list`."""

from typing import Annotated

import typer

from astrokpo_cli.commands.options import DockerConfigPath, Json, output_of, places_of
from astrokpo_cli.dockerconfig.listing import Listed, list_logins


def run(
    ctx: typer.Context,
    docker_config: DockerConfigPath = None,
    no_helpers: Annotated[
        bool, typer.Option("--no-helpers", help="Ask no credential helper; what they keep is then not known.")
    ] = False,
    json: Json = False,
) -> None:
    """List the registries that the docker config knows.

    Says where each credential lives, whether it can be handed over and, if not, why. Credential helpers are asked
    for theirs. No password is shown.

    \b
    Example:
      astrokpo registry list --no-helpers
    """
    output = output_of(ctx, json=json)
    places = places_of(docker_config)
    rows = list_logins(places, ask_helpers=not no_helpers)
    if json:
        output.document({"registries": [_document(row) for row in rows]})
    elif rows:
        output.table(("registry", "key", "where", "user", "kind", "can be handed over"), [_cells(row) for row in rows])
    else:
        output.note(f"no registries; looked in {', '.join(places.describe())}")


def _document(row: Listed) -> dict[str, object]:
    return {
        "registry": row.host,
        "key": row.shown_key,
        "file": row.source,
        "helper": row.helper or None,
        "username": row.username or None,
        "kind": row.kind,
        "usable": row.usable,
        "reason": row.reason or None,
    }


def _cells(row: Listed) -> tuple[str, ...]:
    yes = "with --image" if row.needs_image else "yes"
    verdict = {True: yes, False: f"no: {row.reason}", None: "not asked"}[row.usable]
    where = f"docker-credential-{row.helper}" if row.helper else row.source
    return (row.host, row.shown_key, where, row.username, row.kind, verdict)
