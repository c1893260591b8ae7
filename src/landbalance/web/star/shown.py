"""What the desk shows, by name: charts and tables in the reader's language, also handed out as files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext as _

from landbalance.core.errors import NotFoundError
from landbalance.io.star_products import table_csv, table_xlsx, tables_xlsx
from landbalance.registry.star.question import Answer
from landbalance.reporting.charts import Chart
from landbalance.reporting.star import (
    VARIANT_NAMES,
    country_name,
    groups_by_year,
    lorenz_chart,
    tornado_chart,
    variants_table,
    winners_chart,
    winners_sentence,
)
from landbalance.reporting.star_chapter import doubts, gini_sentence, rules_table
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.web.finance.answers import XLSX, file_answer
from landbalance.web.finance.charts import reader

JSON = "application/json"


@dataclass(frozen=True)
class Shown:
    """What a page shows of an answer."""

    answer: Answer
    winners: Chart
    tornado: Chart
    lorenz: Chart
    groups: Table
    variants: Table
    rules: Table
    sentences: tuple[str, ...]
    doubts: tuple[str, ...]

    @property
    def charts(self) -> tuple[tuple[str, Chart], ...]:
        """Return charts with their names in addresses."""
        return (("winners", self.winners), ("tornado", self.tornado), ("lorenz", self.lorenz))

    @property
    def tables(self) -> dict[str, Table]:
        """Return every table by its name in addresses."""
        found = {name: chart.table for name, chart in self.charts}
        return {**found, "groups": self.groups, "variants": self.variants, "rules": self.rules}


def shown(answer: Answer) -> Shown:
    """Return what a page shows of an answer."""
    words, chosen = reader(), answer.chosen
    others = answer.others if answer.others else ()
    return Shown(
        answer,
        winners_chart(answer.base, chosen, words),
        tornado_chart(answer.swings, words),
        lorenz_chart((answer.base, *others), words),
        groups_by_year(answer.groups, words),
        variants_table(answer.base, others, words),
        rules_table(answer.base.regime, words),
        (winners_sentence(answer.base, chosen, words), gini_sentence(answer.base, chosen, words)),
        doubts(answer.base, words),
    )


def beside(answers: Sequence[tuple[str, Answer]]) -> Table:
    """Return what each country would get in several scenarios."""
    words = reader()
    codes = list(dict.fromkeys(row.iso3 for _name, each in answers for row in each.base.countries))
    got = [
        dict(zip((row.iso3 for row in each.base.countries), each.chosen.allocation.amounts, strict=True))
        for _name, each in answers
    ]
    rows: list[tuple[Cell, ...]] = [(country_name(code, words), *(each.get(code) for each in got)) for code in codes]
    columns = (Column(_("Country")), *(Column(name, "USD million") for name, _answer in answers))
    return Table("star-scenarios", _("What each country would get"), columns, tuple(rows))


def traits(answers: Sequence[tuple[str, Answer]]) -> Table:
    """Return what tells several scenarios apart: rules, variant, inequality, shares of groups."""
    words = reader()
    sides = [each for _name, each in answers]
    said = [
        (_("Regime"), *(each.rules.title for each in sides)),
        (_("Countries"), *(str(each.table) if each.table else _("Example: five invented countries") for each in sides)),
        (_("Drought in the formula"), *(words.translate(VARIANT_NAMES[each.chosen.variant]) for each in sides)),
        (_("Envelope [USD million]"), *(words.number(each.base.regime.envelope, 1) for each in sides)),
        (_("Inequality (Gini)"), *(words.number(each.comparison.gini_variant, 3) for each in sides)),
        (_("Countries at their floor"), *(str(each.chosen.at_floor) for each in sides)),
    ]
    columns = (Column(_("What")), *(Column(name) for name, _answer in answers))
    return Table("star-traits", _("What tells them apart"), columns, tuple(said))


def download(found: Shown, name: str, kind: str, stem: str) -> HttpResponse:
    """Return a table of an answer as a file, or all of them as one workbook or one document.

    Raises
    ------
    NotFoundError
        If there is no such table, or no such kind of file.
    """
    if name == "all" and kind == "xlsx":
        return file_answer(tables_xlsx(found.tables, found.doubts), f"{stem}.xlsx", XLSX)
    if name == "all" and kind == "json":
        return file_answer(document(found).encode(), f"{stem}.json", JSON)
    table = found.tables.get(name)
    if table is None or kind not in ("csv", "xlsx"):
        raise NotFoundError("there is no file {name}.{kind}", name=name, kind=kind, hint="choose one of the page")
    return table_file(table, kind, f"{stem}-{name}")


def table_file(table: Table, kind: str, stem: str) -> HttpResponse:
    """Return a table as a file."""
    if kind == "xlsx":
        return file_answer(table_xlsx(table), f"{stem}.xlsx", XLSX)
    return file_answer(table_csv(table).encode("utf-8-sig"), f"{stem}.csv", "text/csv; charset=utf-8")


def document(found: Shown) -> str:
    """Return question, rules and allocations as JSON."""
    answer = found.answer
    said = {
        "what_if": list(found.doubts), "question": {**vars(answer.question), "dials": dict(answer.question.dials)},
        "dials": dict(answer.dials), "regime": answer.rules.title, "year": answer.year, "inputs": answer.inputs,
        "countries": [vars(row) for row in answer.base.countries],
        "allocations": {each.variant or "rules": vars(each.allocation) for each in (answer.base, *answer.others)},
        "groups": {year: dict(each.groups) for year, each in answer.groups.items()},
        "gini": [answer.comparison.gini_base, answer.comparison.gini_variant],
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False, indent=1, default=str)
