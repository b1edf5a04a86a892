"""Whether the places where a dict, a list or an attribute is used leave it alone.

PURE. A place must be one that is known to do so; any other may change it.
"""

import ast
import re
from collections.abc import Mapping

from astrokpo_cli.dags.scope import Survey

_READING_METHODS = {"get", "copy", "items", "keys", "values", "index", "count"}
_READING_CALLS = {
    *("all", "any", "bool", "enumerate", "isinstance", "iter", "len", "max", "min", "reversed", "sorted", "sum", "zip"),
    *("dict", "frozenset", "list", "set", "str", "tuple", "type", "chain", "copy", "deepcopy", "partial"),
    *("dumps", "format", "join", "pformat", "pprint", "print", "repr", "info", "debug", "warning", "error", "log"),
    *("extend", "union", "update"),
    *("expand", "expand_kwargs", "override", "dag", "task", "task_group", "kubernetes", "kubernetes_cmd"),
}
"""Functions and methods, by their last name, that do not change what they are given."""

_READERS = (
    *(ast.Subscript, ast.Compare, ast.BoolOp, ast.IfExp, ast.UnaryOp, ast.FormattedValue, ast.BinOp, ast.Starred),
    *(ast.comprehension, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    *(ast.For, ast.If, ast.While, ast.Expr, ast.Assert),
    *(ast.Dict, ast.List, ast.Tuple),
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda),
)
"""What may stand around a name without changing it: the last are the defaults of parameters."""


def leaves_alone(node: ast.expr, parents: Mapping[ast.AST, ast.AST], parent: ast.AST | None = None) -> bool:
    """Whether the place of NODE, a dict or a list, cannot change it; PARENT is what it is a direct part of."""
    parent = parent or parents.get(node)
    match parent:
        case None:
            return False
        case ast.Call(func=func):
            return func is node or _reads_only(node, parent)
        case ast.Attribute(attr=attr):
            called = parents.get(parent)
            return attr in _READING_METHODS and isinstance(called, ast.Call) and called.func is parent
        case ast.Subscript(value=value) if value is node:
            # What is taken out may be changed in its turn.
            return isinstance(parent.ctx, ast.Load) and leaves_alone(parent, parents)
        case ast.Assign() | ast.AnnAssign():
            return isinstance(node, ast.Subscript) or parent.value is not node
        case ast.AugAssign():
            return parent.target is not node
    return isinstance(parent, _READERS)


def _reads_only(node: ast.expr, call: ast.Call) -> bool:
    """Whether CALL leaves NODE, which it is given, alone: by its kind, or by the keyword that it is given for."""
    given = [keyword.arg for keyword in call.keywords if keyword.value is node]
    if given and (given[0] is None or given[0] in ("default_args", "params", "operator_args")):
        return True
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    # A class, by its name, keeps what it is given; an operator's keywords are such.
    return name in _READING_CALLS or bool(re.match("[A-Z]", name))


def is_attribute_kept(name: str, survey: Survey) -> bool:
    """Whether nothing in the module changes an attribute NAME of anything: for the constants of a class."""
    if any(store.target.attr == name for store in survey.stores):
        return False
    found = [node for node in survey.parents if isinstance(node, ast.Attribute) and node.attr == name]
    return all(leaves_alone(node, survey.parents) or _is_plainly_read(node, survey) for node in found)


def _is_plainly_read(node: ast.Attribute, survey: Survey) -> bool:
    """Whether NODE is given to a name or a keyword; what that does with it is looked at there, or not at all."""
    return isinstance(survey.parents.get(node), ast.Assign | ast.AnnAssign | ast.Call)
