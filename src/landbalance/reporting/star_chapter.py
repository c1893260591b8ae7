"""A what-if of STAR as a chapter: who wins and loses, what moves money, how equal it is, and by which rules."""

from collections.abc import Sequence

from landbalance.finance.desk import Regime, Result, beside
from landbalance.finance.star import Swing
from landbalance.reporting.section import Chapter, Section
from landbalance.reporting.star import (
    GROUP_NAMES,
    NORMALISER_NAMES,
    UNIT,
    VARIANT_NAMES,
    WHAT_IF,
    groups_table,
    lorenz_chart,
    tornado_chart,
    variants_table,
    winners_chart,
    winners_sentence,
)
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import Tongue, mark

RULE_NAMES = {
    "envelope": mark("Envelope"),
    "ceiling": mark("Ceiling, share of the envelope"),
    "performance": mark("Exponent of performance"),
    "benefits": mark("Exponent of benefits"),
    "income": mark("Exponent of income"),
    "degraded": mark("Weight of degraded land"),
    "dryland": mark("Weight of dryland"),
    "people": mark("Weight of rural people in drylands"),
}
FLOOR_NAMES = (mark("Floor in land degradation"), mark("Floor on all areas"))
ASSUMED = mark("Performance is one assumption for all of {count} countries that give none: {codes}.")
VALUE_NAMES = {
    "aggregate_floors": mark("floors on all focal areas"),
    "area_floors": mark("floors of the focal areas"),
    "benefits_weights": mark("weights of benefits"),
    "ceiling_share": mark("ceiling"),
    "envelope": mark("envelope"),
    "exponents": mark("exponents"),
    "flexibility": mark("flexibility"),
    "floors": mark("floors"),
    "gpi_weights": mark("weights of performance"),
    "normaliser": mark("normaliser"),
    "replenishment_usd_bn": mark("replenishment"),
}


def star_chapter(base: Result, others: Sequence[Result], swings: Sequence[Swing], tongue: Tongue) -> Chapter:
    """Return the chapter on a what-if; its first variant is looked at closely.

    Parameters
    ----------
    others : sequence of Result
        Variants, the one that is looked at first.
    swings : sequence of Swing
        What weights and exponents move.
    """
    say, chosen = tongue.translate, others[0]
    winners, tornado = winners_chart(base, chosen, tongue), tornado_chart(swings, tongue)
    curves, groups = lorenz_chart((base, *others), tongue), groups_table(beside(base, chosen), tongue)
    sections = [
        Section("winners", winners.title, (winners_sentence(base, chosen, tongue), say(WHAT_IF)),
                charts=(winners,), tables=(winners.table,)),
        Section("tornado", tornado.title, (), charts=(tornado,), tables=(tornado.table,)),
        Section("equality", curves.title, (gini_sentence(base, chosen, tongue),),
                charts=(curves,), tables=(groups, curves.table)),
        Section("variants", say("The variants side by side"), (), tables=(variants_table(base, others, tongue),)),
        Section("rules", say("By which rules"), (), tables=(rules_table(base.regime, tongue),)),
    ]  # fmt: skip
    title = tongue.say("What-if: {regime}", regime=base.regime.title)
    return Chapter(title, say(VARIANT_NAMES[chosen.variant]), tuple(sections), warnings=doubts(base, tongue))


def gini_sentence(base: Result, other: Result, tongue: Tongue) -> str:
    """Return how unequal both allocations are, in one sentence."""
    found = beside(base, other)
    return tongue.say(
        "Inequality (Gini) goes from {old} to {new}.",
        old=tongue.number(found.gini_base, 3),
        new=tongue.number(found.gini_variant, 3),
    )


def rules_table(rules: Regime, tongue: Tongue) -> Table:
    """Return the rules of a regime as they were applied."""
    say = tongue.translate
    values = {"envelope": rules.envelope, "ceiling": rules.ceiling_share}
    values |= dict(zip(("performance", "benefits", "income"), rules.exponents, strict=True)) | dict(rules.weights)
    rows: list[tuple[Cell, ...]] = [(say(name), f"{values[key]:g}") for key, name in RULE_NAMES.items()]
    for title, floors in zip(FLOOR_NAMES, (rules.floors, rules.aggregate_floors), strict=True):
        if any(floors):
            rows += [(f"{say(title)}: {say(GROUP_NAMES[group])}", f"{floor:g} {UNIT}")
                     for group, floor in zip(("ldc", "sids", "other"), floors, strict=True)]  # fmt: skip
    rows.append((say("Normaliser"), say(NORMALISER_NAMES[rules.normaliser])))
    return Table("star-rules", say("By which rules"), (Column(say("Rule")), Column(say("Value"))), tuple(rows))


def doubts(base: Result, tongue: Tongue) -> tuple[str, ...]:
    """Return what a reader must know: values nobody has checked, performance that is assumed, floors left out."""
    say = tongue.translate
    found = [say(WHAT_IF)]
    if base.regime.unverified:
        names = ", ".join(say(VALUE_NAMES[name]) for name in base.regime.unverified if name in VALUE_NAMES)
        found.append(tongue.say("Not verified against the rules themselves: {names}.", names=names))
    assumed = [row.iso3 for row in base.countries if row.is_assumed]
    if assumed:
        found.append(tongue.say(ASSUMED, count=len(assumed), codes=", ".join(assumed)))
    if base.is_without_floors:
        found.append(say("Floors on all focal areas are not applied: biodiversity and climate are not given."))
    return tuple(found)
