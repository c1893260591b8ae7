"""The journal: whole records come back, a cut or damaged end is left out, and a run taken up gives the same."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbalance.core.errors import DiskError
from landbalance.core.progress import NoProgress
from landbalance.engine.blocks import Counted, run_plan
from landbalance.engine.journal import Journal, read_records
from landbalance.engine.runner import Threads
from landbalance.engine.scratch import Scratch
from unit.engine import invented_plan as invented
from unit.engine.test_scratch import small_disk

ARRAYS = (np.arange(5, dtype=np.int64), np.float32([[1, np.nan]]), np.empty((0, 3), dtype=np.int8), np.array(2.5))


def written(path: Path, count: int = 3) -> bytes:
    """Write some records and return the file."""
    journal = Journal(path)
    for number in range(count):
        journal.append({"kind": "tile", "number": number}, ARRAYS)
    journal.close()
    return path.read_bytes()


def test_records_come_back_with_their_arrays(tmp_path: Path) -> None:
    written(tmp_path / "journal")

    records = list(read_records(tmp_path / "journal"))

    assert [record.head["number"] for record in records] == [0, 1, 2]
    for found, array in zip(records[1].arrays, ARRAYS, strict=True):
        assert (found.dtype, found.shape) == (array.dtype, array.shape)
        assert found.tobytes() == array.tobytes()


@given(data=st.data())
def test_a_cut_end_is_left_out_and_the_next_record_follows(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("cut") / "journal"
    content = written(path)
    keep = data.draw(st.integers(0, len(content) - 1))
    path.write_bytes(content[:keep])

    journal = Journal(path)
    journal.append({"number": "new"})

    numbers = [record.head["number"] for record in journal.records()]
    assert numbers == [*range(keep * 3 // len(content)), "new"]


@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_changed_byte_never_gives_another_record(
    tmp_path_factory: pytest.TempPathFactory, place: int, value: int
) -> None:
    path = tmp_path_factory.mktemp("changed") / "journal"
    content = bytearray(written(path))
    content[place % len(content)] = value
    path.write_bytes(content)

    numbers = [record.head["number"] for record in read_records(path)]

    assert numbers == list(range(len(numbers)))


def test_a_new_beginning_keeps_the_first_record(tmp_path: Path) -> None:
    written(tmp_path / "journal")
    journal = Journal(tmp_path / "journal")

    journal.restart()
    journal.append({"number": 9})

    assert [record.head["number"] for record in journal.records()] == [0, 9]


def test_a_full_disk_takes_the_cut_record_back(tmp_path: Path) -> None:
    size = len(written(tmp_path / "journal"))
    journal = Journal(tmp_path / "journal")

    with small_disk(size + 50), pytest.raises(DiskError, match="journal cannot be written"):
        journal.append({"number": 3}, ARRAYS)

    assert (tmp_path / "journal").stat().st_size == size


class EnoughError(Exception):
    """Raised by a progress that has had enough."""


class Few(NoProgress):
    """Lets some tiles pass."""

    def __init__(self, tiles: int) -> None:
        self.left = tiles

    def advance(self, count: int) -> None:
        """Note a tile; raise at the last."""
        self.left -= count
        if self.left <= 0:
            raise EnoughError


def run(folder: Path, progress: NoProgress, threads: int = 2) -> tuple[Counted, Scratch, list[str]]:
    """Run the invented plan in a folder, with what an earlier try left in it."""
    area, reader = invented.make_area(), invented.ArrayReader(invented.arrays())
    scratch, journal = Scratch(folder, area.tiles(8)), Journal(folder / "journal")
    plan = invented.make_plan()
    counted = run_plan(plan, area, reader, scratch, runner=Threads(threads), progress=progress, journal=journal)
    return counted, scratch, reader.reads


@pytest.mark.parametrize("tiles", [1, 7, 20, 25, 39])
@pytest.mark.parametrize("threads", [1, 3])
def test_a_run_taken_up_gives_what_an_unbroken_one_gives(tmp_path: Path, tiles: int, threads: int) -> None:
    whole, scratch, _ = run(tmp_path / "whole", NoProgress())
    with pytest.raises(EnoughError):
        run(tmp_path / "broken", Few(tiles), threads)

    counted, resumed, reads = run(tmp_path / "broken", NoProgress(), threads)

    for name, table in whole.tables.items():
        np.testing.assert_array_equal(counted.tables[name].values, table.values)
    for output in invented.make_plan().outputs:
        np.testing.assert_array_equal(invented.mosaic(output, resumed), invented.mosaic(output, scratch))
    assert len(reads) < 40


def test_a_layer_lost_in_a_power_cut_is_computed_again(tmp_path: Path) -> None:
    whole, scratch, _ = run(tmp_path / "whole", NoProgress())
    run(tmp_path / "broken", NoProgress())
    (tmp_path / "broken" / "mean.raw").write_bytes(b"\0" * 500)

    counted, resumed, _ = run(tmp_path / "broken", NoProgress())

    for name, table in whole.tables.items():
        np.testing.assert_array_equal(counted.tables[name].values, table.values)
    for output in invented.make_plan().outputs:
        np.testing.assert_array_equal(invented.mosaic(output, resumed), invented.mosaic(output, scratch))
