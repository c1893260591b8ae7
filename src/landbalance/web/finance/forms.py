"""What people ask of finance, and what they decide."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from landbalance.core.money import is_currency
from landbalance.registry.finance.models import LdnLink
from landbalance.registry.finance.picture import Question
from landbalance.registry.finance.strategy_models import FinanceStep, SubsidyEntry

PERSPECTIVES = [
    ("provider", _("Providers: what funders gave")),
    ("recipient", _("Recipient: what entered the country's system")),
    ("final-use", _("Final use: what was spent")),
]
MEASURES = [("disbursement", _("Paid out")), ("commitment", _("Committed"))]
SOURCES = [
    ("", _("Tell it from the file")),
    ("crs", _("OECD CRS bulk file")),
    ("iati", _("IATI activities")),
    ("budget", _("National budget")),
    ("private", _("Private and blended deals")),
]
FIRST, LAST = 1960, 2100


def year_field(label: Any) -> forms.IntegerField:
    """Return a field for a year that may stay empty."""
    return forms.IntegerField(label=label, required=False, min_value=FIRST, max_value=LAST)


class QuestionForm(forms.Form):
    """How the ledger is looked at."""

    perspective = forms.ChoiceField(label=_("Whose view"), choices=PERSPECTIVES, required=False)
    measure = forms.ChoiceField(label=_("Which money"), choices=MEASURES, required=False)
    first = year_field(_("First year"))
    last = year_field(_("Last year"))
    constant = year_field(_("Constant dollars of"))
    growth = forms.FloatField(
        label=_("Growth of the money there is, a year [%]"), required=False, min_value=-50, max_value=50
    )

    def clean(self) -> dict[str, Any]:
        """Refuse years that run backwards."""
        said = super().clean() or {}
        first, last = said.get("first"), said.get("last")
        if (first is None) != (last is None):
            self.add_error("last", _("Give the first and the last year, or neither."))
        elif first is not None and last is not None and last < first:
            self.add_error("last", _("The last year lies before the first."))
        return said

    def question(self) -> Question:
        """Return what is asked; the recipient's view of what was paid out where nothing is said."""
        said = self.cleaned_data if self.is_bound and self.is_valid() else {}
        years = (said["first"], said["last"]) if said.get("first") and said.get("last") else None
        return Question(
            said.get("perspective") or "recipient", said.get("measure") or "disbursement", years, said.get("constant")
        )

    def growth_rate(self) -> float:
        """Return the growth of the money there is, a year [1]."""
        said = self.cleaned_data if self.is_bound and self.is_valid() else {}
        return (said.get("growth") or 0.0) / 100


class SendForm(forms.Form):
    """A file of flows."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CRS bulk file (txt, csv, zip, parquet), IATI 2.03 (xml), budget or deals (csv, xlsx)."),
    )
    source = forms.ChoiceField(label=_("What it is"), choices=SOURCES, required=False)
    currency = forms.CharField(label=_("Currency of rows that state none"), initial="USD", max_length=3, min_length=3)
    rates = forms.FileField(
        label=_("National exchange rates and deflators"),
        required=False,
        help_text=_("A table with currency, year and per_usd or index. They go before those of the package."),
    )

    def clean_currency(self) -> str:
        """Return a code of a currency."""
        code = str(self.cleaned_data["currency"]).upper()
        if not is_currency(code):
            raise forms.ValidationError(_("This is no code of a currency, such as USD."))
        return code


class ShareForm(forms.Form):
    """What share of a flow counts for land, and why."""

    share = forms.FloatField(label=_("Counts for land [%]"), min_value=0, max_value=100)
    reason = forms.CharField(label=_("Reason"), max_length=400)


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=400)


VERDICTS = [
    ("same", _("One: by the order of sources")),
    ("first", _("One: count the first")),
    ("second", _("One: count the second")),
    ("different", _("Two: count both")),
]


class PairForm(forms.Form):
    """What is decided of two activities."""

    first = forms.CharField(max_length=400, widget=forms.HiddenInput)
    second = forms.CharField(max_length=400, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(choices=[*VERDICTS, ("withdrawn", _("Take the decision back"))])
    reason = forms.CharField(max_length=400)


class LinkForm(forms.Form):
    """What a flow pays for."""

    target_code = forms.ChoiceField(label=_("Target"))
    action_code = forms.ChoiceField(label=_("Action on the ground"), required=False)
    project_code = forms.CharField(label=_("Project"), required=False, max_length=80)
    response = forms.ChoiceField(label=_("Response"), required=False, choices=[("", "–"), *LdnLink.Response.choices])
    hectares = forms.DecimalField(label=_("Hectares"), required=False, min_value=0, max_digits=16, decimal_places=2)
    share = forms.DecimalField(
        label=_("Share of its money [%]"), min_value=0, max_value=100, initial=100, max_digits=6, decimal_places=3
    )

    def __init__(self, *args: Any, targets: list[tuple[str, str]], actions: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["target_code"].choices = targets  # type: ignore[attr-defined]
        self.fields["action_code"].choices = [("", "–"), *actions]  # type: ignore[attr-defined]

    def clean_share(self) -> Decimal:
        """Return the share as a ratio."""
        return Decimal(self.cleaned_data["share"]) / 100


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]
    """A record of finance; a change of one that stands says why, and which version it was made from."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        if not self.instance._state.adding:
            self.fields["code"].disabled = True
            self.fields["reason"] = forms.CharField(label=_("Why it changes"), max_length=100, required=False)
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=self.instance.version)


class StepForm(RecordForm):
    """A step of the strategy."""

    class Meta:
        model = FinanceStep
        fields = (
            "code", "title", "source", "instrument", "central", "low", "high", "probability", "start", "ramp_years",
            "subsidy_code", "has_debt_assessment", "readiness", "equity", "capital_cost", "time",
        )  # fmt: skip


class SubsidyForm(RecordForm):
    """A subsidy."""

    class Meta:
        model = SubsidyEntry
        fields = (
            "code", "name", "annual_value", "harm", "feasibility", "equity", "pse_class", "has_input_constraints",
            "pathway", "evidence", "cut", "compensation", "reinvest", "other", "after",
        )  # fmt: skip


class TableForm(forms.Form):
    """A table of records."""

    file = forms.FileField(label=_("Table"), help_text=_("CSV or XLSX, with the columns of the guide."))


class SpanForm(forms.Form):
    """The years of a report."""

    first = forms.IntegerField(label=_("First year"), min_value=FIRST, max_value=LAST, initial=2020)
    last = forms.IntegerField(label=_("Last year"), min_value=FIRST, max_value=LAST, initial=2023)

    def years(self) -> tuple[int, int]:
        """Return first and last year; those of the reporting cycle where nothing is said."""
        said = self.cleaned_data if self.is_bound and self.is_valid() else {}
        first, last = said.get("first", 2020), said.get("last", 2023)
        return (first, last) if first <= last <= first + 30 else (2020, 2023)


class WorkbookForm(SpanForm):
    """A corrected workbook."""

    file = forms.FileField(label=pgettext_lazy("a file", "Corrected workbook"))
