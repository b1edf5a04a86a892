"""JSON as Go's encoding/json reads it: docker and the kubelet are both written in Go, and both are our referees.

PURE. `decode` takes bytes and a Shape and gives plain values, or raises GoJSONError with a place and never the
content. What differs from `json.loads`: field names match without regard to case, a repeated field of a struct
merges into a map and a repeated key of a map is replaced, `null` leaves a value empty, a wrong type anywhere in
the shape is an error, bytes that are no UTF-8 and lone surrogates become U+FFFD, NaN and a BOM are errors.
"""

import codecs
import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NamedTuple, NoReturn

MAX_DEPTH = 500
"""Deeper nesting is refused. Go stops at 10,000; no configuration comes near either."""


class GoJSONError(ValueError):
    """The text is not the JSON that was asked for; `str()` gives the place and the kind of mistake only."""


TEXT: Final = "text"
"""The shape of a Go string; `null` and an absent field are the empty string."""

TEXTS: Final = "texts"
"""The shape of a Go []string."""


class MapOf(NamedTuple):
    """A Go map[string]T; keys are taken exactly as they are written."""

    value: "Shape"


class Struct(NamedTuple):
    """A Go struct; the names are matched without regard to case."""

    fields: "Mapping[str, Shape]"
    closed: bool = False
    """Whether an unknown field is an error (Go: DisallowUnknownFields)."""
    check: Callable[[dict[str, Any]], None] | None = None
    """Called with each value once it is read, even if a later one replaces it (Go: UnmarshalJSON)."""


Shape = Literal["text", "texts"] | MapOf | Struct

Way = Literal["Unmarshal", "Decode", "Decode one"]
"""How Go is asked: all of the document; the first value, blank for empty; likewise, and no second value."""


def decode(document: bytes, shape: Shape, way: Way = "Unmarshal") -> Any:
    """Read DOCUMENT as SHAPE: str for TEXT, list for TEXTS, dict for MapOf and Struct (every field present).

    Unmarshal refuses an empty document and any text after the value. Decode takes a blank document for an empty
    value and ignores what follows the first; "Decode one" (Decoder.More) ignores only a closing bracket and what
    follows that. Raises GoJSONError.
    """
    text = document.decode("utf-8", _REPLACE_EACH_BYTE)
    start = len(text) - len(text.lstrip(_BLANKS))
    if way != "Unmarshal" and start == len(text):
        return _empty(shape)
    value, end = _scan(text, start)
    rest = text[end:].lstrip(_BLANKS)
    if rest and (way == "Unmarshal" or (way == "Decode one" and rest[0] not in "]}")):
        raise GoJSONError(f"more text after the end of the JSON value at {_place(text, end)}")
    return _fill(shape, _empty(shape), value, "")


def _scan(text: str, start: int) -> tuple[Any, int]:
    decoder = json.JSONDecoder(
        object_pairs_hook=tuple, parse_int=_number, parse_float=_number, parse_constant=_no_constant
    )
    try:
        value, end = decoder.raw_decode(text, start)
    except json.JSONDecodeError as err:
        # err.doc is the whole document: nothing of it may travel on.
        raise GoJSONError(f"not JSON at line {err.lineno} column {err.colno}") from None
    except RecursionError:
        raise GoJSONError("nested too deeply") from None
    _check_depth(value)
    return value, end


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [child for node in level if isinstance(node, tuple | list) for child in _children(node)]
        if not level:
            return
    raise GoJSONError("nested too deeply")


def _children(node: tuple[tuple[str, Any], ...] | list[Any]) -> list[Any]:
    return [value for _, value in node] if isinstance(node, tuple) else node


def _fill(shape: Shape, before: Any, value: Any, place: str) -> Any:
    """Decode VALUE over BEFORE, which is what an earlier field of the same name left."""
    match shape:
        case "text":
            return _fill_text(before, value, place)
        case "texts":
            return _fill_texts(value, place)
        case MapOf(element):
            return _fill_map(element, before, value, place)
        case Struct():
            return _fill_struct(shape, before, value, place)


def _fill_text(before: str, value: Any, place: str) -> str:
    if value is None:
        return before
    if not isinstance(value, str):
        _wrong_type(place, "text", value)
    return _well_formed(value)


def _fill_texts(value: Any, place: str) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, list):
        _wrong_type(place, "a list", value)
    return [_fill_text("", item, place) for item in value]


def _fill_map(element: Shape, before: dict[str, Any], value: Any, place: str) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, tuple):
        _wrong_type(place, "an object", value)
    for key, item in value:
        before[_well_formed(key)] = _fill(element, _empty(element), item, f"an entry of {place or 'the document'}")
    return before


def _fill_struct(shape: Struct, before: dict[str, Any], value: Any, place: str) -> dict[str, Any]:
    if value is not None and not isinstance(value, tuple):
        _wrong_type(place, "an object", value)
    names = {_fold(name): name for name in shape.fields}
    for key, item in value or ():
        name = names.get(_fold(_well_formed(key)))
        if name is not None:
            before[name] = _fill(shape.fields[name], before[name], item, name)
        elif shape.closed:
            raise GoJSONError(f"an unknown field in {place or 'the document'}")
    if shape.check:
        shape.check(before)
    return before


def _empty(shape: Shape) -> Any:
    match shape:
        case "text":
            return ""
        case "texts":
            return []
        case MapOf():
            return {}
        case Struct(fields):
            return {name: _empty(field) for name, field in fields.items()}


def _fold(name: str) -> str:
    """Fold NAME as Go folds field names: ASCII case, the long s (U+017F) and the Kelvin sign (U+212A)."""
    return name.replace("\u017f", "s").replace("\u212a", "k").translate(_LOWER)


def _well_formed(text: str) -> str:
    return text if text.isascii() else "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)


def _wrong_type(place: str, wanted: str, value: Any) -> NoReturn:
    kinds = {str: "text", bool: "true or false", list: "a list", tuple: "an object", _Number: "a number"}
    raise GoJSONError(f"{place or 'the document'} must be {wanted}, not {kinds[type(value)]}")


class _Number:
    """A number; no shape of ours holds one, so its value is never needed."""


def _number(_: str) -> _Number:
    return _Number()


def _no_constant(_: str) -> NoReturn:
    raise GoJSONError("not JSON: NaN and Infinity are no numbers")


def _place(text: str, index: int) -> str:
    line = text.count("\n", 0, index) + 1
    return f"line {line} column {index - text.rfind(chr(10), 0, index)}"


def _replace_each_byte(err: UnicodeError) -> tuple[str, int]:
    if not isinstance(err, UnicodeDecodeError):
        raise err
    return "\ufffd" * (err.end - err.start), err.end


_BLANKS = " \t\r\n"
_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_REPLACE_EACH_BYTE = "astrokpo-replace-each-byte"
codecs.register_error(_REPLACE_EACH_BYTE, _replace_each_byte)
