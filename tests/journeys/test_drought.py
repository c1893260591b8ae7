"""A drought year in the invented country, from rain to alert to herd, on the command line."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio
import xarray as xr
from rasterio.transform import from_bounds
from typer.testing import CliRunner, Result

from landbalance.cli.app import app
from landbalance.io.demo import make_demo
from landbalance.io.demo.climate import DROUGHTS
from landbalance.io.workspace import load_workspace


def run(*words: str) -> Result:
    return CliRunner().invoke(app, [*words])


@pytest.fixture(scope="module")
def demoland(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the invented country, small."""
    return make_demo(tmp_path_factory.mktemp("drought") / "demoland", size=0.25)


def test_indices_are_cf_files_with_their_origin(demoland: Path) -> None:
    result = run("drought", "index", "--spi", "3,12", "--spei", "12", "-w", str(demoland), "--json")

    assert result.exit_code == 0, result.output
    listed = json.loads(result.stdout)
    assert [each["index"] for each in listed] == ["SPI-3", "SPI-12", "SPEI-12"]
    with xr.open_dataset(listed[2]["file"]) as cube:
        assert cube.sizes["time"] == 516
        assert cube["spei_12"].attrs["units"] == "1"
        assert "temperature_minimum" in json.loads(cube.attrs["origin"])["inputs"]
        assert str(cube["time"].values[-1])[:7] == "2023-12"


def test_spei_by_penman_monteith_takes_its_own_layers(demoland: Path, tmp_path: Path) -> None:
    with rasterio.open(demoland / "data/temperature_minimum.tif") as file:
        names, box = file.descriptions, file.bounds
    form = {"driver": "GTiff", "height": 1, "width": 1, "dtype": "float32", "crs": "EPSG:4326", "interleave": "band"}
    form["transform"] = from_bounds(*box, 1, 1)
    layers = {"vapour_pressure": 1.2, "wind_speed": 2.5, "solar_radiation": 20.0, "elevation": 300.0}
    units = {"vapour_pressure": "kPa", "wind_speed": "m s-1", "solar_radiation": "MJ m-2 day-1", "elevation": "m"}
    missing = run("drought", "index", "--spei", "3", "--pet", "penman-monteith", "-w", str(demoland))
    for role, values in layers.items():
        path = tmp_path / f"{role}.tif"
        bands = [name.replace("temperature_minimum", role) for name in names] if role != "elevation" else [role]
        with rasterio.open(path, "w", **form | {"count": len(bands)}) as file:
            file.write(np.full((len(bands), 1, 1), values, np.float32))
            for band, name in enumerate(bands, 1):
                file.set_band_description(band, name)
        run("data", "add", str(path), "--role", role, "--unit", units[role], "-w", str(demoland))

    found = run("drought", "index", "--spei", "3", "--pet", "penman-monteith", "-w", str(demoland), "--json")

    assert "vapour_pressure" in missing.output
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)[0]
    with xr.open_dataset(told["file"]) as cube:
        inputs = json.loads(cube.attrs["origin"])["inputs"]
        assert float(np.isfinite(cube["spei_3"]).mean()) > 0.9
    assert {*layers, "temperature_minimum", "rain_monthly"} <= set(inputs)
    assert "evapotranspiration by penman-monteith" in told["method"]


def test_the_report_counts_all_land_and_people_and_finds_the_planted_drought(demoland: Path) -> None:
    result = run("drought", "report", "-w", str(demoland), "-q")

    assert result.exit_code == 0, result.output
    told = json.loads((demoland / "drought/report/summary.json").read_text(encoding="utf-8"))
    figures = {each["id"]: each for each in told["figures"]}
    parts = ("none", "mild", "moderate", "severe", "extreme", "unknown")
    for year in (2000, 2021):
        land = sum(figures[f"drought.land.{part}@{year}@nation/1"]["value"] for part in parts)
        assert land == pytest.approx(load_workspace(demoland).land_area_km2[2015], rel=0.01)
        people = sum(figures[f"drought.people.total.{part}@{year}@nation/1"]["value"] for part in parts)
        women, men = (
            sum(figures[f"drought.people.{sex}.{part}@{year}@nation/1"]["value"] for part in parts)
            for sex in ("female", "male")
        )
        assert people == pytest.approx(women + men)
        stated = load_workspace(demoland).population[2015 if year == 2000 else 2020]
        assert people == pytest.approx(stated["total"], rel=1e-4)
    planted = [drought.year for drought in DROUGHTS if drought.year >= 2000]
    worse = {
        year: figures[f"drought.land.moderate_or_worse.share@{year}@nation/1"]["value"] for year in range(2000, 2024)
    }
    assert {year for year, share in worse.items() if share > 0.3} == set(planted)
    assert all(each["sha256"] for each in told["inputs"])
    page = (demoland / "drought/report/report.html").read_text(encoding="utf-8")
    assert "Invented data" in page
    assert "<script" not in page


def test_maps_of_four_years_show_the_worst_of_them(demoland: Path) -> None:
    with rasterio.open(demoland / "drought/report/maps/drought_2020_2023.tif") as dataset:
        codes = dataset.read(1)

    assert set(np.unique(codes)) <= {-128, 2, 3, 4}


def test_the_monitor_calls_an_alert_in_the_planted_drought_and_knows_nothing_later(demoland: Path) -> None:
    first = run("drought", "monitor", "--as-of", "2021-08", "-w", str(demoland), "--json")
    again = run("drought", "trigger", "watch", "--as-of", "2021-08", "-w", str(demoland), "--json")

    assert first.exit_code == 0, first.output
    told, call = json.loads(first.stdout), json.loads(again.stdout)
    assert set(told["phases"].values()) <= {"alert", "emergency"}
    assert Path(told["call"]) == Path(call["call"])
    assert Path(told["call"]).name == "2021-08.r1.json"
    assert Path(told["bulletin"]).read_text(encoding="utf-8").count("<table") >= 2


def test_a_wet_year_is_normal(demoland: Path) -> None:
    result = run("drought", "monitor", "--as-of", "2019-12", "-w", str(demoland), "--json")

    assert set(json.loads(result.stdout)["phases"].values()) == {"normal"}


def test_a_call_with_other_rules_is_a_revision_and_the_first_stands(demoland: Path) -> None:
    before = run("drought", "trigger", "watch", "--as-of", "2010-09", "-w", str(demoland), "--json")
    design = run("drought", "trigger", "design", "--out", str(demoland / "own.toml"))
    own = (demoland / "own.toml").read_text(encoding="utf-8").replace("at_most = -1.0", "at_most = -1.2")
    (demoland / "own.toml").write_text(own, encoding="utf-8")
    after = run(
        "drought",
        "trigger",
        "watch",
        "--as-of",
        "2010-09",
        "--rules",
        str(demoland / "own.toml"),
        "-w",
        str(demoland),
        "--json",
    )

    assert design.exit_code == 0
    first, second = (Path(json.loads(each.stdout)["call"]) for each in (before, after))
    assert (first.name, second.name) == ("2010-09.r1.json", "2010-09.r2.json")
    assert json.loads(first.read_text(encoding="utf-8"))["known"]["rules_from"] == "defaults of the package"


def test_the_backtest_shows_skill_with_intervals_beside_its_baselines(demoland: Path) -> None:
    result = run("drought", "trigger", "backtest", "-w", str(demoland), "--resamples", "50", "-q")

    assert result.exit_code == 0, result.output
    told = json.loads((demoland / "drought/triggers/backtest.json").read_text(encoding="utf-8"))
    assert told["cross_validated"]["csi"] > 2 * told["always"]["csi"]
    assert told["cross_validated"]["csi"] <= told["hindsight"]["csi"]
    assert set(told["intervals_95"]) == {"pod", "far", "csi", "threshold"}
    assert [each["phase"] for each in told["phases"]] == ["watch", "warning", "alert"]


def test_the_season_table_has_what_insurance_prices(demoland: Path) -> None:
    result = run("drought", "season", "--months", "4", "--month", "9", "-w", str(demoland))

    assert result.exit_code == 0, result.output
    rows = (demoland / "drought/insurance/spi-4_09.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0].startswith("district,year,month,index,value,spread_between_cells,share_of_land")
    assert len(rows) == 1 + 6 * 43


def test_rangelands_are_measured_and_herds_set_against_them(demoland: Path) -> None:
    result = run("rangeland", "stocking", "-w", str(demoland), "--json")

    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert len(told["stocking"]) == 6
    for each in told["stocking"]:
        assert each["capacity"]["low"] < each["capacity"]["middle"] < each["capacity"]["high"]
        assert each["pressure"] == pytest.approx(each["units"] / each["capacity"]["middle"])
    assert any("unverified" in flag for flag in told["flags"])
    with rasterio.open(demoland / "drought/rangeland/rangeland.tif") as dataset:
        assert set(np.unique(dataset.read(1))) <= {-128, 0, 1, 2, 3}


def test_planted_encroachment_is_found(demoland: Path) -> None:
    result = run("rangeland", "condition", "-w", str(demoland), "--json")

    states = {each["district"]: each for each in json.loads(result.stdout)}
    assert states["Lakeland (invented)"]["woody"] in ("encroachment", "woody cover rises")
    assert states["Northmarch (invented)"]["woody"] == "none"


def test_extent_and_forage_and_carbon_are_shown(demoland: Path) -> None:
    extent = run("rangeland", "extent", "-w", str(demoland))
    forage = run("rangeland", "forage", "--days", "180", "-w", str(demoland))
    carbon = run("carbon-stock", "--years", "2001-2020", "--restore", "30", "-w", str(demoland))

    assert "default: Grassland, shrubland" in extent.stdout
    assert "moving herds" in forage.stdout
    assert "What 30 years of growth bind" in carbon.stdout


def test_stations_get_indices_without_a_workspace(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = ["station,longitude,latitude,date,rain_mm"]
    rows += [
        f"{name},1,2,{1981 + place // 12}-{place % 12 + 1:02d},{rain:.1f}"
        for name in ("B", "A")
        for place, rain in enumerate(rng.gamma(2, 30, 360))
    ]
    (tmp_path / "gauges.csv").write_text("\n".join(rows), encoding="utf-8")

    result = run("drought", "index", "--spi", "3", "--stations", str(tmp_path / "gauges.csv"))

    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "station,date,SPI-3"
    assert lines[1].startswith("A,1981-01,")
    assert len(lines) == 1 + 2 * 360


def test_bad_input_is_one_line(demoland: Path, tmp_path: Path) -> None:
    (tmp_path / "herds.csv").write_text("district,species,heads\nNowhere,goat,3\n", encoding="utf-8")
    (tmp_path / "events.csv").write_text("district,year\nNorthmarch (invented),x\n", encoding="utf-8")
    cases = {
        ("drought", "monitor", "--as-of", "2031-01"): "there is no rain for 2031-01: the series runs from 1981-01",
        ("drought", "index", "--spi", "3", "--reference", "2010-2020"): "11 years of the reference 2010-2020",
        ("drought", "index", "--spi", "3", "--step", "dekad"): "the series is monthly, dekads were asked for",
        ("drought", "index", "--spei", "3", "--dist", "weibull"): "distribution is weibull",
        ("rangeland", "stocking", "--livestock", str(tmp_path / "herds.csv")): "names a district Nowhere",
        ("drought", "trigger", "backtest", "--events", str(tmp_path / "events.csv")): "line 2: year is 'x'",
        ("carbon-stock", "--years", "1990-2000"): "forest from 1990 to 2000",
        ("drought", "report", "--vulnerability", str(tmp_path / "none.csv")): "there is no file",
    }
    for words, message in cases.items():
        result = run(*words, "-w", str(demoland))

        assert result.exit_code == 1, words
        assert message in result.output, words
        assert len(result.output.strip().splitlines()) == 1, result.output


def test_the_template_of_factors_can_be_filled(tmp_path: Path, demoland: Path) -> None:
    template = run("drought", "report", "--template").stdout

    head, *rows = template.splitlines()
    values = ["60" if name not in ("unit", "year", "sex") else "" for name in head.split(",")]
    filled = [",".join(["nation", year, "total", *values[3:]]) for year in ("2020", "2021")]
    (tmp_path / "dvi.csv").write_text("\n".join([head, *filled]), encoding="utf-8")
    result = run("drought", "report", "--vulnerability", str(tmp_path / "dvi.csv"), "-w", str(demoland), "--json")
    assert len(rows) == 3
    assert "never changes: it counts as 0.5" in result.output


def test_the_monitor_goes_by_dekads_where_the_layers_do(demoland: Path, tmp_path: Path) -> None:
    """A month ends with its third dekad: over whole months both see the same rain, so SPI is the same number."""
    home = in_dekads(demoland, tmp_path / "dekads")

    result = run("drought", "monitor", "--step", "dekad", "--as-of", "2021-08-d3", "-w", str(home), "--json")
    monthly = run("drought", "monitor", "--as-of", "2021-08", "-w", str(home), "--json")

    assert result.exit_code == monthly.exit_code == 0, result.output + monthly.output
    told = json.loads(result.stdout)
    assert told["date"] == "2021-08-d3"
    assert Path(told["call"]).name == "2021-08-d3.r1.json"
    assert set(told["phases"]) == set(json.loads(monthly.stdout)["phases"])
    assert set(told["phases"].values()) & {"watch", "warning", "alert", "emergency"}  # the planted drought of 2021
    for months in (1, 3):
        with (
            xr.open_dataset(home / f"drought/index/spi-{months}-dekads.nc") as dekads,
            xr.open_dataset(home / f"drought/index/spi-{months}.nc") as whole,
        ):
            found = dekads[f"spi_{months}"].values[2::3]
            np.testing.assert_allclose(found, whole[f"spi_{months}"].values, atol=1e-4)


def test_dekads_of_monthly_rain_are_refused_in_one_line(demoland: Path) -> None:
    result = run("drought", "monitor", "--step", "dekad", "-w", str(demoland))

    assert result.exit_code == 1
    assert "monthly, dekads were asked for" in result.output


def in_dekads(demoland: Path, home: Path) -> Path:
    """Return a copy of the country whose monthly layers have three bands a month: rain parted, states repeated."""
    shutil.copytree(demoland, home, ignore=shutil.ignore_patterns("drought", "runs", ".cache"))
    for role, parts in (("rain_monthly", 3), ("soil_moisture", 1), ("vegetation_monthly", 1)):
        path = home / f"data/{role}.tif"
        with rasterio.open(path) as file:
            values, names, form, missing = file.read(), file.descriptions, file.profile, file.nodata
        known = values != missing
        first = np.where(known, values // parts, values)
        last = np.where(known, values - (parts - 1) * (values // parts), values)
        with rasterio.open(path, "w", **form | {"count": 3 * len(names)}) as file:
            for number, name in enumerate(names):
                for dekad, band in enumerate((first, first, last)):
                    file.write(band[number], 3 * number + dekad + 1)
                    file.set_band_description(3 * number + dekad + 1, f"{name}-{(1, 11, 21)[dekad]:02d}")
    return home
