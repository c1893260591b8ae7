"""A scenario as a record: areas with what is done in them, how well it works and when, up to a target year."""

from dataclasses import dataclass
from typing import Any

import shapely
import shapely.geometry
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from landbalance.accounting.ledger import AnticipatedLoss, PlannedGain
from landbalance.core.errors import InputError, NotFoundError
from landbalance.io.shapes import area_km2
from landbalance.planning.scenario import ScenarioPolygon
from landbalance.registry.records import WorkspaceRecord

MOST_AREAS = 200
YEARS = (1990, 2100)


@dataclass(frozen=True)
class ScenarioArea:
    """One area of a scenario: its shape, in longitude and latitude, and what is done in it."""

    action: ScenarioPolygon
    shape: "shapely.Geometry"
    practice: str = ""

    @property
    def area_km2(self) -> float:
        """Return its area on the ellipsoid."""
        return float(area_km2(self.shape))

    def as_feature(self) -> dict[str, Any]:
        """Return it as a feature of a file of polygons that the command line takes."""
        done = self.action
        properties = {
            **{"id": done.id, "intervention": done.intervention, "effectiveness": done.effectiveness},
            **{"first_year": done.first_year, "last_year": done.last_year, "lag_years": done.lag_years},
            "practice": self.practice,
        }
        return {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(self.shape)}


class Scenario(WorkspaceRecord):
    """What a country might do on its land, drawn on the map."""

    view_act = "balance.view"
    edit_act = "balance.plan"

    name = models.CharField(_("Name"), max_length=120)
    text = models.TextField(_("What it is about"), blank=True)
    target_year = models.PositiveSmallIntegerField(
        _("Target year"), default=2030, validators=[MinValueValidator(YEARS[0]), MaxValueValidator(YEARS[1])]
    )
    features: "models.JSONField[Any, Any]" = models.JSONField(_("Areas"), default=list, blank=True, editable=False)

    class Meta:
        ordering = ("name", "created_at")
        verbose_name = _("scenario")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        from django.urls import reverse

        return reverse("balance:scenario", args=[self.workspace.slug, self.pk])

    def areas(self) -> list[ScenarioArea]:
        """Return its areas, in the order they were drawn."""
        return [_area(each) for each in self.features]

    def area(self, name: str) -> ScenarioArea:
        """Return one of its areas.

        Raises
        ------
        NotFoundError
            If it has none such.
        """
        for each in self.areas():
            if each.action.id == name:
                return each
        raise NotFoundError("{scenario} has no area {name}", scenario=self.name, name=name)

    def free_name(self) -> str:
        """Return a name that none of its areas has."""
        taken = {each.action.id for each in self.areas()}
        return next(name for number in range(1, MOST_AREAS + 2) if (name := str(number)) not in taken)

    def put_area(self, area: ScenarioArea) -> None:
        """Add an area, or put it in the place of the one with its name.

        Raises
        ------
        InputError
            If there are too many, or the work ends before it begins.
        """
        done = area.action
        if not YEARS[0] <= done.first_year <= done.last_year <= YEARS[1]:
            raise InputError(
                "the work goes from {first} to {last}",
                first=done.first_year,
                last=done.last_year,
                hint="give a last year that is not before the first",
            )
        names = [each["properties"]["id"] for each in self.features]
        if done.id not in names and len(names) >= MOST_AREAS:
            raise InputError("a scenario holds at most {most} areas", most=MOST_AREAS, hint="make another scenario")
        kept = dict(zip(names, self.features, strict=True))
        self.features = list({**kept, done.id: area.as_feature()}.values())

    def drop_area(self, name: str) -> None:
        """Take an area out.

        Raises
        ------
        NotFoundError
            If it has none such.
        """
        self.area(name)
        self.features = [each for each in self.features if each["properties"]["id"] != name]

    def as_collection(self) -> dict[str, Any]:
        """Return its areas as a file of polygons that the command line takes."""
        return {"type": "FeatureCollection", "features": self.features}

    def shapes(self) -> "list[shapely.Geometry]":
        """Return its pieces of land."""
        return [each.shape for each in self.areas()]


def _area(feature: dict[str, Any]) -> ScenarioArea:
    """Return a stored feature as an area."""
    said = dict(feature["properties"])
    practice = said.pop("practice", "")
    return ScenarioArea(ScenarioPolygon(**said), shapely.geometry.shape(feature["geometry"]), practice)


class Side(models.TextChoices):
    """On which side of the ledger an entry stands."""

    LOSS = "loss", _("Anticipated loss")
    GAIN = "gain", _("Planned gain")


class LedgerEntry(WorkspaceRecord):
    """A loss that is anticipated, or a gain that is planned to make one good."""

    edit_act = "balance.plan"

    code = models.SlugField(_("Code"), max_length=40)
    side = models.CharField(_("Side"), max_length=4, choices=Side.choices)
    title = models.CharField(_("Project, or what is done"), max_length=200)
    land_type = models.CharField(_("Land type"), max_length=300)
    unit = models.CharField(_("Planning unit"), max_length=200, blank=True)
    area_ha = models.FloatField(_("Area [ha]"), validators=[MinValueValidator(0)])
    effectiveness = models.FloatField(
        _("Share of the land on which it works, 0 to 1"),
        default=1.0,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
    )
    year = models.PositiveSmallIntegerField(
        _("Year"), validators=[MinValueValidator(YEARS[0]), MaxValueValidator(YEARS[1])]
    )
    source = models.CharField(_("Code of the target or action"), max_length=40, blank=True)
    evidence = models.TextField(_("On what it rests"), blank=True)
    permitted_on = models.DateField(_("Permitted on"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ("year", "code")
        verbose_name = _("entry of the ledger")
        constraints = (models.UniqueConstraint(fields=("workspace", "code"), name="ledger_code_once"),)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        from django.urls import reverse

        return reverse("balance:entry", args=[self.workspace.slug, self.code])

    def check_numbers(self) -> None:
        """Refuse an area or a share that is none."""
        self.as_loss() if self.side == Side.LOSS else self.as_gain()

    def as_loss(self) -> AnticipatedLoss:
        """Return it as the accounting knows a loss."""
        return AnticipatedLoss(self.code, self.title, self.land_type, self.unit, self.area_ha, self.year)

    def as_gain(self) -> PlannedGain:
        """Return it as the accounting knows a gain."""
        return PlannedGain(
            self.code, self.source, self.land_type, self.unit, self.area_ha, self.effectiveness, self.year
        )  # fmt: skip
