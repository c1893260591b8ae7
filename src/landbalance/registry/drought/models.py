"""A trigger as a country writes it, a call as it was made with what was known then, and the readers of bulletins."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from landbalance.planning.triggers.rule import Condition, TriggerRule, rules_from
from landbalance.registry.records import WorkspaceRecord
from landbalance.registry.workspaces.models import Workspace

PHASES = (
    ("watch", pgettext_lazy("drought", "Watch")),
    ("warning", pgettext_lazy("drought", "Warning")),
    ("alert", pgettext_lazy("drought", "Alert")),
)
SHARE = (MinValueValidator(0.0), MaxValueValidator(1.0))
STEPS = (MinValueValidator(1), MaxValueValidator(36))
MONTH = (MinValueValidator(1), MaxValueValidator(12))


class Standing(models.TextChoices):
    """Whether a trigger is in force."""

    DRAFT = "draft", pgettext_lazy("trigger", "Draft")
    ADOPTED = "adopted", pgettext_lazy("trigger", "Adopted")
    RETIRED = "retired", pgettext_lazy("trigger", "Retired")


class DroughtTrigger(WorkspaceRecord):
    """A rule with the phase it calls, and the action, body and budget line it is bound to (reporting J.2)."""

    edit_act = "drought.edit"

    code = models.SlugField(_("Code"), max_length=40)
    name = models.CharField(_("Name"), max_length=120)
    phase = models.CharField(_("Phase it calls"), max_length=10, choices=PHASES)
    needs = models.CharField(_("Only with"), max_length=10, choices=PHASES, blank=True)
    conditions: "models.JSONField[Any, Any]" = models.JSONField(_("Conditions"), default=list)
    hold = models.PositiveSmallIntegerField(_("Months that must meet it"), default=1, validators=STEPS)
    within = models.PositiveSmallIntegerField(_("Of the last months"), default=1, validators=STEPS)
    months: "models.JSONField[Any, Any]" = models.JSONField(_("Months in which it may fire"), default=list, blank=True)
    margin = models.FloatField(_("How far the share must fall before it lets go"), default=0.0, validators=SHARE)
    least_known = models.FloatField(_("Known land below which there is no call"), default=0.6, validators=SHARE)
    action = models.TextField(_("Action"))
    body = models.CharField(_("Body that acts"), max_length=200)
    budget_line = models.CharField(_("Budget line that pays"), max_length=200)
    most_false = models.FloatField(_("Most false alarms, as a share of calls"), default=0.5, validators=SHARE)
    season_month = models.PositiveSmallIntegerField(_("Month the season ends"), default=9, validators=MONTH)
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.DRAFT)
    adopted_at = models.DateTimeField(null=True, blank=True)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    evidence: "models.JSONField[Any, Any]" = models.JSONField(_("Back-test at adoption"), default=dict, blank=True)

    class Meta:
        ordering = ("code",)
        verbose_name = _("drought trigger")
        constraints = (models.UniqueConstraint(fields=("workspace", "code"), name="drought_trigger_code_once"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        from django.urls import reverse

        return reverse("drought:trigger", args=[self.workspace.slug, self.code])

    def as_rule(self) -> TriggerRule:
        """Return it as the engine knows it.

        Raises
        ------
        InputError
            If it does not make a rule.
        """
        [rule] = rules_from([self.as_row() | {"needs": ""}])
        return TriggerRule(**{**rule.__dict__, "needs": self.needs})

    def as_row(self) -> dict[str, Any]:
        """Return it as a row of a file of rules."""
        return {
            "id": self.code,
            "name": self.name,
            "phase": self.phase,
            "needs": self.needs,
            "any": list(self.conditions),
            "hold": self.hold,
            "within": self.within,
            "months": list(self.months),
            "margin": self.margin,
            "least_known": self.least_known,
            "action": self.action,
            "body": self.body,
            "budget_line": self.budget_line,
            "valid_from": f"{self.adopted_at:%Y-%m-%d}" if self.adopted_at else "",
            "approved_by": str(self.adopted_by or ""),
        }

    def testable(self) -> Condition | None:
        """Return the first condition on an index of rain, which past seasons can be tried with; None without one."""
        listed = (Condition(**each) for each in self.conditions)
        return next((each for each in listed if each.indicator.startswith(("spi-", "spei-"))), None)


class DroughtCall(WorkspaceRecord):
    """What was called for a month, and everything it rests on; it never changes, only that it was issued is added."""

    edit_act = "drought.issue"

    code = models.CharField(_("Code"), max_length=40)
    month = models.CharField(_("Month"), max_length=10, db_index=True)
    revision = models.PositiveIntegerField(_("Revision"), default=1)
    recorded_at = models.DateTimeField(_("Recorded"))
    known: "models.JSONField[Any, Any]" = models.JSONField(_("What was known"), default=dict)
    issued_at = models.DateTimeField(_("Issued"), null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.TextField(_("Word of the body that issues it"), blank=True)

    class Meta:
        ordering = ("-month", "-revision")
        verbose_name = _("drought call")
        constraints = (models.UniqueConstraint(fields=("workspace", "code"), name="drought_call_code_once"),)

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        from django.urls import reverse

        return reverse("drought:call", args=[self.workspace.slug, self.code])

    @property
    def phases(self) -> dict[str, str]:
        """Return the phase of each district, in small letters."""
        return {each["district"]: each["phase"].lower() for each in self.known.get("districts", ())}


class Subscription(models.Model):
    """A reader of the bulletins of one workspace. Who leaves is forgotten: the row stays, the address goes."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=10, default="en")
    asked_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("asked_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "email"), condition=~models.Q(email=""), name="drought_reader_once"
            ),
        )

    def __str__(self) -> str:
        return f"reader {self.pk}"

    @property
    def is_reading(self) -> bool:
        """Return whether bulletins go to it."""
        return self.confirmed_at is not None and self.ended_at is None


class Delivery(models.Model):
    """That a call was sent to a reader: sending that was interrupted goes on where it stopped."""

    call = models.ForeignKey(DroughtCall, on_delete=models.CASCADE, related_name="deliveries")
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("call", "subscription"), name="drought_delivery_once"),)

    def __str__(self) -> str:
        return f"{self.call} > {self.subscription}"
