"""Build a pack: product by product, taken up where it was left, renamed to its name when it is whole."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from landbalance._version import __version__
from landbalance.core.errors import InputError, LandbalanceError, NotFoundError, SourceError
from landbalance.core.progress import NoProgress, Progress
from landbalance.core.sources import Source, spoken_years, years_of
from landbalance.core.tables import toml_table
from landbalance.grid.extents import Extent
from landbalance.io.files import sha256, write_bytes
from landbalance.io.packs.addresses import plain
from landbalance.io.packs.archives import unpack
from landbalance.io.packs.boundaries import Boundary, extent_of_boundary, fetch_boundary, given_boundary, write_boundary
from landbalance.io.packs.build_notes import gap_note, gaps_of, layer_notes, planned_gap, raster_notes
from landbalance.io.packs.finding import Finder
from landbalance.io.packs.gate import PausedError
from landbalance.io.packs.journal import JOURNAL, Journal
from landbalance.io.packs.line import worded
from landbalance.io.packs.making import make_raster
from landbalance.io.packs.manifest import (
    GapTable,
    GridTable,
    MasterGrid,
    PackFile,
    PackLayer,
    PackTable,
    recipe_row,
    write_manifest,
    write_pack_file,
    write_papers,
)  # fmt: skip
from landbalance.io.packs.order import Order
from landbalance.io.packs.plan import Plan, Product, plan_pack, products_of
from landbalance.io.packs.public_file import Desk
from landbalance.io.packs.statistics import statistics_table

MASTER_RES = 0.002777777777777778
RESERVE = 1.3  # of what is kept must be free on the disk


@dataclass(frozen=True)
class Built:
    """A pack that was built, or is on the way."""

    folder: Path
    layers: int
    gaps: tuple[GapTable, ...]


def build_pack(
    order: Order, target: Path, desk: Desk, *, progress: Progress | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Built:  # fmt: skip
    """Build a pack in a folder below `target`, or go on with one that was interrupted.

    Parameters
    ----------
    order : Order
    target : Path
        Where packs are kept.
    desk : Desk
        Line, tokens and cache.
    progress : Progress, optional
    now : callable
        The clock, for the date in the pack.

    Returns
    -------
    Built
        Its folder, and what is missing.

    Raises
    ------
    PausedError
        If the budget or the time of day ends; the next build goes on from there.
    InputError
        If the disk is full, or there is nothing to take up.
    NotFoundError
        If there is no such country.
    """
    work, name = _work_folder(order, target, now())
    _clear_leftovers(work)
    journal = Journal(work)
    created = journal.note_begin(_stated(order), now().replace(microsecond=0).isoformat())
    finder = Finder(desk, _place(order), Extent((), ""), work / ".temporary")
    finder.temporary.mkdir(exist_ok=True)
    try:
        boundary = _boundary(order, finder, journal, work)
        extent = extent_of_boundary(boundary, toml_table("pack")["buffer_km"]) if boundary else None
        plan = plan_pack(order.iso3, size=order.size, years=order.years, extent=extent, registry=order.registry,
                         only=order.only)  # fmt: skip
        finder.extent = plan.extent
        _check_disk(plan, target)
        _make_all(order, plan, finder, journal, work, progress or NoProgress())
        return _finish(order, plan, journal, work, target / name, created)
    finally:
        shutil.rmtree(finder.temporary, ignore_errors=True)
        desk.cache.prune()


def _stated(order: Order) -> dict[str, Any]:
    """Return what makes one order another than the next."""
    return {"iso3": order.iso3, "size": order.size, "years": order.years, "only": list(order.only)}


def _work_folder(order: Order, target: Path, now: datetime) -> tuple[Path, str]:
    """Return the folder to work in and the name it will get; one that was begun is taken up."""
    begun = sorted(target.glob(f".{order.iso3}-*.part"))
    if begun:
        return begun[-1], begun[-1].name.removeprefix(".").removesuffix(".part")
    if order.must_resume:
        raise NotFoundError("nothing of {iso3} was begun in {folder}", iso3=order.iso3, folder=target,
                            hint="leave out --resume")  # fmt: skip
    edition = 1
    while (target / f"{order.iso3}-{now.year}.{edition}").exists():
        edition += 1
    name = f"{order.iso3}-{now.year}.{edition}"
    try:
        (target / f".{name}.part").mkdir(parents=True)
    except OSError as error:
        raise InputError("{folder} cannot be written ({why})", folder=target, why=error.strerror,
                         hint="choose another folder with --to") from error  # fmt: skip
    return target / f".{name}.part", name


def _clear_leftovers(work: Path) -> None:
    """Remove what a kill left half written: it would be carried in the finished pack."""
    for path in [each for each in work.rglob(".*") if each.name != JOURNAL]:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _place(order: Order) -> Any:
    """Return the country; any code where a boundary is given."""
    from landbalance.core.places import country

    invented = order.boundary is not None or order.iso3.startswith("ZZ")
    return country(order.iso3, invented=invented)


def _boundary(order: Order, finder: Finder, journal: Journal, work: Path) -> Boundary | None:
    """Fetch the boundaries, or take the given one, and write them; None where there is none."""
    folder = work / "boundaries"
    origin = order.registry.get("geoboundaries")
    if order.boundary:
        given = given_boundary(order.boundary)
        _note_boundary(journal, work, write_boundary(given, folder), given, None, finder)
        return given
    first: Boundary | None = None
    for level in origin.levels if origin and (not order.only or "boundaries" in order.only) else ():
        try:
            found = fetch_boundary(finder, origin, level)  # type: ignore[arg-type]
        except NotFoundError:
            journal.add({"path": f"{level}", "gap": gap_note("boundaries", "not_there", "gap.level", level)})
            continue
        except SourceError as error:
            why = "offline" if finder.desk.line.is_offline else "failed"
            journal.add({"path": f"{level}", "gap": gap_note("boundaries", why, f"gap.{why}", worded(error))})
            continue
        first = first or found
        _note_boundary(journal, work, write_boundary(found, folder), found, origin, finder)
    return first if first and first.level == "ADM0" else None


def _note_boundary(
    journal: Journal, work: Path, path: Path, boundary: Boundary, origin: Source | None, finder: Finder
) -> None:
    """Note a boundary file."""
    layer = {
        "role": "boundaries", "source": origin.id if origin else "own", "kind": "vector", "crs": "EPSG:4326",
        "title": f"{boundary.level} ({origin.title if origin else 'given by the country'})",
        "licence": boundary.licence, "citation": boundary.citation,
    }  # fmt: skip
    _note(journal, work, path, layer, [recipe_row(finder.desk.cache, boundary.url)])


def _make_all(order: Order, plan: Plan, finder: Finder, journal: Journal, work: Path, progress: Progress) -> None:
    """Make every product that is not there yet; one that fails becomes a gap, and the rest goes on."""
    wanted = [product for product in plan.products if product.source.kind != "geoboundaries"]
    left = [product for product in wanted if journal.done(product.path) is None]
    progress.start(sum(len(product.units) for product in left), "files of public sources")
    for product in left:
        told = _Told(progress)
        finder.desk.line.wait()
        _check_disk(replace(plan, products=(product,)), work)
        try:
            _make(order, product, finder, journal, work, told)
        except PausedError:
            raise
        except (NotFoundError, SourceError) as error:
            _stand_in(order, product, finder, journal, work, error)
        told.finish(len(product.units))
    progress.finish()


@dataclass
class _Told:
    """Tells the progress of one product, never more than there is."""

    progress: Progress
    told: int = 0

    def __call__(self, count: int) -> None:
        self.told += count
        self.progress.advance(count)

    def finish(self, total: int) -> None:
        """Tell the rest."""
        self.progress.advance(max(total - self.told, 0))


def _make(
    order: Order, product: Product, finder: Finder, journal: Journal, work: Path, told: Callable[[int], None]
) -> None:
    """Make one product and note it."""
    del order
    path, source = work / product.path, product.source
    path.parent.mkdir(parents=True, exist_ok=True)
    if source.kind == "table":
        text, addresses = statistics_table(finder, source)
        write_bytes(path, text.encode())
        rows = [recipe_row(finder.desk.cache, plain(address)) for address in addresses]
        _note(journal, work, path, layer_notes(product, "table"), rows)
        return
    if source.kind == "archive" and not source.member:
        address = _unpacked(finder, source, path)
        _note(journal, work, path, layer_notes(product, "folder"), [recipe_row(finder.desk.cache, plain(address))])
        return
    made = make_raster(finder, product, path, told)
    _note(journal, work, path, raster_notes(product, made), made.files, gaps_of(product, made))


def _unpacked(finder: Finder, source: Source, path: Path) -> str:
    """Fetch an archive under the first of its names and take all its files out."""
    absent: NotFoundError | None = None
    for address in finder.addresses(source):
        packed = finder.temporary / f"{source.id}.archive"
        try:
            finder.whole(source, address, packed)
        except NotFoundError as error:
            absent = error
            continue
        part = path.with_name(f".{path.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        try:
            unpack(packed, part)
        except InputError as error:
            shutil.rmtree(part, ignore_errors=True)
            raise SourceError("{why}", why=str(error), retryable=False) from error
        shutil.rmtree(path, ignore_errors=True)
        part.rename(path)
        return address
    raise absent or NotFoundError("{source} has no address", source=source.id)


def _stand_in(
    order: Order, product: Product, finder: Finder, journal: Journal, work: Path, error: LandbalanceError
) -> None:
    """Note a product that failed as a gap, or take another source where that is allowed."""
    years = years_of(str(product.year)) if product.year else ()
    if order.fallback and not isinstance(error, NotFoundError):
        for name in product.source.fallback:
            other = order.registry.get(name)
            if other is None or not other.is_fetched:
                continue
            made, _ = products_of(other, product.role, finder.extent, finder.place, years)
            try:
                for each in made:
                    _make(order, each, finder, journal, work, lambda count: None)
            except (NotFoundError, SourceError):
                continue
            note = gap_note(
                product.role, "switched", "gap.switched", f"{product.source.id} -> {name}", product.source.id
            )
            journal.add({"path": product.path + "#switched", "gap": note | {"years": spoken_years(years)}})
            return
    offline = finder.desk.line.is_offline
    reason = "not_there" if isinstance(error, NotFoundError) else "offline" if offline else "failed"
    key = {"not_there": "gap.years", "offline": "gap.offline", "failed": "gap.failed"}[reason]
    gap = gap_note(product.role, reason, key, worded(error), product.source.id) | {"years": spoken_years(years)}
    journal.add({"path": product.path + "#gap", "gap": gap})


def _finish(order: Order, plan: Plan, journal: Journal, work: Path, final: Path, created: str) -> Built:
    """Write the papers, check the pack and give it its name."""
    from landbalance.io.packs.check import check_pack, write_check

    lines = [line for line in journal.lines if "layer" in line and journal.done(line["path"])]
    gaps = [GapTable(**line["gap"]) for line in journal.lines if "gap" in line and not _is_mended(line, journal)]
    gaps += [GapTable(**gap) for line in lines for gap in line.get("gaps", [])]
    gaps += [planned_gap(gap) for gap in plan.gaps]
    pack = PackFile(
        pack=PackTable(
            format=1, id=final.name, iso3=order.iso3, created=datetime.fromisoformat(created), size=order.size,
            tool=f"landbalance {__version__}", bbox=list(plan.extent.bounds), buffer_km=toml_table("pack")["buffer_km"],
            aoi_sha256=next((line["sha256"] for line in lines if line["path"] == "boundaries/adm0.gpkg"), ""),
        ),
        grid=GridTable(master=MasterGrid(crs="EPSG:4326", origin=[-180.0, 90.0], res=MASTER_RES)),
        layer=[
            PackLayer(path=line["path"], sha256=line["sha256"], bytes=line["bytes"], **line["layer"]) for line in lines
        ],
        gap=sorted(gaps, key=lambda gap: (gap.role, gap.years, gap.reason, gap.detail)),
    )  # fmt: skip
    pack = pack.model_copy(update={"layer": [_measured(work, pack, layer) for layer in pack.layer]})
    recipe = [row | {"layer": line["path"], "time": line["time"]} for line in lines for row in line["files"]]
    write_pack_file(work, pack)
    write_papers(work, pack, recipe)
    write_check(work, pack, check_pack(work, pack, order.registry, is_new=True))
    journal_text = journal.path.read_bytes()
    journal.path.unlink()
    shutil.rmtree(work / ".temporary", ignore_errors=True)
    write_manifest(work)
    try:
        work.rename(final)
    except OSError:
        journal.path.write_bytes(journal_text)
        raise
    return Built(final, len(pack.layer), tuple(pack.gap))


def _measured(work: Path, pack: PackFile, layer: PackLayer) -> PackLayer:
    """Return a layer with the share of the country's cells that it knows."""
    from landbalance.io.packs.check import COVERED, valid_fraction

    if layer.kind != "raster" or layer.role not in COVERED:
        return layer
    return layer.model_copy(update={"valid_fraction": valid_fraction(work, pack, layer)})


def _is_mended(line: Mapping[str, Any], journal: Journal) -> bool:
    """Return whether what a gap stood for has been made since."""
    path = str(line["path"]).partition("#")[0]
    return str(line["path"]).endswith("#gap") and journal.done(path) is not None


def _note(journal: Journal, work: Path, path: Path, layer: Mapping[str, Any], files: list[dict[str, Any]],
          gaps: tuple[dict[str, Any], ...] = ()) -> None:  # fmt: skip
    """Note a file that is whole; one that may not be passed on is moved aside first."""
    size = (
        sum(each.stat().st_size for each in path.rglob("*") if each.is_file()) if path.is_dir() else path.stat().st_size
    )
    via = sorted({mirror for row in files for mirror in row.get("mirror", ())})
    journal.add(
        {
            "path": path.relative_to(work).as_posix(), "sha256": sha256(path), "bytes": size, "kind": layer["kind"],
            "layer": {**layer, "mirror": via}, "files": files, "gaps": list(gaps),
            "time": datetime.now(UTC).replace(microsecond=0).isoformat(),
        }
    )  # fmt: skip


def _check_disk(plan: Plan, target: Path) -> None:
    """Refuse to begin what does not fit on the disk."""
    from landbalance.io.packs.plan import costs_of

    need = int(RESERVE * sum(cost.keep_bytes for cost in costs_of(plan)))
    free = shutil.disk_usage(target).free
    if need > free:
        raise InputError(
            "the pack takes about {need:.1f} GB, and {folder} has {free:.1f} GB free", need=need / 1e9, folder=target,
            free=free / 1e9, hint="free some space, choose another folder with --to, or a smaller --size",
        )  # fmt: skip
