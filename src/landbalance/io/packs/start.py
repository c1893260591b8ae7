"""Begin a workspace from a pack: its layers are named where they lie, its boundary and zones set."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from landbalance.core.errors import InputError
from landbalance.core.sources import spoken_years
from landbalance.core.tables import toml_table
from landbalance.io.packs.manifest import PackLayer, read_pack
from landbalance.io.register import add_layer, add_zones, init_workspace, layer_entry, set_file, zone_entry
from landbalance.io.workspace_file import LayerTable

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
    _set_boundaries(folder, pack_folder, pack.layer)
    roles = toml_table("pack")["layer"]
    rows = sorted((layer for layer in pack.layer if layer.kind == "raster" and layer.role in roles), key=_series)
    taken: set[str] = set()
    for (role, source), group in groupby(rows, key=lambda layer: (layer.role, layer.source)):
        target = roles[role]["role"]
        if target in taken:
            continue
        taken.add(target)
        add_layer(folder, _entry(target, source, list(group), pack_folder))
    return folder


def _series(layer: PackLayer) -> tuple[str, bool, str, int]:
    """Return the order of layers: national ones first, so that they stand for the public ones."""
    return (layer.role, layer.source != "own", layer.source, layer.year or 0)


def _entry(role: str, source: str, layers: list[PackLayer], pack: Path) -> LayerTable:
    """Return the table of one layer: its yearly files as one pattern."""
    first = layers[0]
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
        band_dates="from-names" if first.bands > 1 and first.band is None else "",
        crs="" if first.crs.startswith("EPSG") else first.crs,
        seam=sorted({seam for layer in layers for seam in layer.seam}),
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


def _set_boundaries(folder: Path, pack: Path, layers: Iterable[PackLayer]) -> None:
    """Name the boundary, the country's own before the public one, and the levels below as zones."""
    vectors = {Path(layer.path).stem: pack / layer.path for layer in layers if layer.kind == "vector"}
    boundary = vectors.get("own") or vectors.get("adm0")
    if boundary:
        set_file(folder, "boundary", str(boundary))
    for level, title in LEVELS.items():
        if level in vectors:
            add_zones(folder, zone_entry(id=level, path=str(vectors[level]), title=title, name_field="name"))
