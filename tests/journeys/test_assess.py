"""The main job on the demo country: one result for any tiles and threads, close to the planted truth, and reusable."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio

from landbalance.engine.assess import assess
from landbalance.engine.explain import explain
from landbalance.engine.indicator_run import run_indicator
from landbalance.engine.runs import Run
from landbalance.io.demo import make_demo
from landbalance.io.files import sha256

SIZE = 0.25


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small demo country."""
    return make_demo(tmp_path_factory.mktemp("demo") / "demoland", size=SIZE)


@pytest.fixture(scope="module")
def run(country: Path) -> Run:
    """Return its assessment."""
    return assess(country, threads=2)


def classes(run: Run) -> dict[str, str]:
    """Return the checksum of every raster of a run."""
    return {kept.key: kept.files[0][1] for kept in run.manifest.rasters}


def copy_of(country: Path, folder: Path) -> Path:
    """Return a workspace like another, without its runs."""
    return Path(shutil.copytree(country, folder / "copy", ignore=shutil.ignore_patterns("runs", ".cache")))


def set_parameter(workspace: Path, line: str) -> None:
    """Override one parameter in landbalance.toml."""
    settings = workspace / "landbalance.toml"
    text = settings.read_text(encoding="utf-8")
    if "\n[parameters]\n" not in text:
        text += "\n[parameters]\n"
    settings.write_text(text.replace("\n[parameters]\n", f"\n[parameters]\n{line}\n"), encoding="utf-8")


@pytest.mark.parametrize(("block", "threads"), [(64, 1), (256, 4), (1000, 2)])
def test_blocks_and_threads_change_no_pixel_and_no_table(
    country: Path, run: Run, tmp_path: Path, block: int, threads: int
) -> None:
    other = assess(copy_of(country, tmp_path), block=block, threads=threads)

    for kept in run.manifest.rasters:
        with rasterio.open(run.raster(kept.key)[0]) as mine, rasterio.open(other.raster(kept.key)[0]) as theirs:
            np.testing.assert_array_equal(mine.read(), theirs.read(), err_msg=kept.key)
    with np.load(run.folder / "state/tables.npz") as mine, np.load(other.folder / "state/tables.npz") as theirs:
        for name in mine.files:
            np.testing.assert_array_equal(mine[name], theirs[name], err_msg=name)


def test_a_second_run_is_the_same_run(country: Path, run: Run) -> None:
    again = assess(country)

    assert not again.is_new
    assert again.id == run.id


def test_a_forced_run_gives_the_same_bytes(country: Path, run: Run) -> None:
    again = assess(country, force=True, threads=1)

    assert again.is_new
    assert classes(again) == classes(run)
    shutil.rmtree(again.folder)


def test_a_changed_parameter_computes_only_what_depends_on_it(country: Path, run: Run, tmp_path: Path) -> None:
    workspace = copy_of(country, tmp_path)
    shutil.copytree(run.folder, workspace / "runs" / run.id)
    set_parameter(workspace, 'soc_threshold = {value = 0.05, reason = "soil survey"}')

    changed = assess(workspace)

    assert {"trend.baseline", "lpd.report_1", "land_cover_status.baseline"} <= set(changed.reused)
    assert not {"soc_status.baseline", "sdg.baseline", "condition.sdg.report_1"} & set(changed.reused)
    before, after = classes(run), classes(changed)
    assert before["trend.baseline"] == after["trend.baseline"]


def test_the_manifest_names_every_input_with_its_checksum(run: Run) -> None:
    rows = run.manifest.inputs

    assert rows
    for row in rows:
        assert sha256(row["path"]) == row["sha256"]
    assert {"landbalance", "numpy", "numba", "rasterio"} <= set(run.manifest.versions)
    assert all(row["origin"] in ("profile", "default", "national") for row in run.manifest.parameters)


def test_no_half_written_run_is_left(country: Path, run: Run) -> None:
    assert run.folder.is_dir()
    assert not list((country / "runs").glob(".*.part"))


def test_an_unreadable_input_stops_the_run_and_leaves_nothing(country: Path, tmp_path: Path) -> None:
    from landbalance.core.errors import LandbalanceError

    workspace = copy_of(country, tmp_path)
    first = next((workspace / "data").glob("*ndvi*.tif"))
    content = first.read_bytes()
    first.write_bytes(content[: len(content) // 2])

    with pytest.raises(LandbalanceError):
        assess(workspace)

    assert not (workspace / "runs").exists() or not list((workspace / "runs").iterdir())


def test_explain_tells_the_class_of_the_raster(country: Path, run: Run) -> None:
    with rasterio.open(run.raster("sdg.report_2")[0]) as dataset:
        sdg = dataset.read(1)
        row, col = (int(place[0]) for place in np.nonzero(sdg == -1))
        lon, lat = dataset.xy(row, col)

    explanation = explain(country, lon, lat)

    assert explanation.values["sdg.report_2"] == -1
    assert any("One-out-all-out" in line and "so the cell is degraded" in line for line in explanation.lines)


def test_explain_agrees_with_every_raster_at_random_places(country: Path, run: Run) -> None:
    generator = np.random.default_rng(3)
    with rasterio.open(run.raster("sdg.baseline")[0]) as dataset:
        places = np.argwhere(dataset.read(1) != -128)
        chosen = [tuple(place) for place in places[generator.integers(0, len(places), 5)]]
        points = [dataset.xy(*place) for place in chosen]

    for (row, col), (lon, lat) in zip(chosen, points, strict=True):
        values = explain(country, lon, lat).values
        for kept in run.manifest.rasters:
            if kept.dtype == "int8":
                with rasterio.open(run.raster(kept.key)[0]) as dataset:
                    assert values[kept.key] == dataset.read(1)[row, col], kept.key


def test_an_indicator_runs_by_itself(country: Path, tmp_path: Path) -> None:
    found = run_indicator(country, "soil-erosion-status", out=tmp_path / "erosion")

    assert found.rasters
    table = next(iter(found.tables.values()))
    assert table.total() > 0


def test_the_national_indicator_joins_beside_the_official_figure(run: Run) -> None:
    three, four = (rasterio.open(run.raster(f"{key}.baseline")[0]).read(1) for key in ("sdg", "sdg_national"))
    known = (three != -128) & (four != -128)
    assert known.any()
    assert (four[known] <= three[known]).sum() > 0
    assert not ((three == -1) & (four != -1) & (four != -128)).any()


def test_summary_json_holds_complete_figure_records(run: Run) -> None:
    figures = json.loads((run.folder / "summary.json").read_text(encoding="utf-8"))["figures"]

    needed = {"id", "label", "value", "unit", "period", "zone", "denominator", "mask", "method", "quality", "interval"}
    assert figures
    for figure in figures:
        assert needed | {"inputs"} <= set(figure), figure.get("id")


def test_a_run_that_keeps_some_rasters_has_the_same_classes_and_tables(country: Path, run: Run, tmp_path: Path) -> None:
    some = assess(copy_of(country, tmp_path), keep=("sdg.", "trend."))

    assert classes(some).keys() == {key for key in classes(run) if key.startswith(("sdg.", "trend."))}
    for key in classes(some):
        with rasterio.open(run.raster(key)[0]) as mine, rasterio.open(some.raster(key)[0]) as theirs:
            np.testing.assert_array_equal(mine.read(), theirs.read(), err_msg=key)
    with np.load(run.folder / "state/tables.npz") as mine, np.load(some.folder / "state/tables.npz") as theirs:
        for name in mine.files:
            np.testing.assert_array_equal(mine[name], theirs[name], err_msg=name)
