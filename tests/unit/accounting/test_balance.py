"""The balance sheet, the response hierarchy, hotspots and business as usual, against hand calculation and laws."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from landbalance.accounting.balance import MATRIX, balance, balance_of_cells
from landbalance.accounting.business_as_usual import business_as_usual
from landbalance.accounting.hierarchy import does_not_fit, hierarchy_rows
from landbalance.accounting.hotspots import rank_hotspots
from landbalance.accounting.land_types import LandType, land_types
from landbalance.core.errors import InputError, NotFoundError
from landbalance.indicators.gains_losses import gains_losses
from landbalance.indicators.response_hierarchy import response_hierarchy
from landbalance.indicators.zoning import combinations, land_type

ORACLE = yaml.safe_load((Path(__file__).parents[2] / "oracles" / "neutrality.yaml").read_text(encoding="utf-8"))
STATUS = (-1, 0, 1)
PAIR_OF = {MATRIX[row][column]: (STATUS[row], STATUS[column]) for row in (2, 1, 0) for column in range(3)}


def filled(row: list[int | None]) -> np.ndarray:
    """Return a row of codes, null as no data."""
    return np.int8([-128 if each is None else each for each in row])


def frame_of(types: dict[str, dict[int, float]]) -> tuple[pd.DataFrame, list[LandType]]:
    """Return areas by class of condition as the rows that give these classes."""
    kinds = [LandType(number, name, (number,)) for number, name in enumerate(types, 1)]
    rows = [
        (kind.number, *PAIR_OF[condition], float(area))
        for kind in kinds
        for condition, area in types[kind.name].items()
    ]
    return pd.DataFrame(rows, columns=["land_type", "baseline", "period", "area_km2"]), kinds


@pytest.mark.parametrize("case", ORACLE["balance"], ids=lambda case: case["name"])
def test_balance_matches_hand_calculation(case: dict[str, Any]) -> None:
    found = balance(*frame_of(case["types"]))

    for row in found.rows:
        stated = case["rows"][row.name]
        values = {
            **{"gains": row.gains_km2, "losses": row.losses_km2, "net": row.net_km2, "total": row.total_km2},
            **{"share": row.share, "need": row.need_km2, "achieved": row.is_achieved},
        }
        assert values == pytest.approx(stated, abs=5e-7)
    flags = (found.is_net_area_neutral, found.is_like_for_like)
    assert flags == (case["net_area_neutral"], case["like_for_like"])
    assert found.net_km2 == pytest.approx(case["net"])
    assert [row.name for row in found.failing] == case["failing"]


def test_headline_and_balance_differ_as_in_the_example() -> None:
    case = ORACLE["L.1"]
    rows = [(1, STATUS[row], STATUS[col], case["cross"][row][col]) for row in range(3) for col in range(3)]
    frame = pd.DataFrame(rows, columns=["land_type", "baseline", "period", "area_km2"])

    found = balance(frame, [LandType(1, "all", (1,))])

    assert (found.degraded_before_km2, found.degraded_now_km2) == (case["degraded_before"], case["degraded_now"])
    assert (found.gains_km2, found.losses_km2, found.net_km2) == (case["gains"], case["losses"], case["net"])


def test_six_cells_are_neutral_by_area_and_not_like_for_like() -> None:
    case = ORACLE["six_cells"]

    found = balance_of_cells(
        filled(case["baseline"]), filled(case["period"]), np.array(case["land_type"]), names=case["names"]
    )

    assert (found.is_net_area_neutral, found.is_like_for_like, found.net_km2) == (True, False, 0)
    assert {
        row.name: {"gains": row.gains_km2, "losses": row.losses_km2, "need": row.need_km2} for row in found.rows
    } == case["rows"]
    assert found.left_out_km2 == 1.0


def test_six_cells_ask_for_the_stated_responses_and_their_zone_is_a_hotspot() -> None:
    case = ORACLE["six_cells"]
    condition, lpd = filled(case["condition"]), filled(case["lpd"])

    response = response_hierarchy(condition, lpd, np.zeros(6), status_type="seven")

    assert response.tolist() == filled(case["response"]).tolist()
    assert rank_hotspots([("all", 5, 3)])[0].share == case["hotspot"]
    assert gains_losses(condition).tolist() == [-1, 1, 0, -1, -128, 1]


@pytest.mark.parametrize("case", ORACLE["response"])
def test_response_matches_hand_calculation(case: dict[str, Any]) -> None:
    status, lpd = filled(case["status"]), np.int8(case["lpd"])

    found = response_hierarchy(status, lpd, np.zeros(status.shape), status_type=case["type"])

    assert found.tolist() == filled(case["out"]).tolist()


def test_risk_asks_to_reduce_where_land_is_good() -> None:
    found = response_hierarchy(
        np.int8([0, 0, -1]), np.int8([4, 4, 4]), np.array([0.2, np.nan, 0.9]), status_type="three"
    )

    assert found.tolist() == [2, 1, 3]


def test_a_status_of_the_other_type_is_refused() -> None:
    with pytest.raises(InputError, match="holds 6, no class of type three"):
        response_hierarchy(np.int8([6]), np.int8([4]), np.zeros(1), status_type="three")


def test_hotspots_match_hand_calculation() -> None:
    case = ORACLE["hotspots"]

    found = rank_hotspots([tuple(zone) for zone in case["zones"]])

    assert ([each.share for each in found], [each.rank for each in found]) == (case["shares"], case["ranks"])


@pytest.mark.parametrize("case", ORACLE["bau"], ids=lambda case: case["name"])
def test_business_as_usual_matches_hand_calculation(case: dict[str, Any]) -> None:
    first, now, target = case["years"]

    found = business_as_usual(
        baseline_km2=case["baseline"], now_km2=case["now"], total_km2=case["total"],
        baseline_year=first, now_year=now, target_year=target,
    )  # fmt: skip

    assert (found.rate_km2, found.projected_km2, found.shortfall_km2) == pytest.approx(
        (case["rate"], case["projected"], case["shortfall"])
    )


@given(total=st.floats(1, 1e6), shares=st.tuples(st.floats(0, 1), st.floats(0, 1)), ahead=st.integers(1, 40))
def test_the_interval_holds_the_projection_and_stays_within_the_land(
    total: float, shares: tuple[float, float], ahead: int
) -> None:
    found = business_as_usual(
        baseline_km2=shares[0] * total, now_km2=shares[1] * total, total_km2=total,
        baseline_year=2015, now_year=2023, target_year=2023 + ahead,
    )  # fmt: skip

    assert 0 <= found.low_km2 <= found.projected_km2 <= found.high_km2 <= total
    assert 0 <= found.risk_low <= found.risk <= found.risk_high <= 1


def test_a_target_year_before_the_last_period_is_refused() -> None:
    with pytest.raises(InputError, match="the target for 2020"):
        business_as_usual(
            baseline_km2=1, now_km2=1, total_km2=5, baseline_year=2015, now_year=2023, target_year=2020
        )  # fmt: skip


CELLS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from((*STATUS, -128)), st.sampled_from((*STATUS, -128)), st.integers(0, 2)),
    min_size=1,
    max_size=60,
)


@given(CELLS)
def test_parts_sum_to_the_country(cells: list[tuple[int, int, int, int]]) -> None:
    kind, before, now, domain = (np.array(column) for column in zip(*cells, strict=True))

    found = balance_of_cells(before, now, kind, domain=domain)

    assert sum(row.total_km2 for row in found.rows) + found.left_out_km2 + found.without_type_km2 == len(cells)
    assert sum(map(sum, found.transitions)) == pytest.approx(sum(row.total_km2 for row in found.rows))
    assert found.net_km2 == pytest.approx(sum(row.net_km2 for row in found.rows))


@given(CELLS)
def test_splitting_land_types_never_makes_a_country_neutral(cells: list[tuple[int, int, int, int]]) -> None:
    kind, before, now, part = (np.array(column) for column in zip(*cells, strict=True))

    whole = balance_of_cells(before, now, kind)
    split = balance_of_cells(before, now, np.where(kind > 0, kind * 10 + part, 0))

    assert not (split.is_like_for_like and not whole.is_like_for_like)
    assert split.need_km2 >= whole.need_km2 - 1e-9


@given(CELLS)
def test_the_order_of_cells_does_not_matter(cells: list[tuple[int, int, int, int]]) -> None:
    kind, before, now, _ = (np.array(column) for column in zip(*cells, strict=True))

    assert balance_of_cells(before, now, kind) == balance_of_cells(before[::-1], now[::-1], kind[::-1])


def test_nothing_pays_for_a_loss_of_irreplaceable_land() -> None:
    found = balance_of_cells(np.int8([0, -1]), np.int8([-1, 1]), np.array([1, 1]), irreplaceable=[1])

    assert (found.rows[0].net_km2, found.rows[0].need_km2, found.is_like_for_like) == (0.0, 1.0, False)


def test_land_types_are_the_combinations_that_occur_in_order() -> None:
    case = ORACLE["zones"]
    layers = np.int32([np.ravel(layer) for layer in case["layers"]])

    found = land_types(sorted(combinations(layers)), ["a", "b"])
    numbers = land_type(layers, np.int32([each.codes for each in found.types]))

    assert [each.name for each in found.types] == case["names"]
    assert numbers.reshape(2, 2).tolist() == case["numbers"]


def test_an_unknown_land_type_is_refused_by_name() -> None:
    with pytest.raises(NotFoundError, match="no land type 'moor'"):
        land_types([(1,)], ["soil"]).named("moor")


def test_two_land_types_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="two land types are called 'dry'"):
        land_types([(1,), (2,)], ["soil"], names={(1,): "dry", (2,): "dry"})


def test_areas_by_response_and_their_fit() -> None:
    areas = pd.DataFrame({"domain": [1, 1, 2], "response": [1, 3, -128], "area_km2": [5.0, 2.0, 4.0]})

    found = hierarchy_rows(areas, "domain", {1: "North", 2: "South"})

    assert [(row.zone, row.total_km2, row.unknown_km2) for row in found] == [("North", 7.0, 0.0), ("South", 0.0, 4.0)]
    assert (does_not_fit("reverse", 0.2, limit=0.3), does_not_fit("reduce", 0.9, limit=0.3)) == (True, False)
