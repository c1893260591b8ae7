"""Runs: the list, one on its way, one that is finished, two side by side."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.errors import LandbalanceError
from landbalance.registry.leases import is_anybody_working, place_in_queue
from landbalance.registry.runs import services
from landbalance.registry.runs.comparison import compare as compare_runs
from landbalance.registry.runs.maps import sheet_of
from landbalance.registry.runs.models import Run
from landbalance.registry.runs.queries import find_run, finished_of, runs_of
from landbalance.registry.spoken import spoken
from landbalance.registry.standing import headlines_of, summary_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.gate import UserRequest, page
from landbalance.web.runs.forms import CompareForm, RunForm
from landbalance.web.site.files import product

SHOWN = 100
POLL = 2  # seconds


@page("runs.view")
@require_safe
def index(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """List the runs."""
    if workspace.kind == Workspace.Kind.COUNTRY:
        services.index_runs(workspace)
    finished = finished_of(request.user, workspace)
    return render(
        request,
        "runs/index.html",
        {
            "runs": runs_of(request.user, workspace)[:SHOWN],
            "is_working": is_anybody_working(),
            "compare": CompareForm(finished, initial={"b": finished[1].pk}) if len(finished) > 1 else None,
        },
    )


@page("runs.start")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Ask for a run."""
    form = RunForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        language = (get_language() or "en").split("-")[0]
        try:
            run = services.ask_for_run(request.user, workspace, language=language, **form.cleaned_data)
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
        else:
            return redirect(run)
    return render(request, "runs/ask.html", {"form": form})


@page("runs.view")
@require_safe
def show(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show one run: how far it is, or what it found."""
    return render(request, "runs/show.html", _about(find_run(request.user, workspace, pk)))


@page("runs.view")
@require_safe
def state(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show how far a run is: the part of the page that is asked for again and again."""
    run = find_run(request.user, workspace, pk)
    answer = render(request, "runs/state.html", _about(run))
    if not run.is_moving:
        answer["HX-Refresh"] = "true"
    return answer


@page("runs.start")
@require_POST
def start(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Let a run begin."""
    run = find_run(request.user, workspace, pk)
    try:
        services.start_run(request.user, run)
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    return redirect(run)


@page("runs.start")
@require_POST
def cancel(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """End a run."""
    run = find_run(request.user, workspace, pk)
    services.cancel_run(request.user, run)
    messages.success(request, _("The run is being ended. Nothing of it is kept."))
    return redirect(run)


@page("runs.view", write="runs.publish")
@require_POST
def publish(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show a run to everybody, or to members alone."""
    run = find_run(request.user, workspace, pk)
    try:
        services.show_run(request.user, run, is_shown=request.POST.get("shown") == "yes")
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    else:
        messages.success(request, _("Saved."))
    return redirect(run)


@page("runs.view")
@require_safe
def compare(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Lay two runs side by side."""
    runs = finished_of(request.user, workspace)
    known = {str(run.pk): run for run in runs}
    chosen = [known.get(request.GET.get(name, "")) for name in ("a", "b")]
    first, second = chosen
    found = compare_runs(first.result, second.result) if first and second else None
    initial = {"a": request.GET.get("a"), "b": request.GET.get("b")}
    return render(
        request,
        "runs/compare.html",
        {
            "form": CompareForm(runs, initial=initial),
            "a": first,
            "b": second,
            "found": found,
            "pictures": [(run, sheet_of(run, get_language() or "en").spec("")) for run in (first, second) if run],
        },
    )


@page("runs.view")
@require_safe
def file(request: HttpRequest, workspace: Workspace, pk: UUID, name: str) -> HttpResponseBase:
    """Hand out a product of a run: only what its manifest names."""
    run = find_run(request.user, workspace, pk)
    if not run.has_result:
        raise Http404
    rasters = {path for kept in run.result.manifest.rasters for path, _digest in kept.files}
    if name not in run.result.manifest.products and name not in rasters:
        raise Http404
    return product(run.result.folder / name)


def _about(run: Run) -> dict[str, object]:
    """Return what the page of a run says."""
    about: dict[str, object] = {"run": run, "poll": POLL}
    if run.is_moving:
        about |= {"place": place_in_queue(run), "is_working": is_anybody_working()}
    if run.has_result:
        said = summary_of(run.result)
        about |= {
            "headlines": headlines_of(said),
            "flags": tuple(dict.fromkeys(flag["text"] for flag in said.get("flags", ()))),
            "checks": said.get("checks", ()),
            "products": _products(run),
        }
    return about


def _products(run: Run) -> list[tuple[str, str]]:
    """Return what can be fetched: what it is, and its file."""
    names = run.result.manifest.products
    found = [(_("Report"), "report.html"), (_("Workbook"), "summary.xlsx"), (_("Figures"), "summary.json")]
    packages = [(_("Package for the Convention"), name) for name in names if name.startswith("package/")]
    return [(title, name) for title, name in [*found, *packages] if name in names]
