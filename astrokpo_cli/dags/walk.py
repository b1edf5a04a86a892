"""A walk through the expressions of a Python file: the names that they use and bind, and the calls in them.

PURE. `survey` walks the statements, and hands each of their expressions to the Walk, which keeps what it saw.
"""

import ast
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from astrokpo_cli.dags.scope import (
    COMPREHENSIONS,
    Binding,
    CallSite,
    ClassSite,
    FunctionSite,
    ImportSite,
    Scope,
    StoreSite,
    Use,
    function_of,
)
from astrokpo_cli.dags.source import Module


class Here(NamedTuple):
    """Where the walk is."""

    scope: Scope
    withs: tuple[ast.withitem, ...] = ()
    certain: bool = True
    guarded: bool = False

    def maybe(self) -> "Here":
        """Give the same place for what may be passed over."""
        return self._replace(certain=False) if self.certain else self


class Walk:
    """One walk through a module; the lists are what it saw."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.calls: list[CallSite] = []
        self.imports: list[ImportSite] = []
        self.functions: list[FunctionSite] = []
        self.classes: list[ClassSite] = []
        self.stores: list[StoreSite] = []
        self.uses: dict[str, list[Use]] = {}
        self.parents: dict[ast.AST, ast.AST] = {}
        self._outer: dict[Scope, set[str]] = {}
        """Names that a function declares global or nonlocal."""

    def expression(self, node: Any, parent: ast.AST, here: Here) -> None:
        """Walk NODE, an expression or None, which is a direct part of PARENT."""
        if node is None or type(node) is ast.Constant:
            return
        # Most of a file's time is spent here: names and constants, which are most of its nodes, cost least.
        uses, parents = self.uses, self.parents
        pending: list[tuple[Any, ast.AST]] = [(node, parent)]
        scope, withs = here.scope, here.withs
        while pending:
            node, parent = pending.pop()
            kind = type(node)
            if kind is ast.Name:
                uses.setdefault(node.id, []).append(Use(node, parent, scope, withs))
                continue
            parents[node] = parent
            if kind in _SCOPED:
                _SCOPED[kind](self, node, here)
                continue
            if kind is ast.Call:
                self.calls.append(CallSite(node, scope, withs))
            elif kind is ast.NamedExpr:
                self.bind(node.target.id, Binding(node.value, certain=False), function_of(scope))
            pending.extend([(part, node) for part in _parts(node, kind) if type(part) is not ast.Constant])

    def a_lambda(self, node: ast.Lambda, here: Here) -> None:
        """Walk NODE, whose parameters are its own."""
        inner = Scope(node, self.module, here.scope)
        self.parameters(node.args, node, here, inner)
        self.expression(node.body, node, Here(inner))

    def a_comprehension(self, node: Any, here: Here) -> None:
        """Walk NODE, whose loops bind names of its own."""
        within = here._replace(scope=Scope(node, self.module, here.scope))
        for number, loop in enumerate(node.generators):
            self.expression(loop.iter, loop, here if number == 0 else within)
            self.target(loop.target, loop, within)
            for condition in loop.ifs:
                self.expression(condition, loop, within)
        for part in ("elt", "key", "value"):
            self.expression(getattr(node, part, None), node, within)

    def parameters(self, arguments: ast.arguments, owner: ast.AST, here: Here, inner: Scope) -> None:
        """Bind the parameters of OWNER, a function, in INNER, its own scope; their defaults belong to HERE."""
        for default in (*arguments.defaults, *arguments.kw_defaults):
            self.expression(default, owner, here)
        rest = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
        for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest):
            self.bind(argument.arg, Binding(argument), inner)

    def target(self, target: ast.expr, binder: ast.AST, here: Here) -> None:
        """Bind the names in TARGET to what BINDER gives them."""
        if isinstance(target, ast.Name):
            self.bind(target.id, Binding(binder, certain=here.certain), here.scope)
        elif isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self.target(part, binder, here)
        elif isinstance(target, ast.Starred):
            self.target(target.value, binder, here)
        else:
            self.expression(target, binder, here)

    def declare(self, names: Sequence[str], scope: Scope) -> None:
        """Take NAMES, which SCOPE says are global or nonlocal, for the module's."""
        self._outer.setdefault(scope, set()).update(names)

    def bind(self, name: str, binding: Binding, scope: Scope) -> None:
        """Add a BINDING of NAME."""
        if name in self._outer.get(scope, ()):
            scope, binding = scope.root(), binding._replace(certain=False)
        scope.bindings.setdefault(name, []).append(binding)


_SCOPED: dict[type[ast.expr], Callable[[Walk, Any, Here], None]] = {
    ast.Lambda: Walk.a_lambda,
    **dict.fromkeys(COMPREHENSIONS, Walk.a_comprehension),
}
"""Expressions with a scope of their own."""


def _parts(node: Any, kind: type[ast.expr]) -> Sequence[ast.AST]:
    """Give the expressions right below NODE, which is of KIND, without what it binds."""
    if kind is ast.Call:
        return [node.func, *node.args, *[keyword.value for keyword in node.keywords]]
    if kind is ast.Attribute or kind is ast.NamedExpr:
        return (node.value,)
    parts: list[ast.AST] = []
    for name in node._fields:
        part = getattr(node, name)
        if type(part) is list:
            parts += [item for item in part if isinstance(item, ast.expr)]
        elif isinstance(part, ast.expr):
            parts.append(part)
    return parts
