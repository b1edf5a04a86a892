"""The gate: what a stranger's manifest must be before anything of it is applied.

PURE. A handoff is a stranger's file. Exactly the fields of format 1 may be in it, each by its own rule; everything else
that `age -d | kubectl apply` would let through (another kind, another type, extra fields, finalizers) is an objection.
What is applied later is made anew from the PullSecret that comes out here, never from the stranger's bytes.
"""

import json
import re
from binascii import Error as BinasciiError
from binascii import a2b_base64
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from astrokpo_cli.credentials import DOCKER_HUB_KEY, NO_PASSWORD, Password, RegistryCredential, docker_auth, key_host
from astrokpo_cli.envelope import NewerFormat
from astrokpo_cli.errors import AstrokpoError, InvalidValue, quote
from astrokpo_cli.images import parse_image
from astrokpo_cli.pullsecret import (
    DATA_KEY,
    FORMAT,
    MANAGED_BY,
    MAX_DATA,
    SECRET_TYPE,
    PullSecret,
    check_deployment,
    check_name,
    check_namespace,
    check_size,
)
from astrokpo_cli.timespan import for_people, parse_rfc3339

MAX_PLAINTEXT = 3 * 1024 * 1024
"""Bytes of a manifest that are read: a Secret's data of 1 MiB in base64, its annotations, and white space."""
MAX_OBJECTIONS = 40
MAX_CLOCK_SKEW = timedelta(hours=1)
"""How far ahead the sender's clock may be."""

_TOP = ("apiVersion", "kind", "metadata", "type", "data")
_METADATA = ("name", "namespace", "labels", "annotations")
_REQUIRED = ("astrokpo/format", "astrokpo/created-at", "astrokpo/registries")
_OPTIONAL = ("astrokpo/not-after", "astrokpo/images", "astrokpo/deployment", "astrokpo/credentials-expire-at")
_PATH = re.compile(r"(?:/[a-z0-9][a-z0-9._-]*)+/?")


class GateClosed(AstrokpoError):
    """A handoff that must not be applied; the message has every reason."""


class Verdict(NamedTuple):
    """What the gate says of one manifest."""

    secret: PullSecret | None
    """The pull secret, as far as it could be read; None if it could not."""
    objections: tuple[str, ...]
    """Every reason not to apply it; empty when it may pass."""


def examine(plaintext: bytes, now: datetime) -> Verdict:
    """Hold the manifest in PLAINTEXT against format 1 and the clock; raises NewerFormat for a later format.

    Objections name the field and, where it cannot be secret, what is in it; never a value of `data`.
    """
    checker = _Checker(now)
    document = checker.parse(plaintext)
    secret = checker.read(document) if isinstance(document, dict) else None
    return Verdict(secret, tuple(dict.fromkeys(checker.objections)))


class _Checker:
    """Reads one manifest and collects objections on the way."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self.objections: list[str] = []

    def object_to(self, what: str) -> None:
        """Note an objection; a file that earns more than MAX_OBJECTIONS is not worth the space."""
        if len(self.objections) < MAX_OBJECTIONS:
            self.objections.append(what)
        elif len(self.objections) == MAX_OBJECTIONS:
            self.objections.append("and more")

    def parse(self, plaintext: bytes) -> Any:
        """Read one JSON document without repeated keys; None, with an objection, for anything else."""
        if len(plaintext) > MAX_PLAINTEXT:
            self.object_to(f"it is larger than {MAX_PLAINTEXT} bytes")
            return None
        try:
            document = json.loads(plaintext.decode("utf-8"), object_pairs_hook=self._object, parse_constant=_refuse)
        except (ValueError, RecursionError):
            self.object_to("it is not one JSON document")
            return None
        if not isinstance(document, dict):
            self.object_to("it is not a JSON object")
            return None
        return document

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        mapping = dict(pairs)
        if len(mapping) < len(pairs):
            for name, count in Counter(name for name, _ in pairs).items():
                if count > 1:
                    self.object_to(f"the key {quote(name)} stands twice")
        return mapping

    def read(self, document: dict[str, Any]) -> PullSecret | None:
        """Read the manifest; None, with objections, when it cannot even be shown."""
        if document.get("apiVersion") != "v1" or document.get("kind") != "Secret":
            kind = f"{_shown(document.get('apiVersion'))} {_shown(document.get('kind'))}"
            self.object_to(f'it is {kind}, not "v1" "Secret"')
            return None
        self._only(document, _TOP, "the manifest")
        if document.get("type") != SECRET_TYPE:
            self.object_to(f"its type is {_shown(document.get('type'))}, not {quote(SECRET_TYPE)}")
        metadata = self._mapping(document.get("metadata"), "metadata")
        self._only(metadata, _METADATA, "metadata")
        if metadata.get("labels") != MANAGED_BY:
            self.object_to("its labels are not those of a handoff")
        annotations = self._annotations(metadata)
        credentials = self._credentials(document.get("data"))
        return self._secret(metadata, annotations, credentials)

    def _secret(
        self, metadata: dict[str, Any], notes: dict[str, str], credentials: tuple[RegistryCredential, ...]
    ) -> PullSecret | None:
        name = self._checked(metadata.get("name"), check_name, "name")
        namespace = self._checked(metadata.get("namespace"), check_namespace, "namespace")
        created = self._instant(notes, "astrokpo/created-at")
        deployment = notes.get("astrokpo/deployment")
        if deployment is not None:
            self._checked(deployment, check_deployment, "astrokpo/deployment")
        if name is None or namespace is None or created is None:
            return None
        secret = PullSecret(
            name,
            namespace,
            credentials,
            created,
            self._instant(notes, "astrokpo/not-after"),
            self._images(notes.get("astrokpo/images")),
            deployment,
            self._instant(notes, "astrokpo/credentials-expire-at"),
        )
        self._check_times(secret)
        self._check_registries(secret, notes.get("astrokpo/registries", ""))
        self._checked(secret, check_size, "size")
        return secret

    def _annotations(self, metadata: dict[str, Any]) -> dict[str, str]:
        notes = self._mapping(metadata.get("annotations"), "metadata.annotations")
        version = notes.get("astrokpo/format")
        if isinstance(version, str) and re.fullmatch("[0-9]{1,9}", version) and int(version) > int(FORMAT):
            raise NewerFormat(
                f"the handoff is of format {version}, and this astrokpo knows {FORMAT}", "update astrokpo"
            )
        if version != FORMAT:
            self.object_to(f"its format is {_shown(version)}, not {quote(FORMAT)}")
        self._only(notes, (*_REQUIRED, *_OPTIONAL), "metadata.annotations", required=_REQUIRED)
        for name, value in notes.items():
            if not isinstance(value, str):
                self.object_to(f"the annotation {quote(name)} is not text")
        return {name: value for name, value in notes.items() if isinstance(value, str)}

    def _credentials(self, data: Any) -> tuple[RegistryCredential, ...]:
        values = self._mapping(data, "data")
        self._only(values, (DATA_KEY,), "data")
        config = self._docker_config(values.get(DATA_KEY))
        self._only(config, ("auths",), DATA_KEY)
        auths = self._mapping(config.get("auths"), "auths")
        if not auths:
            self.object_to("there is no credential in it")
        return tuple(self._credential(key, entry) for key, entry in auths.items())

    def _docker_config(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, str) or len(value) > MAX_DATA * 2:
            self.object_to(f"{DATA_KEY} is not base64")
            return {}
        try:
            document = a2b_base64(value.encode("ascii"), strict_mode=True).decode("ascii")
            config = json.loads(document, object_pairs_hook=self._object, parse_constant=_refuse)
        except (BinasciiError, ValueError, RecursionError):
            self.object_to(f"{DATA_KEY} is not the base64 of one JSON document in ASCII")
            return {}
        return self._mapping(config, DATA_KEY)

    def _credential(self, key: str, entry: Any) -> RegistryCredential:
        place = f"the entry of {quote(key)}"
        if not _is_canonical_key(key):
            self.object_to(f"{quote(key)} is not a registry's key")
        fields = self._mapping(entry, place)
        self._only(fields, ("auth",), place)
        username, password = "", NO_PASSWORD
        try:
            username, password = docker_auth(fields["auth"] if isinstance(fields.get("auth"), str) else "")
        except ValueError as err:
            self.object_to(f"the auth in {place} will not decode: {err}")
        if not password:
            self.object_to(f"the password in {place} is empty")
        if not username.isprintable():
            self.object_to(f"the user in {place} holds control characters")
        return RegistryCredential(key, username, Password(password.reveal()), "the handoff")

    def _images(self, value: str | None) -> tuple[str, ...]:
        if value is None:
            return ()
        images = tuple(value.split(","))
        try:
            normal = all(str(parse_image(image)) == image for image in images)
        except InvalidValue:
            normal = False
        if not normal or list(images) != sorted(set(images)):
            self.object_to("astrokpo/images is not a sorted list of full image references")
            return ()
        return images

    def _instant(self, notes: dict[str, str], name: str) -> datetime | None:
        if name not in notes:
            return None
        instant = parse_rfc3339(notes[name])
        if instant is None:
            self.object_to(f"{name} is {quote(notes[name])}, which is no instant")
        return instant

    def _check_times(self, secret: PullSecret) -> None:
        if secret.not_after and secret.not_after <= self._now:
            self.object_to(f"it was to be applied until {for_people(secret.not_after)}, and that is over")
        if secret.created_at > self._now + MAX_CLOCK_SKEW:
            self.object_to(f"it says that it was made at {for_people(secret.created_at)}, which is to come")
        if secret.not_after and secret.not_after <= secret.created_at:
            self.object_to("it was over before it was made")

    def _check_registries(self, secret: PullSecret, stated: str) -> None:
        # Docker Hub's key names index.docker.io, its images docker.io: either names it.
        hosts = {host.replace("index.docker.io", "docker.io") for host in stated.split(",")}
        if hosts != set(secret.registries) or stated.split(",") != sorted(set(stated.split(","))):
            self.object_to(f"astrokpo/registries says {quote(stated)}, but its credentials are for {_hosts(secret)}")

    def _mapping(self, value: Any, place: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self.object_to(f"{place} is not an object" if value is not None else f"{place} is missing")
        return {}

    def _only(
        self, mapping: dict[str, Any], known: tuple[str, ...], place: str, *, required: tuple[str, ...] | None = None
    ) -> None:
        for name in list(mapping)[:20]:
            if name not in known:
                self.object_to(f"{place} has {quote(name)}, which no handoff has")
        if len(mapping) > 20:
            self.object_to(f"{place} has {len(mapping)} fields")
        for name in required if required is not None else known:
            if mapping and name not in mapping:
                self.object_to(f"{place} has no {quote(name)}")

    def _checked(self, value: Any, check: Callable[[Any], Any], place: str) -> Any:
        if value is None or (place != "size" and not isinstance(value, str)):
            self.object_to(f"its {place} is {_shown(value)}")
            return None
        try:
            return check(value)
        except InvalidValue as err:
            self.object_to(f"its {place}: {err.message}")
            return None


def _is_canonical_key(key: str) -> bool:
    """Whether KEY is one that `secret create` writes: a registry's host, with a path or without, or Docker Hub's."""
    host, slash, path = key.partition("/")
    if key == DOCKER_HUB_KEY:
        return True
    try:
        image = parse_image(f"{host}/x")
    except InvalidValue:
        return False
    return image.registry == host and host != "docker.io" and (not slash or bool(_PATH.fullmatch(f"/{path}")))


def _hosts(secret: PullSecret) -> str:
    return ", ".join(quote(key_host(credential.key)) for credential in secret.credentials[:5])


def _shown(value: Any) -> str:
    if value is None:
        return "missing"
    return quote(value) if isinstance(value, str) else "not text"


def _refuse(_: str) -> Any:
    raise ValueError("NaN and Infinity are no JSON")
