"""Who is asked about an image: the Docker Engine, or the registry itself."""

from collections.abc import Callable, Collection
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Literal

from astrokpo_cli.credentials import RegistryCredential
from astrokpo_cli.errors import AstrokpoError
from astrokpo_cli.images import ImageReference
from astrokpo_cli.registry.client import RegistryClient
from astrokpo_cli.registry.once import Once
from astrokpo_cli.registry.proof import Answer, Asker

if TYPE_CHECKING:
    from astrokpo_cli.registry.engine import EngineClient

Via = Literal["auto", "engine", "registry"]


class NoEngine(AstrokpoError):
    """A Docker Engine was asked for and none answers."""


class EngineFirst:
    """A Docker Engine, and for the platforms that it does not name the registry itself."""

    via: Literal["engine"] = "engine"

    def __init__(self, engine: "EngineClient", registry: Callable[[], RegistryClient]) -> None:
        self._engine = engine
        self._registry = registry

    def ask(self, image: ImageReference, credential: RegistryCredential | None) -> Answer:
        """Ask the Engine."""
        return self._engine.ask(image, credential)

    def platforms(self, image: ImageReference, credential: RegistryCredential | None) -> tuple[str, ...] | Answer:
        """Ask the Engine; an image without an index may be known to the registry alone."""
        named = self._engine.platforms(image, credential)
        if named:
            return named
        found = self._registry().platforms(image, credential)
        # That the registry cannot be asked from here says nothing: the Engine can.
        return found if not isinstance(found, Answer) or found.kind == "not-an-image" else ()


class Askers:
    """The askers of one run: at most one engine, and one client for each registry. For several threads at once."""

    def __init__(self, via: Via, insecure: Collection[str] = ()) -> None:
        """Take INSECURE for registries that may be asked without TLS or with any certificate."""
        self._via = via
        self._insecure = insecure
        self._engine: Once[EngineClient | None] = Once()
        self._registries: Once[RegistryClient] = Once()
        self._lock = Lock()
        self._clients: list[RegistryClient] = []
        self._is_closed = False

    def asker_for(self, image: ImageReference) -> Asker:
        """Give who is asked about IMAGE; raises NoEngine."""
        # What is insecure for this run alone, an engine does not know.
        if self._via == "engine" or (self._via == "auto" and image.registry not in self._insecure):
            engine = self._engine.get("", self._find_engine)
            if engine is not None:
                return engine if self._via == "engine" else EngineFirst(engine, lambda: self._registry(image))
            if self._via == "engine":
                raise NoEngine(
                    "no Docker Engine answers",
                    "start it, set DOCKER_HOST, look for a mistake in docker's config.json, or ask with --via registry",
                )
        return self._registry(image)

    def _registry(self, image: ImageReference) -> RegistryClient:
        return self._registries.get(image.registry, lambda: self._new_client(image.registry))

    def close(self) -> None:
        """End all connections, and what waits for an answer."""
        with suppress(AstrokpoError):
            engine = self._engine.get("", lambda: None)
            if engine is not None:
                engine.close()
        with self._lock:
            self._is_closed = True
            clients = list(self._clients)
        for client in clients:
            client.close()

    def _find_engine(self) -> "EngineClient | None":
        from astrokpo_cli.registry.engine import find_engine

        return find_engine()

    def _new_client(self, host: str) -> RegistryClient:
        client = RegistryClient(host, insecure=host in self._insecure)
        with self._lock:
            self._clients.append(client)
            is_closed = self._is_closed
        if is_closed:  # an interrupt came first: it must not wait for this one
            client.close()
        return client
