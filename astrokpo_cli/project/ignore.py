"""What the `.airflowignore` files of a project hide, by each syntax that its Airflow may read them in.

IN, and no file is touched here. Which Airflow it is may not be known: then a file is hidden only if every one would
hide it, because a file that is hidden by a guess is a task that nobody checks. For the same reason a line that
cannot be used hides nothing and is told.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from astrokpo_cli.dags.versions import Number
from astrokpo_cli.errors import InvalidValue, quote
from astrokpo_cli.project.dagfiles import IGNORE_FILE
from astrokpo_cli.project.patterns import NoRuleError, Rule, Syntax, make_rule

SYNTAX_VARIABLE = "AIRFLOW__CORE__DAG_IGNORE_FILE_SYNTAX"


def syntaxes_of(airflow: Number | None, setting: str | None = None) -> tuple[Syntax, ...]:
    """Give the syntaxes that AIRFLOW (None: not known) may read ignore files in.

    SETTING is the value of SYNTAX_VARIABLE, where it is set; raises InvalidValue for one that Airflow refuses.
    """
    if setting not in (None, "", "regexp", "glob"):
        raise InvalidValue(
            f"{quote(setting)} is no syntax of {IGNORE_FILE}", f"set {SYNTAX_VARIABLE} to regexp or to glob"
        )
    if setting == "regexp" or (not setting and airflow is not None and airflow < (3,)):
        return (Syntax.REGEXP,)
    globs = _globs(airflow)
    return globs if setting or airflow is not None else (Syntax.REGEXP, *globs)


def _globs(airflow: Number | None) -> tuple[Syntax, ...]:
    if airflow is not None and airflow >= (3, 2):
        return (Syntax.GLOB,)
    # (3,) may be any Airflow 3, and in 3.1 the patches differ.
    is_old = airflow is not None and (airflow < (3,) or airflow[:2] == (3, 0))
    return (Syntax.OLD_GLOB,) if is_old else (Syntax.OLD_GLOB, Syntax.GLOB)


class Refused(NamedTuple):
    """A line of an ignore file that hides nothing."""

    line: int
    message: str


class Rules(NamedTuple):
    """The lines in force in one folder, in the order in which they stand, the ignore files of the folders above first.

    A path is given from the DAGs folder down, with / between names.
    """

    syntax: Syntax
    rules: tuple[Rule, ...] = ()
    everything: bool = False
    """Whether a folder above is hidden: then all is, and no ignore file in it counts."""

    def hide(self, path: str, *, is_folder: bool) -> bool:
        """Whether PATH is hidden: the last line that speaks of it counts."""
        said = (rule.says(path, is_folder=is_folder) for rule in reversed(self.rules))
        return self.everything or next((hidden for hidden in said if hidden is not None), False)

    def with_lines(self, lines: Sequence[str], folder: str, refused: set[Refused]) -> "Rules":
        """Add the LINES of the ignore file of FOLDER; those that cannot be used go to REFUSED."""
        if self.everything:
            return self
        rules = list(self.rules)
        for number, pattern in _patterns(lines):
            try:
                rule = make_rule(pattern, self.syntax, folder)
            except NoRuleError as err:
                refused.add(Refused(number, str(err)))
                # A line that may show a file again must not leave it hidden.
                rule = Rule(pattern, re.compile(""), hides=False) if pattern.startswith("!") else None
            # Before 3.1 Airflow drops a line that is there already, though one between them may say the opposite.
            if rule and not (self.syntax is Syntax.OLD_GLOB and rule in rules):
                rules.append(rule)
        return self._replace(rules=tuple(rules))


class Ignored(NamedTuple):
    """The rules in force in one folder, in each syntax; a path is hidden if it is in all."""

    readings: tuple[Rules, ...]

    @classmethod
    def nothing(cls, syntaxes: Sequence[Syntax]) -> "Ignored":
        """Give the rules of a folder where no ignore file has been seen."""
        return cls(tuple(Rules(syntax) for syntax in syntaxes))

    @property
    def has_rules(self) -> bool:
        """Whether there is a line in any ignore file that has been seen."""
        return any(rules.rules or rules.everything for rules in self.readings)

    def hide(self, path: str, *, is_folder: bool) -> bool:
        """Whether PATH, from the DAGs folder down, is hidden."""
        return all(rules.hide(path, is_folder=is_folder) for rules in self.readings)

    def entered(self, path: str) -> "Ignored":
        """Give the rules in force in the folder PATH, before its own ignore file."""
        if not self.has_rules:
            return self
        return Ignored(tuple(it._replace(everything=it.hide(path, is_folder=True)) for it in self.readings))

    def with_file(self, content: bytes, folder: str) -> tuple["Ignored", tuple[Refused, ...]]:
        """Add the ignore file of FOLDER ("" is the DAGs folder), and give the lines that cannot be used."""
        try:
            lines = re.split("\r\n|\r|\n", content.decode())
        except UnicodeDecodeError:
            return self, (Refused(1, "it is not UTF-8: nothing in it counts"),)
        refused: set[Refused] = set()
        readings = tuple(rules.with_lines(lines, folder, refused) for rules in self.readings)
        return Ignored(readings), tuple(sorted(refused))


def _patterns(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Give the lines that are more than a comment; as in Airflow, a # begins one wherever it stands."""
    for number, line in enumerate(lines, 1):
        pattern = re.sub(r"\s*#.*", "", line)
        if pattern:
            yield number, pattern
