"""Rows by the hundred thousand into a table: COPY on PostgreSQL, prepared statements on SQLite."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

MANY = 10_000  # rows changed at once after which the database looks at its tables again
WAITING = "waiting_rows"  # where new rows wait on PostgreSQL for what is known only when a file has been read whole


def insert_rows(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]], *, table: str = ""
) -> None:
    """Insert rows whose values are in the form the database takes: dates and decimals as text, JSON as text.

    Parameters
    ----------
    fields : sequence of str
        Names of the fields, in the order of the values.
    table : str
        Another table of the same columns to put them into.
    """
    quote = connection.ops.quote_name
    columns = ", ".join(quote(column_of(model, name)) for name in fields)
    place = quote(table or model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {place} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        holes = ", ".join(["?"] * len(fields))
        cursor.connection.executemany(f"INSERT INTO {place} ({columns}) VALUES ({holes})", rows)  # noqa: S608 - our own names


def open_waiting(model: type[models.Model]) -> str:
    """Return the table new rows of a model wait in; the model's own where rewriting them later costs little.

    On PostgreSQL an update writes a row and all its index entries anew: new rows wait without indexes instead.
    """
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.execute(f"CREATE TEMPORARY TABLE {WAITING} (LIKE {table}) ON COMMIT DROP")
    return WAITING


def complete_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write the last fields of rows, each given by its id at the end, and let the waiting ones in.

    Parameters
    ----------
    fields : sequence of str
        Names of the fields, in the order of the values; the id follows them.
    """
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    columns = [quote(column_of(model, name)) for name in fields]
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            holes = ", ".join(f"{column} = ?" for column in columns)
            cursor.connection.executemany(f"UPDATE {table} SET {holes} WHERE id = ?", rows)  # noqa: S608
            return
        every = [quote(column_of(model, field.name)) for field in model._meta.concrete_fields]
        named = ", ".join([*columns, "id"])
        cursor.execute(f"CREATE TEMPORARY TABLE said ON COMMIT DROP AS SELECT {named} FROM {table} WHERE false")  # noqa: S608
        with cursor.copy(f"COPY said ({named}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        new = ", ".join(f"{column} = said.{column}" for column in columns)
        cursor.execute(f"UPDATE {table} a SET {new} FROM said WHERE a.id = said.id")  # noqa: S608 - those that stood before
        values = ", ".join(f"said.{each}" if each in columns else f"w.{each}" for each in every)
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(every)}) SELECT {values} FROM {WAITING} w JOIN said ON said.id = w.id"  # noqa: S608
        )
        cursor.execute(f"DROP TABLE said, {WAITING}")


def roomy() -> None:
    """Let SQLite keep a quarter of a gigabyte of pages on this connection: indexes of an import stay in memory."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -262144")


def count_anew(*tables: type[models.Model]) -> None:
    """Let the database look at tables that have grown at once, so that it plans its answers well."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in tables:
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def column_of(model: type[models.Model], name: str) -> str:
    """Return the column a field is kept in."""
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]
