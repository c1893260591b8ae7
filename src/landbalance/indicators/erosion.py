"""Soil erosion by water as a national indicator: the revised universal soil loss equation at both ends of a period."""

import numpy as np

from landbalance.core.types import FloatGrid, StatusGrid
from landbalance.core.vocab import Status
from landbalance.indicators.spec import Band, Indicator, Parameter


def soil_erosion_status(  # noqa: PLR0917 - five factors, three of them at both ends
    rain_start: FloatGrid,
    rain_end: FloatGrid,
    erodibility: FloatGrid,
    slope: FloatGrid,
    cover_start: FloatGrid,
    cover_end: FloatGrid,
    practice_start: FloatGrid,
    practice_end: FloatGrid,
    *,
    threshold: float,
    tolerable: float,
) -> StatusGrid:
    """Classify the change in mean annual soil loss A = R K LS C P [1].

    Degraded where the loss grew by `threshold` or more and ends above the tolerable loss; improved where it fell by
    `threshold` or more from above the tolerable loss; else stable.

    Parameters
    ----------
    rain_start, rain_end : ndarray of float32, shape (...)
        Rain erosivity R [MJ mm ha-1 h-1 yr-1]; NaN unknown, here and below.
    erodibility : ndarray of float32, shape (...)
        Soil erodibility K [t h MJ-1 mm-1].
    slope : ndarray of float32, shape (...)
        Slope length and steepness LS [1].
    cover_start, cover_end : ndarray of float32, shape (...)
        Cover and management C [1].
    practice_start, practice_end : ndarray of float32, shape (...)
        Support practice P [1].
    threshold : float
        Relative change of the loss that counts [1].
    tolerable : float
        Loss that soils bear for long [t ha-1 yr-1] [2].

    Returns
    -------
    ndarray of int8, shape (...)
        `Status` codes; NODATA where a factor is unknown.

    References
    ----------
    .. [1] Renard et al. (1997), Predicting soil erosion by water, USDA Agriculture Handbook 703.
    .. [2] Wischmeier and Smith (1978), Predicting rainfall erosion losses, USDA Agriculture Handbook 537: up to 5 tons
       per acre and year, 11.2 t ha-1 yr-1.

    Examples
    --------
    >>> rain, soil, slope, practice = np.float32([4000]), np.float32([0.03]), np.float32([1.5]), np.float32([1])
    >>> soil_erosion_status(
    ...     rain, rain, soil, slope, np.float32([0.05]), np.float32([0.2]), practice, practice,
    ...     threshold=0.1, tolerable=11.2,
    ... )
    array([-1], dtype=int8)
    """
    potential = erodibility.astype(np.float64) * slope
    before = potential * rain_start * cover_start * practice_start
    after = potential * rain_end * cover_end * practice_end
    status = np.where(np.isfinite(before) & np.isfinite(after), np.int8(Status.STABLE), np.int8(Status.NODATA))
    status[(after > tolerable) & (after > before) & (after >= before * (1 + threshold))] = Status.DEGRADED
    status[(before > tolerable) & (after < before) & (after <= before * (1 - threshold))] = Status.IMPROVED
    return status


INDICATOR = Indicator(
    id="soil-erosion-status",
    title="Soil erosion by water",
    inputs=(
        Band("rain_start", "MJ mm ha-1 h-1 yr-1", layer="rain_erosivity", when="start"),
        Band("rain_end", "MJ mm ha-1 h-1 yr-1", layer="rain_erosivity", when="end"),
        Band("erodibility", "t h MJ-1 mm-1", layer="soil_erodibility"),
        Band("slope", "1", layer="slope_length"),
        Band("cover_start", "1", layer="cover_factor", when="start"),
        Band("cover_end", "1", layer="cover_factor", when="end"),
        Band("practice_start", "1", layer="practice_factor", when="start"),
        Band("practice_end", "1", layer="practice_factor", when="end"),
    ),
    parameters=(
        Parameter("threshold", 0.10, unit="1", low=0.0, high=10.0),
        Parameter("tolerable", 11.2, unit="t ha-1 yr-1", low=0.0, high=1000.0),
    ),
    output=Status,
    kernel=soil_erosion_status,
    references=("renard-1997", "wischmeier-smith-1978"),
    joins=True,
)
