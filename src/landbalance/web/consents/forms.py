"""Forms about consents."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from landbalance.core.codelists import code_list
from landbalance.registry.codes import choices
from landbalance.registry.consents.models import Consent

STEP_STATES = [("", "–"), ("begun", _("begun")), ("done", _("done"))]
DAY = forms.DateInput(attrs={"type": "date"})


class CustodianForm(forms.Form):
    """Who decides over its own records, and how it is reached."""

    name = forms.CharField(label=_("Name of the community or body"), max_length=120)
    contact = forms.CharField(label=_("How it is reached"), max_length=200, required=False)


class StewardForm(forms.Form):
    """A member who is to speak for a custodian."""

    username = forms.CharField(
        label=_("User name"), max_length=60, help_text=_("A member of this workspace, who then speaks for it.")
    )


class StewardInvitationForm(forms.Form):
    """Somebody from outside who is to speak for a custodian."""

    email = forms.EmailField(label=_("E-mail address"))


class TerritoryField(forms.JSONField):
    """A polygon drawn on the map or pasted; empty where there is none."""

    widget = forms.Textarea(attrs={"rows": 3, "data-map-draw": "", "spellcheck": "false", "dir": "ltr"})

    def prepare_value(self, value: Any) -> Any:
        """Return what stands in the field."""
        return "" if value is None else super().prepare_value(value)


class ConsentForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is allowed, by whom, for what."""

    purposes = forms.MultipleChoiceField(
        label=_("Purposes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each is a yes of its own. What is not ticked is not done."),
    )
    way = forms.ChoiceField(label=_("How it was given"), required=False)
    decision = forms.ChoiceField(label=_("Decision"))
    scope = TerritoryField(label=_("Territory (GeoJSON)"), required=False)

    class Meta:
        model = Consent
        fields = (
            "code",
            "title",
            "kind",
            "decision",
            "conditions",
            "given_by",
            "given_on",
            "language",
            "way",
            "read_aloud",
            "witness",
            "purposes",
            "data_kinds",
            "may_leave_country",
            "may_train_models",
            "retention_until",
            "valid_from",
            "valid_to",
            "withdrawal_way",
            "grievance",
            "contact",
            "scope",
            "visibility",
        )
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "conditions": forms.Textarea(attrs={"rows": 3}),
            **dict.fromkeys(("given_on", "retention_until", "valid_from", "valid_to"), DAY),
        }
        labels: ClassVar = {"visibility": _("Who sees it")}

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["purposes"].choices = choices("consent_purposes")  # type: ignore[attr-defined]
        self.fields["way"].choices = choices("consent_ways", empty=_("–"))  # type: ignore[attr-defined]
        self.fields["decision"].choices = choices("fpic_decisions")  # type: ignore[attr-defined]
        self._ask_steps()
        if self.instance._state.adding:
            self.initial.setdefault("visibility", "custodian")
        else:
            self.fields["code"].disabled = True
            self.fields["reason"] = forms.CharField(label=_("Why it changes"), max_length=100, required=False)
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=self.instance.version)

    def values(self) -> dict[str, Any]:
        """Return the fields of the record."""
        found = {name: self.cleaned_data[name] for name in self._meta.fields or ()}
        steps = {each.code: self._step(each.code) for each in code_list("fpic_steps").items}
        return {**found, "steps": {code: said for code, said in steps.items() if any(said.values())}}

    def _ask_steps(self) -> None:
        """Ask of each step of free, prior and informed consent how far it is, when, and what shows it."""
        for code, name in choices("fpic_steps"):
            said = self.instance.steps.get(code, {})
            state = forms.ChoiceField(label=f"{code}. {name}", choices=STEP_STATES, required=False)
            day = forms.DateField(label=f"{code}. {_('Date')}", widget=DAY, required=False)
            evidence = forms.CharField(label=f"{code}. {_('Evidence')}", max_length=300, required=False)
            for part, field in (("state", state), ("date", day), ("evidence", evidence)):
                field.initial = said.get(part, "")
                self.fields[f"step_{code}_{part}"] = field

    def _step(self, code: str) -> dict[str, str]:
        """Return what is said of a step."""
        parts = {part: self.cleaned_data.get(f"step_{code}_{part}") for part in ("state", "date", "evidence")}
        return {part: str(value) if value else "" for part, value in parts.items()}
