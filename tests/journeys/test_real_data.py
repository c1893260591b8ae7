"""The real data sets: Assaba with its gaps, Tonk against Trends.Earth."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio

from landbalance.engine.assess import assess
from landbalance.engine.runs import Run

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.shared


@pytest.fixture
def given_shared(shared: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set the variable that the examples' paths begin with."""
    monkeypatch.setenv("LANDBALANCE_SHARED", str(shared.parent))
    return shared


def example(name: str, folder: Path) -> Path:
    """Return a copy of an example workspace."""
    return Path(
        shutil.copytree(ROOT / "examples" / name, folder / name, ignore=shutil.ignore_patterns("runs", ".cache"))
    )


def test_tonk_is_what_trends_earth_made_of_it(given_shared: Path, tmp_path: Path) -> None:
    workspace = example("tonk", tmp_path)
    settings = workspace / "landbalance.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("land_cover = [2001, 2015]", "land_cover = [2001, 2020]"), encoding="utf-8")

    run = assess(workspace)

    ours = rasterio.open(run.raster("land_cover_status.baseline")[0])
    theirs = rasterio.open(given_shared / "tonk_india" / "trendsearth_lc_degradation_2001_2020.tif")
    assert ours.shape == theirs.shape
    np.testing.assert_array_equal(ours.read(1), theirs.read(1))
    counts = dict(zip(*np.unique(ours.read(1), return_counts=True), strict=True))
    assert counts == {-1: 477, 0: 196_209, 1: 174}


def test_tonk_shows_productivity_as_a_gap(given_shared: Path, tmp_path: Path) -> None:
    run = assess(example("tonk", tmp_path))

    assert any("no productivity layer" in flag for flag in run.flags)
    assert not (rasterio.open(run.raster("sdg.baseline")[0]).read(1) != -128).any()


def test_assaba_names_its_gaps(given_shared: Path, tmp_path: Path) -> None:
    run = assess(example("assaba", tmp_path))

    said = "\n".join(run.flags)
    assert "productivity of baseline rests on 6 years (2010-2015)" in said
    assert "there is no soil layer" in said
    assert "35.7% of the area has no productivity: MOD17 fill: never computed" in said
    _check_periods(run)


def _check_periods(run: Run) -> None:
    """The periods are those the issue names, and the short one stays out of the package."""
    periods = {row["name"]: row for row in run.manifest.periods}
    assert list(periods["baseline"]["productivity"]) == [2010, 2015]
    assert list(periods["report_1"]["land_cover"]) == [2015, 2023]
    assert list(periods["report_1"]["productivity"]) == [2010, 2023]
    figures = json.loads((run.folder / "summary.json").read_text(encoding="utf-8"))["figures"]
    assert any("short_series" in figure["quality"] for figure in figures)


@pytest.mark.parametrize(("zones", "limit_mm"), [("districts", 1.0), ("communes", 2.0)])
def test_zonal_rain_of_assaba_agrees_with_other_people(
    given_shared: Path, tmp_path: Path, zones: str, limit_mm: float
) -> None:
    workspace = example("assaba", tmp_path)
    command = [sys.executable, "-m", "landbalance", "zonal", "precipitation", "--by", zones, "--format", "json"]

    done = subprocess.run([*command, "-w", str(workspace)], capture_output=True, text=True, check=True)

    ours = {(str(row["zone"]), int(row["time"])): float(row["mean"]) for row in json.loads(done.stdout)}
    theirs = _given(given_shared / "assaba_mauritania" / f"zonal_precipitation_{zones}.csv")
    shared_keys = sorted(set(ours) & set(theirs))
    assert len(shared_keys) == len(theirs)
    assert max(abs(ours[key] - theirs[key]) for key in shared_keys) <= limit_mm


def _given(path: Path) -> dict[tuple[str, int], float]:
    """Return the means other people computed, by zone and year."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {(row.get("district") or row["unit_id"], int(row["year"])): float(row["precip_mean_mm"]) for row in rows}
