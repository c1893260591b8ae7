"""Inputs of a project moved away from what its file says: a slider, or a scenario that is kept."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from landbalance.core.errors import InputError
from landbalance.io.project_desk import inputs_of
from landbalance.io.project_file import Amounts, LineTable, PathTable, Project, ProjectFile, Share
from landbalance.io.workspace_file import FiniteTable

Factor = Annotated[float, Field(ge=0, le=10)]


class Changes(FiniteTable):
    """What is moved; what is left out stays as the file says.

    `factors` multiply the lines of an input (by the names of `project_desk.inputs_of`), with and without the project.
    `yearly_loss` takes the place of the loss of every benefit that follows a path.
    """

    rate: Annotated[float, Field(gt=-1, le=1)] | None = None
    drought_share: Share | None = None
    yearly_loss: Share | None = None
    factors: dict[str, Factor] = Field(default_factory=dict)
    attachment: float | None = None
    exit: float | None = None
    carbon_price: Annotated[float, Field(ge=0)] | None = None
    loan_rate: Annotated[float, Field(gt=-1, le=1)] | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is moved."""
        return self == Changes()


def changed(project: Project, changes: Changes) -> ProjectFile:
    """Return the form of a project with some inputs moved.

    Raises
    ------
    InputError
        If the project has no such input, or no table that is moved.
    """
    form = project.form
    factors = _factors(project, changes.factors)
    tables: dict[str, Any] = {
        "project": _with(form.project, rate=changes.rate, drought_share=changes.drought_share),
        "line": [_line(row, factors.get(row.name, 1.0), changes.yearly_loss) for row in form.line],
    }
    moved = {
        "cover": {"attachment": changes.attachment, "exit": changes.exit},
        "carbon": {"price": changes.carbon_price},
        "debt": {"rate": changes.loan_rate},
    }
    for name, values in moved.items():
        table = getattr(form, name)
        if all(value is None for value in values.values()):
            continue
        if table is None:
            raise InputError("project {id} has no table {table} to move", id=project.about.id, table=name)
        tables[name] = _with(table, **values)
    return form.model_copy(update=tables)


def _factors(project: Project, given: Mapping[str, float]) -> dict[str, float]:
    """Return by how much each line is multiplied."""
    inputs = inputs_of(project)
    found: dict[str, float] = {}
    for name, factor in given.items():
        if name not in inputs:
            raise InputError(
                "{name} is no input of this project", name=name, hint="use one of {known}", known=", ".join(inputs)
            )
        for line in inputs[name].lines:
            found[line] = found.get(line, 1.0) * factor
    return found


def _line(row: LineTable, factor: float, loss: float | None) -> LineTable:
    """Return a line with its amounts multiplied, and another loss without the project."""
    without = _times(row.without_project, factor)
    if loss is not None and row.kind == "benefit" and isinstance(without, PathTable):
        without = without.model_copy(update={"yearly_loss": loss})
    return row.model_copy(update={"with_project": _times(row.with_project, factor), "without_project": without})


def _times(given: Amounts | PathTable, factor: float) -> Amounts | PathTable:
    """Return amounts multiplied."""
    if isinstance(given, Sequence):
        return [amount * factor for amount in given]
    return given.model_copy(update={"value": given.value * factor})


def _with(table: Any, **values: Any) -> Any:
    """Return a table with the values that are given."""
    return table.model_copy(update={name: value for name, value in values.items() if value is not None})
