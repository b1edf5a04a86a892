"""`make bench`: how fast astrokpo is, as ratios measured in one run on one machine.

Whole processes, timed by hyperfine (Debian's package). A figure is the ratio of the fastest runs of each side, since
whatever else the machine does can only add to a run. Nothing here fails for being slow: it prints figures and goals.
"""

from __future__ import annotations

import inspect
import json
import os
import resource
import shlex
import shutil
import subprocess
import sys
import time
import typing
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(".bench")
ASTROKPO = str(Path(sys.executable).with_name("astrokpo"))
NAMESPACES = 1000
PIPELINES = 20
"""How many of the thousand pipelines are run; their time is scaled."""


def main() -> None:
    """Run every benchmark whose programs are there."""
    named = os.environ.get("ASTROKPO_TEST_KUBECONFIG")
    kubeconfig = str(Path(named).absolute()) if named else None
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    os.chdir(FOLDER)
    # As installed: with compiled bytecode, which some environments switch off.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    prepare()
    recipient = make_recipient()
    create = [ASTROKPO, "secret", "create", "--docker-config", "config.json", "--registry", "ghcr.io"]
    single = [*create, "-n", "bench", "-r", recipient, "-o", "one.age", "--force"]
    if shutil.which("hyperfine"):
        bare = [sys.executable, "bare.py", *single[3:]]
        tell("secret create / bare typer program with the same options", *fastest(single, bare), goal="at most 1.25")
        if shutil.which("age") and shutil.which("kubectl"):
            pipeline = ["sh", "-c", pipeline_for("bench", recipient)]
            tell("secret create / kubectl create secret | age", *fastest(single, pipeline), goal="at most 2")
            bench_thousand(create, recipient)
        from tests import bench_dags, bench_registry

        bench_registry.run()
        bench_dags.write_dags()
        one = [ASTROKPO, "dag", "check", bench_dags.ONE]
        bare = [sys.executable, "bare_check.py", *one[3:]]
        tell("dag check of one file / bare typer program", *fastest(one, bare), goal="at most 1.25")
        bench_dags.run()
    else:
        print("hyperfine is not installed: Debian's package of that name")
    if kubeconfig:
        from tests.bench_apply import run

        run(kubeconfig)


def prepare() -> None:
    """Write the docker config and the bare program."""
    Path("config.json").write_text('{"auths": {"ghcr.io": {"auth": "cm9ib3Q6bm90LWEtcmVhbC1wYXNzd29yZA=="}}}')
    from astrokpo_cli.commands import dag_check, secret_create

    Path("bare.py").write_text(bare_program(secret_create.run))
    Path("bare_check.py").write_text(bare_program(dag_check.run))


def make_recipient() -> str:
    """Give the public half of a new identity."""
    from pyrage import x25519

    return str(x25519.Identity.generate().to_public())


def bare_program(command: Callable[..., object]) -> str:
    """Write a typer program that has the options of COMMAND and does nothing."""
    hints = typing.get_type_hints(command, include_extras=True)
    lines = ["from typing import Annotated", "import typer", "", "def run("]
    for name, parameter in inspect.signature(command).parameters.items():
        if name == "ctx":
            continue
        kind, option = typing.get_args(hints[name])
        shown = kind.__name__ if isinstance(kind, type) else str(kind).replace("pathlib.Path", "str")
        # In Annotated the first declaration lies where a default would be; an argument has none.
        declared = [repr(text) for text in (option.default, *(option.param_decls or ())) if isinstance(text, str)]
        made = f"typer.{type(option).__name__.removesuffix('Info')}"
        lines.append(
            f"    {name}: Annotated[{shown}, {made}({', '.join([*declared, f'help={option.help!r}'])})]"
            f" = {parameter.default!r},"
        )
    settings = "add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False"
    return "\n".join(
        [*lines, ") -> None:", "    pass", f"app = typer.Typer({settings})", "app.command()(run)", "app()", ""]
    )


def pipeline_for(namespace: str, recipient: str) -> str:
    """Give today's way in shell: kubectl makes the manifest, age seals it."""
    make = f"kubectl create secret docker-registry ghcr-io-pull -n {namespace} --docker-server=ghcr.io"
    make += " --docker-username=robot --docker-password=not-a-real-password --dry-run=client -o json"
    return f"{make} | age -a -r {shlex.quote(recipient)} -o {namespace}.pipeline.age"


def fastest(left: list[str], right: list[str]) -> tuple[float, float]:
    """Give the seconds of the fastest run of each of two commands, timed in turns."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(4):
        for command, seconds in zip((left, right), times, strict=True):
            timed = ["hyperfine", "-N", "--warmup", "2", "--runs", "10", "--export-json", "timed.json"]
            subprocess.run([*timed, shlex.join(command)], check=True, capture_output=True)
            seconds.extend(json.loads(Path("timed.json").read_text())["results"][0]["times"])
    return min(times[0]), min(times[1])


def bench_thousand(create: list[str], recipient: str) -> None:
    """A thousand namespaces in one call, against a thousand pipelines."""
    names = [f"namespace-{number}" for number in range(NAMESPACES)]
    flags = [word for name in names for word in ("--namespace", name)]
    best = min(seconds_of([*create, *flags, "-r", recipient, "-o", f"many-{turn}/"]) for turn in range(5))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    started = time.perf_counter()
    for name in names[:PIPELINES]:
        subprocess.run(["sh", "-c", pipeline_for(name, recipient)], check=True)
    pipelines = (time.perf_counter() - started) * NAMESPACES / PIPELINES
    tell(f"{NAMESPACES} pipelines / {NAMESPACES} namespaces in one call", pipelines, best, goal="at least 100")
    print(f"handoffs a second, start included: {NAMESPACES / best:.0f} (goal: at least 2000)")
    print(f"peak memory of any child: {peak:.0f} MB (goal: under 100)")


def seconds_of(command: list[str]) -> float:
    """Time one run."""
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def tell(what: str, left: float, right: float, goal: str) -> None:
    """Print one ratio."""
    print(f"{what}: {left * 1000:.0f} ms / {right * 1000:.0f} ms = {left / right:.2f} (goal: {goal})")


if __name__ == "__main__":
    main()
