"""What the latest run says of neutrality in the whole country: the same measures that the command line takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from landbalance.planning.targets import LandTypeNet, expected_loss_km2
from landbalance.registry.jobs.queries import jobs_of
from landbalance.registry.leases import Status
from landbalance.registry.standing import Headline, headlines_of, latest_run, summary_of

if TYPE_CHECKING:
    from landbalance.registry.access import Actor
    from landbalance.registry.targets.models import Target
    from landbalance.registry.workspaces.models import Workspace

NEUTRAL_TYPES = ("neutrality", "net_gain")
MOST_JOBS = 20  # balances looked through for one of the run


@dataclass(frozen=True)
class Nation:
    """Degraded land of a country now and at the baseline, with where the figures are from.

    Parameters
    ----------
    run : str
        The run; "" where nothing was run yet.
    year : int
        When the last period holds.
    degraded_km2, baseline_degraded_km2, expected_loss_km2 : float or None
        As a measurement has them; None where the run has no two periods.
    nets : tuple of LandTypeNet
        Gains less losses of each land type; none as long as no balance of the run was worked out.
    figures : tuple of dict
        The figures of the run they are.
    job : str
        The job that worked the balance out.
    """

    run: str = ""
    year: int = 0
    degraded_km2: float | None = None
    baseline_degraded_km2: float | None = None
    expected_loss_km2: float | None = None
    nets: tuple[LandTypeNet, ...] = ()
    figures: tuple[dict[str, Any], ...] = field(default=())
    job: str = ""

    @property
    def is_known(self) -> bool:
        """Return whether neutrality can be told."""
        return self.degraded_km2 is not None

    def values(self) -> dict[str, Any]:
        """Return the fields of a measurement."""
        names = ("degraded_km2", "baseline_degraded_km2", "expected_loss_km2", "nets")
        return {name: getattr(self, name) for name in names}


def is_national(target: "Target") -> bool:
    """Return whether a target is judged by the degraded land of the nation."""
    return target.target_type in NEUTRAL_TYPES and target.scope == "national"


def nation_of(actor: "Actor", workspace: "Workspace") -> Nation:
    """Return what the latest run that a person sees says of the nation, by land type where it was balanced."""
    row = latest_run(actor, workspace)
    if row is None:
        return Nation()
    said = summary_of(row.result)
    found = [each for each in headlines_of(said) if each.area is not None and each.area.value is not None]
    if len(found) < 2:
        return Nation(row.run_id, found[-1].year if found else 0)
    run = Nation(
        row.run_id,
        found[-1].year,
        _area(found[-1]),
        _area(found[0]),
        expected_loss_km2([(each.year, _area(each)) for each in found]),
        figures=tuple(_kept(each) for each in (found[0], found[-1])),
    )
    return _balanced(actor, workspace, run)


def _balanced(actor: "Actor", workspace: "Workspace", run: Nation) -> Nation:
    """Return the measures of the balance that was worked out over a run; those of its summary where there is none."""
    rows = jobs_of(actor, workspace, "balance").filter(status=Status.FINISHED)[:MOST_JOBS]
    job = next((each for each in rows if each.options.get("run") == run.run and "nation" in each.answer), None)
    if job is None or job.options.get("periods"):
        return run
    said: Mapping[str, Any] = job.answer["nation"]
    nets = tuple(LandTypeNet(str(name), float(net)) for name, net in said["nets"])
    areas = (said["degraded_km2"], said["baseline_degraded_km2"], said["expected_loss_km2"])
    return Nation(run.run, said["year"], *areas, nets, run.figures, str(job.pk))


def _area(headline: Headline) -> float:
    """Return the degraded land of a period that has it."""
    return float(headline.area.value or 0.0) if headline.area is not None else 0.0


def _kept(headline: Headline) -> dict[str, Any]:
    """Return what is kept of a figure."""
    names = ("id", "label", "value", "unit", "period", "quality")
    return {name: getattr(headline.area, name) for name in names}
