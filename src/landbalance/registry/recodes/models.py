"""A recode polygon as a record: the area, what each class becomes there and when, why, and what was decided."""

import json
from typing import Any

import shapely
import shapely.geometry
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from landbalance.core.errors import RuleError
from landbalance.indicators.recode import RecodePolygon, recode_polygon, recode_properties
from landbalance.io.vector import Polygons
from landbalance.registry.records import State, WorkspaceRecord

NONE = "none"
LEFT, OUT = (NONE, _("stays as it is")), ("-32768", _("taken out: no result"))
BAD, STABLE, GOOD = ("-1", _("degraded")), ("0", _("stable")), ("1", _("improved"))


class Decision(models.TextChoices):
    """What was decided on a recode."""

    PROPOSED = "proposed", _("Proposed")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")


class Recode(WorkspaceRecord):
    """What experts say of the land inside one area."""

    view_act = "maps.view"
    edit_act = "recodes.propose"

    place = models.CharField(_("Place"), max_length=120)
    process = models.TextField(_("What drives the change"), help_text=_("Such as fire, harvest, bush encroachment."))
    basis = models.TextField(
        _("On what the judgement rests"), help_text=_("Such as a field visit, photographs, a survey.")
    )
    periods: "models.JSONField[Any, Any]" = models.JSONField(_("Periods"), default=list)
    degraded_to = models.CharField(
        _("Degraded land becomes"), max_length=6, default=NONE, choices=[LEFT, OUT, STABLE, GOOD]
    )
    stable_to = models.CharField(_("Stable land becomes"), max_length=6, default=NONE, choices=[LEFT, OUT, BAD, GOOD])
    improved_to = models.CharField(
        _("Improved land becomes"), max_length=6, default=NONE, choices=[LEFT, OUT, BAD, STABLE]
    )
    links = models.TextField(_("Links to the evidence"), blank=True, help_text=_("One a line."))
    shape: "models.JSONField[Any, Any]" = models.JSONField(_("Area"))
    area_km2 = models.FloatField()
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("recode polygon")

    def __str__(self) -> str:
        return self.place

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        from django.urls import reverse

        return reverse("recodes:show", args=[self.workspace.slug, self.pk])

    def as_feature(self, periods: tuple[str, ...]) -> RecodePolygon:
        """Return it as the engine knows it.

        Raises
        ------
        InputError
            If it names no period, gives no reason, or changes nothing.
        """
        return recode_polygon(
            {
                "uuid": str(self.pk),
                "location_name": self.place,
                "area_km_sq": self.area_km2,
                "process_driving_change": self.process,
                "basis_for_judgement": self.basis,
                "periods_affected": self.periods,
                "recode_deg_to": self.degraded_to,
                "recode_stable_to": self.stable_to,
                "recode_imp_to": self.improved_to,
                "review_state": self.decision,
                "evidence_ids": [line.strip() for line in self.links.splitlines() if line.strip()],
                "proposed_by": str(self.created_by or ""),
                "date": f"{self.created_at:%Y-%m-%d}",
            },
            periods,
        )

    def shapes(self) -> list[shapely.Geometry]:
        """Return its area."""
        return [shapely.geometry.shape(self.shape)] if self.shape else []

    def as_polygons(self) -> Polygons:
        """Return its area."""
        shape = shapely.geometry.shape(self.shape)
        return Polygons((shape,), (self.place,), (str(self.pk),), "EPSG:4326")

    def as_geojson(self, periods: tuple[str, ...]) -> dict[str, Any]:
        """Return it as a feature of a recodes file."""
        properties = recode_properties(self.as_feature(periods))
        return {"type": "Feature", "id": str(self.pk), "properties": properties, "geometry": self.shape}

    def set_shape(self, shape: shapely.Geometry, area_km2: float) -> None:
        """Give it its area."""
        self.shape, self.area_km2 = json.loads(shapely.to_geojson(shape)), area_km2

    def decide(self, decision: str) -> None:
        """Take a decision.

        Raises
        ------
        RuleError
            If it has been taken already.
        """
        if decision == self.decision or decision == Decision.PROPOSED:
            raise RuleError("{place} is {decision} already", place=self.place, decision=self.decision)
        if decision == Decision.ACCEPTED:
            if self.state == State.DRAFT:
                self.move(State.REVIEW)
            self.move(State.APPROVED)
        elif self.state != State.DRAFT:
            self.move(State.DRAFT)
        self.decision = decision
