"""An action on the ground: practice, area, dates, money, and what was done by when."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landbalance.registry.codes import words_of_codes
from landbalance.registry.records import WorkspaceRecord
from landbalance.registry.space import Piece
from landbalance.registry.targets.models import Target

if TYPE_CHECKING:
    from datetime import date

    from shapely.geometry.base import BaseGeometry


CODED = {
    **{"group": "slm_groups", "measures": "slm_measures", "governance": "governance_measures"},
    **{"intensity": "restoration_intensity", "funding_source": "funding_sources"},
    "beneficiary_groups": "stakeholder_groups",
}


class Action(WorkspaceRecord):
    """What is done on the land for a target, or for none yet."""

    view_act = "targets.view"
    edit_act = "actions.edit"

    targets: "models.ManyToManyField[Target, Any]" = models.ManyToManyField(Target, related_name="actions", blank=True)
    code = models.CharField(_("Code"), max_length=40)
    title = models.CharField(_("Title"), max_length=300)
    text = models.TextField(_("What is done"), blank=True)
    group = models.CharField(_("Group of practices"), max_length=60, blank=True)
    measures: "models.JSONField[Any, Any]" = models.JSONField(_("Measures"), default=list, blank=True)
    practice_code = models.CharField(_("Code of the practice"), max_length=40, blank=True)
    governance: "models.JSONField[Any, Any]" = models.JSONField(_("Measures of governance"), default=list, blank=True)
    intensity = models.CharField(_("Intensity of restoration"), max_length=30, blank=True)
    location = models.TextField(_("Place in words"), blank=True)
    start_date = models.DateField(_("Begins"), null=True, blank=True)
    end_date = models.DateField(_("Ends"), null=True, blank=True)
    planned_ha = models.FloatField(_("Planned [ha]"), null=True, blank=True)
    cost_usd = models.FloatField(_("Cost [USD]"), null=True, blank=True)
    funding_source = models.CharField(_("Source of money"), max_length=24, blank=True)
    fund_name = models.CharField(_("Fund or budget line"), max_length=300, blank=True)
    beneficiaries = models.TextField(_("Who benefits"), blank=True)
    beneficiary_groups: "models.JSONField[Any, Any]" = models.JSONField(_("People by group"), default=list, blank=True)
    monitoring = models.TextField(_("How it is followed up"), blank=True)
    consent_record = models.CharField(_("Record of consent"), max_length=300, blank=True)
    shape_digest = models.CharField(_("Area on the map"), max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ("code",)
        verbose_name = _("action")
        constraints = (models.UniqueConstraint(fields=("workspace", "code"), name="action_code_once"),)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        from django.urls import reverse

        return reverse("targets:action", args=[self.workspace.slug, self.code])

    def words_of(self, name: str, held: Any) -> str:
        """Return the codes of a field in the reader's language; "" for fields without codes."""
        return words_of_codes(CODED.get(name, ""), held)

    def done_ha(self, until: "date | None" = None) -> float | None:
        """Return the area done [ha], as reported last; None where nothing was reported."""
        rows = [each for each in self.progress.all() if until is None or each.day <= until]
        return max(rows, key=lambda each: (each.day, each.pk)).done_ha if rows else None

    def last_day(self) -> "date | None":
        """Return the day of the last report of progress."""
        return max((each.day for each in self.progress.all()), default=None)

    def shapes(self) -> "list[BaseGeometry]":
        """Return its pieces of land."""
        return [piece.geometry for piece in self.areas.all() if piece.until is None]


class ActionArea(Piece):
    """A piece of land of an action."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="areas")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name or f"{self.area_km2:.2f} km2"


class ActionProgress(models.Model):
    """The area done by a day, in all; rows are only ever added."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="progress")
    day = models.DateField()
    done_ha = models.FloatField()
    note = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("day", "id")

    def __str__(self) -> str:
        return f"{self.day}: {self.done_ha} ha"
