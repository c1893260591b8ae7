"""From the names of a plan to files that can be read: templates, searches, listings, mosaics and archives."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urljoin

from landbalance.core.errors import InputError, NotFoundError, SourceError
from landbalance.core.places import Country
from landbalance.core.sources import Source
from landbalance.core.tables import toml_table
from landbalance.core.types import Array
from landbalance.grid.extents import Extent
from landbalance.grid.grid import Grid
from landbalance.io.packs.archives import gunzip, unpack
from landbalance.io.packs.decoder import Decoder, UndecodedError
from landbalance.io.packs.plan import Piece, Product
from landbalance.io.packs.public_file import Desk, PublicFile
from landbalance.io.packs.stac import search
from landbalance.io.packs.strict import strict_json
from landbalance.io.packs.tiff_head import read_head
from landbalance.io.packs.vrt import Mosaic, read_mosaic

PAGES = 1000
JSON_MIB = 64


class Readable(Protocol):
    """A raster file of which windows are read."""

    key: str

    def grid(self, crs: str) -> Grid:
        """Return its grid."""

    def window(self, row: int, col: int, height: int, width: int, band: int = 1) -> Array:
        """Return a window of a band."""


class UnpackedFile:
    """A raster that came out of an archive: read from the disk, after its head has been looked at."""

    def __init__(self, place: Path, key: str, decoder: Decoder) -> None:
        self.place, self.key, self._decoder = place, key, decoder

    def grid(self, crs: str) -> Grid:
        """Return its grid."""
        with self.place.open("rb") as file:

            def read(at: int, length: int) -> bytes:
                file.seek(at)
                return file.read(length)

            head = read_head(read, self.place.stat().st_size, self.key)
        return Grid(crs, head.west, head.north, head.dx, head.dy, head.width, head.height)

    def window(self, row: int, col: int, height: int, width: int, band: int = 1) -> Array:
        """Return a window of a band."""
        try:
            return self._decoder.window(self.place, band, row, col, height, width)
        except UndecodedError as error:
            raise SourceError("{name} does not decode ({why})", name=self.key, why=error, retryable=True) from error


@dataclass
class Finder:
    """Finds the files of products.

    Parameters
    ----------
    desk : Desk
    place : Country
    extent : Extent
    temporary : Path
        Where archives are unpacked.
    """

    desk: Desk
    place: Country
    extent: Extent
    temporary: Path
    _found: dict[tuple[str, int], Mapping[str, str]] = field(default_factory=dict)
    _unpacked: dict[str, UnpackedFile] = field(default_factory=dict)

    def readable(self, product: Product, piece: Piece, unit: str) -> Readable:
        """Return the file of a unit.

        Raises
        ------
        NotFoundError
            If the source does not have it.
        SourceError
            If it cannot be looked for.
        """
        source = product.source
        if source.kind == "archive":
            return self._from_archive(source)
        if source.kind in ("stac", "gismgr"):
            return self._public(source, self._searched(product, piece, unit))
        if source.months or source.alternatives:
            return self._first_there(source, piece)
        return self._public(source, self._address(source, source.url, piece))

    def mosaic(self, source: Source) -> Mosaic:
        """Return the mosaic of a source."""
        limit = toml_table("pack")["limits"]["xml_mib"] << 20
        file = self._public(source, source.url)
        size = file.known().size
        if size > limit:
            raise SourceError("{address} has {size} bytes, too many for a list of tiles", address=source.url, size=size,
                              retryable=False)  # fmt: skip
        return read_mosaic(file.bytes_of(0, size), source.url, source.crs)

    def part(self, source: Source, name: str) -> PublicFile:
        """Return one tile of a mosaic."""
        return self._public(source, urljoin(source.url, name))

    def whole(self, source: Source, address: str, place: Path) -> Path:
        """Fetch a file whole."""
        most = toml_table("pack")["limits"]["archive_mib"] << 20
        return self._public(source, address).whole(place, most)

    def answer(self, source: Source, address: str) -> Any:
        """Return the JSON an interface answers; kept for a week."""
        key = "get:" + hashlib.sha256(address.encode()).hexdigest()

        def ask() -> bytes:
            line = self.desk.line
            content = line.get(address, most=JSON_MIB << 20, slow=source.slow, places=source.workers).content
            strict_json(content, address)
            return content

        return strict_json(self.desk.answer(key, address, ask), address)

    def addresses(self, source: Source) -> list[str]:
        """Return the address of a source without tiles and those tried after it."""
        piece = Piece(None, None, 0, ())
        return [self._address(source, template, piece) for template in (source.url, *source.alternatives)]

    def _public(self, source: Source, address: str) -> PublicFile:
        """Return a file on a public server."""
        return PublicFile(self.desk, address, is_signed=bool(source.sign), slow=source.slow, places=source.workers)

    def _address(self, source: Source, template: str, piece: Piece) -> str:
        """Return an address with its fields filled."""
        values: dict[str, object] = {"iso3": self.place.iso3, "iso3_lower": self.place.iso3.lower()}
        values |= {"m49": self.place.m49, "year": piece.year, "month": f"{piece.month:02d}"}
        return source.address(template, tile=piece.tile.name if piece.tile else "", **values)

    def _first_there(self, source: Source, piece: Piece) -> Readable:
        """Return the first of several addresses under which there is something."""
        absent: NotFoundError | None = None
        for template in (source.url, *source.alternatives):
            address = self._address(source, template, piece)
            try:
                if address.endswith(".gz"):
                    return self._gunzipped(source, address)
                file = self._public(source, address)
                file.known()
                return file
            except NotFoundError as error:
                absent = error
        raise absent or NotFoundError("{source} has no address", source=source.id)

    def _gunzipped(self, source: Source, address: str) -> UnpackedFile:
        """Fetch and unpack a single packed raster."""
        if address not in self._unpacked:
            stem = hashlib.sha256(address.encode()).hexdigest()[:16]
            packed = self.whole(source, address, self.temporary / f"{stem}.gz")
            try:
                self._unpacked[address] = UnpackedFile(
                    gunzip(packed, self.temporary / f"{stem}.tif"), address, self.desk.decoder
                )
            finally:
                packed.unlink(missing_ok=True)
        return self._unpacked[address]

    def _from_archive(self, source: Source) -> UnpackedFile:
        """Fetch an archive and take its one raster out."""
        if source.id not in self._unpacked:
            archive = self.whole(source, source.url, self.temporary / f"{source.id}.archive")
            try:
                made = unpack(archive, self.temporary / source.id, member=source.member)
            except InputError as error:
                raise SourceError("{why}", why=str(error), retryable=False) from error
            finally:
                archive.unlink(missing_ok=True)
            self._unpacked[source.id] = UnpackedFile(made[0], source.url, self.desk.decoder)
        return self._unpacked[source.id]

    def _searched(self, product: Product, piece: Piece, unit: str) -> str:
        """Return the address of a unit from a search or listing."""
        source, year = product.source, piece.year or product.year or 0
        key = (source.id, year)
        if key not in self._found:
            ask = search if source.kind == "stac" else self._listed
            self._found[key] = ask(self.desk, source, self.extent, year)
        name = unit.split("/", 2)[2] if source.kind == "stac" else f"{piece.month:02d}"
        address = self._found[key].get(name)
        if address is None:
            raise NotFoundError("{source} has no {unit}", source=source.id, unit=unit)
        return address

    def _listed(self, desk: Desk, source: Source, extent: Extent, year: int) -> dict[str, str]:
        """Return the addresses of a year's months from a listing, page by page."""
        del desk, extent
        address, seen, found = source.address(year=year), set[str](), dict[str, str]()
        while address and address not in seen and len(seen) < PAGES:
            seen.add(address)
            response = self.answer(source, address).get("response", {})
            for item in response.get("items", []):
                code = str(item.get("code", ""))
                for month in range(1, 13):
                    if code == source.stem.format(year=year, month=f"{month:02d}"):
                        found[f"{month:02d}"] = str(item["downloadUrl"])
            address = next((str(link["href"]) for link in response.get("links", []) if link.get("rel") == "next"), "")
        return found
