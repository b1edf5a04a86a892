"""Whether a server's message repeats what was sent to it; then it is not shown.

Kubernetes redacts a Secret's content in its own messages. Admission webhooks and conversion errors need not.
"""

import json
from binascii import a2b_base64
from collections.abc import Iterator, Mapping
from typing import Any

ECHO = 12
"""So many characters in a row of a secret text are a part of it."""


def repeats(message: str, manifest: Mapping[str, Any]) -> bool:
    """Tell whether MESSAGE holds a password of MANIFEST, or a part of its data."""
    windows = {message[start : start + ECHO] for start in range(len(message) - ECHO + 1)}
    return any(
        text in message if len(text) <= ECHO else any(window in text for window in windows)
        for text in _secrets_of(manifest)
    )


def _secrets_of(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Give the texts of MANIFEST that nobody may see, encoded and decoded."""
    for value in manifest.get("data", {}).values():
        yield str(value)
        for entry in _entries(str(value)):
            yield from (str(text) for key, text in entry.items() if text and key != "username")
            yield _decoded(str(entry.get("auth", ""))).partition(":")[2] or "\n"


def _entries(value: str) -> list[dict[str, Any]]:
    try:
        return [entry for entry in json.loads(_decoded(value))["auths"].values() if isinstance(entry, dict)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _decoded(text: str) -> str:
    try:
        return a2b_base64(text).decode("utf-8", "replace")
    except ValueError:
        return ""
