"""Tables of countries and regimes of one's own."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from landbalance.core.errors import NotFoundError
from landbalance.finance.desk import regime_names
from landbalance.finance.star_dials import dials_of
from landbalance.finance.star_table import StarRow
from landbalance.io.sent_tables import as_table
from landbalance.io.sheet import sheet_csv, sheet_xlsx
from landbalance.io.star_file import COLUMNS, country_cells
from landbalance.registry.records import find
from landbalance.registry.star import services
from landbalance.registry.star.models import StarRegime, StarTable
from landbalance.registry.star.queries import blank_rows, regimes_of, tables_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.reporting.star import country_name
from landbalance.web.finance.answers import XLSX, file_answer, read_apart
from landbalance.web.finance.charts import reader
from landbalance.web.gate import UserRequest, page
from landbalance.web.star.forms import COLUMN_WORDS, RegimeForm, TableForm
from landbalance.web.star.keeping import FORM, kept


@page("star.view")
@require_safe
def tables(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """List tables of countries and regimes of one's own."""
    context = {"tables": tables_of(request.user, workspace), "regimes": regimes_of(request.user, workspace),
               "bases": [name for name, _title in reversed(regime_names())]}  # fmt: skip
    return render(request, "star/tables.html", context)


@page("star.view")
@require_safe
def blank(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Hand out a table to be filled: countries with their group of this year; what is not public stays empty."""
    rows = blank_rows(workspace, timezone.localdate().year)
    filled = [[iso3, name, group, *([None] * (len(COLUMNS) - 2))] for iso3, name, group in rows]
    body = sheet_csv(("iso3", "name", *COLUMNS[1:]), filled)
    return file_answer(body.encode("utf-8-sig"), f"{workspace.slug}-star-countries.csv", "text/csv; charset=utf-8")


@page("star.edit")
@require_http_methods(FORM)
def new_table(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Send a table of countries."""
    return _table(request, StarTable(workspace=workspace), _("New table of countries"))


@page("star.view", write="star.edit")
@require_http_methods(FORM)
def table(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show a table of countries; change it, or put another file in its place."""
    found = find(StarTable, request.user, workspace=workspace, pk=pk)
    return _table(request, found, str(found))


@page("star.view")
@require_safe
def rows(request: HttpRequest, workspace: Workspace, pk: UUID, kind: str) -> HttpResponse:
    """Hand out the rows of a table, to be changed and sent again."""
    found = find(StarTable, request.user, workspace=workspace, pk=pk)
    cells, stem = country_cells(found.countries()), f"{workspace.slug}-star-countries"
    if kind == "csv":
        return file_answer(sheet_csv(COLUMNS, cells).encode("utf-8-sig"), f"{stem}.csv", "text/csv; charset=utf-8")
    if kind == "xlsx":
        return file_answer(sheet_xlsx("countries", COLUMNS, cells), f"{stem}.xlsx", XLSX)
    raise NotFoundError("there is no file {name}.{kind}", name="rows", kind=kind, hint="choose csv or xlsx")


@page("star.edit")
@require_http_methods(FORM)
def new_regime(request: UserRequest, workspace: Workspace) -> HttpResponse:
    """Fill a regime with values of one's own."""
    base = request.GET.get("base", "gef-9")
    dials_of(base)
    made = StarRegime(workspace=workspace, base=base, name=_("%(regime)s, filled") % {"regime": base.upper()})
    return _regime(request, made, _("Own values for %(regime)s") % {"regime": base.upper()})


@page("star.view", write="star.edit")
@require_http_methods(FORM)
def regime(request: UserRequest, workspace: Workspace, pk: UUID) -> HttpResponse:
    """Show a regime of one's own; change it."""
    found = find(StarRegime, request.user, workspace=workspace, pk=pk)
    return _regime(request, found, str(found))


def _table(request: UserRequest, found: StarTable, title: str) -> HttpResponse:
    """Show the form of a table; take its file over whole, or name every fault."""
    form = TableForm(request.POST or None, request.FILES or None, instance=found)

    def keep(*, reason: str, expected: int | None) -> None:
        rows = _rows_of(form.cleaned_data["file"])
        services.keep_table(request.user, found, rows=rows, reason=reason, expected=expected)

    return kept(request, form, keep, template="star/table_page.html", title=title, **_sheet(found))


def _sheet(found: StarTable) -> dict[str, Any]:
    """Return the rows of a table as its page shows them: columns, which are assumed, and cells by country."""
    given = [name for name in COLUMNS[1:] if any(row.get(name) not in (None, "") for row in found.rows)]
    return {
        "columns": [(name, COLUMN_WORDS.get(name, name), name in found.assumed) for name in given],
        "countries": [(country_name(row.iso3, reader()), [getattr(row, name) for name in given])
                      for row in found.countries()],
    }  # fmt: skip


def _rows_of(sent: Any) -> tuple[StarRow, ...] | None:
    """Return the rows of a file that was sent, read apart; None where none was."""
    if not sent:
        return None
    with read_apart(sent) as (taken, folder):
        return services.read_table(as_table(taken, folder), name=str(sent.name)[:80])


def _regime(request: UserRequest, found: StarRegime, title: str) -> HttpResponse:
    """Show the form of a regime; keep what it says."""
    form = RegimeForm(request.POST or None, instance=found)

    def keep(*, reason: str, expected: int | None) -> None:
        services.keep_regime(request.user, found, form.dials(), reason=reason, expected=expected)

    return kept(request, form, keep, template="star/regime.html", title=title)
