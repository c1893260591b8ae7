"""Plans, strategies and subsidy registers as tables that a ministry keeps in a spreadsheet."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from landbalance.core.errors import InputError
from landbalance.finance.needs import CostedAction, UnitCost, unit_cost
from landbalance.finance.strategy import FinanceAction
from landbalance.finance.subsidy import Repurposing, Subsidy, repurpose
from landbalance.io.table_rows import Cell, decimal_cell, heading_rows, text_cell

PLAN = {
    "id": ("action", "code"),
    "target": ("ldn target", "target code", "cible", "meta"),
    "practice": ("pratique", "practica"),
    "hectares": ("ha", "area ha", "superficie"),
    "start": ("first year", "debut", "inicio"),
    "end": ("last year", "fin"),
    "capex": ("capex usd ha", "establishment usd ha"),
    "maintenance": ("om usd ha", "upkeep usd ha", "maintenance usd ha year"),
    "curve": ("rollout",),
    "district": ("zone", "region"),
    "response": ("reponse",),
}
STRATEGY = {
    "id": ("action", "code"),
    "source": ("fuente",),
    "instrument": ("instrumento",),
    "central": ("amount", "amount usd", "usd"),
    "low": (),
    "high": (),
    "probability": ("chance", "probabilite"),
    "start": ("first year", "debut"),
    "ramp": ("ramp years",),
    "subsidy": ("subsidy id",),
    "debt": ("debt assessment", "has debt assessment"),
    "readiness": (),
    "equity": (),
    "capital_cost": ("cost of capital",),
    "time": (),
}
SUBSIDIES = {
    "id": ("code",),
    "name": ("subsidy", "nom", "title"),
    "value": ("annual value", "annual value usd"),
    "harm": (),
    "feasibility": (),
    "equity": ("equity risk",),
    "pse": ("pse code", "pse class"),
    "constraints": ("input constraints",),
    "pathway": ("land pressure pathway",),
    "evidence": ("strength of evidence",),
    "cut": (),
    "compensation": (),
    "reinvest": ("ldn",),
    "other": (),
    "after": ("value after",),
}


@dataclass(frozen=True)
class Plan:
    """Costed actions, and what had to be assumed for lack of data."""

    actions: tuple[CostedAction, ...]
    notes: tuple[str, ...]


def read_plan(path: Path, *, level: str = "central", national: Mapping[str, UnitCost] | None = None) -> Plan:
    """Read the actions of a plan; a cost that is not stated comes from the unit costs of its practice.

    Raises
    ------
    InputError, NotFoundError
        If the table cannot be read, a row lacks a number or a cost.
    """
    actions, notes = [], []
    for number, cells in heading_rows(path, PLAN, ("id", "practice", "hectares", "start", "end")):
        row = _Row(path, number, cells)
        practice, capex, upkeep = row.text("practice"), row.number("capex"), row.number("maintenance")
        name = row.text("id") or str(number)
        if capex is None:
            known = unit_cost(practice, national)
            capex = known.level(level)
            upkeep = known.maintenance if upkeep is None else upkeep
            notes.append(f"{name}: establishment of {practice} at {capex:,.0f} USD/ha ({known.tag}: {known.source})")
        if capex is None:
            raise row.refused("capex", "no cost is known")
        if upkeep is None:
            notes.append(f"{name}: no upkeep is known; none is counted")
        actions.append(
            CostedAction(
                name,
                row.text("target"),
                practice,
                row.needed("hectares"),
                int(row.needed("start")),
                int(row.needed("end")),
                capex,
                upkeep or 0.0,
                row.text("curve") or "linear",
                row.text("district"),
                row.text("response"),
            )
        )
    return Plan(tuple(actions), tuple(notes))


def read_strategy(path: Path) -> tuple[FinanceAction, ...]:
    """Read the actions of a strategy to raise money.

    Raises
    ------
    InputError
        If the table cannot be read or a row lacks a number.
    """
    found = []
    for number, cells in heading_rows(path, STRATEGY, ("id", "source", "central", "probability")):
        row = _Row(path, number, cells)
        marks = {
            name: value
            for name in ("readiness", "equity", "capital_cost", "time")
            if (value := row.number(name)) is not None
        }
        found.append(
            FinanceAction(
                row.text("id"),
                row.text("source"),
                row.text("instrument"),
                row.needed("central"),
                row.needed("probability"),
                int(row.number("start") or 0),
                row.number("low"),
                row.number("high"),
                int(row.number("ramp") or 1),
                row.text("subsidy"),
                row.text("debt").casefold() in ("yes", "oui", "1", "true"),
                marks,
            )
        )
    return tuple(found)


def read_subsidies(path: Path) -> tuple[tuple[Subsidy, ...], dict[str, Repurposing]]:
    """Read the register of subsidies, and the balanced sheet of each that has a scenario (its cut is stated).

    Raises
    ------
    InputError, RuleError
        If the table cannot be read, a mark lies outside 0 to 5, or a scenario does not balance.
    """
    rows = read_subsidy_rows(path)
    scenarios = {
        entry.id: repurpose(
            entry.annual_value,
            cut=terms["cut"],
            compensation=terms["compensation"] or 0.0,
            reinvest=terms["reinvest"] or 0.0,
            other=terms["other"] or 0.0,
            after=terms["after"],
        )
        for entry, terms in rows
        if terms["cut"] is not None
    }
    return tuple(entry for entry, _ in rows), scenarios


def read_subsidy_rows(path: Path) -> list[tuple[Subsidy, dict[str, float | None]]]:
    """Read the register of subsidies with the terms of each reform: cut, compensation, reinvest, other, after.

    Raises
    ------
    InputError
        If the table cannot be read, or a row lacks a number.
    """
    found = []
    for number, cells in heading_rows(path, SUBSIDIES, ("id", "name", "value", "harm", "feasibility")):
        row = _Row(path, number, cells)
        entry = Subsidy(
            row.text("id"),
            row.text("name"),
            row.needed("value"),
            row.needed("harm"),
            row.needed("feasibility"),
            row.number("equity") or 0.0,
            row.text("pse").upper(),
            row.text("constraints").casefold() in ("yes", "oui", "1"),
            row.text("pathway"),
            int(row.number("evidence") or 0),
        )
        shares = {name: row.number(name) or 0.0 for name in ("compensation", "reinvest", "other")}
        found.append((entry, {"cut": row.number("cut"), "after": row.number("after"), **shares}))
    return found


@dataclass(frozen=True)
class _Row:
    """One row of a table, read with its place for errors."""

    path: Path
    place: int
    cells: Mapping[str, Cell]

    def text(self, name: str) -> str:
        """Return a cell as text."""
        return text_cell(self.cells.get(name))

    def number(self, name: str) -> float | None:
        """Return a cell as number; 40 % is 0.4; None where it is blank."""
        text = self.text(name)
        try:
            value = decimal_cell(text.removesuffix("%").strip())
        except ValueError as error:
            raise self.refused(name, str(error)) from error
        return None if value is None else float(value / Decimal(100) if text.endswith("%") else value)

    def needed(self, name: str) -> float:
        """Return a number that must be there."""
        value = self.number(name)
        if value is None:
            raise self.refused(name, "blank")
        return value

    def refused(self, name: str, why: str) -> InputError:
        """Return the error that names row and column."""
        return InputError(
            "{path}: row {row}: {column}: {why}",
            path=self.path.name,
            row=self.place,
            column=name,
            why=why,
            hint="correct the cell and read the table again",
        )
