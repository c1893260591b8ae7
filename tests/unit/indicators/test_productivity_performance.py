"""Performance of productivity: exact percentiles over any chunks, units and their fallback."""

import numpy as np
import pytest

from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.core.vocab import NODATA
from landbalance.indicators.performance_unit import performance_unit
from landbalance.indicators.productivity_mean import MISSING_MEAN
from landbalance.indicators.productivity_performance import (
    Histogram,
    count_means,
    finish_histogram,
    merge_histograms,
)
from unit.indicators.declared import run


def country(cells: int, seed: int) -> tuple[Array, Array, Array]:
    """Return means, units and coarser units."""
    rng = np.random.default_rng(seed)
    cover = rng.integers(-1, 4, cells).astype(np.int32)
    mean = np.where(rng.random(cells) < 0.05, MISSING_MEAN, rng.integers(-200, 9000, cells)).astype(np.int32)
    return mean, performance_unit(rng.integers(-1, 9, cells).astype(np.int32), cover), cover


def counted(mean: Array, unit: Array, fallback: Array, pieces: int) -> Histogram:
    """Return the histogram gathered piece by piece."""
    split = (np.array_split(each, pieces) for each in (mean, unit, fallback))
    parts = [count_means(*chunk, quantile=0.9) for chunk in zip(*split, strict=True)]
    whole = parts[-1]
    for part in parts[:-1]:
        whole = merge_histograms(whole, part)
    return whole


def test_percentiles_equal_numpy_for_every_unit() -> None:
    mean, unit, cover = country(20_000, 1)

    rows = finish_histogram(counted(mean, unit, cover, 7), quantile=0.9)

    for level, code, cells, found in rows:
        values = mean[((unit, cover)[int(level)] == code) & (mean != MISSING_MEAN) & (mean != 0)]
        assert cells == values.size
        assert found == pytest.approx(np.percentile(values, 90), rel=1e-12)
    assert len(rows) == len(np.unique(unit[unit >= 0])) + 4


@pytest.mark.parametrize("pieces", [1, 2, 13])
def test_chunks_and_their_order_do_not_matter(pieces: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("landbalance.indicators.productivity_performance._PENDING", 100)
    country_layers = country(5_000, 2)

    pieced = finish_histogram(counted(*country_layers, pieces), quantile=0.9)

    np.testing.assert_array_equal(pieced, finish_histogram(counted(*country_layers, 5), quantile=0.9))


def test_a_small_unit_falls_back_on_land_cover_then_nodata() -> None:
    mean = np.int32([1000] * 40 + [100, 100])
    unit, cover = np.int32([5] * 40 + [6, 7]), np.int32([1] * 41 + [2])
    percentiles = finish_histogram(count_means(mean, unit, cover, quantile=0.9), quantile=0.9)

    performance, relative = run(
        "productivity-performance", mean=mean, unit=unit, fallback=cover, percentiles=percentiles
    )

    assert performance.tolist() == [0] * 40 + [-1, NODATA]
    assert relative[40] == np.float32(0.1)


@pytest.mark.parametrize("value", [0, MISSING_MEAN])
def test_zero_and_unknown_means_take_no_part(value: int) -> None:
    mean, unit = np.int32([1000] * 30 + [value]), np.zeros(31, dtype=np.int32)
    percentiles = finish_histogram(count_means(mean, unit, unit, quantile=0.9), quantile=0.9)

    performance, _ = run("productivity-performance", mean=mean, unit=unit, fallback=unit, percentiles=percentiles)

    assert percentiles[:, 2].tolist() == [30, 30]
    assert performance[-1] == NODATA


def test_a_unit_of_one_cell_compares_the_cell_with_itself() -> None:
    one = np.int32([4000])
    percentiles = finish_histogram(count_means(one, one, one, quantile=0.9), quantile=0.9)

    performance, relative = run(
        "productivity-performance", mean=one, unit=one, fallback=one, percentiles=percentiles, min_pixels=1
    )

    assert (performance.tolist(), relative.tolist()) == ([0], [1.0])


def test_an_area_without_a_cell_has_no_percentile() -> None:
    nothing = finish_histogram(None, quantile=0.9)

    performance, relative = run(
        "productivity-performance",
        mean=np.int32([5]),
        unit=np.int32([1]),
        fallback=np.int32([1]),
        percentiles=nothing,
    )

    assert nothing.shape == (0, 4)
    assert performance.tolist() == [NODATA]
    assert np.isnan(relative).all()


def test_units_are_unique() -> None:
    soil, cover = (each.ravel().astype(np.int32) for each in np.meshgrid(np.arange(50), np.arange(230)))

    assert np.unique(performance_unit(soil, cover)).size == soil.size


def test_a_code_that_is_too_large_is_refused() -> None:
    with pytest.raises(InputError, match="codes run from 0 to 4095"):
        performance_unit(np.int32([1]), np.int32([5000]))


def test_means_are_rounded_half_to_even() -> None:
    series = np.int16([[10, 11, -1, 7], [11, 12, -1, -1]])

    mean = run("productivity-mean", series=series, missing=-1, scale=1e-4, max_missing_share=0.5)

    assert mean.tolist() == [10, 12, MISSING_MEAN, 7]


def test_means_of_real_numbers_are_steps_of_the_resolution() -> None:
    series = np.float32([[0.4123, np.nan], [0.4123, np.nan], [0.4125, 0.5]])

    mean = run("productivity-mean", series=series, missing=np.nan, scale=1.0, resolution=1e-4, max_missing_share=0.2)

    assert mean.tolist() == [4124, MISSING_MEAN]
