"""Where soil organic carbon status has no meaning: water, and stocks near zero."""

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.types import ClassGrid, FloatGrid, StatusGrid
from landbalance.core.vocab import NODATA, LandCover, Status
from landbalance.indicators.spec import Band, Indicator, Parameter

WATER_RULES = ("either", "initial", "final")
FLOOR_RULES = ("flag_stable", "not_applicable")


def soc_special(
    status: StatusGrid,
    baseline: FloatGrid,
    initial: ClassGrid,
    final: ClassGrid,
    *,
    floor: float,
    floor_rule: str,
    water_rule: str,
) -> tuple[StatusGrid, ClassGrid]:
    """Take water out of the status of soil organic carbon and treat stocks below the floor.

    Parameters
    ----------
    status : ndarray of int8, shape (...)
        `Status` of soil organic carbon.
    baseline : ndarray of float32, shape (...)
        Stock in the first year of the period [t C ha-1]; NaN unknown.
    initial, final : ndarray of int8, shape (...)
        UNCCD class 1..7 in the first and last year of the period; -128 unknown.
    floor : float
        Stock below which a change in per cent means little [t C ha-1].
    floor_rule : {"flag_stable", "not_applicable"}
        What a cell below the floor becomes: stable, or left to the other layers.
    water_rule : {"either", "initial", "final"}
        Which end of the period takes a cell out when it is water.

    Returns
    -------
    status : ndarray of int8, shape (...)
        `Status` codes; NODATA over water.
    below_floor : ndarray of int8, shape (...)
        1 where the floor decided, else 0.

    Raises
    ------
    InputError
        If a rule is unknown.

    References
    ----------
    .. [1] UNCCD (2026), PRAIS 4 reporting manual, SO1-3.

    Examples
    --------
    >>> status, below = soc_special(
    ...     np.int8([-1, -1, 1]), np.float32([60, 3, 40]), np.int8([1, 6, 2]), np.int8([3, 6, 7]),
    ...     floor=5.0, floor_rule="flag_stable", water_rule="either",
    ... )
    >>> status.tolist(), below.tolist()
    ([-1, 0, -128], [0, 1, 0])
    """
    if floor_rule not in FLOOR_RULES or water_rule not in WATER_RULES:
        raise InputError(
            "rules for special soils are {floor} and {water}",
            floor=floor_rule,
            water=water_rule,
            hint="use one of {floor_rules} and one of {water_rules}",
            floor_rules=FLOOR_RULES,
            water_rules=WATER_RULES,
        )
    water = np.zeros(status.shape, dtype=bool)
    if water_rule != "final":
        water |= initial == LandCover.WATER
    if water_rule != "initial":
        water |= final == LandCover.WATER
    below = (baseline < floor) & (status != NODATA) & ~water
    special = np.where(water, np.int8(NODATA), status)
    special[below] = Status.STABLE if floor_rule == "flag_stable" else Status.NOT_APPLICABLE
    return special, below.astype(np.int8)


INDICATOR = Indicator(
    id="soc-special",
    title="Soil organic carbon status without water and near-zero stocks",
    inputs=(
        Band("status", layer="soc_status"),
        Band("baseline", "t C ha-1", layer="soc", when="start"),
        Band("initial", layer="land_cover", when="start"),
        Band("final", layer="land_cover", when="end"),
    ),
    parameters=(
        Parameter("floor", 5.0, unit="t C ha-1", low=0.0, high=100.0, setting="soc_floor"),
        Parameter("floor_rule", "flag_stable", choices=FLOOR_RULES, setting="soc_floor_rule"),
        Parameter("water_rule", "either", choices=WATER_RULES, setting="water_rule"),
    ),
    output=(Band("soc_status"), Band("below_floor")),
    kernel=soc_special,
    references=("unccd-prais-2026",),
)
