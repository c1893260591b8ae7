"""A target as it is exchanged: one row of a file, of a form, of the command line, of the API."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat, model_validator
from pydantic_core import PydanticCustomError

from landbalance.core.codelists import code_list
from landbalance.core.errors import InputError
from landbalance.io.cells import (
    clean_text,
    counted,
    counted_text,
    linked,
    linked_text,
    listed,
    listed_text,
    paired,
    paired_text,
)
from landbalance.planning.targets.claim import DIRECTIONS, KM2_PER_UNIT, RELATIVE, SEMANTICS

YES = frozenset({"1", "true", "yes", "y", "x", "on"})
NO = frozenset({"0", "false", "no", "n", "off"})
FIRST_YEAR, LAST_YEAR = 1990, 2100
DEGREES = ("high", "medium", "low")


def _unknown(value: Any) -> Any:
    """Return None for an empty cell."""
    return None if isinstance(value, str) and not value.strip() else value


def _number(value: Any) -> Any:
    """Return a number's text without the spaces that group its thousands."""
    return value.replace("\u00a0", "").replace("\u202f", "").replace(" ", "") if isinstance(value, str) else value


def _whole(value: Any) -> Any:
    """Return a year that a spreadsheet holds as 2030.0 as a whole number."""
    return int(value) if isinstance(value, float) and value.is_integer() else _number(value)


def _truth(value: Any) -> Any:
    """Return yes or no; a word that is neither stays as it is, and is refused."""
    if isinstance(value, str):
        word = value.strip().lower()
        return True if word in YES else False if word in NO else value
    return value


def text_of_cell(value: Any) -> Any:
    """Return the text of a cell; a number that stands where a text belongs becomes one."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(int(value)) if float(value).is_integer() else str(value)
    return clean_text(value).strip() if isinstance(value, str) else "" if value is None else value


def _of_text(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Return what reads a cell that may be text."""

    def reader(value: Any) -> Any:
        if value is None:
            return []
        try:
            return read(clean_text(value)) if isinstance(value, str) else value
        except InputError as error:
            fields = {name: str(value) for name, value in error.fields.items()}
            raise PydanticCustomError("not_listed", "{entry} cannot be read", fields) from error

    return reader


def codes_of(list_id: str) -> AfterValidator:
    """Return what refuses codes that are none."""

    def check(value: Any) -> Any:
        for each in value if isinstance(value, list) else [value]:
            if each:
                _one_of(each, code_list(list_id).codes)
        return value

    return AfterValidator(check)


def _words(*allowed: str) -> AfterValidator:
    """Return what refuses any word but these."""

    def check(value: str) -> str:
        return _one_of(value, allowed)

    return AfterValidator(check)


def _one_of(value: str, allowed: Iterable[str]) -> str:
    """Refuse a word that is none of those allowed."""
    known = tuple(allowed)
    if value not in known:
        shown = ", ".join(known[:12]) + (" ..." if len(known) > 12 else "")
        raise PydanticCustomError("unknown_code", "{value} is none of {known}", {"value": value[:60], "known": shown})
    return value


def _no_repeats(value: list[str]) -> list[str]:
    """Return a list with each entry once."""
    return list(dict.fromkeys(value))


Text = Annotated[str, BeforeValidator(text_of_cell), Field(max_length=4000)]
Line = Annotated[str, BeforeValidator(text_of_cell), Field(max_length=300)]
Number = Annotated[FiniteFloat | None, BeforeValidator(_unknown), BeforeValidator(_number)]
Amount = Annotated[Annotated[FiniteFloat, Field(ge=0)] | None, BeforeValidator(_unknown), BeforeValidator(_number)]
Year = Annotated[
    Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)] | None, BeforeValidator(_unknown), BeforeValidator(_whole)
]
Truth = Annotated[bool, BeforeValidator(_truth)]
Day = Annotated[date | None, BeforeValidator(_unknown)]
Names = Annotated[list[str], BeforeValidator(_of_text(listed)), AfterValidator(_no_repeats), Field(max_length=60)]
Pairs = Annotated[
    list[tuple[Annotated[str, BeforeValidator(text_of_cell), Field(max_length=120)], FiniteFloat]],
    BeforeValidator(_of_text(paired)),
    Field(max_length=200),
]


def _groups_once(value: list[tuple[str, int | None]]) -> list[tuple[str, int | None]]:
    """Refuse what is no group of people (reporting D.2), or one that is named twice."""
    known = code_list("stakeholder_groups").codes
    for name, _ in value:
        _one_of(name, known)
        if sum(each == name for each, _ in value) > 1:
            raise PydanticCustomError("group_twice", "{value} is named twice", {"value": name})
    return value


PeopleCounts = Annotated[
    list[
        tuple[
            Annotated[str, BeforeValidator(text_of_cell), Field(max_length=60)],
            Annotated[int, Field(ge=0, le=10**11)] | None,
        ]
    ],
    BeforeValidator(_of_text(counted)),
    Field(max_length=60),
    AfterValidator(_groups_once),
]


class Link(BaseModel):
    """A link of a target to an element of another framework or plan (reporting B.9)."""

    model_config = ConfigDict(extra="forbid")

    framework: Annotated[Line, codes_of("policy_frameworks")]
    element: Line
    relation: Annotated[Line, codes_of("policy_relations")] = "contributes_to"
    degree: Annotated[Line, _words("", *DEGREES)] = ""
    document: Line = ""
    note: Line = ""


class TargetRow(BaseModel):
    """What a person or file may say of a target; anything else is refused."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, BeforeValidator(text_of_cell), Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
    title: Annotated[str, BeforeValidator(text_of_cell), Field(min_length=1, max_length=300)]
    text: Text = ""
    language: Annotated[Line, Field(max_length=12)] = "en"
    target_type: Annotated[Line, codes_of("target_types")] = "area_action"
    scope: Annotated[Line, codes_of("target_scopes")] = "subnational"
    spatial_mode: Annotated[Line, codes_of("spatial_modes")] = "none"
    location: Text = ""
    responses: Annotated[Names, codes_of("responses")] = []
    targeted_actions: Annotated[Names, codes_of("targeted_actions")] = []
    indicator: Line = ""
    unit: Annotated[Line, Field(max_length=40)] = ""
    start_value: Number = None
    start_year: Year = None
    target_value: Number = None
    target_year: Year = None
    direction: Annotated[Line, _words(*DIRECTIONS)] = "increase"
    relative: Annotated[Line, _words(*RELATIVE)] = "absolute"
    declared_area: Amount = None
    area_unit: Annotated[Line, _words(*KM2_PER_UNIT)] = "ha"
    area_semantics: Annotated[Line, _words(*SEMANTICS)] = "exact"
    reached_before: Amount = None
    land_types: Names = []
    parts: Pairs = []
    milestones: Pairs = []
    tolerance: Amount = None
    failure: Amount = None
    confidence_low: Number = None
    confidence_high: Number = None
    ecosystems: Names = []
    drivers: Names = []
    hotspots: Names = []
    lead: Line = ""
    partners: Names = []
    process: Annotated[Line, codes_of("target_processes")] = "other"
    is_ldn: Truth = True
    has_bau_check: Truth = False
    baseline: Line = ""
    foresees_net_loss: Truth = False
    net_loss_justification: Text = ""
    need_usd: Amount = None
    secured_usd: Amount = None
    finance_sources: Text = ""
    legal_basis: Text = ""
    endorsement_body: Line = ""
    endorsement_level: Annotated[Line, codes_of("endorsement_levels")] = ""
    endorsement_date: Day = None
    endorsement_document: Line = ""
    participation_record: Line = ""
    beneficiary_groups: PeopleCounts = []
    gender_lens: Text = ""
    tenure_note: Text = ""
    touches_indigenous_land: Truth = False
    fpic_records: Names = []
    links: Annotated[list[Link], BeforeValidator(_of_text(linked)), Field(max_length=100)] = []
    sdg_rank: Annotated[Names, Field(max_length=5)] = []
    data_licence: Annotated[Line, codes_of("data_licences")] = "cc_by_nc"

    @model_validator(mode="after")
    def _hold_together(self) -> Self:
        """Refuse what cannot be meant, whatever else is missing."""
        if self.start_year is not None and self.target_year is not None and self.start_year >= self.target_year:
            raise refused("target_year", "not_after_start", start=self.start_year, value=self.target_year)
        _check_milestones(self)
        if any(area < 0 for _, area in self.parts):
            raise refused("parts", "negative_part")
        low, high = self.confidence_low, self.confidence_high
        if low is not None and high is not None and low > high:
            raise refused("confidence_high", "below_low", low=low, value=high)
        return self

    def as_values(self, names: "set[str] | None" = None) -> dict[str, Any]:
        """Return plain values, as the record keeps them: of all fields, or of those that are named."""
        values = self.model_dump(include=names)
        for name in ("parts", COUNTS):
            if name in values:
                values[name] = [list(pair) for pair in values[name]]
        if "milestones" in values:
            values["milestones"] = [[int(year), value] for year, value in self.milestones]
        if "links" in values:
            links = [(link.model_dump(exclude_defaults=True), link.relation) for link in self.links]
            values["links"] = [said | {"relation": relation} for said, relation in links]
        return values


def refused(column: str, code: str, **fields: object) -> PydanticCustomError:
    """Return the fault of a column that does not go with another."""
    return PydanticCustomError(code, "{column}: " + code.replace("_", " "), {"column": column, **fields})


def _check_milestones(row: TargetRow) -> None:
    """Refuse milestones whose years do not lie, in order, between start and target year."""
    named = [year for year, _ in row.milestones]
    if not all(year.isdigit() and FIRST_YEAR <= int(year) <= LAST_YEAR for year in named):
        raise refused("milestones", "no_year")
    years = [int(year) for year in named]
    early = row.start_year is not None and years and years[0] <= row.start_year
    late = row.target_year is not None and years and years[-1] > row.target_year
    if sorted(set(years)) != years or early or late:
        raise refused("milestones", "years_out_of_order")


COLUMNS = tuple(TargetRow.model_fields)
LISTS = (
    *("responses", "targeted_actions", "land_types", "ecosystems", "drivers"),
    *("hotspots", "partners", "fpic_records", "sdg_rank"),
)
PAIRS = ("parts", "milestones")
COUNTS = "beneficiary_groups"


def cell_of(column: str, value: Any) -> Any:
    """Return the cell that a value of a target is written as: text, number, yes or no, None where unknown."""
    if column in LISTS:
        return listed_text(value or ())
    if column in PAIRS:
        return paired_text(value or ())
    if column == COUNTS:
        return counted_text(value or ())
    if column == "links":
        return linked_text(value or ())
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else value
