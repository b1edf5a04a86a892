"""Make the environments that test_airflow.py runs snippets in.

    python tests/airflow/environments.py FOLDER [NAME ...]

Needs uv as a Python package and the interpreters of INTERPRETERS, on PATH or under pyenv. An environment is kept as
long as its pins and its Python stay the same. The first line of each requirements-*.in says how its pins were made.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
INTERPRETERS = {
    "2.4.3": "3.10",
    "2.9.3": "3.11",
    "2.11.2": "3.12",
    "3.3.2": "3.12",
    "k8s-31": "3.11",
    "k8s-37": "3.11",
}


def main(folder: Path, names: list[str]) -> None:
    environment = uv_environment()
    for name in names or INTERPRETERS:
        started = time.monotonic()
        made = make(folder.resolve() / name, name, environment)
        said = f"made in {time.monotonic() - started:.1f} s" if made else "kept"
        sys.stdout.write(f"{name}: {said}\n")
        sys.stdout.flush()


def make(path: Path, name: str, environment: dict[str, str]) -> bool:
    """Make PATH unless it is there as NAME's pins want it; tell whether it was made."""
    requirements = HERE / f"requirements-{name}.txt"
    wanted = f"{INTERPRETERS[name]} {hashlib.sha256(requirements.read_bytes()).hexdigest()}"
    stamp = path / "made-from"
    if stamp.is_file() and stamp.read_text() == wanted:
        return False
    interpreter = find_interpreter(INTERPRETERS[name], environment)
    uv(environment, "venv", "--quiet", "--clear", f"--python={interpreter}", str(path))
    uv(environment, "pip", "sync", "--quiet", f"--python={path / 'bin' / 'python'}", str(requirements))
    stamp.write_text(wanted)
    return True


def find_interpreter(version: str, environment: dict[str, str]) -> str:
    try:
        return uv(environment, "python", "find", "--no-project", "--system", version)
    except subprocess.CalledProcessError as err:
        sys.exit(f"no Python {version} on PATH or under pyenv: {err.stderr.strip()}")


def uv(environment: dict[str, str], *arguments: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-m", "uv", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE if arguments[0] == "python" else None,
        text=True,
        check=True,
    )
    return finished.stdout.strip()


def uv_environment() -> dict[str, str]:
    """Let uv see pyenv's interpreters, whose shims on PATH answer only for the one in use, and pip's index."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    folders = [*map(str, sorted(pyenv.glob("versions/*/bin"))), os.environ["PATH"]]
    environment = {**os.environ, "PATH": os.pathsep.join(folders), "UV_PYTHON_DOWNLOADS": "never"}
    index = pip_index()
    if index and not environment.keys() & {"UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_CONFIG_FILE"}:
        environment["UV_DEFAULT_INDEX"] = index
    return environment


def pip_index() -> str:
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    return os.environ.get("PIP_INDEX_URL", asked.stdout.strip())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
