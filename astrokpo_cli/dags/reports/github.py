"""Findings as workflow commands of GitHub Actions, which shows them beside the code.

PURE. https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Iterable, Iterator

from astrokpo_cli.dags.findings import Finding, Severity
from astrokpo_cli.dags.reports.text import MAX_LENGTH, in_order, message_of
from astrokpo_cli.dags.rules.catalogue import RULES
from astrokpo_cli.errors import visible

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def annotations(findings: Iterable[Finding]) -> Iterator[str]:
    """Give a command, which is a line, for each of FINDINGS, by file and place."""
    for finding in in_order(findings):
        properties = ",".join(f"{name}={_property(value)}" for name, value in _properties(finding).items())
        yield f"::{_COMMANDS[finding.severity]} {properties}::{_data(_message(finding))}"


def _properties(finding: Finding) -> dict[str, str]:
    span = finding.span
    place = {"file": visible(finding.path, MAX_LENGTH), "line": str(span.line), "endLine": str(span.end_line)}
    if span.line == span.end_line:  # GitHub knows columns within one line alone
        place |= {"col": str(span.column), "endColumn": str(span.end_column)}
    return {**place, "title": f"{finding.code} {RULES[finding.code].name}"}


def _message(finding: Finding) -> str:
    hint = f"\nhint: {visible(finding.hint, MAX_LENGTH)}" if finding.hint else ""
    return f"{message_of(finding)}{hint}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
