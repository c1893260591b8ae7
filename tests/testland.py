"""Testland: an invented country of two by two degrees with planted numbers, as the public services would serve it.

Tiles are coarse (cells of 0.05 degrees, MODIS cells of 4633 m), so that a whole pack is built in seconds; names,
tilings, tags, paging and tokens are those of the real services.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import rasterio.shutil
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.io import MemoryFile
from rasterio.transform import Affine

from landbalance.core.sources import Source, sources
from landbalance.grid.tilings import SIN_NORTH, SIN_TILE, SIN_WEST
from public_services import Answer, Asked, Service, Tokens, files, json_of, stac_search

CODE = "ZZT"
WEST, SOUTH, EAST, NORTH = 20.0, 9.0, 22.0, 11.0
CELL = 0.05
SIN_CELLS = 240
YEARS = range(2001, 2024)
SIN = "+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R=6371007.181 +units=m +no_defs"
IGH = "+proj=igh +lon_0=0 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"
PC = "planetarycomputer.microsoft.com"
DROUGHT_YEAR = 2005
CLOUDY_DAY = 113  # the composite that is cloudy everywhere: 22 of 23 count
SOC_T_HA = 50
UNSEEN_EAST_OF = 21.9  # where every composite holds the fill value
POPULATION_A_CELL = 7.0
# (west, south, east, north), ESA code until 2010, code after: five planted transitions of 0.4 x 0.4 degrees each
TRANSITIONS = (
    ((20.2, 10.4, 20.6, 10.8), 50, 130),  # tree cover to grassland: degradation
    ((21.0, 10.4, 21.4, 10.8), 130, 50),  # grassland to tree cover: improvement
    ((20.2, 9.2, 20.6, 9.6), 130, 10),  # grassland to cropland: improvement
    ((21.0, 9.2, 21.4, 9.6), 10, 190),  # cropland to artificial: degradation
    ((21.5, 9.9, 21.9, 10.3), 200, 130),  # other land to grassland: improvement
)


def ndvi_of(longitude: NDArray[np.float64], year: int) -> NDArray[np.int16]:
    """Return the planted annual NDVI x 10000: rising west of 20.7, falling east of 21.3, steady between."""
    steps = year - 2001
    return np.where(longitude < 20.7, 3000 + 60 * steps, np.where(longitude > 21.3, 6000 - 60 * steps, 4500)).astype(
        np.int16
    )


def rain_of(year: int, month: int) -> float:
    """Return the planted rain of a month [mm], the same everywhere."""
    return (40.0 + month) * (0.1 if year == DROUGHT_YEAR else 1.0 + 0.02 * ((year * 7) % 5 - 2))


def registry(composites: int = 23) -> dict[str, Source]:
    """Return the sources of a Testland pack: the real ones, with the coarse cells of this bench.

    With fewer composites a year is made of the first ones alone, which spares most of the requests.
    """
    known = sources()
    coarse = {
        "esa_cci_pc": {"res": CELL, "tile_px": 900},
        "mod13q1_pc": {"res": SIN_TILE / SIN_CELLS, "tile_px": SIN_CELLS, "composites": composites},
        "soilgrids_ocs": {"res": 5000.0},
        "chirps2": {"res": CELL},
        "worldpop_g2": {"res": CELL},
        "geoboundaries": {"levels": ("ADM0", "ADM1")},
        "world_bank": {"codes": ("SP.POP.TOTL", "AG.LND.TOTL.K2")},
        "un_sdg": {},
    }
    return {name: replace(known[name], **changes) for name, changes in coarse.items()}


def cog(array: NDArray[Any], transform: Affine, crs: str, nodata: float | None = None, block: int = 128) -> bytes:
    """Return a cloud-optimised GeoTIFF."""
    profile = {"driver": "GTiff", "height": array.shape[0], "width": array.shape[1], "count": 1, "crs": crs,
               "dtype": array.dtype.name, "transform": transform, "nodata": nodata}  # fmt: skip
    with MemoryFile() as plain, MemoryFile() as packed:
        with plain.open(**profile) as data:
            data.write(array, 1)
        with plain.open() as data:
            rasterio.shutil.copy(data, packed.name, driver="COG", BLOCKSIZE=block, COMPRESS="DEFLATE")
        return bytes(packed.read())


@cache
def land_cover(tile: str, year: int) -> bytes | None:
    """Return an ESA tile of 45 degrees."""
    if tile != "N00E000":
        return None
    array = np.full((900, 900), 130, dtype=np.uint8)
    for box, before, after in TRANSITIONS:
        array[_cells(box, 0.0, 45.0)] = before if year <= 2010 else after
    return cog(array, Affine(CELL, 0, 0.0, 0, -CELL, 45.0), "EPSG:4326", 0)


@cache
def ndvi_composite(tile: str, year: int) -> bytes:
    """Return a MODIS composite: the planted value, with a fill in one corner, and no nodata tag, as it may be."""
    col, row = int(tile[1:3]), int(tile[4:6])
    west, north, size = SIN_WEST + col * SIN_TILE, SIN_NORTH - row * SIN_TILE, SIN_TILE / SIN_CELLS
    return cog(_ndvi_array(tile, year), Affine(size, 0, west, 0, -size, north), SIN)


@cache
def _cog_of_reliability(tile: str, is_cloudy: bool) -> bytes:
    col, row = int(tile[1:3]), int(tile[4:6])
    size = SIN_TILE / SIN_CELLS
    transform = Affine(size, 0, SIN_WEST + col * SIN_TILE, 0, -size, SIN_NORTH - row * SIN_TILE)
    return cog(np.full((SIN_CELLS, SIN_CELLS), 3 if is_cloudy else 0, dtype=np.int8), transform, SIN)


@cache
def _longitudes(tile: str) -> NDArray[np.float64]:
    col, row = int(tile[1:3]), int(tile[4:6])
    size = SIN_TILE / SIN_CELLS
    x = SIN_WEST + col * SIN_TILE + (np.arange(SIN_CELLS) + 0.5) * size
    y = SIN_NORTH - row * SIN_TILE - (np.arange(SIN_CELLS) + 0.5) * size
    return np.asarray(Transformer.from_crs(SIN, "EPSG:4326", always_xy=True).transform(*np.meshgrid(x, y))[0])


def _ndvi_array(tile: str, year: int) -> NDArray[np.int16]:
    longitude = _longitudes(tile)
    return np.where(longitude > UNSEEN_EAST_OF, np.int16(-3000), ndvi_of(longitude, year))


def modis_items(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the items of a search: Terra, Aqua, an old make of each first composite, one of the year before."""
    year = int(str(body["datetime"])[:4])
    found = []
    for tile in ("h19v07", "h19v08", "h20v07", "h20v08"):
        days = range(1, 354, 16)
        found += [_item(f"MOD13Q1.A{year}{day:03d}.{tile}.061.2023999000000", tile, year, day) for day in days]
        found.append(_item(f"MOD13Q1.A{year}001.{tile}.061.2010001000000", tile, year, 1, host="old"))
        found.append(_item(f"MYD13Q1.A{year}009.{tile}.061.2023999000000", tile, year, 9))
        found.append(_item(f"MOD13Q1.A{year - 1}353.{tile}.061.2023999000000", tile, year - 1, 353))
    found.append({**_item(f"MOD13Q1.A{year}001.h19v07.061.2099001000000", "h19v07", year, 1), "assets": {}})
    return found


def _item(name: str, tile: str, year: int, day: int, host: str = "") -> dict[str, Any]:
    folder = f"modis-061-cogs{host}/MOD13Q1/{tile[1:3]}/{tile[4:6]}/{year}{day:03d}"
    stem = f"https://modiseuwest.blob.core.windows.net/{folder}/{name}"
    assets = {
        asset: {"href": f"{stem}_{asset}.tif"} for asset in ("250m_16_days_NDVI", "250m_16_days_pixel_reliability")
    }
    when = {"datetime": None, "start_datetime": f"{year}-01-01T00:00:00Z"}
    return {"type": "Feature", "stac_version": "1.0.0", "id": name, "collection": "modis-13Q1-061", "geometry": None,
            "assets": assets, "properties": when}  # fmt: skip


def modis_blob(path: str) -> bytes | None:
    """Return a MODIS file by its path."""
    parts = path.split("/")
    if len(parts) != 7 or parts[1] != "modis-061-cogs":
        return None
    tile, year, day = f"h{parts[3]}v{parts[4]}", int(parts[5][:4]), int(parts[5][4:])
    return _cog_of_reliability(tile, day == CLOUDY_DAY) if "reliability" in parts[6] else ndvi_composite(tile, year)


def esa_blob(path: str) -> bytes | None:
    """Return an ESA file by its path."""
    parts = path.split("/")  # /esa-cci-lc/cog/{ver}/{tile}/{year}/{name}
    return land_cover(parts[4], int(parts[5])) if len(parts) == 7 else None


VRT_CELL = 5000.0
VRT_CORNER = (1_900_000.0, 1_500_000.0)
VRT_TILE = 40


@cache
def soil_file(path: str) -> bytes | None:
    """Return the mosaic of soil tiles, or a tile of it: four tiles of 40 x 40 cells of 5 km."""
    if path.endswith("ocs_0-30cm_mean.vrt"):
        return soil_vrt().encode()
    if not path.startswith("/soilgrids/latest/data/ocs/ocs_0-30cm_mean/tileSG-"):
        return None
    row, col = (int(text) for text in path.rpartition("tileSG-")[2].removesuffix(".tif").split("-"))
    west, north = VRT_CORNER[0] + col * VRT_TILE * VRT_CELL, VRT_CORNER[1] - row * VRT_TILE * VRT_CELL
    array = np.full((VRT_TILE, VRT_TILE), SOC_T_HA, dtype=np.int16)
    return cog(array, Affine(VRT_CELL, 0, west, 0, -VRT_CELL, north), IGH, -32768)


def soil_vrt() -> str:
    """Return the list of the soil tiles."""
    rect = 'xOff="{x}" yOff="{y}" xSize="40" ySize="40"'
    sources_ = "".join(
        f'<ComplexSource><SourceFilename relativeToVRT="1">ocs_0-30cm_mean/tileSG-{row}-{col}.tif</SourceFilename>'
        f'<SourceBand>1</SourceBand><SrcRect {rect.format(x=0, y=0)}/><DstRect {rect.format(x=col * 40, y=row * 40)}/>'
        "<NODATA>-32768</NODATA></ComplexSource>"
        for row in range(4) for col in range(4)
    )  # fmt: skip
    west, north = VRT_CORNER
    return (
        '<VRTDataset rasterXSize="160" rasterYSize="160"><SRS>whatever</SRS>'
        f"<GeoTransform>{west}, {VRT_CELL}, 0, {north}, 0, {-VRT_CELL}</GeoTransform>"
        f'<VRTRasterBand dataType="Int16" band="1"><NoDataValue>-32768</NoDataValue>{sources_}'
        "</VRTRasterBand></VRTDataset>"
    )


@cache
def rain_file(path: str) -> bytes | None:
    """Return a CHIRPS month."""
    name = path.rpartition("/")[2]
    if not name.startswith("chirps-v2.0.") or not name.endswith(".cog"):
        return None
    year, month = (int(text) for text in name.removeprefix("chirps-v2.0.").removesuffix(".cog").split("."))
    array = np.full(
        (400, 800), rain_of(year, month), dtype=np.float32
    )  # 0 to 40 E, 15 S to 5 N ... a window of the globe
    return cog(array, Affine(CELL, 0, 0.0, 0, -CELL, 20.0), "EPSG:4326", -9999)


@cache
def people_file(path: str) -> bytes | None:
    """Return the people of a year: the whole country and a margin without data."""
    if f"/{CODE}/" not in path:
        return None
    array = np.full((44, 44), -99999.0, dtype=np.float32)
    array[2:42, 2:42] = POPULATION_A_CELL
    return cog(array, Affine(CELL, 0, WEST - 2 * CELL, 0, -CELL, NORTH + 2 * CELL), "EPSG:4326", -99999)


def boundary(level: str) -> dict[str, Any]:
    """Return the country, or its two regions, as GeoJSON."""
    halves = ((WEST, EAST, "Testland"),) if level == "ADM0" else ((WEST, 21.0, "West"), (21.0, EAST, "East"))
    features = [
        {"type": "Feature", "properties": {"shapeName": name}, "geometry": {"type": "Polygon", "coordinates": [
            [[west, SOUTH], [east, SOUTH], [east, NORTH], [west, NORTH], [west, SOUTH]]]}}
        for west, east, name in halves
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def boundary_record(asked: Asked) -> Answer:
    """Answer the boundary interface."""
    level = asked.path.rstrip("/").rpartition("/")[2]
    if f"/{CODE}/" not in asked.path or level == "ADM2":
        return Answer(status=404)
    return json_of({"boundaryID": f"{CODE}-{level}", "boundaryLicense": "CC BY 4.0",
                    "boundarySource": "Testland survey", "boundaryYearRepresented": "2020",
                    "gjDownloadURL": f"https://github.com/wmgeolab/geoBoundaries/raw/abc/{level}.geojson"})  # fmt: skip


def redirected(asked: Asked) -> Answer:
    """Send on to the host of large files, as the real one does."""
    return Answer(status=302, headers={"Location": f"https://media.githubusercontent.com/media{asked.path}"})


def boundary_blob(path: str) -> bytes | None:
    """Return a boundary file."""
    return json.dumps(boundary(path.rpartition("/")[2].removesuffix(".geojson"))).encode()


def world_bank(asked: Asked) -> Answer:
    """Answer an indicator: people as planted, land area of the box."""
    code = asked.path.rpartition("/")[2]
    value = {"SP.POP.TOTL": POPULATION_A_CELL * 1600, "AG.LND.TOTL.K2": 48_474.0}.get(code)
    if value is None:
        return json_of([{"message": [{"id": "120", "key": "Invalid value", "value": "not valid"}]}])
    rows = [{"date": str(year), "value": value, "unit": ""} for year in range(2000, 2024)]
    return json_of([{"page": 1, "pages": 1, "per_page": 1000, "total": len(rows)}, rows])


def un_sdg(asked: Asked) -> Answer:
    """Answer a series, with one value that is no number."""
    rows = [{"timePeriodStart": year, "value": value, "attributes": {"Nature": "C", "Units": "PERCENT"}}
            for year, value in ((2015.0, "12.5"), (2019.0, "NaN"))]  # fmt: skip
    return json_of({"size": 2, "totalElements": 2, "data": rows} if parse_qs(asked.query) else {})


def services(
    tokens: Tokens | None = None, search: Callable[..., list[dict[str, Any]]] = modis_items
) -> dict[str, Service]:
    """Return all services of a Testland pack."""
    guard = tokens or Tokens()
    find = stac_search(search, f"https://{PC}/api/stac/v1")

    def catalogue(asked: Asked) -> Answer:
        if asked.path.startswith("/api/sas/v1/token/"):
            return guard.give(asked)
        return find(asked) if asked.path == "/api/stac/v1/search" else Answer(status=404)

    return {
        PC: catalogue,
        "modiseuwest.blob.core.windows.net": guard.guarded(files(modis_blob)),
        "landcoverdata.blob.core.windows.net": guard.guarded(files(esa_blob)),
        "files.isric.org": files(soil_file),
        "data.chc.ucsb.edu": files(rain_file),
        "data.worldpop.org": files(people_file),
        "www.geoboundaries.org": boundary_record,
        "github.com": redirected,
        "media.githubusercontent.com": files(boundary_blob),
        "api.worldbank.org": world_bank,
        "unstats.un.org": un_sdg,
    }


def _cells(box: tuple[float, float, float, float], west: float, north: float) -> tuple[slice, slice]:
    """Return rows and columns of a box in a grid of 0.05 degrees."""
    rows = slice(round((north - box[3]) / CELL), round((north - box[1]) / CELL))
    return rows, slice(round((box[0] - west) / CELL), round((box[2] - west) / CELL))
