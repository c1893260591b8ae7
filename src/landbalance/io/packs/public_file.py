"""A file on a public server: its parts are fetched once, kept, and put together when a window is read."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from landbalance.core.errors import LandbalanceError, NotFoundError, SourceError
from landbalance.core.tables import toml_table
from landbalance.core.types import Array
from landbalance.grid.grid import Grid
from landbalance.io.packs.addresses import plain
from landbalance.io.packs.cache import FRESH_S, Cache, KnownFile, cache_folder
from landbalance.io.packs.decoder import Decoder, UndecodedError
from landbalance.io.packs.line import Line, Reply, full_disk
from landbalance.io.packs.mirrors import Mirrors, Trusted
from landbalance.io.packs.signing import Signer
from landbalance.io.packs.tiff_head import TiffHead, merged, read_head

KIB = 1 << 10


@dataclass(frozen=True)
class Desk:
    """What fetching needs: the line, the tokens, the cache, mirrors, and children that decode what came."""

    line: Line
    signer: Signer
    cache: Cache
    decoder: Decoder = field(default_factory=Decoder)
    trusted: tuple[Trusted, ...] = ()
    told: Callable[[LandbalanceError], None] = lambda error: None

    mirrors: Mirrors = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "mirrors", Mirrors(self.trusted, self.cache, self.line, self.told))

    def close(self) -> None:
        """Hang up, let go of the cache, and end the children."""
        self.decoder.close()
        self.mirrors.close()
        self.line.close()
        self.cache.close()

    def answer(self, key: str, address: str, ask: Callable[[], bytes]) -> bytes:
        """Return an answer that is kept, that a mirror holds, or that is asked for; kept for a week.

        Parameters
        ----------
        key : str
            What stands for the question.
        address : str
            Where it is asked.
        ask : callable
            Asks, and gives what may be kept.

        Raises
        ------
        NotFoundError, SourceError
            As `ask`.
        """
        content = self.cache.answer(key, any_age=self.line.is_offline)
        if content is not None:
            return content
        url = plain(address)
        for mirror, held in self.mirrors.answers(url, key):
            content = self.mirrors.content(mirror, held.sha256, held.bytes)
            if content is not None:
                self.cache.put_answer(key, content, url, via=mirror.label)
                return content
        with self.noting_absence(url):
            content = ask()
        self.cache.put_answer(key, content, url)
        return content

    @contextmanager
    def noting_absence(self, url: str) -> Iterator[None]:
        """Remember an address under which there is nothing; without a line what is remembered is said at once."""
        if self.line.is_offline and (self.cache.is_absent(url) or self.mirrors.lacks(url)):
            raise NotFoundError("{address} does not exist", address=url)
        try:
            yield
        except NotFoundError:
            self.cache.put_absent(url)
            raise

    def cache_size(self, key: str) -> int | None:
        """Return the size of a file as its server stated it."""
        known = self.cache.file(key)
        return known.size if known else None


def open_desk(line: Line, cache: Path | None = None, trusted: tuple[Trusted, ...] = (),
              told: Callable[[LandbalanceError], None] = lambda error: None) -> Desk:  # fmt: skip
    """Return what fetching over a line needs.

    Parameters
    ----------
    line : Line
    cache : Path, optional
        Where what was fetched is kept; the user's own cache when left out.
    trusted : tuple of Trusted
        Mirrors.
    told : callable
        Is told of a mirror that is not used.
    """
    return Desk(line, Signer(line), Cache(cache or cache_folder()), trusted=trusted, told=told)


class ChangedError(SourceError):
    """What is kept of a file is not of one version, or is damaged: it is fetched anew."""


class NewerError(ChangedError):
    """The source has another version than the one that was begun; that one is kept from now on."""


class PublicFile:
    """One file of a source.

    Parameters
    ----------
    desk : Desk
    url : str
        Without token.
    is_signed : bool
        Whether its storage wants a token.
    slow : bool
        Whether its server is known to take minutes.
    places : int
        Requests at a time with its host.
    """

    def __init__(self, desk: Desk, url: str, *, is_signed: bool = False, slow: bool = False, places: int = 4) -> None:
        self.desk, self.url = desk, url
        self.key = plain(url)
        self._is_signed, self._slow, self._places = is_signed, slow, places
        self._limits = toml_table("pack")["limits"]
        self._head: TiffHead | None = None
        self._known: KnownFile | None = None

    def known(self) -> KnownFile:
        """Return size and version mark, asked for if they are not known or old.

        Raises
        ------
        NotFoundError, SourceError
            As `Line.get`.
        """
        if self._known is None:
            found = self.desk.cache.file(self.key)
            fresh = found and abs(time.time() - found.seen) < FRESH_S
            if found is None or not (fresh or self.desk.line.is_offline):
                if not self._is_mirrored(found):
                    with self.desk.noting_absence(self.key):
                        self._fetch(0, self._limits["header_kib"] * KIB - 1, None)
                found = self.desk.cache.file(self.key)
            if found is None:
                raise ChangedError("{address} was not kept", address=self.key, retryable=True)
            self._known = found
        return self._known

    def bytes_of(self, first: int, length: int) -> bytes:
        """Return some bytes; what is not kept yet is fetched."""
        last = min(first + length, self.known().size) - 1
        self.ensure([(first, last)])
        return self._collected(first, last)

    def head(self) -> TiffHead:
        """Return the head of a TIFF."""
        if self._head is None:
            self._head = read_head(self._read_ahead, self.known().size, self.key)
        return self._head

    def grid(self, crs: str) -> Grid:
        """Return the grid that the head states.

        Raises
        ------
        SourceError
            If it states none.
        """
        head = self.head()
        if not head.dx:
            raise SourceError("{address} does not say where it lies", address=self.key, retryable=False)
        return Grid(crs, head.west, head.north, head.dx, head.dy, head.width, head.height)

    def window(self, row: int, col: int, height: int, width: int, band: int = 1) -> Array:
        """Return a window of a band, shape (y, x): its blocks are fetched, a child decodes them from a local file.

        Raises
        ------
        NotFoundError, SourceError
            If it cannot be fetched, or what came does not decode.
        """
        for attempt in (1, 2, 3):
            try:
                return self._window(row, col, height, width, band)
            except ChangedError as error:
                if not isinstance(error, NewerError):
                    self._forget()
                if attempt == 3:
                    raise
        raise AssertionError  # the last attempt returns or raises

    def whole(self, place: Path, most: int) -> Path:
        """Write the whole file to a place, part by part, and return the place.

        Raises
        ------
        SourceError
            If it is larger than `most`.
        """
        size = self.known().size
        if size > most:
            raise SourceError("{address} has {size} bytes, over {most}", address=self.key, size=size, most=most,
                              retryable=False)  # fmt: skip
        step = self._limits["span_mib"] << 20
        pieces = [(first, min(first + step, size) - 1) for first in range(0, size, step)]
        try:
            with place.open("wb") as out:
                for piece in pieces:
                    self.desk.line.wait()
                    self.ensure([piece])
                    out.write(self._collected(*piece))
        except OSError as error:
            raise full_disk(error, place) from error
        return place

    def ensure(self, ranges: list[tuple[int, int]]) -> None:
        """Fetch what of some byte ranges is not kept yet."""
        known, absent = self.known(), self._absent(ranges)
        step = self._limits["span_mib"] << 20
        for first, last in merged(absent, self._limits["gap_kib"] * KIB, step):
            for start in range(first, last + 1, step):
                self._fetch(start, min(start + step - 1, last), known)

    def _absent(self, ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return what of some byte ranges is neither kept nor held by a mirror; what a mirror holds is kept now."""
        known = self.known()
        for _ in range(2):
            held = [(span.first, span.last) for span in self.desk.cache.spans(self.key, known.etag)]
            absent = [piece for wanted in ranges for piece in _without(wanted, held)]
            if not absent or not self._borrow(known, absent):
                break
        return absent

    def _is_mirrored(self, found: KnownFile | None) -> bool:
        """Take size and version mark from a mirror, unless parts of another version are kept; return whether."""
        for _, held in self.desk.mirrors.files(self.key):
            if found is None or found.etag == held.etag:
                self.desk.cache.put_span(self.key, held.etag, 0, b"", size=held.size)
                return True
        return False

    def _borrow(self, known: KnownFile, absent: list[tuple[int, int]]) -> bool:
        """Take parts of the same version from mirrors; return whether there were some."""
        got = False
        for mirror, held in self.desk.mirrors.files(self.key):
            if (held.etag, held.size) != (known.etag, known.size):
                continue
            for first, last, digest in held.spans:
                if not _meets(first, last, absent):
                    continue
                content = self.desk.mirrors.content(mirror, digest, last - first + 1)
                if content is None:
                    break
                self.desk.cache.put_span(self.key, known.etag, first, content, via=mirror.label)
                got = True
        return got

    def _window(self, row: int, col: int, height: int, width: int, band: int) -> Array:
        """Fetch and decode a window."""
        head = self.head()
        if row < 0 or col < 0 or row + height > head.height or col + width > head.width or band > head.bands:
            raise SourceError("{address} has no such window", address=self.key, retryable=False)
        wanted = head.ranges(row, col, height, width)
        self.ensure(wanted)
        with self._sparse(wanted) as place:
            try:
                return self.desk.decoder.window(place, band, row, col, height, width)
            except UndecodedError as error:
                raise ChangedError("{address} does not decode ({why})", address=self.key, why=error, retryable=True,
                                   hint="run again: it is fetched anew") from error  # fmt: skip
            except OSError as error:
                raise full_disk(error, place) from error

    @contextmanager
    def _sparse(self, wanted: list[tuple[int, int]]) -> Iterator[Path]:
        """Hand out a local file of the full size that holds the head and the wanted blocks, and holes elsewhere."""
        known = self.known()
        handle, name = tempfile.mkstemp(suffix=".tif")
        try:
            with os.fdopen(handle, "wb") as out:
                out.truncate(known.size)
                for span in self.desk.cache.spans(self.key, known.etag):
                    if span.first >= self._limits["header_most_kib"] * KIB and not _meets(
                        span.first, span.last, wanted
                    ):
                        continue
                    content = self.desk.cache.object(span.sha256)
                    if content is None:
                        raise ChangedError("{address} lost a part", address=self.key, retryable=True)
                    out.seek(span.first)
                    out.write(content)
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def _read_ahead(self, first: int, length: int) -> bytes:
        """Return bytes of the head; more than asked for is fetched, because more of it will be asked for."""
        known = self.known()
        absent = self._absent([(first, first + length - 1)])
        if absent:
            ahead = max(length, 4 * self._limits["header_kib"] * KIB)
            self.ensure([(absent[0][0], min(absent[0][0] + ahead, known.size) - 1)])
        return self.bytes_of(first, length)

    def _collected(self, first: int, last: int) -> bytes:
        """Return bytes from kept parts."""
        out = bytearray(last - first + 1)
        covered = 0
        for span in self.desk.cache.spans(self.key, self.known().etag):
            start, stop = max(span.first, first + covered), min(span.last, last)
            if start > stop:
                continue
            content = self.desk.cache.object(span.sha256)
            if content is None or start > first + covered:
                break
            out[start - first : stop - first + 1] = content[start - span.first : stop - span.first + 1]
            covered = stop - first + 1
        if covered != len(out):
            self._forget()
            raise ChangedError("{address} lost a part", address=self.key, retryable=True)
        return bytes(out)

    def _fetch(self, first: int, last: int, known: KnownFile | None) -> None:
        """Fetch a range and keep it; a server that ignores ranges gives the whole file, which is kept as such."""
        headers = {"Range": f"bytes={first}-{last}"} | ({"If-Range": known.etag} if known and known.etag else {})
        most = max(int(1.5 * (last - first + 1)), known.size if known else self._limits["archive_mib"] << 20)
        reply = self._ask(headers, most, lambda reply: _wrong_part(reply, first, last))
        start, _, size = reply.span if reply.status == 206 and reply.span else (0, 0, len(reply.content))
        if known is not None and (reply.etag != known.etag or size != known.size):
            self.desk.cache.put_span(self.key, reply.etag, start, reply.content, size=size)
            self._head = self._known = None
            raise NewerError("{address} changed while it was fetched", address=self.key, retryable=True)
        self.desk.cache.put_span(self.key, reply.etag, start, reply.content, size=size if known is None else None)

    def _ask(self, headers: dict[str, str], most: int, check: Callable[[Reply], str]) -> Reply:
        """Ask for a part, under a token where one is wanted."""
        ask = self.desk.signer.get if self._is_signed else self.desk.line.get
        return ask(self.url, most=most, headers=headers, slow=self._slow, places=self._places, check=check)

    def _forget(self) -> None:
        """Forget what was fetched of this file."""
        self._head = self._known = None
        self.desk.cache.forget(self.key)


def _wrong_part(reply: Reply, first: int, last: int) -> str:
    """Return what is wrong with a partial answer; an answer with the whole file is right."""
    if reply.status != 206:
        return ""
    if reply.span is None:
        return "gives a part, but not which"
    start, stop, size = reply.span
    is_asked = start == first and stop == min(last, size - 1) and len(reply.content) == stop - start + 1
    return "" if is_asked else "gives another part than was asked for"


def _without(wanted: tuple[int, int], held: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return what of a range lies in none of the sorted ranges that are held.

    Examples
    --------
    >>> _without((0, 99), [(10, 19), (90, 200)])
    [(0, 9), (20, 89)]
    """
    absent, start = [], wanted[0]
    for first, last in held:
        if last < start:
            continue
        if first > wanted[1]:
            break
        if first > start:
            absent.append((start, first - 1))
        start = max(start, last + 1)
    return absent + ([(start, wanted[1])] if start <= wanted[1] else [])


def _meets(first: int, last: int, ranges: list[tuple[int, int]]) -> bool:
    """Return whether a range meets any other."""
    return any(first <= stop and start <= last for start, stop in ranges)
