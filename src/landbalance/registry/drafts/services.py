"""Keep, find and drop drafts."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from landbalance.io.cells import clean_text
from landbalance.registry.access import require
from landbalance.registry.drafts.models import Draft
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

LATELY = timedelta(minutes=10)


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
        defaults={"values": _storable(dict(values)), "version": version, "saved_at": timezone.now()},
    )
    return draft


def find_draft(actor: "User", workspace: Workspace, form: str, subject: str = "") -> Draft | None:
    """Return the draft of a person for a form, if there is one."""
    return Draft.objects.filter(user=actor, workspace=workspace, form=form[:80], subject=subject[:80]).first()


def drop_draft(actor: "User", workspace: Workspace, form: str, subject: str = "") -> None:
    """Forget a draft, once its record is saved."""
    Draft.objects.filter(user=actor, workspace=workspace, form=form[:80], subject=subject[:80]).delete()


def others_at(actor: "User", workspace: Workspace, form: str, subject: str) -> list[str]:
    """Return who else has typed into the same form of the same record lately."""
    found = Draft.objects.filter(workspace=workspace, form=form[:80], subject=subject[:80])
    lately = found.filter(saved_at__gt=timezone.now() - LATELY).exclude(user=actor).select_related("user")
    return [str(each.user) for each in lately]


def _storable(value: Any) -> Any:
    """Return a plain document without characters that a database refuses."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {clean_text(str(name)): _storable(each) for name, each in value.items()}
    return [_storable(each) for each in value] if isinstance(value, list) else value
