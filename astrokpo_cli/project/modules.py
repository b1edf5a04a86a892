"""The project's own modules: which file an import names, found as an Airflow on Astro would, read and parsed.

IN. The lister and the reader are parameters. Nothing outside of the project is looked at: no site-packages, and no
module that the standard library, Airflow or its Kubernetes client has by the same name, since theirs come first.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from astrokpo_cli.dags.source import Module, UnreadableSource, parse_module
from astrokpo_cli.errors import FileProblem
from astrokpo_cli.project.dagfiles import Lister, Reader, is_true

NOT_OURS = sys.stdlib_module_names | {"airflow", "kubernetes"}
"""What a file of the project never stands for, even if it has that name: Airflow puts the project's folders last."""
MAX_SIZE = 1024 * 1024
"""Bytes of a module that is worth its parsing; a larger one holds data."""
KEPT = 64
"""How many parsed modules are kept: a tree takes about half a megabyte for a hundred lines."""


PLACES = ("dags", "plugins", "config", "")
"""The folders of a project that its files import from, and the project's own."""
DAGS = "dags"
INIT = "__init__.py"


class ProjectModules:
    """Finds, reads and parses the modules that the project's files import from each other.

    A file's project is the nearest folder around it that has a folder named dags: it imports from its dags, plugins
    and config, from the folder itself (include.x, dags.x), and then from the folders that were named.
    It may be pickled: a copy knows what it was made from, and has found nothing yet.
    """

    def __init__(self, named: Iterable[str], read: Reader, list_folder: Lister) -> None:
        """Take the paths that a person NAMED, files or folders, and the project's folder where that is known."""
        self._made_from = (tuple(named), read, list_folder)
        self._read = read
        self._list = list_folder
        self._shows_whole = any(Path(path).is_absolute() for path in self._made_from[0])
        # What is small is kept for good: a folder is listed once, so that most imports cost no look at the disk.
        self._kinds = lru_cache(maxsize=None)(self._list_kinds)
        self._place = lru_cache(maxsize=None)(self._find_place)
        self._path = lru_cache(maxsize=None)(self._find)
        self._module = lru_cache(maxsize=KEPT)(self._parse)
        self._walked = tuple(dict.fromkeys(map(self._folder_of, self._made_from[0])))
        self._outermost = {*self._walked, *filter(None, map(_home_of, self._walked))}

    def __reduce__(self) -> tuple[object, ...]:
        return ProjectModules, self._made_from

    def load(self, importer: Module, name: str, level: int) -> Module | None:
        """Give the module that IMPORTER imports as NAME, dotted; None for one that is not the project's or unreadable.

        LEVEL is the number of leading dots of a relative import, whose NAME may be empty.
        """
        if level == 0 and name.partition(".")[0] in NOT_OURS:
            return None
        folder, roots = self._place(importer.path[: importer.path.rfind("/") + 1])
        if level:
            around = (folder, *folder.parents)[level - 1 : level]
            roots = tuple(it for it in around if any(it.is_relative_to(root) for root in roots))
        path = self._path(roots, name)
        return None if path is None else self._module(path)

    def _folder_of(self, named: str) -> Path:
        path = _absolute(named)
        try:
            return path.parent if self._list(path) is None else path
        except FileProblem:
            return path.parent

    def _find_place(self, named: str) -> tuple[Path, tuple[Path, ...]]:
        """Give the folder NAMED (empty: the working folder), and those that its files import from, the first first."""
        folder = _absolute(named)
        homes = [home / place for home in self._homes(folder) for place in PLACES]
        return folder, tuple(dict.fromkeys((*homes, *(it for it in self._walked if folder.is_relative_to(it)))))

    def _homes(self, folder: Path) -> Iterator[Path]:
        """Give the folders of projects that FOLDER is in, the nearest first, up to the outermost we may look into."""
        for around in (folder, *folder.parents):
            if not any(around.is_relative_to(outermost) for outermost in self._outermost):
                return
            if around.name == DAGS:
                yield around.parent
            elif self._kinds(around).get(DAGS):
                yield around

    def _find(self, roots: tuple[Path, ...], name: str) -> Path | None:
        """Give the file of the module NAME by Python's rules: a package, else a module, else folders without either."""
        if not name:
            return self._package(roots[0]) if roots else None
        file, folders = None, roots
        for part in name.split("."):
            file, folders = self._step(folders, part)
        return file

    def _step(self, folders: tuple[Path, ...], part: str) -> tuple[Path | None, tuple[Path, ...]]:
        """Give the file of PART, which may be in any of FOLDERS, and the folders that its own modules are in."""
        portions = []
        for folder in folders:
            kinds, inner = self._kinds(folder), folder / part
            if kinds.get(part):
                package = self._package(inner)
                if package:
                    return package, (inner,)
                portions.append(inner)
            if kinds.get(f"{part}.py") is False:
                return folder / f"{part}.py", ()
        return None, tuple(portions)

    def _package(self, folder: Path) -> Path | None:
        return folder / INIT if self._kinds(folder).get(INIT) is False else None

    def _list_kinds(self, folder: Path) -> Mapping[str, bool]:
        """Give for each name in FOLDER whether it is a folder; nothing where there is none that can be listed."""
        try:
            return {entry.name: is_true(entry.is_dir) for entry in self._list(folder) or ()}
        except FileProblem:
            return {}

    def _parse(self, path: Path) -> Module | None:
        try:
            content = self._read(path)
            return None if content is None or len(content) > MAX_SIZE else parse_module(content, self._shown(path))
        except (FileProblem, UnreadableSource):
            return None

    def _shown(self, path: Path) -> str:
        here = Path.cwd()
        return (path.relative_to(here) if path.is_relative_to(here) and not self._shows_whole else path).as_posix()


def _absolute(path: str) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 (what follows is told by names, so ".." must go and links stay)


def _home_of(folder: Path) -> Path | None:
    """Give the folder around the nearest folder named dags that FOLDER is, or is in."""
    return next((path.parent for path in (folder, *folder.parents) if path.name == DAGS), None)
