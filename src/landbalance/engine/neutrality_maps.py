"""Maps of the analyses of neutrality: gains, shares, responses and treated land as rasters, and shapes of sites."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import shapely

from landbalance.core.progress import Progress
from landbalance.core.types import Array
from landbalance.core.vocab import NODATA, Response
from landbalance.engine.columns import class_column, square_box
from landbalance.engine.ground import Ground, condition_of, strata
from landbalance.engine.joint import Drawn
from landbalance.engine.neutrality import RESERVE_ROLE, Sheet, fishnet, square_name
from landbalance.indicators.gains_losses import gains_losses
from landbalance.io.vector import Polygons
from landbalance.planning.problem import RESERVED
from landbalance.planning.result import PlanResult

SHARE_SCALE = 10_000  # the raster of shares holds hundredths of a per cent


def draw_balance(ground: Ground, sheet: Sheet, folder: Path, *, progress: Progress | None = None) -> None:
    """Write the maps of gains and losses, of the net share of each land type, and of responses."""
    shares = {row.land_type: round((row.share or 0.0) * SHARE_SCALE) for row in sheet.by_type.rows}
    table = np.full(len(ground.types.types) + 1, np.iinfo(np.int16).min, dtype=np.int16)
    table[list(shares)] = list(shares.values())
    drawn = {
        "gains_losses": Drawn("int8", lambda columns: gains_losses(condition_of(columns))),
        "net_share": Drawn(
            "int16", lambda columns: np.where(condition_of(columns) > 0, table[columns["land_type"]], table[0])
        ),
        "response": Drawn("int8", _responses),
    }
    strata(ground, drawn=drawn, folder=folder, progress=progress)


def draw_hierarchy(ground: Ground, folder: Path, *, progress: Progress | None = None) -> None:
    """Write the map of responses."""
    strata(ground, drawn={"response": Drawn("int8", _responses)}, folder=folder, progress=progress)


def draw_plan(ground: Ground, found: PlanResult, folder: Path, *, progress: Progress | None = None) -> None:
    """Write the share of each cell's kind of land that the plan treats, in per cent: land type, domain and response."""
    keys = ["land_type", "domain", "response", RESERVED]
    land = found.problem.land.assign(**{RESERVED: found.problem.reserved})
    whole = land.groupby(keys)["area_ha"].sum()
    treated = found.plan.treated().groupby(keys)["area_ha"].sum()
    kinds, domains = len(ground.types.types) + 1, max(ground.domains) + 1
    table = np.zeros((kinds, domains, 4, 2), dtype=np.int8)
    shares = (treated / whole).dropna().clip(upper=1.0)
    places = np.array(shares.index.tolist(), dtype=int).reshape(-1, len(keys))
    table[tuple(places.T)] = np.rint(shares.to_numpy() * 100)
    reserve = ground.workspace.layer(RESERVE_ROLE) if RESERVED in found.problem.land.columns else None
    extra = {} if reserve is None else {RESERVED: class_column(reserve)}

    def share(columns: Mapping[str, Array]) -> Array:
        domain = columns.get("domain", np.zeros_like(columns["response"]))
        reserved = (columns[RESERVED] > 1).astype(np.intp) if extra else np.zeros_like(columns["response"])
        found_ = table[np.maximum(columns["land_type"], 0), domain, columns["response"], reserved]
        return np.where((columns["response"] > 0) & (columns["land_type"] > 0), found_, NODATA)

    strata(ground, extra=extra, drawn={"treated_share": Drawn("int8", share)}, folder=folder, progress=progress)


def site_shapes(ground: Ground, grid_km: float | None = None) -> Polygons | None:
    """Return the shapes of planning units: squares of a fishnet, else domains, else the country; in degrees."""
    if grid_km is not None:
        whole = ground.inputs.area.pieces[0]
        _, places = fishnet(ground, grid_km)
        names = tuple(square_name(place) for place in places.values())
        shapes = tuple(shapely.box(*square_box(whole, grid_km, place)) for place in places.values())
        return Polygons(shapes, names, names, whole.crs).to("EPSG:4326")
    return None if ground.zones is None else ground.zones.to("EPSG:4326")


def _responses(columns: Mapping[str, Array]) -> Array:
    """Return responses as `Response` codes."""
    return np.where(columns["response"] > 0, columns["response"], int(Response.NODATA)).astype(np.int8)
