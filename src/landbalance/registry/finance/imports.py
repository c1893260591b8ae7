"""Import a file into the ledger: streamed, whole or not at all, and the same file twice changes nothing."""

import hashlib
import json
import logging
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from landbalance._version import __version__
from landbalance.core.errors import InputError
from landbalance.core.tables import csv_table
from landbalance.finance.classify import Coefficient, Split, coefficient
from landbalance.finance.ledger import RIO_MARKERS, Activity, ImportReport, Keep, provider_family
from landbalance.finance.prices import Rates
from landbalance.io.budget import import_budget, import_deals
from landbalance.io.crs import import_crs
from landbalance.io.files import sha256
from landbalance.io.iati import import_iati
from landbalance.io.rates import packaged_rates
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.finance.bulk import column_of, insert_rows, roomy
from landbalance.registry.finance.models import FlowActivity, FlowTransaction, ImportBatch, KeptRows
from landbalance.registry.records import Sensitivity
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

log = logging.getLogger(__name__)
SOURCES = ("crs", "iati", "budget", "private")
CHUNK, KEPT = 20_000, 2_000
STAYS = frozenset(
    {
        "id",
        "workspace",
        "version",
        "created_at",
        "created_by",
        "is_inside",
        "visibility",
        "state",
        "is_edited",
        "sensitivity",
    }
)
Progress = Callable[[int], None]
AMOUNT = (
    "COALESCE(SUM(CASE WHEN m.kind IN (3, 4) THEN m.value_usd END), SUM(CASE WHEN m.kind = 2 THEN m.value_usd END),"
    " SUM(CASE WHEN m.kind = 1 THEN m.value_usd END))"
)  # what flowed, else what was committed, else what came in
ACTIVITY_FIELDS = (
    "id", "workspace", "version", "state", "visibility", "sector", "sensitivity", "created_at", "created_by",
    "updated_at", "updated_by", "batch", "row", "digest", "is_edited", "source", "source_id", "reporter",
    "reporter_name", "title", "description",
    "language", "texts", "status", "start", "end", "family", "recipient", "parent", "external_id",
    "collaboration", "flow_type", "finance_type", "aid_type", "is_external", "is_domestic", "is_inside",
    "desertification", "mitigation", "adaptation", "biodiversity", "budget_share", "sectors", "recipients", "points",
    "tags", "coefficient", "method", "confidence", "conflicts", "is_primary",
)  # fmt: skip
MOVE_FIELDS = (
    "activity", "kind", "day", "year", "value", "currency", "value_date", "value_usd", "provider", "provider_activity",
    "receiver", "receiver_activity", "recipient", "sector", "finance_type", "flow_type", "channel", "row",
)  # fmt: skip


@dataclass
class Preview:
    """What a file would bring: the first activities, how it was read, and which identifiers are new."""

    report: ImportReport
    activities: list[Activity] = field(default_factory=list)


def guess_source(path: Path) -> str:
    """Return what a file is by its name and first bytes: IATI by its root, CRS by its columns, else a budget.

    Raises
    ------
    InputError
        If there is no such file.
    """
    if not path.is_file():
        raise InputError("{path} is no file", path=path, hint="check the path")
    with path.open("rb") as file:
        head = file.read(4096).replace(b"\0", b"").lower()
    if b"<iati-activities" in head or path.suffix.lower() == ".xml":
        return "iati"
    if b"donorcode" in head or path.suffix.lower() in (".zip", ".parquet"):
        return "crs"
    return (
        "private" if b"investor" in head or "private" in path.name.lower() or "deal" in path.name.lower() else "budget"
    )


def read_source(
    path: Path, source: str, report: ImportReport, *, currency: str, keep: Keep | None = None
) -> Iterator[Activity]:
    """Return the activities of a file of one source.

    Raises
    ------
    InputError
        If the source is unknown or the file cannot be read.
    """
    today = timezone.localdate()
    if source == "iati":
        return import_iati(path, report, today=today, keep=keep)
    if source == "crs":
        return import_crs(path, report, today=today, keep=keep)
    if source in ("budget", "private"):
        reader = import_budget if source == "budget" else import_deals
        return reader(path, report, currency=currency, today=today, keep=keep)
    raise InputError("{source} is no source", source=source, hint="use one of " + ", ".join(SOURCES))


def preview_file(path: Path, source: str = "", *, currency: str = "USD", most: int = 20) -> Preview:
    """Return what a file would bring, writing nothing."""
    kind = source or guess_source(path)
    report = ImportReport(kind, path.name, sha256(path))
    shown = Preview(report)
    for activity in read_source(path, kind, report, currency=currency):
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
    """Import a file into the ledger of a workspace.

    Activities that stand there with the same content stay as they are; those that have changed are replaced, save what
    was edited by hand; reviewers' decisions stand. A file that fails changes nothing.

    Raises
    ------
    AccessError
        If the actor may not import.
    InputError
        If the file cannot be read, or its source is unknown.
    """
    require(actor, "finance.import", workspace)
    kind = source or guess_source(path)
    report = ImportReport(kind, path.name, sha256(path))
    read = partial(read_source, path, kind, currency=currency)
    roomy()
    with transaction.atomic():
        known = _standing(workspace, kind)
        digests = _digests(read, ImportReport(kind, path.name)) if known else {}
        batch = ImportBatch.objects.create(
            workspace=workspace, source=kind, file_name=path.name[:200], checksum=report.checksum,
            code_version=__version__, imported_by=actor,
        )  # fmt: skip
        writer = _Writer(actor, batch, known, digests, rates or packaged_rates(), report)
        writer.write(read(report, keep=writer.kept), progress)
        _finish(batch, writer, report)
        record(
            actor, "finance.imported", batch.file_name, workspace=workspace, source=kind, checksum=batch.checksum,
            read=batch.rows_read, skipped=batch.rows_skipped, added=batch.added, changed=batch.changed,
        )  # fmt: skip
    return batch


@dataclass
class _Known:
    """An activity that stands in the ledger."""

    id: uuid.UUID
    digest: str
    is_edited: bool


class _Writer:
    """Write activities and transactions in chunks; rows of one activity are joined."""

    def __init__(
        self, actor: "User", batch: ImportBatch, known: dict[str, _Known], digests: dict[str, str], rates: Rates,
        report: ImportReport,
    ) -> None:  # fmt: skip
        self.batch, self.known, self.digests, self.report = batch, known, digests, report
        self.dollars = _Dollars(rates, report)
        self.first = uuid.uuid4().int & ~0xFFFFFFFF
        self.place: dict[str, str] = {}
        self.running: dict[str, int] = {}
        self.same: set[str] = set()
        self.heads: list[tuple[Any, ...]] = []
        self.moves: list[tuple[Any, ...]] = []
        self.rows: list[tuple[int, bytes]] = []
        moment = timezone.now().isoformat(sep=" ")
        plain = connection.vendor != "postgresql"
        stamp = moment.replace("+00:00", "") if plain else moment
        self.common = (
            batch.workspace_id,
            1,
            "draft",
            "members",
            "",
            Sensitivity.PUBLIC.value,
            stamp,
            actor.pk,
            stamp,
            actor.pk,
            batch.pk,
        )
        self.as_id: Callable[[uuid.UUID], str] = (lambda key: key.hex) if plain else str

    def kept(self, number: int, key: str, raw: bytes) -> None:
        """Take the original of a row, before its activity comes."""
        self.rows.append((number, raw))
        self.running[key] = self.running.get(key, 0) ^ row_number(raw)
        if len(self.rows) >= KEPT:
            self._keep()

    def write(self, activities: Iterable[Activity], progress: Progress | None) -> None:
        """Write what a file brings."""
        for activity in activities:
            key = activity.source_id
            if key not in self.place and key not in self.same:
                self._open(activity)
            if key in self.same:
                continue
            self.moves += [self._move(self.place[key], move, activity) for move in activity.transactions]
            if len(self.moves) + len(self.heads) >= CHUNK:
                self._flush()
                if progress is not None:
                    progress(self.report.read)
        self._flush()
        self._keep()

    def _open(self, activity: Activity) -> None:
        """Start an activity: new, changed, or the same as it stands."""
        key = activity.source_id
        stands = self.known.get(key)
        if stands is not None and stands.digest == self.digests.get(key):
            self.same.add(key)
            self.batch.unchanged += 1
            return
        if stands is not None:
            self.batch.changed += 1
            self.place[key] = self.as_id(stands.id)
            FlowTransaction.objects.filter(activity_id=stands.id).delete()
            if not stands.is_edited:
                values = dict(zip(ACTIVITY_FIELDS, self._head(activity, stands.id), strict=True))
                _overwrite(stands.id, {name: value for name, value in values.items() if name not in STAYS})
            else:
                _overwrite(stands.id, {"batch": self.batch.pk, "row": activity.row})
                self.report.note(
                    activity.row, key, "warning", "it was edited by hand: its money is new, the edit stays"
                )
            return
        self.batch.added += 1
        made = uuid.UUID(int=self.first + self.batch.added)  # in sequence, so that indexes grow at their end
        self.place[key] = self.as_id(made)
        self.heads.append(self._head(activity, made))

    def _head(self, activity: Activity, key: uuid.UUID) -> tuple[Any, ...]:
        """Return the row of an activity."""
        markers = tuple(activity.significance(code) for code in RIO_MARKERS)
        funder = next((party for role, party in activity.partners if role == "1"), activity.reporter)
        found = _classified(markers[0], activity.sectors, activity.budget_share)
        return (
            self.as_id(key), *self.common, activity.row, self.digests.get(activity.source_id, ""), False,
            activity.source, activity.source_id[:400], (activity.reporter.ref or activity.reporter.name)[:200],
            activity.reporter.name[:500], activity.name, _description(activity), activity.language[:20],
            _json(dict(activity.title)) if len(activity.title) > 1 else "{}", activity.status[:4],
            _day(activity.start), _day(activity.end), _family(funder.ref, funder.name)[:200], _recipient(activity),
            activity.parent[:400], activity.tags.get("other_identifier", "")[:400], activity.collaboration,
            activity.flow_type[:8], activity.finance_type[:8], activity.aid_type[:8], activity.is_external,
            activity.is_domestic, activity.is_domestic, *markers, activity.budget_share, _splits(activity.sectors),
            _splits(activity.recipients), _json(activity.points) if activity.points else "[]",
            _json(dict(activity.tags)) if activity.tags else "{}", found.value, found.method, found.confidence,
            ",".join(found.conflicts), True,
        )  # fmt: skip

    def _move(self, place: str, move: Any, activity: Activity) -> tuple[Any, ...]:
        """Return the row of a transaction."""
        return (
            place, move.kind, _day(move.day), move.day.year, str(move.value), move.currency, _day(move.value_date),
            self.dollars.of(move.value, move.currency, move.value_date.year, activity.source_id, move.row),
            (move.provider.ref or move.provider.name)[:500], move.provider_activity[:400],
            (move.receiver.ref or move.receiver.name)[:500], move.receiver_activity[:400],
            iso3_of(move.recipient)[:10], move.sector[:20], move.finance_type[:8], move.flow_type[:8],
            move.channel[:10], move.row,
        )  # fmt: skip

    def _flush(self) -> None:
        """Write what has gathered."""
        insert_rows(FlowActivity, ACTIVITY_FIELDS, self.heads)
        insert_rows(FlowTransaction, MOVE_FIELDS, self.moves)
        self.heads, self.moves = [], []

    def _keep(self) -> None:
        """Pack and write the originals that have gathered."""
        if self.rows:
            lines = b"\n".join(str(number).encode() + b"\t" + raw.replace(b"\n", b"\r") for number, raw in self.rows)
            KeptRows.objects.create(
                batch=self.batch, first=self.rows[0][0], last=self.rows[-1][0], packed=zlib.compress(lines, 1)
            )
        self.rows = []


class _Dollars:
    """Values in US dollars at yearly rates; a missing rate is noted once an activity and leaves the value unknown."""

    def __init__(self, rates: Rates, report: ImportReport) -> None:
        self.rates, self.report = rates, report
        self.found: dict[tuple[str, int], Decimal | None] = {("USD", year): Decimal(1) for year in range(1960, 2101)}
        self.noted: set[tuple[str, str, int]] = set()

    def of(self, value: Decimal, currency: str, year: int, thing: str, row: int) -> str | None:
        """Return a value in dollars as text, None where no rate is known."""
        if currency == "USD":
            return str(value)
        if (currency, year) not in self.found:
            try:
                self.found[currency, year] = self.rates.rate(currency, year)
            except InputError:
                self.found[currency, year] = None
        rate = self.found[currency, year]
        if rate is None:
            if (thing, currency, year) not in self.noted:
                self.noted.add((thing, currency, year))
                self.report.note(row, thing, "warning", f"no exchange rate {currency}/USD for {year}: not counted")
            return None
        return str(round(value / rate, 4))


def row_number(raw: bytes) -> int:
    """Return a number that stands for what a row says; those of one activity are joined by exclusive or."""
    return int.from_bytes(hashlib.blake2b(raw, digest_size=16).digest(), "big")


def iso3_of(code: str) -> str:
    """Return a country by its three letters, also one given by two; other codes stay as they are."""
    return _iso3().get(code, code)


@lru_cache(maxsize=1)
def _iso3() -> dict[str, str]:
    return {row["iso2"]: row["iso3"] for row in csv_table("finance/iso2")}


def _digests(read: Callable[..., Iterator[Activity]], report: ImportReport) -> dict[str, str]:
    """Return what the rows of each activity of a file say, as digests."""
    numbers: dict[str, int] = {}

    def take(number: int, key: str, raw: bytes) -> None:
        numbers[key] = numbers.get(key, 0) ^ row_number(raw)

    for _ in read(report, keep=take):
        pass
    return {key: f"{number:032x}" for key, number in numbers.items()}


def _standing(workspace: Workspace, source: str) -> dict[str, _Known]:
    """Return what stands in the ledger of a source."""
    rows = FlowActivity.objects.filter(workspace=workspace, source=source, deleted_at=None)
    found = rows.values_list("source_id", "id", "digest", "is_edited").iterator(chunk_size=10_000)
    return {key: _Known(pk, digest, is_edited) for key, pk, digest, is_edited in found}


def _overwrite(key: uuid.UUID, values: dict[str, Any]) -> None:
    """Put the new content of an activity in place; the import and its kept rows are the history."""
    quote = connection.ops.quote_name
    columns = ", ".join(f"{quote(column_of(FlowActivity, name))} = %s" for name in values)
    place = key.hex if connection.vendor != "postgresql" else str(key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(FlowActivity._meta.db_table)} SET {columns} WHERE id = %s",  # noqa: S608 - our own names
            [*values.values(), place],
        )


def _finish(batch: ImportBatch, writer: _Writer, report: ImportReport) -> None:
    """Write digests, sums, decisions and the report of an import."""
    from landbalance.registry.finance.services import apply_decisions

    table = connection.ops.quote_name(FlowActivity._meta.db_table)
    moves = connection.ops.quote_name(FlowTransaction._meta.db_table)
    with connection.cursor() as cursor:
        running = writer.running
        pairs = [(f"{running[key]:032x}", place) for key, place in writer.place.items()]
        if connection.vendor == "postgresql":
            cursor.execute("CREATE TEMPORARY TABLE said (digest text, id uuid) ON COMMIT DROP")
            with cursor.copy("COPY said (digest, id) FROM STDIN") as copy:
                for pair in pairs:
                    copy.write_row(pair)
            cursor.execute(f"UPDATE {table} a SET digest = said.digest FROM said WHERE a.id = said.id")  # noqa: S608
            cursor.execute("DROP TABLE said")
        else:
            cursor.connection.executemany(f"UPDATE {table} SET digest = ? WHERE id = ?", pairs)  # noqa: S608
        cursor.execute(
            f"UPDATE {table} SET amount_usd = (SELECT {AMOUNT} FROM {moves} m WHERE m.activity_id = {table}.id)"  # noqa: S608
            " WHERE batch_id = %s",
            [batch.pk],
        )
    apply_decisions(batch.workspace)
    batch.rows_read, batch.rows_skipped = report.read, report.skipped
    batch.reasons = report.reasons
    batch.notes = [asdict(note) for note in report.notes]
    batch.save()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


@lru_cache(maxsize=4096)
def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


@lru_cache(maxsize=65_536)
def _family(ref: str, name: str) -> str:
    return provider_family(ref, name)


@lru_cache(maxsize=65_536)
def _classified(marker: int | None, sectors: tuple[Split, ...], budget_share: float | None) -> Coefficient:
    """Return the coefficient; percentages that sum to more than 100 leave it to the marker, else unknown."""
    try:
        return coefficient(marker=marker if marker != 4 else None, sectors=sectors, budget_share=budget_share)
    except InputError:
        found = coefficient(marker=marker if marker != 4 else None, budget_share=budget_share)
        return Coefficient(found.value, found.method, found.confidence, (*found.conflicts, "sector-sum"))


@lru_cache(maxsize=65_536)
def _splits(splits: tuple[Split, ...]) -> str:
    return _json([[split.vocabulary, split.code, split.share] for split in splits])


def _recipient(activity: Activity) -> str:
    """Return the country an activity is mostly in; empty where there is none."""
    if not activity.recipients:
        return ""
    return iso3_of(max(activity.recipients, key=lambda split: split.share).code)[:10]


def _description(activity: Activity) -> str:
    """Return the description in the activity's language, else any."""
    texts = activity.description
    return texts.get(activity.language) or next(iter(texts.values()), "")
