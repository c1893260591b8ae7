"""Forms for countries and regions."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from landbalance.core.places import countries


def country_choices() -> list[tuple[str, str]]:
    """Return the countries by their names in the reader's language."""
    language = (get_language() or "en").split("-")[0]
    return sorted(((each.iso3, each.called(language)) for each in countries()), key=lambda pair: pair[1])


class CountryForm(forms.Form):
    """Which country."""

    iso3 = forms.ChoiceField(label=_("Country"), choices=country_choices)
    title = forms.CharField(
        label=_("Title"), max_length=120, required=False, help_text=_("The name of the country when left out.")
    )


class RegionForm(forms.Form):
    """Which countries."""

    title = forms.CharField(label=_("Title"), max_length=120)
    slug = forms.SlugField(label=_("Short name for addresses"), max_length=60)
    countries = forms.MultipleChoiceField(
        label=_("Countries"), choices=country_choices, widget=forms.SelectMultiple(attrs={"size": 12})
    )


class WorkspaceForm(forms.Form):
    """How a workspace is called, and who outside sees what is approved."""

    title = forms.CharField(label=_("Title"), max_length=120)
    is_public = forms.BooleanField(label=_("Everybody may see what is approved and public"), required=False)
    shares_with_region = forms.BooleanField(label=_("Regions may see what is approved and shared"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
