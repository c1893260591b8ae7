"""The command `landbalance`: a table of commands, loaded one by one so that help stays quick."""

import importlib
import io
import os
import sys
import tempfile
import traceback
from typing import Annotated, Any, TextIO

import typer
from typer.core import TyperCommand, TyperGroup

from landbalance._version import __version__
from landbalance.cli.console import one_line
from landbalance.core.addresses import without_secrets
from landbalance.core.errors import LandbalanceError

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("landbalance.cli.demo", "Make an invented country and run the whole chain on it."),
    "init": ("landbalance.cli.init", "Make a workspace for a country."),
    "pack": (
        "landbalance.cli.pack",
        "Get the default layers of a country; carry them on a stick.",
    ),
    "data": ("landbalance.cli.data", "Register layers, list them, check what is missing."),
    "config": ("landbalance.cli.config", "Show every parameter, its value and where it came from."),
    "assess": ("landbalance.cli.assess", "Compute SDG 15.3.1 with its tables, maps and report."),
    "batch": ("landbalance.cli.batch", "Assess many workspaces or zones from one run file."),
    "estimate": ("landbalance.cli.estimate", "Tell time, disk and memory before a run."),
    "tidy": ("landbalance.cli.tidy", "Remove what killed processes left behind."),
    "explain": ("landbalance.cli.explain", "Tell in plain words why one pixel has its status."),
    "summary": ("landbalance.cli.summary", "Show the figures of a run, for the nation or by zones."),
    "zonal": ("landbalance.cli.zonal", "Tabulate any layer by any polygons, partial pixels weighted."),
    "landtypes": (
        "landbalance.cli.landtypes",
        "Build the land types within which losses are made good.",
    ),
    "balance": (
        "landbalance.cli.balance",
        "Balance gains against losses of every land type.",
    ),
    "hierarchy": ("landbalance.cli.hierarchy", "Map what land asks for: avoid, reduce or reverse."),
    "hotspots": ("landbalance.cli.hotspots", "Rank zones or squares by their share of degraded land."),
    "projection": (
        "landbalance.cli.projection",
        "Project degraded land to a target year, with an interval.",
    ),
    "risk": ("landbalance.cli.risk", "Learn, test and map where good land will be lost."),
    "plan": ("landbalance.cli.plan", "Find the cheapest way to make every land type neutral."),
    "scenario": (
        "landbalance.cli.scenario",
        "Hold drawn scenarios against business as usual.",
    ),
    "drought": ("landbalance.cli.drought", "Drought: indices, hazard report, monitor, triggers."),
    "rangeland": ("landbalance.cli.rangeland", "Rangelands: extent, condition, forage, stocking."),
    "carbon-stock": ("landbalance.cli.carbon_stock", "Show the carbon of forest and its loss by year."),
    "indicator": ("landbalance.cli.indicator", "List the declared indicators, or run one by itself."),
    "finance": ("landbalance.cli.finance", "Count finance for land once; need, gap, strategy."),
    "serve": ("landbalance.cli.serve", "Serve targets, runs, maps and the dashboard in the browser."),
    "work": ("landbalance.cli.work", "Do the runs that wait; `landbalance serve` does so by itself."),
    "user": ("landbalance.cli.user", "Make accounts and give roles."),
    "doctor": ("landbalance.cli.doctor", "Look for what is wrong with an installation."),
    "backup": ("landbalance.cli.backup", "Back an installation up while it is in use."),
    "restore": ("landbalance.cli.restore", "Restore a backup into an empty folder."),
    "target": ("landbalance.cli.target", "Set, show, revise and exchange targets."),
}
ON_RECORDS = frozenset({"user", "backup", "target", "work", "finance"})  # Django is started before their module
FROM_FILES = {  # of those, what works on files alone
    "finance": tuple(
        [name]
        for name in (
            *("star", "appraise", "blend", "insure", "carbon", "curve", "structures"),
            *("windows", "note", "steps", "enabling"),
        )
    )
}
HELP = frozenset({"-h", "--help"})
STOPPED = 130  # as shells report a command ended by Ctrl-C
PIPE_CLOSED = 141  # as shells report a command whose reader went away


class LazyGroup(TyperGroup):
    """Know the commands by their help lines, import the one that is called, and turn errors into one line."""

    def __init__(self, **attributes: Any) -> None:
        attributes["commands"] = {name: TyperCommand(name, help=line) for name, (_, line) in COMMANDS.items()}
        super().__init__(**attributes)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Import the module of the command that is called."""
        if args and args[0] in COMMANDS:
            if args[0] in ON_RECORDS and args[1:2] not in FROM_FILES.get(args[0], ()):
                records = importlib.import_module("landbalance.cli.records")
                records.start_without_records() if HELP & set(args) else records.open_records(args)
            self.commands[args[0]] = load_command(args[0])
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; whatever goes wrong becomes one line and an exit code."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _complain("stopped; what was not finished has been left out")
            raise typer.Exit(STOPPED) from None
        except BrokenPipeError:
            raise typer.Exit(PIPE_CLOSED) from None
        except Exception as error:
            if hasattr(error, "exit_code") or isinstance(error, typer.Abort):  # typer's own: usage, exit
                raise
            if ctx.params.get("debug"):
                traceback.print_exc()
            else:
                _complain(f"error: {spoken(error)}")
            raise typer.Exit(1) from None


def load_command(name: str) -> Any:
    """Import the module of a command and return the command."""
    command = typer.main.get_command(importlib.import_module(COMMANDS[name][0]).app)
    command.name = name
    return command


def spoken(error: Exception) -> str:
    """Return an error as one line: expected ones say what to do, unexpected ones what to report."""
    if isinstance(error, LandbalanceError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror.lower()}: check the path, its permissions and the space on the disk"
    if isinstance(error, MemoryError):
        return "not enough memory: run again with a smaller --block or fewer --threads"
    return f"unexpected {type(error).__name__}: please report it with the log {_log(error)}"


app = typer.Typer(
    cls=LazyGroup,
    help="Land degradation neutrality for a country: SDG 15.3.1 from raw rasters to tables, maps and report, offline.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        sys.stdout.write(f"landbalance {__version__}\n")
        raise typer.Exit


@app.callback()
def top(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None: ...


def main() -> None:
    """Run the command line: what a name in a file cannot be shown as is replaced, a closed pipe is no fault."""
    for stream in (sys.stdout, sys.stderr):
        _tolerate(stream)
    words = [word for word in sys.argv[1:] if word != "--debug"]
    try:
        app(args=words if len(words) == len(sys.argv) - 1 else ["--debug", *words])
    finally:
        _flush()


def _tolerate(stream: TextIO) -> None:
    """Let a stream replace characters its encoding does not know."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")


def _flush() -> None:
    """Flush the output; where its reader went away, write the rest to nowhere so that the exit is quiet."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _complain(line: str) -> None:
    """Print one line to the error stream."""
    sys.stderr.write(one_line(line) + "\n")


def _log(error: Exception) -> str:
    """Write the traceback to a file of its own and return its path."""
    handle, path = tempfile.mkstemp(prefix="landbalance-", suffix=".log")
    with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
        told = f"landbalance {__version__}, Python {sys.version}\n{sys.argv[1:]}\n"
        file.write(without_secrets(told + "".join(traceback.format_exception(error))))
    return path
