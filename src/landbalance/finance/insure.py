"""Index cover: what a drought index pays, what that costs, and how often it leaves a loss unpaid."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.indicators.api import mann_kendall, theil_sen

METHOD = "index-cover/1"
LEAST_YEARS = 20
GOOD_YEARS = 30


@dataclass(frozen=True)
class Cover:
    """A contract on an index that is low when things are bad.

    Parameters
    ----------
    attachment, exit : float
        Index at which it begins to pay, and at which it pays all [index units]; exit lies below attachment.
    limit : float
        Most it pays [money].
    minimum : float
        Least it pays once it pays at all [share of the limit].
    """

    attachment: float
    exit: float
    limit: float
    minimum: float = 0.0

    def __post_init__(self) -> None:
        if not self.exit < self.attachment:
            raise InputError(
                "the cover begins at {attachment} and is exhausted at {exit}",
                attachment=self.attachment,
                exit=self.exit,
                hint="the exit lies below the attachment: a lower index is a worse drought",
            )
        if self.limit <= 0 or not 0 <= self.minimum <= 1:
            raise InputError("limit {limit}, minimum {minimum}", limit=self.limit, minimum=self.minimum, hint="above 0")

    @property
    def tick(self) -> float:
        """Return what one index unit pays."""
        return self.limit / (self.attachment - self.exit)


@dataclass(frozen=True)
class Expected:
    """What a cover pays on a standard normal index: mean, spread, chance to pay at all, and to pay everything."""

    rate: float
    mean: float
    sd: float
    chance: float
    chance_full: float


@dataclass(frozen=True)
class Burn:
    """What a cover would have paid in each year of a series: mean, spread, interval of the mean, doubts."""

    payouts: tuple[float, ...]
    mean: float
    sd: float
    interval: tuple[float, float] | None
    years_paid: int
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Premium:
    """A price: premium, over the pure price, over the limit, and the loss ratio it leaves."""

    premium: float
    multiple: float | None
    rate_on_line: float
    loss_ratio: float | None


def payout(index: Sequence[float] | Array, cover: Cover) -> Array:
    """Return what a cover pays for each value of its index; unknown where the index is.

    Examples
    --------
    >>> payout([-0.5, -1.25, -2.6], Cover(-1, -2, 100)).tolist()
    [0.0, 25.0, 100.0]
    """
    values = np.asarray(index, dtype=np.float64)
    rate = np.clip((cover.attachment - values) / (cover.attachment - cover.exit), 0.0, 1.0)
    rate = np.where(rate > 0, np.maximum(rate, cover.minimum), rate)
    return np.asarray(np.where(np.isnan(values), np.nan, cover.limit * rate))


def payout_by_percentile(percentile: Sequence[float] | Array, attachment: float, exit_at: float, limit: float) -> Array:
    """Return what a cover on percentiles pays, as pastoral covers on vegetation do.

    Examples
    --------
    >>> payout_by_percentile([0.30, 0.10, 0.0], 0.20, 0.0, 100.0).tolist()
    [0.0, 50.0, 100.0]
    """
    return payout(percentile, Cover(attachment, exit_at, limit))


def payout_by_loss(loss: Sequence[float] | Array, attachment: float, exhaustion: float, ceding: float) -> Array:
    """Return what a cover on a modelled loss pays: a share of the loss between attachment and exhaustion.

    Examples
    --------
    >>> payout_by_loss([5.0, 15.0, 90.0], 10.0, 30.0, 0.5).tolist()
    [0.0, 2.5, 10.0]
    """
    if not 0 <= attachment < exhaustion or not 0 < ceding <= 1:
        raise InputError(
            "attachment {low}, exhaustion {high}, ceded {share}",
            low=attachment,
            high=exhaustion,
            share=ceding,
            hint="0 <= attachment < exhaustion, and a share above 0 up to 1",
        )
    return np.asarray(
        ceding * np.clip(np.minimum(np.asarray(loss, dtype=np.float64), exhaustion) - attachment, 0, None)
    )


def expected_payout_normal(cover: Cover, *, mean: float = 0.0, sd: float = 1.0) -> Expected:
    """Return what a cover pays on average if its index is normal: SPI and SPEI are, by their making.

    Parameters
    ----------
    mean, sd : float
        Of the index; a mean below 0 stands for a drier climate.

    Notes
    -----
    With G(z) = z Phi(z) + phi(z) the mean rate is (G(a) - G(e)) / (a - e), a and e in standard units; the second moment
    integrates the square of the rate likewise. A minimum payout is not covered by this closed form.

    Examples
    --------
    >>> found = expected_payout_normal(Cover(-1, -2, 100))
    >>> round(found.mean, 6), round(found.sd, 6)
    (7.482477, 21.677386)
    """
    if sd <= 0 or cover.minimum:
        raise InputError("the closed form wants a spread above zero and no minimum payout", hint="use burn instead")
    a, e = (cover.attachment - mean) / sd, (cover.exit - mean) / sd
    width = a - e
    rate = (_g(a) - _g(e)) / width
    square = float(ndtr(e)) + _second_moment(a, e) / width**2
    return Expected(
        rate=rate,
        mean=cover.limit * rate,
        sd=cover.limit * math.sqrt(max(square - rate**2, 0.0)),
        chance=float(ndtr(a)),
        chance_full=float(ndtr(e)),
    )


def burn(
    index: Sequence[float] | Array,
    cover: Cover,
    *,
    detrend: bool = False,
    rng: np.random.Generator | None = None,
    draws: int = 2000,
) -> Burn:
    """Return what a cover would have paid year by year.

    Parameters
    ----------
    index : sequence of float
        One value a season, 20 or more, on a fixed reference period.
    detrend : bool
        Whether a straight trend is taken out first, about the last year.
    rng : numpy.random.Generator or None
        For a bootstrap interval of the mean (90 %); none without it.

    Raises
    ------
    InputError
        If there are fewer than 20 years, or a value is unknown.

    Examples
    --------
    >>> burn([0.0] * 19 + [-1.5], Cover(-1, -2, 100)).mean
    2.5
    """
    values = np.asarray(index, dtype=np.float64)
    if len(values) < LEAST_YEARS or not np.all(np.isfinite(values)):
        raise InputError(
            "the index has {years} years, {known} of them known",
            years=len(values),
            known=int(np.isfinite(values).sum()),
            hint="{least_years} known years are the least, {good_years} are better",
            least_years=LEAST_YEARS,
            good_years=GOOD_YEARS,
        )
    said = [] if len(values) >= GOOD_YEARS else [f"{len(values)} years are few: {GOOD_YEARS} are better"]
    slope, p_value = _trend(values)
    if p_value < 0.05:
        said.append(
            f"the index moves by {slope:+.3f} a year (p = {p_value:.3f}): past years may not tell the coming ones"
        )
    if detrend:
        values = values - slope * (np.arange(len(values)) - (len(values) - 1))
    paid = payout(values, cover)
    interval = None
    if rng is not None:
        means = rng.choice(paid, size=(draws, len(paid))).mean(axis=1)
        interval = (float(np.percentile(means, 5)), float(np.percentile(means, 95)))
    return Burn(
        payouts=tuple(paid.tolist()),
        mean=float(paid.mean()),
        sd=float(paid.std(ddof=1)),
        interval=interval,
        years_paid=int(np.count_nonzero(paid)),
        warnings=tuple(said),
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
    if (spread_load is None) == (tail_load is None) or not 0 <= expense < 1 or not 0 < tail < 1:
        raise InputError(
            "give one load, an expense share below 1 and a tail between 0 and 1", hint="spread or tail load"
        )
    paid = np.asarray(payouts, dtype=np.float64)
    mean = float(paid.mean())
    if spread_load is not None:
        loaded = mean + spread_load * float(paid.std(ddof=1))
    else:
        loaded = mean + (tail_load or 0.0) * (tail_value(paid, tail) - mean)
    price = loaded / (1 - expense)
    return Premium(price, price / mean if mean else None, price / limit, mean / price if price else None)


def tail_value(payouts: Array, tail: float) -> float:
    """Return the mean of the worst years: the ceil((1 - q) n) largest payouts.

    Examples
    --------
    >>> tail_value(np.array([0.0, 10.0, 20.0, 90.0]), 0.5)
    55.0
    """
    count = math.ceil((1 - tail) * len(payouts) - 1e-9)
    return float(np.sort(payouts)[-count:].mean())


def layers(
    payout_by_return: Sequence[tuple[float, float]], *, reserve_below: float, credit_below: float
) -> dict[str, float]:
    """Return which part of the expected payouts reserves, contingent credit and insurance should bear.

    Parameters
    ----------
    payout_by_return : sequence of (return period [years], expected payout a year)
    reserve_below, credit_below : float
        Return periods up to which reserves, then credit, are cheapest.

    Examples
    --------
    >>> layers([(3, 5.0), (7, 3.0), (20, 2.0)], reserve_below=5, credit_below=10)
    {'reserves': 5.0, 'credit': 3.0, 'insurance': 2.0}
    """
    parts = {"reserves": 0.0, "credit": 0.0, "insurance": 0.0}
    for period, amount in payout_by_return:
        name = "reserves" if period < reserve_below else "credit" if period < credit_below else "insurance"
        parts[name] += amount
    return parts


def _g(z: float) -> float:
    """Return the integral of the normal distribution function up to z."""
    return float(z * ndtr(z) + math.exp(-z * z / 2) / math.sqrt(2 * math.pi))


def _second_moment(a: float, e: float) -> float:
    """Return the integral of (a - z)^2 phi(z) from e to a."""

    def upto(z: float) -> float:
        density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        return float((a * a + 1) * ndtr(z) + (2 * a - z) * density)

    return upto(a) - upto(e)


def _trend(values: Array) -> tuple[float, float]:
    """Return the median slope a year and the Mann-Kendall p value of a series."""
    return float(theil_sen(values).slope), float(mann_kendall(values).p)
