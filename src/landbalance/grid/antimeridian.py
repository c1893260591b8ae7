"""Polygons drawn across the line of 180 degrees without a cut, as many country files have them."""

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

NEAR = 170.0  # degrees: both ends of an edge that crosses lie beyond, else a long edge is what it seems
WORLD = shapely.box(-180.0, -90.0, 180.0, 90.0)
TURNS = (0.0, 360.0, -360.0)


def cut_at_180(geometry: BaseGeometry) -> BaseGeometry:
    """Return a polygon in longitude and latitude, cut where it crosses 180 degrees.

    A ring crosses where two neighbouring vertices lie on either side of 180, near it. Other geometries, and rings
    round a pole, are returned as they are.

    Examples
    --------
    >>> island = shapely.Polygon([(179, 0), (-179, 0), (-179, 1), (179, 1)])
    >>> island.area, cut_at_180(island).area
    (358.0, 2.0)
    """
    polygons = [each for each in shapely.get_parts(geometry) if each.geom_type == "Polygon"]
    rings = [_unrolled(shapely.get_coordinates(each.exterior)) for each in polygons]
    if all(ring is None for ring in rings):
        return geometry
    pieces = [_pieces(each, ring) for each, ring in zip(polygons, rings, strict=True)]
    return shapely.union_all([piece for several in pieces for piece in several])


def longest_edge(geometry: BaseGeometry) -> float:
    """Return the most longitude [degrees] that one edge of a polygon spans: over 180 it is hardly what was drawn.

    Examples
    --------
    >>> longest_edge(shapely.box(-100, 0, 120, 1))
    220.0
    """
    rings = [ring for each in shapely.get_parts(geometry) for ring in shapely.get_rings(each)]
    return max((float(np.abs(np.diff(shapely.get_coordinates(ring)[:, 0])).max()) for ring in rings), default=0.0)


def _pieces(polygon: BaseGeometry, ring: NDArray[np.float64] | None) -> list[BaseGeometry]:
    """Return the pieces of one polygon whose unrolled ring is given; itself where it does not cross."""
    if ring is None:
        return [shapely.make_valid(polygon)]
    shell = shapely.Polygon(ring)
    holes = [_unrolled_hole(shapely.get_coordinates(hole), shell) for hole in polygon.interiors]
    whole = shapely.make_valid(shapely.Polygon(ring, holes))
    moved = [shapely.transform(whole, lambda xy, turn=turn: xy + np.array([turn, 0.0])) for turn in TURNS]
    return [piece for each in moved if (piece := each.intersection(WORLD)).area > 0]


def _unrolled(ring: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return a ring whose longitudes go on beyond 180; None where it does not cross, or goes round a pole."""
    longitude = ring[:, 0]
    step = np.diff(longitude)
    crosses = (np.abs(step) > 180.0) & (np.abs(longitude[:-1]) > NEAR) & (np.abs(longitude[1:]) > NEAR)
    turns = np.concatenate([[0.0], np.cumsum(np.where(crosses, -360.0 * np.sign(step), 0.0))])
    if not crosses.any() or turns[-1]:
        return None
    unrolled = np.column_stack([longitude + turns, ring[:, 1]])
    return unrolled if shapely.Polygon(unrolled).area > 0 else None


def _unrolled_hole(ring: NDArray[np.float64], shell: BaseGeometry) -> NDArray[np.float64]:
    """Return a hole, unrolled too, moved to where it lies inside its shell."""
    unrolled = _unrolled(ring)
    hole = ring if unrolled is None else unrolled
    moved = (hole + np.array([turn, 0.0]) for turn in TURNS)
    return next((each for each in moved if shell.intersects(shapely.Polygon(each))), hole)
