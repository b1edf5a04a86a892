"""All that can be said, without asking a registry, of the credentials that a kubelet has for an image. PURE."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple

from astrokpo_cli.credentials import RegistryCredential, ShortLife, short_life
from astrokpo_cli.diagnosis.nearmiss import Suspect, Suspects, bare_entry, explain, image_address
from astrokpo_cli.errors import quote, without_user
from astrokpo_cli.gojson import TEXT, GoJSONError, MapOf, Struct, decode
from astrokpo_cli.images import DOCKER_HUB, ImageReference
from astrokpo_cli.kubelet import HUB_FALLBACK, Keyring, address_of, index_key
from astrokpo_cli.timespan import for_people, time_left

MAX_NOTES = 20
"""How many matches, and how many keys that do not match, are spoken of for one image; the rest is counted."""


class Diagnosis(NamedTuple):
    """What a kubelet would do for one image."""

    image: ImageReference
    matches: tuple[RegistryCredential, ...]
    """All that it tries, in its order, usable or not."""
    notes: tuple[str, ...]
    """For people, one line each, without any secret."""

    @property
    def usable(self) -> bool:
        """Whether there is a match with a user and a password."""
        return any(match.username and match.password for match in self.matches)


class Examiner:
    """Credentials, prepared to be asked for many images."""

    def __init__(
        self,
        auths: Iterable[RegistryCredential],
        ignored: Mapping[str, str] = MappingProxyType({}),
        trouble: str = "",
        *,
        now: datetime,
    ) -> None:
        """Take the entries that a kubelet reads, and why it ignores others, by their keys (`ignored_entries`).

        TROUBLE is why it reads nothing at all; then that is the one note on every image.
        """
        auths = tuple(auths)
        self._keyring = Keyring(auths)
        self._ignored = ignored
        self._ignored_keyring = Keyring(map(bare_entry, ignored))
        self._is_empty = not auths and not ignored
        self._trouble = trouble
        self._now = now
        self._suspects = Suspects((*(auth.key for auth in auths), *ignored))
        self._suspected: dict[tuple[str, str], tuple[Suspect, ...]] = {}
        self._lives: dict[tuple[RegistryCredential, str], ShortLife | None] = {}

    def examine(self, image: ImageReference) -> Diagnosis:
        """Say what a kubelet would do for IMAGE."""
        if self._trouble:
            return Diagnosis(image, (), (self._trouble,))
        matches = self._keyring.lookup(image)
        notes = (*self._of_matches(matches, image), *self._of_ignored(image), *self._of_suspects(matches, image))
        return Diagnosis(image, matches, notes if notes or matches else (self._nothing(image),))

    def _nothing(self, image: ImageReference) -> str:
        host = image.name.partition("/")[0]
        return "there is no credential in it" if self._is_empty else f"no key is for {quote(host)}"

    def _of_matches(self, matches: tuple[RegistryCredential, ...], image: ImageReference) -> Iterator[str]:
        if len(matches) > 1:
            yield f"{len(matches)} entries match: a kubelet tries them in this order until one pulls"
        for match in matches[:MAX_NOTES]:
            yield from self._of_match(match, image)
        if len(matches) > MAX_NOTES:
            yield f"and {len(matches) - MAX_NOTES} more that match"

    def _of_match(self, match: RegistryCredential, image: ImageReference) -> Iterator[str]:
        key = _shown(match.key)
        if not match.username:
            yield f"key {key} has no user: a kubelet tries it all the same, and that pull is anonymous"
        elif not match.password:
            yield f"key {key} has no password: a kubelet tries it with an empty one"
        elif (life := self._life(match, image)) is not None:
            yield f"key {key}: {self._told(life)}"
        if index_key(match.key) == HUB_FALLBACK and image.registry != DOCKER_HUB:
            yield f"key {key} is Docker Hub's: a kubelet sends it to any host that has no dot and no port"
        if closed := _closed(match.key, image):
            yield f"key {key} matches because paths are compared as plain text: {quote(closed)} would not"

    def _life(self, match: RegistryCredential, image: ImageReference) -> ShortLife | None:
        asked = (match, image.registry)
        if asked not in self._lives:
            # What lives short is known by its registry, and the key may be a URL or a pattern.
            self._lives[asked] = short_life(match._replace(key=image.registry))
        return self._lives[asked]

    def _told(self, life: ShortLife) -> str:
        if life.expires_at is None:
            return f"{life.kind}, which lives {life.lifetime}"
        state = "valid until" if life.expires_at > self._now else "dead since"
        return f"{life.kind}, {state} {for_people(life.expires_at)} ({time_left(life.expires_at, self._now)})"

    def _of_ignored(self, image: ImageReference) -> Iterator[str]:
        found = self._ignored_keyring.lookup(image)
        for entry in found[:MAX_NOTES]:
            yield f"key {_shown(entry.key)}: {self._ignored[entry.key]}"

    def _of_suspects(self, matches: tuple[RegistryCredential, ...], image: ImageReference) -> Iterator[str]:
        """Speak of the keys that look to match, the likeliest first."""
        matched = {match.key for match in matches}
        path = image.name[image.name.find("/") :]
        likely: list[Suspect] = []
        others: list[Suspect] = []
        for each in self._suspects_of(image):
            if each.key not in matched and (path.startswith(each.stem) or not each.is_path):
                (likely if path.startswith(each.stem) else others).append(each)
        notes = (_of_suspect(each, image, alone=not matches) for each in (*likely, *others))
        told = list(islice(filter(None, notes), MAX_NOTES))
        yield from told
        if (left := len(likely) + len(others) - MAX_NOTES) > 0 and len(told) == MAX_NOTES:
            yield f"and {left} more keys that do not match"

    def _suspects_of(self, image: ImageReference) -> tuple[Suspect, ...]:
        address = image_address(image)
        if address is None:
            return ()
        asked = (address.host, address.port)
        if asked not in self._suspected:
            self._suspected[asked] = self._suspects.of_registry(*asked)
        return self._suspected[asked]


def ignored_entries(docker_config_json: bytes) -> dict[str, str]:
    """Give the keys of a docker config whose credential is where no kubelet looks, each with the reason.

    An identity or registry token beside the user and password, or a credential helper. None where the config, or
    what is looked at in it, cannot be read.
    """
    auths = _read(docker_config_json, _TOKENS)["auths"]
    helpers = _read(docker_config_json, _HELPERS)
    programs = {key: helpers["credsStore"] for key, entry in auths.items() if not any(entry.values())}
    programs |= helpers["credHelpers"]
    asked = ((key, quote(f"docker-credential-{name}")) for key, name in programs.items() if name)
    reasons = {key: f"its credential is with {program}, which no kubelet asks" for key, program in asked}
    for field, what in (("registrytoken", "a registry token"), ("identitytoken", "an identity token")):
        holders = (key for key, entry in auths.items() if entry[field])
        reasons |= dict.fromkeys(holders, f"it holds {what}, which a kubelet ignores")
    return reasons


_TOKENS = Struct(
    {"auths": MapOf(Struct(dict.fromkeys(("auth", "username", "password", "identitytoken", "registrytoken"), TEXT)))}
)
_HELPERS = Struct({"credHelpers": MapOf(TEXT), "credsStore": TEXT})


def _read(document: bytes, shape: Struct) -> dict[str, Any]:
    for content in (document, b"null"):
        try:
            read: dict[str, Any] = decode(content, shape)
        except GoJSONError:
            continue
        return read
    raise AssertionError("null is of every shape")


def _shown(key: str) -> str:
    return quote(without_user(key))


def _of_suspect(suspected: Suspect, image: ImageReference, *, alone: bool) -> str | None:
    key = _shown(suspected.key)
    if index_key(suspected.key) == HUB_FALLBACK and not alone:
        return f"key {key} is not used: a kubelet falls back to it only where no other key matches"
    found = explain(suspected, image, alone=alone)
    return f"key {key} does not match: {found.reason}; {quote(found.would_do)} would match" if found else None


def _closed(key: str, image: ImageReference) -> str | None:
    """Give KEY with a slash at its end where it matches IMAGE within a name, as ghcr.io/acme does ghcr.io/acme-evil."""
    read = address_of(index_key(key) or "")
    target = image_address(image)
    if read is None or target is None or not read.path or not target.path.startswith(read.path):
        return None
    inside = read.path[-1] != "/" and target.path[len(read.path) :][:1] not in ("", "/")
    return f"{read.host}{read.port and ':'}{read.port}{read.path}/" if inside else None
