"""From status to plan on the demo country: the balance by hand, any tiles, plans and scenarios, bad input."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from places import write_polygons
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from landbalance.accounting.balance import balance, balance_of_cells
from landbalance.cli.app import app
from landbalance.engine import known_counts
from landbalance.engine.assess import assess
from landbalance.engine.columns import polygon_column
from landbalance.engine.ground import Ground, open_ground, strata
from landbalance.engine.joint import Joint
from landbalance.engine.known_counts import known_strata, strata_beside
from landbalance.engine.neutrality import plan_problem, run_balance, run_hotspots, run_scenario
from landbalance.engine.risk import train_risk
from landbalance.engine.runs import latest_run
from landbalance.engine.summary import nation_rows
from landbalance.engine.target_progress import progress_of_file
from landbalance.grid.areas import cell_areas_km2
from landbalance.grid.grid import Grid
from landbalance.io.demo import make_demo
from landbalance.io.practice_files import read_scenario
from landbalance.io.vector import Polygons
from landbalance.io.workspace import load_workspace
from landbalance.planning.plan import plan, ranking_plan
from landbalance.planning.practices import default_practices
from landbalance.planning.problem import PlanSettings
from landbalance.planning.scenario import Horizon
from landbalance.reporting.words import LAYER_NAMES

YEARS = Horizon(2023, 2030)
OUTSIDE = shapely.box(100, 60, 101, 61)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small demo country, assessed."""
    folder = make_demo(tmp_path_factory.mktemp("demo") / "zzd", size=0.25)
    assess(folder, threads=2)
    return folder


@pytest.fixture(scope="module")
def ground(home: Path) -> Ground:
    """Return the ground of its analyses, by district."""
    return open_ground(load_workspace(home), domain="districts")


def call(home: Path, *words: str) -> tuple[int, str]:
    """Run a command on the workspace; return its exit code and all it printed."""
    found = CliRunner().invoke(app, [*words, "-w", str(home)])
    return found.exit_code, found.output


def settings_of(**more: Any) -> PlanSettings:
    return PlanSettings(horizon=YEARS, first_year=2024, **more)


def test_the_balance_is_that_of_the_maps_counted_by_hand(home: Path, ground: Ground) -> None:
    maps = {}
    for name, path in {
        **{key: ground.run.raster(f"sdg.{key}")[0] for key in ("baseline", "report_2")},
        "type": ground.saved.rasters[0],
    }.items():
        with rasterio.open(path) as file:
            maps[name] = file.read(1)
            west, north, cell = file.transform.c, file.transform.f, file.transform.a
    grid = Grid("EPSG:4326", west, north, cell, cell, maps["type"].shape[1], maps["type"].shape[0])
    areas = np.broadcast_to(cell_areas_km2(grid), maps["type"].shape)

    by_hand = balance_of_cells(maps["baseline"], maps["report_2"], maps["type"], area_km2=areas)
    found = run_balance(ground).by_type

    assert ground.inputs.area.rule == "centre"
    pairs = zip(found.rows, by_hand.rows, strict=True)
    assert all(np.allclose(mine.conditions, theirs.conditions, rtol=1e-6) for mine, theirs in pairs)
    assert found.is_like_for_like == by_hand.is_like_for_like


def test_the_headline_is_that_of_the_assessment(ground: Ground) -> None:
    rows = [row for row in nation_rows(ground.run) if row.layer == LAYER_NAMES["sdg"]]

    found = run_balance(ground).by_type

    assert found.degraded_now_km2 == pytest.approx(rows[-1].degraded_km2, rel=1e-9)


@pytest.mark.parametrize("with_people", [True, False])
@pytest.mark.parametrize(("block", "threads"), [(64, 1), (100, 3)])
def test_tiles_and_threads_change_nothing(ground: Ground, block: int, threads: int, with_people: bool) -> None:
    whole = strata(ground, with_people=with_people)

    parts = strata(ground, with_people=with_people, block=block, threads=threads)

    pd.testing.assert_frame_equal(whole, parts, check_exact=True)


def test_the_flat_count_is_the_hashed_count_to_the_last_bit(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    flat = strata(ground)
    monkeypatch.setattr(Joint, "is_plain", False)

    hashed = strata(ground)

    pd.testing.assert_frame_equal(flat, hashed, check_exact=True)


@pytest.mark.parametrize("domain", ["", "districts"])
def test_counting_beside_what_is_kept_is_a_full_count_to_the_last_bit(home: Path, domain: str) -> None:
    here = open_ground(load_workspace(home), domain=domain)
    west, south, east, north = here.inputs.boundary.to(here.inputs.native.crs).geometries[0].bounds
    middle = (west + east) / 2, (south + north) / 2
    shapes = (shapely.box(west, south, *middle), shapely.Point(middle).buffer((east - west) / 40))
    pieces = Polygons(shapes, ("1", "2"), ("1", "2"), here.inputs.native.crs)

    full = strata(here, extra={"atom": polygon_column(pieces)})
    beside = strata_beside(here, pieces)

    assert set(full["atom"]) == {0, 1, 2}
    pd.testing.assert_frame_equal(full, beside, check_exact=True, check_dtype=False)


def test_counts_are_kept_and_damaged_ones_counted_again(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    before = known_strata(ground)
    [*kept] = (Path(ground.workspace.path) / known_counts.FOLDER).glob("*.parquet")
    with monkeypatch.context() as patched:
        patched.setattr(known_counts, "strata", lambda *_, **__: pytest.fail("counted again"))
        again = known_strata(ground)

    for path in kept:
        path.write_bytes(b"PAR1 cut short")
    anew = known_strata(ground)

    pd.testing.assert_frame_equal(before, again, check_exact=True)
    pd.testing.assert_frame_equal(before, anew, check_exact=True)


def test_domains_sum_to_the_country(ground: Ground) -> None:
    areas = strata(ground)

    sheet, by_domain = run_balance(ground), balance(areas, ground.types.types, ground.domains)

    assert sum(row.gains_km2 for row in by_domain.rows) == pytest.approx(sheet.by_type.gains_km2)
    assert by_domain.need_km2 >= sheet.by_type.need_km2 - 1e-9


def test_the_balance_command_writes_workbook_maps_and_page(home: Path) -> None:
    code, said = call(home, "balance", "--domain", "districts")

    folder = home / "neutrality" / "balance"
    assert code == 0
    assert "like for like" in said
    book = CalamineWorkbook.from_path(folder / "balance.xlsx")
    assert {"balance", "balance-domains", "conditions", "hierarchy"} <= set(book.sheet_names)
    with rasterio.open(folder / "gains_losses.tif") as file:
        assert set(np.unique(file.read(1))) <= {-128, -1, 0, 1}
    content = json.loads((folder / "balance.json").read_text(encoding="utf-8"))
    assert content["provenance"]["inputs"]
    assert "<h2" in (folder / "balance.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_chapter_speaks_other_languages(home: Path, tmp_path: Path, language: str) -> None:
    code, _ = call(home, "balance", "--language", language, "--out", str(tmp_path / "b"))

    page = (tmp_path / "b" / "balance.html").read_text(encoding="utf-8")
    assert code == 0
    assert f'lang="{language}"' in page
    assert "Gains and losses" not in page


@pytest.mark.parametrize("budget", [1e6, 5e6, 20e6])
def test_the_plan_beats_ranking_hotspots(ground: Ground, budget: float) -> None:
    problem = plan_problem(ground, default_practices(), settings_of(budget_usd=budget))

    mine, ranked = plan(problem), ranking_plan(problem, budget)

    assert mine.shortfall_ha < ranked.shortfall_ha
    assert mine.applied().shortfall_ha == pytest.approx(mine.shortfall_ha, abs=1e-3)
    assert mine.cost_usd <= budget * (1 + 1e-6)


def test_the_plan_command_says_what_it_finds(home: Path) -> None:
    code, said = call(home, "plan", "--budget", "5e6", "--domain", "districts", "--json")

    found = json.loads(said)
    assert code == 0
    assert found["cost_usd"] <= 5e6 * (1 + 1e-6)
    assert found["shortfall_ha"] < found["ranking_shortfall_ha"]
    assert found["curve"][0]["shortfall_ha"] >= found["curve"][-1]["shortfall_ha"]
    assert (home / "neutrality" / "plan" / "treated_share.tif").is_file()


def test_the_plan_keeps_pastoral_routes_and_reserves_open(home: Path, tmp_path: Path) -> None:
    place = tmp_path / "zzd"
    shutil.copytree(home, place)
    with rasterio.open(place / "data" / "land_cover.tif") as file:
        profile = file.profile | {"count": 1, "dtype": "uint8", "nodata": 255, "driver": "GTiff"}
    half = np.zeros((profile["height"], profile["width"]), np.uint8)
    half[:, : half.shape[1] // 2] = 1
    with rasterio.open(tmp_path / "reserve.tif", "w", **profile) as file:
        file.write(half, 1)
    added = CliRunner().invoke(
        app, ["data", "add", str(tmp_path / "reserve.tif"), "--role", "pastoral_reserve", "-w", str(place)]
    )
    assert added.exit_code == 0, added.output

    kept, free = (
        call(place, "plan", "--budget", "5e6", "--json", *more) for more in (("--out", str(tmp_path / "kept")), ())
    )
    ignored = json.loads(call(place, "plan", "--budget", "5e6", "--json", "--reserves", "ignore")[1])
    said = call(place, "plan", "--budget", "5e6")[1]

    told = json.loads(kept[1])
    assert told["rows"] == json.loads(free[1])["rows"]
    assert told["reserved_ha"] > 0
    assert ignored["reserved_ha"] == 0
    open_ones = {each.code for each in default_practices() if each.open_to_herds}
    assert {row["practice"] for row in told["rows"] if row["reserved"]} <= open_ones
    assert any(row["practice"] not in open_ones for row in told["rows"] if not row["reserved"])
    assert "pastoral routes and reserves" in said


def test_squares_can_be_planned_whole_and_together(home: Path) -> None:
    code, said = call(home, "plan", "--budget", "5e6", "--grid-km", "30", "--whole", "--contiguity", "500", "--json")

    assert code == 0
    assert json.loads(said)["cost_usd"] <= 5e6 * (1 + 1e-6)


def test_a_scenario_over_all_land_reverses_all_degraded_land_once(ground: Ground, tmp_path: Path) -> None:
    box = shapely.box(*ground.inputs.boundary.to("EPSG:4326").geometries[0].bounds).buffer(1)
    rows = [
        {"id": name, "intervention": "reverse", "effectiveness": share, "first_year": 2024, "lag_years": 5}
        for name, share in (("a", 1.0), ("b", 0.5))
    ]
    path = tmp_path / "all.geojson"
    features = [{"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(box)} for row in rows]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    areas = strata(ground)
    degraded = areas.loc[(areas["response"] == 3) & (areas["land_type"] > 0), "area_km2"].sum() * 100

    found = run_scenario(ground, *read_scenario(path, (2024, 2024)), 2030)

    assert found.reversed_ha == pytest.approx(degraded)
    assert [row.reversed_ha for row in found.polygons] == pytest.approx([degraded, degraded / 2])


def test_scenarios_are_kept_and_compared(home: Path, ground: Ground, tmp_path: Path) -> None:
    point = ground.inputs.boundary.to("EPSG:4326").geometries[0].representative_point()
    write_polygons(tmp_path / "s.geojson", [point.buffer(0.2)])

    added, _ = call(home, "scenario", "add", "north", str(tmp_path / "s.geojson"))
    code, said = call(home, "scenario", "compare", "north", "--json")

    found = json.loads(said)["north"]
    assert (added, code) == (0, 0)
    assert found["comparison"]["contribution_ha"] == pytest.approx(
        sum(each["reversed_ha"] + each["avoided_ha"] for each in found["scenario"]["outcomes"])
    )


def test_land_types_are_named_kept_and_used(home: Path, tmp_path: Path) -> None:
    names = tmp_path / "names.csv"
    names.write_text("climate_zone,slope_class,name\n11,1,dry plain\n", encoding="utf-8")

    built, _ = call(
        home, "landtypes", "build", "--layers", "climate,slope", "--name", "mine", "--names", str(names),
        "--irreplaceable", "dry plain",
    )  # fmt: skip
    code, said = call(home, "balance", "--by", "mine", "--json")

    rows = {row["name"]: row for row in json.loads(said)["rows"]}
    assert (built, code) == (0, 0)
    assert rows["dry plain"]["is_tradable"] is False


def test_hotspots_are_ranked_by_area(ground: Ground) -> None:
    areas = strata(ground)
    known = areas[(areas["domain"] == 1) & (areas["response"] > 0)]

    found = next(row for row in run_hotspots(ground) if row.zone == ground.domains[1])

    assert found.known_km2 == pytest.approx(known["area_km2"].sum())
    assert found.degraded_km2 == pytest.approx(known.loc[known["response"] == 3, "area_km2"].sum())


def test_squares_cover_what_zones_cover(ground: Ground) -> None:
    squares = run_hotspots(ground, grid_km=20)

    assert sum(row.known_km2 for row in squares) == pytest.approx(sum(row.known_km2 for row in run_hotspots(ground)))


def test_the_risk_map_is_judged_on_blocks_held_back(ground: Ground, tmp_path: Path) -> None:
    found = train_risk(ground, 2030, tmp_path / "risk")

    assert len(found.model.calibration) == 10
    assert found.model.has_skill == (found.model.skill >= 0.02)
    with rasterio.open(found.rasters[0]) as file:
        values = file.read(1)
    assert values[values >= 0].max() <= 100


def test_progress_of_a_file_shows_action_and_outcome(ground: Ground, tmp_path: Path) -> None:
    shape = ground.inputs.boundary.to("EPSG:4326").geometries[0]
    row = {
        **{"target_id": "T1", "target_type": "area_outcome", "response": "reverse", "declared_area_ha": 1000},
        **{"start_year": 2015, "target_year": 2030, "action_km2": 9.5, "action_year": 2016},
    }
    feature = {"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(shape)}
    path = tmp_path / "targets.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")

    found = progress_of_file(ground, path).targets[0].progress

    assert found.action is not None
    assert found.outcome is not None
    assert found.action.progress == pytest.approx(0.95)
    assert found.outcome.progress == pytest.approx(improved_km2(ground, shape) / 10.0, rel=1e-6)


def improved_km2(ground: Ground, shape: shapely.Polygon) -> float:
    """Return the improved land inside a shape of the whole mainland, from the counted areas of its domains."""
    areas = strata(ground, extra={"inside": polygon_column(Polygons((shape,), ("x",), ("1",), "EPSG:4326"))})
    chosen = (areas["inside"] == 1) & (areas["period"] == 1) & (areas["land_type"] >= 0)
    return float(areas.loc[chosen, "area_km2"].sum())


def scenario_file(folder: Path, *rows: dict[str, Any], shape: shapely.Polygon = OUTSIDE) -> str:
    """Write a scenario; return its path."""
    path = folder / "scenario.geojson"
    features = [{"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(shape)} for row in rows]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return str(path)


def practice_file(folder: Path, cost: str) -> str:
    """Write one practice; return its path."""
    path = folder / "practices.csv"
    path.write_text(
        f"code,response,cost_usd_ha,effectiveness,lag_years\nstone,reverse,{cost},0.8,5\n", encoding="utf-8"
    )
    return str(path)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["plan", "--budget", "-5"], "the budget is -5.0 USD"),
        (["plan", "--to", "2020"], "the target year is 2020"),
        (["plan", "--domain", "moons"], "there are no zones 'moons'"),
        (["plan", "--use", "magic", "--budget", "1e6"], "there is no practice 'magic'"),
        (["balance", "--by", "nowhere"], "there are no land types 'nowhere'"),
        (["balance", "--periods", "baseline,report_9"], "there is no period 'report_9'"),
        (["projection", "--to", "2023"], "the target year is 2023"),
        (["landtypes", "build", "--layers", "moon"], "there is no class layer 'moon'"),
        (["landtypes", "build", "--layers", "climate", "--irreplaceable", "sea", "--name", "x"], "no land type 'sea'"),
        (["hotspots", "--grid-km", "0"], "squares of 0.0 km"),
        (["scenario", "compare", "nothing"], "there is no scenario 'nothing'"),
    ],
)
def test_bad_input_gets_one_clear_line(home: Path, words: list[str], message: str) -> None:
    before = sorted(path for path in home.rglob("*") if ".cache" not in path.parts)

    code, said = call(home, *words)

    assert code == 1
    assert message in said
    assert len(said.strip().splitlines()) == 1
    assert sorted(path for path in home.rglob("*") if ".cache" not in path.parts) == before


def test_a_missing_cost_is_named(home: Path, tmp_path: Path) -> None:
    code, said = call(home, "plan", "--practices", practice_file(tmp_path, ""))

    assert (code, "practice stone has no cost in" in said) == (1, True)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"id": "a"}], "polygon a lies outside the country"),
        ([{"id": "a"}, {"id": "a"}], "two polygons are called a"),
        ([{"id": "a", "intervention": "undo"}], "'undo' is no code of responses"),
        ([{"id": "a", "effectiveness": 3}], "polygon a: effectiveness is 3"),
    ],
)
def test_bad_polygons_get_one_clear_line(home: Path, tmp_path: Path, rows: list[Any], message: str) -> None:
    code, said = call(home, "scenario", "compare", scenario_file(tmp_path, *rows))

    assert (code, message in said, len(said.strip().splitlines())) == (1, True, 1)


def test_overlapping_domains_are_refused(home: Path, tmp_path: Path) -> None:
    shape = load_ground_shape(home)
    write_polygons(home / "data" / "twice.geojson", [shape, shape.buffer(0.01)])
    toml = home / "landbalance.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text + '\n[[zones]]\nid = "twice"\npath = "data/twice.geojson"\n', encoding="utf-8")

    code, said = call(home, "balance", "--domain", "twice")

    toml.write_text(text, encoding="utf-8")
    assert (code, "the zones part 1 and part 2 overlap" in said) == (1, True)


def load_ground_shape(home: Path) -> shapely.Polygon:
    """Return the boundary of the country."""
    features = json.loads((home / "data" / "boundary.geojson").read_text(encoding="utf-8"))["features"]
    return shapely.geometry.shape(features[0]["geometry"])


def test_an_appraisal_takes_its_yearly_loss_from_the_run(home: Path, tmp_path: Path) -> None:
    example = Path(__file__).resolve().parents[2] / "examples" / "projects" / "demoland.toml"
    project = tmp_path / "p.toml"
    project.write_text(example.read_text().replace("{ value = 2400000, yearly_loss = 0.02 }", "{ value = 2400000 }"))

    def told(path: Path, *words: str) -> dict[str, Any]:
        done = CliRunner().invoke(app, ["finance", "appraise", str(path), "--json", *words])
        assert done.exit_code == 0, done.output
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    here, without = told(project, "--workspace", str(home)), told(project)
    own = tmp_path / "own.toml"
    share = here["yearly_loss"]["share"]
    own.write_text(project.read_text().replace("{ value = 2400000 }", f"{{ value = 2400000, yearly_loss = {share} }}"))

    assert 0 < share < 1
    assert here["yearly_loss"]["lines"] == ["millet"]
    assert "run " in here["yearly_loss"]["source"]
    assert here["views"]["financial"]["npv"] > without["views"]["financial"]["npv"]
    assert told(own)["views"] == here["views"]


def test_a_run_of_another_country_says_nothing_of_the_loss(home: Path, tmp_path: Path) -> None:
    example = Path(__file__).resolve().parents[2] / "examples" / "projects" / "demoland.toml"
    project = tmp_path / "p.toml"
    project.write_text(example.read_text().replace('country = "ZZD"', 'country = "MRT"'))

    done = CliRunner().invoke(app, ["finance", "appraise", str(project), "--workspace", str(home)])

    assert done.exit_code == 1
    assert "the project is in MRT, the run is of ZZD" in done.output


def test_the_carbon_of_a_project_takes_its_soil_from_the_run(home: Path, tmp_path: Path) -> None:
    example = Path(__file__).resolve().parents[2] / "examples" / "projects" / "demoland.toml"
    project = tmp_path / "p.toml"
    project.write_text(example.read_text().replace('land = "Cropland"', 'land = "Cropland"\nhectares = "run"'))

    done = CliRunner().invoke(app, ["finance", "carbon", str(project), "--json", "--workspace", str(home)])

    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    figures = latest_run(load_workspace(home)).summary["figures"]
    by_id = {each["id"]: each["value"] for each in figures if each["zone"] == "nation/1"}
    year = max(key.split("@")[1] for key in by_id if key.startswith("soc.mean.3@"))
    assert found["soil"]["before"] == pytest.approx(by_id[f"soc.mean.3@{year}@nation/1"])
    assert found["soil"]["after"] / found["soil"]["before"] == pytest.approx(1.04 * 1.04 / 0.95)
    assert found["hectares"] == pytest.approx(100 * by_id[f"soc.area.3@{year}@nation/1"])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('land = "Cropland"', 'land = "Vineyard"', "no land cover class Vineyard"),
        ('land = "Cropland"', 'land = "Cropland"\nzone = "Nowhere"', "no zone Nowhere"),
        ('country = "ZZD"', 'country = "MRT"', "the project is in MRT, the run is of ZZD"),
    ],
)
def test_soil_that_the_run_does_not_have_is_one_line(home: Path, tmp_path: Path, old: str, new: str, says: str) -> None:
    example = Path(__file__).resolve().parents[2] / "examples" / "projects" / "demoland.toml"
    project = tmp_path / "p.toml"
    project.write_text(example.read_text().replace(old, new))

    done = CliRunner().invoke(app, ["finance", "carbon", str(project), "--workspace", str(home)])

    assert done.exit_code == 1
    assert says in done.output
    assert len(done.output.strip().splitlines()) == 1
