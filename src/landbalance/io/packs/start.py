"""Begin a workspace from a pack: its layers are named where they lie, its boundary and zones set."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

from landbalance.core.errors import InputError
from landbalance.core.sources import spoken_years
from landbalance.core.tables import toml_table
from landbalance.io.packs.manifest import PackFile, PackLayer, read_pack
from landbalance.io.register import (
    add_layer,
    add_zones,
    init_workspace,
    joined_checksum,
    layer_entry,
    set_file,
    zone_entry,
)
from landbalance.io.workspace_file import LayerTable, ZoneTable

INVENTED = "ZZ"  # codes that ISO leaves to users
LEVELS = {"adm1": "Regions", "adm2": "Districts"}


def start_workspace(name: str, pack_folder: Path, *, title: str = "", start: str | Path | None = None) -> Path:
    """Make a workspace that reads its layers from a pack, and return its folder.

    Parameters
    ----------
    name : str
        Name of the workspace.
    pack_folder : Path
        The pack; it stays where it is.
    title : str
        Title; the name of the country when empty.
    start : str, Path or None
        Where the workspace is made; the current folder when None.

    Raises
    ------
    InputError
        If it is no finished pack, the workspace exists, or a layer cannot be read.
    NotFoundError
        If the pack is of no known country.
    """
    pack_folder = pack_folder.absolute()
    pack = read_pack(pack_folder)
    invented = pack.pack.iso3.startswith(INVENTED)
    folder = init_workspace(name, pack.pack.iso3, title=title, start=start, invented=invented)
    if boundary := boundary_of(pack_folder, pack):
        set_file(folder, "boundary", str(boundary))
    for zone in zones_of(pack_folder, pack):
        add_zones(folder, zone)
    taken: set[str] = set()
    for entry in layer_entries(pack_folder, pack):
        if entry.role not in taken:
            taken.add(entry.role)
            add_layer(folder, entry, is_checked=True)
    return folder


def layer_entries(pack_folder: Path, pack: PackFile) -> tuple[LayerTable, ...]:
    """Return the tables of a workspace that the rasters of a pack make: national ones of a role before public ones.

    Raises
    ------
    InputError
        If the files of a series are not named by year.
    """
    roles = toml_table("pack")["layer"]
    rows = sorted((layer for layer in pack.layer if layer.kind == "raster" and layer.role in roles), key=_series)
    groups = groupby(rows, key=lambda layer: (layer.role, layer.source))
    return tuple(_entry(roles[role], source, list(group), pack_folder) for (role, source), group in groups)


def _series(layer: PackLayer) -> tuple[str, bool, str, int]:
    """Return the order of layers: national ones first, so that they stand for the public ones."""
    return (layer.role, layer.source != "own", layer.source, layer.year or 0)


def _entry(roles: Mapping[str, str], source: str, layers: list[PackLayer], pack: Path) -> LayerTable:
    """Return the table of one layer: its yearly files as one pattern; months have a role of their own."""
    first = layers[0]
    has_months = first.bands > 1 and first.band is None
    role = roles.get("months", roles["role"]) if has_months else roles["role"]
    years = tuple(layer.year for layer in layers if layer.year)
    path = pack / first.path
    is_yearly = bool(years) and all(Path(layer.path).stem == str(layer.year) for layer in layers)
    if years and not is_yearly:
        raise InputError("{role}: the files of {source} are not named by year", role=role, source=source)
    return layer_entry(
        role=role, path=str(path.with_name("{year}.tif") if years else path), quantity=first.quantity, unit=first.unit,
        scale=first.scale, years=spoken_list(years), band=first.band, reference_year=first.reference_year,
        nodata=[each.model_dump() for each in first.nodata], legend=first.legend, title=first.title, source=source,
        licence=first.licence, citation=first.citation, version=first.version, share=first.share,
        band_dates="from-names" if has_months else "",
        crs="" if first.crs.startswith("EPSG") else first.crs,
        seam=sorted({seam for layer in layers for seam in layer.seam}),
        sha256=joined_checksum([(Path(layer.path).name, layer.sha256) for layer in layers]),
    )  # fmt: skip


def spoken_list(years: tuple[int, ...]) -> str | list[int]:
    """Return years as a workspace states them: one run as text, else a list.

    Examples
    --------
    >>> spoken_list((2001, 2002, 2003)), spoken_list((2015, 2019))
    ('2001-2003', [2015, 2019])
    """
    text = spoken_years(years)
    return text if "," not in text and text else list(years)


def boundary_of(pack_folder: Path, pack: PackFile) -> Path | None:
    """Return the boundary of a pack, the country's own before the public one; None where it has none."""
    vectors = _vectors(pack_folder, pack.layer)
    return vectors.get("own") or vectors.get("adm0")


def zones_of(pack_folder: Path, pack: PackFile) -> tuple[ZoneTable, ...]:
    """Return the levels below the country as zones."""
    vectors = _vectors(pack_folder, pack.layer)
    return tuple(
        zone_entry(id=level, path=str(vectors[level]), title=title, name_field="name")
        for level, title in LEVELS.items()
        if level in vectors
    )


def _vectors(pack_folder: Path, layers: Iterable[PackLayer]) -> dict[str, Path]:
    """Return the files of polygons by name."""
    return {Path(layer.path).stem: pack_folder / layer.path for layer in layers if layer.kind == "vector"}
