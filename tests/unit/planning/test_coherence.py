"""What does not fit between targets, plans and subsidies (reporting B.9)."""

import pytest

from landbalance.planning.targets.coherence import Pledge, misfits

NDC, GBF = ("unfccc", "ndc_afolu", "contributes_to"), ("gbf", "2", "same_commitment")


def pledge(name: str, **fields: object) -> Pledge:
    values = {"area_km2": 90.0, "area_unit": "ha", "start_year": 2020, "target_year": 2030, "links": (NDC, GBF)}
    return Pledge(target_id=name, **{**values, **fields})


@pytest.mark.parametrize(
    ("other", "check"),
    [
        ({"target_year": 2035, "area_km2": 80.0}, "deadline"),
        ({"start_year": 2015, "area_km2": 80.0}, "base_year"),
        ({"area_unit": "km2", "area_km2": 80.0}, "unit"),
        ({}, "same_number"),
    ],
)
def test_targets_of_the_same_commitment_must_agree(other: dict[str, object], check: str) -> None:
    found = misfits(pledge("A"), [pledge("B", **other)])

    assert [(each.check, each.other) for each in found] == [(check, "B")]


def test_parts_must_agree_with_the_whole() -> None:
    whole, part = pledge("A", links=()), pledge("B", part_of="A", target_year=2040, links=())

    assert [each.check for each in misfits(whole, [part])] == ["deadline"]
    assert [each.check for each in misfits(part, [whole])] == ["deadline"]


def test_targets_that_have_nothing_to_do_with_each_other_may_differ() -> None:
    assert misfits(pledge("A"), [pledge("B", links=(), target_year=2050, area_unit="km2")]) == ()


def test_opposite_wishes_matter_on_shared_land_alone() -> None:
    wetland = pledge("A", indicator="Wetland", direction="at_least", links=())
    field = pledge("B", indicator="wetland ", direction="decrease", links=())

    assert misfits(wetland, [field]) == ()
    assert [each.check for each in misfits(wetland, [field], sharing=["B"])] == ["opposite"]


def test_a_target_of_neutrality_stands_in_the_other_plans_too() -> None:
    assert [each.check for each in misfits(pledge("A", is_ldn=True, links=()), [])] == ["no_nbsap", "no_ndc"]
    assert misfits(pledge("A", is_ldn=True), []) == ()


def test_a_link_that_says_so_is_a_conflict() -> None:
    against = (("ramsar", "wise_use", "conflicts_with"),)

    assert [each.other for each in misfits(pledge("A", links=against), [])] == ["ramsar wise_use"]


def test_a_subsidy_that_pays_for_the_driver_is_named() -> None:
    paid = [("S1 Fuel", "cropland expansion by cheap fuel"), ("S2 Seeds", "none")]

    found = misfits(pledge("A", drivers=("cropland_expansion", " ")), [], subsidies=paid)

    assert [(each.check, each.other) for each in found] == [("subsidy", "S1 Fuel")]
