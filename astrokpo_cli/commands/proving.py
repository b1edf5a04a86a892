"""Proof for many images at once. What `registry check` and `secret create` share."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from astrokpo_cli.commands.parallel import in_parallel
from astrokpo_cli.credentials import RegistryCredential
from astrokpo_cli.errors import AstrokpoError, quote
from astrokpo_cli.images import ImageReference
from astrokpo_cli.kubelet import lookup, read_auths
from astrokpo_cli.output import Output
from astrokpo_cli.pullsecret import PullSecret, docker_config_json
from astrokpo_cli.registry.askers import Askers, Via
from astrokpo_cli.registry.proof import Proof, prove
from astrokpo_cli.registry.words import ASTRO_PLATFORM, hint, verdict

JOBS = 8
"""Images that are asked about at the same time."""


class Question(NamedTuple):
    """An image, and the credentials that a kubelet would try for it, in its order."""

    image: ImageReference
    credentials: tuple[RegistryCredential, ...]


def prove_all(
    out: Output, questions: Sequence[Question], platform: str, via: Via, insecure: Collection[str]
) -> list[Proof]:
    """Give the proof for each of QUESTIONS, in order; raises NoEngine."""
    askers = Askers(via, insecure)

    def answer(question: Question) -> Proof:
        return prove(askers.asker_for(question.image), question.image, question.credentials, platform)

    try:
        if len(questions) == 1:  # without a thread an interrupt ends it at once
            return [answer(questions[0])]
        asked = in_parallel(answer, questions, JOBS, askers.close)
        return list(out.progress(asked, "asking the registries", total=len(questions)))
    finally:
        askers.close()


class CannotPull(AstrokpoError):
    """An image that cannot be pulled with what was to be handed over, or that could not be asked about."""


def require_proof(out: Output, secret: PullSecret, images: Sequence[ImageReference]) -> None:
    """Prove that SECRET pulls each of IMAGES on Astro; raises CannotPull, naming each that it does not."""
    auths = read_auths(docker_config_json(secret))
    questions = [Question(image, lookup(auths, image)) for image in images]
    failures = []
    for image, proof in zip(images, prove_all(out, questions, ASTRO_PLATFORM, "auto", ()), strict=True):
        text = verdict(proof, image, ASTRO_PLATFORM)
        if proof.answer.pulls:
            out.note(f"verified: {image} {text}")
        else:
            failures.append((f"{quote(str(image))} {text}", hint(proof, image, ASTRO_PLATFORM)))
    if failures:
        raise CannotPull("; ".join(message for message, _ in failures), failures[0][1])
