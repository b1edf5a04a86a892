"""What stands in for flags that are not given: variables of the environment, then astrokpo.toml.

Part of `secret create`, `snippet` and `dag`. Says with --verbose what is taken from where.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from astrokpo_cli import files
from astrokpo_cli.errors import quote
from astrokpo_cli.output import Output
from astrokpo_cli.project.config import Settings, find_project, load_settings

if TYPE_CHECKING:
    from astrokpo_cli.dags.snippet import Airflow
    from astrokpo_cli.dags.versions import Versions
    from astrokpo_cli.keys.recipients import Recipient


def find_settings() -> Settings:
    """Give the settings of this run: the environment over the file; raises InvalidValue and FileProblem."""
    here = working_folder()
    found = Settings() if here is None else load_settings(here, files.read_regular)
    return found.with_environment(os.environ)


def stand_in(out: Output, settings: Settings, key: str, value: str | None) -> str | None:
    """Give VALUE back, which SETTINGS say at KEY, and say from where it is."""
    if value is not None:
        out.trace(f"{key} {quote(value)} from {settings.origin(key)}")
    return value


def namespaces_of(out: Output, settings: Settings, flags: Sequence[str]) -> tuple[str, ...]:
    """Give the namespaces of the flags, each once, else that of SETTINGS; raises InvalidValue."""
    if flags:
        from astrokpo_cli.pullsecret import check_namespace

        return tuple(check_namespace(text) for text in dict.fromkeys(flags))
    namespace = stand_in(out, settings, "namespace", settings.namespace)
    return (namespace,) if namespace is not None else ()


def pull_secret_name(
    out: Output, settings: Settings, hosts: Sequence[str] = (), images: Sequence[str] = ()
) -> str | None:
    """Name the pull secret for HOSTS and IMAGES, as `Settings.secret_for` does."""
    return stand_in(out, settings, "secret", settings.secret_for(hosts, images))


def recipients_of(
    out: Output, settings: Settings, flags: Sequence[str], recipients_files: Sequence[str]
) -> "tuple[Recipient, ...]":
    """Give the recipients of the flags, else of the environment, else of SETTINGS; raises InvalidValue."""
    from astrokpo_cli.keys.recipients import load_recipients, parse_recipient

    found = load_recipients(flags, recipients_files, os.environ, files.read)
    if found or not settings.recipients:
        return found
    lines = enumerate(settings.recipients, 1)
    parsed = [parse_recipient(text, f"{settings.file} recipient {number}") for number, text in lines]
    for recipient in parsed:
        out.trace(f"recipient {quote(recipient.text)} from {settings.file}")
    return tuple({recipient.text: recipient for recipient in parsed}.values())


def versions_of(out: Output, settings: Settings, airflow: str | None) -> "Versions":
    """Give the versions that the flag AIRFLOW names, else those of the project; raises InvalidValue for the flag."""
    from astrokpo_cli.dags.versions import Versions, of_airflow

    if airflow is not None:
        named = of_airflow(airflow)
        return named._replace(source="--airflow") if named.airflow else named
    here = settings.folder or working_folder()
    if here is None:
        return Versions()
    from astrokpo_cli.project.airflow import find_versions

    found = find_versions(settings, here, files.read_regular, out.trace)
    if found.source:
        version = "of a version that is not known" if found.airflow is None else ".".join(map(str, found.airflow))
        out.trace(f"Airflow {version}, by {found.source}")
    return found


def airflow_of(out: Output, settings: Settings) -> "Airflow":
    """Give the Airflow of the project for a snippet; any, and nothing is imported for it, where there is no project."""
    from astrokpo_cli.dags.snippet import Airflow

    here = settings.folder or working_folder()
    if settings.airflow is None and (here is None or find_project(here) is None):
        return Airflow.ANY
    from astrokpo_cli.dags.versions import snippet_airflow

    return snippet_airflow(versions_of(out, settings, None))


def working_folder() -> Path | None:
    """Give the folder that we run in; None where it is no longer there."""
    try:
        return Path.cwd()
    except OSError:
        return None
