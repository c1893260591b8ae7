"""Values of one's own for a regime of STAR: a form to fill, as TOML with comments, and what is read from it."""

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from landbalance.core.errors import NotFoundError
from landbalance.core.tables import toml_table
from landbalance.finance.desk import regime_names
from landbalance.finance.star import CLOSE, Normaliser
from landbalance.io.workspace_file import Table, read_form

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Exponent = Annotated[float, Field(allow_inf_nan=False)]


class Sourced(Table):
    """How sure a value is, where it stands, and when that was looked up."""

    tag: Literal["S", "S*", "K", "M", "P"] = "M"
    source: str = ""
    checked_on: date | None = None


class Weights(Sourced):
    """Weights that sum to 1."""

    @model_validator(mode="after")
    def sum_to_one(self) -> "Weights":
        """Refuse weights that do not sum to 1."""
        values = [value for value in self.__dict__.values() if isinstance(value, float)]
        if abs(sum(values) - 1) > CLOSE:
            raise PydanticCustomError("weights", "the weights sum to {sum}, not to 1", {"sum": f"{sum(values):g}"})
        return self


class Exponents(Sourced):
    """Of performance, benefits and income."""

    performance: Exponent
    benefits: Exponent
    income: Exponent


class PerformanceWeights(Weights):
    """Of the three ratings of performance."""

    portfolio: Share
    policy: Share
    broad: Share


class BenefitsWeights(Weights):
    """Of the three components of benefits."""

    degraded: Share
    dryland: Share
    people: Share


class Chosen(Sourced):
    """How components are made comparable."""

    value: Normaliser


class Million(Sourced):
    """An amount."""

    value: Positive


class Ratio(Sourced):
    """A share."""

    value: Annotated[float, Field(gt=0, le=1)]


class GroupFloors(Sourced):
    """By group of countries [USD million]."""

    ldc: Amount
    sids: Amount
    other: Amount


class AreaFloors(Sourced):
    """By focal area [USD million]."""

    land: Amount
    biodiversity: Amount
    climate: Amount


class Flexibility(Sourced):
    """Up to which total all may be moved between areas (none named: always), and what may beyond it."""

    full_below: Amount | None = None
    fixed: Amount = 0.0
    share: Share = 0.0


class RegimeForm(Table):
    """What a regime may hold; what is left out stays as the package has it."""

    title: str | None = None
    valid: tuple[int, int] | None = None
    replenishment_usd_bn: Million | None = None
    exponents: Exponents | None = None
    gpi_weights: PerformanceWeights | None = None
    benefits_weights: BenefitsWeights | None = None
    normaliser: Chosen | None = None
    envelope: Million | None = None
    ceiling_share: Ratio | None = None
    floors: GroupFloors | None = None
    aggregate_floors: GroupFloors | None = None
    area_floors: AreaFloors | None = None
    flexibility: Flexibility | None = None


ASKED: Mapping[str, tuple[str, bool]] = {  # key: what it is, whether an allocation needs it
    "replenishment_usd_bn": ("Size of the whole replenishment [USD billion]; nothing is computed from it.", False),
    "exponents": ("Exponents of performance, benefits and income; that of income is below 0.", True),
    "gpi_weights": ("Weights of the three ratings of performance; they sum to 1.", False),
    "benefits_weights": ("Weights of degraded land, dryland and people in the benefits index; they sum to 1.", True),
    "normaliser": (f"How components are made comparable: {', '.join(get_args(Normaliser))}.", False),
    "envelope": ("Envelope of land degradation that countries share [USD million].", True),
    "ceiling_share": ("Most that one country gets, as a share of the envelope [0 to 1].", True),
    "floors": ("Least of a country in land degradation alone, by group [USD million].", False),
    "aggregate_floors": ("Least of a country over all focal areas, by group [USD million].", False),
    "area_floors": ("In whose proportion a shortfall is filled, by focal area [USD million].", False),
    "flexibility": ("Who may move money between focal areas; nothing named means everybody, always.", False),
}
FIELDS = {
    "exponents": ("performance", "benefits", "income"),
    "gpi_weights": ("portfolio", "policy", "broad"),
    "benefits_weights": ("degraded", "dryland", "people"),
    "floors": ("ldc", "sids", "other"),
    "aggregate_floors": ("ldc", "sids", "other"),
    "area_floors": ("land", "biodiversity", "climate"),
    "flexibility": ("full_below", "fixed", "share"),
}


def read_own(path: str | Path | None) -> dict[str, Any] | None:
    """Read values of one's own for a regime.

    Raises
    ------
    NotFoundError, InputError
        If there is no such file, or a key or value does not fit; the message names the line.
    """
    if path is None:
        return None
    return read_form(Path(path), RegimeForm).model_dump(exclude_none=True)


def form_text(id_: str, day: date) -> str:
    """Return the form of a regime: every value with what it is, the known ones shown, the open ones to be filled.

    Raises
    ------
    NotFoundError
        If there is no such regime.

    Examples
    --------
    >>> "# envelope = { value = , tag" in form_text("gef-9", date(2026, 11, 25))
    True
    """
    names = dict(regime_names())
    if id_ not in names:
        raise NotFoundError("there is no regime {id}", id=id_, known=", ".join(names), hint="use one of {known}")
    row = toml_table("finance/star_regimes")[id_]
    head = [
        f"# {names[id_]}: values of your own for `landbalance finance star ... --regime {id_} --own THIS FILE`.",
        "# Take away the # before a line and fill it; what stays commented is as the package has it.",
        "# tag: S seen in a source, S* seen second-hand, K well known, M weak recall, P a choice of yours.",
    ]
    return "\n".join([*head, *(line for key in ASKED for line in _asked(key, row.get(key), day))]) + "\n"


def _asked(key: str, known: Mapping[str, Any] | None, day: date) -> list[str]:
    """Return the lines of one value."""
    about, is_needed = ASKED[key]
    lines = ["", f"# {about}" + (" An allocation needs it." if is_needed else "")]
    if known:
        said = ", ".join(f"{name} = {_toml(value)}" for name, value in known.items())
        return [*lines, f"# The package has: {{ {said} }}", f"# {_line(key, known, day)}"]
    return [*lines, "# Not known.", f"# {_line(key, {}, day)}"]


def _line(key: str, known: Mapping[str, Any], day: date) -> str:
    """Return the line to fill, with what is known already in it."""
    names = FIELDS.get(key, ("value",))
    values = [f"{name} = {_toml(known[name]) if name in known else ''}" for name in names]
    return f'{key} = {{ {", ".join(values)}, tag = "S", source = "", checked_on = {day.isoformat()} }}'


def _toml(value: object) -> str:
    """Return a number or text as TOML writes it."""
    return json.dumps(value)
