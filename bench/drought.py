"""Drought against its peers and floors: `python -m bench.drought`. All on one thread, CPU seconds, the least of two."""

import argparse
import logging
import resource
import time
import warnings
from collections.abc import Callable

import numpy as np
import xarray as xr

from landbalance.kernels.gather_cells import add_by_cell
from landbalance.kernels.standardise import Distribution, Fit, standardise
from landbalance.planning.triggers.backtest import backtest

MONTHS, SIDE, XCLIM_CELLS, CHUNK = 480, 128, 200, 32_768


def fit_of(distribution: Distribution, *, zeros: bool) -> Fit:
    """Return the fit that all are compared in: three months, all 40 years, cut at 3.09."""
    return Fit(3, 12, 0, 0, 39, 20, 30, int(distribution), False, zeros, 1.0, 3.09)


def rain_of(cells: int) -> np.ndarray:
    """Return monthly rain with a few dry months, shape (month, cell)."""
    rng = np.random.default_rng(0)
    rain = rng.gamma(2.0, 40.0, (MONTHS, cells))
    rain[rng.random(rain.shape) < 0.03] = 0.0
    return rain


def least(function: Callable[[], object], repeats: int = 2) -> float:
    """Return the least CPU seconds."""
    spent = []
    for _ in range(repeats):
        begun = time.process_time()
        function()
        spent.append(time.process_time() - begun)
    return min(spent)


def show_spi() -> None:
    """Print SPI against climate-indices and xclim, and SPEI against SPI."""
    from climate_indices import compute, indices

    rain = rain_of(SIDE * SIDE)
    gamma = fit_of(Distribution.GAMMA, zeros=True)
    standardise(rain[:, :32].copy(), gamma)
    ours = least(lambda: standardise(rain, gamma)) / rain.shape[1]
    cube = rain.reshape(MONTHS, SIDE, SIDE)
    found: dict[str, np.ndarray] = {}

    def peer() -> None:
        found["spi"] = indices.spi(
            cube, 3, indices.Distribution.gamma, 1981, 1981, 2020, compute.Periodicity.monthly, spatial_time_major=True
        ).reshape(rain.shape)

    theirs = least(peer) / rain.shape[1]
    gap = np.nanmax(np.abs(found["spi"] - standardise(rain, gamma)[0]))
    print(f"SPI-3, 480 months, gamma: {1e6 * ours:.1f} us a cell")
    print(
        f"  climate-indices, array path: {1e6 * theirs:.0f} us, {theirs / ours:.1f} x (goal 18), difference {gap:.1e}"
    )
    balance = rain - 60.0
    loglogistic = fit_of(Distribution.LOGLOGISTIC, zeros=False)
    standardise(balance[:, :32].copy(), loglogistic)
    spei = least(lambda: standardise(balance, loglogistic)) / rain.shape[1]
    print(f"  SPEI-3, log-logistic: {1e6 * spei:.1f} us, {spei / ours:.2f} x of SPI (goal 2)")
    show_xclim(rain[:, :XCLIM_CELLS], gamma, ours)


def show_xclim(rain: np.ndarray, gamma: Fit, ours: float) -> None:
    """Print SPI against xclim with its approximate fit."""
    from xclim.indices import standardized_precipitation_index

    months = xr.date_range("1981-01-01", periods=MONTHS, freq="MS")
    cube = xr.DataArray(rain, {"time": months}, ["time", "cell"], attrs={"units": "mm/month"})
    found = {}

    def peer() -> None:
        found["spi"] = standardized_precipitation_index(
            cube, freq=None, window=3, dist="gamma", method="APP", fitkwargs={"floc": 0}
        )

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = least(peer) / rain.shape[1]
    gap = np.abs(found["spi"].transpose("time", "cell").values.clip(-3.09, 3.09) - standardise(rain, gamma)[0])
    print(f"  xclim, APP, {rain.shape[1]} cells: {1e6 * theirs:.0f} us, {theirs / ours:.0f} x (goal 150), "
          f"median difference {np.nanmedian(gap):.1e}")  # fmt: skip


def show_million(cells: int) -> None:
    """Print the time and memory of many cells, strip by strip."""
    gamma, rng, spent = fit_of(Distribution.GAMMA, zeros=True), np.random.default_rng(1), 0.0
    for start in range(0, cells, CHUNK):
        rain = rng.gamma(2.0, 40.0, (MONTHS, min(CHUNK, cells - start))).astype(np.float32)
        begun = time.process_time()
        standardise(rain, gamma)
        spent += time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{cells:,} cells: {spent:.1f} CPU s (goal 15 for a million), peak {peak:.2f} GB (goal 1.5)")


def show_exposure(side: int, folder: str) -> None:
    """Print exposure against reading the rasters alone."""
    import rasterio
    from rasterio.transform import from_origin

    path = f"{folder}/people.tif"
    rng = np.random.default_rng(2)
    profile = {"driver": "GTiff", "width": side, "height": side, "count": 1, "dtype": "float32", "crs": "EPSG:4326",
               "transform": from_origin(0, 10, 0.001, 0.001), "tiled": True, "compress": "deflate"}  # fmt: skip
    with rasterio.open(path, "w", **profile) as dataset:
        for row in range(0, side, 256):
            window = rasterio.windows.Window(0, row, side, min(256, side - row))
            dataset.write(rng.poisson(3, (window.height, side)).astype(np.float32), 1, window=window)
    coarse = side // 100 + 1
    sums = np.zeros((1, coarse + 1, coarse + 1))
    columns = np.arange(side) // 100
    zones = np.zeros((256, side), dtype=np.int32)

    def read(count: bool) -> None:
        with rasterio.open(path) as dataset:
            for row in range(0, side, 256):
                height = min(256, side - row)
                values = dataset.read(1, window=rasterio.windows.Window(0, row, side, height))
                if count:
                    add_by_cell(values, zones[:height], np.arange(row, row + height) // 100, columns, sums)

    read(True)
    floor, whole = least(lambda: read(False)), least(lambda: read(True))
    print(f"exposure, {side * side:,} cells: {whole:.2f} s, {whole / floor:.2f} x of reading (goal 2)")


def show_backtest() -> None:
    """Print a back-test of many districts."""
    rng = np.random.default_rng(3)
    index = rng.standard_normal((115, 500))
    events = index + 0.6 * rng.standard_normal(index.shape) < -1.2
    spent = least(lambda: backtest(index, events, rng=np.random.default_rng(1), resamples=200), 1)
    print(f"back-test, 500 districts x 115 years x 200 resamples: {spent:.2f} s (goal 20)")


def main() -> None:
    """Measure and print."""
    import tempfile

    parser = argparse.ArgumentParser(prog="python -m bench.drought", description="Drought against peers and floors.")
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--side", type=int, default=10_000)
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)  # peers tell of every step
    show_spi()
    show_million(chosen.cells)
    show_backtest()
    with tempfile.TemporaryDirectory() as folder:
        show_exposure(chosen.side, folder)


if __name__ == "__main__":
    main()
