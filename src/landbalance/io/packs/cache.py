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
from collections.abc import Iterator
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

    def put_span(self, url: str, etag: str, first: int, content: bytes, *, size: int | None = None) -> None:
        """Keep a part of a file; with `size`, what the server says of the file, which voids parts of other versions."""
        digest, now = self._put(content), time.time()
        row = (url, etag, first, first + len(content) - 1, digest, now)
        with self._database() as database:
            if size is not None:
                database.execute("DELETE FROM span WHERE url = ? AND etag != ?", (url, etag))
                database.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)", (url, size, etag, now))
            if content:
                database.execute("INSERT OR REPLACE INTO span VALUES (?, ?, ?, ?, ?, ?)", row)

    def forget(self, url: str) -> None:
        """Forget a file and its parts."""
        with self._database() as database:
            database.execute("DELETE FROM span WHERE url = ?", (url,))
            database.execute("DELETE FROM file WHERE url = ?", (url,))

    def answer(self, key: str, *, any_age: bool = False) -> bytes | None:
        """Return a kept answer to a search, if it is fresh."""
        with self._database() as database:
            row = database.execute("SELECT sha256, at FROM answer WHERE key = ?", (key,)).fetchone()
        if not row or not (any_age or abs(time.time() - row[1]) < FRESH_S):
            return None
        return self.object(row[0])

    def put_answer(self, key: str, content: bytes) -> None:
        """Keep the answer to a search."""
        digest = self._put(content)
        with self._database() as database:
            database.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?)", (key, digest, time.time()))

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
