"""What a call is worth: models of the kubernetes client, and a few functions and methods of Python's own.

PURE. A step of the evaluation, and what a call passes by keyword.
"""

import ast
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from astrokpo_cli.dags.expressions import up_to
from astrokpo_cli.dags.reasons import because, shown, why_call
from astrokpo_cli.dags.scope import dotted_names, find_bindings
from astrokpo_cli.dags.values import Entries, Items, Model, Scalar, Text, Value
from astrokpo_cli.dags.view import View

_MODELS = r"kubernetes\.client(?:\.models(?:\.\w+)?)?\.(V\d\w*)"
_COPIES = {"copy.copy", "copy.deepcopy"}
NOT_READ = frozenset({"annotations", "arguments", "args", "cmds", "command", "doc_md", "env", "env_vars", "labels"})
"""Keywords of operators and models that no rule asks for; they are long."""


class Keywords(NamedTuple):
    """What a call passes by keyword."""

    values: Mapping[str, Value]
    from_dict: frozenset[str] = frozenset()
    """Those that come through **."""
    more: str = ""
    """Why there may be others; empty where all are known."""


def keywords_of(view: View, node: ast.Call) -> Keywords:
    """Give what NODE passes by keyword, through ** too."""
    values: dict[str, Value] = {}
    from_dict: set[str] = set()
    more = ""
    for keyword in node.keywords:
        if keyword.arg in NOT_READ:
            values[keyword.arg] = view.unknown(keyword.value, "it is not looked at")
            continue
        value = view.value(keyword.value)
        if keyword.arg is not None:
            values[keyword.arg] = value
        elif isinstance(value, Entries):
            values |= value.entries
            from_dict |= set(value.entries)
        else:
            more = more or f"**{shown(keyword.value)} may hold more{because(value)}"
    return Keywords(values, frozenset(from_dict), more)


def written_keyword(node: ast.Call, name: str) -> ast.expr | None:
    """Give what NODE itself has for the keyword NAME."""
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)


def call(view: View, node: ast.Call) -> Value:
    """Give what a call returns."""
    dotted = dotted_names(node.func, view.scope)
    models = {match[1] for each in dotted if (match := re.fullmatch(_MODELS, each))}
    if len(models) == 1:
        return _model(view, node, models.pop())
    if dotted and set(dotted) <= _COPIES and len(node.args) == 1:
        return view.value(node.args[0])
    found: Value | None = None
    match node.func:
        case ast.Name(id=name) if name in _FUNCTIONS and not dotted and find_bindings(name, view.scope) is None:
            found = _FUNCTIONS[name](view, node)
        case ast.Attribute(value=base, attr=name) if name in _METHODS:
            found = _METHODS[name](view, node, base)
    return found or view.unknown(node, why_call(node, dotted))


def _model(view: View, node: ast.Call, name: str) -> Model:
    given = keywords_of(view, node)
    starred = any(isinstance(argument, ast.Starred) for argument in node.args)
    arguments = () if starred else tuple(map(view.value, node.args))
    return Model(view.origin(node), name, arguments, given.values, complete=not given.more and not starred)


def _dict(view: View, node: ast.Call) -> Value:
    entries: dict[str, Value] = {}
    for argument in node.args:
        inner = view.value(argument)
        if not isinstance(inner, Entries):
            return view.unknown(node, f"{shown(argument)} may hold more")
        entries |= inner.entries
    given = keywords_of(view, node)
    return view.unknown(node, given.more) if given.more else Entries(view.origin(node), {**entries, **given.values})


def _list(view: View, node: ast.Call) -> Value | None:
    if len(node.args) != 1:
        return None
    inner = view.value(node.args[0])
    return inner if isinstance(inner, Items) else view.unknown(node, "it is computed")


def _copy(view: View, node: ast.Call, whole: ast.expr) -> Value | None:
    if node.args:
        return None
    inner = view.value(whole)
    return inner if isinstance(inner, Entries | Items) else view.unknown(node, "it is computed")


def _format(view: View, node: ast.Call, text: ast.expr) -> Value:
    return up_to(view.origin(node), view.value(text), r"[{}]")


def _get(view: View, node: ast.Call, mapping: ast.expr) -> Value | None:
    if len(node.args) not in (1, 2) or node.keywords:
        return None
    whole, key = view.value(mapping), view.value(node.args[0])
    if not isinstance(whole, Entries) or not isinstance(key, Text) or not key.complete:
        return None
    if key.text in whole.entries:
        return whole.entries[key.text]
    return view.value(node.args[1]) if len(node.args) == 2 else Scalar(view.origin(node), None)


_FUNCTIONS: dict[str, Callable[[View, ast.Call], Value | None]] = {
    "dict": _dict,
    "list": _list,
    "tuple": _list,
}
_METHODS: dict[str, Callable[[View, ast.Call, ast.expr], Value | None]] = {
    "copy": _copy,
    "format": _format,
    "get": _get,
}
"""What a call of these gives, a method with the expression that it is called on; None for another kind of call."""
