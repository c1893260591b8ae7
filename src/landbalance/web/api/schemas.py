"""What goes in and out: strict on the way in, the same head on every record on the way out."""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from ninja import Query, Schema
from pydantic import ConfigDict, Field

from landbalance.registry.workspaces.models import Sector

Item = TypeVar("Item")
Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", description="Code, unique in the workspace.")]
Line = Annotated[str, Field(max_length=300)]
Text = Annotated[str, Field(max_length=20_000)]
Codes = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=60)]
Share = Literal["custodian", "members", "region", "public"]
VERSION = "The version the change was made from; or send its ETag as If-Match."
SECTORS = [*Sector.values]


class Given(Schema):
    """What a program sends: fields that are not named here are refused."""

    model_config = ConfigDict(extra="forbid")


class Change(Given):
    """What changes a record: the version it was made from, unless If-Match names it, and why."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1, description=VERSION)] | None = None
    reason: Annotated[str, Field(max_length=100)] = ""

    def values(self) -> dict[str, Any]:
        """Return the fields that were sent."""
        return self.model_dump(exclude_unset=True, exclude={"version", "reason"})


class RecordOut(Schema):
    """The head of every record."""

    id: UUID
    version: int
    state: str
    visibility: str
    updated_at: datetime


class VersionOut(Schema):
    """One version of a record, with what it changed."""

    version: int
    at: datetime
    by: str | None
    reason: str
    changes: dict[str, list[Any]]


class PageOf(Schema, Generic[Item]):
    """Some of the records: how many there are, where the next ones are."""

    count: int
    next: str | None
    items: list[Item]


class Problem(Schema):
    """Why a request was refused, as RFC 9457 says it: one line, and where it concerns fields, each of them."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, Any]] = Field(default_factory=list)


class Paging(Schema):
    """Which part of a list, and how it is written."""

    model_config = ConfigDict(extra="forbid")
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    format: Literal["json", "csv", "geojson"] | None = None


PAGING: Any = Query(...)  # type: ignore[type-arg]
NONE: Any = Field(default_factory=list)
PROBLEMS: dict[Any, Any] = {frozenset({400, 401, 403, 404, 409, 412, 413, 422, 428, 429, 503}): Problem}
