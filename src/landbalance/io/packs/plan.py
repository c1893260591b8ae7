"""What a pack takes: every file of every source, known before anything is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from landbalance.core.errors import InputError
from landbalance.core.places import Country, country
from landbalance.core.sources import Source, sources, spoken_years, years_of
from landbalance.core.tables import toml_table
from landbalance.grid.extents import Extent, country_extent, homolosine_boxes, sinusoidal_boxes
from landbalance.grid.tilings import SourceTile, tiles_of
from landbalance.reporting.pack_words import advice

Size = Literal["minimal", "standard", "full"]
SIZES: tuple[Size, ...] = ("minimal", "standard", "full")


@dataclass(frozen=True)
class Piece:
    """What is read at one go: a tile of a month or year, and the units it takes.

    Parameters
    ----------
    tile : SourceTile or None
    year : int or None
    month : int
        0 where there is none.
    units : tuple of str
        Names of the files it takes, "source/year/tile/date/asset".
    """

    tile: SourceTile | None
    year: int | None
    month: int
    units: tuple[str, ...]


@dataclass(frozen=True)
class Product:
    """One file of a pack.

    Parameters
    ----------
    source : Source
    role : str
    path : str
        In the pack.
    year : int or None
        None for a layer without years, and for one whose months fill one file.
    pieces : tuple of Piece
    """

    source: Source
    role: str
    path: str
    year: int | None
    pieces: tuple[Piece, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """Return the names of all files it takes."""
        return tuple(unit for piece in self.pieces for unit in piece.units)


@dataclass(frozen=True)
class Gap:
    """A layer that is missing: why, and what to do.

    Parameters
    ----------
    role : str
    years : tuple of int
    reason : str
        "login_required", "no_source", "not_there", "failed", "left_out", "offline", "too_large", "switched".
    advice : str
        Key of the advice, or the error itself.
    """

    role: str
    years: tuple[int, ...]
    reason: str
    advice: str
    source: str = ""

    @property
    def said(self) -> str:
        """Return the advice in words."""
        return advice(self.advice)


@dataclass(frozen=True)
class Plan:
    """Everything a pack will ask for."""

    place: Country
    size: Size
    extent: Extent
    products: tuple[Product, ...]
    gaps: tuple[Gap, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """Return the names of all files."""
        return tuple(unit for product in self.products for unit in product.units)


@dataclass(frozen=True)
class Cost:
    """What a source costs: files, requests, bytes read and kept."""

    source: Source
    years: str
    files: int
    requests: int
    read_bytes: int
    keep_bytes: int

    def seconds(self, mbit_s: float) -> float:
        """Return the time of the transfer [s] at a speed, with the waits between requests."""
        rules = toml_table("pack")
        waits = float(self.requests * rules["round_trip_s"] / rules["workers"])
        return self.read_bytes * 8 / (mbit_s * 1e6) + waits


def size_called(text: str) -> Size:
    """Return a size of packs by its name.

    Raises
    ------
    InputError
        If it is none.

    Examples
    --------
    >>> size_called("minimal")
    'minimal'
    """
    for size in SIZES:
        if text == size:
            return size
    raise InputError("{size!r} is no size of a pack", size=text, hint="use {known}", known=", ".join(SIZES))


def plan_pack(
    iso3: str,
    *,
    size: Size = "standard",
    years: str = "",
    extent: Extent | None = None,
    registry: Mapping[str, Source] | None = None,
    only: Sequence[str] = (),
) -> Plan:
    """Return what a pack of a country takes, without asking anybody.

    Parameters
    ----------
    iso3 : str
        ISO 3166 alpha-3 code.
    size : {"minimal", "standard", "full"}
    years : str
        Years of the series, such as "2000-2024"; those of the default when empty.
    extent : Extent, optional
        Where the country lies; its packaged boxes when left out.
    registry : mapping of str to Source, optional
        Sources to take instead of those of the package.
    only : sequence of str
        Roles, where not all are wanted.

    Raises
    ------
    NotFoundError
        If there is no such country.
    InputError
        If the years are none.
    """
    rules, known = toml_table("pack"), registry or sources()
    place = country(iso3.upper(), invented=extent is not None)
    where = extent or country_extent(place.iso3, rules["buffer_km"])
    wanted = years_of(years)
    products: list[Product] = []
    gaps = [
        Gap(row["role"], years_of(row.get("years", "")), row["reason"], row["advice"])
        for row in rules["known_gap"]
        if size in row["sizes"] and (not only or row["role"] in only)
    ]
    for row in rules["want"]:
        if size in row["sizes"] and (not only or row["role"] in only) and row["source"] in known:
            chosen = _chosen(row, wanted)
            if row.get("years") and not chosen:
                gaps.append(Gap(row["role"], wanted, "not_there", "gap.years", row["source"]))
                continue
            found, missing = products_of(known[row["source"]], row["role"], where, place, chosen)
            products += found
            gaps += [gap for gap in missing if not _is_told(gap, gaps)]
    return Plan(place, size, where, tuple(products), tuple(gaps))


def products_of(
    source: Source, role: str, extent: Extent, place: Country, years: tuple[int, ...]
) -> tuple[list[Product], list[Gap]]:
    """Return the files of a pack that a source makes, and the years it does not have."""
    absent = tuple(year for year in years if not source.has_year(year))
    gaps = [Gap(role, absent, "not_there", "gap.years", source.id)] if absent else []
    there = tuple(year for year in years if source.has_year(year))
    folder = f"{'layers' if source.share else 'private'}/{role}/{source.id}"
    if source.kind in ("tiles", "stac", "file", "gismgr", "vrt") and cells_of(source, extent) > _most_cells(source):
        return [], [*gaps, Gap(role, there, "too_large", "gap.too_large", source.id)]
    if source.months:
        pieces = tuple(_piece(source, None, year, month) for year in there for month in range(1, 13))
        name = f"{folder}/monthly.tif"
        return ([Product(source, role, name, None, pieces)] if pieces else []), gaps
    if years and source.years:
        return [
            Product(source, role, f"{folder}/{year}.tif", year, _pieces(source, extent, place, year)) for year in there
        ], gaps
    ending = {"geoboundaries": "boundaries/adm0.gpkg", "table": f"tables/{source.id}.csv"}
    path = ending.get(source.kind, f"{folder}/{source.id}" + ("" if _is_bundle(source) else ".tif"))
    return [Product(source, role, path, None, _pieces(source, extent, place, None))], gaps


def costs_of(plan: Plan) -> tuple[Cost, ...]:
    """Return what each source of a plan costs."""
    rows: dict[str, list[Product]] = {}
    for product in plan.products:
        rows.setdefault(product.source.id, []).append(product)
    return tuple(_cost(products, plan.extent) for products in rows.values())


def cells_of(source: Source, extent: Extent) -> float:
    """Return the number of cells of one layer of a source over an extent."""
    if not source.res:
        return 0.0
    if "igh" in source.crs:
        boxes = homolosine_boxes(extent, source.crs)
    elif "sinu" in source.crs:
        boxes = sinusoidal_boxes(extent)
    else:
        boxes = extent.within_180()
        if source.coverage:
            boxes = tuple(box for box in (_clipped(box, source.coverage) for box in boxes) if box[3] > box[1])
    return sum((east - west) * (north - south) for west, south, east, north in boxes) / source.res**2


def _cost(products: list[Product], extent: Extent) -> Cost:
    """Return the cost of the products of one source."""
    source = products[0].source
    rules = toml_table("pack")
    cells = cells_of(source, extent)
    files = sum(len(product.units) for product in products)
    layers = sum(_layers(product) for product in products)
    kept = cells * source.keep_px * (sum(len(p.pieces) for p in products) if source.months else len(products))
    whole = source.whole_bytes * len(products)
    searches = len(products) * 2 if source.kind in ("stac", "gismgr") else 0
    years = spoken_years(tuple(sorted({product.year for product in products if product.year})))
    return Cost(
        source,
        years or (source.years if source.months else ""),
        files,
        files * (rules["requests_per_file"] if not whole else max(1, whole // (8 << 20))) + searches,
        int(cells * source.read_px * layers + whole),
        int(kept) if source.kind not in ("geoboundaries", "table") else whole,
    )


def _layers(product: Product) -> float:
    """Return how often the whole extent is read for a product."""
    tiles = len({piece.tile.name for piece in product.pieces if piece.tile}) or 1
    return len(product.units) / tiles


def _pieces(source: Source, extent: Extent, place: Country, year: int | None) -> tuple[Piece, ...]:
    """Return the pieces of one file of a pack."""
    if source.kind == "table":
        return tuple(Piece(None, None, 0, (f"{source.id}/-/-/-/{code}",)) for code in source.codes)
    if source.kind == "geoboundaries":
        return tuple(Piece(None, None, 0, (f"{source.id}/-/{place.iso3}/-/{level}",)) for level in source.levels)
    if source.tiling:
        return tuple(_piece(source, tile, year, 0) for tile in tiles_of(source.tiling, extent.boxes))
    return (_piece(source, None, year, 0),)


def _piece(source: Source, tile: SourceTile | None, year: int | None, month: int) -> Piece:
    """Return one piece with the names of its files."""
    dates = [f"{1 + 16 * place:03d}" for place in range(source.composites)] if source.composites > 1 else ["-"]
    dates = [f"{month:02d}"] if month else dates
    stem = f"{source.id}/{year or '-'}/{tile.name if tile else '-'}"
    names = list(source.assets) or ["value"]
    return Piece(tile, year, month, tuple(f"{stem}/{date}/{name}" for date in dates for name in names))


def _chosen(row: Mapping[str, Any], wanted: tuple[int, ...]) -> tuple[int, ...]:
    """Return the years to take: those asked for, within the default where that names single years."""
    default = years_of(row.get("years", ""))
    if not wanted or not default:
        return default
    if "," in row["years"]:
        return tuple(year for year in default if year in wanted)
    return wanted


def _is_told(gap: Gap, gaps: list[Gap]) -> bool:
    """Return whether a gap says no more than another one."""
    return any(other.role == gap.role and set(gap.years) <= set(other.years) for other in gaps if gap.years)


def _most_cells(source: Source) -> float:
    """Return the number of cells beyond which a layer is left out."""
    return float(toml_table("pack")["most_cells"]) * (0.1 if source.composites > 1 else 1.0)


def _is_bundle(source: Source) -> bool:
    """Return whether a source is an archive of which all files are kept."""
    return source.kind == "archive" and not source.member


def _clipped(box: tuple[float, ...], within: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return the part of a box inside another."""
    return (max(box[0], within[0]), max(box[1], within[1]), min(box[2], within[2]), min(box[3], within[3]))
