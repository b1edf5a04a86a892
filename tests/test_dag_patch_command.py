"""`dag patch` as its users run it: a diff or files changed, all or none, and what is left for a person."""

import json
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from astrokpo_cli import files
from astrokpo_cli.errors import FileProblem
from tests.parts import Run
from tests.test_dag_check import LACKS, PREFIX, PUBLIC, write

Astrokpo = Callable[..., Run]

IMPORT = "from kubernetes.client import models as k8s\n"
ADDED = 'image_pull_secrets=[k8s.V1LocalObjectReference(name="ghcr-io-pull")]'


def test_without_write_a_diff_is_printed_and_nothing_is_changed(astrokpo: Astrokpo) -> None:
    path = write("dags/load.py")
    done = astrokpo("dag", "patch", *PREFIX)
    assert (done.code, path.read_text()) == (3, LACKS)
    assert done.out.startswith("--- a/dags/load.py\n+++ b/dags/load.py\n@@ ")
    assert done.err.splitlines() == ["would change 1 of 1 files; --write does it"]
    subprocess.run(["patch", "-p1", "--quiet"], input=done.out.encode(), check=True)
    assert ADDED in path.read_text()


def test_with_write_the_files_are_changed_and_a_second_run_changes_nothing(astrokpo: Astrokpo) -> None:
    path = write("dags/load.py")
    done = astrokpo("dag", "patch", "--write", *PREFIX)
    assert done.code == 0
    assert "dags/load.py:5: load: image_pull_secrets added\n" in done.out
    patched = path.read_text()
    assert patched.count(IMPORT) == patched.count(ADDED) == 1
    again = astrokpo("dag", "patch", "--write", *PREFIX)
    assert (again.code, again.out, path.read_text()) == (0, "", patched)
    assert astrokpo("dag", "check", *PREFIX).code == 0


def test_nothing_to_do_is_exit_code_zero(astrokpo: Astrokpo) -> None:
    write("dags/load.py", PUBLIC)
    assert astrokpo("dag", "patch", *PREFIX).code == 0


def test_without_images_or_fixes_there_is_nothing_to_ask_for(astrokpo: Astrokpo) -> None:
    write("dags/load.py")
    done = astrokpo("dag", "patch")
    assert (done.code, done.out) == (2, "")
    assert "--image-prefix is missing" in done.err


@pytest.mark.parametrize("named", [True, False], ids=["named", "in astrokpo.toml"])
def test_images_without_a_secret_are_a_usage_error(named: bool, astrokpo: Astrokpo) -> None:
    # it said that the secret is not known, once for each task, and ended well
    write("dags/load.py")
    write("astrokpo.toml", "" if named else 'registries = ["ghcr.io/acme"]\n')
    done = astrokpo("dag", "patch", *(["--image-prefix", "ghcr.io/acme"] if named else []))
    assert (done.code, done.out) == (2, "")
    assert "--secret is missing" in done.err


def test_a_file_of_the_name_of_standard_input(astrokpo: Astrokpo, monkeypatch: pytest.MonkeyPatch) -> None:
    # standard input was read in its place
    path = write("./-")
    monkeypatch.setattr("sys.stdin", None)
    assert astrokpo("dag", "patch", "--write", "./-", *PREFIX).code == 0
    assert ADDED in path.read_text()


def test_what_is_not_certain_is_left_for_a_person(astrokpo: Astrokpo) -> None:
    source = LACKS.replace('image="ghcr.io/acme/etl:1.4"', "image=image()")
    path = write("dags/load.py", source)
    done = astrokpo("dag", "patch", "--write", *PREFIX)
    assert (done.code, path.read_text()) == (0, source)
    assert "left for a person (1):\n  dags/load.py:5: load: its image is not known" in done.err


def test_a_file_that_cannot_be_read_is_left_for_a_person(astrokpo: Astrokpo) -> None:
    write("dags/a.py", f"{LACKS}def\n")
    path = write("dags/b.py")
    done = astrokpo("dag", "patch", "--write", *PREFIX)
    assert "  dags/a.py:6: it is not Python" in done.err
    assert ADDED in path.read_text()


@pytest.mark.parametrize("code", ["AKP101", "AKP999", ""])
def test_only_what_is_mechanical_can_be_mended(code: str, astrokpo: Astrokpo) -> None:
    write("dags/load.py")
    done = astrokpo("dag", "patch", "--fix", code)
    assert done.code == 2
    assert "AKP201, AKP202, AKP203, AKP204" in done.err


def test_mode_and_link_stay_as_they_are(astrokpo: Astrokpo) -> None:
    real = write("shared/load.py")
    real.chmod(0o754)
    Path("dags").mkdir()
    Path("dags/load.py").symlink_to("../shared/load.py")
    assert astrokpo("dag", "patch", "--write", *PREFIX).code == 0
    assert Path("dags/load.py").is_symlink()
    assert ADDED in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o754
    assert sorted(path.name for path in Path("shared").iterdir()) == ["load.py"]


def test_all_files_or_none(astrokpo: Astrokpo, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [write(f"dags/{name}.py") for name in "abc"]
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if Path(target).name == "c.py":
            raise OSError(28, os.strerror(28))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    done = astrokpo("dag", "patch", "--write", *PREFIX)
    assert done.code == 1
    assert "No space left" in done.err
    assert [path.read_text() for path in paths] == [LACKS] * 3
    assert sorted(path.name for path in Path("dags").iterdir()) == ["a.py", "b.py", "c.py"]


def interrupted_after(count: int, replace: Callable[[Path, Path], Path]) -> Callable[[Path, Path], Path]:
    """Give a `Path.replace` that is interrupted when it has worked COUNT times, and then works again."""
    done: list[Path] = []

    def replacing(self: Path, target: Path) -> Path:
        found = replace(self, target)
        done.append(target)
        if len(done) == count:
            raise KeyboardInterrupt
        return found

    return replacing


@pytest.mark.parametrize("count", [1, 2, 3])
def test_an_interrupt_leaves_all_files_as_they_were(
    count: int, astrokpo: Astrokpo, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the file that had just been put in place stayed
    paths = [write(f"dags/{name}.py") for name in "abc"]
    monkeypatch.setattr(Path, "replace", interrupted_after(count, Path.replace))
    assert astrokpo("dag", "patch", "--write", *PREFIX).code == 130
    assert [path.read_text() for path in paths] == [LACKS] * 3
    assert sorted(path.name for path in Path("dags").iterdir()) == ["a.py", "b.py", "c.py"]


def test_an_interrupt_while_a_file_is_written_leaves_nothing_beside_it(
    astrokpo: Astrokpo, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the new content stayed there, under a name of ours
    path = write("dags/load.py")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fchmod", interrupt)
    assert astrokpo("dag", "patch", "--write", *PREFIX).code == 130
    assert (path.read_text(), [each.name for each in Path("dags").iterdir()]) == (LACKS, ["load.py"])


def test_files_that_cannot_be_put_back_are_named(astrokpo: Astrokpo, monkeypatch: pytest.MonkeyPatch) -> None:
    # the first of them ended it, and the hint was to run it again
    paths = [write(f"dags/{name}.py") for name in "abc"]
    replace = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target.name == "c.py":
            paths[0].write_text("somebody else's")
            raise OSError(28, os.strerror(28))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    done = astrokpo("dag", "patch", "--write", *PREFIX)
    assert done.code == 1
    assert done.err.startswith('error: not all files could be changed, and "dags/a.py" could not be put back\n')
    assert [path.read_text() for path in paths] == ["somebody else's", LACKS, LACKS]


def test_a_file_that_is_read_only_stays(astrokpo: Astrokpo, monkeypatch: pytest.MonkeyPatch) -> None:
    # it was replaced, since its folder may be written to
    path = write("dags/load.py")
    monkeypatch.setattr(os, "access", lambda *_: False)  # as for whoever is not root
    done = astrokpo("dag", "patch", "--write", *PREFIX)
    assert (done.code, path.read_text()) == (1, LACKS)
    assert 'error: "dags/load.py" cannot be written: it is read-only' in done.err


def test_a_file_that_somebody_changes_meanwhile_is_not_overwritten() -> None:
    path = write("dags/load.py")
    other = write("dags/other.py")
    with pytest.raises(FileProblem, match="has changed in the meantime"):
        files.rewrite([files.Rewrite(other, LACKS.encode(), b"new"), files.Rewrite(path, b"what it was", b"new")])
    assert (path.read_text(), other.read_text()) == (LACKS, LACKS)


def test_the_json_document_tells_what_was_done(astrokpo: Astrokpo) -> None:
    write("dags/load.py")
    write("dags/other.py", LACKS.replace('image="ghcr.io/acme/etl:1.4"', "image=image()"))
    done = astrokpo("dag", "patch", "--json", "--write", *PREFIX)
    document = json.loads(done.out)
    load, other = document["files"]
    assert (document["version"], document["written"]) == (1, True)
    assert (load["file"], load["changed"], load["changes"][-1]["task"]) == ("dags/load.py", True, "load")
    assert (other["changed"], other["left"][0]["line"]) == (False, 5)


def test_default_args_are_one_entry_for_a_dag(astrokpo: Astrokpo) -> None:
    path = write("dags/load.py", LACKS + '    KubernetesPodOperator(task_id="b", image="ghcr.io/acme/b")\n')
    assert astrokpo("dag", "patch", "--write", "--default-args", *PREFIX).code == 0
    assert path.read_text().count("image_pull_secrets") == 1
    assert astrokpo("dag", "check", *PREFIX).code == 0


def test_yaml_is_left_for_a_person(astrokpo: Astrokpo) -> None:
    operator = "airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator"
    source = f"load:\n  tasks:\n    extract:\n      operator: {operator}\n      image: ghcr.io/acme/etl:1.4\n"
    path = write("dags/load.yaml", source)
    done = astrokpo("dag", "patch", "--write", *PREFIX)
    assert path.read_text() == source
    assert "dags/load.yaml:5: " in done.err
