"""The catalogue of rules: what people, SARIF readers and `--explain` rely on."""

import re
from pathlib import Path

import pytest

import astrokpo_cli
from astrokpo_cli.dags.findings import Severity
from astrokpo_cli.dags.rules import RULES, Rule

ERRORS = [f"AKP{number}" for number in (*range(101, 109), 201, 202, 203, 301, 304, 901)]
WARNINGS = [f"AKP{number}" for number in (110, 204, 205, 302, 303, 305, 306)]
NOTES = ["AKP109"]


def test_the_codes_and_their_severities_stay() -> None:
    by_severity = {
        severity: [rule.code for rule in RULES.values() if rule.severity == severity] for severity in Severity
    }
    assert by_severity == {Severity.ERROR: ERRORS, Severity.WARNING: WARNINGS, Severity.NOTE: NOTES}


def test_a_rule_is_filed_under_its_code_and_in_order() -> None:
    assert list(RULES) == sorted(rule.code for rule in RULES.values())
    assert all(code == rule.code for code, rule in RULES.items())


def test_no_two_rules_share_a_name() -> None:
    assert len({rule.name for rule in RULES.values()}) == len(RULES)


def test_what_is_mechanical_is_mended() -> None:
    assert [rule.code for rule in RULES.values() if rule.fixable] == ["AKP201", "AKP202", "AKP203", "AKP204"]


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_a_rule_reads_well(rule: Rule) -> None:
    assert re.fullmatch("AKP[1239][0-9]{2}", rule.code)
    assert re.fullmatch("[a-z]+(-[a-z]+)*", rule.name)
    assert 20 < len(rule.summary) < 110
    assert not rule.summary.endswith(".")
    assert not re.search(r"\s{2}|\n", rule.summary + rule.explanation)
    assert rule.explanation.endswith(".")
    assert rule.explanation[0].isupper() or rule.explanation.startswith(
        ("airflow.", "image_pull_", "conf", "config_file")
    )
    assert 250 < len(rule.explanation) < 900


def test_every_code_in_the_program_is_a_rule() -> None:
    sources = (path.read_text() for path in Path(astrokpo_cli.__file__).parent.rglob("*.py"))
    mentioned = {code for source in sources for code in re.findall(r"\bAKP[0-9]{3}\b", source)}
    assert mentioned == set(RULES)
