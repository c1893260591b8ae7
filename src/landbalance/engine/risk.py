"""The map of the risk of loss: features from layers and distances, a model learnt from the run, a raster by tiles."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pyproj import CRS
from scipy.ndimage import distance_transform_edt
from threadpoolctl import threadpool_limits

from landbalance._version import __version__
from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.layers import Layer, Slice
from landbalance.core.types import Array
from landbalance.core.vocab import NODATA
from landbalance.engine.columns import (
    STATUS_SHIFT,
    class_column,
    fishnet_column,
    raster_column,
    run_column,
    value_column,
)
from landbalance.engine.ground import Ground
from landbalance.engine.joint import BLOCK, Column, Drawn, Joint, joint_areas
from landbalance.engine.plan import Output
from landbalance.engine.rasters import write_raster
from landbalance.engine.runner import Threads
from landbalance.engine.scratch import Scratch
from landbalance.grid.grid import Grid, Tile
from landbalance.io.files import whole_folder, write_text
from landbalance.io.summary import json_text
from landbalance.planning.loss_risk import LossModel, carried_on, fit_loss_model, risk_rules

TRAINED = "trained"
FOLDER = "risk"
KM_PER_DEGREE = 111.0
MOST_CELLS = 20_000_000  # of a distance map; larger grids are pooled first
CLASS_ROLES = ("slope_class",)
VALUE_ROLES = ("slope", "precipitation", "population")
HASH = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class TrainedRisk:
    """A trained map: the model, where its raster is, and the target year it looks to."""

    model: LossModel
    rasters: tuple[Path, ...]
    target_year: int


def with_risk(ground: Ground, wanted: str, target_year: int = 2030) -> Ground:
    """Return the ground with a risk of loss: none, a raster of the user's (over 0 is at risk), or the trained map.

    Raises
    ------
    NotFoundError
        If there is no such raster.
    """
    if not wanted:
        return ground
    if wanted != TRAINED:
        if not Path(wanted).is_file():
            raise NotFoundError("there is no raster {path}", path=wanted, hint="name a file, or trained")
        layer = Layer("risk", "value", "value", (Slice(str(Path(wanted).absolute()), 1),), align="nearest")
        return replace(ground, risk_column=_at_risk(layer), risk_edge=1)
    try:
        found = train_risk(ground, target_year)
    except InputError as error:
        return replace(ground, warnings=(*ground.warnings, str(error)))
    if not found.model.has_skill:
        text = (
            f"the trained risk has no skill ({found.model.skill:.3f}), so the constant rate of each land type is used"
        )
        return replace(ground, warnings=(*ground.warnings, text))
    edge = 1 + round(risk_rules().at_risk * 100)
    return replace(ground, risk_column=_percent_column(found.rasters), risk_edge=edge, has_probability=True)


def train_risk(ground: Ground, target_year: int, folder: Path | None = None) -> TrainedRisk:
    """Learn the risk of loss from a run, judge it on blocks held back, and write its map.

    Parameters
    ----------
    ground : Ground
        The two periods to learn from.
    target_year : int
        To which the probability is carried on.
    folder : Path, optional
        Where the map goes; `risk` in the workspace by default.

    Raises
    ------
    InputError
        If there is too little to learn from, or the target year is not after the last period.
    """
    seen = ground.second.last_year - ground.first.last_year
    ahead = target_year - ground.second.last_year
    if ahead <= 0:
        hint = "give a target year after the last period"
        raise InputError("the target year is {year}", year=target_year, hint=hint)
    with threadpool_limits(1):  # the tiles are threads already, and a small model gains nothing from more
        return _trained(ground, (seen, ahead), folder or Path(ground.workspace.path) / FOLDER)


def _trained(ground: Ground, years: tuple[int, int], home: Path) -> TrainedRisk:
    """Learn, judge and write, the years seen and ahead being known."""
    rules, (seen, ahead) = risk_rules(), years
    target_year = ground.second.last_year + ahead
    before, now = (_features(ground, which) for which in ("baseline", "period"))
    frame, lost, blocks = _sample(ground, before, rules.sample, rules.block_km)
    model = fit_loss_model(frame, lost, blocks, rules=rules)
    with whole_folder(home) as made:
        scratch = Scratch(made / ".scratch", ground.inputs.area.tiles(BLOCK))

        def percent(columns: Mapping[str, Array]) -> Array:
            table = pd.DataFrame({name: columns[name] for name in model.features})
            chance = carried_on(model.predict(table), seen, ahead)
            good = (columns["period_status"] > 1) & (columns["land_type"] > 0)
            return np.where(good, np.rint(chance * 100), NODATA)

        columns: dict[str, Column] = {
            **now,
            "period_status": run_column(ground.run, f"sdg.{ground.second.name}", STATUS_SHIFT),
        }
        joint = Joint(columns, drawn={"risk": Drawn("int8", percent)}, uncounted=frozenset(columns))
        joint_areas(ground.inputs.area, joint, scratch, runner=Threads(os.cpu_count() or 1))
        tags = {"TITLE": "Risk of loss, per cent", "LANDBALANCE_VERSION": __version__}
        rasters = write_raster(Output("risk", "risk", "int8", "Risk of loss"), ground.inputs.area, scratch, made, tags)
        scratch.close()
        for path in (made / ".scratch").glob("*"):
            path.unlink()
        (made / ".scratch").rmdir()
        write_text(made / "risk.json", json_text(_said(ground, model, target_year)))
    return TrainedRisk(model, tuple(home / path.name for path in rasters), target_year)


def _said(ground: Ground, model: LossModel, target_year: int) -> dict[str, Any]:
    """Return what is known of a trained map, for its file."""
    facts = {key: value for key, value in vars(model).items() if key not in ("predictor", "calibration")}
    facts["calibration"] = [asdict(each) for each in model.calibration]
    years = [ground.first.last_year, ground.second.last_year, target_year]
    plain: dict[str, Any] = json.loads(json.dumps(facts))
    return {"run": ground.run.id, "years": years, "rules": asdict(risk_rules()), **plain}


def _features(ground: Ground, which: str) -> dict[str, Column]:
    """Return what the model looks at, as of the first or the second period."""
    period = ground.first if which == "baseline" else ground.second
    columns: dict[str, Column] = {"land_type": ground.columns()["land_type"]}
    columns["distance_km"] = _distance(ground, f"sdg.{period.name}")
    if any(kept.key == f"lpd.{period.name}" for kept in ground.run.manifest.rasters):
        columns["lpd"] = run_column(ground.run, f"lpd.{period.name}", 0)
    for role in (*CLASS_ROLES, *VALUE_ROLES):
        layer = ground.workspace.layer(role)
        if layer is not None and layer.kind == "class":
            columns[role] = class_column(layer)
        elif layer is not None:
            near = min(layer.slices, key=lambda piece: abs((piece.year or period.last_year) - period.last_year))
            columns[role] = value_column(layer, (near,))
    return columns


def _distance(ground: Ground, key: str) -> Column:
    """Return the distance of each cell to degraded land [km]; large grids are pooled, which rounds it up to a block."""
    area, read = ground.inputs.area, run_column(ground.run, key, STATUS_SHIFT)
    maps = []
    for number, piece in enumerate(area.pieces):
        pool = max(1, int(np.ceil(np.sqrt(piece.width * piece.height / MOST_CELLS))))
        bad = np.zeros((-(-piece.height // pool), -(-piece.width // pool)), dtype=bool)
        for tile in piece.tiles(BLOCK * pool, number):
            codes = read(tile, piece.part(tile)).reshape(tile.height, tile.width)
            rows, columns = np.nonzero(codes == 1)
            bad[(tile.row + rows) // pool, (tile.col + columns) // pool] = True
        step = _steps_km(piece)
        far = np.float32(np.hypot(*piece.shape) * max(step))
        distance = (
            distance_transform_edt(~bad, sampling=[each * pool for each in step])
            if bad.any()
            else np.full(bad.shape, far)
        )
        maps.append((distance.astype(np.float32), pool))

    def column(tile: Tile, _: Grid) -> Array:
        distance, pool = maps[tile.piece]
        rows = (tile.row + np.arange(tile.height)) // pool
        columns = (tile.col + np.arange(tile.width)) // pool
        return np.asarray(distance[np.ix_(rows, columns)].reshape(-1))

    return column


def _steps_km(grid: Grid) -> tuple[float, float]:
    """Return the height and width of a cell [km], in the middle of the grid."""
    if not CRS.from_user_input(grid.crs).is_geographic:
        return grid.dy / 1000.0, grid.dx / 1000.0
    latitude = np.radians(grid.north - grid.height * grid.dy / 2)
    return grid.dy * KM_PER_DEGREE, grid.dx * KM_PER_DEGREE * float(np.cos(latitude))


def _sample(
    ground: Ground, columns: Mapping[str, Column], most: int, block_km: float
) -> tuple[pd.DataFrame, Array, Array]:
    """Return cells that were good at the first period, whether they were lost, and the block each lies in.

    Which cells are taken depends on their place alone, not on tiles.
    """
    area = ground.inputs.area
    status = {name: run_column(ground.run, f"sdg.{period.name}", STATUS_SHIFT)
              for name, period in (("before", ground.first), ("now", ground.second))}  # fmt: skip
    nets = [fishnet_column(piece, block_km)[0] for piece in area.pieces]
    whole = sum(piece.width * piece.height for piece in area.pieces)
    share = min(1.0, 2.0 * most / whole)
    frames, lost, blocks, ranks = [], [], [], []
    for tile in area.tiles(BLOCK):
        grid = area.part(tile)
        rank = _rank(tile)
        before, now = (read(tile, grid) for read in status.values())
        taken = (before > 1) & (now > 0) & (rank < share) & (area.weights(tile).reshape(-1) > 0)
        kind = columns["land_type"](tile, grid)
        taken &= kind > 0
        if not taken.any():
            continue
        frames.append(pd.DataFrame({name: read(tile, grid)[taken] for name, read in columns.items()}))
        lost.append(now[taken] == 1)
        blocks.append(nets[tile.piece](tile, grid)[taken].astype(np.int64) + tile.piece * 1_000_000_000)
        ranks.append(rank[taken])
    if not frames:
        raise InputError("there is no good land to learn the risk of loss from", hint="check the run")
    order = np.argsort(np.concatenate(ranks), kind="stable")[:most]
    frame = pd.concat(frames, ignore_index=True).iloc[order].reset_index(drop=True)
    return frame, np.concatenate(lost)[order], np.concatenate(blocks)[order]


def _rank(tile: Tile) -> Array:
    """Return a number from 0 to 1 for each cell that depends on its place alone, shape (cell,)."""
    rows = (tile.row + np.arange(tile.height, dtype=np.uint64))[:, None] << np.uint64(32)
    mixed = ((rows | (tile.col + np.arange(tile.width, dtype=np.uint64))[None, :]) + np.uint64(1)) * HASH
    mixed ^= mixed >> np.uint64(29)
    mixed *= HASH
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64).reshape(-1) * 2.0**-53)


def _percent_column(paths: tuple[Path, ...]) -> Column:
    """Return per cent plus one; 0 where unknown."""
    return raster_column(paths, 1)


def _at_risk(layer: Layer) -> Column:
    """Return 2 where a raster of values is over 0, 1 where it is not, 0 where unknown."""
    read = value_column(layer, layer.slices)

    def column(tile: Tile, grid: Grid) -> Array:
        values = read(tile, grid)
        return np.where(np.isfinite(values), np.where(values > 0, 2, 1), 0)

    return column
