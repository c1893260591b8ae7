"""What a project file says of index cover under `[cover]`: contract, index series, losses, terms, other products."""

import math
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainSerializer

from landbalance.core.dated import Override
from landbalance.io.workspace_file import FiniteTable as Table


def _known_or_gap(value: float) -> float:
    """Return a value of a series; NaN is a year that is not known, and nothing is infinite."""
    if math.isinf(value):
        raise ValueError("a finite number is expected, or nan for a year that is not known")
    return value


def _in_text(value: float) -> float | str:
    """Return a value as JSON can keep it: a gap by its name."""
    return "nan" if math.isnan(value) else value


Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[
    float, Field(allow_inf_nan=True), AfterValidator(_known_or_gap), PlainSerializer(_in_text, when_used="json")
]
Amounts = list[Amount]
Pair = Annotated[list[float], Field(min_length=2, max_length=2)]


class LayerTable(Table):
    """A further layer of the contract."""

    attachment: float
    exit: float
    limit: Annotated[float, Field(gt=0)] | None = None
    minimum: Share = 0.0
    steps: Annotated[int, Field(ge=0)] = 0


class ContractTable(Table):
    """What is paid on what; a product or a part leaves out what it shares with `[cover]`.

    `attachment`, `exit` and `limit` are those of the first layer; for `form = "loss"` they are losses, and the limit
    is what lies between.
    """

    form: Literal["index", "percentile", "loss"] = "index"
    percentile_of: Literal["normal", "record"] = "normal"
    attachment: float | None = None
    exit: float | None = None
    limit: Annotated[float, Field(gt=0)] | None = None
    minimum: Share = 0.0
    steps: Annotated[int, Field(ge=0)] = 0
    layer: list[LayerTable] = Field(default_factory=list)
    ceding: Annotated[float, Field(gt=0, le=1)] = 1.0
    response: Literal["fitted"] | list[Pair] = Field(default_factory=list)
    series: str = ""
    district: str = ""
    kind: str = ""
    months: Annotated[int, Field(ge=1)] | None = None
    season: Annotated[int, Field(ge=0, le=12)] = 0
    index: Amounts = Field(default_factory=list)
    first_year: int = 1


class PartTable(ContractTable):
    """A stage of the season or a district, and its weight in the sum."""

    weight: Annotated[float, Field(gt=0)] = 1.0


class ProductTable(ContractTable):
    """Another product to hold against the first."""

    name: str = Field(min_length=1)
    cap: Annotated[float, Field(gt=0)] | None = None
    part: list[PartTable] = Field(default_factory=list)


class ClimateTable(Table):
    """Another climate: added to the mean of the index, multiplying its spread."""

    mean_shift: float = 0.0
    spread_scale: Annotated[float, Field(gt=0)] = 1.0


class NationalTable(Table):
    """A national value of a dated parameter, and why."""

    value: float
    reason: str = Field(min_length=1)


class CoverTable(ProductTable):
    """The cover on the drought index of the place, the losses it is to follow, and how it is priced."""

    name: str = "cover"
    years: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None
    losses: Amounts = Field(default_factory=list)
    losses_first_year: int | None = None
    losses_from: str = ""
    bad: float = 0.0
    worst: float = 0.0
    expense: Annotated[float, Field(ge=0, lt=1)] = 0.15
    spread_load: Annotated[float, Field(ge=0)] = 0.2
    tail_load: Annotated[float, Field(ge=0)] = 0.06
    tail: Annotated[float, Field(gt=0, lt=1)] = 0.90
    subsidy: Share = 0.0
    detrend: bool = False
    climate: ClimateTable = ClimateTable()
    parameters: dict[str, NationalTable] = Field(default_factory=dict)
    product: list[ProductTable] = Field(default_factory=list)

    def overrides(self) -> dict[str, Override]:
        """Return the national values of dated parameters."""
        return {name: Override(each.value, each.reason) for name, each in self.parameters.items()}


def inherit(table: ContractTable, base: ContractTable) -> dict[str, Any]:
    """Return the contract of a product or part: what it says itself, the rest from its base."""
    own = {name: getattr(table, name) for name in table.model_fields_set if name in ContractTable.model_fields}
    if own.keys() & {
        "attachment",
        "exit",
    }:  # another first layer: the further ones go with the one they were written for
        own.setdefault("layer", [])
    if own.keys() & {"series", "index"}:
        own = {"series": "", "index": []} | own
    if own.get("form") == "loss":  # its limit is what lies between attachment and exit
        own.setdefault("limit", None)
    return {name: getattr(base, name) for name in ContractTable.model_fields} | own
