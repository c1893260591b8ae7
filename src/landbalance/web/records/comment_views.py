"""Comments on the fields of a record: say, answer, settle; and what waits for somebody's word."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.registry.comments import services
from landbalance.registry.comments.queries import waiting_in
from landbalance.registry.records import WorkspaceRecord
from landbalance.registry.review import find_record
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import UserRequest, page
from landbalance.web.records.templatetags.records import kind as kind_of


@page("records.comment")
@require_safe
def review(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Show the records in review and the open comments."""
    return render(request, "records/waiting.html", {"waiting": waiting_in(request.user, workspace)})


@page("records.comment")
@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: UserRequest, workspace: Workspace, kind: str, pk: Any) -> HttpResponse:
    """Show what was said about a record; on POST, say something or answer."""
    record = find_record(request.user, workspace, kind, str(pk))
    if request.method != "POST":
        return render(request, "records/discussion.html", {"record": record, "field": request.GET.get("field", "")})
    said, answered = request.POST, request.POST.get("parent", "")
    try:
        parent = services.find_comment(record, int(answered)) if answered.isdigit() else None
        text, field = said.get("text", ""), said.get("field", "")
        made = services.add_comment(request.user, record, text, field=field, parent=parent)
    except LandbalanceError as error:
        messages.error(request, spoken(error))
        return render(request, "records/discussion.html", {"record": record, "typed": said.get("text", "")}, status=422)
    link = request.build_absolute_uri(_place(record))
    services.tell_mentioned(made, record, f"{link}#comment-{parent.pk if parent else made.pk}")
    return redirect(f"{_place(record)}#comment-{parent.pk if parent else made.pk}")


@page("records.comment")
@require_POST
def settle(request: UserRequest, workspace: Workspace, kind: str, pk: Any, comment: int) -> HttpResponse:
    """Settle a comment, or open it again."""
    record = find_record(request.user, workspace, kind, str(pk))
    found = services.find_comment(record, comment)
    act = services.reopen_comment if request.POST.get("open") else services.settle_comment
    try:
        act(request.user, record, found)
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("The comment is settled.") if found.settled_at else _("The comment is open again."))
    return redirect(f"{_place(record)}#comment-{found.pk}")


def _place(record: WorkspaceRecord) -> str:
    """Return the page that what was said about a record is read on."""
    from django.urls import reverse

    return reverse("records:comments", args=[record.workspace.slug, kind_of(record), record.pk])
