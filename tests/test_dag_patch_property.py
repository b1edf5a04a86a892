"""DAG code in any layout that Python reads: patched, it is the same bytes and the same program, and has its secrets."""

import ast
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from hypothesis import given, note, settings
from hypothesis import strategies as st

from astrokpo_cli.dags.finder import find_tasks
from astrokpo_cli.dags.patch import Patched, Wish, patch_module
from astrokpo_cli.dags.private import PrivateImages
from astrokpo_cli.dags.source import parse_module
from astrokpo_cli.dags.survey import survey
from astrokpo_cli.dags.tasks import Task

IMPORT = "from kubernetes.client import models as k8s"
PRIVATE = (PrivateImages("ghcr.io/acme", "acme-pull"),)
MODULE = "airflow.providers.cncf.kubernetes.operators.pod"
MODELS = {
    "": "k8s.V1LocalObjectReference",
    "from kubernetes.client import models as k8s": "k8s.V1LocalObjectReference",
    "from kubernetes.client import models as models_": "models_.V1LocalObjectReference",
    "from kubernetes import client": "client.V1LocalObjectReference",
    "from kubernetes.client import V1LocalObjectReference as Ref": "Ref",
    "import kubernetes.client.models as k8s": "k8s.V1LocalObjectReference",
}
VALUES = (
    "1",
    "None",
    "[]",
    "'é # ,('",
    '"a" "b"',
    "'''one\n  image=\"x\",  # no\n'''",
    "{'a': (1), **{}}",
    "lambda x, y=(): x",
    "f'{x!r:>{y}}'",
    "[z for z in (1, 2)]",
    "f(image='ghcr.io/acme/x', b=(2),)",
    "not x",
    "x if y else z",
    "(yield_)",
)
COMMENTS = ("# c", "# a, b)", "#", '# image=\'x\', """', "# é \\")


T = TypeVar("T")


@dataclass(frozen=True)
class File:
    """A file, and what must become of it."""

    content: bytes
    patched: int
    """How many calls get a secret."""
    reference: str
    imports: bool
    """Whether the import of the models is added."""


class Writer:
    """Writes DAG code in a layout made piece by piece from a seed: drawn by hypothesis it takes ten times as long."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.indent = self.one("    ", "  ", "\t")

    def one(self, *options: str) -> str:
        return self.random.choice(options)

    def maybe(self) -> bool:
        return self.random.random() < 0.5

    def shuffled(self, lines: Sequence[T]) -> list[T]:
        return self.random.sample(lines, len(lines))

    def gap(self) -> str:
        """Write what may stand between two tokens in brackets."""
        kinds = ("", " ", "\n", "\n\n", "\\\n", "\t", "\f", "comment")
        pieces = [self.one(*kinds) for _ in range(self.random.randint(0, 3))]
        text = "".join(f"{self.one(' ', '  ', '')}{self.one(*COMMENTS)}\n" if p == "comment" else p for p in pieces)
        return text + (self.indent * 2 if text.endswith("\n") and self.maybe() else "")

    def value(self, text: str) -> str:
        return f"({self.gap()}{text}{self.gap()})" if self.one("", "", "(") else text

    def keyword(self, name: str, value: str) -> str:
        return f"{name}{self.one('=', ' = ', f'={self.gap()}')}{self.value(value)}"

    def brackets(self, opening: str, items: list[str], closing: str) -> str:
        """Write ITEMS in one of the usual layouts, or in any."""
        layout = self.one("line", "lines", "hugging", "any", "any")
        comma = "," if items and self.maybe() else ""
        match layout:
            case "line":
                return f"{opening}{', '.join(items)}{comma}{closing}"
            case "lines":
                ends = [f",{self.one('', '  # c', ' # a, )')}\n" for _ in items[1:]]
                ends = [*ends, f"{comma}{self.one('', ' # c, d')}\n"]
                inside = "".join(
                    f"{self.indent * 2}{item}{end}" for item, end in zip(items, ends if items else [], strict=False)
                )
                return f"{opening}\n{inside}{self.indent}{closing}"
            case "hugging":
                return f"{opening}{(',' + chr(10) + ' ' * 12).join(items)}{comma}{closing}"
        pieces = [f"{self.gap()}{item}{self.gap()}" for item in items]
        return f"{opening}{','.join(pieces)}{comma}{self.gap()}{closing}"

    def task(self, name: str, number: int) -> tuple[str, bool]:
        """Write a task, and say whether it lacks a secret."""
        kind = self.one("private", "private", "private", "constant", "tag", "public", "has", "computed")
        image = {"constant": "IMAGE", "tag": "f'ghcr.io/acme/etl:{tag}'", "public": "'python'", "computed": "x()"}
        keywords = [("task_id", f'"t{number}"'), ("image", image.get(kind, '"ghcr.io/" "acme/etl:1"'))]
        keywords += [(f"k{n}", self.one(*VALUES)) for n in range(self.random.randint(0, 3))]
        if kind == "has":
            keywords.append(("image_pull_secrets", '"other"'))
        items = [self.keyword(*each) for each in self.shuffled(keywords)]
        if self.one("", "", "**"):
            items.append(f"**{self.gap()}{{'env': 1}}")
        call = self.one(name, name, f"{name}.partial")
        text = self.brackets(f"{call}{self.one('(', ' (')}", items, ")")
        if call != name:
            text += ".expand(arguments=[[1], [2]])"
        return text, kind in ("private", "constant", "tag")

    def statement(self, name: str, number: int) -> tuple[str, int]:
        """Write a statement with one or two tasks, and say how many lack a secret."""
        one, lacks = self.task(name, number)
        two, lacks_too = self.task(name, number + 100)
        around = {
            "plain": f"{one}{self.one('', ';', '  # end')}\n",
            "assign": f"t{number} = {one}\n",
            "with": f"with DAG('d{number}') as dag:\n{self.indent}{one}\n",
            "if": f"if x:\n{self.indent}pass\nelif y: {one}\n",
            "for": f"for i in (1, 2):\n{self.indent}if i:\n{self.indent * 2}t = {one}\n",
            "function": f"def f{number}():\n{self.indent}'''d'''\n{self.indent}return {one}\nf{number}()\n",
            "shift": f"{one} >> {two}\n",
            "tuple": f"x = ({one}, 'é', {two})\n",
            "list": f"x = [\n{self.indent}{one},\n{self.indent}{two},\n]\n",
            "chain": f"chain('é', {one}, f({two}))\n",
            "semicolon": f"x = 'é'; {one}; y = 1; {two};\n",
        }
        form = self.one(*around)
        return around[form], lacks + (lacks_too if two in around[form] else 0)

    def imports(self, models: str) -> tuple[str, str]:
        """Write the imports, and say what the operator is called."""
        name = self.one("KubernetesPodOperator", "KubernetesPodOperator", "K")
        alias = "" if name == "KubernetesPodOperator" else f" as {name}"
        module = self.brackets(f"from {MODULE} import (", [f"KubernetesPodOperator{alias}"], ")")
        lines = [
            self.one(f"from {MODULE} import KubernetesPodOperator{alias}", module),
            "from airflow import DAG",
            *([models] if models else []),
            *(["from zeta.x import y"] if self.maybe() else []),
            *(["import os; import re"] if self.maybe() else []),
        ]
        ends = (self.one("\n", "  # noqa\n", ";\n", "\n\n", "\n# c\n") for _ in lines)
        return "".join(map("".join, zip(self.shuffled(lines), ends, strict=True))), name


def write_file(seed: int) -> File:
    write = Writer(seed)
    models = write.one(*MODELS)
    encoding = write.one("utf-8", "utf-8", "utf-8-sig", "latin-1")
    cookie = "# coding: latin-1\n" if encoding == "latin-1" else write.one("", "#!x\n#c\n")
    head = write.one("", '"""Doc é."""\n', "'''a\n\n'''\nfrom __future__ import annotations\n", "# c\n\n", "x = 1\n")
    imports, name = write.imports(models)
    statements = [write.statement(name, number) for number in range(write.random.randint(1, 3))]
    text = f'{cookie}{head}{imports}IMAGE = "ghcr.io/acme/etl"\n{"".join(text for text, _ in statements)}'
    text = text.removesuffix("\n") if write.maybe() else text
    newline = write.one("\n", "\n", "\r\n", "\r")
    patched = sum(lack for _, lack in statements)
    return File(text.replace("\n", newline).encode(encoding), patched, MODELS[models], bool(patched) and not models)


def write_dag(seed: int) -> bytes:
    """Write a DAG of two private tasks, with or without default_args."""
    write = Writer(seed)
    entries = [f"'{key}':{write.gap()}{write.value(write.one(*VALUES))}" for key in "abc"]
    default_args = write.brackets("{", entries[: write.random.randint(0, 3)], "}")
    form = write.one("constant", "inline", "none")
    given = [write.keyword("schedule", "None"), write.keyword("tags", "['é']")][: write.random.randint(0, 2)]
    if form != "none":
        given.append(f"default_args={'ARGS' if form == 'constant' else write.value(default_args)}")
    dag = write.brackets("DAG(", [write.value("'d'"), *write.shuffled(given)], ")")
    task = write.brackets("KubernetesPodOperator(", ["image='ghcr.io/acme/x'", "task_id='x'"], ")")
    text = f"from airflow import DAG\nfrom {MODULE} import KubernetesPodOperator\n"
    text += f"ARGS = {default_args}\n" if form == "constant" else ""
    text += f"with {dag}:\n    {task}\n    {task}\n"
    return text.replace("\n", write.one("\n", "\r\n", "\r")).encode()


def run(content: bytes, *, default_args: bool = False) -> tuple[Patched, tuple[Task, ...]]:
    seen = survey(parse_module(content, "dag.py"))
    tasks = find_tasks(seen, lambda *_: None)
    return patch_module(seen, tasks, Wish(None, PRIVATE, default_args)), tasks


def is_all_that_was_put_in(new: str, old: str, *added: str) -> bool:
    """Whether NEW is OLD with nothing but ADDED put in, each with the line or the comma that it brings."""
    if new == old:
        return True
    same = next((at for at, (one, other) in enumerate(zip(new, old, strict=False)) if one != other), len(old))
    for text in added:
        piece = re.escape(text)
        for form in (rf"[ \t]*{piece},?(\r\n|\r|\n)", rf"{piece}, ", rf", {piece}", rf" {piece}", piece):
            for match in re.compile(form).finditer(new[: same + len(text) + 200]):
                if match.start() <= same and is_all_that_was_put_in(new[match.end() :], old[match.start() :], *added):
                    return True
    return False


def program(tree: ast.Module, *, without_import: bool = False) -> str:
    """Give the tree without references to the secret, without empty default_args and, if so asked, an import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            kept = [each for each in zip(node.keys, node.values, strict=True) if not is_reference(each[1])]
            node.keys, node.values = [key for key, _ in kept], [value for _, value in kept]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            node.keywords = [each for each in node.keywords if not is_reference(each.value) and not is_empty(each)]
    if without_import:
        line = ast.dump(ast.parse(IMPORT).body[0])
        tree.body.remove(next(node for node in tree.body if ast.dump(node) == line))
    return ast.dump(tree)


def is_reference(node: ast.expr) -> bool:
    return isinstance(node, ast.List) and len(node.elts) == 1 and "acme-pull" in ast.dump(node)


def is_empty(keyword: ast.keyword) -> bool:
    return keyword.arg == "default_args" and isinstance(keyword.value, ast.Dict) and not keyword.value.keys


def check_is_settled(content: bytes) -> None:
    again, _ = run(content)
    assert (again.content, again.changes) == (content, ())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_a_patched_file_is_the_old_one_with_its_secrets(seed: int) -> None:
    file = write_file(seed)
    note(file.content.decode("latin-1"))
    patched, tasks = run(file.content)
    old, new = parse_module(file.content, ""), parse_module(patched.content, "")

    assert len(patched.changes) == file.patched + file.imports, patched.left
    assert new.encoding == old.encoding
    added = f'image_pull_secrets=[{file.reference}(name="acme-pull")]'
    assert is_all_that_was_put_in(new.text, old.text, added, *([IMPORT] if file.imports else []))
    assert new.text.count(IMPORT) == old.text.count(IMPORT) + file.imports
    assert program(new.tree, without_import=file.imports) == program(old.tree)

    check_is_settled(patched.content)
    _, after = run(patched.content)
    assert [task.verdict.secrets for task in after].count(("acme-pull",)) == file.patched
    for one, other in zip(tasks, after, strict=True):
        assert one.name == other.name
        assert one.verdict == other.verdict or (one.verdict.kind, other.verdict.kind) == ("none", "has")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_a_dag_gets_one_entry_in_default_args_of_any_layout(seed: int) -> None:
    content = write_dag(seed)
    note(content.decode("latin-1"))
    patched, _ = run(content, default_args=True)
    old, new = parse_module(content, ""), parse_module(patched.content, "")

    assert len(patched.changes) == 2, patched.left
    entry = '"image_pull_secrets": [k8s.V1LocalObjectReference(name="acme-pull")]'
    assert is_all_that_was_put_in(new.text, old.text, entry, f"default_args={{{entry}}}", IMPORT, ",")
    assert (new.text.count(entry), new.text.count(IMPORT)) == (1, 1)
    assert new.text.count(",") <= old.text.count(",") + 2
    assert program(new.tree, without_import=True) == program(old.tree)

    check_is_settled(patched.content)
    _, after = run(patched.content)
    assert {task.verdict.secrets for task in after} == {("acme-pull",)}
