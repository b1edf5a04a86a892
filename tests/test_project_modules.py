"""Which module of the project an import names."""

from __future__ import annotations

import os
import pickle
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from astrokpo_cli.dags.source import Module, parse_module
from astrokpo_cli.errors import FileProblem
from astrokpo_cli.files import list_folder, read_if_there
from astrokpo_cli.project.modules import KEPT, MAX_SIZE, ProjectModules


def plant(*paths: str) -> None:
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")


def importer(path: str) -> Module:
    return parse_module(b"", path)


def modules(*named: str) -> ProjectModules:
    return ProjectModules(named or ("dags",), read_if_there, list_folder)


def found(name: str, level: int = 0, by: str = "dags/a.py", named: tuple[str, ...] = ("dags",)) -> str | None:
    module = modules(*named).load(importer(by), name, level)
    return None if module is None else module.path


PROJECT = (
    "dags/a.py",
    "dags/common/__init__.py",
    "dags/common/kpo.py",
    "dags/common/deep/er.py",
    "dags/both.py",
    "plugins/both.py",
    "plugins/plug.py",
    "config/conf.py",
    "include/operators.py",
    "include/deep/more.py",
    "package/__init__.py",
    "package.py",
    "beside/x.txt",
    "beside.py",
    "dags/kubernetes/client.py",
    "dags/json.py",
    "airflow/models.py",
)

IMPORTS: dict[str, tuple[str, int, str, str | None]] = {
    "a module beside it": ("both", 0, "dags/a.py", "dags/both.py"),
    "a package": ("common", 0, "dags/a.py", "dags/common/__init__.py"),
    "a module of a package": ("common.kpo", 0, "dags/a.py", "dags/common/kpo.py"),
    "a folder without __init__ in a package": ("common.deep.er", 0, "dags/a.py", "dags/common/deep/er.py"),
    "a folder itself is no module": ("common.deep", 0, "dags/a.py", None),
    "a plugin": ("plug", 0, "dags/a.py", "plugins/plug.py"),
    "a module of config": ("conf", 0, "dags/a.py", "config/conf.py"),
    "of the project's own folder": ("include.operators", 0, "dags/a.py", "include/operators.py"),
    "deeper": ("include.deep.more", 0, "dags/a.py", "include/deep/more.py"),
    "dags as a package": ("dags.common.kpo", 0, "dags/a.py", "dags/common/kpo.py"),
    "plugins as a package": ("plugins.plug", 0, "dags/a.py", "plugins/plug.py"),
    "dags comes before plugins": ("both", 0, "plugins/plug.py", "dags/both.py"),
    "a package comes before a module": ("package", 0, "dags/a.py", "package/__init__.py"),
    "a module comes before a folder": ("beside", 0, "dags/a.py", "beside.py"),
    "a module holds no modules": ("plug.more", 0, "dags/a.py", None),
    "what a module has in it is no module": ("common.kpo.KPO", 0, "dags/a.py", None),
    "from deep in a package": ("plug", 0, "dags/common/deep/er.py", "plugins/plug.py"),
    "from a module of include": ("common.kpo", 0, "include/operators.py", "dags/common/kpo.py"),
    "relative": ("kpo", 1, "dags/common/other.py", "dags/common/kpo.py"),
    "relative, the package itself": ("", 1, "dags/common/kpo.py", "dags/common/__init__.py"),
    "relative, from the package itself": ("kpo", 1, "dags/common/__init__.py", "dags/common/kpo.py"),
    "relative, one up": ("kpo", 2, "dags/common/deep/er.py", "dags/common/kpo.py"),
    "relative, one up and down": ("common.kpo", 2, "dags/common/deep.py", "dags/common/kpo.py"),
    "relative in include": ("deep.more", 1, "include/operators.py", "include/deep/more.py"),
    "relative, to the project": ("include.operators", 2, "dags/a.py", "include/operators.py"),
    "relative, out of the project": ("outside", 3, "dags/a.py", None),
    "relative, out of the world": ("x", 99, "dags/a.py", None),
    "nothing there": ("nowhere.x", 0, "dags/a.py", None),
    "nothing": ("", 0, "dags/a.py", None),
    "the standard library": ("json", 0, "dags/a.py", None),
    "Airflow": ("airflow.models", 0, "dags/a.py", None),
    "the Kubernetes client": ("kubernetes.client", 0, "dags/a.py", None),
    "but dags.json is": ("dags.json", 0, "dags/a.py", "dags/json.py"),
    "a name that is a path": ("../outside", 0, "dags/a.py", None),
}


@pytest.mark.parametrize(("name", "level", "by", "expected"), IMPORTS.values(), ids=IMPORTS)
def test_an_import_finds(name: str, level: int, by: str, expected: str | None) -> None:
    plant(*PROJECT, "../outside.py")
    assert found(name, level, by) == expected


@pytest.mark.parametrize(
    ("named", "by"),
    {
        "dags": ("dags", "dags/a.py"),
        "all": (".", "dags/a.py"),
        "a folder in dags": ("dags/common", "dags/common/kpo.py"),
        "a file": ("dags/a.py", "dags/a.py"),
        "a file that is gone": ("dags/gone.py", "dags/gone.py"),
    }.values(),
)
def test_the_project_is_found_from_whatever_is_named(named: str, by: str) -> None:
    plant(*PROJECT)
    assert found("include.operators", by=by, named=(named,)) == "include/operators.py"
    assert found("common.kpo", by=by, named=(named,)) == "dags/common/kpo.py"


def test_a_folder_by_another_name_is_imported_from() -> None:
    plant("flows/a.py", "flows/deep/b.py", "flows/lib/c.py", "include/x.py")
    assert found("lib.c", by="flows/deep/b.py", named=("flows",)) == "flows/lib/c.py"
    assert found("include.x", by="flows/a.py", named=("flows",)) is None
    assert found("include.x", by="flows/a.py", named=("flows", ".")) == "include/x.py"


def test_each_of_several_projects_imports_its_own() -> None:
    plant("one/dags/a.py", "one/include/x.py", "two/dags/a.py", "two/include/x.py", "lib/y.py")
    for named in ((".",), ("one/dags", "two/dags", "."), ("one", "two", ".")):
        loaded = modules(*named)
        for project in ("one", "two"):
            module = loaded.load(importer(f"{project}/dags/a.py"), "include.x", 0)
            assert module is not None
            assert module.path == f"{project}/include/x.py"
            assert loaded.load(module, "dags.a", 0).path == f"{project}/dags/a.py"  # type: ignore[union-attr]
            assert loaded.load(module, "lib.y", 0).path == "lib/y.py"  # type: ignore[union-attr]


def test_a_folder_of_a_name_may_be_in_two_places() -> None:
    plant("dags/shared/a.py", "plugins/shared/b.py", "plugins/shared/a.py")
    assert found("shared.a") == "dags/shared/a.py"
    assert found("shared.b") == "plugins/shared/b.py"


def test_paths_are_shown_whole_where_one_was_named_so() -> None:
    plant(*PROJECT)
    dags = Path("dags").absolute().as_posix()
    assert found("common.kpo", by=f"{dags}/a.py", named=(dags,)) == f"{dags}/common/kpo.py"


def test_paths_above_the_working_folder_are_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(*PROJECT)
    include = Path("include/operators.py").absolute().as_posix()
    monkeypatch.chdir("dags")
    assert found("include.operators", by="a.py", named=(".",)) == include
    assert found("common.kpo", by="a.py", named=(".",)) == "common/kpo.py"


@pytest.mark.parametrize(
    "content",
    [b"def", b"\xff", b"\0", b"#" * (MAX_SIZE + 1)],
    ids=["no Python", "no UTF-8", "a NUL", "a megabyte of data"],
)
def test_a_module_that_cannot_be_read_is_none(content: bytes) -> None:
    plant("dags/a.py")
    Path("dags/bad.py").write_bytes(content)
    assert found("bad") is None


def test_a_module_that_may_not_be_read_is_none() -> None:
    def refuse(path: Path) -> bytes | None:
        raise FileProblem("closed")

    plant("dags/a.py", "dags/bad.py")
    assert ProjectModules(["dags"], refuse, list_folder).load(importer("dags/a.py"), "bad", 0) is None


class Counting:
    """A reader and a lister that count."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    def read(self, path: Path) -> bytes | None:
        self.calls[f"read {path.name}"] += 1
        return read_if_there(path)

    def list_folder(self, path: Path) -> list[os.DirEntry[str]] | None:
        self.calls["list"] += 1
        return list_folder(path)


def test_a_module_is_read_and_parsed_once() -> None:
    plant(*PROJECT)
    Path("dags/bad.py").write_text("def")
    counting = Counting()
    loaded = ProjectModules(["dags"], counting.read, counting.list_folder)
    by_one, by_other = importer("dags/a.py"), importer("include/operators.py")
    assert loaded.load(by_one, "common.kpo", 0) is loaded.load(by_other, "dags.common.kpo", 0)
    assert loaded.load(by_one, "bad", 0) is loaded.load(by_other, "bad", 0) is None
    assert (counting.calls["read kpo.py"], counting.calls["read bad.py"]) == (1, 1)


def test_imports_of_others_cost_no_look_at_the_disk() -> None:
    plant(*PROJECT)
    counting = Counting()
    loaded = ProjectModules(["dags"], counting.read, counting.list_folder)
    for number in range(100):
        by = importer(f"dags/team_{number % 10}/dag_{number}.py")
        for name in (
            "airflow.models",
            "json",
            "kubernetes.client.models",
            "pandas",
            "requests.adapters",
            "google.cloud",
        ):
            assert loaded.load(by, name, 0) is None
    assert counting.calls["list"] < 20


def test_modules_that_nobody_asks_for_again_are_let_go() -> None:
    plant("dags/a.py", *(f"dags/m{number}.py" for number in range(KEPT + 1)))
    loaded = modules()
    kept = [loaded.load(importer("dags/a.py"), f"m{number}", 0) for number in range(KEPT + 1)]
    assert loaded.load(importer("dags/a.py"), f"m{KEPT}", 0) is kept[-1]
    assert loaded.load(importer("dags/a.py"), "m0", 0) is not kept[0]


def test_it_goes_to_another_process() -> None:
    plant(*PROJECT)
    load: Callable[[Module, str, int], Module | None] = pickle.loads(pickle.dumps(modules())).load
    module = load(importer("dags/a.py"), "common.kpo", 0)
    assert module is not None
    assert module.path == "dags/common/kpo.py"
