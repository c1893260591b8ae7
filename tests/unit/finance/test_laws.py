"""Laws of the finance floor that hold for any input."""

import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbalance.core.dated import Override, dated_values
from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.money import Money
from landbalance.finance import (
    boundary_totals,
    checks,
    cluster_duplicates,
    coefficient,
    convert,
    cost_schedule,
    count_once,
    deflate,
    index_series,
    match_transfers,
    overlap_matrix,
    repurpose,
    rio_totals,
    rollout,
)
from landbalance.finance.classify import Split, sector_amounts
from landbalance.finance.needs import CostedAction
from landbalance.finance.prices import Rates
from landbalance.finance.strategy import FinanceAction

SHARES = st.lists(st.floats(0.01, 1), min_size=1, max_size=5).map(lambda parts: [part / sum(parts) for part in parts])
CODES = st.sampled_from(["31130", "31163", "11220", "41010", "43040"])
SIGNIFICANCE = st.one_of(st.none(), st.integers(0, 3))
FLOWS = st.lists(
    st.tuples(st.floats(0, 1e6), SIGNIFICANCE, SIGNIFICANCE, SIGNIFICANCE, SIGNIFICANCE), min_size=1, max_size=12
)
RATES = Rates(
    {("XOF", 2020, "average"): Decimal("575.59"), ("XOF", 2022, "average"): Decimal("623.76")},
    {
        ("XOF", 2020): Decimal(100),
        ("XOF", 2022): Decimal(107),
        ("USD", 2020): Decimal(100),
        ("USD", 2022): Decimal(112),
    },
)


def flow_frame(rows: list[tuple[float, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["amount", "desertification", "mitigation", "adaptation", "biodiversity"])


@given(shares=SHARES, codes=st.lists(CODES, min_size=5, max_size=5), marker=SIGNIFICANCE)
def test_what_counts_is_never_more_than_the_activity(shares: list[float], codes: list[str], marker: int | None) -> None:
    splits = [Split("1", code, min(share, 1.0)) for code, share in zip(codes, shares, strict=False)]

    found = coefficient(marker=marker, sectors=splits).value

    assert found is not None
    assert 0 <= found <= 1


@given(
    amount=st.floats(-1e9, 1e9),
    shares=st.lists(st.tuples(st.sampled_from(("1", "7")), st.floats(0, 1)), max_size=6),
)
def test_the_sum_over_sectors_is_the_activity(amount: float, shares: list[tuple[str, float]]) -> None:
    parts = sector_amounts(amount, [Split(name, str(place), share) for place, (name, share) in enumerate(shares)])

    assert math.fsum(money for _, money in parts) == pytest.approx(amount, rel=1e-9, abs=1e-6)
    assert all(money == 0 or amount == 0 or money / amount >= -1e-9 for _, money in parts)


@given(rows=FLOWS)
def test_the_unique_total_lies_between_the_largest_convention_and_their_sum(rows: list[tuple[float, ...]]) -> None:
    totals = rio_totals(flow_frame(rows))

    scaled = [total.scaled for total in totals.conventions.values()]
    assert max(scaled) <= totals.unique * (1 + 1e-9)
    assert totals.unique <= min(sum(scaled), totals.total) * (1 + 1e-9) + 1e-9


@given(rows=FLOWS)
def test_a_convention_overlaps_itself_by_its_own_total(rows: list[tuple[float, ...]]) -> None:
    frame = flow_frame(rows)

    matrix, totals = overlap_matrix(frame), rio_totals(frame)

    for name, total in totals.conventions.items():
        assert matrix.loc[name, name] == pytest.approx(total.scaled)
    np.testing.assert_allclose(matrix, matrix.T)


@given(cents=st.integers(-(10**12), 10**12))
def test_a_currency_and_back_is_the_same_money(cents: int) -> None:
    money = Money(Decimal(cents) / 100, "XOF")

    back = convert(convert(money, "USD", 2022, RATES), "XOF", 2022, RATES)

    assert back.rounded() == money.rounded()


def test_deflation_is_division_by_the_dollar_index() -> None:
    money = Money(Decimal(1_000_000), "XOF")

    real = deflate(money, 2022, 2020, RATES)

    nominal = float(convert(money, "USD", 2022, RATES).amount)
    assert float(real.amount) == pytest.approx(nominal / index_series(RATES, "XOF", range(2022, 2023), 2020)[2022])
    assert real.price_base == "constant:2020"


def test_a_missing_rate_names_the_pair_and_the_year() -> None:
    with pytest.raises(InputError, match=r"no average exchange rate HTG/USD for 2021"):
        convert(Money(Decimal(1), "HTG"), "USD", 2021, RATES)


def test_prices_of_two_years_are_never_added() -> None:
    with pytest.raises(InputError, match="cannot be added"):
        Money(Decimal(1), "USD", 2020) + Money(Decimal(1), "USD")


def moves(rows: list[tuple[str, int, float, str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["activity", "kind", "amount", "provider_activity", "receiver_activity"])
    return frame.assign(
        id=[str(k) for k in range(len(frame))], day="2024-01-01", source="iati", finance_type="110",
        collaboration=None, is_external=False, is_domestic=False,
    )  # fmt: skip


NODES = st.sampled_from(["D", "F", "N", "P"])
MOVES = st.lists(
    st.tuples(NODES, st.sampled_from([1, 2, 3, 4, 6]), st.floats(0.01, 1e6), st.one_of(st.just(""), NODES), NODES),
    min_size=1,
    max_size=20,
)


@given(rows=MOVES, seed=st.randoms(use_true_random=False))
def test_counting_does_not_depend_on_the_order_of_transactions(
    rows: list[tuple[str, int, float, str, str]], seed: object
) -> None:
    frame = moves(rows)
    heads = pd.DataFrame({"id": ["D", "F", "N", "P"], "parent": ["", "", "", ""]})
    mixed = frame.sample(frac=1, random_state=1)

    for perspective in ("provider", "recipient", "final-use"):
        one = count_once(frame, heads, perspective=perspective, members=["F", "N"])
        two = count_once(mixed, heads, perspective=perspective, members=["F", "N"])

        assert one.total == pytest.approx(two.total)
        counted = one.transactions
        assert (counted["is_counted"] == (counted["rule"] == "")).all()
        assert one.total + one.by_rule["sum"].sum() == pytest.approx(frame["amount"].sum())


@given(rows=MOVES)
def test_each_transaction_is_in_one_pair_at_most(rows: list[tuple[str, int, float, str, str]]) -> None:
    pairs = match_transfers(moves(rows))

    assert pairs["paid"].is_unique
    assert pairs["received"].is_unique


@given(rows=MOVES)
def test_a_system_keeps_what_enters_and_is_not_used(rows: list[tuple[str, int, float, str, str]]) -> None:
    found = boundary_totals(moves(rows), ["F", "N"])

    assert found.retained == pytest.approx(found.entry - found.final_use - found.repayments)


def test_transfers_that_differ_are_flagged_and_both_values_kept() -> None:
    frame = moves([("X", 3, 100.0, "", "Y"), ("Y", 1, 97.0, "X", "")])

    pairs = match_transfers(frame)

    assert pairs[["paid_amount", "received_amount", "is_flagged"]].to_numpy().tolist() == [[100.0, 97.0, True]]


@pytest.mark.parametrize(
    ("children", "counted"),
    [((60.0, 40.0), ["C1", "C2"]), ((60.0, 10.0), ["P"])],
    ids=["children carry all", "parent carries more"],
)
def test_a_hierarchy_is_summed_at_one_level(children: tuple[float, float], counted: list[str]) -> None:
    frame = moves([("P", 4, 100.0, "", ""), ("C1", 4, children[0], "", ""), ("C2", 4, children[1], "", "")])
    heads = pd.DataFrame({"id": ["P", "C1", "C2"], "parent": ["", "P", "P"]})

    found = count_once(frame, heads, perspective="final-use").transactions

    assert found.loc[found["is_counted"], "activity"].tolist() == counted


@pytest.mark.parametrize(
    ("change", "perspective", "rule"),
    [
        ({"collaboration": 2}, "recipient", "R5"),
        ({"collaboration": 4}, "provider", "R5"),
        ({"collaboration": 7}, "recipient", "R5"),
        ({"finance_type": "1100"}, "recipient", "R8"),
        ({"finance_type": "611"}, "recipient", "R9"),
        ({"kind": 5}, "recipient", "R9"),
        ({"kind": 12}, "provider", "R10"),
        ({"kind": 2}, "recipient", "R1"),
        ({"source": "budget", "is_external": True}, "recipient", "R6"),
        ({"is_transfer": True}, "recipient", "R7"),
    ],
)
def test_what_does_not_count_says_why(change: dict[str, object], perspective: str, rule: str) -> None:
    frame = moves([("A", 3, 5.0, "", "")]).assign(**change)
    heads = pd.DataFrame({"id": ["A"], "parent": [""]})

    found = count_once(frame, heads, perspective=perspective)

    assert found.transactions["rule"].tolist() == [rule]
    assert found.total == 0


@given(
    before=st.floats(0.01, 1e9), cut=st.floats(0, 1), paid=st.floats(0, 1), land=st.floats(0, 1), other=st.floats(0, 1)
)
def test_a_reform_always_balances(before: float, cut: float, paid: float, land: float, other: float) -> None:
    sheet = repurpose(before, cut=cut, compensation=paid, reinvest=land, other=min(other, 1 - land))

    uses = sheet.compensation + sheet.reinvested + sheet.other + sheet.saving
    assert uses == pytest.approx(sheet.before - sheet.after, abs=0.01)


@given(area=st.floats(0, 1e7), years=st.integers(1, 30), curve=st.sampled_from(["linear", "logistic"]))
def test_a_rollout_reaches_all_the_land(area: float, years: int, curve: str) -> None:
    new = rollout(area, 2026, 2025 + years, curve=curve)

    assert sum(new.values()) == pytest.approx(area)
    assert min(new.values()) >= 0


def test_actions_cost_apart_what_they_cost_together() -> None:
    plan = [CostedAction(str(k), "T", "p", 100.0 * k, 2026, 2027 + k, 500, 20) for k in (1, 2, 3)]
    years = range(2026, 2032)

    together = cost_schedule(plan, years).total

    apart = [cost_schedule([action], years).total for action in plan]
    assert together == pytest.approx([sum(costs) for costs in zip(*apart, strict=True)])


def test_duplicates_need_two_voices_and_the_budget_speaks_first() -> None:
    rows = [
        ("crs-1", "crs", "FR", "Restauration des terres à Tahoua", 1000.0, ""),
        ("iati-1", "iati", "FR-3", "Tahoua : restauration des terres", 1010.0, ""),
        ("budget-1", "budget", "NE", "Restauration des terres Tahoua", 990.0, ""),
        ("crs-2", "crs", "FR", "Restauration des terres à Tahoua II", 1000.0, ""),
        ("iati-9", "iati", "XX", "Another name altogether", 5.0, "crs-2"),
    ]
    frame = pd.DataFrame(rows, columns=["id", "source", "reporter", "title", "amount", "external_id"])
    frame = frame.assign(year=2020, start=pd.Timestamp("2020-03-01"), recipient="NER", family="4")

    found = cluster_duplicates(frame)

    together = found.members.groupby("cluster")["id"].apply(set).tolist()
    assert any({"crs-1", "iati-1", "budget-1"} <= members for members in together)
    assert found.members.loc[found.members["id"] == "budget-1", "is_primary"].item()
    sure = found.pairs[found.pairs["score"] == 1.0][["first", "second"]].to_numpy().tolist()
    assert ["crs-2", "iati-9"] in sure


def test_a_national_value_needs_a_known_name_and_a_reason() -> None:
    with pytest.raises(InputError, match="without a reason"):
        dated_values("finance/parameters", {"marker_significant": Override(0.5, " ")})
    with pytest.raises(NotFoundError, match="no parameter"):
        dated_values("finance/parameters", {"marker": Override(0.5, "law")})

    known = dated_values("finance/parameters", {"marker_significant": Override(0.5, "decree 12")})

    assert coefficient(marker=1, parameters=known).value == 0.5


@pytest.mark.parametrize(("marker", "codes", "conflict"), [(0, ["31130"], "marker-0-sector-high"),
    (2, ["11220"], "marker-2-sector-none"), (None, ["31130"], "unscreened")])  # fmt: skip
def test_contradictions_are_shown(marker: int | None, codes: list[str], conflict: str) -> None:
    found = coefficient(marker=marker, sectors=[Split("1", code, 1.0) for code in codes])

    assert conflict in found.conflicts


def test_a_release_is_not_drawn_twice_and_a_loan_is_no_revenue() -> None:
    actions = [
        FinanceAction("a", "domestic_public", "subsidy_reform", 40, 1.0, subsidy_id="fuel"),
        FinanceAction("b", "domestic_public", "fund", 30, 1.0, subsidy_id="fuel"),
        FinanceAction("c", "international_public", "loan", 30, 1.0),
    ]

    found = checks(actions, {"fuel": 60.0})

    assert [(each.rule, each.action) for each in found] == [
        ("subsidy-release-counted-twice", "b"),
        ("loan-without-debt-assessment", "c"),
    ]
