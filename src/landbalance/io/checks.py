"""Check a workspace before a run: what is missing, doubtful or wrong, each with the next step."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from landbalance.core.errors import InputError, LandbalanceError
from landbalance.core.layers import Layer
from landbalance.core.periods import Period
from landbalance.core.progress import NoProgress, Progress
from landbalance.core.words import Words
from landbalance.core.workspace import Workspace, ZoneSource
from landbalance.io.layer_checks import Finding, check_layer, finding_of, layer_grid
from landbalance.io.layer_entries import files_of, layer_of
from landbalance.io.recodes import read_recodes
from landbalance.io.register import checksum_of
from landbalance.io.vector import Polygons, geodesic_area_km2, read_polygons
from landbalance.io.workspace import find_workspace, workspace_from
from landbalance.io.workspace_file import FILE_NAME, LayerTable, WorkspaceFile, read_workspace_file

FEWEST_YEARS = 4  # ruling 7
ADVISED_YEARS = 8
REGIONS_OFF = 0.01  # ruling 11e
SHOWN = 5


def check_workspace(path: str | Path | None = None, *, progress: Progress | None = None) -> tuple[Finding, ...]:
    """Check a workspace: its files, places, years, codes, values and licences.

    Parameters
    ----------
    path : str, Path or None
        As `find_workspace` takes it.
    progress : Progress or None
        Told of each layer.

    Raises
    ------
    NotFoundError, InputError
        If there is no workspace, or its file cannot be read; faults of its layers are findings.
    """
    folder = find_workspace(path)
    form = read_workspace_file(folder / FILE_NAME)
    readable, findings = _readable_layers(form, folder)
    try:
        workspace = workspace_from(form.model_copy(update={"layer": readable}), folder)
        workspace.settings()
    except LandbalanceError as error:
        return (*findings, finding_of(error, FILE_NAME))
    boundary, place = _boundary(workspace)
    findings += [*place, *_roles(workspace), *_years(workspace), *_zones(workspace, boundary)]
    findings += [*_regions(workspace, boundary), *_other_files(workspace), *_changed(readable, folder)]
    bar = progress or NoProgress()
    bar.start(len(workspace.layers), "checking layers")
    for layer in workspace.layers:
        findings += check_layer(layer, workspace, boundary)
        bar.advance(1)
    bar.finish()
    return tuple(findings)


def rasters_of(folder: Path) -> list[str]:
    """Return the rasters that a workspace names, none of them opened; those that cannot be told are left out."""
    found: list[str] = []
    for table in read_workspace_file(folder / FILE_NAME).layer:
        with suppress(LandbalanceError):
            found += files_of(table, folder)
    return found


def _readable_layers(form: WorkspaceFile, folder: Path) -> tuple[list[LayerTable], list[Finding]]:
    """Return the layer tables that can be tied to their years, and a finding for each other."""
    readable: list[LayerTable] = []
    findings: list[Finding] = []
    for table in form.layer:
        try:
            layer_of(table, folder)
            readable.append(table)
        except LandbalanceError as error:
            findings.append(finding_of(error, table.role))
    return readable, findings


def _boundary(workspace: Workspace) -> tuple[Polygons | None, list[Finding]]:
    """Return the boundary and what is to be said of it."""
    if not workspace.boundary:
        step = Words("add one: landbalance data add PATH --role boundary")
        return None, [Finding("error", "boundary", Words("there is no boundary"), step)]
    try:
        polygons = read_polygons(workspace.boundary)
    except LandbalanceError as error:
        return None, [finding_of(error, "boundary")]
    area = geodesic_area_km2(polygons)
    said = Words("{area:,.0f} km2, polygons: {count}", area=area, count=len(polygons.geometries))
    ok = Finding("ok", "boundary", said)
    return polygons, [*_notes(polygons, "boundary"), ok]


def _notes(polygons: Polygons, subject: str) -> list[Finding]:
    """Return the repairs of polygons as findings."""
    step = Words("look at the shape in a GIS")
    return [Finding("warning", subject, note, step) for note in polygons.notes[:SHOWN]]


def _roles(workspace: Workspace) -> Iterator[Finding]:
    """Yield the layers that are missing, and what that does."""
    has = {layer.role for layer in workspace.layers}
    productivity = bool(has & {"productivity", "lpd"})
    if not productivity and "land_cover" not in has and "soc" not in has:
        step = Words("add one: landbalance data add PATH --role land_cover ...")
        text = Words("there is neither productivity, land cover nor soil organic carbon")
        yield Finding("error", "layers", text, step)
        return
    gap = Words("the indicator is not assessed without it (see nodata_rule)")
    absent = Words("there is no such layer")
    for missing, role in ((not productivity, "productivity"), ("land_cover" not in has, "land_cover")):
        if missing:
            yield Finding("warning", role, absent, gap)
    if "soc" not in has:
        yield Finding("warning", "soc", absent, gap)
    elif "climate_zone" not in has:
        yield Finding("warning", "climate_zone", absent, Words("stocks need it where land cover changes"))
    if "productivity" in has and not has & {"soil", "performance_unit"}:
        yield Finding("warning", "soil", absent, Words("performance is compared within land cover alone"))


def _years(workspace: Workspace) -> Iterator[Finding]:
    """Yield the years that the periods need and no layer has."""
    cover, productivity = workspace.layer("land_cover"), workspace.layer("productivity")
    for period in workspace.periods:
        if cover is not None:
            yield from _cover_years(cover, period)
        if productivity is not None and workspace.layer("lpd") is None:
            yield from _series_years(productivity, period)


def _cover_years(cover: Layer, period: Period) -> Iterator[Finding]:
    """Yield the first and last years that land cover lacks."""
    for year in sorted({*period.land_cover, *period.soc} - set(cover.years)):
        near = min(cover.years, key=lambda known: abs(known - year), default=None)
        step = (
            Words("add that year, or change the period; the nearest is {year}", year=near)
            if near
            else Words("state its years")
        )
        text = Words("period {period} needs {year}", period=period.name, year=year)
        yield Finding("error", "land_cover", text, step)


def _series_years(series: Layer, period: Period) -> Iterator[Finding]:
    """Yield what a productivity series lacks for a period."""
    first, last = period.productivity
    wanted = set(range(first, last + 1))
    count = len(wanted & set(series.years))
    absent = sorted(wanted - set(series.years))
    subject = series.role
    if count < FEWEST_YEARS:
        step = Words("change the period, or add years; a trend needs {count}", count=FEWEST_YEARS)
        text = "period {period} ({first} to {last}) has {count} years"
        said = Words(text, period=period.name, first=first, last=last, count=count)
        yield Finding("error", subject, said, step)
    elif absent:
        named = ", ".join(map(str, absent[:SHOWN])) + (" ..." if len(absent) > SHOWN else "")
        said = Words("period {period} lacks {years}", period=period.name, years=named)
        yield Finding("warning", subject, said, Words("add them, or change the period"))
    if FEWEST_YEARS <= count < ADVISED_YEARS:
        yield Finding(
            "warning",
            subject,
            Words("period {period} has {count} years: a short series", period=period.name, count=count),
            Words("it is left out of the PRAIS package below {count} years", count=ADVISED_YEARS),
        )


def _zones(workspace: Workspace, boundary: Polygons | None) -> Iterator[Finding]:
    """Yield whether zones can be read, and which of them lie outside."""
    for source in workspace.zones:
        try:
            zones = read_polygons(
                source.path, name_field=source.name_field or None, code_field=source.code_field or None
            )
        except LandbalanceError as error:
            yield finding_of(error, source.id)
            continue
        yield from _notes(zones, source.id)
        yield from _outside(source, zones, boundary, workspace)
        yield Finding("ok", source.id, Words("{count} zones", count=len(zones.geometries)))


def _outside(source: ZoneSource, zones: Polygons, boundary: Polygons | None, workspace: Workspace) -> Iterator[Finding]:
    """Yield the zones that lie outside the boundary, or outside the layers."""
    frames: list[tuple[str, BaseGeometry]] = []
    if boundary is not None:
        frames.append((Words("the boundary"), shapely.union_all(list(boundary.to(zones.crs).geometries))))
    for layer in workspace.layers:
        try:
            grid = layer_grid(layer)
        except LandbalanceError:
            continue  # said when the layer itself is checked
        box = Polygons((shapely.box(*grid.bounds),), ("",), ("",), grid.crs)
        frames.append((Words("layer {role}", role=layer.role), box.to(zones.crs).geometries[0]))
    for where, frame in frames:
        shapely.prepare(frame)
        pairs = zip(zones.names, zones.geometries, strict=True)
        names = [name for name, geometry in pairs if not frame.intersects(geometry)]
        if names:
            shown = ", ".join(names[:SHOWN]) + (" ..." if len(names) > SHOWN else "")
            text = Words("{count} zones lie outside {where}: {names}", count=len(names), where=where, names=shown)
            yield Finding("warning", source.id, text, Words("they get no figure; check their reference system"))


def _other_files(workspace: Workspace) -> Iterator[Finding]:
    """Yield whether the coast and the recode polygons can be read."""
    readers = (("coast", workspace.coast, read_polygons), ("recodes", workspace.recodes, read_recodes))
    for subject, path, read in readers:
        try:
            if path:
                read(path)
        except LandbalanceError as error:
            yield finding_of(error, subject)


def _changed(tables: list[LayerTable], folder: Path) -> Iterator[Finding]:
    """Yield the files that are not those that were registered."""
    for table in tables:
        if not table.sha256:
            continue
        files = tuple(dict.fromkeys(piece.path for piece in layer_of(table, folder).slices))
        if checksum_of(files) != table.sha256:
            step = Words("register it again with landbalance data add, so that its checksum is right")
            yield Finding("warning", table.role, Words("the file has changed since it was registered"), step)


def _regions(workspace: Workspace, boundary: Polygons | None) -> Iterator[Finding]:
    """Yield whether the regions with matrices of their own sum to the nation."""
    if not workspace.regions or boundary is None:
        return
    try:
        area = sum(geodesic_area_km2(read_polygons(region.path)) for region in workspace.regions)
        check_regions(area, geodesic_area_km2(boundary))
    except LandbalanceError as error:
        yield finding_of(error, "regions")


def check_regions(regions_km2: float, nation_km2: float) -> None:
    """Refuse regions whose areas do not sum to the nation's within 1 %.

    Raises
    ------
    InputError
        If they do not.
    """
    off = regions_km2 / nation_km2 - 1
    if abs(off) > REGIONS_OFF:
        raise InputError(
            "the regions sum to {regions:,.0f} km2, {off:+.1%} off the nation's {nation:,.0f} km2",
            regions=regions_km2,
            nation=nation_km2,
            off=off,
            hint="draw them so that they cover the nation once",
        )
