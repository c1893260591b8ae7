"""Small things kept in object storage: put, got and removed by their address."""

from functools import partial
from pathlib import Path
from typing import Any

from landbalance.core.errors import InputError, SourceError
from landbalance.io.files import sha256, whole_file

SCHEME = "s3://"


def checked_address(address: str) -> str:
    """Return the address of a folder in object storage, without a slash at its end.

    Raises
    ------
    InputError
        If it is none.
    """
    if not address.startswith(SCHEME) or len(address.removeprefix(SCHEME).strip("/")) == 0:
        raise InputError("{address} is no place in object storage", address=address, hint="use s3://bucket/folder")
    return address.rstrip("/")


def put_object(address: str, content: bytes) -> None:
    """Keep some bytes under an address.

    Raises
    ------
    SourceError
        If the storage does not take them.
    """
    _patiently("pipe_file", address, content)


def get_object(address: str) -> bytes:
    """Return the bytes under an address.

    Raises
    ------
    NotFoundError, SourceError
        If there are none, or the storage does not give them.
    """
    return bytes(_patiently("cat_file", address))


def fetch_object(address: str, path: Path, digest: str) -> None:
    """Fetch an object into a file, whole or not at all.

    Raises
    ------
    SourceError
        If it is not what its SHA-256 says.
    NotFoundError, DiskError
        If there is none, or the disk is full.
    """
    with whole_file(path) as temporary:
        _patiently("get_file", address, str(temporary))
        if sha256(temporary) != digest:
            raise SourceError("{address} is not what was put there", address=address, retryable=True, hint="run again")


def remove_objects(address: str) -> None:
    """Remove all that is kept below an address; nothing is no error."""
    if _patiently("exists", address):
        _patiently("rm", address, recursive=True)


def _patiently(name: str, address: str, *words: Any, **options: Any) -> Any:
    """Call a function of the file system of an address, again where the line fails."""
    from landbalance.io.remote import filesystem, with_retries  # only where it is needed: it takes long to import

    return with_retries(partial(getattr(filesystem(address), name), address, *words, **options), address)
