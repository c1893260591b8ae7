"""From boundaries to analysis grids."""

import pytest
import shapely

from landbalance.core.errors import InputError
from landbalance.grid.grid import Grid
from landbalance.grid.pieces import analysis_grids, snap

WORLD = Grid("EPSG:4326", -180.0, 90.0, 1.0, 1.0, 360, 180)


def test_bounds_are_snapped_outwards() -> None:
    assert snap((0.2, 0.2, 1.8, 0.9), WORLD).bounds == (0.0, 0.0, 2.0, 1.0)


def test_bounds_on_a_line_stay_there() -> None:
    assert snap((10.0 + 1e-9, 5.0 - 1e-9, 12.0 - 1e-9, 7.0), WORLD).bounds == (10.0, 5.0, 12.0, 7.0)


def test_bounds_are_cut_where_the_grid_ends() -> None:
    assert snap((170.0, 80.0, 200.0, 95.0), WORLD).bounds == (170.0, 80.0, 180.0, 90.0)


def test_islands_on_both_sides_of_180_make_two_pieces() -> None:
    islands = shapely.union(shapely.box(177, -19, 180, -16), shapely.box(-180, -19, -178, -16))

    assert [piece.bounds for piece in analysis_grids(islands, WORLD)] == [(177, -19, 180, -16), (-180, -19, -178, -16)]


def test_a_country_on_both_sides_of_greenwich_is_one_piece() -> None:
    assert len(analysis_grids(shapely.box(-5, 5, 3, 15), WORLD)) == 1


def test_a_grid_from_0_to_360_holds_a_western_country() -> None:
    source = Grid("EPSG:4326", 0.0, 90.0, 1.0, 1.0, 360, 180)

    (piece,) = analysis_grids(shapely.box(-60, -15, -50, -10), source)

    assert piece.bounds == (300.0, -15.0, 310.0, -10.0)


def test_a_boundary_elsewhere_is_an_error() -> None:
    region = Grid("EPSG:4326", 0.0, 10.0, 1.0, 1.0, 10, 10)

    with pytest.raises(InputError, match="the boundary lies at"):
        analysis_grids(shapely.box(50, 50, 51, 51), region)
