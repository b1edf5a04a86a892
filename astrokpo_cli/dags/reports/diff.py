"""What a patch changes, as a unified diff that `git apply` and `patch -p1` take.

PURE. A line ends with a line feed and nowhere else, as both programs count: a carriage return, a byte order mark and
bytes that are no UTF-8 are part of their line.
"""

import re
from collections.abc import Iterator
from difflib import unified_diff as compare


def unified_diff(path: str, before: bytes, after: bytes) -> str:
    """Give the diff between BEFORE and AFTER of the file PATH, empty where they are equal.

    Bytes that are no UTF-8 are surrogates in it: `encode("utf-8", "surrogateescape")` gives the diff to the letter.
    """
    old, new = _lines(before), _lines(after)
    name = path.removeprefix("./").lstrip("/")
    return "".join(_ended(compare(old, new, _name(f"a/{name}"), _name(f"b/{name}"))))


def _lines(content: bytes) -> list[str]:
    return re.findall("[^\n]*\n|[^\n]+", content.decode("utf-8", "surrogateescape"))


def _ended(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _name(name: str) -> str:
    r"""Give NAME as git writes it in a header: in quotes where it holds what a line cannot, else with a tab to end it.

    A file's name may hold a line feed, and the lines behind it would be a patch of their own.
    """
    if name.isprintable() and not set(name) & set('"\\'):
        return f"{name}\t" if " " in name else name
    return f'"{"".join(map(_quoted, name))}"'


def _quoted(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable():
        return char
    return "".join(f"\\{byte:03o}" for byte in char.encode("utf-8", "surrogateescape"))
