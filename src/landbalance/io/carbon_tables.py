"""The tables of a project file under `[carbon]`: soil, trees, emissions, what may be sold, prices and costs."""

from typing import Annotated, Literal

from pydantic import Field

from landbalance.finance.carbon import Adoption
from landbalance.finance.carbon_credits import Cause, PriceKind
from landbalance.io.workspace_file import FiniteTable as Table

Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0)]
Unsure = float | str


Stated = Annotated[float, Field(gt=0)] | str


class PracticeTable(Table):
    """Stock-change factors of one management: numbers, or names in the tables of the edition."""

    land_use: Stated
    management: Stated
    inputs: Stated


class TreesTable(Table):
    """Trees [t dry matter/ha a year]: growth and losses, and how many years they grow."""

    hectares: Annotated[float, Field(gt=0)] | None = None
    growth: Amount
    harvest: Amount = 0.0
    fire: Amount = 0.0
    mortality: Amount = 0.0
    root_share: Amount
    carbon_fraction: Share | None = None
    years: Annotated[int, Field(ge=1)] = 20
    uncertainty: Unsure = "high"


class GasTable(Table):
    """Emissions of a year [t of gas, t CO2 of fuel]."""

    n2o: Amount = 0.0
    ch4: Amount = 0.0
    fuel_co2: Amount = 0.0


class EmissionsTable(Table):
    """Emissions of a year without and with the project, by the values of one assessment report."""

    report: str = "ar6"
    without_project: GasTable = GasTable()
    with_project: GasTable = GasTable()
    uncertainty: Unsure = "moderate"


class SaleTable(Table):
    """What selling costs."""

    first: Amount = 0.0
    verification: Amount = 0.0
    every: Annotated[int, Field(ge=1)] = 5
    per_credit: Amount = 0.0


class ReversalTable(Table):
    """A loss of part of what is bound, to be tried out."""

    year: Annotated[int, Field(ge=1)]
    share: Share
    cause: Cause = "drought"


class CarbonTable(Table):
    """Carbon by Tier 1, and what of it may be sold.

    `land` and `zone` name the land cover class and zone of a run whose soil carbon stands in for the reference stock;
    `hectares` = "run" takes all land of that class.
    """

    climate: str
    soil: str
    edition: Literal[2006, 2019] = 2019
    before: PracticeTable
    after: PracticeTable
    land: str = ""
    zone: str = ""
    hectares: Annotated[float, Field(gt=0)] | Literal["run"] | None = None
    soil_uncertainty: Unsure = "very_high"
    adoption: Adoption = "linear"
    over: Annotated[int, Field(ge=1)] = 5
    years: Annotated[int, Field(ge=1, le=100)] = 20
    trees: TreesTable | None = None
    emissions: EmissionsTable | None = None
    leakage: Share = 0.10
    uncertainty: Share = 0.05
    buffer: Share = 0.20
    standard: Literal["voluntary", "article_6_4"] = "voluntary"
    price: Amount = 0.0
    prices: list[float] = Field(default_factory=list)
    price_growth: Annotated[float, Field(gt=-1)] = 0.0
    price_kind: PriceKind = "voluntary"
    costs: SaleTable = SaleTable()
    reversal: list[ReversalTable] = Field(default_factory=list)
    adjusted: list[int] = Field(default_factory=list)
    for_ndc: list[int] = Field(default_factory=list)
    gates: list[str] = Field(default_factory=list)
