"""Triggers: rules, phases, skill and back-tests, on hand-made cases and on 115 years of Indian rain."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

import landbalance as lb
from landbalance.core.errors import InputError, RuleError
from landbalance.indicators.drought.districts import area_share
from landbalance.planning.triggers.phases import Phase, Reading, levels, phases, reading
from landbalance.planning.triggers.rule import Condition, default_rules, rules_from
from landbalance.planning.triggers.skill import always, climatology, return_period, skill

RULE = {
    "id": "dry",
    "name": "Dry",
    "phase": "watch",
    "action": "look",
    "body": "committee",
    "budget_line": "1.2",
    "any": [{"indicator": "spi-3", "at_most": -1.0, "area_share": 0.2}],
}
FLAGS = arrays(np.bool_, (15, 3))


def seen(values: list[float], known: float = 1.0) -> Reading:
    """Return a reading of one unit."""
    value = np.array(values)[:, None]
    return Reading(value, np.full(value.shape, known))


def called(rule: dict, values: list[float], known: float = 1.0, months: list[int] | None = None) -> list[str]:
    """Return the phases of one unit whose only reading is given."""
    at = months or [1] * len(values)
    codes = phases(rules_from([rule]), lambda _: seen(values, known), at, 1)
    return [Phase(int(code)).name.lower() for code in codes[:, 0]]


def test_a_phase_rises_at_once_and_falls_after_two_steps_through_recovery() -> None:
    assert called(RULE, [0.1, 0.2, 0.1, 0.3, 0.1, 0.1, 0.0]) == [
        "normal",
        "watch",
        "watch",
        "watch",
        "watch",
        "recovery",
        "normal",
    ]


def test_poor_data_give_no_call_and_not_normal() -> None:
    assert called(RULE, [0.0, 0.9], known=0.5) == ["no_call", "no_call"]


def test_a_rule_waits_for_its_months_and_its_steps() -> None:
    assert called(RULE | {"months": [6]}, [0.9, 0.9], months=[5, 6]) == ["normal", "watch"]
    assert called(RULE | {"hold": 2, "within": 3}, [0.9, 0.0, 0.9]) == ["normal", "normal", "watch"]


def test_a_margin_holds_a_rule_a_little_longer() -> None:
    values = [0.2, 0.16, 0.16, 0.16]

    assert called(RULE | {"margin": 0.05}, values)[-1] == "watch"
    assert called(RULE, values)[-1] == "normal"


def test_an_alert_of_three_months_is_an_emergency() -> None:
    assert called(RULE | {"phase": "alert"}, [0.9] * 4) == ["alert", "alert", "emergency", "emergency"]


def test_an_alert_needs_the_phases_below() -> None:
    rules = default_rules()
    values = {"spi-3": 0.5, "spi-1": 0.0, "soil-moisture": 0.0, "vegetation": 0.9}

    def read(condition: Condition) -> Reading:
        return seen([values[condition.indicator]])

    assert levels(rules, read, [1], 1)[0, 0] == Phase.WATCH
    values["soil-moisture"] = 0.3
    assert levels(rules, read, [1], 1)[0, 0] == Phase.ALERT


def test_a_reading_weighs_cells_by_land() -> None:
    found = reading(np.array([[-1.0, 0.0, np.nan]]), np.array([[1.0, 3.0, 4.0]]), Condition("spi-3", -1.0, 0.2))

    assert (found.value[0, 0], found.known[0, 0]) == (0.25, 0.5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"phase": "panic"}, "trigger dry calls panic"),
        ({"any": []}, "trigger dry has no condition"),
        ({"budget_line": " "}, "trigger dry has no budget_line: say who does what, and who pays"),
        ({"hold": 3, "within": 2}, "trigger dry holds 3 of 2 steps"),
        ({"needs": "warning"}, "trigger dry needs warning"),
        ({"colour": "red"}, "trigger dry does not fit"),
        ({"any": [{"indicator": "spi-3", "at_most": -1.0, "area_share": 20}]}, "area share 20"),
    ],
)
def test_a_rule_that_does_not_fit_is_one_line(change: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        rules_from([RULE | change])


@given(called_=FLAGS, came=FLAGS, known=FLAGS)
def test_counts_sum_to_the_cases(called_: np.ndarray, came: np.ndarray, known: np.ndarray) -> None:
    found = skill(called_, came, known)

    assert found.hits + found.misses + found.false_alarms + found.quiet == known.sum()
    assert found.no_calls == (~known).sum()


def test_baselines_match_hand_calculation() -> None:
    assert (always(0.2, 50).pod, always(0.2, 50).far, always(0.2, 50).csi) == (1.0, 0.8, 0.2)
    assert climatology(0.2, 50).pod == pytest.approx(0.2)
    assert climatology(0.2, 50).csi == pytest.approx(0.2 / 1.8)


def test_a_trigger_that_never_fires_has_an_endless_return_period() -> None:
    assert return_period(np.zeros(5, dtype=bool), np.ones(5, dtype=bool)) == float("inf")


def plain_backtest(index: np.ndarray, events: np.ndarray, thresholds: np.ndarray, most_false: float) -> np.ndarray:
    """Return hits, misses and false alarms the slow way: year by year, threshold by threshold."""
    found = np.zeros(3)
    for year in range(len(index)):
        rest = np.arange(len(index)) != year
        scores = []
        for threshold in thresholds:
            fires = index[rest] <= threshold
            hits, false = (fires & events[rest]).sum(), (fires & ~events[rest]).sum()
            ratio = false / (hits + false) if hits + false else 1.0
            csi = hits / max(events[rest].sum() + false, 1e-12)
            scores.append(csi if ratio <= most_false + 1e-12 and hits + false else -1.0)
        best = thresholds[int(np.argmax(scores))]
        fires = index[year] <= best
        found += [(fires & events[year]).sum(), (~fires & events[year]).sum(), (fires & ~events[year]).sum()]
    return found


def test_a_backtest_matches_the_slow_way() -> None:
    rng = np.random.default_rng(5)
    index = rng.standard_normal((40, 6))
    events = index + 0.5 * rng.standard_normal(index.shape) < -1.0
    thresholds = np.arange(-2, 0.01, 0.1)

    found = lb.backtest(index, events, rng=rng, thresholds=thresholds, most_false=0.5, resamples=20)

    expected = plain_backtest(index, events, np.sort(thresholds), 0.5)
    assert [found.skill.hits, found.skill.misses, found.skill.false_alarms] == expected.tolist()


def test_a_backtest_does_not_depend_on_the_order_of_districts_and_repeats_itself() -> None:
    rng = np.random.default_rng(7)
    index = rng.standard_normal((30, 5))
    events = index + 0.5 * rng.standard_normal(index.shape) < -0.8

    one, other = (
        lb.backtest(index[:, order], events[:, order], rng=np.random.default_rng(1), resamples=30)
        for order in (slice(None), slice(None, None, -1))
    )

    assert one.skill == other.skill
    assert one.intervals == other.intervals


def test_left_out_years_never_beat_hindsight_by_luck_of_the_threshold() -> None:
    rng = np.random.default_rng(9)
    noise, events = rng.standard_normal((60, 4)), rng.random((60, 4)) < 0.15

    found = lb.backtest(noise, events, rng=rng, most_false=1.0, resamples=50)

    assert found.skill.csi <= found.hindsight.csi
    low, high = found.intervals["csi"]
    assert low <= high < 0.5


def test_unknown_years_are_no_call() -> None:
    rng = np.random.default_rng(2)
    index = rng.standard_normal((30, 2))
    events = index < -0.7
    index[3, 1] = np.nan

    found = lb.backtest(index, events, rng=rng, resamples=10)

    assert found.called[3, 1] == -1
    assert found.skill.no_calls == 1


@pytest.mark.parametrize(
    ("index", "events", "error", "message"),
    [
        (np.zeros((5, 2)), np.zeros((5, 2)), InputError, "a back-test of 5 years says nothing"),
        (np.zeros((20, 2)), np.zeros((20, 3)), InputError, "the index has shape"),
        (np.zeros((20, 2)), np.zeros((20, 2)), RuleError, "no event is among the known years"),
        (np.full((20, 2), 9.0), np.eye(20, 2), RuleError, "the trigger never fires"),
        (np.full((20, 2), -9.0), np.eye(20, 2), RuleError, "the trigger always fires"),
    ],
)
def test_a_backtest_that_says_nothing_is_refused(
    index: np.ndarray, events: np.ndarray, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        lb.backtest(index, events, rng=np.random.default_rng(1))


@pytest.fixture(scope="module")
def september(shared: Path) -> pd.DataFrame:
    """Return SPI-4 of September of the subdivisions of India, 1901 to 2015."""
    rows = pd.read_csv(shared / "rainfall_india_imd" / "imd_subdivision_monthly_1901_2015.csv")
    wide = rows.pivot_table(index=["year", "month"], columns="subdivision", values="precip_mm", dropna=False)
    wide = wide.reindex(pd.MultiIndex.from_product([range(1901, 2016), range(1, 13)]))
    index = lb.spi(wide.to_numpy(), months=4, start=(1901, 1), reference=(1901, 2010))
    return pd.DataFrame(index[8::12], index=range(1901, 2016), columns=wide.columns)


@pytest.mark.shared
@pytest.mark.parametrize("year", [1918, 1972, 1987, 2002, 2009])
def test_the_great_droughts_of_india_are_seen(september: pd.DataFrame, year: int) -> None:
    share = area_share(september.to_numpy(), np.ones((1, september.shape[1])), at_most=-1.0)

    assert share[year - 1901, 0] >= 0.20


@pytest.mark.shared
def test_a_trigger_of_115_years_beats_its_baselines(september: pd.DataFrame) -> None:
    share = area_share(september.to_numpy(), np.ones((1, september.shape[1])), at_most=-1.0)[:, 0]
    events = np.isin(
        september.index,
        [1904, 1905, 1911, 1918, 1920, 1951, 1965, 1966, 1972, 1974, 1979, 1982, 1986, 1987, 2002, 2004, 2009, 2014],
    )

    found = lb.backtest(
        -share, events, rng=np.random.default_rng(1), thresholds=-np.arange(0.05, 0.8, 0.05), resamples=100
    )

    assert found.skill.csi > 2 * max(found.constant.csi, found.climatology.csi)
    assert found.skill.far <= 0.6
    assert found.intervals["pod"][0] > found.climatology.pod
