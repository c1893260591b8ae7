"""Public sources of layers as data: where they are, how they are cut, what their numbers mean, what is not sure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, Literal

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.tables import table_names, toml_table

FOLDER = "sources"
Kind = Literal["tiles", "file", "stac", "vrt", "gismgr", "archive", "geoboundaries", "table", "catalogue"]
_SPAN = re.compile(r"^(\d{4})(?:-(\d{4}))?$")


@dataclass(frozen=True)
class Source:
    """One public source, as its table in `core/data/sources` says.

    Parameters
    ----------
    id, role, title, producer : str
        What it is, and who made it.
    kind : str
        How it is reached: "tiles" and "file" by a name that follows from the place and year, "stac" and "gismgr" by a
        search, "vrt" by a list of tiles, "archive" whole, "geoboundaries" and "table" by their own interfaces;
        "catalogue" is not fetched, and `why` says why.
    years : str
        "1992-2020", "2000,2005"; empty where it has none.
    url : str
        Address with `{year}`, `{month}`, `{tile}`, `{iso3}`, `{iso3_lower}` and the fields of `names`.
    alternatives : tuple of str
        Addresses tried in this order where there is nothing under the first.
    names : mapping of str to mapping of str to str
        Field of the address -> years -> text.
    hosts : tuple of str
        Every host it may be asked from; no other is.
    res : float or None
        Cell size [degrees or metres].
    coverage : tuple of float, or None
        Box it covers; the globe when None.
    nodata : tuple of float
        Stored values that mean "no data".
    missing : {"gap", "sea"}
        What a tile that does not exist means.
    read_px, keep_px : float
        Bytes read and kept a cell and layer, for plans.
    seam : tuple of (int, int, str)
        Neighbouring years between which change is doubtful, and why.
    share : bool
        Whether it may be passed on.
    login : str
        What it asks for before it gives data: "", "key", "account", "form".
    seen : str
        "document", "recalled", or "live:" with the date of the probe that confirmed it.
    unsure : tuple of str
        What only a live probe can settle.
    """

    id: str
    role: str
    title: str
    producer: str
    kind: Kind
    licence: str
    citation: str
    hosts: tuple[str, ...]
    crs: str
    dtype: str
    nodata: tuple[float, ...]
    seen: str
    years: str = ""
    url: str = ""
    url_info: str = ""
    doi: str = ""
    alternatives: tuple[str, ...] = ()
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    tiling: str = ""
    sign: str = ""
    res: float | None = None
    tile_px: int | None = None
    coverage: tuple[float, float, float, float] | None = None
    scale: float = 1.0
    unit: str = ""
    quantity: str = ""
    legend: str = ""
    nodata_reasons: tuple[str, ...] = ()
    missing: Literal["gap", "sea"] = "gap"
    months: bool = False
    by_country: bool = False
    reference_year: int | None = None
    root: str = ""
    collection: str = ""
    method: Literal["POST", "GET"] = "POST"
    id_prefix: str = ""
    assets: Mapping[str, str] = field(default_factory=dict)
    rewrite_s3: str = ""
    reduce: Literal["", "annual_mean"] = ""
    composites: int = 1
    fewest: int = 0
    keep_rel: tuple[int, ...] = ()
    fill: tuple[float, ...] = ()
    valid: tuple[float, float] | None = None
    stem: str = ""
    member: str = ""
    levels: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    whole_bytes: int = 0
    read_px: float = 1.0
    keep_px: float = 1.0
    workers: int = 4
    slow: bool = False
    share: bool = True
    login: Literal["", "key", "account", "form"] = ""
    why: str = ""
    seam: tuple[tuple[int, int, str], ...] = ()
    fallback: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_fetched(self) -> bool:
        """Return whether a pack takes it by itself."""
        return self.kind != "catalogue" and not self.login

    @property
    def is_class(self) -> bool:
        """Return whether its numbers are codes."""
        return bool(self.legend) or self.quantity == "class"

    @property
    def is_count(self) -> bool:
        """Return whether its numbers are counts of a cell."""
        return self.quantity == "persons"

    def has_year(self, year: int) -> bool:
        """Return whether it has a year; a source without years has any."""
        return not self.years or year in years_of(self.years)

    def address(self, template: str = "", **values: object) -> str:
        """Return an address with its fields filled; `names` gives those that change with the year.

        Raises
        ------
        NotFoundError
            If a field has no text for the year.

        Examples
        --------
        >>> source("jrc_gsw").address(tile="30E_0N").rsplit("/", 1)[1]
        'occurrence_30E_0Nv1_4_2021.tif'
        """
        year = values.get("year")
        for name, by_years in self.names.items():
            text = next((text for span, text in by_years.items() if year in years_of(span)), None)
            if text is None:
                raise NotFoundError(
                    "{source} has no {year}", source=self.id, year=year, hint="it has {years}", years=self.years
                )
            values[name] = text.format(**{key: each for key, each in values.items() if key not in self.names})
        return (template or self.url).format(**values)


@cache
def sources() -> Mapping[str, Source]:
    """Return every source of the package, by id.

    Examples
    --------
    >>> sources()["esa_cci_pc"].years
    '1992-2020'
    """
    return {name: _source(name) for name in table_names(FOLDER)}


def source(name: str) -> Source:
    """Return one source.

    Raises
    ------
    NotFoundError
        If there is none of this name.
    """
    known = sources()
    if name not in known:
        raise NotFoundError("no source is called {name}", name=name, hint="known are {known}", known=", ".join(known))
    return known[name]


def years_of(text: str) -> tuple[int, ...]:
    """Return the years that "2000-2005,2010" names, ascending.

    Raises
    ------
    InputError
        If it is no list of years.

    Examples
    --------
    >>> years_of("2000-2002,2010")
    (2000, 2001, 2002, 2010)
    """
    years: set[int] = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = _SPAN.match(part)
        if not found or int(found[2] or found[1]) < int(found[1]):
            raise InputError("{text!r} names no years", text=text, hint="write 2000-2024, or 2000,2005,2010")
        years.update(range(int(found[1]), int(found[2] or found[1]) + 1))
    return tuple(sorted(years))


def spoken_years(years: tuple[int, ...]) -> str:
    """Return years as they are written: runs with a hyphen.

    Examples
    --------
    >>> spoken_years((2000, 2001, 2002, 2010))
    '2000-2002,2010'
    """
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)


def _source(name: str) -> Source:
    """Return one table as a source; a key that no source has is refused."""
    table: dict[str, Any] = dict(toml_table(f"{FOLDER}/{name}"))
    known = {each.name for each in fields(Source)}
    unknown = sorted(set(table) - known)
    if unknown:
        raise InputError("source {name} has the key {key}", name=name, key=unknown[0], hint="see core/sources.py")
    listed = {key: _frozen(value) for key, value in table.items()}
    return Source(id=name, **listed)


def _frozen(value: Any) -> Any:
    """Return lists as tuples, all the way down."""
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value
