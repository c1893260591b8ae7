"""The ledger's nouns: activities with their splits, markers and transactions, as every source maps into them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from landbalance.core.errors import InputError
from landbalance.core.tables import csv_table, toml_table
from landbalance.core.words import plain_words
from landbalance.finance.classify import Split

SOURCES = ("budget", "aims", "iati", "crs", "private", "self")  # finance 2.6 R12, first wins
RIO_MARKERS = {"8": "desertification", "6": "mitigation", "7": "adaptation", "5": "biodiversity"}
Keep = Callable[[int, str, bytes], None]  # number, key and original of a row


class Party(NamedTuple):
    """One side of a transaction, or who reports: identifier, name, DAC organisation type."""

    ref: str = ""
    name: str = ""
    type: str = ""


class Marker(NamedTuple):
    """A policy marker: vocabulary, code, significance (None not screened)."""

    code: str
    significance: int | None
    vocabulary: str = "1"


class Transaction(NamedTuple):
    """One movement of money.

    `kind` is the IATI transaction type; `value` is in `currency` at `value_date`, negative values correct earlier ones.
    """

    kind: int
    day: date
    value: Decimal
    currency: str
    value_date: date
    provider: Party = Party()
    provider_activity: str = ""
    receiver: Party = Party()
    receiver_activity: str = ""
    recipient: str = ""
    sector: str = ""
    sector_vocabulary: str = ""
    flow_type: str = ""
    finance_type: str = ""
    aid_type: str = ""
    tied: str = ""
    channel: str = ""
    text: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Activity:
    """One activity of any source.

    `source_id` is what the source calls it: IATI identifier, CRS key, budget line. `collaboration` is Bi_Multi; `tags`
    holds what has no field of its own (PDGG, keywords, administrative and economic class ...), by name.
    """

    source: str
    source_id: str
    reporter: Party
    title: Mapping[str, str]
    description: Mapping[str, str] = field(default_factory=dict)
    status: str = ""
    start: date | None = None
    end: date | None = None
    dates: Mapping[str, date] = field(default_factory=dict)
    parent: str = ""
    hierarchy: int = 1
    collaboration: int | None = None
    flow_type: str = ""
    finance_type: str = ""
    aid_type: str = ""
    tied: str = ""
    language: str = "en"
    currency: str = ""
    capital_share: float | None = None
    is_humanitarian: bool = False
    is_external: bool = False
    is_domestic: bool = False
    budget_share: float | None = None
    partners: tuple[tuple[str, Party], ...] = ()
    sectors: tuple[Split, ...] = ()
    recipients: tuple[Split, ...] = ()
    markers: tuple[Marker, ...] = ()
    related: tuple[tuple[str, str], ...] = ()
    points: tuple[tuple[float, float], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    transactions: tuple[Transaction, ...] = ()
    planned: tuple[tuple[date, Decimal, str], ...] = ()
    row: int = 0

    @property
    def name(self) -> str:
        """Return the title in the activity's own language, else any."""
        return self.title.get(self.language) or next(iter(self.title.values()), "")

    def significance(self, code: str) -> int | None:
        """Return the significance of a DAC marker, None where it was not screened."""
        return next((m.significance for m in self.markers if m.vocabulary == "1" and m.code == code), None)


@dataclass(frozen=True)
class RowNote:
    """What an importer says of a row: its number, the thing, "skipped" or "warning", and why."""

    row: int
    thing: str
    outcome: str
    why: str

    def as_plain(self) -> dict[str, Any]:
        """Return the note as JSON can keep it; its sentence stays one that can be said in another language."""
        return {"row": self.row, "thing": self.thing, "outcome": self.outcome, "why": plain_words(self.why)}


@dataclass
class ImportReport:
    """How an import went: rows read and skipped, notes on rows (up to a limit), counts by reason."""

    source: str
    path: str
    checksum: str = ""
    read: int = 0
    skipped: int = 0
    notes: list[RowNote] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)
    most_notes: int = 10_000

    def note(self, row: int, thing: str, outcome: str, why: str) -> None:
        """Keep a note; beyond the limit the reason is counted alone."""
        self.skipped += outcome == "skipped"
        self.reasons[why] = self.reasons.get(why, 0) + 1
        if len(self.notes) < self.most_notes:
            self.notes.append(RowNote(row, thing, outcome, why))


def frames(activities: Iterable[Activity]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return activities and their transactions as two tables.

    Returns
    -------
    activities : DataFrame
        Columns id, source, reporter, title, recipient, family, year, start, parent, hierarchy, collaboration, markers.
    transactions : DataFrame
        Columns id, activity, source, kind, day, year, value, currency, provider, receiver, finance_type.

    Examples
    --------
    >>> made = Activity("iati", "XX-1", Party("XX"), {"en": "Zaï"})
    >>> frames([made])[0].loc[0, "id"]
    'XX-1'
    """
    heads, moves = [], []
    for each in activities:
        heads.append(_head(each))
        moves += [_move(each, place, move) for place, move in enumerate(each.transactions)]
    columns = list(_move_columns())
    return pd.DataFrame(heads), pd.DataFrame(moves, columns=columns)


def provider_family(ref: str, name: str = "") -> str:
    """Return the family a provider belongs to: its DAC donor code where known, else its name in plain letters.

    Examples
    --------
    >>> provider_family("XM-DAC-5-52"), provider_family("GB-GOV-1"), provider_family("", "Green  Fund")
    ('5', '12', 'green fund')
    """
    parts = ref.upper().split("-")
    if parts[:2] == ["XM", "DAC"] and len(parts) > 2:
        return parts[2]
    if ref.isdigit():
        return ref
    donor = next((row["code"] for row in csv_table("finance/donors") if row["iso2"] == parts[0] and len(parts) > 1), "")
    return donor or " ".join((name or ref).casefold().split())


@cache
def donor_names() -> Mapping[str, str]:
    """Return the names of donors by their DAC code.

    Examples
    --------
    >>> donor_names()["4"]
    'France'
    """
    return {row["code"]: row["name"] for row in csv_table("finance/donors")}


@cache
def purpose_names() -> Mapping[str, str]:
    """Return the names of purposes by their DAC code.

    Examples
    --------
    >>> purpose_names()["31130"]
    'Agricultural land resources'
    """
    return {row["code"]: row["name"] for row in csv_table("finance/purposes")}


def code_name(code_list: str, code: str) -> str:
    """Return what a code means.

    Raises
    ------
    InputError
        If the list has no such code.

    Examples
    --------
    >>> code_name("policy_marker", "8")
    'desertification'
    """
    names: Mapping[str, str] = toml_table("finance/code_lists")[code_list]
    if code not in names:
        raise InputError("{list} has no code {code}", list=code_list, code=code, hint="see finance/code_lists.toml")
    return names[code]


def _head(each: Activity) -> dict[str, object]:
    """Return one activity as a row."""
    funder = next((party for role, party in each.partners if role == "1"), each.reporter)
    first = each.start or min((move.day for move in each.transactions), default=None)
    return {
        "id": each.source_id,
        "source": each.source,
        "reporter": each.reporter.ref or each.reporter.name,
        "title": each.name,
        "recipient": each.recipients[0].code if each.recipients else "",
        "family": provider_family(funder.ref, funder.name),
        "year": first.year if first else None,
        "start": pd.Timestamp(first) if first else pd.NaT,
        "parent": each.parent,
        "hierarchy": each.hierarchy,
        "collaboration": each.collaboration,
        "is_external": each.is_external,
        "is_domestic": each.is_domestic,
        "external_id": each.tags.get("other_identifier", ""),
        **{name: each.significance(code) for code, name in RIO_MARKERS.items()},
    }


def _move_columns() -> tuple[str, ...]:
    """Return the columns of the transactions."""
    return (
        "id", "activity", "source", "kind", "day", "year", "value", "currency", "provider", "provider_activity",
        "receiver", "receiver_activity", "recipient", "sector", "finance_type", "flow_type", "channel", "collaboration",
        "is_external", "is_domestic",
    )  # fmt: skip


def _move(each: Activity, place: int, move: Transaction) -> tuple[object, ...]:
    """Return one transaction as a row."""
    return (
        f"{each.source_id}#{place}", each.source_id, each.source, move.kind, move.day, move.day.year, float(move.value),
        move.currency, move.provider.ref or move.provider.name, move.provider_activity,
        move.receiver.ref or move.receiver.name, move.receiver_activity, move.recipient, move.sector,
        move.finance_type or each.finance_type, move.flow_type or each.flow_type, move.channel, each.collaboration,
        each.is_external, each.is_domestic,
    )  # fmt: skip
