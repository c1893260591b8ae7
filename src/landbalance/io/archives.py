"""Archives from outside: judged by their directory before anything is unpacked, and counted while it is.

Every reader of an archive goes through here: attachments, maps and workbooks that people send, packs, and what sources
give. A zip is judged whole by its directory, which can lie; a tar, which has none, member by member.
"""

import gzip
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, cast

from landbalance.core.errors import InputError
from landbalance.core.words import Words

SMALL = 1 << 20  # below this size a high ratio harms nobody
CHUNK = 1 << 16
ZIP = b"PK\x03\x04"
NESTED = (".zip", ".gz", ".7z", ".rar", ".tar", ".bz2", ".xz")
DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    gzip.BadGzipFile,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
Open = Callable[[], AbstractContextManager[IO[bytes]]]


@dataclass(frozen=True)
class Most:
    """What an archive may hold.

    Parameters
    ----------
    entries : int
        Files and folders.
    unpacked_bytes : int or None
        All files together; no limit of its own when None.
    ratio : int
        How many times larger than the archive its content may be.
    archives : bool
        Whether there may be archives in it.
    """

    entries: int = 10_000
    unpacked_bytes: int | None = 200 << 20
    ratio: int = 100
    archives: bool = False


@dataclass
class _Account:
    """How much may still come out of an archive."""

    name: str
    packed: int
    left: int

    def take(self, count: int) -> None:
        """Count what came out."""
        self.left -= count
        if self.left < 0:
            raise InputError("{name} unpacks to more than is allowed", name=self.name, hint="send less, or not packed")


@dataclass(frozen=True)
class Entry:
    """One plain file of an archive: its name, with slashes, and its size as the archive says."""

    name: str
    size: int
    _most: Most = field(repr=False)
    _account: _Account = field(repr=False)
    _open: Open = field(repr=False)

    def pieces(self) -> Generator[bytes]:
        """Yield its content, counted.

        Raises
        ------
        InputError
            If it is damaged, an archive where none may be, or more comes out than is allowed.
        """
        with _reading(self._account.name):
            stream = self._open()
        with stream as source:
            is_first = True
            while True:
                with _reading(self._account.name):
                    piece = source.read(CHUNK)
                if not piece:
                    return
                if is_first and not self._most.archives and piece.startswith(ZIP):
                    raise _refused(self._account.name, self.name, Words("is an archive within the archive"))
                is_first = False
                self._account.take(len(piece))
                yield piece

    def copy(self, place: Path) -> Path:
        """Write it to a place where nothing is, and return the place."""
        with place.open("xb") as sink, closing(self.pieces()) as pieces:
            for piece in pieces:
                sink.write(piece)
        return place

    def count(self) -> None:
        """Unpack it to nowhere: a directory can lie."""
        for _ in self.pieces():
            pass


@contextmanager
def opened(file: Path | IO[bytes], name: str, most: Most) -> Iterator[Iterator[Entry]]:
    """Hand out the plain files of a zip, tar or packed tar, one after another.

    Parameters
    ----------
    file : Path or file
    name : str
        What it is called in messages.
    most : Most

    Raises
    ------
    InputError
        If it is none of these or damaged; names places outside, holds a link, a device, something encrypted or twice
        (letters large or small), an archive where none may be, or too much.
    """
    account = _account_of(file, name, most)
    with _reading(name):
        is_zip = zipfile.is_zipfile(file)
        if not isinstance(file, Path):
            file.seek(0)
    if is_zip:
        with _reading(name):
            packed = zipfile.ZipFile(file)
        with packed:
            yield _zip_entries(packed, account, most)
        return
    with _reading(name):
        source = tarfile.open(file) if isinstance(file, Path) else tarfile.open(fileobj=file)  # noqa: SIM115 - closed below
    with source:
        yield _tar_entries(source, account, most)


def check_archive(file: Path | IO[bytes], name: str = "the archive", most: Most | None = None) -> tuple[str, ...]:
    """Refuse an archive that would harm whoever unpacks it; return the names of its files.

    Raises
    ------
    InputError
        As `opened`.
    """
    names = []
    with opened(file, name, most or Most()) as entries:
        for entry in entries:
            entry.count()
            names.append(entry.name)
    return tuple(names)


def gunzip(packed: Path, place: Path, ratio: int) -> Path:
    """Unpack a gzip file, no more than the allowed ratio.

    Raises
    ------
    InputError
        If it is none, or too much comes out.
    """
    most = Most(unpacked_bytes=None, ratio=ratio, archives=True)
    account = _account_of(packed, packed.name, most)
    return Entry(place.name, 0, most, account, cast(Open, partial(gzip.open, packed, "rb"))).copy(place)


def leads_out(name: str) -> bool:
    """Return whether the name of an entry is absolute, climbs, names a drive or server, is empty or holds odd signs.

    Examples
    --------
    >>> [leads_out(name) for name in ("a/b.tif", "../a", "c:/a", "/a", "a/../../b")]
    [False, True, True, True, True]
    """
    plain = name.replace("\\", "/")
    parts = PurePosixPath(plain).parts
    return not parts or plain.startswith("/") or ".." in parts or ":" in plain or not name.isprintable()


def _zip_entries(packed: zipfile.ZipFile, account: _Account, most: Most) -> Iterator[Entry]:
    """Yield the files of a zip, once its whole directory is found to be harmless."""
    infos, seen = packed.infolist(), set[str]()
    if len(infos) > most.entries:
        raise _too_many(account.name, len(infos), most)
    for info in infos:
        kind = stat.S_IFMT(info.external_attr >> 16)
        is_plain = kind in (0, stat.S_IFREG, stat.S_IFDIR)
        fault = (
            Words("is encrypted")
            if info.flag_bits & 1
            else _fault_of_kind(is_plain=is_plain, is_link=stat.S_ISLNK(kind))
        )
        _judge(info.orig_filename, fault, seen, account.name, most)
    whole = sum(info.file_size for info in infos)
    if whole > account.left:
        raise InputError("{name} unpacks from {packed:.1f} MB to {whole:.0f} MB", name=account.name,
                         packed=account.packed / 1e6, whole=whole / 1e6,
                         hint="that is more than is allowed: send less, or not packed")  # fmt: skip
    for info in infos:
        if not info.is_dir():
            yield Entry(_plain(info.filename), info.file_size, most, account, partial(packed.open, info))


def _tar_entries(packed: tarfile.TarFile, account: _Account, most: Most) -> Iterator[Entry]:
    """Yield the files of a tar, each once it is found to be harmless."""
    seen, number = set[str](), 0
    while True:
        with _reading(account.name):
            member = packed.next()
        if member is None:
            return
        number += 1
        if number > most.entries:
            raise _too_many(account.name, number, most)
        if member.isdir() and not leads_out(member.name + "/."):
            continue
        fault = _fault_of_kind(is_plain=member.isreg() or member.isdir(), is_link=member.issym() or member.islnk())
        _judge(member.name, fault, seen, account.name, most)
        content = cast(Open, partial(packed.extractfile, member))
        yield Entry(_plain(member.name), member.size, most, account, content)


def _judge(entry: str, fault: str, seen: set[str], name: str, most: Most) -> None:
    """Refuse an entry that would land elsewhere, is no plain file, is an archive where none may be, or comes twice."""
    if leads_out(entry):
        fault = Words("points out of the archive")
    elif _plain(entry).casefold() in seen:
        fault = Words("is there twice")
    elif not fault and not most.archives and entry.lower().endswith(NESTED):
        fault = Words("is an archive within the archive")
    if fault:
        raise _refused(name, entry, fault)
    seen.add(_plain(entry).casefold())


def _fault_of_kind(*, is_plain: bool, is_link: bool) -> str:
    """Return what is wrong with the kind of an entry; empty if nothing is."""
    if is_link:
        return Words("is a link")
    return "" if is_plain else Words("is no plain file")


def _plain(name: str) -> str:
    """Return a name with slashes, without what does not matter in it."""
    return str(PurePosixPath(name.replace("\\", "/")))


def _account_of(file: Path | IO[bytes], name: str, most: Most) -> _Account:
    """Return what may come out of an archive."""
    size = file.stat().st_size if isinstance(file, Path) else file.seek(0, 2)
    by_ratio = most.ratio * size + SMALL
    return _Account(name, size, by_ratio if most.unpacked_bytes is None else min(by_ratio, most.unpacked_bytes))


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Say in plain words that an archive is damaged."""
    try:
        yield
    except (*DAMAGED, OSError) as error:
        raise InputError("{name} is a damaged archive", name=name, hint="pack it again") from error


def _refused(name: str, entry: str, fault: str) -> InputError:
    """Return the error for an archive with a harmful entry."""
    return InputError("{name}: {entry!r} {fault}", name=name, entry=entry[:80], fault=fault, hint="pack the files anew")


def _too_many(name: str, count: int, most: Most) -> InputError:
    """Return the error for an archive of too many entries."""
    return InputError("{name} has {count} entries, more than {most}", name=name, count=count, most=most.entries,
                      hint="pack what is needed alone")  # fmt: skip
