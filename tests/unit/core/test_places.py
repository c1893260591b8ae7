"""Countries by their code."""

from collections import Counter

import pytest

from landbalance.core.errors import NotFoundError
from landbalance.core.places import countries, country


def test_the_table_has_the_published_counts() -> None:
    groups = Counter(group for entry in countries() for group in entry.groups)

    assert len(countries()) == 196
    assert dict(groups) == {"ldc": 44, "sids": 39, "lldc": 32}
    assert Counter(entry.affected for entry in countries()) == {True: 169, False: 22, None: 5}


def test_a_country_has_names_in_six_languages() -> None:
    found = country("MRT")

    assert (found.m49, found.annex, found.called("fr"), found.called("xx")) == (478, "I", "Mauritanie", "Mauritania")
    assert len(found.names) == 6


@pytest.mark.parametrize(("written", "meant"), [("MTR", "MRT"), ("Niger", "NER"), ("Indai", "IND")])
def test_a_mistyped_code_names_the_nearest(written: str, meant: str) -> None:
    with pytest.raises(NotFoundError, match=meant):
        country(written)


def test_an_invented_country_must_be_said_to_be_one() -> None:
    with pytest.raises(NotFoundError):
        country("ZZD")
    assert country("ZZD", invented=True).is_invented
    assert country("ZZD", invented=True).name == "ZZD"
