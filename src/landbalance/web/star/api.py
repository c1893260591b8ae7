"""The STAR desk for programs: what is kept, and what the desk says; always a what-if."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from landbalance.finance.star_dials import DIALS
from landbalance.registry.records import find
from landbalance.registry.star.models import StarProject, StarRegime, StarScenario, StarTable, StarUse
from landbalance.registry.star.queries import question_of
from landbalance.registry.star.question import Answer, Question, ask
from landbalance.reporting.star_chapter import doubts
from landbalance.reporting.words import Tongue
from landbalance.web.api.answers import answer as answered
from landbalance.web.api.answers import written
from landbalance.web.api.door import enter
from landbalance.web.api.records import records_router
from landbalance.web.api.schemas import PROBLEMS, RecordOut

VIEW = "star.view"
Share = Annotated[float | None, Field(ge=0, le=1)]
Amount = Annotated[float | None, Field(ge=0, le=1e9)]
Variant = Literal["", "drought-additive", "drought-unexposed", "drought-multiplicative", "drought-factor"]


class StarTableOut(RecordOut):
    """A table of countries; what is not among the public columns is an assumption."""

    name: str
    source: str
    public: list[str]
    assumed: list[str]
    rows: list[dict[str, Any]]


class StarRegimeOut(RecordOut):
    """A regime of one's own; values in the form of the package's regimes."""

    name: str
    base: str
    source: str
    values: dict[str, Any]


class StarScenarioOut(RecordOut):
    """A question to the desk that was kept."""

    name: str
    text: str
    question: dict[str, Any]
    inputs: dict[str, Any]


class StarUseOut(RecordOut):
    """The allocation of a country [USD million]."""

    iso3: str
    regime: str
    land: float
    biodiversity: float
    climate: float
    deadline: date | None
    source: str


class StarProjectOut(RecordOut):
    """A project that draws on an allocation [USD million]."""

    use_id: Any
    title: str
    area: str
    grant: float
    preparation: float
    fee_share: float | None
    incentive: float | None


class StarCountryOut(Schema):
    """What one country would get [USD million]; its benefits index, and the bound it stands at."""

    iso3: str
    group: str
    benefits: float
    rules: float
    variant: float
    change: float
    change_share: float | None
    pin_rules: str
    pin_variant: str
    is_performance_assumed: bool


class StarOut(Schema):
    """A what-if: never the allocation."""

    what_if: list[str]
    regime: str
    variant: str
    year: int | None
    envelope: float
    gini_rules: float
    gini_variant: float
    groups: dict[str, dict[str, list[float]]]
    countries: list[StarCountryOut]


class StarQuestion(Schema):
    """What is asked of the desk; what is left out stands as the regime says."""

    table: Annotated[str, Field(max_length=40, description="Id of a table; empty for the invented example.")] = ""
    regime: Annotated[str, Field(max_length=40, description="Id of a regime.")] = "gef-8"
    variant: Variant = "drought-additive"
    weight: Share = None
    performance: Annotated[float | None, Field(ge=1, le=6)] = None
    year: Annotated[int | None, Field(ge=1990, le=2060)] = None
    envelope: Annotated[float | None, Field(gt=0, le=1e9)] = None
    ceiling: Share = None
    income_exponent: Annotated[float | None, Field(ge=-10, le=10)] = None
    degraded: Share = None
    dryland: Share = None
    people: Share = None
    floor_ldc: Amount = None
    floor_sids: Amount = None
    floor_other: Amount = None


ASKED: Any = Query(...)  # type: ignore[type-arg]
router = Router(tags=["star"])
for model, out, name in (
    (StarTable, StarTableOut, "star-tables"),
    (StarRegime, StarRegimeOut, "star-regimes"),
    (StarScenario, StarScenarioOut, "star-scenarios"),
    (StarUse, StarUseOut, "star-uses"),
    (StarProject, StarProjectOut, "star-projects"),
):
    router.add_router("", records_router(model, out, name=name, view=VIEW, code="pk"))


@router.get("/workspaces/{slug:workspace}/star", response={200: StarOut, **PROBLEMS}, url_name="star_desk")
def read_desk(request: HttpRequest, workspace: str, asked: StarQuestion = ASKED) -> HttpResponse:
    """Ask the desk: what each country would get, by the rules and with drought in them."""
    seen, said = enter(request, workspace, VIEW), asked.model_dump(exclude_none=True)
    dials = {name: value for name, value in said.items() if name in DIALS}
    question = Question(**{name: value for name, value in said.items() if name not in DIALS}, dials=dials)
    return _given(request, ask(request.user, seen, question))


@router.get(
    "/workspaces/{slug:workspace}/star-scenarios/{str:code}/result",
    response={200: StarOut, **PROBLEMS},
    url_name="star_result",
)
def read_result(request: HttpRequest, workspace: str, code: str) -> HttpResponse:
    """Read what the desk says to a scenario now."""
    seen = enter(request, workspace, VIEW)
    scenario = find(StarScenario, request.user, workspace=seen, pk=code)
    return _given(request, ask(request.user, seen, question_of(scenario)))


def _given(request: HttpRequest, found: Answer) -> HttpResponse:
    """Return an answer of the desk."""
    base, other, shift = found.base, found.chosen, found.comparison
    rows = [
        StarCountryOut(
            iso3=row.iso3, group=row.group, benefits=base.benefits[place], rules=base.allocation.amounts[place],
            variant=other.allocation.amounts[place], change=shift.change[place],
            change_share=shift.change_share[place], pin_rules=base.allocation.pins[place],
            pin_variant=other.allocation.pins[place], is_performance_assumed=row.is_assumed,
        )
        for place, row in enumerate(base.countries)
    ]  # fmt: skip
    said = StarOut(
        what_if=list(doubts(base, Tongue())), regime=found.rules.title, variant=other.variant, year=found.year,
        envelope=base.regime.envelope, gini_rules=shift.gini_base, gini_variant=shift.gini_variant, countries=rows,
        groups={str(year): {name: list(shares) for name, shares in each.groups.items()}
                for year, each in found.groups.items()},
    )  # fmt: skip
    return answered(request, written(said.model_dump(mode="json")), "json")
