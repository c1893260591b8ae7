"""A practice of a country, in the terms of the WOCAT catalogue (reporting G.3)."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from landbalance.core.codelists import code_list
from landbalance.core.errors import InputError
from landbalance.registry.records import WorkspaceRecord

LISTS = {
    "groups": "slm_groups",
    "measures": "slm_measures",
    "land_use": "slm_land_use",
    "degradation": "degradation_types",
}
SINGLE = {"goal": "slm_goals", "agroforestry": "agroforestry_types", "evidence_grade": "evidence_grades"}
FROM_ZERO = (MinValueValidator(0),)
SCALE = (-3, 3)


class Practice(WorkspaceRecord):
    """What land users do to keep or restore land, with what it costs and brings."""

    view_act = "practices.view"
    edit_act = "practices.edit"

    code = models.SlugField(_("Code"), max_length=40)
    name = models.CharField(_("Name"), max_length=200)
    description = models.TextField(_("Description"), blank=True)
    wocat_id = models.CharField(_("WOCAT number"), max_length=20, blank=True)
    groups: "models.JSONField[Any, Any]" = models.JSONField(_("Groups"), default=list, blank=True)
    measures: "models.JSONField[Any, Any]" = models.JSONField(_("Measures"), default=list, blank=True)
    land_use: "models.JSONField[Any, Any]" = models.JSONField(_("Land use"), default=list, blank=True)
    degradation: "models.JSONField[Any, Any]" = models.JSONField(_("Degradation addressed"), default=list, blank=True)
    goal = models.CharField(_("What it is for"), max_length=30, blank=True)
    agroforestry = models.CharField(_("Type of agroforestry"), max_length=30, blank=True)
    establishment_usd_ha = models.FloatField(_("Establishment [USD/ha]"), null=True, blank=True, validators=FROM_ZERO)
    maintenance_usd_ha = models.FloatField(
        _("Maintenance a year [USD/ha]"), null=True, blank=True, validators=FROM_ZERO
    )
    lifespan_years = models.FloatField(_("Lifespan [years]"), null=True, blank=True, validators=FROM_ZERO)
    lag_years = models.FloatField(_("Years until it works"), null=True, blank=True, validators=FROM_ZERO)
    impacts: "models.JSONField[Any, Any]" = models.JSONField(_("Impacts from -3 to +3"), default=dict, blank=True)
    drought_fit = models.SmallIntegerField(
        _("Fit for drought from 0 to 3"), null=True, blank=True, validators=[*FROM_ZERO, MaxValueValidator(3)]
    )
    evidence_grade = models.CharField(_("How well it is known"), max_length=1, blank=True)
    source = models.CharField(_("Source"), max_length=300, blank=True)
    licence = models.CharField(_("Licence"), max_length=60, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("practice")
        constraints = (models.UniqueConstraint(fields=("workspace", "code"), name="practice_code_once"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        from django.urls import reverse

        return reverse("practices:practice", args=[self.workspace.slug, self.code])

    def check_codes(self) -> None:
        """Refuse codes that no list has, and impacts off the scale.

        Raises
        ------
        InputError
            With the list, or the impact and its value.
        """
        for field, list_id in LISTS.items():
            for code in getattr(self, field):
                code_list(list_id).item(code)
        for field, list_id in SINGLE.items():
            if getattr(self, field):
                code_list(list_id).item(getattr(self, field))
        for impact, score in self.impacts.items():
            code_list("practice_impacts").item(impact)
            if isinstance(score, bool) or not isinstance(score, int) or not SCALE[0] <= score <= SCALE[1]:
                raise InputError(
                    "impact {impact} is {score}", impact=impact, score=score, hint="use a whole number from -3 to +3"
                )

    def response(self) -> str:
        """Return the response of the hierarchy it belongs to: avoid, reduce, reverse, or empty."""
        return str(code_list("slm_goals").item(self.goal).column("response", "")) if self.goal else ""
