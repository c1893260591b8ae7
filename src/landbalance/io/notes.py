"""Concept notes as DOCX and PDF: our own layouts, a sandbox for anybody's, data that is never run."""

import io
import json
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path

import typst
from docx import Document
from docxtpl import DocxTemplate
from jinja2 import TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

from landbalance.core.errors import InputError
from landbalance.reporting.notes import Note

LAYOUT = "note.typ"
STILL_MISSING = "still missing"


def note_docx(note: Note, template: Path | None = None) -> bytes:
    """Return a note as DOCX, in our layout or in a template of one's own (`{{ note.title }}` ...).

    Raises
    ------
    InputError
        If the template holds code, or is no DOCX.
    """
    return _own_docx(note) if template is None else _filled_docx(note, template)


def note_pdf(note: Note, created: str) -> bytes:
    """Return a note as PDF; the text is data for the layout and never run.

    Parameters
    ----------
    created : str
        Date that stands in the document.
    """
    layout = files("landbalance.io").joinpath("templates", "notes", LAYOUT).read_bytes()
    said = json.dumps({**asdict(note), "created": created}, ensure_ascii=False)
    return bytes(typst.compile(layout, sys_inputs={"note": said}))


def _own_docx(note: Note) -> bytes:
    """Return a note with headings, what is missing first."""
    document = Document()
    document.add_heading(note.title, level=0)
    if note.subtitle:
        document.add_paragraph(note.subtitle)
    if note.missing:
        document.add_heading("What is still missing", level=1)
        for title in note.missing:
            document.add_paragraph(title, style="List Bullet")
    if note.warnings:
        document.add_heading("What to look at again", level=1)
        for warning in note.warnings:
            document.add_paragraph(warning, style="List Bullet")
    for title, fields in note.sections:
        document.add_heading(title, level=1)
        for field in fields:
            if field.text or field.is_required:
                document.add_heading(f"{field.code}  {field.title}", level=2)
                document.add_paragraph(field.text or f"[{STILL_MISSING}]")
    document.add_paragraph(f"Fields: {note.source}.")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _filled_docx(note: Note, path: Path) -> bytes:
    """Return a template filled in a sandbox."""
    try:
        template = DocxTemplate(str(path))
        texts = {field.source: field.text or f"[{STILL_MISSING}]" for _, fields in note.sections for field in fields}
        context = {"note": {"title": note.title, "subtitle": note.subtitle, "missing": list(note.missing)}, **texts}
        template.render(context, jinja_env=SandboxedEnvironment(autoescape=True), autoescape=True)
        buffer = io.BytesIO()
        template.save(buffer)
    except SecurityError as error:
        raise InputError(
            "{path} holds code: {why}", path=path, why=error, hint="templates may name fields, nothing else"
        ) from error
    except (TemplateError, ValueError, KeyError, OSError) as error:
        raise InputError("{path} cannot be filled: {why}", path=path, why=error, hint="save it as DOCX") from error
    return buffer.getvalue()
