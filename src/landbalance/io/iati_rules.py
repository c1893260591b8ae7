"""The rules of IATI 2.03 beyond its schema, by their ids: errors refuse an export, an import reports them all."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from landbalance.finance.ledger import Activity

HUNDREDTH = 1e-4  # one hundredth of a per cent


@dataclass(frozen=True)
class RuleFinding:
    """What a rule says of an activity: id in the ruleset, "error" or "warning", and a sentence."""

    rule: str
    severity: str
    sentence: str


def check_rules(activity: Activity, today: date) -> tuple[RuleFinding, ...]:
    """Return what the ruleset finds."""
    rules = (_identity, _days, _sectors, _recipients, _moves, _markers)
    return tuple(finding for rule in rules for finding in rule(activity, today))


def _identity(activity: Activity, today: date) -> Iterator[RuleFinding]:
    """Identifier and organisations."""
    ref, code = activity.reporter.ref, activity.source_id
    if not ref:
        yield RuleFinding("1.2", "error", "the reporting organisation has no identifier")
    if code == ref:
        yield RuleFinding("1.1.3", "error", "the identifier is that of the organisation")
    elif not code.startswith(f"{ref}-"):
        yield RuleFinding("1.1.21", "warning", f"the identifier does not begin with {ref}-")
    if not any(activity.title.values()):
        yield RuleFinding("4.1.1", "error", "there is no title")
    for _, party in activity.partners:
        if not party.ref and not party.name:
            yield RuleFinding("6.10.1", "error", "a participating organisation has neither identifier nor name")


def _days(activity: Activity, today: date) -> Iterator[RuleFinding]:
    """Dates."""
    if not {"1", "2"} & set(activity.dates):
        yield RuleFinding("6.11.1", "error", "neither a planned nor an actual start is stated")
    for first, last, rule in (("1", "3", "11.1.2"), ("2", "4", "11.1.3")):
        if first in activity.dates and last in activity.dates and activity.dates[first] > activity.dates[last]:
            yield RuleFinding(rule, "error", "the start comes after the end")


def _sectors(activity: Activity, today: date) -> Iterator[RuleFinding]:
    """Sectors at one level, percentages that sum to 100."""
    below = [move for move in activity.transactions if move.sector]
    if activity.sectors and below:
        yield RuleFinding("6.7.2", "error", "sectors stand on the activity and on transactions")
    if not activity.sectors and len(below) < max(1, len(activity.transactions)):
        yield RuleFinding("6.2.2", "error", "neither the activity nor every transaction has a sector")
    sums: dict[str, float] = defaultdict(float)
    for split in activity.sectors:
        sums[split.vocabulary] += split.share
    for vocabulary, total in sums.items():
        if abs(total - 1) > HUNDREDTH:
            yield RuleFinding("2.1.2", "error", f"the sectors of vocabulary {vocabulary} sum to {total * 100:.2f} %")
    if activity.sectors and "1" not in sums:
        yield RuleFinding("102.1.1", "warning", "there is no DAC sector beside the others")


def _recipients(activity: Activity, today: date) -> Iterator[RuleFinding]:
    """Countries and regions at one level, percentages that sum to 100."""
    below = [move for move in activity.transactions if move.recipient]
    if activity.recipients and below:
        yield RuleFinding("3.7.1", "error", "countries stand on the activity and on transactions")
    if activity.recipients and abs(sum(split.share for split in activity.recipients) - 1) > HUNDREDTH:
        total = sum(split.share for split in activity.recipients) * 100
        yield RuleFinding("3.1.2", "error", f"countries and regions sum to {total:.2f} %")


def _moves(activity: Activity, today: date) -> Iterator[RuleFinding]:
    """Transactions."""
    for place, move in enumerate(activity.transactions, start=1):
        if move.day > today:
            yield RuleFinding("11.2.1", "error", f"transaction {place} of {move.day} lies in the future")
        if move.value_date > today:
            yield RuleFinding("11.2.2", "error", f"the value of transaction {place} is dated {move.value_date}")
        if not move.currency and not activity.currency:
            yield RuleFinding("7.8.1", "error", f"transaction {place} has no currency")


def _markers(activity: Activity, today: date) -> Iterator[RuleFinding]:
    """Policy markers."""
    for marker in activity.markers:
        if marker.vocabulary == "1" and marker.significance is None:
            yield RuleFinding("6.14.1", "error", f"policy marker {marker.code} has no significance")
