"""What the map in the browser is told: addresses, layers, box, words in the reader's language."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from landbalance.registry.runs.maps import Sheet
from landbalance.registry.runs.models import Run


def settings_of(run: Run, sheet: Sheet, second: Run | None) -> dict[str, Any]:
    """Return everything the map of a run needs to know."""
    slug = run.workspace.slug
    beside = {"second": tiles_of(second), "secondTitle": str(second)} if second else {}
    return beside | {
        "tiles": tiles_of(run),
        "bounds": sheet.bounds,
        "deepest": sheet.deepest,
        "layers": [{"key": spec.raster, "kind": kind_of(spec.raster), "title": spec.title} for spec in sheet.specs],
        "outlines": reverse("maps:outlines", args=[slug]),
        "targets": reverse("targets:areas", args=[slug]),
        "recodes": reverse("recodes:shapes", args=[slug]),
        "explain": reverse("maps:explain", args=[slug, run.pk]),
        "area": reverse("maps:area", args=[slug, run.pk]),
    }


def tiles_of(run: Run) -> str:
    """Return the address of the tiles of a run, with places for layer, zoom, column and row."""
    some = reverse("maps:tile", args=[run.workspace.slug, run.pk, "LAYER", (0, 1, 2)])
    return some.replace("/LAYER/0/1/2", "/{layer}/{z}/{x}/{y}")


def kind_of(key: str) -> str:
    """Return what a raster shows, without its time: maps of one kind follow each other in time."""
    return key.rsplit(".", 1)[0]


def assets(slug: str = "") -> dict[str, Any]:
    """Return where the map's own files are, the outlines of a workspace, and the words on its buttons."""
    return {
        "outlines": reverse("maps:outlines", args=[slug]) if slug else "",
        "worker": static("built/map/maplibre-gl-worker.mjs"),
        "words": {
            "map": _("Map"),
            "zoomIn": _("Zoom in"),
            "zoomOut": _("Zoom out"),
            "north": _("Turn north up"),
            "slider": _("Where the two maps meet"),
            "first": _("First map"),
            "second": _("Second map"),
            "measuring": _("Measuring …"),
            "explaining": _("Looking …"),
            "failed": _("This did not work. Try again."),
            "copied": _("The link is copied."),
            "draw": _("Draw an area"),
            "box": _("Draw a box"),
            "change": _("Change the shape"),
            "clear": _("Clear"),
            "drawHint": _("Click the corners, then click the last one again. Escape drops what is drawn."),
            "point": _("Point at a shape to read what it says."),
            "noMap": _("This browser draws no map. Use the picture, the table and the forms below."),
        },
    }
