"""What the three kinds of notes share: cells as text, short fields as pairs, and the words of their own."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PIL import Image

from landbalance.io.report_html import cell_text, column_digits
from landbalance.io.workbook import unit_name
from landbalance.reporting.note_blocks import Block, MapPicture
from landbalance.reporting.notes import Note, NoteField
from landbalance.reporting.tables import Table
from landbalance.reporting.words import Tongue

MAP_WIDE_CM, MAP_HIGH_CM = 10.5, 8.5
SHORT = 90  # characters of a text that stands beside its title
LEAST, LONGEST = 9, 40  # characters a column is given room for


@dataclass(frozen=True)
class TextTable:
    """A table as text: its caption, headings, rows, and which columns hold numbers."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    is_number: tuple[bool, ...]


@dataclass(frozen=True)
class Pairs:
    """Short fields, one beside the other: title, text (empty where it is missing), numbers of the origins."""

    rows: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class NoteWords:
    """The words a note has of its own, in its language."""

    still_missing: str
    missing_title: str
    warnings_title: str
    origins_title: str
    origin_heads: tuple[str, str, str]
    drafted: str
    code: str
    is_rtl: bool

    @classmethod
    def of(cls, note: Note, tongue: Tongue) -> "NoteWords":
        """Return the words of a note."""
        say = tongue.translate
        return cls(
            still_missing=say("still missing"),
            missing_title=tongue.say("Still missing: {count}", count=len(note.missing)),
            warnings_title=say("To look at again"),
            origins_title=say("Where the figures come from"),
            origin_heads=(say("Source"), say("Method"), say("Date")),
            drafted=tongue.say("Draft of {date}", date=note.date),
            code=tongue.code,
            is_rtl=tongue.is_rtl,
        )


def table_text(table: Table, tongue: Tongue) -> TextTable:
    """Return a table as text, each column with its unit; unknown cells are dashes."""
    digits = [column_digits(table, place) for place in range(len(table.columns))]
    rows = tuple(
        tuple(
            cell_text(cell, *pair, tongue)
            for cell, pair in zip(row, zip(table.columns, digits, strict=True), strict=True)
        )
        for row in table.rows
    )
    heads = []
    for column in table.columns:
        unit = unit_name(column.unit, tongue).strip()
        heads.append(f"{column.title}, {unit}" if unit and column.title else column.title or unit)
    return TextTable(table.caption, tuple(heads), rows, tuple(bool(column.unit) for column in table.columns))


def parts_of(fields: Sequence[NoteField]) -> Iterator[Pairs | NoteField]:
    """Yield the fields of a section, short ones gathered into pairs; what is empty and not asked is left out.

    A field that says something and lacks something is never short, so that both are seen.
    """
    pairs: list[tuple[str, str, str]] = []
    for field in fields:
        if not field.blocks and not field.is_required:
            continue
        if _is_short(field.blocks) and not (field.is_missing and field.blocks):
            text = "; ".join(str(block) for block in field.blocks)
            pairs.append((f"{field.code}  {field.title}", text, references(field)))
            continue
        if pairs:
            yield Pairs(tuple(pairs))
            pairs = []
        yield field
    if pairs:
        yield Pairs(tuple(pairs))


def shares(table: TextTable) -> tuple[float, ...]:
    """Return the share of the width each column takes, by its longest text.

    Examples
    --------
    >>> shares(TextTable("", ("a", "b"), (("x" * 10, "y" * 30),), (False, False)))
    (0.25, 0.75)
    """
    longest = [
        min(max(len(row[place]) for row in (table.heads, *table.rows)), LONGEST) for place in range(len(table.heads))
    ]
    wanted = [max(each, LEAST) for each in longest]
    return tuple(each / sum(wanted) for each in wanted)


def map_width(picture: MapPicture) -> float:
    """Return how wide a map is shown [cm], so that it fits beside its legend and leaves room on the page."""
    with Image.open(io.BytesIO(picture.png)) as image:
        return float(min(MAP_WIDE_CM, MAP_HIGH_CM * image.width / image.height))


def references(field: NoteField) -> str:
    """Return the numbers of the origins of a field, such as "[1, 3]"; empty where it has none."""
    return f"[{', '.join(map(str, field.origins))}]" if field.origins else ""


def _is_short(blocks: tuple[Block, ...]) -> bool:
    """Return whether blocks are one short text, or nothing."""
    return all(isinstance(block, str) for block in blocks) and sum(len(str(block)) for block in blocks) <= SHORT
