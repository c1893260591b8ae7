"""Concept notes: the fields a fund asks for, filled from what is stored; what is missing stands first."""

from collections.abc import Mapping
from dataclasses import dataclass

from landbalance.core.errors import NotFoundError
from landbalance.core.tables import toml_table


@dataclass(frozen=True)
class NoteField:
    """One field of a note: its heading, its text where there is one, and where the text comes from."""

    code: str
    title: str
    text: str
    source: str
    is_required: bool

    @property
    def is_missing(self) -> bool:
        """Return whether the fund asks for it and nothing is there."""
        return self.is_required and not self.text


@dataclass(frozen=True)
class Note:
    """A draft: its title, its sections with their fields, what is missing, and what it warns of."""

    template: str
    title: str
    subtitle: str
    sections: tuple[tuple[str, tuple[NoteField, ...]], ...]
    missing: tuple[str, ...]
    warnings: tuple[str, ...]
    source: str


def draft(
    template: str, facts: Mapping[str, str], *, title: str, subtitle: str = "", warnings: tuple[str, ...] = ()
) -> Note:
    """Return the draft of a note.

    Parameters
    ----------
    template : str
        "gef-pif", "gcf-cn" or "two-page".
    facts : mapping of str to str
        Texts by the key a field names; a key that is not there leaves its field missing.

    Raises
    ------
    NotFoundError
        If there is no such template.

    Examples
    --------
    >>> note = draft("two-page", {"title": "Parklands", "problem": "Yields fall."}, title="Parklands")
    >>> "Objective" in note.missing, "Problem" in note.missing
    (True, False)
    """
    templates = toml_table("finance/notes")
    if not isinstance(templates.get(template), dict):
        known = ", ".join(name for name, each in templates.items() if isinstance(each, dict))
        raise NotFoundError("there is no template {name}", name=template, hint="use one of {known}", known=known)
    table = templates[template]
    sections = tuple(
        (section["title"], tuple(_field(row, facts) for row in section["field"])) for section in table["section"]
    )
    missing = tuple(field.title for _, fields in sections for field in fields if field.is_missing)
    return Note(template, title, subtitle, sections, missing, warnings, table["source"])


def _field(row: Mapping[str, str | bool], facts: Mapping[str, str]) -> NoteField:
    """Return one field, filled where its fact is known."""
    key = str(row.get("fact", ""))
    text = facts.get(key, "").strip() if key else ""
    return NoteField(str(row["code"]), str(row["title"]), text, key, bool(row.get("required", True)))
