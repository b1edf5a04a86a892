"""Which operator a class in DAG code is, or descends from through the project's own classes.

PURE. Names are followed through imports, aliases, try and except, and the project's modules.
"""

import ast
from typing import NamedTuple

from astrokpo_cli.dags.operators import Operator, find_operator
from astrokpo_cli.dags.scope import Binding, ClassSite, Scope, dotted_names, find_bindings, find_only
from astrokpo_cli.dags.source import Module
from astrokpo_cli.dags.world import Trail, World

_HARMLESS_BASES = {"abc.ABC", "typing.Generic", "typing.Protocol", "airflow.utils.log.logging_mixin.LoggingMixin"}


class Lineage(NamedTuple):
    """An operator, and the project's classes that lead to it."""

    operator: Operator
    """With the name of the class itself."""
    classes: tuple[ClassSite, ...] = ()
    """The class itself first, then its base, down to the one below the operator."""
    more: str = ""
    """Why a class may give it more than can be seen; empty where all is known."""


class Lineages:
    """Finds the lineage of classes; what it found once it remembers."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[ast.ClassDef, Lineage | None] = {}
        self._trail = Trail(world)

    def of(self, node: ast.expr, scope: Scope, but: ast.ClassDef | None = None) -> Lineage | None:
        """Give the lineage of the class that NODE names in SCOPE; None where it is no KPO for certain.

        BUT is a class that NODE does not mean: in `class Operator(Operator)` the base is another one.
        """
        found = find_bindings(node.id, scope) if isinstance(node, ast.Name) else None
        if found is None:
            return _one([self._imported(dotted, scope.module) for dotted in dotted_names(node, scope)])
        where, bindings = found
        meant = [each for each in bindings if each.node is not but and not each.is_none()]
        return _one([self._bound(each, where, node) for each in meant])

    def _bound(self, binding: Binding, where: Scope, node: ast.expr) -> Lineage | None:
        """Give the lineage of what BINDING, in WHERE, gives to the name NODE."""
        match binding.node:
            case ast.ClassDef() as defined:
                return self._of_class(defined, where)
            case ast.alias():
                return self._imported(binding.dotted, where.module)
            case ast.Name() | ast.Attribute() as other if other is not node:
                return self.of(other, where)
        return None

    def _imported(self, dotted: str, importer: Module) -> Lineage | None:
        operator = find_operator(dotted)
        return Lineage(operator) if operator else self._trail.follow(dotted, importer, self.of)

    def _of_class(self, node: ast.ClassDef, scope: Scope) -> Lineage | None:
        if node not in self._known:
            self._known[node] = None  # a class that descends from itself does not run
            self._known[node] = self._made(node, scope)
        return self._known[node]

    def _made(self, node: ast.ClassDef, scope: Scope) -> Lineage | None:
        bases = [(base, self.of(base, scope, but=node)) for base in node.bases]
        found = next((lineage for _, lineage in bases if lineage), None)
        if found is None:
            return None
        site = self._world.survey(scope.module).class_site(node)
        others = [base for base, lineage in bases if lineage is None and not self._is_harmless(base, scope)]
        more = f"{node.name} has other base classes" if others else found.more
        if any("deprecated" not in ast.unparse(decorator) for decorator in node.decorator_list):
            more = f"{node.name} is decorated"
        return Lineage(found.operator._replace(name=node.name), (site, *found.classes), more)

    def _is_harmless(self, base: ast.expr, scope: Scope) -> bool:
        """Whether BASE, beside an operator, is known not to say anything about the pod."""
        name = base.value if isinstance(base, ast.Subscript) else base
        if set(dotted_names(name, scope)) & _HARMLESS_BASES:
            return True
        found = find_only(name.id, scope) if isinstance(name, ast.Name) else None
        mixin = found[1].node if found else None
        if not isinstance(mixin, ast.ClassDef) or mixin.bases:
            return False
        return not any(isinstance(part, ast.FunctionDef) and part.name == "__init__" for part in mixin.body)


def _one(lineages: list[Lineage | None]) -> Lineage | None:
    """Give the lineage that all agree on: of several, after try and except, the one through most classes."""
    known = [lineage for lineage in lineages if lineage]
    return max(known, key=lambda lineage: len(lineage.classes)) if known and len(known) == len(lineages) else None
