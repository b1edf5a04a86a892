"""The last line of the report of `dag check`.

PURE.
"""

from collections import Counter
from collections.abc import Sequence

from astrokpo_cli.dags.findings import Checked, Severity


def summary(checked: Sequence[Checked], files: int) -> str:
    """Give the one line that tells how bad it is in FILES files, and what is known of their tasks."""
    findings = [finding for each in checked for finding in each.findings]
    counts = Counter(finding.severity for finding in findings)
    found = ", ".join(_count(counts[severity], severity.value) for severity in Severity if counts[severity])
    bad = len({finding.path for finding in findings})
    where = f"{bad} of {_count(files, 'file')}" if bad else _count(files, "file")
    return f"{found or 'nothing found'} in {where}; {_tasks(checked)}"


def _tasks(checked: Sequence[Checked]) -> str:
    verdicts = Counter(task.verdict for each in checked for task in each.tasks)
    total = verdicts.total()
    if not total:
        return "no tasks"
    has, none, unknown = verdicts["has"], verdicts["none"], verdicts["unknown"]
    parts = (
        (has, f"{has} {_have(has)} a pull secret"),
        (none, f"{none} {_have(none)} none"),
        (unknown, f"{unknown} not known"),
    )
    return f"{_count(total, 'task')}: {', '.join(part for count, part in parts if count)}"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
