"""Find out what an expression in DAG code is worth, without running it.

PURE. What is not certain is Unknown, with the reason. A dict or a list that a name stands for counts only where
nothing in its file can change it.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import ClassVar, NamedTuple

from astrokpo_cli.dags.mutation import Setting, is_attribute_kept, settings_of
from astrokpo_cli.dags.scope import Binding, Scope, ScopeNode, dotted_names, find_bindings, function_of
from astrokpo_cli.dags.source import Module
from astrokpo_cli.dags.values import Entries, Items, Model, Origin, Scalar, Text, Unknown, Value
from astrokpo_cli.dags.world import World

_MODELS = re.compile(r"kubernetes\.client(?:\.models(?:\.\w+)?)?\.(V\d\w*)")
_COPIES = {"copy.copy", "copy.deepcopy"}
NOT_READ = frozenset({"annotations", "arguments", "args", "cmds", "command", "doc_md", "env", "env_vars", "labels"})
"""Keywords of operators and models that no rule asks for; they are long."""
_PODS = {"V1Pod", "V1PodSpec", "V1PodTemplateSpec", "V1LocalObjectReference"}
"""Models whose parts decide over pull secrets; what else is done to a model is not asked."""
_NOT_ALWAYS = "it is not always the same"
_TEMPLATE = re.compile(r"\{\{|\{%|\{#")


class Frame(NamedTuple):
    """A call of a function: what its parameters are."""

    function: ScopeNode
    values: Mapping[str, Value]


class Evaluator:
    """Evaluates expressions of one world; what it found once it remembers."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._known: dict[ast.expr, Value] = {}
        self._busy: set[ast.AST] = set()
        self._set: dict[tuple[str, Scope], Sequence[Setting] | None] = {}
        self._kept: dict[tuple[str, Module], bool] = {}
        self._followed: set[tuple[Scope, str]] = set()
        """The names in other modules that are being evaluated: an import may lead back to itself."""

    def value(self, node: ast.expr, scope: Scope, frame: Frame | None = None) -> Value:
        """Give what NODE is worth in SCOPE."""
        if frame is None and node in self._known:
            return self._known[node]
        if node in self._busy or len(self._busy) > 60:
            return Unknown(Origin(scope.module, node), "it depends on itself")
        self._busy.add(node)
        try:
            found = self._value(node, scope, frame)
        finally:
            self._busy.discard(node)
        if frame is None:
            self._known[node] = found
        return found

    def _value(self, node: ast.expr, scope: Scope, frame: Frame | None) -> Value:
        origin = Origin(scope.module, node)
        step = self._STEPS.get(type(node))
        return step(self, origin, node, scope, frame) if step else Unknown(origin, "it is computed")

    def _constant(self, origin: Origin, node: ast.Constant, *_: Scope | Frame | None) -> Value:
        if isinstance(node.value, str):
            return _text(origin, node.value)
        if isinstance(node.value, bool | int | float | None):
            return Scalar(origin, node.value)
        return Unknown(origin, "it is computed")

    def _negative(self, origin: Origin, node: ast.UnaryOp, scope: Scope, frame: Frame | None) -> Value:
        inner = self.value(node.operand, scope, frame)
        if isinstance(node.op, ast.USub) and isinstance(inner, Scalar) and type(inner.value) in (int, float):
            return Scalar(origin, -(inner.value or 0))
        return Unknown(origin, "it is computed")

    def _either(self, origin: Origin, node: ast.IfExp, scope: Scope, frame: Frame | None) -> Value:
        return join(origin, [self.value(part, scope, frame) for part in (node.body, node.orelse)])

    def _logic(self, origin: Origin, node: ast.BoolOp, scope: Scope, frame: Frame | None) -> Value:
        """Give the first value that is true, for `or`; the first that is not, for `and`."""
        ends = isinstance(node.op, ast.Or)
        possible = []
        for part in node.values:
            value = self.value(part, scope, frame)
            known = truth(value)
            if known is None or known is ends or part is node.values[-1]:
                possible.append(value)
            if known is ends:
                break
        return join(origin, possible)

    def _walrus(self, _: Origin, node: ast.NamedExpr, scope: Scope, frame: Frame | None) -> Value:
        return self.value(node.value, scope, frame)

    def _joined(self, origin: Origin, node: ast.JoinedStr, scope: Scope, frame: Frame | None) -> Value:
        text = ""
        for part in node.values:
            inner = part.value if isinstance(part, ast.FormattedValue) else part
            plain = not isinstance(part, ast.FormattedValue) or (part.conversion == -1 and part.format_spec is None)
            value = self.value(inner, scope, frame)
            if not isinstance(value, Text) or not plain:
                return Text(origin, text, complete=False)
            text += value.text
            if not value.complete:
                return Text(origin, text, complete=False, template=value.template)
        return _text(origin, text)

    def _items(self, origin: Origin, node: ast.List | ast.Tuple, scope: Scope, frame: Frame | None) -> Value:
        items: list[Value] = []
        for part in node.elts:
            if not isinstance(part, ast.Starred):
                items.append(self.value(part, scope, frame))
                continue
            inner = self.value(part.value, scope, frame)
            if not isinstance(inner, Items):
                return Unknown(origin, f"{_shown(part)} may hold more")
            items += inner.items
        return Items(origin, tuple(items))

    def _entries(self, origin: Origin, node: ast.Dict, scope: Scope, frame: Frame | None) -> Value:
        entries: dict[str, Value] = {}
        for key, part in zip(node.keys, node.values, strict=True):
            value = self.value(part, scope, frame)
            if key is None:
                if not isinstance(value, Entries):
                    return Unknown(origin, f"**{_shown(part)} may hold more")
                entries |= value.entries
                continue
            name = self.value(key, scope, frame)
            if isinstance(name, Text) and name.complete:
                entries[name.text] = value
            elif not isinstance(name, Scalar):
                return Unknown(origin, f"the key {_shown(key)} is not known")
        return Entries(origin, entries)

    def _name(self, origin: Origin, node: ast.Name, scope: Scope, frame: Frame | None) -> Value:
        found = find_bindings(node.id, scope)
        if found is None:
            return self._imported(origin, dotted_names(node, scope))
        where, bindings = found
        values = [self._bound(each, node.id, where, origin, frame) for each in reaching(node, scope, where, bindings)]
        value = join(origin, values)
        if isinstance(value, Entries | Items):
            return self._as_set(origin, value, node, scope, where, frame)
        if isinstance(value, Model) and value.name in _PODS and self._settings(node.id, where) != []:
            return Unknown(origin, f"{node.id} may be changed after it is made")
        return value

    def _settings(self, name: str, where: Scope) -> Sequence[Setting] | None:
        if (name, where) not in self._set:
            self._set[name, where] = settings_of(name, where, self.world.survey(where.module))
        return self._set[name, where]

    def _is_kept(self, attribute: str, scope: Scope) -> bool:
        if (attribute, scope.module) not in self._kept:
            self._kept[attribute, scope.module] = is_attribute_kept(attribute, self.world.survey(scope.module))
        return self._kept[attribute, scope.module]

    def _as_set(
        self, origin: Origin, value: Entries | Items, node: ast.Name, scope: Scope, where: Scope, frame: Frame | None
    ) -> Value:
        """Give what is certain of VALUE, which NODE stands for, by what its module does to it."""
        settings = self._settings(node.id, where)
        if settings is None or (settings and isinstance(value, Items)):
            return Unknown(origin, f"{node.id} may be changed after it is made")
        if not settings or isinstance(value, Items):
            return value
        entries = dict(value.entries)
        often = Counter(setting.key for setting in settings)
        for setting in settings:
            once = often[setting.key] == 1 and len(where.bindings[node.id]) == 1
            if once and setting.value is not None and _is_done(setting, node, scope, where):
                entries[setting.key] = self.value(setting.value, where, frame)
            else:
                entries[setting.key] = Unknown(origin, f'{node.id}["{setting.key}"] is not always the same')
        return Entries(origin, entries)

    def _bound(self, binding: Binding, name: str, where: Scope, origin: Origin, frame: Frame | None) -> Value:
        match binding.node:
            case ast.alias():
                return self._imported(origin, (binding.dotted,))
            case ast.arg():
                if frame and frame.function is where.node and name in frame.values:
                    return frame.values[name]
                return Unknown(origin, f"{name} is a parameter")
            case ast.For() | ast.comprehension() as loop:
                return self._of_loop(loop, name, where, origin, frame)
            case ast.expr() as expression:
                return self.value(expression, where, frame)
        return Unknown(origin, f"it cannot be said what {name} is")

    def _of_loop(
        self, loop: ast.For | ast.comprehension, name: str, where: Scope, origin: Origin, frame: Frame | None
    ) -> Value:
        around = where.parent if isinstance(loop, ast.comprehension) and where.parent else where
        items = self._iterated(loop.iter, around, frame)
        if items is None:
            return Unknown(origin, f"{name} is what a loop gives")
        picked = [_picked(item, loop.target, name) for item in items]
        return join(origin, [value or Unknown(origin, f"{name} is what a loop gives") for value in picked])

    def _iterated(self, node: ast.expr, scope: Scope, frame: Frame | None) -> Sequence[Value] | None:
        """Give what a loop over NODE gives one after the other; None where that is not known."""
        match node:
            case ast.Call(func=ast.Attribute(value=base, attr="items" | "values" as method), args=[]):
                mapping = self.value(base, scope, frame)
                if not isinstance(mapping, Entries):
                    return None
                if method == "values":
                    return list(mapping.entries.values())
                pairs = mapping.entries.items()
                return [Items(value.origin, (Text(value.origin, key), value)) for key, value in pairs]
        value = self.value(node, scope, frame)
        if isinstance(value, Entries):
            return [Text(value.origin, key) for key in value.entries]
        return value.items if isinstance(value, Items) else None

    def _imported(self, origin: Origin, dotted: Sequence[str]) -> Value:
        """Give the value of a name that is imported from the project's own modules."""
        values = []
        for each in dotted:
            found = self.world.follow(each, origin.module)
            if found is None or not found[1] or found in self._followed:
                return Unknown(origin, f"it is imported: {each.lstrip('.')}")
            self._followed.add(found)
            try:
                values.append(self._name(origin, ast.Name(found[1], ast.Load()), found[0], None))
            finally:
                self._followed.discard(found)
        return join(origin, values) if values else Unknown(origin, f"it cannot be said what {_shown(origin.node)} is")

    def _attribute(self, origin: Origin, node: ast.Attribute, scope: Scope, frame: Frame | None) -> Value:
        dotted = dotted_names(node, scope)
        if dotted:
            return self._imported(origin, dotted)
        body = self._class_body(node.value, scope)
        if body is not None and node.attr in body[1]:
            where, bindings = body
            value = join(origin, [self._bound(each, node.attr, where, origin, frame) for each in bindings[node.attr]])
            if self._is_kept(node.attr, where) and self._is_kept(node.attr, scope):
                return value
            return Unknown(origin, f"{_shown(node)} may be changed after it is made")
        return Unknown(origin, f"it cannot be said what {_shown(node)} is")

    def _class_body(self, node: ast.expr, scope: Scope) -> tuple[Scope, dict[str, list[Binding]]] | None:
        """Give the scope of the class that NODE names: for `Images.ETL`."""
        if not isinstance(node, ast.Name):
            return None
        found = find_bindings(node.id, scope)
        where, name = (found[0], node.id) if found else (scope, "")
        if found and len(found[1]) == 1 and found[1][0].dotted:
            followed = self.world.follow(found[1][0].dotted, scope.module)
            if followed is None:
                return None
            where, name = followed
        sites = [site for site in self.world.survey(where.module).classes if site.node.name == name]
        bound = where.bindings.get(name, ())
        if len(sites) != 1 or len(bound) != 1 or bound[0].node is not sites[0].node or sites[0].node.decorator_list:
            return None
        return sites[0].body, sites[0].body.bindings

    def _subscript(self, origin: Origin, node: ast.Subscript, scope: Scope, frame: Frame | None) -> Value:
        whole, key = self.value(node.value, scope, frame), self.value(node.slice, scope, frame)
        match whole, key:
            case Entries(entries=entries), Text(complete=True, text=name) if name in entries:
                return entries[name]
            case Items(items=items), Scalar(value=int() as index) if -len(items) <= index < len(items):
                return items[index]
        return Unknown(origin, f"it cannot be said what {_shown(node)} is")

    def _call(self, origin: Origin, node: ast.Call, scope: Scope, frame: Frame | None) -> Value:
        dotted = dotted_names(node.func, scope)
        models = {match[1] for name in dotted if (match := _MODELS.fullmatch(name))}
        if len(models) == 1:
            return self._model(origin, models.pop(), node, scope, frame)
        if dotted and set(dotted) <= _COPIES and len(node.args) == 1:
            return self.value(node.args[0], scope, frame)
        match node.func:
            case ast.Name(id="dict") if not dotted and find_bindings("dict", scope) is None:
                return self._dict_of(origin, node, scope, frame)
            case ast.Name(id="list" | "tuple" as name) if find_bindings(name, scope) is None and len(node.args) == 1:
                inner = self.value(node.args[0], scope, frame)
                return inner if isinstance(inner, Items) else Unknown(origin, "it is computed")
            case ast.Attribute(value=base, attr="copy") if not node.args:
                inner = self.value(base, scope, frame)
                return inner if isinstance(inner, Entries | Items) else Unknown(origin, "it is computed")
            case ast.Attribute(value=base, attr="format"):
                return _up_to(origin, self.value(base, scope, frame), r"[{}]")
            case ast.Attribute(value=base, attr="get") if len(node.args) in (1, 2) and not node.keywords:
                return self._got(origin, self.value(base, scope, frame), node, scope, frame)
        return Unknown(origin, _why_call(node, dotted))

    def _model(self, origin: Origin, name: str, node: ast.Call, scope: Scope, frame: Frame | None) -> Value:
        given = self.keywords(node, scope, frame)
        starred = any(isinstance(argument, ast.Starred) for argument in node.args)
        arguments = () if starred else tuple(self.value(argument, scope, frame) for argument in node.args)
        return Model(origin, name, arguments, given.values, complete=not given.more and not starred)

    def _dict_of(self, origin: Origin, node: ast.Call, scope: Scope, frame: Frame | None) -> Value:
        entries: dict[str, Value] = {}
        for argument in node.args:
            inner = self.value(argument, scope, frame)
            if not isinstance(inner, Entries):
                return Unknown(origin, f"{_shown(argument)} may hold more")
            entries |= inner.entries
        given = self.keywords(node, scope, frame)
        return Unknown(origin, given.more) if given.more else Entries(origin, {**entries, **given.values})

    def _got(self, origin: Origin, whole: Value, node: ast.Call, scope: Scope, frame: Frame | None) -> Value:
        key = self.value(node.args[0], scope, frame)
        if not isinstance(whole, Entries) or not isinstance(key, Text) or not key.complete:
            return Unknown(origin, _why_call(node, dotted_names(node.func, scope)))
        if key.text in whole.entries:
            return whole.entries[key.text]
        return self.value(node.args[1], scope, frame) if len(node.args) == 2 else Scalar(origin, None)

    def _binary(self, origin: Origin, node: ast.BinOp, scope: Scope, frame: Frame | None) -> Value:
        left, right = self.value(node.left, scope, frame), self.value(node.right, scope, frame)
        match node.op, left, right:
            case ast.Add(), Text(complete=False), _:
                return left._replace(origin=origin)
            case ast.Add(), Text(), Text():
                both = _text(origin, left.text + right.text)
                return both._replace(complete=both.complete and right.complete)
            case ast.Add(), Text(), _:
                return Text(origin, left.text, complete=False)
            case ast.Add(), Items(), Items():
                return Items(origin, left.items + right.items)
            case ast.BitOr(), Entries(), Entries():
                return Entries(origin, {**left.entries, **right.entries})
            case ast.Mod(), Text(), _:
                return _up_to(origin, left, "%")
        return Unknown(origin, "it is computed")

    def keywords(self, node: ast.Call, scope: Scope, frame: Frame | None = None) -> "Keywords":
        """Give what NODE passes by keyword, through ** too."""
        values: dict[str, Value] = {}
        from_dict: set[str] = set()
        more = ""
        for keyword in node.keywords:
            if keyword.arg in NOT_READ:
                values[keyword.arg] = Unknown(Origin(scope.module, keyword.value), "it is not looked at")
                continue
            value = self.value(keyword.value, scope, frame)
            if keyword.arg is not None:
                values[keyword.arg] = value
            elif isinstance(value, Entries):
                values |= value.entries
                from_dict |= set(value.entries)
            else:
                more = more or f"**{_shown(keyword.value)} may hold more{_because(value)}"
        return Keywords(values, frozenset(from_dict), more)

    _STEPS: ClassVar[dict[type[ast.expr], Callable[..., Value]]] = {
        ast.Constant: _constant,
        ast.JoinedStr: _joined,
        ast.List: _items,
        ast.Tuple: _items,
        ast.Dict: _entries,
        ast.Name: _name,
        ast.Attribute: _attribute,
        ast.Subscript: _subscript,
        ast.Call: _call,
        ast.BinOp: _binary,
        ast.IfExp: _either,
        ast.BoolOp: _logic,
        ast.NamedExpr: _walrus,
        ast.UnaryOp: _negative,
    }


class Keywords(NamedTuple):
    """What a call passes by keyword."""

    values: Mapping[str, Value]
    from_dict: frozenset[str] = frozenset()
    """Those that come through **."""
    more: str = ""
    """Why there may be others; empty where all are known."""


def join(origin: Origin, values: Sequence[Value]) -> Value:
    """Give what is certain of a value that is one of VALUES."""
    if len(values) == 1:
        return values[0]
    unknown = next((value for value in values if isinstance(value, Unknown)), None)
    if unknown:
        return unknown
    if values and all(same(values[0], value) for value in values[1:]):
        return values[0]
    texts = [value for value in values if isinstance(value, Text)]
    if values and len(texts) == len(values):
        return Text(origin, _common([text.text for text in texts]), False, any(text.template for text in texts))
    dicts = [value for value in values if isinstance(value, Entries)]
    if values and len(dicts) == len(values):
        return _join_entries(origin, dicts)
    return Unknown(origin, _NOT_ALWAYS)


def _join_entries(origin: Origin, dicts: Sequence[Entries]) -> Value:
    """Give what is certain of a dict that is one of DICTS: of each entry for itself."""
    keys = dict.fromkeys(key for each in dicts for key in each.entries)
    absent = Unknown(origin, _NOT_ALWAYS)
    return Entries(origin, {key: join(origin, [each.entries.get(key, absent) for each in dicts]) for key in keys})


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
            return len(left.items) == len(right.items) and all(map(same, left.items, right.items))
        case Entries(), Entries():
            return left.entries.keys() == right.entries.keys() and all(
                same(value, right.entries[key]) for key, value in left.entries.items()
            )
        case Model(), Model():
            keywords = left.keywords.keys() == right.keywords.keys() and all(
                same(value, right.keywords[key]) for key, value in left.keywords.items()
            )
            positional = len(left.arguments) == len(right.arguments) and all(map(same, left.arguments, right.arguments))
            return left.name == right.name and keywords and positional and left.complete and right.complete
    return False


def reaching(node: ast.Name, scope: Scope, where: Scope, bindings: Sequence[Binding]) -> Sequence[Binding]:
    """Give those of BINDINGS, made in WHERE, that NODE may see in SCOPE.

    In the scope that binds it a name has what was last given to it for certain, or what may have been given to it.
    """
    if len(bindings) == 1 or function_of(scope) is not where or not hasattr(node, "lineno"):
        return bindings
    use = (node.lineno, node.col_offset)
    seen: list[Binding] = []
    for binding in bindings:
        if not binding.certain:
            seen.append(binding)
        elif _end_of(binding.node) <= use:
            seen = [later for later in seen if _end_of(later.node) > use] + [binding]
    return seen or bindings


def _is_done(setting: Setting, node: ast.Name, scope: Scope, where: Scope) -> bool:
    """Whether SETTING, of what is bound in WHERE, is certainly done before NODE is looked at in SCOPE.

    It is where it is a statement of WHERE's own, above the use or in a module that was imported whole.
    """
    body = getattr(where.node, "body", ())
    if setting.scope is not where or setting.statement not in body or isinstance(where.node, ast.Lambda):
        return False
    if not hasattr(node, "lineno"):
        return True
    return function_of(scope) is where and _end_of(setting.statement) <= (node.lineno, node.col_offset)


def _end_of(node: ast.AST | None) -> tuple[int, int]:
    place = node.context_expr if isinstance(node, ast.withitem) else node
    return getattr(place, "end_lineno", 0) or 0, getattr(place, "end_col_offset", 0) or 0


def _text(origin: Origin, text: str) -> Text:
    template = _TEMPLATE.search(text) if "{" in text else None
    return Text(origin, text[: template.start()], False, True) if template else Text(origin, text)


def _up_to(origin: Origin, value: Value, mark: str) -> Value:
    """Give the beginning of a text that is formatted at MARK."""
    if not isinstance(value, Text):
        return Unknown(origin, "it is computed")
    found = re.search(mark, value.text)
    return Text(origin, value.text[: found.start()], False, value.template) if found else value


def _common(texts: Iterable[str]) -> str:
    low, high = min(texts := list(texts)), max(texts)
    length = next((index for index, char in enumerate(low) if high[index : index + 1] != char), len(low))
    return low[:length]


def _picked(item: Value, target: ast.expr, name: str) -> Value | None:
    """Give the part of ITEM that goes to NAME in TARGET."""
    if isinstance(target, ast.Name):
        return item
    if isinstance(target, ast.Tuple | ast.List) and isinstance(item, Items) and len(target.elts) == len(item.items):
        for part, inner in zip(target.elts, item.items, strict=True):
            if isinstance(part, ast.Name | ast.Tuple | ast.List) and any(
                isinstance(node, ast.Name) and node.id == name for node in ast.walk(part)
            ):
                return _picked(inner, part, name)
    return None


def _why_call(node: ast.Call, dotted: Sequence[str]) -> str:
    name = dotted[0] if dotted else _shown(node.func)
    if name in ("os.getenv", "os.environ.get"):
        return "it comes from the environment"
    if name.endswith("Variable.get"):
        return "it is a Variable of Airflow"
    return f"it is what {_shown(node.func)}() returns"


def _because(value: Value) -> str:
    return f": {value.why}" if isinstance(value, Unknown) and "(" not in value.why else ""


def _shown(node: ast.expr) -> str:
    """Give a name for NODE that fits into a sentence."""
    if isinstance(node, ast.Name | ast.Attribute | ast.Starred):
        return ast.unparse(node)
    if isinstance(node, ast.Call):
        return f"{_shown(node.func)}()"
    if isinstance(node, ast.Subscript):
        return f"{_shown(node.value)}[...]"
    return "an expression"
