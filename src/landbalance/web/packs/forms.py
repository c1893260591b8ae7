"""What a person asks of a pack."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from landbalance.core.errors import InputError
from landbalance.core.places import country
from landbalance.core.tables import toml_table
from landbalance.io.packs.carry import ENDING
from landbalance.io.packs.gate import hours_of, size_of
from landbalance.registry.packs.queries import Choice
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.web.home.forms import country_choices
from landbalance.web.packs.words import ROLES, place_named


class PlanForm(forms.Form):
    """Which country, and how much of it."""

    iso3 = forms.ChoiceField(label=_("Country"))
    size = forms.ChoiceField(
        label=_("Size"),
        choices=[
            ("minimal", _("Small: without the series of vegetation")),
            ("standard", _("Standard")),
            ("full", _("Full: with land cover of 30 m")),
        ],
        initial="standard",
    )
    years = forms.RegexField(
        r"^[\d\s,-]*$",
        label=_("Years of the series"),
        required=False,
        max_length=60,
        help_text=_("Such as 2000-2023; the default years when left out."),
    )
    roles = forms.MultipleChoiceField(
        label=_("Only these layers"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("All when none is marked."),
    )  # fmt: skip
    is_own = forms.BooleanField(label=_("Follow the boundary of this workspace"), required=False)

    def __init__(self, workspace: Workspace, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = (get_language() or "en").split("-")[0]
        choices = country_choices()
        if workspace.country and workspace.country not in dict(choices):
            own = country(workspace.country, invented=True).called(language)
            choices = [(workspace.country, workspace.title or own), *choices]
        self.fields["iso3"].choices = choices  # type: ignore[attr-defined]
        wanted = dict.fromkeys(row["role"] for row in toml_table("pack")["want"])
        self.fields["roles"].choices = [(role, ROLES.get(role, role)) for role in wanted]  # type: ignore[attr-defined]
        self.fields["iso3"].initial = workspace.country
        self.fields["is_own"].initial = workspace.is_invented


class StartForm(forms.Form):
    """When and how much may be fetched."""

    until = forms.CharField(
        label=_("Stop after"), required=False, max_length=20,
        help_text=_("Such as 200MB; go on another day, nothing is fetched twice."),
    )  # fmt: skip
    between = forms.CharField(
        label=_("Only between"), required=False, max_length=20,
        help_text=_("Hours of the server, such as 22:00-06:00."),
    )  # fmt: skip
    has_fallback = forms.BooleanField(label=_("Take another source where one does not answer"), required=False)
    is_offline = forms.BooleanField(label=_("Ask nobody: take what was fetched before"), required=False)

    def clean_until(self) -> str:
        """Return a size that is one."""
        return _checked(self.cleaned_data["until"], size_of)

    def clean_between(self) -> str:
        """Return hours that are some."""
        return _checked(self.cleaned_data["between"], hours_of)


class SendForm(forms.Form):
    """A pack from a stick."""

    file = forms.FileField(label=_("Pack"), widget=forms.ClearableFileInput(attrs={"accept": ENDING}))


class CompareForm(forms.Form):
    """Which two layers are held against each other."""

    first = forms.ChoiceField(label=_("First layer"))
    second = forms.ChoiceField(label=_("Second layer"))
    year = forms.IntegerField(
        label=_("Year"), required=False, min_value=1900, max_value=2200,
        help_text=_("The latest that both have when left out."),
    )  # fmt: skip

    def __init__(self, choices: list[Choice], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: dict[str, list[tuple[str, str]]] = {}
        for each in choices:
            name = str(ROLES.get(each.role, each.role))
            groups.setdefault(name, []).append((each.key, f"{each.title} ({place_named(each.place)})"))
        for field in ("first", "second"):
            self.fields[field].choices = list(groups.items())  # type: ignore[attr-defined]


def _checked(text: str, read: Any) -> str:
    """Return a text that can be read; say what it should be where it cannot."""
    if text:
        try:
            read(text)
        except InputError as error:
            raise forms.ValidationError(spoken(error)) from error
    return text
