"""SPI and SPEI: worked examples, reference series, two peers on real grids, laws, bad input."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm

import landbalance as lb
from landbalance.core.errors import InputError, RuleError
from landbalance.core.parameters import resolve
from landbalance.indicators.drought.index import drought_index, index_method, refuse_empty
from landbalance.indicators.drought.steps import Steps, regular
from landbalance.kernels.distributions import fit_log_logistic, weighted_moments
from landbalance.kernels.standardise import Reliability

ORACLE = yaml.safe_load((Path(__file__).parents[3] / "oracles" / "drought.yaml").read_text(encoding="utf-8"))
YEARS = 40


def yearly(values: list[float]) -> tuple[np.ndarray, Steps]:
    """Return values of one month of 30 reference years and then of later years, as a monthly series of ones."""
    series = np.ones((12 * len(values), 1))
    series[::12, 0] = values
    return series, Steps("month", (1981, 0), len(series))


@pytest.mark.parametrize("zero_mode", ["classical", "centre"])
def test_spi_matches_the_worked_example(zero_mode: str) -> None:
    cases = [case for case in ORACLE["spi"]["values"] if zero_mode in case]
    series, steps = yearly([*ORACLE["spi"]["reference"], *(case["rain"] for case in cases)])

    index, _ = drought_index(series, steps, index_method("spi", resolve(), months=1, zero_mode=zero_mode))

    np.testing.assert_allclose(index[360::12, 0], [case[zero_mode] for case in cases], atol=1e-6)


def test_moments_and_log_logistic_match_the_worked_example() -> None:
    case = ORACLE["spei"]
    ordered = np.sort(np.asarray(case["balance"], dtype=float))

    np.testing.assert_allclose(weighted_moments(ordered, 30), case["w"], atol=1e-6)
    alpha, beta, gamma = fit_log_logistic(ordered, 30)
    np.testing.assert_allclose([alpha, beta, gamma], [case["alpha"], case["beta"], case["gamma"]], rtol=1e-6)


def test_spei_matches_the_worked_example() -> None:
    case = ORACLE["spei"]
    series, steps = yearly([*case["balance"], *(each["balance"] for each in case["values"])])

    index, _ = drought_index(series, steps, index_method("spei", resolve(), months=1))

    np.testing.assert_allclose(index[360::12, 0], [each["spei"] for each in case["values"]], atol=1e-6)


@pytest.fixture(scope="module")
def reference(shared: Path) -> pd.DataFrame:
    """Return the reference series of a US cell."""
    return pd.read_csv(shared / "spi_reference" / "climate_indices_monthly_1895_2017.csv")


@pytest.mark.shared
@pytest.mark.parametrize(
    ("column", "months", "distribution", "years", "close"),
    [
        ("spi_01_gamma", 1, "gamma", (1895, 2017), 1e-5),
        ("spi_06_gamma", 6, "gamma", (1895, 2017), 1e-5),
        ("spi_06_pearson3", 6, "pearson3", (1981, 2010), 1e-3),
    ],
)
def test_spi_matches_the_reference_series(
    reference: pd.DataFrame, column: str, months: int, distribution: str, years: tuple[int, int], close: float
) -> None:
    rain = reference["precip_mm"].to_numpy()

    index = lb.spi(rain, months=months, start=(1895, 1), distribution=distribution, reference=years, clip=3.09)

    expected = reference[column].to_numpy()
    assert np.array_equal(np.isnan(index), np.isnan(expected))
    np.testing.assert_allclose(index, expected, atol=close)


@pytest.mark.shared
def test_thornthwaite_matches_the_reference_series_where_it_is_not_hot(reference: pd.DataFrame) -> None:
    celsius = reference["temp_c"].to_numpy()

    depth = lb.pet(celsius, latitude=25.2292, start=(1895, 1))

    days = pd.to_datetime(reference["date"] + "-01").dt.days_in_month.to_numpy()
    ratio = depth / reference["pet_thornthwaite_mm"].to_numpy()
    usual = (celsius < 26.5) & (days != 28) & (days != 29)  # the reference takes the days of each February
    assert np.abs(ratio[usual] - 1).max() < 0.004


@pytest.fixture(scope="module")
def iberia(shared: Path) -> xr.Dataset:
    """Return 30 years of climate of Iberia."""
    return xr.open_dataset(shared / "drought_iberia_cru" / "cru_ts400_iberia_1981_2010.nc").load()


@pytest.mark.shared
@pytest.mark.parametrize("months", [3, 12])
def test_spi_matches_xclim_on_the_whole_grid(iberia: xr.Dataset, months: int) -> None:
    from xclim.indices import standardized_precipitation_index

    rain = iberia["pr"].assign_attrs(units="mm")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = standardized_precipitation_index(
            rain.assign_attrs(units="mm/month").astype(float).chunk({"time": -1}).load(),
            freq=None,
            window=months,
            dist="gamma",
            method="APP",
            fitkwargs={"floc": 0},
            cal_start="1981-01-01",
            cal_end="2010-12-31",
        )

    index = lb.spi(rain, months=months, clip=3.09)

    wanted = expected.transpose(*index.dims).values.clip(-3.09, 3.09)
    both = np.isfinite(wanted) & np.isfinite(index.values)
    dry = (rain.rolling(time=months).sum().values == 0).any(axis=0)  # zeros are weighed otherwise there
    assert both.sum() > 0.9 * np.isfinite(index.values).sum()
    assert np.abs(index.values - wanted)[both & ~dry].max() < 1e-4


@pytest.mark.shared
@pytest.mark.parametrize("months", [3, 12])
def test_spi_matches_climate_indices_on_real_rain(iberia: xr.Dataset, months: int) -> None:
    from climate_indices import compute, indices

    rain = iberia["pr"].values.reshape(360, -1)
    place = np.flatnonzero(np.isfinite(rain).all(axis=0))[::20]

    ours = lb.spi(rain[:, place].astype(float), months=months, start=(1981, 1), clip=3.09)

    for column, cell in enumerate(place):
        theirs = indices.spi(
            rain[:, cell].astype(float),
            months,
            indices.Distribution.gamma,
            1981,
            1981,
            2010,
            compute.Periodicity.monthly,
        )
        np.testing.assert_allclose(ours[:, column], theirs, atol=1e-6)


@pytest.mark.shared
def test_maximum_likelihood_matches_scipy(iberia: xr.Dataset) -> None:
    from scipy.stats import gamma

    cells = iberia["pr"].values.reshape(360, -1).astype(float)
    rain = cells[:, np.flatnonzero((cells > 0).all(axis=0))[0]]

    index = lb.spi(rain, months=1, start=(1981, 1), fit="ml", clip=3.09)

    january = rain[::12]
    alpha, _, beta = gamma.fit(january, floc=0)
    np.testing.assert_allclose(
        index[::12], norm.ppf(gamma.cdf(january, alpha, scale=beta)).clip(-3.09, 3.09), atol=1e-5
    )


@pytest.mark.shared
def test_dask_and_tiles_give_the_same_numbers_with_labels(iberia: xr.Dataset) -> None:
    rain = iberia["pr"].assign_attrs(units="mm")

    whole = lb.spi(rain, months=3)
    pieces = lb.spi(rain.chunk({"lat": 5, "lon": 7}), months=3)

    assert pieces.chunks is not None
    xr.testing.assert_identical(whole, pieces.compute())
    assert whole.attrs["units"] == "1"
    assert whole.attrs["reference_period"] == "1981-2010"
    assert whole.dims[0] == "time"


@pytest.mark.shared
def test_spei_of_iberia_follows_rain_less_evapotranspiration(iberia: xr.Dataset) -> None:
    degrees = {"units": "degC"}
    loss = lb.pet(*(iberia[name].assign_attrs(degrees) for name in ("tas", "tasmin", "tasmax")))

    index = lb.spei(iberia["pr"].assign_attrs(units="mm"), loss, months=12)

    yearly_mm = loss.groupby("time.year").sum().where(iberia["pr"].notnull().all("time")).mean()
    assert 700 < float(yearly_mm) < 1500
    assert np.isnan(index.values[:11]).all()
    assert abs(float(index.mean())) < 0.1
    assert 0.8 < float(index.std("time").mean()) < 1.1


RAIN = arrays(np.float64, (12 * YEARS, 2), elements=st.floats(0, 400).map(lambda depth: round(depth, 1)))


@settings(max_examples=20)
@given(rain=RAIN, power=st.integers(-3, 3))
def test_spi_does_not_depend_on_the_unit(rain: np.ndarray, power: int) -> None:
    index = lb.spi(rain, months=3, start=(1981, 1))

    scaled = lb.spi(rain * 2.0**power, months=3, start=(1981, 1))

    np.testing.assert_allclose(scaled, index, atol=1e-7)


@settings(max_examples=20)
@given(rain=RAIN)
def test_spi_rises_with_rain(rain: np.ndarray) -> None:
    index = lb.spi(rain, months=1, start=(1981, 1))

    for month in range(12):
        order = np.argsort(rain[month::12, 0], kind="stable")
        ordered = index[month::12, 0][order]
        assert (np.diff(ordered[np.isfinite(ordered)]) >= -1e-9).all()


@settings(max_examples=20)
@given(rain=RAIN, cut=st.integers(1, 30))
def test_spi_does_not_depend_on_the_order_or_number_of_stations(rain: np.ndarray, cut: int) -> None:
    many = np.tile(rain, (1, 20))

    index = lb.spi(many, months=3, start=(1981, 1))

    parts = [lb.spi(each, months=3, start=(1981, 1)) for each in (many[:, :cut], many[:, cut:])]
    np.testing.assert_array_equal(index, np.concatenate(parts, axis=1))
    np.testing.assert_array_equal(index[:, ::-1], lb.spi(many[:, ::-1], months=3, start=(1981, 1)))


def some_rain(years: int = YEARS) -> np.ndarray:
    return np.random.default_rng(3).gamma(2.0, 30.0, 12 * years)


def test_a_missing_month_makes_the_sums_that_hold_it_missing() -> None:
    rain = some_rain()
    rain[100] = np.nan

    index = lb.spi(rain, months=3, start=(1981, 1))

    assert np.flatnonzero(np.isnan(index)).tolist() == [0, 1, 100, 101, 102]


@pytest.mark.parametrize("calendar", ["standard", "noleap", "360_day"])
def test_daily_rain_of_any_calendar_becomes_months_and_dekads(calendar: str) -> None:
    days = xr.date_range("1981-01-01", "2012-12-30", freq="D", calendar=calendar, use_cftime=calendar != "standard")
    depth = np.random.default_rng(1).gamma(0.5, 6.0, len(days))
    rain = xr.DataArray(depth, {"time": days}, ["time"], attrs={"units": "mm/day"})

    months, dekads = lb.spi(rain, months=1), lb.spi(rain, months=1, step="dekad")

    assert months.sizes["time"] == 12 * 32
    assert dekads.sizes["time"] == 36 * 32
    assert np.isfinite(months.values[: 12 * 30]).all()
    assert str(dekads["time"].values[4])[:10] == "1981-02-11"


def test_a_month_with_a_missing_day_is_missing() -> None:
    dates = [(2001, 1, day) for day in range(1, 31)] + [(2001, 2, day) for day in range(1, 29)] + [(2001, 3, 31)]

    months, steps = regular(np.ones(len(dates)), dates)

    np.testing.assert_array_equal(months, [np.nan, 28.0, np.nan])
    assert steps.labels == ("2001-01", "2001-02", "2001-03")


def test_too_few_good_years_are_marked() -> None:
    rain = np.tile(some_rain()[:, None], (1, 3))
    rain[: 12 * 8, 1], rain[: 12 * 15, 2] = np.nan, np.nan
    steps = Steps("month", (1981, 0), len(rain))

    _, reliability = drought_index(rain, steps, index_method("spi", resolve(), months=1))

    assert reliability[0].tolist() == [Reliability.GOOD, Reliability.SHORT, Reliability.TOO_SHORT]


def test_many_zeros_and_constants_are_marked_and_unknown() -> None:
    rain = np.tile(some_rain()[:, None], (1, 2))
    rain[np.arange(len(rain)) % 12 == 0, 0] = 0.0
    rain[:, 1] = 5.0
    steps = Steps("month", (1981, 0), len(rain))

    index, reliability = drought_index(rain, steps, index_method("spi", resolve(), months=1))

    assert reliability[0].tolist() == [Reliability.ZEROS, Reliability.CONSTANT]
    assert np.isnan(index[0]).all()


def test_an_index_that_no_cell_has_is_one_line() -> None:
    codes = np.full((12, 4), Reliability.ZEROS, dtype=np.int8)

    with pytest.raises(RuleError, match=r"SPI-3 has no value anywhere: unreliable: too many steps without rain.*SPEI"):
        refuse_empty(codes, np.ones(4, dtype=bool), index_method("spi", resolve(), months=3))


def labelled(units: str = "mm", calendar: str = "standard") -> xr.DataArray:
    months = xr.date_range(
        "1981-01-01", periods=12 * YEARS, freq="MS", calendar=calendar, use_cftime=calendar != "standard"
    )
    return xr.DataArray(some_rain(), {"time": months}, ["time"], attrs={"units": units} if units else {})


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lb.spi(-some_rain(), start=(1981, 1)), "rain is -.* mm in 480 places"),
        (lambda: lb.spi(some_rain(15), start=(1981, 1)), "has 15 years of the reference"),
        (lambda: lb.spi(some_rain()), "the first month of the series is not known"),
        (lambda: lb.spi(labelled(units="")), "rain has no unit"),
        (lambda: lb.spi(labelled(units="inch")), "rain has the unit inch"),
        (lambda: lb.spi(xr.concat([labelled(), labelled()[-1:]], "time")), "the date 2020-12-1 stands twice"),
        (lambda: lb.spei(labelled(), labelled(calendar="noleap")), "calendars"),
        (lambda: lb.spei(some_rain(), some_rain(20), start=(1981, 1)), "rain has shape"),
        (lambda: lb.spei(some_rain(), some_rain(), distribution="gamma", start=(1981, 1)), "gamma knows no values"),
        (lambda: lb.spi(some_rain(), distribution="weibull", start=(1981, 1)), "distribution is weibull"),
        (lambda: lb.pet(some_rain(), start=(1981, 1)), "the latitude is not known"),
    ],
)
def test_bad_input_gets_one_line(call: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        call()  # type: ignore[operator]
