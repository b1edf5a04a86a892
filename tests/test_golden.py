"""Whole projects before and after: what `dag check` says of each task, and what `dag patch` makes of each byte.

Each folder of tests/golden is a case. expected.json says which rule it is about, the verdict of each task, all
findings and what is left for a person; `after` holds the files that a patch changes.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.parts import Run

GOLDEN = Path(__file__).parent / "golden"
CASES = sorted(path.name for path in GOLDEN.iterdir() if path.is_dir())
Astrokpo = Callable[..., Run]


def test_there_are_the_cases_that_were_promised() -> None:
    shapes = {name.split("-")[1] for name in CASES if name.startswith("shape-")}
    assert shapes == {f"{number:02}" for number in range(1, 16)}
    assert len(CASES) >= 15 + 60


@pytest.mark.parametrize("name", CASES)
def test_a_case(name: str, astrokpo: Astrokpo) -> None:
    expected = prepare(name)
    checked = astrokpo("dag", "check", "--json", *expected.get("check", ()))
    document = json.loads(checked.out)
    assert [verdict(task) for task in document["tasks"]] == expected["tasks"]
    assert findings(document) == expected["findings"]
    severe = any(finding["severity"] == "error" for finding in document["findings"])
    assert checked.code == (3 if severe else 0)

    before = tree()
    after = {**before, **files_below(GOLDEN / name / "after")}
    preview = astrokpo("dag", "patch", "--json", *expected.get("patch", ()))
    assert tree() == before
    assert preview.code == (3 if after != before else 0), preview.err
    patched = astrokpo("dag", "patch", "--json", "--write", *expected.get("patch", ()))
    assert patched.code == 0, patched.err
    assert tree() == after
    assert left(json.loads(patched.out)) == expected["left"]

    again = astrokpo("dag", "patch", "--json", *expected.get("patch", ()))
    assert (again.code, tree()) == (0, after)


def prepare(name: str) -> dict[str, Any]:
    """Put the project of the case into the working folder; gives what is expected of it."""
    shutil.copytree(GOLDEN / name / "before", ".", dirs_exist_ok=True)
    expected: dict[str, Any] = json.loads((GOLDEN / name / "expected.json").read_text(encoding="utf-8"))
    assert expected["why"]
    return expected


def tree() -> dict[str, bytes]:
    return files_below(Path())


def files_below(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def verdict(task: dict[str, Any]) -> dict[str, Any]:
    return {name: task[name] for name in ("file", "line", "operator", "task", "verdict", "secrets")}


def findings(document: dict[str, Any]) -> list[str]:
    found = sorted((each["file"], each["line"], each["code"]) for each in document["findings"])
    return [f"{file}:{line} {code}" for file, line, code in found]


def left(document: dict[str, Any]) -> list[str]:
    return [f"{file['file']}:{place['line']}" for file in document["files"] for place in file["left"]]
