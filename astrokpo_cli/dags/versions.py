"""Which Airflow, and which Kubernetes provider, a project runs; what each Astro Runtime brings.

PURE. Provider is apache-airflow-providers-cncf-kubernetes. What is not certain is None.
"""

import re
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from astrokpo_cli.dags.snippet import Airflow

Number = tuple[int, ...]
"""A version's numbers, such as (10, 25, 0)."""


class Versions(NamedTuple):
    """What is known of the versions; None where it is not."""

    airflow: Number | None = None
    """Its beginning, as far as it is known: (2,), (2, 9) or (3, 0, 6)."""
    provider_from: Number | None = None
    """The oldest provider that it may be."""
    provider_to: Number | None = None
    """The newest that it may be: a beginning, so that (8, 3) has 8.3.4 in it."""
    source: str = ""
    """Where it is said: a file, or a flag; empty where nothing is known."""

    def airflow_has(self, version: Number) -> bool | None:
        """Whether it is Airflow VERSION or newer; None where that is not known."""
        if self.airflow is None:
            return None
        length = len(self.airflow)
        if self.airflow == version[:length] and any(version[length:]):
            return None
        return _padded(self.airflow, version) >= version

    def provider_has(self, version: Number) -> bool | None:
        """Whether the provider is VERSION or newer; None where that is not known."""
        if self.provider_from is not None and _padded(self.provider_from, version) >= version:
            return True
        if self.provider_to is not None and self.provider_to < version[: len(self.provider_to)]:
            return False
        return None


# Runtime -> its Airflow, its oldest and its newest provider; Astronomer's reference of providers, to August 2024
_RUNTIMES: dict[int, tuple[Number, Number | None, Number | None]] = {
    4: ((2, 2), (2, 0, 3), (3, 0)),
    5: ((2, 3), (4, 0, 1), (4, 3, 0)),
    6: ((2, 4), (4, 3, 0), (4, 4, 0)),
    7: ((2, 5), (5, 0, 0), (5, 2, 2)),
    8: ((2, 6), (6, 1, 0), (7, 6, 0)),
    9: ((2, 7), (7, 4, 2), (7, 14, 0)),
    10: ((2, 8), (7, 11, 0), (7, 14, 0)),
    11: ((2, 9), (8, 0, 1), (8, 3, 4)),
    12: ((2, 10), None, None),
    13: ((2, 11), None, None),
}
_FIRST_OF_5 = ((5, 0, 0), (5, 0, 7))
_FIRST_OF_5_PROVIDER = (4, 1, 0)

# An Airflow older than the first -> the newest provider that it can have, by what the wheels need
_NEWEST: tuple[tuple[Number, Number], ...] = (((2, 3), (4, 0, 1)), ((2, 6), (7, 12)), ((2, 8), (9,)))
_OLDEST_OF_3: Number = (10,)

_NUMBERS = r"(\d{1,9}(?:\.\d{1,9})*)(-\d)?"


def of_airflow(text: str) -> Versions:
    """Give what TEXT says: any, a version of Airflow or one of Astro Runtime, as --airflow takes it.

    Raises InvalidValue.
    """
    from astrokpo_cli.dags.snippet import Airflow, parse_airflow

    if parse_airflow(text) is Airflow.ANY:
        return Versions()
    numbers = _numbers(text)
    # that it has a row is what parse_airflow has made sure: Runtime 4 to 13, or the scheme 3.0-9
    return _of_runtime(numbers) if numbers[0] in _RUNTIMES else _of_airflow(numbers)


def is_runtime(text: str) -> bool:
    """Whether TEXT, a version that `of_airflow` takes, is one of Astro Runtime."""
    match = re.match(_NUMBERS, text, re.ASCII)
    return match is not None and (match[2] is not None or int(match[1].partition(".")[0]) in _RUNTIMES)


def with_pins(versions: Versions, pins: Versions) -> Versions:
    """Give VERSIONS with what the project pins: its provider, and its Airflow where VERSIONS has none.

    Where the pins contradict what the Airflow brings, they win.
    """
    known = versions if versions.airflow is not None or pins.airflow is None else _of_airflow(pins.airflow)
    lower = max(filter(None, (known.provider_from, pins.provider_from)), default=None)
    upper = min(filter(None, (known.provider_to, pins.provider_to)), key=reach, default=None)
    if lower is not None and upper is not None and lower > reach(upper):
        lower, upper = pins.provider_from, pins.provider_to
    return known._replace(provider_from=lower, provider_to=upper)


def reach(newest: Number) -> tuple[float, ...]:
    """Give what all versions that begin with NEWEST are below; to compare beginnings by."""
    return (*newest, float("inf"))


def common(oldest: Number | None, newest: Number | None) -> Number | None:
    """Give the numbers in which all versions from OLDEST to NEWEST, a beginning, begin; None where there are none."""
    pairs = zip(oldest or (), newest or (), strict=False)
    return tuple(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)) or None


def snippet_airflow(versions: Versions) -> "Airflow":
    """Give the Airflow whose code VERSIONS read; any where they are not known."""
    from astrokpo_cli.dags.snippet import Airflow

    if versions.airflow is None:
        return Airflow.ANY
    if versions.airflow_has((3,)):
        return Airflow.V3
    old = versions.airflow_has((2, 5)) is False or versions.provider_has((5, 3)) is False
    return Airflow.V2_4 if old else Airflow.V2


def _of_runtime(numbers: Number) -> Versions:
    versions = Versions(*_RUNTIMES[numbers[0]])
    first, last = _FIRST_OF_5
    return versions._replace(provider_to=_FIRST_OF_5_PROVIDER) if first <= numbers <= last else versions


def _of_airflow(numbers: Number) -> Versions:
    versions = Versions(numbers)
    if versions.airflow_has((3,)):
        return versions._replace(provider_from=_OLDEST_OF_3)
    newest = (provider for airflow, provider in _NEWEST if versions.airflow_has(airflow) is False)
    return versions._replace(provider_to=next(newest, None))


def _numbers(text: str) -> Number:
    match = re.match(_NUMBERS, text, re.ASCII)
    assert match is not None
    return tuple(int(number) for number in match[1].split("."))


def _padded(number: Number, other: Number) -> Number:
    return number + (0,) * (len(other) - len(number))
