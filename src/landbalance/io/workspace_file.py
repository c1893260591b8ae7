"""The form of `landbalance.toml`: pydantic tables that refuse unknown keys and name the line that is wrong."""

import difflib
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from landbalance.core.errors import InputError, NotFoundError

FILE_NAME = "landbalance.toml"
Years = Annotated[list[int], Field(min_length=2, max_length=2)]


class Table(BaseModel):
    """A table of the file: unknown keys are refused, and the nearest known one is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _know_every_key(cls, table: Any) -> Any:
        unknown = [key for key in table if key not in cls.model_fields] if isinstance(table, dict) else []
        if unknown and cls.model_config.get("extra") == "forbid":
            near = difflib.get_close_matches(unknown[0], cls.model_fields, n=1, cutoff=0.5)
            advice = f"did you mean {near[0]}?" if near else "known are " + ", ".join(cls.model_fields)
            raise PydanticCustomError("unknown_key", "{advice}", {"key": unknown[0], "advice": advice})
        return table


Form = TypeVar("Form", bound=Table)


class FiniteTable(Table):
    """A table whose numbers are finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ZoneTable(Table):
    """Polygons that results are tabulated by."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    path: str
    title: str = ""
    name_field: str = ""
    code_field: str = ""


class PeriodTable(Table):
    """First and last year of each layer."""

    land_cover: Years
    soc: Years
    productivity: Years


class OverrideTable(Table):
    """A national value of a parameter, and why."""

    value: bool | int | float | str | list[Any]
    reason: str = Field(min_length=1)


class RegionTable(Table):
    """A region with a transition matrix of its own."""

    name: str
    path: str
    matrix: str


class LandCoverTable(Table):
    """The national legend and matrices."""

    legend: str = "unccd"
    matrix: str = ""
    region: list[RegionTable] = Field(default=[], max_length=5)


class SocTable(Table):
    """National land-use factors."""

    factors: str = ""


class CountryProfileTable(Table):
    """What the country states of itself (PRAIS CP-1)."""

    land_area_km2: dict[int, float] = {}
    population: dict[int, dict[str, float]] = {}


class NodataTable(Table):
    """A stored value without data, and why."""

    value: float
    reason: str = "no data"


class LayerTable(Table):
    """One registered layer, or one file of it."""

    role: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    path: str = Field(min_length=1)
    quantity: str = ""
    unit: str = ""
    kind: Literal["", "class", "value", "count", "mask"] = ""
    scale: float = 1.0
    offset: float = 0.0
    years: str | list[int | str] = []
    year: int | None = None
    band: int | str | None = None
    band_dates: Literal["", "from-names"] = ""
    reference_year: int | None = None
    nodata: float | list[NodataTable | float] = []
    legend: str = ""
    align: Literal["", "nearest", "mode", "bilinear", "average", "sum"] = ""
    variable: str = ""
    crs: str = ""
    title: str = ""
    source: str = ""
    licence: str = ""
    citation: str = ""
    version: str = ""
    sha256: str = ""
    original: str = ""  # what an analysis copy was made from
    original_sha256: str = ""
    bytes: int | None = None
    dtype: str = ""
    resampled: str = ""
    share: bool = True
    valid_fraction: float | None = None
    seam: list[str] = []


class WorkspaceTable(Table):
    """Whose workspace this is."""

    format: Literal[1]
    country: str = Field(pattern=r"^[A-Z]{3}$")
    title: str = ""
    country_name: str = ""
    invented: bool = False
    profile: str = "unccd-2026"
    boundary: str = ""
    coast: str = ""
    recodes: str = ""
    land_types: list[str] = []


class WorkspaceFile(Table):
    """The whole file. The tables of an installation are read by the platform, not here."""

    workspace: WorkspaceTable | None = None
    installation: dict[str, Any] | None = None
    database: dict[str, Any] | None = None
    mail: dict[str, Any] | None = None
    zones: list[ZoneTable] = []
    periods: dict[str, PeriodTable] = {}
    parameters: dict[str, OverrideTable] = {}
    land_cover: LandCoverTable = LandCoverTable()
    soc: SocTable = SocTable()
    country_profile: CountryProfileTable = CountryProfileTable()
    layer: list[LayerTable] = []


def read_workspace_file(path: Path) -> WorkspaceFile:
    """Read and check one `landbalance.toml`.

    Raises
    ------
    NotFoundError, InputError
        As `read_form`.
    """
    return read_form(path, WorkspaceFile)


def read_form(path: Path, form: type[Form]) -> Form:
    """Read a TOML file and check it against its form.

    Raises
    ------
    NotFoundError
        If there is no such file.
    InputError
        If it is no TOML, or a key or value does not fit; the message names the line.
    """
    return parse_form(read_text(path), form, path)


def parse_form(text: str, form: type[Form], name: str | Path) -> Form:
    """Check the text of a TOML file against its form; `name` is what the file is called in messages.

    Raises
    ------
    InputError
        If it is no TOML, or a key or value does not fit; the message names the line.
    """
    try:
        return form.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError("{path} is not TOML: {why}", path=name, why=error, hint="mend that line") from error
    except ValidationError as error:
        raise _first_fault(name, text, error) from error


def check_form(tree: object, form: type[Form], name: str) -> Form:
    """Check what a file would hold, given as tables and values.

    Raises
    ------
    InputError
        If a key or value does not fit; the message names the place.
    """
    try:
        return form.model_validate(tree)
    except ValidationError as error:
        raise _first_fault(name, "", error) from error


def read_text(path: Path) -> str:
    """Read a small text file that a person wrote.

    Raises
    ------
    NotFoundError, InputError
        If it does not exist, cannot be read, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise NotFoundError("there is no file {path}", path=path, hint="check the path") from error
    except UnicodeDecodeError as error:
        raise InputError("{path} is not UTF-8 text", path=path, hint="save it as UTF-8") from error
    except OSError as error:
        raise InputError(
            "{path} cannot be read ({why})", path=path, why=error.strerror, hint="check the path and its permissions"
        ) from error


def _first_fault(path: str | Path, text: str, error: ValidationError) -> InputError:
    """Turn the first fault pydantic found into one line with its place."""
    fault = error.errors(include_url=False)[0]
    place = [part for part in fault["loc"] if isinstance(part, int) or re.match(r"^[\w-]+$", part)]
    if fault["type"] == "unknown_key":
        key = str(fault["ctx"]["key"])
        line = _line_of(text, [*place, key])
        where = f"{path}, line {line}" if line else str(path)
        return InputError("{where}: unknown key {key}", where=where, key=key, hint=fault["ctx"]["advice"])
    line = _line_of(text, place)
    return InputError(
        "{where}: {key}: {why}",
        where=f"{path}, line {line}" if line else str(path),
        key=_spoken(place),
        why=fault["msg"][0].lower() + fault["msg"][1:],
        now=repr(fault.get("input")),
        hint=_advice(fault["type"], fault.get("input")),
    )


def _advice(kind: str, value: object) -> str:
    """Return the next step for one kind of fault."""
    if kind == "missing":
        return "add it"
    return "" if isinstance(value, dict | list) else "it is {now} now"  # a whole table says nothing


def _spoken(place: list[int | str]) -> str:
    """Return the place as a person would write it: layer 3, scale."""
    words = [f"{part + 1}" if isinstance(part, int) else f", {part}" for part in place]
    return " ".join(words).replace(" ,", ",").removeprefix(", ")


def _line_of(text: str, place: list[int | str]) -> int | None:
    """Return the line (from 1) of the key at `place`: its own line, else that of the table it belongs to."""
    lines = text.splitlines()
    start = 0
    found: int | None = None
    for depth, part in enumerate(place):
        if isinstance(part, int):
            header = re.compile(rf"^\s*\[\[\s*{'.'.join(str(p) for p in place[:depth] if isinstance(p, str))}\s*\]\]")
            hits = [number for number, line in enumerate(lines) if header.match(line)]
            found = hits[part] if part < len(hits) else found
            start = found or 0
            continue
        dotted = re.escape(".".join(str(p) for p in place[: depth + 1] if isinstance(p, str)))
        pattern = re.compile(rf"^\s*(\[{dotted}\]|\"?{re.escape(part)}\"?\s*=)")
        hit = next((n for n in range(start, len(lines)) if pattern.match(lines[n])), None)
        if hit is not None:
            start = found = hit
    return None if found is None else found + 1
