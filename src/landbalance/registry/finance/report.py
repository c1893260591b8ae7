"""The chapter on finance of a country, as a page that needs nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landbalance.core.dated import dated_values
from landbalance.core.errors import InputError
from landbalance.finance.counting import RULES
from landbalance.finance.needs import Gap, gap, project_baseline
from landbalance.finance.strategy import residual
from landbalance.io.files import write_text
from landbalance.io.language import tongue
from landbalance.io.report_html import chapter_html
from landbalance.registry.finance.picture import OTHERS, Picture, Question, take_picture
from landbalance.registry.finance.plan import PlanOfRegister, plan_of
from landbalance.registry.finance.so5 import so5_of
from landbalance.registry.finance.strategy import strategy_of, subsidies_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.reporting.finance_chapter import FinanceFacts, finance_chapter

if TYPE_CHECKING:
    from landbalance.registry.access import Actor

CYCLE = (2020, 2023)


def gap_of(plan: PlanOfRegister, picture: Picture, growth: float) -> Gap | None:
    """Return need against money by year: the land money of the ledger's last year, growing; None without a plan.

    The same as `landbalance finance gap` on the same actions.
    """
    need = plan.need()
    if need is None:
        return None
    first = picture.years[-1].scaled if picture.years else 0.0
    return gap(need.years, need.total, project_baseline(first, growth, need.years))


def write_chapter(
    actor: "Actor",
    workspace: Workspace,
    path: Path,
    *,
    question: Question | None = None,
    so5_years: tuple[int, int] = CYCLE,
    language: str = "en",
) -> None:
    """Write the chapter as HTML.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    InputError, NotFoundError
        If a deflator is missing, the years run backwards, or reports do not come in the language.
    """
    words = tongue(language)
    facts = facts_of(actor, workspace, question or Question(), so5_years, words.translate("Others"))
    write_text(path, chapter_html(finance_chapter(facts, words), {}, (), words))


def facts_of(
    actor: "Actor", workspace: Workspace, question: Question, so5_years: tuple[int, int], others: str
) -> FinanceFacts:
    """Return what the chapter tells, by the use cases of pages and commands."""
    picture = take_picture(actor, workspace, question)
    found = gap_of(plan_of(actor, workspace), picture, 0.0)
    actions = [step.as_action() for step, _score, _money in strategy_of(actor, workspace).steps]
    return FinanceFacts(
        country=workspace.title,
        is_invented=workspace.is_invented,
        perspective=question.perspective,
        measure=question.measure,
        price_base=picture.price_base,
        coverage=picture.coverage,
        without_rate=picture.without_rate,
        years=[(str(e.year), e.amount, e.principal, e.significant, e.scaled) for e in picture.years],
        rules=[(RULES[each.rule], each.count, each.money) for each in picture.rules],
        bands=picture.frame().replace({OTHERS: others}),
        gap=found,
        left=residual(found.years, found.gap, actions) if found is not None and actions else None,
        subsidies=[each.entry.as_entry() for each in subsidies_of(actor, workspace)],
        so5=so5_of(actor, workspace, so5_years),
        parameters=dated_values("finance/parameters"),
    )


def question_of(asked: Mapping[str, Any]) -> Question:
    """Return a question that was kept as JSON.

    Raises
    ------
    InputError
        If it asks for no view there is.
    """
    if set(asked) - set(Question.__dataclass_fields__):
        raise InputError("there is no question {names}", names=", ".join(sorted(asked)), hint="ask on the page")
    return Question(**{**asked, "years": tuple(asked["years"]) if asked.get("years") else None})
