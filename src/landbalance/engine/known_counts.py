"""Counted areas of a ground, kept beside the workspace: the next question over the same maps need not read them."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from landbalance._version import __version__
from landbalance.core.progress import Progress
from landbalance.engine.columns import polygon_column
from landbalance.engine.ground import Ground, strata
from landbalance.io.frames import read_frame, write_frame
from landbalance.io.vector import Polygons

FOLDER = Path("neutrality", ".counts")
MOST_KEPT = 24
ORDER = ["land_type", "baseline", "period", "domain", "atom", "response"]  # in which a full count sorts its rows


def known_strata(
    ground: Ground, *, with_people: bool = False, threads: int | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """Return the counted ground without further columns, as kept from an earlier question where there is one."""

    def count() -> pd.DataFrame:
        return strata(ground, with_people=with_people, threads=threads, progress=progress)

    if ground.risk_column is not None:  # a map of the user's, or one that is trained anew
        return count()
    layers = [ground.workspace.layer(role) for role in ground.people()] if with_people else []
    people = [(each.role, each.quantity, [ground.inputs.checksums.get(part.path, part.path) for part in each.slices])
              for each in layers if each is not None]  # fmt: skip
    parts = (ground.run.id, ground.run.manifest.identity, ground.first, ground.second, ground.saved.digest,
             _digest(ground.zones), with_people, people)  # fmt: skip
    return _kept(Path(ground.workspace.path), parts, count)


def strata_beside(
    ground: Ground, pieces: Polygons, *, threads: int | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """Return the counted ground with a column `atom`: the number of the piece, from 1, 0 outside all of them.

    Only the tiles that the pieces touch are read: what lies outside is the whole, as kept, less what lies inside, in
    whole units of area, so that the answer is that of a full count to the last bit.
    """
    whole = known_strata(ground, threads=threads, progress=progress)
    atoms = {"atom": polygon_column(pieces)}
    near = strata(ground, extra=atoms, within=pieces, threads=threads, progress=progress)
    inside = near[near["atom"] > 0]
    keys = [name for name in whole.columns if name not in ("area_km2", "people")]
    unit = ground.inputs.area.unit_km2
    taken = np.rint(inside["area_km2"] / unit).groupby([inside[key] for key in keys]).sum()
    left = whole.set_index(keys)
    units = np.rint(left["area_km2"] / unit).sub(taken, fill_value=0.0)
    rest = left.assign(area_km2=units * unit).reset_index()
    rest = rest[rest["area_km2"] > 0].assign(atom=0)
    found = pd.concat([rest, inside], ignore_index=True)[list(near.columns)]
    return found.sort_values(ORDER, ignore_index=True).astype(near.dtypes)


def _kept(home: Path, parts: Sequence[object], count: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """Return the areas kept under the same parts, else those counted now, and keep them."""
    name = hashlib.sha256("\x1f".join(map(str, (__version__, *parts))).encode()).hexdigest()[:40]
    path = home / FOLDER / f"{name}.parquet"
    known = read_frame(path)
    if known is not None:
        return known
    frame = count()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_frame(path, frame)
    for old in sorted(path.parent.glob("[!.]*.parquet"), key=lambda each: -each.stat().st_mtime)[MOST_KEPT:]:
        old.unlink(missing_ok=True)
    return frame


def _digest(polygons: Polygons | None) -> str:
    """Return what tells one set of polygons from another: reference system, names, shapes and their order."""
    if polygons is None:
        return ""
    shapes = shapely.to_wkb(list(polygons.geometries), output_dimension=2, byte_order=1)
    return hashlib.sha256(b"".join([repr((polygons.crs, polygons.names)).encode(), *shapes])).hexdigest()
