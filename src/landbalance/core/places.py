"""Countries that are Parties to the Convention, with their codes, names, annex and groups."""

from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

from landbalance.core.errors import NotFoundError
from landbalance.core.tables import csv_table

LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")


@dataclass(frozen=True)
class Country:
    """One country.

    Parameters
    ----------
    iso3 : str
        ISO 3166 alpha-3 code.
    names : tuple of (str, str)
        (language, name), in the six UN languages as far as known.
    m49 : int or None
        Numeric code of the UN statistics division.
    annex : str
        Regional implementation annex, "I" to "V"; empty where it has none or none is known.
    groups : frozenset of str
        Those of "ldc", "sids", "lldc" it belonged to when the table was made; look flags up by report year.
    affected : bool or None
        Whether it has declared itself an affected Party; None where unknown.
    is_invented : bool
        Whether the code stands for no real country (demonstrations).
    """

    iso3: str
    names: tuple[tuple[str, str], ...]
    m49: int | None = None
    annex: str = ""
    groups: frozenset[str] = field(default_factory=frozenset)
    affected: bool | None = None
    is_invented: bool = False

    @property
    def name(self) -> str:
        """Return the English name."""
        return self.called("en")

    def called(self, language: str) -> str:
        """Return the name in a language, else in English, else the code."""
        known = dict(self.names)
        return known.get(language) or known.get("en") or self.iso3


@cache
def countries() -> tuple[Country, ...]:
    """Return every country of the package table, by code."""
    return tuple(_country(row) for row in csv_table("countries") if row["iso3"])


def country(iso3: str, *, invented: bool = False) -> Country:
    """Return the country with this ISO alpha-3 code.

    Parameters
    ----------
    iso3 : str
    invented : bool
        Whether a code outside the table is accepted, as that of an invented country.

    Raises
    ------
    NotFoundError
        If the table has no such code and it is not said to be invented.

    Examples
    --------
    >>> country("MRT").name, country("MRT").annex
    ('Mauritania', 'I')
    >>> country("ZZD", invented=True).is_invented
    True
    """
    found = {entry.iso3: entry for entry in countries()}
    if iso3 in found:
        return found[iso3]
    if invented:
        return Country(iso3, (), is_invented=True)
    raise NotFoundError(
        "no country has the code {code}", code=iso3, near=_near(iso3), hint="write an ISO alpha-3 code; nearest: {near}"
    )


def _near(text: str) -> str:
    """Return the codes and names most like the text."""
    by_name = {entry.name.casefold(): entry for entry in countries()}
    by_code = {entry.iso3: entry for entry in countries()}
    named = [by_name[name] for name in get_close_matches(text.casefold(), list(by_name), n=3)]
    coded = [by_code[code] for code in get_close_matches(text.upper(), list(by_code), n=3)]
    nearest = list(dict.fromkeys(named + coded))[:3]
    return ", ".join(f"{entry.iso3} ({entry.name})" for entry in nearest) or "none"


def _country(row: dict[str, str]) -> Country:
    """Return one row of the table."""
    return Country(
        iso3=row["iso3"],
        names=tuple((language, row[f"name_{language}"]) for language in LANGUAGES if row[f"name_{language}"]),
        m49=int(row["m49"]) if row["m49"] else None,
        annex=row["unccd_annex"].replace("none", ""),
        groups=frozenset(group for group in ("ldc", "sids", "lldc") if row[group] == "yes"),
        affected={"yes": True, "no": False}.get(row["affected"]),
    )
