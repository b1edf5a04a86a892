"""A file is written late, privately, whole or not at all, and never over another without --force."""

import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from astrokpo_cli import files
from astrokpo_cli.errors import FileProblem
from tests.given import NAMESPACE, check_quiet, check_refused, holds, logins, logins_of, names, opened
from tests.parts import Run, Tool

IMAGE = "ghcr.io/acme/etl:1.4"
HANDOFF = f"{NAMESPACE}.ghcr-io-pull.age"
OLD = b"the old file\n"


@pytest.fixture
def create(isolated: Path, identity: tuple[str, str], astrokpo: Callable[..., Run]) -> Callable[..., Run]:
    """Run `secret create` for IMAGE, whose login is in the docker config."""
    logins(isolated, "ghcr.io")

    def run(*arguments: str) -> Run:
        return astrokpo("secret", "create", "--image", IMAGE, "-n", NAMESPACE, "-r", identity[1], *arguments)

    return run


@pytest.fixture(params=["unnamed file", "named file"])
def any_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write as Linux does and as macOS does, where a file has a name from the start."""
    if request.param == "named file":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)


# what is there before


def whole_state(name: str) -> tuple[int, ...]:
    """Give what a write to NAME would change; the time of the last reading is none of it."""
    found = Path(name).lstat()
    return (found.st_ino, found.st_mode, found.st_nlink, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@pytest.mark.usefixtures("any_system")
def test_a_file_that_exists_is_not_touched_without_force(create: Callable[..., Run]) -> None:
    Path("x.age").write_bytes(OLD)
    Path("x.age").chmod(0o644)
    before = whole_state("x.age")
    done = create("-o", "x.age")
    assert (done.code, done.out) == (1, "")
    assert done.err.splitlines() == [
        'error: "x.age" exists already',
        "hint: give --force to replace it, or another --output",
    ]
    assert Path("x.age").read_bytes() == OLD
    assert whole_state("x.age") == before
    assert names() == ["x.age"]


@pytest.mark.usefixtures("any_system")
def test_force_replaces_a_file_by_a_new_one_that_is_private(
    create: Callable[..., Run], identity: tuple[str, str]
) -> None:
    Path("x.age").write_bytes(OLD)
    Path("x.age").chmod(0o644)
    os.link("x.age", "another-name")
    assert create("-o", "x.age", "--force").code == 0
    assert logins_of(opened(Path("x.age").read_bytes(), identity[0]))
    assert stat.S_IMODE(Path("x.age").stat().st_mode) == 0o600
    assert Path("another-name").read_bytes() == OLD
    assert names() == ["another-name", "x.age"]


@pytest.mark.usefixtures("any_system")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize("flags", [[], ["--plaintext"]], ids=["sealed", "plaintext"])
def test_a_file_is_its_owners_alone_whatever_the_umask(
    umask: int, flags: list[str], isolated: Path, identity: tuple[str, str], astrokpo: Callable[..., Run]
) -> None:
    logins(isolated, "ghcr.io")
    sealing = flags or ["-r", identity[1]]
    before = os.umask(umask)
    try:
        done = astrokpo("secret", "create", "--image", IMAGE, "-n", NAMESPACE, "-o", "x", *sealing)
    finally:
        os.umask(before)
    assert done.code == 0, done.err
    assert stat.S_IMODE(Path("x").stat().st_mode) == 0o600


@pytest.mark.usefixtures("any_system")
@pytest.mark.parametrize("dangling", [False, True], ids=["a file", "nothing"])
@pytest.mark.parametrize("flags", [[], ["--force"]], ids=["without force", "with force"])
def test_nothing_is_ever_written_through_a_link_to(
    dangling: bool, flags: list[str], create: Callable[..., Run], identity: tuple[str, str]
) -> None:
    Path("elsewhere").mkdir()
    there = Path("elsewhere/there")
    if not dangling:
        there.write_bytes(OLD)
    Path("x.age").symlink_to(there)
    done = create("-o", "x.age", *flags)
    assert there.exists() is not dangling
    assert dangling or there.read_bytes() == OLD
    if flags:
        assert not Path("x.age").is_symlink()
        assert logins_of(opened(Path("x.age").read_bytes(), identity[0]))
    else:
        assert done.code == 1
        assert '"x.age" exists already' in done.err
        assert Path("x.age").is_symlink()


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


def make_link_to_fifo(path: Path) -> None:
    make_fifo(path.with_name("a-fifo"))
    path.symlink_to("a-fifo")


def make_link_to_device(path: Path) -> None:
    path.symlink_to("/dev/null")


@pytest.mark.parametrize("make", [make_fifo, make_link_to_fifo, make_link_to_device])
@pytest.mark.parametrize("flags", [[], ["--force"]], ids=["without force", "with force"])
def test_what_is_no_file_is_refused_and_stays(
    make: Callable[[Path], None], flags: list[str], create: Callable[..., Run]
) -> None:
    """A link is what /dev/stdout is: `-o /dev/stdout --force` as root would have put a file in its place."""
    make(Path("x.age"))
    before = whole_state("x.age")
    done = create("-o", "x.age", *flags)
    assert (done.code, done.out) == (1, "")
    assert whole_state("x.age") == before
    assert flags == [] or '"x.age" is not a regular file' in done.err


@pytest.mark.parametrize("flags", [[], ["--force"]], ids=["without force", "with force"])
def test_a_device_is_refused_and_stays(flags: list[str], create: Callable[..., Run]) -> None:
    check_refused(create("-o", "/dev/null", *flags), '"/dev/null" is not a regular file', "--output -")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


# where it goes


@pytest.mark.parametrize("folder", ["there", "there/", "./there", "not there yet/", "not/there/yet/"])
def test_a_folder_gets_the_file_under_its_own_name(
    folder: str, create: Callable[..., Run], identity: tuple[str, str]
) -> None:
    Path("there").mkdir()
    assert create("-o", folder).code == 0
    assert logins_of(opened((Path(folder) / HANDOFF).read_bytes(), identity[0]))


def test_a_link_to_a_folder_is_a_folder(create: Callable[..., Run]) -> None:
    Path("there").mkdir()
    Path("link").symlink_to("there")
    assert create("-o", "link").code == 0
    assert names("there") == [HANDOFF]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing/x.age", 'the folder "missing" does not exist'),
        ("missing/deeper/x.age", 'the folder "missing/deeper" does not exist'),
        ("x" * 256, "File name too long"),
    ],
    ids=["missing folder", "missing folders", "name too long"],
)
def test_a_file_that_cannot_be_is_refused(path: str, reason: str, create: Callable[..., Run]) -> None:
    check_refused(create("-o", path), reason)


@pytest.mark.parametrize("path", ["a-file/x.age", "a-file/"])
def test_a_file_is_no_folder(path: str, create: Callable[..., Run]) -> None:
    Path("a-file").write_bytes(OLD)
    done = create("-o", path)
    assert (done.code, done.out) == (1, "")
    assert '"a-file"' in done.err
    assert Path("a-file").read_bytes() == OLD


@pytest.mark.skipif(os.geteuid() == 0, reason="no mode stops root")
def test_a_folder_that_is_read_only_is_refused(create: Callable[..., Run]) -> None:
    Path("mine").mkdir(mode=0o555)
    done = create("-o", "mine/x.age")
    assert done.code == 1
    assert 'the folder "mine" cannot be written to' in done.err


# several


@pytest.mark.parametrize("taken", [0, 1, 2])
def test_of_several_handoffs_none_is_written_when_one_would_hit_a_file(taken: int, create: Callable[..., Run]) -> None:
    target = Path("out") / f"{(NAMESPACE, 'second', 'third')[taken]}.ghcr-io-pull.age"
    target.parent.mkdir()
    target.write_bytes(OLD)
    done = create("-n", "second", "-n", "third", "-o", "out")
    assert (done.code, done.out) == (1, "")
    assert str(target) in done.err
    assert names("out") == [target.name]
    assert target.read_bytes() == OLD


def test_a_failed_run_makes_no_folder(create: Callable[..., Run]) -> None:
    """More images than a Secret's annotations hold is found when the manifest is made, which was after the folder."""
    images = (word for number in range(1100) for word in ("--image", f"ghcr.io/acme/{number}{'x' * 235}:1"))
    check_refused(create(*images, "-o", "new/"), "the list of images is longer")


# the bytes, through files.write


@pytest.mark.usefixtures("any_system")
@pytest.mark.parametrize("content", [b"", b"x", os.urandom(3_000_000)], ids=["empty", "one byte", "megabytes"])
@pytest.mark.parametrize("name", ["x", "-x", ".x", "späße", "two words", "new\nline", "x" * 255, "ä" * 127])
def test_all_bytes_arrive_under_any_name(name: str, content: bytes) -> None:
    for replace in (False, True):
        files.write(Path(name), content, replace=replace)
        assert Path(name).read_bytes() == content
        assert names() == [name]


@pytest.mark.usefixtures("any_system")
@pytest.mark.parametrize("replace", [False, True], ids=["without force", "with force"])
def test_writers_at_the_same_time_leave_the_whole_file_of_one(replace: bool) -> None:
    contents = [bytes([letter]) * 300_000 for letter in b"abcdefgh"]

    def write(content: bytes) -> bool:
        try:
            files.write(Path("x"), content, replace=replace)
        except FileProblem:
            return False
        return True

    with ThreadPoolExecutor(len(contents)) as pool:
        succeeded = [content for content, done in zip(contents, pool.map(write, contents), strict=True) if done]
    assert len(succeeded) == (len(contents) if replace else 1)
    assert Path("x").read_bytes() in succeeded
    assert names() == ["x"]


# strace: a kill, or a failing system call, at each step

# What the report needs is imported first, so that all calls from the first of a file to the report are our steps.
PROGRAM = "import hashlib, os, sys\n{before}\nfrom astrokpo_cli.cli import main\nsys.exit(main())"
LIKE_LINUX = "pass"
LIKE_MACOS = "del os.O_TMPFILE"
STEPS = "openat,write,link,linkat,rename,renameat,renameat2,unlink,unlinkat,ftruncate,fchmod,chmod,fsync,close"
CALL = re.compile(r"^(?:\d+ +)?(\w+)\((.*)")


@dataclass(frozen=True)
class Traced:
    """`secret create` in a process of its own under strace, which can kill it or fail its system calls."""

    folder: Path
    """Where it runs; at its start the only file is that of the test."""
    before: str
    arguments: tuple[str, ...]

    def run(self, *options: str) -> Run:
        log = self.folder.with_name(f"{self.folder.name}.trace")
        program = (sys.executable, "-c", PROGRAM.format(before=self.before), "secret", "create", *self.arguments)
        # Without compiled files and random hashes each run makes the same calls.
        source = str(Path(__file__).parents[1])
        env = {**os.environ, "PYTHONPATH": source, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
        command = [Tool("strace").path, "-qq", "-f", "-o", str(log), *options, *program]
        done = subprocess.run(command, env=env, cwd=self.folder, capture_output=True, timeout=60, check=False)
        run = Run(done.returncode, done.stdout.decode(), done.stderr.decode())
        check_quiet(run)
        return run

    def steps(self) -> list[tuple[str, int]]:
        """Run it whole; give each system call, by its name and number, from the first file made to the report."""
        assert self.run("-e", f"trace={STEPS}").code == 0
        counts: dict[str, int] = {}
        found: list[tuple[str, int]] = []
        for line in self.folder.with_name(f"{self.folder.name}.trace").read_text(errors="replace").splitlines():
            call = CALL.match(line)
            if call is None:
                continue
            name, arguments = call.groups()
            counts[name] = counts.get(name, 0) + 1
            if found or "O_TMPFILE" in arguments or "O_EXCL" in arguments:
                found.append((name, counts[name]))
            if name == "write" and arguments.startswith("1,"):
                break
        return found


@pytest.fixture
def traced(isolated: Path, tmp_path: Path, identity: tuple[str, str]) -> Callable[..., Traced]:
    """Make a Traced in a new folder, that holds the files OLD_FILES."""
    logins(isolated, "ghcr.io")
    folders = (tmp_path / f"traced-{number}" for number in range(1000))

    def make(before: str, *arguments: str, old_files: Sequence[str] = ()) -> Traced:
        folder = next(folders)
        folder.mkdir()
        for name in old_files:
            (folder / name).write_bytes(OLD)
        given = ("--image", IMAGE, "-n", NAMESPACE, "-r", identity[1], *arguments)
        return Traced(folder, before, given)

    return make


SECOND = "second.ghcr-io-pull.age"
KILLED: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "one file": ((), (HANDOFF,), ()),
    "one file over an old one": (("--force",), (HANDOFF,), (HANDOFF,)),
    "two files, the second over an old one": (("--force", "-n", "second"), (HANDOFF, SECOND), (SECOND,)),
}


@pytest.mark.parametrize("before", [LIKE_LINUX, LIKE_MACOS], ids=["unnamed file", "named file"])
@pytest.mark.parametrize("case", KILLED)
def test_a_kill_at_any_step_leaves_the_old_file_or_all_of_the_new(
    case: str, before: str, traced: Callable[..., Traced], identity: tuple[str, str]
) -> None:
    arguments, targets, old_files = KILLED[case]

    def kill_at(step: tuple[str, int]) -> tuple[str, ...]:
        call, number = step
        process = traced(before, *arguments, old_files=old_files)
        done = process.run("-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={number}")
        assert done.code in (-9, 137), "it was killed"
        others = [path for path in process.folder.iterdir() if path.name not in targets]
        assert all(is_ciphertext(path) for path in others)
        assert not others or before == LIKE_MACOS or old_files, "an unnamed file needs no other name"
        return tuple(state_of(process.folder / target, identity[0]) for target in targets)

    steps = traced(before, *arguments, old_files=old_files).steps()
    with ThreadPoolExecutor(2) as pool:
        states = list(pool.map(kill_at, steps))
    start = tuple("old" if target in old_files else "missing" for target in targets)
    in_order = [("new",) * done + start[done:] for done in range(len(targets) + 1)]
    assert sorted(set(states), key=in_order.index) == in_order
    assert states == sorted(states, key=in_order.index)


def state_of(target: Path, identity: str) -> str:
    if not target.exists():
        return "missing"
    content = target.read_bytes()
    if content == OLD:
        return "old"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert logins_of(opened(content, identity))
    return "new"


def is_ciphertext(path: Path) -> bool:
    content = path.read_bytes()
    begun = b"-----BEGIN AGE ENCRYPTED FILE-----\n"
    return content[: len(begun)] == begun[: len(content)] and not holds(content)


FAILURES = {
    "the disk is full": ("write", "ENOSPC", "No space left on device"),
    "the file cannot be moved": ("rename", "EPERM", "Operation not permitted"),
}


@pytest.mark.parametrize("before", [LIKE_LINUX, LIKE_MACOS], ids=["unnamed file", "named file"])
@pytest.mark.parametrize("case", FAILURES)
def test_the_old_file_survives_and_nothing_is_left_beside_it_when(
    case: str, before: str, traced: Callable[..., Traced]
) -> None:
    """A rename fails, for one, over another user's file in a folder with the sticky bit, such as /tmp."""
    call, error, reason = FAILURES[case]
    process = traced(before, "-o", "x.age", "--force", old_files=["x.age"])
    number = next(number for name, number in process.steps() if name == call)
    process = traced(before, "-o", "x.age", "--force", old_files=["x.age"])
    done = process.run("-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={number}")
    assert (done.code, done.out) == (1, "")
    assert done.err == f'error: "x.age" cannot be written: {reason}\n'
    assert (process.folder / "x.age").read_bytes() == OLD
    assert names(process.folder) == ["x.age"]


@pytest.mark.parametrize("flags", [[], ["--force"]], ids=["without force", "with force"])
def test_a_file_system_without_hard_links_will_do(
    flags: list[str], traced: Callable[..., Traced], identity: tuple[str, str]
) -> None:
    process = traced(LIKE_MACOS, "-o", "x.age", *flags)
    done = process.run("-e", "trace=link,linkat", "-e", "inject=link,linkat:error=EPERM")
    assert done.code == 0, done.err
    assert state_of(process.folder / "x.age", identity[0]) == "new"
    assert names(process.folder) == ["x.age"]


def test_a_file_system_that_knows_no_unnamed_files_will_do(
    traced: Callable[..., Traced], identity: tuple[str, str]
) -> None:
    call, number = traced(LIKE_LINUX, "-o", "x.age").steps()[0]
    process = traced(LIKE_LINUX, "-o", "x.age")
    done = process.run("-e", f"trace={call}", "-e", f"inject={call}:error=EOPNOTSUPP:when={number}")
    assert done.code == 0, done.err
    assert state_of(process.folder / "x.age", identity[0]) == "new"
    assert names(process.folder) == ["x.age"]
