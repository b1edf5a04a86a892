"""The comments that ignore findings: `# astrokpo: ignore[AKP101,AKP306]`, or `# astrokpo: ignore` for all.

PURE. A comment speaks for the findings that begin on its line.
"""

import re
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from astrokpo_cli.dags.findings import Finding
from astrokpo_cli.dags.rules.catalogue import RULES
from astrokpo_cli.dags.source import Module, comments
from astrokpo_cli.errors import quote

_COMMENT = r"(?i)#\s*astrokpo:\s*ignore(?:\[([^\]]*)\](?!\w)|\s*(?:#|$))"
ALL = "*"
"""Stands among a line's codes for all there are."""


def silenced(module: Module, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Give FINDINGS without those that a comment of MODULE ignores.

    A code that there is not ignores nothing; what stays on such a line says so in its hint.
    """
    if not findings or "astrokpo:" not in module.text.lower():
        return tuple(findings)
    ignored = ignored_codes(module)
    kept = (each for each in findings if not {each.code, ALL} & set(ignored.get(each.span.line, ())))
    return tuple(_with_misspelling(each, ignored.get(each.span.line, ())) for each in kept)


def ignored_codes(module: Module) -> Mapping[int, tuple[str, ...]]:
    """Give, for each line with such a comment, the codes that it ignores, in upper case, as they are written."""
    codes: dict[int, tuple[str, ...]] = {}
    with suppress(tokenize.TokenError, SyntaxError):  # its pure Python part refuses some of what Python parses
        for line, comment in comments(module):
            for match in re.finditer(_COMMENT, comment):
                listed = (ALL,) if match[1] is None else _codes(match[1])
                codes[line] = (*codes.get(line, ()), *listed)
    return codes


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code for part in re.split(r"[,\s]+", text) if (code := part.upper()))


def _with_misspelling(finding: Finding, codes: Iterable[str]) -> Finding:
    unknown = [quote(code) for code in codes if code not in RULES]
    if not unknown:
        return finding
    note = f"its comment ignores {', '.join(unknown)}, which is no code of astrokpo's"
    return finding._replace(hint=f"{finding.hint}; {note}" if finding.hint else note)
