"""Concept notes of a project: what each draft still misses, and the draft as a file."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.translation import gettext as _

from landbalance.core.errors import NotFoundError
from landbalance.core.tables import toml_table
from landbalance.io.notes import note_docx, note_pdf
from landbalance.io.project_desk import facts_of, worth_of
from landbalance.registry.projects.models import Project
from landbalance.reporting.notes import Note, draft

KINDS: dict[str, tuple[str, Callable[[Note], bytes]]] = {
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", note_docx),
    "pdf": ("application/pdf", lambda note: note_pdf(note, timezone.localdate().isoformat())),
    "md": ("text/markdown; charset=utf-8", lambda note: _markdown(note).encode()),
}


def notes_of(project: Project) -> list[Note]:
    """Return the draft of each note there is a template for.

    Raises
    ------
    InputError, RuleError
        If the project cannot be appraised yet.
    """
    templates = [name for name, each in toml_table("finance/notes").items() if isinstance(each, dict)]
    opened = project.opened()
    facts, warnings = facts_of(opened), worth_of(opened, "economic").warnings
    about = opened.about
    subtitle = _("Invented: every number is made up.") if about.invented else ""
    return [draft(name, facts, title=about.title, subtitle=subtitle, warnings=warnings) for name in templates]


def note_file(project: Project, template: str, kind: str) -> tuple[bytes, str]:
    """Return a draft as a file, and its type.

    Raises
    ------
    NotFoundError
        If there is no such template or kind of file.
    InputError, RuleError
        If the project cannot be appraised yet.
    """
    found = next((each for each in notes_of(project) if each.template == template), None)
    if found is None or kind not in KINDS:
        raise NotFoundError("there is no note {name}", name=f"{template}.{kind}", hint="choose one of the page")
    media, write = KINDS[kind]
    return write(found), media


def _markdown(note: Note) -> str:
    """Return a draft as Markdown, what is missing first."""
    lines = [f"# {note.title}", note.subtitle]
    lists = ((_("What is still missing"), note.missing), (_("What to look at again"), note.warnings))
    for title, said in lists:
        lines += [f"## {title}", *(f"- {each}" for each in said)] if said else []
    for title, fields in note.sections:
        lines.append(f"## {title}")
        for field in fields:
            if field.text or field.is_required:
                lines += [f"### {field.code} {field.title}", field.text or f"*{_('still missing')}*"]
    return "\n\n".join(each for each in lines if each) + "\n"
