"""Comments that ignore findings."""

import tokenize
from collections.abc import Iterator

import pytest

from astrokpo_cli.dags.findings import Finding, Severity
from astrokpo_cli.dags.rules import RULES
from astrokpo_cli.dags.source import Module, Span, parse_module
from astrokpo_cli.dags.suppress import ignored_codes, silenced

HINT = "do it otherwise"


def finding(code: str, line: int = 1) -> Finding:
    return Finding(code, Severity.ERROR, "dags/a.py", Span(line, 1, line, 2), "it is wrong", HINT)


def left(source: str, *findings: Finding) -> list[str]:
    """Give the codes that stay of FINDINGS."""
    return [each.code for each in silenced(parse_module(source.encode(), "dags/a.py"), findings)]


COMMENTS: dict[str, tuple[str, list[str]]] = {
    "one code": ("x = 1  # astrokpo: ignore[AKP101]", ["AKP306"]),
    "the other code": ("x = 1  # astrokpo: ignore[AKP306]", ["AKP101"]),
    "two codes": ("x = 1  # astrokpo: ignore[AKP101,AKP306]", []),
    "two codes, spaced": ("x = 1  # astrokpo: ignore[ AKP101 , AKP306 ]", []),
    "two comments in one": ("x = 1  # astrokpo: ignore[AKP101] # astrokpo: ignore[AKP306]", []),
    "all": ("x = 1  # astrokpo: ignore", []),
    "all, and another tool's": ("x = 1  # astrokpo: ignore  # noqa: E501", []),
    "behind another tool's": ("x = 1  # noqa: E501  # astrokpo: ignore[AKP101]", ["AKP306"]),
    "lower case": ("x = 1  # astrokpo: ignore[akp101]", ["AKP306"]),
    "without blanks": ("x = 1  #astrokpo:ignore[AKP101]", ["AKP306"]),
    "capitals": ("x = 1  # Astrokpo: Ignore[AKP101]", ["AKP306"]),
    "with a reason": ("x = 1  # astrokpo: ignore[AKP101] the cluster may pull it", ["AKP306"]),
    "no code in the brackets": ("x = 1  # astrokpo: ignore[]", ["AKP101", "AKP306"]),
    "a bracket that stays open": ("x = 1  # astrokpo: ignore[AKP101", ["AKP101", "AKP306"]),
    "no brackets around the code": ("x = 1  # astrokpo: ignore AKP101", ["AKP101", "AKP306"]),
    "a longer word": ("x = 1  # astrokpo: ignored", ["AKP101", "AKP306"]),
    "another verb": ("x = 1  # astrokpo: skip", ["AKP101", "AKP306"]),
    "another tool": ("x = 1  # ruff: ignore", ["AKP101", "AKP306"]),
    "in a string": ('x = "# astrokpo: ignore"', ["AKP101", "AKP306"]),
    "in a string, and a comment": ('x = "# astrokpo: ignore"  # astrokpo: ignore[AKP101]', ["AKP306"]),
    "in a docstring": ('"""a\n# astrokpo: ignore\n"""', ["AKP101", "AKP306"]),
}


@pytest.mark.parametrize(("source", "expected"), COMMENTS.values(), ids=COMMENTS)
def test_a_comment_ignores_the_findings_of_its_line(source: str, expected: list[str]) -> None:
    assert left(source, finding("AKP101"), finding("AKP306")) == expected


def test_each_line_has_its_own() -> None:
    source = "f(  # astrokpo: ignore[AKP101]\n    a,\n    b,  # astrokpo: ignore\n)\n"
    assert left(source, *(finding("AKP101", line) for line in (1, 2, 3, 4))) == ["AKP101", "AKP101"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_findings_count_them(newline: str) -> None:
    source = newline.join(['x = """', '"""', "y = 1  # astrokpo: ignore", "\f", "z = 1  # astrokpo: ignore[AKP101]"])
    module = parse_module(source.encode(), "dags/a.py")
    assert dict(ignored_codes(module)) == {3: ("*",), 5: ("AKP101",)}


@pytest.mark.parametrize("code", RULES)
def test_every_rule_can_be_ignored(code: str) -> None:
    assert left(f"x = 1  # astrokpo: ignore[{code}]", finding(code)) == []


def test_a_code_that_there_is_not_ignores_nothing_and_is_named() -> None:
    module = parse_module(b"x = 1  # astrokpo: ignore[AKP1O1]\n", "dags/a.py")
    (kept,) = silenced(module, [finding("AKP101")])
    assert kept.hint.startswith(HINT)
    assert '"AKP1O1"' in kept.hint


def test_a_known_code_that_does_not_fit_says_nothing() -> None:
    module = parse_module(b"x = 1  # astrokpo: ignore[AKP306]\n", "dags/a.py")
    assert silenced(module, [finding("AKP101")]) == (finding("AKP101"),)


def test_a_file_without_such_comments_is_not_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("astrokpo_cli.dags.suppress.comments", lambda _: pytest.fail("it was"))
    assert left("x = 1  # noqa", finding("AKP101")) == ["AKP101"]
    assert left("x = 1  # astrokpo: ignore") == []


@pytest.mark.parametrize("source", ["x = (1,\n)", "\fx = 1", "", "if x:\n\ty = 1\n", "x = '''\\\n'''"])
def test_the_line_above_speaks_for_itself_alone(source: str) -> None:
    assert left(f"# astrokpo: ignore\n{source}", finding("AKP101", 2)) == ["AKP101"]


def test_what_cannot_be_taken_apart_ignores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: Module) -> Iterator[tuple[int, str]]:
        yield 1, "# astrokpo: ignore"
        raise tokenize.TokenError

    monkeypatch.setattr("astrokpo_cli.dags.suppress.comments", broken)
    assert left("x = 1  # astrokpo: ignore", finding("AKP101"), finding("AKP101", 2)) == ["AKP101"]
