"""Everything the desk says of a project: its worth, how sure that is, its cover, and the facts its notes take over."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.tables import toml_table
from landbalance.core.types import Array
from landbalance.finance.appraisal import grid, npv, plausibility, tornado
from landbalance.finance.cash_table import Appraisal, View, appraise, with_droughts
from landbalance.finance.debt import dscr
from landbalance.finance.products import Insured
from landbalance.finance.risk import Outcome, monte_carlo
from landbalance.io.cover_desk import insured_products
from landbalance.io.project_file import Project, correlation_of

STEP = 0.2


@dataclass(frozen=True)
class Input:
    """A multiplier that may move: its low, central and high value, and the lines it acts on."""

    low: float
    middle: float
    high: float
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Crossed:
    """Net present value over two inputs, one row for each value of `down`."""

    across: str
    down: str
    across_values: tuple[float, ...]
    down_values: tuple[float, ...]
    worth: tuple[tuple[float, ...], ...]


def worth_of(project: Project, view: View) -> Appraisal:
    """Return the appraisal of a project in one view, droughts counted."""
    about = project.about
    return appraise(
        with_droughts(project.lines, about.drought_share),
        years=about.years,
        rate=about.rate,
        view=view,
        finance_rate=about.finance_rate,
        reinvest_rate=about.reinvest_rate,
        hectares=about.hectares,
        is_dryland=about.dryland,
    )


def drawn(project: Project, draws: int, seed: int) -> Outcome | None:
    """Return many draws of the worth in the financial view; None where nothing is said to be uncertain."""
    if not project.drivers:
        return None
    rng = np.random.default_rng(seed)
    return monte_carlo(
        _worth_by_line(project), project.drivers, draws=draws, rng=rng, correlation=correlation_of(project)
    )


def inputs_of(project: Project) -> dict[str, Input]:
    """Return what may move by name: what the file calls uncertain, and every other line 20 % down and up."""
    found = {each.name: Input(each.low, each.mode, each.high, each.lines) for each in project.drivers}
    moved = {line for each in project.drivers for line in each.lines}
    others = [line.name for line in project.lines if line.name not in moved]
    return found | {f"{name} (20 %)": Input(1 - STEP, 1.0, 1 + STEP, (name,)) for name in others}


def swings(project: Project) -> list[tuple[str, float, float]]:
    """Return the worth in the financial view at the low and the high end of each input, the widest first."""
    inputs = inputs_of(project)
    _check_lines(project, inputs)
    ranges = {name: (each.low, each.middle, each.high) for name, each in inputs.items()}
    return tornado(lambda at: _worth_at(_worth_by_line(project), inputs, at), ranges)


def crossed(project: Project, across: str, down: str, steps: int = 5) -> Crossed:
    """Return the worth in the financial view over two inputs, from the low to the high end of each.

    Raises
    ------
    InputError
        If a name is no input, or both are the same.
    """
    inputs = inputs_of(project)
    _check_lines(project, inputs)
    wrong = [name for name in (across, down) if name not in inputs]
    if wrong or across == down:
        raise InputError(
            "{name} is no second input" if not wrong else "{name} is no input of this project",
            name=wrong[0] if wrong else across,
            hint="two of: {known}",
            known=", ".join(inputs),
        )
    ends: tuple[Array, Array] = (
        np.linspace(inputs[across].low, inputs[across].high, steps),
        np.linspace(inputs[down].low, inputs[down].high, steps),
    )
    worth = _worth_by_line(project)
    middle = {name: each.middle for name, each in inputs.items()}
    found = grid(lambda at: _worth_at(worth, inputs, at), middle, (across, ends[0].tolist()), (down, ends[1].tolist()))
    rows = tuple(tuple(row) for row in found.tolist())
    return Crossed(across, down, tuple(ends[0].tolist()), tuple(ends[1].tolist()), rows)


def doubts_of(found: Appraisal) -> tuple[str, ...]:
    """Return what is hard to believe of an appraisal, by the package's bands."""
    bands = toml_table("finance/checklists")["plausibility"]
    return plausibility(found.bcr, found.irr.value, most_ratio=bands["most_ratio"], most_rate=bands["most_rate"])


def insured(project: Project) -> Insured:
    """Return what a project's cover pays, costs and misses: its first product, on the index its file names."""
    return insured_products(project.cover())[0]


def least_cover(project: Project) -> float | None:
    """Return the lowest debt-service cover of a project's loan; None without a loan."""
    debt = project.form.debt
    return None if debt is None else dscr(debt.cash, debt.amount, debt.rate, len(debt.cash)).least


def _worth_by_line(project: Project) -> dict[str, float]:
    """Return the present value of each line in the financial view, costs below zero."""
    about = project.about
    return {
        line.name: (1 if line.kind == "benefit" else -1) * npv(line.amounts("financial", about.years), about.rate)
        for line in with_droughts(project.lines, about.drought_share)
    }


def _worth_at(worth: Mapping[str, float], inputs: Mapping[str, Input], at: Mapping[str, float]) -> float:
    """Return the net present value where each input has the value given."""
    factors = dict.fromkeys(worth, 1.0)
    for name, each in inputs.items():
        for line in each.lines:
            factors[line] *= at[name]
    return sum(worth[line] * factors[line] for line in worth)


def _check_lines(project: Project, inputs: Mapping[str, Input]) -> None:
    """Refuse an input that acts on a line the table does not have."""
    names = [line.name for line in project.lines]
    for name, each in inputs.items():
        wrong = [line for line in each.lines if line not in names]
        if wrong:
            raise InputError(
                "{driver} acts on {line}, which is no line", driver=name, line=wrong[0], hint=", ".join(names)
            )
