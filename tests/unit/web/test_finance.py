"""Pages of finance: looked at before anything is written, decided, taken back; with the figures of the commands."""

import csv
import io
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from landbalance.core.progress import NoProgress
from landbalance.engine.child import function_of
from landbalance.io.so5_workbook import read_so5, so5_workbook
from landbalance.registry.accounts.models import User
from landbalance.registry.actions import services as actions
from landbalance.registry.finance import doubles, links, picture, queries
from landbalance.registry.finance.imports import import_file
from landbalance.registry.finance.models import (
    CorrectedSo5,
    Decision,
    FinanceStep,
    FlowActivity,
    ImportBatch,
    LdnLink,
    StagedFlows,
    SubsidyEntry,
)
from landbalance.registry.finance.so5 import so5_of
from landbalance.registry.jobs.models import Job
from landbalance.registry.leases import Status
from landbalance.registry.targets import services as targets
from landbalance.registry.workspaces.models import Role, Workspace
from people import make_country, make_member
from target_rows import action_row, target_row
from unit.io.test_finance_files import CRS_HEAD, CRS_ROW
from unit.io.test_iati import FIXTURE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("home"), pytest.mark.database]
OTHER = "2022|5|Germany|2|2022000777|260|Niger|1|110|31163|Pastoralisme|1.0|1.0||||"
BAD = "2099|5|Germany|2|2022000778|260|Niger|1|110|31163|Later|1.0|1.0||||"
HOME = "/w/alpha/finance/"
HOSTILE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><iati-activities/>'


@pytest.fixture
def alpha() -> Workspace:
    return make_country("alpha")


@pytest.fixture
def officer(alpha: Workspace, client: Client) -> User:
    person = make_member(alpha, Role.FINANCE)
    client.force_login(person)
    return person


def sent(*rows: str, name: str = "crs.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\n".join([CRS_HEAD, *rows]).encode())


def do(job: Job) -> Job:
    """Do a job as its child does, on this connection."""
    answer = function_of(job.rule.does)(job.task(), NoProgress())
    job.refresh_from_db()
    job.status = Status.RUNNING
    assert job.take_answer(answer)
    return job


def look(client: Client, file: SimpleUploadedFile, **fields: object) -> str:
    """Send a file, let it be read, and return the address of its preview."""
    answer = client.post(HOME + "import/", {"file": file, "currency": "USD", **fields})
    assert answer.status_code == 302, answer.content.decode()
    do(Job.objects.get(kind="flows.check", status=Status.QUEUED))
    return str(answer["Location"])


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def bring(officer: User, alpha: Workspace, folder: Path, *rows: str) -> None:
    """Import rows as the command line does."""
    path = folder / "crs.txt"
    path.write_text("\n".join([CRS_HEAD, *rows]))
    import_file(officer, alpha, path)


def test_a_file_is_looked_at_before_anything_is_written(client: Client, alpha: Workspace, officer: User) -> None:
    place = look(client, sent(CRS_ROW, OTHER, BAD))

    text = page(client, place)
    assert "2 new, 0 changed, 0 the same" in text
    assert "Restauration des terres" in text
    assert "750,000" in text
    assert "skipped" in text
    assert not FlowActivity.objects.exists()
    rows = list(csv.DictReader(io.StringIO((Job.objects.get().out / "rows.csv").read_text("utf-8-sig"))))
    assert [(row["row"], row["outcome"]) for row in rows] == [("4", "skipped")]


def test_a_file_is_taken_over_whole_and_the_same_file_changes_nothing(
    client: Client, alpha: Workspace, officer: User
) -> None:
    place = look(client, sent(CRS_ROW, OTHER))
    taken = client.post(place)["Location"]
    do(Job.objects.get(kind="flows.take"))

    assert "2 new, 0 changed, 0 the same" in page(client, taken)
    assert FlowActivity.objects.count() == 2
    assert not StagedFlows.objects.exists()
    assert "taken over, or forgotten" in page(client, place)
    again = look(client, sent(CRS_ROW, OTHER))
    assert "0 new, 0 changed, 2 the same" in page(client, again)
    assert "Nothing would change" in page(client, again)


def test_a_preview_tells_what_a_corrected_file_changes(
    client: Client, alpha: Workspace, officer: User, tmp_path: Path
) -> None:
    bring(officer, alpha, tmp_path, CRS_ROW, OTHER)

    text = page(client, look(client, sent(CRS_ROW, OTHER.replace("|1.0|1.0|", "|1.0|4.0|"))))

    assert "0 new, 1 changed, 1 the same" in text
    assert "1,000,000" in text
    assert "4,000,000" in text


def test_pages_and_commands_write_the_same_ledger(
    client: Client, alpha: Workspace, officer: User, tmp_path: Path
) -> None:
    names = ("source_id", "digest", "title", "amount_usd", "coefficient", "method", "family", "recipient", "sectors")
    bring(officer, alpha, tmp_path, CRS_ROW, OTHER)
    by_command = list(FlowActivity.objects.order_by("source_id").values(*names))
    batch = ImportBatch.objects.get()
    FlowActivity.objects.all().delete()

    client.post(look(client, sent(CRS_ROW, OTHER)))
    do(Job.objects.get(kind="flows.take"))

    assert list(FlowActivity.objects.order_by("source_id").values(*names)) == by_command
    latest = ImportBatch.objects.first()
    assert latest is not None
    assert latest.checksum == batch.checksum
    assert queries.original_row(latest, 2) == CRS_ROW


def test_an_import_that_came_between_makes_the_preview_stale(
    client: Client, alpha: Workspace, officer: User, tmp_path: Path
) -> None:
    place = look(client, sent(CRS_ROW))
    bring(officer, alpha, tmp_path, OTHER)
    client.post(place)
    job = Job.objects.get(kind="flows.take")

    with pytest.raises(Exception, match="another import has come in"):
        function_of(job.rule.does)(job.task(), NoProgress())
    assert FlowActivity.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "name", "why"),
    [
        (HOSTILE, "a.xml", "declar"),
        (FIXTURE.encode()[:900], "a.xml", "no activity|cut|after activity|not well"),
        (b"a,b\n1,2\n", "crs.csv", "headings|column|no activity"),
        (b"\x00\x01\x02", "crs.txt", "."),
        (b"PK\x03\x04broken", "crs.zip", "damaged"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_ends_in_one_line(
    client: Client, alpha: Workspace, officer: User, body: bytes, name: str, why: str
) -> None:
    client.post(HOME + "import/", {"file": SimpleUploadedFile(name, body), "currency": "USD"})
    job = Job.objects.get()

    with pytest.raises(Exception, match=why) as caught:
        function_of(job.rule.does)(job.task(), NoProgress())

    assert "\n" not in str(caught.value)
    assert "/etc" not in str(caught.value)
    assert not FlowActivity.objects.exists()


def test_what_is_no_file_of_flows_is_refused_at_its_field(client: Client, alpha: Workspace, officer: User) -> None:
    answer = client.post(HOME + "import/", {"file": SimpleUploadedFile("a.exe", b"MZ"), "currency": "QQ?"})

    text = answer.content.decode()
    assert "no code of a currency" in text
    answer = client.post(HOME + "import/", {"file": SimpleUploadedFile("a.exe", b"MZ"), "currency": "USD"})
    assert "is no file of flows" in answer.content.decode()
    assert not StagedFlows.objects.exists()


def test_national_rates_go_before_those_of_the_package(client: Client, alpha: Workspace, officer: User) -> None:
    body = FIXTURE.replace('default-currency="USD"', 'default-currency="HTG"').encode()
    rates = SimpleUploadedFile("rates.csv", b"currency,year,per_usd\nHTG,2024,2\n")

    without = page(client, look(client, SimpleUploadedFile("a.xml", body)))
    place = look(client, SimpleUploadedFile("a.xml", body), rates=rates)

    assert "no exchange rate HTG/USD for 2024" in without
    assert "no exchange rate" not in page(client, place)


def test_a_suggestion_counts_nothing_until_somebody_decides_and_the_decision_can_be_taken_back(
    client: Client, alpha: Workspace, officer: User, tmp_path: Path
) -> None:
    bring(officer, alpha, tmp_path, OTHER.replace("31163|Pastoralisme", "11220|Lutte contre la désertification"))
    flow = FlowActivity.objects.get()
    text = page(client, HOME + "review/")
    assert "desertification" in text
    assert 'value="100"' in text
    assert flow.coefficient == 0

    client.post(f"{HOME}review/{flow.pk}/", {"share": "40", "reason": "page 3"})
    flow.refresh_from_db()
    decided = (flow.coefficient, flow.method)
    client.post(f"{HOME}review/{flow.pk}/undo/", {"reason": "wrong page"})

    flow.refresh_from_db()
    assert decided == (0.4, "reviewer")
    assert (flow.coefficient, flow.method) == (0, "sector")
    assert [row.verdict for row in Decision.objects.order_by("id")] == ["", "withdrawn"]
    assert "wrong page" in page(client, f"{HOME}flows/{flow.pk}/")


def test_a_decision_without_a_reason_is_none(client: Client, alpha: Workspace, officer: User, tmp_path: Path) -> None:
    bring(officer, alpha, tmp_path, OTHER)
    flow = FlowActivity.objects.get()

    client.post(f"{HOME}review/{flow.pk}/", {"share": "40", "reason": ""})
    client.post(f"{HOME}review/{flow.pk}/", {"share": "400", "reason": "x"})

    assert not Decision.objects.exists()


def two_voices(officer: User, alpha: Workspace, folder: Path) -> tuple[str, str]:
    """Import one activity as two sources tell it, close enough to be looked at."""
    bring(officer, alpha, folder, OTHER)
    text = FIXTURE.replace("Rangeland restoration", "Pastoralisme").replace("2024", "2022")
    text = text.replace('ref="XX-TEST-1"', 'ref="DE-1"').replace(">6<", ">1000000<").replace(">10<", ">1000000<")
    (folder / "a.xml").write_text(text)
    import_file(officer, alpha, folder / "a.xml")
    doubles.search_duplicates(officer, alpha)
    return "5-2-2022000777", "XX-TEST-1-F1"


def primary(key: str) -> bool:
    return bool(FlowActivity.objects.get(source_id=key).is_primary)


def test_doubles_are_merged_told_apart_and_taken_back(
    client: Client, alpha: Workspace, officer: User, tmp_path: Path
) -> None:
    first, second = two_voices(officer, alpha, tmp_path)
    before = (primary(first), primary(second))
    text = page(client, HOME + "doubles/?show=review") + page(client, HOME + "doubles/?show=same")
    assert "Pastoralisme" in text
    pair = {"first": first, "second": second, "reason": "the same grant"}

    client.post(HOME + "doubles/", {**pair, "verdict": "first"})
    merged = (primary(first), primary(second))
    client.post(HOME + "doubles/", {**pair, "verdict": "different"})
    apart = (primary(first), primary(second))
    client.post(HOME + "doubles/", {**pair, "verdict": "withdrawn"})

    assert merged == (True, False)
    assert apart == (True, True)
    assert (primary(first), primary(second)) == before
    assert Decision.objects.count() == 3


def test_the_search_is_done_by_a_worker(client: Client, alpha: Workspace, officer: User, tmp_path: Path) -> None:
    two_voices(officer, alpha, tmp_path)

    place = client.post(HOME + "doubles/search/")["Location"]
    do(Job.objects.get(kind="flows.search"))

    assert "to look at" in page(client, place)


def test_money_leads_to_the_land_and_back(client: Client, alpha: Workspace, officer: User, tmp_path: Path) -> None:
    bring(officer, alpha, tmp_path, CRS_ROW)
    focal = make_member(alpha)
    targets.add_target(focal, alpha, target_row(code="T1"))
    actions.add_action(focal, alpha, action_row(code="A1", targets=["T1"]))
    flow = FlowActivity.objects.get()

    client.post(
        f"{HOME}flows/{flow.pk}/link/", {"target_code": "T1", "action_code": "A1", "share": "50", "hectares": "20"}
    )

    link = LdnLink.objects.get()
    assert float(link.share) == 0.5
    text = page(client, flow.get_absolute_url())
    assert '<a href="/w/alpha/targets/t/T1/">' in text
    assert '<a href="/w/alpha/actions/a/A1/">' in text
    for path in ("targets/t/T1/", "actions/a/A1/"):
        assert f'<a href="{flow.get_absolute_url()}"' in page(client, f"/w/alpha/{path}")
    assert "375,000" in page(client, "/w/alpha/targets/t/T1/")
    client.post(f"{HOME}links/{link.pk}/drop/", {"reason": "wrong target"})
    assert not links.links_of(officer, alpha).exists()


def test_who_sees_no_finance_sees_no_money_on_targets(
    client: Client, alpha: Workspace, officer: User, tmp_path: Path
) -> None:
    bring(officer, alpha, tmp_path, CRS_ROW)
    target = targets.add_target(make_member(alpha), alpha, target_row(code="T1"))
    target.move("review")
    target.save_revision(by=officer)
    links.link_target(officer, FlowActivity.objects.get(), target_code="T1")
    client.force_login(make_member(alpha, Role.CIVIL_SOCIETY))

    assert "Restauration" not in page(client, "/w/alpha/targets/t/T1/")
    assert client.get(HOME).status_code == 403


def plan(alpha: Workspace) -> None:
    """Write an action that costs 2.4 million a year over five years."""
    focal = make_member(alpha)
    targets.add_target(focal, alpha, target_row(code="T1"))
    row = {"code": "A1", "targets": ["T1"], "planned_ha": 10_000, "cost_usd": 12_000_000}
    actions.add_action(focal, alpha, action_row(**row, start_date=date(2026, 1, 1), end_date=date(2030, 12, 31)))


def test_the_overview_shows_need_money_and_gap_with_the_data_behind(
    client: Client, alpha: Workspace, officer: User, tmp_path: Path
) -> None:
    bring(officer, alpha, tmp_path, CRS_ROW, OTHER)
    plan(alpha)

    text = page(client, HOME)
    table = client.get(HOME + "data/gap.csv").content.decode("utf-8-sig")

    found = queries.flows(officer, alpha, by=["year"])
    last = float(found.table.sort_values("year").iloc[-1]["scaled"])
    rows = list(csv.reader(io.StringIO(table)))
    assert [float(cell) for cell in rows[1][1:]] == [2_400_000, last, 2_400_000 - last]
    assert f"{found.counted.total:,.0f} USD" in text
    for words in (
        "Recipient: what entered",
        "current US dollars",
        "Screened for the desertification marker",
        "2,400,000",
    ):
        assert words in text
    for name in ("gap", "sankey"):
        assert f'data-chart="chart-{name}"' in text
        assert f'href="{HOME}data/{name}.csv"' in text


def test_the_overview_asks_as_it_is_told_and_names_what_cannot_be(
    client: Client, alpha: Workspace, officer: User, tmp_path: Path
) -> None:
    bring(officer, alpha, tmp_path, CRS_ROW, OTHER)

    text = page(client, HOME + "?perspective=provider&measure=commitment&constant=2022")

    assert "constant US dollars of 2022" in text
    assert "Providers: what funders gave" in text
    assert "lies before the first" in page(client, HOME + "?first=2023&last=2020")
    assert "no deflator" in page(client, HOME + "?constant=1961").lower()


def test_an_action_without_cost_is_named_and_not_counted_as_nought(
    client: Client, alpha: Workspace, officer: User
) -> None:
    actions.add_action(make_member(alpha), alpha, action_row(code="A9"))

    text = page(client, HOME)

    assert "No need is known yet" in text
    assert "not costed" in text


def test_a_large_ledger_is_counted_by_a_worker(
    client: Client, alpha: Workspace, officer: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(officer, alpha, tmp_path, CRS_ROW, OTHER)
    small = page(client, HOME)
    monkeypatch.setattr(picture, "AT_ONCE", 1)
    assert "a worker counts it" in page(client, HOME)

    place = client.post(HOME + "count/", {"perspective": "recipient"})["Location"]
    assert "is being counted" in page(client, HOME)
    do(Job.objects.get(kind="flows.count"))

    assert "Show it" in page(client, place)
    total = re.compile(r"[\d,]+ USD")
    assert total.findall(page(client, HOME)) == total.findall(small)


STEPS = (
    b"id,source,instrument,amount,probability,subsidy\nS1,domestic_public,tax,40,0.8,\nS2,innovative,loan,30,0.2,F1\n"
)
SUBSIDIES = b"id,name,value,harm,feasibility,equity,cut,compensation,reinvest\nF1,Fuel,120,4,3,2,0.5,0.3,0.6\n"


def test_the_strategy_comes_from_tables_and_says_what_is_wrong(client: Client, alpha: Workspace, officer: User) -> None:
    for kind, body in (("strategy", STEPS), ("subsidies", SUBSIDIES)):
        client.post(f"{HOME}{kind}/table/", {"file": SimpleUploadedFile("t.csv", body)})

    text = page(client, HOME + "strategy/")
    assert "38 USD" in text
    assert "add the assessment of debt" in text
    assert re.search(r"60</td>.*18</td>.*25</td>.*0</td>.*17</td>", text, re.DOTALL)
    assert 'data-chart="chart-subsidies"' in text
    assert "Fuel" in client.get(HOME + "data/subsidies.csv").content.decode()
    client.post(HOME + "strategy/table/", {"file": SimpleUploadedFile("t.csv", STEPS)})
    assert [step.version for step in FinanceStep.objects.all()] == [1, 1]


def test_a_table_with_a_fault_changes_nothing(client: Client, alpha: Workspace, officer: User) -> None:
    bad = STEPS.replace(b"0.2", b"7")

    answer = client.post(HOME + "strategy/table/", {"file": SimpleUploadedFile("t.csv", bad)}, follow=True)

    assert "S2" in answer.content.decode()
    assert not FinanceStep.objects.exists()


def test_a_step_and_a_subsidy_are_written_and_changed_with_history(
    client: Client, alpha: Workspace, officer: User
) -> None:
    step = {"code": "S1", "source": "domestic_public", "central": "40", "probability": "0.8", "ramp_years": "1"}
    client.post(HOME + "strategy/new/", step)
    found = FinanceStep.objects.get()
    client.post(found.get_absolute_url(), {**step, "central": "50", "reason": "new law", "version": "1"})
    stale = client.post(found.get_absolute_url(), {**step, "central": "60", "version": "1"})
    subsidy = {"code": "F1", "name": "Fuel", "annual_value": "120", "harm": "4", "feasibility": "3", "equity": "2"}
    over = client.post(
        HOME + "subsidies/new/",
        {**subsidy, "evidence": "0", "cut": "0.5", "compensation": "0", "reinvest": "0.8", "other": "0.8"},
    )

    found.refresh_from_db()
    assert (found.central, found.version) == (50, 2)
    assert stale.status_code == 422
    assert over.status_code == 422
    assert "given away" in over.content.decode()
    assert not SubsidyEntry.objects.exists()


def test_the_workbook_of_objective_5_goes_out_is_corrected_and_comes_back(
    client: Client, alpha: Workspace, officer: User, tmp_path: Path
) -> None:
    bring(officer, alpha, tmp_path, CRS_ROW, OTHER)
    body = client.get(HOME + "objective5/workbook.xlsx?first=2020&last=2023").content
    (tmp_path / "so5.xlsx").write_bytes(body)
    report = so5_of(officer, alpha, (2020, 2023))
    sheets, _note = read_so5(tmp_path / "so5.xlsx")
    assert float(sheets["SO5-1"]["amount_usd"].sum()) == float(report.sheets["SO5-1"]["amount_usd"].sum()) > 0
    report.sheets["SO5-1"].loc[0, "amount_usd"] = 123_456.0
    file = SimpleUploadedFile("so5.xlsx", so5_workbook(report))

    place = client.post(HOME + "objective5/send/", {"file": file, "first": "2020", "last": "2023"})["Location"]

    text = page(client, place)
    assert "123,456" in text
    assert "750,000" in text
    (tmp_path / "again.xlsx").write_bytes(client.get(place + "workbook.xlsx").content)
    assert read_so5(tmp_path / "again.xlsx")[0]["SO5-1"]["amount_usd"].iloc[0] == 123_456
    assert "so5.xlsx" in page(client, HOME + "objective5/")


def test_a_workbook_with_a_fault_is_not_kept(client: Client, alpha: Workspace, officer: User, tmp_path: Path) -> None:
    bring(officer, alpha, tmp_path, CRS_ROW)
    report = so5_of(officer, alpha, (2020, 2023))
    report.sheets["SO5-1"].loc[0, "year"] = 1999
    file = SimpleUploadedFile("so5.xlsx", so5_workbook(report))

    answer = client.post(HOME + "objective5/send/", {"file": file, "first": "2020", "last": "2023"}, follow=True)

    assert "1999" in answer.content.decode()
    assert not CorrectedSo5.objects.exists()


def test_nothing_typed_runs_on_any_page_of_finance(
    client: Client, alpha: Workspace, officer: User, tmp_path: Path
) -> None:
    script = "<script>alert(1)</script>"
    bring(officer, alpha, tmp_path, CRS_ROW.replace("Restauration des terres", script), OTHER)
    FinanceStep(workspace=alpha, code="S1", title=script, source="innovative", central=1, probability=1).save_revision(
        by=officer
    )
    SubsidyEntry(workspace=alpha, code="F1", name=script, annual_value=1, harm=1, feasibility=1).save_revision(
        by=officer
    )

    for path in ("", "flows/", f"flows/{FlowActivity.objects.first().pk}/", "review/", "doubles/", "strategy/"):
        text = page(client, HOME + path)
        assert script not in text, path


def test_programs_read_the_same_figures(client: Client, alpha: Workspace, officer: User, tmp_path: Path) -> None:
    bring(officer, alpha, tmp_path, CRS_ROW, OTHER)

    said = client.get("/api/workspaces/alpha/finance").json()
    flows = client.get("/api/workspaces/alpha/flows").json()

    assert said["total"] == queries.flows(officer, alpha, by=["year"]).counted.total
    assert {item["source_id"] for item in flows["items"]} == {"4-3-2021000123", "5-2-2022000777"}


BUDGET = {"": 22, "flows/": 11, "review/": 11, "doubles/": 20, "strategy/": 12, "import/": 9, "objective5/": 16}


@pytest.mark.parametrize("path", BUDGET)
def test_a_page_of_finance_asks_the_database_no_more_when_there_is_more(
    client: Client, alpha: Workspace, officer: User, path: str, tmp_path: Path, django_assert_max_num_queries: object
) -> None:
    rows = [OTHER.replace("2022000777", str(number)).replace("|1.0|1.0|", f"|1.0|{number}|") for number in range(1, 30)]
    bring(officer, alpha, tmp_path, *rows)
    plan(alpha)
    for flow in FlowActivity.objects.all():
        links.link_target(officer, flow, target_code="T1", action_code="A1")
    for number in range(10):
        FinanceStep(workspace=alpha, code=f"S{number}", source="innovative", central=1, probability=1).save_revision(
            by=officer
        )
    client.get(HOME + path)

    with django_assert_max_num_queries(BUDGET[path]):
        assert client.get(HOME + path).status_code == 200


@pytest.mark.parametrize("language", ["en", "ar", "zh-hans"])
def test_the_chapter_of_the_report_is_written_by_a_worker(
    client: Client, alpha: Workspace, officer: User, tmp_path: Path, language: str
) -> None:
    bring(officer, alpha, tmp_path, CRS_ROW, OTHER)
    plan(alpha)
    client.cookies["django_language"] = language

    place = client.post(HOME + "chapter/", {"perspective": "recipient"})["Location"]
    job = do(Job.objects.get(kind="flows.chapter"))

    code = language[:2]
    text = (job.out / f"finance-{code}.html").read_text()
    assert f'<html lang="{code}"' in text
    assert "1,750,000" in text or "1.750.000" in text or "1,8" in text or "750" in text
    assert f"finance-{code}.html" in page(client, place)


def test_an_export_holds_the_ledger_for_those_who_may_see_it_and_asks_once_for_its_history(
    client: Client, alpha: Workspace, officer: User, tmp_path: Path, django_assert_max_num_queries: object
) -> None:
    rows = [OTHER.replace("2022000777", str(number)) for number in range(1, 40)]
    bring(officer, alpha, tmp_path, *rows)

    with django_assert_max_num_queries(70):
        answer = client.post("/w/alpha/export/")
        mine = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    client.force_login(make_member(alpha, Role.CIVIL_SOCIETY))
    theirs = zipfile.ZipFile(io.BytesIO(b"".join(client.post("/w/alpha/export/").streaming_content)))

    assert mine.read("finance-flowactivity.csv").count(b"Pastoralisme") == 39
    assert mine.read("finance-transactions.csv").count(b"1000000") >= 78
    assert not [name for name in theirs.namelist() if name.startswith("finance-")]
