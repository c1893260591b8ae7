"""summary.json and the tables as CSV: every figure of a run, in a fixed order and with stable numbers."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import orjson

from landbalance.io.language import LANGUAGES, tongue
from landbalance.reporting.checks import closing_checks
from landbalance.reporting.document import Document
from landbalance.reporting.facts import RunFacts
from landbalance.reporting.gaps import confidence
from landbalance.reporting.record import Book, Figure
from landbalance.reporting.tables import Cell, Table, cell_value
from landbalance.reporting.words import Tongue

SIGNIFICANT = 12  # digits kept: sums differ in the last bits only
FORMAT = 1


def summary_json(facts: RunFacts, book: Book, document: Document) -> bytes:
    """Return the summary of a run: what it is, its doubts, checks and layers, and every figure on a line of its own."""
    head = orjson.dumps(stable(_summary_head(facts, book, document)), option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    lines = b",\n".join(orjson.dumps(figure_record(figure)) for figure in book)
    return head.removesuffix(b"\n}") + b',\n  "figures": [\n' + lines + b"\n  ]\n}\n"


def figure_record(figure: Figure) -> dict[str, Any]:
    """Return the whole record of a figure (ruling 12)."""
    return {
        "id": figure.id,
        "label": figure.label,
        "value": None if figure.value is None else stable(figure.value),
        "unit": figure.unit,
        "period": figure.period,
        "zone": figure.zone,
        "denominator": figure.denominator,
        "mask": figure.mask,
        "method": figure.method,
        "quality": figure.quality,
        "interval": figure.interval,
        "inputs": figure.inputs,
    }


def _summary_head(facts: RunFacts, book: Book, document: Document) -> dict[str, Any]:
    """Return what a summary says beside its figures."""
    return {
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
        "checks": [{**asdict(check), "numbers": dict(check.numbers)} for check in document.checks],
        "confidence": [asdict(each) for each in document.confidence],
        "sentences": {language: _sentences(facts, book, tongue(language)) for language in LANGUAGES},
    }


def _sentences(facts: RunFacts, book: Book, words: Tongue) -> dict[str, list[Any]]:
    """Return what the run says in sentences, in one language and in the order of flags, checks and confidence."""
    checks = closing_checks(facts, book, words)
    sure = [confidence(facts, book, period, words) for period in facts.periods]
    return {
        "flags": [words.say(flag.text, **flag.fields) for flag in facts.flags],
        "checks": [[check.title, check.sentence] for check in checks],
        "reasons": [list(each.reasons) for each in sure],
    }


def json_text(document: Any) -> str:
    """Return a document as JSON with sorted keys and stable numbers."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(stable(document), option=options).decode()


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
    return _written([heads, *(_figure_row(figure) for figure in book)])


def csv_text(rows: list[list[Any]]) -> str:
    """Return rows as CSV text; text that a spreadsheet would run as a formula gets an apostrophe."""
    return _written([_safe(cell) for cell in row] for row in rows)


def _written(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as CSV text, as they are."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def _figure_row(figure: Figure) -> list[Any]:
    """Return one figure as a row."""
    row = [figure.id, _safe(figure.label), stable(figure.value), figure.unit, figure.period, figure.zone]
    return [*row, figure.denominator, figure.mask, figure.method, " ".join(figure.quality)]


def _plain(cell: Cell) -> Any:
    """Return what a cell holds."""
    value = stable(cell_value(cell))
    return "" if value is None else value


def _safe(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in {"=", "+", "@"} and len(cell) > 1 else cell
