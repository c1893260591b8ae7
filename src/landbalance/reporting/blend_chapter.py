"""Blended money, carbon and cost curves as chapters: what was found in a few sentences, charts and tables."""

from collections.abc import Sequence

from landbalance.finance.carbon_case import CarbonCase
from landbalance.reporting.charts import Chart
from landbalance.reporting.section import Chapter, Section
from landbalance.reporting.tables import Column, Table
from landbalance.reporting.words import Tongue


def charts_chapter(
    title: str, subtitle: str, sentences: Sequence[str], charts: Sequence[Chart], tables: Sequence[Table], *,
    is_invented: bool,
) -> Chapter:  # fmt: skip
    """Return charts with their tables as a chapter of one section."""
    section = Section("finance", subtitle, tuple(sentences), tuple(charts),
                      tables=(*tables, *(chart.table for chart in charts)))  # fmt: skip
    return Chapter(title, subtitle, (section,), is_invented)


def gates_table(case: CarbonCase, tongue: Tongue) -> Table:
    """Return the questions of integrity and whether each is settled; they come before any revenue."""
    say = tongue.translate
    columns = (Column(say("Question of integrity")), Column(say("Settled")), Column(say("Why not")))
    rows = tuple(
        (say(gate.question), say("Yes") if gate.is_passed else say("No"), gate.why or tongue.dash)
        for gate in case.gates
    )
    return Table("gates", say("Integrity before revenue"), columns, rows)
