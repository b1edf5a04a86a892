"""What sets image_pull_secrets on tasks after they are made: `task.image_pull_secrets = [...]`.

PURE. A task whose attribute is certainly set has that secret; where it may be any task's, nothing is known of all.
"""

import ast
from collections.abc import Iterator, Sequence

from astrokpo_cli.dags.evaluation import Evaluator
from astrokpo_cli.dags.scope import Scope, StoreSite, Survey, find_bindings
from astrokpo_cli.dags.tasks import PULL_SECRETS, Argument, Task, Verdict
from astrokpo_cli.dags.verdicts import secrets_of

_LATER = "it is set after the task is made"
_SOMEWHERE = "the file sets image_pull_secrets of tasks that are made"


def with_attributes(survey: Survey, evaluator: Evaluator, tasks: Sequence[Task]) -> Sequence[Task]:
    """Take in what the file of SURVEY sets on its TASKS."""
    sets = [store for store in survey.stores if store.target.attr == PULL_SECRETS and not _is_self(store)]
    dynamic = "setattr" in survey.module.text and any(_is_setattr(site.call) for site in survey.calls)
    if not sets and not dynamic:
        return tasks
    return [_with_attributes(survey, evaluator, task, sets, dynamic=dynamic) if task.inside else task for task in tasks]


def _with_attributes(
    survey: Survey, evaluator: Evaluator, task: Task, sets: Sequence[StoreSite], *, dynamic: bool
) -> Task:
    its_own = [store for store in sets if not _is_another(store, task)]
    if not its_own and not dynamic:
        return task
    if dynamic or len(its_own) > 1 or not _is_of(survey, its_own[0], task):
        return task._replace(verdict=Verdict("unknown", (), _SOMEWHERE), closed_to_patch=_SOMEWHERE)
    value = evaluator.value(its_own[0].value, its_own[0].scope)
    verdict = secrets_of(value)
    if verdict.kind == "has":
        verdict = verdict._replace(why=verdict.why or _LATER)
    known = {**task.arguments, PULL_SECRETS: Argument(value, "attribute")}
    return task._replace(arguments=known, verdict=verdict, closed_to_patch=_LATER)


def _is_of(survey: Survey, store: StoreSite, task: Task) -> bool:
    """Whether STORE is for TASK whenever that is made: beside it, not under a condition of its own."""
    bound = _bound(store)
    beside = any(
        statement is survey.parents.get(store.target)
        for body in _bodies(survey.parents.get(task.call), store.scope)
        for statement in body
    )
    return bound is not None and len(bound) == 1 and bound[0] is task.call and beside


def _is_another(store: StoreSite, task: Task) -> bool:
    """Whether STORE is for a name that is certainly not TASK."""
    bound = _bound(store)
    return bound is not None and all(isinstance(node, ast.Call) and node is not task.call for node in bound)


def _bound(store: StoreSite) -> Sequence[ast.AST] | None:
    target = store.target.value
    found = find_bindings(target.id, store.scope) if isinstance(target, ast.Name) else None
    return [binding.node for binding in found[1]] if found else None


def _bodies(statement: ast.AST | None, scope: Scope) -> Iterator[Sequence[ast.stmt]]:
    """Give the lists of statements in SCOPE of which STATEMENT is one."""
    for node in ast.walk(scope.node):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list) and any(each is statement for each in body):
                yield body


def _is_self(store: StoreSite) -> bool:
    return isinstance(store.target.value, ast.Name) and store.target.value.id == "self"


def _is_setattr(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Name)
        and call.func.id == "setattr"
        and any(isinstance(argument, ast.Constant) and argument.value == PULL_SECRETS for argument in call.args)
    )
