"""What the actions of the register cost: hectares and years, at their own cost or the unit cost of a practice."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from landbalance.core.errors import InputError
from landbalance.finance.needs import CostedAction, Need, UnitCost, cost_schedule, group_cost, unit_costs
from landbalance.registry.access import require
from landbalance.registry.actions.models import Action
from landbalance.registry.actions.queries import actions_of
from landbalance.registry.finance.links import links_of
from landbalance.registry.practices.models import Practice
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor

GAP_GROUPS = ("target", "district")


@dataclass(frozen=True)
class PlanOfRegister:
    """Costed actions, where each cost comes from, and the actions that cannot be costed, with what they lack."""

    actions: tuple[CostedAction, ...]
    sources: Mapping[str, str]
    left_out: tuple[tuple[str, str], ...]

    @property
    def years(self) -> range:
        """Return the years from the first action to the last; empty without any."""
        if not self.actions:
            return range(0)
        return range(min(each.start for each in self.actions), max(each.end for each in self.actions) + 1)

    def need(self) -> Need | None:
        """Return the need by year; None where nothing is costed."""
        return cost_schedule(self.actions, self.years) if self.actions else None


def plan_of(actor: "Actor", workspace: Workspace, level: str = "central") -> PlanOfRegister:
    """Return the costed actions of a register, as the commands take them from a table.

    An action costs what it says, else its hectares at the unit cost of its practice: a national one, then a packaged
    one of the practice, then one of its group. An action without hectares, years or a cost is left out by name.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    """
    require(actor, "finance.view", workspace)
    national = _national(actor, workspace)
    costed, sources, left = [], {}, []
    for action in actions_of(actor, workspace):
        lacks = _lacks(action)
        capex, upkeep, source = _cost_of(action, national, level)
        if capex is None and not lacks:
            lacks = _("no cost, and no unit cost of its practice")
        if lacks or capex is None or action.start_date is None or action.end_date is None:
            left.append((action.code, lacks))
            continue
        sources[action.code] = source
        target = next((each.code for each in action.targets.all() if each.deleted_at is None), "")
        costed.append(
            CostedAction(
                action.code,
                target,
                action.practice_code or action.group,
                float(action.planned_ha or 0),
                action.start_date.year,
                action.end_date.year,
                capex,
                upkeep or 0.0,
                district=action.location[:80],
            )
        )
    return PlanOfRegister(tuple(costed), sources, tuple(left))


def gap_by(
    actor: "Actor", workspace: Workspace, actions: Sequence[CostedAction], need: Need, by: str
) -> list[tuple[str, float, float]]:
    """Return need and the money of linked flows, by target or district [USD]; money of no such group stands under "–".

    Raises
    ------
    AccessError
        If the actor may not see finance.
    InputError
        If there is no such group.
    """
    if by not in GAP_GROUPS:
        raise InputError("{name} is no group of gaps", name=by, hint="use one of {known}", known=", ".join(GAP_GROUPS))
    found: dict[str, list[float]] = {}
    group_of: dict[str, str] = {}
    for action in actions:
        name = getattr(action, by) or "–"
        group_of[action.id] = name
        found.setdefault(name, [0.0, 0.0])[0] += math.fsum(need.by_action[action.id])
    for link in links_of(actor, workspace):
        name = link.target_code if by == "target" else group_of.get(link.action_code, "–")
        found.setdefault(name, [0.0, 0.0])[1] += float(link.money or 0)
    return [(name, cost, money) for name, (cost, money) in sorted(found.items())]


def _lacks(action: Action) -> str:
    """Return what an action lacks to be costed; empty if nothing."""
    if not action.planned_ha:
        return _("no planned hectares")
    days: tuple[date | None, date | None] = (action.start_date, action.end_date)
    return "" if all(days) else _("no first or last day")


def _cost_of(action: Action, national: Mapping[str, UnitCost], level: str) -> tuple[float | None, float | None, str]:
    """Return establishment and upkeep [USD/ha] of an action, and where they come from."""
    if action.cost_usd is not None and action.planned_ha:
        return action.cost_usd / action.planned_ha, None, _("the action itself")
    found = national.get(action.practice_code) or unit_costs().get(action.practice_code) or group_cost(action.group)
    if found is None:
        return None, None, ""
    return found.level(level), found.maintenance, f"{found.practice}: {found.source} ({found.tag})"


def _national(actor: "Actor", workspace: Workspace) -> dict[str, UnitCost]:
    """Return the unit costs of the practices a country has written down."""
    rows = Practice.objects.for_user(actor).filter(workspace=workspace, establishment_usd_ha__isnull=False)
    return {
        each.code: UnitCost(
            each.code,
            None,
            each.establishment_usd_ha,
            None,
            each.maintenance_usd_ha,
            None,
            "N",
            each.source or each.name,
            "",
        )
        for each in rows
    }
