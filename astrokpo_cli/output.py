"""What people and programs see; the only module that knows rich.

TERM. Standard output is the product, standard error the conversation. At a terminal tables, code and progress are
rendered by rich; in a pipe everything is plain, unwrapped text. With --json standard output holds exactly one JSON
document. What is rendered here never holds a secret, and text of others is made visible, never obeyed.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO, TypeVar

from astrokpo_cli.errors import AstrokpoError, FileProblem, UsageProblem, visible

if TYPE_CHECKING:
    from rich.console import Console

    from astrokpo_cli.dags.findings import Finding

Item = TypeVar("Item")

MAX_VALUE = 4096
"""The most characters of one value that are shown."""

PIPE_WIDTH = 160
"""The columns that a report gives a line of source where there is no terminal."""

JSON_VERSION = 1
"""The version of every JSON document that a command prints."""


class Output(NamedTuple):
    """How one run talks: chosen once from the flags, the environment and the terminal."""

    color: bool = True
    verbose: bool = False
    json: bool = False

    def product(self, text: str) -> None:
        """Write TEXT to standard output as it is: what a program reads."""
        _write(sys.stdout, text)

    def document(self, content: Mapping[str, Any]) -> None:
        """Write the one JSON document of this run."""
        self.product(json.dumps({"version": JSON_VERSION, **content}, indent=2) + "\n")

    def note(self, text: str) -> None:
        """Say something to the person, on standard error."""
        _write_line(sys.stderr, text)

    def line(self, text: str, *, to_stderr: bool = False) -> None:
        """Write a line of ours, as it is."""
        _write_line(sys.stderr if to_stderr else sys.stdout, text)

    def warn(self, text: str) -> None:
        """Say what may go wrong, on standard error."""
        self._mark("warning", "yellow", text)

    def trace(self, text: str) -> None:
        """Say what is being done, on standard error, with --verbose."""
        if self.verbose:
            self._mark("verbose", "dim", visible(text, MAX_VALUE))

    def error(self, err: AstrokpoError, *, document: bool = True) -> None:
        """Say what failed and what to do next: on standard error, and with --json as the DOCUMENT of this run."""
        self._mark("error", "bold red", err.message)
        if err.hint:
            self._mark("hint", "cyan", err.hint)
        if self.json and document:
            self.document({"error": {"message": err.message, "hint": err.hint, "code": err.exit_code}})

    def fields(self, rows: Sequence[tuple[str, str]], *, to_stderr: bool = False) -> None:
        """Show named values, one a line (or more, below each other, where the name is repeated)."""
        width = max((len(name) for name, _ in rows), default=0)
        shown, last = [], ""
        for name, value in rows:
            shown.append((name if name != last else "", _for_people(value)))
            last = name
        stream = sys.stderr if to_stderr else sys.stdout
        if not _is_terminal(stream):
            for name, value in shown:
                _write_line(stream, f"{name:<{width}}  {value}".rstrip())
            return
        from rich.text import Text

        console = self._console(stream)
        for name, value in shown:
            console.print(Text.assemble((f"{name:<{width}}  ", "bold cyan"), value), soft_wrap=True)

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show ROWS under HEADERS on standard output; in a pipe in plain columns."""
        safe = [[_for_people(cell) for cell in row] for row in rows]
        if not _is_terminal(sys.stdout):
            lines = [[header.upper() for header in headers], *safe]
            widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
            for line in lines:
                _write_line(sys.stdout, "   ".join(map(str.ljust, line, widths)).rstrip())
            return
        from rich.box import SIMPLE_HEAD
        from rich.table import Table
        from rich.text import Text

        table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="bold cyan")
        for header in headers:
            table.add_column(header, overflow="fold")
        for row in safe:
            table.add_row(*(Text(cell) for cell in row))
        self._console(sys.stdout).print(table)

    def code(self, text: str, *, to_stderr: bool = False) -> None:
        """Show Python TEXT: highlighted at a terminal, to the letter in a pipe."""
        stream = sys.stderr if to_stderr else sys.stdout
        if not _is_terminal(stream) or not self.color:
            _write(stream, text)
            return
        from rich.syntax import Syntax

        highlighted = Syntax(text, "python", theme="ansi_dark", background_color="default").highlight(text)
        self._console(stream).print(highlighted, soft_wrap=True, end="")

    def findings(self, findings: "Iterable[Finding]", summary: str) -> None:
        """Show FINDINGS with their source, by file and place, and the SUMMARY; colored at a terminal."""
        from astrokpo_cli.dags.reports.text import report

        if not _is_terminal(sys.stdout) or not self.color:
            width = self._console(sys.stdout).width if _is_terminal(sys.stdout) else PIPE_WIDTH
            lines = ("".join(piece for _, piece in line) for line in report(findings, width))
            _write(sys.stdout, "".join(f"{line}\n" for line in (*lines, summary)))
            return
        console = self._console(sys.stdout)
        pieces = ([(piece, _REPORT_STYLES[mark]) for mark, piece in line] for line in report(findings, console.width))
        self._paint([*pieces, [(summary, "bold")]])

    def prose(self, text: str) -> None:
        """Show a paragraph: folded between words at a terminal, one line in a pipe."""
        if not _is_terminal(sys.stdout):
            _write_line(sys.stdout, text)
            return
        from rich.text import Text

        self._console(sys.stdout).print(Text(text))

    def diff(self, text: str) -> None:
        """Show a unified diff: colored and visible at a terminal, to the byte in a pipe."""
        if not _is_terminal(sys.stdout):
            _write_bytes(sys.stdout, text.encode("utf-8", "surrogateescape"))
            return
        lines = text.removesuffix("\n").split("\n")
        if not self.color:
            _write(sys.stdout, "".join(f"{_shown(line)}\n" for line in lines))
            return
        self._paint([(_shown(line), _diff_style(line))] for line in lines)

    def progress(self, items: Iterable[Item], label: str, total: int) -> Iterator[Item]:
        """Give ITEMS one by one, with a bar on standard error when that is a terminal and there are many."""
        if total < 20 or not _is_terminal(sys.stderr):
            yield from items
            return
        from rich.progress import track

        yield from track(items, description=label, total=total, console=self._console(sys.stderr), transient=True)

    def require_answer(self, flag: str) -> None:
        """Raise UsageProblem naming FLAG where nobody can be asked: without a terminal, or with --json."""
        if self.json or not (_is_terminal(sys.stdin) and _is_terminal(sys.stderr)):
            raise UsageProblem(f"{flag} is missing", "without a terminal, or with --json, nothing is asked; see --help")

    def ask(self, question: str, flag: str, default: str = "") -> str:
        """Ask a person for a line, again for an empty one unless there is a DEFAULT.

        Raises UsageProblem naming FLAG where nobody can be asked.
        """
        self.require_answer(flag)
        while True:
            answer = self._console(sys.stderr).input(f"{question}: ", markup=False).strip() or default
            if answer:
                return answer

    def ask_secret(self, question: str, flag: str) -> str:
        """Ask a person for a line that is not shown while it is typed."""
        self.require_answer(flag)
        from getpass import getpass

        return getpass(f"{question}: ", stream=sys.stderr)

    def choose(self, question: str, choices: Sequence[str], flag: str) -> tuple[str, ...]:
        """Ask a person to pick some of CHOICES by number."""
        self.require_answer(flag)
        for number, choice in enumerate(choices, 1):
            self.note(f"  {number}  {choice}")
        while True:
            picked = _picked(self.ask(f"{question} (numbers, or all)", flag), len(choices))
            if picked:
                return tuple(choices[index] for index in picked)
            self.note(f"give numbers from 1 to {len(choices)}, parted by commas or blanks, or all")

    def confirm(self, question: str, flag: str) -> bool:
        """Ask a person yes or no; no is the default."""
        return self.ask(f"{question} [y/N]", flag, "no").lower() in ("y", "yes")

    def _paint(self, lines: Iterable[Sequence[tuple[str, str]]]) -> None:
        """Print LINES of pieces and their styles at a terminal.

        A line that is longer than the screen is parted between words, and what follows is indented.
        """
        from rich.text import Text

        console = self._console(sys.stdout)
        folded: list[Text] = []
        for pieces in lines:
            line = Text.assemble(*pieces)
            if line.cell_len <= console.width:
                folded.append(line)
                continue
            first, *rest = line.wrap(console, console.width - _INDENT)
            for part in rest:
                part.pad_left(_INDENT)
            folded += [first, *rest]
        console.print(Text("\n").join(folded), soft_wrap=True)  # in one go: each print costs more than its text

    def _mark(self, word: str, style: str, text: str) -> None:
        if not _is_terminal(sys.stderr) or not self.color:
            _write_line(sys.stderr, f"{word}: {text}")
            return
        from rich.text import Text

        self._console(sys.stderr).print(Text.assemble((f"{word}: ", style), text), soft_wrap=True)

    def _console(self, stream: TextIO) -> "Console":
        from rich.console import Console

        return Console(file=stream, markup=False, highlight=False, emoji=False, no_color=not self.color or None)


_REPORT_STYLES = {
    "plain": "",
    "place": "bold",
    "error": "bold red",
    "warning": "bold yellow",
    "note": "bold blue",
    "gutter": "dim",
    "hint": "cyan",
}
"""How the marks of `dags.reports.text` look."""

_INDENT = 8
"""The columns in front of the rest of a line that is parted."""

_DIFF_STYLES = {"--- ": "bold", "+++ ": "bold", "@@ ": "cyan", "-": "red", "+": "green", "\\": "dim"}
"""How a line of a diff looks by its beginning; the first that fits."""


def _diff_style(line: str) -> str:
    return next((style for beginning, style in _DIFF_STYLES.items() if line.startswith(beginning)), "")


def _shown(line: str) -> str:
    """Give a LINE of a diff as a terminal may show it; a carriage return that ends it is left out."""
    return visible(line.removesuffix("\r").expandtabs(4), MAX_VALUE)


def _picked(answer: str, count: int) -> list[int]:
    """Give the indices that ANSWER names, empty if it names none or one that is not there."""
    if answer.lower() == "all":
        return list(range(count))
    words = answer.replace(",", " ").split()
    numbers = [int(word) for word in words if word.isdecimal()]
    if len(numbers) != len(words) or not all(1 <= number <= count for number in numbers):
        return []
    return [number - 1 for number in dict.fromkeys(numbers)]


def _for_people(text: str) -> str:
    """Give TEXT as a terminal may show it, ~ for the home folder."""
    home = os.environ.get("HOME", "")
    return visible(text.replace(f"{home}/", "~/") if len(home) > 1 else text, MAX_VALUE)


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def _write_line(stream: TextIO | None, text: str) -> None:
    _write(stream, f"{text}\n")


def _write(stream: TextIO | None, text: str) -> None:
    """Write TEXT; a stream that is closed is None in Python, and nobody reads it."""
    if stream is None:
        return
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as err:
        raise FileProblem(f"the output cannot be written: {err.strerror}") from None


def _write_bytes(stream: TextIO | None, content: bytes) -> None:
    """Write CONTENT behind what STREAM has been given."""
    if stream is None:
        return
    try:
        stream.flush()
        stream.buffer.write(content)
        stream.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as err:
        raise FileProblem(f"the output cannot be written: {err.strerror}") from None
