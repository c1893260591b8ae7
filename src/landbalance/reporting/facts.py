"""What a run hands to its reports: who, when, how, from which layers, and the counted tables.

Every table has the axis "zone" first, with codes 0 (in the area of interest but in no zone of the group) to k; the
group "nation" has the single zone 1. Names of the tables:

==================================  ==========================================================================  =======
table                               axes after "zone"                                                           unit
==================================  ==========================================================================  =======
components.<period>.<group>         surface, productivity, land_cover, soc, floor (0 or 1: below the SOC floor)  km2
sdg.<period>.<group>                surface, sdg: the three official layers, after recodes                      km2
sdg_raw.<period>.<group>            surface, sdg: before recodes; only if there are recodes                     km2
sdg_national.<period>.<group>       surface, sdg: with the national indicators that join; only if there are any km2
national.<id>.<period>.<group>      surface, status of one national indicator                                   km2
known.<period>.<group>              surface, one axis (0 missing, 1 known) per joining layer, by its name       km2
status.<layer>.<period>.<group>     surface, baseline, period; layer: sdg, productivity, land_cover, soc        km2
lpd.<period>.<group>                surface, lpd (1 to 5, NODATA)                                               km2
lpd_cover.<period>.nation           lpd, start, end: by first and last land cover                               km2
land_cover.<year>.<group>           class                                                                       km2
transition.<period>.<group>         start, end                                                                  km2
soc_mass.<year>.<group>             class: tonnes of carbon                                                     t
soc_area.<year>.<group>             class: area with a known stock                                              km2
people.<sex>.<period>.<group>       surface, sdg: over the status in reporting periods; sex: total, female, male persons
people_period.<sex>.<period>.<grp>  surface, sdg: over the period assessment                                    persons
recode.<period>.nation              feature (1 to k), old, new: the period assessment                           km2
recode_status.<period>.nation       feature (1 to k), old, new: the status against the baseline                 km2
given.<layer>.<period>.<group>      given (0, 1): whether the inputs of the layer are there; nation and districts km2
hyperarid.<period>.nation           hyperarid (0, 1, NODATA), productivity                                      km2
==================================  ==========================================================================  =======

Status axes have the codes (-1, 0, 1, -128); "soc" in components also -127 (not applicable); class axes 1..n, -128.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from landbalance.core.crosstab import Crosstab
from landbalance.core.legends import Legend
from landbalance.core.parameters import Settings
from landbalance.core.periods import Period

STATUS_CODES = (-1, 0, 1, -128)
SOC_CODES = (-1, 0, 1, -128, -127)
SEXES = ("total", "female", "male")


@dataclass(frozen=True)
class Zone:
    """One zone of a group: its number in the tables, its code in the source and its name."""

    number: int
    code: str
    name: str


@dataclass(frozen=True)
class ZoneGroup:
    """A set of zones: "nation", "districts", "land_cover" (first class of the baseline), "land_type", "affected"."""

    id: str
    title: str
    zones: tuple[Zone, ...]
    overlaps: bool = False


@dataclass(frozen=True)
class LayerFact:
    """What a report says of one input layer."""

    role: str
    title: str
    quantity: str
    unit: str
    years: tuple[int, ...]
    crs: str
    cell_size: str
    source: str
    licence: str
    citation: str
    files: tuple[tuple[str, str], ...]  # (file name, sha256)
    missing_share: float | None = None  # of the area of interest, over all slices used


@dataclass(frozen=True)
class Flag:
    """A gap or a doubt, in plain words: where it applies and what it does to the figure.

    `code` is stable ("short_series", "no_soil_layer", "never_computed", "unmapped_codes", ...); `text` a template whose
    `fields` are filled when it is shown; `level` is "note", "warning" or "serious".
    """

    code: str
    level: str
    text: str
    fields: Mapping[str, object] = field(default_factory=dict)
    period: str = ""
    role: str = ""

    def __str__(self) -> str:
        return self.text.format(**self.fields)


@dataclass(frozen=True)
class RecodeFact:
    """One recode polygon as the report lists it (methods 5.2, reporting A.5.5)."""

    number: int
    uuid: str
    location: str
    process: str
    basis: str
    periods: tuple[str, ...]
    recode: tuple[int | None, int | None, int | None]  # degraded, stable, improved become ...
    state: str  # proposed, accepted, rejected
    evidence: tuple[str, ...] = ()
    author: str = ""
    date: str = ""
    area_km2: float | None = None
    geometry: Mapping[str, object] | None = None  # GeoJSON, longitude and latitude


@dataclass(frozen=True)
class RunFacts:
    """Everything the reports of one run are made from."""

    run_id: str
    workspace: str
    country: str  # ISO alpha-3
    country_name: str
    started: str  # ISO 8601, UTC
    profile: str
    settings: Settings
    periods: tuple[Period, ...]
    legend: Legend
    groups: tuple[ZoneGroup, ...]
    layers: tuple[LayerFact, ...]
    tables: Mapping[str, Crosstab]
    land_cover_years: tuple[int, ...]
    soc_years: tuple[int, ...]
    flags: tuple[Flag, ...] = ()
    recodes: tuple[RecodeFact, ...] = ()
    national: tuple[str, ...] = ()  # ids of national indicators that join
    land_area_km2: Mapping[int, float] = field(default_factory=dict)  # country profile, by year; empty if none
    population: Mapping[int, Mapping[str, float]] = field(default_factory=dict)  # country profile CP-1.T2 [persons]
    boundary_km2: float = 0.0  # geodesic area of the boundary polygon
    boundary_km: float = 0.0  # geodesic length of its rings
    cell_km2: float = 0.0  # mean area of a cell; 0 where it is not known
    boundary_geojson: Mapping[str, object] | None = None
    cell_size: str = ""
    crs: str = ""
    quantity: str = "ndvi"
    short_periods: tuple[str, ...] = ()  # periods with fewer productivity years than report_min_years
    series_years: Mapping[str, tuple[int, ...]] = field(default_factory=dict)  # productivity years used, by period
    versions: Mapping[str, str] = field(default_factory=dict)
    affected_areas_only: bool = False
    transition_matrix: tuple[tuple[int, ...], ...] = ()
    regional_matrices: Mapping[str, tuple[tuple[int, ...], ...]] = field(default_factory=dict)
    is_invented: bool = False
