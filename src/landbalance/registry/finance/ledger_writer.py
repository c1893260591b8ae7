"""Activities and transactions as rows of the ledger, written in chunks."""

import hashlib
import json
import uuid
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils import timezone

from landbalance.core.errors import InputError
from landbalance.core.tables import csv_table
from landbalance.core.words import Words
from landbalance.finance.classify import Coefficient, Split, coefficient
from landbalance.finance.ledger import RIO_MARKERS, Activity, ImportReport, provider_family
from landbalance.finance.prices import Rates
from landbalance.registry.bulk import column_of, insert_rows, open_waiting
from landbalance.registry.finance.models import FlowActivity, FlowTransaction, ImportBatch, KeptRows
from landbalance.registry.records import Sensitivity

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User


CHUNK, KEPT = 20_000, 2_000
RANKS = {3: 0, 4: 0, 2: 1, 1: 2}  # what flowed goes before what was committed, that before what came in
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
class Known:
    """An activity that stands in the ledger."""

    id: uuid.UUID
    digest: str
    is_edited: bool


class LedgerWriter:
    """Write activities and transactions in chunks; rows of one activity are joined."""

    def __init__(
        self, actor: "User", batch: ImportBatch, known: dict[str, Known], digests: dict[str, str], rates: Rates,
        report: ImportReport,
    ) -> None:  # fmt: skip
        self.batch, self.known, self.digests, self.report = batch, known, digests, report
        self.dollars = Dollars(rates, report)
        self.first = uuid.uuid4().int & ~0xFFFFFFFF
        self.place: dict[str, str] = {}
        self.running: dict[str, int] = {}
        self.sums: dict[str, list[Decimal | None]] = {}
        self.same: set[str] = set()
        self.heads: list[tuple[Any, ...]] = []
        self.moves: list[tuple[Any, ...]] = []
        self.rows: list[tuple[int, bytes]] = []
        self.waiting = open_waiting(FlowActivity)
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
            self.moves += [self._move(key, move, activity) for move in activity.transactions]
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
                    activity.row, key, "warning", Words("it was edited by hand: its money is new, the edit stays")
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

    def amount(self, key: str) -> str | None:
        """Return the money of an activity [USD]: what flowed, else what was committed, else what came in."""
        found = next((money for money in self.sums.get(key, ()) if money is not None), None)
        return None if found is None else str(found)

    def _move(self, key: str, move: Any, activity: Activity) -> tuple[Any, ...]:
        """Return the row of a transaction; its money is added to that of the activity."""
        dollars = self.dollars.of(move.value, move.currency, move.value_date.year, activity.source_id, move.row)
        rank = RANKS.get(move.kind)
        if dollars is not None and rank is not None:
            sums = self.sums.setdefault(key, [None, None, None])
            sums[rank] = Decimal(dollars) if (so_far := sums[rank]) is None else so_far + Decimal(dollars)
        return (
            self.place[key], move.kind, _day(move.day), move.day.year, str(move.value), move.currency,
            _day(move.value_date), dollars,
            (move.provider.ref or move.provider.name)[:500], move.provider_activity[:400],
            (move.receiver.ref or move.receiver.name)[:500], move.receiver_activity[:400],
            iso3_of(move.recipient)[:10], move.sector[:20], move.finance_type[:8], move.flow_type[:8],
            move.channel[:10], move.row,
        )  # fmt: skip

    def _flush(self) -> None:
        """Write what has gathered."""
        insert_rows(FlowActivity, ACTIVITY_FIELDS, self.heads, table=self.waiting)
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


class Dollars:
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
                self.report.note(
                    row,
                    thing,
                    "warning",
                    Words("no exchange rate {currency}/USD for {year}: not counted", currency=currency, year=year),
                )
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
