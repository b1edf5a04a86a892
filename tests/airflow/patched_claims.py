"""What astrokpo says of tasks before and after `dag patch`, against the pods that an Airflow builds of them.

The pods are those of patched_pods.py. What cannot be loaded in an Airflow (a removed module, a provider that is not
there) is not compared before the patch; after it, what could be loaded must be, and what the patch has mended.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

MENDS = ("import from", "resources renamed", "the namespace is asked for")
"""How `dag patch` tells of a change that lets a file be loaded again."""

Task = dict[str, Any]
"""A task with its pods, as patched_pods.py gives it."""
Found = dict[str, str | list[Task]]
"""What patched_pods.py gives of one project: its files."""


class Project(NamedTuple):
    """A project before and after `dag patch`, and what astrokpo says of it."""

    name: str
    before: Path
    after: Path
    rows: list[dict[str, Any]]
    """The tasks of `dag check` before, and below after."""
    rows_after: list[dict[str, Any]]
    changes: dict[str, list[dict[str, Any]]]
    """The changes of `dag patch`, by file."""
    registries: dict[str, str]
    """Which pull secret serves which images, by the settings."""
    by_call: bool = True
    """Whether a secret was added to the call of each task, and not to default_args."""

    @property
    def given(self) -> set[int]:
        """The rows of the tasks that got a secret from the patch."""
        pairs = zip(self.rows, self.rows_after, strict=True)
        return {at for at, (row, after) in enumerate(pairs) if (row["verdict"], after["verdict"]) == ("none", "has")}


def compare(project: Project, before: Found, after: Found, tally: Counter[str]) -> Iterator[str]:
    """Give what is not as PROJECT claims; count in TALLY what was compared."""
    yield from compare_changes(project)
    for file, now in after.items():
        was = before[file]
        if isinstance(now, str):
            mended = any(change["what"].startswith(MENDS) for change in project.changes.get(file, ()))
            if mended or isinstance(was, list):
                yield f"{file} cannot be loaded: {now}"
            continue
        tally["files"] += 1
        tally["mended"] += isinstance(was, str)
        for task in now:
            yield from compare_verdict(task, project.rows_after, tally)
        if isinstance(was, list):
            for task in was:
                yield from compare_verdict(task, project.rows, tally)
            yield from compare_tasks(project, was, now, tally)


def compare_changes(project: Project) -> Iterator[str]:
    """Compare the lines on which `dag patch` says that it added a secret with the tasks that have got one."""
    lines = {
        f"{file}:{change['line']}"
        for file, changes in project.changes.items()
        for change in changes
        if change["what"].startswith("image_pull_secrets")
    }
    given = {f"{project.rows[at]['file']}:{project.rows[at]['line']}" for at in project.given}
    if bool(lines) != bool(given) or (project.by_call and lines != given):
        yield f"changed are {sorted(lines)}, and given a secret {sorted(given)}"


def compare_verdict(task: Task, rows: list[dict[str, Any]], tally: Counter[str]) -> Iterator[str]:
    """Compare what was said of TASK with its pods."""
    at = find_row(task, rows)
    if at is None:
        yield f"{task['id']}: nothing was said of it: {task['calls']}"
        return
    verdict, secrets = rows[at]["verdict"], rows[at]["secrets"]
    for pod in task["pods"]:
        if isinstance(pod, str):
            continue
        tally[verdict] += 1
        names = names_of(pod)
        if {"has": not names or secrets not in ([], names), "none": names != []}.get(verdict):
            yield f"{task['id']}: {verdict} {secrets} was said, the pod has {names}"


def compare_tasks(project: Project, before: list[Task], after: list[Task], tally: Counter[str]) -> Iterator[str]:
    """Compare the pods of before with those of after: a task that was given a secret has it; all else is equal."""
    if [(task["id"], len(task["pods"])) for task in before] != [(task["id"], len(task["pods"])) for task in after]:
        yield f"other tasks: {before} {after}"
        return
    for was, now in zip(before, after, strict=True):
        at, at_after = find_row(was, project.rows), find_row(now, project.rows_after)
        if at != at_after:
            yield f"{was['id']}: its verdict is that of row {at}, and after of row {at_after}"
        for pod, pod_after in zip(was["pods"], now["pods"], strict=True):
            wanted = pod
            if at in project.given and not isinstance(pod, str):
                tally["given"] += 1
                wanted = with_secrets(pod, secrets_for(pod, project.registries))
            if pod_after != wanted:
                yield f"{was['id']}: expected {wanted}, found {pod_after}"


def find_row(task: Task, rows: list[dict[str, Any]]) -> int | None:
    """Find the row of a task: by a call that led to it, by its id, or as the nearest above such a call.

    Of a call over lines that ends in .expand(...) Python knows the line of its end alone.
    """
    name = task["id"].rpartition(".")[2]
    ids = ("", task["id"], name, re.sub(r"__\d+$", "", name))
    fits = [at for at, row in enumerate(rows) if row["task"] in ids]
    for call in task["calls"]:
        for at in fits:
            if [rows[at]["file"], rows[at]["line"]] == call:
                return at
    files = {file for file, _ in task["calls"]}
    named = [at for at in fits if rows[at]["task"] and rows[at]["file"] in files]
    if len(named) == 1:
        return named[0]
    above = (at for file, line in task["calls"] for at in fits if rows[at]["file"] == file and rows[at]["line"] < line)
    return max(above, key=lambda at: rows[at]["line"], default=None)


def pod_spec(pod: dict[str, Any]) -> dict[str, Any]:
    """Give the spec of a pod, or of the pod that a job makes."""
    spec: dict[str, Any] = pod["spec"]
    return spec["template"]["spec"] if "template" in spec else spec


def names_of(pod: dict[str, Any]) -> list[str]:
    """Give the names in imagePullSecrets, also where they are of a wrong kind."""
    references = pod_spec(pod).get("imagePullSecrets") or []
    listed = references if isinstance(references, list) else [references]
    return [each["name"] if isinstance(each, dict) else each for each in listed]


def with_secrets(pod: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Give POD with NAMES in the place of its pull secrets."""
    spec = pod["spec"]
    if "template" in spec:
        return {**pod, "spec": {**spec, "template": with_secrets(spec["template"], names)}}
    return {**pod, "spec": {**spec, "imagePullSecrets": [{"name": name} for name in names]}}


def secrets_for(pod: dict[str, Any], registries: dict[str, str]) -> list[str]:
    """Give the secret of the longest prefix that the image of POD has; none where it has none."""
    image = str(pod_spec(pod)["containers"][0]["image"])
    fitting = [prefix for prefix in registries if re.match(rf"{re.escape(prefix)}([/:@]|$)", image)]
    return [registries[max(fitting, key=len)]] if fitting else []
