"""Drafts that are kept while one types; history, review, putting away and bringing back, alike for every record."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.errors import LandbalanceError, RuleError
from landbalance.registry.drafts.services import drop_draft, keep_draft
from landbalance.registry.review import (
    delete_record,
    deleted_records,
    differences,
    find_record,
    move_record,
    restore_record,
    revert_record,
)
from landbalance.registry.sharing import is_seen, may_share, share_record
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import UserRequest, page
from landbalance.web.records.forms import SharingForm

DISCARD = "discard"


@page("drafts.keep")
@require_POST
def draft(request: UserRequest, workspace: Workspace, form: str, subject: str = "") -> HttpResponse:
    """Keep what a form holds so far, or forget it when asked to; what was typed is never refused."""
    if request.POST.get(DISCARD):
        drop_draft(request.user, workspace, form, subject)
        messages.success(request, _("The draft is forgotten."))
        return redirect(_back(request, workspace))
    try:
        values = json.loads(request.body)
    except (ValueError, RecursionError):
        return JsonResponse({"status": "unreadable"}, status=400)
    if not isinstance(values, dict):
        return JsonResponse({"status": "unreadable"}, status=400)
    expected = str(values.pop("expected", "") or "0")
    version = int(expected) if expected.isdigit() else 0
    kept = keep_draft(request.user, workspace, form, subject, values, version=min(version, 2**31 - 1))
    return JsonResponse({"status": "kept", "at": timezone.localtime(kept.saved_at).isoformat()})


@page("workspace.view")
@require_safe
def history(request: HttpRequest, workspace: Workspace, kind: str, pk: Any) -> HttpResponse:
    """Show every version of a record, and what differs between two."""
    record = find_record(request.user, workspace, kind, str(pk))
    first, second = (_number(request.GET.get(name)) for name in ("first", "second"))
    compared = differences(record, first, second) if first and second else None
    versions = record.changes()
    chosen = {"first": first or max(record.version - 1, 1), "second": second or record.version}
    return render(
        request,
        "records/history.html",
        {"record": record, "kind": kind, "versions": versions, "compared": compared, **chosen},
    )


@page("workspace.view", write="records.comment")
@require_POST
def move(request: UserRequest, workspace: Workspace, kind: str, pk: Any) -> HttpResponse:
    """Change the review state of a record."""
    record = find_record(request.user, workspace, kind, str(pk))
    to, reason = request.POST.get("to", ""), request.POST.get("reason", "")
    try:
        move_record(request.user, record, to, reason=reason, expected=_number(request.POST.get("expected")))
    except RuleError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("It is now: %(state)s.") % {"state": record.get_state_display()})
    return redirect(record.get_absolute_url())


@page("workspace.view", write="records.comment")
@require_POST
def revert(request: UserRequest, workspace: Workspace, kind: str, pk: Any) -> HttpResponse:
    """Bring a record back to an earlier version."""
    record = find_record(request.user, workspace, kind, str(pk))
    version, reason = _number(request.POST.get("version")) or 0, request.POST.get("reason", "")
    try:
        revert_record(record, request.user, version, reason=reason, expected=_number(request.POST.get("expected")))
    except RuleError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("Version %(version)s is back.") % {"version": version})
    return redirect(record.get_absolute_url())


@page("records.comment")
@require_http_methods(["GET", "HEAD", "POST"])
def sharing(request: UserRequest, workspace: Workspace, kind: str, pk: Any) -> HttpResponse:
    """Say who sees a record; whoever may, chooses it."""
    record = find_record(request.user, workspace, kind, str(pk))
    may_choose = may_share(request.user, record)
    if request.method == "POST" and not may_choose:
        raise PermissionDenied
    initial = {"visibility": record.visibility, "sensitivity": record.sensitivity, "custodian": record.custodian_id}
    form = SharingForm(request.POST or None, initial={**initial, "expected": record.version}, workspace=workspace)
    if request.method == "POST" and form.is_valid():
        try:
            share_record(request.user, record, **form.cleaned_data)
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
        else:
            messages.success(request, _("Saved."))
            return redirect(record.get_absolute_url() if is_seen(request.user, record) else workspace)
    return render(request, "records/sharing.html", {"record": record, "form": form if may_choose else None})


@page("records.delete")
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: UserRequest, workspace: Workspace, kind: str, pk: Any) -> HttpResponse:
    """Ask why a record is put away, and put it away."""
    record = find_record(request.user, workspace, kind, str(pk))
    if request.method == "POST":
        try:
            expected = _number(request.POST.get("expected"))
            delete_record(request.user, record, reason=request.POST.get("reason", ""), expected=expected)
        except RuleError as error:
            messages.error(request, spoken(error))
            return redirect(record.get_absolute_url())
        messages.success(request, _("%(record)s is put away. It can be brought back.") % {"record": record})
        return redirect("records:away", workspace.slug)
    return render(request, "records/delete.html", {"record": record, "kind": kind})


@page("records.delete")
@require_safe
def away(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Show the records that were put away."""
    return render(request, "records/away.html", {"records": deleted_records(request.user, workspace)})


@page("records.delete")
@require_POST
def restore(request: UserRequest, workspace: Workspace, kind: str, pk: Any) -> HttpResponse:
    """Bring a record back that was put away."""
    try:
        record = restore_record(request.user, workspace, kind, str(pk))
    except RuleError as error:
        messages.error(request, spoken(error))
        return redirect("records:away", workspace.slug)
    messages.success(request, _("%(record)s is back.") % {"record": record})
    return redirect(record.get_absolute_url())


def _number(text: str | None) -> int | None:
    """Return a whole number, None where there is none."""
    return int(text) if text and text.isdigit() and len(text) < 10 else None


def _back(request: HttpRequest, workspace: Workspace) -> str:
    """Return the page of ours that a person came from."""
    from django.utils.http import url_has_allowed_host_and_scheme

    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return back
    return workspace.get_absolute_url()
