"""The desk of a project in the browser: its inputs as sliders, what is moved, and the figures that follow."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from landbalance.core.tables import toml_table
from landbalance.finance.appraisal import npv
from landbalance.finance.cash_table import Appraisal, View
from landbalance.finance.risk import Outcome
from landbalance.io.language import LANGUAGES, tongue
from landbalance.io.project_changes import Changes, changed
from landbalance.io.project_desk import Crossed, crossed, doubts_of, inputs_of, swings, worth_of
from landbalance.io.project_file import PathTable, Project, project_of
from landbalance.registry.projects.models import Project as Kept
from landbalance.registry.projects.models import ProjectScenario
from landbalance.registry.projects.queries import find_scenario
from landbalance.reporting.charts import Chart
from landbalance.reporting.project_charts import flows_chart, outcome_chart, swings_chart
from landbalance.reporting.words import Tongue
from landbalance.web.projects.templatetags.projects import rate_of, years_long
from landbalance.web.site.templatetags.numbers import number, share

DRAWS, MOST_DRAWS, SEED = 20_000, 100_000, 1
SAME = 1e-6
PERCENT, FACTOR, PLAIN = "percent", "factor", "plain"
VIEWS: tuple[View, ...] = ("financial", "economic")
LINES = "f"  # what the names of sliders of lines begin with
WORTH = ("rate", "yearly_loss", "drought_share", LINES)  # what moves the worth
MONEY = ("attachment", "exit", "carbon_price", "loan_rate")  # what moves cover, carbon and loan


@dataclass(frozen=True)
class Slider:
    """An input that can be moved: where it stands, what the file says, and how far it goes."""

    key: str
    label: str
    base: float
    low: float
    high: float
    style: str
    value: float

    @property
    def is_moved(self) -> bool:
        """Return whether it stands elsewhere than the file says."""
        return abs(self.value - self.base) > SAME * max(1.0, abs(self.base))

    @property
    def text(self) -> str:
        """Return where it stands, for people."""
        return share(self.value) if self.style == PERCENT else number(self.value, 2)


@dataclass(frozen=True)
class Desk:
    """A project on the desk: as its file says, as it is moved, and the sliders between the two."""

    record: Kept
    base: Project
    moved: Project
    changes: Changes
    sliders: tuple[Slider, ...]
    scenario: ProjectScenario | None

    @property
    def is_moved(self) -> bool:
        """Return whether anything is moved."""
        return not self.changes.is_empty

    @property
    def currency(self) -> str:
        """Return the currency of the project."""
        return self.base.about.currency


def desk_of(request: HttpRequest, record: Kept, *keys: str) -> Desk:
    """Return the desk as a request moves it.

    Parameters
    ----------
    keys : str
        Sliders that the page shows; all of them when none is named.

    Raises
    ------
    NotFoundError
        If the request names a scenario that is none.
    InputError
        If a scenario moves an input the project does not have any more.
    """
    base = record.opened()
    wanted = request.GET.get("scenario", "")
    scenario = find_scenario(request.user, record, wanted) if wanted else None
    known = scenario.as_changes() if scenario is not None else Changes()
    sliders = tuple(each for each in _sliders(base, known, request.GET) if not keys or each.key.startswith(keys))
    changes = _changes(base, sliders) if any(each.key in request.GET for each in sliders) else known
    moved = base if changes.is_empty else project_of(changed(base, changes), record.loss)
    return Desk(record, base, moved, changes, sliders, scenario)


def reader() -> Tongue:
    """Return the language of the reader, as reports speak it."""
    code = (get_language() or "en").split("-")[0]
    return tongue(code if code in LANGUAGES else "en")


def appraisal(desk: Desk, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return the figures of the page of the appraisal.

    Raises
    ------
    InputError, RuleError
        If the project cannot be appraised yet.
    """
    worth = {view: worth_of(desk.moved, view) for view in VIEWS}
    shown = [(_("Financial"), worth["financial"]), (_("Economic"), worth["economic"])]
    if desk.is_moved:
        shown += [(_("As the file says: financial"), worth_of(desk.base, "financial")),
                  (_("As the file says: economic"), worth_of(desk.base, "economic"))]  # fmt: skip
    names = sorted({name for _title, each in shown for name in each.by_stakeholder})
    rates = toml_table("finance/checklists")["discount"]["rates"]
    return {
        "heads": [title for title, _worth in shown],
        "metrics": [(label, [say(each) for _title, each in shown]) for label, say in metrics()],
        "stakeholders": [(name, [each.by_stakeholder.get(name) for _title, each in shown]) for name in names],
        "rates": [(rate, [npv(each.flows, rate) for _title, each in shown]) for rate in rates],
        "worth": worth["financial"],
        "warnings": worth["economic"].warnings,
        "doubts": list(dict.fromkeys(doubt for view in VIEWS for doubt in doubts_of(worth[view]))),
        "grid": _grid(desk.moved, asked),
        "inputs": list(inputs_of(desk.moved)),
    }


def charts_of(desk: Desk, outcome: Outcome | None) -> dict[str, Chart]:
    """Return the charts of the appraisal by name; that of the draws only where there are some."""
    say, worth = reader(), worth_of(desk.moved, "financial")
    found = {"flows": flows_chart(worth, desk.currency, say)}
    found["swings"] = swings_chart(swings(desk.moved), worth.npv, desk.currency, say)
    if outcome is not None:
        found["draws"] = outcome_chart(outcome, desk.currency, say)
    return found


def draws_asked(asked: Mapping[str, str]) -> int:
    """Return how many draws are asked for: few at once, many on request."""
    return MOST_DRAWS if asked.get("draws") == str(MOST_DRAWS) else DRAWS


def metrics() -> Iterator[tuple[str, Callable[[Appraisal], str]]]:
    """Yield what is asked of an appraisal: label, and the figure as text."""
    yield _("Net present value"), lambda each: number(each.npv)
    yield _("Internal rate of return"), lambda each: rate_of(each.irr)
    yield _("Modified rate of return"), lambda each: share(each.mirr)
    yield _("Benefits over costs"), lambda each: number(each.bcr, 2)
    yield _("Paid back after"), lambda each: years_long(each.payback.simple)
    yield _("Paid back after, discounted"), lambda each: years_long(each.payback.discounted)
    yield _("Worth a year"), lambda each: number(each.eanb)
    yield _("Present costs of a hectare"), lambda each: number(each.cost_per_ha)
    yield (
        _("Worth nothing if benefits change by"),
        lambda each: share(each.switching.benefits if each.switching else None),
    )
    yield _("Worth nothing if costs change by"), lambda each: share(each.switching.costs if each.switching else None)
    yield _("Carbon in the benefits"), lambda each: share(each.carbon_share)


def _grid(opened: Project, asked: Mapping[str, str]) -> Crossed | None:
    """Return the worth over two inputs, those that move it most where none are asked for."""
    names = [name for name, _low, _high in swings(opened)]
    across, down = asked.get("across", ""), asked.get("down", "")
    if len(names) < 2:
        return None
    if across not in names or down not in names or across == down:
        across, down = names[:2]
    return crossed(opened, across, down)


def _sliders(base: Project, known: Changes, asked: Mapping[str, str]) -> Iterator[Slider]:
    """Yield the sliders of a project, each where the request or the scenario puts it."""
    for key, label, stands, low, high, style in _inputs(base):
        place = _kept(base, known, key)
        place = stands if place is None else place
        reach = (min(low, stands, place), max(high, stands, place))
        given = _number(asked.get(key))
        value = place if given is None else min(max(given, reach[0]), reach[1])
        yield Slider(key, label, stands, *reach, style, value)


def _inputs(base: Project) -> Iterator[tuple[str, str, float, float, float, str]]:
    """Yield the inputs of a project: key, label, what the file says, lowest, highest, style."""
    form = base.form
    yield "rate", _("Discount rate"), base.about.rate, 0.0, 0.2, PERCENT
    losses = [path.yearly_loss for row in form.line if row.kind == "benefit"
              and isinstance(path := row.without_project, PathTable)]  # fmt: skip
    if losses:
        stands = [each or 0.0 for each in losses]
        yield "yearly_loss", _("Yearly loss without the project"), sum(stands) / len(stands), 0.0, 0.1, PERCENT
    yield "drought_share", _("Share of years with drought"), base.about.drought_share, 0.0, 0.6, PERCENT
    for place, (name, each) in enumerate(inputs_of(base).items()):
        yield f"{LINES}{place}", name, 1.0, min(each.low, 0.5), min(max(each.high, 1.5), 10.0), FACTOR
    cover = form.cover
    if cover is not None and cover.form == "index" and cover.attachment is not None and cover.exit is not None:
        yield "attachment", _("Index at which the cover begins"), cover.attachment, -3.0, 0.0, PLAIN
        yield "exit", _("Index at which it pays all"), cover.exit, -4.0, -0.5, PLAIN
    if form.carbon is not None:
        yield "carbon_price", _("Price of a tonne of carbon"), form.carbon.price, 0.0, 60.0, PLAIN
    if form.debt is not None:
        yield "loan_rate", _("Rate of the loan"), form.debt.rate, 0.0, 0.25, PERCENT


def _kept(base: Project, known: Changes, key: str) -> float | None:
    """Return where a scenario puts an input; None where it does not move it."""
    if not key.startswith(LINES) or not key[1:].isdigit():
        return getattr(known, key)  # type: ignore[no-any-return]
    return known.factors.get(list(inputs_of(base))[int(key[1:])])


def _changes(base: Project, sliders: tuple[Slider, ...]) -> Changes:
    """Return what the sliders move."""
    moved = {each.key: round(each.value, 4) for each in sliders if each.is_moved}
    names = list(inputs_of(base))
    lines = {key for key in moved if key.startswith(LINES) and key[1:].isdigit()}
    factors = {names[int(key[1:])]: moved[key] for key in lines}
    return Changes(**{key: value for key, value in moved.items() if key not in lines}, factors=factors)


def _number(text: str | None) -> float | None:
    """Return a number; None where there is none."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None
