"""`landbalance plan`: the cheapest way to be neutral, or the most that a budget can do."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import print_json, print_table, say, warn
from landbalance.cli.neutrality import (
    DomainOption,
    LanguageOption,
    OutOption,
    PeriodsOption,
    RunOption,
    TargetYearOption,
    folder_for,
    open_for,
    say_where,
)
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption

if TYPE_CHECKING:
    from landbalance.planning.result import PlanResult

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def plan(
    budget: Annotated[
        float | None, typer.Option(help="What may be spent [USD]; what neutrality costs if left out.")
    ] = None,
    to: TargetYearOption = 2030,
    objective: Annotated[str, typer.Option(help="cost, people or carbon, once land is as neutral as can be.")] = "cost",
    hierarchy: Annotated[
        str, typer.Option(help="cheapest, weighted or lexicographic (avoid, reduce, reverse).")
    ] = "cheapest",
    equity: Annotated[str, typer.Option(help="Zones that each get a floor of the money; as --domain.")] = "",
    floor: Annotated[float, typer.Option(help="The floor, as a share of each zone's fair part.")] = 0.5,
    domain: DomainOption = "",
    grid_km: Annotated[float | None, typer.Option("--grid-km", help="Plan by squares of this side [km].")] = None,
    whole: Annotated[bool, typer.Option("--whole", help="Treat a site as a whole or not at all.")] = False,
    contiguity: Annotated[float, typer.Option(help="Worth of a km of border between treated squares [USD].")] = 0.0,
    practices: Annotated[Path | None, typer.Option(help="CSV of the country's practices.")] = None,
    costs: Annotated[Path | None, typer.Option(help="CSV of unit costs by practice and domain.")] = None,
    use: Annotated[list[str] | None, typer.Option(help="Practice to use; several times. All when left out.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="Site or practice to leave out; several times.")] = None,
    reserves: Annotated[
        str, typer.Option(help="keep: only what leaves pastoral routes and reserves open to herds; or ignore.")
    ] = "keep",
    start: Annotated[int | None, typer.Option(help="First year of work; the year after the last period.")] = None,
    robust: Annotated[float | None, typer.Option(help="Also find the plan neutral in this share of draws.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the draws; the same unless given.")] = None,
    risk: Annotated[str, typer.Option(help="trained: risk of loss from a trained map, where it has skill.")] = "",
    periods: PeriodsOption = "",
    run: RunOption = None,
    out: OutOption = None,
    language: LanguageOption = "en",
    json: JsonOption = False,
    quiet: QuietOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Find the cheapest way to make every land type neutral."""
    from landbalance.cli.progress import progress_bar
    from landbalance.engine.neutrality_files import write_plan
    from landbalance.engine.plan_question import SEED, PlanQuestion, answer_plan, plan_figures
    from landbalance.io.practice_files import read_costs, read_practices

    if reserves not in ("keep", "ignore"):
        raise typer.BadParameter("--reserves is keep or ignore")
    if equity and domain and equity != domain:
        raise typer.BadParameter("--equity and --domain name the same zones: give one of them")
    ground = open_for(workspace, run, domain=equity or domain, periods=periods, quiet=quiet or json)
    asked = PlanQuestion(
        target_year=to,
        first_year=start,
        budget_usd=budget,
        objective=objective,  # type: ignore[arg-type]
        hierarchy=hierarchy,  # type: ignore[arg-type]
        equity=floor if equity else 0.0,
        grid_km=grid_km,
        whole_sites=whole,
        contiguity_usd_km=contiguity,
        practices=read_practices(practices) if practices else (),
        use=tuple(use or ()),
        keeps_reserves=reserves == "keep",
        excluded=frozenset(exclude or ()),
        local_costs=read_costs(costs, ground.domains) if costs else {},
        robust_share=robust,
        seed=SEED if seed is None else seed,
        risk=risk,
    )
    found, doubts = answer_plan(ground, asked, progress=progress_bar(quiet=quiet or json))
    for text in doubts:
        warn(text)
    ground = replace(ground, warnings=(*ground.warnings, *doubts))
    folder = folder_for(ground, out, "plan")
    write_plan(ground, folder, found, language=language)
    if json:
        print_json({**plan_figures(found), "rows": found.plan.rows, "folder": folder})
        return
    show_plan(found, quiet=quiet)
    if not quiet:
        if not practices:
            say("", "practices and costs are global medians: state your own with --practices FILE")
        say_where(folder)


def show_plan(found: "PlanResult", *, quiet: bool) -> None:
    """Print what a plan does, what it leaves, and how sure it is."""
    from landbalance.io.language import tongue
    from landbalance.reporting.plan_section import MOST_REASONS, plan_sentences

    say(*plan_sentences(found, tongue()))
    if len(found.reasons) > MOST_REASONS:
        say(f"... and {len(found.reasons) - MOST_REASONS} more land types")
    if found.robust_share is not None:
        say(robust_line(found))
    if quiet:
        return
    totals: dict[str, list[float]] = {}
    for row in found.plan.rows:
        sums = totals.setdefault(row.practice, [0.0, 0.0, 0.0])
        sums[0] += row.area_ha
        sums[1] += row.cost_usd
        sums[2] += row.effect_ha
    rows = [(name, *(f"{value:,.0f}" for value in sums)) for name, sums in sorted(totals.items())]
    say("")
    print_table(("practice", "ha", "USD", "effect ha"), rows, right=("ha", "USD", "effect ha"))
    say("")
    curve = [(f"{p.budget_usd:,.0f}", f"{p.shortfall_ha:,.0f}", p.neutral_types) for p in found.curve]
    columns = ("budget USD", "missing ha", "neutral types")
    print_table(columns, curve, right=columns)


def robust_line(found: "PlanResult") -> str:
    """Return what the robust plan costs, or that there is none."""
    share = found.robust_share or 0.0
    if found.variant is None:
        return f"No plan stays neutral in {share:.0%} of the draws: land, capacity or budget do not reach."
    other, held = found.variant
    return f"For {other.cost_usd:,.0f} USD a plan stays neutral in {held.neutral_share:.0%} of the draws."
