"""Kubernetes' quantities: how much an amount of CPU, memory or storage is.

PURE. The grammar is that of k8s.io/apimachinery/pkg/api/resource: digits with one dot at most, then a unit of ten
(n, u, m, k to E), a unit of two (Ki to Ei) or an exponent.
"""

import re
from functools import lru_cache

from astrokpo_cli.dags.values import Scalar, Text, Value

BILLIONTHS = 10**9
"""Amounts are whole numbers of billionths of a core or a byte: Kubernetes knows none finer, and rounds up to them."""

_GRAMMAR = (
    r"(?P<sign>[+-]?)(?P<whole>[0-9]{0,99})(?:\.(?P<part>[0-9]{0,99}))?"
    r"(?:(?P<unit>[KMGTPE]i|[numkMGTPE])|[eE](?P<exponent>[+-]?[0-9]{1,3}))?"
)
_UNITS: dict[str, tuple[int, int]] = {
    **{unit: (10, 3 * power) for power, unit in zip((-3, -2, -1, 1, 2, 3, 4, 5, 6), "numkMGTPE", strict=True)},
    **{f"{unit}i": (1024, power) for power, unit in enumerate("KMGTPE", 1)},
}


def amount(value: Value) -> int | None:
    """Give how many billionths VALUE is; None for what is not known, or is no quantity."""
    match value:
        case Text(complete=True, text=text):
            return parse(text)
        case Scalar(value=int() | float() as number) if not isinstance(number, bool):
            return parse(repr(number))
    return None


@lru_cache
def parse(text: str) -> int | None:
    """Give how many billionths TEXT is; None for what is no quantity."""
    match = re.fullmatch(_GRAMMAR, text, re.ASCII)
    if match is None or not (match["whole"] or match["part"]):
        return None
    part = match["part"] or ""
    base, power = _UNITS[match["unit"]] if match["unit"] else (10, int(match["exponent"] or 0))
    scale: int = base ** abs(power)
    number = int(match["whole"] + part) * BILLIONTHS * (scale if power > 0 else 1)
    size: int = -(-number // (10 ** len(part) * (scale if power < 0 else 1)))
    return -size if match["sign"] == "-" else size
