"""Classes, windows, exposure, vulnerability, combined indicator, evapotranspiration: worked examples and laws."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import landbalance as lb
from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.vocab import Drought
from landbalance.indicators.drought.classes import (
    drought_class,
    standard_anomaly,
    vegetation_condition,
    worst_of_window,
)
from landbalance.indicators.drought.combined import combined_step, no_history
from landbalance.indicators.drought.evapotranspiration import hargreaves, penman_monteith, radiation_above
from landbalance.indicators.drought.exposure import by_class
from landbalance.indicators.drought.vulnerability import vulnerability

ORACLE = yaml.safe_load((Path(__file__).parents[3] / "oracles" / "drought.yaml").read_text(encoding="utf-8"))
INDEX = arrays(np.float64, 30, elements=st.floats(-3, 3) | st.just(np.nan))


@pytest.mark.parametrize("edges", ["prais", "te", "wmo"])
def test_classes_match_the_worked_example(edges: str) -> None:
    case = ORACLE["classes"]

    assert lb.drought_class(np.array(case["values"], dtype=float), edges=edges).tolist() == case[edges]


@given(index=INDEX, fall=st.floats(0, 2))
def test_a_lower_index_never_gives_a_better_class(index: np.ndarray, fall: float) -> None:
    before, after = (drought_class(each, edges="prais") for each in (index, index - fall))

    assert (after >= before).all()


@pytest.mark.parametrize("case", ORACLE["windows"])
def test_windows_match_the_worked_example(case: dict) -> None:
    index = np.array([np.nan if each is None else each / 1000 for each in case["index"]])[:, None]

    worst, _ = worst_of_window(index, min_valid=3)

    assert worst[0] == case["worst"] / 1000
    assert drought_class(worst, edges="prais")[0] == case["class"]


def test_a_window_with_two_known_years_is_unknown() -> None:
    worst, place = worst_of_window(np.array([[-1.0], [np.nan], [np.nan], [0.0]]), min_valid=3)

    assert np.isnan(worst[0])
    assert place[0] == -1


def test_exposure_matches_the_worked_example() -> None:
    case = ORACLE["exposure"]
    classes = drought_class(np.array(case["index"]), edges="prais")

    found = by_class(classes, np.array(case["people"], dtype=float))

    assert found.any_drought == case["exposed"]
    assert found.any_drought / case["national"] == pytest.approx(case["share"])
    assert {name: found.amounts[Drought[name.upper()]] for name in case["by_class"]} == case["by_class"]


@given(index=INDEX, people=arrays(np.float64, 30, elements=st.integers(0, 10_000).map(float)))
def test_exposure_loses_nobody(index: np.ndarray, people: np.ndarray) -> None:
    found = by_class(drought_class(index, edges="prais"), people)

    assert found.total == people.sum()


@pytest.mark.parametrize("case", ORACLE["vulnerability"], ids=lambda case: case["name"])
def test_vulnerability_matches_the_worked_example(case: dict) -> None:
    found = lb.drought_vulnerability({name: case[name] for name in ("literacy", "poverty", "safe_water")})

    assert found.tier == "tier_1"
    if "by_year" in case:
        np.testing.assert_allclose(found.index[:, 0], case["by_year"], atol=5e-5)
    else:
        assert {name: round(float(each[case["row"], 0]), 6) for name, each in found.components.items()} == case[
            "components"
        ]
        assert found.index[case["row"], 0] == pytest.approx(case["index"], abs=1e-6)


@pytest.mark.parametrize(
    ("names", "units", "by_sex", "tier"),
    [
        (("literacy", "poverty"), 1, False, "incomplete"),
        (("literacy", "poverty", "safe_water"), 1, True, "tier_1"),
        (("literacy", "rural_population", "poverty", "safe_water"), 1, False, "tier_1_enhanced"),
        (("literacy", "rural_population", "poverty", "safe_water"), 1, True, "tier_2"),
        (("literacy", "poverty", "safe_water"), 3, False, "tier_3"),
        (("literacy", "poverty", "safe_water"), 3, True, "tier_3_sex"),
    ],
)
def test_the_tier_follows_from_what_is_given(names: tuple[str, ...], units: int, by_sex: bool, tier: str) -> None:
    table = np.arange(4.0 * units).reshape(4, units)

    found = vulnerability(dict.fromkeys(names, table), agriculture="worse", weights={}, by_sex=by_sex)

    assert found.tier == tier


def test_a_factor_that_never_changes_counts_half_and_is_flagged() -> None:
    found = lb.drought_vulnerability({"literacy": [70, 70], "poverty": [40, 20], "safe_water": [30, 50]})

    assert found.components["social"].tolist() == [[0.5], [0.5]]
    assert "Literacy rate" in found.flags[0]


def test_more_agriculture_means_what_the_setting_says() -> None:
    given_ = {"literacy": [60, 70], "agriculture_share": [30, 40], "safe_water": [30, 50]}

    signs = [vulnerability(given_, agriculture=sign, weights={}).components["economic"] for sign in ("worse", "safer")]

    assert (signs[0] + signs[1] == 1).all()


def test_an_unknown_factor_is_refused() -> None:
    with pytest.raises(NotFoundError, match="no vulnerability factor is called shoes"):
        lb.drought_vulnerability({"shoes": [1, 2]})


@pytest.mark.parametrize("case", ORACLE["combined"])
def test_the_combined_indicator_matches_the_worked_example(case: dict) -> None:
    assert lb.combined_drought_indicator(*np.array(case["rows"]).T).tolist() == case["classes"]


def test_the_combined_indicator_keeps_its_state_over_short_gaps_alone() -> None:
    dry, gap, half = (-1.5, -1.5, -1.5, -1.5), (np.nan,) * 4, (0.5, -0.5, 0.2, -0.7)

    short = lb.combined_drought_indicator(*np.array([dry, gap, gap, half]).T)
    long = lb.combined_drought_indicator(*np.array([dry, gap, gap, gap, half]).T)

    assert short.tolist() == [3, 8, 8, 3]
    assert long.tolist() == [3, 8, 8, 8, 0]


@given(rows=arrays(np.float64, (12, 4, 6), elements=st.floats(-3, 3)))
def test_the_combined_indicator_does_not_depend_on_tiles(rows: np.ndarray) -> None:
    whole = lb.combined_drought_indicator(*(rows[:, place] for place in range(4)))

    parts = [
        lb.combined_drought_indicator(*(rows[:, place, cut] for place in range(4)))
        for cut in (slice(0, 2), slice(2, 6))
    ]
    np.testing.assert_array_equal(whole, np.concatenate(parts, axis=1))


@given(inputs=arrays(np.float64, (4, 8), elements=st.floats(-3, 3)), previous=st.integers(0, 6))
def test_dry_rain_and_suffering_plants_are_always_an_alert(inputs: np.ndarray, previous: int) -> None:
    state = no_history((8,))
    state.previous[:] = previous
    inputs[1], inputs[3] = -1.0 - np.abs(inputs[1]), -1.0 - np.abs(inputs[3])

    assert (combined_step(state, *inputs).shown == 3).all()


def test_radiation_matches_the_published_example() -> None:
    case = ORACLE["evapotranspiration"]["radiation"]

    assert radiation_above(case["latitude"], case["day"]) == pytest.approx(case["mj"], abs=0.05)


def test_hargreaves_matches_the_published_example() -> None:
    case = ORACLE["evapotranspiration"]["hargreaves"]
    given_ = (np.array(case[name]) for name in ("mean", "minimum", "maximum", "above"))

    assert hargreaves(*given_) == pytest.approx(case["mm_day"], abs=0.05)


@pytest.mark.parametrize("case", ORACLE["evapotranspiration"]["penman_monteith"], ids=lambda case: case["name"])
def test_penman_monteith_matches_the_published_example(case: dict) -> None:
    given_ = (np.array(case[name]) for name in ("minimum", "maximum", "vapour", "wind", "net"))

    found = penman_monteith(*given_, elevation_m=case["elevation"], soil_heat=case["soil"])

    assert found == pytest.approx(case["mm_day"], abs=0.006)


def test_crossed_temperatures_are_refused() -> None:
    with pytest.raises(InputError, match="the minimum temperature is above the maximum in 1 places"):
        hargreaves(np.array(20.0), np.array(25.0), np.array(15.0), np.array(30.0))


@given(series=arrays(np.float64, 12, elements=st.floats(0, 1)))
def test_vegetation_condition_runs_from_0_to_100(series: np.ndarray) -> None:
    found = vegetation_condition(series)

    if np.isfinite(found).any():
        assert (found.min(), found.max()) == (0.0, pytest.approx(100.0))


def test_an_anomaly_of_what_never_changes_is_unknown() -> None:
    assert np.isnan(standard_anomaly(np.full(5, 0.3), first=0, last=4)).all()
