"""The rules: what is wrong in a file of DAG code, given what its project says of itself.

PURE. (Survey, tasks, Expectations) -> findings. `catalogue` has what each code means.
"""

from collections.abc import Iterable, Iterator, Sequence

from astrokpo_cli.dags.findings import Finding, Severity
from astrokpo_cli.dags.rules.astro import judge_astro
from astrokpo_cli.dags.rules.catalogue import RULES, Rule
from astrokpo_cli.dags.rules.expectations import Expectations
from astrokpo_cli.dags.rules.kinds import judge_kind, judge_spelling
from astrokpo_cli.dags.rules.migration import judge_arguments, judge_module
from astrokpo_cli.dags.rules.pullsecrets import judge_secret
from astrokpo_cli.dags.rules.removed import judge_imports
from astrokpo_cli.dags.scope import Survey
from astrokpo_cli.dags.tasks import Task

__all__ = ["RULES", "Expectations", "Rule", "judge"]

_GRAVITY = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def judge(survey: Survey, tasks: Sequence[Task], expected: Expectations) -> tuple[Finding, ...]:
    """Give the findings in a module, in the order of their places; each code once at a place.

    What several tasks share is one finding, without a task's name. Comments that ignore a finding are not considered.
    """
    found = [*judge_imports(survey, expected.versions), *judge_module(survey, expected.versions)]
    for task in tasks:
        found += _judge_task(survey, task, expected)
    return _merged(found)


def _judge_task(survey: Survey, task: Task, expected: Expectations) -> Iterator[Finding]:
    mistakes = [*judge_spelling(survey, task), *judge_kind(task)]
    yield from mistakes
    # what has no secret for want of a letter is one mistake, and one finding
    if not mistakes or task.verdict.kind == "has":
        yield from judge_secret(task, expected)
    yield from judge_arguments(task, expected.versions)
    yield from judge_astro(task, expected)


def _merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    merged: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        known = merged.get(key := (finding.span, finding.code))
        if known is None:
            merged[key] = finding
            continue
        worse = min(known, finding, key=lambda each: _GRAVITY.index(each.severity))
        merged[key] = worse._replace(task=known.task if known.task == finding.task else "")
    return tuple(sorted(merged.values(), key=lambda each: (each.span, each.code)))
