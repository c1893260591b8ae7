"""`landbalance carbon-stock`: carbon of forest, its loss, and what restoration could bind."""

from pathlib import Path
from typing import Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption
from landbalance.cli.progress import progress_bar

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command("carbon-stock")
def carbon_stock(
    years: Annotated[str, typer.Option(help="Forest of the first year is followed to the last.")] = "2001-2023",
    tree_cover: Annotated[float, typer.Option(min=1, max=100, help="Per cent from which land is forest.")] = 30,
    restore: Annotated[float, typer.Option(min=0, max=60, help="Years of growth; what restoration could bind.")] = 0,
    growth: Annotated[Path | None, typer.Option(help="CSV of growth rates; data/restoration_growth.csv.")] = None,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Show the carbon of forest and its loss by year."""
    from landbalance.cli.drought import year_range
    from landbalance.engine.drought.carbon import co2_of, forest_carbon, restoration_potential
    from landbalance.io.workspace import load_workspace

    loaded, bar = load_workspace(workspace), progress_bar(quiet=quiet)
    found = forest_carbon(loaded, year_range(years), tree_cover, progress=bar)
    potential = restoration_potential(loaded, restore, growth, progress=bar) if restore else {}
    if json:
        print_json({"forest": found, "co2_t": co2_of(found.carbon_t), "potential_t_co2_ha": potential})
        return
    if loaded.is_invented:
        say("warning: biomass and tree cover here are invented")
    say(f"Forest {found.years[0]} (tree cover from {tree_cover:g} %): {found.forest_ha:,.0f} ha")
    say(f"Carbon of trees: {found.carbon_t:,.0f} t C, {co2_of(found.carbon_t):,.0f} t CO2")
    if found.unknown_ha:
        say(f"warning: biomass is unknown on {found.unknown_ha:,.0f} ha of it")
    rows = [[year, *(f"{value:,.0f}" for value in row)] for year, row in found.loss.items()]
    print_table(("year", "lost ha", "t C", "t CO2"), rows, right=("lost ha", "t C", "t CO2"))
    if potential:
        say("", f"What {restore:g} years of growth bind beyond what stands [t CO2 per ha]")
        measures = list(dict.fromkeys(measure for gains in potential.values() for measure in gains))
        cells = [
            [name, *(f"{gains[each]:,.1f}" if each in gains else "" for each in measures)]
            for name, gains in potential.items()
        ]
        print_table(("district", *measures), cells, right=measures)
