"""The registry of public sources: complete, consistent, and honest about what is not sure."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.legends import legend
from landbalance.core.sources import Source, source, sources, spoken_years, years_of
from landbalance.core.tables import toml_table
from landbalance.grid.tilings import TILINGS
from landbalance.reporting.pack_words import ADVICE, REASONS

ORACLE = yaml.safe_load((Path(__file__).parents[2] / "oracles" / "packs.yaml").read_text(encoding="utf-8"))
EVERY = list(sources().values())


@pytest.mark.parametrize("case", ORACLE["urls"], ids=lambda case: case["source"])
def test_addresses_are_those_of_the_producers(case: dict[str, Any]) -> None:
    assert source(case["source"]).address(**case["values"]) == case["url"]


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.id)
def test_a_source_says_whose_it_is_and_where(each: Source) -> None:
    assert each.licence
    assert each.citation
    assert each.producer
    assert each.doi or each.url_info or each.url
    assert each.seen == "document" or each.seen == "recalled" or each.seen.startswith("live:")
    assert not each.tiling or each.tiling in TILINGS
    assert all(name in sources() for name in each.fallback)
    assert len(each.nodata_reasons) in (0, len(each.nodata))


@pytest.mark.parametrize("each", EVERY, ids=lambda each: each.id)
def test_a_source_is_asked_at_its_own_hosts_alone(each: Source) -> None:
    addresses = [text for text in (each.url, each.root, *each.alternatives) if text]

    assert all(urlsplit(text).scheme == "https" and urlsplit(text).hostname in each.hosts for text in addresses)


@pytest.mark.parametrize("each", [each for each in EVERY if each.kind == "catalogue"], ids=lambda each: each.id)
def test_a_source_that_is_not_taken_says_why(each: Source) -> None:
    assert each.why


@pytest.mark.parametrize("each", [each for each in EVERY if each.legend], ids=lambda each: each.id)
def test_the_legend_of_a_source_is_there(each: Source) -> None:
    assert legend(each.legend).classes


def test_the_default_sources_need_no_login() -> None:
    assert all(source(row["source"]).is_fetched for row in toml_table("pack")["want"])


def test_what_may_not_be_passed_on_is_marked() -> None:
    assert not any(source(name).share for name in ("wdpa", "kba", "gmid", "gsocmap"))


def test_every_known_gap_has_words() -> None:
    for row in toml_table("pack")["known_gap"]:
        assert row["advice"] in ADVICE
        assert row["reason"] in REASONS


def test_a_year_without_a_name_is_refused() -> None:
    with pytest.raises(NotFoundError, match="2021"):
        source("esa_cci_pc").address(year=2021, tile="N00E000")


def test_unknown_sources_and_years_are_refused() -> None:
    with pytest.raises(NotFoundError, match="esa_cci_pc"):
        source("esa")
    with pytest.raises(InputError, match="2000-2024"):
        years_of("200-2024")


@pytest.mark.parametrize("text", ["2000", "2000-2003", "2000,2005", "1981-1990,2000"])
def test_years_are_spoken_as_they_are_read(text: str) -> None:
    assert spoken_years(years_of(text)) == text
