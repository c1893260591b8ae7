"""What trends say of a rangeland: bare ground, woody encroachment, and dry years told apart from lasting loss."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbalance.core.remarks import Remark
from landbalance.core.tables import toml_table
from landbalance.indicators.restrend import restrend
from landbalance.kernels.mann_kendall import mann_kendall_score, mann_kendall_z, two_sided_p
from landbalance.kernels.series import count_valid
from landbalance.kernels.theil_sen import theil_sen_slope

Series = NDArray[np.float64]
_HINT = 0.2  # a p value below this is a hint, no proof


@dataclass(frozen=True)
class Trend:
    """Slope [unit per year], two-sided p by Mann-Kendall, and the known years."""

    slope: float
    p: float
    years: int

    def falls(self, alpha: float) -> bool:
        """Return whether the trend is a significant fall."""
        return self.slope < 0 and self.p <= alpha

    def rises(self, alpha: float) -> bool:
        """Return whether the trend is a significant rise."""
        return self.slope > 0 and self.p <= alpha


@dataclass(frozen=True)
class Loss:
    """Dry years or lasting loss.

    Parameters
    ----------
    statement : {"dry years", "lasting loss", "both", "unclear", "no loss"}
    raw, corrected : Trend
        Of productivity, and of what rain does not explain.
    dry_years : tuple of int
        Years with the index at or below the limit.
    rule : str
        Why.
    """

    statement: str
    raw: Trend
    corrected: Trend
    dry_years: tuple[int, ...]
    rule: str


def trend_of(series: Any) -> Trend:
    """Return the trend of one yearly series; NaN years are missing.

    Examples
    --------
    >>> trend_of([1.0, 2.0, 3.0, 5.0, 6.0, 8.0]).rises(0.05)
    True
    """
    values = np.asarray(series, dtype=np.float64).reshape(-1, 1)
    valid = count_valid(values, np.nan)
    score, ties = mann_kendall_score(values, np.nan, valid)
    _, z = mann_kendall_z(score, ties, valid)
    slope = theil_sen_slope(values, np.arange(len(values)), np.nan, np.ones(1, dtype=bool))
    return Trend(float(slope[0]), float(two_sided_p(z)[0]), int(valid[0]))


def tell_apart(years: tuple[int, ...], productivity: Series, rain: Series, index: Series) -> Loss:
    """Tell dry years from lasting loss.

    The trend of productivity stands beside the trend of what rain does not explain. A fall that stays after the
    correction is lasting loss; one that goes with it, in a spell of dry years, is their work.

    Parameters
    ----------
    years : tuple of int
    productivity, rain, index : ndarray of float64, shape (year,)
        Mean productivity, yearly rain [mm] and drought index of the district; NaN unknown.

    Returns
    -------
    Loss

    Examples
    --------
    >>> years = tuple(range(2001, 2021))
    >>> rain, index = np.full(20, 300.0) + np.resize([0, 20, -20], 20), np.zeros(20)
    >>> fall = 0.5 - 0.01 * np.arange(20) + 0.0001 * rain
    >>> tell_apart(years, fall, rain, index).statement
    'lasting loss'
    """
    rules = toml_table("rangeland")["condition"]
    raw = trend_of(productivity)
    both = np.isfinite(productivity) & np.isfinite(rain)
    left = restrend(
        np.where(both, productivity, np.nan)[:, None], np.where(both, rain, np.nan)[:, None].astype(np.float64),
        scale=1.0, missing=np.nan,
    )  # fmt: skip
    corrected = trend_of(left[:, 0])
    with np.errstate(invalid="ignore"):
        dry = tuple(year for year, value in zip(years, index, strict=True) if value <= rules["dry_index"])
    late = [year for year in dry if year >= years[len(years) // 2]]
    spell = len(late) >= rules["dry_years"]
    statement, rule = _statement(raw, corrected, spell, rules)
    told = Remark("{count} dry years since {year}; {rule}", count=len(late), year=years[len(years) // 2], rule=rule)
    return Loss(statement, raw, corrected, dry, told)


def encroachment(woody: Series, herbs: Series) -> str:
    """Return whether woody cover that rises is encroachment or recovery.

    Parameters
    ----------
    woody, herbs : ndarray of float64, shape (year,)
        Woody cover [1] and herb yield, or what stands for it; NaN unknown.

    Returns
    -------
    {"encroachment", "recovery", "woody cover rises", "none", "unclear"}

    Examples
    --------
    >>> rise = np.linspace(0.1, 0.3, 10)
    >>> encroachment(rise, 1 - rise), encroachment(rise, rise), encroachment(1 - rise, rise)
    ('encroachment', 'recovery', 'none')
    """
    rules = toml_table("rangeland")["condition"]
    wood, grass = trend_of(woody), trend_of(herbs)
    if wood.years < rules["least_years"]:
        return "unclear"
    if not wood.rises(rules["trend_alpha"]):
        return "none"
    if grass.falls(rules["trend_alpha"]):
        return "encroachment"
    return "recovery" if grass.rises(rules["trend_alpha"]) else "woody cover rises"


def ground_cover_alarm(bare_share: float, *, is_arid: bool) -> bool:
    """Return whether ground cover is below what the site should have.

    Examples
    --------
    >>> ground_cover_alarm(0.8, is_arid=True), ground_cover_alarm(0.6, is_arid=True)
    (True, False)
    """
    rules = toml_table("rangeland")["condition"]
    least = rules["ground_cover_arid" if is_arid else "ground_cover_moist"]
    return bool(1.0 - bare_share < least)


def _statement(raw: Trend, corrected: Trend, spell: bool, rules: dict[str, Any]) -> tuple[str, Remark]:
    """Return the statement and why."""
    alpha = rules["trend_alpha"]
    if min(raw.years, corrected.years) < rules["least_years"]:
        return "unclear", Remark("fewer than {count} years are known", count=rules["least_years"])
    if corrected.falls(alpha):
        if spell:
            return "both", Remark("productivity falls also after rain is allowed for")
        return "lasting loss", Remark("productivity falls also after rain is allowed for, without a dry spell")
    if raw.falls(alpha):
        if spell:
            return "dry years", Remark("the fall goes once rain is allowed for")
        return "unclear", Remark("the fall goes once rain is allowed for, but there was no dry spell")
    if raw.falls(_HINT) or corrected.falls(_HINT):
        return "unclear", Remark("a fall is hinted at, not shown")
    return "no loss", Remark("no fall")
