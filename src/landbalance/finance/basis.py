"""Basis risk of an index cover: how often it pays in good years or not in bad ones, and whether it should be sold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest, spearmanr

from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.core.words import Words


@dataclass(frozen=True)
class BasisRisk:
    """How well payouts follow losses; rates are shares [1], None where there was nothing to miss.

    Parameters
    ----------
    missed_interval : tuple of float or None
        95 % (Wilson) of the missed rate: few bad years tell little.
    """

    pearson: float | None
    spearman: float | None
    rmse: float
    bad_years: int
    missed: int
    missed_rate: float | None
    triggers: int
    false: int
    false_share: float | None
    false_alarm_rate: float | None
    shortfall: float
    overpayment: float
    cover_ratio: float | None
    catastrophic_ratio: float | None
    years: int = 0
    missed_interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Advice:
    """Whether a cover is fit to be sold, why not and what to try, and what a bad year without a payout leaves."""

    is_fit: bool
    reasons: tuple[str, ...]
    sentence: str
    next_steps: tuple[str, ...] = ()


def basis_risk(
    payouts: Sequence[float] | Array, losses: Sequence[float] | Array, *, bad: float, worst: float
) -> BasisRisk:
    """Return how well payouts follow losses.

    Parameters
    ----------
    payouts, losses : sequence of float
        Of the same years [same unit].
    bad, worst : float
        Loss from which a year is bad, and from which it is a catastrophe.

    Raises
    ------
    InputError
        If the two differ in length, or a value is unknown.

    Examples
    --------
    >>> found = basis_risk([0, 0, 50, 10], [40, 0, 60, 0], bad=30, worst=50)
    >>> found.missed_rate, found.false_alarm_rate
    (0.5, 0.5)
    """
    paid, lost = np.asarray(payouts, dtype=np.float64), np.asarray(losses, dtype=np.float64)
    if paid.shape != lost.shape or not len(paid) or not np.all(np.isfinite(paid) & np.isfinite(lost)):
        raise InputError(
            "{paid} payouts do not match {lost} losses", paid=len(paid), lost=len(lost), hint="one known value a year"
        )
    is_bad, has_paid, is_worst = lost >= bad, paid > 0, lost >= worst
    missed, false = int(np.sum(is_bad & ~has_paid)), int(np.sum(~is_bad & has_paid))
    varies = bool(np.ptp(paid) and np.ptp(lost))
    return BasisRisk(
        pearson=float(np.corrcoef(paid, lost)[0, 1]) if varies else None,
        spearman=float(spearmanr(paid, lost).statistic) if varies else None,
        rmse=float(np.sqrt(np.mean((paid - lost) ** 2))),
        bad_years=int(is_bad.sum()),
        missed=missed,
        missed_rate=_share(missed, int(is_bad.sum())),
        triggers=int(has_paid.sum()),
        false=false,
        false_share=_share(false, int(has_paid.sum())),
        false_alarm_rate=_share(false, int((~is_bad).sum())),
        shortfall=float(np.clip(lost - paid, 0, None).mean()),
        overpayment=float(np.clip(paid - lost, 0, None).mean()),
        cover_ratio=float(np.minimum(paid, lost).sum() / lost.sum()) if lost.sum() else None,
        catastrophic_ratio=float(paid[is_worst].sum() / lost[is_worst].sum()) if lost[is_worst].sum() else None,
        years=len(paid),
        missed_interval=_wilson(missed, int(is_bad.sum())),
    )


def advise(
    risk: BasisRisk,
    mean_bad_loss: float,
    *,
    most_missed: float,
    least_correlation: float,
    least_years: int = 1,
    least_bad: int = 1,
) -> Advice:
    """Return whether a cover may be sold; it says no when it misses too often or follows losses too loosely.

    Parameters
    ----------
    mean_bad_loss : float
        Mean loss of the bad years that were not paid, or of all bad years where none was missed [money].
    most_missed, least_correlation : float
        Guards [1].
    least_years, least_bad : int
        Years with both an index and a loss, and bad years among them, below which nothing is judged.

    Examples
    --------
    >>> advise(basis_risk([0, 0, 50, 10], [40, 0, 60, 0], bad=30, worst=50), 40.0, most_missed=0.2,
    ...        least_correlation=0.6).is_fit
    False
    """
    reasons, steps = [], []
    if risk.years < least_years:
        reasons.append(Words("{years} years have both an index and a loss: {least} are the least to judge by",
                             years=risk.years, least=least_years))  # fmt: skip
        steps.append(Words("give losses of more years"))
    if risk.missed_rate is None:
        reasons.append(Words("no bad year stands in the record: the cover cannot be judged"))
        steps.append(Words("give losses of years that were bad, or lower the loss from which a year is bad"))
    elif risk.bad_years < least_bad:
        reasons.append(Words("{bad} bad years stand in the record: {least} are the least to judge by",
                             bad=risk.bad_years, least=least_bad))  # fmt: skip
        steps.append(Words("give losses of more years"))
    elif risk.missed_rate > most_missed:
        reasons.append(
            Words("{missed} of {bad} bad years would have paid nothing (most allowed {most:.0%})",
                  missed=risk.missed, bad=risk.bad_years, most=most_missed)
        )  # fmt: skip
        steps.append(
            Words("try a higher attachment, another season or another district (finance insure --design searches them)")
        )
    if risk.pearson is None:
        reasons.append(Words("payouts or losses are the same in all years: nothing shows that one follows the other"))
    elif risk.pearson < least_correlation:
        reasons.append(
            Words("payouts follow losses too loosely (correlation {found:.2f}, least {least:g})",
                  found=risk.pearson, least=least_correlation)
        )  # fmt: skip
        steps.append(Words("try an index nearer to the crop, or cover this risk with reserves or contingent credit"))
    return Advice(not reasons, tuple(reasons), _alone(risk, mean_bad_loss), tuple(steps))


def mean_unpaid(payouts: Array, losses: Array, bad: float) -> float:
    """Return the mean loss of bad years that were not paid, of all bad years where none was missed; 0 without any.

    Examples
    --------
    >>> mean_unpaid(np.array([0.0, 10.0]), np.array([40.0, 60.0]), 30.0)
    40.0
    """
    is_bad = losses >= bad
    missed = is_bad & ~(payouts > 0)
    chosen = losses[missed if missed.any() else is_bad]
    return float(chosen.mean()) if len(chosen) else 0.0


def _alone(risk: BasisRisk, loss: float) -> str:
    """Return what a farmer gets in a bad year that the index does not see."""
    if risk.missed:
        return Words(
            "In {missed} of {bad} bad years a farmer gets nothing and bears {loss:,.0f} alone.",
            missed=risk.missed, bad=risk.bad_years, loss=loss,
        )  # fmt: skip
    return Words(
        "None of {bad} bad years went unpaid; in one that the index does not see a farmer gets nothing and bears "
        "{loss:,.0f} alone.", bad=risk.bad_years, loss=loss,
    )  # fmt: skip


def _wilson(missed: int, bad: int) -> tuple[float, float] | None:
    """Return the 95 % interval of a share of bad years, None of nothing."""
    if not bad:
        return None
    found = binomtest(missed, bad).proportion_ci(method="wilson")
    return float(found.low), float(found.high)


def _share(part: int, whole: int) -> float | None:
    """Return a share, None of nothing."""
    return part / whole if whole else None
