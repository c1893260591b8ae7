"""The counterbalancing ledger: like for like, in time, and never for what is irreplaceable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbalance.accounting.ledger import AnticipatedLoss, PlannedGain, ledger_rows, open_before
from landbalance.core.errors import InputError

KINDS, UNITS, YEARS = st.sampled_from("ab"), st.sampled_from(["", "N", "S"]), st.integers(2025, 2030)
AREAS = st.integers(1, 1000).map(float)
LOSSES = st.lists(st.builds(AnticipatedLoss, st.just("l"), st.just("p"), KINDS, UNITS, AREAS, YEARS), max_size=8)
GAINS = st.lists(
    st.builds(PlannedGain, st.just("g"), st.just("t"), KINDS, UNITS, AREAS, st.sampled_from([0.0, 0.5, 1.0]), YEARS),
    max_size=8,
)


def test_a_gain_on_another_land_type_pays_for_nothing() -> None:
    loss, gain = (
        AnticipatedLoss("L1", "mine", "wood", "", 10.0, 2027),
        PlannedGain("G1", "", "grass", "", 90.0, 1.0, 2026),
    )

    rows = ledger_rows([loss], [gain])

    assert [(row.land_type, row.open_ha) for row in rows] == [("grass", 0.0), ("wood", 10.0)]


def test_a_gain_that_comes_late_leaves_the_years_between_open() -> None:
    loss, gain = (
        AnticipatedLoss("L1", "mine", "wood", "N", 10.0, 2026),
        PlannedGain("G1", "", "wood", "N", 25.0, 0.4, 2029),
    )

    rows = ledger_rows([loss], [gain])

    assert [(row.year, row.open_ha, row.nearby_ha) for row in rows] == [(2026, 10.0, 0.0), (2029, 0.0, 10.0)]
    assert open_before(loss, [], [gain]) == 10.0


def test_a_gain_pays_once() -> None:
    first, second = (AnticipatedLoss(f"L{n}", "mine", "wood", "", 10.0, 2027) for n in (1, 2))
    gain = PlannedGain("G1", "", "wood", "", 15.0, 1.0, 2026)

    assert open_before(first, [], [gain]) == 0.0
    assert open_before(second, [first], [gain]) == 5.0


@given(losses=LOSSES, gains=GAINS)
def test_open_balances_obey_the_laws(losses: list[AnticipatedLoss], gains: list[PlannedGain]) -> None:
    rows = ledger_rows(losses, gains)

    for row in rows:
        assert row.open_ha == pytest.approx(max(0.0, row.losses_ha - row.gains_ha))
        assert row.nearby_ha <= min(row.losses_ha, row.gains_ha) + 1e-9
    without = {(row.land_type, row.year): row.open_ha for row in ledger_rows(losses, [])}
    assert ledger_rows(losses[::-1], gains[::-1]) == rows
    assert all(row.open_ha <= without.get((row.land_type, row.year), row.losses_ha) + 1e-9 for row in rows)


@pytest.mark.parametrize("area", [0.0, -1.0, float("nan"), float("inf")])
def test_an_area_that_is_none_is_refused(area: float) -> None:
    with pytest.raises(InputError, match="the area is"):
        AnticipatedLoss("L1", "mine", "wood", "", area, 2027)


def test_an_effectiveness_over_one_is_refused() -> None:
    with pytest.raises(InputError, match="effectiveness is 60"):
        PlannedGain("G1", "", "wood", "", 5.0, 60, 2027)
