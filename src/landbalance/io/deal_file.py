"""Figures of debt conversions that users enter, each with its source."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from landbalance.finance.soft_money import Deal
from landbalance.io.workspace_file import Table, read_form

Amount = Annotated[float, Field(ge=0)]


class DealTable(Table):
    """One deal [USD million]."""

    country: str = Field(pattern=r"^[A-Z]{3}$")
    year: Annotated[int, Field(ge=1980, le=2100)]
    tag: str = "S"
    face: Amount | None = None
    price: Annotated[float, Field(gt=0, le=1)] | None = None
    new_loan: Amount | None = None
    to_land: Amount | None = None
    source: str = ""


class DealFile(Table):
    """The file."""

    deal: list[DealTable]


def read_deals(path: Path) -> tuple[Deal, ...]:
    """Read deals.

    Raises
    ------
    NotFoundError, InputError
        If there is no such file, or a key or value does not fit; the message names the line.
    """
    return tuple(Deal(**row.model_dump()) for row in read_form(path, DealFile).deal)
