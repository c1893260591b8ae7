"""What was fetched, kept by its checksum and listed in a small database: packs share it, kills do not harm it.

A unit is a range of bytes of one version of one file. It is written under its checksum, and only then listed; what is
listed is never fetched again. Nothing waits for the disk: a power cut may lose a unit, but its checksum is compared
each time it is read, so that a damaged one is fetched anew. Addresses are listed without their tokens.
"""

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from landbalance.core.errors import InputError
from landbalance.io.packs.line import full_disk

DAY = 86400.0
FRESH_S = 7 * DAY  # what a server said of a file or search is believed for so long
MOST_BYTES = 40 << 30  # the oldest objects go beyond this
_TABLES = """
CREATE TABLE IF NOT EXISTS file (url TEXT PRIMARY KEY, size INTEGER, etag TEXT, seen REAL);
CREATE TABLE IF NOT EXISTS span (
    url TEXT, etag TEXT, first INTEGER, last INTEGER, sha256 TEXT, at REAL,
    PRIMARY KEY (url, etag, first, last)
);
CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, sha256 TEXT, at REAL);
CREATE TABLE IF NOT EXISTS asked (key TEXT PRIMARY KEY, url TEXT);
CREATE TABLE IF NOT EXISTS absent (url TEXT PRIMARY KEY, seen REAL);
CREATE TABLE IF NOT EXISTS via (url TEXT, mirror TEXT, PRIMARY KEY (url, mirror));
CREATE TABLE IF NOT EXISTS newest (mark TEXT PRIMARY KEY, made TEXT);
"""


@dataclass(frozen=True)
class KnownFile:
    """What a server said of a file: its size and version mark, and when."""

    size: int
    etag: str
    seen: float


@dataclass(frozen=True)
class Span:
    """A range of bytes that is there, and its checksum."""

    first: int
    last: int
    sha256: str


@dataclass(frozen=True)
class Listed:
    """All that a cache holds: files by address, addresses without a file, answers as (address, sha256)."""

    files: Mapping[str, tuple[KnownFile, list[Span]]]
    absent: list[str]
    answers: Mapping[str, tuple[str, str]]


def cache_folder() -> Path:
    """Return where fetched parts are kept: the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "landbalance" / "packs"


class Cache:
    """Fetched parts and answers.

    Parameters
    ----------
    folder : Path
        Where; made if it is not there.

    Raises
    ------
    InputError
        If it cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        try:
            (folder / "objects").mkdir(parents=True, exist_ok=True)
            with self._database() as database:
                database.executescript(_TABLES)
        except (OSError, sqlite3.OperationalError) as error:
            raise InputError(
                "{folder} cannot be used as a cache ({why})", folder=folder, why=error,
                hint="free some space there, or name another folder with --cache",
            ) from error  # fmt: skip

    def close(self) -> None:
        """Let go of the database; no thread may use the cache any more."""
        while self._connections:
            self._connections.pop().close()

    def file(self, url: str) -> KnownFile | None:
        """Return what is known of a file."""
        with self._database() as database:
            row = database.execute("SELECT size, etag, seen FROM file WHERE url = ?", (url,)).fetchone()
        return KnownFile(*row) if row else None

    def spans(self, url: str, etag: str) -> list[Span]:
        """Return the parts of one version of a file, in order."""
        query = "SELECT first, last, sha256 FROM span WHERE url = ? AND etag = ? ORDER BY first"
        with self._database() as database:
            return [Span(*row) for row in database.execute(query, (url, etag))]

    def put_span(self, url: str, etag: str, first: int, content: bytes, *, size: int | None = None,
                 via: str = "") -> None:  # fmt: skip
        """Keep a part of a file.

        Parameters
        ----------
        url, etag : str
            Which version of which file.
        first : int
            Where the part begins; nothing of it is kept where it is empty.
        content : bytes
        size : int, optional
            What the server says of the whole file, which voids parts of other versions.
        via : str
            The mirror it came from; empty when its source gave it.
        """
        digest, now = self._put(content), time.time()
        row = (url, etag, first, first + len(content) - 1, digest, now)
        with self._database() as database:
            if size is not None:
                gone = database.execute("DELETE FROM span WHERE url = ? AND etag != ?", (url, etag)).rowcount
                if gone:
                    database.execute("DELETE FROM via WHERE url = ?", (url,))
                database.execute("DELETE FROM absent WHERE url = ?", (url,))
                database.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)", (url, size, etag, now))
            if content:
                database.execute("INSERT OR REPLACE INTO span VALUES (?, ?, ?, ?, ?, ?)", row)
            if via:
                database.execute("INSERT OR IGNORE INTO via VALUES (?, ?)", (url, via))

    def via(self, url: str) -> list[str]:
        """Return the mirrors that parts of a file, or an answer, came from."""
        with self._database() as database:
            return [row[0] for row in database.execute("SELECT mirror FROM via WHERE url = ? ORDER BY mirror", (url,))]

    def put_absent(self, url: str) -> None:
        """Remember that a source has nothing under an address."""
        with self._database() as database:
            database.execute("INSERT OR REPLACE INTO absent VALUES (?, ?)", (url, time.time()))

    def is_absent(self, url: str) -> bool:
        """Return whether a source had nothing under an address when it was asked."""
        with self._database() as database:
            return bool(database.execute("SELECT 1 FROM absent WHERE url = ?", (url,)).fetchone())

    def forget(self, url: str) -> None:
        """Forget a file and its parts."""
        with self._database() as database:
            for table in ("span", "file", "via"):
                database.execute(f"DELETE FROM {table} WHERE url = ?", (url,))  # noqa: S608 - our own names

    def newest(self, mark: str) -> str:
        """Return when the newest list of a mirror was made that was seen; empty where none was."""
        with self._database() as database:
            row = database.execute("SELECT made FROM newest WHERE mark = ?", (mark,)).fetchone()
        return str(row[0]) if row else ""

    def note_newest(self, mark: str, made: str) -> None:
        """Remember when the newest list of a mirror was made."""
        with self._database() as database:
            database.execute("INSERT OR REPLACE INTO newest VALUES (?, ?)", (mark, made))

    def listed(self) -> Listed:
        """Return all that is kept: files with their parts, addresses without a file, and answers."""
        files: dict[str, tuple[KnownFile, list[Span]]] = {}
        with self._database() as database:
            for url, *known in database.execute("SELECT url, size, etag, seen FROM file ORDER BY url"):
                files[url] = (KnownFile(*known), [])
            query = ("SELECT url, first, last, sha256 FROM span JOIN file USING (url, etag) "
                     "WHERE last < size ORDER BY url, first")  # fmt: skip
            for url, *span in database.execute(query):
                files[url][1].append(Span(*span))
            absent = [row[0] for row in database.execute("SELECT url FROM absent ORDER BY url")]
            query = "SELECT key, url, sha256 FROM answer JOIN asked USING (key) ORDER BY key"
            answers = {key: (url, digest) for key, url, digest in database.execute(query)}
        return Listed(files, absent, answers)

    def answer(self, key: str, *, any_age: bool = False) -> bytes | None:
        """Return a kept answer to a search, if it is fresh."""
        with self._database() as database:
            row = database.execute("SELECT sha256, at FROM answer WHERE key = ?", (key,)).fetchone()
        if not row or not (any_age or abs(time.time() - row[1]) < FRESH_S):
            return None
        return self.object(row[0])

    def put_answer(self, key: str, content: bytes, url: str, *, via: str = "") -> None:
        """Keep what an address answered to a search; `via` is the mirror it came from."""
        digest = self._put(content)
        with self._database() as database:
            database.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?)", (key, digest, time.time()))
            database.execute("INSERT OR REPLACE INTO asked VALUES (?, ?)", (key, url))
            database.execute("DELETE FROM absent WHERE url = ?", (url,))
            if via:
                database.execute("INSERT OR IGNORE INTO via VALUES (?, ?)", (url, via))
            else:
                database.execute("DELETE FROM via WHERE url = ?", (url,))

    def object(self, digest: str) -> bytes | None:
        """Return what has a checksum; None if it is gone or no longer what it was."""
        place = self._place(digest)
        try:
            content = place.read_bytes()
        except OSError:
            return None
        if hashlib.sha256(content).hexdigest() != digest:
            place.unlink(missing_ok=True)
            return None
        with suppress(OSError):
            os.utime(place)
        return content

    def has(self, digest: str) -> bool:
        """Return whether something lies under a checksum; it is not read."""
        return self._place(digest).is_file()

    def prune(self, most: int = MOST_BYTES) -> None:
        """Take away the objects longest unused, until the rest is within the limit."""
        found = [(entry.stat().st_mtime, entry.stat().st_size, entry) for entry in self.folder.glob("objects/*/*")]
        total = sum(size for _, size, _ in found)
        for _, size, entry in sorted(found):
            if total <= most:
                return
            entry.unlink(missing_ok=True)
            total -= size

    def _put(self, content: bytes) -> str:
        """Write an object under its checksum, whole or not at all."""
        digest = hashlib.sha256(content).hexdigest()
        place = self._place(digest)
        part = place.with_name(f".{digest}.{os.getpid()}.{threading.get_ident()}")
        try:
            if not place.is_file():
                place.parent.mkdir(exist_ok=True)
                part.write_bytes(content)
                part.replace(place)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise full_disk(error, place) from error
        return digest

    def _place(self, digest: str) -> Path:
        """Return where an object lies."""
        return self.folder / "objects" / digest[:2] / digest

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """Hand out this thread's connection; what is done in the block is done together."""
        if not hasattr(self._local, "connection"):
            connection = sqlite3.connect(self.folder / "ledger.sqlite3", timeout=60.0, check_same_thread=False)
            self._connections.append(connection)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            self._local.connection = connection
        connection = self._local.connection
        try:
            with connection:
                yield connection
        except sqlite3.OperationalError as error:
            if "full" in str(error) or "disk" in str(error):
                raise full_disk(OSError(28, "No space left on device"), self.folder) from error
            raise
