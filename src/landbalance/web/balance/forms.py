"""What a person asks of the balance, of a scenario and of the planner."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from landbalance.core.errors import LandbalanceError
from landbalance.planning.scenario import AUTO, ScenarioPolygon
from landbalance.registry.runs.maps import parse_shape
from landbalance.registry.runs.models import Run
from landbalance.registry.scenarios.models import LedgerEntry, Scenario, ScenarioArea, Side
from landbalance.registry.scenarios.queries import Offer
from landbalance.registry.spoken import spoken

RESPONSES = (
    (AUTO, _("What the land asks for")),
    ("avoid", _("Avoid: keep good land")),
    ("reduce", _("Reduce: slow the loss")),
    ("reverse", _("Reverse: restore")),
)
RESPONSE_WORDS = {"avoid": _("Avoid"), "reduce": _("Reduce"), "reverse": _("Reverse"), AUTO: RESPONSES[0][1]}
OBJECTIVES = (("cost", _("The least cost")), ("people", _("The most people")), ("carbon", _("The most carbon")))
HIERARCHIES = (
    ("cheapest", _("Among plans of equal cost")),
    ("weighted", _("By weights on the cost")),
    ("lexicographic", _("Before the cost: avoid, then reduce, then reverse")),
)
TITLES = {
    "protection": _("Protection and land-use planning"),
    "fire_and_conversion_control": _("Fire and conversion control by communities"),
    "grazing_management": _("Grazing management"),
    "soil_cover_on_crops": _("Soil cover, organic matter and minimal tillage on crops"),
    "assisted_regeneration": _("Assisted natural regeneration"),
    "cross_slope_barriers": _("Cross-slope barriers: stone lines, half-moons, terraces"),
}


def title_of(offer: Offer) -> Any:
    """Return the name of a practice in the reader's language."""
    return offer.title if offer.is_ours else TITLES.get(offer.code, offer.title)


class RunsForm(forms.Form):
    """Which run, and within which zones."""

    run = forms.ChoiceField(label=_("Run"))
    domain = forms.ChoiceField(
        label=_("Gains must meet losses within"),
        required=False,
        help_text=_("Land types are balanced within each of these zones."),
    )
    to = forms.IntegerField(label=_("Target year"), min_value=2000, max_value=2100, initial=2030)

    def __init__(self, runs: Sequence[Run], domains: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._runs = {str(run.pk): run for run in runs}
        self.fields["run"].choices = [(key, str(run)) for key, run in self._runs.items()]  # type: ignore[attr-defined]
        self.fields["domain"].choices = [("", _("the country as a whole")), *domains]  # type: ignore[attr-defined]

    def clean_run(self) -> Run:
        """Return the run."""
        return self._runs[self.cleaned_data["run"]]


class BalanceForm(RunsForm):
    """What the balance is made of."""

    types = forms.ChoiceField(label=_("Land types"), required=False)

    def __init__(self, *args: Any, types: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [("", _("as the workspace says")), *((name, name) for name in types if name != "default")]
        self.fields["types"].choices = names  # type: ignore[attr-defined]


class ScenarioForm(forms.ModelForm):  # type: ignore[type-arg]
    """What a scenario is about."""

    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Scenario
        fields = ("name", "text", "target_year")
        widgets: ClassVar = {"text": forms.Textarea(attrs={"rows": 3})}

    def given(self) -> dict[str, Any]:
        """Return what was said, without the version."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class EntryForm(forms.ModelForm):  # type: ignore[type-arg]
    """An entry of the ledger; a loss has no effectiveness, and is no target's."""

    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = LedgerEntry
        fields = ("code", "title", "land_type", "unit", "area_ha", "effectiveness", "year", "source", "evidence")
        widgets: ClassVar = {
            "evidence": forms.Textarea(attrs={"rows": 2}),
            "effectiveness": forms.NumberInput(attrs={"step": "any", "min": 0, "max": 1}),
        }

    def __init__(self, side: str, land_types: Sequence[str], units: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if side == Side.LOSS:
            del self.fields["effectiveness"], self.fields["source"]
        if land_types:
            names = [(name, name) for name in land_types]
            self.fields["land_type"] = forms.ChoiceField(label=_("Land type"), choices=names)
        if units:
            choices = [("", "–"), *((name, name) for name in units)]
            self.fields["unit"] = forms.ChoiceField(label=_("Planning unit"), choices=choices, required=False)

    def given(self) -> dict[str, Any]:
        """Return what was said, without the version."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}


class PermitForm(forms.Form):
    """The day of a permit."""

    day = forms.DateField(label=_("Permitted on"), widget=forms.DateInput(attrs={"type": "date"}))


class AreaForm(forms.Form):
    """One area of a scenario: where, what is done, how well it works, and when."""

    shape = forms.CharField(
        label=_("Area"),
        widget=forms.Textarea(attrs={"rows": 3, "data-map-draw": "polygon", "dir": "ltr", "spellcheck": "false"}),
        help_text=_("Draw it, or paste it as GeoJSON in longitude and latitude."),
    )
    practice = forms.ChoiceField(
        label=_("Practice"), required=False, help_text=_("It says what is not filled in below.")
    )
    intervention = forms.ChoiceField(label=_("Response"), choices=[("", _("as the practice says")), *RESPONSES],
                                     required=False)  # fmt: skip
    effectiveness = forms.FloatField(
        label=_("Works on this share of the land [%]"), min_value=0, max_value=100, required=False
    )
    first_year = forms.IntegerField(label=_("First year of work"), min_value=1990, max_value=2100)
    last_year = forms.IntegerField(label=_("Last year of work"), min_value=1990, max_value=2100)
    lag_years = forms.IntegerField(label=_("Years until it shows"), min_value=0, max_value=100, required=False)
    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)
    made: ScenarioArea

    def __init__(self, offers: Sequence[Offer], name: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offers, self._name = {each.code: each for each in offers}, name
        self.fields["practice"].choices = [("", "–"), *((o.code, title_of(o)) for o in offers)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Make the area; what is not said comes from the practice."""
        said = self.cleaned_data
        if self.errors:
            return said
        offer = self._offers.get(said["practice"])
        effect = said["effectiveness"]
        share = effect / 100 if effect is not None else offer.effectiveness if offer else None
        if share is None:
            self.add_error("effectiveness", _("Say on what share of the land it works."))
            return said
        try:
            shape, _note = parse_shape(said["shape"])
            action = ScenarioPolygon(
                self._name,
                said["intervention"] or (offer.response if offer else AUTO),
                share,
                said["first_year"],
                said["last_year"],
                said["lag_years"] if said["lag_years"] is not None else offer.lag_years if offer else 0,
            )
        except LandbalanceError as error:
            raise forms.ValidationError(spoken(error)) from error
        self.made = ScenarioArea(action, shape, said["practice"])
        return said


class CompareForm(forms.Form):
    """Which scenarios are laid side by side."""

    s = forms.MultipleChoiceField(label=_("Scenarios"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, scenarios: Sequence[Scenario], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(each.pk), f"{each} ({each.target_year})") for each in scenarios]
        self.fields["s"].choices = choices  # type: ignore[attr-defined]


def _amount(label: Any, **more: Any) -> forms.FloatField:
    """Return a field for an amount that may be left out."""
    return forms.FloatField(label=label, required=False, min_value=0, **more)


class PlanForm(RunsForm):
    """What a plan is to do: budget, objective, hierarchy, equity, practices with costs, exclusions."""

    field_order = ("title", "run", "domain", "to", "budget")

    title = forms.CharField(label=_("What it is called"), max_length=120, required=False)
    budget = _amount(_("Budget [USD]"), help_text=_("Left empty: whatever neutrality costs."))
    objective = forms.ChoiceField(
        label=_("Once land is as neutral as can be"),
        choices=OBJECTIVES,
        help_text=_("The most people or the most carbon need a budget."),
    )
    hierarchy = forms.ChoiceField(label=_("Avoid before reduce before reverse"), choices=HIERARCHIES)
    equity = forms.FloatField(
        label=_("Floor for each zone [% of its fair part of the money]"), required=False, min_value=0, max_value=100
    )
    first_year = forms.IntegerField(
        label=_("First year of work"), required=False, min_value=1990, max_value=2100,
        help_text=_("Left empty: the year after the last period."),
    )  # fmt: skip
    grid_km = _amount(_("Plan by squares of this side [km]"), help_text=_("Left empty: by the zones above."))
    whole_sites = forms.BooleanField(label=_("Treat a site as a whole or not at all"), required=False)
    contiguity = _amount(
        _("Worth of a kilometre of border between treated squares [USD]"),
        help_text=_("Above 0 the plan prefers land that lies together; squares alone know their borders."),
    )
    robust = forms.FloatField(
        label=_("Also find the plan that stays neutral in this share of draws [%]"),
        required=False,
        min_value=0,
        max_value=100,
    )
    trained_risk = forms.BooleanField(
        label=_("Take the risk of loss from a map that is trained on this run, where it has skill"), required=False
    )
    local_costs = forms.CharField(
        label=_("Costs that differ by zone"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("One a line: code of the practice, zone, USD per hectare."),
    )
    excluded = forms.CharField(
        label=_("Sites to leave out"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("Names of zones or squares, one a line."),
    )
    COLUMNS: ClassVar = (
        ("cost", _("Cost [USD/ha]")),
        ("effect", _("Works on [% of the land]")),
        ("lag", _("Years until it shows")),
        ("most", _("At most [ha a year]")),
    )

    def __init__(self, offers: Sequence[Offer], *args: Any, **kwargs: Any) -> None:
        self.offers = offers
        super().__init__(*args, **kwargs)
        for place, offer in enumerate(offers):
            effect = None if offer.effectiveness is None else offer.effectiveness * 100
            starts = {"cost": offer.cost_usd_ha, "effect": effect, "lag": offer.lag_years, "most": None}
            is_ready = offer.cost_usd_ha is not None and effect is not None
            self.fields[f"use_{place}"] = forms.BooleanField(label=title_of(offer), required=False, initial=is_ready)
            for name, label in self.COLUMNS:
                kind = forms.IntegerField if name == "lag" else forms.FloatField
                most = 100 if name in ("effect", "lag") else None
                field = kind(label=label, required=False, min_value=0, max_value=most, initial=_plain(starts[name]))
                field.widget.attrs |= {"class": "short"}
                self.fields[f"{name}_{place}"] = field

    def practice_rows(self) -> Iterator[tuple[Offer, Any, forms.BoundField, list[forms.BoundField]]]:
        """Yield each practice: itself, its response in words, whether it is used, its numbers."""
        for place, offer in enumerate(self.offers):
            numbers = [self[f"{name}_{place}"] for name, _label in self.COLUMNS]
            yield offer, RESPONSE_WORDS[offer.response], self[f"use_{place}"], numbers

    def plain_fields(self) -> list[forms.BoundField]:
        """Return the fields that stand outside the table of practices."""
        in_table = {field.name for _o, _r, use, numbers in self.practice_rows() for field in (use, *numbers)}
        return [field for field in self.visible_fields() if field.name not in in_table]

    def clean_local_costs(self) -> list[tuple[str, str, float]]:
        """Read the costs by zone."""
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["local_costs"].splitlines())):
            parts = [part.strip() for part in line.replace(";", ",").replace("\t", ",").split(",")]
            try:
                practice, *zone, cost = parts
                found.append((practice, ", ".join(zone), float(cost)))
            except ValueError as error:
                text = _("“%(line)s” is not: code of the practice, zone, USD per hectare.")
                raise forms.ValidationError(text, params={"line": line}) from error
            if not zone:
                raise forms.ValidationError(_("“%(line)s” names no zone."), params={"line": line})
        return found

    def clean(self) -> dict[str, Any]:
        """Check that a practice is chosen, and that every one chosen says what it costs and how well it works."""
        said = self.cleaned_data
        chosen = [place for place in range(len(self.offers)) if said.get(f"use_{place}")]
        if not chosen:
            self.add_error(None, _("Choose at least one practice."))
        for place in chosen:
            for name in ("cost", "effect"):
                if said.get(f"{name}_{place}") is None and f"{name}_{place}" not in self.errors:
                    self.add_error(f"{name}_{place}", _("The country must state this number."))
        return said

    def question(self) -> dict[str, Any]:
        """Return what is asked, as the planner takes it."""
        said = self.cleaned_data
        return {
            "target_year": said["to"],
            "first_year": said["first_year"],
            "budget_usd": said["budget"],
            "objective": said["objective"],
            "hierarchy": said["hierarchy"],
            "equity": (said["equity"] or 0.0) / 100,
            "grid_km": said["grid_km"] or None,
            "whole_sites": said["whole_sites"],
            "contiguity_usd_km": said["contiguity"] or 0.0,
            "robust_share": said["robust"] / 100 if said["robust"] else None,
            "risk": "trained" if said["trained_risk"] else "",
            "practices": [self._practice(place) for place in range(len(self.offers)) if said[f"use_{place}"]],
            "local_costs": said["local_costs"],
            "excluded": [line.strip() for line in said["excluded"].splitlines() if line.strip()],
        }

    def _practice(self, place: int) -> dict[str, Any]:
        """Return a chosen practice with its numbers."""
        offer, said = self.offers[place], self.cleaned_data
        return {
            **{"code": offer.code, "title": offer.title, "response": offer.response, "source": offer.source},
            "cost_usd_ha": said[f"cost_{place}"],
            "effectiveness": said[f"effect_{place}"] / 100,
            "lag_years": said[f"lag_{place}"] or 0,
            "capacity_ha_year": said[f"most_{place}"],
            "carbon_t_ha": offer.carbon_t_ha,
        }


def _plain(value: float | None) -> float | int | None:
    """Return a number as people type it."""
    return int(value) if value is not None and float(value).is_integer() else value
