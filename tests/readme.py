"""`python -m tests.readme` writes the help blocks of the README anew; test_readme.py compares them."""

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
HELP = re.compile(r"```console\n\$ astrokpo ([^\n]* --help)\n(.*?)```", re.DOTALL)


def help_block(match: re.Match[str]) -> str:
    """Give the block with what the program prints today, at 80 columns."""
    command = [sys.executable, "-m", "astrokpo_cli", *match[1].split()]
    environ = {**os.environ, "COLUMNS": "80", "TERM": "dumb"}
    shown = subprocess.run(command, capture_output=True, text=True, check=True, env=environ).stdout
    return f"```console\n$ astrokpo {match[1]}\n{shown}```"


if __name__ == "__main__":
    README.write_text(HELP.sub(help_block, README.read_text()))
