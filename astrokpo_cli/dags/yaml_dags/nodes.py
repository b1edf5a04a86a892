"""A value in a YAML file, and where it stands.

PURE.
"""

import ast
import re
from bisect import bisect_left, bisect_right
from functools import cached_property
from itertools import accumulate
from typing import NoReturn

from astrokpo_cli.dags.source import Module, UnreadableSource
from astrokpo_cli.dags.values import Origin

_HINT = "correct it; a file that is no DAG code can be named in .airflowignore"


class Node:
    """A scalar, a list or a mapping."""

    __slots__ = ("children", "depth", "end", "is_mapping", "origin", "start", "tag", "text", "weight")

    def __init__(self, tag: str, start: int, end: int, *, text: str | None = None, is_mapping: bool = False) -> None:
        self.tag = tag
        """As YAML 1.1 has it, `str` for tag:yaml.org,2002:str; a tag of the file's own as it is written."""
        self.start = start
        """The offset of its first character in the text; of a list or mapping in brackets, that of the bracket."""
        self.end = end
        """The offset behind its last character."""
        self.text = text
        """A scalar's; None for a list and a mapping."""
        self.is_mapping = is_mapping
        self.children: list[Node] = []
        """Of a mapping, keys and values in turn."""
        self.weight = 1
        """How many values it is, each alias written out."""
        self.depth = 1
        self.origin: Origin | None = None
        """What `origin` has given once."""


class YamlFile(Module):
    """A YAML file: its text and its lines, and no code. A place is found fast, however long its line is."""

    def __init__(self, path: str, text: str) -> None:
        super().__init__(path, text, "utf-8", ast.Module([], []))
        self._lines: dict[int, str] = {}

    def line(self, number: int) -> str:
        """Give line NUMBER, from 1, without its end; the same string each time."""
        if number not in self._lines:
            self._lines[number] = super().line(number)
        return self._lines[number]

    def offset(self, line: int, utf8_column: int) -> int:
        """Give the offset in the text of a position as `ast` has it: a line from 1, bytes of UTF-8 from 0."""
        start = self.line_starts[line - 1]
        wanted = start + self._more_bytes(start) + utf8_column
        last = min(start + utf8_column, len(self.text))
        return bisect_left(range(last), wanted, start, last, key=lambda each: each + self._more_bytes(each))

    def utf8_column(self, offset: int) -> tuple[int, int]:
        """Give the line, from 1, and the column of OFFSET in bytes of UTF-8, from 0, as `ast` counts them."""
        line, column = position(self, offset)
        return line, column + self._more_bytes(offset) - self._more_bytes(offset - column)

    def _more_bytes(self, offset: int) -> int:
        """Give how many bytes more than characters there are in front of OFFSET."""
        offsets, sums = self._wide
        return sums[bisect_left(offsets, offset)]

    @cached_property
    def _wide(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Give the offsets of all characters that are no ASCII, and the bytes more in front of each and of the end."""
        matches = tuple(re.finditer("[^\0-\x7f]", self.text))
        more = accumulate((len(match[0].encode("utf-8")) - 1 for match in matches), initial=0)
        return tuple(match.start() for match in matches), tuple(more)


def origin(module: YamlFile, node: Node) -> Origin:
    """Give where NODE stands, in the form that values and rules know: as if it were an expression of Python."""
    if node.origin is None:
        line, column = module.utf8_column(node.start)
        end_line, end_column = module.utf8_column(node.end)
        place = ast.Constant(None, lineno=line, col_offset=column, end_lineno=end_line, end_col_offset=end_column)
        node.origin = Origin(module, place)
    return node.origin


def refuse(module: Module, why: str, offset: int) -> NoReturn:
    """Raise UnreadableSource for the place at OFFSET."""
    line, column = position(module, offset)
    raise UnreadableSource(why, _HINT, line, column + 1) from None


def position(module: Module, offset: int) -> tuple[int, int]:
    """Give the line, from 1, and the column, from 0, of OFFSET."""
    line = bisect_right(module.line_starts, offset)
    return line, offset - module.line_starts[line - 1]
