"""Tasks and their verdicts, in shapes of DAG code that people write: never "none" where a pull secret may come in."""

from collections.abc import Mapping

import pytest

from astrokpo_cli.dags.finder import find_tasks
from astrokpo_cli.dags.holders import DAGS
from astrokpo_cli.dags.source import Module, parse_module
from astrokpo_cli.dags.survey import survey
from astrokpo_cli.dags.tasks import Task

HEAD = """\
import os
from functools import partial
from airflow import DAG
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator as KPO
from airflow.utils.task_group import TaskGroup
from kubernetes.client import models as k8s
SECRET = "ghcr-pull"
"""
WITH_SECRET = 'DAG("d", default_args={"image_pull_secrets": SECRET})'

DICTS = {
    "another entry that is set under a condition does not matter": (
        'common = {"get_logs": True}\nif os.getenv("LOCAL"):\n    common["in_cluster"] = False\nKPO(**common)',
        "none",
    ),
    "another entry that is changed in depth does not matter": (
        'common = {"labels": {}}\ncommon["labels"]["team"] = "etl"\nKPO(**common)',
        "none",
    ),
    "an entry that is set for certain, above the task, is its value": (
        'common = {}\ncommon["image_pull_secrets"] = SECRET\nKPO(**common)',
        "has ghcr-pull",
    ),
    "so is one that update sets by keyword": (
        "common = {}\ncommon.update(image_pull_secrets=SECRET)\nKPO(**common)",
        "has ghcr-pull",
    ),
    "so is one that update sets from a dict": (
        'common = {}\ncommon.update({"image_pull_secrets": SECRET})\nKPO(**common)',
        "has ghcr-pull",
    ),
    "the secret set under a condition is not known": (
        'common = {}\nif os.getenv("PRIVATE"):\n    common["image_pull_secrets"] = SECRET\nKPO(**common)',
        "unknown",
    ),
    "the secret set below the task is not known, for there may be a loop": (
        'common = {}\nKPO(**common)\ncommon["image_pull_secrets"] = SECRET',
        "unknown",
    ),
    "the secret set twice is not known": (
        'common = {}\ncommon["image_pull_secrets"] = SECRET\ncommon["image_pull_secrets"] = None\nKPO(**common)',
        "unknown",
    ),
    "the secret set in a function is not known": (
        'common = {}\ndef prepare():\n    common["image_pull_secrets"] = SECRET\nprepare()\nKPO(**common)',
        "unknown",
    ),
    "the secret that is taken out is not known": (
        'common = {"image_pull_secrets": SECRET}\ncommon.pop("image_pull_secrets")\nKPO(**common)',
        "unknown",
    ),
    "an entry whose key is not written may be the secret": (
        'common = {}\ncommon[os.getenv("KEY")] = SECRET\nKPO(**common)',
        "unknown",
    ),
    "update with a dict from elsewhere may set the secret": (
        "from acme import more\ncommon = {}\ncommon.update(more)\nKPO(**common)",
        "unknown",
    ),
    "of two dicts without a secret each has none": (
        'if os.getenv("A"):\n    common = {"a": 1}\nelse:\n    common = {"b": 2}\nKPO(**common)',
        "none",
    ),
    "of two dicts one with a secret it is not known": (
        'if os.getenv("A"):\n    common = {"a": 1}\nelse:\n    common = {"image_pull_secrets": SECRET}\nKPO(**common)',
        "unknown",
    ),
    "two dicts with the same secret have it": (
        'if os.getenv("A"):\n    common = {"a": 1, "image_pull_secrets": SECRET}\n'
        'else:\n    common = {"image_pull_secrets": SECRET}\nKPO(**common)',
        "has ghcr-pull",
    ),
}

OBJECTS = {
    "a list with two names may be changed under the other": (
        "one = other = []\nother.append(SECRET)\nKPO(image_pull_secrets=one)",
        "unknown",
    ),
    "a class's list may be changed from outside": (
        "class Config:\n    SECRETS = []\nConfig.SECRETS.append(SECRET)\nKPO(image_pull_secrets=Config.SECRETS)",
        "unknown",
    ),
    "a class's constant may be set from outside": (
        "class Config:\n    SECRET = None\nConfig.SECRET = SECRET\nKPO(image_pull_secrets=Config.SECRET)",
        "unknown",
    ),
    "a class's constant that is left alone is its value": (
        "class Config:\n    SECRET = 'ghcr-pull'\nprint(Config.SECRET)\nKPO(image_pull_secrets=Config.SECRET)",
        "has ghcr-pull",
    ),
    "a pod may be changed by its attributes": (
        "spec = k8s.V1PodSpec(containers=[])\nspec.image_pull_secrets = [SECRET]\n"
        "KPO(full_pod_spec=k8s.V1Pod(spec=spec))",
        "unknown",
    ),
    "a pod may be changed by a function": (
        "from acme import add\npod = k8s.V1Pod(spec=k8s.V1PodSpec(containers=[]))\nadd(pod)\nKPO(full_pod_spec=pod)",
        "unknown",
    ),
    "a pod that is left alone holds what is written": (
        "spec = k8s.V1PodSpec(containers=[])\npod = k8s.V1Pod(spec=spec)\nKPO(full_pod_spec=pod)",
        "none",
    ),
}

CONTEXTS = {
    "default_args may be given by position": (
        'with DAG("d", None, None, None, None, None, None, {"image_pull_secrets": SECRET}):\n    KPO()',
        "unknown",
    ),
    "to read an entry of default_args does not change them": (
        'dag = DAG("d", default_args={"owner": "a"})\nwith dag:\n    KPO(arguments=[dag.default_args["owner"]])',
        "none",
    ),
    "to set one may give a secret": (
        'with DAG("d") as dag:\n    dag.default_args["image_pull_secrets"] = SECRET\n    KPO()',
        "unknown",
    ),
    "to replace default_args may, too": ('dag = DAG("d")\ndag.default_args = {}\nwith dag:\n    KPO()', "unknown"),
    "and so may what another name for them is used for": (
        'dag = DAG("d", default_args={})\nargs = dag.default_args\nargs["image_pull_secrets"] = SECRET\n'
        "with dag:\n    KPO()",
        "unknown",
    ),
    "a module named default_args is none of a DAG's": (
        'from acme.default_args import OWNER\nwith DAG("d", default_args={"owner": OWNER}):\n    KPO()',
        "none",
    ),
    "a DAG of the project's own class may have default_args": (
        'class Flow(DAG):\n    pass\nwith Flow("d"):\n    KPO()',
        "unknown",
    ),
    "so may what another package opens": ('from acme import Flow\nwith Flow("d"):\n    KPO()', "unknown"),
    "so may a parameter": ("def make(flow):\n    with flow:\n        KPO()\nmake(" + WITH_SECRET + ")", "unknown"),
    "so may a DAG of a loop": ("for each in [" + WITH_SECRET + "]:\n    with each:\n        KPO()", "unknown"),
    "a file that is open is no DAG": ('with open("x") as file:\n    KPO()', "none"),
    "nor is what the standard library opens": (
        "import contextlib\nwith contextlib.suppress(Exception):\n    KPO()",
        "none",
    ),
    "nor is a task with its teardown": ("import acme\nwith acme.gone().as_teardown(setups=[]):\n    KPO()", "none"),
    "a dag in a dict is not followed": ("dag = " + WITH_SECRET + '\nKPO(**{"dag": dag})', "unknown"),
    "nor is one that functools.partial gives": ("make = partial(KPO, dag=" + WITH_SECRET + ")\nmake()", "unknown"),
    "nor are default_args in a dict": ('KPO(**{"default_args": {"image_pull_secrets": SECRET}})', "unknown"),
    "nor is one that a class has as its default": (
        "class Pod(KPO):\n    def __init__(self, dag=" + WITH_SECRET + ", **kw):\n"
        "        super().__init__(dag=dag, **kw)\nPod()",
        "unknown",
    ),
    "nor is one that is given by position": (
        "class Pod(KPO):\n    def __init__(self, task_id, dag, **kw):\n"
        '        super().__init__(task_id=task_id, dag=dag, **kw)\nPod("t", ' + WITH_SECRET + ")",
        "unknown",
    ),
    "a dag that the decorator is given is not followed": (
        "from airflow.decorators import task\n@task.kubernetes(dag=" + WITH_SECRET + ")\ndef work(): ...\nwork()",
        "unknown",
    ),
    "of two DAGs with one name a task is in the one above it": (
        "with " + WITH_SECRET + ' as dag:\n    pass\nwith DAG("e") as dag:\n    KPO(dag=dag)\ndag = None',
        "none",
    ),
    "a class whose dag is None as a rule is in the DAG around it": (
        "class Pod(KPO):\n    def __init__(self, dag=None, **kw):\n        super().__init__(dag=dag, **kw)\n"
        "with " + WITH_SECRET + ":\n    Pod()",
        "has ghcr-pull",
    ),
    "a group outside of any DAG gives a task none (Airflow 2.11 and 3.3)": (
        'with TaskGroup("g", dag=' + WITH_SECRET + "):\n    KPO()",
        "none",
    ),
    "a function that names itself is still called here alone": (
        'def make():\n    KPO(name=make.__name__)\nwith DAG("d"):\n    make()',
        "none",
    ),
}

CLASSES = {
    "a class that makes its pod itself": (
        "class Pod(KPO):\n    def build_pod_request_obj(self, context=None):\n        return add(context)\nPod()",
        "unknown",
    ),
    "a class whose method names the secret in a keyword": (
        "class Pod(KPO):\n    def execute(self, context):\n        self.__dict__.update(image_pull_secrets=[])\nPod()",
        "unknown",
    ),
    "a class whose method names it in a text": (
        'class Pod(KPO):\n    def execute(self, context):\n        change(self, "image_pull_secrets")\nPod()',
        "unknown",
    ),
    "a class that is given keywords whose names are not written": (
        "class Pod(KPO):\n    def __init__(self, **kw):\n        for key in os.environ:\n"
        "            kw[key] = os.environ[key]\n        super().__init__(**kw)\nPod()",
        "unknown",
    ),
    "a class that is decorated": ("from acme import private\n@private\nclass Pod(KPO):\n    pass\nPod()", "unknown"),
    "a class that only tells what is a template": (
        'class Pod(KPO):\n    template_fields = (*KPO.template_fields, "pod_template_file")\nPod()',
        "none",
    ),
}


@pytest.mark.parametrize(
    ("source", "expected"),
    [pytest.param(*row, id=name) for table in (DICTS, OBJECTS, CONTEXTS, CLASSES) for name, row in table.items()],
)
def test_the_verdict_of_a_task(source: str, expected: str) -> None:
    (task,) = tasks_of(HEAD + source)
    assert verdict(task) == expected


def test_a_dict_of_another_module_is_as_that_module_leaves_it() -> None:
    others = {"common": 'POD = {}\nPOD["image_pull_secrets"] = "ghcr-pull"\n'}
    (task,) = tasks_of(f"{HEAD}from common import POD\nKPO(**POD)", others)
    assert verdict(task) == "has ghcr-pull"


def test_a_file_with_the_name_of_the_package_that_it_imports_is_read() -> None:
    source = f"{HEAD}from cosmos import IMAGE, DbtDag\nDbtDag()\nKPO(image=IMAGE)"
    (task,) = tasks_of(source, {"cosmos": source})
    assert verdict(task) == "none"


def test_a_module_imports_from_beside_itself_and_not_from_beside_the_dag() -> None:
    pods = parsed(
        "try:\n    from .secrets import SECRET\nexcept ImportError:\n    from .more import SECRET\n", "lib/pods.py"
    )
    own, other = parsed('SECRET = "ghcr-pull"', "lib/secrets.py"), parsed("SECRET = None", "dags/secrets.py")

    def load(importer: Module, dotted: str, level: int) -> Module | None:
        beside = own if importer is pods else other
        return {(0, "lib.pods"): pods, (1, "secrets"): beside, (1, "more"): beside}.get((level, dotted))

    source = parsed(HEAD + "from lib.pods import SECRET as OURS\nKPO(image_pull_secrets=OURS)")
    (task,) = find_tasks(survey(source), load)
    assert verdict(task) == "has ghcr-pull"


def test_modules_that_import_from_each_other_are_read() -> None:
    others = {"a": "from b import Pod\n", "b": "from a import Pod\n"}
    assert tasks_of(f"{HEAD}from a import Pod\nPod()", others) == ()


def test_every_name_of_a_dag_opens_one() -> None:
    for dotted in DAGS:
        module, _, name = dotted.rpartition(".")
        source = (
            f'from {module} import {name}\nwith {name}("d", default_args={{"image_pull_secrets": SECRET}}):\n    KPO()'
        )
        (task,) = tasks_of(HEAD + source)
        assert verdict(task) == "has ghcr-pull", dotted


def tasks_of(source: str, others: Mapping[str, str] | None = None) -> tuple[Task, ...]:
    """Give the tasks of SOURCE, without calls inside of classes; OTHERS are the project's other modules."""
    modules = {name: parsed(text, f"dags/{name}.py") for name, text in (others or {}).items()}
    found = find_tasks(survey(parsed(source)), lambda _importer, dotted, _level: modules.get(dotted))
    return tuple(task for task in found if task.inside)


def parsed(source: str, path: str = "dags/etl.py") -> Module:
    return parse_module(source.encode(), path)


def verdict(task: Task) -> str:
    return " ".join((task.verdict.kind, *task.verdict.secrets))


DOUBLING = {
    "f-strings": ('a0 = "ghcr.io/acme/x"', 'a{n} = f"{{a{m}}}{{a{m}}}"', "a59"),
    "sums": ('a0 = "ghcr.io/acme/x"', "a{n} = a{m} + a{m}", "a59"),
    "lists": ('a0 = ["ghcr.io/acme/x"]', "a{n} = [*a{m}, *a{m}]", "a59[0]"),
    "lists in lists": ('a0 = ["ghcr.io/acme/x"]', "a{n} = [a{m}, a{m}]", "a59[0]"),
    "dicts": ('a0 = {{"x": "ghcr.io/acme/x"}}', "a{n} = {{**a{m}, 'k{n}': a{m}}}", 'a59["x"]'),
}


@pytest.mark.parametrize("case", DOUBLING)
def test_code_that_doubles_a_value_does_not_fill_the_memory(case: str) -> None:
    first, step, last = DOUBLING[case]
    lines = "\n".join(step.format(n=number, m=number - 1) for number in range(1, 60))
    (task,) = tasks_of(f"{HEAD}{first.format()}\n{lines}\nKPO(task_id='a', image={last})\n")
    assert task.verdict.kind == "none"


def test_a_keyword_that_a_class_takes_out_only_sometimes_is_not_known() -> None:
    (task,) = tasks_of(
        f"{HEAD}class Etl(KPO):\n"
        "    def __init__(self, **kw):\n"
        "        if READY:\n            kw.pop('image_pull_secrets')\n"
        "        super().__init__(**kw)\n"
        "Etl(task_id='a', image='x', image_pull_secrets=[k8s.V1LocalObjectReference(name='s')])\n"
    )
    assert task.verdict.kind == "unknown"
