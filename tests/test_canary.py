"""A canary: one known password through every command, mode and failure. It may be nowhere but where it was asked for.

Whole processes are run, and their standard output, standard error, the files that they leave, and the arguments and
environment of their children are searched for the password and for its base64, URL, JSON and hexadecimal forms.
"""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest

from tests.api_server import Reply, Request, Server, Simulated, status
from tests.parts import Run
from tests.test_dag_check import LACKS

CANARY = 'c4nary"bird/sings+loud: ü$(x)`y`'
USER = "robot"
AUTH = base64.b64encode(f"{USER}:{CANARY}".encode()).decode()


def forms() -> tuple[str, ...]:
    """Give what the password looks like in any of the forms that software writes passwords in."""
    raw = CANARY.encode()
    encoded = {base64.b64encode(b"." * shift + raw).decode()[4:-4] for shift in range(3)}
    encoded |= {base64.urlsafe_b64encode(b"." * shift + raw).decode()[4:-4] for shift in range(3)}
    twice = {base64.b64encode(b"." * shift + form.encode()).decode()[4:-4] for form in encoded for shift in range(3)}
    json_forms = {json.dumps(CANARY)[1:-1], json.dumps(CANARY, ensure_ascii=False)[1:-1]}
    url_forms = {quote(CANARY), quote(CANARY, safe="")}
    return (CANARY, "c4nary", repr(CANARY)[1:-1], raw.hex(), *encoded, *twice, *json_forms, *url_forms)


FORMS = forms()
TOML = json.dumps(CANARY, ensure_ascii=False)
"""The password as a text of TOML."""


class Case(NamedTuple):
    """One way to run one command."""

    name: str
    arguments: Sequence[str]
    code: int
    config: str = json.dumps({"auths": {"ghcr.io": {"auth": AUTH}}})
    helper: str = ""
    """What the body of docker-credential-canary does, in sh."""
    environ: dict[str, str] = {}  # noqa: RUF012 - never changed
    stdin: str = ""


CREATE = ("secret", "create", "-n", "ns", "--registry", "ghcr.io")
ANSWER = json.dumps({"ServerURL": "ghcr.io", "Username": USER, "Secret": CANARY})
SAY = "cat answer"
HELPED = json.dumps({"auths": {"ghcr.io": {}}, "credsStore": "canary"})
GRANT = ("registry", "grant", "--account-id", "210987654321")
TYPED = ("secret", "create", "-n", "ns", "--username", USER, "--password-stdin")


def jwt() -> str:
    """A JSON web token that has expired, with the canary in it."""

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'none'})}.{part({'exp': 1500000000, 'jti': CANARY})}.c4nary"


def config_with(entry: object, **rest: object) -> str:
    return json.dumps({"auths": {"ghcr.io": entry}, **rest})


URL_KEY = json.dumps({"auths": {f"https://u:{quote(CANARY, safe='')}@ghcr.io/": {}}})
CASES = [
    Case("sealed", CREATE, 0),
    Case("sealed and told as JSON", (*CREATE, "--json"), 0),
    Case("sealed to standard output", (*CREATE, "-o", "-"), 0),
    Case("sealed for several namespaces", (*CREATE, "-n", "other"), 0),
    Case("sealed with an image", (*CREATE, "--image", "ghcr.io/acme/etl"), 0),
    Case("sealed with all registries", ("secret", "create", "-n", "ns", "--all-registries", "--yes"), 0),
    Case("sealed from a helper", CREATE, 0, HELPED, SAY),
    Case("sealed from standard input", (*TYPED, "--registry", "ghcr.io"), 0, stdin=CANARY),
    Case(
        "sealed from DOCKER_AUTH_CONFIG", CREATE, 0, "{}", environ={"DOCKER_AUTH_CONFIG": config_with({"auth": AUTH})}
    ),
    Case("sealed from a helper beside DOCKER_AUTH_CONFIG", CREATE, 0, HELPED, SAY, {"DOCKER_AUTH_CONFIG": "{}"}),
    Case("listed", ("registry", "list"), 0),
    Case("listed as JSON", ("registry", "list", "--json"), 0),
    Case("listed from a helper", ("registry", "list"), 0, HELPED, SAY),
    Case("listed from a helper that fails", ("registry", "list"), 0, HELPED, f"{SAY}; {SAY} >&2; exit 1"),
    Case("listed with the password in a key's URL", ("registry", "list"), 0, URL_KEY),
    Case("granted", (*GRANT, "123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/etl"), 0),
    Case("granted as JSON", (*GRANT, "123456789012.dkr.ecr.eu-west-1.amazonaws.com/acme/etl", "--json"), 0),
    Case("a grant for a URL with the password", (*GRANT, f"https://u:{CANARY}@ghcr.io/acme/etl"), 1),
    Case("checked offline", ("registry", "check", "--offline", "ghcr.io/acme/etl"), 0),
    Case("checked offline as JSON", ("registry", "check", "--offline", "--json", "ghcr.io/acme/etl"), 0),
    Case("checked offline from a helper", ("registry", "check", "--offline", "ghcr.io/acme/etl"), 0, HELPED, SAY),
    Case(
        "checked offline with the password in a key's URL",
        ("registry", "check", "--offline", "ghcr.io/acme/etl"),
        3,
        URL_KEY,
    ),
    Case("a manifest that is none", ("registry", "check", "--offline", "--manifest", "config.json", "ghcr.io/a"), 1),
    Case("snippet", ("snippet", "--secret", "s"), 0),
    Case("no such registry", ("secret", "create", "-n", "ns", "--registry", "quay.io"), 1),
    Case("a registry that is none", ("secret", "create", "-n", "ns", "--registry", "ghcr.io/acme"), 1),
    Case("a namespace that is none", ("secret", "create", "-n", "Ns", "--registry", "ghcr.io"), 1),
    Case("a recipient that is none", (*CREATE, "-r", "age1nonsense"), 1),
    Case("an output folder that is not there", (*CREATE, "-o", "no/such/file.age"), 1),
    Case("an image of another registry", (*TYPED, "--registry", "ghcr.io", "--image", "quay.io/a/b"), 1, stdin=CANARY),
    Case("a broken config", CREATE, 1, json.dumps({"auths": {"ghcr.io": {"auth": AUTH}}})[:-3]),
    Case("a config with a wrong type", CREATE, 1, config_with({"auth": [AUTH, CANARY]})),
    Case("a config where an object is text", CREATE, 1, config_with(CANARY)),
    Case("a config with a BOM", CREATE, 1, "\ufeff" + config_with({"auth": AUTH})),
    Case("an auth that is no base64", CREATE, 1, config_with({"auth": CANARY})),
    Case("an auth without a colon", CREATE, 1, config_with({"auth": base64.b64encode(b"c4nary").decode()})),
    Case("an auth without a user", CREATE, 1, config_with({"auth": base64.b64encode(f":{CANARY}".encode()).decode()})),
    Case("a password without a user", CREATE, 1, config_with({"password": CANARY})),
    Case("an identity token", CREATE, 1, config_with({"auth": AUTH, "identitytoken": CANARY})),
    Case("a token that has died", CREATE, 1, config_with({"username": USER, "password": jwt()})),
    Case(
        "a token that has died, allowed",
        (*CREATE, "--allow-short-lived"),
        0,
        config_with({"username": USER, "password": jwt()}),
    ),
    Case("a helper that fails", CREATE, 1, HELPED, f"{SAY}; {SAY} >&2; exit 1"),
    Case("a helper that says nonsense", CREATE, 1, HELPED, f"echo x; {SAY}"),
    Case("a helper that hangs", CREATE, 1, HELPED, f"{SAY}; sleep 60", {"ASTROKPO_HELPER_TIMEOUT": "0.5"}),
    Case("a helper with a token", CREATE, 1, HELPED, f"{SAY} | sed s/{USER}/'<token>'/"),
    Case(
        "DOCKER_AUTH_CONFIG that is broken",
        CREATE,
        1,
        "{}",
        environ={"DOCKER_AUTH_CONFIG": config_with({"auth": CANARY})},
    ),
    Case(
        "DOCKER_AUTH_CONFIG with more",
        CREATE,
        1,
        "{}",
        environ={"DOCKER_AUTH_CONFIG": config_with({"auth": AUTH, "password": CANARY})},
    ),
    Case(
        "a user with a colon",
        ("secret", "create", "-n", "ns", "--username", "a:b", "--password-stdin", "--registry", "ghcr.io"),
        1,
        stdin=CANARY,
    ),
    Case("the password where a recipients file belongs", (*CREATE, "-R", "config.json"), 1),
    Case("a usage error", (*CREATE, "--no-such-option"), 2),
    Case("two sources", (*TYPED, "--registry", "ghcr.io", "--docker-config", "config.json"), 2, stdin=CANARY),
]


@pytest.mark.parametrize("verbose", [(), ("--verbose",)], ids=["quiet", "verbose"])
@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_the_password_is_nowhere(
    case: Case, verbose: tuple[str, ...], isolated: Path, tmp_path: Path, identity: tuple[str, str]
) -> None:
    inputs = prepare(case, isolated)
    done = run(case, verbose, isolated, tmp_path, identity[1])
    assert done.code == case.code, done.err
    assert not seen(done.out), "in standard output"
    assert not seen(done.err), "in standard error"
    for path in files_below(tmp_path):
        if path not in inputs:
            assert not seen(path.read_bytes().decode("utf-8", "replace")), f"in {path.name}"


CONFIGURED = {
    "a password": f"password = {TOML}",
    "a token in a table": f'[registries]\n"ghcr.io" = {{ token = {TOML} }}',
    "the password as a key": f"{TOML} = 1",
    "the password as the key of a registry": f"[registries]\n{TOML} = 's'",
    "the password in the URL of a registry": f"registries = ['https://{USER}:{quote(CANARY, safe='')}@ghcr.io']",
    "the password as the secret's name": f"secret = {TOML}",
    "the password as a registry's secret": f"[registries]\n'ghcr.io' = {TOML}",
    "the password as the namespace": f"namespace = {TOML}",
    "the password as the Airflow": f"airflow = {TOML}",
    "the password as a recipient": f"recipients = [{TOML}]",
    "a list that holds it": f"secret = [{TOML}]",
    "no TOML": f"secret = {CANARY}",
    "text without end": f"secret = {TOML[:-1]}",
    "a key twice": f"secret = 's'\nsecret = {TOML}",
    "a private key": f"# AGE-SECRET-KEY-{CANARY}",
}
READERS: dict[str, tuple[str, ...]] = {
    "check": ("dag", "check"),
    "check as JSON": ("dag", "check", "--json"),
    "check as SARIF": ("dag", "check", "--sarif"),
    "check for GitHub": ("dag", "check", "--github"),
    "patch": ("dag", "patch"),
    "patch as JSON": ("dag", "patch", "--json", "--write"),
    "snippet": ("snippet",),
    "create": CREATE,
}


@pytest.mark.parametrize(("configured", "reader"), list(product(CONFIGURED, READERS)))
def test_what_the_project_must_not_hold_is_refused_and_nowhere(
    configured: str, reader: str, capsys: pytest.CaptureFixture[str], identity: tuple[str, str]
) -> None:
    from astrokpo_cli.cli import main

    Path("astrokpo.toml").write_text(CONFIGURED[configured], encoding="utf-8")
    Path("dags").mkdir()
    Path("dags/load.py").write_text(LACKS)
    flags = ("-r", identity[1]) if reader == "create" else ()
    assert main(["--verbose", *READERS[reader], *flags]) == 1
    out, err = capsys.readouterr()
    assert "astrokpo.toml" in err
    assert "unexpected" not in err
    assert not seen(out + err)
    if "--json" in READERS[reader]:
        assert json.loads(out)["error"]["code"] == 1
    else:
        assert out == ""


@pytest.mark.parametrize("variable", ["NAMESPACE", "SECRET", "AIRFLOW"])
@pytest.mark.parametrize("reader", READERS)
def test_a_variable_that_holds_the_password_is_refused_and_nowhere(
    reader: str, variable: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from astrokpo_cli.cli import main

    Path("dags").mkdir()
    Path("dags/load.py").write_text(LACKS)
    monkeypatch.setenv(f"ASTROKPO_{variable}", CANARY)
    assert main(["--verbose", *READERS[reader]]) == 1
    out, err = capsys.readouterr()
    assert f"ASTROKPO_{variable}" in err
    assert not seen(out + err)


ANSWERS: dict[str, Callable[[Request], Reply]] = {
    "works": Simulated(),
    "refuses with what it was sent": lambda request: status(422, request.body.decode() or "x", "Invalid"),
    "fails with what it was sent": lambda request: Reply(500, request.body or b"x"),
    "redirects with what it was sent": lambda request: Reply(302, b"", {"Location": f"/{request.body.hex()}"}),
    "does not know us": lambda request: status(401, f"no such token {CANARY}", "Unauthorized"),
    "answers nonsense": lambda request: Reply(200, AUTH.encode()),
}
APPLY = ("secret", "apply", "ns.ghcr-io-pull.age", "--accept-unverified", "--yes")
SUPPORT: dict[str, tuple[str, ...]] = {
    "inspect": ("secret", "inspect", "ns.ghcr-io-pull.age"),
    "inspect as JSON": ("secret", "inspect", "ns.ghcr-io-pull.age", "--json"),
    "inspect what is cut": ("secret", "inspect", "cut.age"),
    "apply": APPLY,
    "apply as JSON": (*APPLY, "--json"),
    "apply dry": (*APPLY, "--dry-run"),
    "apply to another namespace": (*APPLY, "-n", "other"),
    "apply another file than the ticket's": (*APPLY, "--fingerprint", "0" * 12),
    "apply in a context that is not there": (*APPLY, "--context", "nowhere"),
}


def is_asked(command: str, answering: str) -> bool:
    """Whether it makes a difference to COMMAND what a server answers."""
    return command in ("apply", "apply as JSON", "apply dry") or answering == "works"


@pytest.mark.parametrize("verbose", [(), ("--verbose",)], ids=["quiet", "verbose"])
@pytest.mark.parametrize(("command", "answering"), [pair for pair in product(SUPPORT, ANSWERS) if is_asked(*pair)])
def test_the_password_is_nowhere_on_supports_side(
    command: str, answering: str, verbose: tuple[str, ...], isolated: Path, tmp_path: Path, identity: tuple[str, str]
) -> None:
    inputs = prepare(CASES[0], isolated)
    sealed = run(CASES[0], (), isolated, tmp_path, identity[1])
    assert sealed.code == 0
    whole = Path("ns.ghcr-io-pull.age").read_bytes()
    Path("cut.age").write_bytes(whole[: len(whole) // 2])
    with Server(ANSWERS[answering]) as server:
        kubeconfig = Path("kubeconfig").absolute()
        kubeconfig.write_text(kubeconfig_for(server.url))
        environ = {"KUBECONFIG": str(kubeconfig), "ASTROKPO_IDENTITY": identity[0]}
        done = run(Case(command, SUPPORT[command], 0, environ=environ), verbose, isolated, tmp_path, identity[1])
    assert not seen(done.out), "in standard output"
    assert not seen(done.err), "in standard error"
    assert identity[0][15:] not in done.out + done.err
    for path in files_below(tmp_path):
        if path not in inputs:
            assert not seen(path.read_bytes().decode("utf-8", "replace")), f"in {path.name}"


BASIC = {"WWW-Authenticate": 'Basic realm="acme"'}


def echoing(answer: Callable[[str, str], Reply]) -> Callable[[Request], Reply]:
    """Give a registry with Basic authentication that answers who logs in with what it was sent."""

    def reply(request: Request) -> Reply:
        sent = request.headers.get("authorization", "")
        if not sent:
            return Reply(401, b"{}", BASIC)
        said = answer(sent, base64.b64decode(sent.removeprefix("Basic ")).decode())
        return said._replace(content=b"") if request.method == "HEAD" else said

    return reply


def with_tokens(request: Request) -> Reply:
    """Answer as a registry whose token server gives the password back as the token, which is then refused."""
    host = request.headers["host"]
    if request.target.startswith("/token"):
        return Reply(200, json.dumps({"token": AUTH}).encode())
    return Reply(401, AUTH.encode(), {"WWW-Authenticate": f'Bearer realm="http://{host}/token",service="{AUTH}"'})


REGISTRIES: dict[str, Callable[[Request], Reply]] = {
    "refuses with what it was sent": echoing(lambda sent, password: Reply(401, password.encode(), {"X-Sent": sent})),
    "fails with what it was sent": echoing(lambda sent, password: Reply(500, password.encode())),
    "limits with what it was sent": echoing(lambda sent, password: Reply(429, b"", {"Retry-After": sent})),
    "gives what it was sent": echoing(lambda sent, password: Reply(200, password.encode(), {"Content-Type": sent})),
    "redirects with what it was sent": echoing(
        lambda sent, password: Reply(307, b"", {"Location": f"https://{quote(password, safe='')}.invalid/{sent[6:]}"})
    ),
    "redirects to a user that it was sent": echoing(
        lambda sent, password: Reply(307, b"", {"Location": f"https://{quote(password, safe='')}@acme.invalid/"})
    ),
    "takes it for a token": with_tokens,
}
CHECKS: dict[str, tuple[str, ...]] = {
    "check": ("registry", "check", "--via", "registry"),
    "check as JSON": ("registry", "check", "--via", "registry", "--json"),
    "check what is typed": ("registry", "check", "--username", USER, "--password-stdin", "--registry"),
    "create what is verified": ("secret", "create", "-n", "ns", "--verify", "--image"),
}


@pytest.mark.parametrize(("command", "answering"), list(product(CHECKS, REGISTRIES)))
def test_the_password_is_nowhere_when_a_registry_is_asked(
    command: str, answering: str, isolated: Path, tmp_path: Path, identity: tuple[str, str]
) -> None:
    with Server(REGISTRIES[answering]) as server:
        host = server.url.removeprefix("http://")
        arguments = (*CHECKS[command], *([host] if command == "check what is typed" else []), f"{host}/acme/etl:1.4")
        config = json.dumps({"auths": {host: {"auth": AUTH}}})
        case = Case(command, arguments, 0, config, stdin=CANARY)
        inputs = prepare(case, isolated)
        done = run(case, ("--verbose",), isolated, tmp_path, identity[1])
    assert done.code in (1, 3), done.err
    assert "unexpected" not in done.err
    assert not seen(done.out), "in standard output"
    assert not seen(done.err), "in standard error"
    for path in files_below(tmp_path):
        if path not in inputs:
            assert not seen(path.read_bytes().decode("utf-8", "replace")), f"in {path.name}"


def kubeconfig_for(url: str) -> str:
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "acme",
            "contexts": [{"name": "acme", "context": {"cluster": "acme", "user": "acme"}}],
            "clusters": [{"name": "acme", "cluster": {"server": url}}],
            "users": [{"name": "acme", "user": {"token": "t0ken"}}],
        }
    )


def test_the_canary_would_be_seen(isolated: Path, tmp_path: Path, identity: tuple[str, str]) -> None:
    case = Case("plaintext", (*CREATE, "--plaintext"), 0)
    prepare(case, isolated)
    done = run(case, (), isolated, tmp_path, identity[1], recipient=False)
    assert seen(done.out)
    assert not seen(done.err)


@pytest.mark.parametrize("verbose", [(), ("--verbose",)], ids=["quiet", "verbose"])
def test_an_unexpected_error_shows_neither_its_text_nor_its_values(
    verbose: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    identity: tuple[str, str],
) -> None:
    from astrokpo_cli import handoff
    from astrokpo_cli.cli import main

    def fail(*_: object) -> bytes:
        local = CANARY
        raise RuntimeError(f"{local} {AUTH}")

    monkeypatch.setattr(handoff, "seal", fail)
    Path("config.json").write_text(CASES[0].config)
    assert main([*verbose, *CREATE, "-r", identity[1], "--docker-config", "config.json"]) == 1
    out, err = capsys.readouterr()
    assert "RuntimeError" in err
    assert not seen(out + err)
    assert not list(Path.cwd().glob("*.age"))


def prepare(case: Case, home: Path) -> set[Path]:
    """Write the case's docker config and helper; gives the files that hold the password on purpose."""
    (home / ".docker").mkdir()
    config = home / ".docker" / "config.json"
    config.write_text(case.config)
    Path("config.json").write_text(case.config)
    Path("answer").write_text(ANSWER)
    helper = home / "docker-credential-canary"
    dump = "env > seen-env; cat /proc/$$/cmdline > seen-argv; cat /proc/$PPID/cmdline > seen-parent"
    listing = '[ "$1" = list ] && { echo "{\\"ghcr.io\\": \\"robot\\"}"; exit 0; }'
    helper.write_text(f"#!/bin/sh\ncat > seen-stdin\n{dump}\n{listing}\n{case.helper}\n")
    helper.chmod(0o755)
    return {config, Path("config.json").absolute(), Path("answer").absolute(), helper}


def run(
    case: Case, verbose: Sequence[str], home: Path, tmp_path: Path, recipient_key: str, *, recipient: bool = True
) -> Run:
    temporary = tmp_path / "tmp"
    temporary.mkdir(exist_ok=True)
    environ = {**os.environ, "PATH": f"{home}:/usr/bin:/bin", "TMPDIR": str(temporary), **case.environ}
    if recipient:
        environ["ASTROKPO_RECIPIENT"] = recipient_key
    done = subprocess.run(
        [sys.executable, "-m", "astrokpo_cli", *verbose, *case.arguments],
        input=case.stdin.encode(),
        capture_output=True,
        timeout=60,
        env=environ,
        check=False,
    )
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


def seen(text: str) -> list[str]:
    return [form for form in FORMS if form in text]


def files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
