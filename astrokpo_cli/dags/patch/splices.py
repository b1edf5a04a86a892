"""Where a new item goes among the items of a call or a dict, so that every other byte stays.

PURE. An item is put behind an item on a line of its own where that ends in its comma, else before it: so no comma
has to be added anywhere else.
"""

import bisect
import re
from collections.abc import Iterable
from typing import NamedTuple

from astrokpo_cli.dags.patch.edits import Splice
from astrokpo_cli.dags.source import Module


class WrongPatch(Exception):
    """A patch that does not do what it should, and nothing else: a bug of ours, found before it did harm."""


class Item(NamedTuple):
    """What stands between brackets, or commas, from its first character to behind its last."""

    start: int
    end: int
    following: int | None
    """Where the next item begins; None for the last one."""


def splice(text: str, splices: Iterable[Splice]) -> str:
    """Give TEXT with all of SPLICES; at one place an insertion comes before a replacement; raises WrongPatch."""
    pieces: list[str] = []
    done = 0
    for each in sorted(splices, key=lambda each: (each.start, each.end != each.start)):
        if not done <= each.start <= each.end <= len(text):
            raise WrongPatch("two changes meet")
        pieces += (text[done : each.start], each.text)
        done = each.end
    return "".join((*pieces, text[done:]))


def has_line_of_its_own(module: Module, item: Item) -> bool:
    """Whether nothing stands before ITEM on its first line, and no other item behind it on its last one."""
    before = module.text[line_bounds(module, item.start)[0] : item.start]
    ends = line_bounds(module, item.end)[1]
    return not before.strip(" \t\f") and (item.following is None or item.following >= ends)


def insert_beside(module: Module, item: Item, new: str) -> tuple[Splice, bool]:
    """Put NEW beside ITEM; give whether it comes behind it."""
    if not has_line_of_its_own(module, item):
        return Splice(item.start, item.start, f"{new}, "), False
    if re.fullmatch(r"[ \t\f]*,[ \t\f]*(#.*)?", rest_of_line(module, item)):
        return insert_below(module, item, new), True
    line = line_bounds(module, item.start)[0]
    return Splice(line, line, _line(module, item, new, line)), False


def insert_below(module: Module, item: Item, new: str) -> Splice:
    """Put NEW on a line of its own below ITEM's last one."""
    line = line_bounds(module, item.end)[1]
    return Splice(line, line, _line(module, item, new, line))


def rest_of_line(module: Module, item: Item) -> str:
    """Give what stands behind ITEM on its last line."""
    return module.text[item.end : line_bounds(module, item.end)[1]].rstrip("\r\n")


def _line(module: Module, item: Item, new: str, at: int) -> str:
    """Give NEW as a line, with the indentation of ITEM and the line end of the line before AT."""
    indent = module.text[line_bounds(module, item.start)[0] : item.start].replace("\f", "")
    return f"{indent}{new},{newline_before(module, at)}"


def insert_last(text: str, end: int, closing: int, new: str) -> Splice:
    """Put NEW behind the last item and the brackets around it; it ends at END, the call or dict closes at CLOSING."""
    behind = end + without_comments(text[end:closing]).rfind(")") + 1
    return Splice(behind, behind, f", {new}")


def line_bounds(module: Module, offset: int) -> tuple[int, int]:
    """Give where the line that OFFSET is in begins, and where the next one does."""
    number = bisect.bisect_right(module.line_starts, offset)
    ends = module.line_starts[number] if number < len(module.line_starts) else len(module.text)
    return module.line_starts[number - 1], ends


def newline_before(module: Module, line: int) -> str:
    """Give the line end of the line before the one that begins at LINE; the file's own where there is none."""
    match = re.search(r"(\r\n|\r|\n)\Z", module.text[max(line - 2, 0) : line])
    return match[0] if match else module.newline


def without_comments(gap: str) -> str:
    """Give GAP, the text between two tokens, with blanks where its comments are."""
    return re.sub(r"#[^\r\n]*", lambda comment: " " * len(comment[0]), gap)
