"""Concept notes of a project: what each draft still misses, and the draft as a file, filled from the country's run."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import get_language

from landbalance.core.errors import LandbalanceError, NotFoundError
from landbalance.engine.notes import KINDS, draft_notes, drought_of, land_of, make_note
from landbalance.io.project_notes import Beside
from landbalance.io.workspace import load_workspace
from landbalance.registry.projects.models import Project
from landbalance.registry.standing import latest_run
from landbalance.registry.targets.queries import targets_of
from landbalance.registry.workspaces.services import folder_of
from landbalance.reporting.notes import Note, template_names

if TYPE_CHECKING:
    from landbalance.core.workspace import Workspace as Described
    from landbalance.planning.targets import TargetClaim
    from landbalance.registry.access import Actor
    from landbalance.reporting.note_land import LandFacts

KEEP_SECONDS = 3600
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "md": "text/markdown; charset=utf-8",
}


def notes_of(actor: "Actor", project: Project) -> list[Note]:
    """Return the draft of each note there is a template for.

    Raises
    ------
    InputError, RuleError
        If the project cannot be appraised yet.
    """
    return draft_notes(project.opened(), template_names(), **_known(actor, project))[1]


def note_file(actor: "Actor", project: Project, template: str, kind: str) -> tuple[bytes, str]:
    """Return a draft as a file, and its type.

    Raises
    ------
    NotFoundError
        If there is no such template or kind of file.
    InputError, RuleError
        If the project cannot be appraised yet.
    """
    if template not in template_names() or kind not in TYPES:
        raise NotFoundError("there is no note {name}", name=f"{template}.{kind}", hint="choose one of the page")
    chosen = next(each for each in KINDS if each == kind)
    return make_note(project.opened(), template, kind=chosen, **_known(actor, project)).content, TYPES[kind]


def _known(actor: "Actor", project: Project) -> dict[str, Any]:
    """Return what notes are made of, in the reader's language: the latest run they may see, drought, targets."""
    language = (get_language() or "en").split("-")[0]
    described = _described(project)
    return {
        "day": timezone.localdate(),
        "language": language,
        "name": project.code,
        "land": _land(actor, project, described, language),
        "drought": None if described is None else drought_of(described),
        "beside": Beside(targets=_claims(actor, project)),
    }


def _described(project: Project) -> "Described | None":
    """Return the layers and zones of the country; None where its folder cannot be read."""
    try:
        return load_workspace(folder_of(project.workspace, settings.INSTALLATION))
    except LandbalanceError:
        return None


def _land(actor: "Actor", project: Project, described: "Described | None", language: str) -> "LandFacts | None":
    """Return what the latest run says, its map drawn once and kept; None without a run."""
    row = latest_run(actor, project.workspace)
    if row is None:
        return None
    key = f"note-land:{row.result.id}:{row.result.manifest.identity[:16]}:{language}"
    found: LandFacts | None = cache.get(key)
    if found is None:
        found = land_of(row.result, described, language)
        cache.set(key, found, KEEP_SECONDS)
    return found


def _claims(actor: "Actor", project: Project) -> "list[TargetClaim]":
    """Return the targets a project serves, as far as the reader may see them and they can be read."""
    claims = []
    for target in targets_of(actor, project.workspace).filter(code__in=project.targets):
        try:
            claims.append(target.as_claim(()))
        except LandbalanceError:
            continue  # its own page says what is wrong with it
    return claims
