"""What is handed over: from the flags and the answers of a person to the pull secrets.

Part of `secret create`. Everything is checked here before anything is written.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Self

from astrokpo_cli import pullsecret
from astrokpo_cli.commands.typed import read_typed
from astrokpo_cli.credentials import RegistryCredential, first_expiry, short_life
from astrokpo_cli.dockerconfig.lookup import collect, short_life_refusal
from astrokpo_cli.dockerconfig.places import Places
from astrokpo_cli.dockerconfig.search import OAUTH_KEYS
from astrokpo_cli.errors import CredentialRefused, InvalidValue, UsageProblem, quote
from astrokpo_cli.images import ImageReference, parse_image, parse_registry
from astrokpo_cli.output import Output
from astrokpo_cli.pullsecret import PullSecret
from astrokpo_cli.timespan import for_people, parse_deadline


class Selection(NamedTuple):
    """Which registries' credentials are handed over, and where they come from."""

    hosts: tuple[str, ...]
    images: tuple[ImageReference, ...]
    all_registries: bool
    places: Places
    username: str | None
    """The user of the one registry, when no docker config is read."""
    password_stdin: bool

    @property
    def registries(self) -> tuple[str, ...]:
        """The registries whose credentials are handed over."""
        of_images = () if self.username is not None else (image.registry for image in self.images)
        return tuple(dict.fromkeys((*self.hosts, *of_images)))

    def check(self, *, named_config: bool) -> None:
        """Raise UsageProblem where the flags do not go together."""
        if self.password_stdin and self.username is None:
            raise UsageProblem("--password-stdin goes with --username", "give the user that the password is for")
        if self.all_registries and (self.hosts or self.username is not None):
            raise UsageProblem("--all-registries goes with neither --registry nor --username", "give one of them")
        if self.username is None:
            return
        if named_config:
            raise UsageProblem("--username goes without --docker-config", "give the one or the other")
        if len(self.hosts) != 1:
            raise UsageProblem("--username goes with exactly one --registry", "name the registry that the user is of")

    def completed(self, out: Output, *, yes: bool) -> Self:
        """Fill in what a person is asked for; raises UsageProblem where nobody can be asked."""
        if self.all_registries:
            return self._replace(hosts=_all_hosts(out, self.places, yes=yes))
        if self.hosts or self.images:
            return self
        out.require_answer("--registry or --image")
        return self._replace(hosts=out.choose("which registries", _usable_hosts(out, self.places), "--registry"))

    def credentials(self, out: Output) -> tuple[RegistryCredential, ...]:
        """Get the credentials, of nothing but the selected registries; raises CredentialRefused or HelperError."""
        if self.username is not None:
            return (read_typed(out, self.hosts[0], self.username, from_stdin=self.password_stdin),)
        for place in self.places.describe():
            out.trace(f"looking in {place}")
        found = collect(self.places, self.hosts, self.images)
        for warning in found.warnings:
            out.warn(warning)
        return found.credentials


class Terms(NamedTuple):
    """What a pull secret says about itself."""

    name: str | None
    """None: named after its registries."""
    deployment: str | None
    created_at: datetime
    not_after: datetime | None

    @classmethod
    def parse(cls, name: str | None, deployment: str | None, not_after: str, now: datetime) -> Self:
        """Parse the flags; raises InvalidValue."""
        return cls(
            pullsecret.check_name(name) if name is not None else None,
            pullsecret.check_deployment(deployment) if deployment is not None else None,
            now,
            parse_deadline(not_after, now),
        )

    def pull_secrets(
        self,
        name: str,
        credentials: tuple[RegistryCredential, ...],
        images: Sequence[ImageReference],
        namespaces: Sequence[str],
    ) -> tuple[PullSecret, ...]:
        """Make the pull secret NAME for each of NAMESPACES."""
        references = tuple(str(image) for image in images)
        expiry = first_expiry(credentials)
        return tuple(
            PullSecret(
                name, namespace, credentials, self.created_at, self.not_after, references, self.deployment, expiry
            )
            for namespace in namespaces
        )


def parse_hosts(registries: Sequence[str]) -> tuple[str, ...]:
    """Parse the registries that the flags name, each once; raises InvalidValue."""
    return tuple(dict.fromkeys(parse_registry(text) for text in registries))


def parse_images(images: Sequence[str]) -> tuple[ImageReference, ...]:
    """Parse the images that the flags name, each once; raises InvalidValue."""
    return tuple(dict.fromkeys(_pullable(text) for text in images))


def require_pulls(secret: PullSecret, images: Sequence[ImageReference]) -> None:
    """Look each of IMAGES up in the finished SECRET as a kubelet would; raises KubeletWouldNotPull."""
    from astrokpo_cli import kubelet

    auths = kubelet.read_auths(pullsecret.docker_config_json(secret)) if images else ()
    for image in images:
        kubelet.require_match(auths, image)


def warn_of_short_life(out: Output, credential: RegistryCredential, now: datetime, *, allowed: bool) -> None:
    """Refuse a credential that will die by itself (CredentialRefused), or warn of it when that is ALLOWED."""
    life = short_life(credential)
    if life is None:
        return
    if not allowed:
        raise short_life_refusal(credential, life, now)
    when = f"at {for_people(life.expires_at)}" if life.expires_at else f"after {life.lifetime}"
    out.warn(f"the {life.kind} for {quote(credential.host)} dies {when}; pulls fail from then on")


def _pullable(text: str) -> ImageReference:
    image = parse_image(text)
    if not image.registry:
        raise InvalidValue(f"{quote(text)} names no registry that can be reached", "such as ghcr.io/acme/etl:1.4")
    return image


def _all_hosts(out: Output, places: Places, *, yes: bool) -> tuple[str, ...]:
    hosts = _usable_hosts(out, places)
    if not yes:
        for host in hosts:
            out.note(f"  {host}")
        if not out.confirm(f"hand over the credentials of all {len(hosts)} registries", "--yes"):
            raise UsageProblem("not confirmed", "name the registries with --registry")
    return hosts


def _usable_hosts(out: Output, places: Places) -> tuple[str, ...]:
    """Give the registries whose credential can be handed over, asking their helpers; says which are left out."""
    from astrokpo_cli.dockerconfig.listing import list_logins

    rows = list_logins(places, ask_helpers=True)
    hosts = tuple(sorted({row.host for row in rows if row.usable and row.host and not row.needs_image}))
    if not hosts:
        looked = ", ".join(places.describe())
        raise CredentialRefused(
            "no registry that can be handed over", f"looked in {looked}; see astrokpo registry list"
        )
    for row in rows:
        if row.host not in hosts and row.shown_key not in OAUTH_KEYS:
            why = "it is for a path: name an image below it with --image" if row.usable else row.reason
            out.warn(f"left out: {quote(row.shown_key or row.helper)}: {why}")
    return hosts
