"""The real parts of registry tests answer as they should: asked with skopeo, plain requests and a Docker Engine."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.engine import Engine, engine
from tests.parts import Tool
from tests.registries import NARROW, NARROW_PASSWORD, PASSWORD, ROBOT, Registry, token_server
from tests.scratch import (
    AMD64,
    ARM64,
    ARM64_V8,
    DOCKER,
    DOCKER_LIST,
    HELM,
    NO_PLATFORM,
    OCI,
    OCI_INDEX,
    Platform,
    images,
)
from tests.service import DidNotStart, service

if TYPE_CHECKING:
    import docker

ROOT = Path(__file__).parents[1]
ANY = ", ".join((DOCKER, DOCKER_LIST, OCI, OCI_INDEX))
CREDENTIAL = (ROBOT, PASSWORD)


def head(registry: Registry, name: str, **settings: Any) -> requests.Response:
    """Ask for the manifest of NAME as one who would pull it."""
    repository, _, tag = name.partition(":")
    url = f"{registry.url}/v2/{repository}/manifests/{tag}"
    headers = {"Accept": ANY, **settings.pop("headers", {})}
    return requests.head(url, headers=headers, timeout=10, **settings)


def ask_token(registry: Registry, repository: str, credential: tuple[str, str] | None) -> requests.Response:
    """Ask the token server that the registry names for the right to pull REPOSITORY."""
    assert registry.tokens
    parameters = {"service": "acme-registry", "scope": f"repository:{repository}:pull"}
    return requests.get(registry.tokens.realm, params=parameters, auth=credential, timeout=10)


def with_token(registry: Registry, name: str, credential: tuple[str, str] | None) -> int:
    """Give the status of a pull of NAME with the token that CREDENTIAL gets."""
    token = ask_token(registry, name.partition(":")[0], credential).json()["token"]
    return head(registry, name, headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.fixture
def skopeo() -> Callable[..., Any]:
    """Run skopeo on an image of a registry as ROBOT."""

    def run(verb: str, registry: Registry, name: str, *arguments: str) -> Any:
        known = [] if registry.kind == "open" else [f"--creds={ROBOT}:{PASSWORD}"]
        trust = "--src-tls-verify=false" if verb == "copy" else "--tls-verify=false"
        source = f"docker://{registry.image(name)}"
        creds = [option.replace("--creds", "--src-creds") if verb == "copy" else option for option in known]
        out = Tool("skopeo")("--insecure-policy", verb, trust, *creds, *arguments[:-1], source, *arguments[-1:])
        return json.loads(out) if verb == "inspect" else None

    return run


def test_an_open_registry_asks_for_no_credential(open_registry: Registry) -> None:
    assert requests.get(f"{open_registry.url}/v2/", timeout=10).status_code == 200
    assert head(open_registry, "acme/etl:1.4").status_code == 200
    assert head(open_registry, "acme/etl:none").status_code == 404
    assert head(open_registry, "acme/none:1").status_code == 404


def test_an_htpasswd_registry_wants_basic_authentication(htpasswd_registry: Registry) -> None:
    refused = requests.get(f"{htpasswd_registry.url}/v2/", timeout=10)
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, 'Basic realm="acme"')
    assert head(htpasswd_registry, "acme/etl:1.4", auth=CREDENTIAL).status_code == 200
    assert head(htpasswd_registry, "acme/etl:1.4", auth=(ROBOT, "wrong")).status_code == 401
    assert head(htpasswd_registry, "acme/etl:1.4", auth=("nobody", PASSWORD)).status_code == 401
    assert head(htpasswd_registry, "acme/etl:none", auth=CREDENTIAL).status_code == 404


def test_a_token_registry_names_its_token_server(token_registry: Registry) -> None:
    refused = requests.get(f"{token_registry.url}/v2/", timeout=10)
    assert refused.status_code == 401
    assert token_registry.tokens
    challenge = f'Bearer realm="{token_registry.tokens.realm}",service="acme-registry"'
    assert refused.headers["WWW-Authenticate"] == challenge
    asked = head(token_registry, "acme/etl:1.4").headers["WWW-Authenticate"]
    assert asked == f'{challenge},scope="repository:acme/etl:pull"'


@pytest.mark.parametrize(
    ("name", "credential", "status"),
    [
        ("acme/etl:1.4", CREDENTIAL, 200),
        ("acme/etl:none", CREDENTIAL, 404),
        ("acme/none:1", CREDENTIAL, 404),
        ("acme/etl:1.4", None, 401),
        ("acme/etl:1.4", (NARROW, NARROW_PASSWORD), 401),
        ("other/thing:1", (NARROW, NARROW_PASSWORD), 200),
        ("other/thing:1", CREDENTIAL, 401),
        ("public/tool:1", None, 200),
        ("public/tool:1", (NARROW, NARROW_PASSWORD), 200),
    ],
)
def test_a_token_pulls_what_its_user_may(
    token_registry: Registry, name: str, credential: tuple[str, str] | None, status: int
) -> None:
    assert with_token(token_registry, name, credential) == status


def test_a_user_without_right_gets_a_token_with_none(token_registry: Registry) -> None:
    given = ask_token(token_registry, "acme/etl", (NARROW, NARROW_PASSWORD))
    assert given.status_code == 200
    claims = given.json()["token"].split(".")[1]
    assert json.loads(base64.urlsafe_b64decode(f"{claims}=="))["access"] == []


def test_a_token_server_refuses_a_wrong_password(token_registry: Registry) -> None:
    for credential in ((ROBOT, "wrong"), ("nobody", PASSWORD), (ROBOT, "")):
        assert ask_token(token_registry, "public/tool", credential).status_code == 401


def test_a_token_that_another_has_signed_pulls_nothing(token_registry: Registry, tmp_path: Path) -> None:
    access = [{"type": "repository", "name": "acme/etl", "actions": ["pull"]}]
    with token_server(tmp_path) as stranger:
        token = stranger.token(ROBOT, access)
    assert head(token_registry, "acme/etl:1.4", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_a_token_server_records_what_it_was_asked(token_registry: Registry) -> None:
    assert token_registry.tokens
    token_registry.tokens.asked.clear()
    ask_token(token_registry, "acme/etl", CREDENTIAL)
    ask_token(token_registry, "public/tool", None)
    first, second = token_registry.tokens.asked
    query = {"service": ["acme-registry"], "scope": ["repository:acme/etl:pull"]}
    assert first == ("GET", "/token", query, True)
    assert (second.query["scope"], second.credential) == (["repository:public/tool:pull"], False)


def test_tls_is_trusted_by_those_who_are_told_to(tls_registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(requests.exceptions.SSLError, match="CERTIFICATE_VERIFY_FAILED"):
        head(tls_registry, "acme/etl:1.4", auth=CREDENTIAL)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tls_registry.certificate))
    assert head(tls_registry, "acme/etl:1.4", auth=CREDENTIAL).status_code == 200
    by_name = tls_registry._replace(url=tls_registry.url.replace("127.0.0.1", "localhost"))
    assert head(by_name, "acme/etl:1.4", auth=CREDENTIAL).status_code == 200


@pytest.mark.parametrize("kind", ["open", "htpasswd", "token", "tls"])
def test_every_registry_holds_every_image(
    kind: str, request: pytest.FixtureRequest, skopeo: Callable[..., Any], tmp_path: Path
) -> None:
    registry = request.getfixturevalue(f"{kind}_registry")
    for number, (name, image) in enumerate(images().items()):
        if registry.kind == "token" and name.startswith("other/"):
            continue
        # A copy of all parts reads every blob, and checks its digest.
        skopeo("copy", registry, name, "--all", f"dir:{tmp_path / str(number)}")
        assert (tmp_path / str(number) / "manifest.json").read_bytes() == image.manifest.content


@pytest.mark.parametrize(
    ("name", "media_type", "platforms"),
    [
        ("acme/multi:1", OCI_INDEX, [AMD64, ARM64_V8, NO_PLATFORM]),
        ("acme/list:1", DOCKER_LIST, [AMD64, ARM64_V8]),
        ("acme/armindex:1", OCI_INDEX, [ARM64]),
    ],
)
def test_an_index_names_its_platforms(
    open_registry: Registry, skopeo: Callable[..., Any], name: str, media_type: str, platforms: list[Platform]
) -> None:
    manifest = skopeo("inspect", open_registry, name, "--raw", "--no-tags")
    assert manifest["mediaType"] == head(open_registry, name).headers["Content-Type"] == media_type
    assert [entry["platform"] for entry in manifest["manifests"]] == platforms


@pytest.mark.parametrize(
    ("name", "media_type", "platform"),
    [("acme/etl:1.4", DOCKER, AMD64), ("acme/etl:oci", OCI, AMD64), ("acme/arm:1", DOCKER, ARM64)],
)
def test_an_image_names_its_platform_in_its_config(
    open_registry: Registry, skopeo: Callable[..., Any], name: str, media_type: str, platform: Platform
) -> None:
    assert head(open_registry, name).headers["Content-Type"] == media_type
    config = skopeo("inspect", open_registry, name, "--config", "--no-tags")
    assert {key: config[key] for key in platform} == platform


def test_a_chart_is_no_image(open_registry: Registry, skopeo: Callable[..., Any]) -> None:
    manifest = skopeo("inspect", open_registry, "acme/chart:1", "--raw", "--no-tags")
    assert manifest["config"]["mediaType"] == HELM


@pytest.fixture
def client(docker_engine: Engine) -> Iterator[docker.DockerClient]:
    import docker

    with contextlib.closing(docker.DockerClient(base_url=docker_engine.docker_host, timeout=30)) as connected:
        yield connected


def test_an_engine_pulls_from_every_registry(
    client: docker.DockerClient,
    open_registry: Registry,
    htpasswd_registry: Registry,
    token_registry: Registry,
    tls_registry: Registry,
) -> None:
    for registry in (open_registry, htpasswd_registry, token_registry, tls_registry):
        credential = {"username": ROBOT, "password": PASSWORD}
        pulled = client.images.pull(registry.image("acme/etl"), "1.4", auth_config=credential)
        assert pulled.attrs["Architecture"] == "amd64"


def test_an_engine_tells_platforms(client: docker.DockerClient, open_registry: Registry) -> None:
    told = client.api.inspect_distribution(open_registry.image("acme/list:1"), auth_config={})
    assert told["Platforms"] == [AMD64, ARM64_V8]


def test_an_engine_mistrusts_what_it_reaches_by_a_route(
    docker_engine: Engine,
    client: docker.DockerClient,
    tls_registry: Registry,
    open_registry: Registry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from docker.errors import APIError

    monkeypatch.setitem(docker_engine.routes, "registry.acme.test", tls_registry.host)
    monkeypatch.setitem(docker_engine.routes, "plain.acme.test", open_registry.host)
    for name, words in (
        ("registry.acme.test", "certificate signed by unknown authority"),
        ("plain.acme.test", "server gave HTTP response to HTTPS client"),
        ("nowhere.acme.test", "no such host"),
    ):
        with pytest.raises(APIError, match=words):
            client.api.inspect_distribution(f"{name}/acme/etl:1.4", auth_config={})


def dockerd_that_ends(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a dockerd on PATH that says why it cannot run, and ends."""
    program = folder / "dockerd"
    program.write_text("#!/bin/sh\necho no permission >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_without_an_engine_a_test_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dockerd_that_ends(tmp_path, monkeypatch)
    monkeypatch.delenv("ASTROKPO_TEST_REQUIRE", raising=False)
    with pytest.raises(pytest.skip.Exception, match="dockerd that can run"), engine():
        pass


def test_where_an_engine_is_promised_its_lack_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dockerd_that_ends(tmp_path, monkeypatch)
    monkeypatch.setenv("ASTROKPO_TEST_REQUIRE", "1")
    with pytest.raises(pytest.fail.Exception, match="dockerd that can run"), engine():
        pass


FORKING = ("sh", "-c", "sleep 60 & echo $!; wait")


def child_of(log: Path) -> int | None:
    """Give the process that FORKING has started and named in LOG."""
    return int(log.read_text() or 0) or None


def gone(process: int) -> bool:
    """Whether PROCESS ends within some seconds; one that nobody has waited for yet has ended too."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        status = Path(f"/proc/{process}/stat")
        if not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


def test_a_service_ends_with_all_that_it_started(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with service(FORKING, log, lambda: child_of(log)) as child:
        assert Path(f"/proc/{child}").exists()
    assert gone(child)


def test_a_service_ends_when_a_test_fails(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(AssertionError), service(FORKING, log, lambda: child_of(log)):
        raise AssertionError
    child = child_of(log)
    assert child
    assert gone(child)


def test_a_service_that_ends_at_once_tells_why(tmp_path: Path) -> None:
    command = ("sh", "-c", "echo no such port; exit 7")
    with pytest.raises(DidNotStart, match="code 7:\nno such port"), service(command, tmp_path / "log", lambda: None):
        pass


def test_a_service_that_is_never_ready_is_ended(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(DidNotStart, match="not ready in time"), service(FORKING, log, lambda: None, seconds=0.5):
        pass
    child = child_of(log)
    assert child
    assert gone(child)


def test_a_service_is_killed_with_the_tests(tmp_path: Path) -> None:
    program = """if True:
        import os, sys, time
        from pathlib import Path
        from tests.service import service
        log = Path(sys.argv[1])
        with service(("sh", "-c", "echo $$; exec sleep 60"), log, lambda: int(log.read_text() or 0)) as process:
            print(process, flush=True)
            time.sleep(60)
    """
    command = [sys.executable, "-c", program, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as tests:
        assert tests.stdout
        process = int(tests.stdout.readline())
        tests.send_signal(signal.SIGKILL)
    assert gone(process)
