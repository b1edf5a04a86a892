"""A task as reports show it: without its syntax tree, so that it may cross from process to process.

PURE. Task -> TaskSummary.
"""

from astrokpo_cli.dags.findings import TaskSummary
from astrokpo_cli.dags.tasks import Task
from astrokpo_cli.dags.values import Text, Unknown
from astrokpo_cli.errors import without_user


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
            # a login in front of the name is no part of an image, but somebody may have put one there
            known = without_user(text) if "@" in text.partition("/")[0] else text
            return known if complete else f"{known}…"
        case Unknown():
            return "…"
    return ""
