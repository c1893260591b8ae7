"""Attach files, and hand them out to who may have them."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from landbalance.core.errors import InputError, NotFoundError
from landbalance.io.uploads import IMAGES, keep, kind_of, place_of, safe_name, without_place
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.evidence.models import Evidence
from landbalance.registry.records import WorkspaceRecord, shows_place
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor
    from landbalance.registry.accounts.models import User

FIELDS = frozenset({"title", "author", "licence", "made_on", "visibility", "sensitivity", "custodian"})


@transaction.atomic
def add_evidence(
    actor: "User",
    workspace: Workspace,
    content: bytes,
    name: str,
    *,
    subject: WorkspaceRecord | None = None,
    values: Mapping[str, object] | None = None,
) -> Evidence:
    """Attach a file to a workspace or to one of its records.

    Raises
    ------
    AccessError
        If the actor may add nothing.
    InputError
        If the file is refused, or the record is of another workspace.
    """
    require(actor, "evidence.add", workspace)
    if subject is not None and subject.workspace_id != workspace.pk:
        raise InputError("the record is of another workspace", hint="attach the file to a record of this one")
    shown = safe_name(name)
    kind = kind_of(content, shown)
    evidence = Evidence(workspace=workspace, title=shown, file_name=shown, media_type=kind, size_bytes=len(content))
    for field, value in (values or {}).items():
        if field not in FIELDS:
            raise InputError("{name} is no field of evidence", name=field, hint="see the list of fields")
        setattr(evidence, field, value)
    if subject is not None:
        evidence.subject, evidence.subject_kind = subject.pk, subject._meta.label_lower
    evidence.digest = keep(content, files_root())
    evidence.save_revision(by=actor)
    record(actor, "evidence.added", evidence.pk, workspace=workspace, digest=evidence.digest)
    return evidence


@transaction.atomic
def remove_evidence(actor: "User", evidence: Evidence) -> None:
    """Take evidence out; its history stays, and its file as long as any record has it.

    Raises
    ------
    AccessError
        If the actor may not.
    """
    if evidence.created_by_id != actor.pk:
        require(actor, "records.delete", evidence.workspace)
    evidence.deleted_at = timezone.now()
    evidence.save_revision(by=actor, reason="removed")
    record(actor, "evidence.removed", evidence.pk, workspace=evidence.workspace)


def content_of(actor: "Actor", evidence: Evidence) -> bytes:
    """Return a file as a person may have it: photos of others lose what the camera wrote into them.

    Raises
    ------
    NotFoundError
        If the file is not where it was kept.
    """
    try:
        content = place_of(files_root(), evidence.digest).read_bytes()
    except OSError as error:
        raise NotFoundError(
            "the file of {title} is missing", title=evidence.title, hint="run landbalance doctor"
        ) from error
    if evidence.media_type in IMAGES.values() and not _is_own(actor, evidence):
        return without_place(content)
    return content


def files_root() -> Path:
    """Return the folder that files are kept in."""
    return Path(settings.MEDIA_ROOT)


def _is_own(actor: "Actor", evidence: Evidence) -> bool:
    """Return whether a person added a file, or keeps it for its custodian."""
    if actor.is_authenticated and evidence.created_by_id == actor.pk:
        return True
    return bool(evidence.custodian_id) and shows_place(actor, evidence)
