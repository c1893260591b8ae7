"""Look a country up as of a year."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q, QuerySet

from landbalance.registry.countries.models import CountryFact


def facts_in(year: int) -> QuerySet[CountryFact]:
    """Return what held at the end of a year: a country that left a list during it is not on it."""
    day = date(year, 12, 31)
    return CountryFact.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day)
    )


def standing(iso3: str, year: int) -> dict[str, CountryFact]:
    """Return the facts about a country as of the end of a year, by list."""
    return {each.list_code: each for each in facts_in(year).filter(iso3=iso3)}


def members_of_list(list_code: str, year: int) -> list[str]:
    """Return the countries on a list as of the end of a year."""
    return [*facts_in(year).filter(list_code=list_code, value="yes").values_list("iso3", flat=True)]


def lists_by_year(lists: Sequence[str], years: Iterable[int]) -> dict[int, dict[str, frozenset[str]]]:
    """Return for each year on which of some lists each country is at its end; every country that is known is there."""
    known = CountryFact.objects.filter(list_code__in=lists)
    rows = list(known.values_list("iso3", "list_code", "value", "valid_from", "valid_to"))
    found: dict[int, dict[str, frozenset[str]]] = {}
    for year in years:
        day = date(year, 12, 31)
        on: dict[str, set[str]] = {iso3: set() for iso3, *_rest in rows}
        for iso3, list_code, value, begins, ends in rows:
            if value == "yes" and (begins is None or begins <= day) and (ends is None or ends >= day):
                on[iso3].add(list_code)
        found[year] = {iso3: frozenset(names) for iso3, names in on.items()}
    return found
