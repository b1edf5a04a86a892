"""The keywords of a task on their way from its call to the operator.

PURE. `arguments` says what becomes of them in the project's own classes.
"""

from collections.abc import Mapping
from typing import NamedTuple

from astrokpo_cli.dags.calls import keywords_of
from astrokpo_cli.dags.default_args import Defaults
from astrokpo_cli.dags.evaluation import Evaluator
from astrokpo_cli.dags.scope import CallSite
from astrokpo_cli.dags.tasks import Argument


class Given(NamedTuple):
    """Keywords on their way to the operator."""

    arguments: Mapping[str, Argument]
    more: str = ""
    """Why there may be others; empty where all are known."""

    def with_arguments(self, added: Mapping[str, Argument], more: str = "") -> "Given":
        """Give these keywords with those that are ADDED, which win, and MORE."""
        return Given({**self.arguments, **added}, self.more or more)


def given_by(evaluator: Evaluator, site: CallSite) -> Given:
    """Give the keywords of a call as they are written."""
    found = keywords_of(evaluator.view(site.scope), site.call)
    arguments = {
        name: Argument(value, "dict" if name in found.from_dict else "call") for name, value in found.values.items()
    }
    return Given(arguments, found.more)


def with_defaults(given: Given, defaults: Defaults) -> Given:
    """Add what DEFAULTS give where the call gives nothing."""
    arguments = dict(given.arguments)
    for name, value in defaults.values.items():
        if name in arguments:
            arguments[name] = arguments[name]._replace(overrides=value)
        else:
            arguments[name] = Argument(value, "default_args")
    return Given(arguments, given.more or defaults.more)
