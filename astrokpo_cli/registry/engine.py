"""A Docker Engine, asked what the registry says: with its proxies, its certificates and its network.

OUT. The Engine contacts the registry (GET /distribution/NAME/json); nothing is pulled. Its answers are told apart by
status and by the phrases that it has had since 20.10; its text is never shown, since a registry writes into it.
"""

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from astrokpo_cli.credentials import RegistryCredential
from astrokpo_cli.images import ImageReference
from astrokpo_cli.registry.once import Once
from astrokpo_cli.registry.platforms import platform_of
from astrokpo_cli.registry.proof import Answer, Kind

if TYPE_CHECKING:
    import docker

PROBE_SECONDS = 1
ANSWER_SECONDS = 60
"""How long the Engine may be silent while it asks the registry."""


class _Asked(NamedTuple):
    answer: Answer
    platforms: tuple[str, ...] = ()


class EngineClient:
    """A Docker Engine that answers; for several threads at once."""

    via: Literal["engine"] = "engine"

    def __init__(self, client: "docker.DockerClient") -> None:
        self._client = client
        self._asked: Once[_Asked] = Once()

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def ask(self, image: ImageReference, credential: RegistryCredential | None) -> Answer:
        """Say whether IMAGE can be pulled with CREDENTIAL; None is anonymously."""
        return self._ask(image, credential).answer

    def platforms(self, image: ImageReference, credential: RegistryCredential | None) -> tuple[str, ...] | Answer:
        """Give the platforms of an image that pulls; empty where it does not say."""
        return self._ask(image, credential).platforms

    def _ask(self, image: ImageReference, credential: RegistryCredential | None) -> _Asked:
        who = (credential.username, credential.password) if credential else None
        return self._asked.get((str(image), who), lambda: self._ask_once(image, credential))

    def _ask_once(self, image: ImageReference, credential: RegistryCredential | None) -> _Asked:
        import docker
        import requests

        # Without an auth docker-py asks the docker config and its helpers; an empty one is nobody's.
        auth: dict[str, str] = {}
        if credential is not None:
            auth = {"username": credential.username, "password": credential.password.reveal()}
        try:
            found = self._client.api.inspect_distribution(str(image), auth_config=auth)
        except docker.errors.APIError as err:
            return _Asked(_refusal(err.status_code or 0, str(err.explanation or ""), credential))
        except requests.ReadTimeout:
            return _Asked(Answer("unreachable", f"the Docker Engine was silent for {ANSWER_SECONDS} s"))
        except (docker.errors.DockerException, requests.RequestException, OSError, ValueError) as err:
            return _Asked(Answer("failed", f"the Docker Engine gave no answer ({type(err).__name__})"))
        return _Asked(Answer("pulls"), _platforms(found))


def find_engine() -> EngineClient | None:
    """Give the Docker Engine of DOCKER_HOST, the docker context or this machine; None if none answers in a second."""
    import docker

    try:
        client = docker.from_env(timeout=PROBE_SECONDS)
        client.ping()
    except Exception:  # noqa: BLE001 - docker-py reads the docker config, and raises what Python does for an odd one
        return None
    client.api.timeout = ANSWER_SECONDS
    return EngineClient(client)


_PHRASES: tuple[tuple[str, Kind, str], ...] = (
    ("toomanyrequests", "rate-limited", ""),
    ("too many requests", "rate-limited", ""),
    ("x509:", "certificate", "the Docker Engine does not trust it"),
    ("server gave http response to https client", "unreachable", "it does not speak TLS"),
    ("no such host", "unreachable", "its name cannot be resolved"),
    ("connection refused", "unreachable", "connection refused"),
    ("i/o timeout", "unreachable", "it does not answer the Docker Engine"),
    ("deadline exceeded", "unreachable", "it does not answer the Docker Engine"),
    (
        "manifest unknown",
        "no-such-tag",
        "the repository may be missing too, which the Docker Engine does not tell apart",
    ),
    ("name unknown", "denied-or-missing", ""),
    ("incorrect username or password", "wrong-credential", ""),
    ("no basic auth credentials", "denied-or-missing", ""),
    # A token server that grants nothing is told as "denied: ... unauthorized: ...".
    ("denied", "denied-or-missing", ""),
    ("unauthorized", "wrong-credential", ""),
    ("error unmarshalling content", "not-a-registry", ""),
    ("error parsing http 401", "denied-or-missing", ""),
    ("error parsing http 403", "denied-or-missing", ""),
    ("error parsing http", "not-a-registry", ""),
    ("bad gateway", "unreachable", "the Docker Engine's proxy gives no way to it"),
    ("unable to decode token", "not-a-registry", ""),
    ("did not include a token", "not-a-registry", ""),
)
"""What the Engine's text holds, in the order in which it is looked for; its own status says less."""


def _refusal(status: int, text: str, credential: RegistryCredential | None) -> Answer:
    kind, detail = _meaning(status, text.lower())
    if kind == "wrong-credential" and credential is None:
        kind = "denied-or-missing"
    return Answer(kind, detail)


def _meaning(status: int, text: str) -> tuple[Kind, str]:
    # The URL that was asked stands in quotes, and the image's name in it.
    said = re.sub(r'"[^"]*"', "", text)
    for phrase, kind, detail in _PHRASES:
        if phrase in said:
            return kind, detail
    kinds: dict[int, Kind] = {401: "wrong-credential", 403: "denied-or-missing", 404: "denied-or-missing"}
    return kinds.get(status, "failed"), "" if status in kinds else f"the Docker Engine answered {status}"


def _platforms(found: dict[str, Any]) -> tuple[str, ...]:
    listed = found.get("Platforms")
    names = [platform_of(each) for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return tuple(dict.fromkeys(name for name in names if name and name != "unknown/unknown"))
