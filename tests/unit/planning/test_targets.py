"""Targets: progress, overlap, SMART score and share-out."""

from itertools import combinations
from math import fsum
from pathlib import Path
from typing import Any

import pytest
import shapely
import yaml
from hypothesis import given
from hypothesis import strategies as st

from landbalance.core.codelists import code_list, code_list_names
from landbalance.core.errors import InputError, RuleError
from landbalance.planning.targets import (
    Measurement,
    TargetClaim,
    TargetPart,
    expected_progress,
    overlap,
    parts_add_up,
    share_out,
    smart_score,
    target_progress,
    traffic_light,
)
from landbalance.planning.targets.measured import LandTypeNet
from landbalance.planning.targets.overlap import EQUAL_AREA, allocate, equal_area, roll_up
from landbalance.planning.targets.progress import LIGHTS

ORACLE = yaml.safe_load((Path(__file__).parents[2] / "oracles" / "targets.yaml").read_text(encoding="utf-8"))
KM = 1000.0
BOXES = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(1, 9), st.integers(1, 9)), min_size=1, max_size=5
)


def claim_of(stated: dict[str, Any]) -> TargetClaim:
    """Return the claim of a case."""
    given_ = {name: tuple(value) if isinstance(value, list) else value for name, value in stated.items()}
    given_["parts"] = tuple(TargetPart(*part) for part in stated.get("parts", ()))
    return TargetClaim(target_id="t", **given_)


def square(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Return a rectangle given in km."""
    return shapely.box(west * KM, south * KM, east * KM, north * KM)


def area_claim(name: str, **more: Any) -> TargetClaim:
    return TargetClaim(target_id=name, target_type="area_action", **more)


@pytest.mark.parametrize("case", ORACLE["progress"], ids=lambda case: case["name"])
def test_progress_matches_hand_calculation(case: dict[str, Any]) -> None:
    found = target_progress(claim_of(case["claim"]), Measurement(**case["measured"]))

    for side in ("action", "outcome"):
        reading = getattr(found, side)
        assert (reading is None) == (side not in case)
        for name, value in case.get(side, {}).items():
            assert getattr(reading, name) == (pytest.approx(value) if isinstance(value, float) else value)
    assert (found.is_treated_not_improved, found.prais) == (case.get("lost", False), case["prais"])


@pytest.mark.parametrize("case", ORACLE["overlap"], ids=lambda case: case["name"])
def test_overlap_matches_hand_calculation(case: dict[str, Any]) -> None:
    shapes = {name: square(*sides) for name, sides in case["shapes"].items()}
    envelopes, declared = case.get("envelopes", {}), case.get("declared", {})
    claims = [
        area_claim(
            name,
            scope="national" if name in case.get("national", ()) else "subnational",
            area_semantics="envelope" if name in envelopes else "exact",
            declared_area_km2={**envelopes, **declared}.get(name),
        )
        for name in (*shapes, *declared)
    ]

    found = overlap(claims, shapes, crs=EQUAL_AREA, land_km2=case.get("land"))

    assert found.gross_km2 == pytest.approx(case["gross"])
    assert found.unique_km2 == pytest.approx(case["unique"])
    assert {each.target_id: each.exclusive_km2 for each in found.targets} == pytest.approx(case["exclusive"])
    assert {f"{p.first}-{p.second}": p.area_km2 for p in found.pairwise} == pytest.approx(case["shared"])
    assert [found.lower_km2, found.upper_km2] == pytest.approx(case["bounds"])


def test_overlap_ratio_is_that_of_the_example() -> None:
    claims = [area_claim("A"), area_claim("B")]

    found = overlap(claims, {"A": square(0, 0, 10, 10), "B": square(7, 0, 15, 10)}, crs=EQUAL_AREA)

    assert found.ratio == pytest.approx(1 / 6)


@given(boxes=BOXES)
def test_atoms_are_those_of_unions_and_intersections(boxes: list[tuple[int, int, int, int]]) -> None:
    shapes = {f"t{n}": square(x, y, x + w, y + h) for n, (x, y, w, h) in enumerate(boxes)}

    found = overlap([area_claim(name) for name in shapes], shapes, crs=EQUAL_AREA, sliver_km2=0.0)

    assert found.unique_km2 == pytest.approx(shapely.union_all(list(shapes.values())).area / 1e6)
    assert found.gross_km2 == pytest.approx(fsum(each.area for each in shapes.values()) / 1e6)
    shared = {(pair.first, pair.second): pair.area_km2 for pair in found.pairwise}
    for first, second in combinations(shapes, 2):
        expected = shapes[first].intersection(shapes[second]).area / 1e6
        assert shared.get((first, second), 0.0) == pytest.approx(expected)


@given(boxes=BOXES)
def test_allocated_areas_add_up_to_the_unique_area(boxes: list[tuple[int, int, int, int]]) -> None:
    shapes = {f"t{n}": square(x, y, x + w, y + h) for n, (x, y, w, h) in enumerate(boxes)}
    found = overlap([area_claim(name) for name in shapes], shapes, crs=EQUAL_AREA)

    assert fsum(area for _, area in allocate(found)) == pytest.approx(found.unique_km2)


def test_a_sliver_goes_to_its_largest_neighbour_and_the_loss_is_told() -> None:
    shapes = {"A": square(0, 0, 10, 10), "B": square(9.9995, 0, 20, 10)}

    found = overlap([area_claim("A"), area_claim("B")], shapes, crs=EQUAL_AREA)

    assert [atom.ids for atom in found.atoms] == [("A",), ("B",)]
    assert found.moved_km2 == pytest.approx(0.005)
    assert found.unique_km2 == pytest.approx(200)


def test_groups_share_land_and_their_sum_row_is_the_union() -> None:
    shapes = {"A": square(0, 0, 10, 10), "B": square(7, 0, 15, 10)}
    found = overlap([area_claim("A"), area_claim("B")], shapes, crs=EQUAL_AREA)

    assert roll_up(found, {"forestry": ["A"], "water": ["B"]}) == (
        ("forestry", pytest.approx(100)),
        ("water", pytest.approx(80)),
        ("", pytest.approx(150)),
    )


def test_areas_are_those_of_the_ellipsoid() -> None:
    cell = equal_area(shapely.box(10, 45, 11, 46))

    assert cell.area / 1e6 == pytest.approx(8686.494957, rel=1e-9)  # EX-0.1 of methods 0.3


def test_an_envelope_smaller_than_its_promise_is_refused() -> None:
    claim = area_claim("E", area_semantics="envelope", declared_area_km2=35.0)

    with pytest.raises(InputError, match=r"promises 35\.00 km2 inside an envelope of 1\.00 km2"):
        overlap([claim], {"E": square(0, 0, 1, 1)}, crs=EQUAL_AREA)


def test_two_targets_of_one_id_are_refused() -> None:
    with pytest.raises(InputError, match="target A occurs twice"):
        overlap([area_claim("A"), area_claim("A")], {})


@given(st.floats(-2, 3), st.floats(-2, 3), st.floats(0.01, 1))
def test_more_progress_never_shows_a_worse_light(one: float, other: float, expected: float) -> None:
    lights = [traffic_light(progress, expected) for progress in sorted((one, other))]

    assert LIGHTS.index(lights[0]) <= LIGHTS.index(lights[1])


def test_milestones_bend_the_expected_progress() -> None:
    claim = claim_of(
        {
            **{"target_type": "coverage", "start_value": 8, "target_value": 12},
            **{"start_year": 2020, "target_year": 2030, "milestones": [(2026, 9)]},
        }
    )

    assert [expected_progress(claim, year) for year in (2015, 2023, 2026, 2028, 2035)] == [0, 0.125, 0.25, 0.625, 1]


def test_neutral_in_sum_is_told_apart_from_neutral_like_for_like() -> None:
    claim = TargetClaim(target_id="t", target_type="neutrality", scope="national", start_year=2015, target_year=2030)
    nets = (LandTypeNet("forest", -2.0), LandTypeNet("other", 2.0))

    found = target_progress(claim, Measurement(year=2023, degraded_km2=3, baseline_degraded_km2=3, nets=nets))

    assert (found.outcome and found.outcome.achieved, found.is_strictly_neutral) == (True, False)
    assert found.failing_land_types == ("forest",)


@given(
    total=st.integers(0, 10**6).map(lambda hectares: hectares / 100),
    weights=st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.001, 1e6), min_size=1),
)
def test_shares_add_up_to_the_hectare(total: float, weights: dict[str, float]) -> None:
    parts = share_out(total, weights)

    assert round(fsum(parts.values()), 6) == total
    assert parts_add_up(total, parts) == 0.0
    whole = fsum(weights.values())
    assert all(abs(parts[place] - total * weights[place] / whole) <= 0.0100001 for place in parts)


def test_a_full_province_passes_its_share_on() -> None:
    assert share_out(10.0, {"north": 3, "south": 1}, limits={"north": 4.0}) == {"north": 4.0, "south": 6.0}


def test_no_room_is_said_in_words() -> None:
    with pytest.raises(RuleError, match=r"6.00 km2 of 10.00 km2 find no room"):
        share_out(10.0, {"north": 1}, limits={"north": 4.0})


def test_a_full_claim_scores_five() -> None:
    claim = area_claim(
        "t",
        **{"spatial_mode": "polygon", "land_types": ("dry grassland",), "actions": ("grazing plan",)},
        **{"declared_area_km2": 90.0, "lead": "Ministry of livestock", "need_usd": 1e6, "has_bau_check": True},
        **{"drivers": ("overgrazing",), "hotspots": ("north",), "target_year": 2030},
    )

    assert (smart_score(claim).points, smart_score(claim).missing) == (5, ())


@pytest.mark.parametrize(
    ("field", "value"),
    [("target_type", "wish"), ("scope", "global"), ("responses", ("undo",)), ("relative", "percent"),
     ("declared_area_km2", -1.0), ("direction", "up")],
)  # fmt: skip
def test_a_claim_out_of_its_lists_is_refused(field: str, value: object) -> None:
    with pytest.raises(InputError):
        TargetClaim(**{"target_id": "t", "target_type": "area_action", field: value})


def test_years_out_of_order_are_refused() -> None:
    with pytest.raises(InputError, match=r"has the years \[2030, 2020\]"):
        area_claim("t", start_year=2030, target_year=2020)


@pytest.mark.parametrize("name", code_list_names())
def test_a_code_list_carries_its_source_and_no_code_twice(name: str) -> None:
    found = code_list(name)

    assert found.list_id == name
    assert len(set(found.codes)) == len(found.codes) > 0
    assert all((found.version, found.valid_from, found.source_tag, found.source_ref))
    assert all(item.label for item in found.items)


def test_moves_of_the_lifecycle_lead_to_states_of_the_lifecycle() -> None:
    states = code_list("target_lifecycle")

    assert all(set(item.column("next")) <= set(states.codes) for item in states.items)
