"""`landbalance indicator`: declared indicators, listed or run one by itself."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption
from landbalance.cli.progress import progress_bar

if TYPE_CHECKING:
    from landbalance.core.crosstab import Crosstab

app = typer.Typer(
    help="List the declared indicators, or run one by itself.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)


@app.callback()
def indicator() -> None: ...


@app.command("list")
def list_indicators(json: JsonOption = False) -> None:
    """Print every declared indicator with what it takes."""
    from landbalance.indicators.catalogue import catalogue

    declared = catalogue().values()
    rows = [
        {
            "id": each.id,
            "title": each.title,
            "inputs": [band.name for band in each.inputs],
            "parameters": [parameter.name for parameter in each.parameters],
            "outputs": [band.name for band in each.outputs],
            "joins": each.joins,
        }
        for each in declared
    ]
    if json:
        print_json(rows)
        return
    print_table(
        ("indicator", "what it is", "takes"),
        [(each.id, each.title, ", ".join(band.name for band in each.inputs)) for each in declared],
    )


@app.command()
def run(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of the indicator; see landbalance indicator list.")],
    out: Annotated[Path | None, typer.Option(help="Folder of the rasters; indicators/ID when left out.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads.")] = 1,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Run one indicator for every period, its inputs bound to layers by role."""
    from landbalance.engine.indicator_run import run_indicator
    from landbalance.io.workspace import load_workspace

    done = run_indicator(load_workspace(workspace), name, out=out, threads=threads, progress=progress_bar(quiet=quiet))
    if json:
        print_json({"rasters": done.rasters, "tables": {key: rows_of(table) for key, table in done.tables.items()}})
        return
    for paths in done.rasters.values():
        say(*map(str, paths))
    if not quiet:
        for key, table in done.tables.items():
            say("", f"{key} [{table.unit}]")
            rows = rows_of(table)
            columns = list(rows[0]) if rows else []
            print_table(columns, [list(row.values()) for row in rows], right=columns)


def rows_of(table: "Crosstab") -> list[dict[str, object]]:
    """Return the cells of a table that are not zero, one row each."""
    import numpy as np

    rows = []
    for place in zip(*np.nonzero(table.values), strict=True):
        codes = {axis.name: axis.codes[at] for axis, at in zip(table.axes, place, strict=True)}
        rows.append({**codes, table.unit: round(float(table.values[place]), 6)})
    return rows
