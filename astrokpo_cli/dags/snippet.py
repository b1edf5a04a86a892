"""The Python code that runs an image with its pull secret, in the form that an Airflow reads.

PURE. Snippet -> source text. `ruff format` leaves it as it is, at its default line length and at longer ones: only
text inside quotes is ever wider, and what is broken over lines ends in a comma.
"""

import re
from enum import StrEnum
from typing import Literal, NamedTuple, assert_never

from astrokpo_cli.dags.layout import Brackets, Node, call, lay_out, literal, mapping, sequence
from astrokpo_cli.errors import InvalidValue, quote
from astrokpo_cli.images import parse_image

# matched by text and not compiled here: a start that prints no snippet does not pay for them
_VARIANT = r"((a|b|rc)\d+|[-+][a-z][\w.-]*)?"
_DNS_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_LABEL_PART = r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_CPU = r"[0-9]{1,9}(m|\.[0-9]{0,3})?|\.[0-9]{1,3}"
_MEMORY = r"([0-9]{1,18}(\.[0-9]{0,9})?|\.[0-9]{1,9})([KMGTPE]i|[kMGTPE]|[eE][0-9]{1,2})?"

_POD_MODULE = "from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator"
_OLD_MODULE = """\
from airflow.providers.cncf.kubernetes.operators.kubernetes_pod import (
    KubernetesPodOperator,
)"""
_EITHER_MODULE = f"""
try:
    {_POD_MODULE}
except ImportError:  # provider older than 5.3.0
    from airflow.providers.cncf.kubernetes.operators.kubernetes_pod import (
        KubernetesPodOperator,
    )"""
_NAMESPACE = 'namespace = conf.get("kubernetes", "NAMESPACE")'
_EITHER_NAMESPACE = """\
namespace = (
    conf.get("kubernetes", "NAMESPACE", fallback=None)
    # second, since Airflow 3 has "default" here when only the older section is set
    or conf.get("kubernetes_executor", "NAMESPACE", fallback="default")
)"""
_DAG = """\
with DAG(
    dag_id={dag_id},
    start_date=datetime(2024, 1, 1),
    schedule=None,
    catchup=False,
) as dag:
{task}"""
_DECORATED = """
{decorator}
def run_in_pod():
    import platform

    print("hello from Python", platform.python_version())


run_in_pod()"""
_DEFAULT_ARGS = """\
# for every task of DAG(..., default_args=default_args) that runs a pod
{default_args}"""

_DOCUMENTED_CMDS = ("<commands-for-image>",)
_DOCUMENTED_ARGUMENTS = ("<arguments-for-image>",)
_DOCUMENTED_LABELS = (("<pod-label>", "<label-name>"),)


class Form(StrEnum):
    """What is printed."""

    TASK = "task"
    """A call of KubernetesPodOperator with all that it needs, as the documentation sets it up."""
    DAG = "dag"
    """A whole DAG file with that one task."""
    DEFAULT_ARGS = "default-args"
    """The one line that gives every task of a DAG the secrets."""
    DECORATOR = "decorator"
    """A Python function that `@task.kubernetes` runs in the image; it came with provider 4.4.0."""


class Airflow(StrEnum):
    """The Airflow versions that read the same code."""

    ANY = "any"
    """Airflow 2.4 to 3.x, with the Kubernetes provider from 4.2.0 on."""
    V2_4 = "2.4"
    """Airflow 2.4 and older, Astro Runtime 7 and older: the operator in its old module."""
    V2 = "2"
    """Airflow 2.5 to 2.11, with the provider from 5.3.0 on."""
    V3 = "3"


_VERSIONS = {
    Airflow.V2_4: r"2\.[0-4](\.\d+)?|[4-7]\.\d+\.\d+",
    Airflow.V2: r"2|2\.([5-9]|1[01])(\.\d+)?|([89]|1[0-3])\.\d+\.\d+",
    Airflow.V3: r"3(\.\d+){0,2}|3\.\d+-\d+",
}
"""Airflow's versions, and those of Astro Runtime that cannot be one: 4.0.0 to 13, which ran Airflow 2, and 3.0-1 on."""


class Snippet(NamedTuple):
    """What the code is to say; `render` tells what stands for a field that is left out."""

    form: Form = Form.TASK
    airflow: Airflow = Airflow.ANY
    secrets: tuple[str, ...] = ()
    """Names of pull secrets."""
    image: str | None = None
    """The image as the code will name it: printed as given, not normalised."""
    task_id: str | None = None
    """By default the last part of the image's repository."""
    pod_name: str | None = None
    """The beginning of the pod's name, which Airflow ends at random; by default like the task."""
    cmds: tuple[str, ...] = ()
    """Replaces the image's entrypoint."""
    arguments: tuple[str, ...] = ()
    """Replaces the image's command."""
    labels: tuple[tuple[str, str], ...] = ()
    """Keys and values of the pod's labels, each key once."""
    cpu: str | None = None
    """A Kubernetes quantity: what the pod asks for, and the most that it gets."""
    memory: str | None = None
    """A Kubernetes quantity, likewise."""


def parse_airflow(text: str) -> Airflow:
    """Give the Airflow of TEXT: any, a version (2, 2.10.5, 3.1) or an Astro Runtime (11.3.0, 3.0-9).

    What follows a version (3.0-9-base, 2.9.3+astro.5) is passed over. Raises InvalidValue.
    """
    if text == Airflow.ANY:
        return Airflow.ANY
    for airflow, versions in _VERSIONS.items():
        if re.fullmatch(f"({versions}){_VARIANT}", text, re.ASCII):
            return airflow
    raise InvalidValue(
        f"{quote(text)} is not a version of Airflow that astrokpo knows",
        "use any, a version of Airflow such as 2.10 or 3.1.8, or of Astro Runtime such as 11.3.0 or 3.0-9",
    )


def parse_label(text: str) -> tuple[str, str]:
    """Parse KEY=VALUE by Kubernetes' rules for labels: KEY may have a DNS prefix, VALUE may be empty."""
    key, equals, value = text.partition("=")
    prefix, slash, name = key.rpartition("/")
    valid_key = re.fullmatch(_LABEL_PART, name) and (not slash or _is_subdomain(prefix, 253))
    if not equals or not valid_key or (value and not re.fullmatch(_LABEL_PART, value)):
        raise InvalidValue(
            f"{quote(text)} is not a label",
            "use KEY=VALUE, each at most 63 letters, digits, '-', '_' and '.', such as team=data or acme.com/team=data",
        )
    return key, value


def parse_quantity(kind: Literal["cpu", "memory"], text: str) -> str:
    """Give TEXT back when it is an amount of KIND above zero, as Kubernetes writes quantities.

    Narrower than Kubernetes where that only hides a slip: CPU takes no unit but m and is no finer than that, memory
    takes no part of a byte (500m of memory is half a byte).
    """
    grammar, hint = {
        "cpu": (_CPU, "use cores, such as 0.5 or 2, or thousandths of one, such as 500m"),
        "memory": (_MEMORY, "use bytes with a unit, such as 512Mi or 2Gi"),
    }[kind]
    if not re.fullmatch(grammar, text) or not re.match(r"[0.]*[1-9]", text):
        raise InvalidValue(f"{quote(text)} is not an amount of {kind}", hint)
    return text


def unused_fields(snippet: Snippet) -> tuple[str, ...]:
    """Name the fields that SNIPPET gives and its form has no place for.

    A DAG's default_args are for all its tasks; `@task.kubernetes` sets the command itself.
    """
    of_one_task = ("image", "task_id", "pod_name", "cmds", "arguments", "labels")
    unused = {Form.DEFAULT_ARGS: of_one_task, Form.DECORATOR: ("cmds", "arguments")}
    return tuple(field for field in unused.get(snippet.form, ()) if getattr(snippet, field))


def render(snippet: Snippet) -> str:
    """Give the Python source of SNIPPET, ending in one newline; raises InvalidValue for what breaks its kind's rules.

    With no field given it is the documented form with the documented placeholders. With any, it is ready code:
    names come from the image, what is optional is left out, and only an image or a secret that is missing is a
    placeholder (so are the names then).
    """
    _check_names(snippet)
    _check_pod(snippet)
    if snippet == Snippet(snippet.form, snippet.airflow):
        snippet = snippet._replace(cmds=_DOCUMENTED_CMDS, arguments=_DOCUMENTED_ARGUMENTS, labels=_DOCUMENTED_LABELS)
    body = _body(snippet)
    if snippet.cpu or snippet.memory:
        body = f"{_resources(snippet)}\n\n{body}"
    return f"{_imports(snippet.form, snippet.airflow)}\n\n{body}\n"


def _check_names(snippet: Snippet) -> None:
    for secret in snippet.secrets:
        from astrokpo_cli.pullsecret import check_name  # `dag check` asks this module for a version alone

        check_name(secret)
    if snippet.image is not None:
        parse_image(snippet.image)
    if snippet.task_id is not None and not re.fullmatch(r"[\w.-]{1,250}", snippet.task_id):
        raise InvalidValue(
            f"{quote(snippet.task_id)} is not a task id", "use at most 250 letters, digits, '-', '_' and '.'"
        )
    if snippet.pod_name is not None and not _is_subdomain(snippet.pod_name, 220):
        raise InvalidValue(
            f"{quote(snippet.pod_name)} is not a name for a pod",
            "use at most 220 lower-case letters, digits, '-' and '.', a letter or digit first and last in each part",
        )


def _check_pod(snippet: Snippet) -> None:
    for text in (*snippet.cmds, *snippet.arguments):
        if re.search("[\0\ud800-\udfff]", text):
            raise InvalidValue(f"{quote(text)} cannot be passed to a program", "use UTF-8 text without NUL")
    for key, value in snippet.labels:
        parse_label(f"{key}={value}")
    if len(dict(snippet.labels)) < len(snippet.labels):
        raise InvalidValue("a label is given twice", "give each key once")
    if snippet.cpu is not None:
        parse_quantity("cpu", snippet.cpu)
    if snippet.memory is not None:
        parse_quantity("memory", snippet.memory)


def _is_subdomain(text: str, length: int) -> bool:
    return len(text) <= length and re.fullmatch(rf"{_DNS_LABEL}(\.{_DNS_LABEL})*", text) is not None


def _imports(form: Form, airflow: Airflow) -> str:
    """Give the imports in isort's order and, for the forms that need it, the namespace."""
    lines = ["from kubernetes.client import models as k8s"]
    if form == Form.DEFAULT_ARGS:
        return lines[0]
    lines.append("from airflow.configuration import conf")
    if form == Form.DECORATOR:
        lines.append(f"from airflow.{'sdk' if airflow == Airflow.V3 else 'decorators'} import task")
    elif airflow != Airflow.ANY:
        lines.append(_OLD_MODULE if airflow == Airflow.V2_4 else _POD_MODULE)
    if form == Form.DAG:
        lines.append(f"from airflow{'.sdk' if airflow == Airflow.V3 else ''} import DAG")
        lines.append("from pendulum import datetime")
    lines.sort()
    if form != Form.DECORATOR and airflow == Airflow.ANY:
        lines.append(_EITHER_MODULE)
    lines += ["", _NAMESPACE if airflow in {Airflow.V2_4, Airflow.V2} else _EITHER_NAMESPACE]
    return "\n".join(lines)


def _resources(snippet: Snippet) -> str:
    amounts = mapping([(key, text) for key, text in (("cpu", snippet.cpu), ("memory", snippet.memory)) if text])
    return lay_out("compute_resources = ", call("k8s.V1ResourceRequirements", limits=amounts, requests=amounts))


def _body(snippet: Snippet) -> str:
    match snippet.form:
        case Form.TASK:
            return lay_out("", call("KubernetesPodOperator", **_keywords(snippet)))
        case Form.DAG:
            task = lay_out("", call("KubernetesPodOperator", **_keywords(snippet)), indent="    ")
            return _DAG.format(dag_id=literal(_task_id(snippet) or "<dag-name>"), task=task)
        case Form.DECORATOR:
            return _DECORATED.format(decorator=lay_out("@", call("task.kubernetes", **_keywords(snippet))))
        case Form.DEFAULT_ARGS:
            return _DEFAULT_ARGS.format(default_args=lay_out("default_args = ", _default_args(snippet)))
        case _:
            assert_never(snippet.form)


def _default_args(snippet: Snippet) -> Brackets:
    items: list[tuple[str, Node]] = [('"image_pull_secrets": ', _references(snippet.secrets))]
    if snippet.cpu or snippet.memory:
        items.append(('"container_resources": ', "compute_resources"))
    return Brackets("{", tuple(items), "}")


def _keywords(snippet: Snippet) -> dict[str, Node]:
    """Give the task's keywords in the documentation's order, `name` too: provider 4 insists on it."""
    task_id = _task_id(snippet)
    has_command = snippet.form != Form.DECORATOR
    keywords: dict[str, Node | None] = {
        "namespace": "namespace",
        "image_pull_secrets": _references(snippet.secrets),
        "image": literal(snippet.image or "<your-docker-image>"),
        "cmds": sequence(map(literal, snippet.cmds)) if has_command and snippet.cmds else None,
        "arguments": sequence(map(literal, snippet.arguments)) if has_command and snippet.arguments else None,
        "labels": mapping(snippet.labels) if snippet.labels else None,
        "name": literal(snippet.pod_name or _pod_name(task_id)),
        "container_resources": "compute_resources" if snippet.cpu or snippet.memory else None,
        "in_cluster": "True",
        "task_id": literal(task_id or "<task-name>"),
        "get_logs": "True",
    }
    return {key: node for key, node in keywords.items() if node is not None}


def _task_id(snippet: Snippet) -> str | None:
    image_name = parse_image(snippet.image).repository.rpartition("/")[2][:250] if snippet.image else None
    return snippet.task_id or image_name or snippet.pod_name


def _pod_name(task_id: str | None) -> str:
    """Name a pod after its task, within the 63 characters of a host name."""
    if task_id is None:
        return "<pod-name>"
    return re.sub(r"[^a-z0-9]+", "-", task_id.lower()).strip("-")[:63].rstrip("-") or "task"


def _references(secrets: tuple[str, ...]) -> Brackets:
    names = secrets or ("<your-secret-name>",)
    return sequence(call("k8s.V1LocalObjectReference", name=literal(name)) for name in names)
