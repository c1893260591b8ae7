"""Land cover: status, transitions, parents, persistence and what is land."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
import yaml
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landbalance.core.errors import InputError
from landbalance.core.legends import legend, nest, official_matrix, parents
from landbalance.core.types import Array
from landbalance.indicators.land_cover_parent import land_cover_parent
from landbalance.indicators.land_cover_persistence import land_cover_persistence
from landbalance.indicators.land_cover_status import land_cover_status
from landbalance.indicators.land_cover_transition import land_cover_transition, te_transition_code
from landbalance.indicators.surface import surface

ORACLE = yaml.safe_load((Path(__file__).parents[2] / "oracles" / "land_cover.yaml").read_text(encoding="utf-8"))
UNCCD = legend("unccd")
MATRIX = np.array([official_matrix(UNCCD)], dtype=np.int8)
COVER = arrays(np.int8, (2, 3, 4), elements=st.sampled_from([-128, 1, 2, 3, 4, 5, 6, 7]))


def status_of(initial: Array, final: Array) -> Array:
    """Return the status under the official matrix."""
    return land_cover_status(initial, final, np.zeros_like(initial), matrix=MATRIX)


def grid(rows: list[list[int | None]], nodata: int = -128) -> Array:
    """Return a grid of an oracle, null as no data."""
    return np.array([[nodata if value is None else value for value in row] for row in rows])


@pytest.mark.parametrize("case", ORACLE["transitions"], ids=lambda case: str(case["esa"]))
def test_transitions_of_esa_codes_match_the_oracle(case: dict[str, object]) -> None:
    nesting = nest(legend("esa_cci"), UNCCD)
    start, end = (np.int8([nesting[code]]) for code in case["esa"])

    codes = te_transition_code(land_cover_transition(start, end, classes=7), classes=7)

    assert [*start, *end] == case["unccd"]
    assert (codes[0], status_of(start, end)[0]) == (case["te_code"], case["status"])


def test_a_grid_matches_the_oracle() -> None:
    case = ORACLE["grid"]
    initial, final = grid(case["initial"]).astype(np.int8), grid(case["final"]).astype(np.int8)

    codes = te_transition_code(land_cover_transition(initial, final, classes=7), classes=7)

    np.testing.assert_array_equal(status_of(initial, final), grid(case["status"]))
    np.testing.assert_array_equal(codes, grid(case["te_code"], -32768))


def test_codes_of_a_national_legend_match_the_oracle() -> None:
    case = ORACLE["national"]
    code = land_cover_transition(np.int8([case["initial"]]), np.int8([case["final"]]), classes=case["classes"])

    assert te_transition_code(code, classes=case["classes"])[0] == case["te_code"]


@pytest.mark.parametrize("classes", [10, 100])
def test_ambiguous_trends_earth_codes_are_refused(classes: int) -> None:
    with pytest.raises(InputError, match="has no code"):
        te_transition_code(np.int16([0]), classes=classes)


@pytest.mark.parametrize("classes", [7, 10, 12, 100])
def test_every_transition_has_its_own_code(classes: int) -> None:
    initial, final = (axis.ravel().astype(np.int8) for axis in np.mgrid[1 : classes + 1, 1 : classes + 1])

    codes = land_cover_transition(initial, final, classes=classes)

    assert codes.tolist() == list(range(classes * classes))


def test_each_region_takes_its_own_matrix() -> None:
    matrix = np.int8([[[0, 1], [0, 0]], [[0, -1], [0, 0]]])
    ones, twos = np.int8([1, 1, 1, 1]), np.int8([2, 2, 2, 2])

    status = land_cover_status(ones, twos, np.int8([0, 1, 2, -128]), matrix=matrix)

    assert status.tolist() == [1, -1, -128, -128]


@given(cover=COVER)
def test_status_is_the_matrix_looked_up(cover: Array) -> None:
    initial, final = cover

    status = status_of(initial, final)

    known = (initial > 0) & (final > 0)
    np.testing.assert_array_equal(status[known], MATRIX[0][initial[known] - 1, final[known] - 1])
    assert (status[~known] == -128).all()


def test_grids_of_different_shape_are_refused() -> None:
    with pytest.raises(InputError, match="align the layers"):
        land_cover_status(np.int8([1]), np.int8([1, 2]), np.int8([0]), matrix=MATRIX)


def test_parents_are_looked_up_and_unknown_codes_stay_unknown() -> None:
    table = parents(legend("corine"))

    found = land_cover_parent(np.int8([[1, 44], [45, -128]]), parents=table)

    assert found.tolist() == [[5, 7], [-128, -128]]


@pytest.mark.parametrize(
    ("years", "place", "needed", "expected"),
    [
        ([6, 2, 6], 1, 2, 6),
        ([6, 2, 2], 1, 2, 2),
        ([6, 2, 6], 1, 0, 2),
        ([6, 2, 3], 1, 2, 2),
        ([6, 2, 2], 0, 2, 2),
        ([6, -128, 6], 1, 2, -128),
        ([-128, 2, -128], 1, 2, 2),
        ([6, 6, 2], 2, 3, 6),
    ],
)
def test_a_class_counts_only_where_it_persists(years: list[int], place: int, needed: int, expected: int) -> None:
    cover = np.int8(years).reshape(3, 1, 1)

    assert land_cover_persistence(cover, place=place, needed=needed).tolist() == [[expected]]


def test_water_of_the_first_year_leaves_the_land() -> None:
    initial, final = np.int8([1, 7, 7, 1, -128, 1]), np.int8([2, 7, 1, 7, 7, -128])

    assert surface(initial, final).tolist() == [0, 1, 1, 2, 3, 0]


def banded(path: Path, band: int) -> Array:
    """Return one band of a raster."""
    with rasterio.open(path) as source:
        return source.read(band)


@pytest.mark.shared
@pytest.mark.parametrize(("esa_band", "unccd_band"), [(1, 1), (2, 20)])
def test_nesting_of_esa_equals_the_published_classes(shared: Path, esa_band: int, unccd_band: int) -> None:
    esa = banded(shared / "tonk_india" / "land_cover_esa_2001_2020.tif", esa_band)
    published = banded(shared / "tonk_india" / "land_cover_unccd_2001_2020.tif", unccd_band)
    table = np.zeros(256, dtype=np.int16)
    for code, place in nest(legend("esa_cci"), UNCCD).items():
        if 0 <= code < 256:
            table[code] = place

    assert (table[esa] == published).all()


@pytest.mark.shared
@pytest.mark.parametrize(
    ("file", "product", "outside"),
    [
        ("assaba_mauritania/land_cover_igbp_2010_2023.tif", "igbp_mcd12q1", {0}),
        ("land_cover_global_2019/mcd12c1_igbp_2019.tif", "igbp_mcd12c1", set()),
        ("tonk_india/land_cover_esa_2001_2020.tif", "esa_cci", set()),
    ],
)
def test_every_code_of_a_real_product_has_a_class(shared: Path, file: str, product: str, outside: set[int]) -> None:
    found = set(np.unique(banded(shared / file, 1)).tolist())

    assert found - outside <= {entry.code for entry in legend(product).classes}


@pytest.mark.shared
def test_status_and_codes_equal_the_result_of_trends_earth(shared: Path) -> None:
    folder = shared / "tonk_india"
    initial, final = (banded(folder / "land_cover_unccd_2001_2020.tif", band).astype(np.int8) for band in (1, 20))
    published = banded(folder / "trendsearth_lc_transitions_2001_2020.tif", 1)
    expected_codes = np.where(published < 10, published * 11, published)

    status = status_of(initial, final)
    codes = te_transition_code(land_cover_transition(initial, final, classes=7), classes=7)

    assert (status == banded(folder / "trendsearth_lc_degradation_2001_2020.tif", 1)).all()
    assert (codes == expected_codes).all()
    assert [(status == value).sum() for value in (-1, 0, 1)] == [477, 196209, 174]
