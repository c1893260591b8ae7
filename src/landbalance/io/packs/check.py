"""The self-check of a pack: each result is ok, look again, or failed, in the six languages of reports."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray

from landbalance.core.errors import LandbalanceError
from landbalance.core.legends import legend as legend_called
from landbalance.core.sources import Source
from landbalance.core.tables import toml_table
from landbalance.core.types import Array
from landbalance.grid.grid import Grid
from landbalance.io.files import write_text
from landbalance.io.geotiff_bands import GDAL_ERRORS, crs_name
from landbalance.io.packs.check_page import Finding, Result, page_of
from landbalance.io.packs.decoder import DECODING
from landbalance.io.packs.manifest import PRIVATE, SELF_CHECK, PackFile, PackLayer, broken_files
from landbalance.io.vector import Polygons, burn, geodesic_area_km2, read_polygons
from landbalance.reporting.pack_words import advice

LONGEST = 1500  # cells a side that shares are counted on
COVERED = ("land_cover", "ndvi", "productivity", "soc", "soil", "aridity", "precipitation", "pet", "npp", "lpd")
ADM0 = "boundaries/adm0.gpkg"
BUILT_UP, WATER = 190, 210  # of ESA CCI


@dataclass(frozen=True)
class _Desk:
    """What every check looks at."""

    folder: Path
    pack: PackFile
    registry: Mapping[str, Source]

    @cached_property
    def country(self) -> Polygons | None:
        """Return the outline of the country; None where the pack has none."""
        path = self.folder / ADM0
        return read_polygons(path) if path.is_file() else None

    @cached_property
    def statistics(self) -> dict[tuple[str, int], float]:
        """Return official statistics by series and year."""
        found: dict[tuple[str, int], float] = {}
        for path in sorted((self.folder / "tables").glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as file:
                found |= {(row["series"], int(row["year"])): float(row["value"]) for row in csv.DictReader(file)}
        return found

    def rasters(self, *roles: str) -> Iterator[PackLayer]:
        """Yield the rasters of some roles, all when none is named."""
        for layer in self.pack.layer:
            if layer.kind == "raster" and (not roles or layer.role in roles):
                yield layer

    def shrunk(self, layer: PackLayer, band: int = 1) -> tuple[Array, NDArray[np.bool_]]:
        """Return a raster at no more than `LONGEST` cells a side, and which cells are the country's."""
        with _opened(self.folder / layer.path) as data:
            step = max(1, -(-max(data.height, data.width) // LONGEST))
            shape = (-(-data.height // step), -(-data.width // step))
            array = np.asarray(data.read(band, out_shape=shape))
            t = data.transform
            dx, dy = t.a * data.width / shape[1], -t.e * data.height / shape[0]
            grid = Grid(crs_name(data.crs), t.c, t.f, dx, dy, shape[1], shape[0])
        if self.country is None:
            return array, np.ones(shape, dtype=np.bool_)
        inside = burn(self.country, grid) > 0
        return array, inside if inside.any() else burn(self.country, grid, "all_touched") > 0


def check_pack(
    folder: Path, pack: PackFile, registry: Mapping[str, Source], *, is_new: bool = False
) -> tuple[Finding, ...]:
    """Check a pack.

    Parameters
    ----------
    folder : Path
    pack : PackFile
        What it says it holds.
    registry : mapping of str to Source
        What sources say of themselves.
    is_new : bool
        Whether it is being built, so that its checksums are not listed yet.

    Returns
    -------
    tuple of Finding
        In the order of the checks; a check that finds nothing wrong says so once.
    """
    desk = _Desk(folder, pack, registry)
    checks = [_raster, _grid, _coverage, _legend, _range, _series, _population, _land_area, _classes, _seam, _pair,
              _coast, _licence, _private]  # fmt: skip
    found = [] if is_new else [_manifest(folder)]
    for check in checks:
        try:
            found += list(check(desk))
        except (LandbalanceError, OSError, *GDAL_ERRORS) as error:
            found.append(Finding(check.__name__.strip("_"), "", "fail", str(error).splitlines()[0]))
    return tuple(found)


def write_check(folder: Path, pack: PackFile, findings: Sequence[Finding]) -> None:
    """Write the self-check for machines and for people, in six languages."""
    document = {"pack": pack.pack.id, "findings": [asdict(each) for each in findings]}
    write_text(folder / SELF_CHECK[0], json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    write_text(folder / SELF_CHECK[1], page_of(pack, findings))


def valid_fraction(folder: Path, pack: PackFile, layer: PackLayer) -> float | None:
    """Return the share of the country's cells that are known; None where the pack has no outline."""
    desk = _Desk(folder, pack, {})
    if desk.country is None:
        return None
    array, inside = desk.shrunk(layer)
    return float(_known(layer, array)[inside].mean()) if inside.any() else None


def _manifest(folder: Path) -> Finding:
    """Compare every file with its checksum."""
    wrong = broken_files(folder)
    return Finding("manifest", "", "fail" if wrong else "ok", "; ".join(wrong[:5]) or "all checksums agree")


def _raster(desk: _Desk) -> Iterator[Finding]:
    """Open every raster."""
    count = 0
    for layer in desk.rasters():
        with _opened(desk.folder / layer.path) as data:
            is_cog = data.tags(ns="IMAGE_STRUCTURE").get("LAYOUT") == "COG"
            if not is_cog:
                yield Finding("raster", layer.path, "warn", "no cloud-optimised GeoTIFF")
            if data.dtypes[0] != layer.dtype or data.count != layer.bands:
                yield Finding("raster", layer.path, "fail", f"{data.count} bands of {data.dtypes[0]}")
            count += 1
    yield Finding("raster", "", "ok" if count else "warn", f"{count} rasters")


def _grid(desk: _Desk) -> Iterator[Finding]:
    """Compare cells with what the registry says of the source."""
    wrong = 0
    for layer in desk.rasters():
        origin = desk.registry.get(layer.source)
        if origin is None or not origin.res or layer.resampled != "none":
            continue
        with _opened(desk.folder / layer.path) as data:
            size, corner = data.transform.a, data.transform.c
        edge = 1e-9 if origin.crs == "EPSG:4326" else 1e-3
        if abs(size - origin.res) > edge:
            wrong += 1
            yield Finding(
                "grid", layer.path, "fail", f"cells of {size!r}, expected {origin.res!r} (corner {corner:.6f})"
            )
    if not wrong:
        yield Finding("grid", "", "ok", "as the sources say")


def _coverage(desk: _Desk) -> Iterator[Finding]:
    """Count the known cells of the country."""
    limits = toml_table("pack")["check"]
    for layer in desk.rasters(*COVERED):
        share = layer.valid_fraction
        if share is None:
            continue
        result: Result = (
            "fail" if share < limits["coverage_fail"] else "warn" if share < limits["coverage_warn"] else "ok"
        )
        yield Finding("coverage", layer.path, result, f"{share:.1%}")


def _legend(desk: _Desk) -> Iterator[Finding]:
    """Count cells whose code no class has."""
    for layer in desk.rasters():
        if not layer.legend:
            continue
        legend = legend_called(layer.legend)
        known = (
            {entry.code for entry in legend.classes} | set(legend.nodata) | {int(each.value) for each in layer.nodata}
        )
        counts = np.zeros(256, dtype=np.int64)
        for block in _blocks(desk.folder / layer.path):
            counts += np.bincount(block.reshape(-1).astype(np.uint8), minlength=256)
        odd = {code: int(counts[code]) for code in np.flatnonzero(counts) if int(code) not in known}
        text = ", ".join(f"code {code}: {cells} cells" for code, cells in odd.items())
        yield Finding("legend", layer.path, "warn" if odd else "ok", text or "none")


def _range(desk: _Desk) -> Iterator[Finding]:
    """Compare the least and the greatest value with what is possible."""
    bounds = toml_table("pack")["check"]["range"]
    for layer in desk.rasters(*bounds):
        low, high = bounds[layer.role]
        least, greatest = np.inf, -np.inf
        for block in _blocks(desk.folder / layer.path, bands=(layer.band,) if layer.band else None):
            known = block[_known(layer, block)]
            if known.size:
                least, greatest = min(least, float(known.min())), max(greatest, float(known.max()))
        least, greatest = least * layer.scale, greatest * layer.scale
        if least > greatest:
            yield Finding("range", layer.path, "warn", "no known cell")
            continue
        wrong = least < low - 1e-9 or greatest > high + 1e-9
        yield Finding("range", layer.path, "fail" if wrong else "ok", f"{least:g} to {greatest:g} {layer.unit}".strip())


def _series(desk: _Desk) -> Iterator[Finding]:
    """Tell gaps, and years with few composites."""
    for gap in desk.pack.gap:
        if gap.reason != "left_out":
            yield Finding("series", f"{gap.role} {gap.years}".strip(), "warn", advice(gap.advice))
    fewest = toml_table("pack")["check"]["composites_fewest"]
    for layer in desk.rasters():
        origin = desk.registry.get(layer.source)
        if origin is None or not origin.reduce:
            continue
        with _opened(desk.folder / layer.path) as data:
            most = int(data.read(2).max())
        if most < fewest:
            yield Finding("series", layer.path, "warn", f"{most} of {origin.composites} composites")


def _population(desk: _Desk) -> Iterator[Finding]:
    """Compare the people in the country with official statistics."""
    off = toml_table("pack")["check"]["population_off"]
    for layer in desk.rasters("population"):
        stated = desk.statistics.get(("SP.POP.TOTL", layer.year or 0))
        if not stated:
            continue
        total = 0.0
        for block in _blocks(desk.folder / layer.path):
            total += float(block[_known(layer, block)].sum(dtype=np.float64))
        ratio = total / stated
        result: Result = "ok" if abs(ratio - 1) <= off else "warn"
        yield Finding("population", layer.path, result, f"{total:,.0f}; {stated:,.0f} ({ratio - 1:+.1%})")


def _land_area(desk: _Desk) -> Iterator[Finding]:
    """Compare the land of the outline with official statistics."""
    years = [year for series, year in desk.statistics if series == "AG.LND.TOTL.K2"]
    if desk.country is None or not years:
        return
    stated = desk.statistics["AG.LND.TOTL.K2", max(years)]
    land = geodesic_area_km2(desk.country) * (1.0 - _class_share(desk, WATER))
    off = toml_table("pack")["check"]["land_area_off"]
    result: Result = "ok" if abs(land / stated - 1) <= off else "warn"
    yield Finding("land_area", ADM0, result, f"{land:,.0f} km2; {stated:,.0f} km2 ({land / stated - 1:+.1%})")


def _seam(desk: _Desk) -> Iterator[Finding]:
    """Compare the change across a seam with that of the years beside it."""
    ratio = toml_table("pack")["check"]["seam_ratio"]
    by_year = {layer.year: layer for layer in desk.rasters("land_cover") if layer.year}
    origin = next((desk.registry.get(layer.source) for layer in by_year.values()), None)
    for before, after, why in origin.seam if origin else ():
        if before not in by_year or after not in by_year:
            continue
        across = _change(desk, by_year[before], by_year[after])
        pairs = [(before - 1, before), (after, after + 1)]
        beside = [_change(desk, by_year[a], by_year[b]) for a, b in pairs if a in by_year and b in by_year]
        usual = float(np.mean(beside)) if beside else float("nan")
        result: Result = "warn" if beside and across > ratio * usual else "ok"
        yield Finding(
            "seam", f"{before}/{after}", result, f"{across:.2%} changed, {usual:.2%} in the years beside; {why}"
        )


def _pair(desk: _Desk) -> Iterator[Finding]:
    """Compare the mean of a layer with that of another for the same thing, such as a national beside a public one."""
    for role, (low, high) in toml_table("pack")["check"]["ratio"].items():
        by_year: dict[int, list[PackLayer]] = {}
        for layer in desk.rasters(role):
            by_year.setdefault(layer.year or 0, []).append(layer)
        for layers in by_year.values():
            first, *others = sorted(layers, key=lambda each: (each.source == "own", each.source))
            for other in others:
                one, mean = _mean(desk, first, other), _mean(desk, other, first)
                text = f"{mean:.4g} {other.unit or first.unit}; {one:.4g} ({first.source})"
                yield Finding("pair", other.path, "ok" if one and low <= mean / one <= high else "warn", text)


def _mean(desk: _Desk, layer: PackLayer, other: PackLayer) -> float:
    """Return the mean of a layer over the country, of the first months that another has too; NaN where unknown."""
    total, cells = 0.0, 0
    for band in _shared_bands(desk, layer, other):
        array, inside = desk.shrunk(layer, band)
        known = array[inside & _known(layer, array)]
        total, cells = total + float(known.sum(dtype=np.float64)), cells + known.size
    return total / cells * layer.scale if cells else float("nan")


def _shared_bands(desk: _Desk, layer: PackLayer, other: PackLayer) -> list[int]:
    """Return the bands of a layer that another has under the same name, a year of them at most."""
    with _opened(desk.folder / layer.path) as data, _opened(desk.folder / other.path) as beside:
        names, known = data.descriptions, set(beside.descriptions)
    return [number for number, name in enumerate(names, 1) if len(names) == 1 or (name and name in known)][:12]


def _coast(desk: _Desk) -> Iterator[Finding]:
    """Count the cells of the country that are called water or sea."""
    if not any(layer.legend == "esa_cci" for layer in desk.rasters("land_cover")) or desk.country is None:
        return
    share = _class_share(desk, WATER)
    limit = toml_table("pack")["check"]["coast_share"]
    yield Finding("coast", "land_cover", "warn" if share > limit else "ok", f"{share:.1%}")


def _classes(desk: _Desk) -> Iterator[Finding]:
    """Look for built-up land and water: a land cover without either was cut or read wrongly, or is a desert's."""
    if not any(layer.legend == "esa_cci" for layer in desk.rasters("land_cover")):
        return
    built_up, water = _class_share(desk, BUILT_UP), _class_share(desk, WATER)
    text = f"built-up {built_up:.2%}, water {water:.2%}"
    yield Finding("classes", "land_cover", "ok" if built_up and water else "warn", text)


def _licence(desk: _Desk) -> Iterator[Finding]:
    """Look for a licence, a citation and a source."""
    bare = [layer.path for layer in desk.pack.layer if not (layer.licence and layer.citation)]
    yield Finding("licence", "", "fail" if bare else "ok", ", ".join(bare) or f"{len(desk.pack.layer)} layers")


def _private(desk: _Desk) -> Iterator[Finding]:
    """Look for layers that may not be passed on, outside their folder."""
    loose = [layer.path for layer in desk.pack.layer if not layer.share and not layer.path.startswith(PRIVATE + "/")]
    yield Finding("private", "", "fail" if loose else "ok", ", ".join(loose) or "none elsewhere")


def _change(desk: _Desk, one: PackLayer, other: PackLayer) -> float:
    """Return the share of the country's known cells that changed between two years."""
    before, inside = desk.shrunk(one)
    after, _ = desk.shrunk(other)
    known = inside & _known(one, before) & _known(other, after)
    return float((before != after)[known].mean()) if known.any() else float("nan")


def _class_share(desk: _Desk, code: int) -> float:
    """Return the share of the country's cells that the last land cover gives a code."""
    covers = sorted(
        (layer for layer in desk.rasters("land_cover") if layer.legend == "esa_cci"), key=lambda each: each.year or 0
    )
    if not covers:
        return 0.0
    array, inside = desk.shrunk(covers[-1])
    return float((array == code)[inside].mean())


def _known(layer: PackLayer, array: Array) -> NDArray[np.bool_]:
    """Return which stored values are data."""
    known = np.isfinite(array) if array.dtype.kind == "f" else np.ones(array.shape, dtype=np.bool_)
    for each in layer.nodata:
        known &= array != np.asarray(each.value).astype(array.dtype)
    return np.asarray(known)


def _blocks(path: Path, bands: tuple[int, ...] | None = None) -> Iterator[Array]:
    """Yield a raster block by block, each band."""
    with _opened(path) as data:
        for band in bands or data.indexes:
            for _, window in data.block_windows(band):
                yield np.asarray(data.read(band, window=window))


def _opened(path: Path) -> Any:
    """Open a raster with the one driver."""
    with rasterio.Env(**DECODING):
        return rasterio.open(path, driver="GTiff")
