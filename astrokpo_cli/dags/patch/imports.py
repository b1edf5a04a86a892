"""The kubernetes client's models: the name that a place in the file has for them, or an import that gives it one.

PURE.
"""

import ast
from collections.abc import Iterator, Sequence

from astrokpo_cli.dags.patch.edits import Change, Edit, Splice, Twins
from astrokpo_cli.dags.patch.placement import MODULE, Place, is_star, place_import
from astrokpo_cli.dags.scope import Binding, ImportSite, Scope, Survey, find_bindings

CLASS = "V1LocalObjectReference"
MODELS = "kubernetes.client.models"
_NAMES = ("k8s", "k8s_models")
_REUSED = (
    (f"{MODELS}.{CLASS}", ""),
    (f"{MODULE}.{CLASS}", ""),
    (f"{MODELS}.v1_local_object_reference.{CLASS}", ""),
    (MODELS, f".{CLASS}"),
    (MODULE, f".{CLASS}"),
    ("kubernetes", f".client.{CLASS}"),
)
"""What a name may stand for, the best first, and what comes behind it."""


_NEED_THE_CLIENT = ("kubernetes.", "airflow.providers.cncf.kubernetes.operators.")
"""Modules that import nothing but with the kubernetes client there."""


class NoName(Exception):
    """Why there is no name for the models."""


class ModelNames:
    """The names of one file; its import is decided once, with the first place that needs it."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self._imported: tuple[str, Place] | None = None

    def reference_class(self, node: ast.expr, scope: Scope) -> str:
        """Give the expression for V1LocalObjectReference at NODE in SCOPE; raises NoName."""
        return self._bound(node, scope) or self._new(node, scope)

    def edit(self, edits: Sequence[Edit]) -> Edit | None:
        """Give the import that EDITS need; None where every place has a name without it."""
        if self._imported is None:
            return None
        name, place = self._imported
        if not any(f"{name}.{CLASS}" in splice.text for edit in edits for splice in edit.splices):
            return None
        node = ast.ImportFrom(MODULE, [ast.alias("models", name)], 0)

        def on_tree(twins: Twins) -> None:
            twins.copy.body.insert(place.number, node)

        line = f"from {MODULE} import models as {name}"
        splice = Splice(place.start, place.start, f"{place.before}{line}{place.after}")
        return Edit((splice,), on_tree, Change(place.line, "", f"{line} added"))

    def _bound(self, node: ast.expr, scope: Scope) -> str | None:
        found = {self._dotted(name, node, scope): name for name in sorted(_client_names(scope), reverse=True)}
        for dotted, behind in _REUSED:
            if dotted in found:
                return f"{found[dotted]}{behind}"
        return None

    def _dotted(self, name: str, node: ast.expr, scope: Scope) -> str:
        """Give what NAME is certain to stand for at NODE; empty where that is not certain."""
        bound = find_bindings(name, scope)
        if bound is None:
            return ""
        where, bindings = bound
        dotted = bindings[0].dotted
        if any(each.dotted != dotted for each in bindings):
            return ""
        before = [line for line in _lines_of_certain(bindings) if line < (node.lineno, node.col_offset)]
        if not before or (where.parent is None and any(star >= before[0][0] for star in _stars(self.survey))):
            return ""
        return dotted

    def _new(self, node: ast.expr, scope: Scope) -> str:
        name, place = self._imported or self._plan(scope)
        bound = find_bindings(name, scope)
        if bound is not None and bound[0].parent is not None:
            raise NoName(f"{name} is something else there")
        if self.survey.module.start(node) < place.start:
            raise NoName("it stands before the imports")
        self._imported = name, place
        return f"{name}.{CLASS}"

    def _plan(self, scope: Scope) -> tuple[str, Place]:
        """Choose the name and the place of the import, for SCOPE first of all; raises NoName."""
        place = place_import(self.survey.module)
        if place is None:
            raise NoName("there is no line for the import of the models")
        if doubtful := _conditional_import(self.survey):
            raise NoName(f"line {doubtful.node.lineno} may go on without the kubernetes client")
        if any(star >= place.line for star in _stars(self.survey)):
            raise NoName("what an import of * brings may take the models' name")
        for name in _NAMES:
            bindings = [each for one in all_scopes(self.survey) for each in one.bindings.get(name, ())]
            hidden = (find_bindings(name, scope) or (self.survey.scope,))[0] is not self.survey.scope
            if all(each.dotted == MODELS for each in bindings) and not hidden:
                return name, place
        raise NoName(f"{' and '.join(_NAMES)} are other things in this file")


def _client_names(scope: Scope | None) -> set[str]:
    """Give the names that SCOPE, or one around it, imports from the kubernetes client."""
    names: set[str] = set()
    while scope is not None:
        for name, bindings in scope.bindings.items():
            if bindings[0].dotted.partition(".")[0] == "kubernetes":
                names.add(name)
        scope = scope.parent
    return names


def _lines_of_certain(bindings: Sequence[Binding]) -> list[tuple[int, int]]:
    nodes = [each.node for each in bindings if each.certain]
    return [(node.lineno, node.col_offset) for node in nodes if isinstance(node, ast.alias)]


def _stars(survey: Survey) -> tuple[int, ...]:
    """Give the lines on which everything of a module is imported."""
    if not survey.scope.stars:
        return ()
    return tuple(node.lineno for node in ast.walk(survey.module.tree) if isinstance(node, ast.stmt) and is_star(node))


def all_scopes(survey: Survey) -> Iterator[Scope]:
    """Give the scopes of the module, its functions and classes, and those that calls stand in."""
    yield survey.scope
    yield from (site.scope for site in survey.calls)
    yield from (site.body for site in survey.functions)
    yield from (site.body for site in survey.classes)


def _conditional_import(survey: Survey) -> ImportSite | None:
    """Give an import after whose failure the file works on, without the kubernetes client or an operator for it."""
    certain = {id(node) for node in survey.module.tree.body}
    for site in survey.imports:
        if id(site.node) in certain and _module_of(site).startswith(_NEED_THE_CLIENT):
            return None
    for site in survey.imports:
        if site.guarded and site.scope.parent is None and not _has_another(site):
            return site
    return None


def _has_another(site: ImportSite) -> bool:
    """Whether SITE is no import of a Kubernetes module, or the name is imported from elsewhere where it fails."""
    module = _module_of(site)
    if "kubernetes" not in module:
        return True
    if module.partition(".")[0] == "kubernetes":
        return False
    bindings = site.scope.bindings[site.alias.asname or site.alias.name.partition(".")[0]]
    return len(bindings) > 1 and all(binding.dotted for binding in bindings)


def _module_of(site: ImportSite) -> str:
    return site.node.module or "" if isinstance(site.node, ast.ImportFrom) else site.alias.name
