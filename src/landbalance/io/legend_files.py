"""National legends, transition matrices and land-use factors from the files a country gives."""

import csv
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landbalance.core.errors import InputError
from landbalance.core.legends import Legend, check_matrix, legend, legend_from_table, nest
from landbalance.core.workspace import Matrix
from landbalance.io.workspace_file import read_text

_SIGNS = {"-": -1, "-1": -1, "−": -1, "0": 0, "+": 1, "1": 1, "+1": 1}


def read_legend(name: str) -> Legend:
    """Return a legend of the package by its id, or a national one from its TOML file.

    Raises
    ------
    NotFoundError, InputError
        If there is no such legend, or the file does not describe one.
    """
    return legend_from_table(_read_toml(Path(name))) if name.endswith(".toml") else legend(name)


def nestings_of(names: tuple[str, ...], target: Legend, target_file: str) -> dict[str, Mapping[int, int]]:
    """Return, for each source legend in use, product code -> position in the target legend.

    A national legend's file may say how a product nests into it: `[nesting.esa_cci]` with lines such as `10 = 3`.

    Raises
    ------
    InputError
        If a nesting is needed and missing, or leaves out a class.
    """
    stated: Any = _read_toml(Path(target_file)).get("nesting", {}) if target_file.endswith(".toml") else {}
    out: dict[str, Mapping[int, int]] = {}
    for name in names:
        source = read_legend(name)
        out[name] = nest(source, target, _mapping(source.id, stated.get(source.id)))
    return out


def read_matrix(path: Path, target: Legend) -> Matrix:
    """Read a transition matrix: class codes as header and first column, cells -, 0 or +.

    Raises
    ------
    InputError
        If a class is missing, or a cell is none of these.
    """
    rows = [row for row in csv.reader(read_text(path).splitlines()) if any(cell.strip() for cell in row)]
    codes = [entry.code for entry in target.classes]
    header = [_code(cell, path) for cell in rows[0][1:]] if rows else []
    cells = {_code(row[0], path): dict(zip(header, row[1:], strict=False)) for row in rows[1:]}
    absent = [code for code in codes if code not in header or code not in cells]
    if absent:
        raise InputError(
            "{path} has no row or column for class {code}",
            path=path,
            code=absent[0],
            hint="give one row (from) and one column (to) for each class of the legend",
        )
    matrix = tuple(tuple(_sign(cells[start].get(end, ""), path, start, end) for end in codes) for start in codes)
    check_matrix(matrix, target)
    return matrix


def read_factors(path: Path) -> dict[int, tuple[tuple[float, ...], ...]]:
    """Read national land-use factors (zone,from,to,factor): climate zone -> 7 x 7, NaN where none is given.

    Raises
    ------
    InputError
        If a column is missing, or a value is out of bounds.
    """
    rows = list(csv.DictReader(read_text(path).splitlines()))
    wanted = ("zone", "from", "to", "factor")
    if not rows or any(name not in rows[0] for name in wanted):
        raise InputError("{path} needs the columns {columns}", path=path, columns=", ".join(wanted), hint="add them")
    tables: dict[int, list[list[float]]] = {}
    for number, row in enumerate(rows, start=2):
        zone, start, end, factor = _factor(row, path, number)
        table = tables.setdefault(zone, [[float("nan")] * 7 for _ in range(7)])
        table[start - 1][end - 1] = factor
    return {zone: tuple(map(tuple, table)) for zone, table in tables.items()}


def _factor(row: Mapping[str, str], path: Path, line: int) -> tuple[int, int, int, float]:
    """Return one checked row of a factor table."""
    try:
        zone, start, end, factor = int(row["zone"]), int(row["from"]), int(row["to"]), float(row["factor"])
    except (TypeError, ValueError) as error:
        raise InputError("{path}, line {line} is no factor", path=path, line=line, hint="write numbers") from error
    if not (1 <= start <= 7 and 1 <= end <= 7 and 0 <= factor <= 10):
        raise InputError(
            "{path}, line {line}: from {start} to {end} has factor {factor}",
            path=path,
            line=line,
            start=start,
            end=end,
            factor=factor,
            hint="classes run from 1 to 7, factors from 0 to 10",
        )
    return zone, start, end, factor


def _mapping(name: str, table: Mapping[str, object] | None) -> dict[int, int] | None:
    """Return a nesting of a TOML table, product code -> national code, as whole numbers."""
    if table is None:
        return None
    try:
        return {int(code): int(str(parent)) for code, parent in table.items()}
    except ValueError as error:
        raise InputError("[nesting.{name}] has a code that is no number", name=name, hint="write 10 = 3") from error


def _sign(cell: str, path: Path, start: int, end: int) -> int:
    """Return -1, 0 or 1 for one cell of a matrix."""
    if cell.strip() not in _SIGNS:
        raise InputError(
            "{path}: from {start} to {end} stands {cell!r}", path=path, start=start, end=end, cell=cell,
            hint="write -, 0 or +",
        )  # fmt: skip
    return _SIGNS[cell.strip()]


def _code(cell: str, path: Path) -> int:
    """Return a class code of a matrix's header or first column."""
    try:
        return int(cell.strip())
    except ValueError as error:
        raise InputError("{path}: {cell!r} is no class code", path=path, cell=cell, hint="write codes") from error


def _read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file that a person wrote."""
    try:
        return tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError("{path} is not TOML: {why}", path=path, why=error, hint="mend that line") from error
