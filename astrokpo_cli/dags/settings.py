"""Which entries of a dict are set, taken out or changed after it is made, wherever its name is used.

PURE. Each use of the name must leave the dict alone, or do something to entries of it whose keys are written there;
whatever else is done with it may change it.
"""

import ast
from collections.abc import Sequence
from typing import NamedTuple

from astrokpo_cli.dags.mutation import leaves_alone
from astrokpo_cli.dags.scope import Scope, Survey, Use


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
