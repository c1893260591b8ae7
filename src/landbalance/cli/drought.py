"""`landbalance drought`: indices, the SO3 report, monitoring, triggers and the season table of insurance."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption
from landbalance.cli.progress import progress_bar

if TYPE_CHECKING:
    from landbalance.engine.drought.desk import Written
    from landbalance.engine.drought.monitor import Monitor
    from landbalance.indicators.drought.steps import StepName

app = typer.Typer(
    help="Drought: indices, hazard report, monitor, triggers.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)
trigger = typer.Typer(
    help="Triggers: write rules, back-test them, watch them.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)
app.add_typer(trigger, name="trigger")
LanguageOption = Annotated[str, typer.Option(help="Language of the page.")]
RulesOption = Annotated[Path | None, typer.Option(help="File of rules; drought_triggers.toml, else the defaults.")]
StepOption = Annotated[str, typer.Option(help="month or dekad; rules count such steps.")]
EventsOption = Annotated[Path | None, typer.Option(help="CSV: district, year, month; data/drought_events.csv.")]
OF_RULES = "drought_triggers.toml"


@app.command()
def index(
    spi: Annotated[str, typer.Option(help="Months, such as 1,3,6,12.")] = "",
    spei: Annotated[str, typer.Option(help="Months of SPEI, such as 12.")] = "",
    dist: Annotated[str | None, typer.Option(help="gamma, pearson3 or loglogistic.")] = None,
    fit: Annotated[str | None, typer.Option(help="thom or ml, for gamma.")] = None,
    reference: Annotated[str, typer.Option(help="Reference years, such as 1981-2010.")] = "",
    pet: Annotated[
        str,
        typer.Option(help="SPEI: layer, hargreaves, thornthwaite, penman-monteith; by the layers if left out."),
    ] = "",
    zero_mode: Annotated[str | None, typer.Option(help="classical or centre.")] = None,
    step: Annotated[str | None, typer.Option(help="month or dekad.")] = None,
    stations: Annotated[
        Path | None, typer.Option(help="CSV of gauges: indices of stations instead of the grid.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="CSV to write, with --stations.")] = None,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Compute standardised drought indices as NetCDF."""
    from landbalance.engine.drought.climate import drought_cube
    from landbalance.engine.drought.stations import station_rows
    from landbalance.indicators.drought.index import index_method
    from landbalance.io.workspace import load_workspace, workspace_settings

    if pet and not spei:
        raise typer.BadParameter("--pet is for --spei")
    if not spi and not spei:
        raise typer.BadParameter("say which: --spi 1,3,6,12 or --spei 12")
    wanted = step_of(step) if step else None
    given = {
        "distribution": dist,
        "fit": fit,
        "zero_mode": zero_mode,
        "reference": year_range(reference) if reference else None,
    }
    if stations is not None:
        settings = workspace_settings(workspace)
        methods = [index_method("spi", settings, months=months, **given) for months in month_list(spi)]
        if spei:
            raise typer.BadParameter("stations have rain alone: take --spi")
        columns, rows = station_rows(stations, methods, wanted)
        show_or_write(columns, rows, out)
        return
    loaded = load_workspace(workspace)
    settings, done = loaded.settings(), []
    for kind, asked in (("spi", spi), ("spei", spei)):
        own = given if kind == "spi" or dist != "gamma" else given | {"distribution": None}
        own = own | {"pet": pet} if kind == "spei" and pet else own
        for months in month_list(asked):
            method = index_method(kind, settings, months=months, **own)  # type: ignore[arg-type]
            cube = drought_cube(loaded, method, step=wanted, progress=progress_bar(quiet=quiet))
            done.append(
                {
                    "index": method.name,
                    "file": cube.path,
                    "method": method.text,
                    "first": cube.steps.label(0),
                    "last": cube.steps.label(cube.steps.rows - 1),
                }
            )
    if json:
        print_json(done)
        return
    for each in done:
        say(f"{each['index']:8} {each['first']} to {each['last']}  {each['file']}")
        say(f"         {each['method']}", quiet=quiet)


@app.command()
def report(
    index: Annotated[str | None, typer.Option(help="spi or spei; as the profile says when left out.")] = None,
    vulnerability: Annotated[Path | None, typer.Option(help="CSV of factors; data/vulnerability.csv.")] = None,
    years: Annotated[str, typer.Option(help="Reporting years.")] = "2000-2023",
    template: Annotated[bool, typer.Option("--template", help="Print the CSV template of the factors.")] = False,
    language: LanguageOption = "en",
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Report SO3: land and people by drought class and year, four-year maps, vulnerability."""
    from landbalance.engine.drought.desk import write_hazard
    from landbalance.io.drought_tables import factor_template
    from landbalance.io.workspace import load_workspace

    if template:
        typer.echo(factor_template(), nl=False)
        return
    if index not in (None, "spi", "spei"):
        raise typer.BadParameter("--index is spi or spei")
    hazard, written = write_hazard(
        load_workspace(workspace),
        kind=index,  # type: ignore[arg-type]
        table=vulnerability,
        years=year_range(years),
        language=language,
        progress=progress_bar(quiet=quiet),
    )
    if json:
        print_json({"index": hazard.method, "years": hazard.years, "flags": hazard.flags, "page": written.page})
        return
    rows = [
        [
            each.year,
            *(f"{each.land.amounts[code]:,.0f}" for code in (1, 2, 3, 4, 0)),
            f"{each.land.unknown:,.0f}",
            f"{100 * each.land.any_drought / hazard.land_km2:.1f}",
            f"{100 * each.land.moderate_or_worse / hazard.land_km2:.1f}",
        ]
        for each in hazard.years
    ]
    say(hazard.method, "Land by drought class [km2]")
    columns = (
        "year",
        "mild",
        "moderate",
        "severe",
        "extreme",
        "none",
        "unknown",
        "all drought %",
        "moderate or worse %",
    )
    print_table(columns, rows, right=columns[1:])
    _show(written, hazard.flags, quiet=quiet)


@app.command()
def monitor(
    as_of: Annotated[
        str, typer.Option(help="Month, such as 2021-09; nothing later is used. The last when left out.")
    ] = "",
    step: StepOption = "month",
    rules: RulesOption = None,
    language: LanguageOption = "en",
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Follow drought by months or dekads: combined indicator, phases by district, bulletin; the call is stored."""
    from landbalance.engine.drought.desk import write_bulletin
    from landbalance.engine.drought.monitor import call_phases
    from landbalance.io.workspace import load_workspace

    loaded = load_workspace(workspace)
    found, call, written = write_bulletin(
        loaded, as_of=as_of, rules=rules, step=step_of(step), language=language, progress=progress_bar(quiet=quiet)
    )
    if json:
        print_json({"date": found.date, "phases": call_phases(found), "call": call, "bulletin": written.page})
        return
    _show_phases(found)
    invented = ("soil moisture and vegetation here are invented",) if loaded.is_invented else ()
    _show(written, invented + tuple(f"no data: {name}" for name in found.missing), quiet=quiet)


@app.command()
def season(
    months: Annotated[int, typer.Option(min=1, help="Months of the season.")] = 4,
    month: Annotated[int, typer.Option(min=1, max=12, help="Month in which it ends.")] = 9,
    index: Annotated[str, typer.Option(help="spi or spei.")] = "spi",
    events: EventsOption = None,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write the index table that insurance prices: district by season, with what basis risk needs."""
    from landbalance.engine.drought.back_test import season_of
    from landbalance.engine.drought.desk import season_rows, write_season
    from landbalance.indicators.drought.index import index_method
    from landbalance.io.workspace import load_workspace

    if index not in ("spi", "spei"):
        raise typer.BadParameter("--index is spi or spei")
    loaded = load_workspace(workspace)
    method = index_method(index, loaded.settings(), months=months)  # type: ignore[arg-type]
    found = season_of(loaded, method, month, progress=progress_bar(quiet=quiet))
    rows = season_rows(loaded, found, events)
    say(f"{len(found.districts)} districts, {len(found.years)} seasons: {write_season(loaded, found, rows)}")


@trigger.command()
def design(
    out: Annotated[Path | None, typer.Option(help="File to write; drought_triggers.toml of the workspace.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Write the rules as a file to change: conditions, and for each the action, the body and the budget line."""
    from landbalance.core.errors import InputError
    from landbalance.engine.drought.triggers_file import rules_text
    from landbalance.io.files import write_text
    from landbalance.io.workspace import find_workspace

    path = out or find_workspace(workspace) / OF_RULES
    if path.exists():
        raise InputError("{path} exists", path=path, hint="change it, or name another file with --out")
    write_text(path, rules_text())
    say(f"wrote {path}: name bodies and budget lines, then landbalance drought trigger backtest")


@trigger.command()
def backtest(
    months: Annotated[int, typer.Option(min=1, help="Months of the index.")] = 4,
    month: Annotated[int, typer.Option(min=1, max=12, help="Month the call is made for.")] = 9,
    share: Annotated[
        float | None,
        typer.Option("--area-share", help="Share of land at or below the threshold; the mean if left out."),
    ] = None,
    most_false: Annotated[float, typer.Option(min=0, max=1, help="Largest false alarm ratio.")] = 0.5,
    resamples: Annotated[int, typer.Option(min=10, help="Resampled sets of years.")] = 200,
    events: EventsOption = None,
    rules: RulesOption = None,
    language: LanguageOption = "en",
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Tell how a trigger would have done: hits, misses and false alarms, each year tried without itself."""
    from landbalance.engine.drought.desk import write_backtest
    from landbalance.indicators.drought.index import index_method
    from landbalance.io.workspace import load_workspace

    loaded = load_workspace(workspace)
    method = index_method("spi", loaded.settings(), months=months)
    tested, written = write_backtest(
        loaded,
        method,
        month,
        events=events,
        most_false=most_false,
        resamples=resamples,
        language=language,
        progress=progress_bar(quiet=quiet),
        rules=rules,
        share=share,
    )
    if json:
        print_json(
            {"threshold": tested.threshold, "skill": tested.skill, "intervals": tested.intervals, "page": written.page}
        )
        return
    where = "" if share is None else f" on {share:.0%} of the land"
    asked = f"{method.name} of month {month} at {tested.threshold:.2f} or less{where}"
    say(f"{asked}, chosen under {most_false:.0%} false alarms")
    rows = [
        [
            name,
            *(f"{value:.0f}" for value in (each.hits, each.misses, each.false_alarms)),
            *("-" if value != value else f"{value:.2f}" for value in (each.pod, each.far, each.csi)),
        ]
        for name, each in (
            ("each year without itself", tested.skill),
            ("in hindsight", tested.hindsight),
            ("calling always", tested.constant),
            ("calling at random", tested.climatology),
        )
    ]
    columns = ("test", "hits", "misses", "false", "POD", "FAR", "CSI")
    print_table(columns, rows, right=columns[1:])
    low, high = tested.intervals["csi"]
    say(f"CSI 95 % {low:.2f} to {high:.2f}; {tested.return_period:.1f} years between two calls in a district")
    _show(written, () if tested.within_limit else ("no threshold keeps the limit of false alarms",), quiet=quiet)


@trigger.command("watch")
def watch_triggers(
    as_of: Annotated[str, typer.Option(help="Month, such as 2021-09; the last when left out.")] = "",
    step: StepOption = "month",
    rules: RulesOption = None,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Apply the rules to one month, show which phase each district is in, and store the call."""
    from landbalance.engine.drought.desk import watch_and_store
    from landbalance.engine.drought.monitor import call_record
    from landbalance.io.workspace import load_workspace

    loaded = load_workspace(workspace)
    found, call = watch_and_store(
        loaded, as_of=as_of, rules=rules, step=step_of(step), progress=progress_bar(quiet=quiet)
    )
    if json:
        print_json(call_record(loaded, found) | {"call": call})
        return
    _show_phases(found)
    for rule in found.rules:
        say(f"  {rule.phase}: {rule.text} -> {rule.action} ({rule.body}; {rule.budget_line})", quiet=quiet)
    say(f"stored {call}")


def step_of(text: str) -> "StepName":
    """Return a step as a person writes it."""
    if text not in ("month", "dekad"):
        raise typer.BadParameter("--step is month or dekad")
    return "dekad" if text == "dekad" else "month"


def month_list(text: str) -> list[int]:
    """Return months as a person writes them: 1,3,6,12."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdigit() and 1 <= int(part) <= 72 for part in parts):
        raise typer.BadParameter(f"{text!r} is no list of months: write 1,3,6,12")
    return [int(part) for part in parts]


def year_range(text: str) -> tuple[int, int]:
    """Return the first and the last year of 1981-2010."""
    first, dash, last = text.partition("-")
    if not (dash and first.strip().isdigit() and last.strip().isdigit() and int(first) <= int(last)):
        raise typer.BadParameter(f"{text!r} is no range of years: write 1981-2010")
    return int(first), int(last)


def show_or_write(columns: tuple[str, ...], rows: list[list[object]], out: Path | None) -> None:
    """Write rows as CSV, to a file or to the output."""
    from landbalance.cli.rows import Format, give_out

    give_out(columns, rows, Format.csv, out, title="stations")


def _show_phases(found: "Monitor") -> None:
    """Print the phase of each district."""
    from landbalance.engine.drought.monitor import call_phases

    say(f"{found.date}, rules: {found.rules_from}")
    print_table(("district", "phase"), [[name, phase.replace("_", " ")] for name, phase in call_phases(found).items()])


def _show(written: "Written", flags: tuple[str, ...], *, quiet: bool) -> None:
    """Print doubts, and where the page and its files are."""
    if quiet:
        return
    say("", *(f"warning: {flag}" for flag in flags))
    say(f"page   {written.page} (opens in a browser, without a network)")
    folders = dict.fromkeys(str(path.parent) for path in written.files)
    say(*(f"files  {folder}" for folder in folders))
