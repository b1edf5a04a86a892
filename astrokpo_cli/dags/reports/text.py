"""The report of `dag check` for people, as lines of marked pieces.

PURE. The lines are the same at a terminal and in a pipe: there the pieces get their colors, and less of a long line of
source is shown. Text of others is visible, never obeyed.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from astrokpo_cli.dags.findings import Finding
from astrokpo_cli.errors import quote, visible

MAX_LENGTH = 4096
"""The most characters of one path, message or hint that are shown."""

MIN_ROOM = 20
"""The columns that a line of source gets on the narrowest screen."""


class Mark(StrEnum):
    """What a piece of a line is; each may look different."""

    PLAIN = "plain"
    PLACE = "place"
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    GUTTER = "gutter"
    HINT = "hint"


Line = tuple[tuple[Mark, str], ...]


def report(findings: Iterable[Finding], width: int) -> Iterator[Line]:
    """Give the lines that tell of FINDINGS, by file and place, an empty one after each.

    A finding's first line is `PATH:LINE:COLUMN: SEVERITY CODE MESSAGE`, never wrapped. Its source takes at most WIDTH
    columns. A hint that several findings in a file share is given with the first of them.
    """
    told = set()
    for finding in in_order(findings):
        yield _headline(finding)
        yield from _source(finding, width)
        if finding.hint and (finding.path, finding.hint) not in told:
            told.add((finding.path, finding.hint))
            yield ((Mark.HINT, f"{'hint:':>{_GUTTER}} "), (Mark.PLAIN, visible(finding.hint, MAX_LENGTH)))
        yield ()


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Give FINDINGS by file, place and code."""
    return sorted(findings, key=lambda finding: (finding.path, finding.span, finding.code))


def message_of(finding: Finding) -> str:
    """Give what FINDING says, with its task where the message does not name that."""
    message = visible(finding.message, MAX_LENGTH)
    if not finding.task or quote(finding.task) in message:
        return message
    return f"{message} (task {quote(finding.task)})"


def _headline(finding: Finding) -> Line:
    place = f"{visible(finding.path, MAX_LENGTH)}:{finding.span.line}:{finding.span.column}:"
    mark = Mark(finding.severity.value)
    kind = f" {finding.severity.value} {finding.code}"
    return (Mark.PLACE, place), (mark, kind), (Mark.PLAIN, f" {message_of(finding)}")


_GUTTER = 7


def _source(finding: Finding, width: int) -> Iterator[Line]:
    """Give the line at which FINDING begins, and its span beneath, where the line is known."""
    if not finding.excerpt.strip():
        return
    from astrokpo_cli.dags.reports.excerpt import excerpt  # not for a report without findings

    number = f"{finding.span.line:>{_GUTTER - 1}}"
    shown = excerpt(finding.excerpt, finding.span, max(width - len(number) - 3, MIN_ROOM))
    yield (Mark.GUTTER, f"{number} | "), (Mark.PLAIN, shown.text)
    yield (
        (Mark.GUTTER, f"{'':>{len(number)}} | "),
        (Mark(finding.severity.value), " " * shown.before + "^" * shown.width),
    )
