"""The patcher: where a pull secret goes, what its model is called, what is left alone; and nothing else changes."""

import ast
import re
import sys
from types import ModuleType
from typing import Any

import pytest

from astrokpo_cli.dags.finder import find_tasks
from astrokpo_cli.dags.patch import Patched, Wish, patch_module, verify
from astrokpo_cli.dags.patch.edits import Splice
from astrokpo_cli.dags.patch.splices import WrongPatch, splice
from astrokpo_cli.dags.private import PrivateImages
from astrokpo_cli.dags.source import parse_module
from astrokpo_cli.dags.survey import survey
from astrokpo_cli.dags.versions import Versions

PRIVATE = (
    PrivateImages("ghcr.io/acme", "acme-pull"),
    PrivateImages("acme.azurecr.io", "azure-pull"),
    PrivateImages("acme.azurecr.io/team/x", "team-pull"),
    PrivateImages("quay.io/acme", None),
)
KPO = "from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator"
K8S = "from kubernetes.client import models as k8s"
ADDED = 'image_pull_secrets=[k8s.V1LocalObjectReference(name="acme-pull")]'
IMAGE = 'image="ghcr.io/acme/etl:1"'
OLD = "from airflow.providers.cncf.kubernetes.operators.kubernetes_pod import KubernetesPodOperator"
BOTH = (
    'conf.get("kubernetes", "NAMESPACE", fallback=None)'
    ' or conf.get("kubernetes_executor", "NAMESPACE", fallback="default")'
)


def patch(source: str | bytes, **wish: Any) -> Patched:
    content = source.encode() if isinstance(source, str) else source
    seen = survey(parse_module(content, "dags/etl.py"))
    asked = {"secret": None, "private": PRIVATE, **wish}
    return patch_module(seen, find_tasks(seen, lambda *_: None), Wish(**asked))


def text_of(source: str, **wish: Any) -> str:
    patched = patch(source, **wish)
    check_is_settled(patched, **wish)
    return patched.content.decode()


def check_is_settled(patched: Patched, **wish: Any) -> None:
    """Fail where a second run would do anything, or leave anything else."""
    again = patch(patched.content, **wish)
    assert (again.content, again.changes) == (patched.content, ())
    assert [each.why for each in again.left] == [each.why for each in patched.left]


def filled(text: str) -> str:
    """Fill in what the tables have in short: KPO, K8S, ADDED and IMAGE in angle brackets."""
    return re.sub("<(KPO|K8S|ADDED|IMAGE|OLD|BOTH)>", lambda match: globals()[match[1]], text)


# Each row: the calls as they were, and as they become below the two imports.
CALLS = {
    "own line, comma": (
        'KubernetesPodOperator(\n    task_id="a",\n    <IMAGE>,\n    cmds=["x"],\n)\n',
        'KubernetesPodOperator(\n    task_id="a",\n    <IMAGE>,\n    <ADDED>,\n    cmds=["x"],\n)\n',
    ),
    "own line, comma and comment": (
        "KubernetesPodOperator(\n    <IMAGE>,  # the image, 1\n)\n",
        "KubernetesPodOperator(\n    <IMAGE>,  # the image, 1\n    <ADDED>,\n)\n",
    ),
    "own line, no comma": (
        'KubernetesPodOperator(\n    task_id="a",\n    <IMAGE>\n)\n',
        'KubernetesPodOperator(\n    task_id="a",\n    <ADDED>,\n    <IMAGE>\n)\n',
    ),
    "own line, no comma but a comment with one": (
        "KubernetesPodOperator(\n    <IMAGE>  # etl, the first\n)\n",
        "KubernetesPodOperator(\n    <ADDED>,\n    <IMAGE>  # etl, the first\n)\n",
    ),
    "own line, bracket behind it": (
        'KubernetesPodOperator(task_id="a",\n                      <IMAGE>)\n',
        'KubernetesPodOperator(task_id="a",\n                      <ADDED>,\n                      <IMAGE>)\n',
    ),
    "own line, comma on the next": (
        'KubernetesPodOperator(\n    <IMAGE>\n    , task_id="a"\n)\n',
        'KubernetesPodOperator(\n    <ADDED>,\n    <IMAGE>\n    , task_id="a"\n)\n',
    ),
    "comma first": (
        'KubernetesPodOperator(\n    task_id="a"\n    , <IMAGE>\n    , cmds=[]\n)\n',
        'KubernetesPodOperator(\n    task_id="a"\n    , <ADDED>, <IMAGE>\n    , cmds=[]\n)\n',
    ),
    "one line": (
        'KubernetesPodOperator(task_id="a", <IMAGE>)\n',
        'KubernetesPodOperator(task_id="a", <ADDED>, <IMAGE>)\n',
    ),
    "one line, first": (
        'KubernetesPodOperator(<IMAGE>, task_id="a")\n',
        'KubernetesPodOperator(<ADDED>, <IMAGE>, task_id="a")\n',
    ),
    "hugging": (
        'KubernetesPodOperator(<IMAGE>,\n    task_id="a",\n)\n',
        'KubernetesPodOperator(<ADDED>, <IMAGE>,\n    task_id="a",\n)\n',
    ),
    "two on a line": (
        'KubernetesPodOperator(\n    <IMAGE>, task_id="a",\n    cmds=[],\n)\n',
        'KubernetesPodOperator(\n    <ADDED>, <IMAGE>, task_id="a",\n    cmds=[],\n)\n',
    ),
    "last of two on a line": (
        'KubernetesPodOperator(\n    task_id="a", <IMAGE>,\n)\n',
        'KubernetesPodOperator(\n    task_id="a", <ADDED>, <IMAGE>,\n)\n',
    ),
    "brackets around the value": (
        'KubernetesPodOperator(\n    image=(\n        "ghcr.io/"\n        "acme/etl"  # )\n    ),\n'
        '    task_id="a",\n)\n',
        'KubernetesPodOperator(\n    image=(\n        "ghcr.io/"\n        "acme/etl"  # )\n    ),\n'
        '    <ADDED>,\n    task_id="a",\n)\n',
    ),
    "strings beside each other": (
        'KubernetesPodOperator(\n    image="ghcr.io/acme"\n    "/etl",\n)\n',
        'KubernetesPodOperator(\n    image="ghcr.io/acme"\n    "/etl",\n    <ADDED>,\n)\n',
    ),
    "blanks around the sign": (
        'KubernetesPodOperator(\n    image = "ghcr.io/acme/etl" ,\t# x\n)\n',
        'KubernetesPodOperator(\n    image = "ghcr.io/acme/etl" ,\t# x\n    <ADDED>,\n)\n',
    ),
    "a comment before the comma": (
        "KubernetesPodOperator(\n    <IMAGE>  # a\n    ,  # b\n    cmds=[],\n)\n",
        "KubernetesPodOperator(\n    <ADDED>,\n    <IMAGE>  # a\n    ,  # b\n    cmds=[],\n)\n",
    ),
    "comments between": (
        "KubernetesPodOperator(  # one\n    # two\n    <IMAGE>,\n    # three\n)\n",
        "KubernetesPodOperator(  # one\n    # two\n    <IMAGE>,\n    <ADDED>,\n    # three\n)\n",
    ),
    "lines that go on with a backslash": (
        'KubernetesPodOperator(task_id="a", \\\n    <IMAGE>, \\\n    cmds=[])\n',
        'KubernetesPodOperator(task_id="a", \\\n    <ADDED>,\n    <IMAGE>, \\\n    cmds=[])\n',
    ),
    "tabs": (
        'if True:\n\tKubernetesPodOperator(\n\t\t<IMAGE>,\n\t\ttask_id="a",\n\t)\n',
        'if True:\n\tKubernetesPodOperator(\n\t\t<IMAGE>,\n\t\t<ADDED>,\n\t\ttask_id="a",\n\t)\n',
    ),
    "a form feed": (
        "\f\nKubernetesPodOperator(\n\f    <IMAGE>,\n)\n",
        "\f\nKubernetesPodOperator(\n\f    <IMAGE>,\n    <ADDED>,\n)\n",
    ),
    "several on one line": (
        'KubernetesPodOperator(<IMAGE>); x = KubernetesPodOperator(task_id="b", <IMAGE>)\n',
        'KubernetesPodOperator(<ADDED>, <IMAGE>); x = KubernetesPodOperator(task_id="b", <ADDED>, <IMAGE>)\n',
    ),
    "letters that are no ASCII before it": (
        'naïve = "日本", KubernetesPodOperator(task_id="ü", <IMAGE>, doc="€")\n',
        'naïve = "日本", KubernetesPodOperator(task_id="ü", <ADDED>, <IMAGE>, doc="€")\n',
    ),
    "no newline at the end": (
        "KubernetesPodOperator(<IMAGE>)",
        "KubernetesPodOperator(<ADDED>, <IMAGE>)",
    ),
    "a call in a call": (
        'chain(KubernetesPodOperator(<IMAGE>), [KubernetesPodOperator(\n    <IMAGE>,\n    task_id="b",\n)])\n',
        "chain(KubernetesPodOperator(<ADDED>, <IMAGE>), [KubernetesPodOperator(\n    <IMAGE>,\n"
        '    <ADDED>,\n    task_id="b",\n)])\n',
    ),
    "a comprehension": (
        "all = [KubernetesPodOperator(<IMAGE>, task_id=n) for n in names]\n",
        "all = [KubernetesPodOperator(<ADDED>, <IMAGE>, task_id=n) for n in names]\n",
    ),
    "partial and expand": (
        'KubernetesPodOperator.partial(\n    task_id="a",\n    <IMAGE>,\n).expand(arguments=[["a"], ["b"]])\n',
        'KubernetesPodOperator.partial(\n    task_id="a",\n    <IMAGE>,\n    <ADDED>,\n'
        ').expand(arguments=[["a"], ["b"]])\n',
    ),
    "the image is mapped": (
        'KubernetesPodOperator.partial(task_id="a").expand(image=["ghcr.io/acme/a", "ghcr.io/acme/a"])\n',
        'KubernetesPodOperator.partial(<ADDED>, task_id="a").expand(image=["ghcr.io/acme/a", "ghcr.io/acme/a"])\n',
    ),
    "a constant": (
        'IMAGE = "ghcr.io/acme/etl"\nKubernetesPodOperator(\n    image=IMAGE,\n)\n',
        'IMAGE = "ghcr.io/acme/etl"\nKubernetesPodOperator(\n    image=IMAGE,\n    <ADDED>,\n)\n',
    ),
    "only the tag is not known": (
        'KubernetesPodOperator(image=f"ghcr.io/acme/etl:{tag}")\n',
        'KubernetesPodOperator(<ADDED>, image=f"ghcr.io/acme/etl:{tag}")\n',
    ),
    "the image in a dict": (
        'common = {"image": "ghcr.io/acme/etl"}\nKubernetesPodOperator(**common)\n',
        'common = {"image": "ghcr.io/acme/etl"}\nKubernetesPodOperator(<ADDED>, **common)\n',
    ),
    "the image in a dict, keywords beside it": (
        'common = {"image": "ghcr.io/acme/etl"}\nKubernetesPodOperator(\n    task_id="a",\n    **common,\n)\n',
        'common = {"image": "ghcr.io/acme/etl"}\nKubernetesPodOperator(\n    task_id="a",\n'
        "    <ADDED>,\n    **common,\n)\n",
    ),
    "a task in a function": (
        "def make():\n    return KubernetesPodOperator(<IMAGE>)\nmake()\n",
        "def make():\n    return KubernetesPodOperator(<ADDED>, <IMAGE>)\nmake()\n",
    ),
    "a task in a method": (
        "class Other(BaseOperator):\n    def execute(self, context):\n"
        "        KubernetesPodOperator(<IMAGE>).execute(context)\n",
        "class Other(BaseOperator):\n    def execute(self, context):\n"
        "        KubernetesPodOperator(<ADDED>, <IMAGE>).execute(context)\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), CALLS.values(), ids=list(CALLS))
def test_the_keyword_goes_beside_the_image(before: str, after: str) -> None:
    assert text_of(filled(f"<KPO>\n\n{before}")) == filled(f"<KPO>\n<K8S>\n\n{after}")


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
@pytest.mark.parametrize(("before", "after"), CALLS.values(), ids=list(CALLS))
def test_line_ends_are_those_of_the_file(before: str, after: str, newline: str) -> None:
    before, after = (text.replace("\n", newline) for text in (f"{KPO}\n\n{before}", f"{KPO}\n{K8S}\n\n{after}"))
    assert text_of(filled(before)) == filled(after)


def test_a_line_end_is_that_of_the_line_before() -> None:
    mixed = f"{KPO}\r\n\nKubernetesPodOperator(\r\n    {IMAGE},\n    cmds=[],\r)"
    assert (
        text_of(mixed) == f"{KPO}\r\n{K8S}\r\n\nKubernetesPodOperator(\r\n    {IMAGE},\n    {ADDED},\n    cmds=[],\r)"
    )


@pytest.mark.parametrize(
    ("encoding", "first"),
    [
        ("utf-8-sig", ""),
        ("utf-8-sig", "# -*- coding: utf-8 -*-\n"),
        ("latin-1", "# -*- coding: latin-1 -*-\n"),
        ("cp1252", "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n"),
        ("shift_jis", "# coding: shift_jis\n"),
    ],
)
def test_the_encoding_stays(encoding: str, first: str) -> None:
    word = "表" if encoding == "shift_jis" else "naïve é"
    before = f'{first}{KPO}\n"{word}", KubernetesPodOperator(task_id="{word}", {IMAGE})  # {word}\n'
    after = f'{first}{KPO}\n{K8S}\n"{word}", KubernetesPodOperator(task_id="{word}", {ADDED}, {IMAGE})  # {word}\n'
    assert patch(before.encode(encoding)).content == after.encode(encoding)


def test_the_secret_is_that_of_each_image_or_the_one_that_is_asked_for() -> None:
    source = f'{KPO}\n{K8S}\nKubernetesPodOperator({IMAGE})\nKubernetesPodOperator(image="acme.azurecr.io/x")\n'
    assert re.findall('name="(.*?)"', text_of(source)) == ["acme-pull", "azure-pull"]
    assert re.findall('name="(.*?)"', text_of(source, secret="mine")) == ["mine", "mine"]


def test_the_name_of_a_secret_is_quoted_as_ruff_does() -> None:
    assert "name='say \"x\"'" in text_of(f"{KPO}\nKubernetesPodOperator({IMAGE})\n", secret='say "x"')


def test_a_decorator_gets_the_keyword() -> None:
    decorator = f'@task.kubernetes(\n    {IMAGE},\n    name="x",\n)'
    source = f"from airflow.decorators import task\n\n{decorator}\ndef load(): ...\nload()\n"
    after = source.replace("import task\n", f"import task\n{K8S}\n").replace(f"{IMAGE},", f"{IMAGE},\n    {ADDED},")
    assert text_of(source) == after


# Each row: the import that is there, and what V1LocalObjectReference is called by it.
REUSED = {
    "models as k8s": (K8S, "k8s.V1LocalObjectReference"),
    "another alias": ("from kubernetes.client import models as m", "m.V1LocalObjectReference"),
    "models": ("from kubernetes.client import models", "models.V1LocalObjectReference"),
    "client": ("from kubernetes import client", "client.V1LocalObjectReference"),
    "client with an alias": ("from kubernetes import client as k8s", "k8s.V1LocalObjectReference"),
    "the class": ("from kubernetes.client.models import V1LocalObjectReference", "V1LocalObjectReference"),
    "the class from client": ("from kubernetes.client import V1LocalObjectReference as Ref", "Ref"),
    "import as": ("import kubernetes.client.models as k8s", "k8s.V1LocalObjectReference"),
    "import": ("import kubernetes.client", "kubernetes.client.V1LocalObjectReference"),
    "the class before the module": (
        f"{K8S}\nfrom kubernetes.client import V1LocalObjectReference",
        "V1LocalObjectReference",
    ),
    "imported twice": (f"{K8S}\n{K8S}", "k8s.V1LocalObjectReference"),
}


@pytest.mark.parametrize(("line", "name"), REUSED.values(), ids=list(REUSED))
def test_a_name_for_the_models_is_used_where_there_is_one(line: str, name: str) -> None:
    before = f"{KPO}\n{line}\nKubernetesPodOperator({IMAGE})\n"
    added = f'image_pull_secrets=[{name}(name="acme-pull")]'
    assert text_of(before) == f"{KPO}\n{line}\nKubernetesPodOperator({added}, {IMAGE})\n"


# Each row: what stands above the task, and the alias of the import that is added.
NOT_REUSED = {
    "under if": (f"if x:\n    {K8S}", "k8s"),
    "for the type checker": (f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {K8S}", "k8s"),
    "in a function": (f"def f():\n    {K8S}", "k8s"),
    "the class rebound": (f"{K8S}\nk8s = object()", "k8s_models"),
    "a function of that name": ("def k8s(): ...", "k8s_models"),
    "a parameter of that name": ("def f(k8s): ...", "k8s_models"),
    "a loop of that name": ("for k8s in (): ...", "k8s_models"),
    "deleted": (f"{K8S}\ndel k8s", "k8s_models"),
    "another module": ("from acme import k8s", "k8s_models"),
    "the asynchronous client": ("from kubernetes_asyncio.client import models as k8s", "k8s_models"),
    "global": ("def f():\n    global k8s\n    k8s = 1", "k8s_models"),
    "in a class": (f"class C:\n    {K8S}", "k8s"),
}


@pytest.mark.parametrize(("lines", "alias"), NOT_REUSED.values(), ids=list(NOT_REUSED))
def test_a_name_that_is_not_certain_is_not_used(lines: str, alias: str) -> None:
    after = text_of(f"{KPO}\n\n{lines}\n\nKubernetesPodOperator({IMAGE})\n")
    assert f"KubernetesPodOperator(image_pull_secrets=[{alias}.V1LocalObjectReference(" in after
    assert f"\nfrom kubernetes.client import models as {alias}\n" in after


def test_a_name_of_the_own_function_is_used() -> None:
    source = f"{KPO}\ndef f():\n    {K8S}\n    return KubernetesPodOperator({IMAGE})\nf()\n"
    assert text_of(source) == source.replace(IMAGE, f"{ADDED}, {IMAGE}")


def test_a_name_that_is_imported_below_is_not_used() -> None:
    source = f"{KPO}\ndef f():\n    t = KubernetesPodOperator({IMAGE})\n    {K8S}\nf()\n"
    assert "KubernetesPodOperator(image_pull_secrets=[k8s_models.V1LocalObjectReference(" in text_of(source)
    below = f"{KPO}\nKubernetesPodOperator({IMAGE})\n{K8S}\n"
    assert text_of(below).startswith(f"{KPO}\n{K8S}\n")


def test_one_import_serves_the_whole_file() -> None:
    task = f"KubernetesPodOperator({IMAGE})\n"
    after = text_of(f"{KPO}\ndef f():\n    {K8S}\n    {task}f()\n{task}{task}")
    assert (after.count("import models"), after.count(ADDED)) == (2, 3)


# Each row: what stands above the task before, and after.
PLACES = {
    "airflow and the own code": (
        "import os\n\nfrom airflow import DAG\n<KPO>\nfrom zeta import x\n\nfrom . import y\n",
        "import os\n\nfrom airflow import DAG\n<KPO>\n<K8S>\nfrom zeta import x\n\nfrom . import y\n",
    ),
    "docstring and future": (
        '"""A DAG."""\nfrom __future__ import annotations\n<KPO>\n',
        '"""A DAG."""\nfrom __future__ import annotations\n<KPO>\n<K8S>\n',
    ),
    "an import over several lines": (
        "from airflow.providers.cncf.kubernetes.operators.pod import (\n    KubernetesPodOperator,  # KPO\n)\n",
        "from airflow.providers.cncf.kubernetes.operators.pod import (\n    KubernetesPodOperator,  # KPO\n)\n<K8S>\n",
    ),
    "an import that goes on with a backslash": (
        "from airflow.providers.cncf.kubernetes.operators.pod \\\n    import KubernetesPodOperator\n",
        "from airflow.providers.cncf.kubernetes.operators.pod \\\n    import KubernetesPodOperator\n<K8S>\n",
    ),
    "semicolons": ("<KPO>; import os\n", "<KPO>; import os\n<K8S>\n"),
    "a comment behind it": ("<KPO>  # noqa; x\n", "<KPO>  # noqa; x\n<K8S>\n"),
    "a statement behind it": ("import os\n<KPO>; x = [\n    1]\n", "import os\n<KPO>; x = [\n    1]\n<K8S>\n"),
    "a call behind it": ("import os\n<KPO>; x = f()\n", "import os\n<K8S>\n<KPO>; x = f()\n"),
    "no order": (
        "import requests\n<KPO>\nimport zeta\nimport datetime\n",
        "import requests\n<KPO>\n<K8S>\nimport zeta\nimport datetime\n",
    ),
    "try": (
        "try:\n    <KPO>\nexcept ImportError:\n    <OLD>\n",
        "try:\n    <KPO>\nexcept ImportError:\n    <OLD>\n<K8S>\n",
    ),
    "try below other imports": (
        "from airflow import DAG\n\ntry:\n    <KPO>\nexcept ImportError:\n    <OLD>\n",
        "from airflow import DAG\n<K8S>\n\ntry:\n    <KPO>\nexcept ImportError:\n    <OLD>\n",
    ),
    "a constant between": ("x = 1\n<KPO>\n", "x = 1\n<KPO>\n<K8S>\n"),
    "kubernetes is imported already": (
        "from airflow import DAG\n\nfrom kubernetes.config import x\n\n<KPO>\n",
        "from airflow import DAG\n\n<K8S>\nfrom kubernetes.config import x\n\n<KPO>\n",
    ),
    "plain imports first": (
        "import airflow\nimport zeta\nfrom zeta import x\n\nif True:\n    <KPO>\n",
        "import airflow\nimport zeta\n<K8S>\nfrom zeta import x\n\nif True:\n    <KPO>\n",
    ),
    "sorted by module": (
        "from airflow import DAG\nimport boto3\n<KPO>\nimport zeta\n",
        "from airflow import DAG\nimport boto3\n<KPO>\n<K8S>\nimport zeta\n",
    ),
    "everything of a module below": (
        "<KPO>\nfrom zeta import *\n",
        "<KPO>\nfrom zeta import *\n<K8S>\n",
    ),
    "licence, cookie and a blank line": (
        "#!/usr/bin/env python\n# coding: utf-8\n\n# the operator\n<KPO>\n",
        "#!/usr/bin/env python\n# coding: utf-8\n\n# the operator\n<KPO>\n<K8S>\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), PLACES.values(), ids=list(PLACES))
def test_the_import_goes_among_the_imports(before: str, after: str) -> None:
    assert text_of(filled(f"{before}KubernetesPodOperator(<IMAGE>)\n")) == filled(
        f"{after}KubernetesPodOperator(<ADDED>, <IMAGE>)\n"
    )


def test_the_import_goes_above_the_first_statement_where_no_import_is() -> None:
    source = f'# c\n"""Doc."""\n\n@decorated\ndef f():\n    {KPO}\n    return KubernetesPodOperator({IMAGE})\n\nf()\n'
    assert text_of(source).startswith(f'# c\n"""Doc."""\n\n{K8S}\n\n\n@decorated\n')
    assert text_of(source.replace("\n@decorated", "")).startswith(f'# c\n"""Doc."""\n\n{K8S}\n\n\ndef f')


def test_a_file_of_one_line_gets_its_import_above_it() -> None:
    assert text_of(f"{KPO}; KubernetesPodOperator({IMAGE})") == f"{K8S}\n{KPO}; KubernetesPodOperator({ADDED}, {IMAGE})"


# Each row: a file with one private task, or one that may be, that is left; and the reason.
LEFT = {
    "not known": ("<KPO>\nKubernetesPodOperator(image=get_image())\n", "its image is not known"),
    "a beginning": (
        '<KPO>\nKubernetesPodOperator(image=f"ghcr.io/{x}/etl")\n',
        "only the beginning of its image is known",
    ),
    "a dict": ("<KPO>\nKubernetesPodOperator(<IMAGE>, **common)\n", "common"),
    "given and empty": ("<KPO>\nKubernetesPodOperator(<IMAGE>, image_pull_secrets=None)\n", "is given, and empty"),
    "no secret known": ('<KPO>\nKubernetesPodOperator(image="quay.io/acme/x")\n', "serves quay.io/acme is not known"),
    "an f-string": ("<KPO>\nx = f'{KubernetesPodOperator(<IMAGE>)}'\n", "f-string"),
    "external": (
        "from airflow.providers.amazon.aws.operators.eks import EksPodOperator\nEksPodOperator(<IMAGE>)\n",
        "another cluster",
    ),
    "another cluster": ('<KPO>\nKubernetesPodOperator(<IMAGE>, kubernetes_conn_id="eks")\n', "another cluster"),
    "another secret": ('<KPO>\nKubernetesPodOperator(<IMAGE>, image_pull_secrets="x")\n', 'the pull secret "x" is'),
    "plain text in a list": ('<KPO>\nKubernetesPodOperator(<IMAGE>, image_pull_secrets=["acme-pull"])\n', "plain text"),
    "misspelt": ("<KPO>\nKubernetesPodOperator(<IMAGE>, image_pull_secret=x)\n", 'takes no "image_pull_secret"'),
    "a class that takes no more": (
        "<KPO>\nclass Etl(KubernetesPodOperator):\n    def __init__(self, name):\n"
        "        super().__init__(<IMAGE>, name=name)\nEtl(name=1)\n",
        "Etl takes no more keywords",
    ),
    "the part that decides": ('<KPO>\nKubernetesPodOperator(image=f"acme.azurecr.io/{x}")\n', "which of several"),
    "ignored": ("<KPO>\nKubernetesPodOperator(<IMAGE>)  # astrokpo: ignore[AKP101]\n", "a comment ignores AKP101"),
    "both names taken": (
        "<KPO>\nfrom acme import k8s, k8s_models\nKubernetesPodOperator(<IMAGE>)\n",
        "k8s and k8s_models are other things",
    ),
    "a star below": ("<KPO>\nx()\nfrom acme import *\nKubernetesPodOperator(<IMAGE>)\n", "import of *"),
    "kubernetes in a try": (
        "try:\n    <KPO>\n    <K8S>\nexcept ImportError:\n    k8s = None\nKubernetesPodOperator(<IMAGE>)\n",
        "line 2 may go on without the kubernetes client",
    ),
    "the operator in a try": (
        "try:\n    <KPO>\nexcept ImportError:\n    KubernetesPodOperator = None\nKubernetesPodOperator(<IMAGE>)\n",
        "line 2 may go on without the kubernetes client",
    ),
    "no line for the import": ('"""Doc."""; <KPO>; KubernetesPodOperator(<IMAGE>)\n', "no line for the import"),
}


@pytest.mark.parametrize(("source", "why"), LEFT.values(), ids=list(LEFT))
def test_what_is_in_doubt_is_left_to_a_person(source: str, why: str) -> None:
    content = filled(source).encode()
    patched = patch(content)
    assert (patched.content, patched.changes) == (content, ())
    assert len(patched.left) == 1
    assert why in patched.left[0].why


@pytest.mark.parametrize(
    "call",
    [
        'KubernetesPodOperator(image="python:3.12")',
        f'KubernetesPodOperator({IMAGE}, image_pull_secrets="acme-pull")',
        f'KubernetesPodOperator({IMAGE}, image_pull_secrets=[k8s.V1LocalObjectReference("acme-pull")])',
        f'KubernetesPodOperator({IMAGE}, image_pull_secrets="a,acme-pull")',
        f"class Etl(KubernetesPodOperator):\n    def __init__(self, **kw):\n        super().__init__({IMAGE}, **kw)",
        'KubernetesPodOperator(image=f"docker.io/library/{x}")',
        'KubernetesPodOperator(task_id="x")',
        'KubernetesPodOperator(image="ghcr.io/acmeother/etl")',
        'BashOperator(image="ghcr.io/acme/etl")',
    ],
)
def test_what_is_fine_is_not_spoken_of(call: str) -> None:
    content = f"{KPO}\n{K8S}\n{call}\n".encode()
    assert patch(content) == Patched(content, (), ())


def test_changes_and_what_is_left_have_their_lines_and_tasks() -> None:
    patched = patch(
        f'{KPO}\n\nKubernetesPodOperator(task_id="load", {IMAGE})\nKubernetesPodOperator(task_id="b", image=x())\n'
    )
    assert [(each.line, each.task, each.what) for each in patched.changes] == [
        (2, "", f"{K8S} added"),
        (3, "load", "image_pull_secrets added"),
    ]
    assert [(each.line, each.task) for each in patched.left] == [(4, "b")]


# default_args

DAG = f"from airflow import DAG\n{KPO}\n"
ENTRY = '"image_pull_secrets": [k8s.V1LocalObjectReference(name="acme-pull")]'
TASKS = f"    KubernetesPodOperator({IMAGE})\n    KubernetesPodOperator(image='ghcr.io/acme/b')\n"

# Each row: what stands above the two tasks, and what becomes of it.
DEFAULTS = {
    "no default_args": ('with DAG("d"):\n', 'with DAG("d", default_args={<ENTRY>}):\n'),
    "no default_args, a trailing comma": ('with DAG("d",):\n', 'with DAG("d", default_args={<ENTRY>},):\n'),
    "no default_args, brackets around the name": (
        'with DAG(("d")):  # c\n',
        'with DAG(("d"), default_args={<ENTRY>}):  # c\n',
    ),
    "no default_args, keywords on one line": (
        'with DAG(dag_id="d", schedule=None):\n',
        'with DAG(dag_id="d", default_args={<ENTRY>}, schedule=None):\n',
    ),
    "no default_args, keywords on their lines": (
        'with DAG(\n    "d",\n    schedule=None,  # never\n):\n',
        'with DAG(\n    "d",\n    schedule=None,  # never\n    default_args={<ENTRY>},\n):\n',
    ),
    "a dict in the call": (
        'with DAG("d", default_args={"owner": "x"}):\n',
        'with DAG("d", default_args={"owner": "x", <ENTRY>}):\n',
    ),
    "an empty dict": ('with DAG("d", default_args={}):\n', 'with DAG("d", default_args={<ENTRY>}):\n'),
    "an empty dict with a comment": (
        'with DAG("d", default_args={  # none\n}):\n',
        'with DAG("d", default_args={  # none\n<ENTRY>}):\n',
    ),
    "a constant, a comma behind its last entry": (
        'ARGS = {\n    "owner": "x",\n    "retries": 1,  # one\n}\nwith DAG("d", default_args=ARGS):\n',
        'ARGS = {\n    "owner": "x",\n    "retries": 1,  # one\n    <ENTRY>,\n}\nwith DAG("d", default_args=ARGS):\n',
    ),
    "a constant, no comma behind its last entry": (
        'ARGS = {\n    "owner": "x",\n    "retries": 1  # 1, 2\n}\nwith DAG("d", default_args=ARGS):\n',
        'ARGS = {\n    "owner": "x",\n    "retries": 1,  # 1, 2\n    <ENTRY>,\n}\nwith DAG("d", default_args=ARGS):\n',
    ),
    "a constant that closes behind its last entry": (
        'ARGS = {\n    "owner": "x",\n    "retries": 1}\nwith DAG("d", default_args=ARGS):\n',
        'ARGS = {\n    "owner": "x",\n    "retries": 1, <ENTRY>}\nwith DAG("d", default_args=ARGS):\n',
    ),
    "a constant, the comma on the next line": (
        'ARGS = {\n    "owner": "x"  # c\n    ,\n}\nwith DAG("d", default_args=ARGS):\n',
        'ARGS = {\n    "owner": "x", <ENTRY>  # c\n    ,\n}\nwith DAG("d", default_args=ARGS):\n',
    ),
    "a constant, brackets around its last value": (
        'ARGS = {\n    "owner": (\n        "x"\n    ),\n}\nwith DAG("d", default_args=ARGS):\n',
        'ARGS = {\n    "owner": (\n        "x"\n    ),\n    <ENTRY>,\n}\nwith DAG("d", default_args=ARGS):\n',
    ),
    "one line with a comma": (
        'ARGS: dict = {"owner": ("x"),}\nwith DAG("d", default_args=ARGS):\n',
        'ARGS: dict = {"owner": ("x"), <ENTRY>,}\nwith DAG("d", default_args=ARGS):\n',
    ),
    "a constant that two DAGs share": (
        'ARGS = {"a": 1}\nwith DAG("c", default_args=ARGS):\n    KubernetesPodOperator(<IMAGE>)\n'
        'with DAG("d", default_args=ARGS):\n',
        'ARGS = {"a": 1, <ENTRY>}\nwith DAG("c", default_args=ARGS):\n'
        '    KubernetesPodOperator(<IMAGE>)\nwith DAG("d", default_args=ARGS):\n',
    ),
    "two DAGs": (
        'with DAG("c"):\n    KubernetesPodOperator(<IMAGE>)\nwith DAG("d"):\n',
        'with DAG("c", default_args={<ENTRY>}):\n    KubernetesPodOperator(<IMAGE>)\n'
        'with DAG("d", default_args={<ENTRY>}):\n',
    ),
    "a task that has its own": (
        'with DAG("d"):\n    KubernetesPodOperator(<IMAGE>, image_pull_secrets="acme-pull")\n',
        'with DAG("d", default_args={<ENTRY>}):\n    KubernetesPodOperator(<IMAGE>, image_pull_secrets="acme-pull")\n',
    ),
    "a task of another kind": (
        'with DAG("d"):\n    BashOperator(bash_command="x")\n',
        'with DAG("d", default_args={<ENTRY>}):\n    BashOperator(bash_command="x")\n',
    ),
}


@pytest.mark.parametrize(("before", "after"), DEFAULTS.values(), ids=list(DEFAULTS))
def test_a_dag_gets_one_entry_for_all_its_tasks(before: str, after: str) -> None:
    filled_in = filled(after).replace("<ENTRY>", ENTRY)
    assert text_of(filled(f"{DAG}{before}{TASKS}"), default_args=True) == f"{DAG}{K8S}\n{filled_in}{TASKS}"


# Each row: what stands above the two tasks, and why they are left.
UNFIT = {
    "no DAG": ("if True:\n", "the DAG that it is in is not known"),
    "a public image": (
        'with DAG("d"):\n    KubernetesPodOperator(image="python")\n',
        "line 4 does not need that secret",
    ),
    "another secret": (
        'with DAG("d"):\n    KubernetesPodOperator(image="acme.azurecr.io/x")\n',
        "several pull secrets",
    ),
    "a task that is not known": (
        'with DAG("d"):\n    KubernetesPodOperator(image="python", **x)\n',
        "whether the task on line 4 has a pull secret is not known",
    ),
    "a secret in a template": (
        f'{K8S}\nwith DAG("d"):\n    KubernetesPodOperator(full_pod_spec=k8s.V1Pod(spec=k8s.V1PodSpec('
        'containers=[], image_pull_secrets=[k8s.V1LocalObjectReference(name="x")])))\n',
        "the task on line 5 would lose its own pull secret",
    ),
    "a task of an unknown DAG": (
        'KubernetesPodOperator(image="python")\nwith DAG("d"):\n',
        "line 3 may be in this DAG",
    ),
    "dict()": ('with DAG("d", default_args=dict(a=1)):\n', "what the DAG is given is not known"),
    "a copy": (
        'ARGS = {"a": 1}\nOTHER = ARGS\nwith DAG("d", default_args=ARGS):\n',
        "ARGS may be changed",
    ),
    "given as keywords": (
        'ARGS = {"a": 1}\nx(**ARGS)\nwith DAG("d", default_args=ARGS):\n',
        "ARGS is used otherwise on line 4",
    ),
    "given to something else": (
        'ARGS = {"a": 1}\nx(default_args=ARGS)\nwith DAG("d", default_args=ARGS):\n',
        "ARGS is used otherwise on line 4",
    ),
}


@pytest.mark.parametrize(("before", "why"), UNFIT.values(), ids=list(UNFIT))
def test_a_dag_whose_tasks_differ_is_left_to_a_person(before: str, why: str) -> None:
    content = f"{DAG}{before}{TASKS}".encode()
    patched = patch(content, default_args=True)
    assert patched.content == content
    ours = [each.why for each in patched.left if each.line > len((DAG + before).splitlines())]
    assert len(ours) == 2
    assert all(why in each for each in ours), ours


# The mechanical fixes

ALL = frozenset({"AKP201", "AKP202", "AKP203", "AKP204"})
CONF = "from airflow.configuration import conf\n"
CONTRIB = "from airflow.contrib.operators.kubernetes_pod_operator import KubernetesPodOperator"
FIXED = {
    "AKP201": ("<OLD>\n", "<KPO>\n"),
    "AKP201, the module": (
        "from airflow.providers.cncf.kubernetes.operators import kubernetes_pod, job\n",
        "from airflow.providers.cncf.kubernetes.operators import pod as kubernetes_pod, job\n",
    ),
    "AKP201, the module by another name": (
        "from airflow.providers.cncf.kubernetes.operators import (\n    kubernetes_pod as kp,  # x\n)\n",
        "from airflow.providers.cncf.kubernetes.operators import (\n    pod as kp,  # x\n)\n",
    ),
    "AKP201, all of the module": (
        "import os, airflow.providers.cncf.kubernetes.operators.kubernetes_pod as kp\n",
        "import os, airflow.providers.cncf.kubernetes.operators.pod as kp\n",
    ),
    "AKP201, an alias and a backslash": (
        "from airflow.providers.cncf.kubernetes.operators.kubernetes_pod \\\n"
        "  import KubernetesPodOperator as K  # x\n",
        "from airflow.providers.cncf.kubernetes.operators.pod \\\n  import KubernetesPodOperator as K  # x\n",
    ),
    "AKP201, contrib": (f"{CONTRIB}\n", "<KPO>\n"),
    "AKP201, in a function": ("def f():\n\t<OLD>\n", "def f():\n\t<KPO>\n"),
    "AKP202": (
        "<KPO>\n<K8S>\nKubernetesPodOperator(resources = k8s.V1ResourceRequirements(limits={}))\n",
        "<KPO>\n<K8S>\nKubernetesPodOperator(container_resources = k8s.V1ResourceRequirements(limits={}))\n",
    ),
    "AKP202, beside a secret": (
        'image = "ghcr.io/acme/x"\n<KPO>\n<K8S>\nd = {"image": image}\n'
        "KubernetesPodOperator(resources=k8s.V1ResourceRequirements(), **d)\n",
        'image = "ghcr.io/acme/x"\n<KPO>\n<K8S>\nd = {"image": image}\n'
        "KubernetesPodOperator(<ADDED>, container_resources=k8s.V1ResourceRequirements(), **d)\n",
    ),
    "AKP203": (f'{CONF}n = conf.get("kubernetes", "NAMESPACE")\n', f"{CONF}n = (<BOTH>)\n"),
    "AKP203, over lines": (
        f'{CONF}f(n=conf.get(\n    "kubernetes",  # old\n    "NAMESPACE",  # ns\n))\n',
        f'{CONF}f(n=(conf.get(\n    "kubernetes",  # old\n    "NAMESPACE", fallback=None,  # ns\n'
        f') or conf.get("kubernetes_executor", "NAMESPACE", fallback="default")))\n',
    ),
    "AKP203, another name": (
        'from airflow import configuration as c\nn = c.conf.get("kubernetes", key="namespace")\n',
        'from airflow import configuration as c\nn = (c.conf.get("kubernetes", key="namespace", fallback=None)'
        ' or c.conf.get("kubernetes_executor", "NAMESPACE", fallback="default"))\n',
    ),
    "AKP204": (
        '<K8S>\nx = [k8s.V1LocalObjectReference( "s" ), k8s.V1LocalObjectReference(NAME,)]\n',
        '<K8S>\nx = [k8s.V1LocalObjectReference( name="s" ), k8s.V1LocalObjectReference(name=NAME,)]\n',
    ),
    "AKP204, brackets": (
        '<K8S>\nx = (k8s.V1LocalObjectReference)(  # (\n  (\n"s"))\ny = k8s.V1LocalObjectReference((n := "s"))\n',
        '<K8S>\nx = (k8s.V1LocalObjectReference)(  # (\n  name=(\n"s"))\n'
        'y = k8s.V1LocalObjectReference(name=(n := "s"))\n',
    ),
    "AKP204 around AKP203": (
        f'{CONF}<K8S>\nx = k8s.V1LocalObjectReference(conf.get("kubernetes", "NAMESPACE"))\n',
        f"{CONF}<K8S>\nx = k8s.V1LocalObjectReference(name=(<BOTH>))\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), FIXED.values(), ids=list(FIXED))
def test_what_is_mechanical_is_mended(before: str, after: str) -> None:
    assert text_of(filled(before), fixes=ALL) == filled(filled(after))
    assert text_of(filled(before.replace("\n", "\r\n")), fixes=ALL) == filled(filled(after)).replace("\n", "\r\n")


@pytest.mark.parametrize("code", sorted(ALL))
def test_only_the_codes_that_are_asked_for_are_mended(code: str) -> None:
    before, after = map(filled, FIXED[code])
    assert text_of(before, fixes=frozenset({code})) == filled(after)
    assert text_of(before, fixes=ALL - {code}) == before


@pytest.mark.parametrize("code", sorted(ALL))
def test_what_a_comment_ignores_is_not_mended(code: str) -> None:
    before = filled(FIXED[code][0]).replace("\n", f"  # astrokpo: ignore[{code}]\n")
    assert text_of(before, fixes=ALL) == before


@pytest.mark.parametrize(
    ("code", "versions"),
    [
        ("AKP201", Versions(provider_to=(9, 0))),
        ("AKP202", Versions(provider_to=(4, 4))),
        ("AKP203", Versions(airflow=(2, 9))),
    ],
)
def test_nothing_is_mended_that_the_projects_own_version_needs(code: str, versions: Versions) -> None:
    before = filled(FIXED[code][0])
    assert text_of(before, fixes=ALL, versions=versions) == before


NOT_FIXED = {
    "AKP201, other names": (f"{OLD}, PodReattach\n", "AKP201: the module, or another name"),
    "AKP201, all of the module by its path": (
        "import airflow.providers.cncf.kubernetes.operators.kubernetes_pod\n",
        "AKP201: the module, or another name",
    ),
    "AKP201, dots apart": (f"{OLD}\n".replace("operators.", "operators . "), "AKP201: its module is written"),
    "AKP202, both": (
        "<KPO>\n<K8S>\nKubernetesPodOperator(resources=k8s.V1ResourceRequirements(), container_resources=x)\n",
        "AKP202: container_resources is given too",
    ),
    "AKP202, more": (
        "<KPO>\n<K8S>\nKubernetesPodOperator(resources=k8s.V1ResourceRequirements(), **x)\n",
        "AKP202: ",
    ),
    "AKP202, an own class": (
        "<KPO>\n<K8S>\nclass Own(KubernetesPodOperator): ...\nOwn(resources=k8s.V1ResourceRequirements())\n",
        "AKP202: its class is one of your own",
    ),
    "AKP203, an f-string": (
        f"{CONF}n = f\"{{conf.get('kubernetes', 'NAMESPACE')}}\"\n",
        "AKP203: it stands in an f-string",
    ),
    "AKP204, a walrus": ('<K8S>\nx = k8s.V1LocalObjectReference(n := "s")\n', "AKP204: the name is written"),
}


@pytest.mark.parametrize(("source", "why"), NOT_FIXED.values(), ids=list(NOT_FIXED))
def test_what_is_not_mechanical_is_left(source: str, why: str) -> None:
    content = filled(source).encode()
    patched = patch(content, fixes=ALL, private=())
    assert (patched.content, patched.changes) == (content, ())
    assert len(patched.left) == 1
    assert patched.left[0].why.startswith(why)


# The proof


def test_a_wrong_patch_is_never_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "splice", lambda text, splices: splice(text, splices) + "\npass\n")
    content = f"{KPO}\nKubernetesPodOperator({IMAGE})\n".encode()
    patched = patch(content)
    assert (patched.content, patched.changes) == (content, ())
    assert [each.line for each in patched.left] == [2]
    assert "an error of astrokpo: please report it" in patched.left[0].why


def test_a_secret_that_the_encoding_does_not_have_is_not_written() -> None:
    content = f"# coding: ascii\n{KPO}\nKubernetesPodOperator({IMAGE})\n".encode()
    assert patch(content, secret="é").content == content


@pytest.mark.parametrize("splices", [[Splice(0, 3, ""), Splice(2, 4, "")], [Splice(3, 9, "")], [Splice(3, 2, "")]])
def test_changes_that_meet_are_no_patch(splices: list[Splice]) -> None:
    with pytest.raises(WrongPatch):
        splice("12345", splices)


def test_insertions_at_one_place_keep_their_order_before_what_is_replaced() -> None:
    assert splice("abc", [Splice(1, 2, "X"), Splice(1, 1, "1"), Splice(1, 1, "2")]) == "a12Xc"


@pytest.mark.parametrize(
    ("one", "other"),
    [("1", "True"), ("1", "1.0"), ("'a'", "b'a'"), ("x", "y"), ("f(a)", "f(a=a)"), ("[]", "[1]"), ("-0.0", "0.0")],
)
def test_other_programs_are_told_apart(one: str, other: str) -> None:
    assert verify.is_same_program(ast.parse(one), ast.parse(one))
    assert not verify.is_same_program(ast.parse(one), ast.parse(other))


def test_a_deep_tree_is_patched_too() -> None:
    deep = " + ".join(["x"] * 900)
    assert ADDED in text_of(f"{KPO}\ny = {deep}\nKubernetesPodOperator({IMAGE})\n")


class Ref:
    """Stands for V1LocalObjectReference."""

    def __init__(self, *, name: str) -> None:
        self.name = name


def secrets_when_run(source: str, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Run SOURCE beside an Airflow and a kubernetes client of straw; give the pull secrets of each task made."""
    made: list[list[str]] = []

    def operator(**keywords: Any) -> None:
        made.append([each.name for each in keywords["image_pull_secrets"]])

    def module(name: str, **names: Any) -> ModuleType:
        straw = ModuleType(name)
        straw.__dict__.update(names)
        monkeypatch.setitem(sys.modules, name, straw)
        return straw

    models = module("kubernetes.client.models", V1LocalObjectReference=Ref)
    client = module("kubernetes.client", models=models, V1LocalObjectReference=Ref)
    module("kubernetes", client=client)
    module("kubernetes_asyncio")
    module("kubernetes_asyncio.client", models=object())
    module("acme", k8s=object())
    parts = KPO.split()[1].split(".")
    for length in range(1, len(parts)):
        module(".".join(parts[:length]))
    module(".".join(parts), KubernetesPodOperator=operator)
    exec(compile(source, "dag.py", "exec"), {"x": True})
    return made


@pytest.mark.parametrize(
    "lines",
    [*(line for line, _ in REUSED.values()), *(lines for lines, _ in NOT_REUSED.values())],
    ids=[*REUSED, *NOT_REUSED],
)
def test_a_patched_file_gives_its_tasks_their_secret(lines: str, monkeypatch: pytest.MonkeyPatch) -> None:
    task = f"KubernetesPodOperator({IMAGE})"
    function = f"def g():\n    {task}\ng()\n"
    method = f"class G:\n    def execute(self, context):\n        [{task} for _ in (1,)]\nG().execute(None)\n"
    patched = patch(f"{KPO}\n{lines}\n{task}\n{function}{method}")
    assert patched.left == ()
    assert secrets_when_run(patched.content.decode(), monkeypatch) == [["acme-pull"]] * 3
