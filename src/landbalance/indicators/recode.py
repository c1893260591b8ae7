"""Recode polygons: where experts know better than the one-out-all-out, class by class and period by period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.types import Array, StatusGrid
from landbalance.core.vocab import EXPORT_NODATA, NODATA, Status
from landbalance.indicators.spec import Band, Indicator, Parameter
from landbalance.kernels.compile import kernel

Target = int | None  # what a class becomes; None leaves it, -32768 takes the cell out
State = Literal["proposed", "accepted", "rejected"]
STATES = ("proposed", "accepted", "rejected")

# What degraded, stable and improved may become, in the order that gives the codes (methods 5.3)
OPTIONS: tuple[tuple[Target, ...], ...] = (
    (None, EXPORT_NODATA, 0, 1),
    (None, EXPORT_NODATA, -1, 1),
    (None, EXPORT_NODATA, -1, 0),
)
FIELDS = ("recode_deg_to", "recode_stable_to", "recode_imp_to")
FALSE_POSITIVE, FALSE_NEGATIVE = "false_positive", "false_negative"  # in the sense of the UNCCD: positive is good land
_OLD_TYPES: Mapping[str, tuple[Target, Target, Target]] = {
    "false positive": (None, -1, -1),
    "false negative": (0, None, None),
}


@dataclass(frozen=True)
class RecodePolygon:
    """What experts say of the land inside one polygon; its geometry travels beside it.

    Parameters
    ----------
    uuid, location : str
        Identity and name of the place.
    process, basis : str
        What drives the change, and on what the judgement rests; never empty.
    periods : tuple of str
        Periods it applies to, at least one.
    recode : tuple
        What degraded, stable and improved become: -1, 0, 1, -32768 (taken out) or None (left).
    state : {"proposed", "accepted", "rejected"}
        Only accepted polygons change a figure.
    evidence : tuple of str
        Links to what the judgement rests on.
    author, date : str
        Who says so, and when (ISO 8601).
    area_km2 : float or None
        Area as stated in the source.
    """

    uuid: str
    location: str
    process: str
    basis: str
    periods: tuple[str, ...]
    recode: tuple[Target, Target, Target]
    state: State = "accepted"
    evidence: tuple[str, ...] = field(default=())
    author: str = ""
    date: str = ""
    area_km2: float | None = None

    def __post_init__(self) -> None:
        name = self.location or self.uuid
        for label in ("process", "basis"):
            if not getattr(self, label).strip():
                raise InputError(
                    "recode {name} has no {field}", name=name, field=label, hint="write it: it is evidence"
                )
        if not self.periods:
            raise InputError("recode {name} names no period", name=name, hint="fill periods_affected")
        for label, value, allowed in zip(FIELDS, self.recode, OPTIONS, strict=True):
            if value not in allowed:
                raise InputError(
                    "recode {name} has {field} = {value}",
                    name=name,
                    field=label,
                    value=value,
                    hint="use one of {known}",
                    known=", ".join("none" if option is None else str(option) for option in allowed),
                )
        if self.recode == (None, None, None):
            raise InputError("recode {name} changes nothing", name=name, hint="say what one of the classes becomes")
        if self.state not in STATES:
            raise InputError(
                "recode {name} is {state}", name=name, state=self.state, hint="use one of {states}", states=STATES
            )

    @property
    def kind(self) -> str:
        """Return "false_positive", "false_negative" or "other", as form SO1-4.T3 asks for."""
        degraded, stable, improved = self.recode
        rises, falls = degraded in (0, 1), -1 in (stable, improved)
        if rises == falls:
            return "other"
        return FALSE_NEGATIVE if rises else FALSE_POSITIVE


def recode_code(feature: RecodePolygon) -> int:
    """Return the code 0..63 of what a polygon changes.

    Examples
    --------
    >>> recode_code(RecodePolygon("1", "a", "fire", "photo", ("baseline",), (1, 1, 0)))
    63
    """
    first, second, third = (allowed.index(value) for allowed, value in zip(OPTIONS, feature.recode, strict=True))
    return first * 16 + second * 4 + third


def recode_targets(code: int) -> tuple[Target, Target, Target]:
    """Return what degraded, stable and improved become under a code 0..63.

    Raises
    ------
    InputError
        If there is no such code.

    Examples
    --------
    >>> recode_targets(21)
    (-32768, -32768, -32768)
    """
    if not 0 <= code < 64:
        raise InputError("{code} is no recode", code=code, hint="codes run from 0 to 63")
    return OPTIONS[0][code // 16], OPTIONS[1][code // 4 % 4], OPTIONS[2][code % 4]


def period_mask(affected: Sequence[str], periods: Sequence[str]) -> int:
    """Return the bit mask of the affected periods: bit i for the i-th of all periods, the baseline first.

    Raises
    ------
    InputError
        If an affected period is none of the periods.

    Examples
    --------
    >>> period_mask(("baseline", "report_2"), ("baseline", "report_1", "report_2"))
    5
    """
    unknown = [name for name in affected if name not in periods]
    if unknown:
        raise InputError(
            "there is no period {name}", name=unknown[0], hint="use one of {known}", known=", ".join(periods)
        )
    return sum(1 << place for place, name in enumerate(periods) if name in affected)


def recode_polygon(properties: Mapping[str, Any], periods: Sequence[str]) -> RecodePolygon:
    """Return the recode that the properties of a feature describe, in the present or the older schema.

    Parameters
    ----------
    properties : mapping
        `uuid`, `location_name`, `process_driving_change`, `basis_for_judgement`, `periods_affected`, `recode_deg_to`,
        `recode_stable_to`, `recode_imp_to`, and optionally `review_state`, `evidence_ids`, `proposed_by`, `date`,
        `area_km_sq`; or, as older files have it, `type` ("false positive", "false negative"), `periods` ("baseline",
        "reporting", "both"), `place_name`, `process`, `basis`, `area`. A polygon without a state is accepted.
    periods : sequence of str
        Periods of the workspace, the baseline first.

    Raises
    ------
    InputError
        If a property is missing or has a value outside its list, or a period does not exist.

    References
    ----------
    .. [1] UNCCD (2026), PRAIS 4 reporting manual, SO1-4.T3.

    Examples
    --------
    >>> old = {"type": "false negative", "periods": "both", "process": "clearing of invasives", "basis": "visit"}
    >>> recode_polygon(old, ("baseline", "report_1")).recode
    (0, None, None)
    """
    old = "type" in properties and not any(name in properties for name in FIELDS)
    affected = _old_periods(properties.get("periods"), periods) if old else properties.get("periods_affected") or ()
    if isinstance(affected, str):
        affected = tuple(part.strip() for part in affected.split(",") if part.strip())
    period_mask(affected, periods)
    area = properties.get("area" if old else "area_km_sq")
    evidence = properties.get("evidence_ids") or ()
    return RecodePolygon(
        uuid=_text(properties, "uuid", "id"),
        location=_text(properties, "location_name", "place_name"),
        process=_text(properties, "process_driving_change", "process"),
        basis=_text(properties, "basis_for_judgement", "basis"),
        periods=tuple(affected),
        recode=_old_recode(properties["type"]) if old else _recode(properties),
        state=properties.get("review_state") or properties.get("state") or "accepted",
        evidence=(evidence,) if isinstance(evidence, str) else tuple(str(link) for link in evidence),
        author=_text(properties, "proposed_by", "author"),
        date=_text(properties, "date"),
        area_km2=float(area) if isinstance(area, int | float) else None,
    )


def recode_properties(feature: RecodePolygon) -> dict[str, object]:
    """Return the properties of a feature in the present schema."""
    return {
        "uuid": feature.uuid,
        "location_name": feature.location,
        "area_km_sq": feature.area_km2,
        "process_driving_change": feature.process,
        "basis_for_judgement": feature.basis,
        "periods_affected": list(feature.periods),
        **dict(zip(FIELDS, feature.recode, strict=True)),
        "review_state": feature.state,
        "evidence_ids": list(feature.evidence),
        "proposed_by": feature.author,
        "date": feature.date,
    }


def recode(status: StatusGrid, code: NDArray[np.int16], *, applies: bool) -> StatusGrid:
    """Replace the classes of an assessment as the recode polygons of a period say.

    Each class is looked up once: what became stable is not changed again. Unknown cells stay unknown.

    Parameters
    ----------
    status : ndarray of int8, shape (...)
        `Status` codes of the period's one-out-all-out.
    code : ndarray of int16, shape (...)
        Code 0..63 of the polygon that holds the cell (`recode_code`); 0 or below where none does.
    applies : bool
        Whether any polygon changes this period.

    Returns
    -------
    ndarray of int8, shape (...)
        `Status` codes.

    References
    ----------
    .. [1] UNCCD (2026), PRAIS 4 reporting manual, SO1-4.T3.

    Examples
    --------
    >>> recode(np.int8([-1, 0, 1, -128]), np.int16([32, 32, 21, 21]), applies=True)
    array([   0,    0, -128, -128], dtype=int8)
    """
    if not applies:
        return status
    table = np.array([[_after(code, old) for old in (-1, 0, 1)] for code in range(64)], dtype=np.int8)
    changed = status.ravel().copy()
    _replace(changed, code.ravel(), table)
    return changed.reshape(status.shape)


def _after(code: int, old: int) -> int:
    """Return what a class becomes under a code."""
    target = recode_targets(code)[old + 1]
    if target is None:
        return old
    return NODATA if target == EXPORT_NODATA else target


@kernel
def _replace(status: Array, code: Array, table: Array) -> None:
    """Replace the classes inside polygons, in place."""
    for cell in range(status.size):
        if 0 < code[cell] < 64 and -1 <= status[cell] <= 1:
            status[cell] = table[code[cell], status[cell] + 1]


def _text(properties: Mapping[str, Any], *names: str) -> str:
    """Return the first of several properties that is filled, as text."""
    return next((str(properties[name]) for name in names if properties.get(name) not in (None, "")), "")


def _recode(properties: Mapping[str, Any]) -> tuple[Target, Target, Target]:
    """Return the three targets; "none", null and a missing property leave the class as it is."""
    values = [properties.get(name) for name in FIELDS]
    first, second, third = (None if value in (None, "", "none") else _number(value) for value in values)
    return first, second, third


def _number(value: Any) -> int:
    """Return a target as a number."""
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise InputError("a class is recoded to {value!r}", value=value, hint="use -1, 0, 1, -32768 or none") from error


def _old_recode(kind: Any) -> tuple[Target, Target, Target]:
    """Return the targets that the type of the older schema stands for."""
    if kind not in _OLD_TYPES:
        raise InputError(
            "a recode has the type {kind!r}", kind=kind, hint="use one of {known}", known=", ".join(_OLD_TYPES)
        )
    return _OLD_TYPES[kind]


def _old_periods(named: Any, periods: Sequence[str]) -> tuple[str, ...]:
    """Return the periods that the older schema means."""
    spans = {"baseline": tuple(periods[:1]), "reporting": tuple(periods[1:]), "both": tuple(periods)}
    if named not in spans:
        raise InputError(
            "a recode has the periods {named!r}", named=named, hint="use one of {known}", known=", ".join(spans)
        )
    return spans[named]


INDICATOR = Indicator(
    id="recode",
    title="Assessment after recodes by experts",
    inputs=(Band("status"), Band("code")),
    parameters=(Parameter("applies", True),),
    output=Status,
    kernel=recode,
    references=("unccd-prais-2026",),
)
