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


MAX_TEXT = 4096
"""The most characters of a text that are kept: an image has some hundred."""
MAX_PARTS = 2000
"""The most values that one may hold, all in all."""


def bounded(value: Value) -> Value:
    """Give VALUE, or what is kept of one that is too large: code of some lines can double a value without end."""
    if isinstance(value, Text) and len(value.text) > MAX_TEXT:
        return value._replace(text=value.text[:MAX_TEXT], complete=False)
    if isinstance(value, Items | Entries | Model) and _is_large(value):
        return Unknown(value.origin, "it is too large to be followed")
    return value


def _is_large(value: Value) -> bool:
    pending = [value]
    count = 0
    while pending and count <= MAX_PARTS:
        count += 1
        match pending.pop():
            case Items(items=items):
                pending += items
            case Entries(entries=entries):
                pending += entries.values()
            case Model(arguments=arguments, keywords=keywords):
                pending += (*arguments, *keywords.values())
    return count > MAX_PARTS
