"""Carbon of a project by Tier 1: soil and biomass, when it comes, what may be sold, and what must be shown first."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from landbalance.core.errors import InputError, RuleError
from landbalance.core.tables import toml_table
from landbalance.core.types import Array
from landbalance.finance.appraisal import npv

METHOD = "carbon-tier1/1"
CO2_PER_C = 44 / 12
Adoption = Literal["immediate", "linear", "exponential"]


@dataclass(frozen=True)
class Management:
    """Stock-change factors of land use, management and input [1], all of one edition of the guidelines."""

    land_use: float
    management: float
    inputs: float
    edition: int

    @property
    def product(self) -> float:
        """Return the factors together."""
        return self.land_use * self.management * self.inputs


@dataclass(frozen=True)
class SoilChange:
    """Soil carbon before and after [t C/ha], and the yearly uptake while it changes [t CO2/ha a year]."""

    before: float
    after: float
    years: int

    @property
    def change(self) -> float:
        """Return the change in stock [t C/ha]."""
        return self.after - self.before

    @property
    def rate(self) -> float:
        """Return the yearly uptake [t CO2/ha a year]."""
        return self.change * CO2_PER_C / self.years


@dataclass(frozen=True)
class Credits:
    """What of a gross benefit may be sold [t CO2e]: after leakage and uncertainty, buffer, and the rest."""

    net: float
    buffer: float
    issued: float


@dataclass(frozen=True)
class Gate:
    """A question of integrity, whether it is settled, and why not where the figures say otherwise."""

    code: str
    question: str
    is_passed: bool
    why: str = ""


def soc_change(reference: float, before: Management, after: Management, *, years: int = 20) -> SoilChange:
    """Return the change in soil carbon from one management to another.

    Raises
    ------
    RuleError
        If the factors come from two editions.

    Examples
    --------
    >>> found = soc_change(19.0, Management(0.92, 1.00, 0.95, 2019), Management(0.92, 1.04, 1.04, 2019))
    >>> round(found.change, 6), round(found.rate, 6)
    (2.300368, 0.421734)
    """
    if before.edition != after.edition:
        raise RuleError(
            "factors of {one} and {other} are mixed", one=before.edition, other=after.edition, hint="take one edition"
        )
    return SoilChange(reference * before.product, reference * after.product, years)


def biomass_gain(hectares: float, growth: float, *, root_share: float, carbon_fraction: float) -> float:
    """Return the yearly uptake of growing trees [t CO2 a year].

    Parameters
    ----------
    growth : float
        Above-ground growth [t dry matter/ha a year].
    root_share : float
        Below ground over above ground.
    carbon_fraction : float
        Carbon in dry matter.

    Examples
    --------
    >>> round(biomass_gain(500, 1.5, root_share=0.28, carbon_fraction=0.47), 4)
    1654.4
    """
    for name, value in (("hectares", hectares), ("growth", growth), ("root share", root_share)):
        if value < 0:
            raise InputError("{name} is {value}", name=name, value=value, hint="give no negative number")
    return hectares * growth * (1 + root_share) * carbon_fraction * CO2_PER_C


def timing(
    hectares: float, rate: float, *, horizon: int, adoption: Adoption, over: int = 1, lasts: int | None = None
) -> Array:
    """Return the uptake of each year while land is taken into the practice [t CO2, years 1 .. horizon].

    Parameters
    ----------
    rate : float
        [t CO2/ha a year].
    adoption : str
        "immediate"; "linear" or "exponential" over `over` years. A year counts the mean of its first and last day.
    lasts : int or None
        Years a hectare takes up carbon from its adoption: soil has a new stock after 20; always when None.

    Raises
    ------
    InputError
        If adoption takes longer than the horizon.

    Examples
    --------
    >>> round(float(timing(1000, 0.42173413, horizon=20, adoption="linear", over=5).sum()), 2)
    7380.35
    """
    area = area_in_practice(hectares, horizon=horizon, adoption=adoption, over=over)
    if lasts is not None and lasts < horizon:
        area[lasts:] -= area[: horizon - lasts].copy()
    return np.asarray(area * rate)


def area_in_practice(hectares: float, *, horizon: int, adoption: Adoption, over: int = 1) -> Array:
    """Return the mean area in the practice in each year [ha, years 1 .. horizon].

    Examples
    --------
    >>> float(area_in_practice(1000, horizon=20, adoption="linear", over=5).sum())
    17500.0
    """
    if not 1 <= over <= horizon:
        raise InputError(
            "adoption takes {over} of {horizon} years", over=over, horizon=horizon, hint="1 to the horizon"
        )
    if adoption == "immediate":
        return np.full(horizon, float(hectares))
    ends = np.minimum(np.arange(horizon + 1) / over, 1.0)
    if adoption == "exponential":
        ends = np.minimum((np.exp(ends * math.log(2)) - 1), 1.0)
    return np.asarray(hectares * (ends[:-1] + ends[1:]) / 2)


def combined_uncertainty(amounts: Sequence[float], shares: Sequence[float]) -> float:
    """Return the uncertainty of a sum of independent amounts [1].

    Raises
    ------
    InputError
        If the amounts sum to zero, or there is not one share for each.

    References
    ----------
    .. [1] IPCC (2006), volume 1, chapter 3, equation 3.2: propagation of error.

    Examples
    --------
    >>> round(combined_uncertainty([100.0, 50.0], [0.10, 0.40]), 6)
    0.149071
    """
    total = math.fsum(amounts)
    if len(amounts) != len(shares) or min(shares, default=0.0) < 0:
        raise InputError(
            "{amounts} amounts have {shares} uncertainties", amounts=len(amounts), shares=len(shares),
            hint="give one share from 0 for each",
        )  # fmt: skip
    if not total:
        raise InputError("the amounts sum to zero", hint="an uncertainty of nothing is not defined")
    return math.sqrt(math.fsum((a * u) ** 2 for a, u in zip(amounts, shares, strict=True))) / abs(total)


def credits(  # noqa: A001 - the field's word
    gross: float, *, leakage: float, uncertainty: float, buffer: float
) -> Credits:
    """Return what may be sold of a gross benefit.

    Raises
    ------
    InputError
        If a share lies outside 0 to 1.

    Examples
    --------
    >>> credits(10_000, leakage=0.10, uncertainty=0.05, buffer=0.20)
    Credits(net=8550.0, buffer=1710.0, issued=6840.0)
    """
    for name, value in (("leakage", leakage), ("uncertainty", uncertainty), ("buffer", buffer)):
        if not 0 <= value <= 1:
            raise InputError("{name} is {value}", name=name, value=value, hint="give a share from 0 to 1")
    net = gross * (1 - leakage) * (1 - uncertainty)
    return Credits(net, net * buffer, net - net * buffer)


def gates(
    answers: Mapping[str, bool], *, why: Mapping[str, str] | None = None, settled: Sequence[str] = ()
) -> tuple[Gate, ...]:
    """Return the questions of integrity with their answers; what is not answered is not passed.

    Parameters
    ----------
    why : mapping of str to str
        What stands against a question, whatever its answer.
    settled : sequence of str
        Questions that do not arise here.

    Raises
    ------
    InputError
        If an answer is to none of the questions.

    Examples
    --------
    >>> [gate.code for gate in gates({"additionality": True}) if gate.is_passed]
    ['additionality']
    """
    rows, against = toml_table("finance/carbon")["gate"], why or {}
    wrong = next((code for code in answers if code not in {row["code"] for row in rows}), None)
    if wrong is not None:
        raise InputError("there is no question of integrity {code}", code=wrong,
                         known=", ".join(row["code"] for row in rows), hint="use one of {known}")  # fmt: skip
    passed = {code for code, answer in answers.items() if answer} | set(settled)
    return tuple(
        Gate(code, row["question"], code in passed and code not in against, against.get(code, ""))
        for row in rows for code in (row["code"],)
    )  # fmt: skip


def revenue_npv(
    issued: Sequence[float] | Array,
    price: float,
    rate: float,
    answers: Mapping[str, bool],
    *,
    share_of_proceeds: float = 0.0,
) -> float:
    """Return the present value of credits sold at the end of years 1 .. n; nothing before integrity is shown.

    Raises
    ------
    RuleError
        If a gate is not passed: it is named.

    Examples
    --------
    >>> passed = {gate.code: True for gate in gates({})}
    >>> round(revenue_npv([110.0], 10.0, 0.10, passed), 6)
    1000.0
    """
    open_gates = [gate for gate in gates(answers) if not gate.is_passed]
    if open_gates:
        raise RuleError(
            "no revenue from carbon yet: {count} questions of integrity are open, first {code}",
            count=len(open_gates),
            code=open_gates[0].code,
            hint=open_gates[0].question,
        )
    return npv([0.0, *(np.asarray(issued, dtype=np.float64) * price * (1 - share_of_proceeds))], rate)
