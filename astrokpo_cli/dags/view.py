"""From where an expression is looked at: its scope, and the call of the function that it stands in.

PURE. The steps of the evaluation get a View, and ask it for the values of the parts of an expression.
"""

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from astrokpo_cli.dags.scope import Scope, ScopeNode
from astrokpo_cli.dags.values import Origin, Unknown, Value

if TYPE_CHECKING:
    from astrokpo_cli.dags.evaluation import Evaluator


class Frame(NamedTuple):
    """A call of a function: what its parameters are."""

    function: ScopeNode
    values: Mapping[str, Value]


class View(NamedTuple):
    """A scope as it is while its code runs."""

    evaluator: "Evaluator"
    scope: Scope
    frame: Frame | None = None

    def at(self, scope: Scope) -> "View":
        """Give the view of SCOPE in the same call."""
        return View(self.evaluator, scope, self.frame)

    def value(self, node: ast.expr) -> Value:
        """Give what NODE is worth."""
        return self.evaluator.look(node, self)

    def parameter(self, name: str) -> Value | None:
        """Give what the parameter NAME of the scope's own function is; None where its call is not known."""
        frame = self.frame
        return frame.values.get(name) if frame and frame.function is self.scope.node else None

    def origin(self, node: ast.expr) -> Origin:
        """Give NODE as a place."""
        return Origin(self.scope.module, node)

    def unknown(self, node: ast.expr, why: str) -> Unknown:
        """Give that NODE's worth is not known."""
        return Unknown(Origin(self.scope.module, node), why)
