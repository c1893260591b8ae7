"""Which scenarios and which results of analyses a person sees."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from landbalance.core.errors import LandbalanceError
from landbalance.io.land_type_files import saved_names
from landbalance.io.workspace import load_workspace
from landbalance.planning.practices import default_practices
from landbalance.registry.jobs.models import Job
from landbalance.registry.jobs.queries import jobs_of
from landbalance.registry.practices.queries import practices_of
from landbalance.registry.records import find
from landbalance.registry.runs.maps import outlines
from landbalance.registry.runs.models import Run
from landbalance.registry.runs.queries import finished_of
from landbalance.registry.scenarios.models import Scenario
from landbalance.registry.scenarios.services import effect_options
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

if TYPE_CHECKING:
    from landbalance.registry.access import Actor


@dataclass(frozen=True)
class Offer:
    """A practice that can be planned with: of the package, or of the country; None where the country must say."""

    code: str
    title: str
    response: str
    cost_usd_ha: float | None
    effectiveness: float | None
    lag_years: int
    carbon_t_ha: float
    source: str
    is_ours: bool


@dataclass(frozen=True)
class Effect:
    """What a scenario brings, as far as it is known: the job, and whether it was asked of what stands there now."""

    scenario: Scenario
    job: Job | None
    is_current: bool

    @property
    def answer(self) -> dict[str, Any]:
        """Return the figures; empty where there are none."""
        return dict(self.job.answer) if self.job is not None and self.job.is_finished else {}


def scenarios_of(actor: "Actor", workspace: Workspace) -> QuerySet[Scenario]:
    """Return the scenarios a person sees."""
    rows: QuerySet[Scenario] = Scenario.objects.for_user(actor).in_workspace(workspace)
    return rows.select_related("workspace", "updated_by")


def find_scenario(actor: "Actor", workspace: Workspace, pk: UUID) -> Scenario:
    """Return one scenario a person sees.

    Raises
    ------
    NotFoundError
        If there is none, or the person may not see it.
    """
    return find(Scenario, actor, workspace=workspace, pk=pk)


def effect_of(actor: "Actor", scenario: Scenario) -> Effect:
    """Return what a scenario brings: the latest job, current where it was asked of what stands there now."""
    job = jobs_of(actor, scenario.workspace, "scenario").filter(options__scenario=str(scenario.pk)).first()
    run = latest_run(actor, scenario.workspace)
    asked = effect_options(scenario, run) if run is not None else {}
    is_current = job is not None and bool(asked) and asked.items() <= job.options.items()
    return Effect(scenario, job, is_current)


def latest_run(actor: "Actor", workspace: Workspace) -> Run | None:
    """Return the latest finished run with two periods, which a balance needs."""
    return next(iter(balance_runs(actor, workspace)), None)


def balance_runs(actor: "Actor", workspace: Workspace) -> list[Run]:
    """Return the finished runs that a balance can be made of, latest first."""
    return [run for run in finished_of(actor, workspace) if len(run.result.manifest.periods) > 1]


def last_year_of(run: Run) -> int:
    """Return the year that the last period of a run reports for."""
    last = run.result.manifest.periods[-1]
    return max(int(last[layer][1]) for layer in ("land_cover", "soc", "productivity"))


def domains_of(workspace: Workspace) -> list[tuple[str, str]]:
    """Return the zones within which gains can be asked to meet losses: id and title."""
    try:
        described = load_workspace(folder_of(workspace, settings.INSTALLATION))
    except LandbalanceError:
        return []
    return [(each.id, each.title or each.id) for each in described.zones]


def domain_names(workspace: Workspace) -> tuple[str, ...]:
    """Return the names of the zones of a workspace that are on its map."""
    shapes = outlines(workspace)["features"]
    return tuple(dict.fromkeys(
        str(each["properties"]["name"]) for each in shapes if each["properties"].get("group") != "nation"
    ))  # fmt: skip


def land_type_names(workspace: Workspace) -> tuple[str, ...]:
    """Return the names of the land types that were built."""
    return saved_names(folder_of(workspace, settings.INSTALLATION))


def offers_of(actor: "Actor", workspace: Workspace) -> list[Offer]:
    """Return the practices that can be planned with: those of the country, then those of the package."""
    ours = [
        Offer(
            each.code,
            each.name,
            each.response(),
            each.establishment_usd_ha,
            None,
            round(each.lag_years or 0),
            0.0,
            each.source,
            is_ours=True,
        )
        for each in practices_of(actor, workspace)
        if each.response()
    ]
    taken = {each.code for each in ours}
    theirs = [
        Offer(
            each.code,
            each.title,
            each.response,
            each.cost_usd_ha,
            each.effectiveness,
            each.lag_years,
            each.carbon_t_ha,
            each.source,
            is_ours=False,
        )
        for each in default_practices()
        if each.code not in taken
    ]
    return [*ours, *theirs]
