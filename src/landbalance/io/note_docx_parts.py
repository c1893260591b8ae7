"""How a note looks in Word: styles, shades, rules, the page number, and what runs from right to left."""

from collections.abc import Sequence
from typing import Any

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

GREEN, GREY, RED = RGBColor(0x1F, 0x5F, 0x3F), RGBColor(0x55, 0x60, 0x5A), RGBColor(0xA3, 0x18, 0x2F)
LINE, HEAD = "D5DBD7", "EEF4F0"
AMBER, ROSE = "FFF6E0", "FDF0F1"
FONTS = {"ascii": "Calibri", "hAnsi": "Calibri", "cs": "Arial", "eastAsia": "Microsoft YaHei"}
LOCALES = {"en": "en-GB", "fr": "fr-FR", "es": "es-ES", "ru": "ru-RU"}
SIZES = {"Normal": 10, "Title": 22, "Heading 1": 14, "Heading 2": 11, "List Bullet": 10}
PAGE_CM, MARGIN_CM = (21.0, 29.7), 2.1
TEXT_CM = PAGE_CM[0] - 2 * MARGIN_CM


def dress(document: Document) -> None:
    """Set page, fonts, sizes and colours."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(PAGE_CM[0]), Cm(PAGE_CM[1])
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(MARGIN_CM))
    for name, size in SIZES.items():
        style: Any = document.styles[name]
        style.font.size = Pt(size)
        _size_beside(style.element, size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in list(fonts.attrib):
            del fonts.attrib[attribute]
        for kind, font in FONTS.items():
            fonts.set(qn(f"w:{kind}"), font)
        if name != "Normal":
            style.font.color.rgb = GREEN if name != "List Bullet" else None
        style.paragraph_format.space_after = Pt(4)
    document.styles["Heading 2"].font.color.rgb = RGBColor(0x1D, 0x23, 0x29)
    for name in SIZES:
        for colour in document.styles[name].element.iter(qn("w:color")):
            for attribute in [each for each in colour.attrib if "theme" in each]:
                del colour.attrib[attribute]
    for border in document.styles["Title"].element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
        break


def _size_beside(style: Any, size: int) -> None:
    """Give Arabic the same size, and drop the style of characters beside it, which keeps its own colour."""
    properties = style.get_or_add_rPr()
    for old in (*properties.findall(qn("w:szCs")), *style.findall(qn("w:link"))):
        old.getparent().remove(old)
    beside = OxmlElement("w:szCs")
    beside.set(qn("w:val"), str(size * 2))
    properties.find(qn("w:sz")).addnext(beside)


def set_language(document: Document, code: str, *, is_rtl: bool) -> None:
    """Say which language the text is in, and let everything run from right to left where it does."""
    style = document.styles["Normal"].element
    run, paragraph = style.get_or_add_rPr(), style.get_or_add_pPr()
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), LOCALES.get(code, "en-GB"))
    if code == "zh":
        language.set(qn("w:eastAsia"), "zh-CN")
    if is_rtl:
        language.set(qn("w:bidi"), "ar-SA")
        paragraph.insert_element_before(OxmlElement("w:bidi"), "w:spacing", "w:ind", "w:jc", "w:rPr")
        run.append(OxmlElement("w:rtl"))
    run.append(language)


def shade(cell: _Cell, colour: str) -> None:
    """Fill a cell."""
    fill = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        fill.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(fill)


def borders(table: Table, *, inside: str = LINE, is_rtl: bool = False) -> None:
    """Draw thin lines between rows and nothing else; columns run from right to left where text does."""
    properties = table._tbl.tblPr
    if is_rtl:
        properties.append(OxmlElement("w:bidiVisual"))
    drawn = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        is_drawn = bool(inside) and side in ("bottom", "insideH")
        for name, value in (
            ("val", "single" if is_drawn else "nil"),
            ("sz", "4"),
            ("space", "0"),
            ("color", inside or LINE),
        ):
            line.set(qn(f"w:{name}"), value)
        drawn.append(line)
    properties.append(drawn)


def rule_below(paragraph: Paragraph, colour: str = "1F5F3F", size: int = 8) -> None:
    """Draw a line under a paragraph."""
    border = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", str(size)), ("space", "2"), ("color", colour)):
        line.set(qn(f"w:{name}"), value)
    border.append(line)
    paragraph._p.get_or_add_pPr().insert_element_before(
        border, "w:shd", "w:bidi", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def widths(table: Table, shares: Sequence[float], whole_cm: float = TEXT_CM) -> None:
    """Give the columns their shares of the width."""
    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        column.width = Cm(whole_cm * share)
        for cell in column.cells:
            cell.width = Cm(whole_cm * share)


def repeat_head(table: Table) -> None:
    """Show the first row again on every page, and tear no row apart."""
    for place, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if place == 0:
            properties.append(OxmlElement("w:tblHeader"))


def page_number(paragraph: Paragraph) -> None:
    """Write "page / pages", counted by the reader's program."""
    for place, name in enumerate(("PAGE", "NUMPAGES")):
        if place:
            paragraph.add_run(" / ")
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), name)
        run = OxmlElement("w:r")
        text = OxmlElement("w:t")
        text.text = "1"
        run.append(text)
        field.append(run)
        paragraph._p.append(field)
