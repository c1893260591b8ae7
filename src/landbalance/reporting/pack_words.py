"""What a country pack says to people: why a layer is missing and what to do, and what its self-check looked at."""

from landbalance.reporting.words import Tongue, mark

ADVICE = {
    "gap.land_cover_2022": mark(
        "Years after 2020 need a free key of the Copernicus Climate Data Store, Trends.Earth's package or your own map."
    ),
    "gap.climate_zone": mark("Add a map of IPCC climate zones: carbon needs it where land cover changes."),
    "gap.ndvi_minimal": mark(
        "The small pack has no vegetation series: build the standard one when the line allows it."
    ),
    "gap.years": mark("The source does not offer these years: leave them out, or add your own file."),
    "gap.too_large": mark("The layer is too large for one pack: give the boundary of a part of the country."),
    "gap.sea": mark("The source has no tile here: it is taken for sea."),
    "gap.failed": mark("It could not be fetched: run the build again; what was fetched is kept."),
    "gap.offline": mark("It is not in the cache, and nothing was asked: run the build again with a line."),
    "gap.months": mark("Some months are missing: drought indices over them stay unknown."),
    "gap.composites": mark("Some composites are missing: the annual mean rests on fewer."),
    "gap.switched": mark("The source did not answer, and another was taken in its place."),
    "gap.level": mark("The country has no boundaries of this level there."),
}
REASONS = {
    "login_required": mark("needs a login"),
    "no_source": mark("no public source"),
    "not_there": mark("not offered"),
    "failed": mark("failed"),
    "left_out": mark("left out"),
    "offline": mark("not in the cache"),
    "too_large": mark("too large"),
    "switched": mark("other source"),
}
CHECKS = {
    "manifest": mark("Every file is whole"),
    "raster": mark("Rasters open as cloud-optimised GeoTIFF"),
    "grid": mark("Cells are where the source puts them"),
    "coverage": mark("Known cells inside the country"),
    "legend": mark("Codes that the legend does not know"),
    "range": mark("Values are possible"),
    "series": mark("Years and composites are complete"),
    "population": mark("People against official statistics"),
    "land_area": mark("Land area against official statistics"),
    "classes": mark("Built-up land and water are in the land cover"),
    "seam": mark("Change where the version of the product changes"),
    "pair": mark("Two layers for one thing agree"),
    "coast": mark("Cells of the country called sea"),
    "licence": mark("Licence, citation and source of every layer"),
    "private": mark("What may not be passed on stands apart"),
}
TITLE = mark("Self-check of the country pack {name}")
COLUMNS = (mark("Check"), mark("Layer"), mark("Result"), mark("What was found"))
VERDICTS = {"ok": mark("Passed"), "warn": mark("Look again"), "fail": mark("Failed")}
GAPS = mark("What is missing, and what to do")


def advice(key: str, tongue: Tongue | None = None) -> str:
    """Return an advice in words; one that is no key is returned as it is.

    Examples
    --------
    >>> advice("gap.sea")
    'The source has no tile here: it is taken for sea.'
    """
    return (tongue or Tongue()).translate(ADVICE.get(key, key))


def reason(key: str, tongue: Tongue | None = None) -> str:
    """Return a reason in words.

    Examples
    --------
    >>> reason("too_large")
    'too large'
    """
    return (tongue or Tongue()).translate(REASONS.get(key, key))
