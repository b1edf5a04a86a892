"""What a Kubernetes API answered: a Secret, a conflict, or a wish to be asked again later.

The forms are those that a kube-apiserver 1.36 was seen to give (tests/tables/api_server.json).
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from astrokpo_cli.errors import quote

STARTING = ("not yet ready to handle request", "etcdserver: ", "rpc error: code = Unavailable")
"""What a server says that has just started, or whose etcd is away (apiserver's lifecycle admission; etcd's errors)."""


class Answer(NamedTuple):
    """What came back over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    tries: int = 1
    """How often it was asked for; what came before may have been done too."""


class Status(NamedTuple):
    """Kubernetes' own form of a refusal; empty when the answer has another."""

    is_one: bool
    message: str
    reason: str
    kind: str
    """The kind of what the refusal is about, such as namespaces."""
    causes: tuple[Mapping[str, Any], ...]
    seconds: object
    """What retryAfterSeconds says."""


def content_of(answer: Answer) -> Mapping[str, Any]:
    """Give the JSON object that ANSWER holds, an empty one when it holds none."""
    try:
        return _object(json.loads(answer.body))
    except (ValueError, RecursionError):
        return {}


def status_of(answer: Answer) -> Status:
    """Give the Status object that ANSWER holds."""
    content = content_of(answer)
    details = _object(content.get("details"))
    causes = details.get("causes")
    return Status(
        content.get("kind") == "Status",
        str(content.get("message") or ""),
        str(content.get("reason") or ""),
        str(details.get("kind") or ""),
        tuple(map(_object, causes)) if isinstance(causes, list) else (),
        details.get("retryAfterSeconds"),
    )


def conflicts_in(answer: Answer) -> tuple[str, ...]:
    """Give whose fields stand in the way, as 'fields of "kubectl-create": data', one for each manager."""
    if answer.status != 409:
        return ()
    fields: dict[str, list[str]] = {}
    for cause in status_of(answer).causes:
        if cause.get("reason") == "FieldManagerConflict":
            manager = re.search(r'"((?:[^"\\]|\\.)*)"', str(cause.get("message")))
            fields.setdefault(manager[1] if manager else "", []).append(_part(str(cause.get("field"))))
    return tuple(f"fields of {quote(who)}: {', '.join(dict.fromkeys(parts))}" for who, parts in fields.items())


def asked_delay(answer: Answer) -> float | None:
    """Give the least seconds to wait before the same request may be answered better, None when it never is."""
    if answer.status < 400 or answer.status in (401, 404, 409, 422):
        return None
    status = status_of(answer)
    seconds = _seconds(answer.headers.get("Retry-After")) or _seconds(status.seconds)
    if seconds and (answer.status == 429 or answer.status >= 500):
        return seconds
    return 0.0 if answer.status in (429, 502, 503, 504) or _is_starting(status) else None


def _is_starting(status: Status) -> bool:
    return status.reason == "ServerTimeout" or any(words in status.message for words in STARTING)


def _seconds(asked: object) -> float | None:
    """Read seconds; a date, which Retry-After may also be and Kubernetes never sends, is none."""
    text = str(asked or "").strip()
    if not re.fullmatch("[0-9]+", text):
        return None
    return float(text[:9]) if len(text) <= 9 else 1e9


def _part(field: str) -> str:
    """Name the part of a Secret that FIELD, such as .data..dockerconfigjson or .metadata.labels.x, lies in."""
    part = re.match(r"\.(?:metadata\.)?(\w{1,40})", field)
    return part[1] if part else "all"


def _object(content: object) -> Mapping[str, Any]:
    return content if isinstance(content, dict) else {}
