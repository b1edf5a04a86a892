"""Patched code runs in real Airflows: the pods before and after differ in imagePullSecrets alone, and are as claimed.

The code is that of the cases of tests/golden, and generated DAGs; `dag check` and `dag patch` make the claims.
"""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.airflow.patched_claims import Found, Project, compare
from tests.airflow.test_airflow import HERE, python_of, run
from tests.airflow.written_dags import REGISTRIES, DagWriter
from tests.parts import Run

GOLDEN = HERE.parent / "golden"
WRITTEN = 150
Counts = dict[str, dict[str, int]]
GOLDEN_AT_LEAST: Counts = {
    "2.4.3": {"files": 240, "has": 350, "none": 330, "unknown": 70, "given": 220},
    "2.9.3": {"files": 255, "has": 370, "none": 340, "unknown": 70, "given": 225, "mended": 5},
    "2.11.2": {"files": 255, "has": 370, "none": 335, "unknown": 70, "given": 225, "mended": 10},
    "3.3.2": {"files": 255, "has": 370, "none": 330, "unknown": 70, "given": 225, "mended": 13},
}
"""What there is to compare in an Airflow, a little less than it was when this was written: files, pods by what was said
of their tasks, pods that the patch gave a secret, files that cannot be loaded without the patch."""
WRITTEN_AT_LEAST: Counts = {
    "2.9.3": {"files": WRITTEN, "has": 420, "none": 1000, "unknown": 60, "given": 260},
    "3.3.2": {"files": WRITTEN, "has": 420, "none": 1000, "unknown": 60, "given": 260},
}

Case = tuple[str, Path, Path, list[str], list[str]]
"""The name, two copies of a project, and the words for `dag check` and for `dag patch`."""
Make = Callable[..., Project]


@pytest.fixture
def make(astrokpo: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> Make:
    """Check a case, and patch the second copy of its project."""

    def make_project(name: str, before: Path, after: Path, check: list[str], patch: list[str]) -> Project:
        monkeypatch.chdir(after)
        rows = json.loads(astrokpo("dag", "check", "--json", *check).out)["tasks"]
        patched = astrokpo("dag", "patch", "--json", "--write", *patch)
        assert patched.code == 0, patched.err
        changes = {file["file"]: file["changes"] for file in json.loads(patched.out)["files"]}
        rows_after = json.loads(astrokpo("dag", "check", "--json", *check).out)["tasks"]
        registries = registries_of(after / "astrokpo.toml", patch)
        return Project(name, before, after, rows, rows_after, changes, registries, "--default-args" not in patch)

    return make_project


def registries_of(settings: Path, words: list[str]) -> dict[str, str]:
    flags = dict(pairwise(words))
    if "--image-prefix" in flags:
        return {flags["--image-prefix"]: flags["--secret"]}
    registries: dict[str, str] = tomllib.loads(settings.read_text(encoding="utf-8"))["registries"]
    return registries


@pytest.mark.parametrize("airflow", GOLDEN_AT_LEAST)
def test_the_pods_of_the_golden_cases_are_as_claimed_before_and_after(airflow: str, make: Make, tmp_path: Path) -> None:
    check_cases(airflow, golden_cases(tmp_path / "projects", airflow), make, GOLDEN_AT_LEAST, tmp_path)


@pytest.mark.parametrize("airflow", WRITTEN_AT_LEAST)
def test_the_pods_of_generated_dags_are_as_claimed_before_and_after(airflow: str, make: Make, tmp_path: Path) -> None:
    check_cases(airflow, written_cases(tmp_path / "projects"), make, WRITTEN_AT_LEAST, tmp_path)


def check_cases(airflow: str, cases: Iterator[Case], make: Make, at_least: Counts, home: Path) -> None:
    python = python_of(airflow)
    projects = [make(*case) for case in cases]
    folders = home / "folders.json"
    folders.write_text(json.dumps([str(each) for project in projects for each in (project.before, project.after)]))
    said = run(python, str(HERE / "patched_pods.py"), str(folders), home=home)
    found: dict[str, Found] = json.loads(said.splitlines()[-1])
    tally: Counter[str] = Counter()
    differences = [
        f"{project.name}: {difference}"
        for project in projects
        for difference in compare(project, found[str(project.before)], found[str(project.after)], tally)
    ]
    print(", ".join(f"{what}: {count}" for what, count in sorted(tally.items())))
    assert not differences, "\n".join(differences)
    assert {what: tally[what] for what, least in at_least[airflow].items() if tally[what] < least} == {}


def golden_cases(folder: Path, airflow: str) -> Iterator[Case]:
    """Copy the cases; for Airflow 2.4 without those of AKP201, which mends for providers that it does not have."""
    for case in sorted(GOLDEN.iterdir()):
        expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
        if airflow == "2.4.3" and "AKP201" in expected["patch"]:
            continue
        before = Path(shutil.copytree(case / "before", folder / case.name / "before"))
        if airflow == "2.4.3":
            import_as_in_2_4(before)
        yield case.name, before, copy_of(before), expected["check"], expected["patch"]


def import_as_in_2_4(folder: Path) -> None:
    """Write the code for a provider that has KPO in its old module alone."""
    for path in folder.rglob("*.py"):
        path.write_bytes(re.sub(rb"(cncf\.kubernetes\.operators)\.pod\b", rb"\1.kubernetes_pod", path.read_bytes()))


def written_cases(folder: Path) -> Iterator[Case]:
    prefixes = "".join(f'"{prefix}" = "{secret}"\n' for prefix, secret in REGISTRIES.items())
    for seed in range(WRITTEN):
        before = folder / str(seed) / "before"
        (before / "dags").mkdir(parents=True)
        (before / "dags" / "dag.py").write_bytes(DagWriter(seed).file())
        (before / "astrokpo.toml").write_text(f"[registries]\n{prefixes}")
        yield f"seed {seed}", before, copy_of(before), [], ["--default-args"] if seed % 3 == 0 else []


def copy_of(before: Path) -> Path:
    return Path(shutil.copytree(before, before.parent / "after"))


FILE = "dags/dag.py"
PODS: dict[str, Any] = {
    "load": {"spec": {"containers": [{"image": "ghcr.io/acme/etl"}], "imagePullSecrets": []}},
    "public": {"spec": {"containers": [{"image": "python"}], "imagePullSecrets": []}},
}
"""What is built before; the patch gives the first its secret."""


def row(line: int, task: str, *secrets: str) -> dict[str, Any]:
    return {"file": FILE, "line": line, "task": task, "verdict": "has" if secrets else "none", "secrets": [*secrets]}


def tasks(pods: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": task, "calls": [[FILE, at]], "pods": [pod]} for at, (task, pod) in enumerate(pods.items(), 1)]


def patched(pods: dict[str, Any]) -> None:
    pods["load"]["spec"]["imagePullSecrets"] = [{"name": "acme-pull"}]


WRONG: dict[str, Callable[[dict[str, Any]], object]] = {
    "no secret": lambda pods: pods["load"]["spec"].update(imagePullSecrets=[]),
    "another secret": lambda pods: pods["load"]["spec"].update(imagePullSecrets=[{"name": "other"}]),
    "a secret of a wrong kind": lambda pods: pods["load"]["spec"].update(imagePullSecrets=["acme-pull"]),
    "something else changed": lambda pods: pods["load"]["spec"].update(nodeName="x"),
    "another task changed": lambda pods: pods["public"]["spec"].update(nodeName="x"),
    "a secret for another task": lambda pods: pods["public"]["spec"].update(imagePullSecrets=[{"name": "acme-pull"}]),
    "a task lost": lambda pods: pods.pop("public"),
}


@pytest.mark.parametrize("change", [None, *WRONG])
def test_the_comparison_sees_what_is_wrong(change: str | None) -> None:
    after = deepcopy(PODS)
    patched(after)
    if change:
        WRONG[change](after)
    differences = list(compare(project(), {FILE: tasks(PODS)}, {FILE: tasks(after)}, Counter()))
    assert bool(differences) == bool(change)


def test_a_file_that_is_broken_must_have_been_so_before() -> None:
    error = "ImportError: no such module"
    assert list(compare(project(), {FILE: error}, {FILE: error}, Counter())) == []
    assert list(compare(project(), {FILE: tasks(PODS)}, {FILE: error}, Counter())) == [
        f"{FILE} cannot be loaded: {error}"
    ]
    mended = project("import from airflow.providers.cncf.kubernetes.operators.pod")
    assert list(compare(mended, {FILE: error}, {FILE: error}, Counter())) == [f"{FILE} cannot be loaded: {error}"]


def project(*changes: str) -> Project:
    rows, rows_after = [row(1, "load"), row(2, "public")], [row(1, "load", "acme-pull"), row(2, "public")]
    told = {FILE: [{"line": 1, "what": what} for what in ("image_pull_secrets added", *changes)]}
    return Project("a project", Path(), Path(), rows, rows_after, told, {"ghcr.io/acme": "acme-pull"})
