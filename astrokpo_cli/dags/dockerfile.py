"""Which Airflow the image of a Dockerfile has, by the image that it is built from.

PURE. Docker's own grammar as far as FROM needs it: directives, comments, continued lines, here-documents, global
build arguments with their defaults, stages. Nothing here is an error: what is not understood is not known.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from astrokpo_cli.dags.versions import Versions, is_runtime, of_airflow
from astrokpo_cli.errors import InvalidValue, quote

_DIRECTIVE = r"\s*#\s*(\w+)\s*=\s*(\S+)\s*"
_HERE_DOCUMENT = r"(?<!\S)\d*<<(-?)([\"']?)([A-Za-z_]\w*)\2(?!\w)"
_ARGUMENT = r"([A-Za-z_]\w*)(?:=(\"[^\"]*\"|'[^']*'|\S*))?"
MAX_LENGTH = 64 * 1024
"""The most characters of an image or an argument: each may hold the one before it twice."""
_VARIABLE = r"\$(?:(?P<bare>\w+)|\{(?P<name>\w+)(?:(?P<rule>:?[-+])(?P<word>[^${}]*))?\})"

_ASTRO_RUNTIME = "astrocrpublic.azurecr.io"


class Base(NamedTuple):
    """What a Dockerfile says of its Airflow."""

    versions: Versions = Versions()
    why: str = ""
    """Why nothing is known; empty where something is."""


def parse_dockerfile(text: str) -> Base:
    """Give what the last FROM of TEXT says, which may name an earlier stage."""
    arguments: dict[str, str] = {}
    stages: dict[str, str | None] = {}
    image: str | None = None
    found = False
    for word, rest in _instructions(text):
        if word == "ARG" and not found:
            _take_arguments(rest, arguments)
        elif word == "FROM":
            found = True
            named, stage = _parse_from(rest, arguments)
            # A stage has its name from the next FROM on.
            image = stages.get(named.lower(), named) if named is not None else None
            stages |= {stage: image} if stage else {}
    if not found:
        return Base(why="it has no FROM")
    return _of_image(image) if image else Base(why="its last FROM depends on what is not known, or is not understood")


def _of_image(image: str) -> Base:
    path, _, last = image.partition("@")[0].rpartition("/")
    name, _, tag = last.partition(":")
    if not _is_airflow(path, name, tag):
        return Base(why=f"it is built from {quote(image)}, which is neither Astro Runtime nor apache/airflow")
    runtime = name != "airflow"
    version = tag if runtime else tag.removeprefix("slim-")
    try:
        if version[:1].isdecimal() and is_runtime(version) == runtime:
            return Base(of_airflow(version))
    except InvalidValue:
        pass
    return Base(why=f"it is built from {quote(image)}, whose tag tells no version that astrokpo knows")


def _is_airflow(path: str, name: str, tag: str) -> bool:
    if name == "airflow":
        return path.rpartition("/")[2] == "apache"
    if name == "runtime":
        # Many an image has this name; a mirror's is told by its folder, or by tags that Astro's alone have.
        return path == _ASTRO_RUNTIME or "astro" in path or re.match(r"\d+\.\d+-\d", tag) is not None
    return name == "astro-runtime"


def _parse_from(rest: str, arguments: dict[str, str]) -> tuple[str | None, str]:
    """Give the image of a FROM, None where it is not understood, and the name of its stage."""
    match [word for word in rest.split() if not word.startswith("--")]:
        case [image]:
            return _substitute(image.strip("\"'"), arguments), ""
        case [image, keyword, stage] if keyword.lower() == "as":
            return _substitute(image.strip("\"'"), arguments), stage.lower()
    return None, ""


def _take_arguments(rest: str, arguments: dict[str, str]) -> None:
    """Add the build arguments that have a default."""
    for name, value in re.findall(_ARGUMENT, rest, re.ASCII):
        text = value[1:-1] if value[:1] == "'" else _substitute(value.strip('"'), arguments)
        if text:
            arguments[name] = text


def _substitute(text: str, arguments: dict[str, str]) -> str | None:
    """Replace the variables in TEXT; None where one has no value, or one is not understood."""
    values: list[str | None] = []

    def value_of(match: re.Match[str]) -> str:
        value = arguments.get(match["bare"] or match["name"])
        rule = (match["rule"] or "").removeprefix(":")
        if rule == "+":
            value = match["word"] if value is not None else ""
        elif rule == "-" and value is None:
            value = match["word"]
        values.append(value)
        return value or ""

    replaced = re.sub(_VARIABLE, value_of, text, flags=re.ASCII)
    return None if None in values or "$" in replaced or len(replaced) > MAX_LENGTH else replaced


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    """Give each instruction in upper case, and what follows it on one line."""
    lines = iter(re.split(r"\r?\n", text.removeprefix("\ufeff")))
    escape = _escape_of(text)
    current = ""
    for line in lines:
        if line.lstrip().startswith("#") or not line.strip():
            continue
        current += line.rstrip()
        if current.endswith(escape):
            current = current[:-1]
            continue
        word, *following = current.split(None, 1)
        rest = "".join(following).strip()
        yield word.upper(), rest
        if word.upper() in ("RUN", "COPY", "ADD"):
            _skip_here_documents(rest, lines)
        current = ""


def _skip_here_documents(rest: str, lines: Iterator[str]) -> None:
    for dash, _, word in re.findall(_HERE_DOCUMENT, rest):
        for line in lines:
            if (line.lstrip("\t") if dash else line) == word:
                break


def _escape_of(text: str) -> str:
    r"""Give the character that continues a line: \, or what the directive `escape` at the top of TEXT says."""
    for line in text.removeprefix("\ufeff").splitlines():
        match = re.fullmatch(_DIRECTIVE, line)
        if match is None:
            break
        if match[1].lower() == "escape" and match[2] in ("\\", "`"):
            return match[2]
    return "\\"
