"""The task: a call, in DAG code, of KubernetesPodOperator or of what descends from it, and its verdict.

PURE. `finder.find_tasks` makes tasks, the rules judge them, the patcher changes their call.
"""

import ast
from collections.abc import Mapping
from typing import Literal, NamedTuple

from astrokpo_cli.dags.operators import Operator
from astrokpo_cli.dags.source import Module
from astrokpo_cli.dags.values import Value

PULL_SECRETS = "image_pull_secrets"
DEFAULT_ARGS = "default_args"

Source = Literal["call", "dict", "class", "default_args", "attribute"]
"""Where an argument comes from: written in the call; in a dict given with **; the class's own __init__; the
default_args of the call, a task group or a DAG; set on the task after it was made."""


class Argument(NamedTuple):
    """What a task gets for one keyword."""

    value: Value
    source: Source
    overrides: Value | None = None
    """The default_args' value that it stands in front of."""


class Verdict(NamedTuple):
    """Whether a task has a pull secret."""

    kind: Literal["has", "none", "unknown"]
    secrets: tuple[str, ...] = ()
    """The names, as far as they are known."""
    why: str = ""
    """Why it is unknown; or from where it has the secret, when that is not the call."""


class DagUse(NamedTuple):
    """The DAG that a task is in, as far as its default_args can be extended."""

    module: Module
    call: ast.Call
    """The call of DAG(...), or the decorator @dag(...)."""
    default_args: ast.Dict | None
    """The dict that is given as default_args; None where none is given."""


class Task(NamedTuple):
    """One task."""

    module: Module
    operator: Operator
    call: ast.expr
    """Where its keywords are written: the call of the class or of `.partial`, or the decorator (which may have no
    brackets, and then is no ast.Call)."""
    name: str
    """Its id where that is known: the text of task_id, or the name of the function that is decorated."""
    arguments: Mapping[str, Argument]
    """What is known of the keywords that reach the operator."""
    more: str
    """Why there may be other keywords, such as: **common may hold more; empty where all are known."""
    verdict: Verdict
    inside: bool = True
    """Whether it is a task itself; False for the call of super().__init__ in a class that descends from an operator."""
    dag: DagUse | None = None
    """The one DAG that it is in; None where there is none, several, or it is not known."""
    closed_to_patch: str = ""
    """Why the keyword cannot simply be added to the call; empty where it can."""

    def value(self, name: str) -> Value | None:
        """Give what the task gets for the keyword NAME; None where it is not given."""
        argument = self.arguments.get(name)
        return argument.value if argument else None

    @property
    def image(self) -> Value | None:
        """The value of `image`."""
        return self.value("image")
