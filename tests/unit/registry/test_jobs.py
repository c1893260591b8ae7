"""Jobs in the queue: asked for once, done by a worker, seen by who may."""

import threading
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from pytest_django import Settings

from country import first_run, settle
from landbalance.core.errors import AccessError, InputError, NotFoundError, RuleError
from landbalance.engine.child import function_of
from landbalance.registry.jobs import services
from landbalance.registry.jobs.kinds import KINDS
from landbalance.registry.jobs.models import Job
from landbalance.registry.jobs.queries import find_job, jobs_of, latest_job
from landbalance.registry.leases import Status
from landbalance.registry.runs import worker
from landbalance.registry.workspaces.models import Role, Workspace
from people import make_country, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def country(assessed_demo: Path, tmp_path: Path, settings: Settings) -> Workspace:
    return settle(assessed_demo, tmp_path, settings)


def ask(workspace: Workspace, role: str = Role.TECHNICIAN, run: str = "r", **fields: object) -> Job:
    member = make_member(workspace, role)
    return services.ask_for_job(member, workspace, "balance", {"run": run}, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_the_function_of_every_kind_is_there(kind: str) -> None:
    assert callable(function_of(KINDS[kind].does))


@pytest.mark.parametrize("name", ["os:system", "landbalance.engine.analyses:none", "landbalance.nowhere:f", "x"])
def test_a_task_names_functions_of_ours_only(name: str) -> None:
    with pytest.raises(InputError, match=name):
        function_of(name)


def test_a_worker_answers_a_question_with_figures_and_files(country: Workspace) -> None:
    job = ask(country, run=first_run(country).run_id)

    worker.work(threading.Event(), once=True)

    job.refresh_from_db()
    assert job.status == Status.FINISHED, job.error
    assert job.answer["net_km2"] == pytest.approx(job.answer["gains_km2"] - job.answer["losses_km2"])
    assert {"balance.html", "balance.xlsx", "gains_losses.tif"} <= set(job.products)
    assert all((job.out / name).is_file() for name in job.products)


def test_the_same_question_is_answered_once() -> None:
    here = make_country("a")

    first, second, other = ask(here), ask(here), ask(here, run="another")

    assert first.pk == second.pk
    assert other.pk != first.pk
    assert ask(here, is_anew=True).pk != first.pk


def test_a_question_about_a_run_that_is_none_fails_with_its_line(country: Workspace) -> None:
    job = ask(country, run="none")

    worker.work(threading.Event(), once=True)

    job.refresh_from_db()
    assert job.status == Status.FAILED
    assert "none" in str(job.fault())
    assert not job.out.exists()


def test_a_job_that_failed_can_be_tried_again_and_one_that_waits_cannot() -> None:
    job = ask(make_country("a"))
    keeper = make_member(job.workspace, Role.FOCAL_POINT)
    with pytest.raises(RuleError, match="queued"):
        services.try_again(keeper, job)
    Job.objects.update(status=Status.FAILED, tries=3, error={"template": "x", "hint": "", "fields": {}})

    again = services.try_again(keeper, job)

    assert (again.status, again.tries, again.fault()) == (Status.QUEUED, 0, None)


def test_a_job_that_waits_is_ended_at_once() -> None:
    job = ask(make_country("a"))

    services.cancel_job(make_member(job.workspace, Role.FOCAL_POINT), job)

    job.refresh_from_db()
    assert job.status == Status.CANCELLED


def test_old_answers_go_and_kept_ones_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    here = make_country("a")
    monkeypatch.setattr(services, "MOST_FINISHED", 1)
    for number in range(3):
        job = ask(here, run=str(number))
        Job.objects.filter(pk=job.pk).update(status=Status.FINISHED, is_kept=number == 0)
        job.refresh_from_db()
        job.end(Status.FINISHED)
        job.save()

    ask(here, run="new")

    assert [each.options["run"] for each in Job.objects.all()] == ["new", "2", "0"]


@pytest.mark.parametrize("role", [Role.CIVIL_SOCIETY, Role.PUBLIC])
def test_some_roles_ask_for_no_analyses(role: str) -> None:
    with pytest.raises(AccessError):
        ask(make_country("a"), role)


def test_strangers_see_no_job() -> None:
    job = ask(make_country("a"))
    stranger = make_member(make_country("b"), Role.FOCAL_POINT)

    assert not jobs_of(stranger, job.workspace)
    assert latest_job(AnonymousUser(), job.workspace) is None
    for pk in (job.pk, "none"):
        with pytest.raises(NotFoundError):
            find_job(stranger, job.workspace, pk)
