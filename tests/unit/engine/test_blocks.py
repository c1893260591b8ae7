"""The block engine gives one result, whatever the tiles, chunks and threads."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from landbalance.core.progress import NoProgress
from landbalance.engine.blocks import Counted, run_plan
from landbalance.engine.passes import arrange
from landbalance.engine.runner import Threads
from landbalance.engine.scratch import Scratch
from unit.engine import invented_plan as invented


def run(
    block: int, threads: int, chunk: int = 50, rule: str = "centre"
) -> tuple[Counted, dict[str, np.ndarray], list[str]]:
    plan, area, reader = invented.make_plan(), invented.make_area(rule), invented.ArrayReader(invented.arrays())
    with TemporaryDirectory() as folder:
        scratch = Scratch(Path(folder), area.tiles(block))
        counted = run_plan(plan, area, reader, scratch, runner=Threads(threads), progress=NoProgress(), chunk=chunk)
        layers = {output.key: invented.mosaic(output, scratch) for output in plan.outputs}
        scratch.close()
    return counted, layers, reader.reads


@pytest.mark.parametrize(("block", "threads", "chunk"), [(5, 1, 7), (8, 2, 64), (64, 4, 1000), (1000, 1, 8192)])
def test_tiles_threads_and_chunks_change_nothing(block: int, threads: int, chunk: int) -> None:
    whole, layers, _ = run(512, 1, 8192)

    counted, found, _ = run(block, threads, chunk)

    np.testing.assert_array_equal(found["class"], layers["class"])
    np.testing.assert_array_equal(found["mean"], layers["mean"])
    for name, table in whole.tables.items():
        np.testing.assert_array_equal(counted.tables[name].values, table.values)


def test_the_classes_are_those_of_plain_numpy() -> None:
    area, series = invented.make_area(), invented.values()
    inside = area.weights(invented.Tile(0, 0, 0, *invented.GRID.shape)) > 0
    mean = series.mean(axis=0).astype(np.float32)
    expected = np.where(mean > mean[inside].max() * 0.6, 1, -1)

    _, found, _ = run(8, 2)

    np.testing.assert_array_equal(found["class"], np.where(inside, expected, -128))
    np.testing.assert_array_equal(np.isnan(found["mean"]), ~inside)


def test_tables_hold_the_true_area_of_the_cells() -> None:
    from landbalance.grid.areas import cell_areas_km2

    area = invented.make_area()
    inside = area.weights(invented.Tile(0, 0, 0, *invented.GRID.shape)) > 0
    cells = np.broadcast_to(cell_areas_km2(invented.GRID), invented.GRID.shape)

    counted, found, _ = run(16, 2)

    table = counted.tables["classes.nation"]
    assert table.total() == pytest.approx(cells[inside].sum(), rel=1e-9)
    assert table.total(**{"class": 1}) == pytest.approx(cells[found["class"] == 1].sum(), rel=1e-9)
    assert counted.tables["classes.halves"].total() == table.total()


def test_amounts_add_up_to_the_sum_of_the_layer() -> None:
    counted, found, _ = run(16, 2)

    assert counted.tables["amount.nation"].total() == pytest.approx(np.nansum(found["mean"], dtype=float), rel=1e-6)


def test_border_cells_count_in_part() -> None:
    whole, _, _ = run(16, 1, rule="fraction")

    from landbalance.io.vector import geodesic_area_km2

    boundary = invented.make_area().boundary
    assert whole.tables["classes.nation"].total() == pytest.approx(geodesic_area_km2(boundary), rel=0.01)


def test_the_heavy_series_is_read_once() -> None:
    _, _, reads = run(1000, 1)

    assert reads.count("series") == 1


def test_a_reduction_opens_a_second_pass() -> None:
    passes = arrange(invented.make_plan())

    assert [[step.indicator.id for step in each.steps] for each in passes] == [["mean", "odd"], ["above"]]
    assert [step.indicator.id for step in passes[0].reductions] == ["above"]
    assert passes[0].keeps == ["mean", "odd"]


def test_an_error_in_a_kernel_stops_the_run(tmp_path: Path) -> None:
    plan, area = invented.make_plan(), invented.make_area()
    reader = invented.ArrayReader({**invented.arrays(), "halves": np.full(invented.GRID.shape, 1, dtype=np.int32)})
    reader.arrays.pop("series")

    with pytest.raises(KeyError):
        run_plan(plan, area, reader, Scratch(tmp_path, area.tiles(8)), runner=Threads(2), progress=NoProgress())
