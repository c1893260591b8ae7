"""Consent, by purpose, and free, prior and informed consent of a people (reporting F.3, F.4)."""

from typing import TYPE_CHECKING, Any

import shapely
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landbalance.core.codelists import code_list
from landbalance.core.errors import InputError, RuleError
from landbalance.registry.records import Visibility, WorkspaceRecord

if TYPE_CHECKING:
    from datetime import date

    from shapely.geometry.base import BaseGeometry

GIVEN = ("given", "given_with_conditions")
STEP_STATES = ("", "begun", "done")


class Consent(WorkspaceRecord):
    """What a person or a people allows; each purpose is a tick of its own, and without a tick there is no use."""

    view_act = "consents.view"
    edit_act = "consents.edit"

    class Kind(models.TextChoices):
        """Whose consent it is."""

        INDIVIDUAL = "individual", _("Of a person")
        COLLECTIVE = "collective_fpic", _("Of a people: free, prior and informed consent")

    code = models.SlugField(_("Code"), max_length=40)
    title = models.CharField(_("What it is about"), max_length=200)
    kind = models.CharField(_("Kind"), max_length=20, choices=Kind.choices, default=Kind.INDIVIDUAL)
    given_by = models.CharField(_("Role and mandate of who gave it"), max_length=200, blank=True)
    given_on = models.DateField(_("Given on"), null=True, blank=True)
    language = models.CharField(_("Language it was read in"), max_length=40, blank=True)
    way = models.CharField(_("How it was given"), max_length=20, blank=True)
    purposes: "models.JSONField[Any, Any]" = models.JSONField(_("Purposes"), default=list, blank=True)
    data_kinds = models.CharField(_("Which data"), max_length=300, blank=True)
    may_leave_country = models.BooleanField(_("May leave the country"), default=False)
    may_train_models = models.BooleanField(_("May be used to train models"), default=False)
    retention_until = models.DateField(_("Kept until"), null=True, blank=True)
    withdrawal_way = models.CharField(_("How it can be withdrawn"), max_length=300, blank=True)
    contact = models.CharField(_("Whom to ask"), max_length=200, blank=True)
    read_aloud = models.BooleanField(_("Was read aloud"), default=False)
    witness = models.CharField(_("Witness"), max_length=120, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    decision = models.CharField(_("Decision"), max_length=24, default="pending")
    conditions = models.TextField(_("Conditions"), blank=True)
    steps: "models.JSONField[Any, Any]" = models.JSONField(_("Steps"), default=dict, blank=True)
    scope: "models.JSONField[Any, Any]" = models.JSONField(_("Territory (GeoJSON)"), null=True, blank=True)
    valid_from = models.DateField(_("Valid from"), null=True, blank=True)
    valid_to = models.DateField(_("Valid until"), null=True, blank=True)
    grievance = models.CharField(_("Where to complain"), max_length=300, blank=True)

    class Meta:
        ordering = ("code",)
        verbose_name = _("consent")
        constraints = (models.UniqueConstraint(fields=("workspace", "code"), name="consent_code_once"),)

    def __init__(self, *values: Any, **named: Any) -> None:
        if not values:
            named.setdefault("visibility", Visibility.CUSTODIAN)  # closed until its custodian opens it
        super().__init__(*values, **named)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        from django.urls import reverse

        return reverse("consents:consent", args=[self.workspace.slug, self.code])

    def check_codes(self) -> None:
        """Refuse codes that no list has.

        Raises
        ------
        InputError
            With the code and its list.
        """
        for purpose in self.purposes:
            code_list("consent_purposes").item(purpose)
        code_list("fpic_decisions").item(self.decision)
        if self.way:
            code_list("consent_ways").item(self.way)
        for step, said in self.steps.items():
            code_list("fpic_steps").item(step)
            if not isinstance(said, dict) or said.get("state", "") not in STEP_STATES:
                raise InputError("step {step} is neither begun nor done", step=step, hint="write state, date, evidence")

    def allows(self, purpose: str, on: "date | None" = None) -> bool:
        """Return whether data under this consent may be used for a purpose on a day."""
        day = on or timezone.localdate()
        is_over = bool(self.retention_until and day > self.retention_until) or bool(
            self.valid_to and day > self.valid_to
        )
        is_given = self.kind == self.Kind.INDIVIDUAL or self.decision in GIVEN
        return self.withdrawn_at is None and is_given and not is_over and purpose in self.purposes

    def blocks_adoption(self) -> bool:
        """Return whether plans on its territory must wait: until consent is given, and again once it is withdrawn."""
        return self.kind == self.Kind.COLLECTIVE and (self.withdrawn_at is not None or self.decision not in GIVEN)

    def shapes(self) -> "list[BaseGeometry]":
        """Return the territory it is about."""
        return [shapely.geometry.shape(self.scope)] if self.scope else []

    def withdraw(self) -> None:
        """Take the consent back; at any time and without harm.

        Raises
        ------
        RuleError
            If it was withdrawn already.
        """
        if self.withdrawn_at is not None:
            raise RuleError("consent {code} is withdrawn already", code=self.code)
        self.withdrawn_at = timezone.now()
        if self.kind == self.Kind.COLLECTIVE:
            self.decision = "withdrawn"


class ConsentUse(models.Model):
    """A record, of any kind, that was given under a consent."""

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="uses")
    subject = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=60)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("consent", "subject"), name="consent_use_once"),)

    def __str__(self) -> str:
        return f"{self.consent.code}: {self.kind} {self.subject}"

    @classmethod
    def withdrawn(cls) -> "models.QuerySet[ConsentUse, Any]":
        """Return the records whose consent was taken back: hidden at once from all but their custodian."""
        return cls.objects.filter(consent__withdrawn_at__isnull=False).values("subject")

    @classmethod
    def without(cls, purpose: str) -> "list[Any]":
        """Return the records that a consent forbids for a purpose."""
        uses = cls.objects.select_related("consent")
        return [each.subject for each in uses if not each.consent.allows(purpose)]
