"""The overview: need, money and gap by year, from funder to use, and what was not counted."""

from dataclasses import asdict
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from landbalance.core.errors import LandbalanceError, NotFoundError
from landbalance.io.sheet import sheet_csv
from landbalance.registry.finance import queries
from landbalance.registry.finance.links import money_by_target
from landbalance.registry.finance.picture import Picture, Question, from_plain, is_small, ledger_stamp, take_picture
from landbalance.registry.finance.plan import plan_of
from landbalance.registry.finance.report import gap_of
from landbalance.registry.finance.strategy import strategy_of, subsidies_of
from landbalance.registry.jobs.models import Job
from landbalance.registry.jobs.queries import find_job, jobs_of
from landbalance.registry.jobs.services import ask_for_job
from landbalance.registry.leases import Status
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.reporting.tables import Table, cell_value
from landbalance.web.finance import charts
from landbalance.web.finance.answers import file_answer
from landbalance.web.finance.forms import QuestionForm
from landbalance.web.gate import UserRequest, page
from landbalance.web.jobs.views import about

KIND = "flows.count"
LOOKED_AT = 20


@page("finance.view")
@require_safe
def index(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Show what is needed, what there is and what is missing."""
    form = QuestionForm(request.GET or None)
    question, fault = form.question(), ""
    picture: Picture | None = None
    try:
        picture = _picture(request, workspace, question)
    except LandbalanceError as error:
        fault = spoken(error)
    context: dict[str, object] = {
        "form": form, "question": question, "fault": fault, "asked": request.GET.urlencode(),
        "batches": queries.batches(request.user, workspace)[:5],
        "by_target": money_by_target(request.user, workspace),
    }  # fmt: skip
    if picture is not None:
        context |= _shown(request, workspace, picture, form.growth_rate())
    elif not fault:
        context["job"] = _waiting(request, workspace, question)
    return render(request, "finance/index.html", context)


@page("finance.view")
@require_safe
def data(request: HttpRequest, workspace: Workspace, name: str) -> HttpResponse:
    """Hand out the data behind a chart."""
    form = QuestionForm(request.GET or None)
    table = _table(request, workspace, name, form)
    if table is None:
        raise NotFoundError("there is no table {name}", name=name, hint="choose one of the page")
    rows = [[cell_value(cell) for cell in row] for row in table.rows]
    text = sheet_csv([column.title for column in table.columns], rows)
    return file_answer(text.encode("utf-8-sig"), f"{workspace.slug}-{table.id}.csv", "text/csv; charset=utf-8")


@page("finance.view")
@require_POST
def count(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Let a worker count a large ledger."""
    form = QuestionForm(request.POST)
    options = {"question": asdict(form.question()), "stamp": ledger_stamp(workspace)}
    return redirect(ask_for_job(request.user, workspace, KIND, options))


@page("finance.view")
@require_POST
def chapter(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Let a worker write the chapter on finance in the reader's language."""
    form = QuestionForm(request.POST)
    options = {"question": asdict(form.question()), "stamp": ledger_stamp(workspace), "language": charts.reader().code}
    return redirect(ask_for_job(request.user, workspace, "flows.chapter", options))


@page("finance.view")
@require_safe
def counted(request: HttpRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show how far a count is; the overview shows the answer."""
    job = find_job(request.user, workspace, pk, KIND)
    return render(request, "finance/counted.html", {**about(request, job), "asked": _as_query(job)})


def _shown(request: HttpRequest, workspace: Workspace, picture: Picture, growth: float) -> dict[str, object]:
    """Return what the page shows of a picture."""
    plan, strategy = plan_of(request.user, workspace), strategy_of(request.user, workspace)
    found = gap_of(plan, picture, growth)
    subsidies = charts.chart_of_subsidies(subsidies_of(request.user, workspace))
    shown = [
        ("gap", None if found is None else charts.chart_of_gap(found, strategy)),
        ("sankey", charts.chart_of_bands(picture)),
        ("subsidies", subsidies),
    ]
    return {
        "picture": picture, "plan": plan, "gap": found, "growth": growth,
        "charts": [(name, chart) for name, chart in shown if chart is not None],
        "years": charts.table_of_years(picture),
    }  # fmt: skip


def _table(request: HttpRequest, workspace: Workspace, name: str, form: QuestionForm) -> Table | None:
    """Return the table behind a chart; None where there is none."""
    if name == "subsidies":
        chart = charts.chart_of_subsidies(subsidies_of(request.user, workspace))
        return chart.table if chart else None
    picture = _picture(request, workspace, form.question())
    if picture is None:
        return None
    if name == "years":
        return charts.table_of_years(picture)
    if name == "sankey":
        chart = charts.chart_of_bands(picture)
    elif name == "gap":
        found = gap_of(plan_of(request.user, workspace), picture, form.growth_rate())
        chart = charts.chart_of_gap(found, strategy_of(request.user, workspace)) if found else None
    else:
        chart = None
    return chart.table if chart else None


def _picture(request: HttpRequest, workspace: Workspace, question: Question) -> Picture | None:
    """Return the answer to a question: counted here when the ledger is small, else what a worker counted; or None."""
    if is_small(workspace):
        return take_picture(request.user, workspace, question)
    job = _latest(request, workspace, question, Status.FINISHED)
    return from_plain(job.answer["picture"]) if job else None


def _waiting(request: HttpRequest, workspace: Workspace, question: Question) -> Job | None:
    """Return the count that is on its way."""
    return _latest(request, workspace, question, Status.QUEUED, Status.RUNNING)


def _latest(request: HttpRequest, workspace: Workspace, question: Question, *statuses: str) -> Job | None:
    """Return the last count of the ledger as it stands."""
    asked = {**asdict(question), "years": list(question.years) if question.years else None}
    options = {"question": asked, "stamp": ledger_stamp(workspace)}
    rows = jobs_of(request.user, workspace, KIND).filter(status__in=statuses)[:LOOKED_AT]
    return next((job for job in rows if job.options == options), None)


def _as_query(job: Job) -> str:
    """Return a question as the address of the overview has it."""
    from urllib.parse import urlencode

    asked = job.options["question"]
    first, last = asked["years"] or (None, None)
    fields = {"perspective": asked["perspective"], "measure": asked["measure"], "first": first, "last": last}
    fields["constant"] = asked["constant_usd"]
    return urlencode({name: value for name, value in fields.items() if value is not None})
