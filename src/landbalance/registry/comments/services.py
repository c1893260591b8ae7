"""Comment on a record, answer, settle, open again."""

import logging
import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext

from landbalance.core.errors import AccessError, InputError, NotFoundError
from landbalance.io.cells import clean_text
from landbalance.registry.access import may, require
from landbalance.registry.audit.services import record as record_act
from landbalance.registry.comments.models import LONGEST, Comment
from landbalance.registry.comments.queries import commented_fields
from landbalance.registry.records import WorkspaceRecord
from landbalance.registry.workspaces.models import Membership, Role

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

log = logging.getLogger(__name__)
MENTION = re.compile(r"@([\w.@+-]{3,60})")


@transaction.atomic
def add_comment(
    actor: "User", record: WorkspaceRecord, text: str, *, field: str = "", parent: Comment | None = None
) -> Comment:
    """Say something about a record that the actor sees, or answer; an answer to a settled comment opens it again.

    Parameters
    ----------
    record : WorkspaceRecord
        Found through the gate.
    field : str
        Name of the field it is about; "" for the record as a whole. An answer is about what it answers.

    Raises
    ------
    AccessError
        If the actor may not comment here.
    InputError
        If nothing is said, too much is said, or the record has no such field.
    """
    require(actor, "records.comment", record.workspace)
    said = clean_text(text).strip()
    if not said:
        raise InputError("the comment is empty", hint="write what you want to say")
    if len(said) > LONGEST:
        raise InputError(
            "the comment has {count} letters", count=len(said), longest=LONGEST, hint="keep it under {longest}"
        )
    if parent is not None:
        field = parent.field
        if parent.settled_at is not None:
            reopen_comment(actor, record, parent)
    elif field and field not in commented_fields(record):
        raise InputError("{record} has no field {field}", record=str(record), field=field, hint="choose one of its own")
    made = Comment.objects.create(
        **{"workspace": record.workspace, "subject": record.pk, "kind": record._meta.label_lower, "field": field},
        **{"version": record.version, "parent": parent, "text": said, "by": actor},
    )
    made.mentions.set(mentioned(record, said))
    record_act(actor, "comments.added", record, workspace=record.workspace, field=field, comment=made.pk)
    return made


@transaction.atomic
def settle_comment(actor: "User", record: WorkspaceRecord, comment: Comment) -> Comment:
    """Mark a comment as settled: who wrote it, who may change the record, and who approves it may.

    Raises
    ------
    AccessError
        If the actor may not.
    RuleError
        If it is an answer, or settled already.
    """
    _require_say(actor, record, comment)
    comment.settle(actor)
    comment.save()
    record_act(actor, "comments.settled", record, workspace=record.workspace, comment=comment.pk)
    return comment


@transaction.atomic
def reopen_comment(actor: "User", record: WorkspaceRecord, comment: Comment) -> Comment:
    """Let a settled comment wait again.

    Raises
    ------
    AccessError
        If the actor may not comment here.
    RuleError
        If it is open.
    """
    require(actor, "records.comment", record.workspace)
    comment.reopen()
    comment.save()
    record_act(actor, "comments.reopened", record, workspace=record.workspace, comment=comment.pk)
    return comment


def find_comment(record: WorkspaceRecord, pk: int) -> Comment:
    """Return a comment on a record.

    Raises
    ------
    NotFoundError
        If the record has no such comment.
    """
    found = Comment.objects.filter(subject=record.pk, pk=pk, parent=None).select_related("by").first()
    if found is None:
        raise NotFoundError("{record} has no comment {pk}", record=str(record), pk=pk, hint="look at its page")
    return found


def may_settle(actor: "User", record: WorkspaceRecord, comment: Comment) -> bool:
    """Return whether a person has a say in whether a comment is settled."""
    if not may(actor, "records.comment", record.workspace):
        return False
    acts = (record.edit_act, "records.approve")
    return comment.by_id == actor.pk or any(may(actor, act, record.workspace) for act in acts)


def mentioned(record: WorkspaceRecord, text: str) -> list["User"]:
    """Return the members a comment names with an @, as far as they see the record."""
    names = {name.rstrip(".") for name in MENTION.findall(text)}
    if not names:
        return []
    members = Membership.objects.filter(workspace=record.workspace, user__username__in=names)
    people = {each.user for each in members.exclude(role=Role.PUBLIC).select_related("user")}
    seen = type(record).objects
    return sorted(
        (each for each in people if seen.for_user(each).filter(pk=record.pk).exists()), key=lambda each: each.username
    )


def tell_mentioned(comment: Comment, record: WorkspaceRecord, link: str) -> int:
    """Tell the people a comment names by mail; return how many, none where no mail server is set up."""
    if not settings.INSTALLATION.mail.host:
        return 0
    people = [each.email for each in comment.mentions.all() if each.email and each.pk != comment.by_id]
    words = {"who": str(comment.by), "place": record.workspace.title, "link": link}
    for address in people:
        try:
            send_mail(
                gettext("%(who)s names you in a comment in %(place)s") % words,
                gettext("%(who)s names you in a comment in %(place)s.\n\n%(link)s\n") % words,
                None,
                [address],
            )
        except OSError as error:
            log.warning("the mail server did not take a notice (%s)", error)
            return 0
    return len(people)


def _require_say(actor: "User", record: WorkspaceRecord, comment: Comment) -> None:
    """Refuse who has no say."""
    require(actor, "records.comment", record.workspace)
    if not may_settle(actor, record, comment):
        raise AccessError(
            "{actor} may not settle this comment",
            actor=str(actor),
            hint="its writer settles it, or who changes or approves the record",
        )
