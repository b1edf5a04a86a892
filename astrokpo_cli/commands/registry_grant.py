"""`astrokpo registry grant`: pull without a secret."""

from typing import Annotated

import typer

from astrokpo_cli.commands.options import Json, output_of
from astrokpo_cli.errors import UsageProblem
from astrokpo_cli.grants import (
    ArtifactRepository,
    Command,
    EcrRepository,
    Grant,
    artifact_grant,
    check_cluster,
    check_service_account,
    cluster_principal,
    ecr_grant,
    find_repository,
    parse_principal,
)
from astrokpo_cli.images import parse_image
from astrokpo_cli.output import Output

ECR = "Amazon ECR"
ARTIFACT_REGISTRY = "Google Artifact Registry"


def run(
    ctx: typer.Context,
    image: Annotated[str, typer.Argument(metavar="IMAGE", help="The image that a cluster is to pull.")],
    account_id: Annotated[
        str | None,
        typer.Option(
            "--account-id", metavar="ID", rich_help_panel=ECR, help="Astro's AWS account, 12 digits; support knows it."
        ),
    ] = None,
    cluster_id: Annotated[
        str | None,
        typer.Option(
            "--cluster-id",
            metavar="ID",
            rich_help_panel=ECR,
            help="Trust the nodes of this Astro cluster alone [default: all of the account].",
            show_default=False,
        ),
    ] = None,
    principal: Annotated[
        str | None,
        typer.Option(
            "--principal",
            metavar="ARN",
            rich_help_panel=ECR,
            help="Trust this role, user or account instead: an ARN of IAM, or 12 digits.",
        ),
    ] = None,
    service_account: Annotated[
        str | None,
        typer.Option(
            "--service-account",
            metavar="EMAIL",
            rich_help_panel=ARTIFACT_REGISTRY,
            help="The cluster's service account; support knows it.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Let a dedicated cluster pull an image without a secret.

    Prints on standard output the policy for the image's repository in Amazon ECR, or the IAM binding for the one in
    Google Artifact Registry; on standard error the command that adds it, and for which clusters it counts. Nothing is
    changed and no cloud is asked.

    \b
    Example:
      astrokpo registry grant 123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/etl --account-id 210987654321
    """
    out = output_of(ctx, json=json)
    reference = parse_image(image)
    repository = find_repository(reference)
    if isinstance(repository, EcrRepository):
        _refuse(ECR, {"--service-account": service_account})
        arn = _ecr_principal(out, repository, account_id, cluster_id, principal)
        grant = ecr_grant(reference, repository, arn)
    else:
        flags = {"--account-id": account_id, "--cluster-id": cluster_id, "--principal": principal}
        _refuse(ARTIFACT_REGISTRY, flags)
        if service_account is None:
            service_account = out.ask("the email of the cluster's service account", "--service-account")
        grant = artifact_grant(reference, repository, check_service_account(service_account))
    if json:
        out.document({"grant": _document(str(reference), repository, grant)})
    else:
        _tell(out, grant)


def _refuse(registry: str, flags: dict[str, str | None]) -> None:
    """Raise UsageProblem where one of FLAGS, which are another registry's, is given."""
    for flag, value in flags.items():
        if value is not None:
            other = ARTIFACT_REGISTRY if registry == ECR else ECR
            raise UsageProblem(f"{flag} is for {other}, and the image is in {registry}", _SEE)


def _ecr_principal(
    out: Output, repository: EcrRepository, account: str | None, cluster: str | None, principal: str | None
) -> str:
    if principal is not None:
        for flag, value in {"--account-id": account, "--cluster-id": cluster}.items():
            if value is not None:
                raise UsageProblem(f"--principal and {flag} both say whom to trust", "give one of them")
        return parse_principal(repository, principal)
    if cluster is not None:
        check_cluster(cluster)
    if account is None:
        account = out.ask("the id of Astro's AWS account", "--account-id")
    return cluster_principal(repository, account, cluster)


def _document(image: str, repository: EcrRepository | ArtifactRepository, grant: Grant) -> dict[str, object]:
    return {
        "image": image,
        "cloud": grant.cloud,
        "repository": repository._asdict(),
        "principal": grant.principal,
        "policy": grant.policy,
        "command": _command(grant.command),
        "look_first": _command(grant.look_first) if grant.look_first else None,
        "applies": grant.applies,
        "needs_secret": grant.needs_secret,
    }


def _command(command: Command) -> dict[str, object]:
    return {"argv": list(command.argv), "line": command.line}


def _tell(out: Output, grant: Grant) -> None:
    from json import dumps

    out.product(dumps(grant.policy, indent=2) + "\n")
    out.note(f"\nit is for {grant.applies}")
    out.note(f"a secret is needed all the same for {grant.needs_secret}")
    if grant.principal.endswith(":root"):
        out.note(f"it trusts all of the account {grant.principal.split(':')[4]}; --cluster-id trusts one cluster alone")
    if grant.look_first:
        out.note(f"\nlook first whether the repository has a policy:\n\n{grant.look_first.line}\n")
        out.warn("the next command replaces that policy; where there is one, add the statement above to it instead")
    out.note(f"\nadd it{'' if grant.look_first else ' to what the repository already grants'}:\n\n{grant.command.line}")


_SEE = "see astrokpo registry grant --help"
