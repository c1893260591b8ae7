"""Money tied to land: which target, action or project an activity pays for, and the way back."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import QuerySet

from landbalance.core.errors import InputError, NotFoundError
from landbalance.registry.access import may, require
from landbalance.registry.actions.models import Action
from landbalance.registry.actions.queries import actions_of, find_action
from landbalance.registry.audit.services import record
from landbalance.registry.finance.models import FlowActivity, LdnLink
from landbalance.registry.targets.models import Target
from landbalance.registry.targets.queries import find_target, targets_of
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor
    from landbalance.registry.accounts.models import User


@transaction.atomic
def link_target(
    actor: "User", activity: FlowActivity, *, target_code: str, response: str = "", hectares: Decimal | None = None,
    share: Decimal = Decimal(1), project_code: str = "", action_code: str = "",
) -> LdnLink:  # fmt: skip
    """Say which target, and which action on the ground, an activity pays for; its shares sum to 1 at most.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If the response is none, the shares sum to more than 1, or the action serves another target.
    NotFoundError
        If the country has no such target or action.
    """
    require(actor, "finance.edit", activity.workspace)
    target = find_target(actor, activity.workspace, target_code)
    if action_code:
        action = find_action(actor, activity.workspace, action_code)
        if target not in action.targets.all():
            raise InputError(
                "action {action} does not serve target {target}",
                action=action_code,
                target=target_code,
                hint="choose one of its own actions, or add the target to the action",
            )
    if response and response not in LdnLink.Response.values:
        raise InputError("the response {name} is none", name=response, hint="use avoid, reduce or reverse")
    taken = sum((each.share for each in activity.links.filter(deleted_at=None)), Decimal(0))
    if share <= 0 or taken + share > 1:
        raise InputError(
            "{id} is linked to {taken:.0%} already",
            id=activity.source_id,
            taken=taken,
            hint="the shares sum to 1 at most",
        )
    link = LdnLink(
        workspace=activity.workspace, activity=activity, target_code=target_code, response=response,
        hectares=hectares, share=share, project_code=project_code, action_code=action_code,
    )  # fmt: skip
    link.save_revision(by=actor)
    record(actor, "finance.linked", f"{activity.source_id} {target_code}", workspace=activity.workspace)
    return link


@transaction.atomic
def unlink(actor: "User", workspace: Workspace, pk: str, *, reason: str) -> FlowActivity:
    """Take a link back; it stays in the history. Return the activity it was of.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If no reason is given.
    NotFoundError
        If there is no such link.
    """
    from django.utils import timezone

    from landbalance.registry.finance.services import check_reason

    require(actor, "finance.edit", workspace)
    check_reason(reason)
    link = LdnLink.objects.for_user(actor).filter(workspace=workspace, pk=pk).select_related("activity").first()
    if link is None:
        raise NotFoundError("there is no link {link}", link=pk, hint="look at the page of the flow")
    link.deleted_at = timezone.now()
    link.save_revision(by=actor, reason=reason)
    record(actor, "finance.unlinked", f"{link.activity.source_id} {link.target_code}", workspace=workspace)
    found: FlowActivity = link.activity
    return found


def links_of(actor: "Actor", workspace: Workspace, **lookups: str) -> "QuerySet[LdnLink]":
    """Return the links to money that a person sees of a target, an action or a project; none for who sees no finance.

    Parameters
    ----------
    **lookups : str
        `target_code`, `action_code` or `project_code`.
    """
    if not may(actor, "finance.view", workspace):
        return LdnLink.objects.none()
    seen = LdnLink.objects.for_user(actor).filter(workspace=workspace, activity__deleted_at=None, **lookups)
    return seen.select_related("activity", "activity__workspace").order_by("-activity__amount_usd")


@dataclass(frozen=True)
class Linked:
    """A link with the records it leads to, where a person sees them."""

    link: LdnLink
    target: Target | None
    action: Action | None


def links_with_land(actor: "Actor", activity: FlowActivity) -> list[Linked]:
    """Return what an activity pays for, with target and action."""
    rows = list(LdnLink.objects.for_user(actor).filter(activity=activity).order_by("target_code"))
    if not rows:
        return []
    place = activity.workspace
    targets = {each.code: each for each in targets_of(actor, place).filter(code__in={row.target_code for row in rows})}
    codes = {row.action_code for row in rows} - {""}
    actions = {each.code: each for each in actions_of(actor, place).filter(code__in=codes)} if codes else {}
    for row in rows:
        row.activity = activity
    return [Linked(row, targets.get(row.target_code), actions.get(row.action_code)) for row in rows]


def money_by_target(actor: "Actor", workspace: Workspace) -> list[dict[str, Any]]:
    """Return activities, hectares and money of each target code.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    """
    require(actor, "finance.view", workspace)
    found: dict[str, dict[str, Any]] = {}
    for link in links_of(actor, workspace):
        row = found.setdefault(
            link.target_code, {"target": link.target_code, "activities": 0, "hectares": Decimal(0), "usd": Decimal(0)}
        )
        row["activities"] += 1
        row["hectares"] += link.hectares or 0
        row["usd"] += link.money or 0
    return sorted(found.values(), key=lambda row: row["target"])
