"""Index tables and losses from files: three forms read, gaps kept, whatever does not fit is one line."""

import math
from pathlib import Path

import pytest

from landbalance.core.errors import InputError, LandbalanceError
from landbalance.io.cover_series import read_index_table, read_losses

SEASON = """district,year,month,index,value,spread_between_cells,share_of_land_at_or_below_-1,rain_mm,known_share,event
North,2001,9,SPI-4,-1.25,0.1,0.8,210,1.0,1
North,2002,9,SPI-4,0.5,0.1,0.0,410,0.4,0
North,2003,9,SPI-4,,0.1,,,0.0,
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "t.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_season_table_keeps_what_is_unknown_unknown(tmp_path: Path) -> None:
    rows = read_index_table(written(tmp_path, SEASON), least_known=0.6).rows

    assert rows[0].value == -1.25
    assert (rows[0].district, rows[0].year, rows[0].month, rows[0].index) == ("North", 2001, 9, "SPI-4")
    assert [row.event for row in rows] == [True, False, None]
    assert math.isnan(rows[1].value)  # known on 40 % of the land
    assert math.isnan(rows[2].value)


def test_gauges_give_one_index_for_each_column(tmp_path: Path) -> None:
    text = "station,date,SPI-3,SPI-12\nHill,2001-09,-0.4,\nHill,2001-10,0.1,0.9\n"

    rows = read_index_table(written(tmp_path, text)).rows

    assert [(row.index, row.month) for row in rows] == [("SPI-3", 9), ("SPI-12", 9), ("SPI-3", 10), ("SPI-12", 10)]
    assert math.isnan(rows[1].value)


def test_year_and_value_are_enough(tmp_path: Path) -> None:
    [row] = read_index_table(written(tmp_path, "year,value\n2001,-1.5\n")).rows

    assert (row.district, row.month, row.index, row.value) == ("", 0, "index", -1.5)


def test_losses_of_a_district_keep_their_gaps(tmp_path: Path) -> None:
    text = "district,year,loss\nNorth,2001,5\nNorth,2002,\nSouth,2001,9\nNorth,2004,7\n"

    found = read_losses(written(tmp_path, text), "North")

    assert found.years == (2001, 2002, 2003, 2004)
    assert found.missing == (2002, 2003)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("year,rain\n2001,3\n", "has the columns year, rain"),
        ("year,value\n2001,dry\n", "line 2: value is 'dry'"),
        ("year,value\n2001.5,1\n", "line 2: year is 2001.5"),
        ("station,date,SPI-3\nHill,2001,1\n", "date 2001"),
        ("", "has no rows"),
    ],
)
def test_bad_index_tables_get_one_line(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(LandbalanceError, match=said) as found:
        read_index_table(written(tmp_path, text))

    assert "\n" not in str(found.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("year,loss\n2001,3\n2001,4\n", "line 3: loss 4 of 2001: give each year once"),
        ("year,loss\n2001,-3\n", "loss -3 of 2001"),
        ("district,year,loss\nNorth,2001,3\n", "no losses of district East: its districts are North"),
        ("year\n2001\n", "no column loss"),
    ],
)
def test_bad_losses_get_one_line(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        read_losses(written(tmp_path, text), "East")
