"""What an expression is worth by what its parts are: constants, f-strings, lists, dicts and operators.

PURE. Steps of the evaluation: each takes a view and an expression of its kind.
"""

import ast
import re
from collections.abc import Callable

from astrokpo_cli.dags.joining import join, truth
from astrokpo_cli.dags.reasons import shown
from astrokpo_cli.dags.values import Entries, Items, Origin, Scalar, Text, Unknown, Value
from astrokpo_cli.dags.view import View

_TEMPLATE = r"\{\{|\{%|\{#"


def constant(view: View, node: ast.Constant) -> Value:
    """Give a text, a number, True, False or None."""
    if isinstance(node.value, str):
        return text_of(view.origin(node), node.value)
    if isinstance(node.value, bool | int | float | None):
        return Scalar(view.origin(node), node.value)
    return view.unknown(node, "it is computed")


def joined(view: View, node: ast.JoinedStr) -> Value:
    """Give an f-string as far as its parts are known."""
    origin = view.origin(node)
    text = ""
    for part in node.values:
        value = view.value(part.value if isinstance(part, ast.FormattedValue) else part)
        if not isinstance(value, Text) or not _is_plain(part):
            return Text(origin, text, complete=False)
        text += value.text
        if not value.complete:
            return Text(origin, text, complete=False, template=value.template)
    return text_of(origin, text)


def _is_plain(part: ast.expr) -> bool:
    """Whether PART of an f-string is put there as it is."""
    return not isinstance(part, ast.FormattedValue) or (part.conversion == -1 and part.format_spec is None)


def items(view: View, node: ast.List | ast.Tuple) -> Value:
    """Give a list or a tuple, with what comes through *."""
    found: list[Value] = []
    for part in node.elts:
        if not isinstance(part, ast.Starred):
            found.append(view.value(part))
            continue
        inner = view.value(part.value)
        if not isinstance(inner, Items):
            return view.unknown(node, f"{shown(part)} may hold more")
        found += inner.items
    return Items(view.origin(node), tuple(found))


def entries(view: View, node: ast.Dict) -> Value:
    """Give a dict, with what comes through **; a key that is no text is left out."""
    found: dict[str, Value] = {}
    for key, part in zip(node.keys, node.values, strict=True):
        value = view.value(part)
        if key is None:
            if not isinstance(value, Entries):
                return view.unknown(node, f"**{shown(part)} may hold more")
            found |= value.entries
            continue
        name = view.value(key)
        if isinstance(name, Text) and name.complete:
            found[name.text] = value
        elif not isinstance(name, Scalar):
            return view.unknown(node, f"the key {shown(key)} is not known")
    return Entries(view.origin(node), found)


def subscript(view: View, node: ast.Subscript) -> Value:
    """Give what is taken out of a dict by its key, or out of a list by its place."""
    whole, key = view.value(node.value), view.value(node.slice)
    match whole, key:
        case Entries(entries=known), Text(complete=True, text=name) if name in known:
            return known[name]
        case Items(items=known), Scalar(value=int() as index) if -len(known) <= index < len(known):
            return known[index]
    return view.unknown(node, f"it cannot be said what {shown(node)} is")


def negative(view: View, node: ast.UnaryOp) -> Value:
    """Give a number below zero."""
    inner = view.value(node.operand)
    if isinstance(node.op, ast.USub) and isinstance(inner, Scalar) and type(inner.value) in (int, float):
        return Scalar(view.origin(node), -(inner.value or 0))
    return view.unknown(node, "it is computed")


def either(view: View, node: ast.IfExp) -> Value:
    """Give what is certain of `A if B else C`, whatever B is."""
    return join(view.origin(node), [view.value(part) for part in (node.body, node.orelse)])


def logic(view: View, node: ast.BoolOp) -> Value:
    """Give the first value that is true, for `or`; the first that is not, for `and`."""
    ends = isinstance(node.op, ast.Or)
    possible = []
    for part in node.values:
        value = view.value(part)
        known = truth(value)
        if known is None or known is ends or part is node.values[-1]:
            possible.append(value)
        if known is ends:
            break
    return join(view.origin(node), possible)


def walrus(view: View, node: ast.NamedExpr) -> Value:
    """Give what `:=` gives to its name."""
    return view.value(node.value)


def binary(view: View, node: ast.BinOp) -> Value:
    """Give what + | and % make of texts, lists and dicts."""
    left, right = view.value(node.left), view.value(node.right)
    step = _OPERATORS.get(type(node.op))
    found = step(view.origin(node), left, right) if step else None
    return found or view.unknown(node, "it is computed")


def _sum(origin: Origin, left: Value, right: Value) -> Value | None:
    match left, right:
        case Text(complete=False), _:
            return left._replace(origin=origin)
        case Text(), Text():
            both = text_of(origin, left.text + right.text)
            return both._replace(complete=both.complete and right.complete)
        case Text(), _:
            return Text(origin, left.text, complete=False)
        case Items(), Items():
            return Items(origin, left.items + right.items)
    return None


def _merged(origin: Origin, left: Value, right: Value) -> Value | None:
    if isinstance(left, Entries) and isinstance(right, Entries):
        return Entries(origin, {**left.entries, **right.entries})
    return None


def _formatted(origin: Origin, left: Value, _: Value) -> Value | None:
    return up_to(origin, left, "%") if isinstance(left, Text) else None


_OPERATORS: dict[type[ast.operator], Callable[[Origin, Value, Value], Value | None]] = {
    ast.Add: _sum,
    ast.BitOr: _merged,
    ast.Mod: _formatted,
}


def text_of(origin: Origin, text: str) -> Text:
    """Give TEXT as a value: what begins with a template of Jinja is not known."""
    template = re.search(_TEMPLATE, text) if "{" in text else None
    return Text(origin, text[: template.start()], False, True) if template else Text(origin, text)


def up_to(origin: Origin, value: Value, mark: str) -> Value:
    """Give the beginning of a text that is formatted at MARK, a pattern."""
    if not isinstance(value, Text):
        return Unknown(origin, "it is computed")
    found = re.search(mark, value.text)
    return Text(origin, value.text[: found.start()], False, value.template) if found else value
