"""Credential helpers, as small scripts: what they are asked and given, how long, and what is made of their answer."""

import json
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from astrokpo_cli.dockerconfig.helper import MAX_ANSWER, Helper
from astrokpo_cli.errors import HelperError, InvalidValue
from tests.given import (
    NAMESPACE,
    PASSWORD,
    answer,
    check_quiet,
    check_refused,
    docker_config,
    entry,
    gone,
    helper,
    holds,
    logins_of,
    names,
    opened,
)
from tests.parts import Run

IMAGE = "ghcr.io/acme/etl:1.4"
HUB = "https://index.docker.io/v1/"
HANDOFF = f"{NAMESPACE}.ghcr-io-pull.age"


pytestmark = pytest.mark.usefixtures("programs")


@pytest.fixture
def create(isolated: Path, identity: tuple[str, str], astrokpo: Callable[..., Run]) -> Callable[..., Run]:
    """Run `secret create` for IMAGE with the store `x`."""
    docker_config(isolated, {"credsStore": "x"})

    def run(*arguments: str) -> Run:
        return astrokpo(
            *("secret", "create", "--image", IMAGE, "-n", NAMESPACE, "-r", identity[1], "-o", HANDOFF, "--force"),
            *arguments,
        )

    return run


@pytest.fixture
def standard_error(tmp_path: Path) -> Iterator[Path]:
    """Give a file that holds what children write to the standard error that they inherit."""
    path = tmp_path / "standard-error"
    before = os.dup(2)
    with path.open("wb") as file:
        os.dup2(file.fileno(), 2)
    try:
        yield path
    finally:
        os.dup2(before, 2)
        os.close(before)


# what it is given


def test_a_helper_is_asked_for_one_key_on_standard_input_and_its_login_is_sealed(
    programs: Path, tmp_path: Path, create: Callable[..., Run], identity: tuple[str, str]
) -> None:
    helper(programs, "x", f"cat >'{tmp_path}/question'\necho \"$0 $*\" >'{tmp_path}/words'\n{answer()}")
    done = create()
    assert done.code == 0, done.err
    check_quiet(done)
    assert (tmp_path / "question").read_bytes() == b"ghcr.io"
    assert (tmp_path / "words").read_text() == f"{programs}/docker-credential-x get\n"
    assert logins_of(opened(Path(HANDOFF).read_bytes(), identity[0])) == {"ghcr.io": ("ada", PASSWORD)}
    assert "from docker-credential-x" in done.out


def test_a_helper_is_asked_for_docker_hub_by_its_own_key(
    programs: Path, tmp_path: Path, create: Callable[..., Run]
) -> None:
    helper(programs, "x", f"cat >'{tmp_path}/question'\n{answer()}")
    assert create("--image", "nginx").code == 0
    assert (tmp_path / "question").read_text() == HUB


def test_a_helper_inherits_the_environment_without_our_secrets(
    programs: Path, tmp_path: Path, create: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_AUTH_CONFIG", json.dumps({"auths": {"quay.io": entry()}}))
    monkeypatch.setenv("ASTROKPO_IDENTITY", PASSWORD)
    monkeypatch.setenv("GPG_TTY", "/dev/tty-of-ada")
    helper(programs, "x", f"env >'{tmp_path}/env'\n{answer()}")
    assert create().code == 0
    inherited = (tmp_path / "env").read_text()
    assert "DOCKER_AUTH_CONFIG" not in inherited
    assert "ASTROKPO_IDENTITY=" not in inherited
    assert not holds(inherited)
    assert "GPG_TTY=/dev/tty-of-ada\n" in inherited
    assert f"HOME={os.environ['HOME']}\n" in inherited


def test_only_the_helper_of_a_selected_registry_is_asked(
    isolated: Path, programs: Path, tmp_path: Path, create: Callable[..., Run]
) -> None:
    for name in ("ghcr", "quay", "hub", "store"):
        helper(programs, name, f"echo >>'{tmp_path}/asked-{name}'\n{answer()}")
    helpers = {"ghcr.io": "ghcr", "quay.io": "quay", HUB: "hub"}
    docker_config(isolated, {"credHelpers": helpers, "credsStore": "store", "auths": {"x.io": entry()}})
    assert create("--registry", "quay.io").code == 0
    assert sorted(path.name for path in tmp_path.glob("asked-*")) == ["asked-ghcr", "asked-quay"]


def test_no_helper_is_asked_for_a_login_that_docker_auth_config_has(
    programs: Path, tmp_path: Path, create: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_AUTH_CONFIG", json.dumps({"auths": {"ghcr.io": entry()}}))
    helper(programs, "x", f"echo >'{tmp_path}/asked'\n{answer()}")
    assert create().code == 0
    assert not (tmp_path / "asked").exists()


# what it does with it


IGNORANT = {
    "does not read": f"cat <<'END'\n{json.dumps({'Username': 'ada', 'Secret': PASSWORD})}\nEND",
    "closes its standard input": f"exec 0<&-\ncat <<'END'\n{json.dumps({'Username': 'ada', 'Secret': PASSWORD})}\nEND",
    "reads one byte": f"head -c 1 >/dev/null\ncat <<'END'\n{json.dumps({'Username': 'ada', 'Secret': PASSWORD})}\nEND",
    "prints to standard error too": f"echo '{PASSWORD}' >&2\n{answer()}",
    "prints much to standard error": f"head -c 10000000 /dev/zero >&2\n{answer()}",
    "leaves a child behind": f"sleep 2 >/dev/null </dev/null &\n{answer()}",
}


@pytest.mark.parametrize("way", IGNORANT)
def test_a_helper_is_judged_by_its_answer_when_it(
    way: str, programs: Path, create: Callable[..., Run], identity: tuple[str, str], standard_error: Path
) -> None:
    helper(programs, "x", IGNORANT[way])
    for _ in range(5):
        done = create()
        assert done.code == 0, done.err
    assert standard_error.read_bytes() == b""
    assert logins_of(opened(Path(HANDOFF).read_bytes(), identity[0])) == {"ghcr.io": ("ada", PASSWORD)}


FAILING = {
    "an error": (f"echo 'error: {PASSWORD}'; exit 1", "exit code 1"),
    "an answer and then an error": (f"{answer()}\nexit 7", "exit code 7"),
    "a signal": (f"echo {PASSWORD}; kill -9 $$", "exit code"),
    "nothing": ("exit 0", "not the JSON of a login"),
    "text": (f"echo {PASSWORD}", "not the JSON of a login"),
    "JSON that is cut short": (f'echo \'{{"Username":"ada","Secret":"{PASSWORD}\'', "not the JSON of a login"),
    "a wrong type": (f'echo \'{{"Username":"ada","Secret":["{PASSWORD}"]}}\'', "not the JSON of a login"),
    "a list": (f"echo '[\"{PASSWORD}\"]'", "not the JSON of a login"),
    "bytes": (r"printf '\377\376\000'", "not the JSON of a login"),
    "nested too deeply": ("head -c 100000 /dev/zero | tr '\\0' '['", "not the JSON of a login"),
    "too much": (f"echo {PASSWORD}; yes", "printed more than 1048576 bytes"),
    "too much in one line": ("cat /dev/zero", "printed more than 1048576 bytes"),
}


@pytest.mark.parametrize("way", FAILING)
def test_a_helper_fails_without_a_word_of_its_own_by_giving(
    way: str, programs: Path, create: Callable[..., Run], standard_error: Path
) -> None:
    script, message = FAILING[way]
    helper(programs, "x", f"echo {PASSWORD} >&2\n{script}")
    check_refused(create(), message, "| docker-credential-x get")
    assert standard_error.read_bytes() == b""


NOTHING_THERE = {
    "credentials not found in native keychain": "echo 'credentials not found in native keychain'; exit 1",
    "desktop's words": "echo 'No stored credential for ghcr.io'; exit 1",
    "an empty login, as docker-credential-pass 0.6 does": 'echo \'{"ServerURL":"ghcr.io","Username":"","Secret":""}\'',
}


@pytest.mark.parametrize("way", NOTHING_THERE)
def test_a_helper_has_nothing_when_it_says(way: str, programs: Path, create: Callable[..., Run]) -> None:
    helper(programs, "x", NOTHING_THERE[way])
    check_refused(create(), 'no credential for "ghcr.io"', "looked in")


NOT_TO_HAND_OVER = {
    "an identity token": (answer("<token>"), "a token for the docker CLI alone"),
    "no user": (answer(""), "its user is empty"),
    "no password": (answer("ada", ""), "its password is empty"),
}


@pytest.mark.parametrize("way", NOT_TO_HAND_OVER)
def test_a_helpers_login_is_not_handed_over_with(way: str, programs: Path, create: Callable[..., Run]) -> None:
    script, message = NOT_TO_HAND_OVER[way]
    helper(programs, "x", script)
    done = create()
    check_refused(done, message)
    assert "docker-credential-x" in done.err


def no_program(folder: Path) -> None:
    pass


def no_right(folder: Path) -> None:
    helper(folder, "x", "").chmod(0o644)


def a_folder(folder: Path) -> None:
    (folder / "docker-credential-x").mkdir()


def no_interpreter(folder: Path) -> None:
    helper(folder, "x", "").write_text("#!/no/such/interpreter\n")


def no_format(folder: Path) -> None:
    helper(folder, "x", "").write_bytes(b"\x7fELF but not really")


@pytest.mark.parametrize("make", [no_program, no_right, a_folder, no_interpreter, no_format])
def test_a_helper_that_cannot_be_run_is_named_with_what_to_do(
    make: Callable[[Path], None], programs: Path, create: Callable[..., Run]
) -> None:
    make(programs)
    check_refused(create(), "docker-credential-x cannot be run: ", "put it on PATH")


@pytest.mark.parametrize("name", ["../x", "/x", "a/../x", "x\0"])
def test_a_helper_is_a_program_on_path_and_no_other_file(
    name: str, isolated: Path, programs: Path, tmp_path: Path, create: Callable[..., Run]
) -> None:
    (programs / "docker-credential-a").mkdir()
    (programs / "docker-credential-..").mkdir()
    helper(programs, "x", f"echo >'{tmp_path}/asked'\n{answer()}")
    docker_config(isolated, {"credsStore": name})
    check_refused(create(), "is not the name of a credential helper")
    assert not (tmp_path / "asked").exists()


def test_an_answer_may_be_as_large_as_the_limit_and_no_larger(programs: Path) -> None:
    login = json.dumps({"Username": "ada", "Secret": PASSWORD})
    helper(programs, "x", f"cat >/dev/null\nprintf '%{MAX_ANSWER}s' '{login}'")
    found = Helper("x", dict(os.environ)).get("ghcr.io")
    assert found is not None
    assert found.password.reveal() == PASSWORD
    helper(programs, "x", f"cat >/dev/null\nprintf '%{MAX_ANSWER + 1}s' '{login}'")
    with pytest.raises(HelperError, match="printed more than"):
        Helper("x", dict(os.environ)).get("ghcr.io")


def test_a_helper_that_prints_without_end_costs_little_memory_and_time(programs: Path) -> None:
    helper(programs, "x", "cat /dev/zero")
    begun = time.monotonic()
    tracemalloc.start()
    try:
        with pytest.raises(HelperError):
            Helper("x", dict(os.environ)).get("ghcr.io")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * MAX_ANSWER
    assert time.monotonic() - begun < 10


# how long


PIDS = "echo $$ >'FOLDER/pids'\nsleep 300 &\necho $! >>'FOLDER/pids'\n"
HANGING = {
    "a locked store": f"{PIDS}cat >/dev/null\nsleep 300",
    "a store that reads nothing": f"{PIDS}sleep 300",
    "an answer without an end": f"{PIDS}{answer()}\nsleep 300",
    "an end without an exit": f"{PIDS}{answer()}\nexec >&- 2>&-\nsleep 300",
    "a child that keeps standard output": f"{PIDS}{answer()}",
    "a drop now and then": f"{PIDS}while :; do echo; sleep 0.05; done",
    "a helper that will not be ended": f"trap '' TERM INT HUP\n{PIDS}while :; do sleep 1; done",
}


@pytest.mark.parametrize("way", HANGING)
def test_the_time_limit_ends_a_helper_and_all_that_it_started(
    way: str, programs: Path, tmp_path: Path, create: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASTROKPO_HELPER_TIMEOUT", "0.5")
    helper(programs, "x", HANGING[way].replace("FOLDER", str(tmp_path)))
    begun = time.monotonic()
    check_refused(create(), "docker-credential-x did not answer within 0.5 s", "ASTROKPO_HELPER_TIMEOUT=SECONDS")
    assert 0.5 <= time.monotonic() - begun < 10
    pids = [int(line) for line in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 2
    assert all(gone(pid) for pid in pids)


def test_the_time_limit_holds_for_a_long_question_that_is_not_read(
    isolated: Path, programs: Path, tmp_path: Path
) -> None:
    """A question longer than a pipe holds was written without a limit, and the program waited as long as the helper."""
    helper(programs, "x", f"echo $$ >'{tmp_path}/pid'\nexec sleep 60")
    docker_config(isolated, {"credHelpers": {"x" * 200_000: "x"}})
    command = [sys.executable, "-m", "astrokpo_cli", "registry", "list", "--json"]
    env = {**os.environ, "ASTROKPO_HELPER_TIMEOUT": "1", "PYTHONPATH": str(Path(__file__).parents[1])}
    begun = time.monotonic()
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE) as process:
        try:
            out, _ = process.communicate(timeout=8)
        except subprocess.TimeoutExpired:
            process.kill()
            os.kill(int((tmp_path / "pid").read_text()), 9)
            pytest.fail("it was still waiting after 8 seconds")
    [row] = json.loads(out)["registries"]
    assert "did not answer within 1 s" in row["reason"]
    assert time.monotonic() - begun < 10
    assert gone(int((tmp_path / "pid").read_text()))


@pytest.mark.parametrize(
    "text", ["0", "-1", "0.0", "-0.5", "nan", "inf", "3600.1", "1e9", "ten", "10s", "1,5", " ", "0x10"]
)
def test_a_time_limit_that_is_none_is_refused_before_the_helper_is_asked(
    text: str, programs: Path, tmp_path: Path, create: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASTROKPO_HELPER_TIMEOUT", text)
    helper(programs, "x", f"echo >'{tmp_path}/asked'\n{answer()}")
    check_refused(create(), f'ASTROKPO_HELPER_TIMEOUT is "{text}"', "seconds")
    assert not (tmp_path / "asked").exists()


@pytest.mark.parametrize("text", ["", "1", "30", "2.5", "3600", "1e1"])
def test_a_time_limit_is_a_positive_number_of_seconds_or_empty(
    text: str, programs: Path, create: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASTROKPO_HELPER_TIMEOUT", text)
    helper(programs, "x", answer())
    assert create().code == 0


def test_the_limit_is_checked_even_where_the_class_is_used_alone() -> None:
    with pytest.raises(InvalidValue):
        Helper("x", {"ASTROKPO_HELPER_TIMEOUT": "soon"})


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc")
def test_questions_leave_no_open_file_behind(programs: Path) -> None:
    helper(programs, "x", answer())
    helper(programs, "y", "exit 1")
    environ = dict(os.environ)
    counts = []
    for _ in range(3):
        for _ in range(5):
            assert Helper("x", environ).get("ghcr.io")
            with pytest.raises(HelperError):
                Helper("y", environ).get("ghcr.io")
        counts.append(len(names("/proc/self/fd")))
    assert counts[0] == counts[1] == counts[2]
