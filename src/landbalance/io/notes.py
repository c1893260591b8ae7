"""Notes as DOCX, in our own layout or in one's own: what is missing stands first, maps and tables in their places."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from docx import Document
from docx.document import Document as Doc
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from landbalance.io.note_docx_parts import (
    AMBER,
    GREY,
    HEAD,
    RED,
    ROSE,
    TEXT_CM,
    borders,
    dress,
    page_number,
    repeat_head,
    rule_below,
    set_language,
    shade,
    widths,
)
from landbalance.io.note_layout import fill_layout
from landbalance.io.note_text import NoteWords, Pairs, TextTable, map_width, parts_of, references, shares, table_text
from landbalance.reporting.note_blocks import Block, Bullets, Facts, MapPicture
from landbalance.reporting.notes import Note, NoteField
from landbalance.reporting.tables import Table
from landbalance.reporting.words import Tongue

MAP_CM = 11.0  # of the column that holds it
SMALL = Pt(8.5)


@dataclass(frozen=True)
class Sheet:
    """The document in the making, with the words and the tongue of the note."""

    document: Doc
    words: NoteWords
    tongue: Tongue


def note_docx(note: Note, tongue: Tongue, facts: Facts | None = None, layout: Path | None = None) -> bytes:
    """Return a note as DOCX, in our layout or in a template of one's own (`{{ note.title }}` ...).

    Parameters
    ----------
    facts : mapping of str to Fact or None
        What a template of one's own may name.

    Raises
    ------
    InputError
        If the template holds code, or is no DOCX.
    """
    if layout is not None:
        return fill_layout(layout, note, facts or {}, tongue)
    sheet = Sheet(Document(), NoteWords.of(note, tongue), tongue)
    dress(sheet.document)
    set_language(sheet.document, tongue.code, is_rtl=tongue.is_rtl)
    _head(sheet, note)
    for title, fields in note.sections:
        parts = list(parts_of(fields))
        if parts:
            rule_below(sheet.document.add_heading(title, level=1))
        for part in parts:
            _pairs(sheet, part) if isinstance(part, Pairs) else _field(sheet, part)
    _origins(sheet, note)
    buffer = io.BytesIO()
    sheet.document.save(buffer)
    return buffer.getvalue()


def _head(sheet: Sheet, note: Note) -> None:
    """Write the titles, what is missing, and what to look at again."""
    document, words = sheet.document, sheet.words
    document.core_properties.title = note.title
    _small(document.add_paragraph(), f"{note.kind}  ·  {words.drafted}")
    document.add_heading(note.title, level=0)
    if note.subtitle:
        _box(sheet, "", (note.subtitle,), ROSE)
    if note.missing:
        _box(sheet, words.missing_title, note.missing, AMBER)
    if note.warnings:
        _box(sheet, words.warnings_title, note.warnings, ROSE)
    foot = document.sections[0].footer.paragraphs[0]
    _small(foot, f"{note.title}  ·  ")
    page_number(foot)


def _box(sheet: Sheet, title: str, items: Sequence[str], colour: str) -> None:
    """Write a list in a shaded box."""
    table = sheet.document.add_table(rows=1, cols=1)
    borders(table, inside="", is_rtl=sheet.words.is_rtl)
    cell = table.cell(0, 0)
    shade(cell, colour)
    first = cell.paragraphs[0]
    if title:
        first.add_run(title).bold = True
    for place, item in enumerate(items):
        plain = first if not title and place == 0 else cell.add_paragraph(style="List Bullet" if title else None)
        plain.add_run(item).bold = not title
        plain.paragraph_format.space_after = Pt(1)
    _gap(sheet)


def _pairs(sheet: Sheet, part: Pairs) -> None:
    """Write short fields beside their titles."""
    table = sheet.document.add_table(rows=0, cols=2)
    borders(table, is_rtl=sheet.words.is_rtl)
    for title, text, refs in part.rows:
        cells = table.add_row().cells
        cells[0].paragraphs[0].add_run(title).bold = True
        said = cells[1].paragraphs[0]
        said.add_run(text) if text else _missing(sheet, said)
        if refs:
            _small(said, f"  {refs}")
    widths(table, (0.34, 0.66))
    _gap(sheet)


def _field(sheet: Sheet, field: NoteField) -> None:
    """Write one field with its heading, its blocks, and the numbers of its origins."""
    document = sheet.document
    document.add_heading(f"{field.code}  {field.title}", level=2)
    if field.is_missing:
        _missing(sheet, document.add_paragraph())
    for block in field.blocks:
        _block(sheet, block)
    if field.origins:
        _small(document.add_paragraph(), references(field))


def _block(sheet: Sheet, block: Block) -> None:
    """Write one block."""
    if isinstance(block, Table):
        _table(sheet, table_text(block, sheet.tongue))
    elif isinstance(block, Bullets):
        for item in block.items:
            sheet.document.add_paragraph(item, style="List Bullet")
    elif isinstance(block, MapPicture):
        _map(sheet, block)
    else:
        sheet.document.add_paragraph(block)


def _table(sheet: Sheet, said: TextTable) -> None:
    """Write a table with its caption above and its numbers to the end of the cell."""
    if said.caption:
        _caption(sheet, said.caption)
    table = sheet.document.add_table(rows=1, cols=len(said.heads))
    borders(table, is_rtl=sheet.words.is_rtl)
    for _row in said.rows:
        table.add_row()
    for place, texts in enumerate((said.heads, *said.rows)):
        for column, (text, cell) in enumerate(zip(texts, table.rows[place].cells, strict=True)):
            run = cell.paragraphs[0].add_run(text)
            run.font.size, run.bold = SMALL, place == 0
            cell.paragraphs[0].paragraph_format.space_after = Pt(1)
            if said.is_number[column]:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if place == 0:
                shade(cell, HEAD)
    widths(table, shares(said))
    repeat_head(table)
    _gap(sheet)


def _map(sheet: Sheet, block: MapPicture) -> None:
    """Write a map with its legend beside it and its scale below."""
    _caption(sheet, block.title)
    outer = sheet.document.add_table(rows=1, cols=2)
    borders(outer, inside="", is_rtl=sheet.words.is_rtl)
    picture, legend = outer.rows[0].cells
    wide = map_width(block)
    shown = picture.paragraphs[0].add_run().add_picture(io.BytesIO(block.png), width=Cm(wide))
    shown._inline.docPr.set("descr", block.alt)
    first = True
    for each in block.legend:
        line = legend.paragraphs[0] if first else legend.add_paragraph()
        first = False
        swatch = line.add_run().add_picture(io.BytesIO(each.png), height=Cm(0.32))
        swatch._inline.docPr.set("descr", each.name)
        _small(line, f"  {each.name}", grey=False)
        _small(line, f"  {each.area}")
        line.paragraph_format.space_after = Pt(2)
    bar = legend.add_paragraph()
    rule_below(bar, "1D2329", 12)
    bar.paragraph_format.right_indent = Cm(max(TEXT_CM - MAP_CM - 0.5 - block.bar_share * wide, 0.0))
    _small(legend.add_paragraph(), block.bar)
    widths(outer, (MAP_CM / TEXT_CM, 1 - MAP_CM / TEXT_CM))
    _gap(sheet)


def _origins(sheet: Sheet, note: Note) -> None:
    """Write where the figures come from, and where the fields do."""
    if note.origins:
        rule_below(sheet.document.add_heading(sheet.words.origins_title, level=1))
        rows = tuple((str(place), each.source, each.method, each.date) for place, each in enumerate(note.origins, 1))
        _table(sheet, TextTable("", ("", *sheet.words.origin_heads), rows, (False,) * 4))
    _small(sheet.document.add_paragraph(), note.source)


def _gap(sheet: Sheet) -> None:
    """Leave a little room after a table."""
    line = sheet.document.add_paragraph()
    line.paragraph_format.space_after = line.paragraph_format.space_before = Pt(0)
    line.paragraph_format.line_spacing = Pt(6)


def _caption(sheet: Sheet, text: str) -> None:
    """Write a caption that stays with what follows."""
    line = sheet.document.add_paragraph()
    _small(line, text)
    line.paragraph_format.keep_with_next = True


def _missing(sheet: Sheet, paragraph: Paragraph) -> None:
    """Write that something is still missing."""
    run = paragraph.add_run(sheet.words.still_missing)
    run.italic, run.font.color.rgb = sheet.words.code not in ("ar", "zh"), RED


def _small(paragraph: Paragraph, text: str, *, grey: bool = True) -> None:
    """Write small text."""
    run = paragraph.add_run(text)
    run.font.size = SMALL
    if grey:
        run.font.color.rgb = RGBColor(*GREY)
