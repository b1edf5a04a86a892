"""Tasks in YAML: dag-factory's files, pod templates, and whatever else lies in a dags folder.

What dag-factory and Airflow make of a file was measured with dag-factory 1.1.0 in Airflow 2.11.2 and 3.3.2: each row
of WIRE holds what stood in the pod's spec.imagePullSecrets.
"""

import json
import re
import textwrap
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from astrokpo_cli.dags.findings import Checked, Finding, Severity
from astrokpo_cli.dags.private import PrivateImages
from astrokpo_cli.dags.rules.expectations import Expectations
from astrokpo_cli.dags.values import Entries, Items, Model, Scalar, Text, Unknown, Value
from astrokpo_cli.dags.versions import Versions
from astrokpo_cli.dags.yaml_dags.document import parse_yaml
from astrokpo_cli.dags.yaml_dags.reading import Reader
from astrokpo_cli.dags.yamltasks import check_yaml, might_hold_tasks

KPO = "airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator"
ACME = Expectations((PrivateImages("ghcr.io/acme", "ghcr-io-pull"),))
REFERENCE = "__type__: kubernetes.client.models.V1LocalObjectReference"


def check(text: str, expected: Expectations = ACME, defaults: str | None = None) -> Checked:
    files = [] if defaults is None else [("dags/defaults.yml", defaults.encode())]
    return check_yaml(text.encode(), "dags/acme.yml", expected, files)


def task(entries: str, around: str = "") -> str:
    """Give a file with one task, t, that has ENTRIES; AROUND are entries of its DAG."""
    file = f"acme:\n  schedule: null\n{textwrap.indent(around, '  ')}\n  tasks:\n    t:\n"
    return file + textwrap.indent(f"operator: {KPO}\nimage: ghcr.io/acme/etl:1\n{textwrap.dedent(entries)}", " " * 6)


def codes(checked: Checked) -> list[str]:
    return [finding.code for finding in checked.findings]


def at(text: str, finding: Finding) -> str:
    """Give the piece of TEXT that FINDING marks, up to the end of its first line."""
    line = text.splitlines()[finding.span.line - 1]
    end = finding.span.end_column if finding.span.end_line == finding.span.line else None
    return line[finding.span.column - 1 : end and end - 1]


WIRE: dict[str, tuple[str, object]] = {
    "nothing": ("", []),
    "references": (f"image_pull_secrets:\n  - {REFERENCE}\n    name: a", [{"name": "a"}]),
    "references by position": (f"image_pull_secrets: [{{{REFERENCE}, __args__: [a]}}]", [{"name": "a"}]),
    "dicts": ("image_pull_secrets: [{name: a}, {name: b}]", [{"name": "a"}, {"name": "b"}]),
    "a typed list": ("image_pull_secrets: {__type__: builtins.list, items: [{name: a}]}", [{"name": "a"}]),
    "text with commas": ("image_pull_secrets: a,b", [{"name": "a"}, {"name": "b"}]),
    "text with a blank": ("image_pull_secrets: a, b", [{"name": "a"}, {"name": " b"}]),
    "texts": ("image_pull_secrets: [a]", ["a"]),
    "a bare reference": (f"image_pull_secrets: {{{REFERENCE}, name: a}}", {"name": "a"}),
    "a bare dict": ("image_pull_secrets: {name: a}", {"name": "a"}),
    "null": ("image_pull_secrets:", []),
    "an empty list": ("image_pull_secrets: []", []),
    "the key twice": ("image_pull_secrets: [{name: a}]\nimage_pull_secrets: [{name: b}]", [{"name": "b"}]),
    "default_args of its own": ("default_args: {image_pull_secrets: [{name: a}]}", [{"name": "a"}]),
    "partial": ("partial: {image_pull_secrets: [{name: a}]}\nexpand: {arguments: [[x], [y]]}", [{"name": "a"}]),
    "full_pod_spec": (
        f"full_pod_spec:\n  __type__: kubernetes.client.models.V1Pod\n  spec:\n"
        f"    __type__: kubernetes.client.models.V1PodSpec\n    containers: []\n"
        f"    image_pull_secrets: [{{{REFERENCE}, name: a}}]",
        [{"name": "a"}],
    ),
    "pod_template_dict": (
        "pod_template_dict: {spec: {containers: [{name: base}], imagePullSecrets: [{name: a}]}}",
        [{"name": "a"}],
    ),
}


@pytest.mark.parametrize("row", WIRE)
def test_the_verdict_is_what_the_pod_gets(row: str) -> None:
    entries, wire = WIRE[row]
    (found,) = check(task(entries)).tasks
    names = [each["name"] if isinstance(each, dict) else each for each in ([wire] if isinstance(wire, dict) else wire)]  # type: ignore[attr-defined]
    assert (found.verdict, list(found.secrets)) == ("has" if names else "none", names)
    assert ("AKP101" in codes(check(task(entries)))) == (not names)


PRECEDENCE = {
    "the task": ("image_pull_secrets: [{name: own}]", "own"),
    "its default_args": ("default_args: {image_pull_secrets: [{name: own-default}]}", "own-default"),
    "its group": ("task_group_name: inner", "inner"),
    "the group around its group": ("task_group_name: bare", "outer"),
    "its DAG": ("", "dag"),
}
GROUPS = """
default_args: {image_pull_secrets: [{name: dag}]}
task_groups:
  inner: {parent_group_name: outer, default_args: {image_pull_secrets: [{name: inner}]}}
  bare: {parent_group_name: outer}
  outer: {default_args: {image_pull_secrets: [{name: outer}]}}
"""


@pytest.mark.parametrize("row", PRECEDENCE)
def test_the_nearest_default_wins(row: str) -> None:
    entries, name = PRECEDENCE[row]
    (found,) = check(task(entries, GROUPS)).tasks
    assert (found.verdict, found.secrets) == ("has", (name,))


def test_the_default_block_and_defaults_yml_come_last() -> None:
    block = "default: {default_args: {image_pull_secrets: [{name: block}]}}\n"
    beside = "default_args: {image_pull_secrets: [{name: beside}]}"
    assert check(task(""), defaults=beside).tasks[0].secrets == ("beside",)
    assert check(block + task(""), defaults=beside).tasks[0].secrets == ("block",)
    assert check(block + task("", "default_args: {owner: ada}")).tasks[0].secrets == ("block",)
    assert check(block + task("", "default_args: {image_pull_secrets: }")).tasks[0].verdict == "none"


def test_a_defaults_yml_that_cannot_be_read_makes_nothing_certain() -> None:
    found = check(task(""), defaults="default_args: [")
    assert found.tasks[0].verdict == "unknown"
    assert "AKP101" not in codes(found)


def test_tasks_and_groups_may_be_lists() -> None:
    file = f"""
        acme:
          task_groups:
            - {{group_name: g, default_args: {{image_pull_secrets: [{{name: of-g}}]}}}}
          tasks:
            - task_id: first
              operator: {KPO}
              image: ghcr.io/acme/etl:1
              task_group_name: g
            - task_id: second
              operator: airflow.operators.bash.BashOperator
              bash_command: kubernetes
    """
    (found,) = check(textwrap.dedent(file)).tasks
    assert (found.task, found.secrets, found.line) == ("first", ("of-g",), 6)


def test_anchors_and_merge_keys_are_followed() -> None:
    file = f"""
        base: &base
          operator: {KPO}
          image: ghcr.io/acme/etl:1
          image_pull_secrets: &secrets [{{name: a}}]
        public: &public
          image: docker.io/library/alpine:3
          image_pull_secrets:
        acme:
          tasks:
            one: *base
            two: {{<<: *base, image_pull_secrets: [{{name: b}}]}}
            three:
              image_pull_secrets: *secrets
              <<: [*public, *base]
            four: {{<<: [*public, *base]}}
    """
    found = {each.task: (each.image, each.secrets) for each in check(textwrap.dedent(file)).tasks}
    etl, alpine = "ghcr.io/acme/etl:1", "docker.io/library/alpine:3"
    assert found == {"one": (etl, ("a",)), "two": (etl, ("b",)), "three": (alpine, ("a",)), "four": (alpine, ())}


UNKNOWN = {
    "joined by dag-factory 1": "image_pull_secrets: {__join__: [a, b]}",
    "joined by dag-factory 0": "image_pull_secrets: !join [a, b]",
    "another class": "image_pull_secrets: {__type__: acme.Secrets, name: a}",
    "an object of Python": "image_pull_secrets: !!python/object/apply:acme.secrets []",
    "a name from the environment": "image_pull_secrets: $SECRETS",
    "mapped": "expand: {image_pull_secrets: x.output}",
    "a Variable": "variables_as_arguments: [{variable: v, attribute: image_pull_secrets}]",
    "some Variable": "variables_as_arguments: [{variable: v, attribute: $NAME}]",
    "a template that is not at hand": "pod_template_file: /acme/pod.yml",
    "default_args that are not known": "default_args: {__type__: acme.Defaults}",
    "default_args that are no mapping": "default_args: $DEFAULTS",
}


@pytest.mark.parametrize("row", UNKNOWN)
def test_what_is_not_certain_is_unknown_and_at_most_a_note(row: str) -> None:
    found = check(task(UNKNOWN[row]))
    assert found.tasks[0].verdict == "unknown"
    assert found.tasks[0].why
    assert [(each.code, each.severity) for each in found.findings] == [("AKP109", Severity.NOTE)]


def test_what_stands_in_front_of_unknown_default_args_is_known() -> None:
    text = task("default_args: {__type__: acme.Defaults}\nimage_pull_secrets: [{name: a}]")
    assert check(text).tasks[0].secrets == ("a",)


def test_tasks_in_the_default_block_make_nothing_certain() -> None:
    file = f"default:\n  tasks: {{t: {{image_pull_secrets: [{{name: a}}]}}}}\n{task('')}"
    assert check(file).tasks[0].verdict == "unknown"


def test_an_image_is_known_up_to_the_environment() -> None:
    text = task("").replace("etl:1", "etl:${TAG}")
    found = check(text)
    assert found.tasks[0].image == "ghcr.io/acme/etl:…"
    assert codes(found) == ["AKP101"]
    assert codes(check(task("").replace("ghcr.io/acme", "$REGISTRY"))) == []


FINDINGS = {
    "private image": ("", "AKP101", "ghcr.io/acme/etl:1"),
    "secret of another": ("image_pull_secrets: [{name: other}]", "AKP102", "[{name: other}]"),
    "texts": ("image_pull_secrets: [ghcr-io-pull]", "AKP103", "ghcr-io-pull"),
    "bare dict": ("image_pull_secrets: {name: ghcr-io-pull}", "AKP104", "{name: ghcr-io-pull}"),
    "blank": ("image_pull_secrets: 'ghcr-io-pull, b'", "AKP105", "'ghcr-io-pull, b'"),
    "template": ('image_pull_secrets: [{name: "{{ var.value.s }}"}]', "AKP106", '"{{ var.value.s }}"'),
    "misspelt": ("image_pull_secret: [{name: a}]", "AKP107", "image_pull_secret"),
    "null over a default": (
        "image_pull_secrets: null\ndefault_args: {image_pull_secrets: [{name: a}]}",
        "AKP108",
        "image_pull_secrets: null",
    ),
    "resources": ("resources: {limit_cpu: 1}", "AKP202", "resources"),
    "kept pod": ("is_delete_operator_pod: false", "AKP205", "is_delete_operator_pod"),
    "claim": (
        "volumes:\n  - __type__: kubernetes.client.models.V1Volume\n    persistent_volume_claim: {claim_name: c}",
        "AKP301",
        "{claim_name: c}",
    ),
    "claim of dag-factory 0": (
        "volumes:\n  - name: v\n    configs: {persistentVolumeClaim: {claimName: c}}",
        "AKP301",
        "{claimName: c}",
    ),
    "service account": ("service_account_name: robot", "AKP302", "robot"),
    "external cluster": ("config_file: /acme/kubeconfig", "AKP303", "/acme/kubeconfig"),
    "too large": ("container_resources: {limits: {cpu: 44}}", "AKP304", "44"),
    "requests": (
        "container_resources:\n  __type__: kubernetes.client.models.V1ResourceRequirements\n"
        "  limits: {cpu: 2}\n  requests: {cpu: 500m}",
        "AKP305",
        "500m",
    ),
    "namespace": ("namespace: geocentric-supernova-1234", "AKP306", "geocentric-supernova-1234"),
}


@pytest.mark.parametrize("row", FINDINGS)
def test_a_finding_stands_at_its_piece_of_the_file(row: str) -> None:
    entries, code, piece = FINDINGS[row]
    text = task(entries)
    found = next(each for each in check(text).findings if each.code == code)
    assert at(text, found) == piece
    assert (found.task, found.path, found.fixable) == ("t", "dags/acme.yml", False)
    assert found.excerpt == text.splitlines()[found.span.line - 1]
    assert "k8s." not in found.hint
    assert "patch" not in found.hint


def test_the_hint_is_yaml() -> None:
    assert check(task("")).findings[0].hint == 'give it image_pull_secrets: [{name: "ghcr-io-pull"}]'
    unnamed = Expectations((PrivateImages("ghcr.io/acme", None),))
    assert check(task(""), unnamed).findings[0].hint == "give it image_pull_secrets: [{name: NAME}]"


OLD = "airflow.providers.cncf.kubernetes.operators.kubernetes_pod.KubernetesPodOperator"
CONTRIB = "airflow.contrib.operators.kubernetes_pod_operator.KubernetesPodOperator"
REMOVED = {
    "gone": (OLD, Versions(provider_from=(10, 1)), Severity.ERROR),
    "not known": (OLD, Versions(), Severity.WARNING),
    "still there": (OLD, Versions(provider_to=(9,)), None),
    "contrib is gone": (CONTRIB, Versions((3, 0)), Severity.ERROR),
    "contrib is still there": (CONTRIB, Versions((2, 9)), None),
    "the new one": (KPO, Versions((3, 0)), None),
}


@pytest.mark.parametrize("row", REMOVED)
def test_a_removed_operator_is_an_error_where_it_is_gone(row: str) -> None:
    path, versions, severity = REMOVED[row]
    text = task("image_pull_secrets: [{name: ghcr-io-pull}]").replace(KPO, path)
    found = [each for each in check(text, ACME._replace(versions=versions)).findings if each.code == "AKP201"]
    assert [each.severity for each in found] == [severity] * (severity is not None)
    assert all(path.startswith(at(text, each)[:40]) and "patch" not in each.hint for each in found)


def test_what_tasks_share_is_one_finding() -> None:
    file = f"x: &x {{operator: {KPO}, image: ghcr.io/acme/etl}}\nacme: {{tasks: {{a: *x, b: *x}}}}"
    (found,) = check(file).findings
    assert (found.span.line, found.task) == (1, "")
    assert at(file, found) == "ghcr.io/acme/etl"


def test_a_decorator_of_kubernetes_is_a_task() -> None:
    file = """
        acme:
          tasks:
            t:
              decorator: airflow.providers.cncf.kubernetes.decorators.kubernetes.kubernetes_task
              python_callable: acme.work
              image: ghcr.io/acme/etl:1
    """
    (found,) = check(textwrap.dedent(file)).tasks
    assert (found.operator, found.verdict) == ("@task.kubernetes", "none")


def test_a_comment_ignores_findings_of_its_line() -> None:
    text = task("namespace: acme  # astrokpo: ignore[AKP306]")
    assert codes(check(text)) == ["AKP101"]
    ignored = text.replace("etl:1", "etl:1  # astrokpo: ignore[AKP101,AKP102]")
    assert codes(check(ignored)) == []
    quoted = task('namespace: "a # astrokpo: ignore[AKP306]"')
    assert "AKP306" in codes(check(quoted))
    block = task("namespace: |-\n  a # astrokpo: ignore[AKP306]")
    assert "AKP306" in codes(check(block))
    header = task("namespace: |-  # astrokpo: ignore[AKP306]\n  a")
    assert "AKP306" not in codes(check(header))


def test_line_ends_marks_and_wide_characters_do_not_move_a_finding() -> None:
    text = task("namespace: acme").replace("acme:\n", "# é𝄞\u2028\nacmé𝄞: # x\n", 1)
    for written in (text, text.replace("\n", "\r\n"), f"\ufeff{text}", text.replace("image: ", "'image': ")):
        (found, other) = check(written).findings
        assert at(written.removeprefix("\ufeff").replace("\u2028", "-"), found) == "ghcr.io/acme/etl:1"
        assert at(written.removeprefix("\ufeff").replace("\u2028", "-"), other) == "acme"
    flow = '"acmé𝄞": {"tasks": {"t": {"operator": "KPO", "image": "ghcr.io/acme/etl"}}}'.replace("KPO", KPO)
    assert at(flow, check(flow).findings[0]) == '"ghcr.io/acme/etl"'


OTHERS = {
    "nothing": "",
    "a workflow": "on: push\njobs: {test: {steps: [{run: make}]}}",
    "a Deployment": "apiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: {containers: []}}}",
    "dbt": "version: 2\nmodels: [{name: a}]",
    "bash tasks": "acme: {tasks: {t: {operator: airflow.operators.bash.BashOperator}}}",
    "a task of gusty": f"operator: {KPO}\nimage: ghcr.io/acme/etl\ntasks: 1",
    "a list": f"- tasks: [{{operator: {KPO}}}]",
    "no YAML at all, and no tasks": "a: [",
    "an operator of its own": "acme: {tasks: {t: {operator: x.KubernetesPodOperator, image: ghcr.io/acme/a}}}",
    "tasks that are none": "a: {tasks: KubernetesPodOperator operator}\nb: [1]\nc:\nd: {tasks: {t: 1, u: [operator]}}",
    "a date for an id": "2024-01-01: {tasks: {1: {operator: 2}}} # KubernetesPodOperator",
}


@pytest.mark.parametrize("row", OTHERS)
def test_other_yaml_is_passed_over(row: str) -> None:
    assert check(OTHERS[row]) == Checked("dags/acme.yml")


def test_most_yaml_is_not_even_parsed() -> None:
    assert might_hold_tasks(task("").encode())
    assert might_hold_tasks(b"kind: Pod")
    assert might_hold_tasks(b'{"kind": "Pod", "apiVersion": "v1"}')
    assert not might_hold_tasks(b"kind: PodDisruptionBudget")
    assert not might_hold_tasks(OTHERS["a workflow"].encode())
    assert not might_hold_tasks(OTHERS["bash tasks"].encode())


HEAD = f"# tasks operator {KPO}\n"
GROWING = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
UNREADABLE = {
    "not closed": ("a:\n  [1,\n", 4),
    "a tab": ("a:\n\t- b", 3),
    "an alias of nothing": ("a: 1\nb: *c", 3),
    "an alias in itself": ("a: &a [*a]", 2),
    "nested": ("a: " + "[" * 5000, 2),
    "growing": (f"a0: &a0 [x, x]\n{GROWING}", None),
    "a merge of a text": ("a: 1\nacme: {tasks: {<<: x}}", 3),
    "a control character": ("a: \x07", None),
}


@pytest.mark.parametrize("row", UNREADABLE)
def test_what_may_hold_tasks_and_cannot_be_read_is_said_with_its_place(row: str) -> None:
    text, line = UNREADABLE[row]
    found = check(HEAD + text)
    (finding,) = found.findings
    assert (finding.code, finding.severity, found.tasks) == ("AKP901", Severity.ERROR, ())
    assert line in (None, finding.span.line)
    assert finding.hint
    assert finding.excerpt == ""


def test_bytes_that_are_no_utf_8_are_said_with_their_line() -> None:
    (finding,) = check_yaml(f"{HEAD}a: 1\nb: ".encode() + b"\xff", "a.yml", ACME).findings
    assert (finding.code, finding.message, finding.span.line) == ("AKP901", "it is not UTF-8", 3)


def test_a_template_that_makes_yaml_is_a_warning() -> None:
    (finding,) = check(f"{HEAD}{{% for x in y %}}\na: [").findings
    assert (finding.code, finding.severity) == ("AKP901", Severity.WARNING)


def test_defaults_that_many_tasks_take_do_not_grow_without_end() -> None:
    wide = ", ".join(["{name: a}"] * 2000)
    tasks = "".join(f"    t{n}: {{operator: {KPO}}}\n" for n in range(400))
    text = f"acme:\n  default_args: {{image_pull_secrets: [{wide}]}}\n  tasks:\n{tasks}"
    assert codes(check(text)) == ["AKP901"]


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: base, image: ghcr.io/acme/etl}]\n"


TEMPLATES = {
    "a private image alone": ("", []),
    "secrets": ("  imagePullSecrets: [{name: a}]", []),
    "texts": ("  imagePullSecrets: [abc]", [("AKP103", "abc")]),
    "a mapping": ("  imagePullSecrets: {name: a}", [("AKP104", "{name: a}")]),
    "a text": ("  imagePullSecrets: abc", [("AKP104", "abc")]),
    "a claim": ("  volumes: [{persistentVolumeClaim: {claimName: c}}]", [("AKP301", "{claimName: c}")]),
    "large": (
        "  initContainers: [{resources: {limits: {memory: 87Gi}, requests: {memory: 1Gi}}}]",
        [("AKP304", "87Gi")],
    ),
    "a service account": ("  serviceAccountName: robot", []),
}


@pytest.mark.parametrize("row", TEMPLATES)
def test_a_template_is_judged_for_what_no_call_mends(row: str) -> None:
    spec, expected = TEMPLATES[row]
    text = POD + spec
    found = check(text)
    assert [(each.code, at(text, each)) for each in found.findings] == expected
    assert found.tasks == ()


def test_each_document_is_looked_at() -> None:
    text = f"kind: Service\n---\n{POD}  imagePullSecrets: [abc]\n---\n{POD}  imagePullSecrets: [abc]\n"
    assert codes(check(text)) == ["AKP103", "AKP103"]


def plain(value: Value) -> Any:
    """Give what Python would have."""
    match value:
        case Text(complete=True):
            return value.text
        case Scalar():
            return value.value
        case Items():
            return [plain(item) for item in value.items]
        case Entries():
            return {key: plain(each) for key, each in value.entries.items()}
        case Model() | Unknown() | Text():
            raise AssertionError(value)


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="${", exclude_categories=("Cs", "Cc")), max_size=8)
LEAVES = WORDS | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3) | inner.map(lambda x: [x, [x]])
    ),
    max_leaves=12,
)


@given(TREES, st.sampled_from([None, True, False]), st.booleans())
def test_yaml_is_read_as_pyyaml_reads_it(tree: Any, flow: bool | None, wide: bool) -> None:
    text = yaml.safe_dump(tree, default_flow_style=flow, allow_unicode=wide, width=20)
    module, (root,) = parse_yaml(text.encode(), "a.yml")
    assert plain(Reader(module).value(root)) == yaml.safe_load(text) == tree


@given(TREES, st.booleans())
def test_a_span_holds_the_value_that_it_is_of(tree: Any, flow: bool) -> None:
    text = yaml.safe_dump({"a": tree}, default_flow_style=flow, allow_unicode=True, width=4000)
    module, (root,) = parse_yaml(text.encode(), "a.yml")
    field = Reader(module).fields(root)["a"].value
    if "&" not in text and "*" not in text:
        column = " " * (field.start - text.rfind("\n", 0, field.start) - 1)
        assert yaml.safe_load(column + text[field.start : field.end]) == tree


PIECES = st.sampled_from(
    [
        *"{}[]:,-&*!|>#'\"?%@\n\n  \t",
        *("acme:", "tasks:", "operator: ", KPO, "image: ", "ghcr.io/acme/etl", "image_pull_secrets: ", "{name: a}"),
        *("default_args: ", "default:", "task_groups: ", "expand: ", "volumes: ", "container_resources: ", "limits: "),
        *("kind: Pod\n", "apiVersion: v1\n", "spec:\n  ", "containers: ", "imagePullSecrets: ", "__type__: "),
        *("\n  ", "\n    ", "\n      ", "- ", "<<: ", "*a ", "&a ", "!!python/name:os.system", "é", "\ufeff", "$A"),
    ]
)


@given(st.lists(PIECES, max_size=60))
def test_nothing_that_a_file_holds_is_fatal(pieces: list[str]) -> None:
    text = HEAD + "".join(pieces)
    found = check(text)
    lines = re.split("\r\n|\r|\n", text)
    for finding in found.findings:
        assert 1 <= finding.span.line <= len(lines)
        assert finding.span[:2] <= finding.span[2:]


@given(st.binary(max_size=60))
def test_no_bytes_are_fatal(content: bytes) -> None:
    check_yaml(HEAD.encode() + content, "a.yml", ACME)


def test_json_is_yaml() -> None:
    file = {"acme": {"tasks": {"t": {"operator": KPO, "image": "ghcr.io/acme/etl:1"}}}}
    for indent in (None, 2):
        assert codes(check(json.dumps(file, indent=indent))) == ["AKP101"]
