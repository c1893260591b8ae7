"""What a user does with the command line, from the demo country to figures by any polygons."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from landbalance.cli.app import app
from landbalance.engine.assess import assess
from landbalance.engine.runs import latest_run
from landbalance.grid.areas import cell_area_km2
from landbalance.io.demo import make_demo
from landbalance.io.workspace import load_workspace


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small demo country, assessed."""
    folder = make_demo(tmp_path_factory.mktemp("demo") / "demoland", size=0.25)
    assess(folder)
    return folder


def call(country: Path, *words: str) -> str:
    result = CliRunner().invoke(app, [*words, "-w", str(country)])
    assert result.exit_code == 0, result.output
    return result.stdout


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def total(
    found: list[dict[str, str]], column: str, period: str = "baseline", layer: str = "SDG indicator 15.3.1"
) -> float:
    return sum(float(row[column]) for row in found if (row["period"], row["layer"]) == (period, layer))


def test_the_demo_is_in_good_order(country: Path) -> None:
    assert "error" not in call(country, "data", "check")


def test_layers_are_listed_with_their_years(country: Path) -> None:
    listed = json.loads(call(country, "data", "list", "--json"))

    assert {"productivity", "land_cover", "soc"} <= {layer["role"] for layer in listed["layers"]}
    assert "productivity" in call(country, "data", "list")


def test_assessing_again_takes_the_result_over_and_says_where_it_is(country: Path) -> None:
    said = call(country, "assess")

    assert "so this is the earlier result" in said
    assert "report.html" in said
    assert "closing checks passed" in said
    assert "of the land of Demoland" in said.splitlines()[0]


def test_every_parameter_names_its_origin(country: Path) -> None:
    shown = json.loads(call(country, "config", "show", "--json", "--profile", "gpg-v2"))

    by_name = {row["name"]: row for row in shown["parameters"]}
    assert shown["profile"] == "gpg-v2"
    assert by_name["lpd_lookup"]["value"] == "gpg2"
    assert {row["origin"] for row in shown["parameters"]} <= {"profile", "default", "national"}
    assert all(row["source"] for row in shown["parameters"])


def test_only_the_difference_is_shown_when_asked_for(country: Path) -> None:
    shown = call(country, "config", "show", "--diff", "--profile", "te-compat")

    assert "slope_method" in shown
    assert "perf_quantile" not in shown


def test_the_nation_has_a_row_for_every_layer_and_period(country: Path) -> None:
    found = rows(call(country, "summary", "--format", "csv"))

    assert len(found) == 12
    assert {row["denominator"] for row in found} == {"land_area"}


def test_registered_zones_sum_to_the_nation(country: Path) -> None:
    nation = rows(call(country, "summary", "--format", "csv"))

    zones = rows(call(country, "summary", "--by", "districts", "--format", "csv"))

    for column in ("degraded_km2", "stable_km2", "improved_km2", "no_result_km2"):
        for period in ("baseline", "report_1", "report_2"):
            assert total(zones, column, period) == pytest.approx(total(nation, column, period), rel=1e-9)


def test_any_polygons_and_what_lies_outside_sum_to_the_nation(country: Path, tmp_path: Path) -> None:
    run = latest_run(load_workspace(country))
    with rasterio.open(run.raster("sdg.baseline")[0]) as file:
        west, south, east, north = file.bounds
    ring = [[west, south], [west, north], [(west + east) / 2.003, north], [(west + east) / 1.997, south], [west, south]]
    path = tmp_path / "west.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))

    found = rows(call(country, "summary", "--by", str(path), "--format", "csv"))

    nation = rows(call(country, "summary", "--format", "csv"))
    assert {row["zone"] for row in found} == {"1", "outside"}
    for column in ("degraded_km2", "stable_km2", "improved_km2", "no_result_km2"):
        for period in ("baseline", "report_1", "report_2"):
            assert total(found, column, period) == pytest.approx(total(nation, column, period), rel=1e-9)


def test_a_polygon_of_whole_cells_equals_a_count_by_hand(country: Path, tmp_path: Path) -> None:
    run = latest_run(load_workspace(country))
    with rasterio.open(run.raster("sdg.baseline")[0]) as file:
        status, grid = file.read(1), file.transform
    with rasterio.open(run.raster("land_cover.2000")[0]) as file:
        water = file.read(1) == 7
    half = status.shape[0] // 2
    west, east = grid.c, grid.c + status.shape[1] * grid.a
    top, bottom = grid.f, grid.f + half * grid.e
    ring = [[west, bottom], [west, top], [east, top], [east, bottom], [west, bottom]]
    path = tmp_path / "north.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    edges = grid.f + np.arange(half + 1) * grid.e
    areas = cell_area_km2(edges[1:], edges[:-1], grid.a)
    degraded = ((status[:half] == -1) & ~water[:half]).sum(axis=1)

    found = rows(call(country, "summary", "--by", str(path), "--format", "csv"))

    assert float(found[0]["degraded_km2"]) == pytest.approx(float((degraded * areas).sum()), rel=1e-9)


def test_a_summary_is_written_as_workbook_and_json(country: Path, tmp_path: Path) -> None:
    call(country, "summary", "--format", "xlsx", "--out", str(tmp_path / "s.xlsx"))
    call(country, "summary", "--json", "--out", str(tmp_path / "s.json"))

    sheet = CalamineWorkbook.from_path(tmp_path / "s.xlsx").get_sheet_by_index(0).to_python()
    listed = json.loads((tmp_path / "s.json").read_text())
    assert sheet[0][:3] == ["period", "zone", "layer"]
    assert len(sheet) == len(listed) + 1
    assert sheet[1][3] == pytest.approx(listed[0]["degraded_km2"])


def test_layers_and_maps_are_tabulated_by_zones(country: Path) -> None:
    rain = rows(call(country, "zonal", "precipitation", "--by", "districts", "--years", "2010", "--format", "csv"))
    maps = rows(call(country, "zonal", "sdg.baseline", "--by", "districts", "--format", "csv"))

    assert {row["time"] for row in rain} == {"2010"}
    assert all(float(row["minimum"]) <= float(row["mean"]) <= float(row["maximum"]) for row in rain)
    assert {row["name"] for row in maps} <= {"Degraded", "Stable", "Improved"}


def test_one_pixel_is_explained_in_words_with_its_values(country: Path) -> None:
    run = latest_run(load_workspace(country))
    with rasterio.open(run.raster("sdg.baseline")[0]) as file:
        row, col = np.argwhere(file.read(1) == -1)[0]
        lon, lat = file.xy(row, col)

    said = call(country, "explain", "--lon", str(lon), "--lat", str(lat))
    known = json.loads(call(country, "explain", "--lon", str(lon), "--lat", str(lat), "--json"))

    assert "so the cell is degraded" in said
    assert known["values"]["sdg.baseline"] == -1


def test_an_indicator_is_run_by_itself(country: Path, tmp_path: Path) -> None:
    listed = CliRunner().invoke(app, ["indicator", "list", "--json"])
    done = json.loads(call(country, "indicator", "run", "soil-erosion-status", "--out", str(tmp_path), "--json"))

    assert "soil-erosion-status" in {row["id"] for row in json.loads(listed.stdout)}
    assert len(list(tmp_path.glob("*.tif"))) == len(done["rasters"])
