"""Where good land will be lost: a model learnt from the past, tested on blocks held back, or else the constant rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import GroupKFold

from landbalance.core.errors import InputError
from landbalance.core.tables import toml_table

Vector = NDArray[np.float64]
TYPE = "land_type"


@dataclass(frozen=True)
class RiskRules:
    """How the model is learnt and judged; `core/data/planning/risk.toml` says what each means."""

    sample: int
    folds: int
    block_km: float
    bins: int
    least_skill: float
    at_risk: float
    trees: int
    leaves: int
    learning_rate: float
    seed: int


@cache
def risk_rules() -> RiskRules:
    """Return the rules of the package."""
    table = toml_table("planning/risk")
    return RiskRules(**{name: table[name] for name in RiskRules.__dataclass_fields__})


@dataclass(frozen=True)
class CalibrationBin:
    """Cells of similar predicted loss: how much was predicted, and how much was lost."""

    predicted: float
    observed: float
    cells: int


@dataclass(frozen=True)
class LossModel:
    """A model of the loss of good land over the years seen.

    Parameters
    ----------
    features : tuple of str
        What it looks at.
    skill : float
        Brier skill [1] on blocks held back, over the constant rate of each land type: 1 is perfect, 0 no better.
    calibration : tuple of CalibrationBin
        On blocks held back.
    has_skill : bool
        Whether it is better than the constant rate by as much as the rules ask; if not, the constant rate is used.
    rates : tuple of (int, float)
        Constant rate of each land type.
    cells, lost : int
        What it was learnt from.
    predictor : object or None
        The fitted classifier.
    """

    features: tuple[str, ...]
    skill: float
    calibration: tuple[CalibrationBin, ...]
    has_skill: bool
    rates: tuple[tuple[int, float], ...]
    cells: int
    lost: int
    predictor: Any

    def predict(self, features: pd.DataFrame) -> Vector:
        """Return the probability of loss over the years seen, cell by cell."""
        if self.has_skill and len(features):
            return np.asarray(self.predictor.predict_proba(features[list(self.features)])[:, 1])
        return constant_rate(features[TYPE].to_numpy(), dict(self.rates))


def fit_loss_model(
    features: pd.DataFrame, lost: NDArray[np.bool_], blocks: NDArray[np.int64], *, rules: RiskRules
) -> LossModel:
    """Learn which good land was lost, and judge it on blocks held back.

    Parameters
    ----------
    features : DataFrame
        One row per cell that was good; a column land_type, and numbers (NaN where unknown).
    lost : ndarray of bool, shape (cell,)
        Whether it degraded.
    blocks : ndarray of int, shape (cell,)
        The block each cell lies in.
    rules : RiskRules
        How to learn and to judge.

    Raises
    ------
    InputError
        If there are fewer blocks than folds, or nothing or everything was lost.
    """
    names = tuple(str(name) for name in features.columns)
    groups = np.unique(blocks)
    if groups.size < rules.folds or not 0 < int(lost.sum()) < lost.size:
        raise InputError(
            "the risk of loss cannot be learnt from {cells} cells in {blocks} blocks, {lost} of them lost",
            cells=lost.size,
            blocks=groups.size,
            lost=int(lost.sum()),
            hint="the constant rate of each land type is used; give smaller blocks or a longer record",
        )
    held, constant = np.zeros(lost.size), np.zeros(lost.size)
    for learn, test in GroupKFold(rules.folds).split(features, lost, blocks):
        part = features.iloc[learn]
        rates = _rates(part[TYPE].to_numpy(), lost[learn])
        constant[test] = constant_rate(features[TYPE].to_numpy()[test], rates)
        held[test] = _fitted(part, lost[learn], rules, names).predict_proba(features.iloc[test])[:, 1]
    worst = float(np.mean((constant - lost) ** 2))
    skill = 1.0 - float(np.mean((held - lost) ** 2)) / worst if worst > 0 else 0.0
    return LossModel(
        *(names, skill, calibration(held, lost, rules.bins), skill >= rules.least_skill),
        rates=tuple(_rates(features[TYPE].to_numpy(), lost).items()),
        cells=int(lost.size),
        lost=int(lost.sum()),
        predictor=_fitted(features, lost, rules, names),
    )


def calibration(predicted: Vector, lost: NDArray[np.bool_], bins: int) -> tuple[CalibrationBin, ...]:
    """Return predicted against observed loss, in bins of equal numbers of cells.

    Examples
    --------
    >>> calibration(np.array([0.1, 0.1, 0.9, 0.9]), np.array([False, False, True, True]), 2)[1]
    CalibrationBin(predicted=0.9, observed=1.0, cells=2)
    """
    order = np.argsort(predicted, kind="stable")
    parts = [part for part in np.array_split(order, bins) if part.size]
    return tuple(
        CalibrationBin(float(predicted[part].mean()), float(lost[part].mean()), int(part.size)) for part in parts
    )


def carried_on(probability: Vector, seen: int, ahead: int) -> Vector:
    """Return the probability of loss over the years ahead from that over the years seen.

    Examples
    --------
    >>> carried_on(np.array([0.19]), 2, 1).round(3).tolist()
    [0.1]
    """
    return np.asarray(1.0 - (1.0 - probability) ** (ahead / seen))


def constant_rate(land_types: NDArray[Any], rates: dict[int, float]) -> Vector:
    """Return the rate of each cell's land type; 0 for a type that was never seen.

    Examples
    --------
    >>> constant_rate(np.array([1, 2]), {1: 0.25}).tolist()
    [0.25, 0.0]
    """
    size = int(max([*rates, *np.unique(land_types).tolist(), 0])) + 1
    table = np.zeros(size)
    table[list(rates)] = list(rates.values())
    return np.asarray(table[land_types.astype(int)])


def _rates(land_types: NDArray[Any], lost: NDArray[np.bool_]) -> dict[int, float]:
    """Return the share of each land type that was lost."""
    table = pd.Series(lost.astype(float)).groupby(land_types).mean()
    return {int(number): float(rate) for number, rate in zip(table.index.tolist(), table.tolist(), strict=True)}


def _fitted(features: pd.DataFrame, lost: NDArray[np.bool_], rules: RiskRules, names: Sequence[str]) -> Any:
    """Return a fitted classifier."""
    model = HistGradientBoostingClassifier(
        max_iter=rules.trees,
        max_leaf_nodes=rules.leaves,
        learning_rate=rules.learning_rate,
        min_samples_leaf=200,
        early_stopping=False,
        random_state=rules.seed,
    )
    return model.fit(features[list(names)], lost)
