"""Practices with hectares and costs, read from a table for a cost curve; the table of a plan is one."""

from pathlib import Path

from landbalance.core.errors import InputError
from landbalance.finance.cost_curve import Measure, Per
from landbalance.io.table_rows import decimal_cell, heading_rows, text_cell

COLUMNS = {
    "practice": ("pratique", "practica", "measure", "name"),
    "hectares": ("ha", "area ha", "area treated", "superficie"),
    "cost": ("cost usd", "costs", "cout", "costo"),
    "tonnes": ("carbon", "t", "carbon t", "tonnes co2", "t co2e"),
}


def read_measures(path: Path) -> tuple[Measure, ...]:
    """Read practices, one a row; rows of one practice are taken together by the curve.

    Raises
    ------
    InputError
        If the file cannot be read, or a row has no practice, hectares or cost.
    """
    found = []
    for number, cells in heading_rows(path, COLUMNS, ("practice", "hectares", "cost")):
        hectares, cost, tonnes = (decimal_cell(cells.get(name)) for name in ("hectares", "cost", "tonnes"))
        name = text_cell(cells.get("practice"))
        if not name or hectares is None or cost is None:
            raise InputError("{path}, row {row}: practice, hectares or cost is missing", path=path.name, row=number,
                             hint="fill the row, or leave it out")  # fmt: skip
        found.append(Measure(name, float(hectares), float(cost), None if tonnes is None else float(tonnes)))
    return tuple(found)


def one_of(per: str) -> Per:
    """Return what a cost curve counts.

    Raises
    ------
    InputError
        If it is neither hectare nor tonne.
    """
    known: dict[str, Per] = {"hectare": "hectare", "tonne": "tonne"}
    if per not in known:
        raise InputError("{per} is neither hectare nor tonne", per=per, hint="use one of the two")
    return known[per]
