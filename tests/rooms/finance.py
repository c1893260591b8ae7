"""Finance: an activity with a link, a file on its way, a step, a subsidy, a corrected workbook."""

from datetime import date

from landbalance.registry.finance.models import (
    CorrectedSo5,
    FinanceStep,
    FlowActivity,
    ImportBatch,
    LdnLink,
    StagedFlows,
    SubsidyEntry,
)
from landbalance.registry.jobs.models import Job
from landbalance.registry.leases import Status
from rooms import World

NOTE = dict.fromkeys(
    ("perspective", "measure", "price_base", "coverage", "coefficients", "rates", "technology", "left_out"), ""
)


def fill(world: World) -> dict[str, dict[str, object]]:
    """Make one of each kind of record, and the jobs that show them."""
    mine = {"workspace": world.workspace}
    batch = ImportBatch.objects.create(**mine, source="crs", file_name="flows.txt", checksum="0" * 64)
    flow = FlowActivity(**mine, batch=batch, source="crs", source_id="4-3-1", reporter="4", title="Terraces")
    link = LdnLink(**mine, activity=flow, target_code="T1")
    step = FinanceStep(**mine, code="S1", source="domestic_public", central=10.0, probability=0.5)
    subsidy = SubsidyEntry(**mine, code="F1", name="Fuel", annual_value=5.0, harm=3, feasibility=2)
    so5 = CorrectedSo5(**mine, name="so5.xlsx", first_year=2020, last_year=2023, method=NOTE)
    for record in (flow, link, step, subsidy, so5):
        record.save_revision(by=world.keeper)
    flow.transactions.create(
        kind=3, day=date(2020, 7, 1), year=2020, value=1000, currency="USD", value_date=date(2020, 7, 1), value_usd=1000
    )
    staged = StagedFlows.objects.create(**mine, user=world.keeper, name="more.txt")
    asked = {**mine, "created_by": world.keeper, "status": Status.QUEUED}
    options: dict[str, dict[str, object]] = {
        "flows.check": {"staged": str(staged.pk)},
        "flows.take": {"staged": str(staged.pk), "stamp": 0},
        "flows.search": {"stamp": 0},
        "flows.count": {"question": {"perspective": "recipient", "measure": "disbursement", "years": None,
                                     "constant_usd": None}, "stamp": 0},
    }  # fmt: skip
    jobs = {kind: Job.objects.create(**asked, kind=kind, options=each).pk for kind, each in options.items()}
    one = {"pk": flow.pk}
    return {
        **{f"finance:{name}": one for name in ("flow", "link", "inside", "decide", "undo")},
        "finance:drop_link": {"pk": link.pk},
        "finance:data": {"name": "years"},
        "finance:staged": {"pk": jobs["flows.check"]},
        "finance:drop": {"pk": jobs["flows.check"]},
        "finance:taken": {"pk": jobs["flows.take"]},
        "finance:searched": {"pk": jobs["flows.search"]},
        "finance:counted": {"pk": jobs["flows.count"]},
        "finance:batch": {"pk": batch.pk},
        "finance:step": {"pk": step.pk},
        "finance:subsidy": {"pk": subsidy.pk},
        "finance:corrected": {"pk": so5.pk},
        "finance:corrected_workbook": {"pk": so5.pk},
        **{f"api:flows_{name}": {"code": flow.pk} for name in ("one", "history")},
        **{f"api:flow-links_{name}": {"code": link.pk} for name in ("one", "history")},
        **{f"api:finance-steps_{name}": {"code": "S1"} for name in ("one", "history")},
        **{f"api:subsidies_{name}": {"code": "F1"} for name in ("one", "history")},
    }
