"""The package for PRAIS: summary JSON, boundary, int16 rasters with their key, and what is left out, in one tar.gz."""

import gzip
import io
import re
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window

from landbalance.core.periods import BASELINE
from landbalance.core.vocab import EXPORT_NODATA, EXPORT_OUTSIDE, NODATA, Status
from landbalance.io.summary import json_text
from landbalance.reporting.facts import RunFacts
from landbalance.reporting.record import Book
from landbalance.reporting.te_summary import LeftOut, land_condition_summary, left_out_layers

BLOCK = 512
BAND_NAMES = {
    "sdg": "SDG 15.3.1 Indicator",
    "productivity": "Land productivity degradation",
    "lpd": "Land Productivity Dynamics",
    "land_cover_status": "Land cover (degradation)",
    "soc_status": "Soil organic carbon (degradation)",
    "condition.sdg": "SDG 15.3.1 Indicator (status)",
    "condition.productivity": "Land productivity (status)",
    "condition.land_cover": "Land cover (status)",
    "condition.soc": "Soil organic carbon (status)",
    "land_cover": "Land cover (7 class)",
    "soc": "Soil organic carbon",
}
SERIES = {"sdg", "productivity", "lpd", "condition.sdg", "condition.productivity"}


def package_name(facts: RunFacts) -> str:
    """Return the file name of the SO1 and SO2 package."""
    return f"{facts.country.lower()}_so1_so2.tar.gz"


def prais_package(facts: RunFacts, book: Book, rasters: Mapping[str, Path]) -> bytes:
    """Return the package; equal facts and rasters give equal bytes."""
    document, left_out = land_condition_summary(facts, book)
    stem = facts.country.lower()
    kept, skipped = _sorted_rasters(facts, rasters)
    reasons = [{"period": row.period, "figure": row.figure, "reason": row.reason} for row in (*left_out, *skipped)]
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, filename="") as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.PAX_FORMAT) as tar,
        tempfile.TemporaryDirectory() as folder,
    ):
        _add(tar, f"{stem}_summary.json", json_text(document).encode())
        _add(tar, f"{stem}_aoi.geojson", json_text(document["metadata"]["area_of_interest"]["geojson"]).encode())
        _add(tar, f"{stem}_left_out.json", json_text(reasons).encode())
        _add(tar, f"{stem}_bands.json", json_text([_band(facts, key) for key in kept]).encode())
        for key, path in kept.items():
            made = Path(folder) / "band.tif"
            _export(path, _mask_of(key, rasters), made)
            _add(tar, f"{stem}_{_file_stem(key)}.tif", made.read_bytes())
    return buffer.getvalue()


def _sorted_rasters(facts: RunFacts, rasters: Mapping[str, Path]) -> tuple[dict[str, Path], list[LeftOut]]:
    """Return the rasters that go into the package, and those that a short series keeps out (ruling 7)."""
    kept: dict[str, Path] = {}
    skipped: list[LeftOut] = []
    for key in sorted(rasters):
        product, when = _parts(key)
        if product not in BAND_NAMES:
            continue
        assessment, status = left_out_layers(facts, when)
        if product in SERIES and (status if product.startswith("condition.") else assessment):
            reason = "The productivity series is short; such figures are not for official reporting."
            skipped.append(LeftOut(when, f"raster {product}", reason))
        else:
            kept[key] = rasters[key]
    return kept, skipped


def _parts(key: str) -> tuple[str, str]:
    """Return the product of a raster's key and its period or year."""
    product, when = key.split(":")[0].rsplit(".", 1)
    return product, when


def _band(facts: RunFacts, key: str) -> dict[str, Any]:
    """Return what the key file says of one raster."""
    product, when = _parts(key)
    metadata: dict[str, Any] = {"period": when}
    for period in facts.periods:
        if period.name == when:
            first, last = period.soc if product == "soc_status" else period.land_cover
            if product in SERIES:
                first, last = period.productivity
            metadata |= {
                "year_initial": first,
                "year_final": last,
                "type": "baseline" if when == BASELINE else "report",
            }
    if when.isdigit():
        metadata = {"year": int(when)}
    return {
        "name": BAND_NAMES[product],
        "file": f"{facts.country.lower()}_{_file_stem(key)}.tif",
        "metadata": metadata,
        "no_data_value": EXPORT_NODATA,
        "outside_value": EXPORT_OUTSIDE,
        "added_to_map": product in {"sdg", "condition.sdg"},
        "activated": True,
    }


def _mask_of(key: str, rasters: Mapping[str, Path]) -> Path | None:
    """Return a gap raster of the same piece: it is no data outside the area of interest alone."""
    piece = f":{key.split(':')[1]}" if ":" in key else ""
    return next((rasters[name] for name in sorted(rasters) if re.fullmatch(rf"gaps\.[^:]+{piece}", name)), None)


def _export(source: Path, mask: Path | None, target: Path) -> None:
    """Write a raster as int16 with no data -32768, and -32767 outside the area of interest."""
    with rasterio.open(source) as file:
        form = {"driver": "GTiff", "dtype": "int16", "count": 1, "nodata": EXPORT_NODATA, "crs": file.crs}
        form |= {"width": file.width, "height": file.height, "transform": file.transform}
        form |= {"tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK, "compress": "deflate", "num_threads": 1}
        with rasterio.open(target, "w", **form) as made:
            for window, outside in _windows(file, mask):
                made.write(export_values(file.read(1, window=window), outside), 1, window=window)


def _windows(file: Any, mask: Path | None) -> Iterator[tuple[Any, NDArray[np.bool_] | None]]:
    """Yield windows of a raster and which of their cells lie outside the area of interest."""
    gaps = rasterio.open(mask) if mask is not None else None
    try:
        for row in range(0, file.height, BLOCK):
            for column in range(0, file.width, BLOCK):
                window = Window(column, row, min(BLOCK, file.width - column), min(BLOCK, file.height - row))
                yield window, None if gaps is None else gaps.read(1, window=window) == NODATA
    finally:
        if gaps is not None:
            gaps.close()


def export_values(values: NDArray[Any], outside: NDArray[np.bool_] | None) -> NDArray[np.int16]:
    """Return cell values as PRAIS reads them; stocks are rounded to whole tonnes per hectare.

    Examples
    --------
    >>> export_values(np.int8([[-1, -128, -127]]), np.array([[False, False, True]])).tolist()
    [[-1, -32768, -32767]]
    """
    if np.issubdtype(values.dtype, np.floating):
        made = np.where(np.isfinite(values), np.rint(np.nan_to_num(values)), EXPORT_NODATA).astype(np.int16)
    else:
        missing = (values == NODATA) | (values == Status.NOT_APPLICABLE)
        made = np.where(missing, np.int16(EXPORT_NODATA), values.astype(np.int16))
    if outside is not None:
        made[outside] = EXPORT_OUTSIDE
    return made


def _file_stem(key: str) -> str:
    """Return a raster's key as part of a file name."""
    return key.replace(".", "_").replace(":", "_")


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    """Add a file without a time, owner or mode of its own."""
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))
