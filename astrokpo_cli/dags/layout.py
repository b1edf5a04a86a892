"""Python expressions laid out as `ruff format` lays them out.

PURE. What is broken over lines ends in a comma, so that the layout is the same at longer line lengths too.
"""

from collections.abc import Iterable
from typing import NamedTuple

LINE_LENGTH = 88
"""The default of ruff and black, in columns."""


class Brackets(NamedTuple):
    """Brackets and what is between them; `str` gives it on one line."""

    opening: str
    items: "tuple[tuple[str, Node], ...]"
    """Each with the text before it, such as `name=`."""
    closing: str

    def __str__(self) -> str:
        return f"{self.opening}{', '.join(f'{key}{node}' for key, node in self.items)}{self.closing}"


Node = str | Brackets
"""A piece of an expression: text that is never broken, or brackets."""


def call(function: str, **keywords: Node) -> Brackets:
    """Give a call with keywords."""
    return Brackets(f"{function}(", tuple((f"{key}=", node) for key, node in keywords.items()), ")")


def sequence(nodes: Iterable[Node]) -> Brackets:
    """Give a list."""
    return Brackets("[", tuple(("", node) for node in nodes), "]")


def mapping(pairs: Iterable[tuple[str, str]]) -> Brackets:
    """Give a dict of texts."""
    return Brackets("{", tuple((f"{literal(key)}: ", literal(text)) for key, text in pairs), "}")


def lay_out(before: str, node: Node, after: str = "", indent: str = "") -> str:
    """Give NODE on one line, or each of its items on its own line and a comma behind it.

    A call with several keywords is always broken, and so is what is not ASCII: how wide that is, ruff alone knows.
    """
    line = f"{indent}{before}{node}{after}"
    if isinstance(node, str):
        return line
    is_long_call = node.closing == ")" and len(node.items) > 1
    if not is_long_call and len(line) <= LINE_LENGTH and line.isascii():
        return line
    items = [lay_out(key, item, ",", indent + "    ") for key, item in node.items]
    return "\n".join((f"{indent}{before}{node.opening}", *items, f"{indent}{node.closing}{after}"))


def literal(text: str) -> str:
    """Quote TEXT as ruff does: double quotes unless single ones save backslashes; what does not print is escaped."""
    mark = "'" if text.count('"') > text.count("'") else '"'
    chars = (f"\\{mark}" if char == mark else _escape(char) for char in text)
    return f"{mark}{''.join(chars)}{mark}"


def _escape(char: str) -> str:
    if char.isprintable() and char != "\\":
        return char
    return char.encode("unicode_escape").decode("ascii")
