"""A file of Python as it is read: its encoding, its lines, its comments, and where its nodes stand in the text."""

import ast
from collections.abc import Mapping

import pytest

from astrokpo_cli.dags.source import Module, Span, UnreadableSource, comments, parse_module

BOM = b"\xef\xbb\xbf"

READ = {
    "without a word of its encoding it is UTF-8": ("x = 'é'\n".encode(), "utf-8"),
    "a byte order mark is none of the text": (BOM + b"x = 1\n", "utf-8-sig"),
    "a mark and a cookie that agree": (BOM + b"# coding: utf-8\nx = 1\n", "utf-8-sig"),
    "a cookie on the first line": ("# coding: latin-1\nx = 'é'\n".encode("latin-1"), "iso-8859-1"),
    "a cookie on the second line": ("#!/usr/bin/python\n# coding: cp1252\nx = '€'\n".encode("cp1252"), "cp1252"),
    "an empty file": (b"", "utf-8"),
}

UNREADABLE = {
    "bytes that are no UTF-8": b"x = '\xe9'\n",
    "a mark and a cookie that differ": BOM + b"# coding: latin-1\nx = 1\n",
    "an encoding that there is not": b"# coding: acme\nx = 1\n",
    "an encoding that is no text's": b"# coding: hex\nx = 1\n",
    "the encoding named undefined": b"# coding: undefined\nx = 1\n",
    "an encoding that cannot write what it reads": b"# coding: idna\nx = 'a..b'\n",
    "an encoding that writes other bytes than it reads": b"# coding: utf-7\nx = '+AOk-' # +AGE-\n",
    "a NUL": b"x = '\x00'\n",
    "no Python": b"with open('x') as\n",
}

NEWLINES = {
    "a line feed": (b"x = 1\ny = 2\r\n", "\n"),
    "carriage return and line feed": (b"x = 1\r\ny = 2\n", "\r\n"),
    "a carriage return": (b"x = 1\ry = 2\r", "\r"),
    "none at all": (b"x = 1", "\n"),
}

PLACES = {
    "at the top": ("found\n", Span(1, 1, 1, 6)),
    "behind letters that are several bytes of UTF-8": ("'é€😀', found\n", Span(1, 8, 1, 13)),
    "behind a line that ends in a carriage return": ("x = 1\rfound\r", Span(2, 1, 2, 6)),
    "behind a form feed, which ends no line": ("x = '\f'; found\n", Span(1, 10, 1, 15)),
    "behind separators that are no line ends to Python": ("x = '\u2028\x85'; found\n", Span(1, 11, 1, 16)),
    "on the last line, without an end": ("x = 1\nfound", Span(2, 1, 2, 6)),
    "over lines": ("x = 1\r\nfound(\r\n  'é')\r\n", Span(2, 1, 3, 7)),
}

COMMENTS = {
    "on a line of its own": ("# one\nx = 1\n", [(1, "# one")]),
    "behind code": ("x = 1  # one\n", [(1, "# one")]),
    "in a text there is none": ("x = '# one'\n", []),
    "in an f-string there is none": ("x = f'# {x} one'\n", []),
    "within a call": ("f(  # one\n    1,  # two\n)\n", [(1, "# one"), (2, "# two")]),
    "behind a text of several lines": ("x = '''\n# no\n'''  # one\n", [(3, "# one")]),
    "on the last line, without an end": ("x = 1\n# one", [(2, "# one")]),
    "between carriage returns": ("x = 1\r# one\r", [(2, "# one")]),
}


def rows(table: Mapping[str, tuple[object, ...]]) -> list[object]:
    return [pytest.param(*row, id=name) for name, row in table.items()]


@pytest.mark.parametrize(("content", "encoding"), rows(READ))
def test_a_file_is_read_by_what_it_says_of_its_encoding(content: bytes, encoding: str) -> None:
    module = parse_module(content, "dags/etl.py")

    assert module.encoding == encoding
    assert not module.text.startswith("\ufeff")
    assert module.encode(module.text) == content


@pytest.mark.parametrize("content", [pytest.param(content, id=name) for name, content in UNREADABLE.items()])
def test_a_file_that_cannot_be_read_is_said_to_be_so(content: bytes) -> None:
    with pytest.raises(UnreadableSource) as caught:
        parse_module(content, "dags/etl.py")

    assert caught.value.hint


def test_a_file_that_is_no_python_is_told_by_its_line_and_never_quoted() -> None:
    with pytest.raises(UnreadableSource) as caught:
        parse_module(b"x = 1\npassword = hunter2 hunter2\n", "dags/etl.py")

    assert caught.value.line == 2
    assert "hunter2" not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(("content", "newline"), rows(NEWLINES))
def test_the_line_end_of_a_file_is_that_of_its_first_line(content: bytes, newline: str) -> None:
    assert parse_module(content, "dags/etl.py").newline == newline


@pytest.mark.parametrize(("source", "span"), rows(PLACES))
def test_a_node_stands_where_its_text_does(source: str, span: Span) -> None:
    module = parsed(source)
    node = found_in(module)

    assert module.span(node) == span
    assert ast.unparse(ast.parse(module.text[module.start(node) : module.end(node)])) == ast.unparse(node)


def test_a_line_is_given_without_its_end() -> None:
    module = parsed("x = 1\r\ny = 'é'\rz = 3")

    assert [module.line(number) for number in range(5)] == ["", "x = 1", "y = 'é'", "z = 3", ""]


@pytest.mark.parametrize(("source", "expected"), rows(COMMENTS))
def test_comments_are_found_where_python_sees_them(source: str, expected: list[tuple[int, str]]) -> None:
    assert list(comments(parsed(source))) == expected


def parsed(source: str) -> Module:
    return parse_module(source.encode(), "dags/etl.py")


def found_in(module: Module) -> ast.expr:
    """Give the call of `found`, or the name."""
    named = [node for node in ast.walk(module.tree) if isinstance(node, ast.Name) and node.id == "found"]
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call) and node.func in named]
    return calls[0] if calls else named[0]
