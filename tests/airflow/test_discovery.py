"""Which files are found in folders of DAGs: what real Airflows find there is the referee."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from astrokpo_cli.files import list_folder, read_if_there
from astrokpo_cli.project.dagfiles import find_dag_files, might_contain_dag
from astrokpo_cli.project.ignore import syntaxes_of
from tests.airflow.test_airflow import FAMILIES, HERE, python_of, run

VERSIONS = {airflow: tuple(map(int, airflow.split("."))) for airflow in FAMILIES}

FOLDERS = ("a", "b", "build", "sub-x", ".hidden", "a b")
FILES = ("x.py", "y.py", "keep.py", "old_x.py", "z.yaml", ".dot.py", "notes.txt", "build.py", "tests")
CONTENTS = (b"from airflow import DAG", b"import AIRFLOW, dag", b"airflow assets", b"dags only", b"airflow")
LINES = (
    "# a comment, and an empty line",
    "",
    "old_",
    "old_.*  # the old ones",
    "^a/",
    r"a/.*x\.py$",
    "(build|b)/x",
    "[xy]",
    "keep",
    "*.py",
    "!keep.py",
    "!x.py",
    "build",
    "build/",
    "!build/",
    "build/**",
    "/a",
    "a/x.py",
    "a/b/",
    "!a/b/",
    "/a/*",
    "**/b/x.py",
    "**/build",
    "a/**/y.py",
    "[!k]*.py",
    "old_?.py",
    "sub-x/*.py",
    "a b",
    "/",
    "   ",
    "x.py   ",
    r"\!keep.py",
    "b*",
    ".hidden",
    "?",
    "tests",
)
"""In both syntaxes: what means nothing in one is left out there, or means something else."""


def plant(folder: Path, chance: random.Random, depth: int = 0) -> None:
    folder.mkdir()
    for name in chance.sample(FILES, chance.randint(2, 5)):
        (folder / name).write_bytes(chance.choice(CONTENTS))
    if chance.random() < (0.9 if depth == 0 else 0.4):
        lines = chance.choices(LINES, k=chance.randint(1, 5))
        (folder / ".airflowignore").write_bytes(chance.choice(["\n", "\r\n"]).join(lines).encode())
    for name in chance.sample(FOLDERS, chance.randint(1, 3)) if depth < 3 else ():
        plant(folder / name, chance, depth + 1)


def ours(folder: Path, airflow: tuple[int, ...] | None, syntax: str | None) -> list[str]:
    syntaxes = syntaxes_of(airflow, syntax)
    found = find_dag_files([str(folder)], list_folder, read_if_there, syntaxes)
    return sorted(Path(file.path).relative_to(folder).as_posix() for file in found.files)


def of_our_kinds(paths: list[str]) -> list[str]:
    return [path for path in paths if path.endswith((".py", ".yaml"))]


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("trees")
    made = [folder / str(seed) / "dags" for seed in range(120)]
    for seed, tree in enumerate(made):
        tree.parent.mkdir()
        plant(tree, random.Random(seed))
    return made


@pytest.fixture(scope="module")
def theirs(
    trees: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, dict[str, dict[str, list[str]]]]:
    """What each Airflow finds in each tree."""
    found = {}
    for airflow in FAMILIES:
        said = run(
            python_of(airflow), str(HERE / "find_files.py"), *map(str, trees), home=tmp_path_factory.mktemp("airflow")
        )
        found[airflow] = json.loads(said.splitlines()[-1])
    return found


@pytest.mark.parametrize("syntax", ["regexp", "glob"])
@pytest.mark.parametrize("airflow", FAMILIES)
def test_the_files_of_a_folder_are_those_that_airflow_finds(
    airflow: str, syntax: str, trees: list[Path], theirs: Mapping[str, dict[str, dict[str, list[str]]]]
) -> None:
    for tree in trees:
        expected = of_our_kinds(theirs[airflow][str(tree)][syntax])
        assert ours(tree, VERSIONS[airflow], syntax) == expected, tree


@pytest.mark.parametrize("airflow", FAMILIES)
def test_what_is_taken_for_a_dag_is_what_airflow_would_parse(
    airflow: str, trees: list[Path], theirs: Mapping[str, dict[str, dict[str, list[str]]]]
) -> None:
    version = VERSIONS[airflow]
    for tree in trees:
        files = [file for file in ours(tree, version, None) if file.endswith(".py")]
        dags = [file for file in files if might_contain_dag((tree / file).read_bytes(), assets=version >= (3,))]
        assert dags == theirs[airflow][str(tree)]["default"], tree


def test_where_the_airflow_is_not_known_no_file_is_left_out_that_any_would_find(
    trees: list[Path], theirs: Mapping[str, dict[str, dict[str, list[str]]]]
) -> None:
    for tree in trees:
        any_finds = {file for found in theirs.values() for file in of_our_kinds(found[str(tree)]["default"])}
        assert any_finds - set(ours(tree, None, None)) == set(), tree
