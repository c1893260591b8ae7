"""Answers: a page of records as JSON, CSV or GeoJSON; unchanged ones are not sent again."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Schema
from ninja.errors import HttpError

from landbalance.io.sheet import sheet_csv
from landbalance.registry.records import WorkspaceRecord, shows_place
from landbalance.web.api.schemas import Paging

TYPES = {"json": "application/json", "csv": "text/csv; charset=utf-8", "geojson": "application/geo+json"}
ACCEPTED = {"text/csv": "csv", "application/geo+json": "geojson"}
FORMATS: dict[str, Any] = {
    "responses": {
        200: {
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/geo+json": {"schema": {"type": "object"}},
            }
        }
    }
}
Place = Callable[[Any], "Mapping[str, Any] | None"]


def give_page(
    request: HttpRequest,
    rows: "QuerySet[Any] | Sequence[Any]",
    schema: type[Schema],
    paging: Paging,
    *,
    place: Place | None = None,
) -> HttpResponse:
    """Return a part of the records.

    Parameters
    ----------
    rows : QuerySet or sequence
        All of them, through the gate.
    schema : type of Schema
        What is given of each.
    paging : Paging
    place : callable or None
        Returns the GeoJSON geometry of a row, or None where it is unknown or not to be seen.

    Raises
    ------
    HttpError
        422 if GeoJSON is asked for and the records lie nowhere.
    """
    kind = paging.format or _accepted(request)
    total = rows.count() if isinstance(rows, QuerySet) else len(rows)
    part = rows[paging.offset : paging.offset + paging.limit]
    items = [(row, schema.model_validate(row).model_dump(mode="json")) for row in part]
    if kind == "geojson":
        if place is None:
            raise HttpError(422, "these records lie nowhere: ask for json or csv")
        where = [place(row) if not _is_hidden(request, row) else None for row, _ in items]
        pairs = zip(items, where, strict=True)
        features = ({"type": "Feature", "properties": item, "geometry": at} for (_, item), at in pairs)
        return answer(request, written({"type": "FeatureCollection", "features": [*features]}), "geojson")
    if kind == "csv":
        return answer(request, sheet(schema, (item for _, item in items)), "csv")
    more = paging.offset + paging.limit
    following = {**request.GET.dict(), "offset": more}
    link = f"{request.path}?{urlencode(following)}" if more < total else None
    return answer(request, written({"count": total, "next": link, "items": [item for _, item in items]}), "json")


def give(request: HttpRequest, row: Any, schema: type[Schema], *, status: int = 200, at: object = "") -> HttpResponse:
    """Return one record; of one that was made, `at` is its name under the address it was sent to."""
    given = answer(request, _one(row, schema), "json", status=status)
    if at:
        given["Location"] = f"{request.path}/{at}"
    return given


def tag_of(row: Any, schema: type[Schema]) -> str:
    """Return the ETag that whoever reads the record is given."""
    return _tag(_one(row, schema))


def tags_in(request: HttpRequest, header: str) -> set[str]:
    """Return the tags a header lists, weak ones too."""
    return {each.strip().removeprefix("W/") for each in request.headers.get(header, "").split(",")}


def answer(request: HttpRequest, body: bytes, kind: str, *, status: int = 200) -> HttpResponse:
    """Return a body with its ETag; nothing but 304 to whoever has it already."""
    tag, known = _tag(body), tags_in(request, "If-None-Match")
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie, Accept"}
    if status == 200 and request.method in ("GET", "HEAD") and tag in known:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, status=status, content_type=TYPES[kind], headers=headers)


def written(document: Any) -> bytes:
    """Return a document as JSON; what is no number becomes null."""
    return orjson.dumps(document)


def sheet(schema: type[Schema], items: Iterable[Mapping[str, Any]]) -> bytes:
    """Return items as CSV that no spreadsheet runs."""
    columns = [*schema.model_fields]
    return sheet_csv(columns, [[_cell(item.get(name)) for name in columns] for item in items]).encode()


def _one(row: Any, schema: type[Schema]) -> bytes:
    """Return the body of one record."""
    return written(schema.model_validate(row).model_dump(mode="json"))


def _tag(body: bytes) -> str:
    """Return the ETag of a body."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def _is_hidden(request: HttpRequest, row: Any) -> bool:
    """Return whether the place of a record is kept from the person who asks."""
    return isinstance(row, WorkspaceRecord) and not shows_place(request.user, row)


def _cell(value: Any) -> Any:
    """Return a value for a cell."""
    return written(value).decode() if isinstance(value, dict | list) else value


def _accepted(request: HttpRequest) -> str:
    """Return what the Accept header asks for."""
    asked = request.headers.get("Accept", "").split(",")[0].split(";")[0].strip()
    return ACCEPTED.get(asked, "json")
