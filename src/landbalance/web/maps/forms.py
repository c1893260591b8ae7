"""What a person asks of a map."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PlaceForm(forms.Form):
    """A place, for those who do not click on the map."""

    lon = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90)


class AreaForm(forms.Form):
    """An area: drawn as GeoJSON, or a box for those who do not draw."""

    shape = forms.CharField(label=_("Area as GeoJSON"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    west = forms.FloatField(label=_("West"), min_value=-180, max_value=180, required=False)
    south = forms.FloatField(label=_("South"), min_value=-90, max_value=90, required=False)
    east = forms.FloatField(label=_("East"), min_value=-180, max_value=180, required=False)
    north = forms.FloatField(label=_("North"), min_value=-90, max_value=90, required=False)

    def clean(self) -> dict[str, object]:
        """Make a box into a shape; one of the two must be there."""
        given = super().clean() or {}
        box = [given.get(side) for side in ("west", "south", "east", "north")]
        if given.get("shape"):
            return given
        if any(side is None for side in box):
            raise forms.ValidationError(_("Draw an area, or give all four sides of a box."))
        west, south, east, north = box
        if west >= east or south >= north:  # type: ignore[operator]
            raise forms.ValidationError(_("West must lie west of east, and south must lie south of north."))
        ring = f"[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]"
        return {**given, "shape": f'{{"type":"Polygon","coordinates":[[{ring}]]}}'}
