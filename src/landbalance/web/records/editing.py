"""One way to write a record in the browser: draft, form, check, save, and both sides shown when two people write."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render

from landbalance.core.errors import LandbalanceError
from landbalance.registry.records import ConflictError, WorkspaceRecord
from landbalance.registry.review import version_of
from landbalance.registry.spoken import spoken
from landbalance.web.gate import UserRequest
from landbalance.web.records.drafts import Keeping, as_data
from landbalance.web.records.forms import RowForm
from landbalance.web.records.merging import differences_between, merged

CONFLICT = 409
CHECK, CHANGE = "check", "change"


@dataclass(frozen=True)
class Editing:
    """What is written, and how it is saved.

    Parameters
    ----------
    make : callable
        The form from data, files and initial values.
    save : callable
        What saves a valid form and returns the record.
    show : callable
        A record, or one of its versions, as the form shows it.
    context : mapping
        What the page says besides.
    """

    template: str
    make: Callable[..., RowForm]
    save: Callable[[Any], WorkspaceRecord]
    keeping: Keeping
    record: WorkspaceRecord | None = None
    show: Callable[[Any], dict[str, Any]] | None = None
    context: Mapping[str, Any] | None = None


def edited(request: UserRequest, editing: Editing) -> HttpResponse:
    """Show the form; on POST check it, save it, or show what two people wrote side by side."""
    if request.method != "POST":
        return _shown(request, editing, _begun(editing), resumed=editing.keeping.found)
    data = request.POST
    record = editing.record
    if record is not None and editing.show is not None and any(name.startswith("take_") for name in data):
        data = merged(data, editing.show(record))
    form = editing.make(data, request.FILES)
    if request.POST.get(CHANGE) or not form.is_valid():
        return _shown(request, editing, form)
    if request.POST.get(CHECK):
        return render(request, "records/check.html", {"form": form, **_words(editing)})
    try:
        saved = editing.save(form)
    except ConflictError as error:
        return _both(request, editing, form, error)
    except LandbalanceError as error:
        form.add_error(None, spoken(error))
        return _shown(request, editing, form)
    return editing.keeping.done(redirect(saved.get_absolute_url()))


def _begun(editing: Editing) -> RowForm:
    """Return the form as a person finds it: with the draft, else as the record stands."""
    initial = editing.show(editing.record) if editing.record is not None and editing.show is not None else {}
    values = editing.keeping.begin()
    if values is None:
        return editing.make(initial=initial)
    draft = editing.keeping.found
    kept = as_data({**values, "expected": draft.version if draft is not None else 0})
    form = editing.make(initial=initial)
    for name, field in form.fields.items():
        if name in kept:
            several = hasattr(field, "choices") and isinstance(values.get(name), list)
            form.initial[name] = kept.getlist(name) if several else kept.get(name)
    return form


def _shown(request: UserRequest, editing: Editing, form: RowForm, *, resumed: Any = None) -> HttpResponse:
    """Show the form."""
    status = 422 if form.is_bound and form.errors else 200
    return render(request, editing.template, {"form": form, "resumed": resumed, **_words(editing)}, status=status)


def _both(request: UserRequest, editing: Editing, form: RowForm, error: ConflictError) -> HttpResponse:
    """Show what two people wrote, field by field."""
    show, theirs = editing.show, error.theirs
    if show is None:
        raise error
    expected = form.cleaned_data.get("expected") or 0
    try:
        before = show(version_of(theirs, expected))
    except LandbalanceError:
        before = show(theirs)
    found = differences_between(form, show(theirs), before)
    words = {"form": form, "theirs": theirs, "differences": found, "action": request.path, **_words(editing)}
    return render(request, "records/merge.html", words, status=CONFLICT)


def _words(editing: Editing) -> dict[str, Any]:
    """Return what the page says besides the form."""
    return {"record": editing.record, "keeping": editing.keeping, **(editing.context or {})}
