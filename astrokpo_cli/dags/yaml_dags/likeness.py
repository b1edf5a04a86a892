"""What YAML looks like to the rules, which know Python: imports and calls that stand at its places.

PURE. An operator's path is an import and the function of a call; the task's entries are the call's keywords.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import TypedDict

from astrokpo_cli.dags.rules.removed import CONTRIB_MODULE, OLD_MODULE
from astrokpo_cli.dags.scope import Binding, CallSite, ImportSite, Scope, Survey
from astrokpo_cli.dags.tasks import Task
from astrokpo_cli.dags.yaml_dags.nodes import Node, YamlFile, origin
from astrokpo_cli.dags.yaml_dags.reading import Field


class _Place(TypedDict):
    lineno: int
    col_offset: int
    end_lineno: int | None
    end_col_offset: int | None


def as_call(module: YamlFile, task: Field, entries: Mapping[str, Field]) -> ast.Call:
    """Give the call that makes a TASK, whose key is its id and whose value is its operator's path, of ENTRIES."""
    path = task.value.text or ""
    keywords = [
        ast.keyword(name, _expression(module, field.value), **_from_to(module, field.key, field.value))
        for name, field in entries.items()
    ]
    function = ast.Name(path, ast.Load(), **_from_to(module, task.value, task.value))
    return ast.Call(function, [], keywords, **_from_to(module, task.key, task.key))


def as_survey(module: YamlFile, tasks: Sequence[Task]) -> Survey:
    """Give what a survey of TASKS, all that are in MODULE, would see of their calls."""
    scope = Scope(module.tree, module)
    calls = []
    for task in tasks:
        if isinstance(task.call, ast.Call) and isinstance(task.call.func, ast.Name):
            path = task.call.func
            scope.bindings[path.id] = [Binding(_alias(path), path.id)]
            calls.append(CallSite(task.call, scope, ()))
    return Survey(module, scope, tuple(calls), (), (), (), (), {}, {})


def as_imports(module: YamlFile, tasks: Sequence[Task]) -> Iterator[Survey]:
    """Give, for each place of MODULE that names an operator in a removed module, a survey of its import alone."""
    paths = {task.module.span(task.call.func): task.call.func for task in tasks if isinstance(task.call, ast.Call)}
    for path in paths.values():
        package = path.id.rpartition(".")[0] if isinstance(path, ast.Name) else ""
        if isinstance(path, ast.Name) and package in (OLD_MODULE, CONTRIB_MODULE):
            alias = _alias(path)
            node = ast.ImportFrom(package, [alias], 0, **_place(path))
            file = copy(module)
            file.tree = ast.Module([node], [])
            scope = Scope(file.tree, file)
            yield Survey(file, scope, (), (ImportSite(node, alias, scope, guarded=False),), (), (), (), {}, {})


def _alias(path: ast.Name) -> ast.alias:
    return ast.alias(path.id.rpartition(".")[2], None, **_place(path))


def _place(node: ast.expr) -> _Place:
    return _Place(
        lineno=node.lineno,
        col_offset=node.col_offset,
        end_lineno=node.end_lineno,
        end_col_offset=node.end_col_offset,
    )


def _expression(module: YamlFile, node: Node) -> ast.expr:
    return origin(module, node).node


def _from_to(module: YamlFile, first: Node, last: Node) -> _Place:
    start, end = _expression(module, first), _expression(module, last)
    if (end.end_lineno or 0, end.end_col_offset or 0) < (start.lineno, start.col_offset):
        end = start  # an alias, whose value stands elsewhere
    return _Place(
        lineno=start.lineno,
        col_offset=start.col_offset,
        end_lineno=end.end_lineno,
        end_col_offset=end.end_col_offset,
    )
