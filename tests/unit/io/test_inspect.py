"""What GeoTIFFs say of themselves."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from landbalance.io.inspect import describe


def test_names_tags_scale_and_colours_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    size = {"width": 3, "height": 2, "count": 2, "dtype": "uint8", "nodata": 255}
    with rasterio.open(path, "w", driver="GTiff", crs="EPSG:4326", transform=from_origin(10, 20, 1, 1), **size) as file:
        file.write(np.ones((2, 2, 3), dtype=np.uint8))
        file.set_band_description(1, "ndvi_1981-07a")
        file.update_tags(2, year="2010")
        file.update_tags(source="invented")
        file.scales, file.offsets = (0.1, 0.1), (5.0, 5.0)
        file.write_colormap(1, {1: (10, 20, 30, 255)})

    facts = describe(str(path))

    assert (facts.driver, facts.dtype, facts.nodata, facts.scale, facts.offset) == (
        "GeoTIFF",
        "uint8",
        (255.0,),
        0.1,
        5.0,
    )
    assert [(when.year, when.date) for when in facts.times if when] == [(1981, "1981-07-01"), (2010, "")]
    assert facts.tags["source"] == "invented"
    assert facts.colours[1] == (10, 20, 30, 255)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("path", "count", "first"),
    [
        ("kilimanjaro_gimms_ndvi/ndvi3g_v0_1981_2013.tif", 780, "1981-07-01"),
        ("matogrosso_modis_ndvi/mod13q1_ndvi_2007_2013.tif", 137, "2007-09-14"),
    ],
)
def test_dates_of_real_composites_are_read_from_their_names(shared: Path, path: str, count: int, first: str) -> None:
    facts = describe(str(shared / path))

    assert len(facts.times) == count
    assert facts.times[0].date == first
    assert None not in facts.times
