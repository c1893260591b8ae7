"""Land productivity dynamics and its status: whole tables, laws, FAO-WOCAT."""

import itertools

import numpy as np
import pytest

from landbalance.core.errors import InputError, RuleError
from landbalance.core.tables import csv_table
from landbalance.core.vocab import NODATA, Lpd
from landbalance.indicators.lpd_status import lpd_status
from unit.indicators.declared import run
from unit.kernels.series_twins import VOID, random_series

RISING = [4000, 4080, 4020, 4100, 4150, 4090, 4200, 4180, 4160, 4260, 4240, 4300, 4220, 4310, 4350]


def test_the_table_has_each_of_eighteen_cases_once() -> None:
    cases = {(row["trend"], row["state"], row["performance"]) for row in csv_table("lpd_lookup")}

    assert cases == set(itertools.product(("-1", "0", "1"), ("-1", "0", "1"), ("-1", "0")))


def test_the_status_of_trends_earth_is_that_of_its_dynamics() -> None:
    triple = dict(
        zip(
            ("trend", "state", "performance"),
            np.int8(list(itertools.product((-1, 0, 1, -128), repeat=3))).T,
            strict=True,
        )
    )

    status = run("productivity-status", **triple)

    np.testing.assert_array_equal(status, lpd_status(run("productivity-dynamics", **triple)))


@pytest.mark.parametrize("lookup", ["te", "gpg1"])  # gpg2 degrades (-1, 1, 0) but not (-1, 0, 0)
def test_a_worse_metric_never_gives_a_better_status(lookup: str) -> None:
    cases = np.int8(list(itertools.product((-1, 0, 1), (-1, 0, 1), (-1, 0))))
    status = run(
        "productivity-status", **dict(zip(("trend", "state", "performance"), cases.T, strict=True)), lookup=lookup
    )

    for (one, better), (worse, other) in itertools.product(zip(cases, status, strict=True), repeat=2):
        if (one >= worse).all():
            assert better >= other


def test_an_unknown_lookup_is_refused() -> None:
    one = np.int8([0])

    with pytest.raises(InputError, match="te, gpg1, gpg2"):
        run("productivity-status", trend=one, state=one, performance=one, lookup="jrc")


def fao(series: list[int], **given: object) -> int:
    """Return the FAO-WOCAT class of one cell."""
    given = {"peak": np.float32([np.nan]), "scale": 1e-4} | given
    return int(run("fao-wocat-dynamics", series=np.int16(series)[:, None], **given)[0])


@pytest.mark.parametrize(("first", "lpd"), [(7000, 2), (7001, 3)])
def test_biomass_of_exactly_the_limit_lies_below_it(first: int, lpd: int) -> None:
    series = [first] * 3 + [first + 100] * 9 + [first] * 3  # no trend, net loss, state 2: semi = 9 + 3 + biomass

    assert fao(series) == lpd


@pytest.mark.parametrize(("peak", "lpd"), [(0.25, Lpd.STABLE), (0.2501, Lpd.INCREASING), (np.nan, Lpd.INCREASING)])
def test_a_peak_of_exactly_the_limit_is_desert(peak: float, lpd: int) -> None:
    assert fao(RISING, peak=np.float32([peak])) == lpd


def test_trend_alone_leaves_a_score_of_zero_undecided() -> None:
    assert fao([4000] * 15, mode="mk") == NODATA
    assert fao([4000] * 15) == Lpd.MODERATE_DECLINE


def test_missing_windows_are_nodata() -> None:
    assert fao([VOID] * 3 + RISING[3:]) == NODATA
    assert fao(RISING[:-3] + [VOID] * 3) == NODATA
    assert fao([RISING[0], VOID, *RISING[2:]]) == Lpd.INCREASING


def test_too_short_a_series_is_refused() -> None:
    with pytest.raises(RuleError, match="needs at least 4"):
        fao([1, 2, 3])


def test_every_class_occurs_and_no_other() -> None:
    series = random_series(5000, 15, seed=12)

    lpd = run("fao-wocat-dynamics", series=series, peak=np.full(5000, 0.6, np.float32), scale=1e-4)

    assert set(np.unique(lpd)) <= {1, 2, 3, 4, 5, NODATA}
    assert {1, 3, 5} <= set(np.unique(lpd))
