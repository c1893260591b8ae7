"""The outline of the invented country, its districts and recode polygons: geometry by formula, in the open Atlantic."""

import math
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

WEST, SOUTH = -31.25, 12.0
WIDTH_DEGREES, HEIGHT_DEGREES = 2.5, 2.5 * 700 / 900
VERTICES = 360
ISLET = (0.06, 0.07, 0.001)  # east and north in the frame, side in degrees: smaller than any cell
DISTRICTS = ("Northmarch", "Highmoor", "Sandreach", "Westwold", "Lakeland", "Southvale")
CUTS_EAST, CUT_NORTH = (0.36, 0.66), 0.5


def north_edge(height_degrees: float) -> float:
    """Return the northern edge of a frame of this height."""
    return SOUTH + height_degrees


def place(east: float, north: float) -> tuple[float, float]:
    """Return longitude and latitude of a place in the frame (0 to 1 each way)."""
    return WEST + east * WIDTH_DEGREES, SOUTH + north * HEIGHT_DEGREES


def country_outline() -> BaseGeometry:
    """Return the mainland and one islet that is smaller than a cell."""
    ring = [_coast(2 * math.pi * step / VERTICES) for step in range(VERTICES)]
    west, south = place(*ISLET[:2])
    return shapely.MultiPolygon([shapely.Polygon(ring), shapely.box(west, south, west + ISLET[2], south + ISLET[2])])


def district_outlines() -> dict[str, BaseGeometry]:
    """Return the six districts: the country cut by two meridians and one parallel; the islet is in Westwold."""
    country = country_outline()
    west, south = place(-1, -1)
    east, north = place(2, 2)
    first, second = (place(cut, 0)[0] for cut in CUTS_EAST)
    middle = place(0, CUT_NORTH)[1]
    columns = ((west, first), (first, second), (second, east))
    boxes = [(left, middle, right, north) for left, right in columns]
    boxes += [(left, south, right, middle) for left, right in columns]
    return {name: shapely.intersection(country, shapely.box(*box)) for name, box in zip(DISTRICTS, boxes, strict=True)}


def recode_features() -> list[dict[str, Any]]:
    """Return two recode polygons with their evidence: one accepted, one only proposed."""
    return [
        _recode(
            "d3a1c2f0-0001-4000-8000-000000000001",
            "Thornbush clearing (invented)",
            (0.19, 0.60, 0.25, 0.66),
            process_driving_change="Planned clearing of invasive thornbush: less green, better land",
            basis_for_judgement="Field visit of 40 plots and aerial photographs (invented)",
            recode_deg_to=1,
            review_state="accepted",
            evidence_ids=["https://example.org/demoland/thornbush-visit", "https://example.org/demoland/photographs"],
        ),
        _recode(
            "d3a1c2f0-0002-4000-8000-000000000002",
            "Overgrazed well (invented)",
            (0.50, 0.72, 0.54, 0.76),
            process_driving_change="Grazing round a well that the satellite does not see",
            basis_for_judgement="Letter of the herders' council (invented)",
            recode_stable_to=-1,
            review_state="proposed",
            evidence_ids=["https://example.org/demoland/herders-letter"],
        ),
    ]


def _coast(angle: float) -> tuple[float, float]:
    """Return a point of the coast, seen from the middle of the frame."""
    round_ = (abs(math.cos(angle)) ** 3 + abs(math.sin(angle)) ** 3) ** (-1 / 3)
    reach = (
        0.44 * round_ * (1 + 0.035 * math.sin(3 * angle + 1) + 0.03 * math.cos(5 * angle) + 0.02 * math.sin(11 * angle))
    )
    return place(0.5 + min(reach, 0.49) * math.cos(angle), 0.5 + min(reach, 0.49) * math.sin(angle))


def _recode(uuid: str, name: str, box: tuple[float, float, float, float], **said: Any) -> dict[str, Any]:
    """Return one feature; what it does not say is left as it is."""
    corners = (*place(*box[:2]), *place(*box[2:]))
    nothing = {"recode_deg_to": None, "recode_stable_to": None, "recode_imp_to": None}
    return {
        "type": "Feature",
        "geometry": shapely.geometry.mapping(shapely.box(*corners)),
        "properties": {
            "uuid": uuid,
            "location_name": name,
            "periods_affected": ["baseline", "report_1", "report_2"],
            "proposed_by": "Demoland land office (invented)",
            "date": "2026-03-01",
            **nothing,
            **said,
        },
    }
