"""How a call makes a task: by its class, by `.partial`, or by a name that functools.partial made of a class.

PURE.
"""

import ast
from typing import NamedTuple

from astrokpo_cli.dags.evaluation import Evaluator
from astrokpo_cli.dags.given import Given, given_by
from astrokpo_cli.dags.lineage import Lineage, Lineages
from astrokpo_cli.dags.scope import CallSite, Scope, dotted_names, find_only


class Made(NamedTuple):
    """How a call makes a task."""

    lineage: Lineage
    preset: Given = Given({})
    """What functools.partial gives already."""
    partial: bool = False
    """Whether it is the call of `.partial`, whose rest comes with `.expand`."""


class Makers:
    """Finds out which calls make tasks."""

    def __init__(self, evaluator: Evaluator, lineages: Lineages) -> None:
        self._evaluator = evaluator
        self._lineages = lineages

    def of(self, site: CallSite) -> Made | None:
        """Say how the call at SITE makes a task; None for any other call."""
        func = site.call.func
        if isinstance(func, ast.Name):
            return self._of_name(func, site.scope)
        if not isinstance(func, ast.Attribute):
            return None
        partial = func.attr == "partial" and isinstance(func.value, ast.Name | ast.Attribute)
        lineage = self._lineages.of(func.value if partial else func, site.scope)
        return Made(lineage, partial=partial) if lineage else None

    def _of_name(self, func: ast.Name, scope: Scope) -> Made | None:
        lineage = self._lineages.of(func, scope)
        return Made(lineage) if lineage else self._of_partial(func, scope)

    def _of_partial(self, func: ast.Name, scope: Scope) -> Made | None:
        """Follow a name that functools.partial made of a class."""
        found = find_only(func.id, scope)
        if found is None or not isinstance(found[1].node, ast.Call):
            return None
        where, call = found[0], found[1].node
        if "functools.partial" not in dotted_names(call.func, where) or not call.args:
            return None
        inner = self._of_first(call.args[0], where, func.id)
        if inner is None:
            return None
        own = given_by(self._evaluator, CallSite(call, where, ()))
        return inner._replace(preset=inner.preset.with_arguments(own.arguments, own.more))

    def _of_first(self, node: ast.expr, scope: Scope, but: str) -> Made | None:
        """Say what functools.partial makes of NODE, its first argument, where that is not the name BUT."""
        lineage = self._lineages.of(node, scope)
        if lineage:
            return Made(lineage)
        return self._of_partial(node, scope) if isinstance(node, ast.Name) and node.id != but else None
