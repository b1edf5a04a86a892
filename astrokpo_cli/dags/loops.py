"""What a loop gives to the names of its target.

PURE. `for`, and comprehensions, over lists, dicts and what .items() and .values() of a dict give.
"""

import ast
from collections.abc import Sequence

from astrokpo_cli.dags.joining import join
from astrokpo_cli.dags.values import Entries, Items, Origin, Text, Unknown, Value
from astrokpo_cli.dags.view import View


def given_by_loop(view: View, loop: ast.For | ast.comprehension, name: str, origin: Origin) -> Value:
    """Give what is certain of NAME, which LOOP, in the scope of VIEW, gives one value after the other."""
    around = view.scope.parent if isinstance(loop, ast.comprehension) else None
    items = _iterated(view.at(around) if around else view, loop.iter)
    unknown = Unknown(origin, f"{name} is what a loop gives")
    if items is None:
        return unknown
    return join(origin, [_picked(item, loop.target, name) or unknown for item in items])


def _iterated(view: View, node: ast.expr) -> Sequence[Value] | None:
    """Give what a loop over NODE gives one after the other; None where that is not known."""
    match node:
        case ast.Call(func=ast.Attribute(value=base, attr="items" | "values" as method), args=[]):
            mapping = view.value(base)
            if not isinstance(mapping, Entries):
                return None
            if method == "values":
                return list(mapping.entries.values())
            pairs = mapping.entries.items()
            return [Items(value.origin, (Text(value.origin, key), value)) for key, value in pairs]
    value = view.value(node)
    if isinstance(value, Entries):
        return [Text(value.origin, key) for key in value.entries]
    return value.items if isinstance(value, Items) else None


def _picked(item: Value, target: ast.expr, name: str) -> Value | None:
    """Give the part of ITEM that goes to NAME in TARGET; None where that cannot be said."""
    if isinstance(target, ast.Name):
        return item
    if not (isinstance(target, ast.Tuple | ast.List) and isinstance(item, Items)):
        return None
    if len(target.elts) != len(item.items):
        return None
    pairs = zip(target.elts, item.items, strict=True)
    return next((_picked(inner, part, name) for part, inner in pairs if _names(part, name)), None)


def _names(target: ast.expr, name: str) -> bool:
    """Whether TARGET, or a part of it, is NAME."""
    parts = ast.walk(target) if isinstance(target, ast.Name | ast.Tuple | ast.List) else ()
    return any(isinstance(node, ast.Name) and node.id == name for node in parts)
