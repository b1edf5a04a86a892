"""The manifest of a Secret, YAML or JSON, as kubectl and the API server read it.

PURE. `gate` takes only what astrokpo writes; this takes what a person applies: data and stringData, anchors, fields
that are of no interest here. It is a stranger's file: time and memory are bounded, and no error holds its content.
"""

import json
import re
from binascii import a2b_base64
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from astrokpo_cli.errors import InvalidValue, quote
from astrokpo_cli.pullsecret import MAX_DATA

if TYPE_CHECKING:
    from yaml import Event, ScalarEvent

MAX_MANIFEST = 3 * 1024 * 1024
"""The most bytes that the API server takes in a request (MaxRequestBodyBytes)."""
MAX_EVENTS = 100_000
"""The most scalars, starts and ends of YAML that are read. The Secrets of clusters have some hundred."""
MAX_DEPTH = 200

_HINT = "give the manifest of one Secret, such as `kubectl get secret NAME -o yaml` prints"


class PullSecretData(NamedTuple):
    """What of a Secret matters to a pull; its values are secret."""

    type: str
    data: Mapping[str, bytes]
    name: str
    """NAMESPACE/NAME, or NAME where the manifest has no namespace, as they are written; empty without a name."""


def parse_secret(document: bytes) -> PullSecretData:
    """Read the manifest of one Secret; raises InvalidValue, with the place and never the content.

    Values of data are base64 as Go's encoding/json reads it, and stringData goes over data. Fields that a Secret does
    not have are passed over. A YAML merge key (<<) beside what is read here is refused.
    """
    if len(document) > MAX_MANIFEST:
        _refuse(f"is larger than {MAX_MANIFEST} bytes, which no API server takes")
    fields = _fields(document)
    if fields.get("apiVersion") != "v1" or fields.get("kind") != "Secret":
        version, kind = _shown(fields.get("apiVersion")), _shown(fields.get("kind"))
        _refuse(f'has apiVersion {version} and kind {kind}, not "v1" and "Secret"')
    data = {key: _decoded(key, value) for key, value in _texts(fields, "data").items()}
    data |= {key: value.encode("utf-8") for key, value in _texts(fields, "stringData").items()}
    size = sum(map(len, data.values()))
    if size > MAX_DATA:
        _refuse(f"holds {size} bytes of data; a Secret holds at most {MAX_DATA}")
    metadata = _mapping(fields, "metadata")
    namespace, name = (_text(metadata.get(field), f"metadata.{field}") for field in ("namespace", "name"))
    return PullSecretData(
        _text(fields.get("type"), "type") or "Opaque", data, f"{namespace}/{name}" if namespace and name else name
    )


class _Other:
    """A number, a date, true or false: nothing that is read here may be one."""


def _refuse(what: str) -> NoReturn:
    # From None: what a parser raised quotes the line.
    raise InvalidValue(f"the manifest {what}", _HINT) from None


def _shown(value: Any) -> str:
    return quote(value) if isinstance(value, str) else "none" if value is None else "no text"


def _mapping(fields: Mapping[str, Any], field: str) -> dict[str, Any]:
    value = fields.get(field)
    if value is None:
        return {}
    if not isinstance(value, dict):
        _refuse(f"has a {field} that is no mapping")
    return value


def _texts(fields: Mapping[str, Any], field: str) -> dict[str, str]:
    return {key: _text(value, f"{field}, {quote(key)}") for key, value in _mapping(fields, field).items()}


def _text(value: Any, place: str) -> str:
    """Give VALUE, which must be text; Go has the empty text for null, and U+FFFD for what is no character."""
    if value is None:
        return ""
    if not isinstance(value, str):
        _refuse(f"has a value that is no text: {place}")
    return value if value.isascii() else re.sub("[\ud800-\udfff]", "\ufffd", value)


def _decoded(key: str, value: str) -> bytes:
    try:
        return a2b_base64(re.sub(r"[\r\n]", "", value).encode("utf-8"), strict_mode=True)
    except ValueError:
        _refuse(f"has a value that is not base64: data, {quote(key)}")


def _fields(document: bytes) -> dict[str, Any]:
    """Give the fields of the one object in DOCUMENT."""
    encoding = "utf-16" if document.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    # Go's JSON takes bytes that are no UTF-8; its YAML does not.
    text = document.decode(encoding, "surrogateescape" if encoding == "utf-8-sig" else "replace")
    return _json_fields(text) if text.lstrip().startswith("{") else _yaml_fields(text)


def _json_fields(text: str) -> dict[str, Any]:
    """Read what begins with a brace, which kubectl takes for JSON and for nothing else."""
    try:
        return dict(json.loads(text, parse_int=_other, parse_float=_other, parse_constant=_no_constant))
    except RecursionError:
        _refuse("is nested too deeply")
    except json.JSONDecodeError as err:
        what = "has more text after its object" if err.msg == "Extra data" else "is not JSON"
        _refuse(f"{what}, in line {err.lineno}")
    except ValueError:
        _refuse("is not JSON: NaN and Infinity are no numbers")


def _other(_: str) -> _Other:
    return _Other()


def _no_constant(_: str) -> NoReturn:
    raise ValueError("not JSON")


class _Node(NamedTuple):
    """A list or a mapping of YAML; of a mapping, `children` are keys and values in turn."""

    is_mapping: bool
    children: "list[_Node | ScalarEvent]"


def _yaml_fields(text: str) -> dict[str, Any]:
    import yaml

    try:
        roots = _compose(yaml.parse(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    # ValueError is PyYAML's for a character that it cannot encode.
    except (yaml.YAMLError, ValueError) as err:
        _refuse(f"is not YAML{_place(getattr(err, 'problem_mark', None))}")
    objects = [root for root in roots if not (isinstance(root, yaml.ScalarEvent) and _scalar(root) is None)]
    if len(objects) != 1:
        _refuse(f"has {len(objects)} documents, not one" if objects else "is empty")
    root = objects[0]
    if not isinstance(root, _Node) or not root.is_mapping:
        _refuse("is no object")
    names = ("apiVersion", "kind", "metadata", "type", "data", "stringData")
    return {name: _plain(node) for name, node in _pairs(root) if name in names}


def _place(mark: Any) -> str:
    return f", in line {mark.line + 1}" if mark else ""


def _compose(events: "Iterator[Event]") -> "list[_Node | ScalarEvent]":
    """Build the documents; an alias is the node itself, so nothing grows."""
    from yaml import AliasEvent, CollectionEndEvent, CollectionStartEvent, MappingStartEvent, ScalarEvent

    open_nodes = [_Node(is_mapping=False, children=[])]
    anchors: dict[str | None, _Node | ScalarEvent] = {}
    for count, event in enumerate(events):
        if count > MAX_EVENTS or len(open_nodes) > MAX_DEPTH:
            _refuse("is nested too deeply" if count <= MAX_EVENTS else "has more values than any Secret")
        if isinstance(event, CollectionEndEvent):
            open_nodes.pop()
        elif isinstance(event, AliasEvent):
            if event.anchor not in anchors:
                _refuse(f"has an alias without an anchor{_place(event.start_mark)}")
            open_nodes[-1].children.append(anchors[event.anchor])
        elif isinstance(event, ScalarEvent | CollectionStartEvent):
            is_mapping = isinstance(event, MappingStartEvent)
            node = event if isinstance(event, ScalarEvent) else _Node(is_mapping, [])
            open_nodes[-1].children.append(node)
            anchors[event.anchor] = node
            if isinstance(node, _Node):
                open_nodes.append(node)
    return open_nodes[0].children


def _pairs(mapping: _Node) -> "Iterator[tuple[str, _Node | ScalarEvent]]":
    children = iter(mapping.children)
    for key, value in zip(children, children, strict=True):
        if isinstance(key, _Node):
            _refuse("has a key that is no text")
        if key.value == "<<" and key.implicit[0]:
            _refuse(f"has a merge key (<<), which is not followed here{_place(key.start_mark)}")
        yield key.value, value


def _plain(node: "_Node | ScalarEvent", depth: int = 1) -> Any:
    """Give what JSON would: a mapping to DEPTH, texts, null; of anything else only that it is there."""
    if not isinstance(node, _Node):
        return _scalar(node)
    return {key: _plain(value, depth - 1) for key, value in _pairs(node)} if node.is_mapping and depth else _Other()


_NULL = r"|~|null|Null|NULL"
_NO_TEXT = (
    r"y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON|n|N|no|No|NO|false|False|FALSE|off|Off|OFF"
    r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
    r"|[-+]?(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+)"
    r"|[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9_]+)?"
)
"""What kubectl's YAML (goyaml v2) takes for something else than text, where it stands without quotes."""


def _scalar(event: "ScalarEvent") -> str | _Other | None:
    if event.tag not in (None, "!"):
        return _Other() if re.fullmatch("tag:yaml.org,2002:(?!str$).*", event.tag) else event.value
    if not event.implicit[0]:
        return event.value
    if re.fullmatch(_NULL, event.value):
        return None
    return _Other() if re.fullmatch(_NO_TEXT, event.value) else event.value
