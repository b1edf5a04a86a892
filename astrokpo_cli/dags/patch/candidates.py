"""Which tasks get a pull secret, which one, and which are left to a person, with the reason.

PURE. A task is patched only where nothing is in doubt; one that has its secret, or needs none, is not spoken of.
"""

import ast
from collections.abc import Sequence
from typing import NamedTuple

from astrokpo_cli.dags.patch.edits import Left, Wish
from astrokpo_cli.dags.private import PrivateImages, beginning_of, find_private
from astrokpo_cli.dags.rules.astro import is_external
from astrokpo_cli.dags.rules.expectations import Expectations
from astrokpo_cli.dags.rules.kinds import judge_kind, judge_spelling
from astrokpo_cli.dags.rules.pullsecrets import judge_secret
from astrokpo_cli.dags.scope import Scope, Survey
from astrokpo_cli.dags.suppress import silenced
from astrokpo_cli.dags.tasks import PULL_SECRETS, Task
from astrokpo_cli.dags.values import Scalar, Text, Unknown, Value
from astrokpo_cli.images import DOCKER_HUB

_FORMATTED = (ast.JoinedStr, getattr(ast, "TemplateStr", ast.JoinedStr))
_REFUSED = ("AKP103", "AKP104", "AKP106")
"""What Kubernetes takes for no reference to a secret."""
_TEMPLATES = ("full_pod_spec", "pod_template_file", "pod_template_dict")


class Candidate(NamedTuple):
    """A task that gets a pull secret."""

    task: Task
    call: ast.Call
    scope: Scope
    """Where the call stands."""
    secret: str


class NotPatched(Exception):
    """Why a task is left to a person."""


def choose(survey: Survey, tasks: Sequence[Task], wish: Wish) -> tuple[list[Candidate], list[Left]]:
    """Sort TASKS into those that get a secret and those that a person must look at."""
    scopes = {id(site.call): site.scope for site in survey.calls}
    formatted = inside_formatted_text(survey)
    candidates: dict[int, list[Candidate]] = {}
    left: list[Left] = []
    for task in tasks:
        if task.module is not survey.module or not task.inside:
            continue
        try:
            if task.verdict.kind == "has":
                _check_secret(task, wish)
            elif _may_need_secret(task, wish.private):
                _check_spelling(survey, task)
                if id(task.call) in formatted:
                    raise NotPatched("it stands in an f-string")
                candidate = _candidate(task, scopes.get(id(task.call)), wish)
                candidates.setdefault(id(task.call), []).append(candidate)
        except NotPatched as err:
            left.append(leave(task, str(err)))
    chosen: list[Candidate] = []
    for same_call in candidates.values():
        if len({each.secret for each in same_call}) == 1:
            chosen.append(same_call[0])
        else:
            left += [leave(each.task, "one call makes tasks with images of several secrets") for each in same_call]
    return chosen, left


def leave(task: Task, why: str) -> Left:
    """Leave TASK to a person."""
    return Left(task.call.lineno, task.name, why)


def inside_formatted_text(survey: Survey) -> frozenset[int]:
    """Give the ids of the nodes within f-strings, where Python's word on places is not to be relied on."""
    texts = (node for node in survey.parents if isinstance(node, _FORMATTED))
    return frozenset(id(node) for text in texts for node in ast.walk(text))


def _check_secret(task: Task, wish: Wish) -> None:
    """Make sure that what TASK has is a pull secret that serves its image; raises NotPatched."""
    private = tuple(each._replace(secret=wish.secret or each.secret) for each in wish.private)
    if not _may_need_secret(task, private):
        return
    refused = (finding for finding in judge_kind(task) if finding.code in _REFUSED)
    for finding in (*refused, *judge_secret(task, Expectations(private, wish.versions))):
        raise NotPatched(finding.message)


def _check_spelling(survey: Survey, task: Task) -> None:
    for finding in judge_spelling(survey, task):
        raise NotPatched(finding.message)


def _may_need_secret(task: Task, private: Sequence[PrivateImages]) -> bool:
    """Whether the image of TASK is private, or may be for all that is known."""
    image = task.image
    if image is None:
        may_be_elsewhere = bool(task.more) or any(name in task.arguments for name in _TEMPLATES)
        return bool(private) and may_be_elsewhere
    return find_private(image, private) is not None or _may_be_private(image, private)


def _may_be_private(image: Value, private: Sequence[PrivateImages]) -> bool:
    """Whether what is not known of IMAGE decides."""
    if not private or isinstance(image, Scalar) or (isinstance(image, Text) and image.complete):
        return False
    if not isinstance(image, Text):
        return True
    name = beginning_of(image)
    beginnings = (name,) if name else (image.text, f"{DOCKER_HUB}/{image.text}")
    return any(each.prefix.startswith(beginning) for each in private for beginning in beginnings)


def _candidate(task: Task, scope: Scope | None, wish: Wish) -> Candidate:
    """Make sure that TASK can be patched; raises NotPatched."""
    call = task.call
    why = _why_closed(task)
    if why:
        raise NotPatched(why)
    match = find_private(task.image, wish.private)
    if match is None:
        raise NotPatched(_unknown_image(task))
    if _is_ignored(task, wish):
        raise NotPatched("a comment ignores AKP101 there")
    secret = wish.secret or match.secret
    if secret is None:
        raise NotPatched(f"the pull secret that serves {match.prefix} is not known")
    if not wish.secret and _may_be_of_another(task.image, secret, wish.private):
        raise NotPatched("which of several pull secrets serves its image is not known")
    if scope is None or not isinstance(call, ast.Call):
        raise NotPatched("its keywords are not written in this file")
    if PULL_SECRETS in task.arguments or any(keyword.arg == PULL_SECRETS for keyword in call.keywords):
        raise NotPatched(f"{PULL_SECRETS} is given, and empty")
    return Candidate(task, call, scope, secret)


def _why_closed(task: Task) -> str:
    """Say why TASK is not to be patched, whatever its image; empty where it may be."""
    if task.verdict.kind != "none":
        return task.verdict.why or "whether it has a pull secret is not known"
    if is_external(task):
        return "it runs in another cluster"
    if task.operator.template:
        return "its pod comes from a template of its own"
    return task.closed_to_patch


def _is_ignored(task: Task, wish: Wish) -> bool:
    findings = tuple(judge_secret(task, Expectations(wish.private, wish.versions)))
    return bool(findings) and not silenced(task.module, findings)


def _may_be_of_another(image: Value | None, secret: str, private: Sequence[PrivateImages]) -> bool:
    """Whether what is not known of IMAGE may make it one that another secret serves."""
    name = beginning_of(image)
    return name.endswith("/") and any(each.prefix.startswith(name) and each.secret != secret for each in private)


def _unknown_image(task: Task) -> str:
    image = task.image
    if isinstance(image, Unknown):
        return f"its image is not known: {image.why}"
    if isinstance(image, Text):
        return "only the beginning of its image is known"
    return f"its image is not known: {task.more or 'it comes from a template of a pod'}"
