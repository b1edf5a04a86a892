"""Why a Kubernetes API did not do what was asked, in words: a message and a hint for each kind.

A message is made of the status, the reason and the Status object's message; the last is left out where it repeats
what was sent. Nothing of a successful answer is ever part of one.
"""

import shlex
from collections.abc import Mapping
from typing import Any, NamedTuple

from astrokpo_cli.cluster.answers import Answer, Status, asked_delay, conflicts_in, content_of, status_of
from astrokpo_cli.cluster.echo import repeats
from astrokpo_cli.cluster.troubles import CHECK_SERVER
from astrokpo_cli.errors import AstrokpoError, quote, visible

LONGEST_MESSAGE = 1000
"""More of a server's message is not looked at, and less is shown."""
WITHOUT_STATUS = (401, 403, 429, 502, 503, 504)
"""What proxies and load balancers answer too, in a form of their own."""


class ClusterProblem(AstrokpoError):
    """A cluster that cannot be reached, or that refuses."""


class Asked(NamedTuple):
    """What a request was about."""

    manifest: Mapping[str, Any]
    context: str
    server: str

    @property
    def namespace(self) -> str:
        """Where to."""
        return str(self.manifest["metadata"]["namespace"])

    @property
    def name(self) -> str:
        """The secret's name."""
        return str(self.manifest["metadata"]["name"])

    def __str__(self) -> str:
        return f"the secret {quote(self.name)} in {quote(self.namespace)}"


def secret_in(answer: Answer, asked: Asked) -> Mapping[str, Any]:
    """Give the Secret that ANSWER holds; raises ClusterProblem when it is a refusal, or another thing."""
    if answer.status not in (200, 201):
        raise refusal(answer, asked)
    content = content_of(answer)
    metadata = content.get("metadata")
    named = (metadata.get("namespace"), metadata.get("name")) if isinstance(metadata, dict) else None
    if content.get("kind") != "Secret" or named != (asked.namespace, asked.name):
        raise _not_kubernetes(answer, asked)
    return content


def refusal(answer: Answer, asked: Asked) -> ClusterProblem:
    """Say why the server did not do what was asked."""
    status = status_of(answer)
    if not status.is_one and answer.status not in WITHOUT_STATUS:
        return _not_kubernetes(answer, asked)
    explain = _EXPLANATIONS.get(answer.status, _other)
    return explain(answer, status, asked)


def fixed(asked: Asked, what: str) -> ClusterProblem:
    """Say that the secret is there and cannot be changed, since WHAT."""
    command = f"kubectl --context {asked.context} delete secret {asked.name} --namespace {asked.namespace}"
    if asked.context != shlex.quote(asked.context) or not asked.context.isprintable():
        command = f"kubectl delete secret {asked.name} --namespace {asked.namespace}"
    return ClusterProblem(
        f"{asked} {what}, so it cannot be changed", f"give --name for another name, or delete it first: {command}"
    )


def others(asked: Asked, what: tuple[str, ...]) -> ClusterProblem:
    """Say that the secret is somebody else's, because of WHAT."""
    return ClusterProblem(
        f"{asked} is somebody else's: {'; '.join(what)}",
        "give --name for another name, or --take-over to replace what is there",
    )


def _not_kubernetes(answer: Answer, asked: Asked) -> ClusterProblem:
    kind = visible(answer.headers.get("Content-Type") or "no content type")
    what = "a redirect, which is not followed" if 300 <= answer.status < 400 else kind
    return ClusterProblem(
        f"{asked.server} does not answer as a Kubernetes API does: status {answer.status}, {what}", CHECK_SERVER
    )


def _unauthorized(_: Answer, __: Status, asked: Asked) -> ClusterProblem:
    return ClusterProblem(
        f"{asked.server} does not accept the credentials of the context {quote(asked.context)}",
        "log in again, or choose another --context; kubectl auth whoami shows who you are",
    )


def _forbidden(answer: Answer, status: Status, asked: Asked) -> ClusterProblem:
    terminating = "because it is being terminated" in status.message
    if terminating or any(cause.get("reason") == "NamespaceTerminating" for cause in status.causes):
        return ClusterProblem(
            f"the namespace {quote(asked.namespace)} is being deleted",
            "ask the customer whether the Deployment is gone; nothing new can be put there",
        )
    return ClusterProblem(
        f"{asked.server} forbids it: {_said(answer, status, asked)}",
        f"the user of the context needs get, create and patch of secrets in {quote(asked.namespace)}",
    )


def _not_found(answer: Answer, status: Status, asked: Asked) -> ClusterProblem:
    if status.kind == "namespaces":
        return ClusterProblem(
            f"there is no namespace {quote(asked.namespace)} in the context {quote(asked.context)}",
            "compare the namespace with the ticket's, and the context with the Deployment's cluster",
        )
    return ClusterProblem(f"{asked.server} does not know it: {_said(answer, status, asked)}", CHECK_SERVER)


def _conflict(answer: Answer, status: Status, asked: Asked) -> ClusterProblem:
    conflicts = conflicts_in(answer)
    if conflicts:
        return others(asked, conflicts)
    return ClusterProblem(
        f"{asked} was changed by somebody else at the same moment: {_said(answer, status, asked)}", "run it again"
    )


def _invalid(answer: Answer, status: Status, asked: Asked) -> ClusterProblem:
    if any(cause.get("field") == "type" and "immutable" in str(cause.get("message")) for cause in status.causes):
        return fixed(asked, "has another type")
    if "is immutable when `immutable` is set" in status.message:
        return fixed(asked, "is immutable")
    return ClusterProblem(
        f"{asked.server} refuses {asked}: {_said(answer, status, asked)}",
        "the cluster's own rules are stricter, or the handoff is wrong: ask for a new one",
    )


def _busy(answer: Answer, _: Status, asked: Asked) -> ClusterProblem:
    seconds = asked_delay(answer)
    how_long = f"{seconds:.0f} seconds" if seconds and seconds < 1e6 else "a while"
    return ClusterProblem(
        f"{asked.server} has too much to do and asks to wait {how_long}", "run it again later, with fewer --jobs"
    )


def _failed(answer: Answer, status: Status, asked: Asked) -> ClusterProblem:
    return ClusterProblem(
        f"{asked.server} failed at {asked}: {_said(answer, status, asked)}",
        "the API server's log says more; run it again when that is mended",
    )


def _not_ready(answer: Answer, status: Status, asked: Asked) -> ClusterProblem:
    return ClusterProblem(
        f"{asked.server}, or what stands before it, is not ready: {_said(answer, status, asked)}",
        "run it again later; what is applied already stays as it is",
    )


def _other(answer: Answer, status: Status, asked: Asked) -> ClusterProblem:
    return ClusterProblem(f"{asked.server} refuses {asked}: {_said(answer, status, asked)}", CHECK_SERVER)


_EXPLANATIONS = {
    400: _invalid,
    401: _unauthorized,
    403: _forbidden,
    404: _not_found,
    409: _conflict,
    413: _invalid,
    422: _invalid,
    429: _busy,
    500: _failed,
    502: _not_ready,
    503: _not_ready,
    504: _not_ready,
}


def _said(answer: Answer, status: Status, asked: Asked) -> str:
    """Give the status with the server's message, where that may be shown."""
    message = status.message[:LONGEST_MESSAGE]
    if not message:
        return f"status {answer.status}"
    if repeats(message, asked.manifest):
        return f"status {answer.status} (its message repeats what was sent, and is not shown)"
    return f"status {answer.status}, {visible(message)}"
