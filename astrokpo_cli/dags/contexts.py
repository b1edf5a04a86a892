"""In which DAG and task groups a piece of DAG code runs, and what default_args it gets from them.

PURE. What stands in a function runs where the function is called. What runs inside a task has no DAG around it.
"""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from astrokpo_cli.dags.evaluation import Evaluator, join, reaching
from astrokpo_cli.dags.mutation import leaves_alone
from astrokpo_cli.dags.scope import COMPREHENSIONS, Scope, Survey, Use, dotted_names, find_bindings
from astrokpo_cli.dags.source import Module
from astrokpo_cli.dags.values import Entries, Origin, Unknown, Value

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
_TASK_DECORATOR = re.compile(r"airflow\.(decorators|sdk)\.task(\..*)?")
_AT_RUN_TIME = {"execute", "pre_execute", "post_execute", "poke"}
_CALLBACKS = re.compile(r"python_callable|condition_fn|on_\w+_callback")
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
_TEXTS = {"__name__", "__qualname__", "__doc__", "__module__"}
"""What is read of a function without calling it."""
MAX_POSITIONAL = 4
"""How many arguments of DAG and TaskGroup come before default_args, at least."""
MAX_CALLS = 6
"""How many functions that call each other are followed."""


class Holder(NamedTuple):
    """A DAG or a task group: where its default_args are written."""

    call: ast.Call | None
    """None for a decorator without brackets."""
    scope: Scope


class Context(NamedTuple):
    """One way in which a task may be made."""

    dag: Holder | None = None
    groups: tuple[Holder, ...] = ()
    """Outermost first."""
    unknown: str = ""
    """Why its DAG is not known; empty where it is, or where there is none."""


class Defaults(NamedTuple):
    """The default_args that reach a task."""

    values: Mapping[str, Value]
    more: str = ""
    """Why there may be others; empty where all are known."""


class Contexts:
    """Finds the contexts of one world's code."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._world = evaluator.world
        self._working: dict[Module, bool] = {}

    def of_call(self, call: ast.Call | None, scope: Scope, withs: Sequence[ast.withitem]) -> tuple[Context, ...]:
        """Give the contexts of the task that CALL makes in SCOPE, inside of WITHS."""
        return tuple(dict.fromkeys(self._of_call(call, scope, withs, MAX_CALLS)))

    def defaults(self, contexts: Iterable[Context], own: ast.expr | None, scope: Scope, origin: Origin) -> Defaults:
        """Give the default_args that hold in all of CONTEXTS, with those that the call gives itself, OWN."""
        own_value = (self._evaluator.value(own, scope),) if own is not None else ()
        layers = [self._merged(each, own_value) for context in contexts for each in _by_version(context)]
        names = {name for layer in layers for name in layer.values}
        more = next((layer.more for layer in layers if layer.more), "")
        values = {name: self._agreed(name, layers, origin) for name in sorted(names)}
        return Defaults(values, more)

    def _agreed(self, name: str, layers: Sequence[Defaults], origin: Origin) -> Value:
        if all(name in layer.values for layer in layers):
            return join(origin, [layer.values[name] for layer in layers])
        return Unknown(origin, "the DAGs and task groups that it may be in do not have the same default_args")

    def _merged(self, context: Context, own: tuple[Value, ...]) -> Defaults:
        """Lay the default_args of a DAG, its groups and the call over each other; the inner one wins."""
        values: dict[str, Value] = {}
        more = context.unknown
        holders = [*([context.dag] if context.dag else []), *context.groups]
        for value in (*filter(None, map(self._default_args, holders)), *own):
            if isinstance(value, Entries):
                values = {**values, **value.entries}
            else:
                why = value.why if isinstance(value, Unknown) else "they are no dict"
                values, more = {}, f"its default_args are not known: {why}"
        return Defaults(values, more)

    def _default_args(self, holder: Holder) -> Value | None:
        """Give the default_args of HOLDER; None where it has none."""
        if holder.call is None:
            return None
        origin = Origin(holder.scope.module, holder.call)
        if self._works_on_default_args(holder.scope.module):
            return Unknown(origin, "the file works on default_args itself")
        if len(holder.call.args) > MAX_POSITIONAL or any(isinstance(part, ast.Starred) for part in holder.call.args):
            return Unknown(origin, "they may be given by position")
        given = self._evaluator.keywords(holder.call, holder.scope)
        if "default_args" in given.values:
            value = given.values["default_args"]
            # default_args=None is as good as none
            return None if not isinstance(value, Entries | Unknown) else value
        return Unknown(origin, given.more) if given.more else None

    def _works_on_default_args(self, module: Module) -> bool:
        """Whether anything in MODULE may change what `dag.default_args` holds; to read an entry does not."""
        if module not in self._working:
            self._working[module] = ".default_args" in module.text and _changes_default_args(self._world.survey(module))
        return self._working[module]

    def _of_call(
        self, call: ast.Call | None, scope: Scope, withs: Sequence[ast.withitem], depth: int
    ) -> Sequence[Context]:
        named = {keyword.arg: keyword.value for keyword in call.keywords} if call else {}
        if "task_group" in named:
            group = self._group(named["task_group"], scope)
            if group is None:
                return (Context(unknown="its task_group is not known"),)
            return [each._replace(groups=(group,)) for each in self._around(scope, withs, depth)]
        if "dag" in named:
            return self._of_dag(named["dag"], scope, withs, depth)
        return self._around(scope, withs, depth)

    def _of_dag(self, node: ast.expr, scope: Scope, withs: Sequence[ast.withitem], depth: int) -> Sequence[Context]:
        groups = tuple(filter(None, (self._group(item.context_expr, scope) for item in withs)))
        dag = self._dag(node, scope)
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
            group = self._group(item.context_expr, scope)
            if group is not None:
                groups = (group, *groups)
                continue
            dag = self._dag(item.context_expr, scope)
            if dag is not None:
                return (Context(dag, groups),)
            if not _is_no_dag(item.context_expr, scope):
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
            elif any(_TASK_DECORATOR.fullmatch(name) for name in names):
                return (Context(),)
        if isinstance(outside.node, ast.ClassDef):
            known = function.name in _AT_RUN_TIME
            return (Context() if known else Context(unknown=f"it is made in a method, {function.name}()"),)
        return [each._replace(groups=(*each.groups, *group)) for each in self.of_callers(scope, depth)]

    def of_callers(self, function: Scope, depth: int = MAX_CALLS) -> Sequence[Context]:
        """Give the contexts in which FUNCTION is called, in its own file."""
        assert isinstance(function.node, ast.FunctionDef | ast.AsyncFunctionDef)
        name = function.node.name
        if not depth:
            return (Context(unknown=f"{name}() is called through too many others"),)
        contexts: list[Context] = []
        for use in self._uses_of(function):
            contexts += self._of_use(use, name, depth)
        return contexts or (Context(unknown=f"{name}() is not called in this file"),)

    def _of_use(self, use: Use, name: str, depth: int) -> Sequence[Context]:
        survey = self._world.survey(use.scope.module)
        called = _called(use, survey)
        if called is not None:
            return self._around(use.scope, use.withs, depth - 1)
        if isinstance(use.parent, ast.Call) and any(
            keyword.value is use.node and _CALLBACKS.fullmatch(keyword.arg or "") for keyword in use.parent.keywords
        ):
            return (Context(),)
        return (Context(unknown=f"{name}() is not only called in this file"),)

    def _uses_of(self, function: Scope) -> Sequence[Use]:
        """Give the places where the name of FUNCTION stands for it."""
        assert isinstance(function.node, ast.FunctionDef | ast.AsyncFunctionDef)
        uses = self._world.survey(function.module).uses.get(function.node.name, ())
        found = ((use, find_bindings(use.node.id, use.scope)) for use in uses)
        calling = (pair for pair in found if getattr(pair[0].parent, "attr", "") not in _TEXTS)
        return [use for use, where in calling if where and any(each.node is function.node for each in where[1])]

    def _dag(self, node: ast.expr, scope: Scope) -> Holder | None:
        return self._holder(node, scope, DAGS)

    def _group(self, node: ast.expr, scope: Scope) -> Holder | None:
        return self._holder(node, scope, GROUPS)

    def _holder(self, node: ast.expr, scope: Scope, classes: set[str], depth: int = 4) -> Holder | None:
        """Give the one call of CLASSES that NODE is, or is a name for."""
        if isinstance(node, ast.Call):
            return Holder(node, scope) if set(dotted_names(node.func, scope)) & classes else None
        if not isinstance(node, ast.Name) or not depth:
            return None
        found = find_bindings(node.id, scope)
        bindings = reaching(node, scope, *found) if found else ()
        if found is None or len(bindings) != 1:
            return None
        bound = bindings[0].node
        expression = bound.context_expr if isinstance(bound, ast.withitem) else bound
        return self._holder(expression, found[0], classes, depth - 1) if isinstance(expression, ast.expr) else None


def _by_version(context: Context) -> tuple[Context, ...]:
    """Give what CONTEXT is in each Airflow: before 2.7 a group does not have the default_args of the one around it."""
    return (context, context._replace(groups=context.groups[-1:])) if len(context.groups) > 1 else (context,)


def _changes_default_args(survey: Survey) -> bool:
    found = [node for node in survey.parents if isinstance(node, ast.Attribute) and node.attr == "default_args"]
    return not all(isinstance(node.ctx, ast.Load) and leaves_alone(node, survey.parents) for node in found)


def _called(use: Use, survey: Survey) -> ast.Call | None:
    """Give the call that USE, the name of a function, is for: `f(...)`, `f.partial(...)`, `f.override(...)(...)`."""
    node: ast.AST = use.node
    parent: ast.AST | None = use.parent
    while isinstance(parent, ast.Attribute):
        node, parent = parent, survey.parents.get(parent)
    return parent if isinstance(parent, ast.Call) and parent.func is node else None


def _argument(use: Use, function: ast.FunctionDef, name: str) -> ast.expr | None:
    """Give what the call at USE gives for the parameter NAME of FUNCTION."""
    call = use.parent
    if not isinstance(call, ast.Call) or call.func is not use.node:
        return None
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    places = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    index = places.index(name) if name in places else len(call.args)
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    return call.args[index] if index < len(call.args) and not starred else None


def _is_no_dag(node: ast.expr, scope: Scope) -> bool:
    """Whether NODE, of a with statement, is known to open neither a DAG nor a task group."""
    func = node.func if isinstance(node, ast.Call) else node
    if isinstance(func, ast.Name) and find_bindings(func.id, scope) is None and not scope.root().stars:
        return func.id in _NO_DAGS
    if isinstance(func, ast.Attribute) and func.attr in _NO_DAGS:
        return True
    names = dotted_names(func, scope)
    return bool(names) and all(name.partition(".")[0] in _NO_DAG_MODULES or name in _NO_DAGS for name in names)
