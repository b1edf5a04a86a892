"""Whether a task has a pull secret, from what reaches its operator.

PURE. `image_pull_secrets`, when it holds any, stands in place of what a pod template holds (facts of Airflow's
KubernetesPodOperator, provider 4.4 to 10.25).
"""

from collections.abc import Mapping

from astrokpo_cli.dags.tasks import PULL_SECRETS, Argument, Verdict
from astrokpo_cli.dags.values import Entries, Items, Model, Scalar, Text, Unknown, Value, is_none

NONE = Verdict("none")
_ORIGINS = {
    "dict": "",
    "class": "its class gives it",
    "default_args": "default_args give it",
    "attribute": "it is set after the task is made",
}
_TEMPLATES = ("pod_template_file", "pod_template_dict", "full_pod_spec")


def judge_secrets(arguments: Mapping[str, Argument], more: str) -> Verdict:
    """Give the verdict for a task that gets ARGUMENTS; MORE says why there may be others."""
    argument = arguments.get(PULL_SECRETS)
    if argument is None and more:
        return Verdict("unknown", (), more)
    own = secrets_of(argument.value) if argument else NONE
    if argument and own.kind == "has":
        return own._replace(why=own.why or _ORIGINS.get(argument.source, ""))
    if own.kind == "unknown":
        return own
    return _of_templates(arguments, more)


def secrets_of(value: Value) -> Verdict:
    """Give the verdict for a VALUE of image_pull_secrets."""
    match value:
        case Unknown():
            return Verdict("unknown", (), value.why)
        case Text(template=True):
            return Verdict("unknown", (), "a template in image_pull_secrets is not rendered")
        case Text():
            return _of_text(value)
        case Scalar():
            return NONE
        case Items():
            return _of_items(value)
        case Model() | Entries():
            return _of_references((value,))
    return Verdict("unknown")


def _of_text(value: Text) -> Verdict:
    if not value.complete:
        return Verdict("unknown", (), "its name is put together when the code runs")
    names = tuple(value.text.split(",")) if value.text else ()
    return Verdict("has", names) if names else NONE


def _of_items(value: Items) -> Verdict:
    if not value.items:
        return NONE
    if all(isinstance(item, Unknown) for item in value.items):
        return Verdict("unknown", (), "; ".join(dict.fromkeys(i.why for i in value.items if isinstance(i, Unknown))))
    return _of_references(value.items)


def _of_references(items: tuple[Value, ...]) -> Verdict:
    names = [name_of(item) for item in items]
    known = tuple(name for name in names if name)
    return Verdict("has", known, "" if len(known) == len(names) else "not every name is known")


def name_of(value: Value) -> str:
    """Give the name in a reference to a secret: a V1LocalObjectReference, a dict or a plain string; "" if unknown."""
    match value:
        case Text(complete=True, text=text):
            return text
        case Model(keywords={"name": Text(complete=True, text=text)}):
            return text
        case Model(arguments=(Text(complete=True, text=text), *_)):
            return text
        case Entries(entries={"name": Text(complete=True, text=text)}):
            return text
    return ""


def _of_templates(arguments: Mapping[str, Argument], more: str) -> Verdict:
    given = {name: arguments[name].value for name in _TEMPLATES if name in arguments}
    given = {name: value for name, value in given.items() if not is_none(value)}
    if more:
        return Verdict("unknown", (), more)
    if not given:
        return NONE
    if len(given) > 1 or "pod_template_file" in given:
        return Verdict("unknown", (), "its pod template may hold one")
    (name, value), *_ = given.items()
    spec = _part(value, "spec", "spec")
    if spec is None:
        return NONE if _is_whole(value) else Verdict("unknown", (), f"{name} may hold one")
    secrets = _part(spec, PULL_SECRETS, "imagePullSecrets")
    if secrets is None:
        return NONE if _is_whole(spec) else Verdict("unknown", (), f"{name} may hold one")
    verdict = secrets_of(secrets)
    return verdict._replace(why=f"{name} gives it") if verdict.kind == "has" else verdict


def _part(value: Value, keyword: str, key: str) -> Value | None:
    """Give a part of a pod: a model's KEYWORD, or a dict's KEY."""
    if isinstance(value, Model):
        return value.keywords.get(keyword)
    return value.entries.get(key) if isinstance(value, Entries) else None


def _is_whole(value: Value) -> bool:
    return isinstance(value, Entries) or (isinstance(value, Model) and value.complete and not value.arguments)


def with_image(arguments: Mapping[str, Argument]) -> Mapping[str, Argument]:
    """Give ARGUMENTS with the image of their pod template, where they have none of their own."""
    image = _image_in_template(arguments) if "image" not in arguments else None
    return {**arguments, "image": Argument(image, "call")} if image is not None else arguments


def _image_in_template(arguments: Mapping[str, Argument]) -> Value | None:
    """Give the image of the one container of full_pod_spec or pod_template_dict; None where there is none."""
    for name in ("full_pod_spec", "pod_template_dict"):
        if name not in arguments:
            continue
        spec = _part(arguments[name].value, "spec", "spec")
        containers = _part(spec, "containers", "containers") if spec else None
        if isinstance(containers, Items) and len(containers.items) == 1:
            return _part(containers.items[0], "image", "image")
    return None
