"""Server-side apply of a pull secret: first a dry run that tells what would happen, then the writing."""

import json
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, Self
from urllib.parse import quote as quote_path

from astrokpo_cli.cluster.answers import Answer, conflicts_in
from astrokpo_cli.cluster.exchange import Exchange
from astrokpo_cli.cluster.refusals import Asked, fixed, others, secret_in
from astrokpo_cli.pullsecret import MANAGED_BY

MANAGER = "?fieldManager=astrokpo"
DRY_RUN = "&dryRun=All"
FORCE = "&force=true"

GET_HEADERS = {"Accept": "application/json"}
APPLY_HEADERS = {**GET_HEADERS, "Content-Type": "application/apply-patch+yaml"}

Outcome = Literal["created", "changed", "unchanged"]


class Preview(NamedTuple):
    """What an apply would do."""

    outcome: Outcome
    takes_over: tuple[str, ...] = ()
    """What of others it would take, in words; empty when nothing."""
    version: str | None = None
    """The resourceVersion of what is there."""


class ApplyResult(NamedTuple):
    """What an apply has done."""

    outcome: Outcome


class Cluster:
    """One Kubernetes cluster, for any number of threads; a context manager that closes its connections."""

    def __init__(self, exchange: Exchange, context: str, server: str) -> None:
        self.context = context
        """The kubeconfig's context by its name."""
        self.server = server
        """The API server's URL, without a password."""
        self._exchange = exchange

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; what waits for a next try gives up."""
        self._exchange.close()

    def preview(self, manifest: Mapping[str, Any], *, take_over: bool) -> Preview:
        """Tell what an apply of MANIFEST would do, by a dry run on the server; writes nothing.

        Where the secret is not ours that is no error but said in takes_over. Raises ClusterProblem.
        """
        asked, body = self._asked(manifest), _body(manifest)
        answer = self._patch(asked, body, DRY_RUN)
        conflicts = conflicts_in(answer)
        if conflicts and take_over:
            answer = self._patch(asked, body, DRY_RUN + FORCE)
        if answer.status == 201:
            return Preview("created")
        future = None if conflicts and not take_over else secret_in(answer, asked)
        present = self._present(asked)
        if present is None:
            return Preview("created")
        if future is None:
            _check_changeable(present, asked)
        outcome: Outcome = "unchanged" if future and _essence(future) == _essence(present) else "changed"
        return Preview(outcome, _foreign(present) + conflicts, _version(present))

    def apply(self, manifest: Mapping[str, Any], *, take_over: bool, preview: Preview) -> ApplyResult:
        """Apply MANIFEST, of which PREVIEW was told; writes nothing where all is as it should be.

        Takes from others what PREVIEW names, and only with TAKE_OVER. Raises ClusterProblem.
        """
        asked = self._asked(manifest)
        if preview.takes_over and not take_over:
            raise others(asked, preview.takes_over)
        answer = self._patch(asked, _body(manifest), FORCE if preview.takes_over else "")
        version = _version(secret_in(answer, asked))
        if answer.status == 201:
            return ApplyResult("created")
        if answer.tries > 1 and preview.version is None:
            # An earlier try wrote it, and its answer was lost.
            return ApplyResult("created")
        return ApplyResult("unchanged" if version == preview.version else "changed")

    def _asked(self, manifest: Mapping[str, Any]) -> Asked:
        return Asked(manifest, self.context, self.server)

    def _patch(self, asked: Asked, body: bytes, flags: str) -> Answer:
        return self._exchange.send("PATCH", _path(asked) + MANAGER + flags, APPLY_HEADERS, body)

    def _present(self, asked: Asked) -> Mapping[str, Any] | None:
        """Give the secret that is there, None if there is none."""
        answer = self._exchange.send("GET", _path(asked), GET_HEADERS)
        return None if answer.status == 404 else secret_in(answer, asked)


def _body(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps(manifest).encode("ascii")


def _path(asked: Asked) -> str:
    return f"/api/v1/namespaces/{quote_path(asked.namespace, '')}/secrets/{quote_path(asked.name, '')}"


def _check_changeable(present: Mapping[str, Any], asked: Asked) -> None:
    """Raise ClusterProblem for what the server would refuse once the conflict is out of the way."""
    if present.get("type") != asked.manifest.get("type"):
        raise fixed(asked, "has another type")
    if present.get("immutable"):
        raise fixed(asked, "is immutable")


def _foreign(present: Mapping[str, Any]) -> tuple[str, ...]:
    labels = present["metadata"].get("labels")
    return () if isinstance(labels, dict) and MANAGED_BY.items() <= labels.items() else ("not labelled as astrokpo's",)


def _version(secret: Mapping[str, Any]) -> str:
    return str(secret["metadata"].get("resourceVersion"))


def _essence(secret: Mapping[str, Any]) -> dict[str, Any]:
    """Give SECRET without what every write sets: the server compares so too, to find that nothing is to be written."""
    metadata = {key: value for key, value in secret["metadata"].items() if key != "resourceVersion"}
    entries = metadata.get("managedFields")
    if isinstance(entries, list):
        metadata["managedFields"] = [{**entry, "time": None} for entry in entries if isinstance(entry, dict)]
    return {**secret, "metadata": metadata}
