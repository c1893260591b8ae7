"""Pages of the balance, of scenarios and of plans: asked for, worked out by a worker, shown with the same figures."""

import io
import json
import threading
import zipfile
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings
from typer.testing import CliRunner

from country import first_run, settle
from landbalance.cli.app import app
from landbalance.core.errors import InputError
from landbalance.engine.analyses import question_of
from landbalance.registry.jobs.models import Job
from landbalance.registry.records import State
from landbalance.registry.review import move_record
from landbalance.registry.runs import worker
from landbalance.registry.runs.models import Run
from landbalance.registry.scenarios.models import Scenario
from landbalance.registry.workspaces.models import Role, Workspace
from landbalance.registry.workspaces.services import folder_of
from people import make_country, make_member

pytestmark = pytest.mark.django_db
SHAPE = '{"type":"Polygon","coordinates":[[[-30.4,12.7],[-29.6,12.7],[-29.6,13.3],[-30.4,13.3],[-30.4,12.7]]]}'
AREA = {"shape": SHAPE, "practice": "assisted_regeneration", "first_year": 2024, "last_year": 2025}


@pytest.fixture
def country(assessed_demo: Path, tmp_path: Path, settings: Settings) -> Workspace:
    cache.clear()
    made = settle(assessed_demo, tmp_path, settings)
    first_run(made)
    return made


def client_of(country: Workspace, role: str = Role.TECHNICIAN) -> Client:
    client = Client()
    client.force_login(make_member(country, role))
    return client


def address(country: Workspace, name: str, *words: object) -> str:
    return reverse(f"balance:{name}", args=[country.slug, *words])


def work() -> None:
    worker.work(threading.Event(), once=True)


def drawn(client: Client, country: Workspace, **more: object) -> Scenario:
    client.post(address(country, "new_scenario"), {"name": "Green belt", "target_year": 2030})
    scenario = Scenario.objects.get()
    answer = client.post(address(country, "new_area", scenario.pk), {**AREA, **more})
    assert answer.status_code == 302, answer.content.decode()
    scenario.refresh_from_db()
    return scenario


def call(country: Workspace, settings: Settings, *words: str) -> dict[str, object]:
    home = folder_of(country, settings.INSTALLATION)
    found = CliRunner().invoke(app, [*words, "--json", "-w", str(home)])
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)  # type: ignore[no-any-return]


def practices(client: Client, country: Workspace) -> dict[str, object]:
    """Return what the form of the planner says of practices when nobody touches it."""
    form = client.get(address(country, "ask_plan")).context["form"]
    names = [field.name for field in form.visible_fields() if "_" in field.name and field.name[-1].isdigit()]
    values = {name: form[name].value() for name in names}
    return {name: value for name, value in values.items() if value not in (None, False)}


@pytest.mark.parametrize("name", ["index", "ask", "scenarios", "new_scenario", "compare", "plans", "ask_plan"])
def test_the_pages_stand_before_anything_is_worked_out(country: Workspace, name: str) -> None:
    assert client_of(country).get(address(country, name)).status_code == 200


@pytest.mark.parametrize("name", ["index", "ask", "plans", "ask_plan"])
def test_a_country_without_a_run_is_told_what_is_missing(name: str) -> None:
    country = make_country("bare")

    page = client_of(country).get(address(country, name)).content.decode()

    assert "no finished run with two periods" in page


def test_the_balance_shows_the_figures_of_the_command_line(country: Workspace, settings: Settings) -> None:
    client, run = client_of(country), Run.objects.get()
    asked = client.post(address(country, "ask"), {"run": run.pk, "domain": "districts", "to": 2030})

    work()

    [job] = Job.objects.all()
    assert asked["Location"] == job.get_absolute_url()
    said = call(country, settings, "balance", "--domain", "districts")
    for name in ("net_km2", "need_km2", "gains_km2", "losses_km2", "headline_change_km2", "like_for_like"):
        assert job.answer[name] == said[name]
    page = client.get(address(country, "index")).content.decode()
    assert "Both are right" in page
    for title in ("Response hierarchy", "Hotspots", "Business as usual", "balance.xlsx"):
        assert title in page
    assert client.get(reverse("jobs:file", args=[country.slug, job.pk, "pages/gains_losses.png"])).status_code == 200


def test_the_balance_speaks_the_language_of_its_reader(country: Workspace) -> None:
    client, run = client_of(country), Run.objects.get()
    client.post(address(country, "ask"), {"run": run.pk, "domain": "districts", "to": 2030})
    work()

    client.cookies["django_language"] = "fr"
    page = client.get(address(country, "index")).content.decode()

    assert "Les deux sont justes" in page or "Statu quo" in page
    assert "Both are right" not in page


def test_districts_are_coloured_and_told(country: Workspace) -> None:
    client, run = client_of(country), Run.objects.get()
    client.post(address(country, "ask"), {"run": run.pk, "domain": "districts", "to": 2030})
    work()
    [job] = Job.objects.all()

    for name in ("net", "hotspots"):
        found = client.get(address(country, "places", job.pk, name)).json()["features"]
        assert len(found) >= 4
        assert all(each["properties"]["fill"].startswith("#") for each in found)
        assert all(each["properties"]["text"].startswith(each["properties"]["name"]) for each in found)
    assert client.get(address(country, "places", job.pk, "nothing")).status_code == 404


def test_a_drawn_area_moves_the_balance_as_on_the_command_line(
    country: Workspace, settings: Settings, tmp_path: Path
) -> None:
    client = client_of(country)
    scenario = drawn(client, country)

    work()

    [job] = Job.objects.all()
    path = tmp_path / "drawn.geojson"
    path.write_bytes(client.get(reverse("jobs:file", args=[country.slug, job.pk, "polygons.geojson"])).content)
    said = call(country, settings, "scenario", "compare", str(path))[str(path)]
    assert job.answer["gap_closed"] == said["gap_closed"]  # type: ignore[index]
    outcomes = said["scenario"]["outcomes"]  # type: ignore[index]
    assert job.answer["reversed_ha"] == pytest.approx(sum(each["reversed_ha"] for each in outcomes))
    assert job.answer["reversed_ha"] > 0
    assert job.answer["missing_ha"] < job.answer["missing_before_ha"]
    page = client.get(scenario.get_absolute_url()).content.decode()
    assert "The balance without and with the scenario" in page
    assert "Assisted natural regeneration" in page


def test_a_changed_scenario_says_that_its_result_is_old_until_it_is_worked_out(country: Workspace) -> None:
    client = client_of(country)
    scenario = drawn(client, country)
    work()
    name = scenario.areas()[0].action.id

    client.post(address(country, "edit_area", scenario.pk, name), {**AREA, "effectiveness": "10", "expected": 2})
    page = client.get(scenario.get_absolute_url()).content.decode()
    work()
    after = client.get(scenario.get_absolute_url()).content.decode()

    first, second = Job.objects.order_by("created_at")
    assert 'hx-trigger="every' in page
    assert "was worked out before the last change" not in after
    assert second.answer["reversed_ha"] < first.answer["reversed_ha"]
    assert scenario.history.count() == 3


def test_two_people_do_not_overwrite_each_other(country: Workspace) -> None:
    scenario = drawn(client_of(country), country)

    late = client_of(country).post(address(country, "new_area", scenario.pk), {**AREA, "expected": 1})

    assert late.status_code == 422
    assert "was saved by" in late.content.decode()


def test_the_last_area_taken_out_leaves_an_empty_scenario(country: Workspace) -> None:
    client = client_of(country)
    scenario = drawn(client, country)

    client.post(address(country, "drop_area", scenario.pk, "1"))

    assert "Nothing is drawn yet" in client.get(scenario.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"shape": "here"}, "is no GeoJSON"), ({"last_year": 2020}, "the work goes from 2024 to 2020"),
     ({"practice": "", "effectiveness": ""}, "on what share"), ({"effectiveness": "150"}, "100"),
     ({"shape": ""}, "required")],
)  # fmt: skip
def test_an_area_that_cannot_be_is_refused_in_one_line(country: Workspace, wrong: dict[str, object], said: str) -> None:
    client = client_of(country)
    client.post(address(country, "new_scenario"), {"name": "Green belt", "target_year": 2030})
    scenario = Scenario.objects.get()

    answer = client.post(address(country, "new_area", scenario.pk), {**AREA, **wrong})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Job.objects.exists()


def test_an_area_outside_the_country_fails_with_its_line(country: Workspace) -> None:
    client = client_of(country)
    far = '{"type":"Polygon","coordinates":[[[100,60],[101,60],[101,61],[100,60]]]}'
    scenario = drawn(client, country, shape=far)

    work()

    assert "lies outside the country" in client.get(scenario.get_absolute_url()).content.decode()


def test_scenarios_stand_side_by_side(country: Workspace) -> None:
    client = client_of(country)
    first = drawn(client, country)
    client.post(address(country, "new_scenario"), {"name": "Nothing", "target_year": 2030})
    second = Scenario.objects.get(name="Nothing")
    work()

    page = client.get(address(country, "compare"), {"s": [str(first.pk), str(second.pk)]}).content.decode()

    assert "Net by land type" in page
    assert "Nothing has no result yet" in page


def test_the_plan_is_that_of_the_command_line(country: Workspace, settings: Settings) -> None:
    client, run = client_of(country), Run.objects.get()
    form = {**practices(client, country), "run": run.pk, "domain": "districts", "to": 2030, "budget": 500_000}
    form |= {"objective": "cost", "hierarchy": "cheapest", "title": "Cheap"}
    answer = client.post(address(country, "ask_plan"), form)
    assert answer.status_code == 302, answer.content.decode()

    work()

    [job] = Job.objects.all()
    said = call(country, settings, "plan", "--budget", "500000", "--domain", "districts")
    for name in ("cost_usd", "area_ha", "shortfall_ha", "ranking_shortfall_ha", "curve", "neutral_types", "reasons"):
        assert job.answer[name] == said[name], name
    page = client.get(job.get_absolute_url()).content.decode()
    for words in ("Cheap", "What budgets buy", "Ranking hotspots for the same money", "the budget does not reach"):
        assert words in page
    assert client.get(address(country, "places", job.pk, "plan")).json()["features"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"budget": "-1"}, "0"), ({"cost_0": ""}, "must state this number"), ({"local_costs": "protection 5"}, "is not"),
     ({"local_costs": "protection, 5"}, "names no zone"), ({"effect_0": "120"}, "100")],
)  # fmt: skip
def test_a_plan_that_cannot_be_asked_for_is_refused(country: Workspace, wrong: dict[str, object], said: str) -> None:
    client, run = client_of(country), Run.objects.get()
    form = {**practices(client, country), "run": run.pk, "to": 2030, "objective": "cost", "hierarchy": "cheapest"}

    answer = client.post(address(country, "ask_plan"), {**form, **wrong})

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_plan_that_cannot_be_found_says_why(country: Workspace) -> None:
    client, run = client_of(country), Run.objects.get()
    form = {**practices(client, country), "run": run.pk, "domain": "districts", "to": 2020, "objective": "cost"}
    client.post(address(country, "ask_plan"), {**form, "hierarchy": "cheapest"})

    work()

    [job] = Job.objects.all()
    assert "the last period is of 2023" in client.get(job.get_absolute_url()).content.decode()


@pytest.mark.parametrize("cost", [("protection", "Nowhere", 5.0), ("stone", "North", 5.0)])
def test_a_local_cost_names_a_practice_and_a_zone(cost: tuple[str, str, float]) -> None:
    with pytest.raises(InputError, match="a local cost names"):
        question_of({"target_year": 2030, "local_costs": [cost]}, {0: "outside", 1: "North"})


def test_a_practice_of_the_country_stands_in_the_form_and_must_say_what_is_not_known(country: Workspace) -> None:
    from landbalance.registry.practices.services import add_practice

    keeper = make_member(country)
    add_practice(keeper, country, {"code": "zai", "name": "Zaï pits", "goal": "restore_rehabilitate",
                                   "establishment_usd_ha": 300.0})  # fmt: skip
    client = client_of(country)

    page = client.get(address(country, "ask_plan"))

    first = next(iter(page.context["form"].practice_rows()))
    assert (first[0].code, first[0].cost_usd_ha, first[0].effectiveness) == ("zai", 300.0, None)
    assert first[2].value() is False


def test_those_who_may_look_and_not_plan_see_no_forms(country: Workspace) -> None:
    scenario = drawn(client_of(country), country)
    client = client_of(country, Role.REVIEWER)

    pages = [client.get(each).content.decode() for each in (address(country, "scenarios"), scenario.get_absolute_url())]

    assert all('class="button"' not in each and "Take out" not in each for each in pages)
    assert client.post(address(country, "new_area", scenario.pk), AREA).status_code == 403


def test_programs_read_scenarios_and_figures(country: Workspace) -> None:
    client = client_of(country)
    scenario = drawn(client, country)
    work()
    base = f"/api/workspaces/{country.slug}"

    listed = client.get(f"{base}/scenarios?format=geojson").json()
    analyses = client.get(f"{base}/analyses?kind=scenario").json()["items"]
    one = client.get(f"{base}/analyses/{analyses[0]['id']}").json()

    assert listed["features"][0]["geometry"]["type"] == "Polygon"
    assert one["answer"]["reversed_ha"] > 0
    assert one["options"]["scenario"] == str(scenario.pk)


def test_an_export_holds_scenarios_and_what_was_worked_out(country: Workspace) -> None:
    client = client_of(country)
    drawn(client, country)
    work()

    answer = client.post(reverse("audit:export", args=[country.slug]))

    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert "scenarios-scenario.json" in names
    assert any(name.startswith("analyses/scenario-") for name in names)


def entry(client: Client, country: Workspace, side: str, **more: object) -> int:
    """Write an entry of the ledger down; return the status."""
    said = {"code": side, "title": "Road", "land_type": "grass", "area_ha": 10, "year": 2028, "effectiveness": 0.5}
    return client.post(address(country, "new_entry", side), {**said, **more}).status_code


def test_a_loss_is_permitted_once_a_gain_is_planned_for_it() -> None:
    country = make_country("a")
    client = client_of(country, Role.FOCAL_POINT)
    assert entry(client, country, "loss") == 302

    def permit() -> str:
        answer = client.post(address(country, "permit", "loss"), {"day": "2026-01-01"}, follow=True)
        return answer.content.decode()

    refused = permit()
    entry(client, country, "gain", land_type="wood", area_ha=100)
    still_refused = permit()
    entry(client, country, "gain", code="gain2", area_ha=20, year=2027)
    permitted = permit()

    assert "10.0 ha of grass would not be made good by 2028" in refused
    assert "would not be made good" in still_refused
    assert "The loss is permitted" in permitted
    page = client.get(address(country, "ledger")).content.decode()
    assert "made good" in page
    changed = client.post(address(country, "edit_entry", "loss"), {"code": "loss", "title": "x"}).content.decode()
    assert "is permitted" in changed or "required" in changed


def test_an_open_balance_is_shown_as_open() -> None:
    country = make_country("a")
    client = client_of(country)
    entry(client, country, "loss")
    entry(client, country, "gain", area_ha=4)

    page = client.get(address(country, "ledger")).content.decode()

    assert '<span class="badge bad">8.0 open</span>' in page


@pytest.mark.parametrize(
    ("side", "wrong"),
    [("gain", {"effectiveness": 60}), ("loss", {"area_ha": -1}), ("loss", {"area_ha": 0}), ("loss", {"year": 9}),
     ("loss", {"code": "two words"})],
)  # fmt: skip
def test_an_entry_that_cannot_be_is_refused(side: str, wrong: dict[str, object]) -> None:
    country = make_country("a")

    assert entry(client_of(country), country, side, **wrong) == 422


def test_a_code_stands_once_in_the_ledger() -> None:
    country = make_country("a")
    client = client_of(country)

    assert (entry(client, country, "loss"), entry(client, country, "loss")) == (302, 422)


def test_a_technician_permits_nothing() -> None:
    country = make_country("a")
    client = client_of(country)
    entry(client, country, "loss")

    assert client.post(address(country, "permit", "loss"), {"day": "2026-01-01"}).status_code == 403
    assert "Permit the loss" not in client.get(address(country, "entry", "loss")).content.decode()


def test_what_has_been_agreed_to_stays_until_it_is_sent_back(country: Workspace) -> None:
    keeper = make_member(country)
    scenario = drawn(client_of(country), country)
    for state in (State.REVIEW, State.APPROVED):
        move_record(keeper, scenario, state)

    late = client_of(country).post(address(country, "new_area", scenario.pk), {**AREA, "expected": scenario.version})

    assert late.status_code == 422
    assert "send it back first" in late.content.decode()
    page = client_of(country).get(scenario.get_absolute_url()).content.decode()
    assert "Approved" in page
