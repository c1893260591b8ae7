"""Basis risk of an index cover: how often it pays in good years or not in bad ones, and whether it should be sold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import spearmanr

from landbalance.core.errors import InputError
from landbalance.core.types import Array


@dataclass(frozen=True)
class BasisRisk:
    """How well payouts follow losses; rates are shares [1], None where there was nothing to miss."""

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


@dataclass(frozen=True)
class Advice:
    """Whether a cover is fit to be sold, why not, and what a farmer is left with in a bad year without a payout."""

    is_fit: bool
    reasons: tuple[str, ...]
    sentence: str


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
    )


def advise(risk: BasisRisk, mean_bad_loss: float, *, most_missed: float, least_correlation: float) -> Advice:
    """Return whether a cover may be sold; it says no when it misses too often or follows losses too loosely.

    Parameters
    ----------
    mean_bad_loss : float
        Mean loss of the bad years that were not paid [money].
    most_missed, least_correlation : float
        Guards [1].

    Examples
    --------
    >>> advise(basis_risk([0, 0, 50, 10], [40, 0, 60, 0], bad=30, worst=50), 40.0, most_missed=0.2,
    ...        least_correlation=0.6).is_fit
    False
    """
    reasons = []
    if risk.missed_rate is None:
        reasons.append("no bad year stands in the record: the cover cannot be judged")
    elif risk.missed_rate > most_missed:
        reasons.append(
            f"{risk.missed} of {risk.bad_years} bad years would have paid nothing (most allowed {most_missed:.0%})"
        )
    if risk.pearson is None or risk.pearson < least_correlation:
        said = "none" if risk.pearson is None else f"{risk.pearson:.2f}"
        reasons.append(f"payouts follow losses too loosely (correlation {said}, least {least_correlation:g})")
    return Advice(
        is_fit=not reasons,
        reasons=tuple(reasons),
        sentence=(
            f"In {risk.missed} of {risk.bad_years} bad years a farmer gets nothing "
            f"and bears {mean_bad_loss:,.0f} alone."
        ),
    )


def _share(part: int, whole: int) -> float | None:
    """Return a share, None of nothing."""
    return part / whole if whole else None
