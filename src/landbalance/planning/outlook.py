"""From counted areas to what the planner asks for: projections, risks, needs, and land that can be treated."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from landbalance.accounting.balance import KNOWN, Balance, balance
from landbalance.accounting.business_as_usual import Projection, ProjectionRules, business_as_usual, projection_rules
from landbalance.accounting.land_types import UNKNOWN, LandType
from landbalance.core.vocab import Response, Status
from landbalance.planning.needs import TypeNeed
from landbalance.planning.problem import RESERVED
from landbalance.planning.scenario import Horizon

HA_PER_KM2 = 100.0
TYPE, DOMAIN = "land_type", "domain"


@dataclass(frozen=True)
class ProjectionRow:
    """Business as usual of one land type in one domain; 0 stands for all of them."""

    land_type: int
    domain: int
    projection: Projection


@dataclass(frozen=True)
class Outlook:
    """Business as usual: for the country, each domain, each land type, and each land type in each domain."""

    country: ProjectionRow
    domains: tuple[ProjectionRow, ...]
    types: tuple[ProjectionRow, ...]
    both: tuple[ProjectionRow, ...]


def projections(
    areas: pd.DataFrame, by: Sequence[str], years: tuple[int, int, int], rules: ProjectionRules | None = None
) -> tuple[ProjectionRow, ...]:
    """Project degraded land of every land type, domain, or both.

    Parameters
    ----------
    areas : DataFrame
        Columns land_type, domain, baseline, period (`Status`), area_km2.
    by : sequence of str
        "land_type", "domain", both, or none for the country.
    years : (int, int, int)
        Years in which the baseline and the last period hold, and the target year.
    rules : ProjectionRules, optional
        How sure a rate is; those of the package by default.

    Examples
    --------
    >>> areas = pd.DataFrame({"land_type": 1, "domain": 0, "baseline": [-1, 0, 0], "period": [-1, -1, 0],
    ...     "area_km2": [100.0, 16.0, 884.0]})
    >>> projections(areas, [], (2015, 2023, 2030))[0].projection.projected_km2
    130.0
    """
    known = areas[areas["baseline"].isin(KNOWN) & areas["period"].isin(KNOWN)]
    rows = []
    for key, part in known.groupby(list(by), sort=True) if by else [((), known)]:
        codes = dict(zip(by, np.atleast_1d(np.array(key, dtype=int)).tolist(), strict=True))
        before, now = part["baseline"].to_numpy(), part["period"].to_numpy()
        area = part["area_km2"].to_numpy()
        bad_before, newly = before == Status.DEGRADED, (before != Status.DEGRADED) & (now == Status.DEGRADED)
        bad_now = newly | (bad_before & (now != Status.IMPROVED))
        found = business_as_usual(
            baseline_km2=float(area[bad_before].sum()),
            now_km2=float(area[bad_now].sum()),
            total_km2=float(area.sum()),
            baseline_year=years[0],
            now_year=years[1],
            target_year=years[2],
            newly_km2=float(area[newly].sum()),
            rules=rules,
        )
        rows.append(ProjectionRow(codes.get(TYPE, 0), codes.get(DOMAIN, 0), found))
    return tuple(rows)


def land_for_plan(
    areas: pd.DataFrame, years: tuple[int, int, int], rules: ProjectionRules | None = None
) -> pd.DataFrame:
    """Return land that can be treated, with the risk that it degrades by the target year if nothing is done.

    The risk of a land type in a domain is the share of its good land that degraded, drawn towards the share of the land
    type as a whole where the domain has little of it, and carried on to the target year. A column `risk` of the areas
    (from a trained map) takes its place.

    Parameters
    ----------
    areas : DataFrame
        Columns land_type, domain, baseline, period, response, area_km2, people, and `site` where land is grouped into
        planning units; else the domain is the site.
    years : (int, int, int)
        Years in which the baseline and the last period hold, and the target year.
    rules : ProjectionRules, optional
        How much land moves together; the package's by default.

    Returns
    -------
    DataFrame
        As `PlanProblem` takes it: site, land_type, domain, response, area_ha, risk, people_ha.
    """
    rules = rules or projection_rules()
    known = areas[areas["baseline"].isin(KNOWN) & areas["period"].isin(KNOWN) & (areas[TYPE] != UNKNOWN)].copy()
    if "site" not in known.columns:
        known["site"] = known[DOMAIN].astype(str)
    if "risk" not in known.columns:
        known["risk"] = _risks(known, years, rules.patch_km2)
    known["risk"] = np.where(known["response"] == Response.REVERSE, 0.0, known["risk"])
    known["lost"] = known["risk"] * known["area_km2"]
    keys = ["site", TYPE, DOMAIN, "response", *([RESERVED] if RESERVED in known.columns else [])]
    found = known.groupby(keys, as_index=False, sort=True)[["area_km2", "people", "lost"]].sum()
    area = found["area_km2"].to_numpy()
    return pd.DataFrame(
        {
            **{key: found[key] for key in keys},
            "area_ha": area * HA_PER_KM2,
            "risk": np.clip(found["lost"].to_numpy() / area, 0.0, 1.0),
            "people_ha": np.nan_to_num(found["people"].to_numpy()) / (area * HA_PER_KM2),
        }
    )


def needs_of(
    areas: pd.DataFrame, land: pd.DataFrame, types: Sequence[LandType], years: tuple[int, int, int],
    rules: ProjectionRules | None = None,
) -> tuple[TypeNeed, ...]:  # fmt: skip
    """Return what neutrality asks of each land type that occurs.

    Parameters
    ----------
    areas : DataFrame
        As `projections` takes it.
    land : DataFrame
        As `land_for_plan` gives it: new losses are its areas times their risks.
    types : sequence of LandType
        All types.
    years, rules : tuple of int, ProjectionRules
        As `land_for_plan` takes them.
    """
    sheet = balance_of_types(areas, types)
    spans = {row.land_type: row.projection for row in projections(areas, [TYPE], years, rules)}
    lost = (land["area_ha"] * land["risk"]).groupby(land[TYPE]).sum()
    needs = []
    for row in sheet.rows:
        span = spans[row.land_type]
        sure = span.risk > 0
        needs.append(
            TypeNeed(
                *(row.land_type, row.name, row.gains_km2 * HA_PER_KM2, row.losses_km2 * HA_PER_KM2),
                new_loss_ha=float(lost.get(row.land_type, 0.0)),
                is_tradable=row.is_tradable,
                risk_low=span.risk_low / span.risk if sure else None,
                risk_high=span.risk_high / span.risk if sure else None,
            )
        )
    return tuple(needs)


def balance_of_types(areas: pd.DataFrame, types: Sequence[LandType]) -> Balance:
    """Return the balance of land types, all domains together."""
    return balance(areas.assign(domain=0), types)


def horizon_of(years: tuple[int, int, int]) -> Horizon:
    """Return the years of a scenario."""
    return Horizon(years[1], years[2])


def _risks(known: pd.DataFrame, years: tuple[int, int, int], patch_km2: float) -> pd.Series:
    """Return the risk of each row: of its land type in its domain, drawn towards that of the land type."""
    good = known["area_km2"].where(known["baseline"] != Status.DEGRADED, 0.0)
    newly = good.where(known["period"] == Status.DEGRADED, 0.0)
    keys = [known[TYPE], known[DOMAIN]]
    good_here, newly_here = good.groupby(keys).transform("sum"), newly.groupby(keys).transform("sum")
    good_all, newly_all = good.groupby(keys[0]).transform("sum"), newly.groupby(keys[0]).transform("sum")
    share = (newly_all / good_all.where(good_all > 0)).fillna(0.0)
    here = (newly_here + patch_km2 * share) / (good_here + patch_km2)
    return 1.0 - (1.0 - here) ** ((years[2] - years[1]) / (years[1] - years[0]))
