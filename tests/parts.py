"""The real parts that tests use: programs of other projects, which must be there when ASTROKPO_TEST_REQUIRE=1."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import NoReturn

import pytest


@dataclass(frozen=True)
class Run:
    """What a command line gave."""

    code: int
    out: str
    err: str


def missing(what: str) -> NoReturn:
    """Skip the test for want of WHAT, or fail it where all parts are promised."""
    if os.environ.get("ASTROKPO_TEST_REQUIRE") == "1":
        pytest.fail(f"{what} is not installed, and ASTROKPO_TEST_REQUIRE=1", pytrace=False)
    pytest.skip(f"{what} is not installed")


class Tool:
    """A program of another project, by its name on PATH."""

    def __init__(self, name: str) -> None:
        path = shutil.which(name)
        if path is None:
            missing(name)
        self.path = path

    def __call__(self, *arguments: str, stdin: bytes = b"", env: dict[str, str] | None = None) -> bytes:
        """Run it; gives standard output, fails the test with standard error."""
        done = subprocess.run(
            [self.path, *arguments], input=stdin, capture_output=True, timeout=60, env=env, check=False
        )
        assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
        return done.stdout
