"""Polygons across 180 degrees."""

import pytest
import shapely

from landbalance.grid.antimeridian import cut_at_180, longest_edge


def test_an_island_across_180_is_cut_there() -> None:
    cut = cut_at_180(shapely.Polygon([(179, 0), (-179, 0), (-179, 1), (179, 1)]))

    assert shapely.box(179, 0, 180, 1).union(shapely.box(-180, 0, -179, 1)).equals(cut)


def test_a_hole_stays_a_hole() -> None:
    shell = [(178, 0), (-178, 0), (-178, 3), (178, 3)]
    hole = [(179, 1), (-179, 1), (-179, 2), (179, 2)]

    assert cut_at_180(shapely.Polygon(shell, [hole])).area == pytest.approx(12 - 2)


@pytest.mark.parametrize(
    "geometry",
    [
        shapely.box(-180, -90, 180, 90),
        shapely.box(-100, 0, 120, 10),
        shapely.Polygon([(-180, -90), (-180, -70), (0, -75), (180, -70), (180, -90)]),
        shapely.MultiPolygon([shapely.box(170, 0, 180, 1), shapely.box(-180, 0, -170, 1)]),
    ],
)
def test_what_does_not_cross_is_left_alone(geometry: shapely.Geometry) -> None:
    assert cut_at_180(geometry) is geometry


def test_the_longest_edge_is_told() -> None:
    assert longest_edge(shapely.MultiPolygon([shapely.box(0, 0, 3, 9), shapely.box(5, 0, 12, 1)])) == 7.0
