"""Targets from files: the fields of a target that a computation needs, with its shape (reporting B.3)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from shapely.geometry.base import BaseGeometry

from landbalance.core.errors import InputError
from landbalance.io.land_type_files import read_csv
from landbalance.io.vector import read_attributes, read_shapes
from landbalance.planning.targets import Measurement, TargetClaim, TargetPart

KM2 = {"km2": 1.0, "ha": 0.01}


def _listed(value: Any) -> Any:
    """Return a list from a list, a JSON text, or words parted by ";"."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return json.loads(value) if value.lstrip().startswith("[") else [part.strip() for part in value.split(";")]
    return list(value)


def _empty(value: Any) -> Any:
    """Return None for what a table leaves empty."""
    is_nan = isinstance(value, float) and value != value
    return None if value in ("", None) or is_nan else value


Words = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Number = Annotated[float | None, BeforeValidator(_empty)]
Year = Annotated[int | None, BeforeValidator(_empty)]


class TargetForm(BaseModel):
    """One target as files and the API write it; what is known of its progress stands beside it."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    target_id: str = Field(min_length=1)
    target_type: str
    version: int = 1
    title: str = ""
    scope: str = "subnational"
    spatial_mode: str = ""
    response: Words = ()
    land_types: Words = ()
    parts: Annotated[list[tuple[str, float]], BeforeValidator(_listed)] = []
    indicator: str = ""
    unit: str = ""
    start_value: Number = None
    start_year: Year = None
    target_value: Number = None
    target_year: Year = None
    direction: str = "increase"
    absolute_or_relative: str = "absolute"
    declared_area_km2: Number = None
    declared_area_ha: Number = None
    area_semantics: str = "exact"
    milestones: Annotated[list[tuple[int, float]], BeforeValidator(_listed)] = []
    responsible_body: str = ""
    drivers_addressed: Words = ()
    hotspots: Words = ()
    actions: Words = ()
    need_usd: Number = None
    is_ldn: bool = True

    year: Year = None
    value: Number = None
    low: Number = None
    high: Number = None
    action_km2: Number = None
    action_year: Year = None
    outcome_km2: Number = None

    def claim(self, *, has_shape: bool) -> TargetClaim:
        """Return what the target promises."""
        area = self.declared_area_km2
        if area is None and self.declared_area_ha is not None:
            area = self.declared_area_ha * KM2["ha"]
        mode = self.spatial_mode or ("polygon" if has_shape else "declared_area" if area is not None else "none")
        return TargetClaim(
            target_id=self.target_id,
            target_type=self.target_type,
            version=self.version,
            title=self.title,
            scope=self.scope,
            spatial_mode=mode,
            responses=self.response,
            land_types=self.land_types,
            parts=tuple(TargetPart(*part) for part in self.parts),
            indicator=self.indicator,
            unit=self.unit,
            start_value=self.start_value,
            start_year=self.start_year,
            target_value=self.target_value,
            target_year=self.target_year,
            direction=self.direction,
            relative=self.absolute_or_relative,
            declared_area_km2=area,
            area_semantics=self.area_semantics,
            milestones=tuple(self.milestones),
            lead=self.responsible_body,
            drivers=self.drivers_addressed,
            hotspots=self.hotspots,
            actions=self.actions,
            need_usd=self.need_usd,
            is_ldn=self.is_ldn,
        )

    def measurement(self, year: int) -> Measurement:
        """Return what is known of its progress, in the year it names or else this one."""
        return Measurement(
            year=self.year or year,
            value=self.value,
            low=self.low,
            high=self.high,
            action_km2=self.action_km2,
            action_year=self.action_year,
            outcome_km2=self.outcome_km2,
        )


@dataclass(frozen=True)
class TargetFile:
    """Targets of a file: forms as written, claims, and the shapes of those that have one, in longitude and latitude."""

    forms: tuple[TargetForm, ...]
    claims: tuple[TargetClaim, ...]
    shapes: Mapping[str, BaseGeometry]


def read_targets(path: Path) -> TargetFile:
    """Read targets from GeoJSON, GeoPackage, shapefile, GeoParquet, or CSV (without shapes).

    Lists stand as JSON, or as words parted by ";".

    Raises
    ------
    InputError
        If the file cannot be read, a field does not fit, or two targets have one id.
    """
    if path.suffix.lower() == ".csv":
        rows: list[dict[str, Any]] = list(read_csv(path, ("target_id", "target_type")))
        geometries: list[BaseGeometry | None] = [None] * len(rows)
    else:
        rows, geometries = read_attributes(path), read_shapes(path)
    forms = tuple(_form(row, number, path) for number, row in enumerate(rows, 1))
    shapes = {form.target_id: shape for form, shape in zip(forms, geometries, strict=True) if shape is not None}
    seen: set[str] = set()
    for form in forms:
        if form.target_id in seen:
            hint = "give every target an id of its own, and one version of each"
            raise InputError("{path}: target {id} occurs twice", path=path, id=form.target_id, hint=hint)
        seen.add(form.target_id)
    claims = tuple(form.claim(has_shape=form.target_id in shapes) for form in forms)
    return TargetFile(forms, claims, shapes)


def _form(row: Mapping[str, Any], number: int, path: Path) -> TargetForm:
    """Return one target, checked."""
    given = {key: value for key, value in row.items() if _empty(value) is not None}
    try:
        return TargetForm.model_validate(given)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where, why = ".".join(map(str, fault["loc"])), fault["msg"]
        raise InputError(
            "target {number} of {path}: {where}: {why}", number=number, path=path, where=where, why=why
        ) from error
