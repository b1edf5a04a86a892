"""One entry in the default_args of a DAG, in place of a keyword for each of its tasks.

PURE. Airflow gives default_args to every task that is made in the DAG: so each of them must lack just that secret.
"""

import ast
from collections.abc import Iterator, Sequence

from astrokpo_cli.dags.holders import DAG_DECORATORS, DAGS
from astrokpo_cli.dags.patch.candidates import Candidate, leave
from astrokpo_cli.dags.patch.edits import Change, Edit, Left
from astrokpo_cli.dags.patch.imports import ModelNames, NoName, all_scopes
from astrokpo_cli.dags.patch.keywords import Insertion, add_entry, add_keyword, references
from astrokpo_cli.dags.scope import Scope, Survey, dotted_names, find_bindings
from astrokpo_cli.dags.tasks import DEFAULT_ARGS, PULL_SECRETS, DagUse, Task


class Unfit(Exception):
    """Why a DAG's default_args cannot be extended."""


def extend_default_args(
    survey: Survey, tasks: Sequence[Task], candidates: Sequence[Candidate], names: ModelNames
) -> tuple[list[Edit], list[Left]]:
    """Give one edit for each dict, or DAG without one, that CANDIDATES get their default_args from."""
    edits: list[Edit] = []
    left: list[Left] = []
    groups: dict[int, list[Candidate]] = {}
    for each in candidates:
        if each.task.dag is None:
            left.append(leave(each.task, "the DAG that it is in is not known"))
        else:
            groups.setdefault(_key(each.task.dag), []).append(each)
    for key, group in groups.items():
        try:
            _check_tasks(key, group, tasks, candidates)
            edits.append(_edit(survey, group, names))
        except (Unfit, NoName) as err:
            left += [leave(each.task, f"{DEFAULT_ARGS}: {err}") for each in group]
    return edits, left


def _key(dag: DagUse) -> int:
    """Give what is the same for all DAGs that share a dict."""
    return id(dag.default_args or dag.call)


def _check_tasks(key: int, group: Sequence[Candidate], tasks: Sequence[Task], candidates: Sequence[Candidate]) -> None:
    """Make sure that every task that the entry may reach lacks this very secret; raises Unfit."""
    if len({each.secret for each in group}) > 1:
        raise Unfit("its tasks need several pull secrets")
    calls = {id(each.call) for each in candidates if each.secret == group[0].secret}
    for task in tasks:
        is_reached = task.inside and (task.dag is None or _key(task.dag) == key)
        if is_reached and id(task.call) not in calls and not _keeps_its_own(task):
            raise Unfit(_why_not(task))


def _keeps_its_own(task: Task) -> bool:
    """Whether what TASK is given stands in front of the default, so that nothing changes for it."""
    argument = task.arguments.get(PULL_SECRETS)
    return argument is not None and argument.source != "class" and task.verdict.kind != "unknown"


def _why_not(task: Task) -> str:
    line = task.call.lineno
    if task.verdict.kind == "unknown":
        return f"whether the task on line {line} has a pull secret is not known"
    if task.verdict.kind == "has":
        return f"the task on line {line} would lose its own pull secret"
    if task.dag is None:
        return f"the task on line {line} may be in this DAG"
    return f"the task on line {line} does not need that secret"


def _edit(survey: Survey, group: Sequence[Candidate], names: ModelNames) -> Edit:
    dag = group[0].task.dag
    assert dag is not None
    if dag.module is not survey.module:
        raise Unfit("the DAG is in another file")
    insertion = _into_dict(survey, dag, group, names) if dag.default_args else _into_call(survey, dag, group, names)
    if insertion is None:
        raise Unfit("there is no place for an entry")
    line = (dag.default_args or dag.call).lineno
    count = "one task" if len(group) == 1 else f"{len(group)} tasks"
    what = f"{PULL_SECRETS} added to {DEFAULT_ARGS}, for {count}"
    return Edit(insertion.splices, insertion.on_tree, Change(line, "", what))


def _into_call(survey: Survey, dag: DagUse, group: Sequence[Candidate], names: ModelNames) -> Insertion | None:
    scope = next((site.scope for site in survey.calls if site.call is dag.call), None)
    if scope is None or any(keyword.arg in (None, DEFAULT_ARGS) for keyword in dag.call.keywords):
        raise Unfit("what the DAG is given is not known")
    if len(dag.call.args) > 2 or any(isinstance(argument, ast.Starred) for argument in dag.call.args):
        raise Unfit("the DAG has too many arguments without a name")
    value = references(names.reference_class(dag.call, scope), group[0].secret)
    return add_keyword(survey.module, dag.call, DEFAULT_ARGS, f'{{"{PULL_SECRETS}": {value}}}')


def _into_dict(survey: Survey, dag: DagUse, group: Sequence[Candidate], names: ModelNames) -> Insertion | None:
    entries = dag.default_args
    assert entries is not None
    for key in entries.keys:
        if not isinstance(key, ast.Constant) or key.value == PULL_SECRETS:
            raise Unfit(f"the keys of the dict on line {entries.lineno} are not known, or one is {PULL_SECRETS}")
    scope = _scope_of_dict(survey, entries)
    value = references(names.reference_class(entries, scope), group[0].secret)
    return add_entry(survey.module, entries, PULL_SECRETS, value)


def _scope_of_dict(survey: Survey, entries: ast.Dict) -> Scope:
    """Give the scope that the dict is written in, where it is for default_args of DAGs alone; raises Unfit."""
    parent = survey.parents.get(entries)
    for site in survey.calls:
        if site.call is parent and _is_for_dag(site.call, entries, site.scope):
            return site.scope
    bound = [(scope, name) for scope in all_scopes(survey) for name in _names_of(scope, entries)]
    if not bound or not isinstance(parent, ast.Assign | ast.AnnAssign):
        raise Unfit(f"the dict on line {entries.lineno} has no name of its own")
    for scope, name in bound:
        _check_uses(survey, name, scope)
    return bound[0][0]


def _names_of(scope: Scope, entries: ast.Dict) -> Iterator[str]:
    for name, bindings in scope.bindings.items():
        if any(binding.node is entries for binding in bindings):
            if len(bindings) > 1:
                raise Unfit(f"{name} is bound more than once")
            yield name


def _check_uses(survey: Survey, name: str, scope: Scope) -> None:
    """Make sure that what NAME in SCOPE stands for is nothing but default_args of DAGs; raises Unfit."""
    calls = {id(site.call): site for site in survey.calls}
    for use in survey.uses.get(name, ()):
        found = find_bindings(name, use.scope)
        if found is None or found[0] is not scope:
            continue
        site = calls.get(id(use.parent))
        if site is None or not _is_for_dag(site.call, use.node, site.scope):
            raise Unfit(f"{name} is used otherwise on line {use.node.lineno}")


def _is_for_dag(call: ast.Call, node: ast.expr, scope: Scope) -> bool:
    """Whether NODE is the default_args of CALL, and that makes a DAG."""
    is_default_args = any(keyword.arg == DEFAULT_ARGS and keyword.value is node for keyword in call.keywords)
    return is_default_args and bool(set(dotted_names(call.func, scope)) & (DAGS | DAG_DECORATORS))
