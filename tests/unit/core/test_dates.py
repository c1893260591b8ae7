"""Years, dates and spans that names carry."""

import pytest

from landbalance.core.dates import When, read_when


@pytest.mark.parametrize(
    ("name", "when"),
    [
        ("gpp_2010", When(2010)),
        ("soc_0_30cm_2010", When(2010)),
        ("ndvi_1981-07a", When(1981, "1981-07-01")),
        ("ndvi_1981-07b", When(1981, "1981-07-16")),
        ("MOD13Q1.A2001017", When(2001, "2001-01-17")),
        ("2001-02-18", When(2001, "2001-02-18")),
        ("20010218", When(2001, "2001-02-18")),
        ("spi 2001_02", When(2001, "2001-02-01")),
        ("lpd_2000-2015", When(2015, span="2000-2015")),
        ("climate_zone", None),
        ("soc_0_30cm_no_land_use", None),
        ("2001-02-31", None),
        ("from 2001 with 2005", None),
    ],
)
def test_a_name_gives_its_time_or_none(name: str, when: When | None) -> None:
    assert read_when(name) == when
