"""Pages of targets: written, drafted, checked, fought over, put away, taken over from files."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from landbalance.registry.actions.models import Action
from landbalance.registry.actions.services import add_action
from landbalance.registry.drafts.models import Draft
from landbalance.registry.targets import services
from landbalance.registry.targets.models import Target
from landbalance.registry.workspaces.models import Role, Workspace
from landbalance.web.targets.forms import TargetForm, initial_of
from people import make_country, make_member
from target_rows import action_row, box, target_row, whole_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home")]


@pytest.fixture
def alpha() -> Workspace:
    return make_country("alpha")


@pytest.fixture
def focal(alpha: Workspace, client: Client) -> object:
    person = make_member(alpha)
    client.force_login(person)
    return person


def form_of(**fields: object) -> dict[str, object]:
    """Return what a browser sends for a new target."""
    blank = {name: field.initial or "" for name, field in TargetForm().fields.items() if name != "shape_file"}
    ticked = {name for name, field in TargetForm().fields.items() if type(field).__name__ == "BooleanField"}
    chosen = {"code": "T1", "title": "Better pasture", "language": "en", "target_type": "area_action"}
    chosen |= {"scope": "subnational", "process": "other", "area_unit": "ha", "direction": "increase"}
    chosen |= {"relative": "absolute", "spatial_mode": "none", "area_semantics": "exact", "data_licence": "cc_by"}
    several = ("responses", "targeted_actions")
    return {name: value for name, value in blank.items() if name not in (*ticked, *several)} | chosen | fields


def sent(target: Target, **fields: object) -> dict[str, object]:
    """Return what a browser sends for a change of a target."""
    shown = {name: "" if value is None else value for name, value in initial_of(target).items() if value is not False}
    return {**shown, "is_ldn": "on", **fields}


def test_a_target_is_set_with_an_area_that_was_typed(client: Client, alpha: Workspace, focal: object) -> None:
    answer = client.post(
        "/w/alpha/targets/new/",
        form_of(
            shape="0 0\n0.1 0\n0.1 0.1\n0 0.1",
            declared_area="12 309",
            responses=["reduce", "reverse"],
            target_year="2030",
        ),
    )

    target = Target.objects.get()
    assert answer["Location"] == "/w/alpha/targets/t/T1/"
    assert (target.declared_area, target.responses, target.spatial_mode) == (12309, ["reduce", "reverse"], "polygon")
    assert target.pieces()[0].area_km2 == pytest.approx(123.09, abs=0.01)
    assert "12,309 ha" in client.get(answer["Location"]).content.decode()


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    client: Client, alpha: Workspace, focal: object
) -> None:
    answer = client.post(
        "/w/alpha/targets/new/", form_of(declared_area="many", target_year="2019", start_year="2020", shape="0 0\n1 1")
    )

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "This is not a number" in text
    assert 'value="many"' in text
    assert "the area has 2 points" in text
    assert not Target.objects.exists()


def test_answers_are_checked_before_they_are_saved(client: Client, alpha: Workspace, focal: object) -> None:
    data = form_of(text="A sentence.", shape="POLYGON((0 0,1 0,1 1,0 0))", responses=["avoid"])

    page = client.post("/w/alpha/targets/new/", {**data, "check": "1"}).content.decode()

    assert not Target.objects.exists()
    assert "A sentence." in page
    assert '<input type="hidden" name="responses" value="avoid">' in page
    assert "Avoid: Keep land" in page


def test_a_file_of_a_shape_survives_the_check(client: Client, alpha: Workspace, focal: object) -> None:
    shape = json.dumps({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}).encode()
    file = SimpleUploadedFile("zone.geojson", shape)

    page = client.post("/w/alpha/targets/new/", {**form_of(), "shape_file": file, "check": "1"}).content.decode()

    assert "GeometryCollection" in page
    assert "6,154" in page or "6,155" in page


def test_a_draft_is_kept_whatever_it_holds_and_comes_back(client: Client, alpha: Workspace, focal: object) -> None:
    values = {"title": "Half a ti", "declared_area": "lots", "responses": ["avoid"], "text": "a\u0000b\ud800c"}

    answer = client.post("/w/alpha/drafts/target/", json.dumps(values), content_type="application/json")

    assert answer.json()["status"] == "kept"
    page = client.get("/w/alpha/targets/new/").content.decode()
    assert "This is your draft" in page
    assert 'value="Half a ti"' in page
    assert 'value="lots"' in page
    assert Draft.objects.get().values["text"] == "abc"


def test_a_draft_is_forgotten_once_saved_or_when_asked(client: Client, alpha: Workspace, focal: object) -> None:
    client.post("/w/alpha/drafts/target/", json.dumps({"title": "x"}), content_type="application/json")
    answer = client.post("/w/alpha/targets/new/", form_of())
    assert not Draft.objects.exists()
    assert answer.cookies["draft-done"].value == "/w/alpha/drafts/target/"

    client.post("/w/alpha/drafts/target/", json.dumps({"title": "x"}), content_type="application/json")
    client.post("/w/alpha/drafts/target/", {"discard": "1", "next": "//evil.example"})

    assert not Draft.objects.exists()


def test_drafts_are_ones_own(client: Client, alpha: Workspace, focal: object) -> None:
    client.post("/w/alpha/drafts/target/", json.dumps({"title": "Secret"}), content_type="application/json")
    client.force_login(make_member(alpha))

    assert "Secret" not in client.get("/w/alpha/targets/new/").content.decode()


def test_two_people_see_both_sides_and_nothing_is_lost(client: Client, alpha: Workspace, focal: object) -> None:
    target = services.add_target(focal, alpha, target_row(lead="Nobody"))
    mine = sent(target, title="Mine", lead="My ministry")
    services.edit_target(make_member(alpha), target, target_row(title="Theirs", lead="Nobody", declared_area=9100))

    answer = client.post("/w/alpha/targets/t/T1/edit/", mine)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "both changed it" in page
    assert 'name="take_declared_area" value="theirs" checked' in page
    chosen = {**mine, "expected": 2, "take_title": "theirs", "take_lead": "mine", "take_declared_area": "theirs"}
    assert client.post("/w/alpha/targets/t/T1/edit/", chosen).status_code == 302
    target = Target.objects.get()
    assert (target.title, target.lead, target.declared_area, target.version) == ("Theirs", "My ministry", 9100, 3)


def test_whoever_writes_too_is_named(client: Client, alpha: Workspace, focal: object) -> None:
    target = services.add_target(focal, alpha, target_row())
    other = make_member(alpha)
    there = Client()
    there.force_login(other)
    there.post(f"/w/alpha/drafts/target/{target.pk}/", json.dumps({"title": "x"}), content_type="application/json")

    assert f"{other} is writing here too" in client.get("/w/alpha/targets/t/T1/edit/").content.decode()


def test_a_target_agreed_to_is_revised_with_a_reason(client: Client, alpha: Workspace, focal: object) -> None:
    target = services.add_target(focal, alpha, whole_row())
    for stage in ("proposed", "consulted", "validated"):
        assert client.post("/w/alpha/targets/t/T1/move/", {"to": stage, "expected": target.version}).status_code == 302
        target = Target.objects.get()
    assert target.stage == "validated"
    assert client.get("/w/alpha/targets/t/T1/edit/")["Location"] == "/w/alpha/targets/t/T1/revise/"

    reason = {"revision_reason": "ambition_up", "revision_text": "More money."}
    answer = client.post("/w/alpha/targets/t/T1/revise/", sent(target, declared_area="9500", **reason))

    target = Target.objects.get()
    assert answer.status_code == 302
    assert (target.revision, target.declared_area, target.stage) == (2, 9500, "revised")


def test_history_is_compared_in_words_and_an_old_version_comes_back(
    client: Client, alpha: Workspace, focal: object
) -> None:
    target = services.add_target(focal, alpha, target_row())
    services.edit_target(focal, target, target_row(declared_area=9500))
    place = f"/w/alpha/records/target/{target.pk}/"

    page = client.get(place, {"first": 1, "second": 2}).content.decode()
    client.post(place + "revert/", {"version": 1, "expected": 2, "reason": "mistake"})

    assert "Area promised: 9,000 → 9,500" in page
    assert Target.objects.get().declared_area == 9000


def test_a_target_is_put_away_and_brought_back(client: Client, alpha: Workspace, focal: object) -> None:
    target = services.add_target(focal, alpha, target_row())
    place = f"/w/alpha/records/target/{target.pk}/"

    client.post(place + "delete/", {"reason": "twice", "expected": 1})
    assert client.get("/w/alpha/targets/t/T1/").status_code == 404
    assert "Better pasture" in client.get("/w/alpha/away/").content.decode()
    client.post(place + "restore/")

    assert client.get("/w/alpha/targets/t/T1/").status_code == 200


def test_review_is_done_with_buttons_by_those_who_may(client: Client, alpha: Workspace, focal: object) -> None:
    target = services.add_target(focal, alpha, target_row())
    place = f"/w/alpha/records/target/{target.pk}/move/"

    client.post(place, {"to": "review", "expected": 1})
    client.force_login(make_member(alpha, Role.CIVIL_SOCIETY))
    page = client.get("/w/alpha/targets/t/T1/").content.decode()

    assert "In review" in page
    assert "Approve" not in page
    assert client.post(place, {"to": "approved", "expected": 2}).status_code == 403


def test_a_file_is_looked_at_and_taken_over(client: Client, alpha: Workspace, focal: object) -> None:
    file = SimpleUploadedFile("targets.csv", b"code,title\nT1,<script>alert(1)</script>\nT2,Dunes\n")

    answer = client.post("/w/alpha/targets/import/", {"file": file})
    page = client.get(answer["Location"]).content.decode()
    client.post(answer["Location"])

    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert Target.objects.count() == 2


def test_faults_of_a_file_are_listed_and_kept_out(client: Client, alpha: Workspace, focal: object) -> None:
    file = SimpleUploadedFile("targets.csv", b"code,title,target_year\nT1,Dunes,soon\n")

    place = client.post("/w/alpha/targets/import/", {"file": file})["Location"]
    page = client.get(place).content.decode()

    assert "This is not a year" in page
    assert client.get(place + "faults.csv").content.startswith(b"\xef\xbb\xbfrow,column,code,message")
    client.post(place)
    assert not Target.objects.exists()


@pytest.mark.parametrize("kind", ["csv", "xlsx", "geojson", "gpkg"])
def test_every_kind_of_file_is_given_out(client: Client, alpha: Workspace, focal: object, kind: str) -> None:
    services.add_target(focal, alpha, target_row(), pieces=[box(0, 0, 1, 1)])

    answer = client.get(f"/w/alpha/targets/export/{kind}/")

    assert answer.status_code == 200
    assert f".{kind}" in answer["Content-Disposition"]
    assert client.get("/w/alpha/targets/export/exe/").status_code == 404


def test_the_land_that_targets_share_is_counted_once(client: Client, alpha: Workspace, focal: object) -> None:
    services.add_target(focal, alpha, target_row("T1"), pieces=[box(0, 0, 0.1, 0.1)])
    services.add_target(focal, alpha, target_row("T2"), pieces=[box(0, 0, 0.1, 0.1)])

    page = client.get("/w/alpha/targets/land/").content.decode()

    assert "50.0% is counted more than once" in page


def test_an_area_is_shared_out_and_refused_until_it_adds_up(client: Client, alpha: Workspace, focal: object) -> None:
    services.add_target(focal, alpha, target_row())
    place = "/w/alpha/targets/t/T1/share/"

    page = client.post(place, {"propose": "1", "weights": "North=2\nSouth=1"}).content.decode()
    assert "North=60" in page
    assert "-10.00 km2 off" in client.post(place, {"parts": "North=50\nSouth=30", "expected": 1}).content.decode()
    client.post(place, {"parts": "North=60\nSouth=30", "expected": 1})

    assert Target.objects.get().shares == [["North", 60.0], ["South", 30.0]]


def test_an_action_with_progress_moves_its_target(client: Client, alpha: Workspace, focal: object) -> None:
    services.add_target(focal, alpha, target_row())
    data = {"code": "A1", "title": "Trees", "targets": "T1", "group": "agroforestry", "planned_ha": "9000"}

    client.post("/w/alpha/actions/new/", data)
    client.post("/w/alpha/actions/a/A1/progress/", {"day": "2024-06-01", "done_ha": "4500"})

    assert Action.objects.get().done_ha() == 4500
    page = client.get("/w/alpha/targets/t/T1/").content.decode()
    assert "50%" in page
    assert "4,500 ha of 9,000 ha" in page
    assert (
        client.post(
            "/w/alpha/actions/a/A1/edit/", {"title": "Trees and grass", "expected": 1, "targets": "T1"}
        ).status_code
        == 302
    )
    assert client.post("/w/alpha/actions/a/A1/edit/", {"title": "Shrubs", "expected": 1}).status_code == 409


def test_nobody_of_another_country_finds_anything(client: Client, alpha: Workspace, focal: object) -> None:
    target = services.add_target(focal, alpha, target_row(), pieces=[box(0, 0, 1, 1)])
    client.force_login(make_member(make_country("beta")))
    pages = ["targets/", "targets/new/", "targets/t/T1/", "targets/t/T1/edit/", "targets/t/T1/area.geojson", "actions/"]
    pages += [f"records/target/{target.pk}/", "targets/export/csv/", "targets/import/", "away/", "targets/land/"]

    assert {page: client.get(f"/w/alpha/{page}").status_code for page in pages} == dict.fromkeys(pages, 404)
    assert client.get(f"/w/beta/records/target/{target.pk}/").status_code == 404
    assert client.get("/w/beta/targets/t/T1/").status_code == 404


def test_the_list_asks_the_database_no_more_for_many_targets(
    client: Client, alpha: Workspace, focal: object, django_assert_max_num_queries: object
) -> None:
    for number in range(30):
        services.add_target(focal, alpha, target_row(f"T{number}"), pieces=[box(number, 0, number + 1, 1)])

    with django_assert_max_num_queries(16):
        text = client.get("/w/alpha/targets/").content.decode()

    assert text.count("Better pasture") == 30


def test_targets_are_found_by_words_stage_and_place(client: Client, alpha: Workspace, focal: object) -> None:
    services.add_target(focal, alpha, target_row("T1", title="Dunes held"), pieces=[box(0, 0, 1, 1)])
    services.add_target(focal, alpha, target_row("T2", title="Oak forest"), pieces=[box(20, 20, 21, 21)])

    def titles(**asked: str) -> tuple[bool, bool]:
        text = client.get("/w/alpha/targets/", asked).content.decode()
        return "Dunes held" in text, "Oak forest" in text

    assert titles(q="dunes") == (True, False)
    assert titles(box="19,19,22,22") == (False, True)
    assert titles(stage="adopted") == (False, False)
    assert titles(box="a,b", page="-5") == (True, True)


def test_what_promises_no_area_is_not_shared_out(client: Client, alpha: Workspace, focal: object) -> None:
    services.add_target(focal, alpha, target_row(target_type="capacity", declared_area=None))

    page = client.get("/w/alpha/targets/t/T1/share/").content.decode()

    assert "target T1 promises no area" in page
    assert 'name="parts"' not in page


def test_a_target_says_what_does_not_fit_other_plans(client: Client, alpha: Workspace, focal: object) -> None:
    same = {"links": "gbf:2:same_commitment:high"}
    services.add_target(focal, alpha, target_row("T1", **same))
    services.add_target(focal, alpha, target_row("T2", **same, target_year=2035))

    page = client.get("/w/alpha/targets/t/T1/").content.decode()

    assert "It ends in 2030, target T2 in 2035." in page
    assert "Target T2 is the same commitment with the same area: count it once." in page
    assert "climate plan" in page
    assert "biodiversity strategy" not in page


def test_groups_of_people_are_typed_in_words_and_summed_over_actions(
    client: Client, alpha: Workspace, focal: object
) -> None:
    client.post("/w/alpha/targets/new/", form_of(beneficiary_groups="Pastoralists = 1 300\nIndigenous peoples"))
    target = Target.objects.get()
    for code, counts in (("A1", [["pastoralists", 200]]), ("A2", [["pastoralists", None], ["small_farmers", 40]])):
        row = action_row(code, beneficiary_groups=counts, targets=["T1"])
        add_action(focal, alpha, row)

    text = client.get(target.get_absolute_url()).content.decode()
    form = client.get("/w/alpha/targets/t/T1/edit/").content.decode()

    assert target.beneficiary_groups == [["pastoralists", 1300], ["indigenous_peoples", None]]
    row = '<th scope="row">{}</th><td class="number">{}</td><td class="number">{}</td>'
    assert row.format("Pastoralists", "1,300", "at least 200") in text
    assert row.format("Indigenous peoples", "–", "–") in text, "what is not known is no zero"
    assert row.format("Small farmers", "–", "40") in text
    assert "Pastoralists = 1300" in form, "the form shows words, not codes"


def test_actions_that_a_reader_does_not_see_are_not_on_the_page_of_their_target(
    client: Client, alpha: Workspace, focal: object
) -> None:
    target = services.add_target(focal, alpha, target_row("T1"))
    add_action(
        focal, alpha, action_row("A1", title="Secret trees", beneficiary_groups="pastoralists=7", targets=["T1"])
    )
    target.state = "approved"
    target.save_revision(by=focal)
    client.force_login(make_member(alpha, Role.CIVIL_SOCIETY))

    text = client.get(target.get_absolute_url()).content.decode()

    assert "Better pasture" in text
    assert "Secret trees" not in text
    assert "Pastoralists" not in text
