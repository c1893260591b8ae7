"""Bad input: one clear line with the next step, exit code 1 (2 for usage), and nothing half-written."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from typer.testing import CliRunner, Result

from landbalance.cli.app import app

SQUARE = [(10.0, 19.0), (11.0, 19.0), (11.0, 20.0), (10.0, 20.0)]
BOW_TIE = [(10.0, 19.0), (11.0, 20.0), (11.0, 19.0), (10.0, 20.0)]
FAR = [(x + 60, y) for x, y in SQUARE]
COVER_NAMES = tuple(f"cover_{year}" for year in range(2000, 2010))
Spoil = Callable[[Path], object]
SETTINGS = """\
[installation]

[workspace]
format = 1
country = "ZZD"
title = "Squareland"
invented = true
boundary = "boundary.geojson"

[[zones]]
id = "districts"
path = "zones.geojson"

[periods.baseline]
land_cover = [2000, 2009]
soc = [2000, 2009]
productivity = [2000, 2009]

[[layer]]
role = "land_cover"
path = "cover.tif"
legend = "unccd"
licence = "CC0"

[[layer]]
role = "productivity"
path = "ndvi.tif"
quantity = "ndvi"
scale = 0.0001
years = "2000-2009"
licence = "CC0"

[[layer]]
role = "soc"
path = "soc.tif"
reference_year = 2000
licence = "CC0"

[[layer]]
role = "climate_zone"
path = "climate.tif"
licence = "CC0"
"""


def write_raster(
    path: Path, bands: object, *, crs: str | None = "EPSG:4326", west: float = 10.0, **options: object
) -> None:
    data = np.asarray(bands)
    names = options.pop("names", ())
    profile = {"count": data.shape[0], "height": data.shape[1], "width": data.shape[2], "dtype": data.dtype}
    transform = from_origin(west, 20.0, 0.1, 0.1)
    with rasterio.open(path, "w", driver="GTiff", crs=crs, transform=transform, **profile, **options) as file:
        file.write(data)
        for number, name in enumerate(names, start=1):
            file.set_band_description(number, name)


def write_polygons(path: Path, *rings: list[tuple[float, float]]) -> None:
    shapes = [{"type": "Polygon", "coordinates": [[*ring, ring[0]]] if ring else []} for ring in rings]
    features = [
        {"type": "Feature", "properties": {"name": f"zone {number}"}, "geometry": shape}
        for number, shape in enumerate(shapes, start=1)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def ndvi(years: int = 10) -> np.ndarray:
    rng = np.random.default_rng(7)
    return rng.integers(2000, 6000, (years, 10, 10)).astype(np.int16)


def cover(code: int = 2) -> np.ndarray:
    return np.full((10, 10, 10), code, np.uint8)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small country in good order, the current folder in it."""
    folder = tmp_path / "squareland"
    folder.mkdir()
    (folder / "landbalance.toml").write_text(SETTINGS)
    write_polygons(folder / "boundary.geojson", SQUARE)
    write_polygons(folder / "zones.geojson", SQUARE)
    write_raster(folder / "cover.tif", cover(), names=COVER_NAMES)
    write_raster(folder / "ndvi.tif", ndvi(), nodata=-32768)
    write_raster(folder / "soc.tif", np.full((1, 10, 10), 40, np.float32))
    write_raster(folder / "climate.tif", np.full((1, 10, 10), 12, np.uint8))
    monkeypatch.chdir(folder)
    return folder


def call(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def raster(name: str, bands: object, **options: object) -> Spoil:
    return lambda home: write_raster(home / name, bands, **options)


def polygons(name: str, *rings: list[tuple[float, float]]) -> Spoil:
    return lambda home: write_polygons(home / name, *rings)


def edit(old: str, new: str) -> Spoil:
    def spoil(home: Path) -> None:
        file = home / "landbalance.toml"
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))

    return spoil


def cut(name: str) -> Spoil:
    def spoil(home: Path) -> None:
        whole = (home / name).read_bytes()
        (home / name).write_bytes(whole[: len(whole) // 2])

    return spoil


def text(name: str, content: str) -> Spoil:
    return lambda home: (home / name).write_text(content)


def gone(name: str) -> Spoil:
    return lambda home: (home / name).unlink()


def nothing(home: Path) -> None:
    """Spoil nothing: the command itself asks for what is not there."""


def floats(value: float) -> Spoil:
    def spoil(home: Path) -> None:
        edit("scale = 0.0001\n", "")(home)
        write_raster(home / "ndvi.tif", np.full((10, 10, 10), value, np.float32))

    return spoil


@dataclass(frozen=True)
class Case:
    """What is wrong, and what the answer must say."""

    id: str
    spoil: Spoil
    says: str
    words: tuple[str, ...] = ()


POINT = '{"type": "Point", "coordinates": [1, 2]}'
LIMIT = '[parameters]\nsoc_threshold = {value = 9.0, reason = "x"}\n[[zones]]'
SPOILT_INPUT = [  # met by the check and by the run alike
    Case("truncated raster", cut("ndvi.tif"), "ndvi.tif"),
    Case("empty raster", text("ndvi.tif", ""), "ndvi.tif"),
    Case("text named .tif", text("ndvi.tif", "no raster"), "ndvi.tif"),
    Case("missing raster", gone("ndvi.tif"), "ndvi.tif"),
    Case("a folder as raster", edit("ndvi.tif", "."), "squareland"),
    Case("missing CRS", raster("ndvi.tif", ndvi(), crs=None), "reference system"),
    Case("wrong CRS", raster("ndvi.tif", ndvi(), west=5e5), "degrees"),
    Case("elsewhere", raster("ndvi.tif", ndvi(), west=70.0), "boundary"),
    Case("wrong band count", raster("ndvi.tif", ndvi(9)), "9 bands"),
    Case("too few years", edit("productivity = [2000", "productivity = [2007"), "years"),
    Case("missing year", edit("land_cover = [2000, 2009]", "land_cover = [1990, 2009]"), "1990"),
    Case("all nodata", raster("cover.tif", cover(0), nodata=0, names=COVER_NAMES), "data"),
    Case("NaN only", floats(np.nan), "data"),
    Case("infinite only", floats(np.inf), "data"),
    Case("codes of no class", raster("cover.tif", cover(99), names=COVER_NAMES), "land_cover"),
    Case("unknown legend", edit('"unccd"', '"uncd"'), "no legend is called uncd"),
    Case("no polygon", polygons("boundary.geojson"), "boundary.geojson"),
    Case("an empty polygon", polygons("boundary.geojson", []), "boundary.geojson"),
    Case("cut boundary", cut("boundary.geojson"), "boundary.geojson"),
    Case("boundary elsewhere", polygons("boundary.geojson", FAR), "boundary"),
    Case("no boundary", edit('boundary = "boundary.geojson"', ""), "boundary"),
    Case("missing zones", gone("zones.geojson"), "zones.geojson"),
    Case("unknown key", edit("years =", "yeers ="), "did you mean years"),
    Case("no TOML", edit("[workspace]", "[workspace"), "landbalance.toml"),
    Case("unknown profile", edit("invented = true", 'profile = "best"'), "no profile is called best"),
    Case("parameter out of bounds", edit("[[zones]]", LIMIT), "soc_threshold is 9"),
]
CHECK, ASSESS, ADD = ("data", "check"), ("assess", "--quiet"), ("data", "add")
CASES = [
    *(replace(case, words=words) for case in SPOILT_INPUT for words in (CHECK, ASSESS)),
    Case("runs is a file", text("runs", "where a folder should be"), "runs", ASSESS),
    Case("scale forgotten", edit("scale = 0.0001\n", ""), "possible is -1 to 1:", CHECK),
    Case("no workspace", gone("landbalance.toml"), "landbalance init", CHECK),
    Case("no such folder", nothing, "/proc/1/nothing", ("assess", "/proc/1/nothing")),
    Case("missing file", nothing, "gone.tif", (*ADD, "gone.tif", "--role", "soil")),
    Case("cut file", cut("soc.tif"), "soc.tif", (*ADD, "soc.tif", "--role", "soil", "--copy")),
    Case("no CRS", raster("x.tif", ndvi(1), crs=None), "reference system", (*ADD, "x.tif", "--role", "soil")),
    Case("bands without years", nothing, "carry no year", (*ADD, "ndvi.tif", "--role", "precipitation")),
    Case("zones of points", text("p.geojson", POINT), "p.geojson", (*ADD, "p.geojson", "--role", "zones")),
    Case("a name with blanks", nothing, "My Zones", (*ADD, "zones.geojson", "--role", "zones", "--id", "My Zones")),
    Case("no such country", nothing, "no country has the code MLX", ("init", "x", "--country", "MLX")),
    Case("a taken name", lambda home: (home / "x").mkdir(), "exists already", ("init", "x", "--country", "MLI")),
    Case("before a run", nothing, "run landbalance assess", ("summary",)),
    Case("before a run", nothing, "run landbalance assess", ("explain", "--lon", "10.5", "--lat", "19.5")),
    Case("no such layer", nothing, "rain", ("zonal", "rain", "--by", "districts")),
    Case("no such polygons", nothing, "gone.gpkg", ("zonal", "soc", "--by", "gone.gpkg")),
    Case("no such year", nothing, "1950", ("zonal", "land_cover", "--by", "districts", "--years", "1950")),
    Case("no such indicator", nothing, "no indicator is called luck", ("indicator", "run", "luck")),
    Case("no such profile file", nothing, "mine.toml", ("config", "show", "--profile", "mine.toml")),
]
USAGE = [
    ("assess", "--threads", "0"),
    ("explain", "--lon", "200", "--lat", "0"),
    ("explain", "--lon", "nan", "--lat", "0"),
    ("summary", "--format", "xlsx"),
    ("data", "add", "soc.tif"),
    ("data", "add", "soc.tif", "--role", "soil", "--nodata", "none"),
    ("zonal", "soc"),
]


def files(home: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file but the caches of a run."""
    for entry in sorted(home.rglob("*")):
        if entry.is_file() and ".cache" not in entry.parts:
            yield str(entry.relative_to(home)), entry.read_bytes()


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.id}: {' '.join(case.words[:2])}")
def test_bad_input_is_one_line_and_leaves_nothing_behind(home: Path, case: Case) -> None:
    case.spoil(home)
    before = list(files(home))

    result = call(*case.words)

    lines = [line for line in result.stderr.splitlines() if not line.startswith("warning: ")]
    assert result.exit_code == 1, result.output
    assert len(lines) == 1
    assert lines[0].startswith("error: ")
    assert "unexpected" not in lines[0]
    assert case.says in result.output
    assert list(files(home)) == before


@pytest.mark.parametrize("words", USAGE, ids=" ".join)
def test_wrong_usage_ends_with_2(home: Path, words: tuple[str, ...]) -> None:
    assert call(*words).exit_code == 2


def test_a_folder_that_cannot_be_written_is_one_line(home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    result = call("demo", str(tmp_path / "file" / "demoland"))

    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_a_self_intersecting_zone_is_repaired_with_a_note(home: Path) -> None:
    write_polygons(home / "zones.geojson", BOW_TIE)

    result = call("data", "check")

    assert result.exit_code == 0
    assert "feature 1 repaired" in result.output


def test_zones_outside_the_rasters_are_named(home: Path) -> None:
    write_polygons(home / "zones.geojson", SQUARE, FAR)

    result = call("data", "check")

    assert result.exit_code == 0
    assert "1 zones lie outside layer ndvi" in result.output.replace("productivity", "ndvi")


def test_the_country_in_good_order_is_assessed(home: Path) -> None:
    assert call("data", "check").exit_code == 0

    result = call("assess", "--threads", "1")

    assert result.exit_code == 0, result.output
    assert "of the mapped land of Squareland was degraded" in result.output
