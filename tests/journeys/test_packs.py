"""Country packs from end to end: public services on 127.0.0.1, a pack, the engine, a stick, and all that goes wrong."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from typer.testing import CliRunner

import testland
from journeys.pack_child import order as small_order
from landbalance.cli.app import app
from landbalance.core.errors import InputError
from landbalance.core.sources import sources
from landbalance.grid.areas import cell_area_km2
from landbalance.io.geopackage import write_geopackage
from landbalance.io.packs import carry
from landbalance.io.packs.build import Built, build_pack
from landbalance.io.packs.cache import Cache
from landbalance.io.packs.check import check_pack
from landbalance.io.packs.line import Line
from landbalance.io.packs.manifest import PackLayer, broken_files, read_pack, write_manifest
from landbalance.io.packs.order import Order
from landbalance.io.packs.plan import plan_pack
from landbalance.io.packs.public_file import Desk
from landbalance.io.packs.signing import Signer
from public_services import Answer, Bench, Local, files, gzipped, serving
from testland import CODE, registry, services

COMPOSITES = 2
Build = Callable[..., Built]
ROLES = ("boundaries", "land_cover", "ndvi", "soc", "population", "statistics")


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with serving(services()) as state:
        yield state


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    opened: list[Desk] = []

    def open_desk(state: Bench, folder: Path = tmp_path, **options: Any) -> Desk:
        line = Line(backend=Local(state), **({"sleep": lambda seconds: None} | options))
        opened.append(Desk(line, Signer(line), Cache(folder / "cache")))
        return opened[-1]

    yield open_desk
    for desk in opened:
        desk.close()


def _built(bench: Bench, folder: Path, order: Order) -> Path:
    line = Line(backend=Local(bench))
    desk = Desk(line, Signer(line), Cache(folder / "cache"))
    try:
        return build_pack(order, folder / "packs", desk).folder
    finally:
        desk.close()


@pytest.fixture(scope="module")
def testland_pack(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a pack of all years, which the engine runs on."""
    return _built(bench, tmp_path_factory.mktemp("testland"), Order(CODE, only=ROLES, registry=registry(COMPOSITES)))


@pytest.fixture(scope="module")
def pack(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a pack of few years."""
    order = Order(CODE, years="2015-2018", only=(*ROLES, "precipitation"), registry=registry(COMPOSITES))
    return _built(bench, tmp_path_factory.mktemp("small"), order)


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.output


def content(folder: Path) -> dict[str, bytes]:
    """Return the files of a pack but those that hold a time."""
    timed = {"pack.toml", "RECIPE.json", "MANIFEST.sha256"}
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {
        name: path.read_bytes() for name, path in found.items() if name not in timed and not name.startswith("stac/")
    }


def band(folder: Path, name: str, number: int = 1) -> tuple[Any, Any]:
    """Return a band and the longitudes of its cells, for a raster in degrees."""
    with rasterio.open(folder / name) as data:
        return data.read(number), data.transform


def test_a_pack_holds_the_planted_numbers(pack: Path) -> None:
    cover, transform = band(pack, "layers/land_cover/esa_cci_pc/2015.tif")
    for (west, south, east, north), _, after in testland.TRANSITIONS:
        rows = slice(round((transform.f - north) / 0.05), round((transform.f - south) / 0.05))
        cols = slice(round((west - transform.c) / 0.05), round((east - transform.c) / 0.05))
        assert (cover[rows, cols] == after).all()
    soc, _ = band(pack, "layers/soc/soilgrids_ocs/soilgrids_ocs.tif")
    people, _ = band(pack, "layers/population/worldpop_g2/2015.tif")
    with rasterio.open(pack / "layers/precipitation/chirps2/monthly.tif") as data:
        names = data.descriptions
        rain = float(data.read(names.index("2016-03") + 1).mean())

    assert set(np.unique(soc)) == {testland.SOC_T_HA}
    assert people[people > 0].sum() == pytest.approx(testland.POPULATION_A_CELL * 1600)
    assert names == tuple(f"{year}-{month:02d}" for year in range(2015, 2019) for month in range(1, 13))
    assert rain == pytest.approx(testland.rain_of(2016, 3), rel=1e-6)


def test_annual_ndvi_is_the_mean_of_what_counts(pack: Path) -> None:
    with rasterio.open(pack / "layers/ndvi/mod13q1_pc/2016.tif") as data:
        mean, count = data.read()
        rows, cols = np.mgrid[0 : data.height, 0 : data.width]
        x, y = data.transform * (cols + 0.5, rows + 0.5)
    from pyproj import Transformer

    lon, _ = Transformer.from_crs(testland.SIN, "EPSG:4326", always_xy=True).transform(x, y)
    seen = lon <= testland.UNSEEN_EAST_OF
    planted = testland.ndvi_of(lon, 2016)

    np.testing.assert_array_equal(mean[seen], planted[seen])
    assert (mean[~seen] == -32768).all()  # the fill value is masked although no tag says so
    assert (count[seen] == COMPOSITES).all()
    assert (count[~seen] == 0).all()


def test_the_engine_returns_the_planted_numbers(
    testland_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = testland_pack
    own = tmp_path / "packs" / pack.name
    shutil.copytree(pack, own)
    zones = tmp_path / "zones.tif"
    with rasterio.open(zones, "w", driver="GTiff", width=60, height=60, count=1, dtype="uint8", crs="EPSG:4326",
                       transform=from_origin(19.5, 11.5, 0.05, 0.05), nodata=0) as data:  # fmt: skip
        data.write(np.full((60, 60), 12, dtype=np.uint8), 1)
    monkeypatch.chdir(tmp_path)

    run("pack", "add", pack.name, str(zones), "--role", "climate_zone", "-q")
    run("init", "tl", "--pack", pack.name)
    run("data", "check", "-w", "tl", "-q", code=1)  # land cover of 2023 stands no further than 2020
    run("assess", "tl", "-q")

    summary = json.loads(next((tmp_path / "tl" / "runs").glob("*/summary.json")).read_text())
    figures = {row["id"]: row for row in summary["figures"]}
    lost = sum(block_km2(box) for box, before, after in testland.TRANSITIONS if (before, after) in LOSSES)
    gained = sum(block_km2(box) for box, before, after in testland.TRANSITIONS if (before, after) not in LOSSES)
    degraded = _figure(figures, "land_cover", "degraded")
    improved = _figure(figures, "land_cover", "improved")
    assert degraded == pytest.approx(lost, rel=0.05)  # along the edges cells of the sinusoidal grid lie across
    assert improved == pytest.approx(gained, rel=0.05)
    country = block_km2((20.0, 9.0, 22.0, 11.0))
    rising, falling = block_km2((20.0, 9.0, 20.7, 11.0)), block_km2((21.3, 9.0, 21.9, 11.0))
    assert _figure(figures, "productivity", "degraded") == pytest.approx(falling, abs=0.03 * country)
    assert _figure(figures, "productivity", "improved") == pytest.approx(rising, abs=0.03 * country)
    assert _figure(figures, "sdg", "degraded") > falling


LOSSES = {(50, 130), (10, 190)}  # tree cover to grassland, cropland to artificial (methods 1.4); the others are gains


def block_km2(box: tuple[float, float, float, float]) -> float:
    """Return the area of a box on the ellipsoid."""
    return float(cell_area_km2(box[1], box[3], box[2] - box[0]))


def _figure(figures: dict[str, Any], layer: str, status: str) -> float:
    """Return an area of the baseline [km2]."""
    return float(figures[f"{layer}.assessment.{status}@baseline@nation/1"]["value"])


def test_a_plan_is_what_is_asked_unit_by_unit(at: Callable[..., Desk], tmp_path: Path) -> None:
    with serving(services()) as state:
        order = small_order(COMPOSITES)
        built = build_pack(order, tmp_path / "packs", at(state))
        extent = read_pack(built.folder).pack.bbox
        from landbalance.grid.extents import Extent

        plan = plan_pack(CODE, years=order.years, only=order.only, registry=order.registry,
                         extent=Extent((tuple(extent),), "x"))  # type: ignore[arg-type]  # fmt: skip
        blobs = set(state.paths("blob.core.windows.net"))

    assert len(blobs) == len([unit for unit in plan.units if unit.startswith(("mod13q1", "esa"))])


def test_offline_nobody_is_asked_and_the_pack_is_the_same(at: Callable[..., Desk], tmp_path: Path) -> None:
    with serving(services()) as state:
        first = build_pack(small_order(COMPOSITES), tmp_path / "one", at(state)).folder
        before = sum(state.connections.values())
        second = build_pack(small_order(COMPOSITES), tmp_path / "two", at(state, is_offline=True)).folder

        assert sum(state.connections.values()) == before
    assert content(first) == content(second)


def test_offline_with_an_empty_cache_every_layer_is_a_gap(at: Callable[..., Desk], tmp_path: Path) -> None:
    with serving(services()) as state:
        order = replace(small_order(COMPOSITES), iso3="KEN", only=("soc",))
        built = build_pack(order, tmp_path / "packs", at(state, is_offline=True))

        assert not state.asked
    assert [(gap.role, gap.reason) for gap in built.gaps] == [("soc", "offline")]


def test_a_missing_month_is_a_gap_and_a_packed_one_is_read(at: Callable[..., Desk], tmp_path: Path) -> None:
    def rain(path: str) -> bytes | None:
        if "2003.05" in path:
            return None
        if "2003.07" in path:
            plain = testland.rain_file(path.replace("tifs", "cogs").replace(".tif.gz", ".cog"))
            return gzipped(plain) if path.endswith(".gz") and plain else None
        return testland.rain_file(path)

    with serving(services() | {"data.chc.ucsb.edu": files(rain)}) as state:
        built = build_pack(
            replace(small_order(COMPOSITES), years="2003-2005", only=("precipitation", "boundaries")),
            tmp_path / "p",
            at(state),
        )

    gap = next(gap for gap in built.gaps if gap.role == "precipitation")
    with rasterio.open(built.folder / "layers/precipitation/chirps2/monthly.tif") as data:
        months = dict(zip(data.descriptions, (data.read(number) for number in data.indexes), strict=True))
    assert (gap.advice, gap.detail) == ("gap.months", "2003-05")
    assert (months["2003-05"] == -9999).all()
    assert months["2005-07"].mean() < 0.2 * months["2004-07"].mean()  # the planted drought
    assert months["2003-07"].mean() == pytest.approx(testland.rain_of(2003, 7), rel=1e-6)


def test_a_source_that_is_gone_is_a_gap_and_the_rest_goes_on(at: Callable[..., Desk], tmp_path: Path) -> None:
    with serving(services()) as state:
        state.fault = lambda asked: Answer(b"", 503) if asked.host == "files.isric.org" else None
        built = build_pack(small_order(COMPOSITES), tmp_path / "packs", at(state))

    assert [(gap.role, gap.reason) for gap in built.gaps if gap.reason == "failed"] == [("soc", "failed")]
    assert {layer.role for layer in read_pack(built.folder).layer} == {"boundaries", "land_cover", "ndvi", "statistics"}


def test_another_source_stands_in_where_that_is_allowed(at: Callable[..., Desk], tmp_path: Path) -> None:
    known = registry(COMPOSITES) | {"gsocmap": replace(sources()["gsocmap"], res=0.05)}
    whole = testland.cog(np.full((400, 800), 44, dtype=np.float32), from_origin(0, 20, 0.05, 0.05), "EPSG:4326", -1)
    hosts = services() | {"storage.googleapis.com": files(lambda path: whole)}
    with serving(hosts) as state:
        state.fault = lambda asked: Answer(b"", 503) if asked.host == "files.isric.org" else None
        order = replace(small_order(COMPOSITES), only=("soc", "boundaries"), registry=known, fallback=True)
        built = build_pack(order, tmp_path / "packs", at(state))

    layer = next(layer for layer in read_pack(built.folder).layer if layer.role == "soc")
    assert (layer.source, layer.share, layer.path.split("/")[0]) == ("gsocmap", False, "private")
    assert [gap.detail for gap in built.gaps if gap.reason == "switched"] == ["soilgrids_ocs -> gsocmap"]


def test_tokens_stand_nowhere_in_a_pack_or_cache(pack: Path) -> None:
    for path in pack.parents[1].rglob("*"):
        if path.is_file():
            assert b"PLANTEDSECRET" not in path.read_bytes(), path


def test_only_boxes_leave_the_machine(bench: Bench, pack: Path) -> None:
    del pack
    bodies = [asked.body for asked in bench.asked if asked.body]

    assert bodies
    assert not [body for body in bodies if b"intersects" in body or b"coordinates" in body]


def test_the_seam_of_the_land_cover_is_told(pack: Path) -> None:
    findings = json.loads((pack / "selfcheck.json").read_text())["findings"]
    layers = {layer.path: layer for layer in read_pack(pack).layer}

    assert [each["layer"] for each in findings if each["check"] == "seam"] == ["2015/2016"]
    assert "2015/2016" in layers["layers/land_cover/esa_cci_pc/2016.tif"].seam[0]


def test_built_up_land_and_water_are_looked_for(pack: Path, tmp_path: Path) -> None:
    own = tmp_path / pack.name
    shutil.copytree(pack, own)
    path = sorted((own / "layers/land_cover/esa_cci_pc").glob("*.tif"))[-1]

    def found() -> tuple[str, str]:
        [said] = [each for each in check_pack(own, read_pack(own), registry(COMPOSITES), is_new=True)
                  if each.check == "classes"]  # fmt: skip
        return said.result, said.text

    with rasterio.open(path) as data:
        cells, profile = data.read(), data.profile
    assert not (cells == 210).any()  # Testland has no water
    dry = found()
    cells[0, : cells.shape[1] // 2] = 210
    with rasterio.open(path, "w", **profile) as data:
        data.write(cells)

    assert dry[0] == "warn"
    assert dry[1].endswith("water 0.00%")
    assert not found()[1].endswith("water 0.00%")
    assert found()[0] == ("ok" if (cells == 190).any() else "warn")


def test_the_self_check_of_a_sound_pack_fails_nowhere(pack: Path) -> None:
    findings = json.loads((pack / "selfcheck.json").read_text())["findings"]

    wrong = [each for each in findings if each["result"] == "fail" and each["check"] != "grid"]
    assert not wrong
    assert {"ok"} == {
        each["result"] for each in findings if each["check"] in ("population", "land_area", "licence", "private")
    }
    page = (pack / "selfcheck.html").read_text(encoding="utf-8")
    assert all(f'id="{language}"' in page for language in ("en", "fr", "es", "ar", "ru", "zh"))


def test_a_pack_travels_on_a_stick(pack: Path, tmp_path: Path) -> None:
    first = carry.export_pack(pack, tmp_path / "stick", is_shareable=True)
    again = carry.export_pack(pack, tmp_path / "other", is_shareable=True)
    home = tmp_path / "home"
    home.mkdir()

    taken = carry.import_pack(first, home)

    assert first.read_bytes() == again.read_bytes()
    assert {info.compress_type for info in zipfile.ZipFile(first).infolist()} == {zipfile.ZIP_STORED}
    assert not broken_files(taken)
    assert not carry.diff_packs(pack, taken)
    with pytest.raises(InputError, match="exists already"):
        carry.import_pack(first, home)


def test_private_layers_stay_at_home(pack: Path, tmp_path: Path) -> None:
    own = tmp_path / pack.name
    shutil.copytree(pack, own)
    secret = tmp_path / "secret.tif"
    secret.write_bytes((pack / "layers/soc/soilgrids_ocs/soilgrids_ocs.tif").read_bytes())
    layer = PackLayer(role="soil", source="own", path="own", sha256="", bytes=0, licence="ours", citation="ours",
                      share=False, quantity="class")  # fmt: skip

    placed = carry.add_layer(own, layer, secret)
    shared = carry.export_pack(own, tmp_path / "stick", is_shareable=True)

    assert placed.path == "private/soil/own/soil.tif"
    with zipfile.ZipFile(shared) as packed:
        names = packed.namelist()
        assert not [name for name in names if "private" in name]
        assert b"private/" not in b"".join(packed.read(name) for name in names if not name.endswith(".tif"))


@pytest.mark.parametrize(
    "name", ["layers/land_cover/esa_cci_pc/2015.tif", "pack.toml", "LICENCES.md", "boundaries/adm0.gpkg"]
)
def test_one_flipped_bit_is_named(name: str, pack: Path, tmp_path: Path) -> None:
    own = tmp_path / pack.name
    shutil.copytree(pack, own)
    damaged = bytearray((own / name).read_bytes())
    damaged[len(damaged) // 2] ^= 1
    (own / name).write_bytes(damaged)

    assert broken_files(own) == [f"{name}: changed"]
    (tmp_path / "home").mkdir()
    with pytest.raises(InputError, match="is damaged"):
        carry.import_pack(own, tmp_path / "home")
    assert not list((tmp_path / "home").iterdir())


def test_a_national_layer_stands_beside_the_public_one_or_in_its_place(pack: Path, tmp_path: Path) -> None:
    own = tmp_path / pack.name
    shutil.copytree(pack, own)
    layer = PackLayer(role="land_cover", source="own", path="own", sha256="", bytes=0, licence="ours", citation="ours",
                      year=2017, legend="esa_cci", quantity="class")  # fmt: skip
    file = pack / "layers/land_cover/esa_cci_pc/2018.tif"

    carry.add_layer(own, layer, file)
    assert len([each for each in read_pack(own).layer if each.role == "land_cover" and each.year == 2017]) == 2
    carry.add_layer(own, layer, file, replace=True)
    changed = {each.path: each.change for each in carry.diff_packs(pack, own)}

    assert changed == {"layers/land_cover/esa_cci_pc/2017.tif": "removed", "layers/land_cover/own/2017.tif": "added"}
    assert not broken_files(own)


@pytest.mark.parametrize(("factor", "result"), [(1.5, "ok"), (3.0, "warn")])
def test_a_national_layer_is_held_against_the_public_one(
    factor: float, result: str, pack: Path, tmp_path: Path
) -> None:
    own = tmp_path / pack.name
    shutil.copytree(pack, own)
    with rasterio.open(own / "layers/soc/soilgrids_ocs/soilgrids_ocs.tif") as data:
        values, profile = data.read(1), data.profile
    with rasterio.open(tmp_path / "national.tif", "w", **profile | {"driver": "GTiff"}) as data:
        data.write(np.where(values == profile["nodata"], values, (values * factor).astype(values.dtype)), 1)
    layer = PackLayer(role="soc", source="own", path="own", sha256="", bytes=0, licence="ours", citation="ours")

    carry.add_layer(own, layer, tmp_path / "national.tif")

    found = [each for each in carry.check_folder(own) if each.check == "pair"]
    assert [(each.layer, each.result) for each in found] == [("layers/soc/own/soc.tif", result)]


def test_what_is_half_finished_is_never_taken_in(at: Callable[..., Desk], tmp_path: Path) -> None:
    from landbalance.io.packs.gate import Gate, PausedError

    with serving(services()) as state, pytest.raises(PausedError):
        build_pack(small_order(COMPOSITES), tmp_path / "packs", at(state, gate=Gate("60KB")))
    begun = next((tmp_path / "packs").glob(".ZZT-*.part"))

    with pytest.raises(InputError, match="no finished pack"):
        carry.import_pack(begun, tmp_path)
    with zipfile.ZipFile(tmp_path / "x.lbpack", "w") as packed:
        for path in begun.rglob("*"):
            packed.write(path, path.relative_to(begun).as_posix())
    with pytest.raises(InputError):
        carry.import_pack(tmp_path / "x.lbpack", tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("boundaries/adm0.gpkg", b"SQLite format 3\0 and no more", "cannot be read"),
        ("layers/soc/soilgrids_ocs/soilgrids_ocs.tif", b"<VRTDataset/>", "is no GeoTIFF"),
        ("layers/soc/soilgrids_ocs/soilgrids_ocs.tif", b"II*\0" + b"\xff" * 400, "cannot be read"),
        ("MANIFEST.sha256", b"0" * (33 << 20), "too long"),
    ],
)
def test_a_foreign_pack_is_read_to_its_end_before_it_is_taken_in(
    name: str, content: bytes, said: str, pack: Path, tmp_path: Path
) -> None:
    own = tmp_path / pack.name
    shutil.copytree(pack, own)
    (own / name).write_bytes(content)
    if name != "MANIFEST.sha256":
        write_manifest(own)
    (tmp_path / "home").mkdir()

    with pytest.raises(InputError, match=said):
        carry.import_pack(own, tmp_path / "home")
    assert not list((tmp_path / "home").iterdir())


def test_a_pause_goes_on_where_it_was(at: Callable[..., Desk], tmp_path: Path) -> None:
    from landbalance.io.packs.gate import Gate, PausedError

    with serving(services()) as state:
        plain = build_pack(small_order(COMPOSITES), tmp_path / "plain", at(state, tmp_path / "other")).folder
        whole = len(state.asked)
        state.asked.clear()
        for _ in range(100):
            try:
                built = build_pack(small_order(COMPOSITES), tmp_path / "packs", at(state, gate=Gate("300KB")))
                break
            except PausedError:
                continue
        asked = Counter((each.host, each.path, each.range) for each in state.asked if each.range)

    assert content(built.folder) == content(plain)
    assert max(asked.values()) == 1
    assert len(state.asked) <= whole + 100


def _units(cache: Path) -> set[tuple[str, str]]:
    """Return the units that the ledger holds."""
    with sqlite3.connect(cache / "ledger.sqlite3") as database:
        return {
            (url, f"bytes={first}-{last}") for url, first, last in database.execute("SELECT url, first, last FROM span")
        }


def _child(state: Bench, folder: Path) -> subprocess.Popen[str]:
    """Begin to build the small pack in a process of its own, or go on with it."""
    script = Path(__file__).with_name("pack_child.py")
    places = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), str(script.parent), *sys.path])}
    words = [sys.executable, str(script), str(state.port), str(folder), str(COMPOSITES)]
    return subprocess.Popen(words, env=os.environ | places, stdout=subprocess.PIPE, text=True)


def _killed_after(child: subprocess.Popen[str], state: Bench, stop: int, wait: float) -> bool:
    """Kill a process some requests and seconds later; return False where it was done before."""
    while child.poll() is None and len(state.asked) < stop:
        time.sleep(0.002)
    time.sleep(wait)
    was_done = child.poll() is not None
    child.kill()
    child.communicate()
    return not was_done


@pytest.mark.parametrize("kills", [2, pytest.param(50, marks=pytest.mark.deep)])
def test_kills_cost_nothing_that_was_fetched(kills: int, at: Callable[..., Desk], tmp_path: Path) -> None:
    dice, left, twice, packs = random.Random(7), kills, list[str](), list[Path]()
    with serving(services()) as state:
        plain = build_pack(small_order(COMPOSITES), tmp_path / "plain", at(state, tmp_path / "other")).folder
        while left or not packs:
            folder = tmp_path / f"killed-{len(packs)}"  # a pack that was finished between kills begins another
            is_done = False
            while not is_done:
                held = _units(folder / "cache") if (folder / "cache/ledger.sqlite3").exists() else set()
                before, child = len(state.asked), _child(state, folder)
                stop = before + dice.randrange(1, 14) if left else sys.maxsize
                is_done = not _killed_after(child, state, stop, dice.random() * 0.3 * bool(left))
                left -= not is_done
                twice += [url for url, _ in held & _asked(state, before)]
            packs.append(next((folder / "packs").glob("ZZT-*")))

    assert not twice
    for pack in packs:
        assert content(pack) == content(plain)


def _asked(state: Bench, since: int) -> set[tuple[str, str]]:
    """Return the ranges that were asked for since a request."""
    return {(f"https://{each.host}{each.path}", each.range) for each in state.asked[since:]}


@pytest.mark.parametrize(
    "most", [2000, *(pytest.param(size, marks=pytest.mark.deep) for size in (0, 500, 8000, 20000, 60000))]
)
def test_a_full_disk_is_told_in_one_line_and_the_next_build_goes_on(
    most: int, tmp_path: Path, at: Callable[..., Desk]
) -> None:
    words = [sys.executable, str(Path(__file__).with_name("pack_child.py"))]
    places = {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), str(Path(__file__).parent)])}
    with serving(services()) as state:
        words += [str(state.port), str(tmp_path), str(COMPOSITES), str(most)]
        full = subprocess.run(words, env=os.environ | places, capture_output=True, text=True, check=False)
        built = build_pack(small_order(COMPOSITES), tmp_path / "packs", at(state))

    assert full.returncode == 1
    assert full.stdout.startswith("error: ")
    assert full.stdout.count("\n") == 1
    assert "Traceback" not in full.stderr
    assert not broken_files(built.folder)
    assert not [gap for gap in built.gaps if gap.reason == "failed"]


def test_two_packs_at_once_share_a_cache(at: Callable[..., Desk], tmp_path: Path) -> None:
    with serving(services()) as state, ThreadPoolExecutor(2) as pool:
        desks = [at(state), at(state)]
        places = [tmp_path / "one", tmp_path / "two"]
        one, two = pool.map(lambda pair: build_pack(small_order(COMPOSITES), *pair), zip(places, desks, strict=True))

    assert content(one.folder) == content(two.folder)


def test_a_country_across_180_degrees_is_one_layer(at: Callable[..., Desk], tmp_path: Path) -> None:
    import shapely

    outline = tmp_path / "isles.gpkg"
    parts = [shapely.box(178.5, -18.0, 180.0, -16.0), shapely.box(-180.0, -18.0, -179.0, -16.5)]
    write_geopackage(outline, "isles", [shapely.MultiPolygon(parts)], {"name": ["Isles"]})

    def cover(path: str) -> bytes | None:
        tile = path.split("/")[4]
        west = float(tile[4:]) * (1 if tile[3] == "E" else -1)
        lon = west + (np.arange(900) + 0.5) * 0.05
        array = np.broadcast_to(np.where(lon > 0, 50, 130).astype(np.uint8), (900, 900))
        return testland.cog(np.ascontiguousarray(array), from_origin(west, 0.0, 0.05, 0.05), "EPSG:4326", 0)

    hosts = services(search=_isles_items) | {"landcoverdata.blob.core.windows.net": files(cover)}
    hosts["modiseuwest.blob.core.windows.net"] = files(_isles_ndvi)
    with serving(hosts) as state:
        order = Order("ZZA", years="2015", only=("land_cover", "ndvi"), boundary=outline, registry=registry(1 + 1))
        built = build_pack(order, tmp_path / "packs", at(state))

    array, transform = band(built.folder, "layers/land_cover/esa_cci_pc/2015.tif")
    lon = transform.c + (np.arange(array.shape[1]) + 0.5) * transform.a
    assert transform.c < 178.5 < 181.0 < lon[-1]
    assert (array[:, lon < 180] == 50).all()
    west = array[:, lon > 180]
    assert set(np.unique(west)) == {0, 130}  # 0 beside the boxes
    assert (west == 130).mean() > 0.7
    ndvi, transform = band(built.folder, "layers/ndvi/mod13q1_pc/2015.tif")
    lon = transform.c + (np.arange(ndvi.shape[1]) + 0.5) * transform.a
    assert (ndvi[:, (lon > 179.0) & (lon < 179.9)] == 7000).mean() > 0.99
    assert (ndvi[:, (lon > 180.1) & (lon < 180.9)] == 2000).mean() > 0.99
    assert next(layer.resampled for layer in read_pack(built.folder).layer if layer.role == "ndvi") == "nearest"


def _isles_items(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return items of the tiles on both sides of 180 degrees."""
    return [testland._item(f"MOD13Q1.A2015{day:03d}.{tile}.061.2020", tile, 2015, day)
            for tile in ("h00v10", "h01v10", "h34v10", "h35v10") for day in (1, 17)]  # fmt: skip


def _isles_ndvi(path: str) -> bytes:
    """Return a MODIS tile: 7000 in the east, 2000 in the west."""
    parts = path.split("/")
    col, row, size = int(parts[3]), int(parts[4]), testland.SIN_TILE / 240
    place = from_origin(
        testland.SIN_WEST + col * testland.SIN_TILE, testland.SIN_NORTH - row * testland.SIN_TILE, size, size
    )
    value = 0 if "reliability" in path else 7000 if col > 18 else 2000
    return testland.cog(np.full((240, 240), value, dtype=np.int16), place, testland.SIN)


def test_an_island_smaller_than_a_cell_has_a_pack(at: Callable[..., Desk], tmp_path: Path) -> None:
    import shapely

    outline = tmp_path / "islet.gpkg"
    write_geopackage(outline, "islet", [shapely.box(20.51, 9.51, 20.52, 9.52)], {"name": ["Islet"]})
    with serving(services()) as state:
        order = Order("ZZI", years="2015", only=("land_cover",), boundary=outline, registry=registry(COMPOSITES))
        built = build_pack(order, tmp_path / "packs", at(state))

    layer = next(layer for layer in read_pack(built.folder).layer if layer.role == "land_cover")
    assert layer.valid_fraction == 1.0


def test_commands_tell_of_a_pack(pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    run("pack", "export", str(pack), str(tmp_path / "stick"), "--shareable")
    taken = run("pack", "import", str(tmp_path / "stick" / f"{pack.name}.lbpack"))
    checked = run("pack", "check", pack.name, code=1)  # the cells of the bench are coarser than the registry's
    same = run("pack", "diff", pack.name, str(pack))

    assert "whole" in taken
    assert "manifest" in checked
    assert "the same" in same


@pytest.mark.parametrize("iso3", ["KEN", "FJI", "TUV", "MRT", "RUS", "KIR"])
def test_a_plan_tells_sources_bytes_time_and_gaps(iso3: str) -> None:
    said = run("pack", "plan", iso3, "--size", "standard")

    assert "esa_cci_pc" in said
    assert "at 2 Mbit/s" in said
    assert "missing: land_cover 2021-2023" in said
    assert "not sure" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["plan", "XXX"], "no country has the code XXX"),
        (["plan", "KEN", "--size", "huge"], "minimal, standard, full"),
        (["plan", "KEN", "--years", "20x"], "names no years"),
        (["build", "KEN", "--until", "much"], "200MB"),
        (["build", "KEN", "--between", "night"], "22:00-06:00"),
        (["build", "KEN", "--resume", "--offline"], "nothing of KEN was begun"),
        (["check", "KEN-1999.1"], "there is no pack"),
        (["import", "nowhere.lbpack"], "does not exist"),
        (["probe", "--source", "nobody"], "no source is called nobody"),
    ],
)
def test_bad_words_get_one_clear_line(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    output = run("pack", *words, code=1)

    assert said in output
    assert output.count("\n") == 1


def test_without_a_network_each_layer_is_a_gap_with_the_next_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    said = run("pack", "build", "KEN", "--size", "minimal", "--offline", code=3)

    assert "not in the cache" in said or "run the build again with a line" in said


def test_a_probe_tells_what_agrees_and_what_does_not(at: Callable[..., Desk], tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from landbalance.core.places import country
    from landbalance.io.packs.finding import Finder
    from landbalance.io.packs.probe import PROBED, probe_sources, probed_extent

    asked = [sources()["jrc_gsw"], sources()["copdem90"], sources()["mcd12q1"]]
    right = testland.cog(np.zeros((1200, 1200), dtype=np.float32), from_origin(37, 1, 1 / 1200, 1 / 1200), "EPSG:4326")
    hosts = {"copernicus-dem-90m.s3.eu-central-1.amazonaws.com": files(lambda path: right)}
    hosts["storage.googleapis.com"] = files(lambda path: right)
    with serving(hosts) as state:
        desk = at(state)
        found = probe_sources(desk, asked, Finder(desk, country(PROBED), probed_extent(), tmp_path), datetime.now(UTC))

    assert [(each.source, each.is_right) for each in found] == [("jrc_gsw", False), ("copdem90", True)]
    assert any("1200 x 1200 cells, registry 40000" in text for text in found[0].differences)


def test_no_request_leaves_the_allowed_hosts(bench: Bench, pack: Path) -> None:
    del pack
    allowed = {host for each in sources().values() for host in each.hosts} | {testland.PC}

    assert bench.hosts() <= allowed
