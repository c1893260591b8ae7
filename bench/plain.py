"""Classes, one-out-all-out and zonal tables in plain numpy, by the rules of the kernels they are timed against."""

import numpy as np

from landbalance.core.vocab import NODATA

CODES = (-1, 0, 1, NODATA)
LIMIT = 0.1 + 1e-6  # nor does a change of exactly a tenth count


def classes(layers: dict[str, np.ndarray], matrix: np.ndarray) -> dict[str, np.ndarray]:
    """Return land productivity, land cover, SOC and SDG status."""
    trend, state, performance = layers["trend"], layers["state"], layers["performance"]
    known = (trend != NODATA) & (state != NODATA) & (performance != NODATA)
    down = (trend == -1) | ((state == -1) & (performance == -1))
    productivity = np.select([~known, down, trend == 1], [NODATA, -1, 1], 0).astype(np.int8)
    initial, final = layers["initial"], layers["final"]
    covered = (initial > 0) & (final > 0)
    cover = np.where(covered, matrix[np.maximum(initial, 1) - 1, np.maximum(final, 1) - 1], NODATA).astype(np.int8)
    before, after = layers["before"].astype(np.float64), layers["after"].astype(np.float64)
    measured = np.isfinite(before) & np.isfinite(after) & (before > 0)
    with np.errstate(invalid="ignore"):
        change = np.where(measured, (after - before) / np.where(measured, before, 1), 0)
    soc = np.select([~measured, change < -LIMIT, change > LIMIT], [NODATA, -1, 1], 0).astype(np.int8)
    three = np.stack([productivity, cover, soc])
    cases = [(three == NODATA).any(axis=0), (three == -1).any(axis=0), (three == 1).any(axis=0)]
    sdg = np.select(cases, [NODATA, -1, 1], 0).astype(np.int8)
    return {"productivity": productivity, "cover": cover, "soc": soc, "sdg": sdg}


def table(axes: list[np.ndarray], zones: np.ndarray, most: int, area: np.ndarray) -> np.ndarray:
    """Return the area by zone and classes."""
    place, shape = zones.astype(np.int64), [most + 1]
    for axis in axes:
        found = np.searchsorted(sorted(CODES), axis)
        place, shape = place * len(CODES) + found, [*shape, len(CODES)]
    return np.bincount(place, weights=area, minlength=int(np.prod(shape))).reshape(shape)
