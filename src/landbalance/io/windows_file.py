"""A country's own file of funding windows: beside the package's or in their place, with weights of its own."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from landbalance.core.errors import InputError
from landbalance.finance.windows import Window, window_of, windows
from landbalance.io.workspace_file import Table, read_form

Million = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]


class WindowTable(Table):
    """One window; amounts in million of its currency, None where not stated."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    fund: str = Field(min_length=1)
    title: str = Field(min_length=1)
    themes: list[str] = Field(min_length=1)
    instruments: list[str] = Field(min_length=1)
    groups: list[str] = Field(default_factory=list)
    priority_groups: list[str] = Field(default_factory=list)
    countries: list[Annotated[str, Field(pattern=r"^[A-Z]{3}$")]] = Field(default_factory=list)
    least: Million | None = None
    most: Million | None = None
    country_cap: Million | None = None
    currency: Annotated[str, Field(pattern=r"^([A-Z]{3})?$")] = ""
    needs_entity: bool = False
    letter: str = ""
    risk_limit: Literal["", "A", "B", "C"] = ""
    excluded: list[str] = Field(default_factory=list)
    required_readiness: Share = 0.0
    months: Annotated[int, Field(ge=0)] | None = None
    deadline: date | None = None
    is_open: bool = True
    language: str = "en"
    template: str = ""
    source: str = Field(min_length=1)
    checked_on: date | None = None
    tag: Literal["S", "S*", "K", "M", "P"] = "M"


class MatchingTable(Table):
    """How a country weighs the parts of the fit, and after how many months a record is old; with its reason."""

    reason: str = Field(min_length=1)
    weights: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)
    stale_after_months: Annotated[int, Field(ge=1)] | None = None


class WindowsFile(Table):
    """The whole file."""

    window: list[WindowTable] = Field(default_factory=list)
    matching: MatchingTable | None = None


@dataclass(frozen=True)
class Catalogue:
    """The windows there are, with a country's own weights and months where it has set them, and why."""

    windows: tuple[Window, ...]
    weights: dict[str, float] | None = None
    stale_after: int | None = None
    reason: str = ""


def read_windows(path: Path | None) -> Catalogue:
    """Return the package's windows, those of a file in place of the ones with the same id or beside them.

    Raises
    ------
    NotFoundError, InputError
        If there is no such file, a key or value does not fit, two windows share an id, or one has an amount and no
        currency.
    """
    if path is None:
        return Catalogue(windows())
    form, own = read_form(path, WindowsFile), dict[str, Window]()
    for row in form.window:
        if row.id in own:
            raise InputError("{path}: two windows are called {id}", path=path, id=row.id, hint="give each its own id")
        own[row.id] = window_of(_plain(row))
    rest = [each for each in windows() if each.id not in own]
    rules = form.matching
    return Catalogue(
        windows=tuple(sorted([*rest, *own.values()], key=lambda each: (each.fund, each.title))),
        weights=rules.weights or None if rules else None,
        stale_after=rules.stale_after_months if rules else None,
        reason=rules.reason if rules else "",
    )


def _plain(row: WindowTable) -> dict[str, object]:
    """Return a window as a row of the catalogue."""
    return {name: getattr(row, name) for name in WindowTable.model_fields}
