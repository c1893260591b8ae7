"""Which source a file of flows is, its activities, and their normal form: lines of JSON that every source maps into."""

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from landbalance.core.errors import InputError
from landbalance.finance.ledger import Activity, ImportReport, Keep
from landbalance.io.budget import import_budget, import_deals
from landbalance.io.crs import import_crs
from landbalance.io.iati import import_iati

SOURCES = ("crs", "iati", "budget", "private")
ENDINGS = (".csv", ".txt", ".tsv", ".zip", ".parquet", ".xml", ".xlsx")


def guess_source(path: Path, name: str = "") -> str:
    """Return what a file is by its name and first bytes: IATI by its root, CRS by its columns, else a budget.

    Parameters
    ----------
    name : str
        What the sender called it; the file's own name when empty.

    Raises
    ------
    InputError
        If there is no such file.
    """
    if not path.is_file():
        raise InputError("{path} is no file", path=path, hint="check the path")
    with path.open("rb") as file:
        head = file.read(4096).replace(b"\0", b"").lower()
    called = Path(name or path.name)
    if b"<iati-activities" in head or called.suffix.lower() == ".xml":
        return "iati"
    if b"donorcode" in head or called.suffix.lower() in (".zip", ".parquet"):
        return "crs"
    says_private = b"investor" in head or any(word in called.name.lower() for word in ("private", "deal"))
    return "private" if says_private else "budget"


def read_source(
    path: Path, source: str, report: ImportReport, *, currency: str, today: date, keep: Keep | None = None
) -> Iterator[Activity]:
    """Return the activities of a file of one source.

    Raises
    ------
    InputError
        If the source is unknown or the file cannot be read.
    """
    if source == "iati":
        return import_iati(path, report, today=today, keep=keep)
    if source == "crs":
        return import_crs(path, report, today=today, keep=keep)
    if source in ("budget", "private"):
        reader = import_budget if source == "budget" else import_deals
        return reader(path, report, currency=currency, today=today, keep=keep)
    raise InputError("{source} is no source", source=source, hint="use one of {known}", known=", ".join(SOURCES))


def write_flows(path: Path, source: Path, kind: str, report: ImportReport, *, currency: str, today: date) -> int:
    """Write the activities of a file in the normal form, each after its original rows; return how many there are.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    count = 0
    with path.open("wb") as out:

        def keep(number: int, key: str, raw: bytes) -> None:
            out.write(orjson.dumps([number, key, raw.decode("latin-1")]) + b"\n")

        for activity in read_source(source, kind, report, currency=currency, today=today, keep=keep):
            out.write(_form().dump_json(activity) + b"\n")
            count += 1
    return count


def read_flows(path: Path, report: ImportReport, *, keep: Keep | None = None) -> Iterator[Activity]:
    """Return the activities of a file in the normal form, their original rows handed on before them.

    Raises
    ------
    InputError
        If a line is none of that form.
    """
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                if line.startswith(b"{"):
                    yield _form().validate_json(line)
                elif keep is not None:
                    keep(*_row(orjson.loads(line)))
            except (ValidationError, ValueError, TypeError) as error:
                raise InputError(
                    "line {line} of {path} is no activity", line=number, path=report.path, hint="send the file again"
                ) from error


def _row(cells: list[Any]) -> tuple[int, str, bytes]:
    """Return number, key and bytes of an original row."""
    number, key, raw = cells
    return int(number), str(key), str(raw).encode("latin-1")


@cache
def _form() -> TypeAdapter[Activity]:
    """Return what checks and writes an activity."""
    return TypeAdapter(Activity)
