"""What the countries of a region say together: areas summed, shares recomputed from the sums (reporting spec K.4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import get_language

from landbalance.core.places import country
from landbalance.registry.access import may
from landbalance.registry.standing import figure_of, headlines_of, latest_run, summary_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.queries import workspaces_of

if TYPE_CHECKING:
    from landbalance.registry.access import Actor


@dataclass(frozen=True)
class CountryRow:
    """One country of a region: degraded land and the land it is a share of [km2]; None where it is not known."""

    iso3: str
    name: str
    workspace: Workspace | None
    year: int | None = None
    degraded_km2: float | None = None
    land_km2: float | None = None

    @property
    def share(self) -> float | None:
        """Return the degraded share of the land."""
        return None if not self.land_km2 or self.degraded_km2 is None else self.degraded_km2 / self.land_km2


@dataclass(frozen=True)
class RollUp:
    """The countries of a region, and their sum over those that are known."""

    rows: tuple[CountryRow, ...]
    degraded_km2: float
    land_km2: float
    years: tuple[int, ...]

    @property
    def share(self) -> float | None:
        """Return the degraded share of the land of the countries that are known."""
        return self.degraded_km2 / self.land_km2 if self.land_km2 else None

    @property
    def unknown(self) -> tuple[CountryRow, ...]:
        """Return the countries that are not in the sum."""
        return tuple(row for row in self.rows if row.share is None)


def roll_up(actor: "Actor", region: Workspace) -> RollUp:
    """Return what the countries of a region say together, as far as they share it."""
    codes = region.countries if region.kind == Workspace.Kind.REGION else _codes_of(workspaces_of(actor))
    known = {each.country: each for each in _shared(actor, region)}
    rows = tuple(_row(actor, code, known.get(code)) for code in codes)
    counted = [row for row in rows if row.share is not None]
    return RollUp(
        rows=rows,
        degraded_km2=sum(row.degraded_km2 or 0.0 for row in counted),
        land_km2=sum(row.land_km2 or 0.0 for row in counted),
        years=tuple(sorted({row.year for row in counted if row.year is not None})),
    )


def _shared(actor: "Actor", region: Workspace) -> Iterable[Workspace]:
    """Return the workspaces of countries whose figures a person sees from a region."""
    countries = Workspace.objects.filter(kind=Workspace.Kind.COUNTRY)
    own = set(workspaces_of(actor).values_list("pk", flat=True))
    for each in countries:
        shares = each.shares_with_region and region.covers(each.country)
        if (shares and may(actor, "workspace.view", region)) or each.pk in own:
            yield each


def _codes_of(workspaces: Iterable[Workspace]) -> list[str]:
    """Return the codes of the countries that have a workspace."""
    return sorted({each.country for each in workspaces if each.country})


def _row(actor: "Actor", iso3: str, workspace: Workspace | None) -> CountryRow:
    """Return what one country says of its last period."""
    name = country(iso3, invented=True).called((get_language() or "en").split("-")[0])
    run = latest_run(actor, workspace) if workspace else None
    if workspace is None or run is None:
        return CountryRow(iso3, name, workspace)
    said = summary_of(run.result)
    latest = headlines_of(said)[-1]
    land = figure_of(said, "sdg.headline.land", latest.period)
    return CountryRow(
        iso3,
        name,
        workspace,
        latest.year,
        latest.area.value if latest.area else None,
        land.value if land else None,
    )
