"""A run as data: sources, steps, tallies and outputs, each with a fingerprint of all it depends on."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from landbalance.core.errors import RuleError
from landbalance.core.layers import Layer, Slice
from landbalance.core.types import Array, Value
from landbalance.indicators.spec import Indicator

Reading = Literal["stored", "values", "codes", "integers", "counts", "density", "reasons", "zones", "constant", "run"]


@dataclass(frozen=True)
class Rows:
    """Some rows of a series layer, by position: `stop` is exclusive; one row alone loses the first axis."""

    layer: str
    start: int
    stop: int
    single: bool = False

    def of(self, array: Array) -> Array:
        """Return those rows of the array."""
        return array[self.start] if self.single else array[self.start : self.stop]


Ref = str | Rows
Binding = Ref | tuple[Ref, ...]


@dataclass(frozen=True)
class Source:
    """A layer that is read, not computed.

    Parameters
    ----------
    name : str
        Name of the layer inside the run.
    reading : str
        How: "stored" integers of a series, physical "values", class "codes" as positions, "integers", people as
        "counts" or "density", polygon "zones", a "constant", or a raster of an earlier "run".
    fingerprint : str
        Checksum of the files and of the way they are read.
    layer, slices : Layer, tuple of Slice
        What is read, and which bands.
    lookup : mapping
        Product code -> position, for "codes".
    path : str
        File of polygons or of an earlier run's raster.
    is_series : bool
        Whether the array keeps its first axis.
    is_heavy : bool
        Whether reading it twice would cost: steps on it run in the first pass.
    fill : float
        Value of a "constant".
    dtype : str
        Element type of a constant or of a raster of a run.
    """

    name: str
    reading: Reading
    fingerprint: str = ""
    layer: Layer | None = None
    slices: tuple[Slice, ...] = ()
    lookup: Mapping[int, int] = field(default_factory=dict)
    path: str = ""
    field_names: tuple[str, str] = ("", "")
    is_series: bool = False
    is_heavy: bool = False
    fill: float = 0.0
    dtype: str = "int8"


@dataclass(frozen=True)
class Step:
    """One declared kernel, bound to named layers."""

    indicator: Indicator
    inputs: Mapping[str, Binding]
    outputs: tuple[str, ...]
    parameters: Mapping[str, Value | Array]

    @property
    def needs(self) -> tuple[str, ...]:
        """Return the names of all layers it reads."""
        return tuple(name for binding in self.inputs.values() for name in names_of(binding))

    def sparing(self, wanted: Collection[str]) -> "Step":
        """Return the step without the work for outputs that nobody wants, where a parameter `with_...` can spare it."""
        bands = zip(self.outputs, self.indicator.outputs, strict=True)
        spared = {f"with_{band.name}": False for name, band in bands if name not in wanted}
        return replace(
            self, parameters={**self.parameters, **{k: v for k, v in spared.items() if k in self.parameters}}
        )


@dataclass(frozen=True)
class Group:
    """A zone layer that tables are counted by; `size` is None where a reduction finds the zones."""

    id: str
    layer: str
    size: int | None


@dataclass(frozen=True)
class TallyAxis:
    """One class axis of a table: the layer, the axis name and the codes that can occur."""

    layer: Ref
    name: str
    codes: tuple[int, ...]


@dataclass(frozen=True)
class Tally:
    """A table to count, by each of its groups: areas, or the sum of a weight layer.

    `weight` None counts area [km2]; otherwise the layer holds an amount per cell (people), or, with `per_ha`, an
    amount per hectare (soc), and `unit` names what is summed.
    """

    name: str
    axes: tuple[TallyAxis, ...]
    groups: tuple[str, ...]
    weight: Ref | None = None
    per_ha: bool = False
    known_only: Ref | None = None  # count only the cells where this value layer is known
    unit: str = "km2"

    @property
    def needs(self) -> tuple[str, ...]:
        """Return the names of the layers it reads, groups aside."""
        refs = [axis.layer for axis in self.axes] + [ref for ref in (self.weight, self.known_only) if ref is not None]
        return tuple(name for ref in refs for name in names_of(ref))


@dataclass(frozen=True)
class Output:
    """A layer that is kept as a raster: its key in the run, its type and how it is shown."""

    key: str
    layer: Ref
    dtype: Literal["int8", "int16", "float32"]
    title: str
    palette: str = ""
    unit: str = "class"


@dataclass(frozen=True)
class Plan:
    """Everything a run does, in an order in which each step finds its inputs."""

    sources: Mapping[str, Source]
    steps: tuple[Step, ...]
    groups: Mapping[str, Group]
    tallies: tuple[Tally, ...]
    outputs: tuple[Output, ...]

    def step_of(self) -> dict[str, Step]:
        """Return the step that makes each computed layer."""
        return {name: step for step in self.steps for name in step.outputs}

    def fingerprints(self, *, ground: str, version: str) -> dict[str, str]:
        """Return for each layer a digest of all that can change it: files, grid, parameters and code version."""
        known = {name: _digest("source", ground, source.fingerprint) for name, source in self.sources.items()}
        for step in self.steps:
            inputs = [f"{key}={_binding_digest(binding, known)}" for key, binding in sorted(step.inputs.items())]
            values = [f"{key}={_value_digest(value)}" for key, value in sorted(step.parameters.items())]
            for place, name in enumerate(step.outputs):
                known[name] = _digest("step", version, step.indicator.id, str(place), *inputs, *values)
        return known

    def tally_fingerprint(self, tally: Tally, known: Mapping[str, str]) -> str:
        """Return the digest of one table."""
        axes = [f"{axis.name}:{axis.codes}:{_binding_digest(axis.layer, known)}" for axis in tally.axes]
        groups = [f"{name}:{known[self.groups[name].layer]}" for name in tally.groups]
        extra = [_binding_digest(ref, known) if ref else "" for ref in (tally.weight, tally.known_only)]
        return _digest("tally", *axes, *groups, *extra, str(tally.per_ha))

    def output_fingerprint(self, output: Output, known: Mapping[str, str]) -> str:
        """Return the digest of one kept raster."""
        return _digest("output", output.dtype, _binding_digest(output.layer, known))

    def cut(self, tallies: Iterable[Tally], outputs: Iterable[Output], stored: Mapping[str, Source]) -> "Plan":
        """Return the part of the plan that these tables and rasters need.

        A layer in `stored` (a raster of an earlier run with the same fingerprint) is read instead of computed.
        """
        tallies, outputs = tuple(tallies), tuple(outputs)
        makers = self.step_of()
        wanted, seen = list(_roots(self, tallies, outputs)), set[str]()
        kept: set[int] = set()
        while wanted:
            name = wanted.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in stored or name in self.sources:
                continue
            kept.add(id(makers[name]))
            wanted.extend(makers[name].needs)
        sources = {
            name: stored.get(name, self.sources.get(name)) for name in seen if name in stored or name in self.sources
        }
        return replace(
            self,
            sources={name: source for name, source in sources.items() if source is not None},
            steps=tuple(step.sparing(seen) for step in self.steps if id(step) in kept),
            tallies=tallies,
            outputs=outputs,
        )

    def passes(self) -> dict[str, int]:
        """Return in which pass each layer is made: reductions open a new pass, heavy series are read once.

        Steps on heavy series run as early as they can; the others where they are first needed.
        """
        earliest = self._earliest()
        makers = self.step_of()
        last = max(earliest.values(), default=0)
        due = dict.fromkeys(_roots(self, self.tallies, self.outputs), last)
        early = self._touched_by_heavy()
        for step in reversed(self.steps):
            level = min((due.get(name, last) for name in step.outputs), default=last)
            if step.indicator.reduction is not None:
                for name in step.needs:
                    due[name] = min(due.get(name, last), level - 1, earliest[step.outputs[0]] - 1)
            level = earliest[step.outputs[0]] if step.outputs[0] in early else level
            for name in step.outputs:
                due[name] = level
            for name in step.needs:
                due[name] = min(due.get(name, last), level)
        return {name: due.get(name, earliest[name]) for name in makers}

    def _earliest(self) -> dict[str, int]:
        """Return the first pass in which each layer could be made."""
        level = dict.fromkeys(self.sources, 0)
        for step in self.steps:
            base = max((level[name] for name in step.needs), default=0)
            for name in step.outputs:
                level[name] = base + (step.indicator.reduction is not None)
        return level

    def _touched_by_heavy(self) -> set[str]:
        """Return the layers made straight from a heavy source, or from a series made of one."""
        touched: set[str] = {name for name, source in self.sources.items() if source.is_heavy}
        found: set[str] = set()
        for step in self.steps:
            if touched & set(step.needs):
                found.update(step.outputs)
                touched.update(
                    name
                    for name, band in zip(step.outputs, step.indicator.outputs, strict=True)
                    if band.when == "series"
                )
        return found


def names_of(binding: Binding) -> Iterator[str]:
    """Yield the names of the layers in a binding."""
    for ref in binding if isinstance(binding, tuple) else (binding,):
        yield ref.layer if isinstance(ref, Rows) else ref


def take(ref: Ref, layers: Mapping[str, Array]) -> Array:
    """Return the array a reference stands for."""
    return ref.of(layers[ref.layer]) if isinstance(ref, Rows) else layers[ref]


def bind(binding: Binding, layers: Mapping[str, Array]) -> Array:
    """Return the array of a binding; several references are stacked along a new first axis."""
    if isinstance(binding, tuple):
        return np.stack([take(ref, layers) for ref in binding])
    return take(binding, layers)


def check_names(sources: Iterable[str], steps: Sequence[Step]) -> None:
    """Refuse a plan in which a step reads a layer that nothing made before it.

    Raises
    ------
    RuleError
        Naming the step and the layer.
    """
    known = set(sources)
    for step in steps:
        for name in step.needs:
            if name not in known:
                raise RuleError(
                    "{step} reads {layer}", step=step.indicator.id, layer=name, hint="nothing makes it before"
                )
        known.update(step.outputs)


def _roots(plan: Plan, tallies: Iterable[Tally], outputs: Iterable[Output]) -> Iterator[str]:
    """Yield the layers that tables and rasters read directly."""
    for tally in tallies:
        yield from tally.needs
        yield from (plan.groups[name].layer for name in tally.groups)
    for output in outputs:
        yield from names_of(output.layer)


def _binding_digest(binding: Binding, known: Mapping[str, str]) -> str:
    """Return the digest of the layers in a binding, with the rows taken."""
    parts = binding if isinstance(binding, tuple) else (binding,)
    return _digest(
        *(f"{known[r.layer]}[{r.start}:{r.stop}:{r.single}]" if isinstance(r, Rows) else known[r] for r in parts)
    )


def _value_digest(value: object) -> str:
    """Return the digest of a parameter."""
    if isinstance(value, np.ndarray):
        return _digest(
            str(value.dtype), str(value.shape), hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
        )
    return repr(value)


def _digest(*parts: str) -> str:
    """Return a short digest of some texts."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
