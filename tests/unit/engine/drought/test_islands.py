"""Islets the grid misses: the nearest valid cell, else a station, within the stated distance; nothing beyond."""

from pathlib import Path

import numpy as np
import pytest

from landbalance.core.parameters import resolve
from landbalance.engine.drought.ground import Ground, nearest_year, places
from landbalance.engine.drought.hazard import _with_islands
from landbalance.engine.drought.stations import fill_from_stations
from landbalance.grid.grid import Grid
from landbalance.indicators.drought.index import index_method
from landbalance.kernels.gather_cells import add_by_cell

GRID = Grid("EPSG:4326", 0.0, 0.1, 0.1, 0.1, 4, 1)  # cells of about 11 km


def ground(land: list[float]) -> Ground:
    return Ground(GRID, ("Isle",), np.array([[0.0] * 4, land]), 0.0)


def test_an_islet_takes_the_nearest_cell_within_reach_and_says_so() -> None:
    flags: list[str] = []

    index, filled = _with_islands(np.array([[-1.5, np.nan, np.nan, np.nan]]), ground([0, 2, 0, 3]), 25.0, flags)

    np.testing.assert_array_equal(index, [[-1.5, -1.5, np.nan, np.nan]])
    assert filled == 2.0
    assert flags == ["2.0 km2 took the index of a cell up to 25 km away"]


def test_an_islet_beyond_the_grid_takes_a_station(tmp_path: Path) -> None:
    rain = np.random.default_rng(1).gamma(2, 30, 12 * 32)
    rows = [f"Port,0.35,0.05,{1981 + at // 12}-{at % 12 + 1:02d},{depth:.1f}" for at, depth in enumerate(rain)]
    path = tmp_path / "stations.csv"
    path.write_text("station,longitude,latitude,date,rain_mm\n" + "\n".join(rows), encoding="utf-8")
    method = index_method("spi", resolve())

    index, filled = fill_from_stations(
        np.full((2, 4), np.nan), (2011, 2013), ground([1, 0, 0, 3]), path, method, reach_km=25.0
    )

    assert np.isfinite(index[0, 3])
    assert np.isnan(index[1, 3])
    assert np.isnan(index[:, 0]).all()
    assert filled == 3.0


def test_people_are_counted_whole_where_their_cell_lies_and_none_is_lost() -> None:
    fine = Grid("EPSG:4326", -0.05, 0.1, 0.05, 0.05, 12, 2)
    persons = np.random.default_rng(2).integers(0, 50, fine.shape).astype(float)
    sums = np.zeros((1, 2, 5))

    add_by_cell(persons, np.zeros(fine.shape, dtype=np.int32), *places(fine, GRID), sums)

    assert sums.sum() == persons.sum()
    assert sums[0, 0, 0] == persons[:, 1:3].sum()
    assert sums[0, :, -1].sum() == persons[:, 0].sum() + persons[:, 9:].sum()


@pytest.mark.parametrize(("wanted", "year"), [(2019, 2020), (2000, 2018), (2030, 2020)])
def test_the_nearest_population_year_is_taken_the_later_of_two(wanted: int, year: int) -> None:
    assert nearest_year((2018, 2020), wanted) == year
