"""IATI files: real ones without loss, exports that validate, attacks that end in one line."""

import tracemalloc
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from landbalance.core.errors import InputError, RuleError
from landbalance.finance import boundary_totals, coefficient
from landbalance.finance.ledger import Activity, ImportReport, frames
from landbalance.io.iati import import_iati
from landbalance.io.iati_export import export_iati
from landbalance.io.iati_rules import check_rules
from unit.io.iati_schema import iati_schema

TODAY = date(2026, 11, 1)
HEAD = '<iati-activities version="2.03"><iati-activity default-currency="USD" xml:lang="en">'
FIXTURE = (
    HEAD + "<iati-identifier>XX-TEST-1-F1</iati-identifier>"
    '<reporting-org ref="XX-TEST-1" type="11"><narrative>National land fund</narrative></reporting-org>'
    "<title><narrative>Rangeland restoration</narrative></title><description><narrative>Test fixture</narrative>"
    '</description><participating-org role="4" ref="XX-TEST-1" type="11"><narrative>National land fund</narrative>'
    '</participating-org><activity-status code="2"/><activity-date type="2" iso-date="2024-01-01"/>'
    '<recipient-country code="NE" percentage="100"/><sector vocabulary="1" code="31130" percentage="30"/>'
    '<sector vocabulary="1" code="31163" percentage="70"/><policy-marker vocabulary="1" code="8" significance="2"/>'
    '<default-flow-type code="10"/><default-finance-type code="110"/><default-aid-type code="C01"/>'
    '<default-tied-status code="5"/><transaction><transaction-type code="1"/><transaction-date iso-date="2024-02-01"/>'
    '<value value-date="2024-02-01">10</value><provider-org ref="XX-TEST-9" provider-activity-id="XX-TEST-9-D1"/>'
    '</transaction><transaction><transaction-type code="3"/><transaction-date iso-date="2024-03-01"/>'
    '<value value-date="2024-03-01">6</value><receiver-org ref="XX-TEST-2" receiver-activity-id="XX-TEST-2-N1"/>'
    "</transaction></iati-activity></iati-activities>"
)  # fmt: skip
SAMPLES = {"usaid_bolivia_2.03": (63, 304), "worldbank_region679_2.03": (5, 400), "wri_climate_markers_2.03": (1, 2)}


def read(path: Path, text: str | bytes | None = None) -> tuple[list[Activity], ImportReport]:
    if text is not None:
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    report = ImportReport("iati", str(path))
    return list(import_iati(path, report, today=TODAY)), report


def as_lines(activities: list[Activity]) -> list[str]:
    return [etree.tostring(_element(each), encoding="unicode") for each in activities]


def _element(activity: Activity) -> object:
    from landbalance.io.iati_export import activity_element

    return activity_element(activity)


def test_the_fixture_counts_by_its_marker_and_its_boundary(tmp_path: Path) -> None:
    (activity,), report = read(tmp_path / "a.xml", FIXTURE)

    _, moves = frames([activity])
    totals = boundary_totals(moves.rename(columns={"value": "amount"}), ["XX-TEST-1-F1"])
    found = coefficient(marker=activity.significance("8"), sectors=activity.sectors)
    assert (found.value, found.method) == (1.0, "marker")
    assert (totals.entry, totals.final_use) == (10.0, 6.0)
    assert not report.notes


def test_the_fixture_exports_valid_and_reads_back_the_same(tmp_path: Path) -> None:
    schema = iati_schema()
    (activity,), _ = read(tmp_path / "a.xml", FIXTURE)

    report = export_iati([activity], tmp_path / "b.xml", generated="2026-11-01T00:00:00Z", today=TODAY, schema=schema)
    (again,), _ = read(tmp_path / "b.xml")

    assert report.validation == ("not validated" if schema is None else "valid against the 2.03 schema")
    assert as_lines([again]) == as_lines([activity])
    assert again.transactions == activity.transactions


@pytest.mark.shared
@pytest.mark.parametrize("name", SAMPLES)
def test_real_files_are_read_whole(name: str, shared: Path) -> None:
    path = shared / "finance_iati_samples" / f"{name}.xml"

    activities, report = read(path)

    tree = etree.parse(str(path))
    assert (len(activities), sum(len(each.transactions) for each in activities)) == SAMPLES[name]
    assert report.skipped == 0
    values = sum(float(value) for value in tree.xpath("//transaction/value/text()"))
    assert sum(float(move.value) for each in activities for move in each.transactions) == pytest.approx(values)
    assert sum(len(each.sectors) for each in activities) == len(tree.xpath("/*/iati-activity/sector"))
    assert sum(len(each.markers) for each in activities) == len(tree.xpath("/*/iati-activity/policy-marker"))
    assert [each.source_id for each in activities] == [text.strip() for text in tree.xpath("//iati-identifier/text()")]


@pytest.mark.shared
@pytest.mark.parametrize("name", ["usaid_bolivia_2.03", "wri_climate_markers_2.03"])
def test_real_files_survive_export_and_import(name: str, shared: Path, tmp_path: Path) -> None:
    first, _ = read(shared / "finance_iati_samples" / f"{name}.xml")

    out = tmp_path / "out.xml"
    report = export_iati(first, out, generated="2026-11-01T00:00:00Z", today=TODAY, schema=iati_schema())
    second, _ = read(out)

    assert report.written == len(first)
    assert as_lines(second) == as_lines(first)
    assert [each.transactions for each in second] == [each.transactions for each in first]


@pytest.mark.shared
def test_percentages_that_do_not_sum_are_reported_and_refused_on_export(shared: Path, tmp_path: Path) -> None:
    activities, report = read(shared / "finance_iati_samples" / "worldbank_region679_2.03.xml")

    assert sum(count for why, count in report.reasons.items() if "sum to" in why) == 5
    with pytest.raises(RuleError, match=r"2\.1\.2"):
        export_iati(activities, tmp_path / "no.xml", generated="2026-11-01T00:00:00Z", today=TODAY)
    assert not (tmp_path / "no.xml").exists()


BILLION = "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (EXTERNAL + HEAD + "<iati-identifier>&a;</iati-identifier></iati-activity></iati-activities>", "declares"),
        (BILLION + "]>" + HEAD + "&i;</iati-activity></iati-activities>", "declares"),
        ((EXTERNAL + HEAD).encode("utf-16"), "declares"),
        (FIXTURE[:900], "cannot be read after activity 0"),
        (b'<?xml version="1.0" encoding="utf-8"?>' + FIXTURE.replace("land fund", "fundo é").encode("latin-1"),
         "cannot be read"),
        ("<rss/>", "holds no iati-activity"),
        (FIXTURE.replace('version="2.03"', 'version="1.05"'), "version 1.05"),
        ("", "cannot be read"),
        (FIXTURE.replace("Test fixture", "x" * 11_000_000), "cannot be read"),
    ],
    ids=["external entity", "billion laughs", "utf-16 entity", "cut short", "wrong encoding", "other xml", "version 1",
         "empty", "huge text"],
)  # fmt: skip
def test_bad_files_end_in_one_line(content: str | bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read(tmp_path / "bad.xml", content)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "why", "outcome"),
    [
        ('percentage="30"', 'percentage="3O"', "is no number", "skipped"),
        ('percentage="30"', 'percentage="130"', "outside 0 to 100", "skipped"),
        ('percentage="30"', 'percentage="20"', "sum to 90.00", "warning"),
        (">10<", ">ten<", "is no number", "skipped"),
        (">10<", ">NaN<", "is no number", "skipped"),
        (' default-currency="USD"', "", "without currency", "skipped"),
        ('iso-date="2024-03-01"', 'iso-date="2031-03-01"', "lies in the future", "warning"),
        ('significance="2"', 'significance="9"', "in no code list", "warning"),
        ("<iati-identifier>XX-TEST-1-F1</iati-identifier>", "", "no iati-identifier", "skipped"),
    ],
)
def test_bad_activities_are_reported_one_by_one(old: str, new: str, why: str, outcome: str, tmp_path: Path) -> None:
    activities, report = read(tmp_path / "a.xml", FIXTURE.replace(old, new))

    assert [(why in note.why, note.outcome) for note in report.notes] == [(True, outcome)]
    assert len(activities) == (outcome == "warning")


def test_a_second_activity_of_the_same_identifier_is_skipped(tmp_path: Path) -> None:
    body = FIXTURE.removeprefix('<iati-activities version="2.03">').removesuffix("</iati-activities>")

    activities, report = read(tmp_path / "a.xml", f'<iati-activities version="2.03">{body}{body}</iati-activities>')

    assert (len(activities), report.skipped) == (1, 1)
    assert "stands twice" in report.notes[0].why


def test_negative_values_are_legal(tmp_path: Path) -> None:
    (activity,), report = read(tmp_path / "a.xml", FIXTURE.replace(">6<", ">-6.25<"))

    assert str(activity.transactions[1].value) == "-6.25"
    assert not report.notes


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('type="2" iso-date="2024-01-01"', 'type="3" iso-date="2024-01-01"', "6.11.1"),
        ("XX-TEST-1-F1", "XX-TEST-1", "1.1.3"),
        ("XX-TEST-1-F1", "YY-1", "1.1.21"),
        ('percentage="30"', 'percentage="20"', "2.1.2"),
        ('code="NE" percentage="100"', 'code="NE" percentage="60"', "3.1.2"),
        (' significance="2"', "", "6.14.1"),
    ],
)
def test_rules_are_named_by_their_ids(old: str, new: str, rule: str, tmp_path: Path) -> None:
    (activity,), _ = read(tmp_path / "a.xml", FIXTURE.replace(old, new))

    assert rule in {found.rule for found in check_rules(activity, TODAY)}


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    body = FIXTURE.removeprefix('<iati-activities version="2.03">').removesuffix("</iati-activities>")
    peaks = []
    for count in (300, 3000):
        path = tmp_path / f"{count}.xml"
        many = "".join(body.replace("-F1<", f"-{k}<") for k in range(count))
        path.write_text(f'<iati-activities version="2.03">{many}</iati-activities>')
        tracemalloc.start()
        for _ in import_iati(path, ImportReport("iati", ""), today=TODAY):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert (peaks[1] - peaks[0]) / 2700 < 200  # the identifiers alone are remembered
