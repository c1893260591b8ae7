"""Many records at once, each with its version and its history, as if they were saved one by one."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection, models
from django.utils import timezone

from landbalance.registry.bulk import column_of, insert_rows
from landbalance.registry.records import WorkspaceRecord, conflict

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

MADE, CHANGED = "+", "~"  # as simple-history writes them
HEAD = ("version", "updated_at", "updated_by_id")
CHANGE_FIELDS = ("history_date", "history_change_reason", "history_type", "history_user_id")


def add_rows(model: type[models.Model], rows: Sequence[Mapping[str, Any]], **common: Any) -> None:
    """Add rows of a table; what neither a row nor `common` says is the default of its field.

    Parameters
    ----------
    rows : sequence of mapping
        Values by the name of their attribute, such as `target_id`.
    """
    fields = {each.attname: each for each in model._meta.concrete_fields if not isinstance(each, models.AutoField)}
    blank = model(**common)
    whole = {name: field.get_db_prep_save(getattr(blank, name), connection) for name, field in fields.items()}
    prepared = ({name: fields[name].get_db_prep_save(value, connection) for name, value in row.items()} for row in rows)
    insert_rows(model, [*whole], (tuple((whole | values).values()) for values in prepared))


def add_records(
    model: type[WorkspaceRecord], rows: Sequence[Mapping[str, Any]], *, by: "User", reason: str, **common: Any
) -> None:
    """Add records, each named by its `id`, with their first version in the history; the caller has checked them."""
    head = {"created_by": by, "updated_by": by, "updated_at": timezone.now()}
    add_rows(model, rows, **head, **common)
    _keep_history(model, [row["id"] for row in rows], MADE, by, reason)


def change_records(records: Sequence[WorkspaceRecord], names: Sequence[str], *, by: "User", reason: str) -> None:
    """Save fields of records as the next version of each; all are of one kind.

    Parameters
    ----------
    records : sequence of WorkspaceRecord
        With their new values, and the version they were read in.
    names : sequence of str
        The fields that may have changed.

    Raises
    ------
    ConflictError
        If one of them was saved by somebody else meanwhile.
    """
    if not records:
        return
    model, now, quote = type(records[0]), timezone.now(), connection.ops.quote_name
    for record in records:
        record.version += 1
        record.updated_by, record.updated_at = by, now
    wanted = {*names, *HEAD}
    fields = [each for each in model._meta.concrete_fields if wanted & {each.name, each.attname}]
    holes = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    table, key = quote(model._meta.db_table), model._meta.pk
    statement = f"UPDATE {table} SET {holes} WHERE id = %s AND version = %s"  # noqa: S608 - our own names
    rows = [
        [
            *(field.get_db_prep_save(getattr(record, field.attname), connection) for field in fields),
            *(key.get_db_prep_save(record.pk, connection), record.version - 1),
        ]
        for record in records
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)
        is_whole = cursor.rowcount == len(records)
    if not is_whole:
        raise _conflict_in(records)
    _keep_history(model, [record.pk for record in records], CHANGED, by, reason)


def _conflict_in(records: Sequence[WorkspaceRecord]) -> Exception:
    """Return the conflict of the first record that was saved by somebody else."""
    for mine in records:
        theirs = type(mine)._base_manager.get(pk=mine.pk)
        if theirs.updated_at != mine.updated_at:
            return conflict(theirs, mine.version - 1)
    return conflict(records[0], records[0].version - 1)


def _keep_history(model: type[WorkspaceRecord], ids: Sequence[Any], kind: str, by: "User", reason: str) -> None:
    """Copy records as they stand into their history."""
    kept, key = model.history.model, model._meta.pk
    names = [each.attname for each in model._meta.concrete_fields if each.name in _fields_of(kept)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(column_of(model, name)) for name in names)
    more = ", ".join(quote(column_of(kept, name)) for name in CHANGE_FIELDS)
    said = (timezone.now(), reason[:100], kind, by.pk)
    values = [kept._meta.get_field(n).get_db_prep_save(v, connection) for n, v in zip(CHANGE_FIELDS, said, strict=True)]
    plain = [key.get_db_prep_save(each, connection) for each in ids]
    is_postgresql = connection.vendor == "postgresql"
    among = "id = ANY(%s)" if is_postgresql else "id IN (SELECT value FROM json_each(%s))"
    listed = plain if is_postgresql else orjson.dumps(plain).decode()
    tables = (quote(kept._meta.db_table), quote(model._meta.db_table))
    statement = "INSERT INTO {} ({}, {}) SELECT {}, %s, %s, %s, %s FROM {} WHERE {} ORDER BY id"
    with connection.cursor() as cursor:
        cursor.execute(statement.format(tables[0], columns, more, columns, tables[1], among), [*values, listed])


def _fields_of(model: type[models.Model]) -> set[str]:
    """Return the names of the fields of a table."""
    return {field.name for field in model._meta.concrete_fields}
