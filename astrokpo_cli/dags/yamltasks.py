"""Tasks that are written in YAML: find them, judge them, and say what their file has wrong.

PURE. dag-factory's files and templates of pods; any other YAML is passed over. YAML is never patched.
"""

import re
from collections.abc import Iterator, Sequence

from astrokpo_cli.dags.findings import Checked, Finding, Severity
from astrokpo_cli.dags.rules import Expectations, judge
from astrokpo_cli.dags.rules.removed import judge_imports
from astrokpo_cli.dags.source import Module, Span, UnreadableSource
from astrokpo_cli.dags.summaries import summarise
from astrokpo_cli.dags.suppress import silenced
from astrokpo_cli.dags.tasks import DEFAULT_ARGS, Task
from astrokpo_cli.dags.yaml_dags.arguments import Layer
from astrokpo_cli.dags.yaml_dags.document import comments, parse_yaml
from astrokpo_cli.dags.yaml_dags.factory import find_factory_tasks
from astrokpo_cli.dags.yaml_dags.likeness import as_imports, as_survey
from astrokpo_cli.dags.yaml_dags.nodes import Node, YamlFile
from astrokpo_cli.dags.yaml_dags.reading import Reader
from astrokpo_cli.dags.yaml_dags.templates import as_tasks, find_wrong_kinds, is_template

_FACTORY = re.compile(rb"\b(operator|decorator)\b")
_OPERATOR = re.compile(rb"[Kk]ubernetes|PodOperator|GKE")
_POD = re.compile(rb"""\bkind["']?[ \t]*:[ \t]*["']?Pod\b""")
_MADE_BY_TEMPLATE = re.compile(rb"\{%|^[ \t]*(?:- )?\{\{", re.MULTILINE)
_OF_PATCH = re.compile(r"; astrokpo dag patch[^;]*")
_SECRET = re.compile(r'(?:image_pull_secrets=)?\[k8s\.V1LocalObjectReference\(name=("[^"]*")\)\]')


def might_hold_tasks(content: bytes) -> bool:
    """Whether CONTENT may be YAML that `check_yaml` has something to say of; costs next to nothing."""
    is_factory = b"tasks" in content and _OPERATOR.search(content) and _FACTORY.search(content)
    return bool(is_factory or _POD.search(content))


def check_yaml(
    content: bytes, path: str, expected: Expectations, defaults: Sequence[tuple[str, bytes]] = ()
) -> Checked:
    """Check CONTENT, the file that people know as PATH.

    DEFAULTS are path and content of the files defaults.yml or defaults.yaml in its folder and in those around it, the
    nearest first: dag-factory takes default_args from them.
    """
    if not might_hold_tasks(content):
        return Checked(path)
    try:
        module, roots = parse_yaml(content, path)
        reader = Reader(module)
        tasks = list(_tasks(reader, roots, [layer for each in defaults for layer in _defaults(*each)]))
        findings = [*judge(as_survey(module, tasks), tasks, expected), *_of_templates(reader, roots, expected)]
        for survey in as_imports(module, tasks):
            findings += judge_imports(survey, expected.versions)
    except UnreadableSource as err:
        return Checked(path, (), (_unreadable(content, path, err),))
    in_order = sorted(map(_in_yaml, findings), key=lambda each: (each.span, each.code))
    return Checked(path, tuple(map(summarise, tasks)), silenced(_comments_alone(module, roots), in_order))


def _tasks(reader: Reader, roots: Sequence[Node], defaults: Sequence[Layer]) -> Iterator[Task]:
    for root in roots:
        if not is_template(reader, root):
            yield from find_factory_tasks(reader, root, defaults)


def _defaults(path: str, content: bytes) -> Iterator[Layer]:
    """Give the default_args of the file defaults.yml at PATH."""
    try:
        module, roots = parse_yaml(content, path)
        reader = Reader(module)
        fields = reader.fields(roots[0]) if roots else {}
    except UnreadableSource:
        yield Layer(Reader(YamlFile(path, "")), Node("", 0, 0))
        return
    if DEFAULT_ARGS in fields:
        yield Layer(reader, fields[DEFAULT_ARGS].value)


def _of_templates(reader: Reader, roots: Sequence[Node], expected: Expectations) -> Iterator[Finding]:
    for root in roots:
        if is_template(reader, root):
            yield from find_wrong_kinds(reader, root)
            tasks = list(as_tasks(reader, root))
            found = judge(as_survey(reader.module, ()), tasks, expected)
            yield from (each for each in found if each.code in ("AKP301", "AKP304"))


def _in_yaml(finding: Finding) -> Finding:
    """Give FINDING with a hint for YAML, which no patch mends."""
    hint = _OF_PATCH.sub("", _SECRET.sub(r"image_pull_secrets: [{name: \1}]", finding.hint))
    return finding._replace(hint=_HINTS.get((finding.code, hint), hint), fixable=False)


_HINTS = {
    ("AKP101", "give it image_pull_secrets"): "give it image_pull_secrets: [{name: NAME}]",
    ("AKP103", 'write image_pull_secrets: [{name: "..."}]'): "write [{name: NAME}]",
    ("AKP104", "put square brackets around it"): "write a list: [{name: NAME}]",
    (
        "AKP202",
        "use container_resources=k8s.V1ResourceRequirements(limits=..., requests=...)",
    ): "use container_resources with __type__: kubernetes.client.models.V1ResourceRequirements",
    ("AKP205", 'use on_finish_action="keep_pod" to keep it'): "use on_finish_action: keep_pod to keep it",
}


def _comments_alone(module: YamlFile, roots: tuple[Node, ...]) -> Module:
    """Give a file of Python that has the comments of a YAML file, each in its line, and nothing else."""
    lines = [""] * len(module.line_starts)
    if "astrokpo:" in module.text.lower():
        for line, comment in comments(module, roots):
            lines[line - 1] = comment
    return Module(module.path, "\n".join(lines), "utf-8", module.tree)


def _unreadable(content: bytes, path: str, err: UnreadableSource) -> Finding:
    span = Span(err.line, err.column, err.line, err.column + 1)
    if _MADE_BY_TEMPLATE.search(content):
        return Finding("AKP901", Severity.WARNING, path, span, f"{err}: a template makes it", err.hint)
    return Finding("AKP901", Severity.ERROR, path, span, str(err), err.hint)
