"""`python -m tests.readme` writes the help blocks and the rules of the README anew; test_readme.py compares them."""

import os
import re
import subprocess
import sys
from pathlib import Path

from astrokpo_cli.dags.rules.catalogue import RULES

README = Path(__file__).parent.parent / "README.md"
HELP = re.compile(r"```console\n\$ astrokpo ([^\n]* --help)\n(.*?)```", re.DOTALL)


def help_block(match: re.Match[str]) -> str:
    """Give the block with what the program prints today, at 80 columns."""
    command = [sys.executable, "-m", "astrokpo_cli", *match[1].split()]
    environ = {**os.environ, "COLUMNS": "80", "TERM": "dumb"}
    shown = subprocess.run(command, capture_output=True, text=True, check=True, env=environ).stdout
    return f"```console\n$ astrokpo {match[1]}\n{shown}```"


RULES_TABLE = re.compile(r"(?<=<!-- rules -->\n).*?(?=<!-- end of the rules -->)", re.DOTALL)


def rules_table() -> str:
    """Give the table of the rules as they are today."""
    rows = (f"| {rule.code} | {rule.severity.value} | {rule.summary} |\n" for rule in RULES.values())
    return "".join(("| code | severity | what it finds |\n", "|---|---|---|\n", *rows))


if __name__ == "__main__":
    README.write_text(RULES_TABLE.sub(lambda _: rules_table(), HELP.sub(help_block, README.read_text())))
