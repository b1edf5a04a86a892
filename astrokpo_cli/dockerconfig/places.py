"""Which docker configs there are, in the order in which they are asked.

IN. The reader is a parameter (path -> bytes, None where there is no such file), so this module touches no file.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from astrokpo_cli.dockerconfig.parse import DockerConfig, parse_docker, parse_environment, parse_podman
from astrokpo_cli.errors import DockerConfigError, quote, visible

Reader = Callable[[Path], bytes | None]
"""Gives a file's bytes, or None where there is no file; raises FileProblem for one that cannot be read."""


class Places(NamedTuple):
    """Where to look: the environment, and a config that the user names or the default files."""

    environ: Mapping[str, str]
    home: Path
    read: Reader
    named: Path | None = None
    """A file or a folder with a config.json; then no other file is asked."""

    def configs(self) -> Iterator[DockerConfig]:
        """Give each config in docker's order, then podman's; docker's own must be whole even where another answers."""
        config = self._default_config() if self.named is None else self._named_config(self.named)
        if self.environ.get("DOCKER_AUTH_CONFIG"):
            yield parse_environment(self.environ["DOCKER_AUTH_CONFIG"])
        yield config
        for path in self._podman_paths() if self.named is None else ():
            document = self.read(path)
            if document is not None:
                yield parse_podman(document, visible(str(path)))

    def describe(self) -> tuple[str, ...]:
        """Name every place that `configs` asks, for a message that says where was looked."""
        variable = ("DOCKER_AUTH_CONFIG",) if self.environ.get("DOCKER_AUTH_CONFIG") else ()
        if self.named is not None:
            return (*variable, visible(str(_config_file(self.named))))
        return (*variable, *(visible(str(path)) for path in (self._docker_path(), *self._podman_paths())))

    def _default_config(self) -> DockerConfig:
        path = self._docker_path()
        return parse_docker(self.read(path) or b"", visible(str(path)))

    def _named_config(self, named: Path) -> DockerConfig:
        path = _config_file(named)
        document = self.read(path)
        if document is None:
            raise DockerConfigError(
                f"{quote(str(path))} does not exist", "give --docker-config a file, or a folder that holds config.json"
            )
        parse = parse_podman if path.name == "auth.json" else parse_docker
        return parse(document, visible(str(path)))

    def _docker_path(self) -> Path:
        folder = self.environ.get("DOCKER_CONFIG")
        return (Path(folder) if folder else self.home / ".docker") / "config.json"

    def _podman_paths(self) -> tuple[Path, ...]:
        named = self.environ.get("REGISTRY_AUTH_FILE")
        if named:
            return (Path(named),)
        runtime, config = self.environ.get("XDG_RUNTIME_DIR"), self.environ.get("XDG_CONFIG_HOME")
        folders = [Path(runtime)] if runtime and sys.platform == "linux" else []
        folders.append(Path(config) if config else self.home / ".config")
        return tuple(folder / "containers" / "auth.json" for folder in folders)


def _config_file(named: Path) -> Path:
    try:
        return named / "config.json" if named.is_dir() else named
    except OSError:  # a name that no file can have; reading it says so
        return named
