"""Packs, for programs: what each holds, what is missing, under which licence."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from landbalance.registry.packs.queries import Pack, find_pack, packs_of
from landbalance.web.api.answers import give, give_page
from landbalance.web.api.door import enter
from landbalance.web.api.schemas import PAGING, PROBLEMS, PageOf, Paging


class PackOut(Schema):
    """A finished pack."""

    name: str
    iso3: str
    size: str
    created: datetime
    tool: str
    bbox: list[float]
    layers: int
    gaps: int
    bytes: int


class PackLayerOut(Schema):
    """One file of a pack."""

    role: str
    source: str
    path: str
    title: str
    year: int | None
    years: str
    sha256: str
    bytes: int
    crs: str
    resampled: str
    legend: str
    unit: str
    scale: float
    licence: str
    citation: str
    share: bool
    valid_fraction: float | None
    seam: list[str]


class PackGapOut(Schema):
    """A layer that is missing."""

    role: str
    source: str
    years: str
    reason: str
    advice: str
    detail: str


class OnePackOut(PackOut):
    """A finished pack with its layers and gaps."""

    layer: list[PackLayerOut]
    gap: list[PackGapOut]


router = Router()


@router.get(
    "/workspaces/{slug:workspace}/packs", response={200: PageOf[PackOut], **PROBLEMS}, url_name="packs", tags=["packs"]
)
def packs(request: HttpRequest, workspace: str, paging: Paging = PAGING) -> HttpResponse:
    """List the finished packs."""
    place = enter(request, workspace, "packs.view")
    rows = [_row(each) for each in packs_of(request.user, place)]
    return give_page(request, rows, PackOut, paging)


@router.get(
    "/workspaces/{slug:workspace}/packs/{str:name}",
    response={200: OnePackOut, **PROBLEMS},
    url_name="packs_one",
    tags=["packs"],
)
def pack(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Give one pack with its layers and gaps."""
    place = enter(request, workspace, "packs.view")
    found = find_pack(request.user, place, name)
    rows = {
        "layer": [each.model_dump() for each in found.layers],
        "gap": [each.model_dump() for each in found.said.gap],
    }
    return give(request, _row(found) | rows, OnePackOut)


def _row(found: Pack) -> dict[str, Any]:
    """Return what a pack says of itself."""
    head = found.said.pack
    return {
        "name": found.name, "iso3": head.iso3, "size": head.size, "created": head.created, "tool": head.tool,
        "bbox": head.bbox, "layers": len(found.said.layer), "gaps": len(found.said.gap), "bytes": found.size_bytes,
    }  # fmt: skip
