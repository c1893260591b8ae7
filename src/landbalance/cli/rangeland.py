"""`landbalance rangeland`: extent, condition, forage and stocking."""

from pathlib import Path
from typing import Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption
from landbalance.cli.progress import progress_bar

app = typer.Typer(
    help="Rangelands: extent, condition, forage, stocking.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)
DefinitionOption = Annotated[str, typer.Option(help="strict, default or broad.")]
HerdsOption = Annotated[Path | None, typer.Option(help="CSV: district, species, heads; data/livestock.csv.")]


@app.command()
def extent(workspace: WorkspaceOption = None, quiet: QuietOption = False, json: JsonOption = False) -> None:
    """Show rangeland under each definition, and write it as a map."""
    from landbalance.engine.drought.products import folder_of
    from landbalance.engine.drought.rangeland import rangeland_extent
    from landbalance.io.workspace import load_workspace

    loaded = load_workspace(workspace)
    path = folder_of(loaded, "rangeland") / "rangeland.tif"
    found = rangeland_extent(loaded, path, progress=progress_bar(quiet=quiet))
    if json:
        print_json(found)
        return
    first, last = found.years
    rows = [
        [
            each.definition.id,
            f"{each.first.sum():,.0f}",
            f"{each.last.sum():,.0f}",
            f"{100 * each.last.sum() / found.land_km2:.1f}",
            *(f"{km2:,.0f}" for km2 in each.lost.values()),
            "" if each.reserved is None else f"{each.reserved:,.0f}",
        ]
        for each in found.all
    ]
    lost = [f"to {code.name.lower().replace('_', ' ')}" for code in found.all[0].lost]
    columns = ("definition", f"{first} km2", f"{last} km2", "% of land", *lost, "reserved")
    print_table(columns, rows, right=columns[1:])
    say(*(f"{each.definition.id}: {each.definition.title}" for each in found.all), quiet=quiet)
    say(f"map  {found.map}", "register it as a layer of role rangeland to balance by rangeland", quiet=quiet)


@app.command()
def forage(
    definition: DefinitionOption = "default",
    days: Annotated[float, typer.Option(min=1, max=365, help="Length of the season that is grazed.")] = 365,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Show what grows within reach of herds, and what it carries in dry, middle and wet years."""
    from landbalance.engine.drought.rangeland import capacity_of
    from landbalance.engine.drought.rangeland import forage as grown_in
    from landbalance.io.workspace import load_workspace

    found = grown_in(load_workspace(workspace), definition=definition, progress=progress_bar(quiet=quiet))
    carried = {name: capacity_of(found, place, days=days) for place, name in enumerate(found.districts)}
    if json:
        print_json({"days": days, "years": found.years, "capacity_tlu": carried, "flags": found.flags})
        return
    rows = [
        [
            name,
            f"{found.area_km2[place]:,.0f}",
            *(f"{value:,.0f}" for value in (each.dry, each.middle, each.wet)),
            f"{each.low:,.0f} - {each.high:,.0f}",
            f"{each.conservative:,.0f}",
            f"{each.variation:.2f}",
            "moving herds" if each.is_variable else "",
        ]
        for place, (name, each) in enumerate(carried.items())
    ]
    say(f"Livestock units for {days:g} days, {found.years[0]}-{found.years[-1]}")
    columns = ("district", "km2", "dry year", "middle", "wet year", "interval", "careful", "CV", "advice")
    print_table(columns, rows, right=columns[1:8])
    say(*(f"warning: {flag}" for flag in found.flags), quiet=quiet)


@app.command()
def stocking(
    definition: DefinitionOption = "default",
    livestock: HerdsOption = None,
    language: Annotated[str, typer.Option(help="Language of the page.")] = "en",
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Set herds against forage by district, and write the page on rangelands."""
    from landbalance.engine.drought.desk import write_rangeland
    from landbalance.io.workspace import load_workspace

    (_, grown, herds, _), written = write_rangeland(
        load_workspace(workspace),
        definition=definition,
        herds=livestock,
        language=language,
        progress=progress_bar(quiet=quiet),
    )
    if json:
        print_json({"stocking": herds, "flags": grown.flags, "page": written.page})
        return
    rows = [
        [
            each.district,
            f"{each.units:,.0f}",
            f"{each.capacity.dry:,.0f}",
            f"{each.capacity.middle:,.0f}",
            f"{each.capacity.wet:,.0f}",
            f"{each.pressure:.2f}",
            f"{each.pressure_dry:.2f}",
            each.pressure_class,
        ]
        for each in herds
    ]
    columns = ("district", "herds TLU", "dry year", "middle", "wet year", "pressure", "in a dry year", "class")
    print_table(columns, rows, right=columns[1:7])
    say(*(f"warning: {flag}" for flag in grown.flags), f"page  {written.page}", quiet=quiet)


@app.command()
def condition(
    definition: DefinitionOption = "default",
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Tell dry years from lasting loss, and show bare ground and woody cover by district."""
    from landbalance.engine.drought.rangeland_condition import condition as states_of
    from landbalance.io.workspace import load_workspace

    loaded = load_workspace(workspace)
    states = states_of(loaded, loaded.settings(), definition=definition, progress=progress_bar(quiet=quiet))
    if json:
        print_json(states)
        return
    rows = [
        [
            each.district,
            each.loss.statement if each.loss else "-",
            each.loss.rule if each.loss else "-",
            "-" if each.bare_share is None else f"{each.bare_share:.0%}",
            "-" if each.cover_alarm is None else ("too low" if each.cover_alarm else "enough"),
            each.woody or "-",
        ]
        for each in states
    ]
    print_table(
        ("district", "statement", "why", "bare ground", "ground cover", "woody cover"), rows, right=("bare ground",)
    )
