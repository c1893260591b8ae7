"""Concept notes and the feasibility outline: fields a fund asks for, filled with facts; what is missing first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from landbalance.core.errors import NotFoundError
from landbalance.core.tables import toml_table
from landbalance.reporting.note_blocks import Block, Fact, Facts, Origin
from landbalance.reporting.words import Tongue

TABLE = "finance/notes"


@dataclass(frozen=True)
class NoteField:
    """One field of a note.

    Parameters
    ----------
    blocks : tuple of Block
        What is said; empty where nothing is known.
    origins : tuple of int
        Numbers of the origins of its figures, as the note lists them.
    gaps : tuple of str
        Keys of the facts the fund asks for that nobody has given.
    """

    code: str
    title: str
    blocks: tuple[Block, ...]
    origins: tuple[int, ...]
    gaps: tuple[str, ...]
    is_required: bool

    @property
    def is_missing(self) -> bool:
        """Return whether the fund asks for it and something of it is not there."""
        return self.is_required and bool(self.gaps)


@dataclass(frozen=True)
class Note:
    """A draft: titles, what is missing, what to look at again, the sections with their fields, and the origins."""

    template: str
    kind: str
    title: str
    subtitle: str
    date: str
    sections: tuple[tuple[str, tuple[NoteField, ...]], ...]
    missing: tuple[str, ...]
    warnings: tuple[str, ...]
    origins: tuple[Origin, ...]
    source: str


def template_names() -> tuple[str, ...]:
    """Return the names of the templates.

    Examples
    --------
    >>> template_names()
    ('gef-pif', 'gcf-cn', 'two-page', 'feasibility')
    """
    return tuple(name for name, each in toml_table(TABLE).items() if isinstance(each, dict) and "section" in each)


def find_template(name: str) -> Mapping[str, Any]:
    """Return a template: its title, its sections with their fields, its source.

    Raises
    ------
    NotFoundError
        If there is no such template.
    """
    known = template_names()
    if name not in known:
        raise NotFoundError("there is no template {name}", name=name, known=", ".join(known), hint="use one of {known}")
    found: Mapping[str, Any] = toml_table(TABLE)[name]
    return found


def text_keys() -> frozenset[str]:
    """Return the keys of everything a template asks people to write or an analysis to fill.

    Examples
    --------
    >>> {"problem", "theory", "land"} <= text_keys()
    True
    """
    rows = (row for name in template_names() for section in find_template(name)["section"] for row in section["field"])
    return frozenset(key for row in rows for key in (*row["needs"], *row.get("adds", ())))


def draft(
    template: str,
    facts: Facts,
    tongue: Tongue,
    *,
    title: str,
    date: str,
    subtitle: str = "",
    warnings: Iterable[str] = (),
) -> Note:
    """Return the draft of a note in one language; nothing is filled in that no fact says.

    Parameters
    ----------
    template : str
        One of `template_names`.
    facts : mapping of str to Fact
        By the key a field names; a key that is not there leaves its field missing.
    date : str
        The day of the draft, ISO 8601.

    Raises
    ------
    NotFoundError
        If there is no such template.

    Examples
    --------
    >>> from landbalance.reporting.note_blocks import texts
    >>> note = draft("two-page", texts({"problem": "Yields fall."}), Tongue(), title="Parklands", date="2026-11-25")
    >>> note.missing[1:3]
    ('Objective', 'Problem (hectares by status: a run of the country)')
    """
    found = find_template(template)
    kind, source = str(found["title"]), str(found["source"])
    sections, origins = [], dict[Origin, int]()
    for section in found["section"]:
        heading = str(section["title"])
        fields = tuple(_field(row, facts, tongue, origins) for row in section["field"])
        sections.append((tongue.translate(heading), fields))
    missing = dict.fromkeys(_missing(field, tongue) for _, fields in sections for field in fields if field.is_missing)
    return Note(
        template=template,
        kind=tongue.translate(kind),
        title=title,
        subtitle=subtitle,
        date=tongue.date(date),
        sections=tuple(sections),
        missing=tuple(missing),
        warnings=tuple(tongue.note(each) for each in warnings),
        origins=tuple(origins),
        source=tongue.translate(source),
    )


def key_name(key: str, tongue: Tongue) -> str:
    """Return what a fact is called: by its own name, else by the field that asks for it alone.

    Examples
    --------
    >>> key_name("targets", Tongue()), key_name("barriers", Tongue())
    ('targets of the country', 'Barriers')
    """
    name = toml_table(TABLE)["key"].get(key) or _titles().get(key, key)
    return tongue.translate(str(name))


@cache
def _titles() -> Mapping[str, str]:
    """Return the titles of the fields that ask for one fact alone, by its key."""
    rows = [row for name in template_names() for part in find_template(name)["section"] for row in part["field"]]
    return {row["needs"][0]: row["title"] for row in reversed(rows) if len(row["needs"]) == 1}


def _missing(field: NoteField, tongue: Tongue) -> str:
    """Return what a field lacks: its title, and beside it what of several things is not there."""
    named = [key_name(key, tongue) for key in field.gaps]
    lacks = [name for name in named if name.lower() != field.title.lower()]
    return f"{field.title} ({'; '.join(lacks)})" if lacks else field.title


def _field(row: Mapping[str, Any], facts: Facts, tongue: Tongue, origins: dict[Origin, int]) -> NoteField:
    """Return one field, filled with what it needs and what adds to it; new origins get the next number."""
    there = [facts[key] for key in (*row["needs"], *row.get("adds", ())) if key in facts]
    whole = sum(there[1:], start=there[0]) if there else Fact(())
    numbers = tuple(origins.setdefault(each, len(origins) + 1) for each in whole.origins)
    gaps = tuple(key for key in row["needs"] if key not in facts)
    title = str(row["title"])
    return NoteField(
        str(row["code"]), tongue.translate(title), whole.blocks, numbers, gaps, bool(row.get("required", True))
    )
