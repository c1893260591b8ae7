"""Carry packs: out to a stick, in from one, compared, and added to with national layers."""

import json
import os
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from landbalance.core.errors import InputError, RuleError
from landbalance.core.sources import sources
from landbalance.io.files import sha256, whole_file
from landbalance.io.packs.archives import unpack
from landbalance.io.packs.check import check_pack, write_check
from landbalance.io.packs.check_page import Finding
from landbalance.io.packs.decoder import Decoder, UndecodedError
from landbalance.io.packs.journal import JOURNAL
from landbalance.io.packs.manifest import (
    MANIFEST,
    PACK_FILE,
    PRIVATE,
    RECIPE,
    PackFile,
    PackLayer,
    broken_files,
    read_pack,
    write_manifest,
    write_pack_file,
    write_papers,
)  # fmt: skip
from landbalance.io.workspace_file import NodataTable

ENDING = ".lbpack"
MOST_PAPER_BYTES = 32 << 20
EPOCH = (1980, 1, 1, 0, 0, 0)
Change = Literal["added", "removed", "changed"]
_EFFECT = {
    "land_cover": "land cover, carbon and the joined indicator",
    "ndvi": "land productivity and the joined indicator",
    "productivity": "land productivity and the joined indicator",
    "soc": "carbon and the joined indicator",
    "soil": "performance of land productivity",
    "climate_zone": "carbon where land cover changes",
    "aridity": "affected areas",
    "precipitation": "drought indices",
    "pet": "drought indices with evapotranspiration",
    "population": "people exposed",
    "boundaries": "every area",
}


@dataclass(frozen=True)
class Difference:
    """One file that differs between two packs, and what rests on it."""

    path: str
    role: str
    change: Change
    effect: str


def find_pack(name: str | Path, folder: Path) -> Path:
    """Return the folder of a pack: a path, or a name in the folder of packs.

    Raises
    ------
    InputError
        If there is none.
    """
    for place in (Path(name), folder / name):
        if (place / PACK_FILE).is_file():
            return place
    raise InputError("there is no pack {name}", name=name, hint="look in {folder}, or give its path", folder=folder)


def check_folder(folder: Path, *, rewrite: bool = False) -> tuple[Finding, ...]:
    """Check a finished pack against its own list, the registry and official statistics.

    Raises
    ------
    InputError
        If it is no finished pack.
    """
    pack = read_pack(folder)
    found = check_pack(folder, pack, sources())
    if rewrite:
        write_check(folder, pack, found)
    return found


def export_pack(folder: Path, target: Path, *, is_shareable: bool) -> Path:
    """Write a pack as one file, the same bytes each time.

    Parameters
    ----------
    folder : Path
        The pack.
    target : Path
        Folder the file is written in.
    is_shareable : bool
        Whether layers that may not be passed on are left out, with the papers made anew.

    Returns
    -------
    Path
        The file, `ID.lbpack`.

    Raises
    ------
    InputError
        If the pack is damaged, or the file cannot be written.
    """
    _refuse_damage(folder)
    pack = read_pack(folder)
    name = pack.pack.id + ENDING
    if not is_shareable:
        return _zipped(folder, target / name)
    stage = target / f".{pack.pack.id}.share"
    shutil.rmtree(stage, ignore_errors=True)
    try:
        shutil.copytree(folder, stage, ignore=shutil.ignore_patterns(PRIVATE))
        shared = pack.model_copy(update={"layer": [layer for layer in pack.layer if _may_go(layer)]})
        for layer in pack.layer:
            if not _may_go(layer):
                _remove(stage / layer.path)
        write_pack_file(stage, shared)
        write_papers(stage, shared, recipe_of(stage, {layer.path for layer in shared.layer}))
        write_check(stage, shared, check_pack(stage, shared, sources(), is_new=True))
        write_manifest(stage)
        return _zipped(stage, target / name)
    except OSError as error:
        raise InputError("{target} cannot be written ({why})", target=target, why=error.strerror,
                         hint="free some space, or choose another folder") from error  # fmt: skip
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def import_pack(archive: Path, target: Path) -> Path:
    """Take a pack in from a file or folder: looked at first, and only then given its name.

    Raises
    ------
    InputError
        If it is not whole, holds anything but plain files, is damaged, or is there already.
    """
    if not archive.exists():
        raise InputError("{archive} does not exist", archive=archive, hint="check the path of the pack")
    stage = target / f".import-{os.getpid()}"
    shutil.rmtree(stage, ignore_errors=True)
    try:
        if archive.is_dir():
            _refuse_links(archive)
            shutil.copytree(archive, stage)
        else:
            stage.mkdir(parents=True)
            unpack(archive, stage, most_ratio=100)
        if not (stage / MANIFEST).is_file() or (stage / JOURNAL).exists():
            raise InputError("{archive} is no finished pack", archive=archive, hint="ask for it again")
        _refuse_long_papers(stage)
        _refuse_damage(stage)
        pack = read_pack(stage)
        _refuse_foreign(stage, pack)
        final = target / pack.pack.id
        if final.exists():
            raise InputError("{folder} exists already", folder=final, hint="move it away, or compare: pack diff")
        stage.rename(final)
        return final
    except OSError as error:
        raise InputError("{archive} cannot be taken in ({why})", archive=archive, why=error.strerror or error,
                         hint="free some space, or choose another folder with --to") from error  # fmt: skip
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def diff_packs(one: Path, other: Path) -> tuple[Difference, ...]:
    """Return the files whose content differs between two packs.

    Raises
    ------
    InputError
        If one is no finished pack.
    """
    before = {layer.path: layer for layer in read_pack(one).layer}
    after = {layer.path: layer for layer in read_pack(other).layer}
    found = []
    for path in sorted(before.keys() | after.keys()):
        old, new = before.get(path), after.get(path)
        if old and new and old.sha256 == new.sha256:
            continue
        change: Change = "added" if old is None else "removed" if new is None else "changed"
        role = (new or old).role  # type: ignore[union-attr]
        found.append(Difference(path, role, change, _EFFECT.get(role, "nothing that is computed by default")))
    return tuple(found)


def add_layer(folder: Path, layer: PackLayer, file: Path, *, replace: bool = False) -> PackLayer:
    """Put a national layer into a pack, beside the public one or in its place; papers and checksums follow.

    Parameters
    ----------
    folder : Path
        The pack.
    layer : PackLayer
        What it is; path, checksum and size are filled here.
    file : Path
        A GeoTIFF, or polygons for the role "boundaries".
    replace : bool
        Whether layers of the same role and year are taken out.

    Raises
    ------
    InputError
        If the pack is damaged, the file cannot be read, or there is such a layer already.
    """
    _refuse_damage(folder)
    pack = read_pack(folder)
    described = _described(layer, file)
    same = [each for each in pack.layer if each.role == described.role and each.year == described.year]
    kept = [each for each in pack.layer if each not in same] if replace else list(pack.layer)
    if any(each.path == described.path for each in kept):
        raise InputError(
            "the pack has {path} already", path=described.path, hint="add --replace to put yours in its place"
        )
    goal = folder / described.path
    with whole_file(goal, file.stat().st_size) as temporary:
        shutil.copyfile(file, temporary)
    placed = described.model_copy(update={"sha256": sha256(goal), "bytes": goal.stat().st_size})
    for each in same if replace else ():
        if each.path != placed.path:
            _remove(folder / each.path)
    gaps = [gap for gap in pack.gap if not _is_filled(gap.role, gap.years, placed)]
    new = pack.model_copy(update={"layer": [*kept, placed], "gap": gaps})
    write_pack_file(folder, new)
    write_papers(folder, new, recipe_of(folder, {each.path for each in new.layer}))
    write_check(folder, new, check_pack(folder, new, sources(), is_new=True))
    write_manifest(folder)
    return placed


def _described(layer: PackLayer, file: Path) -> PackLayer:
    """Return a layer with what its file says of itself."""
    if not file.is_file():
        raise InputError("{file} does not exist", file=file, hint="check the path")
    if layer.kind == "vector":
        from landbalance.io.vector import read_polygons

        read_polygons(file)
        return layer.model_copy(update={"path": f"boundaries/own{file.suffix.lower()}", "crs": "EPSG:4326"})
    from landbalance.io.bands import open_bands

    bands = open_bands(str(file))
    try:
        facts = {"crs": bands.grid.crs, "dtype": bands.dtype.name, "bands": bands.count}
        nodata = layer.nodata or [NodataTable(value=value) for value in bands.nodata]
    finally:
        bands.close()
    root = "layers" if layer.share else PRIVATE
    name = f"{layer.year}" if layer.year else layer.role
    filled = (
        layer.model_dump()
        | facts
        | {"path": f"{root}/{layer.role}/own/{name}.tif", "nodata": [each.model_dump() for each in nodata]}
    )
    return PackLayer.model_validate(filled)


def _is_filled(role: str, years: str, layer: PackLayer) -> bool:
    """Return whether an added layer closes a gap of one year or none."""
    same = role == layer.role or (role == "ndvi" and layer.role == "productivity")
    return same and years in ("", str(layer.year or ""))


def _may_go(layer: PackLayer) -> bool:
    """Return whether a layer may be passed on: stated so, and not known to be closed."""
    known = sources().get(layer.source)
    return layer.share and not layer.path.startswith(PRIVATE + "/") and (known is None or known.share)


def shared_layers(folder: Path) -> list[PackLayer]:
    """Return the layers of a pack that may be passed on.

    Raises
    ------
    InputError
        If it is no finished pack.
    """
    return [layer for layer in read_pack(folder).layer if _may_go(layer)]


def recipe_of(folder: Path, paths: set[str]) -> list[dict[str, object]]:
    """Return the recipe's rows of some layers."""
    rows = json.loads((folder / RECIPE).read_text(encoding="utf-8"))["requests"]
    return [row for row in rows if row["layer"] in paths]


def _zipped(folder: Path, target: Path) -> Path:
    """Write a folder as a zip without compression: sorted names, no times."""
    files = sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    with whole_file(target) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as packed:
        for name, path in files:
            info = zipfile.ZipInfo(name, EPOCH)
            info.external_attr = 0o100644 << 16
            info.create_system = 3
            with path.open("rb") as source, packed.open(info, "w", force_zip64=True) as out:
                shutil.copyfileobj(source, out, 1 << 20)
    return target


def _refuse_damage(folder: Path) -> None:
    """Refuse a pack of which a file is not what the list says."""
    wrong = broken_files(folder)
    if wrong:
        raise InputError("{folder} is damaged: {wrong}", folder=folder.name, wrong="; ".join(wrong[:3]),
                         hint="ask for the pack again")  # fmt: skip


def _refuse_long_papers(folder: Path) -> None:
    """Refuse a list of contents that no pack of ours needs: it would be read whole."""
    for name in (PACK_FILE, MANIFEST):
        if (folder / name).is_file() and (folder / name).stat().st_size > MOST_PAPER_BYTES:
            raise InputError("{path} is too long for a list of layers", path=name, hint="ask for the pack again")


def _refuse_links(folder: Path) -> None:
    """Refuse a folder that holds links or anything but files and folders."""
    for path in folder.rglob("*"):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise InputError("{path} is no plain file", path=path, hint="ask for the pack again")


def _refuse_foreign(folder: Path, pack: PackFile) -> None:
    """Refuse layers that are not there, and rasters and polygons that a child cannot read to their end."""
    decoder = Decoder()
    try:
        _look_at_layers(folder, pack, decoder)
    finally:
        decoder.close()


def _look_at_layers(folder: Path, pack: PackFile, decoder: Decoder) -> None:
    """Look at each layer, to its end."""
    for layer in pack.layer:
        place = folder / PurePosixPath(layer.path)
        if not place.exists():
            raise RuleError("the pack names {path}, which is not there", path=layer.path, hint="ask for the pack again")
        if layer.kind not in ("raster", "vector"):
            continue
        if layer.kind == "raster":
            _refuse_other_than_tiff(place, layer.path)
        try:
            decoder.look_through(place, layer.kind)
        except UndecodedError as error:
            raise InputError("{path} cannot be read ({why})", path=layer.path, why=error,
                             hint="ask for the pack again") from error  # fmt: skip


def _refuse_other_than_tiff(place: Path, name: str) -> None:
    """Refuse what does not begin as a TIFF does: no other reader is tried."""
    with place.open("rb") as file:
        start = file.read(4)
    if start not in (b"II*\0", b"II+\0", b"MM\0*", b"MM\0+"):
        raise InputError("{path} is no GeoTIFF", path=name, hint="ask for the pack again")


def _remove(path: Path) -> None:
    """Remove a file or folder."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
