"""AKP201: the operator imported from a module that newer Airflows, or providers, do not have.

PURE. What is found here the patcher mends: it asks for the same imports.
"""

import ast
import re
from collections.abc import Iterator

from astrokpo_cli.dags.findings import Finding
from astrokpo_cli.dags.rules import places
from astrokpo_cli.dags.rules.branches import is_prepared
from astrokpo_cli.dags.scope import ImportSite, Survey
from astrokpo_cli.dags.source import Module, Span
from astrokpo_cli.dags.versions import Versions

OLD_MODULE = "airflow.providers.cncf.kubernetes.operators.kubernetes_pod"
CONTRIB_MODULE = "airflow.contrib.operators.kubernetes_pod_operator"
NEW_MODULE = "airflow.providers.cncf.kubernetes.operators.pod"


def judge_imports(survey: Survey, versions: Versions) -> Iterator[Finding]:
    """Give the imports of a module that do not go with VERSIONS."""
    for site in removed_imports(survey):
        gone = _gone_module(site)
        contrib = gone == CONTRIB_MODULE
        is_gone = versions.airflow_has((3,)) if contrib else versions.provider_has((10,))
        if is_gone is False:
            continue
        since = "Airflow 3" if contrib else "provider 10.0.0"
        mends = can_mend(site)
        yield places.finding(
            "AKP201",
            survey.module,
            _module_place(survey.module, site),
            f"{gone} is gone since {since}",
            f"import from {NEW_MODULE}{places.fix_hint('AKP201') if mends else ''}",
            severity=places.if_known(is_gone),
            fixable=mends,
        )


def removed_imports(survey: Survey) -> tuple[ImportSite, ...]:
    """Give the imports from modules that are gone, but for those that expect it: under try, or by version."""
    return tuple(
        site
        for site in survey.imports
        if _gone_module(site) and not site.guarded and not is_prepared(survey.module.tree, site.node)
    )


def can_mend(site: ImportSite) -> bool:
    """Whether an import of `removed_imports` can name the new module, and the file's own names stay what they are."""
    node, name = site.node, site.alias.name
    if isinstance(node, ast.Import):
        return name == OLD_MODULE and site.alias.asname is not None
    if is_of_old_module(site):
        return all(alias.name == "KubernetesPodOperator" for alias in node.names)
    return f"{node.module}.{name}" == OLD_MODULE


def is_of_old_module(site: ImportSite) -> bool:
    """Whether it is `from MODULE import ...`, with the module that is gone."""
    return isinstance(site.node, ast.ImportFrom) and site.node.module in (OLD_MODULE, CONTRIB_MODULE)


def _gone_module(site: ImportSite) -> str:
    """Give the module that is gone and that SITE imports, or imports from; empty for none."""
    if isinstance(site.node, ast.Import):
        names = [site.alias.name]
    elif site.node.level:
        return ""
    else:
        names = [site.node.module or "", f"{site.node.module}.{site.alias.name}"]
    return next((name for name in names if name in (OLD_MODULE, CONTRIB_MODULE)), "")


def _module_place(module: Module, site: ImportSite) -> Span:
    """Give the module's name in `from MODULE import`, else the name that is imported."""
    whole = module.span(site.alias)
    if isinstance(site.node, ast.Import):
        return whole._replace(end_line=whole.line, end_column=whole.column + len(site.alias.name))
    start = module.start(site.node)
    match = re.compile(r"from[ \t]+([\w.]+)").match(module.text, start)
    if match is None or site.node.module != match[1] or not is_of_old_module(site):
        return whole
    statement = module.span(site.node)
    column = statement.column + match.start(1) - start
    return Span(statement.line, column, statement.line, column + len(match[1]))
