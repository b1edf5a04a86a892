"""Why a value is not known, in words that fit into a sentence.

PURE. Nothing of an expression is quoted but names.
"""

import ast
from collections.abc import Sequence

from astrokpo_cli.dags.values import Unknown, Value


def shown(node: ast.expr) -> str:
    """Give a name for NODE."""
    if isinstance(node, ast.Name | ast.Attribute | ast.Starred):
        return ast.unparse(node)
    if isinstance(node, ast.Call):
        return f"{shown(node.func)}()"
    if isinstance(node, ast.Subscript):
        return f"{shown(node.value)}[...]"
    return "an expression"


def why_call(node: ast.Call, dotted: Sequence[str]) -> str:
    """Say where the result of NODE comes from; DOTTED is what its function may be by its imports."""
    name = dotted[0] if dotted else shown(node.func)
    if name in ("os.getenv", "os.environ.get"):
        return "it comes from the environment"
    if name.endswith("Variable.get"):
        return "it is a Variable of Airflow"
    return f"it is what {shown(node.func)}() returns"


def because(value: Value) -> str:
    """Give the reason of VALUE to stand behind another; empty where it would be too long for that."""
    return f": {value.why}" if isinstance(value, Unknown) and "(" not in value.why else ""
