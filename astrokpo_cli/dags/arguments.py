"""What a task's keywords are when they reach the operator: through default_args and the project's own classes.

PURE. A class's own __init__ is read as far as it hands its keywords on; what it does beside that makes the rest
not known.
"""

import ast
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from astrokpo_cli.dags.contexts import Defaults
from astrokpo_cli.dags.evaluation import Evaluator, Frame
from astrokpo_cli.dags.lineage import Lineage
from astrokpo_cli.dags.scope import CallSite, ClassSite, FunctionSite, Survey, Use
from astrokpo_cli.dags.tasks import PULL_SECRETS, Argument
from astrokpo_cli.dags.values import Entries, Origin, Text, Unknown, Value

_WORDS = {PULL_SECRETS, "imagePullSecrets", "full_pod_spec", "pod_template_file", "pod_template_dict"}
_POD_MAKERS = {"build_pod_request_obj", "create_pod_request_obj", "build_job_request_obj"}
"""The operators' methods that make what is sent to the cluster."""


class Given(NamedTuple):
    """Keywords on their way to the operator."""

    arguments: Mapping[str, Argument]
    more: str = ""
    """Why there may be others; empty where all are known."""


def of_call(evaluator: Evaluator, site: CallSite) -> Given:
    """Give the keywords of a call as they are written."""
    found = evaluator.keywords(site.call, site.scope)
    arguments = {
        name: Argument(value, "dict" if name in found.from_dict else "call") for name, value in found.values.items()
    }
    return Given(arguments, found.more)


def reach_operator(
    evaluator: Evaluator, lineage: Lineage, given: Given, positional: Sequence[Value], defaults: Defaults
) -> Given:
    """Give what reaches the operator of LINEAGE when its first class is called with GIVEN and POSITIONAL."""
    more = given.more or lineage.more
    for site in lineage.classes:
        initialiser = _initialiser(evaluator, site)
        if initialiser is not None:
            given = _Passing(evaluator, site, initialiser).passed(given, positional, defaults)
            positional = ()
        more = more or given.more
        sets = _sets_itself(site)
        if sets:
            unknown = Argument(Unknown(Origin(site.scope.module, site.node.bases[0]), sets), "class")
            given = given._replace(arguments={**given.arguments, PULL_SECRETS: unknown})
    return with_defaults(given._replace(more=more), defaults)


def with_defaults(given: Given, defaults: Defaults) -> Given:
    """Add what DEFAULTS give where the call gives nothing."""
    arguments = dict(given.arguments)
    for name, value in defaults.values.items():
        if name in arguments:
            arguments[name] = arguments[name]._replace(overrides=value)
        else:
            arguments[name] = Argument(value, "default_args")
    return Given(arguments, given.more or defaults.more)


def _initialiser(evaluator: Evaluator, site: ClassSite) -> FunctionSite | None:
    functions = evaluator.world.survey(site.scope.module).functions
    own = [each for each in functions if each.scope is site.body and each.node.name == "__init__"]
    return own[-1] if own else None


def _sets_itself(site: ClassSite) -> str:
    """Say whether the methods of a class work on the pull secrets or the pod of the task; empty where none does."""
    methods = [part for part in site.node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
    if any(method.name in _POD_MAKERS for method in methods):
        return f"{site.node.name} makes its pod itself"
    if not any(word in site.scope.module.text for word in _WORDS):
        return ""
    found = any(isinstance(node, ast.Attribute) and node.attr in _WORDS for node in ast.walk(site.node))
    named = any(_names_it(node) for method in methods if method.name != "__init__" for node in ast.walk(method))
    return f"{site.node.name} sets it itself" if found or named else ""


def _names_it(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg in _WORDS
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in _WORDS


class _Passing:
    """One class's __init__, and how it hands keywords on to its base."""

    def __init__(self, evaluator: Evaluator, site: ClassSite, function: FunctionSite) -> None:
        self._evaluator = evaluator
        self._survey: Survey = evaluator.world.survey(site.scope.module)
        self._site = site
        self._function = function
        self._arguments = function.node.args
        self._rest = self._arguments.kwarg.arg if self._arguments.kwarg else ""

    def passed(self, given: Given, positional: Sequence[Value], defaults: Defaults) -> Given:
        """Give the keywords of the one call of super().__init__."""
        calls = [each for each in self._survey.calls if each.scope is self._function.body and _is_super_init(each.call)]
        if len(calls) != 1:
            return Given({}, f"{self._site.node.name} has an __init__ of its own")
        parameters = self._parameters(given, positional, defaults)
        frame = Frame(self._function.node, {name: argument.value for name, argument in parameters.items()})
        return self._handed_on(calls[0].call, given, parameters, frame)

    def _parameters(self, given: Given, positional: Sequence[Value], defaults: Defaults) -> Mapping[str, Argument]:
        """Give what each parameter of __init__ is: from the call, from default_args, or its default."""
        places = [*self._arguments.posonlyargs, *self._arguments.args][1:]
        by_place = dict(zip([each.arg for each in places], positional, strict=False))
        own = self._own_defaults()
        parameters: dict[str, Argument] = {}
        for name in [each.arg for each in (*places, *self._arguments.kwonlyargs)]:
            if name in given.arguments:
                parameters[name] = given.arguments[name]
            elif name in by_place:
                parameters[name] = Argument(by_place[name], "call")
            elif name in defaults.values:
                parameters[name] = Argument(defaults.values[name], "default_args")
            elif given.more or defaults.more or name not in own:
                origin = Origin(self._site.scope.module, self._site.node.bases[0])
                parameters[name] = Argument(
                    Unknown(origin, given.more or defaults.more or f"{name} is missing"), "class"
                )
            else:
                parameters[name] = Argument(self._evaluator.value(own[name], self._site.body), "class")
        return parameters

    def _own_defaults(self) -> Mapping[str, ast.expr]:
        places = [*self._arguments.posonlyargs, *self._arguments.args]
        last = places[len(places) - len(self._arguments.defaults) :]
        pairs = [
            *zip(last, self._arguments.defaults, strict=True),
            *zip(self._arguments.kwonlyargs, self._arguments.kw_defaults, strict=True),
        ]
        return {argument.arg: default for argument, default in pairs if default is not None}

    def _handed_on(self, call: ast.Call, given: Given, parameters: Mapping[str, Argument], frame: Frame) -> Given:
        arguments: dict[str, Argument] = {}
        more = ""
        for keyword in call.keywords:
            if keyword.arg is None:
                inner = self._spread(keyword.value, given, parameters, frame)
                arguments |= inner.arguments
                more = more or inner.more
            elif (
                isinstance(keyword.value, ast.Name)
                and keyword.value.id in parameters
                and self._is_kept(keyword.value.id)
            ):
                arguments[keyword.arg] = parameters[keyword.value.id]
            else:
                value = self._evaluator.value(keyword.value, self._function.body, frame)
                arguments[keyword.arg] = Argument(value, "class")
        return Given(arguments, more)

    def _is_kept(self, name: str) -> bool:
        """Whether a parameter is never bound again."""
        return len(self._function.body.bindings.get(name, ())) == 1

    def _spread(self, node: ast.expr, given: Given, parameters: Mapping[str, Argument], frame: Frame) -> Given:
        """Give what `**NODE` hands on."""
        if not (isinstance(node, ast.Name) and node.id == self._rest):
            value = self._evaluator.value(node, self._function.body, frame)
            if isinstance(value, Entries):
                return Given({name: Argument(each, "class") for name, each in value.entries.items()})
            return Given({}, f"{self._site.node.name} hands more on than can be seen")
        rest = {name: argument for name, argument in given.arguments.items() if name not in parameters}
        more = given.more
        for use in sorted(self._survey.uses.get(self._rest, ()), key=lambda use: use.node.lineno):
            if use.scope is self._function.body:
                more = more or self._after(use, rest, frame)
        return Given(rest, more)

    def _after(self, use: Use, rest: dict[str, Argument], frame: Frame) -> str:
        """Do to REST what the code does to **kwargs at USE; says why that cannot be said."""
        step = self._survey.parents.get(use.parent)
        match use.parent:
            case ast.Call(keywords=keywords) if any(k.arg is None and k.value is use.node for k in keywords):
                return ""
            case ast.Compare():
                return ""
            case ast.Attribute(attr="setdefault" | "pop" | "get" | "update" as method) if isinstance(step, ast.Call):
                return self._method(method, step, rest, frame)
            case ast.Subscript(slice=key, ctx=ast.Store()) if isinstance(step, ast.Assign):
                self._put(self._evaluator.value(key, self._function.body, frame), step.value, step, rest, frame)
                return ""
            case ast.Subscript(ctx=ast.Load()):
                return ""
        return f"{self._site.node.name} works on its keywords"

    def _method(self, method: str, call: ast.Call, rest: dict[str, Argument], frame: Frame) -> str:
        if method == "get":
            return ""
        statement = self._survey.parents.get(call)
        names = [self._evaluator.value(argument, self._function.body, frame) for argument in call.args]
        name = names[0].text if names and isinstance(names[0], Text) and names[0].complete else ""
        if method == "update":
            found = self._evaluator.keywords(call, self._function.body, frame)
            if names or found.more:
                return f"{self._site.node.name} works on its keywords"
            for key, value in found.values.items():
                rest[key] = Argument(self._if_certain(value, statement), "class")
            return ""
        if not name:
            return f"{self._site.node.name} works on its keywords"
        if method == "pop":
            rest.pop(name, None)
        elif name not in rest:
            self._put(names[0], call.args[1] if len(call.args) > 1 else call, statement, rest, frame)
        return ""

    def _put(
        self, key: Value, node: ast.expr, statement: ast.AST | None, rest: dict[str, Argument], frame: Frame
    ) -> None:
        if isinstance(key, Text) and key.complete:
            value = self._evaluator.value(node, self._function.body, frame)
            rest[key.text] = Argument(self._if_certain(value, statement), "class")

    def _if_certain(self, value: Value, statement: ast.AST | None) -> Value:
        """Give VALUE where its statement runs whenever the class is made."""
        if statement in self._function.node.body:
            return value
        return Unknown(value.origin, f"{self._site.node.name} does not always set it")


def _is_super_init(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(attr="__init__", value=ast.Call(func=ast.Name(id="super"))):
            return True
    return False
