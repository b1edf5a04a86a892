"""What a registry client does with servers that lie, stall, flood and lead astray: hostile servers on the loopback."""

from __future__ import annotations

import base64
import gzip
import json
import logging
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import cookiejar
from pathlib import Path
from typing import Any

import pytest

from astrokpo_cli.credentials import Password, RegistryCredential
from astrokpo_cli.images import ImageReference
from astrokpo_cli.registry import transport as transport_module
from astrokpo_cli.registry.addresses import is_local_name, is_loopback_name, is_private_address, is_public, read_url
from astrokpo_cli.registry.challenge import parse_challenge
from astrokpo_cli.registry.client import RegistryClient
from astrokpo_cli.registry.once import Once
from astrokpo_cli.registry.platforms import Config, read_config, read_manifest
from astrokpo_cli.registry.proof import Answer, prove
from astrokpo_cli.registry.transport import MAX_MANIFEST, MAX_TOKEN, Transport
from astrokpo_cli.registry.troubles import Limits, NoAnswer
from tests.certificates import self_signed
from tests.hostile_registry import (
    CONFIG,
    CONFIG_DIGEST,
    DIGEST,
    MANIFEST,
    HostileServer,
    Listener,
    Pieces,
    Proxy,
    RawServer,
    Request,
    challenge,
    drip,
    hang,
    hang_up,
    head,
    http,
    redirect,
)

USER = "robot"
PASSWORD = "hunter2-canary"
TOKEN = "token-canary"
BODY = "body-canary"
BASIC = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
BEARER = f"Bearer {TOKEN}"
CANARIES = (PASSWORD, TOKEN, BASIC.removeprefix("Basic "))

PING = "/v2/"
MANIFESTS = "/v2/acme/etl/manifests/"
TAG = f"{MANIFESTS}1"
PINNED = MANIFESTS + DIGEST
BLOB = f"/v2/acme/etl/blobs/{CONFIG_DIGEST}"
TAGS = "/v2/acme/etl/tags/list"

TOTAL = 0.3
BOUND = 25
"""Seconds that no guarded exchange comes near to, on whatever machine; without its guard it has no end, or 30 s."""
HASTY = Limits(connect=5, read=5, total=TOTAL)
LATE = f"it did not finish its answer within {TOTAL:g} s"
NO_URL = "no plain https URL"


# The servers, and who asks them


@pytest.fixture
def server() -> Iterator[HostileServer]:
    """A server without TLS at 127.0.0.1."""
    with HostileServer() as running:
        yield running


@pytest.fixture
def other() -> Iterator[HostileServer]:
    """Another one, at another port."""
    with HostileServer() as running:
        yield running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for every name of these tests but wrong.acme.test."""
    names = ("registry.acme.test", "auth.acme.test", "cdn.acme.test", "registry.acme.internal", "proxy.acme.test")
    return self_signed(*names, "localhost", "127.0.0.1").write(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def secure(certificate: tuple[Path, Path]) -> Iterator[HostileServer]:
    """A server with TLS, with a certificate that nobody trusts."""
    with HostileServer(certificate=certificate) as running:
        yield running


@pytest.fixture
def other_secure(certificate: tuple[Path, Path]) -> Iterator[HostileServer]:
    with HostileServer(certificate=certificate) as running:
        yield running


@pytest.fixture
def trusted(nothing_leaks: None, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate of these tests is trusted, as a user makes it."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))


Answers = list[object]


class Recorded(RegistryClient):
    """A client that keeps what it answered."""

    answers: Answers

    def ask(self, image: ImageReference, credential: RegistryCredential | None) -> Answer:
        answer = super().ask(image, credential)
        self.answers.append(answer)
        return answer

    def platforms(self, image: ImageReference, credential: RegistryCredential | None) -> tuple[str, ...] | Answer:
        found = super().platforms(image, credential)
        self.answers.append(found)
        return found


@pytest.fixture
def answers() -> Answers:
    return []


Connect = Callable[..., Recorded]


@pytest.fixture
def connect(answers: Answers) -> Iterator[Connect]:
    """Make clients, which are closed at the end."""
    made: list[Recorded] = []

    def make(host: str, *, insecure: bool = False, limits: Limits | None = None) -> Recorded:
        client = Recorded(host, insecure=insecure, limits=limits)
        client.answers = answers
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture(scope="module")
def nobodys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list of authorities with one that has signed nothing."""
    return self_signed("nobody.acme.test").write(tmp_path_factory.mktemp("nobody"))[0]


@pytest.fixture(autouse=True)
def nothing_leaks(
    nobodys: Path,
    answers: Answers,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """In every test: nothing is printed, and no secret is in an answer or in anybody's log, nor a server's text."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    caplog.set_level(logging.DEBUG)
    # A small one: the built-in list takes longer to load than most of these tests.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(nobodys))
    yield
    said = f"{answers!r} {caplog.text}"
    assert not [canary for canary in CANARIES if canary in said]
    assert BODY not in repr(answers)
    assert capfd.readouterr() == ("", "")


def credential(password: str = PASSWORD) -> RegistryCredential:
    return RegistryCredential("registry.acme.test", USER, Password(password), "standard input")


def image(server: Listener, tag: str = "1", digest: str | None = None, repository: str = "acme/etl") -> ImageReference:
    return ImageReference(server.host, repository, tag, digest)


def asked(connect: Connect, server: Listener, limits: Limits | None = None) -> Answer:
    """Ask SERVER about its image with the credential."""
    return connect(server.host, limits=limits).ask(image(server), credential())


def serve_image(server: HostileServer) -> None:
    """An image for linux/amd64, for everybody."""
    manifest = http(200, MANIFEST, f"Content-Type: {MANIFEST['mediaType']}", f"Docker-Content-Digest: {DIGEST}")
    server.on |= {PING: http(200, {}), TAG: manifest, PINNED: manifest, BLOB: http(200, CONFIG), TAGS: http(200, {})}


def guarded(answer: Pieces, authorization: str, text: str) -> Callable[[Request], Pieces]:
    """Answer so only to who sends AUTHORIZATION, and with the challenge TEXT to all others."""
    return lambda request: answer if request.authorization == authorization else challenge(text)


def guard(server: HostileServer, authorization: str, text: str) -> None:
    for path, answer in list(server.on.items()):
        assert isinstance(answer, bytes)
        server.on[path] = guarded(answer, authorization, text)


def serve_basic(server: HostileServer) -> None:
    serve_image(server)
    guard(server, BASIC, 'Basic realm="acme"')


def serve_bearer(server: HostileServer, realm: str | None = None) -> None:
    """An image for who has a token, which the server itself gives at /token, unless REALM is elsewhere."""
    serve_image(server)
    guard(server, BEARER, f'Bearer realm="{realm or server.url + "/token"}",service="acme"')
    serve_token(server)


def serve_token(server: HostileServer, answer: Pieces | None = None) -> None:
    """Give the token to who knows the password."""
    given = http(200, {"token": TOKEN}) if answer is None else answer
    server.on["/token"] = guarded(given, BASIC, "Basic")


PULLS = Answer("pulls")


# An honest registry, so that the rest means something


@pytest.mark.parametrize("serve", [serve_image, serve_basic, serve_bearer])
def test_an_honest_server_is_told_as_such(
    server: HostileServer, connect: Connect, serve: Callable[[HostileServer], None]
) -> None:
    serve(server)
    client = connect(server.host)
    assert client.ask(image(server), credential()) == PULLS
    assert client.platforms(image(server), credential()) == ("linux/amd64",)
    anonymous = client.ask(image(server), None)
    assert anonymous.kind == ("pulls" if serve is serve_image else "denied-or-missing")
    assert client.ask(image(server), credential("wrong-canary")).kind == (
        "pulls" if serve is serve_image else "wrong-credential"
    )


# Where a token server may be


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.2",
        "127.0.0.2.",
        "127.2",
        "2130706434",
        "0177.0.0.2",
        "0x7f000002",
        "0x7f.0.0.2",
        "127.0.0.0x2",
        "127.0.0.002",
        "0",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "100.100.100.200",
        "169.254.169.254",
        "168.63.129.16",
        "192.0.0.192",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.2]",
        "[::ffff:7f00:2]",
        "[::127.0.0.2]",
        "[64:ff9b::7f00:2]",
        "[64:ff9b::169.254.169.254]",
        "[64:ff9b:1::1]",
        "[2002:7f00:2::]",
        "[2001:0:7f00:2::]",
        "[fe80::1]",
        "[fec0::1]",
        "[fd00:ec2::254]",
        "[ff02::1]",
    ],
)
def test_no_realm_at_a_private_address(server: HostileServer, connect: Connect, host: str) -> None:
    serve_bearer(server, f"http://{host}:{server.port}/token")
    answer = asked(connect, server)
    assert answer.kind == "untrusted"
    assert "not a public address" in answer.detail
    assert server.lines == [f"GET {PING}"]


def test_nothing_at_all_is_sent_to_a_private_address(server: HostileServer, connect: Connect) -> None:
    try:
        elsewhere = HostileServer("127.0.0.2", server.port)
    except OSError:
        pytest.skip("127.0.0.2 is no address of this system")
    with elsewhere:
        serve_bearer(server, f"http://127.0.0.2:{server.port}/token")
        assert asked(connect, server).kind == "untrusted"
        assert elsewhere.accepted == 0


Names = dict[str, str | Iterator[str]]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """A public DNS: what names lead to. There 127.0.0.1 stands for the public internet, all else is private."""
    table: Names = {}
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *arguments: Any, **named: Any) -> list[Any]:
        if host in table:
            entry = table[host]
            host = entry if isinstance(entry, str) else next(entry)
        elif not re.fullmatch(r"[0-9a-f.:]+", host):
            raise socket.gaierror(socket.EAI_NONAME, f"{host} is not in the table")
        return real(host, port, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(transport_module, "is_public", lambda address: address == "127.0.0.1")
    return table


def public(server: Listener, name: str) -> str:
    return f"{name}.acme.test:{server.port}"


@pytest.mark.parametrize("address", ["127.0.0.2", "10.0.0.1", "169.254.169.254", "::1"])
@pytest.mark.usefixtures("trusted")
def test_no_realm_whose_name_leads_to_a_private_address(
    secure: HostileServer, connect: Connect, names: Names, address: str
) -> None:
    names |= {"registry.acme.test": "127.0.0.1", "auth.acme.test": address}
    serve_bearer(secure, f"https://auth.acme.test:{secure.port}/token")
    host = public(secure, "registry")
    answer = connect(host).ask(ImageReference(host, "acme/etl", "1"), credential())
    assert answer.kind == "untrusted"
    assert '"auth.acme.test"' in answer.detail
    assert secure.lines == [f"GET {PING}"]


@pytest.mark.usefixtures("trusted")
def test_a_realm_elsewhere_on_the_internet_is_asked(
    secure: HostileServer, other_secure: HostileServer, connect: Connect, names: Names
) -> None:
    names |= {"registry.acme.test": "127.0.0.1", "auth.acme.test": "127.0.0.1"}
    serve_bearer(secure, f"https://auth.acme.test:{other_secure.port}/token?x=1#fragment")
    serve_token(other_secure)
    host = public(secure, "registry")
    assert connect(host).ask(ImageReference(host, "acme/etl", "1"), credential()) == PULLS
    assert [request.authorization for request in secure.requests] == [None, BEARER]
    assert [request.authorization for request in other_secure.requests] == [BASIC]
    assert other_secure.requests[0].target == "/token?x=1&service=acme&scope=repository%3Aacme%2Fetl%3Apull"


@pytest.mark.usefixtures("trusted")
def test_a_name_that_means_something_else_a_moment_later_changes_nothing(
    secure: HostileServer, connect: Connect, names: Names
) -> None:
    # The first answer is good and every later one is not: what was looked at is what is connected to.
    names |= {"registry.acme.test": "127.0.0.1", "auth.acme.test": iter(["127.0.0.1", "127.0.0.2"])}
    serve_bearer(secure, f"https://auth.acme.test:{secure.port}/token")
    host = public(secure, "registry")
    assert connect(host).ask(ImageReference(host, "acme/etl", "1"), credential()) == PULLS
    assert next(iter(names["auth.acme.test"])) == "127.0.0.2"


@pytest.mark.usefixtures("trusted")
def test_a_public_registry_does_not_move_to_a_private_address(
    secure: HostileServer, connect: Connect, names: Names
) -> None:
    names["registry.acme.test"] = iter(["127.0.0.1", "127.0.0.2"])
    host = public(secure, "registry")
    serve_bearer(secure, f"https://{host}/token")
    secure.on[PING] = http(401, "", "Connection: close", f'WWW-Authenticate: Bearer realm="https://{host}/token"')
    answer = connect(host).ask(ImageReference(host, "acme/etl", "1"), credential())
    assert answer == Answer("untrusted", "its name now leads to an address that is not public")
    assert secure.lines == [f"GET {PING}"]


def test_a_registry_at_a_private_address_has_its_token_server_there(server: HostileServer, connect: Connect) -> None:
    serve_bearer(server, f"HTTP://LOCALHOST:{server.port}/token")
    assert asked(connect, server) == PULLS


def test_localhost_is_not_where_a_registry_elsewhere_is(names: Names, connect: Connect, server: HostileServer) -> None:
    names |= {"registry.acme.internal": "127.0.0.1", "localhost": "127.0.0.2"}
    host = f"registry.acme.internal:{server.port}"
    serve_bearer(server, f"http://localhost:{server.port}/token")
    answer = connect(host, insecure=True).ask(ImageReference(host, "acme/etl", "1"), credential())
    assert answer.kind == "untrusted"
    assert server.lines == [f"GET {PING}"]


@pytest.mark.usefixtures("trusted")
def test_no_realm_without_tls_of_a_registry_with_tls(
    secure: HostileServer, server: HostileServer, connect: Connect
) -> None:
    serve_bearer(secure, f"{server.url}/token")
    serve_token(server)
    answer = asked(connect, secure)
    assert answer == Answer("untrusted", 'it sends us to "127.0.0.1" without TLS')
    assert not server.requests


@pytest.mark.parametrize(
    "realm",
    [
        "/token",
        "//auth.acme.test/token",
        "token",
        "?",
        "https://",
        "https:///token",
        "https:auth.acme.test",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "unix:///var/run/docker.sock",
        "http+unix://%2Fvar%2Frun%2Fdocker.sock/token",
        "ftp://auth.acme.test/token",
        "data:application/json,{}",
        "https://user:hunter3@auth.acme.test/token",
        "https://user@auth.acme.test/token",
        "https://@auth.acme.test/token",
        "https://auth.acme.test:99999/token",
        "https://auth.acme.test:-1/token",
        "https://auth.acme.test:https/token",
        "https://[::1/token",
        "https://[auth.acme.test]/token",
        "https://[fe80::1%25eth0]/token",
        "https://auth acme test/token",
        "https://auth.acme.test/to ken",
        "https://auth.acme.test\\\\@127.0.0.2/token",
        "https://auth.acme.test\\\\.evil.test/token",
        "https://*.acme.test/token",
        "https://%61uth.acme.test/token",
        "https://auth.acme.test/\xa0",
        "https://\xe9.acme.test/token",
        "https://127\xe3\x80\x820.0.2/token",
        "https://auth.acme.test/\ttoken",
        "https://auth.acme.test/\x01token",
        "https://auth.acme.test/" + "x" * 8170,
    ],
    ids=repr,
)
def test_a_realm_that_is_no_plain_url(server: HostileServer, connect: Connect, realm: str) -> None:
    server.on[PING] = http(401, BODY, f'WWW-Authenticate: Bearer realm="{realm}",service="acme"')
    answer = asked(connect, server)
    assert answer.kind in ("untrusted", "not-a-registry")
    assert answer.kind == "not-a-registry" or NO_URL in answer.detail
    assert server.lines == [f"GET {PING}"]


@pytest.mark.parametrize("end", ["\r\n", "\r\n ", "\n", "\r", "\r\n\r\n"], ids=repr)
def test_a_realm_over_several_lines(server: HostileServer, connect: Connect, end: str) -> None:
    server.on[PING] = http(401, BODY, f'WWW-Authenticate: Bearer realm="{server.url}/to{end}ken",service="acme"')
    assert asked(connect, server).kind in ("untrusted", "not-a-registry")
    assert server.lines == [f"GET {PING}"]


def test_a_challenge_of_a_megabyte(server: HostileServer, connect: Connect) -> None:
    server.on[PING] = challenge(f'Bearer realm="https://auth.acme.test/{"x" * 1024 * 1024}"')
    assert asked(connect, server) == Answer("unreachable", "it broke the connection off, or its answer is no HTTP")


def test_a_service_and_a_repository_do_not_get_out_of_their_parameters(server: HostileServer, connect: Connect) -> None:
    serve_bearer(server)
    text = f'Bearer realm="{server.url}/token?service=first",service="a&scope=x#\\"b"'
    server.on[PING] = challenge(text)
    assert asked(connect, server) == PULLS
    query = next(request.query for request in server.requests if request.path == "/token")
    assert query == {"service": ["first", 'a&scope=x#"b'], "scope": ["repository:acme/etl:pull"]}


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/elsewhere", "elsewhere", "http://{host}/elsewhere", "//{host}/elsewhere"])
def test_a_redirect_on_the_same_server_keeps_the_method_and_the_authorization(
    server: HostileServer, connect: Connect, status: int, location: str
) -> None:
    serve_basic(server)
    server.on[TAG] = redirect(location.format(host=server.host), status)
    there = "/elsewhere" if "/" in location else f"{MANIFESTS}elsewhere"
    server.on[there] = guarded(http(200, MANIFEST), BASIC, "Basic")
    assert asked(connect, server) == PULLS
    assert server.lines == [f"GET {PING}", f"HEAD {TAG}", f"HEAD {there}"]
    assert server.connections == 1


@pytest.mark.parametrize(
    "answer",
    [head(302), head(302, "Location:"), *(redirect("/elsewhere", status) for status in (300, 304, 305, 306))],
    ids=lambda answer: answer[9:24].decode(),
)
def test_what_is_no_redirect_is_not_followed(server: HostileServer, connect: Connect, answer: bytes) -> None:
    serve_image(server)
    server.on[TAG] = answer
    assert asked(connect, server) == Answer("not-a-registry", f"it answered {answer[9:12].decode()}")
    assert server.lines[-1] == f"HEAD {TAG}"


@pytest.mark.parametrize(("steps", "kind"), [(5, "pulls"), (6, "untrusted")])
def test_a_chain_of_redirects_has_an_end(server: HostileServer, connect: Connect, steps: int, kind: str) -> None:
    serve_image(server)
    server.on[TAG] = redirect("/1")
    for number in range(1, steps):
        server.on[f"/{number}"] = redirect(f"/{number + 1}")
    server.on[f"/{steps}"] = http(200, MANIFEST)
    assert asked(connect, server).kind == kind


def test_a_loop_of_redirects(server: HostileServer, connect: Connect) -> None:
    serve_image(server)
    server.on[TAG] = redirect(TAG)
    assert asked(connect, server) == Answer("untrusted", "it redirects more than 5 times")
    assert server.lines.count(f"HEAD {TAG}") == 6


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_the_authorization_goes_to_no_other_port_and_no_other_host(
    server: HostileServer, other: HostileServer, connect: Connect, name: str
) -> None:
    serve_basic(server)
    server.on[BLOB] = redirect(f"http://{name}:{other.port}/blob?signature=1", 307)
    other.on["/blob"] = http(200, CONFIG)
    client = connect(server.host)
    assert client.ask(image(server), credential()) == PULLS
    assert client.platforms(image(server), credential()) == ("linux/amd64",)
    assert other.lines == ["GET /blob"]
    assert other.requests[0].authorization is None


def test_the_authorization_does_not_come_back_with_a_redirect_that_does(
    server: HostileServer, other: HostileServer, connect: Connect
) -> None:
    serve_basic(server)
    server.on[TAG] = redirect(f"{other.url}/away")
    other.on["/away"] = redirect(f"{server.url}/back")
    server.on["/back"] = http(200, MANIFEST)
    assert asked(connect, server) == PULLS
    assert [request.authorization for request in server.requests] == [None, BASIC, None]


def test_who_wants_a_login_after_a_redirect_says_nothing_about_the_credential(
    server: HostileServer, other: HostileServer, connect: Connect
) -> None:
    serve_basic(server)
    server.on[TAG] = redirect(f"{other.url}{TAG}")
    serve_basic(other)
    answer = asked(connect, server)
    assert answer.kind == "untrusted"
    assert "wants a login" in answer.detail


def test_the_credential_does_not_follow_a_redirect_of_the_token_server(
    server: HostileServer, other: HostileServer, connect: Connect
) -> None:
    serve_bearer(server)
    server.on["/token"] = redirect(f"{other.url}/token", 307)
    serve_token(other)
    assert asked(connect, server).kind == "untrusted"
    assert [request.authorization for request in other.requests] == [None]
    assert other.requests[0].query == {}


@pytest.mark.parametrize("path", [PING, "/token", TAG])
@pytest.mark.parametrize(
    ("location", "detail"),
    [
        ("http://127.0.0.2/x", "not a public address"),
        ("http://169.254.169.254/latest/meta-data", "not a public address"),
        ("https://[::ffff:10.0.0.1]/x", "not a public address"),
        ("file:///etc/passwd", NO_URL),
        ("javascript:1", NO_URL),
        ("https://user:hunter3@auth.acme.test/", NO_URL),
        ("https://auth.acme.test:99999/", NO_URL),
        ("https://[/", NO_URL),
        ("https://\xff/", NO_URL),
        ("/a b", NO_URL),
        ("/a\tb", NO_URL),
        ("/\\127.0.0.2/", NO_URL),
    ],
)
def test_each_redirect_is_looked_at(
    server: HostileServer, connect: Connect, path: str, location: str, detail: str
) -> None:
    serve_bearer(server)
    server.on[path] = redirect("/step")
    server.on["/step"] = redirect(location)
    answer = asked(connect, server)
    assert answer.kind == "untrusted"
    assert detail in answer.detail
    assert server.lines[-1].endswith("/step")


@pytest.mark.usefixtures("trusted")
def test_no_redirect_from_tls_to_none(secure: HostileServer, server: HostileServer, connect: Connect) -> None:
    serve_image(secure)
    secure.on[TAG] = redirect(f"{server.url}{TAG}")
    assert asked(connect, secure) == Answer("untrusted", 'it sends us to "127.0.0.1" without TLS')
    assert not server.requests


# What is kept, and what is not read


def test_cookies_are_neither_kept_nor_even_parsed(
    server: HostileServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[object] = []

    def parse(headers: object) -> list[Any]:
        parsed.append(headers)
        return []

    monkeypatch.setattr(cookiejar, "parse_ns_headers", parse)
    serve_image(server)
    lines = ("Set-Cookie: id=1; Path=/; Domain=127.0.0.1", "Set-Cookie2: id=2", 'Set-Cookie: =;;;"=; expires=\xff')
    server.on[PING] = http(200, {}, *lines)
    server.on[TAG] = redirect("/elsewhere", 307)
    server.on["/elsewhere"] = http(200, MANIFEST, *lines)
    client = connect(server.host)
    assert client.ask(image(server), credential()) == PULLS
    assert client.ask(image(server, "2"), credential()).kind == "no-such-tag"
    assert not [request for request in server.requests if "cookie" in request.headers]
    assert not parsed


def test_netrc_is_not_read(server: HostileServer, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = Path.home() / ".netrc"
    netrc.write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\ndefault login x password y\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    serve_image(server)
    assert connect(server.host).ask(image(server), None) == PULLS
    assert {request.authorization for request in server.requests} == {None}


def test_a_request_says_no_more_than_it_must(server: HostileServer, connect: Connect) -> None:
    serve_basic(server)
    asked(connect, server)
    for request in server.requests:
        assert set(request.headers) <= {
            "host",
            "user-agent",
            "accept",
            "accept-encoding",
            "authorization",
            "connection",
        }
        assert request.headers["accept-encoding"] == "identity"
        assert request.headers["user-agent"].startswith("astrokpo/")


# Answers without end


def flood(beginning: bytes, piece: bytes = b" " * 65536) -> Iterator[bytes]:
    yield beginning
    while True:
        yield piece


CHUNKED = "Transfer-Encoding: chunked"
PACKED = gzip.compress(b" " * 1024 * 1024)
CHUNK = b"10000\r\n" + b" " * 65536 + b"\r\n"
BODIES: Mapping[str, Callable[[int], Iterator[bytes]]] = {
    "chunked": lambda status: flood(head(status, CHUNKED), CHUNK),
    "chunks of one byte": lambda status: flood(head(status, CHUNKED), b"1\r\n \r\n" * 1000),
    "one endless chunk": lambda status: flood(head(status, CHUNKED) + b"FFFFFFFFFFFFFFF\r\n"),
    "a chunk that is no number": lambda status: flood(head(status, CHUNKED) + b"canary\r\n"),
    "an endless chunk line": lambda status: flood(head(status, CHUNKED) + b"1"),
    "without length": lambda status: flood(head(status)),
    "a huge length": lambda status: flood(head(status, "Content-Length: 99999999999999")),
    "a negative length": lambda status: flood(head(status, "Content-Length: -1")),
    "two lengths": lambda status: flood(head(status, "Content-Length: 5", "Content-Length: 70000")),
    "a length that is none": lambda status: flood(head(status, "Content-Length: canary")),
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("path", ["/token", PINNED])
def test_a_body_without_end_is_given_up(server: HostileServer, connect: Connect, path: str, body: str) -> None:
    serve_bearer(server)
    server.on[path] = lambda request: BODIES[body](200)
    client = connect(server.host, limits=Limits(read=5, total=2))
    began = time.monotonic()
    answer = client.ask(image(server), credential())
    if path != "/token":
        assert answer == PULLS
        found = client.platforms(image(server), credential())
        assert isinstance(found, Answer)
        answer = found
    assert answer.kind in ("untrusted", "unreachable")
    assert answer.kind == "unreachable" or answer.detail.startswith("its answer is larger than ")
    assert time.monotonic() - began < BOUND


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("path", [PING, TAG, TAGS])
def test_a_body_that_nobody_needs_spoils_nothing(server: HostileServer, connect: Connect, path: str, body: str) -> None:
    serve_image(server)
    if path != PING:
        server.on[TAG] = lambda request: BODIES[body](404)
    server.on[path] = lambda request: BODIES[body](404 if path == TAG else 200)
    answer = asked(connect, server)
    # What follows the head of an answer without a body may be taken for the next one, and that is no list of tags.
    missing = ("no-such-tag", "denied-or-missing", "unreachable")
    assert answer.kind in (("pulls", "unreachable") if path == PING else missing)


@pytest.mark.parametrize("body", [*BODIES, "a bomb"])
def test_the_body_of_a_redirect_is_left_alone(server: HostileServer, connect: Connect, body: str) -> None:
    def lead(request: Request) -> Iterator[bytes]:
        pieces = BODIES[body](307) if body in BODIES else flood(head(307, "Content-Encoding: gzip"), PACKED)
        yield next(pieces).replace(b"Canary\r\n", b"Canary\r\nLocation: /elsewhere\r\n")
        yield from pieces

    serve_image(server)
    server.on |= {PINNED: lead, "/elsewhere": http(200, MANIFEST)}
    found = connect(server.host, limits=Limits(read=5, total=10)).platforms(image(server, digest=DIGEST), None)
    # A length that is none is no answer at all.
    assert found == ("linux/amd64",) or ("length" in body and isinstance(found, Answer))


@pytest.mark.parametrize(("size", "kind"), [(MAX_TOKEN, "pulls"), (MAX_TOKEN + 1, "untrusted")])
def test_a_token_has_at_most_64_kib(server: HostileServer, connect: Connect, size: int, kind: str) -> None:
    serve_bearer(server)
    serve_token(server, http(200, json.dumps({"token": TOKEN}).ljust(size)))
    answer = asked(connect, server)
    assert answer.kind == kind
    assert answer.detail == ("" if kind == "pulls" else "its answer is larger than 64 KiB")


@pytest.mark.parametrize("path", [PINNED, BLOB])
@pytest.mark.parametrize("surplus", [0, 1])
def test_a_manifest_and_a_config_have_at_most_4_mib(
    server: HostileServer, connect: Connect, path: str, surplus: int
) -> None:
    serve_image(server)
    content = MANIFEST if path == PINNED else CONFIG
    server.on[path] = http(200, json.dumps(content).ljust(MAX_MANIFEST + surplus))
    found = connect(server.host).platforms(image(server), None)
    assert found == (Answer("untrusted", "its answer is larger than 4096 KiB") if surplus else ("linux/amd64",))


def test_a_compressed_bomb_stays_packed(server: HostileServer, connect: Connect) -> None:
    serve_image(server)
    bomb = gzip.compress(json.dumps(MANIFEST).encode().ljust(16 * 1024 * 1024))
    server.on[PINNED] = http(200, bomb, "Content-Encoding: gzip")
    found = connect(server.host).platforms(image(server), None)
    assert found == Answer("not-a-registry", "what it gave is no manifest")


@pytest.mark.parametrize(
    "lines",
    [
        ["X: " + "y" * 70_000],
        [f"X-{number}: y" for number in range(5000)],
        ["X: " + "y" * 60_000 for _ in range(200)],
        ["Set-Cookie: " + "a=b; " * 12_000 for _ in range(90)],
    ],
    ids=["one huge", "thousands", "many huge", "many huge cookies"],
)
def test_huge_headers(server: HostileServer, connect: Connect, lines: list[str]) -> None:
    serve_image(server)
    server.on[TAG] = head(200, *lines)
    began = time.monotonic()
    assert asked(connect, server).kind in ("unreachable", "pulls")
    assert time.monotonic() - began < BOUND


# Answers that take too long


SLOW: Mapping[str, Callable[[], Iterator[bytes]]] = {
    "status line": lambda: drip(b"HTTP/1.1 200 " + b"O" * 1000),
    "header": lambda: drip(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1000),
    "body": lambda: drip(head(200, "Content-Length: 60000"), 0.01),
    "body without length": lambda: drip(head(200), 0.01),
    "chunks": lambda: flood_slowly(head(200, CHUNKED), b"1\r\n \r\n"),
    "trailers": lambda: flood_slowly(head(200, CHUNKED) + b"0\r\n", b"X: y\r\n"),
    "100": lambda: flood_slowly(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "100 at once": lambda: flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "silence": hang,
}


@pytest.mark.parametrize("slow", SLOW)
def test_an_answer_as_a_whole_has_a_time_limit(server: HostileServer, connect: Connect, slow: str) -> None:
    serve_image(server)
    server.on[PINNED] = lambda request: SLOW[slow]()
    began = time.monotonic()
    pinned = image(server, digest=DIGEST)
    assert connect(server.host, limits=HASTY).platforms(pinned, None) == Answer("unreachable", LATE)
    assert time.monotonic() - began < BOUND


@pytest.mark.parametrize("path", [PING, "/token", TAG, BLOB])
def test_each_question_has_a_time_limit(server: HostileServer, connect: Connect, path: str) -> None:
    serve_bearer(server)
    server.on[path] = lambda request: SLOW["header"]()
    client = connect(server.host, limits=HASTY)
    ask = client.platforms if path == BLOB else client.ask
    assert ask(image(server), credential()) == Answer("unreachable", LATE)


@pytest.mark.parametrize("slow", ["body", "body without length", "chunks", "trailers"])
def test_a_body_that_nobody_needs_may_take_too_long(server: HostileServer, connect: Connect, slow: str) -> None:
    """What was asked is known from the head of the answer."""
    serve_image(server)
    server.on[PING] = lambda request: SLOW[slow]()
    assert asked(connect, server, Limits(total=1)) == PULLS


def flood_slowly(beginning: bytes, piece: bytes) -> Iterator[bytes]:
    yield beginning
    while True:
        time.sleep(0.02)
        yield piece


def test_silence_has_a_limit_of_its_own(server: HostileServer, connect: Connect) -> None:
    serve_image(server)
    server.on[TAG] = lambda request: hang()
    assert asked(connect, server, Limits(read=0.3)) == Answer("unreachable", "silent for 0.3 s")


def test_redirects_do_not_make_the_limit_longer(server: HostileServer, connect: Connect) -> None:
    def slow_redirect(request: Request) -> Iterator[bytes]:
        time.sleep(TOTAL * 0.6)
        yield redirect(f"/{len(server.requests)}")

    serve_image(server)
    server.on |= {TAG: slow_redirect, **{f"/{number}": slow_redirect for number in range(20)}}
    assert asked(connect, server, HASTY) == Answer("unreachable", LATE)
    assert len(server.requests) <= 4


@pytest.mark.parametrize("talk", ["silent", "dripping"])
def test_a_handshake_has_the_time_limit_too(connect: Connect, talk: str, names: Names) -> None:
    def handshake(connection: socket.socket) -> None:
        # A record of TLS whose end never comes.
        for piece in drip(b"\x16\x03\x03\x40\x00" + b"\x02" * 16384, 0.02) if talk == "dripping" else hang():
            connection.sendall(piece)

    names["registry.acme.test"] = "127.0.0.1"
    with RawServer(handshake) as server:
        host = public(server, "registry")
        began = time.monotonic()
        answer = connect(host, limits=HASTY).ask(ImageReference(host, "acme/etl", "1"), credential())
        assert answer == Answer("unreachable", LATE)
        assert time.monotonic() - began < BOUND
        assert server.accepted == 1


@pytest.fixture
def full() -> Iterator[socket.socket]:
    """A port of the loopback that takes no more connections and refuses none."""
    if sys.platform != "linux":
        pytest.skip("what a full queue does differs by system")
    waiting = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
            waiting.append(one)
        yield listener
    for one in waiting:
        one.close()


def test_connecting_has_a_time_limit(full: socket.socket, connect: Connect) -> None:
    host = f"127.0.0.1:{full.getsockname()[1]}"
    answer = connect(host, limits=Limits(connect=0.2)).ask(ImageReference(host, "acme/etl", "1"), credential())
    assert answer == Answer("unreachable", "no connection within 0.2 s")


def test_many_addresses_do_not_make_the_limit_longer(
    full: socket.socket, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = full.getsockname()[1]
    address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [address] * 100)
    host = f"registry.acme.test:{port}"
    client = connect(host, limits=Limits(connect=0.3, read=5, total=TOTAL))
    began = time.monotonic()
    assert client.ask(ImageReference(host, "acme/etl", "1"), credential()) == Answer("unreachable", LATE)
    assert time.monotonic() - began < BOUND


@pytest.fixture
def hanging_look_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Every look-up hangs until the end of the test; the event is set as soon as one does."""
    over, begun = threading.Event(), threading.Event()

    def look_up(*_: Any, **__: Any) -> list[Any]:
        begun.set()
        over.wait(30)
        raise socket.gaierror(socket.EAI_AGAIN, "again")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield begun
    over.set()


@pytest.mark.usefixtures("hanging_look_up")
def test_a_look_up_that_hangs_has_the_time_limit_too(connect: Connect) -> None:
    client = connect("registry.acme.test", limits=HASTY)
    began = time.monotonic()
    answer = client.ask(ImageReference("registry.acme.test", "acme/etl", "1"), credential())
    assert answer == Answer("unreachable", LATE)
    assert time.monotonic() - began < BOUND


# Answers that are broken


@pytest.mark.parametrize("path", [PING, "/token", TAG])
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 2",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort " + BODY.encode(),
        b"HTTP/1.1 canary OK\r\n\r\n",
        b"HTTP/1.1 99 OK\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"ICY 200 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2 body-canary\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"\0" * 100_000,
        b"HTTP/1.1 200 OK\r\nno header at all body-canary\r\n: x\r\n\xff\xfe: \xff\r\n\r\n",
    ],
    ids=lambda answer: repr(answer[:24]),
)
def test_an_answer_that_is_none(server: HostileServer, connect: Connect, path: str, answer: bytes) -> None:
    def broken(request: Request) -> Iterator[bytes]:
        yield answer
        yield from hang_up()

    serve_bearer(server)
    server.on[path] = broken
    found = asked(connect, server, Limits(read=5, total=10))
    # Headers that end too early are an answer for all that; so is, to HEAD, a body that does.
    assert found.kind in ("unreachable", "not-a-registry", "pulls")
    assert found.kind != "pulls" or b" 200 OK\r\n" in answer
    assert server.lines.count(f"{'HEAD' if path == TAG else 'GET'} {path}") <= 2


@pytest.mark.parametrize("status", [101, 102, 103, 199, 201, 202, 204, 206, 304, 400, 402, 405, 406, 409, 418, 451])
def test_a_status_that_no_pull_has(server: HostileServer, connect: Connect, status: int) -> None:
    serve_image(server)
    server.on[TAG] = head(status)
    server.on[PINNED] = head(status)
    assert asked(connect, server) == Answer("not-a-registry", f"it answered {status}")


def test_what_comes_after_an_early_hint_is_nobodys_answer(server: HostileServer, connect: Connect) -> None:
    serve_image(server)

    def hint(request: Request) -> Iterator[bytes]:
        yield head(103, "Link: </x>")
        time.sleep(0.2)
        yield head(200, "Docker-Content-Digest: canary")

    server.on[TAG] = hint
    server.on[f"{MANIFESTS}2"] = http(403)
    client = connect(server.host)
    assert client.ask(image(server), credential()) == Answer("not-a-registry", "it answered 103")
    assert client.ask(image(server, "2"), credential()).kind == "denied-or-missing"


def test_100_continue_is_passed_over(server: HostileServer, connect: Connect) -> None:
    serve_image(server)
    server.on[TAG] = lambda request: (b"HTTP/1.1 100 Continue\r\n\r\n", head(200))
    assert asked(connect, server) == PULLS


def test_a_body_where_none_may_be_does_not_become_the_next_answer(server: HostileServer, connect: Connect) -> None:
    serve_image(server)
    # In answer to HEAD.
    server.on[TAG] = lambda request: (http(200, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),)
    server.on[f"{MANIFESTS}2"] = http(403)
    client = connect(server.host)
    assert client.ask(image(server), credential()) == PULLS
    assert client.ask(image(server, "2"), credential()).kind == "denied-or-missing"


# Connections that are kept


def test_a_kept_connection_that_the_server_ends_is_no_trouble(server: HostileServer, connect: Connect) -> None:
    """A server may end an idle connection at any time: also just when the next request is under way."""
    serve_image(server)
    served: set[int] = set()

    def once_for_each_connection(answer: bytes) -> Callable[[Request], Pieces]:
        def give(request: Request) -> Pieces:
            if request.connection in served:
                return hang_up()
            served.add(request.connection)
            return (answer,)

        return give

    server.on[PING] = once_for_each_connection(http(200, {}))
    server.on[TAG] = once_for_each_connection(head(200))
    server.on[f"{MANIFESTS}2"] = once_for_each_connection(head(403))
    client = connect(server.host)
    assert client.ask(image(server), credential()) == PULLS
    assert client.ask(image(server, "2"), credential()).kind == "denied-or-missing"
    assert server.lines == [f"GET {PING}", *[f"HEAD {TAG}"] * 2, *[f"HEAD {MANIFESTS}2"] * 2]
    assert server.connections == 3


@pytest.mark.usefixtures("trusted")
def test_a_kept_connection_with_tls_that_the_server_ends_is_no_trouble(secure: HostileServer, connect: Connect) -> None:
    serve_image(secure)
    secure.on[TAG] = lambda request: hang_up() if request.connection == 1 else (head(200),)
    assert asked(connect, secure) == PULLS
    assert secure.connections == 2


def test_a_server_that_ended_an_idle_connection_is_asked_on_a_new_one(server: HostileServer, connect: Connect) -> None:
    def last_answer(request: Request) -> Iterator[bytes]:
        yield head(200)  # as if the connection were kept
        yield from hang_up()

    serve_image(server)
    server.on[PING] = lambda request: (http(200, {}),)
    server.on[TAG] = server.on[f"{MANIFESTS}2"] = last_answer
    client = connect(server.host)
    for tag in ("1", "2"):
        assert client.ask(image(server, tag), credential()) == PULLS
        time.sleep(0.1)
    assert server.lines == [f"GET {PING}", f"HEAD {TAG}", f"HEAD {MANIFESTS}2"]


def test_a_new_connection_that_is_ended_is_not_tried_again(server: HostileServer, connect: Connect) -> None:
    server.on[PING] = lambda request: hang_up()
    answer = asked(connect, server)
    assert answer.kind == "unreachable"
    assert "broke the connection off" in answer.detail
    assert server.lines == [f"GET {PING}"]


# Tokens


@pytest.mark.parametrize(
    "body",
    [
        "",
        BODY,
        "{",
        "null",
        "true",
        "[]",
        f'["{TOKEN}"]',
        f'"{TOKEN}"',
        "{}",
        '{"token": null}',
        '{"token": ""}',
        '{"token": 5}',
        '{"token": ["x"]}',
        '{"token": {"token": "x"}}',
        '{"token": "x\\r\\nX-Injected: 1"}',
        '{"token": "x y"}',
        '{"token": "x\\u0000"}',
        '{"token": "\\u00e9"}',
        '{"token": "\\ud800"}',
        '{"Token": "x"}',
        '{"expires_in": 300}',
        "[" * 60_000,
        '{"a":' * 10_000,
        "9" * 60_000,
        b"\xff\xfe\x00",
        b"\xef\xbb\xbf{}",
        "\x1f\x8b",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_is_no_token(server: HostileServer, connect: Connect, body: str | bytes) -> None:
    serve_bearer(server)
    serve_token(server, http(200, body, "Content-Type: application/json"))
    assert asked(connect, server) == Answer("not-a-registry", "its token server gave no token")
    assert server.lines[-1] == "GET /token"


@pytest.mark.parametrize("name", ["token", "access_token"])
@pytest.mark.parametrize("kind", ["application/json", "text/html", ""])
def test_what_is_a_token(server: HostileServer, connect: Connect, name: str, kind: str) -> None:
    serve_bearer(server)
    serve_token(server, http(200, {name: TOKEN}, f"Content-Type: {kind}"))
    assert asked(connect, server) == PULLS


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (http(401, BODY), Answer("wrong-credential")),
        (http(403, BODY), Answer("denied-or-missing")),
        (http(404, BODY), Answer("not-a-registry", "its token server answered 404")),
        (http(400, BODY), Answer("not-a-registry", "its token server answered 400")),
        (http(302, BODY), Answer("not-a-registry", "its token server answered 302")),
        (http(204), Answer("not-a-registry", "its token server answered 204")),
        (http(429, BODY, "Retry-After: 7"), Answer("rate-limited", "it says to wait 7 s")),
        (http(500, BODY), Answer("failed", "its token server answered 500")),
        (http(503, BODY), Answer("failed", "its token server answered 503")),
    ],
)
def test_a_token_server_that_gives_none(
    server: HostileServer, connect: Connect, answer: bytes, expected: Answer
) -> None:
    serve_bearer(server)
    server.on["/token"] = answer
    assert asked(connect, server) == expected
    assert server.lines[-1] == "GET /token"


def test_nobody_is_no_wrong_credential(server: HostileServer, connect: Connect) -> None:
    serve_bearer(server)
    assert connect(server.host).ask(image(server), None) == Answer("denied-or-missing")


@pytest.mark.parametrize(
    ("error", "kind"),
    [("insufficient_scope", "denied-or-missing"), ("invalid_token", "wrong-credential"), ("", "wrong-credential")],
)
def test_a_token_that_is_not_enough(server: HostileServer, connect: Connect, error: str, kind: str) -> None:
    """A token server answers 200 to who may not pull, with a token for less: only the registry says no."""
    serve_bearer(server)
    realm = f'Bearer realm="{server.url}/token",service="acme"'
    server.on[TAG] = challenge(f'{realm},error="{error}"' if error else realm)
    assert asked(connect, server).kind == kind
    assert server.requests[-1].authorization == BEARER
    assert connect(server.host).ask(image(server), None).kind == "denied-or-missing"


# Challenges


def test_a_challenge_is_read_as_it_is_written() -> None:
    bearer = parse_challenge('Bearer realm="https://auth.acme.test/token",service="a, b",scope="x y"')
    assert bearer
    assert bearer.scheme == "bearer"
    assert bearer.parameters == {"realm": "https://auth.acme.test/token", "service": "a, b", "scope": "x y"}


@pytest.mark.parametrize(
    ("header", "scheme", "realm"),
    [
        ("Bearer realm=", "bearer", None),
        ('Basic realm="x"', "basic", "x"),
        ("Basic realm=x", "basic", "x"),
        ("Basic", "basic", None),
        ("BASIC REALM=X", "basic", "X"),
        ('bEARER ReAlM="x"', "bearer", "x"),
        ('Basic realm="b", Bearer realm="t"', "bearer", "t"),
        ('Bearer realm="t", Basic realm="b"', "bearer", "t"),
        ('Negotiate, Basic realm="x"', "basic", "x"),
        ('Negotiate YII=, NTLM, Bearer realm="x"', "bearer", "x"),
        ('Digest realm="d", nonce="a,b", Bearer realm="x",error="y"', "bearer", "x"),
        ('Bearer realm="a\\"b\\\\c"', "bearer", 'a"b\\c'),
        ('Bearer realm = "x" , service = "y"', "bearer", "x"),
        (',, Bearer realm="x",,', "bearer", "x"),
        ('Bearer realm="first",realm="second"', "bearer", "first"),
        ("Bearer", "bearer", None),
        ('Bearer realm=""', "bearer", ""),
    ],
)
def test_the_challenge_that_a_pull_answers(header: str, scheme: str, realm: str | None) -> None:
    found = parse_challenge(header)
    assert found
    assert (found.scheme, found.parameters.get("realm")) == (scheme, realm)


@pytest.mark.parametrize(
    "header",
    [
        "",
        " ",
        ",",
        "Negotiate",
        'Digest realm="x"',
        'realm="x"',
        'Bearer realm="x',
        'Bearer realm=x"',
        'Bearer realm="x"y',
        'Bearer realm="x" service="y"',
        "Bearer realm=https://auth.acme.test/",
        '"Bearer" realm="x"',
        "Bearer\x00 realm=x",
        "\xff",
        'Bearer realm="\\',
        'Bearer realm="x"' + " " * 9000,
    ],
    ids=lambda header: repr(header[:40]),
)
def test_what_is_no_challenge(server: HostileServer, connect: Connect, header: str) -> None:
    assert parse_challenge(header) is None
    server.on[PING] = challenge(header)
    answer = asked(connect, server)
    assert answer.kind == "not-a-registry"
    assert answer.detail == "it asks for a login in no way that a pull knows"
    assert server.lines == [f"GET {PING}"]


@pytest.mark.parametrize(
    "header",
    ["a" * 8000, "a " * 4000, "a=" * 4000, "a,a=b," * 1300, '"' * 8000, 'a="' + "\\" * 8000, "a" + " " * 8000 + '"'],
    ids=lambda header: repr(header[:8]),
)
def test_no_challenge_takes_long_to_read(header: str) -> None:
    began = time.process_time()
    parse_challenge(header[:8192])
    assert time.process_time() - began < 2


def test_challenges_in_several_headers(server: HostileServer, connect: Connect) -> None:
    serve_bearer(server)
    lines = ("WWW-Authenticate: Negotiate", f'www-authenticate: BEARER REALM="{server.url}/token",Service=acme')
    server.on[PING] = http(401, {}, *lines, 'WWW-AUTHENTICATE: Basic realm="x, y"')
    assert asked(connect, server) == PULLS


def test_a_401_without_a_challenge(server: HostileServer, connect: Connect) -> None:
    server.on[PING] = http(401, BODY)
    assert asked(connect, server) == Answer("not-a-registry", "it asks for a login in no way that a pull knows")


def test_a_challenge_without_a_realm(server: HostileServer, connect: Connect) -> None:
    server.on[PING] = challenge('Bearer service="acme"')
    assert asked(connect, server) == Answer("not-a-registry", "it names no token server")


def test_a_registry_may_ask_for_a_login_as_late_as_at_the_manifest(server: HostileServer, connect: Connect) -> None:
    serve_bearer(server)
    server.on[PING] = http(200, {})
    client = connect(server.host)
    assert client.ask(image(server), credential()) == PULLS
    assert client.platforms(image(server), credential()) == ("linux/amd64",)
    # The challenge is known from then on.
    assert server.lines == [
        f"GET {PING}",
        *[f"HEAD {TAG}", "GET /token", f"HEAD {TAG}"],
        f"GET {PINNED}",
        f"GET {BLOB}",
    ]


# What is no registry


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (http(200, f"<html>{BODY}", "Content-Type: text/html; charset=utf-8"), "it answers with a page for people"),
        (http(301), "it answered /v2/ with 301"),
        (http(204), "it answered /v2/ with 204"),
        (http(206, BODY), "it answered /v2/ with 206"),
        (http(304), "it answered /v2/ with 304"),
        (http(403, BODY), "it answered /v2/ with 403"),
        (http(404, BODY), "it answered /v2/ with 404"),
        (http(405, BODY), "it answered 405"),
        (http(418, BODY), "it answered 418"),
        (head(103), "it answered /v2/ with 103"),
    ],
)
def test_what_is_no_registry(server: HostileServer, connect: Connect, answer: bytes, expected: str) -> None:
    server.on[PING] = answer
    assert asked(connect, server) == Answer("not-a-registry", expected)
    assert server.lines == [f"GET {PING}"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_page_for_logging_in_is_no_registry(server: HostileServer, connect: Connect, status: int) -> None:
    server.on |= {PING: redirect("/login", status), "/login": http(200, BODY, "Content-Type: text/html")}
    assert asked(connect, server) == Answer("not-a-registry", "it answers with a page for people")


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_a_registry_that_fails(server: HostileServer, connect: Connect, status: int) -> None:
    server.on[PING] = http(status, BODY)
    assert asked(connect, server) == Answer("failed", f"it answered {status}")


def test_a_page_instead_of_a_manifest(server: HostileServer, connect: Connect) -> None:
    serve_image(server)
    server.on[TAG] = http(200, BODY, "Content-Type: Text/HTML;charset=utf-8")
    assert asked(connect, server) == Answer("not-a-registry", "it answers with a page for people")


# What the answer to the manifest means


@pytest.mark.parametrize(
    ("manifest", "tags", "expected"),
    [
        (200, 200, "pulls"),
        (401, 200, "wrong-credential"),
        (403, 200, "denied-or-missing"),
        (404, 200, "no-such-tag"),
        (404, 401, "denied-or-missing"),
        (404, 403, "denied-or-missing"),
        (404, 404, "denied-or-missing"),
        (404, 405, "denied-or-missing"),
        (404, 429, "denied-or-missing"),
        (404, 500, "denied-or-missing"),
        (429, 200, "rate-limited"),
        (500, 200, "failed"),
    ],
)
def test_what_a_status_means(server: HostileServer, connect: Connect, manifest: int, tags: int, expected: str) -> None:
    serve_image(server)
    server.on |= {PING: challenge('Basic realm="x"'), TAG: http(manifest, BODY), TAGS: http(tags, BODY)}
    assert asked(connect, server).kind == expected


def test_a_list_of_tags_that_does_not_come_changes_nothing(server: HostileServer, connect: Connect) -> None:
    serve_image(server)
    server.on |= {TAG: http(404), TAGS: lambda request: hang_up()}
    assert asked(connect, server).kind == "denied-or-missing"


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("0", "it says to wait 0 s"),
        ("120", "it says to wait 120 s"),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "it says to wait until 2026-10-21 07:28:00 UTC"),
        ("Wednesday, 21-Oct-26 07:28:00 GMT", "it says to wait until 2026-10-21 07:28:00 UTC"),
        ("Wed Oct 21 07:28:00 2026", "it says to wait until 2026-10-21 07:28:00 UTC"),
        ("Wed, 21 Oct 2026 09:28:00 +0200", "it says to wait until 2026-10-21 07:28:00 UTC"),
        ("", ""),
        ("-5", ""),
        ("1.5", ""),
        ("soon body-canary", ""),
        ("9999999", ""),
        ("\xb2", ""),
        ("Wed, 99 Oct 2026 99:99:99 GMT", ""),
        ("Fri, 31 Dec 9999 23:59:59 -1200", ""),
        ("1 Jan 99999999999999 00:00:00 GMT", ""),
        ("Wed, 21 Oct 2026 07:28:00 +9999999999", ""),
        ("x" * 10_000, ""),
    ],
)
def test_how_long_a_rate_limit_lasts(server: HostileServer, connect: Connect, text: str, detail: str) -> None:
    serve_image(server)
    server.on[TAG] = http(429, BODY, f"Retry-After: {text}")
    assert asked(connect, server) == Answer("rate-limited", detail)


@pytest.mark.parametrize(
    "digest",
    [None, "", "canary", "sha256:", "../../../token", "sha256:../../token", DIGEST + "/../..", DIGEST + "?x", "\xff"],
)
def test_a_digest_that_is_none_is_not_asked_for(server: HostileServer, connect: Connect, digest: str | None) -> None:
    serve_image(server)
    manifest = http(200, MANIFEST, *([] if digest is None else [f"Docker-Content-Digest: {digest}"]))
    server.on[TAG] = manifest
    assert connect(server.host).platforms(image(server), None) == ("linux/amd64",)
    assert server.lines == [f"GET {PING}", f"HEAD {TAG}", f"GET {TAG}", f"GET {BLOB}"]


def test_another_digest_than_the_images_own_is_not_asked_for(server: HostileServer, connect: Connect) -> None:
    serve_image(server)
    own = f"sha256:{'2' * 64}"
    server.on[MANIFESTS + own] = server.on[TAG]
    assert connect(server.host).platforms(image(server, digest=own), None) == ("linux/amd64",)
    assert server.lines == [f"GET {PING}", f"GET {MANIFESTS}{own}", f"GET {BLOB}"]


# Manifests


def index(*platforms: object) -> dict[str, Any]:
    entries = [{"digest": DIGEST, "size": 1, "platform": platform} for platform in platforms]
    return {"schemaVersion": 2, "manifests": entries}


AMD64 = {"os": "linux", "architecture": "amd64"}
NOWHERE = {"os": "unknown", "architecture": "unknown"}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (MANIFEST, Config(CONFIG_DIGEST)),
        (index(AMD64, {**AMD64, "variant": "v2"}, NOWHERE), ("linux/amd64", "linux/amd64/v2")),
        (index(*[AMD64] * 20_000), ("linux/amd64",)),
        (index(AMD64, None), ()),
        ({"schemaVersion": 2, "manifests": [{"mediaType": "an index in it"}]}, ()),
        ({"schemaVersion": 2, "manifests": [5, AMD64]}, ()),
    ],
)
def test_the_platforms_of_a_manifest(content: dict[str, Any], found: object) -> None:
    assert read_manifest(json.dumps(content).encode()) == found


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"canary",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"5",
        b"{}",
        b"[" * MAX_MANIFEST,
        b'{"a":' * 500_000,
        b"9" * 10_000,
        b'{"schemaVersion": []}',
        b'{"schemaVersion": 3, "manifests": []}',
        b'{"schemaVersion": "2", "manifests": []}',
        b'{"schemaVersion": 2}',
        b'{"schemaVersion": 2, "manifests": {}}',
        b'{"schemaVersion": 2, "config": []}',
        b'{"schemaVersion": 2, "config": {"digest": 5}}',
        b'{"schemaVersion": 2, "config": {"digest": "sha256:../../../token"}}',
        b'{"schemaVersion": 2, "config": {"digest": "' + DIGEST.encode() + b'/.."}}',
    ],
    ids=lambda document: repr(document[:60]),
)
def test_what_is_no_manifest(server: HostileServer, connect: Connect, document: bytes) -> None:
    expected = Answer("not-a-registry", "what it gave is no manifest")
    assert read_manifest(document) == expected
    serve_image(server)
    server.on[PINNED] = http(200, document)
    assert connect(server.host).platforms(image(server), None) == expected
    assert server.lines[-1] == f"GET {PINNED}"


@pytest.mark.parametrize(
    "content",
    [
        {"schemaVersion": 1, "fsLayers": []},
        {**MANIFEST, "config": {"mediaType": "application/vnd.cncf.helm.config.v1+json", "digest": CONFIG_DIGEST}},
        {**MANIFEST, "config": {"mediaType": ["x"], "digest": CONFIG_DIGEST}},
        index(),
        index(NOWHERE),
        index({}, 5, [], {"os": "linux"}, {"os": 5, "architecture": []}, {"os": "a b", "architecture": "\x1b[2J"}),
    ],
)
def test_what_is_no_image(content: dict[str, Any]) -> None:
    found = read_manifest(json.dumps(content).encode())
    assert isinstance(found, Answer)
    assert found.kind == "not-an-image"


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (b'{"os": "Linux", "architecture": "AMD64"}', ("linux/amd64",)),
        (b'{"os": "linux", "architecture": "arm", "variant": "v7"}', ("linux/arm/v7",)),
        (b"{}", ()),
        (b'{"os": "linux"}', ()),
        (b'{"os": "linux", "architecture": 5}', ()),
        (b'{"os": "linux", "architecture": "\\u001b[2J"}', ()),
        (b'{"os": "linux", "architecture": "' + b"a" * 100 + b'"}', ()),
        (b"[]", Answer("not-a-registry", "what it gave is no image's config")),
        (b"", Answer("not-a-registry", "what it gave is no image's config")),
        (b"[" * 100_000, Answer("not-a-registry", "what it gave is no image's config")),
    ],
)
def test_the_platform_of_a_config(document: bytes, found: object) -> None:
    assert read_config(document) == found


@pytest.mark.parametrize(
    ("answer", "kind"), [(http(404), "denied-or-missing"), (http(403), "denied-or-missing"), (http(500), "failed")]
)
def test_a_config_that_is_not_there(server: HostileServer, connect: Connect, answer: bytes, kind: str) -> None:
    serve_image(server)
    server.on[BLOB] = answer
    found = connect(server.host).platforms(image(server), None)
    assert isinstance(found, Answer)
    assert found.kind == kind


# Certificates


def test_a_certificate_that_nobody_trusts(secure: HostileServer, connect: Connect) -> None:
    serve_basic(secure)
    answer = asked(connect, secure)
    assert answer.kind == "certificate"
    assert "self-signed certificate" in answer.detail.replace("self signed", "self-signed")
    assert not secure.requests


@pytest.mark.usefixtures("trusted")
def test_a_certificate_that_the_environment_trusts(secure: HostileServer, connect: Connect) -> None:
    serve_basic(secure)
    assert asked(connect, secure) == PULLS


@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_name(secure: HostileServer, connect: Connect, names: Names) -> None:
    names["wrong.acme.test"] = "127.0.0.1"
    host = public(secure, "wrong")
    answer = connect(host).ask(ImageReference(host, "acme/etl", "1"), credential())
    assert answer.kind == "certificate"
    # urllib3 2 leaves it to OpenSSL, 1.26 looks itself.
    assert "ismatch" in answer.detail or answer.detail == "it is for another host"
    assert not secure.requests


@pytest.mark.parametrize("content", [None, b"", b"canary", b"-----BEGIN CERTIFICATE-----\ncanary\n"])
def test_a_file_of_authorities_that_is_none(
    secure: HostileServer, connect: Connect, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None
) -> None:
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_bytes(content)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    answer = asked(connect, secure)
    assert answer == Answer("certificate", "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names no file of certificates")


def test_an_insecure_registry_may_have_any_certificate(secure: HostileServer, connect: Connect) -> None:
    """Without a warning too: a warning fails these tests."""
    serve_bearer(secure)
    client = connect(secure.host, insecure=True)
    assert client.ask(image(secure), credential()) == PULLS
    assert client.platforms(image(secure), credential()) == ("linux/amd64",)


def test_an_insecure_registry_may_speak_without_tls(server: HostileServer, connect: Connect, names: Names) -> None:
    names["registry.acme.test"] = "127.0.0.1"
    host = public(server, "registry")
    serve_basic(server)
    reference = ImageReference(host, "acme/etl", "1")
    assert connect(host, insecure=True).ask(reference, credential()) == PULLS
    assert connect(host).ask(reference, credential()) == Answer(
        "unreachable", "it does not speak TLS, or not as it should"
    )


def test_who_an_insecure_registry_names_is_not_insecure(
    secure: HostileServer, other_secure: HostileServer, connect: Connect
) -> None:
    serve_bearer(secure, f"https://localhost:{other_secure.port}/token")
    serve_token(other_secure)
    answer = connect(secure.host, insecure=True).ask(image(secure), credential())
    assert answer.kind == "certificate"
    assert answer.detail.startswith('"localhost", where it sends us: ')
    assert not other_secure.requests


@pytest.mark.usefixtures("trusted")
def test_a_registry_with_tls_does_not_fall_back_to_none(secure: HostileServer, connect: Connect) -> None:
    """Also where it might: what is there and is not trusted is not asked once more without TLS."""
    secure.on[PING] = redirect("http://127.0.0.2/")
    assert connect(secure.host, insecure=True).ask(image(secure), credential()).kind == "untrusted"
    assert secure.lines == [f"GET {PING}"]


# Names and connections


def test_a_connection_that_is_refused(connect: Connect) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{unheard.getsockname()[1]}"
        answer = connect(host).ask(ImageReference(host, "acme/etl", "1"), None)
    assert answer == Answer("unreachable", "connection refused")


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize("host", ["none.acme.test", "a" * 64 + ".acme.test", "a." * 200 + "test"])
def test_a_name_that_is_none(connect: Connect, host: str) -> None:
    answer = connect(host).ask(ImageReference(host, "acme/etl", "1"), None)
    assert answer == Answer("unreachable", "its name cannot be resolved")


@pytest.mark.parametrize("host", ["registry.acme.test:99999", "registry.acme.test:655360000"])
def test_a_port_that_is_none(connect: Connect, host: str) -> None:
    answer = connect(host).ask(ImageReference(host, "acme/etl", "1"), None)
    assert answer == Answer("unreachable", "there is no such host or port")


@pytest.mark.usefixtures("trusted")
def test_who_cannot_be_reached_is_named_where_it_is_not_the_registry(
    secure: HostileServer, connect: Connect, names: Names
) -> None:
    names["registry.acme.test"] = "127.0.0.1"
    host = public(secure, "registry")
    serve_bearer(secure, "https://auth.acme.test/token")
    answer = connect(host).ask(ImageReference(host, "acme/etl", "1"), credential())
    assert answer == Answer("unreachable", '"auth.acme.test", where it sends us: its name cannot be resolved')


# Proxies


SECRET_PROXY = "hunter4-of-the-proxy"


@pytest.fixture
def proxy(secure: HostileServer, other_secure: HostileServer, server: HostileServer) -> Iterator[Proxy]:
    """A proxy that leads to a registry and to a token server with TLS, and to a registry without."""
    places: dict[str, Listener] = {
        "registry.acme.test:443": secure,
        "auth.acme.test:443": other_secure,
        "registry.acme.internal:443": secure,
        "registry.acme.test": server,
        "auth.acme.test": server,
    }
    with Proxy(places) as running:
        yield running


def use(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", url)
    monkeypatch.setenv("HTTPS_PROXY", url)


ACME = ImageReference("registry.acme.test", "acme/etl", "1")


@pytest.mark.usefixtures("trusted")
def test_a_proxy_of_the_environment_is_used(
    proxy: Proxy,
    secure: HostileServer,
    other_secure: HostileServer,
    connect: Connect,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    use(monkeypatch, f"http://user:{SECRET_PROXY}@{proxy.host}")
    serve_bearer(secure, "https://auth.acme.test/token")
    serve_token(other_secure)
    client = connect("registry.acme.test")
    assert client.ask(ACME, credential()) == PULLS
    assert client.platforms(ACME, credential()) == ("linux/amd64",)
    assert [f"{each.method} {each.target}" for each in proxy.asked] == [
        "CONNECT registry.acme.test:443",
        "CONNECT auth.acme.test:443",
    ]
    expected = "Basic " + base64.b64encode(f"user:{SECRET_PROXY}".encode()).decode()
    assert {each.headers["proxy-authorization"] for each in proxy.asked} == {expected}
    assert not [each for each in secure.requests + other_secure.requests if "proxy-authorization" in each.headers]
    assert not [each for each in proxy.asked if each.authorization]
    assert SECRET_PROXY not in caplog.text


def test_a_proxy_leads_to_a_registry_without_tls(
    proxy: Proxy, server: HostileServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, f"http://user:{SECRET_PROXY}@{proxy.host}")
    del proxy.places["registry.acme.test:443"]  # type: ignore[attr-defined]
    serve_basic(server)
    client = connect("registry.acme.test", insecure=True)
    assert client.ask(ACME, credential()) == PULLS
    assert [each.method for each in proxy.asked] == ["CONNECT", "GET"]


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "127.0.0.0x1",
        "169.254.169.254",
        "10.0.0.1",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "metadata.google.internal",
        "metadata.google.internal.",
        "metadata",
        "printer.local",
        "intranet.corp",
        "router.home.arpa",
    ],
)
@pytest.mark.parametrize("way", ["realm", "redirect"])
def test_a_proxy_is_sent_to_no_private_place(
    proxy: Proxy, secure: HostileServer, connect: Connect, monkeypatch: pytest.MonkeyPatch, host: str, way: str
) -> None:
    use(monkeypatch, f"http://{proxy.host}")
    serve_bearer(secure, f"https://{host}/token" if way == "realm" else None)
    if way == "redirect":
        secure.on[PING] = redirect(f"https://{host}/v2/")
    assert connect("registry.acme.test").ask(ACME, credential()).kind == "untrusted"
    assert [each.target for each in proxy.asked] == ["registry.acme.test:443"]


@pytest.mark.usefixtures("trusted")
def test_a_registry_itself_may_be_private_behind_a_proxy(
    proxy: Proxy, secure: HostileServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, f"http://{proxy.host}")
    serve_bearer(secure, "https://registry.acme.internal/token")
    reference = ImageReference("registry.acme.internal", "acme/etl", "1")
    assert connect("registry.acme.internal").ask(reference, credential()) == PULLS


def test_a_registry_on_this_machine_is_not_asked_through_a_proxy(
    proxy: Proxy, server: HostileServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, f"http://{proxy.host}")
    serve_bearer(server, f"http://localhost:{server.port}/token")
    assert asked(connect, server) == PULLS
    assert not proxy.asked


@pytest.mark.usefixtures("trusted")
def test_no_proxy_is_heeded(
    proxy: Proxy, secure: HostileServer, connect: Connect, monkeypatch: pytest.MonkeyPatch, names: Names
) -> None:
    names |= {"registry.acme.test": "127.0.0.1", "auth.acme.test": "127.0.0.2"}
    use(monkeypatch, f"http://{proxy.host}")
    monkeypatch.setenv("NO_PROXY", "example.test,.acme.test")
    host = public(secure, "registry")
    # What is asked directly is looked at again.
    serve_bearer(secure, f"https://auth.acme.test:{secure.port}/token")
    assert connect(host).ask(ImageReference(host, "acme/etl", "1"), credential()).kind == "untrusted"
    assert not proxy.asked


@pytest.mark.usefixtures("trusted")
def test_a_proxy_that_is_spoken_to_with_tls(
    secure: HostileServer, certificate: tuple[Path, Path], connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_basic(secure)
    with Proxy({"registry.acme.test:443": secure}, certificate=certificate) as proxy:
        use(monkeypatch, f"https://{proxy.host}")
        assert connect("registry.acme.test").ask(ACME, credential()) == PULLS
        assert [each.method for each in proxy.asked] == ["CONNECT"]


def test_a_proxy_with_a_certificate_that_nobody_trusts(
    certificate: tuple[Path, Path], connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Proxy({}, certificate=certificate) as proxy:
        use(monkeypatch, f"https://user:{SECRET_PROXY}@{proxy.host}")
        answer = connect("registry.acme.test").ask(ACME, credential())
    assert answer == Answer("unreachable", "the proxy has no trusted certificate")


@pytest.mark.parametrize("refusal", [http(407, BODY), http(403, BODY), b"canary\r\n\r\n", b""])
def test_a_proxy_that_refuses(
    proxy: Proxy, connect: Connect, monkeypatch: pytest.MonkeyPatch, refusal: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    use(monkeypatch, f"http://user:{SECRET_PROXY}@{proxy.host}")
    proxy.refusal = refusal
    proxy.places = {}
    answer = connect("registry.acme.test").ask(ACME, credential())
    assert answer == Answer("unreachable", "the proxy gives no way to it")
    assert SECRET_PROXY not in caplog.text


@pytest.mark.parametrize("insecure", [False, True])
def test_a_proxy_that_is_dead(connect: Connect, monkeypatch: pytest.MonkeyPatch, insecure: bool) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        use(monkeypatch, f"http://user:{SECRET_PROXY}@127.0.0.1:{unheard.getsockname()[1]}")
        answer = connect("registry.acme.test", insecure=insecure).ask(ACME, credential())
    assert answer == Answer("unreachable", "the proxy gives no way to it")


def test_a_proxy_that_is_slow(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    def talk(connection: socket.socket) -> None:
        for piece in drip(b"HTTP/1.1 200 Go\r\nX: " + b"y" * 1000, 0.02):
            connection.sendall(piece)

    with RawServer(talk) as proxy:
        use(monkeypatch, f"http://{proxy.host}")
        began = time.monotonic()
        assert connect("registry.acme.test", limits=HASTY).ask(ACME, credential()) == Answer("unreachable", LATE)
        assert time.monotonic() - began < BOUND


@pytest.mark.parametrize(
    "url", ["http://", "ftp://127.0.0.1:1", "http://[", "http://127.0.0.1:x", "://", "http://a b:1"]
)
def test_a_proxy_that_is_none(connect: Connect, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    use(monkeypatch, url)
    answer = connect("registry.acme.test", limits=Limits(total=5)).ask(ACME, credential())
    assert answer.kind == "unreachable"
    assert "prox" in answer.detail.lower()


# How often, and with how many connections


def test_no_request_twice_for_one_image_and_one_connection_for_all(server: HostileServer, connect: Connect) -> None:
    serve_bearer(server)
    client = connect(server.host)
    proof = prove(client, image(server), [credential("wrong-canary"), credential()], "linux/amd64")
    assert proof.answer == PULLS
    assert proof.platforms == ("linux/amd64",)
    again = prove(client, image(server), [credential()], "linux/amd64")
    assert again.answer == PULLS
    lines = [f"GET {PING}", *["GET /token"] * 2, f"HEAD {TAG}", "GET /token", f"GET {PINNED}", f"GET {BLOB}"]
    assert server.lines == lines
    assert server.connections == 1


@pytest.mark.usefixtures("trusted")
def test_with_tls_a_connection_is_kept_too(secure: HostileServer, connect: Connect) -> None:
    serve_basic(secure)
    client = connect(secure.host)
    prove(client, image(secure), [credential()], "linux/amd64")
    assert secure.lines == [f"GET {PING}", *[f"HEAD {TAG}"] * 2, f"GET {PINNED}", f"GET {BLOB}"]
    assert secure.connections == 1


def test_of_many_threads_one_asks(server: HostileServer, connect: Connect) -> None:
    serve_bearer(server)
    client = connect(server.host)
    with ThreadPoolExecutor(8) as pool:
        proofs = list(pool.map(lambda _: prove(client, image(server), [credential()], "linux/amd64"), range(32)))
    assert {proof.answer for proof in proofs} == {PULLS}
    assert sorted(server.lines) == sorted(
        [f"GET {PING}", "GET /token", "GET /token", f"HEAD {TAG}", f"GET {PINNED}", f"GET {BLOB}"]
    )


def test_many_images_share_the_connections_the_challenge_and_the_token(
    server: HostileServer, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """Two hundred of them leave no thread, no descriptor and no timer behind."""
    serve_bearer(server)
    for number in range(200):
        server.on[f"{MANIFESTS}{number}"] = guarded(head(200), BEARER, "Bearer")
    client = connect(server.host)
    threads, files = set(threading.enumerate()), descriptors()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: client.ask(image(server, str(number)), credential()), range(200)))
    assert answers == [PULLS] * 200
    assert server.lines.count(f"GET {PING}") == 1
    assert server.lines.count("GET /token") == 1
    assert len(server.requests) == 202
    assert server.connections <= 8
    assert "pool is full" not in caplog.text
    client.close()
    assert soon(lambda: not {each for each in threading.enumerate() if "serve" not in repr(each)} - threads)
    # The server's own end of each connection goes when its thread has seen the end.
    assert soon(lambda: descriptors() <= files)


def descriptors() -> int:
    return len(os.listdir("/dev/fd"))  # noqa: PTH208


def soon(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether CONDITION is true within SECONDS."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_a_failure_is_asked_for_once_too(server: HostileServer, connect: Connect) -> None:
    server.on[PING] = http(500)
    client = connect(server.host)
    for tag in ("1", "2", "1"):
        assert client.ask(image(server, tag), credential()).kind == "failed"
    assert server.lines == [f"GET {PING}"]


def test_once_is_once_also_for_a_failure() -> None:
    once: Once[int] = Once()
    calls: list[int] = []

    def fail() -> int:
        calls.append(1)
        time.sleep(0.05)
        raise NoAnswer(Answer("failed"))

    def ask(_: int) -> bool:
        with pytest.raises(NoAnswer):
            once.get("key", fail)
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(16)))
    assert calls == [1]


# An interrupt


def interrupted(client: RegistryClient, begun: Callable[[], bool], ask: Callable[[int], Answer]) -> list[Answer]:
    """Let eight threads ask, close CLIENT when they have begun; gives what they got, at once."""
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(ask, number) for number in range(8)]
        assert soon(begun)
        began = time.monotonic()
        client.close()
        given = [answer.result(10) for answer in answers]
        assert time.monotonic() - began < BOUND
    return given


@pytest.mark.parametrize("path", [PING, "/token", "manifests"])
def test_closing_ends_what_waits_for_an_answer(server: HostileServer, connect: Connect, path: str) -> None:
    serve_bearer(server)
    paths = [f"{MANIFESTS}{number}" for number in range(8)] if path == "manifests" else [path]
    server.on |= {each: lambda request: hang() for each in paths}
    client = connect(server.host)

    def begun() -> bool:
        return all(any(line.endswith(each) for line in server.lines) for each in paths)

    answers = interrupted(client, begun, lambda number: client.ask(image(server, str(number)), credential()))
    assert set(answers) == {Answer("failed", "it was given up")}


def test_closing_ends_a_look_up(connect: Connect, hanging_look_up: threading.Event) -> None:
    client = connect("registry.acme.test")
    answers = interrupted(
        client, hanging_look_up.is_set, lambda number: client.ask(ACME._replace(tag=str(number)), credential())
    )
    assert set(answers) == {Answer("failed", "it was given up")}


def waited() -> bool:
    """Wait until a connection is under way, which no server tells us of."""
    time.sleep(0.2)
    return True


def test_closing_ends_a_handshake_and_a_connection_that_is_not_taken(connect: Connect, full: socket.socket) -> None:
    host = f"127.0.0.1:{full.getsockname()[1]}"
    client = connect(host)
    answers = interrupted(client, waited, lambda number: client.ask(ImageReference(host, "a/b", str(number)), None))
    assert set(answers) == {Answer("failed", "it was given up")}


def test_nothing_is_asked_after_the_end(server: HostileServer, connect: Connect) -> None:
    serve_image(server)
    client = connect(server.host)
    assert client.ask(image(server), None) == PULLS
    client.close()
    assert client.ask(image(server, "2"), None) == Answer("failed", "it was given up")
    assert f"HEAD {MANIFESTS}2" not in server.lines


# The rules themselves


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "140.82.121.33", "2606:4700::1111", "64:ff9b::101:101", "::ffff:8.8.8.8"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)
    assert not is_private_address(address)


@pytest.mark.parametrize("address", ["fe80::1%eth0", "2002:a00:1::", "2001:db8::1", "3fff::1", "100::1", "canary", ""])
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_names_are_no_addresses_and_some_are_local() -> None:
    for name in ("ghcr.io", "auth.docker.io", "1.acme.test", "0x.acme.test", "127.0.0.1.acme.test", "registry"):
        assert not is_private_address(name)
    assert is_local_name("registry")
    assert not is_local_name("ghcr.io")
    assert is_loopback_name("localhost")
    assert is_loopback_name("127.3.2.1")
    assert is_loopback_name("::1")
    assert not is_loopback_name("localhost.acme.test")


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("HTTPS://Auth.ACME.test", "https://auth.acme.test/"),
        ("https://auth.acme.test:443/a?b=c#d", "https://auth.acme.test:443/a?b=c"),
        ("http://auth.acme.test:/a", "http://auth.acme.test/a"),
        ("https://[2606:4700::1111]:8443/x", "https://[2606:4700::1111]:8443/x"),
        ("https://auth.acme.test?a", "https://auth.acme.test/?a"),
    ],
)
def test_a_url_is_put_together_from_what_was_read(text: str, url: str) -> None:
    target = read_url(text)
    assert target
    assert target.url == url


def test_a_url_has_at_most_8_kib() -> None:
    assert read_url("https://auth.acme.test/".ljust(8192, "x"))
    assert read_url("https://auth.acme.test/".ljust(8193, "x")) is None


def test_a_failure_keeps_nothing_of_the_request(server: HostileServer) -> None:
    transport = Transport(server.host)
    server.on[PING] = lambda request: hang_up()
    for url in ("https://user:hunter3@registry.acme.test/", f"https://{server.host}{PING}"):
        with pytest.raises(NoAnswer) as caught:
            transport.ask("GET", url, authorization=Password(BASIC))
        assert caught.value.__context__ is None
        assert str(caught.value) == caught.value.answer.kind
        assert "hunter3" not in caught.value.answer.detail
    transport.close()
