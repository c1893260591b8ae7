"""Forms about practices."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from landbalance.registry.codes import choices
from landbalance.registry.practices.models import LISTS, SINGLE, Practice

IMPACT = "impact_"


class SearchForm(forms.Form):
    """Which practices."""

    text = forms.CharField(label=_("Words"), required=False, max_length=100)
    groups = forms.ChoiceField(label=_("Group"), required=False)
    measures = forms.ChoiceField(label=_("Measure"), required=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for name in ("groups", "measures"):
            self.fields[name].choices = choices(LISTS[name], empty=_("All"))  # type: ignore[attr-defined]


class PracticeForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is known of a practice."""

    class Meta:
        model = Practice
        fields = (
            "code",
            "name",
            "description",
            "groups",
            "measures",
            "land_use",
            "degradation",
            "goal",
            "agroforestry",
            "establishment_usd_ha",
            "maintenance_usd_ha",
            "lifespan_years",
            "lag_years",
            "drought_fit",
            "evidence_grade",
            "wocat_id",
            "source",
            "licence",
            "visibility",
        )
        labels: ClassVar = {"visibility": _("Who sees it")}

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for name, list_id in LISTS.items():
            label = self.fields[name].label
            self.fields[name] = forms.MultipleChoiceField(label=label, choices=choices(list_id), required=False)
        for name, list_id in SINGLE.items():
            label = self.fields[name].label
            self.fields[name] = forms.ChoiceField(label=label, choices=choices(list_id, empty=_("–")), required=False)
        if not self.instance._state.adding:
            self.fields["code"].disabled = True
            self.fields["reason"] = forms.CharField(label=_("Why it changes"), max_length=100, required=False)
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=self.instance.version)

    def values(self) -> dict[str, Any]:
        """Return the fields of the record."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}
