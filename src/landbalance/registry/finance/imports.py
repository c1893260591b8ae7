"""Import a file into the ledger: streamed, whole or not at all, and the same file twice changes nothing."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from landbalance._version import __version__
from landbalance.finance.ledger import Activity, ImportReport
from landbalance.finance.prices import Rates
from landbalance.io.files import sha256
from landbalance.io.flow_sources import guess_source, read_source
from landbalance.io.rates import packaged_rates
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.bulk import MANY, complete_rows, count_anew, roomy
from landbalance.registry.finance.ledger_writer import Known, LedgerWriter, Progress, row_number
from landbalance.registry.finance.models import FlowActivity, FlowTransaction, ImportBatch
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

log = logging.getLogger(__name__)


@dataclass
class Preview:
    """What a file would bring: the first activities, how it was read, and which identifiers are new."""

    report: ImportReport
    activities: list[Activity] = field(default_factory=list)


@dataclass(frozen=True)
class Sent:
    """A file of flows that can be read as often as needed: what it is called, its checksum, its activities.

    `read` takes a report and, by name, who keeps original rows; `report` is what is known of the file beforehand.
    """

    source: str
    name: str
    checksum: str
    read: Callable[..., Iterator[Activity]]
    report: Callable[[], ImportReport]


def opened(path: Path, source: str = "", *, currency: str = "USD") -> Sent:
    """Return a file of ours, its source guessed where none is given.

    Raises
    ------
    InputError
        If there is no such file.
    """
    kind = source or guess_source(path)
    checksum = sha256(path)
    read = partial(read_source, path, kind, currency=currency, today=timezone.localdate())
    return Sent(kind, path.name, checksum, read, partial(ImportReport, kind, path.name, checksum))


def preview_file(path: Path, source: str = "", *, currency: str = "USD", most: int = 20) -> Preview:
    """Return what a file would bring, writing nothing."""
    sent = opened(path, source, currency=currency)
    shown = Preview(sent.report())
    for activity in sent.read(shown.report):
        if len(shown.activities) < most:
            shown.activities.append(activity)
    return shown


def import_file(
    actor: "User",
    workspace: Workspace,
    path: Path,
    *,
    source: str = "",
    currency: str = "USD",
    rates: Rates | None = None,
    progress: Progress | None = None,
) -> ImportBatch:
    """Import a file into the ledger of a workspace; as `import_flows`.

    Raises
    ------
    AccessError
        If the actor may not import.
    InputError
        If the file cannot be read, or its source is unknown.
    """
    require(actor, "finance.import", workspace)
    return import_flows(actor, workspace, opened(path, source, currency=currency), rates=rates, progress=progress)


def import_flows(
    actor: "User", workspace: Workspace, sent: Sent, *, rates: Rates | None = None, progress: Progress | None = None
) -> ImportBatch:
    """Import the activities of a file into the ledger of a workspace.

    Activities that stand there with the same content stay as they are; those that have changed are replaced, save what
    was edited by hand; reviewers' decisions stand. A file that fails changes nothing.

    Raises
    ------
    AccessError
        If the actor may not import.
    InputError
        If the file cannot be read.
    """
    require(actor, "finance.import", workspace)
    report = sent.report()
    roomy()
    with transaction.atomic():
        known = standing(workspace, sent.source)
        digests = digests_of(sent) if known else {}
        batch = ImportBatch.objects.create(
            workspace=workspace, source=sent.source, file_name=sent.name[:200], checksum=sent.checksum,
            code_version=__version__, imported_by=actor,
        )  # fmt: skip
        writer = LedgerWriter(actor, batch, known, digests, rates or packaged_rates(), report)
        writer.write(sent.read(report, keep=writer.kept), progress)
        _finish(batch, writer, report)
        record(
            actor, "finance.imported", batch.file_name, workspace=workspace, source=sent.source,
            checksum=batch.checksum, read=batch.rows_read, skipped=batch.rows_skipped, added=batch.added,
            changed=batch.changed,
        )  # fmt: skip
    return batch


def digests_of(sent: Sent) -> dict[str, str]:
    """Return what the rows of each activity of a file say, as digests."""
    numbers: dict[str, int] = {}

    def take(number: int, key: str, raw: bytes) -> None:
        numbers[key] = numbers.get(key, 0) ^ row_number(raw)

    for _ in sent.read(ImportReport(sent.source, sent.name), keep=take):
        pass
    return {key: f"{number:032x}" for key, number in numbers.items()}


def standing(workspace: Workspace, source: str) -> dict[str, Known]:
    """Return what stands in the ledger of a source."""
    rows = FlowActivity.objects.filter(workspace=workspace, source=source, deleted_at=None)
    found = rows.values_list("source_id", "id", "digest", "is_edited").iterator(chunk_size=10_000)
    return {key: Known(pk, digest, is_edited) for key, pk, digest, is_edited in found}


def _finish(batch: ImportBatch, writer: LedgerWriter, report: ImportReport) -> None:
    """Write digests, sums, decisions and the report of an import."""
    from landbalance.registry.finance.services import apply_decisions

    running = writer.running
    rows = ((f"{running[key]:032x}", writer.amount(key), place) for key, place in writer.place.items())
    complete_rows(FlowActivity, ("digest", "amount_usd"), rows)
    if batch.added + batch.changed >= MANY:
        count_anew(FlowActivity, FlowTransaction)
    apply_decisions(batch.workspace)
    batch.rows_read, batch.rows_skipped = report.read, report.skipped
    batch.reasons = report.reasons
    batch.notes = [note.as_plain() for note in report.notes]
    batch.save()
