"""Legends: what the package carries, what a national table must say, and how one legend nests into another."""

import numpy as np
import pytest
import yaml

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.legends import (
    Legend,
    check_matrix,
    is_unlikely,
    legend,
    legend_doubts,
    legend_from_table,
    legend_names,
    nest,
    official_matrix,
    parents,
    process_of,
)

UNCCD = legend("unccd")
ESA = """
1: [50, 60, 61, 62, 70, 71, 72, 80, 81, 82, 90, 100]
2: [110, 120, 121, 122, 130, 140, 150, 151, 152, 153]
3: [10, 11, 12, 20, 30, 40]
4: [160, 170, 180]
5: [190]
6: [200, 201, 202, 220]
7: [210]
"""


def national(parents_of: list[int]) -> Legend:
    """Return a legend with one class per parent, codes 1, 2, ..."""
    rows = [{"code": code, "name": f"class {code}", "unccd": parent} for code, parent in enumerate(parents_of, 1)]
    return legend_from_table({"id": "national", "classes": rows})


def test_the_package_carries_its_legends() -> None:
    assert legend_names() == (
        "corine",
        "esa_cci",
        "esa_worldcover",
        "glc_fcs30d",
        "igbp_mcd12c1",
        "igbp_mcd12q1",
        "unccd",
    )


def test_esa_nests_as_the_manual_says() -> None:
    expected = {code: parent for parent, codes in yaml.safe_load(ESA).items() for code in codes}

    nesting = nest(legend("esa_cci"), UNCCD)

    assert {code: place for code, place in nesting.items() if place > 0} == expected
    assert len(expected) == 37
    assert nesting[0] == nesting[9999] == nesting[-32768] == -128


@pytest.mark.parametrize(("product", "water"), [("igbp_mcd12q1", 17), ("igbp_mcd12c1", 0)])
def test_igbp_water_depends_on_the_product(product: str, water: int) -> None:
    nesting = nest(legend(product), UNCCD)

    assert [code for code, place in nesting.items() if place == 7] == [water]


@pytest.mark.parametrize(
    ("product", "verify"), [("igbp_mcd12q1", [8, 9, 14]), ("corine", [231, 244, 324, 333]), ("esa_cci", [])]
)
def test_doubtful_parents_are_marked(product: str, verify: list[int]) -> None:
    assert [entry.code for entry in legend(product).classes if entry.verify] == verify


def test_corine_has_all_classes_of_level_three() -> None:
    counts = np.bincount([entry.unccd for entry in legend("corine").classes], minlength=8)

    assert counts.tolist() == [0, 3, 6, 10, 5, 11, 4, 5]


def test_a_product_in_the_runs_own_legend_keeps_its_order() -> None:
    assert [nest(UNCCD, UNCCD)[code] for code in range(1, 8)] == [1, 2, 3, 4, 5, 6, 7]


def test_a_stated_nesting_gives_positions() -> None:
    target = national([3, 3, 1, 2, 4, 5, 6, 7])
    mapping = {entry.code: (2 if entry.code == 20 else 8) for entry in legend("esa_cci").classes} | {10: -128}

    nesting = nest(legend("esa_cci"), target, mapping)

    assert (nesting[20], nesting[210], nesting[10]) == (2, 8, -128)


def test_a_nesting_that_cannot_be_guessed_is_asked_for() -> None:
    with pytest.raises(InputError, match="how esa_cci nests into national"):
        nest(legend("esa_cci"), national([3, 3, 1]))


def test_a_nesting_that_leaves_a_class_out_is_refused() -> None:
    with pytest.raises(InputError, match="does not place class 11"):
        nest(legend("esa_cci"), UNCCD, {10: 3})


def test_parents_follow_the_order_of_the_legend() -> None:
    assert parents(national([7, 3, 3])).tolist() == [-128, 7, 3, 3]


def test_a_hundred_classes_are_taken() -> None:
    used = national([1 + code % 7 for code in range(100)])

    assert len(used.classes) == 100
    assert "100 classes, while PRAIS takes at most 15" in legend_doubts(used)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "has 0 classes"),
        ({"classes": [{"code": 1, "name": "a", "unccd": 1}]}, "has 1 classes"),
        ({"classes": [{"code": code, "name": "a", "unccd": 1} for code in range(101)]}, "has 101 classes"),
        ({"classes": [{"code": 1, "name": "a", "unccd": 1}] * 2}, "uses code 1 twice"),
        ({"classes": [{"code": c, "name": "a", "unccd": 1} for c in (1, 2)], "nodata": [2]}, "uses code 2 twice"),
        ({"classes": [{"code": c, "name": "a"} for c in (1, 2)]}, "has the UNCCD class None"),
        ({"classes": [{"code": c, "name": "a", "unccd": 8} for c in (1, 2)]}, "has the UNCCD class 8"),
        ({"classes": [{"code": c, "name": "a", "unccd": True} for c in (1, 2)]}, "has the UNCCD class True"),
        ({"classes": [{"code": "1", "name": "a", "unccd": 1}] * 2}, "has the code '1'"),
        ({"classes": [{"code": 1, "unccd": 1}] * 2}, "has a class"),
        ({"classes": [{"code": 1, "name": "a", "unccd": 1, "colour": "red"}] * 2}, "has the colour red"),
    ],
)
def test_a_bad_legend_is_refused_with_its_fault(table: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        legend_from_table(table)


def test_an_unknown_legend_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="no legend is called cci"):
        legend("cci")


def test_the_official_matrix_has_the_published_counts() -> None:
    matrix = np.array(official_matrix(UNCCD))

    assert [(matrix == value).sum() for value in (-1, 1, 0)] == [18, 12, 19]
    assert not matrix[6].any()
    assert not matrix[:, 6].any()
    assert not np.diag(matrix).any()


def test_a_change_within_one_parent_is_none() -> None:
    matrix = official_matrix(national([3, 3, 1]))

    assert matrix == ((0, 0, 1), (0, 0, 1), (-1, -1, 0))


@pytest.mark.parametrize(
    ("matrix", "message"),
    [([[0, 1]], "1 rows of"), ([[0, 1], [2, 0]], "from class 2 to class 1 is 2"), ([[0, 1], [0]], "2 rows of")],
)
def test_a_bad_matrix_is_refused(matrix: list[list[int]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_matrix(matrix, national([1, 2]))


def test_a_good_matrix_becomes_an_array() -> None:
    assert check_matrix([[0, -1], [1, 0]], national([1, 2])).dtype == np.int8


def test_every_change_between_land_classes_has_a_process() -> None:
    unnamed = [
        (start, end) for start in range(1, 8) for end in range(1, 8) if start != end and not process_of(start, end)[1]
    ]

    assert all(7 in change for change in unnamed)
    assert process_of(4, 3) == ("wetland_drainage", "wetland drainage")
    assert is_unlikely(5, 1)
    assert not is_unlikely(1, 3)
