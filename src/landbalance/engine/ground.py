"""The ground of neutrality: one run, two of its periods, land types and planning domains, to be counted together."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import shapely

from landbalance._version import __version__
from landbalance.accounting.land_types import LandTypes
from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.layers import Layer, Slice
from landbalance.core.periods import BASELINE, Period
from landbalance.core.progress import Progress
from landbalance.core.types import Array
from landbalance.core.vocab import NODATA, Response
from landbalance.core.workspace import Workspace
from landbalance.engine.columns import (
    STATUS_SHIFT,
    polygon_column,
    raster_column,
    run_column,
    value_column,
)
from landbalance.engine.inputs import Inputs, gather
from landbalance.engine.joint import BLOCK, WIDE, Column, Drawn, Joint, joint_areas
from landbalance.engine.land_types import types_of
from landbalance.engine.plan import Output
from landbalance.engine.rasters import write_raster
from landbalance.engine.runner import Threads
from landbalance.engine.runs import Run, latest_run
from landbalance.engine.scratch import Scratch
from landbalance.indicators.response_hierarchy import response_hierarchy
from landbalance.io.land_type_files import DEFAULT, SavedTypes
from landbalance.io.vector import Polygons, meets

log = logging.getLogger(__name__)
OVERLAP = 0.01  # of the smaller zone: slivers between neighbours are no overlap
CONDITION = np.array([[1, 3, 6], [2, 4, 6], [2, 5, 7]], dtype=np.int8)  # methods 4.3


@dataclass(frozen=True)
class Ground:
    """What the analyses of neutrality share.

    Parameters
    ----------
    inputs : Inputs
        The workspace, opened.
    run : Run
        The assessment that is looked at.
    first, second : Period
        The two periods compared.
    saved : SavedTypes
        Land types and their raster.
    zones : Polygons or None
        Planning domains, in the CRS of the grid.
    zone_id : str
        What the domains are called.
    risk_column : Column or None
        Risk of loss as codes from 1; 0 is unknown.
    risk_edge : int
        Code over which good land is at risk.
    has_probability : bool
        Whether the codes are a probability in per cent, plus one.
    warnings : tuple of str
        Doubts, for the person who reads the result.
    """

    inputs: Inputs
    run: Run
    first: Period
    second: Period
    saved: SavedTypes
    zones: Polygons | None
    zone_id: str
    risk_column: Column | None = None
    risk_edge: int = 1
    has_probability: bool = False
    warnings: tuple[str, ...] = field(default=())

    @property
    def workspace(self) -> Workspace:
        """Return the workspace."""
        return self.inputs.workspace

    @property
    def types(self) -> LandTypes:
        """Return the land types."""
        return self.saved.types

    @property
    def domains(self) -> dict[int, str]:
        """Return the names of the planning domains by number; 0 is the country, or what lies in no domain."""
        if self.zones is None:
            return {0: ""}
        return {0: "outside", **dict(enumerate(self.zones.names, 1))}

    def columns(self) -> dict[str, Column]:
        """Return the columns that every analysis counts by; 0 is unknown."""
        found: dict[str, Column] = {
            "land_type": raster_column(self.saved.rasters, 0),
            "baseline": run_column(self.run, f"sdg.{self.first.name}", STATUS_SHIFT),
            "period": run_column(self.run, f"sdg.{self.second.name}", STATUS_SHIFT),
        }
        if self.zones is not None:
            found["domain"] = polygon_column(self.zones)
        return found

    def lpd_column(self) -> Column | None:
        """Return land productivity dynamics of the second period, where the run has them."""
        key = f"lpd.{self.second.name}"
        return run_column(self.run, key, 0) if any(kept.key == key for kept in self.run.manifest.rasters) else None

    def people(self) -> dict[str, Column]:
        """Return the persons of each cell, nearest to the second period, where the workspace has them."""
        roles = [role for role in ("population", "population_female", "population_male") if self.workspace.layer(role)]
        roles = roles[:1] if roles[:1] == ["population"] else roles
        return {role: value_column(layer, _nearest(layer, self.second.last_year)) for role in roles
                if (layer := self.workspace.layer(role)) is not None and layer.quantity == "persons"}  # fmt: skip


def open_ground(
    workspace: Workspace,
    *,
    run_id: str | None = None,
    periods: tuple[str, str] | None = None,
    domain: str = "",
    types: str = DEFAULT,
    progress: Progress | None = None,
    threads: int | None = None,
) -> Ground:
    """Open a run for the analyses of neutrality; land types are built where there are none yet.

    Parameters
    ----------
    workspace : Workspace
        With at least one finished run.
    run_id : str or None
        The run; the latest when None.
    periods : (str, str) or None
        The two periods to compare; the baseline and the last one when None.
    domain : str
        Id of the zones that are planning domains; the country as a whole when empty.
    types : str
        Name of the land types.

    Raises
    ------
    InputError, NotFoundError
        If there is no run, or no such period, zones or land types.
    """
    run = latest_run(workspace, run_id)
    inputs = gather(workspace, workspace.settings())
    first, second = _periods(workspace, periods)
    if domain and domain not in inputs.zones:
        known = ", ".join(inputs.zones) or "none"
        raise NotFoundError("there are no zones {id!r}", id=domain, hint="registered are: {known}", known=known)
    if domain:
        check_exclusive(inputs.zones[domain])
    saved, warnings = types_of(inputs, run, types, threads=threads, progress=progress)
    return Ground(inputs, run, first, second, saved, inputs.zones.get(domain), domain, warnings=warnings)


def check_exclusive(zones: Polygons) -> None:
    """Refuse planning domains that overlap by more than slivers: land would be balanced twice.

    Raises
    ------
    InputError
        If two zones share more than a hundredth of the smaller one.
    """
    shapes = np.array(zones.geometries, dtype=object)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for first, second in zip(one[one < other].tolist(), other[one < other].tolist(), strict=True):
        shared = shapes[first].intersection(shapes[second]).area
        if shared > OVERLAP * min(shapes[first].area, shapes[second].area):
            raise InputError(
                "the zones {one} and {other} overlap",
                one=zones.names[first],
                other=zones.names[second],
                hint="planning domains must not share land: give zones that do not overlap",
            )


def strata(
    ground: Ground,
    *,
    extra: Mapping[str, Column] | None = None,
    with_people: bool = False,
    drawn: Mapping[str, Drawn] | None = None,
    folder: Path | None = None,
    within: Polygons | None = None,
    threads: int | None = None,
    block: int | None = None,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Count the ground: areas by land type, domain, status before and now, response, and further columns.

    Parameters
    ----------
    ground : Ground
        What is counted.
    extra : mapping of str to Column, optional
        Further columns of codes from 0.
    with_people : bool
        Whether to sum persons as well.
    drawn : mapping of str to Drawn, optional
        Rasters to write into `folder`, by name.
    folder : Path, optional
        Where the rasters go.
    within : Polygons, optional
        Count the tiles that these touch, and no others.
    threads, block : int
        Worker threads, and cells along a tile; neither changes the result.

    Returns
    -------
    DataFrame
        Columns land_type, domain, baseline, period, response, the extra ones, area_km2 and people; codes are those of
        `Status` and `Response`, no data where unknown.
    """
    columns = {**ground.columns(), **(extra or {})}
    lpd, uncounted = ground.lpd_column(), set()
    if lpd is not None:
        columns["lpd"] = lpd
        uncounted.add("lpd")
    if ground.risk_column is not None:
        columns["risk"] = ground.risk_column
        if not ground.has_probability:
            uncounted.add("risk")
    joint = Joint(
        columns,
        derived={"response": lambda read: _response(read, ground.risk_edge)},
        amounts=ground.people() if with_people else {},
        drawn=drawn or {},
        uncounted=frozenset(uncounted),
    )
    area = ground.inputs.area
    home = folder or Path(ground.workspace.path)
    home.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".", dir=home) as temporary:
        side = block or (WIDE if joint.is_plain and within is None else BLOCK)
        scratch = Scratch(Path(temporary), area.tiles(side))
        runner = Threads(threads or os.cpu_count() or 1)
        places = None
        if within is not None:
            places = [place for place, tile in enumerate(scratch.tiles) if meets(within, area.part(tile))]
        frame = joint_areas(area, joint, scratch, places=places, runner=runner, progress=progress)
        for name, each in (drawn or {}).items():
            output = Output(name, name, each.dtype, name.replace("_", " "))  # type: ignore[arg-type]
            write_raster(output, area, scratch, home, {"TITLE": output.title, "LANDBALANCE_VERSION": __version__})
        scratch.close()
    return _plain(frame, with_people=with_people)


def condition_of(columns: Mapping[str, Array]) -> Array:
    """Return the seven classes of land condition of shifted status columns; NODATA where one is unknown."""
    before, now = columns["baseline"], columns["period"]
    known = (before > 0) & (now > 0)
    found = CONDITION[np.maximum(before, 1) - 1, np.maximum(now, 1) - 1]
    return np.where(known, found, np.int8(NODATA)).astype(np.int8)


def _response(columns: Mapping[str, Array], risk_edge: int) -> Array:
    """Return what each cell asks for; 0 where unknown."""
    condition = condition_of(columns)
    lpd = columns.get("lpd", np.zeros(condition.shape, dtype=np.int8))
    risk = columns.get("risk", np.zeros(condition.shape, dtype=np.int32))
    found = response_hierarchy(condition, lpd, risk - risk_edge, status_type="seven")
    return np.maximum(found, 0).astype(np.int32)


def _plain(frame: pd.DataFrame, *, with_people: bool) -> pd.DataFrame:
    """Return counted areas with the codes of `Status` and `Response`."""
    if "domain" not in frame.columns:
        frame["domain"] = 0
    for name in ("baseline", "period"):
        frame[name] = np.where(frame[name] > 0, frame[name] - STATUS_SHIFT, NODATA)
    frame["response"] = np.where(frame["response"] > 0, frame["response"], int(Response.NODATA))
    people = [name for name in frame.columns if name.startswith("population")]
    frame["people"] = frame[people].sum(axis=1) if people else (np.nan if with_people else 0.0)
    return frame.drop(columns=people)


def _periods(workspace: Workspace, wanted: tuple[str, str] | None) -> tuple[Period, Period]:
    """Return the two periods that are compared."""
    known = {period.name: period for period in workspace.periods}
    if len(known) < 2:
        hint = "add a reporting period to landbalance.toml"
        raise InputError("{workspace} has one period", workspace=workspace.title, hint=hint)
    names = wanted or (BASELINE, workspace.periods[-1].name)
    for name in names:
        if name not in known:
            raise NotFoundError(
                "there is no period {name!r}", name=name, hint="use one of {known}", known=", ".join(known)
            )
    if names[0] == names[1]:
        raise InputError("{name} is compared with itself", name=names[0], hint="name two periods")
    return known[names[0]], known[names[1]]


def _nearest(layer: Layer, year: int) -> tuple[Slice, ...]:
    """Return the slice of the year nearest to one."""
    return (min(layer.slices, key=lambda piece: abs((piece.year or year) - year)),)
