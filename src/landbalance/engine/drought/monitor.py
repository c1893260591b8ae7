"""What is known at one date: indices, the combined indicator, phases of districts; and the archive of calls."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbalance._version import __version__
from landbalance.core.errors import InputError, RuleError
from landbalance.core.parameters import Settings
from landbalance.core.progress import Progress
from landbalance.core.types import Array
from landbalance.core.vocab import Combined
from landbalance.core.workspace import Workspace
from landbalance.engine.drought.climate import FOLDER, drought_cube, read_series
from landbalance.engine.drought.ground import Ground, read_ground
from landbalance.engine.inputs import checksums
from landbalance.grid.grid import Grid
from landbalance.indicators.drought.classes import standard_anomaly, vegetation_condition
from landbalance.indicators.drought.combined import combined_step, no_history
from landbalance.indicators.drought.districts import district_series
from landbalance.indicators.drought.index import index_method
from landbalance.indicators.drought.steps import StepName, Steps
from landbalance.io.drought_tables import RULES_FILE, read_rules
from landbalance.io.files import write_text
from landbalance.planning.triggers.phases import Phase, Reading, phases, reading
from landbalance.planning.triggers.rule import Condition, TriggerRule, default_rules

OBSERVED = {"soil-moisture": "soil_moisture", "vegetation": "vegetation_monthly"}
CALLS = "calls"
CONDITION_MONTHS = 3  # of the mean vegetation condition


@dataclass(frozen=True)
class Monitor:
    """What was known at a date.

    Parameters
    ----------
    steps : Steps
        Of all arrays, up to the date.
    indices : mapping of str to ndarray, shape (step, cell)
        "spi-1", "spi-3", "soil-moisture", "vegetation", ...; NaN unknown.
    combined : ndarray of int8, shape (step, cell), or None
        `Combined` codes; None without soil moisture or vegetation.
    condition : ndarray of float64, shape (step, district), or None
        Vegetation condition index, mean of three months.
    phases : ndarray of int8, shape (step, district)
        `Phase` codes.
    """

    ground: Ground
    steps: Steps
    indices: Mapping[str, Array]
    combined: NDArray[np.int8] | None
    condition: NDArray[np.float64] | None
    phases: NDArray[np.int8]
    rules: tuple[TriggerRule, ...]
    rules_from: str
    missing: tuple[str, ...]
    methods: tuple[str, ...]
    grid: Grid

    @property
    def date(self) -> str:
        """Return the last step."""
        return self.steps.label(self.steps.rows - 1)

    def read(self, condition: Condition) -> Reading:
        """Return what a condition sees; an index that is not there is known nowhere."""
        weights = self.ground.land_km2[1:]
        index = self.indices.get(condition.indicator)
        if index is None:
            index = np.full((self.steps.rows, weights.shape[1]), np.nan)
        return reading(index, weights, condition)


def watch(
    workspace: Workspace, settings: Settings, *, as_of: str = "", rules: Path | None = None,
    step: StepName = "month", progress: Progress | None = None,
) -> Monitor:  # fmt: skip
    """Return what was known at a date, the last step of rain when none is given; nothing later is used.

    Rules count steps: of months, or of dekads where the monitor goes by them.

    Raises
    ------
    NotFoundError, InputError, RuleError
        If rain is missing, a rule does not fit, or the date lies outside the series.
    """
    listed, source = trigger_rules(workspace, rules)
    wanted = sorted({"spi-1", "spi-3", *(each.indicator for rule in listed for each in rule.any)} - set(OBSERVED))
    cubes = {name: drought_cube(workspace, _method(name, settings), step=step, progress=progress) for name in wanted}
    first = cubes["spi-3"]
    steps = _up_to(first.steps, as_of)
    indices: dict[str, Array] = {
        name: cube.values.reshape(len(cube.values), -1)[: steps.rows] for name, cube in cubes.items()
        if cube.steps.first == first.steps.first
    }  # fmt: skip
    missing = [name for name in cubes if name not in indices]
    condition = None
    ground = read_ground(workspace, first.grid, progress=progress)
    for name, role in OBSERVED.items():
        if workspace.layer(role) is None:
            missing.append(name)
            continue
        values = _on(read_series(workspace, role, grid=first.grid, step=step), steps)
        indices[name] = by_month(values, steps, lambda rows: standard_anomaly(rows, first=0, last=len(rows) - 1))
        if name == "vegetation":
            vci = by_month(values, steps, vegetation_condition)
            condition = _mean_of(district_series(vci, ground.land_km2[1:]).mean, CONDITION_MONTHS * steps.per_month)
    found = Monitor(
        ground, steps, indices, _combined(indices, ground), condition, np.empty((0, 0), dtype=np.int8), listed, source,
        tuple(missing), tuple(cube.method.text for cube in cubes.values()), first.grid,
    )  # fmt: skip
    months = [steps.month(row) for row in range(steps.rows)]
    called = phases(listed, found.read, months, len(ground.districts), per_month=steps.per_month)
    return Monitor(**{**found.__dict__, "phases": called})


def trigger_rules(workspace: Workspace, path: Path | None) -> tuple[tuple[TriggerRule, ...], str]:
    """Return the rules that are named, else those of the workspace, else the defaults; and where they are from."""
    own = path or Path(workspace.path) / RULES_FILE
    if path is not None or own.is_file():
        return read_rules(own), own.name
    return default_rules(), "defaults of the package"


def call_phases(found: Monitor) -> dict[str, str]:
    """Return the phase of each district at the date."""
    pairs = zip(found.ground.districts, found.phases[-1], strict=True)
    return {name: Phase(int(code)).name.lower() for name, code in pairs}


def store_call(workspace: Workspace, found: Monitor) -> Path:
    """Store what was called and what was known; a call that stands is never changed, a new one is a revision.

    Returns
    -------
    Path
        The stored call, the earlier one where nothing differs.
    """
    folder = Path(workspace.path) / FOLDER / CALLS
    folder.mkdir(parents=True, exist_ok=True)
    content = call_record(workspace, found)
    number = 1
    while (path := folder / f"{found.date}.r{number}.json").is_file():
        if json.loads(path.read_text(encoding="utf-8"))["known"] == content:
            return path
        number += 1
    told = {"recorded": datetime.now(UTC).isoformat(timespec="seconds"), "revision": number, "known": content}
    write_text(path, json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    return path


def call_record(workspace: Workspace, found: Monitor) -> dict[str, Any]:
    """Return one call as it is stored: phases, readings, rules, inputs with checksums, versions."""
    sums, last = checksums(workspace), found.steps.rows - 1
    roles = ["rain_monthly", *OBSERVED.values()]
    layers = [layer for role in roles if (layer := workspace.layer(role)) is not None]
    districts = []
    for place, name in enumerate(found.ground.districts):
        readings = {
            each.text: [_number(seen.value[last, place]), _number(seen.known[last, place])]
            for rule in found.rules for each in rule.any for seen in (found.read(each),)
        }  # fmt: skip
        districts.append({"district": name, "phase": Phase(int(found.phases[last, place])).name, "readings": readings})
    return {
        "date": found.date,
        "version": __version__,
        "methods": list(found.methods),
        "rules": [{"id": rule.id, "phase": rule.phase, "text": rule.text, "any": [asdict(each) for each in rule.any],
                   "action": rule.action, "body": rule.body, "budget_line": rule.budget_line} for rule in found.rules],
        "rules_from": found.rules_from,
        "missing": list(found.missing),
        "inputs": {layer.role: sorted({sums[piece.path] for piece in layer.slices}) for layer in layers},
        "districts": districts,
    }  # fmt: skip


def stored_calls(workspace: Workspace) -> list[dict[str, Any]]:
    """Return all stored calls, the earliest date first; of each date the first revision is what was known then."""
    folder = Path(workspace.path) / FOLDER / CALLS
    paths = sorted(folder.glob("*.json")) if folder.is_dir() else []
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


def by_month(values: Array, steps: Steps, function: Any) -> Array:
    """Apply a function of (year, ...) arrays to each step of the year by itself."""
    out = np.full(values.shape, np.nan)
    for start in range(steps.per_year):
        if start < len(values):
            out[start :: steps.per_year] = function(values[start :: steps.per_year].astype(np.float64))
    return out


def _method(name: str, settings: Settings) -> Any:
    """Return the method of an index by its name in a rule."""
    kind, _, months = name.partition("-")
    if kind not in ("spi", "spei") or not months.isdigit():
        raise InputError(
            "a trigger asks for {name}", name=name, hint="use spi-N, spei-N, {known}", known=", ".join(OBSERVED)
        )
    return index_method(kind, settings, months=int(months))  # type: ignore[arg-type]


def _up_to(steps: Steps, as_of: str) -> Steps:
    """Return the steps up to a date.

    Raises
    ------
    InputError
        If the date is none, or lies outside.
    """
    if not as_of:
        return steps
    if as_of not in steps.labels:
        raise InputError(
            "there is no rain for {date}: the series runs from {first} to {last}", date=as_of, first=steps.label(0),
            last=steps.label(steps.rows - 1), hint="write a month as 2021-09, a dekad as 2021-09-d2",
        )  # fmt: skip
    return Steps(steps.name, steps.first, steps.labels.index(as_of) + 1)


def _on(series: Any, steps: Steps) -> Array:
    """Return a series of cells on other steps; unknown outside its own."""
    out = np.full((steps.rows, series.values[0].size), np.nan, dtype=np.float32)
    offset = steps.row(*series.steps.first)
    rows = [row for row in range(series.steps.rows) if 0 <= row + offset < steps.rows]
    if not rows:
        raise RuleError("two layers of the monitor have no step in common", hint="check the dates of their bands")
    out[rows[0] + offset : rows[-1] + offset + 1] = series.values.reshape(len(series.values), -1)[
        rows[0] : rows[-1] + 1
    ]
    return out


def _combined(indices: Mapping[str, Array], ground: Ground) -> NDArray[np.int8] | None:
    """Return the combined indicator from the first step on; None without its inputs."""
    if not set(OBSERVED) <= set(indices):
        return None
    state = no_history((ground.land_km2.shape[1],))
    shown = []
    for step in range(len(indices["spi-3"])):
        inputs = (np.asarray(indices[name][step], dtype=np.float64) for name in ("spi-1", "spi-3", *OBSERVED))
        state = combined_step(state, *inputs)
        shown.append(state.shown)
    return np.stack(shown)


def _mean_of(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return the mean of each row and those before it."""
    out = np.full(values.shape, np.nan)
    for row in range(width - 1, len(values)):
        out[row] = values[row - width + 1 : row + 1].mean(axis=0)
    return out


def combined_shares(found: Monitor) -> dict[int, NDArray[np.float64]]:
    """Return the share of each district's land in each combined class at the date, by class."""
    if found.combined is None:
        return {}
    weights = found.ground.land_km2[1:]
    last, whole = found.combined[-1], np.maximum(weights.sum(axis=1), np.finfo(float).tiny)
    return {int(code): weights[:, last == code].sum(axis=1) / whole for code in Combined}


def _number(value: float) -> float | None:
    """Return a number for JSON, None where it is unknown."""
    return round(float(value), 6) if np.isfinite(value) else None
