"""Which season, attachment and exit suit a district: searched over its past, tried on years the search never saw."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.core.words import Words
from landbalance.finance.basis import Advice, BasisRisk, advise, basis_risk, mean_unpaid
from landbalance.finance.insure import Cover
from landbalance.finance.products import Losses
from landbalance.finance.year_series import YearSeries

ATTACHMENTS = tuple(np.round(np.arange(-1.6, -0.29, 0.1), 2).tolist())
WIDTHS = tuple(np.round(np.arange(0.4, 2.01, 0.2), 2).tolist())


@dataclass(frozen=True)
class Guards:
    """The largest share of bad years missed, the least correlation, the fewest years and bad years."""

    most_missed: float
    least_correlation: float
    least_years: int
    least_bad: int


@dataclass(frozen=True)
class Design:
    """What suits one district best.

    Parameters
    ----------
    season, cover
        What the search chose on all years.
    hindsight, honest : BasisRisk
        On the years it was chosen on, and on each year with a design chosen without it.
    agreed : float
        Share of the left-out years for which the same season was chosen [1].
    skill : float
        1 - squared misfit of the honest payouts over that of paying the mean of the other years every year; 0 or less
        is no skill.
    advice : Advice
        By the honest figures.
    honest_payouts : tuple of float
        One for each of `years`.
    """

    district: str
    season: str
    cover: Cover
    years: tuple[int, ...]
    tried: int
    hindsight: BasisRisk
    honest: BasisRisk
    agreed: float
    skill: float
    advice: Advice
    honest_payouts: tuple[float, ...]


def design_cover(
    district: str,
    seasons: Sequence[YearSeries],
    losses: Losses,
    limit: float,
    guards: Guards,
    *,
    attachments: Sequence[float] = ATTACHMENTS,
    widths: Sequence[float] = WIDTHS,
) -> Design:
    """Return the season, attachment and exit whose payouts lie nearest to what bad years needed.

    Parameters
    ----------
    seasons : sequence of YearSeries
        Candidate indices of one district, such as SPI of several windows.
    attachments, widths : sequence of float
        Where a cover may begin, and how far below it may be exhausted [index units].

    Raises
    ------
    InputError
        If fewer than ten years have all candidates and a loss.

    Notes
    -----
    What a year needed is its loss where it is bad, at most the limit, and nothing otherwise; the misfit is the mean
    square of payout less need. No number is fitted to a candidate but the choice itself, so that leaving one year out
    is exact: its squared misfits are taken from the sums before the least is sought.

    Examples
    --------
    >>> from landbalance.finance.year_series import year_series
    >>> dry = {year: -2.0 if year % 6 == 0 else 0.5 for year in range(1990, 2020)}
    >>> wet = {year: 0.1 for year in dry}
    >>> lost = Losses(year_series({year: 90.0 if value < 0 else 5.0 for year, value in dry.items()}), 50.0, 80.0)
    >>> found = design_cover("A", [year_series(wet, name="May"), year_series(dry, name="July")], lost, 100.0,
    ...                      Guards(0.2, 0.6, 10, 3))
    >>> found.season, found.honest.missed, found.advice.is_fit
    ('July', 0, True)
    """
    years, index, lost = _common(district, seasons, losses)
    needed = np.where(lost >= losses.bad, np.minimum(lost, limit), 0.0)
    covers = [(begin, begin - width) for begin in attachments for width in widths]
    begin, end = np.array(covers).T
    rates = np.clip((begin[None, :, None] - index[:, None, :]) / (begin - end)[None, :, None], 0.0, 1.0)
    paid = (limit * rates).reshape(-1, len(years))
    misfit = (paid - needed) ** 2
    chosen = int(np.argmin(misfit.sum(axis=1)))
    folds = np.argmin(misfit.sum(axis=1)[:, None] - misfit, axis=0)
    honest = paid[folds, np.arange(len(years))]
    risk = basis_risk(honest, lost, bad=losses.bad, worst=losses.worst)
    season, place = divmod(chosen, len(covers))
    advice = advise(risk, mean_unpaid(honest, lost, losses.bad), **asdict(guards))
    step = Words("the search found nothing better: cover this risk with reserves or contingent credit")
    return Design(
        district=district,
        season=seasons[season].name,
        cover=Cover(covers[place][0], round(covers[place][1], 6), limit),
        years=years,
        tried=len(paid),
        hindsight=basis_risk(paid[chosen], lost, bad=losses.bad, worst=losses.worst),
        honest=risk,
        agreed=float((folds // len(covers) == season).mean()),
        skill=_skill(honest, needed),
        advice=advice if advice.is_fit else replace(advice, next_steps=(step,)),
        honest_payouts=tuple(honest.tolist()),
    )  # fmt: skip


def _common(district: str, seasons: Sequence[YearSeries], losses: Losses) -> tuple[tuple[int, ...], Array, Array]:
    """Return the years that have every candidate and a loss, the indices (season, year) and the losses."""
    own = losses.series.years
    index = np.array([season.at(own) for season in seasons]).reshape(len(seasons), len(own))
    lost = losses.series.at(own)
    both = np.isfinite(index).all(axis=0) & np.isfinite(lost)
    if not len(seasons) or both.sum() < 10:
        raise InputError(
            "{district} has {years} years with a loss and all {seasons} seasons", district=district,
            years=int(both.sum()), seasons=len(seasons), hint="a design wants ten or more",
        )  # fmt: skip
    return tuple(year for year, known in zip(own, both, strict=True) if known), index[:, both], lost[both]


def _skill(paid: Array, needed: Array) -> float:
    """Return by how much payouts lie nearer to the need than the mean of the other years does."""
    others = (needed.sum() - needed) / (len(needed) - 1)
    plain = float(((others - needed) ** 2).sum())
    return 1 - float(((paid - needed) ** 2).sum()) / plain if plain else 0.0
