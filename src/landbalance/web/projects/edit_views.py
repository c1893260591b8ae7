"""Write projects: take one in by form or file, change its tables, tie it to the country, ask its run for the loss."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from landbalance.core.errors import LandbalanceError, NotFoundError
from landbalance.io.project_file import ProjectFile
from landbalance.io.project_text import check_project, parse_project, project_tree
from landbalance.registry.jobs.queries import find_job, jobs_of
from landbalance.registry.leases import Status
from landbalance.registry.projects import services
from landbalance.registry.projects.models import Project
from landbalance.registry.projects.queries import find_project
from landbalance.registry.records import find
from landbalance.registry.runs.queries import find_run
from landbalance.registry.scenarios.queries import balance_runs
from landbalance.registry.spoken import spoken
from landbalance.registry.targets.queries import targets_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.finance.answers import file_answer
from landbalance.web.gate import UserRequest, page
from landbalance.web.jobs.views import about as about_job
from landbalance.web.projects import forms
from landbalance.web.projects.notes import note_file
from landbalance.web.projects.pipeline_forms import FileForm, PlaceForm

FORM = ["GET", "HEAD", "POST"]
MOST_TARGETS = 500
PLANS = ("plan", "scenario")


@dataclass(frozen=True)
class Part:
    """A table of the file that has a form: its title, the form, and whether it has rows."""

    title: str | Promise
    form: type[forms.TableForm]
    new: str | Promise = ""

    @property
    def has_rows(self) -> bool:
        """Return whether there are several of it."""
        return bool(self.new)


PARTS: Mapping[str, Part] = {
    "project": Part(gettext_lazy("What it is and where"), forms.AboutForm),
    "line": Part(gettext_lazy("Cost or benefit"), forms.LineForm, gettext_lazy("New cost or benefit")),
    "driver": Part(gettext_lazy("What is uncertain"), forms.DriverForm, gettext_lazy("New uncertain input")),
    "correlation": Part(gettext_lazy("How uncertain inputs go together"), forms.CorrelationForm),
    "tranche": Part(gettext_lazy("Layer of the money"), forms.TrancheForm, gettext_lazy("New layer of the money")),
    "ask": Part(gettext_lazy("What it seeks from funds"), forms.AskForm),
    "part": Part(gettext_lazy("Part that a window pays"), forms.PartForm, gettext_lazy("New part that a window pays")),
    "bankability": Part(gettext_lazy("What a bank asks"), forms.BankForm),
    "transformative": Part(gettext_lazy("What makes it transformative"), forms.TransformativeForm),
}
BACK = {
    "bankability": "projects:checklists",
    "transformative": "projects:checklists",
    "ask": "projects:windows",
    "part": "projects:windows",
}


@page("projects.edit")
@require_http_methods(FORM)
def new(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Take a project in: its first facts by form, or all of it as a file."""
    form = forms.AboutForm(request.POST or None, initial={"price_year": timezone.localdate().year})
    if request.method == "POST" and form.is_valid():
        tree = {"project": {**form.table(), "country": workspace.country, "invented": workspace.is_invented}}
        try:
            made = services.add_project(request.user, workspace, check_project(tree, tree["project"]["id"]))
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
        else:
            return redirect("projects:inputs", workspace.slug, made.code)
    context = {"form": form, "file_form": FileForm(auto_id="file_%s")}
    return render(request, "projects/new.html", context, status=422 if form.is_bound else 200)


@page("projects.edit")
@require_POST
def upload(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Take a project in from its file, whole or not at all."""
    form = FileForm(request.POST, request.FILES, auto_id="file_%s")
    if form.is_valid():
        try:
            given = parse_project(form.cleaned_data["file"], _sent_name(request))
            return redirect(services.add_project(request.user, workspace, given))
        except LandbalanceError as error:
            form.add_error("file", spoken(error))
    first = forms.AboutForm(initial={"price_year": timezone.localdate().year})
    return render(request, "projects/new.html", {"form": first, "file_form": form}, status=422)


@page("projects.edit")
@require_http_methods(FORM)
def replace(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Put another version of its file in the place of a project, whole or not at all."""
    found = find_project(request.user, workspace, code)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name = _sent_name(request)
        try:
            given = parse_project(form.cleaned_data["file"], name)
            services.change_project(request.user, found, given, reason=name[:90])
        except LandbalanceError as error:
            form.add_error("file", spoken(error))
        else:
            return redirect(found)
    context = {"project": found, "form": form, "title": _("Put a new file in its place"), "has_file": True}
    return render(request, "projects/form.html", context, status=422 if form.is_bound else 200)


@page("projects.view")
@require_safe
def inputs(request: HttpRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Show everything a project rests on, with ways to change it."""
    found = find_project(request.user, workspace, code)
    opened = found.opened()
    moving = jobs_of(request.user, workspace, services.LOSS).filter(options__project=str(found.pk)).first()
    context: dict[str, Any] = {
        "project": found, "form": opened.form, "about": opened.about,
        "open_losses": opened.open_losses, "runs": balance_runs(request.user, workspace) if opened.open_losses else [],
        "targets": [each for each in targets_of(request.user, workspace) if each.code in found.targets],
        "analyses": list(jobs_of(request.user, workspace, *PLANS).filter(pk__in=found.analyses)),
    }  # fmt: skip
    if moving is not None and moving.status != Status.FINISHED:
        context |= about_job(request, moving)
    return render(request, "projects/inputs.html", context)


@page("projects.edit")
@require_http_methods(FORM)
def part(request: UserRequest, workspace: Workspace, code: str, name: str) -> HttpResponse:
    """Change a table of a project that there is once."""
    found, said = find_project(request.user, workspace, code), _part(name, has_rows=False)
    held = project_tree(found.form(), with_defaults=True).get(name, {})
    shown = forms.CorrelationForm.of(held or []) if name == "correlation" else said.form.shown(held)
    more: dict[str, Any] = {"fixed": found.code} if name == "project" else {}
    form = said.form(request.POST or None, initial={**shown, "expected": found.version}, **more)

    def tree(form: forms.TableForm) -> dict[str, Any]:
        if name == "correlation":
            return {name: form.cleaned_data["matrix"]}
        return {name: form.merged(held)}

    return _changed(request, found, form, tree, said.title, name)


@page("projects.edit")
@require_http_methods(FORM)
def row(request: UserRequest, workspace: Workspace, code: str, name: str, number: int = 0) -> HttpResponse:
    """Add a row to a table of a project, or change one; 0 is a new one."""
    found, said = find_project(request.user, workspace, code), _part(name, has_rows=True)
    rows = _rows(found.form(), name)
    if number > len(rows):
        raise NotFoundError("there is no row {number}", number=number, hint="choose one of the page")
    held = rows[number - 1] if number else {}
    shown = said.form.shown(held) if number else {}
    more: dict[str, Any] = {"form": found.form()} if name == "driver" else {}
    form = said.form(request.POST or None, initial={**shown, "expected": found.version}, **more)

    def tree(form: forms.TableForm) -> dict[str, Any]:
        made = form.merged(held)
        kept = [*rows[: number - 1], made, *rows[number:]] if number else [*rows, made]
        found_ = _with_rows(found.form(), name, kept)
        is_renamed = name == "line" and number and made["name"] != held["name"]
        return _renamed(found_, held["name"], made["name"]) if is_renamed else found_

    return _changed(request, found, form, tree, said.title if number else said.new, name)


@page("projects.edit")
@require_POST
def drop_row(request: UserRequest, workspace: Workspace, code: str, name: str, number: int) -> HttpResponse:
    """Take a row out of a table of a project."""
    found = find_project(request.user, workspace, code)
    _part(name, has_rows=True)
    rows = _rows(found.form(), name)
    if not 0 < number <= len(rows):
        raise NotFoundError("there is no row {number}", number=number, hint="choose one of the page")
    tree = _with_rows(found.form(), name, rows[: number - 1] + rows[number:])
    if name == "line":
        tree = _renamed(tree, rows[number - 1]["name"], "")
    if name in ("driver", "line"):
        tree["correlation"] = (
            [] if len(tree.get("driver", [])) != len(found.form().driver) else tree.get("correlation", [])
        )
    try:
        services.change_project(request.user, found, check_project(tree, found.code), reason=f"[[{name}]]")
    except LandbalanceError as error:
        messages.error(request, spoken(error))
    return redirect(BACK.get(name, "projects:inputs"), workspace.slug, found.code)


@page("projects.edit")
@require_http_methods(FORM)
def place(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Say how far a project is, and what it is tied to."""
    found = find_project(request.user, workspace, code)
    targets = [(each.code, f"{each.code} {each.title}") for each in targets_of(request.user, workspace)[:MOST_TARGETS]]
    jobs = jobs_of(request.user, workspace, *PLANS).filter(status=Status.FINISHED)
    analyses = [(str(each.pk), str(each)) for each in jobs]
    shown = {"stage": found.stage, "targets": found.targets, "analyses": found.analyses, "expected": found.version}
    form = PlaceForm(request.POST or None, targets=targets, analyses=analyses, initial=shown)
    if request.method == "POST" and form.is_valid():
        hidden = {"targets": set(found.targets) - {code for code, _t in targets},
                  "analyses": set(found.analyses) - {pk for pk, _t in analyses}}  # fmt: skip
        said = form.cleaned_data
        try:
            services.place_project(
                request.user, found, stage=said["stage"], targets={*said["targets"], *hidden["targets"]},
                analyses={*said["analyses"], *hidden["analyses"]}, expected=said["expected"],
            )  # fmt: skip
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
        else:
            return redirect("projects:inputs", workspace.slug, found.code)
    context = {"project": found, "form": form, "title": _("Stage and ties")}
    return render(request, "projects/form.html", context, status=422 if form.is_bound else 200)


@page("projects.edit")
@require_POST
def loss(request: UserRequest, workspace: Workspace, code: str) -> HttpResponse:
    """Let a run of the country say what is lost without the project; without a run, forget what one said."""
    found = find_project(request.user, workspace, code)
    wanted = request.POST.get("run", "")
    try:
        if wanted:
            services.ask_for_loss(request.user, found, find_run(request.user, workspace, wanted))
        else:
            services.keep_loss(request.user, found, None)
    except LandbalanceError as error:
        if isinstance(error, NotFoundError):
            raise
        messages.error(request, spoken(error))
    return redirect("projects:inputs", workspace.slug, found.code)


@page("projects.view")
@require_safe
def lost(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Go to the project that an answer is about."""
    job = find_job(request.user, workspace, pk, services.LOSS)
    found = find(Project, request.user, workspace=workspace, pk=job.options["project"])
    return redirect("projects:inputs", workspace.slug, found.code)


@page("projects.view")
@require_safe
def note(request: HttpRequest, workspace: Workspace, code: str, template: str, kind: str) -> HttpResponse:
    """Hand out the draft of a note."""
    found = find_project(request.user, workspace, code)
    try:
        body, media = note_file(request.user, found, template, kind)
    except LandbalanceError as error:
        if isinstance(error, NotFoundError):
            raise
        messages.error(request, spoken(error))
        return redirect("projects:notes", workspace.slug, found.code)
    return file_answer(body, f"{found.code}-{template}.{kind}", media)


def _changed(
    request: UserRequest, found: Project, form: forms.TableForm, tree: Any, title: Any, name: str
) -> HttpResponse:
    """Show the form of a table; keep what it says."""
    if request.method == "POST" and form.is_valid():
        try:
            whole = project_tree(found.form()) | tree(form)
            expected = form.cleaned_data["expected"]
            checked = check_project(whole, found.code)
            services.change_project(request.user, found, checked, reason=str(title)[:90], expected=expected)
        except LandbalanceError as error:
            form.add_error(None, spoken(error))
        else:
            return redirect(BACK.get(name, "projects:inputs"), found.workspace.slug, found.code)
    context = {"project": found, "form": form, "title": title}
    return render(request, "projects/form.html", context, status=422 if form.is_bound else 200)


def _sent_name(request: UserRequest) -> str:
    """Return what the file that was sent is called."""
    sent: Any = request.FILES["file"]
    return str(sent.name)


def _part(name: str, *, has_rows: bool) -> Part:
    """Return a table that has a form.

    Raises
    ------
    NotFoundError
        If there is none such.
    """
    found = PARTS.get(name)
    if found is None or found.has_rows != has_rows:
        raise NotFoundError("a project has no table {name}", name=name, hint="choose one of the page")
    return found


def _rows(form: ProjectFile, name: str) -> list[dict[str, Any]]:
    """Return the rows of a table."""
    tree = project_tree(form, with_defaults=True)
    return list(tree.get("ask", {}).get("parts", []) if name == "part" else tree.get(name, []))


def _with_rows(form: ProjectFile, name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a project with other rows in a table.

    Raises
    ------
    InputError
        If parts are given before it is said what is sought.
    """
    tree = project_tree(form)
    if name == "part":
        if "ask" not in tree:
            raise NotFoundError("the project does not say yet what it seeks", hint="say that first")
        return {**tree, "ask": {**tree["ask"], "parts": rows}}
    return {**tree, name: rows}


def _renamed(tree: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """Return a project whose uncertain inputs follow a line that is called otherwise now, or is gone ("")."""
    rows = [
        {**each, "lines": [new if line == old else line for line in each["lines"] if new or line != old]}
        for each in tree.get("driver", [])
    ]
    return {**tree, "driver": [each for each in rows if each["lines"]]}
