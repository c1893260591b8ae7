"""What a registered layer is: its slices, unit, scale, nodata values and their reasons, legend and licence."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["class", "value", "count", "mask"]
Alignment = Literal["nearest", "mode", "bilinear", "average", "sum"]

DEFAULT_ALIGNMENT: dict[Kind, Alignment] = {"class": "nearest", "value": "bilinear", "count": "sum", "mask": "nearest"}


@dataclass(frozen=True)
class NodataValue:
    """One stored value that means "no data", and why it stands there."""

    value: float
    reason: str


@dataclass(frozen=True)
class Slice:
    """One band of one file, and the time it stands for.

    Parameters
    ----------
    path : str
        Absolute path or URL of the file.
    band : int
        Band or time index, counted from 1.
    year : int or None
        Calendar year; None for a static layer.
    date : str
        ISO date of a composite within the year; empty for annual and static layers.
    name : str
        What a multi-variable layer calls this band (for example "female"); empty otherwise.
    """

    path: str
    band: int
    year: int | None = None
    date: str = ""
    name: str = ""


@dataclass(frozen=True)
class Layer:
    """A registered layer of a workspace: everything needed to read it and to cite it.

    `role` is what the layer is for ("land_cover", "productivity", "soc", "soil", "climate_zone", "population",
    "population_female", "population_male", "precipitation", "aridity", ...); `quantity` what it measures ("ndvi",
    "evi", "gpp", "npp", "class", "soc", "persons", "persons_km2", "mm", ...); physical = stored * scale + offset.
    """

    role: str
    quantity: str
    kind: Kind
    slices: tuple[Slice, ...]
    unit: str = "1"
    scale: float = 1.0
    offset: float = 0.0
    nodata: tuple[NodataValue, ...] = ()
    legend: str = ""
    align: Alignment | None = None
    variable: str = ""
    crs: str = ""
    title: str = ""
    source: str = ""
    licence: str = ""
    citation: str = ""
    reference_year: int | None = None

    @property
    def years(self) -> tuple[int, ...]:
        """Return the distinct calendar years, ascending; empty for a static layer."""
        return tuple(sorted({piece.year for piece in self.slices if piece.year is not None}))

    @property
    def alignment(self) -> Alignment:
        """Return the declared alignment, else the one that fits the kind."""
        return self.align or DEFAULT_ALIGNMENT[self.kind]

    @property
    def is_subannual(self) -> bool:
        """Return whether the slices are dated composites within years."""
        return any(piece.date for piece in self.slices)
