"""What people ask of the STAR desk, and what they keep."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from landbalance.core.places import countries
from landbalance.finance.desk import regime_names
from landbalance.finance.star_dials import dials_of
from landbalance.registry.star.models import MARKED, StarProject, StarRegime, StarScenario, StarTable, StarUse
from landbalance.registry.star.question import EXAMPLE, Question
from landbalance.reporting.star import NORMALISER_NAMES, VARIANT_NAMES
from landbalance.web.finance.charts import reader

PERCENT = frozenset({"ceiling", "degraded", "dryland", "people"})
COLUMN_WORDS = {
    "performance": _("Performance"),
    "income": _("Income per head"),
    "degraded": _("Degraded land"),
    "dryland": _("Dryland"),
    "people": _("Rural people in drylands"),
    "drought": _("Vulnerability to drought"),
    "exposed": _("People or land exposed"),
}
FIRST_YEAR, LAST_YEAR = 1990, 2060


def choices_of(names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return words of the reports as choices in the language of the reader."""
    say = reader().translate
    return [(key, say(name)) for key, name in names.items()]


def dial(label: Any, low: float, high: float, step: float, **more: Any) -> forms.FloatField:
    """Return a field for a number that a slider moves where there are scripts; empty means as the regime says."""
    widget = forms.NumberInput(attrs={"data-slider": f"{low:g} {high:g} {step:g}", "step": "any"})
    return forms.FloatField(label=label, required=False, widget=widget, **more)


class DialsForm(forms.Form):
    """Every value of a regime."""

    envelope = dial(_("Envelope [USD million]"), 0, 1000, 1, min_value=0.000001)
    ceiling = dial(_("Ceiling for a country [% of the envelope]"), 0, 100, 0.5, min_value=0, max_value=100)
    degraded = dial(_("Weight of degraded land [%]"), 0, 100, 1, min_value=0)
    dryland = dial(_("Weight of dryland [%]"), 0, 100, 1, min_value=0)
    people = dial(_("Weight of rural people in drylands [%]"), 0, 100, 1, min_value=0)
    normaliser = forms.ChoiceField(label=_("Components are made comparable as"), required=False)
    performance_exponent = dial(_("Exponent of performance"), 0, 3, 0.05, min_value=-10, max_value=10)
    benefits_exponent = dial(_("Exponent of benefits"), 0, 2, 0.05, min_value=-10, max_value=10)
    income_exponent = dial(_("Exponent of income"), -0.5, 0, 0.01, min_value=-10, max_value=10)
    floor_ldc = dial(_("Floor: least developed countries"), 0, 10, 0.1, min_value=0)
    floor_sids = dial(_("Floor: small islands"), 0, 10, 0.1, min_value=0)
    floor_other = dial(_("Floor: other countries"), 0, 10, 0.1, min_value=0)
    total_ldc = dial(_("Floor on all areas: least developed countries"), 0, 20, 0.1, min_value=0)
    total_sids = dial(_("Floor on all areas: small islands"), 0, 20, 0.1, min_value=0)
    total_other = dial(_("Floor on all areas: other countries"), 0, 20, 0.1, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["normaliser"].choices = choices_of(NORMALISER_NAMES)  # type: ignore[attr-defined]

    def dials(self) -> dict[str, Any]:
        """Return what was said, in ratios; what was left empty is left out."""
        said = {name: self.cleaned_data.get(name) for name in DialsForm.base_fields}
        return {name: value / 100 if name in PERCENT else value
                for name, value in said.items() if value not in (None, "")}  # fmt: skip


class DeskForm(DialsForm):
    """What is asked of the desk."""

    table = forms.ChoiceField(label=_("Countries"), required=False)
    regime = forms.ChoiceField(label=_("Regime"), required=False)
    variant = forms.ChoiceField(label=_("Drought in the formula"), required=False)
    weight = dial(_("Weight of drought [%]"), 0, 100, 1, min_value=0, max_value=100)
    performance = dial(_("Performance assumed where none is given [1 to 6]"), 1, 6, 0.1, min_value=1, max_value=6)
    year = forms.IntegerField(label=_("Groups as of"), required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    of = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def __init__(self, tables: Sequence[StarTable], regimes: Sequence[StarRegime], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = [(str(each.pk), str(each)) for each in tables]
        self.fields["table"].choices = [*mine, (EXAMPLE, _now("Example: five invented countries"))]  # type: ignore[attr-defined]
        self.fields["variant"].choices = choices_of(VARIANT_NAMES)  # type: ignore[attr-defined]
        own = [(str(each.pk), _now("What-if: %(name)s") % {"name": each}) for each in regimes]
        self.fields["regime"].choices = [*regime_names(), *own]  # type: ignore[attr-defined]

    def question(self) -> Question:
        """Return what is asked; dials of another regime, and the weight of another variant, do not count."""
        said = self.cleaned_data
        regime, variant = said["regime"] or Question.regime, said["variant"]
        was, _space, before = said["of"].partition(" ") if said["of"] else (regime, "", variant)
        is_same_regime, is_same_variant = was == regime, before == variant
        return Question(
            table=said["table"],
            regime=regime,
            variant=variant,
            weight=said["weight"] / 100 if said["weight"] is not None and is_same_variant else None,
            performance=said["performance"],
            year=said["year"] if is_same_regime else None,
            dials=self.dials() if is_same_regime else {},
        )


def query_of(question: Question) -> str:
    """Return a question as it stands in the address of the desk."""
    return urlencode({name: value for name, value in as_fields(question).items() if value not in (None, "")}
                     | {"table": question.table, "variant": question.variant})  # fmt: skip


def as_fields(question: Question, dials: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a question as the fields of the form show it, with all dials where they are given."""
    shown = question.dials if dials is None else dials
    return {
        "table": question.table,
        "regime": question.regime,
        "variant": question.variant,
        "weight": None if question.weight is None else _plain(question.weight * 100),
        "performance": question.performance,
        "year": question.year,
        "of": f"{question.regime} {question.variant}",
        **{name: _plain(value * 100 if name in PERCENT else value) for name, value in shown.items()},
    }


def _plain(value: Any) -> Any:
    """Return a number as people write it: 20 and not 20.0."""
    if not isinstance(value, float):
        return value
    rounded = round(value, 6)
    return int(rounded) if rounded.is_integer() else rounded


class KeepForm(forms.ModelForm):  # type: ignore[type-arg]
    """A record of the desk; a change of one that stands says why, and which version it was made from."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        if not self.instance._state.adding:
            self.fields["reason"] = forms.CharField(label=_("Why it changes"), max_length=100, required=False)
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=self.instance.version)


class ScenarioForm(KeepForm):
    """What a scenario is called."""

    class Meta:
        model = StarScenario
        fields = ("name", "text")
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 2})}


class TableForm(KeepForm):
    """A table of countries; of one that stands, the file may be left out."""

    file = forms.FileField(label=_("File"), help_text=_("CSV or XLSX, one row for each country."))
    public = forms.MultipleChoiceField(
        label=_("Columns that are public"),
        required=False,
        choices=[(name, COLUMN_WORDS[name]) for name in MARKED],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is not ticked is marked as an assumption."),
    )

    class Meta:
        model = StarTable
        fields = ("name", "source", "public")
        widgets: ClassVar = {"source": forms.Textarea(attrs={"rows": 2})}

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["file"].required = self.instance._state.adding


class RegimeForm(KeepForm, DialsForm):
    """A regime of one's own: what is left empty stands as in the regime it is based on."""

    portfolio = forms.FloatField(label=_("Weight of the portfolio"), required=False, min_value=0, max_value=1)
    policy = forms.FloatField(label=_("Weight of environmental policy"), required=False, min_value=0, max_value=1)
    broad = forms.FloatField(label=_("Weight of public management"), required=False, min_value=0, max_value=1)
    full_below = forms.FloatField(
        label=_("All may be moved between areas up to a total of [USD million]"), required=False, min_value=0
    )
    fixed = forms.FloatField(label=_("Else may be moved [USD million]"), required=False, min_value=0)
    share = forms.FloatField(
        label=_("or this share of the total, whichever is larger [1]"), required=False, min_value=0, max_value=1
    )

    class Meta:
        model = StarRegime
        fields = ("name", "source")
        widgets: ClassVar = {"source": forms.Textarea(attrs={"rows": 2})}

    field_order = ("name", "source")

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        known, hints = dials_of(self.instance.base, self.instance.values), dials_of("gef-8")
        for name, value in known.items():
            self.initial.setdefault(name, _plain(value * 100 if name in PERCENT else value))
        for name, value in hints.items():
            if name in self.fields and name not in known and name not in ("envelope", "normaliser"):
                said = f"{value * 100:g} %" if name in PERCENT else f"{value:g}"
                self.fields[name].help_text = _now("GEF-8: %(value)s") % {"value": said}

    def dials(self) -> dict[str, Any]:
        """Return what was said, in ratios."""
        more = ("portfolio", "policy", "broad", "full_below", "fixed", "share")
        said = {name: self.cleaned_data.get(name) for name in more}
        return super().dials() | {name: value for name, value in said.items() if value is not None}


class UseForm(KeepForm):
    """The allocation of one country."""

    class Meta:
        model = StarUse
        fields = ("iso3", "regime", "land", "biodiversity", "climate", "deadline", "source")
        widgets: ClassVar = {
            "source": forms.Textarea(attrs={"rows": 2}),
            "deadline": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, codes: Sequence[str], *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        language = (get_language() or "en").split("-")[0]
        known = {each.iso3: each.called(language) for each in countries()}
        wanted = codes or list(known)
        choices = sorted(((code, known.get(code, code)) for code in wanted), key=lambda each: each[1])
        self.fields["iso3"] = forms.ChoiceField(label=_("Country"), choices=choices)
        self.fields["regime"] = forms.ChoiceField(label=_("Regime"), choices=regime_names())
        for name in ("land", "biodiversity", "climate"):
            self.fields[name].help_text = _("USD million")


class ProjectForm(KeepForm):
    """A project that draws on an allocation."""

    class Meta:
        model = StarProject
        fields = ("title", "area", "grant", "preparation", "fee_share", "incentive")

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        for name in ("grant", "preparation"):
            self.fields[name].help_text = _("USD million")
