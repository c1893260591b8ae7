"""Layers on disk: what was written is read, by any thread and any process, and damage is seen."""

import pickle
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from landbalance.core.errors import DiskError, InputError
from landbalance.engine.scratch import Scratch, TileStore
from unit.engine import invented_plan as invented

TILES = invented.make_area().tiles(8)


@contextmanager
def small_disk(size: int) -> Iterator[None]:
    """Let no file grow beyond a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def noise(place: int, dtype: str, rows: int | None = None) -> np.ndarray:
    """Return a tile full of numbers."""
    shape = (TILES[place].size,) if rows is None else (rows, TILES[place].size)
    return np.random.default_rng(place).integers(-100, 100, shape).astype(dtype)


@pytest.mark.parametrize(("dtype", "rows"), [("int8", None), ("float32", None), ("int16", 3), ("int64", 1)])
def test_what_was_written_is_read_by_another_process_too(tmp_path: Path, dtype: str, rows: int | None) -> None:
    store = TileStore(tmp_path / "layer.raw", TILES)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda place: store.write(place, noise(place, dtype, rows)), range(len(TILES))))

    again = TileStore(tmp_path / "layer.raw", TILES)

    for place in range(len(TILES)):
        found = again.read(place)
        assert found.dtype == dtype
        np.testing.assert_array_equal(found, noise(place, dtype, rows))


def test_a_tile_that_changed_on_the_disk_is_seen(tmp_path: Path) -> None:
    store = TileStore(tmp_path / "layer.raw", TILES)
    checksums = [store.write(place, noise(place, "int8")) for place in (0, 1)]

    with (tmp_path / "layer.raw").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x7f")

    assert store.holds(0, checksums[0])
    assert not store.holds(1, checksums[1])
    assert not store.holds(2, 0)


@pytest.mark.parametrize("content", [b"", b"x" * 64, b"\0" * 400, b'{"dtype": "nonsense", "rows": 1}'.ljust(64)])
def test_a_damaged_file_holds_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "layer.raw").write_bytes(content)
    store = TileStore(tmp_path / "layer.raw", TILES)

    assert not store.holds(0, 0)
    with pytest.raises(InputError, match=r"layer\.raw cannot be read"):
        store.read(0)


def test_a_full_disk_names_the_path_and_the_need(tmp_path: Path) -> None:
    store = TileStore(tmp_path / "layer.raw", TILES)

    with small_disk(100), pytest.raises(DiskError, match=r"layer\.raw cannot be written.*free 0\.0 MB"):
        store.write(len(TILES) - 1, noise(len(TILES) - 1, "int64"))


def test_a_tile_outside_the_area_takes_no_space(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "folder", TILES)

    assert scratch.read("layer", 0) is None
    assert not (tmp_path / "folder").exists()


def test_reading_checks_what_was_noted(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path, TILES)
    scratch.note(0, {"a/b": scratch.layer("a/b").write(0, noise(0, "int8"))})
    scratch.note(1, {"a/b": 1})
    scratch.layer("a/b").write(1, noise(1, "int8"))

    np.testing.assert_array_equal(scratch.read("a/b", 0), noise(0, "int8"))
    with pytest.raises(DiskError, match="does not read back"):
        scratch.read("a/b", 1)


def test_a_scratch_folder_travels_to_another_process(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path, TILES)
    scratch.layer("a").write(0, noise(0, "int8"))

    sent = pickle.loads(pickle.dumps(scratch))

    np.testing.assert_array_equal(sent.layer("a").read(0), noise(0, "int8"))
