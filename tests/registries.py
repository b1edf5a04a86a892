"""Real registries: distribution's `docker-registry` on the loopback, seeded over its own API.

`open_registry`, `htpasswd_registry`, `token_registry` and `tls_registry` of conftest.py are these, each started and
seeded once. What a registry holds stands in `tests.scratch.images`, who may ask it at USERS.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

import requests

from tests.certificates import self_signed
from tests.parts import Tool
from tests.scratch import Image, images
from tests.service import service
from tests.token_server import ISSUER, SERVICE, TokenServer, User

Kind = Literal["open", "htpasswd", "token"]

ROBOT = "robot"
PASSWORD = "hunter2-of-the-robot"
NARROW = "narrow"
NARROW_PASSWORD = "hunter3-of-the-narrow"
SEEDER = "seeder"
SEEDER_PASSWORD = "hunter4-of-the-seeder"
USERS = {
    ROBOT: User(PASSWORD, pull=("acme/*",)),
    NARROW: User(NARROW_PASSWORD, pull=("other/thing",)),
    SEEDER: User(SEEDER_PASSWORD, push=("*",)),
}
"""Who may ask a registry. An htpasswd file knows no rights: there every one of them may do everything."""
PUBLIC = ("public/*",)
"""The repositories that the token server gives to anybody."""
HOSTS = ("localhost", "127.0.0.1", "registry.acme.test")
"""The names in the certificate of a registry with TLS."""


class Registry(NamedTuple):
    """A registry that answers."""

    host: str
    """As an image names it: 127.0.0.1:PORT."""
    url: str
    kind: Kind
    tokens: TokenServer | None = None
    """Of the kind `token` alone."""
    certificate: Path | None = None
    """Of a registry with TLS: what a client must trust, such as by REQUESTS_CA_BUNDLE."""

    def image(self, name: str) -> str:
        """Give the full reference of NAME, such as acme/etl:1.4."""
        return f"{self.host}/{name}"


@contextlib.contextmanager
def registry(kind: Kind, folder: Path, *, tls: bool = False) -> Iterator[Registry]:
    """Serve an empty registry from FOLDER until the end of the `with`."""
    with contextlib.ExitStack() as stack:
        tokens = stack.enter_context(token_server(folder)) if kind == "token" else None
        certificate = self_signed(*HOSTS).write(folder) if tls else None
        config, log = folder / "config.yml", folder / "log"
        config.write_text(json.dumps(_config(kind, folder, tokens, certificate)))  # YAML, being JSON
        command = [Tool("docker-registry").path, "serve", str(config)]
        host = stack.enter_context(service(command, log, lambda: _listening(log)))
        url = f"{'https' if tls else 'http'}://{host}"
        yield Registry(host, url, kind, tokens, certificate and certificate[0])


def token_server(folder: Path) -> TokenServer:
    """Make the server of USERS, and its certificate in FOLDER, where `token` of the config looks for it."""
    signer = self_signed(ISSUER)
    (folder / "signer").mkdir()
    signer.write(folder / "signer")
    return TokenServer(signer, USERS, PUBLIC)


def _config(
    kind: Kind, folder: Path, tokens: TokenServer | None, certificate: tuple[Path, Path] | None
) -> dict[str, Any]:
    # Port 0: the system chooses, and nobody takes the port between the choice and the start.
    http: dict[str, Any] = {"addr": "127.0.0.1:0", "secret": "of uploads"}
    if certificate:
        http["tls"] = {"certificate": str(certificate[0]), "key": str(certificate[1])}
    config = {"version": 0.1, "log": {"level": "info"}, "storage": {"inmemory": {}}, "http": http}
    if kind == "htpasswd":
        config["auth"] = {"htpasswd": {"realm": "acme", "path": str(_htpasswd(folder))}}
    if tokens:
        bundle = str(folder / "signer" / "certificate.pem")
        token = {"realm": tokens.realm, "service": SERVICE, "issuer": ISSUER, "rootcertbundle": bundle}
        config["auth"] = {"token": token}
    return config


def _htpasswd(folder: Path) -> Path:
    # The cheapest rounds that bcrypt has: the registry hashes anew for every request.
    hashing = ("-i", "-n", "-B", "-C", "4")
    lines = [Tool("htpasswd")(*hashing, name, stdin=user.password.encode()) for name, user in USERS.items()]
    path = folder / "htpasswd"
    path.write_bytes(b"".join(lines))
    return path


def _listening(log: Path) -> str | None:
    found = re.search(r"listening on (127\.0\.0\.1:\d+)", log.read_text())
    return found[1] if found else None


def seed(registry: Registry) -> None:
    """Push all that `tests.scratch.images` gives."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(registry.certificate) if registry.certificate else True
        for name, image in images().items():
            repository, _, tag = name.partition(":")
            session.headers.update(_authorization(registry, repository))
            _push(session, f"{registry.url}/v2/{repository}", image, tag)


def _authorization(registry: Registry, repository: str) -> dict[str, str]:
    """Authorize as SEEDER; a token is taken from the server's own hands, so that its record stays empty."""
    if registry.tokens:
        access = registry.tokens.grant(USERS[SEEDER], [f"repository:{repository}:pull,push"])
        return {"Authorization": f"Bearer {registry.tokens.token(SEEDER, access)}"}
    return {"Authorization": f"Basic {base64.b64encode(f'{SEEDER}:{SEEDER_PASSWORD}'.encode()).decode()}"}


def _push(session: requests.Session, url: str, image: Image, tag: str) -> None:
    for part in image.images:
        _push(session, url, part, part.manifest.digest)
    for blob in image.blobs:
        upload = session.post(f"{url}/blobs/uploads/", timeout=10)
        upload.raise_for_status()
        done = session.put(upload.headers["Location"], params={"digest": blob.digest}, data=blob.content, timeout=10)
        done.raise_for_status()
    headers = {"Content-Type": image.manifest.media_type}
    done = session.put(f"{url}/manifests/{tag}", data=image.manifest.content, headers=headers, timeout=10)
    assert done.status_code == 201, done.text
