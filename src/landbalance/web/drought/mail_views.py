"""Readers of bulletins: asking for them, confirming the address, leaving."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from landbalance.core.errors import LandbalanceError
from landbalance.registry.drought import mail
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.drought.forms import ReaderForm
from landbalance.web.gate import open_page, page


@page("drought.view")
@require_http_methods(["GET", "HEAD", "POST"])
def readers(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Ask for the bulletins at an address; a link there confirms it."""
    form = ReaderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        site, language = request.build_absolute_uri("/"), get_language() or "en"
        try:
            mail.subscribe(workspace, form.cleaned_data["email"], language=language, site=site)
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
        else:
            messages.success(request, _("If this address does not read them yet, a link to confirm is on its way."))
            return redirect("drought:index", workspace.slug)
    return render(request, "drought/readers.html", {"form": form, "sends_mail": mail.sends_mail()})


@open_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """Confirm an address: by a button, because programs follow the links of mail."""
    reader = mail.find_reader(key, days=mail.CONFIRM_DAYS)
    if request.method == "POST":
        reader = mail.confirm(key)
    return render(request, "drought/confirm.html", {"reader": reader, "place": reader.workspace.title, "key": key})


@csrf_exempt
@open_page
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, key: str) -> HttpResponse:
    """End the bulletins of a reader; mail programs post here by themselves (RFC 8058), the key is the proof."""
    reader = mail.find_reader(key)
    if request.method == "POST":
        reader = mail.leave(key)
    return render(request, "drought/leave.html", {"reader": reader, "place": reader.workspace.title, "key": key})
