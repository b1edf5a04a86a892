"""A registry, asked itself, by the registry protocol v2 (OCI distribution-spec; distribution's token authentication).

OUT. What is asked, for one image: once for each registry GET /v2/, which says how it wants to be asked; for Bearer a
token for each repository and credential; HEAD of the manifest, which proves the pull and counts against no limit; for
what pulls the manifest and, where that names no platforms, its config. After a 404 the list of tags tells a missing
tag from a missing repository. No question is asked twice, by any number of threads.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Literal, NamedTuple
from urllib.parse import quote

from astrokpo_cli.credentials import Password, RegistryCredential, encode_auth
from astrokpo_cli.images import DOCKER_HUB, ImageReference
from astrokpo_cli.registry.addresses import is_loopback_name, read_url
from astrokpo_cli.registry.challenge import Challenge, parse_challenge
from astrokpo_cli.registry.once import Once
from astrokpo_cli.registry.platforms import INDEX_TYPES, MANIFEST_TYPES, Config, read_config, read_manifest
from astrokpo_cli.registry.proof import Answer
from astrokpo_cli.registry.transport import MAX_MANIFEST, MAX_TOKEN, Reply, Transport
from astrokpo_cli.registry.troubles import Limits, NoAnswer, refuse

DOCKER_HUB_SERVER = "registry-1.docker.io"
_ACCEPT = ", ".join((*INDEX_TYPES, *MANIFEST_TYPES))
_DIGEST = r"[a-z0-9+._-]{1,32}:[0-9a-f]{32,128}"


class _Asked(NamedTuple):
    """What a question about a manifest gave."""

    answer: Answer
    digest: str = ""


class RegistryClient:
    """One registry, by the host that images name."""

    via: Literal["registry"] = "registry"

    def __init__(self, host: str, *, insecure: bool = False, limits: Limits | None = None) -> None:
        self._host = DOCKER_HUB_SERVER if host == DOCKER_HUB else host
        self._transport = Transport(self._host, insecure=insecure, limits=limits)
        self._may_be_plain = insecure or is_loopback_name(self._transport.host)
        self._challenges: Once[Challenge | None] = Once()
        self._late_challenges: dict[str, Challenge] = {}
        """By repository, of a registry that lets everybody in at the door and asks for a login at the manifest."""
        self._tokens: Once[Password | None] = Once()
        self._asked: Once[_Asked] = Once()
        self._platforms: Once[tuple[str, ...] | Answer] = Once()

    def close(self) -> None:
        """End the connections, and at once what waits for an answer."""
        self._transport.close()

    def ask(self, image: ImageReference, credential: RegistryCredential | None) -> Answer:
        """Say whether IMAGE can be pulled with CREDENTIAL; None is anonymously."""
        return self._ask(image, credential).answer

    def platforms(self, image: ImageReference, credential: RegistryCredential | None) -> tuple[str, ...] | Answer:
        """Give the platforms of an image that pulls, as OS/ARCHITECTURE[/VARIANT]; empty where it does not say."""
        digest = image.digest or self._ask(image, credential).digest or _reference(image)
        key = (image.repository, digest)
        return self._platforms.get(key, lambda: self._find_platforms(image, digest, credential))

    def _ask(self, image: ImageReference, credential: RegistryCredential | None) -> _Asked:
        key = (image.repository, _reference(image), _who(credential))
        return self._asked.get(key, lambda: self._ask_once(image, credential))

    def _ask_once(self, image: ImageReference, credential: RegistryCredential | None) -> _Asked:
        try:
            reply = self._get(image, f"manifests/{_reference(image)}", credential, method="HEAD")
            if reply.status == 200:
                return _read_head(reply)
            if reply.status == 404 and self._has_repository(image, credential):
                return _Asked(Answer("no-such-tag"))
            return _Asked(_refusal(reply, credential))
        except NoAnswer as err:
            return _Asked(err.answer)

    def _has_repository(self, image: ImageReference, credential: RegistryCredential | None) -> bool:
        try:
            return self._get(image, "tags/list?n=1", credential).status == 200
        except NoAnswer:  # what is known without it stays true
            return False

    def _find_platforms(
        self, image: ImageReference, digest: str, credential: RegistryCredential | None
    ) -> tuple[str, ...] | Answer:
        try:
            reply = self._get(image, f"manifests/{digest}", credential, cap=MAX_MANIFEST)
            if reply.status != 200:
                return _refusal(reply, credential)
            found = read_manifest(reply.body)
            if not isinstance(found, Config):
                return found
            reply = self._get(image, f"blobs/{found.digest}", credential, cap=MAX_MANIFEST)
            return read_config(reply.body) if reply.status == 200 else _refusal(reply, credential)
        except NoAnswer as err:
            return err.answer

    def _get(
        self,
        image: ImageReference,
        what: str,
        credential: RegistryCredential | None,
        *,
        method: str = "GET",
        cap: int = 0,
    ) -> Reply:
        challenge = self._challenges.get("", self._ping) or self._late_challenges.get(image.repository)
        url = f"{self._base()}/v2/{image.repository}/{what}"
        if challenge is None:
            reply = self._transport.ask(method, url, cap=cap, accept=_ACCEPT)
            challenge = _challenge_of(reply) if reply.status == 401 else None
            if challenge is None:
                return reply
            self._late_challenges[image.repository] = challenge
        authorization = self._authorization(challenge, image.repository, credential)
        return self._transport.ask(method, url, cap=cap, accept=_ACCEPT, authorization=authorization)

    def _base(self) -> str:
        return f"{'http' if self._transport.plain else 'https'}://{self._host}"

    def _authorization(
        self, challenge: Challenge, repository: str, credential: RegistryCredential | None
    ) -> Password | None:
        """Give the Authorization header for REPOSITORY that CHALLENGE asks for; None where nobody is asking."""
        if challenge.scheme == "basic":
            return _basic(credential) if credential else None
        key = (repository, _who(credential))
        return self._tokens.get(key, lambda: self._fetch_token(challenge.parameters, repository, credential))

    def _ping(self) -> Challenge | None:
        """Ask whether a v2 registry is there and how it wants to be asked; raises NoAnswer."""
        reply = self._knock()
        if reply.status == 200 and not _is_page(reply):
            return None
        if reply.status == 401:
            challenge = _challenge_of(reply)
            if challenge is None:
                raise NoAnswer(Answer("not-a-registry", "it asks for a login in no way that a pull knows"))
            return challenge
        if reply.status == 200:
            raise NoAnswer(Answer("not-a-registry", "it answers with a page for people"))
        if reply.status in (403, 404) or reply.status < 400:
            raise NoAnswer(Answer("not-a-registry", f"it answered /v2/ with {reply.status}"))
        raise NoAnswer(_trouble(reply))

    def _knock(self) -> Reply:
        if not self._transport.host:
            raise NoAnswer(Answer("unreachable", "there is no such host or port"))
        try:
            return self._transport.ask("GET", f"https://{self._host}/v2/")
        except NoAnswer as err:
            # Only one that is not there with TLS is asked without: not one that was there and is not trusted.
            if not self._may_be_plain or err.answer.kind != "unreachable":
                raise
        self._transport.plain = True
        return self._transport.ask("GET", f"http://{self._host}/v2/")

    def _fetch_token(
        self, parameters: Mapping[str, str], repository: str, credential: RegistryCredential | None
    ) -> Password | None:
        url = _token_url(parameters, repository)
        authorization = _basic(credential) if credential else None
        reply = self._transport.ask("GET", url, cap=MAX_TOKEN, authorization=authorization)
        if reply.status in (401, 403):
            raise NoAnswer(_refusal(reply, credential))
        if reply.status != 200:
            raise NoAnswer(_trouble(reply, "its token server"))
        token = _read_token(reply.body)
        if token is None:
            raise NoAnswer(Answer("not-a-registry", "its token server gave no token"))
        return Password(f"Bearer {token}")


def _token_url(parameters: Mapping[str, str], repository: str) -> str:
    """Give the URL of the token server that the challenge names, with our question; raises NoAnswer."""
    realm = parameters.get("realm", "")
    if not realm:
        raise NoAnswer(Answer("not-a-registry", "it names no token server"))
    target = read_url(realm)
    if target is None:
        refuse("its token server is at something that is no plain https URL")
    question = [f"scope={quote(f'repository:{repository}:pull', safe='')}"]
    if parameters.get("service"):
        question.insert(0, f"service={quote(parameters['service'], safe='')}")
    return f"{target.url}{'&' if '?' in target.url else '?'}{'&'.join(question)}"


def _read_token(body: bytes) -> str | None:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return None
    token = (document.get("token") or document.get("access_token")) if isinstance(document, dict) else None
    return token if isinstance(token, str) and re.fullmatch(r"[!-~]+", token) else None


def _is_page(reply: Reply) -> bool:
    kind = reply.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return kind in ("text/html", "application/xhtml+xml")


def _read_head(reply: Reply) -> _Asked:
    if _is_page(reply):
        return _Asked(Answer("not-a-registry", "it answers with a page for people"))
    digest = reply.headers.get("Docker-Content-Digest", "")
    return _Asked(Answer("pulls"), digest if re.fullmatch(_DIGEST, digest) else "")


def _refusal(reply: Reply, credential: RegistryCredential | None) -> Answer:
    """Say what a status other than 200 means for who asks."""
    if reply.status in (401, 403) and reply.is_led_away:
        return Answer("untrusted", "it sends us on to a server that wants a login, which no other server gets")
    if reply.status == 401 and credential is not None:
        # So answers a registry whose token server knew the user and granted less than was asked for.
        challenge = _challenge_of(reply)
        if challenge and challenge.parameters.get("error") == "insufficient_scope":
            return Answer("denied-or-missing", "the credential itself is accepted")
        return Answer("wrong-credential")
    if reply.status in (401, 403, 404):
        return Answer("denied-or-missing")
    return _trouble(reply)


def _challenge_of(reply: Reply) -> Challenge | None:
    return parse_challenge(reply.headers.get("WWW-Authenticate", ""))


def _trouble(reply: Reply, who: str = "it") -> Answer:
    if reply.status == 429:
        return Answer("rate-limited", _wait(reply.headers.get("Retry-After", "")))
    if reply.status >= 500:
        return Answer("failed", f"{who} answered {reply.status}")
    return Answer("not-a-registry", f"{who} answered {reply.status}")


def _wait(text: str) -> str:
    """Say how long TEXT, a Retry-After, tells us to wait: seconds, or an HTTP-date; empty where it is neither."""
    if re.fullmatch("[0-9]{1,6}", text):
        return f"it says to wait {text} s"
    try:
        instant = parsedate_to_datetime(text) if len(text) < 64 else None
        # Without a time zone it is UTC, as HTTP-dates are.
        instant = instant and (instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC))
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
    return f"it says to wait until {instant:%Y-%m-%d %H:%M:%S} UTC" if instant else ""


def _basic(credential: RegistryCredential) -> Password:
    return Password(f"Basic {encode_auth(credential.username, credential.password)}")


def _reference(image: ImageReference) -> str:
    return image.digest or image.tag or "latest"


def _who(credential: RegistryCredential | None) -> tuple[str, Password] | None:
    return (credential.username, credential.password) if credential else None
