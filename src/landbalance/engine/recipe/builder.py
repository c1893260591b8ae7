"""A plan in the making: add sources and steps by name, and collect the doubts met on the way."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from landbalance.core.errors import InputError, RuleError
from landbalance.core.layers import Layer, Slice
from landbalance.core.parameters import Settings
from landbalance.core.types import Array, Value
from landbalance.core.vocab import NODATA
from landbalance.core.workspace import Workspace
from landbalance.engine.plan import Binding, Group, Output, Plan, Reading, Ref, Source, Step, Tally, check_names
from landbalance.indicators.catalogue import indicator
from landbalance.reporting.facts import Flag

INDEX_QUANTITIES = ("ndvi", "evi")  # the quantities whose thresholds the profiles state (ruling 6)


@dataclass
class Recipe:
    """Collects the parts of a plan.

    Parameters
    ----------
    workspace : Workspace
        The country.
    settings : Settings
        The parameters of the run.
    checksums : mapping of str to str
        SHA-256 of every input file, by path.
    """

    workspace: Workspace
    settings: Settings
    checksums: Mapping[str, str]
    sources: dict[str, Source] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    groups: dict[str, Group] = field(default_factory=dict)
    tallies: list[Tally] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    land_type_roles: tuple[str, ...] = ()

    def plan(self) -> Plan:
        """Return the finished plan."""
        check_names(self.sources, self.steps)
        return Plan(dict(self.sources), tuple(self.steps), dict(self.groups), tuple(self.tallies), tuple(self.outputs))

    def source(
        self,
        name: str,
        reading: Reading,
        layer: Layer,
        slices: tuple[Slice, ...],
        *,
        lookup: Mapping[int, int] | None = None,
        is_series: bool = False,
        is_heavy: bool = False,
    ) -> str:
        """Add a layer to read, once, and return its name."""
        if name not in self.sources or self.sources[name].reading != reading:
            if name in self.sources or name in self.made:
                raise RuleError("layer {name} is made twice", name=name, hint="read it once, in one way")
            parts = [f"{self.checksums[piece.path]}:{piece.band}:{piece.year}:{piece.date}" for piece in slices]
            how = replace(layer, slices=(), title="", source="", licence="", citation="")
            print_ = _digest(reading, repr(how), repr(sorted((lookup or {}).items())), *parts)
            self.sources[name] = Source(
                name, reading, print_, layer, slices, lookup or {}, is_series=is_series, is_heavy=is_heavy
            )
        return name

    def polygons(self, name: str, path: str, *, lookup: Mapping[int, int] | None = None, dtype: str = "int32") -> str:
        """Add polygons to burn: their numbers from 1, or what `lookup` makes of them; 0 outside."""
        print_ = _digest("zones", self.checksums[path], repr(sorted((lookup or {}).items())), dtype)
        self.sources[name] = Source(name, "zones", print_, path=path, lookup=lookup or {}, dtype=dtype)
        return name

    def constant(self, name: str, fill: float, dtype: str = "int8") -> str:
        """Add a layer that has one value everywhere."""
        if name in self.made or self.sources.get(name, Source(name, "constant")).reading != "constant":
            raise RuleError("layer {name} is made twice", name=name, hint="give the constant a name of its own")
        self.sources[name] = Source(name, "constant", f"constant:{fill}:{dtype}", fill=fill, dtype=dtype)
        return name

    def nothing(self, name: str) -> str:
        """Add a class layer that is missing everywhere."""
        return self.constant(name, NODATA)

    def step(
        self, id_: str, outputs: tuple[str, ...] | str, inputs: Mapping[str, Binding], **parameters: Value | Array
    ) -> str:
        """Add one declared kernel, once, and return the name of its first output."""
        names = (outputs,) if isinstance(outputs, str) else outputs
        if names[0] not in self.made:
            self.made.update(names)
            self.steps.append(Step(indicator(id_), inputs, names, parameters))
        return names[0]

    def recode_zones(self, layer: str, size: int) -> None:
        """Add the recode polygons as a group of their own, which only their difference table uses."""
        self.groups["recodes"] = Group("recodes", layer, size)

    def keep(self, key: str, layer: Ref, dtype: str, title: str, *, palette: str = "", unit: str = "class") -> None:
        """Keep a layer as a raster of the run."""
        self.outputs.append(Output(key, layer, dtype, title, palette, unit))  # type: ignore[arg-type]

    def flag(self, code: str, level: str, text: str, *, period: str = "", role: str = "", **fields: object) -> None:
        """Note a gap or a doubt for the report, once."""
        flag = Flag(code, level, text, {"period": period, "role": role, **fields}, period, role)
        if flag not in self.flags:
            self.flags.append(flag)

    def threshold(self, name: str, quantity: str) -> float:
        """Return a threshold stated for NDVI and EVI; 0 for any other quantity unless the country set it (ruling 6)."""
        setting = self.settings.of(name)
        if quantity in INDEX_QUANTITIES or setting.origin == "national":
            return self.settings.number(name)
        self.flag(
            "threshold_of_ndvi",
            "note",
            "{title} is stated for NDVI and EVI; for {quantity} it is 0 unless the country sets it",
            title=setting.title,
            quantity=quantity,
        )
        return 0.0

    def one_year(self, layer: Layer, year: int) -> Slice:
        """Return the slice of a year; the last one stands in for later years, and that is flagged.

        Raises
        ------
        InputError
            If the year lies before the last one and is not there.
        """
        found = {piece.year: piece for piece in layer.slices if piece.year is not None}
        if year in found:
            return found[year]
        last = max(found, default=None)
        if last is None or year < last:
            raise InputError(
                "{role} has no year {year}",
                role=layer.role,
                year=year,
                hint="it has {years}; register that year or change the periods",
                years=years_in_words(layer.years),
            )
        self.flag(
            "year_stands_in", "note", "{role} of {last} stands in for {year}", role=layer.role, last=last, year=year
        )
        return found[last]


def years_in_words(years: tuple[int, ...]) -> str:
    """Return years as runs: "2000-2015, 2019".

    Examples
    --------
    >>> years_in_words((2000, 2001, 2002, 2019))
    '2000-2002, 2019'
    """
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs) or "no dated bands"


def _digest(*parts: str) -> str:
    """Return a short digest of some texts."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
