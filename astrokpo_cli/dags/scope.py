"""Which names a Python file binds, where, how they are used, and what a name stands for.

PURE. Python's rules of scope: a function's names, then those of the functions around it, then the module's; a
class's names are seen in its own body alone.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

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
    """What `survey` saw in a module, in the order of the file."""

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


def survey(module: Module) -> Survey:
    """Walk MODULE once."""
    walk = _Walk(module)
    scope = Scope(module.tree, module)
    walk.statements(module.tree.body, _Here(scope))
    return Survey(
        module,
        scope,
        tuple(sorted(walk.calls, key=lambda site: _place(site.call))),
        tuple(walk.imports),
        tuple(walk.functions),
        tuple(walk.classes),
        tuple(walk.stores),
        walk.uses,
        walk.parents,
    )


def find_bindings(name: str, scope: Scope) -> tuple[Scope, Sequence[Binding]] | None:
    """Give the scope that NAME is bound in, as seen from SCOPE, and its bindings there; None for an unbound name."""
    seen: Scope | None = scope
    while seen is not None:
        if name in seen.bindings and (seen is scope or not isinstance(seen.node, ast.ClassDef)):
            return seen, seen.bindings[name]
        seen = seen.parent
    return None


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
        elif not (isinstance(binding.node, ast.Constant) and binding.node.value is None):
            return ()
    return tuple(dict.fromkeys(bases))


def _place(call: ast.Call) -> tuple[int, ...]:
    """Give the order of the file; of calls that begin together the inner one is first."""
    return call.lineno, call.col_offset, call.end_lineno or 0, call.end_col_offset or 0


class _Here(NamedTuple):
    """Where the walk is."""

    scope: Scope
    withs: tuple[ast.withitem, ...] = ()
    certain: bool = True
    guarded: bool = False

    def maybe(self) -> "_Here":
        return self._replace(certain=False) if self.certain else self


class _Walk:
    """One walk through a module; the lists are what it saw."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.calls: list[CallSite] = []
        self.imports: list[ImportSite] = []
        self.functions: list[FunctionSite] = []
        self.classes: list[ClassSite] = []
        self.stores: list[StoreSite] = []
        self.uses: dict[str, list[Use]] = {}
        self.parents: dict[ast.AST, ast.AST] = {}
        self.outer: dict[Scope, set[str]] = {}
        """Names that a function declares global or nonlocal."""

    def statements(self, body: Sequence[ast.stmt], here: _Here) -> None:
        for statement in body:
            step = _STEPS.get(type(statement))
            if step:
                step(self, statement, here)
            else:
                self.parts(statement, here)

    def parts(self, node: ast.AST, here: _Here) -> None:
        """Walk the expressions, statements and others that NODE is made of."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.expression(child, node, here)
            elif isinstance(child, ast.stmt):
                self.statements((child,), here)
            elif not isinstance(child, ast.expr_context | ast.operator):
                self.parts(child, here)

    def expression(self, node: Any, parent: ast.AST, here: _Here) -> None:
        """Walk NODE, an expression or None, which is a direct part of PARENT."""
        if node is None or type(node) is ast.Constant:
            return
        # Most of a file's time is spent here: names and constants, which are most of its nodes, cost least.
        uses, parents = self.uses, self.parents
        pending: list[tuple[Any, ast.AST]] = [(node, parent)]
        scope, withs = here.scope, here.withs
        while pending:
            node, parent = pending.pop()
            kind = type(node)
            if kind is ast.Name:
                uses.setdefault(node.id, []).append(Use(node, parent, scope, withs))
                continue
            parents[node] = parent
            if kind in _SCOPED:
                self.scoped(node, here)
                continue
            if kind is ast.Call:
                self.calls.append(CallSite(node, scope, withs))
            elif kind is ast.NamedExpr:
                self.bind(node.target.id, Binding(node.value, certain=False), function_of(scope))
            pending.extend([(part, node) for part in _parts(node, kind) if type(part) is not ast.Constant])

    def scoped(self, node: ast.AST, here: _Here) -> None:
        """Walk a lambda or a comprehension, which have a scope of their own."""
        inner = Scope(node, self.module, here.scope)  # type: ignore[arg-type]
        if isinstance(node, ast.Lambda):
            self.defaults(node.args, node, here)
            self.parameters(node.args, inner)
            self.expression(node.body, node, _Here(inner))
            return
        within = here._replace(scope=inner)
        for number, loop in enumerate(node.generators):  # type: ignore[attr-defined]
            self.expression(loop.iter, loop, here if number == 0 else within)
            self.target(loop.target, loop, within)
            for condition in loop.ifs:
                self.expression(condition, loop, within)
        for part in ("elt", "key", "value"):
            self.expression(getattr(node, part, None), node, within)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, here: _Here) -> None:
        for decorator in node.decorator_list:
            self.expression(decorator, node, here)
        self.defaults(node.args, node, here)
        inner = Scope(node, self.module, here.scope)
        self.bind(node.name, Binding(node, certain=here.certain), here.scope)
        self.functions.append(FunctionSite(node, here.scope, inner, here.withs))
        self.parameters(node.args, inner)
        self.statements(node.body, _Here(inner))

    def a_class(self, node: ast.ClassDef, here: _Here) -> None:
        for part in (*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)):
            self.expression(part, node, here)
        inner = Scope(node, self.module, here.scope)
        self.bind(node.name, Binding(node, certain=here.certain), here.scope)
        self.classes.append(ClassSite(node, here.scope, inner))
        self.statements(node.body, _Here(inner))

    def defaults(self, arguments: ast.arguments, owner: ast.AST, here: _Here) -> None:
        for default in (*arguments.defaults, *arguments.kw_defaults):
            self.expression(default, owner, here)

    def parameters(self, arguments: ast.arguments, scope: Scope) -> None:
        for argument in parameters_of(arguments):
            self.bind(argument.arg, Binding(argument), scope)

    def an_import(self, node: ast.Import | ast.ImportFrom, here: _Here) -> None:
        base = f"{'.' * node.level}{node.module or ''}" if isinstance(node, ast.ImportFrom) else None
        for alias in node.names:
            if alias.name == "*":
                here.scope.root().stars.append(base or "")
                continue
            name = alias.asname or (alias.name if base is not None else alias.name.partition(".")[0])
            dotted = _joined(base, alias.name) if base is not None else (alias.name if alias.asname else name)
            self.bind(name, Binding(alias, dotted, here.certain), here.scope)
            self.imports.append(ImportSite(node, alias, here.scope, here.guarded))

    def assign(self, node: ast.Assign, here: _Here) -> None:
        self.expression(node.value, node, here)
        for target in node.targets:
            self.assigned(target, node.value, node, here)

    def annotated(self, node: ast.AnnAssign, here: _Here) -> None:
        if node.value is not None:
            self.expression(node.value, node, here)
            self.assigned(node.target, node.value, node, here)

    def assigned(self, target: ast.expr, value: ast.expr, statement: ast.stmt, here: _Here) -> None:
        if isinstance(target, ast.Name):
            self.bind(target.id, Binding(value, certain=here.certain), here.scope)
        elif isinstance(target, ast.Attribute):
            self.stores.append(StoreSite(target, value, here.scope))
            self.expression(target, statement, here)
        elif _pairs(target, value):
            for part, its_value in zip(target.elts, value.elts, strict=True):  # type: ignore[attr-defined]
                self.assigned(part, its_value, statement, here)
        else:
            self.target(target, statement, here)

    def target(self, target: ast.expr, binder: ast.AST, here: _Here) -> None:
        """Bind the names in TARGET to what BINDER gives them."""
        if isinstance(target, ast.Name):
            self.bind(target.id, Binding(binder, certain=here.certain), here.scope)
        elif isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                self.target(part, binder, here)
        elif isinstance(target, ast.Starred):
            self.target(target.value, binder, here)
        else:
            self.expression(target, binder, here)

    def augmented(self, node: ast.AugAssign, here: _Here) -> None:
        self.expression(node.value, node, here)
        self.target(node.target, node, here)

    def delete(self, node: ast.Delete, here: _Here) -> None:
        for target in node.targets:
            self.target(target, node, here.maybe())

    def loop(self, node: ast.For | ast.AsyncFor, here: _Here) -> None:
        self.expression(node.iter, node, here)
        self.target(node.target, node, here.maybe())
        self.statements((*node.body, *node.orelse), here.maybe())

    def branch(self, node: ast.If | ast.While, here: _Here) -> None:
        self.expression(node.test, node, here)
        self.statements((*node.body, *node.orelse), here.maybe())

    def a_with(self, node: ast.With | ast.AsyncWith, here: _Here) -> None:
        withs = here.withs
        for item in node.items:
            self.expression(item.context_expr, item, here._replace(withs=withs))
            if item.optional_vars is not None:
                self.target(item.optional_vars, item, here)
            withs = (*withs, item)
        self.statements(node.body, here._replace(withs=withs))

    def a_try(self, node: ast.Try, here: _Here) -> None:
        guarded = here.guarded or any(_catches_import_error(handler) for handler in node.handlers)
        inside = here._replace(certain=False, guarded=guarded)
        self.statements(node.body, inside)
        for handler in node.handlers:
            self.expression(handler.type, handler, here)
            if handler.name:
                self.bind(handler.name, Binding(handler, certain=False), here.scope)
            self.statements(handler.body, inside)
        self.statements(node.orelse, here.maybe())
        self.statements(node.finalbody, here)

    def match(self, node: ast.Match, here: _Here) -> None:
        self.expression(node.subject, node, here)
        for case in node.cases:
            for part in ast.walk(case.pattern):
                name = getattr(part, "name", None) or getattr(part, "rest", None)
                if name:
                    self.bind(name, Binding(part, certain=False), here.scope)
            self.expression(case.guard, case, here)
            self.statements(case.body, here.maybe())

    def declare(self, node: ast.Global | ast.Nonlocal, here: _Here) -> None:
        self.outer.setdefault(here.scope, set()).update(node.names)

    def bind(self, name: str, binding: Binding, scope: Scope) -> None:
        if name in self.outer.get(scope, ()):
            scope, binding = scope.root(), binding._replace(certain=False)
        scope.bindings.setdefault(name, []).append(binding)


_SCOPED = {ast.Lambda, *COMPREHENSIONS}
_STEPS: dict[type[ast.stmt], Callable[[_Walk, Any, _Here], None]] = {
    ast.FunctionDef: _Walk.function,
    ast.AsyncFunctionDef: _Walk.function,
    ast.ClassDef: _Walk.a_class,
    ast.Import: _Walk.an_import,
    ast.ImportFrom: _Walk.an_import,
    ast.Assign: _Walk.assign,
    ast.AnnAssign: _Walk.annotated,
    ast.AugAssign: _Walk.augmented,
    ast.Delete: _Walk.delete,
    ast.For: _Walk.loop,
    ast.AsyncFor: _Walk.loop,
    ast.If: _Walk.branch,
    ast.While: _Walk.branch,
    ast.With: _Walk.a_with,
    ast.AsyncWith: _Walk.a_with,
    ast.Try: _Walk.a_try,
    ast.TryStar: _Walk.a_try,
    ast.Match: _Walk.match,
    ast.Global: _Walk.declare,
    ast.Nonlocal: _Walk.declare,
}


def parameters_of(arguments: ast.arguments) -> tuple[ast.arg, ...]:
    """Give all parameters, in the order in which they are written."""
    rest = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    return (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest)


def _parts(node: Any, kind: type[ast.expr]) -> Sequence[ast.AST]:
    """Give the expressions right below NODE, which is of KIND, without what it binds."""
    if kind is ast.Call:
        return [node.func, *node.args, *[keyword.value for keyword in node.keywords]]
    if kind is ast.Attribute or kind is ast.NamedExpr:
        return (node.value,)
    parts: list[ast.AST] = []
    for name in node._fields:
        part = getattr(node, name)
        if type(part) is list:
            parts += [item for item in part if isinstance(item, ast.expr)]
        elif isinstance(part, ast.expr):
            parts.append(part)
    return parts


def function_of(scope: Scope) -> Scope:
    """Give the scope around comprehensions, in which `:=` binds."""
    while isinstance(scope.node, COMPREHENSIONS) and scope.parent:
        scope = scope.parent
    return scope


def _joined(base: str, name: str) -> str:
    return f"{base}{name}" if not base or base.endswith(".") else f"{base}.{name}"


def _pairs(target: ast.expr, value: ast.expr) -> bool:
    """Whether each part of TARGET gets the part of VALUE in its place."""
    return (
        isinstance(target, ast.Tuple | ast.List)
        and isinstance(value, ast.Tuple | ast.List)
        and len(target.elts) == len(value.elts)
        and not any(isinstance(part, ast.Starred) for part in (*target.elts, *value.elts))
    )


def _catches_import_error(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    names = {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}
    return bool(names & {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
