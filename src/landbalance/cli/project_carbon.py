"""`landbalance finance carbon`: carbon by Tier 1, integrity before any revenue."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.neutrality import RunOption
from landbalance.cli.options import JsonOption, WorkspaceOption

if TYPE_CHECKING:
    from landbalance.finance.carbon_case import CarbonCase
    from landbalance.io.carbon_desk import CarbonAnswer, RunSoil
    from landbalance.io.project_file import Project


def carbon(
    project: Annotated[Path, typer.Argument(help="File of the project.")],
    run: RunOption = None,
    workspace: WorkspaceOption = None,
    out: Annotated[Path | None, typer.Option(help="File for the charts: .html, .svg, .csv or .json.")] = None,
    language: Annotated[str, typer.Option("--language", help="Language of the charts.")] = "en",
    json: JsonOption = False,
) -> None:
    """Count carbon by Tier 1, and what of it may be sold once integrity is shown."""
    from landbalance.core.dated import basis
    from landbalance.io.carbon_desk import METHODS, TABLES, carbon_of
    from landbalance.io.project_file import read_project

    read = read_project(project)
    soil = _soil_of(read, workspace, run) if workspace is not None or run is not None else None
    found = carbon_of(read, soil)
    if out is not None:
        _write(out, read, found, language, quiet=json)
    if json:
        print_json({**vars(found), "basis": basis(METHODS, TABLES)})
        return
    _say_gates(found.case)
    _say_balance(found)
    _say_money(found.case, read.about.currency)
    say(*(f"warning: {each}" for each in found.case.warnings))


def _soil_of(project: "Project", workspace: Path | None, run: str | None) -> "RunSoil":
    """Return soil carbon of the land of a project, as a run found it."""
    from landbalance.engine.soil_carbon import soil_of_run
    from landbalance.io.workspace import load_workspace

    loaded, table = load_workspace(workspace), project.carbon()
    project.check_country(loaded.country)
    return soil_of_run(loaded, table.land, zone=table.zone, run_id=run)


def _say_gates(case: "CarbonCase") -> None:
    """Print the questions of integrity before anything else."""
    rows = [("yes" if gate.is_passed else "no", gate.question, str(gate.why)) for gate in case.gates]
    print_table(("settled", "question of integrity", "why not"), rows)
    say("")


def _say_balance(found: "CarbonAnswer") -> None:
    """Print what is bound, how sure that is, and what of it could be sold."""
    soil, case = found.soil, found.case
    say(*(f"{note}" for note in found.notes))
    say(f"soil: {soil.before:.2f} -> {soil.after:.2f} t C/ha, {soil.rate:.3f} t CO2/ha a year")
    years = len(case.vintages)
    for each in case.balance.components:
        say(f"{each.name}: {each.total:,.0f} t CO2e in {years} years, give or take {each.uncertainty:.0%}")
    unsure = case.balance.uncertainty
    together = "" if unsure is None else f", give or take {unsure:.0%}"
    say(f"{case.balance.total:,.0f} t CO2e in {years} years on {found.hectares:,.0f} ha{together}")
    last = case.vintages[-1]
    say(f"{case.issued:,.0f} t could be sold; {last.buffer:,.0f} t stay in the buffer")
    for vintage in (vintage for vintage in case.vintages if vintage.lost > 0):
        cover = f"{vintage.cancelled:,.0f} t from the buffer, {vintage.owed:,.0f} t owed"
        say(f"year {vintage.year}: a reversal takes {vintage.lost:,.0f} t; {cover}")
    uses = {use: sum(1 for each in case.vintages if each.use == use) for use in ("adjusted", "ndc", "open")}
    say(f"vintages: {uses['adjusted']} adjusted for, {uses['ndc']} counted by the country, {uses['open']} not said")


def _say_money(case: "CarbonCase", currency: str) -> None:
    """Print revenue, none while a question is open; the shadow price apart from it."""
    from landbalance.finance.facts import money

    say("")
    if case.open_gates:
        say("no revenue before these questions are answered:", *(f"  {gate.question}" for gate in case.open_gates))
    elif case.revenue is None:
        say("no price is given: no revenue")
    else:
        heads = ("year", "sold", "costs", "net")
        pairs = zip(case.revenue.sold, case.revenue.costs, case.revenue.net, strict=True)
        rows = [(str(year), *(f"{each:,.0f}" for each in row)) for year, row in enumerate(pairs)]
        print_table(heads, rows, right=heads[1:])
        say(f"revenue less its costs, present value: {money(case.revenue.worth, currency)}")
    say(*(f"at USD {price:g}/t: {money(worth, 'USD')}" for price, worth in case.by_price.items()))
    if case.shadow is not None:
        low, high = (money(each, "USD") for each in case.shadow)
        say(f"worth to the world at a shadow price: {low} to {high}; for the economic view, never revenue")


def _write(out: Path, project: "Project", found: "CarbonAnswer", language: str, *, quiet: bool) -> None:
    """Write the chart of credits, the questions of integrity above it."""
    from landbalance.io.finance_charts import write_chapter
    from landbalance.io.language import tongue
    from landbalance.reporting.blend_chapter import charts_chapter, gates_table
    from landbalance.reporting.blend_charts import credits_chart

    words, about = tongue(language), project.about
    title, still = words.translate("Carbon"), len(found.case.open_gates)
    said = words.say("Questions of integrity that are open: {count}", count=still)
    chapter = charts_chapter(
        about.title, title, [said], [credits_chart(found.case.vintages, words)], [gates_table(found.case, words)],
        is_invented=about.invented,
    )  # fmt: skip
    say(*write_chapter(out, chapter, words), quiet=quiet)
