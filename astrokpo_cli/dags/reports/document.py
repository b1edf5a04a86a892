"""What `dag check --json` prints.

PURE.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from astrokpo_cli.dags.findings import Checked, Finding, Severity, TaskSummary
from astrokpo_cli.dags.reports.text import in_order


def document(checked: Sequence[Checked], files: int, airflow: object) -> dict[str, Any]:
    """Give the document of a check of FILES files for AIRFLOW, which is plain data; `output.document` adds its version.

    Lines and columns count from 1; the end column is behind the last character.
    """
    findings = in_order(finding for each in checked for finding in each.findings)
    tasks = sorted((task for each in checked for task in each.tasks), key=lambda task: task[:3])
    counts = Counter(finding.severity for finding in findings)
    return {
        "files": files,
        "airflow": airflow,
        "tasks": [_task(task) for task in tasks],
        "findings": [_finding(finding) for finding in findings],
        "summary": {severity.value: counts[severity] for severity in Severity},
    }


def _task(task: TaskSummary) -> dict[str, Any]:
    return {
        "file": task.path,
        "line": task.line,
        "column": task.column,
        "operator": task.operator,
        "task": task.task,
        "image": task.image,
        "verdict": task.verdict,
        "secrets": list(task.secrets),
        "why": task.why,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "file": finding.path,
        **finding.span._asdict(),
        "message": finding.message,
        "hint": finding.hint,
        "task": finding.task,
        "fixable": finding.fixable,
    }
