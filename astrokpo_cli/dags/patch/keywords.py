"""A keyword for a call, and an entry for a dict: where they go, in the text and in the tree.

PURE.
"""

import ast
from collections.abc import Callable
from typing import NamedTuple

from astrokpo_cli.dags.layout import literal
from astrokpo_cli.dags.patch.edits import Splice, Twins
from astrokpo_cli.dags.patch.splices import (
    Item,
    has_line_of_its_own,
    insert_below,
    insert_beside,
    insert_last,
    rest_of_line,
    without_comments,
)
from astrokpo_cli.dags.source import Module


class Insertion(NamedTuple):
    """A new item, in the text and in the tree."""

    splices: tuple[Splice, ...]
    on_tree: Callable[[Twins], None]


def add_keyword(module: Module, call: ast.Call, name: str, value: str, beside: str = "") -> Insertion | None:
    """Add NAME=VALUE to CALL, beside its keyword BESIDE or else its last one; None where it has no place."""
    anchor = _anchor(call, beside)
    new = f"{name}={value}"
    if anchor is None:
        last = _at_the_end(module, call, new)
        return Insertion((last,), lambda twins: _add(twins.of(call).keywords, 0, name, value)) if last else None
    item = Item(module.start(anchor), module.end(anchor), _following(module, call, anchor))
    place, behind = insert_beside(module, item, new)
    index = call.keywords.index(anchor) + behind
    return Insertion((place,), lambda twins: _add(twins.of(call).keywords, index, name, value))


def add_entry(module: Module, entries: ast.Dict, key: str, value: str) -> Insertion | None:
    """Add KEY: VALUE behind the last entry of a dict; None where it has no place."""
    new = f'"{key}": {value}'
    item = _last_entry(module, entries) if entries.keys else None
    if entries.keys and item is None:
        return None
    closing = module.end(entries) - 1
    places = _behind(module, item, closing, new) if item else (Splice(closing, closing, new),)

    def on_tree(twins: Twins) -> None:
        twin = twins.of(entries)
        twin.keys.append(ast.Constant(key))
        twin.values.append(expression(value))

    return Insertion(places, on_tree)


def references(reference_class: str, secret: str) -> str:
    """Give the list with the one reference to SECRET."""
    return f"[{reference_class}(name={literal(secret)})]"


def expression(text: str) -> ast.expr:
    """Parse one of our own expressions."""
    return ast.parse(text, mode="eval").body


def _anchor(call: ast.Call, beside: str) -> ast.keyword | None:
    named = [keyword for keyword in call.keywords if keyword.arg]
    chosen = [keyword for keyword in named if keyword.arg == beside] or named[-1:] or call.keywords[:1]
    return chosen[0] if chosen else None


def _following(module: Module, call: ast.Call, anchor: ast.keyword) -> int | None:
    """Give where the argument behind ANCHOR begins."""
    starts = [*map(module.start, call.args), *map(module.start, call.keywords)]
    behind = [start for start in starts if start >= module.end(anchor)]
    return min(behind, default=None)


def _at_the_end(module: Module, call: ast.Call, new: str) -> Splice | None:
    closing = module.end(call) - 1
    if not call.args:
        return Splice(closing, closing, new)
    end = module.end(call.args[-1])
    return insert_last(module.text, end, closing, new) if end <= closing else None


def _behind(module: Module, item: Item, closing: int, new: str) -> tuple[Splice, ...]:
    """Put NEW on the line below ITEM where the two have lines of their own, with the comma that is missing there."""
    if has_line_of_its_own(module, item):
        place, behind = insert_beside(module, item, new)
        if behind:
            return (place,)
        is_last_on_line = not without_comments(rest_of_line(module, item)).strip(" \t\f")
        if is_last_on_line and "," not in without_comments(module.text[item.end : closing]):
            return Splice(item.end, item.end, ","), insert_below(module, item, new)
    return (insert_last(module.text, item.end, closing, new),)


def _last_entry(module: Module, entries: ast.Dict) -> Item | None:
    """Give the last entry with the brackets around its value; None behind ** or where its key is in brackets."""
    key, value = entries.keys[-1], entries.values[-1]
    if key is None:
        return None
    before = module.end(entries.values[-2]) if len(entries.values) > 1 else module.start(entries) + 1
    if "(" in without_comments(module.text[before : module.start(key)]):
        return None
    end = module.end(value)
    gap = without_comments(module.text[end : module.end(entries) - 1])
    return Item(module.start(key), end + gap.rfind(")") + 1, None)


def _add(keywords: list[ast.keyword], index: int, name: str, value: str) -> None:
    keywords.insert(index, ast.keyword(name, expression(value)))
