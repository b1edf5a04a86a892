"""What `dag check` and `dag patch` share: which files, which images are private, and for which Airflow."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from astrokpo_cli import files
from astrokpo_cli.commands.options import complete_file
from astrokpo_cli.commands.settings import find_settings, versions_of, working_folder
from astrokpo_cli.dags.private import PrivateImages, parse_prefix
from astrokpo_cli.errors import FileProblem, InvalidValue, UsageProblem, quote, visible, without_user
from astrokpo_cli.output import Output
from astrokpo_cli.project.config import Settings, find_project
from astrokpo_cli.project.dagfiles import DagFiles, find_dag_files

if TYPE_CHECKING:
    from astrokpo_cli.dags.versions import Versions
    from astrokpo_cli.project.patterns import Syntax

FOUND_SOMETHING = 3
DAGS = "dags"
WHAT = "Which images need a pull secret"

Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH...]",
        help="Files, and folders of DAGs [default: dags].",
        show_default=False,
        autocompletion=complete_file,
    ),
]
SecretName = Annotated[
    str | None,
    typer.Option("--secret", metavar="NAME", rich_help_panel=WHAT, help="The pull secret that serves them."),
]
ImagePrefixes = Annotated[
    list[str] | None,
    typer.Option(
        "--image-prefix",
        metavar="HOST[/PATH]",
        rich_help_panel=WHAT,
        help="How the names of private images begin; repeatable [default: the registries of astrokpo.toml].",
        show_default=False,
    ),
]
AirflowVersion = Annotated[
    str | None,
    typer.Option(
        "--airflow",
        metavar="VERSION",
        help="The Airflow that runs the DAGs, such as 2.11 or 3.1, or any [default: the project's].",
        show_default=False,
    ),
]


def complete_code(incomplete: str) -> list[str]:
    """Complete the code of a rule."""
    from astrokpo_cli.dags.rules.catalogue import RULES

    return [code for code in RULES if code.startswith(incomplete)]


def complete_fix(incomplete: str) -> list[str]:
    """Complete the code of a rule that `dag patch` mends."""
    from astrokpo_cli.dags.rules.catalogue import RULES

    return [rule.code for rule in RULES.values() if rule.fixable and rule.code.startswith(incomplete)]


class Job(NamedTuple):
    """What is to be looked at, and against what."""

    found: DagFiles
    private: tuple[PrivateImages, ...]
    versions: "Versions"
    roots: tuple[str, ...]
    """The paths that were given, and the project's folder: there its modules are looked for."""


def find_job(
    out: Output,
    paths: Sequence[str] | None,
    secret: str | None,
    prefixes: Sequence[str] | None,
    airflow: str | None,
) -> Job:
    """Find the files that PATHS name, and what flags and settings say; warns of what is not looked into."""
    here = working_folder()
    if here is None:
        raise FileProblem("the working folder is no longer there", "change to one that is")
    for path in paths or ():
        _check_path(path)
    settings = find_settings()
    private = private_images(settings, secret, prefixes or ())
    versions = versions_of(out, settings, airflow)
    named = tuple(paths or (_default_path(settings, here),))
    found = find_dag_files(named, files.list_folder, files.read_regular, _syntaxes(named, versions))
    for note in found.notes:
        where = f"{note.path}:{note.line}" if note.line else note.path
        out.warn(f"{visible(where)}: {note.message}{f'; {note.hint}' if note.hint else ''}")
    folder = settings.folder or find_project(here)
    return Job(found, private, versions, (*named, *([str(folder)] if folder else [])))


def _syntaxes(paths: Sequence[str], versions: "Versions") -> "Sequence[Syntax]":
    """Give how ignore files are read; none where PATHS are files alone, which nothing hides."""
    if not any(files.is_folder(Path(path)) for path in paths):
        return ()
    from astrokpo_cli.project.ignore import SYNTAX_VARIABLE, syntaxes_of

    return syntaxes_of(versions.airflow, os.environ.get(SYNTAX_VARIABLE))


def private_images(settings: Settings, secret: str | None, prefixes: Sequence[str]) -> tuple[PrivateImages, ...]:
    """Give the private images: those of the flags, else those of SETTINGS, all or those that SECRET serves.

    Raises InvalidValue, and UsageProblem where SECRET serves no registry that is known.
    """
    if secret is not None:
        from astrokpo_cli.pullsecret import check_name

        check_name(secret)
    if prefixes:
        named = dict.fromkeys(map(_prefix, prefixes))
        return tuple(PrivateImages(prefix, secret or settings.secret_for(images=[prefix])) for prefix in named)
    if secret is None:
        return settings.registries
    served = tuple(each for each in settings.registries if each.secret in (None, secret))
    if not served:
        where = (
            f"{settings.file} names no registry that {quote(secret)} serves"
            if settings.file
            else "--image-prefix is missing"
        )
        raise UsageProblem(where, "say which images it is for: --image-prefix ghcr.io/acme")
    return tuple(each._replace(secret=secret) for each in served)


def _check_path(path: str) -> None:
    """Raise UsageProblem for a PATH that is none: an empty one would be the working folder, and all below it."""
    if not path:
        raise UsageProblem("a path is empty", "name files or folders; without any it is the folder dags")
    if path == "-":
        raise UsageProblem("standard input is not read: DAG code is told by its files", "./- is a file of that name")


def _prefix(text: str) -> str:
    try:
        return parse_prefix(text)
    except InvalidValue:
        named = f"--image-prefix {quote(without_user(text))}"
        raise InvalidValue(
            f"{named} is not the beginning of an image's full name", "give HOST or HOST/PATH, such as ghcr.io/acme"
        ) from None


def _default_path(settings: Settings, here: Path) -> str:
    """Give the folder of DAGs: here, or in the project's folder."""
    if files.is_folder(Path(DAGS)):
        return DAGS
    folder = settings.folder or find_project(here)
    if folder is None or not files.is_folder(folder / DAGS):
        raise FileProblem(f"there is no folder {DAGS} here", "name the files or folders to look at")
    return os.path.relpath(folder / DAGS)
