"""A workspace as the upper floors see it: one country's layers, periods, parameters and zones, read from its folder."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from landbalance.core.layers import Layer
from landbalance.core.legends import Legend
from landbalance.core.parameters import Override, Settings, resolve
from landbalance.core.periods import Period

Matrix = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class ZoneSource:
    """Polygons that results are tabulated by."""

    id: str
    path: str
    title: str = ""
    name_field: str = ""
    code_field: str = ""


@dataclass(frozen=True)
class MatrixRegion:
    """One region with a transition matrix of its own (at most five, summing to the nation)."""

    name: str
    path: str
    matrix: Matrix


@dataclass(frozen=True)
class Workspace:
    """One workspace folder, read and checked.

    Parameters
    ----------
    path : str
        Absolute path of the folder.
    legend : Legend
        The land-cover legend results are kept in (the seven UNCCD classes unless a national one is given).
    matrix : tuple of tuple of int
        Transition matrix over the positions of that legend, -1, 0 or 1.
    nestings : mapping of str to mapping of int to int
        For each source legend in use: product code -> position in `legend`.
    factors : mapping or None
        National land-use factors by climate zone, when `flu_set` is "national": zone -> 7 x 7.
    stated : mapping of str to Override
        What the file of a custom profile states: value, and its source as the reason.
    """

    path: str
    title: str
    country: str
    country_name: str
    profile: str
    periods: tuple[Period, ...]
    layers: tuple[Layer, ...]
    legend: Legend
    matrix: Matrix
    nestings: Mapping[str, Mapping[int, int]]
    overrides: Mapping[str, Override] = field(default_factory=dict)
    stated: Mapping[str, Override] = field(default_factory=dict)
    regions: tuple[MatrixRegion, ...] = ()
    boundary: str = ""
    coast: str = ""
    recodes: str = ""
    zones: tuple[ZoneSource, ...] = ()
    land_types: tuple[str, ...] = ()
    factors: Mapping[int, tuple[tuple[float, ...], ...]] | None = None
    land_area_km2: Mapping[int, float] = field(default_factory=dict)
    population: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    is_invented: bool = False

    def layer(self, role: str) -> Layer | None:
        """Return the layer with this role, or None."""
        return next((layer for layer in self.layers if layer.role == role), None)

    def settings(self, profile: str | None = None) -> Settings:
        """Return every parameter with its value and origin, for the workspace's profile or another of the package."""
        if profile in (None, self.profile):
            return resolve(self.profile, self.overrides, self.stated)
        return resolve(str(profile), self.overrides)
