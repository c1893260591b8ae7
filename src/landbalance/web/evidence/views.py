"""Files that show something: list, add, hand out."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.errors import InputError
from landbalance.io.uploads import INLINE, MAX_BYTES
from landbalance.registry.evidence import services
from landbalance.registry.evidence.models import Evidence
from landbalance.registry.evidence.queries import evidence_of
from landbalance.registry.records import find
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.evidence.forms import EvidenceForm
from landbalance.web.gate import UserRequest, page


@page("workspace.view", write="evidence.add")
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """List the files a person sees; take a new one."""
    form = EvidenceForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        upload = values.pop("file")
        try:
            services.add_evidence(request.user, workspace, upload.read(MAX_BYTES + 1), upload.name, values=values)
        except InputError as error:
            form.add_error("file", spoken(error))
        else:
            messages.success(request, _("The file is kept."))
            return redirect("evidence:index", workspace.slug)
    found = evidence_of(request.user, workspace).select_related("created_by")
    return render(request, "evidence/index.html", {"files": found, "form": form})


@page("workspace.view")
@require_safe
def file(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Hand a file out: photos are shown without their place, everything else is saved, nothing runs."""
    found = find(Evidence, request.user, workspace=workspace, pk=pk)
    kind = found.media_type
    answer = HttpResponse(services.content_of(request.user, found), content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(kind not in INLINE, found.file_name) or "attachment"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, no-cache"
    return answer


@page("workspace.view", write="evidence.add")
@require_POST
def remove(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Take a file out."""
    services.remove_evidence(request.user, find(Evidence, request.user, workspace=workspace, pk=pk))
    messages.success(request, _("The file is taken out; its history stays."))
    return redirect("evidence:index", workspace.slug)
