"""Search a STAC service: paging by pystac-client, over our own line and cache, and duplicates sorted out."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

from pystac_client.item_search import ItemSearch
from pystac_client.stac_api_io import StacApiIO

from landbalance.core.errors import SourceError
from landbalance.core.sources import Source
from landbalance.grid.extents import Extent
from landbalance.io.packs.public_file import Desk
from landbalance.io.packs.strict import strict_json

PAGE = 250
JSON_MIB = 64
_MODIS = re.compile(r"^(?P<product>\w+)\.A(?P<year>\d{4})(?P<day>\d{3})\.(?P<tile>h\d\dv\d\d)\.\d+\.(?P<made>\d+)$")


class _Pages(StacApiIO):
    """Lets pystac-client ask through our line; answers are kept for a week under what was asked."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(max_retries=None)
        self._desk = desk

    def request(self, href: str, method: str | None = None, headers: dict[str, str] | None = None,
                parameters: dict[str, Any] | None = None) -> str:  # fmt: skip
        """Return one page."""
        del headers
        verb = (method or "GET").upper()
        address = href if verb == "POST" or not parameters else f"{href}?{_query(parameters)}"
        asked = json.dumps([verb, address, parameters], sort_keys=True)
        key = "stac:" + hashlib.sha256(asked.encode()).hexdigest()
        most, line = JSON_MIB << 20, self._desk.line

        def ask() -> bytes:
            is_post = verb == "POST"
            content = (line.post(address, parameters, most=most) if is_post else line.get(address, most=most)).content
            strict_json(content, address)
            return content

        return self._desk.answer(key, address, ask).decode("utf-8")


def search(desk: Desk, source: Source, extent: Extent, year: int) -> dict[str, str]:
    """Return the address of each file of one year: "tile/date/asset" -> address, without token.

    Of granules made several times the last counts. An item without the asset, of another sensor, or of another year
    (the last composite reaches into January) is left out.

    Raises
    ------
    SourceError
        If the service cannot be asked, or answers something else.
    """
    chosen: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
    for item in _items(desk, source, extent, year):
        key = _key(source, item, year)
        if key is None:
            continue
        place, made = key
        if place in chosen and not source.tiling:
            raise SourceError("{source} has several files for {year}, cut by a rule that is not known",
                              source=source.id, year=year, retryable=False)  # fmt: skip
        if place not in chosen or made > chosen[place][0]:
            chosen[place] = (made, item)
    found = {}
    for (tile, date), (_, item) in chosen.items():
        for name, asset in source.assets.items():
            href = item["assets"].get(asset, {}).get("href", "")
            if href:
                found[f"{tile}/{date}/{name}"] = _address(source, str(href))
    return found


def _items(desk: Desk, source: Source, extent: Extent, year: int) -> Iterator[dict[str, Any]]:
    """Yield the items of all pages, each once; pages that bring nothing new end the search."""
    seen: set[str] = set()
    for box in extent.within_180():
        pages = ItemSearch(
            f"{source.root}/search", method=source.method, stac_io=_Pages(desk), collections=[source.collection],
            bbox=list(box), datetime=f"{year}-01-01T00:00:00Z/{year}-12-31T23:59:59Z", limit=PAGE,
        ).pages_as_dicts()  # fmt: skip
        for page in pages:
            new = [item for item in page.get("features", []) if _is_item(item) and item["id"] not in seen]
            seen.update(item["id"] for item in new)
            yield from new
            if not new:
                break


def _is_item(item: Any) -> bool:
    """Return whether something is an item with assets."""
    return isinstance(item, dict) and isinstance(item.get("id"), str) and isinstance(item.get("assets"), dict)


def _key(source: Source, item: dict[str, Any], year: int) -> tuple[tuple[str, str], str] | None:
    """Return (tile, date) and when it was made; None if the item is not wanted."""
    name = item["id"]
    if not name.startswith(source.id_prefix) or not set(source.assets.values()) <= set(item["assets"]):
        return None
    found = _MODIS.match(name)
    if found:
        date = found["day"] if source.composites > 1 else "-"
        return ((found["tile"], date), found["made"]) if int(found["year"]) == year else None
    begins = str(item.get("properties", {}).get("start_datetime") or item.get("properties", {}).get("datetime") or "")
    return (("-", "-"), name) if begins.startswith(str(year)) else None


def _address(source: Source, href: str) -> str:
    """Return an address over https; one of object storage is rewritten as the source says.

    Raises
    ------
    SourceError
        If it is of no kind that is read.
    """
    if href.startswith("s3://") and source.rewrite_s3:
        bucket, _, key = href.removeprefix("s3://").partition("/")
        return source.rewrite_s3.format(bucket=bucket, key=key)
    if not href.startswith("https://"):
        raise SourceError("{href} is not asked: only https is read", href=href[:100], retryable=False)
    return href


def _query(parameters: dict[str, Any]) -> str:
    """Return parameters as a query."""
    from urllib.parse import urlencode

    return urlencode(
        {key: ",".join(map(str, each)) if isinstance(each, list | tuple) else each for key, each in parameters.items()}
    )
