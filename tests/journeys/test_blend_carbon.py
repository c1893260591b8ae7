"""Blended money, carbon and cost curves at the command line: figures, charts in files, and bad input in one line."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from finance_command import refused, run

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "projects" / "demoland.toml"
PROJECT = str(EXAMPLE)
GATES = (
    "additionality", "baseline", "leakage", "permanence", "double_claim", "public_finance", "rights", "consent",
    "benefit_share", "natural_grassland", "water_balance", "core_principles",
)  # fmt: skip


def altered(folder: Path, *pairs: tuple[str, str]) -> str:
    """Write the example with texts replaced; return where."""
    text = EXAMPLE.read_text()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    place = folder / "own.toml"
    place.write_text(text)
    return str(place)


def told(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*words, "--json"))
    return found


def test_the_terms_of_blended_money_are_worked_out() -> None:  # O-6.6 to O-6.11
    said, terms = run("blend", PROJECT), told("blend", PROJECT)["terms"]

    for line in (
        "soft loan: grant element 24.77%",
        "  subsidy 7.43, 7.43% of all costs",
        "  fails the test for least developed and other low-income countries: 24.8% at 9%, at least 45%",
        "guarantee: fee 0.7332 a year; spread 2.70% -> 1.35%",
        "debt swap: debt cut 211.00, saving 147.21, 110.70 after land",
        "pause: payment 13.59 before, 20.23 at the end",
        "  payments put off: 4, 5; 20% of the years reach the trigger",
        "pool: spread 0.1 alone, 0.0548 together",
        "community: 5,000,000 -> 4,525,000 -> 4,208,250 -> 3,787,425 (75.7% arrives)",
        "  not on record: grievance mechanism",
        "not written down: how does it live on when the soft money ends?",
    ):
        assert line in said.splitlines()
    assert terms["soft_loan"]["grant_element"] == pytest.approx(0.2477, abs=5e-5)
    assert terms["community"]["delivered"] == pytest.approx(3_787_425)


def test_the_cash_of_the_project_runs_through_its_stack() -> None:
    said, found = run("blend", PROJECT), told("blend", PROJECT)["cash"]

    years = found["years"]
    assert len(years) == 20
    assert years[0]["is_locked"]
    assert "locked up" in said
    assert found["owed"]["commercial bank"] == pytest.approx(0, abs=0.01)
    assert found["returns"]["commercial bank"] == pytest.approx(0.11, abs=1e-6)
    assert "it is not covered in year 1, 2" in said  # O-6.5: level debt breaches where shaped debt does not


def test_a_project_that_does_not_say_what_it_collects_is_told_so(tmp_path: Path) -> None:
    text = EXAMPLE.read_text()
    start, end = text.index("[blend.cash]"), text.index("[blend.principles]")
    place = tmp_path / "own.toml"
    place.write_text(text[:start] + text[end:])

    assert "say what the vehicle collects in [blend.cash]" in run("blend", str(place))
    assert told("blend", str(place))["cash"] is None


def test_members_of_a_pool_are_held_to_its_rules(tmp_path: Path) -> None:
    members = "".join(
        f'[[blend.pool.member]]\nname = "island {n}"\namount = {amount}\nsd = 0.1\neligible = true\n'
        f"cross_default = {'true' if n == 1 else 'false'}\n"
        for n, amount in enumerate((5, 1, 1, 1, 1))
    )
    own = altered(tmp_path, ("sd = 0.10\nmembers = 8\ncorrelation = 0.2\n", f"correlation = 0.2\n{members}"))

    said = run("blend", own)

    assert "island 0 is 56% of the pool, at most 25% is allowed" in said
    assert "cross-default is not excluded for island 1" in said


BLEND_ENDS = {".html": 1, ".svg": 3, ".csv": 3, ".json": 3}


@pytest.mark.parametrize("ending", BLEND_ENDS)
def test_charts_of_a_stack_are_written_as_the_ending_says(tmp_path: Path, ending: str) -> None:
    run("blend", PROJECT, "--out", str(tmp_path / f"stack{ending}"))

    written = sorted(tmp_path.iterdir())
    assert len(written) == BLEND_ENDS[ending]
    if ending == ".html":
        page = written[0].read_text()
        assert page.count("data:image/svg+xml") == 3
        assert "every number in this report is made up" in page
    if ending == ".csv":
        rows = list(csv.reader((tmp_path / "stack-cash.csv").read_text(encoding="utf-8-sig").splitlines()))
        changes = [float(row[1]) for row in rows[1:-1]]
        assert sum(changes) == pytest.approx(float(rows[-1][1]), abs=0.01)
    if ending == ".json":
        assert json.loads((tmp_path / "stack-loss.json").read_text())["spec"]["$schema"]


def test_another_ending_is_refused(tmp_path: Path) -> None:
    assert "x.docx is none of .html" in refused("blend", PROJECT, "--out", str(tmp_path / "x.docx"))


def test_questions_of_integrity_come_before_any_money() -> None:
    said = run("carbon", PROJECT)

    assert said.index("question of integrity") < said.index("t CO2/ha a year")
    assert "no revenue before these questions are answered" in said
    assert "present value" not in said
    assert told("carbon", PROJECT)["case"]["revenue"] is None
    assert "counts money from carbon although questions of integrity are open" in said


def test_with_all_questions_settled_revenue_is_told_by_year(tmp_path: Path) -> None:
    listed = ", ".join(f'"{code}"' for code in GATES)
    own = altered(tmp_path, ('gates = ["additionality", "baseline", "leakage"]', f"gates = [{listed}]"))

    said, case = run("carbon", own), told("carbon", own)["case"]

    assert "revenue less its costs, present value" in said
    assert "at USD 15/t" in said
    assert len(case["revenue"]["sold"]) == 21
    assert case["revenue"]["costs"][0] == 60000


def test_figures_say_what_they_rest_on() -> None:
    for command, table in (("blend", "finance/blend"), ("carbon", "finance/carbon")):
        found = told(command, PROJECT)["basis"]

        assert found["tables"][table] == {"valid_from": "2026-01-01", "checked_on": "2026-11-22", "status": "draft"}
        assert found["methods"]
        assert found["version"]


def test_a_reversal_after_drought_draws_on_the_buffer() -> None:
    vintage = told("carbon", PROJECT)["case"]["vintages"][11]

    assert vintage["lost"] > 0
    assert vintage["cancelled"] > 0
    assert vintage["issued"] == 0


def test_the_curve_puts_the_cheapest_practice_first(tmp_path: Path) -> None:
    table = tmp_path / "practices.csv"
    table.write_text("practice,hectares,cost,tonnes\nbunds,10,5000,100\ngrazing,30,3000,\nbunds,10,1000,50\n")

    found = told("curve", str(table))["steps"]

    assert [(each["name"], each["unit_cost"], each["end"]) for each in found] == [
        ("grazing", 100, 30), ("bunds", 300, 50)
    ]  # fmt: skip
    assert "left out, without tonnes: grazing" in run("curve", str(table), "--per", "tonne")
    assert "neither hectare nor tonne" in refused("curve", str(table), "--per", "acre")
    run("curve", str(table), "--out", str(tmp_path / "curve.svg"))
    assert (tmp_path / "curve.svg").read_text().startswith("<svg")


def test_structures_for_small_countries_are_listed(tmp_path: Path) -> None:
    found = told("structures")
    deals = tmp_path / "deals.toml"
    deals.write_text('[[deal]]\ncountry = "BLZ"\nyear = 2021\nface = 12.5\nprice = 0.5\nsource = "made up"\n')

    assert "pool" in {each["code"] for each in found["structures"]}
    assert "12.5" in run("structures", "--deals", str(deals))
    deals.write_text('[[deal]]\ncountry = "BLZ"\nyear = 2021\nface = 12.5\n')
    assert "has no source" in refused("structures", "--deals", str(deals))
    assert "Debt swap for land or nature" in run("structures")


@pytest.mark.parametrize(
    ("command", "old", "new", "says"),
    [
        ("blend", 'fee = 0.10 }', 'fee = 1.0 }', "fee"),
        ("blend", "market_rate = 0.09\ngroup", "market_rate = 1.5\ngroup", "market_rate"),
        ("blend", "trigger = -1.5\n", "paused = [4, 11]\ntrigger = -1.5\n", "does not say what puts payments off"),
        ("blend", "-1.0, 0.1, 0.5]\nput_off", "-1.0]\nput_off", "has 8 years and the loan runs 10"),
        ("blend", "members = 8", "members = 0", "members"),
        ("blend", "members = 8\n", "", "does not say who its members are"),
        ("blend", "correlation = 0.2\n\n[blend.community]", "correlation = -0.9\n\n[blend.community]", "correlation"),
        ("blend", "price = 0.55", "price = 0", "price"),
        ("blend", "total_cost = 100", "total_cost = 20", "larger than all costs"),
        ("blend", 'lines = ["millet", "fodder and wood"]', 'lines = ["maize"]', "names maize, which is no line"),
        ("blend", "years = 15\ngrace = 3", "years = 25\ngrace = 3", "runs 25 years and cash is given for 20"),
        ("blend", "amount = 1800000", "amount = 9800000", "groups get"),
        ("blend", "additionality = ", "luck = ", "no principle luck"),
        ("blend", '"commercial"\namount = 800000', '"guarantee"\namount = 80000000', "larger than the stack"),
        ("carbon", 'climate = "tropical_dry"', 'climate = "desert"', "no climate desert"),
        ("carbon", "edition = 2019", "edition = 2006", "2006 edition does not give high_input_no_manure"),
        ("carbon", 'management = "no_tillage"', 'management = "low_input"', "no factor low_input of management"),
        ("carbon", '"baseline", "leakage"]', '"luck"]', "no question of integrity luck"),
        ("carbon", "price = 8", "price = 8\nprices = [9.0]", "a price and prices"),
        ("carbon", "year = 12", "year = 40", "a reversal lies in year 40 of 20"),
        ("carbon", 'report = "ar6"', 'report = "ar9"', "no warming potentials of ar9"),
        ("carbon", 'uncertainty = "high"', 'uncertainty = "sure"', "sure is no class"),
        ("carbon", 'land = "Cropland"', 'land = "Cropland"\nhectares = "run"', "takes its hectares from a run"),
        ("carbon", "price = 8", "buffer = 1.2\nprice = 8", "buffer"),
        ("appraise", 'baseline = "yes"', '"base line" = "yes"', "group A does not ask for base line"),
        ("appraise", "E = { ownership", "Z = { ownership", "no group Z"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_one_line(command: str, old: str, new: str, says: str, tmp_path: Path) -> None:
    assert says in refused(command, altered(tmp_path, (old, new)))


def test_a_grant_that_hardly_arrives_is_a_warning(tmp_path: Path) -> None:
    own = altered(tmp_path, ("fee = 0.10 }", "fee = 0.30 }"), ("amount = 1500000", "amount = 900000"))

    assert "warning: 59% arrives in communities, at least 70% should" in run("blend", own)


def test_an_interest_free_loan_is_worth_a_grant(tmp_path: Path) -> None:
    own = altered(tmp_path, ("rate = 0.03\nyears = 10\nmarket_rate", "rate = 0.0\nyears = 10\nmarket_rate"))

    # thirty paid back in tenths: 3 x (1 - 1.09 ** -10) / 0.09 = 19.2530 is worth 64.18 % of the loan
    assert told("blend", own)["terms"]["soft_loan"]["grant_element"] == pytest.approx(0.3582, abs=5e-5)
