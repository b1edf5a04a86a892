"""The proof of a patch: the new text, read again, is the old program with the wanted changes and no other.

PURE.
"""

import ast
from collections.abc import Sequence

from astrokpo_cli.dags.patch.edits import Edit, Twins
from astrokpo_cli.dags.patch.splices import WrongPatch, splice
from astrokpo_cli.dags.source import Module, UnreadableSource, parse_module


def apply_edits(module: Module, edits: Sequence[Edit]) -> bytes:
    """Give MODULE with EDITS; raises WrongPatch where the result is not exactly that."""
    text = splice(module.text, [each for edit in edits for each in edit.splices])
    try:
        content = module.encode(text)
        patched = parse_module(content, module.path)
    except (UnicodeError, UnreadableSource) as err:
        raise WrongPatch(f"the new file cannot be read: {err}") from None
    if patched.text != text:
        raise WrongPatch("the new file reads differently")
    copy = parse_module(module.encode(module.text), module.path).tree
    twins = Twins(module.tree, copy)
    for edit in edits:
        edit.on_tree(twins)
    if not is_same_program(copy, patched.tree):
        raise WrongPatch("the new file is another program")
    return content


def is_same_program(one: ast.AST, other: ast.AST) -> bool:
    """Whether two trees are equal but for their places; nothing is too deep for it."""
    pending: list[tuple[object, object]] = [(one, other)]
    while pending:
        left, right = pending.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, ast.AST):
            pending += ((getattr(left, name, None), getattr(right, name, None)) for name in left._fields)
        elif isinstance(left, list):
            assert isinstance(right, list)
            if len(left) != len(right):
                return False
            pending += zip(left, right, strict=True)
        elif repr(left) != repr(right):
            return False
    return True
