"""Calls as they were made: what was known, the bulletin, issuing it, and the feed of what was issued."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.engine.drought.atlas import atlas_spec
from landbalance.io.drought_atlas import PHASES
from landbalance.registry.drought import services
from landbalance.registry.drought.mail import CODES
from landbalance.registry.drought.models import DroughtCall
from landbalance.registry.drought.queries import bulletins_of, calls_of, find_call, issued_of
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.reporting.drought_words import condition_text
from landbalance.web.drought.forms import IssueForm, WatchForm
from landbalance.web.drought.views import conditions_of, reader_tongue
from landbalance.web.gate import UserRequest, page
from landbalance.web.site.files import product

IN_FEED = 50


@page("drought.view")
@require_safe
def call(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Show a call: phases, what they rest on, and what the same month looked like later."""
    found = find_call(request.user, workspace, code)
    return render(request, "drought/call.html", _about(request, found, IssueForm(initial={"expected": found.version})))


@page("drought.view")
@require_safe
def bulletin(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponseBase:
    """Show the bulletin of a call as it was written then, in the reader's language."""
    paths = bulletins_of(find_call(request.user, workspace, code))
    language = (request.GET.get("language") or get_language() or "en").split("-")[0]
    path = paths.get(language, paths.get("en"))
    if path is None:
        raise Http404
    return product(path)


@page("drought.issue")
@require_POST
def issue(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Issue a call."""
    found = find_call(request.user, workspace, code)
    form = IssueForm(request.POST)
    if form.is_valid():
        site = request.build_absolute_uri("/")
        try:
            services.issue_call(request.user, found, site=site, **form.cleaned_data)
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
        else:
            messages.success(request, _("Issued. It is in the feed, and on its way to the readers."))
            return redirect(found)
    return render(request, "drought/call.html", _about(request, find_call(request.user, workspace, code), form))


@page("drought.view")
@require_safe
def feed(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Return the calls that were issued as an Atom feed."""
    room = request.build_absolute_uri(reverse("drought:index", args=[workspace.slug]))
    atom = Atom1Feed(
        title=_("Drought bulletins of %(place)s") % {"place": workspace.title},
        link=room,
        feed_url=request.build_absolute_uri(),
        description="",
        language=get_language() or "en",
    )
    for each in issued_of(request.user, workspace)[:IN_FEED]:
        place = reverse("drought:bulletin", args=[workspace.slug, each.code])
        lines = [f"{row['district']}: {row['phase'].name}" for row in _districts(each)]
        atom.add_item(
            title=_("Drought bulletin of %(place)s, %(month)s") % {"place": workspace.title, "month": each.month},
            link=request.build_absolute_uri(place),
            description="; ".join(lines) + (f". {each.note}" if each.note else ""),
            unique_id=f"urn:uuid:{each.pk}",
            pubdate=each.issued_at,
            updateddate=each.issued_at,
        )
    answer = HttpResponse(content_type="application/atom+xml; charset=utf-8")
    atom.write(answer, "utf-8")
    return answer


def _about(request: HttpRequest, found: DroughtCall, form: IssueForm) -> dict[str, object]:
    """Return what the page of a call says."""
    same = calls_of(request.user, found.workspace).filter(month=found.month).exclude(pk=found.pk)
    return {
        "call": found,
        "districts": _districts(found),
        "others": same,
        "bulletins": sorted(bulletins_of(found)),
        "form": form,
        "watch": WatchForm(initial={"as_of": found.month}),
        "changes": found.changes(),
    }


def _districts(found: DroughtCall) -> list[dict[str, Any]]:
    """Return the districts of a call with the phase in the reader's language and what it rests on."""
    said = reader_tongue()
    names = {entry.code: entry for entry in atlas_spec(PHASES, said).entries}
    seen = {each.text: each for row in found.known.get("rules", ()) for each in conditions_of(row)}

    def told(text: str) -> tuple[str, bool]:
        known = seen.get(text)
        return (text, "(mean)" in text) if known is None else (condition_text(known, said), known.area_share is None)

    return [
        {
            "district": each["district"],
            "phase": names[CODES.get(each["phase"], -1)],
            "readings": [(*told(text), *values) for text, values in each.get("readings", {}).items()],
        }
        for each in found.known["districts"]
    ]
