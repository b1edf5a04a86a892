"""Many files checked, in several processes where that pays. Part of `dag check`."""

import gc
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from astrokpo_cli import files
from astrokpo_cli.dags.check import check_python, unreadable
from astrokpo_cli.dags.findings import Checked
from astrokpo_cli.dags.rules import Expectations
from astrokpo_cli.errors import FileProblem
from astrokpo_cli.project.dagfiles import DagFile, check_size, find_defaults, might_contain_dag
from astrokpo_cli.project.modules import ProjectModules

PAYS_FROM = 100
"""Files from which on a second process is worth its start."""
CHUNK = 50
"""Files whose findings a process hands over at a time."""


class Checker(NamedTuple):
    """What a process must know to check files."""

    expected: Expectations
    roots: tuple[str, ...]
    """Where the project's own modules are looked for."""

    def check(self, found: Sequence[DagFile]) -> Iterator[Checked]:
        """Check the files of FOUND, in order; those that Airflow would pass over are left out."""
        if len(found) < PAYS_FROM or (os.cpu_count() or 1) < 2:
            yield from self.check_here(found)
            return
        from astrokpo_cli.commands.processes import in_processes

        chunks = [found[start : start + CHUNK] for start in range(0, len(found), CHUNK)]
        for done in in_processes(self.check_here, chunks):
            yield from done

    def check_here(self, found: Sequence[DagFile]) -> list[Checked]:
        """Check the files of FOUND in this process."""
        modules = ProjectModules(self.roots, files.read_regular, files.list_folder)
        gc.disable()  # a tree has no cycles: to look for some in each, again and again, takes a sixth of the time
        try:
            return [checked for file in found if (checked := self._check_one(file, modules))]
        finally:
            gc.enable()

    def _check_one(self, file: DagFile, modules: ProjectModules) -> Checked | None:
        try:
            content = files.read_if_there(Path(file.path))
        except FileProblem as err:
            return unreadable(file.path, err.message, err.hint)
        if content is None:
            return unreadable(file.path, "it is gone", "check again")
        assets = self.expected.versions.airflow_has((3,)) is not False
        if not (file.kind == "yaml" or file.named or might_contain_dag(content, assets=assets)):
            return None
        if file.kind == "yaml":
            return check_yaml_file(content, file.path, self.expected)
        try:
            check_size(content)
        except FileProblem as err:
            return unreadable(file.path, err.message, err.hint)
        return check_python(content, file.path, modules.load, self.expected)


def check_yaml_file(content: bytes, path: str, expected: Expectations) -> Checked:
    """Check CONTENT, a YAML file, with the defaults that stand beside it and above it."""
    from astrokpo_cli.dags.yamltasks import check_yaml, might_hold_tasks

    if not might_hold_tasks(content):
        return Checked(path)
    try:
        check_size(content)
        defaults = find_defaults(path, files.read_regular)
    except FileProblem as err:
        return unreadable(path, err.message, err.hint)
    return check_yaml(content, path, expected, defaults)
