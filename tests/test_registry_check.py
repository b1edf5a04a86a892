"""`registry check` and `secret create --verify`, through `main`, against Debian's docker-registry and Docker Engine."""

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.engine import Engine
from tests.parts import Run
from tests.registries import NARROW, NARROW_PASSWORD, PASSWORD, ROBOT, Registry

Astrokpo = Callable[..., Run]
WRONG = "hunter5-that-is-wrong"

# image -> what is found out with a login that may pull everything below acme and public
FOUND = {
    "acme/etl:1.4": ("pulls", 0),
    "acme/etl:oci": ("pulls", 0),
    "acme/multi:1": ("pulls", 0),
    "acme/list:1": ("pulls", 0),
    "public/tool:1": ("pulls", 0),
    "acme/arm:1": ("other-platform", 3),
    "acme/armindex:1": ("other-platform", 3),
    "acme/chart:1": ("not-an-image", 3),
    "acme/etl:none": ("no-such-tag", 3),
    "acme/none:1": ("denied-or-missing", 3),
}
PLATFORMS = {
    "acme/etl:1.4": ["linux/amd64"],
    "acme/etl:oci": ["linux/amd64"],
    "acme/multi:1": ["linux/amd64", "linux/arm64/v8"],
    "acme/list:1": ["linux/amd64", "linux/arm64/v8"],
    "acme/arm:1": ["linux/arm64"],
    "acme/armindex:1": ["linux/arm64"],
}


def log_in(registry: Registry, user: str = ROBOT, password: str = PASSWORD) -> None:
    """Write the docker config that docker login would."""
    folder = Path.home() / ".docker"
    folder.mkdir(exist_ok=True)
    auth = base64.b64encode(f"{user}:{password}".encode()).decode()
    (folder / "config.json").write_text(json.dumps({"auths": {registry.host: {"auth": auth}}}))


def pulls(done: Run) -> list[Mapping[str, Any]]:
    return [each["pull"] for each in json.loads(done.out)["images"]]


@pytest.fixture(params=["htpasswd", "token"])
def private(request: pytest.FixtureRequest) -> Registry:
    """A registry that asks for a login, of either kind."""
    registry = request.getfixturevalue(f"{request.param}_registry")
    assert isinstance(registry, Registry)
    return registry


def check(astrokpo: Astrokpo, registry: Registry, *names: str, via: str = "registry") -> Run:
    return astrokpo("registry", "check", "--json", "--via", via, "--", *map(registry.image, names))


@pytest.mark.parametrize("name", FOUND)
def test_what_a_good_login_finds(astrokpo: Astrokpo, private: Registry, name: str) -> None:
    log_in(private)
    done = check(astrokpo, private, name)
    (pull,) = pulls(done)
    assert (pull["result"], done.code) == FOUND[name]
    assert pull["platforms"] == PLATFORMS.get(name, pull["platforms"])
    assert pull["via"] == "registry"
    assert [tried["key"] for tried in pull["tried"]] == [private.host]
    assert PASSWORD not in done.out + done.err


def test_many_images_are_answered_in_their_order(astrokpo: Astrokpo, private: Registry) -> None:
    log_in(private)
    done = check(astrokpo, private, *FOUND)
    assert [pull["result"] for pull in pulls(done)] == [kind for kind, _ in FOUND.values()]
    assert done.code == 3


def test_a_wrong_password_is_told_apart_from_a_missing_right(astrokpo: Astrokpo, token_registry: Registry) -> None:
    log_in(token_registry, ROBOT, WRONG)
    wrong = check(astrokpo, token_registry, "acme/etl:1.4")
    log_in(token_registry, NARROW, NARROW_PASSWORD)
    narrow = check(astrokpo, token_registry, "acme/etl:1.4")
    assert (pulls(wrong)[0]["result"], wrong.code) == ("wrong-credential", 3)
    assert (pulls(narrow)[0]["result"], narrow.code) == ("denied-or-missing", 3)
    for words in ("no right", "no such image", "credential itself is accepted"):
        assert words in pulls(narrow)[0]["message"]
    assert WRONG not in wrong.out + wrong.err


def test_a_wrong_password_at_a_basic_registry(astrokpo: Astrokpo, htpasswd_registry: Registry) -> None:
    log_in(htpasswd_registry, ROBOT, WRONG)
    done = check(astrokpo, htpasswd_registry, "acme/etl:1.4")
    assert (pulls(done)[0]["result"], done.code) == ("wrong-credential", 3)


def test_without_a_login_a_private_image_cannot_be_pulled(astrokpo: Astrokpo, private: Registry) -> None:
    done = check(astrokpo, private, "acme/etl:1.4")
    (image,) = json.loads(done.out)["images"]
    assert image["matches"] == []
    assert (image["pull"]["result"], image["pull"]["tried"], done.code) == ("denied-or-missing", [], 3)


def test_a_public_image_needs_no_secret(astrokpo: Astrokpo, token_registry: Registry) -> None:
    done = check(astrokpo, token_registry, "public/tool:1")
    assert (pulls(done)[0]["result"], pulls(done)[0]["anonymous"], done.code) == ("pulls", "pulls", 0)
    assert "needs no secret" in pulls(done)[0]["message"]


def test_a_wrong_secret_makes_even_a_public_image_fail(astrokpo: Astrokpo, token_registry: Registry) -> None:
    # A kubelet that has a match for the image tries no anonymous pull after it.
    log_in(token_registry, ROBOT, WRONG)
    done = check(astrokpo, token_registry, "public/tool:1")
    (pull,) = pulls(done)
    assert (pull["result"], pull["anonymous"], done.code) == ("wrong-credential", "pulls", 3)
    assert "without a secret it is pulled" in pull["message"]


def test_all_matches_are_tried_in_the_kubelets_order_until_one_pulls(astrokpo: Astrokpo, private: Registry) -> None:
    def auth(user: str, password: str) -> dict[str, str]:
        return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}

    auths = {f"{private.host}/acme": auth(ROBOT, WRONG), private.host: auth(ROBOT, PASSWORD)}
    manifest = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s"},
        "type": "kubernetes.io/dockerconfigjson",
        "stringData": {".dockerconfigjson": json.dumps({"auths": auths})},
    }
    Path("secret.json").write_text(json.dumps(manifest))
    image = private.image("acme/etl:1.4")
    done = astrokpo("registry", "check", "--json", "--via", "registry", "--manifest", "secret.json", image)
    assert done.code == 0
    tried = [(each["key"], each["result"]) for each in pulls(done)[0]["tried"]]
    assert tried == [(f"{private.host}/acme", "wrong-credential"), (private.host, "pulls")]


def test_another_platform_can_be_asked_for(astrokpo: Astrokpo, htpasswd_registry: Registry) -> None:
    log_in(htpasswd_registry)
    arguments = ("registry", "check", "--via", "registry", "--platform", "linux/arm64")
    for name, code in (("acme/arm:1", 0), ("acme/multi:1", 0), ("acme/etl:1.4", 3)):
        assert astrokpo(*arguments, htpasswd_registry.image(name)).code == code


def test_a_login_that_is_in_no_config(astrokpo: Astrokpo, htpasswd_registry: Registry) -> None:
    typed = ("--registry", htpasswd_registry.host, "--username", ROBOT, "--password-stdin", "--via", "registry")
    image = htpasswd_registry.image("acme/etl:1.4")
    good = astrokpo("registry", "check", *typed, image, stdin=f"{PASSWORD}\n".encode())
    wrong = astrokpo("registry", "check", *typed, image, stdin=f"{WRONG}\n".encode())
    assert (good.code, wrong.code) == (0, 3)
    assert "user robot, from standard input" in good.out
    assert PASSWORD not in good.out + good.err


def test_certificates(astrokpo: Astrokpo, tls_registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    log_in(tls_registry)
    unknown = check(astrokpo, tls_registry, "acme/etl:1.4")
    assert (pulls(unknown)[0]["result"], unknown.code) == ("certificate", 1)
    image = tls_registry.image("acme/etl:1.4")
    arguments = ("registry", "check", "--via", "registry", "--insecure-registry", tls_registry.host, image)
    assert astrokpo(*arguments).code == 0
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls_registry.certificate))
    assert check(astrokpo, tls_registry, "acme/etl:1.4").code == 0


@pytest.mark.parametrize("host", ["127.0.0.1:1", "nowhere.invalid"])
def test_a_registry_that_cannot_be_reached_is_not_a_verdict(astrokpo: Astrokpo, host: str) -> None:
    done = astrokpo("registry", "check", "--json", "--via", "registry", f"{host}/acme/etl:1.4")
    assert (pulls(done)[0]["result"], done.code) == ("unreachable", 1)


def test_no_request_is_sent_twice(astrokpo: Astrokpo, token_registry: Registry) -> None:
    log_in(token_registry)
    assert token_registry.tokens is not None
    before = len(token_registry.tokens.asked)
    assert check(astrokpo, token_registry, *["acme/etl:1.4", "acme/etl:oci"] * 10).code == 0
    asked = token_registry.tokens.asked[before:]
    assert len(asked) == 2, "one token for the login and one for nobody, for twenty images of one repository"


# --- through a Docker Engine


@pytest.mark.parametrize("name", FOUND)
def test_what_a_docker_engine_finds(
    astrokpo: Astrokpo, private: Registry, docker_engine: Engine, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("DOCKER_HOST", docker_engine.docker_host)
    log_in(private)
    done = check(astrokpo, private, name, via="auto")
    (pull,) = pulls(done)
    assert pull["via"] == "engine"
    result, code = FOUND[name]
    # A registry that says "manifest unknown" for both is told by the Engine as that.
    expected = "no-such-tag" if name == "acme/none:1" else result
    assert (pull["result"], done.code) == (expected, code)
    assert pull["platforms"] == PLATFORMS.get(name, pull["platforms"])
    assert PASSWORD not in done.out + done.err


def test_what_a_docker_engine_says_of_logins(
    astrokpo: Astrokpo, token_registry: Registry, docker_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", docker_engine.docker_host)

    def found(name: str) -> tuple[str, str, int]:
        done = check(astrokpo, token_registry, name, via="engine")
        return (pulls(done)[0]["result"], pulls(done)[0]["anonymous"], done.code)

    assert found("acme/etl:1.4") == ("denied-or-missing", "denied-or-missing", 3)
    assert found("public/tool:1") == ("pulls", "pulls", 0)
    log_in(token_registry, ROBOT, WRONG)
    assert found("acme/etl:1.4") == ("wrong-credential", "denied-or-missing", 3)
    assert found("public/tool:1") == ("wrong-credential", "pulls", 3)
    log_in(token_registry, NARROW, NARROW_PASSWORD)
    assert found("acme/etl:1.4") == ("denied-or-missing", "denied-or-missing", 3)


def test_an_engine_that_is_asked_for_and_is_not_there(astrokpo: Astrokpo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{Path.cwd()}/no.sock")
    done = astrokpo("registry", "check", "--via", "engine", "ghcr.io/acme/etl")
    assert done.code == 1
    assert "no Docker Engine answers" in done.err


@pytest.mark.parametrize(
    "config", ["[]", "null", '{"proxies": 3}', '{"proxies": {"default": 5}}', '{"currentContext": 5}']
)
def test_a_docker_config_that_docker_py_cannot_take(
    astrokpo: Astrokpo, token_registry: Registry, monkeypatch: pytest.MonkeyPatch, config: str
) -> None:
    # docker-py reads it for every client and raises AttributeError or TypeError; the manifest is asked for, not it.
    monkeypatch.delenv("DOCKER_HOST")
    folder = Path.home() / ".docker"
    folder.mkdir()
    (folder / "config.json").write_text(config)
    secret = {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/dockerconfigjson"}
    Path("secret.json").write_text(json.dumps({**secret, "stringData": {".dockerconfigjson": '{"auths": {}}'}}))
    image = token_registry.image("public/tool:1")
    done = astrokpo("registry", "check", "--json", "--manifest", "secret.json", image)
    assert (done.code, pulls(done)[0]["result"]) == (0, "pulls")


def test_the_hint_is_for_who_was_asked(
    astrokpo: Astrokpo, tls_registry: Registry, docker_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(docker_engine.routes, "registry.acme.test", tls_registry.host)
    monkeypatch.setenv("DOCKER_HOST", docker_engine.docker_host)
    done = astrokpo("registry", "check", "--json", "--via", "engine", "registry.acme.test/acme/etl:1.4")
    (pull,) = pulls(done)
    assert (pull["result"], done.code) == ("certificate", 1)
    assert "/etc/docker/certs.d/registry.acme.test/ca.crt" in pull["hint"]
    assert "REQUESTS_CA_BUNDLE" not in pull["hint"]


# --- secret create --verify


def create(astrokpo: Astrokpo, registry: Registry, identity: tuple[str, str], *names: str) -> Run:
    images = [word for name in names for word in ("--image", registry.image(name))]
    return astrokpo("secret", "create", "-n", "ns", "-r", identity[1], "--verify", *images)


def test_verify_seals_what_pulls(astrokpo: Astrokpo, private: Registry, identity: tuple[str, str]) -> None:
    log_in(private)
    done = create(astrokpo, private, identity, "acme/etl:1.4", "acme/multi:1")
    assert done.code == 0, done.err
    assert list(Path.cwd().glob("*.age"))
    assert "verified: " in done.err


@pytest.mark.parametrize("name", [name for name, (result, _) in FOUND.items() if result != "pulls"])
def test_verify_stops_before_anything_is_sealed(
    astrokpo: Astrokpo, private: Registry, identity: tuple[str, str], name: str
) -> None:
    log_in(private)
    done = create(astrokpo, private, identity, "acme/etl:1.4", name)
    assert done.code == 1
    assert name.partition(":")[0] in done.err
    assert not list(Path.cwd().glob("*.age"))


def test_verify_needs_an_image(astrokpo: Astrokpo, identity: tuple[str, str]) -> None:
    done = astrokpo("secret", "create", "-n", "ns", "-r", identity[1], "--registry", "ghcr.io", "--verify")
    assert done.code == 2
    assert "--image" in done.err
