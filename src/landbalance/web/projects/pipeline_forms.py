"""Which projects are listed, the file one comes from, how far one is and what it is tied to."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from landbalance.registry.projects.models import Stage

SORTS = (
    ("title", _("Title")),
    ("hectares", _("Hectares")),
    ("cost", _("Present costs")),
    ("npv", _("Net present value")),
    ("irr", _("Rate of return")),
    ("fit", _("Fit of the best window")),
)
LARGEST = 1_000_000  # bytes of a file of a project


class FileForm(forms.Form):
    """A file of a project."""

    file = forms.FileField(label=_("File of a project (.toml)"))

    def clean_file(self) -> str:
        """Return its text."""
        sent = self.cleaned_data["file"]
        if sent.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 1 MB."))
        try:
            return str(sent.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("The file is not UTF-8 text: save it as UTF-8.")) from error


class PlaceForm(forms.Form):
    """How far a project is, and what it is tied to."""

    stage = forms.ChoiceField(label=_("Stage"), choices=Stage.choices)
    targets = forms.MultipleChoiceField(
        label=_("Targets it serves"), required=False, widget=forms.CheckboxSelectMultiple
    )
    analyses = forms.MultipleChoiceField(
        label=_("Plans and scenarios it is from"), required=False, widget=forms.CheckboxSelectMultiple
    )
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *given: Any, targets: Sequence[Any], analyses: Sequence[Any], **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["targets"].choices = targets  # type: ignore[attr-defined]
        self.fields["analyses"].choices = analyses  # type: ignore[attr-defined]


class PipelineForm(forms.Form):
    """Which projects, in which order."""

    text = forms.CharField(label=_("Words"), required=False, max_length=100)
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=[("", _("All")), *Stage.choices])
    sort = forms.ChoiceField(label=_("Order by"), required=False, choices=SORTS)
    open = forms.BooleanField(label=_("Only those a window is open to"), required=False)

    def wanted(self) -> dict[str, Any]:
        """Return what is asked; what makes no sense is not asked."""
        self.is_valid()
        return {"text": "", "stage": "", "sort": "title", "open": False} | {
            name: value for name, value in getattr(self, "cleaned_data", {}).items() if value
        }
