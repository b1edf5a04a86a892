"""Find out what an expression in DAG code is worth, without running it.

PURE. Scope and expression -> Value. What is not certain is Unknown, with the reason. Each kind of expression has its
step, in `expressions`, `names` or `calls`.
"""

import ast
from collections.abc import Callable
from typing import Any

from astrokpo_cli.dags import calls, expressions, names
from astrokpo_cli.dags.changes import Changes
from astrokpo_cli.dags.scope import Scope
from astrokpo_cli.dags.values import Value, bounded
from astrokpo_cli.dags.view import Frame, View
from astrokpo_cli.dags.world import Trail, World

MAX_DEPTH = 60
"""How many expressions are followed from one to the next."""


class Evaluator:
    """Evaluates expressions of one world; what it found once it remembers."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.trail = Trail(world)
        self.changes = Changes(world)
        self._known: dict[ast.expr, Value] = {}
        self._busy: set[ast.AST] = set()

    def value(self, node: ast.expr, scope: Scope) -> Value:
        """Give what NODE is worth in SCOPE."""
        return self.look(node, View(self, scope))

    def view(self, scope: Scope, frame: Frame | None = None) -> View:
        """Give the view of SCOPE, in the call FRAME."""
        return View(self, scope, frame)

    def look(self, node: ast.expr, view: View) -> Value:
        """Give what NODE is worth in VIEW."""
        if view.frame is None and node in self._known:
            return self._known[node]
        if node in self._busy or len(self._busy) > MAX_DEPTH:
            return view.unknown(node, "it depends on itself")
        step = _STEPS.get(type(node))
        if step is None:
            return view.unknown(node, "it is computed")
        self._busy.add(node)
        try:
            found = bounded(step(view, node))
        finally:
            self._busy.discard(node)
        if view.frame is None:
            self._known[node] = found
        return found


_STEPS: dict[type[ast.expr], Callable[[View, Any], Value]] = {
    ast.Constant: expressions.constant,
    ast.JoinedStr: expressions.joined,
    ast.List: expressions.items,
    ast.Tuple: expressions.items,
    ast.Dict: expressions.entries,
    ast.Subscript: expressions.subscript,
    ast.BinOp: expressions.binary,
    ast.UnaryOp: expressions.negative,
    ast.IfExp: expressions.either,
    ast.BoolOp: expressions.logic,
    ast.NamedExpr: expressions.walrus,
    ast.Name: names.name,
    ast.Attribute: names.attribute,
    ast.Call: calls.call,
}
