"""SO3 of a workspace: land and people by drought class and year, the worst of each window, vulnerability."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.parameters import Settings
from landbalance.core.progress import NoProgress, Progress
from landbalance.core.remarks import Remark
from landbalance.core.types import Array
from landbalance.core.workspace import Workspace
from landbalance.engine.drought.climate import drought_cube
from landbalance.engine.drought.ground import Ground, People, nearest_year, people_layers, read_ground, read_people
from landbalance.engine.drought.stations import fill_from_stations
from landbalance.grid.grid import Grid
from landbalance.grid.nearest import nearest_valid
from landbalance.indicators.drought.classes import drought_class, worst_of_window
from landbalance.indicators.drought.exposure import ByClass, by_class
from landbalance.indicators.drought.index import Kind, index_method
from landbalance.indicators.drought.vulnerability import Vulnerability, vulnerability
from landbalance.io.drought_tables import FactorTable, read_factors
from landbalance.io.raster import RasterReader

FIRST_YEAR, LAST_YEAR = 2000, 2023
TABLE = "data/vulnerability.csv"
STATIONS = "data/stations.csv"
SIGNS = {"worse": Remark("worse"), "safer": Remark("safer")}
SEXES = ("total", "female", "male")


@dataclass(frozen=True)
class YearHazard:
    """One year: land by class, people by sex and class, and the year of the people."""

    year: int
    land: ByClass
    people: Mapping[str, ByClass]
    people_year: int | None
    by_district: tuple[ByClass, ...]


@dataclass(frozen=True)
class WindowHazard:
    """The worst index of a window of years: classes on the hazard grid, land by class, people at the worst year."""

    first: int
    last: int
    classes: NDArray[np.int8]
    land: ByClass
    people: Mapping[str, ByClass]


@dataclass(frozen=True)
class Hazard:
    """Everything SO3 says of a country.

    Parameters
    ----------
    index : str
        "SPI-12", or the title of a ready-made layer.
    national : mapping of (int, str) to float
        Population of a people year and sex that percentages are of.
    filled_km2, unknown_km2 : float
        Land that took its index from the nearest valid cell, and land without any.
    """

    index: str
    method: str
    edges: str
    grid: Grid
    districts: tuple[str, ...]
    land_km2: float
    years: tuple[YearHazard, ...]
    windows: tuple[WindowHazard, ...]
    national: Mapping[tuple[int, str], float]
    vulnerability: Mapping[str, Vulnerability]
    vulnerability_years: tuple[int, ...]
    vulnerability_units: tuple[str, ...]
    filled_km2: float
    unknown_km2: float
    flags: tuple[str, ...]


def assess_hazard(
    workspace: Workspace, settings: Settings, *, kind: Kind | None = None, table: Path | None = None,
    years: tuple[int, int] = (FIRST_YEAR, LAST_YEAR), progress: Progress | None = None,
) -> Hazard:  # fmt: skip
    """Return SO3 of a workspace.

    Raises
    ------
    NotFoundError, InputError, RuleError
        If a layer is missing or does not fit.
    """
    progress = progress or NoProgress()
    flags: list[str] = []
    index, listed, grid, told = _yearly_index(workspace, settings, kind, years, progress, flags)
    ground = read_ground(workspace, grid, progress=progress)
    reach = settings.number("island_reach_km")
    index, filled = _with_islands(index, ground, reach, flags)
    stations = Path(workspace.path) / STATIONS
    if stations.is_file() and np.isnan(index).all(axis=0).any():
        method = index_method("spi", settings)
        index, gauged = fill_from_stations(index, listed, ground, stations, method, reach_km=reach)
        if gauged > 0:
            flags.append(
                Remark(
                    "{area} km2 took the {index} of a station up to {reach} km away",
                    area=gauged,
                    index=method.name,
                    reach=f"{reach:g}",
                )
            )
            filled += gauged
    people, national = _people(workspace, ground, listed, progress, flags)
    edges = settings.text("drought_edges")
    classes = drought_class(index, edges=edges)
    found = [
        YearHazard(
            year, by_class(each, ground.national_km2), _exposed(each, people, year), nearest_year(sorted(people), year)
            if people else None, tuple(by_class(each, land) for land in ground.land_km2[1:]),
        )
        for year, each in zip(listed, classes, strict=True)
    ]  # fmt: skip
    tables = _vulnerability(workspace, settings, table, flags)
    if workspace.is_invented:
        flags.append(Remark("rain, temperature and vulnerability here are invented"))
    unknown = ground.national_km2[np.isnan(index).all(axis=0)].sum() + ground.outside_km2
    if ground.outside_km2 > 0:
        flags.append(Remark("{area} km2 of land lie beyond the drought grid", area=ground.outside_km2))
    return Hazard(
        index=told[0], method=told[1], edges=edges, grid=grid, districts=ground.districts,
        land_km2=float(ground.national_km2.sum()) + ground.outside_km2, years=tuple(found),
        windows=tuple(_windows(index, listed, ground, people, settings)), national=national,
        vulnerability=tables[0], vulnerability_years=tables[1].years, vulnerability_units=tables[1].units,
        filled_km2=filled, unknown_km2=float(unknown), flags=tuple(dict.fromkeys(flags)),
    )  # fmt: skip


def _yearly_index(
    workspace: Workspace, settings: Settings, kind: Kind | None, years: tuple[int, int], progress: Progress,
    flags: list[str],
) -> tuple[Array, tuple[int, ...], Grid, tuple[str, str]]:  # fmt: skip
    """Return the index of each year, shape (year, cell): a ready-made layer, else December of the computed one."""
    ready = workspace.layer("drought_index")
    if ready is not None and kind is None:
        reader = RasterReader(ready)
        chosen = [piece for piece in ready.slices if piece.year and years[0] <= piece.year <= years[1]]
        if not chosen:
            raise InputError("the drought index has no year in {years}", years=years, hint="name its years")
        values = reader.values(chosen, reader.grid)
        listed = tuple(piece.year for piece in chosen if piece.year)
        told = (ready.title or "drought index", f"ready-made: {ready.source or ready.title}")
        return values.reshape(len(values), -1), listed, reader.grid, told
    chosen_kind: Kind = kind or ("spei" if settings.text("drought_index") == "spei" else "spi")
    cube = drought_cube(workspace, index_method(chosen_kind, settings), step="month", progress=progress)
    rows = {year: cube.steps.row(year, 11) for year in range(years[0], years[1] + 1)}
    kept = tuple(year for year, row in rows.items() if 0 <= row < cube.steps.rows)
    if not kept:
        raise InputError("the index has no December in {years}", years=years, hint="give other years with --years")
    flags += _reliability_flags(cube.reliability[11], cube.values[[rows[year] for year in kept]])
    if len(kept) < years[1] - years[0] + 1:
        flags.append(Remark("years without an index: {count}", count=years[1] - years[0] + 1 - len(kept)))
    values = cube.values[[rows[year] for year in kept]]
    return values.reshape(len(values), -1), kept, cube.grid, (cube.method.name, cube.method.text)


def _reliability_flags(reliability: NDArray[np.int8], values: Array) -> list[str]:
    """Return what the fits of December are worth, in words."""
    known = np.isfinite(values).any(axis=0)
    told: list[str] = []
    if (reliability[known] == 1).any():
        told.append(Remark("the reference period has fewer than 30 years in some cells"))
    zeros = int((reliability == 3).sum())
    if zeros:
        told.append(
            Remark("the index is unreliable in {count} cells with many steps without rain: prefer SPEI", count=zeros)
        )
    return told


def _with_islands(index: Array, ground: Ground, reach_km: float, flags: list[str]) -> tuple[Array, float]:
    """Give land without an index that of the nearest valid cell within reach; return the land that took it [km2]."""
    valid = np.isfinite(index).any(axis=0)
    land = ground.national_km2 > 0
    source, _ = nearest_valid(
        valid.reshape(ground.grid.shape), land.reshape(ground.grid.shape), ground.grid, reach_km=reach_km
    )
    moved = land & ~valid & (source >= 0)
    if moved.any():
        index = index.copy()
        index[:, moved] = index[:, source[moved]]
        flags.append(
            Remark(
                "{area} km2 took the index of a cell up to {reach} km away",
                area=float(ground.national_km2[moved].sum()),
                reach=f"{reach_km:g}",
            )
        )
    return index, float(ground.national_km2[moved].sum())


def _people(
    workspace: Workspace, ground: Ground, years: tuple[int, ...], progress: Progress, flags: list[str]
) -> tuple[dict[int, dict[str, People]], dict[tuple[int, str], float]]:
    """Return people by year and sex; sexes that have no layer take the national share, marked."""
    layers = people_layers(workspace)
    found: dict[int, dict[str, People]] = {}
    for sex, layer in layers.items():
        for year in {nearest_year(layer.years, wanted) for wanted in years} if layer.years else ():
            piece = next(piece for piece in layer.slices if piece.year == year)
            found.setdefault(year, {})[sex] = read_people(workspace, layer, piece, ground.grid, progress=progress)
    national: dict[tuple[int, str], float] = {}
    for year, sexes in found.items():
        if "total" not in sexes and {"female", "male"} <= set(sexes):
            sexes["total"] = _added(sexes["female"], sexes["male"])
        stated = workspace.population.get(year) or next(iter(workspace.population.values()), {})
        for sex in ("female", "male"):
            if sex not in sexes and "total" in sexes and stated.get("total") and stated.get(sex) is not None:
                sexes[sex] = _scaled(sexes["total"], stated[sex] / stated["total"])
                flags.append(Remark("people by sex: the national share of each sex, not where they live"))
        for sex, each in sexes.items():
            stated_here = workspace.population.get(year, {}).get(sex)
            mapped = float(each.persons.sum()) + each.outside + each.on_water
            national[year, sex] = float(stated_here) if stated_here else mapped
    if not found:
        flags.append(Remark("no population layer: SO3-2 is empty"))
    return found, national


def _added(one: People, other: People) -> People:
    """Return two sexes together."""
    return People(one.persons + other.persons, one.outside + other.outside, one.on_water + other.on_water)


def _scaled(people: People, share: float) -> People:
    """Return a share of the people everywhere."""
    return People(people.persons * share, people.outside * share, people.on_water * share)


def _exposed(classes: NDArray[np.int8], people: dict[int, dict[str, People]], year: int) -> dict[str, ByClass]:
    """Return people by class of one year; those beyond the grid or on water count as unknown."""
    if not people:
        return {}
    sexes = people[nearest_year(sorted(people), year)]
    found = {}
    for sex, each in sexes.items():
        counted = by_class(classes, each.persons.sum(axis=0))
        found[sex] = replace(counted, unknown=counted.unknown + each.outside + each.on_water)
    return found


def _windows(
    index: Array, years: tuple[int, ...], ground: Ground, people: dict[int, dict[str, People]], settings: Settings
) -> list[WindowHazard]:
    """Return the windows of years from the first on; a last one that is not whole is left out."""
    length, least = settings.integer("drought_window_years"), settings.integer("drought_window_min_valid")
    found = []
    for start in range(0, len(years) - length + 1, length):
        part, when = index[start : start + length], years[start : start + length]
        worst, place = worst_of_window(part, min_valid=min(least, length))
        classes = drought_class(worst, edges=settings.text("drought_edges"))
        counted: dict[str, NDArray[np.float64]] = {}
        for number, year in enumerate(when):
            sexes = people[nearest_year(sorted(people), year)] if people else {}
            for sex, each in sexes.items():
                whole = counted.setdefault(sex, np.zeros(len(worst)))
                at = place == number
                whole[at] += each.persons.sum(axis=0)[at]
        exposed = {sex: by_class(classes, each) for sex, each in counted.items()}
        found.append(WindowHazard(when[0], when[-1], classes, by_class(classes, ground.national_km2), exposed))
    return found


def _vulnerability(
    workspace: Workspace, settings: Settings, table: Path | None, flags: list[str]
) -> tuple[dict[str, Vulnerability], FactorTable]:
    """Return the vulnerability index by sex from the national table."""
    path = table or Path(workspace.path) / TABLE
    if not path.is_file() and table is None:
        flags.append(Remark("no table of vulnerability factors: SO3-3 is empty"))
        return {}, FactorTable((), (), {})
    factors = read_factors(path)
    whole: dict[str, list[NDArray[np.float64]]] = {}
    for tables in factors.factors.values():
        for name, values in tables.items():
            whole.setdefault(name, []).append(values)
    bounds = {name: (float(np.nanmin(values)), float(np.nanmax(values))) for name, values in whole.items()}
    by_sex = {"female", "male"} <= set(factors.factors)
    sign = settings.text("dvi_agriculture_sign")
    found = {
        sex: vulnerability(tables, agriculture=sign, weights={}, bounds=bounds, by_sex=by_sex)
        for sex, tables in factors.factors.items()
    }
    for each in found.values():
        flags += each.flags
    if any("agriculture_share" in each.factors for each in found.values()):
        flags.append(
            Remark(
                "more agriculture in GDP counts as {sign}: sources disagree (dvi_agriculture_sign)",
                sign=SIGNS[sign],
            )
        )
    return found, factors
