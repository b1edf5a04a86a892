"""Every form of the snippet, parsed and built by real Airflows, from the oldest to the newest that we know.

The environments come from environments.py. Where one is missing its tests are skipped, or fail when
ASTROKPO_TEST_REQUIRE=1.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from astrokpo_cli.dags.snippet import Airflow, Form, Snippet, render

HERE = Path(__file__).parent
ENVIRONMENTS = Path(os.environ.get("ASTROKPO_AIRFLOW_ENVIRONMENTS", HERE.parents[1] / ".venv-airflow")).absolute()
TIME_LIMIT = 180

FAMILIES = {"2.4.3": Airflow.V2_4, "2.9.3": Airflow.V2, "2.11.2": Airflow.V2, "3.3.2": Airflow.V3}
FLAGS: dict[str, dict[str, Any]] = {
    "image": {},
    "secret": {"secrets": ("ghcr-io-pull",)},
    "resources": {"secrets": ("ghcr-io-pull",), "cpu": "800m", "memory": "3Gi"},
    "memory": {"secrets": ("ghcr-io-pull",), "memory": "512Mi"},
    "all": {
        "secrets": ("ghcr-io-pull", "registries.pull" + "-x" * 60),
        "pod_name": "load-orders",
        "cmds": ("sh", "-c"),
        "arguments": ('echo "it\'s {{ ds }}" \\\n\t ünïcödé 日本 \u202e', "x" * 120),
        "labels": (("team", "data"), ("acme.com/tier", "Gold_1")),
        "cpu": "0.5",
        "memory": "1Gi",
    },
}


def snippets_for(airflow: str) -> dict[str, Snippet]:
    """Give every form, as the widest and as the plain one for AIRFLOW, with every set of flags; by file name."""
    return {
        f"{form}-{family}-{name}.py": Snippet(form, family, image=f"ghcr.io/acme/{form}-{family}-{name}:1.4", **flags)
        for form, family, (name, flags) in itertools.product(Form, (Airflow.ANY, FAMILIES[airflow]), FLAGS.items())
    }


@pytest.mark.parametrize("airflow", FAMILIES)
def test_every_snippet_parses_and_builds_the_pod_that_it_says(airflow: str, tmp_path: Path) -> None:
    python = python_of(airflow)
    snippets = snippets_for(airflow)
    folder = tmp_path / "dags"
    folder.mkdir()
    for file, snippet in snippets.items():
        (folder / file).write_text(render(snippet), encoding="utf-8")
    expected = tmp_path / "expected.json"
    expected.write_text(json.dumps({file: expected_of(file, airflow, it) for file, it in snippets.items()}))

    said = run(python, str(HERE / "build_pods.py"), str(folder), str(expected), home=tmp_path)
    assert said.splitlines()[-1] == f"{len(snippets)} snippets as expected"


@pytest.mark.parametrize("client", ["k8s-31", "k8s-37"])
def test_the_models_of_a_snippet_are_right_for_every_kubernetes_client(client: str, tmp_path: Path) -> None:
    snippet = Snippet(Form.DEFAULT_ARGS, secrets=("ghcr-io-pull", "other"), cpu="1", memory="2Gi")
    path = tmp_path / "snippet.py"
    path.write_text(render(snippet), encoding="utf-8")

    said = run(python_of(client), "-c", SERIALIZE, str(path), home=tmp_path)
    assert json.loads(said) == {
        "image_pull_secrets": [{"name": "ghcr-io-pull"}, {"name": "other"}],
        "container_resources": resources_of(snippet),
    }


SERIALIZE = """
import json, runpy, sys
from kubernetes.client import ApiClient
print(json.dumps(ApiClient().sanitize_for_serialization(runpy.run_path(sys.argv[1])["default_args"])))
"""


def python_of(name: str) -> str:
    python = ENVIRONMENTS / name / "bin" / "python"
    if not python.exists():
        reason = f"no {python}: python tests/airflow/environments.py {ENVIRONMENTS}"
        pytest.fail(reason) if os.environ.get("ASTROKPO_TEST_REQUIRE") == "1" else pytest.skip(reason)
    return str(python)


def run(*command: str, home: Path) -> str:
    python, *arguments = command
    finished = subprocess.run(
        [python, "-I", *arguments],
        env={
            "PATH": os.defpath,
            "HOME": str(home),
            "AIRFLOW_HOME": str(home / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        },
        cwd=home,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=TIME_LIMIT,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def expected_of(file: str, airflow: str, snippet: Snippet) -> dict[str, Any]:
    of_a_dag = snippet.form == Form.DEFAULT_ARGS
    name = file.removesuffix(".py")
    pod = {
        "task_id": name,
        "name": snippet.pod_name or name.replace(".", "-"),
        "imagePullSecrets": [{"name": secret} for secret in snippet.secrets or ("<your-secret-name>",)],
        "image": snippet.image,
        "command": [*snippet.cmds],
        "args": [*snippet.arguments],
        "labels": dict(snippet.labels),
        "resources": resources_of(snippet),
        "printed": None,
    }
    if of_a_dag:
        pod |= {"task_id": "a-task", "name": "a-task", "image": "an-image", "command": [], "args": [], "labels": {}}
    if snippet.form == Form.DECORATOR:
        pod |= {"command": None, "args": None, "printed": "hello from Python"}
    return {
        "form": snippet.form,
        "pod": pod,
        "namespaces": dict.fromkeys(("none", "old", "new"), "default") if of_a_dag else namespaces_in(airflow),
        "warnings": expected_warnings(airflow, snippet),
    }


def resources_of(snippet: Snippet) -> dict[str, dict[str, str]] | None:
    amounts = {key: text for key, text in (("cpu", snippet.cpu), ("memory", snippet.memory)) if text}
    return {"limits": amounts, "requests": amounts} if amounts else None


def namespaces_in(airflow: str) -> dict[str, str]:
    """Give the namespace by which of the two variables is set; Airflow 2.4 knows the old one alone."""
    return {"none": "default", "old": "old-name", "new": "default" if airflow == "2.4.3" else "new-name"}


def expected_warnings(airflow: str, snippet: Snippet) -> list[str]:
    """Airflow 2.5 to 2.9 warn of the old name of the section, and 3.3 of the old name of the decorators."""
    if airflow == "2.9.3" and snippet.form != Form.DEFAULT_ARGS:
        return ["FutureWarning"]
    if airflow == "3.3.2" and snippet.form == Form.DECORATOR and snippet.airflow == Airflow.ANY:
        return ["DeprecatedImportWarning"]
    return []
