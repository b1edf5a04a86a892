"""Which names a Python file binds, where, how they are used, and what a name stands for.

PURE. Python's rules of scope: a function's names, then those of the functions around it, then the module's; a
class's names are seen in its own body alone. `survey.survey` makes what is described here.
"""

import ast
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from astrokpo_cli.dags.source import Module

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
ScopeNode = (
    ast.Module
    | ast.ClassDef
    | ast.FunctionDef
    | ast.AsyncFunctionDef
    | ast.Lambda
    | ast.ListComp
    | ast.SetComp
    | ast.DictComp
    | ast.GeneratorExp
)


class Scope:
    """A module, a class or a function, and what its names are bound to."""

    def __init__(self, node: ScopeNode, module: Module, parent: "Scope | None" = None) -> None:
        self.node = node
        self.module = module
        self.parent = parent
        self.bindings: dict[str, list[Binding]] = {}
        self.stars: list[str] = []
        """The modules of which everything is imported."""

    def root(self) -> "Scope":
        """Give the module's scope."""
        return self.parent.root() if self.parent else self


class Binding(NamedTuple):
    """One way in which a name gets its value."""

    node: ast.AST
    """ast.alias for an import; the statement's value (ast.expr) for an assignment of one name; ast.FunctionDef,
    ast.ClassDef; ast.arg for a parameter; ast.For or ast.comprehension for a loop; else whatever binds it (a with's
    item, a del, a target that is unpacked)."""
    dotted: str = ""
    """For an import: what is imported, such as kubernetes.client.models; a leading dot for each level of a relative
    one. Empty for all else."""
    certain: bool = True
    """Whether it is done whenever the scope's code runs: not so under if, for, while, try and match."""

    def is_none(self) -> bool:
        """Whether it is an assignment of None."""
        return isinstance(self.node, ast.Constant) and self.node.value is None


class CallSite(NamedTuple):
    """A call, and where it stands."""

    call: ast.Call
    scope: Scope
    withs: tuple[ast.withitem, ...]
    """The items of the with statements around it in its own scope, outermost first."""


class ImportSite(NamedTuple):
    """One name that an import binds."""

    node: ast.Import | ast.ImportFrom
    alias: ast.alias
    scope: Scope
    guarded: bool
    """Whether it stands in a try statement that catches ImportError (body or handler): another name may be there."""


class FunctionSite(NamedTuple):
    """A function and where it is defined."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    scope: Scope
    """The scope that it is defined in."""
    body: Scope
    """Its own."""
    withs: tuple[ast.withitem, ...]


class ClassSite(NamedTuple):
    """A class and where it is defined."""

    node: ast.ClassDef
    scope: Scope
    body: Scope


class Use(NamedTuple):
    """A place where a name is read."""

    node: ast.Name
    parent: ast.AST
    """The expression or statement that it is a direct part of."""
    scope: Scope
    withs: tuple[ast.withitem, ...]


class StoreSite(NamedTuple):
    """An attribute that is set: `TARGET = VALUE`."""

    target: ast.Attribute
    value: ast.expr
    scope: Scope


class Survey(NamedTuple):
    """What a walk through a module saw, in the order of the file."""

    module: Module
    scope: Scope
    """The module's own."""
    calls: tuple[CallSite, ...]
    imports: tuple[ImportSite, ...]
    functions: tuple[FunctionSite, ...]
    classes: tuple[ClassSite, ...]
    stores: tuple[StoreSite, ...]
    uses: Mapping[str, Sequence[Use]]
    parents: Mapping[ast.AST, ast.AST]
    """For each expression that is neither a name nor a constant, what it is a direct part of."""

    def class_site(self, node: ast.ClassDef) -> ClassSite:
        """Give where NODE, a class of the module, is defined."""
        return next(site for site in self.classes if site.node is node)


def find_bindings(name: str, scope: Scope) -> tuple[Scope, Sequence[Binding]] | None:
    """Give the scope that NAME is bound in, as seen from SCOPE, and its bindings there; None for an unbound name."""
    seen: Scope | None = scope
    while seen is not None:
        if name in seen.bindings and (seen is scope or not isinstance(seen.node, ast.ClassDef)):
            return seen, seen.bindings[name]
        seen = seen.parent
    return None


def find_only(name: str, scope: Scope) -> tuple[Scope, Binding] | None:
    """Give the scope that NAME is bound in, as seen from SCOPE, and its one binding; None where it has none or many."""
    found = find_bindings(name, scope)
    return (found[0], found[1][0]) if found and len(found[1]) == 1 else None


def dotted_names(node: ast.expr, scope: Scope, depth: int = 8) -> tuple[str, ...]:
    """Give the full dotted names of what NODE, a name or an attribute, may stand for through imports.

    `k8s.V1Pod` under `from kubernetes.client import models as k8s` is kubernetes.client.models.V1Pod. One for each
    import that may have bound the name (try and except); empty where it may be bound by anything but imports, other
    names and None.
    """
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or not depth:
        return ()
    bases = _bases(node.id, scope, depth)
    if not attributes or not bases:
        return bases
    tail = ".".join(reversed(attributes))
    return tuple(f"{base}.{tail}" for base in bases)


def _bases(name: str, scope: Scope, depth: int) -> tuple[str, ...]:
    found = find_bindings(name, scope)
    if found is None:
        return tuple(f"{star}.{name}" for star in scope.root().stars)
    where, bindings = found
    bases: list[str] = []
    for binding in bindings:
        if binding.dotted:
            bases.append(binding.dotted)
        elif isinstance(binding.node, ast.Name | ast.Attribute):
            names = dotted_names(binding.node, where, depth - 1)
            if not names:
                return ()
            bases += names
        elif not binding.is_none():
            return ()
    return tuple(dict.fromkeys(bases))


def reaching(node: ast.Name, scope: Scope, where: Scope, bindings: Sequence[Binding]) -> Sequence[Binding]:
    """Give those of BINDINGS, made in WHERE, that NODE may see in SCOPE.

    In the scope that binds it a name has what was last given to it for certain, or what may have been given to it.
    """
    if len(bindings) == 1 or function_of(scope) is not where or not hasattr(node, "lineno"):
        return bindings
    use = (node.lineno, node.col_offset)
    seen: list[Binding] = []
    for binding in bindings:
        if not binding.certain:
            seen.append(binding)
        elif end_of(binding.node) <= use:
            seen = [later for later in seen if end_of(later.node) > use] + [binding]
    return seen or bindings


def function_of(scope: Scope) -> Scope:
    """Give the scope around comprehensions, in which `:=` binds."""
    while isinstance(scope.node, COMPREHENSIONS) and scope.parent:
        scope = scope.parent
    return scope


def end_of(node: ast.AST | None) -> tuple[int, int]:
    """Give line and column behind NODE; (0, 0) where it has no place."""
    place = node.context_expr if isinstance(node, ast.withitem) else node
    return getattr(place, "end_lineno", 0) or 0, getattr(place, "end_col_offset", 0) or 0
