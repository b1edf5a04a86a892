"""AKP201 mended: the new module named where the old one stands, and every name of the file kept.

PURE.
"""

import ast
import re
from collections.abc import Iterator, Sequence

from astrokpo_cli.dags.patch.edits import Change, Edit, Left, Splice, Twins, Wish
from astrokpo_cli.dags.rules.removed import (
    CONTRIB_MODULE,
    NEW_MODULE,
    OLD_MODULE,
    can_mend,
    is_of_old_module,
    removed_imports,
)
from astrokpo_cli.dags.scope import ImportSite, Survey
from astrokpo_cli.dags.source import Module
from astrokpo_cli.dags.tasks import Task


def mend_imports(survey: Survey, _: Sequence[Task], wish: Wish) -> Iterator[Edit | Left]:
    """Give an edit for each import that names what is gone, or say why a person must make it."""
    seen: set[int] = set()
    for site in removed_imports(survey):
        node = site.node
        is_contrib = isinstance(node, ast.ImportFrom) and node.module == CONTRIB_MODULE
        is_gone = wish.versions.airflow_has((3,)) if is_contrib else wish.versions.provider_has((10,))
        if is_gone is False or id(node) in seen:
            continue
        if is_of_old_module(site):
            seen.add(id(node))
        if wish.versions.provider_has((5, 3)) is False:
            yield Left(node.lineno, "", f"this provider has no {NEW_MODULE} yet")
        elif not can_mend(site):
            yield Left(node.lineno, "", "the module, or another name than KubernetesPodOperator, is imported from it")
        else:
            yield _mend_import(survey.module, site) or Left(node.lineno, "", "its module is written in an unusual way")


def _mend_import(module: Module, site: ImportSite) -> Edit | None:
    """Put the new module's name where the old one stands: behind `from`, behind `import`, or among what is imported."""
    node, alias = site.node, site.alias
    if isinstance(node, ast.Import):
        return _rename_import(module, site, OLD_MODULE, NEW_MODULE)
    if not is_of_old_module(site):
        new = "pod" if alias.asname else f"pod as {alias.name}"
        return _rename_import(module, site, alias.name, new)
    match = re.compile(rf"from[ \t\f]+({re.escape(node.module or '')})(?![\w. \t\f]*\.)").match(
        module.text, module.start(node)
    )
    if match is None:
        return None

    def on_tree(twins: Twins) -> None:
        twins.of(node).module = NEW_MODULE

    return Edit((Splice(*match.span(1), NEW_MODULE),), on_tree, _import_change(site))


def _rename_import(module: Module, site: ImportSite, old: str, new: str) -> Edit | None:
    alias, start = site.alias, module.start(site.alias)
    if not module.text.startswith(old, start):
        return None

    def on_tree(twins: Twins) -> None:
        twin = twins.of(alias)
        twin.name = new.partition(" ")[0]
        twin.asname = alias.asname or alias.name

    return Edit((Splice(start, start + len(old), new),), on_tree, _import_change(site))


def _import_change(site: ImportSite) -> Change:
    return Change(site.node.lineno, "", f"import from {NEW_MODULE}")
