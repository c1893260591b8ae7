"""Notes as Markdown: one text with its maps inside, at the end, so that the text stays readable."""

from collections.abc import Iterator

from landbalance.io.note_text import NoteWords, Pairs, TextTable, parts_of, references, table_text
from landbalance.io.report_html import data_uri
from landbalance.reporting.note_blocks import Block, Bullets, MapPicture
from landbalance.reporting.notes import Note, NoteField
from landbalance.reporting.tables import Table
from landbalance.reporting.words import Tongue

SPECIAL = str.maketrans({each: f"\\{each}" for each in "\\`*_[]<>|#"})


def note_markdown(note: Note, tongue: Tongue) -> str:
    """Return a note as Markdown; what is missing stands first."""
    words, pictures = NoteWords.of(note, tongue), list[MapPicture]()
    lines = [f"# {_plain(note.title)}", "", f"{_plain(note.kind)} · {_plain(words.drafted)}", ""]
    lines += [f"**{_plain(note.subtitle)}**", ""] if note.subtitle else []
    for title, items in ((words.missing_title, note.missing), (words.warnings_title, note.warnings)):
        lines += [f"## {_plain(title)}", "", *(f"- {_plain(each)}" for each in items), ""] if items else []
    for heading, fields in note.sections:
        lines += [f"## {_plain(heading)}", ""]
        for part in parts_of(fields):
            lines += _pairs(part, words) if isinstance(part, Pairs) else _field(part, words, pictures, tongue)
    lines += [f"## {_plain(words.origins_title)}", ""]
    lines += [f"{place}. {_plain('; '.join((each.source, each.method, each.date)))}"
              for place, each in enumerate(note.origins, 1)]  # fmt: skip
    lines += ["", _plain(note.source), ""]
    lines += [f"[map-{place}]: {data_uri(each.png, 'image/png')}" for place, each in enumerate(pictures, 1)]
    return "\n".join(lines).rstrip() + "\n"


def _pairs(part: Pairs, words: NoteWords) -> list[str]:
    """Return short fields as a list."""
    rows = [f"- **{_plain(title)}**: {_plain(text) or f'*{words.still_missing}*'} {_plain(refs)}".rstrip()
            for title, text, refs in part.rows]  # fmt: skip
    return [*rows, ""]


def _field(field: NoteField, words: NoteWords, pictures: list[MapPicture], tongue: Tongue) -> list[str]:
    """Return one field with its heading."""
    lines = [f"### {_plain(f'{field.code} {field.title}')}", ""]
    if field.is_missing:
        lines += [f"*{words.still_missing}*", ""]
    for block in field.blocks:
        lines += [*_block(block, pictures, tongue), ""]
    return [*lines, _plain(references(field)), ""] if field.origins else lines


def _block(block: Block, pictures: list[MapPicture], tongue: Tongue) -> Iterator[str]:
    """Yield the lines of one block."""
    if isinstance(block, Table):
        yield from _table(table_text(block, tongue))
    elif isinstance(block, Bullets):
        yield from (f"- {_plain(each)}" for each in block.items)
    elif isinstance(block, MapPicture):
        pictures.append(block)
        yield f"![{_plain(block.alt)}][map-{len(pictures)}]"
        yield ""
        yield from (f"- {_plain(each.name)}: {_plain(each.area) or tongue.dash}" for each in block.legend)
    else:
        yield _plain(block)


def _table(table: TextTable) -> Iterator[str]:
    """Yield the lines of a table."""
    if table.caption:
        yield from (f"**{_plain(table.caption)}**", "")
    yield f"| {' | '.join(map(_plain, table.heads))} |"
    yield f"| {' | '.join('--:' if number else '---' for number in table.is_number)} |"
    yield from (f"| {' | '.join(map(_plain, row))} |" for row in table.rows)


def _plain(text: str) -> str:
    """Return text in one line that no reader takes for a mark or for HTML."""
    return " ".join(text.split()).translate(SPECIAL)
