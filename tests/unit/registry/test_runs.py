"""Runs in the queue: who takes them, what happens when a worker or its child dies, who sees what came out."""

import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from pytest_django import Settings

from country import first_run, settle
from landbalance.core.errors import AccessError, InputError, NotFoundError, RuleError
from landbalance.registry import leases
from landbalance.registry.leases import Status, beat, claim
from landbalance.registry.runs import services, worker
from landbalance.registry.runs.comparison import compare
from landbalance.registry.runs.models import Run
from landbalance.registry.runs.queries import find_run, finished_of, runs_of
from landbalance.registry.workspaces.models import Role, Workspace
from people import make_country, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def country(assessed_demo: Path, tmp_path: Path, settings: Settings) -> Workspace:
    return settle(assessed_demo, tmp_path, settings)


def ask(workspace: Workspace, role: str = Role.TECHNICIAN, **fields: object) -> Run:
    return services.ask_for_run(make_member(workspace, role), workspace, **fields)  # type: ignore[arg-type]


def play(run: Run, script: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Let a worker do one try with a child that runs a script instead."""
    monkeypatch.setattr(worker, "CHILD", (sys.executable, "-c", script))
    monkeypatch.setattr(worker, "find_culprit", lambda home: "")
    worker.work(threading.Event(), once=True)
    run.refresh_from_db()
    return run


ABORT = "import os; os.abort()"
ANSWER = "import sys, pathlib; pathlib.Path(sys.argv[1]).with_name('answer.json').write_text('{answer}')"


def test_the_oldest_run_is_taken_first_and_one_of_a_country_at_a_time() -> None:
    here, there = make_country("a"), make_country("b")
    first, second, other = ask(here), ask(here), ask(there)

    taken = [claim(Run, "w1"), claim(Run, "w2"), claim(Run, "w3")]

    assert [each.pk if each else None for each in taken] == [first.pk, other.pk, None]
    assert second.status == Status.QUEUED


def test_a_lost_run_is_taken_up_when_its_lease_ends() -> None:
    run = ask(make_country("a"))
    claim(Run, "w1")

    assert claim(Run, "w2") is None
    lost = Run.objects.get(pk=run.pk)
    lost.lease_until = timezone.now() - timedelta(seconds=1)
    lost.save()

    found = claim(Run, "w2")
    assert found is not None
    assert (found.worker, found.tries) == ("w2", 1)


def test_a_lease_ends_within_thirty_seconds_and_is_held_by_a_beat() -> None:
    run = ask(make_country("a"))
    held = claim(Run, "w1")
    assert held is not None

    assert beat(held, {"done": 1})
    run.refresh_from_db()

    assert run.progress == {"done": 1}
    assert run.lease_until is not None
    assert run.lease_until <= timezone.now() + timedelta(seconds=30)
    assert leases.BEAT_SECONDS <= 5


def test_what_a_dead_worker_of_this_machine_held_is_free_at_once() -> None:
    run = ask(make_country("a"))
    claim(Run, "here:999999999:x")

    leases.free_of_the_dead(Run, "here")

    run.refresh_from_db()
    assert run.lease_until is not None
    assert run.lease_until <= timezone.now()


def test_a_beat_fails_once_another_has_the_run_or_it_is_cancelled() -> None:
    country = make_country("a")
    run = ask(country)
    held = claim(Run, "w1")
    assert held is not None

    services.cancel_run(make_member(country, Role.TECHNICIAN), run)

    assert not beat(held, {})
    assert not leases.is_wanted(held)


def test_a_child_that_aborts_three_times_fails_the_run(country: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ask(country)

    run = play(run, ABORT, monkeypatch)

    assert run.status == Status.FAILED
    assert run.tries == 3
    assert "ended by itself 3 times (SIGABRT)" in str(run.fault())


def test_the_file_that_kills_its_reader_is_named(country: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:  # F18
    run = ask(country)
    monkeypatch.setattr(worker, "CHILD", (sys.executable, "-c", ABORT))
    probe = f"print('x/good.tif'); print('x/poison.tif', flush=True); {ABORT}"
    monkeypatch.setattr(worker, "PROBE", (sys.executable, "-c", probe))

    worker.work(threading.Event(), once=True)

    run.refresh_from_db()
    assert "poison.tif breaks its reader: the run was tried 3 times" in str(run.fault())


def test_a_healthy_country_has_no_such_file(country: Workspace) -> None:
    assert worker.find_culprit(ask(country).home) == ""


def test_other_runs_go_on_beside_a_poisoned_one(
    country: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings
) -> None:
    bad = ask(country)
    good = ask(settle(Path(tmp_path, "workspaces", "demo"), tmp_path, settings, slug="other"))
    script = f"import sys\nif '{bad.pk}' in sys.argv[1]:\n  {ABORT}\n" + ANSWER.format(
        answer='{"findings": [], "estimate": {}}'
    )

    play(bad, script, monkeypatch)

    good.refresh_from_db()
    assert (bad.status, good.status) == (Status.FAILED, Status.READY)


def test_an_input_error_fails_the_run_at_once_with_its_line(
    country: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = '{"error": {"template": "{path} is empty", "hint": "", "fields": {"path": "a.tif"}}}'

    run = play(ask(country), ANSWER.format(answer=answer), monkeypatch)

    assert (run.status, run.tries, str(run.fault())) == (Status.FAILED, 1, "a.tif is empty")


def test_a_country_held_by_somebody_else_is_waited_for(country: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = '{"error": {"template": "busy", "hint": "", "fields": {}}, "is_busy": true}'

    run = play(ask(country), ANSWER.format(answer=answer), monkeypatch)

    assert (run.status, run.tries) == (Status.QUEUED, 0)
    assert run.not_before is not None


def test_a_run_is_cancelled_within_five_seconds_and_leaves_nothing(
    country: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:  # F19
    run = ask(country)
    part = run.home / "runs" / ".new.part"
    script = f"import pathlib, time; pathlib.Path({str(part)!r}).mkdir(); time.sleep(60)"
    monkeypatch.setattr(worker, "CHILD", (sys.executable, "-c", script))
    begun: list[float] = []

    def cancel_once_it_runs(work: Run) -> bool:
        if part.exists() and not begun:
            begun.append(time.monotonic())
            services.cancel_run(make_member(country, Role.TECHNICIAN), work)
        return leases.is_wanted(work)

    monkeypatch.setattr(worker, "is_wanted", cancel_once_it_runs)
    worker.work(threading.Event(), once=True)

    run.refresh_from_db()
    assert run.status == Status.CANCELLED
    assert time.monotonic() - begun[0] < 5
    assert not part.exists()


def test_cancelling_leaves_what_others_have_interrupted(country: Workspace) -> None:
    run = ask(country)
    other = run.home / "runs" / ".other.part"
    other.mkdir()
    run.started_at = timezone.now() + timedelta(seconds=1)

    run.leave_nothing()

    assert other.exists()


def test_runs_of_the_command_line_are_known_once(country: Workspace) -> None:
    run = first_run(country)

    assert services.index_runs(country) == []
    assert run.has_result
    assert run.result.manifest.run_id == run.run_id


def test_a_run_is_prepared_then_computed(country: Workspace) -> None:
    earlier = first_run(country)
    run = ask(country, profile="te-compat", starts_itself=True)

    worker.work(threading.Event(), once=True)

    run.refresh_from_db()
    assert run.status == Status.FINISHED, run.fault()
    assert run.has_result
    assert run.run_id != earlier.run_id
    assert run.estimate["fits"]
    assert {finding["subject"] for finding in run.findings} >= {"boundary", "land_cover", "soc"}
    assert any(
        "profile" in change.what.lower() or change.a != change.b
        for change in compare(earlier.result, run.result).changes
    )
    assert any(line.difference for line in compare(earlier.result, run.result).lines)


def test_a_run_without_a_change_is_the_earlier_one(country: Workspace) -> None:
    earlier = first_run(country)
    member = make_member(country, Role.TECHNICIAN)
    run = services.ask_for_run(member, country)
    with pytest.MonkeyPatch.context() as patch:
        run = play(run, ANSWER.format(answer='{"findings": [], "estimate": {}}'), patch)
    assert run.status == Status.READY

    services.start_run(member, run)
    worker.work(threading.Event(), once=True)

    run.refresh_from_db()
    assert (run.run_id, run.is_new) == (earlier.run_id, False)
    assert len(finished_of(member, country)) == 1


def test_comparing_a_run_with_itself_shows_no_difference(country: Workspace) -> None:
    run = first_run(country).result

    same = compare(run, run)

    assert same.changes == ()
    assert {line.difference for line in same.lines if line.a is not None} == {0.0}


def test_a_finished_run_cannot_be_started_again(country: Workspace) -> None:
    run = first_run(country)

    with pytest.raises(RuleError, match="finished"):
        services.start_run(make_member(country, Role.TECHNICIAN), run)


@pytest.mark.parametrize("role", [Role.CIVIL_SOCIETY, Role.PUBLIC, Role.FINANCE])
def test_some_roles_start_no_runs(role: str) -> None:
    with pytest.raises(AccessError):
        ask(make_country("a"), role)


def test_a_profile_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="no profile is called x"):
        ask(make_country("a"), profile="x")


def test_readers_see_shown_runs_only(country: Workspace) -> None:
    country.is_public = True
    country.save()
    run = first_run(country)
    reader, visitor = make_member(country, Role.PUBLIC), AnonymousUser()

    assert [runs_of(each, country).count() for each in (reader, visitor)] == [0, 0]
    services.show_run(make_member(country), run, is_shown=True)

    assert [runs_of(each, country).count() for each in (reader, visitor)] == [1, 1]


def test_a_run_of_another_country_is_not_found(country: Workspace) -> None:
    run, other = first_run(country), make_country("other")

    with pytest.raises(NotFoundError):
        find_run(make_member(other), other, run.pk)


@pytest.mark.parametrize("pk", ["x", "..%2f", "00000000-0000-0000-0000-000000000000"])
def test_a_run_that_is_none_is_not_found(pk: str) -> None:
    country = make_country("a")

    with pytest.raises(NotFoundError):
        find_run(make_member(country), country, pk)
