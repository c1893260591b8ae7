"""Keep tables of countries, regimes of one's own, scenarios, and the use of an allocation."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction

from landbalance.core.errors import InputError
from landbalance.finance.desk import regime
from landbalance.finance.star_dials import dials_of, own_tables
from landbalance.finance.star_table import StarRow
from landbalance.io.star_file import sift_countries
from landbalance.registry.access import require
from landbalance.registry.audit.services import record
from landbalance.registry.records import check_fields
from landbalance.registry.scenarios.services import check_open
from landbalance.registry.star.models import (
    MOST_ROWS,
    StarProject,
    StarRecord,
    StarRegime,
    StarScenario,
    StarTable,
    StarUse,
)
from landbalance.registry.star.question import Question, ask

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

Row = TypeVar("Row", bound=StarRecord)
WEIGHTS_CLOSE = 1e-6


@transaction.atomic
def keep_table(
    actor: "User",
    table: StarTable,
    *,
    rows: Sequence[StarRow] | None = None,
    reason: str = "",
    expected: int | None = None,
) -> StarTable:
    """Keep a table of countries; with rows, they take the place of those it had.

    Raises
    ------
    AccessError
        If the actor may not.
    InputError
        If it has no rows, too many, or a value makes no sense.
    RuleError
        If it has been agreed to.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    if rows is not None:
        table.rows = [asdict(row) for row in rows]
    if not 1 <= len(table.rows) <= MOST_ROWS:
        raise InputError(
            "{table} has {count} countries", table=table.name, count=len(table.rows), most=MOST_ROWS,
            hint="give one row for each, at most {most}",
        )  # fmt: skip
    return _keep(actor, table, reason=reason, expected=expected)


def read_table(path: Path, *, name: str) -> tuple[StarRow, ...]:
    """Return the countries of a table that was sent.

    Raises
    ------
    InputError
        If a row makes no sense: every such row is named, and none is taken.
    """
    rows, faults = sift_countries(path, name=name)
    if faults:
        raise TableError(faults)
    return rows


class TableError(InputError):
    """Everything that is wrong with a table."""

    def __init__(self, faults: Sequence[InputError]) -> None:
        super().__init__(
            "{count} rows are wrong, and nothing is taken over", count=len(faults), hint="mend them and send it again"
        )
        self.faults = tuple(faults)


@transaction.atomic
def keep_regime(
    actor: "User", row: StarRegime, dials: Mapping[str, Any], *, reason: str = "", expected: int | None = None
) -> StarRegime:
    """Keep a regime of one's own; the regimes of the package stay as they are.

    Raises
    ------
    AccessError
        If the actor may not.
    NotFoundError
        If there is no regime it could be based on.
    InputError
        If it leaves open what an allocation needs, or weights do not sum to 1.
    RuleError
        If it has been agreed to.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    row.values = own_tables(row.base, dials)
    rules = regime(row.base, row.values)
    for name, weights in (("benefits", tuple(rules.weights.values())), ("performance", rules.gpi_weights or (1.0,))):
        if abs(sum(weights) - 1) > WEIGHTS_CLOSE:
            raise InputError(
                "the weights of {name} sum to {sum}", name=name, sum=round(sum(weights), 6), hint="let them sum to 1"
            )
    return _keep(actor, row, reason=reason, expected=expected)


@transaction.atomic
def keep_scenario(
    actor: "User", row: StarScenario, question: Question | None = None, *, reason: str = "", expected: int | None = None
) -> StarScenario:
    """Keep a question to the desk, with the versions of the inputs it was answered from.

    Raises
    ------
    AccessError
        If the actor may not.
    NotFoundError, InputError, RuleError
        If the desk has no answer to it, or it has been agreed to.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    if question is not None:
        answer = ask(actor, row.workspace, question)
        row.question, row.inputs = {**vars(question), "dials": dict(question.dials)}, answer.inputs
    return _keep(actor, row, reason=reason, expected=expected)


@transaction.atomic
def keep_use(actor: "User", row: StarUse, *, reason: str = "", expected: int | None = None) -> StarUse:
    """Keep the allocation of a country.

    Raises
    ------
    AccessError
        If the actor may not.
    NotFoundError
        If there is no such regime.
    InputError
        If a value makes no sense.
    RuleError
        If it has been agreed to.
    ConflictError
        If somebody else has saved it meanwhile.
    """
    dials_of(row.regime)
    return _keep(actor, row, reason=reason, expected=expected)


@transaction.atomic
def keep_project(actor: "User", row: StarProject, *, reason: str = "", expected: int | None = None) -> StarProject:
    """Keep a project that draws on an allocation; as `keep_use`."""
    return _keep(actor, row, reason=reason, expected=expected)


def _keep(actor: "User", row: Row, *, reason: str, expected: int | None) -> Row:
    """Check a record and save it as its next version."""
    require(actor, "star.edit", row.workspace)
    check_open(row)
    check_fields(row, str(row))
    row.save_revision(by=actor, reason=reason, expected=expected)
    record(actor, "star.kept", row.pk, workspace=row.workspace, kind=str(row._meta.model_name))
    return row
