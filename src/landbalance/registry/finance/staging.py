"""A file of flows in the platform: kept as it was sent, read apart, looked at, then taken over whole or not at all."""

import logging
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import orjson
from django.utils import timezone

from landbalance.core.errors import InputError, NotFoundError, RuleError
from landbalance.core.progress import Progress
from landbalance.core.words import words_of
from landbalance.finance.ledger import Activity, ImportReport, RowNote
from landbalance.finance.prices import Rates
from landbalance.io.flow_sources import ENDINGS, SOURCES, read_flows
from landbalance.io.quarantine import Limits, ingest, safe_name
from landbalance.io.rates import packaged_rates, read_rates
from landbalance.io.sent_tables import as_table
from landbalance.io.sheet import sheet_csv
from landbalance.registry.access import require
from landbalance.registry.finance.imports import Sent, digests_of, import_flows, standing
from landbalance.registry.finance.ledger_writer import Dollars, Known
from landbalance.registry.finance.models import FlowActivity, ImportBatch, StagedFlows
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

log = logging.getLogger(__name__)
LIMITS = Limits(seconds=3600)
STAGED_DAYS = 2
CHUNK = 1 << 20
LISTED = 200
SENT, FLOWS, FACTS, RATES = "sent", "flows.jsonl", "facts.json", "rates"
ROW_REPORT, PLAN = "rows.csv", "changes.csv"


@dataclass
class Planned:
    """What taking over would do with one activity: set it, change it, or nothing; money as the ledger sums it."""

    row: int
    source_id: str
    title: str
    kind: str
    before: Decimal | None = None
    is_edited: bool = False
    sums: dict[int, Decimal] = field(default_factory=dict)

    @property
    def money(self) -> Decimal | None:
        """Return the money of the file [USD]: what flowed, else what was committed, else what came in."""
        for kinds in ((3, 4), (2,), (1,)):
            if found := [self.sums[kind] for kind in kinds if kind in self.sums]:
                return sum(found, Decimal(0))
        return None


def stage_flows(
    actor: "User", workspace: Workspace, sent: Iterable[bytes], *, name: str, source: str = "", currency: str = "USD",
    rates: Iterable[bytes] | None = None, rates_name: str = "",
) -> StagedFlows:  # fmt: skip
    """Keep a file of flows as it was sent, unopened; nothing of the ledger changes.

    Parameters
    ----------
    sent : iterable of bytes
        The file in pieces.
    rates : iterable of bytes, optional
        A table of national exchange rates and deflators, in pieces.

    Raises
    ------
    AccessError
        If the actor may not import.
    InputError
        If it is no kind of file that is read, or the source is unknown.
    """
    require(actor, "finance.import", workspace)
    ending = Path(safe_name(name)).suffix.lower()
    if ending not in ENDINGS:
        raise InputError(
            "{name} is no file of flows", name=name[:80], hint="give one of {known}", known=", ".join(ENDINGS)
        )
    if source and source not in SOURCES:
        raise InputError("{source} is no source", source=source, hint="use one of {known}", known=", ".join(SOURCES))
    _forget_old(actor, workspace)
    made = StagedFlows(
        workspace=workspace, user=actor, name=safe_name(name)[:200], source=source, currency=currency.upper(),
        has_rates=rates is not None,
    )  # fmt: skip
    made.folder.mkdir(parents=True)
    _write(made.folder / (SENT + ending), sent)
    if rates is not None:
        _write(made.folder / (RATES + Path(safe_name(rates_name)).suffix.lower()), rates)
    made.save()
    return made


def find_staged(actor: "User", workspace: Workspace, pk: str) -> StagedFlows:
    """Return a file that waits; whoever may import may look at it and take it over.

    Raises
    ------
    AccessError
        If the actor may not import.
    NotFoundError
        If there is none.
    """
    require(actor, "finance.import", workspace)
    found = StagedFlows.objects.filter(workspace=workspace, pk=pk).select_related("workspace").first()
    if found is None:
        raise NotFoundError("there is no such import", hint="send the file again")
    return found


def check_staged(actor: "User", staged: StagedFlows, out: Path, told: Progress) -> dict[str, Any]:
    """Read a file apart and say what taking it over would do; write the whole lists into `out`.

    Raises
    ------
    AccessError
        If the actor may not import.
    InputError
        If the file cannot be read.
    """
    require(actor, "finance.import", staged.workspace)
    told.start(0, "reading the file")
    facts = _read_apart(staged)
    told.start(facts["activities"], "comparing with the ledger")
    sent, rates = sent_of(staged), rates_of(staged)
    report = sent.report()
    counts = dict.fromkeys(("new", "changed", "same", "edited"), 0)
    listed: list[Planned] = []
    for each in plan_of(staged.workspace, sent, rates, report, told):
        counts[each.kind] += 1
        counts["edited"] += each.is_edited
        if each.kind != "same":
            listed.append(each)
    _write_lists(out, report.notes, listed)
    return {
        **{name: facts[name] for name in ("source", "activities", "read")},
        **counts, "skipped": report.skipped, "reasons": sorted(report.reasons.items(), key=lambda pair: -pair[1])[:50],
        "notes": [note.as_plain() for note in report.notes[:LISTED]], "note_count": sum(report.reasons.values()),
        "listed": [_plain(each) for each in listed[:LISTED]], "staged": str(staged.pk), "name": staged.name,
        "stamp": stamp(staged.workspace), "products": [ROW_REPORT, PLAN],
    }  # fmt: skip


def take_over(actor: "User", staged: StagedFlows, seen: int, told: Progress) -> ImportBatch:
    """Take a file over whole, or nothing of it; the file is forgotten then.

    Parameters
    ----------
    seen : int
        The stamp of the ledger when the preview was made.

    Raises
    ------
    AccessError
        If the actor may not import.
    RuleError
        If another import has come in since the preview.
    """
    require(actor, "finance.import", staged.workspace)
    if stamp(staged.workspace) != seen:
        raise RuleError("another import has come in since the preview", hint="send the file again and look at it anew")
    sent = sent_of(staged)
    told.start(sent.report().read, "writing the ledger")
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        told.advance(count - done)
        done = count

    batch = import_flows(actor, staged.workspace, sent, rates=rates_of(staged), progress=advance)
    forget(staged)
    return batch


def plan_of(workspace: Workspace, sent: Sent, rates: Rates, report: ImportReport, told: Progress) -> Iterator[Planned]:
    """Yield what taking over would do with each activity of a file; missing rates are noted in the report."""
    known = standing(workspace, sent.source)
    digests = digests_of(sent) if known else {}
    dollars = Dollars(rates, report)
    found: dict[str, Planned] = {}
    for activity in sent.read(report):
        told.advance(1)
        each = found.get(activity.source_id)
        if each is None:
            each = found[activity.source_id] = _planned(activity, known, digests)
        if each.kind != "same":
            _add_money(each, activity, dollars)
    _fill_before(workspace, sent.source, [each for each in found.values() if each.kind == "changed"])
    yield from found.values()


def sent_of(staged: StagedFlows) -> Sent:
    """Return a file that was read apart.

    Raises
    ------
    RuleError
        If it was not read yet.
    """
    path = staged.folder / FLOWS
    if not path.is_file():
        raise RuleError("{name} was not read", name=staged.name, hint="send the file again")
    facts = orjson.loads((staged.folder / FACTS).read_bytes())

    def report() -> ImportReport:
        notes = [RowNote(**{**each, "why": words_of(each["why"])}) for each in facts["rows"]]
        return ImportReport(
            facts["source"],
            staged.name,
            facts["sha256"],
            facts["read"],
            facts["skipped"],
            notes,
            facts["reasons"].copy(),
        )

    return Sent(facts["source"], staged.name, facts["sha256"], partial(read_flows, path), report)


def rates_of(staged: StagedFlows) -> Rates:
    """Return the rates that were sent with a file, before those of the package.

    Raises
    ------
    InputError
        If they cannot be read.
    """
    if not staged.has_rates:
        return packaged_rates()
    (path,) = staged.folder.glob(RATES + ".*")
    taken = ingest(path, staged.folder, name=path.name, want="rows")
    try:
        return read_rates(as_table(taken, staged.folder))
    finally:
        taken.path.unlink(missing_ok=True)


def forget(staged: StagedFlows) -> None:
    """Forget a file and what was made of it."""
    shutil.rmtree(staged.folder, ignore_errors=True)
    staged.delete()


def stamp(workspace: Workspace) -> int:
    """Return what changes with every import into the ledger of a workspace."""
    last = ImportBatch.objects.filter(workspace=workspace).order_by("-pk").values_list("pk", flat=True).first()
    return last or 0


def _read_apart(staged: StagedFlows) -> dict[str, Any]:
    """Let the quarantined child read a file into its normal form; return the facts, which are kept beside it."""
    (path,) = staged.folder.glob(SENT + ".*")
    options = {"source": staged.source, "currency": staged.currency, "today": timezone.localdate().isoformat()}
    with suppress(FileNotFoundError):
        (staged.folder / FLOWS).unlink()
    taken = ingest(path, staged.folder, name=staged.name, want="flows", options=options, limits=LIMITS)
    facts = {**taken.facts, "sha256": taken.sha256}
    (staged.folder / FACTS).write_bytes(orjson.dumps(facts))
    taken.path.replace(staged.folder / FLOWS)
    return facts


def _planned(activity: Activity, known: dict[str, Known], digests: dict[str, str]) -> Planned:
    """Return what would become of an activity."""
    key = activity.source_id
    stands = known.get(key)
    if stands is None:
        return Planned(activity.row, key, activity.name, "new")
    kind = "same" if stands.digest == digests.get(key) else "changed"
    return Planned(activity.row, key, activity.name, kind, is_edited=kind == "changed" and stands.is_edited)


def _add_money(each: Planned, activity: Activity, dollars: Dollars) -> None:
    """Add the transactions of an activity, in dollars; without a rate they stay unknown."""
    for move in activity.transactions:
        value = dollars.of(move.value, move.currency, move.value_date.year, activity.source_id, move.row)
        if value is not None:
            each.sums[move.kind] = each.sums.get(move.kind, Decimal(0)) + Decimal(value)


def _fill_before(workspace: Workspace, source: str, changed: list[Planned]) -> None:
    """Add what the ledger says now of activities that would change."""
    by_key = {each.source_id: each for each in changed}
    keys = sorted(by_key)
    for place in range(0, len(keys), 500):
        rows = FlowActivity.objects.filter(workspace=workspace, source=source, source_id__in=keys[place : place + 500])
        for key, money in rows.values_list("source_id", "amount_usd"):
            by_key[key].before = money


def _write_lists(out: Path, notes: list[RowNote], listed: list[Planned]) -> None:
    """Write the report of all rows, and every change."""
    out.mkdir(parents=True, exist_ok=True)
    heads = ("row", "thing", "outcome", "why")
    rows = [[getattr(note, name) for name in heads] for note in notes]
    (out / ROW_REPORT).write_text(sheet_csv(heads, rows), encoding="utf-8-sig")
    plain = [_plain(each) for each in listed]
    columns = ("row", "source_id", "title", "kind", "before", "money", "is_edited")
    (out / PLAN).write_text(
        sheet_csv(columns, [[each[name] for name in columns] for each in plain]), encoding="utf-8-sig"
    )


def _plain(each: Planned) -> dict[str, Any]:
    """Return one planned change as JSON keeps it."""
    money = {"before": each.before, "money": each.money}
    said = {"row": each.row, "source_id": each.source_id, "title": each.title[:200], "kind": each.kind}
    return {**said, **{name: None if value is None else float(value) for name, value in money.items()},
            "is_edited": each.is_edited}  # fmt: skip


def _write(path: Path, pieces: Iterable[bytes] | IO[bytes]) -> None:
    """Write a file in pieces."""
    with path.open("wb") as file:
        for piece in pieces:
            file.write(piece)


def _forget_old(actor: "User", workspace: Workspace) -> None:
    """Forget what a person sent before, and what waits for too long."""
    for staged in StagedFlows.objects.filter(workspace=workspace).select_related("workspace"):
        if staged.user_id == actor.pk or staged.at < timezone.now() - timedelta(days=STAGED_DAYS):
            forget(staged)
