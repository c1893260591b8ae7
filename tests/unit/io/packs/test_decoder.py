"""Children that decode: the same numbers, no network, no secrets, and what a bad file does to them."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import shapely

from journeys.places import write_raster
from landbalance.io.geopackage import write_geopackage
from landbalance.io.packs import decoder as module
from landbalance.io.packs.decoder import Decoder, UndecodedError

VALUES = np.arange(2 * 20 * 30, dtype=np.int16).reshape(2, 20, 30)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_raster(tmp_path / "a.tif", VALUES, 20, 10, 0.1)
    return tmp_path / "a.tif"


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    made = Decoder(1)
    yield made
    made.close()


def test_a_window_is_what_stands_in_the_file(decoder: Decoder, place: Path) -> None:
    found = decoder.window(place, 2, 3, 4, 5, 6)

    np.testing.assert_array_equal(found, VALUES[1, 3:8, 4:10])
    assert found.dtype == np.int16


def test_threads_share_the_children(place: Path) -> None:
    decoder = Decoder(2)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda row: decoder.window(place, 1, row, 0, 1, 30), range(20)))
    decoder.close()

    np.testing.assert_array_equal(np.concatenate(found), VALUES[0])


def test_polygons_are_read_in_a_child_and_bad_ones_told(decoder: Decoder, tmp_path: Path) -> None:
    write_geopackage(tmp_path / "a.gpkg", "a", [shapely.box(0, 0, 1, 1)], {"name": ["A"]})
    (tmp_path / "b.gpkg").write_bytes((tmp_path / "a.gpkg").read_bytes()[:3000])
    (tmp_path / "c.gpkg").write_text('<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>')

    decoder.look_through(tmp_path / "a.gpkg", "vector")
    for name in ("b.gpkg", "c.gpkg"):
        with pytest.raises(UndecodedError):
            decoder.look_through(tmp_path / name, "vector")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_a_child_has_little_memory() -> None:
    child = module._Child()
    try:
        limits = Path(f"/proc/{child._process.pid}/limits").read_text(encoding="ascii")
        assert f"Max address space         {4 << 30}" in limits
    finally:
        child.end()


def test_a_damaged_file_is_told_and_the_next_one_read(decoder: Decoder, place: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.tif"
    bad.write_bytes(place.read_bytes()[:-900])

    with pytest.raises(UndecodedError):
        decoder.look_through(bad)

    decoder.look_through(place)
    assert decoder.window(place, 1, 0, 0, 1, 1).tolist() == [[0]]


def test_a_file_that_ends_its_reader_ends_nothing_else(
    decoder: Decoder, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying = "print('{\"is_isolated\": false}', flush=True); input(); import os; os.kill(os.getpid(), 11)"
    with monkeypatch.context() as patch:
        patch.setattr(module, "COMMAND", (sys.executable, "-c", dying))
        with pytest.raises(UndecodedError, match="SIGSEGV"):
            decoder.window(place, 1, 0, 0, 1, 1)

    assert decoder.window(place, 1, 0, 0, 1, 1).tolist() == [[0]]


def test_a_reader_that_says_nothing_is_not_waited_for(
    decoder: Decoder, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = "print('{\"is_isolated\": false}', flush=True); import time; time.sleep(60)"
    monkeypatch.setattr(module, "COMMAND", (sys.executable, "-c", silent))
    monkeypatch.setattr(module, "PATIENCE_S", 1.0)

    with pytest.raises(UndecodedError, match="took more than"):
        decoder.window(place, 1, 0, 0, 1, 1)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_a_child_has_no_network_and_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDBALANCE_TOKEN", "PLANTEDSECRET")
    child = module._Child()
    home = Path(f"/proc/{child._process.pid}")
    try:
        assert b"PLANTEDSECRET" not in (home / "environ").read_bytes()
        is_apart = (home / "ns/net").readlink() != Path("/proc/self/ns/net").readlink()
        assert child.is_isolated == is_apart
    finally:
        child.end()
