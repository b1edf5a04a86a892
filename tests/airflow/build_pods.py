"""Build the pods of snippets inside an Airflow, without a cluster, and compare them with what is expected.

    python build_pods.py FOLDER EXPECTED

Runs under the Python of an Airflow environment (3.10 and newer, no astrokpo there). FOLDER holds the snippets, EXPECTED
is JSON: file name -> {form, pod, namespaces, warnings} as `found_in` gives it. Prints one line for each difference
and exits 1, or prints how many snippets are as expected.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import sys
import warnings
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

NAMESPACE_SETTINGS: dict[str, dict[str, str]] = {
    "none": {},
    "old": {"AIRFLOW__KUBERNETES__NAMESPACE": "old-name"},
    "new": {"AIRFLOW__KUBERNETES_EXECUTOR__NAMESPACE": "new-name"},
}
IN_CLUSTER = "airflow.providers.cncf.kubernetes.hooks.kubernetes.KubernetesHook.is_in_cluster"


def main(folder: Path, expected: dict[str, Any]) -> int:
    sys.addaudithook(refuse_network)
    differences = [f"{file}: {error}" for file, error in import_errors(folder).items()]
    for name, wanted in expected.items():
        found = found_in(folder / name, wanted["form"])
        differences += [
            f"{name}: {key}: expected {wanted[key]!r}, found {found[key]!r}"
            for key in found
            if found[key] != wanted[key]
        ]
    print("\n".join(differences) or f"{len(expected)} snippets as expected")
    return 1 if differences else 0


def refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.getaddrinfo"}:
        raise ConnectionRefusedError(f"{event} {arguments} in a test")


def import_errors(folder: Path) -> dict[str, str]:
    """Parse FOLDER as a scheduler does."""
    models = importlib.import_module("airflow.models")
    bag = models.DagBag(str(folder), safe_mode=False)
    assert bag.dags, "no file gave a DAG"
    return dict(bag.import_errors)


def found_in(path: Path, form: str) -> dict[str, Any]:
    """Give what PATH makes of each setting of the namespace, its pod, and the warnings on the way."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        operators = {setting: operator_of(path, form, env) for setting, env in NAMESPACE_SETTINGS.items()}
    serialize(operators["none"].dag)
    pods = {setting: wire_form(operator) for setting, operator in operators.items()}
    return {
        "form": form,
        "pod": summary(pods["none"], operators["none"]),
        "namespaces": {setting: pod["metadata"]["namespace"] for setting, pod in pods.items()},
        "warnings": sorted({warning.category.__name__ for warning in caught}),
    }


def operator_of(path: Path, form: str, environment: dict[str, str]) -> Any:
    with mock.patch.dict(os.environ, environment):
        if form == "dag":
            dag = runpy.run_path(str(path))["dag"]
        elif form == "default-args":
            with airflow_dag(default_args=runpy.run_path(str(path))["default_args"]) as dag:
                pod_operator()(task_id="a-task", name="a-task", image="an-image", namespace="default")
        else:
            with airflow_dag() as dag:
                runpy.run_path(str(path))
    (operator,) = dag.tasks
    return operator


def serialize(dag: Any) -> None:
    """Write DAG as a scheduler stores it; what it cannot store would be an import error there."""
    module = importlib.import_module("airflow.serialization.serialized_objects")
    getattr(module, "DagSerialization", module.SerializedDAG).to_dict(dag)


def airflow_dag(**keywords: Any) -> Any:
    try:
        module = importlib.import_module("airflow.sdk")
    except ImportError:
        module = importlib.import_module("airflow")
    return module.DAG("around-the-snippet", start_date=datetime(2024, 1, 1), schedule=None, **keywords)


def pod_operator() -> Any:
    operators = "airflow.providers.cncf.kubernetes.operators"
    try:
        module = importlib.import_module(f"{operators}.pod")
    except ImportError:
        module = importlib.import_module(f"{operators}.kubernetes_pod")
    return module.KubernetesPodOperator


def wire_form(operator: Any) -> Any:
    """Build the pod as the API server would get it; only a label of it asks whether there is a cluster."""
    client = importlib.import_module("kubernetes.client")
    with mock.patch(IN_CLUSTER, new_callable=mock.PropertyMock, return_value=True):
        return client.ApiClient().sanitize_for_serialization(operator.build_pod_request_obj())


def summary(pod: Any, operator: Any) -> dict[str, Any]:
    (container,) = pod["spec"]["containers"]
    decorated = hasattr(operator, "python_callable")
    labels = pod["metadata"]["labels"]
    return {
        "task_id": operator.task_id,
        "name": pod["metadata"]["name"].rpartition("-")[0],
        "imagePullSecrets": pod["spec"]["imagePullSecrets"],
        "image": container["image"],
        "command": None if decorated else container.get("command"),
        "args": None if decorated else container.get("args"),
        "labels": {key: labels[key] for key in labels if "airflow" not in key and key != "kubernetes_pod_operator"},
        "resources": container.get("resources") or None,
        "printed": run_decorated(operator) if decorated else None,
    }


def run_decorated(operator: Any) -> str:
    """Give what the function of `@task.kubernetes` prints first, run as the source that is sent to the pod."""
    source = getattr(operator, "get_python_source", None) or operator._get_python_source
    names: dict[str, Any] = {}
    exec(source(), names)
    with mock.patch("builtins.print") as shown:
        names["run_in_pod"]()
    return str(shown.call_args.args[0])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))))
