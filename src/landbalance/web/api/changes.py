"""What a change is made from: the version a program has read, by its ETag or its number."""

from typing import Any

from django.http import HttpRequest
from ninja import Schema
from ninja.errors import HttpError

from landbalance.registry.records import ConflictError, WorkspaceRecord
from landbalance.web.api.answers import tag_of, tags_in
from landbalance.web.api.schemas import Change

ANY = "*"


def base_of(request: HttpRequest, record: WorkspaceRecord, out: type[Schema], given: Change | None = None) -> int:
    """Return the version of a record that a change is made from; the use case refuses it if another stands there.

    Parameters
    ----------
    request : HttpRequest
        `If-Match` holds the ETag of the record as it was read.
    record : WorkspaceRecord
        As it stands now.
    out : type of Schema
        What a reader is given of it.
    given : Change or None
        The body, which can name the version instead.

    Raises
    ------
    ConflictError
        If the record has changed since it was read.
    HttpError
        428 if nothing says which version was read.
    """
    if "If-Match" in request.headers:
        if not {ANY, tag_of(record, out)} & tags_in(request, "If-Match"):
            raise _stale(record)
        return record.version
    if given is None or given.version is None:
        raise HttpError(428, "say which version you have read: send its ETag as If-Match")
    return given.version


def rows_of(record: Any, names: tuple[str, ...], values: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an exchange row: what was sent, the rest as the record stands."""
    return {name: getattr(record, name) for name in names} | values


def _stale(record: WorkspaceRecord) -> ConflictError:
    """Return the error that says a record is not as it was read."""
    error = ConflictError(
        "version {version} was saved since you read it", version=record.version, hint="read it again and send its ETag"
    )
    error.theirs = record
    return error
