"""What stands around a statement or an expression and decides whether it runs, or catches its failure.

PURE. Only for the few places that a rule is about to report.
"""

import ast
from collections.abc import Sequence
from itertools import pairwise

_ASKS = ("airflow", "version", "type_checking", "has_option", "has_section")


def is_prepared(tree: ast.Module, node: ast.AST) -> bool:
    """Whether the code around NODE knows that it may fail.

    It stands in a try statement with handlers or under contextlib.suppress; in a branch whose condition asks for a
    version, for an option of the configuration or for a type checker; or it is an import, and the other branch
    imports too.
    """
    path = _path(tree, node)
    return any(_prepares(outer, inner, node) for outer, inner in pairwise(path))


def _path(tree: ast.Module, node: ast.AST) -> list[ast.AST]:
    """Give the nodes from TREE down to NODE."""
    path: list[ast.AST] = [tree]
    while path[-1] is not node:
        children = sorted(ast.iter_child_nodes(path[-1]), key=lambda child: not _may_hold(child, node))
        path.append(next(child for child in children if any(inner is node for inner in ast.walk(child))))
    return path


def _may_hold(outer: ast.AST, node: ast.AST) -> bool:
    """Whether NODE is likely to be in OUTER, by its lines: these are not to be relied on within an f-string."""
    first, last = getattr(outer, "lineno", None), getattr(outer, "end_lineno", None)
    if first is None or last is None or isinstance(outer, _DECORATED):
        return True
    return bool(first <= getattr(node, "lineno", 0) <= last)


_DECORATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
"""What begins, by its lines, behind its decorators."""


def _prepares(outer: ast.AST, inner: ast.AST, node: ast.AST) -> bool:
    match outer:
        case ast.Try() | ast.TryStar():
            return bool(outer.handlers) and inner not in outer.finalbody
        case ast.With():
            return any(_is_suppress(item.context_expr) for item in outer.items)
        case ast.If():
            other = outer.body if inner in outer.orelse else outer.orelse
            return inner is not outer.test and (_asks(outer.test) or (_is_import(node) and _imports(other)))
        case ast.IfExp():
            return inner is not outer.test and _asks(outer.test)
        case ast.BoolOp(op=ast.And()):
            return inner is not outer.values[0] and any(map(_asks, outer.values))
    return False


def _is_suppress(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) == "suppress"


def _asks(test: ast.expr) -> bool:
    names = (getattr(node, "attr", getattr(node, "id", "")).lower() for node in ast.walk(test))
    return any(part in name for name in names for part in _ASKS)


def _imports(body: Sequence[ast.stmt]) -> bool:
    return any(_is_import(node) for statement in body for node in ast.walk(statement))


def _is_import(node: ast.AST) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)
