"""Which Airflow, and which Kubernetes provider, the project runs: by its settings, its Dockerfile, its requirements.

IN. The reader is a parameter. Nothing here is an error: what cannot be read or understood is not known.
"""

from collections.abc import Callable
from pathlib import Path

from astrokpo_cli.dags.versions import Versions, of_airflow, with_pins
from astrokpo_cli.errors import FileProblem, visible
from astrokpo_cli.project.config import DOCKERFILE, Reader, Settings, find_project

REQUIREMENTS = "requirements.txt"


def find_versions(settings: Settings, start: Path, read: Reader, say: Callable[[str], None]) -> Versions:
    """Give the versions that SETTINGS name, else those of the project in START or above it; SAY is told why not.

    A variable's word is all: it may be for another Airflow than the project's pins are.
    """
    folder = settings.folder or find_project(start)
    if settings.airflow is not None:
        named = of_airflow(settings.airflow)._replace(source=settings.origin("airflow"))
        alone = folder is None or named.airflow is None or "airflow" in settings.from_environment
        return named if alone or folder is None else _pinned(folder, named, read, say)
    if folder is None:
        say(f"no project in {visible(str(start))} or above it says which Airflow it runs")
        return Versions()
    return _pinned(folder, _of_dockerfile(folder / DOCKERFILE, read, say), read, say)


def _of_dockerfile(path: Path, read: Reader, say: Callable[[str], None]) -> Versions:
    text = _read(path, read, say)
    if text is None:
        return Versions()
    from astrokpo_cli.dags.dockerfile import parse_dockerfile

    base = parse_dockerfile(text)
    if base.why:
        say(f"{visible(str(path))} tells no Airflow: {base.why}")
        return Versions()
    return base.versions._replace(source=visible(str(path)))


def _pinned(folder: Path, versions: Versions, read: Reader, say: Callable[[str], None]) -> Versions:
    path = folder / REQUIREMENTS
    text = _read(path, read, say)
    if text is None:
        return versions
    from astrokpo_cli.dags.requirements import parse_requirements

    found = with_pins(versions, parse_requirements(text))
    if found == versions:
        return versions
    sources = filter(None, (versions.source, visible(str(path))))
    return found._replace(source=" and ".join(sources))


def _read(path: Path, read: Reader, say: Callable[[str], None]) -> str | None:
    try:
        content = read(path)
    except FileProblem as err:
        say(err.message)
        return None
    if content is None:
        say(f"{visible(str(path))} does not exist")
        return None
    return content.decode("utf-8", "replace")
