"""`astrokpo dag patch`: image_pull_secrets put where they are missing, as a diff or in place."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from astrokpo_cli.commands.dag_files import (
    FOUND_SOMETHING,
    AirflowVersion,
    ImagePrefixes,
    Paths,
    SecretName,
    complete_fix,
    find_job,
    private_images,
)
from astrokpo_cli.commands.options import Json, output_of
from astrokpo_cli.commands.settings import find_settings
from astrokpo_cli.dags.rules.catalogue import RULES
from astrokpo_cli.errors import UsageProblem, quote, visible
from astrokpo_cli.output import Output
from astrokpo_cli.pullsecret import check_name

if TYPE_CHECKING:
    from astrokpo_cli.commands.patching import PatchedFile

HOW = "How it is patched"


def run(
    ctx: typer.Context,
    path: Paths = None,
    secret: SecretName = None,
    image_prefix: ImagePrefixes = None,
    default_args: Annotated[
        bool,
        typer.Option(
            "--default-args", rich_help_panel=HOW, help="One entry for each DAG instead of one for each task."
        ),
    ] = False,
    fix: Annotated[
        list[str] | None,
        typer.Option(
            "--fix",
            metavar="CODE",
            rich_help_panel=HOW,
            help="Mend this, too: AKP201 to AKP204 (see dag check --explain); repeatable.",
            autocompletion=complete_fix,
        ),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", rich_help_panel=HOW, help="Change the files; without it the diff is printed.")
    ] = False,
    airflow: AirflowVersion = None,
    json: Json = False,
) -> int:
    """Give the tasks that have none their image_pull_secrets.

    Patches only what is certain: a task that has no secret and whose image needs one. Everything else is listed for
    a person. Every other byte of a file stays as it is, and a second run changes nothing. Without --write the exit
    code is 3 when there would be changes.

    \b
    Example:
      astrokpo dag patch dags --image-prefix ghcr.io/acme --secret ghcr-io-pull --write
    """
    out = output_of(ctx, json=json)
    fixes = frozenset(_fix_codes(fix or ()))
    job = find_job(out, path, secret, image_prefix, airflow)
    if not (job.private or fixes):
        prefix = out.ask("private images begin with (HOST or HOST/PATH)", "--image-prefix")
        job = job._replace(private=private_images(find_settings(), secret, [prefix]))
    if not (fixes or any(each.secret for each in job.private)):
        named = check_name(out.ask("the pull secret that serves them", "--secret"))
        job = job._replace(private=tuple(each._replace(secret=named) for each in job.private))

    from astrokpo_cli.commands.patching import patch_files, write_all
    from astrokpo_cli.dags.patch import Wish

    wish = Wish(None, job.private, default_args, fixes, job.versions)
    done = patch_files(job.found.files, job.roots, wish)
    patched = list(out.progress(done, "patching", total=len(job.found.files)))
    if write:
        write_all(patched)
    _report(out, patched, write=write)
    return FOUND_SOMETHING if any(each.is_changed for each in patched) and not write else 0


def _fix_codes(given: Sequence[str]) -> Sequence[str]:
    codes = [part.strip().upper() for each in given for part in each.split(",")]
    fixable = [rule.code for rule in RULES.values() if rule.fixable]
    for code in codes:
        if code not in fixable:
            raise UsageProblem(f"--fix {quote(code)}: that cannot be mended", f"give one of {', '.join(fixable)}")
    return codes


def _report(out: Output, patched: "Sequence[PatchedFile]", *, write: bool) -> None:
    from astrokpo_cli.dags.reports.diff import unified_diff

    changed = [each for each in patched if each.is_changed]
    if out.json:
        out.document({"written": write, "files": [_document(each) for each in patched if each.changes or each.left]})
        return
    for each in changed:
        if write:
            for change in each.changes:
                out.line(_at(each.path, change.line, change.task, change.what))
        else:
            out.diff(unified_diff(each.path, each.before, each.after))
    _tell_left(out, patched)
    verb = "changed" if write else "would change"
    out.note(f"{verb} {len(changed)} of {len(patched)} files{'' if write or not changed else '; --write does it'}")


def _tell_left(out: Output, patched: "Sequence[PatchedFile]") -> None:
    left = [(each.path, place) for each in patched for place in each.left]
    if left:
        out.note(f"left for a person ({len(left)}):")
    for path, place in left:
        out.note(f"  {_at(path, place.line, place.task, place.why)}")


def _at(path: str, line: int, task: str, what: str) -> str:
    return f"{visible(path)}:{line}: {f'{visible(task)}: ' if task else ''}{visible(what)}"


def _document(each: "PatchedFile") -> dict[str, Any]:
    return {
        "file": each.path,
        "changed": each.is_changed,
        "changes": [change._asdict() for change in each.changes],
        "left": [place._asdict() for place in each.left],
    }
