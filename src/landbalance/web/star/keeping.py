"""One way to keep a record of the desk: the form, what is wrong with it, or the page of what was kept."""

from typing import Any, Protocol

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from landbalance.core.errors import LandbalanceError
from landbalance.registry.spoken import spoken
from landbalance.web.gate import UserRequest
from landbalance.web.star.forms import KeepForm

FORM = ["GET", "HEAD", "POST"]
RECORD = "star/record.html"
MOST_FAULTS = 50


class Keep(Protocol):
    """What keeps a valid form: why it changes, and which version it was made from."""

    def __call__(self, *, reason: str, expected: int | None) -> Any:
        """Keep it."""


def kept(request: UserRequest, form: KeepForm, keep: Keep, *, then: Any = None, template: str = RECORD,
         **context: Any) -> HttpResponse:  # fmt: skip
    """Show a form; on POST keep what it says and go on, or say what is wrong.

    Parameters
    ----------
    then
        Where to go on; to the record when None.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                keep(reason=said.get("reason", ""), expected=said.get("version"))
            except LandbalanceError as error:
                form.add_error(None, spoken(error))
                context["faults"] = [spoken(each) for each in getattr(error, "faults", ())[:MOST_FAULTS]]
            else:
                messages.success(request, _("Kept."))
                return redirect(then or form.instance)
    record = None if form.instance._state.adding else form.instance
    return render(request, template, {"form": form, "record": record, **context}, status=status)
