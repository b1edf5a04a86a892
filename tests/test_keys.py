"""Identities: what is one, where they are found, and the OS keyring as it may be."""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyrage
import pytest
from keyring import core
from keyring.backend import KeyringBackend

from astrokpo_cli import files
from astrokpo_cli.environment import seconds
from astrokpo_cli.errors import AstrokpoError, FileProblem, InvalidValue
from astrokpo_cli.keys import store
from astrokpo_cli.keys.backend import DEFAULT_TIMEOUT, TIMEOUT_VARIABLE, KeyringHung, KeyringProblem
from astrokpo_cli.keys.identities import (
    IDENTITY_FILE_VARIABLE,
    IDENTITY_VARIABLE,
    Identity,
    NoIdentity,
    generate,
    load_identities,
    parse_identities,
)
from tests import keyring_backends as backends
from tests.keyring_backends import at_terminal
from tests.parts import Tool

ONE, TWO = (str(pyrage.x25519.Identity.generate()) for _ in range(2))
FOR_ONE = pyrage.encrypt(ONE.encode(), [pyrage.x25519.Identity.from_str(ONE).to_public()], armored=True)


def public(secret: str) -> str:
    return str(pyrage.x25519.Identity.from_str(secret).to_public())


def nobody(name: str) -> str:
    raise AssertionError(f"asked for the passphrase of {name}")


def parse(content: str | bytes, ask: Callable[[str], str] = nobody) -> tuple[Identity, ...]:
    return parse_identities(content.encode() if isinstance(content, str) else content, "some.key", ask)


def refusal(content: str | bytes, ask: Callable[[str], str] = nobody) -> str:
    """Give the error of CONTENT in one line, which shows none of its lines."""
    with pytest.raises(InvalidValue) as caught:
        parse(content, ask)
    text = f"{caught.value.message}; {caught.value.hint}"
    assert "some.key" in caught.value.message
    lines = content.splitlines() if isinstance(content, str) else content.decode("latin-1").splitlines()
    assert not [line for line in lines if len(line) > 8 and line in text]
    assert PASSPHRASE not in text
    return text


@pytest.fixture
def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[type[KeyringBackend]], None]:
    """Put a keyring in place of the OS keyring, in this process."""
    monkeypatch.setenv("TEST_KEYRING", str(tmp_path / "keyring.json"))
    return lambda kind: monkeypatch.setattr(core, "_keyring_backend", kind())


@pytest.fixture
def keeping(use: Callable[[type[KeyringBackend]], None]) -> None:
    use(backends.Keeping)


# what is an identity


GOOD = {
    "a line": ONE,
    "as age-keygen writes it": f"# created: 2026-11-22T20:00:00Z\n# public key: {public(ONE)}\n{ONE}\n",
    "line ends of Windows": f"# a comment\r\n\r\n{ONE}\r\n",
    "a BOM": f"\ufeff{ONE}\n",
    "as PowerShell 5 redirects it": f"# a comment\r\n{ONE}\r\n".encode("utf-16"),
    "blanks around it": f"\n \t{ONE} \n",
    "in lower case": ONE.lower(),
}


@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD)
def test_an_identity_is_read(content: str | bytes) -> None:
    [identity] = parse(content)
    assert (identity.recipient, identity.source, identity.reveal()) == (public(ONE), "some.key", ONE)
    assert pyrage.decrypt(FOR_ONE, [identity.age]) == ONE.encode()


def test_a_file_may_hold_several() -> None:
    assert [each.recipient for each in parse(f"{TWO}\n# and\n{ONE}\n")] == [public(TWO), public(ONE)]


REFUSED = {
    "nothing": ("", "is empty"),
    "blanks": (" \r\n\n", "is empty"),
    "comments": (f"# public key: {public(ONE)}\n", "only comments"),
    "a recipient": (f"# mine\n{public(ONE)}\n", "line 2 holds a recipient where an identity belongs"),
    "an ssh recipient": ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGqJ me@here", "line 1 holds a recipient"),
    "a plugin's identity": ("AGE-PLUGIN-YUBIKEY-1QQPQCPZQXQCQ5", "line 1 holds an identity of an age plugin"),
    "a post-quantum identity": ("AGE-SECRET-KEY-PQ-1QQPQCPZQX", "post-quantum"),
    "an identity that was cut": (f"{ONE}\n{TWO[:-1]}\n", "line 2 holds an identity that was cut or altered"),
    "an identity with a letter wrong": (ONE[:30] + ("Q" if ONE[30] != "Q" else "P") + ONE[31:], "cut or altered"),
    "an identity in mixed case": (ONE[:30] + ONE[30:].lower(), "cut or altered"),
    "two on a line": (f"{ONE} {TWO}", "line 1 holds an identity that was cut or altered"),
    "a docker config": ('{"auths": {"ghcr.io": {"auth": "cm9ib3Q6c2VjcmV0"}}}', "line 1 is not an identity"),
    "bytes": (b"\x80\x81" * 20, "it is no text"),
    "a handoff": (FOR_ONE, "is sealed for a recipient, not protected by a passphrase"),
    "a handoff that was cut": (FOR_ONE[:-40], "cannot be opened: the file was cut"),
    "an ssh certificate's begin": ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no ssh key"),
    "a begin and no more": ("-----BEGIN OPENSSH PRIVATE KEY-----", "cut or altered"),
}


@pytest.mark.parametrize(("content", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_identity_is_refused_by_name_and_not_shown(content: str | bytes, message: str) -> None:
    assert message in refusal(content)


@pytest.mark.parametrize("form", ["{}", "{!r}", "{!s}", "{!a}"])
def test_an_identity_does_not_show_itself(form: str) -> None:
    [identity] = parse(ONE)
    for shown in (form.format(identity), form.format([identity]), form.format((identity,))):
        assert ONE[15:].lower() not in shown.lower()
        assert public(ONE) in shown


# ssh keys


def ssh_key(*options: str, passphrase: str = "") -> tuple[bytes, str]:
    """Make an ssh key; gives it and its public half."""
    Tool("ssh-keygen")("-q", "-f", "key", "-N", passphrase, "-C", "me@here", *options)
    return Path("key").read_bytes(), " ".join(Path("key.pub").read_text().split()[:2])


SSH = {
    "ed25519": ("-t", "ed25519"),
    "rsa": ("-t", "rsa", "-b", "2048"),
    "rsa of 3072 bits": ("-t", "rsa", "-b", "3072"),
    "rsa in PKCS #1": ("-t", "rsa", "-b", "2048", "-m", "PEM"),
}


@pytest.mark.parametrize("options", SSH.values(), ids=SSH)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"], ids=["LF", "CRLF"])
def test_an_ssh_key_opens_what_is_sealed_for_the_public_half_that_it_tells(options: Sequence[str], end: bytes) -> None:
    key, recipient = ssh_key(*options)
    [identity] = parse(b"\xef\xbb\xbf" + key.replace(b"\n", end))
    assert identity.recipient == recipient
    sealed = pyrage.encrypt(b"x", [pyrage.ssh.Recipient.from_str(identity.recipient)])
    assert pyrage.decrypt(sealed, [identity.age]) == b"x"


@pytest.mark.parametrize("options", [*SSH.values(), ("-t", "ecdsa")], ids=[*SSH, "ecdsa"])
def test_an_ssh_key_with_a_passphrase_is_refused_with_the_way_out(options: Sequence[str]) -> None:
    key, _ = ssh_key(*options, passphrase="hunter22")
    message = refusal(key)
    assert "is an ssh key with a passphrase" in message
    assert "ssh-keygen -p" in message


@pytest.mark.parametrize(
    ("options", "message"),
    [(("-t", "ecdsa"), "of a kind that age does not use"), (("-t", "rsa", "-m", "PKCS8"), "ed25519 and rsa keys can")],
    ids=["ecdsa", "PKCS #8"],
)
def test_an_ssh_key_that_age_does_not_use_is_refused(options: Sequence[str], message: str) -> None:
    key, _ = ssh_key(*options)
    assert message in refusal(key)


def test_several_ssh_keys_in_a_file_are_refused_since_only_one_would_be_used() -> None:
    key, _ = ssh_key("-t", "ed25519")
    assert "several ssh keys" in refusal(key + key)


@pytest.mark.parametrize("options", SSH.values(), ids=SSH)
def test_a_damaged_ssh_key_is_refused_or_read_and_nothing_else(options: Sequence[str]) -> None:
    key, _ = ssh_key(*options)
    for place in range(0, len(key), 37):
        for damaged in (key[:place], key[:place] + b"A" + key[place + 1 :], key[:place] + key[place + 4 :]):
            with suppress(InvalidValue):
                parse(damaged)


# a passphrase


TABLE: dict[str, Any] = json.loads((Path(__file__).parent / "tables" / "protected.json").read_text("utf-8"))
"""Files that a passphrase protects, made with a work factor of 8 instead of age's 18, so that they open at once."""
PASSPHRASE: str = TABLE["passphrase"]


def protected(name: str = "one") -> bytes:
    content: str = TABLE["files"][name]
    return content.encode("ascii")


def binary() -> bytes:
    return base64.b64decode(b"".join(protected().splitlines()[1:-1]))


FORMS = {
    "armored": protected,
    "binary": binary,
    "as PowerShell 5 redirects it": lambda: protected().decode().encode("utf-16"),
    "line ends of Windows": lambda: protected().replace(b"\n", b"\r\n"),
    "as pyrage makes it": lambda: pyrage.passphrase.encrypt(ONE.encode(), PASSPHRASE),
}


@pytest.mark.parametrize("make", FORMS.values(), ids=FORMS)
def test_a_passphrase_is_asked_for_with_the_name_of_the_file(make: Callable[[], bytes]) -> None:
    asked: list[str] = []

    def ask(name: str) -> str:
        asked.append(name)
        return PASSPHRASE

    [identity] = parse(make(), ask)
    assert identity.recipient in (*TABLE["recipients"]["one"], public(ONE))
    assert (identity.source, asked) == ("some.key", ["some.key"])


@pytest.mark.parametrize("name", TABLE["recipients"])
def test_what_a_passphrase_protects_is_read_as_without_one(name: str) -> None:
    assert [each.recipient for each in parse(protected(name), lambda _: PASSPHRASE)] == TABLE["recipients"][name]


def test_a_passphrase_given_to_age_opens_here() -> None:
    age = Tool("age")
    Path("plain.key").write_text(ONE)
    done = at_terminal([age.path, "-p", "-a", "-o", "protected.key", "plain.key"], *[("passphrase", PASSPHRASE)] * 2)
    assert done.code == 0, done.out
    [identity] = parse(Path("protected.key").read_bytes(), lambda _: PASSPHRASE)
    assert identity.recipient == public(ONE)


NOT_OPENED: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "a wrong passphrase": (protected, "wrong", 'the passphrase of "some.key" is wrong'),
    "a passphrase that no UTF-8 has": (protected, "\udcff", 'the passphrase of "some.key" is wrong'),
    "an empty passphrase": (protected, "", "is empty"),
    "cut armor": (lambda: protected()[:-60], PASSPHRASE, "was cut"),
    "a cut file": (lambda: binary()[:-5], PASSPHRASE, "cut or altered"),
    "a cut header": (lambda: binary()[:60], PASSPHRASE, "cannot be opened: its header was cut"),
    "an altered header": (lambda: binary().replace(b"scrypt ", b"scrypt A", 1), PASSPHRASE, "cannot be opened"),
    "too much work": (lambda: protected("too much work"), PASSPHRASE, "asks for too much work"),
    "nothing in it": (lambda: protected("nothing"), PASSPHRASE, "is empty"),
    "a recipient in it": (lambda: protected("recipient"), PASSPHRASE, "line 1 holds a recipient"),
    "another age file in it": (lambda: protected("age file"), PASSPHRASE, "another age file"),
}


@pytest.mark.parametrize(("make", "passphrase", "message"), NOT_OPENED.values(), ids=NOT_OPENED)
def test_each_reason_why_a_protected_file_does_not_open_is_told_apart(
    make: Callable[[], bytes], passphrase: str, message: str
) -> None:
    assert message in refusal(make(), lambda _: passphrase)


# where they are found


def found(
    named: Sequence[str] = (), environ: Mapping[str, str] | None = None, ask: Callable[[str], str] = nobody
) -> list[tuple[str, str]]:
    """Find identities; gives the recipient and the source of each."""
    identities = load_identities(named, environ or {}, files.read, ask)
    return [(identity.recipient, identity.source) for identity in identities]


@pytest.fixture
def places(keeping: None) -> None:
    """An identity in each place."""
    Path("flag.key").write_text(ONE)
    Path("variable.key").write_text(TWO)
    identity = generate("keyring old")
    store.store("old", identity.reveal(), identity.recipient)
    store.store("one", ONE, public(ONE))


BOTH = {IDENTITY_FILE_VARIABLE: "variable.key", IDENTITY_VARIABLE: ONE}


def test_a_flag_comes_first(places: None) -> None:
    assert found(["flag.key"], BOTH) == [(public(ONE), "flag.key")]


def test_then_the_file_that_a_variable_names(places: None) -> None:
    assert found((), BOTH) == [(public(TWO), "ASTROKPO_IDENTITY_FILE (variable.key)")]


def test_then_the_variable_that_is_the_key(places: None) -> None:
    environ = {IDENTITY_FILE_VARIABLE: "", IDENTITY_VARIABLE: f"\n{TWO}\n{ONE}\n"}
    assert found((), environ) == [(public(TWO), "ASTROKPO_IDENTITY"), (public(ONE), "ASTROKPO_IDENTITY")]


def test_then_all_that_the_keyring_has(places: None) -> None:
    sources = [source for _, source in found((), {IDENTITY_VARIABLE: " \n"})]
    assert sources == ["keyring old", "keyring one"]


def test_several_flags_are_collected_and_one_found_twice_is_one(places: None) -> None:
    Path("both.key").write_text(f"{TWO}\n{ONE}\n")
    assert found(["flag.key", "both.key", "flag.key"]) == [(public(ONE), "flag.key"), (public(TWO), "both.key")]


def test_a_place_that_is_given_and_wrong_is_not_passed_over(places: None) -> None:
    with pytest.raises(FileProblem, match=r"no\.key") as missing:
        found((), {**BOTH, IDENTITY_FILE_VARIABLE: "no.key"})
    assert IDENTITY_FILE_VARIABLE in missing.value.hint
    with pytest.raises(InvalidValue, match="ASTROKPO_IDENTITY line 1 is not an identity"):
        found((), {IDENTITY_VARIABLE: "variable.key"})


@pytest.mark.parametrize("key", [ONE, ONE.lower(), "AGE-PLUGIN-X-1QQ", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA"])
def test_a_key_where_a_path_belongs_is_not_shown(key: str) -> None:
    for named, environ in (([key], {}), ([], {IDENTITY_FILE_VARIABLE: key})):
        with pytest.raises(InvalidValue, match="a private key") as caught:
            found(named, environ)
        assert key[15:30] not in f"{caught.value.message} {caught.value.hint}"


def test_without_any_every_place_is_told_and_what_would_serve(keeping: None) -> None:
    with pytest.raises(NoIdentity) as caught:
        found()
    told = f"{caught.value.message}\n{caught.value.hint}"
    for word in ("--identity", IDENTITY_FILE_VARIABLE, IDENTITY_VARIABLE, "keyring", "astrokpo key generate"):
        assert word in told


KEYRINGS = {
    "locked": (backends.Locked, "the OS keyring is locked"),
    "failing": (backends.FailingToGet, "the OS keyring failed (RuntimeError)"),
    "of bytes": (backends.Bytes, "no text"),
}


@pytest.mark.parametrize(("kind", "message"), KEYRINGS.values(), ids=KEYRINGS)
def test_a_keyring_that_cannot_be_used_is_one_of_the_places_that_were_tried(
    use: Callable[[type[KeyringBackend]], None], kind: type[KeyringBackend], message: str
) -> None:
    use(kind)
    with pytest.raises(NoIdentity) as caught:
        found()
    assert message in caught.value.message
    for place in ("--identity FILE", "ASTROKPO_IDENTITY_FILE=FILE", "ASTROKPO_IDENTITY=KEY"):
        assert place in caught.value.hint


def test_an_entry_that_the_keyring_has_lost_is_passed_over_and_named_when_it_was_the_last(places: None) -> None:
    content = backends.kept()
    del content["old"]
    backends.keep(content)
    assert found() == [(public(ONE), "keyring one")]
    del content["one"]
    backends.keep(content)
    with pytest.raises(NoIdentity, match=r"has lost those it lists \(old, one\)"):
        found()


def test_an_entry_that_was_altered_is_named_and_not_shown(places: None) -> None:
    backends.keep({**backends.kept(), "one": TWO[:-2]})
    with pytest.raises(InvalidValue) as caught:
        found()
    assert '"one"' in caught.value.message
    assert TWO[15:30] not in caught.value.message


def test_keyring_is_not_imported_where_another_place_has_one() -> None:
    Path("flag.key").write_text(ONE)
    probe = (
        "import os, sys\nfrom astrokpo_cli import files\nfrom astrokpo_cli.keys.identities import load_identities\n"
        "assert load_identities(sys.argv[1:], os.environ, files.read, input)\n"
        "assert not {'keyring', 'threading', 'astrokpo_cli.keys.store'} & set(sys.modules)"
    )
    root = str(Path(files.__file__).parent.parent)
    for arguments, environ in ((["flag.key"], {}), ([], {IDENTITY_VARIABLE: ONE})):
        subprocess.run(
            [sys.executable, "-c", probe, *arguments],
            env={**os.environ, **environ, "PYTHONPATH": root},
            check=True,
            timeout=60,
        )


# the keyring


def test_what_is_stored_is_listed_and_loaded(keeping: None) -> None:
    store.store("b", ONE, public(ONE))
    store.store("a", TWO, public(TWO))
    assert (store.load("a"), store.load("b"), store.load("c")) == (TWO, ONE, None)
    assert list(store.names().items()) == [("b", public(ONE)), ("a", public(TWO))]


def test_the_list_holds_nothing_secret(keeping: None) -> None:
    store.store("a", ONE, public(ONE))
    assert json.loads(backends.kept()[backends.INDEX]) == {"a": public(ONE)}


def test_what_is_deleted_is_gone(keeping: None) -> None:
    store.store("a", ONE, public(ONE))
    store.delete("a")
    assert (store.load("a"), store.names()) == (None, {})
    assert ONE not in str(backends.kept())


def test_another_identity_of_that_name_is_left_alone(keeping: None) -> None:
    store.store("a", ONE, public(ONE))
    with pytest.raises(InvalidValue, match='another identity named "a"'):
        store.store("a", TWO, public(TWO))
    assert (store.load("a"), store.names()) == (ONE, {"a": public(ONE)})


def test_the_same_identity_again_is_listed_again(keeping: None) -> None:
    backends.keep({"a": ONE})
    assert store.names() == {}
    store.store("a", ONE, public(ONE))
    assert store.names() == {"a": public(ONE)}


@pytest.mark.parametrize("name", ["", "a b", "ä", "a/b", "a\n", "x" * 65, backends.INDEX, "\x1b[2J"])
def test_a_name_is_1_to_64_plain_characters(name: str, keeping: None) -> None:
    for call in (store.check_name, store.load):
        with pytest.raises(InvalidValue, match="is not the name of an identity"):
            call(name)


def test_a_key_given_as_a_name_is_not_shown() -> None:
    with pytest.raises(InvalidValue, match="a private key is not the name") as caught:
        store.check_name(ONE)
    assert ONE[15:30] not in str(caught.value.hint)


@pytest.mark.parametrize("name", ["a", "A-b_c.9", "x" * 64, "-", "index"])
def test_names_that_are_taken(name: str, keeping: None) -> None:
    store.store(name, ONE, public(ONE))
    assert (store.load(name), list(store.names())) == (ONE, [name])


DAMAGED = {
    "no JSON": "{",
    "no object": "[]",
    "a number": "1",
    "recipients that are no text": '{"a": 1}',
    "a name that is none": json.dumps({"a\n\x1b[2J": "x"}),
    "a list inside": '{"a": []}',
    "too deep": "[" * 100_000,
    "empty": "",
}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_list_is_named_with_the_way_out_and_never_written_over(text: str, keeping: None) -> None:
    backends.keep({backends.INDEX: text, "a": ONE})
    calls: list[Callable[[], object]] = [
        store.names,
        lambda: store.delete("a"),
        lambda: store.store("b", TWO, public(TWO)),
    ]
    for call in calls:
        with pytest.raises(KeyringProblem, match="has a damaged list of identities") as caught:
            call()
        assert "key import" in caught.value.hint
    assert backends.kept() == {backends.INDEX: text, "a": ONE}
    assert store.load("a") == ONE


NOT_KEEPING = {
    "alters": (backends.Altering, "altered what was stored"),
    "loses the list": (backends.LosingTheIndex, "did not keep what was stored"),
    "fails": (backends.FailingToSet, "failed (ValueError)"),
}


@pytest.mark.parametrize(("kind", "message"), NOT_KEEPING.values(), ids=NOT_KEEPING)
def test_what_the_keyring_does_not_keep_whole_is_removed(
    use: Callable[[type[KeyringBackend]], None], kind: type[KeyringBackend], message: str
) -> None:
    use(kind)
    with pytest.raises(KeyringProblem) as caught:
        store.store("a", ONE, public(ONE))
    assert message in caught.value.message
    assert "a" not in backends.kept()


def test_what_was_there_before_stays_when_the_list_cannot_be_written(
    use: Callable[[type[KeyringBackend]], None],
) -> None:
    use(backends.LosingTheIndex)
    backends.keep({"a": ONE})
    with pytest.raises(KeyringProblem):
        store.store("a", ONE, public(ONE))
    assert backends.kept()["a"] == ONE


@pytest.mark.parametrize(
    ("kind", "message"),
    [(backends.NotDeleting, 'did not remove "a"'), (backends.FailingToDelete, "failed (OSError)")],
    ids=["says it did", "fails"],
)
def test_what_the_keyring_does_not_remove_stays_listed(
    use: Callable[[type[KeyringBackend]], None], kind: type[KeyringBackend], message: str
) -> None:
    use(kind)
    store.store("a", ONE, public(ONE))
    with pytest.raises(KeyringProblem) as caught:
        store.delete("a")
    assert message in caught.value.message
    assert store.names() == {"a": public(ONE)}


def test_a_keyring_has_five_seconds() -> None:
    assert DEFAULT_TIMEOUT == 5.0
    assert seconds({TIMEOUT_VARIABLE: ""}, TIMEOUT_VARIABLE, DEFAULT_TIMEOUT) == DEFAULT_TIMEOUT


@pytest.mark.parametrize("kind", [backends.Hanging, backends.HangingToSet])
def test_a_keyring_that_hangs_is_given_up_at_its_limit(
    use: Callable[[type[KeyringBackend]], None], kind: type[KeyringBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(kind)
    monkeypatch.setenv(TIMEOUT_VARIABLE, "0.2")
    with pytest.raises(KeyringHung, match=r"did not answer within 0\.2 s") as caught:
        store.store("a", ONE, public(ONE))
    assert "unlock it" in caught.value.hint


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "five", "1e9"])
def test_a_limit_is_a_positive_number_of_seconds(text: str) -> None:
    with pytest.raises(InvalidValue, match=TIMEOUT_VARIABLE):
        seconds({TIMEOUT_VARIABLE: text}, TIMEOUT_VARIABLE, DEFAULT_TIMEOUT)


def test_the_environment_is_as_before_and_without_secrets_while_the_keyring_is_asked(
    use: Callable[[type[KeyringBackend]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    use(backends.Starting)
    monkeypatch.setenv(IDENTITY_VARIABLE, ONE)
    monkeypatch.setenv("DOCKER_AUTH_CONFIG", "{}")
    before = dict(os.environ)
    store.names()
    seen = Path("seen").read_text()
    assert "TEST_KEYRING" in seen
    assert ONE not in seen
    assert "DOCKER_AUTH_CONFIG" not in seen
    assert dict(os.environ) == before


def test_every_error_of_a_keyring_is_ours(use: Callable[[type[KeyringBackend]], None]) -> None:
    for kind in (backends.Locked, backends.FailingToGet, backends.Exiting, backends.Bytes):
        use(kind)
        with pytest.raises(AstrokpoError) as caught:
            store.load("a")
        assert isinstance(caught.value, KeyringProblem)
        assert caught.value.hint
