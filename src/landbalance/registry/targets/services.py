"""Write targets: set, change, revise, move through life, share out, assess, take over from files."""

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from landbalance.core.errors import InputError, RuleError
from landbalance.io.shapes import Drawn
from landbalance.planning.targets import parts_add_up
from landbalance.registry.access import require, sectors_of
from landbalance.registry.audit.services import record
from landbalance.registry.consents.queries import check_return
from landbalance.registry.many import change_records
from landbalance.registry.records import State, find
from landbalance.registry.review import revert_record, values_of, version_of
from landbalance.registry.space import digest_of
from landbalance.registry.targets.checks import move_needs
from landbalance.registry.targets.models import Assessment, StatusEvent, Target, TargetArea, TargetSet
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.io.target_rows import TargetRow
    from landbalance.registry.accounts.models import User

log = logging.getLogger(__name__)
DEFAULT_SCALE = 6  # digits of a share in km2 that are compared


@transaction.atomic
def add_target(actor: "User", workspace: Workspace, row: "TargetRow", *, pieces: Sequence[Drawn] = ()) -> Target:
    """Write a new target as an idea.

    Raises
    ------
    AccessError
        If the actor may not write targets here.
    InputError
        If the code is taken.
    """
    require(actor, "targets.edit", workspace)
    taken = Target._base_manager.filter(workspace=workspace, code=row.code).first()
    if taken is not None:
        hint = "bring it back from the records put away" if taken.deleted_at else "choose another code"
        raise InputError("there is already a target {code}", code=row.code, hint=hint)
    target = Target(workspace=workspace, sector=_sector(actor, workspace), **row.as_values())
    take_shape(target, pieces)
    target.save_revision(by=actor, reason="set")
    _keep_pieces(target, pieces)
    StatusEvent.objects.create(target=target, revision=1, old="", new=target.stage, by=actor)
    record(actor, "targets.added", target.code, workspace=workspace)
    return target


@transaction.atomic
def edit_target(
    actor: "User",
    target: Target,
    row: "TargetRow",
    *,
    pieces: Sequence[Drawn] | None = None,
    expected: int | None = None,
    reason: str = "",
) -> Target:
    """Change a target that nobody has agreed to yet; `pieces` None leaves its area as it is.

    Raises
    ------
    AccessError
        If the actor may not.
    RuleError
        If the target has been validated: it can only be revised.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    require(actor, "targets.edit", target.workspace)
    _check_editable(target)
    return _save(actor, target, row, pieces=pieces, expected=expected, reason=reason)


@transaction.atomic
def edit_targets(actor: "User", changes: "Sequence[tuple[Target, Mapping[str, Any]]]", *, reason: str) -> None:
    """Change many targets at once, each as `edit_target` does; their values were checked as rows.

    Parameters
    ----------
    changes : sequence of tuple of Target and mapping
        Targets of one workspace, each with its new values by field.

    Raises
    ------
    AccessError, RuleError, ConflictError
        As for one.
    """
    for target, values in changes:
        _check_editable(target)
        for name, value in values.items():
            setattr(target, name, value)
    if changes:
        require(actor, "targets.edit", changes[0][0].workspace)
        names = {name: None for _, values in changes for name in values}
        change_records([target for target, _ in changes], [*names], by=actor, reason=reason)


@transaction.atomic
def revise_target(
    actor: "User",
    target: Target,
    row: "TargetRow",
    *,
    reason: str,
    text: str,
    pieces: Sequence[Drawn] | None = None,
    expected: int | None = None,
) -> Target:
    """Change what a country committed to, keeping the old version, with a reason.

    Raises
    ------
    AccessError
        If the actor may not revise targets of this country.
    RuleError
        If the target is closed, no reason is given, or the start moves without new data.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    require(actor, "targets.revise", target.workspace)
    before = Target._base_manager.get(pk=target.pk)
    old_stage = before.stage
    _assign(target, row)
    target.revise(reason, text, before)
    target.state = State.DRAFT
    _save_as_is(actor, target, pieces=pieces, expected=expected, reason=f"{reason}: {text}")
    if target.stage != old_stage:
        why = f"{reason}: {text}"
        StatusEvent.objects.create(
            target=target, revision=target.revision, old=old_stage, new="revised", why=why, by=actor
        )
    record(actor, "targets.revised", target.code, workspace=target.workspace, revision=target.revision, reason=reason)
    return target


@transaction.atomic
def move_target(
    actor: "User",
    target: Target,
    to: str,
    *,
    why: str = "",
    assessment: Assessment | None = None,
    successor: Target | None = None,
    target_year: int | None = None,
    expected: int | None = None,
) -> Target:
    """Move a target to another stage of its life, if it has what the stage needs.

    Raises
    ------
    AccessError
        If the actor may not.
    RuleError
        If it cannot go there, or something it needs is missing; the words say what.
    """
    require(actor, "targets.revise", target.workspace)
    old = target.stage
    missing = move_needs(target, to, why=why, assessment=assessment, successor=successor, target_year=target_year)
    if missing and to in target.next_stages():
        raise RuleError(
            "target {code} cannot become {to} yet: {missing}",
            **{"code": target.code, "to": to, "missing": "; ".join(missing)},
            hint="add it and try again",
        )
    target.step(to)
    if target_year is not None and to == "extended_or_postponed":
        target.target_year = target_year
    if successor is not None and to == "superseded":
        target.superseded_by = successor
    target.save_revision(by=actor, reason=f"{old} > {to}. {why}".strip(), expected=expected)
    StatusEvent.objects.create(
        **{"target": target, "revision": target.revision, "old": old, "new": to, "why": why, "by": actor},
        assessment=assessment,
    )
    record(actor, "targets.moved", target.code, workspace=target.workspace, old=old, new=to)
    return target


@revert_record.register(Target)
@transaction.atomic
def revert_target(target: Target, actor: "User", version: int, *, reason: str, expected: int | None = None) -> Target:
    """Bring a target back to how it stood in a version, as its next version; its area comes back with it.

    Raises
    ------
    AccessError, RuleError, NotFoundError, ConflictError
        As for a change; a target that was validated needs a revision instead.
    """
    require(actor, "targets.revise", target.workspace)
    _check_open(target)
    if not target.is_editable:
        raise RuleError("target {code} is {stage}", code=target.code, stage=target.stage, hint="revise it instead")
    old = version_of(target, version)
    kept = ("stage", "revision", "revision_reason", "revision_text", "superseded_by_id", "code", "shape_digest")
    for name, value in values_of(old, Target).items():
        if name not in kept:
            setattr(target, name, value)
    pieces = [Drawn(piece.geometry) for piece in target.pieces(version)]
    back = _save_as_is(actor, target, pieces=pieces, expected=expected, reason=f"as in version {version}: {reason}")
    check_return(back)
    return back


@transaction.atomic
def share_target(actor: "User", target: Target, shares: Mapping[str, float], *, expected: int | None = None) -> Target:
    """Keep how an area is shared out to places, if the parts add up to it.

    Parameters
    ----------
    shares : mapping of str to float
        Area [km2] by place.

    Raises
    ------
    AccessError
        If the actor may not.
    RuleError
        If the parts do not add up to what is promised.
    """
    require(actor, "targets.edit", target.workspace)
    promised = target.promised_km2()
    if promised is None:
        raise RuleError("target {code} promises no area", code=target.code, hint="give its area first")
    excess = parts_add_up(promised, shares)
    if excess:
        raise RuleError(
            "the parts are {excess:+,.2f} km2 off the {promised:,.2f} km2 of target {code}",
            **{"excess": excess, "promised": promised, "code": target.code},
            hint="change the parts until they add up",
        )
    target.shares = [[place, round(area, DEFAULT_SCALE)] for place, area in shares.items()]
    target.save_revision(by=actor, reason="shared out", expected=expected)
    return target


@transaction.atomic
def assess_target(actor: "User", target: Target, *, year: int, source: str, **values: Any) -> Assessment:
    """Keep what is known of a target in a year, typed by a person from a source.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If no value or no source is given.
    """
    require(actor, "targets.edit", target.workspace)
    if not source.strip():
        raise InputError("a value needs its source", hint="say where it is from")
    if all(value is None for value in values.values()):
        raise InputError("the assessment of {year} has no value", year=year, hint="give at least one")
    found = Assessment.objects.create(
        target=target, revision=target.revision, year=year, source=source.strip(), by=actor, **values
    )
    record(actor, "targets.assessed", target.code, workspace=target.workspace, year=year)
    return found


@transaction.atomic
def make_set(
    actor: "User", workspace: Workspace, *, title: str, cycle: str = "", act: str = "", act_date: date | None = None
) -> TargetSet:
    """Make a set of targets that are adopted together.

    Raises
    ------
    AccessError
        If the actor may not.
    """
    require(actor, "targets.edit", workspace)
    made = TargetSet(workspace=workspace, title=title, cycle=cycle, act=act, act_date=act_date)
    made.save_revision(by=actor, reason="made")
    return made


@transaction.atomic
def place_target(actor: "User", target: Target, *, target_set: str = "", parent: str = "") -> Target:
    """Put a target into a set and under a wider target; empty words take it out.

    Raises
    ------
    AccessError, NotFoundError
        If the actor may not, or there is no such set or target.
    RuleError
        If the target would stand under itself.
    """
    require(actor, "targets.edit", target.workspace)
    target.target_set = find(TargetSet, actor, workspace=target.workspace, pk=target_set) if target_set else None
    target.parent = find(Target, actor, workspace=target.workspace, code=parent) if parent else None
    above, seen = target.parent, {target.pk}
    while above is not None:
        if above.pk in seen:
            raise RuleError("target {code} would stand under itself", code=target.code, hint="choose another one")
        seen.add(above.pk)
        above = above.parent
    target.save_revision(by=actor, reason="placed")
    return target


def _save(
    actor: "User",
    target: Target,
    row: "TargetRow",
    *,
    pieces: Sequence[Drawn] | None,
    expected: int | None,
    reason: str,
) -> Target:
    """Take a row over and save it as the next version."""
    _assign(target, row)
    return _save_as_is(actor, target, pieces=pieces, expected=expected, reason=reason)


def _save_as_is(
    actor: "User", target: Target, *, pieces: Sequence[Drawn] | None, expected: int | None, reason: str
) -> Target:
    """Save the target as its next version, with its pieces where they changed."""
    is_new_shape = pieces is not None and digest_of(each.geometry for each in pieces) != target.shape_digest
    present = target.pieces() if is_new_shape else []
    if pieces is not None and is_new_shape:
        take_shape(target, pieces)
    target.save_revision(by=actor, reason=reason, expected=expected)
    for piece in present:
        piece.until = target.version - 1
        piece.save()
    if pieces is not None and is_new_shape:
        _keep_pieces(target, pieces)
    return target


def _assign(target: Target, row: "TargetRow") -> None:
    """Take over what a row says; the code of a target never changes."""
    if row.code != target.code:
        raise RuleError("the code of target {code} stays", code=target.code, hint="set a new target instead")
    for name, value in row.as_values().items():
        setattr(target, name, value)


def take_shape(target: Target, pieces: Sequence[Drawn]) -> None:
    """Let a target know of its pieces: it says where by them."""
    target.shape_digest = digest_of(each.geometry for each in pieces)
    if pieces and target.spatial_mode in ("none", "declared_area"):
        target.spatial_mode = "polygon"


def _keep_pieces(target: Target, pieces: Sequence[Drawn]) -> None:
    """Add the pieces of a version."""
    rows = [TargetArea(target=target, since=target.version, **TargetArea.values_of(each.geometry)) for each in pieces]
    TargetArea.objects.bulk_create(rows)
    target._prefetched_objects_cache = {}  # type: ignore[attr-defined]


def _check_open(target: Target) -> None:
    """Refuse to change what has been submitted."""
    if target.state in (State.APPROVED, State.SUBMITTED):
        raise RuleError(
            "target {code} is {state}", code=target.code, state=target.state, hint="revise it, with a reason"
        )


def _check_editable(target: Target) -> None:
    """Refuse to change what has been agreed to: it is revised, with a reason."""
    _check_open(target)
    if not target.is_editable:
        raise RuleError(
            "target {code} is {stage}", code=target.code, stage=target.stage, hint="revise it, with a reason"
        )


def _sector(actor: "User", workspace: Workspace) -> str:
    """Return the sector a new record belongs to: that of a person bound to one."""
    mine = sectors_of(actor, workspace)
    return next(iter(mine)) if len(mine) == 1 else ""
