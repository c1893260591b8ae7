"""What a template needs to put a map on its page."""

from typing import Any

from django import template
from django.template import Context

from landbalance.reporting.maps import LegendEntry
from landbalance.web.maps import island

register = template.Library()
LINES = "M-2 2 2-2M-2 8 8-2M0 12 12 0M6 12 12 6M10 14 14 10M4 14 14 4"
ACROSS = "M10-2 14 2M4-2 14 8M0 0 12 12M0 6 6 12M-2 10 2 14"
PATTERNS = {
    "lines": LINES,
    "cross": LINES + ACROSS,
    "rare": "M0 12 12 0",
    "dots": "M2 2h1M8 2h1M2 8h1M8 8h1M5 5h1M11 11h1M5 11h1M11 5h1",
    "grid": "M0 4h12M0 10h12M4 0v12M10 0v12",
}


@register.simple_tag(takes_context=True)
def map_assets(context: Context) -> dict[str, Any]:
    """Return where the map's own files are, and the outlines of the workspace of the page."""
    workspace = context.get("workspace")
    return island.assets(workspace.slug if workspace else "")


@register.filter
def lines_of(entry: LegendEntry) -> str:
    """Return the path that draws the pattern of a class in its swatch."""
    return PATTERNS.get(entry.pattern, "")


@register.filter
def ink_of(entry: LegendEntry) -> str:
    """Return the colour of the pattern of a class."""
    from landbalance.io.map_images import ink, rgb

    return "#{:02x}{:02x}{:02x}".format(*ink(rgb(entry.colour)))
