"""Closed code lists of the field: statuses, land-cover classes, productivity dynamics."""

from enum import IntEnum

NODATA = -128  # in every int8 class layer inside a run
EXPORT_NODATA = -32768  # in int16 exports for PRAIS and Trends.Earth
EXPORT_OUTSIDE = -32767  # outside the area of interest, in the same exports


class Status(IntEnum):
    """State of a cell in a degradation layer (methods 0.4)."""

    DEGRADED = -1
    STABLE = 0
    IMPROVED = 1
    NODATA = -128
    NOT_APPLICABLE = -127  # the layer has no meaning here (SOC below the floor); the other layers decide


class LandCover(IntEnum):
    """The seven UNCCD land-cover classes (methods 1.1)."""

    TREE_COVERED = 1
    GRASSLAND = 2
    CROPLAND = 3
    WETLAND = 4
    ARTIFICIAL = 5
    OTHER_LAND = 6
    WATER = 7
    NODATA = -128


class Lpd(IntEnum):
    """The five classes of land productivity dynamics (methods 2.8)."""

    DECLINING = 1
    MODERATE_DECLINE = 2
    STRESSED = 3
    STABLE = 4
    INCREASING = 5
    NODATA = -128


class LandCondition(IntEnum):
    """The seven classes of land condition status, baseline against period (methods 4.3)."""

    PERSISTENT_DEGRADATION = 1
    RECENT_DEGRADATION = 2
    BASELINE_DEGRADATION = 3
    STABILITY = 4
    BASELINE_IMPROVEMENT = 5
    RECENT_IMPROVEMENT = 6
    PERSISTENT_IMPROVEMENT = 7
    NODATA = -128


class Response(IntEnum):
    """Responses to land degradation, in the order of the hierarchy (methods 6.3)."""

    AVOID = 1  # good land: keep it
    REDUCE = 2  # good land that is stressed or at risk: slow the loss
    REVERSE = 3  # degraded land: restore it
    NODATA = -128


class Surface(IntEnum):
    """What a cell of the area of interest is, for the denominator of a period (methods 0.7, 3.6)."""

    LAND = 0
    WATER = 1  # water in the period's first land cover: outside the land denominator
    TURNED_WATER = 2  # land that became water by the period's last land cover
    UNKNOWN = 3  # no land cover


class Drought(IntEnum):
    """Classes of a standardised drought index (methods 7.4)."""

    NONE = 0
    MILD = 1
    MODERATE = 2
    SEVERE = 3
    EXTREME = 4
    NODATA = -128


class Combined(IntEnum):
    """Classes of the combined drought indicator (reporting J.3)."""

    NONE = 0
    WATCH = 1
    WARNING = 2
    ALERT = 3
    RECOVERY = 4
    SOIL_RECOVERY = 5  # temporary
    VEGETATION_RECOVERY = 6  # temporary
    MISSING = 8
