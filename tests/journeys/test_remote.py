"""The main job on layers that lie on a server: the same bits as with local files, and no secret in what is left."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
import xarray as xr
from typer.testing import CliRunner

from journeys.places import YEARS, make_place
from journeys.stops import Few
from journeys.web_server import WebServer, serving
from landbalance.cli.app import app
from landbalance.core.errors import InputError, LandbalanceError, SourceError
from landbalance.engine.assess import assess
from landbalance.engine.dask_engine import dask_runner
from landbalance.engine.runs import Run
from landbalance.engine.scratch import TileStore
from landbalance.io import remote
from landbalance.io.files import sha256

BOX = shapely.box(10.05, 0.05, 10.95, 0.95)
LAYERS = ("ndvi.tif", "cover.tif", "soc.tif", "zone.tif")
BUCKET = "landbalance-test"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(remote, "DELAYS", (0.0, 0.0, 0.0))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return make_place(tmp_path / "home", [BOX], west=10, north=1, cell=0.01, shape=(100, 100))


@pytest.fixture
def web(tmp_path: Path, home: Path) -> Iterator[WebServer]:
    with serving(home) as server:
        yield server


def moved(home: Path, prefix: str, suffix: str = "") -> Path:
    """Return a workspace that differs in nothing but where its layers are."""
    away = home.with_name("away")
    away.mkdir()
    text = (home / "landbalance.toml").read_text()
    for name in LAYERS:
        text = text.replace(f'"{name}"', f'"{prefix}{name}{suffix}"')
    (away / "landbalance.toml").write_text(text)
    (away / "boundary.geojson").write_bytes((home / "boundary.geojson").read_bytes())
    return away


def rasters(run: Run) -> dict[str, np.ndarray]:
    return {path.name: rasterio.open(path).read() for path in sorted((run.folder / "layers").glob("*.tif"))}


def assert_same_bits(one: Run, other: Run) -> None:
    first, second = rasters(one), rasters(other)
    assert first.keys() == second.keys()
    for name, numbers in first.items():
        np.testing.assert_array_equal(numbers, second[name], err_msg=name)
    for table in sorted((one.folder / "tables").glob("*.csv")):
        assert table.read_bytes() == (other.folder / "tables" / table.name).read_bytes(), table.name


def test_layers_on_a_web_server_give_the_same_bits(home: Path, web: WebServer) -> None:
    local, far = assess(home, threads=1), assess(moved(home, web.url("")), threads=2)

    assert_same_bits(local, far)


def test_a_server_that_stumbles_gives_the_same_bits(home: Path, web: WebServer) -> None:
    web.fault = lambda number: {0: "503", 11: "drop", 22: "truncate"}.get(number % 33, "")

    assert_same_bits(assess(home, threads=1), assess(moved(home, web.url("")), threads=2))


def test_no_query_is_left_in_what_a_run_writes(home: Path, web: WebServer) -> None:
    run = assess(moved(home, web.url(""), "?signature=topsecret"), threads=1)

    told = [path for path in run.folder.parent.parent.rglob("*") if path.is_file() and path.name != "landbalance.toml"]
    assert "127.0.0.1" in (run.folder / "manifest.json").read_text()
    assert not [path for path in told if b"topsecret" in path.read_bytes()]


def test_a_server_that_goes_away_ends_in_one_line_and_leaves_no_run(home: Path, web: WebServer) -> None:
    away = moved(home, web.url(""))
    web.fault = lambda number: "503" if number > 60 else ""

    with pytest.raises(SourceError, match="cannot be read from its server"):
        assess(away, threads=2)
    assert not [folder for folder in (away / "runs").glob("*") if (folder / "report.html").exists()]


@pytest.mark.filterwarnings("ignore:Consolidated metadata is currently not part")
@pytest.mark.parametrize("name", ["ndvi.zarr", "ndvi.nc"])
def test_a_cube_on_a_web_server_gives_the_same_bits(home: Path, web: WebServer, name: str) -> None:
    with rasterio.open(home / "ndvi.tif") as file:
        numbers = file.read()
    x, y = 10.005 + 0.01 * np.arange(100), 0.995 - 0.01 * np.arange(100)
    variable = (("time", "lat", "lon"), numbers, {"_FillValue": np.int16(-32768)})
    cube = xr.Dataset({"ndvi": variable}, {"time": list(YEARS), "lat": y, "lon": x})
    if name.endswith("zarr"):
        cube.to_zarr(home / name, zarr_format=3, consolidated=True)
    else:
        cube.to_netcdf(home / name, engine="h5netcdf")
    text = (home / "landbalance.toml").read_text().replace("ndvi.tif", name)
    (home / "landbalance.toml").write_text(text)
    local = assess(home, threads=1)
    away = moved(home, web.url(""))
    (away / "landbalance.toml").write_text((away / "landbalance.toml").read_text().replace(name, web.url(name)))

    assert_same_bits(local, assess(away, threads=2))


def test_data_add_and_check_take_addresses(home: Path, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    add = ["data", "add", web.url("zone.tif"), "--role", "soil", "--kind", "class", "-w", str(home), "--quiet"]

    added = CliRunner().invoke(app, add)
    checked = CliRunner().invoke(app, ["data", "check", "-w", str(home), "--json"])

    assert added.exit_code == 0, added.output
    assert web.url("zone.tif") in (home / "landbalance.toml").read_text()
    assert "soil" in checked.output


@pytest.fixture
def bucket(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the address of a bucket of an S3 server on this computer that holds the layers."""
    server_module = pytest.importorskip("moto.server")
    import botocore.session

    server = server_module.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_ACCESS_KEY_ID": "one", "AWS_SECRET_ACCESS_KEY": "two",
        "AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "us-east-1",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    client = botocore.session.Session().create_client("s3", endpoint_url=settings["AWS_ENDPOINT_URL"])
    client.create_bucket(Bucket=BUCKET)
    for name in LAYERS:
        client.put_object(Bucket=BUCKET, Key=name, Body=(home / name).read_bytes())
    client.close()
    yield f"s3://{BUCKET}/"
    server.stop()


def test_layers_in_object_storage_give_the_same_bits(home: Path, bucket: str) -> None:
    assert_same_bits(assess(home, threads=1), assess(moved(home, bucket), threads=2))


@pytest.mark.parametrize("processes", [pytest.param(True, marks=pytest.mark.deep), False])
@pytest.mark.filterwarnings("default")  # the cluster's own
def test_workers_that_share_nothing_but_object_storage_give_the_same_bytes(
    home: Path, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, processes: bool
) -> None:
    local = assess(home, threads=1)
    names = set[str]()
    monkeypatch.setattr(TileStore, "write", lambda *_: pytest.fail("a tile was written beside the bucket"))

    with dask_runner(workers=2, threads=1, processes=processes) as runner:
        far = assess(moved(home, bucket), runner=runner, block=32, scratch=f"{bucket}scratch")

    assert_same_bits(local, far)
    for kept in far.manifest.rasters:
        names.update(name for name, _ in kept.files)
        assert sha256(far.folder / kept.files[0][0]) == kept.files[0][1]
    assert len(names) == len(local.manifest.rasters)
    assert not remote.filesystem(bucket).exists(f"{bucket}scratch")


def test_a_run_with_its_scratch_in_object_storage_is_taken_up(home: Path, bucket: str) -> None:
    local = assess(home, threads=1)
    away = moved(home, bucket)
    with pytest.raises(KeyboardInterrupt):
        assess(away, threads=1, block=32, scratch=f"{bucket}scratch", progress=Few("tiles", 5))

    assert_same_bits(local, assess(away, threads=1, resume=True, scratch=f"{bucket}scratch"))


def test_a_scratch_that_is_no_object_storage_is_refused(home: Path) -> None:
    with pytest.raises(InputError, match="no place in object storage"):
        assess(home, scratch="/tmp/here")


def test_an_object_that_is_not_there_is_said_in_one_line(home: Path, bucket: str) -> None:
    away = moved(home, bucket.replace("test", "none"))

    with pytest.raises(LandbalanceError, match=r"ndvi\.tif does not exist|closed to you"):
        assess(away, threads=1)
