"""Practices, unit costs and scenario polygons of a country, from files."""

from collections.abc import Mapping
from pathlib import Path

from landbalance.core.errors import InputError, NotFoundError
from landbalance.io.land_type_files import read_csv
from landbalance.io.vector import Polygons, read_attributes, read_polygons
from landbalance.planning.practices import Practice
from landbalance.planning.scenario import AUTO, ScenarioPolygon

PRACTICE_COLUMNS = ("code", "response", "cost_usd_ha", "effectiveness", "lag_years")
COST_COLUMNS = ("practice", "domain", "cost_usd_ha")


def read_practices(path: Path) -> tuple[Practice, ...]:
    """Read practices: a CSV with code, response, cost_usd_ha, effectiveness and lag_years; further columns as known.

    Those are title, capacity_ha_year, carbon_t_ha, land_types (names parted by ";"), open_to_herds (yes or no) and
    source. An empty cost is a cost that the country has yet to state.

    Raises
    ------
    InputError
        If a column is missing or a value cannot be.
    """
    found = []
    for line, row in enumerate(read_csv(path, PRACTICE_COLUMNS), 2):
        try:
            found.append(
                Practice(
                    code=row["code"],
                    response=row["response"],
                    title=row.get("title", ""),
                    cost_usd_ha=_number(row["cost_usd_ha"]),
                    effectiveness=float(row["effectiveness"]),
                    lag_years=int(row["lag_years"]),
                    capacity_ha_year=_number(row.get("capacity_ha_year", "")),
                    carbon_t_ha=_number(row.get("carbon_t_ha", "")) or 0.0,
                    land_types=tuple(name.strip() for name in row.get("land_types", "").split(";") if name.strip()),
                    open_to_herds=_flag(row.get("open_to_herds", "")),
                    source=row.get("source", ""),
                )
            )
        except ValueError as error:
            raise InputError("{path}, line {line}: {why}", path=path, line=line, why=error) from error
    if not found:
        raise InputError("{path} names no practice", path=path, hint="write one line for each")
    return tuple(found)


def read_costs(path: Path, domains: Mapping[int, str]) -> dict[tuple[str, int], float]:
    """Read unit costs by place: a CSV with practice, domain and cost_usd_ha.

    Raises
    ------
    InputError
        If a column is missing or a cost is no number.
    NotFoundError
        If a domain is unknown.
    """
    numbers = {name: number for number, name in domains.items()}
    costs = {}
    for line, row in enumerate(read_csv(path, COST_COLUMNS), 2):
        if row["domain"] not in numbers:
            known = ", ".join(name for name in list(numbers)[:8] if name)
            raise NotFoundError(
                "{path}, line {line}: there is no domain {name!r}",
                path=path,
                line=line,
                name=row["domain"],
                hint="use one of {known}",
                known=known,
            )
        try:
            costs[row["practice"], numbers[row["domain"]]] = float(row["cost_usd_ha"])
        except ValueError as error:
            raise InputError("{path}, line {line}: {why}", path=path, line=line, why=error) from error
    return costs


def read_scenario(path: Path, years: tuple[int, int]) -> tuple[Polygons, tuple[ScenarioPolygon, ...]]:
    """Read drawn polygons with what is done in them.

    Parameters
    ----------
    path : Path
        GeoJSON, GeoPackage, shapefile or GeoParquet. Properties: intervention (avoid, reduce, reverse or auto),
        effectiveness [1], and where known id, first_year, last_year and lag_years.
    years : (int, int)
        First and last year of work where a feature names none.

    Raises
    ------
    InputError
        If a feature has no polygon, an unknown intervention, or two have one id.
    """
    polygons = read_polygons(path)
    rows = read_attributes(path)
    found = []
    for number, row in enumerate(rows, 1):
        try:
            found.append(
                ScenarioPolygon(
                    id=str(row.get("id") or row.get("name") or number),
                    intervention=str(row.get("intervention") or AUTO),
                    effectiveness=float(1.0 if row.get("effectiveness") is None else row["effectiveness"]),
                    first_year=int(row.get("first_year") or years[0]),
                    last_year=int(row.get("last_year") or row.get("first_year") or years[1]),
                    lag_years=int(row.get("lag_years") or 0),
                )
            )
        except (TypeError, ValueError) as error:
            raise InputError("feature {number} of {path}: {why}", number=number, path=path, why=error) from error
    seen: set[str] = set()
    for each in found:
        if each.id in seen:
            raise InputError("{path}: two polygons are called {id}", path=path, id=each.id, hint="give each its own id")
        seen.add(each.id)
    return polygons, tuple(found)


def _flag(text: str) -> bool:
    """Return yes or no; no where nothing is said."""
    if text.strip().lower() not in ("", "yes", "no"):
        raise ValueError(f"open_to_herds is {text!r}: write yes or no")
    return text.strip().lower() == "yes"


def _number(text: str) -> float | None:
    """Return a number, None for an empty cell."""
    return float(text) if text.strip() else None
