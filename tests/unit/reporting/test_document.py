"""What the first screen of a report says."""

from dataclasses import replace

import numpy as np
import pytest

from landbalance.core.crosstab import Crosstab
from landbalance.core.vocab import NODATA
from landbalance.reporting.document import report_document
from landbalance.reporting.facts import RunFacts
from landbalance.reporting.figures import figures
from landbalance.reporting.record import Book
from landbalance.reporting.words import Tongue

EMPTIED = {"sdg", "productivity", "baseline", "period"}


def emptied(table: Crosstab) -> Crosstab:
    """Move everything that is known about the indicator and productivity to "no data"."""
    values = table.values
    for place, axis in enumerate(table.axes):
        if axis.name in EMPTIED:
            moved = np.zeros_like(values)
            inside = [slice(None)] * values.ndim
            inside[place] = axis.position(NODATA)
            moved[tuple(inside)] = values.sum(axis=place)
            values = moved
    return replace(table, values=values)


@pytest.fixture
def unknown(country) -> RunFacts:
    names = ("components.", "sdg", "status.sdg.", "status.productivity.", "people")
    tables = {n: emptied(t) if n.startswith(names) else t for n, t in country.facts.tables.items()}
    return replace(country.facts, tables={n: t for n, t in tables.items() if not n.startswith(("known.", "recode."))})


def test_an_unknown_indicator_is_said_to_be_unknown(unknown: RunFacts) -> None:
    head = report_document(unknown, Book(figures(unknown)), Tongue()).headline

    assert head.sentence == "How much land of Demoland is degraded is unknown."
    assert head.number == "Unknown"
    assert "none of" in head.number_label
    assert head.change == "The change since the baseline is unknown."
    assert "Known nowhere: Land productivity." in head.missing
    assert head.confidence == "low"


def test_an_unknown_indicator_is_zero_nowhere_in_the_document(unknown: RunFacts) -> None:
    document = report_document(unknown, Book(figures(unknown)), Tongue())

    result = next(table for table in document.tables if table.id == "SO1-4.T2")
    assert not [cell for row in result.rows for cell in row[2:] if cell is not None and cell.value is not None]
