"""QGIS layer styles (QML) for the class rasters of a run, from the palettes."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from landbalance.core.legends import Legend
from landbalance.core.tables import toml_table
from landbalance.reporting.maps import GAP_NAMES
from landbalance.reporting.words import CONDITION_NAMES, LPD_NAMES, STATUS_NAMES, Tongue

NAMES: dict[str, Mapping[int, str]] = {
    "status": {int(code): name for code, name in STATUS_NAMES.items()},
    "lpd": {int(code): name for code, name in LPD_NAMES.items()},
    "condition": {int(code): name for code, name in CONDITION_NAMES.items()},
    "gaps": GAP_NAMES,
}


def styles(legend: Legend, tongue: Tongue) -> dict[str, str]:
    """Return the styles of a run by product: status, lpd, condition, gaps and land_cover."""
    found = {}
    for palette, names in NAMES.items():
        colours = toml_table("palettes")[palette]["colours"]
        found[palette] = qml(
            [(int(code), colour, tongue.translate(names[int(code)])) for code, colour in colours.items()]
        )
    rows = [(place, row.colour, tongue.translate(row.name)) for place, row in enumerate(legend.classes, start=1)]
    return found | {"land_cover": qml(rows)}


def qml(classes: list[tuple[int, str, str]]) -> str:
    """Return a paletted style for band 1: value, colour and name of each class."""
    root = Element("qgis", version="3.40", styleCategories="Symbology")
    pipe = SubElement(root, "pipe")
    renderer = SubElement(pipe, "rasterrenderer", type="paletted", band="1", opacity="1", alphaBand="-1")
    SubElement(renderer, "rasterTransparency")
    palette = SubElement(renderer, "colorPalette")
    for value, colour, name in classes:
        SubElement(palette, "paletteEntry", value=str(value), color=colour.lower(), alpha="255", label=name)
    SubElement(root, "blendMode").text = "0"
    indent(root, space=" ")
    return '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM">\n' + tostring(root, encoding="unicode") + "\n"
