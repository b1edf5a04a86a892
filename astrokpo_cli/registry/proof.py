"""What a proof is: each credential that a kubelet would try, what the registry said, and what follows.

The order is the kubelet's: every match is tried until one pulls, and without a match it pulls anonymously. A match
that fails is not followed by an anonymous pull, so a public image fails too when its pull secret is wrong.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol, get_args

from astrokpo_cli.credentials import RegistryCredential
from astrokpo_cli.gourl import without_userinfo
from astrokpo_cli.images import ImageReference

FoundOut = Literal["pulls", "wrong-credential", "denied-or-missing", "no-such-tag", "other-platform", "not-an-image"]
"""It is known whether the image can be pulled: pulls where the manifest was had; else it cannot be, or cannot run."""
NotFoundOut = Literal["rate-limited", "certificate", "unreachable", "not-a-registry", "untrusted", "failed"]
Kind = FoundOut | NotFoundOut


class Answer(NamedTuple):
    """What came of one question."""

    kind: Kind
    detail: str = ""
    """What is to be added for people, such as "connection refused"; never a stranger's text as it came."""

    @property
    def pulls(self) -> bool:
        """Whether the image can be pulled."""
        return self.kind == "pulls"

    @property
    def found_out(self) -> bool:
        """Whether it is known that the image can or cannot be pulled."""
        return self.kind in get_args(FoundOut)


class Asker(Protocol):
    """Who is asked: a registry itself, or a Docker Engine. Expected failures are answers, not exceptions."""

    @property
    def via(self) -> Literal["registry", "engine"]:
        """Which of the two."""

    def ask(self, image: ImageReference, credential: RegistryCredential | None) -> Answer:
        """Say whether IMAGE can be pulled with CREDENTIAL; None is anonymously."""

    def platforms(self, image: ImageReference, credential: RegistryCredential | None) -> tuple[str, ...] | Answer:
        """Give the platforms of an image that pulls, as OS/ARCHITECTURE[/VARIANT]; empty where it does not say."""


class Tried(NamedTuple):
    """A credential of the pull secret, without its password, and what came of it."""

    key: str
    username: str
    source: str
    answer: Answer


class Proof(NamedTuple):
    """Whether an image can be pulled and run."""

    via: Literal["registry", "engine"]
    answer: Answer
    """What follows for the image."""
    tried: tuple[Tried, ...]
    """In the kubelet's order, up to the first that pulls."""
    anonymous: Answer
    """What everybody gets, without any credential."""
    platforms: tuple[str, ...]
    """Empty where it was not found out."""


def prove(asker: Asker, image: ImageReference, matches: Sequence[RegistryCredential], platform: str) -> Proof:
    """Try MATCHES for IMAGE as a kubelet does, ask anonymously too, and look for PLATFORM in what pulls."""
    tried: list[Tried] = []
    winner: RegistryCredential | None = None
    for match in matches:
        # A kubelet sends an entry without user and password as it is: as nobody.
        winner = match if match.username or match.password else None
        answer = asker.ask(image, winner)
        tried.append(Tried(without_userinfo(match.key), match.username, match.source, answer))
        if answer.pulls or not answer.found_out:
            break
    anonymous = asker.ask(image, None)
    last = tried[-1].answer if tried else anonymous
    if not last.pulls:
        decisive = last if not last.found_out or not tried else tried[0].answer
        return Proof(asker.via, decisive, tuple(tried), anonymous, ())
    platforms = asker.platforms(image, winner)
    if isinstance(platforms, Answer):
        return Proof(asker.via, platforms, tuple(tried), anonymous, ())
    answer = last if runs_on(platforms, platform) else Answer("other-platform", ", ".join(platforms[:5]))
    return Proof(asker.via, answer, tuple(tried), anonymous, platforms)


def runs_on(platforms: Sequence[str], wanted: str) -> bool:
    """Whether an image for PLATFORMS runs where WANTED does, as containerd chooses; unknown platforms do."""
    if not platforms:
        return True
    system, _, rest = wanted.partition("/")
    architecture, _, variant = rest.partition("/")
    able = {(system, architecture), *((system, other) for other in _RUNS_TOO.get(architecture, ()))}
    for platform in platforms:
        parts = (*platform.split("/"), "")
        if (parts[0], parts[1]) in able and (not variant or not parts[2] or parts[2] <= variant):
            return True
    return False


_RUNS_TOO = {"amd64": ("386",), "arm64": ("arm",)}
