"""Which contexts there are, and which is meant.

IN. The kubernetes client reads the kubeconfig itself; we read it before only to choose the context as kubectl does
(the client takes another where several files name a current one) and to say what is missing. Of its text only file
and context names are ever shown: it may hold tokens.
"""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from astrokpo_cli.cluster.refusals import ClusterProblem
from astrokpo_cli.errors import quote

SHOWN_CONTEXTS = 12


class Kubeconfig(NamedTuple):
    """What we read of it, from one file or several."""

    files: tuple[str, ...]
    contexts: tuple[str, ...]
    current: str | None


def find_files(kubeconfig: str | None) -> tuple[str, ...]:
    """Give the kubeconfigs that are there: KUBECONFIG, by default those that kubectl reads.

    Raises ClusterProblem when the one that was named is not there.
    """
    named = kubeconfig or os.environ.get("KUBECONFIG") or "~/.kube/config"
    paths = [os.path.expanduser(path) for path in named.split(os.pathsep) if path]  # noqa: PTH111 - as the client does
    there = tuple(path for path in paths if Path(path).exists())
    if kubeconfig is not None and not there:
        raise ClusterProblem(f"the kubeconfig {quote(kubeconfig)} does not exist", "name another with --kubeconfig")
    return there


def read(files: Sequence[str]) -> Kubeconfig:
    """Read the names of contexts, and the current one: the first file that names one counts, as with kubectl."""
    contents = [_load(file) for file in files]
    names = [name for content in contents for name in _context_names(content)]
    current = next((content["current-context"] for content in contents if content.get("current-context")), None)
    return Kubeconfig(tuple(files), tuple(dict.fromkeys(names)), str(current) if current else None)


def choose(found: Kubeconfig, context: str | None) -> str:
    """Give the name of the context that is meant; raises ClusterProblem when it is not there."""
    where = quote(os.pathsep.join(found.files))
    shown = ", ".join(map(quote, found.contexts[:SHOWN_CONTEXTS])) or "none"
    more = ", …" if len(found.contexts) > SHOWN_CONTEXTS else ""
    name = context or found.current
    if name is None:
        raise ClusterProblem(f"no context is the current one in {where}", f"give --context; there are: {shown}{more}")
    if name not in found.contexts:
        raise ClusterProblem(f"there is no context {quote(name)} in {where}", f"there are: {shown}{more}")
    return name


def _load(file: str) -> Mapping[str, Any]:
    import yaml

    try:
        content = yaml.load(Path(file).read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe
    except OSError as err:
        raise ClusterProblem(f"the kubeconfig {quote(file)} cannot be read: {err.strerror}") from None
    # The exception quotes the line, which may hold a token; RecursionError and ValueError are PyYAML's too.
    except (yaml.YAMLError, RecursionError, ValueError) as err:
        mark = getattr(err, "problem_mark", None)
        place = f", in line {mark.line + 1}" if mark else ""
        raise ClusterProblem(f"the kubeconfig {quote(file)} is not YAML{place}", "mend it, or name another") from None
    if not isinstance(content, dict):
        raise ClusterProblem(f"{quote(file)} is not a kubeconfig", "name another with --kubeconfig")
    return content


def _context_names(content: Mapping[str, Any]) -> list[str]:
    entries = content.get("contexts")
    named = [entry.get("name") for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return [name for name in named if isinstance(name, str)]
