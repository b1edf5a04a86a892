"""What an operator gets from a task of dag-factory.

PURE. What the task says, with what `partial`, `expand` and `variables_as_arguments` add, stands in front of
default_args.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from astrokpo_cli.dags.joining import one_of
from astrokpo_cli.dags.rules.kinds import is_misspelt
from astrokpo_cli.dags.tasks import DEFAULT_ARGS, Argument
from astrokpo_cli.dags.values import Entries, Items, Text, Unknown, Value, is_none
from astrokpo_cli.dags.verdicts import with_image
from astrokpo_cli.dags.yaml_dags.nodes import Node
from astrokpo_cli.dags.yaml_dags.reading import Field, Reader

DEFAULTED = (
    *("image", "image_pull_secrets", "namespace", "full_pod_spec", "pod_template_file", "pod_template_dict"),
    *("volumes", "container_resources", "resources", "service_account_name", "is_delete_operator_pod"),
    *("kubernetes_conn_id", "config_file", "cluster_context", "in_cluster", "base_container_name"),
)
"""What the rules ask of default_args; an operator takes from them what it knows, and no more."""
_NOT_ARGUMENTS = {
    *("operator", "decorator", "dependencies", "task_group_name", "parent_group_name", "task_id", "python_callable"),
    *("python_callable_name", "python_callable_file", "expand", "partial", "variables_as_arguments", "default_args"),
}


class Layer(NamedTuple):
    """The default_args of one place."""

    reader: Reader
    node: Node

    def is_known(self) -> bool:
        """Whether it is known what they hold."""
        whole = self.reader.value(self.node)
        return isinstance(whole, Entries) or is_none(whole)

    def get(self, name: str) -> Value | None:
        """Give what they have for NAME; None where they have nothing."""
        field = self.reader.fields(self.node).get(name)
        if field is None:
            return None
        self.reader.charge(field.value)
        return self.reader.value(field.value)

    def misspelt(self) -> Iterator[str]:
        """Give the names in them that are meant for image_pull_secrets."""
        return filter(is_misspelt, self.reader.pulling(self.node))


class Given(NamedTuple):
    """What reaches an operator."""

    arguments: Mapping[str, Argument]
    more: str
    """Why there may be other arguments; empty where all are known."""
    own: Mapping[str, Field]
    """Those that the task itself has, and where."""


def given_to(reader: Reader, task: Mapping[str, Field], layers: Sequence[Layer]) -> Given:
    """Give what the operator of TASK gets, with the default_args of LAYERS, the nearest first."""
    values = {key: reader.value(field.value) for key, field in task.items()}
    own = {key: field for key, field in task.items() if key not in _NOT_ARGUMENTS}
    arguments = {key: Argument(values[key], "call") for key in own}
    arguments |= {key: Argument(value, "call") for key, value in (*_expanded(values), *_variables(values))}
    known_layers = tuple(takewhile(Layer.is_known, layers))
    for key in (*DEFAULTED, *(name for layer in known_layers for name in layer.misspelt())):
        below = next((value for value in (layer.get(key) for layer in known_layers) if value is not None), None)
        if below is not None:
            known = arguments.get(key)
            arguments[key] = known._replace(overrides=below) if known else Argument(below, "default_args")
    unclear = [name for name in _MORE if _is_unclear(values.get(name))]
    unclear += [DEFAULT_ARGS] if len(known_layers) < len(layers) else []
    more = f"{unclear[0]} may hold more" if unclear else ""
    return Given(with_image(arguments), more, own)


_MORE = ("partial", "expand", "variables_as_arguments")


def _is_unclear(value: Value | None) -> bool:
    """Whether it is not known which arguments VALUE, one of _MORE, sets."""
    if isinstance(value, Items):  # of variables_as_arguments
        return not all(_attribute(item) for item in value.items)
    return not (value is None or isinstance(value, Entries) or is_none(value))


def _expanded(given: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    """Give what `partial` and `expand` set."""
    partial, expand = given.get("partial"), given.get("expand")
    if isinstance(partial, Entries):
        yield from partial.entries.items()
    for key, value in expand.entries.items() if isinstance(expand, Entries) else ():
        yield key, one_of(value)


def _variables(given: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    """Give what `variables_as_arguments` sets."""
    variables = given.get("variables_as_arguments")
    for item in variables.items if isinstance(variables, Items) else ():
        name = _attribute(item)
        if name:
            yield name, Unknown(item.origin, "it is a Variable of Airflow")


def _attribute(item: Value) -> str:
    """Give the name of the argument that an ITEM of variables_as_arguments sets; empty where it is not known."""
    attribute = item.entries.get("attribute") if isinstance(item, Entries) else None
    return attribute.text if isinstance(attribute, Text) and attribute.complete else ""
