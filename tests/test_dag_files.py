"""Which files `dag check` and `dag patch` look at. What real Airflows find is in tests/airflow/test_discovery.py."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from astrokpo_cli.errors import FileProblem, InvalidValue
from astrokpo_cli.files import list_folder, read_if_there
from astrokpo_cli.project.dagfiles import DagFile, DagFiles, Note, find_dag_files, might_contain_dag
from astrokpo_cli.project.ignore import syntaxes_of
from astrokpo_cli.project.patterns import Syntax

NOT_KNOWN = syntaxes_of(None)


def plant(*paths: str, **ignore_files: str) -> None:
    """Make the files PATHS, those that end in a slash as folders, and an ignore file in each folder of IGNORE_FILES."""
    for path in paths:
        folder = Path(path) if path.endswith("/") else Path(path).parent
        folder.mkdir(parents=True, exist_ok=True)
        if not path.endswith("/"):
            Path(path).write_text("")
    for folder_name, text in ignore_files.items():
        (Path(folder_name) / ".airflowignore").write_text(text)


def find(*paths: str, syntaxes: tuple[Syntax, ...] = NOT_KNOWN) -> DagFiles:
    return find_dag_files(paths, list_folder, read_if_there, syntaxes)


def paths(*named: str, syntaxes: tuple[Syntax, ...] = NOT_KNOWN) -> list[str]:
    return [file.path for file in find(*named, syntaxes=syntaxes).files]


def test_files_are_sorted_by_path_and_have_slashes_between_folders() -> None:
    plant("dags/z.py", "dags/b/y.py", "dags/b/a/x.yaml", "dags/c.yml", "dags/readme.md", "dags/.py", "dags/run")
    assert find("dags").files == (
        DagFile("dags/b/a/x.yaml", "yaml"),
        DagFile("dags/b/y.py", "python"),
        DagFile("dags/c.yml", "yaml"),
        DagFile("dags/z.py", "python"),
    )


@pytest.mark.parametrize(
    ("named", "shown"),
    {
        "a folder": ("dags", "dags/x.py"),
        "with a slash": ("dags/", "dags/x.py"),
        "from here": ("./dags", "dags/x.py"),
        "all of here": (".", "dags/x.py"),
        "a file": ("./dags/x.py", "dags/x.py"),
    }.values(),
)
def test_a_path_is_shown_as_it_was_named(named: str, shown: str) -> None:
    plant("dags/x.py")
    assert paths(named) == [shown]
    assert paths(str(Path(named).absolute())) == [Path("dags/x.py").absolute().as_posix()]


def test_a_file_that_is_named_is_taken_whatever_its_name_and_whoever_hides_it() -> None:
    plant("dags/x.py", "dags/run", "dags/x.YML", "dags/.git/x.yaml", dags=".*")
    assert find("dags/x.py", "dags/run", "dags/.git/x.yaml").files == (
        DagFile("dags/x.py", "python", named=True),
        DagFile("dags/run", "python", named=True),
        DagFile("dags/.git/x.yaml", "yaml", named=True),
    )


def test_a_file_that_is_also_named_is_found_once_and_counts_as_named() -> None:
    plant("dags/x.py", "dags/y.py")
    expected = (DagFile("dags/x.py", "python", named=True), DagFile("dags/y.py", "python"))
    assert find("dags", "dags/x.py", "./dags/../dags/x.py", "dags").files == expected
    assert find("dags/x.py", "dags").files == expected


def test_a_path_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileProblem, match='"nowhere" does not exist'):
        find("nowhere")


def test_what_belongs_to_a_tool_is_never_walked() -> None:
    plant(
        "dags/__pycache__/x.py", "dags/.git/hooks/x.py", "dags/env/pyvenv.cfg", "dags/env/lib/x.py", "dags/conda/x.py"
    )
    plant("dags/conda/conda-meta/history", "dags/x.py")
    assert paths("dags") == ["dags/x.py"]
    assert paths("dags/conda") == ["dags/conda/x.py"]


def test_hidden_folders_are_walked_where_airflow_walks_them_alone() -> None:
    plant(".cache/x.py", "src/.old/x.py", "dags/.draft/x.py", "dags/.y.py")
    assert paths(".") == ["dags/.draft/x.py", "dags/.y.py"]
    assert paths("dags") == ["dags/.draft/x.py", "dags/.y.py"]
    assert paths("src/.old") == ["src/.old/x.py"]


def test_a_zip_file_is_said_to_be_left_out() -> None:
    plant("dags/packed.zip", "dags/hidden.zip", dags="hidden.zip")
    note = Note("dags/packed.zip", 0, "the DAGs in a zip file are not looked into", "name the files that it is made of")
    assert find("dags") == find("dags", "dags/packed.zip") == DagFiles((), (note,))


def test_links_are_followed_and_each_real_file_is_found_once() -> None:
    plant("shared/x.py", "shared/deep/y.py", "dags/z.py")
    Path("dags/a").symlink_to("../shared")
    Path("dags/y.py").symlink_to("../shared/deep/y.py")
    assert paths("dags") == ["dags/a/deep/y.py", "dags/a/x.py", "dags/z.py"]


def test_links_in_a_circle_end_and_are_told() -> None:
    plant("dags/deep/x.py")
    Path("dags/deep/again").symlink_to("..")
    Path("dags/self.py").symlink_to("self.py")
    found = find("dags")
    assert [file.path for file in found.files] == ["dags/deep/x.py"]
    assert found.notes == (
        Note("dags/deep/again", 0, "a link to a folder that is here already: Airflow stops at that"),
        Note("dags/self.py", 0, "a link that leads to no file"),
    )


def test_a_path_that_no_file_can_have_is_an_error() -> None:
    with pytest.raises(FileProblem, match="cannot be listed: its name holds a NUL"):
        find("da\0gs")


def test_a_folder_that_cannot_be_listed_does_not_end_the_search() -> None:
    plant("dags/x.py", "dags/closed/y.py")

    def lister(path: Path) -> list[os.DirEntry[str]] | None:
        if path.name == "closed":
            raise FileProblem("closed")
        return list_folder(path)

    found = find_dag_files(["dags"], lister, read_if_there, NOT_KNOWN)
    assert ([file.path for file in found.files], found.notes) == (["dags/x.py"], (Note("dags/closed", 0, "closed"),))


TREE = (
    "dags/x.py",
    "dags/old_x.py",
    "dags/sub/x.py",
    "dags/sub/keep.py",
    "dags/sub/old/x.py",
    "dags/sub/deep/x.py",
    "dags/z.yaml",
)
REGEXP, OLD_GLOB, GLOB = Syntax.REGEXP, Syntax.OLD_GLOB, Syntax.GLOB

HIDDEN: Mapping[str, tuple[str, Syntax, str]] = {
    "a regexp is found anywhere": ("old_", REGEXP, "old_x.py"),
    "a regexp hides a folder and all in it": ("^sub$", REGEXP, "sub/x.py sub/keep.py sub/old/x.py sub/deep/x.py"),
    "a regexp looks at the path from the DAGs folder": ("^sub/.*x", REGEXP, "sub/x.py sub/old/x.py sub/deep/x.py"),
    "a regexp is not tied to a whole name": ("b/d", REGEXP, "sub/deep/x.py"),
    "a regexp hides a YAML file": (r"\.yaml$", REGEXP, "z.yaml"),
    "a comment ends a line": ("z  # and x", REGEXP, "z.yaml"),
    "a comment begins behind a backslash too": (r"z\#x", REGEXP, ""),
    "a bang means nothing in a regexp": ("sub\n!sub", REGEXP, "sub/x.py sub/keep.py sub/old/x.py sub/deep/x.py"),
    "lines end as Windows ends them": ("old_\r\n^z", REGEXP, "old_x.py z.yaml"),
    "a glob without a slash is for names": ("x.py", GLOB, "x.py sub/x.py sub/old/x.py sub/deep/x.py"),
    "a glob with a slash is tied to its folder": ("/x.py", GLOB, "x.py"),
    "a glob with a slash in it is tied, too": ("sub/*.py", GLOB, "sub/x.py sub/keep.py"),
    "a glob for folders": ("old/", GLOB, "sub/old/x.py"),
    "a glob for folders hides no file": ("x.py/", GLOB, ""),
    "a glob for any folder": ("**/deep/*.py", GLOB, "sub/deep/x.py"),
    "a bang shows again": ("sub/*\n!sub/keep.py", GLOB, "sub/x.py sub/old/x.py sub/deep/x.py"),
    "the last line counts": ("x.py\n!x.py\nx.py", GLOB, "x.py sub/x.py sub/old/x.py sub/deep/x.py"),
    "before 3.1 a line counts where it first stood": ("x.py\n!x.py\nx.py", OLD_GLOB, ""),
    "a hidden folder hides for good": ("sub\n!sub/keep.py", GLOB, "sub/x.py sub/keep.py sub/old/x.py sub/deep/x.py"),
    "since 3.1 a/** hides a itself": ("sub/**\n!keep.py", GLOB, "sub/x.py sub/keep.py sub/old/x.py sub/deep/x.py"),
    "before 3.1 a/** hides what is in a": ("sub/**\n!keep.py", OLD_GLOB, "sub/x.py sub/old/x.py sub/deep/x.py"),
}


@pytest.mark.parametrize(("text", "syntax", "hidden"), HIDDEN.values(), ids=HIDDEN)
def test_an_ignore_file_hides(text: str, syntax: Syntax, hidden: str) -> None:
    plant(*TREE, dags=text)
    expected = sorted(set(TREE) - {f"dags/{path}" for path in hidden.split()})
    assert sorted(paths("dags", syntaxes=(syntax,))) == expected


@pytest.mark.parametrize(
    ("text", "hidden"),
    {
        "both syntaxes hide it": ("old_x.py", "old_x.py"),
        "both, by different lines": ("^sub/deep\ndeep/", "sub/deep/x.py"),
        "both, one by its folder": ("sub/old/", "sub/old/x.py"),
        "a regexp alone": ("ld_", ""),
        "a glob alone": ("*.py", ""),
    }.values(),
)
def test_where_the_syntax_is_not_known_a_file_is_hidden_if_each_would_hide_it(text: str, hidden: str) -> None:
    plant(*TREE, dags=text)
    expected = sorted(set(TREE) - {f"dags/{path}" for path in hidden.split()})
    assert sorted(paths("dags")) == expected


@pytest.mark.parametrize("syntax", Syntax)
def test_an_ignore_file_counts_in_its_folder_and_below(syntax: Syntax) -> None:
    plant(*TREE, **{"dags": "old_x", "dags/sub": "x.py"})
    expected = ["dags/sub/keep.py", "dags/x.py", "dags/z.yaml"]
    assert paths("dags", syntaxes=(syntax,)) == (expected if syntax is REGEXP else ["dags/old_x.py", *expected])


@pytest.mark.parametrize("named", ["dags", ".", "dags/sub"])
def test_paths_are_told_from_the_folder_named_dags_whichever_is_named(named: str) -> None:
    plant(*TREE, **{"dags": "^sub/deep", "dags/sub": "^sub/old"})
    found = [path for path in paths(named, syntaxes=(REGEXP,)) if path.startswith("dags/sub/")]
    assert found == ["dags/sub/keep.py", "dags/sub/x.py"]


def test_an_ignore_file_above_makes_its_folder_the_folder_of_dags() -> None:
    plant(*TREE, **{".": "^dags/sub/deep", "dags": "^dags/sub/old\n^old_x"})
    found = paths(".", syntaxes=(REGEXP,))
    assert found == ["dags/old_x.py", "dags/sub/keep.py", "dags/sub/x.py", "dags/x.py", "dags/z.yaml"]


def test_a_folder_that_is_named_is_not_hidden_by_those_above(monkeypatch: pytest.MonkeyPatch) -> None:
    plant(*TREE, dags="sub")
    assert paths("dags/sub/old", syntaxes=(REGEXP,)) == ["dags/sub/old/x.py"]
    monkeypatch.chdir("dags/sub")
    assert paths(".", syntaxes=(REGEXP,)) == ["deep/x.py", "keep.py", "old/x.py", "x.py"]


def test_lines_that_cannot_be_used_hide_nothing_and_are_told() -> None:
    plant("dags/x.py", dags="*.py\n(?!y)x\n\n(x+)+\n\\1")
    found = find("dags", syntaxes=(REGEXP,))
    assert [file.path for file in found.files] == ["dags/x.py"]
    assert [(note.line, note.message) for note in found.notes] == [
        (1, '"*.py" hides nothing: it is not a regular expression'),
        (2, '"(?!y)x" hides nothing: RE2, by which Airflow 2 reads it, has no such expression'),
        (4, '"(x+)+" hides nothing here: with so many repeats it could take for ever'),
        (5, '"\\1" hides nothing: RE2, by which Airflow 2 reads it, has no such expression'),
    ]
    assert {note.path for note in found.notes} == {"dags/.airflowignore"}


def test_a_line_that_shows_again_and_cannot_be_used_shows_all_again() -> None:
    plant("dags/x.py", "dags/y.py", dags="*.py\n!*a*b*c*d*e*\ny.py")
    found = find("dags", syntaxes=(GLOB,))
    assert [file.path for file in found.files] == ["dags/x.py"]
    assert [(note.line, note.message) for note in found.notes] == [
        (2, '"!*a*b*c*d*e*" hides nothing here: with so many stars it could take for ever')
    ]


@pytest.mark.parametrize("syntax", [REGEXP, GLOB, OLD_GLOB])
def test_what_python_thinks_of_a_line_is_not_said(syntax: Syntax) -> None:
    # "FutureWarning: Possible nested set" stood on standard error; here a warning is an error
    plant("dags/x.py", dags="[[:alpha:]]*y")
    assert find("dags", syntaxes=(syntax,)).notes == ()


def test_an_ignore_file_that_is_not_utf8_hides_nothing_and_is_told() -> None:
    plant("dags/x.py")
    Path("dags/.airflowignore").write_bytes(b"x\n\xff")
    assert find("dags") == DagFiles(
        (DagFile("dags/x.py", "python"),),
        (Note("dags/.airflowignore", 1, "it is not UTF-8: nothing in it counts"),),
    )


SLOW = {
    "a repeat in a repeat": (r"(\w+\s?)+$", REGEXP),
    "a choice in a repeat": ("(a|a)*b", REGEXP),
    "a choice in a repeat in a group": ("(?:x(?:a|a)*)b", REGEXP),
    "a named group": ("(?P<name>a*)*b", REGEXP),
    "a counted repeat": ("(a{1,99}){1,99}b", REGEXP),
    "many repeats": ("a*a*a*a*a*a*b", REGEXP),
    "many choices": ("a?" * 60 + "a" * 60, REGEXP),
    "nested for a million characters": ("(" * 1_000_000, REGEXP),
    "a glob of many stars": ("*a" * 30 + "*b", GLOB),
    "a glob of many stars, as Airflow 3.0 reads it": ("*a" * 5 + "*b", OLD_GLOB),
}


@pytest.mark.parametrize(("line", "syntax"), SLOW.values(), ids=SLOW)
def test_no_line_keeps_us_for_ever(line: str, syntax: Syntax) -> None:
    plant(f"dags/{'a' * 60}.py", dags=line)
    started = time.monotonic()
    found = find("dags", syntaxes=(syntax,))
    assert time.monotonic() - started < 5
    assert (len(found.files), len(found.notes)) == (1, 1)


@pytest.mark.parametrize(
    "line",
    [
        r".*_old\.py$",
        r"(foo|bar)/.*",
        r"^(team_a|team_b)/.*/tests?/.*\.py",
        r"[0-9]+_.*\.(py|yaml)",
        r"(?i)draft",
        r"(?:a+b)?x",
        r"a[*+?]{1,3}",
        r"\(a+\)+",
        r".*/.*/.*/x.*",
    ],
)
def test_lines_that_people_write_are_used(line: str) -> None:
    plant("dags/y.py", dags=line)
    assert find("dags", syntaxes=(REGEXP,)).notes == ()


@pytest.mark.parametrize(
    ("airflow", "setting", "syntaxes"),
    {
        "not known": (None, None, (REGEXP, OLD_GLOB, GLOB)),
        "not known, and the setting says glob": (None, "glob", (OLD_GLOB, GLOB)),
        "not known, and the setting says regexp": (None, "regexp", (REGEXP,)),
        "2": ((2,), None, (REGEXP,)),
        "2.9": ((2, 9), "", (REGEXP,)),
        "2.9, set to glob": ((2, 9), "glob", (OLD_GLOB,)),
        "3, some": ((3,), None, (OLD_GLOB, GLOB)),
        "3.0": ((3, 0, 6), None, (OLD_GLOB,)),
        "3.1": ((3, 1), None, (OLD_GLOB, GLOB)),
        "3.2": ((3, 2), None, (GLOB,)),
        "3.3, set to regexp": ((3, 3, 2), "regexp", (REGEXP,)),
    }.values(),
)
def test_the_syntax_is_that_of_the_airflow(
    airflow: tuple[int, ...] | None, setting: str | None, syntaxes: tuple[Syntax, ...]
) -> None:
    assert syntaxes_of(airflow, setting) == syntaxes


def test_a_setting_that_airflow_refuses_is_refused() -> None:
    with pytest.raises(InvalidValue, match='"gitignore" is no syntax of') as raised:
        syntaxes_of((2, 9), "gitignore")
    assert raised.value.hint == "set AIRFLOW__CORE__DAG_IGNORE_FILE_SYNTAX to regexp or to glob"


@pytest.mark.parametrize(
    ("content", "in_2", "in_3"),
    {
        "a DAG": (b"from airflow import DAG", True, True),
        "in any case": (b"AirFlow daG", True, True),
        "in a comment": (b"# airflow, dag", True, True),
        "an asset": (b"from airflow.sdk import asset", False, True),
        "airflow alone": (b"import airflow", False, False),
        "a DAG alone": (b"dag = 1", False, False),
        "nothing": (b"", False, False),
    }.values(),
)
def test_the_heuristic_is_that_of_airflow(content: bytes, in_2: bool, in_3: bool) -> None:
    assert might_contain_dag(content, assets=False) is in_2
    assert might_contain_dag(content) is in_3
