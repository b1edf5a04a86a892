"""`astrokpo registry check`: which credential a kubelet would choose for an image, and proof that it pulls."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import typer

from astrokpo_cli.commands.options import DockerConfigPath, IdentityFiles, Json, complete_file, output_of
from astrokpo_cli.commands.sources import Examine, Source
from astrokpo_cli.credentials import RegistryCredential
from astrokpo_cli.diagnosis import Diagnosis
from astrokpo_cli.errors import AstrokpoError, HelperError, InvalidValue, UsageProblem, quote
from astrokpo_cli.gourl import without_userinfo
from astrokpo_cli.images import ImageReference, parse_image, parse_registry
from astrokpo_cli.output import Output

if TYPE_CHECKING:
    from astrokpo_cli.registry.proof import Proof

FOUND_SOMETHING = 3
MAX_PLATFORMS = 20
"""How many platforms of an image are shown."""
WHOSE = "Which credential"
HOW = "How it is asked"


class Checked(NamedTuple):
    """What is known of one image."""

    text: str
    """As it was given."""
    image: ImageReference | None = None
    diagnosis: Diagnosis | None = None
    proof: "Proof | None" = None
    error: AstrokpoError | None = None
    """Why nothing, or no more, could be found out."""

    @property
    def exit_code(self) -> int:
        """0 when it can be pulled, as far as was asked; 3 when not; 1 when that could not be found out."""
        if self.error or (self.proof and not self.proof.answer.found_out):
            return AstrokpoError.exit_code
        pulls = self.proof.answer.pulls if self.proof else bool(self.diagnosis and self.diagnosis.usable)
        return 0 if pulls else FOUND_SOMETHING


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
        out.document(_document(checked, platform))
    for number, each in enumerate(checked if not json else ()):
        if number:
            out.line("")
        out.fields(_fields(each, platform))
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
        return Checked(text, error=err)
    try:
        return Checked(text, image, examine(image))
    except HelperError as err:  # says nothing about the other images
        return Checked(text, image, error=err)


def _proved(
    out: Output,
    checked: Sequence[Checked],
    platform: str,
    via: Literal["auto", "engine", "registry"],
    insecure: Sequence[str],
) -> list[Checked]:
    from astrokpo_cli.commands.proving import Question, prove_all

    asked = [_reachable(each) for each in checked]
    questions = [Question(each.image, each.diagnosis.matches) for each in asked if each.image and each.diagnosis]
    proofs = prove_all(out, questions, platform, via, insecure)
    return [each._replace(proof=next(proofs)) if each.diagnosis else each for each in asked]


def _reachable(each: Checked) -> Checked:
    if each.image is None or each.image.registry or each.error:
        return each
    error = InvalidValue(f"{quote(each.text)} names no registry that can be reached", "such as ghcr.io/acme/etl:1.4")
    return each._replace(diagnosis=None, error=error)


def _fields(each: Checked, platform: str) -> list[tuple[str, str]]:
    rows = [("image", str(each.image) if each.image else each.text)]
    if each.diagnosis:
        rows += [("match", _match_line(match)) for match in each.diagnosis.matches] or [("match", "none")]
        rows += [("note", note) for note in each.diagnosis.notes]
    if each.error:
        rows += [("error", each.error.message), ("hint", each.error.hint)]
    elif each.proof and each.image:
        rows += _proof_rows(each.proof, each.image, platform)
    elif each.diagnosis:
        rows.append(
            ("verdict", "a kubelet has a credential to try" if each.diagnosis.usable else "no credential to pull with")
        )
    return rows


def _match_line(match: RegistryCredential) -> str:
    user = f"user {match.username}" if match.username else "no user"
    return f"{without_userinfo(match.key)}, {user}, from {match.source}"


def _proof_rows(proof: "Proof", image: ImageReference, platform: str) -> list[tuple[str, str]]:
    from astrokpo_cli.registry import words

    failed = [tried for tried in proof.tried if not tried.answer.pulls] if len(proof.tried) > 1 else []
    advice = words.hint(proof, image, platform)
    return [
        *(("tried", words.describe_tried(tried, image, platform)) for tried in failed),
        *((("platforms", _shortened(proof.platforms)),) if proof.platforms else ()),
        ("verdict", words.verdict(proof, image, platform)),
        *((("hint", advice),) if advice else ()),
        ("asked", "the Docker Engine" if proof.via == "engine" else "the registry"),
    ]


def _shortened(platforms: Sequence[str]) -> str:
    """Name the first of PLATFORMS; a hostile index holds tens of thousands."""
    rest = f", and {len(platforms) - MAX_PLATFORMS} more" if len(platforms) > MAX_PLATFORMS else ""
    return ", ".join(platforms[:MAX_PLATFORMS]) + rest


def _document(checked: Sequence[Checked], platform: str) -> dict[str, Any]:
    document: dict[str, Any] = {"images": [_image_document(each, platform) for each in checked]}
    errors = [each.error for each in checked if each.error]
    if errors:
        messages = "; ".join(error.message for error in errors)
        document["error"] = {"message": messages, "hint": errors[0].hint, "code": AstrokpoError.exit_code}
    return document


def _image_document(each: Checked, platform: str) -> dict[str, Any]:
    notes = list(each.diagnosis.notes) if each.diagnosis else []
    document: dict[str, Any] = {
        "image": each.text,
        "normalized": str(each.image) if each.image else None,
        "matches": [
            {"key": without_userinfo(match.key), "username": match.username, "source": match.source}
            for match in (each.diagnosis.matches if each.diagnosis else ())
        ],
        "notes": [*notes, each.error.message] if each.error else notes,
    }
    if each.proof and each.image:
        document["pull"] = _pull_document(each.proof, each.image, platform)
    return document


def _pull_document(proof: "Proof", image: ImageReference, platform: str) -> dict[str, Any]:
    from astrokpo_cli.registry import words

    return {
        "result": proof.answer.kind,
        "message": words.verdict(proof, image, platform),
        "hint": words.hint(proof, image, platform) or None,
        "via": proof.via,
        "tried": [
            {"key": tried.key, "username": tried.username, "source": tried.source, "result": tried.answer.kind}
            for tried in proof.tried
        ],
        "anonymous": proof.anonymous.kind,
        "platforms": list(proof.platforms[:MAX_PLATFORMS]),
    }
