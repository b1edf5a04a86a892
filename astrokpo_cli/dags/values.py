"""What an expression in DAG code is worth, as far as that can be known without running it.

PURE. `evaluation.Evaluator` makes these of Python, `yaml_dags.reading.Reader` of YAML. Whatever is not certain is
`Unknown`, with the reason.
"""

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from astrokpo_cli.dags.source import Module


class Origin(NamedTuple):
    """Where a value is written."""

    module: "Module"
    node: ast.expr


class Text(NamedTuple):
    """A string."""

    origin: Origin
    text: str
    """All of it, or its beginning."""
    complete: bool = True
    """Whether TEXT is all: not so for f"ghcr.io/acme/etl:{tag}", nor for what holds a template of Jinja."""
    template: bool = False
    """Whether a template of Jinja ({{ or {%) stands in it."""


class Scalar(NamedTuple):
    """None, True, False or a number."""

    origin: Origin
    value: bool | int | float | None


class Items(NamedTuple):
    """A list or a tuple."""

    origin: Origin
    items: "tuple[Value, ...]"


class Entries(NamedTuple):
    """A dict whose keys are all known."""

    origin: Origin
    entries: "Mapping[str, Value]"


class Model(NamedTuple):
    """A call of a class of the kubernetes client, such as V1Pod."""

    origin: Origin
    name: str
    """The class's name."""
    arguments: "tuple[Value, ...]"
    """What is given by position."""
    keywords: "Mapping[str, Value]"
    complete: bool = True
    """Whether all keywords are known: not so behind * or **."""


class Unknown(NamedTuple):
    """What cannot be known without running the code."""

    origin: Origin
    why: str
    """Such as: it is what get_image() returns."""


Value = Text | Scalar | Items | Entries | Model | Unknown


def is_none(value: Value) -> bool:
    """Whether VALUE is certainly None."""
    return isinstance(value, Scalar) and value.value is None
