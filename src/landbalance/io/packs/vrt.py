"""Mosaics of many small tiles listed in a VRT: read by ourselves, because GDAL would follow whatever it names."""

import re
from dataclasses import dataclass
from typing import Any

from lxml import etree

from landbalance.core.errors import SourceError
from landbalance.core.tables import toml_table
from landbalance.grid.grid import Bounds, Grid
from landbalance.io.packs.addresses import plain

_NAME = re.compile(r"^[\w./-]+\.tif$")


@dataclass(frozen=True)
class Part:
    """One tile of a mosaic: its file, where it lies in the mosaic and which of its cells."""

    name: str
    row: int
    col: int
    height: int
    width: int
    source_row: int
    source_col: int


@dataclass(frozen=True)
class Mosaic:
    """A mosaic: its grid and its tiles."""

    grid: Grid
    parts: tuple[Part, ...]

    def meeting(self, boxes: tuple[Bounds, ...]) -> tuple[Part, ...]:
        """Return the tiles that meet boxes [unit of the grid's CRS]."""
        return tuple(part for part in self.parts if any(_overlap(self.bounds_of(part), box) for box in boxes))

    def bounds_of(self, part: Part) -> Bounds:
        """Return the edges of a tile."""
        west, north = self.grid.west + part.col * self.grid.dx, self.grid.north - part.row * self.grid.dy
        return (west, north - part.height * self.grid.dy, west + part.width * self.grid.dx, north)


def read_mosaic(content: bytes, address: str, crs: str) -> Mosaic:
    """Return the mosaic a VRT describes.

    Parameters
    ----------
    content : bytes
    address : str
        Where it is from, for messages.
    crs : str
        Reference system; what the file says is not interpreted.

    Raises
    ------
    SourceError
        If it is none, too large, or asks for anything but plain tiles below its own folder.
    """
    most = toml_table("pack")["limits"]["xml_mib"]
    try:
        if len(content) > most << 20:
            raise ValueError(f"it is over {most} MiB")
        root = _root(content)
        transform = [float(number) for number in _text(root, "GeoTransform").split(",")]
        if len(transform) != 6 or transform[2] or transform[4] or transform[1] <= 0 or transform[5] >= 0:
            raise ValueError("it is no north-up grid")
        grid = Grid(crs, transform[0], transform[3], transform[1], -transform[5],
                    int(root.get("rasterXSize", "")), int(root.get("rasterYSize", "")))  # fmt: skip
        bands = root.findall("VRTRasterBand")
        if root.get("subClass") or len(bands) != 1 or bands[0].get("subClass"):
            raise ValueError("it computes something")
        parts = tuple(_part(each) for each in bands[0] if isinstance(each.tag, str) and each.tag.endswith("Source"))
    except (ValueError, etree.XMLSyntaxError) as error:
        raise SourceError(
            "{address} is not read ({why})", address=plain(address), why=error, retryable=False
        ) from error
    if not parts:
        raise SourceError("{address} lists no tile", address=plain(address), retryable=False)
    return Mosaic(grid, parts)


def _root(content: bytes) -> Any:
    """Return the root element; entities and document types are refused."""
    if b"<!" in content.replace(b"<!--", b"").replace(b"<![CDATA[", b""):
        raise ValueError("it declares entities")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(content, parser)
    if root.tag != "VRTDataset":
        raise ValueError("it is no VRT")
    return root


def _part(element: Any) -> Part:
    """Return one tile."""
    if element.tag not in ("SimpleSource", "ComplexSource"):
        raise ValueError(f"it holds a {element.tag}")
    odd = {child.tag for child in element if isinstance(child.tag, str)} - {
        "SourceFilename", "SourceBand", "SourceProperties", "SrcRect", "DstRect", "NODATA"
    }  # fmt: skip
    if odd:
        raise ValueError(f"it computes something ({sorted(odd)[0]})")
    name = element.find("SourceFilename")
    text = (name.text or "").strip() if name is not None else ""
    if name is None or name.get("relativeToVRT") != "1" or not _NAME.match(text) or ".." in text or text[0] == "/":
        raise ValueError(f"it names the file {text[:60]!r}")
    source, target = _rect(element, "SrcRect"), _rect(element, "DstRect")
    if source[2:] != target[2:]:
        raise ValueError("it scales a tile")
    return Part(text, target[1], target[0], target[3], target[2], source[1], source[0])


def _rect(element: Any, name: str) -> tuple[int, int, int, int]:
    """Return xOff, yOff, xSize, ySize as whole numbers."""
    rect = element.find(name)
    numbers = [
        float(rect.get(key, "nan")) if rect is not None else float("nan") for key in ("xOff", "yOff", "xSize", "ySize")
    ]
    whole = [round(number) for number in numbers]
    if any(abs(number - near) > 1e-6 for number, near in zip(numbers, whole, strict=True)):
        raise ValueError(f"a {name} is not whole cells")
    return (whole[0], whole[1], whole[2], whole[3])


def _text(root: Any, name: str) -> str:
    """Return the text of a child."""
    child = root.find(name)
    return str(child.text or "") if child is not None else ""


def _overlap(one: Bounds, other: Bounds) -> bool:
    """Return whether two boxes share an area."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
