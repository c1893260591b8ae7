"""Forms about files."""

from django import forms
from django.utils.translation import gettext_lazy as _

from landbalance.registry.records import Sensitivity, Visibility


class EvidenceForm(forms.Form):
    """A file and what it shows."""

    file = forms.FileField(label=_("File"), help_text=_("Photos, PDF, tables, documents; 50 MB at most."))
    title = forms.CharField(label=_("What it shows"), max_length=200)
    author = forms.CharField(label=_("Author"), max_length=120, required=False)
    licence = forms.CharField(label=_("Licence"), max_length=60, required=False)
    made_on = forms.DateField(label=_("Made on"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    visibility = forms.ChoiceField(label=_("Who sees it"), choices=Visibility.choices, initial=Visibility.MEMBERS)
    sensitivity = forms.ChoiceField(label=_("How sensitive it is"), choices=Sensitivity.choices)
