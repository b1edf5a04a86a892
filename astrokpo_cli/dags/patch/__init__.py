"""Pull secrets added to DAG code, and what is mechanical mended, with every other byte as it was.

PURE. `candidates` chooses the tasks; `imports` names the models; `keywords`, `defaults` and `fixes` make edits;
`verify` lets through what is the old program with these edits, and nothing else.
"""

from collections.abc import Sequence

from astrokpo_cli.dags.patch.candidates import Candidate, choose, leave
from astrokpo_cli.dags.patch.defaults import extend_default_args
from astrokpo_cli.dags.patch.edits import Change, Edit, Left, Patched, Wish
from astrokpo_cli.dags.patch.fixes import fix
from astrokpo_cli.dags.patch.imports import ModelNames, NoName
from astrokpo_cli.dags.patch.keywords import add_keyword, references
from astrokpo_cli.dags.patch.splices import WrongPatch
from astrokpo_cli.dags.patch.verify import apply_edits
from astrokpo_cli.dags.scope import Survey
from astrokpo_cli.dags.tasks import PULL_SECRETS, Task

__all__ = ["Change", "Left", "Patched", "Wish", "patch_module"]


def patch_module(survey: Survey, tasks: Sequence[Task], wish: Wish) -> Patched:
    """Patch the file of SURVEY, whose TASKS `find_tasks` found; on any doubt a task is left to a person."""
    names = ModelNames(survey)
    candidates, left = choose(survey, tasks, wish)
    if wish.default_args:
        edits, unfit = extend_default_args(survey, tasks, candidates, names)
    else:
        edits, unfit = _add_to_calls(survey, candidates, names)
    mended, not_mended = fix(survey, tasks, wish)
    edits += [*filter(None, [names.edit(edits)]), *mended]
    left += [*unfit, *not_mended]
    module = survey.module
    if not edits:
        return Patched(module.encode(module.text), (), _in_order(left))
    try:
        content = apply_edits(module, edits)
    except WrongPatch as err:
        why = f"nothing in this file was changed: {err} (an error of astrokpo: please report it)"
        left += [leave(each.task, why) for each in candidates]
        left += [Left(edit.change.line, "", why) for edit in mended]
        return Patched(module.encode(module.text), (), _in_order(left))
    changes = sorted((edit.change for edit in edits), key=lambda change: change.line)
    return Patched(content, tuple(changes), _in_order(left))


def _add_to_calls(survey: Survey, candidates: Sequence[Candidate], names: ModelNames) -> tuple[list[Edit], list[Left]]:
    """Add the keyword to each candidate's own call."""
    edits: list[Edit] = []
    left: list[Left] = []
    for each in candidates:
        try:
            value = references(names.reference_class(each.call, each.scope), each.secret)
        except NoName as err:
            left.append(leave(each.task, str(err)))
            continue
        insertion = add_keyword(survey.module, each.call, PULL_SECRETS, value, beside="image")
        if insertion is None:
            left.append(leave(each.task, "there is no place for a keyword"))
            continue
        change = Change(each.call.lineno, each.task.name, f"{PULL_SECRETS} added")
        edits.append(Edit(insertion.splices, insertion.on_tree, change))
    return edits, left


def _in_order(left: Sequence[Left]) -> tuple[Left, ...]:
    return tuple(sorted(dict.fromkeys(left), key=lambda each: each.line))
