"""What a person says of a file."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from landbalance.core.legends import legend_names
from landbalance.core.roles import quantities, roles

ZONE_ID = r"^[a-z][a-z0-9_]*$"


class SendForm(forms.Form):
    """A file to send, without scripts in one piece."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("GeoTIFF or NetCDF; for areas GeoPackage, GeoJSON or a zipped shapefile."),
    )
    crs = forms.CharField(
        label=_("Reference system, where the file names none"),
        required=False,
        max_length=40,
        help_text=_("Such as EPSG:4326."),
    )


class AreasForm(forms.Form):
    """What areas are for."""

    role = forms.ChoiceField(
        label=_("What it is for"),
        choices=[("boundary", _("Boundary of the country")), ("zones", _("Zones")), ("coast", _("Coast"))],
    )
    zone_id = forms.RegexField(
        ZONE_ID, label=_("Short name of the zones"), required=False, help_text=_("Small letters, digits and _.")
    )
    title = forms.CharField(label=_("Title"), required=False, max_length=120)
    name_field = forms.ChoiceField(label=_("Column with the names"), required=False)

    def __init__(self, *args: Any, columns: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["name_field"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "–"), *((name, name) for name in columns if not name.startswith("_"))]


class LayerForm(forms.Form):
    """What a raster is for, and how its numbers are read."""

    role = forms.ChoiceField(
        label=_("What it is for"), choices=lambda: [(role.id, _(role.title)) for role in roles().values()]
    )
    quantity = forms.ChoiceField(
        label=_("What it measures"),
        required=False,
        choices=lambda: [("", _("What the role says")), *((each.id, _(each.title)) for each in quantities().values())],
    )
    years = forms.CharField(
        label=_("Years"),
        required=False,
        help_text=_("2001-2023, or 2000, 2015, 2023: one for each band. Left out: as the bands are named."),
    )
    legend = forms.ChoiceField(
        label=_("Legend of the codes"),
        required=False,
        choices=lambda: [("", "–"), *((name, name) for name in legend_names())],
        help_text=_("For land cover."),
    )
    nodata = forms.CharField(
        label=_("Values without data, and why"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line, such as: -3000 = no view"),
    )
    scale = forms.FloatField(
        label=_("Scale"), initial=1.0, help_text=_("Physical value = stored value × scale + offset.")
    )
    offset = forms.FloatField(label=_("Offset"), initial=0.0)
    unit = forms.CharField(label=_("Unit"), required=False, max_length=30)
    reference_year = forms.IntegerField(
        label=_("Year it stands for"),
        required=False,
        min_value=1900,
        max_value=2200,
        help_text=_("For soil organic carbon."),
    )
    title = forms.CharField(label=_("Title"), required=False, max_length=200)
    source = forms.CharField(label=_("Who made it"), required=False, max_length=200)
    licence = forms.CharField(label=_("Licence"), required=False, max_length=200)
    citation = forms.CharField(label=_("How to cite it"), required=False, max_length=400)
    is_used = forms.ChoiceField(
        label=_("Use"),
        choices=[
            ("yes", _("Use it from now on, and keep the one in use beside it")),
            ("no", _("Keep it beside the one in use")),
        ],
        widget=forms.RadioSelect,
        initial="yes",
    )

    def clean_years(self) -> object:
        """Return years as the file of a workspace has them."""
        text = self.cleaned_data["years"].strip()
        if not text or re.fullmatch(r"\d{4}\s*-\s*\d{4}", text):
            return text
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if not all(re.fullmatch(r"\d{4}(\s*-\s*\d{4})?", part) for part in parts):
            raise forms.ValidationError(_("Write 2001-2023, or 2000, 2015, 2023."))
        return [int(part) if part.isdigit() else part for part in parts]

    def clean_nodata(self) -> object:
        """Return values with their reasons."""
        found = []
        for line in self.cleaned_data["nodata"].splitlines():
            value, _equals, reason = line.partition("=")
            if not line.strip():
                continue
            try:
                found.append({"value": float(value), "reason": reason.strip() or "no data"})
            except ValueError as error:
                raise forms.ValidationError(_("Write a number, then = and the reason.")) from error
        return found

    def clean_is_used(self) -> bool:
        """Return whether it is used from now on."""
        return bool(self.cleaned_data["is_used"] == "yes")
