"""Keep, find and drop drafts."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils import timezone

from landbalance.registry.access import require
from landbalance.registry.drafts.models import Draft
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User


def keep_draft(
    actor: "User", workspace: Workspace, form: str, subject: str, values: Mapping[str, object], *, version: int = 0
) -> Draft:
    """Keep what a person has typed so far; nothing is checked, so nothing is refused.

    Raises
    ------
    AccessError
        If the actor keeps no drafts in this workspace.
    """
    require(actor, "drafts.keep", workspace)
    draft, _ = Draft.objects.update_or_create(
        user=actor,
        workspace=workspace,
        form=form[:80],
        subject=subject[:80],
        defaults={"values": dict(values), "version": version, "saved_at": timezone.now()},
    )
    return draft


def find_draft(actor: "User", workspace: Workspace, form: str, subject: str = "") -> Draft | None:
    """Return the draft of a person for a form, if there is one."""
    return Draft.objects.filter(user=actor, workspace=workspace, form=form, subject=subject).first()


def drop_draft(actor: "User", workspace: Workspace, form: str, subject: str = "") -> None:
    """Forget a draft, once its record is saved."""
    Draft.objects.filter(user=actor, workspace=workspace, form=form, subject=subject).delete()
