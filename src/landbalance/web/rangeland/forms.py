"""Which definition of rangeland is measured."""

from django import forms
from django.utils.translation import gettext_lazy as _

WORDS = {
    "strict": _("Strict: grassland alone"),
    "default": _("Default: with shrubland, sparse vegetation and open trees"),
    "broad": _("Broad: with mosaics, grazed wetland and bare land of the drylands"),
}


class DefinitionForm(forms.Form):
    """Which definition forage and herds are set against; the extent is shown under all of them."""

    definition = forms.ChoiceField(label=_("Definition of rangeland"), choices=[*WORDS.items()], initial="default")
