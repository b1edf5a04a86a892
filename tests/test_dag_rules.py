"""The rules, from the source of a DAG to its findings; what is right is what Airflow, Kubernetes and Astro do."""

import re
from collections.abc import Mapping

import pytest

from astrokpo_cli.dags.finder import find_tasks
from astrokpo_cli.dags.findings import Finding, Severity
from astrokpo_cli.dags.private import PrivateImages
from astrokpo_cli.dags.rules import Expectations, judge
from astrokpo_cli.dags.rules.kinds import is_misspelt
from astrokpo_cli.dags.rules.migration import old_resources, old_sections, positional_references
from astrokpo_cli.dags.rules.quantities import BILLIONTHS, parse
from astrokpo_cli.dags.rules.removed import removed_imports
from astrokpo_cli.dags.source import Module, parse_module
from astrokpo_cli.dags.survey import survey
from astrokpo_cli.dags.versions import Versions

HEAD = """\
from airflow import DAG
from airflow.decorators import task
from airflow.models import Variable
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator as KPO
from kubernetes.client import models as k8s
"""
REF = 'k8s.V1LocalObjectReference(name="{}")'
GHCR = f"[{REF.format('ghcr-pull')}]"
POD = f"k8s.V1Pod(spec=k8s.V1PodSpec(containers=[], image_pull_secrets={GHCR}))"
PRIVATE = (PrivateImages("ghcr.io/acme", "ghcr-pull"), PrivateImages("acme.azurecr.io", "acr-pull"))
ACME = Expectations(PRIVATE)
NEW = Versions(airflow=(3, 1), provider_from=(10, 8), provider_to=(10, 8))
AIRFLOW_2 = Versions(airflow=(2, 9), provider_from=(8, 3), provider_to=(8, 3))
OLD = Versions(airflow=(2, 4), provider_from=(4, 4), provider_to=(4, 4))


def parsed(source: str, path: str = "dags/etl.py") -> Module:
    return parse_module(source.encode(), path)


def found(
    source: str, expected: Expectations = ACME, others: Mapping[str, str] | None = None, head: str = HEAD
) -> tuple[Finding, ...]:
    """Give the findings of HEAD and SOURCE; OTHERS are the project's other modules."""
    modules = {name: parsed(text, f"dags/{name}.py") for name, text in (others or {}).items()}
    seen = survey(parsed(head + source))
    tasks = find_tasks(seen, lambda _importer, dotted, _level: modules.get(dotted))
    return judge(seen, tasks, expected)


def codes(*arguments: object, **keywords: object) -> list[str]:
    return [each.code for each in found(*arguments, **keywords)]  # type: ignore[arg-type]


def one(*arguments: object, **keywords: object) -> Finding:
    """Give the only finding."""
    (finding,) = found(*arguments, **keywords)  # type: ignore[arg-type]
    return finding


def pointed_at(finding: Finding, source: str, head: str = HEAD) -> str:
    """Give what the span of FINDING covers, without the help of Module."""
    span = finding.span
    lines = (head + source).split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def kpo(image: str = "ghcr.io/acme/etl:1", more: str = "", **keywords: str) -> str:
    """Give a call; KEYWORDS are source text, and so is what stands behind them."""
    given = {"task_id": '"t"', "image": f'"{image}"', **keywords}
    return f"KPO({', '.join(f'{name}={text}' for name, text in given.items())}{more})\n"


def with_secret(**keywords: str) -> str:
    return kpo(image_pull_secrets=GHCR, **keywords)


# Whether a private image has its secret ------------------------------------------------------------------------------

PULLED: dict[str, tuple[str, list[str]]] = {
    "no secret": (kpo(), ["AKP101"]),
    "no secret, by digest": (kpo("ghcr.io/acme/etl@sha256:" + "a" * 64), ["AKP101"]),
    "the prefix itself is the image": (kpo("ghcr.io/acme"), ["AKP101"]),
    "the prefix ends inside a word": (kpo("ghcr.io/acmeco/etl"), []),
    "another registry": (kpo("quay.io/acme/etl"), []),
    "Docker Hub": (kpo("acme/etl"), []),
    "a port is another registry": (kpo("ghcr.io:8443/acme/etl"), []),
    "None": (kpo(image_pull_secrets="None"), ["AKP101"]),
    "an empty list": (kpo(image_pull_secrets="[]"), ["AKP101"]),
    "an empty text": (kpo(image_pull_secrets='""'), ["AKP101"]),
    "its secret": (with_secret(), []),
    "its secret as text": (kpo(image_pull_secrets='"ghcr-pull"'), []),
    "its secret as a dict": (kpo(image_pull_secrets='[{"name": "ghcr-pull"}]'), []),
    "its secret in a tuple": (kpo(image_pull_secrets=f"({REF.format('ghcr-pull')},)"), []),
    "two, one of them its own": (kpo(image_pull_secrets='"other,ghcr-pull"'), []),
    "the platform's and its own": (kpo(image_pull_secrets='"image-pull-secret,ghcr-pull"'), []),
    "the platform's alone": (kpo(image_pull_secrets='"image-pull-secret,per-dp-registry-pull-secret"'), []),
    "the platform's and another": (kpo(image_pull_secrets='"image-pull-secret,acr-pull"'), ["AKP102"]),
    "another registry's": (kpo(image_pull_secrets='"acr-pull"'), ["AKP102"]),
    "one that nobody lists": (kpo(image_pull_secrets='"legacy"'), ["AKP102"]),
    "another and one that is not known": (
        kpo(image_pull_secrets=f"[{REF.format('legacy')}, k8s.V1LocalObjectReference(name=Variable.get('s'))]"),
        [],
    ),
    "a secret on a public image": (kpo("python:3.12", image_pull_secrets=GHCR), []),
    "a pod with one": (
        kpo(full_pod_spec=f"k8s.V1Pod(spec=k8s.V1PodSpec(containers=[], image_pull_secrets={GHCR}))"),
        [],
    ),
    "a pod without one": (kpo(full_pod_spec="k8s.V1Pod(spec=k8s.V1PodSpec(containers=[]))"), ["AKP101"]),
    "the image is in the pod": (
        'KPO(task_id="t", full_pod_spec=k8s.V1Pod(spec=k8s.V1PodSpec('
        'containers=[k8s.V1Container(name="base", image="ghcr.io/acme/etl")])))\n',
        ["AKP101"],
    ),
    "a template for its secret": (kpo(image_pull_secrets='"{{ var.value.s }}"'), ["AKP106"]),
    "a bare reference to another's": (kpo(image_pull_secrets=REF.format("legacy")), ["AKP102", "AKP104"]),
    "a blank, and its own": (kpo(image_pull_secrets='"legacy, ghcr-pull"'), ["AKP105"]),
    "from a Variable": (kpo(image_pull_secrets='Variable.get("s")'), ["AKP109"]),
    "more keywords than can be seen": (kpo(more=", **common()"), ["AKP109"]),
    "a public image and a secret that is not known": (kpo("python:3.12", image_pull_secrets='Variable.get("s")'), []),
    "a pod template": (kpo(pod_template_file='"/pod.yaml"'), ["AKP109"]),
    "a pod template and no image": ('KPO(task_id="t", pod_template_file="/pod.yaml")\n', []),
    "the image is from the environment": ('import os\nKPO(task_id="t", image=os.getenv("IMAGE"))\n', []),
    "the image is a template": (kpo("{{ var.value.image }}"), []),
    "the image is half a template": (kpo("ghcr.io/acme/etl:{{ ds }}"), ["AKP101"]),
    "the image is formatted": ('tag = get()\nKPO(task_id="t", image=f"ghcr.io/acme/etl:{tag}")\n', ["AKP101"]),
    "the path is formatted": ('team = get()\nKPO(task_id="t", image=f"ghcr.io/{team}/etl")\n', []),
    "the host is formatted": ('host = get()\nKPO(task_id="t", image=f"{host}/acme/etl")\n', []),
    "the image is a constant": ('IMAGE = "ghcr.io/acme/etl"\nKPO(task_id="t", image=IMAGE)\n', ["AKP101"]),
    "the image is no image": (kpo("ghcr.io/acme/ETL"), []),
    "decorated": ('@task.kubernetes(image="ghcr.io/acme/etl")\ndef run(): ...\nrun()\n', ["AKP101"]),
    "a job": (
        "from airflow.providers.cncf.kubernetes.operators.job import KubernetesJobOperator\n"
        'KubernetesJobOperator(task_id="t", image="ghcr.io/acme/etl")\n',
        ["AKP101"],
    ),
    "mapped": ('KPO.partial(task_id="t", image="ghcr.io/acme/etl").expand(arguments=[["a"]])\n', ["AKP101"]),
    "not a KPO": ('from ours import KPO\nKPO(task_id="t", image="ghcr.io/acme/etl")\n', []),
    "commented out": ("# " + kpo(), []),
    "on EKS": (
        "from airflow.providers.amazon.aws.operators.eks import EksPodOperator\n"
        'EksPodOperator(task_id="t", cluster_name="c", image="ghcr.io/acme/etl")\n',
        ["AKP303"],
    ),
    "in another cluster": (kpo(config_file='"/kube/config"'), ["AKP303"]),
    "default_args of the DAG": (
        f'with DAG("d", default_args={{"image_pull_secrets": {GHCR}}}):\n    {kpo()}',
        [],
    ),
    "the wrong one in default_args": (
        f'with DAG("d", default_args={{"image_pull_secrets": "acr-pull"}}):\n    {kpo()}    {kpo("python:3.12")}',
        ["AKP102"],
    ),
    "None over default_args": (
        f'with DAG("d", default_args={{"image_pull_secrets": {GHCR}}}):\n    {kpo(image_pull_secrets="None")}',
        ["AKP108"],
    ),
    "[] over default_args": (
        f'with DAG("d", default_args={{"image_pull_secrets": {GHCR}}}):\n    {kpo(image_pull_secrets="[]")}',
        ["AKP108"],
    ),
    "None over default_args, public image": (
        f'with DAG("d", default_args={{"image_pull_secrets": {GHCR}}}):\n'
        f"    {kpo('python:3.12', image_pull_secrets='None')}",
        [],
    ),
    "None over default_args, image not known": (
        f'with DAG("d", default_args={{"image_pull_secrets": {GHCR}}}):\n'
        '    KPO(task_id="t", image=get(), image_pull_secrets=None)\n',
        ["AKP108"],
    ),
    "None over default_args, and a pod with one": (
        f'with DAG("d", default_args={{"image_pull_secrets": "acr-pull"}}):\n'
        f"    {kpo(image_pull_secrets='None', full_pod_spec=POD)}",
        [],
    ),
    "None over default_args without one": (
        f'with DAG("d", default_args={{"image_pull_secrets": None}}):\n    {kpo(image_pull_secrets="None")}',
        ["AKP101"],
    ),
    "another over default_args": (
        f'with DAG("d", default_args={{"image_pull_secrets": "acr-pull"}}):\n    {with_secret()}',
        [],
    ),
    "set afterwards": (f"t = {kpo()}t.image_pull_secrets = {GHCR}\n", []),
}


@pytest.mark.parametrize(("source", "expected"), PULLED.values(), ids=PULLED)
def test_a_private_image_needs_its_pull_secret(source: str, expected: list[str]) -> None:
    assert codes(source) == expected


@pytest.mark.parametrize(
    ("prefix", "image"),
    [
        ("docker.io/acme", "acme/etl"),
        ("docker.io/acme", "docker.io/acme/etl:1"),
        ("docker.io/acme", "index.docker.io/acme/etl"),
        ("docker.io", "python:3.12"),
        ("docker.io/library/etl", "etl"),
        ("registry.acme.com:5000", "registry.acme.com:5000/etl"),
        ("registry.acme.com:5000/team", "registry.acme.com:5000/team/etl@sha256:" + "0" * 64),
        ("localhost:5000", "localhost:5000/etl"),
    ],
)
def test_an_image_is_private_by_its_full_name(prefix: str, image: str) -> None:
    assert codes(kpo(image), Expectations((PrivateImages(prefix, "s"),))) == ["AKP101"]


def test_a_secret_of_a_wider_prefix_serves_too() -> None:
    private = (PrivateImages("ghcr.io", "all-of-ghcr"), PrivateImages("ghcr.io/acme", "ghcr-pull"))
    assert codes(kpo(image_pull_secrets='"all-of-ghcr"'), Expectations(private)) == []


def test_two_secrets_may_serve_one_prefix() -> None:
    private = (PrivateImages("ghcr.io/acme", "ghcr-pull"), PrivateImages("ghcr.io/acme", "ghcr-new"))
    assert codes(kpo(image_pull_secrets='"ghcr-new"'), Expectations(private)) == []


def test_where_the_secret_is_not_said_one_that_is_for_others_is_a_warning() -> None:
    private = (PrivateImages("ghcr.io/acme", None), PrivateImages("acme.azurecr.io", "acr-pull"))
    finding = one(kpo(image_pull_secrets='"acr-pull"'), Expectations(private))
    assert (finding.code, finding.severity) == ("AKP102", Severity.WARNING)
    assert codes(kpo(image_pull_secrets='"legacy"'), Expectations(private)) == []


def test_without_prefixes_a_default_may_be_overridden_on_purpose() -> None:
    task = kpo(image_pull_secrets="None")
    source = f'with DAG("d", default_args={{"image_pull_secrets": "s"}}):\n    {task}'
    assert one(source).severity == Severity.ERROR
    assert one(source, Expectations()).severity == Severity.WARNING
    assert one(source.replace('"ghcr.io/acme/etl:1"', "get()"), Expectations()).severity == Severity.ERROR


def test_a_class_is_judged_where_it_is_used() -> None:
    source = (
        "class Etl(KPO):\n"
        "    def __init__(self, **kwargs):\n"
        '        super().__init__(image="ghcr.io/acme/etl", **kwargs)\n'
        'Etl(task_id="a")\n'
        f'Etl(task_id="b", image_pull_secrets={GHCR})\n'
    )
    finding = one(source)
    assert (finding.code, finding.task, pointed_at(finding, source)) == ("AKP101", "a", "Etl")


def test_the_reason_why_it_is_not_known_is_said() -> None:
    assert "Variable" in one(kpo(image_pull_secrets='Variable.get("s")')).message


# Registries of which nothing is said ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "image",
    [
        "acme.azurecr.io/etl",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com/etl",
        "europe-west3-docker.pkg.dev/acme/images/etl",
        "registry.gitlab.com/acme/etl",
        "registry.acme.com:5000/etl:1",
    ],
)
def test_without_prefixes_a_mostly_private_registry_is_a_warning(image: str) -> None:
    finding = one(kpo(image), Expectations())
    assert (finding.code, finding.severity) == ("AKP110", Severity.WARNING)
    assert codes(kpo(image, image_pull_secrets='"s"'), Expectations()) == []
    assert codes(kpo(image, image_pull_secrets='Variable.get("s")'), Expectations()) == []


def test_with_prefixes_all_other_images_are_taken_for_public() -> None:
    assert codes(kpo("registry.acme.com/etl")) == []


@pytest.mark.parametrize(
    "image",
    [
        "python:3.12",
        "acme/etl",
        "ghcr.io/acme/etl",
        "quay.io/acme/etl",
        "gcr.io/acme/etl",
        "eu.gcr.io/acme/etl",
        "public.ecr.aws/acme/etl",
        "mcr.microsoft.com/etl",
        "registry.k8s.io/pause",
        "astrocrpublic.azurecr.io/runtime:3.1-1",
        "localhost:5000/etl",
        "{{ var.value.image }}",
    ],
)
def test_without_prefixes_other_registries_are_not_reported(image: str) -> None:
    assert codes(kpo(image), Expectations()) == []


# Kinds of values -----------------------------------------------------------------------------------------------------

KINDS: dict[str, tuple[str, list[str], str]] = {
    "text in a list": ('["s"]', ["AKP103"], '"s"'),
    "texts in a tuple": ('("s", "r")', ["AKP103"], '"s"'),
    "text beside a reference": (f'[{REF.format("s")}, "r"]', ["AKP103"], '"r"'),
    "a formatted text in a list": ('[f"{get()}-pull"]', ["AKP103"], 'f"{get()}-pull"'),
    "a bare reference": (REF.format("s"), ["AKP104"], REF.format("s")),
    "a bare dict": ('{"name": "s"}', ["AKP104"], '{"name": "s"}'),
    "an empty dict": ("{}", [], ""),
    "a blank behind a comma": ('"a, b"', ["AKP105"], '"a, b"'),
    "a blank in front of a comma": ('"a ,b"', ["AKP105"], '"a ,b"'),
    "a blank around one": ('" a"', ["AKP105"], '" a"'),
    "a line end": ('"a,\\nb"', ["AKP105"], '"a,\\nb"'),
    "no blank": ('"a,b"', [], ""),
    "a comma at the end": ('"a,"', [], ""),
    "a template": ('"{{ var.value.s }}"', ["AKP106"], '"{{ var.value.s }}"'),
    "a block": ('"{% if x %}s{% endif %}"', ["AKP106"], '"{% if x %}s{% endif %}"'),
    "a template in a reference": (f"[{REF.format('{{ x }}')}]", ["AKP106"], '"{{ x }}"'),
    "a template in a dict": ('[{"name": "{{ x }}"}]', ["AKP106"], '"{{ x }}"'),
    "a template in a list": ('["{{ x }}"]', ["AKP103", "AKP106"], '"{{ x }}"'),
    "a reference": (f"[{REF.format('s')}]", [], ""),
    "what is not known": ("get()", [], ""),
    "a list with what is not known": ("[get()]", [], ""),
    "a set": ('{"s"}', [], ""),
    "None": ("None", [], ""),
}


@pytest.mark.parametrize(("value", "expected", "place"), KINDS.values(), ids=KINDS)
def test_what_airflow_takes_and_kubernetes_does_not(value: str, expected: list[str], place: str) -> None:
    source = kpo("python:3.12", image_pull_secrets=value)
    findings = found(source)
    assert [each.code for each in findings] == expected
    assert {pointed_at(each, source) for each in findings} == ({place} if expected else set())
    assert {each.severity for each in findings} <= {Severity.ERROR}


def test_a_shared_constant_is_one_finding() -> None:
    source = (
        f'SECRETS = ["s"]\n{kpo("python", image_pull_secrets="SECRETS")}{kpo("python", image_pull_secrets="SECRETS")}'
    )
    finding = one(source.replace('"t"', '"a"', 1))
    assert (finding.span.line, finding.task) == (HEAD.count("\n") + 1, "")


def test_what_another_module_says_is_reported_where_it_is_used() -> None:
    source = f"from include.secrets import SECRETS\n{kpo('python', image_pull_secrets='SECRETS')}"
    finding = one(source, others={"include.secrets": 'SECRETS = ["s"]\n'})
    assert (finding.code, finding.path) == ("AKP103", "dags/etl.py")
    assert pointed_at(finding, source) == "SECRETS"
    assert finding.excerpt == source.splitlines()[1]


def test_default_args_are_one_finding_for_all_tasks() -> None:
    source = f'with DAG("d", default_args={{"image_pull_secrets": ["s"]}}):\n    {kpo("python")}    {kpo("nginx")}'
    finding = one(source)
    assert (finding.code, finding.span.line) == ("AKP103", HEAD.count("\n") + 1)


# Misspelt keywords ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "image_pull_secret",
        "imagePullSecrets",
        "imagePullSecret",
        "imagepullsecrets",
        "image_pull_secretes",
        "image_pull_secerts",
        "image_pull_serets",
        "image_pul_secrets",
        "imgae_pull_secrets",
        "images_pull_secrets",
        "image_pullsecrets",
        "imagePull_secrets",
    ],
)
def test_a_misspelt_keyword_is_an_error(name: str) -> None:
    source = kpo(**{name: GHCR})
    finding = one(source)
    assert (finding.code, finding.severity, pointed_at(finding, source)) == ("AKP107", Severity.ERROR, name)


@pytest.mark.parametrize("name", ["image", "image_pull_policy", "image_pull_secrets", "secrets", "pull", "pool"])
def test_a_keyword_of_the_operator_is_not_misspelt(name: str) -> None:
    assert not is_misspelt(name)


def test_a_misspelt_keyword_is_found_in_a_dict_too() -> None:
    source = f'common = {{"image_pull_secret": "s"}}\n{kpo(more=", **common")}'
    assert codes(source) == ["AKP107"]


def test_a_misspelt_keyword_of_default_args_is_only_ignored() -> None:
    source = f'with DAG("d", default_args={{"imagePullSecrets": "ghcr-pull"}}):\n    {kpo()}    {kpo()}'
    finding = one(source)
    assert (finding.code, finding.severity) == ("AKP107", Severity.WARNING)
    assert "ignored" in finding.message


def test_a_class_of_the_project_may_take_another_keyword() -> None:
    source = (
        "class Etl(KPO):\n"
        "    def __init__(self, image_pull_secret=None, **kwargs):\n"
        "        super().__init__(image_pull_secrets=image_pull_secret, **kwargs)\n"
        'Etl(task_id="a", image="python", image_pull_secret="s")\n'
        "class Other(KPO):\n"
        "    def __init__(self, **kwargs):\n"
        '        kwargs["image_pull_secrets"] = kwargs.pop("image_pull_secret")\n'
        "        super().__init__(**kwargs)\n"
        'Other(task_id="b", image="python", image_pull_secret="s")\n'
    )
    assert codes(source) == []


# Newer versions ------------------------------------------------------------------------------------------------------

OLD_POD = "from airflow.providers.cncf.kubernetes.operators.kubernetes_pod import KubernetesPodOperator\n"
CONTRIB = "from airflow.contrib.operators.kubernetes_pod_operator import KubernetesPodOperator\n"
NEW_POD = OLD_POD.replace("kubernetes_pod", "pod")
CONF = "from airflow.configuration import conf\n"
ASKED = 'conf.get("kubernetes", "NAMESPACE")'
REQUIREMENTS = 'k8s.V1ResourceRequirements(limits={"cpu": "1"})'


@pytest.mark.parametrize(
    ("source", "versions", "severity"),
    [
        (OLD_POD, NEW, Severity.ERROR),
        (OLD_POD, Versions(), Severity.WARNING),
        (OLD_POD, AIRFLOW_2, None),
        (OLD_POD, Versions(airflow=(2, 11)), Severity.WARNING),
        (OLD_POD, Versions(airflow=(2, 10), provider_from=(8, 4), provider_to=(10, 1)), Severity.WARNING),
        (CONTRIB, NEW, Severity.ERROR),
        (CONTRIB, Versions(), Severity.WARNING),
        (CONTRIB, Versions(airflow=(2, 11), provider_from=(10, 25), provider_to=(10, 25)), None),
        (NEW_POD, NEW, None),
        (CONF + ASKED, NEW, Severity.ERROR),
        (CONF + ASKED, Versions(), Severity.WARNING),
        (CONF + ASKED, AIRFLOW_2, None),
        (kpo("python", resources=REQUIREMENTS), NEW, Severity.ERROR),
        (kpo("python", resources=REQUIREMENTS), Versions(), Severity.ERROR),
        (kpo("python", resources=REQUIREMENTS), OLD, None),
        (kpo("python", resources='{"limit_cpu": 1}'), OLD, Severity.ERROR),
        (kpo("python", resources='{"limit_cpu": 1}'), NEW, Severity.ERROR),
        (kpo("python", resources='{"limit_cpu": 1}'), Versions(), Severity.ERROR),
        (kpo("python", resources='{"limit_cpu": 1}'), Versions(provider_to=(3, 0)), None),
        (kpo("python", resources='{"cpus": 1}'), NEW, None),
        (kpo("python", resources="None"), NEW, None),
        (kpo("python", resources="get()"), NEW, None),
        (kpo("python", container_resources=REQUIREMENTS), NEW, None),
        ('k8s.V1LocalObjectReference("s")', OLD, Severity.WARNING),
        ('k8s.V1LocalObjectReference("s")', NEW, Severity.WARNING),
        (kpo("python", is_delete_operator_pod="False"), NEW, Severity.WARNING),
        (kpo("python", is_delete_operator_pod="False"), Versions(), Severity.WARNING),
        (kpo("python", is_delete_operator_pod="False"), AIRFLOW_2, None),
        (kpo("python", is_delete_operator_pod="KEEP"), NEW, Severity.WARNING),
        (kpo("python", is_delete_operator_pod="True"), NEW, None),
        (kpo("python", is_delete_operator_pod="None"), NEW, None),
        (kpo("python", is_delete_operator_pod="False", on_finish_action='"keep_pod"'), NEW, None),
    ],
)
def test_the_projects_versions_decide(source: str, versions: Versions, severity: Severity | None) -> None:
    assert [each.severity for each in found(source, Expectations(versions=versions))] == [severity] * bool(severity)


IMPORTS: dict[str, tuple[str, str]] = {
    "from": (OLD_POD, "airflow.providers.cncf.kubernetes.operators.kubernetes_pod"),
    "contrib": (CONTRIB, "airflow.contrib.operators.kubernetes_pod_operator"),
    "alias": (OLD_POD.replace("Operator\n", "Operator as Old\n"), OLD_POD.split()[1]),
    "tab": (OLD_POD.replace("from ", "from\t"), OLD_POD.split()[1]),
    "several names": (OLD_POD.replace("import ", "import Reattach, "), OLD_POD.split()[1]),
    "the module": (
        "from airflow.providers.cncf.kubernetes.operators import kubernetes_pod\n",
        "kubernetes_pod",
    ),
    "the whole module": (f"import {OLD_POD.split()[1]}\n", OLD_POD.split()[1]),
    "the whole module, by another name": (f"import {OLD_POD.split()[1]} as pods\n", OLD_POD.split()[1]),
    "inside a function": (f"def make():\n    {OLD_POD}", OLD_POD.split()[1]),
    "over lines": (OLD_POD.replace("from ", "from \\\n  "), "KubernetesPodOperator"),
    "behind a semicolon": (f"x = 1; {OLD_POD}", OLD_POD.split()[1]),
    "under if": (f"if READY:\n    {OLD_POD}", OLD_POD.split()[1]),
}


@pytest.mark.parametrize(("source", "place"), IMPORTS.values(), ids=IMPORTS)
def test_a_removed_import_is_shown_at_its_name(source: str, place: str) -> None:
    finding = one(source, Expectations(versions=NEW), head="")
    assert (finding.code, pointed_at(finding, source, "")) == ("AKP201", place)


@pytest.mark.parametrize(
    "source",
    [
        f"try:\n    {NEW_POD}except ImportError:\n    {OLD_POD}",
        f"try:\n    {OLD_POD}except (ImportError, AttributeError):\n    {NEW_POD}",
        f"try:\n    {OLD_POD}except Exception:\n    pass\n",
        f"if AIRFLOW_V_3_0_PLUS:\n    {NEW_POD}else:\n    {OLD_POD}",
        f"if provider_version < (5, 3):\n    {OLD_POD}",
        f"if OURS:\n    {NEW_POD}else:\n    {OLD_POD}",
        f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {OLD_POD}",
        f"import contextlib\nwith contextlib.suppress(ImportError):\n    {OLD_POD}",
        "from .kubernetes_pod import KubernetesPodOperator\n",
        "from ours.kubernetes_pod import KubernetesPodOperator\n",
        f"# {OLD_POD}",
        f"TEXT = '''\n{OLD_POD}'''\n",
    ],
)
def test_an_import_that_is_ready_for_it_is_not_reported(source: str) -> None:
    assert codes(source, Expectations(versions=NEW), head="") == []


def test_dag_patch_can_mend_what_is_imported_by_its_name() -> None:
    expected = Expectations(versions=NEW)
    assert one(OLD_POD, expected, head="").fixable
    assert not one(f"import {OLD_POD.split()[1]}\n", expected, head="").fixable
    assert not one(OLD_POD.replace("import ", "import Reattach, "), expected, head="").fixable


SECTIONS: dict[str, tuple[str, bool]] = {
    "as documented": (CONF + ASKED, True),
    "lower case": (CONF + 'conf.get("kubernetes", "namespace")', True),
    "by keyword": (CONF + 'conf.get(section="kubernetes", key="NAMESPACE")', True),
    "through the module": (
        'import airflow.configuration\nairflow.configuration.conf.get("kubernetes", "NAMESPACE")',
        True,
    ),
    "the module's get": ("from airflow import configuration\nconfiguration." + ASKED.removeprefix("conf."), True),
    "an alias": ("from airflow.configuration import conf as c\n" + ASKED.replace("conf", "c"), True),
    "in a call": (CONF + f"KPO(namespace={ASKED})", True),
    "in a function": (CONF + f"def make():\n    return {ASKED}\n", True),
    "in a formatted text": (CONF + f"x = f'''\n\n{{{ASKED}}}\n'''\n", True),
    "in a formatted text, under try": (
        CONF + f"try:\n    x = f'''\n\n{{{ASKED}}}'''\nexcept KeyError:\n    pass\n",
        False,
    ),
    "for one environment": (CONF + f'if LOCAL:\n    n = "default"\nelse:\n    n = {ASKED}\n', True),
    "with a fallback": (CONF + 'conf.get("kubernetes", "NAMESPACE", fallback=None)', False),
    "with more than can be seen": (CONF + 'conf.get("kubernetes", "NAMESPACE", **more)', False),
    "another section": (CONF + 'conf.get("kubernetes_executor", "NAMESPACE")', False),
    "another key": (CONF + 'conf.get("kubernetes", "worker_container_tag")', False),
    "another conf": ("from ours import conf\n" + ASKED, False),
    "a dict": ('conf = {}\nconf.get("kubernetes", "NAMESPACE")', False),
    "getint": (CONF + 'conf.getint("kubernetes", "NAMESPACE")', False),
    "under try": (CONF + f'try:\n    n = {ASKED}\nexcept Exception:\n    n = "default"\n', False),
    "in except": (
        CONF + f'try:\n    n = conf.get("kubernetes_executor", "NAMESPACE")\nexcept KeyError:\n    n = {ASKED}\n',
        False,
    ),
    "asked before": (CONF + f'n = {ASKED} if conf.has_option("kubernetes", "NAMESPACE") else "default"', False),
    "asked before, with and": (CONF + f'n = conf.has_section("kubernetes") and {ASKED}', False),
    "by version": (CONF + f"if airflow_version < '3':\n    n = {ASKED}\n", False),
}


@pytest.mark.parametrize(("source", "reported"), SECTIONS.values(), ids=SECTIONS)
def test_the_old_section_of_the_configuration(source: str, reported: bool) -> None:
    assert codes(source, Expectations(versions=NEW)) == ["AKP203"] * reported


def test_the_function_that_airflow_3_has_no_more_needs_another_mending() -> None:
    source = "from airflow import configuration as conf\n" + ASKED
    finding = one(source, Expectations(versions=NEW))
    assert not finding.fixable
    assert "airflow.configuration" in finding.hint
    assert old_sections(survey(parsed(source))) == ()


def test_the_old_section_is_shown_as_the_whole_call() -> None:
    source = f"{CONF}namespace = {ASKED}\n"
    assert pointed_at(one(source, Expectations(versions=NEW)), source) == ASKED


@pytest.mark.parametrize(
    ("source", "reported"),
    [
        ('k8s.V1LocalObjectReference("s")', True),
        ("k8s.V1LocalObjectReference(NAME)", True),
        ('from kubernetes.client import V1LocalObjectReference as Ref\nRef("s")', True),
        ('from kubernetes import client\nclient.V1LocalObjectReference("s")', True),
        ('from kubernetes.client.models import V1LocalObjectReference\nV1LocalObjectReference("s")', True),
        ('k8s.V1LocalObjectReference(name="s")', False),
        ("k8s.V1LocalObjectReference(*names)", False),
        ("k8s.V1LocalObjectReference()", False),
        ('from ours import V1LocalObjectReference\nV1LocalObjectReference("s")', False),
        ('k8s.V1EnvVar("a", "b")', False),
    ],
)
def test_a_reference_by_position(source: str, reported: bool) -> None:
    assert codes(source) == ["AKP204"] * reported


def test_the_keyword_resources_is_shown_by_its_name() -> None:
    source = kpo("python", resources=REQUIREMENTS)
    finding = one(source)
    assert (finding.code, pointed_at(finding, source), finding.fixable) == ("AKP202", "resources", True)
    assert not one(kpo("python", resources='{"limit_cpu": 1}')).fixable


def test_resources_that_a_class_of_the_project_uses_itself_are_its_own() -> None:
    source = (
        "class Etl(KPO):\n"
        "    def __init__(self, resources, **kwargs):\n"
        "        super().__init__(container_resources=resources, **kwargs)\n"
        f'Etl(task_id="a", image="python", resources={REQUIREMENTS})\n'
    )
    assert codes(source) == []


def test_the_patcher_is_given_the_same_places() -> None:
    source = f"{OLD_POD}{CONF}{ASKED}\n" + kpo(
        resources=REQUIREMENTS, image_pull_secrets='[k8s.V1LocalObjectReference("ghcr-pull")]'
    )
    seen = survey(parsed(HEAD + source))
    tasks = find_tasks(seen, lambda *_: None)
    lines = [
        *(site.node.lineno for site in removed_imports(seen)),
        *(call.lineno for call in old_sections(seen)),
        *(call.lineno for call in positional_references(seen)),
        *(each.keyword.lineno for each in old_resources(tasks)),
    ]
    assert lines == [6, 8, 9, 9]
    assert sorted(lines) == [each.span.line for each in judge(seen, tasks, ACME)]


# Astro ---------------------------------------------------------------------------------------------------------------


def claim(form: str) -> str:
    return with_secret(volumes=f"[{form}]")


SOURCE = 'k8s.V1PersistentVolumeClaimVolumeSource(claim_name="c")'
VOLUMES: dict[str, tuple[str, bool]] = {
    "a model": (claim(f'k8s.V1Volume(name="v", persistent_volume_claim={SOURCE})'), True),
    "a dict": (claim('{"name": "v", "persistentVolumeClaim": {"claimName": "c"}}'), True),
    "a dict in Python's words": (claim('{"name": "v", "persistent_volume_claim": {"claim_name": "c"}}'), True),
    "a pod": (
        with_secret(
            full_pod_spec=f'k8s.V1Pod(spec=k8s.V1PodSpec(containers=[], volumes=[k8s.V1Volume(name="v",'
            f" persistent_volume_claim={SOURCE})]))"
        ),
        True,
    ),
    "None": (claim('k8s.V1Volume(name="v", persistent_volume_claim=None)'), False),
    "an empty folder": (claim('k8s.V1Volume(name="v", empty_dir=k8s.V1EmptyDirVolumeSource())'), False),
    "a secret": (claim('k8s.V1Volume(name="v", secret=k8s.V1SecretVolumeSource(secret_name="s"))'), False),
    "made and not used": (with_secret() + SOURCE, False),
    "in another cluster": (
        claim(f'k8s.V1Volume(name="v", persistent_volume_claim={SOURCE})').replace("KPO(", 'KPO(config_file="/c", '),
        False,
    ),
}


@pytest.mark.parametrize(("source", "reported"), VOLUMES.values(), ids=VOLUMES)
def test_astro_has_no_persistent_volumes(source: str, reported: bool) -> None:
    assert [code for code in codes(source) if code != "AKP303"] == ["AKP301"] * reported


def test_a_volume_that_tasks_share_is_one_finding() -> None:
    source = f'VOLUME = k8s.V1Volume(name="v", persistent_volume_claim={SOURCE})\n' + 2 * with_secret(
        volumes="[VOLUME]"
    )
    assert pointed_at(one(source), source) == SOURCE


@pytest.mark.parametrize(
    ("keywords", "place"),
    [
        ({"service_account_name": '"etl"'}, '"etl"'),
        ({"service_account_name": '"{{ var.value.sa }}"'}, '"{{ var.value.sa }}"'),
        ({"service_account_name": "None"}, ""),
        ({"service_account_name": '"default"'}, ""),
        ({"service_account_name": "get()"}, ""),
    ],
)
def test_a_service_account_cannot_be_judged(keywords: dict[str, str], place: str) -> None:
    source = with_secret(**keywords)
    assert [(each.code, pointed_at(each, source)) for each in found(source)] == [("AKP302", place)] * bool(place)


CLUSTERS: dict[str, tuple[dict[str, str], bool]] = {
    "a kubeconfig": ({"config_file": '"/kube/config"'}, True),
    "a kubeconfig that is computed": ({"config_file": 'f"{HOME}/config"'}, True),
    "a kubeconfig that may be None": ({"config_file": "get()"}, False),
    "no kubeconfig": ({"config_file": "None"}, False),
    "a connection": ({"kubernetes_conn_id": '"eks"'}, True),
    "the default connection": ({"kubernetes_conn_id": '"kubernetes_default"'}, False),
    "no connection": ({"kubernetes_conn_id": "None"}, False),
    "a connection by environment": ({"kubernetes_conn_id": 'f"kubernetes_{ENV}"'}, False),
    "a context": ({"cluster_context": '"prod"'}, True),
    "outside": ({"in_cluster": "False"}, True),
    "inside": ({"in_cluster": "True"}, False),
    "inside, whatever the connection": ({"in_cluster": "True", "kubernetes_conn_id": '"eks"'}, False),
}


@pytest.mark.parametrize(("keywords", "reported"), CLUSTERS.values(), ids=CLUSTERS)
def test_a_pod_in_another_cluster(keywords: dict[str, str], reported: bool) -> None:
    assert codes(with_secret(**keywords)) == ["AKP303"] * reported


def test_another_cluster_is_of_no_interest_for_a_public_image() -> None:
    assert codes(kpo("python:3.12", config_file='"/kube/config"')) == []
    assert codes(kpo("python:3.12", config_file='"/kube/config"', image_pull_secrets='"s"')) == ["AKP303"]


@pytest.mark.parametrize("namespace", ['"default"', '"astro-1234"'])
def test_a_namespace_in_the_code(namespace: str) -> None:
    source = with_secret(namespace=namespace)
    finding = one(source)
    assert (finding.code, pointed_at(finding, source)) == ("AKP306", namespace)


@pytest.mark.parametrize(
    "namespace",
    ["None", "get()", '"{{ var.value.ns }}"', 'f"{ENV}-etl"', 'Variable.get("ns")', 'os.getenv("NS", "default")', '""'],
)
def test_a_namespace_from_elsewhere(namespace: str) -> None:
    assert codes("import os\n" + with_secret(namespace=namespace)) == []


def test_a_namespace_in_another_cluster_must_be_named() -> None:
    assert codes(with_secret(namespace='"etl"', config_file='"/kube/config"')) == ["AKP303"]


def test_the_hint_for_a_namespace_is_for_the_projects_provider() -> None:
    source = with_secret(namespace='"etl"')
    assert "leave it out" in one(source, ACME._replace(versions=NEW)).hint
    assert "conf.get" in one(source, ACME._replace(versions=OLD)).hint


SIZES: dict[str, tuple[str, list[str]]] = {
    "as much as Astro gives": ('limits={"cpu": "43", "memory": "86Gi", "ephemeral-storage": "100Gi"}', []),
    "a bit of a core more": ('limits={"cpu": "43001m"}', ["AKP304"]),
    "in thousandths": ('limits={"cpu": "43000m"}', []),
    "a number": ('limits={"cpu": 44}', ["AKP304"]),
    "a fraction": ('limits={"cpu": 43.5}', ["AKP304"]),
    "memory": ('limits={"memory": "87Gi"}', ["AKP304"]),
    "memory by ten": ('limits={"memory": "92G"}', []),
    "memory by ten, more": ('limits={"memory": "93G"}', ["AKP304"]),
    "bytes": ('limits={"memory": 92341796864}', []),
    "one byte more": ('limits={"memory": 92341796865}', ["AKP304"]),
    "exponent": ('limits={"memory": "1e12"}', ["AKP304"]),
    "storage": ('limits={"ephemeral-storage": "101Gi"}', ["AKP304"]),
    "requests alone": ('requests={"cpu": "64"}', ["AKP304"]),
    "both resources": ('limits={"cpu": "64", "memory": "1Ti"}', ["AKP304", "AKP304"]),
    "both too much and different": ('limits={"cpu": "64"}, requests={"cpu": "50"}', ["AKP304", "AKP305"]),
    "different": ('limits={"cpu": "2"}, requests={"cpu": "1"}', ["AKP305"]),
    "more than one different": (
        'limits={"cpu": "2", "memory": "2Gi"}, requests={"cpu": "1", "memory": "1Gi"}',
        ["AKP305"],
    ),
    "the same in other words": (
        'limits={"cpu": "0.5", "memory": "1Gi"}, requests={"cpu": "500m", "memory": "1024Mi"}',
        [],
    ),
    "the same number": ('limits={"cpu": 1}, requests={"cpu": "1.0"}', []),
    "limits alone": ('limits={"cpu": "2"}', []),
    "for another resource": ('limits={"memory": "2Gi"}, requests={"cpu": "1"}', []),
    "a template": ('limits={"cpu": "{{ x }}"}, requests={"cpu": "1"}', []),
    "no quantity": ('limits={"memory": "512MB"}, requests={"memory": "256MB"}', []),
    "not known": ("limits=get(), requests=get()", []),
    "another resource": ('limits={"nvidia.com/gpu": 100}', []),
}


@pytest.mark.parametrize(("sizes", "expected"), SIZES.values(), ids=SIZES)
def test_sizes(sizes: str, expected: list[str]) -> None:
    assert codes(with_secret(container_resources=f"k8s.V1ResourceRequirements({sizes})")) == expected
    container = f'k8s.V1Container(name="base", resources=k8s.V1ResourceRequirements({sizes}))'
    pod = f"k8s.V1Pod(spec=k8s.V1PodSpec(containers=[{container}]))"
    assert codes(with_secret(full_pod_spec=pod)) == expected


@pytest.mark.parametrize(
    ("before", "value"),
    [
        ("", '{"limits": {"cpu": "64"}}'),
        ("", 'k8s.V1ResourceRequirements(**{"limits": {"cpu": "64"}})'),
        ('SIZE = {"limits": {"cpu": "64"}}\n', "SIZE"),
        ('LIMITS = {"cpu": "64"}\n', '{"limits": LIMITS}'),
        ('LIMITS = dict(cpu="64")\n', "k8s.V1ResourceRequirements(limits=LIMITS)"),
    ],
)
def test_sizes_in_dicts_and_constants(before: str, value: str) -> None:
    source = before + with_secret(container_resources=value)
    finding = one(source)
    assert (finding.code, pointed_at(finding, source)) == ("AKP304", '"64"')


@pytest.mark.parametrize(
    "pod",
    [
        'k8s.V1Pod(spec=k8s.V1PodSpec(containers=[k8s.V1Container(name="b", resources={"limits": {"cpu": "64"}})]))',
        'dict(spec={"containers": [{"name": "b", "resources": {"limits": {"cpu": "64"}}}]})',
    ],
)
@pytest.mark.parametrize("keyword", ["full_pod_spec", "pod_template_dict"])
def test_sizes_in_pods(keyword: str, pod: str) -> None:
    source = with_secret(**{keyword: pod})
    assert (one(source).code, pointed_at(one(source), source)) == ("AKP304", '"64"')


QUANTITIES: dict[str, int | None] = {
    "1": BILLIONTHS,
    "+1": BILLIONTHS,
    "-1": -BILLIONTHS,
    "0": 0,
    "1.": BILLIONTHS,
    ".5": BILLIONTHS // 2,
    "100m": BILLIONTHS // 10,
    "1u": 1000,
    "1n": 1,
    "0.1n": 1,
    "1k": 1000 * BILLIONTHS,
    "1Ki": 1024 * BILLIONTHS,
    "1.5Ki": 1536 * BILLIONTHS,
    "1E": 10**18 * BILLIONTHS,
    "1Ei": 2**60 * BILLIONTHS,
    "1e3": 1000 * BILLIONTHS,
    "1E3": 1000 * BILLIONTHS,
    "1e-3": BILLIONTHS // 1000,
    "1e+3": 1000 * BILLIONTHS,
    "1K": None,
    "1ki": None,
    "1MB": None,
    "1 Gi": None,
    "1Gi ": None,
    "Gi": None,
    ".": None,
    "": None,
    "1.2.3": None,
    "1e": None,
    "0x10": None,
    "1_000": None,
    "\u0661": None,
    "9" * 5000: None,
}
"""Kubernetes' own words: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/"""


@pytest.mark.parametrize(("text", "size"), QUANTITIES.items(), ids=repr)
def test_quantities_are_those_of_kubernetes(text: str, size: int | None) -> None:
    assert parse(text) == size


# Reports -------------------------------------------------------------------------------------------------------------

EVERYTHING = f"""\
{OLD_POD}{CONF}NAMESPACE = {ASKED}
with DAG("d", default_args={{"image_pull_secrets": "acr-pull", "is_delete_operator_pod": False}}):
    KPO(
        task_id="a",
        image="ghcr.io/acme/etl",
        image_pull_secrets=None,
    )
    KPO(task_id="b", image="ghcr.io/acme/größe", image_pull_secrets=["s"], namespace="ä", resources={REQUIREMENTS})
    KPO(task_id="c", image="ghcr.io/acme/etl", config_file="ß", image_pull_secrets=k8s.V1LocalObjectReference("é"))
KPO(task_id="d", image="ghcr.io/acme/etl", imagePullSecret="x"); KPO(task_id="e", image="ghcr.io/acme/etl")
"""


def test_findings_are_in_the_order_of_the_file_and_none_twice() -> None:
    findings = found(EVERYTHING)
    places = [(each.span.line, each.span.column, each.code) for each in findings]
    assert places == sorted(set(places))
    assert len({each.code for each in findings}) > 9


def test_a_finding_names_its_task() -> None:
    assert {each.code: each.task for each in found(EVERYTHING) if each.task} == {
        "AKP101": "e",
        "AKP103": "b",
        "AKP104": "c",
        "AKP107": "d",
        "AKP108": "a",
        "AKP202": "b",
        "AKP303": "c",
        "AKP306": "b",
    }


def test_findings_read_well() -> None:
    for finding in found(EVERYTHING):
        for text in (finding.message, finding.hint):
            assert text, finding
            assert not text.endswith("."), text
            assert "\n" not in text, text
            assert len(text) < 200, text
        assert re.match('["a-z]|Airflow |Astro |KubernetesPodOperator ', finding.message), finding.message


def test_the_excerpt_is_the_line_of_the_finding() -> None:
    lines = (HEAD + EVERYTHING).split("\n")
    assert all(each.excerpt == lines[each.span.line - 1] for each in found(EVERYTHING))


def test_text_of_the_file_cannot_steer_a_terminal() -> None:
    finding = one(with_secret(namespace='"\\x1b[31m"'))
    assert "\x1b" not in finding.message
