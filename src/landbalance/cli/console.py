"""What the commands print: plain text in a pipe or under NO_COLOR, calm tables on a terminal, JSON when asked for."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any


def say(*lines: str, quiet: bool = False) -> None:
    """Print lines for a person, unless quiet."""
    if not quiet:
        for line in lines:
            sys.stdout.write(printable(line) + "\n")


def warn(line: str) -> None:
    """Print one line to the error stream."""
    sys.stderr.write(f"warning: {one_line(line)}\n")


def print_json(value: Any) -> None:
    """Print a value as JSON; dataclasses become objects, unknown numbers null."""
    sys.stdout.write(json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Print a table: with rules and colours on a terminal, as aligned text elsewhere.

    Parameters
    ----------
    columns : sequence of str
        Headings.
    rows : iterable of sequence
        Cells, one for each heading.
    right : sequence of str
        Headings of the columns set to the right.
    """
    cells = [[printable("" if cell is None else str(cell)) for cell in row] for row in rows]
    if is_plain():
        _print_aligned(columns, cells, right)
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in cells:
        table.add_row(*(cell.replace("[", "\\[") for cell in row))
    Console().print(table)


def is_plain() -> bool:
    """Return whether the output is no terminal, or colours are not wanted."""
    return not sys.stdout.isatty() or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def printable(text: str) -> str:
    """Return text without control characters, which a file name could bring in."""
    return "".join(char if char.isprintable() or char == "\t" else "\N{REPLACEMENT CHARACTER}" for char in text)


def megabytes(size: float) -> str:
    """Return a size for people."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def one_line(text: str) -> str:
    """Return text as one printable line."""
    return printable(" ".join(text.split()))


def _print_aligned(columns: Sequence[str], rows: list[list[str]], right: Sequence[str]) -> None:
    """Print columns padded with blanks, the last one not."""
    widths = [max([len(name), *(len(row[place]) for row in rows)]) for place, name in enumerate(columns)]
    for row in [list(columns), *rows]:
        padded = [
            cell.rjust(width) if name in right else cell.ljust(width)
            for cell, width, name in zip(row, widths, columns, strict=True)
        ]
        sys.stdout.write("  ".join(padded).rstrip() + "\n")


def _plain(value: Any) -> Any:
    """Return a value made of what JSON knows."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if (isinstance(value, float) and value != value) or value in (float("inf"), float("-inf")):
        return None
    if isinstance(value, Path):
        return str(value)
    return value.item() if hasattr(value, "item") else value
