"""Look a country up as of a year."""

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
