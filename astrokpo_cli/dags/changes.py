"""What is left of the value of a name by what its module does to it: to a dict, a list or a part of a pod.

PURE. A value counts only where nothing in its module can change it, but for entries of a dict that are set for certain.
"""

import ast
from collections import Counter
from collections.abc import Sequence

from astrokpo_cli.dags.mutation import is_attribute_kept
from astrokpo_cli.dags.scope import Scope, end_of, function_of
from astrokpo_cli.dags.settings import Setting, settings_of
from astrokpo_cli.dags.source import Module
from astrokpo_cli.dags.values import Entries, Items, Model, Origin, Unknown, Value
from astrokpo_cli.dags.view import View
from astrokpo_cli.dags.world import World

_PODS = {"V1Pod", "V1PodSpec", "V1PodTemplateSpec", "V1LocalObjectReference"}
"""Models whose parts decide over pull secrets; what else is done to a model is not asked."""

MAX_SETTINGS = 200
"""How many times a dict may be changed for each time to be followed."""


class Changes:
    """What the modules of a world do to what their names stand for; what it found once it remembers."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._settings: dict[tuple[str, Scope], Sequence[Setting] | None] = {}
        self._kept: dict[tuple[str, Module], bool] = {}

    def settings(self, name: str, scope: Scope) -> Sequence[Setting] | None:
        """Give what is done to what NAME, bound in SCOPE, stands for; None where that may be anything."""
        if (name, scope) not in self._settings:
            self._settings[name, scope] = settings_of(name, scope, self._world.survey(scope.module))
        return self._settings[name, scope]

    def is_kept(self, attribute: str, module: Module) -> bool:
        """Whether nothing in MODULE changes an ATTRIBUTE of anything."""
        if (attribute, module) not in self._kept:
            self._kept[attribute, module] = is_attribute_kept(attribute, self._world.survey(module))
        return self._kept[attribute, module]


def as_left(view: View, node: ast.Name, where: Scope, value: Value, origin: Origin) -> Value:
    """Give what is certain of VALUE, which NODE stands for and WHERE binds, when the code of VIEW looks at it."""
    if not isinstance(value, Entries | Items) and not (isinstance(value, Model) and value.name in _PODS):
        return value
    settings = view.evaluator.changes.settings(node.id, where)
    if settings is not None and not settings:
        return value
    if settings is None or len(settings) > MAX_SETTINGS or not isinstance(value, Entries):
        return Unknown(origin, f"{node.id} may be changed after it is made")
    entries = dict(value.entries)
    often = Counter(setting.key for setting in settings)
    for setting in settings:
        once = often[setting.key] == 1 and len(where.bindings[node.id]) == 1
        if once and setting.value is not None and _is_done(setting, node, view.scope, where):
            entries[setting.key] = view.at(where).value(setting.value)
        else:
            entries[setting.key] = Unknown(origin, f'{node.id}["{setting.key}"] is not always the same')
    return Entries(origin, entries)


def _is_done(setting: Setting, node: ast.Name, scope: Scope, where: Scope) -> bool:
    """Whether SETTING, of what is bound in WHERE, is certainly done before NODE is looked at in SCOPE.

    It is where it is a statement of WHERE's own, above the use or in a module that was imported whole.
    """
    body = getattr(where.node, "body", ())
    if setting.scope is not where or isinstance(where.node, ast.Lambda) or setting.statement not in body:
        return False
    if not hasattr(node, "lineno"):
        return True
    return function_of(scope) is where and end_of(setting.statement) <= (node.lineno, node.col_offset)
