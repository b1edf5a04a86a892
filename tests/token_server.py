"""A token server as registries have one: it gives signed tokens to those who may pull, and less to all others.

The tokens are those that distribution's token authentication verifies: JSON Web Tokens, signed with ES256, with the
signer's certificate in the header `x5c`. As real servers do, it refuses a wrong password with 401, and gives a user
who may not pull a token with no right in it: 200, so that only the registry itself says no.
"""

from __future__ import annotations

import base64
import json
import threading
import time
import uuid
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from tests.certificates import Certified

ISSUER = "acme-issuer"
SERVICE = "acme-registry"
SECONDS = 300
"""How long a token is good for."""


class User(NamedTuple):
    """A password, and the repositories that it opens: whole names, or the beginning of names before a `*`."""

    password: str
    pull: tuple[str, ...] = ()
    push: tuple[str, ...] = ()


ANYBODY = User("")
"""One who gives no credential."""


class Asked(NamedTuple):
    """One request; QUERY has every value of every parameter, CREDENTIAL is whether Authorization was there."""

    method: str
    path: str
    query: dict[str, list[str]]
    credential: bool


class TokenServer:
    """Serves on a port of the loopback between `with` and its end; ASKED is what it was asked, in order."""

    def __init__(self, signer: Certified, users: Mapping[str, User], public: tuple[str, ...] = ()) -> None:
        self.asked: list[Asked] = []
        self._signer = signer
        self._users = users
        self._public = public
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    @property
    def realm(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}/token"

    def user(self, authorization: str | None) -> tuple[str, User] | None:
        """Give the name and rights of AUTHORIZATION, those of anybody without one; None for a wrong credential."""
        if authorization is None:
            return "", ANYBODY
        try:
            credential = base64.b64decode(authorization.removeprefix("Basic "), validate=True).decode()
        except ValueError:
            return None
        name, _, password = credential.partition(":")
        user = self._users.get(name)
        return (name, user) if user and user.password == password else None

    def grant(self, user: User, scopes: list[str]) -> list[dict[str, Any]]:
        """Give what USER may do of SCOPES, each one or more TYPE:NAME:ACTIONS."""
        granted = []
        for scope in " ".join(scopes).split():
            kind, _, rest = scope.partition(":")
            name, _, actions = rest.rpartition(":")
            allowed = [
                action for action in actions.split(",") if kind == "repository" and self._may(user, action, name)
            ]
            if allowed:
                granted.append({"type": kind, "name": name, "actions": allowed})
        return granted

    def _may(self, user: User, action: str, name: str) -> bool:
        rights = {"pull": (*user.pull, *user.push, *self._public), "push": user.push}.get(action, ())
        return any(_covers(right, name) for right in rights)

    def token(self, subject: str, access: list[dict[str, Any]]) -> str:
        """Sign a token for SUBJECT that grants ACCESS."""
        now = int(time.time())
        head = {"typ": "JWT", "alg": "ES256", "x5c": [base64.b64encode(self._signer.der).decode()]}
        claims = {"iss": ISSUER, "sub": subject, "aud": SERVICE, "jti": uuid.uuid4().hex, "access": access}
        # Clocks of two processes of one machine agree; a margin all the same, for a second that has just begun.
        times = {"iat": now, "nbf": now - 10, "exp": now + SECONDS}
        signed = f"{_base64url(_json(head))}.{_base64url(_json({**claims, **times}))}"
        return f"{signed}.{_base64url(self._signer.es256(signed.encode()))}"


def _covers(right: str, name: str) -> bool:
    return name.startswith(right[:-1]) if right.endswith("*") else name == right


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _handler(server: TokenServer) -> type[BaseHTTPRequestHandler]:
    """Make the handler that answers for SERVER."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            target = urlsplit(self.path)
            query = parse_qs(target.query)
            authorization = self.headers["Authorization"]
            server.asked.append(Asked(self.command, target.path, query, authorization is not None))
            known = server.user(authorization)
            if target.path != "/token" or query.get("service") != [SERVICE]:
                self._answer(404, {"details": "no such service"})
            elif known is None:
                self._answer(401, {"details": "incorrect username or password"})
            else:
                name, user = known
                token = server.token(name, server.grant(user, query.get("scope", [])))
                self._answer(200, {"token": token, "access_token": token, "expires_in": SECONDS})

        def do_POST(self) -> None:
            """Refuse OAuth2, as the servers do that know only GET; clients then ask again with GET."""
            self.rfile.read(int(self.headers["Content-Length"] or 0))
            target = urlsplit(self.path)
            server.asked.append(Asked("POST", target.path, parse_qs(target.query), "Authorization" in self.headers))
            self._answer(405, {"details": "method not allowed"})

        def _answer(self, status: int, content: dict[str, Any]) -> None:
            body = _json(content)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
            """Say nothing."""

    return Handler
