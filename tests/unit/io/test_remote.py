"""Files on servers: read like local ones, asked for again when a line fails, never through another door."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from journeys.web_server import WebServer, serving
from landbalance.core.errors import InputError, LandbalanceError, NotFoundError, SourceError
from landbalance.grid.align import Window
from landbalance.io import remote
from landbalance.io.bands import open_bands
from landbalance.io.files import checksum, sha256, stamp
from landbalance.io.layer_entries import expand_path
from landbalance.io.sniff import Format, sniff

NUMBERS = np.random.default_rng(3).integers(-3000, 9000, (3, 300, 400)).astype(np.int16)
WHOLE = Window(0, 0, 300, 400)


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    monkeypatch.setattr(remote, "DELAYS", (0.0, 0.0, 0.0))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with serving(tmp_path) as server:
        yield server


@pytest.fixture
def layer(tmp_path: Path, make_raster: Any) -> Path:
    return make_raster(tmp_path / "layer.tif", NUMBERS, nodata=-32768)


def cube(path: Path) -> None:
    x, y = 10 + 0.1 * np.arange(400), 20 - 0.1 * np.arange(300)
    data = xr.Dataset({"ndvi": (("time", "lat", "lon"), NUMBERS)}, {"time": [2001, 2002, 2003], "lat": y, "lon": x})
    if path.suffix == ".zarr":
        data.to_zarr(path, zarr_format=3, consolidated=True)
    else:
        data.to_netcdf(path, engine="h5netcdf")


def test_a_geotiff_on_a_server_reads_like_the_local_one(web: WebServer, layer: Path) -> None:
    local, far = open_bands(str(layer)), open_bands(web.url("layer.tif"))

    assert (far.grid, far.dtype, far.count, far.nodata) == (local.grid, local.dtype, local.count, local.nodata)
    np.testing.assert_array_equal(far.read((1, 3), WHOLE), NUMBERS[[0, 2]])


@pytest.mark.filterwarnings("ignore:Consolidated metadata is currently not part")
@pytest.mark.parametrize(("name", "kind"), [("cube.nc", Format.NETCDF4), ("cube.zarr", Format.ZARR)])
def test_a_cube_on_a_server_reads_like_the_local_one(web: WebServer, name: str, kind: Format) -> None:
    cube(web.folder / name)
    local, far = open_bands(str(web.folder / name)), open_bands(web.url(name))

    assert sniff(web.url(name)) is kind
    assert far.grid == local.grid
    np.testing.assert_array_equal(far.read((1, 2, 3), WHOLE), local.read((1, 2, 3), WHOLE))


@pytest.mark.filterwarnings("ignore:Consolidated metadata is currently not part")
@pytest.mark.parametrize("fault", ["503", "drop", "truncate"])
@pytest.mark.parametrize("name", ["layer.tif", "cube.nc", "cube.zarr"])
def test_a_fault_that_passes_changes_nothing(web: WebServer, layer: Path, name: str, fault: str) -> None:
    if name != "layer.tif":
        cube(web.folder / name)
    sniff(web.url(name))
    before = len(web.asked)
    web.fault = lambda number: fault if before < number <= before + 3 else ""

    np.testing.assert_array_equal(open_bands(web.url(name)).read((1, 2, 3), WHOLE), NUMBERS)
    assert len(web.asked) > before + 3


@pytest.mark.filterwarnings("ignore:Consolidated metadata is currently not part")
@pytest.mark.parametrize("fault", ["503", "drop", "truncate"])
@pytest.mark.parametrize("name", ["layer.tif", "cube.zarr"])
def test_a_fault_that_stays_is_one_line_and_may_be_tried_again(
    web: WebServer, layer: Path, name: str, fault: str
) -> None:
    if name != "layer.tif":
        cube(web.folder / name)
    opened = open_bands(web.url(name) + ("?token=secret" if name != "cube.zarr" else ""))
    web.fault = lambda number: fault

    with pytest.raises(SourceError, match="cannot be read from its server") as caught:
        opened.read((1, 2, 3), WHOLE)
    assert caught.value.retryable
    assert name in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("fault", ["503", "drop", "truncate"])
def test_a_netcdf_that_cannot_be_fetched_leaves_nothing(web: WebServer, fault: str) -> None:
    cube(web.folder / "cube.nc")
    web.fault = lambda number: fault if number > 1 else ""

    with pytest.raises(SourceError, match="cannot be read from its server"):
        open_bands(web.url("cube.nc"))
    assert not [path for path in (web.folder / "cache").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        ("404", NotFoundError, "does not exist"),
        ("403", SourceError, "closed to you"),
        ("503", SourceError, "503"),
        ("drop", SourceError, "cannot be read from its server"),
        ("whole", SourceError, "no parts of files"),
        ("redirect:file:///etc/passwd", SourceError, "sends to file:///etc/passwd"),
        ("redirect:http://169.254.169.254/latest", SourceError, "sends to http://169"),
        ("redirect:ftp://example.org/a.tif", SourceError, "sends to ftp"),
    ],
)
def test_what_a_server_refuses_is_said_in_one_line(
    web: WebServer, layer: Path, fault: str, kind: type[LandbalanceError], said: str
) -> None:
    web.fault = lambda number: fault

    with pytest.raises(kind, match=said) as caught:
        open_bands(web.url("layer.tif") + "?key=secret")
    assert "secret" not in str(caught.value)


def test_a_redirect_to_another_place_of_the_same_server_is_followed(web: WebServer, layer: Path) -> None:
    web.fault = lambda number: f"redirect:{web.url('layer.tif')}" if "/old" in web.asked[-1] else ""

    np.testing.assert_array_equal(open_bands(web.url("old.tif")).read((1,), WHOLE), NUMBERS[:1])


@pytest.mark.parametrize("content", [b"", b"<VRTDataset></VRTDataset>", b"not a raster at all"])
def test_another_file_is_refused_by_its_first_bytes(web: WebServer, content: bytes) -> None:
    (web.folder / "layer.tif").write_bytes(content)

    with pytest.raises(InputError, match=r"layer\.tif"):
        open_bands(web.url("layer.tif"))


def test_a_refused_line_is_a_source_error(web: WebServer) -> None:
    with pytest.raises(SourceError, match="cannot be read from its server") as caught:
        sniff("http://127.0.0.1:9/layer.tif")
    assert caught.value.retryable


def test_a_small_file_has_the_checksum_of_its_content(web: WebServer, layer: Path) -> None:
    assert checksum(web.url("layer.tif")) == sha256(layer)


def test_a_large_file_has_a_checksum_that_says_what_it_is_of(
    web: WebServer, layer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "WHOLE_BYTES", 1000)
    first = checksum(web.url("layer.tif"))

    layer.write_bytes(layer.read_bytes() + b"\0")

    assert first.startswith("size+etag:")
    assert checksum(web.url("layer.tif")) != first


def test_a_large_file_without_a_mark_is_read_for_its_checksum(
    web: WebServer, layer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "WHOLE_BYTES", 1000)
    web.has_marks = False

    assert checksum(web.url("layer.tif")) == sha256(layer)
    assert stamp(web.url("layer.tif")) == ""


@pytest.mark.filterwarnings("ignore:Consolidated metadata is currently not part")
def test_a_zarr_store_has_the_checksum_of_its_metadata(web: WebServer) -> None:
    cube(web.folder / "cube.zarr")

    assert checksum(web.url("cube.zarr")).startswith("metadata:")


def test_a_password_in_an_address_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"netrc") as caught:
        expand_path("https://me:topsecret@example.org/a.tif", tmp_path)
    assert "topsecret" not in str(caught.value)
