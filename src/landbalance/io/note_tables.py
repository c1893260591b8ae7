"""Tables of a project file that its notes are written from: people, components, core indicators, grants."""

from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from landbalance.core.codelists import code_list
from landbalance.core.errors import LandbalanceError
from landbalance.core.tables import toml_table
from landbalance.finance.enabling import Enabling, Output, Scope, Status, Thing
from landbalance.io.workspace_file import Table, read_form
from landbalance.reporting.note_support import Component, Group
from landbalance.reporting.notes import text_keys

GRANTS = "enabling.toml"
Count = Annotated[int, Field(ge=0)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def _known_text(key: str) -> str:
    """Refuse a text that no note asks for."""
    keys = text_keys() | {"services"}
    if key not in keys:
        near = get_close_matches(key, keys, n=1)
        said = "no note asks for {key}" + (", did you mean {near}?" if near else "")
        raise PydanticCustomError("note_key", said, {"key": key, "near": near[0] if near else ""})
    return key


def _indicator(code: str) -> str:
    """Refuse a core indicator that is not listed."""
    known = [row["code"] for row in toml_table("finance/notes")["indicator"]]
    if code not in known:
        fields = {"code": code, "known": ", ".join(known)}
        raise PydanticCustomError("indicator", "{code} is no core indicator, use one of {known}", fields)
    return code


def _code(list_id: str) -> AfterValidator:
    """Return the check of a code against its list; empty stays empty."""

    def check(code: str) -> str:
        try:
            return code_list(list_id).item(code).code if code else ""
        except LandbalanceError as error:
            raise PydanticCustomError("code", "{why}", {"why": str(error)}) from error

    return AfterValidator(check)


TextKey = Annotated[str, AfterValidator(_known_text)]
IndicatorCode = Annotated[str, AfterValidator(_indicator)]


class PeopleTable(Table):
    """A group of people, by the code of `stakeholder_groups`, and what it has decided where its consent is asked."""

    group: Annotated[str, _code("stakeholder_groups")]
    name: str = ""
    number: Count | None = None
    women: Count | None = None
    consent: Annotated[str, _code("fpic_decisions")] = ""
    decided_on: date | None = None

    def said(self) -> Group:
        """Return the group."""
        day = self.decided_on.isoformat() if self.decided_on else ""
        return Group(self.group, self.number, self.women, self.consent, day, self.name)


class ComponentTable(Table):
    """One component, with what is asked for it and what others pay, in the currency of the project."""

    title: str = Field(min_length=1)
    outcome: str = ""
    outputs: list[str] = Field(default_factory=list)
    asked: Amount | None = None
    cofinance: Amount | None = None

    def component(self) -> Component:
        """Return the component."""
        return Component(self.title, self.outcome, tuple(self.outputs), self.asked, self.cofinance)


class OutputTable(Table):
    """What a grant brought, and its code in the register."""

    title: str = Field(min_length=1)
    kind: Thing = "document"
    code: str = ""


class EnablingTable(Table):
    """One enabling activity or grant of the Target Setting Programme."""

    id: str = Field(min_length=1)
    programme: Literal["gef-ea", "tsp-2"]
    country: str = Field(pattern=r"^[A-Z]{3}$")
    agency: str = Field(min_length=1)
    scope: list[Scope] = Field(min_length=1)
    status: Status
    amount: Amount | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    start: int | None = None
    end: int | None = None
    output: list[OutputTable] = Field(default_factory=list)

    def grant(self) -> Enabling:
        """Return the grant."""
        outputs = tuple(Output(each.title, each.kind, each.code) for each in self.output)
        return Enabling(
            id=self.id, programme=self.programme, country=self.country, agency=self.agency, scope=tuple(self.scope),
            status=self.status, amount=self.amount, currency=self.currency, start=self.start, end=self.end,
            outputs=outputs,
        )  # fmt: skip


class GrantsFile(Table):
    """The file of grants of a country, `enabling.toml` in its workspace."""

    grant: list[EnablingTable] = Field(default_factory=list)


def read_grants(path: Path) -> tuple[Enabling, ...]:
    """Read the grants of a country.

    Raises
    ------
    NotFoundError, InputError
        If there is no such file, or a key or value does not fit; the message names the line.
    """
    return tuple(each.grant() for each in read_form(path, GrantsFile).grant)
