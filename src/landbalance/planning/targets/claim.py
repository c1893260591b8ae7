"""What a target promises, as far as a computation needs it (reporting B.3)."""

from dataclasses import dataclass
from itertools import pairwise

from landbalance.core.codelists import code_list
from landbalance.core.errors import InputError

KM2_PER_UNIT = {"km2": 1.0, "ha": 0.01}
RELATIVE = ("absolute", "percent_of_start", "percentage_point")
DIRECTIONS = ("increase", "decrease", "at_most", "at_least", "keep")
SEMANTICS = ("exact", "envelope")
LISTS = {
    "target_type": "target_types",
    "scope": "target_scopes",
    "spatial_mode": "spatial_modes",
}


@dataclass(frozen=True)
class TargetPart:
    """The share of a target on one land type [km2]."""

    land_type: str
    area_km2: float


@dataclass(frozen=True, kw_only=True)
class TargetClaim:
    """One version of a target, cut down to what is computed with.

    Parameters
    ----------
    target_id : str
        Stable identity.
    version : int
        Counts up by revision.
    title : str
        What people call it.
    target_type, scope, spatial_mode : str
        Codes of the lists `target_types`, `target_scopes`, `spatial_modes`.
    responses : tuple of str
        Codes of the list `responses`, the main one first.
    land_types : tuple of str
        Land types it is bound to.
    parts : tuple of TargetPart
        Declared areas per land type, where the target names them.
    indicator, unit : str
        What is measured, and in what.
    start_value, target_value : float or None
        In `unit`; for relative targets `target_value` is per cent of start or percentage points.
    start_year, target_year : int or None
        When each holds.
    direction : str
        increase, decrease, at_most, at_least or keep.
    relative : str
        absolute, percent_of_start or percentage_point.
    declared_area_km2 : float or None
        The area promised.
    area_semantics : str
        "exact": the shape is the promise; "envelope": the work happens somewhere inside.
    milestones : tuple of (int, float)
        Years and expected values [unit].
    tolerance, failure : float or None
        For "keep": fall [unit] that still counts as held, and fall at which nothing is left.
    lead : str
        Responsible body.
    drivers, hotspots, actions : tuple of str
        What it fights, where, and by what.
    need_usd : float or None
        What it costs.
    is_ldn, has_bau_check : bool
        Whether it belongs to neutrality, and was held against business as usual.

    Raises
    ------
    InputError
        If a code is unknown, an area or a span of years is impossible.
    """

    target_id: str
    target_type: str
    version: int = 1
    title: str = ""
    scope: str = "subnational"
    spatial_mode: str = "none"
    responses: tuple[str, ...] = ()
    land_types: tuple[str, ...] = ()
    parts: tuple[TargetPart, ...] = ()
    indicator: str = ""
    unit: str = ""
    start_value: float | None = None
    start_year: int | None = None
    target_value: float | None = None
    target_year: int | None = None
    direction: str = "increase"
    relative: str = "absolute"
    declared_area_km2: float | None = None
    area_semantics: str = "exact"
    milestones: tuple[tuple[int, float], ...] = ()
    tolerance: float | None = None
    failure: float | None = None
    lead: str = ""
    drivers: tuple[str, ...] = ()
    hotspots: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    need_usd: float | None = None
    is_ldn: bool = True
    has_bau_check: bool = False

    def __post_init__(self) -> None:
        for name, list_id in LISTS.items():
            code_list(list_id).item(getattr(self, name))
        for response in self.responses:
            code_list("responses").item(response)
        _one_of(self, "direction", DIRECTIONS)
        _one_of(self, "relative", RELATIVE)
        _one_of(self, "area_semantics", SEMANTICS)
        _check_numbers(self)

    @property
    def main_response(self) -> str:
        """Return the main response, "" where none is given."""
        return self.responses[0] if self.responses else ""

    @property
    def promised_km2(self) -> float | None:
        """Return the area promised: declared, else the sum of its parts, else a target value in an area unit.

        Examples
        --------
        >>> TargetClaim(target_id="t", target_type="area_action", target_value=9000, unit="ha").promised_km2
        90.0
        """
        if self.declared_area_km2 is not None:
            return self.declared_area_km2
        if self.parts:
            return sum(part.area_km2 for part in self.parts)
        if self.target_value is not None and self.unit in KM2_PER_UNIT:
            return self.target_value * KM2_PER_UNIT[self.unit]
        return None

    @property
    def goal(self) -> float | None:
        """Return the value to reach [unit], whatever the target value is relative to.

        Examples
        --------
        >>> ten_more = dict(target_id="t", target_type="indicator_change", start_value=20.0, target_value=10.0)
        >>> TargetClaim(**ten_more, relative="percent_of_start").goal, TargetClaim(**ten_more).goal
        (22.0, 10.0)
        """
        if self.target_value is None or self.relative == "absolute":
            return self.target_value
        if self.start_value is None:
            return None
        sign = -1.0 if self.direction in ("decrease", "at_most") else 1.0
        step = self.target_value * (self.start_value / 100.0 if self.relative == "percent_of_start" else 1.0)
        return self.start_value + sign * step


def _one_of(claim: TargetClaim, name: str, allowed: tuple[str, ...]) -> None:
    """Refuse a word that is none of the allowed ones."""
    value = getattr(claim, name)
    if value not in allowed:
        raise InputError(
            "target {id}: {name} is {value!r}",
            id=claim.target_id,
            name=name,
            value=value,
            hint="use one of {known}",
            known=", ".join(allowed),
        )


def _check_numbers(claim: TargetClaim) -> None:
    """Refuse a negative area, a year that comes too early, and milestones that do."""
    areas = [claim.declared_area_km2, *(part.area_km2 for part in claim.parts)]
    if any(area is not None and not area >= 0 for area in areas):
        hint = "give a number of at least 0"
        raise InputError("target {id} has an area of {areas} km2", id=claim.target_id, areas=areas, hint=hint)
    before = [year for year, _ in claim.milestones if year != claim.target_year]
    years = [year for year in (claim.start_year, *before, claim.target_year) if year is not None]
    if any(first >= then for first, then in pairwise(years)):
        hint = "the start year, the milestones and the target year must follow one another"
        raise InputError("target {id} has the years {years}", id=claim.target_id, years=years, hint=hint)
