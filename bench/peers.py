"""Kernels against the tools people use instead: CPU time per pixel, and whether they agree."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pymannkendall
from rasterio.transform import from_origin
from rasterstats import zonal_stats
from scipy.stats import theilslopes

from bench import plain
from bench.reference import MISSING, NORTH, STEP, WEST, YEARS, ZONES_EAST, ZONES_NORTH, annual_ndvi, box
from landbalance.engine.counting import AREA_HUNDREDTHS, Counter
from landbalance.engine.plan import Group, Tally, TallyAxis
from landbalance.engine.tiles import CHUNK_CELLS
from landbalance.grid.areas import area_quanta, quantum_for
from landbalance.grid.grid import Grid
from landbalance.indicators.land_cover_status import land_cover_status
from landbalance.indicators.one_out_all_out import one_out_all_out
from landbalance.indicators.productivity_status import productivity_status
from landbalance.indicators.soc_status import soc_status
from landbalance.kernels.mann_kendall import mann_kendall_score, mann_kendall_z
from landbalance.kernels.series import count_valid
from landbalance.kernels.theil_sen import theil_sen_slope

CELLS, ZONAL_CELLS, SAMPLE, CHUNK = 512, 2048, 200, 8192


@dataclass(frozen=True)
class Ratio:
    """How often we do it in the time a peer does it once."""

    what: str
    peer: str
    ours_ns: float
    peer_ns: float
    agreement: str
    goal: int

    @property
    def times(self) -> float:
        """Return the ratio."""
        return self.peer_ns / self.ours_ns


def trend_ratios() -> list[Ratio]:
    """Compare Mann-Kendall and Theil-Sen on the reference series."""
    series = np.stack(list(annual_ndvi(np.random.default_rng(1), (CELLS, CELLS), np.zeros((CELLS, CELLS), bool))))
    series = np.ascontiguousarray(series.reshape(len(YEARS), -1))
    valid = count_valid(series, MISSING)
    whole = np.flatnonzero(valid == len(YEARS))[:: series.shape[1] // SAMPLE][:SAMPLE]
    times, every = np.asarray(YEARS), np.ones(series.shape[1], dtype=bool)
    z = np.concatenate(chunked(series, z_of))
    slope = np.concatenate(chunked(series, lambda part: theil_sen_slope(part, times, MISSING, every[: part.shape[1]])))
    z_ns = per_item(lambda: chunked(series, z_of), series.shape[1])
    slope_ns = per_item(
        lambda: chunked(series, lambda part: theil_sen_slope(part, times, MISSING, every[: part.shape[1]])),
        series.shape[1],
    )
    peers = [pymannkendall.original_test(series[:, cell]) for cell in whole]
    peer_z = per_item(lambda: [pymannkendall.original_test(series[:, cell]) for cell in whole], SAMPLE, repeats=1)
    slopes = [theilslopes(series[:, cell], times)[0] for cell in whole]
    peer_slope = per_item(lambda: [theilslopes(series[:, cell], times) for cell in whole], SAMPLE, repeats=1)
    z_off = np.abs(z[whole] - [peer.z for peer in peers]).max()
    slope_off = np.abs(slope[whole] - slopes).max()
    return [
        Ratio("Mann-Kendall Z with ties", "pymannkendall", z_ns, peer_z, f"Z within {z_off:.1e}", 10_000),
        Ratio("Theil-Sen slope", "scipy.theilslopes", slope_ns, peer_slope, f"slope within {slope_off:.1e}", 1_000),
    ]


def class_ratios() -> list[Ratio]:
    """Compare classes, one-out-all-out and the tables of four statuses by 200 zones with plain numpy."""
    layers = class_layers()
    matrix = np.sign(np.subtract.outer(np.arange(7), np.arange(7))).astype(np.int8)
    area = np.full(layers["zone"].size, 3_000_000_000)
    axes = {name: TallyAxis(name, name, plain.CODES) for name in ("productivity", "cover", "soc", "sdg")}
    tallies = (
        *(Tally(name, (axis,), ("nation", "zones")) for name, axis in axes.items()),
        Tally("components", tuple(axes.values())[:3], ("nation", "zones")),
    )
    groups = {"zones": Group("zones", "zone", ZONES_EAST * ZONES_NORTH)}

    def ours() -> dict[str, np.ndarray]:
        counter = Counter(tallies, groups, {"zones": ZONES_EAST * ZONES_NORTH})
        for start in range(0, area.size, CHUNK_CELLS):
            part = {name: array[start : start + CHUNK_CELLS] for name, array in layers.items()}
            counter.count(part | statuses(part, matrix), area[start : start + CHUNK_CELLS])
        return {name: counted.values for name, counted in counter.tables(AREA_HUNDREDTHS).items()}

    def peer() -> dict[str, np.ndarray]:
        found, made = plain.classes(layers, matrix), {}
        for tally in tallies:
            columns = [found[axis.name] for axis in tally.axes]
            for name, zones, most in (
                ("nation", layers["zone"] * 0, 0),
                ("zones", layers["zone"], groups["zones"].size),
            ):
                made[f"{tally.name}.{name}"] = plain.table(columns, zones, most, area)
        return made

    mine, theirs = ours(), peer()
    order = [plain.CODES.index(code) for code in sorted(plain.CODES)]
    off = max(np.abs(in_order(mine[name], order) - each).max() / each.max() for name, each in theirs.items())
    ours_ns, peer_ns = per_item(ours, area.size), per_item(peer, area.size)
    return [Ratio("classes, 1OAO and tables", "plain numpy", ours_ns, peer_ns, f"areas within {off:.0e}", 30)]


def in_order(counted: np.ndarray, order: list[int]) -> np.ndarray:
    """Return a table with the codes of each axis in another order."""
    return counted[np.ix_(range(len(counted)), *[order] * (counted.ndim - 1))]


def class_layers() -> dict[str, np.ndarray]:
    """Return what statuses are made of, for a square of cells."""
    rng, cells = np.random.default_rng(3), ZONAL_CELLS**2 // 4
    before = rng.uniform(10, 90, cells).astype(np.float32)
    before[rng.random(cells) < 0.05] = np.nan
    return {
        "trend": rng.choice(np.int8([-1, 0, 1, -128]), cells),
        "state": rng.choice(np.int8([-1, 0, 1, -128]), cells),
        "performance": rng.choice(np.int8([-1, 0, -128]), cells),
        "initial": rng.integers(1, 8, cells).astype(np.int8),
        "final": rng.integers(1, 8, cells).astype(np.int8),
        "before": before,
        "after": (before * rng.uniform(0.7, 1.3, cells)).astype(np.float32),
        "region": np.zeros(cells, np.int8),
        "zone": (np.arange(cells) * ZONES_EAST * ZONES_NORTH // cells + 1).astype(np.int32),
    }


def statuses(part: dict[str, np.ndarray], matrix: np.ndarray) -> dict[str, np.ndarray]:
    """Return the statuses of one chunk by the kernels."""
    productivity = productivity_status(part["trend"], part["state"], part["performance"], lookup="gpg1")
    cover = land_cover_status(part["initial"], part["final"], part["region"], matrix=matrix[None])
    soc = soc_status(part["before"], part["after"], threshold=0.1, inclusive=False)
    sdg = one_out_all_out(np.stack([productivity, cover, soc]), nodata_rule="any")
    return {"productivity": productivity, "cover": cover, "soc": soc, "sdg": sdg}


def zonal_ratios() -> list[Ratio]:
    """Compare exact areas by 200 zones and 4 classes."""
    rng = np.random.default_rng(2)
    shape = (ZONAL_CELLS, ZONAL_CELLS)
    classes = rng.choice(np.int8([-1, 0, 1, -128]), size=shape)
    rows, columns = np.indices(shape)
    zones = (rows * ZONES_NORTH // ZONAL_CELLS * ZONES_EAST + columns * ZONES_EAST // ZONAL_CELLS + 1).astype(np.int32)
    grid = Grid("EPSG:4326", WEST, NORTH, STEP, STEP, *shape)
    area = np.ascontiguousarray(np.broadcast_to(area_quanta(grid, quantum_for(grid)), shape)).ravel()
    zone_layer, class_layer = zones.ravel(), classes.ravel()
    tally = Tally("areas", (TallyAxis("class", "class", (-1, 0, 1, -128)),), ("zones",))
    groups = {"zones": Group("zones", "zone", ZONES_EAST * ZONES_NORTH)}

    def ours() -> np.ndarray:
        counter = Counter((tally,), groups, {"zones": ZONES_EAST * ZONES_NORTH})
        for start in range(0, area.size, CHUNK_CELLS):
            part = slice(start, start + CHUNK_CELLS)
            counter.count({"class": class_layer[part], "zone": zone_layer[part]}, area[part])
        return counter.tables(quantum_for(grid) * AREA_HUNDREDTHS)["areas.zones"].values

    weights, lookup = area * quantum_for(grid), np.zeros(256, dtype=np.int8)
    lookup[np.uint8([255, 0, 1, 128])] = range(4)

    def peer() -> np.ndarray:
        place = zone_layer * 4 + lookup[class_layer.view(np.uint8)]
        return np.bincount(place, weights=weights, minlength=4 * (ZONES_EAST * ZONES_NORTH + 1))

    off = np.abs(ours().ravel() - peer()).max() / peer().max()
    ours_ns, by_count = per_item(ours, area.size), per_item(peer, area.size)
    by_stats = per_item(lambda: rasterstats_areas(classes), area.size, repeats=1)
    return [
        Ratio("areas by 200 zones", "numpy.bincount, weights", ours_ns, by_count, f"within {off:.1e}", 4),
        Ratio("areas by 200 zones", "rasterstats (counts cells)", ours_ns, by_stats, "counts, no areas", 25),
    ]


def rasterstats_areas(classes: np.ndarray) -> object:
    """Count classes by zone as rasterstats does."""
    size = classes.shape[0] * STEP
    east, north = size / ZONES_EAST, size / ZONES_NORTH
    shapes = [
        box(WEST + column * east, NORTH - (row + 1) * north, WEST + (column + 1) * east, NORTH - row * north)
        for row in range(ZONES_NORTH)
        for column in range(ZONES_EAST)
    ]
    transform = from_origin(WEST, NORTH, STEP, STEP)
    return zonal_stats(shapes, classes, affine=transform, categorical=True, nodata=-128)


def z_of(part: np.ndarray) -> np.ndarray:
    """Return Z as the trend computes it."""
    valid = count_valid(part, MISSING)
    score, ties = mann_kendall_score(part, MISSING, valid)
    return mann_kendall_z(score, ties, valid)[1]


def chunked(series: np.ndarray, work: Callable[[np.ndarray], np.ndarray]) -> list[np.ndarray]:
    """Work through a series in chunks that fit the cache, as the engine does."""
    return [work(np.ascontiguousarray(series[:, start : start + CHUNK])) for start in range(0, series.shape[1], CHUNK)]


def per_item(work: Callable[[], object], items: int, repeats: int = 3) -> float:
    """Return the least CPU time for one item [ns]."""
    spent = []
    for _ in range(repeats):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return min(spent) / items * 1e9
