"""What a project says once and for all: astrokpo.toml, and the variables that stand in front of it.

IN. The reader is a parameter (path -> bytes, None where there is no such file). The file never holds a secret.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from astrokpo_cli.errors import InvalidValue, visible

if TYPE_CHECKING:
    from astrokpo_cli.dags.private import PrivateImages

FILE = "astrokpo.toml"
DOCKERFILE = "Dockerfile"

VARIABLES = {
    "namespace": "ASTROKPO_NAMESPACE",
    "secret": "ASTROKPO_SECRET",
    "airflow": "ASTROKPO_AIRFLOW",
    "deployment": "ASTROKPO_DEPLOYMENT",
}
"""Settings that are one text -> the variable that stands in front of each; `load_recipients` knows the recipients'."""

Reader = Callable[[Path], bytes | None]
"""Gives a file's bytes, or None where there is no file; raises FileProblem for one that cannot be read."""


class Settings(NamedTuple):
    """What the project says, as far as it says it."""

    namespace: str | None = None
    recipients: tuple[str, ...] = ()
    """Lines that begin as recipients do; `parse_recipient` has not seen them."""
    secret: str | None = None
    """The pull secret's name; where `registries` names it too, it is for those alone."""
    registries: "tuple[PrivateImages, ...]" = ()
    airflow: str | None = None
    """As --airflow takes it."""
    deployment: str | None = None
    file: str = ""
    """The astrokpo.toml, as it is shown; empty without one."""
    folder: Path | None = None
    """The folder that it is in."""
    listed: bool = False
    """Whether `registries` is a list, which `secret` serves."""
    from_environment: frozenset[str] = frozenset()
    """The settings that a variable has said."""

    def origin(self, key: str) -> str:
        """Say where the setting KEY is from."""
        return VARIABLES[key] if key in self.from_environment else self.file

    def with_environment(self, environ: Mapping[str, str]) -> Self:
        """Give these settings with what the variables of ENVIRON say instead; raises InvalidValue."""
        said = {
            key: check_setting(key, environ[variable], variable)
            for key, variable in VARIABLES.items()
            if environ.get(variable)
        }
        merged = self._replace(**said, from_environment=frozenset(said))  # type: ignore[arg-type]
        if "secret" not in said or not self.listed:
            return merged
        return merged._replace(registries=tuple(each._replace(secret=merged.secret) for each in self.registries))

    def secret_for(self, hosts: Sequence[str] = (), images: Sequence[str] = ()) -> str | None:
        """Name the pull secret for the registries HOSTS and for IMAGES (by their full names); None where none is named.

        A variable names it for all. Else it is what `registries` names for every one of them, or `secret`, unless that
        is for other registries. Without any host and image it is `secret`.
        """
        if "secret" in self.from_environment or not (hosts or images):
            return self.secret
        named = {*map(self._of_host, hosts), *map(self._of_image, images)}
        if len(named) == 1 and None not in named:
            return named.pop()
        return None if self.secret in {each.secret for each in self.registries} else self.secret

    def _of_image(self, image: str) -> str | None:
        serving = [each for each in self.registries if _is_below(image, each.prefix)]
        return max(serving, key=lambda each: len(each.prefix)).secret if serving else None

    def _of_host(self, host: str) -> str | None:
        """Name the secret of HOST itself, else the one that all prefixes below it have."""
        if any(each.prefix == host for each in self.registries):
            return self._of_image(host)
        below = {each.secret for each in self.registries if _is_below(each.prefix, host)}
        return below.pop() if len(below) == 1 else None


def load_settings(start: Path, read: Reader) -> Settings:
    """Give the settings of the nearest astrokpo.toml, in START or above it; none where there is none.

    Raises InvalidValue for one that is wrong, FileProblem for one that cannot be read.
    """
    for folder in (start, *start.parents):
        path = folder / FILE
        # Where a folder above may not be looked into, there is nothing for us.
        content = read(path) if os.path.lexists(path) else None
        if content is not None:
            return parse_settings(content, visible(str(path)))._replace(folder=folder)
    return Settings()


def find_project(start: Path) -> Path | None:
    """Give the nearest folder of an Astro project: START or one above it."""
    for folder in (start, *start.parents):
        if os.path.lexists(folder / ".astro" / "config.yaml"):
            return folder
        if os.path.lexists(folder / DOCKERFILE) and os.path.lexists(folder / "dags"):
            return folder
    return None


def parse_settings(content: bytes, name: str) -> Settings:
    """Parse the CONTENT of an astrokpo.toml, which errors call NAME; raises InvalidValue, which never shows a value."""
    from astrokpo_cli.project.parse import parse_toml

    return parse_toml(content, name)


def check_setting(key: str, text: str, place: str) -> str:
    """Give TEXT back where it may stand at KEY; raises InvalidValue, which names PLACE and never shows TEXT."""
    from astrokpo_cli import pullsecret
    from astrokpo_cli.dags.snippet import parse_airflow

    check, noun = {
        "namespace": (pullsecret.check_namespace, "a Deployment's namespace"),
        "secret": (pullsecret.check_name, "a name for a secret"),
        "airflow": (parse_airflow, "a version of Airflow that astrokpo knows"),
        "deployment": (pullsecret.check_deployment, "a Deployment's label"),
    }[key]
    try:
        check(text)
    except InvalidValue as err:
        raise InvalidValue(f"{place} is not {noun}", err.hint) from None
    return text


def _is_below(name: str, prefix: str) -> bool:
    return name == prefix or name.startswith(f"{prefix}/")
