"""summary.json and the tables as CSV: every figure of a run, in a fixed order and with stable numbers."""

import csv
import io
import json
import math
from dataclasses import asdict
from typing import Any

from landbalance.reporting.checks import Check
from landbalance.reporting.facts import RunFacts
from landbalance.reporting.record import Book, Figure
from landbalance.reporting.tables import Cell, Table, cell_value

SIGNIFICANT = 12  # digits kept: sums differ in the last bits only
FORMAT = 1


def summary_json(facts: RunFacts, book: Book, checks: tuple[Check, ...]) -> str:
    """Return the summary of a run: what it is, its figures, checks and layers."""
    document = {
        "format": FORMAT,
        "run": {
            "id": facts.run_id,
            "workspace": facts.workspace,
            "country": facts.country,
            "country_name": facts.country_name,
            "invented": facts.is_invented,
            "started": facts.started,
            "profile": facts.profile,
            "crs": facts.crs,
            "cell_size": facts.cell_size,
            "boundary_km2": facts.boundary_km2,
            "versions": dict(facts.versions),
        },
        "periods": [asdict(period) for period in facts.periods],
        "zones": [asdict(group) for group in facts.groups],
        "parameters": [asdict(facts.settings.of(name)) for name in facts.settings],
        "layers": [asdict(layer) for layer in facts.layers],
        "recodes": [asdict(recode) for recode in facts.recodes],
        "flags": [
            {"code": flag.code, "level": flag.level, "text": str(flag), "period": flag.period} for flag in facts.flags
        ],
        "checks": [{**asdict(check), "numbers": dict(check.numbers)} for check in checks],
        "figures": [asdict(figure) for figure in book],
    }
    return json_text(document)


def json_text(document: Any) -> str:
    """Return a document as JSON with sorted keys and stable numbers."""
    return json.dumps(stable(document), ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"


def stable(value: Any) -> Any:
    """Return a plain document whose numbers keep twelve significant digits; what is not finite becomes null.

    Examples
    --------
    >>> stable({"a": 0.1 + 0.2, "b": float("nan")})
    {'a': 0.3, 'b': None}
    """
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT}g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): stable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [stable(each) for each in value]
    return value


def table_csv(table: Table) -> str:
    """Return a table as CSV, with the unit of each column in its heading."""
    heads = [f"{column.title} [{column.unit}]" if column.unit else column.title for column in table.columns]
    return csv_text([heads, *([_plain(cell) for cell in row] for row in table.rows)])


def figures_csv(book: Book) -> str:
    """Return every figure as CSV."""
    heads = ["id", "label", "value", "unit", "period", "zone", "denominator", "mask", "method", "quality"]
    return csv_text([heads, *(_figure_row(figure) for figure in book)])


def csv_text(rows: list[list[Any]]) -> str:
    """Return rows as CSV text; text that a spreadsheet would run as a formula gets an apostrophe."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([[_safe(cell) for cell in row] for row in rows])
    return buffer.getvalue()


def _figure_row(figure: Figure) -> list[Any]:
    """Return one figure as a row."""
    row = [figure.id, figure.label, stable(figure.value), figure.unit, figure.period, figure.zone, figure.denominator]
    return [*row, figure.mask, figure.method, " ".join(figure.quality)]


def _plain(cell: Cell) -> Any:
    """Return what a cell holds."""
    value = stable(cell_value(cell))
    return "" if value is None else value


def _safe(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "@"} and len(cell) > 1 else cell
