"""Files on other computers (http, https, s3): looked at before they are opened, and asked for again when a line fails.

Credentials come from the surroundings (`~/.netrc`, the AWS variables and files), never from a workspace. A server may
send a request on to another place of its own, and to no other host.
"""

import hashlib
import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

import aiohttp
import fsspec
from fsspec.asyn import sync
from yarl import URL

from landbalance.core.addresses import without_secrets
from landbalance.core.errors import LandbalanceError, NotFoundError, SourceError
from landbalance.io.files import sha256, whole_file

_ONE_AT_A_TIME = threading.Lock()
log = logging.getLogger(__name__)
Result = TypeVar("Result")

CONNECT_SECONDS = 10
STALL_SECONDS = 30  # without a byte
DELAYS = (0.5, 2.0, 8.0)  # seconds before each further attempt
HEAD_BYTES = 16
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})  # statuses that may be gone in a moment
WHOLE_BYTES = 8 << 20  # files up to here are read for their checksum
_KEPT = "/:?=@!$'()*,;#[]~"  # what stands for itself in GDAL's option url=
_NUMBERS = count()
AWS_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")


@dataclass(frozen=True)
class RemoteFile:
    """What a server says of a file.

    Parameters
    ----------
    size : int
        Bytes.
    etag, changed : str
        Its version mark and time of change; empty where the server gives none.
    start : bytes
        Its first bytes.
    """

    size: int
    etag: str
    changed: str
    start: bytes

    @property
    def stamp(self) -> str:
        """Return what changes when the file does; empty where the server gives neither mark nor time."""
        return f"{self.size};{self.etag};{self.changed}" if self.etag or self.changed else ""


def look_at(path: str) -> RemoteFile:
    """Return what a server says of a file, by reading its first bytes.

    Raises
    ------
    NotFoundError
        If there is none.
    SourceError
        If the server refuses, cannot be reached, sends the request elsewhere or gives no parts of files.
    """
    return with_retries(partial(_look_in_bucket if path.startswith("s3://") else _look_on_web, path), path)


def with_retries(
    work: Callable[[], Result], path: str, *, again: Callable[[], object] = lambda: None, delays: tuple[float, ...] = ()
) -> Result:
    """Return the result of work that may fail because of a server; it is tried again after longer and longer pauses.

    Parameters
    ----------
    work : callable
        What to do.
    path : str
        The address, for the message.
    again : callable
        Called before each further attempt, such as to open the file anew.
    delays : tuple of float
        Pauses [s]; `DELAYS` when empty.

    Raises
    ------
    SourceError
        If the last attempt fails too, or none can help.
    """
    pauses = delays or DELAYS
    for attempt in range(len(pauses) + 1):
        try:
            if attempt:
                again()
            return work()
        except Exception as error:  # curl, aiohttp, botocore and the readers on top of them raise many kinds
            failure = _failure(path, error)
            if attempt == len(pauses) or not (isinstance(failure, SourceError) and failure.retryable):
                raise failure from error
            log.info("%s: again in %s s", failure, pauses[attempt])
            time.sleep(pauses[attempt])
    raise AssertionError  # the last attempt returns or raises


def gdal_path(path: str) -> str:
    """Return a name under which GDAL reads an address, another one each time.

    GDAL keeps what it fetched by name, failures too. A pause between attempts that it never makes tells names apart.
    """
    if path.startswith("s3://"):
        return "/vsis3/" + path.removeprefix("s3://")
    return f"/vsicurl?max_retry=0&retry_delay=1.{next(_NUMBERS):09d}&url={quote(path, safe=_KEPT)}"


def gdal_options(path: str) -> dict[str, Any]:
    """Return the settings for reading an address through GDAL: time limits, no folder listing."""
    options: dict[str, Any] = {
        "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        "GDAL_HTTP_CONNECTTIMEOUT": CONNECT_SECONDS,
        "GDAL_HTTP_LOW_SPEED_TIME": STALL_SECONDS,
        "GDAL_HTTP_LOW_SPEED_LIMIT": 1,
        "GDAL_HTTP_MAX_RETRY": len(DELAYS),
        "GDAL_HTTP_RETRY_DELAY": DELAYS[0],
    }
    if path.startswith("s3://") and _endpoint():
        parts = urlsplit(_endpoint())
        secure = "YES" if parts.scheme == "https" else "NO"
        options |= {"AWS_S3_ENDPOINT": parts.netloc, "AWS_HTTPS": secure, "AWS_VIRTUAL_HOSTING": "FALSE"}
    return options


def storage_options(path: str) -> dict[str, Any]:
    """Return the settings for reading an address through fsspec."""
    if not path.startswith("s3://"):
        return {"get_client": _client}
    limits = {"connect_timeout": CONNECT_SECONDS, "read_timeout": STALL_SECONDS, "retries": {"max_attempts": 1}}
    is_open = os.environ.get("AWS_NO_SIGN_REQUEST", "").upper() in ("YES", "TRUE", "1")
    place = {"endpoint_url": _endpoint()} if _endpoint() else {}
    return {"anon": is_open, "config_kwargs": limits, "use_listings_cache": False, **place}


def _endpoint() -> str:
    """Return where S3 is, as the AWS clients read it; empty for Amazon's own."""
    return next((os.environ[name] for name in AWS_ENDPOINTS if os.environ.get(name)), "")


def local_copy(path: str) -> Path:
    """Return a local copy of a remote file, fetched whole if there is none of this version yet.

    NetCDF is read this way: its library asks for many small parts, and may not wait for another thread to fetch them.

    Raises
    ------
    NotFoundError, SourceError
        As `look_at`.
    InputError
        If the disk is full.
    """
    found = look_at(path)
    base = (
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "landbalance" / _digest(path.encode())[:32]
    )
    place = base / (_digest(found.stamp.encode())[:32] + ".nc")
    with _ONE_AT_A_TIME:
        if not (found.stamp and place.is_file() and place.stat().st_size == found.size):
            shutil.rmtree(base, ignore_errors=True)
            with whole_file(place) as temporary:
                with_retries(partial(_fetch, path, temporary, found.size), path)
    return place


def remote_stamp(path: str, inside: tuple[str, ...] = ()) -> str:
    """Return what changes when a remote file, or the first of the files `inside` a folder that exists, does."""
    return look_at(_first(path, inside)).stamp


def remote_checksum(path: str, inside: tuple[str, ...] = ()) -> str:
    """Return a checksum of a remote file, saying of what where it is not of its content.

    Small files, and those the server gives no mark for, are read and get their SHA-256. Others get "size+etag:" and the
    SHA-256 of what the server says of them. A folder gets "metadata:" and the SHA-256 of its metadata, over http, or
    of the sizes and marks of all its files, on S3.

    Raises
    ------
    NotFoundError, SourceError
        As `look_at`.
    """
    name = _first(path, inside)
    if name != path and path.startswith("s3://"):
        return "size+etag:" + _digest(with_retries(partial(_listing, path), path))
    found = look_at(name)
    if found.stamp and found.size > WHOLE_BYTES:
        return "size+etag:" + _digest(found.stamp.encode())
    digest = with_retries(partial(_content_digest, name), path)
    return digest if name == path else "metadata:" + digest


def _first(path: str, inside: tuple[str, ...]) -> str:
    """Return the file itself, or the first of the files inside a folder that there is."""
    for name in inside:
        try:
            look_at(f"{path.rstrip('/')}/{name}")
        except NotFoundError:
            continue
        return f"{path.rstrip('/')}/{name}"
    return path


def _listing(path: str) -> bytes:
    """Return the names, sizes and marks of all files under an S3 prefix."""
    files = filesystem(path).find(path, detail=True)
    return "\n".join(f"{name};{facts['size']};{facts.get('ETag')}" for name, facts in sorted(files.items())).encode()


def _content_digest(path: str) -> str:
    """Return the SHA-256 of a remote file's content."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        _fetch(path, copy, look_at(path).size)
        return sha256(copy)


def _fetch(path: str, place: Path, size: int) -> None:
    """Fetch a file whole.

    Raises
    ------
    SourceError
        If it is shorter or longer than the server said.
    """
    filesystem(path).get_file(path, str(place))
    if place.stat().st_size != size:
        raise SourceError(
            "{path} came as {got} of {size} bytes", path=path, got=place.stat().st_size, size=size, retryable=True
        )


def _digest(content: bytes) -> str:
    """Return the SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def filesystem(path: str) -> Any:
    """Return the file system of an address."""
    return fsspec.filesystem(path.partition("://")[0].lower(), **storage_options(path))


def _look_in_bucket(path: str) -> RemoteFile:
    """Return what S3 says of an object."""
    files = filesystem(path)
    facts = files.info(path, refresh=True)
    if facts["type"] != "file":
        raise FileNotFoundError(path)
    start = files.cat_file(path, start=0, end=min(HEAD_BYTES, facts["size"])) if facts["size"] else b""
    return RemoteFile(facts["size"], str(facts.get("ETag", "")), str(facts.get("LastModified", "")), start)


def _look_on_web(path: str) -> RemoteFile:
    """Return what a web server says of a file."""
    files = filesystem(path)
    session = sync(files.loop, files.set_session)
    return sync(files.loop, _first_bytes, session, path)  # type: ignore[no-any-return]


async def _first_bytes(session: aiohttp.ClientSession, path: str) -> RemoteFile:
    """Ask for the first bytes of a file."""
    async with session.get(URL(path), headers={"Range": f"bytes=0-{HEAD_BYTES - 1}"}) as answer:
        if answer.status == 416:  # an empty file has no first bytes
            return RemoteFile(0, "", "", b"")
        answer.raise_for_status()
        span = answer.headers.get("Content-Range", "")
        size = span.rpartition("/")[2]
        if answer.status != 206 or not size.isdigit():
            length = answer.headers.get("Content-Length")
            if length == "0":
                return RemoteFile(0, "", "", b"")
            raise SourceError(
                "{path} is on a server that gives no parts of files",
                path=path,
                hint="fetch it, then name the local file",
                retryable=False,
            )
        start = await answer.content.readexactly(min(HEAD_BYTES, int(size)))
        etag, changed = answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
        return RemoteFile(int(size), etag, changed, start)


async def _client(**options: Any) -> aiohttp.ClientSession:
    """Return a session with time limits that stays on the host it was sent to."""
    guard = aiohttp.TraceConfig()
    guard.on_request_redirect.append(_stay)
    limits = aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS, sock_read=STALL_SECONDS)
    return aiohttp.ClientSession(timeout=limits, trace_configs=[guard], trust_env=True, **options)


async def _stay(session: aiohttp.ClientSession, context: object, asked: aiohttp.TraceRequestRedirectParams) -> None:
    """Refuse to be sent to another host, or from a closed line to an open one."""
    del session, context
    target = asked.url.join(URL(asked.response.headers.get("Location", "")))
    is_upgrade = (asked.url.scheme, target.scheme, target.host) == ("http", "https", asked.url.host)
    is_usual = asked.url.is_default_port() and target.is_default_port()
    same = (target.scheme, target.host, target.port) == (asked.url.scheme, asked.url.host, asked.url.port)
    if not (same or (is_upgrade and is_usual)):
        raise SourceError(
            "{path} sends to {target}",
            path=str(asked.url),
            target=str(target),
            hint="if you trust that place, name it in landbalance.toml",
            retryable=False,
        )


def _failure(path: str, error: Exception) -> LandbalanceError:
    """Return what to tell of an error, and whether the same request may succeed later."""
    if isinstance(error, LandbalanceError):
        return error
    status = getattr(error, "status", None)
    if isinstance(error, FileNotFoundError) or status in (404, 410):
        return NotFoundError("{path} does not exist", path=path, hint="check the address of the layer")
    if isinstance(error, PermissionError) or status in (401, 403):
        hint = "put the access data in ~/.netrc, or for s3 in AWS_PROFILE or AWS_ACCESS_KEY_ID"
        return SourceError("{path} is closed to you", path=path, hint=hint, retryable=False)
    return SourceError(
        "{path} cannot be read from its server ({why})",
        path=path,
        why=without_secrets(_said(error)),
        hint="try again later; if it stays so, fetch the file and name the local copy",
        retryable=status is None or status in PASSING,
    )


def _said(error: Exception) -> str:
    """Return the first line of what an error, or the one behind it, says."""
    said = str(error.__cause__ or error).strip()
    return said.splitlines()[0] if said else type(error).__name__
