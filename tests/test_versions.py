"""Which Airflow and provider a version, a Dockerfile and a requirements.txt tell of, and what follows from it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from astrokpo_cli.dags.dockerfile import parse_dockerfile
from astrokpo_cli.dags.requirements import parse_requirements
from astrokpo_cli.dags.snippet import Airflow, parse_airflow
from astrokpo_cli.dags.versions import Versions, common, of_airflow, snippet_airflow, with_pins
from astrokpo_cli.errors import InvalidValue

UNKNOWN = Versions()
PROVIDER_8_3_4 = Versions(None, (8, 3, 4), (8, 3, 4))


# what versions have


@pytest.mark.parametrize(
    ("airflow", "asked", "answer"),
    [
        (None, (2, 5), None),
        ((2, 9), (2, 9), True),
        ((2, 9), (2, 10), False),
        ((2, 10), (2, 9), True),
        ((2, 9), (2, 9, 1), None),
        ((2, 9), (2, 9, 0), True),
        ((2,), (2, 5), None),
        ((2,), (3,), False),
        ((3,), (3, 0), True),
        ((3,), (2, 11), True),
        ((3, 0, 6), (3,), True),
    ],
)
def test_an_airflow_is_at_least_another(
    airflow: tuple[int, ...] | None, asked: tuple[int, ...], answer: bool | None
) -> None:
    assert Versions(airflow).airflow_has(asked) is answer


@pytest.mark.parametrize(
    ("oldest", "newest", "asked", "answer"),
    [
        (None, None, (10,), None),
        ((10,), None, (10, 0), True),
        ((10,), None, (10, 1), None),
        ((8, 0, 1), (8, 3), (5, 3), True),
        ((8, 0, 1), (8, 3), (8, 3), None),
        ((8, 0, 1), (8, 3), (8, 3, 4), None),
        ((8, 0, 1), (8, 3), (8, 4), False),
        (None, (9,), (10,), False),
        (None, (9,), (9, 5), None),
        ((8, 3, 4), (8, 3, 4), (8, 3, 5), False),
        ((8, 3, 4), (8, 3, 4), (8, 3, 4), True),
    ],
)
def test_a_provider_is_at_least_another(
    oldest: tuple[int, ...] | None, newest: tuple[int, ...] | None, asked: tuple[int, ...], answer: bool | None
) -> None:
    assert Versions(None, oldest, newest).provider_has(asked) is answer


# a version as a flag names it

NAMED = {
    "any": UNKNOWN,
    "2": Versions((2,)),
    "2.2.5": Versions((2, 2, 5), None, (4, 0, 1)),
    "2.3": Versions((2, 3), None, (7, 12)),
    "2.5.3": Versions((2, 5, 3), None, (7, 12)),
    "2.6": Versions((2, 6), None, (9,)),
    "2.7.3": Versions((2, 7, 3), None, (9,)),
    "2.8": Versions((2, 8)),
    "2.9.3+astro.5": Versions((2, 9, 3)),
    "2.11.2": Versions((2, 11, 2)),
    "2.10.0b1": Versions((2, 10, 0)),
    "3": Versions((3,), (10,)),
    "3.1.8": Versions((3, 1, 8), (10,)),
    "3.0-9": Versions((3, 0), (10,)),
    "3.1-2-base": Versions((3, 1), (10,)),
    "4.2.9": Versions((2, 2), (2, 0, 3), (3, 0)),
    "5.0.7": Versions((2, 3), (4, 0, 1), (4, 1, 0)),
    "5.0.8": Versions((2, 3), (4, 0, 1), (4, 3, 0)),
    "7.1.0": Versions((2, 5), (5, 0, 0), (5, 2, 2)),
    "11.3.0": Versions((2, 9), (8, 0, 1), (8, 3, 4)),
    "12.1.0": Versions((2, 10)),
    "13.0.0-base": Versions((2, 11)),
}


@pytest.mark.parametrize("text", NAMED)
def test_a_version_tells_what_is_known_of_it(text: str) -> None:
    assert of_airflow(text) == NAMED[text]


@pytest.mark.parametrize("text", ["", "1.10.15", "2.12", "4", "14.0.0", "3.0-", "2.9-1", "latest", "Any", "2.9.3 "])
def test_what_is_no_known_version_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="is not a version of Airflow"):
        of_airflow(text)


@given(st.from_regex(r"([2-9]|1[0-3])(\.[0-9]{1,2}){0,2}(-[0-9]|-base|rc1)?", fullmatch=True))
@settings(max_examples=300)
def test_a_version_picks_the_same_code_whether_a_flag_or_a_project_says_it(text: str) -> None:
    try:
        expected = parse_airflow(text)
    except InvalidValue:
        with pytest.raises(InvalidValue):
            of_airflow(text)
    else:
        assert snippet_airflow(of_airflow(text)) is expected


@pytest.mark.parametrize(
    ("versions", "airflow"),
    [
        pytest.param(UNKNOWN, Airflow.ANY, id="nothing"),
        pytest.param(Versions(None, (10, 1, 0), (10, 1, 0)), Airflow.ANY, id="the provider alone"),
        pytest.param(Versions((2, 5), (5, 2, 0), (5, 2, 0)), Airflow.V2_4, id="a provider without operators.pod"),
        pytest.param(Versions((2, 4)), Airflow.V2_4, id="2.4"),
        pytest.param(Versions((2, 9)), Airflow.V2, id="2.9"),
        pytest.param(Versions((3, 1), (10,)), Airflow.V3, id="3.1"),
    ],
)
def test_versions_pick_the_code_that_they_read(versions: Versions, airflow: Airflow) -> None:
    assert snippet_airflow(versions) is airflow


# a Dockerfile

RUNTIME_11 = NAMED["11.3.0"]
AIRFLOW_3_0 = NAMED["3.0-9"]
AIRFLOW_2_9_3 = Versions((2, 9, 3))
AIRFLOW_2_10 = NAMED["12.1.0"]
DOCKERFILES: dict[str, tuple[str, Versions]] = {
    "what astro dev init writes": ("FROM quay.io/astronomer/astro-runtime:11.3.0\n", RUNTIME_11),
    "base": ("FROM quay.io/astronomer/astro-runtime:11.3.0-base", RUNTIME_11),
    "python": ("FROM quay.io/astronomer/astro-runtime:11.3.0-python-3.11", RUNTIME_11),
    "python and base": ("FROM quay.io/astronomer/astro-runtime:11.3.0-python-3.11-base", RUNTIME_11),
    "ubi9": ("FROM quay.io/astronomer/astro-runtime:11.3.0-ubi9", RUNTIME_11),
    "slim": ("FROM quay.io/astronomer/astro-runtime:11.3.0-slim", RUNTIME_11),
    "the newer registry": ("FROM astrocrpublic.azurecr.io/runtime:3.0-9", AIRFLOW_3_0),
    "the newer scheme with suffixes": ("FROM astrocrpublic.azurecr.io/runtime:3.0-9-python-3.12-base", AIRFLOW_3_0),
    "the older scheme at the newer registry": ("FROM astrocrpublic.azurecr.io/runtime:11.3.0", RUNTIME_11),
    "a mirror": ("FROM registry.acme.com:5000/mirror/astro-runtime:11.3.0", RUNTIME_11),
    "a mirror of runtime": ("FROM registry.acme.com/mirror/runtime:3.0-9", AIRFLOW_3_0),
    "a mirror of runtime, older": ("FROM registry.acme.com/astronomer/runtime:11.3.0", RUNTIME_11),
    "no host": ("FROM astro-runtime:11.3.0", RUNTIME_11),
    "apache": ("FROM apache/airflow:2.9.3", AIRFLOW_2_9_3),
    "apache with a python": ("FROM apache/airflow:2.9.3-python3.11", AIRFLOW_2_9_3),
    "apache slim": ("FROM apache/airflow:slim-2.9.3-python3.11", AIRFLOW_2_9_3),
    "apache by its full name": ("FROM docker.io/apache/airflow:2.9.3", AIRFLOW_2_9_3),
    "apache 3": ("FROM apache/airflow:3.1.8", NAMED["3.1.8"]),
    "lower case": ("from quay.io/astronomer/astro-runtime:11.3.0 as base", RUNTIME_11),
    "tabs and blanks": ("  FROM\t quay.io/astronomer/astro-runtime:11.3.0   AS\tbase  ", RUNTIME_11),
    "platform": ("FROM --platform=linux/amd64 quay.io/astronomer/astro-runtime:11.3.0", RUNTIME_11),
    "platform of the build": ("FROM --platform=$BUILDPLATFORM quay.io/astronomer/astro-runtime:11.3.0", RUNTIME_11),
    "digest": (f"FROM quay.io/astronomer/astro-runtime:11.3.0@sha256:{'a' * 64}", RUNTIME_11),
    "quotes": ('FROM "quay.io/astronomer/astro-runtime:11.3.0"', RUNTIME_11),
    "CRLF": ("# syntax=docker/dockerfile:1\r\nFROM quay.io/astronomer/astro-runtime:11.3.0\r\n", RUNTIME_11),
    "BOM": ("\ufeffFROM quay.io/astronomer/astro-runtime:11.3.0", RUNTIME_11),
    "a comment before": ("# FROM apache/airflow:2.9.3\n\nFROM astro-runtime:11.3.0\n# FROM x", RUNTIME_11),
    "a continued line": ("FROM \\\n  quay.io/astronomer/astro-runtime:11.3.0 \\\n  AS base", RUNTIME_11),
    "a comment in a continued line": ("FROM \\\n# FROM x\n\n  astro-runtime:11.3.0", RUNTIME_11),
    "blanks behind the continuation": ("FROM \\  \n  astro-runtime:11.3.0", RUNTIME_11),
    "another escape": ("# escape=`\nFROM `\n  astro-runtime:11.3.0", RUNTIME_11),
    "a FROM within a RUN": ("FROM astro-runtime:11.3.0\nRUN sh -c \\\n  from x:1 \\\nfrom y:2", RUNTIME_11),
    "a here-document": ("FROM astro-runtime:11.3.0\nRUN python <<EOF\nfrom os import path\nEOF\nRUN ls", RUNTIME_11),
    "a here-document with tabs": ("FROM astro-runtime:11.3.0\nRUN <<-'X'\n\tfrom a import b\n\tX\n", RUNTIME_11),
    "two here-documents": ("FROM astro-runtime:11.3.0\nCOPY <<A <<B /\nfrom a\nA\nfrom b\nB\n", RUNTIME_11),
    "a here-string": ("FROM x:1\nRUN cat <<< EOF\nFROM astro-runtime:11.3.0", RUNTIME_11),
    "a shift": ("FROM x:1\nRUN echo $((1<<A))\nFROM astro-runtime:11.3.0", RUNTIME_11),
    "an argument": ("ARG VERSION=12.1.0\nFROM quay.io/astronomer/astro-runtime:${VERSION}", AIRFLOW_2_10),
    "an argument without braces": ("ARG VERSION=12.1.0\nFROM quay.io/astronomer/astro-runtime:$VERSION", AIRFLOW_2_10),
    "an argument with a suffix": ("ARG V=12.1.0\nFROM quay.io/astronomer/astro-runtime:${V}-base", AIRFLOW_2_10),
    "an argument in quotes": ('ARG V="12.1.0"\nFROM astro-runtime:${V}', AIRFLOW_2_10),
    "an argument in single quotes": ("arg V='12.1.0'\nFROM astro-runtime:$V", AIRFLOW_2_10),
    "an argument of an argument": ("ARG A=12\nARG V=${A}.1.0\nFROM astro-runtime:$V", AIRFLOW_2_10),
    "two arguments on a line": ("ARG R=quay.io/astronomer V=12.1.0\nFROM $R/astro-runtime:$V", AIRFLOW_2_10),
    "the whole image": ("ARG IMAGE=quay.io/astronomer/astro-runtime:12.1.0\nFROM ${IMAGE} AS final", AIRFLOW_2_10),
    "a default in place": ("ARG V\nFROM astro-runtime:${V:-12.1.0}", AIRFLOW_2_10),
    "a default that is not needed": ("ARG V=12.1.0\nFROM astro-runtime:${V:-11.3.0}", AIRFLOW_2_10),
    "a default without colon": ("FROM astro-runtime:${V-12.1.0}", AIRFLOW_2_10),
    "an alternative": ("ARG B=1\nFROM astro-runtime:12.1.0${B:+-base}", AIRFLOW_2_10),
    "an alternative that is not taken": ("FROM astro-runtime:12.1.0${B:+-base}", AIRFLOW_2_10),
    "a stage that is thrown away": (
        "FROM node:20 AS web\nFROM astro-runtime:11.3.0\nCOPY --from=web",
        RUNTIME_11,
    ),
    "an earlier stage": ("FROM astro-runtime:11.3.0 AS Base\nFROM node:20 AS web\nFROM base", RUNTIME_11),
    "an earlier stage of a stage": ("FROM astro-runtime:11.3.0 AS a\nFROM a AS b\nFROM b AS c", RUNTIME_11),
    "a stage named like an image": ("FROM astro-runtime:11.3.0 AS python\nFROM python", RUNTIME_11),
    "a stage over its own name": ("FROM astro-runtime:11.3.0 AS astro\nFROM astro AS astro", RUNTIME_11),
}


@pytest.mark.parametrize("case", DOCKERFILES)
def test_a_dockerfile_tells_its_airflow(case: str) -> None:
    text, versions = DOCKERFILES[case]
    assert parse_dockerfile(text) == (versions, "")


UNKNOWN_DOCKERFILES = {
    "nothing": ("", "no FROM"),
    "comments alone": ("# FROM astro-runtime:11.3.0\n", "no FROM"),
    "another image": ("FROM python:3.11", '"python:3.11", which is neither'),
    "scratch": ("FROM scratch", "neither"),
    "the last stage is another image": ("FROM astro-runtime:11.3.0 AS a\nFROM nginx:1", "neither"),
    "another runtime": ("FROM mcr.microsoft.com/dotnet/runtime:8.0.1", "neither"),
    "another airflow": ("FROM bitnami/airflow:2.9.3", "neither"),
    "a name that ends alike": ("FROM acme/my-astro-runtime:11.3.0", "neither"),
    "latest": ("FROM quay.io/astronomer/astro-runtime:latest", "tag tells no version"),
    "no tag": ("FROM quay.io/astronomer/astro-runtime", "tag tells no version"),
    "a digest alone": (f"FROM quay.io/astronomer/astro-runtime@sha256:{'1' * 64}", "tag tells no version"),
    "a port and no tag": ("FROM localhost:5000/astro-runtime", "tag tells no version"),
    "Runtime 3, which ran Airflow 2": ("FROM quay.io/astronomer/astro-runtime:3.0.4", "tag tells no version"),
    "a Runtime to come": ("FROM astrocrpublic.azurecr.io/runtime:4.0-1", "tag tells no version"),
    "apache with a Runtime's number": ("FROM apache/airflow:11.3.0", "tag tells no version"),
    "apache latest": ("FROM apache/airflow:latest-python3.12", "tag tells no version"),
    "apache 1.10": ("FROM apache/airflow:1.10.15", "tag tells no version"),
    "any": ("FROM apache/airflow:any", "tag tells no version"),
    "digits without end": (f"FROM apache/airflow:{'9' * 5000}.1", "tag tells no version"),
    "an argument without a default": ("ARG V\nFROM astro-runtime:$V", "not known"),
    "an argument of nobody": ("FROM astro-runtime:${V}", "not known"),
    "an argument that comes too late": ("FROM x AS y\nARG V=11.3.0\nFROM astro-runtime:$V", "not known"),
    "an argument of an unknown one": ("ARG V=$W\nFROM astro-runtime:$V", "not known"),
    "a substitution of bash": ("ARG V=x11.3.0\nFROM astro-runtime:${V#x}", "not known"),
    "an unknown stage of a stage": ("FROM astro-runtime:$V AS a\nFROM a", "not known"),
    "too many words": ("FROM astro-runtime:11.3.0 11.3.0", "not understood"),
    "no words": ("FROM", "not understood"),
    "words in the wrong order": ("FROM base AS", "not understood"),
}


@pytest.mark.parametrize("case", UNKNOWN_DOCKERFILES)
def test_a_dockerfile_that_tells_none_tells_why(case: str) -> None:
    text, why = UNKNOWN_DOCKERFILES[case]
    base = parse_dockerfile(text)
    assert base.versions == UNKNOWN
    assert why in base.why


WORDS = ["FROM ", "ARG V=", "astro-runtime:", "11.3.0", "${V}", "${", "$", " AS x", "x", "\n", "\\\n", "<<EOF", "EOF"]


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=3)).map("".join))
def test_no_dockerfile_and_no_requirements_are_an_error(text: str) -> None:
    base = parse_dockerfile(text)
    assert (base.versions == UNKNOWN) == bool(base.why)
    parse_requirements(text)


# requirements.txt

KPO = "apache-airflow-providers-cncf-kubernetes"
REQUIREMENTS: dict[str, tuple[str, Versions]] = {
    "nothing": ("", UNKNOWN),
    "others": ("pandas==2.2\n-r more.txt\n--index-url https://pypi.acme.com\n-e .\n./local\n", UNKNOWN),
    "a provider": (f"{KPO}==8.3.4", PROVIDER_8_3_4),
    "two numbers": (f"{KPO}==8.3", Versions(None, (8, 3, 0), (8, 3, 0))),
    "blanks": (f"  {KPO} == 8.3.4  ", PROVIDER_8_3_4),
    "parentheses": (f"{KPO} (==8.3.4)", PROVIDER_8_3_4),
    "arbitrary equality": (f"{KPO}===8.3.4", PROVIDER_8_3_4),
    "a release candidate": (f"{KPO}==10.0.0rc2", Versions(None, (10, 0, 0), (10, 0, 0))),
    "a local version": ("apache-airflow==2.9.3+astro.5", Versions((2, 9, 3))),
    "any patch": (f"{KPO}==8.3.*", Versions(None, (8, 3, 0), (8, 3))),
    "compatible with a patch": (f"{KPO}~=8.3.2", Versions(None, (8, 3, 2), (8, 3))),
    "compatible with a minor": (f"{KPO}~=8.3", Versions(None, (8, 3, 0), (8,))),
    "at least": (f"{KPO}>=8.3", Versions(None, (8, 3, 0))),
    "more than": (f"{KPO}>8.3", Versions(None, (8, 3, 0))),
    "at most": (f"{KPO}<=9.0.1", Versions(None, None, (9, 0, 1))),
    "less than": (f"{KPO}<10", Versions(None, None, (9,))),
    "less than, with zeros": (f"{KPO}<10.0.0", Versions(None, None, (9,))),
    "less than a minor": (f"{KPO}<8.4", Versions(None, None, (8, 3))),
    "less than nothing": (f"{KPO}<0", UNKNOWN),
    "a range": (f"{KPO}>=7.14,<8.4,!=8.0.0", Versions(None, (7, 14, 0), (8, 3))),
    "not one": (f"{KPO}!=8.0.0", UNKNOWN),
    "no version": (KPO, UNKNOWN),
    "a trailing comma": (f"{KPO}>=8.3,", Versions(None, (8, 3, 0))),
    "extras": ("apache-airflow[cncf.kubernetes,amazon]==2.9.3", Versions((2, 9, 3))),
    "extras without a version": ("apache-airflow[cncf.kubernetes]", UNKNOWN),
    "extras and blanks": ("apache-airflow [ cncf.kubernetes ] == 2.9.3", Versions((2, 9, 3))),
    "other spellings of the name": (
        "Apache_Airflow.Providers--CNCF_kubernetes==8.3.4",
        PROVIDER_8_3_4,
    ),
    "another package of a like name": ("apache-airflow-client==2.9.0\nmy-apache-airflow==1.0", UNKNOWN),
    "a comment": (f"{KPO}==8.3.4 # for the pods", PROVIDER_8_3_4),
    "commented out": (f"# {KPO}==8.3.4\n#{KPO}==8.3.5", UNKNOWN),
    "a marker": (f'{KPO}==8.3.4; python_version < "3.13"', PROVIDER_8_3_4),
    "markers that differ": (
        f"{KPO}==8.3.4 ; python_version<'3.11'\n{KPO}==9.0.1 ; python_version>='3.11'",
        Versions(None, (8, 3, 4), (9, 0, 1)),
    ),
    "one of two is open": (f"{KPO}==8.3.4\n{KPO}", UNKNOWN),
    "hashes": (
        f"{KPO}==8.3.4 \\\n    --hash=sha256:{'a' * 64} \\\n    --hash=sha256:{'b' * 64}\n",
        PROVIDER_8_3_4,
    ),
    "CRLF": (f"pandas\r\n{KPO}==8.3.4 \\\r\n  --hash=sha256:aa\r\n", PROVIDER_8_3_4),
    "BOM": (f"\ufeff{KPO}==8.3.4", PROVIDER_8_3_4),
    "both": (f"apache-airflow==2.9.3\n{KPO}==8.3.4", Versions((2, 9, 3), (8, 3, 4), (8, 3, 4))),
    "an Airflow with an end": ("apache-airflow>=2.9,<3", Versions((2,))),
    "an Airflow of any patch": ("apache-airflow==2.9.*", Versions((2, 9))),
    "a compatible Airflow": ("apache-airflow~=2.9.1", Versions((2, 9))),
    "an Airflow without an end": ("apache-airflow>=2.9", UNKNOWN),
    "a URL": (f"{KPO} @ https://files.acme.com/x-8.3.4-py3-none-any.whl", UNKNOWN),
    "a variable": (f"{KPO}==${{VERSION}}", UNKNOWN),
    "an epoch": (f"{KPO}==1!8.3.4", UNKNOWN),
    "one clause that is none": (f"{KPO}>=8.3,<wrong", UNKNOWN),
    "digits without end": (f"{KPO}=={'9' * 5000}", UNKNOWN),
}


@pytest.mark.parametrize("case", REQUIREMENTS)
def test_requirements_pin(case: str) -> None:
    text, versions = REQUIREMENTS[case]
    assert parse_requirements(text) == versions


@pytest.mark.parametrize(
    ("oldest", "newest", "same"),
    [((2, 9, 3), (2, 9, 3), (2, 9, 3)), ((2, 8, 0), (2, 10), (2,)), ((2, 9), (3,), None), (None, (2,), None)],
)
def test_what_all_versions_of_a_range_begin_with(
    oldest: tuple[int, ...] | None, newest: tuple[int, ...], same: tuple[int, ...] | None
) -> None:
    assert common(oldest, newest) == same


PINNED = {
    "no pins": ("11.3.0", "", RUNTIME_11),
    "a pin within": ("11.3.0", f"{KPO}==8.3.1", Versions((2, 9), (8, 3, 1), (8, 3, 1))),
    "a pin against the Runtime": ("11.3.0", f"{KPO}==8.4.2", Versions((2, 9), (8, 4, 2), (8, 4, 2))),
    "a pin against Airflow 3": ("3.0-9", f"{KPO}==8.4.2", Versions((3, 0), (8, 4, 2), (8, 4, 2))),
    "at least what is there": ("11.3.0", f"{KPO}>=8.2", Versions((2, 9), (8, 2, 0), (8, 3, 4))),
    "at least more than is there": ("11.3.0", f"{KPO}>=10", Versions((2, 9), (10, 0, 0))),
    "less than is there": ("11.3.0", f"{KPO}<8", Versions((2, 9), None, (7,))),
    "an end below that of the Airflow": ("2.7", f"{KPO}<8", Versions((2, 7), None, (7,))),
    "a pin where nothing is known": ("12.1.0", f"{KPO}~=9.0", Versions((2, 10), (9, 0, 0), (9,))),
    "another Airflow": ("11.3.0", "apache-airflow==2.10.1", RUNTIME_11),
    "an Airflow alone": ("any", "apache-airflow==3.0.6", Versions((3, 0, 6), (10,))),
    "an old Airflow alone": ("any", "apache-airflow==2.5.3", Versions((2, 5, 3), None, (7, 12))),
    "a provider alone": ("any", f"{KPO}==8.3.1", Versions(None, (8, 3, 1), (8, 3, 1))),
}


@pytest.mark.parametrize("case", PINNED)
def test_pins_narrow_what_the_airflow_brings_and_win_where_they_contradict_it(case: str) -> None:
    base, requirements, expected = PINNED[case]
    assert with_pins(of_airflow(base), parse_requirements(requirements)) == expected


NUMBERS = st.lists(st.integers(0, 3), min_size=2, max_size=3).map(lambda numbers: ".".join(map(str, numbers)))
CLAUSES = st.tuples(st.sampled_from(["==", "~=", ">=", ">", "<=", "<", "!="]), NUMBERS).map("".join) | NUMBERS.map(
    "=={}.*".format
)


@given(st.lists(CLAUSES, min_size=1, max_size=3).map(",".join), NUMBERS)
@settings(max_examples=300)
def test_no_version_that_pip_may_install_is_left_out(clauses: str, version: str) -> None:
    _, oldest, newest, _ = parse_requirements(f"{KPO}{clauses}")
    if SpecifierSet(clauses).contains(version):
        full = (*(int(number) for number in version.split(".")), 0)[:3]
        assert oldest is None or oldest <= full
        assert newest is None or full[: len(newest)] <= newest


def test_arguments_that_double_each_other_do_not_fill_the_memory() -> None:
    doubled = "".join(f"ARG A{number}=${{A{number - 1}}}${{A{number - 1}}}\n" for number in range(1, 60))
    assert parse_dockerfile(f"ARG A0=astro\n{doubled}FROM ${{A59}}\n").versions == Versions()
