"""The carbon of a project file: from its tables, and the soil carbon of a run, to credits and revenue."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.tables import toml_table
from landbalance.core.words import Words
from landbalance.finance import carbon, carbon_balance, carbon_credits
from landbalance.finance.appraisal import npv
from landbalance.finance.carbon import Management, SoilChange, area_in_practice, soc_change, timing
from landbalance.finance.carbon_balance import (
    Component,
    Gases,
    Growth,
    balance_of,
    biomass_change,
    constant,
    emissions,
    uncertainty_of,
)
from landbalance.finance.carbon_case import CarbonCase, Market, Worth, carbon_case
from landbalance.finance.carbon_credits import Reversal, SaleCosts, Shares
from landbalance.finance.cash_table import with_droughts
from landbalance.finance.soil_factors import Factor, Practice, Slot, change_uncertainty, soc_reference, soil_factor
from landbalance.io.carbon_tables import CarbonTable, EmissionsTable, PracticeTable, TreesTable
from landbalance.io.project_file import Project

SOIL_YEARS = 20  # of a change in soil carbon by Tier 1
HA_PER_KM2 = 100.0
METHODS = (carbon.METHOD, carbon_balance.METHOD, carbon_credits.METHOD)
TABLES = ("finance/carbon", "finance/parameters")


@dataclass(frozen=True)
class RunSoil:
    """Soil carbon of one land cover class in a run: mean stock [t C/ha], its land [km2], and where both are from."""

    mean_t_ha: float
    area_km2: float
    source: str


@dataclass(frozen=True)
class CarbonAnswer:
    """What a project's carbon comes to: soil, hectares, the case, and what a reader must know of the inputs."""

    soil: SoilChange
    hectares: float
    case: CarbonCase
    notes: tuple[str, ...]


def carbon_of(project: Project, run: RunSoil | None = None) -> CarbonAnswer:
    """Work out the carbon of a project.

    Raises
    ------
    LandbalanceError
        If the file has no carbon, or a value does not fit; the message names it.
    """
    table = project.carbon()
    before, after = (_practice(table, each) for each in (table.before, table.after))
    hectares, notes = _hectares(project, table, run)
    stock = soc_reference(table.climate, table.soil, table.edition) if run is None else _stock_of(run, before)
    notes += () if run is None else (run.source,)
    soil = soc_change(stock.value, _management(before, table), _management(after, table), years=SOIL_YEARS)
    notes += _doubts(table, stock, before, after)
    parts = [_soil_part(table, soil, hectares)]
    if table.trees is not None:
        parts.append(_trees_part(table, table.trees, hectares))
    if table.emissions is not None:
        parts.append(_gas_part(table, table.emissions))
    case = carbon_case(
        balance_of(parts), _shares(table), _market(table), _worth(project), dict.fromkeys(table.gates, True)
    )
    return CarbonAnswer(soil, hectares, case, notes)


def _practice(table: CarbonTable, given: PracticeTable) -> Practice:
    """Return the factors of a management, those given by name from the tables of the edition."""
    slots: tuple[Slot, ...] = ("land_use", "management", "inputs")
    found = [
        soil_factor(slot, value, table.climate, table.edition) if isinstance(value, str) else Factor(value)
        for slot, value in ((slot, getattr(given, slot)) for slot in slots)
    ]
    return Practice(*found)


def _management(practice: Practice, table: CarbonTable) -> Management:
    """Return factors as a change in soil carbon takes them."""
    land_use, management, inputs = (each.value for each in practice.parts)
    return Management(land_use, management, inputs, table.edition)


def _stock_of(run: RunSoil, before: Practice) -> Factor:
    """Return the reference stock that a mean of a run stands for."""
    return Factor(run.mean_t_ha / math.prod(each.value for each in before.parts))


def _doubts(table: CarbonTable, stock: Factor, before: Practice, after: Practice) -> tuple[str, ...]:
    """Return what the errors of stock and factors say of the change, where they are known."""
    said: list[str] = []
    unsure = change_uncertainty(stock, before, after)
    if unsure is not None and unsure > uncertainty_of(table.soil_uncertainty):
        said.append(Words("by the errors of stock and factors the change in soil carbon is unsure by {share:.0%}",
                          share=unsure))  # fmt: skip
    if any(each.is_doubtful for each in (stock, *before.parts, *after.parts)):
        said.append(Words("a factor is still to be checked against the printed table"))
    return tuple(said)


def _hectares(project: Project, table: CarbonTable, run: RunSoil | None) -> tuple[float, tuple[str, ...]]:
    """Return the land that is counted, and what to know of it."""
    if table.hectares == "run":
        if run is None:
            raise InputError("[carbon] takes its hectares from a run", hint="name it with --workspace or --run")
        return run.area_km2 * HA_PER_KM2, ()
    hectares = project.about.hectares if table.hectares is None else table.hectares
    have = None if run is None else run.area_km2 * HA_PER_KM2
    if have is not None and hectares > have:
        return hectares, (
            Words("the project treats {wanted:,.0f} ha and the run has {have:,.0f} ha of this land",
                  wanted=hectares, have=have),
        )  # fmt: skip
    return hectares, ()


def _soil_part(table: CarbonTable, soil: SoilChange, hectares: float) -> Component:
    """Return what soil takes up: each hectare for twenty years from its adoption."""
    yearly = timing(
        hectares, soil.rate, horizon=table.years, adoption=table.adoption, over=table.over, lasts=SOIL_YEARS
    )
    return Component("soil", tuple(yearly.tolist()), uncertainty_of(table.soil_uncertainty))


def _trees_part(table: CarbonTable, trees: TreesTable, hectares: float) -> Component:
    """Return what trees take up while they grow."""
    fraction = trees.carbon_fraction or float(toml_table("finance/carbon")["biomass"]["carbon_fraction"])
    growth = Growth(trees.growth, trees.harvest, trees.fire, trees.mortality)
    per_ha = biomass_change(1.0, growth, root_share=trees.root_share, carbon_fraction=fraction)
    land = hectares if trees.hectares is None else trees.hectares
    yearly = timing(land, per_ha, horizon=table.years, adoption=table.adoption, over=table.over, lasts=trees.years)
    return Component("trees", tuple(yearly.tolist()), uncertainty_of(trees.uncertainty))


def _gas_part(table: CarbonTable, given: EmissionsTable) -> Component:
    """Return the emissions that are avoided, as land comes into the practice."""
    without, with_project = (
        emissions(Gases(**each.model_dump()), given.report) for each in (given.without_project, given.with_project)
    )
    adopted = area_in_practice(1.0, horizon=table.years, adoption=table.adoption, over=table.over)
    yearly = constant(without - with_project, table.years) * adopted
    return Component("emissions", tuple(yearly.tolist()), uncertainty_of(given.uncertainty))


def _shares(table: CarbonTable) -> Shares:
    """Return what is taken off before a sale."""
    article: Mapping[str, float] = (
        toml_table("finance/carbon")["article_6_4"] if table.standard == "article_6_4" else {}
    )
    return Shares(
        table.leakage, table.uncertainty, table.buffer, article.get("proceeds", 0.0), article.get("cancelled", 0.0)
    )


def _market(table: CarbonTable) -> Market:
    """Return how credits are sold."""
    if table.prices and table.price:
        raise InputError("[carbon] gives a price and prices", hint="give one of the two")
    return Market(
        table.prices or ([table.price] if table.price else ()), table.price_growth, table.price_kind,
        SaleCosts(**table.costs.model_dump()),
        tuple(Reversal(each.year, each.share, each.cause) for each in table.reversal),
        tuple(table.adjusted), tuple(table.for_ndc),
    )  # fmt: skip


def _worth(project: Project) -> Worth:
    """Return what carbon is weighed against: present benefits in the financial view."""
    about, sums = project.about, {True: 0.0, False: 0.0}
    for line in with_droughts(project.lines, about.drought_share):
        if line.kind == "benefit":
            sums[line.category == "carbon"] += npv(np.asarray(line.amounts("financial", about.years)), about.rate)
    return Worth(about.rate, about.currency, sums[False], sums[True], about.dryland)
