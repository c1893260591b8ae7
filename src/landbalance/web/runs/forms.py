"""What a person says of a run."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from landbalance.core.parameters import profiles
from landbalance.registry.runs.models import Run


class RunForm(forms.Form):
    """What is computed, and how."""

    title = forms.CharField(
        label=_("What it is for"), max_length=120, required=False, help_text=_("A few words that you will know again.")
    )
    profile = forms.ChoiceField(
        label=_("Method"),
        required=False,
        choices=lambda: [("", _("As the workspace says")), *((name, name) for name in profiles())],
    )
    starts_itself = forms.BooleanField(
        label=_("Start by itself if nothing stands against it"), required=False, initial=True
    )
    is_anew = forms.BooleanField(
        label=_("Compute everything anew"),
        required=False,
        help_text=_("Otherwise what earlier runs have, unchanged, is taken over."),
    )


class CompareForm(forms.Form):
    """Which two runs are laid side by side."""

    a = forms.ChoiceField(label=_("First run"))
    b = forms.ChoiceField(label=_("Second run"))

    def __init__(self, runs: list[Run], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(run.pk), str(run)) for run in runs]
        for name in ("a", "b"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
