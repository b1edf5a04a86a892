"""Options that several commands share, and what completes them."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from astrokpo_cli.output import Output

if TYPE_CHECKING:
    from astrokpo_cli.dockerconfig.places import Places
    from astrokpo_cli.keys.identities import Identity


def complete_file() -> list[str]:
    """Leave the completion of a path to the shell."""
    return []


def complete_registry(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete a registry from the docker config's keys; no helper is called."""
    from astrokpo_cli.dockerconfig.listing import list_hosts
    from astrokpo_cli.errors import AstrokpoError

    named = ctx.params.get("docker_config")
    try:
        # The shell has not replaced a "~" yet.
        hosts = list_hosts(places_of(Path(os.path.expanduser(named)) if named else None))  # noqa: PTH111
    except AstrokpoError:
        return []
    return [host for host in hosts if host.startswith(incomplete) and is_plain(host)]


def complete_age_file(incomplete: str) -> list[str]:
    """Complete files that end in .age, and folders on the way to them.

    Without such a file it is left to the shell, which does not end the word after a folder; likewise where a name
    would have to be quoted.
    """
    start = incomplete.rpartition("/")[2]
    prefix = incomplete.removesuffix(start)
    try:
        with os.scandir(prefix or ".") as entries:
            found = sorted((entry.name, entry.is_dir()) for entry in entries if entry.name.startswith(start))
    except OSError:
        return []
    seen = [(name, is_folder) for name, is_folder in found if start or name[0] != "."]
    files = [f"{prefix}{name}" for name, is_folder in seen if name.endswith(".age") and not is_folder]
    folders = [f"{prefix}{name}/" for name, is_folder in seen if is_folder]
    return [*files, *folders] if files and all(map(is_plain, (*files, *folders))) else []


def is_plain(text: str) -> bool:
    """Whether TEXT means itself in every shell.

    Nothing else may be offered: typer's zsh completion runs a $(...) that follows a backslash, bash quotes no value.
    """
    return re.fullmatch(r"[A-Za-z0-9_@%+=:,./-]+", text) is not None


def complete_context(ctx: typer.Context, incomplete: str) -> list[str]:
    """Complete a context from the kubeconfig; the cluster is not asked."""
    import yaml

    from astrokpo_cli import files
    from astrokpo_cli.errors import AstrokpoError

    default = os.environ.get("KUBECONFIG", "").split(os.pathsep)[0] or "~/.kube/config"
    path = Path(os.path.expanduser(ctx.params.get("kubeconfig") or default))  # noqa: PTH111
    try:
        config = yaml.safe_load(files.read_if_there(path) or b"")
        names = [str(entry["name"]) for entry in config["contexts"]]
    except (AstrokpoError, yaml.YAMLError, LookupError, TypeError):
        return []
    return [name for name in names if name.startswith(incomplete) and is_plain(name)]


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
HandoffFiles = Annotated[
    list[str],
    typer.Argument(metavar="FILE...", help="Handoff files; - is standard input.", autocompletion=complete_age_file),
]
IdentityFiles = Annotated[
    list[str] | None,
    typer.Option(
        "--identity",
        "-i",
        metavar="FILE",
        help="Open with the identities in this file (age or ssh); repeatable"
        " [default: ASTROKPO_IDENTITY_FILE, ASTROKPO_IDENTITY, the OS keyring].",
        show_default=False,
        autocompletion=complete_file,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]


def places_of(docker_config: Path | None) -> "Places":
    """Give where this run looks for docker configs."""
    from astrokpo_cli import files
    from astrokpo_cli.dockerconfig.places import Places

    return Places(os.environ, Path(os.path.expanduser("~")), files.read_if_there, docker_config)  # noqa: PTH111


def check_stdin(*names: str) -> None:
    """Raise UsageProblem where more than one of NAMES is "-": standard input can be read once."""
    from astrokpo_cli.errors import UsageProblem

    if names.count("-") > 1:
        raise UsageProblem("standard input is asked for more than once", "give a file for one of them")


def find_identities(out: Output, named: Sequence[str], *, required: bool = True) -> "tuple[Identity, ...]":
    """Find the identities of this run; none, with a note why, where they are not REQUIRED and none was named."""
    from astrokpo_cli import files
    from astrokpo_cli.errors import AstrokpoError, quote, visible
    from astrokpo_cli.keys.identities import load_identities

    def ask_passphrase(name: str) -> str:
        return out.ask_secret(f"passphrase of {visible(name)}", f"the passphrase of {quote(name)}")

    try:
        found = load_identities(named, os.environ, files.read, ask_passphrase)
    except AstrokpoError as err:
        if required or named or any(os.environ.get(name) for name in ("ASTROKPO_IDENTITY_FILE", "ASTROKPO_IDENTITY")):
            raise
        out.note(f"not opened: {err.message}")
        return ()
    for identity in found:
        out.trace(f"identity of {identity.recipient} from {identity.source}")
    return found


def output_of(ctx: typer.Context, *, json: bool) -> Output:
    """Give the run's Output, for a command with --json."""
    output = ctx.obj
    assert isinstance(output, Output)
    return output._replace(json=json)
