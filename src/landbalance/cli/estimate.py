"""`landbalance estimate`: what an assessment will take."""

from pathlib import Path
from typing import Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.options import JsonOption, WorkspaceOption

app = typer.Typer(rich_markup_mode=None)


@app.command()
def estimate(
    path: Annotated[Path | None, typer.Argument(help="Workspace folder; as --workspace.", show_default=False)] = None,
    profile: Annotated[str | None, typer.Option(help="Method profile, or the file of a custom one.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads; one per core when left out.")] = None,
    block: Annotated[int | None, typer.Option(min=16, max=8192, help="Rows and columns of a tile.")] = None,
    keep: Annotated[list[str] | None, typer.Option(help="Beginning of the names of maps to keep; may repeat.")] = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Tell time, disk and memory before a run.

    A few tiles of the workspace are run to measure it. Exits with 1 if the run does not fit, and says what would.
    """
    import os

    from landbalance.engine.calibrate import calibrate
    from landbalance.engine.estimate import carried_over, refuse_too_large, spoken_bytes
    from landbalance.io.workspace import load_workspace

    if path is not None and workspace is not None:
        raise typer.BadParameter("name the workspace once: as argument or with -w")
    loaded = load_workspace(path or workspace, profile=profile)
    measured = calibrate(loaded, profile=None, threads=threads or os.cpu_count() or 1, block=block)
    found = carried_over(measured, loaded.path, keep=tuple(keep or ()))
    if json:
        print_json({**vars(found), "disk_bytes": found.disk_bytes, "fits": found.fits})
    else:
        how = "all of it was run" if found.is_measured_whole else f"{measured.sample.inside:,.0f} of them were run"
        say(f"{found.cells:,} cells, {found.years} years, {found.threads} threads; {how}", "")
        print_table(
            ("what", "takes", "there is"),
            [
                ("time", spoken_time(found.seconds), ""),
                ("disk while it runs", spoken_bytes(found.disk_bytes), spoken_bytes(found.free_bytes)),
                ("disk for the results", spoken_bytes(found.result_bytes), ""),
                ("memory", spoken_bytes(found.memory_bytes), spoken_bytes(found.available_bytes)),
            ],
            right=("takes", "there is"),
        )
        say("", f"{found.nanoseconds_per_pixel_year:,.0f} ns of processor time for each cell and year")
    refuse_too_large(found, lambda names: carried_over(measured, loaded.path, keep=names))


def spoken_time(seconds: float) -> str:
    """Return a time as a person would say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
