"""Which Airflow, and which Kubernetes provider, a requirements.txt pins.

PURE. Lines as pip reads them, versions as PEP 440 compares them; a line that is not understood says nothing.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from astrokpo_cli.dags.versions import Number, Versions, common, reach

AIRFLOW = "apache-airflow"
PROVIDER = "apache-airflow-providers-cncf-kubernetes"

_LINE = r"(?P<name>[a-z\d][\w.-]*)\s*(\[[^\]]*\])?\s*\(?(?P<clauses>[^;@()]*)\)?\s*(;.*)?"
_CLAUSE = (
    r"(?P<rule>===?|~=|!=|<=?|>=?)\s*v?(?P<numbers>\d{1,9}(\.\d{1,9})*)"
    r"(?P<any>\.\*)?([-_.+]?[a-z][\w.+-]*|\+[\w.-]+|-\d+)?"
)


class Range(NamedTuple):
    """Versions from the oldest to the newest, which is a beginning; None where there is no end."""

    oldest: Number | None = None
    newest: Number | None = None


def parse_requirements(text: str) -> Versions:
    """Give what the lines of TEXT pin.

    An environment marker is taken to hold; of several lines for one package any may hold.
    """
    found: dict[str, list[Range]] = {AIRFLOW: [], PROVIDER: []}
    for name, clauses in _requirements(text):
        if name in found:
            found[name].append(_parse_clauses(clauses))
    airflow, provider = _widest(found[AIRFLOW]), _widest(found[PROVIDER])
    return Versions(common(*airflow), *provider)


def _requirements(text: str) -> Iterator[tuple[str, str]]:
    """Give the normalised name (PEP 503) and the version's clauses of each line."""
    for line in re.sub(r"\\\r?\n", " ", text.removeprefix("\ufeff")).splitlines():
        bare = re.sub(r"(^|\s)#.*", "", line)
        match = re.fullmatch(_LINE, re.split(r"\s--", bare)[0].strip(), re.ASCII | re.IGNORECASE)
        if match is not None:
            yield re.sub(r"[-_.]+", "-", match["name"]).lower(), match["clauses"].strip()


def _parse_clauses(text: str) -> Range:
    """Give what all clauses of TEXT let pass; everything where one is not understood."""
    ranges = []
    for clause in text.split(","):
        if not clause.strip():
            continue
        match = re.fullmatch(_CLAUSE, clause.strip(), re.ASCII | re.IGNORECASE)
        if match is None:
            return Range()
        numbers = tuple(int(number) for number in match["numbers"].split("."))
        ranges.append(_range_of(match["rule"], numbers, any_below=match["any"] is not None))
    return Range(
        max((each.oldest for each in ranges if each.oldest is not None), default=None),
        min((each.newest for each in ranges if each.newest is not None), default=None, key=reach),
    )


def _range_of(rule: str, numbers: Number, *, any_below: bool) -> Range:
    full = numbers + (0,) * (3 - len(numbers))
    match rule:
        case "==" | "===":
            return Range(full, numbers if any_below else full)
        case "~=":
            return Range(full, numbers[:-1] or None)
        case ">=" | ">":
            return Range(full)
        case "<=":
            return Range(None, full)
        case "<":
            return Range(None, _before(numbers))
    return Range()


def _before(numbers: Number) -> Number | None:
    """Give the beginning of the versions right before NUMBERS: (9,) for (10, 0), (8, 3) for (8, 4)."""
    while numbers and numbers[-1] == 0:
        numbers = numbers[:-1]
    return (*numbers[:-1], numbers[-1] - 1) if numbers else None


def _widest(ranges: list[Range]) -> Range:
    """Give the range that holds all of RANGES."""
    oldest = [each.oldest for each in ranges if each.oldest is not None]
    newest = [each.newest for each in ranges if each.newest is not None]
    return Range(
        min(oldest) if oldest and len(oldest) == len(ranges) else None,
        max(newest, key=reach) if newest and len(newest) == len(ranges) else None,
    )
