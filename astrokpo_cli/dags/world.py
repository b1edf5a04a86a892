"""What one run knows of the project's Python files, and how it gets at more of them.

PURE. Files come through the Loader that the caller gives; each is surveyed once.
"""

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from astrokpo_cli.dags.scope import Scope, Survey, find_bindings
from astrokpo_cli.dags.source import Module
from astrokpo_cli.dags.survey import survey

Loader = Callable[[Module, str, int], Module | None]
"""Gives the project's module by its name: (the importing module, the dotted name, the level of a relative import).

None for what is not the project's own, or cannot be read.
"""

Answer = TypeVar("Answer")

MAX_HOPS = 8
"""How many imports a name is followed through."""
KEPT = 64
"""How many surveys of modules that others import are kept for the next run."""


class World:
    """The surveys of a run."""

    def __init__(self, load: Loader) -> None:
        self._load = load
        self._surveys: dict[Module, Survey] = {}

    def survey(self, module: Module) -> Survey:
        """Give the survey of MODULE."""
        if module not in self._surveys:
            self._surveys[module] = _surveyed(module)
        return self._surveys[module]

    def add(self, known: Survey) -> None:
        """Take a survey that was made already."""
        self._surveys[known.module] = known

    def follow(self, dotted: str, importer: Module, hops: int = MAX_HOPS) -> tuple[Scope, str] | None:
        """Find what an import names: the scope of the project's module, and the name there ("" for all of it).

        DOTTED is as in `Binding.dotted`. A name that the module imports itself is followed on. None for what is not
        the project's own.
        """
        level = len(dotted) - len(dotted.lstrip("."))
        parts = dotted[level:].split(".") if dotted[level:] else []
        for length in range(len(parts), -1 if level else 0, -1):
            module = self._load(importer, ".".join(parts[:length]), level)
            if module is not None:
                return self._inside(module, parts[length:], hops)
        return None

    def _inside(self, module: Module, rest: list[str], hops: int) -> tuple[Scope, str] | None:
        scope = self.survey(module).scope
        if len(rest) != 1:
            return (scope, "") if not rest else None
        found = find_bindings(rest[0], scope)
        if found is None:
            stars = (f"{star}.{rest[0]}" for star in scope.stars)
            return next(filter(None, (self.follow(star, module, hops - 1) for star in stars)), None) if hops else None
        imported = [binding.dotted for binding in found[1] if binding.dotted]
        if len(imported) == len(found[1]) == 1 and hops:
            return self.follow(imported[0], module, hops - 1) or (scope, rest[0])
        return scope, rest[0]


class Trail:
    """Follows imports into the project's other modules, and never back to a name that is being followed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._followed: set[tuple[Scope, str]] = set()

    def follow(self, dotted: str, importer: Module, ask: Callable[[ast.Name, Scope], Answer]) -> Answer | None:
        """Give what ASK says of the name that an import stands for, in its own scope; None for what is not ours."""
        found = self._world.follow(dotted, importer)
        if found is None or not found[1] or found in self._followed:
            return None
        self._followed.add(found)
        try:
            return ask(ast.Name(found[1], ast.Load()), found[0])
        finally:
            self._followed.discard(found)


@lru_cache(maxsize=KEPT)
def _surveyed(module: Module) -> Survey:
    return survey(module)
