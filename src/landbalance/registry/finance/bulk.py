"""Rows by the hundred thousand into a table: COPY on PostgreSQL, prepared statements on SQLite."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def insert_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows whose values are in the form the database takes: dates and decimals as text, JSON as text.

    Parameters
    ----------
    fields : sequence of str
        Names of the fields, in the order of the values.
    """
    quote = connection.ops.quote_name
    columns = ", ".join(quote(column_of(model, name)) for name in fields)
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        holes = ", ".join(["?"] * len(fields))
        cursor.connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({holes})", rows)  # noqa: S608 - our own names


def roomy() -> None:
    """Let SQLite keep a quarter of a gigabyte of pages on this connection: indexes of an import stay in memory."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -262144")


def column_of(model: type[models.Model], name: str) -> str:
    """Return the column a field is kept in."""
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]
