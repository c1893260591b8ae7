"""A DOCX template of one's own, filled in a sandbox: it may name facts, choose and repeat, and run nothing."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from landbalance.core.errors import InputError
from landbalance.io.note_text import NoteWords, table_text
from landbalance.reporting.note_blocks import Bullets, Fact, Facts, MapPicture
from landbalance.reporting.notes import Note, text_keys
from landbalance.reporting.tables import Table
from landbalance.reporting.words import Tongue

FILTERS = ("upper", "lower", "title", "join", "length", "default", "first", "last", "escape", "e")
OPERATORS = ("+", "-", "*", "/", "//", "**", "%")
MAP_WIDTH = Cm(14)


class _Fields(ImmutableSandboxedEnvironment):
    """A sandbox in which nothing is called and nothing is computed."""

    intercepted_binops = frozenset(OPERATORS)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Refuse to compute."""
        raise SecurityError(f"it computes with {operator}")

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Refuse to call, as jinja names the arguments."""
        raise SecurityError("it calls a function")


def fill_layout(path: Path, note: Note, facts: Facts, tongue: Tongue) -> bytes:
    """Return a template filled.

    It may use `{{ note.title }}`, `{{ problem }}` and every other fact as text, `{% for row in tables.land.rows %}`,
    `{{ map }}` for the map of the run, and `{% for each in note.missing %}`.

    Raises
    ------
    InputError
        If the template holds code, names what no note has, or is no DOCX.
    """
    try:
        template = DocxTemplate(str(path))
        template.render(_context(template, note, facts, tongue), jinja_env=_environment(), autoescape=True)
        buffer = io.BytesIO()
        template.save(buffer)
    except SecurityError as error:
        raise InputError(
            "{path} holds code: {why}", path=path, why=error, hint="templates may name fields, nothing else"
        ) from error
    except (TemplateError, ValueError, KeyError, TypeError, OverflowError, OSError) as error:
        raise InputError("{path} cannot be filled: {why}", path=path, why=error, hint="save it as DOCX") from error
    return buffer.getvalue()


def _environment() -> _Fields:
    """Return the sandbox, with the filters that only write text."""
    environment = _Fields(autoescape=True)
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    environment.globals.clear()
    return environment


def _context(template: DocxTemplate, note: Note, facts: Facts, tongue: Tongue) -> dict[str, Any]:
    """Return what a template may name."""
    words = NoteWords.of(note, tongue)
    keys = sorted(text_keys() | set(facts))
    said: dict[str, Any] = {key: _text(facts.get(key), tongue) or f"[{words.still_missing}]" for key in keys}
    tables = {block.id: _rows(block, tongue) for fact in facts.values() for block in fact.blocks
              if isinstance(block, Table)}  # fmt: skip
    pictures = [block for fact in facts.values() for block in fact.blocks if isinstance(block, MapPicture)]
    if pictures:
        said["map"] = InlineImage(template, io.BytesIO(pictures[0].png), width=MAP_WIDTH)
    head = {"title": note.title, "subtitle": note.subtitle, "kind": note.kind, "date": note.date,
            "missing": list(note.missing), "warnings": list(note.warnings)}  # fmt: skip
    return {**said, "note": head, "tables": tables}


def _rows(block: Table, tongue: Tongue) -> Mapping[str, Any]:
    """Return a table as a template takes it."""
    said = table_text(block, tongue)
    return {"caption": said.caption, "heads": said.heads, "rows": said.rows}


def _text(fact: Fact | None, tongue: Tongue) -> str:
    """Return a fact as text; the rows of its tables stand one after the other."""
    parts = []
    for block in fact.blocks if fact else ():
        if isinstance(block, Table):
            parts += [": ".join((row[0], ", ".join(row[1:]))) for row in table_text(block, tongue).rows]
        elif isinstance(block, Bullets):
            parts += block.items
        elif not isinstance(block, MapPicture):
            parts.append(block)
    return "\n".join(parts)
