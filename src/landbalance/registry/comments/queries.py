"""Read comments, as far as a person sees the records they are about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, QuerySet

from landbalance.registry.access import may, require
from landbalance.registry.comments.models import Comment
from landbalance.registry.records import RecordQuerySet, State, WorkspaceRecord, shared_fields
from landbalance.registry.review import kinds
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor

MOST = 200  # on one page
DRAWN = "shape_digest"  # stands for the area on the map


@dataclass(frozen=True)
class Thread:
    """A comment with its answers, and its record where several are read."""

    comment: Comment
    answers: tuple[Comment, ...]
    record: WorkspaceRecord | None = None
    is_for_reader: bool = False


@dataclass(frozen=True)
class Waiting:
    """What waits in a workspace: records in review with their number of open comments, and the open comments."""

    records: tuple[tuple[WorkspaceRecord, int], ...]
    threads: tuple[Thread, ...]


def commented_fields(record: WorkspaceRecord) -> dict[str, Any]:
    """Return the fields of a record that can be commented on, with their labels."""
    skipped = {*shared_fields(), "history_user"}
    fields = (field for field in record._meta.concrete_fields if field.name not in skipped)
    return {field.name: field.verbose_name for field in fields if field.editable or field.name == DRAWN}


def threads_of(actor: "Actor", record: WorkspaceRecord) -> tuple[Thread, ...]:
    """Return what was said about a record: open comments first; nothing to who may not comment."""
    if not may(actor, "records.comment", record.workspace):
        return ()
    found = _threads(actor, Comment.objects.filter(subject=record.pk))
    return tuple(sorted(found, key=lambda each: (not each.comment.is_open, each.comment.pk)))


def open_counts(actor: "Actor", workspace: Workspace) -> Mapping[UUID, int]:
    """Return the number of open comments by record; for records read through the gate."""
    if not may(actor, "records.comment", workspace):
        return {}
    rows = Comment.objects.filter(workspace=workspace, parent=None, settled_at=None).values("subject")
    return {row["subject"]: row["number"] for row in rows.annotate(number=Count("id")).order_by()}


def comments_on(actor: "Actor", workspace: Workspace, *, is_open: bool | None = None) -> list[Comment]:
    """Return the comments of a workspace on records that a person sees, answers too.

    Raises
    ------
    AccessError
        If the actor may not read comments here.
    """
    require(actor, "records.comment", workspace)
    rows = Comment.objects.filter(workspace=workspace).select_related("by", "settled_by", "parent")
    if is_open is not None:
        rows = rows.filter(parent=None, settled_at__isnull=is_open)
    found = list(rows.prefetch_related("mentions"))
    seen = records_behind(actor, workspace, found)
    return [each for each in found if each.subject in seen]


def waiting_in(actor: "Actor", workspace: Workspace) -> Waiting:
    """Return what waits in a workspace for somebody's word, as far as a person sees it; the longest waiting first.

    Raises
    ------
    AccessError
        If the actor may not comment here.
    """
    require(actor, "records.comment", workspace)
    counts = open_counts(actor, workspace)
    in_review: list[WorkspaceRecord] = []
    for model in kinds().values():
        rows = seen_of(actor, workspace, model).filter(state=State.REVIEW).select_related("updated_by")
        in_review += rows.order_by("updated_at")[:MOST]
    in_review = sorted(in_review, key=lambda each: each.updated_at)[:MOST]
    found = _threads(actor, Comment.objects.filter(workspace=workspace, settled_at=None))
    behind = records_behind(actor, workspace, [each.comment for each in found])
    told = [replace(each, record=behind[each.comment.subject]) for each in found if each.comment.subject in behind]
    told.sort(key=lambda each: (not each.is_for_reader, each.comment.pk))
    return Waiting(tuple((each, counts.get(each.pk, 0)) for each in in_review), tuple(told))


def records_behind(actor: "Actor", workspace: Workspace, comments: Sequence[Comment]) -> "dict[UUID, WorkspaceRecord]":
    """Return the records that comments are about, as far as a person sees them."""
    models = {model._meta.label_lower: model for model in kinds().values()}
    found: dict[UUID, WorkspaceRecord] = {}
    for kind in {each.kind for each in comments} & set(models):
        wanted = {each.subject for each in comments if each.kind == kind}
        found |= {each.pk: each for each in seen_of(actor, workspace, models[kind]).filter(pk__in=wanted)}
    return found


def seen_of(actor: "Actor", workspace: Workspace, model: type[WorkspaceRecord]) -> RecordQuerySet:
    """Return the records of a kind that a person sees."""
    rows: RecordQuerySet = model.objects.for_user(actor).in_workspace(workspace)
    return rows.select_related("workspace") if may(actor, model.view_act, workspace) else rows.none()


def _threads(actor: "Actor", rows: "QuerySet[Comment]") -> list[Thread]:
    """Return comments with their answers, in order of writing."""
    roots = rows.filter(parent=None).select_related("by", "settled_by")
    roots = roots.prefetch_related("mentions", "answers__by", "answers__mentions").order_by("id")
    threads = []
    for each in roots:
        answers = tuple(each.answers.all())
        named = {person.pk for one in (each, *answers) for person in one.mentions.all()}
        threads.append(Thread(each, answers, is_for_reader=actor.pk in named))
    return threads
