"""Options that several commands share, and what completes them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from astrokpo_cli.output import Output

if TYPE_CHECKING:
    from astrokpo_cli.dockerconfig.places import Places


def complete_file() -> list[str]:
    """Leave the completion of a path to the shell."""
    return []


def complete_registry(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete a registry from the docker config's keys; no helper is called."""
    from astrokpo_cli.dockerconfig.listing import list_hosts
    from astrokpo_cli.errors import AstrokpoError

    named = ctx.params.get("docker_config")
    try:
        return [host for host in list_hosts(places_of(Path(named) if named else None)) if host.startswith(incomplete)]
    except AstrokpoError:
        return []


def complete_age_file(incomplete: str) -> list[str]:
    """Complete files that end in .age, and folders on the way to them."""
    start = incomplete.rpartition("/")[2]
    prefix = incomplete[: len(incomplete) - len(start)]
    try:
        entries = sorted(os.scandir(prefix or "."), key=lambda entry: entry.name)
    except OSError:
        return []
    found = [entry for entry in entries if entry.name.startswith(start)]
    files = [f"{prefix}{entry.name}" for entry in found if entry.name.endswith(".age")]
    return files + [f"{prefix}{entry.name}/" for entry in found if entry.is_dir() and entry.name[0] != "."]


DockerConfigPath = Annotated[
    Path | None,
    typer.Option(
        "--docker-config",
        metavar="PATH",
        help="The docker config to read, a file or a folder with config.json [default: as docker finds it].",
        show_default=False,
        autocompletion=complete_file,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]


def places_of(docker_config: Path | None) -> Places:
    """Give where this run looks for docker configs."""
    from astrokpo_cli import files
    from astrokpo_cli.dockerconfig.places import Places

    return Places(os.environ, Path(os.path.expanduser("~")), files.read_if_there, docker_config)  # noqa: PTH111


def output_of(ctx: typer.Context, *, json: bool) -> Output:
    """Give the run's Output, for a command with --json."""
    output = ctx.obj
    assert isinstance(output, Output)
    return replace(output, json=json)
