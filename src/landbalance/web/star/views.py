"""The desk: choose countries and rules, move the dials, see who gains and who loses; as page, data and map."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from landbalance.core.errors import LandbalanceError, NotFoundError
from landbalance.finance.desk import drought_weight
from landbalance.finance.star_dials import dials_of, open_tables
from landbalance.registry.spoken import spoken
from landbalance.registry.star.models import StarTable
from landbalance.registry.star.queries import regimes_of, scenarios_of, shapes_of, tables_of
from landbalance.registry.star.question import Answer, Question, ask, rules_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.reporting.star import SHADES, country_name, shade_of, signed
from landbalance.reporting.star_chapter import VALUE_NAMES
from landbalance.web.finance.charts import reader
from landbalance.web.gate import page
from landbalance.web.star.forms import DeskForm, as_fields, query_of
from landbalance.web.star.shown import download, shown

LATEST = "gef-8"
EXAMPLE = Question(dials={"envelope": 20.0, "ceiling": 0.4})
EXPONENTS = ("performance_exponent", "benefits_exponent", "income_exponent")
GROUPS = (
    ("weights", gettext_lazy("Weights"), ("degraded", "dryland", "people", "weight")),
    ("money", gettext_lazy("Money and bounds"), ("envelope", "ceiling", "floor_ldc", "floor_sids", "floor_other")),
    ("totals", gettext_lazy("Floors on all focal areas"), ("total_ldc", "total_sids", "total_other")),
    ("formula", gettext_lazy("Formula and assumptions"), ("normaliser", *EXPONENTS, "performance", "year")),
)


@dataclass(frozen=True)
class Asked:
    """What came of a question: the form to show, and the answer or why there is none."""

    form: DeskForm
    question: Question
    answer: Answer | None = None
    fault: str = ""
    open: tuple[str, ...] = ()

    @property
    def query(self) -> str:
        """Return the question as it stands in an address."""
        return query_of(self.question)


@page("star.view")
@require_safe
def desk(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Show the desk; a script that asks for the result alone gets that."""
    asked = asked_of(request, workspace)
    context: dict[str, Any] = {
        "asked": asked, "shown": shown(asked.answer) if asked.answer else None,
        "has_map": bool(asked.answer and _codes(asked.answer)),
    }  # fmt: skip
    is_part = request.headers.get("HX-Target") == "result"
    if not is_part:
        context |= {"groups": _grouped(asked.form), "scenarios": scenarios_of(request.user, workspace)[:5]}
    answer = render(request, "star/result.html" if is_part else "star/desk.html", context)
    patch_vary_headers(answer, ["HX-Target"])
    return answer


@page("star.view")
@require_safe
def data(request: HttpRequest, workspace: Workspace, name: str, kind: str) -> HttpResponse:
    """Hand out a table of the desk, or all of it."""
    return download(shown(_answer(request, workspace)), name, kind, f"{workspace.slug}-star-what-if")


@page("star.view")
@require_safe
def land(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Show winners and losers on the boundaries that are known."""
    asked = asked_of(request, workspace)
    known = _known(request, asked.answer) if asked.answer else {}
    missing = (
        [country_name(code, reader()) for code in _codes(asked.answer) if code not in known] if asked.answer else []
    )
    context = {"asked": asked, "shown": shown(asked.answer) if asked.answer else None, "known": known,
               "missing": missing}  # fmt: skip
    return render(request, "star/map.html", context)


@page("star.view")
@require_safe
def shapes(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Return the countries with a boundary, each with its colour and its sentence, as GeoJSON."""
    answer, words = _answer(request, workspace), reader()
    found, known = answer.comparison, _known(request, answer)
    features = []
    for row, change, ratio in zip(answer.base.countries, found.change, found.change_share, strict=True):
        text = signed(ratio, lambda value: words.percent(value, 1), words.dash)
        said = {"name": row.iso3, "text": f"{country_name(row.iso3, words)}: {text}",
                "fill": SHADES[shade_of(change, ratio)]}  # fmt: skip
        features += [{"type": "Feature", "properties": said, "geometry": each} for each in known.get(row.iso3, ())]
    return JsonResponse({"type": "FeatureCollection", "features": features})


def asked_of(request: HttpRequest, workspace: Workspace, question: Question | None = None) -> Asked:
    """Return what an address asks of the desk, or what comes of a question that is kept."""
    tables, regimes = list(tables_of(request.user, workspace)), list(regimes_of(request.user, workspace))
    if question is None and request.GET:
        form = DeskForm(tables, regimes, request.GET)
        if not form.is_valid():
            return Asked(form, Question(), fault=_("Some values make no sense."))
        question = form.question()
    question = question or (_first(tables[0]) if tables else EXAMPLE)
    answer, missing, fault, dials = None, cast("tuple[str, ...]", ()), "", question.dials
    try:
        rules = rules_of(request.user, workspace, question.regime)
        dials = {**dials_of(rules.base, rules.own), **question.dials}
        missing = open_tables(rules.base, rules.own)
        answer = None if missing else ask(request.user, workspace, question)
    except LandbalanceError as error:
        fault = spoken(error)
    names = tuple(reader().translate(VALUE_NAMES[name]) for name in missing)
    shown_dials = answer.dials if answer else dials
    return Asked(
        DeskForm(tables, regimes, initial=_fields(question, shown_dials, answer)), question, answer, fault, names
    )


def _first(table: StarTable) -> Question:
    """Return what is asked of a table unless told otherwise; few countries cannot keep the ceiling of many."""
    ceiling, fewest = float(dials_of(LATEST)["ceiling"]), len(table.rows)
    dials = {"ceiling": round(min(1.0, 2.0 / fewest), 2)} if fewest * ceiling < 1 else {}
    return Question(table=str(table.pk), regime=LATEST, dials=dials)


def _fields(question: Question, dials: Mapping[str, Any], answer: Answer | None) -> dict[str, Any]:
    """Return every field of the form as the desk applied it."""
    fields = as_fields(question, {name: value for name, value in dials.items() if name in DeskForm.base_fields})
    if fields["weight"] is None and question.variant:
        fields["weight"] = round(drought_weight(question.variant) * 100)
    if fields["year"] is None and answer:
        fields["year"] = answer.year
    return fields


def _answer(request: HttpRequest, workspace: Workspace) -> Answer:
    """Return the answer to what an address asks.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    asked = asked_of(request, workspace)
    if asked.answer is None:
        raise NotFoundError("the desk has no answer to this", hint="go back to the desk, which says why")
    return asked.answer


def _codes(answer: Answer) -> list[str]:
    """Return the codes of real countries of an answer."""
    return [row.iso3 for row in answer.base.countries] if answer.table else []


def _known(request: HttpRequest, answer: Answer) -> dict[str, list[Any]]:
    """Return the boundaries that are known of the countries of an answer."""
    return shapes_of(request.user, _codes(answer))


def _grouped(form: DeskForm) -> list[tuple[str, str, list[Any]]]:
    """Return the dials of a form by what they are about."""
    return [(key, str(title), [form[name] for name in names]) for key, title, names in GROUPS]
