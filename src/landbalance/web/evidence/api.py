"""What is known of evidence files, for programs; the files themselves come from their page."""

from datetime import date
from uuid import UUID

from landbalance.registry.evidence.models import Evidence
from landbalance.web.api.records import records_router
from landbalance.web.api.schemas import RecordOut


class EvidenceOut(RecordOut):
    """A file that shows something."""

    title: str
    file_name: str
    digest: str
    media_type: str
    size_bytes: int
    author: str
    licence: str
    made_on: date | None
    subject: UUID | None
    subject_kind: str


router = records_router(Evidence, EvidenceOut, name="evidence", view="workspace.view", code="pk")
