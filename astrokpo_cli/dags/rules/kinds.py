"""AKP103 to 107: values of image_pull_secrets that Airflow takes and Kubernetes does not; the keyword misspelt.

PURE.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from astrokpo_cli.dags.findings import Finding, Severity
from astrokpo_cli.dags.operators import find_operator
from astrokpo_cli.dags.rules import places
from astrokpo_cli.dags.scope import Survey, dotted_names
from astrokpo_cli.dags.tasks import PULL_SECRETS, Task
from astrokpo_cli.dags.values import Entries, Items, Model, Text, Value
from astrokpo_cli.errors import quote

_REFERENCE = "V1LocalObjectReference"
_RIGHT = '[k8s.V1LocalObjectReference(name="...")]'


def judge_kind(task: Task) -> Iterator[Finding]:
    """Give what is wrong with the way in which TASK writes image_pull_secrets."""
    value = task.value(PULL_SECRETS)
    if value is None or task.operator.template:
        return
    yield from _text_in_list(task, value)
    yield from _without_list(task, value)
    yield from _blanks(task, value)
    yield from _templates(task, value)


def _text_in_list(task: Task, value: Value) -> Iterator[Finding]:
    texts = [item for item in value.items if isinstance(item, Text)] if isinstance(value, Items) else []
    if texts:
        yield places.at_task(
            "AKP103",
            task,
            places.of_value(task, PULL_SECRETS, texts[0]),
            f"{places.shown(texts[0])} is plain text in a list: Kubernetes takes references there, and refuses the pod",
            f"write {_RIGHT}",
        )


def _without_list(task: Task, value: Value) -> Iterator[Finding]:
    bare = (isinstance(value, Model) and value.name == _REFERENCE) or (isinstance(value, Entries) and value.entries)
    if bare:
        yield places.at_task(
            "AKP104",
            task,
            places.of_value(task, PULL_SECRETS, value),
            "a reference without a list around it: Kubernetes takes a list, and refuses the pod",
            "put square brackets around it",
        )


def _blanks(task: Task, value: Value) -> Iterator[Finding]:
    if not isinstance(value, Text) or value.template:
        return
    wrong = [name for name in value.text.split(",") if name != name.strip() and name.strip()]
    if wrong:
        yield places.at_task(
            "AKP105",
            task,
            places.of_value(task, PULL_SECRETS, value),
            f"this names the secret {quote(wrong[0])}, with its blank: Airflow splits at the commas and strips nothing",
            "leave the blanks out",
        )


def _templates(task: Task, value: Value) -> Iterator[Finding]:
    for name in map(_name, value.items if isinstance(value, Items) else (value,)):
        if isinstance(name, Text) and name.template:
            yield places.at_task(
                "AKP106",
                task,
                places.of_value(task, PULL_SECRETS, name),
                "Airflow renders no template in image_pull_secrets: this stays as it is, and names no secret",
                "write the secret's name",
            )


def _name(reference: Value) -> Value | None:
    """Give what REFERENCE, a model, a dict or a text, has for the secret's name."""
    match reference:
        case Model(name="V1LocalObjectReference"):
            return reference.keywords.get("name", next(iter(reference.arguments), None))
        case Entries():
            return reference.entries.get("name")
    return reference


def judge_spelling(survey: Survey, task: Task) -> Iterator[Finding]:
    """Give the keywords of TASK that are image_pull_secrets misspelt."""
    names = [name for name, argument in task.arguments.items() if is_misspelt(name) and argument.source != "class"]
    if not names or not _is_operator_itself(survey, task):
        return
    for name in names:
        argument = task.arguments[name]
        ignored = argument.source == "default_args"
        if argument.source == "attribute":
            continue
        yield places.at_task(
            "AKP107",
            task,
            places.of_name(task, name),
            f"{quote(name)} is ignored in default_args: no operator takes it"
            if ignored
            else f"{task.operator.name} takes no {quote(name)}, and the DAG does not parse",
            f"write {PULL_SECRETS}",
            severity=Severity.WARNING if ignored else None,
        )


@lru_cache(maxsize=4096)
def is_misspelt(name: str) -> bool:
    """Whether NAME is meant for image_pull_secrets, and is not it."""
    letters, right = re.sub("[^a-z]", "", name.lower()), PULL_SECRETS.replace("_", "")
    shared = sum((Counter(letters) & Counter(right)).values())
    if name == PULL_SECRETS or 2 * shared < _ALIKE * len(letters + right):
        return False
    from difflib import SequenceMatcher  # for few names: most share too few letters

    return SequenceMatcher(None, letters, right, autojunk=False).ratio() >= _ALIKE


_ALIKE = 0.85
"""image_pull_policy is 0.65 alike, the nearest of all that an operator takes."""


def _is_operator_itself(survey: Survey, task: Task) -> bool:
    """Whether the class that is called is an operator of Airflow, and no class of the project's own."""
    if task.operator.decorator:
        return True
    site = next((site for site in survey.calls if site.call is task.call), None)
    if site is None:
        return False
    called = site.call.func
    dotted = dotted_names(called, site.scope)
    names = {name.removesuffix(".partial") for name in dotted}
    return bool(names) and all(name.startswith("airflow.") and find_operator(name) for name in names)
