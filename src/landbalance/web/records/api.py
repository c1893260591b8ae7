"""Comments on the fields of records, for programs."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from landbalance.registry.comments import services
from landbalance.registry.comments.models import LONGEST, Comment
from landbalance.registry.comments.queries import comments_on, threads_of
from landbalance.registry.records import WorkspaceRecord
from landbalance.registry.review import find_record, kinds
from landbalance.web.api.answers import give, give_page
from landbalance.web.api.door import enter
from landbalance.web.api.schemas import PAGING, PROBLEMS, Given, PageOf, Paging

ACT = "records.comment"
ONE = "/workspaces/{slug:workspace}/records/{str:kind}/{uuid:pk}/comments"


class CommentOut(Schema):
    """A comment, or an answer to one."""

    id: int
    record: UUID
    kind: str
    field: str
    text: str
    by: str | None
    at: datetime
    answers_to: int | None
    mentions: list[str]
    settled_at: datetime | None
    settled_by: str | None


class CommentIn(Given):
    """What is said."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    field: Annotated[str, Field(max_length=60, description="Name of a field; empty for the whole record.")] = ""
    answers_to: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None


class Settling(Given):
    """Whether a comment is settled."""

    is_settled: bool = True


router = Router(tags=["comments"])


@router.get(
    "/workspaces/{slug:workspace}/comments", response={200: PageOf[CommentOut], **PROBLEMS}, url_name="comments"
)
def list_comments(request: HttpRequest, workspace: str, paging: Paging = PAGING) -> HttpResponse:
    """List the comments on records a person sees, answers too."""
    rows = comments_on(request.user, enter(request, workspace, ACT))
    return give_page(request, [out(each) for each in rows], CommentOut, paging)


@router.get(ONE, response={200: PageOf[CommentOut], **PROBLEMS}, url_name="record_comments")
def list_of_record(request: HttpRequest, workspace: str, kind: str, pk: UUID, paging: Paging = PAGING) -> HttpResponse:
    """List the comments on one record, open ones first."""
    threads = threads_of(request.user, _record(request, workspace, kind, pk))
    rows = [out(each) for thread in threads for each in (thread.comment, *thread.answers)]
    return give_page(request, rows, CommentOut, paging)


@router.post(ONE, response={201: CommentOut, **PROBLEMS}, url_name="record_comments")
def add_comment(request: HttpRequest, workspace: str, kind: str, pk: UUID, given: CommentIn) -> HttpResponse:
    """Say something about a record, or answer."""
    record = _record(request, workspace, kind, pk)
    parent = services.find_comment(record, given.answers_to) if given.answers_to else None
    made = services.add_comment(request.user, record, given.text, field=given.field, parent=parent)  # type: ignore[arg-type]
    return give(request, out(made), CommentOut, status=201)


@router.post(ONE + "/{int:comment}", response={200: CommentOut, **PROBLEMS}, url_name="record_comment")
def settle_comment(
    request: HttpRequest, workspace: str, kind: str, pk: UUID, comment: int, given: Settling
) -> HttpResponse:
    """Settle a comment, or open it again."""
    record = _record(request, workspace, kind, pk)
    act = services.settle_comment if given.is_settled else services.reopen_comment
    found = act(request.user, record, services.find_comment(record, comment))  # type: ignore[arg-type]
    return give(request, out(found), CommentOut)


def out(comment: Comment) -> CommentOut:
    """Return what is given of a comment."""
    models = {model._meta.label_lower: name for name, model in kinds().items()}
    plain: dict[str, Any] = {name: getattr(comment, name) for name in ("id", "field", "text", "at", "settled_at")}
    return CommentOut(
        **plain,
        record=comment.subject,
        kind=models.get(comment.kind, comment.kind),
        by=comment.by.username if comment.by else None,
        answers_to=comment.parent_id,
        mentions=[each.username for each in comment.mentions.all()],
        settled_by=comment.settled_by.username if comment.settled_by else None,
    )


def _record(request: HttpRequest, workspace: str, kind: str, pk: UUID) -> WorkspaceRecord:
    """Return the record that is talked about, if the reader may comment on it."""
    return find_record(request.user, enter(request, workspace, ACT), kind, str(pk))
