"""Handoffs in the hands of others: age, sha256sum, kubectl, and pass behind docker-credential-pass."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.given import NAMESPACE, PASSWORD, check_quiet, check_refused, docker_config, encoded, logins, logins_of
from tests.kubectl_server import kubeconfig
from tests.parts import Run, Tool

IMAGE = "ghcr.io/acme/etl:1.4"
HANDOFF = f"{NAMESPACE}.ghcr-io-pull.age"


@dataclass(frozen=True)
class Key:
    """A key pair, its private half in a file that age reads."""

    file: Path
    public: str


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory, identity: tuple[str, str]) -> dict[str, Key]:
    folder = tmp_path_factory.mktemp("keys")
    (folder / "x25519").write_text(identity[0] + "\n")
    made = {"x25519": Key(folder / "x25519", identity[1])}
    keygen = Tool("ssh-keygen")
    for kind, *options in (("ed25519",), ("rsa", "-b", "2048")):
        keygen("-q", "-t", kind, *options, "-N", "", "-C", "support@example.com", "-f", str(folder / kind))
        made[f"ssh-{kind}"] = Key(folder / kind, (folder / f"{kind}.pub").read_text().strip())
    return made


@pytest.fixture
def create(isolated: Path, astrokpo: Callable[..., Run]) -> Callable[..., Run]:
    """Run `secret create` for IMAGE, whose login is in the docker config."""
    logins(isolated, "ghcr.io")

    def run(*arguments: str) -> Run:
        done = astrokpo("secret", "create", "--image", IMAGE, "-n", NAMESPACE, *arguments)
        assert done.code == 0, done.err
        return done

    return run


def open_with(age: Tool, key: Key, handoff: str = HANDOFF) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(age("-d", "-i", str(key.file), handoff))
    return manifest


# age


@pytest.mark.parametrize("kind", ["x25519", "ssh-ed25519", "ssh-rsa"])
def test_age_opens_what_is_sealed_for_a_key_of_this_kind(
    kind: str, keys: dict[str, Key], age: Tool, create: Callable[..., Run]
) -> None:
    create("-r", keys[kind].public)
    assert logins_of(open_with(age, keys[kind])) == {"ghcr.io": ("ada", PASSWORD)}


def test_each_of_several_recipients_opens_the_same_manifest(
    keys: dict[str, Key], age: Tool, create: Callable[..., Run]
) -> None:
    create(*(word for key in keys.values() for word in ("-r", key.public)))
    first, *others = (open_with(age, key) for key in keys.values())
    assert others == [first, first]


def test_nobody_else_opens_it(tmp_path: Path, keys: dict[str, Key], age: Tool, create: Callable[..., Run]) -> None:
    create("-r", keys["ssh-ed25519"].public)
    tried = subprocess.run([age.path, "-d", "-i", keys["x25519"].file, HANDOFF], capture_output=True, check=False)
    assert tried.returncode != 0
    assert b"no identity matched" in tried.stderr


RECIPIENTS_FILES: dict[str, Callable[[list[str]], bytes]] = {
    "one a line": lambda lines: "\n".join(lines).encode() + b"\n",
    "no line end at the end": lambda lines: "\n".join(lines).encode(),
    "comments": lambda lines: ("# support\n" + "\n#\n  # more\n".join(lines)).encode(),
    "CRLF": lambda lines: "\r\n".join(lines).encode() + b"\r\n",
    "a BOM": lambda lines: b"\xef\xbb\xbf" + "\n".join(lines).encode(),
    "a BOM, CRLF and a comment": lambda lines: b"\xef\xbb\xbf# support\r\n" + "\r\n".join(lines).encode(),
    "blank lines": lambda lines: ("\n\n \t\n" + "\n\n".join(lines) + "\n\n").encode(),
    "duplicates": lambda lines: "\n".join(lines + lines).encode(),
    "blanks around the keys": lambda lines: "\n".join(f"  {line}\t" for line in lines).encode(),
}


@pytest.mark.parametrize("form", RECIPIENTS_FILES)
def test_age_opens_what_is_sealed_for_a_recipients_file_with(
    form: str, tmp_path: Path, keys: dict[str, Key], age: Tool, create: Callable[..., Run]
) -> None:
    (tmp_path / "recipients").write_bytes(RECIPIENTS_FILES[form]([key.public for key in keys.values()]))
    create("-R", str(tmp_path / "recipients"))
    for key in keys.values():
        assert open_with(age, key)["metadata"]["namespace"] == NAMESPACE


def test_a_recipient_given_twice_is_sealed_for_once(keys: dict[str, Key], create: Callable[..., Run]) -> None:
    rsa, native = keys["ssh-rsa"].public, keys["x25519"].public
    without_comment = rsa.rpartition(" ")[0]
    done = create("-r", rsa, "-r", without_comment, "-r", native, "-r", native.upper(), "-o", "-")
    assert done.err.count("recipient ") == 1  # the name of the field, which is not repeated
    assert done.err.count(native) == 1
    assert done.err.count("ssh-rsa AAAA") == 1


# sha256sum


def test_sha256sum_prints_the_fingerprint_of_the_report_and_of_the_document(
    keys: dict[str, Key], create: Callable[..., Run]
) -> None:
    told = create("-r", keys["x25519"].public)
    printed = Tool("sha256sum")(HANDOFF).split()[0].decode()
    assert told.out.count(printed) == 2  # in the report, and in the lines for the ticket
    assert f"\nfingerprint: {printed}\n" in told.out
    document = json.loads(create("-r", keys["x25519"].public, "--json", "--force").out)
    assert document["handoffs"][0]["fingerprint"] == Tool("sha256sum")(HANDOFF).split()[0].decode()


def test_sha256sum_prints_the_fingerprint_of_a_handoff_on_standard_output(
    keys: dict[str, Key], create: Callable[..., Run]
) -> None:
    done = create("-r", keys["x25519"].public, "-o", "-")
    assert Tool("sha256sum")(stdin=done.out.encode()).split()[0].decode() in done.err


@pytest.mark.parametrize("folder", ["handed over", "back\\slash", "späße", "-"])
def test_sha256sum_checks_the_lines_that_are_printed_for_several_namespaces(
    folder: str, keys: dict[str, Key], create: Callable[..., Run]
) -> None:
    done = create("-r", keys["x25519"].public, "-n", "second", "-n", "third", "-o", f"./{folder}/")
    lines = "".join(f"{line}\n" for line in done.out.splitlines() if line.endswith(".age"))
    checked = Tool("sha256sum")("-c", stdin=lines.encode()).decode().splitlines()
    assert len(checked) == 3
    assert all(line.endswith(": OK") for line in checked)


# kubectl


@pytest.fixture(scope="session")
def kubectl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., list[Any]]]:
    """Run kubectl against a server that knows secrets; gives the objects that it prints."""
    tool = Tool("kubectl")
    folder = tmp_path_factory.mktemp("kubectl")
    with kubeconfig(folder) as config:
        env = {"PATH": os.environ["PATH"], "HOME": str(folder), "KUBECONFIG": str(config)}

        def run(*arguments: str, stdin: bytes = b"") -> list[Any]:
            return documents(tool(*arguments, "--dry-run=client", "-o", "json", stdin=stdin, env=env).decode())

        yield run


def documents(text: str) -> list[Any]:
    """Read JSON documents that stand one after the other, as kubectl prints several objects."""
    found, end = [], 0
    while text[end:].strip():
        one, end = json.JSONDecoder().raw_decode(text, end + len(text[end:]) - len(text[end:].lstrip()))
        found.append(one)
    return found


def without_nulls(made: dict[str, Any]) -> dict[str, Any]:
    """Drop creationTimestamp: null, which an older kubectl adds."""
    metadata = {name: value for name, value in made["metadata"].items() if value is not None}
    return {**made, "metadata": metadata}


def test_kubectl_takes_what_age_opens_to_the_letter(
    keys: dict[str, Key], age: Tool, create: Callable[..., Run], kubectl: Callable[..., list[Any]]
) -> None:
    create("-r", keys["x25519"].public, "--deployment", "Größe: 'x' # \"y\"")
    text = age("-d", "-i", str(keys["x25519"].file), HANDOFF)
    [made] = kubectl("create", "--validate=false", "-f", "-", stdin=text)
    assert without_nulls(made) == json.loads(text)


def test_kubectl_takes_the_plain_manifests_of_several_namespaces(
    create: Callable[..., Run], kubectl: Callable[..., list[Any]]
) -> None:
    text = create("--plaintext", "-n", "second", "--deployment", "yes", "--not-after", "never").out
    made = kubectl("create", "--validate=false", "-f", "-", stdin=text.encode())
    assert [item["metadata"]["namespace"] for item in made] == [NAMESPACE, "second"]
    assert {item["metadata"]["annotations"]["astrokpo/deployment"] for item in made} == {"yes"}


AWKWARD_LOGINS = {
    "plain": ("ada", "secret"),
    "a colon in the password": ("ada", "a:b::c:"),
    "quotes": ("ada", 'it\'s "quoted" \\ and `ticked`'),
    "unicode": ("ädä", "pässwörd-✓-🔑-\u202e"),
    "blanks": ("ada lovelace", " two  blanks "),
    "a newline": ("ada", "line one\nline two\n"),
    "CR LF and tab": ("ada", "a\r\nb\tc"),
    "shell": ("$USER", "$(id) ${HOME} %s %41 !! *"),
    "JSON": ("ada", '{"auth":"\\u0041"}</script>&'),
    "a robot account": ("robot$acme+pull", "0123456789ABCDEF"),
    "a Google key file": ("_json_key", '{"type": "service_account", "private_key": "-----BEGIN\\nx\\n"}'),
    "base64 with every sign": ("ada", "~~~???>>>"),
    "one character": ("a", "b"),
    "very long": ("ada" * 50, "0123456789" * 5000),
}


@pytest.mark.parametrize("login", AWKWARD_LOGINS)
def test_the_login_is_the_one_that_kubectl_create_secret_makes(
    login: str,
    isolated: Path,
    identity: tuple[str, str],
    astrokpo: Callable[..., Run],
    kubectl: Callable[..., list[Any]],
) -> None:
    user, password = AWKWARD_LOGINS[login]
    [made] = kubectl(
        *("create", "secret", "docker-registry", "x", "--docker-server=ghcr.io"),
        *(f"--docker-username={user}", f"--docker-password={password}"),
    )
    docker_config(isolated, {"auths": {"ghcr.io": {"auth": encoded(user, password)}}})
    done = astrokpo("secret", "create", "--image", IMAGE, "-n", NAMESPACE, "--plaintext", "-o", "secret.yaml")
    assert done.code == 0, done.err
    [ours] = kubectl("create", "--validate=false", "-f", "secret.yaml")
    assert logins_of(ours) == logins_of(made) == {"ghcr.io": (user, password)}
    assert ours["type"] == made["type"]


# docker-credential-pass, with pass and gpg


@dataclass(frozen=True)
class Store:
    """A password store of its own, in a home folder of its own."""

    home: Path
    env: dict[str, str]
    helper: Tool

    def put(self, key: str, user: str, password: str) -> None:
        login = {"ServerURL": key, "Username": user, "Secret": password}
        self.helper("store", stdin=json.dumps(login).encode(), env=self.env)

    def astrokpo(self, config: dict[str, Any], *arguments: str) -> Run:
        """Run the installed program, with CONFIG as the docker config."""
        docker_config(self.home, config)
        command = [sys.executable, "-m", "astrokpo_cli", *arguments]
        done = subprocess.run(command, env=self.env, capture_output=True, timeout=60, check=False)
        return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


STORED_PASSWORD = f"{PASSWORD} from: the $tore 'ß'"


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """Keep ghcr.io and Docker Hub, with the OAuth entries of a web login, in a real store."""
    helper, gpg, pass_ = Tool("docker-credential-pass"), Tool("gpg"), Tool("pass")
    # A socket's path has at most 107 characters, so this is not below pytest's folder.
    home = Path(tempfile.mkdtemp(prefix="akpo", dir="/tmp"))
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GNUPGHOME": str(home / "g"),
        "PYTHONPATH": str(Path(__file__).parents[1]),
        "ASTROKPO_HELPER_TIMEOUT": "60",
    }
    (home / "g").mkdir(mode=0o700)
    try:
        gpg(
            *("--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""),
            *("--quick-gen-key", "ada@example.com", "future-default", "default", "never"),
            env=env,
        )
        pass_("init", "ada@example.com", env=env)
        made = Store(home, env, helper)
        made.put("ghcr.io", "ada", STORED_PASSWORD)
        made.put("https://index.docker.io/v1/", "grace", STORED_PASSWORD)
        made.put("https://index.docker.io/v1/access-token", "grace", "an-oauth-token")
        yield made
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], env=env, check=False)
        shutil.rmtree(home)


WAYS_TO_NAME_A_STORE: dict[str, dict[str, Any]] = {
    "credsStore": {"auths": {"ghcr.io": {}, "https://index.docker.io/v1/": {}}, "credsStore": "pass"},
    "credHelpers": {"credHelpers": {"ghcr.io": "pass", "https://index.docker.io/v1/": "pass"}},
    "no section, so that the platform's store is probed": {},
}


@pytest.mark.parametrize("config", WAYS_TO_NAME_A_STORE.values(), ids=WAYS_TO_NAME_A_STORE)
def test_a_credential_in_a_real_store_is_sealed(
    config: dict[str, Any], store: Store, keys: dict[str, Key], age: Tool
) -> None:
    key = keys["x25519"]
    done = store.astrokpo(
        config, *("secret", "create", "--image", IMAGE, "--image", "acme/etl", "-n", NAMESPACE, "-r", key.public)
    )
    assert done.code == 0, done.err
    check_quiet(done)
    assert "from docker-credential-pass" in done.out
    assert logins_of(open_with(age, key, f"{NAMESPACE}.registries-pull.age")) == {
        "ghcr.io": ("ada", STORED_PASSWORD),
        "https://index.docker.io/v1/": ("grace", STORED_PASSWORD),
    }


@pytest.mark.parametrize("config", WAYS_TO_NAME_A_STORE.values(), ids=WAYS_TO_NAME_A_STORE)
def test_a_registry_that_a_real_store_does_not_know_is_refused(
    config: dict[str, Any], store: Store, identity: tuple[str, str]
) -> None:
    config = {**config, "credHelpers": {**config.get("credHelpers", {}), "quay.io": "pass"}} if config else config
    done = store.astrokpo(config, *("secret", "create", "--registry", "quay.io", "-n", "ns", "-r", identity[1]))
    check_refused(done, 'no credential for "quay.io"', ".docker/config.json")


@pytest.mark.parametrize("config", WAYS_TO_NAME_A_STORE.values(), ids=WAYS_TO_NAME_A_STORE)
def test_a_list_shows_what_a_real_store_keeps(config: dict[str, Any], store: Store) -> None:
    done = store.astrokpo(config, "registry", "list", "--json")
    check_quiet(done)
    rows = {row["key"]: row for row in json.loads(done.out)["registries"]}
    ours = {key: (row["registry"], row["username"], row["usable"]) for key, row in rows.items()}
    assert ours["ghcr.io"] == ("ghcr.io", "ada", True)
    assert ours["https://index.docker.io/v1/"] == ("docker.io", "grace", True)
    assert {row["helper"] for row in rows.values()} == {"pass"}


def test_all_registries_of_a_real_store_are_sealed_without_the_oauth_entries(
    store: Store, keys: dict[str, Key], age: Tool
) -> None:
    key = keys["x25519"]
    done = store.astrokpo(
        {"credsStore": "pass"}, *("secret", "create", "--all-registries", "--yes", "-n", NAMESPACE, "-r", key.public)
    )
    assert done.code == 0, done.err
    assert set(logins_of(open_with(age, key, f"{NAMESPACE}.registries-pull.age"))) == {
        "ghcr.io",
        "https://index.docker.io/v1/",
    }
