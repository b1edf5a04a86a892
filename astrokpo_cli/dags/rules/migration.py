"""AKP202 to 205: what newer versions of Airflow, its Kubernetes provider and the kubernetes client refuse or ignore.

PURE. What is found here the patcher mends: it asks for the same places.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from astrokpo_cli.dags.findings import Finding
from astrokpo_cli.dags.rules import places
from astrokpo_cli.dags.rules.branches import is_prepared
from astrokpo_cli.dags.scope import CallSite, Survey, dotted_names
from astrokpo_cli.dags.tasks import Task
from astrokpo_cli.dags.values import Entries, Model, Scalar, Value
from astrokpo_cli.dags.versions import Versions
from astrokpo_cli.errors import quote

_CONF = {
    "airflow.configuration.conf.get",
    "airflow.sdk.configuration.conf.get",
    "airflow.providers.common.compat.sdk.conf.get",
}
_FUNCTION = "airflow.configuration.get"
"""Like conf.get up to Airflow 2, and gone in Airflow 3: there no fallback helps."""
_REFERENCES = r"kubernetes\.client\.([\w.]+\.)?V1LocalObjectReference"
_OF_AIRFLOW = {"cpus", "ram", "disk", "gpus"}
"""The keys of a dict that Airflow's own `resources` takes; it says nothing of the pod."""


class OldResources(NamedTuple):
    """The keyword `resources=` in a task's own call."""

    task: Task
    keyword: ast.keyword
    is_requirements: bool
    """Whether it is a V1ResourceRequirements, which container_resources takes as it is."""


def judge_module(survey: Survey, versions: Versions) -> Iterator[Finding]:
    """Give what of the module itself, whatever its tasks, does not go with VERSIONS."""
    yield from _sections(survey, versions)
    yield from _positional(survey)


def judge_arguments(task: Task, versions: Versions) -> Iterator[Finding]:
    """Give the arguments of TASK that do not go with VERSIONS; what a class of this file hands on is that class's."""
    if not places.is_of_class(task, "resources"):
        yield from _resources(task, versions)
    if not places.is_of_class(task, "is_delete_operator_pod"):
        yield from _delete_operator_pod(task, versions)


def old_sections(survey: Survey) -> tuple[ast.Call, ...]:
    """Give the calls conf.get("kubernetes", "NAMESPACE") that have no fallback and expect no failure."""
    return tuple(site.call for site in _old_sections(survey) if not _is_function(site))


def positional_references(survey: Survey) -> tuple[ast.Call, ...]:
    """Give the calls V1LocalObjectReference("name"), with its one argument by position."""
    if "V1LocalObjectReference" not in survey.module.text:
        return ()
    return tuple(site.call for site in survey.calls if _is_positional_reference(site))


def old_resources(tasks: Sequence[Task]) -> tuple[OldResources, ...]:
    """Give the keyword `resources=` of each of TASKS that has it in its own call, and not for Airflow's own use."""
    found = []
    for task in tasks:
        value = task.value("resources")
        if value is None or _is_harmless(value):
            continue
        keyword = places.own_keyword(task, "resources")
        if keyword:
            found.append(OldResources(task, keyword, isinstance(value, Model)))
    return tuple(found)


def _sections(survey: Survey, versions: Versions) -> Iterator[Finding]:
    is_gone = versions.airflow_has((3,))
    for site in _old_sections(survey) if is_gone is not False else ():
        is_function = _is_function(site)
        yield places.finding(
            "AKP203",
            survey.module,
            survey.module.span(site.call),
            'this fails on Airflow 3, whose configuration has no section "kubernetes" unless its old variable is set',
            "use conf of airflow.configuration, which Airflow 3 has too, with a fallback"
            if is_function
            else f"ask with a fallback, then for kubernetes_executor{places.fix_hint('AKP203')}",
            severity=places.if_known(is_gone),
            fixable=not is_function,
        )


def _old_sections(survey: Survey) -> Iterator[CallSite]:
    for site in survey.calls:
        if _asks_old_section(site) and not is_prepared(survey.module.tree, site.call):
            yield site


def _is_function(site: CallSite) -> bool:
    """Whether it is not a method of conf that is called."""
    return _FUNCTION in dotted_names(site.call.func, site.scope)


def _asks_old_section(site: CallSite) -> bool:
    call = site.call
    if not isinstance(call.func, ast.Attribute) or call.func.attr != "get":
        return False
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    section = call.args[0] if call.args else given.get("section")
    key = call.args[1] if len(call.args) > 1 else given.get("key")
    if not _is_text(section, "kubernetes") or not _is_text(key, "namespace") or given.keys() & {"fallback", None}:
        return False
    names = dotted_names(call.func, site.scope)
    return bool(names) and set(names) <= _CONF | {_FUNCTION}


def _is_text(node: ast.expr | None, lower: str) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lower() == lower


def _positional(survey: Survey) -> Iterator[Finding]:
    for call in positional_references(survey):
        yield places.finding(
            "AKP204",
            survey.module,
            survey.module.span(call.args[0]),
            "the name is given by position: version 37 of the kubernetes client raises TypeError here",
            f"write name= in front of it{places.fix_hint('AKP204')}",
            fixable=True,
        )


def _is_positional_reference(site: CallSite) -> bool:
    args = site.call.args
    if len(args) != 1 or isinstance(args[0], ast.Starred) or site.call.keywords:
        return False
    names = dotted_names(site.call.func, site.scope)
    return bool(names) and all(
        re.fullmatch(r"kubernetes\.client\.([\w.]+\.)?V1LocalObjectReference", name) for name in names
    )


def _resources(task: Task, versions: Versions) -> Iterator[Finding]:
    value = task.value("resources")
    if value is None or _is_harmless(value) or task.operator.template:
        return
    is_requirements = isinstance(value, Model)
    taken_up_to = (5,) if is_requirements else (4,)
    if versions.provider_has(taken_up_to) is False:
        return
    is_own = places.own_keyword(task, "resources") is not None
    mends = is_requirements and is_own and versions.provider_has((4, 2)) is not False
    yield places.at_task(
        "AKP202",
        task,
        places.of_name(task, "resources"),
        "the pod's size is not taken from resources since provider 5.0.0: the DAG does not parse"
        if is_requirements
        else "a dict with these keys as resources does not parse with provider 4 and newer",
        f"rename it to container_resources{places.fix_hint('AKP202') if mends else ''}"
        if is_requirements
        else "use container_resources=k8s.V1ResourceRequirements(limits=..., requests=...)",
        fixable=mends,
    )


def _is_harmless(value: Value) -> bool:
    """Whether Airflow takes VALUE as `resources`, or may."""
    match value:
        case Scalar(value=given):
            return given is None
        case Entries(entries=entries):
            return entries.keys() <= _OF_AIRFLOW
        case Model(name=name):
            return name != "V1ResourceRequirements"
    return True


def _delete_operator_pod(task: Task, versions: Versions) -> Iterator[Finding]:
    name = "is_delete_operator_pod"
    value = task.value(name)
    if value is None or (isinstance(value, Scalar) and value.value in (True, None)):
        return
    if versions.provider_has((10,)) is False or "on_finish_action" in task.arguments:
        return
    yield places.at_task(
        "AKP205",
        task,
        places.of_name(task, name),
        f"{quote(name)} is ignored from provider 10.0.0 on: the pod is deleted when the task ends",
        'use on_finish_action="keep_pod" to keep it',
    )
