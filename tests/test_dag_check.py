"""`dag check` as its users run it: what it looks at, what it prints, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.parts import Run

Astrokpo = Callable[..., Run]

TASK = "from airflow import DAG\nfrom airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator\n"
LACKS = f'{TASK}\nwith DAG("load"):\n    KubernetesPodOperator(task_id="load", image="ghcr.io/acme/etl:1.4")\n'
PUBLIC = LACKS.replace("ghcr.io/acme/etl:1.4", "python:3.12")
PREFIX = ("--image-prefix", "ghcr.io/acme", "--secret", "ghcr-io-pull")


def write(path: str, content: str = LACKS) -> Path:
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(content, encoding="utf-8")
    return target


def codes(done: Run) -> list[str]:
    return [finding["code"] for finding in json.loads(done.out)["findings"]]


def test_an_error_is_exit_code_three_and_none_is_zero(astrokpo: Astrokpo) -> None:
    write("dags/load.py")
    assert astrokpo("dag", "check", *PREFIX).code == 3
    write("dags/load.py", PUBLIC)
    assert astrokpo("dag", "check", *PREFIX).code == 0


def test_the_report_shows_place_line_and_caret(astrokpo: Astrokpo) -> None:
    write("dags/load.py")
    done = astrokpo("dag", "check", *PREFIX)
    first, source, caret, *_ = done.out.splitlines()
    assert first.startswith("dags/load.py:5:49: error AKP101 ")
    image = '"ghcr.io/acme/etl:1.4"'
    assert source.endswith(f"image={image})")
    assert caret.index("^") == source.index(image)
    assert caret.count("^") == len(image)
    assert "1 error in 1 of 1 file" in done.out.splitlines()[-1]


def test_without_private_images_nothing_is_an_error(astrokpo: Astrokpo) -> None:
    # which images are private only the project knows; a guess must not fail anybody's build
    write("dags/load.py", LACKS.replace("ghcr.io", "registry.acme.com"))
    done = astrokpo("dag", "check", "--json")
    assert (codes(done), done.code) == (["AKP110"], 0)


def test_the_project_says_which_images_are_private(astrokpo: Astrokpo) -> None:
    write("dags/load.py")
    write("astrokpo.toml", '[registries]\n"ghcr.io" = "ghcr-io-pull"\n')
    assert codes(astrokpo("dag", "check", "--json")) == ["AKP101"]
    elsewhere = ("--image-prefix", "quay.io/acme")  # a flag stands in front of the file
    assert codes(astrokpo("dag", "check", "--json", *elsewhere)) == []


def test_a_secret_without_images_is_a_usage_error(astrokpo: Astrokpo) -> None:
    write("dags/load.py")
    done = astrokpo("dag", "check", "--secret", "ghcr-io-pull")
    assert (done.code, done.out) == (2, "")
    assert "--image-prefix" in done.err


def test_a_secret_that_no_registry_of_the_project_names_is_a_usage_error(astrokpo: Astrokpo) -> None:
    write("dags/load.py")
    write("astrokpo.toml", '[registries]\n"ghcr.io" = "ghcr-io-pull"\n')
    done = astrokpo("dag", "check", "--secret", "other")
    assert done.code == 2
    assert '"other"' in done.err


def test_there_is_no_folder_of_dags(astrokpo: Astrokpo) -> None:
    done = astrokpo("dag", "check")
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines() == [
        "error: there is no folder dags here",
        "hint: name the files or folders to look at",
    ]


def test_a_path_that_is_not_there(astrokpo: Astrokpo) -> None:
    done = astrokpo("dag", "check", "nowhere")
    assert done.code == 1
    assert '"nowhere" does not exist' in done.err


@pytest.mark.parametrize("command", [("check",), ("patch", "--write", "--fix", "AKP201")], ids=["check", "patch"])
@pytest.mark.parametrize(("path", "message"), [("", "a path is empty"), ("-", "standard input is not read")])
def test_what_is_no_path_is_a_usage_error(
    command: tuple[str, ...], path: str, message: str, astrokpo: Astrokpo
) -> None:
    # an empty one, such as that of a variable that is not set, was the working folder and all below it
    written = write("dags/load.py", LACKS.replace("operators.pod", "operators.kubernetes_pod"))
    before = written.read_bytes()
    done = astrokpo("dag", *command, path)
    assert (done.code, done.out, written.read_bytes()) == (2, "", before)
    assert message in done.err


@pytest.mark.parametrize("command", [("check",), ("patch", "--fix", "AKP201")], ids=["check", "patch"])
def test_a_working_folder_that_is_gone(command: tuple[str, ...], astrokpo: Astrokpo, isolated: Path) -> None:
    # it was an unexpected error
    path = write("dags/load.py").absolute()
    gone = isolated / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    done = astrokpo("dag", *command, str(path))
    os.chdir(isolated)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: the working folder is no longer there\n")


IMPORTS = LACKS.replace("from airflow import DAG", "from airflow import DAG\nfrom common import DEFAULTS").replace(
    'task_id="load"', '**DEFAULTS, task_id="load"'
)


@pytest.mark.parametrize(
    ("pipe", "code"),
    [
        ("dags/.airflowignore", 3),
        ("dags/common.py", 0),
        ("dags/defaults.yml", 3),
        ("Dockerfile", 3),
        ("requirements.txt", 3),
        ("astrokpo.toml", 1),
    ],
)
def test_a_pipe_in_a_project_keeps_nobody_waiting(pipe: str, code: int) -> None:
    # each was read until somebody wrote into it
    write("dags/load.py", IMPORTS if pipe == "dags/common.py" else LACKS)
    operator = "airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator"
    write("dags/more.yaml", f"x:\n  tasks:\n    a:\n      operator: {operator}\n      image: python:3.12\n")
    if pipe != "Dockerfile":
        write("Dockerfile", "FROM python:3.12\n")
    os.mkfifo(pipe)
    done = subprocess.run(
        [sys.executable, "-m", "astrokpo_cli", "dag", "check", "--select", "AKP101,AKP901", *PREFIX],
        capture_output=True,
        timeout=30,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    assert done.returncode == code, done.stderr
    assert b"unexpected" not in done.stderr


FILLING = "x = 1\n" * 400_000


@pytest.mark.parametrize("name", ["load.py", "load.yaml"])
def test_a_file_that_would_take_all_memory_is_an_error(name: str, astrokpo: Astrokpo) -> None:
    # 16 MiB of Python took 8 GiB
    factory = (
        "x:\n  tasks:\n    a:\n      operator: airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator\n"
    )
    path = write(f"dags/{name}", f"{LACKS if name == 'load.py' else factory}{FILLING}")
    done = astrokpo("dag", "check", "--json", *PREFIX)
    assert (codes(done), done.code) == (["AKP901"], 3)
    assert "larger than 2 MiB" in done.out
    before = path.read_bytes()
    done = astrokpo("dag", "patch", "--write", *PREFIX)
    assert "larger than 2 MiB" in done.err
    assert path.read_bytes() == before


@pytest.mark.parametrize("prefix", ["https://ghcr.io", "ada:Tr0ub4dor@acme", "\x1b[31mghcr", "AGE-SECRET-KEY-1QQQ", ""])
def test_a_prefix_that_is_none_is_told_by_its_flag_and_shown_without_harm(prefix: str, astrokpo: Astrokpo) -> None:
    # a private key, and what a terminal obeys, were printed as they are
    write("dags/load.py")
    done = astrokpo("dag", "check", "--image-prefix", prefix)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("error: --image-prefix ")
    assert [part for part in ("\x1b", "SECRET-KEY", "Tr0ub4dor") if part in done.err] == []


def test_a_prefix_that_the_project_knows_has_the_secret_that_it_names(astrokpo: Astrokpo) -> None:
    # the secret was not known, and nothing was patched
    write("dags/load.py")
    write("astrokpo.toml", '[registries]\n"ghcr.io" = "ghcr-io-pull"\n')
    done = astrokpo("dag", "check", "--image-prefix", "ghcr.io/acme")
    assert 'V1LocalObjectReference(name="ghcr-io-pull")' in done.out


def test_from_a_folder_inside_the_project_its_dags_are_found(
    astrokpo: Astrokpo, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("astrokpo.toml", '[registries]\n"ghcr.io" = "ghcr-io-pull"\n')
    write("dags/load.py")
    Path("include").mkdir()
    monkeypatch.chdir("include")
    done = astrokpo("dag", "check", "--json")
    assert [finding["file"] for finding in json.loads(done.out)["findings"]] == ["../dags/load.py"]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ((), ["AKP101", "AKP306"]),
        (("--select", "AKP1"), ["AKP101"]),
        (("--select", "AKP101", "--select", "AKP306"), ["AKP101", "AKP306"]),
        (("--ignore", "akp101,AKP9"), ["AKP306"]),
        (("--select", "AKP3", "--ignore", "AKP306"), []),
    ],
)
def test_codes_are_chosen_whole_or_by_their_beginning(
    flags: tuple[str, ...], expected: list[str], astrokpo: Astrokpo
) -> None:
    write("dags/load.py", LACKS.replace("image=", 'namespace="default", image='))
    done = astrokpo("dag", "check", "--json", *PREFIX, *flags)
    assert sorted(codes(done)) == expected
    assert done.code == (3 if "AKP101" in expected else 0)


@pytest.mark.parametrize("flag", ["--select", "--ignore"])
@pytest.mark.parametrize("code", ["AKP999", "", "F401"])
def test_a_code_that_there_is_not(flag: str, code: str, astrokpo: Astrokpo) -> None:
    write("dags/load.py")
    done = astrokpo("dag", "check", flag, code)
    assert done.code == 2
    assert "AKP101" in done.err


def test_explain_says_what_a_code_means_and_stops(astrokpo: Astrokpo) -> None:
    done = astrokpo("dag", "check", "--explain", "akp104")
    assert done.code == 0
    assert done.out.startswith("AKP104, error: ")
    assert len(done.out.splitlines()) == 3
    assert astrokpo("dag", "check", "--explain", "AKP000").code == 2


def test_reports_for_programs_go_one_at_a_time(astrokpo: Astrokpo) -> None:
    write("dags/load.py")
    assert astrokpo("dag", "check", "--sarif", "--github").code == 2
    assert astrokpo("dag", "check", "--json", "--sarif").code == 2


def test_sarif_is_one_document_with_the_finding(astrokpo: Astrokpo) -> None:
    write("dags/load.py")
    done = astrokpo("dag", "check", "--sarif", *PREFIX)
    document = json.loads(done.out)
    (result,) = document["runs"][0]["results"]
    assert (document["version"], result["ruleId"], result["level"]) == ("2.1.0", "AKP101", "error")
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "dags/load.py"
    assert done.code == 3


def test_annotations_for_github(astrokpo: Astrokpo) -> None:
    write("dags/load.py")
    done = astrokpo("dag", "check", "--github", *PREFIX)
    assert done.out.startswith("::error file=dags/load.py,line=5,")
    assert len(done.out.splitlines()) == 1


def test_a_comment_silences_a_line(astrokpo: Astrokpo) -> None:
    write("dags/load.py", LACKS.replace('1.4")', '1.4")  # astrokpo: ignore[AKP101]'))
    assert astrokpo("dag", "check", *PREFIX).code == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("newer Python", f"{LACKS}\nmatch x:\n    case 1 if:\n        pass\n".encode()),
        ("no UTF-8", LACKS.encode() + "# é\n".encode("latin-1")),
        ("a NUL", LACKS.encode() + b"\0"),
        ("nested too deeply", f"{LACKS}X = {'(' * 3000}{')' * 3000}\n".encode()),
        ("a long chain", (LACKS + "if a:\n    pass\n" + "elif a:\n    pass\n" * 3000).encode()),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_and_hides_no_other(
    name: str, content: bytes, astrokpo: Astrokpo
) -> None:
    write("dags/a.py").write_bytes(content)
    write("dags/b.py")
    done = astrokpo("dag", "check", "--json", *PREFIX)
    assert (codes(done), done.code) == (["AKP901", "AKP101"], 3)
    assert "unexpected" not in done.out + done.err


def test_what_airflow_passes_over_is_passed_over(astrokpo: Astrokpo) -> None:
    write("dags/load.py")
    write("dags/old/load.py")
    write("dags/.airflowignore", "old\n")
    write("dags/notes.py", "KubernetesPodOperator = 1\n")
    done = json.loads(astrokpo("dag", "check", "--json", *PREFIX).out)
    assert (done["files"], [task["file"] for task in done["tasks"]]) == (1, ["dags/load.py"])
    named = json.loads(astrokpo("dag", "check", "--json", *PREFIX, "dags/old/load.py").out)
    assert [task["file"] for task in named["tasks"]] == ["dags/old/load.py"]


def test_the_defaults_beside_a_yaml_file_hold_for_it(astrokpo: Astrokpo) -> None:
    operator = "airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator"
    task = f"load:\n  tasks:\n    extract:\n      operator: {operator}\n      image: ghcr.io/acme/etl:1.4\n"
    write("dags/team/load.yaml", task)
    assert codes(astrokpo("dag", "check", "--json", *PREFIX)) == ["AKP101"]
    write("dags/defaults.yml", "default_args:\n  image_pull_secrets:\n    - name: ghcr-io-pull\n")
    assert codes(astrokpo("dag", "check", "--json", *PREFIX)) == []


def test_an_archive_is_said_to_be_passed_over(astrokpo: Astrokpo) -> None:
    write("dags/load.py", PUBLIC)
    Path("dags/more.zip").write_bytes(b"PK\5\6" + bytes(18))
    done = astrokpo("dag", "check", "--json")
    assert "dags/more.zip" in done.err
    assert json.loads(done.out)["notes"][0]["path"] == "dags/more.zip"


def test_many_files_in_several_processes_give_what_one_process_gives(astrokpo: Astrokpo) -> None:
    for number in range(230):
        write(f"dags/team_{number % 7}/load_{number}.py", LACKS.replace("etl", f"etl-{number}"))
    write("dags/broken.py", "# an airflow dag\ndef")
    many = astrokpo("dag", "check", "--json", *PREFIX)
    tasks, findings = [], []
    for folder in sorted(Path("dags").iterdir()):
        few = json.loads(astrokpo("dag", "check", "--json", *PREFIX, str(folder)).out)
        tasks += few["tasks"]
        findings += few["findings"]
    document = json.loads(many.out)
    assert (document["tasks"], many.code) == (sorted(tasks, key=lambda task: task["file"]), 3)
    assert document["findings"] == sorted(findings, key=lambda each: each["file"])
    assert document["summary"] == {"error": 231, "warning": 0, "note": 0}


def test_an_interrupt_ends_the_processes(isolated: Path) -> None:
    for number in range(3000):
        write(f"dags/load_{number}.py")
    command = [sys.executable, "-m", "astrokpo_cli", "dag", "check", "--json", *PREFIX]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ, process_group=0, text=True
    ) as running:
        time.sleep(1.0)
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert (running.returncode, err.splitlines()[-1:]) in ((130, ["interrupted"]), (3, []))
    assert "Traceback" not in out + err
