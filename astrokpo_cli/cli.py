"""The command line: lazy commands, and the one place where an error becomes an exit code.

`main(argv)` is the program. Only the module of the command that is asked for is imported.
"""

import gc

# What the imports make stays: to look through it for garbage, again and again, takes a tenth of the start.
gc.disable()

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group, get_install_completion_arguments

from astrokpo_cli import __version__
from astrokpo_cli.errors import AstrokpoError, is_private_key
from astrokpo_cli.output import Output

gc.freeze()
gc.set_threshold(10_000)  # a command's own imports are not looked through either
gc.enable()

PROGRAM = "astrokpo"
INTERRUPTED = 130

GROUPS = {
    "secret": "Seal a pull secret for support; look into a handoff; apply it.",
    "registry": "See what the docker config holds; check that an image can be pulled; pull without a secret.",
    "dag": "Find tasks that cannot pull their image, and put the pull secret in.",
    "key": "Keep the identities that open handoffs.",
}
COMMANDS = {
    "secret create": "secret_create",
    "secret inspect": "secret_inspect",
    "secret apply": "secret_apply",
    "snippet": "snippet",
    "dag check": "dag_check",
    "dag patch": "dag_patch",
    "registry list": "registry_list",
    "registry check": "registry_check",
    "registry grant": "registry_grant",
    "key generate": "key_generate",
    "key list": "key_list",
    "key import": "key_import",
    "key export": "key_export",
    "key delete": "key_delete",
}
"""Each command's words -> its module in astrokpo_cli.commands, whose function `run` it is."""

# typer's public names do not include the errors of its parser; they are the bases of the one that is public.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]


class Command(TyperCommand):
    """A command whose help groups the options under the titles that they name."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the parameters in their groups, in the order in which the groups are first named; the rest is last."""
        groups: dict[str, list[tuple[str, str]]] = {"Arguments": []}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None:
                default = "Arguments" if param.param_type_name == "argument" else "Options"
                groups.setdefault(getattr(param, "rich_help_panel", None) or default, []).append(record)
        groups["Options"] = groups.pop("Options", [])
        for title, records in groups.items():
            if not records:
                continue
            with formatter.section(title):
                formatter.write_dl(records)


class LazyCommands(Mapping[str, Any]):
    """The commands below a group's words, each imported when it is first asked for."""

    def __init__(self, group: str) -> None:
        self._prefix = f"{group} " if group else ""
        words = (*GROUPS, *COMMANDS) if not group else COMMANDS
        below = (name.removeprefix(self._prefix) for name in words if name.startswith(self._prefix))
        self._names = tuple(sorted(name for name in below if " " not in name))
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def _load(self, name: str) -> Any:
        words = self._prefix + name
        if words in GROUPS:
            return get_group(_app(cls=LazyGroup, name=name, help=GROUPS[words], no_args_is_help=True))
        app = _app()
        module = import_module(f"astrokpo_cli.commands.{COMMANDS[words]}")
        app.command(name, cls=Command)(module.run)
        return get_command(app)


class LazyGroup(TyperGroup):
    """A group that knows its commands by name and imports only the one that runs."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands: Any = LazyCommands("" if self.name == PROGRAM else self.name or "")

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        """Give the names; typer's own method imports every command for them."""
        return list(self.commands)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; gives the exit code: 0 done, 1 failed, 2 usage, 3 a check found something, 130 interrupted.

    Every failure becomes a message here. One that is not expected is told by its type and place alone, since its
    text and its values may hold a secret.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if os.environ.get(f"_{PROGRAM}_COMPLETE".upper()):
        _prepare_completion()
    _escape_what_cannot_be_encoded()
    output = _output_for_errors(arguments)
    try:
        return _run(arguments, output)
    except AstrokpoError as err:
        return _tell(output, err)
    except (KeyboardInterrupt, typer.Abort):
        output.note("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone.
        _drop_output()
        return 1
    except Exception as err:  # noqa: BLE001 - the last resort: whatever it is, its text is not shown
        return _tell(output, AstrokpoError(f"unexpected {type(err).__name__} {_where(err)}", _REPORT))


def _tell(output: Output, err: AstrokpoError) -> int:
    try:
        output.error(err)
    except (AstrokpoError, OSError):  # what cannot be written cannot be told there either
        _drop_output()
    return err.exit_code


def _drop_output() -> None:
    """Send what is still to be written nowhere, so that Python does not fail again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _escape_what_cannot_be_encoded() -> None:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _prepare_completion() -> None:
    # typer knows no shell until it has made the two options that install completion, which we do not have.
    get_install_completion_arguments()
    # It renders the help of completions with rich if it can be imported; completion must be quick.
    sys.modules["rich"] = None  # type: ignore[assignment]


def _run(arguments: list[str], output: Output) -> int:
    try:
        code = get_group(_root())(args=arguments, prog_name=PROGRAM, standalone_mode=False)
    except _UsageError as err:
        raise _usage_problem(err) from None
    if code == INTERRUPTED:  # what typer makes of Ctrl-C
        output.note("interrupted")
    return code if isinstance(code, int) else 0


def _usage_problem(err: Any) -> AstrokpoError:
    from astrokpo_cli.errors import UsageProblem

    command = err.ctx.command_path if err.ctx else PROGRAM
    message = err.format_message()
    if "unexpected extra argument" in message:  # it may be a password, behind a flag that takes none
        message = "got an unexpected extra argument"
    if is_private_key(message):
        message = "a private key stands where a name belongs"
    if message.startswith("Usage:"):  # no arguments at all: the help is the message
        return UsageProblem(f"a command is missing\n\n{message}")
    return UsageProblem(f"{message[:1].lower()}{message[1:].rstrip('.')}", f"see {command} --help")


def _root() -> typer.Typer:
    app = _app(cls=LazyGroup, name=PROGRAM, no_args_is_help=True)
    app.callback()(_global_options)
    return app


def _app(**settings: Any) -> typer.Typer:
    return typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
        **settings,
    )


def _print_version(ctx: typer.Context, asked: bool) -> None:
    # Not in the group's callback: without a command that is never called.
    if asked and not ctx.resilient_parsing:
        sys.stdout.write(f"{PROGRAM} {__version__}\n")
        raise typer.Exit


def _global_options(
    ctx: typer.Context,
    version: Annotated[  # noqa: ARG001 - its callback has done it
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_print_version)
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say what is done, on standard error.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="Print no colors; NO_COLOR does the same.")] = False,
) -> None:
    """Registry credentials for Airflow's KubernetesPodOperator on Astro.

    The customer seals a pull secret for support, support applies it, and the DAG names it.

    \b
    Example:
      astrokpo secret create --image ghcr.io/acme/etl:1.4 -n geocentric-supernova-1234
      astrokpo secret apply geocentric-supernova-1234.ghcr-io-pull.age --fingerprint 37d086301bc2
      astrokpo snippet --image ghcr.io/acme/etl:1.4 --secret ghcr-io-pull
    """
    ctx.obj = Output(color=not no_color and not os.environ.get("NO_COLOR"), verbose=verbose)


def _output_for_errors(arguments: Sequence[str]) -> Output:
    """Find out how to talk before the arguments are parsed, so that a usage error is told in the same way."""
    flags = arguments[: arguments.index("--")] if "--" in arguments else arguments
    color = "--no-color" not in flags and not os.environ.get("NO_COLOR")
    return Output(color=color, json="--json" in flags)


def _where(err: BaseException) -> str:
    trace = err.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    code = trace.tb_frame.f_code
    return f"in {code.co_qualname}, {os.path.split(code.co_filename)[1]} line {trace.tb_lineno}"


_REPORT = "this is a bug in astrokpo; its text may hold a secret and is not shown. Report it with the command's name"
