"""What a task that is mapped gets: by `.expand` and `.expand_kwargs` behind `.partial`.

PURE. One task stands for all that are made of it: of a keyword that differs from one to the next nothing is known.
"""

import ast

from astrokpo_cli.dags.calls import keywords_of
from astrokpo_cli.dags.evaluation import Evaluator
from astrokpo_cli.dags.given import Given
from astrokpo_cli.dags.joining import one_of
from astrokpo_cli.dags.scope import CallSite
from astrokpo_cli.dags.tasks import Argument
from astrokpo_cli.dags.values import Entries, Items, Unknown
from astrokpo_cli.dags.view import View


def expanded(evaluator: Evaluator, site: CallSite, given: Given) -> Given:
    """Add to GIVEN, of the call of `.partial` at SITE, what the call behind it gives."""
    parents = evaluator.world.survey(site.scope.module).parents
    method = parents.get(site.call)
    call = parents.get(method) if isinstance(method, ast.Attribute) else None
    if not isinstance(method, ast.Attribute) or not isinstance(call, ast.Call):
        return given
    view = evaluator.view(site.scope)
    if method.attr == "expand_kwargs":
        return _with_kwargs(view, call, given)
    return _with_keywords(view, call, given) if method.attr == "expand" else given


def _with_keywords(view: View, call: ast.Call, given: Given) -> Given:
    found = keywords_of(view, call)
    mapped = {name: Argument(one_of(value), "call") for name, value in found.values.items()}
    return given.with_arguments(mapped, found.more)


def _with_kwargs(view: View, call: ast.Call, given: Given) -> Given:
    value = view.value(call.args[0]) if call.args else None
    if not isinstance(value, Items) or not all(isinstance(item, Entries) for item in value.items):
        return given.with_arguments({}, "expand_kwargs() may give more")
    names = {name for item in value.items if isinstance(item, Entries) for name in item.entries}
    mapped = Argument(Unknown(view.origin(call), "it is mapped"), "call")
    return given.with_arguments(dict.fromkeys(sorted(names), mapped))
