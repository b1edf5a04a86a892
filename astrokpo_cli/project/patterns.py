"""One line of an `.airflowignore`: a regular expression, or a pattern of gitignore, as Airflow reads it.

IN, and no file is touched here. The lines come from the project that is looked at, so none may keep us for ever.
"""

import re
import warnings
from enum import Enum
from typing import NamedTuple

from astrokpo_cli.errors import quote

MAX_LENGTH = 1000
"""Characters that a line may have."""
MAX_STARS = 8
"""Stars that a glob may have."""
MAX_REPEATS = 4
"""Repeats without an end that a regular expression, or one name of a glob, may have: each can make a match as many
times slower as the path is long."""
MAX_QUANTIFIERS = 12
"""Quantifiers of any kind that it may have: each `?` can double the time."""


class Syntax(Enum):
    """How a line is read."""

    REGEXP = "regexp"
    """A regular expression, found anywhere in the path from the DAGs folder. Airflow 2."""
    OLD_GLOB = "old glob"
    """A pattern of gitignore as Airflow 2.3 to 3.0 takes it: a folder ends in a slash only for a pattern that does."""
    GLOB = "glob"
    """A pattern of gitignore as Airflow 3.2 takes it."""


class Rule(NamedTuple):
    """What a line hides, or shows again."""

    line: str
    expression: re.Pattern[str]
    anywhere: bool = True
    """Whether the expression may be found anywhere, or at the start alone."""
    hides: bool = True
    """False for a line that begins with `!`."""
    start: int | None = 0
    """Where in a path the part begins that is looked at; None for the last name alone."""
    slash: bool = False
    """Whether a slash is put behind a folder."""
    folders_only: bool = False

    def says(self, path: str, *, is_folder: bool) -> bool | None:
        """Whether PATH is hidden; None when the line does not speak of it."""
        if self.folders_only and not is_folder:
            return None
        looked_at = path.rpartition("/")[2] if self.start is None else path[self.start :]
        find = self.expression.search if self.anywhere else self.expression.match
        return self.hides if find(f"{looked_at}/" if is_folder and self.slash else looked_at) else None


class NoRuleError(Exception):
    """A line that hides nothing; the text says why."""


def make_rule(pattern: str, syntax: Syntax, folder: str) -> Rule | None:
    """Give the rule of PATTERN, a line less its comment, in the ignore file of FOLDER ("" is the DAGs folder).

    None for a line that means nothing; raises NoRuleError for one that cannot be used.
    """
    if len(pattern) > MAX_LENGTH:
        raise NoRuleError(f"a line of more than {MAX_LENGTH} characters hides nothing here")
    return _regexp(pattern) if syntax is Syntax.REGEXP else _glob(pattern, folder, old=syntax is Syntax.OLD_GLOB)


def _regexp(pattern: str) -> Rule:
    bare = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern)  # less what is escaped, and less sets
    # Airflow 2.6 to 2.11 reads it by RE2, which has no way back, and warns of what it does not know.
    if re.search(r"\(\?(<?[=!]|P=|\(|>)|[*+?}]\+", bare) or re.search(r"(?<!\\)(\\\\)*\\[1-9]", pattern):
        raise NoRuleError(f"{quote(pattern)} hides nothing: RE2, by which Airflow 2 reads it, has no such expression")
    if _is_slow(re.sub(r"\(\?(?:P<\w+>|\w*:)", "(", bare)):
        raise NoRuleError(f"{quote(pattern)} hides nothing here: with so many repeats it could take for ever")
    try:
        return Rule(pattern, _compile(pattern))
    except (re.error, RecursionError, OverflowError):
        raise NoRuleError(f"{quote(pattern)} hides nothing: it is not a regular expression") from None


def _compile(expression: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a set in a set: not ours to say
        return re.compile(expression)


def _is_slow(bare: str) -> bool:
    """Whether a match may take more than a small power of a path's length, because Python's matcher tries all ways."""
    inner = re.sub(r"^\^?(\.\*)+|(\.\*)+\$?$", "", bare)  # at an end `.*` says nothing and costs nothing
    if len(re.findall(r"[*+]|\{\d*,\}", inner)) > MAX_REPEATS or len(re.findall(r"[*+?{]", inner)) > MAX_QUANTIFIERS:
        return True
    while group := re.search(r"\(([^()]*)\)([*+{]?)", bare):
        branches = re.search(r"[*+?{|]", group[1])
        if branches and group[2]:
            return True
        bare = f"{bare[: group.start()]}{'x*' if branches or group[2] else 'x'}{bare[group.end() :]}"
    return False


def _glob(pattern: str, folder: str, *, old: bool) -> Rule | None:
    from pathspec.patterns.gitignore import GitIgnorePatternError
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    stars = [len(re.findall(r"\*+", name)) for name in pattern.split("/")]
    if sum(stars) > MAX_STARS or max(stars) > MAX_REPEATS:
        raise NoRuleError(f"{quote(pattern)} hides nothing here: with so many stars it could take for ever")
    try:
        expression, hides = GitIgnoreSpecPattern.pattern_to_regex(pattern)
        # Two stars in a row say what one says, and cost more.
        compiled = _compile(re.sub(r"(\[\^/\]\*)+", "[^/]*", expression)) if expression is not None else None
    except (GitIgnorePatternError, re.error):
        raise NoRuleError(f"{quote(pattern)} hides nothing: it is not a pattern of gitignore") from None
    if compiled is None or hides is None:
        return None
    # A slash that is not the last character ties a pattern to the folder of its file; without one it is for names.
    tied = pattern.startswith("/") or "/" in pattern.rstrip("/")
    start = (len(folder) + 1 if folder else 0) if tied else None
    if old:
        return Rule(pattern, compiled, False, hides, start, slash=pattern.endswith("/"))
    return Rule(pattern, compiled, True, hides, start, slash=True, folders_only=pattern.rstrip().endswith("/"))
