"""`astrokpo secret apply`: open, gate, plan, confirm, apply, reply. The order is here; each step is a call."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from astrokpo_cli import files, pullsecret
from astrokpo_cli.commands.applying import Job, apply_all, confirm, plan_all
from astrokpo_cli.commands.opening import parse_fingerprint, parse_fingerprints
from astrokpo_cli.commands.options import (
    HandoffFiles,
    IdentityFiles,
    Json,
    check_stdin,
    complete_context,
    complete_file,
    find_identities,
    output_of,
)
from astrokpo_cli.commands.outcome import report, show_plan
from astrokpo_cli.commands.tickets import Ticket, open_all
from astrokpo_cli.environment import without_secrets
from astrokpo_cli.errors import UsageProblem

TICKET = "What the ticket says"
CLUSTER = "Where to"


class Reply(StrEnum):
    """What is printed for the ticket."""

    TEXT = "text"
    NONE = "none"


def run(
    ctx: typer.Context,
    file: HandoffFiles,
    identity: IdentityFiles = None,
    namespace: Annotated[
        str | None,
        typer.Option(
            "--namespace", "-n", metavar="NS", rich_help_panel=TICKET, help="The namespace; another is refused."
        ),
    ] = None,
    fingerprint: Annotated[
        str | None,
        typer.Option(
            "--fingerprint",
            metavar="HEX",
            rich_help_panel=TICKET,
            help="The file's fingerprint, its first 12 digits at least.",
        ),
    ] = None,
    fingerprints: Annotated[
        str | None,
        typer.Option(
            "--fingerprints",
            metavar="FILE",
            rich_help_panel=TICKET,
            help="The fingerprints of many files, as sha256sum prints them.",
            autocompletion=complete_file,
        ),
    ] = None,
    accept_unverified: Annotated[
        bool,
        typer.Option("--accept-unverified", rich_help_panel=TICKET, help="Go on without a fingerprint, unasked."),
    ] = False,
    context: Annotated[
        str | None,
        typer.Option(
            "--context",
            metavar="NAME",
            rich_help_panel=CLUSTER,
            help="The kubeconfig's context [default: its current one].",
            show_default=False,
            autocompletion=complete_context,
        ),
    ] = None,
    kubeconfig: Annotated[
        str | None,
        typer.Option(
            "--kubeconfig",
            metavar="FILE",
            rich_help_panel=CLUSTER,
            help="The kubeconfig [default: KUBECONFIG, ~/.kube/config; in a pod its service account].",
            show_default=False,
            autocompletion=complete_file,
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--name", metavar="NEW", rich_help_panel=CLUSTER, help="Give the secret this name instead of its own."
        ),
    ] = None,
    take_over: Annotated[
        bool,
        typer.Option("--take-over", rich_help_panel=CLUSTER, help="Replace a secret that astrokpo did not make."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", rich_help_panel=CLUSTER, help="Show the plan, from the server, and stop.")
    ] = False,
    jobs: Annotated[
        int,
        typer.Option("--jobs", min=1, max=64, metavar="N", rich_help_panel=CLUSTER, help="Requests at the same time."),
    ] = 16,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether to apply the plan.")] = False,
    reply: Annotated[Reply, typer.Option("--reply", help="What to print for the ticket.")] = Reply.TEXT,
    json: Json = False,
) -> int:
    """Apply handoffs to a cluster, safely.

    Every file is opened and checked before anything is written: one pull secret, nothing else, for the namespace and
    with the fingerprint that the ticket states. Then the plan is shown, from a dry run on the server, and after your
    yes it is applied. What the cluster has already is not written again, so a second run finishes an interrupted one.

    \b
    Example:
      astrokpo secret apply acme.age -n geocentric-supernova-1234 --dry-run
    """
    out = output_of(ctx, json=json)
    _check_usage(len(file), fingerprint, fingerprints, name)
    check_stdin(*file, *(identity or ()), fingerprints or "")
    ticket = Ticket(
        pullsecret.check_namespace(namespace) if namespace is not None else None,
        parse_fingerprint(fingerprint) if fingerprint is not None else None,
        parse_fingerprints(files.read(fingerprints), fingerprints) if fingerprints is not None else {},
        pullsecret.check_name(name) if name is not None else None,
    )
    identities = find_identities(out, identity or ())
    orders = open_all(out, file, identities, ticket, datetime.now(UTC))

    from astrokpo_cli.cluster import connect

    with without_secrets(), connect(kubeconfig, context, jobs) as cluster:
        job = Job(cluster, jobs, take_over)
        planned = plan_all(out, job, orders)
        show_plan(out, cluster, planned)
        if not dry_run:
            confirm(out, planned, yes=yes, accept_unverified=accept_unverified)
            planned = apply_all(out, job, planned)
    return report(out, cluster, planned, dry_run=dry_run, reply=reply is Reply.TEXT)


def _check_usage(count: int, fingerprint: str | None, fingerprints: str | None, name: str | None) -> None:
    if fingerprint is not None and fingerprints is not None:
        raise UsageProblem(
            "--fingerprint and --fingerprints go one without the other", "give --fingerprints for many files"
        )
    if fingerprint is not None and count > 1:
        raise UsageProblem("--fingerprint is of one file", "give --fingerprints FILE for many")
    if name is not None and count > 1:
        raise UsageProblem("--name goes with one file", "apply the files one by one")
