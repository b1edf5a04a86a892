"""Run by an Airflow's Python: load projects as Airflow does, without a cluster, and print the pods of all their tasks.

    python patched_pods.py FOLDERS

FOLDERS is a JSON file with a list of projects, each a folder with dags/ in it. Prints, as its last line, {project:
{file: FOUND}}; FOUND is the error of a file that cannot be loaded, as text, or else a list of its tasks, in the order
in which they are made: {"id", "calls", "pods"}. `calls` are [file, line] of each call in the project's own code that
led to the task, the innermost first; `pods` are the wire forms, several for a mapped task, texts for what fails.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any
from unittest import mock

CNCF = "airflow.providers.cncf.kubernetes"
IN_CLUSTER = f"{CNCF}.hooks.kubernetes.KubernetesHook.is_in_cluster"
SETTINGS = {"AIRFLOW_CONN_KUBERNETES_DEFAULT": "kubernetes://", "AIRFLOW_VAR_ENV": "dev"}
"""What a connection or a variable is, so that no database is asked."""

Made = tuple[Any, list[tuple[str, int]]]
"""An operator, and the calls that led to it."""


def main(folders: list[str]) -> None:
    warnings.simplefilter("ignore")
    sys.dont_write_bytecode = True
    sys.addaudithook(refuse_network)
    os.environ.update(SETTINGS)
    pod_operator = find_class([f"{CNCF}.operators.pod", f"{CNCF}.operators.kubernetes_pod"], "KubernetesPodOperator")
    mapped = find_class(["airflow.sdk.definitions.mappedoperator", "airflow.models.mappedoperator"], "MappedOperator")
    made: list[Made] = []
    pod_operator.__init__ = noting(pod_operator.__init__, made)
    mapped.__attrs_post_init__ = noting(mapped.__attrs_post_init__, made)
    with mock.patch(IN_CLUSTER, new_callable=mock.PropertyMock, return_value=True):
        print(json.dumps({folder: pods_of(Path(folder), made, pod_operator) for folder in folders}))


def refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.getaddrinfo"}:
        raise ConnectionRefusedError(f"{event} {arguments} in a test")


def find_class(modules: list[str], name: str) -> Any:
    for module in modules:
        try:
            return getattr(importlib.import_module(module), name)
        except ImportError:
            continue
    raise ImportError(name)


def noting(initialise: Callable[..., None], made: list[Made]) -> Callable[..., None]:
    """Give INITIALISE, the end of which is noted in MADE: an attribute may be set on the operator later."""

    @wraps(initialise)
    def initialise_and_note(self: Any, *arguments: Any, **keywords: Any) -> None:
        initialise(self, *arguments, **keywords)
        made.append((self, calls()))

    return initialise_and_note


def calls() -> list[tuple[str, int]]:
    """Give the calls that have led here from the project's own code; the working folder is the project."""
    root = f"{os.getcwd()}{os.sep}"
    found = []
    frame = sys._getframe(1)
    while frame:
        path = frame.f_code.co_filename
        if path.startswith(root):
            found.append((path[len(root) :], frame.f_lineno))
        frame = frame.f_back  # type: ignore[assignment]
    return found


def pods_of(project: Path, made: list[Made], pod_operator: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with working_in(project):
        for path in sorted(project.glob("dags/**/*.py")):
            file = path.relative_to(project).as_posix()
            made.clear()
            try:
                load(path, ".".join(path.relative_to(project / "dags").with_suffix("").parts))
            except Exception as err:
                found[file] = f"{type(err).__name__}: {err}"
                continue
            found[file] = [task for operator, led in list(made) for task in tasks_of(operator, led, pod_operator)]
    return found


@contextmanager
def working_in(project: Path) -> Iterator[None]:
    """Have PROJECT as Airflow has it: its folders on the path, and no module of another project."""
    path, modules, folder = list(sys.path), set(sys.modules), os.getcwd()
    sys.path[:0] = [str(project / "dags"), str(project / "config"), str(project / "plugins"), str(project)]
    os.chdir(project)
    try:
        yield
    finally:
        os.chdir(folder)
        sys.path[:] = path
        for name in set(sys.modules) - modules:
            if is_below(sys.modules[name], str(project)):
                del sys.modules[name]


def is_below(module: Any, folder: str) -> bool:
    places = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    return any(place and place.startswith(folder) for place in places)


def load(path: Path, name: str) -> None:
    """Run a DAG file under the name by which other files of dags/ import it, so that relative imports work."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


def tasks_of(operator: Any, led: list[tuple[str, int]], pod_operator: Any) -> Iterator[dict[str, Any]]:
    if isinstance(operator, pod_operator):
        yield {"id": operator.task_id, "calls": led, "pods": [wire_form(operator)]}
    elif issubclass(operator.operator_class, pod_operator):
        pods = [wire_form(each) for each in unmapped(operator)]
        yield {"id": operator.task_id, "calls": led, "pods": pods}


def unmapped(operator: Any) -> Iterator[Any]:
    """Give an operator for each set of keywords that is known; one without those that a run alone tells."""
    decorated = getattr(operator, "op_kwargs_expand_input", None)
    known = sets_of((decorated or operator.expand_input).value)
    for keywords in known or [{}]:
        yield operator.unmap({"op_kwargs": keywords} if decorated else keywords)


def sets_of(expanded: Any) -> list[dict[str, Any]]:
    if isinstance(expanded, Mapping):
        lists = {key: list(value) for key, value in expanded.items() if isinstance(value, (list, tuple))}
        count = max(map(len, lists.values()), default=0)
        return [{key: value[min(at, len(value) - 1)] for key, value in lists.items()} for at in range(count)]
    return [each for each in expanded if isinstance(each, Mapping)] if isinstance(expanded, (list, tuple)) else []


def wire_form(operator: Any) -> Any:
    """Build the pod, or the job, as the API server would get it; its name without what is random in it."""
    client = importlib.import_module("kubernetes.client")
    operator.random_name_suffix = False
    job = getattr(operator, "build_job_request_obj", None)
    try:
        built = job({}) if job else operator.build_pod_request_obj()
    except Exception as err:
        return f"{type(err).__name__}: {err}"
    return client.ApiClient().sanitize_for_serialization(built)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
