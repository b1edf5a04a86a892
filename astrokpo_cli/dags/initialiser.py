"""What the __init__ of one of the project's own classes hands on to its base.

PURE. It is read as far as it hands its keywords to super().__init__; what it does beside that makes the rest not known.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence

from astrokpo_cli.dags.calls import keywords_of
from astrokpo_cli.dags.default_args import Defaults
from astrokpo_cli.dags.evaluation import Evaluator
from astrokpo_cli.dags.given import Given
from astrokpo_cli.dags.scope import ClassSite, FunctionSite, Use
from astrokpo_cli.dags.tasks import Argument
from astrokpo_cli.dags.values import Entries, Origin, Text, Unknown, Value
from astrokpo_cli.dags.view import Frame
from astrokpo_cli.dags.world import World


def find_initialiser(world: World, site: ClassSite) -> FunctionSite | None:
    """Give the __init__ that the class at SITE has itself."""
    functions = world.survey(site.scope.module).functions
    own = [each for each in functions if each.scope is site.body and each.node.name == "__init__"]
    return own[-1] if own else None


def is_super_init(call: ast.Call) -> bool:
    """Whether CALL is one of `super().__init__`."""
    match call.func:
        case ast.Attribute(attr="__init__", value=ast.Call(func=ast.Name(id="super"))):
            return True
    return False


class Initialiser:
    """One call of a class: its __init__, and what that gets."""

    def __init__(
        self,
        evaluator: Evaluator,
        site: ClassSite,
        function: FunctionSite,
        given: Given,
        positional: Sequence[Value],
        defaults: Defaults,
    ) -> None:
        self._site = site
        self._function = function
        self._survey = evaluator.world.survey(site.scope.module)
        self._given = given
        self._parameters = self._bound(evaluator, positional, defaults)
        values = {name: argument.value for name, argument in self._parameters.items()}
        self._view = evaluator.view(function.body, Frame(function.node, values))

    def handed_on(self) -> Given:
        """Give the keywords of its one call of super().__init__."""
        calls = [each for each in self._survey.calls if each.scope is self._function.body and is_super_init(each.call)]
        if len(calls) != 1:
            return Given({}, f"{self._site.node.name} has an __init__ of its own")
        arguments: dict[str, Argument] = {}
        more = ""
        for keyword in calls[0].call.keywords:
            if keyword.arg is not None:
                arguments[keyword.arg] = self._argument(keyword.value)
                continue
            inner = self._spread(keyword.value)
            arguments |= inner.arguments
            more = more or inner.more
        return Given(arguments, more)

    def _bound(self, evaluator: Evaluator, positional: Sequence[Value], defaults: Defaults) -> Mapping[str, Argument]:
        """Give what each parameter of __init__ is: from the call, from default_args, or its default."""
        arguments = self._function.node.args
        places = [each.arg for each in (*arguments.posonlyargs, *arguments.args)][1:]
        by_place = dict(zip(places, positional, strict=False))
        own = dict(_own_defaults(arguments))
        parameters: dict[str, Argument] = {}
        for name in [*places, *(each.arg for each in arguments.kwonlyargs)]:
            if name in self._given.arguments:
                parameters[name] = self._given.arguments[name]
            elif name in by_place:
                parameters[name] = Argument(by_place[name], "call")
            elif name in defaults.values:
                parameters[name] = Argument(defaults.values[name], "default_args")
            elif self._given.more or defaults.more or name not in own:
                why = self._given.more or defaults.more or f"{name} is missing"
                parameters[name] = Argument(Unknown(self._origin(), why), "class")
            else:
                parameters[name] = Argument(evaluator.value(own[name], self._site.body), "class")
        return parameters

    def _origin(self) -> Origin:
        return Origin(self._site.scope.module, self._site.node.bases[0])

    def _argument(self, node: ast.expr) -> Argument:
        """Give what NODE hands on: a parameter as it came, if it is never bound again."""
        name = node.id if isinstance(node, ast.Name) else ""
        if name in self._parameters and len(self._function.body.bindings[name]) == 1:
            return self._parameters[name]
        return Argument(self._view.value(node), "class")

    def _spread(self, node: ast.expr) -> Given:
        """Give what `**NODE` hands on."""
        kwarg = self._function.node.args.kwarg
        if isinstance(node, ast.Name) and kwarg and node.id == kwarg.arg:
            return self._rest(kwarg.arg)
        value = self._view.value(node)
        if isinstance(value, Entries):
            return Given({name: Argument(each, "class") for name, each in value.entries.items()})
        return Given({}, f"{self._site.node.name} hands more on than can be seen")

    def _rest(self, kwargs: str) -> Given:
        """Give what no parameter takes, after all that the code does to it."""
        rest = {name: each for name, each in self._given.arguments.items() if name not in self._parameters}
        more = self._given.more
        for use in sorted(self._survey.uses.get(kwargs, ()), key=lambda use: use.node.lineno):
            if use.scope is self._function.body and not more and not self._is_done(use, rest):
                more = f"{self._site.node.name} works on its keywords"
        return Given(rest, more)

    def _is_done(self, use: Use, rest: dict[str, Argument]) -> bool:
        """Do to REST what the code does to **kwargs at USE; False where that is not known."""
        step = self._survey.parents.get(use.parent)
        match use.parent:
            case ast.Call(keywords=keywords):
                return any(each.arg is None and each.value is use.node for each in keywords)
            case ast.Compare() | ast.Subscript(ctx=ast.Load()):
                return True
            case ast.Attribute(attr=method) if isinstance(step, ast.Call):
                return self._is_called(method, step, rest)
            case ast.Subscript(slice=key, ctx=ast.Store()) if isinstance(step, ast.Assign):
                return self._is_put(self._view.value(key), step.value, step, rest)
        return False

    def _is_called(self, method: str, call: ast.Call, rest: dict[str, Argument]) -> bool:
        """Do to REST what its METHOD does in CALL; False where that is not known."""
        if method == "update":
            return self._is_updated(call, rest)
        if method == "get":
            return True
        key = self._view.value(call.args[0]) if call.args else None
        if method not in ("pop", "setdefault") or not isinstance(key, Text) or not key.complete:
            return False
        if method == "pop":
            taken = rest.pop(key.text, None)
            if taken and not self._is_certain(call):
                rest[key.text] = self._not_always(taken.value)
        elif key.text not in rest:
            value = self._view.value(call.args[1] if len(call.args) > 1 else call)
            rest[key.text] = self._if_certain(value, self._survey.parents.get(call))
        return True

    def _is_updated(self, call: ast.Call, rest: dict[str, Argument]) -> bool:
        found = keywords_of(self._view, call)
        if call.args or found.more:
            return False
        for name, value in found.values.items():
            rest[name] = self._if_certain(value, self._survey.parents.get(call))
        return True

    def _is_put(self, key: Value, node: ast.expr, statement: ast.AST, rest: dict[str, Argument]) -> bool:
        """Put NODE into REST for KEY; False where that is not known."""
        if not isinstance(key, Text) or not key.complete:
            return False
        rest[key.text] = self._if_certain(self._view.value(node), statement)
        return True

    def _if_certain(self, value: Value, statement: ast.AST | None) -> Argument:
        """Give VALUE where its statement runs whenever the class is made."""
        return Argument(value, "class") if statement in self._function.node.body else self._not_always(value)

    def _is_certain(self, node: ast.AST) -> bool:
        """Whether the statement that NODE is a part of runs whenever the class is made."""
        while node in self._survey.parents:
            node = self._survey.parents[node]
        return node in self._function.node.body

    def _not_always(self, value: Value) -> Argument:
        return Argument(Unknown(value.origin, f"{self._site.node.name} does not always set it"), "class")


def _own_defaults(arguments: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    """Give the parameters that have a default, and that."""
    places = [*arguments.posonlyargs, *arguments.args]
    last = places[len(places) - len(arguments.defaults) :]
    yield from ((each.arg, default) for each, default in zip(last, arguments.defaults, strict=True))
    for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            yield each.arg, default
