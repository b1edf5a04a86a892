"""Files patched: read, patched in memory, and written all or none. Part of `dag patch`."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from astrokpo_cli import files
from astrokpo_cli.commands.checking import check_yaml_file
from astrokpo_cli.dags.finder import find_tasks
from astrokpo_cli.dags.patch import Change, Left, Wish, patch_module
from astrokpo_cli.dags.private import PrivateImages
from astrokpo_cli.dags.rules import Expectations
from astrokpo_cli.dags.source import UnreadableSource, parse_module
from astrokpo_cli.dags.survey import survey
from astrokpo_cli.errors import FileProblem
from astrokpo_cli.project.dagfiles import DagFile, check_size, might_contain_dag
from astrokpo_cli.project.modules import ProjectModules


class PatchedFile(NamedTuple):
    """One file, before and after."""

    path: str
    before: bytes = b""
    after: bytes = b""
    changes: tuple[Change, ...] = ()
    left: tuple[Left, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Whether there is anything to write."""
        return self.before != self.after


def patch_files(found: Sequence[DagFile], roots: tuple[str, ...], wish: Wish) -> Iterator[PatchedFile]:
    """Patch the files of FOUND in memory; those that Airflow would pass over are left out."""
    modules = ProjectModules(roots, files.read_regular, files.list_folder)
    for file in found:
        try:
            content = files.read_if_there(Path(file.path))
        except FileProblem as err:
            yield PatchedFile(file.path, left=(Left(1, "", err.message),))
            continue
        if content is None:
            yield PatchedFile(file.path, left=(Left(1, "", "it is gone"),))
        elif file.kind == "yaml":
            yield PatchedFile(file.path, content, content, left=_left_in_yaml(content, file.path, wish.private))
        elif file.named or might_contain_dag(content, assets=wish.versions.airflow_has((3,)) is not False):
            yield _patch(content, file.path, modules, wish)


def write_all(patched: Sequence[PatchedFile]) -> None:
    """Write the files that are changed, all or none; raises FileProblem."""
    files.rewrite([files.Rewrite(Path(each.path), each.before, each.after) for each in patched if each.is_changed])


def _patch(content: bytes, path: str, modules: ProjectModules, wish: Wish) -> PatchedFile:
    try:
        check_size(content)
        module = parse_module(content, path)
        seen = survey(module)
        done = patch_module(seen, find_tasks(seen, modules.load), wish)
    except UnreadableSource as err:
        return PatchedFile(path, content, content, left=(Left(err.line, "", err.message),))
    except FileProblem as err:
        return PatchedFile(path, content, content, left=(Left(1, "", err.message),))
    except RecursionError:
        return PatchedFile(path, content, content, left=(Left(1, "", "it is nested too deeply"),))
    return PatchedFile(path, content, done.content, done.changes, done.left)


def _left_in_yaml(content: bytes, path: str, private: tuple[PrivateImages, ...]) -> tuple[Left, ...]:
    """Give the tasks of a YAML file that need a secret: YAML is a person's to change."""
    checked = check_yaml_file(content, path, Expectations(private))
    return tuple(
        Left(finding.span.line, finding.task, f"{finding.message}; YAML is not patched")
        for finding in checked.findings
        if finding.code in ("AKP101", "AKP109", "AKP901")
    )
