"""All that a project changes in greenhouse gases by Tier 1: soil, trees and emissions, each with how sure it is."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.tables import toml_table
from landbalance.core.types import Array
from landbalance.finance.carbon import biomass_gain, combined_uncertainty

METHOD = "carbon-balance/1"
TABLE = "finance/carbon"


@dataclass(frozen=True)
class Growth:
    """Trees by Tier 1 [t dry matter/ha a year]: above-ground growth, and what harvest, fire and mortality take."""

    growth: float
    harvest: float = 0.0
    fire: float = 0.0
    mortality: float = 0.0

    @property
    def net(self) -> float:
        """Return what stays [t dry matter/ha a year]."""
        return self.growth - self.harvest - self.fire - self.mortality


@dataclass(frozen=True)
class Gases:
    """What is given off in a year: nitrous oxide and methane [t of gas], and carbon dioxide of fuel [t]."""

    n2o: float = 0.0
    ch4: float = 0.0
    fuel_co2: float = 0.0


@dataclass(frozen=True)
class Component:
    """One part of the balance: benefit of each year [t CO2e], and its uncertainty [1]."""

    name: str
    yearly: tuple[float, ...]
    uncertainty: float

    @property
    def total(self) -> float:
        """Return the benefit of all years [t CO2e]."""
        return math.fsum(self.yearly)


@dataclass(frozen=True)
class CarbonBalance:
    """Baseline emissions less those of the project, by component; the uncertainty of the sum, None where it is zero."""

    components: tuple[Component, ...]
    uncertainty: float | None

    @property
    def yearly(self) -> tuple[float, ...]:
        """Return the benefit of each year [t CO2e]."""
        return tuple(math.fsum(values) for values in zip(*(each.yearly for each in self.components), strict=True))

    @property
    def total(self) -> float:
        """Return the benefit of all years [t CO2e]."""
        return math.fsum(each.total for each in self.components)


def balance_of(components: Sequence[Component]) -> CarbonBalance:
    """Return components together, their uncertainty by propagation of error.

    Raises
    ------
    InputError
        If there is no component, or they run over different years.

    Examples
    --------
    >>> found = balance_of([Component("soil", (50.0, 50.0), 0.10), Component("trees", (25.0, 25.0), 0.40)])
    >>> found.total, round(found.uncertainty, 6)
    (150.0, 0.149071)
    """
    if not components or len({len(each.yearly) for each in components}) > 1:
        raise InputError("the parts of the balance run over different years", hint="give each part the same years")
    totals = [each.total for each in components]
    unsure = combined_uncertainty(totals, [each.uncertainty for each in components]) if math.fsum(totals) else None
    return CarbonBalance(tuple(components), unsure)


def biomass_change(hectares: float, growth: Growth, *, root_share: float, carbon_fraction: float) -> float:
    """Return what trees take up in a year after losses [t CO2 a year]; below zero where losses are larger.

    Examples
    --------
    >>> round(biomass_change(500, Growth(2.0, harvest=0.5), root_share=0.28, carbon_fraction=0.47), 4)
    1654.4
    """
    for name in ("growth", "harvest", "fire", "mortality"):
        if getattr(growth, name) < 0:
            raise InputError("{name} is {value}", name=name, value=getattr(growth, name),
                             hint="give no negative number")  # fmt: skip
    sign = 1.0 if growth.net >= 0 else -1.0
    return sign * biomass_gain(hectares, abs(growth.net), root_share=root_share, carbon_fraction=carbon_fraction)


def emissions(gases: Gases, report: str) -> float:
    """Return what gases come to over a hundred years [t CO2e], by the values of one assessment report.

    Raises
    ------
    NotFoundError
        If the report is not known.

    Examples
    --------
    >>> emissions(Gases(n2o=1.0, ch4=2.0, fuel_co2=10.0), "ar5")
    331.0
    """
    values = warming_potentials(report)
    return gases.n2o * values["n2o"] + gases.ch4 * values["ch4"] + gases.fuel_co2


def warming_potentials(report: str) -> Mapping[str, float]:
    """Return how much a tonne of each gas warms over a hundred years, by assessment report.

    Examples
    --------
    >>> warming_potentials("ar4")["ch4"]
    25
    """
    table = toml_table(TABLE)["warming"]
    if report not in table:
        raise NotFoundError("there are no warming potentials of {report}", report=report, known=", ".join(table),
                            hint="use one of {known}")  # fmt: skip
    return {name: value for name, value in table[report].items() if name in ("n2o", "ch4")}


def uncertainty_of(given: str | float) -> float:
    """Return an uncertainty: a share, or the share of a class of Tier 1 such as "high".

    Raises
    ------
    InputError
        If the share is below zero, or there is no such class.

    Examples
    --------
    >>> uncertainty_of("low"), uncertainty_of(0.25)
    (0.1, 0.25)
    """
    classes = toml_table(TABLE)["uncertainty"]["classes"]
    if isinstance(given, str):
        if given not in classes:
            raise InputError("{given} is no class of uncertainty", given=given, known=", ".join(classes),
                             hint="use one of {known}")  # fmt: skip
        return float(classes[given])
    if given < 0:
        raise InputError("{name} is {value}", name="uncertainty", value=given, hint="give no negative number")
    return float(given)


def deduction_for(uncertainty: float | None) -> float:
    """Return the share to leave out for uncertainty: what goes beyond the allowed half-width.

    Examples
    --------
    >>> round(deduction_for(0.33), 9), deduction_for(0.05), deduction_for(None)
    (0.23, 0.0, 0.0)
    """
    allowed = float(toml_table(TABLE)["uncertainty"]["allowed"])
    return 0.0 if uncertainty is None else min(1.0, max(0.0, uncertainty - allowed))


def constant(amount: float, years: int) -> Array:
    """Return an amount that comes every year.

    Examples
    --------
    >>> constant(2.0, 2).tolist()
    [2.0, 2.0]
    """
    return np.full(years, float(amount))
