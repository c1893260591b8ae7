"""A comment on a field of a record; rows are only ever added, and settled."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from landbalance.core.errors import RuleError
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

LONGEST = 4000


class Comment(models.Model):
    """What a person says about a record, or answers to what another said.

    It holds on to the record, not to a version: it stays when the record is revised, put away or brought back.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    subject = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=60)
    field = models.CharField(_("Field"), max_length=60, blank=True)
    version = models.PositiveIntegerField()
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField(_("Comment"), max_length=LONGEST)
    mentions: "models.ManyToManyField[User, Any]" = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True
    )
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("workspace", "settled_at"), name="comment_open"),)

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def is_open(self) -> bool:
        """Return whether it still waits for somebody."""
        return self.parent_id is None and self.settled_at is None

    def settle(self, by: "User") -> None:
        """Mark it as settled.

        Raises
        ------
        RuleError
            If it is an answer, or settled already.
        """
        if self.parent_id is not None:
            raise RuleError("an answer is settled with the comment it answers", hint="settle the comment")
        if self.settled_at is not None:
            raise RuleError("the comment is settled already", hint="open it again to go on")
        self.settled_at, self.settled_by = timezone.now(), by

    def reopen(self) -> None:
        """Let it wait again.

        Raises
        ------
        RuleError
            If it is open.
        """
        if self.settled_at is None:
            raise RuleError("the comment is open", hint="answer it")
        self.settled_at, self.settled_by = None, None
