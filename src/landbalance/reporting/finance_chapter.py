"""The chapter on finance: need, money and gap, from funder to use, subsidies, objective 5, and how it was counted."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from landbalance.core.dated import Dated
from landbalance.finance.needs import Gap
from landbalance.finance.so5 import So5Report
from landbalance.finance.subsidy import Subsidy
from landbalance.reporting.charts import Chart
from landbalance.reporting.finance import finance_text, gap_chart, sankey_chart, subsidy_chart, years_table
from landbalance.reporting.section import Chapter, Section
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import Tongue, mark

GAP_TEXT = mark("{gap} million US dollars are missing from {first} to {last}: {share} of the need.")
NO_GAP = mark("The money there is covers the need of every year from {first} to {last}.")
NO_NEED = mark("The need is unknown: no action has hectares, years and a cost.")
NO_RATE = mark("{count} transactions have no exchange rate and are not counted.")
UNVERIFIED = mark("Values that no outside authority was read for: {names}.")
VIEWS = {
    "provider": mark("What funders gave"),
    "recipient": mark("What entered the system of the country"),
    "final-use": mark("What was spent in the end"),
}
MEASURES = {"disbursement": mark("paid out"), "commitment": mark("committed")}


@dataclass(frozen=True)
class FinanceFacts:
    """What the chapter tells.

    Parameters
    ----------
    years : sequence of tuple
        Year as text, all money, land as principal and as significant purpose, land scaled [USD].
    rules : sequence of tuple
        Why transactions were left out, how many, and their money [USD].
    left : sequence of float or None
        The gap that stays open after the strategy, where there is one.
    bands : DataFrame
        Money from funder over source to use, with `amount`.
    parameters : mapping of str to Dated
        What the counting rests on.
    """

    country: str
    is_invented: bool
    perspective: str
    measure: str
    price_base: str
    coverage: float | None
    without_rate: int
    years: Sequence[tuple[str, float, float, float, float]]
    rules: Sequence[tuple[str, int, float]]
    bands: pd.DataFrame
    gap: Gap | None
    left: Sequence[float] | None
    subsidies: Sequence[Subsidy]
    so5: So5Report
    parameters: Mapping[str, Dated]


def finance_chapter(facts: FinanceFacts, tongue: Tongue) -> Chapter:
    """Return the chapter on finance."""
    say = tongue.translate
    view = f"{say(VIEWS[facts.perspective])}, {say(MEASURES[facts.measure])}, {facts.price_base}"
    sections = [_money(facts, view, tongue), _need(facts, tongue)]
    if facts.subsidies:
        sections.append(_section("subsidies", subsidy_chart(facts.subsidies, tongue), ()))
    sections += [_objective(facts.so5, tongue), _method(facts, tongue)]
    warnings = (tongue.say(NO_RATE, count=facts.without_rate),) if facts.without_rate else ()
    return Chapter(facts.country, say("Finance for land"), tuple(sections), facts.is_invented, warnings)


def _money(facts: FinanceFacts, view: str, tongue: Tongue) -> Section:
    """Return the money there is: in words, by year, from funder to use, and what was left out."""
    say = tongue.translate
    principal, significant = math.fsum(row[2] for row in facts.years), math.fsum(row[3] for row in facts.years)
    scaled = math.fsum(row[4] for row in facts.years)
    sentences = finance_text(scaled, (principal, significant), facts.coverage, view, tongue)
    columns = (Column(say("Why")), Column(say("Transactions"), "count"), Column(say("Amount"), "USD"))
    rows: tuple[tuple[Cell, ...], ...] = tuple((say(why), count, money) for why, count, money in facts.rules)
    left_out = (Table("finance-left-out", say("Not counted, and why"), columns, rows),) if rows else ()
    charts = () if facts.bands.empty else (sankey_chart(facts.bands, tongue),)
    tables = (years_table(facts.years, tongue), *(chart.table for chart in charts), *left_out)
    return Section("money", say("Money there is"), sentences, charts=charts, tables=tables)


def _need(facts: FinanceFacts, tongue: Tongue) -> Section:
    """Return need against money."""
    say, found = tongue.translate, facts.gap
    if found is None:
        return Section("gap", say("Need and gap"), (say(NO_NEED),))
    first, last = found.years[0], found.years[-1]
    text = NO_GAP if not found.total else GAP_TEXT
    said = tongue.say(
        text,
        first=first,
        last=last,
        gap=tongue.number(found.total / 1e6, 1),
        share=tongue.share(found.share_of_need, 0),
    )
    return _section("gap", gap_chart(found, facts.left, tongue), (said,))


def _objective(report: So5Report, tongue: Tongue) -> Section:
    """Return the yearly sums of strategic objective 5 with their trends."""
    say = tongue.translate
    columns = (Column(say("Heading")), *(Column(str(year), "USD") for year in report.years), Column(say("Trend")))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (str(name), *(float(value) for value in report.summary[name]), say(report.trends[str(name)]))
        for name in report.summary.columns
    )
    title = say("Strategic objective 5")
    return Section("so5", title, (), tables=(Table("SO5", title, columns, rows),))


def _method(facts: FinanceFacts, tongue: Tongue) -> Section:
    """Return how it was counted: the note on method, and what is unverified."""
    say = tongue.translate
    note = vars(facts.so5.method)
    columns = (Column(say("What")), Column(say("How")))
    table = Table("finance-method", say("Note on method"), columns, tuple((name, text) for name, text in note.items()))
    doubtful = sorted(each.name for each in facts.parameters.values() if each.is_unverified)
    said = (tongue.say(UNVERIFIED, names=", ".join(doubtful)),) if doubtful else ()
    return Section("method", say("How it was counted"), said, tables=(table,))


def _section(name: str, chart: Chart, sentences: tuple[str, ...]) -> Section:
    """Return a section with one chart and its table."""
    return Section(name, chart.title, sentences, charts=(chart,), tables=(chart.table,))
