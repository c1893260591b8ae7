"""Uploads in the quarantined child: what is made of good ones, and one plain line for every bad one."""

import io
import json
import os
import stat
import sys
import threading
import zipfile
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
import xlsxwriter
from rasterio.transform import from_origin

from landbalance.core.errors import InputError
from landbalance.io import quarantine
from landbalance.io.quarantine import Limits, ingest, safe_name

SQUARE = {"type": "Polygon", "coordinates": [[[10, 10], [11, 10], [11, 11], [10, 11], [10, 10]]]}
VRT = """<VRTDataset rasterXSize="4" rasterYSize="4"><SRS>EPSG:4326</SRS><GeoTransform>0,1,0,4,0,-1</GeoTransform>
<VRTRasterBand dataType="Byte" band="1"><SimpleSource><SourceFilename relativeToVRT="0">{path}</SourceFilename>
<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"""


def write_raster(path: Path, values: np.ndarray, **extra: object) -> Path:
    profile = {"driver": "GTiff", "crs": "EPSG:4326", "transform": from_origin(10, 12, 0.01, 0.01), **extra}
    height, width = values.shape[-2:]
    values = values.reshape(-1, height, width)
    with rasterio.open(path, "w", height=height, width=width, count=len(values), dtype=values.dtype, **profile) as file:
        file.write(values)
    return path


def collection(*geometries: object, **properties: object) -> str:
    features = [{"type": "Feature", "properties": properties, "geometry": geometry} for geometry in geometries]
    return json.dumps({"type": "FeatureCollection", "features": features})


def write_zip(path: Path, entries: list[tuple[str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def refusal(upload: Path, folder: Path, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        ingest(upload, folder, **options)  # type: ignore[arg-type]
    left = [] if not folder.exists() else [path.name for path in folder.iterdir()]
    assert left == [], "something is left behind"
    return str(caught.value)


def test_a_geotiff_becomes_a_cog_with_the_same_cells_and_facts(tmp_path: Path) -> None:
    values = (np.arange(600 * 700) % 10_000).astype(np.int16).reshape(600, 700)
    values[:3] = -9
    source = write_raster(tmp_path / "ndvi 2001.tif", values, nodata=-9)

    made = ingest(source, tmp_path / "data", want="raster")

    with rasterio.open(made.path, driver="GTiff") as file:
        np.testing.assert_array_equal(file.read(1), values)
        assert file.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    assert made.name == "ndvi_2001.tif"
    assert made.facts["statistics"][0]["nodata"] == 2100
    assert made.facts["statistics"][0]["known"] == values.size - 2100
    assert made.facts["bounds"] == [10.0, 6.0, 17.0, 12.0]


def test_the_child_is_cut_off_where_the_system_allows_it(tmp_path: Path) -> None:
    made = ingest(write_raster(tmp_path / "a.tif", np.ones((4, 4), np.uint8)), tmp_path / "data")

    assert made.is_isolated == (os.system("unshare -Urn true 2>/dev/null") == 0)


def test_the_child_gets_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDBALANCE_TOKEN", "secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    given = quarantine.environment(tmp_path)

    assert "secret" not in given.values()
    assert {"VRT", "WMS", "WCS", "DERIVED", "GTI"} <= set(given["GDAL_SKIP"].split(","))
    assert {"OGR_VRT", "CSV", "WFS"} <= set(given["OGR_SKIP"].split(","))


def test_vrt_text_named_tif_is_refused(tmp_path: Path) -> None:  # A01, A02
    (tmp_path / "a.tif").write_text(VRT.format(path="/etc/passwd"))

    assert "a.tif is text that may point at other files" in refusal(tmp_path / "a.tif", tmp_path / "data")


def test_ogr_vrt_named_geojson_is_refused(tmp_path: Path) -> None:  # A03
    (tmp_path / "a.geojson").write_text(
        '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>CSV:/etc/passwd</SrcDataSource></OGRVRTLayer>'
    )

    assert "a.geojson is text that may point" in refusal(tmp_path / "a.geojson", tmp_path / "data")


CALLS = {
    "vrt.tif": VRT.format(path="/vsicurl/{address}/a.tif"),
    "wms.tif": "<GDAL_WMS><Service name='TMS'><ServerUrl>{address}/a</ServerUrl></Service></GDAL_WMS>",
    "ogr.geojson": "<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>/vsicurl/{address}/a</SrcDataSource>"
    "</OGRVRTLayer></OGRVRTDataSource>",
    "linked.kml": "<?xml version='1.0'?><!DOCTYPE kml [<!ENTITY a SYSTEM '{address}/a'>]>"
    "<kml><Document>&a;</Document></kml>",
    "href.geojson": '{{"type": "FeatureCollection", "features": [], "links": [{{"href": "{address}/next"}}]}}',
    "stac.json": '{{"type": "Feature", "assets": {{"data": {{"href": "{address}/a.tif"}}}}}}',
    "address.geojson": "{address}/a.geojson",
}


@pytest.mark.parametrize("name", CALLS)
def test_no_upload_makes_us_call_another_server(tmp_path: Path, name: str) -> None:  # A04
    calls: list[str] = []

    class Heard(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815 - the name the library asks for

    with ThreadingHTTPServer(("127.0.0.1", 0), Heard) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (tmp_path / name).write_text(CALLS[name].format(address=f"http://127.0.0.1:{server.server_port}"))

        said = refusal(tmp_path / name, tmp_path / "data")
        server.shutdown()

    assert name in said
    assert calls == []


def test_a_raster_bomb_is_refused_from_its_header(tmp_path: Path) -> None:  # A05
    transform = from_origin(0, 80, 1e-4, 1e-4)
    with rasterio.open(
        tmp_path / "bomb.tif", "w", driver="GTiff", width=400_000, height=400_000, count=4, dtype="float64",
        crs="EPSG:4326", transform=transform, tiled=True, SPARSE_OK="TRUE", BIGTIFF="YES",
    ):  # fmt: skip
        pass

    assert "bomb.tif declares 400000 x 400000 cells in 4 bands" in refusal(tmp_path / "bomb.tif", tmp_path / "data")


@pytest.mark.parametrize("cut", [0, 3, 100, 0.5, 0.95])
def test_a_cut_raster_is_refused(tmp_path: Path, cut: float) -> None:  # A06
    values = np.random.default_rng(1).integers(0, 200, (300, 300)).astype(np.uint8)
    whole = write_raster(tmp_path / "whole.tif", values, compress="deflate", tiled=True).read_bytes()
    (tmp_path / "cut.tif").write_bytes(whole[: int(cut if cut > 1 else cut * len(whole))])

    assert refusal(tmp_path / "cut.tif", tmp_path / "data").startswith("cut.tif ")


def test_a_raster_without_a_place_is_refused_and_one_without_a_system_is_asked(tmp_path: Path) -> None:  # A12
    plain = write_raster(tmp_path / "plain.tif", np.ones((4, 4), np.uint8), crs=None)

    assert "plain.tif names no coordinate reference system" in refusal(plain, tmp_path / "data")
    assert ingest(plain, tmp_path / "data", crs="EPSG:4326").facts["crs"] == "EPSG:4326"


def test_doubtful_numbers_are_counted(tmp_path: Path) -> None:  # A13
    values = np.float32([[1, np.nan], [np.inf, -2]])

    made = ingest(write_raster(tmp_path / "a.tif", values), tmp_path / "data")

    row = made.facts["statistics"][0]
    assert (row["known"], row["nan"], row["infinite"], row["low"], row["high"]) == (2, 1, 1, -2, 1)
    assert "1 cells are infinite: they count as unknown" in made.notes


def test_a_mask_that_hides_cells_is_refused(tmp_path: Path) -> None:
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True):
        path = write_raster(tmp_path / "a.tif", np.ones((4, 4), np.uint8))
        with rasterio.open(path, "r+") as file:
            file.write_mask(np.eye(4, dtype=bool))

    assert "a.tif hides cells with a mask" in refusal(path, tmp_path / "data")


def test_a_child_that_aborts_is_an_error_that_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # F18
    (tmp_path / "poison.tif").write_bytes(b"II*\0poison")
    monkeypatch.setattr(quarantine, "COMMAND", (sys.executable, "-I", "-c", "import os; os.abort()"))

    assert "poison.tif cannot be read: the reader ended with SIGABRT" in refusal(
        tmp_path / "poison.tif", tmp_path / "data"
    )


def test_signals_are_told_in_words() -> None:  # F18
    assert "SIGABRT" in str(quarantine.broken("a.tif", -6))
    assert "too much time or memory" in str(quarantine.broken("a.tif", -9))


def test_a_child_out_of_memory_is_one_line(tmp_path: Path) -> None:
    values = np.zeros((2000, 2000), np.float64)
    source = write_raster(tmp_path / "large.tif", values)

    said = refusal(source, tmp_path / "data", limits=Limits(memory_bytes=300 << 20))

    assert said.startswith("large.tif ")


def test_a_geojson_is_checked_and_measured(tmp_path: Path) -> None:  # A11
    (tmp_path / "zone.geojson").write_text(collection(SQUARE, name="Nord"))

    made = ingest(tmp_path / "zone.geojson", tmp_path / "data", want="vector")

    [feature] = made.features()
    assert feature["properties"]["name"] == "Nord"
    assert made.facts["area_km2"] == pytest.approx(12107.7, rel=1e-3)  # 1 degree square at 10-11 N on WGS84
    assert feature["properties"]["_area_km2"] == made.facts["area_km2"]


def test_a_bow_tie_is_repaired_with_a_note_and_its_true_area(tmp_path: Path) -> None:  # A11
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    (tmp_path / "bow.geojson").write_text(collection(bow))

    made = ingest(tmp_path / "bow.geojson", tmp_path / "data")

    assert any("repaired" in note for note in made.notes)
    assert made.facts["area_km2"] == pytest.approx(12308.8 / 2, rel=1e-3)


BAD_SHAPES = {
    "empty": ('{"type":"FeatureCollection","features":[]}', "holds no feature"),
    "nothing": ("{}", "is no GeoJSON"),
    "point": (collection({"type": "Point", "coordinates": [1, 2]}), "is a Point, not a polygon"),
    "nan": ('{"type":"Polygon","coordinates":[[[0,0],[NaN,1],[1,0],[0,0]]]}', "not a number"),
    "huge": ('{"type":"Polygon","coordinates":[[[0,0],[1e400,1],[1,0],[0,0]]]}', "not a number"),
    "swapped": (
        '{"type":"Polygon","coordinates":[[[12,-120],[13,-120],[13,-121],[12,-120]]]}',
        "longitude comes first",
    ),
    "flat": ('{"type":"Polygon","coordinates":[[[0,0],[1,1],[2,2],[0,0]]]}', "has no area"),
    "nested": ("[" * 100_000 + "]" * 100_000, "is no"),
    "deep": ('{"a":' + "[" * 100_000 + "]" * 100_000 + "}", "is no GeoJSON"),
    "no-geometry": ('{"type":"Feature","properties":{},"geometry":null}', "is empty"),
    "odd": ('{"type":"Feature","geometry":{"type":"Polygon","coordinates":"x"}}', "damaged geometry"),
}


@pytest.mark.parametrize(("text", "said"), BAD_SHAPES.values(), ids=BAD_SHAPES)
def test_bad_shapes_are_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:  # A11
    (tmp_path / "a.geojson").write_text(text)

    line = refusal(tmp_path / "a.geojson", tmp_path / "data")

    assert said in line
    assert "\n" not in line


def test_points_are_kept_where_they_are_wanted(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text(collection({"type": "Point", "coordinates": [1, 2, 300]}))

    [feature] = ingest(tmp_path / "a.geojson", tmp_path / "data", polygons_only=False).features()

    assert feature["geometry"] == {"type": "Point", "coordinates": [1.0, 2.0]}


def test_a_zipped_shapefile_in_metres_comes_out_in_degrees(tmp_path: Path) -> None:
    box = shapely.to_wkb(np.array([shapely.box(500_000, 1_000_000, 510_000, 1_010_000)]))
    for_parts = tmp_path / "parts"
    for_parts.mkdir()
    pyogrio.raw.write(
        for_parts / "zone.shp", box, [np.array(["Süd"], dtype=object)], ["name"], geometry_type="Polygon",
        crs="EPSG:32631",
    )  # fmt: skip
    packed = write_zip(tmp_path / "z.zip", [(f"x/{path.name}", path.read_bytes()) for path in for_parts.iterdir()])

    made = ingest(packed, tmp_path / "data", want="vector")

    assert made.features()[0]["properties"]["name"] == "Süd"
    assert made.facts["area_km2"] == pytest.approx(100.08, rel=1e-3)  # scale factor 0.9996 on the central meridian
    assert shapely.geometry.shape(made.features()[0]["geometry"]).bounds[0] == pytest.approx(3.0, abs=1e-6)


def test_a_geopackage_is_read(tmp_path: Path) -> None:
    shape = shapely.to_wkb(np.array([shapely.box(0, 0, 1, 1)]))
    pyogrio.raw.write(
        tmp_path / "a.gpkg", shape, [np.array([7])], ["code"], geometry_type="Polygon", crs="EPSG:4326", layer="a"
    )

    assert ingest(tmp_path / "a.gpkg", tmp_path / "data").features()[0]["properties"]["code"] == 7


def linked() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("link.tif")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


def packed(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b"x" * 10)
    return buffer.getvalue()


BAD_ZIPS: dict[str, tuple[Callable[[], bytes], str]] = {
    "slip": (lambda: packed("../a.tif"), "points out of the archive"),
    "absolute": (lambda: packed("/etc/a.tif"), "points out of the archive"),
    "backslash": (lambda: packed("..\\a.tif"), "points out of the archive"),
    "drive": (lambda: packed("C:/a.tif"), "points out of the archive"),
    "link": (linked, "is a link"),
    "nested": (lambda: packed("b.zip", "a.tif"), "is an archive within the archive"),
    "many": (lambda: packed(*(f"{n}.txt" for n in range(1001))), "has 1001 entries"),
    "twice": (lambda: packed("A.tif", "a.TIF"), "is there twice"),
    "two": (lambda: packed("a.tif", "b.tif"), "holds 2 data sets"),
    "none": (lambda: packed("a.txt"), "holds no data sets"),
    "broken": (lambda: packed("a.tif")[:60], "is a damaged archive"),
}


@pytest.mark.parametrize(("make", "said"), BAD_ZIPS.values(), ids=BAD_ZIPS)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_bad_archives_are_refused(tmp_path: Path, make: Callable[[], bytes], said: str) -> None:  # A08
    (tmp_path / "a.zip").write_bytes(make())

    assert said in refusal(tmp_path / "a.zip", tmp_path / "data")


def test_a_workbook_bomb_is_refused_from_its_directory(tmp_path: Path) -> None:  # A07
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(300):
                sheet.write(b" " * 1_000_000)

    assert "a.xlsx unpacks from" in refusal(tmp_path / "a.xlsx", tmp_path / "data")


def test_a_workbook_becomes_rows(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    sheet = book.add_worksheet("Targets")
    for number, row in enumerate([["code", "area"], ["T1", 12], ["T2", 1.5]]):
        sheet.write_row(number, 0, row)
    book.close()

    [found] = ingest(tmp_path / "a.xlsx", tmp_path / "data", want="rows").sheets()

    assert found == {"name": "Targets", "header": ["code", "area"], "rows": [["T1", 12], ["T2", 1.5]]}


@pytest.mark.parametrize(
    "content", [b"code;area\nT\xc3\xa9;12\n", b"code,area\nT\xe9,12\n", b"\xef\xbb\xbfcode\tarea\nT\xc3\xa9\t12"]
)
def test_a_csv_becomes_rows_whatever_its_encoding(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)

    [found] = ingest(tmp_path / "a.csv", tmp_path / "data").sheets()

    assert (found["header"], found["rows"]) == (["code", "area"], [["Té", "12"]])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "a.csv is empty"),
        ("a.bin", b"\0\1\2\3", "a.bin is no file this program reads"),
        ("a.tif", b"hello", "a.tif is no file this program reads"),
        ("a.xlsx", b"code,area", "a.xlsx is no file"),
    ],
)
def test_other_files_are_refused_from_their_first_bytes(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)

    assert said in refusal(tmp_path / name, tmp_path / "data")


def test_what_is_not_wanted_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"code\n1\n")

    assert "a.csv is a table, not a raster" in refusal(tmp_path / "a.csv", tmp_path / "data", want="raster")


@pytest.mark.parametrize(
    "name", ["../../x.tif", "..\\..\\x.tif", "/abs/x.tif", "x\0.tif", "con/../x.tif", "\\\\host\\x"]
)
def test_names_stay_inside_the_folder(name: str) -> None:  # A23
    clean = safe_name(name)

    assert Path(clean).name == clean
    assert ".." not in clean
    assert "\0" not in clean


def test_two_uploads_of_one_name_are_two_files(tmp_path: Path) -> None:
    source = write_raster(tmp_path / "a.tif", np.ones((4, 4), np.uint8))

    first, second = (ingest(source, tmp_path / "data") for _ in range(2))

    assert (first.path.name, second.path.name) == ("a.tif", "a-2.tif")
