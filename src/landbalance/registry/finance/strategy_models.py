"""The strategy to raise money and the register of subsidies, as a country keeps them."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from landbalance.finance.strategy import FinanceAction
from landbalance.finance.subsidy import Repurposing, Subsidy, repurpose
from landbalance.registry.records import WorkspaceRecord

POSITIVE = (MinValueValidator(0),)
SHARE = (MinValueValidator(0), MaxValueValidator(1))
MARK = (MinValueValidator(0), MaxValueValidator(5))
MARKS = ("readiness", "equity", "capital_cost", "time")


class Source(models.TextChoices):
    """Whose money it is."""

    DOMESTIC_PUBLIC = "domestic_public", _("Domestic, public")
    DOMESTIC_PRIVATE = "domestic_private", _("Domestic, private")
    INTERNATIONAL_PUBLIC = "international_public", _("International, public")
    INTERNATIONAL_PRIVATE = "international_private", _("International, private")
    INNOVATIVE = "innovative", _("Innovative")


class FinanceStep(WorkspaceRecord):
    """One step of the strategy to raise money: what it brings a year, how likely, from when."""

    edit_act = "finance.edit"
    view_act = "finance.view"

    code = models.CharField(_("Code"), max_length=40)
    title = models.CharField(_("Title"), max_length=300, blank=True)
    source = models.CharField(_("Source"), max_length=24, choices=Source.choices)
    instrument = models.CharField(_("Instrument"), max_length=60, blank=True)
    central = models.FloatField(_("Amount a year, central [USD]"), validators=POSITIVE)
    low = models.FloatField(_("Amount a year, low [USD]"), null=True, blank=True, validators=POSITIVE)
    high = models.FloatField(_("Amount a year, high [USD]"), null=True, blank=True, validators=POSITIVE)
    probability = models.FloatField(_("Probability, 0 to 1"), validators=SHARE)
    start = models.PositiveSmallIntegerField(_("First year"), null=True, blank=True)
    ramp_years = models.PositiveSmallIntegerField(_("Years until it is in full"), default=1)
    subsidy_code = models.CharField(_("Subsidy whose release it draws on"), max_length=40, blank=True)
    has_debt_assessment = models.BooleanField(_("Debt sustainability was assessed"), default=False)
    readiness = models.FloatField(_("Readiness, 0 to 1"), null=True, blank=True, validators=SHARE)
    equity = models.FloatField(_("Equity, 0 to 1"), null=True, blank=True, validators=SHARE)
    capital_cost = models.FloatField(_("Cost of capital, 1 is cheap"), null=True, blank=True, validators=SHARE)
    time = models.FloatField(_("Speed, 0 to 1"), null=True, blank=True, validators=SHARE)

    class Meta:
        ordering = ("code",)
        verbose_name = _("step of the strategy")
        constraints = (models.UniqueConstraint(fields=("workspace", "code"), name="finance_step_code_once"),)

    def __str__(self) -> str:
        return f"{self.code} {self.title}".strip()

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("finance:step", args=[self.workspace.slug, self.pk])

    def as_action(self) -> FinanceAction:
        """Return the step as the pure floor takes it."""
        marks = {name: value for name in MARKS if (value := getattr(self, name)) is not None}
        return FinanceAction(
            self.code, self.source, self.instrument, self.central, self.probability, self.start or 0, self.low,
            self.high, self.ramp_years, self.subsidy_code, self.has_debt_assessment, marks,
        )  # fmt: skip


class CorrectedSo5(WorkspaceRecord):
    """A workbook of strategic objective 5 as the country has corrected it: rows by sheet, note on method."""

    edit_act = "finance.edit"
    view_act = "finance.view"

    name = models.CharField(_("File"), max_length=200)
    first_year = models.PositiveSmallIntegerField(_("First year"))
    last_year = models.PositiveSmallIntegerField(_("Last year"))
    sheets: "models.JSONField[Any, Any]" = models.JSONField(_("Sheets"), default=dict)
    method: "models.JSONField[Any, Any]" = models.JSONField(_("Method"), default=dict)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("workbook of objective 5")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("finance:corrected", args=[self.workspace.slug, self.pk])

    @property
    def years(self) -> tuple[int, int]:
        """Return its first and last year."""
        return self.first_year, self.last_year


class SubsidyEntry(WorkspaceRecord):
    """One subsidy: what it costs, how it harms land, how feasible and fair its reform is, and a scenario of reform."""

    edit_act = "finance.edit"
    view_act = "finance.view"

    code = models.CharField(_("Code"), max_length=40)
    name = models.CharField(_("Name"), max_length=300)
    annual_value = models.FloatField(_("Amount a year [USD]"), validators=POSITIVE)
    harm = models.FloatField(_("Harm to land, 0 to 5"), validators=MARK)
    feasibility = models.FloatField(_("Feasibility of reform, 0 to 5"), validators=MARK)
    equity = models.FloatField(_("Fairness of reform, 0 to 5"), default=0, validators=MARK)
    pse_class = models.CharField(_("Class of producer support, such as B1"), max_length=4, blank=True)
    has_input_constraints = models.BooleanField(_("Use of inputs is limited"), default=False)
    pathway = models.CharField(_("How it presses on land"), max_length=200, blank=True)
    evidence = models.PositiveSmallIntegerField(_("Strength of evidence"), default=0)
    cut = models.FloatField(_("Share cut, 0 to 1"), null=True, blank=True, validators=SHARE)
    compensation = models.FloatField(_("Share of the release that compensates"), default=0, validators=SHARE)
    reinvest = models.FloatField(_("Share of the rest that goes to land"), default=0, validators=SHARE)
    other = models.FloatField(
        pgettext_lazy("repurposing", "Share of the rest that goes elsewhere"), default=0, validators=SHARE
    )
    after = models.FloatField(_("Amount after the reform [USD]"), null=True, blank=True, validators=POSITIVE)

    class Meta:
        ordering = ("code",)
        verbose_name = _("subsidy")
        constraints = (models.UniqueConstraint(fields=("workspace", "code"), name="subsidy_code_once"),)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("finance:subsidy", args=[self.workspace.slug, self.pk])

    def as_entry(self) -> Subsidy:
        """Return the subsidy as the pure floor takes it."""
        return Subsidy(
            self.code, self.name, self.annual_value, self.harm, self.feasibility, self.equity, self.pse_class.upper(),
            self.has_input_constraints, self.pathway, self.evidence,
        )  # fmt: skip

    def scenario(self) -> Repurposing | None:
        """Return the balanced sheet of its reform, None where no cut is stated.

        Raises
        ------
        InputError, RuleError
            If more is given away than released, or the sheet does not balance.
        """
        if self.cut is None:
            return None
        return repurpose(
            self.annual_value, cut=self.cut, compensation=self.compensation, reinvest=self.reinvest, other=self.other,
            after=self.after,
        )  # fmt: skip
