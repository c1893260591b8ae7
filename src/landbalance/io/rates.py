"""Exchange rates and deflators: the packaged tables, with a country's own in front."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path

from landbalance.core.errors import InputError
from landbalance.core.money import is_currency
from landbalance.core.tables import csv_table
from landbalance.finance.prices import AVERAGE, END, Rates
from landbalance.io.table_rows import decimal_cell, heading_rows, text_cell

RATE_COLUMNS: Mapping[str, Sequence[str]] = {
    "currency": ("devise", "moneda", "code"),
    "year": ("annee", "ano"),
    "kind": ("type",),
    "per_usd": ("rate", "lcu per usd", "taux"),
    "index": ("deflator", "deflateur", "deflactor"),
    "source": (),
}


@cache
def packaged_rates() -> Rates:
    """Return the packaged tables: yearly averages of the Federal Reserve, currencies pegged to the euro, deflators."""
    per_usd = {
        (row["currency"], int(row["year"]), row["kind"]): Decimal(row["per_usd"])
        for row in csv_table("finance/exchange_rates")
    }
    deflators = {(row["currency"], int(row["year"])): Decimal(row["index"]) for row in csv_table("finance/deflators")}
    return Rates(per_usd, deflators, "packaged tables (rows tagged M are unverified)")


def read_rates(path: Path | None = None) -> Rates:
    """Return the packaged rates with those of a file in their place.

    Parameters
    ----------
    path : Path or None
        Table with currency, year and per_usd (kind: average or end) or index (a deflator), and source.

    Raises
    ------
    InputError
        If a row has no currency, no year or no positive value; nothing of the file is then used.
    """
    base = packaged_rates()
    if path is None:
        return base
    per_usd, deflators = dict(base.per_usd), dict(base.deflators)
    for number, cells in heading_rows(path, RATE_COLUMNS, ("currency", "year")):
        currency, year = text_cell(cells["currency"]).upper(), text_cell(cells["year"])
        kind = text_cell(cells.get("kind")) or AVERAGE
        try:
            rate, index = decimal_cell(cells.get("per_usd")), decimal_cell(cells.get("index"))
        except ValueError as error:
            raise _refused(path, number, str(error)) from error
        if not is_currency(currency) or not year.isdigit() or kind not in (AVERAGE, END):
            raise _refused(path, number, f"{currency} {year} {kind}")
        if (rate is None and index is None) or min(x for x in (rate, index) if x is not None) <= 0:
            raise _refused(path, number, "a rate or an index above 0 is expected")
        if rate is not None:
            per_usd[currency, int(year), kind] = rate
        if index is not None:
            deflators[currency, int(year)] = index
    return Rates(per_usd, deflators, f"{path.name}, then the packaged tables")


def _refused(path: Path, number: int, why: str) -> InputError:
    """Return the error that names a row of a rate table."""
    return InputError(
        "{path}: row {row}: {why}",
        path=path.name,
        row=number,
        why=why,
        hint="give currency (USD), year, kind (average or end), per_usd or index, source",
    )
