"""The file of a project (`project.toml`): cash lines, risk, stack, debt, cover, carbon and what it seeks from funds."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.finance.appraisal import degradation_path
from landbalance.finance.blend import Repayment, Tranche, TrancheKind
from landbalance.finance.cash_table import Kind, Line
from landbalance.finance.risk import Driver, Shape
from landbalance.finance.windows import Ask, Part
from landbalance.finance.year_series import IndexTable
from landbalance.io.blend_tables import BlendTable
from landbalance.io.carbon_tables import CarbonTable
from landbalance.io.cover_desk import CoverDesk, cover_desk
from landbalance.io.cover_tables import CoverTable
from landbalance.io.note_tables import ComponentTable, EnablingTable, IndicatorCode, PeopleTable, TextKey
from landbalance.io.workspace_file import FiniteTable as Table
from landbalance.io.workspace_file import read_form

Amounts = list[float]
Share = Annotated[float, Field(ge=0, le=1)]


class PathTable(Table):
    """Amounts by year: a list, or one value that stays, or that is lost by a yearly share of what is left."""

    value: float
    first_year: int = 0
    last_year: int | None = None
    yearly_loss: Share | None = None


class LineTable(Table):
    """One row of the cash table; every hectare counts once, so amounts are those of the whole project."""

    name: str = Field(min_length=1)
    kind: Kind
    category: str
    with_project: Amounts | PathTable
    without_project: Amounts | PathTable = Field(default_factory=list)
    stakeholder: str = "household"
    shadow: float = 1.0
    drought: Share = 0.0


class DriverTable(Table):
    """What is uncertain, and the lines it multiplies."""

    name: str = Field(min_length=1)
    shape: Shape = "triangular"
    low: float
    mode: float
    high: float
    lines: list[str] = Field(min_length=1)


class TrancheTable(Table):
    """One layer of the stack."""

    name: str = Field(min_length=1)
    kind: TrancheKind
    amount: float
    rate: float = 0.0
    currency: str = ""
    public: bool = True
    rank: Annotated[int, Field(ge=1)] | None = None
    years: Annotated[int, Field(ge=0, le=100)] = 0
    grace: Annotated[int, Field(ge=0)] = 0
    repayment: Repayment = "level"
    provider: str = ""
    below_market: bool | None = None


class DebtTable(Table):
    """A loan against the cash of its years."""

    amount: float = Field(gt=0)
    rate: float = Field(gt=-1)
    cash: Amounts = Field(min_length=1)
    target: Annotated[float, Field(ge=1)] = 1.30


class AskTable(Table):
    """What the project seeks from funds [million]."""

    amount: float = Field(gt=0)
    themes: list[str] = Field(min_length=1)
    instruments: list[str] = Field(min_length=1)
    readiness: Share = 0.0
    risk: Literal["", "A", "B", "C"] = ""
    sectors: list[str] = Field(default_factory=list)
    entities: list[str] = Field(default_factory=list)
    parts: list[dict[str, str | float]] = Field(default_factory=list)


class ProjectTable(Table):
    """What it is and where."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    title: str
    country: str = Field(pattern=r"^[A-Z]{3}$")
    groups: list[str] = Field(default_factory=list)
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    price_year: int
    hectares: float = Field(gt=0)
    years: Annotated[int, Field(ge=1, le=100)] = 20
    rate: float = Field(gt=-1)
    finance_rate: float | None = None
    reinvest_rate: float | None = None
    drought_share: Share = 0.0
    dryland: bool = False
    objective: str = ""
    problem: str = ""
    agency: str = ""
    beneficiaries: int | None = None
    invented: bool = False


class ProjectFile(Table):
    """The whole file."""

    project: ProjectTable
    line: list[LineTable] = Field(default_factory=list)
    driver: list[DriverTable] = Field(default_factory=list)
    correlation: list[list[float]] = Field(default_factory=list)
    tranche: list[TrancheTable] = Field(default_factory=list)
    debt: DebtTable | None = None
    blend: BlendTable | None = None
    cover: CoverTable | None = None
    carbon: CarbonTable | None = None
    ask: AskTable | None = None
    bankability: dict[str, int] = Field(default_factory=dict)
    transformative: dict[str, dict[str, Literal["yes", "partly", "no"]]] = Field(default_factory=dict)
    texts: dict[TextKey, str] = Field(default_factory=dict)
    people: list[PeopleTable] = Field(default_factory=list)
    component: list[ComponentTable] = Field(default_factory=list)
    core_indicators: dict[IndicatorCode, float] = Field(default_factory=dict)
    enabling: list[EnablingTable] = Field(default_factory=list)


@dataclass(frozen=True)
class Project:
    """A project as the computations take it."""

    form: ProjectFile
    lines: tuple[Line, ...]
    drivers: tuple[Driver, ...]
    stack: tuple[Tranche, ...]
    folder: Path | None = None  # of its file: what it names lies below; None where it stands alone

    @property
    def about(self) -> ProjectTable:
        """Return what it is and where."""
        return self.form.project

    @property
    def open_losses(self) -> tuple[str, ...]:
        """Return the benefits whose path without the project leaves the yearly loss open."""
        rows = [(row.name, row.without_project) for row in self.form.line if row.kind == "benefit"]
        return tuple(name for name, path in rows if isinstance(path, PathTable) and path.yearly_loss is None)

    def check_country(self, country: str) -> None:
        """Refuse figures of another country.

        Raises
        ------
        InputError
            If the project lies elsewhere.
        """
        if country != self.about.country:
            raise InputError(
                "the project is in {country}, the run is of {other}",
                country=self.about.country,
                other=country,
                hint="name the workspace of the project's country",
            )

    def cover(self, given: IndexTable | None = None) -> CoverDesk:
        """Return the cover it wants, on its own index or on the one given.

        Raises
        ------
        InputError
            If the file has none.
        """
        if self.form.cover is None:
            raise _without(self, "cover")
        return cover_desk(self.form.cover, self.folder, given)

    def carbon(self) -> CarbonTable:
        """Return how carbon is counted.

        Raises
        ------
        InputError
            If the file does not say.
        """
        if self.form.carbon is None:
            raise _without(self, "carbon")
        return self.form.carbon

    def ask(self) -> tuple[Ask, tuple[Part, ...]]:
        """Return what it seeks, and how it is split over windows.

        Raises
        ------
        InputError
            If the file does not say.
        """
        table = self.form.ask
        if table is None:
            raise _without(self, "ask")
        ask = Ask(
            id=self.about.id,
            amount=table.amount,
            themes=frozenset(table.themes),
            instruments=frozenset(table.instruments),
            country=self.about.country,
            groups=frozenset(self.about.groups),
            readiness=table.readiness,
            risk=table.risk,
            sectors=frozenset(table.sectors),
            entities=frozenset(table.entities),
        )
        parts = (Part(str(each["window"]), str(each["output"]), float(each["amount"])) for each in table.parts)
        return ask, tuple(parts)


def read_project(path: str | Path, yearly_loss: float | None = None) -> Project:
    """Read a project.

    Parameters
    ----------
    yearly_loss : float or None
        Share lost each year without the project, of benefits whose path does not give one; none is lost when None.

    Raises
    ------
    NotFoundError, InputError
        If there is no such file, or a key or value does not fit; the message names the line.
    """
    return project_of(read_form(Path(path), ProjectFile), yearly_loss, name=str(path), folder=Path(path).parent)


def project_of(
    form: ProjectFile, yearly_loss: float | None = None, *, name: str = "", folder: Path | None = None
) -> Project:
    """Return a project as the computations take it; `yearly_loss` and errors as of `read_project`.

    Parameters
    ----------
    folder : Path or None
        Where the files lie that it names; without one it reads none.
    """
    name = name or form.project.id
    years = form.project.years
    names = [line.name for line in form.line]
    double = next((each for each in names if names.count(each) > 1), None)
    if double:
        raise InputError("{path}: two lines are called {name}", path=name, name=double, hint="give each its own name")
    return Project(
        form=form,
        lines=tuple(
            Line(
                row.name, row.kind, row.category, _series(row.with_project, years),
                _series(row.without_project, years, yearly_loss if row.kind == "benefit" else None),
                row.stakeholder, row.shadow, row.drought,
            )
            for row in form.line
        ),
        drivers=tuple(
            Driver(row.name, row.shape, row.low, row.mode, row.high, tuple(row.lines)) for row in form.driver
        ),
        stack=tuple(
            Tranche(
                row.name, row.kind, row.amount, row.rate, row.currency or form.project.currency, row.public, row.rank,
                row.years, row.grace, row.repayment, row.provider, row.below_market,
            )
            for row in form.tranche
        ),
        folder=folder,
    )  # fmt: skip


def correlation_of(project: Project) -> Array | None:
    """Return the correlation of the drivers, None where they are independent."""
    return np.array(project.form.correlation) if project.form.correlation else None


def _series(given: Amounts | PathTable, years: int, loss: float | None = None) -> tuple[float, ...]:
    """Return amounts of years 0 .. n."""
    if isinstance(given, list):
        return tuple(given)
    own = loss if given.yearly_loss is None else given.yearly_loss
    path = degradation_path(given.value, own or 0.0, years)
    last = years if given.last_year is None else given.last_year
    return tuple(float(each) if given.first_year <= year <= last else 0.0 for year, each in enumerate(path))


def _without(project: Project, table: str) -> InputError:
    """Return the error for a table the file does not have."""
    return InputError(
        "project {id} has no table [{table}]", id=project.about.id, table=table, hint="see docs/reference/project.md"
    )
