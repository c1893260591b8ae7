"""`landbalance finance windows`: the funding windows there are, and how a project fits them."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.blend import ProjectArgument
from landbalance.cli.console import print_json, print_table, say, warn
from landbalance.cli.options import JsonOption
from landbalance.core.errors import InputError

if TYPE_CHECKING:
    from landbalance.finance.windows import Bundle

windows = typer.Typer(rich_markup_mode=None, add_completion=False, help="Funding windows and how a project fits them.")
OwnWindows = Annotated[Path | None, typer.Option("--own", help="TOML with windows and weights of your own.")]
DayOption = Annotated[str, typer.Option("--on", help="Day to judge deadlines and records by; today when left out.")]


@windows.command("list")
def list_windows(own: OwnWindows = None, on: DayOption = "", json: JsonOption = False) -> None:
    """List the funding windows of the catalogue, how sure each record is, and which are old."""
    from landbalance.io.windows_file import read_windows

    found, day = read_windows(own), day_of(on)
    if json:
        old = [each.id for each in found.windows if each.is_stale(day, found.stale_after)]
        print_json({"windows": found.windows, "stale": old})
        return
    rows = [
        (each.id, each.fund, each.title, limits(each.least, each.most), each.currency, each.checked_on or "-",
         "stale" if each.is_stale(day, found.stale_after) else "", each.tag)
        for each in found.windows
    ]  # fmt: skip
    print_table(("id", "fund", "title", "million", "currency", "checked", "record", "tag"), rows)


@windows.command("match")
def match_windows(
    project: ProjectArgument,
    own: OwnWindows = None,
    on: DayOption = "",
    json: JsonOption = False,
) -> None:
    """Rank the windows for a project, with what stands in the way and what would help."""
    from landbalance.finance.matching import default_weights, match
    from landbalance.finance.windows import bundle, stale_after_months
    from landbalance.io.project_file import read_project
    from landbalance.io.windows_file import read_windows

    ask, parts = read_project(project).ask()
    catalogue = read_windows(own)
    found = match(ask, catalogue.windows, day_of(on), catalogue.weights, catalogue.stale_after)
    split = bundle(parts, catalogue.windows) if parts else None
    weights = catalogue.weights or default_weights()
    if json:
        print_json({"matches": found, "bundle": split, "weights": weights, "reason": catalogue.reason})
        return
    rows = [
        (each.window.id, f"{each.score:.1f}", "open" if each.is_open else "no", "stale" if each.is_stale else "")
        for each in found
    ]
    print_table(("window", "fit", "may enter", "record"), rows, right=("fit",))
    for each in found:
        say(*(f"{each.window.id}: {what.reason} ({what.remedy})" for what in each.obstacles))
    if split is not None:
        _say_bundle(split)
    told = ", ".join(f"{name} {value:g}" for name, value in weights.items())
    say(
        "",
        f"weights: {told}; " + (f"your own: {catalogue.reason}" if catalogue.weights else "a default of this project"),
    )
    old = [each.window.id for each in found if each.is_stale]
    if old:
        months = catalogue.stale_after or stale_after_months()
        warn(f"not checked for {months} months or more: {', '.join(old)}; ask the fund before you write")


def day_of(text: str) -> date:
    """Return a day; today where none is given.

    Raises
    ------
    InputError
        If it is no date.
    """
    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError as error:
        raise InputError("{text} is no day", text=text, hint="write it as 2026-11-25") from error


def limits(least: float | None, most: float | None) -> str:
    """Return the limits of a window in words."""
    if least is None and most is None:
        return "not stated"
    return f"{'' if least is None else f'{least:g}'} - {'' if most is None else f'{most:g}'}"


def _say_bundle(split: "Bundle") -> None:
    """Print how a programme is split, and what does not fit."""
    say("", f"a programme of {split.total:g} million over {len(split.asks)} windows")
    rows = [(code, f"{ask:g}", f"{split.cofinance[code]:.2f}", "outside its limits" if code in split.beyond else "")
            for code, ask in split.asks.items()]  # fmt: skip
    print_table(("window", "million", "other money over it", ""), rows, right=("million", "other money over it"))
    say(*(f"funded twice: {output}" for output in split.double_funded))
