"""What the commands of neutrality share: the ground they stand on, and how they say what they found."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import say, warn
from landbalance.cli.progress import progress_bar

if TYPE_CHECKING:
    from landbalance.engine.ground import Ground

RunOption = Annotated[str | None, typer.Option("--run", help="Run to look at; the latest when left out.")]
DomainOption = Annotated[str, typer.Option("--domain", help="Zones (their id) within which gains must meet losses.")]
TypesOption = Annotated[str, typer.Option("--landtypes", help="Name of the land types.")]
PeriodsOption = Annotated[
    str, typer.Option("--periods", help="Two periods: baseline,report_2; the baseline and the last when left out.")
]
OutOption = Annotated[Path | None, typer.Option("--out", help="Folder to write; neutrality/ in the workspace.")]
LanguageOption = Annotated[str, typer.Option("--language", help="Language of the page and the workbook.")]
TargetYearOption = Annotated[int, typer.Option("--to", help="Target year.")]
PRODUCTS = {
    "page": ("*.html", "opens in a browser, without a network"),
    "workbook": ("*.xlsx", ""),
    "figures": ("*.json", "with their origin"),
    "tables": ("tables", "CSV"),
    "maps": ("*.tif", "GeoTIFF"),
}


def open_for(
    workspace: Path | None, run: str | None, *, domain: str = "", types: str = "default", periods: str = "",
    quiet: bool = False,
) -> "Ground":  # fmt: skip
    """Open the ground of an analysis, and say its doubts."""
    from landbalance.engine.ground import open_ground
    from landbalance.io.workspace import load_workspace

    named = tuple(name.strip() for name in periods.split(",")) if periods else None
    if named is not None and len(named) != 2:
        raise typer.BadParameter("name two periods: --periods baseline,report_2")
    ground = open_ground(
        load_workspace(workspace),
        run_id=run,
        periods=(named[0], named[1]) if named else None,
        domain=domain,
        types=types,
        progress=progress_bar(quiet=quiet),
    )
    for text in ground.warnings:
        warn(text)
    return ground


def folder_for(ground: "Ground", out: Path | None, name: str) -> Path:
    """Return where an analysis is written."""
    from landbalance.engine.neutrality import FOLDER

    return out or Path(ground.workspace.path) / FOLDER / name


def say_where(folder: Path, *, quiet: bool = False) -> None:
    """Print where each product is."""
    say("", quiet=quiet)
    for title, (pattern, note) in PRODUCTS.items():
        found = sorted(folder.glob(pattern))
        if found:
            names = ", ".join(path.name for path in found)
            where = f"{folder / names}" if len(found) == 1 else f"{folder}: {names}"
            say(f"  {title:10}{where}" + (f" ({note})" if note else ""), quiet=quiet)


def tell_doubts(ground: "Ground", before: "Ground") -> "Ground":
    """Say the doubts that came up since the ground was opened; return it."""
    for text in ground.warnings[len(before.warnings) :]:
        warn(text)
    return ground
