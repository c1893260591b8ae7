"""Write scenarios down, and ask for the balance, a plan, or what a scenario brings."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction

from landbalance.core.errors import InputError, RuleError
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.jobs.models import Job
from landbalance.registry.jobs.services import ask_for_job
from landbalance.registry.records import AGREED, WorkspaceRecord
from landbalance.registry.runs.models import Run
from landbalance.registry.scenarios.models import Scenario, ScenarioArea
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

FIELDS = ("name", "text", "target_year")


@transaction.atomic
def add_scenario(actor: "User", workspace: Workspace, values: Mapping[str, Any]) -> Scenario:
    """Begin a scenario, without areas yet.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If it has no name.
    """
    require(actor, "balance.plan", workspace)
    made = Scenario(workspace=workspace)
    _set(made, values)
    made.save_revision(by=actor, reason="begun")
    record(actor, "scenarios.added", made.pk, workspace=workspace)
    return made


@transaction.atomic
def change_scenario(
    actor: "User", scenario: Scenario, values: Mapping[str, Any], *, expected: int | None = None
) -> Scenario:
    """Change name, text and target year of a scenario.

    Raises
    ------
    AccessError
        If the actor may not.
    ConflictError
        If somebody else has saved it meanwhile.
    RuleError
        If it has been agreed to.
    InputError
        If it has no name.
    """
    require(actor, "balance.plan", scenario.workspace)
    check_open(scenario)
    _set(scenario, values)
    scenario.save_revision(by=actor, expected=expected)
    record(actor, "scenarios.changed", scenario.pk, workspace=scenario.workspace)
    return scenario


@transaction.atomic
def put_area(actor: "User", scenario: Scenario, area: ScenarioArea, *, expected: int | None = None) -> Scenario:
    """Draw an area into a scenario, or draw one anew.

    Raises
    ------
    AccessError
        If the actor may not.
    ConflictError
        If somebody else has saved it meanwhile.
    RuleError
        If it has been agreed to.
    InputError
        If the years are out of order, or there are too many areas.
    """
    require(actor, "balance.plan", scenario.workspace)
    check_open(scenario)
    scenario.put_area(area)
    scenario.save_revision(by=actor, reason=f"area {area.action.id}", expected=expected)
    record(actor, "scenarios.drawn", scenario.pk, workspace=scenario.workspace, area=area.action.id)
    return scenario


@transaction.atomic
def drop_area(actor: "User", scenario: Scenario, name: str, *, expected: int | None = None) -> Scenario:
    """Take an area out of a scenario.

    Raises
    ------
    AccessError
        If the actor may not.
    ConflictError
        If somebody else has saved it meanwhile.
    RuleError
        If it has been agreed to.
    NotFoundError
        If it has none such.
    """
    require(actor, "balance.plan", scenario.workspace)
    check_open(scenario)
    scenario.drop_area(name)
    scenario.save_revision(by=actor, reason=f"without area {name}", expected=expected)
    record(actor, "scenarios.dropped", scenario.pk, workspace=scenario.workspace, area=name)
    return scenario


def check_open(record_: WorkspaceRecord) -> None:
    """Refuse to change what has been agreed to.

    Raises
    ------
    RuleError
        If it is approved or submitted.
    """
    if record_.state in AGREED:
        raise RuleError("{record} is {state}", record=str(record_), state=record_.state, hint="send it back first")


def ask_for_balance(
    actor: "User", run: Run, *, target_year: int, domain: str = "", types: str = "", language: str = "en"
) -> Job:
    """Ask for the balance of a run, with hierarchy, hotspots and business as usual.

    Raises
    ------
    AccessError
        If the actor may not.
    """
    options = {"run": run.run_id, "to": target_year, "domain": domain, "language": language}
    options |= {"types": types} if types else {}
    return ask_for_job(actor, run.workspace, "balance", options)


def ask_for_plan(
    actor: "User", run: Run, question: Mapping[str, Any], *, title: str = "", domain: str = "", language: str = "en"
) -> Job:
    """Ask the planner; `question` as `engine.analyses.question_of` takes it.

    Raises
    ------
    AccessError
        If the actor may not.
    """
    options = {"run": run.run_id, "domain": domain, "language": language, "plan": dict(question)}
    return ask_for_job(actor, run.workspace, "plan", options, title=title)


def ask_for_effect(actor: "User", scenario: Scenario, run: Run, *, language: str = "en") -> Job:
    """Ask what a scenario brings.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If nothing is drawn yet.
    """
    if not scenario.features:
        raise InputError("{scenario} has no area yet", scenario=scenario.name, hint="draw one")
    return ask_for_job(
        actor, scenario.workspace, "scenario", {**effect_options(scenario, run), "language": language},
        title=scenario.name,
    )  # fmt: skip


def effect_options(scenario: Scenario, run: Run) -> dict[str, Any]:
    """Return what is asked of a scenario as it stands: an answer to anything else is out of date."""
    return {
        "run": run.run_id,
        "scenario": str(scenario.pk),
        "to": scenario.target_year,
        "polygons": scenario.as_collection(),
    }


def _set(scenario: Scenario, values: Mapping[str, Any]) -> None:
    """Put the fields a person may set into the record."""
    for name, value in values.items():
        if name not in FIELDS:
            raise InputError("{name} is no field of a scenario", name=name, hint="see the list of fields")
        setattr(scenario, name, value)
    if not scenario.name.strip():
        raise InputError("a scenario has a name", hint="give it one")
