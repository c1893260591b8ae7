"""`landbalance hierarchy`: avoid, reduce, reverse."""

from typing import Annotated

import typer

from landbalance.cli.console import print_json, print_table
from landbalance.cli.neutrality import (
    DomainOption,
    PeriodsOption,
    RunOption,
    folder_for,
    open_for,
    say_where,
    tell_doubts,
)
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def hierarchy(
    domain: DomainOption = "",
    periods: PeriodsOption = "",
    risk: Annotated[
        str, typer.Option(help="Raster of risk; over 0 is at risk. trained: the map of this program.")
    ] = "",
    run: RunOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Map what land asks for: avoid, reduce or reverse."""
    from landbalance.engine.neutrality_files import write_hierarchy
    from landbalance.engine.risk import with_risk

    plain = open_for(workspace, run, domain=domain, periods=periods, quiet=quiet or json)
    ground = tell_doubts(with_risk(plain, risk), plain)
    folder = folder_for(ground, None, "hierarchy")
    rows = write_hierarchy(ground, folder)
    if json:
        print_json(rows)
        return
    cells = [(r.zone, *(f"{v:,.2f}" for v in (r.avoid_km2, r.reduce_km2, r.reverse_km2, r.unknown_km2))) for r in rows]
    columns = ("zone", "avoid", "reduce", "reverse", "unknown")
    print_table(columns, cells, right=columns[1:])
    if not quiet:
        say_where(folder)
