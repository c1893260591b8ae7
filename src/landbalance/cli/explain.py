"""`landbalance explain`: why one pixel has its status."""

from math import isfinite
from typing import Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.options import JsonOption, WorkspaceOption

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def explain(
    lon: Annotated[float, typer.Option(min=-180, max=180, help="Longitude [degrees].")],
    lat: Annotated[float, typer.Option(min=-90, max=90, help="Latitude [degrees].")],
    run: Annotated[str | None, typer.Option(help="Run to explain; the latest when left out.")] = None,
    values: Annotated[bool, typer.Option("--values", help="Print every computed layer at the pixel as well.")] = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Tell in plain words why one pixel has its status."""
    from landbalance.engine.explain import explain as explain_place
    from landbalance.io.workspace import load_workspace

    if not (isfinite(lon) and isfinite(lat)):
        raise typer.BadParameter("give --lon and --lat in degrees")
    found = explain_place(load_workspace(workspace), lon, lat, run_id=run)
    if json:
        print_json(found)
        return
    say(*found.lines, "", "Input values:")
    shown = found.values if values else found.inputs
    print_table(("layer", "value"), [(name, spoken(value)) for name, value in shown.items()])


def spoken(value: object) -> str:
    """Return a value, or a series of values, in few characters."""
    if isinstance(value, float):
        return f"{value:.6g}" if isfinite(value) else "no data"
    if isinstance(value, dict):
        return ", ".join(f"{year}: {spoken(each)}" for year, each in value.items())
    return " ".join(map(spoken, value)) if isinstance(value, list) else str(value)
