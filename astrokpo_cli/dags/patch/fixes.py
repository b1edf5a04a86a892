"""What is mechanical to mend: a removed import, `resources`, the old section of the configuration, a missing name=.

PURE. `rules.migration` finds the places; here they become edits, or are left to a person.
"""

import ast
import re
from collections.abc import Callable, Iterator, Sequence

from astrokpo_cli.dags.operators import find_operator
from astrokpo_cli.dags.patch.candidates import inside_formatted_text
from astrokpo_cli.dags.patch.edits import Change, Edit, Left, Splice, Twins, Wish
from astrokpo_cli.dags.patch.fixed_imports import mend_imports
from astrokpo_cli.dags.patch.keywords import expression
from astrokpo_cli.dags.patch.splices import insert_last, without_comments
from astrokpo_cli.dags.rules.migration import (
    OldResources,
    old_resources,
    old_sections,
    positional_references,
)
from astrokpo_cli.dags.scope import Survey, dotted_names
from astrokpo_cli.dags.source import Module
from astrokpo_cli.dags.suppress import ALL, ignored_codes
from astrokpo_cli.dags.tasks import Task

_IN_TEXT = "it stands in an f-string"


def fix(survey: Survey, tasks: Sequence[Task], wish: Wish) -> tuple[list[Edit], list[Left]]:
    """Give the edits for the codes that WISH names, and the places that need a person."""
    edits: list[Edit] = []
    left: list[Left] = []
    ignored = ignored_codes(survey.module) if wish.fixes and "astrokpo:" in survey.module.text else {}
    for code, mend in _FIXES.items():
        for each in mend(survey, tasks, wish) if code in wish.fixes else ():
            line = each.change.line if isinstance(each, Edit) else each.line
            if {code, ALL} & set(ignored.get(line, ())):
                continue
            if isinstance(each, Edit):
                edits.append(each)
            else:
                left.append(each._replace(why=f"{code}: {each.why}"))
    return edits, left


def _mend_resources(survey: Survey, tasks: Sequence[Task], wish: Wish) -> Iterator[Edit | Left]:
    if wish.versions.provider_has((5,)) is False:
        return
    for found in {id(each.keyword): each for each in old_resources(tasks)}.values():
        why = _why_not_resources(survey, found) if found.is_requirements else "it is no V1ResourceRequirements"
        yield Left(found.keyword.lineno, found.task.name, why) if why else _rename(survey.module, found)


def _why_not_resources(survey: Survey, found: OldResources) -> str:
    task, call = found.task, found.task.call
    if "container_resources" in task.arguments or task.more:
        return task.more or "container_resources is given too"
    scope = next((site.scope for site in survey.calls if site.call is call), None)
    if scope is None or not isinstance(call, ast.Call) or id(call) in inside_formatted_text(survey):
        return "its keywords are not written in this file, or in an f-string"
    func = call.func
    if isinstance(func, ast.Attribute) and func.attr == "partial":
        func = func.value
    names = dotted_names(func, scope)
    return "" if names and all(map(find_operator, names)) else "its class is one of your own"


def _rename(module: Module, found: OldResources) -> Edit:
    start = module.start(found.keyword)

    def on_tree(twins: Twins) -> None:
        twins.of(found.keyword).arg = "container_resources"

    change = Change(found.keyword.lineno, found.task.name, "resources renamed to container_resources")
    return Edit((Splice(start, start + len("resources"), "container_resources"),), on_tree, change)


def _mend_references(survey: Survey, _: Sequence[Task], __: Wish) -> Iterator[Edit | Left]:
    formatted = inside_formatted_text(survey)
    for call in positional_references(survey):
        if id(call) in formatted:
            yield Left(call.lineno, "", _IN_TEXT)
        else:
            yield _name(survey.module, call) or Left(call.lineno, "", "the name is written in an unusual way")


def _name(module: Module, call: ast.Call) -> Edit | None:
    """Write name= in front of the one argument, and of the brackets around it."""
    argument = call.args[0]
    gap = without_comments(module.text[module.end(call.func) : module.start(argument)])
    match = re.match(r"[\s\\)]*\([\s\\]*", gap)
    if match is None or (isinstance(argument, ast.NamedExpr | ast.GeneratorExp) and match.end() == len(gap)):
        return None
    start = module.end(call.func) + match.end()

    def on_tree(twins: Twins) -> None:
        twin = twins.of(call)
        twin.keywords.append(ast.keyword("name", twin.args.pop()))

    change = Change(call.lineno, "", "name= added to V1LocalObjectReference")
    return Edit((Splice(start, start, "name="),), on_tree, change)


def _mend_sections(survey: Survey, _: Sequence[Task], wish: Wish) -> Iterator[Edit | Left]:
    if wish.versions.airflow_has((3,)) is False:
        return
    formatted = inside_formatted_text(survey)
    for call in old_sections(survey):
        function = survey.module.text[survey.module.start(call.func) : survey.module.end(call.func)]
        if id(call) in formatted:
            yield Left(call.lineno, "", _IN_TEXT)
        elif len(call.args) + len(call.keywords) != 2 or not re.fullmatch(r"[\w.]+", function):
            yield Left(call.lineno, "", "the call is written in an unusual way")
        else:
            yield _ask_both(survey.module, call, function)


def _ask_both(module: Module, call: ast.Call, function: str) -> Edit:
    """Ask for the old section first: on Airflow 3 the new one answers "default" when only the old variable is set."""
    start, end = module.start(call), module.end(call)
    other = f'{function}("kubernetes_executor", "NAMESPACE", fallback="default")'
    last = max([*map(module.end, call.args), *map(module.end, call.keywords)])
    splices = (
        Splice(start, start, "("),
        insert_last(module.text, last, end - 1, "fallback=None"),
        Splice(end, end, f" or {other})"),
    )

    def on_tree(twins: Twins) -> None:
        twin = twins.of(call)
        twin.keywords.append(ast.keyword("fallback", ast.Constant(None)))
        twins.replace(call, ast.BoolOp(ast.Or(), [twin, expression(other)]))

    return Edit(splices, on_tree, Change(call.lineno, "", "the namespace is asked for in both sections"))


_Mend = Callable[[Survey, Sequence[Task], Wish], Iterator[Edit | Left]]
_FIXES: dict[str, _Mend] = {
    "AKP201": mend_imports,
    "AKP202": _mend_resources,
    "AKP204": _mend_references,
    "AKP203": _mend_sections,
}
"""AKP204 before AKP203: where both begin at one place, name= stands first."""
