"""Names and colours for the classes of rasters: QGIS styles (QML), and attribute tables that every GDAL tool reads."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from landbalance.core.legends import Legend
from landbalance.core.tables import toml_table
from landbalance.reporting.maps import GAP_NAMES
from landbalance.reporting.words import CONDITION_NAMES, LPD_NAMES, STATUS_NAMES, Tongue

Classes: TypeAlias = list[tuple[int, str, str]]  # value, colour, name
LAYERS = "layers"  # folder of a run
NAMES: dict[str, Mapping[int, str]] = {
    "status": {int(code): name for code, name in STATUS_NAMES.items()},
    "lpd": {int(code): name for code, name in LPD_NAMES.items()},
    "condition": {int(code): name for code, name in CONDITION_NAMES.items()},
    "gaps": GAP_NAMES,
}
STATUS_PRODUCTS = ("sdg", "sdg_raw", "sdg_national", "national", "productivity", "land_cover_status", "soc_status")
PALETTE_OF = {name: name for name in ("lpd", "condition", "gaps", "land_cover")}
PALETTE_OF |= dict.fromkeys((*STATUS_PRODUCTS, "trend", "state", "performance"), "status")
INTEGER, STRING = "0", "2"  # field types of GDAL
FIELDS = (("Value", INTEGER, "5"), ("Class", STRING, "2"))  # name, type, usage: value of one class, its name
CHANNELS = (("Red", INTEGER, "6"), ("Green", INTEGER, "7"), ("Blue", INTEGER, "8"))


def styles(legend: Legend, tongue: Tongue) -> dict[str, str]:
    """Return the styles of a run by palette: status, lpd, condition, gaps and land_cover."""
    return {palette: qml(classes) for palette, classes in palettes(legend, tongue).items()}


def sidecars(rasters: Mapping[str, Path], legend: Legend, tongue: Tongue) -> dict[str, str]:
    """Return the files that lie beside the class rasters of a run, by their path in its folder.

    A TIFF of signed bytes holds no colour table. QGIS takes `<raster>.qml` by itself, and GDAL, which most tools read
    rasters with, takes the attribute table in `<raster>.tif.aux.xml`. The raster stays as it is.
    """
    known = palettes(legend, tongue)
    found = {}
    for key, path in rasters.items():
        palette = PALETTE_OF.get(key.split(".")[0])
        if palette:
            found[f"{LAYERS}/{path.stem}.qml"] = qml(known[palette])
            found[f"{LAYERS}/{path.name}.aux.xml"] = attribute_table(known[palette])
    return found


def palettes(legend: Legend, tongue: Tongue) -> dict[str, Classes]:
    """Return value, colour and name of the classes of every palette."""
    found = {}
    for palette, names in NAMES.items():
        colours = toml_table("palettes")[palette]["colours"]
        found[palette] = [(int(code), colour, tongue.translate(names[int(code)])) for code, colour in colours.items()]
    rows = [(place, row.colour, tongue.translate(row.name)) for place, row in enumerate(legend.classes, start=1)]
    return found | {"land_cover": rows}


def qml(classes: Classes) -> str:
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


def attribute_table(classes: Classes) -> str:
    """Return a raster attribute table for band 1 as GDAL keeps it beside a raster: value, class, red, green, blue."""
    root = Element("PAMDataset")
    band = SubElement(root, "PAMRasterBand", band="1")
    table = SubElement(band, "GDALRasterAttributeTable", tableType="thematic")
    for place, (name, kind, usage) in enumerate((*FIELDS, *CHANNELS)):
        field = SubElement(table, "FieldDefn", index=str(place))
        _texts(field, {"Name": name, "Type": kind, "Usage": usage}.items())
    for place, (value, colour, name) in enumerate(classes):
        row = SubElement(table, "Row", index=str(place))
        channels = (str(int(colour[start : start + 2], 16)) for start in (1, 3, 5))
        _texts(row, (("F", text) for text in (str(value), name, *channels)))
    indent(root, space=" ")
    return tostring(root, encoding="unicode") + "\n"


def _texts(parent: Element, texts: Iterable[tuple[str, str]]) -> None:
    """Add elements that hold a text."""
    for name, text in texts:
        SubElement(parent, name).text = text
