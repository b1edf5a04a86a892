"""In which DAG and task groups a piece of DAG code runs.

PURE. What stands in a function runs where the function is called. What runs inside a task has no DAG around it.
"""

import ast
import re
from collections.abc import Sequence
from typing import NamedTuple

from astrokpo_cli.dags.calls import written_keyword
from astrokpo_cli.dags.holders import DAG_DECORATORS, GROUP_DECORATORS, Holder, dag_of, group_of, is_no_dag
from astrokpo_cli.dags.scope import COMPREHENSIONS, Scope, Survey, Use, dotted_names, find_bindings
from astrokpo_cli.dags.world import World

_TASK_DECORATOR = r"airflow\.(decorators|sdk)\.task(\..*)?"
_AT_RUN_TIME = {"execute", "pre_execute", "post_execute", "poke"}
_CALLBACKS = r"python_callable|condition_fn|on_\w+_callback"
_TEXTS = {"__name__", "__qualname__", "__doc__", "__module__"}
"""What is read of a function without calling it."""
MAX_CALLS = 6
"""How many functions that call each other are followed."""


class Context(NamedTuple):
    """One way in which a task may be made."""

    dag: Holder | None = None
    groups: tuple[Holder, ...] = ()
    """Outermost first."""
    unknown: str = ""
    """Why its DAG is not known; empty where it is, or where there is none."""


class Contexts:
    """Finds the contexts of one world's code."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._callers: dict[tuple[Scope, int], Sequence[Context]] = {}

    def of_call(self, call: ast.Call, scope: Scope, withs: Sequence[ast.withitem]) -> tuple[Context, ...]:
        """Give the contexts of the task that CALL makes in SCOPE, inside of WITHS."""
        task_group, dag = written_keyword(call, "task_group"), written_keyword(call, "dag")
        if task_group is not None:
            found = self._of_group(task_group, scope, withs)
        elif dag is not None:
            found = self._of_dag(dag, scope, withs, MAX_CALLS)
        else:
            found = self._around(scope, withs, MAX_CALLS)
        return tuple(dict.fromkeys(found))

    def of_callers(self, function: Scope) -> tuple[Context, ...]:
        """Give the contexts in which FUNCTION is called, in its own file."""
        return tuple(self._of_callers(function, MAX_CALLS))

    def _of_group(self, node: ast.expr, scope: Scope, withs: Sequence[ast.withitem]) -> Sequence[Context]:
        group = group_of(node, scope)
        if group is None:
            return (Context(unknown="its task_group is not known"),)
        return [each._replace(groups=(group,)) for each in self._around(scope, withs, MAX_CALLS)]

    def _of_dag(self, node: ast.expr, scope: Scope, withs: Sequence[ast.withitem], depth: int) -> Sequence[Context]:
        groups = tuple(filter(None, (group_of(item.context_expr, scope) for item in withs)))
        dag = dag_of(node, scope)
        if dag is not None:
            return (Context(dag, groups),)
        if isinstance(node, ast.Name) and depth:
            found = find_bindings(node.id, scope)
            if found and isinstance(found[1][0].node, ast.arg) and isinstance(found[0].node, ast.FunctionDef):
                return self._passed(node.id, found[0], depth, groups)
        return (Context(unknown="its DAG is not known"),)

    def _passed(self, name: str, function: Scope, depth: int, groups: tuple[Holder, ...]) -> Sequence[Context]:
        """Give the contexts of a DAG that is a parameter of FUNCTION, by the calls in this file."""
        contexts: list[Context] = []
        assert isinstance(function.node, ast.FunctionDef)
        for use in self._uses_of(function):
            argument = _argument(use, function.node, name)
            if argument is None:
                return (Context(unknown=f"what {name} is cannot be said"),)
            contexts += self._of_dag(argument, use.scope, use.withs, depth - 1)
        if not contexts:
            return (Context(unknown=f"{function.node.name}() is not called in this file"),)
        return [each._replace(groups=(*each.groups, *groups)) for each in contexts]

    def _around(self, scope: Scope, withs: Sequence[ast.withitem], depth: int) -> Sequence[Context]:
        groups: tuple[Holder, ...] = ()
        for item in reversed(withs):
            group = group_of(item.context_expr, scope)
            if group is not None:
                groups = (group, *groups)
                continue
            dag = dag_of(item.context_expr, scope)
            if dag is not None:
                return (Context(dag, groups),)
            if not is_no_dag(item.context_expr, scope):
                return (Context(unknown="its DAG is made elsewhere"),)
        return [each._replace(groups=(*each.groups, *groups)) for each in self._of_scope(scope, depth)]

    def _of_scope(self, scope: Scope, depth: int) -> Sequence[Context]:
        """Give the contexts of what stands in SCOPE, outside of any with statement."""
        match scope.node:
            case ast.Module():
                return (Context(),)
            case ast.FunctionDef() | ast.AsyncFunctionDef() as function:
                return self._of_function(function, scope, depth)
            case node if isinstance(node, (*COMPREHENSIONS, ast.ClassDef)) and scope.parent:
                return self._of_scope(scope.parent, depth)
        return (Context(unknown="it is made in a lambda"),)

    def _of_function(
        self, function: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, depth: int
    ) -> Sequence[Context]:
        outside = scope.parent
        assert outside is not None
        group: tuple[Holder, ...] = ()
        for decorator in function.decorator_list:
            call = decorator if isinstance(decorator, ast.Call) else None
            names = set(dotted_names(call.func if call else decorator, outside))
            if names & DAG_DECORATORS:
                return (Context(Holder(call, outside)),)
            if names & GROUP_DECORATORS:
                group = (Holder(call, outside),)
            elif any(re.fullmatch(_TASK_DECORATOR, name) for name in names):
                return (Context(),)
        if isinstance(outside.node, ast.ClassDef):
            known = function.name in _AT_RUN_TIME
            return (Context() if known else Context(unknown=f"it is made in a method, {function.name}()"),)
        return [each._replace(groups=(*each.groups, *group)) for each in self._of_callers(scope, depth)]

    def _of_callers(self, function: Scope, depth: int) -> Sequence[Context]:
        """Give each context in which FUNCTION is called once; functions that call each other are asked once."""
        if (function, depth) not in self._callers:
            self._callers[function, depth] = tuple(dict.fromkeys(self._of_calls(function, depth)))
        return self._callers[function, depth]

    def _of_calls(self, function: Scope, depth: int) -> Sequence[Context]:
        assert isinstance(function.node, ast.FunctionDef | ast.AsyncFunctionDef)
        name = function.node.name
        if not depth:
            return (Context(unknown=f"{name}() is called through too many others"),)
        contexts: list[Context] = []
        for use in self._uses_of(function):
            contexts += self._of_use(use, name, depth)
        return contexts or (Context(unknown=f"{name}() is not called in this file"),)

    def _of_use(self, use: Use, name: str, depth: int) -> Sequence[Context]:
        if _is_called(use, self._world.survey(use.scope.module)):
            return self._around(use.scope, use.withs, depth - 1)
        keywords = use.parent.keywords if isinstance(use.parent, ast.Call) else ()
        if any(each.value is use.node and re.fullmatch(_CALLBACKS, each.arg or "") for each in keywords):
            return (Context(),)
        return (Context(unknown=f"{name}() is not only called in this file"),)

    def _uses_of(self, function: Scope) -> Sequence[Use]:
        """Give the places where the name of FUNCTION stands for it."""
        assert isinstance(function.node, ast.FunctionDef | ast.AsyncFunctionDef)
        uses = self._world.survey(function.module).uses.get(function.node.name, ())
        found = ((use, find_bindings(use.node.id, use.scope)) for use in uses)
        calling = (pair for pair in found if getattr(pair[0].parent, "attr", "") not in _TEXTS)
        return [use for use, where in calling if where and any(each.node is function.node for each in where[1])]


def _is_called(use: Use, survey: Survey) -> bool:
    """Whether USE, of a function's name, is for a call of it: `f(...)`, `f.partial(...)`, `f.override(...)(...)`."""
    node: ast.AST = use.node
    parent: ast.AST | None = use.parent
    while isinstance(parent, ast.Attribute):
        node, parent = parent, survey.parents.get(parent)
    return isinstance(parent, ast.Call) and parent.func is node


def _argument(use: Use, function: ast.FunctionDef, name: str) -> ast.expr | None:
    """Give what the call at USE gives for the parameter NAME of FUNCTION."""
    call = use.parent
    if not isinstance(call, ast.Call) or call.func is not use.node:
        return None
    named = written_keyword(call, name)
    if named is not None:
        return named
    places = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    index = places.index(name) if name in places else len(call.args)
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    return call.args[index] if index < len(call.args) and not starred else None
