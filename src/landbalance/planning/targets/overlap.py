"""How much land targets share: disjoint pieces, areas counted once, bounds where shapes are missing (reporting B.8)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

from landbalance.core.errors import InputError
from landbalance.planning.targets.claim import TargetClaim
from landbalance.planning.targets.rules import target_rules

EQUAL_AREA = "EPSG:6933"  # lengths in m; areas are those of the ellipsoid
SNAP_M = 0.01
M2_PER_KM2 = 1e6


@dataclass(frozen=True)
class Atom:
    """A piece of land covered by the same targets.

    Parameters
    ----------
    ids : tuple of str
        The targets, sorted.
    area_km2 : float
        On the ellipsoid.
    geometry : shapely geometry
        In the equal-area system.
    """

    ids: tuple[str, ...]
    area_km2: float
    geometry: BaseGeometry


@dataclass(frozen=True)
class TargetArea:
    """Areas of one target [km2]: all of it, and what no other target covers."""

    target_id: str
    full_km2: float
    exclusive_km2: float

    @property
    def shared_km2(self) -> float:
        """Return what other targets cover as well."""
        return self.full_km2 - self.exclusive_km2


@dataclass(frozen=True)
class SharedArea:
    """Area [km2] that two targets both cover."""

    first: str
    second: str
    area_km2: float


@dataclass(frozen=True)
class Overlap:
    """What targets cover together.

    Parameters
    ----------
    atoms : tuple of Atom
        Disjoint pieces, one per set of targets.
    targets : tuple of TargetArea
        Per target with an exact shape, in the order given.
    pairwise : tuple of SharedArea
        Pairs that meet.
    unique_km2, gross_km2 : float
        Land counted once; sum of the targets.
    lower_km2, upper_km2 : float
        Bounds of the land promised, with targets that have no exact shape.
    left_out : tuple of str
        National targets: all others lie inside them.
    without_shape : tuple of str
        Targets that enter by their declared area alone.
    moved_km2 : float
        Area of slivers that a target lost to a neighbouring piece.
    """

    atoms: tuple[Atom, ...]
    targets: tuple[TargetArea, ...]
    pairwise: tuple[SharedArea, ...]
    unique_km2: float
    gross_km2: float
    lower_km2: float
    upper_km2: float
    left_out: tuple[str, ...]
    without_shape: tuple[str, ...]
    moved_km2: float

    @property
    def ratio(self) -> float:
        """Return the share [1] of the gross area that is counted more than once."""
        return 1.0 - self.unique_km2 / self.gross_km2 if self.gross_km2 else 0.0

    def unique_of(self, ids: Sequence[str]) -> float:
        """Return the land [km2] that any of the targets covers, once."""
        wanted = set(ids)
        return float(sum(atom.area_km2 for atom in self.atoms if wanted & set(atom.ids)))


@dataclass(frozen=True)
class Activity:
    """When a piece of land was treated: once as area, `n_treatments` times as activity."""

    ids: tuple[str, ...]
    area_km2: float
    first_treated: int
    last_treated: int
    n_treatments: int


def overlap(
    claims: Sequence[TargetClaim],
    shapes: Mapping[str, BaseGeometry],
    *,
    land_km2: float | None = None,
    crs: str = "EPSG:4326",
    sliver_km2: float | None = None,
) -> Overlap:
    """Return what targets cover together, each piece of land once.

    Parameters
    ----------
    claims : sequence of TargetClaim
        Targets or actions; national ones are left out of all sums.
    shapes : mapping of str to shapely geometry
        Polygons by target id; a claim without one enters by its declared area.
    land_km2 : float, optional
        Land of the country; no sum exceeds it.
    crs : str
        Reference system of the shapes.
    sliver_km2 : float, optional
        Smaller pieces are merged into a neighbour; the rule of the package by default.

    Raises
    ------
    InputError
        If two claims have the same id, or an envelope is smaller than the area promised inside it.

    Examples
    --------
    >>> a, b = shapely.box(0, 0, 10_000, 10_000), shapely.box(7_000, 0, 15_000, 10_000)
    >>> claims = [TargetClaim(target_id=name, target_type="area_action") for name in ("a", "b")]
    >>> found = overlap(claims, {"a": a, "b": b}, crs="EPSG:6933")
    >>> found.gross_km2, found.unique_km2, [each.exclusive_km2 for each in found.targets]
    (180.0, 150.0, [70.0, 50.0])
    """
    _check_ids(claims)
    local = [claim for claim in claims if claim.scope != "national"]
    placed = {claim.target_id: _flat(shapes[claim.target_id], crs) for claim in local if claim.target_id in shapes}
    exact = {c.target_id: placed[c.target_id] for c in local if c.target_id in placed and c.area_semantics == "exact"}
    envelopes = {c.target_id: placed[c.target_id] for c in local if c.target_id in placed and c.target_id not in exact}
    declared = {c.target_id: float(c.promised_km2 or 0.0) for c in local if c.target_id not in exact}
    _check_envelopes(declared, envelopes)
    edge = target_rules().sliver_km2 if sliver_km2 is None else sliver_km2
    atoms, moved = _merged(_faces(exact), edge)
    unique = float(sum(atom.area_km2 for atom in atoms))
    lower, upper = _bounds(unique, exact, envelopes, declared, land_km2)
    targets = tuple(_target_area(target_id, atoms) for target_id in exact)
    return Overlap(
        *(atoms, targets, _pairs(atoms, tuple(exact)), unique, float(sum(each.full_km2 for each in targets))),
        *(lower, upper, tuple(claim.target_id for claim in claims if claim.scope == "national")),
        *(tuple(declared), moved),
    )


def pieces_of(
    shapes: Mapping[str, BaseGeometry], *, snap: float = SNAP_M
) -> list[tuple[tuple[str, ...], BaseGeometry]]:
    """Overlay shapes of one plane into disjoint faces, each with the ids of the shapes that cover it.

    Parameters
    ----------
    shapes : mapping of str to shapely geometry
        Valid polygons.
    snap : float
        Grid [unit of the plane] to which lines are snapped; 0 leaves them.

    Examples
    --------
    >>> found = pieces_of({"a": shapely.box(0, 0, 2, 1), "b": shapely.box(1, 0, 3, 1)}, snap=0)
    >>> sorted((ids, face.area) for ids, face in found)
    [(('a',), 1.0), (('a', 'b'), 1.0), (('b',), 1.0)]
    """
    ids, geometries = list(shapes), np.array(list(shapes.values()), dtype=object)
    if not ids:
        return []
    lines = shapely.union_all(shapely.boundary(geometries), grid_size=snap or None)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    points = shapely.point_on_surface(faces)
    whole, face = shapely.STRtree(points).query(geometries, predicate="contains")
    covering: dict[int, list[str]] = defaultdict(list)
    for number, place in zip(whole, face, strict=True):
        covering[int(place)].append(ids[number])
    return [(tuple(sorted(found)), faces[place]) for place, found in sorted(covering.items())]


def roll_up(found: Overlap, groups: Mapping[str, Sequence[str]]) -> tuple[tuple[str, float], ...]:
    """Return unique area [km2] per group (response, agency, convention) and, last, of their union.

    Groups overlap: their areas must not be added; the last row is the union.

    Examples
    --------
    >>> claims = [TargetClaim(target_id=name, target_type="area_action") for name in ("a", "b")]
    >>> square = shapely.box(0, 0, 10_000, 10_000)
    >>> roll_up(overlap(claims, {"a": square, "b": square}, crs="EPSG:6933"), {"NDC": ["a"], "LDN": ["a", "b"]})
    (('NDC', 100.0), ('LDN', 100.0), ('', 100.0))
    """
    rows = [(group, found.unique_of(ids)) for group, ids in groups.items()]
    union = found.unique_of([target_id for ids in groups.values() for target_id in ids])
    return (*rows, ("", union))


def allocate(found: Overlap, weights: Mapping[str, float] | None = None) -> tuple[tuple[str, float], ...]:
    """Return areas [km2] per target that add up to the unique area: each piece split equally, or by weights (money).

    Examples
    --------
    >>> claims = [TargetClaim(target_id=name, target_type="area_action") for name in ("a", "b")]
    >>> square = shapely.box(0, 0, 10_000, 10_000)
    >>> allocate(overlap(claims, {"a": square, "b": square}, crs="EPSG:6933"), {"a": 3.0, "b": 1.0})
    (('a', 75.0), ('b', 25.0))
    """
    shares: dict[str, float] = {each.target_id: 0.0 for each in found.targets}
    for atom in found.atoms:
        parts = [1.0 if weights is None else weights.get(target_id, 0.0) for target_id in atom.ids]
        parts = parts if sum(parts) > 0 else [1.0] * len(parts)
        for target_id, part in zip(atom.ids, parts, strict=True):
            shares[target_id] += atom.area_km2 * part / sum(parts)
    return tuple(shares.items())


def activity(found: Overlap, years: Mapping[str, int]) -> tuple[Activity, ...]:
    """Return when each piece was treated, from the year of each action."""
    rows = []
    for atom in found.atoms:
        when = sorted(years[target_id] for target_id in atom.ids if target_id in years)
        if when:
            rows.append(Activity(atom.ids, atom.area_km2, when[0], when[-1], len(when)))
    return tuple(rows)


def equal_area(geometry: BaseGeometry, crs: str = "EPSG:4326") -> BaseGeometry:
    """Return a geometry in the equal-area system [m]."""
    if CRS.from_user_input(crs) == CRS.from_user_input(EQUAL_AREA):
        return geometry
    transformer = Transformer.from_crs(crs, EQUAL_AREA, always_xy=True)
    return shapely.transform(geometry, transformer.transform, interleaved=False)


def _flat(geometry: BaseGeometry, crs: str) -> BaseGeometry:
    """Return a valid shape in the equal-area system, snapped to a fine grid."""
    return shapely.set_precision(shapely.make_valid(equal_area(shapely.force_2d(geometry), crs)), SNAP_M)


def _faces(shapes: Mapping[str, BaseGeometry]) -> list[Atom]:
    """Return the disjoint faces of shapes in the equal-area system."""
    return [Atom(ids, float(face.area) / M2_PER_KM2, face) for ids, face in pieces_of(shapes)]


def _merged(faces: Sequence[Atom], sliver_km2: float) -> tuple[tuple[Atom, ...], float]:
    """Merge slivers into their largest neighbour with one target less; then join faces of the same targets."""
    moved, kept = 0.0, list(faces)
    geometries = np.array([face.geometry for face in faces], dtype=object)
    tree = shapely.STRtree(geometries) if len(faces) else None
    for place, face in enumerate(faces):
        if tree is None or face.area_km2 >= sliver_km2 or len(face.ids) < 2:
            continue
        near = [kept[other] for other in tree.query(face.geometry, predicate="touches")]
        fitting = [o for o in near if len(o.ids) == len(face.ids) - 1 and set(o.ids) < set(face.ids)]
        if fitting:
            home = max(fitting, key=lambda other: (other.area_km2, other.ids))
            kept[place] = Atom(home.ids, face.area_km2, face.geometry)
            moved += face.area_km2
    groups: dict[tuple[str, ...], list[Atom]] = defaultdict(list)
    for face in kept:
        groups[face.ids].append(face)
    return tuple(_joined(ids, groups[ids]) for ids in sorted(groups)), moved


def _joined(ids: tuple[str, ...], faces: Sequence[Atom]) -> Atom:
    """Return one atom from all faces of the same targets."""
    area = float(sum(face.area_km2 for face in faces))
    return Atom(ids, area, shapely.union_all([face.geometry for face in faces]))


def _target_area(target_id: str, atoms: Sequence[Atom]) -> TargetArea:
    """Return all of a target, and what is its alone."""
    full = sum(atom.area_km2 for atom in atoms if target_id in atom.ids)
    return TargetArea(target_id, float(full), float(sum(a.area_km2 for a in atoms if a.ids == (target_id,))))


def _pairs(atoms: Sequence[Atom], order: Sequence[str]) -> tuple[SharedArea, ...]:
    """Return the pairs of targets that meet."""
    shared: dict[tuple[str, str], float] = defaultdict(float)
    for atom in atoms:
        inside = [target_id for target_id in order if target_id in atom.ids]
        for number, first in enumerate(inside):
            for second in inside[number + 1 :]:
                shared[first, second] += atom.area_km2
    return tuple(SharedArea(first, second, area) for (first, second), area in shared.items())


def _bounds(
    unique: float,
    exact: Mapping[str, BaseGeometry],
    envelopes: Mapping[str, BaseGeometry],
    declared: Mapping[str, float],
    land_km2: float | None,
) -> tuple[float, float]:
    """Return the least and the most land that all targets together can mean [km2]."""
    taken = shapely.union_all(list(exact.values())) if exact else shapely.Polygon()
    least, most = unique, unique
    for group in _meeting(envelopes):
        free = shapely.union_all([envelopes[name] for name in group]).difference(taken).area / M2_PER_KM2
        fresh = [declared[name] - envelopes[name].intersection(taken).area / M2_PER_KM2 for name in group]
        least += max(0.0, *fresh)
        most += min(free, sum(declared[name] for name in group))
    shapeless = [area for name, area in declared.items() if name not in envelopes]
    least, most = max([least, *shapeless]), most + sum(shapeless)
    limit = float("inf") if land_km2 is None else land_km2
    return min(least, limit), min(most, limit)


def _meeting(envelopes: Mapping[str, BaseGeometry]) -> list[list[str]]:
    """Return the envelopes in groups that meet, directly or through others."""
    names = list(envelopes)
    groups: list[set[str]] = []
    for name in names:
        met = [group for group in groups if any(envelopes[name].intersects(envelopes[other]) for other in group)]
        groups = [group for group in groups if group not in met] + [set().union({name}, *met)]
    return [sorted(group) for group in groups]


def _check_ids(claims: Sequence[TargetClaim]) -> None:
    """Refuse an id that occurs twice."""
    seen: set[str] = set()
    for claim in claims:
        if claim.target_id in seen:
            hint = "give every target an id of its own, and one version of each"
            raise InputError("target {id} occurs twice", id=claim.target_id, hint=hint)
        seen.add(claim.target_id)


def _check_envelopes(declared: Mapping[str, float], envelopes: Mapping[str, BaseGeometry]) -> None:
    """Refuse an envelope that is smaller than what is promised inside it."""
    for name, geometry in envelopes.items():
        area: float = geometry.area / M2_PER_KM2
        if declared[name] > area * (1 + 1e-6):
            raise InputError(
                "target {id} promises {promised:,.2f} km2 inside an envelope of {area:,.2f} km2",
                id=name,
                promised=declared[name],
                area=area,
                hint="draw a wider envelope, or check the unit of the area",
            )
