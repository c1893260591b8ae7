"""Products of index cover, priced and judged alike, so that one can be held against the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from landbalance.core.dated import Dated
from landbalance.core.errors import InputError, RuleError
from landbalance.core.types import Array
from landbalance.core.words import Words
from landbalance.finance.basis import Advice, BasisRisk, advise, basis_risk, mean_unpaid
from landbalance.finance.burning import Burn, Premium, burn_parts, interval_of, loaded, premium, resampled
from landbalance.finance.insure import EXACT, Contract, Expected, expected_payout_normal, payout
from landbalance.finance.risk_layers import Costs, RiskLayer, loss_layers
from landbalance.finance.year_series import YearSeries

DRAWS = 2000


@dataclass(frozen=True)
class Part:
    """A stage of the season, or a district: its index, what is paid on it, and its weight in the sum."""

    series: YearSeries
    contract: Contract
    weight: float = 1.0


@dataclass(frozen=True)
class Terms:
    """How a product is priced.

    Parameters
    ----------
    spread_load, tail_load, tail : float
        Loads of `premium`.
    subsidy : float
        Share of the premium that others pay [1].
    mean_shift, spread_scale : float
        Another climate: added to the mean of the index, and multiplying its spread.
    """

    expense: float = 0.15
    spread_load: float = 0.2
    tail_load: float = 0.06
    tail: float = 0.90
    subsidy: float = 0.0
    detrend: bool = False
    mean_shift: float = 0.0
    spread_scale: float = 1.0


@dataclass(frozen=True)
class Losses:
    """Past losses, and from which loss a year is bad, and a catastrophe."""

    series: YearSeries
    bad: float
    worst: float


@dataclass(frozen=True)
class Product:
    """What is sold: its parts, the most they pay together, and what must be known of how it was made."""

    name: str
    parts: tuple[Part, ...]
    cap: float | None = None
    notes: tuple[str, ...] = ()

    @property
    def limit(self) -> float:
        """Return the most it pays in a season."""
        whole = sum(part.weight * part.contract.limit for part in self.parts)
        return whole if self.cap is None else min(whole, self.cap)


@dataclass(frozen=True)
class Insured:
    """A product with what it pays, what it costs and how well it follows losses.

    Parameters
    ----------
    index, origin : str
        What it is paid on, and where that is from.
    expected, fitted, shifted : Expected or None
        On a standard normal index, on one fitted to the years, and in another climate; None for several parts.
    premium, by_tail : Premium
        Loaded by the spread, and by the worst years.
    premium_interval : tuple of float or None
        90 % of the first premium over resampled years.
    own_premium : float
        What is left to pay after the subsidy.
    losses : tuple of float
        Of the same years as the burn, NaN where unknown; empty without losses.
    triggers : tuple of float or None
        Index at which one part begins to pay, and at which it pays all, None where that is never; None for several.
    basis_risk, advice : None
        Without losses.
    remarks : tuple of str
        How the contract compares with existing policies.
    """

    name: str
    limit: float
    years: tuple[int, ...]
    index: str
    origin: str
    expected: Expected | None
    fitted: Expected | None
    shifted: Expected | None
    burn: Burn
    premium: Premium
    by_tail: Premium
    premium_interval: tuple[float, float] | None
    own_premium: float
    losses: tuple[float, ...]
    bad: float
    triggers: tuple[float, float | None] | None
    basis_risk: BasisRisk | None
    advice: Advice | None
    layering: tuple[RiskLayer, ...]
    remarks: tuple[str, ...]


def insure_product(
    product: Product, terms: Terms, losses: Losses | None, facts: Mapping[str, Dated], rng: np.random.Generator
) -> Insured:
    """Price a product, and judge it where losses are known.

    Raises
    ------
    InputError
        If its years are too few or have too many holes.

    Examples
    --------
    >>> from landbalance.finance.burning import cover_facts
    >>> from landbalance.finance.insure import Cover
    >>> from landbalance.finance.year_series import year_series
    >>> series = year_series({year: -1.5 if year % 5 == 0 else 0.2 for year in range(1990, 2020)})
    >>> product = Product("one", (Part(series, Contract((Cover(-1, -2, 100),))),))
    >>> insure_product(product, Terms(), None, cover_facts(), np.random.default_rng(1)).burn.mean
    10.0
    """
    years = years_of(product)
    parts = [(part.series.at(years), part.contract, part.weight) for part in product.parts]
    burnt = burn_parts(parts, cap=product.cap, detrend=terms.detrend, rng=rng, draws=DRAWS, first_year=years[0])
    load = {"expense": terms.expense, "spread_load": terms.spread_load}
    price = premium(burnt.known, product.limit, expense=terms.expense, spread_load=terms.spread_load)
    redrawn = loaded(resampled(burnt.known, rng, DRAWS), **load) if burnt.years_paid else None
    lost, risk, advice, layering = _judged(burnt, years, losses, facts, price)
    expected, fitted, shifted = _closed_forms(product, burnt, terms)
    return Insured(
        name=product.name,
        limit=product.limit,
        years=years,
        index="; ".join(dict.fromkeys(part.series.name for part in product.parts if part.series.name)),
        origin="; ".join(dict.fromkeys(part.series.origin for part in product.parts if part.series.origin)),
        expected=expected,
        fitted=fitted,
        shifted=shifted,
        burn=burnt,
        premium=price,
        by_tail=premium(burnt.known, product.limit, expense=terms.expense, tail_load=terms.tail_load, tail=terms.tail),
        premium_interval=None if redrawn is None else interval_of(redrawn),
        own_premium=price.premium * (1 - terms.subsidy),
        losses=tuple(lost.tolist()),
        bad=0.0 if losses is None else losses.bad,
        triggers=_triggers(product),
        basis_risk=risk,
        advice=advice,
        layering=layering,
        remarks=(*product.notes, *_remarks(product, expected, facts)),
    )


def years_of(product: Product) -> tuple[int, ...]:
    """Return the years of all parts together.

    Raises
    ------
    InputError
        If they have no year in common.
    """
    first = max(part.series.years[0] for part in product.parts)
    last = min(part.series.years[-1] for part in product.parts)
    if first > last:
        raise InputError(
            "the parts of {name} have no year in common", name=product.name, hint="check the series of each part"
        )
    return tuple(range(first, last + 1))


def refuse_unfit(products: Sequence[Insured]) -> None:
    """Say no where losses are known and none of the products may be offered.

    Raises
    ------
    RuleError
        With why the first one may not, and what to try.
    """
    judged = [each.advice for each in products if each.advice is not None]
    if judged and not any(advice.is_fit for advice in judged):
        raise RuleError(
            "no cover is advised: {why}",
            why="; ".join(judged[0].reasons),
            hint="{steps}",
            steps="; ".join(judged[0].next_steps) or "cover this risk with reserves or contingent credit",
        )


def _closed_forms(
    product: Product, burnt: Burn, terms: Terms
) -> tuple[Expected | None, Expected | None, Expected | None]:
    """Return what one part pays on a standard index, on one fitted to its years, and in another climate."""
    if len(product.parts) > 1 or product.cap is not None:
        return None, None, None
    contract, seen = product.parts[0].contract, np.array(burnt.index)
    known = seen[np.isfinite(seen)]
    mean, sd = float(known.mean()), float(known.std(ddof=1))
    is_shifted = (terms.mean_shift, terms.spread_scale) != (0.0, 1.0)
    return (
        expected_payout_normal(contract),
        expected_payout_normal(contract, mean=mean, sd=sd) if sd > 0 else None,
        expected_payout_normal(contract, mean=terms.mean_shift, sd=terms.spread_scale) if is_shifted else None,
    )


def _triggers(product: Product) -> tuple[float, float | None] | None:
    """Return the index at which a product of one part begins to pay, and at which no more is paid."""
    if len(product.parts) > 1:
        return None
    contract = product.parts[0].contract
    knots = contract.knots()
    paid = payout(knots, contract)
    begins, whole = knots[paid <= EXACT], knots[paid >= contract.limit * (1 - EXACT)]
    if not len(begins):
        return None
    return float(begins.min()), float(whole.max()) if np.isfinite(whole).any() else None


def _judged(
    burnt: Burn, years: Sequence[int], losses: Losses | None, facts: Mapping[str, Dated], price: Premium
) -> tuple[Array, BasisRisk | None, Advice | None, tuple[RiskLayer, ...]]:
    """Return losses by year, basis risk, advice and the layers of the losses."""
    if losses is None:
        return np.array([]), None, None, ()
    paid, lost = np.array(burnt.payouts), losses.series.at(years)
    both = np.isfinite(paid) & np.isfinite(lost)
    if not both.any():
        raise InputError(
            "losses are known for {losses}, the index for {index}: no year has both",
            losses=_span(losses.series.years), index=_span(years), hint="name the years of both",
        )  # fmt: skip
    risk = basis_risk(paid[both], lost[both], bad=losses.bad, worst=losses.worst)
    advice = advise(
        risk,
        mean_unpaid(paid[both], lost[both], losses.bad),
        most_missed=facts["most_missed"].value,
        least_correlation=facts["least_correlation"].value,
        least_years=int(facts["least_loss_years"].value),
        least_bad=int(facts["least_bad_years"].value),
    )
    costs = Costs(
        facts["reserve_cost"].value, facts["credit_fee"].value, facts["credit_cost"].value, price.multiple or 1.0
    )
    limits = {name: facts[name].value for name in ("reserve_below", "credit_below")}
    known = losses.series.at(losses.series.years)
    return lost, risk, advice, loss_layers(known[np.isfinite(known)], costs, **limits)


def _remarks(product: Product, expected: Expected | None, facts: Mapping[str, Dated]) -> tuple[str, ...]:
    """Return where a contract lies outside what country policies do."""
    said: list[str] = []
    if expected is None:
        return ()
    begins, whole = _period(expected.chance), _period(expected.chance_full)
    low, high = facts["attachment_return_low"].value, facts["attachment_return_high"].value
    if begins is not None and not low <= begins <= high:
        said.append(
            Words("it begins to pay 1 in {found:.1f} years; country policies, 1 in {low:g} to {high:g}",
                  found=begins, low=low, high=high)
        )  # fmt: skip
    low, high = facts["exhaustion_return_low"].value, facts["exhaustion_return_high"].value
    if whole is not None and not low <= whole <= high:
        said.append(
            Words("it pays all 1 in {found:.1f} years; country policies, 1 in {low:g} to {high:g}",
                  found=whole, low=low, high=high)
        )  # fmt: skip
    contract = product.parts[0].contract
    low, high = facts["ceding_low"].value, facts["ceding_high"].value
    if contract.form == "loss" and not low <= contract.ceding <= high:
        said.append(
            Words("{share:.0%} of the loss is ceded; country policies, {low:.0%} to {high:.0%}",
                  share=contract.ceding, low=low, high=high)
        )  # fmt: skip
    return tuple(said)


def _period(chance: float) -> float | None:
    """Return the return period of a chance [years], None of what never comes."""
    return 1 / chance if chance > 1e-6 else None


def _span(years: Sequence[int]) -> str:
    """Return the first and the last of years."""
    return f"{years[0]}-{years[-1]}"
