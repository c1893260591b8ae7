"""What a workspace keeps of STAR: tables of countries, regimes of its own, scenarios, and how an allocation is used."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from landbalance.core.errors import LandbalanceError
from landbalance.finance.desk import Regime, regime
from landbalance.finance.star_table import StarRow
from landbalance.finance.star_use import Programmed, Use, use_of
from landbalance.registry.records import WorkspaceRecord

POSITIVE = (MinValueValidator(0),)
MOST_ROWS = 300
MARKED = ("performance", "income", "degraded", "dryland", "people", "drought", "exposed")


class StarRecord(WorkspaceRecord):
    """A record of the STAR desk."""

    view_act = "star.view"
    edit_act = "star.edit"
    page = ""  # name of the address of its page

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse(self.page, args=[self.workspace.slug, self.pk])


class StarTable(StarRecord):
    """The countries of a what-if, as somebody has put them together."""

    page = "star:table"

    name = models.CharField(_("Name"), max_length=120)
    source = models.TextField(_("Where the numbers come from"), blank=True)
    public: "models.JSONField[Any, Any]" = models.JSONField(_("Columns that are public"), default=list, blank=True)
    rows: "models.JSONField[Any, Any]" = models.JSONField(_("Rows"), default=list, blank=True, editable=False)

    class Meta:
        ordering = ("name", "created_at")
        verbose_name = _("table of countries")

    def __str__(self) -> str:
        return self.name

    def countries(self) -> tuple[StarRow, ...]:
        """Return its rows as the desk takes them."""
        return tuple(StarRow(**row) for row in self.rows)

    @property
    def assumed(self) -> tuple[str, ...]:
        """Return the columns nobody has said to be public: they are assumptions."""
        given = {name for row in self.rows for name in MARKED if row.get(name) is not None}
        return tuple(name for name in MARKED if name in given and name not in self.public)


class StarRegime(StarRecord):
    """Rules of one's own for a what-if; what they leave open stands as in the regime they are based on."""

    page = "star:regime"

    name = models.CharField(_("Name"), max_length=120)
    base = models.CharField(_("Based on"), max_length=20)
    source = models.TextField(_("Where the values come from"), blank=True)
    values: "models.JSONField[Any, Any]" = models.JSONField(_("Values"), default=dict, blank=True, editable=False)

    class Meta:
        ordering = ("name", "created_at")
        verbose_name = _("regime of one's own")

    def __str__(self) -> str:
        return self.name


class StarScenario(StarRecord):
    """A question to the desk that somebody wants to keep: which countries, which rules, which dials."""

    page = "star:scenario"

    name = models.CharField(_("Name"), max_length=120)
    text = models.TextField(_("What it is about"), blank=True)
    question: "models.JSONField[Any, Any]" = models.JSONField(_("Question"), default=dict, blank=True, editable=False)
    inputs: "models.JSONField[Any, Any]" = models.JSONField(
        _("Versions of its inputs"), default=dict, blank=True, editable=False
    )

    class Meta:
        ordering = ("name", "created_at")
        verbose_name = _("STAR scenario")

    def __str__(self) -> str:
        return self.name


class StarUse(StarRecord):
    """The allocation of one country in one replenishment [USD million]."""

    page = "star:use"

    iso3 = models.CharField(_("Country"), max_length=3)
    regime = models.CharField(_("Regime"), max_length=20)
    land = models.FloatField(_("Land degradation"), default=0.0, validators=POSITIVE)
    biodiversity = models.FloatField(_("Biodiversity"), default=0.0, validators=POSITIVE)
    climate = models.FloatField(_("Climate change"), default=0.0, validators=POSITIVE)
    deadline = models.DateField(_("To be programmed by"), null=True, blank=True)
    source = models.TextField(_("Where the values come from"), blank=True)

    class Meta:
        ordering = ("iso3", "regime")
        verbose_name = _("use of an allocation")

    def __str__(self) -> str:
        return f"{self.iso3}, {self.regime.upper()}"

    def as_regime(self) -> Regime | None:
        """Return the rules of its replenishment; None where too much of them is open."""
        try:
            return regime(self.regime)
        except LandbalanceError:
            return None

    def standing(self, projects: "list[StarProject]") -> Use:
        """Return how it is used by projects."""
        areas = {"land": self.land, "biodiversity": self.biodiversity, "climate": self.climate}
        return use_of(self.as_regime(), areas, [each.as_programmed() for each in projects])


class StarProject(StarRecord):
    """A project that draws on an allocation [USD million]."""

    class Area(models.TextChoices):
        """Which focal area it draws on."""

        LAND = "land", _("Land degradation")
        BIODIVERSITY = "biodiversity", _("Biodiversity")
        CLIMATE = "climate", _("Climate change")

    page = "star:project"

    use = models.ForeignKey(StarUse, on_delete=models.CASCADE, related_name="projects", editable=False)
    title = models.CharField(pgettext_lazy("project", "Title"), max_length=200)
    area = models.CharField(_("Focal area"), max_length=12, choices=Area.choices)
    grant = models.FloatField(_("Grant"), validators=POSITIVE)
    preparation = models.FloatField(_("Grant for its preparation"), default=0.0, validators=POSITIVE)
    fee_share = models.FloatField(
        _("Fee of the agency, 0 to 1"), null=True, blank=True, validators=(*POSITIVE, MaxValueValidator(1)),
        help_text=_("Left empty: by its size, 9.5 % up to 10 million, 9 % above."),
    )  # fmt: skip
    incentive = models.FloatField(
        _("Dollars of the allocation for one of the set-aside"), null=True, blank=True,
        validators=(MinValueValidator(0.1),),
        help_text=_("In an integrated program: 2 or 3. Left empty outside of one."),
    )  # fmt: skip

    class Meta:
        ordering = ("created_at",)
        verbose_name = _("project on an allocation")

    def __str__(self) -> str:
        return self.title

    def as_programmed(self) -> Programmed:
        """Return the project as the pure floor takes it."""
        return Programmed(self.area, self.grant, self.preparation, self.fee_share, self.incentive)
