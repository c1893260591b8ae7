"""The counterbalancing ledger: its balance by land type and year, its entries, and permits."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.registry.access import may
from landbalance.registry.scenarios import ledger as book
from landbalance.registry.scenarios.models import LedgerEntry, Side
from landbalance.registry.scenarios.queries import domain_names
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.balance.forms import EntryForm, PermitForm
from landbalance.web.balance.views import FORM
from landbalance.web.gate import UserRequest, page


@page("balance.view")
@require_safe
def ledger(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Show the ledger: where a loss is not made good, and every entry."""
    context = {
        "rows": book.balance_of(request.user, workspace),
        "entries": book.entries_of(request.user, workspace),
        "irreplaceable": book.irreplaceable_types(workspace),
    }
    return render(request, "balance/ledger.html", context)


@page("balance.view")
@require_safe
def entry(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Show one entry, and the form of a permit where it waits for one."""
    found = book.find_entry(request.user, workspace, code)
    context: dict[str, Any] = {"entry": found}
    waits = found.side == Side.LOSS and found.permitted_on is None
    if waits and may(request.user, "records.approve", workspace):
        context["permit"] = PermitForm(initial={"day": timezone.localdate()})
    return render(request, "balance/entry.html", context)


@page("balance.plan")
@require_http_methods(FORM)
def new(request: UserRequest, workspace: Workspace, side: str) -> HttpResponse:
    """Write a loss or a gain down."""
    if side not in Side.values:
        raise Http404
    title = _("New anticipated loss") if side == Side.LOSS else _("New planned gain")
    return _written(request, LedgerEntry(workspace=workspace, side=side), title)


@page("balance.plan")
@require_http_methods(FORM)
def edit(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Change an entry."""
    found = book.find_entry(request.user, workspace, code)
    return _written(request, found, _("Change entry %(code)s") % {"code": code})


@page("balance.view", write="records.approve")
@require_POST
def permit(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Permit a loss."""
    found = book.find_entry(request.user, workspace, code)
    form = PermitForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the day of the permit."))
        return redirect(found)
    try:
        book.permit_loss(request.user, found, form.cleaned_data["day"])
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("The loss is permitted: a gain is planned for it."))
    return redirect(found)


def _written(request: UserRequest, found: LedgerEntry, title: str) -> HttpResponse:
    """Show and take the form of an entry."""
    workspace, is_new = found.workspace, found._state.adding
    form = EntryForm(
        found.side,
        book.land_types_of(workspace),
        domain_names(workspace),
        request.POST or None,
        instance=found,
        initial={"expected": "" if is_new else found.version},
    )
    if request.method == "POST" and form.is_valid():
        expected = None if is_new else form.cleaned_data["expected"]
        try:
            saved = book.save_entry(request.user, found, form.given(), expected=expected)
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
        else:
            return redirect(saved)
    status = 422 if form.is_bound else 200
    return render(request, "balance/entry_form.html", {"form": form, "title": title}, status=status)
