"""The three ways to read that every kind of record has: the list, one, its history."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from landbalance.registry.records import WorkspaceRecord, find
from landbalance.web.api.answers import FORMATS, Place, give, give_page, written
from landbalance.web.api.answers import answer as answered
from landbalance.web.api.door import enter
from landbalance.web.api.schemas import PAGING, PROBLEMS, PageOf, Paging, VersionOut


def records_router(
    model: type[WorkspaceRecord],
    out: type[Schema],
    *,
    name: str,
    view: str,
    code: str = "code",
    place: Place | None = None,
) -> Router:
    """Return a router with list, record and history; its room adds what changes records.

    Parameters
    ----------
    model : type of WorkspaceRecord
    out : type of Schema
        What is given of each record.
    name : str
        The word in the address, such as "practices".
    view : str
        The act a reader must be allowed.
    code : str
        The field that names a record in its address.
    place : callable or None
        Returns the GeoJSON geometry of a record.
    """
    router = Router(tags=[name])
    listed, one = f"/workspaces/{{slug:workspace}}/{name}", f"/workspaces/{{slug:workspace}}/{name}/{{str:code}}"

    def rows(request: HttpRequest, workspace: str) -> Any:
        seen = enter(request, workspace, view)
        return model.objects.for_user(request.user).in_workspace(seen)

    def found(request: HttpRequest, workspace: str, key: str) -> Any:
        seen = enter(request, workspace, view)
        return find(model, request.user, workspace=seen, **{code: key})

    @router.get(listed, response={200: PageOf[out], **PROBLEMS}, url_name=f"{name}", openapi_extra=FORMATS)  # type: ignore[valid-type]
    def list_records(request: HttpRequest, workspace: str, paging: Paging = PAGING) -> HttpResponse:
        """List the records a person sees."""
        return give_page(request, rows(request, workspace), out, paging, place=place)

    @router.get(one, response={200: out, **PROBLEMS}, url_name=f"{name}_one")
    def read_record(request: HttpRequest, workspace: str, code: str) -> HttpResponse:
        """Read one record."""
        return give(request, found(request, workspace, code), out)

    @router.get(one + "/history", response={200: list[VersionOut], **PROBLEMS}, url_name=f"{name}_history")
    def read_history(request: HttpRequest, workspace: str, code: str) -> HttpResponse:
        """Read every version of a record, latest first."""
        return answered(request, written(versions(found(request, workspace, code))), "json")

    for view_of in (list_records, read_record, read_history):
        view_of.__name__ = f"{view_of.__name__}_{name}"
    return router


def versions(record: WorkspaceRecord) -> list[dict[str, Any]]:
    """Return every version of a record with what it changed."""
    return [
        VersionOut(
            version=row.version,
            at=row.history_date,
            by=row.history_user.username if row.history_user else None,
            reason=row.history_change_reason or "",
            changes={field: [_plain(old), _plain(new)] for field, old, new in changed},
        ).model_dump(mode="json")
        for row, changed in record.changes()
    ]


def _plain(value: Any) -> Any:
    """Return a value that JSON knows."""
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)
