"""Which calls and decorators make a DAG or a task group, by the names under which DAG code imports them.

PURE. What a with statement opens beside those is known for a few packages alone.
"""

import ast
from typing import NamedTuple

from astrokpo_cli.dags.scope import Scope, dotted_names, find_bindings, reaching

DAGS = {
    "airflow.DAG",
    "airflow.models.DAG",
    "airflow.models.dag.DAG",
    "airflow.sdk.DAG",
    "airflow.sdk.definitions.dag.DAG",
}
GROUPS = {
    "airflow.utils.task_group.TaskGroup",
    "airflow.sdk.TaskGroup",
    "airflow.sdk.definitions.taskgroup.TaskGroup",
}
DAG_DECORATORS = {"airflow.decorators.dag", "airflow.sdk.dag"}
GROUP_DECORATORS = {
    "airflow.decorators.task_group",
    "airflow.decorators.task_group.task_group",
    "airflow.sdk.task_group",
}
_NO_DAGS = {
    *("open", "as_setup", "as_teardown", "suppress", "TemporaryDirectory", "NamedTemporaryFile"),
    *("airflow.utils.session.create_session", "airflow.utils.db.create_session", "airflow.settings.Session"),
}
_NO_DAG_MODULES = {
    *("concurrent", "contextlib", "decimal", "gzip", "importlib", "io", "logging", "mock", "multiprocessing", "os"),
    *("pathlib", "pytest", "socket", "tarfile", "tempfile", "threading", "unittest", "urllib", "warnings", "zipfile"),
    *("requests", "sqlalchemy", "freezegun", "time_machine", "pendulum"),
}
"""What a with statement may open without being a DAG or a group of tasks."""


class Holder(NamedTuple):
    """A DAG or a task group: where its default_args are written."""

    call: ast.Call | None
    """None for a decorator without brackets."""
    scope: Scope


def dag_of(node: ast.expr, scope: Scope) -> Holder | None:
    """Give the one DAG that NODE makes, or is a name for."""
    return _holder(node, scope, DAGS)


def group_of(node: ast.expr, scope: Scope) -> Holder | None:
    """Give the one task group that NODE makes, or is a name for."""
    return _holder(node, scope, GROUPS)


def _holder(node: ast.expr, scope: Scope, classes: set[str], depth: int = 4) -> Holder | None:
    if isinstance(node, ast.Call):
        return Holder(node, scope) if set(dotted_names(node.func, scope)) & classes else None
    found = find_bindings(node.id, scope) if isinstance(node, ast.Name) and depth else None
    if found is None or not isinstance(node, ast.Name):
        return None
    bindings = reaching(node, scope, *found)
    if len(bindings) != 1:
        return None
    bound = bindings[0].node
    expression = bound.context_expr if isinstance(bound, ast.withitem) else bound
    return _holder(expression, found[0], classes, depth - 1) if isinstance(expression, ast.expr) else None


def is_no_dag(node: ast.expr, scope: Scope) -> bool:
    """Whether NODE, of a with statement, is known to open neither a DAG nor a task group."""
    func = node.func if isinstance(node, ast.Call) else node
    if isinstance(func, ast.Name) and find_bindings(func.id, scope) is None and not scope.root().stars:
        return func.id in _NO_DAGS
    if isinstance(func, ast.Attribute) and func.attr in _NO_DAGS:
        return True
    names = dotted_names(func, scope)
    return bool(names) and all(name.partition(".")[0] in _NO_DAG_MODULES or name in _NO_DAGS for name in names)
