"""The only reader and writer of files.

IN/OUT. Reading has a size cap. Writing is private (0600), whole or not at all, and never over another file
unless told to. Errors name the file and never hold its content.
"""

import os
import stat
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from astrokpo_cli.errors import FileProblem, quote

MAX_INPUT = 16 * 1024 * 1024
"""Bytes that a file or standard input may have."""


def read_if_there(path: Path) -> bytes | None:
    """Give the content of PATH, None if there is no such file; raises FileProblem when it cannot be read."""
    try:
        with path.open("rb") as file:
            return _capped(file.read(MAX_INPUT + 1), str(path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as err:
        raise FileProblem(f"{quote(str(path))} cannot be read: {_reason(err)}") from None


def read_regular(path: Path) -> bytes | None:
    """Give the content of PATH as `read_if_there` does; raises FileProblem for a pipe or device: it may never end."""
    try:
        # To open a pipe waits for its writer, unless told not to.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise FileProblem(f"{quote(str(path))} is not a regular file")
            return _capped(file.read(MAX_INPUT + 1), str(path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as err:
        raise FileProblem(f"{quote(str(path))} cannot be read: {_reason(err)}") from None


def read(name: str) -> bytes:
    """Give the content of the file NAME, of standard input for "-"; raises FileProblem."""
    if name == "-":
        return read_stdin()
    content = read_if_there(Path(name))
    if content is None:
        raise FileProblem(f"{quote(name)} does not exist")
    return content


def read_stdin() -> bytes:
    """Give all of standard input; raises FileProblem when it is too much."""
    if sys.stdin is None:
        raise FileProblem("standard input is closed")
    try:
        return _capped(sys.stdin.buffer.read(MAX_INPUT + 1), "standard input")
    except OSError as err:
        raise FileProblem(f"standard input cannot be read: {_reason(err)}") from None


def check_free(path: Path, *, replace: bool) -> None:
    """Raise FileProblem unless `write` could write PATH now: its folder is there and PATH is free or may go."""
    folder = path.parent
    if not is_folder(folder):
        raise FileProblem(f"the folder {quote(str(folder))} does not exist", "make it, or give another --output")
    if not os.access(folder, os.W_OK):
        raise FileProblem(f"the folder {quote(str(folder))} cannot be written to", "give another --output")
    mode = _mode(path)
    if mode is None:
        return
    if not (stat.S_ISREG(mode) or stat.S_ISLNK(mode)):
        raise FileProblem(f"{quote(str(path))} is not a regular file", "give --output - for standard output")
    if not replace:
        raise FileProblem(f"{quote(str(path))} exists already", "give --force to replace it, or another --output")


def write(path: Path, content: bytes, *, replace: bool) -> None:
    """Write CONTENT to PATH with mode 0600; a reader, or a kill at any instant, finds the old file or all of the new.

    The bytes are in place under PATH's name only when all are written. It is not synced to the disk: a handoff that
    a power cut takes is made again. Raises FileProblem.
    """
    if replace:
        check_free(path, replace=True)
    try:
        descriptor, temporary = _open_unseen(path)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                _put_in_place(file.fileno(), temporary, path, replace=replace)
        finally:
            if temporary is not None:
                temporary.unlink(missing_ok=True)
    except FileExistsError:
        raise FileProblem(f"{quote(str(path))} exists already", "give --force to replace it") from None
    except OSError as err:
        raise FileProblem(f"{quote(str(path))} cannot be written: {_reason(err)}") from None


class Rewrite(NamedTuple):
    """A file that is to hold something else."""

    path: Path
    before: bytes
    """What it must hold now."""
    after: bytes


class _Staged(NamedTuple):
    """A file that is to be replaced."""

    change: Rewrite
    real: Path
    """Where the file is, all links followed."""
    temporary: Path
    """Where its new content waits."""


def rewrite(changes: Sequence[Rewrite]) -> None:
    """Give files that exist new content, all or none; mode and owner stay, a link stays a link.

    All new files are written beside the old ones first. When one cannot be put in place, those that were are put
    back. Raises FileProblem, also for a file that no longer holds what it did, or that may not be written to.
    """
    paths = [Path(os.path.realpath(change.path)) for change in changes]
    # The names are known before there is any file: an interrupt finds all that there are.
    staged = [_Staged(*each, _temporary_name(each[1])) for each in zip(changes, paths, strict=True)]
    try:
        for each in staged:
            _stage(each)
        _put_all_in_place(staged)
    finally:
        for each in staged:
            each.temporary.unlink(missing_ok=True)


def _stage(staged: _Staged) -> None:
    """Write the new content of a file beside it."""
    change, real, temporary = staged
    name = quote(str(change.path))
    if read_regular(real) != change.before:
        raise FileProblem(f"{name} has changed in the meantime", "run it again")
    if not os.access(real, os.W_OK):
        raise FileProblem(f"{name} cannot be written: it is read-only", "no file was changed")
    try:
        status = real.stat()
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(change.after)
            os.fchmod(file.fileno(), stat.S_IMODE(status.st_mode))
            with suppress(PermissionError):  # only root can give a file away
                os.fchown(file.fileno(), status.st_uid, status.st_gid)
    except OSError as err:
        raise FileProblem(f"{name} cannot be written: {_reason(err)}", "no file was changed") from None


def _put_all_in_place(staged: Sequence[_Staged]) -> None:
    try:
        for each in staged:
            each.temporary.replace(each.real)
    except BaseException as err:
        # What was put in place is told by the disk: an interrupt may come between the deed and a note of it.
        _put_back([done for done in staged if not done.temporary.exists()])
        if isinstance(err, OSError):
            name = quote(str(each.change.path))
            raise FileProblem(f"{name} cannot be replaced: {_reason(err)}", "no file was changed") from None
        raise


def _put_back(staged: Sequence[_Staged]) -> None:
    """Give each file its old content again; raises FileProblem that names those that have the new one still."""
    stuck = []
    for each in staged:
        change = each.change
        try:
            _stage(each._replace(change=Rewrite(change.path, change.after, change.before)))
            each.temporary.replace(each.real)
        except (FileProblem, OSError):
            stuck.append(quote(str(change.path)))
    if stuck:
        raise FileProblem(
            f"not all files could be changed, and {', '.join(stuck)} could not be put back", "look at them before all"
        )


def is_folder(path: Path) -> bool:
    """Whether PATH is a folder, or a link to one."""
    return stat.S_ISDIR(_mode(path) or 0)


def list_folder(path: Path) -> list[os.DirEntry[str]] | None:
    """Give what is in the folder PATH, sorted by name, None for a file; raises FileProblem when it cannot be listed."""
    try:
        with os.scandir(path) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except NotADirectoryError:
        return None
    except FileNotFoundError:
        raise FileProblem(f"{quote(str(path))} does not exist") from None
    except (OSError, ValueError) as err:
        raise FileProblem(f"the folder {quote(str(path))} cannot be listed: {_reason(err)}") from None


def make_folder(path: Path) -> None:
    """Make PATH and its parents where they are missing; raises FileProblem."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise FileProblem(f"the folder {quote(str(path))} cannot be made: {_reason(err)}") from None


def _mode(path: Path) -> int | None:
    """Give the kind of file that PATH leads to, that of the link for one that leads nowhere, None for none."""
    for look in (path.stat, path.lstat):
        try:
            return look().st_mode
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, ValueError) as err:
            raise FileProblem(f"{quote(str(path))} cannot be written: {_reason(err)}") from None
    return None


def _open_unseen(path: Path) -> tuple[int, Path | None]:
    """Open a file in PATH's folder that has no name (Linux), so that no kill leaves it behind; else one to remove."""
    with suppress(OSError, AttributeError):
        return os.open(path.parent, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600), None
    temporary = _temporary_name(path)
    return os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600), temporary


def _put_in_place(descriptor: int, temporary: Path | None, path: Path, *, replace: bool) -> None:
    """Give the written file the name PATH; raises FileExistsError when another has it and must keep it."""
    if not replace:
        _link(descriptor, temporary, path)
    elif temporary is not None:
        temporary.replace(path)
    else:
        named = _temporary_name(path)
        _link(descriptor, None, named)
        try:
            named.replace(path)
        except BaseException:
            named.unlink()
            raise


def _link(descriptor: int, temporary: Path | None, path: Path) -> None:
    """Name the file PATH, which must be free: linkat(2), with which no other file can be hit."""
    if temporary is None:
        # The directory descriptor goes unused beside an absolute path; it makes CPython call linkat, which follows.
        os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=descriptor, follow_symlinks=True)
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links, such as FAT; `check_free` has just found PATH free
        temporary.replace(path)


def _temporary_name(path: Path) -> Path:
    return path.with_name(f".astrokpo.{os.urandom(8).hex()}")


def _capped(content: bytes, name: str) -> bytes:
    if len(content) > MAX_INPUT:
        raise FileProblem(f"{quote(name)} is larger than {MAX_INPUT // 1024 // 1024} MiB")
    return content


def _reason(err: OSError | ValueError) -> str:
    return (err.strerror or type(err).__name__) if isinstance(err, OSError) else "its name holds a NUL"
