"""The signed list of a mirror: which parts of which files it holds, and the keys that sign and check it.

A mirror is a folder: `mirror-index.json`, its signature in `mirror-index.sig`, and `objects/ab/abcd...`, each part
under its checksum. The list names addresses as the sources have them, so that what a mirror lends is checked against
the list, and the list against a key that a person chose to trust.
"""

import base64
import binascii
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from landbalance.core.errors import InputError, SourceError

INDEX, SIGNATURE, OBJECTS = "mirror-index.json", "mirror-index.sig", "objects"
MOST_INDEX_BYTES, MOST_SIGNATURE_BYTES = 256 << 20, 1 << 10
AHEAD = timedelta(days=2)  # clocks are wrong by a day, not by more
_CONTEXT = b"landbalance mirror index 1\n"
_KIND = "ed25519:"


class _Form(BaseModel):
    """A part of the list."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def _in_order(span: tuple[int, int, str]) -> tuple[int, int, str]:
    """Refuse a part that ends before it begins."""
    if not 0 <= span[0] <= span[1]:
        raise ValueError("a part begins at or before its end")
    return span


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Part = Annotated[tuple[int, int, Digest], AfterValidator(_in_order)]


class MirrorFile(_Form):
    """One version of a file of a source: its size, its version mark, and the parts that are held."""

    size: int = Field(ge=0)
    etag: str
    spans: tuple[Part, ...]


class MirrorAnswer(_Form):
    """An answer of a source to a search."""

    url: str
    sha256: Digest
    bytes: int = Field(ge=0)


class MirrorIndex(_Form):
    """The list of a mirror.

    Parameters
    ----------
    name : str
        What the mirror is called; an older list of the same name and key is refused.
    made : datetime
    files : mapping of str to MirrorFile
        By address, without token.
    absent : tuple of str
        Addresses under which a source has nothing.
    answers : mapping of str to MirrorAnswer
        By what was asked.
    """

    format: Literal[1] = 1
    name: str = Field(min_length=1, max_length=100)
    made: AwareDatetime
    files: Mapping[str, MirrorFile]
    absent: tuple[str, ...] = ()
    answers: Mapping[str, MirrorAnswer]


def make_key(place: Path) -> str:
    """Write a new private key that only its owner can read, and return the public one.

    Raises
    ------
    InputError
        If there is a file already, or it cannot be written.
    """
    key = Ed25519PrivateKey.generate()
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise InputError("{path} exists already", path=place, hint="sign with it, or name another file") from error
    except OSError as error:
        raise InputError("{path} cannot be written ({why})", path=place, why=error.strerror,
                         hint="choose another folder") from error  # fmt: skip
    with os.fdopen(handle, "wb") as file:
        file.write(base64.b64encode(key.private_bytes_raw()) + b"\n")
    return public_of(key)


def read_key(place: Path) -> Ed25519PrivateKey:
    """Return the private key in a file.

    Raises
    ------
    InputError
        If there is none.
    """
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(place.read_bytes(), validate=False))
    except (OSError, ValueError) as error:
        raise InputError("{path} holds no key to sign with", path=place,
                         hint="make one: landbalance pack mirror key FILE") from error  # fmt: skip


def public_of(key: Ed25519PrivateKey) -> str:
    """Return the public key as people pass it on."""
    return _KIND + base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")


def public_key(text: str) -> Ed25519PublicKey:
    """Return a public key that was passed on.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        if not text.startswith(_KIND):
            raise ValueError(text)
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.removeprefix(_KIND), validate=True))
    except (ValueError, binascii.Error) as error:
        raise InputError("{text!r} is no key of a mirror", text=text[:60],
                         hint="it begins with ed25519: and comes from whoever made the mirror") from error  # fmt: skip


def written(index: MirrorIndex, key: Ed25519PrivateKey) -> tuple[bytes, bytes]:
    """Return a list and its signature as they are stored."""
    content = orjson.dumps(index.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS) + b"\n"
    return content, base64.b64encode(key.sign(_CONTEXT + content)) + b"\n"


def believed(content: bytes, signature: bytes, key: str, place: str, *, now: datetime, most_days: int) -> MirrorIndex:
    """Return the list of a mirror, if it is signed by the trusted key and neither old nor of the future.

    Parameters
    ----------
    content, signature : bytes
        As they are stored.
    key : str
        The public key that was pinned.
    place : str
        Where the mirror is, for messages.
    now : datetime
    most_days : int
        Age beyond which a list is not believed.

    Raises
    ------
    SourceError
        If it is not.
    """
    try:
        public_key(key).verify(base64.b64decode(signature, validate=False), _CONTEXT + content)
        index = MirrorIndex.model_validate_json(content)
    except (InvalidSignature, binascii.Error) as error:
        raise SourceError("the list of the mirror {place} is not signed by the key that is trusted", place=place,
                          retryable=False,
                          hint="ask whoever keeps it for its key, or leave it out") from error  # fmt: skip
    except ValidationError as error:
        raise SourceError("the list of the mirror {place} is not what it should be", place=place, retryable=False,
                          hint="it may be of another version: have it made anew") from error  # fmt: skip
    made = index.made.astimezone(UTC)
    if made - now > AHEAD:
        raise SourceError("the list of the mirror {place} is dated {made}, which is yet to come", place=place,
                          made=made.date(), retryable=False, hint="check the clock of this machine")  # fmt: skip
    if now - made > timedelta(days=most_days):
        raise SourceError("the list of the mirror {place} is of {made}, more than {days} days old", place=place,
                          made=made.date(), days=most_days, retryable=False,
                          hint="have it made anew, or raise most_days where it is named")  # fmt: skip
    return index
