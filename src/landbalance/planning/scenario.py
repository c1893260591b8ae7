"""Scenarios: what actions on land bring by the target year, each hectare counted once (methods 6.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from landbalance.core.codelists import code_list
from landbalance.core.errors import InputError
from landbalance.core.vocab import Response
from landbalance.planning.needs import Outcomes, TypeNeed, TypeOutcome
from landbalance.planning.phasing import arrived_share, protected_share
from landbalance.planning.practices import RESPONSES

AUTO = "auto"
COLUMNS = ("land_type", "response", "area_ha", "effectiveness", "risk", "lag_years", "first_year", "last_year")


@dataclass(frozen=True)
class Horizon:
    """The years of a scenario: when the state of the land is known, and the target."""

    now_year: int
    target_year: int


@dataclass(frozen=True)
class ScenarioPolygon:
    """One action drawn on the map.

    Parameters
    ----------
    id : str
        Identity.
    intervention : str
        avoid, reduce, reverse, or auto: whatever the land asks for.
    effectiveness : float
        Share [1] of the treated land on which it works.
    first_year, last_year : int
        When the work is done, evenly.
    lag_years : int
        From the work to its effect.

    Raises
    ------
    InputError
        If the intervention is unknown or the effectiveness no share.
    """

    id: str
    intervention: str
    effectiveness: float
    first_year: int
    last_year: int
    lag_years: int = 0

    def __post_init__(self) -> None:
        if self.intervention != AUTO:
            code_list("responses").item(self.intervention)
        if not 0 <= self.effectiveness <= 1:
            raise InputError(
                "polygon {id}: effectiveness is {value}",
                id=self.id,
                value=self.effectiveness,
                hint="give a share from 0 to 1",
            )

    def fits(self, response: int) -> bool:
        """Return whether the action changes land that asks for this response."""
        return response > 0 and (self.intervention == AUTO or RESPONSES[self.intervention] == response)


@dataclass(frozen=True)
class PolygonRow:
    """What one polygon does by itself [ha]; rows overlap, so that they sum to more than the scenario."""

    id: str
    intervention: str
    area_ha: float
    treated_ha: float
    reversed_ha: float
    avoided_ha: float


@dataclass(frozen=True)
class Scenario(Outcomes):
    """A scenario: outcomes per land type, each hectare counted once, and rows per polygon."""

    outcomes: tuple[TypeOutcome, ...]
    polygons: tuple[PolygonRow, ...] = ()

    @property
    def reversed_ha(self) -> float:
        """Return all restored land."""
        return float(sum(each.reversed_ha for each in self.outcomes))

    @property
    def avoided_ha(self) -> float:
        """Return all avoided loss."""
        return float(sum(each.avoided_ha for each in self.outcomes))


@dataclass(frozen=True)
class Comparison:
    """A scenario against business as usual [ha], by degraded area of all land types together.

    Parameters
    ----------
    baseline_ha, projected_ha : float
        Degraded land at the baseline, and to be expected at the target year.
    contribution_ha : float
        Restored land and avoided loss.
    """

    baseline_ha: float
    projected_ha: float
    contribution_ha: float

    @property
    def scenario_ha(self) -> float:
        """Return degraded land at the target year under the scenario."""
        return max(0.0, self.projected_ha - self.contribution_ha)

    @property
    def shortfall_ha(self) -> float:
        """Return what business as usual has over the baseline."""
        return max(0.0, self.projected_ha - self.baseline_ha)

    @property
    def gap_closed(self) -> float:
        """Return the share [1] of the shortfall that is made good; 1 where there is none."""
        return min(self.contribution_ha, self.shortfall_ha) / self.shortfall_ha if self.shortfall_ha else 1.0

    @property
    def is_neutral(self) -> bool:
        """Return whether no more land is degraded than at the baseline."""
        return self.scenario_ha <= self.baseline_ha + 1e-9


def scenario(treated: pd.DataFrame, needs: Sequence[TypeNeed], horizon: Horizon) -> Scenario:
    """Return what treated land brings to each land type.

    Parameters
    ----------
    treated : DataFrame
        One row per piece of land that is treated once: land_type, response (`Response`), area_ha, effectiveness [1],
        risk [1] (probability to degrade by the target year without action), lag_years, first_year, last_year.
    needs : sequence of TypeNeed
        What each land type is without action.
    horizon : Horizon
        The years.

    Raises
    ------
    InputError
        If a column is missing, or land of an unknown type is treated.

    Examples
    --------
    >>> need = TypeNeed(1, "grass", gains_ha=0.0, losses_ha=10.0, new_loss_ha=0.0)
    >>> treated = pd.DataFrame([(1, 3, 20.0, 0.6, 0.0, 5, 2024, 2025)], columns=COLUMNS)
    >>> scenario(treated, [need], Horizon(2023, 2030)).outcomes[0].net_ha
    2.0
    """
    _check(treated, needs)
    effects = with_effects(treated, horizon)
    restores = effects["response"] == Response.REVERSE
    outcomes = []
    for need in needs:
        mine = effects[effects["land_type"] == need.land_type]
        back = float(mine.loc[restores, "effect_ha"].sum())
        kept = mine.loc[~restores]
        outcomes.append(
            TypeOutcome(
                need, back, min(float(kept["effect_ha"].sum()), need.new_loss_ha), float(kept["upper_ha"].sum())
            )
        )
    return Scenario(tuple(outcomes))


def with_effects(treated: pd.DataFrame, horizon: Horizon) -> pd.DataFrame:
    """Return treated land with what it brings by the target year: `effect_ha`, and the upper bound `upper_ha`.

    Restored land counts whole, land that is kept by its risk; both by effectiveness, and by what shows in time.
    """
    years = treated[["response", "lag_years", "first_year", "last_year"]].to_numpy(dtype=int)
    share = np.array([_share(row, horizon) for row in years.tolist()], dtype=float)
    upper = treated["area_ha"].to_numpy() * treated["effectiveness"].to_numpy()
    weight = np.where(treated["response"] == Response.REVERSE, 1.0, treated["risk"].to_numpy())
    return treated.assign(effect_ha=upper * weight * share, upper_ha=upper)


def polygon_scenario(
    areas: pd.DataFrame,
    covering: Mapping[int, Sequence[str]],
    polygons: Sequence[ScenarioPolygon],
    needs: Sequence[TypeNeed],
    horizon: Horizon,
) -> Scenario:
    """Return what drawn polygons bring; where they overlap, the one with the greatest effect counts.

    Parameters
    ----------
    areas : DataFrame
        Columns land_type, response, atom, area_ha, risk; atoms are the disjoint pieces of the polygons, 0 outside all.
    covering : mapping of int to sequence of str
        The polygons over each atom.
    polygons : sequence of ScenarioPolygon
        The actions.
    needs, horizon : sequence of TypeNeed, Horizon
        As `scenario` takes them.

    Raises
    ------
    InputError
        If two polygons have one id.

    Examples
    --------
    >>> ten = pd.DataFrame({"land_type": 1, "response": 3, "atom": [1, 2], "area_ha": [6.0, 4.0], "risk": 0.0})
    >>> drawn = [ScenarioPolygon("a", "reverse", 0.6, 2024, 2024), ScenarioPolygon("b", "reverse", 0.4, 2024, 2024)]
    >>> need = TypeNeed(1, "grass", gains_ha=0.0, losses_ha=6.0, new_loss_ha=0.0)
    >>> found = polygon_scenario(ten, {1: ["a"], 2: ["a", "b"]}, drawn, [need], Horizon(2023, 2030))
    >>> found.reversed_ha, [round(row.reversed_ha, 6) for row in found.polygons]
    (6.0, [6.0, 1.6])
    """
    by_id = _by_id(polygons)
    inside = areas[areas["atom"] > 0]
    codes = inside[["land_type", "response", "atom"]].to_numpy(dtype=int).tolist()
    numbers = inside[["area_ha", "risk"]].to_numpy(dtype=float).tolist()
    rows: list[tuple[object, ...]] = []
    for piece, ((kind, response, atom), (area, risk)) in enumerate(zip(codes, numbers, strict=True)):
        for each in (by_id[name] for name in covering[atom] if by_id[name].fits(response)):
            years = each.lag_years, each.first_year, each.last_year
            rows.append((kind, response, area, each.effectiveness, risk, *years, piece, each.id))
    treated = pd.DataFrame(rows, columns=[*COLUMNS, "piece", "polygon"])
    effects = with_effects(treated, horizon) if len(treated) else treated.assign(effect_ha=0.0, upper_ha=0.0)
    best = effects.sort_values(["piece", "effect_ha", "upper_ha"], kind="stable").groupby("piece").tail(1)
    found = scenario(best, list(needs), horizon)
    return Scenario(found.outcomes, tuple(_polygon_row(each, areas, covering, effects) for each in polygons))


def compare(baseline_ha: float, projected_ha: float, found: Scenario) -> Comparison:
    """Return a scenario against business as usual, by area alone.

    Examples
    --------
    >>> compare(100.0, 130.0, Scenario(())).gap_closed
    0.0
    """
    return Comparison(baseline_ha, projected_ha, found.reversed_ha + found.avoided_ha)


def _share(row: Sequence[int], horizon: Horizon) -> float:
    """Return what shows in time of one piece of treated land."""
    response, lag, first, last = row
    if response == Response.REVERSE:
        return arrived_share(first, last, lag, horizon.target_year)
    return protected_share(first, last, lag, horizon.now_year, horizon.target_year)


def _polygon_row(
    polygon: ScenarioPolygon, areas: pd.DataFrame, covering: Mapping[int, Sequence[str]], effects: pd.DataFrame
) -> PolygonRow:
    """Return what one polygon does by itself."""
    atoms = [atom for atom, names in covering.items() if polygon.id in names]
    inside = float(areas.loc[areas["atom"].isin(atoms), "area_ha"].sum())
    mine = effects[effects["polygon"] == polygon.id]
    restores = mine["response"] == Response.REVERSE
    return PolygonRow(
        *(polygon.id, polygon.intervention, inside, float(mine["area_ha"].sum())),
        *(float(mine.loc[restores, "effect_ha"].sum()), float(mine.loc[~restores, "effect_ha"].sum())),
    )


def _by_id(polygons: Sequence[ScenarioPolygon]) -> dict[str, ScenarioPolygon]:
    """Return the polygons by id; refuse an id that occurs twice."""
    found: dict[str, ScenarioPolygon] = {}
    for each in polygons:
        if each.id in found:
            raise InputError("two polygons are called {id}", id=each.id, hint="give each polygon an id of its own")
        found[each.id] = each
    return found


def _check(treated: pd.DataFrame, needs: Sequence[TypeNeed]) -> None:
    """Refuse a table without its columns, and land of an unknown type."""
    missing = set(COLUMNS) - set(treated.columns)
    if missing:
        raise InputError("treated land has no column {names}", names=", ".join(sorted(missing)), hint="add it")
    strange = set(treated["land_type"]) - {need.land_type for need in needs}
    if strange:
        hint = "build the land types again"
        raise InputError("land of unknown types {numbers} is treated", numbers=sorted(map(int, strange)), hint=hint)
