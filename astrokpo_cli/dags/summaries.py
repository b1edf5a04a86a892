"""A task as reports show it: without its syntax tree, so that it may cross from process to process.

PURE. Task -> TaskSummary.
"""

from astrokpo_cli.dags.findings import TaskSummary
from astrokpo_cli.dags.tasks import Task
from astrokpo_cli.dags.values import Text, Unknown


def summarise(task: Task) -> TaskSummary:
    """Give what reports say of TASK."""
    span = task.module.span(task.call)
    verdict = task.verdict
    return TaskSummary(
        task.module.path,
        span.line,
        span.column,
        task.operator.name,
        task.name,
        _image(task),
        verdict.kind,
        verdict.secrets,
        verdict.why,
    )


def _image(task: Task) -> str:
    """Give the image of TASK as the code names it, an ellipsis for what is not known; empty where it has none."""
    match task.image:
        case Text(text=text, complete=complete):
            return text if complete else f"{text}…"
        case Unknown():
            return "…"
    return ""
