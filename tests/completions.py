"""Makes the scripts of completions/ from the program itself: `python -m tests.completions [--write]`.

Without --write it says which of them differ from what the program makes, and exits with 1.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "completions"

SCRIPTS = {"bash": "astrokpo.bash", "zsh": "_astrokpo", "fish": "astrokpo.fish", "powershell": "astrokpo.ps1"}
"""Each shell, as typer names it -> its script."""

# typer's scripts are taken as they are, but for what fails in the real shells:
# - bash ends a word at ":" and "=", so that nothing is completed after `localhost:` or `--registry=`. The program gets
#   the line as typed, whose last word (-1) it completes; what stands before the last colon is taken off its answers.
# - zsh wants #compdef in the very first line. It runs an autoloaded file at the first TAB, which then completes
#   nothing, and it looks for answers that begin with all of `--registry=g`.
CHANGES = {
    "bash": (
        (
            "    COMPREPLY=(",
            """\
    local line=${COMP_LINE:0:COMP_POINT}
    [[ $line != *[[:space:]] ]] || line+="''"
    COMPREPLY=(""",
        ),
        ("${COMP_WORDS[*]}", "$line"),
        ("COMP_CWORD=$COMP_CWORD", "COMP_CWORD=-1"),
        (
            "    return 0\n",
            """\
    local word=${line##*[[:space:]]}
    word=${word#-*=}
    [[ $word != *:* ]] || COMPREPLY=( "${COMPREPLY[@]#"${word%:*}:"}" )
    return 0
""",
        ),
    ),
    "zsh": (
        ("  eval ", "  compset -P '--*='\n  eval "),
        (
            "compdef _astrokpo_completion astrokpo\n",
            """\
if [[ $funcstack[1] == _astrokpo ]]; then
  _astrokpo_completion "$@"
else
  compdef _astrokpo_completion astrokpo
fi
""",
        ),
    ),
}


def make(shell: str) -> str:
    """Make the script for SHELL."""
    environ = {**os.environ, "_ASTROKPO_COMPLETE": f"source_{shell}"}
    made = subprocess.run(
        [sys.executable, "-m", "astrokpo_cli"],
        cwd=FOLDER.parent,
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    script = made.stdout.strip() + "\n"
    for old, new in CHANGES.get(shell, ()):
        if script.count(old) != 1:
            raise ValueError(f"typer's script for {shell} has changed: {old!r} is not in it once")
        script = script.replace(old, new)
    return script


def main(arguments: list[str]) -> int:
    """Write the scripts, or compare them."""
    made = {FOLDER / name: make(shell).encode() for shell, name in SCRIPTS.items()}
    if arguments == ["--write"]:
        FOLDER.mkdir(exist_ok=True)
        for path, script in made.items():
            path.write_bytes(script)
        return 0
    stale = [path for path, script in made.items() if not path.is_file() or path.read_bytes() != script]
    for path in stale:
        sys.stderr.write(f"{path.name} is not what the program makes; run: make completions\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
