"""What is certain of a value that is one of several, and of two values beside each other.

PURE.
"""

from collections.abc import Mapping, Sequence

from astrokpo_cli.dags.values import Entries, Items, Model, Origin, Scalar, Text, Unknown, Value

_NOT_ALWAYS = "it is not always the same"


def join(origin: Origin, values: Sequence[Value]) -> Value:
    """Give what is certain of a value that is one of VALUES."""
    if len(values) == 1:
        return values[0]
    unknown = next((value for value in values if isinstance(value, Unknown)), None)
    if unknown:
        return unknown
    if values and all(same(values[0], value) for value in values[1:]):
        return values[0]
    if values and all(isinstance(value, Text) for value in values):
        return _join_texts(origin, [value for value in values if isinstance(value, Text)])
    if values and all(isinstance(value, Entries) for value in values):
        return _join_entries(origin, [value for value in values if isinstance(value, Entries)])
    return Unknown(origin, _NOT_ALWAYS)


def _join_texts(origin: Origin, texts: Sequence[Text]) -> Text:
    """Give what texts that differ begin with."""
    low, high = min(each.text for each in texts), max(each.text for each in texts)
    length = next((index for index, char in enumerate(low) if high[index : index + 1] != char), len(low))
    return Text(origin, low[:length], False, any(each.template for each in texts))


def _join_entries(origin: Origin, dicts: Sequence[Entries]) -> Entries:
    """Give what is certain of a dict that is one of DICTS: of each entry for itself."""
    keys = dict.fromkeys(key for each in dicts for key in each.entries)
    absent = Unknown(origin, _NOT_ALWAYS)
    return Entries(origin, {key: join(origin, [each.entries.get(key, absent) for each in dicts]) for key in keys})


def one_of(value: Value) -> Value:
    """Give what is certain of a keyword that is mapped over VALUE, as by `.expand`."""
    if isinstance(value, Items) and value.items:
        return join(value.origin, value.items)
    return Unknown(value.origin, "it is mapped")


def truth(value: Value) -> bool | None:
    """Say whether VALUE is true in a condition; None where that is not known."""
    match value:
        case Text():
            return bool(value.text) or (False if value.complete else None)
        case Scalar():
            return bool(value.value)
        case Items():
            return bool(value.items)
        case Entries():
            return bool(value.entries)
        case Model():
            return True
    return None


def same(left: Value, right: Value) -> bool:
    """Whether two values are certainly equal, wherever they are written."""
    match left, right:
        case Text(), Text():
            return left.text == right.text and left.complete and right.complete
        case Scalar(), Scalar():
            return left.value == right.value and type(left.value) is type(right.value)
        case Items(), Items():
            return _same_items(left.items, right.items)
        case Entries(), Entries():
            return _same_entries(left.entries, right.entries)
        case Model(complete=True), Model(complete=True):
            given = _same_items(left.arguments, right.arguments) and _same_entries(left.keywords, right.keywords)
            return given and left.name == right.name
    return False


def _same_items(left: Sequence[Value], right: Sequence[Value]) -> bool:
    return len(left) == len(right) and all(map(same, left, right))


def _same_entries(left: Mapping[str, Value], right: Mapping[str, Value]) -> bool:
    return left.keys() == right.keys() and all(same(value, right[key]) for key, value in left.items())
