"""Where a finding stands: the smallest piece of the judged file that is wrong.

PURE.
"""

import ast
from collections.abc import Iterator

from astrokpo_cli.dags.findings import Finding, Severity
from astrokpo_cli.dags.rules.catalogue import RULES
from astrokpo_cli.dags.source import Module, Span
from astrokpo_cli.dags.tasks import Task
from astrokpo_cli.dags.values import Entries, Items, Model, Text, Value
from astrokpo_cli.errors import visible


def finding(
    code: str,
    module: Module,
    span: Span,
    message: str,
    hint: str,
    *,
    task: str = "",
    severity: Severity | None = None,
    fixable: bool = False,
) -> Finding:
    """Make the finding of rule CODE at SPAN of MODULE; without a SEVERITY it has its rule's."""
    severity = severity or RULES[code].severity
    return Finding(code, severity, module.path, span, message, hint, task, module.line(span.line), fixable)


def at_task(
    code: str,
    task: Task,
    span: Span,
    message: str,
    hint: str,
    *,
    severity: Severity | None = None,
    fixable: bool = False,
) -> Finding:
    """Make the finding of rule CODE about TASK, at SPAN of its file."""
    return finding(code, task.module, span, message, hint, task=task.name, severity=severity, fixable=fixable)


def of_value(task: Task, name: str, value: Value) -> Span:
    """Give where VALUE, of TASK's keyword NAME or in it, is written; where the task uses it if that is another file."""
    if value.origin.module.path == task.module.path:
        return task.module.span(value.origin.node)
    return of_argument(task, name)


def of_argument(task: Task, name: str) -> Span:
    """Give what the task's call has for its keyword NAME; the operator's name where it has none."""
    keyword = own_keyword(task, name)
    return task.module.span(keyword.value) if keyword else of_operator(task)


def of_name(task: Task, name: str) -> Span:
    """Give the keyword NAME of the task's call, without its value; else where its value is written."""
    whole = of_keyword(task, name)
    if own_keyword(task, name) is None:
        return whole
    return whole._replace(end_line=whole.line, end_column=whole.column + len(name))


def of_keyword(task: Task, name: str) -> Span:
    """Give the keyword NAME of the task's call with its value; else where its value is written."""
    keyword = own_keyword(task, name)
    return task.module.span(keyword) if keyword else of_value(task, name, task.arguments[name].value)


def of_operator(task: Task) -> Span:
    """Give the name of the operator, or of the decorator, in the task's call."""
    return task.module.span(task.call.func if isinstance(task.call, ast.Call) else task.call)


def is_of_class(task: Task, name: str) -> bool:
    """Whether the keyword NAME is given by a class in the task's own file, where it is judged by itself."""
    argument = task.arguments.get(name)
    return argument is not None and argument.source == "class" and argument.value.origin.module is task.module


def own_keyword(task: Task, name: str) -> ast.keyword | None:
    """Give the keyword NAME as it is written in the task's own call, where it reaches the operator from there."""
    argument = task.arguments.get(name)
    if not isinstance(task.call, ast.Call) or argument is None or argument.source != "call":
        return None
    return next((keyword for keyword in task.call.keywords if keyword.arg == name), None)


def shown(text: Text) -> str:
    """Give TEXT in quotes as far as it is known; an ellipsis stands for the rest."""
    return f'"{visible(text.text)}{"" if text.complete else "…"}"'


def walk(value: Value) -> Iterator[Value]:
    """Give VALUE and all that is in it, in the order in which it is written."""
    yield value
    inner: tuple[Value, ...] = ()
    match value:
        case Items():
            inner = value.items
        case Entries():
            inner = tuple(value.entries.values())
        case Model():
            inner = (*value.arguments, *value.keywords.values())
    for each in inner:
        yield from walk(each)


def if_known(known: bool | None) -> Severity | None:
    """Give the severity of what is only wrong with newer versions: the rule's own where they are KNOWN."""
    return None if known else Severity.WARNING


def fix_hint(code: str) -> str:
    """Give the end of a hint to what `dag patch` mends."""
    return f"; astrokpo dag patch --fix {code} does it"
