"""From orders to what became of them: the plan from a server dry run, the question, the writing."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from astrokpo_cli.commands.parallel import in_parallel
from astrokpo_cli.commands.tickets import Order
from astrokpo_cli.errors import AstrokpoError, UsageProblem, quote
from astrokpo_cli.output import Output
from astrokpo_cli.pullsecret import to_manifest

if TYPE_CHECKING:
    from astrokpo_cli.cluster import Cluster, Preview


class Job(NamedTuple):
    """How this run applies."""

    cluster: "Cluster"
    jobs: int
    take_over: bool


class Step(NamedTuple):
    """One order, and how far it has come."""

    order: Order
    preview: "Preview | None" = None
    done: bool = False
    """Whether the cluster holds it now."""
    error: AstrokpoError | None = None

    @property
    def outcome(self) -> str:
        """What the plan says, or what became of it: created, changed, unchanged or failed."""
        return self.preview.outcome if self.preview and not self.error else "failed"


def plan_all(out: Output, job: Job, orders: Sequence[Order]) -> list[Step]:
    """Ask the server what each order would do; writes nothing."""

    def plan(order: Order) -> Step:
        try:
            preview = job.cluster.preview(to_manifest(order.secret), take_over=job.take_over)
        except AstrokpoError as err:
            return Step(order, error=err)
        if preview.takes_over and not job.take_over:
            return Step(order, preview, error=_not_ours(order, preview))
        return Step(order, preview)

    planned = in_parallel(plan, orders, job.jobs, job.cluster.close)
    return list(out.progress(planned, "asking the server", total=len(orders)))


def confirm(out: Output, planned: Sequence[Step], *, yes: bool, accept_unverified: bool) -> None:
    """Ask before anything is written; raises UsageProblem where nobody can be asked, or the answer is no."""
    writing = [step for step in planned if _is_to_write(step)]
    unverified = [step for step in writing if not step.order.verified]
    if unverified and not accept_unverified:
        count = "the sender is" if len(unverified) == 1 else f"the senders of {len(unverified)} files are"
        out.warn(f"{count} unverified: no fingerprint from the ticket ties the file to it")
        if not out.confirm("apply all the same", "--fingerprint or --accept-unverified"):
            raise UsageProblem("not applied", "give the ticket's --fingerprint")
    if writing and not yes and not out.confirm(f"apply {len(writing)} to {_target(writing)}", "--yes"):
        raise UsageProblem("not applied")


def _target(planned: Sequence[Step]) -> str:
    """Name where PLANNED goes, for a question."""
    namespaces = {step.order.secret.namespace for step in planned}
    return f"the namespace {next(iter(namespaces))}" if len(namespaces) == 1 else f"{len(namespaces)} namespaces"


def apply_all(out: Output, job: Job, planned: Sequence[Step]) -> list[Step]:
    """Write what the plan says is to be created or changed; goes on past a failure."""

    def apply(step: Step) -> Step:
        if not _is_to_write(step):
            return step._replace(done=step.error is None)
        assert step.preview is not None
        try:
            result = job.cluster.apply(to_manifest(step.order.secret), take_over=job.take_over, preview=step.preview)
        except AstrokpoError as err:
            return step._replace(error=err)
        return step._replace(done=True, preview=step.preview._replace(outcome=result.outcome))

    applied: list[Step] = []
    writing = in_parallel(apply, planned, job.jobs, job.cluster.close)
    try:
        applied.extend(out.progress(writing, "applying", total=len(planned)))
    except KeyboardInterrupt:
        known = sum(step.done for step in applied)
        out.note(f"{known} of {len(planned)} are there for certain; the same command finishes the rest")
        raise
    return applied


def _is_to_write(step: Step) -> bool:
    return step.error is None and step.outcome != "unchanged"


def _not_ours(order: Order, preview: "Preview") -> AstrokpoError:
    what = ", ".join(preview.takes_over)
    return AstrokpoError(
        f"the secret {quote(order.secret.name)} in {quote(order.secret.namespace)} is somebody else's: {what}",
        "give --name for another name, or --take-over to replace it",
    )
