"""The snippet as what it says when Python runs it: each is run against stand-ins for airflow and kubernetes."""

from __future__ import annotations

import ast
import builtins
import itertools
import subprocess
import sys
from contextlib import nullcontext
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astrokpo_cli.dags.snippet import (
    Airflow,
    Form,
    Snippet,
    parse_airflow,
    parse_label,
    parse_quantity,
    render,
    unused_fields,
)
from astrokpo_cli.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

IMAGE = "ghcr.io/acme/etl:1.4"
FLAGS: dict[str, dict[str, Any]] = {
    "none": {},
    "image": {"image": IMAGE},
    "secret": {"secrets": ("ghcr-io-pull",)},
    "usual": {"image": IMAGE, "secrets": ("ghcr-io-pull",)},
    "resources": {"image": IMAGE, "secrets": ("ghcr-io-pull",), "cpu": "800m", "memory": "3Gi"},
    "cpu-only": {"cpu": "0.5"},
    "all": {
        "image": IMAGE,
        "secrets": ("ghcr-io-pull", "b" * 253, "registries-pull"),
        "task_id": "load_Orders.v2",
        "pod_name": "load-orders",
        "cmds": ("sh", "-c"),
        "arguments": ('echo "it\'s {{ ds }}" \\\n\t\x1b[1m ünïcödé 日本 \u202e', "x" * 120, ""),
        "labels": (("team", "data"), ("acme.com/tier", "Gold_1"), ("a" * 63, "v" * 63), ("empty", "")),
        "cpu": "2",
        "memory": "512Mi",
    },
}
SNIPPETS = {
    f"{form}-{airflow}-{name}": Snippet(form, airflow, **flags)
    for form, airflow, (name, flags) in itertools.product(Form, Airflow, FLAGS.items())
}
every_snippet = pytest.mark.parametrize("snippet", SNIPPETS.values(), ids=SNIPPETS.keys())
every_task = pytest.mark.parametrize("form", [Form.TASK, Form.DAG, Form.DECORATOR])

POD = "airflow.providers.cncf.kubernetes.operators.pod"
OLD_POD = "airflow.providers.cncf.kubernetes.operators.kubernetes_pod"
ON_ASTRO = {"kubernetes": "geocentric-supernova-1234"}


class Run:
    """What a snippet's source does: the pull secrets and everything else it passes to a task and a DAG."""

    def __init__(
        self, source: str, config: Mapping[str, str] = ON_ASTRO, missing: frozenset[str] = frozenset()
    ) -> None:
        self.imported: list[tuple[str, str]] = []
        self.tasks: list[dict[str, Any]] = []
        self.dags: list[dict[str, Any]] = []
        self.config = config
        self.missing = missing
        self.names: dict[str, Any] = {"__builtins__": {**vars(builtins), "__import__": self._import}}
        exec(compile(source, "snippet.py", "exec"), self.names)  # the run is the test

    def _import(self, module: str, _globals: object, _locals: object, names: tuple[str, ...], _level: int) -> object:
        if module in self.missing:
            raise ImportError(module)
        self.imported += [(module, name) for name in names]
        return SimpleNamespace(**{name: self._stand_in(module, name) for name in names})

    def _stand_in(self, module: str, name: str) -> object:
        k8s = SimpleNamespace(V1LocalObjectReference=reference, V1ResourceRequirements=requirements)
        return {
            "DAG": self._dag,
            "KubernetesPodOperator": self._task,
            "conf": SimpleNamespace(get=self._get),
            "datetime": lambda *ymd: ymd,
            "models": k8s,
            "task": SimpleNamespace(kubernetes=self._decorator),
        }[name]

    def _task(self, **keywords: Any) -> None:
        self.tasks.append(keywords)

    def _decorator(self, **keywords: Any) -> Callable[[object], Callable[[], None]]:
        return lambda _function: lambda: self._task(**keywords)

    def _dag(self, **keywords: Any) -> nullcontext[None]:
        self.dags.append(keywords)
        return nullcontext()

    def _get(self, section: str, key: str, **fallback: Any) -> Any:
        assert key == "NAMESPACE"
        return self.config[section] if section in self.config else fallback["fallback"]


def reference(*, name: str) -> dict[str, str]:
    return {"name": name}


def requirements(*, limits: dict[str, str], requests: dict[str, str]) -> dict[str, Any]:
    return {"limits": limits, "requests": requests}


def task_of(snippet: Snippet) -> dict[str, Any]:
    (task,) = Run(render(snippet)).tasks
    return task


@every_snippet
def test_every_snippet_gives_a_list_of_references_by_name(snippet: Snippet) -> None:
    expected = [{"name": name} for name in snippet.secrets or ("<your-secret-name>",)]
    run = Run(render(snippet))
    holder = run.names["default_args"] if snippet.form == Form.DEFAULT_ARGS else run.tasks[0]
    assert holder["image_pull_secrets"] == expected


@every_snippet
def test_every_snippet_ends_in_one_newline_and_prints_only_what_shows(snippet: Snippet) -> None:
    source = render(snippet)
    assert source.endswith("\n")
    assert not source.endswith("\n\n")
    assert all(char == "\n" or char.isprintable() for char in source)


@every_snippet
def test_only_text_in_quotes_makes_a_line_long(snippet: Snippet) -> None:
    wide = [line for line in render(snippet).splitlines() if len(line) > 88]
    assert all(line.split("=")[-1].strip()[0] in "\"'" for line in wide), wide


@every_snippet
def test_what_is_given_arrives_at_the_task(snippet: Snippet) -> None:
    if snippet.form == Form.DEFAULT_ARGS or snippet == Snippet(snippet.form, snippet.airflow):
        return
    task = task_of(snippet)
    unused = unused_fields(snippet)
    assert task["image"] == (snippet.image or "<your-docker-image>")
    assert task.get("cmds", []) == [*snippet.cmds] * ("cmds" not in unused)
    assert task.get("arguments", []) == [*snippet.arguments] * ("arguments" not in unused)
    assert task.get("labels", {}) == dict(snippet.labels)
    assert task["get_logs"] is task["in_cluster"] is True
    assert task["namespace"] == "geocentric-supernova-1234"


@every_snippet
def test_a_pod_may_use_just_what_it_asks_for(snippet: Snippet) -> None:
    amounts = {key: text for key, text in (("cpu", snippet.cpu), ("memory", snippet.memory)) if text}
    run = Run(render(snippet))
    holder = run.names["default_args"] if snippet.form == Form.DEFAULT_ARGS else run.tasks[0]
    assert holder.get("container_resources") == ({"limits": amounts, "requests": amounts} if amounts else None)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rendered")
    for name, snippet in SNIPPETS.items():
        (folder / f"{name}.py").write_text(render(snippet), encoding="utf-8")
    return folder


def ruff(*arguments: str) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.parametrize("line_length", ["88", "100", "120", "320"])
def test_ruff_format_has_nothing_to_change(rendered: Path, line_length: str) -> None:
    ruff("format", "--isolated", "--no-cache", "--diff", f"--line-length={line_length}", str(rendered))


def test_ruff_finds_no_error_no_unused_name_and_no_unsorted_import(rendered: Path) -> None:
    ruff("check", "--isolated", "--no-cache", "--select=E,F,I,W", "--ignore=E501", str(rendered))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=20))
def test_ruff_leaves_any_quoted_text_alone(texts: list[str]) -> None:
    source = render(Snippet(Form.DAG, cmds=tuple(texts), arguments=tuple("'\"\\" + text for text in texts)))
    finished = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "-"],
        input=source.encode(),
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert finished.stdout.decode() == source


@given(st.lists(st.text(), min_size=1), st.sampled_from([Form.TASK, Form.DAG]), st.sampled_from(Airflow))
def test_commands_arrive_exactly_or_are_refused(texts: list[str], form: Form, airflow: Airflow) -> None:
    """A command line cannot hold NUL, and the Kubernetes API takes no lone surrogate."""
    snippet = Snippet(form, airflow, cmds=tuple(texts), arguments=tuple(texts))
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for text in texts for char in text):
        with pytest.raises(InvalidValue):
            render(snippet)
    else:
        assert task_of(snippet)["cmds"] == task_of(snippet)["arguments"] == texts


TEXT_FIELDS = ("image", "task_id", "pod_name", "cpu", "memory")


@given(
    st.fixed_dictionaries({}, optional={field: st.text(max_size=12) for field in TEXT_FIELDS}), st.sampled_from(Form)
)
def test_any_text_in_any_field_is_refused_or_valid_python(fields: dict[str, str], form: Form) -> None:
    try:
        source = render(Snippet(form, **fields))  # type: ignore[arg-type]  # the fields are all text
    except InvalidValue:
        return
    ast.parse(source)


HOSTILE = {
    "a double quote": 'a"',
    "a single quote": "a'",
    "a backslash": "a\\",
    "a newline": "a\n",
    "code": '"), __import__("os").system("id',
    "a template": "{{ var.value.image }}",
    "a template of ours": "{dag_id}",
    "a bidi override": "a\u202ebb",
    "a space": "a b",
    "nothing": "",
    "a surrogate": "a\udcff",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("field", ["secrets", "image", "task_id", "pod_name", "cpu", "memory", "labels"])
@pytest.mark.parametrize("form", Form)
def test_a_name_that_is_none_is_refused_in_every_form(form: Form, field: str, text: str) -> None:
    value: object = {"secrets": (text,), "labels": ((text, "x"),)}.get(field, text)
    with pytest.raises(InvalidValue) as refused:
        render(Snippet(form)._replace(**{field: value}))  # type: ignore[arg-type]  # one field of Snippet
    assert refused.value.message.isprintable()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"task_id": "a" * 251}, "not a task id"),
        ({"task_id": "a\u0301"}, "not a task id"),
        ({"pod_name": "a" * 221}, "not a name for a pod"),
        ({"pod_name": "Etl"}, "not a name for a pod"),
        ({"pod_name": "a_b"}, "not a name for a pod"),
        ({"pod_name": "a-"}, "not a name for a pod"),
        ({"secrets": ("Pull",)}, "not a name for a secret"),
        ({"labels": (("a", "x"), ("a", "y"))}, "given twice"),
        ({"labels": (("a=b", "c"),)}, "not a label"),
        ({"cmds": ("a\0",)}, "cannot be passed to a program"),
        ({"image": "ghcr.io/Acme/etl"}, "not an image reference"),
    ],
)
def test_rules_of_each_field(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidValue, match=why):
        render(Snippet(**fields))


@pytest.mark.parametrize("field", ["a" * 250, "Load.orders_2-b", "löschen"])
def test_a_task_id_that_airflow_takes_is_printed_as_it_is(field: str) -> None:
    assert task_of(Snippet(task_id=field))["task_id"] == field


def test_without_flags_it_is_the_documented_form_with_its_placeholders() -> None:
    assert task_of(Snippet()) == {
        "namespace": "geocentric-supernova-1234",
        "image_pull_secrets": [{"name": "<your-secret-name>"}],
        "image": "<your-docker-image>",
        "cmds": ["<commands-for-image>"],
        "arguments": ["<arguments-for-image>"],
        "labels": {"<pod-label>": "<label-name>"},
        "name": "<pod-name>",
        "in_cluster": True,
        "task_id": "<task-name>",
        "get_logs": True,
    }


@every_task
def test_an_image_and_a_secret_are_enough_for_ready_code(form: Form) -> None:
    source = render(Snippet(form, secrets=("ghcr-io-pull",), image=IMAGE))
    assert "<" not in source


@pytest.mark.parametrize(
    ("fields", "task_id", "pod_name"),
    [
        ({"image": "ghcr.io/acme/etl:1.4"}, "etl", "etl"),
        ({"image": "nginx"}, "nginx", "nginx"),
        ({"image": "localhost:5000/my__img.v2@sha256:" + "0" * 64}, "my__img.v2", "my-img-v2"),
        ({"image": "ghcr.io/acme/" + "a" * 240}, "a" * 240, "a" * 63),
        ({"image": "nginx", "task_id": "Load_Orders"}, "Load_Orders", "load-orders"),
        ({"image": "nginx", "pod_name": "orders.v2"}, "nginx", "orders.v2"),
        ({"pod_name": "orders"}, "orders", "orders"),
        ({"task_id": "_"}, "_", "task"),
        ({"task_id": "a" * 62 + "-b"}, "a" * 62 + "-b", "a" * 62),
        ({"cpu": "1"}, "<task-name>", "<pod-name>"),
    ],
)
def test_names_that_are_not_given_come_from_those_that_are(fields: dict[str, Any], task_id: str, pod_name: str) -> None:
    task = task_of(Snippet(**fields))
    assert (task["task_id"], task["name"]) == (task_id, pod_name)


def test_a_dag_runs_only_when_told_to_and_is_named_after_its_task() -> None:
    (dag,) = Run(render(Snippet(Form.DAG, image=IMAGE))).dags
    assert dag == {"dag_id": "etl", "start_date": (2024, 1, 1), "schedule": None, "catchup": False}


def test_default_args_hold_nothing_that_belongs_to_one_task() -> None:
    snippet = Snippet(Form.DEFAULT_ARGS, **FLAGS["all"])
    assert Run(render(snippet)).names["default_args"].keys() == {"image_pull_secrets", "container_resources"}
    assert unused_fields(snippet) == ("image", "task_id", "pod_name", "cmds", "arguments", "labels")


def test_the_decorator_is_given_no_command_since_it_sets_its_own() -> None:
    snippet = Snippet(Form.DECORATOR, **FLAGS["all"])
    assert not {"cmds", "arguments"} & task_of(snippet).keys()
    assert unused_fields(snippet) == ("cmds", "arguments")


@pytest.mark.parametrize("form", [Form.TASK, Form.DAG])
def test_a_task_has_a_place_for_every_field(form: Form) -> None:
    assert unused_fields(Snippet(form, **FLAGS["all"])) == ()


OPERATOR, CONF, MODELS = (
    (POD, "KubernetesPodOperator"),
    ("airflow.configuration", "conf"),
    ("kubernetes.client", "models"),
)
PENDULUM = ("pendulum", "datetime")


@pytest.mark.parametrize(
    ("form", "airflow", "imported"),
    [
        (Form.TASK, Airflow.ANY, {CONF, MODELS, OPERATOR}),
        (Form.TASK, Airflow.V2_4, {CONF, MODELS, (OLD_POD, "KubernetesPodOperator")}),
        (Form.TASK, Airflow.V2, {CONF, MODELS, OPERATOR}),
        (Form.TASK, Airflow.V3, {CONF, MODELS, OPERATOR}),
        (Form.DAG, Airflow.ANY, {CONF, MODELS, OPERATOR, PENDULUM, ("airflow", "DAG")}),
        (Form.DAG, Airflow.V2, {CONF, MODELS, OPERATOR, PENDULUM, ("airflow", "DAG")}),
        (Form.DAG, Airflow.V3, {CONF, MODELS, OPERATOR, PENDULUM, ("airflow.sdk", "DAG")}),
        (Form.DECORATOR, Airflow.ANY, {CONF, MODELS, ("airflow.decorators", "task")}),
        (Form.DECORATOR, Airflow.V2_4, {CONF, MODELS, ("airflow.decorators", "task")}),
        (Form.DECORATOR, Airflow.V2, {CONF, MODELS, ("airflow.decorators", "task")}),
        (Form.DECORATOR, Airflow.V3, {CONF, MODELS, ("airflow.sdk", "task")}),
        (Form.DEFAULT_ARGS, Airflow.ANY, {MODELS}),
    ],
)
def test_imports_are_those_of_the_airflow(form: Form, airflow: Airflow, imported: set[tuple[str, str]]) -> None:
    assert set(Run(render(Snippet(form, airflow))).imported) == imported


@pytest.mark.parametrize("form", [Form.TASK, Form.DAG])
def test_the_widest_form_finds_the_operator_of_an_old_provider(form: Form) -> None:
    run = Run(render(Snippet(form)), missing=frozenset({POD}))
    assert (OLD_POD, "KubernetesPodOperator") in run.imported
    assert len(run.tasks) == 1


@pytest.mark.parametrize(
    ("config", "namespace"),
    [
        ({"kubernetes": "old"}, "old"),
        ({"kubernetes_executor": "new"}, "new"),
        # Airflow 3 gives the new section's default where only the old one is set
        ({"kubernetes": "old", "kubernetes_executor": "default"}, "old"),
        ({}, "default"),
    ],
)
@pytest.mark.parametrize("airflow", [Airflow.ANY, Airflow.V3])
@every_task
def test_the_namespace_is_found_under_either_name(
    form: Form, airflow: Airflow, config: dict[str, str], namespace: str
) -> None:
    (task,) = Run(render(Snippet(form, airflow)), config).tasks
    assert task["namespace"] == namespace


@pytest.mark.parametrize(
    ("texts", "airflow"),
    [
        ("any", Airflow.ANY),
        ("2.4 2.4.3 2.0 2.2.5 6.0.4 7.0.0 4.2.9 5.0.7-base", Airflow.V2_4),
        ("2 2.5 2.10.5 2.11 2.11.2 2.9.3+astro.5 2.10.0rc1 8.0.0 11.3.0 12.1.1 13.0.0-python-3.11-base", Airflow.V2),
        ("3 3.0 3.1.8 3.0.0 3.12 3.0-9 3.1-5-base 3.1-12-python-3.12-base 3.2.0b2", Airflow.V3),
    ],
)
def test_a_version_picks_the_airflow(texts: str, airflow: Airflow) -> None:
    assert {parse_airflow(text) for text in texts.split()} == {airflow}


@pytest.mark.parametrize(
    "text",
    ["", " 2", "2.", "2.x", "1.10.15", "2.12", "2.10-1", "3-9", "3.0.1-9", "3.0-", "4", "4.0", "11.3", "14.0.0", "30",
     "latest", "ANY", "any-base", "v2.9", "2.9.3 ", "2.9.3\n", "٢.٩", "2" * 5000],
)  # fmt: skip
def test_what_is_no_known_version_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        parse_airflow(text)
    assert "2.10" in refused.value.hint


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("team=data", ("team", "data")),
        ("acme.com/team=data", ("acme.com/team", "data")),
        ("a=", ("a", "")),
        ("A_b.c-9=X_y.z-9", ("A_b.c-9", "X_y.z-9")),
        (f"{'k' * 63}={'v' * 63}", ("k" * 63, "v" * 63)),
    ],
)
def test_a_label_is_a_key_and_a_value(text: str, pair: tuple[str, str]) -> None:
    assert parse_label(text) == pair


@pytest.mark.parametrize(
    "text",
    ["team", "=data", "a=b=c", "/a=b", "a/=b", "A.com/a=b", "a/b/c=d", "-a=b", "a-=b", "a=-b", "a=b_", "a b=c", "ü=x",
     "a=b\n", f"{'k' * 64}=v", f"k={'v' * 64}", f"{'p' * 254}/k=v"],
)  # fmt: skip
def test_what_kubernetes_would_not_take_as_a_label_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="is not a label"):
        parse_label(text)


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        ("cpu", "1 0.5 .5 2. 500m 1500m 0.001 43 0.100"),
        ("memory", "2Gi 512Mi 1.5Gi 1G 100k 128974848 1e9 1E3 1E 0.5Gi 64Ti"),
    ],
)
def test_amounts_are_given_back_as_written(kind: Literal["cpu", "memory"], texts: str) -> None:
    assert [parse_quantity(kind, text) for text in texts.split()] == texts.split()


NO_AMOUNT = ["", "0", "0.0", "-1", "+1", ".", "1 ", " 1", "1\n", "one", "0m", "0Gi", "0e9"]
NO_CPU = ["0.0005", "0.5m", "2Gi", "1k", "100u", "1e3", "1,5"]
NO_MEMORY = ["500m", "2gi", "2GB", "2g", "1K", "1KiB", "2 Gi", "1e"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [("cpu", text) for text in NO_AMOUNT + NO_CPU] + [("memory", text) for text in NO_AMOUNT + NO_MEMORY],
)
def test_amounts_that_are_none_or_surely_a_slip_are_refused(kind: Literal["cpu", "memory"], text: str) -> None:
    with pytest.raises(InvalidValue, match=f"is not an amount of {kind}"):
        parse_quantity(kind, text)
