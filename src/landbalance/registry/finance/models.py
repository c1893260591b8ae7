"""Activities with their transactions, the imports they came with, links to targets, and what reviewers decided."""

import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landbalance.core.errors import RuleError
from landbalance.finance.classify import Coefficient, Split, coefficient
from landbalance.registry.finance.strategy_models import CorrectedSo5, FinanceStep, SubsidyEntry
from landbalance.registry.records import RecordQuerySet, WorkspaceRecord
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

__all__ = ("CorrectedSo5", "FinanceStep", "SubsidyEntry")  # models of this app that live in a module of their own


class ImportBatch(models.Model):
    """One import: the file by its checksum, how it went, and who did it. With its kept rows it is the history."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=12)
    file_name = models.CharField(max_length=200)
    checksum = models.CharField(max_length=64)
    code_version = models.CharField(max_length=40)
    imported_at = models.DateTimeField(default=timezone.now)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    rows_read = models.PositiveIntegerField(default=0)
    rows_skipped = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    reasons: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    notes: "models.JSONField[Any, Any]" = models.JSONField(default=list)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.file_name} ({self.source})"


class StagedFlows(models.Model):
    """A file of flows as it was sent; it waits in a folder of its own to be read apart, looked at and taken over."""

    ROOM = ".flows"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=12, blank=True)
    currency = models.CharField(max_length=3, default="USD")
    has_rates = models.BooleanField(default=False)

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return self.name

    @property
    def folder(self) -> Path:
        """Return the folder of its files."""
        return folder_of(self.workspace, settings.INSTALLATION) / self.ROOM / str(self.pk)


class KeptRows(models.Model):
    """Original rows of an import, packed: lines of number, tab, text."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="kept")
    first = models.PositiveIntegerField()
    last = models.PositiveIntegerField()
    packed = models.BinaryField()


class FlowActivity(WorkspaceRecord):
    """One activity of one source. Imports write it; its row history starts at the first edit by hand."""

    view_act = "finance.view"
    edit_act = "finance.edit"
    view_act = "finance.view"

    batch = models.ForeignKey(ImportBatch, null=True, on_delete=models.PROTECT, related_name="+")
    row = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=32)
    is_edited = models.BooleanField(default=False)
    source = models.CharField(max_length=12)
    source_id = models.CharField(max_length=400)
    reporter = models.CharField(max_length=200)
    reporter_name = models.CharField(max_length=500, blank=True)
    title = models.TextField()
    description = models.TextField(blank=True)
    language = models.CharField(max_length=20, default="en")
    texts: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    status = models.CharField(max_length=4, blank=True)
    start = models.DateField(null=True)
    end = models.DateField(null=True)
    family = models.CharField(max_length=200, blank=True)
    recipient = models.CharField(max_length=10, blank=True)
    parent = models.CharField(max_length=400, blank=True)
    external_id = models.CharField(max_length=400, blank=True)
    collaboration = models.SmallIntegerField(null=True)
    flow_type = models.CharField(max_length=8, blank=True)
    finance_type = models.CharField(max_length=8, blank=True)
    aid_type = models.CharField(max_length=8, blank=True)
    is_external = models.BooleanField(default=False)
    is_domestic = models.BooleanField(default=False)
    is_inside = models.BooleanField(default=False)
    desertification = models.SmallIntegerField(null=True)
    mitigation = models.SmallIntegerField(null=True)
    adaptation = models.SmallIntegerField(null=True)
    biodiversity = models.SmallIntegerField(null=True)
    budget_share = models.FloatField(null=True)
    sectors: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    recipients: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    points: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    tags: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    amount_usd = models.DecimalField(max_digits=24, decimal_places=4, null=True)
    coefficient = models.FloatField(null=True)
    method = models.CharField(max_length=12, default="unknown")
    confidence = models.FloatField(default=0.0)
    conflicts = models.CharField(max_length=80, blank=True)
    cluster = models.PositiveIntegerField(null=True)
    is_primary = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("flow")
        constraints = (
            models.UniqueConstraint(fields=("workspace", "source_id", "source"), name="one_activity_of_a_source"),
        )

    def __str__(self) -> str:
        return f"{self.title[:80]} ({self.source_id})"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("finance:flow", args=[self.workspace.slug, self.pk])

    def splits(self) -> tuple[Split, ...]:
        """Return the sectors as shares."""
        return tuple(Split(vocabulary, code, share) for vocabulary, code, share in self.sectors)

    def classified(self, reviewed: float | None = None) -> Coefficient:
        """Return what share counts for land, a reviewer's share first."""
        return coefficient(
            marker=self.desertification, sectors=self.splits(), reviewed=reviewed, budget_share=self.budget_share
        )

    def take_class(self, reviewed: float | None) -> None:
        """Take over what share counts for land, a reviewer's share first."""
        found = self.classified(reviewed)
        self.coefficient, self.method, self.confidence = found.value, found.method, found.confidence
        self.conflicts = ",".join(found.conflicts)

    def edit(self, **changes: Any) -> None:
        """Change what may be changed by hand: title, markers, recipient, and whether it belongs to the system.

        Raises
        ------
        RuleError
            If a field comes from the source alone.
        """
        allowed = {"title", "recipient", "is_inside", "is_external", "is_domestic", "parent", *RIO}
        for name, value in changes.items():
            if name not in allowed:
                raise RuleError(
                    "{field} comes from the source", field=name, hint="correct the file and import it again"
                )
            setattr(self, name, value)
        self.is_edited = True


class FlowTransaction(models.Model):
    """One movement of money of an activity; `value_usd` is at the yearly rate, empty where no rate is known."""

    activity = models.ForeignKey(FlowActivity, on_delete=models.CASCADE, related_name="transactions")
    kind = models.SmallIntegerField()
    day = models.DateField()
    year = models.SmallIntegerField()
    value = models.DecimalField(max_digits=24, decimal_places=4)
    currency = models.CharField(max_length=3)
    value_date = models.DateField()
    value_usd = models.DecimalField(max_digits=24, decimal_places=4, null=True)
    provider = models.CharField(max_length=500, blank=True)
    provider_activity = models.CharField(max_length=400, blank=True)
    receiver = models.CharField(max_length=500, blank=True)
    receiver_activity = models.CharField(max_length=400, blank=True)
    recipient = models.CharField(max_length=10, blank=True)
    sector = models.CharField(max_length=20, blank=True)
    finance_type = models.CharField(max_length=8, blank=True)
    flow_type = models.CharField(max_length=8, blank=True)
    channel = models.CharField(max_length=10, blank=True)
    row = models.PositiveIntegerField(default=0)

    objects = RecordQuerySet.as_manager()

    class Meta:
        ordering = ("id",)

    @classmethod
    def workspace_path(cls) -> str:
        """Return the lookup to the record that carries workspace and visibility."""
        return "activity__"


class Decision(models.Model):
    """What a reviewer decided of one activity or a pair; rows are only ever added, the latest one stands.

    Kept by the names of the source, so that it outlives a new import.
    """

    class Kind(models.TextChoices):
        """What was decided."""

        CLASSIFICATION = "classification"
        DUPLICATE = "duplicate"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    source_id = models.CharField(max_length=400)
    other_id = models.CharField(max_length=400, blank=True)
    share = models.FloatField(null=True)
    verdict = models.CharField(max_length=12, blank=True)
    suggestion: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    reason = models.TextField()
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("workspace", "kind", "source_id"), name="decisions_of_an_activity"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.source_id} {self.verdict or self.share}"


class DuplicatePair(models.Model):
    """Two activities that may be one, with the evidence; made anew by each search, decisions stay."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    first = models.CharField(max_length=400)
    second = models.CharField(max_length=400)
    score = models.FloatField()
    title_score = models.FloatField()
    amount_score = models.FloatField()
    date_score = models.FloatField()
    scored = models.CharField(max_length=12, default="")  # the verdict of the scores alone
    verdict = models.CharField(max_length=12)

    class Meta:
        ordering = ("-score", "first", "second")

    def __str__(self) -> str:
        return f"{self.first} = {self.second} ({self.score:.2f})"


class LdnLink(WorkspaceRecord):
    """What an activity pays for: a target, an action or project on the ground, hectares, a share of the money."""

    view_act = "finance.view"
    edit_act = "finance.edit"
    view_act = "finance.view"

    class Response(models.TextChoices):
        """The response hierarchy."""

        AVOID = "avoid", _("Avoid")
        REDUCE = "reduce", _("Reduce")
        REVERSE = "reverse", _("Reverse")

    activity = models.ForeignKey(FlowActivity, on_delete=models.CASCADE, related_name="links")
    target_code = models.CharField(max_length=40)
    action_code = models.CharField(max_length=40, blank=True)
    project_code = models.CharField(max_length=80, blank=True)
    response = models.CharField(max_length=8, choices=Response.choices, blank=True)
    hectares = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    share = models.DecimalField(max_digits=6, decimal_places=5, default=1)

    class Meta:
        verbose_name = _("link of money to land")
        indexes = (
            models.Index(fields=("workspace", "target_code"), name="links_of_a_target"),
            models.Index(fields=("workspace", "action_code"), name="links_of_an_action"),
        )

    def __str__(self) -> str:
        return f"{self.activity.source_id} -> {self.target_code}"

    @property
    def money(self) -> Decimal | None:
        """Return the money it stands for [USD]; None where that of the activity is unknown."""
        return None if self.activity.amount_usd is None else self.activity.amount_usd * self.share


RIO = ("desertification", "mitigation", "adaptation", "biodiversity")
