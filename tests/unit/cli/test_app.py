"""The command line's manners: quick help, one line for an error, the right exit code."""

import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import typer
from typer.testing import CliRunner

from landbalance.cli.app import COMMANDS, app, load_command
from landbalance.core.errors import InputError

HEAVY = {"numpy", "pandas", "rasterio", "pydantic", "shapely", "xarray", "numba", "scipy", "rich", "tomlkit", "pyproj"}
LANDBALANCE = [sys.executable, "-c", "from landbalance.cli.app import main; main()"]


@pytest.fixture
def command_that(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], list[str]]:
    """Return a function that puts a command into the table and gives the words that call it."""

    def put(act: Callable[[], None]) -> list[str]:
        module = ModuleType("invented_command")
        own = typer.Typer()

        @own.command()
        def run() -> None:
            """Act."""
            act()

        module.app = own  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "invented_command", module)
        monkeypatch.setitem(COMMANDS, "act", ("invented_command", "Act."))
        return ["act"]

    return put


def fail(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_the_command_says_of_itself(name: str) -> None:
    assert COMMANDS[name][1] == load_command(name).help.splitlines()[0]


def leaves_of(command):
    """Return the commands of a group and of the groups in it."""
    below = getattr(command, "commands", None)
    return [command] if below is None else [leaf for each in below.values() for leaf in leaves_of(each)]


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "pack"])  # packs stand beside workspaces
def test_every_command_takes_its_workspace_alike(name: str) -> None:
    command = load_command(name)
    leaves = leaves_of(command)
    without = {"demo", "init", "list", "batch"}
    without |= {
        "allocate",
        "compare",
        "sensitivity",
        "appraise",
        "blend",
        "carbon",
        "curve",
        "structures",
        "match",
        "note",
        "form",
    }

    for leaf in leaves:
        options = {word for parameter in leaf.params for word in parameter.opts}
        assert leaf.name in without or {"-w", "--workspace"} <= options


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from landbalance.cli.app import app; app(['--help'], standalone_mode=False); print(*sys.modules)"
    )

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    loaded = set(out.split())
    assert "landbalance.cli.console" in loaded
    assert not HEAVY & loaded


def test_no_word_at_all_shows_the_help() -> None:
    result = CliRunner().invoke(app, [])

    assert all(line.split(".")[0] in result.output for _, line in COMMANDS.values())


def test_an_expected_error_is_one_line_and_exit_code_1(command_that) -> None:
    error = InputError("{path} has\nno bands", path="a\x1b[31m.tif", hint="name them")

    result = CliRunner().invoke(app, command_that(fail(error)))

    assert result.exit_code == 1
    assert result.stderr == "error: a\N{REPLACEMENT CHARACTER}[31m.tif has no bands: name them\n"
    assert result.stdout == ""


def test_an_unexpected_error_names_its_log(command_that) -> None:
    result = CliRunner().invoke(app, command_that(fail(ZeroDivisionError("by nought"))))

    assert result.exit_code == 1
    assert result.stderr.startswith("error: unexpected ZeroDivisionError: please report it with the log ")
    log = Path(result.stderr.split()[-1])
    assert "by nought" in log.read_text()
    log.unlink()


def test_the_traceback_is_shown_only_when_asked_for(command_that) -> None:
    result = CliRunner().invoke(app, ["--debug", *command_that(fail(InputError("no")))])

    assert result.exit_code == 1
    assert "Traceback" in result.stderr


def test_a_system_error_names_the_file(command_that) -> None:
    result = CliRunner().invoke(app, command_that(fail(OSError(28, "No space left on device", "/x/y"))))

    assert result.exit_code == 1
    assert result.stderr.startswith("error: /x/y: no space left on device")


def test_ctrl_c_is_told_and_ends_with_130(command_that) -> None:
    result = CliRunner().invoke(app, command_that(fail(KeyboardInterrupt())))

    assert result.exit_code == 130
    assert result.stderr.startswith("stopped")


@pytest.mark.parametrize("words", [["asess"], ["init"], ["init", "x"], ["assess", "--block", "many"], ["--nothing"]])
def test_wrong_usage_ends_with_2(words: list[str]) -> None:
    assert CliRunner().invoke(app, words).exit_code == 2


def test_a_misspelt_command_is_named() -> None:
    assert "'assess'" in CliRunner().invoke(app, ["asess"]).stderr


def test_the_version_is_printed() -> None:
    version = importlib.import_module("landbalance._version").__version__

    assert CliRunner().invoke(app, ["--version"]).stdout == f"landbalance {version}\n"


def test_a_reader_that_goes_away_is_no_fault() -> None:
    with subprocess.Popen([*LANDBALANCE, "config", "show"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


def test_debug_may_stand_anywhere(tmp_path: Path) -> None:
    words = [*LANDBALANCE, "data", "list", "--debug", "-w", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "Traceback" in done.stderr
