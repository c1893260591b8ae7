"""Stocks and factors of soil carbon by name, from one edition of the IPCC guidelines, with their errors."""

import math
from dataclasses import dataclass
from typing import Literal

from landbalance.core.errors import NotFoundError
from landbalance.core.soc_factors import coefficient, reference_stock

Slot = Literal["land_use", "management", "inputs"]
SOILS = {
    "hac": "high_activity_clay", "lac": "low_activity_clay", "sandy": "sandy", "spodic": "spodic",
    "volcanic": "volcanic", "wetland": "wetland",
}  # fmt: skip
CLIMATES = {  # climate: region of stocks, regime of factors in 2006 and in 2019
    "boreal": ("boreal", "", ""),
    "boreal_dry": ("boreal", "temperate_dry", "cool_dry"),
    "boreal_moist": ("boreal", "temperate_moist", "cool_moist"),
    "cool_temperate_dry": ("cool_dry", "temperate_dry", "cool_dry"),
    "cool_temperate_moist": ("cool_moist", "temperate_moist", "cool_moist"),
    "warm_temperate_dry": ("warm_dry", "temperate_dry", "warm_dry"),
    "warm_temperate_moist": ("warm_moist", "temperate_moist", "warm_moist"),
    "tropical_dry": ("tropical_dry", "tropical_dry", "tropical_dry"),
    "tropical_moist": ("tropical_moist", "tropical_moist", "tropical_moist"),
    "tropical_wet": ("tropical_wet", "tropical_moist", "tropical_moist"),
    "tropical_montane": ("montane", "montane", "montane"),
}
NAMES: dict[Slot, tuple[str, ...]] = {
    "land_use": ("native", "annual_crops", "annual_crops_wet_soil", "paddy_rice", "perennial_crops", "set_aside"),
    "management": (
        "nominal", "full_tillage", "reduced_tillage", "no_tillage", "grass_moderately_degraded",
        "grass_intensive_grazing", "grass_severely_degraded", "grass_improved",
    ),
    "inputs": (
        "nominal", "low_input", "medium_input", "high_input_no_manure", "high_input_manure", "grass_high_input",
    ),
}  # fmt: skip
BY_DEFINITION = ("native", "nominal")  # one, without an error
EDITIONS = (2006, 2019)


@dataclass(frozen=True)
class Factor:
    """A stock or factor: value, and its error as a share [two standard deviations over the value]; None unknown."""

    value: float
    error: float | None = None
    is_doubtful: bool = False


@dataclass(frozen=True)
class Practice:
    """The three factors of one management."""

    land_use: Factor
    management: Factor
    inputs: Factor

    @property
    def parts(self) -> tuple[Factor, ...]:
        """Return the factors in their order."""
        return (self.land_use, self.management, self.inputs)


def soc_reference(climate: str, soil: str, edition: int) -> Factor:
    """Return the reference stock of soil carbon under native vegetation [t C/ha, 0 to 30 cm].

    Parameters
    ----------
    climate, soil : str
        Such as "tropical_dry", "hac".
    edition : int
        2006 or 2019; factors of the other edition must not be mixed in.

    Raises
    ------
    NotFoundError
        If the table has no such cell.

    Examples
    --------
    >>> soc_reference("tropical_dry", "lac", 2019)
    Factor(value=19.0, error=0.1, is_doubtful=False)
    """
    _check(climate, edition)
    if soil not in SOILS:
        raise NotFoundError("there is no soil {soil}", soil=soil, known=", ".join(SOILS), hint="use one of {known}")
    cell = reference_stock(f"ipcc{edition}", SOILS[soil], CLIMATES[climate][0])
    if math.isnan(cell.value):
        raise NotFoundError(
            "there is no reference stock for {climate}, {soil} in the {edition} edition", climate=climate, soil=soil,
            edition=edition, hint="take another soil, or the stock of a run",
        )  # fmt: skip
    return Factor(cell.value, None if math.isnan(cell.error) else cell.error / 100, cell.verify)


def soil_factor(slot: Slot, name: str, climate: str, edition: int) -> Factor:
    """Return a factor by its name.

    Raises
    ------
    NotFoundError
        If there is no such factor, climate or edition, or the edition does not give it.

    Examples
    --------
    >>> soil_factor("management", "no_tillage", "tropical_dry", 2019)
    Factor(value=1.04, error=0.07, is_doubtful=False)
    """
    _check(climate, edition)
    if name not in NAMES[slot]:
        raise NotFoundError("there is no factor {name} of {slot}", name=name, slot=slot, known=", ".join(NAMES[slot]),
                            hint="use one of {known}, or a number")  # fmt: skip
    if name in BY_DEFINITION:
        return Factor(1.0, 0.0)
    regime = CLIMATES[climate][1 + EDITIONS.index(edition)]
    if not regime:
        raise NotFoundError("{climate} has no factors", climate=climate, hint="say whether it is dry or moist")
    try:
        cell = coefficient(f"ipcc{edition}", name, regime)
    except NotFoundError as error:
        raise NotFoundError("the {edition} edition does not give {name}", edition=edition, name=name,
                            hint="take another factor, or the other edition for all") from error  # fmt: skip
    return Factor(cell.value, None if math.isnan(cell.error) else cell.error / 100, cell.verify)


def change_uncertainty(reference: Factor, before: Practice, after: Practice) -> float | None:
    """Return the uncertainty of a change in soil carbon from the errors of stock and factors [1].

    What both managements share scales the change; what differs is subtracted, so that its errors weigh more.

    Returns
    -------
    float or None
        None where an error is not known, or nothing changes.

    References
    ----------
    .. [1] IPCC (2006), volume 1, chapter 3, equations 3.1 and 3.2: errors of products and of sums.

    Examples
    --------
    >>> crop = Practice(Factor(1.0, 0.0), Factor(1.0, 0.0), Factor(1.0, 0.0))
    >>> change_uncertainty(Factor(20.0, 0.10), crop, Practice(Factor(1.0, 0.0), Factor(1.0, 0.0), Factor(2.0, 0.3)))
    0.6082762530298219
    """
    pairs = list(zip(before.parts, after.parts, strict=True))
    shared = [reference, *(one for one, other in pairs if one == other)]
    own = [[pair[side] for pair in pairs if pair[0] != pair[1]] for side in (0, 1)]
    products = [math.prod(each.value for each in side) for side in own]
    known = [each.error for each in (*shared, *own[0], *own[1])]
    if None in known or products[0] == products[1]:
        return None
    errors = [math.hypot(*(each.error or 0.0 for each in side)) for side in own]
    apart = math.hypot(*(product * error for product, error in zip(products, errors, strict=True)))
    scaled = math.hypot(*(each.error or 0.0 for each in shared))
    return math.hypot(scaled, apart / abs(products[1] - products[0]))


def _check(climate: str, edition: int) -> None:
    """Refuse a climate or edition that is not there."""
    if climate not in CLIMATES:
        raise NotFoundError("there is no climate {climate}", climate=climate, known=", ".join(CLIMATES),
                            hint="use one of {known}")  # fmt: skip
    if edition not in EDITIONS:
        raise NotFoundError("there is no {edition} edition of the guidelines", edition=edition,
                            hint="use 2006 or 2019")  # fmt: skip
