"""A plan as a section of the chapter on neutrality: what to do where, what comes of it, and what budgets buy."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from landbalance.planning.plan import CurvePoint, Plan
from landbalance.planning.practices import RESPONSE_NAMES
from landbalance.planning.reasons import SENTENCES, Reason
from landbalance.planning.result import PlanResult
from landbalance.planning.scenario import Scenario
from landbalance.reporting.neutrality_charts import curve_chart
from landbalance.reporting.place_maps import plan_places
from landbalance.reporting.section import Section
from landbalance.reporting.tables import Column, Table
from landbalance.reporting.words import Tongue, mark

PLAN_NEUTRAL = mark("{area} ha under action make every land type neutral by {year}, for {cost} USD.")
PLAN_SHORT = mark("{area} ha under action for {cost} USD leave {missing} ha missing to neutrality by {year}.")
RANKING = mark("Restoring the worst zones first leaves {missing} ha missing for the same money.")
RESERVES = mark("{area} ha are pastoral routes and reserves: only what leaves them open to herds is done there.")
ROBUST = mark("In {share} of {draws} draws of risk, cost and effect the plan stays neutral.")
RESPONSES = {"avoid": mark("Avoid"), "reduce": mark("Reduce"), "reverse": mark("Reverse")}

MOST_REASONS = 5  # in words; the table has them all


def plan_section(result: PlanResult, names: Mapping[int, str], domains: Mapping[int, str], tongue: Tongue) -> Section:
    """Return a plan: what to do where, what comes of it, what budgets buy, and how sure it is."""
    say, found = tongue.translate, result.plan
    curve = curve_table(result.curve, tongue)
    charts = (curve_chart(result.curve, curve, tongue),) if result.curve else ()
    ranking = replace(
        outcome_table(result.ranking, tongue), id="ranking", caption=say("Ranking hotspots for the same money")
    )
    tables = [plan_table(found, names, domains, tongue), outcome_table(found, tongue), ranking]
    tables += [curve] if result.curve else []
    tables += [reason_table(result.reasons, tongue)] if result.reasons else []
    if result.variant is not None:
        robust_table = plan_table(result.variant[0], names, domains, tongue)
        tables.append(replace(robust_table, id="robust-plan", caption=say("The robust plan")))
    return Section(
        "plan",
        say("The plan"),
        plan_sentences(result, tongue),
        charts=charts,
        tables=tuple(tables),
        places=(plan_places(result, tongue),),
    )


def plan_sentences(result: PlanResult, tongue: Tongue) -> tuple[str, ...]:
    """Return a plan in words: what it does, what ranking would do, how sure it is, and what most holds it back."""
    found, robust, kept = result.plan, result.robust, result.problem.reserved_ha
    numbers = {
        "area": tongue.number(found.area_ha, 0),
        "cost": tongue.number(found.cost_usd, 0),
        "year": found.horizon.target_year,
        "missing": tongue.number(found.shortfall_ha, 0),
    }
    return (
        tongue.say(PLAN_NEUTRAL if found.is_neutral else PLAN_SHORT, **numbers),
        tongue.say(RANKING, missing=tongue.number(result.ranking.shortfall_ha, 0)),
        *((tongue.say(RESERVES, area=tongue.number(kept, 0)),) if kept > 0 else ()),
        tongue.say(ROBUST, share=tongue.share(robust.neutral_share), draws=robust.draws),
        *(reason_text(each, tongue) for each in result.reasons[:MOST_REASONS]),
    )


def reason_table(reasons: Sequence[Reason], tongue: Tongue) -> Table:
    """Return why land types are not neutral."""
    say = tongue.translate
    columns = (Column(say("Land type")), Column(say("Shortfall"), "ha"), Column(say("Finding")))
    rows = tuple((each.name, each.missing_ha, reason_text(each, tongue)) for each in reasons)
    return Table("reasons", say("What is missing"), columns, rows)


def reason_text(reason: Reason, tongue: Tongue) -> str:
    """Return why a land type is not neutral, in words."""
    missing = tongue.number(reason.missing_ha, 0)
    return tongue.say(
        SENTENCES[reason.code],
        name=tongue.own(reason.name),
        missing=missing,
        first=reason.first_year,
        target=reason.target_year,
    )


def plan_table(found: Plan, names: Mapping[int, str], domains: Mapping[int, str], tongue: Tongue) -> Table:
    """Return the actions of a plan."""
    say = tongue.translate
    columns = (
        *(Column(say("Site")), Column(say("Land type")), Column(say("Domain")), Column(say("Response"))),
        *(Column(say("Practice")), Column(say("Area treated"), "ha"), Column(say("Cost"), "usd")),
        *(Column(say("Effect by the target year"), "ha"), Column(say("People"), "persons"), Column(say("Carbon"), "t")),
        *(Column(say("First year"), "year"), Column(say("Last year"), "year")),
    )
    rows = tuple(
        (
            *(row.site, names.get(row.land_type, str(row.land_type)), domains.get(row.domain, str(row.domain))),
            *(say(RESPONSES[RESPONSE_NAMES[row.response]]), row.practice, row.area_ha, row.cost_usd, row.effect_ha),
            *(row.people, row.carbon_t, float(row.first_year), float(row.last_year)),
        )
        for row in found.rows
    )
    return Table("plan", say("The plan"), columns, rows)


def outcome_table(found: Plan | Scenario, tongue: Tongue) -> Table:
    """Return what comes of each land type; for a plan with what the last hectare costs."""
    say = tongue.translate
    titles = (
        *(say("Gains"), say("Losses"), say("New loss"), say("Reversed"), say("Avoided"), say("Avoided, upper bound")),
        *(say("Net"), say("Shortfall")),
    )
    columns = (
        Column(say("Land type")),
        *(Column(title, "ha") for title in titles),
        *(Column(say("Neutral")), Column(say("Last hectare costs"), "usd")),
    )
    prices = {price.land_type: price.usd_ha for price in found.prices} if isinstance(found, Plan) else {}
    rows = []
    for each in found.outcomes:
        need = each.need
        before = (need.gains_ha, need.losses_ha, need.new_loss_ha)
        after = (each.reversed_ha, each.avoided_ha, each.avoided_upper_ha, each.net_ha, each.shortfall_ha)
        rows.append((need.name, *before, *after, yes_or_no(each.is_neutral, tongue), prices.get(need.land_type)))
    return Table("outcomes", say("What comes of each land type"), columns, tuple(rows))


def curve_table(curve: Sequence[CurvePoint], tongue: Tongue) -> Table:
    """Return what budgets buy."""
    say = tongue.translate
    columns = (
        *(Column(say("Budget"), "usd"), Column(say("Cost"), "usd"), Column(say("Shortfall"), "ha")),
        Column(say("Neutral land types"), "count"),
    )
    rows = tuple((p.budget_usd, p.cost_usd, p.shortfall_ha, float(p.neutral_types)) for p in curve)
    return Table("curve", say("What budgets buy"), columns, rows)


def yes_or_no(value: bool, tongue: Tongue) -> str:
    """Return yes or no."""
    return tongue.translate("Yes") if value else tongue.translate("No")
