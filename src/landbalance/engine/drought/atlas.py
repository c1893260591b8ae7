"""What the map of a monitor shows: the phases of districts, and the classes of every index, at every step."""

from pathlib import Path

import numpy as np

from landbalance.core.vocab import NODATA
from landbalance.core.workspace import Workspace
from landbalance.engine.drought.ground import districts_of
from landbalance.engine.drought.monitor import Monitor
from landbalance.indicators.drought.classes import drought_class
from landbalance.indicators.drought.districts import area_share, district_series
from landbalance.io.drought_atlas import finer, write_atlas
from landbalance.io.vector import burn
from landbalance.reporting import drought_words as words
from landbalance.reporting.maps import NO_DATA_COLOUR, LegendEntry, MapSpec
from landbalance.reporting.words import Tongue

COMBINED = "combined"
COMBINED_MISSING = 8


def make_atlas(workspace: Workspace, found: Monitor, folder: Path) -> list[str]:
    """Write the atlas of a monitor into a folder; return the names of its files."""
    edges, shape = workspace.settings().text("drought_edges"), (found.steps.rows, *found.grid.shape)
    classes = {
        name: drought_class(np.asarray(index), edges=edges).reshape(shape) for name, index in found.indices.items()
    }
    if found.combined is not None:
        codes = np.where(found.combined == COMBINED_MISSING, NODATA, found.combined)
        classes = {COMBINED: codes.astype(np.int8).reshape(shape), **classes}
    weights = found.ground.land_km2[1:]
    return write_atlas(
        folder,
        labels=found.steps.labels,
        districts=found.ground.districts,
        numbers=burn(districts_of(workspace), finer(found.grid)),
        grid=found.grid,
        classes=classes,
        phases=found.phases,
        mean={name: district_series(index, weights).mean for name, index in found.indices.items()},
        dry={name: area_share(index, weights, at_most=-1.0) for name, index in found.indices.items()},
    )


def atlas_spec(layer: str, tongue: Tongue) -> MapSpec:
    """Return title and legend of a layer of an atlas."""
    say = tongue.translate
    title = say(words.ATLAS_NAMES[layer]) if layer in words.ATLAS_NAMES else layer.upper()
    if layer == "phases":
        names, colours, patterns = words.PHASE_NAMES, words.PHASE_COLOURS, words.PHASE_PATTERNS
    elif layer == COMBINED:
        names = {int(code): name for code, name in words.COMBINED_NAMES.items() if code != COMBINED_MISSING}
        colours, patterns = words.COMBINED_COLOURS, words.COMBINED_PATTERNS
    else:
        names = {int(code): name for code, name in words.DROUGHT_NAMES.items()}
        colours, patterns = words.DROUGHT_COLOURS, words.DROUGHT_PATTERNS
    entries = [LegendEntry(code, colours[code], patterns.get(code, ""), say(name)) for code, name in names.items()]
    if layer != "phases":
        entries.append(LegendEntry(NODATA, NO_DATA_COLOUR, "", say(words.UNKNOWN)))
    return MapSpec(layer, title, tuple(entries), title)
