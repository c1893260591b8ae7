"""How an allocation is used and may be moved: the worked cases of flexibility, fees by size, dials and their tables."""

import pytest

from landbalance.finance.desk import regime
from landbalance.finance.star_dials import dials_of, own_tables
from landbalance.finance.star_use import Programmed, use_of


@pytest.mark.parametrize(
    ("areas", "is_free"),
    [
        ({"climate": 2.00, "biodiversity": 2.14, "land": 0.50}, True),  # O-1.9: Cook Islands, 4.64
        ({"climate": 3.00, "biodiversity": 3.56, "land": 0.59}, False),  # O-1.9: Fiji, 7.15
    ],
)
def test_small_allocations_are_moved_freely_in_gef_5(areas: dict[str, float], is_free: bool) -> None:
    found = use_of(regime("gef-5"), areas, [Programmed("land", 2.0)])

    assert found.may_move is is_free
    assert (found.most == pytest.approx(found.allocated)) is is_free


@pytest.mark.parametrize(("total", "most", "is_allowed"), [(20.0, 2.6, True), (12.0, 2.0, False)])  # O-1.10
def test_the_larger_of_an_amount_and_a_share_may_be_moved(total: float, most: float, is_allowed: bool) -> None:
    project = Programmed("land", (total / 2 + 2.3) / 1.09, fee_share=0.09)

    found = use_of(regime("gef-7"), {"land": total / 2, "climate": total / 2}, [project])

    assert found.moved == pytest.approx(2.3)
    assert found.most == pytest.approx(most)
    assert found.may_move is is_allowed


def test_fees_and_preparation_count_and_set_aside_comes_on_top() -> None:
    project = Programmed("land", 10.0, preparation=0.2, incentive=2.0)

    found = use_of(None, {"land": 15.0}, [project, Programmed("climate", 20.0)])

    assert project.cost == pytest.approx(10.2 * 1.095)
    assert found.programmed == pytest.approx(10.2 * 1.095 + 20 * 1.09)
    assert found.added == pytest.approx(project.cost / 2)
    assert (found.may_move, found.most) == (None, None)


def test_what_nobody_changed_keeps_its_source_and_what_was_changed_loses_it() -> None:
    dials = dials_of("gef-6")

    assert own_tables("gef-6", dials) == {}
    own = own_tables("gef-6", {**dials, "ceiling": 0.2, "floor_ldc": 2.0})
    assert own == {"ceiling_share": {"value": 0.2}, "floors": {"ldc": 2.0, "sids": 0.5, "other": 0.5}}
    assert set(regime("gef-6", own).unverified) - set(regime("gef-6").unverified) == {"ceiling_share", "floors"}
