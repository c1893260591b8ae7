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

from landbalance.core.errors import InputError, LandbalanceError
from landbalance.finance.desk import drought_weight
from landbalance.finance.star_dials import dials_of, open_tables
from landbalance.registry.star.queries import regimes_of, scenarios_of, shapes_of, tables_of
from landbalance.registry.star.question import Answer, Question, ask, rules_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.reporting.star import SHADES, country_name, shade_of, signed
from landbalance.reporting.star_chapter import VALUE_NAMES
from landbalance.web.finance.charts import reader
from landbalance.web.gate import page
from landbalance.web.site.spoken import spoken
from landbalance.web.star.forms import DeskForm, as_fields, query_of
from landbalance.web.star.shown import download, shown

EXAMPLE = Question(dials={"envelope": 20.0, "ceiling": 0.4})
EXPONENTS = ("performance_exponent", "benefits_exponent", "income_exponent")
GROUPS = (
    ("weights", gettext_lazy("Weights"), ("degraded", "dryland", "people", "weight", "normaliser")),
    ("money", gettext_lazy("Money and bounds"), ("envelope", "ceiling", "floor_ldc", "floor_sids", "floor_other")),
    ("totals", gettext_lazy("Floors on all focal areas"), ("total_ldc", "total_sids", "total_other")),
    ("formula", gettext_lazy("Formula and assumptions"), (*EXPONENTS, "performance", "year")),
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
    """Return what an address asks of the desk, or a question that is kept."""
    tables, regimes = list(tables_of(request.user, workspace)), list(regimes_of(request.user, workspace))
    if question is None and request.GET:
        form = DeskForm(tables, regimes, request.GET)
        if not form.is_valid():
            return Asked(form, Question(), fault=_("Some values make no sense."))
        question = form.question()
    elif question is None:
        question = Question(table=str(tables[0].pk), regime="gef-8") if tables else EXAMPLE
    answer, fault, missing = None, "", cast("tuple[str, ...]", ())
    rules = rules_of(request.user, workspace, question.regime)
    dials: Mapping[str, Any] = {**dials_of(rules.base, rules.own), **question.dials}
    try:
        missing = open_tables(rules.base, rules.own)
        answer = ask(request.user, workspace, question) if not missing else None
        dials = answer.dials if answer else dials
    except LandbalanceError as error:
        fault = spoken(error)
    fields = as_fields(question, {name: value for name, value in dials.items() if name in DeskForm.base_fields})
    if fields["weight"] is None and question.variant:
        fields["weight"] = round(drought_weight(question.variant) * 100, 6)
    if fields["year"] is None and answer:
        fields["year"] = answer.year
    names = tuple(reader().translate(VALUE_NAMES[name]) for name in missing)
    return Asked(DeskForm(tables, regimes, initial=fields), question, answer, fault, names)


def _answer(request: HttpRequest, workspace: Workspace) -> Answer:
    """Return the answer to what an address asks.

    Raises
    ------
    InputError
        If there is none.
    """
    asked = asked_of(request, workspace)
    if asked.answer is None:
        raise InputError("{why}", why=asked.fault or ", ".join(asked.open), hint="go back to the desk")
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
