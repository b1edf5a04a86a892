"""A line of somebody's source, as it may be shown, and where a span of it stands on the screen.

PURE. A terminal counts columns, not characters: a wide one takes two, a combining one none, a tab some, and what is
shown as an escape takes as many as that.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from astrokpo_cli.dags.source import Span
from astrokpo_cli.errors import is_private_key, visible

TAB = 4
"""The columns between two tab stops."""

AROUND = 8
"""The columns that stay on both sides of the span in a line that is cut, where there is room."""

MAX_SEARCHED = 10_000
"""The characters on both sides of the span that are searched for secrets: more are never shown."""

_CUT = "…"
_SECRET = re.compile(
    r"""(?ix) (?<! image_pull_ ) (?: passw(?:or)?d | secret | token | credential | api_?key | private_?key | pwd ) \w*
    ["']? \s* [:=] \s* [fbru]* (?P<quote>["']) (?P<value>.*?) (?: (?P=quote) | $ )
    | :// [^/\s:@"']* : (?P<password>[^/\s@"']+) @"""
)


class Excerpt(NamedTuple):
    """A line as it is shown, with the place of the underline in columns of the screen."""

    text: str
    before: int
    """The columns in front of the underline."""
    width: int
    """The columns of the underline, one at least."""


def excerpt(line: str, span: Span, room: int) -> Excerpt:
    """Give the LINE at which SPAN begins in at most ROOM columns, cut around the span where it is longer.

    The underline of a span of several lines ends with the line.
    """
    if is_private_key(line):
        hidden = visible(line)
        return Excerpt(hidden, 0, len(hidden))
    start, end = _within(line, span)
    if start == len(line):
        line = f"{line} "  # the column where the caret stands
    skipped = max(0, start - room)  # what is further away cannot be seen
    cells = tuple(_cells(_without_secrets(line, start, end)[skipped : start + 2 * room]))
    start, end = start - skipped, min(end - skipped, len(cells))
    edges = (0, *accumulate(columns(cell) for cell in cells))
    more = len(line) > skipped + len(cells)
    left, right = _window(edges, start, max(start, end), room, cut=bool(skipped or more))
    marks = (_CUT if skipped or left else "", _CUT if more or right < len(cells) else "")
    before = len(marks[0]) + edges[start] - edges[left]
    width = edges[max(start, min(end, right))] - edges[start] + (end > right)
    return Excerpt("".join((marks[0], *cells[left:right], marks[1])).rstrip(), before, max(width, 1))


def _without_secrets(line: str, start: int, end: int) -> str:
    """Give LINE with stars for what is given to a name that speaks of a secret, outside of START to END."""
    hidden = list(line)
    for match in _SECRET.finditer(line, max(0, start - MAX_SEARCHED), end + MAX_SEARCHED):
        for place in range(*match.span("password" if match["value"] is None else "value")):
            if not start <= place < end:
                hidden[place] = "*"
    return "".join(hidden)


def columns(text: str) -> int:
    """Give how many columns of a terminal TEXT takes; it holds nothing that is not printed."""
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(char: str) -> int:
    # The later parts of a Hangul syllable are no marks, and stand in the columns of its first.
    if unicodedata.category(char) in ("Mn", "Me") or "\u1160" <= char <= "\u11ff":
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _within(line: str, span: Span) -> tuple[int, int]:
    """Give where SPAN begins and ends in LINE, counted from 0, whatever the span says."""
    start = min(max(span.column - 1, 0), len(line))
    end = len(line.rstrip()) if span.end_line > span.line else min(span.end_column - 1, len(line))
    return start, max(start, end)


def _cells(line: str) -> Iterator[str]:
    """Give what stands for each character of LINE on the screen."""
    if line.isascii() and line.isprintable():
        yield from line
        return
    column = 0
    for char in line:
        cell = " " * (TAB - column % TAB) if char == "\t" else visible(char)
        column += columns(cell)
        yield cell


def _window(edges: tuple[int, ...], start: int, end: int, room: int, *, cut: bool) -> tuple[int, int]:
    """Give the first cell to show and the one behind the last, so that START is seen, and END where it fits.

    Cell N begins at the column EDGES[N]. CUT says that the line goes on beyond the cells.
    """
    if edges[-1] <= room and not cut:
        return 0, len(edges) - 1
    inner = room - 2 * len(_CUT)
    first = max(0, min(edges[end] + AROUND - inner, edges[start] - AROUND))
    left = min(bisect_left(edges, first), start)
    return left, bisect_right(edges, edges[left] + inner) - 1
