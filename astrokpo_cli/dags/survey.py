"""The survey of a Python file: which names it binds, where, and how they are used.

PURE. Module -> Survey, in one walk. What each kind of statement binds stands in a function of its own; `walk` has what
expressions use and bind.
"""

import ast
from collections.abc import Callable, Sequence
from typing import Any

from astrokpo_cli.dags.scope import Binding, ClassSite, FunctionSite, ImportSite, Scope, StoreSite, Survey
from astrokpo_cli.dags.source import Module
from astrokpo_cli.dags.walk import Here, Walk


def survey(module: Module) -> Survey:
    """Walk MODULE once."""
    walk = Walk(module)
    scope = Scope(module.tree, module)
    _statements(walk, module.tree.body, Here(scope))
    return Survey(
        module,
        scope,
        tuple(sorted(walk.calls, key=lambda site: _place(site.call))),
        tuple(walk.imports),
        tuple(walk.functions),
        tuple(walk.classes),
        tuple(walk.stores),
        walk.uses,
        walk.parents,
    )


def _place(call: ast.Call) -> tuple[int, ...]:
    """Give the order of the file; of calls that begin together the inner one is first."""
    return call.lineno, call.col_offset, call.end_lineno or 0, call.end_col_offset or 0


def _statements(walk: Walk, body: Sequence[ast.stmt], here: Here) -> None:
    for statement in body:
        _STEPS.get(type(statement), _parts)(walk, statement, here)


def _parts(walk: Walk, node: ast.AST, here: Here) -> None:
    """Walk the expressions, statements and others that NODE is made of."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            walk.expression(child, node, here)
        elif isinstance(child, ast.stmt):
            _statements(walk, (child,), here)
        elif not isinstance(child, ast.expr_context | ast.operator):
            _parts(walk, child, here)


def _function(walk: Walk, node: ast.FunctionDef | ast.AsyncFunctionDef, here: Here) -> None:
    for decorator in node.decorator_list:
        walk.expression(decorator, node, here)
    inner = Scope(node, walk.module, here.scope)
    walk.bind(node.name, Binding(node, certain=here.certain), here.scope)
    walk.functions.append(FunctionSite(node, here.scope, inner, here.withs))
    walk.parameters(node.args, node, here, inner)
    _statements(walk, node.body, Here(inner))


def _class(walk: Walk, node: ast.ClassDef, here: Here) -> None:
    for part in (*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)):
        walk.expression(part, node, here)
    inner = Scope(node, walk.module, here.scope)
    walk.bind(node.name, Binding(node, certain=here.certain), here.scope)
    walk.classes.append(ClassSite(node, here.scope, inner))
    _statements(walk, node.body, Here(inner))


def _import(walk: Walk, node: ast.Import, here: Here) -> None:
    for alias in node.names:
        top = alias.name.partition(".")[0]
        _imported(walk, node, alias, alias.asname or top, alias.name if alias.asname else top, here)


def _import_from(walk: Walk, node: ast.ImportFrom, here: Here) -> None:
    base = f"{'.' * node.level}{node.module or ''}"
    dot = "" if not base or base.endswith(".") else "."
    for alias in node.names:
        if alias.name == "*":
            here.scope.root().stars.append(base)
        else:
            _imported(walk, node, alias, alias.asname or alias.name, f"{base}{dot}{alias.name}", here)


def _imported(
    walk: Walk, node: ast.Import | ast.ImportFrom, alias: ast.alias, name: str, dotted: str, here: Here
) -> None:
    walk.bind(name, Binding(alias, dotted, here.certain), here.scope)
    walk.imports.append(ImportSite(node, alias, here.scope, here.guarded))


def _assign(walk: Walk, node: ast.Assign, here: Here) -> None:
    walk.expression(node.value, node, here)
    for target in node.targets:
        _assigned(walk, target, node.value, node, here)


def _annotated(walk: Walk, node: ast.AnnAssign, here: Here) -> None:
    if node.value is not None:
        walk.expression(node.value, node, here)
        _assigned(walk, node.target, node.value, node, here)


def _assigned(walk: Walk, target: ast.expr, value: ast.expr, statement: ast.stmt, here: Here) -> None:
    """Bind TARGET to VALUE; where both are written in parts, each to its own."""
    if isinstance(target, ast.Name):
        walk.bind(target.id, Binding(value, certain=here.certain), here.scope)
    elif isinstance(target, ast.Attribute):
        walk.stores.append(StoreSite(target, value, here.scope))
        walk.expression(target, statement, here)
    elif _pairs(target, value):
        for part, its_value in zip(target.elts, value.elts, strict=True):  # type: ignore[attr-defined]
            _assigned(walk, part, its_value, statement, here)
    else:
        walk.target(target, statement, here)


def _pairs(target: ast.expr, value: ast.expr) -> bool:
    """Whether each part of TARGET gets the part of VALUE in its place."""
    return (
        isinstance(target, ast.Tuple | ast.List)
        and isinstance(value, ast.Tuple | ast.List)
        and len(target.elts) == len(value.elts)
        and not any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts))
    )


def _augmented(walk: Walk, node: ast.AugAssign, here: Here) -> None:
    walk.expression(node.value, node, here)
    walk.target(node.target, node, here)


def _delete(walk: Walk, node: ast.Delete, here: Here) -> None:
    for target in node.targets:
        walk.target(target, node, here.maybe())


def _loop(walk: Walk, node: ast.For | ast.AsyncFor, here: Here) -> None:
    walk.expression(node.iter, node, here)
    walk.target(node.target, node, here.maybe())
    _statements(walk, (*node.body, *node.orelse), here.maybe())


def _branch(walk: Walk, node: ast.If | ast.While, here: Here) -> None:
    walk.expression(node.test, node, here)
    _statements(walk, (*node.body, *node.orelse), here.maybe())


def _with(walk: Walk, node: ast.With | ast.AsyncWith, here: Here) -> None:
    withs = here.withs
    for item in node.items:
        walk.expression(item.context_expr, item, here._replace(withs=withs))
        if item.optional_vars is not None:
            walk.target(item.optional_vars, item, here)
        withs = (*withs, item)
    _statements(walk, node.body, here._replace(withs=withs))


def _try(walk: Walk, node: ast.Try, here: Here) -> None:
    guarded = here.guarded or any(_catches_import_error(handler) for handler in node.handlers)
    inside = here._replace(certain=False, guarded=guarded)
    _statements(walk, node.body, inside)
    for handler in node.handlers:
        walk.expression(handler.type, handler, here)
        if handler.name:
            walk.bind(handler.name, Binding(handler, certain=False), here.scope)
        _statements(walk, handler.body, inside)
    _statements(walk, node.orelse, here.maybe())
    _statements(walk, node.finalbody, here)


def _catches_import_error(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    names = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}
    return bool(names & {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


def _match(walk: Walk, node: ast.Match, here: Here) -> None:
    walk.expression(node.subject, node, here)
    for case in node.cases:
        for part in ast.walk(case.pattern):
            name = getattr(part, "name", None) or getattr(part, "rest", None)
            if name:
                walk.bind(name, Binding(part, certain=False), here.scope)
        walk.expression(case.guard, case, here)
        _statements(walk, case.body, here.maybe())


def _declare(walk: Walk, node: ast.Global | ast.Nonlocal, here: Here) -> None:
    walk.declare(node.names, here.scope)


_STEPS: dict[type[ast.stmt], Callable[[Walk, Any, Here], None]] = {
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Delete: _delete,
    ast.For: _loop,
    ast.AsyncFor: _loop,
    ast.If: _branch,
    ast.While: _branch,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.Match: _match,
    ast.Global: _declare,
    ast.Nonlocal: _declare,
}
