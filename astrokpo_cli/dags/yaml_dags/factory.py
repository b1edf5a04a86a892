"""The tasks in a YAML file of dag-factory.

PURE. dag-factory 0.x and 1.x: the top level holds DAGs by their id, a DAG its tasks by theirs or in a list. What an
operator gets is what the task says, then the default_args of the task, its group, the group around it, the DAG, the
block `default` and the files defaults.yml (measured with 1.1.0).
"""

from collections.abc import Iterator, Mapping, Sequence

from astrokpo_cli.dags.operators import Operator, find_operator
from astrokpo_cli.dags.tasks import DEFAULT_ARGS, Task, Verdict
from astrokpo_cli.dags.values import Text, Value
from astrokpo_cli.dags.verdicts import judge_secrets
from astrokpo_cli.dags.yaml_dags.arguments import Given, Layer, given_to
from astrokpo_cli.dags.yaml_dags.likeness import as_call
from astrokpo_cli.dags.yaml_dags.nodes import Node
from astrokpo_cli.dags.yaml_dags.reading import Field, Reader

NOT_DAGS = ("default", "task_groups")
_DECORATORS = {
    "airflow.providers.cncf.kubernetes.decorators.kubernetes.kubernetes_task": "@task.kubernetes",
    "airflow.providers.cncf.kubernetes.decorators.kubernetes_cmd.kubernetes_cmd_task": "@task.kubernetes_cmd",
}


def find_factory_tasks(reader: Reader, root: Node, defaults: Sequence[Layer] = ()) -> Iterator[Task]:
    """Give the tasks below ROOT whose operator `find_operator` knows, in the order of the file.

    DEFAULTS are the default_args of defaults.yml files, nearest first.
    """
    top = reader.fields(root)
    default = reader.fields(top["default"].value) if "default" in top else {}
    for name, dag in top.items():
        if name not in NOT_DAGS:
            yield from _tasks_of(reader, dag.value, default, defaults)


def _tasks_of(reader: Reader, dag: Node, default: Mapping[str, Field], defaults: Sequence[Layer]) -> Iterator[Task]:
    fields = reader.fields(dag)
    layers = [*_layer(reader, fields), *_layer(reader, default), *defaults]
    groups = _named(reader, fields.get("task_groups"), "group_name")
    # dag-factory merges these into the DAG's own.
    more = "the block default has tasks of its own" if {"tasks", "task_groups"} & default.keys() else ""
    for name, field in _named(reader, fields.get("tasks"), "task_id").items():
        task = reader.fields(field.value)
        path = task.get("operator") or task.get("decorator")
        operator = _operator(reader.value(path.value)) if path else None
        if path and operator:
            around = [*_layer(reader, task), *_group_layers(reader, task, groups), *layers]
            given = given_to(reader, task, around)
            yield _task(reader, Field(field.key, path.value), name, operator, given._replace(more=more or given.more))


def _operator(path: Value | None) -> Operator | None:
    if not isinstance(path, Text) or not path.complete:
        return None
    if path.text in _DECORATORS:
        return Operator(_DECORATORS[path.text], decorator=True)
    return find_operator(path.text)


def _named(reader: Reader, field: Field | None, id_key: str) -> dict[str, Field]:
    """Give tasks or groups by their name: of a mapping, or of a list whose items name themselves with ID_KEY."""
    if field is None:
        return {}
    if field.value.is_mapping:
        return dict(reader.fields(field.value))
    named = {}
    for item in field.value.children:
        name = reader.fields(item).get(id_key)
        if name and name.value.text is not None:
            named[name.value.text] = Field(name.value, item)
    return named


def _layer(reader: Reader, fields: Mapping[str, Field]) -> list[Layer]:
    return [Layer(reader, fields[DEFAULT_ARGS].value)] if DEFAULT_ARGS in fields else []


def _group_layers(reader: Reader, task: Mapping[str, Field], groups: Mapping[str, Field]) -> list[Layer]:
    """Give the default_args of the task's group and of those around it, the nearest first."""
    layers: list[Layer] = []
    seen: set[str] = set()
    name = _text(task.get("task_group_name"))
    while name in groups and name not in seen:
        seen.add(name)
        group = reader.fields(groups[name].value)
        layers += _layer(reader, group)
        name = _text(group.get("parent_group_name"))
    return layers


def _text(field: Field | None) -> str:
    return (field.value.text if field else None) or ""


def _task(reader: Reader, place: Field, name: str, operator: Operator, given: Given) -> Task:
    verdict = judge_secrets(given.arguments, given.more)
    if operator.template:
        verdict = Verdict("unknown", (), "its pods come from a template of their own")
    call = as_call(reader.module, place, given.own)
    return Task(reader.module, operator, call, name, given.arguments, given.more, verdict, closed_to_patch="it is YAML")
