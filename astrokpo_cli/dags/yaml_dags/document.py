"""A YAML file: its documents as trees of nodes that know their place, and its comments.

PURE. No error quotes the file.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator

from astrokpo_cli.dags.source import Module, UnreadableSource
from astrokpo_cli.dags.yaml_dags.composer import compose, offset_of
from astrokpo_cli.dags.yaml_dags.nodes import Node, YamlFile, position, refuse

_BLOCK = re.compile(r"(?:[&!]\S*[ \t]+)*[|>][-+0-9]*[ \t]*(?:#.*)?(?=[\r\n]|\Z)")


def parse_yaml(content: bytes, path: str) -> tuple[YamlFile, tuple[Node, ...]]:
    """Read CONTENT, the file that people know as PATH, to its documents; raises UnreadableSource."""
    import yaml

    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as err:
        line = content.count(b"\n", 0, err.start) + 1
        raise UnreadableSource("it is not UTF-8", "save it as UTF-8", line) from None
    module = YamlFile(path, text)
    try:
        return module, compose(module, yaml.parse(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.MarkedYAMLError as err:
        refuse(module, "it is not YAML", offset_of(err.problem_mark))
    except (yaml.YAMLError, ValueError):  # ValueError is PyYAML's for a number in a %YAML line
        refuse(module, "it is not YAML", 0)


def comments(module: Module, roots: tuple[Node, ...]) -> Iterator[tuple[int, str]]:
    """Give line and text of each comment; a # in quotes or in a block of text is none."""
    spans = sorted((_content(module.text, node), node.end) for node in _scalars(roots))
    starts = [start for start, _ in spans]
    last = 0
    for match in re.finditer(r"(?<!\S)#", module.text):
        before = bisect_right(starts, match.start()) - 1
        line = position(module, match.start())[0]
        if line != last and (before < 0 or spans[before][1] <= match.start()):
            last = line
            yield line, module.line(line)[match.start() - module.line_starts[line - 1] :]


def _content(text: str, node: Node) -> int:
    """Give where the text of the scalar NODE begins: in a block behind its first line, which may have a comment."""
    header = _BLOCK.match(text, node.start)
    return header.end() if header else node.start


def _scalars(roots: tuple[Node, ...]) -> Iterator[Node]:
    """Give each scalar once, keys too."""
    seen: set[int] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            waiting += node.children
            if node.text is not None:
                yield node
