"""What tests are given: docker configs, credential helpers and age keys; and what they look for in the end."""

import base64
import json
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyrage

from tests.parts import Run

PASSWORD = "Tr0ub4dor-and-3-more"
"""The password that must not appear where it was not asked for."""

URL_KEYS = [
    *(f"https://ada:Tr0ub4dor{tail}@ghcr.io" for tail in ("", "^3", "%zz", "%41", "/3", " 3", "#3", "?3", "@3", ":3")),
    "https://ada:Tr0ub4dor@ghcr.io/v2/",
    "https://ada:Tr0ub4dor^3@ghcr.io/v2/",
    "http://ada:Tr0ub4dor@ghcr.io:5000",
    "ada:Tr0ub4dor@ghcr.io",
    "ada:Tr0ub4dor@ghcr.io/acme",
    "https://Tr0ub4dor@ghcr.io",
]
"""Keys that hold a password, as a person may have written them into a docker config."""

NAMESPACE = "geocentric-supernova-1234"


def encoded(user: str, password: str = PASSWORD) -> str:
    return base64.b64encode(f"{user}:{password}".encode("utf-8", "surrogateescape")).decode()


def entry(user: str = "ada", password: str = PASSWORD) -> dict[str, str]:
    return {"auth": encoded(user, password)}


def docker_config(home: Path, config: Mapping[str, Any] | bytes) -> Path:
    """Write ~/.docker/config.json."""
    path = home / ".docker" / "config.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(config if isinstance(config, bytes) else json.dumps(config).encode())
    return path


def logins(home: Path, *hosts: str) -> Path:
    """Write a config.json with the login ada at each of HOSTS, in the file itself."""
    return docker_config(home, {"auths": {host: entry() for host in hosts}})


def helper(folder: Path, name: str, script: str) -> Path:
    """Make the program docker-credential-NAME, a shell script, in FOLDER; it finds the system's programs."""
    folder.mkdir(exist_ok=True)
    program = folder / f"docker-credential-{name}"
    program.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    program.chmod(0o755)
    return program


def answer(user: str = "ada", password: str = PASSWORD) -> str:
    """Give the script of a helper that has one login for whatever it is asked."""
    login = json.dumps({"ServerURL": "", "Username": user, "Secret": password})
    return f"cat >/dev/null\ncat <<'END'\n{login}\nEND"


def opened(handoff: bytes, identity: str) -> dict[str, Any]:
    """Give the manifest in HANDOFF."""
    manifest: dict[str, Any] = json.loads(pyrage.decrypt(handoff, [pyrage.x25519.Identity.from_str(identity)]))
    return manifest


def config_of(manifest: Mapping[str, Any]) -> bytes:
    return base64.b64decode(manifest["data"][".dockerconfigjson"], validate=True)


def logins_of(manifest: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Give key -> (user, password) of a pull secret's manifest, by nothing but the `auth` fields."""
    auths = json.loads(config_of(manifest))["auths"]
    pairs = {key: base64.b64decode(value["auth"], validate=True).partition(b":") for key, value in auths.items()}
    return {
        key: (user.decode("utf-8", "surrogateescape"), password.decode("utf-8", "surrogateescape"))
        for key, (user, _, password) in pairs.items()
    }


def holds(content: str | bytes, secret: str = PASSWORD) -> bool:
    """Whether SECRET is in CONTENT, plainly or in any base64 that it could be a part of."""
    raw = content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
    shifted = (base64.b64encode(b"\0" * shift + secret.encode())[4:-4] for shift in range(3))
    return any(trace in raw for trace in (secret.encode(), *shifted))


def names(folder: str | Path = ".") -> list[str]:
    """Give what is in FOLDER, sorted; without one, the folder where the test runs, which is empty at its start."""
    return sorted(path.name for path in Path(folder).iterdir())


def spelt_out(text: str) -> str:
    """Give TEXT with the home folder in place of ~, by which it is shown."""
    return text.replace("~/", f"{os.environ['HOME']}/")


def check_quiet(run: Run) -> None:
    """Fail when RUN shows the password, or Python's own way to fail."""
    for text in (run.out, run.err):
        assert not holds(text)
        assert "Traceback" not in text


def check_refused(run: Run, message: str, hint: str = "", code: int = 1) -> None:
    """Fail unless RUN is one error line with MESSAGE, at most one hint with HINT, and has left no file behind."""
    check_quiet(run)
    first, *rest = spelt_out(run.err).splitlines()
    assert (first.startswith("error: "), run.code, run.out) == (True, code, ""), run.err
    assert message in first, run.err
    assert "unexpected" not in first, run.err
    assert len(rest) <= 1, run.err
    assert hint in "".join(rest), run.err
    assert all(line.startswith("hint: ") for line in rest)
    assert names() == []


def gone(pid: int) -> bool:
    """Wait up to five seconds for the process PID to end; a zombie, which nobody has waited for, has ended."""
    for _ in range(500):
        done = subprocess.run(["/bin/ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False)
        if done.stdout.strip()[:1] in (b"", b"Z"):
            return True
        time.sleep(0.01)
    return False
