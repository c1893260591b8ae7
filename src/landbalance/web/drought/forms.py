"""Forms about drought: which month, who reads, and the designer of triggers."""

from typing import Any, ClassVar

from babel.dates import get_month_names
from django import forms
from django.utils.translation import gettext_lazy as _

from landbalance.registry.drought.models import DroughtTrigger
from landbalance.web.site.templatetags.numbers import locale

CONDITIONS = (1, 2, 3)
PERCENT = 100
RATIOS = ("margin", "least_known", "most_false")


class WatchForm(forms.Form):
    """For which month the monitor is brought up to date."""

    as_of = forms.RegexField(
        r"^[0-9]{4}-(0[1-9]|1[0-2])$",
        label=_("Month"),
        required=False,
        help_text=_("As 2021-08: only what was known by then is used. Left empty, the last month with rain."),
        error_messages={"invalid": _("Write a month as 2021-08.")},
    )


class ReaderForm(forms.Form):
    """Where bulletins are sent."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)


class IssueForm(forms.Form):
    """A word of the body that issues a call."""

    note = forms.CharField(
        label=_("A word to the readers"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    expected = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why a trigger is adopted or taken out of force."""

    reason = forms.CharField(label=_("Why"), required=False, max_length=100)
    expected = forms.IntegerField(widget=forms.HiddenInput)


class TriggerForm(forms.ModelForm):  # type: ignore[type-arg]
    """The designer of a trigger: conditions as data, phase, persistence, and what it sets off."""

    class Meta:
        model = DroughtTrigger
        fields = (
            "code",
            "name",
            "phase",
            "needs",
            "hold",
            "within",
            "months",
            "margin",
            "least_known",
            "action",
            "body",
            "budget_line",
            "most_false",
            "season_month",
        )
        widgets: ClassVar = {"action": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        names = get_month_names("wide", locale=locale())
        listed = [(number, names[number]) for number in range(1, 13)]
        self.fields["months"] = forms.TypedMultipleChoiceField(
            label=_("Months in which it may fire"),
            choices=listed,
            coerce=int,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("None chosen: in every month."),
        )
        self.fields["season_month"] = forms.TypedChoiceField(
            label=_("Month the season ends, for the back-test"), choices=listed, coerce=int
        )
        for name in RATIOS:
            label, initial = self.fields[name].label, getattr(self.instance, name)
            self.fields[name] = forms.FloatField(
                label=_("%(name)s [%%]") % {"name": label}, min_value=0, max_value=100, initial=initial * PERCENT
            )
            self.initial[name] = round(initial * PERCENT, 6)
        self._add_conditions()
        if not self.instance._state.adding:
            self.fields["code"].disabled = True
            self.fields["reason"] = forms.CharField(label=_("Why it changes"), max_length=100, required=False)
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=self.instance.version)

    def clean(self) -> dict[str, Any]:
        """Turn per cent into ratios, and ask for a value beside every index that is named."""
        said = super().clean() or {}
        said |= {name: said[name] / PERCENT for name in RATIOS if name in said}
        for number in CONDITIONS:
            if said.get(f"indicator_{number}") and said.get(f"at_most_{number}") is None:
                self.add_error(f"at_most_{number}", _("Give a value of the index."))
        return said

    def values(self) -> dict[str, Any]:
        """Return the fields of the record."""
        said = self.cleaned_data
        given = {name: said[name] for name in self._meta.fields or () if name != "code" or self.instance._state.adding}
        conditions = []
        for number in CONDITIONS:
            if said[f"indicator_{number}"]:
                share = said[f"area_share_{number}"]
                conditions.append(
                    {
                        "indicator": said[f"indicator_{number}"].strip().lower(),
                        "at_most": said[f"at_most_{number}"],
                        "area_share": None if share is None else share / PERCENT,
                    }
                )
        return given | {"conditions": conditions}

    def _add_conditions(self) -> None:
        """Add the fields of the conditions; one that holds is enough."""
        held = list(self.instance.conditions)
        for number in CONDITIONS:
            row = held[number - 1] if number <= len(held) else {}
            words = {"number": number}
            self.fields[f"indicator_{number}"] = forms.CharField(
                label=_("Condition %(number)s: index") % words,
                required=number == 1,
                max_length=20,
                help_text=_("spi-3, spei-12, soil-moisture, vegetation") if number == 1 else "",
            )
            self.fields[f"at_most_{number}"] = forms.FloatField(
                label=_("Condition %(number)s: at most") % words, required=number == 1, min_value=-5, max_value=5
            )
            self.fields[f"area_share_{number}"] = forms.FloatField(
                label=_("Condition %(number)s: on this share of the land [%%]") % words,
                required=False,
                min_value=0.1,
                max_value=100,
                help_text=_("Left empty: in the mean of the district.") if number == 1 else "",
            )
            share = row.get("area_share")
            self.initial[f"indicator_{number}"] = row.get("indicator", "")
            self.initial[f"at_most_{number}"] = row.get("at_most")
            self.initial[f"area_share_{number}"] = None if share is None else round(share * PERCENT, 6)
        first = ["code", "name", "phase", "needs"]
        parts = [f"{part}_{number}" for number in CONDITIONS for part in ("indicator", "at_most", "area_share")]
        self.order_fields([*first, *parts])
