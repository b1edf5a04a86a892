"""Where an import of the kubernetes client's models goes: among the file's first imports, in isort's order.

PURE.
"""

import ast
import bisect
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from astrokpo_cli.dags.patch.splices import newline_before, without_comments
from astrokpo_cli.dags.source import Module

MODULE = "kubernetes.client"
_THIRD_PARTIES = ("kubernetes", "airflow")
"""Roots of modules that show where the imports of third parties stand, the better one first."""


class Place(NamedTuple):
    """Where a line goes at module level."""

    start: int
    line: int
    """The number of the line that it goes before."""
    number: int
    """Among the module's statements."""
    before: str
    """What has to stand before the import, and what after it."""
    after: str


def place_import(module: Module) -> Place | None:
    """Find the place; None where there is no line of its own for it."""
    body = module.tree.body
    first = _after_the_head(body)
    last = first
    while last < len(body) and _is_part_of_imports(body[last]):
        last += 1
    imports = [index for index in range(first, last) if isinstance(body[index], ast.Import | ast.ImportFrom)]
    if imports:
        index, behind = _in_order(module, imports)
        stars = [star for star in imports if is_star(body[star])]
        if stars and stars[-1] >= index + behind:
            index, behind = stars[-1], True
        return (_behind(module, index) if behind else None) or _before(module, index, first)
    if last > first:
        return _behind(module, last - 1)
    return _before(module, first, first) if first < len(body) else None


def is_star(node: ast.stmt) -> bool:
    """Whether NODE imports everything of a module."""
    return isinstance(node, ast.ImportFrom) and node.names[0].name == "*"


def _after_the_head(body: Sequence[ast.stmt]) -> int:
    """Give the index behind the docstring and what is imported from __future__."""
    index = 0
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        index = 1
    while index < len(body) and getattr(body[index], "module", "") == "__future__":
        index += 1
    return index


def _is_part_of_imports(node: ast.stmt) -> bool:
    """Whether imports may go on behind NODE: an import, a constant, or what holds such alone under try or if."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Assign(value=ast.Constant()):
            return True
        case ast.Try() | ast.If():
            return all(isinstance(part, ast.expr) or _is_part_of_imports(part) for part in _statements(node))
    return False


def _statements(node: ast.Try | ast.If) -> Iterator[ast.stmt]:
    yield from (*node.body, *node.orelse)
    if isinstance(node, ast.Try):
        yield from node.finalbody
        for handler in node.handlers:
            yield from handler.body


def _in_order(module: Module, imports: Sequence[int]) -> tuple[int, bool]:
    """Give the import that ours goes beside, and whether behind it."""
    body = module.tree.body
    section = _section(module, imports)
    if section is None:
        return imports[-1], True
    names = [_sort_key(body[index]) for index in section]
    is_plain = [isinstance(body[index], ast.Import) for index in section]
    plain_among_others = names == sorted(names) and is_plain != sorted(is_plain, reverse=True)
    rivals = [index for index, plain in zip(section, is_plain, strict=True) if plain_among_others or not plain]
    earlier = [index for index in rivals if _sort_key(body[index]) <= (0, MODULE)]
    if earlier:
        return earlier[-1], True
    return (rivals[0], False) if rivals else (section[-1], True)


def _section(module: Module, imports: Sequence[int]) -> Sequence[int] | None:
    """Give the last group of imports, with no blank line within, that holds one of a known third party."""
    groups: list[list[int]] = []
    for index in imports:
        if groups and groups[-1][-1] == index - 1 and not _is_apart(module, index - 1):
            groups[-1].append(index)
        else:
            groups.append([index])
    for root in _THIRD_PARTIES:
        for group in reversed(groups):
            if any(_sort_key(module.tree.body[index])[1].partition(".")[0] == root for index in group):
                return group
    return None


def _sort_key(node: ast.stmt) -> tuple[int, str]:
    """Give what isort sorts an import by: relative ones come last."""
    if isinstance(node, ast.ImportFrom):
        return node.level, (node.module or "").lower()
    assert isinstance(node, ast.Import)
    return 0, node.names[0].name.lower()


def _is_apart(module: Module, index: int) -> bool:
    """Whether a blank line stands behind statement INDEX."""
    gap = _gap(module, index).replace("\r\n", "\n").replace("\r", "\n")
    return re.search(r"\n[ \t\f]*\n", gap) is not None


def _is_joined(module: Module, index: int) -> bool:
    """Whether the statement behind INDEX stands on the same logical line."""
    gap = re.sub(r"\\(\r\n|\r|\n)", "", without_comments(_gap(module, index)))
    return "\r" not in gap and "\n" not in gap


def _gap(module: Module, index: int) -> str:
    body = module.tree.body
    return module.text[module.end(body[index]) : _start(module, body[index + 1])]


def _start(module: Module, node: ast.stmt) -> int:
    """Give where NODE begins, decorators too."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return module.text.rindex("@", 0, module.start(decorators[0])) if decorators else module.start(node)


def _behind(module: Module, index: int) -> Place | None:
    """Give the place below the line of statement INDEX; None where that line goes on with what may make a task."""
    body = module.tree.body
    while index + 1 < len(body) and _is_joined(module, index):
        index += 1
        if any(isinstance(node, ast.Call) for node in ast.walk(body[index])):
            return None
    rest = r"(?:[ \t\f;]|\\(?:\r\n|\r|\n))*(?:#[^\r\n]*)?(\r\n|\r|\n|\Z)"
    match = re.compile(rest).match(module.text, module.end(body[index]))
    if match is None:
        return None
    if not match[1]:
        return _place(module, match.end(), index + 1, before=module.newline)
    return _place(module, match.end(), index + 1, after=match[1])


def _before(module: Module, index: int, first: int) -> Place | None:
    """Give the place above the line of statement INDEX; None where that line begins before statement FIRST."""
    while index and _is_joined(module, index - 1):
        index -= 1
    if index < first:
        return None
    node = module.tree.body[index]
    line = bisect.bisect_right(module.line_starts, _start(module, node))
    if isinstance(node, ast.Import | ast.ImportFrom):
        start = module.line_starts[line - 1]
        return _place(module, start, index, after=newline_before(module, start))
    return _apart(module, index, line, 2 if isinstance(node, _DEFINITIONS) else 1)


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _apart(module: Module, index: int, line: int, blanks: int) -> Place:
    """Give a place above LINE, where statement INDEX begins, with a blank line before it and BLANKS after it."""
    above = _above_comments(module, line)
    free = 0
    while above - free > 1 and _is_blank(module, above - free - 1):
        free += 1
    at = above - free + 1 if free else above
    start = module.line_starts[at - 1]
    newline = newline_before(module, start)
    missing = max(blanks - max(free - 1, 0), 0)
    return _place(module, start, index, "" if free or at == 1 else newline, newline * (1 + missing))


def _above_comments(module: Module, line: int) -> int:
    """Give the first line of the comments right above LINE that belong to it: a blank line is above them."""
    first = line
    while first > 1 and module.line(first - 1).lstrip().startswith("#"):
        first -= 1
    return first if first > 1 and _is_blank(module, first - 1) else line


def _is_blank(module: Module, line: int) -> bool:
    return not module.line(line).strip()


def _place(module: Module, start: int, index: int, before: str = "", after: str = "") -> Place:
    return Place(start, bisect.bisect_right(module.line_starts, start), index, before, after)
