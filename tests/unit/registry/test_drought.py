"""Triggers, calls and readers of bulletins: use cases on a real database, mail to a real server."""

import json
import logging
import socketserver
import threading
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_string
from pathlib import Path

import pytest
from django.core import mail
from django.urls import reverse
from pytest_django import Settings

from landbalance.core.errors import AccessError, InputError, NotFoundError, RuleError, SourceError
from landbalance.core.progress import NoProgress
from landbalance.engine.drought.monitor import trigger_rules
from landbalance.io.workspace import load_workspace
from landbalance.planning.triggers.rule import default_rules
from landbalance.registry.audit.models import AuditEvent
from landbalance.registry.drought import mail as readers
from landbalance.registry.drought.models import Delivery, DroughtCall, DroughtTrigger, Standing, Subscription
from landbalance.registry.drought.queries import calls_of, find_atlas, issued_of, triggers_of
from landbalance.registry.drought.services import (
    add_trigger,
    adopt_trigger,
    ask_for_test,
    ask_for_watch,
    change_trigger,
    index_calls,
    issue_call,
    retire_trigger,
    write_defaults,
)
from landbalance.registry.export import export_all
from landbalance.registry.jobs.models import Job
from landbalance.registry.leases import Status
from landbalance.registry.records import ConflictError
from landbalance.registry.workspaces.models import Role, Workspace
from landbalance.registry.workspaces.services import folder_of
from people import make_country, make_member, make_person
from rooms.drought import CODE, TRIGGER, write_call, write_maps
from rooms.runs import write_country

pytestmark = pytest.mark.django_db
SITE = "https://example.org/"


@pytest.fixture
def alpha(tmp_path: Path, settings: Settings) -> Workspace:
    """Return a public country with a folder."""
    settings.INSTALLATION = replace(settings.INSTALLATION, path=tmp_path)
    country = make_country("alpha", is_public=True)
    write_country(folder_of(country, settings.INSTALLATION))
    return country


def rules_of(workspace: Workspace, settings: Settings) -> list[str]:
    """Return the ids of the rules that the command line would use."""
    rules, _ = trigger_rules(load_workspace(folder_of(workspace, settings.INSTALLATION)), None)
    return [rule.id for rule in rules]


def test_an_adopted_trigger_is_a_rule_of_the_command_line_too(alpha: Workspace, settings: Settings) -> None:
    keeper = make_member(alpha)
    trigger = add_trigger(make_member(alpha, Role.TECHNICIAN), alpha, TRIGGER | {"action": 'say "dry"\nand act'})
    before = rules_of(alpha, settings)

    adopt_trigger(keeper, trigger)

    file = folder_of(alpha, settings.INSTALLATION) / "drought_triggers.toml"
    [row] = tomllib.loads(file.read_text(encoding="utf-8"))["rule"]
    assert before == ["watch", "warning", "alert"]
    assert rules_of(alpha, settings) == ["dry"]
    assert (row["action"], row["budget_line"], row["approved_by"]) == ('say "dry"\nand act', "12.3", str(keeper))


def test_rules_a_person_wrote_by_hand_stay_beside_the_adopted_ones(alpha: Workspace, settings: Settings) -> None:
    keeper, home = make_member(alpha), folder_of(alpha, settings.INSTALLATION)
    rule = '[[rule]]\nid = "own"\nname = "Own"\nphase = "watch"\nany = [{ indicator = "spi-1", at_most = -2.0 }]\n'
    (home / "drought_triggers.toml").write_text(rule + 'action = "a"\nbody = "b"\nbudget_line = "c"\n')

    trigger = adopt_trigger(keeper, add_trigger(keeper, alpha, TRIGGER))
    both = rules_of(alpha, settings)
    retire_trigger(keeper, trigger, reason="does not help")

    assert both == ["own", "dry"]
    assert rules_of(alpha, settings) == ["own"]


def test_a_changed_trigger_is_out_of_force_until_adopted_anew(alpha: Workspace, settings: Settings) -> None:
    keeper = make_member(alpha)
    trigger = adopt_trigger(keeper, add_trigger(keeper, alpha, TRIGGER))

    change_trigger(keeper, trigger, {"budget_line": "99"}, reason="new budget")

    assert DroughtTrigger.objects.get().standing == Standing.DRAFT
    assert rules_of(alpha, settings) == ["watch", "warning", "alert"]
    assert [row.history_change_reason for row in trigger.history.order_by("history_id")] == [
        "written", "adopted", "new budget",
    ]  # fmt: skip


def test_the_default_rules_can_be_taken_over_and_keep_their_sense(alpha: Workspace, settings: Settings) -> None:
    keeper = make_member(alpha)
    made = write_defaults(keeper, alpha)
    again = write_defaults(keeper, alpha)

    with pytest.raises(InputError, match="needs watch"):
        adopt_trigger(keeper, DroughtTrigger.objects.get(code="warning"))
    for code in ("watch", "warning", "alert"):
        adopt_trigger(keeper, DroughtTrigger.objects.get(code=code))

    rules, _ = trigger_rules(load_workspace(folder_of(alpha, settings.INSTALLATION)), None)
    ours, default = (
        {rule.id: (rule.any, rule.needs, rule.phase) for rule in each} for each in (rules, default_rules())
    )
    assert (len(made), again) == (3, [])
    assert ours == default


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"conditions": []}, "has no condition"),
        ({"conditions": [{"indicator": "magic", "at_most": -1.0}]}, "asks for magic"),
        ({"conditions": [{"indicator": "spi-3", "at_most": -9.0}]}, "at most -9.0"),
        ({"conditions": [{"indicator": "spi-3", "at_most": -1.0, "area_share": 2.0}]}, "area share 2.0"),
        ({"hold": 3, "within": 2}, "holds 3 of 2"),
        ({"body": " "}, "has no body"),
        ({"phase": "emergency"}, "calls emergency"),
        ({"magic": 1}, "magic is no field"),
    ],
)
def test_what_makes_no_rule_is_refused_in_one_line(alpha: Workspace, change: dict[str, object], why: str) -> None:
    with pytest.raises(InputError, match=why):
        add_trigger(make_member(alpha), alpha, TRIGGER | change)

    assert not DroughtTrigger.objects.exists()


def test_who_may_do_what(alpha: Workspace) -> None:
    technician, reader = make_member(alpha, Role.TECHNICIAN), make_member(alpha, Role.PUBLIC)
    trigger = add_trigger(technician, alpha, TRIGGER)
    write_call(alpha)

    for act in (
        lambda: adopt_trigger(technician, trigger),
        lambda: add_trigger(reader, alpha, TRIGGER | {"code": "b"}),
        lambda: ask_for_watch(reader, alpha),
        lambda: issue_call(technician, DroughtCall.objects.get(), site=SITE),
    ):
        with pytest.raises(AccessError):
            act()
    assert list(triggers_of(make_person(), alpha)) == []


def test_two_people_do_not_overwrite_each_other(alpha: Workspace) -> None:
    keeper = make_member(alpha)
    add_trigger(keeper, alpha, TRIGGER)
    mine, theirs = DroughtTrigger.objects.get(), DroughtTrigger.objects.get()
    change_trigger(keeper, theirs, {"name": "Theirs"})

    with pytest.raises(ConflictError):
        change_trigger(keeper, mine, {"name": "Mine"})


def test_the_same_question_on_its_way_is_one_job_and_a_finished_one_is_asked_anew(alpha: Workspace) -> None:
    keeper = make_member(alpha)
    trigger = add_trigger(keeper, alpha, TRIGGER)
    first, second = ask_for_test(keeper, trigger), ask_for_test(keeper, trigger)
    first.status = Status.FINISHED
    first.save()

    third = ask_for_test(keeper, trigger)

    assert first.pk == second.pk != third.pk
    assert first.options == {
        "trigger": "dry", "kind": "spi", "months": 3, "month": 9, "area_share": 0.2, "most_false": 0.5,
        "resamples": 200,
    }  # fmt: skip


def test_calls_are_taken_in_once_and_kept_as_they_were(alpha: Workspace, settings: Settings) -> None:
    write_call(alpha)
    later = [{"district": "North", "phase": "WATCH", "readings": {}}]
    write_call(alpha, "2021-08.r2", districts=later)
    place = folder_of(alpha, settings.INSTALLATION) / "drought" / "calls"
    (place / "2021-09.r1.json").write_text("{broken")
    (place / "other.json").write_text((place / f"{CODE}.json").read_text())

    again = index_calls(alpha)

    first, second = DroughtCall.objects.order_by("revision")
    assert again == []
    assert first.phases == {"North": "alert", "South": "no_call"}
    assert second.phases == {"North": "watch"}


def test_only_issued_calls_and_their_maps_are_for_everybody(alpha: Workspace) -> None:
    keeper, visitor = make_member(alpha), make_member(alpha, Role.PUBLIC)
    write_call(alpha)
    write_call(alpha, "2021-09.r1")
    job = write_maps(alpha)
    write_maps(alpha, "2021-09.r1")
    with pytest.raises(NotFoundError):
        find_atlas(visitor, alpha)

    issue_call(keeper, DroughtCall.objects.get(code=CODE), note="Water first.", site=SITE)

    assert [each.code for each in calls_of(visitor, alpha)] == [CODE]
    assert [each.code for each in issued_of(visitor, alpha)] == [CODE]
    assert find_atlas(visitor, alpha)[0] == job
    assert calls_of(keeper, alpha).count() == 2
    job.refresh_from_db()
    assert job.is_kept
    assert Job.objects.get(kind="drought-mail").options["site"] == SITE


def test_a_call_without_a_bulletin_and_one_that_is_out_are_not_issued(alpha: Workspace, settings: Settings) -> None:
    keeper = make_member(alpha)
    write_call(alpha)
    call = issue_call(keeper, DroughtCall.objects.get(), site=SITE)
    with pytest.raises(RuleError, match="issued already"):
        issue_call(keeper, call, site=SITE)

    write_call(alpha, "2021-09.r1")
    bare = DroughtCall.objects.get(code="2021-09.r1")
    for path in (folder_of(alpha, settings.INSTALLATION) / "drought/bulletins/2021-09.r1").iterdir():
        path.unlink()
    with pytest.raises(RuleError, match="no bulletin"):
        issue_call(keeper, bare, site=SITE)


def reader_of(workspace: Workspace, address: str = "Amina@Example.org ", language: str = "fr") -> Subscription:
    """Let somebody ask for the bulletins and confirm."""
    readers.subscribe(workspace, address, language=language, site=SITE)
    key = mail.outbox[-1].body.split("/bulletins/")[1].split("/")[0]
    return readers.confirm(key)


def test_a_reader_confirms_gets_each_call_once_and_is_forgotten(
    alpha: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    reader_of(alpha)
    reader_of(alpha, "li@example.org", "zh-hans")
    readers.subscribe(alpha, "never@example.org", language="en", site=SITE)
    write_call(alpha)
    call = issue_call(make_member(alpha), DroughtCall.objects.get(), note="Water first.", site=SITE)
    mail.outbox.clear()
    task = {"options": {"call": str(call.pk), "site": SITE}}

    first = readers.send_bulletins(task, NoProgress())
    second = readers.send_bulletins(task, NoProgress())

    assert (first["sent"], second["sent"]) == (2, 0)
    french, chinese = sorted(mail.outbox, key=lambda each: each.to)
    assert french.to == ["amina@example.org"]
    assert "One of two districts (fr)." in french.body
    assert "Water first." in french.body
    assert "- North: Alerte" in french.body
    assert SITE + "w/alpha/drought/calls/2021-08.r1/bulletin/" in french.body
    assert "警报" in chinese.body
    assert french.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    link = french.extra_headers["List-Unsubscribe"].strip("<>")
    assert link in french.body
    left = readers.leave(link.removeprefix(SITE).split("/")[1])

    assert left.email == ""
    assert not left.is_reading
    acts = " ".join(f"{each.subject} {each.detail}" for each in AuditEvent.objects.all())
    for said in (caplog.text, acts):
        assert "amina" not in said.lower()
        assert "never@" not in said


def test_asking_again_says_nothing_and_sends_no_second_link_at_once(alpha: Workspace) -> None:
    reader_of(alpha)
    readers.subscribe(alpha, "b@example.org", language="en", site=SITE)
    mail.outbox.clear()

    readers.subscribe(alpha, "amina@example.org", language="en", site=SITE)
    readers.subscribe(alpha, "b@example.org", language="en", site=SITE)

    assert mail.outbox == []
    assert Subscription.objects.count() == 2


def test_keys_that_are_none_lead_nowhere(alpha: Workspace) -> None:
    reader = reader_of(alpha)
    key = readers.key_of(reader)

    for wrong in ("none", key[:-1] + ("a" if key[-1] != "a" else "b"), ""):
        with pytest.raises(NotFoundError):
            readers.leave(wrong)
    readers.leave(key)
    with pytest.raises(NotFoundError):
        readers.confirm(key)


def test_wrong_addresses_and_an_installation_without_mail_are_told(alpha: Workspace, settings: Settings) -> None:
    with pytest.raises(InputError, match="no e-mail address"):
        readers.subscribe(alpha, "nobody", language="en", site=SITE)
    settings.EMAIL_BACKEND = readers.NO_MAIL

    with pytest.raises(RuleError, match="sends no mail"):
        readers.subscribe(alpha, "a@example.org", language="en", site=SITE)


@dataclass
class Post:
    """A mail server on 127.0.0.1: what it took, and whom it refuses."""

    port: int = 0
    took: list[str] = field(default_factory=list)
    refused: str = ""


class _Talk(socketserver.StreamRequestHandler):
    """The little of SMTP that a sender asks for."""

    def handle(self) -> None:
        post: Post = self.server.post
        self.wfile.write(b"220 post\r\n")
        while line := self.rfile.readline().decode().strip():
            word = line.upper()
            if word.startswith("RCPT") and post.refused and post.refused in line:
                self.wfile.write(b"550 nobody here\r\n")
            elif word == "DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    lines.append(text)
                post.took.append("\n".join(lines))
                self.wfile.write(b"250 taken\r\n")
            elif word == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 well\r\n")


@pytest.fixture
def post(settings: Settings) -> Iterator[Post]:
    """Run a mail server that the platform sends to."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.daemon_threads = True
        server.post = found = Post(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", found.port, False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield found
        server.shutdown()
        thread.join(5)


def test_bulletins_reach_a_real_mail_server_and_a_refused_address_stops_nobody(
    alpha: Workspace, settings: Settings, post: Post
) -> None:
    for name in ("a", "gone", "z"):
        Subscription.objects.create(workspace=alpha, email=f"{name}@example.org", confirmed_at="2026-01-01T00:00Z")
    write_call(alpha)
    call = issue_call(make_member(alpha), DroughtCall.objects.get(), site=SITE)
    post.refused = "gone@"

    told = readers.send_bulletins({"options": {"call": str(call.pk), "site": SITE}}, NoProgress())

    assert (told["sent"], told["refused"]) == (2, 1)
    assert len(post.took) == 2
    links = [message_from_string(text)["List-Unsubscribe"].split()[-1] for text in post.took]
    assert all(link.startswith("<https://example.org/bulletins/") for link in links)


def test_sending_that_stops_goes_on_where_it_stopped(alpha: Workspace, settings: Settings, post: Post) -> None:
    for name in ("a", "b"):
        Subscription.objects.create(workspace=alpha, email=f"{name}@example.org", confirmed_at="2026-01-01T00:00Z")
    write_call(alpha)
    call = issue_call(make_member(alpha), DroughtCall.objects.get(), site=SITE)
    Delivery.objects.create(call=call, subscription=Subscription.objects.get(email="a@example.org"))
    task = {"options": {"call": str(call.pk), "site": SITE}}
    settings.EMAIL_PORT = 1
    with pytest.raises(SourceError):
        readers.send_bulletins(task, NoProgress())
    settings.EMAIL_PORT = post.port

    told = readers.send_bulletins(task, NoProgress())

    assert told["sent"] == 1
    assert "To: b@example.org" in post.took[0]


def test_the_export_has_triggers_calls_and_readers(alpha: Workspace) -> None:
    keeper = make_member(alpha)
    adopt_trigger(keeper, add_trigger(keeper, alpha, TRIGGER))
    write_call(alpha)
    reader_of(alpha)

    with export_all(keeper, alpha) as file, zipfile.ZipFile(file) as archive:
        triggers = json.loads(archive.read("drought-droughttrigger.json"))
        calls = json.loads(archive.read("drought-droughtcall.json"))
        listed = archive.read("drought-readers.csv").decode()
    with export_all(make_member(alpha, Role.TECHNICIAN), alpha) as file, zipfile.ZipFile(file) as archive:
        hidden = archive.read("drought-readers.csv").decode()

    assert [each["reason"] for each in triggers[0]["history"]] == ["written", "adopted"]
    assert calls[0]["known"]["districts"][0]["phase"] == "ALERT"
    assert "amina@example.org" in listed
    assert "amina" not in hidden
    assert "fr" in hidden


def test_links_in_mail_name_nobody(alpha: Workspace) -> None:
    reader = reader_of(alpha)

    assert "amina" not in reverse("drought:leave", args=[readers.key_of(reader)])
