"""What is asked of the patcher, what it gives back, and the edit: one change, in the text and in the tree.

PURE.
"""

import ast
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from astrokpo_cli.dags.private import PrivateImages
from astrokpo_cli.dags.versions import Versions


class Wish(NamedTuple):
    """What `dag patch` is asked for."""

    secret: str | None
    """The pull secret to add; None for the one that serves each image."""
    private: tuple[PrivateImages, ...]
    """The images that need one."""
    default_args: bool = False
    """Whether each DAG gets one entry in its default_args, in place of a keyword for each of its tasks."""
    fixes: frozenset[str] = frozenset()
    """The codes to mend: AKP201, AKP202, AKP203, AKP204."""
    versions: Versions = Versions()


class Change(NamedTuple):
    """One change, for people."""

    line: int
    """Of the file as it was."""
    task: str
    """The task's id; empty for what is no task's, or where it is not known."""
    what: str


class Left(NamedTuple):
    """One place that a person has to look at."""

    line: int
    task: str
    why: str


class Patched(NamedTuple):
    """A file after the patch."""

    content: bytes
    """The file's own bytes where nothing was changed."""
    changes: tuple[Change, ...]
    left: tuple[Left, ...]


class Splice(NamedTuple):
    """A piece of the text, from START to END, that TEXT takes the place of."""

    start: int
    end: int
    text: str


class Twins:
    """The nodes of a tree and those of a copy of it."""

    def __init__(self, tree: ast.Module, copy: ast.Module) -> None:
        self.copy = copy
        self._twins = {id(node): twin for node, twin in zip(walk(tree), walk(copy), strict=True)}

    def of(self, node: ast.AST) -> Any:
        """Give the copy of NODE."""
        return self._twins[id(node)]

    def replace(self, node: ast.AST, new: ast.AST) -> None:
        """Put NEW where the copy of NODE stands in the copy."""
        twin = self.of(node)
        parent = next(each for each in walk(self.copy) if any(child is twin for child in ast.iter_child_nodes(each)))
        for name, part in ast.iter_fields(parent):
            if part is twin:
                setattr(parent, name, new)
            elif isinstance(part, list):
                part[:] = [new if item is twin else item for item in part]


class Edit(NamedTuple):
    """One change, done twice: to the text and to a copy of the tree, which must then be the same program."""

    splices: tuple[Splice, ...]
    on_tree: Callable[[Twins], None]
    change: Change


def walk(tree: ast.AST) -> Iterator[ast.AST]:
    """Give the nodes of TREE, each once; nothing is too deep for it."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.expr_context | ast.operator | ast.boolop | ast.unaryop | ast.cmpop):
            continue  # Python has one object for all places
        yield node
        pending.extend(ast.iter_child_nodes(node))
