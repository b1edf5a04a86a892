"""DAG files that an Airflow can load, of any form and in any layout: made from a seed, always the same."""

from __future__ import annotations

from tests.test_dag_patch_property import MODULE, Writer

REGISTRIES = {"ghcr.io/acme": "acme-pull", "quay.io/acme/ml": "ml-pull"}
IMAGES = (
    '"ghcr.io/" "acme/etl:1"',
    "IMAGE",
    "f'{IMAGE}:{TAG}'",
    "f'ghcr.io/acme/é:{TAG}'",
    "'quay.io/acme/ml/x@sha256:0'",
    "'quay.io/acme/mlx'",
    "'python'",
    "os.environ.get('IMAGE', 'ghcr.io/acme/x')",
)
SECRETS = ("'acme-pull'", "[{'name': 'other'}]", "SECRETS", "None", "[]", "[*SECRETS]", "os.environ.get('SECRET', 'x')")
KEYWORDS = {
    "env_vars": ("{'A': ('1'), **{}}", "{'A': f'{TAG!r:>{12}}'}"),
    "labels": ("{'image': \"x\",  }", "dict(a='b')"),
    "get_logs": ("not TAG", "True if TAG else False"),
    "on_success_callback": ("lambda context, y=(): context",),
    "tolerations": ("[]", "[z for z in ()]"),
    "doc_md": ("'''one\n  image=\"x\",  # no\n'''", "'é # ,('", '"a" "b"'),
    "retries": ("1", "(2)"),
    "full_pod_spec": ("None",),
}
HEADS = ("", '"""Doc é."""\n', "'''a\n\n'''\nfrom __future__ import annotations\n", "# c\n\n")
NEWLINES = ("\n", "\n", "\r\n", "\r")


class DagWriter(Writer):
    """Writes a DAG of valid tasks; in every other file all of them lack the same secret."""

    def file(self) -> bytes:
        self.alike = self.maybe()
        encoding = self.one("utf-8", "utf-8", "utf-8-sig", "latin-1")
        cookie = "# coding: latin-1\n" if encoding == "latin-1" else ""
        statements = "".join(self.statement_at(self.indent, number) for number in range(self.random.randint(1, 4)))
        text = f"{cookie}{self.one(*HEADS)}{self.all_imports()}{self.constants()}with {self.dag()}:\n{statements}"
        text = text.removesuffix("\n") if self.maybe() else text
        return text.replace("\n", self.one(*NEWLINES)).encode(encoding)

    def all_imports(self) -> str:
        operator = self.brackets(f"from {MODULE} import (", ["KubernetesPodOperator as K"], ")")
        models = self.one("", "", "from kubernetes.client import models as k8s", "from kubernetes import client")
        lines = [
            self.one(f"from {MODULE} import KubernetesPodOperator as K", operator),
            "from airflow import DAG",
            "from airflow.decorators import task",
            "from airflow.utils.task_group import TaskGroup",
            self.one("import os; import re", "import os"),
            *([models] if models else []),
        ]
        return "".join(f"{line}{self.one(chr(10), '  # noqa' + chr(10), chr(10) * 2)}" for line in self.shuffled(lines))

    def constants(self) -> str:
        common = self.brackets("{", [f"'{name}': {self.value(value)}" for name, value in self.some_keywords(2)], "}")
        return f'IMAGE, TAG = "ghcr.io/acme/etl", "x"\nSECRETS = [{{"name": "acme-pull"}}]\nCOMMON = {common}\n'

    def dag(self) -> str:
        given = [self.keyword("schedule", "None"), self.keyword("tags", "['é']")][: self.random.randint(0, 2)]
        if self.maybe():
            given.append(self.keyword("default_args", self.default_args()))
        return f"{self.brackets('DAG(', [self.value(chr(39) + 'd' + chr(39)), *given], ')')} as dag"

    def default_args(self) -> str:
        entries = [f"'retries':{self.gap()}3", "'owner': 'é'"][: self.random.randint(0, 2)]
        if not self.alike and self.one("", "", "secret"):
            entries.append(f"'image_pull_secrets': {self.value(self.one(*SECRETS))}")
        return self.brackets("{", self.shuffled(entries), "}")

    def some_keywords(self, most: int) -> list[tuple[str, str]]:
        names = self.random.sample(sorted(KEYWORDS), self.random.randint(0, most))
        return [(name, self.one(*KEYWORDS[name])) for name in names]

    def arguments(self, *given: tuple[str, str]) -> list[str]:
        """Write the keywords of a task, GIVEN ones among them."""
        keywords = [*given, ("image", self.one(*IMAGES[: 4 if self.alike else None])), *self.some_keywords(3)]
        if not self.alike and self.one("", "", "secret"):
            keywords.append(("image_pull_secrets", self.one(*SECRETS)))
        items = [self.keyword(*each) for each in self.shuffled(keywords)]
        if self.one("", "", "", "**") and not any(name in dict(keywords) for name in KEYWORDS):
            items.append(f"**{self.gap()}COMMON")
        return items

    def pod(self, task_id: str) -> str:
        call = self.one("K", "K", "K.partial")
        text = self.brackets(f"{call}{self.one('(', ' (')}", self.arguments(("task_id", task_id)), ")")
        return text if call == "K" else f"{text}.expand(arguments=[['1'], ['2']])"

    def statement_at(self, at: str, number: int) -> str:
        """Write a statement with one or two tasks, indented by AT."""
        one, two = self.pod(f"'t{number}'"), self.pod(f"'u{number}'")
        deeper, in_a_loop = at + self.indent, self.pod(f"f't{number}-{{i}}'")
        decorator = self.brackets("@task.kubernetes(", self.arguments(), ")")
        group = self.one("", f", default_args={self.default_args()}")
        return self.one(
            f"{at}{one}{self.one('', ';', '  # end')}\n",
            f"{at}t = {one}\n",
            f"{at}if not TAG:\n{deeper}pass\n{at}elif TAG: {one}\n",
            f"{at}for i in (1, 2):\n{deeper}t = {in_a_loop}\n",
            f"{at}x = [{in_a_loop} for i in 'ab']\n",
            f"{at}def f{number}():\n{deeper}'''d'''\n{deeper}return {one}\n{at}f{number}()\n",
            f"{at}{one} >> {two}\n",
            f"{at}x = ({one}, 'é', {two})\n",
            f"{at}x = [\n{deeper}{one},\n{deeper}{two},\n]\n",
            f"{at}print('é', {one}, len([{two}]), file=open(os.devnull, 'w'))\n",
            f"{at}x = 'é'; {one}; y = 1; {two};\n",
            f"{at}with TaskGroup('g{number}'{group}):\n{deeper}{one}\n{deeper}{two}\n",
            f"{at}{decorator}\n{at}def t{number}():\n{deeper}return 1\n{at}t{number}()\n",
        )
