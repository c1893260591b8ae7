"""What a pack says of its layers and of what is missing."""

from typing import Any

from landbalance.core.sources import spoken_years
from landbalance.io.packs.making import Made
from landbalance.io.packs.manifest import (
    GapTable,
    layer_nodata,
)  # fmt: skip
from landbalance.io.packs.plan import Gap, Product


def layer_notes(product: Product, kind: str) -> dict[str, Any]:
    """Return what every layer says of itself."""
    source = product.source
    return {
        "role": product.role, "source": source.id, "kind": kind, "title": source.title, "licence": source.licence,
        "citation": source.citation, "share": source.share, "year": product.year,
        "reference_year": source.reference_year, "years": "" if product.year else source.years if source.months else "",
    }  # fmt: skip


def raster_notes(product: Product, made: Made) -> dict[str, Any]:
    """Return what a raster says of itself."""
    source = product.source
    years = sorted({piece.year for piece in product.pieces if piece.year}) if source.months else []
    return layer_notes(product, "raster") | {
        "crs": made.grid.crs, "dtype": made.dtype, "scale": source.scale, "unit": source.unit,
        "quantity": source.quantity or ("class" if source.is_class else ""), "legend": source.legend,
        "bands": len(made.bands), "band": 1 if source.reduce else None, "resampled": made.resampled,
        "nodata": [each.model_dump() for each in layer_nodata(source, made.nodata)],
        "years": spoken_years(tuple(years)), "seam": seams_of(product),
    }  # fmt: skip


def seams_of(product: Product) -> list[str]:
    """Return the seams that touch a layer's year."""
    return [f"{one}/{two} {why}" for one, two, why in product.source.seam if product.year in (one, two)]


def gaps_of(product: Product, made: Made) -> tuple[dict[str, Any], ...]:
    """Return what is missing in a layer that was made."""
    if not made.missing:
        return ()
    source = product.source
    key = "gap.months" if source.months else "gap.composites" if source.reduce else "gap.years"
    dates = sorted(
        {"-".join(unit.split("/")[1:4:2]) if source.months else unit.split("/", 2)[2] for unit in made.missing}
    )
    shown = ", ".join(dates[:12]) + (f" and {len(dates) - 12} more" if len(dates) > 12 else "")
    gap = gap_note(product.role, "not_there", key, shown, source.id)
    return (gap | {"years": str(product.year or "")},)


def gap_note(role: str, reason: str, key: str, detail: str = "", source: str = "") -> dict[str, Any]:
    """Return a gap as it is written."""
    return {"role": role, "source": source, "reason": reason, "advice": key, "detail": detail}


def planned_gap(gap: Gap) -> GapTable:
    """Return a gap that was known before."""
    return GapTable(
        role=gap.role, source=gap.source, years=spoken_years(gap.years), reason=gap.reason, advice=gap.advice
    )
