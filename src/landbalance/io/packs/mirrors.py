"""Mirrors: folders, sticks and servers that hold parts of public files, asked before their sources and never believed.

A person names a mirror and the key it is signed by. Its list must bear that signature, and each part must be what the
list says. A mirror that fails once is told of in one line and not asked again; its sources are.
"""

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from urllib.request import url2pathname

import httpcore
import httpx
import tomlkit
from pydantic import Field

from landbalance.core.errors import InputError, LandbalanceError, NotFoundError, SourceError
from landbalance.io.files import write_text
from landbalance.io.packs.addresses import Hosts
from landbalance.io.packs.cache import Cache
from landbalance.io.packs.line import Line
from landbalance.io.packs.mirror_index import (
    INDEX,
    MOST_INDEX_BYTES,
    MOST_SIGNATURE_BYTES,
    OBJECTS,
    SIGNATURE,
    MirrorAnswer,
    MirrorFile,
    MirrorIndex,
    believed,
    public_key,
)
from landbalance.io.workspace_file import Table, read_form

log = logging.getLogger(__name__)
FILE = "mirrors.toml"
EVERYTHING = "https://"
TRIES = 2


class MirrorsFile(Table):
    """The file that names mirrors: what they stand for, and the key of each.

    Parameters
    ----------
    mirror : mapping of str to list of str
        Beginning of addresses -> places of mirrors, asked in this order.
    key : mapping of str to str
        Place of a mirror -> the public key it is signed by.
    most_days : int
        Age beyond which the list of a mirror is not believed.
    """

    mirror: dict[str, list[str]] = Field(default={})
    key: dict[str, str] = Field(default={})
    most_days: Annotated[int, Field(ge=1, le=3650)] = 400


@dataclass(frozen=True)
class Trusted:
    """A mirror that a person named: its place, its key, and the beginnings of addresses it stands for."""

    place: str
    key: str
    serves: tuple[str, ...] = (EVERYTHING,)
    most_days: int = 400


@dataclass(frozen=True)
class Mirror:
    """A mirror that was opened and whose list is believed."""

    trusted: Trusted
    index: MirrorIndex
    read: Callable[[str, int], bytes] = field(repr=False)

    @property
    def label(self) -> str:
        """Return how a pack names it: its name, and the key that stands for it wherever it lies."""
        return f"{self.index.name} ({self.trusted.key})"


def mirrors_file() -> Path:
    """Return where a person names mirrors: a file in the user's own settings."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "landbalance" / FILE


def read_mirrors(place: Path) -> tuple[Trusted, ...]:
    """Return the mirrors that a file names, in order; none where there is no file.

    Raises
    ------
    InputError
        If it cannot be read, or a mirror has no place, or no key.
    """
    if not place.exists():
        return ()
    form = read_form(place, MirrorsFile)
    found: dict[str, Trusted] = {}
    for prefix, named in form.mirror.items():
        for spoken in named:
            where = checked_place(spoken)
            key = {checked_place(each): text for each, text in form.key.items()}.get(where, "")
            if not key:
                raise InputError("{file} gives no key for the mirror {place}", file=place, place=spoken,
                                 hint="write it under [key]; whoever made the mirror knows it")  # fmt: skip
            public_key(key)
            known = found.get(where, Trusted(where, key, (), form.most_days))
            found[where] = replace(known, serves=(*known.serves, prefix))
    return tuple(found.values())


def name_mirror(place: Path, mirror: Trusted) -> None:
    """Write a mirror into a file of mirrors; one of the same place is replaced."""
    form = read_form(place, MirrorsFile) if place.exists() else MirrorsFile()
    named = {prefix: [each for each in places if checked_place(each) != mirror.place]
             for prefix, places in form.mirror.items()}  # fmt: skip
    for prefix in mirror.serves:
        named.setdefault(prefix, []).append(mirror.place)
    keys = {each: key for each, key in form.key.items() if checked_place(each) != mirror.place}
    document = {"most_days": form.most_days, "mirror": {each: places for each, places in named.items() if places},
                "key": keys | {mirror.place: mirror.key}}  # fmt: skip
    place.parent.mkdir(parents=True, exist_ok=True)
    write_text(place, tomlkit.dumps(document))


def checked_place(text: str) -> str:
    """Return the place of a mirror as an address that ends with a slash: of a folder, or of a server.

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> checked_place("https://mirror.example.org/packs"), checked_place("/media/stick/mirror")
    ('https://mirror.example.org/packs/', 'file:///media/stick/mirror/')
    """
    if "://" not in text:
        text = Path(text).expanduser().absolute().as_uri()
    parts = urlsplit(text)
    is_folder = parts.scheme == "file" and not parts.netloc and parts.path.startswith("/")
    is_server = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    if not (is_folder or is_server) or parts.query or parts.fragment:
        raise InputError("{text} is no place of a mirror", text=text[:200],
                         hint="give a folder, or an address that begins with https://")  # fmt: skip
    return text.rstrip("/") + "/"


class Mirrors:
    """The mirrors that are trusted; opened when the first of them is needed.

    Parameters
    ----------
    trusted : tuple of Trusted
    cache : Cache
        Remembers the newest list of each, so that an older one is refused.
    line : Line
        Whose clock, limits and tally those on servers share.
    told : callable
        Is told of a mirror that is not used.
    """

    def __init__(self, trusted: tuple[Trusted, ...], cache: Cache, line: Line,
                 told: Callable[[LandbalanceError], None] = lambda error: None) -> None:  # fmt: skip
        self.refused: list[LandbalanceError] = []
        self._trusted, self._cache, self._line, self._told = trusted, cache, line, told
        self._lines: list[Line] = []
        self._mirrors: list[Mirror] | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """Hang up."""
        while self._lines:
            self._lines.pop().close()

    def files(self, url: str) -> Iterator[tuple[Mirror, MirrorFile]]:
        """Yield the mirrors that hold parts of a file, in the order they are named, with what they hold."""
        for mirror in self._serving(url):
            if found := mirror.index.files.get(url):
                yield mirror, found

    def lacks(self, url: str) -> bool:
        """Return whether a mirror says that there is nothing under an address."""
        return any(url in mirror.index.absent for mirror in self._serving(url))

    def answers(self, url: str, key: str) -> Iterator[tuple[Mirror, MirrorAnswer]]:
        """Yield the mirrors that hold an answer."""
        for mirror in self._serving(url):
            if found := mirror.index.answers.get(key):
                yield mirror, found

    def content(self, mirror: Mirror, digest: str, size: int) -> bytes | None:
        """Return what a mirror holds under a checksum; None if it is something else, and the mirror is let go."""
        try:
            content = mirror.read(object_name(digest), size)
            if len(content) != size or hashlib.sha256(content).hexdigest() != digest:
                raise SourceError(
                    "the mirror {place} holds something else than its list says", place=mirror.trusted.place,
                    retryable=False, hint="have it checked: landbalance pack mirror check",
                )  # fmt: skip
        except LandbalanceError as error:
            self._refuse(error, mirror)
            return None
        return content

    def _serving(self, url: str) -> list[Mirror]:
        """Return the mirrors that stand for an address."""
        with self._lock:
            if self._mirrors is None:
                self._mirrors = [each for each in map(self._opened, self._trusted) if each]
            return [each for each in self._mirrors if url.startswith(each.trusted.serves)]

    def _opened(self, trusted: Trusted) -> Mirror | None:
        """Return a mirror, or tell why it is not used."""
        try:
            mirror = open_mirror(trusted, self._reader(trusted), datetime.fromtimestamp(self._line.now(), UTC))
            self._refuse_older(mirror)
        except LandbalanceError as error:
            self._refuse(error)
            return None
        return mirror

    def _refuse_older(self, mirror: Mirror) -> None:
        """Refuse a list older than one of the same name and key that was seen before."""
        mark = f"{mirror.trusted.key} {mirror.index.name}"
        made = mirror.index.made.astimezone(UTC).isoformat()
        if (newest := self._cache.newest(mark)) and newest > made:
            raise SourceError(
                "the list of the mirror {place} is of {made}, older than the one of {newest} that was seen before",
                place=mirror.trusted.place, made=made[:16], newest=newest[:16], retryable=False,
                hint="somebody put an old one there: ask whoever keeps it",
            )  # fmt: skip
        self._cache.note_newest(mark, made)

    def _reader(self, trusted: Trusted) -> Callable[[str, int], bytes]:
        """Return what reads the files of a mirror."""
        if trusted.place.startswith("file:"):
            return folder_reader(trusted.place)
        line = server_line(trusted.place, self._line)
        self._lines.append(line)
        return server_reader(trusted.place, line)

    def _refuse(self, error: LandbalanceError, mirror: Mirror | None = None) -> None:
        """Let go of a mirror, and tell of it once."""
        if mirror is not None:
            with self._lock:
                if mirror not in (self._mirrors or ()):
                    return
                self._mirrors = [each for each in self._mirrors or () if each is not mirror]
        log.warning("%s", error)
        self.refused.append(error)
        self._told(error)


@dataclass(frozen=True)
class NamedPlace(Hosts):
    """Only what lies below the place that a person named; nothing is followed from there."""

    place: str = ""

    def checked(self, address: str) -> httpx.URL:
        """Return an address below the place."""
        if not address.startswith(self.place) or ".." in address:
            raise SourceError("{address} is not asked: it is not below {place}", address=address[:200],
                              place=self.place, retryable=False)  # fmt: skip
        return httpx.URL(address)

    def next_of(self, asked: httpx.URL, location: str) -> httpx.URL:
        """Refuse to be sent elsewhere."""
        raise SourceError("the mirror {host} sends elsewhere", host=asked.host, retryable=False,
                          hint="name the place it sends to instead")  # fmt: skip


def open_mirror(trusted: Trusted, read: Callable[[str, int], bytes], now: datetime) -> Mirror:
    """Return a mirror whose list is believed.

    Raises
    ------
    SourceError
        If there is no list, or it is not believed.
    """
    public_key(trusted.key)
    try:
        content, signature = read(INDEX, MOST_INDEX_BYTES), read(SIGNATURE, MOST_SIGNATURE_BYTES)
    except NotFoundError as error:
        raise SourceError("there is no mirror with a signed list at {place}", place=trusted.place, retryable=False,
                          hint="check the place, and that the stick is in") from error  # fmt: skip
    index = believed(content, signature, trusted.key, trusted.place, now=now, most_days=trusted.most_days)
    return Mirror(trusted, index, read)


@contextmanager
def opened(trusted: Trusted) -> Iterator[Mirror]:
    """Open one mirror by itself, and hang up at the end.

    Raises
    ------
    SourceError
        If its list is not there, or not believed.
    """
    if trusted.place.startswith("file:"):
        yield open_mirror(trusted, folder_reader(trusted.place), datetime.now(UTC))
        return
    line = server_line(trusted.place)
    try:
        yield open_mirror(trusted, server_reader(trusted.place, line), datetime.now(UTC))
    finally:
        line.close()


def server_reader(place: str, line: Line) -> Callable[[str, int], bytes]:
    """Return what reads files of a mirror on a server."""
    return lambda name, most: line.get(place + name, most=most).content


def folder_reader(place: str) -> Callable[[str, int], bytes]:
    """Return what reads files of a mirror in a folder, never more than is allowed."""
    root = Path(url2pathname(urlsplit(place).path))

    def read(name: str, most: int) -> bytes:
        path = root / name
        try:
            if not path.is_file():
                raise NotFoundError("{path} does not exist", path=path)
            with path.open("rb") as file:
                return file.read(most + 1)
        except OSError as error:
            raise SourceError("{path} cannot be read ({why})", path=path, why=error.strerror, retryable=True,
                              hint="check the stick") from error  # fmt: skip

    return read


def server_line(place: str, line: Line | None = None) -> Line:
    """Return a line to the server of a mirror, with the clock, limits and tally of another line.

    A person named the server, so that it may be in the house; and nothing it says is believed before it is checked.
    """
    hosts = NamedPlace(frozenset({httpx.URL(place).host}), {}, place)
    shared = {name: getattr(line, name) for name in ("gate", "sleep", "now", "tally")} if line else {}
    own = Line(hosts=hosts, backend=httpcore.SyncBackend(), **shared)
    own.rules = own.rules | {"times": TRIES}
    return own


def object_name(digest: str) -> str:
    """Return where a mirror keeps what has a checksum."""
    return f"{OBJECTS}/{digest[:2]}/{digest}"
