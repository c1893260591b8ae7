"""The system oracle EX-11.1: six cells through land cover, soil carbon, one out all out, status and recode."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from landbalance.core.legends import legend, official_matrix
from landbalance.core.soc_factors import factor_array
from landbalance.core.types import Array
from landbalance.indicators.land_condition import land_condition_status
from landbalance.indicators.land_condition_class import land_condition_class
from landbalance.indicators.land_cover_status import land_cover_status
from landbalance.indicators.one_out_all_out import one_out_all_out
from landbalance.indicators.recode import RecodePolygon, recode, recode_code
from landbalance.indicators.soc_special import soc_special
from landbalance.indicators.soc_status import soc_status
from landbalance.indicators.soc_stock import soc_stock

ORACLE = yaml.safe_load((Path(__file__).parents[2] / "oracles" / "six_cells.yaml").read_text(encoding="utf-8"))
CELLS: dict[str, dict[str, Any]] = ORACLE["cells"]
YEARS = tuple(range(2000, 2024))
MATRIX = np.array([official_matrix(legend("unccd"))], dtype=np.int8)


def filled(cover: dict[int, int]) -> list[int]:
    """Return the class of every year, each known class lasting until the next."""
    return [cover[max(known for known in cover if known <= year)] for year in YEARS]


COVER = np.int8([filled(cell["cover"]) for cell in CELLS.values()]).T


def stated(key: str, period: int) -> list[int]:
    """Return what the oracle states for a period, null as no data."""
    return [-128 if cell[key][period] is None else cell[key][period] for cell in CELLS.values()]


def stocks() -> dict[int, Array]:
    """Return the stocks of the end years."""
    reference = np.float32([cell["stock"] for cell in CELLS.values()])
    climate = np.int8([cell["zone"] for cell in CELLS.values()])
    wanted = (2000, 2015, 2023)
    found = soc_stock(
        reference, COVER, climate, cover_years=YEARS, reference_year=2000, at_years=wanted, soc_years=20,
        factors=factor_array("ipcc2006"), fmg=1.0, fi=1.0, model="annual",
    )  # fmt: skip
    return dict(zip(wanted, found, strict=True))


def layers(period: int) -> tuple[Array, Array]:
    """Return land-cover and soil-carbon status of a period."""
    start, end = list(ORACLE["periods"].values())[period]
    initial, final = COVER[YEARS.index(start)], COVER[YEARS.index(end)]
    held = stocks()
    change = soc_status(held[start], held[end], threshold=0.1, inclusive=True)
    soc, _ = soc_special(change, held[start], initial, final, floor=5.0, floor_rule="flag_stable", water_rule="either")
    return land_cover_status(initial, final, np.zeros_like(initial), matrix=MATRIX), soc


def sdg(period: int) -> Array:
    """Return the assessment of a period."""
    return one_out_all_out(np.stack([np.int8(stated("prod", period)), *layers(period)]), nodata_rule="any")


@pytest.mark.parametrize("period", [0, 1])
def test_sub_indicators_match_the_oracle(period: int) -> None:
    land_cover, soc = layers(period)

    assert land_cover.tolist() == stated("land_cover", period)
    assert soc.tolist() == stated("soc", period)


def test_changes_of_stock_match_the_oracle() -> None:
    held, names = stocks(), list(CELLS)

    for name, expected in ORACLE["soc_percent"].items():
        first, middle, last = (float(held[year][names.index(name)]) for year in (2000, 2015, 2023))
        found = [100 * (middle - first) / first, 100 * (last - middle) / middle]
        assert found == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("period", [0, 1])
def test_one_out_all_out_matches_the_oracle(period: int) -> None:
    assert sdg(period).tolist() == stated("sdg", period)


def test_conditions_match_the_oracle() -> None:
    condition = land_condition_status(sdg(0), sdg(1))

    assert condition.tolist() == [cell["condition"] or -128 for cell in CELLS.values()]
    assert {code: int((condition == code).sum()) for code in range(1, 8)} == ORACLE["classes"]
    degraded = {"baseline": int((sdg(0) == -1).sum()), "status": int((land_condition_class(condition) == -1).sum())}
    assert degraded == ORACLE["degraded_km2"]


def test_a_recode_matches_the_oracle() -> None:
    case = ORACLE["recode"]
    feature = RecodePolygon("u", "A", "harvest", "visit", ("report_2",), tuple(case["recode"]))
    place = list(CELLS).index(case["cell"])
    code = np.zeros(len(CELLS), dtype=np.int16)
    code[place] = recode_code(feature)

    after = recode(sdg(1), code, applies=True)

    condition = land_condition_status(sdg(0), after)
    assert (after[place], condition[place]) == (case["period"], case["condition"])
    assert (land_condition_class(condition) == -1).sum() == case["degraded_km2"]
