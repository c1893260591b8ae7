"""What a cover would have paid in past years, whether those years can be trusted, and what that makes it cost."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import levene

from landbalance.core.dated import Dated, dated_values
from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.core.words import Words
from landbalance.finance.insure import EXACT, Contract, Cover, payout
from landbalance.indicators.api import mann_kendall, theil_sen

SURE = 0.05
SPREAD = (5, 95)  # per cent of the resampled years


@dataclass(frozen=True)
class Stationarity:
    """Whether an index stays as it was.

    Parameters
    ----------
    slope, trend_p : float
        Median slope a year, and the Mann-Kendall p value.
    spread_p : float
        Levene's p value that the two halves spread alike.
    memory : float
        Correlation of a year with the year before.
    """

    slope: float
    trend_p: float
    spread_p: float
    memory: float


@dataclass(frozen=True)
class Burn:
    """What a cover would have paid in each year of a series: mean, spread, interval of the mean, doubts.

    Parameters
    ----------
    payouts, index : tuple of float
        One a year, NaN where the index is unknown; the index as it was paid on, its trend taken out if asked.
    """

    payouts: tuple[float, ...]
    mean: float
    sd: float
    interval: tuple[float, float] | None
    years_paid: int
    warnings: tuple[str, ...] = ()
    index: tuple[float, ...] = ()
    stationarity: Stationarity | None = None

    @property
    def known(self) -> Array:
        """Return the payouts of the years that are known."""
        paid = np.array(self.payouts)
        return np.asarray(paid[np.isfinite(paid)])


@dataclass(frozen=True)
class Premium:
    """A price: premium, over the pure price, over the limit, and the loss ratio it leaves."""

    premium: float
    multiple: float | None
    rate_on_line: float
    loss_ratio: float | None


def burn(
    index: Sequence[float] | Array,
    cover: Cover | Contract,
    *,
    detrend: bool = False,
    rng: np.random.Generator | None = None,
    draws: int = 2000,
    first_year: int = 1,
) -> Burn:
    """Return what a cover would have paid year by year.

    Parameters
    ----------
    index : sequence of float
        One value a season, on a fixed reference period; NaN for a year that is not known, which pays nothing and
        counts nowhere.
    detrend : bool
        Whether a straight trend is taken out first, about the last year.
    rng : numpy.random.Generator or None
        For a bootstrap interval of the mean (90 %); none without it.
    first_year : int
        Year of the first value, for what is said about years.

    Raises
    ------
    InputError
        If too few years are known, or too many are missing between them.

    Examples
    --------
    >>> burn([0.0] * 19 + [-1.5], Cover(-1, -2, 100)).mean
    2.5
    """
    contract = Contract((cover,)) if isinstance(cover, Cover) else cover
    values = np.asarray(index, dtype=np.float64)
    return burn_parts([(values, contract, 1.0)], detrend=detrend, rng=rng, draws=draws, first_year=first_year)


def burn_parts(
    parts: Sequence[tuple[Array, Contract, float]],
    *,
    cap: float | None = None,
    detrend: bool = False,
    rng: np.random.Generator | None = None,
    draws: int = 2000,
    first_year: int = 1,
) -> Burn:
    """Return what stages of a season or several districts would have paid together.

    Parameters
    ----------
    parts : sequence of (index, contract, weight)
        Indices of the same years; a year counts only where all of them are known.
    cap : float or None
        Most that is paid for all parts together.

    Raises
    ------
    InputError
        If a part is too short or has too many holes.

    Examples
    --------
    >>> dry, wet = np.array([0.0] * 19 + [-2.0]), np.zeros(20)
    >>> parts = [(dry, Contract((Cover(-1, -2, 100),)), 0.5), (wet, Contract((Cover(-1, -2, 100),)), 0.5)]
    >>> burn_parts(parts).payouts[-1]
    50.0
    """
    said = [word for values, _, _ in parts for word in _check_years(values, first_year)]
    seen = np.average([values for values, _, _ in parts], axis=0, weights=[weight for *_, weight in parts])
    found = stationarity(seen)
    said += _doubts(found, int(np.isfinite(seen).sum()), is_detrended=detrend)
    flat = [_without_trend(values) if detrend else values for values, _, _ in parts]
    paid = np.sum([weight * payout(own, each) for own, (_, each, weight) in zip(flat, parts, strict=True)], axis=0)
    paid = paid if cap is None else np.minimum(paid, cap)
    known = paid[np.isfinite(paid)]
    if not known.any():
        said.append(Words("no year on record would have been paid: the burn tells nothing, go by the closed form"))
    return Burn(
        payouts=tuple(paid.tolist()),
        mean=float(known.mean()),
        sd=float(known.std(ddof=1)),
        interval=None if rng is None or not known.any() else interval_of(resampled(known, rng, draws).mean(axis=1)),
        years_paid=int(np.count_nonzero(known)),
        warnings=tuple(dict.fromkeys(said)),
        index=tuple(np.average(flat, axis=0, weights=[weight for *_, weight in parts]).tolist()),
        stationarity=found,
    )


def stationarity(values: Array) -> Stationarity:
    """Test an index for a trend, for a spread that changes, and for years that follow each other.

    Examples
    --------
    >>> round(stationarity(np.arange(20.0)).slope, 6)
    1.0
    """
    known = np.isfinite(values)
    half = len(values) // 2
    early, late = (part[np.isfinite(part)] for part in (values[:half], values[half:]))
    pairs = known[1:] & known[:-1]
    before, after = values[:-1][pairs], values[1:][pairs]
    varies = len(before) > 2 and bool(np.ptp(before) and np.ptp(after))
    tells = min(len(early), len(late)) > 2 and bool(np.ptp(early) or np.ptp(late))
    return Stationarity(
        slope=float(theil_sen(values).slope),
        trend_p=float(mann_kendall(values).p),
        spread_p=float(levene(early, late).pvalue) if tells else 1.0,
        memory=float(np.corrcoef(before, after)[0, 1]) if varies else 0.0,
    )


def premium(
    payouts: Sequence[float] | Array,
    limit: float,
    *,
    expense: float,
    spread_load: float | None = None,
    tail_load: float | None = None,
    tail: float = 0.90,
) -> Premium:
    """Return the price of a cover from its payouts, loaded by their spread or by their worst years.

    Parameters
    ----------
    expense : float
        Share of the premium that pays for the work.
    spread_load : float or None
        alpha in (mean + alpha sd) / (1 - expense).
    tail_load, tail : float or None, float
        k and q in (mean + k (TVaR_q - mean)) / (1 - expense).

    Raises
    ------
    InputError
        If not exactly one load is given, or a share is none.

    Examples
    --------
    >>> round(premium([0.0, 0.0, 0.0, 40.0], 100.0, expense=0.2, spread_load=0.0).premium, 6)
    12.5
    """
    paid = np.asarray(payouts, dtype=np.float64)
    price = float(loaded(paid, expense=expense, spread_load=spread_load, tail_load=tail_load, tail=tail))
    mean = float(paid.mean())
    return Premium(price, price / mean if mean else None, price / limit, mean / price if price else None)


def loaded(
    payouts: Array, *, expense: float, spread_load: float | None = None, tail_load: float | None = None,
    tail: float = 0.90,
) -> Array:  # fmt: skip
    """Return the price of each row of payouts, years along the last axis; the loads are those of `premium`."""
    if (spread_load is None) == (tail_load is None) or not 0 <= expense < 1 or not 0 < tail < 1:
        raise InputError(
            "give one load, an expense share below 1 and a tail between 0 and 1", hint="spread or tail load"
        )
    mean = payouts.mean(axis=-1)
    if spread_load is not None:
        return np.asarray((mean + spread_load * payouts.std(axis=-1, ddof=1)) / (1 - expense))
    return np.asarray((mean + (tail_load or 0.0) * (tail_value(payouts, tail) - mean)) / (1 - expense))


def tail_value(payouts: Array, tail: float) -> Array:
    """Return the mean of the worst years: the ceil((1 - q) n) largest payouts along the last axis.

    Examples
    --------
    >>> float(tail_value(np.array([0.0, 10.0, 20.0, 90.0]), 0.5))
    55.0
    """
    count = math.ceil((1 - tail) * payouts.shape[-1] - EXACT)
    return np.asarray(np.sort(payouts, axis=-1)[..., -count:].mean(axis=-1))


def resampled(payouts: Array, rng: np.random.Generator, draws: int) -> Array:
    """Return years drawn again with replacement, shape (draws, years)."""
    return np.asarray(rng.choice(payouts, size=(draws, len(payouts))))


def interval_of(draws: Array) -> tuple[float, float]:
    """Return what 90 % of the draws lie within."""
    low, high = np.percentile(draws, SPREAD)
    return float(low), float(high)


def cover_facts() -> dict[str, Dated]:
    """Return the dated parameters of index cover: guards, least years, what existing pools do."""
    return dict(dated_values("finance/index_cover"))


def _check_years(values: Array, first_year: int) -> tuple[str, ...]:
    """Refuse a series that is too short or has too many holes; tell of those that it has."""
    facts = cover_facts()
    least, good = int(facts["least_years"].value), int(facts["good_years"].value)
    known = np.isfinite(values)
    missing = ", ".join(str(first_year + int(place)) for place in np.flatnonzero(~known))
    if known.sum() < least:
        raise InputError(
            "the index has {years} years, {known} of them known",
            years=len(values),
            known=int(known.sum()),
            hint="{least} known years are the least, {good} are better; missing: {missing}",
            least=least,
            good=good,
            missing=missing or "-",
        )
    if (~known).mean() > facts["most_missing_years"].value:
        raise InputError(
            "{missing} of {years} years have no index: {which}",
            missing=int((~known).sum()),
            years=len(values),
            which=missing,
            hint="fill the gaps, or keep to years without them: years = [first, last]",
        )
    said: tuple[str, ...] = ()
    if missing:
        said += (
            Words(
                "no index is known for {years}: these years are left out, they are not years without drought",
                years=missing,
            ),
        )
    if known.sum() < good:
        said += (Words("{years} years are few: {good} are better", years=int(known.sum()), good=good),)
    return said


def _without_trend(values: Array) -> Array:
    """Return an index as it would have been in the climate of its last year."""
    slope = float(theil_sen(values).slope)
    return np.asarray(values - slope * (np.arange(len(values)) - (len(values) - 1)))


def _doubts(found: Stationarity, years: int, *, is_detrended: bool) -> list[str]:
    """Return what speaks against taking past years for coming ones."""
    said: list[str] = []
    if found.trend_p < SURE and not is_detrended:
        said.append(
            Words(
                "the index moves by {slope:+.3f} a year (p = {p:.3f}): past years may not tell the coming ones; "
                "compare with the trend taken out", slope=found.slope, p=found.trend_p,
            )
        )  # fmt: skip
    if found.spread_p < SURE:
        said.append(
            Words("the index spreads otherwise in the second half of the years (p = {p:.3f})", p=found.spread_p)
        )
    if abs(found.memory) > 2 / math.sqrt(years):
        said.append(
            Words(
                "a year follows the year before (correlation {memory:.2f}): the interval is too narrow",
                memory=found.memory,
            )
        )
    return said
