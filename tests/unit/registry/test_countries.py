"""Facts about countries hold for a time, and are looked up by the year of a report (reporting K)."""

import pytest

from landbalance.registry.countries.models import CountryFact
from landbalance.registry.countries.queries import members_of_list, standing
from landbalance.registry.countries.services import load_facts

pytestmark = pytest.mark.django_db


def test_the_counts_are_those_of_the_source() -> None:
    rows = CountryFact.objects.filter(valid_to=None, valid_from=None)

    assert rows.filter(list_code="annex", value="I").count() == 54
    assert rows.filter(list_code="sids", value="yes").count() == 39
    assert rows.filter(list_code="lldc", value="yes").count() == 32
    assert rows.filter(list_code="affected", value="yes").count() == 169
    assert rows.filter(list_code="affected", value="unknown").count() == 5


def test_forty_four_countries_are_least_developed_in_2025() -> None:
    assert len(members_of_list("ldc", 2025)) == 44


@pytest.mark.parametrize(
    ("iso3", "year", "value"),
    [
        ("STP", 2023, "yes"),
        ("STP", 2024, "no"),
        ("SLB", 2026, "yes"),
        ("SLB", 2027, "no"),
        ("BGD", 2027, "yes"),
        ("MRT", 2030, "yes"),
    ],
)
def test_a_country_leaves_a_list_on_its_day(iso3: str, year: int, value: str) -> None:
    assert standing(iso3, year)["ldc"].value == value


def test_what_is_not_settled_says_so() -> None:
    assert standing("NPL", 2027)["ldc"].confidence == "check on use"


def test_loading_again_changes_nothing() -> None:
    before = list(CountryFact.objects.values_list("pk", flat=True))

    load_facts()

    assert list(CountryFact.objects.values_list("pk", flat=True)) == before
