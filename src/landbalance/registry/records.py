"""What every record of a country has: workspace, version, review state, visibility, history; and the one gate to it."""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from landbalance.core.errors import InputError, NotFoundError, RuleError
from landbalance.registry.access import is_administrator, memberships_of
from landbalance.registry.workspaces.models import Custodian, Role, Sector, Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor
    from landbalance.registry.accounts.models import User


class ConflictError(RuleError):
    """Somebody else has saved the record meanwhile; `theirs` is what stands there now."""

    theirs: "WorkspaceRecord"


class State(models.TextChoices):
    """Where a record stands between being written and being submitted."""

    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    APPROVED = "approved", _("Approved")
    SUBMITTED = "submitted", _("Submitted")


MOVES: dict[str, tuple[str, ...]] = {
    State.DRAFT: (State.REVIEW,),
    State.REVIEW: (State.DRAFT, State.APPROVED),
    State.APPROVED: (State.DRAFT, State.SUBMITTED),
    State.SUBMITTED: (),
}
INNER = frozenset(
    {Role.FOCAL_POINT, Role.TECHNICIAN, Role.STATISTICS_OFFICE, Role.FINANCE, Role.REVIEWER}
)  # see drafts
AGREED = (State.APPROVED, State.SUBMITTED)


class Visibility(models.TextChoices):
    """Who sees a record."""

    CUSTODIAN = "custodian", _("Its custodian only")
    MEMBERS = "members", _("Members of the workspace")
    REGION = "region", _("Members, and the regions the country shares with")
    PUBLIC = "public", _("Everybody, once approved")


class Sensitivity(models.TextChoices):
    """How sensitive a record of a community is; the community decides."""

    PUBLIC = "public", pgettext_lazy("sensitivity", "Public")
    GENERALISE = "generalise", _("Shown without its exact place")
    RESTRICTED = "restricted", _("Restricted to its custodian")
    SACRED_OR_SECRET = "sacred_or_secret", _("Sacred or secret")


CLOSED = (Sensitivity.RESTRICTED, Sensitivity.SACRED_OR_SECRET)


class RecordQuerySet(models.QuerySet[Any]):
    """Records, through the gate."""

    def for_user(self, actor: "Actor") -> Self:
        """Return the records a person may see; this is the only way from a page to a record."""
        alive = self.filter(deleted_at=None)
        return alive.filter(visible_to(actor, self.model.workspace_path()))

    def usable_for(self, purpose: str) -> Self:
        """Return the records that no consent forbids for a purpose: without a tick there is no use (reporting F.3)."""
        from landbalance.registry.consents.models import ConsentUse

        return self.exclude(**{self.model.workspace_path() + "pk__in": ConsentUse.without(purpose)})

    def in_workspace(self, workspace: Workspace) -> Self:
        """Return the records of one workspace."""
        return self.filter(**{self.model.workspace_path() + "workspace": workspace})


def visible_to(actor: "Actor", path: str = "") -> Q:
    """Return the condition for what a person may see.

    Parameters
    ----------
    actor : User or AnonymousUser
    path : str
        Lookup from the model to the record that carries workspace and visibility, ending with two underscores.
    """

    def term(**lookups: Any) -> Q:
        return Q(**{path + name: value for name, value in lookups.items()})

    public = term(workspace__is_public=True, visibility=Visibility.PUBLIC, state__in=AGREED)
    if not actor.is_authenticated or not actor.is_active:
        return public & open_to_others(path)
    own = term(created_by=actor.pk)
    if is_administrator(actor):
        return open_to_others(path) | own
    mine = memberships_of(actor)
    members = {each.workspace_id for each in mine if each.role in INNER}
    voices = {each.workspace_id for each in mine if each.role != Role.PUBLIC}
    readers = {each.workspace_id for each in mine if each.role == Role.PUBLIC}
    seen = public | term(workspace__in=members)
    seen |= term(workspace__in=readers, visibility=Visibility.PUBLIC, state__in=AGREED)
    seen |= term(workspace__in=voices) & ~term(state=State.DRAFT)
    for region in (each.workspace for each in mine if each.workspace.kind != Workspace.Kind.COUNTRY):
        shared = term(
            workspace__shares_with_region=True,
            visibility__in=(Visibility.REGION, Visibility.PUBLIC),
            state__in=AGREED,
        )
        within = Q() if region.kind == Workspace.Kind.GLOBAL else term(workspace__country__in=region.countries)
        seen |= shared & within
    kept = own & term(workspace__in=voices)
    for each in mine:
        if each.role == Role.COMMUNITY_STEWARD:
            more = {} if each.custodian_id else {"visibility": Visibility.CUSTODIAN}  # no drafts of others
            kept |= term(workspace=each.workspace_id, custodian=each.custodian_id, **more)
    return (seen & open_to_others(path)) | kept


def open_to_others(path: str = "") -> Q:
    """Return the condition for what a custodian has not kept for itself, or taken back with its consent."""
    from landbalance.registry.consents.models import ConsentUse

    kept = Q(**{path + "visibility": Visibility.CUSTODIAN}) | Q(**{path + "sensitivity__in": CLOSED})
    return ~kept & ~Q(**{path + "pk__in": ConsentUse.withdrawn()})


def shows_place(actor: "Actor", record: "WorkspaceRecord") -> bool:
    """Return whether a person may see where exactly a record lies: maps, tiles and exports ask here."""
    if record.sensitivity == Sensitivity.PUBLIC:
        return True
    if not actor.is_authenticated:
        return False
    if record.created_by_id == actor.pk:
        return True
    return any(
        each.role == Role.COMMUNITY_STEWARD
        and (each.workspace_id, each.custodian_id) == (record.workspace_id, record.custodian_id)
        for each in memberships_of(actor)
    )


class WorkspaceRecord(models.Model):
    """A record of a workspace. Its own rules (lifecycle, validity) are methods of the model that inherits this."""

    view_act = "workspace.view"  # what a person must be allowed to do to see one, where the gate shows it
    edit_act = "workspace.edit"  # what a person must be allowed to do to change one; each kind names its own

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    visibility = models.CharField(max_length=12, choices=Visibility.choices, default=Visibility.MEMBERS)
    sector = models.CharField(max_length=20, choices=Sector.choices, blank=True)
    sensitivity = models.CharField(max_length=20, choices=Sensitivity.choices, default=Sensitivity.PUBLIC)
    custodian = models.ForeignKey(Custodian, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = RecordQuerySet.as_manager()
    history = HistoricalRecords(inherit=True)

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        """Return the address of its page: that of its workspace, for kinds without one of their own."""
        return self.workspace.get_absolute_url()

    @classmethod
    def workspace_path(cls) -> str:
        """Return the lookup from this model to the record that carries its workspace."""
        return ""

    def save_revision(self, *, by: "User", reason: str = "", expected: int | None = None) -> None:
        """Save the record as its next version, with who, when and why; refuse to overwrite what others have saved.

        Parameters
        ----------
        by : User
            Who saves it.
        reason : str
            Why; kept in the history.
        expected : int or None
            The version the change was made from; the one that was read when None.

        Raises
        ------
        ConflictError
            If another version stands there.
        """
        expected = self.version if expected is None else expected
        with transaction.atomic():
            if not self._state.adding:
                theirs = type(self)._base_manager.select_for_update().get(pk=self.pk)
                if theirs.version != expected:
                    raise conflict(theirs, expected)
                self.version = expected + 1
            else:
                self.created_by = by
            self.updated_by, self.updated_at = by, timezone.now()
            self._history_user, self._change_reason = by, reason[:100]  # simple-history reads both
            self.save()

    def move(self, to: str) -> None:
        """Change the review state.

        Raises
        ------
        RuleError
            If the record cannot go there from where it is.
        """
        if to not in MOVES[self.state]:
            raise RuleError(
                "a record that is {state} cannot become {to}",
                state=self.state,
                to=to,
                hint="possible is: {known}",
                known=", ".join(MOVES[self.state]) or "nothing more",
            )
        self.state = to

    def changes(self) -> "list[tuple[Any, list[tuple[str, Any, Any]]]]":
        """Return each version with what it changed, latest first: field, old value, new value."""
        rows = list(self.history.all().order_by("-history_date", "-history_id"))
        found = []
        for new, old in zip(rows, [*rows[1:], None], strict=True):
            delta = new.diff_against(old).changes if old is not None else []
            hidden = {"version", "updated_at", "updated_by"}
            found.append((new, [(each.field, each.old, each.new) for each in delta if each.field not in hidden]))
        return found


Record = TypeVar("Record", bound=WorkspaceRecord)


def conflict(theirs: WorkspaceRecord, expected: int) -> ConflictError:
    """Return the error that says a record was saved by somebody else meanwhile."""
    error = ConflictError(
        "version {version} was saved by {who} while you worked on version {expected}",
        version=theirs.version,
        who=str(theirs.updated_by or "somebody else"),
        expected=expected,
        hint="compare both and save again",
    )
    error.theirs = theirs
    return error


def find(model: type[Record], actor: "Actor", **lookups: Any) -> Record:
    """Return one record that a person may see.

    Raises
    ------
    NotFoundError
        If there is none, or the person may not see it: both look the same.
    """
    try:
        return model.objects.for_user(actor).get(**lookups)  # type: ignore[no-any-return]
    except (model.DoesNotExist, ValueError) as error:
        said = ", ".join(str(value) for name, value in lookups.items() if name != "workspace")
        raise NotFoundError(
            "there is no {kind} {said}", kind=str(model._meta.verbose_name), said=said, hint="check its code"
        ) from error


def check_fields(record: WorkspaceRecord, called: str) -> None:
    """Refuse values that the fields of a record do not allow.

    Raises
    ------
    InputError
        If one of them makes no sense.
    """
    try:
        record.full_clean(exclude=["workspace", "created_by", "updated_by", "custodian"])
    except ValidationError as error:
        field, words = next(iter(error.message_dict.items()))
        raise InputError("{code}: {field}: {why}", code=called, field=field, why=words[0], hint="correct it") from error


def shared_fields() -> Iterable[str]:
    """Return the names of the fields every record has, which forms do not show."""
    return tuple(field.name for field in WorkspaceRecord._meta.get_fields())
