"""The papers of a pack: what it holds, its checksums, licences, citations, recipe and catalogue."""

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import tomlkit
from pydantic import AfterValidator, Field

from landbalance.core.errors import InputError
from landbalance.core.sources import Source, source, sources
from landbalance.io.files import sha256, write_text
from landbalance.io.packs.cache import Cache
from landbalance.io.workspace_file import NodataTable, Table, read_form
from landbalance.reporting.pack_words import advice

PACK_FILE = "pack.toml"
MANIFEST = "MANIFEST.sha256"
RECIPE = "RECIPE.json"
SELF_CHECK = ("selfcheck.json", "selfcheck.html")
PRIVATE = "private"


def _inside(path: str) -> str:
    """Refuse a path that does not stay inside the pack."""
    parts = path.split("/")
    if not re.fullmatch(r"[\w./-]+", path) or not all(parts) or ".." in parts:
        raise ValueError("a path in a pack stays inside it")
    return path


class PackTable(Table):
    """What a pack is."""

    format: Literal[1]
    id: str = Field(pattern=r"^[A-Z]{3}-\d{4}\.\d+$")
    iso3: str = Field(pattern=r"^[A-Z]{3}$")
    created: datetime
    size: str
    tool: str
    bbox: list[float]
    buffer_km: float
    aoi_sha256: str = ""
    disclaimer: str = "un"


class MasterGrid(Table):
    """The lattice that results lie on."""

    crs: str
    origin: list[float]
    res: float


class GridTable(Table):
    """Grids of a pack."""

    master: MasterGrid


class PackLayer(Table):
    """One file of a pack."""

    role: str
    source: str
    path: Annotated[str, AfterValidator(_inside)]
    sha256: str
    bytes: int
    kind: Literal["raster", "vector", "table", "folder"] = "raster"
    title: str = ""
    version: str = ""
    year: int | None = None
    years: str = ""
    reference_year: int | None = None
    crs: str = ""
    dtype: str = ""
    nodata: list[NodataTable] = Field(default=[])
    scale: float = 1.0
    unit: str = ""
    quantity: str = ""
    legend: str = ""
    bands: int = 1
    band: int | None = None
    resampled: str = "none"
    licence: str
    citation: str
    share: bool = True
    valid_fraction: float | None = None
    seam: list[str] = Field(default=[])
    mirror: list[str] = Field(default=[])


class GapTable(Table):
    """A layer that is missing."""

    role: str
    source: str = ""
    years: str = ""
    reason: str
    advice: str
    detail: str = ""


class PackFile(Table):
    """The whole `pack.toml`."""

    pack: PackTable
    grid: GridTable
    layer: list[PackLayer] = Field(default=[])
    gap: list[GapTable] = Field(default=[])


def read_pack(folder: Path) -> PackFile:
    """Return what a pack says it holds.

    Raises
    ------
    NotFoundError, InputError
        If the folder is no finished pack, or its file is wrong.
    """
    if not (folder / MANIFEST).is_file():
        raise InputError("{folder} is no finished pack", folder=folder,
                         hint="finish it with landbalance pack build, or name another")  # fmt: skip
    return read_form(folder / PACK_FILE, PackFile)


def write_pack_file(folder: Path, pack: PackFile) -> None:
    """Write `pack.toml`, keys in the order of the form, layers by path."""
    ordered = pack.model_copy(update={"layer": sorted(pack.layer, key=lambda layer: layer.path)})
    document = tomlkit.document()
    for name, value in ordered.model_dump(exclude_none=True, mode="python").items():
        document[name] = value
    write_text(folder / PACK_FILE, tomlkit.dumps(document))


def write_manifest(folder: Path) -> str:
    """Write the checksums of all files, and return that of the list."""
    lines = [f"{sha256(path)}  {path.stat().st_size}  {name}" for name, path in _files(folder)]
    digest = hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()
    write_text(folder / MANIFEST, "".join(line + "\n" for line in [*lines, digest]))
    return digest


def broken_files(folder: Path) -> list[str]:
    """Return what differs from the list of checksums: file by file, one line each.

    Raises
    ------
    InputError
        If there is no list, or the list itself is damaged.
    """
    place = folder / MANIFEST
    try:
        *lines, last = place.read_text(encoding="utf-8").splitlines()
        stated = {name: (digest, int(size)) for digest, size, name in (line.split("  ", 2) for line in lines)}
    except (OSError, ValueError) as error:
        raise InputError("{folder} has no list of checksums that can be read", folder=folder,
                         hint="ask for the pack again") from error  # fmt: skip
    if hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest() != last:
        return [f"{MANIFEST}: the list of checksums was changed"]
    found = dict(_files(folder))
    wrong = [f"{name}: missing" for name in sorted(set(stated) - set(found))]
    wrong += [f"{name}: not in the list" for name in sorted(set(found) - set(stated))]
    for name in sorted(set(found) & set(stated)):
        digest, size = stated[name]
        if found[name].stat().st_size != size or sha256(found[name]) != digest:
            wrong.append(f"{name}: changed")
    return wrong


def layer_nodata(origin: Source, stored: float) -> list[NodataTable]:
    """Return the nodata values of a source's layer with their reasons."""
    if origin.reduce or origin.dtype.startswith("float"):
        return [] if stored != stored else [NodataTable(value=stored)]
    reasons = origin.nodata_reasons or ("no data",) * len(origin.nodata)
    return [NodataTable(value=value, reason=why) for value, why in zip(origin.nodata, reasons, strict=True)]


def recipe_row(cache: Cache, url: str, window: Sequence[int] = ()) -> dict[str, Any]:
    """Return a row of the recipe: a file of a source, its version, the window that was read, the mirrors between."""
    known, via = cache.file(url), cache.via(url)
    row: dict[str, Any] = {"url": url, "etag": known.etag if known else "", "bytes": known.size if known else None,
                           "window": list(window)}  # fmt: skip
    return row | ({"mirror": via} if via else {})


def write_papers(folder: Path, pack: PackFile, recipe: Sequence[dict[str, Any]]) -> None:
    """Write licences, citations, recipe and catalogue."""
    write_text(folder / "LICENCES.md", _licences(pack))
    write_text(folder / "CITATIONS.bib", _citations(pack))
    document = {"pack": pack.pack.id, "tool": pack.pack.tool, "requests": list(recipe)}
    write_text(folder / RECIPE, json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    _write_catalogue(folder, pack)


def _licences(pack: PackFile) -> str:
    """Return one entry for each source and licence."""
    lines = [
        f"# Licences of {pack.pack.id}",
        "",
        "Each layer keeps its own licence. Those marked *private* are not passed on.",
        "",
    ]
    for name, licence, share, title, citation in _by_source(pack):
        mark = "" if share else " *private*"
        info = _link(name)
        lines += [f"## {title}{mark}", "", f"- Licence: {licence}", f"- Citation: {citation}"]
        lines += [f"- Source: {info}", ""] if info else [""]
    lines.append("Boundaries and names do not imply an opinion on the status of any territory.")
    return "\n".join(lines) + "\n"


def _citations(pack: PackFile) -> str:
    """Return a BibTeX entry for each source."""
    entries = []
    for name, _, _, title, citation in _by_source(pack):
        known = sources().get(name)
        fields = {"title": title, "author": known.producer if known else "", "note": citation,
                  "doi": known.doi if known else "", "url": _link(name)}  # fmt: skip
        body = "".join(f"  {key} = {{{value}}},\n" for key, value in fields.items() if value)
        entries.append(f"@misc{{{name},\n{body}}}\n")
    return "\n".join(entries)


def _by_source(pack: PackFile) -> list[tuple[str, str, bool, str, str]]:
    """Return (source, licence, share, title, citation), each once."""
    rows = {(layer.source, layer.licence, layer.share, layer.title, layer.citation) for layer in pack.layer}
    return sorted(rows)


def _link(name: str) -> str:
    """Return where a source is explained."""
    if name not in sources():
        return ""
    known = source(name)
    return f"https://doi.org/{known.doi}" if known.doi else known.url_info or known.url.partition("{")[0]


def _write_catalogue(folder: Path, pack: PackFile) -> None:
    """Write a static STAC catalogue of the rasters: a collection for each source, an item for each file."""
    root, by_source = folder / "stac", dict[str, list[PackLayer]]()
    shutil.rmtree(root, ignore_errors=True)
    for layer in pack.layer:
        if layer.kind == "raster":
            by_source.setdefault(layer.source, []).append(layer)
    links = [
        {"rel": "child", "href": f"./{name}/collection.json", "type": "application/json"} for name in sorted(by_source)
    ]
    catalogue = {"type": "Catalog", "stac_version": "1.0.0", "id": pack.pack.id,
                 "description": f"Country pack {pack.pack.id}", "links": _links("catalog.json", links)}  # fmt: skip
    _write_json(root / "catalog.json", catalogue)
    for name, layers in sorted(by_source.items()):
        items = [_item(pack, layer) for layer in sorted(layers, key=lambda layer: layer.path)]
        for item in items:
            _write_json(root / name / f"{item['id']}.json", item)
        years = [layer.year for layer in layers if layer.year]
        span = [f"{min(years)}-01-01T00:00:00Z", f"{max(years)}-12-31T23:59:59Z"] if years else [None, None]
        collection = {
            "type": "Collection", "stac_version": "1.0.0", "id": name, "description": layers[0].title,
            "license": "other", "extent": {"spatial": {"bbox": [_box(pack)]}, "temporal": {"interval": [span]}},
            "links": _links("collection.json", [
                {"rel": "item", "href": f"./{item['id']}.json", "type": "application/geo+json"} for item in items
            ], root="../catalog.json"),
        }  # fmt: skip
        _write_json(root / name / "collection.json", collection)


def _item(pack: PackFile, layer: PackLayer) -> dict[str, Any]:
    """Return the STAC item of one raster."""
    west, south, east, north = _box(pack)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    name = layer.path.removeprefix("layers/").removesuffix(".tif").replace("/", "_")
    when: dict[str, Any] = {"datetime": pack.pack.created.strftime("%Y-%m-%dT00:00:00Z")}
    if layer.year:
        when = {"datetime": None, "start_datetime": f"{layer.year}-01-01T00:00:00Z",
                "end_datetime": f"{layer.year}-12-31T23:59:59Z"}  # fmt: skip
    return {
        "type": "Feature", "stac_version": "1.0.0", "id": name,
        "collection": layer.source, "bbox": [west, south, east, north],
        "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": when,
        "assets": {"data": {"href": f"../../{layer.path}", "roles": ["data"],
                            "type": "image/tiff; application=geotiff; profile=cloud-optimized"}},
        "links": _links(f"{layer.source}.json", [{"rel": "collection", "href": "./collection.json",
                                                  "type": "application/json"}], root="../catalog.json"),
    }  # fmt: skip


def _links(own: str, more: Iterable[dict[str, Any]], root: str = "./catalog.json") -> list[dict[str, Any]]:
    """Return the links of a STAC document; relative, so that the pack can be carried."""
    del own
    return [{"rel": "root", "href": root, "type": "application/json"}, *more]


def _box(pack: PackFile) -> list[float]:
    """Return the box of a pack as STAC writes it: west may be above east across 180 degrees."""
    west, south, east, north = pack.pack.bbox
    return [west, south, east - 360.0 if east > 180 else east, north]


def _write_json(path: Path, document: dict[str, Any]) -> None:
    """Write a JSON document."""
    write_text(path, json.dumps(document, indent=1, sort_keys=True) + "\n")


def _files(folder: Path) -> list[tuple[str, Path]]:
    """Return all files of a pack but the list itself, by name in the pack."""
    found = ((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    return sorted((name, path) for name, path in found if name != MANIFEST)


def gap_line(gap: GapTable) -> str:
    """Return a gap as one line."""
    years = f" {gap.years}" if gap.years else ""
    return f"{gap.role}{years}: {advice(gap.advice)}" + (f" ({gap.detail})" if gap.detail else "")
