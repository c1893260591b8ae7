"""Keep the strategy to raise money and the register of subsidies; say what they bring and what is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction

from landbalance.finance.strategy import Finding, checks, expected, own_source_ratio, prioritise
from landbalance.finance.subsidy import Repurposing, screen_score
from landbalance.io.plans import read_strategy, read_subsidy_rows
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.finance.strategy_models import FinanceStep, SubsidyEntry
from landbalance.registry.records import check_fields
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor
    from landbalance.registry.accounts.models import User

Kept = TypeVar("Kept", FinanceStep, SubsidyEntry)


@dataclass(frozen=True)
class Strategy:
    """Steps in order of priority with their score and what they bring, what is wrong, and own sources."""

    steps: tuple[tuple[FinanceStep, float, float], ...]
    findings: tuple[Finding, ...]
    expected: float
    own: float | None


@dataclass(frozen=True)
class Screened:
    """A subsidy with its score and the sheet of its reform."""

    entry: SubsidyEntry
    score: float
    sheet: Repurposing | None


def strategy_of(actor: "Actor", workspace: Workspace) -> Strategy:
    """Return the strategy of a country.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    """
    require(actor, "finance.view", workspace)
    steps = {each.code: each for each in _rows(FinanceStep, actor, workspace)}
    actions = [each.as_action() for each in steps.values()]
    by_id = {each.id: each for each in actions}
    ranked = tuple((steps[key], score, expected([by_id[key]])) for key, score in prioritise(actions))
    released = {each.entry.code: each.sheet.released for each in subsidies_of(actor, workspace) if each.sheet}
    return Strategy(ranked, checks(actions, released), expected(actions), own_source_ratio(actions))


def subsidies_of(actor: "Actor", workspace: Workspace) -> list[Screened]:
    """Return the subsidies of a country, those to be reformed first before others.

    Raises
    ------
    AccessError
        If the actor may not see finance.
    """
    require(actor, "finance.view", workspace)
    rows = _rows(SubsidyEntry, actor, workspace)
    largest = max((each.annual_value for each in rows), default=0.0) or 1.0
    found = [Screened(each, screen_score(each.as_entry(), largest), each.scenario()) for each in rows]
    return sorted(found, key=lambda each: (-each.score, each.entry.code))


@transaction.atomic
def keep_step(actor: "User", step: FinanceStep, *, reason: str = "", expected: int | None = None) -> FinanceStep:
    """Keep a step of the strategy.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If a value makes no sense.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    return _keep(actor, step, reason=reason, expected=expected)


@transaction.atomic
def keep_subsidy(actor: "User", entry: SubsidyEntry, *, reason: str = "", expected: int | None = None) -> SubsidyEntry:
    """Keep a subsidy; as `keep_step`. The sheet of its reform must balance.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError, RuleError
        If a value makes no sense, or more is given away than released.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    entry.scenario()
    return _keep(actor, entry, reason=reason, expected=expected)


@transaction.atomic
def take_strategy(actor: "User", workspace: Workspace, path: Path, *, name: str) -> tuple[int, int]:
    """Take the steps of a table over, all or none; return how many are new and how many changed.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If the table cannot be read, or a value makes no sense; it names the row or code.
    """
    rows = [
        {
            "code": each.id, "source": each.source, "instrument": each.instrument, "central": each.central,
            "low": each.low, "high": each.high, "probability": each.probability, "start": each.start or None,
            "ramp_years": each.ramp_years, "subsidy_code": each.subsidy_id,
            "has_debt_assessment": each.has_debt_assessment, **(each.marks or {}),
        }
        for each in read_strategy(path)
    ]  # fmt: skip
    return _take(actor, workspace, FinanceStep, rows, name)


@transaction.atomic
def take_subsidies(actor: "User", workspace: Workspace, path: Path, *, name: str) -> tuple[int, int]:
    """Take the subsidies of a table over; as `take_strategy`.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError, RuleError
        If the table cannot be read, a value makes no sense or a scenario does not balance.
    """
    rows = [
        {
            "code": entry.id, "name": entry.name, "annual_value": entry.annual_value, "harm": entry.harm,
            "feasibility": entry.feasibility, "equity": entry.equity, "pse_class": entry.pse_class,
            "has_input_constraints": entry.has_input_constraints, "pathway": entry.pathway, "evidence": entry.evidence,
            **terms,
        }
        for entry, terms in read_subsidy_rows(path)
    ]  # fmt: skip
    return _take(actor, workspace, SubsidyEntry, rows, name)


def _take(
    actor: "User", workspace: Workspace, model: type[Kept], rows: list[dict[str, Any]], name: str
) -> tuple[int, int]:
    """Set or change one record a row."""
    require(actor, "finance.edit", workspace)
    standing = {each.code: each for each in model.objects.for_user(actor).filter(workspace=workspace)}
    made = changed = 0
    for values in rows:
        found = standing.get(values["code"])
        if found is None:
            _keep(actor, model(workspace=workspace, **values), reason=f"import of {name}")
            made += 1
        elif _differs(found, values):
            for field, value in values.items():
                setattr(found, field, value)
            _keep(actor, found, reason=f"import of {name}")
            changed += 1
    record(actor, "finance.table_taken", name, workspace=workspace, new=made, changed=changed)
    return made, changed


def _rows(model: type[Kept], actor: "Actor", workspace: Workspace) -> list[Kept]:
    """Return the records of a kind that a person sees."""
    return list(model.objects.for_user(actor).filter(workspace=workspace).select_related("workspace"))


def _differs(found: FinanceStep | SubsidyEntry, values: Mapping[str, Any]) -> bool:
    """Return whether a row says something else than the record."""
    return any(getattr(found, name) != value for name, value in values.items())


def _keep(actor: "User", row: Kept, *, reason: str, expected: int | None = None) -> Kept:
    """Check a record and save it as its next version."""
    require(actor, "finance.edit", row.workspace)
    check_fields(row, row.code)
    row.save_revision(by=actor, reason=reason, expected=expected)
    record(actor, "finance.planned", row.code, workspace=row.workspace, kind=str(row._meta.model_name))
    return row
