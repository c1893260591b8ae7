"""The ledger: imports that change nothing twice, decisions that outlive them, every dollar once, nobody else's data."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import OperationalError
from django.utils.translation import override

from landbalance.core.errors import AccessError, InputError, NotFoundError, RuleError
from landbalance.finance.prices import Rates
from landbalance.io.flow_sources import guess_source
from landbalance.registry.actions.services import add_action
from landbalance.registry.finance import doubles, links, queries, services
from landbalance.registry.finance.export import export_workspace
from landbalance.registry.finance.imports import import_file, preview_file
from landbalance.registry.finance.models import Decision, FlowActivity, FlowTransaction, ImportBatch
from landbalance.registry.finance.plan import gap_by, plan_of
from landbalance.registry.finance.so5 import so5_of
from landbalance.registry.jobs.services import ask_for_job
from landbalance.registry.practices.services import add_practice
from landbalance.registry.runs import worker
from landbalance.registry.targets import services as targets
from landbalance.registry.workspaces.models import Role
from landbalance.web.finance.answers import spoken_reasons
from people import make_country, make_member
from target_rows import action_row, target_row
from unit.io.iati_schema import iati_schema
from unit.io.test_finance_files import CRS_HEAD, CRS_ROW
from unit.io.test_iati import FIXTURE

pytestmark = [pytest.mark.django_db, pytest.mark.database]
SECOND = "2022|4|France|3|2021000123|260|Niger|1|110|31130|Restauration des terres|0|2.25|2||1|0"
OTHER = "2022|5|Germany|2|2022000777|260|Niger|1|110|31163|Pastoralisme|1.0|1.0||||"


@pytest.fixture
def country(tmp_path: Path):
    return make_country("alpha")


def crs_file(folder: Path, *rows: str) -> Path:
    path = folder / "crs.txt"
    path.write_text("\n".join([CRS_HEAD, *rows]), encoding="utf-8")
    return path


def iati_file(folder: Path, text: str = FIXTURE) -> Path:
    path = folder / "flows.xml"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_of_one_activity_are_joined_and_their_originals_kept(country, tmp_path: Path) -> None:
    actor = make_member(country, Role.FINANCE)

    batch = import_file(actor, country, crs_file(tmp_path, CRS_ROW, OTHER, SECOND))

    assert (batch.rows_read, batch.added, batch.rows_skipped) == (3, 2, 0)
    activity = FlowActivity.objects.get(source_id="4-3-2021000123")
    assert (activity.coefficient, activity.method, activity.recipient) == (1.0, "marker", "NER")
    assert activity.amount_usd == Decimal(3_000_000)
    assert FlowTransaction.objects.filter(activity=activity).count() == 3
    assert queries.original_row(batch, 4) == SECOND
    assert activity.history.count() == 0


def test_the_same_file_again_changes_nothing(country, tmp_path: Path) -> None:
    actor = make_member(country, Role.FINANCE)
    path = crs_file(tmp_path, CRS_ROW, OTHER, SECOND)
    import_file(actor, country, path)
    before = list(FlowActivity.objects.order_by("source_id").values())

    again = import_file(actor, country, path)

    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert list(FlowActivity.objects.order_by("source_id").values()) == before
    assert FlowTransaction.objects.count() == 5


def test_a_corrected_file_replaces_what_changed_and_keeps_decisions(country, tmp_path: Path) -> None:
    actor = make_member(country, Role.FINANCE)
    import_file(actor, country, crs_file(tmp_path, CRS_ROW, OTHER))
    other = FlowActivity.objects.get(source_id="5-2-2022000777")
    services.decide_classification(actor, other, share=0.25, reason="page 12 of the project document")

    batch = import_file(actor, country, crs_file(tmp_path, CRS_ROW, OTHER.replace("|1.0|1.0|", "|1.0|4.0|")))

    other = FlowActivity.objects.get(source_id="5-2-2022000777")
    assert (batch.changed, batch.unchanged) == (1, 1)
    assert (other.coefficient, other.method, other.amount_usd) == (0.25, "reviewer", Decimal(4_000_000))
    assert Decision.objects.count() == 1


def test_history_starts_at_the_first_edit_and_an_import_leaves_the_edit(country, tmp_path: Path) -> None:
    actor = make_member(country, Role.FINANCE)
    import_file(actor, country, crs_file(tmp_path, CRS_ROW))
    activity = FlowActivity.objects.get()

    services.edit_activity(actor, activity, reason="the marker is wrong", desertification=1)
    import_file(actor, country, crs_file(tmp_path, CRS_ROW.replace("|0.75|", "|0.85|")))

    activity = FlowActivity.objects.get()
    assert [each.desertification for each in activity.history.order_by("history_id")] == [2, 1]
    assert (activity.desertification, activity.coefficient, activity.amount_usd) == (1, 0.4, Decimal(850_000))


def test_what_comes_from_the_source_is_not_edited(country, tmp_path: Path) -> None:
    actor = make_member(country, Role.FINANCE)
    import_file(actor, country, crs_file(tmp_path, CRS_ROW))

    with pytest.raises(RuleError, match="comes from the source"):
        services.edit_activity(actor, FlowActivity.objects.get(), reason="x", source_id="y")


def test_a_file_that_fails_changes_nothing(country, tmp_path: Path) -> None:
    actor = make_member(country, Role.FINANCE)
    body = FIXTURE.removeprefix('<iati-activities version="2.03">').removesuffix("</iati-activities>")
    cut = '<iati-activities version="2.03">' + body + body.replace("-F1<", "-F2<")[:700]

    with pytest.raises(InputError, match="after activity 1"):
        import_file(actor, country, iati_file(tmp_path, cut))

    assert not FlowActivity.objects.exists()
    assert not ImportBatch.objects.exists()


def test_a_missing_rate_is_noted_and_never_counted(country, tmp_path: Path) -> None:
    actor = make_member(country, Role.FINANCE)
    path = iati_file(tmp_path, FIXTURE.replace('default-currency="USD"', 'default-currency="HTG"'))

    batch = import_file(actor, country, path)
    shown = queries.flows(actor, country, by=["year"])

    assert "no exchange rate HTG/USD for 2024: not counted" in batch.reasons
    with override("fr"):
        said = spoken_reasons(batch.reasons.items(), ImportBatch.objects.get(pk=batch.pk).notes)
    assert ("pas de taux de change HTG/USD pour 2024 : non compté", 1) in said
    assert shown.without_rate == 2
    priced = Rates({("HTG", 2024, "average"): Decimal(130)})
    FlowActivity.objects.all().delete()
    import_file(actor, country, path, rates=priced)
    assert FlowTransaction.objects.get(kind=1).value_usd == Decimal("0.0769")


def test_the_boundary_is_summed_by_the_database(country, tmp_path: Path) -> None:
    actor = make_member(country, Role.FINANCE)
    import_file(actor, country, iati_file(tmp_path))
    services.mark_inside(actor, country, ["XX-TEST-1-F1"])

    found = queries.boundary(actor, country)

    assert (found.entry, found.final_use, found.retained) == (10.0, 6.0, 4.0)
    with pytest.raises(NotFoundError):
        services.mark_inside(actor, country, ["nobody"])


def test_flows_are_shown_scaled_and_unscaled_with_what_was_left_out(country, tmp_path: Path) -> None:
    actor = make_member(country, Role.FINANCE)
    core = CRS_ROW.replace("2021000123", "9").replace("|Niger|1|", "|Niger|2|")
    import_file(actor, country, crs_file(tmp_path, CRS_ROW, OTHER, core))

    shown = queries.flows(actor, country, by=["source", "year", "marker"], perspective="recipient")

    rows = {(row.year, row.marker): (row.amount, row.scaled) for row in shown.table.itertuples()}
    assert rows == {(2021, "principal"): (750_000, 750_000), (2022, "not screened"): (1_000_000, 100_000)}
    assert set(shown.counted.by_rule["rule"]) == {"R1", "R5"}
    assert shown.coverage == pytest.approx(0.75 / 1.75)
    real = queries.flows(actor, country, by=["year"], constant_usd=2022)
    assert real.table.set_index("year").loc[2021, "amount"] == pytest.approx(750_000 * 118.0 / 110.2)
    assert real.price_base == "constant USD of 2022"


def test_duplicates_are_searched_and_reviewers_have_the_last_word(country, tmp_path: Path) -> None:
    actor = make_member(country, Role.FINANCE)
    import_file(actor, country, crs_file(tmp_path, CRS_ROW.replace("|1.5|0.75|", "|10|10|")))
    double = (
        FIXTURE.replace("Rangeland restoration", "Restauration des terres").replace(">6<", ">10000000<")
        .replace('role="4" ref="XX-TEST-1"', 'role="1" ref="XM-DAC-4-3"').replace("2024-", "2021-")
    )  # fmt: skip
    import_file(actor, country, iati_file(tmp_path, double))

    found = doubles.search_duplicates(actor, country)

    assert found.members["is_primary"].tolist() == [True, False]
    assert FlowActivity.objects.get(source="crs").is_primary is False
    first, second = found.pairs.loc[0, ["first", "second"]]
    doubles.decide_duplicate(actor, country, second, first, verdict="different", reason="two phases")
    doubles.search_duplicates(actor, country)
    assert FlowActivity.objects.filter(is_primary=False).count() == 0


def test_money_leads_to_targets_and_back(country, tmp_path: Path) -> None:
    actor = make_member(country, Role.FINANCE)
    import_file(actor, country, crs_file(tmp_path, CRS_ROW))
    activity = FlowActivity.objects.get()
    with pytest.raises(NotFoundError):
        links.link_target(actor, activity, target_code="NER-1")
    targets.add_target(make_member(country), country, target_row("NER-1"))

    links.link_target(
        actor, activity, target_code="NER-1", response="reverse", hectares=Decimal(100), share=Decimal("0.5")
    )

    (row,) = links.money_by_target(actor, country)
    assert (row["target"], row["hectares"], row["usd"]) == ("NER-1", Decimal(100), Decimal(375_000))
    with pytest.raises(InputError, match="linked to 50% already"):
        links.link_target(actor, activity, target_code="NER-1", share=Decimal("0.6"))


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.CIVIL_SOCIETY, Role.PUBLIC])
def test_others_import_nothing(role: str, country, tmp_path: Path) -> None:
    with pytest.raises(AccessError):
        import_file(make_member(country, role), country, crs_file(tmp_path, CRS_ROW))


def test_another_country_sees_nothing(country, tmp_path: Path) -> None:
    import_file(make_member(country, Role.FINANCE), country, crs_file(tmp_path, CRS_ROW))
    stranger = make_member(make_country("beta"), Role.FINANCE)

    for ask in (queries.flows, queries.boundary, queries.review_queue, queries.batches, links.money_by_target):
        with pytest.raises(AccessError):
            ask(stranger, country)
    with pytest.raises(AccessError):
        services.find_activity(stranger, country, "4-3-2021000123")


def test_the_review_queue_begins_with_the_most_money(country, tmp_path: Path) -> None:
    actor = make_member(country, Role.FINANCE)
    small = OTHER.replace("2022000777", "1").replace("|1.0|1.0|", "|0.1|0.1|")
    import_file(actor, country, crs_file(tmp_path, CRS_ROW, OTHER, small))

    queue = queries.review_queue(actor, country)

    assert [activity.source_id for activity, _ in queue] == ["5-2-2022000777", "5-2-1"]
    assert queue[0][1].significance in (0, 1)


def test_a_preview_writes_nothing(country, tmp_path: Path) -> None:
    shown = preview_file(crs_file(tmp_path, CRS_ROW, OTHER.replace("2022|5", "2O22|5")))

    assert (len(shown.activities), shown.report.skipped) == (1, 1)
    assert not FlowActivity.objects.exists()


def test_sources_are_told_by_their_content(tmp_path: Path) -> None:
    budget = tmp_path / "budget.csv"
    budget.write_text("year,title,executed\n2020,x,1\n")

    assert [guess_source(path) for path in (crs_file(tmp_path), iati_file(tmp_path), budget)] == [
        "crs",
        "iati",
        "budget",
    ]


def test_objective_5_lists_what_carries_a_label_and_says_what_it_leaves_out(country, tmp_path: Path) -> None:
    actor = make_member(country, Role.FINANCE)
    import_file(actor, country, crs_file(tmp_path, CRS_ROW, OTHER))

    report = so5_of(actor, country, (2020, 2023))

    (row,) = report.sheets["SO5-1"].to_dict("records")
    assert (row["year"], row["amount_usd"], row["type_of_support"], row["sector"]) == (
        2021,
        750_000,
        "principal",
        "agriculture",
    )
    assert (row["type_of_flow"], row["financial_instrument"], row["channel"]) == ("", "grant", "bilateral")
    assert "1,000,000 USD without marker" in report.method.coverage


def test_the_ledger_exports_what_it_imported(country, tmp_path: Path) -> None:
    actor = make_member(country, Role.FINANCE)
    import_file(actor, country, iati_file(tmp_path))

    report = export_workspace(actor, country, tmp_path / "out.xml", schema=iati_schema())
    again = preview_file(tmp_path / "out.xml").activities[0]

    assert report.written == 1
    assert [(move.kind, move.value, move.receiver_activity) for move in again.transactions] == [
        (1, Decimal(10), ""),
        (3, Decimal(6), "XX-TEST-2-N1"),
    ]
    assert (again.source_id, again.significance("8"), len(again.sectors)) == ("XX-TEST-1-F1", 2, 2)


def test_need_comes_from_the_action_then_national_then_packaged_costs_and_gaps_are_named(country) -> None:
    actor = make_member(country)
    days = {"start_date": date(2026, 1, 1), "end_date": date(2027, 12, 31)}
    targets.add_target(actor, country, target_row(code="T1"))
    add_practice(actor, country, {"code": "zai", "name": "Pits", "establishment_usd_ha": 300.0})
    rows = {
        "A1": {"planned_ha": 100, "cost_usd": 50_000, "location": "North", "targets": ["T1"], **days},
        "A2": {"planned_ha": 100, "practice_code": "zai", "location": "South", **days},
        "A3": {"planned_ha": 100, "group": "irrigation_management", "location": "South", **days},
        "A4": {"planned_ha": 100, "group": "home_gardens", **days},
        "A5": {"group": "irrigation_management", **days},
        "A6": {"planned_ha": 100, "cost_usd": 50_000},
    }
    for code, values in rows.items():
        add_action(actor, country, action_row(code=code, **values))

    found = plan_of(actor, country)
    need = found.need()

    assert {each.id: each.capex_usd_ha for each in found.actions} == {"A1": 500.0, "A2": 300.0, "A3": 2886.0}
    assert [code for code, _ in found.left_out] == ["A4", "A5", "A6"]
    assert need is not None
    assert need.total == (184_300.0, 184_300.0)
    by_target = gap_by(actor, country, found.actions, need, "target")
    by_district = gap_by(actor, country, found.actions, need, "district")
    assert by_target == [("T1", 50_000.0, 0.0), ("–", 318_600.0, 0.0)]
    assert by_district == [("North", 50_000.0, 0.0), ("South", 318_600.0, 0.0)]


def test_a_busy_database_ends_no_child(country, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long write of the child on SQLite keeps the heartbeat waiting; that is no reason to end the child."""
    job = ask_for_job(make_member(country), country, "flows.search", {"stamp": 0})

    def busy(*_: object) -> bool:
        raise OperationalError("database is locked")

    monkeypatch.setattr(worker, "beat", busy)
    monkeypatch.setattr(worker.connection, "close", lambda: None)

    assert worker._is_ours(job, {}, is_due=True)


def test_a_ledger_without_doubles_is_searched_in_peace(country, tmp_path: Path) -> None:
    actor = make_member(country, Role.FINANCE)
    assert len(doubles.search_duplicates(actor, country).pairs) == 0
    import_file(actor, country, crs_file(tmp_path, CRS_ROW, OTHER))

    found = doubles.search_duplicates(actor, country)

    assert (len(found.pairs), len(found.members)) == (0, 0)


def test_money_by_sector_follows_the_split_of_its_activity(country, tmp_path: Path) -> None:
    actor = make_member(country, Role.FINANCE)
    import_file(actor, country, iati_file(tmp_path))
    services.mark_inside(actor, country, ["XX-TEST-1-F1"])

    found = queries.flows(actor, country, by=["sector"])

    assert dict(zip(found.table["sector"], found.table["amount"], strict=True)) == {"31130": 3.0, "31163": 7.0}
    assert found.counted.total == 10.0


@pytest.mark.shared
def test_the_funder_of_the_activity_pays_where_a_transaction_names_none(country, shared: Path) -> None:
    actor = make_member(country, Role.FINANCE)
    import_file(actor, country, shared / "finance_iati_samples/usaid_bolivia_2.03.xml")

    between = queries.flows(actor, country, perspective="provider").between()

    assert set(between["funder"]) == {"United States"}
