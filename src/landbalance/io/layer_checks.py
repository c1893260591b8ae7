"""Look at one registered layer: can it be read, does it lie where the country is, and do its values make sense."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import shapely

from landbalance.core.errors import LandbalanceError
from landbalance.core.layers import Layer, Slice
from landbalance.core.legends import legend_doubts
from landbalance.core.roles import quantities
from landbalance.core.words import Words
from landbalance.core.workspace import Workspace
from landbalance.grid.grid import Bounds, Grid
from landbalance.io.bands import open_bands
from landbalance.io.census import FILE_NODATA, NOT_A_NUMBER, ClassCensus, ValueCensus, count_classes, count_values
from landbalance.io.legend_files import read_legend
from landbalance.io.vector import Polygons

Level = Literal["ok", "warning", "error"]
WHOLE = 0.999  # share of the boundary that a layer is expected to cover
SHOWN_CODES = 8


@dataclass(frozen=True)
class Finding:
    """What a check found: how serious, about what, in plain words, and the next step."""

    level: Level
    subject: str
    text: str
    next_step: str = ""


def check_layer(layer: Layer, workspace: Workspace, boundary: Polygons | None) -> Iterator[Finding]:
    """Yield what is right, doubtful or wrong with one layer; its first and last slice are counted.

    Parameters
    ----------
    layer : Layer
        What is looked at.
    workspace : Workspace
        Where it belongs: the legend it nests into.
    boundary : Polygons or None
        The area of interest.
    """
    try:
        grid = _readable(layer)
        yield from _place(layer, grid, boundary)
        bounds = boundary_bounds(boundary, grid.crs)
        if layer.kind in ("class", "mask"):
            yield from _class_findings(layer, workspace, bounds)
        else:
            yield from _value_findings(layer, bounds)
    except LandbalanceError as error:
        yield finding_of(error, layer.role)
    if not layer.licence:
        yield Finding(
            "warning",
            layer.role,
            Words("no licence is stated"),
            Words('add licence = "..." so that results can be passed on'),
        )


def finding_of(error: LandbalanceError, subject: str) -> Finding:
    """Return an error as a finding."""
    step = Words(error.hint, **error.fields) if error.hint else ""
    return Finding("error", subject, Words(error.template, **error.fields), step)


def boundary_bounds(boundary: Polygons | None, crs: str) -> Bounds | None:
    """Return the box around the area of interest in a reference system."""
    if boundary is None:
        return None
    west, south, east, north = shapely.total_bounds(list(boundary.to(crs).geometries))
    return float(west), float(south), float(east), float(north)


def layer_grid(layer: Layer) -> Grid:
    """Return the native grid of a layer's first slice.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    bands = open_bands(layer.slices[0].path, variable=layer.variable, crs=layer.crs)
    bands.close()
    return bands.grid


def _readable(layer: Layer) -> Grid:
    """Open every file once and see that the chosen bands exist; return the grid of the first."""
    highest: dict[str, int] = {}
    for piece in layer.slices:
        highest[piece.path] = max(piece.band, highest.get(piece.path, 0))
    for path, number in highest.items():
        bands = open_bands(path, variable=layer.variable, crs=layer.crs)
        bands.close()
        if number > bands.count:
            raise LandbalanceError(
                "{path} has {count} bands, but band {number} is wanted",
                path=path, count=bands.count, number=number, hint="correct band or years of the layer",
            )  # fmt: skip
    return layer_grid(layer)


def _place(layer: Layer, grid: Grid, boundary: Polygons | None) -> Iterator[Finding]:
    """Yield whether the layer lies where the country is."""
    if boundary is None:
        return
    area = shapely.union_all(list(boundary.to(grid.crs).geometries))
    share = area.intersection(shapely.box(*grid.bounds)).area / area.area
    if share == 0:
        raise LandbalanceError(
            "it does not overlap the boundary: it lies at {place}",
            place=", ".join(f"{edge:.4g}" for edge in grid.bounds),
            hint="check its reference system, or register another file",
        )
    if share < WHOLE:
        yield Finding(
            "warning",
            layer.role,
            Words("it covers {share:.1%} of the boundary", share=share),
            Words("the rest is reported as not assessed"),
        )


def _class_findings(layer: Layer, workspace: Workspace, bounds: Bounds | None) -> Iterator[Finding]:
    """Yield what the codes of the first and last slice show."""
    nesting = workspace.nestings.get(layer.legend) if layer.legend else None
    if layer.role == "land_cover" and nesting is None:
        yield Finding(
            "error",
            layer.role,
            Words("no legend is stated"),
            Words('add legend = "esa_cci" (or the file of a national one)'),
        )
        return
    target = workspace.legend if nesting is not None else None
    counted = [count_classes(layer, piece, target=target, nesting=nesting, bounds=bounds) for piece in _ends(layer)]
    if not any(census.before for census in counted):
        yield _nothing_known(layer)
        return
    yield from _unmapped(layer, counted)
    yield from _hidden_classes(layer, nesting or {}, counted)
    yield from _legend_findings(layer)
    codes = len({entry.code for census in counted for entry in census.before})
    missing = sum(sum(census.missing.values()) for census in counted) / sum(census.pixels for census in counted)
    said = Words("{codes} different codes, {share:.1%} of the box without data", codes=codes, share=missing)
    yield Finding("ok", layer.role, _with_years(layer, said))


def _hidden_classes(layer: Layer, nesting: Mapping[int, int], counted: list[ClassCensus]) -> Iterator[Finding]:
    """Yield the nodata values that are classes of the legend: what stands there is read as unknown."""
    bands = open_bands(layer.slices[0].path, variable=layer.variable, crs=layer.crs)
    bands.close()
    values = {*bands.nodata, *(each.value for each in layer.nodata)}
    hidden = sorted(int(value) for value in values if float(value).is_integer() and int(value) in nesting)
    pixels = sum(sum(census.missing.values()) for census in counted)
    if hidden and pixels:
        names = ", ".join(map(str, hidden))
        yield Finding(
            "warning",
            layer.role,
            Words(
                "its value without data, {names}, is a class of its legend: {pixels:,} pixels are unknown",
                names=names,
                pixels=pixels,
            ),
            Words("if they are that class, save the file without a nodata value"),
        )


def _unmapped(layer: Layer, counted: list[ClassCensus]) -> Iterator[Finding]:
    """Yield the codes that nest into no class, with their counts."""
    counts: Counter[int] = Counter()
    for census in counted:
        counts.update({entry.code: entry.pixels for entry in census.unmapped})
    if not counts:
        return
    shown = ", ".join(f"{code} ({pixels:,})" for code, pixels in sorted(counts.items())[:SHOWN_CODES])
    more = " ..." if len(counts) > SHOWN_CODES else ""
    share = sum(counts.values()) / sum(census.pixels for census in counted)
    whole = sum(entry.pixels for census in counted for entry in census.before)
    yield Finding(
        "error" if sum(counts.values()) == whole else "warning",
        layer.role,
        Words(
            "{count} codes outside the legend {legend} (pixels): {codes}; {share:.1%} of all; they are read as no data",
            count=len(counts),
            legend=layer.legend,
            codes=shown + more,
            share=share,
        ),
        Words("choose the right legend, or state them as nodata with a reason"),
    )


def _legend_findings(layer: Layer) -> Iterator[Finding]:
    """Yield what is doubtful in the legend, and nodata values that are classes of it."""
    if not layer.legend:
        return
    legend = read_legend(layer.legend)
    codes = {entry.code: entry.name for entry in legend.classes}
    for value in (each.value for each in layer.nodata):
        if value in codes:
            name = codes[int(value)]
            yield Finding(
                "warning",
                layer.role,
                Words("nodata value {value:g} is also the class {name}", value=value, name=name),
                Words("take it out of nodata"),
            )
    for doubt in legend_doubts(legend):
        yield Finding(
            "warning",
            layer.role,
            Words("legend {id}: {doubt}", id=legend.id, doubt=doubt),
            Words("see docs: legends; a national legend settles it"),
        )


def _value_findings(layer: Layer, bounds: Bounds | None) -> Iterator[Finding]:
    """Yield what the values of the first and last slice show."""
    counted = [count_values(layer, piece, bounds=bounds) for piece in _ends(layer)]
    lows = [census.minimum for census in counted if census.minimum is not None]
    highs = [census.maximum for census in counted if census.maximum is not None]
    if not lows:
        yield _nothing_known(layer)
        return
    low, high = min(lows), max(highs)
    yield from _range(layer, low, high)
    yield from _gaps(layer, counted, low, high)
    share = sum(census.missing_share for census in counted) / len(counted)
    text = "{low:.4g} to {high:.4g} {unit}, {share:.1%} of the box without data"
    said = Words(text, low=low, high=high, unit=layer.unit, share=share)
    yield Finding("ok", layer.role, _with_years(layer, said))


def _nothing_known(layer: Layer) -> Finding:
    """Return that no pixel of a layer has a value."""
    step = Words("check its nodata values and its file")
    return Finding("error", layer.role, Words("every pixel is without data"), step)


def _range(layer: Layer, low: float, high: float) -> Iterator[Finding]:
    """Yield whether the values are possible for the quantity."""
    known = quantities().get(layer.quantity)
    if known is None or known.unit != layer.unit:
        return
    if (known.high is not None and high > known.high) or (known.low is not None and low < known.low):
        least = "–" if known.low is None else f"{known.low:g}"
        most = "–" if known.high is None else f"{known.high:g}"
        unit = "" if known.unit == "1" else f" {known.unit}"
        yield Finding(
            "error",
            layer.role,
            Words(
                "values run from {low:.4g} to {high:.4g}, possible is {least} to {most}{unit}",
                low=low,
                high=high,
                least=least,
                most=most,
                unit=unit,
            ),
            Words("state its scale (scale = 0.0001 for NDVI kept as whole numbers) and its nodata values"),
        )


def _gaps(layer: Layer, counted: list[ValueCensus], low: float, high: float) -> Iterator[Finding]:
    """Yield nodata values that could be values, and numbers that are none."""
    for each in layer.nodata:
        physical = each.value * layer.scale + layer.offset
        if low < physical < high:
            yield Finding(
                "warning",
                layer.role,
                Words("nodata value {value:g} lies inside the range of its values", value=each.value),
                Words("make sure that it never is a value"),
            )
    odd = sum(census.missing.get(NOT_A_NUMBER, 0) for census in counted)
    if odd and not any(census.missing.get(FILE_NODATA) for census in counted):
        text = Words("{count:,} pixels are not a number", count=odd)
        yield Finding("warning", layer.role, text, Words("they are read as no data"))


def _ends(layer: Layer) -> tuple[Slice, ...]:
    """Return the first and the last slice."""
    return layer.slices if len(layer.slices) < 2 else (layer.slices[0], layer.slices[-1])


def _with_years(layer: Layer, said: Words) -> Words:
    """Return a sentence with the years of a layer before it."""
    years = layer.years
    if not years:
        return said
    if len(years) == 1:
        return Words("{year}, {said}", year=years[0], said=said)
    text = "{count} years {first} to {last}, {said}"
    return Words(text, count=len(years), first=years[0], last=years[-1], said=said)
