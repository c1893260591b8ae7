"""The boxes a country is fetched by: buffered, never its outline, with longitudes that go on across 180 degrees."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from pyproj import Transformer

from landbalance.core.errors import NotFoundError
from landbalance.core.tables import csv_table
from landbalance.grid.grid import Bounds, Grid
from landbalance.grid.tilings import pieces_within_180, sinusoidal_bounds

KM_PER_DEGREE = 111.32
IGH_SEAMS = {True: (-40.0,), False: (-100.0, -20.0, 80.0)}  # of the north and of the south
IGH_STEP = 0.25  # degrees between points on the edges of a box


@dataclass(frozen=True)
class Extent:
    """Boxes in degrees; where a country lies across 180, those of the west go on beyond 180.

    Parameters
    ----------
    boxes : tuple of (west, south, east, north)
        Buffered.
    source : str
        Where they come from.
    """

    boxes: tuple[Bounds, ...]
    source: str

    @property
    def bounds(self) -> Bounds:
        """Return the box round all boxes."""
        sides = np.array(self.boxes)
        return (*sides[:, :2].min(axis=0).tolist(), *sides[:, 2:].max(axis=0).tolist())

    @property
    def crosses_180(self) -> bool:
        """Return whether it lies across 180 degrees."""
        west, _, east, _ = self.bounds
        return east > 180.0 or west < -180.0

    def within_180(self) -> tuple[Bounds, ...]:
        """Return the boxes in longitudes from -180 to 180."""
        return tuple(piece for box in self.boxes for piece, _ in pieces_within_180(box))


def country_extent(iso3: str, buffer_km: float) -> Extent:
    """Return the packaged boxes of a country, buffered: an approximation, until its boundary is known.

    Raises
    ------
    NotFoundError
        If the table has no box of it.

    Examples
    --------
    >>> [round(edge, 2) for edge in country_extent("KEN", 0).bounds]
    [33.8, -4.7, 41.9, 5.5]
    """
    rows = [row for row in csv_table("country_boxes") if row["iso3"] == iso3]
    if not rows:
        raise NotFoundError("no box of {iso3} is known", iso3=iso3, hint="give its boundary: --boundary FILE")
    boxes = [(float(row["west"]), float(row["south"]), float(row["east"]), float(row["north"])) for row in rows]
    return extent_of(boxes, buffer_km, rows[0]["source"])


def extent_of(boxes: Sequence[Bounds], buffer_km: float, source: str) -> Extent:
    """Return boxes buffered and laid side by side the way that makes the whole narrowest.

    Examples
    --------
    >>> extent_of([(177.0, -19.0, 180.0, -16.0), (-180.0, -19.0, -178.0, -16.0)], 0, "").bounds
    (177.0, -19.0, 182.0, -16.0)
    """
    turned = [(west + 360.0, south, east + 360.0, north) if east <= 0 else (west, south, east, north)
              for west, south, east, north in boxes]  # fmt: skip
    chosen = turned if _width(turned) < _width(boxes) - 1e-6 else list(boxes)
    return Extent(tuple(sorted({_buffered(box, buffer_km) for box in chosen})), source)


def frames(extent: Extent, west: float, north: float, step: float) -> Grid:
    """Return the grid of a geographic lattice that holds an extent, snapped outwards to whole cells.

    Parameters
    ----------
    extent : Extent
    west, north : float
        Any corner of the lattice [degrees].
    step : float
        Its cells [degrees].

    Examples
    --------
    >>> frames(Extent(((0.2, 0.2, 1.8, 0.9),), ""), -180.0, 90.0, 0.5).bounds
    (0.0, 0.0, 2.0, 1.0)
    """
    return snapped(extent.bounds, west, north, step, "EPSG:4326")


def snapped(bounds: Bounds, west: float, north: float, step: float, crs: str) -> Grid:
    """Return the grid of a lattice that holds some bounds, snapped outwards to whole cells.

    Examples
    --------
    >>> snapped((0.2, 0.2, 1.8, 0.9), 0.0, 2.0, 0.5, "EPSG:4326").shape
    (2, 4)
    """
    slack = 1e-6
    left, top = math.floor((bounds[0] - west) / step + slack), math.floor((north - bounds[3]) / step + slack)
    right, bottom = math.ceil((bounds[2] - west) / step - slack), math.ceil((north - bounds[1]) / step - slack)
    corner = west + left * step, north - top * step
    return Grid(crs, *corner, step, step, right - left, bottom - top, anchor=(west, north, top, left))


def sinusoidal_boxes(extent: Extent) -> tuple[Bounds, ...]:
    """Return the boxes in MODIS metres: one for each box on its side of 180 degrees.

    Examples
    --------
    >>> len(sinusoidal_boxes(Extent(((177.0, -19.0, 182.0, -16.0),), "")))
    2
    """
    return tuple(sinusoidal_bounds(box) for box in extent.within_180())


def homolosine_boxes(extent: Extent, crs: str) -> tuple[Bounds, ...]:
    """Return the boxes in a Goode homolosine system: one for each lobe that a box meets.

    The map is cut along meridians, so that the corners of a box say nothing of what lies between them. Each box is cut
    at the seams of its hemisphere, and its piece on each lobe is sampled densely.

    Examples
    --------
    >>> igh = "+proj=igh +lon_0=0 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"
    >>> len(homolosine_boxes(Extent(((15.0, -30.0, 25.0, -25.0),), ""), igh))
    1
    >>> len(homolosine_boxes(Extent(((75.0, -30.0, 85.0, -25.0),), ""), igh))
    2
    """
    transformer = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    found = []
    for west, south, east, north in _lobes(extent):
        inset = min(1e-7, (east - west) / 4)
        lon = np.linspace(west + inset, east - inset, max(3, int((east - west) / IGH_STEP) + 2))
        lat = np.linspace(south, north, max(3, int((north - south) / IGH_STEP) + 2))
        across, down = np.meshgrid(lon, lat)
        x, y = transformer.transform(across, down)
        known = np.isfinite(x) & np.isfinite(y)
        if known.any():
            found.append((x[known].min(), y[known].min(), x[known].max(), y[known].max()))
    return tuple(tuple(float(edge) for edge in box) for box in found)  # type: ignore[misc]


def _lobes(extent: Extent) -> list[Bounds]:
    """Return the boxes cut at the equator and at the seams of each hemisphere."""
    found = []
    for west, south, east, north in extent.within_180():
        for is_north, low, high in ((True, max(south, 0.0), north), (False, south, min(north, 0.0))):
            if high <= low:
                continue
            cuts = [west, *(seam for seam in IGH_SEAMS[is_north] if west < seam < east), east]
            found += [(left, low, right, high) for left, right in pairwise(cuts)]
    return found


def _width(boxes: Sequence[Bounds]) -> float:
    """Return the longitude between the westmost and the eastmost edge."""
    return max(box[2] for box in boxes) - min(box[0] for box in boxes)


def _buffered(box: Bounds, km: float) -> Bounds:
    """Return a box with a margin [km], wider in longitude towards the poles; rounded to be the same everywhere."""
    west, south, east, north = box
    up = km / KM_PER_DEGREE
    widest = min(max(abs(south), abs(north)) + up, 85.0)
    aside = up / math.cos(math.radians(widest))
    return (
        round(west - aside, 6),
        round(max(south - up, -90.0), 6),
        round(min(east + aside, west - aside + 360.0), 6),
        round(min(north + up, 90.0), 6),
    )
