"""`landbalance target`: how far targets are, and how much land they share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.neutrality import RunOption, folder_for, open_for, say_where
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption

if TYPE_CHECKING:
    from landbalance.planning.targets import TargetProgress

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@app.callback()
def target() -> None:
    """Tell how far targets are, and how much land they share."""


@app.command()
def progress(
    file: Annotated[Path, typer.Argument(help="Targets: GeoJSON, GeoPackage, shapefile, or CSV without shapes.")],
    run: RunOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Show delivered action and mapped outcome of targets, side by side."""
    from landbalance.engine.neutrality_files import write_targets
    from landbalance.engine.target_progress import progress_of_file

    ground = open_for(workspace, run, quiet=quiet or json)
    found = progress_of_file(ground, file)
    folder = folder_for(ground, None, "targets")
    write_targets(ground, folder, [(each.title, each.progress) for each in found.targets])
    if json:
        print_json(found)
        return
    columns = ("target", "year", "action", "outcome", "expected", "light", "status")
    rows = [(each.title, each.progress.year, *sides(each.progress)) for each in found.targets]
    print_table(columns, rows, right=columns[1:5])
    for line in found.notes:
        say(line)
    if not quiet:
        say_where(folder)


@app.command()
def overlap(
    file: Annotated[Path, typer.Argument(help="Targets: GeoJSON, GeoPackage or shapefile.")],
    land_km2: Annotated[float | None, typer.Option(help="Land of the country; no sum exceeds it [km2].")] = None,
    json: JsonOption = False,
) -> None:
    """Show how much land targets share; each piece counts once."""
    from landbalance.io.target_files import read_targets
    from landbalance.planning.targets import overlap as overlap_of

    read = read_targets(file)
    found = overlap_of(read.claims, read.shapes, land_km2=land_km2)
    if json:
        areas = {"unique_km2": found.unique_km2, "gross_km2": found.gross_km2, "ratio": found.ratio}
        bounds = {"lower_km2": found.lower_km2, "upper_km2": found.upper_km2}
        print_json({**areas, **bounds, "targets": found.targets, "pairwise": found.pairwise})
        return
    rows = [
        (t.target_id, f"{t.full_km2:,.2f}", f"{t.exclusive_km2:,.2f}", f"{t.shared_km2:,.2f}") for t in found.targets
    ]
    columns = ("target", "km2", "exclusive", "shared")
    print_table(columns, rows, right=columns[1:])
    for pair in found.pairwise:
        say(f"{pair.first} and {pair.second} share {pair.area_km2:,.2f} km2")
    say(
        f"unique {found.unique_km2:,.2f} km2 of {found.gross_km2:,.2f} km2: {found.ratio:.1%} is counted more than once"
    )
    say(f"with targets that have no exact shape: {found.lower_km2:,.2f} to {found.upper_km2:,.2f} km2")


def sides(found: "TargetProgress") -> tuple[str, ...]:
    """Return both sides of a target as text."""
    shares = ["" if s is None or s.progress is None else f"{s.progress:.1%}" for s in (found.action, found.outcome)]
    known = [side for side in (found.outcome, found.action) if side is not None]
    expected = "" if not known or known[0].expected is None else f"{known[0].expected:.1%}"
    light = known[0].light.replace("_", " ") + (", uncertain" if known[0].is_uncertain else "") if known else "no data"
    return (*shares, expected, light, found.prais.replace("_", " "))
