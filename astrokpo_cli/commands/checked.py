"""What `registry check` knows of an image: for people line by line, for programs as JSON."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from astrokpo_cli.credentials import RegistryCredential
from astrokpo_cli.diagnosis import Diagnosis
from astrokpo_cli.errors import AstrokpoError
from astrokpo_cli.gourl import without_userinfo
from astrokpo_cli.images import ImageReference

if TYPE_CHECKING:
    from astrokpo_cli.registry.proof import Proof

FOUND_SOMETHING = 3
MAX_PLATFORMS = 20
"""How many platforms of an image are shown."""


class Checked(NamedTuple):
    """What is known of one image."""

    text: str
    """As it was given, less the user and password of what is a URL and no image."""
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


def fields(each: Checked, platform: str) -> list[tuple[str, str]]:
    """Give what is shown of one image."""
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


def document(checked: Sequence[Checked], platform: str) -> dict[str, Any]:
    """Give the JSON document; `pull` is there for each image that a registry was asked about."""
    content: dict[str, Any] = {"images": [_image_document(each, platform) for each in checked]}
    errors = [each.error for each in checked if each.error]
    if errors:
        messages = "; ".join(error.message for error in errors)
        content["error"] = {"message": messages, "hint": errors[0].hint, "code": AstrokpoError.exit_code}
    return content


def _image_document(each: Checked, platform: str) -> dict[str, Any]:
    notes = list(each.diagnosis.notes) if each.diagnosis else []
    content: dict[str, Any] = {
        "image": each.text,
        "normalized": str(each.image) if each.image else None,
        "matches": [
            {"key": without_userinfo(match.key), "username": match.username, "source": match.source}
            for match in (each.diagnosis.matches if each.diagnosis else ())
        ],
        "notes": [*notes, each.error.message] if each.error else notes,
    }
    if each.proof and each.image:
        content["pull"] = _pull_document(each.proof, each.image, platform)
    return content


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
