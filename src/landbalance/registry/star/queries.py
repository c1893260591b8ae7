"""Which tables, regimes, scenarios and uses of an allocation a person sees, and what stands on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet

from landbalance.core.errors import LandbalanceError
from landbalance.core.places import countries
from landbalance.finance.star_use import Use
from landbalance.registry.access import may
from landbalance.registry.countries.queries import lists_by_year
from landbalance.registry.records import find
from landbalance.registry.runs.maps import outlines
from landbalance.registry.star.models import StarProject, StarRegime, StarScenario, StarTable, StarUse
from landbalance.registry.star.question import Answer, Question, ask
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.queries import workspaces_of

if TYPE_CHECKING:
    from landbalance.registry.access import Actor

MOST_SHAPES = 300


@dataclass(frozen=True)
class Kept:
    """A scenario with what the desk says to it now; why it cannot where it cannot."""

    scenario: StarScenario
    answer: Answer | None
    fault: LandbalanceError | None = None

    @property
    def is_current(self) -> bool:
        """Return whether its table and regime are those it was kept with."""
        return self.answer is not None and self.answer.inputs == self.scenario.inputs


@dataclass(frozen=True)
class Standing:
    """The use of an allocation with its projects, and the days that are left."""

    use: StarUse
    projects: tuple[StarProject, ...]
    found: Use
    days_left: int | None


def tables_of(actor: "Actor", workspace: Workspace) -> QuerySet[StarTable]:
    """Return the tables of countries a person sees."""
    rows: QuerySet[StarTable] = StarTable.objects.for_user(actor).in_workspace(workspace)
    return rows.select_related("workspace")


def regimes_of(actor: "Actor", workspace: Workspace) -> QuerySet[StarRegime]:
    """Return the regimes of one's own a person sees."""
    rows: QuerySet[StarRegime] = StarRegime.objects.for_user(actor).in_workspace(workspace)
    return rows.select_related("workspace")


def scenarios_of(actor: "Actor", workspace: Workspace) -> QuerySet[StarScenario]:
    """Return the scenarios a person sees."""
    rows: QuerySet[StarScenario] = StarScenario.objects.for_user(actor).in_workspace(workspace)
    return rows.select_related("workspace", "updated_by")


def kept_of(actor: "Actor", scenario: StarScenario) -> Kept:
    """Return what the desk says to a scenario now."""
    try:
        return Kept(scenario, ask(actor, scenario.workspace, question_of(scenario)))
    except LandbalanceError as error:
        return Kept(scenario, None, error)


def question_of(scenario: StarScenario) -> Question:
    """Return what a scenario asks."""
    return Question(**{**scenario.question, "dials": dict(scenario.question.get("dials", {}))})


def uses_of(actor: "Actor", workspace: Workspace, today: date) -> list[Standing]:
    """Return the uses of allocations a person sees, with where each stands."""
    uses = list(StarUse.objects.for_user(actor).in_workspace(workspace).select_related("workspace"))
    projects = list(StarProject.objects.for_user(actor).in_workspace(workspace).filter(use__in=uses))
    return [_standing(use, [each for each in projects if each.use_id == use.pk], today) for use in uses]


def find_use(actor: "Actor", workspace: Workspace, pk: UUID, today: date) -> Standing:
    """Return one use of an allocation.

    Raises
    ------
    NotFoundError
        If there is none, or the person may not see it.
    """
    use = find(StarUse, actor, workspace=workspace, pk=pk)
    rows = StarProject.objects.for_user(actor).in_workspace(workspace).filter(use=use).select_related("workspace")
    return _standing(use, list(rows), today)


def blank_rows(workspace: Workspace, year: int) -> list[tuple[str, str, str]]:
    """Return code, English name and group of every country a workspace may ask of, for a table to be filled."""
    on = lists_by_year(("ldc", "sids"), [year])[year]
    codes = {"region": set(workspace.countries), "country": None, "global": None}[workspace.kind]
    rows = [each for each in countries() if codes is None or each.iso3 in codes]
    return [(each.iso3, each.name, next((name for name in ("ldc", "sids") if name in on.get(each.iso3, ())), "other"))
            for each in rows]  # fmt: skip


def shapes_of(actor: "Actor", codes: Sequence[str]) -> dict[str, list[Any]]:
    """Return the boundaries of countries, by code: of those whose workspace a person sees and may see maps of."""
    found: dict[str, list[Any]] = {}
    for each in workspaces_of(actor).filter(kind=Workspace.Kind.COUNTRY, country__in=codes)[:MOST_SHAPES]:
        if each.country not in found and may(actor, "maps.view", each):
            features = outlines(each)["features"]
            found[each.country] = [one["geometry"] for one in features if one["properties"]["group"] == "nation"]
    return {code: shapes for code, shapes in found.items() if shapes}


def _standing(use: StarUse, projects: list[StarProject], today: date) -> Standing:
    """Return where a use of an allocation stands."""
    left = None if use.deadline is None else (use.deadline - today).days
    return Standing(use, tuple(projects), use.standing(projects), left)
