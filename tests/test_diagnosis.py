"""What is said of credentials without asking a registry: which keys match, which only look so, and what would.

The kubelet is the referee: `lookup` answers as its own code does (test_referees), and nothing that is said here may
differ from it.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astrokpo_cli.credentials import NO_PASSWORD, Password, RegistryCredential
from astrokpo_cli.diagnosis import Diagnosis, Examiner, ignored_entries, near_miss
from astrokpo_cli.errors import InvalidValue
from astrokpo_cli.images import parse_image
from astrokpo_cli.kubelet import UnusableSecret, lookup, passed_over, read_auths, read_secret
from tests.given import PASSWORD, URL_KEYS, encoded, entry, holds

NOW = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
ETL = "ghcr.io/acme/etl:1.4"
HUB = "acme/etl"
ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
HUB_KEY = "https://index.docker.io/v1/"

LETTERS = 'hosts are compared letter by letter, and the image has "ghcr.io"'
BLANK = "there is a blank in it"
SCHEME = 'nothing but "https://" and "http://", in lower case, is taken off a key'
USER = 'what stands before its "@" makes it no URL'
NO_URL = "it does not parse as a URL"
QUESTION = '"?" begins the query of a URL, and "*" is the only wildcard'
BRACKET = '"[" makes it no URL, and "*" is the only wildcard'
DOT = "its host ends in a dot"
SLASH = "its path ends in a slash that the image does not have"
API = '"/v1" and "/v2" are taken off only with a slash after them'
TAKEN_OFF = '"/v1/" or "/v2/" is taken off the front of its path'
TAG = "a key has no tag and no digest"
STAR = '"*" is no wildcard in a path'
CASE = "its path is not in lower case"
EMPTY = "there is an empty part in its path"
ELSEWHERE = "its path is not the beginning of the image's"
HUB_NAME = 'images of Docker Hub are looked up by "docker.io"'
HUB_PATH = '"index.docker.io" stands for Docker Hub only without a path'


def ports(key: str, image: str) -> str:
    return f"ports are compared as text: the key names {key}, the image {image}"


def parts(host: str) -> str:
    return f'"*" stands for one part of a host between dots, and the image has "{host}"'


NEAR_MISSES: list[tuple[str, str, str, str]] = [
    ("https://ghcr.io/acme/etl/", ETL, SLASH, "ghcr.io/acme/etl"),
    ("ghcr.io/acme/etl//", ETL, f"{EMPTY}; {SLASH}", "ghcr.io/acme/etl"),
    ("GHCR.io", ETL, LETTERS, "ghcr.io"),
    ("https://GHCR.IO/v2/", ETL, LETTERS, "ghcr.io"),
    ("ghcr.io", "GHCR.io/x", LETTERS.replace("ghcr", "GHCR"), "GHCR.io"),
    ("ghcr.io:443", ETL, ports("443", "none"), "ghcr.io"),
    ("https://ghcr.io:443/acme", ETL, ports("443", "none"), "ghcr.io/acme"),
    ("localhost", "localhost:5000/x", ports("none", "5000"), "localhost:5000"),
    ("localhost:5001", "localhost:5000/x", ports("5001", "5000"), "localhost:5000"),
    ("localhost:05000", "localhost:5000/x", ports("05000", "5000"), "localhost:5000"),
    ("registry-1.docker.io", HUB, HUB_NAME, HUB_KEY),
    ("https://hub.docker.com", HUB, HUB_NAME, HUB_KEY),
    ("https://registry.hub.docker.com/v2/", HUB, HUB_NAME, HUB_KEY),
    ("https://index.docker.io/v1", HUB, API, HUB_KEY),
    ("index.docker.io/acme", HUB, HUB_PATH, "docker.io/acme"),
    ("https://index.docker.io/v1/acme/etl/", HUB, f"{HUB_PATH}; {SLASH}", "docker.io/acme/etl"),
    ("docker.io:443", HUB, ports("443", "none"), HUB_KEY),
    ("docker.io/acme/etl/", HUB, SLASH, "docker.io/acme/etl"),
    ("acme/etl", HUB, 'its first part, "acme", is taken for a host', "docker.io/acme/etl"),
    ("acme", HUB, 'its first part, "acme", is taken for a host', "docker.io/acme"),
    ("library/nginx", "nginx", 'its first part, "library", is taken for a host', "docker.io/library/nginx"),
    ("ghcr.io/acme/other", ETL, ELSEWHERE, "ghcr.io/acme/etl"),
    ("ghcr.io/acme/etl/deeper", ETL, ELSEWHERE, "ghcr.io/acme/etl"),
    ("*.amazonaws.com", f"{ECR}/etl", parts(ECR), ECR),
    ("*.ghcr.io", ETL, parts("ghcr.io"), "ghcr.io"),
    ("*.*.ghcr.io", "a.ghcr.io/x", parts("a.ghcr.io"), "a.ghcr.io"),
    ("*", ETL, parts("ghcr.io"), "ghcr.io"),
    ("ghcr.io ", ETL, BLANK, "ghcr.io"),
    ("\tghcr.io/acme", ETL, BLANK, "ghcr.io/acme"),
    ("ghcr.io/acme \n", ETL, BLANK, "ghcr.io/acme"),
    ("ghcr.io/v2", ETL, API, "ghcr.io"),
    ("https://ghcr.io/V2/", ETL, CASE, "ghcr.io"),
    ("ghcr.io/v2/etl", "ghcr.io/v2/etl", TAKEN_OFF, "ghcr.io/v2/v2/etl"),
    ("gh?r.io", ETL, QUESTION, "gh*r.io"),
    ("ghcr.??", ETL, QUESTION, "ghcr.**"),
    ("gh[a-z]r.io", ETL, BRACKET, "gh*r.io"),
    ("[a-z]hcr.io", ETL, BRACKET, "*hcr.io"),
    ("ghcr.io:port", ETL, NO_URL, "ghcr.io"),
    ("ghcr.io:*", "ghcr.io:5000/x", NO_URL, "ghcr.io:5000"),
    ("ghcr.io^", ETL, NO_URL, "ghcr.io"),
    ("ghcr.io/acme/100%", ETL, NO_URL, "ghcr.io/acme/etl"),
    ("HTTPS://ghcr.io", ETL, SCHEME, "ghcr.io"),
    ("oci://ghcr.io/acme", ETL, SCHEME, "ghcr.io/acme"),
    ("docker://ghcr.io/acme/etl:1.4", ETL, f"{SCHEME}; {TAG}", "ghcr.io/acme/etl"),
    ("//ghcr.io", ETL, SCHEME, "ghcr.io"),
    ("https://https://ghcr.io", ETL, SCHEME, "ghcr.io"),
    (f"https://ada:{PASSWORD}^@ghcr.io", ETL, USER, "ghcr.io"),
    (f"ada:{PASSWORD}/3@ghcr.io/acme", ETL, USER, "ghcr.io/acme"),
    ("ghcr.io.", ETL, DOT, "ghcr.io"),
    ("ghcr.io//acme", ETL, EMPTY, "ghcr.io/acme"),
    ("ghcr.io/Acme/etl", ETL, CASE, "ghcr.io/acme/etl"),
    ("ghcr.io/acme/etl:1.4", ETL, TAG, "ghcr.io/acme/etl"),
    (f"ghcr.io/acme/etl@sha256:{'0' * 64}", ETL, TAG, "ghcr.io/acme/etl"),
    ("ghcr.io/acme/*", ETL, STAR, "ghcr.io/acme/"),
    ("ghcr.io/*/etl", ETL, STAR, "ghcr.io/acme/etl"),
    ("GHCR.io:443/Acme/ETL:1.4", ETL, f"{LETTERS}; {ports('443', 'none')}; {TAG}; {CASE}", "ghcr.io/acme/etl"),
]
OTHER_REGISTRIES = [
    ("quay.io", ETL),
    ("quay.io/acme/etl", ETL),
    ("ghcr.com", ETL),
    ("aghcr.io", ETL),
    ("*.quay.io", ETL),
    ("*.dkr.ecr.us-east-1.amazonaws.com", f"{ECR}/etl"),
    (HUB_KEY, ETL),
    ("docker.io", ETL),
    ("acme/etl", ETL),
    ("acme/other", HUB),
    ("ghcr.io", HUB),
    ("localhost", HUB),
    ("registry-1.docker.io", ETL),
    ("127.0.0.1:5000", "localhost:5000/x"),
    ("", ETL),
    ("/", HUB),
    ("https://", ETL),
    ("\x00", HUB),
    (f"https://{'x' * 2000}@ghcr.io^", ETL),
]


def login(key: str, user: str = "ada", password: str = PASSWORD) -> RegistryCredential:
    return RegistryCredential(key, user, Password(password), "a test")


def logins(keys: Sequence[str]) -> list[RegistryCredential]:
    return [login(key) for key in keys]


def matches(key: str, image: str) -> bool:
    return bool(lookup((RegistryCredential(key, "", NO_PASSWORD, ""),), parse_image(image)))


def notes(image: str, *keys: str | RegistryCredential, ignored: Mapping[str, str] | None = None) -> tuple[str, ...]:
    auths = [login(key) if isinstance(key, str) else key for key in keys]
    return Examiner(auths, ignored or {}, now=NOW).examine(parse_image(image)).notes


class TestNearMisses:
    @pytest.mark.parametrize(("key", "image", "reason", "would_do"), NEAR_MISSES)
    def test_a_slip_is_named_with_the_key_that_would_match(
        self, key: str, image: str, reason: str, would_do: str
    ) -> None:
        assert not matches(key, image)
        assert near_miss(key, parse_image(image)) == (reason, would_do)
        assert matches(would_do, image)

    @pytest.mark.parametrize(("key", "image"), OTHER_REGISTRIES)
    def test_nothing_is_said_of_a_key_of_another_registry(self, key: str, image: str) -> None:
        assert near_miss(key, parse_image(image)) is None
        assert "does not match" not in "".join(notes(image, key))

    def test_a_name_of_docker_hub_is_mended_so_that_it_matches_beside_others(self) -> None:
        told = notes(HUB, "docker.io/acme", "hub.docker.com")
        assert told == (f'key "hub.docker.com" does not match: {HUB_NAME}; "docker.io" would match',)


HOSTS = st.sampled_from(["ghcr.io", "registry.acme.io", "docker.io", "eu.gcr.io"])
PATHS = st.lists(st.from_regex(r"[a-u][a-z0-9]{0,5}", fullmatch=True), min_size=2, max_size=4).map("/".join)
OF_ALL = [
    *((BLANK, form) for form in (" {}", "{} ", "\t{}", "{}\n")),
    *((SCHEME, form) for form in ("HTTPS://{}", "oci://{}", "Http://{}", "//{}", "https://https://{}")),
    *((USER, form) for form in ("ada:x^y@{}", "a`b@{}", "https://ada:%zz@{}")),
]
OF_THE_PATH = [(TAG, "{}:1.4"), (EMPTY, "/{}"), (SLASH, "{}/")]
RIGHT = ["{}", "https://{}", "http://{}", "https://ada@{}"]


class TestTruth:
    @settings(deadline=None, max_examples=400)
    @given(
        HOSTS,
        PATHS,
        st.sampled_from(OF_ALL) | st.sampled_from(RIGHT).map(lambda form: ("", form)),
        st.tuples(st.booleans(), st.booleans(), st.booleans()),
        st.sampled_from(OF_THE_PATH) | st.just(("", "{}")),
    )
    def test_exactly_the_slips_that_were_made_are_named(
        self, host: str, path: str, of_all: tuple[str, str], of_host: tuple[bool, bool, bool], of_path: tuple[str, str]
    ) -> None:
        letters, dot, port = of_host
        site = f"{host.capitalize() if letters else host}{'.' if dot else ''}{':443' if port else ''}"
        key = of_all[1].format(f"{site}/{of_path[1].format(path)}")
        slips = {
            of_all[0],
            of_path[0],
            LETTERS.replace("ghcr.io", host) if letters else "",
            DOT if dot else "",
            ports("443", "none") if port else "",
        } - {""}
        found = near_miss(key, parse_image(f"{host}/{path}"))
        assert (found is None) == (not slips) == matches(key, f"{host}/{path}")
        if found is not None:
            assert set(found.reason.split("; ")) == slips
            assert found.would_do == f"{host}/{path}"

    @settings(deadline=None, max_examples=1000)
    @given(
        st.text("ghcr.io/acmetl*?[]:@%#~^ HTTPSv12-\t", max_size=30)
        | st.text("ghcr.io/acme*:", max_size=12).map("ghcr.io".__add__)
        | st.text(max_size=20).map("ghcr.io/".__add__),
        st.sampled_from([ETL, HUB, "ghcr.io:5000/v2/x", "localhost/x", "a_b.io/x", "[::1]:5000/x", "T.io/x"]),
    )
    def test_whatever_the_key_what_would_do_does(self, key: str, image: str) -> None:
        found = near_miss(key, parse_image(image))
        if matches(key, image):
            assert found is None
        elif found is not None:
            assert found.reason
            assert matches(found.would_do, image)

    @pytest.mark.parametrize("row", json.loads((Path(__file__).parent / "tables" / "kubelet.json").read_text()))
    def test_in_the_kubelets_own_cases_every_match_and_no_other_key_is_one(self, row: dict[str, Any]) -> None:
        config = base64.b64decode(row["config_base64"]) if "config_base64" in row else row["config"].encode()
        try:
            image, auths = parse_image(row["image"]), read_auths(config)
        except (InvalidValue, UnusableSecret):
            return
        diagnosis = Examiner(auths, ignored_entries(config), now=NOW).examine(image)
        assert diagnosis.matches == lookup(auths, image)
        assert diagnosis.usable == any(match.username and match.password for match in diagnosis.matches)
        said = "\n".join(diagnosis.notes)
        for match in diagnosis.matches:
            assert f'key "{match.key}" does not match' not in said
        assert all(note.isprintable() for note in diagnosis.notes)


class TestExaminer:
    def test_of_one_good_match_there_is_nothing_to_say(self) -> None:
        diagnosis = Examiner(logins(["ghcr.io", "quay.io"]), now=NOW).examine(parse_image(ETL))
        assert diagnosis == Diagnosis(parse_image(ETL), (login("ghcr.io"),), ())
        assert diagnosis.usable

    def test_several_matches_are_in_the_kubelets_order(self) -> None:
        auths = logins(["*.io", "ghcr.io", "https://ghcr.io/v2/acme/"])
        diagnosis = Examiner(auths, now=NOW).examine(parse_image(ETL))
        assert diagnosis.matches == tuple(reversed(auths))
        assert diagnosis.notes == ("3 entries match: a kubelet tries them in this order until one pulls",)

    def test_an_entry_without_a_user_pulls_anonymously(self) -> None:
        diagnosis = Examiner([login("ghcr.io", "")], now=NOW).examine(parse_image(ETL))
        assert not diagnosis.usable
        assert diagnosis.notes == (
            'key "ghcr.io" has no user: a kubelet tries it all the same, and that pull is anonymous',
        )

    def test_an_entry_without_a_password_is_tried(self) -> None:
        diagnosis = Examiner([login("ghcr.io", password="")], now=NOW).examine(parse_image(ETL))
        assert not diagnosis.usable
        assert diagnosis.notes == ('key "ghcr.io" has no password: a kubelet tries it with an empty one',)

    def test_a_match_within_a_name_reaches_further_than_it_seems(self) -> None:
        told = 'key "ghcr.io/acme" matches because paths are compared as plain text: "ghcr.io/acme/" would not'
        assert notes("ghcr.io/acme-evil/etl", "ghcr.io/acme") == (told,)
        assert not matches("ghcr.io/acme/", "ghcr.io/acme-evil/etl")
        assert notes("ghcr.io/acme/etl", "ghcr.io/acme", "ghcr.io/acme/", "ghcr.io/acme/etl")[1:] == ()

    def test_the_key_of_docker_hub_is_only_fallen_back_to(self) -> None:
        assert notes(HUB, HUB_KEY) == ()
        assert notes(HUB, HUB_KEY, login("docker.io", "")) == (
            'key "docker.io" has no user: a kubelet tries it all the same, and that pull is anonymous',
            f'key "{HUB_KEY}" is not used: a kubelet falls back to it only where no other key matches',
        )

    def test_the_key_of_docker_hub_goes_to_hosts_that_look_like_none(self) -> None:
        told = f'key "{HUB_KEY}" is Docker Hub\'s: a kubelet sends it to any host that has no dot and no port'
        assert notes("localhost/etl", HUB_KEY) == (told,)
        assert notes("localhost:5000/etl", HUB_KEY) == ('no key is for "localhost:5000"',)

    def test_that_nothing_is_for_the_registry_is_said_without_naming_others(self) -> None:
        assert notes(ETL, "quay.io", HUB_KEY) == ('no key is for "ghcr.io"',)
        assert notes("a_b.io/etl", "quay.io") == ('no key is for "a_b.io"',)
        assert notes(ETL) == ("there is no credential in it",)

    def test_trouble_with_the_whole_is_the_one_note(self) -> None:
        diagnosis = Examiner(logins(["ghcr.io"]), {"ghcr.io": "x"}, "it is broken", now=NOW).examine(parse_image(ETL))
        assert diagnosis == Diagnosis(parse_image(ETL), (), ("it is broken",))

    def test_what_is_ignored_is_said_where_it_would_have_counted(self) -> None:
        ignored = {"ghcr.io": "it is ignored", "quay.io": "it too"}
        assert notes(ETL, ignored=ignored) == ('key "ghcr.io": it is ignored',)
        assert notes(ETL, login("ghcr.io", password=""), ignored=ignored)[1:] == ('key "ghcr.io": it is ignored',)
        assert notes(HUB, ignored={HUB_KEY: "it is ignored"}) == (f'key "{HUB_KEY}": it is ignored',)

    def test_the_likeliest_keys_come_first_and_the_others_are_counted(self) -> None:
        keys = [f"ghcr.io/team{number}" for number in range(40)]
        told = notes(ETL, *keys, "ghcr.io/acme/etl/")
        assert told[0].startswith('key "ghcr.io/acme/etl/" does not match')
        assert len(told) == 21
        assert told[-1] == "and 21 more keys that do not match"

    def test_of_many_matches_the_first_are_spoken_of(self) -> None:
        image = f"ghcr.io/{'a' * 60}"
        told = notes(image, *(login(f"ghcr.io/{'a' * number}", "") for number in range(1, 60)))
        assert told[0] == "59 entries match: a kubelet tries them in this order until one pulls"
        assert told[-1] == "and 39 more that match"
        assert len(told) == 2 + 20 * 2

    @pytest.mark.parametrize("image", [ETL, HUB])
    def test_no_note_holds_a_secret(self, image: str) -> None:
        keys = [*URL_KEYS, *(key.replace("ghcr.io", "GHCR.io:1") for key in URL_KEYS)]
        told = "\n".join(notes(image, *keys, *(login(key, "") for key in keys), ignored=dict.fromkeys(keys, "x")))
        assert not holds(told)
        assert "Tr0ub" not in told

    def test_a_strangers_key_is_shown_and_not_obeyed(self) -> None:
        (told,) = notes(ETL, "ghcr.io/\x1b[2J\u202e")
        assert told.isprintable()

    def test_a_thousand_images_and_keys_are_no_trouble(self) -> None:
        began = time.process_time()
        for form in ("ghcr.io/team{}/", "GHCR.io:443/team{}", "*.reg{}.io", "team{}/etl", "https://ghcr.io/{}/v2"):
            examiner = Examiner(logins([form.format(number) for number in range(1000)]), now=NOW)
            for image in ("ghcr.io/team{}/etl", "a.b.reg{}.io/x", "team{}/etl"):
                for number in range(0, 1000, 5):
                    examiner.examine(parse_image(image.format(number)))
        # A fifteenth of it was seen.
        assert time.process_time() - began < 60


def ecr_password(expires_at: datetime) -> str:
    return base64.b64encode(json.dumps({"payload": "x", "expiration": int(expires_at.timestamp())}).encode()).decode()


@pytest.mark.parametrize("key", [ECR, f"https://{ECR}/v2/", "*.dkr.ecr.*.amazonaws.com", f"{ECR}/etl"])
@pytest.mark.parametrize(
    ("password", "life"),
    [
        (ecr_password(NOW + timedelta(hours=3)), "valid until 2026-11-29 11:00 UTC (3 hours left)"),
        (ecr_password(NOW - timedelta(days=2)), "dead since 2026-11-27 08:00 UTC (2 days ago)"),
        ("not such a token", "which lives 12 hours"),
    ],
)
def test_of_a_password_that_dies_it_is_said_when(key: str, password: str, life: str) -> None:
    assert notes(f"{ECR}/etl", login(key, "AWS", password)) == (f'key "{key}": Amazon ECR token, {life}',)


IGNORED: dict[str, tuple[object, dict[str, str]]] = {
    "an identity token": ({"identitytoken": "t"}, {"k": "it holds an identity token, which a kubelet ignores"}),
    "a registry token": ({"registrytoken": "t"}, {"k": "it holds a registry token, which a kubelet ignores"}),
    "in other letters": ({"IdentityToken": "t"}, {"k": "it holds an identity token, which a kubelet ignores"}),
    "in letters that Go folds": (
        {"identityto\u212aen": "t"},
        {"k": "it holds an identity token, which a kubelet ignores"},
    ),
    "beside a password": (
        {"identitytoken": "t", **entry()},
        {"k": "it holds an identity token, which a kubelet ignores"},
    ),
    "an empty one": ({"identitytoken": ""}, {}),
    "null": ({"identitytoken": None}, {}),
    "a password": (entry(), {}),
    "nothing": ({}, {}),
    "what is no text": ({"identitytoken": 1}, {}),
}


@pytest.mark.parametrize(("fields", "reasons"), IGNORED.values(), ids=IGNORED)
def test_what_a_kubelet_ignores_is_found(fields: object, reasons: dict[str, str]) -> None:
    assert ignored_entries(json.dumps({"auths": {"k": fields}}).encode()) == reasons


def test_what_a_credential_helper_keeps_is_found() -> None:
    config = {
        "auths": {"a.io": {}, "b.io": entry(), "c.io": {}},
        "credsStore": "desktop",
        "credHelpers": {"c.io": "gcloud", "d.io": "ecr-login", "e.io": ""},
    }
    kept = 'its credential is with "docker-credential-{}", which no kubelet asks'.format
    assert ignored_entries(json.dumps(config).encode()) == {
        "a.io": kept("desktop"),
        "c.io": kept("gcloud"),
        "d.io": kept("ecr-login"),
    }


@pytest.mark.parametrize("document", [b"", b"null", b"{", b"[]", b'{"auths": []}', b'{"auths": {"k": 1}}', b"\xff"])
def test_a_config_that_cannot_be_read_has_nothing_to_ignore(document: bytes) -> None:
    assert ignored_entries(document) == {}


CONFIG = json.dumps({"auths": {"ghcr.io": entry("ada")}}).encode()
LEGACY = json.dumps({"ghcr.io": entry("grace"), "quay.io": {"username": "eve", "password": "x", "email": "e"}}).encode()
JSON_TYPE, LEGACY_TYPE = "kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"
SECRETS: dict[str, tuple[str, dict[str, bytes], list[str]]] = {
    "docker config": (JSON_TYPE, {".dockerconfigjson": CONFIG}, ["ada"]),
    "docker config beside the legacy form": (JSON_TYPE, {".dockerconfigjson": CONFIG, ".dockercfg": LEGACY}, ["ada"]),
    "legacy form": (LEGACY_TYPE, {".dockercfg": LEGACY}, ["grace", "eve"]),
    "legacy form that is null": (LEGACY_TYPE, {".dockercfg": b"null"}, []),
    "legacy form beside a docker config": (
        LEGACY_TYPE,
        {".dockerconfigjson": CONFIG, ".dockercfg": LEGACY},
        ["grace", "eve"],
    ),
    "docker config without entries": (JSON_TYPE, {".dockerconfigjson": b"{}"}, []),
}
PASSED_OVER: dict[str, tuple[str, dict[str, bytes]]] = {
    "Opaque": ("Opaque", {".dockerconfigjson": CONFIG}),
    "a type in other letters": ("kubernetes.io/DockerConfigJson", {".dockerconfigjson": CONFIG}),
    "nothing in it": (JSON_TYPE, {}),
    "an empty value": (JSON_TYPE, {".dockerconfigjson": b"", ".dockercfg": LEGACY}),
    "the value of the other type": (LEGACY_TYPE, {".dockerconfigjson": CONFIG}),
    "an empty legacy value": (LEGACY_TYPE, {".dockercfg": b""}),
}
UNUSABLE: dict[str, tuple[str, dict[str, bytes]]] = {
    "no JSON": (JSON_TYPE, {".dockerconfigjson": b"x"}),
    "an auth that will not decode": (JSON_TYPE, {".dockerconfigjson": b'{"auths":{"a":{"auth":"x"}}}'}),
    "legacy form that is no JSON": (LEGACY_TYPE, {".dockercfg": b"x"}),
    "legacy form that is a list": (LEGACY_TYPE, {".dockercfg": b"[]"}),
    "legacy form whose auth will not decode": (LEGACY_TYPE, {".dockercfg": b'{"a":{"auth":"x"}}'}),
    "legacy form with an entry that is text": (LEGACY_TYPE, {".dockercfg": b'{"a":"x"}'}),
    "a docker config as the legacy form": (LEGACY_TYPE, {".dockercfg": b'{"auths":{},"credsStore":"desktop"}'}),
}


@pytest.mark.parametrize(("secret_type", "data", "users"), SECRETS.values(), ids=SECRETS)
def test_a_kubelet_reads_two_types_of_secret(secret_type: str, data: dict[str, bytes], users: list[str]) -> None:
    assert passed_over(secret_type, data) == ""
    found = read_secret(secret_type, data, "a test")
    assert [auth.username for auth in found] == users
    assert {auth.source for auth in found} <= {"a test"}


@pytest.mark.parametrize(("secret_type", "data"), PASSED_OVER.values(), ids=PASSED_OVER)
def test_a_kubelet_passes_other_secrets_over(secret_type: str, data: dict[str, bytes]) -> None:
    assert passed_over(secret_type, data).startswith("a kubelet passes over a secret")
    assert read_secret(secret_type, data) == ()


@pytest.mark.parametrize(("secret_type", "data"), UNUSABLE.values(), ids=UNUSABLE)
def test_a_secret_that_a_kubelet_cannot_read_fails_every_pull(secret_type: str, data: dict[str, bytes]) -> None:
    with pytest.raises(UnusableSecret, match="a kubelet cannot read the "):
        read_secret(secret_type, data)


def test_a_secret_that_cannot_be_read_is_not_quoted() -> None:
    for value in (encoded("ada"), f'{{"a": {{"auth": "{PASSWORD}"}}}}', f'{{"a": "{PASSWORD}"'):
        with pytest.raises(UnusableSecret) as refused:
            read_secret(LEGACY_TYPE, {".dockercfg": value.encode()})
        assert not holds(refused.value.message + refused.value.hint)
