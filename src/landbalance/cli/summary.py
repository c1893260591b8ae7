"""`landbalance summary`: the figures of a run."""

from dataclasses import astuple, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import print_table, say, warn
from landbalance.cli.options import WorkspaceOption
from landbalance.cli.rows import Format, give_out

if TYPE_CHECKING:
    from landbalance.engine.summary import SummaryRow


app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def summary(
    by: Annotated[str | None, typer.Option(help="Registered zones (their id), or a file of any polygons.")] = None,
    name_field: Annotated[str | None, typer.Option(help="Column with the names of the polygons.")] = None,
    run: Annotated[str | None, typer.Option(help="Run to show; the latest when left out.")] = None,
    format: Annotated[Format, typer.Option("--format", help="How the rows are given out.")] = Format.table,  # noqa: A002
    out: Annotated[Path | None, typer.Option(help="File to write (csv, json, xlsx).")] = None,
    json: Annotated[bool, typer.Option("--json", help="As --format json.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Show the figures of a run, for the nation or by zones."""
    from landbalance.engine import summary as engine
    from landbalance.engine.runs import latest_run
    from landbalance.engine.zone_count import polygons_overlap
    from landbalance.io.vector import read_polygons
    from landbalance.io.workspace import load_workspace

    format = Format.json if json else format  # noqa: A001
    if format is Format.xlsx and out is None:
        raise typer.BadParameter("an Excel file needs its name: --out FILE.xlsx")
    loaded = load_workspace(workspace)
    found = latest_run(loaded, run)
    if by is None:
        rows = engine.nation_rows(found)
    elif by in {group["id"] for group in found.summary["zones"]} or not is_file_name(by):
        rows = engine.zone_rows(found, by)
    else:
        polygons = read_polygons(by, name_field=name_field)
        rows = engine.polygon_rows(found, loaded, polygons)
        if polygons_overlap(polygons):
            warn("the polygons overlap, so their rows sum to more than the nation")
    if format is Format.table and out is None:
        say(f"run {found.id}, areas in km2")
        print_rows(rows)
    else:
        columns = tuple(field.name for field in fields(engine.SummaryRow))
        give_out(columns, [list(astuple(row)) for row in rows], format, out, title="summary")


def print_rows(rows: "tuple[SummaryRow, ...]") -> None:
    """Print rows as a table for people."""
    numbers = ("degraded", "stable", "improved", "no result", "degraded share", "coverage")
    print_table(
        ("period", "zone", "layer", *numbers[:5], "of", "coverage"),
        [
            (
                row.period,
                row.zone,
                row.layer,
                *(f"{area:,.2f}" for area in (row.degraded_km2, row.stable_km2, row.improved_km2, row.no_result_km2)),
                share(row.degraded_share),
                row.denominator.replace("_", " "),
                share(row.coverage),
            )
            for row in rows
        ],
        right=numbers,
    )


def is_file_name(text: str) -> bool:
    """Return whether a word names a file rather than zones."""
    return bool(Path(text).suffix) or Path(text).exists()


def share(value: float | None) -> str:
    """Return a ratio as per cent; nothing where it is unknown."""
    return "" if value is None else f"{value:.2%}"
