"""Packs over bad lines and odd sources: what each gap is called, what goes on, and what a second build finds."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import h5netcdf
import httpcore
import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

import testland
from journeys.pack_child import order
from journeys.test_packs import content, run
from landbalance.core.errors import InputError
from landbalance.core.sources import sources
from landbalance.grid.extents import Extent
from landbalance.io.packs.build import build_pack
from landbalance.io.packs.cache import Cache
from landbalance.io.packs.gate import PausedError
from landbalance.io.packs.line import Line
from landbalance.io.packs.manifest import (
    GapTable,
    GridTable,
    MasterGrid,
    PackFile,
    PackLayer,
    PackTable,
    gap_line,
    read_pack,
)
from landbalance.io.packs.order import Order
from landbalance.io.packs.plan import plan_pack
from landbalance.io.packs.public_file import Desk
from landbalance.io.packs.signing import Signer
from landbalance.io.packs.start import layer_entries
from public_services import Answer, Bench, Local, files, serving
from testland import CODE, registry, services

COMPOSITES = 2
DEM = "copernicus-dem-90m.s3.eu-central-1.amazonaws.com"
OPEN: list[Desk] = []


@pytest.fixture(autouse=True)
def hang_up() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


def desk_of(state: Bench, folder: Path, backend: httpcore.NetworkBackend | None = None, **options: Any) -> Desk:
    line = Line(backend=backend or Local(state), **({"sleep": lambda seconds: None} | options))
    OPEN.append(Desk(line, Signer(line), Cache(folder / "cache")))
    return OPEN[-1]


class Breaking(Local):
    """A line that is gone after some connections: then nobody can be reached."""

    def __init__(self, bench: Bench, most: int) -> None:
        super().__init__(bench)
        self.left = most

    def connect_tcp(self, *words: Any, **options: Any) -> httpcore.NetworkStream:
        self.left -= 1
        if self.left < 0:
            raise httpcore.ConnectError("[Errno 101] Network is unreachable")
        return super().connect_tcp(*words, **options)


def cut_all(state: Bench, asked: int) -> None:
    """Hang up on everybody after some requests, so that they connect anew."""
    state.fault = lambda each: Answer(b"", cut=0, headers={"Content-Length": "9"}) if len(state.asked) > asked else None


def test_a_line_that_goes_in_the_middle_pauses_and_the_next_build_makes_the_same_pack(tmp_path: Path) -> None:
    with serving(services()) as state:
        plain = build_pack(order(COMPOSITES), tmp_path / "plain", desk_of(state, tmp_path / "other")).folder
        state.asked.clear()
        cut_all(state, 12)
        with pytest.raises(PausedError, match="no server can be reached"):
            build_pack(order(COMPOSITES), tmp_path / "packs", desk_of(state, tmp_path, Breaking(state, 12)))
        begun = [path.name for path in (tmp_path / "packs").iterdir()]
        state.fault = lambda each: None
        built = build_pack(order(COMPOSITES), tmp_path / "packs", desk_of(state, tmp_path))

    assert begun == [f".{CODE}-{built.folder.name.partition('-')[2]}.part"]
    assert content(built.folder) == content(plain)
    assert not [gap for gap in built.gaps if gap.reason == "failed"]


def _hill(path: str) -> bytes | None:
    """Return a tile of the elevation model; those of the north are sea."""
    name = path.rpartition("/")[2]
    south, west = int(name.split("_")[4][1:]), int(name.split("_")[6][1:])
    if south >= 10:
        return None
    return testland.cog(np.full((20, 20), 100 + west, dtype=np.float32), from_origin(west, south + 1, 0.05, 0.05),
                        "EPSG:4326")  # fmt: skip


def test_a_disk_that_fills_up_is_told_before_the_next_layer_and_the_next_build_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = shutil.disk_usage, count()

    def filling(path: Any) -> Any:
        return real(path)._replace(free=1 << 40 if next(calls) < 3 else 100)

    with serving(services()) as state:
        plain = build_pack(order(COMPOSITES), tmp_path / "plain", desk_of(state, tmp_path / "other")).folder
        with monkeypatch.context() as patch:
            patch.setattr(shutil, "disk_usage", filling)
            with pytest.raises(InputError, match="GB free") as caught:
                build_pack(order(COMPOSITES), tmp_path / "packs", desk_of(state, tmp_path))
        built = build_pack(order(COMPOSITES), tmp_path / "packs", desk_of(state, tmp_path))

    assert "\n" not in str(caught.value)
    assert content(built.folder) == content(plain)


def test_a_tile_that_is_not_there_is_sea_and_no_gap_also_without_a_line(tmp_path: Path) -> None:
    known = registry(COMPOSITES) | {"copdem90": replace(sources()["copdem90"], res=0.05, tile_px=20)}
    wanted = Order(CODE, only=("dem", "boundaries"), registry=known)
    with serving(services() | {DEM: files(_hill)}) as state:
        first = build_pack(wanted, tmp_path / "one", desk_of(state, tmp_path)).folder
        before = len(state.asked)
        second = build_pack(wanted, tmp_path / "two", desk_of(state, tmp_path, is_offline=True)).folder

        assert len(state.asked) == before
    with rasterio.open(first / "layers/dem/copdem90/copdem90.tif") as data:
        north = data.read(1)[: round((data.bounds.top - 10.0) / 0.05)]
        south = data.read(1)[round((data.bounds.top - 10.0) / 0.05) :]
    assert not read_pack(first).gap
    assert not (north > 0).any()
    assert set(np.unique(south[:, :-1])) <= {119.0, 120.0, 121.0, 122.0}
    assert content(first) == content(second)


def test_a_month_that_is_missing_is_a_gap_and_unknown_in_the_drought_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rain = files(lambda path: None if "2003.07" in path else testland.rain_file(path))
    with serving(services() | {"data.chc.ucsb.edu": rain}) as state:
        wanted = Order(CODE, years="1985-2010", only=("precipitation", "boundaries"), registry=registry(COMPOSITES))
        built = build_pack(wanted, tmp_path / "packs", desk_of(state, tmp_path))
    monkeypatch.chdir(tmp_path)

    run("init", "tl", "--pack", built.folder.name)
    told = run("drought", "index", "--spi", "3", "--reference", "1985-2010", "-w", "tl")

    assert [gap.detail for gap in built.gaps if gap.role == "precipitation"] == ["2003-07"]
    assert "SPI-3" in told
    with h5netcdf.File(next((tmp_path / "tl/drought/index").glob("*.nc"))) as data:
        name = next(each for each, found in data.variables.items() if found.ndim == 3 and each != "reliability")
        values = np.asarray(data[name][:])
    known = (np.isfinite(values) & (values > -9999)).any(axis=(1, 2))
    months = [f"{1985 + place // 12}-{place % 12 + 1:02d}" for place in range(len(known))]
    unknown = {month for month, is_known in zip(months, known, strict=True) if not is_known}
    assert {"2003-07", "2003-08", "2003-09"} <= unknown
    assert not {"2002-07", "2002-08", "2002-09", "2004-07", "2004-08", "2004-09"} & unknown


def test_months_of_rain_and_evapotranspiration_become_layers_of_their_own(tmp_path: Path) -> None:
    shared = {"sha256": "0" * 64, "bytes": 1, "licence": "x", "citation": "x", "quantity": "mm", "unit": "mm"}
    months = [PackLayer(role=role, source="x", path=f"layers/{role}/x/monthly.tif", bands=24, **shared)
              for role in ("precipitation", "pet")]  # fmt: skip
    years = [PackLayer(role="precipitation", source="y", path="layers/precipitation/y/2001.tif", year=2001, **shared)]
    head = PackTable(format=1, id="ZZT-2026.1", iso3="ZZT", created=datetime(2026, 1, 1, tzinfo=UTC), size="standard",
                     tool="t", bbox=[0, 0, 1, 1], buffer_km=25)  # fmt: skip
    grid = GridTable(master=MasterGrid(crs="EPSG:4326", origin=[-180, 90], res=0.1))

    entries = layer_entries(tmp_path, PackFile(pack=head, grid=grid, layer=[*months, *years]))

    assert {(entry.role, entry.band_dates) for entry in entries} == {
        ("rain_monthly", "from-names"), ("evapotranspiration_monthly", "from-names"), ("precipitation", ""),
    }  # fmt: skip


def test_a_token_that_is_refused_is_a_gap_with_its_next_step_and_the_rest_goes_on(tmp_path: Path) -> None:
    with serving(services()) as state:
        state.fault = lambda each: Answer(b"<Code>AuthenticationFailed</Code>", 403) if each.query else None
        built = build_pack(order(COMPOSITES), tmp_path / "packs", desk_of(state, tmp_path))
        asked = [each for each in state.asked if "landcoverdata" in each.host]

    closed = [gap for gap in built.gaps if gap.role == "land_cover" and gap.reason == "failed"]
    assert [gap.years for gap in closed] == ["2001", "2002", "2003"]
    assert "is closed" in said(closed[0])
    assert "pack probe" in said(closed[0])
    assert len(asked) == 2 * len(closed)  # once more with a new token, then no more
    assert {"boundaries", "soc"} <= {layer.role for layer in read_pack(built.folder).layer}


def said(gap: GapTable) -> str:
    """Return a gap as the command says it: one line."""
    line = gap_line(gap)
    assert "\n" not in line
    return line


def test_a_year_that_is_not_offered_is_a_gap_of_the_plan_with_its_next_step() -> None:
    plan = plan_pack("KEN", years="2019-2021", only=("land_cover",))

    assert [product.year for product in plan.products] == [2019, 2020]
    gaps = {(gap.reason, gap.years) for gap in plan.gaps}
    assert ("login_required", (2021,)) in gaps or ("login_required", (2021, 2022, 2023)) in gaps


def test_a_clock_wrong_by_a_day_makes_the_same_pack(tmp_path: Path) -> None:
    with serving(services()) as state:
        plain = build_pack(order(COMPOSITES), tmp_path / "plain", desk_of(state, tmp_path / "other")).folder
        state.clock_off = 86_400.0
        built = build_pack(order(COMPOSITES), tmp_path / "packs", desk_of(state, tmp_path))

    assert content(built.folder) == content(plain)


def test_the_files_that_are_asked_for_are_those_of_the_plan(tmp_path: Path) -> None:
    with serving(services()) as state:
        wanted = order(COMPOSITES)
        built = build_pack(wanted, tmp_path / "packs", desk_of(state, tmp_path))
        asked = {each.path for each in state.asked if each.host.endswith("blob.core.windows.net")}
    plan = plan_pack(CODE, years=wanted.years, only=wanted.only, registry=wanted.registry,
                     extent=Extent((tuple(read_pack(built.folder).pack.bbox),), "x"))  # type: ignore[arg-type]  # fmt: skip

    cover = {tuple(path.split("/")[4:6]) for path in asked if path.startswith("/esa-cci-lc/")}
    vegetation = {_place(path) for path in asked if path.startswith("/modis-061-cogs/")}
    units = [unit.split("/") for unit in plan.units]
    assert cover == {(unit[2], unit[1]) for unit in units if unit[0] == "esa_cci_pc"}
    assert vegetation == {tuple(unit[1:]) for unit in units if unit[0] == "mod13q1_pc"}


def _place(path: str) -> tuple[str, ...]:
    """Return (year, tile, day, what) of a MODIS file."""
    _, _, _, col, row, date, name = path.split("/")
    return (date[:4], f"h{col}v{row}", date[4:], "rel" if "reliability" in name else "value")
