"""`astrokpo secret inspect`: the outside of a handoff to everybody, the inside to who has an identity."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from astrokpo_cli.commands.opening import Received, in_file, receive, unseal
from astrokpo_cli.commands.options import HandoffFiles, IdentityFiles, Json, check_stdin, find_identities, output_of
from astrokpo_cli.errors import AstrokpoError, UsageProblem
from astrokpo_cli.gate import Verdict, examine
from astrokpo_cli.output import Output
from astrokpo_cli.pullsecret import PullSecret
from astrokpo_cli.timespan import for_people, rfc3339, time_left

if TYPE_CHECKING:
    from astrokpo_cli.keys.identities import Identity

FOUND_SOMETHING = 3


class Inspected(NamedTuple):
    """What is known of one file."""

    received: Received
    verdict: Verdict | None
    """None: nobody has opened it."""


def run(
    ctx: typer.Context,
    file: HandoffFiles,
    identity: IdentityFiles = None,
    plaintext: Annotated[
        bool, typer.Option("--plaintext", help="Print the manifest itself, as YAML, passwords included.")
    ] = False,
    json: Json = False,
) -> int:
    """Say what a handoff is.

    Without an identity: whether it is whole, its fingerprint, and for what kinds of keys it is sealed. With one: what
    is in it, and every reason why it must not be applied; then the exit code is 3. Passwords are not shown.

    \b
    Example:
      astrokpo secret inspect geocentric-supernova-1234.ghcr-io-pull.age
    """
    out = output_of(ctx, json=json)
    if plaintext and json:
        raise UsageProblem("--plaintext and --json both want standard output", "give one of them")
    check_stdin(*file, *(identity or ()))
    identities = find_identities(out, identity or (), required=plaintext)
    if plaintext:
        return _print_plaintext(out, file, identities)
    now = datetime.now(UTC)
    inspected, failures = _inspect_all(file, identities, now)
    if json:
        out.document(_document(inspected, failures))
    for each in inspected if not json else ():
        out.fields(_fields(each, now))
    for failure in failures:
        out.error(failure, document=False)
    if failures:
        return AstrokpoError.exit_code
    return FOUND_SOMETHING if any(each.verdict and each.verdict.objections for each in inspected) else 0


def _inspect_all(
    names: Sequence[str], identities: "Sequence[Identity]", now: datetime
) -> tuple[list[Inspected], list[AstrokpoError]]:
    inspected: list[Inspected] = []
    failures: list[AstrokpoError] = []
    for name in names:
        try:
            inspected.append(Inspected(receive(name), None))
            if identities:
                received = inspected[-1].received
                inspected[-1] = Inspected(received, examine(unseal(received, identities), now))
        except AstrokpoError as err:
            failures.append(in_file(err, name))
    return inspected, failures


def _print_plaintext(out: Output, names: Sequence[str], identities: "Sequence[Identity]") -> int:
    import json

    import yaml

    manifests = []
    for name in names:
        try:
            manifests.append(json.loads(unseal(receive(name), identities)))
        except AstrokpoError as err:
            raise in_file(err, name) from None
        except (ValueError, RecursionError):
            raise in_file(AstrokpoError("what is sealed in it is not one JSON document"), name) from None
    try:
        shown = yaml.safe_dump_all(manifests, sort_keys=False, width=2**30)
    except RecursionError:
        raise AstrokpoError("what is sealed in it is nested too deeply to be shown") from None
    out.warn("this is what is sealed in the handoff: whoever reads it has the passwords")
    out.product(shown)
    return 0


def _fields(each: Inspected, now: datetime) -> list[tuple[str, str]]:
    received = each.received
    rows = [
        ("file", received.file),
        ("fingerprint", received.fingerprint),
        ("size", f"{received.size} bytes, {'armored' if received.envelope.armored else 'binary'}"),
        ("sealed for", ", ".join(received.envelope.recipients) or "nobody"),
    ]
    if each.verdict is None:
        return [*rows, ("inside", "not opened")]
    inside = _inside(each.verdict.secret, now) if each.verdict.secret else []
    return [*rows, *inside, *(("objection", objection) for objection in each.verdict.objections)]


def _inside(secret: PullSecret, now: datetime) -> list[tuple[str, str]]:
    expiry = secret.credentials_expire_at
    return [
        ("namespace", secret.namespace),
        ("secret", secret.name),
        *(("registry", f"{credential.host}, user {credential.username}") for credential in secret.credentials),
        *(("image", image) for image in secret.images),
        *((("deployment", secret.deployment),) if secret.deployment else ()),
        ("created", for_people(secret.created_at)),
        ("not after", _with_time_left(secret.not_after, now) if secret.not_after else "never"),
        *((("credential dies", _with_time_left(expiry, now)),) if expiry else ()),
    ]


def _with_time_left(instant: datetime, now: datetime) -> str:
    return f"{for_people(instant)} ({time_left(instant, now)})"


def _document(inspected: Sequence[Inspected], failures: Sequence[AstrokpoError]) -> dict[str, Any]:
    document: dict[str, Any] = {"handoffs": [_handoff_document(each) for each in inspected]}
    if failures:
        messages = "; ".join(failure.message for failure in failures)
        document["error"] = {"message": messages, "hint": failures[0].hint, "code": AstrokpoError.exit_code}
    return document


def _handoff_document(each: Inspected) -> dict[str, Any]:
    received, verdict = each.received, each.verdict
    return {
        "file": received.file,
        "fingerprint": received.fingerprint,
        "size": received.size,
        "armored": received.envelope.armored,
        "recipients": list(received.envelope.recipients),
        "opened": verdict is not None,
        "secret": _secret_document(verdict.secret) if verdict and verdict.secret else None,
        "objections": list(verdict.objections) if verdict else [],
    }


def _secret_document(secret: PullSecret) -> dict[str, Any]:
    return {
        "namespace": secret.namespace,
        "name": secret.name,
        "registries": [
            {"registry": credential.host, "username": credential.username} for credential in secret.credentials
        ],
        "images": list(secret.images),
        "deployment": secret.deployment,
        "created_at": rfc3339(secret.created_at),
        "not_after": rfc3339(secret.not_after) if secret.not_after else None,
        "credentials_expire_at": rfc3339(secret.credentials_expire_at) if secret.credentials_expire_at else None,
    }
