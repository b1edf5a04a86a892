"""Instants as people write them and as manifests hold them.

PURE. All instants are aware and in UTC; the clock is a parameter.
"""

import re
from datetime import UTC, date, datetime, timedelta

from astrokpo_cli.errors import InvalidValue, quote

_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 604800}
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = "T[0-9]{2}:[0-9]{2}:[0-9]{2}"
_HINT = "give a duration (30m, 12h, 7d, 2w), a date (2026-12-31), an instant (2026-12-31T18:00:00Z) or never"


def parse_deadline(text: str, now: datetime) -> datetime | None:
    """Read a duration from NOW, a date (its end, UTC), an RFC 3339 instant, or never (None).

    Raises InvalidValue for anything else and for an instant that is not after NOW.
    """
    if text == "never":
        return None
    duration = re.fullmatch("([1-9][0-9]{0,5})([mhdw])", text)
    try:
        if duration:
            instant = now + timedelta(seconds=int(duration[1]) * _SECONDS[duration[2]])
        else:
            instant = _parse_instant(text)
    except (ValueError, OverflowError):
        raise InvalidValue(f"{quote(text)} is no duration and no date", _HINT) from None
    if instant <= now:
        raise InvalidValue(f"{quote(text)} is in the past", _HINT)
    return instant


def rfc3339(instant: datetime) -> str:
    """Give INSTANT in UTC and whole seconds, such as 2026-11-29T08:00:00Z."""
    return instant.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def parse_rfc3339(text: str) -> datetime | None:
    """Read what `rfc3339` writes, and nothing else; None for anything else."""
    if not re.fullmatch(_DATE + _TIME + "Z", text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def for_people(instant: datetime) -> str:
    """Give INSTANT as 2026-11-29 08:00 UTC."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def time_left(instant: datetime, now: datetime) -> str:
    """Give the time from NOW to INSTANT as people say it: 6 days left, 3 hours ago."""
    seconds = int((instant - now).total_seconds())
    amount, unit = next(
        (abs(seconds) // size, unit)
        for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
        if abs(seconds) >= size or size == 1
    )
    return f"{amount} {unit}{'' if amount == 1 else 's'} {'left' if seconds >= 0 else 'ago'}"


def _parse_instant(text: str) -> datetime:
    if re.fullmatch(_DATE, text):
        return datetime.combine(date.fromisoformat(text) + timedelta(days=1), datetime.min.time(), UTC)
    if not re.fullmatch(_DATE + _TIME + "([.][0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})", text):
        raise ValueError("not RFC 3339")
    return datetime.fromisoformat(text).astimezone(UTC)
