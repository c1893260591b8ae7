"""Ask each public source for a header, and compare what it says with the registry."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from landbalance.core.errors import LandbalanceError
from landbalance.core.places import country
from landbalance.core.sources import Source, years_of
from landbalance.grid.extents import Extent, country_extent
from landbalance.io.packs.finding import Finder
from landbalance.io.packs.gate import PausedError
from landbalance.io.packs.line import worded
from landbalance.io.packs.plan import products_of
from landbalance.io.packs.public_file import Desk, PublicFile

PROBED = "KEN"  # a country that every source with tiles covers


@dataclass(frozen=True)
class Probe:
    """What a source said.

    Parameters
    ----------
    source : str
    address : str
        What was asked, without token.
    is_right : bool
        Whether it agrees with the registry.
    differences : tuple of str
        What does not, or why it could not be asked.
    bytes : int or None
        Size of the file.
    at : str
        When.
    """

    source: str
    address: str
    is_right: bool
    differences: tuple[str, ...]
    bytes: int | None
    at: str


def probe_sources(desk: Desk, asked: Iterable[Source], finder: Finder, now: datetime) -> tuple[Probe, ...]:
    """Ask some sources for one header each.

    Parameters
    ----------
    desk : Desk
    asked : iterable of Source
        Those that are not fetched are left out.
    finder : Finder
        Of the country that is probed.
    now : datetime
    """
    moment = now.replace(microsecond=0).isoformat()
    return tuple(_probe(desk, source, finder, moment) for source in asked if source.is_fetched)


def probed_extent() -> Extent:
    """Return a small box inside the probed country."""
    west, south, east, north = country_extent(PROBED, 0).bounds
    middle = (west + east) / 2, (south + north) / 2
    return Extent(((middle[0], middle[1], middle[0] + 0.05, middle[1] + 0.05),), "probe")


def _probe(desk: Desk, source: Source, finder: Finder, moment: str) -> Probe:
    """Ask one source."""
    try:
        address, size, wrong = _asked(desk, source, finder)
    except PausedError:
        raise  # without a line nothing can be said of a source
    except LandbalanceError as error:
        return Probe(source.id, source.url or source.root, False, (worded(error),), None, moment)
    return Probe(source.id, address, not wrong, tuple(wrong), size, moment)


def _asked(desk: Desk, source: Source, finder: Finder) -> tuple[str, int | None, list[str]]:
    """Return address, size and differences of a source."""
    if source.kind == "table":
        years = years_of(source.years)
        place = country(PROBED)
        address = source.address(iso3_lower=place.iso3.lower(), m49=place.m49, code=source.codes[0],
                                 first=years[-1], last=years[-1])  # fmt: skip
        finder.answer(source, address)
        return address, None, []
    if source.kind == "geoboundaries":
        address = source.address(iso3=PROBED, level="ADM0")
        record = finder.answer(source, address)
        return address, None, [] if isinstance(record, dict) and record.get("gjDownloadURL") else ["no gjDownloadURL"]
    if source.kind == "vrt":
        mosaic = finder.mosaic(source)
        off = [] if abs(mosaic.grid.dx - (source.res or 0)) < 1e-3 else [f"cells of {mosaic.grid.dx!r}"]
        return source.url, desk.cache_size(source.url), off
    if source.kind == "archive":
        file = PublicFile(desk, finder.addresses(source)[0], slow=source.slow, places=source.workers)
        return file.key, file.known().size, []
    years = years_of(source.years)[-1:] if source.years else ()
    product = products_of(source, source.role, finder.extent, country(PROBED), years)[0][0]
    readable = finder.readable(product, product.pieces[0], product.pieces[0].units[0])
    return readable.key, desk.cache_size(readable.key), _differences(source, readable.grid(source.crs).dx, readable)


def _differences(source: Source, size: float, readable: object) -> list[str]:
    """Return what a header says that the registry does not."""
    edge = (1e-9 if source.crs == "EPSG:4326" else 1e-3) if source.res else 0.0
    wrong = [f"cells of {size!r}, registry {source.res!r}"] if source.res and abs(size - source.res) > edge else []
    if isinstance(readable, PublicFile):
        head = readable.head()
        if source.tile_px and (head.width, head.height) != (source.tile_px, source.tile_px):
            wrong.append(f"{head.width} x {head.height} cells, registry {source.tile_px}")
        if head.nodata and source.nodata and not source.reduce and _number(head.nodata) not in source.nodata:
            wrong.append(f"nodata {head.nodata}, registry {list(source.nodata)}")
    return wrong


def _number(text: str) -> float:
    """Return the number of a nodata tag."""
    try:
        return float(text)
    except ValueError:
        return float("nan")
