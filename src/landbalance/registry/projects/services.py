"""Take projects in, change them, move their inputs, let the country's run say what is lost without them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from landbalance.core.errors import InputError, RuleError
from landbalance.io.project_changes import Changes, changed
from landbalance.io.project_file import ProjectFile
from landbalance.io.project_text import project_tree
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.jobs.models import Job
from landbalance.registry.jobs.services import ask_for_job
from landbalance.registry.projects.models import Project, ProjectScenario, Stage
from landbalance.registry.runs.models import Run
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

LOSS = "projects.loss"
MOST = {"line": 200, "driver": 30, "tranche": 60}
MOST_SCENARIOS = 50
LONGEST = {"id": 40, "title": 300}


@transaction.atomic
def add_project(actor: "User", workspace: Workspace, form: ProjectFile, *, stage: str = Stage.IDEA) -> Project:
    """Take a project in.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If its code is taken, it is of another country, or it is too large.
    """
    require(actor, "projects.edit", workspace)
    about = form.project
    _check_form(workspace, form)
    if Project._base_manager.filter(workspace=workspace, code=about.id).exists():
        raise InputError("there is already a project {code}", code=about.id, hint="choose another code")
    made = Project(workspace=workspace, code=about.id, stage=_stage(stage))
    return _saved(actor, made, form, "taken in", None)


@transaction.atomic
def change_project(
    actor: "User", project: Project, form: ProjectFile, *, reason: str = "", expected: int | None = None
) -> Project:
    """Change what is known of a project, keeping its history.

    Raises
    ------
    AccessError
        If the actor may not.
    RuleError
        If it has been agreed to.
    InputError
        If its code changes, it is of another country, or it is too large.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    require(actor, "projects.edit", project.workspace)
    project.check_open()
    if form.project.id != project.code:
        raise InputError(
            "the project is called {code}, the file says {id}", code=project.code, id=form.project.id,
            hint="keep its id, or take it in as a new project",
        )  # fmt: skip
    _check_form(project.workspace, form)
    return _saved(actor, project, form, reason, expected)


@transaction.atomic
def place_project(
    actor: "User", project: Project, *, stage: str, targets: Iterable[str], analyses: Iterable[str],
    expected: int | None = None,
) -> Project:  # fmt: skip
    """Say how far a project is, which targets it serves, and from which plans and scenarios of land it comes.

    Raises
    ------
    AccessError
        If the actor may not.
    ConflictError
        If somebody else has saved it meanwhile.
    InputError
        If there is no such stage.
    """
    require(actor, "projects.edit", project.workspace)
    old = project.stage
    project.stage = _stage(stage)
    project.targets, project.analyses = sorted(set(targets)), sorted(set(analyses))
    for job in Job.objects.filter(workspace=project.workspace, pk__in=project.analyses, is_kept=False):
        job.is_kept = True
        job.save(update_fields=("is_kept",))
    project.save_revision(by=actor, reason="" if old == stage else f"{old} > {stage}", expected=expected)
    record(actor, "projects.placed", project.code, workspace=project.workspace, stage=stage)
    return project


def ask_for_loss(actor: "User", project: Project, run: Run) -> Job:
    """Ask what share of good land is lost in a year, all going on as before, by a run of the country.

    Raises
    ------
    AccessError
        If the actor may not.
    """
    options = {"run": run.run_id, "project": str(project.pk), "version": project.version}
    return ask_for_job(actor, project.workspace, LOSS, options, title=project.title)


@transaction.atomic
def keep_loss(actor: "User", project: Project, share: float | None, *, run: str = "", years: str = "") -> Project:
    """Keep the yearly loss of the country's run with a project, or forget it.

    Raises
    ------
    AccessError
        If the actor may not.
    RuleError
        If the project has been agreed to.
    """
    require(actor, "projects.edit", project.workspace)
    project.check_open()
    project.loss, project.loss_run, project.loss_years = share, run, years
    project.save_revision(by=actor, reason=f"yearly loss of run {run}" if run else "without a run")
    record(actor, "projects.loss", project.code, workspace=project.workspace, run=run)
    return project


@transaction.atomic
def keep_scenario(actor: "User", project: Project, name: str, changes: Changes) -> ProjectScenario:
    """Keep a set of moved inputs; one of the same name gives way.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If it has no name, nothing is moved, or the project has no such input.
    RuleError
        If there are too many.
    """
    require(actor, "projects.edit", project.workspace)
    name = name.strip()[:120]
    if not name or changes.is_empty:
        raise InputError("a scenario needs a name and a moved input", hint="move a slider and say what it is called")
    changed(project.opened(), changes)
    rows = ProjectScenario.objects.in_workspace(project.workspace).filter(project=project, deleted_at=None)
    found = rows.filter(name=name).first()
    if found is None and rows.count() >= MOST_SCENARIOS:
        raise RuleError("a project holds at most {most} scenarios", most=MOST_SCENARIOS, hint="take one out")
    kept = found or ProjectScenario(workspace=project.workspace, project=project, name=name)
    kept.moved = changes.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    kept.save_revision(by=actor)
    record(actor, "projects.scenario", kept.pk, workspace=project.workspace, project=project.code)
    return kept


@transaction.atomic
def drop_scenario(actor: "User", scenario: ProjectScenario) -> None:
    """Take a scenario out; its history stays.

    Raises
    ------
    AccessError
        If the actor may not.
    """
    require(actor, "projects.edit", scenario.workspace)
    scenario.deleted_at = timezone.now()
    scenario.save_revision(by=actor, reason="removed")
    record(actor, "projects.scenario_removed", scenario.pk, workspace=scenario.workspace)


def _saved(actor: "User", project: Project, form: ProjectFile, reason: str, expected: int | None) -> Project:
    """Save the next version of a project, and note it."""
    project.title, project.data = form.project.title, project_tree(form)
    project.save_revision(by=actor, reason=reason, expected=expected)
    record(actor, "projects.saved", project.code, workspace=project.workspace, version=project.version)
    return project


def _check_form(workspace: Workspace, form: ProjectFile) -> None:
    """Refuse a project of another country, and one larger than any is."""
    about = form.project
    if workspace.kind != Workspace.Kind.COUNTRY:
        raise RuleError("{workspace} is no country: it has no projects of its own", workspace=workspace.title)
    if about.country != workspace.country:
        raise InputError(
            "the project is in {country}, the workspace of {other}", country=about.country, other=workspace.country,
            hint="take it into the workspace of its country",
        )  # fmt: skip
    for name, most in LONGEST.items():
        if not 0 < len(str(getattr(about, name))) <= most:
            raise InputError("{name} has more than {most} letters, or none", name=name, most=most)
    for name, most in MOST.items():
        if len(getattr(form, name)) > most:
            raise InputError("a project has at most {most} tables [[{name}]]", most=most, name=name)


def _stage(name: str) -> str:
    """Return a stage.

    Raises
    ------
    InputError
        If there is none such.
    """
    if name not in Stage.values:
        raise InputError("{name} is no stage", name=name, hint="use one of {known}", known=", ".join(Stage.values))
    return name
