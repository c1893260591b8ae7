"""Add an act to the chain, and check the chain."""

import logging
from datetime import UTC
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from landbalance.registry.audit.models import AuditEvent
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor

log = logging.getLogger(__name__)
LOCK = 7_153_115  # one number that all writers of the chain agree on


@transaction.atomic
def record(
    actor: "Actor | None", act: str, subject: object = "", *, workspace: Workspace | None = None, **detail: object
) -> AuditEvent:
    """Add an act to the chain.

    Parameters
    ----------
    actor : User or None
        Who did it; None for the system itself.
    act : str
        A word such as `targets.approve`.
    subject : object
        What it was done to.
    workspace : Workspace or None
    **detail : object
        Further plain values; never secrets, never personal data beyond the actor.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = AuditEvent.objects.order_by("-id").first()
    user = actor if actor is not None and actor.is_authenticated else None
    plain = {name: value if isinstance(value, int | float | bool) else str(value) for name, value in detail.items()}
    event = AuditEvent(
        at=timezone.now().astimezone(UTC),
        actor=user,
        actor_name=user.username if user else ("system" if actor is None else "visitor"),
        workspace=workspace,
        act=act,
        subject=str(subject)[:200],
        detail={**plain, "workspace": workspace.slug if workspace else ""},
        previous=last.seal if last else "",
    )
    event.seal = event.computed_seal()
    event.save(force_insert=True)
    log.info("%s %s %s", event.actor_name, act, event.subject)
    return event


def first_broken() -> AuditEvent | None:
    """Return the first row whose seal does not fit what it says or what stands before it; None if all do."""
    before = ""
    for event in AuditEvent.objects.order_by("id").iterator():
        at_utc = event.at.astimezone(UTC)
        event.at = at_utc
        if event.previous != before or event.seal != event.computed_seal():
            return event
        before = event.seal
    return None
