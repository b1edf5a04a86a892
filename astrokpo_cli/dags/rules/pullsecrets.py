"""AKP101, 102 and 108 to 110: whether a private image has the pull secret that serves it.

PURE.
"""

import re
from collections.abc import Iterator

from astrokpo_cli.dags.findings import Finding, Severity
from astrokpo_cli.dags.private import PLATFORM_SECRETS, find_private, registry_of
from astrokpo_cli.dags.rules import places
from astrokpo_cli.dags.rules.astro import is_external
from astrokpo_cli.dags.rules.expectations import Expectations
from astrokpo_cli.dags.source import Span
from astrokpo_cli.dags.tasks import PULL_SECRETS, Task
from astrokpo_cli.dags.values import Text
from astrokpo_cli.dags.verdicts import secrets_of
from astrokpo_cli.errors import quote
from astrokpo_cli.images import DOCKER_HUB

_MOSTLY_PUBLIC = (
    r"docker\.io|registry-1\.docker\.io|ghcr\.io|quay\.io|(\w+\.)?gcr\.io|public\.ecr\.aws|mcr\.microsoft\.com"
    r"|astrocrpublic\.azurecr\.io|registry\.k8s\.io|registry\.access\.redhat\.com|nvcr\.io|docker\.elastic\.co"
)
"""Registries in which an image says nothing of whether it is private."""


def judge_secret(task: Task, expected: Expectations) -> Iterator[Finding]:
    """Give what is wrong with what TASK has, or lacks, for its image."""
    if task.operator.template or is_external(task):
        return
    overridden = _overridden_default(task, expected)
    if overridden:
        yield overridden
    elif task.verdict.kind == "has":
        yield from _wrong_secret(task, expected)
    elif task.inside:
        yield from _no_secret(task, expected)


def _overridden_default(task: Task, expected: Expectations) -> Finding | None:
    argument = task.arguments.get(PULL_SECRETS)
    if argument is None or argument.overrides is None or secrets_of(argument.value).kind != "none":
        return None
    if task.verdict.kind != "none":  # a pod template has one, or may
        return None
    default = secrets_of(argument.overrides)
    if default.kind != "has" or not expected.may_need_secret(task.image):
        return None
    names = " and ".join(map(quote, default.secrets)) or "a pull secret"
    return places.at_task(
        "AKP108",
        task,
        places.of_keyword(task, PULL_SECRETS),
        f"no pull secret is used: this stands in front of {names} in default_args",
        "leave image_pull_secrets out here to get the one in default_args",
        severity=None if expected.private or not registry_of(task.image) else Severity.WARNING,
    )


def _wrong_secret(task: Task, expected: Expectations) -> Iterator[Finding]:
    """Find secrets that are all known, and none of which is for the image."""
    value, private = task.value(PULL_SECRETS), find_private(task.image, expected.private)
    if value is None or private is None:
        return
    own = secrets_of(value)
    judged = [name for name in map(str.strip, own.secrets) if name and name not in PLATFORM_SECRETS]
    if not judged or own.why:  # why: not every name is known
        return
    right = expected.secrets_for(task.image)
    of_others = {each.secret for each in expected.private}
    if set(judged) & set(right) or not (right or set(judged) <= of_others):
        return
    if right:
        hint = f"use {' or '.join(map(quote, right))}, or correct astrokpo.toml where it serves these images too"
    else:
        hint = f"say in astrokpo.toml which pull secret serves {private.prefix}"
    which = "pull secret" if len(judged) == 1 else "pull secrets"
    yield places.at_task(
        "AKP102",
        task,
        places.of_value(task, PULL_SECRETS, value),
        f"the {which} {', '.join(map(quote, judged))} {'is' if len(judged) == 1 else 'are'} not for {private.prefix},"
        f" where the image {_image(task)} is from",
        hint,
        severity=None if right else Severity.WARNING,
    )


def _no_secret(task: Task, expected: Expectations) -> Iterator[Finding]:
    private = find_private(task.image, expected.private)
    if private and task.verdict.kind == "none":
        yield places.at_task(
            "AKP101",
            task,
            _image_place(task),
            f"no pull secret for the private image {_image(task)}",
            _how_to_add(private.secret),
        )
    elif private:
        yield places.at_task(
            "AKP109",
            task,
            _image_place(task),
            f"whether the private image {_image(task)} has a pull secret is not known: {task.verdict.why}",
            "look for yourself; astrokpo dag patch leaves this task alone",
        )
    elif not expected.private and task.verdict.kind == "none" and _is_mostly_private(registry_of(task.image)):
        yield places.at_task(
            "AKP110",
            task,
            _image_place(task),
            f"no pull secret for the image {_image(task)}, and whether it is private is not known",
            "list the private registries in astrokpo.toml, with the pull secret that serves each",
        )


def _image_place(task: Task) -> Span:
    return places.of_argument(task, "image")


def _image(task: Task) -> str:
    assert isinstance(task.image, Text)
    return places.shown(task.image)


def _how_to_add(secret: str | None) -> str:
    if secret is None:
        return "give it image_pull_secrets; astrokpo dag patch --secret NAME writes that"
    return (
        f"give it image_pull_secrets=[k8s.V1LocalObjectReference(name={quote(secret)})]; astrokpo dag patch writes that"
    )


def _is_mostly_private(registry: str) -> bool:
    return "." in registry and registry != DOCKER_HUB and not re.fullmatch(_MOSTLY_PUBLIC, registry)
