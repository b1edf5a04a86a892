"""What a node of YAML is worth to dag-factory, in the words that Python code has too.

PURE. A mapping with `__type__` is a call of that class, as dag-factory 0.23 and 1.x make it; 1.x puts environment
variables into the file's text, and so does whoever reads `$NAME`: what follows one is not known.
"""

import re
from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple

from astrokpo_cli.dags.values import Entries, Items, Model, Scalar, Text, Unknown, Value
from astrokpo_cli.dags.yaml_dags.composer import MAX_WEIGHT
from astrokpo_cli.dags.yaml_dags.nodes import Node, YamlFile, origin, refuse

_VARIABLE = re.compile(r"\$(\w|\{)", re.ASCII)
_TEMPLATE = re.compile(r"\{[{%#]")
_MODEL = re.compile(r"kubernetes\.client\.(?:models\.)?(?:\w+\.)?(V\d\w*)")
_LOGIC = {"__and__", "__or__", "__join__"}


class Field(NamedTuple):
    """One entry of a mapping."""

    key: Node
    value: Node


class Reader:
    """Reads the nodes of one file; each once, however many aliases it has."""

    def __init__(self, module: YamlFile) -> None:
        self.module = module
        self._fields: dict[int, Mapping[str, Field]] = {}
        self._values: dict[int, Value] = {}
        self._pulling: dict[int, tuple[str, ...]] = {}
        self._charged = 0

    def fields(self, node: Node) -> Mapping[str, Field]:
        """Give the entries of NODE, merge keys (<<) followed as PyYAML does: the nearest wins. Empty for no mapping."""
        if not node.is_mapping:
            return {}
        if id(node) not in self._fields:
            self._fields[id(node)] = self._read_fields(node)
        return self._fields[id(node)]

    def value(self, node: Node) -> Value:
        """Give what NODE is worth."""
        if id(node) not in self._values:
            self._values[id(node)] = self._read_value(node)
        return self._values[id(node)]

    def pulling(self, node: Node) -> tuple[str, ...]:
        """Give the names in the mapping NODE that speak of a pull; the first few."""
        if id(node) not in self._pulling:
            names = (name for name in self.fields(node) if "pull" in name.lower())
            self._pulling[id(node)] = tuple(islice(names, 5))
        return self._pulling[id(node)]

    def charge(self, node: Node) -> None:
        """Count that NODE is used once more than the file says; raises UnreadableSource when that gets out of hand."""
        self._charged += node.weight
        if self._charged > MAX_WEIGHT:
            refuse(self.module, f"it grows to more than {MAX_WEIGHT} values", node.start)

    def unknown(self, node: Node, why: str) -> Unknown:
        """Give that NODE's worth is not known."""
        return Unknown(origin(self.module, node), why)

    def _read_fields(self, node: Node) -> Mapping[str, Field]:
        merged: dict[str, Field] = {}
        own: dict[str, Field] = {}
        children = iter(node.children)
        for key, value in zip(children, children, strict=True):
            if key.tag == "merge":
                for each in reversed(self._merged(value)):
                    merged |= self.fields(each)
            elif key.text is not None:
                own[key.text] = Field(key, value)
        return {**merged, **own}

    def _merged(self, value: Node) -> list[Node]:
        mappings = [value] if value.is_mapping else value.children
        if value.text is not None or not all(each.is_mapping for each in mappings):
            refuse(self.module, "it has a merge key (<<) of what is no mapping", value.start)
        return mappings

    def _read_value(self, node: Node) -> Value:
        if node.text is not None:
            return self._scalar(node, node.text)
        if node.tag == "seq":
            return Items(origin(self.module, node), tuple(map(self.value, node.children)))
        if node.tag == "map":
            return self._mapping(node)
        return self.unknown(node, "it has a tag of its own")

    def _scalar(self, node: Node, text: str) -> Value:
        if node.tag == "str":
            return self._text(node, text)
        try:
            return Scalar(origin(self.module, node), _plain(node.tag, text))
        except (KeyError, ValueError):
            return self.unknown(node, "it is no text and no number")

    def _text(self, node: Node, text: str) -> Text:
        place = origin(self.module, node)
        template = _TEMPLATE.search(text)
        cut = min((match.start() for match in (template, _VARIABLE.search(text)) if match), default=None)
        return Text(place, text[:cut], cut is None, template is not None)

    def _mapping(self, node: Node) -> Value:
        entries = {name: self.value(field.value) for name, field in self.fields(node).items()}
        place = origin(self.module, node)
        if _LOGIC & entries.keys():
            return Unknown(place, "dag-factory joins it when it loads the file")
        if "__type__" not in entries:
            return Entries(place, entries)
        kind = entries.pop("__type__")
        name = kind.text if isinstance(kind, Text) and kind.complete else ""
        arguments = entries.pop("__args__", Items(place, ()))
        items = entries.get("items")
        if name == "builtins.list" and isinstance(items, Items):
            return Items(place, items.items)
        model = _MODEL.fullmatch(name)
        if model and isinstance(arguments, Items):
            return Model(place, model[1], arguments.items, entries)
        return Unknown(place, f"it is what {name} makes" if name.isascii() and name else "its __type__ is not known")


def _plain(tag: str, text: str) -> bool | int | float | None:
    """Give what PyYAML makes of TEXT; raises KeyError for a date and other things that Scalar does not take."""
    from yaml import ScalarNode
    from yaml.constructor import SafeConstructor

    node, constructor = ScalarNode(tag, text), SafeConstructor()
    match tag:
        case "null":
            return None
        case "bool":
            return constructor.construct_yaml_bool(node)
        case "int":
            return constructor.construct_yaml_int(node)
        case "float":
            return constructor.construct_yaml_float(node)
    raise KeyError(tag)
