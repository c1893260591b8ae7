"""Index cover on the country's own drought results: rain in, index by our engine, a price, or a no."""

import csv
import json
from pathlib import Path

import pytest
import shapely
from shapely.geometry import box, mapping, shape
from typer.testing import CliRunner, Result

from landbalance.cli.app import app
from landbalance.io.demo import make_demo

PROJECT = """
[project]
id = "{id}"
title = "{id}"
country = "{country}"
price_year = 2010
hectares = 100
rate = 0.1
[cover]
attachment = -0.8
exit = -2.0
limit = 100
"""


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def insure(*words: object) -> str:
    result = run("finance", "insure", *words)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*words: object) -> str:
    result = run("finance", "insure", *words)
    assert result.exit_code == 1, result.output
    return result.output.strip().splitlines()[-1]


def project(folder: Path, more: str = "", country: str = "IND") -> Path:
    path = folder / "p.toml"
    path.write_text(PROJECT.format(id="p", country=country) + more, encoding="utf-8")
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def shortfall(rain: dict[int, float]) -> dict[int, float]:
    """Return by how much the rain of each year falls short of the mean [mm]."""
    mean = sum(rain.values()) / len(rain)
    return {year: max(0.0, mean - depth) for year, depth in rain.items()}


@pytest.fixture(scope="module")
def rajasthan(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with SPI of two subdivisions of India by our engine, and what one of them lacked in rain."""
    folder = tmp_path_factory.mktemp("rajasthan")
    names = ("EAST RAJASTHAN", "WEST RAJASTHAN")
    rain: dict[str, dict[int, float]] = {name: {} for name in names}
    whole = rows_of(shared / "rainfall_india_imd/imd_subdivision_monthly_1901_2015.csv")
    rows = [row for row in whole if row["subdivision"] in names and int(row["year"]) >= 1951]
    gauges = ["station,longitude,latitude,date,rain_mm"]
    for row in rows:
        gauges.append(f"{row['subdivision']},74,26,{row['year']}-{int(row['month']):02d},{row['precip_mm']}")
        if 6 <= int(row["month"]) <= 9:
            own = rain[row["subdivision"]]
            own[int(row["year"])] = own.get(int(row["year"]), 0.0) + float(row["precip_mm"])
    (folder / "gauges.csv").write_text("\n".join(gauges))
    lacking = {name: shortfall(own) for name, own in rain.items()}
    lines = [f"EAST RAJASTHAN,{year},{loss:.1f}" for year, loss in lacking["EAST RAJASTHAN"].items()]
    (folder / "own.csv").write_text("district,year,loss\n" + "\n".join(lines))
    lines = [f"EAST RAJASTHAN,{year},{loss:.1f}" for year, loss in lacking["WEST RAJASTHAN"].items()]
    (folder / "next_door.csv").write_text("district,year,loss\n" + "\n".join(lines))
    words = (
        "--stations",
        folder / "gauges.csv",
        "--spi",
        "3,4",
        "--reference",
        "1961-2010",
        "--out",
        folder / "spi.csv",
    )
    assert run("drought", "index", *words).exit_code == 0
    return folder


SEASON = 'series = "spi.csv"\ndistrict = "EAST RAJASTHAN"\nkind = "spi"\nmonths = 4\nseason = 9\n'


@pytest.mark.shared
def test_a_cover_on_the_rain_of_the_place_itself_may_be_offered(rajasthan: Path) -> None:
    path = project(rajasthan, SEASON + 'losses_from = "own.csv"\nbad = 150\nworst = 250\n')

    said = json.loads(insure(path, "--json"))["products"][0]

    assert (said["years"][0], said["years"][-1]) == (1951, 2015)
    assert said["index"] == "EAST RAJASTHAN, SPI-4 of month 9"
    paid = {year for year, each in zip(said["years"], said["burn"]["payouts"], strict=True) if each > 50}
    assert {1987, 2002} <= paid  # the great failures of the monsoon
    assert said["advice"]["is_fit"]
    assert said["basis_risk"]["pearson"] > 0.8


@pytest.mark.shared
def test_a_cover_on_the_rain_of_the_neighbour_is_not_advised(rajasthan: Path) -> None:
    path = project(rajasthan, SEASON + 'losses_from = "next_door.csv"\nbad = 80\n')

    last = refused(path)

    assert last.startswith("error: no cover is advised:")
    assert "bad years would have paid nothing (most allowed 20%)" in last
    assert "finance insure --design" in last


@pytest.mark.shared
def test_a_search_over_seasons_is_judged_by_years_it_has_not_seen(rajasthan: Path) -> None:
    path = project(rajasthan, 'district = "EAST RAJASTHAN"\nlosses_from = "own.csv"\nbad = 150\n')
    words = (path, "--design", "--series", rajasthan / "spi.csv", "--months", "3,4", "--month", "8,9,10")

    [found] = json.loads(insure(*words, "--json"))["designs"]

    assert found["tried"] == 6 * 14 * 9
    assert found["season"] in ("EAST RAJASTHAN, SPI-4 of month 9", "EAST RAJASTHAN, SPI-3 of month 9",
                               "EAST RAJASTHAN, SPI-4 of month 10")  # fmt: skip
    assert found["honest"]["rmse"] >= found["hindsight"]["rmse"]
    assert found["skill"] > 0.3
    assert "each year tried without itself" in insure(*words)


@pytest.mark.shared
def test_a_district_without_losses_has_no_design_and_says_why(rajasthan: Path, tmp_path: Path) -> None:
    path = project(rajasthan, 'losses_from = "own.csv"\nbad = 150\n')
    words = (path, "--design", "--series", rajasthan / "spi.csv", "--months", "4", "--month", "9")

    said = insure(*words, "--out", tmp_path / "d.html")
    told = json.loads(insure(*words, "--json"))

    assert "no design of WEST RAJASTHAN: " in said
    assert [each["district"] for each in told["designs"]] == ["EAST RAJASTHAN"]
    assert list(told["undone"]) == ["WEST RAJASTHAN"]
    assert "No design of WEST RAJASTHAN" in (tmp_path / "d.html").read_text(encoding="utf-8")


@pytest.mark.shared
def test_products_are_compared_and_the_history_is_written_with_its_data(rajasthan: Path, tmp_path: Path) -> None:
    more = '[[cover.product]]\nname = "percentile"\nform = "percentile"\npercentile_of = "record"\n' \
           'attachment = 0.2\nexit = 0.02\n[[cover.product]]\nname = "modelled loss"\nform = "loss"\n' \
           'attachment = 50\nexit = 300\nresponse = "fitted"\nceding = 0.3\n[[cover.product]]\nname = "two stages"\n' \
           "cap = 100\n[[cover.product.part]]\nseason = 8\nmonths = 3\nweight = 0.5\n[[cover.product.part]]\n" \
           "season = 10\nmonths = 3\nweight = 0.5\n"  # fmt: skip
    path = project(rajasthan, SEASON + 'losses_from = "own.csv"\nbad = 150\n' + more)

    said = insure(path, "--out", tmp_path / "h.html")
    insure(path, "--out", tmp_path / "h.svg", "-q")
    insure(path, "--out", tmp_path / "h.json", "-q")

    assert "Products side by side" in said
    rows = rows_of(tmp_path / "h.csv")
    assert {row["Product"] for row in rows} == {"cover", "percentile", "modelled loss", "two stages"}
    assert len(rows) == 4 * 65
    assert (tmp_path / "h.svg").read_text(encoding="utf-8").startswith("<svg")
    assert "Payouts against losses" in (tmp_path / "h.html").read_text(encoding="utf-8")
    told = json.loads((tmp_path / "h.json").read_text(encoding="utf-8"))
    stages = told["products"][3]
    assert stages["expected"] is None
    assert max(stages["burn"]["payouts"]) <= 100
    assert told["parameters"]["most_missed"]["tag"] == "P"
    assert told["charts"][0]["vconcat"]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"EAST RAJASTHAN"', '"EAST"', "spi.csv has no district EAST: use one of EAST RAJASTHAN, WEST RAJASTHAN"),
        ("months = 4", "months = 6", "EAST RAJASTHAN has no season"),
        ("season = 9", "", "12 seasons of EAST RAJASTHAN fit"),
        ("exit = -2.0", "exit = 0.5", "exit lies below the attachment"),
        ('"spi.csv"', '"../spi.csv"', "lies outside the folder of the project"),
        ('"spi.csv"', '"none.csv"', "there is no file"),
        ("bad = 150", "", "say under [cover] from which loss a year is bad"),
        ("bad = 150", "bad = 150\nyears = [2000, 2015]", "16 years, 16 of them known: 20 known years are the least"),
        ("bad = 150", "bad = 150\nyears = [1981, 2030]", "have no index: 2016, 2017"),
        ("limit = 100", "", "has no limit"),
        ("bad = 150", "bad = 150\nparameters = { most_missed = { value = 0.3, reason = '' } }", "parameters"),
    ],
)
def test_what_does_not_fit_is_one_clear_line(rajasthan: Path, old: str, new: str, said: str) -> None:
    path = project(rajasthan, SEASON + 'losses_from = "own.csv"\nbad = 150\n')
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    result = run("finance", "insure", path)

    assert result.exit_code == 1
    assert said in result.output
    assert len(result.output.strip().splitlines()) == 1, result.output


@pytest.mark.shared
def test_a_national_guard_is_kept_with_its_reason(rajasthan: Path) -> None:
    guard = "[cover.parameters.most_missed]\nvalue = 0.9\nreason = 'agreed by the council (test)'\n" \
            "[cover.parameters.least_correlation]\nvalue = 0.1\nreason = 'agreed by the council (test)'\n"  # fmt: skip
    path = project(rajasthan, SEASON + 'losses_from = "next_door.csv"\nbad = 80\n' + guard)

    told = json.loads(insure(path, "--json"))

    assert told["products"][0]["advice"]["is_fit"]
    assert told["parameters"]["most_missed"]["reason"] == "agreed by the council (test)"


@pytest.fixture(scope="module")
def iberia(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace of Spain and Portugal with monthly rain of CRU, 1981 to 2010."""
    folder = tmp_path_factory.mktemp("iberia")
    world = json.loads((shared / "boundaries/countries_50m.geojson").read_text(encoding="utf-8"))
    shapes = {
        each["properties"]["name"]: shapely.intersection(shape(each["geometry"]), box(-9.5, 36, 3.5, 44))
        for each in world["features"]
        if each["properties"]["iso3"] in ("ESP", "PRT")
    }
    for name, parts in (("zones", shapes), ("boundary", {"Iberia": shapely.union_all(list(shapes.values()))})):
        features = [
            {"type": "Feature", "properties": {"name": each}, "geometry": mapping(part)} for each, part in parts.items()
        ]
        (folder / f"{name}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    (folder / "landbalance.toml").write_text(
        '[workspace]\nformat = 1\ncountry = "ESP"\ncountry_name = "Iberia"\nboundary = "boundary.geojson"\n'
        '[[zones]]\nid = "districts"\npath = "zones.geojson"\nname_field = "name"\n'
    )
    rain = shared / "drought_iberia_cru/cru_ts400_iberia_1981_2010.nc"
    added = run("data", "add", rain, "--variable", "pr", "--role", "rain_monthly", "--unit", "mm", "-w", folder)
    assert added.exit_code == 0, added.output
    return folder


@pytest.mark.shared
def test_a_workspace_gives_the_same_cover_as_the_table_it_writes(iberia: Path) -> None:
    path = project(iberia, "months = 6\nseason = 5\n", country="ESP")
    season = run("drought", "season", "--months", "6", "--month", "5", "-w", iberia)

    direct = json.loads(insure(path, "-w", iberia, "--district", "Spain", "--json"))["products"][0]
    written = iberia / "drought/insurance/spi-6_05.csv"
    by_file = json.loads(insure(path, "--series", written, "--district", "Spain", "--json"))["products"][0]

    assert season.exit_code == 0
    assert direct["burn"]["payouts"] == pytest.approx(by_file["burn"]["payouts"], abs=1e-3)
    paid = {year for year, each in zip(direct["years"], direct["burn"]["payouts"], strict=True) if each > 20}
    assert {1995, 2005} <= paid  # the droughts of 1994/95 and 2004/05
    assert "SPI-6, gamma" in direct["origin"]
    assert "not judged" in insure(path, "-w", iberia, "--district", "Spain")


@pytest.mark.shared
def test_a_workspace_wants_a_season_and_a_district_it_has(iberia: Path) -> None:
    path = project(iberia, "months = 6\nseason = 5\n", country="ESP")

    assert "has no district Andorra: use one of" in refused(path, "-w", iberia, "--district", "Andorra")
    assert "has 2 districts: name one of" in refused(path, "-w", iberia)
    other = project(iberia, country="ESP")
    assert run("finance", "insure", other, "-w", iberia, "--district", "Spain").exit_code == 2


@pytest.mark.shared
def test_fourteen_years_of_rain_are_too_few_for_a_cover(shared: Path, tmp_path: Path) -> None:
    source = shared / "assaba_mauritania/zonal_precipitation_districts.csv"
    rows = rows_of(source)
    lines = [f"{row['district']},{row['year']},{row['precip_mean_mm']}" for row in rows]
    (tmp_path / "rain.csv").write_text("district,year,value\n" + "\n".join(lines), encoding="utf-8")
    path = project(tmp_path, 'series = "rain.csv"\ndistrict = "Kiffa"\n', country="MRT")

    assert "14 years, 14 of them known: 20 known years are the least" in refused(path)


def test_events_of_the_invented_country_judge_a_cover_on_its_own_season(tmp_path: Path) -> None:
    home = make_demo(tmp_path / "demoland", size=0.25)
    table = home / "drought/insurance/spi-4_09.csv"
    assert run("drought", "season", "-w", home).exit_code == 0
    district = rows_of(table)[0]["district"]
    path = project(tmp_path, 'losses_from = "events"\n', country="ZZD")

    said = json.loads(insure(path, "--series", table, "--district", district, "--json"))["products"][0]

    assert said["basis_risk"]["bad_years"] >= 3
    assert said["advice"]["is_fit"]
    assert "in vain" in insure(path, "--series", table, "--district", district)


def test_a_gap_between_years_is_a_dash_and_never_a_year_without_drought(tmp_path: Path) -> None:
    index = ", ".join("nan" if place == 7 else "-1.5" if place % 6 == 0 else "0.3" for place in range(30))
    path = project(tmp_path, f"index = [{index}]\nfirst_year = 1990\n")

    said = insure(path, "--out", tmp_path / "h.csv")

    rows = {row["Year"]: row for row in rows_of(tmp_path / "h.csv")}
    assert "29 past years" in said
    assert "no index is known for 1997" in said
    assert (rows["1997"]["Index"], rows["1997"]["Payout"]) == ("", "")
    assert rows["1997"]["What happened"] == "Not known"
