"""Members, for programs."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema
from pydantic import Field

from landbalance.registry.workspaces.queries import members_of
from landbalance.web.api.answers import FORMATS, give_page
from landbalance.web.api.door import enter
from landbalance.web.api.schemas import PAGING, PROBLEMS, PageOf, Paging

router = Router(tags=["people"])


class MemberOut(Schema):
    """A person in a workspace; mail addresses stay out."""

    name: str = Field(alias="user.username")
    role: str
    sector: str
    since: datetime


@router.get(
    "/workspaces/{slug:workspace}/members",
    response={200: PageOf[MemberOut], **PROBLEMS},
    url_name="members",
    openapi_extra=FORMATS,
)
def list_members(request: HttpRequest, workspace: str, paging: Paging = PAGING) -> HttpResponse:
    """List the members of a workspace."""
    place = enter(request, workspace, "people.view")
    return give_page(request, members_of(request.user, place), MemberOut, paging)
