"""From an uploaded file of flows (CRS, IATI, budget, deals) to activities in their normal form."""

from datetime import date
from pathlib import Path
from typing import Any

from landbalance.core.errors import InputError
from landbalance.finance.ledger import ImportReport
from landbalance.io.flow_sources import guess_source, write_flows
from landbalance.io.ingest.archive import ZIP, check_archive, check_workbook, is_workbook

OUTPUT = Path("output.jsonl")


def read_flow_upload(source: Path, name: str, task: dict[str, Any]) -> dict[str, Any]:
    """Write `output.jsonl` and return its facts: source, rows read and skipped, notes by row, counts by reason.

    Raises
    ------
    InputError
        If the file cannot be read at all, or holds no activity.
    """
    with source.open("rb") as file:
        is_zip = file.read(4) == ZIP
    if is_zip:
        check = check_workbook if is_workbook(source, name) else check_archive
        check(source, name, task["limits"])
    options = task["options"]
    kind = options["source"] or guess_source(source, name)
    report = ImportReport(kind, name)
    today = date.fromisoformat(options["today"])
    count = write_flows(OUTPUT, source, kind, report, currency=options["currency"], today=today)
    if not count:
        raise InputError(
            "{name} holds no activity that can be read ({why})",
            name=name,
            why="; ".join(list(report.reasons)[:3]) or "it has no rows",
            hint="choose its source, or look at the columns the guide names",
        )
    facts = {"source": kind, "activities": count, "read": report.read, "skipped": report.skipped}
    notes = [note.as_plain() for note in report.notes]
    return {"facts": {**facts, "reasons": report.reasons, "rows": notes}, "notes": []}
