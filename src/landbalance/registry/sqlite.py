"""Which SQLite the records are kept with: the one of the wheel where there is one, else Python's own, careful."""

import sys
from typing import Any

SAFE_WAL = (3, 51, 3)  # versions before it can lose data when a write-ahead log is reset


def prefer_wheel() -> None:
    """Let Django use the SQLite of the wheel, which is newer than the system's."""
    if "sqlite3" in sys.modules and getattr(sys.modules["sqlite3"], "__name__", "") == "pysqlite3":
        return
    try:
        import pysqlite3
        import pysqlite3.dbapi2
    except ImportError:
        return
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def version() -> tuple[int, ...]:
    """Return the version of SQLite in use."""
    import sqlite3

    return tuple(sqlite3.sqlite_version_info)


def journal_mode(found: tuple[int, ...]) -> str:
    """Return the journal mode that is safe with a version of SQLite."""
    return "WAL" if found >= SAFE_WAL else "TRUNCATE"


def options() -> dict[str, Any]:
    """Return the options of Django's connection: serialised writers that wait, foreign keys kept."""
    pragmas = {"journal_mode": journal_mode(version()), "synchronous": "NORMAL", "foreign_keys": "ON"}
    return {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": ";".join(f"PRAGMA {name}={value}" for name, value in pragmas.items()),
    }
