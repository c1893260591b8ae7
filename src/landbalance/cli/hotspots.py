"""`landbalance hotspots`: where degradation is worst."""

from typing import Annotated

import typer

from landbalance.cli.console import print_json, print_table
from landbalance.cli.neutrality import LanguageOption, OutOption, RunOption, folder_for, open_for, say_where
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption

app = typer.Typer(rich_markup_mode=None, add_completion=False)
MOST_ROWS = 25


@app.command()
def hotspots(
    zones: Annotated[str, typer.Option(help="Zones that are ranked (their id).")] = "",
    grid_km: Annotated[float | None, typer.Option("--grid-km", help="Squares of this side [km] instead.")] = None,
    least_km2: Annotated[float, typer.Option(help="Zones with less known land get no rank [km2].")] = 0.0,
    run: RunOption = None,
    out: OutOption = None,
    language: LanguageOption = "en",
    json: JsonOption = False,
    quiet: QuietOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Rank zones or squares by their share of degraded land."""
    from landbalance.engine.neutrality import run_hotspots
    from landbalance.engine.neutrality_files import write_hotspots

    if bool(zones) == (grid_km is not None):
        raise typer.BadParameter("name zones with --zones, or give the side of squares with --grid-km")
    ground = open_for(workspace, run, domain=zones, quiet=quiet or json)
    rows = run_hotspots(ground, grid_km=grid_km, least_km2=least_km2)
    folder = folder_for(ground, out, "hotspots")
    write_hotspots(ground, folder, rows, language=language)
    if json:
        print_json(rows)
        return
    ordered = sorted(rows, key=lambda row: (row.rank is None, row.rank or 0))[:MOST_ROWS]
    cells = [
        (r.rank, r.zone, f"{r.known_km2:,.2f}", f"{r.degraded_km2:,.2f}", "" if r.share is None else f"{r.share:.2%}")
        for r in ordered
    ]
    columns = ("rank", "zone", "known km2", "degraded km2", "share")
    print_table(columns, cells, right=("rank", *columns[2:]))
    if not quiet:
        say_where(folder)
