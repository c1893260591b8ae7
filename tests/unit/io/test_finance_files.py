"""CRS bulk files, budgets, deals, rates and the workbook of objective 5: what is read, what is skipped and why."""

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from landbalance.core.errors import InputError
from landbalance.finance import so5_report
from landbalance.finance.ledger import Activity, ImportReport
from landbalance.finance.so5 import MethodNote
from landbalance.io.budget import import_budget, import_deals
from landbalance.io.crs import import_crs
from landbalance.io.rates import packaged_rates, read_rates
from landbalance.io.so5_workbook import read_so5, so5_workbook
from landbalance.io.table_rows import is_formula

TODAY = date(2026, 11, 1)
CRS_HEAD = (
    "Year|DonorCode|DonorName|AgencyCode|CrsID|RecipientCode|RecipientName|Bi_Multi|Finance_T|PurposeCode|ProjectTitle"
    "|USD_Commitment|USD_Disbursement|Desertification|Biodiversity|ClimateMitigation|ClimateAdaptation"
)
CRS_ROW = "2021|4|France|3|2021000123|260|Niger|1|110|31130|Restauration des terres|1.5|0.75|2||1|0"


def crs(path: Path, *rows: str, head: str = CRS_HEAD, encoding: str = "utf-8") -> tuple[list[Activity], ImportReport]:
    path.write_bytes("\n".join([head, *rows]).encode(encoding))
    report = ImportReport("crs", str(path))
    return list(import_crs(path, report, today=TODAY)), report


def test_a_row_becomes_an_activity_with_its_money(tmp_path: Path) -> None:
    (activity,), report = crs(tmp_path / "a.txt", CRS_ROW)

    assert (activity.source_id, activity.name) == ("4-3-2021000123", "Restauration des terres")
    assert activity.recipients[0].code == "NER"
    assert [(move.kind, move.value) for move in activity.transactions] == [(2, 1_500_000), (3, 750_000)]
    assert [activity.significance(code) for code in ("8", "5", "6", "7")] == [2, None, 1, 0]
    assert (report.read, report.skipped) == (1, 0)


@pytest.mark.parametrize("head", [
    CRS_HEAD.replace("Finance_T", "Finance_t").replace("CrsID", "CRSid").replace("Bi_Multi", "bi_multi"),
    CRS_HEAD.upper(), CRS_HEAD.replace("USD_", "usd"), "\ufeff" + CRS_HEAD,
])  # fmt: skip
def test_columns_are_known_by_any_spelling(head: str, tmp_path: Path) -> None:
    (activity,), _ = crs(tmp_path / "a.txt", CRS_ROW, head=head)

    assert (len(activity.transactions), activity.finance_type, activity.collaboration) == (2, "110", 1)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-16"])
def test_encodings_are_told_apart(encoding: str, tmp_path: Path) -> None:
    (activity,), _ = crs(tmp_path / "a.txt", CRS_ROW.replace("terres", "terres dégradées"), encoding=encoding)

    assert activity.name == "Restauration des terres dégradées"


def test_a_zip_is_read_like_its_file(tmp_path: Path) -> None:
    plain, _ = crs(tmp_path / "a.txt", CRS_ROW)
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.write(tmp_path / "a.txt", "CRS 2021.txt")

    assert list(import_crs(tmp_path / "a.zip", ImportReport("crs", ""), today=TODAY)) == plain


def test_parquet_is_read_like_text(tmp_path: Path) -> None:
    plain, _ = crs(tmp_path / "a.txt", CRS_ROW)
    pd.read_csv(tmp_path / "a.txt", sep="|").to_parquet(tmp_path / "a.parquet")

    assert list(import_crs(tmp_path / "a.parquet", ImportReport("crs", ""), today=TODAY)) == plain


@pytest.mark.parametrize(
    ("old", "new", "why", "outcome"),
    [
        ("2021|4", "2031|4", "lies in the future", "skipped"),
        ("2021|4", "MMXXI|4", "year is MMXXI", "skipped"),
        ("|1.5|", "|one|", "is one, no number", "skipped"),
        ("|1.5|", "|=cmd()|", "no number", "skipped"),
        ("|1.5|0.75|", "|-1.5|0.75|", "negative", "warning"),
        ("|1.5|0.75|", "|||", "no commitment and no disbursement", "warning"),
        ("|31130|", "|99999|", "in no code list", "warning"),
        ("|2||1|0", "|7||1|0", "marker 8 is 7", "skipped"),
        ("2021000123", "", "no CRS id", "skipped"),
        ("Restauration", "=cmd|'/C calc'!A0", "formula", "warning"),
    ],
)
def test_doubtful_rows_are_reported_and_the_others_kept(
    old: str, new: str, why: str, outcome: str, tmp_path: Path
) -> None:
    bad = CRS_ROW.replace(old, f'"{new}"' if "|'" in new else new, 1)

    activities, report = crs(tmp_path / "a.txt", bad, CRS_ROW)

    assert [(why in note.why, note.outcome, note.row) for note in report.notes] == [(True, outcome, 2)]
    assert len(activities) == (1 if outcome == "skipped" else 2)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a|b\n1|2", "has no column year"),
        (CRS_HEAD + '\n2021|4|"' + "x" * 2_000_000, "row 2 cannot be read"),
        (b"\x00\x01\x02" * 100, "is no text file"),
    ],
)
def test_files_that_are_none_end_in_one_line(content: str | bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(content.encode() if isinstance(content, str) else content)

    with pytest.raises(InputError, match=words) as caught:
        list(import_crs(path, ImportReport("crs", ""), today=TODAY))

    assert "\n" not in str(caught.value)


def budget(path: Path, rows: list[list[object]]) -> tuple[list[Activity], ImportReport]:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    report = ImportReport("budget", str(path))
    return list(import_budget(path, report, currency="XOF", today=TODAY)), report


HEADS = ["Exercice", "Ministère", "Programme", "COFOG", "Libellé", "Source", "Approuvé", "Exécuté", "Pertinence"]
LINE = [2023, "Environnement", "P1", "05.4", "Restauration", "Domestic", 1000, 900, "high"]


def test_a_budget_is_read_under_merged_rows_in_another_language(tmp_path: Path) -> None:
    (line,), report = budget(tmp_path / "b.xlsx", [["Budget de l'État"], ["", "", "Crédits", "Crédits"], HEADS, LINE])

    assert [(move.kind, move.value, move.currency) for move in line.transactions] == [
        (2, Decimal(1000), "XOF"),
        (4, Decimal(900), "XOF"),
    ]
    assert (line.budget_share, line.is_external, line.sectors[0].code) == (0.875, False, "05.4")
    assert report.read == 1


@pytest.mark.parametrize(
    ("place", "value", "why"),
    [
        (0, 2031, "lies in the future"),
        (7, "n/a", "no number"),
        (8, "some", "relevance is some"),
        (0, "FY", "year is FY"),
    ],
)
def test_budget_lines_are_skipped_with_their_reason(place: int, value: object, why: str, tmp_path: Path) -> None:
    bad = [value if k == place else cell for k, cell in enumerate(LINE)]

    lines, report = budget(tmp_path / "b.xlsx", [HEADS, bad, LINE, LINE])

    assert why in report.notes[0].why
    assert "stands twice" in report.notes[1].why
    assert len(lines) == 1


def test_external_money_and_transfers_are_marked(tmp_path: Path) -> None:
    heads = [*HEADS, "Nature"]
    external = [*LINE[:5], "Externe: don", *LINE[6:], "26 Transferts"]

    (line,), _ = budget(tmp_path / "b.xlsx", [heads, external])

    assert line.is_external
    assert line.tags["is_transfer"] == "yes"


def test_deals_keep_plans_apart_from_flows(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(
        "deal id;year;title;investor;amount;currency;instrument;status\n"
        "D1;2022;Gum arabic;Fund A;2 500 000,50;EUR;equity;disbursed\n"
        "D2;2027;Solar pumps;Fund B;1000000;USD;loan;planned\n"
        "D3;2022;Cover;Insurer;500;USD;guarantee;disbursed\n",
        encoding="utf-8",
    )

    deals = list(import_deals(path, ImportReport("private", ""), currency="USD", today=TODAY))

    assert [(deal.source_id, deal.transactions[0].kind) for deal in deals] == [("D1", 3), ("D2", 12), ("D3", 10)]
    assert deals[0].transactions[0].value == Decimal("2500000.50")


def test_national_rates_go_before_packaged_ones(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("currency,year,per_usd,source\nEUR,2022,0.95,central bank\nHTG,2022,118,central bank\n")

    rates = read_rates(path)

    assert (rates.rate("EUR", 2022), rates.rate("HTG", 2022)) == (Decimal("0.95"), Decimal(118))
    assert packaged_rates().rate("EUR", 2022) == Decimal("0.9493")
    with pytest.raises(InputError, match="HTG/USD for 2021"):
        rates.rate("HTG", 2021)


def test_pegged_currencies_follow_the_euro() -> None:
    rates = packaged_rates()

    for year in range(2012, 2026):
        assert float(rates.rate("XOF", year) / rates.rate("EUR", year)) == pytest.approx(655.957, rel=1e-6)


@pytest.mark.parametrize("row", ["EUR,2022,0,x", "EUR,2022,,x", "euro,2022,1,x", "EUR,MM,1,x"])
def test_a_bad_rate_refuses_the_whole_table(row: str, tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("currency,year,per_usd,source\nHTG,2022,118,bank\n" + row + "\n")

    with pytest.raises(InputError, match="row 3"):
        read_rates(path)


NOTE = MethodNote("recipient", "disbursement", "current USD", "all", "0/40/100", "packaged", "by hand", "R3: 2")


def so5_rows() -> dict[str, pd.DataFrame]:
    base = {"title": "Zaï à Tahoua", "type_of_support": "principal", "source_id": "X-1"}
    received = pd.DataFrame([{**base, "year": year, "amount_usd": float(money), "direction": "received",
        "type_of_flow": "ODA", "technology_transfer": "yes" if year == 2022 else "no"}
        for year, money in zip(range(2020, 2024), (10, 12, 15, 18), strict=True)])  # fmt: skip
    spent = pd.DataFrame([{"year": 2021, "title": "=HYPERLINK(1)", "amount_usd": 5.0, "type_of_flow": "expenditure"}])
    needs = pd.DataFrame([{"plan_type": "NDC", "financial_need_usd": 100.0, "secured_usd": 0.0}])
    return {"SO5-1": received, "SO5-2": spent, "SO5-5": needs}


def test_the_workbook_reads_back_as_it_was_written(tmp_path: Path) -> None:
    report = so5_report(so5_rows(), (2020, 2023), NOTE)
    path = tmp_path / "so5.xlsx"
    path.write_bytes(so5_workbook(report))

    sheets, note = read_so5(path)
    again = so5_report(sheets, (2020, 2023), note)

    assert so5_workbook(again) == so5_workbook(report) or again.summary.equals(report.summary)
    assert note == NOTE
    assert report.trends["SO5-1 received"] == "increasing"
    assert again.trends == report.trends
    assert (report.need_gap_usd, report.summary.loc[2022, "SO5-4 received"]) == (100.0, 15.0)
    with zipfile.ZipFile(path) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if "worksheets" in name)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"year": 2019}, "is of 2019"),
        ({"type_of_support": "directly"}, "type_of_support is directly"),
        ({"type_of_flow": "gift"}, "type_of_flow is gift"),
    ],
)
def test_rows_outside_years_and_lists_are_refused(change: dict[str, object], words: str) -> None:
    rows = so5_rows()
    rows["SO5-1"] = rows["SO5-1"].assign(**change)

    with pytest.raises(InputError, match=words):
        so5_report(rows, (2020, 2023), NOTE)


def test_money_stands_on_one_sheet_alone() -> None:
    rows = so5_rows()
    rows["SO5-3"] = pd.DataFrame([{"year": 2020, "title": "same", "amount_usd": 10.0, "source_id": "X-1"}])

    with pytest.raises(InputError, match="stands on two sheets"):
        so5_report(rows, (2020, 2023), NOTE)


@pytest.mark.parametrize(("text", "found"), [("=1+1", True), ("@SUM(A1)", True), ("-12.5", False), ("+3", False)])
def test_formulas_are_told_from_numbers(text: str, found: bool) -> None:
    assert is_formula(text) is found
