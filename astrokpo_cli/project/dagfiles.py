"""Which files a person means by the paths that they name, found as Airflow finds its DAGs.

IN. A file that is named is taken; a folder is walked by Airflow's rules: links are followed, what an `.airflowignore`
hides is left out. Airflow walks hidden folders too: so do we in a folder named dags, and nowhere else, since only
there is it Airflow's. What belongs to a tool (.git, __pycache__, a virtual environment) is never walked. The lister
and the reader are parameters, so this module opens no file; the Python files themselves are not read here:
`might_contain_dag` is for whoever reads them.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Literal, NamedTuple

from astrokpo_cli.errors import FileProblem

if TYPE_CHECKING:
    from astrokpo_cli.project.ignore import Ignored
    from astrokpo_cli.project.patterns import Syntax

Reader = Callable[[Path], bytes | None]
"""Gives a file's bytes, or None where there is no file; raises FileProblem for one that cannot be read."""
Lister = Callable[[Path], Sequence["os.DirEntry[str]"] | None]
"""Gives what is in a folder, sorted by name, or None for a file; raises FileProblem where there is nothing."""

IGNORE_FILE = ".airflowignore"
TOOLS = frozenset({"__pycache__", ".git", ".hg", ".svn"})
"""Folders that hold no DAG of anybody."""
ENVIRONMENTS = frozenset({"pyvenv.cfg", "conda-meta"})
"""What makes a folder a Python environment."""
YAML = (".yaml", ".yml")
MAX_SIZE = 2 * 1024 * 1024
"""Bytes that a file of DAGs may have: what it is parsed into takes some hundred times as much."""
_DEFAULTS = ("defaults.yml", "defaults.yaml")

Kind = Literal["python", "yaml"]


class DagFile(NamedTuple):
    """A file to look at."""

    path: str
    """As it is shown to people: with / between folders, relative where it was given so."""
    kind: Kind
    named: bool = False
    """Whether it was named itself, not found in a folder: then it is looked at whatever it holds."""


class Note(NamedTuple):
    """Something that was not looked into, which a person must hear."""

    path: str
    line: int
    """From 1; 0 for a file as a whole."""
    message: str
    hint: str = ""


class DagFiles(NamedTuple):
    """What was found: in the order in which it was named, sorted by path within each folder, each real file once."""

    files: tuple[DagFile, ...]
    notes: tuple[Note, ...]


class _File(NamedTuple):
    """A file that was found in a folder."""

    path: str
    real: str
    """Its path without links."""


class _Folder(NamedTuple):
    """A folder that is to be walked."""

    path: str
    real: str
    """Its path without links."""
    below: str
    """Its path from the DAGs folder, to which ignore files are relative; empty for the DAGs folder itself."""
    ignored: "Ignored"
    in_dags: bool
    """Whether it is a folder named dags, or in one."""


def find_dag_files(paths: Iterable[str], list_folder: Lister, read: Reader, syntaxes: "Sequence[Syntax]") -> DagFiles:
    """Find the Python and YAML files that PATHS name, files or folders; raises FileProblem for one that is not there.

    SYNTAXES are those that ignore files may be written in, as `syntaxes_of` gives them.
    """
    search = _Search(list_folder, read, syntaxes)
    for path in paths:
        search.add(path)
    return DagFiles(tuple(search.files.values()), tuple(sorted(set(search.notes))))


def might_contain_dag(content: bytes, *, assets: bool = True) -> bool:
    """Whether Airflow's default heuristic takes CONTENT, of a Python file that was found in a folder, for a DAG.

    Airflow 2 asks for "dag", Airflow 3 for "dag" or "asset" (ASSETS; where it is not known, that takes more).
    """
    lowered = content.lower()
    return b"airflow" in lowered and (b"dag" in lowered or (assets and b"asset" in lowered))


def check_size(content: bytes) -> None:
    """Raise FileProblem for CONTENT of which there is too much to be parsed."""
    if len(content) > MAX_SIZE:
        raise FileProblem(
            f"it is larger than {MAX_SIZE // 1024 // 1024} MiB", f"part it, or name it in {IGNORE_FILE} if it is no DAG"
        )


def find_defaults(path: str, read: Reader) -> tuple[tuple[str, bytes], ...]:
    """Give the defaults that dag-factory lays under the YAML file PATH, nearest first, with their paths.

    They are the defaults.yml, or defaults.yaml, of its folder and of those above it, up to the folder named dags.
    Raises FileProblem.
    """
    found: list[tuple[str, bytes]] = []
    for folder in PurePath(path).parents:
        names = (_join(folder.as_posix(), name) for name in _DEFAULTS)
        content = next(((name, text) for name in names if (text := read(Path(name))) is not None), None)
        if content:
            found.append(content)
        if folder.name in ("dags", ""):
            break
    return tuple(found)


class _Search:
    def __init__(self, list_folder: Lister, read: Reader, syntaxes: "Sequence[Syntax]") -> None:
        self.list_folder = list_folder
        self.read = read
        self.syntaxes = syntaxes
        self.files: dict[str, DagFile] = {}
        """By their paths without links."""
        self.notes: list[Note] = []

    @cached_property
    def nothing(self) -> "Ignored":
        """Give the rules of no ignore file."""
        from astrokpo_cli.project.ignore import Ignored  # for files that are named it is not asked

        return Ignored.nothing(self.syntaxes)

    def add(self, named: str) -> None:
        path = PurePath(named).as_posix()
        if self.list_folder(Path(named)) is not None:
            self._walk(self._named_folder(path))
        elif _ending(path) == ".zip":
            self._note_archive(path)
        else:
            real = os.path.realpath(named)
            self.files[real] = self.files.get(real, DagFile(path, _kind(path)))._replace(named=True)

    def _named_folder(self, path: str) -> _Folder:
        """Give the folder PATH, under the rules of those above it up to one named dags; they do not hide itself."""
        real, whole = os.path.realpath(path), Path(os.path.abspath(path))  # noqa: PTH100 (it ends "..")
        dags = next((folder for folder in (whole, *whole.parents) if folder.name == "dags"), None)
        if dags is None:
            return _Folder(path, real, "", self.nothing, in_dags=False)
        ignored = self.nothing
        for folder in reversed(whole.parents):
            if folder.is_relative_to(dags):
                below = _below(folder, dags)
                ignored = self._with_file(ignored.entered(below), os.path.relpath(folder), below)
        below = _below(whole, dags)
        ignored = self.nothing if ignored.hide(below, is_folder=True) else ignored.entered(below)
        return _Folder(path, real, below, ignored, in_dags=True)

    def _walk(self, start: _Folder) -> None:
        seen: set[str] = set()
        waiting: list[_Folder | _File] = [start]
        while waiting:
            match waiting.pop():
                case _File(path, real):
                    self.files.setdefault(real, DagFile(path, _kind(path)))
                case _Folder(path, real) if real in seen:
                    self.notes.append(Note(path, 0, "a link to a folder that is here already: Airflow stops at that"))
                case folder:
                    seen.add(folder.real)
                    waiting.extend(reversed(self._look_into(folder, is_named=folder is start)))

    def _look_into(self, folder: _Folder, *, is_named: bool) -> "list[_Folder | _File]":
        """Give what FOLDER holds that is to be walked or taken, sorted by name."""
        entries = self._entries(folder)
        names = {entry.name for entry in entries}
        if names & ENVIRONMENTS and not is_named:
            return []
        if PurePath(folder.path).name == "dags" and not folder.in_dags and not folder.ignored.has_rules:
            folder = folder._replace(below="", in_dags=True)
        if IGNORE_FILE in names:
            folder = folder._replace(ignored=self._with_file(folder.ignored, folder.path, folder.below))
        taken = (self._take(entry, folder) for entry in entries)
        return [it for it in taken if it]

    def _take(self, entry: "os.DirEntry[str]", folder: _Folder) -> "_Folder | _File | None":
        path, below = _join(folder.path, entry.name), _join(folder.below, entry.name)
        is_folder = is_true(entry.is_dir)
        if is_folder:
            if entry.name in TOOLS or (entry.name.startswith(".") and not folder.in_dags):
                return None
        elif _ending(entry.name) not in (".py", ".zip", *YAML):
            return None
        if folder.ignored.hide(below, is_folder=is_folder):
            return None
        real = os.path.realpath(path) if entry.is_symlink() else _join(folder.real, entry.name)
        if is_folder:
            return _Folder(path, real, below, folder.ignored.entered(below), folder.in_dags)
        if _ending(entry.name) == ".zip":
            self._note_archive(path)
        elif is_true(entry.is_file):
            return _File(path, real)
        elif entry.is_symlink():
            self.notes.append(Note(path, 0, "a link that leads to no file"))
        return None

    def _entries(self, folder: _Folder) -> "Sequence[os.DirEntry[str]]":
        try:
            return self.list_folder(Path(folder.path)) or ()
        except FileProblem as err:
            self.notes.append(Note(folder.path, 0, err.message, err.hint))
            return ()

    def _with_file(self, ignored: "Ignored", folder: str, below: str) -> "Ignored":
        """Add the ignore file of FOLDER, if it has one, to IGNORED."""
        path = _join(PurePath(folder).as_posix(), IGNORE_FILE)
        try:
            content = self.read(Path(path))
        except FileProblem as err:
            self.notes.append(Note(path, 0, err.message, err.hint))
            return ignored
        ignored, refused = ignored.with_file(content or b"", below)
        self.notes += (Note(path, line, message) for line, message in refused)
        return ignored

    def _note_archive(self, path: str) -> None:
        self.notes.append(
            Note(path, 0, "the DAGs in a zip file are not looked into", "name the files that it is made of")
        )


def is_true(ask: Callable[[], bool]) -> bool:
    """Whether a folder's entry says yes to ASK, its is_dir or is_file; not where that cannot be told."""
    try:
        return ask()
    except OSError:  # links in a circle, or a link to where we may not look
        return False


def _ending(path: str) -> str:
    return os.path.splitext(path)[1]  # noqa: PTH122 (as Airflow tells a file's kind)


def _kind(path: str) -> Kind:
    return "yaml" if _ending(path) in YAML else "python"


def _join(folder: str, name: str) -> str:
    return name if folder in ("", ".") else f"{folder.rstrip('/')}/{name}"


def _below(folder: Path, dags: Path) -> str:
    return "" if folder == dags else folder.relative_to(dags).as_posix()
