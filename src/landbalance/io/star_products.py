"""A what-if of STAR as files: the whole page, or a chart as picture, specification or table."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import xlsxwriter

from landbalance.core.errors import InputError, SourceError
from landbalance.finance.desk import VARIANTS, Result, share_out
from landbalance.finance.star import Swing
from landbalance.finance.star_sensitivity import sensitivity
from landbalance.io.charts import chart_svgs
from landbalance.io.files import write_bytes, write_text
from landbalance.io.language import tongue
from landbalance.io.report_html import chapter_html
from landbalance.io.sheet import sheet_csv, sheet_xlsx
from landbalance.io.so5_workbook import OPTIONS
from landbalance.reporting.charts import Chart
from landbalance.reporting.section import Chapter
from landbalance.reporting.star import tornado_chart, winners_chart
from landbalance.reporting.star_chapter import star_chapter
from landbalance.reporting.tables import Table, cell_value
from landbalance.reporting.words import Tongue


def write_winners(path: Path, base: Result, other: Result, weight: float | None, language: str) -> None:
    """Write who gains and loses by a variant, as the ending of the file says.

    Parameters
    ----------
    weight : float or None
        Of drought in the variant; its default when None.

    Raises
    ------
    InputError
        If nothing is written with such an ending.
    NotFoundError
        If there is no such language.
    """
    words = tongue(language)

    def chapter() -> Chapter:
        swings = sensitivity(base.regime, base.countries, variant=other.variant, weight=weight)
        return star_chapter(base, (other, *_others(base, other)), swings, words)

    _write(path, winners_chart(base, other, words), chapter, words)


def write_tornado(path: Path, base: Result, swings: Sequence[Swing], language: str) -> None:
    """Write what weights and exponents move; as `write_winners`."""
    words = tongue(language)
    rules = base if not base.variant else share_out(base.regime, base.countries)

    def chapter() -> Chapter:
        return star_chapter(rules, (base, *_others(rules, base)), swings, words)

    _write(path, tornado_chart(swings, words), chapter, words)


def table_csv(table: Table) -> str:
    """Return a table as CSV, its headings with their units."""
    return sheet_csv(_heads(table), _cells(table))


def table_xlsx(table: Table) -> bytes:
    """Return a table as a workbook, its headings with their units."""
    return sheet_xlsx(table.id, _heads(table), _cells(table))


def tables_xlsx(tables: Mapping[str, Table], notes: Sequence[str]) -> bytes:
    """Return tables as a workbook of values, a sheet for each; what a reader must know comes first."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        bold = book.add_format({"bold": True})
        book.add_worksheet("notes").write_column(0, 0, list(notes))
        for name, table in tables.items():
            sheet = book.add_worksheet(name[:31])
            sheet.freeze_panes(1, 1)
            sheet.write_row(0, 0, _heads(table), bold)
            for number, row in enumerate(_cells(table), start=1):
                for column, cell in enumerate(row):
                    if cell is not None:
                        sheet.write(number, column, cell)
            sheet.autofit()
    return buffer.getvalue()


def _write(path: Path, chart: Chart, chapter: Callable[[], Chapter], words: Tongue) -> None:
    """Write a chart, or the page it stands on."""
    kind = path.suffix.lower()
    if kind == ".html":
        write_text(path, chapter_html(chapter(), {}, (), words))
    elif kind == ".svg":
        drawn = chart_svgs([chart])[0]
        if not drawn:
            raise SourceError("this computer cannot draw {path}", path=path, retryable=False, hint="write .csv instead")
        write_text(path, drawn)
    elif kind == ".csv":
        write_text(path, table_csv(chart.table))
    elif kind == ".xlsx":
        write_bytes(path, table_xlsx(chart.table))
    elif kind == ".json":
        write_text(path, json.dumps(chart.spec, ensure_ascii=False, indent=1))
    else:
        raise InputError(
            "nothing is written as {path}", path=path, hint="end it with .html, .svg, .csv, .xlsx or .json"
        )


def _others(base: Result, chosen: Result) -> list[Result]:
    """Return the variants beside the chosen one, where drought is given for all."""
    if any(row.drought is None or row.exposed is None for row in base.countries):
        return []
    return [share_out(base.regime, base.countries, name) for name in VARIANTS if name != chosen.variant]


def _heads(table: Table) -> list[str]:
    """Return headings with their units; a share is a number from 0 to 1."""
    return [f"{each.title} [{each.unit}]" if each.unit else each.title for each in table.columns]


def _cells(table: Table) -> list[list[str | float | None]]:
    """Return the values of a table."""
    return [[cell_value(cell) for cell in row] for row in table.rows]
