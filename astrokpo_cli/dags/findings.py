"""What is wrong in DAG code, and where.

PURE. A finding holds no syntax tree: it crosses from process to process, and into reports.
"""

from enum import StrEnum
from typing import NamedTuple

from astrokpo_cli.dags.source import Span


class Severity(StrEnum):
    """How bad it is; the words are those of SARIF's levels."""

    ERROR = "error"
    """A task fails, or runs without its secret: exit code 3."""
    WARNING = "warning"
    """It may fail, or will with a newer Airflow."""
    NOTE = "note"
    """Something to know."""


class Finding(NamedTuple):
    """One thing that is wrong, at one place."""

    code: str
    """AKP and three digits; `rules.RULES` has what it means."""
    severity: Severity
    path: str
    """The file, as it is named to people: / between folders."""
    span: Span
    message: str
    """What is wrong, in lower case, without a full stop."""
    hint: str = ""
    """What to do next."""
    task: str = ""
    """The task's id, where it is known."""
    excerpt: str = ""
    """The line of the file at which the span begins."""
    fixable: bool = False
    """Whether `dag patch --fix CODE` mends it."""


class TaskSummary(NamedTuple):
    """What reports say of a task."""

    path: str
    line: int
    column: int
    operator: str
    task: str
    """Its id; empty where that is not known."""
    image: str
    """As the code names it, as far as that is known; an ellipsis stands for the rest."""
    verdict: str
    """has, none or unknown."""
    secrets: tuple[str, ...] = ()
    why: str = ""


class Checked(NamedTuple):
    """What was found in one file."""

    path: str
    tasks: tuple[TaskSummary, ...] = ()
    findings: tuple[Finding, ...] = ()
