"""`landbalance zonal`: any layer by any polygons."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import print_table, say
from landbalance.cli.data import stated_years
from landbalance.cli.options import WorkspaceOption
from landbalance.cli.rows import Format, give_out

if TYPE_CHECKING:
    from landbalance.engine.zonal_table import ZonalTable

app = typer.Typer(rich_markup_mode=None, add_completion=False)
VALUE_COLUMNS = ("zone", "code", "time", "area_km2", "known_km2", "mean", "std", "minimum", "maximum", "total")
CLASS_COLUMNS = ("zone", "code", "time", "class", "name", "km2", "share_of_zone")


@app.command()
def zonal(
    layer: Annotated[str, typer.Argument(help="Role of a layer, map of the latest run (sdg.baseline), or a file.")],
    by: Annotated[str, typer.Option(help="Registered zones (their id), boundary, or a file of any polygons.")],
    years: Annotated[str, typer.Option(help="2010-2015, or 2010,2015; all when left out.")] = "",
    classes: Annotated[bool, typer.Option("--classes", help="The numbers of a raster file are codes.")] = False,
    name_field: Annotated[str | None, typer.Option(help="Column with the names of the polygons.")] = None,
    format: Annotated[Format, typer.Option("--format", help="How the rows are given out.")] = Format.table,  # noqa: A002
    out: Annotated[Path | None, typer.Option(help="File to write (csv, json, xlsx).")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Tabulate any layer by any polygons, partial pixels weighted."""
    from landbalance.core.errors import NotFoundError
    from landbalance.engine.zonal_table import zonal_table
    from landbalance.io.layer_entries import stated_years as years_of
    from landbalance.io.workspace import load_workspace

    if format is Format.xlsx and out is None:
        raise typer.BadParameter("an Excel file needs its name: --out FILE.xlsx")
    try:
        loaded = load_workspace(workspace)
    except NotFoundError:
        if workspace is not None or not Path(layer).exists():
            raise
        loaded = None  # a file by polygons needs no workspace
    wanted = tuple(int(year) for year in years_of(stated_years(years))) if years else ()
    table = zonal_table(loaded, layer, by, years=wanted, classes=classes, name_field=name_field)
    columns, rows = (CLASS_COLUMNS, class_rows(table)) if table.is_class else (VALUE_COLUMNS, value_rows(table))
    if format is Format.table and out is None:
        say(f"{table.layer.title or table.layer.role} [{table.layer.unit or '1'}]")
        shown = [[f"{cell:,.4f}" if isinstance(cell, float) else cell for cell in row] for row in rows]
        print_table(columns, shown, right=columns[3:] if not table.is_class else ("class", "km2", "share_of_zone"))
        return
    give_out(columns, rows, format, out, title="zonal")


def value_rows(table: "ZonalTable") -> list[list[object]]:
    """Return one row for each polygon and slice; the sum of cells means something for counts alone."""
    is_count = table.layer.kind == "count"
    rows: list[list[object]] = []
    for r in table.rows:
        head = [r.name, r.code, r.date or r.year or r.band, r.area_km2, r.known_km2]
        rows.append([*head, r.mean, r.std, r.minimum, r.maximum, r.total if is_count else None])
    return rows


def class_rows(table: "ZonalTable") -> list[list[object]]:
    """Return one row for each polygon, slice and class."""
    return [
        [r.name, r.code, r.date or r.year or r.band, code, table.names.get(code, ""), area, area / r.area_km2]
        for r in table.rows
        for code, area in r.classes_km2.items()
    ]
