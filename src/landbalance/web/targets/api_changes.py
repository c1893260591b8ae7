"""Targets and actions written by programs: what a form or a file may say, a program may say too."""

from datetime import date
from typing import Annotated, Any, TypeVar

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from ninja.errors import ValidationError as Unfit
from pydantic import BaseModel, Field, FiniteFloat, ValidationError

from landbalance.io.action_rows import ActionRow
from landbalance.io.shapes import Drawn, read_shapes
from landbalance.io.target_rows import FIRST_YEAR, LAST_YEAR, Line, TargetRow, Text, Year
from landbalance.registry.actions import services as action_services
from landbalance.registry.actions.models import Action
from landbalance.registry.records import find
from landbalance.registry.review import delete_record
from landbalance.registry.targets import services
from landbalance.registry.targets.models import Target
from landbalance.registry.targets.queries import find_assessment
from landbalance.web.api.answers import give
from landbalance.web.api.changes import base_of
from landbalance.web.api.door import enter
from landbalance.web.api.schemas import PROBLEMS, Change, Given
from landbalance.web.targets.api import ActionOut, TargetOut, actions, targets

TARGETS, ACTIONS = "/workspaces/{slug:workspace}/targets", "/workspaces/{slug:workspace}/actions"
TARGET, ACTION = TARGETS + "/{str:code}", ACTIONS + "/{str:code}"
Row = TypeVar("Row", bound=BaseModel)
Shape = Annotated[
    dict[str, Any] | None, Field(description="The land as GeoJSON in longitude and latitude; null takes it away.")
]
Code = Annotated[str, Field(max_length=40)]
Title = Annotated[str, Field(max_length=300)]
Number = FiniteFloat | None
OUTSIDE_ROW = frozenset({"shape", "version", "reason", "revision_reason", "revision_text"})


class TargetIn(TargetRow, Schema):
    """A new target."""

    shape: Shape = None


class TargetChange(Change, TargetRow):
    """What changes of a target that nobody has agreed to yet."""

    code: Code = ""
    title: Title = ""
    shape: Shape = None


class TargetRevision(TargetChange):
    """What changes of a target that was agreed to, and why."""

    revision_reason: Line
    revision_text: Annotated[Text, Field(min_length=1)]


class Step(Change):
    """A move in the life of a target."""

    to: Annotated[str, Field(max_length=24)]
    why: Annotated[str, Field(max_length=4000)] = ""
    target_year: Year = None
    successor: Code = ""
    assessment: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class AssessmentIn(Given):
    """What is known of a target in a year, and from where."""

    year: Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
    source: Annotated[str, Field(min_length=1, max_length=4000)]
    value: Number = None
    low: Number = None
    high: Number = None
    outcome_km2: Annotated[FiniteFloat, Field(ge=0)] | None = None


class AssessmentOut(Schema):
    """What is known of a target in a year."""

    id: int
    year: int
    source: str
    value: float | None
    low: float | None
    high: float | None
    outcome_km2: float | None


class ActionIn(ActionRow, Schema):
    """A new action."""

    shape: Shape = None


class ActionChange(Change, ActionRow):
    """What changes of an action."""

    code: Code = ""
    title: Title = ""
    shape: Shape = None


class ProgressIn(Given):
    """The area done by a day, in all."""

    day: date
    done_ha: Annotated[FiniteFloat, Field(ge=0)]
    note: Annotated[str, Field(max_length=4000)] = ""


class DoneOut(Schema):
    """The area done by a day, in all."""

    day: date
    done_ha: float
    note: str


class Removal(Given):
    """Why a record is put away."""

    reason: Annotated[str, Field(max_length=90, description="Why; it is asked for, and kept in the history.")] = ""


WHY: Any = Query(...)  # type: ignore[type-arg]
router = Router()
router.add_router("", targets)
router.add_router("", actions)


@targets.post(TARGETS, response={201: TargetOut, **PROBLEMS}, url_name="targets")
def add_target(request: HttpRequest, workspace: str, given: TargetIn) -> HttpResponse:
    """Set a target, as an idea."""
    place = enter(request, workspace, "targets.edit")
    made = services.add_target(request.user, place, _row(TargetRow, given), pieces=_pieces(given) or ())  # type: ignore[arg-type]
    return give(request, made, TargetOut, status=201, at=made.code)


@targets.patch(TARGET, response={200: TargetOut, **PROBLEMS}, url_name="targets_one")
def change_target(request: HttpRequest, workspace: str, code: str, given: TargetChange) -> HttpResponse:
    """Change a target that nobody has agreed to yet, from the version one has read; later it is revised."""
    found = find(Target, request.user, workspace=enter(request, workspace, "targets.edit"), code=code)
    services.edit_target(
        request.user,  # type: ignore[arg-type]
        found,
        _row(TargetRow, given, found),
        pieces=_pieces(given),
        expected=base_of(request, found, TargetOut, given),
        reason=given.reason,
    )
    return give(request, found, TargetOut)


@targets.post(TARGET + "/revisions", response={200: TargetOut, **PROBLEMS}, url_name="targets_revise")
def revise_target(request: HttpRequest, workspace: str, code: str, given: TargetRevision) -> HttpResponse:
    """Revise a target, with a reason; the old version stays in its history."""
    found = find(Target, request.user, workspace=enter(request, workspace, "targets.revise"), code=code)
    base = base_of(request, found, TargetOut, given)
    services.revise_target(
        request.user,  # type: ignore[arg-type]
        found,
        _row(TargetRow, given, found),
        reason=given.revision_reason,
        text=given.revision_text,
        pieces=_pieces(given),
        expected=base,
    )
    return give(request, found, TargetOut)


@targets.post(TARGET + "/stage", response={200: TargetOut, **PROBLEMS}, url_name="targets_move")
def move_target(request: HttpRequest, workspace: str, code: str, given: Step) -> HttpResponse:
    """Move a target to another stage of its life."""
    place = enter(request, workspace, "targets.revise")
    found = find(Target, request.user, workspace=place, code=code)
    next_one = find(Target, request.user, workspace=place, code=given.successor) if given.successor else None
    services.move_target(
        request.user,  # type: ignore[arg-type]
        found,
        given.to,
        why=given.why,
        target_year=given.target_year,
        successor=next_one,
        assessment=find_assessment(found, given.assessment),
        expected=base_of(request, found, TargetOut, given),
    )
    return give(request, found, TargetOut)


@targets.post(TARGET + "/assessments", response={201: AssessmentOut, **PROBLEMS}, url_name="targets_assess")
def assess_target(request: HttpRequest, workspace: str, code: str, given: AssessmentIn) -> HttpResponse:
    """Keep what is known of a target in a year."""
    found = find(Target, request.user, workspace=enter(request, workspace, "targets.edit"), code=code)
    made = services.assess_target(request.user, found, **given.model_dump())  # type: ignore[arg-type]
    return give(request, made, AssessmentOut, status=201)


@targets.delete(TARGET, response={204: None, **PROBLEMS}, url_name="targets_one")
def remove_target(request: HttpRequest, workspace: str, code: str, why: Removal = WHY) -> HttpResponse:
    """Put a target away, from the version one has read; it can be brought back."""
    found = find(Target, request.user, workspace=enter(request, workspace, "records.delete"), code=code)
    delete_record(request.user, found, reason=why.reason, expected=base_of(request, found, TargetOut))  # type: ignore[arg-type]
    return HttpResponse(status=204)


@actions.post(ACTIONS, response={201: ActionOut, **PROBLEMS}, url_name="actions")
def add_action(request: HttpRequest, workspace: str, given: ActionIn) -> HttpResponse:
    """Write an action."""
    place, row = enter(request, workspace, "actions.edit"), _row(ActionRow, given)
    made = action_services.add_action(request.user, place, row, pieces=_pieces(given) or ())  # type: ignore[arg-type]
    return give(request, made, ActionOut, status=201, at=made.code)


@actions.patch(ACTION, response={200: ActionOut, **PROBLEMS}, url_name="actions_one")
def change_action(request: HttpRequest, workspace: str, code: str, given: ActionChange) -> HttpResponse:
    """Change an action, from the version one has read."""
    found = find(Action, request.user, workspace=enter(request, workspace, "actions.edit"), code=code)
    base = base_of(request, found, ActionOut, given)
    action_services.edit_action(
        request.user,  # type: ignore[arg-type]
        found,
        _row(ActionRow, given, found),
        pieces=_pieces(given),
        expected=base,
        reason=given.reason,
    )
    return give(request, found, ActionOut)


@actions.post(ACTION + "/progress", response={201: DoneOut, **PROBLEMS}, url_name="actions_progress")
def report_progress(request: HttpRequest, workspace: str, code: str, given: ProgressIn) -> HttpResponse:
    """Report the area done by a day, in all."""
    found = find(Action, request.user, workspace=enter(request, workspace, "actions.edit"), code=code)
    made = action_services.report_progress(request.user, found, **given.model_dump())  # type: ignore[arg-type]
    return give(request, made, DoneOut, status=201)


@actions.delete(ACTION, response={204: None, **PROBLEMS}, url_name="actions_one")
def remove_action(request: HttpRequest, workspace: str, code: str, why: Removal = WHY) -> HttpResponse:
    """Put an action away, from the version one has read; it can be brought back."""
    found = find(Action, request.user, workspace=enter(request, workspace, "records.delete"), code=code)
    delete_record(request.user, found, reason=why.reason, expected=base_of(request, found, ActionOut))  # type: ignore[arg-type]
    return HttpResponse(status=204)


def _row(model: type[Row], given: BaseModel, record: Target | Action | None = None) -> Row:
    """Return the row that was sent, checked as that of a file; what was not sent stays as the record has it."""
    sent = given.model_dump(exclude_unset=True, exclude=set(OUTSIDE_ROW))
    try:
        return model.model_validate({**(_present(model, record) if record is not None else {}), **sent})
    except ValidationError as error:
        raise Unfit([{"loc": ("body", *each["loc"]), "msg": each["msg"]} for each in error.errors()]) from error


def _present(model: type[BaseModel], record: Target | Action) -> dict[str, Any]:
    """Return what a record says, by the names of a row."""
    names = (name for name in model.model_fields if name != "targets")
    linked = {"targets": [each.code for each in record.targets.all()]} if isinstance(record, Action) else {}
    return {name: getattr(record, name) for name in names} | linked


def _pieces(given: Any) -> tuple[Drawn, ...] | None:
    """Return the areas that were sent; none where they were taken away, None where nothing was said of them."""
    if "shape" not in given.model_fields_set:
        return None
    return read_shapes(orjson.dumps(given.shape).decode()) if given.shape is not None else ()
