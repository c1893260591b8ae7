"""The table of countries of a STAR what-if: all its faults are named, and what is missing is never made up."""

from dataclasses import replace
from pathlib import Path

import pytest

from landbalance.core.errors import InputError
from landbalance.finance.desk import regime
from landbalance.finance.star_table import StarRow, inputs_of
from landbalance.io.sheet import sheet_csv
from landbalance.io.star_file import COLUMNS, country_cells, read_countries, sift_countries

HEAD = "iso3,group,performance,income,degraded,dryland,people,drought,is_dryland\n"
GOOD = "ZZA,ldc,3.2,1200,12,40,10,0.8,yes\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "countries.csv"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("ZZB,rich,3,1,1,1,1,,", "group is rich: ldc, sids or other"),
        ("ZZB,ldc,9,1,1,1,1,,", "performance is 9: a rating from 1 to 6"),
        ("ZZB,ldc,3,0,1,1,1,,", "income is 0: a number above zero"),
        ("ZZB,ldc,3,1,-1,1,1,,", "degraded is -1: a number, zero or more"),
        ("ZZB,ldc,3,1,nan,1,1,,", "degraded is nan: a number, zero or more"),
        ("ZZB,ldc,3,1,1,1,1,80,", "drought is 80: a ratio from 0 to 1"),
        ("ZZB,ldc,3,1,1,1,1,,maybe", "is_dryland is maybe: yes or no"),
        ("Z,ldc,3,1,1,1,1,,", "iso3 is Z: write an ISO alpha-3 code"),
        ("ZZA,ldc,3,1,1,1,1,,", "iso3 is ZZA: keep one row for each country"),
        ("ZZB,ldc,3,,1,1,1,,", "income is empty"),
    ],
)
def test_a_row_that_makes_no_sense_is_named(tmp_path: Path, row: str, words: str) -> None:
    _rows, faults = sift_countries(written(tmp_path, HEAD + GOOD + row + "\n"), name="sent.csv")

    (fault,) = faults
    assert str(fault).startswith(f"sent.csv, row 3: {words}")


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    rows, faults = sift_countries(written(tmp_path, HEAD + "ZZB,rich,3,1,1,1,1,,\n" + GOOD + "ZZC,ldc,9,1,1,1,1,,\n"))

    assert (len(rows), len(faults)) == (1, 2)


def test_rows_are_written_and_read_again_the_same(tmp_path: Path) -> None:
    rows = (
        StarRow("MRT", 2000.0, 1.0, 2.0, 3.0, portfolio=4.0, policy=3.5, broad=3.0, is_dryland=True),
        StarRow("ZZA", 1.0, 0.0, 2.0, 3.0, group="other", performance=3.0, is_dryland=False),
    )

    again = read_countries(written(tmp_path, sheet_csv(COLUMNS, country_cells(rows))))

    assert again == rows


def test_a_group_is_that_of_the_lists_of_the_year() -> None:
    row = StarRow("STP", 2000.0, 1.0, 2.0, 3.0, performance=3.0)

    before, after = (
        inputs_of([row], regime("gef-8"), standing={"STP": lists})[0]
        for lists in (frozenset({"ldc", "sids"}), frozenset({"sids"}))
    )

    assert (before.group, after.group) == ("ldc", "sids")
    assert before.is_island


def test_performance_is_given_or_made_of_ratings_or_assumed_and_said_so() -> None:
    bare = StarRow("MRT", 2000.0, 1.0, 2.0, 3.0)
    rows = [bare, replace(bare, performance=4.0), replace(bare, portfolio=4.0, policy=3.5, broad=3.0)]

    found = inputs_of(rows, regime("gef-8"), performance=3.0)

    assert [(row.performance, row.is_assumed) for row in found] == [
        (3.0, True),
        (4.0, False),
        (pytest.approx(3.525), False),
    ]


def test_what_is_neither_given_nor_known_stops_the_desk() -> None:
    bare = StarRow("MRT", 2000.0, 1.0, 2.0, 3.0)

    with pytest.raises(InputError, match="the performance of MRT is not given"):
        inputs_of([bare], regime("gef-8"))
    with pytest.raises(InputError, match="the group of ZZQ is neither given nor known"):
        inputs_of([replace(bare, iso3="ZZQ")], regime("gef-8"), performance=3.0)
