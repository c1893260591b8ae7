"""Land-use factors of soil organic carbon, by climate zone."""

import numpy as np
import pytest

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.soc_factors import climate_zones, coefficient, factor_array, factor_sets, reference_stock

CROP_2006 = [0.69, 0.80, 0.69, 0.80, 0.69, 0.80, 0.69, 0.80, 0.64, 0.48, 0.48, 0.58]
CROP_2019 = [0.69, 0.76, 0.70, 0.77, 0.70, 0.77, 0.70, 0.77, 0.86, 0.83, 0.83, 0.92]


@pytest.mark.parametrize(("name", "crop"), [("ipcc2006", CROP_2006), ("ipcc2019", CROP_2019)])
def test_cropland_factors_follow_the_climate_zone(name: str, crop: list[float]) -> None:
    factors = factor_array(name)

    np.testing.assert_array_equal(factors[1:, 0, 2], crop)
    np.testing.assert_allclose(factors[1:, 2, 1], 1 / np.array(crop))


def test_the_other_factors_are_those_of_the_manual() -> None:
    zone = factor_array("ipcc2006")[12]
    f = 0.58
    expected = [
        [1, 1, f, 1, 0.1, 0.1, 1],
        [1, 1, f, 1, 0.1, 0.1, 1],
        [1 / f, 1 / f, 1, 1.408451, 0.1, 0.1, 1],
        [1, 1, 0.71, 1, 0.1, 0.1, 1],
        [2, 2, 2, 2, 1, 1, 1],
        [2, 2, 2, 2, 1, 1, 1],
        [1, 1, 1, 1, 1, 1, 1],
    ]

    np.testing.assert_allclose(zone, expected, rtol=1e-6)


def test_no_zone_has_no_factor() -> None:
    assert np.isnan(factor_array("ipcc2006")[0]).all()


def test_packaged_factors_cannot_be_changed_by_accident() -> None:
    with pytest.raises(ValueError, match="read-only"):
        factor_array("ipcc2006")[1, 0, 0] = 2


def test_national_factors_stand_over_the_default() -> None:
    table = np.full((7, 7), np.nan)
    table[0, 2] = 0.9

    factors = factor_array("national", {12: table.tolist(), 14: table.tolist()})

    assert factors.shape == (15, 7, 7)
    assert (factors[12, 0, 2], factors[12, 1, 2], factors[11, 0, 2]) == (0.9, 0.58, 0.48)
    assert np.isnan(factors[14, 1, 2])


def test_a_national_set_needs_its_table() -> None:
    with pytest.raises(NotFoundError, match="called national"):
        factor_array("national")


def test_a_national_table_names_real_zones() -> None:
    with pytest.raises(InputError, match="climate zone -1"):
        factor_array("national", {-1: [[1.0] * 7] * 7})


def test_coefficients_carry_error_and_doubt() -> None:
    cell = coefficient("ipcc2019", "perennial_crops", "montane")

    assert (cell.value, cell.error, cell.verify) == (1.01, 50.0, True)


def test_every_table_has_a_value_and_an_error_per_column() -> None:
    from landbalance.core.tables import toml_table

    for name in factor_sets():
        table = toml_table("soc_factors")["set"][name]
        for columns, rows in ((table["regimes"], table["factor"]), (table["stock"]["regions"], table["stock"])):
            cells = [row for row in rows.values() if isinstance(row, dict)]
            assert all(len(row["values"]) == len(columns) for row in cells)
            assert all(len(row.get("errors", columns)) == len(columns) for row in cells)


def test_reference_stocks_are_those_of_the_tables() -> None:
    assert reference_stock("ipcc2006", "low_activity_clay", "tropical_wet").value == 60
    assert reference_stock("ipcc2019", "volcanic", "warm_dry").error == 65
    assert np.isnan(reference_stock("ipcc2019", "spodic", "polar").value)
    with pytest.raises(NotFoundError, match="no coefficient"):
        reference_stock("ipcc2006", "peat", "boreal")


def test_there_are_twelve_climate_zones() -> None:
    assert sorted(climate_zones()) == list(range(1, 13))
    assert climate_zones()[12] == "tropical dry"
