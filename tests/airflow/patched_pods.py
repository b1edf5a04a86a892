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
import traceback
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial, wraps
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
    if pod_operator.__module__.endswith(".kubernetes_pod"):
        lend_what_was_required(pod_operator)
    nothing_random = mock.patch("uuid.uuid4", return_value=uuid.UUID(int=0))
    with nothing_random, mock.patch(IN_CLUSTER, new_callable=mock.PropertyMock, return_value=True):
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


def lend_what_was_required(pod_operator: Any) -> None:
    """Have Airflow 2.4 load code for later ones: a pod without a name takes one, and a DAG a start_date."""
    dag = importlib.import_module("airflow.models.dag").DAG
    timezone = importlib.import_module("airflow.utils.timezone")
    set_name, initialise = pod_operator._set_name, dag.__init__

    @wraps(initialise)
    def initialise_with_start(self: Any, *arguments: Any, **keywords: Any) -> None:
        initialise(self, *arguments, **keywords)
        self.start_date = self.start_date or timezone.datetime(2024, 1, 1)

    dag.__init__ = initialise_with_start
    pod_operator._set_name = lambda self, name: set_name(self, "pod" if name is None else name)


def noting(initialise: Callable[..., None], made: list[Made]) -> Callable[..., None]:
    """Give INITIALISE, the end of which is noted in MADE: an attribute may be set on the operator later."""

    @wraps(initialise)
    def initialise_and_note(self: Any, *arguments: Any, **keywords: Any) -> None:
        initialise(self, *arguments, **keywords)
        made.append((self, calls()))

    return initialise_and_note


def calls() -> list[tuple[str, int]]:
    """Give the calls that have led here from the project's own code; the working folder is the project."""
    root = f"{Path.cwd()}{os.sep}"
    frames = ((frame.f_code.co_filename, line) for frame, line in traceback.walk_stack(sys._getframe()))
    return [(path[len(root) :], line) for path, line in frames if path.startswith(root)]


def pods_of(project: Path, made: list[Made], pod_operator: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    with working_in(project):
        for path in sorted(project.glob("dags/**/*.py")):
            file = path.relative_to(project).as_posix()
            made.clear()
            try:
                load(path, ".".join(path.relative_to(project / "dags").with_suffix("").parts))
            except Exception as err:  # noqa: BLE001 - as a DagBag does
                found[file] = f"{type(err).__name__}: {err}"
                continue
            found[file] = [task for operator, led in list(made) for task in tasks_of(operator, led, pod_operator)]
    return found


@contextmanager
def working_in(project: Path) -> Iterator[None]:
    """Have PROJECT as Airflow has it: its folders on the path, and no module of another project."""
    path, modules, folder = list(sys.path), set(sys.modules), Path.cwd()
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
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


def tasks_of(operator: Any, led: list[tuple[str, int]], pod_operator: Any) -> Iterator[dict[str, Any]]:
    if isinstance(operator, pod_operator):
        yield {"id": operator.task_id, "calls": led, "pods": [wire_form(lambda: operator)]}
    elif issubclass(operator.operator_class, pod_operator):
        pods = [wire_form(partial(operator.unmap, keywords)) for keywords in expanded(operator)]
        yield {"id": operator.task_id, "calls": led, "pods": pods}


def expanded(operator: Any) -> list[dict[str, Any]]:
    """Give each set of keywords that a mapped operator is expanded with; one without those that a run alone tells."""
    decorated = getattr(operator, "op_kwargs_expand_input", None)
    known = sets_of((decorated or operator.expand_input).value) or [{}]
    return [{"op_kwargs": keywords} for keywords in known] if decorated else known


def sets_of(over: Any) -> list[dict[str, Any]]:
    if isinstance(over, Mapping):
        lists = {key: value for key, value in over.items() if isinstance(value, (list, tuple))}
        count = max(map(len, lists.values()), default=0)
        return [{key: value[min(at, len(value) - 1)] for key, value in lists.items()} for at in range(count)]
    return [dict(each) for each in over if isinstance(each, Mapping)] if isinstance(over, (list, tuple)) else []


def wire_form(make: Callable[[], Any]) -> Any:
    """Build the pod, or the job, as the API server would get it; its name without what is random in it."""
    client = importlib.import_module("kubernetes.client")
    try:
        operator = make()
        operator.random_name_suffix = False
        job = getattr(operator, "build_job_request_obj", None)
        built = job({}) if job else operator.build_pod_request_obj()
    except Exception as err:  # noqa: BLE001 - whatever it is, it is compared
        return f"{type(err).__name__}: {err}"
    return client.ApiClient().sanitize_for_serialization(built)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
