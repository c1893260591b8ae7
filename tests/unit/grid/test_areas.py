"""Areas of cells: worked values, geodesic polygons, and sums that do not depend on tiling."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Geod, Transformer

from landbalance.grid.areas import area_quanta, cell_area_km2, cell_areas_km2, quantum_for
from landbalance.grid.grid import Grid

ORACLE = yaml.safe_load((Path(__file__).parents[2] / "oracles" / "cell_areas.yaml").read_text())
SINUSOIDAL = "+proj=sinu +R=6371007.181 +units=m +no_defs"


@pytest.mark.parametrize("case", ORACLE["cells"], ids=lambda case: str(case["cell"]))
def test_cell_area_is_the_worked_one(case: dict[str, object]) -> None:
    half_a_digit = 0.6 * 10.0 ** -len(str(case["km2"]).split(".")[1])

    assert float(cell_area_km2(*case["cell"])) == pytest.approx(case["km2"], rel=1e-9, abs=half_a_digit)


def test_globe_is_the_worked_one() -> None:
    edges = np.arange(-90, 91, 1.0)

    assert cell_area_km2(edges[:-1], edges[1:], 360.0).sum() == pytest.approx(ORACLE["globe_km2"], rel=1e-12)


def test_swapped_parallels_give_the_same_area() -> None:
    assert cell_area_km2(10, 11, 1) == cell_area_km2(11, 10, 1)


@pytest.mark.parametrize(
    ("crs", "west", "north", "size"),
    [
        ("EPSG:32721", 400_000.0, 8_600_000.0, 300.0),
        ("EPSG:32633", 300_000.0, 6_700_000.0, 1000.0),
        (SINUSOIDAL, -6_089_550.0, -1_332_950.0, 231.6563582),
        (SINUSOIDAL, 3_000_000.0, 5_500_000.0, 926.625),
    ],
)
def test_projected_cells_have_their_geodesic_area(crs: str, west: float, north: float, size: float) -> None:
    grid = Grid(crs, west, north, size, size, 3, 2)
    to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    geod = Geod(ellps="WGS84")

    areas = cell_areas_km2(grid)

    for row in range(2):
        for col in range(3):
            x = west + np.array([col, col, col + 1, col + 1]) * size
            y = north - np.array([row, row + 1, row + 1, row]) * size
            expected = abs(geod.polygon_area_perimeter(*to_degrees.transform(x, y))[0]) * 1e-6
            assert areas[row, col] == pytest.approx(expected, rel=2e-6)


@given(
    block=st.integers(1, 40),
    west=st.floats(-179, 170),
    north=st.floats(-50, 80),
    step=st.sampled_from([1 / 360, 0.1, 0.0043613]),
)
def test_integer_areas_are_the_same_in_every_tiling(block: int, west: float, north: float, step: float) -> None:
    grid = Grid("EPSG:4326", west, north, step, step, 30, 50)
    quantum = quantum_for(grid)
    whole = area_quanta(grid, quantum)

    for tile in grid.tiles(block):
        np.testing.assert_array_equal(area_quanta(grid.part(tile), quantum), whole[tile.row : tile.row + tile.height])


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32721"])
def test_largest_cell_takes_at_most_35_bits_and_no_less_than_33(crs: str) -> None:
    unit = 0.01 if CRS(crs).is_geographic else 1000.0
    grid = Grid(crs, 300_000.0 if unit > 1 else 10.0, 8_000_000.0 if unit > 1 else 30.0, unit, unit, 50, 40)

    largest = int(area_quanta(grid, quantum_for(grid)).max())

    assert 2**33 <= largest < 2**35 + 1


def test_integer_areas_lose_nothing_that_matters() -> None:
    grid = Grid("EPSG:4326", 0.0, 40.0, 0.01, 0.01, 100, 100)
    quantum = quantum_for(grid)

    np.testing.assert_allclose(area_quanta(grid, quantum) * quantum, cell_areas_km2(grid), rtol=1e-10)
