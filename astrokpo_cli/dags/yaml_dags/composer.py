"""From the events of PyYAML's parser to nodes.

PURE. It is a stranger's file: no tag makes an object, an alias is the node itself, and what grows or nests too far is
refused before anything walks it.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from astrokpo_cli.dags.source import Module
from astrokpo_cli.dags.yaml_dags.nodes import Node, refuse

if TYPE_CHECKING:
    from yaml import AliasEvent, CollectionStartEvent, Event, ScalarEvent

MAX_EVENTS = 200_000
"""The most scalars, starts and ends that are read; a DAG of a thousand tasks has some ten thousand."""
MAX_WEIGHT = 500_000
"""The most values that a file may stand for when each alias is written out."""
MAX_DEPTH = 100
_TAG = "tag:yaml.org,2002:"


def compose(module: Module, events: "Iterable[Event]") -> tuple[Node, ...]:
    """Give the documents that EVENTS tell of; raises UnreadableSource, and what PyYAML raises on the way."""
    composer = _Composer(module)
    for count, event in enumerate(events):
        if count > MAX_EVENTS:
            refuse(module, f"it has more than {MAX_EVENTS} values", offset_of(event.start_mark))
        step = composer.steps.get(type(event))
        if step:
            step(event, offset_of(event.start_mark), offset_of(event.end_mark))
    return tuple(composer.top.children)


class _Composer:
    """Builds the documents from the events of PyYAML's parser."""

    def __init__(self, module: Module) -> None:
        import yaml
        from yaml.resolver import Resolver

        self.top = Node("", 0, 0)
        self.steps: dict[type[Event], Callable[[Any, int, int], None]] = {
            yaml.DocumentStartEvent: self._start,
            yaml.ScalarEvent: self._scalar,
            yaml.SequenceStartEvent: self._list,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceEndEvent: self._close,
            yaml.MappingEndEvent: self._close,
            yaml.AliasEvent: self._alias,
        }
        self._module = module
        self._opened = [self.top]
        self._anchors: dict[str, Node] = {}
        self._resolve: Callable[..., str] = Resolver().resolve
        self._kind = yaml.ScalarNode

    def _start(self, _event: "Event", _start: int, _end: int) -> None:
        self._anchors = {}

    def _scalar(self, event: "ScalarEvent", start: int, end: int) -> None:
        tag = _tag(event.tag) or self._resolve(self._kind, event.value, event.implicit)
        node = Node(tag.removeprefix(_TAG), start, end, text=event.value)
        self._name(event, node)
        self._add(node, start)

    def _list(self, event: "CollectionStartEvent", start: int, end: int) -> None:
        self._begin(event, Node((_tag(event.tag) or "seq").removeprefix(_TAG), start, end))

    def _mapping(self, event: "CollectionStartEvent", start: int, end: int) -> None:
        self._begin(event, Node((_tag(event.tag) or "map").removeprefix(_TAG), start, end, is_mapping=True))

    def _begin(self, event: "CollectionStartEvent", node: Node) -> None:
        if len(self._opened) > MAX_DEPTH:
            refuse(self._module, "it is nested too deeply", node.start)
        self._name(event, node)
        self._opened.append(node)

    def _close(self, _event: "Event", start: int, end: int) -> None:
        node = self._opened.pop()
        if end > start:  # a bracket: a block has no end of its own, and ends with what it holds
            node.end = end
        self._add(node, start)

    def _alias(self, event: "AliasEvent", start: int, _end: int) -> None:
        node = self._anchors.get(event.anchor or "")
        if node is None or node in self._opened:
            refuse(self._module, "it has an alias without an anchor before it", start)
        self._add(node, start)

    def _name(self, event: "ScalarEvent | CollectionStartEvent", node: Node) -> None:
        if event.anchor is not None:
            self._anchors[event.anchor] = node

    def _add(self, child: Node, at: int) -> None:
        parent = self._opened[-1]
        parent.children.append(child)
        parent.weight += child.weight
        parent.depth = max(parent.depth, child.depth + 1)
        parent.end = max(parent.end, child.end)
        if parent.weight > MAX_WEIGHT:
            refuse(self._module, f"it grows to more than {MAX_WEIGHT} values", at)
        if parent.depth > MAX_DEPTH:
            refuse(self._module, "it is nested too deeply", at)


def _tag(tag: str | None) -> str:
    return "" if tag in (None, "!") else str(tag)


def offset_of(mark: Any) -> int:
    """Give the offset in the text that a mark of PyYAML stands for."""
    return int(mark.index) if mark else 0
