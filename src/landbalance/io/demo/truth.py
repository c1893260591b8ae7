"""What an assessment of the invented country must find, worked out from what was planted and not by the engine."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from landbalance.core.periods import CYCLE_2026, Period
from landbalance.core.vocab import NODATA, LandCover, Lpd, Status
from landbalance.io.demo.cover import CONVERSIONS, Conversion, Cover, nested
from landbalance.io.demo.surroundings import NO_STOCK, POOR_STOCK
from landbalance.io.demo.terrain import MOIST, Field, Mask, Terrain, fine
from landbalance.io.demo.vegetation import COURSES, Vegetation

Classes = NDArray[np.int8]

CULTIVATED = {True: 0.48, False: 0.58}  # what 20 years of crops leave of the stock in the moist and the dry tropics
SOC_LIMIT = 0.10
TRANSITION_YEARS = 20
EXPECTED_AGREEMENT = 0.99  # noise may decide a few cells of steady land


@dataclass(frozen=True)
class Truth:
    """Expected classes, -128 where nothing can be known.

    Parameters
    ----------
    status : mapping of str to ndarray of int8
        "<layer>_<period>" for the layers productivity, land_cover, soc and sdg, before recodes.
    lpd : ndarray of int8
        Land productivity dynamics of the baseline.
    """

    status: dict[str, Classes]
    lpd: Classes


def make_truth(terrain: Terrain, cover: Cover, vegetation: Vegetation, stock: Field) -> Truth:
    """Work out what was planted, period by period."""
    status: dict[str, Classes] = {}
    for number, period in enumerate(CYCLE_2026):
        layers = {
            "productivity": _productivity(vegetation, number),
            "land_cover": _land_cover(cover, period),
            "soc": _soc(terrain, cover, stock, period),
        }
        layers["sdg"] = _worst(*layers.values())
        for name, classes in layers.items():
            status[f"{name}_{period.name}"] = np.where(terrain.inside, classes, np.int8(NODATA))
    return Truth(status, _lpd(vegetation))


def described(truth: Truth, terrain: Terrain, cover: Cover, vegetation: Vegetation) -> dict[str, object]:
    """Return the planted areas and the expected totals in km2, as `truth.json` says them."""
    planted: dict[str, object] = {}
    for course in COURSES:
        planted[course.id] = {
            "what": course.what,
            "area_km2": _area(terrain, vegetation.planted[course.id]),
            "productivity": dict(zip((period.name for period in CYCLE_2026), course.status, strict=True)),
            "lpd_baseline": int(course.baseline_lpd),
        }
    for conversion in CONVERSIONS:
        planted[conversion.id] = {
            "what": conversion.what,
            "area_km2": _area(terrain, cover.planted[conversion.id]),
            "year": conversion.year,
            "land_cover": {period.name: _sign(conversion, period) for period in CYCLE_2026},
        }
    return {
        "note": "Demoland is invented: nothing in this folder describes a real place.",
        "country_km2": _area(terrain, terrain.inside),
        "expected_agreement": EXPECTED_AGREEMENT,
        "planted": planted,
        "status_km2": {
            name: {each.name.lower(): _area(terrain, terrain.inside & (classes == each)) for each in _COUNTED}
            for name, classes in truth.status.items()
        },
    }


_COUNTED = (Status.DEGRADED, Status.STABLE, Status.IMPROVED, Status.NODATA)


def _productivity(vegetation: Vegetation, number: int) -> Classes:
    """Return the planted productivity status of the period with this number."""
    status = np.zeros(vegetation.level.shape, dtype=np.int8)
    for course in COURSES:
        status[vegetation.planted[course.id]] = course.status[number]
    if number == 0:
        status[vegetation.cloudy] = NODATA  # six of 15 years are missing; of the later periods at most three
    return status


def _lpd(vegetation: Vegetation) -> Classes:
    """Return the planted land productivity dynamics of the baseline."""
    lpd = np.full(vegetation.level.shape, Lpd.STABLE, dtype=np.int8)
    for course in COURSES:
        lpd[vegetation.planted[course.id]] = course.baseline_lpd
    lpd[vegetation.cloudy | ~vegetation.inside] = NODATA
    return lpd


def _land_cover(cover: Cover, period: Period) -> Classes:
    """Return what the conversions of a period mean."""
    status = np.zeros(cover.start.shape, dtype=np.int8)
    for conversion in CONVERSIONS:
        status[cover.planted[conversion.id]] = _sign(conversion, period)
    return status


def _soc(terrain: Terrain, cover: Cover, stock: Field, period: Period) -> Classes:
    """Return what the conversions up to the end of a period do to soil organic carbon within it."""
    status = np.zeros(cover.start.shape, dtype=np.int8)
    moist = fine(terrain.climate_zone) == MOIST
    for conversion in CONVERSIONS:
        for is_moist, zone in ((True, moist), (False, ~moist)):
            where = cover.planted[conversion.id] & zone
            status[where] = _soc_sign(conversion, period, CULTIVATED[is_moist])
    water = nested(cover.start) == LandCover.WATER  # no conversion makes or takes water
    status[stock == POOR_STOCK] = 0  # below the floor a relative change says nothing; it stays below to the end
    status[(stock == NO_STOCK) | water] = NODATA
    return status


def _soc_sign(conversion: Conversion, period: Period, cultivated: float) -> int:
    """Return the class of the relative change of stock that a conversion brings within a period."""
    factors = {"f": cultivated, "/f": 1 / cultivated}
    factor = factors[conversion.factor] if conversion.factor in factors else float(conversion.factor)
    first, last = (
        1 + (factor - 1) * min(max(year - conversion.year + 1, 0), TRANSITION_YEARS) / TRANSITION_YEARS
        for year in period.soc
    )
    change = last / first - 1
    return 0 if abs(change) < SOC_LIMIT else (1 if change > 0 else -1)


def _sign(conversion: Conversion, period: Period) -> int:
    """Return what land cover says of a conversion in a period."""
    first, last = period.land_cover
    return conversion.sign if first < conversion.year <= last else 0


def _worst(*layers: Classes) -> Classes:
    """Return the one-out-all-out: unknown if any is, else degraded if any is, else improved if any is."""
    stack = np.stack(layers)
    joined = np.where((stack == -1).any(axis=0), -1, np.where((stack == 1).any(axis=0), 1, 0))
    return np.where((stack == NODATA).any(axis=0), NODATA, joined).astype(np.int8)


def _area(terrain: Terrain, where: Mask) -> float:
    """Return the true area of some cells [km2], to a tenth of a hectare."""
    return round(float(terrain.area_km2[where].sum()), 3)
