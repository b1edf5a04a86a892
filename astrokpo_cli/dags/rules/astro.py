"""AKP301 to 306: what Astro does not support, or bills.

PURE.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from astrokpo_cli.dags.findings import Finding
from astrokpo_cli.dags.rules import places
from astrokpo_cli.dags.rules.expectations import Expectations
from astrokpo_cli.dags.rules.quantities import BILLIONTHS, amount
from astrokpo_cli.dags.tasks import Task
from astrokpo_cli.dags.values import Entries, Model, Scalar, Text, Value, is_none
from astrokpo_cli.errors import quote

_CLAIMS = ("persistentVolumeClaim", "persistent_volume_claim")
_SIZED = ("container_resources", "full_pod_spec", "pod_template_dict")
_MOUNTING = ("volumes", "full_pod_spec", "pod_template_dict")
_DEFAULT_CONNECTION = "kubernetes_default"


class _Limit(NamedTuple):
    """The most that Astro gives to a pod."""

    amount: int
    """In billionths."""
    words: str
    on_request: str = ""
    """What it gives on request; empty where no more than that."""


_GIB = BILLIONTHS * 1024**3
_LIMITS = {
    "cpu": _Limit(43 * BILLIONTHS, "43 vCPU", "86"),
    "memory": _Limit(86 * _GIB, "86 GiB", "172 GiB"),
    "ephemeral-storage": _Limit(100 * _GIB, "100 GiB"),
}


class _Elsewhere(NamedTuple):
    """Why a task's pod is in another cluster."""

    why: str
    name: str = ""
    """The keyword that says so; empty where the operator does."""
    value: Value | None = None


def judge_astro(task: Task, expected: Expectations) -> Iterator[Finding]:
    """Give what of TASK is not for Astro; of a task whose pod is in another cluster only that it is."""
    elsewhere = _elsewhere(task)
    if elsewhere:
        yield from _external(task, elsewhere, expected)
        return
    yield from _claims(task)
    yield from _service_account(task)
    yield from _sizes(task)
    yield from _namespace(task, expected)


def is_external(task: Task) -> bool:
    """Whether the pod of TASK runs in another cluster than Astro's."""
    return _elsewhere(task) is not None


def _elsewhere(task: Task) -> _Elsewhere | None:
    if task.operator.external:
        return _Elsewhere(task.operator.name)
    in_cluster = task.value("in_cluster")
    if isinstance(in_cluster, Scalar) and in_cluster.value is True:
        return None  # the hook looks at nothing else then
    for name in ("config_file", "kubernetes_conn_id", "cluster_context"):
        value = task.value(name)
        if isinstance(value, Text) and _is_given(name, value):
            return _Elsewhere(name, name, value)
    if isinstance(in_cluster, Scalar) and in_cluster.value is False:
        return _Elsewhere("in_cluster=False", "in_cluster", in_cluster)
    return None


def _is_given(name: str, value: Text) -> bool:
    """Whether VALUE certainly says where the pod runs."""
    if name == "kubernetes_conn_id":
        return value.complete and value.text not in ("", _DEFAULT_CONNECTION)
    return bool(value.text) or not value.complete


def _external(task: Task, elsewhere: _Elsewhere, expected: Expectations) -> Iterator[Finding]:
    if task.verdict.kind == "none" and not expected.may_need_secret(task.image):
        return
    secrets = " and ".join(map(quote, task.verdict.secrets))
    yield places.at_task(
        "AKP303",
        task,
        places.of_value(task, elsewhere.name, elsewhere.value) if elsewhere.value else places.of_operator(task),
        f"with {elsewhere.why} the pod runs in another cluster, where no pull secret of Astro's is",
        f"see that {secrets or 'a pull secret'} is in that cluster's namespace, where the image needs one",
    )


def _claims(task: Task) -> Iterator[Finding]:
    for name in _MOUNTING:
        given = task.value(name)
        for value in places.walk(given) if given else ():
            fields = _fields(value)
            for claim in (fields[key] for key in _CLAIMS if key in fields):
                if is_none(claim):
                    continue
                yield places.at_task(
                    "AKP301",
                    task,
                    places.of_value(task, name, claim),
                    "Astro has no persistent volumes for pods: this one waits for its claim until it times out",
                    "use object storage, or an empty_dir volume for what one task needs",
                )


def _service_account(task: Task) -> Iterator[Finding]:
    value = task.value("service_account_name")
    if isinstance(value, Text) and value.text != "default" and (value.text or not value.complete):
        yield places.at_task(
            "AKP302",
            task,
            places.of_value(task, "service_account_name", value),
            f"the service account {places.shown(value)} must be one in the Deployment's own namespace",
            "leave it out, or have support confirm it; Astro supports none of another account",
        )


def _sizes(task: Task) -> Iterator[Finding]:
    for name in _SIZED:
        given = task.value(name)
        for value in places.walk(given) if given else ():
            sizes = _fields(value)
            if not ("limits" in sizes or "requests" in sizes):
                continue
            limits, requests = _amounts(sizes.get("limits")), _amounts(sizes.get("requests"))
            yield from _over_limit(task, name, limits, requests)
            yield from _different(task, name, limits, requests)


def _fields(value: Value) -> Mapping[str, Value]:
    """Give what a model or a dict holds by name."""
    match value:
        case Model(keywords=fields) | Entries(entries=fields):
            return fields
    return {}


class _Amount(NamedTuple):
    value: Value
    number: int
    """In billionths."""


_Amounts = dict[str, _Amount]


def _amounts(sizes: Value | None) -> _Amounts:
    """Give the amounts in SIZES that are known."""
    entries = sizes.entries if isinstance(sizes, Entries) else {}
    numbers = {key: (value, amount(value)) for key, value in entries.items()}
    return {key: _Amount(value, number) for key, (value, number) in numbers.items() if number is not None}


def _over_limit(task: Task, name: str, limits: _Amounts, requests: _Amounts) -> Iterator[Finding]:
    for resource, limit in _LIMITS.items():
        given = [sizes[resource] for sizes in (limits, requests) if resource in sizes]
        over = next((each for each in given if each.number > limit.amount), None)
        if over is None:
            continue
        more = f", or {limit.on_request} on request" if limit.on_request else ""
        yield places.at_task(
            "AKP304",
            task,
            places.of_value(task, name, over.value),
            f"{_written(over.value)} of {resource} is more than Astro gives to a pod: {limit.words}{more}",
            "ask for less; where support has raised the limit, ignore this rule here" if more else "ask for less",
        )


def _different(task: Task, name: str, limits: _Amounts, requests: _Amounts) -> Iterator[Finding]:
    shared = [resource for resource in requests if resource in limits]
    different = [resource for resource in shared if requests[resource].number != limits[resource].number]
    if different:
        pairs = ", ".join(
            f"{resource} {_written(requests[resource].value)} and {_written(limits[resource].value)}"
            for resource in different
        )
        yield places.at_task(
            "AKP305",
            task,
            places.of_value(task, name, requests[different[0]].value),
            f"requests and limits differ ({pairs}): Astro raises the requests, and bills the limits",
            "write the same amounts in both",
        )


def _written(value: Value) -> str:
    match value:
        case Text(text=text):
            return quote(text)
        case Scalar(value=number):
            return str(number)
    return ""


def _namespace(task: Task, expected: Expectations) -> Iterator[Finding]:
    value = task.value("namespace")
    if not isinstance(value, Text) or not value.complete or not value.text:
        return
    if expected.versions.provider_has((5,)) is False:
        hint = 'read it from the configuration: conf.get("kubernetes", "NAMESPACE")'
    else:
        hint = "leave it out: the pod then runs in the Deployment's own"
    yield places.at_task(
        "AKP306",
        task,
        places.of_value(task, "namespace", value),
        f"the namespace {quote(value.text)} is written into the code: each Deployment has its own",
        hint,
    )
