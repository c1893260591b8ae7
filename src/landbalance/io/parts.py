"""Files that come in parts over a poor line: each part is written after the last one, or not at all."""

import base64
import binascii
import hashlib
import re
from pathlib import Path
from typing import BinaryIO

from landbalance.core.errors import InputError, RuleError

CHUNK = 1 << 16
_DIGEST = re.compile(r"^sha-256=:([A-Za-z0-9+/]{43}=):$")


def write_part(place: Path, offset: int, source: BinaryIO, length: int, digest: str = "") -> int:
    """Write the next bytes of a file at a place in it, and return how many came.

    Parameters
    ----------
    place : Path
        The file so far; what lies behind `offset` in it is overwritten.
    offset : int
        Where the bytes belong.
    source : file
        Read up to `length` bytes.
    length : int
        How many are announced.
    digest : str
        What their header Content-Digest says (RFC 9530), such as `sha-256=:...:`; where it says something, a part that
        is cut short or changed leaves nothing behind.

    Raises
    ------
    InputError
        If the digest makes no sense, or the disk is full.
    RuleError
        If the bytes are others than were announced.
    """
    wanted, found, left = _wanted(digest), hashlib.sha256(), length
    try:
        with place.open("r+b") as sink:
            sink.seek(offset)
            try:
                while left and (chunk := source.read(min(left, CHUNK))):
                    sink.write(chunk)
                    found.update(chunk)
                    left -= len(chunk)
            except BaseException:
                sink.truncate(offset)
                raise
            if wanted and (left or found.digest() != wanted):
                sink.truncate(offset)
                raise RuleError("a part of {name} was cut or changed on its way", name=place.name,
                                hint="send this part again")  # fmt: skip
    except OSError as error:
        raise InputError("{name} cannot be kept ({why})", name=place.name, why=error.strerror or error,
                         hint="ask the keeper of the server for space") from error  # fmt: skip
    return length - left


def _wanted(digest: str) -> bytes:
    """Return the checksum that a header states; nothing where there is no header."""
    if not digest:
        return b""
    stated = _DIGEST.match(digest.strip())
    try:
        return base64.b64decode(stated[1] if stated else "-", validate=True)
    except binascii.Error as error:
        raise InputError("{digest} is no checksum of a part", digest=digest[:80],
                         hint="write Content-Digest: sha-256=:...:, or leave it out") from error  # fmt: skip
