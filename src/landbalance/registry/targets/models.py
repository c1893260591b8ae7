"""A target with its rules: what it promises, the moves of its life, what is missing, what it hands to computations."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landbalance.core.codelists import code_list
from landbalance.core.errors import RuleError
from landbalance.planning.targets import SmartScore, TargetClaim, TargetPart, smart_score
from landbalance.planning.targets.claim import KM2_PER_UNIT
from landbalance.registry.codes import words_of_codes
from landbalance.registry.records import WorkspaceRecord
from landbalance.registry.space import Piece

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


STAGES = code_list("target_lifecycle")
FREE_STAGES = ("idea", "proposed", "consulted", "revised")  # edited as they are; later stages need a revision
OUTCOME_STAGES = ("achieved", "partially_achieved", "not_achieved")
AREA_TYPES = ("area_action", "area_outcome", "net_gain")
KEPT_FROM_START = ("start_value", "start_year")
NEW_START_REASONS = ("new_data", "new_method")


CODED = {
    **{"target_type": "target_types", "scope": "target_scopes", "spatial_mode": "spatial_modes"},
    **{"stage": "target_lifecycle", "responses": "responses", "targeted_actions": "targeted_actions"},
    **{"process": "target_processes", "revision_reason": "revision_reasons", "data_licence": "data_licences"},
    **{"endorsement_level": "endorsement_levels", "beneficiary_groups": "stakeholder_groups"},
}


class TargetSet(WorkspaceRecord):
    """The targets a country adopts together, and the act that adopts them."""

    title = models.CharField(_("Title"), max_length=300)
    cycle = models.CharField(_("Cycle"), max_length=40, blank=True)
    act = models.CharField(_("Act of adoption"), max_length=300, blank=True)
    act_date = models.DateField(_("Date of the act"), null=True, blank=True)

    class Meta:
        ordering = ("title",)
        verbose_name = _("target set")

    def __str__(self) -> str:
        return self.title


class Target(WorkspaceRecord):
    """A promise: who brings which land to which value, where, by when, from which start, by which actions."""

    view_act = "targets.view"
    edit_act = "targets.edit"

    target_set = models.ForeignKey(TargetSet, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    superseded_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    code = models.CharField(_("Code"), max_length=40)
    revision = models.PositiveIntegerField(_("Revision"), default=1, editable=False)
    revision_reason = models.CharField(_("Reason of the revision"), max_length=20, blank=True, editable=False)
    revision_text = models.TextField(_("Why it was revised"), blank=True, editable=False)
    stage = models.CharField(_("Stage"), max_length=24, default="idea", editable=False)
    shape_digest = models.CharField(_("Area on the map"), max_length=64, blank=True, editable=False)
    shares: "models.JSONField[Any, Any]" = models.JSONField(_("Shares of places"), default=list, blank=True)

    title = models.CharField(_("Title"), max_length=300)
    text = models.TextField(_("Text"), blank=True)
    language = models.CharField(_("Language of the text"), max_length=12, default="en")
    target_type = models.CharField(_("Type"), max_length=24, default="area_action")
    scope = models.CharField(_("Whom it binds"), max_length=16, default="subnational")
    spatial_mode = models.CharField(_("How it says where"), max_length=16, default="none")
    location = models.TextField(_("Place in words"), blank=True)
    responses: "models.JSONField[Any, Any]" = models.JSONField(_("Responses"), default=list, blank=True)
    targeted_actions: "models.JSONField[Any, Any]" = models.JSONField(_("Targeted actions"), default=list, blank=True)
    indicator = models.CharField(_("Indicator"), max_length=300, blank=True)
    unit = models.CharField(_("Unit"), max_length=40, blank=True)
    start_value = models.FloatField(_("Start value"), null=True, blank=True)
    start_year = models.IntegerField(_("Start year"), null=True, blank=True)
    target_value = models.FloatField(_("Target value"), null=True, blank=True)
    target_year = models.IntegerField(_("Target year"), null=True, blank=True)
    direction = models.CharField(_("Direction"), max_length=12, default="increase")
    relative = models.CharField(_("The target value is"), max_length=20, default="absolute")
    declared_area = models.FloatField(_("Area promised"), null=True, blank=True)
    area_unit = models.CharField(_("Unit of areas"), max_length=4, default="ha")
    area_semantics = models.CharField(_("The area on the map is"), max_length=12, default="exact")
    reached_before = models.FloatField(_("Reached before this revision"), null=True, blank=True)
    land_types: "models.JSONField[Any, Any]" = models.JSONField(_("Land types"), default=list, blank=True)
    parts: "models.JSONField[Any, Any]" = models.JSONField(_("Areas by land type"), default=list, blank=True)
    milestones: "models.JSONField[Any, Any]" = models.JSONField(_("Milestones"), default=list, blank=True)
    tolerance = models.FloatField(_("Tolerance"), null=True, blank=True)
    failure = models.FloatField(_("Fall that counts as failure"), null=True, blank=True)
    confidence_low = models.FloatField(_("Low end of the range"), null=True, blank=True)
    confidence_high = models.FloatField(_("High end of the range"), null=True, blank=True)
    ecosystems: "models.JSONField[Any, Any]" = models.JSONField(_("Ecosystem groups"), default=list, blank=True)
    drivers: "models.JSONField[Any, Any]" = models.JSONField(_("Drivers it fights"), default=list, blank=True)
    hotspots: "models.JSONField[Any, Any]" = models.JSONField(_("Hotspots"), default=list, blank=True)
    lead = models.CharField(_("Body that leads"), max_length=300, blank=True)
    partners: "models.JSONField[Any, Any]" = models.JSONField(_("Partners"), default=list, blank=True)
    process = models.CharField(_("Process it was set under"), max_length=16, default="other")
    is_ldn = models.BooleanField(_("Part of land degradation neutrality"), default=True)
    has_bau_check = models.BooleanField(_("Held against business as usual"), default=False)
    baseline = models.CharField(_("Baseline"), max_length=300, blank=True)
    foresees_net_loss = models.BooleanField(_("Losses are foreseen to exceed gains"), default=False)
    net_loss_justification = models.TextField(_("Why a net loss is justified"), blank=True)
    need_usd = models.FloatField(_("Money needed [USD]"), null=True, blank=True)
    secured_usd = models.FloatField(_("Money secured [USD]"), null=True, blank=True)
    finance_sources = models.TextField(_("Sources of money"), blank=True)
    legal_basis = models.TextField(_("Legal basis"), blank=True)
    endorsement_body = models.CharField(_("Endorsed by"), max_length=300, blank=True)
    endorsement_level = models.CharField(_("Level of endorsement"), max_length=16, blank=True)
    endorsement_date = models.DateField(_("Date of endorsement"), null=True, blank=True)
    endorsement_document = models.CharField(_("Document of endorsement"), max_length=300, blank=True)
    participation_record = models.CharField(_("Record of participation"), max_length=300, blank=True)
    beneficiary_groups: "models.JSONField[Any, Any]" = models.JSONField(_("People by group"), default=list, blank=True)
    gender_lens = models.TextField(_("Women and men"), blank=True)
    tenure_note = models.TextField(_("Land tenure"), blank=True)
    touches_indigenous_land = models.BooleanField(_("Touches land of indigenous peoples"), default=False)
    fpic_records: "models.JSONField[Any, Any]" = models.JSONField(_("Records of consent"), default=list, blank=True)
    links: "models.JSONField[Any, Any]" = models.JSONField(_("Links to other plans"), default=list, blank=True)
    sdg_rank: "models.JSONField[Any, Any]" = models.JSONField(_("SDGs by rank"), default=list, blank=True)
    data_licence = models.CharField(_("Licence of the data"), max_length=16, default="cc_by_nc")

    class Meta:
        ordering = ("code",)
        verbose_name = _("target")
        constraints = (models.UniqueConstraint(fields=("workspace", "code"), name="target_code_once"),)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        from django.urls import reverse

        return reverse("targets:target", args=[self.workspace.slug, self.code])

    @property
    def is_editable(self) -> bool:
        """Return whether it may be changed without a revision."""
        return self.stage in FREE_STAGES

    @property
    def is_final(self) -> bool:
        """Return whether its life has ended."""
        return bool(STAGES.item(self.stage).column("final", False))

    def next_stages(self) -> tuple[str, ...]:
        """Return the stages it can move to; a revision has a use case of its own."""
        return tuple(stage for stage in STAGES.item(self.stage).column("next", ()) if stage != "revised")

    def step(self, to: str) -> None:
        """Move to another stage of its life.

        Raises
        ------
        RuleError
            If it cannot go there from where it is.
        """
        if to not in self.next_stages():
            raise RuleError(
                "a target that is {stage} cannot become {to}",
                stage=self.stage,
                to=to,
                hint="possible is: {known}",
                known=", ".join(self.next_stages()) or "nothing more",
            )
        self.stage = to

    def revise(self, reason: str, text: str, before: "Target") -> None:
        """Begin the next revision: the reason is kept, the start value stays that of the first commitment.

        Raises
        ------
        RuleError
            If the target is closed, a reason is missing, or the start moves without new data or a new method.
        """
        if self.is_final:
            raise RuleError("target {code} is closed", code=self.code, hint="set a new target that takes its place")
        if not text.strip() or reason not in code_list("revision_reasons").codes:
            raise RuleError("a revision needs a reason and its explanation", hint="choose the reason and say why")
        moved = [name for name in KEPT_FROM_START if getattr(self, name) != getattr(before, name)]
        was_set = any(getattr(before, name) is not None for name in moved)
        if moved and was_set and reason not in NEW_START_REASONS:
            raise RuleError(
                "the start of target {code} stays that of its first commitment",
                code=self.code,
                hint="give what was reached before this revision, or choose new data or a new method as the reason",
            )
        self.revision += 1
        self.revision_reason, self.revision_text = reason, text.strip()
        self.stage = self.stage if before.is_editable else "revised"

    def shapes(self, version: int | None = None) -> "list[BaseGeometry]":
        """Return the pieces of a version of the record; the present ones when None."""
        return [piece.geometry for piece in self.pieces(version)]

    def pieces(self, version: int | None = None) -> "list[TargetArea]":
        """Return the rows of the pieces of a version, those of the present one when None."""
        if version is None:
            return [piece for piece in self.areas.all() if piece.until is None]
        return [each for each in self.areas.all() if each.since <= version and (each.until or version) >= version]

    def words_of(self, name: str, held: Any) -> str:
        """Return the codes of a field in the reader's language; "" for fields without codes."""
        return words_of_codes(CODED.get(name, ""), held)

    def in_km2(self, area: float | None) -> float | None:
        """Return an area of this target in km2."""
        return None if area is None else area * KM2_PER_UNIT[self.area_unit]

    def as_claim(self, actions: tuple[str, ...] | None = None) -> TargetClaim:
        """Return what computations need of it.

        Raises
        ------
        InputError
            If a code is unknown or the years cannot be.
        """
        before = self.reached_before or 0.0
        is_area = self.target_type in AREA_TYPES
        value = self.target_value
        if not is_area and value is not None and self.relative != "absolute":
            value += before
        area = self.in_km2(self.declared_area)
        if is_area and area is not None:
            area += before * KM2_PER_UNIT[self.area_unit]
        names = tuple(each.code for each in self.actions.all()) if actions is None else actions
        return TargetClaim(
            target_id=self.code,
            **{name: getattr(self, name) for name in ("target_type", "title", "scope", "spatial_mode", "indicator")},
            **{
                name: getattr(self, name)
                for name in ("start_value", "start_year", "target_year", "direction", "relative")
            },
            **{name: getattr(self, name) for name in ("area_semantics", "tolerance", "failure", "lead", "need_usd")},
            **{name: getattr(self, name) for name in ("is_ldn", "has_bau_check")},
            version=self.revision,
            unit=self.area_unit if is_area and (area is not None or self.parts) else self.unit,
            responses=tuple(self.responses),
            land_types=tuple(self.land_types),
            parts=tuple(TargetPart(name, float(self.in_km2(size) or 0.0)) for name, size in self.parts),
            target_value=value,
            declared_area_km2=area,
            milestones=tuple((int(year), float(worth)) for year, worth in self.milestones),
            drivers=tuple(self.drivers),
            hotspots=tuple(self.hotspots),
            actions=(*names, *self.targeted_actions),
        )

    def promised_km2(self) -> float | None:
        """Return the land it promises [km2]; None where it promises something else, such as a share of an indicator.

        Raises
        ------
        InputError
            As for `as_claim`.
        """
        is_land = self.target_type in AREA_TYPES or self.declared_area is not None or bool(self.parts)
        return self.as_claim(()).promised_km2 if is_land else None

    def smart(self) -> SmartScore:
        """Return whether it is specific, measurable, achievable, relevant and bound in time."""
        return smart_score(self.as_claim())


class TargetArea(Piece):
    """A piece of land of a target, from one version of its record until another."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="areas")
    land_type = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name or f"{self.area_km2:.2f} km2"


class Assessment(models.Model):
    """What was known of a target in a year, and where it was taken from; rows are only ever added."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="assessments")
    revision = models.PositiveIntegerField()
    year = models.IntegerField()
    value = models.FloatField(null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    outcome_km2 = models.FloatField(null=True, blank=True)
    degraded_km2 = models.FloatField(null=True, blank=True)
    baseline_degraded_km2 = models.FloatField(null=True, blank=True)
    expected_loss_km2 = models.FloatField(null=True, blank=True)
    nets: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)
    run = models.CharField(max_length=80, blank=True)
    figures: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    summary_sha256 = models.CharField(max_length=64, blank=True)
    source = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("year", "id")

    def __str__(self) -> str:
        return f"{self.year} {self.run or self.source}"[:80]

    @property
    def has_outcome(self) -> bool:
        """Return whether it says what came of the target, not only what was done."""
        return any(each is not None for each in (self.value, self.outcome_km2, self.degraded_km2))


class StatusEvent(models.Model):
    """A move in the life of a target: when, who, why; rows are only ever added."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="events")
    revision = models.PositiveIntegerField()
    old = models.CharField(max_length=24)
    new = models.CharField(max_length=24)
    why = models.TextField(blank=True)
    assessment = models.ForeignKey(Assessment, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.old} to {self.new}"


class StagedImport(models.Model):
    """Rows that were read and checked, and wait for a person to take them over."""

    workspace = models.ForeignKey("workspaces.Workspace", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    errors: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    notes: "models.JSONField[Any, Any]" = models.JSONField(default=list)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
