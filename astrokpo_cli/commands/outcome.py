"""What support sees of an apply: the plan before, the results after, and the replies for the tickets."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from astrokpo_cli.commands.applying import Step
from astrokpo_cli.dags.snippet import Form, Snippet, render
from astrokpo_cli.errors import AstrokpoError
from astrokpo_cli.output import Output
from astrokpo_cli.pullsecret import PullSecret
from astrokpo_cli.timespan import for_people, rfc3339

if TYPE_CHECKING:
    from astrokpo_cli.cluster import Cluster


def show_plan(out: Output, cluster: "Cluster", planned: Sequence[Step]) -> None:
    """Show where it goes and what each file would do, on standard error: the conversation before the product."""
    out.fields([("context", cluster.context), ("server", cluster.server)], to_stderr=True)
    for step in planned:
        out.note(f"  {_line(step)}")


def report(out: Output, cluster: "Cluster", steps: Sequence[Step], *, dry_run: bool, reply: bool) -> int:
    """Show the result of each file, a summary and the replies; gives the exit code."""
    failed = [step for step in steps if step.error]
    if out.json:
        out.document(_document(cluster, steps, dry_run=dry_run, reply=reply))
    for step in failed:
        assert step.error is not None
        named = AstrokpoError(f"{_where(step)}: {step.error.message}", step.error.hint)
        out.error(named, document=False)
    if not out.json:
        _tell(out, steps, dry_run=dry_run, reply=reply)
    return AstrokpoError.exit_code if failed else 0


def _tell(out: Output, steps: Sequence[Step], *, dry_run: bool, reply: bool) -> None:
    for step in steps:
        if not step.error:
            out.line(f"{'would be ' if dry_run and step.outcome != 'unchanged' else ''}{step.outcome}  {_where(step)}")
    if len(steps) > 1:
        counts = Counter(step.outcome for step in steps)
        would = "would be: " if dry_run else ""
        out.note(would + ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items())))
    for step in steps if reply else ():
        if step.done:
            out.line(f"\n{reply_text(step.order.secret)}")


def reply_text(secret: PullSecret) -> str:
    """Give the reply for the ticket, ready to paste, without a line end."""
    image = secret.images[0] if secret.images else None
    expiry = secret.credentials_expire_at
    lines = [
        "The pull secret is there:",
        f"  secret      {secret.name}",
        f"  namespace   {secret.namespace}",
        f"  registries  {', '.join(secret.registries)}",
        *((f"  works until {for_people(expiry)}",) if expiry else ()),
        "In the DAG:",
        "",
        render(Snippet(Form.TASK, secrets=(secret.name,), image=image)),
    ]
    return "\n".join(lines).rstrip("\n")


def _where(step: Step) -> str:
    return f"{step.order.secret.namespace}/{step.order.secret.name}"


def _line(step: Step) -> str:
    takes_over = (
        f", takes over: {', '.join(step.preview.takes_over)}" if step.preview and step.preview.takes_over else ""
    )
    registries = ", ".join(step.order.secret.registries)
    unverified = "" if step.order.verified else ", unverified"
    reason = f": {step.error.message}" if step.error else ""
    return f"{step.outcome:9}  {_where(step)}  {registries}{unverified}{takes_over}{reason}"


def _document(cluster: "Cluster", steps: Sequence[Step], *, dry_run: bool, reply: bool) -> dict[str, Any]:
    counts = Counter(step.outcome for step in steps)
    failed = {
        "message": f"{counts['failed']} of {len(steps)} failed",
        "hint": "each result has its own error; the same command finishes the rest",
        "code": AstrokpoError.exit_code,
    }
    return {
        **({"error": failed} if counts["failed"] else {}),
        "context": cluster.context,
        "server": cluster.server,
        "dry_run": dry_run,
        "results": [_result_document(step, reply=reply) for step in steps],
        "summary": {outcome: counts[outcome] for outcome in ("created", "changed", "unchanged", "failed")},
    }


def _result_document(step: Step, *, reply: bool) -> dict[str, Any]:
    secret, error = step.order.secret, step.error
    return {
        "file": step.order.file,
        "fingerprint": step.order.fingerprint,
        "verified": step.order.verified,
        "namespace": secret.namespace,
        "name": secret.name,
        "registries": list(secret.registries),
        "credentials_expire_at": rfc3339(secret.credentials_expire_at) if secret.credentials_expire_at else None,
        "outcome": step.outcome,
        "applied": step.done,
        "takes_over": list(step.preview.takes_over) if step.preview else [],
        "error": {"message": error.message, "hint": error.hint} if error else None,
        "reply": reply_text(secret) if reply and step.done else None,
    }
