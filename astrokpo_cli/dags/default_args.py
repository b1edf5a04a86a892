"""The default_args that reach a task: those of its DAG, of its task groups and of its own call.

PURE. The inner ones win. What may be changed after it is made is not known.
"""

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from astrokpo_cli.dags.calls import keywords_of
from astrokpo_cli.dags.contexts import Context
from astrokpo_cli.dags.evaluation import Evaluator
from astrokpo_cli.dags.holders import Holder
from astrokpo_cli.dags.joining import join
from astrokpo_cli.dags.mutation import leaves_alone
from astrokpo_cli.dags.scope import Scope, Survey
from astrokpo_cli.dags.source import Module
from astrokpo_cli.dags.tasks import DEFAULT_ARGS
from astrokpo_cli.dags.values import Entries, Origin, Unknown, Value

MAX_POSITIONAL = 4
"""How many arguments of DAG and TaskGroup come before default_args, at least."""


class Defaults(NamedTuple):
    """The default_args that reach a task."""

    values: Mapping[str, Value]
    more: str = ""
    """Why there may be others; empty where all are known."""


class DefaultArgs:
    """Finds the default_args in one world's code."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._changed: dict[Module, bool] = {}

    def of(self, contexts: Iterable[Context], own: ast.expr | None, scope: Scope, origin: Origin) -> Defaults:
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
        for value in (*filter(None, map(self._given_to, holders)), *own):
            if isinstance(value, Entries):
                values = {**values, **value.entries}
            else:
                why = value.why if isinstance(value, Unknown) else "they are no dict"
                values, more = {}, f"its default_args are not known: {why}"
        return Defaults(values, more)

    def _given_to(self, holder: Holder) -> Value | None:
        """Give the default_args of HOLDER; None where it has none."""
        if holder.call is None:
            return None
        origin = Origin(holder.scope.module, holder.call)
        if self._are_changed(holder.scope.module):
            return Unknown(origin, "the file works on default_args itself")
        if len(holder.call.args) > MAX_POSITIONAL or any(isinstance(part, ast.Starred) for part in holder.call.args):
            return Unknown(origin, "they may be given by position")
        given = keywords_of(self._evaluator.view(holder.scope), holder.call)
        value = given.values.get(DEFAULT_ARGS)
        if value is None:
            return Unknown(origin, given.more) if given.more else None
        return value if isinstance(value, Entries | Unknown) else None  # default_args=None is as good as none

    def _are_changed(self, module: Module) -> bool:
        """Whether anything in MODULE may change what `dag.default_args` holds; to read an entry does not."""
        if module not in self._changed:
            named = f".{DEFAULT_ARGS}" in module.text
            self._changed[module] = named and _works_on_them(self._evaluator.world.survey(module))
        return self._changed[module]


def _works_on_them(survey: Survey) -> bool:
    found = [node for node in survey.parents if isinstance(node, ast.Attribute) and node.attr == DEFAULT_ARGS]
    return not all(isinstance(node.ctx, ast.Load) and leaves_alone(node, survey.parents) for node in found)


def _by_version(context: Context) -> tuple[Context, ...]:
    """Give what CONTEXT is in each Airflow: before 2.7 a group does not have the default_args of the one around it."""
    return (context, context._replace(groups=context.groups[-1:])) if len(context.groups) > 1 else (context,)
