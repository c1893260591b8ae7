"""From `[[layer]]` tables to layers: paths expanded, bands given their years by name, never by guess."""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from landbalance.core.addresses import is_remote
from landbalance.core.dates import When
from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.layers import Kind, Layer, NodataValue, Slice
from landbalance.core.roles import Role, quantities, roles
from landbalance.io.workspace_file import LayerTable

SHARED = "${LANDBALANCE_SHARED}"
YEAR = "{year}"
_RANGE = re.compile(r"^\s*(\d{4})\s*-\s*(\d{4})\s*$")


@dataclass(frozen=True)
class FileBand:
    """One band of a file, or one step of its time axis, and the time it says it stands for."""

    number: int
    name: str
    when: When | None


BandReader = Callable[[str, str, str], tuple[FileBand, ...]]


def expand_path(path: str, folder: Path) -> str:
    """Return an absolute path (or an address) for a path written in a workspace.

    Raises
    ------
    InputError
        If it begins with ${LANDBALANCE_SHARED} and that variable is not set, or holds a password.
    """
    if path.startswith(SHARED):
        shared = os.environ.get("LANDBALANCE_SHARED")
        if not shared:
            raise InputError(
                "{path} needs the variable LANDBALANCE_SHARED",
                path=path,
                hint="set it to the shared folder: export LANDBALANCE_SHARED=/path/to/shared",
            )
        return str(Path(shared).absolute()) + path.removeprefix(SHARED)
    if is_remote(path) and "@" in path.split("/")[2]:
        raise InputError("{path} holds a password", path=path, hint="take it out, and put it in ~/.netrc")
    if "://" in path or not path:
        return path
    return os.path.normpath(folder / Path(path).expanduser())


def layers_of(tables: Iterable[LayerTable], folder: Path, read_bands: BandReader | None = None) -> tuple[Layer, ...]:
    """Return the layers of a workspace; tables with the same role are files of one layer.

    Raises
    ------
    InputError
        If a layer cannot be tied to its years, or two tables of one role differ in what they say.
    """
    merged: dict[str, Layer] = {}
    for table in tables:
        layer = layer_of(table, folder, read_bands)
        merged[layer.role] = _joined(merged[layer.role], layer) if layer.role in merged else layer
    return tuple(merged.values())


def layer_of(table: LayerTable, folder: Path, read_bands: BandReader | None = None) -> Layer:
    """Return the layer one table describes.

    Raises
    ------
    InputError
        If its quantity is missing, or its bands cannot be tied to their years.
    """
    role = roles().get(table.role, Role(table.role, table.role.replace("_", " ")))
    quantity = table.quantity or role.quantity or ("class" if table.legend or table.kind == "class" else "")
    if not quantity and role.id in roles():
        raise InputError(
            "layer {role} says no quantity", role=role.id, hint='write what it measures, such as quantity = "ndvi"'
        )
    known = quantities().get(quantity)
    kind: Kind = table.kind or (known.kind if known else "value")
    slices = _slices(table, role, folder, read_bands or file_bands)
    return Layer(
        role=table.role,
        quantity=quantity or table.role,
        kind=kind,
        slices=slices,
        unit=table.unit or (known.unit if known else "1"),
        scale=table.scale,
        offset=table.offset,
        nodata=_nodata(table),
        legend=_legend_path(table.legend, folder),
        align=table.align or None,
        variable=table.variable,
        crs=table.crs,
        title=table.title or role.title,
        source=table.source,
        licence=table.licence,
        citation=table.citation,
        reference_year=table.reference_year,
    )


def files_of(table: LayerTable, folder: Path) -> list[str]:
    """Return the files and addresses a table names, none of them opened.

    Raises
    ------
    InputError, NotFoundError
        As `expand_path` and `stated_years`, or where no file fits a pattern.
    """
    path = expand_path(table.path, folder)
    if YEAR not in path:
        return [path]
    years = stated_years(table.years) if table.years else ()
    return [path.replace(YEAR, str(year)) for year in years] or list(_years_on_disk(path).values())


def stated_years(years: str | list[int | str]) -> tuple[int | str, ...]:
    """Return the years a table states: "2001-2023", [2001, 2002] or, for spans, ["2000-2015", "2004-2019"].

    Raises
    ------
    InputError
        If a year is no year, or stands twice.

    Examples
    --------
    >>> stated_years("2001-2003"), stated_years(["2000-2015", 2019])
    ((2001, 2002, 2003), ('2000-2015', 2019))
    """
    if isinstance(years, str):
        found = _RANGE.match(years)
        if found and int(found[1]) <= int(found[2]):
            return tuple(range(int(found[1]), int(found[2]) + 1))
        years = [years]
    out: list[int | str] = []
    for year in years:
        text = str(year).strip()
        if not (re.fullmatch(r"\d{4}", text) or _RANGE.match(text)):
            raise InputError(
                "years has {year!r}", year=year, hint='write years = "2001-2023" or years = [2001, 2002, ...]'
            )
        out.append(int(text) if text.isdigit() else text.replace(" ", ""))
    if len(set(out)) < len(out):
        raise InputError("years names a year twice: {years}", years=years, hint="name each year once")
    return tuple(out)


def file_bands(path: str, variable: str = "", crs: str = "") -> tuple[FileBand, ...]:
    """Return the bands of a raster file with their names and the times these carry.

    Raises
    ------
    NotFoundError, InputError
        If there is no such file, or it cannot be read as a raster.
    """
    from landbalance.io.inspect import describe  # slow to import, and most workspaces state their years

    if "://" not in path and not path.startswith("/vsi") and not os.path.lexists(path):
        raise NotFoundError("there is no file {path}", path=path, hint="check the path")
    facts = describe(path, variable, crs=crs)
    named = zip(facts.bands, facts.times, strict=True)
    return tuple(FileBand(number, band.name, when) for number, (band, when) in enumerate(named, start=1))


def _slices(table: LayerTable, role: Role, folder: Path, read_bands: BandReader) -> tuple[Slice, ...]:
    """Return the slices of one table."""
    path = expand_path(table.path, folder)
    years = stated_years(table.years) if table.years else (() if table.year is None else (table.year,))
    if YEAR in path:
        return _slices_of_yearly_files(table, path, years, read_bands)
    if table.band is not None or (isinstance(table.year, int) and not table.years):
        number = _band_number(table, path, read_bands)
        year = years[0] if years else None
        return (_slice(path, number, year),)
    bands = read_bands(path, table.variable, table.crs)
    if years:
        return _chosen(table, path, bands, years)
    if role.is_series or table.band_dates:
        return _dated_by_name(table, path, bands)
    return _static(table, path, bands)


def _slices_of_yearly_files(
    table: LayerTable, pattern: str, years: tuple[int | str, ...], read_bands: BandReader
) -> tuple[Slice, ...]:
    """Return the slices of one file a year; the years are those stated, else those of the files that exist."""
    files = {year: pattern.replace(YEAR, str(year)) for year in years} or _years_on_disk(pattern)
    slices: list[Slice] = []
    for year, path in files.items():
        if table.band is not None:
            slices.append(_slice(path, _band_number(table, path, read_bands), year))
            continue
        bands = read_bands(path, table.variable, table.crs)
        if len(bands) > 1 and any(band.when is None or not band.when.date for band in bands):
            raise InputError(
                "{path} has {count} bands without dates",
                path=path,
                count=len(bands),
                hint="choose one with band = 1, or name the bands by date",
            )
        dates = [band.when.date if band.when and len(bands) > 1 else "" for band in bands]
        slices += [replace(_slice(path, band.number, year), date=date) for band, date in zip(bands, dates, strict=True)]
    return tuple(slices)


def _years_on_disk(pattern: str) -> dict[int | str, str]:
    """Return the files that fit a pattern with {year}, by year."""
    place = Path(pattern)
    if YEAR in str(place.parent) or "://" in pattern:
        raise InputError("{path} needs its years", path=pattern, hint='write years = "2001-2023"')
    shape = re.compile(re.escape(place.name).replace(re.escape(YEAR), r"(\d{4})") + "$")
    entries = sorted(place.parent.glob("*"))
    found: dict[int | str, str] = {int(hit[1]): str(entry) for entry in entries if (hit := shape.match(entry.name))}
    if not found:
        raise NotFoundError("no file fits {path}", path=pattern, hint="check the path; {{year}} stands for four digits")
    return found


def _band_number(table: LayerTable, path: str, read_bands: BandReader) -> int:
    """Return the number of the one band a table chooses, by number or by name."""
    if isinstance(table.band, int):
        return table.band
    bands = read_bands(path, table.variable, table.crs)
    if table.band is None and len(bands) == 1:
        return bands[0].number
    for band in bands:
        if band.name == table.band:
            return band.number
    wanted = f"no band called {table.band}" if table.band else f"{len(bands)} bands for one year"
    raise InputError(
        "{path} has {wanted}", path=path, wanted=wanted, hint="choose a band: {known}", known=_names(bands)
    )


def _chosen(
    table: LayerTable, path: str, bands: tuple[FileBand, ...], years: tuple[int | str, ...]
) -> tuple[Slice, ...]:
    """Return the bands that stand for the stated years: by their own time, else by a count that fits."""
    timed = {band.when.span or band.when.year for band in bands if band.when}
    if timed:
        absent = [year for year in years if year not in timed]
        if absent:
            raise InputError(
                "{role}: {path} has no band for {years}",
                role=table.role,
                path=path,
                years=", ".join(map(str, absent)),
                hint="it has {choices}",
                choices=_spoken_years(timed),
            )
        return _by_time(path, (band for band in bands if band.when and (band.when.span or band.when.year) in years))
    if len(bands) != len(years):
        raise InputError(
            "{role}: {path} has {count} bands, but years names {years}",
            role=table.role,
            path=path,
            count=len(bands),
            years=len(years),
            hint="state one year for each band, or name the bands by year",
        )
    return tuple(_slice(path, band.number, year) for band, year in zip(bands, years, strict=True))


def _dated_by_name(table: LayerTable, path: str, bands: tuple[FileBand, ...]) -> tuple[Slice, ...]:
    """Return the bands of a series whose years stand in their names."""
    unnamed = [band.number for band in bands if band.when is None]
    if len(unnamed) == len(bands) == 1 and not table.band_dates:
        return (Slice(path, bands[0].number),)
    if unnamed:
        raise InputError(
            "{role}: {path} has {count} bands, and {unnamed} of them carry no year",
            role=table.role,
            path=path,
            count=len(bands),
            unnamed=len(unnamed),
            hint='write years = "2001-2023" (one year for each band), or name the bands by year',
        )
    return _by_time(path, bands)


def _static(table: LayerTable, path: str, bands: tuple[FileBand, ...]) -> tuple[Slice, ...]:
    """Return the one band of a layer without years; of several, the one of the reference year."""
    if len(bands) == 1:
        return (Slice(path, bands[0].number),)
    fitting = [band for band in bands if band.when and band.when.year == table.reference_year]
    if len(fitting) == 1:
        return (Slice(path, fitting[0].number),)
    raise InputError(
        "{role}: {path} has {count} bands",
        role=table.role,
        path=path,
        count=len(bands),
        hint="choose one with band = ...: {known}",
        known=_names(bands),
    )


def _by_time(path: str, bands: Iterable[FileBand]) -> tuple[Slice, ...]:
    """Return bands with a time of their own as slices, in the order of time."""
    timed = [(band.when, band) for band in bands if band.when]
    return tuple(
        Slice(path, band.number, when.year, when.date, when.span)
        for when, band in sorted(timed, key=lambda pair: (pair[0].year, pair[0].date, pair[0].span))
    )


def _slice(path: str, number: int, year: int | str | None) -> Slice:
    """Return a slice for a stated year or span."""
    if isinstance(year, str):
        return Slice(path, number, int(year[-4:]), name=year)
    return Slice(path, number, year)


def _joined(first: Layer, second: Layer) -> Layer:
    """Return two tables of one role as one layer, its slices in the order of time."""
    silent = {"slices": (), "title": "", "source": "", "licence": "", "citation": ""}
    if replace(first, **silent) != replace(second, **silent):  # type: ignore[arg-type]
        raise InputError(
            "two layers have the role {role} but differ in scale, nodata, legend or another key",
            role=first.role,
            hint="give files of one series the same keys, or another role",
        )
    slices = sorted(first.slices + second.slices, key=lambda piece: (piece.year or 0, piece.date, piece.name))
    times = [(piece.year, piece.date, piece.name) for piece in slices]
    if len(set(times)) < len(times):
        raise InputError("layer {role} has a year twice", role=first.role, hint="leave one of the files out")
    return replace(first, slices=tuple(slices))


def _nodata(table: LayerTable) -> tuple[NodataValue, ...]:
    """Return the nodata values with their reasons."""
    given = table.nodata if isinstance(table.nodata, list) else [table.nodata]
    pairs = [(v.value, v.reason) if not isinstance(v, float) else (v, "no data") for v in given]
    return tuple(NodataValue(value, reason) for value, reason in pairs)


def _legend_path(legend: str, folder: Path) -> str:
    """Return a legend's id, or the absolute path of its file."""
    return expand_path(legend, folder) if legend.endswith(".toml") else legend


def _names(bands: tuple[FileBand, ...]) -> str:
    """Return the names of a few bands."""
    shown = ", ".join(band.name or str(band.number) for band in bands[:6])
    return f"{shown}, ..." if len(bands) > 6 else shown


def _spoken_years(years: Iterable[int | str]) -> str:
    """Return years as a person would say them."""
    ordered = sorted(years, key=str)
    return ", ".join(map(str, ordered)) if len(ordered) <= 4 else f"{ordered[0]} to {ordered[-1]}"
