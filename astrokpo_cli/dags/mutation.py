"""What is done to a dict or a list that a name stands for, wherever the name is used.

PURE. Each use of the name must be one that is known to leave it alone, or to set entries of it whose keys are
written there; whatever else is done with it may change it.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from astrokpo_cli.dags.scope import Scope, Survey, Use

_READING_METHODS = {"get", "copy", "items", "keys", "values", "index", "count"}
_READING_CALLS = {
    *("all", "any", "bool", "enumerate", "isinstance", "iter", "len", "max", "min", "reversed", "sorted", "sum", "zip"),
    *("dict", "frozenset", "list", "set", "str", "tuple", "type", "chain", "copy", "deepcopy", "partial"),
    *("dumps", "format", "join", "pformat", "pprint", "print", "repr", "info", "debug", "warning", "error", "log"),
    *("extend", "union", "update"),
    *("expand", "expand_kwargs", "override", "dag", "task", "task_group", "kubernetes", "kubernetes_cmd"),
}
"""Functions and methods, by their last name, that do not change what they are given."""


_READERS = (
    *(ast.Subscript, ast.Compare, ast.BoolOp, ast.IfExp, ast.UnaryOp, ast.FormattedValue, ast.BinOp, ast.Starred),
    *(ast.comprehension, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    *(ast.For, ast.If, ast.While, ast.Expr, ast.Assert),
    *(ast.Dict, ast.List, ast.Tuple),
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda),
)
"""What may stand around a name without changing it: the last are the defaults of parameters."""


class Setting(NamedTuple):
    """A place where one entry of a dict is set, taken out or changed."""

    key: str
    value: ast.expr | None = None
    """What it is set to, for `NAME[KEY] = VALUE` and `NAME.update(KEY=VALUE)`; None for all else."""
    statement: ast.AST | None = None
    """The statement that does it."""
    scope: Scope | None = None
    """Where that stands."""


def settings_of(name: str, scope: Scope, survey: Survey) -> Sequence[Setting] | None:
    """Give what the module does to the entries of the dict that NAME, bound in SCOPE, stands for.

    None where anything may be done to it. A list is as it was written where there is no setting.
    """
    bindings = scope.bindings[name]
    if len(bindings) > 1 and any(isinstance(each.node, ast.AugAssign) for each in bindings):
        return None
    if any(len(getattr(survey.parents.get(each.node), "targets", ())) > 1 for each in bindings):
        return None  # a = b = {}: what is done to the one is done to the other
    settings: list[Setting] = []
    for use in survey.uses.get(name, ()):
        if _may_mean(use, name, scope) and not leaves_alone(use.node, survey.parents, use.parent):
            found = _settings_at(use, survey)
            if found is None:
                return None
            settings += found
    return settings


def is_attribute_kept(name: str, survey: Survey) -> bool:
    """Whether nothing in the module changes an attribute NAME of anything: for the constants of a class."""
    if any(store.target.attr == name for store in survey.stores):
        return False
    found = [node for node in survey.parents if isinstance(node, ast.Attribute) and node.attr == name]
    return all(leaves_alone(node, survey.parents) or _is_plainly_read(node, survey) for node in found)


def _is_plainly_read(node: ast.Attribute, survey: Survey) -> bool:
    """Whether NODE is given to a name or a keyword; what that does with it is looked at there, or not at all."""
    return isinstance(survey.parents.get(node), ast.Assign | ast.AnnAssign | ast.Call)


def _settings_at(use: Use, survey: Survey) -> Sequence[Setting] | None:
    """Say which entries are set where the name is used; None where it cannot be said."""
    outer = survey.parents.get(use.parent)
    match use.parent:
        case ast.Subscript(value=value, slice=ast.Constant(value=str(key)), ctx=context) if value is use.node:
            if isinstance(context, ast.Store) and isinstance(outer, ast.Assign) and use.parent in outer.targets:
                return (Setting(key, outer.value, outer, use.scope),)
            return (Setting(key),)
        case ast.Attribute(attr="pop" | "setdefault") if isinstance(outer, ast.Call) and outer.func is use.parent:
            match outer.args:
                case [ast.Constant(value=str(key)), *_]:
                    return (Setting(key),)
        case ast.Attribute(attr="update") if isinstance(outer, ast.Call) and outer.func is use.parent:
            return _updated(outer, use.scope, survey.parents.get(outer))
    return None


def _updated(call: ast.Call, scope: Scope, statement: ast.AST | None) -> Sequence[Setting] | None:
    """Give what `.update(...)` sets: keywords, and dicts that are written there."""
    settings = [Setting(keyword.arg, keyword.value, statement, scope) for keyword in call.keywords if keyword.arg]
    if len(settings) < len(call.keywords) or any(not isinstance(part, ast.Dict) for part in call.args):
        return None
    for part in call.args:
        assert isinstance(part, ast.Dict)
        for key, value in zip(part.keys, part.values, strict=True):
            if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
                return None
            settings.append(Setting(key.value, value, statement, scope))
    return settings


def _may_mean(use: Use, name: str, scope: Scope) -> bool:
    """Whether the NAME that is used may be the one of SCOPE, and not one of a scope inside of it."""
    seen: Scope | None = use.scope
    while seen is not None and seen is not scope:
        if name in seen.bindings:
            return False
        seen = seen.parent
    return seen is scope


def leaves_alone(node: ast.expr, parents: Mapping[ast.AST, ast.AST], parent: ast.AST | None = None) -> bool:
    """Whether the place of NODE, a dict or a list, cannot change it; PARENT is what it is a direct part of."""
    parent = parent or parents.get(node)
    match parent:
        case None:
            return False
        case ast.Call(func=func):
            return func is node or _reads_only(node, parent)
        case ast.Attribute(attr=attr):
            called = parents.get(parent)
            return attr in _READING_METHODS and isinstance(called, ast.Call) and called.func is parent
        case ast.Subscript(value=value) if value is node:
            # What is taken out may be changed in its turn.
            return isinstance(parent.ctx, ast.Load) and leaves_alone(parent, parents)
        case ast.Assign() | ast.AnnAssign():
            return isinstance(node, ast.Subscript) or parent.value is not node
        case ast.AugAssign():
            return parent.target is not node
    return isinstance(parent, _READERS)


def _reads_only(node: ast.expr, call: ast.Call) -> bool:
    """Whether CALL leaves NODE, which it is given, alone: by its kind, or by the keyword that it is given for."""
    given = [keyword.arg for keyword in call.keywords if keyword.value is node]
    if given and (given[0] is None or given[0] in ("default_args", "params", "operator_args")):
        return True
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    # A class, by its name, keeps what it is given; an operator's keywords are such.
    return name in _READING_CALLS or bool(re.match("[A-Z]", name))
