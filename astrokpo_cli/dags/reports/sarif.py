"""Findings as a SARIF 2.1.0 log, for GitHub's code scanning and other readers.

PURE. https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html, cited as S
and section. The log holds no source text beyond what the messages quote.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from posixpath import join, normpath
from typing import Any

from astrokpo_cli.dags.findings import Finding, Severity
from astrokpo_cli.dags.reports.text import MAX_LENGTH, in_order, message_of
from astrokpo_cli.dags.rules.catalogue import Rule
from astrokpo_cli.dags.source import Span
from astrokpo_cli.errors import visible

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
UNREAD = "AKP901"
"""The code that says a file was not read, so that the log is not the whole truth."""

_ROOT = "%SRCROOT%"
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def log(findings: Iterable[Finding], rules: Mapping[str, Rule], version: str, folder: str = "") -> dict[str, Any]:
    """Give the log of a check that found FINDINGS, each by one of RULES, in FOLDER, the absolute working folder.

    A file within the folder is named from there, which readers know as %SRCROOT%; any other by its whole path. Without
    a folder a path that leads out of it stays as it is.
    """
    found = in_order(findings)
    codes = sorted(rules)
    results = [
        {**_told(finding, folder), "partialFingerprints": {"astrokpo/v1": fingerprint}, **_rule_of(finding, codes)}
        for finding, fingerprint in zip(found, _fingerprints(found), strict=True)
    ]
    driver = {"name": "astrokpo", "version": version, "rules": [_rule(rules[code]) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(found, folder)],
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    mended = f"`astrokpo dag patch --fix {rule.code}` mends it where that is safe." if rule.fixable else ""
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.explanation},
        "help": {
            "text": _paragraphs(rule.explanation, mended.replace("`", "")),
            "markdown": _paragraphs(f"**{_escaped(rule.summary)}**", _escaped(rule.explanation), mended),
        },
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {
            "tags": ["airflow", "kubernetes"],
            "problem.severity": _PROBLEMS[rule.severity],
            "precision": "high",
        },
    }


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)


def _escaped(text: str) -> str:
    """Give plain TEXT as Markdown that reads the same, without HTML (S3.11.4.2)."""
    return re.sub(r"([\\`*_\[\]])", r"\\\1", text).replace("&", "&amp;").replace("<", "&lt;")


_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "recommendation"}
"""GitHub's words, which it filters alerts by."""


def _rule_of(finding: Finding, codes: Sequence[str]) -> dict[str, Any]:
    known = finding.code in codes
    return {"ruleId": finding.code, **({"ruleIndex": codes.index(finding.code)} if known else {})}


def _told(finding: Finding, folder: str) -> dict[str, Any]:
    """Give what results and notifications have in common: how bad it is, what is wrong, and where."""
    place = {"artifactLocation": _artifact(finding.path, folder), "region": _region(finding.span)}
    return {
        "level": finding.severity.value,
        "message": {"text": _message(finding)},
        "locations": [{"physicalLocation": place}],
    }


def _message(finding: Finding) -> str:
    """Give what FINDING says, and its hint as a paragraph.

    Braces are not doubled as S3.11.5 has it: that is for readers who put arguments in, and there are none. What would
    be a link by S3.11.6 is none: a DAG's text leads nobody away.
    """
    hint = f"hint: {finding.hint}" if finding.hint else ""
    return _paragraphs(message_of(finding), visible(hint, MAX_LENGTH)).replace("](", "] (")


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _artifact(path: str, folder: str) -> dict[str, str]:
    whole = normpath(join(folder, path))
    root = normpath(folder) if folder else ""
    inside = whole.removeprefix(f"{root.rstrip('/')}/") if root else whole
    if inside.startswith("/"):
        return {"uri": f"file://{_quoted(inside)}"}
    if inside.startswith("../"):
        return {"uri": _quoted(inside)}
    return {"uri": _quoted(inside), "uriBaseId": _ROOT}


def _quoted(path: str) -> str:
    """Give PATH as a URI's path (RFC 3986), whatever bytes it is made of."""
    name = path.encode("utf-8", "surrogateescape")
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in name)


def _fingerprints(findings: Sequence[Finding]) -> Iterator[str]:
    """Give for each of FINDINGS what tells it apart in its file, however its lines move.

    `primaryLocationLineHash` is left to GitHub's upload action, which makes it from the file and warns of any other.
    """
    seen: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        message = re.sub(r"\bline \d+", "line", finding.message)
        text = "\0".join((finding.code, finding.task, message))
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        seen[finding.path, digest] += 1
        yield f"{digest}:{seen[finding.path, digest]}"


def _invocation(findings: Iterable[Finding], folder: str) -> dict[str, Any]:
    """Give whether all files were read, and which were not; by S3.20.21 an error among these means a failed run."""
    unread = [
        {**_told(finding, folder), "associatedRule": {"id": finding.code}}
        for finding in findings
        if finding.code == UNREAD
    ]
    return {"executionSuccessful": not unread, **({"toolExecutionNotifications": unread} if unread else {})}
