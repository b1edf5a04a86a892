"""What a name or an attribute is worth: through what binds it, and through imports of the project's own modules.

PURE. Steps of the evaluation. ORIGIN is where the name is written that all began with: an import may lead to another
module.
"""

import ast
from collections.abc import Sequence

from astrokpo_cli.dags.changes import as_left
from astrokpo_cli.dags.joining import join
from astrokpo_cli.dags.loops import given_by_loop
from astrokpo_cli.dags.reasons import shown
from astrokpo_cli.dags.scope import Binding, Scope, dotted_names, find_bindings, find_only, reaching
from astrokpo_cli.dags.values import Origin, Unknown, Value
from astrokpo_cli.dags.view import View


def name(view: View, node: ast.Name) -> Value:
    """Give what a name stands for."""
    return _named(view, node, view.origin(node))


def _named(view: View, node: ast.Name, origin: Origin) -> Value:
    found = find_bindings(node.id, view.scope)
    if found is None:
        return _imported(view, dotted_names(node, view.scope), origin)
    where, bindings = found
    values = [_bound(view.at(where), each, node.id, origin) for each in reaching(node, view.scope, where, bindings)]
    return as_left(view, node, where, join(origin, values), origin)


def _bound(view: View, binding: Binding, name: str, origin: Origin) -> Value:
    """Give what BINDING, in the scope of VIEW, gives to NAME."""
    match binding.node:
        case ast.alias():
            return _imported(view, (binding.dotted,), origin)
        case ast.arg():
            return view.parameter(name) or Unknown(origin, f"{name} is a parameter")
        case ast.For() | ast.comprehension() as loop:
            return given_by_loop(view, loop, name, origin)
        case ast.expr() as expression:
            return view.value(expression)
    return Unknown(origin, f"it cannot be said what {name} is")


def _imported(view: View, dotted: Sequence[str], origin: Origin) -> Value:
    """Give what is certain of a name that is imported, as one of DOTTED, in the module of VIEW."""
    values: list[Value] = []
    for each in dotted:
        value = view.evaluator.trail.follow(
            each,
            view.scope.module,
            lambda node, scope: _named(view.evaluator.view(scope), node, origin),
        )
        if value is None:
            return Unknown(origin, f"it is imported: {each.lstrip('.')}")
        values.append(value)
    return join(origin, values) if values else Unknown(origin, f"it cannot be said what {shown(origin.node)} is")


def attribute(view: View, node: ast.Attribute) -> Value:
    """Give what `module.NAME` is worth, or `Class.NAME` for a class of the project's own."""
    origin = view.origin(node)
    dotted = dotted_names(node, view.scope)
    if dotted:
        return _imported(view, dotted, origin)
    body = _class_body(view, node.value)
    if body is None or node.attr not in body.bindings:
        return Unknown(origin, f"it cannot be said what {shown(node)} is")
    value = join(origin, [_bound(view.at(body), each, node.attr, origin) for each in body.bindings[node.attr]])
    changes = view.evaluator.changes
    if changes.is_kept(node.attr, body.module) and changes.is_kept(node.attr, view.scope.module):
        return value
    return Unknown(origin, f"{shown(node)} may be changed after it is made")


def _class_body(view: View, node: ast.expr) -> Scope | None:
    """Give the scope of the one class that NODE names; None where it is not known, or is decorated."""
    if not isinstance(node, ast.Name):
        return None
    world = view.evaluator.world
    found = find_only(node.id, view.scope)
    if found and found[1].dotted:
        followed = world.follow(found[1].dotted, view.scope.module)
        found = find_only(followed[1], followed[0]) if followed else None
    defined = found[1].node if found else None
    if found is None or not isinstance(defined, ast.ClassDef) or defined.decorator_list:
        return None
    return world.survey(found[0].module).class_site(defined).body
