"""Activities of the ledger as IATI again."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone

from landbalance.finance.classify import Split
from landbalance.finance.ledger import RIO_MARKERS, Activity, Marker, Party, Transaction
from landbalance.io.iati_export import ExportReport, export_iati
from landbalance.io.sheet import sheet_csv
from landbalance.registry.access import may, require
from landbalance.registry.audit.services import record
from landbalance.registry.finance.models import Decision, FlowActivity, FlowTransaction, ImportBatch
from landbalance.registry.records import visible_to
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from landbalance.registry.accounts.models import User

MOVE_COLUMNS = (
    *("activity__source_id", "kind", "day", "value", "currency", "value_date", "value_usd", "provider", "receiver"),
    *("provider_activity", "receiver_activity", "recipient", "sector", "finance_type", "flow_type"),
)
DECISION_COLUMNS = (
    *("kind", "source_id", "other_id", "share", "verdict", "reason", "decided_at", "decided_by__username"),
)
IMPORT_COLUMNS = (*("source", "file_name", "checksum", "imported_at", "rows_read", "rows_skipped", "added", "changed"),)


def export_workspace(
    actor: "User", workspace: Workspace, path: Path, *, source: str = "iati", schema: Path | None = None
) -> ExportReport:
    """Write the activities of one source as IATI 2.03.

    Raises
    ------
    AccessError
        If the actor may not export.
    RuleError
        If there is none, or one breaks a rule of IATI.
    """
    require(actor, "records.export", workspace)
    require(actor, "finance.view", workspace)
    rows = FlowActivity.objects.for_user(actor).filter(workspace=workspace, source=source).order_by("source_id")
    moment = timezone.now().isoformat(timespec="seconds")
    made = (as_activity(each) for each in _with_moves(rows))
    report = export_iati(made, path, generated=moment, today=timezone.localdate(), schema=schema)
    record(actor, "finance.exported", path.name, workspace=workspace, activities=report.written)
    return report


def ledger_tables(actor: "User", workspace: Workspace) -> Iterator[tuple[str, str]]:
    """Yield what the ledger holds beside its activities, as CSV: transactions, decisions, imports; others get none."""
    if not may(actor, "finance.view", workspace):
        return
    seen = FlowTransaction.objects.filter(visible_to(actor, "activity__"), activity__deleted_at=None)
    tables = {
        "finance-transactions": (seen.filter(activity__workspace=workspace), MOVE_COLUMNS),
        "finance-decisions": (Decision.objects.filter(workspace=workspace), DECISION_COLUMNS),
        "finance-imports": (ImportBatch.objects.filter(workspace=workspace), IMPORT_COLUMNS),
    }
    for name, (rows, columns) in tables.items():
        yield f"{name}.csv", sheet_csv(columns, [*rows.values_list(*columns).iterator()])


def as_activity(row: FlowActivity) -> Activity:
    """Return a record as the noun of the pure floor."""
    markers = tuple(
        Marker(code, getattr(row, name)) for code, name in RIO_MARKERS.items() if getattr(row, name) is not None
    )
    titles = dict(row.texts) or {row.language: row.title}
    dates = {"2": row.start} if row.start else {}
    if row.end:
        dates["4"] = row.end
    return Activity(
        source=row.source,
        source_id=row.source_id,
        reporter=Party(row.reporter, row.reporter_name, "90"),
        title={**titles, row.language: row.title},
        description={row.language: row.description or row.title},
        status=row.status,
        start=row.start,
        end=row.end,
        dates=dates,
        parent=row.parent,
        collaboration=row.collaboration,
        flow_type=row.flow_type,
        finance_type=row.finance_type,
        aid_type=row.aid_type,
        language=row.language,
        sectors=row.splits(),
        recipients=tuple(Split(*split) for split in row.recipients),
        markers=markers,
        points=tuple((float(x), float(y)) for x, y in row.points),
        tags=dict(row.tags),
        related=(("1", row.parent),) if row.parent else (),
        transactions=tuple(_move(each) for each in row.transactions.all()),
    )


def _with_moves(rows: "QuerySet[FlowActivity]") -> Iterator[FlowActivity]:
    """Return records with their transactions, a few at a time."""
    yield from rows.prefetch_related("transactions").iterator(chunk_size=500)


def _move(row: FlowTransaction) -> Transaction:
    """Return a transaction."""
    value = row.value.normalize()
    return Transaction(
        row.kind,
        row.day,
        value,
        row.currency,
        row.value_date,
        Party("", row.provider),
        row.provider_activity,
        Party("", row.receiver),
        row.receiver_activity,
        row.recipient,
        row.sector,
        "1",
        row.flow_type,
        row.finance_type,
        channel=row.channel,
    )
