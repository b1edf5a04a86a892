"""Find the tasks of a Python file: every form in which DAG code makes a KubernetesPodOperator.

PURE. Survey -> tasks with their verdicts. Nothing is guessed: what cannot be followed is said to be not known.
"""

import ast
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from astrokpo_cli.dags import arguments
from astrokpo_cli.dags.arguments import Given
from astrokpo_cli.dags.attributes import with_attributes
from astrokpo_cli.dags.contexts import Context, Contexts, Defaults, Holder
from astrokpo_cli.dags.evaluation import Evaluator, join
from astrokpo_cli.dags.lineage import Lineage, Lineages
from astrokpo_cli.dags.operators import Operator, find_operator
from astrokpo_cli.dags.scope import CallSite, FunctionSite, Scope, Survey, dotted_names, find_bindings
from astrokpo_cli.dags.tasks import PULL_SECRETS, Argument, DagUse, Task, Verdict
from astrokpo_cli.dags.values import Items, Origin, Scalar, Text, Unknown, Value
from astrokpo_cli.dags.verdicts import image_in_template, judge_secrets
from astrokpo_cli.dags.world import Loader, World

EXPANDING = ("expand", "expand_kwargs")


def find_tasks(survey: Survey, load: Loader) -> tuple[Task, ...]:
    """Give the tasks of a module in the order of the file; LOAD gives the project's other modules."""
    world = World(load)
    world.add(survey)
    return _Finder(survey, world).tasks()


class _Made(NamedTuple):
    """How a call makes a task."""

    lineage: Lineage
    preset: Given = Given({})
    """What functools.partial gives already."""
    partial: bool = False
    """Whether it is the call of `.partial`, whose rest comes with `.expand`."""


class _Finder:
    """Finds the tasks of one module."""

    def __init__(self, survey: Survey, world: World) -> None:
        self._survey = survey
        self._evaluator = Evaluator(world)
        self._lineages = Lineages(world)
        self._contexts = Contexts(self._evaluator)
        self._classes = {site.node: site for site in survey.classes}

    def tasks(self) -> tuple[Task, ...]:
        found = with_attributes(self._survey, self._evaluator, [*self._of_calls(), *self._of_decorators()])
        return tuple(sorted(found, key=lambda task: (task.call.lineno, task.call.col_offset)))

    def _of_calls(self) -> Iterator[Task]:
        for site in self._survey.calls:
            made = self._made(site)
            if made and not made.lineage.operator.decorator:
                yield self._task(site, made)
            elif _is_super_init(site.call):
                inner = self._inside(site)
                if inner:
                    yield inner

    def _made(self, site: CallSite) -> _Made | None:
        """Say what task the call at SITE makes; None for any other call."""
        func = site.call.func
        if isinstance(func, ast.Name):
            lineage = self._lineages.of(func, site.scope)
            return _Made(lineage) if lineage else self._of_partial(func, site.scope)
        if not isinstance(func, ast.Attribute):
            return None
        if func.attr == "partial" and isinstance(func.value, ast.Name | ast.Attribute):
            lineage = self._lineages.of(func.value, site.scope)
            return _Made(lineage, partial=True) if lineage else None
        lineage = self._lineages.of(func, site.scope)
        return _Made(lineage) if lineage else None

    def _of_partial(self, func: ast.Name, scope: Scope) -> _Made | None:
        """Follow a name that functools.partial made of an operator."""
        found = find_bindings(func.id, scope)
        if found is None or len(found[1]) != 1 or not isinstance(found[1][0].node, ast.Call):
            return None
        call, where = found[1][0].node, found[0]
        if "functools.partial" not in dotted_names(call.func, where) or not call.args:
            return None
        own = arguments.of_call(self._evaluator, CallSite(call, where, ()))
        lineage = self._lineages.of(call.args[0], where)
        inner = _Made(lineage) if lineage else None
        if inner is None and isinstance(call.args[0], ast.Name) and call.args[0].id != func.id:
            inner = self._of_partial(call.args[0], where)
        if inner is None:
            return None
        preset = Given({**inner.preset.arguments, **own.arguments}, inner.preset.more or own.more)
        return inner._replace(preset=preset)

    def _task(self, site: CallSite, made: _Made) -> Task:
        call, operator = site.call, made.lineage.operator
        contexts = self._contexts.of_call(call, site.scope, site.withs)
        given = self._reached(site, made, contexts)
        hidden = _hidden_context({keyword.arg for keyword in call.keywords}, given)
        if hidden:
            contexts = (Context(unknown=f"{hidden} is not written in the call itself"),)
            given = self._reached(site, made, contexts)
        closed = "" if self._takes_more(made.lineage, given) else f"{operator.name} takes no more keywords"
        return self._finished(operator, call, given, contexts, closed=closed)

    def _reached(self, site: CallSite, made: _Made, contexts: Sequence[Context]) -> Given:
        """Give what reaches the operator in CONTEXTS."""
        call = site.call
        own = next((keyword.value for keyword in call.keywords if keyword.arg == "default_args"), None)
        defaults = self._contexts.defaults(contexts, own, site.scope, Origin(self._survey.module, call))
        positional = [self._evaluator.value(argument, site.scope) for argument in call.args]
        return arguments.reach_operator(self._evaluator, made.lineage, self._given(site, made), positional, defaults)

    def _given(self, site: CallSite, made: _Made) -> Given:
        given = arguments.of_call(self._evaluator, site)
        merged = Given({**made.preset.arguments, **given.arguments}, given.more or made.preset.more)
        return self._expanded(site, merged) if made.partial else merged

    def _expanded(self, site: CallSite, given: Given) -> Given:
        """Add what `.expand(...)` behind a `.partial(...)` gives."""
        attribute = self._survey.parents.get(site.call)
        call = self._survey.parents.get(attribute) if isinstance(attribute, ast.Attribute) else None
        if (
            not isinstance(call, ast.Call)
            or not isinstance(attribute, ast.Attribute)
            or attribute.attr not in EXPANDING
        ):
            return given
        if attribute.attr == "expand_kwargs":
            return self._expanded_kwargs(call, site.scope, given)
        found = self._evaluator.keywords(call, site.scope)
        mapped = {name: Argument(_one_of(value), "call") for name, value in found.values.items()}
        return Given({**given.arguments, **mapped}, given.more or found.more)

    def _expanded_kwargs(self, call: ast.Call, scope: Scope, given: Given) -> Given:
        value = self._evaluator.value(call.args[0], scope) if call.args else None
        names: set[str] = set()
        for item in value.items if isinstance(value, Items) else ():
            names |= set(getattr(item, "entries", ()))
        if not isinstance(value, Items) or any(not hasattr(item, "entries") for item in value.items):
            return given._replace(more=given.more or "expand_kwargs() may give more")
        origin = Origin(scope.module, call)
        mapped = {name: Argument(Unknown(origin, "it is mapped"), "call") for name in names}
        return Given({**given.arguments, **mapped}, given.more)

    def _takes_more(self, lineage: Lineage, given: Given) -> bool:
        """Whether image_pull_secrets, added to the call, would reach the operator."""
        if not lineage.classes or PULL_SECRETS in given.arguments:
            return True
        mark = Argument(Unknown(Origin(self._survey.module, lineage.classes[0].node.bases[0]), "a mark"), "call")
        marked = Given({PULL_SECRETS: mark})
        reached = arguments.reach_operator(self._evaluator, lineage, marked, (), Defaults({}))
        return reached.arguments.get(PULL_SECRETS) == mark

    def _of_decorators(self) -> Iterator[Task]:
        for function in self._survey.functions:
            for decorator in function.node.decorator_list:
                target = decorator.func if isinstance(decorator, ast.Call) else decorator
                if isinstance(target, ast.Attribute):
                    operators = set(map(find_operator, dotted_names(target, function.scope)))
                    operator = next(iter(operators)) if len(operators) == 1 else None
                    if operator and operator.decorator:
                        yield self._decorated(operator, decorator, function)

    def _decorated(self, operator: Operator, decorator: ast.expr, function: FunctionSite) -> Task:
        given, own = Given({}), None
        if isinstance(decorator, ast.Call):
            given = arguments.of_call(self._evaluator, CallSite(decorator, function.scope, function.withs))
            own = next((keyword.value for keyword in decorator.keywords if keyword.arg == "default_args"), None)
        contexts = tuple(dict.fromkeys(self._contexts.of_callers(function.body)))
        hidden = _hidden_context({"default_args"} if own else set(), given)
        if hidden:
            contexts = (Context(unknown=f"{hidden} is given to the decorator"),)
        defaults = self._contexts.defaults(contexts, own, function.scope, Origin(self._survey.module, decorator))
        given = arguments.with_defaults(given, defaults)
        if f"{function.node.name}.override" in self._survey.module.text:
            given = given._replace(more=given.more or f"{function.node.name}.override() may give more")
        closed = "" if isinstance(decorator, ast.Call) else "the decorator has no brackets"
        return self._finished(operator, decorator, given, contexts, name=function.node.name, closed=closed)

    def _inside(self, site: CallSite) -> Task | None:
        """Give the call of super().__init__ in a class that descends from an operator."""
        around = site.scope.parent
        node = around.node if around else None
        if not isinstance(node, ast.ClassDef) or node not in self._classes:
            return None
        where = self._classes[node].scope
        lineage = next(filter(None, (self._lineages.of(base, where, but=node) for base in node.bases)), None)
        if lineage is None:
            return None
        given = arguments.of_call(self._evaluator, site)
        return Task(self._survey.module, lineage.operator, site.call, "", given.arguments, given.more,
                    Verdict("unknown", (), "it is a class"), inside=False)  # fmt: skip

    def _finished(
        self,
        operator: Operator,
        call: ast.expr,
        given: Given,
        contexts: Sequence[Context],
        *,
        name: str = "",
        closed: str = "",
    ) -> Task:
        known = dict(given.arguments)
        image = image_in_template(known) if "image" not in known else None
        if image is not None:
            known["image"] = Argument(image, "call")
        verdict = judge_secrets(known, given.more)
        if operator.template:
            verdict = Verdict("unknown", (), "its pods come from a template of their own")
        dag = self._dag_use(contexts)
        return Task(
            self._survey.module, operator, call, name or _text_of(known.get("task_id")), known, given.more, verdict,
            dag=dag, closed_to_patch=closed,
        )  # fmt: skip

    def _dag_use(self, contexts: Sequence[Context]) -> DagUse | None:
        """Give the one DAG of CONTEXTS, where that is made in this file and its default_args can be extended."""
        holders = {(context.dag, context.unknown) for context in contexts}
        holder = next(iter(holders))[0] if len(holders) == 1 else None
        if holder is None or holder.call is None or holder.scope.module is not self._survey.module:
            return None
        given = next((keyword.value for keyword in holder.call.keywords if keyword.arg == "default_args"), None)
        return DagUse(self._survey.module, holder.call, self._dict_of(given, holder) if given else None)

    def _dict_of(self, node: ast.expr, holder: Holder) -> ast.Dict | None:
        if isinstance(node, ast.Dict):
            return node
        found = find_bindings(node.id, holder.scope) if isinstance(node, ast.Name) else None
        if found is None or len(found[1]) != 1:
            return None
        bound = found[1][0].node
        return bound if isinstance(bound, ast.Dict) else None


def _hidden_context(seen: AbstractSet[str | None], given: Given) -> str:
    """Give the keyword that decides which default_args there are and is none of SEEN.

    It may come through **, functools.partial or a class's own __init__.
    """
    for name in sorted({"dag", "default_args", "task_group"} - seen):
        argument = given.arguments.get(name)
        if argument and not (isinstance(argument.value, Scalar) and argument.value.value is None):
            return name
    return ""


def _one_of(value: Value) -> Value:
    """Give what is certain of a keyword that is mapped over VALUE."""
    if isinstance(value, Items) and value.items:
        return join(value.origin, value.items)
    return Unknown(value.origin, "it is mapped")


def _text_of(argument: Argument | None) -> str:
    value = argument.value if argument else None
    return value.text if isinstance(value, Text) and value.complete else ""


def _is_super_init(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Attribute) and call.func.attr == "__init__" and isinstance(call.func.value, ast.Call)
    )
