"""The cash table of a project: lines with and without it, for whom, at market or at economic prices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from landbalance.core.dated import dated_values
from landbalance.core.errors import InputError, RuleError
from landbalance.core.types import Array
from landbalance.finance.appraisal import Irr, Payback, Switching, bcr, eanb, irr, mirr, npv, payback, switching

Kind = Literal["cost", "benefit"]
View = Literal["financial", "economic"]
COSTS = ("capital", "upkeep", "opportunity", "transaction", "management", "tax")
BENEFITS = ("yield", "fodder", "wood", "non_timber", "water", "carbon", "avoided_damage", "option", "residual")
TRANSFERS = ("tax",)  # money that changes hands inside the country: no cost to the economy


@dataclass(frozen=True)
class Line:
    """One row of the table: what it is, for whom, and its amounts by year with and without the project.

    Parameters
    ----------
    with_project, without_project : tuple of float
        Amounts of years 0 .. n, both above zero for what is spent or gained; constant prices.
    stakeholder : str
        "household", "community", "firm", "government", "global".
    shadow : float
        Factor from market to economic price (wage, exchange); 0 for what only moves money inside the country.
    drought : float
        Share of it that is lost in a drought year [1].
    """

    name: str
    kind: Kind
    category: str
    with_project: tuple[float, ...]
    without_project: tuple[float, ...] = ()
    stakeholder: str = "household"
    shadow: float = 1.0
    drought: float = 0.0

    def __post_init__(self) -> None:
        known = COSTS if self.kind == "cost" else BENEFITS
        if self.category not in known:
            raise InputError(
                "line {name}: {category} is no kind of {kind}",
                name=self.name,
                category=self.category,
                kind=self.kind,
                hint="use one of {known}",
                known=", ".join(known),
            )

    def amounts(self, view: View, years: int) -> Array:
        """Return what the project changes in years 0 .. n, at market or economic prices."""
        rows = [np.zeros(years + 1), np.zeros(years + 1)]
        for row, given in zip(rows, (self.with_project, self.without_project), strict=True):
            row[: len(given)] = given[: years + 1]
        factor = 1.0 if view == "financial" else (0.0 if self.category in TRANSFERS else self.shadow)
        return np.asarray((rows[0] - rows[1]) * factor)


@dataclass(frozen=True)
class Appraisal:
    """Everything asked of a project in one view; rates and ratios as numbers, money in the currency of the table."""

    view: View
    rate: float
    npv: float
    irr: Irr
    mirr: float | None
    bcr: float | None
    payback: Payback
    eanb: float
    switching: Switching | None
    flows: tuple[float, ...]
    benefits: tuple[float, ...]
    costs: tuple[float, ...]
    by_stakeholder: Mapping[str, float] = field(default_factory=dict)
    carbon_share: float | None = None
    cost_per_ha: float | None = None
    warnings: tuple[str, ...] = ()


def totals(lines: Iterable[Line], view: View, years: int) -> tuple[Array, Array]:
    """Return benefits and costs of years 0 .. n, each summed over the lines.

    Examples
    --------
    >>> rows = [Line("fence", "cost", "capital", (10.0,)), Line("milk", "benefit", "yield", (0.0, 6.0), (0.0, 2.0))]
    >>> [each.tolist() for each in totals(rows, "financial", 2)]
    [[0.0, 4.0, 0.0], [10.0, 0.0, 0.0]]
    """
    sums = {"benefit": np.zeros(years + 1), "cost": np.zeros(years + 1)}
    for line in lines:
        sums[line.kind] += line.amounts(view, years)
    return sums["benefit"], sums["cost"]


def appraise(
    lines: Sequence[Line],
    *,
    years: int,
    rate: float,
    view: View = "financial",
    finance_rate: float | None = None,
    reinvest_rate: float | None = None,
    hectares: float | None = None,
    is_dryland: bool = False,
) -> Appraisal:
    """Return the worth of a project against what happens without it.

    Parameters
    ----------
    lines : sequence of Line
    years : int
        Horizon; restoration wants 20 or more.
    rate : float
        Discount rate [1].
    finance_rate, reinvest_rate : float or None
        Of the modified internal rate of return; the discount rate when None.
    hectares : float or None
        For the cost of one hectare.
    is_dryland : bool
        Whether a large share of carbon is to be doubted.

    Raises
    ------
    RuleError
        If no line says what happens without the project, so that there is no counterfactual.
    InputError
        If there are no lines, or the horizon has no year.

    Examples
    --------
    >>> rows = [Line("fence", "cost", "capital", (100.0,)), Line("milk", "benefit", "yield", (0, 150.0), (0, 40.0))]
    >>> round(appraise(rows, years=1, rate=0.10).npv + 1, 9)
    1.0
    """
    _check_lines(lines, years)
    benefits, costs = totals(lines, view, years)
    flows = benefits - costs
    carbon = sum(npv(line.amounts(view, years), rate) for line in lines if line.category == "carbon")
    gained, spent = npv(benefits, rate), npv(costs, rate)
    share = carbon / gained if gained else None
    return Appraisal(
        view=view,
        rate=rate,
        npv=npv(flows, rate),
        irr=irr(flows),
        mirr=mirr(
            flows, rate if finance_rate is None else finance_rate, rate if reinvest_rate is None else reinvest_rate
        ),
        bcr=bcr(benefits, costs, rate),
        payback=payback(flows, rate),
        eanb=eanb(flows, rate),
        switching=switching(benefits, costs, rate) if gained and spent else None,
        flows=tuple(flows.tolist()),
        benefits=tuple(benefits.tolist()),
        costs=tuple(costs.tolist()),
        by_stakeholder=worth_by_stakeholder(lines, view, years, rate),
        carbon_share=share,
        cost_per_ha=spent / hectares if hectares else None,
        warnings=_warnings(lines, years, share, is_dryland),
    )


def worth_by_stakeholder(lines: Iterable[Line], view: View, years: int, rate: float) -> dict[str, float]:
    """Return the net present value of each who gains or pays; they sum to the whole.

    Examples
    --------
    >>> rows = [Line("fence", "cost", "capital", (10.0,), stakeholder="government")]
    >>> worth_by_stakeholder(rows, "financial", 1, 0.1)
    {'government': -10.0}
    """
    worth: dict[str, float] = {}
    for line in lines:
        sign = 1.0 if line.kind == "benefit" else -1.0
        value = sign * npv(line.amounts(view, years), rate)
        worth[line.stakeholder] = worth.get(line.stakeholder, 0.0) + value
    return worth


def with_droughts(lines: Iterable[Line], frequency: float) -> tuple[Line, ...]:
    """Return the lines with the loss that droughts of this frequency bring on average.

    Parameters
    ----------
    frequency : float
        Share of years with drought [0 to 1], from the drought index of the place.

    Examples
    --------
    >>> with_droughts([Line("millet", "benefit", "yield", (100.0,), drought=0.5)], 0.2)[0].with_project
    (90.0,)
    """
    if not 0 <= frequency <= 1:
        raise InputError("the share of drought years is {share}", share=frequency, hint="give a number from 0 to 1")
    return tuple(
        Line(
            line.name, line.kind, line.category,
            tuple(amount * (1 - frequency * line.drought) for amount in line.with_project),
            tuple(amount * (1 - frequency * line.drought) for amount in line.without_project),
            line.stakeholder, line.shadow, line.drought,
        )
        for line in lines
    )  # fmt: skip


def _check_lines(lines: Sequence[Line], years: int) -> None:
    """Refuse a table that says nothing, or nothing of what happens without the project."""
    if not lines or years < 1:
        raise InputError("the table has no lines or no year", hint="enter costs, benefits and the horizon")
    if not any(line.without_project for line in lines):
        raise RuleError(
            "no line says what happens without the project", hint="enter the path of degradation as without_project"
        )


def _warnings(lines: Sequence[Line], years: int, carbon: float | None, is_dryland: bool) -> tuple[str, ...]:
    """Return what a careful reader would ask."""
    said = []
    if years < 20:
        said.append(f"a horizon of {years} years is short for restoration: 20 or more show its late benefits")
    if is_dryland and carbon is not None and carbon > dated_values("finance/parameters")["carbon_most_share"].value:
        said.append(f"carbon is {carbon:.0%} of the benefits: in dry land it should stay a co-benefit, below half")
    longest = max(len(line.with_project) for line in lines)
    if longest > years + 1:
        said.append(f"amounts after year {years} are not counted")
    return tuple(said)
