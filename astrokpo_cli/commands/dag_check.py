"""`astrokpo dag check`: DAG files -> tasks, verdicts and findings."""

import json as to_json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from astrokpo_cli import __version__
from astrokpo_cli.commands.dag_files import (
    FOUND_SOMETHING,
    AirflowVersion,
    ImagePrefixes,
    Paths,
    SecretName,
    complete_code,
    find_job,
)
from astrokpo_cli.commands.options import Json, output_of
from astrokpo_cli.dags.rules.catalogue import RULES
from astrokpo_cli.errors import UsageProblem, quote
from astrokpo_cli.output import Output

if TYPE_CHECKING:
    from astrokpo_cli.commands.dag_files import Job
    from astrokpo_cli.dags.findings import Checked, Finding

RULES_PANEL = "Which findings"
REPORT = "Report"


def run(
    ctx: typer.Context,
    path: Paths = None,
    image_prefix: ImagePrefixes = None,
    secret: SecretName = None,
    select: Annotated[
        list[str] | None,
        typer.Option(
            "--select",
            metavar="CODE",
            rich_help_panel=RULES_PANEL,
            help="Only this code, or all that begin so; repeatable.",
            autocompletion=complete_code,
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore",
            metavar="CODE",
            rich_help_panel=RULES_PANEL,
            help="Not this code; repeatable.",
            autocompletion=complete_code,
        ),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain",
            metavar="CODE",
            rich_help_panel=RULES_PANEL,
            help="Say what a code means, and stop.",
            autocompletion=complete_code,
        ),
    ] = None,
    sarif: Annotated[
        bool, typer.Option("--sarif", rich_help_panel=REPORT, help="Print SARIF 2.1.0, for code scanning.")
    ] = False,
    github: Annotated[
        bool, typer.Option("--github", rich_help_panel=REPORT, help="Print annotations for GitHub Actions.")
    ] = False,
    airflow: AirflowVersion = None,
    json: Json = False,
) -> int:
    """Find tasks that cannot pull their image, or that Astro does not support.

    Reads DAG files without running them: every form of KubernetesPodOperator, its descendants and @task.kubernetes,
    and says of each task whether it has a pull secret. Folders are read as Airflow reads them, .airflowignore and
    all. The exit code is 3 when an error was found.

    \b
    Example:
      astrokpo dag check dags --image-prefix ghcr.io/acme --secret ghcr-io-pull
    """
    out = output_of(ctx, json=json)
    if explain is not None:
        return _explain(out, explain)
    if sum((json, sarif, github)) > 1:
        raise UsageProblem("--json, --sarif and --github go one at a time", "give one of them")
    chosen = _chosen(select or (), ignore or ())
    job = find_job(out, path, secret, image_prefix, airflow)

    from astrokpo_cli.commands.checking import Checker
    from astrokpo_cli.dags.rules import Expectations

    checker = Checker(Expectations(job.private, job.versions), job.roots)
    done = out.progress(checker.check(job.found.files), "checking", total=len(job.found.files))
    checked = [_without(each, chosen) for each in done]
    findings = [finding for each in checked for finding in each.findings]
    _report(out, job, checked, findings, sarif=sarif, github=github)
    return FOUND_SOMETHING if any(finding.severity == "error" for finding in findings) else 0


def _report(
    out: Output, job: "Job", checked: "Sequence[Checked]", findings: "Sequence[Finding]", *, sarif: bool, github: bool
) -> None:
    if out.json:
        from astrokpo_cli.dags.reports.document import document

        airflow = ".".join(map(str, job.versions.airflow)) if job.versions.airflow else None
        notes = [note._asdict() for note in job.found.notes]
        out.document({**document(checked, len(checked), airflow), "notes": notes})
    elif sarif:
        from astrokpo_cli.dags.reports.sarif import log

        out.product(f"{to_json.dumps(log(findings, RULES, __version__, str(Path.cwd())), indent=2)}\n")
    elif github:
        from astrokpo_cli.dags.reports.github import annotations

        out.product("".join(f"{line}\n" for line in annotations(findings)))
    else:
        from astrokpo_cli.dags.reports.summary import summary

        last = summary(checked, len(checked))
        out.findings(findings, last) if findings else out.line(last)


def _explain(out: Output, code: str) -> int:
    rule = RULES.get(code.upper())
    if rule is None:
        raise UsageProblem(f"{quote(code)} is no code of a rule", f"the codes are {', '.join(RULES)}")
    if out.json:
        out.document({"rule": {**rule._asdict(), "severity": rule.severity.value}})
    else:
        out.line(f"{rule.code}, {rule.severity.value}: {rule.summary}\n")
        out.prose(rule.explanation)
    return 0


def _chosen(select: Sequence[str], ignore: Sequence[str]) -> frozenset[str]:
    """Give the codes that are reported."""
    selected = _codes("--select", select) or frozenset(RULES)
    return selected - _codes("--ignore", ignore)


def _codes(flag: str, given: Sequence[str]) -> frozenset[str]:
    """Give the codes that GIVEN, codes or beginnings of codes, name; raises UsageProblem for one that names none."""
    codes: set[str] = set()
    for text in (part.strip() for each in given for part in each.split(",")):
        named = {code for code in RULES if text and code.startswith(text.upper())}
        if not named:
            raise UsageProblem(f"{flag} {quote(text)} is no code of a rule", f"the codes are {', '.join(RULES)}")
        codes |= named
    return frozenset(codes)


def _without(checked: "Checked", chosen: frozenset[str]) -> "Checked":
    return checked._replace(findings=tuple(finding for finding in checked.findings if finding.code in chosen))
