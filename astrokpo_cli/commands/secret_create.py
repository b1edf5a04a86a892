"""`astrokpo secret create`: docker config -> pull secret -> sealed handoff, one for each namespace."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from astrokpo_cli import files, handoff, pullsecret
from astrokpo_cli.commands.delivery import Delivery, report
from astrokpo_cli.commands.options import (
    DockerConfigPath,
    Json,
    check_stdin,
    complete_file,
    complete_registry,
    output_of,
    places_of,
)
from astrokpo_cli.commands.selection import (
    Selection,
    Terms,
    parse_hosts,
    parse_images,
    require_pulls,
    warn_of_short_life,
)
from astrokpo_cli.commands.settings import (
    airflow_of,
    find_settings,
    namespaces_of,
    pull_secret_name,
    recipients_of,
    stand_in,
)
from astrokpo_cli.errors import AstrokpoError, UsageProblem
from astrokpo_cli.keys.recipients import RECIPIENT_VARIABLE, load_recipients
from astrokpo_cli.project.config import VARIABLES

WHAT = "What to hand over"
WHERE = "Where it is for"
SEALING = "Sealing"
RESULT = "Result"


def run(
    ctx: typer.Context,
    namespace: Annotated[
        list[str] | None,
        typer.Option(
            "--namespace",
            "-n",
            metavar="NS",
            rich_help_panel=WHERE,
            help=f"The Deployment's namespace; repeat for several [env: {VARIABLES['namespace']}].",
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Option(
            "--name",
            metavar="NAME",
            rich_help_panel=WHERE,
            help=f"The secret's name [default: HOST-pull; env: {VARIABLES['secret']}].",
            show_default=False,
        ),
    ] = None,
    deployment: Annotated[
        str | None,
        typer.Option(
            "--deployment",
            metavar="LABEL",
            rich_help_panel=WHERE,
            help=f"The Deployment's name, for people [env: {VARIABLES['deployment']}].",
        ),
    ] = None,
    registry: Annotated[
        list[str] | None,
        typer.Option(
            "--registry",
            metavar="HOST",
            rich_help_panel=WHAT,
            help="A registry to hand the credential over for; repeatable.",
            autocompletion=complete_registry,
        ),
    ] = None,
    image: Annotated[
        list[str] | None,
        typer.Option(
            "--image",
            metavar="REF",
            rich_help_panel=WHAT,
            help="An image that the secret must pull; its registry is handed over. Repeatable.",
        ),
    ] = None,
    all_registries: Annotated[
        bool,
        typer.Option("--all-registries", rich_help_panel=WHAT, help="Hand over every registry of the docker config."),
    ] = False,
    docker_config: DockerConfigPath = None,
    username: Annotated[
        str | None,
        typer.Option(
            "--username",
            metavar="USER",
            rich_help_panel=WHAT,
            help="Use this user for the one --registry; no docker config.",
        ),
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", rich_help_panel=WHAT, help="Read the password of --username from stdin.")
    ] = False,
    allow_short_lived: Annotated[
        bool,
        typer.Option(
            "--allow-short-lived", rich_help_panel=WHAT, help="Hand over a credential that will die by itself."
        ),
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify", rich_help_panel=WHAT, help="Ask the registry first whether it lets each --image be pulled."
        ),
    ] = False,
    recipient: Annotated[
        list[str] | None,
        typer.Option(
            "--recipient",
            "-r",
            metavar="KEY",
            rich_help_panel=SEALING,
            help=f"Seal for this age or ssh public key; repeatable [env: {RECIPIENT_VARIABLE}].",
        ),
    ] = None,
    recipients_file: Annotated[
        list[str] | None,
        typer.Option(
            "--recipients-file",
            "-R",
            metavar="FILE",
            rich_help_panel=SEALING,
            help="Seal for the keys in this file, one a line; repeatable.",
            autocompletion=complete_file,
        ),
    ] = None,
    not_after: Annotated[
        str,
        typer.Option(
            "--not-after",
            metavar="WHEN",
            rich_help_panel=SEALING,
            help="Support refuses the handoff after this: 12h, 7d, 2026-12-31, or never.",
        ),
    ] = "7d",
    plaintext: Annotated[
        bool,
        typer.Option("--plaintext", rich_help_panel=SEALING, help="Do not seal: give the manifest itself, as YAML."),
    ] = False,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="PATH",
            rich_help_panel=RESULT,
            help="A file, a folder for several, or - for stdout [default: NAMESPACE.NAME.age].",
            show_default=False,
            autocompletion=complete_file,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", rich_help_panel=RESULT, help="Replace files that exist.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", rich_help_panel=RESULT, help="Do not ask whether to go on.")
    ] = False,
    json: Json = False,
) -> int:
    """Seal registry credentials for support, as a pull secret.

    Reads them where docker has them (config.json, credential helpers, podman's auth.json), makes the manifest of a
    Kubernetes pull secret for a Deployment's namespace and encrypts it with age for support. Nothing but the
    registries that you name is read from a helper or leaves this machine. What is the same each time, such as the
    namespace and the recipient, may stand in astrokpo.toml.

    \b
    Example:
      astrokpo secret create --image ghcr.io/acme/etl:1.4 -n geocentric-supernova-1234
    """
    out = output_of(ctx, json=json)
    now = datetime.now(UTC)
    hosts, images = parse_hosts(registry or ()), parse_images(image or ())
    selection = Selection(hosts, images, all_registries, places_of(docker_config), username, password_stdin)
    selection.check(named_config=docker_config is not None)
    if verify and not images:
        raise UsageProblem("--verify goes with --image", "name the images that the secret must pull")
    check_stdin("-" if password_stdin else "", *(recipients_file or ()))
    settings = find_settings()
    namespaces = namespaces_of(out, settings, namespace or ())
    delivery = Delivery(output, force, plaintext)
    delivery.check(json=json, namespaces=len(namespaces), sealing=bool(recipient or recipients_file))
    if deployment is None:
        deployment = stand_in(out, settings, "deployment", settings.deployment)
    terms = Terms.parse(name, deployment, not_after, now)
    recipients = () if plaintext else recipients_of(out, settings, recipient or (), recipients_file or ())

    selection = selection.completed(out, yes=yes)
    namespaces = namespaces or (pullsecret.check_namespace(out.ask("the Deployment's namespace", "--namespace")),)
    if not (recipients or plaintext):
        recipients = load_recipients([out.ask("support's recipient (age1...)", "--recipient")], (), {}, files.read)

    name = terms.name or pull_secret_name(out, settings, selection.hosts, [image.name for image in selection.images])
    name = name or pullsecret.default_name(selection.registries)
    targets = delivery.targets([handoff.default_file(each, name) for each in namespaces])

    credentials = selection.credentials(out)
    for credential in credentials:
        warn_of_short_life(out, credential, now, allowed=allow_short_lived)
    secrets = terms.pull_secrets(name, credentials, selection.images, namespaces)
    pullsecret.check_size(secrets[0])
    require_pulls(secrets[0], selection.images)
    if verify:
        from astrokpo_cli.commands.proving import require_proof

        require_proof(out, secrets[0], selection.images)
    written, problems = delivery.write(out, secrets, targets, recipients)
    report(out, delivery, written, secrets, recipients, problems, airflow_of(out, settings))
    return AstrokpoError.exit_code if problems else 0
