"""Notes as PDF, set by typst: the layout is ours, text is data and never run; tagged, so that it can be read aloud."""

import json
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

from landbalance.core.errors import InputError
from landbalance.io.note_text import NoteWords, Pairs, map_width, parts_of, references, shares, table_text
from landbalance.reporting.note_blocks import Block, Bullets, MapPicture
from landbalance.reporting.notes import Note, NoteField
from landbalance.reporting.tables import Table
from landbalance.reporting.words import Tongue

LAYOUT = "note.typ"
LATIN = ("Noto Sans", "Liberation Sans", "DejaVu Sans", "Libertinus Serif")
SCRIPTS = {
    "ar": ("Noto Sans Arabic", "Noto Naskh Arabic", "Amiri", "DejaVu Sans", "Arial"),
    "zh": ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC"),
    "ru": ("Noto Sans", "Liberation Sans", "DejaVu Sans", "Libertinus Serif"),
}
PACKAGES = {"ar": "fonts-noto-core", "zh": "fonts-noto-cjk", "ru": "fonts-noto-core"}


def note_pdf(note: Note, tongue: Tongue) -> bytes:
    """Return a note as PDF.

    Raises
    ------
    InputError
        If this computer has no font for the script of the language.
    """
    fonts = _fonts(tongue.code)
    with tempfile.TemporaryDirectory(prefix="landbalance-note-") as name:
        folder = Path(name)
        said = {**_said(note, tongue, folder), "fonts": fonts}
        (folder / "note.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        (folder / LAYOUT).write_bytes(files("landbalance.io").joinpath("templates", "notes", LAYOUT).read_bytes())
        return bytes(typst.compile(folder / LAYOUT, root=folder, font_paths=_installed()))


def _said(note: Note, tongue: Tongue, folder: Path) -> dict[str, Any]:
    """Return a note as plain data for the layout; pictures are written beside it."""
    words = NoteWords.of(note, tongue)
    names = ("template", "kind", "title", "subtitle", "missing", "warnings", "source")
    sections = [
        {"title": title, "parts": [_part(part, tongue, folder) for part in parts_of(fields)]}
        for title, fields in note.sections
    ]
    origins = [vars(each) for each in note.origins]
    return {**{each: getattr(note, each) for each in names}, "words": vars(words), "sections": sections,
            "origins": origins}  # fmt: skip


def _part(part: Pairs | NoteField, tongue: Tongue, folder: Path) -> dict[str, Any]:
    """Return one part of a section."""
    if isinstance(part, Pairs):
        return {"kind": "pairs", "rows": part.rows}
    return {
        "kind": "field",
        "title": f"{part.code}  {part.title}",
        "is_missing": part.is_missing,
        "blocks": [_block(each, tongue, folder) for each in part.blocks],
        "refs": references(part),
    }


def _block(block: Block, tongue: Tongue, folder: Path) -> dict[str, Any]:
    """Return one block."""
    if isinstance(block, Table):
        said = table_text(block, tongue)
        return {"kind": "table", **vars(said), "widths": shares(said)}
    if isinstance(block, Bullets):
        return {"kind": "list", "items": block.items}
    if isinstance(block, MapPicture):
        legend = [{"file": _picture(each.png, folder), "name": each.name, "area": each.area} for each in block.legend]
        said_map = {"title": block.title, "alt": block.alt, "bar_share": block.bar_share, "bar": block.bar}
        return {
            "kind": "map",
            **said_map,
            "file": _picture(block.png, folder),
            "legend": legend,
            "width_cm": map_width(block),
        }
    return {"kind": "text", "text": block}


def _picture(png: bytes, folder: Path) -> str:
    """Write a picture beside the layout and return its name."""
    name = f"{len(list(folder.glob('*.png')))}.png"
    (folder / name).write_bytes(png)
    return name


@cache
def _installed() -> typst.Fonts:
    """Return the fonts of this computer, looked for once."""
    return typst.Fonts()


def _fonts(language: str) -> list[str]:
    """Return the families to set a language in, its own script first."""
    there = set(_installed().families())
    script = [each for each in SCRIPTS.get(language, LATIN) if each in there]
    if not script:
        raise InputError(
            "this computer has no font for {language}", language=language, package=PACKAGES.get(language, ""),
            hint="install one, such as the package {package}, or write the note as .docx",
        )  # fmt: skip
    others = [each for each in (*LATIN, *(name for names in SCRIPTS.values() for name in names)) if each in there]
    return list(dict.fromkeys([*script, *others]))
