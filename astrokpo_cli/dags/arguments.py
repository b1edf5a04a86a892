"""What a task's keywords are when they reach the operator: through default_args and the project's own classes.

PURE. A class that works on its pod, or on pull secrets, makes them not known.
"""

import ast
from collections.abc import Sequence

from astrokpo_cli.dags.default_args import Defaults
from astrokpo_cli.dags.evaluation import Evaluator
from astrokpo_cli.dags.given import Given, with_defaults
from astrokpo_cli.dags.initialiser import Initialiser, find_initialiser
from astrokpo_cli.dags.lineage import Lineage
from astrokpo_cli.dags.scope import ClassSite
from astrokpo_cli.dags.tasks import PULL_SECRETS, Argument
from astrokpo_cli.dags.values import Origin, Unknown, Value

_WORDS = {PULL_SECRETS, "imagePullSecrets", "full_pod_spec", "pod_template_file", "pod_template_dict"}
_POD_MAKERS = {"build_pod_request_obj", "create_pod_request_obj", "build_job_request_obj"}
"""The operators' methods that make what is sent to the cluster."""


def reach_operator(
    evaluator: Evaluator, lineage: Lineage, given: Given, positional: Sequence[Value], defaults: Defaults
) -> Given:
    """Give what reaches the operator of LINEAGE when its first class is called with GIVEN and POSITIONAL."""
    more = given.more or lineage.more
    for site in lineage.classes:
        function = find_initialiser(evaluator.world, site)
        if function is not None:
            given = Initialiser(evaluator, site, function, given, positional, defaults).handed_on()
            positional = ()
        more = more or given.more
        why = _works_on_secrets(site)
        if why:
            unknown = Argument(Unknown(Origin(site.scope.module, site.node.bases[0]), why), "class")
            given = given.with_arguments({PULL_SECRETS: unknown})
    return with_defaults(given._replace(more=more), defaults)


def _works_on_secrets(site: ClassSite) -> str:
    """Say how the methods of a class work on the pull secrets or the pod of the task; empty where none does."""
    methods = [part for part in site.node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
    if any(method.name in _POD_MAKERS for method in methods):
        return f"{site.node.name} makes its pod itself"
    if not any(word in site.scope.module.text for word in _WORDS):
        return ""
    found = any(isinstance(node, ast.Attribute) and node.attr in _WORDS for node in ast.walk(site.node))
    named = any(_names_it(node) for method in methods if method.name != "__init__" for node in ast.walk(method))
    return f"{site.node.name} sets it itself" if found or named else ""


def _names_it(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg in _WORDS
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in _WORDS
