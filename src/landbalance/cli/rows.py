"""Rows given out as CSV, JSON or an Excel workbook."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from landbalance.cli.console import print_json, say


class Format(StrEnum):
    """How rows are given out."""

    table = "table"
    csv = "csv"
    json = "json"
    xlsx = "xlsx"


FormatOption = Annotated[Format, typer.Option("--format", help="How the rows are given out.")]
OutOption = Annotated[Path | None, typer.Option(help="File to write (csv, json, xlsx).")]


def give_out(
    columns: Sequence[str], rows: Sequence[Sequence[object]], kind: Format, out: Path | None, *, title: str
) -> None:
    """Write rows to a file, or print them; rows for people become CSV in a file."""
    from landbalance.io.files import write_bytes
    from landbalance.io.sheet import sheet_csv, sheet_xlsx
    from landbalance.io.summary import json_text

    listed = [dict(zip(columns, row, strict=True)) for row in rows]
    if kind is Format.json and out is None:
        print_json(listed)
        return
    if kind is Format.xlsx:
        content = sheet_xlsx(title, columns, rows)
    else:
        content = (json_text(listed) if kind is Format.json else sheet_csv(columns, rows)).encode()
    if out is None:
        sys.stdout.write(content.decode())
    else:
        write_bytes(out, content)
        say(f"wrote {out}")
