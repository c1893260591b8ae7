"""A made-up country: 500 activities and 60 doubles of each kind; how many are found, and how many falsely."""

import random
from dataclasses import dataclass, field

import pandas as pd
import pytest

from landbalance.finance import cluster_duplicates, count_once, match_transfers

ACTIVITIES, DOUBLES = 500, 60
WORDS = ("restoration", "rangeland", "erosion", "school", "clinic", "road", "irrigation", "drought", "forest", "market")
PLACES = ("Tahoua", "Maradi", "Zinder", "Diffa", "Agadez", "Dosso", "Tillaberi")


@dataclass
class Country:
    """Activities, their money, and which are doubles of which kind."""

    heads: list[dict[str, object]] = field(default_factory=list)
    moves: list[dict[str, object]] = field(default_factory=list)
    true_total: float = 0.0
    pairs: set[tuple[str, str]] = field(default_factory=set)
    transfers: set[tuple[str, str]] = field(default_factory=set)
    expected: dict[str, set[str]] = field(default_factory=dict)

    def add(self, key: str, source: str, reporter: str, title: str, amount: float, day: str, **more: object) -> str:
        """Add an activity with one disbursement."""
        family = more.pop("family", reporter)
        self.heads.append({
            "id": key, "source": source, "reporter": reporter, "title": title, "amount": amount, "start": day,
            "recipient": "NER", "family": family, "external_id": more.pop("external_id", ""),
            "parent": more.pop("parent", ""),
        })  # fmt: skip
        return self.move(key, source, 3, amount, day, **more)

    def move(self, key: str, source: str, kind: int, amount: float, day: str, **more: object) -> str:
        """Add a transaction and return its id."""
        name = f"{key}#{len(self.moves)}"
        base = {"provider_activity": "", "receiver_activity": "", "finance_type": "110", "collaboration": 1,
                "is_external": False, "is_domestic": False}  # fmt: skip
        self.moves.append(
            {"id": name, "activity": key, "source": source, "kind": kind, "amount": amount, "day": day} | base | more
        )
        return name


@pytest.fixture(scope="module")
def country() -> Country:
    draw, made = random.Random(20), Country()
    for number in range(ACTIVITIES):
        title = f"{draw.choice(WORDS)} and {draw.choice(WORDS)} in {draw.choice(PLACES)} phase {number}"
        amount, donor = round(draw.uniform(1e4, 5e6), 2), str(1 + number % 12)
        day = f"{2015 + number % 8}-{1 + number % 12:02d}-{1 + number % 28:02d}"
        made.add(f"crs-{number}", "crs", f"D{donor}", title, amount, day, family=donor)
        made.true_total += amount
        if number < DOUBLES:
            _double_source(made, draw, number, (title, amount, day, donor))
    for number in range(DOUBLES):
        _double_rest(made, number)
    return made


def _double_source(made: Country, draw: random.Random, number: int, facts: tuple[str, float, str, str]) -> None:
    """The same activity in IATI: other words, a slightly other amount, a later day."""
    title, amount, day, donor = facts
    words = title.split()
    draw.shuffle(words)
    key = f"iati-{number}"
    made.add(key, "iati", f"XM-{donor}", " ".join(words), amount * draw.uniform(0.9, 1.1), day, family=donor)
    made.pairs.add((f"crs-{number}", key))


def _double_rest(made: Country, number: int) -> None:
    """Transfers from both sides, two levels, core money, external budget money, debt relief, guarantees."""
    day, money = f"2020-{1 + number % 12:02d}-10", 1000.0 + number
    giver, taker = f"fund-{number}", f"ngo-{number}"
    paid = made.add(
        giver, "iati", f"F{number}", f"fund line {number}", money, day, family=giver, receiver_activity=taker
    )
    made.heads.append(made.heads[-1] | {"id": taker, "title": f"ngo work {number}", "family": taker, "reporter": taker})
    got = made.move(taker, "iati", 1, money * 1.005, day, provider_activity=giver)
    made.transfers.add((paid, got))
    made.expected.setdefault("R3", set()).add(paid)
    made.true_total += money * 1.005  # the recipient's value counts in the recipient's view
    for kind, key, more in (
        ("R4", f"parent-{number}", {}),
        ("R5", f"core-{number}", {"collaboration": 2}),
        ("R6", f"budget-{number}", {"is_external": True, "is_domestic": True}),
        ("R9", f"debt-{number}", {"finance_type": "611"}),
        ("R8", f"cover-{number}", {"finance_type": "1100"}),
    ):
        source = "budget" if kind == "R6" else "iati"
        name = made.add(key, source, key, f"line {key}", money, day, family=key, **more)
        made.expected.setdefault(kind, set()).add(name)
    made.add(
        f"child-{number}", "iati", f"child-{number}", f"child work {number}", money, day, parent=f"parent-{number}"
    )
    made.true_total += money


def measured(found: set[object], true: set[object]) -> tuple[float, float]:
    return len(found & true) / max(1, len(found)), len(found & true) / len(true)


def frames(country: Country) -> tuple[pd.DataFrame, pd.DataFrame]:
    heads = pd.DataFrame(country.heads)
    heads["start"] = pd.to_datetime(heads["start"])
    return heads.assign(year=heads["start"].dt.year), pd.DataFrame(country.moves)


def test_activities_of_two_sources_are_found(country: Country) -> None:
    heads, _ = frames(country)

    pairs = cluster_duplicates(heads).pairs

    same = {tuple(pair) for pair in pairs.loc[pairs["verdict"] == "same", ["first", "second"]].to_numpy()}
    shown = {tuple(pair) for pair in pairs[["first", "second"]].to_numpy()}
    precision, recall = measured(same, country.pairs)
    assert precision >= 0.98, f"precision {precision:.3f}"
    assert recall >= 0.95, f"recall {recall:.3f}"
    assert measured(shown, country.pairs)[1] == 1.0  # what is not sure is shown


def test_transfers_from_both_sides_are_found(country: Country) -> None:
    _, moves = frames(country)

    pairs = match_transfers(moves)

    found = set(zip(pairs["paid"], pairs["received"], strict=True))
    assert measured(found, country.transfers) == (1.0, 1.0)


def test_every_kind_of_double_is_left_out_by_its_rule_and_the_sum_is_true(country: Country) -> None:
    heads, moves = frames(country)
    clusters = cluster_duplicates(heads).members
    members = {f"ngo-{number}" for number in range(DOUBLES)}

    counted = count_once(moves, heads, perspective="recipient", members=members, duplicates=clusters)

    by_rule = {rule: set(rows["id"]) for rule, rows in counted.transactions.groupby("rule")}
    for rule, true in country.expected.items():
        assert len(true) == DOUBLES
        assert measured(by_rule[rule], true) == (1.0, 1.0), rule
    naive = moves["amount"].sum()
    assert counted.total < naive
    assert counted.total == pytest.approx(country.true_total, rel=0.01)
