"""`astrokpo registry check`: which credential a kubelet would choose for an image, and proof that it pulls."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from astrokpo_cli.commands.checked import FOUND_SOMETHING, Checked, document, fields
from astrokpo_cli.commands.options import DockerConfigPath, IdentityFiles, Json, complete_file, output_of
from astrokpo_cli.commands.sources import Examine, Source
from astrokpo_cli.errors import AstrokpoError, HelperError, InvalidValue, UsageProblem, quote, without_user
from astrokpo_cli.images import parse_image, parse_registry
from astrokpo_cli.output import Output

if TYPE_CHECKING:
    from astrokpo_cli.registry.askers import Via

WHOSE = "Which credential"
HOW = "How it is asked"


def run(
    ctx: typer.Context,
    image: Annotated[list[str], typer.Argument(metavar="IMAGE...", help="Images, as a DAG names them.")],
    docker_config: DockerConfigPath = None,
    manifest: Annotated[
        str | None,
        typer.Option(
            "--manifest",
            metavar="FILE",
            rich_help_panel=WHOSE,
            help="Take the pull secret in this manifest, YAML or JSON; - is standard input.",
            autocompletion=complete_file,
        ),
    ] = None,
    handoff: Annotated[
        str | None,
        typer.Option(
            "--handoff",
            metavar="FILE",
            rich_help_panel=WHOSE,
            help="Take the pull secret in this handoff, opened with an identity.",
            autocompletion=complete_file,
        ),
    ] = None,
    identity: IdentityFiles = None,
    registry: Annotated[
        str | None,
        typer.Option("--registry", metavar="HOST", rich_help_panel=WHOSE, help="The registry that --username is of."),
    ] = None,
    username: Annotated[
        str | None,
        typer.Option(
            "--username", metavar="USER", rich_help_panel=WHOSE, help="Take this user; no docker config is read."
        ),
    ] = None,
    password_stdin: Annotated[
        bool,
        typer.Option("--password-stdin", rich_help_panel=WHOSE, help="Read the password of --username from stdin."),
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", rich_help_panel=HOW, help="Ask no registry; say what a kubelet would try.")
    ] = False,
    via: Annotated[
        Literal["auto", "engine", "registry"],
        typer.Option(
            "--via",
            rich_help_panel=HOW,
            help="Ask through the Docker Engine, or the registry itself; auto: the engine if one answers in a second.",
        ),
    ] = "auto",
    insecure_registry: Annotated[
        list[str] | None,
        typer.Option(
            "--insecure-registry",
            metavar="HOST",
            rich_help_panel=HOW,
            help="Ask this registry with any certificate, or without TLS; repeatable.",
        ),
    ] = None,
    platform: Annotated[
        str,
        typer.Option("--platform", metavar="OS/ARCH", rich_help_panel=HOW, help="The platform that it must run on."),
    ] = "linux/amd64",
    json: Json = False,
) -> int:
    """Say whether images can be pulled, with which credential, and why not.

    First what a kubelet would do with the credentials: which keys match, in its order, and which only look as if they
    did. Then, unless --offline, the registry is asked: with each match until one pulls, and as nobody. Nothing is
    downloaded but the image's manifest.

    \b
    Example:
      astrokpo registry check --offline ghcr.io/acme/etl:1.4
    """
    out = output_of(ctx, json=json)
    now = datetime.now(UTC)
    insecure = tuple(parse_registry(host) for host in insecure_registry or ())
    check_platform(platform)
    if offline and (insecure or via != "auto"):
        raise UsageProblem("--offline asks nobody", "leave --via and --insecure-registry out")
    source = Source(docker_config, manifest, handoff, tuple(identity or ()), registry, username, password_stdin)
    source.check()
    examine = source.load(out, now)
    checked = [_examined(text, examine) for text in image]
    if not offline:
        checked = _proved(out, checked, platform, via, insecure)
    if json:
        out.document(document(checked, platform))
    for number, each in enumerate(checked if not json else ()):
        if number:
            out.line("")
        out.fields(fields(each, platform))
    return max((each.exit_code for each in checked), key=_WORST.index)


_WORST = (0, FOUND_SOMETHING, AstrokpoError.exit_code)


def check_platform(text: str) -> str:
    """Give TEXT back when it is OS/ARCHITECTURE or OS/ARCHITECTURE/VARIANT; raises UsageProblem."""
    if not re.fullmatch(r"[a-z0-9]+/[a-z0-9]+(/[a-z0-9.]+)?", text):
        raise UsageProblem(f"--platform: {quote(text)} is no platform", "such as linux/amd64")
    return text


def _examined(text: str, examine: Examine) -> Checked:
    try:
        image = parse_image(text)
    except InvalidValue as err:
        return Checked(without_user(text) if "://" in text else text, error=err)
    try:
        return Checked(text, image, examine(image))
    except HelperError as err:  # says nothing about the other images
        return Checked(text, image, error=err)


def _proved(
    out: Output,
    checked: Sequence[Checked],
    platform: str,
    via: "Via",
    insecure: Sequence[str],
) -> list[Checked]:
    from astrokpo_cli.commands.proving import Question, prove_all

    asked = [_reachable(each) for each in checked]
    questions = [Question(each.image, each.diagnosis.matches) for each in asked if each.image and each.diagnosis]
    proofs = iter(prove_all(out, questions, platform, via, insecure))
    return [each._replace(proof=next(proofs)) if each.diagnosis else each for each in asked]


def _reachable(each: Checked) -> Checked:
    if each.image is None or each.image.registry or each.error:
        return each
    error = InvalidValue(f"{quote(each.text)} names no registry that can be reached", "such as ghcr.io/acme/etl:1.4")
    return each._replace(diagnosis=None, error=error)
