"""Pages on drought and rangelands: what they show, to whom, in which language, and what comes of their forms."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from landbalance.registry.drought.models import DroughtCall, DroughtTrigger, Standing, Subscription
from landbalance.registry.drought.services import add_trigger, options_of_test
from landbalance.registry.jobs.models import Job
from landbalance.registry.leases import Status
from landbalance.registry.workspaces.models import Role, Workspace
from landbalance.registry.workspaces.services import folder_of
from people import make_country, make_member
from rooms.drought import CODE, TRIGGER, write_call, write_maps, write_product
from rooms.runs import write_country

pytestmark = pytest.mark.django_db
ROOM = "/w/alpha/drought/"
FORM = {
    "code": "dry", "name": "Dry", "phase": "watch", "indicator_1": "SPI-3", "at_most_1": "-1.2", "area_share_1": "30",
    "hold": "1", "within": "1", "margin": "0", "least_known": "60", "action": "inform", "body": "committee",
    "budget_line": "12.3", "most_false": "40", "season_month": "9", "months": ["6", "7"],
}  # fmt: skip
ATOM = "{http://www.w3.org/2005/Atom}"
SKILL = {"hits": 5.0, "misses": 1.0, "false_alarms": 2.0, "quiet": 30.0, "pod": 0.833, "far": 0.286, "csi": 0.625}
ANSWER = {
    "trigger": {"index": "SPI-3", "month": 9, "area_share": 0.2, "threshold": -1.35, "most_false": 0.5},
    "cross_validated": SKILL, "hindsight": SKILL, "always": SKILL, "climatology": SKILL | {"csi": None},
    "intervals_95": {"pod": [0.4, 1.0], "far": [0.0, 0.6], "csi": [0.2, 0.9], "threshold": [-2.0, -1.0]},
    "return_period_years": 7.1, "within_limit": False,
    "by_year": [
        {"year": 2001, "hits": 0, "misses": 0, "false_alarms": 0, "no_calls": 0},
        {"year": 2002, "hits": 4, "misses": 1, "false_alarms": 0, "no_calls": 0},
        {"year": 2003, "hits": 0, "misses": 0, "false_alarms": 2, "no_calls": 1},
    ],
    "phases": [{"phase": "watch", "lead_months": None, **SKILL}], "products": ["backtest.en.json"],
}  # fmt: skip


@pytest.fixture
def alpha(home: Path, settings: Settings) -> Workspace:
    """Return a public country with a call and its maps."""
    country = make_country("alpha", is_public=True)
    write_country(folder_of(country, settings.INSTALLATION))
    write_call(country)
    write_maps(country)
    return country


def page(client: Client, path: str, language: str = "en") -> str:
    """Return a page."""
    client.cookies["django_language"] = language
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def signed_in(client: Client, workspace: Workspace, role: str = Role.FOCAL_POINT) -> Client:
    """Sign a member in."""
    client.force_login(make_member(workspace, role))
    return client


def test_the_page_shows_the_month_that_is_asked_with_a_dash_where_nothing_is_known(
    client: Client, alpha: Workspace
) -> None:
    signed_in(client, alpha)

    now, then = page(client, ROOM), page(client, ROOM + "?layer=spi-3&step=2021-07")

    rows = now[now.index("Districts in this month") :]
    north, south = rows[rows.index("North") :], rows[rows.index("South") :]
    assert "Alert" in north[: north.index("</tr>")]
    assert "-2.10" in north[: north.index("</tr>")]
    assert "No call: data are poor" in south[: south.index("</tr>")]
    assert south[: south.index("</tr>")].count("–") >= 2
    assert "SPI-3" in then
    assert ">2021-07<" in then[then.index("step-title") :]
    assert client.get(ROOM + "?step=1999-01").status_code == 404
    assert client.get(ROOM + "?layer=magic").status_code == 404


def test_a_script_that_moves_through_time_gets_the_table_alone(client: Client, alpha: Workspace) -> None:
    signed_in(client, alpha)

    part = client.get(ROOM + "?step=2021-07", headers={"X-Part": "yes"}).content.decode()

    assert part.startswith('<h2 id="step-title"')
    assert "<html" not in part
    assert "Normal" in part


def test_tiles_and_pictures_of_a_month_differ_and_are_kept_by_the_browser(client: Client, alpha: Workspace) -> None:
    signed_in(client, alpha)
    pk = Job.objects.get(kind="drought", status=Status.FINISHED).pk
    at = f"{ROOM}maps/{pk}/spi-3/"

    answers = [client.get(f"{at}{month}/6/33/30.png") for month in ("2021-07", "2021-08")]
    picture = client.get(f"{at}2021-08/picture.png")
    again = client.get(f"{at}2021-08/picture.png", headers={"If-None-Match": picture["ETag"]})

    assert [each["Content-Type"] for each in (*answers, picture)] == ["image/png"] * 3
    assert answers[0].content != answers[1].content
    assert again.status_code == 304
    assert client.get(f"{at}2021-08/99/0/0.png").status_code == 404
    assert client.get(f"{ROOM}maps/{pk}/magic/2021-08/picture.png").status_code == 404


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar", "ru", "zh-hans"])
def test_every_page_speaks_six_languages(client: Client, alpha: Workspace, language: str) -> None:
    signed_in(client, alpha)
    trigger = add_trigger(make_member(alpha), alpha, TRIGGER)
    job = Job.objects.create(
        workspace=alpha, kind="drought-test", options=options_of_test(trigger), status=Status.FINISHED, answer=ANSWER
    )
    write_product(job, f"backtest.{language[:2]}.json", json.dumps({"sentence": "It caught 5 of 6."}))
    heads = {"en": "Drought", "fr": "Sécheresse", "es": "Sequía", "ar": "الجفاف", "ru": "Засуха", "zh-hans": "干旱"}
    phases = {"en": "Alert", "fr": "Alerte", "es": "Alerta", "ar": "إنذار", "ru": "Тревога", "zh-hans": "警报"}

    index, call = page(client, ROOM, language), page(client, f"{ROOM}calls/{CODE}/", language)
    tested = page(client, ROOM + "triggers/dry/", language)

    assert f"<h1>{heads[language]}</h1>" in index
    for text in (index, call):
        assert phases[language] in text
    if language != "en":
        for words in ("Rules in force", "Calls as they were made", "What was known", "False alarms", "at least"):
            assert words not in index + call + tested
    assert "It caught 5 of 6." in tested


def test_a_visitor_sees_what_was_issued_and_nothing_before(client: Client, alpha: Workspace) -> None:
    before = page(client, ROOM)
    assert client.get(f"{ROOM}calls/{CODE}/").status_code == 404
    keeper = signed_in(Client(), alpha)
    call = DroughtCall.objects.get()
    sent = keeper.post(f"{ROOM}calls/{CODE}/issue/", {"note": "Water first.", "expected": call.version})

    after = page(client, ROOM)
    feed = ElementTree.fromstring(client.get(ROOM + "feed.atom").content)

    assert sent.status_code == 302
    assert "There is no map yet" in before
    assert "atlas-settings" in after
    assert "Latest bulletin: \u20682021-08\u2069." in after
    [entry] = feed.findall(f"{ATOM}entry")
    assert entry.find(f"{ATOM}title").text == "Drought bulletin of Alpha, 2021-08"
    assert entry.find(f"{ATOM}link").attrib["href"] == f"http://testserver{ROOM}calls/{CODE}/bulletin/"
    assert "North: Alert" in entry.find(f"{ATOM}summary").text
    assert "Bring the monitor up to date" not in after


def test_the_bulletin_is_the_page_of_then_in_the_language_of_the_reader(client: Client, alpha: Workspace) -> None:
    signed_in(client, alpha)

    said = {each: client.get(f"{ROOM}calls/{CODE}/bulletin/?language={each}") for each in ("en", "fr", "ru", "../x")}

    assert [each.content.decode().split("<title>")[1][:2] for each in said.values()] == ["en", "fr", "en", "en"]
    assert "sandbox" in said["en"]["Content-Security-Policy"]
    assert client.get(f"{ROOM}calls/2021-09.r1/bulletin/").status_code == 404


def test_a_trigger_is_designed_adopted_and_retired_by_forms(client: Client, alpha: Workspace) -> None:
    signed_in(client, alpha)
    sent = client.post(ROOM + "triggers/new/", FORM)
    trigger = DroughtTrigger.objects.get()
    assert sent.status_code == 302, sent.content.decode()

    client.post(ROOM + "triggers/dry/adopt/", {"expected": trigger.version})
    adopted = DroughtTrigger.objects.get()
    stale = client.post(ROOM + "triggers/dry/retire/", {"expected": 1, "reason": "late"}, follow=True)
    shown = page(client, ROOM + "triggers/")
    client.post(ROOM + "triggers/dry/retire/", {"expected": adopted.version, "reason": "does not help"})

    assert adopted.standing == Standing.ADOPTED
    assert trigger.conditions == [{"indicator": "spi-3", "at_most": -1.2, "area_share": 0.3}]
    assert (trigger.months, trigger.most_false, trigger.least_known) == ([6, 7], 0.4, 0.6)
    assert "was saved by" in stale.content.decode()
    assert "SPI-3 at -1.20 or less on at least 30% of the land" in shown
    assert DroughtTrigger.objects.get().standing == Standing.RETIRED


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"indicator_1": "magic"}, "asks for magic"),
        ({"at_most_1": ""}, "Give a value of the index"),
        ({"area_share_1": "140"}, "100"),
        ({"hold": "3"}, "holds 3 of 1"),
        ({"budget_line": " "}, "required"),
        ({"code": "a b"}, "slug"),
    ],
)
def test_a_form_says_what_does_not_fit_and_keeps_what_was_typed(
    client: Client, alpha: Workspace, change: dict[str, str], why: str
) -> None:
    signed_in(client, alpha)

    answer = client.post(ROOM + "triggers/new/", FORM | change)

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "There is a problem" in text
    assert why in text
    assert 'value="committee"' in text
    assert not DroughtTrigger.objects.exists()


def test_the_back_test_shows_skill_intervals_baselines_and_years(client: Client, alpha: Workspace) -> None:
    signed_in(client, alpha)
    trigger = add_trigger(make_member(alpha), alpha, TRIGGER)
    job = Job.objects.create(
        workspace=alpha, kind="drought-test", options=options_of_test(trigger), status=Status.FINISHED, answer=ANSWER
    )

    lost = page(client, ROOM + "triggers/dry/")
    write_product(job, "backtest.en.json", json.dumps({"sentence": "It caught 5 of 6."}))
    text = page(client, ROOM + "triggers/dry/")

    assert "is not there any more" in lost
    assert "40% – 100%" in text
    assert "No threshold keeps the limit" in text
    assert text.count("<rect") >= 4
    assert "--months 3 --month 9 --area-share 0.2 --most-false 0.5" in text
    assert 'edit/?at_most=-1.35"' in text
    assert 'value="-1.35"' in page(client, ROOM + "triggers/dry/edit/?at_most=-1.35")
    rows = text[text.index("Calling at random") :]
    assert "–" in rows[: rows.index("</tr>")]


def test_a_reader_asks_confirms_by_a_button_and_leaves_with_one_click(client: Client, alpha: Workspace) -> None:
    sent = client.post(ROOM + "readers/", {"email": "amina@example.org"}, follow=True)
    link = next(word for word in mail.outbox[0].body.split() if "/bulletins/" in word)
    client.get(link)
    reading = Subscription.objects.get().is_reading
    confirmed = client.post(link).content.decode()
    strict = Client(enforce_csrf_checks=True)
    left = strict.post(link.replace("/confirm/", "/leave/"), {"List-Unsubscribe": "One-Click"})

    assert "amina" not in sent.content.decode()
    assert not reading
    assert "Confirmed" in confirmed
    assert "your address is forgotten" in left.content.decode()
    assert Subscription.objects.get().email == ""
    assert client.get("/bulletins/none/leave/").status_code == 404


def test_bringing_the_monitor_up_to_date_is_a_job(client: Client, alpha: Workspace) -> None:
    signed_in(client, alpha, Role.TECHNICIAN)

    wrong = client.post(ROOM + "watch/", {"as_of": "August"})
    sent = client.post(ROOM + "watch/", {"as_of": "2021-08"}, follow=True)

    assert "Write a month as 2021-08" in wrong.content.decode()
    assert Job.objects.get(status=Status.QUEUED).options == {"as_of": "2021-08"}
    assert "Drought monitor" in sent.content.decode()


def test_the_rangeland_page_shows_what_was_measured(client: Client, alpha: Workspace) -> None:
    signed_in(client, alpha, Role.TECHNICIAN)
    empty = page(client, "/w/alpha/rangeland/")
    client.post("/w/alpha/rangeland/", {"definition": "broad"})
    job = Job.objects.get(kind="rangeland")
    assert (job.status, job.options) == (Status.QUEUED, {"definition": "broad"})
    job.status, job.answer = Status.FINISHED, {"products": ["rangeland.en.json", "stocking.svg"]}
    job.save()
    cell = {"text": "47,185", "is_number": True}
    table = {"name": "stocking", "caption": "Herds against forage", "rows": [[{"text": "North"}, cell]],
             "heads": [{"text": "District"}, {"text": "Livestock units, TLU", "is_number": True}]}  # fmt: skip
    section = {"title": "Herds", "text": [], "charts": [{"title": "c", "alt": "c", "file": "stocking.svg"}]}
    said = {"sentence": "Between 37% and 76%.", "numbers": [], "sections": [section | {"tables": [table]}]}
    write_product(job, "rangeland.en.json", json.dumps(said | {"notes": ["no layer slope"], "method": ["1981–2023"]}))
    write_product(job, "stocking.svg", "<svg/>")

    text = page(client, "/w/alpha/rangeland/")

    assert "Nothing has been measured yet" in empty
    for words in ("Between 37% and 76%.", "Livestock units, TLU", "47,185", "no layer slope"):
        assert words in text
    assert client.get(f"/w/alpha/rangeland/files/{job.pk}/stocking.svg").status_code == 200
    assert client.get(f"/w/alpha/rangeland/files/{job.pk}/rangeland.en.json").status_code == 404


def test_programs_read_calls_and_write_triggers(client: Client, alpha: Workspace) -> None:
    signed_in(client, alpha)
    api = "/api/v1/workspaces/alpha/" if client.get("/api/v1/workspaces/alpha/drought-calls").status_code == 200 else (
        "/api/workspaces/alpha/"
    )  # fmt: skip

    calls = client.get(api + "drought-calls").json()
    made = client.post(api + "drought-triggers", json.dumps(TRIGGER), "application/json")
    bad = client.post(
        api + "drought-triggers",
        json.dumps(TRIGGER | {"code": "b", "conditions": [{"indicator": "magic", "at_most": -1}]}),
        "application/json",
    )

    assert calls["items"][0]["known"]["districts"][0]["phase"] == "ALERT"
    assert (made.status_code, made.json()["standing"]) == (201, "draft")
    assert (bad.status_code, "magic" in bad.json()["detail"]) == (422, True)
