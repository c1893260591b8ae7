"""`landbalance assess`: the main job."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import print_json, say
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption
from landbalance.cli.progress import progress_bar

if TYPE_CHECKING:
    from landbalance.engine.runner import Runner
    from landbalance.engine.runs import Run

app = typer.Typer(rich_markup_mode=None, add_completion=False)


class Engine(StrEnum):
    """Who does the tiles."""

    threads = "threads"
    dask = "dask"


@app.command()
def assess(
    path: Annotated[Path | None, typer.Argument(help="Workspace folder; as --workspace.", show_default=False)] = None,
    profile: Annotated[str | None, typer.Option(help="Method profile, or the file of a custom one.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads; one per core when left out.")] = None,
    block: Annotated[
        int | None, typer.Option(min=16, max=8192, help="Cells along a tile; as memory allows when left out.")
    ] = None,
    language: Annotated[str, typer.Option(help="Language of the report.")] = "en",
    force: Annotated[bool, typer.Option("--force", help="Compute everything anew.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Insist on an interrupted run to go on with.")] = False,
    engine: Annotated[Engine, typer.Option(help="Threads of this process, or a Dask cluster.")] = Engine.threads,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask scheduler; else workers here.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Dask workers here; --threads is of each.")] = None,
    scratch: Annotated[
        str, typer.Option(help="Folder in object storage for layers that grow: s3://bucket/folder.")
    ] = "",
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Compute SDG 15.3.1 with its tables, maps and report."""
    from landbalance.engine.assess import assess as run_assessment
    from landbalance.io.workspace import load_workspace

    if path is not None and workspace is not None:
        raise typer.BadParameter("name the workspace once: as argument or with -w")
    if engine is not Engine.dask and (scheduler or workers):
        raise typer.BadParameter("--scheduler and --workers need --engine dask")
    if scheduler and workers:
        raise typer.BadParameter("a scheduler has its own workers: give --scheduler or --workers")
    loaded = load_workspace(path or workspace, profile=profile)
    with runner_of(engine, scheduler, workers, threads) as runner:
        run = run_assessment(
            loaded,
            threads=threads,
            runner=runner,
            block=block,
            progress=progress_bar(quiet=quiet),
            force=force,
            resume=resume,
            language=language,
            scratch=scratch,
        )
    if json:
        print_json({"id": run.id, "folder": run.folder, "products": run.products, "flags": run.flags})
        return
    show_run(run, quiet=quiet)


@contextmanager
def runner_of(
    engine: Engine, scheduler: str | None, workers: int | None, threads: int | None
) -> Iterator["Runner | None"]:
    """Hand out who does the tiles; None where it is threads of this process."""
    if engine is Engine.threads:
        yield None
        return
    from landbalance.engine.dask_engine import dask_runner

    with dask_runner(scheduler, workers=workers, threads=threads) as runner:
        yield runner


def show_run(run: "Run", *, quiet: bool = False) -> None:
    """Print what a run found, its doubts, its checks, and where each result is."""
    from landbalance.engine.summary import checks_of, headline_of

    for line in headline_of(run):
        say(line)
    if quiet:
        return
    say("", *(f"warning: {flag}" for flag in dict.fromkeys(run.flags)))
    say(*checks_of(run))
    say("", f"run {run.id}" + ("" if run.is_new else ": nothing has changed since, so this is the earlier result"))
    say(*(f"  {title:10}{place}" for title, place in results_of(run)))
    if run.is_new and run.reused:
        say(f"  taken over from earlier runs: {len(run.reused)} maps and tables")


def results_of(run: "Run") -> list[tuple[str, str]]:
    """Return where each kind of result is, in words."""
    tables = sum(product.parent.name == "tables" for product in run.products)
    package = next((str(product) for product in run.products if product.parent.name == "package"), "none")
    return [
        ("report", f"{run.folder / 'report.html'} (opens in a browser, without a network)"),
        ("workbook", str(run.folder / "summary.xlsx")),
        ("figures", str(run.folder / "summary.json")),
        ("tables", f"{run.folder / 'tables'} ({tables} CSV files)"),
        ("maps", f"{run.folder / 'layers'} ({len(run.manifest.rasters)} GeoTIFFs; QGIS styles in styles)"),
        ("package", package),
        ("manifest", str(run.folder / "manifest.json")),
    ]
