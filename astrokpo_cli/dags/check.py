"""One file of DAG code, checked: its tasks with their verdicts, and what is wrong.

PURE. bytes -> Checked. What cannot be read is a finding, too.
"""

from astrokpo_cli.dags.finder import find_tasks
from astrokpo_cli.dags.findings import Checked, Finding
from astrokpo_cli.dags.rules import RULES, Expectations, judge
from astrokpo_cli.dags.source import Span, UnreadableSource, parse_module
from astrokpo_cli.dags.summaries import summarise
from astrokpo_cli.dags.suppress import silenced
from astrokpo_cli.dags.survey import survey
from astrokpo_cli.dags.world import Loader

UNREADABLE = "AKP901"


def check_python(content: bytes, path: str, load: Loader, expected: Expectations) -> Checked:
    """Check CONTENT, a Python file that people know as PATH; LOAD gives the project's other modules."""
    try:
        module = parse_module(content, path)
        seen = survey(module)
        tasks = find_tasks(seen, load)
        findings = judge(seen, tasks, expected)
    except UnreadableSource as err:
        return unreadable(path, err.message, err.hint, err.line, err.column)
    except RecursionError:
        return unreadable(path, "it is nested too deeply", "split its longest expression or elif")
    return Checked(path, tuple(summarise(task) for task in tasks if task.inside), silenced(module, findings))


def unreadable(path: str, message: str, hint: str, line: int = 1, column: int = 1) -> Checked:
    """Give what is said of a file that cannot be read."""
    span = Span(line, column, line, column)
    return Checked(path, (), (Finding(UNREADABLE, RULES[UNREADABLE].severity, path, span, message, hint),))
