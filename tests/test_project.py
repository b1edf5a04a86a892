"""astrokpo.toml: what it says, what it must not hold, and how `secret create` and `snippet` go by it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from astrokpo_cli import files
from astrokpo_cli.dags.private import PrivateImages
from astrokpo_cli.dags.versions import Versions
from astrokpo_cli.errors import FileProblem, InvalidValue
from astrokpo_cli.project.airflow import find_versions
from astrokpo_cli.project.config import Settings, find_project, load_settings, parse_settings
from tests.given import NAMESPACE, check_quiet, check_refused, logins, names, opened
from tests.test_loaded_modules import run as run_alone

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.parts import Run

NAME = "astrokpo.toml"
AGE, ANOTHER = (str(pyrage.x25519.Identity.generate().to_public()) for _ in range(2))
SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN ada@acme"
IDENTITY = "AGE-SECRET-KEY-1QYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQS3290GQ"
MARK = "hunter2"
"""What stands in the tables below where a secret may, and must not be shown."""


def write(text: str, folder: str | Path = ".") -> Path:
    path = Path(folder) / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def parse(text: str) -> Settings:
    return parse_settings(text.encode(), NAME)


# what it says


def test_all_settings() -> None:
    text = f"""
    namespace = "{NAMESPACE}"
    recipients = ["{AGE}", "{SSH}"]
    secret = "acme-pull"
    airflow = "2.10"
    deployment = "Analytics, production"

    [registries]
    "ghcr.io/acme" = "ghcr-io-pull"
    "registry.acme.com:5000" = "acme.pull"
    "index.docker.io/acme" = "hub"
    """
    assert parse(text) == Settings(
        namespace=NAMESPACE,
        recipients=(AGE, SSH),
        secret="acme-pull",
        registries=(
            PrivateImages("ghcr.io/acme", "ghcr-io-pull"),
            PrivateImages("registry.acme.com:5000", "acme.pull"),
            PrivateImages("docker.io/acme", "hub"),
        ),
        airflow="2.10",
        deployment="Analytics, production",
        file=NAME,
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "\ufeff", "registries = {}", "recipients = []"])
def test_nothing_need_be_said(text: str) -> None:
    assert parse(text) == Settings(file=NAME)


def test_a_list_of_registries_is_served_by_the_secret() -> None:
    found = parse('registries = ["ghcr.io/acme", "quay.io/"]\nsecret = "acme-pull"')
    assert found.registries == (PrivateImages("ghcr.io/acme", "acme-pull"), PrivateImages("quay.io", "acme-pull"))


def test_without_a_secret_the_one_that_serves_a_list_is_not_known() -> None:
    assert parse('registries = ["ghcr.io/acme"]').registries == (PrivateImages("ghcr.io/acme", None),)


# what is wrong

WRONG: dict[str, tuple[str, str, str]] = {
    "a namespace": ('\nnamespace = "hunter2 "', "line 2: namespace is not a Deployment's namespace", "Astro UI"),
    "a secret's name": ('secret = "Hunter2_hunter2"', "line 1: secret is not a name for a secret", "lower-case"),
    "an Airflow": ('airflow = "hunter2"', "line 1: airflow is not a version of Airflow", "2.10 or 3.1.8"),
    "an Airflow as a number": ("airflow = 2.10", "line 1: airflow is not text", 'airflow = "'),
    "a label": ('deployment = "hunter2\\n"', "line 1: deployment is not a Deployment's label", "printable"),
    "an empty label": ('deployment = ""', "line 1: deployment is not", "printable"),
    "a namespace in a list": ('namespace = ["hunter2"]', "line 1: namespace is not text", "in quotes"),
    "a namespace as a table": ("[namespace]\nname = 'hunter2'", "line 1: namespace is not text", "in quotes"),
    "recipients": ('recipients = "hunter2"', "line 1: recipients is not a list", "recipients = ["),
    "a recipient": (
        f'recipients = [\n  "{AGE}",\n  "hunter2",\n]',
        "line 3: recipients has at place 2 what is not a recipient",
        "begins with age1",
    ),
    "a recipient that is no text": ("recipients = [1]", "line 1: recipients has at place 1", "begins with age1"),
    "two recipients in one": (f'recipients = ["""{AGE}\n{AGE}"""]', "recipients has at place 1", "begins with age1"),
    "registries": ('registries = "hunter2"', "line 1: registries is neither a list nor a table", "registries = ["),
    "a registry": (
        'registries = [\n  "hunter2"\n]',
        "line 2: registries has at place 1 what is not the beginning",
        "HOST or HOST/PATH",
    ),
    "a registry of a table": (
        '[registries]\n"ghcr.io" = "a"\n"hunter2" = "b"',
        "line 3: registries has at place 2 what is not the beginning",
        "HOST or HOST/PATH",
    ),
    "a registry that is no text": ("registries = [true]", "line 1: registries has at place 1", "HOST or HOST/PATH"),
    "a registry with a login": (
        '[registries]\n"https://ada:hunter2@ghcr.io" = "a"',
        "line 2: registries has at place 1 what is not the beginning",
        "HOST or HOST/PATH",
    ),
    "a login before a host": (
        '[registries]\n"ada:hunter2@ghcr.io/acme" = "a"',
        "line 2: registries has at place 1 what is not the beginning",
        "HOST or HOST/PATH",
    ),
    "a host without quotes": ("[registries]\nghcr.io = 'hunter2'", "registries has at place 1", "in quotes"),
    "a path without quotes": ("[registries]\nghcr.io/acme = 'hunter2'", "not TOML: line 2, column 8", "in quotes"),
    "a registry twice": (
        'registries = ["ghcr.io/acme", "ghcr.io/acme/"]',
        "line 1: registries has at place 2 what it has before",
        "once",
    ),
    "a registry's secret": (
        '[registries]\n"ghcr.io" = "Hunter2 hunter2"',
        "line 2: what registries has at place 1 is not a name for a secret",
        "lower-case",
    ),
    "a registry's secret that is no text": (
        '[registries]\n"ghcr.io" = 1',
        "line 2: registries has at place 1",
        "write",
    ),
    "no TOML": ("namespace = hunter2", "is not TOML: line 1, column 13", "KEY"),
    "no end": ('namespace = "hunter2', "is not TOML: ", "KEY"),
    "a list without an end": ("recipients = ['hunter2',\n", "is not TOML: end of the file", "KEY"),
    "a key twice": ("secret = 'a'\nsecret = 'hunter2'\n", "is not TOML: line 2", "KEY"),
    "a table twice": ("[hunter2]\n[hunter2]\n", "is not TOML: line 2", "KEY"),
    "lists without an end": (f"hunter2 = {'[' * 5000}", "is not TOML: too large a number, or too deep", "KEY"),
    "a number without an end": (f"hunter2 = {'1' * 5000}", "is not TOML: too large a number", "KEY"),
    "a NUL": ("hunter2\0 = 1", "is not TOML: line 1", "KEY"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_told_by_its_place_and_never_shown(case: str) -> None:
    text, message, hint = WRONG[case]
    with pytest.raises(InvalidValue) as caught:
        parse(text)
    assert caught.value.message.startswith(NAME)
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert MARK not in f"{caught.value.message} {caught.value.hint}".lower()
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("name-space", "did you mean namespace?"),
        ("Namespace", "did you mean namespace?"),
        ("recipient", "did you mean recipients?"),
        ("registry", "did you mean registries?"),
        ("secrets", "did you mean secret?"),
        ("air_flow", "did you mean airflow?"),
        ("deploymnet", "did you mean deployment?"),
        ("colour", "the settings are namespace, recipients, secret, registries, airflow and deployment"),
    ],
)
def test_an_unknown_key_is_an_error_with_the_nearest_known_name(key: str, hint: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        parse(f"# {key}\n{key} = 'hunter2'")
    assert caught.value.message == f'{NAME} line 2: "{key}" is not a setting'
    assert caught.value.hint == hint


def test_an_unknown_key_that_is_no_word_is_not_shown() -> None:
    with pytest.raises(InvalidValue) as caught:
        parse(f'"{MARK} {MARK}" = 1')
    assert caught.value.message == f"{NAME} line 1: a key is not a setting"


SECRETS = {
    "a password": "password = 'hunter2'",
    "a password of something": "registry_password = 'hunter2'",
    "in capitals": "PASSWORD = 'hunter2'",
    "in camel case": "apiKey = 'hunter2'",
    "with a dash": "api-key = 'hunter2'",
    "passwd": "passwd = 'hunter2'",
    "a token": "token = 'hunter2'",
    "auth": "auth = 'hunter2'",
    "an entry of a docker config": "[auths.'ghcr.io']\nauth = 'hunter2'",
    "credentials": "credentials = ['hunter2']",
    "an identity": "identity = 'hunter2'",
    "identities": "identities = ['hunter2']",
    "a private key's name": "private_key = 'hunter2'",
    "a client secret": "client_secret = 'hunter2'",
    "a number": "pwd = 12345",
    "in a table of a registry": "[registries.'ghcr.io/acme']\nsecret = 'a'\npassword = 'hunter2'",
    "among registries": "[registries]\n'ghcr.io' = 'a'\npassword = 'hunter2'",
    "deep in lists": "registries = [[{a = [{token = 'hunter2'}]}]]",
    "deep in tables": f"{'.'.join('a' * 3000)}.token = 'hunter2'",
}


@pytest.mark.parametrize("case", SECRETS)
def test_a_key_that_looks_like_a_secret_is_refused(case: str) -> None:
    with pytest.raises(InvalidValue, match="looks like a secret") as caught:
        parse(SECRETS[case])
    assert MARK not in f"{caught.value.message} {caught.value.hint}"
    assert "never holds a secret" in caught.value.hint


@pytest.mark.parametrize("host", ["ghcr.io/auth-team", "token.acme.com", "localhost:5000/password", "auth.acme.com/x"])
def test_a_registry_may_have_any_name(host: str) -> None:
    assert parse(f"[registries]\n'{host}' = 'auth-token-pull'").registries == (PrivateImages(host, "auth-token-pull"),)


PEM = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----"
PRIVATE_KEYS = {
    "a recipient": (f'recipients = ["{IDENTITY}"]', 1),
    "a recipient in lower case": (f'recipients = ["{IDENTITY.lower()}"]', 1),
    "a recipient of ssh": (f"recipients = ['''{PEM}''']", 1),
    "a namespace": (f'\n\nnamespace = "{IDENTITY}"', 3),
    "a key": (f'"{IDENTITY}" = 1', 1),
    "a comment": (f"# public key: {AGE}\n# {IDENTITY}", 2),
    "no TOML": (f"{IDENTITY}", 1),
    "a registry": (f"[registries]\n'ghcr.io/{IDENTITY}' = 'a'", 2),
}


@pytest.mark.parametrize("case", PRIVATE_KEYS)
def test_a_private_key_is_refused_and_not_shown(case: str) -> None:
    text, line = PRIVATE_KEYS[case]
    with pytest.raises(InvalidValue) as caught:
        parse(text)
    assert caught.value.message == f"{NAME} line {line}: a private key stands there, which is not shown"
    assert "never holds a secret" in caught.value.hint


def test_a_private_key_that_is_spelt_with_escapes_is_refused() -> None:
    with pytest.raises(InvalidValue, match="line 1: a private key stands there"):
        parse(f'namespace = "{IDENTITY.replace("-", chr(92) + "u002d")}"')


@pytest.mark.parametrize("content", [b"\xff\xfen\0", b"namespace = '\xe4'"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidValue, match=r"astrokpo\.toml is not text in UTF-8"):
        parse_settings(content, NAME)


@given(st.text(max_size=40) | st.from_regex(r"(namespace|registries|secret) ?= ?[\[{'\"a.]{0,4}\n?"))
def test_any_content_is_settings_or_one_error(text: str) -> None:
    try:
        found = parse(text)
    except InvalidValue as err:
        found = Settings(file=err.message[: len(NAME)])
    assert found.file == NAME


# where it is


def read(path: Path) -> bytes | None:
    return files.read_if_there(path)


def test_the_nearest_file_wins(tmp_path: Path) -> None:
    write('namespace = "far"', tmp_path)
    write('namespace = "near"', tmp_path / "a")
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    found = load_settings(tmp_path / "a" / "b" / "c", read)
    assert (found.namespace, found.folder) == ("near", tmp_path / "a")
    assert found.file == str(tmp_path / "a" / NAME)


def test_without_a_file_nothing_is_said(tmp_path: Path) -> None:
    assert load_settings(tmp_path, read) == Settings()


def test_no_file_is_read_that_is_not_there(tmp_path: Path) -> None:
    def fail(path: Path) -> bytes | None:
        raise AssertionError(path)

    load_settings(tmp_path, fail)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read all")
def test_a_file_that_must_not_be_read_is_an_error_and_never_passed_over(tmp_path: Path) -> None:
    write("", tmp_path).chmod(0)
    with pytest.raises(FileProblem, match="cannot be read"):
        load_settings(tmp_path, read)


def test_a_folder_of_that_name_is_an_error(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(FileProblem, match="cannot be read"):
        load_settings(tmp_path, read)


# the environment

VARIABLES = {
    "ASTROKPO_NAMESPACE": "namespace",
    "ASTROKPO_SECRET": "secret",
    "ASTROKPO_AIRFLOW": "airflow",
    "ASTROKPO_DEPLOYMENT": "deployment",
}
ALL = parse('namespace = "a"\nsecret = "b"\nairflow = "2.9"\ndeployment = "d"\nregistries = ["ghcr.io"]')


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_variable_wins_over_the_file(variable: str) -> None:
    key = VARIABLES[variable]
    merged = ALL.with_environment({variable: "3"})
    assert getattr(merged, key) == "3"
    assert merged.origin(key) == variable
    others = {other for other in VARIABLES.values() if other != key}
    assert all(getattr(merged, other) == getattr(ALL, other) and merged.origin(other) == NAME for other in others)


@pytest.mark.parametrize("variable", VARIABLES)
def test_an_empty_variable_says_nothing(variable: str) -> None:
    assert ALL.with_environment({variable: ""}) == ALL


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_wrong_variable_is_told_by_its_name_and_not_shown(variable: str) -> None:
    with pytest.raises(InvalidValue, match=f"^{variable} is not ") as caught:
        Settings().with_environment({variable: f"{MARK}\n"})
    assert MARK not in caught.value.message


def test_the_variable_serves_a_list_of_registries_and_not_a_table() -> None:
    variable = {"ASTROKPO_SECRET": "new"}
    assert ALL.with_environment(variable).registries == (PrivateImages("ghcr.io", "new"),)
    table = parse('secret = "a"\n[registries]\n"ghcr.io" = "a"').with_environment(variable)
    assert table.registries == (PrivateImages("ghcr.io", "a"),)


# which secret serves an image

TABLE = """
secret = "general"
[registries]
"ghcr.io/acme" = "ghcr"
"ghcr.io/acme/data" = "data"
"quay.io" = "quay"
"""
ONE = '[registries]\n"ghcr.io/acme" = "ghcr"\n"ghcr.io/other" = "ghcr"'
LIST = 'secret = "ghcr"\nregistries = ["ghcr.io"]'
NAMED_TOO = 'secret = "ghcr"\n[registries]\n"ghcr.io" = "ghcr"\n"quay.io" = "quay"'
SERVES: dict[str, tuple[str, list[str], list[str], str | None]] = {
    "the entry": (TABLE, [], ["ghcr.io/acme/etl"], "ghcr"),
    "the longest entry": (TABLE, [], ["ghcr.io/acme/data/etl"], "data"),
    "a part of a name is no match": (TABLE, [], ["ghcr.io/acme-2/etl"], "general"),
    "the entry for the image itself": (TABLE, [], ["ghcr.io/acme"], "ghcr"),
    "no entry": (TABLE, [], ["docker.io/library/nginx"], "general"),
    "two images with one entry": (TABLE, [], ["ghcr.io/acme/a", "ghcr.io/acme/b"], "ghcr"),
    "two images with two entries": (TABLE, [], ["ghcr.io/acme/a", "quay.io/a"], "general"),
    "a host": (TABLE, ["quay.io"], [], "quay"),
    "a host with two entries below": (TABLE, ["ghcr.io"], [], "general"),
    "a host with one secret below": (ONE, ["ghcr.io"], [], "ghcr"),
    "a host and an image": (ONE, ["ghcr.io"], ["ghcr.io/acme/etl"], "ghcr"),
    "a host that begins alike": (ONE, ["ghcr.io.acme.com"], [], None),
    "neither": (TABLE, [], [], "general"),
    "no secret at all": ('[registries]\n"ghcr.io" = "ghcr"', [], ["quay.io/a"], None),
    "a list": (LIST, [], ["ghcr.io/acme/etl"], "ghcr"),
    "not in the list": (LIST, [], ["quay.io/acme/etl"], None),
    "a host that is not in the list": (LIST, ["quay.io"], [], None),
    "in the list and not": (LIST, ["quay.io", "ghcr.io"], [], None),
    "a list without a secret": ('registries = ["ghcr.io"]', [], ["ghcr.io/acme/etl"], None),
    "the secret of another registry": (NAMED_TOO, [], ["docker.io/acme/etl"], None),
    "the secret alone": ('secret = "general"', [], ["quay.io/a"], "general"),
    "no settings": ("", [], ["quay.io/a"], None),
}


@pytest.mark.parametrize("case", SERVES)
def test_a_pull_secret_is_named_for(case: str) -> None:
    text, hosts, images, secret = SERVES[case]
    assert parse(text).secret_for(hosts, images) == secret


@pytest.mark.parametrize("case", SERVES)
def test_a_variable_names_the_pull_secret_for_all(case: str) -> None:
    text, hosts, images, _ = SERVES[case]
    assert parse(text).with_environment({"ASTROKPO_SECRET": "mine"}).secret_for(hosts, images) == "mine"


# the project's Airflow

RUNTIME_11 = "FROM quay.io/astronomer/astro-runtime:11.3.0\n"
PROVIDER = "apache-airflow-providers-cncf-kubernetes==8.3.1\n"


def project(folder: Path, **contents: str) -> Path:
    """Make an Astro project; a keyword's name is a file's, _ for . in it."""
    (folder / "dags").mkdir(parents=True, exist_ok=True)
    for name, text in contents.items():
        (folder / name.replace("_", ".")).write_text(text)
    return folder


def versions(settings: Settings, start: Path) -> tuple[Versions, list[str]]:
    said: list[str] = []
    return find_versions(settings, start, read, said.append), said


def test_the_dockerfile_and_the_pins_tell_the_versions(tmp_path: Path) -> None:
    project(tmp_path, Dockerfile=RUNTIME_11, requirements_txt=PROVIDER)
    found, _ = versions(Settings(), tmp_path / "dags")
    assert found == Versions(
        (2, 9), (8, 3, 1), (8, 3, 1), f"{tmp_path / 'Dockerfile'} and {tmp_path / 'requirements.txt'}"
    )


def test_the_dockerfile_alone(tmp_path: Path) -> None:
    project(tmp_path, Dockerfile=RUNTIME_11, requirements_txt="pandas\n")
    assert versions(Settings(), tmp_path)[0] == Versions((2, 9), (8, 0, 1), (8, 3, 4), str(tmp_path / "Dockerfile"))


def test_the_pins_alone(tmp_path: Path) -> None:
    project(tmp_path, Dockerfile="FROM python:3.12", requirements_txt="apache-airflow==3.0.6")
    found, said = versions(Settings(), tmp_path)
    assert found == Versions((3, 0, 6), (10,), None, str(tmp_path / "requirements.txt"))
    assert "tells no Airflow: it is built from" in said[0]


def test_the_settings_win_over_the_dockerfile_and_go_with_the_pins(tmp_path: Path) -> None:
    project(tmp_path, Dockerfile=RUNTIME_11, requirements_txt=PROVIDER)
    settings = Settings(airflow="2.10", file="astrokpo.toml", folder=tmp_path)
    found, _ = versions(settings, tmp_path)
    assert found == Versions((2, 10), (8, 3, 1), (8, 3, 1), f"astrokpo.toml and {tmp_path / 'requirements.txt'}")


def test_the_variable_goes_without_the_pins(tmp_path: Path) -> None:
    project(tmp_path, Dockerfile=RUNTIME_11, requirements_txt=PROVIDER)
    settings = Settings(folder=tmp_path).with_environment({"ASTROKPO_AIRFLOW": "3.1"})
    assert versions(settings, tmp_path)[0] == Versions((3, 1), (10,), None, "ASTROKPO_AIRFLOW")


def test_any_goes_without_the_pins(tmp_path: Path) -> None:
    project(tmp_path, Dockerfile=RUNTIME_11, requirements_txt=PROVIDER)
    found, _ = versions(Settings(airflow="any", file="astrokpo.toml", folder=tmp_path), tmp_path)
    assert found[:3] == (None, None, None)


def test_the_project_is_where_the_settings_are(tmp_path: Path) -> None:
    inner = project(tmp_path / "inner", Dockerfile="FROM apache/airflow:3.1.8")
    outer = project(tmp_path, Dockerfile=RUNTIME_11)
    assert versions(Settings(folder=outer), inner)[0].airflow == (2, 9)
    assert versions(Settings(), inner)[0].airflow == (3, 1, 8)


def test_a_project_is_a_dockerfile_beside_dags_or_the_astro_clis_folder(tmp_path: Path) -> None:
    here = tmp_path / "a" / "b"
    here.mkdir(parents=True)
    assert find_project(here) is None
    (here / "Dockerfile").touch()
    assert find_project(here) is None
    project(tmp_path, Dockerfile="")
    assert find_project(here) == tmp_path
    (tmp_path / "a" / ".astro").mkdir()
    (tmp_path / "a" / ".astro" / "config.yaml").touch()
    assert find_project(here) == tmp_path / "a"


def test_without_a_project_nothing_is_known(tmp_path: Path) -> None:
    found, said = versions(Settings(), tmp_path)
    assert found == Versions()
    assert "no project" in said[0]


def test_files_that_cannot_be_read_are_no_error(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "Dockerfile").mkdir()
    (tmp_path / "requirements.txt").write_bytes(b"\xff\xfe\0\n" + PROVIDER.encode())
    found, said = versions(Settings(), tmp_path)
    assert found == Versions(None, (8, 3, 1), (8, 3, 1), str(tmp_path / "requirements.txt"))
    assert "cannot be read" in said[0]


# secret create

IMAGE = "ghcr.io/acme/etl:1.4"


@pytest.fixture
def create(identity: tuple[str, str], astrokpo: Callable[..., Run], isolated: Path) -> Callable[..., Run]:
    """Run `secret create` in a project with a namespace and a recipient."""
    logins(isolated, "ghcr.io", "quay.io")
    write(f'namespace = "{NAMESPACE}"\nrecipients = ["{identity[1]}"]\n')

    def run(*arguments: str, add: str = "", verbose: bool = False) -> Run:
        if add:
            write(Path(NAME).read_text() + add)
        return astrokpo(*(("--verbose",) if verbose else ()), "secret", "create", *arguments)

    return run


def test_secret_create_takes_namespace_and_recipient_from_the_file(
    create: Callable[..., Run], identity: tuple[str, str]
) -> None:
    done = create("--image", IMAGE)
    check_quiet(done)
    assert done.code == 0, done.err
    file = f"{NAMESPACE}.ghcr-io-pull.age"
    assert names() == [NAME, file]
    assert opened(Path(file).read_bytes(), identity[0])["metadata"]["namespace"] == NAMESPACE
    assert identity[1] in done.out
    assert done.err == ""


def test_it_is_found_from_a_folder_below(create: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    Path("dags").mkdir()
    monkeypatch.chdir("dags")
    assert create("--image", IMAGE).code == 0
    assert f"{NAMESPACE}.ghcr-io-pull.age" in names()


def test_verbose_says_what_is_from_where(create: Callable[..., Run], identity: tuple[str, str]) -> None:
    done = create("--image", IMAGE, add='secret = "pull"\ndeployment = "d"', verbose=True)
    place = Path(NAME).absolute()
    for line in (
        f'namespace "{NAMESPACE}" from {place}',
        f'recipient "{identity[1]}" from {place}',
        f'secret "pull" from {place}',
        f'deployment "d" from {place}',
    ):
        assert f"verbose: {line}\n" in done.err


def test_flags_win_over_the_environment_and_that_over_the_file(
    create: Callable[..., Run], monkeypatch: pytest.MonkeyPatch, identity: tuple[str, str]
) -> None:
    def made(*arguments: str) -> tuple[str, str, str, list[str]]:
        document = json.loads(create("--json", "--image", IMAGE, *arguments).out)
        (handoff,) = document["handoffs"]
        return handoff["namespace"], handoff["name"], document["deployment"], document["recipients"]

    write(Path(NAME).read_text() + 'secret = "of-file"\ndeployment = "of file"\n')
    assert made() == (NAMESPACE, "of-file", "of file", [identity[1]])
    monkeypatch.setenv("ASTROKPO_NAMESPACE", "of-environment")
    monkeypatch.setenv("ASTROKPO_SECRET", "pull-of-environment")
    monkeypatch.setenv("ASTROKPO_DEPLOYMENT", "of environment")
    monkeypatch.setenv("ASTROKPO_RECIPIENT", AGE)
    assert made() == ("of-environment", "pull-of-environment", "of environment", [AGE])
    flags = ("-n", "of-flag", "--name", "pull-of-flag", "--deployment", "of flag", "-r", ANOTHER)
    assert made(*flags) == ("of-flag", "pull-of-flag", "of flag", [ANOTHER])


NAMING = {
    "the entry": ('[registries]\n"ghcr.io/acme" = "acme"', "acme"),
    "the list": ('secret = "acme"\nregistries = ["ghcr.io"]', "acme"),
    "the secret": ('secret = "acme"\n[registries]\n"quay.io" = "quay"', "acme"),
    "the secret of another registry": ('secret = "acme"\nregistries = ["quay.io"]', "ghcr-io-pull"),
    "another registry": ('[registries]\n"quay.io" = "quay"', "ghcr-io-pull"),
}


@pytest.mark.parametrize("flags", [("--image", IMAGE), ("--registry", "ghcr.io")])
@pytest.mark.parametrize("case", NAMING)
def test_the_secret_is_named_as_the_project_names_the_one_for_its_registry(
    case: str, flags: tuple[str, ...], create: Callable[..., Run]
) -> None:
    add, name = NAMING[case]
    assert create(*flags, add=add).code == 0
    assert names() == [NAME, f"{NAMESPACE}.{name}.age"]


def test_plaintext_uses_no_recipient(create: Callable[..., Run]) -> None:
    done = create("--image", IMAGE, "--plaintext", verbose=True)
    assert done.code == 0
    assert f"namespace: {NAMESPACE}" in done.out
    assert "recipient" not in done.err


def test_a_recipient_that_is_none_is_told_by_its_place(astrokpo: Callable[..., Run], isolated: Path) -> None:
    logins(isolated, "ghcr.io")
    path = write(f'namespace = "{NAMESPACE}"\nrecipients = ["{AGE}", "age1{MARK}"]')
    done = astrokpo("secret", "create", "--image", IMAGE)
    assert f"error: {path.absolute()} recipient 2: is not a recipient" in done.err
    assert MARK not in done.err


@pytest.mark.parametrize("command", [("secret", "create", "--image", IMAGE), ("snippet",)], ids=" ".join)
@pytest.mark.parametrize("text", ["password = 'hunter2'", f"recipients = ['{IDENTITY}']", "secret = hunter2"])
@pytest.mark.parametrize("flags", [(), ("--json",)], ids=["text", "json"])
def test_a_wrong_file_is_one_error_that_shows_nothing_of_it(
    text: str, command: tuple[str, ...], flags: tuple[str, ...], astrokpo: Callable[..., Run], tmp_path: Path
) -> None:
    write(text, tmp_path)  # above the working folder, where nothing may be left
    done = astrokpo("--verbose", *command, *flags)
    assert MARK not in done.out + done.err
    assert IDENTITY not in done.out + done.err
    if flags:
        assert json.loads(done.out)["error"]["code"] == 1
    else:
        check_refused(done, f"{tmp_path / NAME}")


def test_a_working_folder_that_is_gone_is_no_project(
    astrokpo: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert astrokpo("snippet", "--image", IMAGE).code == 0


def test_without_a_project_nothing_is_loaded_to_read_one() -> None:
    loaded = run_alone("snippet", "--image", IMAGE).modules
    assert "astrokpo_cli.project.config" in loaded
    assert not loaded & {"tomllib", "astrokpo_cli.project.parse", "astrokpo_cli.dags.dockerfile"}


# snippet


def airflow_of(run: Run) -> str:
    assert run.code == 0, run.err
    return str(json.loads(run.out)["airflow"])


def test_a_snippet_without_options_in_no_project_is_the_documented_form(astrokpo: Callable[..., Run]) -> None:
    done = astrokpo("snippet", "--json")
    assert airflow_of(done) == "any"
    assert "<your-secret-name>" in done.out


def test_the_snippet_is_for_the_projects_airflow(astrokpo: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    project(Path(), Dockerfile="FROM astrocrpublic.azurecr.io/runtime:3.1-2")
    monkeypatch.chdir("dags")
    assert airflow_of(astrokpo("snippet", "--json")) == "3"
    write('airflow = "2.9"', "..")
    assert airflow_of(astrokpo("snippet", "--json")) == "2"
    monkeypatch.setenv("ASTROKPO_AIRFLOW", "7.1.0")
    assert airflow_of(astrokpo("snippet", "--json")) == "2.4"
    assert airflow_of(astrokpo("snippet", "--json", "--airflow", "any")) == "any"


def test_verbose_says_where_the_airflow_is_from_or_why_it_is_not_known(astrokpo: Callable[..., Run]) -> None:
    path = project(Path(), Dockerfile=RUNTIME_11).absolute() / "Dockerfile"
    assert f"verbose: Airflow 2.9, by {path}\n" in astrokpo("--verbose", "snippet").err
    path.write_text("FROM python:3.12")
    assert f'verbose: {path} tells no Airflow: it is built from "python:3.12"' in astrokpo("--verbose", "snippet").err
    assert astrokpo("snippet").err == ""


def test_secret_create_prints_the_code_for_the_projects_airflow(
    astrokpo: Callable[..., Run], isolated: Path, identity: tuple[str, str]
) -> None:
    logins(isolated, "ghcr.io")
    command = ("secret", "create", "--image", IMAGE, "-n", NAMESPACE, "-r", identity[1], "--force")
    widest = "except ImportError"
    assert widest in astrokpo(*command).out
    (Path.cwd() / "dags").mkdir()
    (Path.cwd() / "Dockerfile").write_text("FROM quay.io/astronomer/astro-runtime:11.3.0\n")
    assert widest not in astrokpo(*command).out


SNIPPETS = {
    "the entry": (TABLE, ("--image", IMAGE), "ghcr"),
    "no entry": (TABLE, ("--image", "nginx"), "general"),
    "the secret": (TABLE, (), "general"),
    "the flag": (TABLE, ("--image", IMAGE, "--secret", "mine"), "mine"),
    "no entry and no secret": (ONE, ("--image", "nginx"), "<your-secret-name>"),
    "the secret of another registry": (LIST, ("--image", "nginx"), "<your-secret-name>"),
    "no image and no secret": (ONE, (), "<your-secret-name>"),
}


@pytest.mark.parametrize("case", SNIPPETS)
def test_the_snippet_names_the_secret_that_serves_the_image(case: str, astrokpo: Callable[..., Run]) -> None:
    text, flags, secret = SNIPPETS[case]
    write(text)
    done = astrokpo("snippet", *flags)
    assert f'V1LocalObjectReference(name="{secret}")' in done.out


def test_a_variable_names_the_snippets_secret(astrokpo: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    write(TABLE)
    monkeypatch.setenv("ASTROKPO_SECRET", "mine")
    assert '(name="mine")' in astrokpo("snippet", "--image", IMAGE).out


def test_an_image_that_is_none_is_refused(astrokpo: Callable[..., Run], tmp_path: Path) -> None:
    write(TABLE, tmp_path)
    check_refused(astrokpo("snippet", "--image", "Not An Image"), "is not an image reference")
