"""Where `registry check` takes credentials from, and what a kubelet would make of them for an image."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from astrokpo_cli import files, pullsecret
from astrokpo_cli.commands.opening import in_file, pass_gate, receive
from astrokpo_cli.commands.options import check_stdin, find_identities, places_of
from astrokpo_cli.credentials import NO_PASSWORD, RegistryCredential
from astrokpo_cli.diagnosis import Diagnosis, Examiner, ignored_entries
from astrokpo_cli.dockerconfig import lookup
from astrokpo_cli.dockerconfig.places import Places
from astrokpo_cli.dockerconfig.search import Found, Search
from astrokpo_cli.errors import CredentialRefused, InvalidValue, UsageProblem, without_user
from astrokpo_cli.images import ImageReference, parse_registry
from astrokpo_cli.kubelet import UnusableSecret, passed_over, read_auths, read_secret
from astrokpo_cli.output import Output

Examine = Callable[[ImageReference], Diagnosis]
"""Gives what a kubelet would do for an image; raises DockerConfigError and HelperError."""


class Source(NamedTuple):
    """Whose credentials are looked at: one of a docker config, a manifest, a handoff, and what a person gives."""

    docker_config: Path | None
    manifest: str | None
    handoff: str | None
    identities: tuple[str, ...]
    registry: str | None
    username: str | None
    password_stdin: bool

    def check(self) -> None:
        """Raise UsageProblem where the flags do not go together."""
        flags = {
            "--docker-config": self.docker_config,
            "--manifest": self.manifest,
            "--handoff": self.handoff,
            "--username": self.username,
        }
        given = [flag for flag, value in flags.items() if value is not None]
        if len(given) > 1:
            raise UsageProblem(f"{given[0]} goes without {given[1]}", "give the one or the other")
        if self.identities and self.handoff is None:
            raise UsageProblem("--identity goes with --handoff", "name the handoff that it opens")
        if self.password_stdin and self.username is None:
            raise UsageProblem("--password-stdin goes with --username", "give the user that the password is for")
        if (self.registry is None) != (self.username is None):
            raise UsageProblem("--registry and --username go together", "give both, or neither")
        check_stdin(self.manifest or "", self.handoff or "", *self.identities)

    def load(self, out: Output, now: datetime) -> Examine:
        """Read what can be read before the images are known; raises what each source raises."""
        if self.manifest is not None:
            return _of_manifest(self.manifest, now)
        if self.handoff is not None:
            return _of_handoff(out, self.handoff, self.identities, now)
        if self.registry is not None and self.username is not None:
            from astrokpo_cli.commands.typed import read_typed

            typed = read_typed(out, parse_registry(self.registry), self.username, from_stdin=self.password_stdin)
            return Examiner((typed,), now=now).examine
        return _of_docker_config(places_of(self.docker_config), now)


def _of_manifest(name: str, now: datetime) -> Examine:
    from astrokpo_cli.manifest import parse_secret

    source = "standard input" if name == "-" else name
    try:
        secret = parse_secret(files.read(name))
    except InvalidValue as err:
        raise in_file(err, source) from None
    try:
        auths = read_secret(secret.type, secret.data, source)
    except UnusableSecret as err:
        return Examiner((), trouble=err.message, now=now).examine
    trouble = passed_over(secret.type, secret.data) if not auths else ""
    config = secret.data.get(pullsecret.DATA_KEY, b"")
    return Examiner(auths, ignored=ignored_entries(config), trouble=trouble, now=now).examine


def _of_handoff(out: Output, name: str, identities: tuple[str, ...], now: datetime) -> Examine:
    secret = pass_gate(receive(name), find_identities(out, identities), now)
    source = "standard input" if name == "-" else name
    return Examiner(read_auths(pullsecret.docker_config_json(secret), source), now=now).examine


def _of_docker_config(places: Places, now: datetime) -> Examine:
    search = Search(places)

    def examine(image: ImageReference) -> Diagnosis:
        found = search.find(image.registry, image)
        try:
            credential = lookup.credential(found, image.registry, places, image)
        except CredentialRefused as err:
            return Diagnosis(image, _refused(found), (err.message, err.hint))
        diagnosis = Examiner((credential,), now=now).examine(image)
        rivals = (lookup.rivals_warning(image.registry, found),) if found and found.rivals else ()
        return diagnosis._replace(notes=(*diagnosis.notes, *rivals))

    return examine


def _refused(found: Found | None) -> tuple[RegistryCredential, ...]:
    """Give the entry that was found and cannot be handed over, without what it holds."""
    if found is None:
        return ()
    return (RegistryCredential(without_user(found.key), found.login.username, NO_PASSWORD, found.source),)
