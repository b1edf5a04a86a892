"""What a proof says to a person: one sentence, and what to do next."""

from astrokpo_cli.errors import quote
from astrokpo_cli.images import DOCKER_HUB, ImageReference
from astrokpo_cli.registry.proof import Answer, Kind, Proof, Tried

ASTRO_PLATFORM = "linux/amd64"
"""The only platform that Astro runs."""

_ROBOT = "make a robot account, access token or repository token that may pull it"
_REASONS: dict[Kind, str] = {
    "pulls": "can be pulled",
    "wrong-credential": "the registry refuses the user or the password",
    "denied-or-missing": "no right to pull {repository}, or no such image; registries do not say which",
    "no-such-tag": "there is no {reference} in {repository}",
    "not-an-image": "it is no container image",
    "rate-limited": "the registry's rate limit is reached",
    "certificate": "the certificate of {registry} is not trusted here",
    "unreachable": "{registry} cannot be reached",
    "not-a-registry": "{registry} is not a v2 registry",
    "untrusted": "{registry} is not trusted any further",
    "failed": "{registry} failed",
}
_HINTS: dict[Kind, str] = {
    "denied-or-missing": f"compare the image's name with the registry's own page; {_ROBOT}",
    "no-such-tag": "push it, or correct the image's name",
    "not-an-image": "name the image itself",
    "other-platform": "build it for {platform} too: docker buildx build --platform {platform} --push",
    "rate-limited": "wait, or give a credential: a registry lets known users pull more",
    "certificate": "name the authority that signed it with REQUESTS_CA_BUNDLE=FILE, or ask through a Docker Engine",
    "unreachable": "compare the image's host; behind a proxy set HTTPS_PROXY, or ask through a Docker Engine",
    "not-a-registry": "compare the image's host, and its port",
    "untrusted": "if this is a registry of yours, ask through a Docker Engine",
    "failed": "try again later",
}
_ENGINE_HINTS: dict[Kind, str] = {
    "certificate": "give the Docker Engine the authority that signed it: /etc/docker/certs.d/{registry}/ca.crt",
    "unreachable": "compare the image's host, and the Docker Engine's own proxy settings",
}
"""What is to be done otherwise where an Engine was asked."""


def describe(answer: Answer, image: ImageReference, platform: str) -> str:
    """Say what ANSWER means for IMAGE."""
    if answer.kind == "other-platform":
        ending = ', which Astro runs: there it ends in "exec format error"' if platform == ASTRO_PLATFORM else ""
        return f"it is for {answer.detail or 'other platforms'}, not for {platform}{ending}"
    reference = f"digest {quote(image.digest)}" if image.digest else f"tag {quote(image.tag or 'latest')}"
    reason = _REASONS[answer.kind].format(
        repository=quote(image.name), reference=reference, registry=quote(image.registry)
    )
    return f"{reason}: {answer.detail}" if answer.detail else reason


def describe_tried(tried: Tried, image: ImageReference, platform: str) -> str:
    """Say what came of one credential."""
    return f"{who(tried)}: {describe(tried.answer, image, platform)}"


def who(tried: Tried) -> str:
    """Name a credential."""
    return f"key {quote(tried.key)}, user {quote(tried.username)}" if tried.username else f"key {quote(tried.key)}"


def verdict(proof: Proof, image: ImageReference, platform: str) -> str:
    """Say what PROOF means for IMAGE as a whole."""
    text = describe(proof.answer, image, platform)
    if proof.answer.pulls and not proof.platforms:
        text += f" (whether it runs on {platform} is not known)"
    if proof.answer.pulls and not proof.tried:
        return f"{text} by anybody: it is public and needs no secret"
    if proof.answer.pulls:
        public = "; it is public and needs no secret" if proof.anonymous.pulls else ""
        return f"{text} with {who(proof.tried[-1])}{public}"
    if proof.anonymous.pulls and proof.tried:
        return f"{text}; the image is public: without a secret it is pulled, with this one it is not"
    return text


def hint(proof: Proof, image: ImageReference, platform: str) -> str:
    """Say what to do next; empty where the image can be pulled."""
    answer = proof.answer
    if answer.pulls:
        return ""
    if answer.kind == "wrong-credential":
        login = "docker login" if image.registry == DOCKER_HUB else f"docker login {image.registry}"
        return f"log in again: {login}; or {_ROBOT}"
    if answer.kind == "denied-or-missing" and not proof.tried:
        return f"give a credential for {quote(image.registry)}: docker login, or --username USER --password-stdin"
    hints = _HINTS | _ENGINE_HINTS if proof.via == "engine" else _HINTS
    return hints[answer.kind].format(platform=platform, registry=image.registry)
