"""Make a mirror of what was fetched, and look through one that was made."""

import hashlib
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from landbalance.core.errors import InputError, LandbalanceError, NotFoundError
from landbalance.core.sources import Source, sources
from landbalance.io.files import sha256, whole_file, write_bytes
from landbalance.io.packs.cache import Cache, Listed, Span
from landbalance.io.packs.carry import recipe_of, shared_layers
from landbalance.io.packs.line import full_disk
from landbalance.io.packs.mirror_index import (
    INDEX,
    OBJECTS,
    SIGNATURE,
    MirrorAnswer,
    MirrorFile,
    MirrorIndex,
    written,
)
from landbalance.io.packs.mirrors import Mirror, object_name


@dataclass(frozen=True)
class Stock:
    """What a mirror holds, and how much was left out because it may not be passed on."""

    files: int
    answers: int
    bytes: int
    left_out: int = 0


@dataclass(frozen=True)
class Wrong:
    """One part of a mirror that is not what its list says."""

    url: str
    why: str


def make_mirror(
    target: Path, cache: Cache, key: Ed25519PrivateKey, name: str, now: datetime, *, packs: Collection[Path] = ()
) -> Stock:
    """Write a mirror of a cache into a folder, or bring one up to date, and sign it.

    Parameters
    ----------
    target : Path
    cache : Cache
    key : Ed25519PrivateKey
    name : str
        What it is called.
    now : datetime
    packs : collection of Path
        Only what these packs were made of; all of the cache when empty.

    Raises
    ------
    InputError
        If nothing is there to be passed on, or the folder cannot be written.
    """
    index, left_out = _index(cache, name, now, packs)
    if not index.files and not index.answers:
        raise InputError("nothing in {cache} may be passed on", cache=cache.folder,
                         hint="build a pack first, or name the cache with --cache")  # fmt: skip
    held = {digest: last - first + 1 for file in index.files.values() for first, last, digest in file.spans}
    held |= {answer.sha256: answer.bytes for answer in index.answers.values()}
    try:
        target.mkdir(parents=True, exist_ok=True)
        _copy(cache, target, held)
        content, signature = written(index, key)
        write_bytes(target / SIGNATURE, signature)
        write_bytes(target / INDEX, content)
        _clear(target, held)
    except OSError as error:
        raise full_disk(error, target) from error
    return Stock(len(index.files), len(index.answers), sum(held.values()), left_out)


def check_mirror(mirror: Mirror) -> tuple[Stock, tuple[Wrong, ...]]:
    """Read every part of a mirror; return what it holds, and what of it is wrong."""
    parts = [(url, last - first + 1, digest)
             for url, file in mirror.index.files.items() for first, last, digest in file.spans]  # fmt: skip
    parts += [(each.url, each.bytes, each.sha256) for each in mirror.index.answers.values()]
    wrong, total, seen = [], 0, set[str]()
    for url, size, digest in parts:
        if digest in seen:
            continue
        seen.add(digest)
        total += size
        try:
            content = mirror.read(object_name(digest), size)
        except LandbalanceError as error:
            wrong.append(Wrong(url, str(error)))
            continue
        if len(content) != size or hashlib.sha256(content).hexdigest() != digest:
            wrong.append(Wrong(url, "changed"))
    return Stock(len(mirror.index.files), len(mirror.index.answers), total), tuple(wrong)


def _index(cache: Cache, name: str, now: datetime, packs: Collection[Path]) -> tuple[MirrorIndex, int]:
    """Return the list of what may be passed on, and how many files may not be."""
    listed = cache.listed()
    closed = [each for each in sources().values() if not each.share]
    everything = {*listed.files, *listed.absent, *(url for url, _ in listed.answers.values())}
    may_go = {url for url in everything if not any(is_of(url, each) for each in closed)}
    named, hosts = _asked_by(packs)
    beside = {url for url in may_go if not packs or host_of(url) in hosts}
    files = {
        url: MirrorFile(size=known.size, etag=known.etag, spans=_held(cache, spans))
        for url, (known, spans) in listed.files.items()
        if url in (named & may_go if packs else may_go)
    }
    index = MirrorIndex(
        name=name,
        made=now.astimezone(UTC).replace(microsecond=0),
        files=files,
        absent=tuple(url for url in listed.absent if url in beside),
        answers=_answers(cache, listed, beside),
    )
    return index, len(listed.files.keys() - may_go)


def _asked_by(packs: Collection[Path]) -> tuple[set[str], set[str]]:
    """Return the files that some packs were made of and may be passed on, and the hosts of their sources."""
    named, hosts = set[str](), set[str]()
    for pack in packs:
        layers = shared_layers(pack)
        named |= {str(row["url"]) for row in recipe_of(pack, {layer.path for layer in layers})}
        for layer in layers:
            if known := sources().get(layer.source):
                hosts |= set(known.hosts)
                named.add(known.url)  # the list of tiles of a mosaic stands in no recipe
    return named, hosts


def _held(cache: Cache, spans: list[Span]) -> tuple[tuple[int, int, str], ...]:
    """Return the parts of a file that are still there."""
    return tuple((span.first, span.last, span.sha256) for span in spans if cache.has(span.sha256))


def _answers(cache: Cache, listed: Listed, wanted: set[str]) -> dict[str, MirrorAnswer]:
    """Return the answers that are wanted and still there."""
    found = {}
    for key, (url, digest) in listed.answers.items():
        content = cache.object(digest) if url in wanted else None
        if content is not None:
            found[key] = MirrorAnswer(url=url, sha256=digest, bytes=len(content))
    return found


def is_of(url: str, source: Source) -> bool:
    """Return whether an address is one of a source: it begins as one of its templates does.

    A source that is not reached by addresses has none; one that names only its host has all of it.
    """
    begins = [each.partition("{")[0] for each in (source.url, *source.alternatives, source.root) if each]
    begins += [] if begins else [f"https://{host}/" for host in source.hosts]
    return url.startswith(tuple(begins))


def host_of(url: str) -> str:
    """Return the host of an address."""
    return url.partition("://")[2].partition("/")[0]


def _copy(cache: Cache, target: Path, held: dict[str, int]) -> None:
    """Copy what is not there yet, each part whole."""
    absent = [digest for digest, size in held.items() if not _is_there(target / object_name(digest), digest, size)]
    need, free = sum(held[digest] for digest in absent), shutil.disk_usage(target).free
    if need > free:
        raise InputError("the mirror takes {need:.1f} MB more, and {folder} has {free:.1f} MB free", need=need / 1e6,
                         folder=target, free=free / 1e6, hint="name fewer packs, or a larger stick")  # fmt: skip
    for digest in absent:
        content = cache.object(digest)
        if content is None:
            raise NotFoundError("{cache} lost a part since it was listed", cache=cache.folder,
                                hint="build the pack again, then make the mirror")  # fmt: skip
        place = target / object_name(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(place, len(content)) as part:
            part.write_bytes(content)


def _clear(target: Path, held: dict[str, int]) -> None:
    """Remove parts that the list does not name any more."""
    for path in (target / OBJECTS).glob("*/*"):
        if path.name not in held:
            path.unlink(missing_ok=True)


def _is_there(path: Path, digest: str, size: int) -> bool:
    """Return whether a part lies there already, unharmed."""
    return path.is_file() and path.stat().st_size == size and sha256(path) == digest
