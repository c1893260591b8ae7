"""The STAR desk: worked cases through the page, tables whole or not at all, scenarios kept, use of allocations."""

import csv
import io
import json
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook

from journeys.places import make_place
from landbalance.core.tables import toml_table
from landbalance.io.star_file import COLUMNS, example_countries
from landbalance.registry.accounts.models import User
from landbalance.registry.countries.models import CountryFact
from landbalance.registry.countries.services import load_facts
from landbalance.registry.star.models import StarProject, StarRegime, StarScenario, StarTable, StarUse
from landbalance.registry.workspaces.models import Role, Workspace
from people import make_country, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home"), pytest.mark.database]
HOME = "/w/alpha/star/"
CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "oracles" / "projects.yaml").read_text())
ORACLE = "table=&regime=gef-6&envelope=20&ceiling=40"
HEAD = "iso3,group,performance,income,degraded,dryland,people,drought,exposed,is_dryland\n"
ROWS = "ZZA,ldc,3.2,1200,12,40,10,0.8,10,yes\nZZB,other,3.8,9000,30,100,60,0.3,60,yes\n"


@pytest.fixture
def alpha() -> Workspace:
    load_facts()
    return make_country("alpha")


@pytest.fixture
def officer(alpha: Workspace, client: Client) -> User:
    person = make_member(alpha, Role.FINANCE)
    client.force_login(person)
    return person


def page(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def table(client: Client, name: str, query: str) -> list[dict[str, str]]:
    answer = client.get(f"{HOME}data/{name}.csv?{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def send(client: Client, text: str, path: str = "tables/new/", **fields: object) -> Any:
    file = SimpleUploadedFile("countries.csv", text.encode())
    return client.post(HOME + path, {"name": "Mine", "file": file, **fields})


def near(values: list[float]) -> Any:
    return pytest.approx(values, rel=1e-4, abs=6e-5)


def test_the_desk_gives_the_worked_cases(client: Client, alpha: Workspace, officer: User) -> None:
    rows = table(client, "winners", ORACLE + "&variant=drought-additive")

    assert [float(row["Rules as they are [USD million]"]) for row in rows] == near(CASES["gbi"]["final"])
    drought = [float(row["Drought added, by exposed people [USD million]"]) for row in rows]
    assert drought == near(CASES["gbi"]["drought_final"])


def test_the_desk_calls_itself_a_what_if_and_names_its_assumptions(
    client: Client, alpha: Workspace, officer: User
) -> None:
    text = page(client, HOME)

    assert "What-if: GEF-6, 2014–2018" in text
    assert "This is never the allocation" in text
    assert "all invented" in text


def test_a_dial_answers_with_the_result_alone(client: Client, alpha: Workspace, officer: User) -> None:
    part = page(client, f"{HOME}?{ORACLE}&variant=drought-factor", **{"HX-Target": "result"})
    whole = client.get(f"{HOME}?{ORACLE}&variant=drought-factor")

    assert "<html" not in part
    assert "Drought as a fourth factor" in part
    assert "HX-Target" in whole["Vary"]


def test_another_regime_brings_its_own_dials(client: Client, alpha: Workspace, officer: User) -> None:
    text = page(client, f"{HOME}?{ORACLE}&variant=&of=gef-5+&regime=gef-7")

    assert 'name="envelope" value="475"' in text


def test_weights_are_scaled_to_their_sum(client: Client, alpha: Workspace, officer: User) -> None:
    one, two = (
        table(client, "winners", f"{ORACLE}&variant=&degraded={a}&dryland={b}&people={c}")
        for a, b, c in ((10, 30, 10), (20, 60, 20))
    )

    assert one == two


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("table=&regime=gef-6&variant=&envelope=abc", "Enter a number"),
        ("table=&regime=gef-8&variant=", "the ceilings come to"),
        (ORACLE + "&variant=&floor_ldc=9", "above ceiling"),
        ("table=nowhere&regime=gef-6&variant=", "Select a valid choice"),
    ],
)
def test_what_cannot_be_shared_out_is_said_in_one_line(
    client: Client, alpha: Workspace, officer: User, query: str, words: str
) -> None:
    text = page(client, f"{HOME}?{query}")

    assert words in text
    assert client.get(f"{HOME}data/winners.csv?{query}").status_code == 404


def test_a_regime_with_open_values_is_filled_and_stays_a_what_if(
    client: Client, alpha: Workspace, officer: User
) -> None:
    before = toml_table("finance/star_regimes")["gef-9"].copy()
    text = page(client, HOME + "?table=&regime=gef-9&variant=")
    assert "leaves open: exponents, weights of benefits, envelope, ceiling" in text
    assert f'href="{HOME}regimes/new/?base=gef-9"' in text
    values = {"name": "GEF-9 as we guess", "envelope": "20", "ceiling": "40", "degraded": "20", "dryland": "60",
              "people": "20", "performance_exponent": "1", "benefits_exponent": "0.8", "income_exponent": "-0.08",
              "floor_ldc": "1", "floor_sids": "0.5", "floor_other": "0.5"}  # fmt: skip

    refused = client.post(HOME + "regimes/new/?base=gef-9", {**values, "people": "30"})
    assert "sum to 1.1" in refused.content.decode()
    client.post(HOME + "regimes/new/?base=gef-9", values)

    own = StarRegime.objects.get()
    rows = table(client, "winners", f"table=&regime={own.pk}&variant=")
    assert [float(row["Rules as they are [USD million]"]) for row in rows] == near(CASES["gbi"]["final"])
    text = page(client, f"{HOME}?table=&regime={own.pk}&variant=")
    assert "What-if: GEF-9 as we guess" in text
    assert "Not verified against the rules themselves" in text
    assert toml_table("finance/star_regimes")["gef-9"] == before


def test_a_table_comes_in_whole_with_its_assumptions_marked(client: Client, alpha: Workspace, officer: User) -> None:
    answer = send(client, HEAD + ROWS, public=["income"])

    kept = StarTable.objects.get()
    assert answer["Location"] == kept.get_absolute_url()
    assert len(kept.rows) == 2
    text = page(client, kept.get_absolute_url())
    assert text.count("assumption</span>") == 6
    assert "Assumptions of the table: Performance, Degraded land" in page(client, HOME)


def test_a_workbook_comes_in_as_a_table_does(client: Client, alpha: Workspace, officer: User) -> None:
    send(client, HEAD + ROWS)
    body = client.get(StarTable.objects.get().get_absolute_url() + "rows.xlsx").content

    file = SimpleUploadedFile("again.xlsx", body)
    client.post(HOME + "tables/new/", {"name": "Again", "file": file})

    first, second = StarTable.objects.order_by("created_at")
    assert first.rows == second.rows


def test_every_fault_of_a_table_is_named_and_nothing_is_taken(client: Client, alpha: Workspace, officer: User) -> None:
    answer = send(client, HEAD + ROWS + "ZZC,rich,3,1,1,1,1,,,\nZZD,ldc,9,1,1,1,1,,,\n")

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "countries.csv, row 4: group is rich" in text
    assert "countries.csv, row 5: performance is 9" in text
    assert not StarTable.objects.exists()


def test_an_empty_table_lists_the_parties_with_their_groups(client: Client, officer: User, alpha: Workspace) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(HOME + "tables/blank.csv").content.decode("utf-8-sig"))))

    assert {row["iso3"]: row["group"] for row in rows}["MRT"] == "ldc"
    assert set(rows[0]) == {"name", *COLUMNS}
    assert all(not row["performance"] for row in rows)


def test_groups_are_those_of_the_year(client: Client, alpha: Workspace, officer: User) -> None:
    assert CountryFact.objects.filter(iso3="STP", list_code="ldc", value="no").exists()
    rows = "STP,,3,2000,1,2,3,0.5,1,no\nMRT,,3,2000,1,2,3,0.5,1,yes\n"
    send(client, HEAD + rows)
    kept = StarTable.objects.get()
    query = f"table={kept.pk}&regime=gef-8&ceiling=90&variant=drought-additive"

    before, after = (table(client, "winners", f"{query}&year={year}")[0]["Group"] for year in (2023, 2025))
    text = page(client, f"{HOME}?{query}")

    assert (before, after) == ("Least developed countries", "Small island developing States")
    assert "Rules as they are, 2022" in text
    assert "Rules as they are, 2026" in text


def test_a_scenario_is_kept_opened_changed_and_laid_beside_another(
    client: Client, alpha: Workspace, officer: User
) -> None:
    client.post(f"{HOME}scenarios/new/?{ORACLE}&variant=drought-additive", {"name": "Drought in"})
    client.post(f"{HOME}scenarios/new/?{ORACLE}&variant=", {"name": "As it is"})
    first = StarScenario.objects.get(name="Drought in")
    assert first.question["dials"]["envelope"] == 20.0

    text = page(client, first.get_absolute_url())
    assert "regime=gef-6" in text
    client.post(first.get_absolute_url() + "edit/", {"name": "With drought", "version": 1, "reason": "clearer"})
    first.refresh_from_db()
    assert (first.name, first.version, first.question["dials"]["envelope"]) == ("With drought", 2, 20.0)

    asked = "&".join(f"s={each.pk}" for each in StarScenario.objects.all())
    text = page(client, f"{HOME}scenarios/compare/?{asked}")
    assert "With drought" in text
    assert "As it is" in text
    rows = list(
        csv.reader(
            io.StringIO(client.get(f"{HOME}scenarios/compare/countries.csv?{asked}").content.decode("utf-8-sig"))
        )
    )
    assert [float(row[1]) for row in rows[1:]] == near(CASES["gbi"]["final"])
    assert [float(row[2]) for row in rows[1:]] == near(CASES["gbi"]["drought_final"])


def test_a_scenario_says_when_its_inputs_have_changed(client: Client, alpha: Workspace, officer: User) -> None:
    send(client, HEAD + ROWS)
    kept = StarTable.objects.get()
    query = f"table={kept.pk}&regime=gef-6&ceiling=90&variant=drought-additive"
    client.post(f"{HOME}scenarios/new/?{query}", {"name": "Two"})
    scenario = StarScenario.objects.get()
    words = "was changed since it was kept"
    assert words not in page(client, scenario.get_absolute_url())

    send(client, HEAD + ROWS.replace("1200", "1300"), f"tables/{kept.pk}/", version=1)

    assert words in page(client, scenario.get_absolute_url())


def test_a_scenario_whose_table_is_put_away_says_so(client: Client, alpha: Workspace, officer: User) -> None:
    send(client, HEAD + ROWS)
    kept = StarTable.objects.get()
    client.post(f"{HOME}scenarios/new/?table={kept.pk}&regime=gef-6&ceiling=90&variant=", {"name": "Two"})
    kept.deleted_at = kept.created_at
    kept.save()

    assert "there is no table of countries" in page(client, StarScenario.objects.get().get_absolute_url())


def test_an_earlier_version_of_a_record_comes_back(client: Client, alpha: Workspace, officer: User) -> None:
    send(client, HEAD + ROWS)
    kept = StarTable.objects.get()
    send(client, HEAD + ROWS.replace("1200", "1300"), f"tables/{kept.pk}/", version=1)

    text = page(client, f"/w/alpha/records/startable/{kept.pk}/")
    client.post(f"/w/alpha/records/startable/{kept.pk}/revert/", {"version": 1, "reason": "as before"})

    kept.refresh_from_db()
    assert "2" in text
    assert kept.rows[0]["income"] == 1200.0


@pytest.mark.parametrize("kind", ["xlsx", "json"])
def test_all_of_a_what_if_is_handed_out(client: Client, alpha: Workspace, officer: User, kind: str) -> None:
    body = client.get(f"{HOME}data/all.{kind}?{ORACLE}&variant=drought-additive").content

    if kind == "json":
        said = json.loads(body)
        assert sum(said["allocations"]["rules"]["amounts"]) == pytest.approx(20)
        assert "never the allocation" in said["what_if"][0]
    else:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
        assert book.sheet_names == ["notes", "winners", "tornado", "lorenz", "groups", "variants", "rules"]
        assert "never the allocation" in book.get_sheet_by_name("notes").to_python()[0][0]


def test_the_use_of_an_allocation_follows_its_projects(client: Client, alpha: Workspace, officer: User) -> None:
    day = (date.today() + timedelta(days=30)).isoformat()
    values = {"iso3": "ZZA", "regime": "gef-7", "land": "4", "biodiversity": "5", "climate": "3", "deadline": day}
    client.post(HOME + "uses/new/", values)
    use = StarUse.objects.get()

    client.post(f"{HOME}uses/{use.pk}/new/", {"title": "Terraces", "area": "land", "grant": "5", "preparation": "0.1"})

    text = page(client, use.get_absolute_url())
    cost = 5.1 * 1.095
    assert f"{12 - cost:.2f}" in text
    assert "30 days are left" in text
    assert f"Areas take {cost - 4:.2f} million beyond" in text
    assert "The rules allow to move it." in text
    assert "2.00 USD million" in text
    project = StarProject.objects.get()
    client.post(
        project.get_absolute_url(),
        {"title": "Terraces", "area": "land", "grant": "6", "preparation": "0", "version": 1},
    )
    assert "do not allow to move so much" in page(client, use.get_absolute_url())
    assert "6.57" in page(client, use.get_absolute_url())


def test_only_finance_and_focal_points_keep_anything(client: Client, alpha: Workspace) -> None:
    client.force_login(make_member(alpha, Role.CIVIL_SOCIETY))

    assert "Work it out" in page(client, HOME)
    assert client.get(HOME + "tables/new/").status_code == 403
    assert client.post(f"{HOME}scenarios/new/?{ORACLE}", {"name": "x"}).status_code == 403
    assert not StarScenario.objects.exists()


@pytest.mark.parametrize("kind", ["region", "global"])
def test_regions_and_the_world_have_a_desk_of_their_own(client: Client, kind: str) -> None:
    load_facts()
    region = make_country("alpha", kind=kind, country="", countries=["MRT", "MLI"])
    client.force_login(make_member(region, Role.FINANCE))

    page(client, HOME)
    rows = client.get(HOME + "tables/blank.csv").content.decode("utf-8-sig").splitlines()

    assert len(rows) == 3 if kind == "region" else len(rows) > 150
    page(client, HOME + "uses/new/")


def test_the_desk_is_quick_and_asks_little_of_the_database(
    client: Client, alpha: Workspace, officer: User, django_assert_max_num_queries: Any
) -> None:
    many = "".join(f"Z{a}{b},other,3,{1000 + i},1,2,3,0.5,1,no\n" for i, (a, b) in enumerate(
        (chr(65 + i // 26), chr(65 + i % 26)) for i in range(200)))  # fmt: skip
    send(client, HEAD + many)

    with django_assert_max_num_queries(16):
        page(client, HOME)


def test_what_is_kept_leaves_with_the_export(client: Client, alpha: Workspace, officer: User) -> None:
    client.post(f"{HOME}scenarios/new/?{ORACLE}&variant=drought-additive", {"name": "Drought in"})

    archive = zipfile.ZipFile(io.BytesIO(b"".join(client.post("/w/alpha/export/").streaming_content)))

    assert b"Drought in" in archive.read("star-starscenario.csv")


def test_programs_ask_the_desk_and_read_scenarios(client: Client, alpha: Workspace, officer: User) -> None:
    client.post(f"{HOME}scenarios/new/?{ORACLE}&variant=drought-additive", {"name": "Drought in"})
    scenario = StarScenario.objects.get()

    asked = client.get("/api/workspaces/alpha/star?regime=gef-6&envelope=20&ceiling=0.4").json()
    kept = client.get(f"/api/workspaces/alpha/star-scenarios/{scenario.pk}/result").json()
    wrong = client.get("/api/workspaces/alpha/star?regime=gef-9")

    assert [row["variant"] for row in asked["countries"]] == near(CASES["gbi"]["drought_final"])
    assert asked["countries"] == kept["countries"]
    assert wrong.status_code == 422
    assert "leaves" in wrong.json()["detail"]
    assert len(example_countries()) == len(asked["countries"])


def test_the_map_shows_the_boundaries_a_person_may_see(client: Client, alpha: Workspace, officer: User) -> None:
    send(client, HEAD + ROWS)
    kept = StarTable.objects.get()
    query = f"table={kept.pk}&regime=gef-6&ceiling=90&variant=drought-additive"

    text = page(client, f"{HOME}map/?{query}")
    shapes = client.get(f"{HOME}map/countries.geojson?{query}").json()

    assert "No boundary of these countries is known" in text
    assert shapes["features"] == []


def test_a_boundary_that_is_known_is_coloured_as_its_square(
    client: Client, alpha: Workspace, officer: User, home: Path
) -> None:
    folder = home / "workspaces" / "alpha"
    make_place(folder, [shapely.box(10, 10, 11, 11)], west=10, north=11, cell=0.5, shape=(2, 2))
    send(client, HEAD + ROWS)
    query = f"table={StarTable.objects.get().pk}&regime=gef-6&ceiling=90&variant=drought-additive"

    text = page(client, f"{HOME}map/?{query}")
    shapes = client.get(f"{HOME}map/countries.geojson?{query}").json()["features"]

    squares = table(client, "winners", query)
    assert [each["properties"]["name"] for each in shapes] == ["ZZA"]
    assert shapes[0]["properties"]["text"].startswith("ZZA: -") == (float(squares[0]["Change [USD million]"]) < 0)
    assert "Without a boundary here: ZZB" in " ".join(text.split())
