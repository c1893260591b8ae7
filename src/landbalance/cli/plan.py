"""`landbalance plan`: the cheapest way to be neutral, or the most that a budget can do."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
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
    tell_doubts,
)
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption

if TYPE_CHECKING:
    from landbalance.planning.result import PlanResult

app = typer.Typer(rich_markup_mode=None, add_completion=False)
SEED = 20150715  # of the draws, unless another is given: the same plan then has the same robustness


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
    start: Annotated[int | None, typer.Option(help="First year of work; the year after the last period.")] = None,
    robust: Annotated[float | None, typer.Option(help="Also find the plan neutral in this share of draws.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of the draws.")] = SEED,
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
    import numpy as np

    from landbalance.cli.progress import progress_bar
    from landbalance.engine.neutrality import plan_problem
    from landbalance.engine.neutrality_files import write_plan
    from landbalance.engine.risk import with_risk
    from landbalance.io.practice_files import read_costs, read_practices
    from landbalance.planning.practices import chosen_practices, default_practices
    from landbalance.planning.problem import PlanSettings
    from landbalance.planning.result import plan_result
    from landbalance.planning.scenario import Horizon

    if equity and domain and equity != domain:
        raise typer.BadParameter("--equity and --domain name the same zones: give one of them")
    ground = open_for(workspace, run, domain=equity or domain, periods=periods, quiet=quiet or json)
    ground = tell_doubts(with_risk(ground, risk, to), ground)
    now = ground.second.last_year
    offered = read_practices(practices) if practices else default_practices()
    codes = {each.code for each in offered}
    left_out = frozenset(exclude or ())
    settings = PlanSettings(
        horizon=Horizon(now, to),
        first_year=start or now + 1,
        budget_usd=budget,
        objective=objective,  # type: ignore[arg-type]
        hierarchy=hierarchy,  # type: ignore[arg-type]
        equity=floor if equity else 0.0,
        whole_sites=whole,
        contiguity_usd_km=contiguity,
        excluded_practices=left_out & codes,
        excluded_sites=left_out - codes,
        local_costs=read_costs(costs, ground.domains) if costs else {},
    )
    problem = plan_problem(
        ground,
        chosen_practices(offered, use or ()),
        settings,
        grid_km=grid_km,
        progress=progress_bar(quiet=quiet or json),
    )
    found = plan_result(problem, np.random.default_rng(seed), robust_share=robust)
    folder = folder_for(ground, out, "plan")
    write_plan(ground, folder, found, language=language)
    if json:
        print_json(plan_figures(found, folder))
        return
    show_plan(found, quiet=quiet)
    if not quiet:
        if not practices:
            say("", "practices and costs are global medians: state your own with --practices FILE")
        say_where(folder)


def plan_figures(found: "PlanResult", folder: Path) -> dict[str, object]:
    """Return the figures of a plan."""
    answer = found.plan
    return {
        "neutral": answer.is_neutral,
        "cost_usd": answer.cost_usd,
        "area_ha": answer.area_ha,
        "shortfall_ha": answer.shortfall_ha,
        "neutral_types": sum(each.is_neutral for each in answer.outcomes),
        "types": len(answer.outcomes),
        "ranking_shortfall_ha": found.ranking.shortfall_ha,
        "robustness": found.robust,
        "prices": answer.prices,
        "reasons": [str(each) for each in found.reasons],
        "curve": found.curve,
        "rows": answer.rows,
        "folder": folder,
    }


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
