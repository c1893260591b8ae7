"""Pages of projects: taken in whole or not at all, moved by sliders, kept as scenarios, matched, drafted as notes."""

import csv
import io
import json
import math
import re
import zipfile
from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document
from pytest_django import Settings

from country import first_run, settle
from landbalance.core.progress import NoProgress
from landbalance.engine.child import function_of
from landbalance.engine.ground import open_ground
from landbalance.engine.neutrality import yearly_loss
from landbalance.io.project_changes import Changes
from landbalance.io.project_desk import worth_of
from landbalance.io.project_file import read_project
from landbalance.io.project_text import parse_project
from landbalance.io.workspace import load_workspace
from landbalance.registry.jobs.models import Job
from landbalance.registry.leases import Status
from landbalance.registry.projects.models import Project, ProjectScenario
from landbalance.registry.projects.services import add_project, keep_scenario
from landbalance.registry.records import State, Visibility
from landbalance.registry.review import delete_record, move_record
from landbalance.registry.workspaces.models import Role, Workspace
from landbalance.registry.workspaces.services import folder_of
from people import make_country, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.database]
DEMO = Path(__file__).resolve().parents[3] / "examples" / "projects" / "demoland.toml"
TEXT = DEMO.read_text(encoding="utf-8")
HOME, ONE = "/w/alpha/projects/", "/w/alpha/projects/p/demoland-parklands/"
ABOUT = {"id": "dunes", "title": "Dunes held", "hectares": "300", "years": "20", "currency": "usd", "rate": "8",
         "price_year": "2026"}  # fmt: skip
LINE = {"name": "fence", "category": "cost:capital", "stakeholder": "government", "with_amounts": "1000 500",
        "shadow": "1"}  # fmt: skip


@pytest.fixture
def alpha() -> Workspace:
    caches["process"].clear()
    return make_country("alpha", country="ZZD")


@pytest.fixture
def writer(alpha: Workspace, client: Client) -> Client:
    client.force_login(make_member(alpha, Role.FINANCE))
    return client


@pytest.fixture
def project(alpha: Workspace) -> Project:
    return add_project(make_member(alpha), alpha, parse_project(TEXT, DEMO.name))


def sent(text: str, name: str = "parklands.toml") -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile(name, text.encode())}


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def main_of(text: str) -> str:
    return text[text.index("<main") :]


def test_a_file_comes_in_whole_and_goes_out_the_same(writer: Client, alpha: Workspace) -> None:
    answer = writer.post(HOME + "upload/", sent(TEXT))

    assert answer["Location"] == ONE
    out = writer.get(ONE + "project.toml")
    assert parse_project(out.content.decode(), "out") == read_project(DEMO).form
    assert "attachment" in out["Content-Disposition"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("hectares = 12000", "hectares = -1", "parklands.toml, line 10: project, hectares"),
        ("hectares = 12000", "hectares = inf", "parklands.toml, line 10: project, hectares"),
        ("rate = 0.10", "ratte = 0.10", "unknown key ratte"),
        ('country = "ZZD"', 'country = "FRA"', "the project is in FRA, the workspace of ZZD"),
        ('category = "capital"', 'category = "gold"', "gold is no kind of cost"),
        ('name = "upkeep"', 'name = "millet"', "two lines are called millet"),
        ('name = "upkeep"', "name = ", "is not TOML"),
        ('title = "Parkland', 'title = "' + "x" * 300 + "Parkland", "title has more than 300 letters"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_in_one_line_and_leaves_nothing(
    writer: Client, alpha: Workspace, old: str, new: str, said: str
) -> None:
    assert old in TEXT

    answer = writer.post(HOME + "upload/", sent(TEXT.replace(old, new, 1)))

    assert answer.status_code == 422
    assert said in answer.content.decode().replace("&#x27;", "'")
    assert "/tmp" not in answer.content.decode()
    assert not Project.objects.exists()


def test_a_file_that_is_no_text_or_too_large_is_refused(writer: Client, alpha: Workspace) -> None:
    binary = writer.post(HOME + "upload/", {"file": SimpleUploadedFile("a.toml", b"\xff\xfe\x00")})
    large = writer.post(HOME + "upload/", sent("#" * 1_000_001))

    assert "is not UTF-8 text" in binary.content.decode()
    assert "larger than 1 MB" in large.content.decode()


def test_a_code_is_taken_once_even_when_its_project_was_put_away(
    writer: Client, alpha: Workspace, project: Project
) -> None:
    delete_record(make_member(alpha), project, reason="twice")

    answer = writer.post(HOME + "upload/", sent(TEXT))

    assert "there is already a project demoland-parklands" in answer.content.decode()


def test_a_project_is_written_by_hand_step_by_step(writer: Client, alpha: Workspace) -> None:
    made = writer.post(HOME + "new/", ABOUT)
    place = str(made["Location"])
    one = place.removesuffix("inputs/")
    first = page(writer, one)
    for row in (LINE, {**LINE, "name": "milk", "category": "benefit:yield", "with_amounts": "300", "first_year": "2",
                       "without_amounts": "100", "yearly_loss": "5"}):  # fmt: skip
        assert writer.post(one + "inputs/r/line/", row)["Location"] == place

    text = page(writer, one)

    assert "the table has no lines or no year" in first
    kept = Project.objects.get()
    assert kept.data["line"][0]["with_project"] == [1000.0, 500.0]
    assert kept.data["line"][1]["with_project"] == {"value": 300.0, "first_year": 2}
    assert kept.data["line"][1]["without_project"] == {"value": 100.0, "yearly_loss": 0.05}
    assert kept.data["project"]["rate"] == 0.08
    assert (
        kept.data["project"]["currency"]
        if "currency" in kept.data["project"]
        else kept.form().project.currency == "USD"
    )
    assert f"{worth_of(kept.opened(), 'financial').npv:,.0f}" in text


def test_what_a_form_shows_is_what_it_keeps(writer: Client, alpha: Workspace, project: Project) -> None:
    before = project.data
    rows = [("r/line/", 5), ("r/driver/", 3), ("r/tranche/", 4)]
    places = [f"{name}{number}/" for name, most in rows for number in range(1, most + 1)]
    places += [f"t/{name}/" for name in ("project", "ask", "bankability", "transformative", "correlation")]

    for place in places:
        form = writer.get(ONE + "inputs/" + place).context["form"]
        values = {name: form[name].value() for name in form.fields}
        given = {name: value for name, value in values.items() if value not in (None, "", False)}
        answer = writer.post(ONE + "inputs/" + place, given)
        assert answer.status_code == 302, (place, answer.context["form"].errors)

    project.refresh_from_db()
    assert project.data == before
    assert project.version == 1 + len(places)


def test_the_page_shows_the_figures_of_the_command_line(writer: Client, project: Project) -> None:
    read = read_project(DEMO)

    text = main_of(page(writer, ONE))

    for view in ("financial", "economic"):
        found = worth_of(read, view)
        assert f"{found.npv:,.0f}" in text
        assert f"{found.irr.value:.1%}" in text
        assert f"{found.eanb:,.0f}" in text
    assert "20,000 draws" in text
    assert "Chance of a loss" in text


def test_a_slider_moves_the_figures_and_says_what_the_file_says(writer: Client, project: Project) -> None:
    inputs = {"rate": "0.06", "f0": "0.8"}

    text = main_of(writer.get(ONE, inputs).content.decode())

    moved = project.form().model_copy(deep=True)
    line = next(each for each in moved.line if each.name == "millet")
    assert "As the file says: financial" in text
    assert "542,848" in text
    answer = writer.get(ONE, inputs)
    desk = answer.context["desk"]
    assert desk.changes == Changes(rate=0.06, factors={"yield": 0.8})
    scaled = next(each for each in desk.moved.form.line if each.name == "millet")
    assert scaled.with_project == [pytest.approx(each * 0.8) for each in line.with_project]  # type: ignore[union-attr]
    assert f"{worth_of(desk.moved, 'financial').npv:,.0f}" in text


@pytest.mark.parametrize("query", ["rate=nan", "rate=x", "f99=3", "draws=9999999", "across=a&down=b", "rate="])
def test_a_query_that_makes_no_sense_moves_nothing(writer: Client, project: Project, query: str) -> None:
    answer = writer.get(f"{ONE}?{query}")

    assert answer.status_code == 200
    assert not answer.context["desk"].is_moved
    assert answer.context["outcome"].draws == 20_000


def test_a_slider_goes_no_further_than_its_end(writer: Client, project: Project) -> None:
    answer = writer.get(f"{ONE}?rate=5&drought_share=-1")

    assert answer.context["desk"].changes == Changes(rate=0.2, drought_share=0.0)


def test_many_draws_are_drawn_when_asked_for(writer: Client, project: Project) -> None:
    assert writer.get(f"{ONE}?draws=100000").context["outcome"].draws == 100_000


def test_the_data_behind_every_chart_can_be_taken_away(writer: Client, project: Project) -> None:
    read = read_project(DEMO)

    rows = list(csv.reader(io.StringIO(writer.get(ONE + "data/flows.csv").content.decode("utf-8-sig"))))
    shares = list(csv.reader(io.StringIO(writer.get(ONE + "data/draws.csv").content.decode("utf-8-sig"))))
    swings = writer.get(ONE + "data/swings.csv?rate=0.06").content.decode()

    assert [float(row[3]) for row in rows[1:]] == pytest.approx(list(worth_of(read, "financial").flows))
    assert sum(float(row[2]) for row in shares[1:]) == pytest.approx(1)
    assert "yield" in swings
    assert writer.get(ONE + "data/nothing.csv").status_code == 404


def test_a_scenario_is_kept_shown_compared_and_taken_out(writer: Client, project: Project) -> None:
    answer = writer.post(ONE + "scenarios/keep/?rate=0.06&f0=0.8", {"name": "Cheap and dry"})
    assert answer["Location"] == ONE + "scenarios/"
    kept = ProjectScenario.objects.get()

    text = main_of(page(writer, ONE + "scenarios/"))
    shown = writer.get(kept.get_absolute_url())

    assert kept.moved == {"rate": 0.06, "factors": {"yield": 0.8}}
    assert "Discount rate: 6.0%" in text
    assert "542,848" in text
    assert f"{worth_of(shown.context['desk'].moved, 'financial').npv:,.0f}" in text
    assert "Scenario “Cheap and dry”" in shown.content.decode()
    writer.post(f"{ONE}scenarios/{kept.pk}/drop/")
    assert "No scenario is kept yet" in page(writer, ONE + "scenarios/")


def test_a_scenario_needs_a_name_and_a_moved_input(writer: Client, project: Project) -> None:
    for query, name in (("", "Nothing"), ("rate=0.06", " ")):
        answer = writer.post(f"{ONE}scenarios/keep/?{query}", {"name": name}, follow=True)
        assert "a scenario needs a name and a moved input" in answer.content.decode()

    assert not ProjectScenario.objects.exists()


def test_a_scenario_of_an_input_that_is_gone_says_so(writer: Client, alpha: Workspace, project: Project) -> None:
    keep_scenario(make_member(alpha), project, "Half", Changes(factors={"yield": 0.5}))

    writer.post(ONE + "inputs/r/driver/1/drop/")
    text = page(writer, ONE + "scenarios/")

    assert "yield is no input of this project" in text


def test_a_line_that_goes_or_changes_its_name_is_followed_by_what_is_uncertain(
    writer: Client, project: Project
) -> None:
    form = writer.get(ONE + "inputs/r/line/2/").context["form"]
    given = {name: form[name].value() for name in form.fields}
    given = {name: value for name, value in given.items() if value is not None} | {"name": "care"}
    assert writer.post(ONE + "inputs/r/line/2/", given).status_code == 302
    writer.post(ONE + "inputs/r/line/1/drop/")

    project.refresh_from_db()

    assert [each["name"] for each in project.data["line"]] == ["care", "millet", "fodder and wood", "carbon"]
    assert project.data["driver"][1]["lines"] == ["care"]
    assert worth_of(project.opened(), "financial").npv > 0


def test_two_people_do_not_overwrite_each_other(writer: Client, project: Project) -> None:
    writer.post(ONE + "inputs/r/line/", {**LINE, "expected": 1})

    late = writer.post(ONE + "inputs/r/line/", {**LINE, "name": "gate", "expected": 1})

    assert late.status_code == 422
    assert "was saved by" in late.content.decode()


def test_what_has_been_agreed_to_stays_until_it_is_sent_back(
    writer: Client, alpha: Workspace, project: Project
) -> None:
    keeper = make_member(alpha)
    for state in (State.REVIEW, State.APPROVED):
        move_record(keeper, project, state)

    late = writer.post(ONE + "inputs/r/line/", LINE)

    assert "send it back first" in late.content.decode()


@pytest.mark.parametrize(
    ("place", "wrong", "said"),
    [
        ("r/line/", {"with_amounts": "12 many"}, "“many” is no number"),
        ("r/line/", {"name": "millet"}, "two lines are called millet"),
        ("r/line/", {"category": "cost:gold"}, "gold"),
        ("r/driver/", {"name": "d", "shape": "pert", "low": 2, "mode": 1, "high": 3, "lines": ["millet"]}, "low 2"),
        ("t/ask/", {"amount": "0", "themes": ["ld"], "instruments": ["grant"]}, "greater than 0"),
        ("t/project/", {**ABOUT, "title": ""}, "required"),
        ("t/correlation/", {"matrix": "1 x"}, "“x” is no number"),
    ],
)
def test_a_form_that_does_not_fit_is_refused_in_one_line(
    writer: Client, project: Project, place: str, wrong: dict[str, object], said: str
) -> None:
    answer = writer.post(ONE + "inputs/" + place, {**LINE, **wrong})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    project.refresh_from_db()
    assert project.version == 1


def test_windows_stand_with_reason_and_remedy_and_nothing_is_funded_twice(writer: Client, project: Project) -> None:
    for window in ("gef-ld-fsp", "gef-ld-msp"):
        given = {"window": window, "output": "terraces", "amount": "1.5"}
        assert writer.post(ONE + "inputs/r/part/", given)["Location"] == ONE + "windows/"

    text = page(writer, ONE + "windows/")

    assert "80.8" in text
    assert "GCF wants an accredited entity: <em>find one for this size and risk</em>" in text
    assert "Two windows would pay for “terraces”" in text
    assert "6.60 million USD in all" in text  # 3.6 in the parts of the file


def test_a_project_that_seeks_nothing_is_told_so(writer: Client, alpha: Workspace) -> None:
    one = str(writer.post(HOME + "new/", ABOUT)["Location"]).removesuffix("inputs/")

    assert "does not say yet what it seeks" in page(writer, one + "windows/")
    refused = writer.post(one + "inputs/r/part/", {"window": "gef-ld-fsp", "output": "x", "amount": "1"})
    assert refused.status_code == 422


def test_checklists_are_answered_and_stop_what_they_must(writer: Client, project: Project) -> None:
    before = page(writer, ONE + "checklists/")

    writer.post(ONE + "inputs/t/bankability/", {"tenure": "2", "consent": "2", "eligible_activity": "2"})
    after = page(writer, ONE + "checklists/")

    assert "what happens without the project" not in before[before.index("What stops it") : before.index("What is not")]
    assert "what happens without the project" in after[after.index("What stops it") :]


@pytest.mark.parametrize("kind", ["docx", "pdf", "md"])
def test_notes_are_drafted_and_say_first_what_is_missing(writer: Client, project: Project, kind: str) -> None:
    listed = page(writer, ONE + "notes/")

    answer = writer.get(f"{ONE}notes/two-page.{kind}")

    assert "still missing" in listed
    assert answer.status_code == 200
    if kind == "docx":
        text = "".join(Document(io.BytesIO(answer.content)).element.body.itertext())
        assert text.lower().index("still missing") < text.index("Millet yields fall")
    elif kind == "pdf":
        assert answer.content.startswith(b"%PDF")
    else:
        assert answer.content.decode().index("missing") < answer.content.decode().index("Millet yields fall")
    assert writer.get(f"{ONE}notes/no-such.{kind}").status_code == 404


def test_the_list_says_what_each_comes_to_and_what_it_lacks(writer: Client, project: Project) -> None:
    writer.post(HOME + "new/", ABOUT)

    text = main_of(page(writer, HOME))
    rows = list(csv.DictReader(io.StringIO(writer.get(HOME + "list.csv?sort=npv").content.decode("utf-8-sig"))))
    only = writer.get(HOME + "list.csv?open=on").content.decode()
    curve = list(csv.reader(io.StringIO(writer.get(HOME + "cost-curve.csv").content.decode("utf-8-sig"))))

    assert "542,848 USD" in text
    assert "costs, benefits, what happens without it" in text
    assert "1 project is not in this chart" in text
    assert [row["code"] for row in rows] == ["demoland-parklands", "dunes"]
    assert rows[1]["npv"] == ""
    assert rows[1]["missing"].startswith("costs; benefits")
    assert "dunes" not in only
    worth = worth_of(read_project(DEMO), "financial")
    assert float(curve[1][1]) == pytest.approx(worth.cost_per_ha)
    assert "Dunes" in main_of(page(writer, HOME + "?text=dunes"))
    assert "Parkland" not in main_of(page(writer, HOME + "?text=dunes"))


def test_stage_and_ties_are_kept(writer: Client, alpha: Workspace, project: Project) -> None:
    plan = Job.objects.create(workspace=alpha, kind="plan", status=Status.FINISHED, title="Cheap plan", digest="p")

    answer = writer.post(ONE + "inputs/place/", {"stage": "funded", "analyses": [str(plan.pk)], "expected": 1})

    assert answer.status_code == 302
    plan.refresh_from_db()
    assert plan.is_kept
    text = page(writer, ONE + "inputs/")
    assert "Funded" in text
    assert "Cheap plan" in text
    assert "Parkland" in main_of(page(writer, HOME + "?stage=funded"))


def test_those_who_may_look_and_not_write_see_no_forms(client: Client, alpha: Workspace, project: Project) -> None:
    keep_scenario(make_member(alpha), project, "Half", Changes(rate=0.05))
    client.force_login(make_member(alpha, Role.REVIEWER))

    texts = [main_of(page(client, ONE + name)) for name in ("", "inputs/", "windows/", "checklists/", "scenarios/")]

    assert not any('class="button"' in each or "Take out" in each or "/keep/" in each for each in texts)
    assert client.post(ONE + "inputs/r/line/", LINE).status_code == 403


def test_a_project_and_its_scenarios_are_seen_by_its_custodian_alone_where_it_says_so(
    client: Client, alpha: Workspace, project: Project
) -> None:
    scenario = keep_scenario(make_member(alpha), project, "Half", Changes(rate=0.05))
    project.visibility = Visibility.CUSTODIAN
    project.save_revision(by=make_member(alpha))
    client.force_login(make_member(alpha, Role.TECHNICIAN))

    assert client.get(ONE).status_code == 404
    assert "Parkland" not in main_of(page(client, HOME))
    assert client.get(f"/api/workspaces/alpha/project-scenarios/{scenario.pk}").status_code == 404


def test_hostile_words_stay_words(writer: Client, alpha: Workspace) -> None:
    nasty = '<script>alert(1)</script>"><img src=x>'
    text = TEXT.replace('name = "yield"', f"name = '{nasty}'", 1).replace('name = "grant"', f"name = '{nasty}'", 1)
    assert writer.post(HOME + "upload/", sent(text)).status_code == 302

    for place in ("", "inputs/", "scenarios/", "windows/", "notes/"):
        shown = main_of(page(writer, ONE + place))
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown


BUDGET = {"": 8, ONE.removeprefix(HOME): 8, ONE.removeprefix(HOME) + "scenarios/": 8}


@pytest.mark.parametrize("path", BUDGET)
def test_a_page_asks_the_database_no_more_when_there_is_more(
    writer: Client, alpha: Workspace, path: str, project: Project, django_assert_max_num_queries: object
) -> None:
    keeper = make_member(alpha)
    for number in range(10):
        text = TEXT.replace('id = "demoland-parklands"', f'id = "p{number}"')
        add_project(keeper, alpha, parse_project(text, "x"))
        keep_scenario(keeper, project, f"S{number}", Changes(rate=0.01 * number))
    writer.get(HOME + path)

    with django_assert_max_num_queries(BUDGET[path]):  # type: ignore[operator]
        writer.get(HOME + path)


def test_programs_take_projects_in_change_and_read_them(writer: Client, alpha: Workspace) -> None:
    base, tree = "/api/workspaces/alpha/projects", read_project(DEMO).form.model_dump(mode="json", exclude_none=True)

    def call(method: str, path: str, body: object) -> object:
        return writer.generic(method, path, json.dumps(body), "application/json")

    made = call("POST", base, {"data": tree})
    unfit = call("POST", base, {"data": {**tree, "project": {**tree["project"], "hectares": -1}}})
    worth = writer.get(f"{base}/demoland-parklands/appraisal").json()
    tree["project"]["rate"] = 0.05
    changed = call("PATCH", f"{base}/demoland-parklands", {"data": tree, "version": 1})
    stale = call("PATCH", f"{base}/demoland-parklands", {"data": tree, "version": 1})
    kept = call("POST", f"{base}/demoland-parklands/scenarios", {"name": "S", "moved": {"rate": 0.1}})
    wrong = call("POST", f"{base}/demoland-parklands/scenarios", {"name": "S", "moved": {"factors": {"gold": 2}}})

    assert made.status_code == 201
    assert unfit.json()["detail"] == "data: project, hectares: input should be greater than 0: it is -1 now"
    assert worth["financial"]["npv"] == pytest.approx(worth_of(read_project(DEMO), "financial").npv)
    assert worth["currency"] == "USD"
    assert changed.json()["data"]["project"]["rate"] == 0.05
    assert stale.status_code == 409
    assert kept.status_code == 201
    assert wrong.status_code == 422
    assert len(writer.get("/api/workspaces/alpha/project-scenarios").json()["items"]) == 1


def test_an_export_holds_projects_and_scenarios(writer: Client, alpha: Workspace, project: Project) -> None:
    keep_scenario(make_member(alpha), project, "Half", Changes(rate=0.05))

    answer = writer.post(reverse("audit:export", args=["alpha"]))

    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert json.loads(archive.read("projects-project.json"))[0]["data"] == project.data
    assert "projects-projectscenario.json" in archive.namelist()


def test_the_run_of_the_country_says_what_is_lost(assessed_demo: Path, tmp_path: Path, settings: Settings) -> None:
    country = settle(assessed_demo, tmp_path, settings)
    run = first_run(country)
    client = Client()
    client.force_login(make_member(country, Role.FINANCE))
    text = TEXT.replace(
        "without_project = { value = 2400000, yearly_loss = 0.02 }", "without_project = { value = 2400000 }"
    )
    one = str(client.post(f"/w/{country.slug}/projects/upload/", sent(text))["Location"])
    before = page(client, one + "inputs/")
    flat = worth_of(Project.objects.get().opened(), "financial").npv

    client.post(one + "inputs/loss/", {"run": run.pk})
    job = Job.objects.get()
    waiting = page(client, one + "inputs/")
    answer = function_of(job.rule.does)(job.task(), NoProgress())
    job.status = Status.RUNNING
    assert job.take_answer(answer)

    kept = Project.objects.get()
    ground = open_ground(load_workspace(folder_of(country, settings.INSTALLATION)), run_id=run.run_id)
    assert kept.loss == pytest.approx(yearly_loss(ground))
    assert "Nothing is taken to be lost" in before
    assert "hx-trigger" in waiting
    assert worth_of(kept.opened(), "financial").npv > flat
    assert f"in run {run.run_id}" in re.sub(r"\s+", " ", page(client, one))
    assert client.get(job.get_absolute_url())["Location"] == one + "inputs/"
    client.post(one + "inputs/loss/", {"run": ""})
    assert Project.objects.get().loss is None


def test_a_project_of_the_platform_reads_no_file_of_the_server(writer: Client, project: Project) -> None:
    tree = project.data | {"cover": {**project.data["cover"], "losses": [], "losses_from": "landbalance.toml"}}
    project.data = tree
    project.save_revision(by=project.created_by)

    text = page(writer, ONE + "notes/")

    assert "is a file beside the project, and this project has none" in text


def test_who_pays_shows_money_cover_and_carbon_and_questions_before_revenue(writer: Client, project: Project) -> None:
    text = page(writer, ONE + "money/")

    assert "5." in text[text.index("The money costs") :][:60]
    assert "follows losses well enough to be offered" in text
    assert text.index("Settled") < text.index("could be sold")
    assert "No revenue is shown before every question of integrity is answered." in text
    for chart in ("cash", "loss", "credits"):
        answer = writer.get(f"{ONE}data/{chart}.csv")
        assert answer.status_code == 200, chart
        assert len(answer.content.decode().splitlines()) > 2


def test_a_slider_of_the_cover_moves_what_it_pays(writer: Client, project: Project) -> None:
    before, after = page(writer, ONE + "money/"), page(writer, ONE + "money/?attachment=-1.5")

    assert "Inputs are moved" in after
    assert (
        before[before.index("h-cover") : before.index("h-carbon")]
        != after[after.index("h-cover") : after.index("h-carbon")]
    )


def test_a_year_without_an_index_stays_a_gap_from_file_to_file(writer: Client, alpha: Workspace) -> None:
    text = TEXT.replace("index = [0.4,", "index = [nan,")
    assert text != TEXT

    assert writer.post(HOME + "upload/", sent(text))["Location"] == ONE

    out = parse_project(writer.get(ONE + "project.toml").content.decode(), "out")
    assert math.isnan(out.cover.index[0])
    assert not any(map(math.isnan, out.cover.index[1:]))
