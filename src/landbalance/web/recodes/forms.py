"""What a person says of a recode."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from landbalance.registry.recodes.models import Recode


class RecodeForm(forms.ModelForm):  # type: ignore[type-arg]
    """A proposal: the area drawn or uploaded, what the classes become, why."""

    periods = forms.MultipleChoiceField(label=_("Periods"), widget=forms.CheckboxSelectMultiple)
    shape = forms.CharField(
        label=_("Area"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-map-draw": "polygon", "dir": "ltr"}),
        help_text=_("Draw it, or paste it as GeoJSON in longitude and latitude."),
    )
    upload = forms.FileField(
        label=_("Or a file with the area"), required=False, help_text=_("GeoPackage, GeoJSON or a zipped shapefile.")
    )

    class Meta:
        model = Recode
        fields = (
            "place",
            "shape",
            "upload",
            "degraded_to",
            "stable_to",
            "improved_to",
            "periods",
            "process",
            "basis",
            "links",
        )
        widgets: ClassVar = {
            "process": forms.Textarea(attrs={"rows": 2}),
            "basis": forms.Textarea(attrs={"rows": 2}),
            "links": forms.Textarea(attrs={"rows": 2, "dir": "ltr"}),
        }

    def __init__(self, *args: Any, periods: tuple[str, ...], outlines: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["periods"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(name, name) for name in periods]
        self.fields["shape"].widget.attrs["data-outlines"] = outlines


class DecisionForm(forms.Form):
    """Yes or no, and why."""

    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}))
    expected = forms.IntegerField(widget=forms.HiddenInput)
