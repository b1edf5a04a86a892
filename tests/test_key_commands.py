"""`key generate|list|import|export|delete` from the command line, with keyrings that work and keyrings that fail."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import pyrage
import pytest
from keyring import core
from keyring.backend import KeyringBackend

import astrokpo_cli
from astrokpo_cli.cli import COMMANDS
from tests import keyring_backends as backends
from tests.given import holds
from tests.keyring_backends import at_terminal
from tests.parts import Run, Tool

ROOT = Path(astrokpo_cli.__file__).parent.parent
SECRET = str(pyrage.x25519.Identity.generate())
SERVES = ("--identity FILE", "ASTROKPO_IDENTITY_FILE=FILE", "ASTROKPO_IDENTITY=KEY")
TABLE = json.loads((ROOT / "tests" / "tables" / "protected.json").read_text("utf-8"))


def public(secret: str) -> str:
    return str(pyrage.x25519.Identity.from_str(secret).to_public())


@pytest.fixture(autouse=True)
def keyring_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEYRING", str(tmp_path / "keyring.json"))
    # keyring remembers the first backend of the process.
    monkeypatch.setattr(core, "_keyring_backend", None)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[type[KeyringBackend]], None]:
    """Put a keyring in place of the OS keyring, in this process."""
    return lambda kind: monkeypatch.setattr(core, "_keyring_backend", kind())


@pytest.fixture
def key(use: Callable[[type[KeyringBackend]], None], astrokpo: Callable[..., Run]) -> Callable[..., Run]:
    """Run a key command with a keyring that works; only `key export` may show a private key."""
    use(backends.Keeping)

    def run(*arguments: str, stdin: bytes = b"") -> Run:
        done = astrokpo("key", *arguments, stdin=stdin)
        for secret in secrets():
            assert not shows(done.err, secret)
            assert not shows(done.out, secret) or arguments[0] == "export"
        return done

    return run


def secrets() -> list[str]:
    """Give every identity that the keyring holds, and the one of this run."""
    return [SECRET, *(text for user, text in backends.kept().items() if user != backends.INDEX)]


def shows(text: str, secret: str) -> bool:
    return secret[15:].lower() in text.lower() or holds(text, secret)


def refused(run: Run, message: str, hint: str = "", code: int = 1) -> None:
    assert (run.code, run.out) == (code, ""), run.err
    first, *rest = run.err.splitlines()
    assert first.startswith("error: ")
    assert message in first
    assert hint in "".join(rest)
    assert len(rest) <= 1


# generate


def test_generate_prints_the_recipient_and_nothing_else(key: Callable[..., Run]) -> None:
    done = key("generate")
    secret = backends.kept()["default"]
    assert (done.code, done.out) == (0, f"{public(secret)}\n")
    assert "ASTROKPO_RECIPIENT" in done.err
    assert "astrokpo key export default" in done.err


def test_generate_as_json(key: Callable[..., Run]) -> None:
    done = key("generate", "--name", "support-2027", "--json")
    recipient = public(backends.kept()["support-2027"])
    assert json.loads(done.out) == {"version": 1, "name": "support-2027", "recipient": recipient}
    assert done.err == ""


def test_generate_does_not_replace_an_identity(key: Callable[..., Run]) -> None:
    key("generate", "--name", "a")
    before = backends.kept()
    refused(key("generate", "--name", "a"), 'another identity named "a"', "another --name")
    assert backends.kept() == before


def test_generate_does_not_replace_an_identity_that_is_not_listed(key: Callable[..., Run]) -> None:
    backends.keep({"default": SECRET})
    refused(key("generate"), 'another identity named "default"')
    assert backends.kept() == {"default": SECRET}


@pytest.mark.parametrize("name", ["a b", "", "../a", SECRET])
def test_a_name_that_is_none_is_refused_before_the_keyring_is_asked(
    name: str, use: Callable[[type[KeyringBackend]], None], astrokpo: Callable[..., Run]
) -> None:
    use(backends.FailingToGet)
    Path("a.key").write_text(SECRET)
    for arguments in (("generate", "--name", name), ("import", "a.key", "--name", name), ("delete", name)):
        done = astrokpo("key", *arguments)
        refused(done, "is not the name of an identity")
        assert not shows(done.err, SECRET)


# list


def test_list_shows_names_and_recipients(key: Callable[..., Run]) -> None:
    recipients = [key("generate", "--name", name).out.strip() for name in ("b", "a")]
    done = key("list")
    assert done.code == 0
    assert [line.split() for line in done.out.splitlines()] == [
        ["NAME", "RECIPIENT", "OPENS"],
        ["b", recipients[0], "yes"],
        ["a", recipients[1], "yes"],
    ]


def test_list_without_any_says_how_to_get_one(key: Callable[..., Run]) -> None:
    done = key("list")
    assert (done.code, done.out) == (0, "")
    assert "astrokpo key generate" in done.err
    assert json.loads(key("list", "--json").out) == {"version": 1, "identities": []}


def test_list_tells_what_the_keyring_has_lost_altered_or_exchanged_and_does_not_fail(key: Callable[..., Run]) -> None:
    recipients = {name: key("generate", "--name", name).out.strip() for name in ("lost", "altered", "other", "good")}
    content = backends.kept()
    del content["lost"]
    content |= {"altered": content["altered"][:-3], "other": SECRET}
    backends.keep(content)
    done = key("list", "--json")
    assert done.code == 0
    reasons = {
        "lost": "the keyring has lost it",
        "altered": "it was altered",
        "other": f"it is now the key of {public(SECRET)}",
        "good": None,
    }
    assert json.loads(done.out)["identities"] == [
        {"name": name, "recipient": recipients[name], "usable": reason is None, "reason": reason}
        for name, reason in reasons.items()
    ]
    shown = key("list").out
    assert all(f"no: {reason}" in shown for reason in reasons.values() if reason)


# import


def test_import_takes_the_identity_of_a_file(key: Callable[..., Run]) -> None:
    Path("a.key").write_text(f"# created: then\n# public key: {public(SECRET)}\n{SECRET}\n")
    done = key("import", "a.key", "--name", "support")
    assert (done.code, done.out) == (0, f"{public(SECRET)}\n")
    assert backends.kept()["support"] == SECRET
    assert '"a.key" holds it still' in done.err


def test_import_reads_standard_input(key: Callable[..., Run]) -> None:
    done = key("import", "-", "--json", stdin=SECRET.lower().encode())
    assert json.loads(done.out) == {
        "version": 1,
        "identities": [{"name": "default", "recipient": public(SECRET)}],
    }
    assert backends.kept()["default"] == SECRET


def test_import_numbers_several(key: Callable[..., Run]) -> None:
    other = str(pyrage.x25519.Identity.generate())
    Path("a.key").write_text(f"{SECRET}\n{other}\n{SECRET}\n")
    done = key("import", "a.key", "--name", "old")
    assert done.out.splitlines() == [public(SECRET), public(other)]
    assert (backends.kept()["old"], backends.kept()["old-2"]) == (SECRET, other)


def test_import_takes_all_or_none_where_a_name_is_taken(key: Callable[..., Run]) -> None:
    key("generate", "--name", "old-2")
    before = backends.kept()
    Path("a.key").write_text(f"{SECRET}\n{pyrage.x25519.Identity.generate()}\n")
    refused(key("import", "a.key", "--name", "old"), 'another identity named "old-2"')
    assert backends.kept() == before


def test_import_again_is_no_error_and_lists_again(key: Callable[..., Run]) -> None:
    key("import", "-", stdin=SECRET.encode())
    content = backends.kept()
    del content[backends.INDEX]
    backends.keep(content)
    assert "NAME" not in key("list").out
    assert key("import", "-", stdin=key("export", "default").out.encode()).code == 0
    assert public(SECRET) in key("list").out


NOT_IMPORTED = {
    "no identity": ("{}", "a.key line 1 is not an identity"),
    "a recipient": (public(SECRET), "holds a recipient where an identity belongs"),
    "nothing": ("", '"a.key" is empty'),
    "one good and one cut": (f"{SECRET}\n{SECRET[:-1]}\n", "a.key line 2 holds an identity that was cut"),
}


@pytest.mark.parametrize(("content", "message"), NOT_IMPORTED.values(), ids=NOT_IMPORTED)
def test_import_refuses_what_is_no_identity(content: str, message: str, key: Callable[..., Run]) -> None:
    Path("a.key").write_text(content)
    refused(key("import", "a.key"), message)
    assert backends.kept() == {}


def test_import_leaves_an_ssh_key_where_it_is(key: Callable[..., Run]) -> None:
    Tool("ssh-keygen")("-q", "-t", "ed25519", "-N", "", "-f", "id")
    refused(key("import", "id"), '"id" is an ssh key, which stays where it is', "--identity FILE")
    assert backends.kept() == {}


def test_import_of_a_file_that_is_not_there_and_of_a_key_itself(key: Callable[..., Run]) -> None:
    refused(key("import", "no.key"), '"no.key" does not exist')
    refused(key("import", SECRET), "a private key was given where a file belongs", "make a new key")


def test_import_asks_for_no_passphrase_without_a_terminal(key: Callable[..., Run]) -> None:
    Path("a.key").write_text(TABLE["files"]["one"])
    refused(key("import", "a.key"), 'the passphrase of "a.key" is missing', code=2)


# export


def test_export_writes_what_age_keygen_writes(key: Callable[..., Run]) -> None:
    key("import", "-", stdin=SECRET.encode())
    done = key("export")
    assert (done.code, done.out, done.err) == (0, f"# public key: {public(SECRET)}\n{SECRET}\n", "")
    assert key("export", "default", "--output", "-").out == done.out


def test_export_into_a_file_is_private_and_replaces_nothing_unless_told(key: Callable[..., Run]) -> None:
    key("import", "-", stdin=SECRET.encode())
    Path("there.key").write_text("mine")
    refused(key("export", "-o", "there.key"), '"there.key" exists already', "--force")
    assert Path("there.key").read_text() == "mine"
    for arguments in (("-o", "new.key"), ("-o", "there.key", "--force")):
        done = key("export", *arguments)
        assert (done.code, done.out) == (0, "")
        assert Path(arguments[1]).read_text() == f"# public key: {public(SECRET)}\n{SECRET}\n"
        assert Path(arguments[1]).stat().st_mode & 0o777 == 0o600


def test_export_into_no_folder_does_not_ask_the_keyring(
    use: Callable[[type[KeyringBackend]], None], astrokpo: Callable[..., Run]
) -> None:
    use(backends.FailingToGet)
    refused(astrokpo("key", "export", "-o", "no/such.key"), "does not exist")


def test_export_needs_a_name_where_there_are_several(key: Callable[..., Run]) -> None:
    refused(key("export"), "the OS keyring has no identity", "astrokpo key generate")
    for name in ("a", "b"):
        key("generate", "--name", name)
    refused(key("export"), "NAME is missing", "a, b", code=2)
    refused(key("export", "c"), 'has no identity "c"', "it has a, b")


def test_export_of_one_that_was_lost_or_altered(key: Callable[..., Run]) -> None:
    key("generate", "--name", "a")
    content = backends.kept()
    backends.keep({**content, "a": content["a"][:-4]})
    refused(key("export", "a"), "it was altered", "astrokpo key delete a")
    del content["a"]
    backends.keep(content)
    refused(key("export", "a"), 'lists "a" and has lost it', "astrokpo key delete a")
    assert key("delete", "a", "--yes").code == 0
    assert "NAME" not in key("list").out


# delete


def test_delete_removes_it_and_takes_it_off_the_list(key: Callable[..., Run]) -> None:
    for name in ("a", "b"):
        key("generate", "--name", name)
    done = key("delete", "a", "--yes")
    assert (done.code, done.out) == (0, "")
    assert "removed a (age1" in done.err
    assert set(backends.kept()) == {"b", backends.INDEX}
    assert len(key("list").out.splitlines()) == 2


def test_delete_without_a_terminal_needs_yes(key: Callable[..., Run]) -> None:
    key("generate")
    refused(key("delete", "default"), "--yes is missing", code=2)
    assert "default" in backends.kept()


def test_delete_of_one_that_is_not_there(key: Callable[..., Run]) -> None:
    key("generate", "--name", "a")
    refused(key("delete", "b", "--yes"), 'has no identity "b"', "it has a")


def test_delete_of_one_that_is_not_listed(key: Callable[..., Run]) -> None:
    backends.keep({"a": SECRET})
    assert key("delete", "a", "--yes").code == 0
    assert backends.kept() == {}


# examples and help


KEY_COMMANDS = [words for words in COMMANDS if words.startswith("key ")]


@pytest.mark.parametrize("words", KEY_COMMANDS)
def test_the_example_in_the_help_runs(words: str, key: Callable[..., Run]) -> None:
    Path("support.key").write_text(SECRET)
    if words in ("key export", "key delete"):
        key("import", "support.key", "--name", "support")
    if words == "key export":
        Path("support.key").unlink()
    module = import_module(f"astrokpo_cli.commands.{COMMANDS[words]}")
    example = re.search(r"astrokpo (key .*)", module.run.__doc__.partition("Example:")[2])
    assert example is not None
    assert example[1].startswith(words)
    done = key(*shlex.split(example[1])[1:])
    assert done.code == 0, done.err


# at a terminal


def program(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "astrokpo_cli", "--verbose", "key", *arguments]


@pytest.fixture
def keeping() -> dict[str, str]:
    """The environment of a program with a keyring that works."""
    return with_backend("Keeping")


def with_backend(name: str) -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), "PYTHON_KEYRING_BACKEND": f"tests.keyring_backends.{name}"}


def test_export_to_a_terminal_asks_first(keeping: dict[str, str]) -> None:
    backends.keep({"a": SECRET})
    asked = ("the private key will be shown; go on [y/N]", "no")
    done = at_terminal(program("export", "a"), asked, environ=keeping)
    assert done.code == 2
    assert not shows(done.out, SECRET)
    done = at_terminal(program("export", "a"), (asked[0], "yes"), environ=keeping)
    assert done.code == 0
    assert SECRET in done.out


def test_export_to_a_terminal_where_nobody_can_be_asked_is_refused(keeping: dict[str, str]) -> None:
    backends.keep({"a": SECRET})
    done = at_terminal(program("export", "a"), environ=keeping, stdin=False)
    assert done.code == 2
    assert "--output FILE is missing" in done.out
    assert not shows(done.out, SECRET)


def test_delete_at_a_terminal_asks_first(keeping: dict[str, str]) -> None:
    backends.keep({"a": SECRET})
    for no in ("", "n"):
        done = at_terminal(program("delete", "a"), ("remove a from the OS keyring", no), environ=keeping)
        assert done.code == 2
        assert "a" in backends.kept()
    done = at_terminal(program("delete", "a"), ("remove a from the OS keyring", "y"), environ=keeping)
    assert done.code == 0
    assert backends.kept() == {}


def test_import_at_a_terminal_asks_for_the_passphrase_without_showing_it(keeping: dict[str, str]) -> None:
    Path("a.key").write_text(TABLE["files"]["one"])
    done = at_terminal(program("import", "a.key"), ("passphrase of a.key: ", TABLE["passphrase"]), environ=keeping)
    assert done.code == 0, done.out
    assert TABLE["recipients"]["one"][0] in done.out
    assert TABLE["passphrase"] not in done.out
    done = at_terminal(program("import", "a.key"), ("passphrase of a.key: ", "wrong"), environ=keeping)
    assert done.code == 1
    assert 'the passphrase of "a.key" is wrong' in done.out


# keyrings that fail


def started(*arguments: str, stdin: str = "", environ: Mapping[str, str] | None = None) -> Run:
    """Run the program itself, which must end by itself."""
    done = subprocess.run(
        program(*arguments),
        input=stdin.encode(),
        capture_output=True,
        env={**os.environ, **(environ or {})},
        timeout=30,
        check=False,
    )
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


EVERY_COMMAND = [("generate",), ("list",), ("import", "-"), ("export", "a"), ("delete", "a", "--yes")]
USELESS = {
    "keyring.backends.fail.Keyring": "the OS keyring is not there: no backend was found",
    "no.such.Backend": "PYTHON_KEYRING_BACKEND=no.such.Backend does not load (ModuleNotFoundError)",
    "keyring.backends.null.NoSuch": "does not load (AttributeError)",
    "nonsense": "does not load (ValueError)",
    "tests.keyring_backends.FailingToLoad": "does not load (OSError)",
    "tests.keyring_backends.FailingToGet": "the OS keyring failed (RuntimeError)",
    "tests.keyring_backends.Locked": "the OS keyring is locked",
    "tests.keyring_backends.Exiting": "the OS keyring failed (SystemExit)",
    "tests.keyring_backends.Bytes": "the OS keyring gave something that is no text",
}


@pytest.mark.parametrize(("backend", "message"), USELESS.items(), ids=USELESS)
@pytest.mark.parametrize("arguments", EVERY_COMMAND, ids=" ".join)
def test_a_keyring_that_cannot_be_used_is_one_error_with_what_serves(
    backend: str,
    message: str,
    arguments: Sequence[str],
    astrokpo: Callable[..., Run],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    backends.keep({"a": SECRET})
    done = astrokpo("key", *arguments, stdin=SECRET.encode())
    refused(done, message)
    assert all(place in done.err for place in SERVES)
    assert not shows(done.err, SECRET)


@pytest.mark.parametrize("arguments", [("generate",), ("import", "-")], ids=" ".join)
@pytest.mark.parametrize(
    ("backend", "message"),
    [
        ("keyring.backends.null.Keyring", "did not keep what was stored in it (keyring.backends.null.Keyring)"),
        ("tests.keyring_backends.Altering", "altered what was stored in it"),
        ("tests.keyring_backends.LosingTheIndex", "did not keep what was stored in it"),
        ("tests.keyring_backends.FailingToSet", "failed (ValueError)"),
    ],
)
def test_no_recipient_is_printed_whose_identity_was_not_kept(
    backend: str,
    message: str,
    arguments: Sequence[str],
    astrokpo: Callable[..., Run],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", backend)
    done = astrokpo("key", *arguments, stdin=SECRET.encode())
    refused(done, message)
    assert all(place in done.err for place in SERVES)
    assert not shows(done.err, SECRET)
    assert not set(backends.kept()) - {backends.INDEX}


def test_the_null_keyring_has_no_identities(astrokpo: Callable[..., Run]) -> None:
    assert astrokpo("key", "list").code == 0
    refused(astrokpo("key", "export"), "the OS keyring has no identity")


def test_a_failure_is_the_document_with_json(astrokpo: Callable[..., Run], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    for arguments in (("generate",), ("list",), ("import", "-")):
        done = astrokpo("key", *arguments, "--json", stdin=SECRET.encode())
        error = json.loads(done.out)["error"]
        assert (error["code"], done.code) == (1, 1)
        assert "no backend was found" in error["message"]


@pytest.mark.parametrize("arguments", EVERY_COMMAND, ids=" ".join)
def test_a_keyring_that_hangs_does_not_keep_the_program(arguments: Sequence[str]) -> None:
    done = started(*arguments, stdin=SECRET, environ={**with_backend("Hanging"), "ASTROKPO_KEYRING_TIMEOUT": "0.3"})
    refused(done, "the OS keyring did not answer within 0.3 s", "ASTROKPO_KEYRING_TIMEOUT=SECONDS")
    assert all(place in done.err for place in SERVES)


def test_a_keyring_that_hangs_when_something_is_stored_has_five_seconds() -> None:
    done = started("generate", environ=with_backend("HangingToSet"))
    refused(done, "the OS keyring did not answer within 5 s")


# the canary


HOSTILE = (
    "Keeping",
    "Telling",
    "Starting",
    "Altering",
    "LosingTheIndex",
    "NotDeleting",
    "Bytes",
    "Locked",
    "FailingToGet",
    "FailingToSet",
    "FailingToDelete",
    "Exiting",
    "FailingToLoad",
)


ALL = """
import io, json, os, sys
from pathlib import Path
from astrokpo_cli.cli import main
for arguments in json.loads(sys.argv[1]):
    Path(os.environ["TEST_KEYRING"]).write_text(Path("content").read_text())
    sys.stdin = io.TextIOWrapper(io.BytesIO(Path("in.key").read_bytes()))
    sys.stderr.write(f"{main(['--verbose', 'key', *arguments])}\\n")
"""


@pytest.mark.parametrize("backend", HOSTILE)
def test_an_identity_is_nowhere_but_where_it_was_asked_for(backend: str, tmp_path: Path) -> None:
    Path("content").write_text(json.dumps({"a": SECRET, backends.INDEX: json.dumps({"a": public(SECRET)})}))
    environ = {
        **os.environ,
        **with_backend(backend),
        "ASTROKPO_IDENTITY": SECRET,
        "PYTHONDEVMODE": "1",
        "PYTHONWARNINGS": "always",
        "TMPDIR": str(tmp_path),
    }
    Path("in.key").write_text(SECRET)
    commands = [*EVERY_COMMAND, ("import", "in.key", "--name", "b"), ("import", SECRET), ("delete", SECRET)]
    for batch, exported in ((commands, False), ([("export", "a")], True)):
        done = subprocess.run(
            [sys.executable, "-c", ALL, json.dumps([each for each in batch if exported or each[0] != "export"])],
            env=environ,
            capture_output=True,
            timeout=60,
            check=True,
        )
        out, err = done.stdout.decode(), done.stderr.decode()
        assert not shows(err, SECRET)
        assert not shows(out, SECRET) or (exported and err == "0\n")
        assert "Traceback" not in err
        assert "Warning" not in err
        assert "unexpected" not in err
    on_purpose = {Path("in.key").absolute(), Path("content").absolute(), Path(os.environ["TEST_KEYRING"])}
    for path in tmp_path.rglob("*"):
        if path.is_file() and path not in on_purpose:
            assert not shows(path.read_bytes().decode("utf-8", "replace"), SECRET), path


# real keyrings: gnome-keyring on a bus of its own


# The daemon outlives a bus that ends before it has come to it, so it is ended by its number.
GNOME = r"""
printf "\n" | gnome-keyring-daemon --unlock --components=secrets >/dev/null
for _ in $(seq 200); do
    pid=$(dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus /org/freedesktop/DBus \
        org.freedesktop.DBus.GetConnectionUnixProcessID string:org.freedesktop.secrets) && break
    sleep 0.05
done
[ -n "$pid" ] && echo "$DBUS_SESSION_BUS_ADDRESS" && cat
kill "${pid##* }"
"""


@contextmanager
def gnome_keyring() -> Iterator[dict[str, str]]:
    """Start a session bus with an unlocked, empty gnome-keyring; gives the environment in which it is found."""
    Tool("gnome-keyring-daemon")
    session = Tool("dbus-run-session").path
    with TemporaryDirectory(prefix="gk", dir="/tmp") as home:  # a socket's path is short
        environ = {"HOME": home, "XDG_RUNTIME_DIR": home, "XDG_DATA_HOME": f"{home}/data", "PATH": "/usr/bin:/bin"}
        with subprocess.Popen(
            [session, "--", "/bin/sh", "-c", GNOME],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            address = process.stdout.readline().decode().strip()
            assert address, "gnome-keyring did not start"
            try:
                yield {**environ, "DBUS_SESSION_BUS_ADDRESS": address, "PYTHON_KEYRING_BACKEND": ""}
            finally:
                process.stdin.close()


def real(*arguments: str, environ: Mapping[str, str], stdin: str = "") -> Run:
    """Run a key command with keyring's own choice of a backend."""
    done = subprocess.run(
        program(*arguments),
        input=stdin.encode(),
        capture_output=True,
        env={name: value for name, value in environ.items() if value}
        | {"PYTHONPATH": str(ROOT), "ASTROKPO_KEYRING_TIMEOUT": "60"},
        timeout=60,
        check=False,
    )
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_a_whole_life_in_gnome_keyring_and_with_age() -> None:
    age, keygen = Tool("age"), Tool("age-keygen")
    with gnome_keyring() as environ:
        keygen("-o", "made.key")
        imported = real("import", "made.key", "--name", "imported", environ=environ)
        assert (imported.code, imported.out) == (0, keygen("-y", "made.key").decode())
        made = real("generate", "--name", "made", environ=environ)
        assert made.code == 0, made.err
        listed = real("list", environ=environ).out
        assert listed.splitlines()[1:] == [
            f"imported   {imported.out.strip()}   yes",
            f"made       {made.out.strip()}   yes",
        ]
        assert real("export", "made", "--output", "out.key", environ=environ).code == 0
        assert (
            real("export", "imported", environ=environ).out.splitlines()[-1]
            == (Path("made.key").read_text().splitlines()[-1])
        )
        assert "another identity" in real("generate", "--name", "made", environ=environ).err
        assert real("delete", "made", "--yes", environ=environ).code == 0
        refused(real("export", "made", environ=environ), 'no identity "made"', "it has imported")
    sealed = age("-r", made.out.strip(), "-a", stdin=b"hello")
    assert age("-d", "-i", "out.key", stdin=sealed) == b"hello"
    assert keygen("-y", "out.key").decode() == made.out


LOCK = """
import secretstorage
connection = secretstorage.dbus_init()
secretstorage.get_default_collection(connection).lock()
connection.close()
"""


def test_a_locked_gnome_keyring_says_so() -> None:
    with gnome_keyring() as environ:
        assert real("generate", environ=environ).code == 0
        secret = real("export", environ=environ).out.splitlines()[1]
        subprocess.run([sys.executable, "-c", LOCK], env=environ, check=True, timeout=60)
        for arguments in (
            ("generate", "--name", "b"),
            ("list",),
            ("export", "default"),
            ("delete", "default", "--yes"),
        ):
            done = real(*arguments, environ=environ)
            refused(done, "the OS keyring is locked", "unlock it")
            assert not shows(done.err, secret)


def test_a_bus_that_is_gone_is_one_error() -> None:
    with gnome_keyring() as environ:
        pass
    for arguments in (("generate",), ("list",)):
        refused(real(*arguments, environ=environ), "the OS keyring", SERVES[0])


def test_children_that_keyring_starts_have_no_identity_in_their_environment(tmp_path: Path) -> None:
    """keyring looks for its macOS backend on every system, and ctypes starts gcc and ldconfig for that."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "gcc").write_text(f"#!/bin/sh\nenv >> {tmp_path}/seen\nexit 1\n")
    (programs / "gcc").chmod(0o755)
    environ = {"HOME": str(tmp_path), "PATH": f"{programs}:/usr/bin:/bin", "ASTROKPO_IDENTITY": SECRET}
    real("generate", environ=environ)
    seen = tmp_path / "seen"
    assert not seen.exists() or SECRET not in seen.read_text()
