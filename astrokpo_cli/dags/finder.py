"""Find the tasks of a Python file: every form in which DAG code makes a KubernetesPodOperator.

PURE. Survey -> tasks with their verdicts. Nothing is guessed: what cannot be followed is said to be not known.
"""

import ast
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from astrokpo_cli.dags.arguments import reach_operator
from astrokpo_cli.dags.attributes import with_attributes
from astrokpo_cli.dags.calls import written_keyword
from astrokpo_cli.dags.contexts import Context, Contexts
from astrokpo_cli.dags.default_args import DefaultArgs, Defaults
from astrokpo_cli.dags.evaluation import Evaluator
from astrokpo_cli.dags.given import Given, given_by, with_defaults
from astrokpo_cli.dags.holders import Holder
from astrokpo_cli.dags.initialiser import is_super_init
from astrokpo_cli.dags.lineage import Lineage, Lineages
from astrokpo_cli.dags.making import Made, Makers
from astrokpo_cli.dags.mapping import expanded
from astrokpo_cli.dags.operators import Operator, find_operator
from astrokpo_cli.dags.scope import CallSite, FunctionSite, Survey, dotted_names, find_only
from astrokpo_cli.dags.tasks import DEFAULT_ARGS, PULL_SECRETS, Argument, DagUse, Task, Verdict
from astrokpo_cli.dags.values import Origin, Text, Unknown, is_none
from astrokpo_cli.dags.verdicts import judge_secrets, with_image
from astrokpo_cli.dags.world import Loader, World


def find_tasks(survey: Survey, load: Loader) -> tuple[Task, ...]:
    """Give the tasks of a module in the order of the file; LOAD gives the project's other modules."""
    world = World(load)
    world.add(survey)
    return _Finder(survey, world).tasks()


class _Finder:
    """Finds the tasks of one module."""

    def __init__(self, survey: Survey, world: World) -> None:
        self._survey = survey
        self._evaluator = Evaluator(world)
        self._lineages = Lineages(world)
        self._makers = Makers(self._evaluator, self._lineages)
        self._contexts = Contexts(world)
        self._default_args = DefaultArgs(self._evaluator)

    def tasks(self) -> tuple[Task, ...]:
        found = with_attributes(self._survey, self._evaluator, [*self._of_calls(), *self._of_decorators()])
        return tuple(sorted(found, key=lambda task: (task.call.lineno, task.call.col_offset)))

    def _of_calls(self) -> Iterator[Task]:
        for site in self._survey.calls:
            made = self._makers.of(site)
            if made and not made.lineage.operator.decorator:
                yield self._task(site, made)
            elif is_super_init(site.call):
                inner = self._inside(site)
                if inner:
                    yield inner

    def _task(self, site: CallSite, made: Made) -> Task:
        call, operator = site.call, made.lineage.operator
        contexts = self._contexts.of_call(call, site.scope, site.withs)
        given = self._reached(site, made, contexts)
        hidden = _hidden_context({keyword.arg for keyword in call.keywords}, given)
        if hidden:
            contexts = (Context(unknown=f"{hidden} is not written in the call itself"),)
            given = self._reached(site, made, contexts)
        closed = "" if self._takes_more(made.lineage, given) else f"{operator.name} takes no more keywords"
        return self._finished(operator, call, given, contexts, closed=closed)

    def _reached(self, site: CallSite, made: Made, contexts: Sequence[Context]) -> Given:
        """Give what reaches the operator in CONTEXTS."""
        written = given_by(self._evaluator, site)
        given = made.preset.with_arguments(written.arguments, written.more)
        if made.partial:
            given = expanded(self._evaluator, site, given)
        positional = [self._evaluator.value(argument, site.scope) for argument in site.call.args]
        own = written_keyword(site.call, DEFAULT_ARGS)
        defaults = self._default_args.of(contexts, own, site.scope, self._origin(site.call))
        return reach_operator(self._evaluator, made.lineage, given, positional, defaults)

    def _takes_more(self, lineage: Lineage, given: Given) -> bool:
        """Whether image_pull_secrets, added to the call, would reach the operator."""
        if not lineage.classes or PULL_SECRETS in given.arguments:
            return True
        mark = Argument(Unknown(self._origin(lineage.classes[0].node.bases[0]), "a mark"), "call")
        reached = reach_operator(self._evaluator, lineage, Given({PULL_SECRETS: mark}), (), Defaults({}))
        return reached.arguments.get(PULL_SECRETS) == mark

    def _of_decorators(self) -> Iterator[Task]:
        for function in self._survey.functions:
            for decorator in function.node.decorator_list:
                target = decorator.func if isinstance(decorator, ast.Call) else decorator
                names = dotted_names(target, function.scope) if isinstance(target, ast.Attribute) else ()
                operators = set(map(find_operator, names))
                operator = operators.pop() if len(operators) == 1 else None
                if operator and operator.decorator:
                    yield self._decorated(operator, decorator, function)

    def _decorated(self, operator: Operator, decorator: ast.expr, function: FunctionSite) -> Task:
        name = function.node.name
        given, own, closed = Given({}), None, "the decorator has no brackets"
        if isinstance(decorator, ast.Call):
            given = given_by(self._evaluator, CallSite(decorator, function.scope, function.withs))
            own, closed = written_keyword(decorator, DEFAULT_ARGS), ""
        contexts = self._contexts.of_callers(function.body)
        hidden = _hidden_context({DEFAULT_ARGS} if own else set(), given)
        if hidden:
            contexts = (Context(unknown=f"{hidden} is given to the decorator"),)
        defaults = self._default_args.of(contexts, own, function.scope, self._origin(decorator))
        given = with_defaults(given, defaults)
        if f"{name}.override" in self._survey.module.text:
            given = given.with_arguments({}, f"{name}.override() may give more")
        return self._finished(operator, decorator, given, contexts, name=name, closed=closed)

    def _inside(self, site: CallSite) -> Task | None:
        """Give the call of super().__init__ in a class that descends from an operator."""
        around = site.scope.parent
        if around is None or not isinstance(around.node, ast.ClassDef):
            return None
        defined = around.node
        where = self._survey.class_site(defined).scope
        lineage = next(filter(None, (self._lineages.of(base, where, but=defined) for base in defined.bases)), None)
        if lineage is None:
            return None
        given = given_by(self._evaluator, site)
        verdict = Verdict("unknown", (), "it is a class")
        return Task(
            site.scope.module, lineage.operator, site.call, "", given.arguments, given.more, verdict, inside=False
        )

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
        """Give the task of CALL; CLOSED says why its keyword cannot be added there."""
        known = with_image(given.arguments)
        verdict = judge_secrets(known, given.more)
        if operator.template:
            verdict = Verdict("unknown", (), "its pods come from a template of their own")
        name = name or _text_of(known.get("task_id"))
        dag = self._dag_use(contexts)
        module = self._survey.module
        return Task(module, operator, call, name, known, given.more, verdict, dag=dag, closed_to_patch=closed)

    def _dag_use(self, contexts: Sequence[Context]) -> DagUse | None:
        """Give the one DAG of CONTEXTS, where that is made in this file and its default_args can be extended."""
        holders = {(context.dag, context.unknown) for context in contexts}
        holder = next(iter(holders))[0] if len(holders) == 1 else None
        if holder is None or holder.call is None or holder.scope.module is not self._survey.module:
            return None
        given = written_keyword(holder.call, DEFAULT_ARGS)
        return DagUse(self._survey.module, holder.call, _dict_of(given, holder) if given else None)

    def _origin(self, node: ast.expr) -> Origin:
        return Origin(self._survey.module, node)


def _dict_of(node: ast.expr, holder: Holder) -> ast.Dict | None:
    """Give the dict that NODE is, or is a name for."""
    found = find_only(node.id, holder.scope) if isinstance(node, ast.Name) else None
    written = found[1].node if found else node
    return written if isinstance(written, ast.Dict) else None


def _hidden_context(seen: AbstractSet[str | None], given: Given) -> str:
    """Give the keyword that decides which default_args there are and is none of SEEN.

    It may come through **, functools.partial or a class's own __init__.
    """
    for name in sorted({"dag", DEFAULT_ARGS, "task_group"} - seen):
        argument = given.arguments.get(name)
        if argument and not is_none(argument.value):
            return name
    return ""


def _text_of(argument: Argument | None) -> str:
    value = argument.value if argument else None
    return value.text if isinstance(value, Text) and value.complete else ""
