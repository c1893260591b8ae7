"""`landbalance scenario`: drawn polygons with what is done in them, against business as usual."""

from pathlib import Path
from typing import Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.neutrality import (
    LanguageOption,
    OutOption,
    RunOption,
    TargetYearOption,
    folder_for,
    open_for,
    say_where,
)
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@app.callback()
def scenario() -> None:
    """Hold drawn scenarios against business as usual."""


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What the scenario is called.")],
    file: Annotated[Path, typer.Argument(help="Polygons with intervention, effectiveness and years.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Check a file of polygons and keep it as a scenario of the workspace."""
    from landbalance.engine.scenarios import add_scenario
    from landbalance.io.workspace import load_workspace

    path, count = add_scenario(load_workspace(workspace), name, file)
    say(f"scenario {name}: {count} polygons, {path}")


@app.command("list")
def list_scenarios(workspace: WorkspaceOption = None) -> None:
    """List the scenarios of the workspace."""
    from landbalance.engine.scenarios import scenario_files
    from landbalance.io.workspace import find_workspace

    for name, path in scenario_files(find_workspace(workspace)).items():
        say(f"{name}  {path}")


@app.command()
def compare(
    names: Annotated[list[str], typer.Argument(help="Scenarios by name, or files of polygons.")],
    to: TargetYearOption = 2030,
    run: RunOption = None,
    out: OutOption = None,
    language: LanguageOption = "en",
    json: JsonOption = False,
    quiet: QuietOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Show what scenarios bring by a target year, against business as usual."""
    from landbalance.engine.neutrality import against_usual
    from landbalance.engine.neutrality_files import write_scenario
    from landbalance.engine.scenarios import read_named

    ground = open_for(workspace, run, quiet=quiet or json)
    rows, found = [], {}
    for name in names:
        polygons, actions = read_named(ground.workspace, name, (ground.second.last_year + 1, to))
        made, compared = against_usual(ground, polygons, actions, to)
        folder = folder_for(ground, out, f"scenario-{Path(name).stem}")
        write_scenario(ground, folder, made, compared, actions, to, language=language)
        found[name] = {"scenario": made, "comparison": compared, "gap_closed": compared.gap_closed, "folder": folder}
        numbers = (made.reversed_ha, made.avoided_ha, made.shortfall_ha, compared.scenario_ha)
        rows.append((name, *(f"{value:,.1f}" for value in numbers), f"{compared.gap_closed:.1%}"))
    if json:
        print_json(found)
        return
    say(
        f"business as usual: {compared.projected_ha:,.0f} ha degraded by {to}, "
        f"{compared.baseline_ha:,.0f} ha at the baseline"
    )
    columns = ("scenario", "reversed ha", "avoided ha", "missing ha", f"degraded ha {to}", "gap closed")
    print_table(columns, rows, right=columns[1:])
    for each in found.values():
        say_where(Path(str(each["folder"])), quiet=quiet)
