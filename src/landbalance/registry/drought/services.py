"""Write triggers, adopt them, take in calls, issue them, and ask workers for monitor, back-test and rangelands."""

import logging
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from landbalance.core.errors import InputError, RuleError
from landbalance.engine.drought.climate import FOLDER
from landbalance.engine.drought.monitor import CALLS
from landbalance.engine.drought.triggers_file import rules_text
from landbalance.io.drought_tables import RULES_FILE, read_rules
from landbalance.io.files import write_text
from landbalance.planning.triggers.rule import TriggerRule, default_rules, rules_from
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.drought.models import DroughtCall, DroughtTrigger, Standing
from landbalance.registry.drought.queries import bulletins_of, job_of_call
from landbalance.registry.jobs.models import Job
from landbalance.registry.jobs.services import ask_for_job
from landbalance.registry.leases import Status
from landbalance.registry.records import AGREED, State, Visibility
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

log = logging.getLogger(__name__)
WATCH, TEST, RANGELAND, MAIL = "drought", "drought-test", "rangeland", "drought-mail"
RESAMPLES = 200
COUNTS = ("hits", "misses", "false_alarms", "pod", "far", "csi")  # what is kept of a back-test
FIELDS = frozenset(
    {"code", "name", "phase", "needs", "conditions", "hold", "within", "months", "margin", "least_known"}
    | {"action", "body", "budget_line", "most_false", "season_month", "visibility"}
)


@transaction.atomic
def add_trigger(actor: "User", workspace: Workspace, values: Mapping[str, object]) -> DroughtTrigger:
    """Write a trigger; it calls nothing until it is adopted.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If it makes no rule, or the code is taken.
    """
    require(actor, "drought.edit", workspace)
    if DroughtTrigger._base_manager.filter(workspace=workspace, code=values.get("code", "")).exists():
        raise InputError("there is already a trigger {code}", code=values["code"], hint="choose another code")
    trigger = DroughtTrigger(workspace=workspace)
    return _saved(trigger, values, actor, "written", None)


@transaction.atomic
def change_trigger(
    actor: "User",
    trigger: DroughtTrigger,
    values: Mapping[str, object],
    *,
    reason: str = "",
    expected: int | None = None,
) -> DroughtTrigger:
    """Change a trigger; one that is adopted becomes a draft again, and must be adopted anew.

    Raises
    ------
    AccessError
        If the actor may not.
    ConflictError
        If somebody else has saved it meanwhile.
    InputError
        If it makes no rule.
    """
    require(actor, "drought.edit", trigger.workspace)
    was_adopted = trigger.standing == Standing.ADOPTED
    trigger.standing, trigger.adopted_at, trigger.adopted_by, trigger.evidence = Standing.DRAFT, None, None, {}
    found = _saved(trigger, {name: value for name, value in values.items() if name != "code"}, actor, reason, expected)
    if was_adopted:
        write_rules(trigger.workspace)
    return found


@transaction.atomic
def write_defaults(actor: "User", workspace: Workspace) -> list[DroughtTrigger]:
    """Write the rules of the package as drafts to change; those that are there already stay.

    Raises
    ------
    AccessError
        If the actor may not.
    """
    require(actor, "drought.edit", workspace)
    taken = set(DroughtTrigger._base_manager.filter(workspace=workspace).values_list("code", flat=True))
    return [add_trigger(actor, workspace, _values_of(rule)) for rule in default_rules() if rule.id not in taken]


@transaction.atomic
def adopt_trigger(
    actor: "User", trigger: DroughtTrigger, *, reason: str = "", test: Job | None = None, expected: int | None = None
) -> DroughtTrigger:
    """Put a trigger in force: from now on the monitor calls by it, on every road.

    Parameters
    ----------
    test : Job or None
        Its last back-test, whose figures are kept as its evidence.

    Raises
    ------
    AccessError
        If the actor may not.
    RuleError
        If it is in force already.
    InputError
        If it does not fit the others, such as one that needs a phase nobody calls.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    require(actor, "drought.adopt", trigger.workspace)
    if trigger.standing == Standing.ADOPTED:
        raise RuleError("trigger {code} is adopted already", code=trigger.code)
    trigger.standing, trigger.adopted_at, trigger.adopted_by = Standing.ADOPTED, timezone.now(), actor
    if test is not None and test.is_finished:
        trigger.evidence = _evidence_of(test)
        test.is_kept = True
        test.save(update_fields=("is_kept",))
    return _in_force(actor, trigger, reason or "adopted", expected)


@transaction.atomic
def retire_trigger(
    actor: "User", trigger: DroughtTrigger, *, reason: str, expected: int | None = None
) -> DroughtTrigger:
    """Take a trigger out of force; it stays in the record.

    Raises
    ------
    AccessError
        If the actor may not.
    RuleError
        If it is not in force, or no reason is given.
    InputError
        If another one needs it.
    """
    require(actor, "drought.adopt", trigger.workspace)
    if trigger.standing != Standing.ADOPTED:
        raise RuleError("trigger {code} is not in force", code=trigger.code)
    if not reason.strip():
        raise RuleError("no reason is given for {place}", place=trigger.code, hint="write why")
    trigger.standing = Standing.RETIRED
    return _in_force(actor, trigger, reason, expected)


def write_rules(workspace: Workspace) -> None:
    """Write the adopted triggers into the workspace, behind rules of its file that are none of ours.

    Raises
    ------
    InputError
        If the rules do not fit together, or the file cannot be written.
    """
    place = folder_of(workspace, settings.INSTALLATION) / RULES_FILE
    rows = DroughtTrigger.objects.in_workspace(workspace)
    ours = set(DroughtTrigger._base_manager.filter(workspace=workspace).values_list("code", flat=True))
    kept = [rule for rule in (read_rules(place) if place.is_file() else ()) if rule.id not in ours]
    adopted = [each.as_row() for each in rows.filter(standing=Standing.ADOPTED, deleted_at=None).order_by("code")]
    listed = (*kept, *rules_from([*map(_row_of, kept), *adopted])[len(kept) :])
    if listed:
        text = rules_text(listed)
        if not place.is_file() or place.read_text(encoding="utf-8") != text:
            write_text(place, text)
    else:
        place.unlink(missing_ok=True)


def ask_for_watch(actor: "User", workspace: Workspace, *, as_of: str = "") -> Job:
    """Ask a worker to bring the monitor up to date.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If the adopted rules do not fit together.
    """
    require(actor, "runs.start", workspace)
    if DroughtTrigger.objects.in_workspace(workspace).exists():
        write_rules(workspace)
    return _ask(actor, workspace, WATCH, {"as_of": as_of.strip()}, as_of.strip())


def ask_for_test(actor: "User", trigger: DroughtTrigger) -> Job:
    """Ask a worker to try a trigger on past seasons.

    Raises
    ------
    AccessError
        If the actor may not.
    RuleError
        If it has no condition that past seasons can be tried with.
    """
    options = options_of_test(trigger)
    if options is None:
        raise RuleError(
            "{trigger} has no condition on SPI or SPEI", trigger=trigger.code,
            hint="soil moisture and vegetation are tested as phases, with every back-test",
        )  # fmt: skip
    return _ask(actor, trigger.workspace, TEST, options, trigger.name)


def options_of_test(trigger: DroughtTrigger) -> dict[str, Any] | None:
    """Return what a back-test of a trigger asks; None where nothing of it can be tested."""
    condition = trigger.testable()
    if condition is None:
        return None
    kind, _, months = condition.indicator.partition("-")
    return {
        "trigger": trigger.code, "kind": kind, "months": int(months), "month": trigger.season_month,
        "area_share": condition.area_share,
        "most_false": trigger.most_false, "resamples": RESAMPLES,
    }  # fmt: skip


def ask_for_rangeland(actor: "User", workspace: Workspace, *, definition: str) -> Job:
    """Ask a worker to measure rangelands and set herds against their forage.

    Raises
    ------
    AccessError
        If the actor may not.
    """
    return _ask(actor, workspace, RANGELAND, {"definition": definition}, definition)


def index_calls(workspace: Workspace) -> list[DroughtCall]:
    """Make a record for every stored call that has none (the command line makes some); return them."""
    folder = folder_of(workspace, settings.INSTALLATION) / FOLDER / CALLS
    names = {path.stem: path for path in folder.glob("*.json")} if folder.is_dir() else {}
    known = set(DroughtCall._base_manager.filter(workspace=workspace).values_list("code", flat=True))
    found = []
    for code in sorted(set(names) - known):
        call = _call_of(workspace, names[code])
        if call is not None:
            with transaction.atomic():
                call.save_revision(by=None, reason="recorded")  # type: ignore[arg-type]
            found.append(call)
    return found


@transaction.atomic
def issue_call(
    actor: "User", call: DroughtCall, *, note: str = "", site: str = "", expected: int | None = None
) -> DroughtCall:
    """Issue a call: its bulletin is shown to everybody who may see the workspace, and goes into feed and mail.

    Parameters
    ----------
    site : str
        Address of the installation, for the links in the mail.

    Raises
    ------
    AccessError
        If the actor may not.
    RuleError
        If it is issued already, or has no bulletin.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    require(actor, "drought.issue", call.workspace)
    if call.issued_at is not None:
        raise RuleError("call {code} is issued already", code=call.code)
    if not bulletins_of(call):
        raise RuleError(
            "call {code} has no bulletin", code=call.code, hint="bring the monitor up to date for its month"
        )
    call.issued_at, call.issued_by, call.note, call.visibility = timezone.now(), actor, note.strip(), Visibility.PUBLIC
    for state in (State.REVIEW, State.APPROVED):
        if call.state not in AGREED and call.state != state:
            call.move(state)
    call.save_revision(by=actor, reason="issued", expected=expected)
    job = job_of_call(call)
    if job is not None:
        job.is_kept = True
        job.save(update_fields=("is_kept",))
    record(actor, "drought.issued", call.code, workspace=call.workspace)
    ask_for_job(actor, call.workspace, MAIL, {"call": str(call.pk), "site": site}, title=call.code)
    return call


def _evidence_of(test: Job) -> dict[str, Any]:
    """Return what is kept of a back-test: counts and ratios with each year tried without itself (reporting J.2)."""
    said, trigger = test.answer["cross_validated"], test.answer["trigger"]
    kept = {name: said[name] if said[name] is None else round(said[name], 3) for name in COUNTS}
    return kept | {"threshold": round(trigger["threshold"], 2), "job": str(test.pk)}


def _ask(actor: "User", workspace: Workspace, kind: str, options: Mapping[str, Any], title: str) -> Job:
    """Return work that is on its way with the same question, else new work: data and rules may have changed since."""
    moving = Job.objects.filter(
        workspace=workspace, kind=kind, options=dict(options), status__in=(Status.QUEUED, Status.RUNNING)
    ).first()
    require(actor, "runs.start", workspace)
    return moving or ask_for_job(actor, workspace, kind, options, title=title, is_anew=True)


def _in_force(actor: "User", trigger: DroughtTrigger, reason: str, expected: int | None) -> DroughtTrigger:
    """Save a trigger and write the rules in force anew."""
    trigger.as_rule()
    trigger.save_revision(by=actor, reason=reason, expected=expected)
    write_rules(trigger.workspace)
    record(actor, f"drought.{trigger.standing}", trigger.code, workspace=trigger.workspace, version=trigger.version)
    return trigger


def _saved(
    trigger: DroughtTrigger, values: Mapping[str, object], actor: "User", reason: str, expected: int | None
) -> DroughtTrigger:
    """Put the fields a person may set into a trigger, check that it makes a rule, and save its next version."""
    for name, value in values.items():
        if name not in FIELDS:
            raise InputError("{name} is no field of a trigger", name=name, hint="see the list of fields")
        setattr(trigger, name, value)
    trigger.as_rule()
    is_new = trigger._state.adding
    trigger.save_revision(by=actor, reason=reason, expected=expected)
    record(actor, "drought.written" if is_new else "drought.changed", trigger.code, workspace=trigger.workspace)
    return trigger


def _values_of(rule: TriggerRule) -> dict[str, Any]:
    """Return a rule as the fields of a trigger."""
    row = _row_of(rule)
    return {"code": row["id"], "conditions": row["any"]} | {name: row[name] for name in FIELDS if name in row}


def _row_of(rule: TriggerRule) -> dict[str, Any]:
    """Return a rule as a row of a file of rules."""
    conditions = [dict(each.__dict__) for each in rule.any]
    return {**rule.__dict__, "any": conditions, "months": list(rule.months)}


def _call_of(workspace: Workspace, path: Path) -> DroughtCall | None:
    """Return a stored call as a record; None where the file is none."""
    try:
        told = orjson.loads(path.read_bytes())
        known = told["known"]
        recorded = datetime.fromisoformat(told["recorded"])
        districts = [(str(each["district"]), str(each["phase"])) for each in known["districts"]]
        month, revision = str(known["date"]), int(told["revision"])
    except (OSError, ValueError, KeyError, TypeError):
        log.warning("the call %s of %s cannot be read", path.name, workspace.slug)
        return None
    if not districts or path.stem != f"{month}.r{revision}":
        log.warning("the call %s of %s names no district, or another month", path.name, workspace.slug)
        return None
    return DroughtCall(
        workspace=workspace, code=path.stem, month=month, revision=revision, recorded_at=recorded, known=known
    )
