"""A Python file as DAG code: its bytes, its text, its syntax tree and the way from one to the other.

PURE. Nothing is executed. Positions are kept as `ast` gives them, and turned into offsets of the text only to show
or to splice.
"""

import ast
import codecs
import re
import tokenize
import warnings
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from astrokpo_cli.errors import InvalidValue


class UnreadableSource(InvalidValue):
    """A file that is no Python, or Python that is newer than the one that runs us."""

    def __init__(self, message: str, hint: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message, hint)
        self.line = line
        """Of the place that Python names, from 1."""
        self.column = column


class Span(NamedTuple):
    """A piece of a text: lines and columns from 1, in characters; the end column is behind the last one."""

    line: int
    column: int
    end_line: int
    end_column: int


class Module:
    """One Python file, read. Made by `parse_module`."""

    def __init__(self, path: str, text: str, encoding: str, tree: ast.Module) -> None:
        self.path = path
        """As it is named to people: relative where it was given so, with / between folders."""
        self.text = text
        """Without a byte order mark; line ends as they are in the file."""
        self.encoding = encoding
        """The codec that gives the file's bytes: `utf-8-sig` for a file that begins with a mark."""
        self.tree = tree

    @cached_property
    def line_starts(self) -> tuple[int, ...]:
        """The offset in the text at which each line begins, as Python's tokenizer counts lines."""
        return (0, *(match.end() for match in re.finditer("\r\n|\r|\n", self.text)))

    @cached_property
    def newline(self) -> str:
        """The file's line end: that of its first line, a line feed where it has none."""
        match = re.search("\r\n|\r|\n", self.text)
        return match[0] if match else "\n"

    def line(self, number: int) -> str:
        """Give line NUMBER, from 1, without its end; empty when there is none."""
        if not 0 < number <= len(self.line_starts):
            return ""
        end = self.line_starts[number] if number < len(self.line_starts) else len(self.text)
        return self.text[self.line_starts[number - 1] : end].rstrip("\r\n")

    def offset(self, line: int, utf8_column: int) -> int:
        """Give the offset in the text of a position as `ast` has it: a line from 1, bytes of UTF-8 from 0."""
        start = self.line_starts[line - 1]
        head = self.text[start : start + utf8_column]
        if head.isascii():
            return start + utf8_column
        return start + len(self.line(line).encode("utf-8", "surrogatepass")[:utf8_column].decode("utf-8", "replace"))

    def start(self, node: ast.expr | ast.stmt | ast.keyword | ast.alias) -> int:
        """Give the offset of NODE's first character."""
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: ast.expr | ast.stmt | ast.keyword | ast.alias) -> int:
        """Give the offset behind NODE's last character; brackets around it are not its own."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.offset(node.end_lineno, node.end_col_offset)

    def span(self, node: ast.expr | ast.stmt | ast.keyword | ast.alias) -> Span:
        """Give where NODE stands."""
        end_line = node.end_lineno or node.lineno
        return Span(
            node.lineno,
            self.start(node) - self.line_starts[node.lineno - 1] + 1,
            end_line,
            self.end(node) - self.line_starts[end_line - 1] + 1,
        )

    def encode(self, text: str) -> bytes:
        """Give TEXT as bytes of this file's encoding; raises UnicodeError."""
        return text.encode(self.encoding)


def parse_module(content: bytes, path: str) -> Module:
    """Parse CONTENT, the file that people know as PATH; raises UnreadableSource, whose text quotes nothing of it."""
    encoding, text = _decode(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python thinks of the file's escapes is not ours to say
            tree = ast.parse(text)
    except SyntaxError as err:
        raise UnreadableSource(
            f"it is not Python that this Python reads: {err.msg}",
            "run astrokpo with the Python of your Airflow, or a newer one",
            err.lineno or 1,
            err.offset or 1,
        ) from None
    except (ValueError, RecursionError, MemoryError) as err:
        raise UnreadableSource(f"it cannot be parsed: {_reason(err)}", "look at it with python -m py_compile") from None
    return Module(path, text, encoding, tree)


def comments(module: Module) -> Iterator[tuple[int, str]]:
    """Give line and text of each comment of MODULE."""
    lines = iter(re.findall("[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", module.text))
    for token in tokenize.generate_tokens(lambda: next(lines, "")):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def _decode(content: bytes) -> tuple[str, str]:
    """Give codec and text of CONTENT by Python's rules (PEP 263): a byte order mark, a cookie, else UTF-8."""
    lines = iter(content.splitlines(keepends=True)[:2])
    try:
        encoding, _ = tokenize.detect_encoding(lambda: next(lines, b""))
        text = content.decode(encoding)
        is_exact = text.encode(encoding) == content
    except (SyntaxError, UnicodeError, LookupError):
        raise UnreadableSource("its encoding is not what it says", "save it as UTF-8") from None
    if not is_exact:
        raise UnreadableSource(f"its encoding, {codecs.lookup(encoding).name}, is ambiguous", "save it as UTF-8")
    return encoding, text


def _reason(err: Exception) -> str:
    if isinstance(err, ValueError):
        return "it holds a NUL"
    return "it is nested too deeply"
