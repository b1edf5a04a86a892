"""Completion: the scripts are what the program makes, and they work in the real shells, typed at a real terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import astrokpo_cli
from astrokpo_cli.commands.options import complete_age_file, is_plain
from tests import completions
from tests.given import docker_config, helper, logins
from tests.parts import Tool

ROOT = Path(astrokpo_cli.__file__).parent.parent
READY = "READY> "
PATIENCE = 30.0
"""Seconds until a shell that has not answered is given up."""

ON_TERMINAL = """
import fcntl, os, struct, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("4H", 50, 200, 0, 0))
os.execv(sys.argv[1], sys.argv[2:])
"""
"""Makes standard input the terminal of a new session, then becomes the shell."""

STRANGE = [
    "g$(touch PWNED)",
    "g\\$(touch PWNED)",
    "g`touch PWNED`",
    "g\\`touch PWNED\\`",
    "g';touch PWNED;'",
    'g";touch PWNED;"',
    "g))';touch PWNED;: '((",
    "g\ntouch PWNED\n",
    "g;touch PWNED",
    "g(touch PWNED)",
]
"""Names that are commands to a shell that evaluates them; typer's zsh completion runs the second and the fourth."""


@dataclass
class Shell:
    """A shell at a pseudo-terminal, with an `astrokpo` that completes as ours does, and writes down how it is run."""

    name: str
    folder: Path
    """Holds the program, the start file and what the program writes down."""
    script: Path
    """The completion script, which the shell reads at its start; with AUTOLOAD a folder on zsh's fpath."""
    autoload: bool = False
    screen: bytes = b""
    terminal: int = -1
    path: str = field(init=False)

    def __post_init__(self) -> None:
        self.path = Tool(self.name).path
        self.folder.mkdir()
        program = self.folder / "astrokpo"
        python, run = shlex.quote(sys.executable), shlex.quote(str(self.folder / "run"))
        program.write_text(
            f"""\
#!/bin/sh
if [ -n "$_ASTROKPO_COMPLETE" ]; then
    echo >>{run}.completions
    exec env PYTHONPATH={shlex.quote(str(ROOT))} {python} -m astrokpo_cli "$@"
fi
for argument in "$@"; do printf '%s\\n' "$argument"; done >{run}.part
mv {run}.part {run}
"""
        )
        program.chmod(0o755)

    def run(self, keys: str) -> list[str]:
        """Type KEYS and Enter at a new prompt; gives the arguments with which the program was run."""
        ran = self.folder / "run"
        process = self._start()
        try:
            self._read_until(lambda: READY.encode() in self.screen)
            os.write(self.terminal, f"{keys}\r".encode())
            self._read_until(ran.exists)
        finally:
            process.kill()
            process.wait()
            os.close(self.terminal)
        assert (self.folder / "run.completions").exists(), "the program was not asked for completions"
        return ran.read_text().splitlines()

    def _start(self) -> subprocess.Popen[bytes]:
        arguments = self._arguments()
        environ = {
            "PATH": f"{self.folder}:{os.environ['PATH']}",
            "HOME": os.environ["HOME"],
            "ZDOTDIR": str(self.folder),
            "INPUTRC": os.devnull,
            "TERM": "xterm",
            "LC_ALL": "C.UTF-8",
        }
        self.terminal, end = pty.openpty()
        try:
            return subprocess.Popen(
                [sys.executable, "-c", ON_TERMINAL, self.path, self.name, *arguments],
                env=environ,
                stdin=end,
                stdout=end,
                stderr=end,
                start_new_session=True,
            )
        finally:
            os.close(end)

    def _arguments(self) -> list[str]:
        source = f"source {shlex.quote(str(self.script))}"
        if self.name == "fish":
            prompt = f"function fish_greeting; end; function fish_prompt; echo -n '{READY}'; end"
            return ["--no-config", "--interactive", "--init-command", f"{source}; {prompt}"]
        if self.name == "bash":
            start = self._write("bashrc", f"{source}\nPS1='{READY}'\n")
            return ["--noprofile", "--rcfile", str(start), "-i"]
        fpath = f"fpath=({shlex.quote(str(self.script))} $fpath)\n" if self.autoload else ""
        source = "" if self.autoload else source
        self._write(".zshrc", f"{fpath}autoload -Uz compinit\ncompinit -u -D\n{source}\nPS1='{READY}'\n")
        return ["--no-global-rcs", "-i"]

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path

    def _read_until(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not done():
            assert time.monotonic() < end, f"{self.name} shows {self.screen.decode('utf-8', 'replace')!r}"
            if select.select([self.terminal], [], [], 0.05)[0]:
                self.screen += os.read(self.terminal, 65536)


@pytest.fixture(params=["bash", "zsh", "fish"])
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Shell:
    return Shell(request.param, tmp_path / "shell", completions.FOLDER / completions.SCRIPTS[request.param])


@pytest.fixture
def config(isolated: Path) -> Path:
    """A folder with a docker config, in the place where the user works."""
    folder = Path("config")
    folder.mkdir()
    document = {"auths": {"ghcr.io": {}, "localhost:5000": {}, "localhost:6000": {}}, "credsStore": "marker"}
    (folder / "config.json").write_text(json.dumps(document))
    return folder


@dataclass(frozen=True)
class Answer:
    """What the program gave to a shell that asked for completions."""

    code: int
    out: list[str]
    err: str


def ask(line: str, *program: str, **environ: str) -> Answer:
    """Ask the program for the completions of LINE as bash does; PROGRAM is given to Python instead of it."""
    words = {"_ASTROKPO_COMPLETE": "complete_bash", "COMP_WORDS": line, "COMP_CWORD": "-1"}
    done = subprocess.run(
        [sys.executable, *(program or ("-m", "astrokpo_cli"))],
        env={**os.environ, "PYTHONPATH": str(ROOT), **words, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Answer(done.returncode, done.stdout.split(), done.stderr)


@pytest.mark.parametrize(("shell", "name"), completions.SCRIPTS.items())
def test_a_script_is_what_the_program_makes(shell: str, name: str) -> None:
    made = completions.make(shell)

    assert (completions.FOLDER / name).read_text() == made, "run: make completions"


def test_zsh_finds_what_its_script_completes_in_the_first_line() -> None:
    assert (completions.FOLDER / "_astrokpo").read_text().startswith("#compdef astrokpo\n")


def test_tab_completes_a_group(shell: Shell) -> None:
    assert shell.run("astrokpo sec\t") == ["secret"]


def test_tab_completes_an_option(shell: Shell) -> None:
    assert shell.run("astrokpo secret create --reg\t") == ["secret", "create", "--registry"]


def test_tab_completes_a_choice(shell: Shell) -> None:
    assert shell.run("astrokpo snippet --form deco\t") == ["snippet", "--form", "decorator"]


def test_tab_completes_a_registry_of_the_docker_config_and_no_helper_is_called(shell: Shell, config: Path) -> None:
    helper(shell.folder, "marker", "touch CALLED")

    assert shell.run(f"astrokpo secret create --docker-config {config} --registry g\t")[-1] == "ghcr.io"
    assert not Path("CALLED").exists()


def test_tab_completes_a_registry_after_a_docker_config_in_the_home_folder(shell: Shell, isolated: Path) -> None:
    logins(isolated, "ghcr.io")

    assert shell.run("astrokpo secret create --docker-config ~/.docker --registry g\t")[-1] == "ghcr.io"


def test_tab_completes_a_registry_behind_its_colon(shell: Shell, config: Path) -> None:
    line = f"astrokpo secret create --docker-config {config} --registry localhost:6\t"

    assert shell.run(line)[-1] == "localhost:6000"


def test_tab_completes_a_registry_in_open_quotes(shell: Shell, config: Path) -> None:
    typed = shell.run(f"astrokpo secret create -n 'a b' --docker-config {config} --registry \"g\t -y")

    assert typed[-2:] == ["ghcr.io", "-y"]


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_tab_completes_a_registry_behind_an_equals_sign(shell: Shell, config: Path) -> None:
    line = f"astrokpo secret create --docker-config={config} --registry=localhost:6\t"

    assert shell.run(line)[-1] == "--registry=localhost:6000"


def test_tab_completes_a_path_that_is_half_typed(shell: Shell) -> None:
    Path("keys").mkdir()
    Path("keys", "support team.txt").touch()

    assert shell.run("astrokpo secret create --recipients-file keys/su\t")[-1] == "keys/support team.txt"


def test_tab_goes_on_from_a_folder_to_what_is_in_it(shell: Shell) -> None:
    Path("keys").mkdir()
    Path("keys", "support.txt").touch()

    assert shell.run("astrokpo secret create --recipients-file ke\tsu\t")[-1] == "keys/support.txt"


@pytest.mark.parametrize(
    "keys", [STRANGE[:1], STRANGE[1:2], STRANGE], ids=["a command", "a command behind a backslash", "all"]
)
def test_tab_executes_nothing_that_stands_in_a_docker_config(shell: Shell, config: Path, keys: list[str]) -> None:
    (config / "config.json").write_text(json.dumps({"auths": {key: {} for key in keys}}))

    shell.run(f"astrokpo secret create --docker-config {config} --registry \t")

    assert not Path("PWNED").exists()


def test_zsh_completes_from_the_first_tab_with_the_script_on_its_fpath(tmp_path: Path) -> None:
    shell = Shell("zsh", tmp_path / "shell", completions.FOLDER, autoload=True)

    assert shell.run("astrokpo sec\tcre\t--reg\t") == ["secret", "create", "--registry"]


WATCH = """
import sys

def watch(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system")):
        sys.stderr.write(f"{event}\\n")

sys.addaudithook(watch)
from astrokpo_cli.cli import main
sys.exit(main())
"""


def test_completion_opens_no_connection_and_starts_no_program(config: Path) -> None:
    line = f"astrokpo secret create --docker-config {config} --registry g"

    assert ask(line, "-c", WATCH) == Answer(0, ["ghcr.io"], "")


def test_powershell_gets_each_word_with_its_help() -> None:
    words = {"_TYPER_COMPLETE_ARGS": "astrokpo sec", "_TYPER_COMPLETE_WORD_TO_COMPLETE": "sec"}
    answer = ask("", _ASTROKPO_COMPLETE="complete_powershell", **words)

    assert (answer.code, answer.err) == (0, "")
    assert answer.out[0] == "secret:::Seal"


@pytest.mark.parametrize(
    "document",
    [b"{", b"\xff\xfe", b"[]", b'{"auths": {"ghcr.io": {"auth": "!"}}}', b'{"auths": {"g\\ud800": {}}}'],
    ids=["cut off", "no UTF-8", "an array", "a broken auth", "half a character"],
)
def test_a_docker_config_that_is_broken_completes_nothing_and_says_nothing(isolated: Path, document: bytes) -> None:
    docker_config(isolated, document)

    assert ask("astrokpo secret create --registry g") == Answer(0, [], "")


def test_a_docker_config_that_is_a_folder_completes_nothing_and_says_nothing(isolated: Path) -> None:
    (isolated / ".docker" / "config.json").mkdir(parents=True)

    assert ask("astrokpo secret create --registry g") == Answer(0, [], "")


@pytest.mark.parametrize("words", ["nothing such", "secret create --nothing x --such", "snippet --form wrong --form=x"])
def test_a_line_that_is_wrong_completes_nothing_and_says_nothing(words: str) -> None:
    assert ask(f"astrokpo {words}") == Answer(0, [], "")


def test_completing_after_the_version_flag_does_not_print_the_version() -> None:
    assert ask("astrokpo --version sec") == Answer(0, ["secret"], "")


def test_an_empty_completion_variable_is_none_at_all() -> None:
    # PowerShell 7.5 leaves it so in the environment, once TAB has been pressed.
    rich = "import sys; from astrokpo_cli.cli import main; main(['snippet']); import rich"

    assert ask("", "-c", rich, _ASTROKPO_COMPLETE="").code == 0


@pytest.fixture
def handoffs(isolated: Path) -> Path:
    """The folder where the user works, with handoffs and other files."""
    for name in ("ns.one.age", "ns.two.age", "ns.txt", ".hidden.age", "sub/ns.three.age", "sub/other", "empty/other"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).touch()
    Path("folder.age").mkdir()
    return Path.cwd()


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("", ["ns.one.age", "ns.two.age", "empty/", "folder.age/", "sub/"]),
        ("ns.", ["ns.one.age", "ns.two.age"]),
        ("./ns.o", ["./ns.one.age"]),
        ("sub/", ["sub/ns.three.age"]),
        (".h", [".hidden.age"]),
        ("su", []),
        ("empty/", []),
        ("nowhere/x", []),
        ("ns.txt/", []),
    ],
    ids=[
        "all, with the folders",
        "those that begin so",
        "behind a dot",
        "in a folder",
        "hidden when asked for",
        "a folder alone is the shell's",
        "no such file in the folder",
        "no such folder",
        "a file is no folder",
    ],
)
def test_the_files_that_end_in_age_are_completed(handoffs: Path, typed: str, completed: list[str]) -> None:
    assert complete_age_file(typed) == completed


def test_the_files_of_a_folder_are_completed_with_its_whole_path(handoffs: Path) -> None:
    assert complete_age_file(f"{handoffs}/sub/ns") == [f"{handoffs}/sub/ns.three.age"]


@pytest.mark.parametrize("name", ["a file.age", "$(touch PWNED).age", "\\$(touch PWNED).age", "a\nb.age", "ü.age"])
def test_a_name_that_a_shell_would_read_otherwise_is_left_to_the_shell(handoffs: Path, name: str) -> None:
    Path(name).touch()

    assert complete_age_file("") == []
    assert complete_age_file("ns.o") == ["ns.one.age"]


def test_a_link_that_leads_to_itself_is_left_to_the_shell(handoffs: Path) -> None:
    Path("loop").symlink_to("loop")

    assert complete_age_file("") == []


@pytest.mark.parametrize("text", ["ghcr.io", "localhost:5000", "../a_b/c-d.age", "user@cluster"])
def test_a_plain_text_may_be_offered(text: str) -> None:
    assert is_plain(text)


@pytest.mark.parametrize("text", ["", "~", "a b", "a*", "[::1]:5000", "a\n", *STRANGE])
def test_a_text_that_is_not_plain_may_not(text: str) -> None:
    assert not is_plain(text)
