"""Index cover: what a contract pays for a drought index, a percentile or a modelled loss, and on average."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import rankdata

from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.finance.response import check_response, crossings, respond

METHOD = "index-cover/2"
Form = Literal["index", "percentile", "loss"]
FAR = 9.0  # standard deviations: nothing lies beyond
FINE = 4097
EXACT = 1e-9  # a step or a limit that is reached to within float noise is reached


@dataclass(frozen=True)
class Cover:
    """One layer of a contract on an index that is low when things are bad.

    Parameters
    ----------
    attachment, exit : float
        Index at which it begins to pay, and at which it pays all [index units]; exit lies below attachment.
    limit : float
        Most it pays [money].
    minimum : float
        Least it pays once it pays at all [share of the limit].
    steps : int
        Equal steps in which it pays, each once it is reached; 0 for a straight line.
    """

    attachment: float
    exit: float
    limit: float
    minimum: float = 0.0
    steps: int = 0

    def __post_init__(self) -> None:
        if not self.exit < self.attachment:
            raise InputError(
                "the cover begins at {attachment} and is exhausted at {exit}",
                attachment=self.attachment,
                exit=self.exit,
                hint="the exit lies below the attachment: a lower index is a worse drought",
            )
        if self.limit <= 0 or not 0 <= self.minimum <= 1 or self.steps < 0:
            raise InputError(
                "a cover has limit {limit}, minimum {minimum}, {steps} steps",
                limit=self.limit,
                minimum=self.minimum,
                steps=self.steps,
                hint="the limit is above 0, the minimum a share from 0 to 1, steps 0 or more",
            )

    @property
    def tick(self) -> float:
        """Return what one index unit pays."""
        return self.limit / (self.attachment - self.exit)

    def corners(self) -> list[float]:
        """Return where the line of payouts bends or jumps."""
        shares = {0.0, 1.0, self.minimum, *(place / self.steps for place in range(1, self.steps))}
        return [self.attachment - share * (self.attachment - self.exit) for share in shares]


@dataclass(frozen=True)
class Contract:
    """One or several layers, on the index itself, on its percentile, or on the loss it stands for.

    Parameters
    ----------
    layers : tuple of Cover
        Paid together. Where they stand on a loss they are written with `loss_layer`.
    form : str
        "index", "percentile" (of a standard normal index) or "loss".
    response : tuple of (index, loss)
        Loss at each index, straight between, the first and last loss beyond; for "loss" alone.
    ceding : float
        Share of the loss that is ceded: what is paid of all layers [1].
    cap : float or None
        Most that is paid in a season [money].
    """

    layers: tuple[Cover, ...]
    form: Form = "index"
    response: tuple[tuple[float, float], ...] = ()
    ceding: float = 1.0
    cap: float | None = None

    def __post_init__(self) -> None:
        if not self.layers or not 0 < self.ceding <= 1 or (self.cap is not None and self.cap <= 0):
            raise InputError(
                "a contract has {layers} layers, cedes {ceding} and pays at most {cap}",
                layers=len(self.layers),
                ceding=self.ceding,
                cap="all" if self.cap is None else self.cap,
                hint="give a layer, a ceded share above 0 up to 1, and a cap above 0",
            )
        if self.form == "loss":
            check_response(self.response)

    @property
    def limit(self) -> float:
        """Return the most it pays in a season."""
        whole = self.ceding * sum(layer.limit for layer in self.layers)
        return whole if self.cap is None else min(whole, self.cap)

    def measure(self, index: Array) -> Array:
        """Return what its layers look at: the index, its percentile, or the loss below zero."""
        if self.form == "percentile":
            return np.asarray(ndtr(index))
        return -respond(index, self.response) if self.form == "loss" else index

    def knots(self) -> Array:
        """Return the index values between which its payout, before the cap, is a straight line."""
        corners = np.array([corner for layer in self.layers for corner in layer.corners()])
        if self.form == "loss":
            return crossings(self.response, -corners)
        return np.unique(ndtri(np.clip(corners, 0, 1)) if self.form == "percentile" else corners)


@dataclass(frozen=True)
class Expected:
    """What a cover pays on a normal index: mean share of the limit, mean, spread, chance to pay, and to pay it all."""

    rate: float
    mean: float
    sd: float
    chance: float
    chance_full: float


def payout(index: Sequence[float] | Array, cover: Cover | Contract) -> Array:
    """Return what a cover pays for each value of its index; unknown where the index is.

    Examples
    --------
    >>> payout([-0.5, -1.25, -2.6], Cover(-1, -2, 100)).tolist()
    [0.0, 25.0, 100.0]
    >>> payout([-1.5, -3.0], Contract((Cover(-1, -2, 100), Cover(-2, -3, 50)), cap=120.0)).tolist()
    [50.0, 120.0]
    """
    values = np.asarray(index, dtype=np.float64)
    if isinstance(cover, Cover):
        return _layer_payout(values, cover)
    measured = cover.measure(values)
    paid = cover.ceding * sum(_layer_payout(measured, layer) for layer in cover.layers)
    return np.asarray(paid if cover.cap is None else np.minimum(paid, cover.cap))


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
    if not 0 < ceding <= 1:
        raise InputError("{share} of the loss is ceded", share=ceding, hint="give a share above 0 up to 1")
    return ceding * payout(-np.asarray(loss, dtype=np.float64), loss_layer(attachment, exhaustion))


def loss_layer(attachment: float, exhaustion: float) -> Cover:
    """Return a layer on a loss, which is bad when it is high: it pays the loss between the two.

    Raises
    ------
    InputError
        If exhaustion does not lie above attachment.

    Examples
    --------
    >>> loss_layer(10.0, 30.0).limit
    20.0
    """
    if not 0 <= attachment < exhaustion:
        raise InputError(
            "a cover on losses begins at {low} and is exhausted at {high}",
            low=attachment,
            high=exhaustion,
            hint="0 <= attachment < exhaustion: a higher loss is a worse drought",
        )
    return Cover(-attachment, -exhaustion, exhaustion - attachment)


def expected_payout_normal(cover: Cover | Contract, *, mean: float = 0.0, sd: float = 1.0) -> Expected:
    """Return what a cover pays on average if its index is normal: SPI and SPEI are, by their making.

    Parameters
    ----------
    mean, sd : float
        Of the index; a mean below 0 stands for a drier climate.

    Notes
    -----
    Between two knots the payout is a line a + b x, so that both moments are sums of the first three moments of the
    normal distribution over an interval. For one layer the mean rate is (G(a) - G(e)) / (a - e) with
    G(z) = z Phi(z) + phi(z).

    Raises
    ------
    InputError
        If the spread is not above zero.

    Examples
    --------
    >>> found = expected_payout_normal(Cover(-1, -2, 100))
    >>> round(found.mean, 6), round(found.sd, 6)
    (7.482477, 21.677386)
    """
    contract = Contract((cover,)) if isinstance(cover, Cover) else cover
    if not sd > 0:
        raise InputError("the spread of the index is {sd}", sd=sd, hint="give one above zero")
    edges = (_edges(contract) - mean) / sd
    low, high = np.concatenate([[-np.inf], edges]), np.concatenate([edges, [np.inf]])
    first, second = _inside(low, high)
    paid, later = (payout(mean + sd * each, contract) for each in (first, second))
    slope = np.where(second > first, (later - paid) / np.where(second > first, second - first, 1.0), 0.0)
    level = paid - slope * first
    zero, one, two = _moments(low, high)
    average = float((level * zero + slope * one).sum())
    square = float((level**2 * zero + 2 * level * slope * one + slope**2 * two).sum())
    is_full = np.minimum(paid, later) >= contract.limit * (1 - EXACT)
    return Expected(
        rate=average / contract.limit,
        mean=average,
        sd=math.sqrt(max(square - average**2, 0.0)),
        chance=float(zero[np.maximum(paid, later) > 0].sum()),
        chance_full=float(zero[is_full].sum()),
    )


def normal_scores(series: Sequence[float] | Array) -> Array:
    """Return a series as the standard normal values of its ranks, r / (n + 1): percentiles of its own record.

    Examples
    --------
    >>> normal_scores([7.0, np.nan, 5.0, 9.0]).round(4).tolist()
    [0.0, nan, -0.6745, 0.6745]
    """
    values = np.asarray(series, dtype=np.float64)
    known = np.isfinite(values)
    found = np.full(len(values), np.nan)
    found[known] = ndtri(rankdata(values[known]) / (known.sum() + 1))
    return found


def _edges(contract: Contract) -> Array:
    """Return the index values between which the payout is a straight line, the cap counted.

    A payout on percentiles is curved in the index: there the line is broken finely enough for six digits.
    """
    edges = np.clip(contract.knots(), -FAR, FAR)
    if contract.form == "percentile":
        edges = np.unique(np.concatenate([edges, np.linspace(edges[0], edges[-1], FINE)]))
    if contract.cap is None:
        return edges
    whole = replace(contract, cap=None)
    middle = (edges[1:] + edges[:-1]) / 2
    quarter = (middle + edges[:-1]) / 2
    high, low = payout(quarter, whole), payout(middle, whole)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = quarter + (high - contract.cap) / (high - low) * (middle - quarter)
    crossed = at[(high > low) & (at > edges[:-1]) & (at < edges[1:])]
    return np.unique(np.concatenate([edges, crossed]))


def _inside(low: Array, high: Array) -> tuple[Array, Array]:
    """Return two places inside each interval, the same where it has no end: there the payout is level."""
    left, right = np.where(np.isinf(low), high - 1.0, low), np.where(np.isinf(high), low + 1.0, high)
    return (3 * left + right) / 4, np.where(
        np.isinf(low) | np.isinf(high), (3 * left + right) / 4, (left + 3 * right) / 4
    )


def _moments(low: Array, high: Array) -> tuple[Array, Array, Array]:
    """Return the integrals of phi, z phi and z^2 phi over each interval."""
    density = [np.exp(-(each**2) / 2) / math.sqrt(2 * math.pi) for each in (low, high)]
    ends = [np.where(np.isinf(each), 0.0, each) * dense for each, dense in zip((low, high), density, strict=True)]
    zero = ndtr(high) - ndtr(low)
    return zero, density[0] - density[1], zero + ends[0] - ends[1]


def _layer_payout(values: Array, cover: Cover) -> Array:
    """Return what one layer pays."""
    rate = np.clip((cover.attachment - values) / (cover.attachment - cover.exit), 0.0, 1.0)
    paid = np.floor(rate * cover.steps + EXACT) / cover.steps if cover.steps else rate
    paid = np.where(rate > 0, np.maximum(paid, cover.minimum), paid)
    return np.asarray(np.where(np.isnan(values), np.nan, cover.limit * paid))
