"""The house: who may import whom, who may touch what, and how long things are."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import astrokpo_cli

ROOT = Path(astrokpo_cli.__file__).parent
FLOORS = (
    {"__main__"},
    {"cli"},
    {"commands"},
    {"dockerconfig", "keys", "registry", "cluster", "project", "output", "files"},
    {"handoff", "gate", "manifest", "dags", "grants", "diagnosis"},
    {"pullsecret", "kubelet"},
    {"credentials", "images"},
    {"gojson", "gourl", "timespan", "envelope", "environment"},
    {"errors"},
)
"""From the top down: a module imports only from lines below its own. Rooms that are packages may import themselves."""
ROOMS = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
PURE = {room for floor in FLOORS[4:] for room in floor} - {"environment"}
NOT_PURE = {
    "os",
    "sys",
    "pathlib",
    "subprocess",
    "socket",
    "urllib",
    "http",
    "shutil",
    "tempfile",
    "time",
    "io",
    "rich",
}
HEAVY = {"kubernetes", "docker", "keyring", "requests", "yaml", "rich", "pyrage", "pathspec"}

MODULES = sorted(ROOT.rglob("*.py"))


def room_of(module: Path) -> str:
    return module.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(node: ast.AST) -> Iterator[str]:
    """Give the dotted names that the import statements below NODE name."""
    for child in ast.walk(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module:
            # `from astrokpo_cli import files` names the room after the import.
            yield from (f"{child.module}.{alias.name}" for alias in child.names)


def statements_at_import(tree: ast.Module) -> Iterator[ast.stmt]:
    """Give the statements that run when the module is imported; what is for the type checker alone does not."""
    for statement in tree.body:
        if isinstance(statement, ast.If) and isinstance(statement.test, ast.Name):
            assert statement.test.id == "TYPE_CHECKING"
        elif not isinstance(statement, ast.FunctionDef | ast.ClassDef):
            yield statement


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_a_module_imports_only_from_below(module: Path) -> None:
    room = room_of(module)
    if room == "__init__":
        return
    for name in imports(ast.parse(module.read_text())):
        if name.startswith("astrokpo_cli."):
            other = name.split(".")[1]
            if other in ("__version__", room):
                continue
            assert ROOMS[other] > ROOMS[room], f"{room} imports {other}"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_heavy_packages_are_imported_where_they_are_used(module: Path) -> None:
    for statement in statements_at_import(ast.parse(module.read_text())):
        assert not {name.partition(".")[0] for name in imports(statement)} & HEAVY


@pytest.mark.parametrize("module", [m for m in MODULES if room_of(m) in PURE], ids=lambda m: str(m.relative_to(ROOT)))
def test_a_pure_module_does_no_input_and_output(module: Path) -> None:
    tree = ast.parse(module.read_text())
    assert not {name.partition(".")[0] for name in imports(tree)} & NOT_PURE
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not called & {"open", "print", "input"}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_only_output_knows_rich_and_only_files_writes(module: Path) -> None:
    tree = ast.parse(module.read_text())
    room = room_of(module)
    if room != "output":
        assert "rich" not in {name.partition(".")[0] for name in imports(tree)}
    if room != "files":
        writes = {"write_text", "write_bytes", "mkdir", "unlink", "rename", "open"}
        attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        allowed = {"open"} if room == "cli" else set()  # /dev/null, for a reader that has gone
        assert not attributes & writes - allowed


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_nothing_exits_but_main(module: Path) -> None:
    if room_of(module) in ("cli", "__main__"):
        return
    tree = ast.parse(module.read_text())
    exits = {"SystemExit", "Exit", "exit", "_exit"}
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not (named | attributes) & exits
